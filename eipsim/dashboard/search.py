"""The box that finds parks, provinces and firms by the names that people use."""

from __future__ import annotations

from collections.abc import Callable

import solara

from eipsim.dashboard.address import Address
from eipsim.dashboard.content.found import Hit, search
from eipsim.dashboard.sections import href_at
from eipsim.dashboard.widgets import escaped
from eipsim.errors import InputError
from eipsim.report.reruns import world_of
from eipsim.report.words import Words


@solara.component_vue("finder.vue", vuetify=False)
def Finder(label: str, hint: str, html: str, place: str, event_ask: Callable[[str], None]):
    """A field and what was found; `place` is where the tab is, so that the field is empty again where it has led to."""


@solara.component
def SearchBox(address: Address, words: Words):
    """Search in the world of the address."""
    asked, ask = solara.use_state("")
    Finder(
        label=words.say("page-search"), hint=words.say("page-search-hint"), html=found(address, words, asked),
        place="/".join(address.parts), event_ask=ask,
    )  # fmt: skip


def found(address: Address, words: Words, text: str) -> str:
    """What was found as links, in HTML."""
    if not text.strip():
        return ""
    try:
        world = world_of({"world": address.ask.world, "seed": address.ask.seed})
        hits = [] if world is None else search(world, text)
    except InputError:
        hits = []
    if not hits:
        return f"<p>{escaped(words.say('page-search-none', text=text))}</p>"
    return "".join(as_link(hit, address, words) for hit in hits)


def as_link(hit: Hit, address: Address, words: Words) -> str:
    kind = words.say(f"kind-{hit.kind}")
    where = f"{kind}, {hit.where}" if hit.where else kind
    return f'<a href="{escaped(href_at(address, hit.to))}">{escaped(hit.name)} <small>{escaped(where)}</small></a>'
