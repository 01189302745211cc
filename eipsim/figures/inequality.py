"""Who gets public money and who has the benefits: Lorenz curves over provinces, with the Gini coefficient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import BLACK, BLUE, GREEN, GREY, LIGHT, VERMILION
from eipsim.figures.fonts import readable
from eipsim.figures.style import Chart, axes_in, inches_of, page, styled
from eipsim.figures.wording import number, per_cent

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

SHOWN = {
    "public_money_usd": ("public money", VERMILION, "-", "o"),
    "co2_avoided_t": ("CO₂ avoided", BLUE, "--", "s"),
    "firm_saving_usd": ("firms' savings", GREEN, "-.", "^"),
}
WEIGHT = "firms"
MOST_PROVINCES = 12
CURVE_INCHES = 2.75
CAPTION = (
    "Lorenz curves: provinces in the order of what they get per tenant firm, separately for each curve, so that equal shares "
    "per firm lie on the diagonal; Gini is twice the area between. Public money: vouchers, audits, inspections and grants for "
    "shared infrastructure, {placed} of all public spending; the rest (administration, support, screening) cannot be placed."
)


@styled()
def lorenz(run: Run) -> Chart:
    """Lorenz curves over provinces of public money, CO2 avoided and firms' savings, all years of a Run together.

    InputError when the world has a single province.
    """
    totals = by_province(run)
    if len(totals) < 2:
        alone = "one province has all of it: there is nothing to compare"
        raise InputError(Mistake("figure", alone, "take a larger world"))
    curves = {name: curve(totals[name], totals[WEIGHT]) for name in SHOWN if totals[name].sum() > 0.0}
    years = (int(run.outcomes.index[0]), int(run.outcomes.index[-1]))
    spent = float(run.outcomes["public_spending_usd"].sum())
    placed = float(totals["public_money_usd"].sum()) / spent if spent > 0.0 else 0.0
    return draw(totals, curves, years, per_cent(placed))


def by_province(run: Run) -> pd.DataFrame:
    """Sums over all years of a run by province: what is SHOWN (none below zero), and firm-years as the weight."""
    provinces = readable(run).provinces
    table = provinces.assign(province=provinces["province"].astype(str))
    totals = table.groupby("province")[[*SHOWN, WEIGHT]].sum().clip(lower=0.0)
    return totals[totals[WEIGHT] > 0.0]


def curve(values: pd.Series, weight: pd.Series) -> np.ndarray:
    """Points (cumulative share of `weight`, cumulative share of `values`) [n + 1, 2], poorest per weight first."""
    order = np.argsort((values / weight).to_numpy(), kind="stable")
    both = np.column_stack([weight.to_numpy()[order], values.to_numpy()[order]]).cumsum(axis=0)
    return np.vstack([[0.0, 0.0], both / both[-1]])


def gini(points: np.ndarray) -> float:
    """Twice the area between the diagonal and a Lorenz curve.

    >>> gini(np.array([[0.0, 0.0], [0.5, 0.0], [1.0, 1.0]])), gini(np.array([[0.0, 0.0], [1.0, 1.0]]))
    (0.5, 0.0)
    """
    steps, heights = np.diff(points[:, 0]), points[1:, 1] + points[:-1, 1]
    return float(1.0 - (steps * heights).sum())


def finding(curves: dict[str, np.ndarray]) -> str:
    """How unequal public money is beside the benefits."""
    benefits = [f"{SHOWN[name][0]} {number(gini(curves[name]), 2)}" for name in curves if name != "public_money_usd"]
    if "public_money_usd" not in curves:
        return f"No public money was spent that could be placed; Gini of {' and '.join(benefits)}"
    money = gini(curves["public_money_usd"])
    others = [gini(curves[name]) for name in curves if name != "public_money_usd"]
    beside = "over provinces about as unequally as the benefits"
    for word, sign in (("more", 1.0), ("less", -1.0)):
        if all(sign * (money - other) > 0.0 for other in others):
            beside = f"{word} unequally over provinces than the benefits"
    return f"Public money is spread {beside}: Gini {number(money, 2)}, {', '.join(benefits)}"


def draw(totals: pd.DataFrame, curves: dict[str, np.ndarray], years: tuple[int, int], placed: str) -> Chart:
    subtitle = f"Sums over {years[0]}–{years[1]}; {len(totals)} provinces with parks, weighted by tenant firms."
    caption = CAPTION.format(placed=placed)
    chart, box = page(finding(curves), subtitle, caption, height=2.05 + CURVE_INCHES)
    axes = axes_in(chart, box, left=0.5, right=6.92 - 0.5 - CURVE_INCHES, bottom=0.42, top=0.08)
    draw_curves(axes, curves)
    draw_provinces(axes_in(chart, box, left=4.72, right=0.12, bottom=0.42, top=0.34), totals, list(curves))
    return chart


def draw_curves(axes: Axes, curves: dict[str, np.ndarray]) -> None:
    axes.plot([0.0, 100.0], [0.0, 100.0], color=GREY, lw=0.8)
    axes.text(36.0, 39.5, "equal per firm", rotation=45, rotation_mode="anchor", fontsize=7.2, color=GREY)
    for k, (name, points) in enumerate(curves.items()):
        label, colour, line, _ = SHOWN[name]
        axes.plot(100.0 * points[:, 0], 100.0 * points[:, 1], color=colour, ls=line, lw=1.7)
        y = 95.0 - 8.0 * k
        axes.plot([3.0, 13.0], [y, y], color=colour, ls=line, lw=1.7)
        axes.text(15.0, y, f"{label}, Gini {number(gini(points), 2)}", fontsize=7.4, va="center")
    axes.set(xlim=(0.0, 100.0), ylim=(0.0, 100.0), xlabel="Tenant firms, cumulative (%)", ylabel="Cumulative share (%)")
    axes.grid(True)


def draw_provinces(axes: Axes, totals: pd.DataFrame, names: list[str]) -> None:
    """Shares of the provinces that get most, beside their share of firms."""
    shares = 100.0 * totals / totals.sum()
    largest = shares.sort_values(names[0], ascending=False, kind="stable").head(MOST_PROVINCES)
    at = np.arange(len(largest))
    axes.scatter(largest[WEIGHT], at, marker="|", s=70, color=BLACK, lw=1.4, zorder=3)
    axes.hlines(at, 0.0, largest[[*names, WEIGHT]].max(axis=1), color=LIGHT, lw=0.6, zorder=1)
    for name in names:
        _, colour, _, marker = SHOWN[name]
        axes.scatter(largest[name], at, marker=marker, s=20, color=colour, edgecolor="black", lw=0.4, zorder=4)
    axes.set_yticks(at, [str(name) for name in largest.index], fontsize=7.4)
    axes.set(ylim=(len(largest) - 0.4, -0.6), xlim=(0.0, None))
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Share of the nation (%)")
    wide, high = inches_of(axes)
    first = SHOWN[names[0]][0]
    axes.text(-1.25 / wide, 1.0 + 0.22 / high, f"Provinces with most {first}", transform=axes.transAxes, fontsize=8.2,
              fontweight="bold", va="center")  # fmt: skip
    x = -1.25 / wide
    for label, colour, marker in [*((SHOWN[n][0], SHOWN[n][1], SHOWN[n][3]) for n in names), ("firms", BLACK, "|")]:
        axes.scatter([x + 0.05 / wide], [1.0 + 0.06 / high], marker=marker, s=20, color=colour, transform=axes.transAxes,
                     clip_on=False, edgecolor="black" if marker != "|" else None, lw=0.4 if marker != "|" else 1.4)  # fmt: skip
        axes.text(x + 0.12 / wide, 1.0 + 0.06 / high, label, transform=axes.transAxes, fontsize=7.0, va="center")
        x += (0.24 + 0.062 * len(label)) / wide
