"""What parks and firms are told apart by in a filter, beside where they are: state, owner, size, years since an event.

    park_state="committed"          owner!="foreign"          employees >= 300          years_since_audit = 3..5

A trait is one of some words, or a number. Years since what has not happened are no number, and no comparison holds for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from eipsim.core.later import Later
from eipsim.core.names import fold_name
from eipsim.errors import InputError, Mistake, refuse_all, unknown
from eipsim.outcomes.registry import DIMENSIONS, LEVELS, QUANTITIES

operator = Later("eipsim.agents.operator.columns")  # so that an expression is read before any model is loaded
Year = int | np.ndarray  # that all rows, or each of them, are seen in
OfTable = Callable[[np.recarray, Year], np.ndarray]

IS, IS_NOT = "=", "!="
COMPARISONS: dict[str, Callable[[np.ndarray, float, float], np.ndarray]] = {
    IS: lambda amount, low, high: (low <= amount) & (amount <= high),
    IS_NOT: lambda amount, low, high: (amount < low) | (high < amount),
    "<": lambda amount, low, high: amount < low,
    "<=": lambda amount, low, high: amount <= low,
    ">": lambda amount, low, high: amount > low,
    ">=": lambda amount, low, high: amount >= low,
}
NUMBER_OR_RANGE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:\.\.\s*(\d+(?:\.\d+)?)\s*)?")


@dataclass(frozen=True)
class Trait:
    """`words`: what a park (row of operators) or firm may be, each with who is it; or `number`: [n], NaN = it has none."""

    name: str
    of: Literal["park", "firm"]
    definition: str
    words: Mapping[str, OfTable] = field(default_factory=dict)
    number: OfTable | None = None


class Condition(NamedTuple):
    """What a filter asks of a trait: to be one of some words (or none of them), or a number within bounds."""

    trait: str
    sign: str  # one of COMPARISONS
    values: tuple[str, ...] | tuple[float, float]


def years_since(column: str) -> OfTable:
    """Years since the year in a column; NaN before it, and where it is 0 = never."""

    def years(table: np.recarray, year: Year) -> np.ndarray:
        when = table[column].astype(np.float64)
        return np.where((when > 0) & (when <= year), year - when, np.nan)

    return years


TRAITS = {
    trait.name: trait
    for trait in (
        Trait("park_state", "park", "what the park has become by the end of the year", {
            "operating": lambda parks, year: parks.operating_year <= year,
            "committed": lambda parks, year: parks.commit_year > 0,
            "converted": lambda parks, year: parks.converted_year > 0,
            "applied": lambda parks, year: parks.certificate == operator.APPLIED,
            "certified": lambda parks, year: parks.certificate == operator.CERTIFIED,
            "in_programme": lambda parks, year: parks.in_programme,
            "founded_eco": lambda parks, year: parks.born_eco,
            "lapsed": lambda parks, year: parks.lapsed_year > 0,
        }),
        Trait("years_since_opening", "park", "since the park had its first tenants", number=years_since("operating_year")),
        Trait("years_since_commitment", "park", "since its operator committed", number=years_since("commit_year")),
        Trait("years_since_conversion", "park", "since it had been converted", number=years_since("converted_year")),
        Trait("years_since_certificate", "park", "since the certificate in force was granted or renewed",
              number=years_since("certified_year")),
        Trait("owner", "firm", "who owns the firm", {
            "foreign": lambda firms, year: firms.foreign,
            "domestic": lambda firms, year: ~firms.foreign,
        }),
        Trait("firm_state", "firm", "what the firm has become by the end of the year", {
            "aware": lambda firms, year: firms.aware_year > 0,
            "audited": lambda firms, year: firms.audit_year > 0,
            "adopter": lambda firms, year: firms.n_adopted > 0,
            "practising": lambda firms, year: firms.applies_recp,
            "violator": lambda firms, year: firms.violation_year == year,
        }),
        Trait("employees", "firm", "persons employed", number=lambda firms, year: firms.employees),
        Trait("years_since_entry", "firm", "since the firm came to the park", number=years_since("entry_year")),
        Trait("years_since_audit", "firm", "since it was last audited", number=years_since("audit_year")),
        Trait("years_since_violation", "firm", "since it was last found in violation",
              number=years_since("violation_year")),
    )
}  # fmt: skip

SUCCESSOR = "province_2025"
# What is told by a name: of whom, and what it means.
NAMED = {
    "province": ("parks", "parks of the province, by the map of 2024 in every year"),
    SUCCESSOR: ("parks", "parks of the province, by the map of July 2025 in every year"),
    "park": ("parks", "one park, by its name or id"),
    "sector": ("firms", "firms of the sector, by its name, words of it, or id"),
    "programme": ("firms", "firms that the programme has assisted by then, of outcomes of parks the parks that it reaches; "
                           "none: of no programme"),
}  # fmt: skip
FILTERS = (*DIMENSIONS, SUCCESSOR, *TRAITS)  # all that may stand before the sign of a filter


def holds(condition: Condition, table: np.recarray, year: Year) -> np.ndarray:
    """bool [n]: parks (rows of operators) or firms of `table` for which a condition holds in `year`."""
    trait = TRAITS[condition.trait]
    if trait.number is not None:
        low, high = condition.values
        return COMPARISONS[condition.sign](trait.number(table, year), float(low), float(high))
    found = np.logical_or.reduce([trait.words[str(word)](table, year) for word in condition.values])
    return found if condition.sign == IS else ~found


def condition_of(key: str, sign: str, texts: tuple[str, ...]) -> Condition:
    """What a filter by the trait `key` says. InputError with what is wrong with it.

    >>> condition_of("years_since_audit", "=", ("3..5",))
    Condition(trait='years_since_audit', sign='=', values=(3.0, 5.0))
    >>> condition_of("owner", "!=", ("Foreign",)).values
    ('foreign',)
    """
    trait = TRAITS[key]
    return _of_words(trait, sign, texts) if trait.number is None else _of_number(trait, sign, texts)


def _of_words(trait: Trait, sign: str, texts: tuple[str, ...]) -> Condition:
    if sign not in (IS, IS_NOT):
        raise InputError(Mistake("", f"{trait.name} is no number", f"write {trait.name}= or {trait.name}!="))
    words = {text: re.sub(r"[\s-]", "_", fold_name(text)) for text in texts}
    refuse_all(unknown("", trait.name, text, trait.words) for text, word in words.items() if word not in trait.words)
    return Condition(trait.name, sign, tuple(words.values()))


def _of_number(trait: Trait, sign: str, texts: tuple[str, ...]) -> Condition:
    hint = f"for example: {trait.name}=3, {trait.name}=3..5, {trait.name}>=3"
    found = NUMBER_OR_RANGE.fullmatch(texts[0]) if len(texts) == 1 else None
    if found is None:
        raise InputError(Mistake("", f"{trait.name} is compared with a number", hint))
    low, high = float(found[1]), float(found[2] or found[1])
    if low > high:
        raise InputError(Mistake("", f"{texts[0]} is reversed", "write the smaller number first"))
    if found[2] and sign not in (IS, IS_NOT):
        raise InputError(Mistake("", f"{sign} takes one number, not a range", hint))
    return Condition(trait.name, sign, (low, high))


def filters_of(name: str) -> tuple[str, ...]:
    """The filters that a quantity can be cut by.

    >>> "employees" in filters_of("firms"), "employees" in filters_of("parks_certified"), filters_of("public_spending_usd")
    (True, False, ())
    """
    outcome = QUANTITIES[name]
    cut = {"park": "park" in outcome.reach, "firm": outcome.level == "firm"}
    return (*outcome.reach, *(trait.name for trait in TRAITS.values() if cut[trait.of]))


def out_of_reach(name: str, key: str) -> Mistake | None:
    """The mistake of asking for a quantity of a part of the country that it is not kept for."""
    allowed = filters_of(name)
    if key in allowed or (key == SUCCESSOR and "province" in allowed):
        return None
    hint = f"it can be had by {', '.join(allowed)}" if allowed else "it can be had without filter only"
    return Mistake("", f"{name} is {LEVELS[QUANTITIES[name].level][0]} and cannot be had by {key}", hint)
