"""Means as dots with their intervals, in groups: the designs of an instrument, or an instrument under every decision rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from eipsim.analysis.intervals import mean_interval
from eipsim.figures import Chart
from eipsim.figures.colours import BLUE, FAINT, GREY, VERMILION
from eipsim.figures.style import axes_in, page, styled

NAMES, ROW, GAP = 2.6, 0.165, 1.1


@dataclass(frozen=True)
class Words:
    """What stands around the dots: the finding, what is shown, the small print, and the axis."""

    title: str
    subtitle: str
    caption: str
    axis: str


def group_of(name: str) -> str:
    """
    >>> group_of("audits: by lot, 2026-35")
    'audits'
    """
    return name.partition(":")[0]


def member_of(name: str) -> str:
    """
    >>> member_of("audits: by lot, 2026-35")
    'by lot, 2026-35'
    """
    return name.partition(": ")[2] or name


def groups_of(means: pd.Series) -> dict[str, list[str]]:
    """Names by their group, the group with the largest mean first, its members likewise."""
    best = means.groupby(group_of).max().sort_values(ascending=False)
    ordered = means.sort_values(ascending=False, kind="stable").index
    return {group: [name for name in ordered if group_of(name) == group] for group in best.index}


@styled()
def dots(values: pd.DataFrame, words: Words, in_order: bool = False) -> Chart:
    """`values`: a row a case, a column named `group: member`. In each group largest first, or `in_order` of the columns."""
    groups = groups_of(values.mean())
    chart, box = page(
        words.title, words.subtitle, words.caption, height=1.5 + ROW * (values.shape[1] + GAP * len(groups))
    )
    axes = axes_in(chart, box, left=NAMES, right=0.2, bottom=0.36, top=0.05)
    y, at = 0.0, dict[str, float]()
    for group, members in groups.items():
        look: Any = {"weight": "bold", "fontsize": 7.5, "ha": "right", "va": "center"}
        axes.text(-0.015, y, group, transform=axes.get_yaxis_transform(), **look)
        for member in [name for name in values if name in members] if in_order else members:
            y += 1.0
            at[member] = y
            mean, low, high = mean_interval(values[member].to_numpy())
            colour = VERMILION if member == members[0] else BLUE
            axes.plot([low, high], [y, y], color=colour, lw=1.2)
            axes.plot(mean, y, "o", color=colour, ms=3.5)
        y += GAP
    axes.axvline(0.0, color=GREY, lw=0.7)
    axes.set_yticks(list(at.values()), [member_of(name).replace("_", " ") for name in at], fontsize=6.6)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(y - GAP + 0.8, -0.8)
    axes.grid(axis="x", color=FAINT)
    axes.set_xlabel(words.axis)
    return chart
