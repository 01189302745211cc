"""Abatement as it was realised: a Pareto front for what pays for itself, a cost curve only for what costs something.

What mainly saves material or steam is in neither: its money comes from what it saves, its tonnes are a by-product, and dollars
per tonne would say nothing. Its net benefit and its tonnes are told apart.

Measures that save money and CO2 cannot be ranked by dollars per tonne: of two that save as much money, the one that avoids less
CO2 would rank first. So their tonnes and their net savings are shown side by side, and the front is what no other beats in both.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from eipsim.core.names import enumerated
from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import BLACK, BLUE, GREEN, LIGHT, ORANGE
from eipsim.figures.pieces import heading, in_inches, in_rows, names_with_leads
from eipsim.figures.style import Box, Chart, axes_in, inches_of, page, room_of, styled
from eipsim.figures.wording import number, quantity, scale_of

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

KINDS = {"measure": ("measures of firms", BLUE, "o"), "system": ("shared systems", ORANGE, "s"),
         "exchange": ("exchanges", GREEN, "^")}  # fmt: skip
PAYS, COSTS, NO_CO2, APART = "pays", "costs", "no CO2", "apart"
TOLD_APART = ("material", "steam")  # what saves these has no cost of abatement
MOST_NAMES, MOST_LETTERS, MOST_APART, LEAST_BLOCKS = 17, 44, 10, 3
FRONT_INCHES, CURVE_INCHES, BAR_INCHES = 3.5, 1.3, 0.27
NAMES, NAME_LETTERS, NUMBERS = 2.3, 36, 0.42  # inches, letters for names beside bars; inches for numbers
HEAD, AXIS, BETWEEN = 0.33, 0.42, 0.75  # inches above and below a panel, and both
KEY = 0.24  # inches
NEGLIGIBLE = 1e-6  # of all tonnes: less is rounding


def realised_abatement(run: Run) -> pd.DataFrame:
    """`Run.abatement` with `group`, and `usd_per_t` of COSTS. Groups: APART (mainly saves material or steam), NO_CO2 (no tonne
    avoided, or tonnes added), PAYS, COSTS.

    The tonnes of all rows sum to the outcomes co2_avoided_t + co2_avoided_outside_t of the last year. Dollars per tonne are
    missing where costs are negative, since a ranking by them would be unsound, and of APART. InputError without detail.
    """
    if run.abatement is None:
        raise InputError(Mistake("figure", "this run has no costs of abatement", "simulate with detail=True"))
    table = run.abatement[(run.abatement["co2_t"] != 0.0) | (run.abatement["cost_usd"] != 0.0)].reset_index(drop=True)
    least = NEGLIGIBLE * float(table["co2_t"].abs().sum())
    group = np.where(table["cost_usd"] <= 0.0, PAYS, COSTS)
    group = np.where(table["co2_t"] > least, group, NO_CO2)
    table["group"] = np.where(table["saves"].isin(TOLD_APART), APART, group)
    table["usd_per_t"] = (table["cost_usd"] / table["co2_t"]).where(table["group"] == COSTS)
    return table


def pareto_front(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that no other row beats in both tonnes and net saving, most tonnes first."""
    ranked = table.sort_values(["co2_t", "cost_usd"], ascending=[False, True], kind="stable")
    best = ranked["cost_usd"].cummin().shift(fill_value=np.inf)
    return ranked[ranked["cost_usd"] < best]


@styled()
def abatement(run: Run) -> Chart:
    """Tonnes against net saving of what pays for itself, and a cost curve of what does not, in the run's last year.

    `run` is a Run made with `detail=True`; InputError without it, or when no CO2 is avoided.
    """
    table = realised_abatement(run)
    if not (table["co2_t"] > 0.0).any():
        raise InputError(Mistake("figure", "no CO2 is avoided in the last year of this run", "take a later last year"))
    year = int(run.outcomes.index[-1])
    return draw(table, finding(table, year), year)


def finding(table: pd.DataFrame, year: int) -> str:
    tonnes = table["co2_t"].clip(lower=0.0).groupby(table["group"]).sum().reindex([PAYS, COSTS, APART], fill_value=0.0)
    whole = f"{quantity(float(table['co2_t'].sum()), 'tCO2')} avoided in {year}"
    if tonnes[COSTS] <= 0.0 and tonnes[APART] <= 0.0:
        return f"All that avoids CO₂ pays for itself: {whole}, none of it at a net cost"
    avoided = float(table["co2_t"].clip(lower=0.0).sum())
    words = {PAYS: "pay for themselves", COSTS: "come at a net cost", APART: "come with savings of material or steam"}
    told = [f"{share(tonnes[group], avoided)} {said}" for group, said in words.items() if tonnes[group] > 0.0]
    return f"Of {whole}, {enumerated(told)}"


def share(part: float, whole: float) -> str:
    """A part in per cent, told so that it and the rest add up.

    >>> share(0.0026, 1.0), share(0.9974, 1.0)
    ('0.3 %', '99.7 %')
    """
    return f"{100.0 * part / whole:.1f} %"


def draw(table: pd.DataFrame, title: str, year: int) -> Chart:
    """The panels that have something to show, one below the other."""
    pays, costs, apart = (table[table["group"] == group] for group in (PAYS, COSTS, APART))
    parts: list[tuple[float, Callable[[Chart, Box, float, float], None]]] = []
    if len(pays):
        parts.append((FRONT_INCHES, partial(draw_front, pays)))
    if len(costs):
        few, high = len(costs) < LEAST_BLOCKS, CURVE_INCHES
        parts.append(
            (BAR_INCHES * len(costs), partial(draw_costs, costs)) if few else (high, partial(draw_curve, costs))
        )
    if len(apart):
        parts.append((BAR_INCHES * min(len(apart), MOST_APART), partial(draw_apart, apart)))
    subtitle = (
        f"As adopted by {year}; capital as an annuity at the social discount rate, less savings, carbon price left out."
    )
    height = 1.75 + KEY + sum(high for high, _ in parts) + BETWEEN * len(parts)
    chart, box = page(title, subtitle, caption(table), height=height)
    inches = room_of(chart, box)[1]
    draw_key(axes_in(chart, box, bottom=inches - KEY), [kind for kind in KINDS if kind in set(table["kind"])])
    below, above = inches - KEY, KEY
    spare = below - sum(high + BETWEEN for high, _ in parts)  # the first panel has it
    for high, draw_part in parts:
        below -= high + BETWEEN + spare
        draw_part(chart, box, below + AXIS, above + HEAD)
        above, spare = inches - below, 0.0
    return chart


def draw_key(axes: Axes, kinds: Sequence[str]) -> None:
    """What the colours and marks of all panels stand for, in a line."""
    in_inches(axes)
    x = 0.06
    for label, colour, marker in (KINDS[kind] for kind in kinds):
        axes.scatter([x], [0.1], s=26, color=colour, marker=marker, edgecolor="black", lw=0.5)
        axes.text(x + 0.1, 0.1, label, fontsize=7.6, va="center")
        x += 0.4 + 0.066 * len(label)


def caption(table: pd.DataFrame) -> str:
    """How costs are counted, and what is not in the panels."""
    rest = table[table["group"] == NO_CO2]
    tonnes = float(rest["co2_t"].sum())
    without = (
        f"Not shown: {len(rest)} that avoid no CO₂ or need some of the electricity or fuel that others spare "
        f"({number(tonnes, 2)} tCO₂ together, in the total)."
        if len(rest)
        else ""
    )
    return (
        "Steps in a fixed order, which sum to the CO₂ avoided in and outside parks. On the front: no other saves more money and "
        "more CO₂. Dollars per tonne are given for positive costs only: where costs are negative they rank wrongly; what mainly "
        f"saves material or steam has none, since its money is not spent or saved for its tonnes. {without}"
    )


# ---- what pays -----------------------------------------------------------------------------------------------------------


def draw_front(pays: pd.DataFrame, chart: Chart, box: Box, below: float, above: float) -> None:
    """Tonnes against net saving, both on scales of tens, with the front as a line and names at the right."""
    axes = axes_in(chart, box, left=0.72, right=2.62, bottom=below, top=above)
    front = pareto_front(pays)
    saving = -pays["cost_usd"]
    axes.set(xscale="log", yscale="log")
    axes.step(-front["cost_usd"], front["co2_t"], where="pre", color=BLACK, lw=0.9, zorder=2)
    for kind, (label, colour, marker) in KINDS.items():
        own = pays["kind"] == kind
        axes.scatter(
            saving[own], pays.loc[own, "co2_t"], s=26, color=colour, marker=marker, edgecolor="black", lw=0.5, zorder=4,
            label=label,
        )  # fmt: skip
    heading(axes, "Pays for itself: CO₂ avoided against net saving")
    axes.set(xlabel="Net saving (USD/yr)", ylabel="CO₂ avoided (t/yr)")
    axes.grid(True)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(10.0, numticks=8))
        axis.set_major_formatter(FuncFormatter(lambda value, _: power(value)))
        axis.set_minor_locator(NullLocator())
    named = front.index.union(pays.nlargest(MOST_NAMES, "co2_t").index, sort=False)[: MOST_NAMES + 3]
    name_points(axes, pays.loc[named], set(front.index))


def power(value: float) -> str:
    """A power of ten as people say it.

    >>> power(1e6), power(1e3), power(1e-1)
    ('1 million', '1,000', '0.1')
    """
    scale = scale_of(value, "")
    return f"{number(value / scale.size)} {scale.unit}".strip() if value >= 1e6 else number(value)


def name_points(axes: Axes, points: pd.DataFrame, front: set[int]) -> None:
    """Names at the right edge, in the order of tonnes; those on the front in bold."""
    axes.margins(0.06)
    axes.figure.canvas.draw()
    inverse = axes.transAxes.inverted()
    spots = inverse.transform(axes.transData.transform(np.column_stack([-points["cost_usd"], points["co2_t"]])))
    labels = [short(str(label)) for label in points["label"]]
    names_with_leads(axes, spots.tolist(), labels, [index in front for index in points.index])


def short(label: str) -> str:
    """A label that fits beside the axes.

    >>> short("treated wastewater to process water (UF and RO)"), short("urban-industrial: MSW incinerator steam")
    ('treated wastewater to process water', 'MSW incinerator steam')
    """
    label = label.removeprefix("urban-industrial: ").split(" (")[0]
    if len(label) <= MOST_LETTERS:
        return label
    head = label.split(": ")[0] if ": " in label else label
    return head if len(head) <= MOST_LETTERS else head[: MOST_LETTERS - 4].rsplit(" ", 1)[0].rstrip(",") + "…"


# ---- what costs ------------------------------------------------------------------------------------------------------------


def draw_costs(costs: pd.DataFrame, chart: Chart, box: Box, below: float, above: float) -> None:
    """Cost per tonne and tonnes side by side, cheapest first: one or two blocks are no curve."""
    ranked = costs.sort_values("usd_per_t", kind="stable")
    columns = ("Cost per tonne", ranked["usd_per_t"], "USD/t"), ("CO₂ avoided", ranked["co2_t"], "t/yr")
    side_by_side(axes_pair(chart, box, below, above), "Comes at a net cost", ranked, columns)


def draw_curve(costs: pd.DataFrame, chart: Chart, box: Box, below: float, above: float) -> None:
    """Blocks as wide as their tonnes and as high as their cost per tonne, cheapest first."""
    axes = axes_in(chart, box, left=0.72, right=2.62, bottom=below, top=above)
    ranked = costs.sort_values("usd_per_t", kind="stable")
    scale = scale_of(float(ranked["co2_t"].sum()), "t/yr")
    width = (ranked["co2_t"] / scale.size).to_numpy()
    left = np.concatenate([[0.0], np.cumsum(width)[:-1]])
    colours = [KINDS[kind][1] for kind in ranked["kind"]]
    axes.bar(left, ranked["usd_per_t"], width, align="edge", color=colours, edgecolor="black", lw=0.5)
    axes.set(xlim=(0.0, float(width.sum())), ylim=(0.0, 1.08 * float(ranked["usd_per_t"].max())))
    heading(axes, "Comes at a net cost: cost curve")
    axes.set(xlabel=f"CO₂ avoided, cumulative ({scale.unit})", ylabel="Cost (USD/t)")
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.grid(axis="y", color=LIGHT, lw=0.4)
    heights = (ranked["usd_per_t"] / axes.get_ylim()[1]).to_numpy()
    centres = (left + 0.5 * width) / width.sum()
    texts = [f"{short(str(row.label))}  {number(row.usd_per_t, 2)}" for row in ranked.itertuples()]
    names_with_leads(axes, list(zip(centres, heights)), texts, [False] * len(texts))


# ---- what is told apart ----------------------------------------------------------------------------------------------------


def draw_apart(apart: pd.DataFrame, chart: Chart, box: Box, below: float, above: float) -> None:
    """Net benefit and tonnes of what mainly saves material or steam, the largest benefit first."""
    order = apart["cost_usd"].abs().sort_values(ascending=False, kind="stable").index[:MOST_APART]
    shown = apart.loc[order]
    columns = ("Net benefit", -shown["cost_usd"], "USD/yr"), ("CO₂ avoided", shown["co2_t"], "t/yr")
    side_by_side(axes_pair(chart, box, below, above), "Mainly saves material or steam", shown, columns)


def axes_pair(chart: Chart, box: Box, below: float, above: float) -> list[Axes]:
    """Two axes beside each other, with room for names at their left and for numbers at the right of each."""
    half = (room_of(chart, box)[0] - NAMES) / 2.0
    sides = ((NAMES, half + NUMBERS), (NAMES + half + 0.1, NUMBERS))
    return [axes_in(chart, box, left=left, right=right, bottom=below, top=above) for left, right in sides]


def side_by_side(
    pair: list[Axes], what: str, rows: pd.DataFrame, columns: Sequence[tuple[str, pd.Series, str]]
) -> None:
    """Bars of two quantities of the same rows, each with its number; `columns`: title, values, unit."""
    for k, (axes, (title, values, unit)) in enumerate(zip(pair, columns)):
        scale = scale_of(float(values.abs().max()), unit)
        colours = [KINDS[kind][1] for kind in rows["kind"]]
        lengths = (values / scale.size).to_numpy()
        axes.barh(range(len(rows)), lengths, color=colours, edgecolor="black", lw=0.5, height=0.62)
        in_rows(axes, len(rows), () if k else [in_two_lines(str(label)) for label in rows["label"]], ticks=4)
        axes.tick_params(axis="y", labelsize=7.2)
        for row, value in enumerate(lengths):
            axes.annotate(
                number(value, 2),
                (max(value, 0.0), row),
                (3.0, 0.0),
                textcoords="offset points",
                va="center",
                fontsize=7.2,
            )
        heading(axes, title)
        axes.set_xlabel(scale.unit)
    over_names: dict[str, Any] = {"fontsize": 8.8, "fontweight": "bold", "va": "bottom", "transform": pair[0].transAxes}
    pair[0].text(-NAMES / inches_of(pair[0])[0], 1.0 + 4.0 / 72.0 / inches_of(pair[0])[1], what, **over_names)


def in_two_lines(label: str) -> str:
    """A label in lines that fit beside bars.

    >>> in_two_lines("urban-industrial: MSW incinerator steam"), in_two_lines("network that carries surplus steam of tenants")
    ('MSW incinerator steam', 'network that carries surplus steam\\nof tenants')
    """
    return "\n".join(textwrap.wrap(label.removeprefix("urban-industrial: "), NAME_LETTERS)[:2])
