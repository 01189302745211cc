"""Plain panels for reports and pages: every word on them is given, so that they are drawn in any language.

Titles and captions stand beside them, not in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from eipsim.core.names import printable
from eipsim.figures.colours import BLACK, BLUE, FAINT, GREEN, GREY, LIGHT, SERIES, SKY, VERMILION
from eipsim.figures.labels import label_right
from eipsim.figures.pieces import over_years
from eipsim.figures.style import Box, Chart, axes_in, styled
from eipsim.figures.wording import shortened

WIDTH, HEIGHT, ROW = 5.8, 2.9, 0.3  # inches
LETTER = 0.068  # inches of a letter of a label
MOST_LETTERS, MOST_IN_A_LABEL, MOST_FANS = 38, 26, 3
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
PARTS: dict[str, dict[str, Any]] = {  # of bars, by what they are of
    "main": {"color": BLUE}, "light": {"color": SKY}, "dark": {"color": BLUE}, "faint": {"color": LIGHT},
    "public": {"color": BLUE}, "free": {"color": SKY, "hatch": "////", "edgecolor": "white"}, "private": {"color": GREEN},
}  # fmt: skip
Written = Callable[[float], str]  # a number as it is written


class Way(NamedTuple):
    """A way through the years: `runs` [runs, years] in the unit of the axis, and the label at its end."""

    label: str
    runs: np.ndarray


class Mark(NamedTuple):
    """What is aimed at in a year."""

    label: str
    year: int
    level: float


class Bar(NamedTuple):
    """A row: its name, parts by kind of PARTS, an interval, and what is told at the right."""

    name: str
    parts: Mapping[str, float]
    low: float = float("nan")
    high: float = float("nan")
    told: str = ""


@styled()
def ways(years: Sequence[int], series: Sequence[Way], axis: str, written: Written, marks: Sequence[Mark] = ()) -> Chart:
    """Medians with bands of half and nine tenths of the runs; of more than MOST_FANS those of the first and the highest only."""
    labels = [_text(way.label, MOST_IN_A_LABEL, lines=2) for way in series]
    room = 0.3 + LETTER * max(8, *(len(line) for label in labels for line in label.split("\n")))
    chart, box = _blank(HEIGHT + 0.25 * max(0, len(series) - 4))
    axes = axes_in(chart, box, left=0.62, right=room, bottom=0.34, top=0.05)
    levels = [np.nanquantile(way.runs, LEVELS, axis=0) for way in series]
    ends, colours = [float(each[2][-1]) for each in levels], [SERIES[k % len(SERIES)][0] for k in range(len(series))]
    banded = {0, int(np.argmax(ends))} if len(series) > MOST_FANS else set(range(len(series)))
    for k, each in enumerate(levels):
        _draw_way(axes, years, each, SERIES[k % len(SERIES)], k in banded and len(series[k].runs) > 1)
    for mark in marks:
        _draw_mark(axes, mark, on_the_left=2 * mark.year > years[0] + years[-1])
    over_years(axes, np.asarray(years), "")
    _scale(axes, "y", written, all(bool(np.all(np.mod(way.runs, 1.0) == 0.0)) for way in series))
    least, top = min(float(each.min()) for each in levels), float(axes.get_ylim()[1])
    axes.set_ylim(axes.get_ylim()[0] if least < 0.0 else 0.0, top if top > 0.0 else 1.0)
    axes.set_ylabel(_text(axis, MOST_LETTERS))
    label_right(axes, ends, labels, colours, size=7.8)
    return chart


def _draw_way(axes: Axes, years: Sequence[int], levels: np.ndarray, look: tuple[str, Any], banded: bool) -> None:
    """The median, and where it is `banded` the bands of LEVELS."""
    colour, line = look
    if banded:
        axes.fill_between(years, levels[0], levels[4], color=colour, alpha=0.14, lw=0)
        axes.fill_between(years, levels[1], levels[3], color=colour, alpha=0.22, lw=0)
    axes.plot(years, levels[2], color=colour, ls=line, lw=1.7)


def _draw_mark(axes: Axes, mark: Mark, on_the_left: bool) -> None:
    """A diamond at what is aimed at, with its name where there is room."""
    look: Any = {"ms": 5.0, "mec": VERMILION, "mfc": "white", "mew": 1.5, "ls": "none", "zorder": 5, "clip_on": False}
    axes.plot([mark.year], [mark.level], marker="D", **look)
    side: Any = {"ha": "right", "xytext": (-6, 0)} if on_the_left else {"ha": "left", "xytext": (6, 0)}
    side["bbox"] = {"facecolor": "white", "alpha": 0.85, "lw": 0, "pad": 0.8}  # lines may pass behind it
    spot, name = (mark.year, mark.level), _text(mark.label, MOST_LETTERS)
    axes.annotate(name, spot, textcoords="offset points", va="center", fontsize=7.6, color=VERMILION, **side)


@styled()
def bars(
    rows: Sequence[Bar], axis: str, written: Written, legend: Mapping[str, str], *, stacked: bool = False
) -> Chart:
    """Rows of bars, the first on top: parts side by side from zero if `stacked`, else each thinner in the one before."""
    names = [_text(row.name, MOST_LETTERS, lines=2) for row in rows]
    left = 0.15 + LETTER * max((len(line) for name in names for line in name.split("\n")), default=8)
    right = 0.2 + 0.062 * max((len(row.told) for row in rows), default=0)
    above = 0.26 if legend else 0.05
    chart, box = _blank(0.75 + above + ROW * len(rows) * (1.2 if any("\n" in name for name in names) else 1.0))
    axes = axes_in(chart, box, left=left, right=right, bottom=0.38, top=above)
    for place, row in enumerate(rows):
        _draw_bar(axes, place, row, stacked)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), names, fontsize=7.8)
    axes.tick_params(axis="y", length=0)
    axes.axvline(0.0, color=GREY, lw=0.8)
    _scale(axes, "x", written)
    axes.set_xlabel(_text(axis, 90))
    if legend:
        chart.legend(handles=_handles(legend), loc="upper left", bbox_to_anchor=(0.0, 1.0), ncols=4, frameon=False, fontsize=7.6,
                     handlelength=1.4, columnspacing=1.2)  # fmt: skip
    return chart


def _handles(legend: Mapping[str, str]) -> list[Any]:
    """What bars of a kind look like, and the mark of a total."""
    handles: list[Any] = []
    for kind, label in legend.items():
        if kind in PARTS:
            handles.append(Patch(**{"edgecolor": "none", **_face(PARTS[kind])}, label=_text(label, 60)))
        else:
            handles.append(Line2D([], [], marker="D", ls="", color="white", mec=BLACK, ms=4.4, label=_text(label, 60)))
    return handles


def _draw_bar(axes: Axes, place: int, row: Bar, stacked: bool) -> None:
    right, left, thick = 0.0, 0.0, 0.62
    for kind, value in row.parts.items():
        if kind == "total" or not np.isfinite(value):
            continue
        start = (right if value >= 0.0 else left) if stacked else 0.0
        axes.barh(place, value, left=start, height=thick, lw=0.0, **PARTS[kind])
        right, left = right + max(value, 0.0), left + min(value, 0.0)
        thick = thick if stacked else thick * 0.5
    if np.isfinite(row.low) and row.high > row.low:
        axes.plot([row.low, row.high], [place, place], color=BLACK, lw=1.0, solid_capstyle="butt")
    total = row.parts.get("total", float("nan"))
    if np.isfinite(total):
        axes.plot([total], [place], "D", color="white", mec=BLACK, ms=4.4)
    if row.told:
        axes.text(
            1.02, place, _text(row.told, MOST_LETTERS), transform=axes.get_yaxis_transform(), va="center", fontsize=7.8
        )


def _blank(height: float) -> tuple[Chart, Box]:
    chart = Chart(figsize=(WIDTH, height), facecolor="white")
    FigureCanvasAgg(chart)
    edge = 0.04
    return chart, Box(edge / WIDTH, edge / height, 1.0 - edge / WIDTH, 1.0 - edge / height)


def _scale(axes: Axes, which: str, written: Written, whole: bool = False) -> None:
    """Few ticks, their numbers as the language writes them, and faint lines."""
    ticks = axes.yaxis if which == "y" else axes.xaxis
    ticks.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=whole))
    ticks.set_major_formatter(FuncFormatter(lambda value, _: written(float(value))))
    axes.grid(axis=which, color=FAINT)  # type: ignore[arg-type]


def _face(look: Mapping[str, Any]) -> dict[str, Any]:
    return {("facecolor" if name == "color" else name): value for name, value in look.items()}


def _text(text: str, most: int, lines: int = 1) -> str:
    """Text that is drawn as it is: nothing in it is obeyed, and a long one is broken or shortened."""
    parts = [printable(part) for part in text.split("\n")]
    if lines > 1 and len(parts[0]) > most:
        cut = parts[0].rfind(" ", 0, most + 1)
        parts[:1] = [parts[0][: cut if cut > 0 else most], parts[0][cut + 1 if cut > 0 else most :]]
    return "\n".join(shortened(part, most) for part in parts).replace("$", r"\$")
