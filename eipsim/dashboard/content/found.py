"""Finding parks, provinces and firms of a world by the names that people use, the nearest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from eipsim.core.names import fold_name
from eipsim.core.park_names import Called, parks_called, plain_words
from eipsim.core.phrases import Phrase
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
    places, asked = places_of(world), plain_words(text)
    provinces = [hit for hit in places if hit.kind == PROVINCE]
    meant = [provinces[row] for row in parks_called(text, [Called("", (hit.name,)) for hit in provinces])]
    meant += [places[row] for row in world.parks_called(text)]
    words = {hit: plain_words(f"{hit.name} {hit.where}") for hit in places}
    found = [hit for hit in places if hit in meant or (asked and _begin(asked, words[hit]))]

    def distance(hit: Hit) -> tuple[int, int, int]:
        """Called so in whole words, with words that begin so, or in a looser way; then by the words of its name."""
        begun = set(asked) - set(words[hit])
        way = 0 if hit in meant and not begun else 1 if _begin(asked, words[hit]) else 2
        return way, len(begun), len(plain_words(hit.name))

    return sorted(found, key=distance)[:most]


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
        raise InputError(unknown(Phrase("province", "kind-province"), "province", name, names))
    return own
