"""A store's page in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import solara

from eipsim.analysis.study import Study
from eipsim.core.phrases import Phrase
from eipsim.dashboard.address import Address
from eipsim.dashboard.content.store import store_parts, store_title
from eipsim.dashboard.opening import opened
from eipsim.dashboard.sections import Growing, Made, href_at
from eipsim.dashboard.widgets import Html, Notice, link, told
from eipsim.errors import Mistake, unknown
from eipsim.report.blocks import Section
from eipsim.report.words import Words

KEPT = 4  # stores


@solara.component
def StorePages(address: Address, words: Words):
    """The store that an address names among those of the command; the first where it names none."""
    stores = opened().stores
    name = address.parts[1] if len(address.parts) > 1 else next(iter(stores), "")
    if name not in stores:
        Notice(words, [told(no_such_store(name), words) if stores else words.say("store-none")])
        return
    if len(stores) > 1:
        Html(" · ".join(link(one, href_at(address, f"store/{one}")) for one in stores), tag="nav", classes="e-years")
    StorePage(str(stores[name]), words)


def no_such_store(name: str) -> Mistake:
    """The mistake of naming a store that the command has not given."""
    return unknown(Phrase("store", "kind-store"), "store", name, opened().stores)


@lru_cache(maxsize=KEPT)
def _study(folder: str) -> Study:
    return Study(folder)


@solara.component
def StorePage(folder: str, words: Words):
    """What a store allows to say, section by section."""

    def make() -> Iterator[Made]:
        study, sections = _study(folder), list[Section]()
        for part in store_parts(study, words):
            sections.append(part())
            yield store_title(study, words), list(sections)

    Growing(make, (folder, words.language.code), words)
