"""All industrial parks on a map by what they have become; the densest parts of the country enlarged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from eipsim.core.years import NEVER
from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import BLACK, BLUE, GREY, LIGHT, ORANGE, VERMILION
from eipsim.figures.labels import spread
from eipsim.figures.style import Box, Chart, inches_of, page, styled
from eipsim.figures.wording import agrees, hold_certificate
from eipsim.world.build import pilot_parks

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run


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
KEY_INCHES = 1.56
LARGE_PAGE, SMALL_PAGE = (7.2, 8.2), (5.0, 6.4)
WINDOW = 1.7  # degrees of latitude in an enlarged part
WORTH_ENLARGING = 60  # parks
TICK_INCHES = (0.48, 0.24)  # room for the numbers left of and below a map
SAME_PLACE = 0.12  # degrees within which programme parks share a label
CAPTION = (
    "Points by longitude and latitude; coordinates of parks known by name only, and of synthesised ones, are those of "
    "their province. No coast or province outlines are drawn: none free of licence is at hand. A kilometre is equally "
    "long in both directions at the middle latitude. Named: parks of the donor programmes."
)


@styled()
def park_map(run: Run, year: int | None = None) -> Chart:
    """Every park established by the end of `year` (default: the run's last year) by its state.

    InputError when the run has no such year.
    """
    years = run.parks["year"]
    year = int(years.max()) if year is None else year
    parks = run.parks[years == year]
    if parks.empty:
        raise InputError(Mistake("figure", f"year {year} is not in this run", f"allowed: {years.min()}-{years.max()}"))
    return draw(parks, finding(parks, year))


def finding(parks: pd.DataFrame, year: int) -> str:
    """How many parks have converted and how many hold a certificate."""
    converted = int((parks["converted_year"].fillna(NEVER) <= year).sum())
    have, certified = agrees(converted, "has", "have"), hold_certificate((parks["certificate"] == "certified").sum())
    return f"By {year}, {converted or 'none'} of {len(parks):,} parks {have} converted and {certified}"


def draw(parks: pd.DataFrame, title: str) -> Chart:
    hollow = int(parks["synthetic"].sum())
    subtitle = f"{len(parks) - hollow:,} parks known by name (filled)"
    subtitle += f" and {hollow:,} synthesised to official counts (hollow, pale crosses)." if hollow else "."
    windows = densest(parks) if len(parks) >= WORTH_ENLARGING else []
    chart, box = page(title, subtitle, CAPTION, *(LARGE_PAGE if windows else SMALL_PAGE))
    main = map_axes(chart, Box(box.left - 0.01, box.bottom, 0.48 if windows else 0.5, box.top), around(parks))
    scatter(main, parks, 0.62 if windows else 1.0)
    named = programme_parks(parks)
    label_parks(main, [p for p in named if not any(w.holds(*p[1:]) for w in windows)], outside=not windows)
    for k, window in enumerate(windows):
        enlarge(chart, box, main, parks, window, k, [p for p in named if window.holds(*p[1:])])
    key_height = KEY_INCHES / float(chart.get_size_inches()[1])
    draw_key(chart, parks, Box(0.56 if windows else 0.66, box.top - key_height, box.right, box.top))
    return chart


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


def around(parks: pd.DataFrame) -> Window:
    """A frame around all parks."""
    x, y = parks["longitude"], parks["latitude"]
    rim = max(0.3, 0.04 * float(y.max() - y.min()))
    return Window(float(x.min()) - rim, float(y.min()) - rim, float(x.max()) + rim, float(y.max()) + rim)


def densest(parks: pd.DataFrame, n: int = 2) -> list[Window]:
    """The `n` windows with most parks that do not touch each other, from north to south."""
    left = parks[["longitude", "latitude"]].to_numpy()
    half_high, found = 0.5 * WINDOW, []
    for _ in range(n):
        half_wide = half_high / np.cos(np.radians(left[:, 1]))
        near = np.abs(left[:, None, 1] - left[None, :, 1]) <= half_high
        near &= np.abs(left[:, None, 0] - left[None, :, 0]) <= half_wide[:, None]
        k = int(near.sum(axis=1).argmax())
        x, y = left[near[k]].mean(axis=0)
        found.append((float(x), float(y), float(half_wide[k])))
        far = (np.abs(left[:, 1] - y) > 2.0 * half_high) | (np.abs(left[:, 0] - x) > 2.0 * half_wide[k])
        left = left[far]
        if not len(left):
            break
    found.sort(key=lambda place: -place[1])
    return [
        Window(x - wide, y - half_high, x + wide, y + half_high, letter)
        for (x, y, wide), letter in zip(found, "ABCDEF")
    ]


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
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}° E"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}° N"))
    axes.tick_params(labelsize=7.2, length=2)
    axes.grid(lw=0.4)
    axes.spines[:].set_visible(True)
    return axes


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


def programme_parks(parks: pd.DataFrame) -> list[tuple[str, float, float]]:
    """Name, longitude and latitude of the programme parks; those in one place share a name."""
    chosen = parks[parks["park_id"].isin(pilot_parks())].sort_values("park_id")
    named: list[tuple[str, float, float]] = []
    for name, x, y in zip(chosen["name"].astype(str), chosen["longitude"], chosen["latitude"]):
        near = [k for k, (_, u, v) in enumerate(named) if abs(u - x) + abs(v - y) < SAME_PLACE]
        if near and shared_words(named[near[0]][0], name):
            named[near[0]] = (shared_words(named[near[0]][0], name), *named[near[0]][1:])
        else:
            named.append((name.split(" (")[0], float(x), float(y)))
    return named


def shared_words(one: str, other: str) -> str:
    """Two names that differ in their last word as one; empty when they differ more.

    >>> shared_words("Trà Nóc 1", "Trà Nóc 2"), shared_words("Amata", "Hiệp Phước")
    ('Trà Nóc 1, 2', '')
    """
    *first, last = one.split()
    *second, end = other.split()
    return f"{' '.join(first)} {last}, {end}" if first and first == second else ""


def label_parks(axes: Axes, named: list[tuple[str, float, float]], *, outside: bool = False) -> None:
    """Names in a column at the right edge, in the order of latitude, each with a line to its park."""
    if not named:
        return
    south, north = axes.get_ylim()
    west, east = axes.get_xlim()
    points, canvas = inches_of(axes)[1] * 72.0, cast(Any, axes.figure.canvas)
    gap = 11.0 * (north - south) / points
    places = spread([y for _, _, y in named], gap, south + gap, north - gap)
    edge = east + (0.03 if outside else -0.01) * (east - west)
    for (name, x, y), place in zip(named, places):
        text = axes.text(edge, place, name, fontsize=7.4, ha="left" if outside else "right", va="center", zorder=20)
        extent = text.get_window_extent(canvas.get_renderer()).transformed(axes.transData.inverted())
        start = extent.x0 - 0.012 * (east - west)
        axes.add_line(Line2D([x, start], [y, place], color=BLACK, lw=0.6, zorder=15, clip_on=False))
        axes.scatter([x], [y], s=46, facecolor="none", edgecolor=BLACK, lw=0.8, zorder=16)


def enlarge(chart: Chart, box: Box, main: Axes, parks: pd.DataFrame, window: Window, k: int, named: list) -> None:
    """Part `k` of the map, larger, with its frame shown in the main map."""
    west, south, east, north, letter = window
    main.add_patch(Rectangle((west, south), east - west, north - south, fill=False, lw=0.8, ec=BLACK, zorder=12))
    main.text(east, north, f" {letter}", fontsize=9, fontweight="bold", va="top", ha="left", zorder=21)
    below = box.top - (KEY_INCHES + 0.29) / float(chart.get_size_inches()[1])
    height = (below - box.bottom) / 2.0
    top = below - k * height
    axes = map_axes(chart, Box(0.5, top - height + 0.03, box.right - 0.1, top), window)
    inside = parks[parks["longitude"].between(west, east) & parks["latitude"].between(south, north)]
    scatter(axes, inside, 1.0)
    axes.set_title(f"{letter}: {len(inside)} parks", fontsize=8.5, fontweight="bold", loc="left", pad=3)
    label_parks(axes, named, outside=True)


def draw_key(chart: Chart, parks: pd.DataFrame, box: Box) -> None:
    """States with their marks and counts."""
    axes = chart.add_axes((box.left, box.bottom, box.right - box.left, box.top - box.bottom))
    axes.set_axis_off()
    axes.set(xlim=(0.0, 1.0), ylim=(len(LOOKS) + 0.5, -0.7))
    axes.text(0.0, -0.15, "State reached", fontsize=8.5, fontweight="bold", va="center")
    axes.text(1.0, -0.15, "Parks", fontsize=8.5, fontweight="bold", va="center", ha="right")
    for row, (state, look) in enumerate(LOOKS.items(), start=1):
        rim: dict[str, Any] = {} if look.marker == "x" else {"edgecolor": "white", "lw": 0.3}
        axes.scatter([0.03], [row], s=look.size * 1.5, marker=look.marker, color=look.colour, **rim)
        axes.text(0.09, row, state, fontsize=8.3, va="center")
        axes.text(1.0, row, f"{int((parks['state'] == state).sum()):,}", fontsize=8.3, va="center", ha="right")
