"""What figures are made of: axes over years, in rows, in inches; headings, bars with their numbers, cells, names with a lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from eipsim.figures.colours import GREY, LIGHT
from eipsim.figures.labels import spread
from eipsim.figures.style import inches_of
from eipsim.figures.wording import per_cent

TICK = 0.5  # inches from tick to tick, at least
HALF, FIELD = 0.56, 1.15  # inches beside bars: right edges of the count and, where it has its own, of the share


def over_years(axes: Axes, years: Any, label: str = "Year") -> None:
    """Years from left to right, as whole numbers."""
    axes.set_xlim(years[0], years[-1])
    axes.xaxis.set_major_locator(MaxNLocator(ticks_along(axes, 8), integer=True))
    axes.set_xlabel(label)


def ticks_along(axes: Axes, most: int) -> int:
    """So many ticks as have room below axes, at most `most`."""
    return max(2, min(most, int(inches_of(axes)[0] / TICK)))


def in_rows(axes: Axes, n: int, names: Sequence[str] = (), ticks: int = 5) -> None:
    """`n` rows from the top down with their `names` at the left, if any, and about so many `ticks` below."""
    axes.set_ylim(n - 0.5, -0.5)
    axes.set_yticks(range(len(names)), list(names))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(ticks_along(axes, ticks)))
    axes.grid(axis="x")


def in_inches(axes: Axes) -> tuple[float, float]:
    """Axes that measure inches from the upper left corner, without frame; returns their width and height."""
    wide, high = inches_of(axes)
    axes.set(xlim=(0.0, wide), ylim=(high, 0.0))
    axes.axis("off")
    return wide, high


def heading(axes: Axes, text: str) -> None:
    """Bold words above axes."""
    axes.set_title(text, loc="left", fontsize=8.8, fontweight="bold", pad=4)


def names_with_leads(
    axes: Axes, spots: Sequence[tuple[float, float]], texts: Sequence[str], bold: Sequence[bool]
) -> None:
    """Names at the right edge, in the order of height, each with a line from its spot (shares of the axes)."""
    wide, high = inches_of(axes)
    places = spread([y for _, y in spots], 0.168 / high, 0.0, 1.0)
    for (x, y), place, text, is_bold in zip(spots, places, texts, bold):
        axes.plot(
            [x, 1.0 + 0.05 / wide, 1.0 + 0.12 / wide], [y, place, place], transform=axes.transAxes, color=GREY, lw=0.45,
            clip_on=False, zorder=1,
        )  # fmt: skip
        look: dict[str, Any] = {"transform": axes.transAxes, "fontweight": "bold" if is_bold else "normal"}
        axes.text(1.0 + 0.16 / wide, place, text, fontsize=7.2, va="center", **look)


# ---- bars of per cent, the vertical axis in inches -----------------------------------------------------------------------


def in_per_cent(axes: Axes) -> None:
    """Bars from 0 to 100 %, inches from the top down, no axes: every bar has its numbers beside it."""
    axes.set(xlim=(0.0, 100.0), ylim=(inches_of(axes)[1], 0.0), xticks=[], yticks=[])
    axes.tick_params(axis="y", length=0)
    axes.spines[:].set_visible(False)


def bar_heading(axes: Axes, y: float, text: str, left: float) -> None:
    """Bold words at `y` from the edge of the labels, which lies `left` [inches] of the bars."""
    axes.text(-100.0 * left / inches_of(axes)[0], y, text, fontsize=8.8, fontweight="bold", va="center")


def bar_frame(axes: Axes, y: float, height: float) -> None:
    axes.barh(y, 100.0, height=height, color="none", edgecolor=LIGHT, lw=0.6, clip_on=False)


def bar_numbers(axes: Axes, y: float, count: int, share: float, edge: float) -> None:
    """The count and the `share` [1] beside a bar; `edge` [inches]: where the share ends."""
    for inches, text, shade in ((HALF, f"{count:,}", "black"), (edge, per_cent(share), GREY)):
        place = 100.0 + 100.0 * inches / inches_of(axes)[0]
        axes.text(place, y, text, va="center", ha="right", fontsize=7.6, color=shade)


# ---- cells -----------------------------------------------------------------------------------------------------------


def in_cells(axes: Axes, colours: np.ndarray, columns: Sequence[str], rows: Sequence[str], size: float) -> None:
    """A cell for every colour [rows, columns, 4], names above and at the left; `size` of the names above."""
    n, m = colours.shape[:2]
    axes.set(xlim=(-0.5, m - 0.5), ylim=(n - 0.5, -0.5))
    for row, column in np.ndindex(n, m):
        corner = (column - 0.5, row - 0.5)
        axes.add_patch(Rectangle(corner, 1.0, 1.0, facecolor=colours[row, column], edgecolor="white", lw=1.2))
    axes.xaxis.tick_top()
    axes.set_xticks(range(m), list(columns), fontsize=size)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.tick_params(length=0, pad=3)
    axes.spines[:].set_visible(False)
