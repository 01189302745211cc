"""Drawings for the browser: SVG whose colours follow the light and the dark look. Every text is escaped.

Each is drawn twice, for wide and for narrow screens, and the style shows the one that fits, so that letters stay readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from eipsim.dashboard.widgets import escaped
from eipsim.figures.colours import BLACK

WIDE, HALF, NARROW = 760, 560, 360  # units of a drawing: pixels on a screen of that width
LETTER = 6.9  # units of a letter of usual size
DASHES = {"-": "", "--": "7 4", "-.": "8 3 2 3", ":": "2 3"}
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
Numbers = Sequence[float] | np.ndarray
Written = Callable[[float], str]  # a number as the language writes it


def element(tag: str, *content: str, **attributes: Any) -> str:
    """An element; `class_`, `data_s`, `text_anchor` and the like are written as SVG has them."""
    said = "".join(f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"' for name, value in attributes.items())
    return f"<{tag}{said}>{''.join(content)}</{tag}>"


def _value(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) and abs(value) < 1e4 else escaped(value)


def text(x: float, y: float, words: object, **attributes: Any) -> str:
    return element("text", escaped(words), x=x, y=y, **attributes)


def both(draw: Callable[[int], str], wide: int = WIDE) -> str:
    """A drawing for wide screens, or for half of one, and one for narrow screens."""
    return f'<div class="e-wide">{draw(wide)}</div><div class="e-narrow">{draw(NARROW)}</div>'


def canvas(width: float, height: float, parts: Iterable[str], **attributes: Any) -> str:
    return element("svg", *parts, viewBox=f"0 0 {width:g} {height:g}", xmlns="http://www.w3.org/2000/svg", **attributes)


def ink(colour: str) -> str:
    """A colour of figures, black by what black is on the ground that it stands on."""
    return "var(--baseline)" if colour == BLACK else colour


def dashes(line: Any) -> str:
    """The dashes of a line as figures have it: a sign, or a start with lengths."""
    return DASHES[line] if isinstance(line, str) else " ".join(f"{length * 1.6:g}" for length in line[1])


class Frame(NamedTuple):
    """Where data stand in a drawing: pixels of its box, and the values at its ends."""

    left: float
    top: float
    right: float
    bottom: float
    first: float
    last: float
    low: float
    high: float

    def x(self, value: float) -> float:
        return self.left + (value - self.first) / max(self.last - self.first, 1e-9) * (self.right - self.left)

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) / max(self.high - self.low, 1e-9) * (self.bottom - self.top)

    def line(self, xs: Numbers, ys: Numbers) -> str:
        """The path through points."""
        return "M" + "L".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in zip(xs, ys))

    def area(self, xs: Numbers, low: Numbers, high: Numbers) -> str:
        """The path around what lies between two lines."""
        back = "L".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in zip(xs[::-1], low[::-1]))
        return f"{self.line(xs, high)}L{back}Z"


def ticks(low: float, high: float, most: int = 5) -> np.ndarray:
    """A few round numbers from below the lowest to above the highest value.

    >>> ticks(0.0, 4.3).tolist(), ticks(-2.0, 90.0).tolist()
    ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [-20.0, 0.0, 20.0, 40.0, 60.0, 80.0, 100.0])
    """
    span = (high - low) or 1.0
    power = 10.0 ** np.floor(np.log10(span / most))
    step = power * next(size for size in STEPS if span / (power * size) <= most)
    first, last = np.floor(low / step), np.ceil((low + span) / step - 1e-9)
    return step * np.arange(first, last + 1)


def axes(frame: Frame, levels: Numbers, written: Written, unit: str) -> list[str]:
    """Years below, numbers with faint lines at the left, the unit above them."""
    years = [int(frame.first), *range(int(frame.first) // 10 * 10 + 10, int(frame.last), 10), int(frame.last)]
    parts = [
        element("line", x1=frame.left, x2=frame.right, y1=frame.y(level), y2=frame.y(level), class_="g-grid") + text(
            frame.left - 7, frame.y(level) + 4, written(float(level)), text_anchor="end", class_="g-tick")
        for level in levels
    ]  # fmt: skip
    parts += [text(frame.x(year), frame.bottom + 19, year, text_anchor="middle", class_="g-tick") for year in years]
    return [*parts, text(0, 13, unit, class_="g-unit")]
