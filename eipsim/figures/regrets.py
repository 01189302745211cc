"""The table of regrets as a figure: mean, chance to be best, regret and good enough, a row per scenario."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from eipsim.figures.colours import BLUE, GREY, LIGHT, ORANGE, VERMILION
from eipsim.figures.style import Chart, axes_in, page, styled
from eipsim.figures.wording import case_name, number, quantity, scale_of

NAMES, NUMBERS, ROW = 1.85, 0.62, 0.34
GAP = 0.3
CAPTION = (
    "Mean over all states with its 95 % interval. Regret: what a scenario loses against the best one of the same state; the "
    "bar is its mean with 95 % interval, the tick the level that it exceeds in one state of twenty. Best in: share of states "
    "in which it is the best scenario."
)
ENOUGH = " Good enough: share of states in which {}."


def regret_table(result: Any) -> Chart:
    """The table of a Ranking, the best mean first."""
    table = result.table()
    with styled():
        caption = CAPTION + (ENOUGH.format(result.satisfice) if "satisficing" in table else "")
        chart, box = page(sentence(table, result.unit), subtitle(result), caption, height=2.15 + ROW * len(table))
        width = (box.right - box.left) * chart.get_size_inches()[0]
        texts = ["best_share"] + (["satisficing"] if "satisficing" in table else [])
        panel = (width - NAMES - GAP - NUMBERS * len(texts) - 0.1) / 2.0
        scale = scale_of(float(np.nanmax(np.abs(table[["mean_low", "mean_high", "mean"]].to_numpy()))), result.unit)
        for column, draw in enumerate((draw_means, draw_regrets)):
            left = NAMES + column * (panel + GAP)
            axes = axes_in(chart, box, left=left, right=width - left - panel, top=0.3, bottom=0.34)
            draw(axes, table, scale)
            frame(axes, table, names=column == 0)
        draw_shares(axes, table, texts, panel)
        return chart


def sentence(table: pd.DataFrame, unit: str) -> str:
    least = table.loc[table["regret"].idxmin()]
    largest = table.loc[table["regret"].idxmax()]
    return (
        f"Choosing {case_name(least['scenario']).lower()} costs {quantity(least['regret'], unit)} of regret on average, "
        f"{case_name(largest['scenario']).lower()} {quantity(largest['regret'], unit)}"
    )


def subtitle(result: Any) -> str:
    direction = "less is better" if result.minimise else "more is better"
    return f"{result.value} ({direction}) in {result.states.n:,} states, the same for all scenarios."


def frame(axes: Axes, table: pd.DataFrame, names: bool) -> None:
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.set_yticks(range(len(table)), [case_name(name) for name in table["scenario"]] if names else [])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.grid(axis="x")


def draw_means(axes: Axes, table: pd.DataFrame, scale: Any) -> None:
    y = np.arange(len(table))
    low, high = table["mean_low"] / scale.size, table["mean_high"] / scale.size
    axes.hlines(y, low, high, color=BLUE, lw=2.2)
    axes.plot(table["mean"] / scale.size, y, "o", color=BLUE, ms=4.5)
    axes.set_title("Mean", loc="left", fontsize=8.4, color=GREY)
    axes.set_xlabel(scale.unit, fontsize=7.8)
    axes.margins(x=0.08)


def draw_regrets(axes: Axes, table: pd.DataFrame, scale: Any) -> None:
    y = np.arange(len(table))
    axes.barh(y, table["regret"] / scale.size, height=0.56, color=ORANGE)
    axes.hlines(y, table["regret_low"] / scale.size, table["regret_high"] / scale.size, color="#333333", lw=0.9)
    axes.vlines(table["regret_95"] / scale.size, y - 0.28, y + 0.28, color=VERMILION, lw=1.6)
    axes.hlines(y, table["regret_high"] / scale.size, table["regret_95"] / scale.size, color=LIGHT, lw=0.7, zorder=0)
    axes.set_xlim(left=0.0)
    axes.set_title("Regret", loc="left", fontsize=8.4, color=GREY)
    axes.set_xlabel(scale.unit, fontsize=7.8)


def draw_shares(axes: Axes, table: pd.DataFrame, columns: list[str], panel: float) -> None:
    """Shares as numbers on the right of the last panel."""
    heads = {"best_share": "best in", "satisficing": "good\nenough"}
    for place, column in enumerate(columns, 1):
        x = 1.0 + NUMBERS * place / panel
        axes.text(x, 1.02, heads[column], transform=axes.transAxes, fontsize=7.8, color=GREY, ha="right", va="bottom")
        for row, share in enumerate(table[column]):
            text = f"{number(100.0 * share, 2)} %" if share > 0.0 else "never"
            bold = "bold" if share == table[column].max() else "normal"
            axes.text(
                x,
                row,
                text,
                transform=axes.get_yaxis_transform(),
                fontsize=8.0,
                ha="right",
                va="center",
                fontweight=bold,
            )
