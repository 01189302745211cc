"""The look of all figures: one page, one way to save. Matplotlib is used without its global state."""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from eipsim.core.names import printable
from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import FAINT, GREY
from eipsim.figures.fonts import INSTALL, families, is_shown
from eipsim.figures.origins import origin_of

DOTS_PER_INCH = 200
PACKED = {"compress_level": 3}  # of PNG: two thirds of the time of the usual level, 2 % larger
RULES: Any = {
    "font.family": families(),
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
# Of given axes: inches a line of their title, its size, letters an inch; least inches that they may be left.
ABOVE, TITLE_SIZE, TITLE_COLUMNS, LEAST = 0.19, 9.5, 11.6, 0.8
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
    """The look of all figures. Letters that no font has are told by `save`, once, and not at each letter."""
    with matplotlib.rc_context(RULES), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing", category=UserWarning)
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


def page(
    title: str, subtitle: str, caption: str, width: float = 7.2, height: float = 4.4, ax: Axes | None = None
) -> tuple[Chart, Box]:
    """A page with its finding on top and its small print below, `width` x `height` inches and a line or two of its origin.

    With `ax`, the place of these axes in their own figure, with the finding above; give `ax` to `axes_in` too.
    """
    if ax is not None:
        return _place_of(ax, title)
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


def _place_of(ax: Axes, title: str) -> tuple[Chart, Box]:
    """The figure of given axes, and their place in it below as many lines as the title needs there."""
    if not isinstance(ax, Axes):
        what = f"{type(ax).__name__} is no Axes"
        raise InputError(Mistake("ax", what, "give one panel, as the second of `matplotlib.pyplot.subplots()`"))
    chart, frame = cast(Chart, ax.figure), ax.get_position()
    wide, high = size_of(chart)
    lines = textwrap.wrap(unbroken(title), max(12, int(frame.width * wide * TITLE_COLUMNS)))
    ax.set_title("\n".join(lines), loc="left", fontsize=TITLE_SIZE, fontweight="bold")
    return chart, Box(frame.x0, frame.y0, frame.x1, frame.y1 - ABOVE * len(lines) / high)


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
    chart: Chart, box: Box, left: float = 0.0, right: float = 0.0, bottom: float = 0.0, top: float = 0.0,
    ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Axes in `box` with room [inches] on each side for labels: new ones, or `ax` moved there."""
    width, height = size_of(chart)
    x, y = box.left + left / width, box.bottom + bottom / height
    frame = (x, y, box.right - right / width - x, box.top - top / height - y)
    return chart.add_axes(frame) if ax is None else _moved(ax, frame, left, top)


def _moved(ax: Axes, frame: tuple[float, float, float, float], left: float, top: float) -> Axes:
    """Given axes in their new frame, in the look of all figures, their title at the upper left of the place they had."""
    size = size_of(ax.figure)
    wide, high = frame[2] * size[0], frame[3] * size[1]
    if min(wide, high) < LEAST:
        lacks = max(LEAST - wide, 0.0), max(LEAST - high, 0.0)
        hint = f"make the figure {lacks[0]:.1f} inches wider and {lacks[1]:.1f} higher, or draw fewer panels in it"
        raise InputError(Mistake("ax", "is too small for the labels of this figure", hint))
    ax.set_position(frame)
    for side in ("top", "right", "bottom", "left"):
        ax.spines[side].set(visible=side in ("bottom", "left"), linewidth=RULES["axes.linewidth"], color=GREY)
    ax.tick_params(
        labelsize=RULES["font.size"],
        colors=RULES["xtick.color"],
        grid_color=FAINT,
        grid_linewidth=RULES["grid.linewidth"],
    )
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set(size=RULES["font.size"], color=RULES["axes.labelcolor"])
    place: dict[str, Any] = {"x": -left / wide, "y": 1.0 + top / high}
    ax.set_title(ax.get_title(loc="left"), loc="left", fontsize=TITLE_SIZE, fontweight="bold", **place)
    ax.set_axisbelow(True)
    return ax


def size_of(figure: Any) -> tuple[float, float]:
    """Width and height [inches] of a figure or of a part of one."""
    return float(figure.bbox.width / figure.dpi), float(figure.bbox.height / figure.dpi)


def room_of(chart: Chart, box: Box) -> tuple[float, float]:
    """Width and height [inches] of what is left for axes."""
    width, height = size_of(chart)
    return (box.right - box.left) * width, (box.top - box.bottom) * height


def inches_of(axes: Axes) -> tuple[float, float]:
    """Width and height of axes on paper."""
    width, height = size_of(axes.figure)
    frame = axes.get_position()
    return float(frame.width * width), float(frame.height * height)


def save(chart: Chart, folder: str | Path, name: str) -> list[Path]:
    """`name.png` (200 dpi) and `name.svg` in `folder`; the same chart gives the same bytes."""
    paths = [Path(folder) / f"{name}.png", Path(folder) / f"{name}.svg"]
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    with look():
        chart.savefig(paths[0], dpi=DOTS_PER_INCH, metadata={"Software": None}, pil_kwargs=PACKED)
    paths[1].write_text(as_svg(chart), encoding="utf-8", newline="\n")
    tell_of_boxes(chart)
    return paths


def as_svg(chart: Chart) -> str:
    """A chart as SVG. Matplotlib notes every text in a comment, where a control character of a name would end the XML."""
    buffer = io.StringIO()
    with look():
        chart.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(map(printable, buffer.getvalue().split("\n")))


def tell_of_boxes(chart: Figure) -> None:
    """One warning where a figure has words that no font here can show."""
    if not all(is_shown(text.get_text()) for text in chart.findobj(Text)):
        warnings.warn(f"boxes stand for letters of figures that no font here has; {INSTALL}", stacklevel=3)


def save_all(charts: Mapping[str, Chart], folder: str | Path) -> list[Path]:
    """Every chart under its name; returns the files written."""
    return [path for name, chart in charts.items() for path in save(chart, folder, name)]
