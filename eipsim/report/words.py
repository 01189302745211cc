"""How a report tells numbers: how sure they are, how they compare, what scenarios and outcomes are called.

Every word is of the catalogue; a finding is the same sentence in both languages, with the numbers of the results.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from eipsim.analysis.intervals import mean_interval
from eipsim.core.numbers import NOTHING
from eipsim.core.phrases import Phrase
from eipsim.figures.wording import MULTIPLE, case_name, in_sentence
from eipsim.language import Language
from eipsim.outcomes.nodes import PER_YEAR
from eipsim.report.sources import COMPARISON
from eipsim.scenarios.files import list_scenarios

SHARE = "share"
COUNTED = (
    "parks", "firms", "exchanges", "options", "measures", "systems", "audits", "jobs", "inspections", "violations",
    "certificates", "links", "reports",
)  # fmt: skip
INTERVAL, RANGE, ONE = "interval", "range", "one"
LOW, HIGH = 0.05, 0.95  # of runs: nine tenths lie between


class Told(NamedTuple):
    """A number with what is known of it: `how` says whether low and high are an interval of a mean or a range of runs."""

    value: float
    low: float
    high: float
    n: int
    how: str

    @property
    def holds_zero(self) -> bool:
        return not (self.low > 0.0 or self.high < 0.0)


@dataclass(frozen=True)
class Words:
    """What a report says in one language."""

    language: Language

    def say(self, message: str, **given: Any) -> str:
        return self.language.say(message, **given)

    def said(self, text: Phrase) -> str:
        """Text of the core in this language."""
        return self.language.said(text)

    # ---- names ---------------------------------------------------------------------------------------------------------

    def scenario(self, label: str) -> str:
        """A scenario of the library by its name in this language; one of the user's as it is called."""
        return self.language.named("scenario", label, case_name(label) if label in list_scenarios() else label)

    def inside(self, label: str) -> str:
        """A scenario inside a sentence."""
        name = self.scenario(label)
        return name if name == label else in_sentence(name)

    def outcome(self, name: str) -> str:
        return self.language.outcome(name)

    def named(self, kind: str, name: str, otherwise: str = "") -> str:
        return self.language.named(kind, name, otherwise)

    # ---- numbers -------------------------------------------------------------------------------------------------------

    def quantity(self, value: float | None, unit: str) -> str:
        """A value with its unit; what is counted one by one is named by its outcome, and has none."""
        if value is None or not math.isfinite(value):
            return NOTHING
        return self.language.quantity(value, counted(unit))

    def number(self, value: float, digits: int = 3) -> str:
        return self.language.number(value, digits) if math.isfinite(value) else NOTHING

    def count(self, value: float) -> str:
        """A whole number with all its digits."""
        return self.language.written(f"{value:,.0f}") if math.isfinite(value) else NOTHING

    def percent(self, share: float) -> str:
        return f"{self.count(100.0 * share)} %" if math.isfinite(share) else NOTHING

    def signed(self, value: float, unit: str) -> str:
        """A difference with its sign; of shares in percentage points."""
        told = self.say("points", amount=self.number(100.0 * value, 2)) if unit == SHARE else self.quantity(value, unit)
        return f"+{told}" if value > 0.0 else told

    def between(self, told: Told, unit: str) -> str:
        """Both ends; nothing where there are none."""
        if not (math.isfinite(told.low) and math.isfinite(told.high)):
            return NOTHING
        return self.language.range(told.low, told.high, counted(unit))

    def spread_of_difference(self, told: Told, unit: str) -> str:
        """The same of a difference: of shares in percentage points."""
        if unit != SHARE:
            return self.spread(told, unit)
        return self.spread(told._replace(low=100.0 * told.low, high=100.0 * told.high), "")

    def spread(self, told: Told, unit: str) -> str:
        """How sure a number is, in words."""
        if told.how == ONE or not math.isfinite(told.low):
            return self.say("spread-one")
        if told.low == told.high:
            return self.say("spread-same", n=told.n)
        return self.say(f"spread-{told.how}", n=told.n, range=self.between(told, unit))

    def when(self, unit: str, years: Sequence[int]) -> str:
        """The years that a number of such a unit is of: of a flow all, of everything else the last."""
        first, last = str(years[0]), str(years[-1])
        return (
            self.say("over-years", first=first, last=last)
            if unit.endswith(PER_YEAR)
            else self.say("in-year", year=last)
        )

    def change(self, value: float, base: float, unit: str, baseline: str) -> str:
        """How a value compares with a baseline's: in points for shares, as a multiple when it is large, else in per cent."""
        side, gap = "more" if value > base else "less", abs(value - base)
        if unit == SHARE:
            kind, amount = f"points-{side}", self.number(gap * 100.0, 2)
        elif base <= 0.0 or value < 0.0:
            kind, amount = f"units-{side}", self.quantity(gap, unit)
        elif value >= MULTIPLE * base:
            kind, amount = "times", self.number(value / base, 2)
        else:
            kind, amount = f"percent-{side}", self.number(gap / base * 100.0, 2)
        return self.say(f"change-{kind}", amount=amount, base=baseline)

    def finding_of_way(self, outcome: str, unit: str, ends: tuple[float, float], years: Sequence[int]) -> str:
        """The title of one scenario's way: from where to where."""
        start, end = ends
        way = "same" if start == end else "rises" if end > start else "falls"
        return self.say(
            f"finding-{way}", outcome=self.outcome(outcome), start=self.quantity(start, unit), end=self.quantity(end, unit),
            first=str(years[0]), last=str(years[-1]),
        )  # fmt: skip

    def date(self, text: Any) -> str:
        """A day from an ISO time; as it is where it is none."""
        try:
            return self.language.date(datetime.datetime.fromisoformat(str(text)).date())
        except ValueError:
            return str(text)

    def listed(self, items: Sequence[str]) -> str:
        """Names one after the other."""
        *first, last = items
        return self.say("and", first=", ".join(first), last=last) if first else last


def counted(unit: str) -> str:
    """The unit, or nothing where it is what is counted.

    >>> counted("parks"), counted("measures/yr"), counted("USD/yr")
    ('', '', 'USD/yr')
    """
    return "" if unit.removesuffix(PER_YEAR) in COUNTED else unit


def in_all(runs: np.ndarray, unit: str) -> np.ndarray:
    """One number a run [runs] of its years [runs, years]: of flows the sum, of everything else the last."""
    return runs.sum(axis=1) if unit.endswith(PER_YEAR) else runs[:, -1]


def unit_in_all(unit: str) -> str:
    return unit.removesuffix(PER_YEAR)


def of_runs(values: np.ndarray) -> Told:
    """Median of runs and the range in which nine tenths of them lie; runs without a value are left out."""
    known = values[np.isfinite(values)]
    if not known.size:
        return Told(math.nan, math.nan, math.nan, 0, ONE)
    low, middle, high = (float(q) for q in np.quantile(known, [LOW, 0.5, HIGH]))
    return Told(middle, low, high, known.size, RANGE if known.size > 1 else ONE)


def of_pairs(kind: str, values: np.ndarray, others: np.ndarray) -> Told:
    """What paired runs differ by: of a comparison the mean with its 95 % interval, of a store median and range."""
    gaps = values - others
    if kind != COMPARISON:
        return of_runs(gaps)
    known = gaps[np.isfinite(gaps)]
    if not known.size:
        return Told(math.nan, math.nan, math.nan, 0, ONE)
    mean, low, high = (float(end) for end in mean_interval(known))
    return Told(mean, low, high, known.size, INTERVAL if known.size > 1 else ONE)
