"""How often each scenario has each rank: over the states, over resamples of them, and which rank in parts of them."""

from __future__ import annotations

import textwrap
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from eipsim.analysis.intervals import count_in_words, least_if_always
from eipsim.figures.colours import BLUE, GREY
from eipsim.figures.influences import factor_in_sentence, factor_name, outcome_words
from eipsim.figures.pieces import in_cells
from eipsim.figures.style import Chart, axes_in, inches_of, page, room_of, styled
from eipsim.figures.wording import ABBREVIATIONS, case_name, direction, in_how_many, in_sentence, verb

SHADES = LinearSegmentedColormap.from_list("shades", ["#ffffff", "#cfe3f2", "#5aa3d3", BLUE])
NAMES, LETTERS = 1.95, 27  # inches and letters for the names of scenarios
ROW, GAP = 0.32, 0.28
DARK, PALEST = 0.72, 0.12  # from here on numbers are white; the shade of the last rank, which is not that of the page
CELL, HEAD_LINE, LETTER, ACROSS = 0.36, 0.115, 0.078, 6.87  # inches
PARTS = ("third", "half", "quarter", "fifth")  # how groups of numbers end
CAPTION = (
    "Left: share of the states (draws of the uncertain inputs and of chance, the same for all scenarios) in which a scenario "
    "comes out at a rank. Right: share of bootstrap resamples of the states in which its mean does: how sure the order of the "
    "means is. Ties share their ranks. Rows and columns sum to 1; ≥: as much as so many states can tell."
)


@styled()
def rank_map(result: Any) -> Chart:
    """The heat map of a Ranking: scenarios from best to worst mean, ranks from first to last."""
    table, names = result.ranks(), [result.scenarios[option] for option in result.order]
    chart, box = page(sentence(result), subtitle(result), CAPTION, height=1.75 + ROW * len(names))
    width = room_of(chart, box)[0]
    panel = (width - NAMES - GAP) / 2.0
    for column, (kind, title) in enumerate((("states", "in one state"), ("resamples", "by its mean"))):
        left = NAMES + column * (panel + GAP)
        axes = axes_in(chart, box, left=left, right=width - left - panel, top=0.42, bottom=0.05)
        shares = table.pivot(index="scenario", columns="rank", values=kind).loc[names]
        draw(axes, shares, title, names if column == 0 else [], least_if_always(result.cases) if column else 1.0)
    return chart


def sentence(result: Any) -> str:
    """The finding as a title."""
    table = result.table()
    tied = [case_name(name) for name in table["scenario"][table["rank"] == 1]]
    if len(tied) > 1:
        return f"{' and '.join(tied)} tie for the best mean"
    sure = "clearly " if result.reliability >= 0.95 else ""
    name, have, are = tied[0], verb(result.best, "has", "have"), verb(result.best, "is", "are")
    seen = count_in_words(float(table["best_share"].iloc[0]) * result.states.n, result.states.n, "states", result.cases)
    return f"{name} {sure}{have} the best mean, and {are} the best choice in {seen}"


def subtitle(result: Any) -> str:
    return f"Ranks by {result.value} ({direction(result.minimise)}), {result.states.n:,} states."


def draw(axes: Axes, shares: pd.DataFrame, title: str, names: list[str], most: float) -> None:
    """One heat map with the share in per cent in every cell that has some; `most` : the largest that the states can tell."""
    values, n = shares.to_numpy(), len(shares)
    in_cells(
        axes, SHADES(values), [str(rank + 1) for rank in range(n)], [in_lines(name) for name in names],
        8.5 if n <= 10 else 5.6,
    )  # fmt: skip
    for (row, column), share in np.ndenumerate(values):
        text, colour = (
            f"≥{100.0 * most:.0f}" if share > max(most, 0.5) else f"{100.0 * share:.0f}",
            "white" if share >= DARK else "#222222",
        )
        if text != "0":
            axes.text(column, row, text, ha="center", va="center", fontsize=7.6 if n <= 10 else 5.6, color=colour)
    axes.set_title(f"Rank {title}, %", loc="left", fontsize=8.4, color=GREY, pad=6)


def in_lines(scenario: str) -> str:
    """The name of a scenario in lines that fit beside the axes."""
    return textwrap.fill(case_name(scenario), LETTERS)


# ---- in parts of the states ------------------------------------------------------------------------------------------

BY_GROUP = (
    "Rank by the mean in each part of the states (1 is best, ties share the better rank); below it, the share of its states in "
    "which the scenario is the best one. Parts without states are left out. A row of one shade is a choice that does not depend "
    "on what divides the states."
)


class Heads(NamedTuple):
    """What stands above the columns: lines of each group, and of each factor; the first factor is all states."""

    groups: list[list[str]]
    factors: list[str]
    lines: dict[str, list[str]]

    @property
    def above_groups(self) -> float:
        """Inches from the cells to the lines below the names of factors."""
        return 0.14 + HEAD_LINE * max(map(len, self.groups))

    @property
    def inches(self) -> float:
        return self.above_groups + 0.1 + 0.13 * max(map(len, self.lines.values()), default=0)


@styled()
def ranks_by_group(result: Any, *, ax: Axes | None = None) -> Chart:
    """The rank of every scenario in all states and in each part of a Ranking made with `by`; `ax`: axes to draw in."""
    table, names = result.group_means(), [result.scenarios[option] for option in result.order]
    groups = list(dict.fromkeys(table["group"]))
    ranked = table.pivot(index="scenario", columns="group", values="rank").loc[names, groups]
    shares = table.pivot(index="scenario", columns="group", values="best_share").loc[names, groups]
    left = 0.2 + LETTER * max(len(line) for name in names for line in in_lines(name).split("\n"))
    heads = heads_of(groups, table.drop_duplicates("group")["factor"].tolist(), (ACROSS - left) / len(groups))
    words = f"Ranks by {in_sentence(outcome_words(result.value))} ({direction(result.minimise)}), {result.states.n:,} states."
    height = 1.6 + heads.inches + CELL * len(names)
    chart, box = page(group_sentence(result), words, BY_GROUP, height=height, ax=ax)
    draw_groups(axes_in(chart, box, left=left, right=0.05, top=heads.inches, bottom=0.05, ax=ax), ranked, shares, heads)
    return chart


def heads_of(groups: list[str], factors: list[str], column: float) -> Heads:
    """The names of groups and factors in lines that fit columns so wide [inches]."""
    letters = max(6, int(column / 0.068))
    labels = [
        textwrap.wrap(short(group, factor), letters, break_long_words=False) for group, factor in zip(groups, factors)
    ]
    lines = {
        factor: textwrap.wrap(factor_name(factor), max(8, int(column * factors.count(factor) / 0.07)))
        for factor in dict.fromkeys(factors[1:])
    }
    return Heads(labels, factors, lines)


def group_sentence(result: Any) -> str:
    """Whether the choice holds in every part, or where it changes."""
    parts = result.stability().iloc[1:]
    others = parts[~parts["same_best"]]
    name, same = case_name(result.best), len(parts) - len(others)
    if not len(others):
        return f"{name} {verb(result.best, 'stays', 'stay')} the best choice in all {same} parts of the states"
    worst = others.loc[others["cost_of_staying"].idxmax()]
    return (
        f"{name} {verb(result.best, 'is', 'are')} the best choice in {same} of {len(parts)} parts; where "
        f"{part_in_words(str(worst['group']), str(worst['factor']))}, it is {in_sentence(case_name(worst['best']))}"
    )


def part_in_words(group: str, factor: str) -> str:
    """A part of the states inside a sentence.

    >>> part_in_words("rule = npv_hurdle", "rule")
    'decision rule is NPV hurdle'
    >>> part_in_words("behaviour.peer_weight, lowest third", "behaviour.peer_weight")
    'peer weight is in its lowest third'
    """
    own = short(group, factor)
    return f"{factor_in_sentence(factor)} is {f'in its {own}' if own.endswith(PARTS) else own}"


def draw_groups(axes: Axes, ranked: pd.DataFrame, shares: pd.DataFrame, heads: Heads) -> None:
    n, columns = ranked.shape
    shades = 1.0 - (ranked.to_numpy(float) - 1.0) / max(n - 1, 1)
    names = [in_lines(name) for name in ranked.index]
    labels = ["\n".join(lines) for lines in heads.groups]
    in_cells(axes, SHADES(PALEST + (0.9 - PALEST) * shades), labels, names, 6.8 if columns <= 10 else 5.8)
    for (row, column), shade in np.ndenumerate(shades):
        look: dict[str, Any] = {"ha": "center", "va": "center", "color": "white" if shade >= DARK else "#222222"}
        share = float(shares.iloc[row, column])
        axes.text(column, row - 0.14, str(int(ranked.iloc[row, column])), fontsize=8.2, fontweight="bold", **look)
        axes.text(column, row + 0.24, in_how_many(share), fontsize=6.4, **look)
    name_factors(axes, heads)


def short(group: str, factor: str) -> str:
    """What tells a group from the others of its factor.

    >>> short("rule = npv_hurdle", "rule"), short("a.b, lowest third", "a.b"), short("all states", "all")
    ('NPV hurdle', 'lowest third', 'all states')
    """
    if factor == "all":
        return group
    words = group.removeprefix(factor).lstrip(" =,").replace("_", " ").split(" ")
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)


def name_factors(axes: Axes, heads: Heads) -> None:
    """The name of each factor above the columns of its groups, with a line over them."""
    high, above, factors = inches_of(axes)[1], heads.above_groups, heads.factors
    for factor, lines in heads.lines.items():
        first = factors.index(factor)
        last = len(factors) - 1 - factors[::-1].index(factor)
        look: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False, "color": GREY}
        axes.plot([first - 0.45, last + 0.45], [1.0 + above / high] * 2, lw=0.7, **look)
        place = ((first + last) / 2.0, 1.0 + (above + 0.05) / high)
        axes.text(*place, "\n".join(lines), ha="center", va="bottom", fontsize=7.2, **look)
