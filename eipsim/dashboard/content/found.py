"""Finding parks, provinces and firms of a world by the names that people use, the nearest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from eipsim.core.names import fold_name
from eipsim.core.park_names import Called, parks_called, plain_words
from eipsim.errors import InputError, unknown
from eipsim.world import World

A_FIRM = re.compile(r"\w+-\d+", re.ASCII)  # an id begins so: park, plot, vintage
MOST = 12
PARK, FIRM, PROVINCE = "park", "firm", "province"


class Hit(NamedTuple):
    """Something that has a page: its kind, what it is called, where it lies, and the page."""

    kind: str
    name: str
    where: str
    to: str


@lru_cache(maxsize=8)
def places_of(world: World) -> list[Hit]:
    """Every park of the world, then every province on either map."""
    rows = zip(world.park_ids, world.park_names, world.parks.province.tolist())
    parks = [Hit(PARK, name, f"{own}, {world.provinces[at]}", f"{PARK}/{own}") for own, name, at in rows]
    at_home = [(world.provinces[at], world.provinces_2025[at]) for at in dict.fromkeys(world.parks.province.tolist())]
    provinces = dict.fromkeys([*(old for old, _ in at_home), *(new for _, new in at_home)])
    return parks + [Hit(PROVINCE, name, "", f"{PROVINCE}/{name}") for name in provinces]


def search(world: World, text: str, most: int = MOST) -> list[Hit]:
    """What `text` may mean: what is called so first, then what has all its words, as far as they are written."""
    if not text.strip():
        return []
    if A_FIRM.match(text.strip()):
        return _firms(world, text.strip(), most)
    places = places_of(world)
    provinces = [hit for hit in places if hit.kind == PROVINCE]
    meant = [provinces[row] for row in parks_called(text, [Called("", (hit.name,)) for hit in provinces])]
    meant += [places[row] for row in world.parks_called(text)]
    meant.sort(key=lambda hit: len(plain_words(hit.name)))
    return list(dict.fromkeys([*meant, *_with_its_words(text, places)]))[:most]


def _with_its_words(text: str, places: Iterable[Hit]) -> list[Hit]:
    """Places of whose words each that was written begins one, those with the fewest words beside first."""
    asked = plain_words(text)
    found = [
        (len(words), place)
        for place in places
        if asked and _begin(asked, words := plain_words(f"{place.name} {place.where}"))
    ]
    return [place for _, place in sorted(found, key=lambda one: one[0])]


def _begin(asked: Sequence[str], words: Sequence[str]) -> bool:
    """Each word that was asked for begins one; numbers are whole."""
    return all(any(own == word or (own.startswith(word) and not word.isdigit()) for own in words) for word in asked)


def _firms(world: World, text: str, most: int) -> list[Hit]:
    """Firms whose ids begin so, of all that ever come to their parks."""
    rows = [row for row, own in enumerate(world.firm_ids) if own.casefold().startswith(text.casefold())][:most]
    return [
        Hit(FIRM, world.firm_ids[row], world.park_names[world.firms.park[row]], f"{FIRM}/{world.firm_ids[row]}")
        for row in rows
    ]


def province_called(names: Sequence[str], name: str) -> str:
    """The one of the `names` that an address means. InputError with the nearest where there is none."""
    own = next((own for own in names if fold_name(own) == fold_name(name)), None)
    if own is None:
        raise InputError(unknown("province", "province", name, names))
    return own
