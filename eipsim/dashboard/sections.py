"""Pages that are made of sections, shown as they come in: each a card with the HTML that static pages have too."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import solara

from eipsim.dashboard.address import Address, read_address
from eipsim.dashboard.computing import Stop, turns, use_computed
from eipsim.dashboard.opening import opened
from eipsim.dashboard.widgets import Html, Told, Waiting, escaped
from eipsim.report.blocks import Section
from eipsim.report.page import blocks_as_html
from eipsim.report.words import Words

STYLE = Path(__file__).with_name("sections.css")
Made = tuple[str, Sequence[Section]]  # the title of a page, and its sections


def use_address() -> Address:
    """The address of the tab."""
    router = solara.use_router()
    return read_address(router.path, router.search or "", opened())


def href_at(address: Address, to: str) -> str:
    """The address of what a link leads to; what is asked for stays."""
    return address.at(*to.split("/", 1)).written(opened())


@solara.component
def Sections(title: str, sections: Sequence[Section], address: Address):
    """A title and the sections below it."""
    solara.Style(STYLE)
    Html(f"<h1>{escaped(title)}</h1>", classes="e-title")
    for section in sections:
        body = blocks_as_html(section.blocks, lambda to: href_at(address, to))
        Html(f"<h2>{escaped(section.title)}</h2>{body}", tag="section", classes="e-card e-blocks").key(section.name)


@solara.component
def Growing(make: Callable[[], Iterator[Made]], asked: Hashable, words: Words):
    """A page that is worked out in the background: what is there is shown, section by section."""
    address = use_address()

    def compute(stop: Stop) -> Iterator[Made]:
        growing = make()
        while True:
            with turns.taken(stop):  # what is looked into may be stepped once more, as a run
                made = next(growing, None)
            if made is None:
                return
            yield made

    computed = use_computed(compute, asked)
    if computed.error is not None:
        Told(words, computed.error)
    if computed.value is not None and computed.of == asked:  # what was asked before is of another page
        Sections(*computed.value, address)
    if computed.busy:
        Waiting(words, words.say("page-working"))


@solara.component
def Years(words: Words, year: int, years: Sequence[int]):
    """Links to the same page in other years."""
    address = use_address()
    links = [
        f'<a href="{escaped(replace(address, year=one).written(opened()))}"'
        f"{' aria-current=true' if one == year else ''}>{one}</a>"
        for one in years
    ]
    Html(f"{escaped(words.say('page-year'))}: {' '.join(links)}", tag="nav", classes="e-years")
