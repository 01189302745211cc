"""What an additional tonne costs, split between the public, of that free riders, and firms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from eipsim.errors import InputError, unknown
from eipsim.figures.colours import BLACK, BLUE, GREEN, GREY, SKY
from eipsim.figures.pieces import in_rows
from eipsim.figures.style import Chart, axes_in, inches_of, page, room_of, styled
from eipsim.figures.wording import case_name, number, per_cent

if TYPE_CHECKING:
    from eipsim.analysis.compare import Comparison

NAMES, ROW, WIDE_KEY = 1.85, 0.42, 6.0  # inches; so much room there is to be for a key in one line
SUBTITLES = {
    "discounted": "Costs and tonnes discounted to the first year, USD per tonne of CO₂.",
    "cumulative": "Costs and tonnes of all years, USD per tonne of CO₂.",
}
CAPTION = (
    "Cost beyond the baseline's over all years per tonne of CO₂ that the baseline emits beyond the scenario, with the 95 % "
    "interval of the total. Left of zero: firms and operators save more than they pay. {free}Carbon price, charges and fines are "
    "transfers and in none of the parts."
)
FREE = "Vouchers of free riders: for measures that the same firm takes in the baseline too, by number of measures. "
PAYERS = ("public", "private", "total")


@styled()
def cost_split(table: pd.DataFrame, period: str = "discounted", *, ax: Axes | None = None) -> Chart:
    """A bar per scenario of the table of `cost_per_tonne`; `ax`: axes to draw in."""
    rows = table[table["period"] == period].pivot(index="scenario", columns="part")
    order = rows["per_tonne", "total"].fillna(np.inf).sort_values(kind="stable").index
    rows = rows.loc[order]
    free = "free_riders" in rows["per_tonne"]
    chart, box = page(
        sentence(rows),
        SUBTITLES[period],
        CAPTION.format(free=FREE if free else ""),
        height=1.95 + ROW * len(rows),
        ax=ax,
    )
    columns = 4 if room_of(chart, box)[0] > WIDE_KEY else 2
    draw(
        axes_in(chart, box, left=NAMES, right=0.62, bottom=0.36, top=0.24 if columns > 2 else 0.42, ax=ax),
        rows,
        columns,
    )
    return chart


def cost_by_payer(comparison: Comparison, period: str = "discounted", *, ax: Axes | None = None) -> Chart:
    """What an additional tonne costs the public, and firms and operators, under each scenario of a Comparison.

    `period` is discounted or cumulative, `ax` axes to draw in. InputError for another period.
    """
    if period not in SUBTITLES:
        raise InputError(unknown("figure", "period", period, SUBTITLES))
    table = per_tonne_of(comparison.costs, period)
    table.attrs["provenance"] = comparison.provenance
    return cost_split(table, period, ax=ax)


def per_tonne_of(costs: pd.DataFrame, period: str) -> pd.DataFrame:
    """The rows of `Comparison.costs` that are costs per tonne, as the table of `cost_per_tonne`."""
    names = {f"{period}_{part}_cost_per_tonne": part for part in PAYERS}
    rows = costs[costs["quantity"].isin(names)]
    rows = rows.assign(part=rows["quantity"].map(names), period=period, per_tonne=rows["value"])
    return rows[["scenario", "period", "part", "per_tonne", "low", "high", "note"]]


def sentence(rows: pd.DataFrame) -> str:
    told = rows["per_tonne"].dropna(subset=["total"])
    if not len(told):
        return "No scenario avoids tonnes that can be told from none"
    best, tail = told["total"].idxmin(), ""
    each = rows["per_tonne"].reindex(columns=["free_riders", "public"])
    free = (each["free_riders"] / each["public"]).replace([np.inf, -np.inf], np.nan)
    if free.max() > 0.05:
        most = case_name(free.idxmax()).lower()
        tail = f"; free riders take {per_cent(free.max())} of what the public pays for {most}"
    cost = told.loc[best, "total"]
    gains = "saves" if cost < 0.0 else "costs"
    return f"A tonne through {case_name(best).lower()} {gains} {number(abs(cost), 2)} USD in all{tail}"


def draw(axes: Axes, rows: pd.DataFrame, columns: int) -> None:
    each, low, high, notes = (rows[name] for name in ("per_tonne", "low", "high", "note"))
    y = np.arange(len(rows))
    wide = each.reindex(columns=["free_riders", "public", "private"]).fillna(0.0)
    free, public, private = (wide[part].to_numpy() for part in wide)
    right, left = np.zeros(len(rows)), np.zeros(len(rows))
    looks: tuple[tuple[np.ndarray, dict[str, Any]], ...] = (
        (public - free, {"color": BLUE}), (free, {"color": SKY, "hatch": "////", "edgecolor": "white"}),
        (private, {"color": GREEN}),
    )  # fmt: skip
    for values, look in looks:
        axes.barh(y, values, left=np.where(values >= 0.0, right, left), height=0.58, **look)
        right, left = right + np.maximum(values, 0.0), left + np.minimum(values, 0.0)
    known = each["total"].notna().to_numpy()
    axes.hlines(y[known], low["total"][known], high["total"][known], color=BLACK, lw=1.0)
    axes.plot(each["total"][known], y[known], "D", color="white", mec=BLACK, ms=4.6)
    axes.axvline(0.0, color=GREY, lw=0.8)
    finish(axes, rows, notes["total"].tolist(), columns)


def finish(axes: Axes, rows: pd.DataFrame, notes: list[str], columns: int) -> None:
    each, totals = rows["per_tonne"], rows["per_tonne", "total"].to_numpy()
    in_rows(axes, len(rows), [case_name(name) for name in rows.index], ticks=7)
    axes.set_xlabel("USD per additional tonne of CO₂ avoided")
    look: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
    for row, (note, total) in enumerate(zip(notes, totals)):
        if note:
            axes.text(0.01, row, f"no ratio: {note}", fontsize=7.4, color=GREY, style="italic", **look)
        else:
            axes.text(1.015, row, number(total, 2), fontsize=8.0, fontweight="bold", **look)
    marks: list[Any] = [
        Patch(facecolor=BLUE, label="public"),
        *[Patch(facecolor=SKY, hatch="////", edgecolor="white", label="public, to free riders")] * ("free_riders" in each),
        Patch(facecolor=GREEN, label="firms and operators"),
        Line2D([], [], marker="D", ls="", color="white", mec=BLACK, ms=4.6, label="total, in bold"),
    ]  # fmt: skip
    left = -0.01 if columns > 2 else -0.5 * NAMES / inches_of(axes)[0]
    axes.legend(
        handles=marks, loc="lower left", bbox_to_anchor=(left, 0.985), ncols=columns, frameon=False, fontsize=7.8, borderpad=0.2
    )  # fmt: skip
