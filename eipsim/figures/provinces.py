"""One outcome in every province: small panels on one scale, the largest first, the smallest ones together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eipsim.core.names import enumerated
from eipsim.core.numbers import Scale
from eipsim.errors import InputError, Mistake, unknown
from eipsim.figures.colours import BLUE, GREY, LIGHT
from eipsim.figures.fonts import readable
from eipsim.figures.style import Chart, axes_in, page, room_of, styled
from eipsim.figures.wording import (
    agrees,
    number,
    outcome_name,
    per_cent,
    pretty_unit,
    quantity,
    scale_of,
    shortened,
)
from eipsim.outcomes.registry import UNITS

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

COLUMNS, MOST = 4, 16  # panels in a row; provinces with a panel of their own
PANEL, HEAD, GAP, LEFT = 0.86, 0.2, 0.12, 0.42  # inches
NAME_LETTERS, EVERY = 20, 10  # letters; years from tick to tick
INTENSIVE = ("share", "points of 100")  # units of what is no sum, and which others cannot be summed to
CAPTION = (
    "All panels have the same scale, in the order of the last year; pale lines: the other provinces that are shown. "
    "The number is the value of the last year. {rest}"
)


@styled()
def by_province(run: Run, outcome: str = "co2_avoided_t") -> Chart:
    """The way of `outcome` in each province, in a panel each.

    InputError for an outcome that is not told by province, or in a world of one province.
    """
    known = [name for name in run.provinces.columns if name in UNITS]
    if outcome not in known:
        raise InputError(unknown("figure", "outcome by province", outcome, known))
    provinces = readable(run).provinces
    wide = provinces.assign(province=provinces["province"].astype(str)).pivot(
        index="year", columns="province", values=outcome
    )
    if wide.shape[1] < 2:
        raise InputError(Mistake("figure", "this world has one province", "see `eipsim.figures.pathways`"))
    order = wide.iloc[-1].sort_values(ascending=False, kind="stable", na_position="last").index
    return draw(wide[order].astype(float), outcome)


def finding(wide: pd.DataFrame, outcome: str) -> str:
    """Which provinces have most; of what can be summed, which share of the country is theirs."""
    last, year, name = wide.iloc[-1], wide.index[-1], outcome_name(outcome)
    top = last.dropna()
    if top.empty or top.max() <= 0.0:
        return f"{name} in {year}: none in any province"
    if is_intensive(outcome):
        ends = [f"{told(float(value), outcome)} in {place}" for place, value in top.iloc[[-1, 0]].items()]
        return f"{name} in {year}: from {ends[0]} to {ends[1]}"
    first = top.head(min(3, len(top) - 1))
    have = agrees(len(first), "has", "have")
    return (
        f"{name} in {year}: {enumerated(list(first.index))} {have} {per_cent(first.sum() / top.sum())} of the country's"
    )


def told(value: float, outcome: str) -> str:
    """A value of one province, shares in per cent."""
    if UNITS[outcome] == "share":
        return per_cent(value)
    return f"{number(value)} {pretty_unit(UNITS[outcome])}"


def is_intensive(outcome: str) -> bool:
    return UNITS[outcome] in INTENSIVE or "/MUSD" in UNITS[outcome] or "per" in UNITS[outcome].split()


def draw(wide: pd.DataFrame, outcome: str) -> Chart:
    shown = wide if wide.shape[1] <= MOST else wide.iloc[:, :MOST]
    largest = float(np.nanmax(shown.to_numpy()))
    scale = scale_of(largest, UNITS[outcome])
    rest, rows = rest_of(wide.iloc[:, shown.shape[1] :], outcome), -(-shown.shape[1] // COLUMNS)
    height = 1.9 + rows * (PANEL + HEAD + GAP)
    chart, box = page(
        finding(wide, outcome), f"{outcome_name(outcome)}, {scale.unit}.", CAPTION.format(rest=rest), height=height
    )
    across, high = room_of(chart, box)
    each, tall = (across - LEFT + GAP) / COLUMNS, (high - 0.25) / rows
    for k, name in enumerate(shown):
        row, column = divmod(k, COLUMNS)
        left, top = LEFT + column * each, row * tall + HEAD
        axes = axes_in(
            chart, box, left=left, right=across - left - each + GAP, top=top, bottom=high - (row + 1) * tall + GAP
        )  # fmt: skip
        draw_panel(axes, str(name), shown[name], shown, scale)
        axes.set_ylim(
            0.0 if np.nanmin(wide) >= 0.0 else float(np.nanmin(shown)) / scale.size, 1.08 * largest / scale.size or 1.0
        )
        axes.tick_params(labelleft=column == 0, labelbottom=k + COLUMNS >= shown.shape[1], labelsize=7.0, length=2)
    return chart


def rest_of(others: pd.DataFrame, outcome: str) -> str:
    """What is not shown, in words, with its sum where there is one."""
    if others.empty:
        return ""
    last = others.iloc[-1]
    together = (
        ""
        if is_intensive(outcome)
        else f", together {quantity(float(last.sum()), UNITS[outcome])} in {others.index[-1]}"
    )
    return f"Not shown: {others.shape[1]} provinces with less{together}."


def draw_panel(axes: Axes, name: str, values: pd.Series, others: pd.DataFrame, scale: Scale) -> None:
    """One province before all others, its name above, its last value within."""
    years = values.index.to_numpy()
    axes.plot(years, others.to_numpy() / scale.size, color=LIGHT, lw=0.35, alpha=0.6)
    axes.plot(years, values / scale.size, color=BLUE, lw=1.6)
    axes.set_xlim(years[0], years[-1])
    axes.set_xticks([year for year in years if year % EVERY == 0 and years[0] + 2 < year < years[-1] - 2])
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.set_title(shortened(name, NAME_LETTERS), loc="left", fontsize=7.6, fontweight="bold", pad=2)
    axes.set_title(number(float(values.iloc[-1]) / scale.size, 2), loc="right", fontsize=7.4, color=GREY, pad=2)
