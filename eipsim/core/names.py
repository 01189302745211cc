"""Names: the one home of how they are folded, compared, found and shown.

People write a name without its accents, in capitals, with another form of Unicode, with 2 for II, or only the words that
matter. Whoever looks up a park, province, sector or column asks here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

LONGEST_SHOWN = 60
ACCENTS = range(0x0300, 0x0370)  # marks of Latin, Greek and Cyrillic; those of other scripts tell letters apart
# Letters with a stroke or joined ones, which Unicode does not take apart; typographers' hyphens and apostrophes.
PLAIN_LETTERS = str.maketrans(
    {"Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Ł": "L", "ł": "l", "Ø": "O", "ø": "o", "Ħ": "H", "ħ": "h", "ı": "i",
     "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe",
     **dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("’‘ʼʻ`´′", "'")}  # what word processors make of - and '
)  # fmt: skip
# As Romans wrote the numbers of parks, with the letter that may follow: II, IIA.
ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})([a-d]?)")
ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
NUMBERED = re.compile(r"[^\W\d_]+(\d+)")  # an id: letters and a number
OTHER_UNITS = {
    "years": "yr", "year": "yr", "a": "yr", "tonnes": "t", "tonne": "t", "hectares": "ha", "hectare": "ha",
    "firms": "1", "share": "1", "fraction": "1", "-": "1", "": "1",
}  # fmt: skip
SHOWN_AS_THEY_ARE = {"\u200c", "\u200d"}  # joiners, without which Persian and Indian words are misspelt


@cache
def fold_name(name: Any) -> str:
    """A name as it is compared: without accents and case, in one form of Unicode, with single spaces.

    >>> fold_name(" Trà  Nóc 1") == fold_name("tra noc 1")
    True
    >>> fold_name("Co\\u0302te Nord") == fold_name("Côte Nord") == "cote nord"
    True
    """
    letters = str(name).translate(PLAIN_LETTERS)
    if not letters.isascii():
        apart = unicodedata.normalize("NFKD", letters)
        letters = "".join(c for c in apart if ord(c) not in ACCENTS and unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFC", letters).casefold().split())


def one_form(text: str) -> str:
    """Text in the composed form of Unicode, in which equal letters are equal."""
    return unicodedata.normalize("NFC", text)


@cache
def words_of(name: str) -> tuple[str, ...]:
    """The folded words of a name, with numerals as numbers.

    >>> words_of("Phú Mỹ II"), words_of("phu-my 2"), words_of("VSIP IIA")
    (('phu', 'my', '2'), ('phu', 'my', '2'), ('vsip', '2a'))
    """
    return tuple(map(_as_number, "".join(c if _in_a_word(c) else " " for c in fold_name(name)).split()))


def _in_a_word(c: str) -> bool:
    return c.isalnum() or unicodedata.category(c).startswith("M")


def _as_number(word: str) -> str:
    """A Roman numeral up to 39 as a number, without leading zeros; other words as they are."""
    roman = ROMAN.fullmatch(word)
    if roman and (roman[1] or roman[2]):
        return f"{10 * len(roman[1]) + ONES.index(roman[2])}{roman[3]}"
    return word.lstrip("0") or word


def is_number_of(name: str, identifier: str) -> bool:
    """Whether `name` is the number of an id, with all its digits and without its letters.

    >>> is_number_of("352", "P352"), is_number_of("16", "P016"), is_number_of("2", "Amata")
    (True, False, False)
    """
    number = NUMBERED.fullmatch(identifier)
    return number is not None and name.strip() == number[1]


def rows_called(name: str, called: Sequence[Sequence[str]]) -> list[int]:
    """The rows that `name` means, of which row r is called by any of `called[r]`, its id first.

    The id, else a full name, else the same words (II is 2), else the number of the id, else the words among those of a name;
    empty when none.

    >>> rows_called("Phu My 2", [("P1", "Phú Mỹ I"), ("P2", "Phú Mỹ II"), ("P3", "Phú Mỹ II mở rộng")])
    [1]
    >>> rows_called("batamindo", [("B", "Batamindo Industrial Park"), ("C", "Kabil Industrial Park")])
    [0]
    """
    wanted, words = fold_name(name), words_of(name)
    ways = (
        lambda names: fold_name(names[0]) == wanted,
        lambda names: wanted in map(fold_name, names),
        lambda names: bool(words) and any(words == words_of(own) for own in names),
        lambda names: is_number_of(name, names[0]),
        lambda names: bool(words) and any(set(words) <= set(words_of(own)) for own in names),
    )
    for is_meant in ways:
        if rows := [row for row, names in enumerate(called) if is_meant(names)]:
            return rows
    return []


def spelt_as(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that is the same name however it is written; None when there is none."""
    return next((own for own in names if own == name or fold_name(own) == fold_name(name)), None)


def so_called(name: str, names: Iterable[str]) -> str | None:
    """The only one of `names` that has the words of `name`, in order and with nothing between or beside; None when there is none.

    >>> so_called("Full Package", ["full-package", "subsidy"]), so_called("full", ["full-package"])
    ('full-package', None)
    """
    words = words_of(name)
    found = [own for own in names if words and words_of(own) == words]
    return found[0] if len(found) == 1 else None


def same_unit(one: str, other: str) -> bool:
    """Whether two units are the same however they are written.

    >>> same_unit("US$ / m³", "USD/m3"), same_unit("years", "yr"), same_unit("USD/kWh", "USD/MWh")
    (True, True, False)
    """
    return _plain_unit(one) == _plain_unit(other)


def _plain_unit(unit: str) -> list[str]:
    """The parts of a unit between its strokes, in one spelling."""
    form = re.sub(r"[\s^]", "", unicodedata.normalize("NFKC", unit)).casefold()
    form = form.replace("us$", "usd").replace("$", "usd").replace("co2e", "co2")
    return [OTHER_UNITS.get(part, part) for part in form.split("/")]


def printable(text: str) -> str:
    r"""Text in which a terminal or page finds nothing to obey: control characters are escaped.

    >>> print(printable("a\x1b[31mb\u202ec"))
    a\x1b[31mb\u202ec
    """
    return "".join(_escaped(c) if unicodedata.category(c)[0] == "C" and c not in SHOWN_AS_THEY_ARE else c for c in text)


def _escaped(c: str) -> str:
    return c.encode("unicode_escape").decode("ascii")


def shortened(text: str, longest: int) -> str:
    """Text without its middle where it is too long.

    >>> shortened("a" * 20 + "b" * 20, 15)
    'aaaaa ... bbbbb'
    """
    half = (longest - 5) // 2
    return text if len(text) <= longest else f"{text[:half]} ... {text[-half:]}"


def shown(value: object, longest: int = LONGEST_SHOWN) -> str:
    """A value as it is quoted in a message: never longer than a line, control characters escaped."""
    text = repr(value[: longest + 1] if isinstance(value, str) else value)
    return printable(text if len(text) <= longest else text[: longest - 4] + "...'")


def enumerated(names: Sequence[str]) -> str:
    """Names one after the other.

    >>> enumerated(["a"]), enumerated(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def inside(name: str) -> str:
    """A name that leads out of no folder, and is not hidden, from that of a file of the user's.

    >>> inside("my-policy"), inside(".."), inside(".hidden")
    ('my-policy', 'unnamed', 'hidden')
    """
    return name.lstrip(".") or "unnamed"
