"""The table of regrets as a figure: mean, chance to be best, regret and good enough, a row per scenario."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from eipsim.core.numbers import of_differences
from eipsim.figures.colours import BLUE, GREY, LIGHT, ORANGE, VERMILION
from eipsim.figures.pieces import in_rows
from eipsim.figures.style import Chart, axes_in, page, room_of, styled
from eipsim.figures.wording import case_name, direction, in_how_many, quantity, scale_of

NAMES, NUMBERS, ROW = 1.85, 0.62, 0.34
GAP = 0.3
CAPTION = (
    "Mean over all states with its 95 % interval. Regret: what a scenario loses against the best one of the same state; the "
    "bar is its mean with 95 % interval, the tick the level that it exceeds in one state of twenty. Best in: share of states "
    "in which it is the best scenario."
)
ENOUGH = " Good enough: share of states in which {}."


@styled()
def regret_table(result: Any) -> Chart:
    """The table of a Ranking, the best mean first."""
    table = result.table()
    caption = CAPTION + (ENOUGH.format(result.satisfice) if "satisficing" in table else "")
    chart, box = page(sentence(table, result.unit), subtitle(result), caption, height=2.15 + ROW * len(table))
    width = room_of(chart, box)[0]
    texts = ["best_share"] + (["satisficing"] if "satisficing" in table else [])
    panel = (width - NAMES - GAP - NUMBERS * len(texts) - 0.1) / 2.0
    scale = scale_of(float(np.nanmax(np.abs(table[["mean_low", "mean_high", "mean"]].to_numpy()))), result.unit)
    names = [case_name(name) for name in table["scenario"]]
    for column, (title, draw) in enumerate((("Mean", draw_means), ("Regret", draw_regrets))):
        left = NAMES + column * (panel + GAP)
        axes = axes_in(chart, box, left=left, right=width - left - panel, top=0.3, bottom=0.34)
        draw(axes, table, scale.size)
        in_rows(axes, len(table), names if column == 0 else (), ticks=4)
        axes.set_title(title, loc="left", fontsize=8.4, color=GREY)
        axes.set_xlabel(scale.unit if column == 0 else of_differences(scale.unit), fontsize=7.8)
    draw_shares(axes, table, texts, panel)
    return chart


def sentence(table: pd.DataFrame, unit: str) -> str:
    least, unit = table.loc[table["regret"].idxmin()], of_differences(unit)
    largest = table.loc[table["regret"].idxmax()]
    return (
        f"Choosing {case_name(least['scenario']).lower()} costs {quantity(least['regret'], unit)} of regret on average, "
        f"{case_name(largest['scenario']).lower()} {quantity(largest['regret'], unit)}"
    )


def subtitle(result: Any) -> str:
    return f"{result.value} ({direction(result.minimise)}) in {result.states.n:,} states, the same for all scenarios."


def draw_means(axes: Axes, table: pd.DataFrame, size: float) -> None:
    y = np.arange(len(table))
    axes.hlines(y, table["mean_low"] / size, table["mean_high"] / size, color=BLUE, lw=2.2)
    axes.plot(table["mean"] / size, y, "o", color=BLUE, ms=4.5)
    axes.margins(x=0.08)


def draw_regrets(axes: Axes, table: pd.DataFrame, size: float) -> None:
    y = np.arange(len(table))
    mean, low, high, most = (table[f"regret{end}"] / size for end in ("", "_low", "_high", "_95"))
    axes.barh(y, mean, height=0.56, color=ORANGE)
    axes.hlines(y, low, high, color="#333333", lw=0.9)
    axes.vlines(most, y - 0.28, y + 0.28, color=VERMILION, lw=1.6)
    axes.hlines(y, high, most, color=LIGHT, lw=0.7, zorder=0)
    axes.set_xlim(left=0.0)


def draw_shares(axes: Axes, table: pd.DataFrame, columns: list[str], panel: float) -> None:
    """Shares as numbers on the right of the last panel."""
    heads = {"best_share": "best in", "satisficing": "good\nenough"}
    for place, column in enumerate(columns, 1):
        x, largest = 1.0 + NUMBERS * place / panel, table[column].max()
        axes.text(x, 1.02, heads[column], transform=axes.transAxes, fontsize=7.8, color=GREY, ha="right", va="bottom")
        look: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "fontsize": 8.0, "ha": "right", "va": "center"}
        for row, share in enumerate(table[column]):
            axes.text(x, row, in_how_many(share, "never"), fontweight="bold" if share == largest else "normal", **look)
