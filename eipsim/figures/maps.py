"""All industrial parks on a map by what they have become; the densest parts of the country enlarged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from eipsim.core.years import NEVER
from eipsim.data.loading import read_facts
from eipsim.data.outlines import Outline
from eipsim.errors import InputError, Mistake
from eipsim.figures.colours import BLACK
from eipsim.figures.fonts import readable
from eipsim.figures.map_frames import (
    LETTER_INCHES,
    LOOKS,
    TICK_INCHES,
    Window,
    around,
    draw_outline,
    east_of,
    fits_inside,
    label_parks,
    map_axes,
    name_places,
    scatter,
)
from eipsim.figures.style import MARGIN, Box, Chart, page, size_of, styled
from eipsim.figures.wording import agrees, hold_certificate, shortened
from eipsim.world.build import pilot_parks
from eipsim.world.outline import outline_of

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

KEY_INCHES = 1.56
ENLARGED, SMALL = 6.2, 4.6  # inches that a map with and without enlarged parts is high, if its country is not wide
WIDE, SIDE, SLIM_SIDE, MOST_WIDE, LANDSCAPE = 7.2, 3.0, 1.75, 5.4, 1.15
AROUND = 1.6  # inches for title and caption
WINDOW = 1.7  # degrees of latitude in an enlarged part
WORTH_ENLARGING = 60  # parks
ALL_NAMED, MOST_LETTERS = 12, 26  # so few parks are all named
SAME_PLACE = 0.12  # degrees within which programme parks share a label
CAPTION = (
    "Points by longitude and latitude; parks known by name only, and synthesised ones, stand near the point of their province. "
    "A kilometre is equally long in both directions at the middle latitude."
)


class Layout(NamedTuple):
    """Size of the page, and of the map on it [inches]; whether the key and the enlarged parts stand below the map."""

    width: float
    height: float
    map_width: float
    map_height: float
    below: bool


@styled()
def park_map(run: Run, year: int | None = None) -> Chart:
    """Every park established by the end of `year` (default: the run's last year) by its state.

    The outline is Viet Nam's, or that which a country of the user's own has in `outline.geojson`; without one there is none.
    InputError when the run has no such year.
    """
    years = run.parks["year"]
    year = int(years.max()) if year is None else year
    if year not in set(years):
        raise InputError(Mistake("figure", f"year {year} is not in this run", f"allowed: {years.min()}-{years.max()}"))
    parks = readable(run).parks
    parks = parks[parks["year"] == year]
    return draw(parks, finding(parks, year), outline_of(str(run.provenance["world"])))


def finding(parks: pd.DataFrame, year: int) -> str:
    """How many parks have converted and how many hold a certificate."""
    converted = int((parks["converted_year"].fillna(NEVER) <= year).sum())
    have, certified = agrees(converted, "has", "have"), hold_certificate((parks["certificate"] == "certified").sum())
    return f"By {year}, {converted or 'none'} of {len(parks):,} parks {have} converted and {certified}"


def draw(parks: pd.DataFrame, title: str, outline: Outline | None) -> Chart:
    hollow = int(parks["synthetic"].sum())
    subtitle = f"{len(parks) - hollow:,} parks known by name (filled)"
    subtitle += f" and {hollow:,} synthesised to official counts (hollow, pale crosses)." if hollow else "."
    frame, windows = around(parks, outline), densest(parks) if len(parks) >= WORTH_ENLARGING else []
    named, east = named_parks(parks), east_of(parks, outline)
    plan = layout(frame, len(windows))
    outside = not fits_inside(named, east, frame, plan.map_width)
    room = room_for(named) if outside and not windows else 0.0
    chart, box = page(
        title, subtitle, caption(outline, parks, len(named)), plan.width + room * (not plan.below), plan.height
    )
    wide, high = size_of(chart)
    right = box.left + (plan.map_width - room * plan.below + TICK_INCHES[0]) / wide
    main = map_axes(chart, Box(box.left, max(box.bottom, box.top - plan.map_height / high), right, box.top), frame)
    draw_outline(main, outline)
    scatter(main, parks, 0.62 if windows else 1.0)
    name_places(main, outline.places if outline else ())
    there = [park for park in named if not any(window.holds(*park[1:]) for window in windows)]
    column = frame.east if outside else east
    label_parks(main, there, column + 0.03 * (frame.east - frame.west), inside=not outside)
    beside = [park for park in named if park not in there]
    places = places_beside(chart, box, main, plan, (len(windows), room_for(beside))) if windows else []
    for place, window in zip(places, windows):
        axes = enlarge(chart, place, main, parks, window)
        draw_outline(axes, outline)
        label_parks(axes, [p for p in named if window.holds(*p[1:])], window.east + 0.03 * (window.east - window.west))
    draw_key(chart, parks, place_of_key(chart, box, main, plan))
    return chart


def layout(frame: Window, windows: int) -> Layout:
    """A tall country has its key at the right, a wide one below the map."""
    if frame.aspect > LANDSCAPE:
        across = WIDE - 2 * MARGIN - TICK_INCHES[0]
        high = across / frame.aspect + TICK_INCHES[1]
        return Layout(WIDE, high + (2.5 if windows else KEY_INCHES) + 0.2 + AROUND, across, high, below=True)
    high = ENLARGED if windows else SMALL
    across = min(max((high - TICK_INCHES[1]) * frame.aspect, 1.2), MOST_WIDE)
    width = 2 * MARGIN + TICK_INCHES[0] + across + 0.3 + (SIDE if windows else SLIM_SIDE)
    return Layout(width, high + AROUND, across, high, below=False)


def place_of_key(chart: Chart, box: Box, main: Axes, plan: Layout) -> Box:
    """Where the key stands: at the upper right, or below the map at the left."""
    wide, high = size_of(chart)
    if plan.below:
        top = main.get_position().y0 - (TICK_INCHES[1] + 0.15) / high
        return Box(box.left, top - KEY_INCHES / high, box.left + 2.0 / wide, top)
    return Box(box.right - (SLIM_SIDE - 0.1) / wide, box.top - KEY_INCHES / high, box.right, box.top)


def room_for(named: Sequence[tuple[str, float, float]]) -> float:
    """Inches for names at the right of a map."""
    return LETTER_INCHES * max(len(name) for name, _, _ in named) + 0.2 if named else 0.0


def places_beside(chart: Chart, box: Box, main: Axes, plan: Layout, parts: tuple[int, float]) -> list[Box]:
    """Where so many enlarged parts stand, with so many inches for names: below the key, or at its right."""
    (wide, high), (n, room) = size_of(chart), parts
    if plan.below:
        top, left = main.get_position().y0 - (TICK_INCHES[1] + 0.25) / high, box.left + 2.1 / wide
        each = (box.right - left) / n
        return [Box(left + k * each, box.bottom, left + (k + 1) * each - room / wide, top) for k in range(n)]
    left, below = box.right - SIDE / wide, box.top - (KEY_INCHES + 0.29) / high
    each = (below - box.bottom) / n
    tops = [below - k * each for k in range(n)]
    return [Box(left, top - each + 0.03, box.right - room / wide, top) for top in tops]


def caption(outline: Outline | None, parks: pd.DataFrame, named: int) -> str:
    """What the map shows, whose outline it is, and which parks are named."""
    if outline is None:
        drawn = "No outline of the country is at hand: bring outline.geojson in the folder of the world."
    else:
        drawn = f"Outline: {titles_of(outline.sources)}; it takes no position on boundaries."
        drawn += f" Islands and places: {titles_of(outline.place_sources)}." if outline.places else ""
    of_programmes = " Named: parks of the donor programmes." if named and len(parks) > ALL_NAMED else ""
    return f"{CAPTION} {drawn}{of_programmes}"


def titles_of(sources: Sequence[str]) -> str:
    """Sources in words: of those of the package the titles, others as the file gives them."""
    titles = dict(zip(read_facts("sources")["source_id"], read_facts("sources")["title"]))
    return (
        "; ".join(shortened(titles.get(source, source).split(", ")[0], 80) for source in sources)
        or "the file of the world"
    )


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


def named_parks(parks: pd.DataFrame) -> list[tuple[str, float, float]]:
    """Name, longitude and latitude of the programme parks, or of all where there are few; those in one place share a name."""
    chosen = parks if len(parks) <= ALL_NAMED else parks[parks["park_id"].isin(pilot_parks())]
    chosen = chosen.sort_values("park_id")
    named: list[tuple[str, float, float]] = []
    for name, x, y in zip(chosen["name"].astype(str), chosen["longitude"], chosen["latitude"]):
        near = [k for k, (_, u, v) in enumerate(named) if abs(u - x) + abs(v - y) < SAME_PLACE]
        if near and shared_words(named[near[0]][0], name):
            named[near[0]] = (shared_words(named[near[0]][0], name), *named[near[0]][1:])
        else:
            named.append((shortened(name.split(" (")[0], MOST_LETTERS), float(x), float(y)))
    return named


def shared_words(one: str, other: str) -> str:
    """Two names that differ in their last word as one; empty when they differ more.

    >>> shared_words("Trà Nóc 1", "Trà Nóc 2"), shared_words("Amata", "Hiệp Phước")
    ('Trà Nóc 1, 2', '')
    """
    *first, last = one.split()
    *second, end = other.split()
    return f"{' '.join(first)} {last}, {end}" if first and first == second else ""


def enlarge(chart: Chart, place: Box, main: Axes, parks: pd.DataFrame, window: Window) -> Axes:
    """A part of the map, larger, with its frame shown in the main map."""
    west, south, east, north, letter = window
    main.add_patch(Rectangle((west, south), east - west, north - south, fill=False, lw=0.8, ec=BLACK, zorder=12))
    main.text(east, north, f" {letter}", fontsize=9, fontweight="bold", va="top", ha="left", zorder=21)
    axes = map_axes(chart, place, window)
    inside = parks[parks["longitude"].between(west, east) & parks["latitude"].between(south, north)]
    scatter(axes, inside, 1.0)
    axes.set_title(f"{letter}: {len(inside)} parks", fontsize=8.5, fontweight="bold", loc="left", pad=3)
    return axes


def draw_key(chart: Chart, parks: pd.DataFrame, box: Box) -> None:
    """States with their marks and counts."""
    axes = chart.add_axes((box.left, box.bottom, box.right - box.left, box.top - box.bottom))
    axes.set_axis_off()
    axes.set(xlim=(0.0, 1.0), ylim=(len(LOOKS) + 0.5, -0.7))
    axes.text(0.0, -0.15, "State reached", fontsize=8.5, fontweight="bold", va="center")
    axes.text(1.0, -0.15, "Parks", fontsize=8.5, fontweight="bold", va="center", ha="right")
    for row, (state, look) in enumerate(LOOKS.items(), start=1):
        rim: dict[str, Any] = {} if look.marker == "x" else {"edgecolor": "white", "lw": 0.3}
        axes.scatter([0.05], [row], s=look.size * 1.5, marker=look.marker, color=look.colour, **rim)
        axes.text(0.13, row, state, fontsize=8.3, va="center")
        axes.text(1.0, row, f"{int((parks['state'] == state).sum()):,}", fontsize=8.3, va="center", ha="right")
