"""Parts of a map: a window in degrees, its axes without distortion, the outline of the country, parks by state, and names."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from eipsim.data.outlines import Outline, Place
from eipsim.figures.colours import BLACK, BLUE, GREY, LIGHT, ORANGE, VERMILION
from eipsim.figures.fonts import is_shown
from eipsim.figures.labels import spread
from eipsim.figures.style import Box, Chart, inches_of


class Look(NamedTuple):
    marker: str
    colour: str
    size: float


LOOKS = {
    "established": Look("x", GREY, 9.0),
    "operating": Look("o", "#8a8a8a", 11.0),
    "committed": Look("^", BLUE, 21.0),
    "converted": Look("s", ORANGE, 23.0),
    "applied": Look("D", VERMILION, 23.0),
    "certified": Look("*", BLACK, 62.0),
}
TICK_INCHES = (0.48, 0.24)  # room for the numbers left of and below a map
LAND, COAST, PLACES = "#f6f4ee", "#a8a297", "#4d4d4d"
PLACE_LETTERS, LETTER_INCHES = 10, 0.062  # of a line of the name of a place; of a letter of the name of a park
NEAREST_EDGE = 0.86  # of the width: places beyond have their names at the left


class Window(NamedTuple):
    """A part of the map in degrees."""

    west: float
    south: float
    east: float
    north: float
    letter: str = ""

    def holds(self, longitude: float, latitude: float) -> bool:
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north

    @property
    def stretch(self) -> float:
        """Height over width of a degree at the middle latitude."""
        return 1.0 / float(np.cos(np.radians(0.5 * (self.south + self.north))))

    @property
    def aspect(self) -> float:
        """Width over height on paper."""
        return (self.east - self.west) / ((self.north - self.south) * self.stretch)


def around(parks: pd.DataFrame, outline: Outline | None) -> Window:
    """A frame around all parks and the outline of the country with its places."""
    points = [parks[["longitude", "latitude"]].to_numpy(float)]
    if outline is not None:
        points += [*outline.lines, np.array([place[1:] for place in outline.places]).reshape(-1, 2)]
    (west, south), (east, north) = (end(np.concatenate(points), axis=0) for end in (np.min, np.max))
    rim = max(0.3, 0.03 * float(max(north - south, east - west)))
    right = rim + (1.8 if outline is not None and outline.places else 0.0)  # names of places at the edge
    return Window(float(west) - rim, float(south) - rim, float(east) + right, float(north) + rim)


def map_axes(chart: Chart, box: Box, window: Window) -> Axes:
    """Axes for a part of the map, as large as fits from the upper left corner of `box` without distortion."""
    width, height = chart.get_size_inches()
    left, right = box.left * width + TICK_INCHES[0], box.right * width
    bottom, top = box.bottom * height + TICK_INCHES[1], box.top * height
    degrees_wide, degrees_high = window.east - window.west, (window.north - window.south) * window.stretch
    inches = min((right - left) / degrees_wide, (top - bottom) / degrees_high)
    wide, high = inches * degrees_wide, inches * degrees_high
    axes = chart.add_axes((left / width, (top - high) / height, wide / width, high / height))
    axes.set(xlim=(window.west, window.east), ylim=(window.south, window.north))
    axes.set_aspect(window.stretch, adjustable="box", anchor="NW")
    axes.xaxis.set_major_locator(MaxNLocator(max(2, int(wide / 0.7))))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: degrees(value, "° E", "° W")))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: degrees(value, "° N", "° S")))
    axes.tick_params(labelsize=7.2, length=2)
    axes.grid(lw=0.4)
    axes.spines[:].set_visible(True)
    return axes


def degrees(value: float, positive: str, negative: str) -> str:
    """A longitude or latitude as it stands beside a map.

    >>> degrees(105.5, "° E", "° W"), degrees(-3.0, "° N", "° S")
    ('105.5° E', '3° S')
    """
    return f"{abs(round(value, 6)):g}{positive if value >= 0.0 else negative}"


def draw_outline(axes: Axes, outline: Outline | None) -> None:
    """Land and coast; what is closed is filled."""
    for line in outline.lines if outline is not None else ():
        if (line[0] == line[-1]).all():
            axes.fill(*line.T, facecolor=LAND, edgecolor="none", zorder=0.5)
        axes.plot(*line.T, color=COAST, lw=0.6, zorder=1.5)


def name_places(axes: Axes, places: Sequence[Place]) -> None:
    """A dot and a name in italics for every place that can be named."""
    west, east = axes.get_xlim()
    for place in places:
        axes.plot([place.longitude], [place.latitude], "o", ms=2.4, color=PLACES, zorder=2)
        if is_shown(place.name):
            side = -1 if place.longitude > west + NEAREST_EDGE * (east - west) else 1
            axes.annotate(
                textwrap.fill(place.name, PLACE_LETTERS), place[1:], (4.0 * side, 0.0), textcoords="offset points", va="center",
                ha="left" if side > 0 else "right", fontsize=7.0, fontstyle="italic", color=PLACES, linespacing=1.05, zorder=20,
            )  # fmt: skip


def scatter(axes: Axes, parks: pd.DataFrame, shrink: float) -> None:
    """Parks in the order of their states, so that what has come furthest lies on top."""
    for order, (state, look) in enumerate(LOOKS.items()):
        here = parks[parks["state"] == state]
        for synthetic in (True, False):
            x, y = (here.loc[here["synthetic"] == synthetic, name] for name in ("longitude", "latitude"))
            fill: dict[str, Any] = {"facecolor": look.colour, "edgecolor": "white", "lw": 0.3}
            if look.marker == "x":
                fill = {"color": LIGHT if synthetic else GREY, "lw": 0.7}
            elif synthetic:
                fill = {"facecolor": "none", "edgecolor": look.colour, "lw": 0.8}
            axes.scatter(x, y, s=look.size * shrink, marker=look.marker, zorder=3 + order, **fill)


def east_of(parks: pd.DataFrame, outline: Outline | None) -> float:
    """The longitude beyond which there is neither park nor land."""
    lines = outline.lines if outline is not None else ()
    return max([float(parks["longitude"].max()), *(float(line[:, 0].max()) for line in lines)])


def fits_inside(names: Sequence[tuple[str, float, float]], east: float, window: Window, inches: float) -> bool:
    """Whether a column of names has room between the longitude `east` and the edge of a map that is so wide."""
    widest = LETTER_INCHES * max((len(name) for name, _, _ in names), default=0)
    return (window.east - east) / (window.east - window.west) * inches > widest + 0.25


def label_parks(axes: Axes, named: Sequence[tuple[str, float, float]], edge: float, *, inside: bool = False) -> None:
    """Names in a column that begins at the longitude `edge`, in the order of latitude, each with a line to its park."""
    if not named:
        return
    south, north = axes.get_ylim()
    west, east = axes.get_xlim()
    points, canvas = inches_of(axes)[1] * 72.0, cast(Any, axes.figure.canvas)
    gap = 11.0 * (north - south) / points
    places = spread([y for _, _, y in named], gap, south + gap, north - gap)
    for (name, x, y), place in zip(named, places):
        text = axes.text(edge, place, name, fontsize=7.4, ha="left", va="center", zorder=20, clip_on=inside)
        extent = text.get_window_extent(canvas.get_renderer()).transformed(axes.transData.inverted())
        start = extent.x0 - 0.012 * (east - west)
        axes.add_line(Line2D([x, start], [y, place], color=BLACK, lw=0.6, zorder=15, clip_on=False))
        axes.scatter([x], [y], s=46, facecolor="none", edgecolor=BLACK, lw=0.8, zorder=16)
