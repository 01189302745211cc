"""A language: its catalogue of sentences (`data/language/*.ftl`, Project Fluent), its numbers, units and dates.

>>> language("en").say("counted-parks", n=3), language("vi").say("counted-parks", n=1234)
('3 parks', '1.234 khu công nghiệp')

Sentences stand in the catalogues only, one message an idea, so that the same is said on a page and in a report, and so that
a translator sees all of it. What is named in data files keeps its English name where a catalogue has none.
"""

from __future__ import annotations

import datetime
import re
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol
from fluent.runtime import FluentBundle, FluentResource

from eipsim.core import numbers
from eipsim.core.phrases import Phrase
from eipsim.errors import InputError, Mistake, unknown
from eipsim.outcomes.registry import QUANTITIES

FOLDER = Path(__file__).resolve().parent.parent / "data" / "language"
DEFAULT = "en"
LANGUAGES = {"en": "English", "vi": "Tiếng Việt"}
MINUS = "−"


class Language:
    """One of LANGUAGES. Its methods give text that is ready to be shown; the caller escapes it for HTML."""

    def __init__(self, code: str):
        self.code, self.name = code, LANGUAGES[code]
        self._bundle = FluentBundle([code], use_isolating=False)
        self._bundle.add_resource(FluentResource((FOLDER / f"{code}.ftl").read_text(encoding="utf-8")))
        locale = Locale.parse(code)
        signs = {",": get_group_symbol(locale), ".": get_decimal_symbol(locale), "-": MINUS}
        self._signs = str.maketrans(signs)

    def has(self, message: str) -> bool:
        return self._bundle.has_message(message)

    def say(self, message: str, **given: Any) -> str:
        """The sentence `message` of the catalogue with what is `given`: text, and whole numbers that decide on a plural.

        KeyError for a message that the catalogue lacks, ValueError for one that asks for what is not given: faults of the
        program, never of the user.
        """
        pattern = self._bundle.get_message(message).value if self.has(message) else None
        if pattern is None:
            raise KeyError(f"{self.code}.ftl has no message {message}")
        text, faults = self._bundle.format_pattern(pattern, given)
        if faults:
            raise ValueError(f"{self.code}.ftl, {message}: {'; '.join(map(str, faults))}")
        return str(text)

    def said(self, text: Phrase) -> str:
        """Text of the core in this language; the levers and units in it are called as they are elsewhere.

        >>> language("vi").said(Phrase("allowed: 2015 to 2050", "hint-between", low="2015", high="2050"))
        'cho phép: từ 2015 đến 2050'
        """
        called = {"lever": lambda name: self.named("lever", name), "unit": self.unit}
        return self.say(text.message, **{name: called.get(name, str)(value) for name, value in text.given.items()})

    # ---- names ---------------------------------------------------------------------------------------------------------

    def named(self, kind: str, name: str, otherwise: str = "") -> str:
        """The name of something in this language, as `named("lever", "carbon_price")`; `otherwise` where there is none."""
        message = f"{kind}-{slug(name)}"
        return self.say(message) if self.has(message) else otherwise or name

    def outcome(self, name: str) -> str:
        """The label of an outcome."""
        return self.named("outcome", name, QUANTITIES[name].label if name in QUANTITIES else name)

    def unit(self, unit: str) -> str:
        """A unit as it is printed, as `tCO₂/năm`."""
        return self.named("unit", unit, unit.replace("CO2", "CO₂").replace("m3", "m³"))

    # ---- numbers -------------------------------------------------------------------------------------------------------

    def written(self, digits: str) -> str:
        """Digits as the language writes them, from English ones.

        >>> language("vi").written("-1,234.5")
        '−1.234,5'
        """
        return digits.translate(self._signs)

    def number(self, value: float, digits: int = numbers.DIGITS) -> str:
        """A number with so many significant digits."""
        return self.written(numbers.significant(value, digits))

    def quantity(self, value: float, unit: str, digits: int = numbers.DIGITS) -> str:
        """A value with its unit in a readable scale: shares in per cent, large numbers in thousands, millions, billions.

        >>> language("vi").quantity(2.111e6, "tCO2"), language("en").quantity(0.0476, "share")
        ('2,11 triệu tCO₂', '4.76 %')
        """
        scale = numbers.scale_of(value, unit)
        return f"{self.number(value / scale.size, digits)} {self.scaled(scale, unit)}".rstrip()

    def scaled(self, scale: numbers.Scale, unit: str) -> str:
        """What stands behind numbers in a scale of a unit, as `million tCO₂/yr` or `%`."""
        if scale.unit == "%":
            return "%"
        word = scale.unit.removesuffix(unit).strip()
        return " ".join(part for part in (self.say(f"scale-{word}") if word else "", self.unit(unit)) if part)

    def range(self, low: float, high: float, unit: str, digits: int = numbers.DIGITS) -> str:
        """Both ends of an interval in one scale, as `1.2 to 3.4 million USD`."""
        scale = numbers.scale_of(max(abs(low), abs(high)), unit)
        ends = (self.number(end / scale.size, digits) for end in (low, high))
        return f"{self.say('from-to', low=next(ends), high=next(ends))} {self.scaled(scale, unit)}".rstrip()

    def date(self, day: datetime.date) -> str:
        """A date, as `30 Nov 2026`."""
        return format_date(day, "medium", locale=self.code)


@cache
def _kept(code: str) -> Language:
    return Language(code)


def language(code: str = DEFAULT) -> Language:
    """The language of a code. InputError for one that there is no catalogue of."""
    if not isinstance(code, str):
        raise InputError(Mistake("lang", f"{code!r} is not text", f"allowed: {', '.join(LANGUAGES)}"))
    if code not in LANGUAGES:
        raise InputError(unknown("lang", "language", code, LANGUAGES))
    return _kept(code)


def slug(name: str) -> str:
    """A name as a part of the name of a message: letters, digits, hyphens and low lines only.

    >>> slug("tCO2/yr"), slug("rooftop-solar"), slug("equal-budget/audits")
    ('tCO2-per-yr', 'rooftop-solar', 'equal-budget-per-audits')
    """
    return re.sub(r"[^\w-]", "-", name.replace("/", "-per-"), flags=re.ASCII)
