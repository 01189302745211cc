"""Finding parks, provinces and firms by the names that people use, with the nearest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from eipsim.core.names import fold_name
from eipsim.core.park_names import Called, parks_called, plain_words
from eipsim.dashboard.content.insides import inside
from eipsim.errors import InputError, RunError, unknown
from eipsim.runs.simulation import Run

A_FIRM = re.compile(r"\w+-\d+", re.ASCII)  # an id begins so: park, plot, vintage
MOST = 12
PARK, FIRM, PROVINCE = "park", "firm", "province"


class Hit(NamedTuple):
    """Something that has a page: its kind, what it is called, where it lies, and the page."""

    kind: str
    name: str
    where: str
    to: str


class Place(NamedTuple):
    """What may be found: a park or a province, and all that it is called by."""

    hit: Hit
    called: Called


def places_of(run: Run) -> list[Place]:
    """Every park of the run, then every province on either map."""
    parks = run.parks.drop_duplicates("park_id")[["park_id", "name", "province", "province_2025"]].astype(str)
    found = [
        Place(Hit(PARK, name, f"{own}, {at}", f"{PARK}/{own}"), Called(own, (name,), province=at))
        for own, name, at, _ in parks.itertuples(index=False)
    ]
    provinces = pd.unique(pd.concat([parks["province"], parks["province_2025"]]))
    return found + [Place(Hit(PROVINCE, at, "", f"{PROVINCE}/{at}"), Called("", (at,))) for at in provinces]


def search(run: Run, text: str, most: int = MOST) -> list[Hit]:
    """What `text` may mean: what is called so first, then what has all its words, as far as they are written."""
    if not text.strip():
        return []
    if A_FIRM.match(text.strip()):
        return _firms(run, text.strip(), most)
    places = places_of(run)
    meant = [places[row].hit for row in parks_called(text, [place.called for place in places])]
    meant.sort(key=lambda hit: len(plain_words(hit.name)))
    return list(dict.fromkeys([*meant, *_with_its_words(text, places)]))[:most]


def _with_its_words(text: str, places: Iterable[Place]) -> list[Hit]:
    """Places of whose words each that was written begins one, those with the fewest words beside first."""
    asked = plain_words(text)
    found = [
        (len(words), place.hit)
        for place in places
        if asked and _begin(asked, words := plain_words(f"{place.hit.name} {place.hit.where}"))
    ]
    return [hit for _, hit in sorted(found, key=lambda one: one[0])]


def _begin(asked: Sequence[str], words: Sequence[str]) -> bool:
    """Each word that was asked for begins one; numbers are whole."""
    return all(any(own == word or (own.startswith(word) and not word.isdigit()) for own in words) for word in asked)


def _firms(run: Run, text: str, most: int) -> list[Hit]:
    """Firms of the last year whose ids begin so."""
    try:
        firms = inside(run).firms
    except RunError:
        return []
    ids = firms["firm_id"].astype(str)
    rows = firms[ids.str.casefold().str.startswith(text.casefold())].head(most)
    return [
        Hit(FIRM, str(row.firm_id), f"{row.sector}, {row.park}", f"{FIRM}/{row.firm_id}") for row in rows.itertuples()
    ]


def park_called(run: Run, name: str) -> str:
    """The id of the park of an address, given by id or a name. InputError with the nearest where it is none or several."""
    places = [place for place in places_of(run) if place.hit.kind == PARK]
    rows = parks_called(name, [place.called for place in places])
    if len(rows) == 1:
        return places[rows[0]].called.id
    names = [name for place in places for name in (place.hit.name, place.called.id)]
    raise InputError(unknown("park", "park", name, names))


def province_called(run: Run, name: str) -> str:
    """The province of an address as the run spells it. InputError with the nearest where it has none."""
    names = [place.hit.name for place in places_of(run) if place.hit.kind == PROVINCE]
    own = next((own for own in names if fold_name(own) == fold_name(name)), None)
    if own is None:
        raise InputError(unknown("province", "province", name, names))
    return own
