"""Criteria of certificates: which a decree sets, and how a park stands on each.

Criteria, thresholds and dates come from decree files, `eipsim/data/decrees.csv` by default: a reform is a file. A criterion is
a sentence of the file; `CRITERIA` says how the model measures it. Shares are compared in whole firms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from eipsim.core.compiled import compiled
from eipsim.core.years import NEVER
from eipsim.policy.decrees import SENTENCES, Decree
from eipsim.rules.certification import SHARE_SCALE, firms_needed


@dataclass(frozen=True)
class ParkRecords:
    """What criteria are measured on, arrays [n_parks], at the end of `year`.

    `desk`: row of the province that takes their dossiers; None: that in which they lie.
    Of symbiosis: `links` in operation (exchanges and shared infrastructure), `iso_links` whose participants have suitable
    ISO systems, `planning` firms that take part or negotiate, `participants_violation` the last violation (0 = none) among
    the participants of the cleanest link.
    """

    year: int
    firms: np.ndarray
    aware: np.ndarray
    recp: np.ndarray
    recp_measured: np.ndarray
    operators: np.recarray
    links: np.ndarray = field(default_factory=lambda: np.zeros(1))
    iso_links: np.ndarray = field(default_factory=lambda: np.zeros(1))
    planning: np.ndarray = field(default_factory=lambda: np.zeros(1))
    participants_violation: np.ndarray = field(default_factory=lambda: np.zeros(1))
    desk: np.ndarray | None = None


def share_of_firms(counted: Callable[[ParkRecords], np.ndarray]):
    """Criterion on a share of firms: (firms that count, firms needed: ceil(share x firms) in whole numbers)."""

    def measure(parks: ParkRecords, threshold: float):
        millionths = int(threshold * SHARE_SCALE + 0.5)
        return counted(parks), firms_needed(np.asarray(parks.firms, dtype=np.int64), millionths)

    return measure


def at_least(value: Callable[[ParkRecords], np.ndarray]):
    """Criterion on a quantity: (value, threshold)."""
    return lambda parks, threshold: (value(parks), threshold)


def years_since(violation_year: Callable[[ParkRecords], np.ndarray]):
    """Criterion on a clean record: (years since the last violation found, years needed)."""

    def clean(parks: ParkRecords) -> np.ndarray:
        last = violation_year(parks)
        return np.where(last > 0, parks.year - last, NEVER)

    return at_least(clean)


def offers_services(parks: ParkRecords) -> np.ndarray:
    """1 where the operator supports symbiosis (committed, facilitating) and tracks inputs and outputs."""
    o = parks.operators
    tracks = o.monitored | (o.converted_year > 0)
    return (o.commit_year > 0) & (o.facilitation > 0.0) & tracks


# Sentence of the decree file -> how it is measured: (value, needed) of every park, or one for all of them.
CRITERIA: dict[str, Callable] = {
    "tenant firms aware of RECP": share_of_firms(lambda f: f.aware),
    "tenant firms applying RECP": share_of_firms(lambda f: f.recp),
    "tenant firms applying RECP with measured savings": share_of_firms(lambda f: f.recp_measured),
    "tenant firms planning to join symbiosis": share_of_firms(lambda f: f.planning),
    "industrial symbiosis links": at_least(lambda f: f.links),
    "industrial symbiosis with suitable ISO systems at its participants": at_least(lambda f: f.iso_links),
    "participants of the symbiosis without violation": years_since(lambda f: f.participants_violation),
    "land for green space, traffic and shared infrastructure": at_least(lambda f: f.operators.green_share),
    "land for green space and shared infrastructure": at_least(lambda f: f.operators.green_share),
    "investor without violation": years_since(lambda f: f.operators.violation_year),
    "all basic services, symbiosis support, tracking of inputs and outputs": at_least(offers_services),
    "annual report to the authority": at_least(lambda f: f.operators.commit_year > 0),
}
assert CRITERIA.keys() == SENTENCES.keys(), "every sentence that a decree may say is measured"


@dataclass(frozen=True)
class Finding:
    """How one park stands on one criterion: `value` against `needed`, in `unit`."""

    criterion: str
    value: float
    needed: float
    unit: str

    @property
    def holds(self) -> bool:
        return self.value >= self.needed


def measure(decree: Decree, parks: ParkRecords) -> tuple[np.ndarray, np.ndarray]:
    """Value and need of every criterion in every park, two arrays [n_criteria, n_parks]."""
    values, needs = np.empty((2, len(decree.criteria), parks.firms.size))
    for k, criterion in enumerate(decree.criteria):
        values[k], needs[k] = CRITERIA[criterion.sentence](parks, criterion.threshold)
    return values, needs


def findings(decree: Decree, parks: ParkRecords, park: int) -> list[Finding]:
    """How park row `park` stands on every criterion."""
    values, needs = measure(decree, parks)
    return [
        Finding(criterion.sentence, float(values[k, park]), float(needs[k, park]), criterion.unit)
        for k, criterion in enumerate(decree.criteria)
    ]


class Standing(NamedTuple):
    """How parks stand under a decree at the end of a year: [k] criteria, [p] parks, of which those without tenants do not count.

    `counts` float [k, COUNTED]: parks, how many of them fail the criterion, how many fail nothing else; the same of committed
    parks.
    """

    passes: np.ndarray  # bool [p], parks with tenants that meet every criterion
    counts: np.ndarray
    shortfall: np.ndarray  # float [k, p], in the unit of the criterion; inf where a park does not fail it


PARKS, FAILING, FAILING_ALONE, COMMITTED, COMMITTED_FAILING, COMMITTED_FAILING_ALONE = range(6)
COUNTED = 6


def standing_of(decree: Decree, parks: ParkRecords) -> Standing:
    """How `parks` stand under the decree."""
    values, needs = measure(decree, parks)
    firms = np.asarray(parks.firms)
    standing = Standing(np.zeros(firms.size, dtype=np.bool_), np.zeros((len(values), COUNTED)), np.empty(values.shape))
    compare(values, needs, firms > 0, parks.operators.commit_year > 0, standing)
    return standing


@compiled
def compare(values, needs, there, committed, standing):
    """Hold the values of all parks [k, p] against what is needed: fills their `standing`."""
    for p in range(there.size):
        failed, last = 0, 0
        for k in range(len(values)):
            fails = there[p] and values[k, p] < needs[k, p]
            standing.shortfall[k, p] = needs[k, p] - values[k, p] if fails else np.inf
            if there[p]:
                count(standing.counts, k, PARKS, committed[p])
            if fails:
                count(standing.counts, k, FAILING, committed[p])
                failed, last = failed + 1, k
        if failed == 1:
            count(standing.counts, last, FAILING_ALONE, committed[p])
        standing.passes[p] = there[p] and failed == 0


@compiled
def count(counts, k, what, committed):
    """A park more of which criterion k counts `what`, and, if it is committed, a committed one."""
    counts[k, what] += 1.0
    if committed:
        counts[k, COMMITTED + what] += 1.0
