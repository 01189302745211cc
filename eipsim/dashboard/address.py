"""The address of a page: everything that it shows stands in it, so that a link shows the same to whoever gets it.

`/map?scenario=subsidy&lever.carbon_price=20@2026&year=2035&lang=vi`. What an address gets wrong is told in a sentence, and the
usual stands in its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

from eipsim.core.phrases import Phrase
from eipsim.core.years import FIRST_YEAR, LAST_YEAR
from eipsim.dashboard.opening import Opening
from eipsim.errors import Mistake, unknown
from eipsim.language import LANGUAGES
from eipsim.outcomes.registry import OUTCOMES
from eipsim.policy.levers import LEVERS

LEVER = "lever."
FROM = 2026  # the first year that a new policy can change
OUTCOME = "co2_avoided_t"
MOST_SEED = 2**32 - 1


class Moved(NamedTuple):
    """A lever that is set to a value, for everybody, from a year on."""

    lever: str
    value: float
    year: int

    def written(self) -> str:
        return f"{self.value:g}@{self.year}"


@dataclass(frozen=True)
class Ask:
    """What is simulated."""

    scenario: str
    world: str
    rule: str
    seed: int = 1
    levers: tuple[Moved, ...] = ()

    def moved(self, name: str) -> Moved | None:
        return next((one for one in self.levers if one.lever == name), None)

    def with_lever(self, moved: Moved) -> Ask:
        """The same with a lever moved, in the order of the registry, so that equal asks are equal."""
        others = [one for one in self.levers if one.lever != moved.lever]
        return replace(self, levers=tuple(sorted([*others, moved], key=lambda one: [*LEVERS].index(one.lever))))

    def without_lever(self, name: str) -> Ask:
        return replace(self, levers=tuple(one for one in self.levers if one.lever != name))


@dataclass(frozen=True)
class Address:
    """A page and what it shows.

    parts : of the path, as ("park", "P352"); () is the first page
    ask : the run that is shown; beside : the scenario that stands beside it
    """

    parts: tuple[str, ...]
    ask: Ask
    beside: str
    year: int
    outcome: str = OUTCOME
    language: str = "en"
    mistakes: tuple[Mistake, ...] = ()

    @property
    def page(self) -> str:
        return self.parts[0] if self.parts else ""

    @property
    def other(self) -> Ask:
        """The run that stands beside: another scenario, with no lever moved."""
        return replace(self.ask, scenario=self.beside, levers=())

    def at(self, *parts: str) -> Address:
        return replace(self, parts=parts)

    def written(self, opening: Opening) -> str:
        """The address as it stands in the browser; what is usual is left out."""
        usual = usual_address(opening)
        of, said = self.ask, dict[str, str]()
        for name in ("scenario", "world", "rule", "seed"):
            if getattr(of, name) != getattr(usual.ask, name):
                said[name] = str(getattr(of, name))
        said |= {f"{LEVER}{one.lever}": one.written() for one in of.levers}
        for name, key in {"beside": "beside", "year": "year", "outcome": "outcome", "language": "lang"}.items():
            if getattr(self, name) != getattr(usual, name):
                said[key] = str(getattr(self, name))
        path = "/" + "/".join(quote(part, safe="") for part in self.parts)
        return f"{path}?{urlencode(said, quote_via=quote, safe='@:/')}" if said else path


def usual_address(opening: Opening) -> Address:
    """What is shown where an address says nothing."""
    ask = Ask(opening.baseline, opening.world, opening.rules[0])
    return Address((), ask, opening.baseline, LAST_YEAR, language=opening.language)


class _Reader:
    """Reads what an address says, item by item, and keeps the mistakes."""

    def __init__(self, said: dict[str, str]):
        self.said, self.mistakes = said, list[Mistake]()

    def one_of(self, key: str, kind: str, allowed: Sequence[str], usual: str) -> str:
        given = self.said.pop(key, usual)
        if given in allowed:
            return given
        self.mistakes.append(unknown(key, kind, given, allowed))
        return usual

    def number(self, key: str, usual: int, least: int, most: int) -> int:
        given = self.said.pop(key, str(usual))
        if given.isascii() and given.isdecimal() and least <= int(given[:20]) <= most:
            return int(given)
        text = f"{given!r:.40}"
        what = Phrase(f"{text} is no number that can stand here", "mistake-number", text=text)
        self.mistakes.append(Mistake(key, what, between(least, most)))
        return usual

    def levers(self) -> list[Moved]:
        given = {key: self.said.pop(key) for key in [*self.said] if key.startswith(LEVER)}
        read = [moved_lever(key.removeprefix(LEVER), text) for key, text in given.items()]
        self.mistakes += [one for one in read if isinstance(one, Mistake)]
        return [one for one in read if isinstance(one, Moved)]


def read_address(path: str, query: str, opening: Opening) -> Address:
    """What stands in an address, with a mistake for everything that cannot."""
    usual = usual_address(opening)
    reader = _Reader(dict(parse_qsl(query, keep_blank_values=True, max_num_fields=200)))
    ask = Ask(
        reader.one_of("scenario", "scenario", opening.scenarios, usual.ask.scenario),
        reader.one_of("world", "world", opening.worlds, usual.ask.world),
        reader.one_of("rule", "rule", opening.rules, usual.ask.rule),
        reader.number("seed", 1, 0, MOST_SEED),
    )
    for moved in reader.levers():
        ask = ask.with_lever(moved)
    return Address(
        tuple(unquote(part) for part in path.split("/") if part), ask,
        reader.one_of("beside", "scenario", opening.scenarios, usual.beside),
        reader.number("year", LAST_YEAR, FIRST_YEAR, LAST_YEAR),
        reader.one_of("outcome", "outcome", list(OUTCOMES), OUTCOME),
        reader.one_of("lang", "language", list(LANGUAGES), opening.language),
        tuple(reader.mistakes),
    )  # fmt: skip


def moved_lever(name: str, text: str) -> Moved | Mistake:
    """A lever as an address or a field has it: `20@2026`, or `20` from the first year that a new policy can change.

    >>> moved_lever("carbon_price", "20@2030")
    Moved(lever='carbon_price', value=20.0, year=2030)
    >>> print(moved_lever("carbon_price", "2000"))
    carbon_price: 2000 is out of bounds; allowed: 0 to 1000 (USD/t CO2)
    """
    if name not in LEVERS:
        return unknown("lever", "lever", name, LEVERS)
    lever, where = LEVERS[name], Phrase(name, "where-lever", lever=name)
    read = re.fullmatch(r"\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*(?:@\s*(\d{4}))?\s*", text)
    low, high = f"{lever.least:g}", f"{lever.most:g}"
    allowed = Phrase(f"allowed: {low} to {high} ({lever.unit})", "hint-between-of", low=low, high=high, unit=lever.unit)
    try:
        value = float(read[1]) if read else None
    except ValueError:
        value = None
    if read is None or value is None:
        typed = f"{text!r:.40}"
        return Mistake(where, Phrase(f"{typed} is not a number", "mistake-no-number", text=typed), allowed)
    if not lever.least <= value <= lever.most:
        return Mistake(where, Phrase(f"{value:g} is out of bounds", "mistake-bounds", value=f"{value:g}"), allowed)
    year = int(read[2] or FROM)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        what = Phrase(f"the year {year} is out of bounds", "mistake-year", year=str(year))
        return Mistake(where, what, between(FIRST_YEAR, LAST_YEAR))
    return Moved(name, value, year)


def between(low: int, high: int) -> Phrase:
    """The hint for a whole number."""
    return Phrase(f"allowed: {low} to {high}", "hint-between", low=str(low), high=str(high))
