"""Boxes of scenario discovery: the limits of each factor, PRIM's way to them, and the rows they were found in."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from eipsim.figures.colours import BLACK, BLUE, FAINT, GREY, LIGHT, SKY, VERMILION
from eipsim.figures.style import Chart, axes_in, inches_of, page, room_of, styled
from eipsim.figures.wording import number

NUMBERS, AGAIN, ROW, WAY = 0.62, 0.5, 0.66, 2.35
LETTER = 0.062  # inches, of the small print
POINTS = 1500  # most rows drawn
LONGEST = 100  # letters of the limits that a title tells
DEPTHS = (LIGHT, SKY, "#2b8cc4", BLUE, "#00436b", BLACK)  # by the number of factors limited
DEEPEST = len(DEPTHS) - 1  # as many factors and more look alike
CAPTION = (
    "Coverage: share of all rows of interest that lie in the box. Density: share of the rows in the box that are of interest. "
    "Blue: within the box. p: quasi-p-value of a limit, the chance of as many rows of interest if it were idle. Found again: "
    "bootstrap resamples that limit the same factor. {unseen}"
)
FRAME = "The frame is the box in these two factors; limits of others may leave out rows within it."


@styled()
def box_limits(result: Any, number_of_box: int = 1) -> Chart:
    """A box of a Discovery: PRIM's trade-off between coverage and density, and what the box asks of each factor."""
    table = result.limits()
    table = table[table["box"] == number_of_box].reset_index(drop=True)
    way = result.found.trajectory
    way = way[way["box"] == number_of_box] if len(way) else way
    height = max(3.7 if len(way) else 2.2, 2.1 + ROW * max(len(table), 1))
    caption = CAPTION.format(unseen=unseen(result))
    chart, box = page(sentence(result, number_of_box), subtitle(result), caption, height=height)
    left = 0.05
    if len(way):
        axes = axes_in(chart, box, left=0.45, right=room_of(chart, box)[0] - 0.45 - WAY, bottom=0.4, top=0.12)
        draw_way(axes, way, result.boxes[number_of_box - 1], result.base)
        left = 0.45 + WAY + 0.45
    if len(table):
        spare = room_of(chart, box)[1] - ROW * len(table) - 0.3
        axes = axes_in(chart, box, left=left, right=NUMBERS, bottom=max(0.0, spare), top=0.3)
        draw_limits(axes, table, result.rows, len(result.resampled))
    return chart


def sentence(result: Any, number_of_box: int) -> str:
    if len(result.boxes) < number_of_box:
        return result.finding
    box = result.boxes[number_of_box - 1]
    within, without = 100.0 * box.density, 100.0 * elsewhere(result, box)
    where = f"where {box}" if len(str(box)) <= LONGEST else f"within limits of {len(box.limits)} factors"
    return f"{within:.0f} % of the runs {where} are of interest; elsewhere {without:.0f} %"


def elsewhere(result: Any, box: Any) -> float:
    outside = ~box.holds(result.rows)
    return float(result.of_interest[outside].mean()) if outside.any() else float("nan")


def subtitle(result: Any) -> str:
    of = f" in {', '.join(result.scenarios)}" if len(result.scenarios) <= 3 else ""
    cases, n = int(result.of_interest.sum()), len(result.rows)
    return f"Of interest: {result.where}{of}; {cases:,} of {n:,} rows ({100 * result.base:.0f} %)."


def unseen(result: Any) -> str:
    """How dense the boxes are in rows that no search for them saw."""
    return f"In rows that the search did not see: {result.told_unseen}." if result.boxes else ""


def draw_way(axes: Axes, way: pd.DataFrame, final: Any, base: float) -> None:
    """Coverage against density of every box on PRIM's way; a ring is the one chosen, freed of idle limits."""
    depth = np.minimum(way["limited_factors"].to_numpy(int), DEEPEST)
    colours = [DEPTHS[d] for d in depth]
    axes.axhline(base, color=VERMILION, lw=0.8, ls=(0, (3, 2)))
    axes.text(0.02, base + 0.015, "all rows", color=VERMILION, fontsize=7.2, va="bottom")
    axes.plot(way["coverage"], way["density"], color=LIGHT, lw=0.7, zorder=1)
    axes.scatter(way["coverage"], way["density"], c=colours, s=18, zorder=2)
    ring: dict[str, Any] = {"s": 90, "facecolors": "none", "edgecolors": VERMILION, "lw": 1.5, "zorder": 3}
    axes.scatter([final.coverage], [final.density], clip_on=False, **ring)
    axes.set(xlim=(0.0, 1.03), ylim=(0.0, 1.05), xlabel="coverage", ylabel="density")
    axes.grid()
    labels = {d: f"{d} or more" if d == DEEPEST else str(d) for d in sorted(set(depth.tolist()))}
    marks = [Line2D([], [], marker="o", ls="", ms=4, color=DEPTHS[d], label=label) for d, label in labels.items()]
    corner = (0.0, 0.0 if base > 0.5 else base + 0.06)  # above the line of all rows where that lies low
    axes.legend(handles=marks, title="factors", loc="lower left", bbox_to_anchor=corner, fontsize=7.2,
                title_fontsize=7.2, frameon=False, handletextpad=0.1, borderpad=0.2)  # fmt: skip


def draw_limits(axes: Axes, table: pd.DataFrame, rows: pd.DataFrame, resamples: int) -> None:
    """A line per factor over its whole range, the part within the box thick, its name above."""
    axes.set(xlim=(0.0, 1.0), ylim=(len(table) - 0.5, -0.5), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    across, edge = axes.get_yaxis_transform(), 1.0 + AGAIN / inches_of(axes)[0]
    for place, row in enumerate(table.itertuples()):
        axes.text(0.0, place - 0.16, row.factor, transform=across, fontsize=8.2, va="bottom")
        (draw_labels if row.labels else draw_range)(axes, place, row, rows)
        again = f"{round(row.resamples * resamples)} of {resamples}"
        axes.text(edge, place, again, transform=across, fontsize=8.0, va="center", ha="right")
    axes.text(edge, 1.0, "found\nagain", transform=axes.transAxes, fontsize=7.4, color=GREY, va="bottom", ha="right")


def draw_range(axes: Axes, place: int, row: Any, rows: pd.DataFrame) -> None:
    """The range of a number, its limits below in bold with their quasi-p-value, an open end in grey."""
    values = rows[row.factor].to_numpy(float)
    lowest, highest = float(values.min()), float(values.max())
    ends = [max(row.low, lowest), min(row.high, highest)]
    low, high = ((end - lowest) / (highest - lowest) for end in ends)
    axes.plot([0.0, 1.0], [place, place], color=LIGHT, lw=1.6, solid_capstyle="butt")
    axes.plot([low, high], [place, place], color=BLUE, lw=7.0, solid_capstyle="butt")
    limited = np.isfinite(row.low), np.isfinite(row.high)
    texts = [f"{number(end)} (p {p_value(p)})" if is_limit else number(end)
             for end, p, is_limit in zip(ends, (row.qp_low, row.qp_high), limited)]  # fmt: skip
    places = apart(axes, [low, high], texts)
    for x, text, is_limit in zip(places, texts, limited):
        look: dict[str, Any] = {"color": "black" if is_limit else GREY, "fontsize": 7.4 if is_limit else 7.0}
        axes.text(x, place + 0.13, text, va="top", ha="left", **look)


def apart(axes: Axes, wanted: list[float], texts: list[str]) -> list[float]:
    """Where two texts begin so that they stand near the ends of a range, beside each other and within the axes."""
    first, second = (len(text) * LETTER / inches_of(axes)[0] for text in texts)
    right = min(max(wanted[1] - second / 2.0, 0.0), 1.0 - second)
    left = min(max(wanted[0] - first / 2.0, 0.0), right - first - 0.02)
    return [left, right] if left >= 0.0 else [0.0, max(right, first + 0.02)]


def draw_labels(axes: Axes, place: int, row: Any, rows: pd.DataFrame) -> None:
    """The labels of a factor, those within the box dark; as text where they are too many."""
    ours = set(row.labels.split(" or "))
    labels = sorted(rows[row.factor].unique(), key=lambda label: (label not in ours, label))
    width = 1.0 / len(labels)
    fits = max(map(len, labels)) * LETTER <= width * inches_of(axes)[0]
    for position, label in enumerate(labels):
        here = label in ours
        start = (position * width + 0.004, place - 0.11)
        axes.add_patch(Rectangle(start, width - 0.008, 0.22, facecolor=BLUE if here else FAINT, lw=0))
        if fits:
            look: dict[str, Any] = {"fontsize": 6.6, "ha": "center", "va": "center"}
            axes.text((position + 0.5) * width, place, label.replace("_", " "), color="white" if here else GREY, **look)
    inside = f"{', '.join(sorted(ours))} " if not fits else ""
    lines = textwrap.wrap(f"{inside}(p {p_value(row.qp_low)})", int(inches_of(axes)[0] / LETTER))
    axes.text(0.0, place + 0.13, "\n".join(lines[:2]), fontsize=7.4, va="top", linespacing=1.0)


def p_value(p: float) -> str:
    """A quasi-p-value, short.

    >>> p_value(0.0312), p_value(1e-20)
    ('0.031', '< 0.001')
    """
    return "< 0.001" if p < 0.001 else number(p, 2)


@styled()
def box_scatter(result: Any, number_of_box: int = 1, *, ax: Axes | None = None) -> Chart | None:
    """The rows by the two numbers that a box limits most, those of interest dark; None with fewer than two.

    `ax`: axes to draw in.
    """
    if len(result.boxes) < number_of_box:
        return None
    box = result.boxes[number_of_box - 1]
    numbers = [limit for limit in box.limits if limit.labels is None]
    limits = sorted(numbers, key=lambda limit: limit.holds(result.rows).mean())[:2]  # the share of rows that it leaves
    if len(limits) < 2:
        return None
    n = min(POINTS, len(result.rows))
    shown = np.sort(np.random.default_rng(1).permutation(len(result.rows))[:n])
    caption = f"{n:,} of {len(result.rows):,} rows. {FRAME}"
    chart, space = page(sentence(result, number_of_box), subtitle(result), caption, width=5.6, height=5.2, ax=ax)
    axes = axes_in(chart, space, left=0.55, right=0.1, bottom=0.42, top=0.3, ax=ax)
    x, y = (result.rows[limit.factor].to_numpy(float)[shown] for limit in limits)
    cases = result.of_interest[shown]
    axes.scatter(x[~cases], y[~cases], s=9, color=LIGHT, lw=0, label="others")
    axes.scatter(x[cases], y[cases], s=11, color=BLUE, lw=0, label="of interest")
    draw_frame(axes, limits, result.rows)
    axes.set(xlabel=limits[0].factor, ylabel=limits[1].factor)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=2, frameon=False, fontsize=7.8, handletextpad=0.1)
    return chart


def draw_frame(axes: Axes, limits: Any, rows: pd.DataFrame) -> None:
    ends = []
    for limit in limits:
        values = rows[limit.factor].to_numpy(float)
        room = 0.02 * (values.max() - values.min())
        ends.append((max(limit.low, values.min() - room), min(limit.high, values.max() + room)))
    (left, right), (low, high) = ends
    axes.add_patch(Rectangle((left, low), right - left, high - low, fill=False, edgecolor=VERMILION, lw=1.6))
