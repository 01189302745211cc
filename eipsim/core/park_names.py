"""How people call a park: by its id or name, by words of it, with "KCN" or "industrial park" before or behind, by the brand of
who runs it, with its province.

Whoever is asked for a park asks here. What is said is read in one way after another, from the strict to the loose, and the first
in which it means any park decides: so a full name is never ambiguous because another contains it, and what fits several is told
with all of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from eipsim.core.names import fold_name, is_number_of, words_of

# What says only that something is a park, in Vietnamese and English.
A_PARK = (
    "khu công nghiệp sinh thái", "khu công nghiệp", "khu chế xuất", "KCN", "KCX", "eco-industrial park", "industrial park",
    "industrial parks", "industrial zone", "industrial zones", "industrial estate", "export processing zone", "EIP", "IP", "IZ",
    "EPZ",
)  # fmt: skip
# Left out where nothing is called so: words of these, and what stands beside them.
PERHAPS_NO_NAME = {word for phrase in A_PARK for word in words_of(phrase)} | {"park", "zone", "the", "of", "in"}
SHORTEST_BEGINNING = 4  # letters; fewer begin too many names
WORD_WITH_NUMBER = re.compile(r"([^\W\d_]{2,})(\d+[a-d]?)")  # vsip2a, but not a2
FIRST = "1"


class Called(NamedTuple):
    """What a park is called by: its id, its full names, the brand and the full name of who runs it, its province."""

    id: str
    names: tuple[str, ...]
    brand: str = ""
    operator: str = ""
    province: str = ""


def parks_called(name: str, parks: Sequence[Called]) -> list[int]:
    """The rows of the `parks` that `name` means; none for a name of no park, several where it does not tell them apart.

    >>> parks = [Called("P1", ("VSIP I",)), Called("P2", ("VSIP II",)), Called("P3", ("Bàu Bàng",), "Becamex")]
    >>> parks_called("KCN VSIP 2", parks), parks_called("becamex", parks), parks_called("vsip", parks)
    ([1], [2], [0, 1])
    """
    rows = _rows_called(str(name), parks)
    so_written = [row for row in rows if not is_written_otherwise(str(name), parks[row])]
    if so_written or not rows:
        return so_written
    # with other accents it may be another name: Phú Mỹ is not Phù Mỹ
    others = (row for row, park in enumerate(parks) if has_its_words_so_written(str(name), park))
    return sorted({*rows, *others})


def _rows_called(name: str, parks: Sequence[Called]) -> list[int]:
    """The rows that `name` means, whatever accents it is written with."""
    whole = plain_words(name)
    telling = tuple(word for word in whole if word not in PERHAPS_NO_NAME)
    for words in dict.fromkeys((whole, telling)) if telling else ():
        said = Said(fold_name(name), words, frozenset(words), "".join(words))
        for is_meant in WAYS:
            if rows := [row for row, park in enumerate(parks) if is_meant(said, park)]:
                return rows
    return []


def is_called(name: str, names: Iterable[str]) -> bool:
    """Whether `name` means any of the `names`.

    >>> is_called("khu công nghiệp tra noc", ["Trà Nóc 1"]), is_called("Amata", ["Trà Nóc 1"])
    (True, False)
    """
    return bool(parks_called(name, [Called("", (own,)) for own in names]))


# ---- words -------------------------------------------------------------------------------------------------------------


@cache
def plain_words(name: str) -> tuple[str, ...]:
    """The folded words of a name, numerals as numbers, without those that say only that it is a park.

    >>> plain_words("Khu công nghiệp Trà Nóc II"), plain_words("vsip2 industrial park"), plain_words("KCN")
    (('tra', 'noc', '2'), ('vsip', '2'), ())
    """
    rest, left = words_of(WORD_WITH_NUMBER.sub(r"\1 \2", fold_name(name))), list[str]()
    while rest:
        said = next((phrase for phrase in _phrases() if rest[: len(phrase)] == phrase), ())
        left += rest[:1] if not said else []
        rest = rest[len(said) or 1 :]
    return tuple(left)


@cache
def _phrases() -> tuple[tuple[str, ...], ...]:
    """The words of A_PARK, longer ones first."""
    return tuple(sorted(map(words_of, A_PARK), key=len, reverse=True))


@cache
def parts_of(name: str) -> tuple[str, ...]:
    """What stands outside and inside of the parentheses of a name, each a name of its own.

    >>> parts_of("Đình Vũ (DEEP C Hải Phòng I)")
    ('Đình Vũ', 'DEEP C Hải Phòng I')
    """
    inside = re.findall(r"\(([^()]*)\)", name)
    return (" ".join(re.sub(r"\([^()]*\)", " ", name).split()), *inside) if inside else ()


@cache
def accents_of(name: str) -> frozenset[tuple[str, str]]:
    """The words of a name that have accents, each folded and with its accents, wherever in the word they stand.

    >>> accents_of("Biên Hoà 2") == accents_of("Biên Hòa II"), accents_of("Phú") == accents_of("Phù"), accents_of("Amata")
    (True, False, frozenset())
    """
    words = re.findall(r"\w+", unicodedata.normalize("NFC", name).casefold())
    marked = ((fold_name(word), "".join(sorted(filter(unicodedata.combining, _apart(word))))) for word in words)
    return frozenset((word, marks) for word, marks in marked if marks)


def _apart(word: str) -> str:
    return unicodedata.normalize("NFD", word)


def is_written_otherwise(name: str, park: Called) -> bool:
    """Whether a word of `name` has accents, and the park's name has that word only with others."""
    own = accents_of(park.names[0])
    with_accents = {word for word, _ in own}
    return any(word in with_accents and (word, marks) not in own for word, marks in accents_of(name))


def has_its_words_so_written(name: str, park: Called) -> bool:
    words = set(plain_words(name))
    return accents_of(name) <= accents_of(park.names[0]) and any(words <= set(plain_words(own)) for own in park.names)


# ---- ways of reading ---------------------------------------------------------------------------------------------------


class Said(NamedTuple):
    """What somebody has said: as a whole, folded; its plain words; these as a set; and run together."""

    folded: str
    words: tuple[str, ...]
    set: frozenset[str]
    together: str


def has_the_id(said: Said, park: Called) -> bool:
    return said.folded == fold_name(park.id)


def has_the_name(said: Said, park: Called) -> bool:
    return said.folded in map(fold_name, park.names)


def has_the_words(said: Said, park: Called) -> bool:
    """The same words: II is 2, and KCN does not matter."""
    return bool(said.words) and any(said.words == plain_words(own) for own in park.names)


def has_the_number(said: Said, park: Called) -> bool:
    """The number of its id, as 352 for P352."""
    return is_number_of(said.folded, park.id)


def has_the_words_of_a_part(said: Said, park: Called) -> bool:
    """The name that stands before parentheses, or within them unless that is only where the park lies."""
    parts = (part for own in park.names for part in parts_of(own) if fold_name(part) != fold_name(park.province))
    return bool(said.words) and any(said.words == plain_words(part) for part in parts)


def has_the_whole_name(said: Said, park: Called) -> bool:
    """All words of the name, or of a part of it, and nothing beside it but who runs the park and where it lies."""
    beside = words_beside(park)
    names = (set(plain_words(form)) for own in park.names for form in (own, *parts_of(own)))
    return any(own and own <= said.set <= own | beside for own in names if own - beside)


@cache
def words_beside(park: Called) -> frozenset[str]:
    """The words of its brand, operator and province."""
    return frozenset(word for text in (park.brand, park.operator, park.province) for word in plain_words(text))


def has_words_of_name_and_brand(said: Said, park: Called) -> bool:
    brand = set(plain_words(park.brand))
    return bool(said.set) and any(said.set <= brand.union(plain_words(own)) for own in park.names)


def is_run_together(said: Said, park: Called) -> bool:
    """Written without blanks, or with others."""
    spellings = (form for own in park.names for form in (own, *parts_of(own)))
    return bool(said.together) and any(said.together == "".join(plain_words(form)) for form in spellings)


def has_words_beside(said: Said, park: Called) -> bool:
    """Some words of its name, brand, operator and province, not of the province alone."""
    if not said.set - set(plain_words(park.province)):
        return False
    beside = words_beside(park)
    return any(said.set <= beside.union(plain_words(own)) for own in park.names)


def begins_so(said: Said, park: Called) -> bool:
    """From a word of its name on, as far as it was written."""
    if len(said.together) < SHORTEST_BEGINNING:
        return False
    return any(_begins(said.together, plain_words(own)) for own in park.names)


def _begins(beginning: str, words: tuple[str, ...]) -> bool:
    """A number is not cut: `phumy1` does not begin Phú Mỹ 10."""
    rests = ("".join(words[n:]) for n in range(len(words)))
    return any(
        rest.startswith(beginning) and not (beginning[-1].isdigit() and rest[len(beginning) :][:1].isalnum())
        for rest in rests
    )


def is_the_first(said: Said, park: Called) -> bool:
    """Once there is a second, people call a park without a number the first."""
    if FIRST not in said.set or len(said.set) == 1:
        return False
    names = (set(plain_words(own)) for own in park.names)
    return any(said.set - {FIRST} <= own and not any(word[0].isdigit() for word in own) for own in names)


# From the strict to the loose: the first that any park meets decides.
WAYS: tuple[Callable[[Said, Called], bool], ...] = (
    has_the_id, has_the_name, has_the_words, has_the_number, has_the_words_of_a_part, has_the_whole_name,
    has_words_of_name_and_brand, is_run_together, has_words_beside, begins_so, is_the_first,
)  # fmt: skip
