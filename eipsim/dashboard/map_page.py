"""The map: every park by what it has become, played from year to year, one scenario or two side by side."""

from __future__ import annotations

import pandas as pd

from eipsim.core.years import NEVER
from eipsim.dashboard.playing import Play
from eipsim.dashboard.svg import canvas, element, text
from eipsim.dashboard.widgets import escaped
from eipsim.figures.map_frames import LOOKS, Window, around
from eipsim.report.words import Words
from eipsim.runs.simulation import Run
from eipsim.world.outline import outline_of

HEIGHT = 640.0  # units of a map
STATES = tuple(LOOKS)
MANY = 60  # parks; more of them have smaller points


def play_of_map(run: Run, label: str, words: Words, query: str) -> Play:
    """The map of a run and the states of its parks in every year; each park is a link to its page."""
    parks = run.parks.drop_duplicates("park_id", keep="last").sort_values("park_id")
    years = run.outcomes.index.to_numpy()
    states = (
        run.parks.pivot(index="park_id", columns="year", values="state")
        .reindex(parks["park_id"].astype(str))
        .astype(object)
    )
    window = around(run.parks, outline_of(str(run.provenance["world"])))
    many = " e-many" if len(parks) > MANY else ""
    html = (
        f'<h2 data-s="text"></h2><div class="e-drawing e-map{many}">{drawing(parks, window, run, query)}</div>{key(words)}'
        f'<p class="e-sub">{escaped(words.say("dash-map-caption"))}</p>'
    )
    frames = [
        [
            finding(run.parks, int(year), label, words),
            *(f"s-{'none' if pd.isna(state) else state}" for state in states[year]),
            *(words.count(float((states[year] == state).sum())) for state in STATES),
        ]
        for year in years
    ]
    return Play(html, frames)


def drawing(parks: pd.DataFrame, window: Window, run: Run, query: str) -> str:
    """The outline of the country with a point a park."""
    width = HEIGHT * window.aspect

    def x(longitude: float) -> float:
        return (longitude - window.west) / (window.east - window.west) * width

    def y(latitude: float) -> float:
        return (window.north - latitude) / (window.north - window.south) * HEIGHT

    parts, outline = [], outline_of(str(run.provenance["world"]))
    for line in outline.lines if outline else ():
        path = "M" + "L".join(f"{x(a):.1f},{y(b):.1f}" for a, b in line)
        closed = bool((line[0] == line[-1]).all())
        parts.append(element("path", d=path, class_="m-land") if closed else "")
        parts.append(element("path", d=path, class_="m-coast"))
    for place in outline.places if outline else ():
        side = "end" if place.longitude > window.west + 0.8 * (window.east - window.west) else "start"
        parts.append(element("circle", cx=x(place.longitude), cy=y(place.latitude), r=1.6, class_="m-spot"))
        parts.append(
            text(
                x(place.longitude) + (-5 if side == "end" else 5),
                y(place.latitude) + 4,
                place.name,
                text_anchor=side,
                class_="m-place",
            )
        )
    for park in parks.itertuples():
        told = element("title", escaped(f"{park.name}, {park.province}"))
        dot = element("circle", told, cx=x(park.longitude), cy=y(park.latitude), r=2.5, data_s="class", class_="")
        parts.append(element("a", dot, href=f"/park/{park.park_id}{query}"))
    return canvas(width, HEIGHT, parts, role="img")


def key(words: Words) -> str:
    """States with their marks and how many parks are in each."""
    rows = (
        f'<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" class="s-{state} s-key"/></svg>'
        f'<span>{escaped(words.say(f"dash-state-{state}"))}</span><b data-s="text"></b>'
        for state in STATES
    )
    return f'<div class="e-key">{"".join(rows)}</div>'


def finding(parks: pd.DataFrame, year: int, label: str, words: Words) -> str:
    """How many parks have converted and hold a certificate."""
    there = parks[parks["year"] == year]
    converted = int((there["converted_year"].fillna(NEVER) <= year).sum())
    certified = int((there["certificate"] == "certified").sum())
    return words.say(
        "dash-map-finding", scenario=label, year=str(year), converted=words.count(converted), certified=words.count(certified),
        parks=words.count(len(there)),
    )  # fmt: skip
