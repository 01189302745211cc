"""What changes from year to year: a drawing, and for every year what its marked parts become. The browser plays it by itself.

An element with `data-s="class"` (or "text", "width", ...) is a slot; a frame has a text for every slot, in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

import solara

from eipsim.report.words import Words


class Play(NamedTuple):
    """A drawing with slots, and what they hold in every year."""

    html: str
    frames: list[list[str]]

    @property
    def slots(self) -> int:
        return self.html.count("data-s=")


def side_by_side(plays: Sequence[Play]) -> Play:
    """Drawings that are played together."""
    html = (
        plays[0].html
        if len(plays) == 1
        else f'<div class="e-two">{"".join(f"<div>{one.html}</div>" for one in plays)}</div>'
    )
    return Play(html, [list(chain(*frames)) for frames in zip(*(one.frames for one in plays))])


@solara.component_vue("player.vue", vuetify=False)
def _Player(html: str, frames: list, years: list, year: int, say: dict, event_moved: Callable[[int], None]):
    """Plays what `Player` is given."""


@solara.component
def Player(play: Play, years: Sequence[int], year: int, words: Words, moved: Callable[[int], None]):
    """A drawing that is played through the years; `moved` is told where it comes to rest."""
    say = {name: words.say(f"dash-{name}") for name in ("play", "pause", "year")}
    _Player(html=play.html, frames=play.frames, years=list(map(int, years)), year=year, say=say, event_moved=moved)
