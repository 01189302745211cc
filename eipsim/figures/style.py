"""The look of all figures: one page, one way to save. Matplotlib is used without its global state."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from eipsim.core.names import printable
from eipsim.figures.colours import FAINT, GREY
from eipsim.figures.origins import origin_of

DOTS_PER_INCH = 200
PACKED = {"compress_level": 3}  # of PNG: two thirds of the time of the usual level, 2 % larger
RULES: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.edgecolor": GREY,
    "axes.labelcolor": "#333333",
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": "#333333",
    "ytick.color": "#333333",
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.5,
    "svg.hashsalt": "eipsim",
    "svg.fonttype": "path",
    "path.simplify": True,
}
INCH_TITLE, INCH_SUBTITLE, INCH_CAPTION, MARGIN = 0.215, 0.165, 0.145, 0.14
COLUMNS = (9.7, 15.2, 18.0)  # letters an inch of title, subtitle, caption
ORIGIN = ContextVar("origin", default="")  # what the figure that is being drawn is of
P = ParamSpec("P")
R = TypeVar("R")


class Chart(Figure):
    """A figure that notebooks show without any of Matplotlib's global state; `finding` is its title as one line."""

    finding: str = ""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        with look():
            self.savefig(buffer, format="png", dpi=DOTS_PER_INCH // 2)
        return buffer.getvalue()


class Box(NamedTuple):
    """The part of a page that is left for axes, in shares of its width and height."""

    left: float
    bottom: float
    right: float
    top: float


@contextmanager
def look() -> Iterator[None]:
    with matplotlib.rc_context(RULES):
        yield


def styled() -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Makes of a function that draws one whose pages look alike and say, in their last line, what its first argument is of."""

    def decorate(draw: Callable[P, R]) -> Callable[P, R]:
        @wraps(draw)
        def drawn(*arguments: P.args, **named: P.kwargs) -> R:
            before = ORIGIN.set(origin_of(next(iter((*arguments, *named.values())), None)))
            try:
                with look():
                    return draw(*arguments, **named)
            finally:
                ORIGIN.reset(before)

        return drawn

    return decorate


def page(title: str, subtitle: str, caption: str, width: float = 7.2, height: float = 4.4) -> tuple[Chart, Box]:
    """A page with its finding on top and its small print below, `width` x `height` inches and a line or two of its origin."""
    origin = textwrap.wrap(ORIGIN.get(), int(width * COLUMNS[2]))
    height += INCH_CAPTION * len(origin)
    chart = Chart(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(chart)
    chart.finding = title
    y = height - MARGIN
    title, subtitle, caption = map(printable, (title, subtitle, caption))
    y = _write(chart, title, y, INCH_TITLE, int(width * COLUMNS[0]), size=11.5, weight="bold", color="black")
    y = _write(chart, subtitle, y - 0.03, INCH_SUBTITLE, int(width * COLUMNS[1]), size=8.5, color="#333333")
    lines = textwrap.wrap(caption, int(width * COLUMNS[2]))
    below = MARGIN + INCH_CAPTION * len(origin)
    _write(chart, ORIGIN.get(), below, INCH_CAPTION, int(width * COLUMNS[2]), size=7.2, color="#333333")
    bottom = below + INCH_CAPTION * len(lines)
    _write(chart, caption, bottom, INCH_CAPTION, int(width * COLUMNS[2]), size=7.2, color=GREY)
    side = MARGIN / width
    return chart, Box(side, (bottom + 0.13) / height, 1.0 - side, (y - 0.1) / height)


def _write(chart: Chart, text: str, top: float, line: float, columns: int, **look: Any) -> float:
    """Wrapped text from `top` [inches from below], one artist a line; returns where it ends."""
    width, height = chart.get_size_inches()
    for row in textwrap.wrap(unbroken(text), columns):
        chart.text(MARGIN / width, top / height, row, va="top", ha="left", **look)
        top -= line
    return top


def unbroken(text: str) -> str:
    """The text with hard spaces between numbers and what they count, so that lines are not broken there.

    >>> unbroken("48.8 thousand t (0.1 %)")
    '48.8\\xa0thousand t (0.1\\xa0%)'
    """
    return re.sub(r"(?<=\d) (?=%|thousand|million|billion)", "\u00a0", text)


def axes_in(
    chart: Chart, box: Box, left: float = 0.0, right: float = 0.0, bottom: float = 0.0, top: float = 0.0
) -> Axes:
    """Axes in `box` with room [inches] on each side for labels."""
    width, height = chart.get_size_inches()
    x, y = box.left + left / width, box.bottom + bottom / height
    return chart.add_axes((x, y, box.right - right / width - x, box.top - top / height - y))


def room_of(chart: Chart, box: Box) -> tuple[float, float]:
    """Width and height [inches] of what is left for axes."""
    width, height = chart.get_size_inches()
    return float((box.right - box.left) * width), float((box.top - box.bottom) * height)


def inches_of(axes: Axes) -> tuple[float, float]:
    """Width and height of axes on paper."""
    figure: Any = axes.figure
    width, height = figure.get_size_inches()
    frame = axes.get_position()
    return float(frame.width * width), float(frame.height * height)


def save(chart: Chart, folder: str | Path, name: str) -> list[Path]:
    """`name.png` (200 dpi) and `name.svg` in `folder`; the same chart gives the same bytes."""
    paths = [Path(folder) / f"{name}.png", Path(folder) / f"{name}.svg"]
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    with look():
        chart.savefig(paths[0], dpi=DOTS_PER_INCH, metadata={"Software": None}, pil_kwargs=PACKED)
        paths[1].write_text(_drawing(chart), encoding="utf-8", newline="\n")
    return paths


def _drawing(chart: Chart) -> str:
    """A chart as SVG. Matplotlib notes every text in a comment, where a control character of a name would end the XML."""
    buffer = io.StringIO()
    chart.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(map(printable, buffer.getvalue().split("\n")))


def save_all(charts: Mapping[str, Chart], folder: str | Path) -> list[Path]:
    """Every chart under its name; returns the files written."""
    return [path for name, chart in charts.items() for path in save(chart, folder, name)]
