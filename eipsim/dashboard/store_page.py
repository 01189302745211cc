"""A store's page in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import solara

from eipsim.analysis.study import Study
from eipsim.dashboard.address import Address
from eipsim.dashboard.content.store import store_parts, store_title
from eipsim.dashboard.opening import opened
from eipsim.dashboard.sections import Growing, Made, href_at
from eipsim.dashboard.widgets import Html, Notice, link
from eipsim.errors import unknown
from eipsim.report.blocks import Section
from eipsim.report.words import Words

KEPT = 4  # stores


@solara.component
def StorePages(address: Address, words: Words):
    """The store that an address names among those of the command; the first where it names none."""
    stores = opened().stores
    name = address.parts[1] if len(address.parts) > 1 else next(iter(stores), "")
    if name not in stores:
        Notice(words, [unknown("store", "store", name, stores)] if stores else [words.say("store-none")])
        return
    if len(stores) > 1:
        Html(" · ".join(link(one, href_at(address, f"store/{one}")) for one in stores), tag="nav", classes="e-years")
    StorePage(_study(str(stores[name])), words)


@lru_cache(maxsize=KEPT)
def _study(folder: str) -> Study:
    return Study(folder)


@solara.component
def StorePage(study: Study, words: Words):
    """What a store allows to say, section by section."""

    def make() -> Iterator[Made]:
        sections = list[Section]()
        for part in store_parts(study, words):
            sections.append(part())
            yield store_title(study, words), list(sections)

    Growing(make, (id(study), words.language.code), words)
