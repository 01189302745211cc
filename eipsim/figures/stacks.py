"""Avoided CO2 by measure, stacked; what adds emissions is drawn below zero, never hidden in a sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eipsim.core.numbers import Scale, whole_share
from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import BLUE, GREEN, LIGHT, ORANGE, PURPLE, SKY, VERMILION, YELLOW
from eipsim.figures.funnels import is_model
from eipsim.figures.labels import label_right
from eipsim.figures.pieces import over_years
from eipsim.figures.style import Chart, axes_in, page, styled
from eipsim.figures.wording import in_sentence, number, quantity, scale_of
from eipsim.market.catalogue import measure_labels, measure_names

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel
    from eipsim.runs.simulation import Run

LARGEST = 8
OTHER, ADDING = "Other measures", "Other measures, adding"
FILLS = (
    (BLUE, ""), (ORANGE, "////"), (GREEN, ""), (YELLOW, "...."),
    (VERMILION, ""), (SKY, "\\\\\\\\"), (PURPLE, ""), (LIGHT, "xxxx"),
)  # fmt: skip
OTHER_FILL = ("#8f8f8f", "")
UNIT = "tCO2/yr"


@styled()
def avoided_by_measure(run: Run | EIPModel, *, ax: Axes | None = None) -> Chart:
    """Stacked areas of the CO2 that each measure avoids in each year; the `LARGEST` are named, the rest is together.

    `run` is a Run or an EIPModel made with `detail=True`, `ax` axes to draw in. InputError when it was not.
    """
    table = table_of(run)
    labels = dict(zip(measure_names(), measure_labels()))
    table = table.rename(columns=labels)
    shown = grouped(table)
    return draw(shown, table, scale_of(float(table.sum(axis=1).abs().max()), UNIT), ax)


def table_of(run: Run | EIPModel) -> pd.DataFrame:
    """tCO2/yr by year and measure name, without what shared systems and exchanges avoid."""
    names = list(measure_names())
    table = getattr(run, "avoided_by_measure", None)
    if table is None and is_model(run) and run.detail is not None:
        first, found = run.world.first_year, run.detail.avoided_by_measure
        years = pd.RangeIndex(first, first + len(found), name="year")
        table = pd.DataFrame(found, columns=names, index=years)
    if table is None:
        raise InputError(Mistake("figure", "this run has no avoided CO2 by measure", "simulate with detail=True"))
    renewed = {f"{name}-at-renewal": name for name in names if f"{name}-at-renewal" in table}
    at_renewal = table[list(renewed)].rename(columns=renewed)
    return table[names].add(at_renewal, fill_value=0.0)[names] if renewed else table[names]


def grouped(table: pd.DataFrame) -> pd.DataFrame:
    """The `LARGEST` measures by what they change over all years, largest first, and the others by sign."""
    by_size = table.abs().sum().sort_values(ascending=False, kind="stable").index
    kept, rest = by_size[:LARGEST], table[by_size[LARGEST:]]
    shown = table[kept].copy()
    shown[OTHER] = rest.clip(lower=0.0).sum(axis=1)
    shown[ADDING] = rest.clip(upper=0.0).sum(axis=1)
    return shown


def finding(table: pd.DataFrame) -> str:
    """Who gives how much in the last year."""
    last, year = table.iloc[-1], int(table.index[-1])
    total = float(last.sum())
    if total <= 0.0:
        return f"No CO₂ is avoided in {year}" if total == 0.0 else f"Measures add CO₂ in {year}, on balance"
    ranked = last.sort_values(ascending=False, kind="stable")
    share = [whole_share(value / total) for value in ranked]
    first, second = (in_sentence(str(name)) for name in ranked.index[:2])
    what = f"{first[:1].upper()}{first[1:]} accounts for {share[0]} of the CO₂ that firms' measures avoid in {year}"
    return f"{what}, {second} for {share[1]}" if ranked.iloc[1] > 0.0 else what


def additions(table: pd.DataFrame) -> str:
    """Measures that add emissions in the last year, in words."""
    last = table.iloc[-1]
    adding = last[last < 0.0].sort_values()
    if adding.empty:
        return "No measure adds emissions in the last year."
    named = ", ".join(f"{in_sentence(str(name))} {quantity(-value, UNIT)}" for name, value in adding.items())
    return f"Below zero: measures that add emissions in {table.index[-1]} ({named})."


def draw(shown: pd.DataFrame, table: pd.DataFrame, scale: Scale, ax: Axes | None) -> Chart:
    caption = (
        "Measures of firms only, not shared systems and exchanges. Scope 1 and 2, at the grid factor of the year, against the "
        "same firms with their initial stock of measures. "
        "Steps in the order of the catalogue, so that they sum to the total whatever measures have to do with each "
        "other; a step may be negative, as that of a measure that needs electricity is while the grid is dirty. "
        + additions(table)
    )
    total, last = number(float(table.iloc[-1].sum()) / scale.size), table.index[-1]
    subtitle = (
        f"Measures adopted since 2015, {scale.unit}. Line: net total, {total} in {last}. Named values are of {last}."
    )
    chart, box = page(finding(table), subtitle, caption, height=4.8, ax=ax)
    axes = axes_in(chart, box, left=0.55, right=2.35, bottom=0.42, ax=ax)
    ends, texts, colours = stack(axes, shown / scale.size)
    axes.plot(table.index, table.sum(axis=1) / scale.size, color="black", lw=1.4)
    axes.axhline(0.0, color="black", lw=0.7)
    over_years(axes, table.index)
    axes.margins(y=0.02)
    low, high = axes.get_ylim()
    axes.set(ylim=(low if (shown < 0.0).to_numpy().any() else 0.0, high), ylabel=f"CO₂ avoided ({scale.unit})")
    axes.yaxis.set_major_locator(MaxNLocator(6))
    label_right(axes, ends, texts, colours)
    return chart


def stack(axes: Axes, shown: pd.DataFrame) -> tuple[list[float], list[str], list[str]]:
    """Draw the areas, positive parts upwards and negative parts downwards; returns where and how to label each."""
    up, down = np.zeros(len(shown)), np.zeros(len(shown))
    ends, texts, colours = [], [], []
    for k, name in enumerate(shown.columns.astype(str)):
        values = shown[name].to_numpy()
        if not values.any():
            continue
        colour, hatch = FILLS[k] if k < LARGEST else OTHER_FILL
        gains, losses = values.clip(min=0.0), values.clip(max=0.0)
        look: dict[str, Any] = {"facecolor": colour, "hatch": hatch, "edgecolor": "black", "lw": 0.35}
        axes.fill_between(shown.index, up, up + gains, **look)
        axes.fill_between(shown.index, down, down + losses, **look)
        middle = (up + 0.5 * gains)[-1] if values[-1] >= 0.0 else (down + 0.5 * losses)[-1]
        up, down = up + gains, down + losses
        if name != ADDING:
            ends.append(float(middle))
            texts.append(f"{name}  {number(float(values[-1]), 2, strip=False)}")
            colours.append("black")
    return ends, texts, colours
