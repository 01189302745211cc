"""How figures name and count things: plain names of outcomes, numbers with their unit, changes in words."""

from __future__ import annotations

from typing import NamedTuple

from eipsim.core import numbers
from eipsim.core.numbers import DIGITS, Scale, significant
from eipsim.outcomes.registry import QUANTITIES

SUFFIXES = ("_t", "_mwh", "_gj", "_m3", "_usd")
PLURALS = {
    "parks", "firms", "measures", "options", "exchanges", "tonnes", "emissions", "savings", "subsidies", "audits",
    "inspections", "jobs", "materials", "benefits",
}  # fmt: skip
ABBREVIATIONS = {"eip": "EIP", "recp": "RECP", "co2": "CO₂", "epr": "EPR", "npv": "NPV"}
MULTIPLE, SMALL = 2.0, 0.005  # from twice the base on differences are told as multiples; below half a per cent in units


def outcome_name(outcome: str) -> str:
    """The label of an outcome, or the plain words of another column.

    >>> outcome_name("electricity_saved_mwh"), outcome_name("co2_avoided_t")
    ('Electricity saved', 'CO₂ avoided')
    """
    if outcome in QUANTITIES:
        return QUANTITIES[outcome].label
    stem = next((outcome[: -len(s)] for s in SUFFIXES if outcome.endswith(s)), outcome)
    return stem.replace("_", " ").capitalize()


def is_plural(name: str) -> bool:
    """Whether the name of an outcome takes a verb in the plural.

    >>> is_plural("Parks converted"), is_plural("CO₂ emissions"), is_plural("CO₂ of fuels"), is_plural("Hazardous waste")
    (True, True, False, False)
    """
    head = name.split(" of ")[0].split(" that ")[0].split(" with ")[0]
    return any(word.lower() in PLURALS for word in head.split())


def pretty_unit(unit: str) -> str:
    """Units as they are printed: subscripts, no MUSD."""
    return unit.replace("CO2", "CO₂").replace("m3", "m³").replace("MUSD", "million USD")


def scale_of(largest: float, unit: str) -> Scale:
    """A readable scale for values up to `largest`, with its unit as it is printed.

    >>> scale_of(2.5e6, "tCO2/yr")
    Scale(size=1000000.0, unit='million tCO₂/yr')
    """
    scale = numbers.scale_of(largest, unit)
    return Scale(scale.size, pretty_unit(scale.unit))


def number(value: float, digits: int = DIGITS, *, strip: bool = True) -> str:
    """A number with `digits` significant digits and a long minus.

    >>> number(1234.5), number(-3.0)
    ('1,230', '−3')
    """
    return significant(value, digits, strip).replace("-", "−")


def per_cent(share: float, digits: int = 2) -> str:
    """A share of one in per cent.

    >>> per_cent(0.98553), per_cent(0.0)
    ('99 %', '0 %')
    """
    return f"{number(100.0 * share, digits)} %"


def in_how_many(share: float, none: str = "–") -> str:
    """A share of states in a cell: all or none of them are no per cent, which would say more than so many states can.

    >>> in_how_many(1.0), in_how_many(0.9990), in_how_many(0.42), in_how_many(0.0, "never")
    ('all', '>99 %', '42 %', 'never')
    """
    if share in (0.0, 1.0):
        return "all" if share else none
    return ">99 %" if share > 0.99 else "<1 %" if share < 0.01 else f"{100.0 * share:.0f} %"


def quantity(value: float, unit: str, of: str = "") -> str:
    """A value with its unit on a scale of its own; without the unit where `of`, the name of the outcome, holds it already.

    >>> quantity(2.111e6, "tCO2/yr"), quantity(0.0476, "share"), quantity(73, "parks"), quantity(73, "parks", "Parks converted")
    ('2.11 million tCO₂/yr', '4.76 %', '73 parks', '73')
    """
    scale = scale_of(value, "" if unit.removesuffix("/yr") in of.lower().split() else unit)
    return f"{number(value / scale.size)} {scale.unit}".strip()


class Change(NamedTuple):
    """A difference in words, to be followed by what it is measured against: `20 % above`, `8.7 times`."""

    words: str
    is_multiple: bool = False


def change(value: float, base: float, unit: str) -> Change:
    """How `value` compares with `base`: in points for shares, as a multiple when it is large, in units when it is small.

    >>> change(120.0, 100.0, "t/yr").words, change(0.3, 0.25, "share").words, change(99_950.0, 1e5, "t").words
    ('20 % above', '5 percentage points above', '50 t (0.05 %) below')
    >>> change(870.0, 100.0, "parks").words, change(5.0, 0.0, "parks").words
    ('8.7 times', '5 parks above')
    """
    difference = value - base
    side = "above" if difference > 0.0 else "below"
    if unit == "share":
        return Change(f"{at_least(abs(difference) * 100.0, 'percentage points')} {side}")
    if base <= 0.0 or value < 0.0:
        return Change(f"{quantity(abs(difference), unit)} {side}")
    if value >= MULTIPLE * base:
        return Change(f"{number(value / base, 2)} times", is_multiple=True)
    percent = at_least(abs(value / base - 1.0) * 100.0, "%")
    small = abs(difference) < SMALL * base
    return Change(f"{quantity(abs(difference), unit)} ({percent}) {side}" if small else f"{percent} {side}")


def at_least(value: float, unit: str, least: float = 0.01) -> str:
    """A value with two digits, or that it is less than `least`.

    >>> at_least(1.234, "%"), at_least(0.0001, "%")
    ('1.2 %', 'less than 0.01 %')
    """
    return f"{number(value, 2)} {unit}" if value >= least else f"less than {least:g} {unit}"


def case_name(scenario: str) -> str:
    """A scenario as a name in a sentence.

    >>> case_name("technical-assistance"), case_name("no-eip-policy"), case_name("net-zero-2050")
    ('Technical assistance', 'No EIP policy', 'Net-zero 2050')
    """
    words = scenario.replace("_", "-").split("-")
    name = " ".join(ABBREVIATIONS.get(word, word) for word in words).replace("net zero", "net-zero")
    return name[:1].upper() + name[1:]


def agrees(count: float, singular: str, plural: str) -> str:
    """The verb that goes with so many.

    >>> agrees(1, "has", "have"), agrees(0, "has", "have")
    ('has', 'have')
    """
    return singular if count == 1 else plural


def verb(scenario: str, singular: str, plural: str) -> str:
    """The verb that goes with the name of a scenario.

    >>> verb("subsidy", "is", "are"), verb("steady-audits", "is", "are")
    ('is', 'are')
    """
    return plural if is_plural(case_name(scenario)) else singular


def hold_certificate(count: float) -> str:
    """How many hold a certificate.

    >>> hold_certificate(0), hold_certificate(1), hold_certificate(12)
    ('none holds a certificate', '1 holds a certificate', '12 hold a certificate')
    """
    return f"{number(count) if count else 'none'} {agrees(count or 1, 'holds', 'hold')} a certificate"


def replicates(n: int) -> str:
    """What stands for so many replicates in a chart."""
    return "One replicate, so no bands" if n < 2 else f"Median with 50 % and 90 % bands over {n} replicates"


def direction(minimise: bool) -> str:
    return "less is better" if minimise else "more is better"


def shortened(name: str, most: int) -> str:
    """A name that fits beside what it names.

    >>> shortened("Share of firms that have ever heard of it", 32)
    'Share of firms that have ever …'
    """
    return name if len(name) <= most else name[: most - 1].rsplit(" ", 1)[0] + " …"


def in_sentence(name: str) -> str:
    """A name or label inside a sentence: no capital unless it is an abbreviation, what follows a comma in brackets.

    >>> in_sentence("Biomass boiler"), in_sentence("LED lighting"), in_sentence("Housekeeping, fuel")
    ('biomass boiler', 'LED lighting', 'housekeeping (fuel)')
    """
    name = f"{name.replace(', ', ' (')})" if ", " in name else name
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def definition_of(outcome: str) -> str:
    known = QUANTITIES.get(outcome)
    return f"{known.label}: {known.definition}." if known else ""
