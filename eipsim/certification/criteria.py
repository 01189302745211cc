"""Certificates: which criteria a decree sets, which of them a park fails and by how much, and who is granted what.

Criteria, thresholds and dates come from decree files (`eipsim/decrees.py`, `eipsim/data/decrees.csv` by default): a reform
is a file. A criterion is a sentence of the file; `CRITERIA` says how the model measures it. Shares are compared in whole firms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

import numpy as np

from eipsim.agents.operator.year import APPLIED, CERTIFIED, PREPARING, REVOKED
from eipsim.market.constants import Constants
from eipsim.policy.decrees import COMPLY_WITHIN, FILE, FOREVER, SENTENCES, VALIDITY, Criterion, Decree, read_decrees
from eipsim.rules.certification import SHARE_SCALE

__all__ = [
    "COMPLY_WITHIN", "CRITERIA", "FILE", "FOREVER", "VALIDITY", "Criterion", "Decree", "Finding", "ParkFacts", "read_decrees",
]  # fmt: skip


class Certification(NamedTuple):
    """What certificates are decided by, and which criteria have bound so far."""

    decrees: tuple[Decree, ...]
    priority: np.ndarray  # float [p], a draw: in which order a province takes dossiers
    bindings: list[tuple[int, Decree, np.ndarray]]  # year, decree in force, its table of BINDING


@dataclass(frozen=True)
class ParkFacts:
    """What criteria are measured on, arrays [n_parks], at the end of `year`.

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


def share_of_firms(counted: Callable[[ParkFacts], np.ndarray]):
    """Criterion on a share of firms: (firms that count, firms needed: ceil(share x firms) in whole numbers)."""

    def measure(facts: ParkFacts, threshold: float):
        millionths = int(threshold * SHARE_SCALE + 0.5)
        firms = np.asarray(facts.firms, dtype=np.int64)
        return counted(facts), -((-firms * millionths) // SHARE_SCALE)

    return measure


def at_least(value: Callable[[ParkFacts], np.ndarray]):
    """Criterion on a quantity: (value, threshold)."""
    return lambda facts, threshold: (value(facts), threshold)


def years_since(violation_year: Callable[[ParkFacts], np.ndarray]):
    """Criterion on a clean record: (years since the last violation found, years needed)."""

    def clean(facts: ParkFacts) -> np.ndarray:
        last = violation_year(facts)
        return np.where(last > 0, facts.year - last, FOREVER)

    return at_least(clean)


def offers_services(facts: ParkFacts) -> np.ndarray:
    """1 where the operator supports symbiosis (committed, facilitating) and tracks inputs and outputs."""
    o = facts.operators
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


def decree_of(decrees: tuple[Decree, ...], year: int) -> Decree | None:
    return next((decree for decree in decrees if decree.governs(year)), None)


def measure(decree: Decree, facts: ParkFacts) -> tuple[np.ndarray, np.ndarray]:
    """Value and need of every criterion in every park, two arrays [n_criteria, n_parks]."""
    values, needs = np.empty((2, len(decree.criteria), facts.firms.size))
    for k, criterion in enumerate(decree.criteria):
        values[k], needs[k] = CRITERIA[criterion.sentence](facts, criterion.threshold)
    return values, needs


def findings(decree: Decree, facts: ParkFacts, park: int) -> list[Finding]:
    """How park row `park` stands on every criterion."""
    values, needs = measure(decree, facts)
    return [
        Finding(criterion.sentence, float(values[k, park]), float(needs[k, park]), criterion.unit)
        for k, criterion in enumerate(decree.criteria)
    ]


def passes_all(decree: Decree, facts: ParkFacts) -> np.ndarray:
    """bool [n_parks]: parks with tenants that meet every criterion."""
    values, needs = measure(decree, facts)
    return (values >= needs).all(axis=0) & (facts.firms > 0)


def decide(
    decree: Decree | None, facts: ParkFacts, capacity: np.ndarray, priority: np.ndarray, c: Constants,
    duration: np.ndarray | None = None,
) -> None:  # fmt: skip
    """One year of certificates, in place: expiry, renewal, revocation, decisions, applications, and the terms of parks
    founded as eco-industrial parks.

    A park applies when it has tenants, is committed and expects to pass; a province takes `capacity` [v] dossiers a
    year, in keyed order `priority` [p]; after `dossier_years` x its `duration` [v] it is granted if it still passes.
    """
    o = facts.operators
    if decree is None or not decree.open_in(facts.year):
        return
    passes = passes_all(decree, facts)
    years = c.dossier_years * (np.ones_like(capacity) if duration is None else duration)[o.province]
    held = o.certificate == CERTIFIED
    expired = held & (facts.year - o.certified_year >= decree.validity)
    o.certified_year[expired & passes] = facts.year
    o.certificate[expired & ~passes] = REVOKED
    o.certified_year[expired & ~passes] = 0
    due = (o.certificate == APPLIED) & (facts.year - o.applied_year >= years)
    o.certificate[due & passes] = CERTIFIED
    o.certified_year[due & passes] = facts.year
    o.certificate[due & ~passes] = PREPARING
    waiting = (o.certificate != APPLIED) & (o.certificate != CERTIFIED) & passes & (o.commit_year > 0)
    for p in np.flatnonzero(waiting)[np.argsort(priority[waiting], kind="stable")]:
        in_process = np.count_nonzero((o.applied_year == facts.year) & (o.province == o.province[p]))
        if in_process < int(capacity[o.province[p]]):
            o.certificate[p] = APPLIED
            o.applied_year[p] = facts.year
    hold_to_term(decree, facts, passes)


def hold_to_term(decree: Decree, facts: ParkFacts, passes: np.ndarray) -> None:
    """A park founded as eco-industrial that neither holds the certificate nor passes when its term ends has lapsed.

    It is fined every year (`regulator_year.fine_lapsed`) and gets no public money for infrastructure until it complies.
    """
    o = facts.operators
    complies = (o.certificate == CERTIFIED) | passes
    overdue = o.born_eco & (facts.year - o.established_year >= decree.comply_within) & ~complies
    o.lapsed_year[overdue & (o.lapsed_year == 0)] = facts.year
    o.lapsed_year[complies] = 0


# ---- which criteria bind ---------------------------------------------------------------------------------------------

BINDING = (
    "parks",
    "failing",
    "failing_alone",
    "committed",
    "committed_failing",
    "committed_failing_alone",
    "shortfall",
)


def binding(decree: Decree, facts: ParkFacts) -> np.ndarray:
    """How each criterion binds at the end of the year [n_criteria, BINDING].

    Operating parks, how many of them fail it, and how many fail nothing else; the same among committed parks; the median
    shortfall of the parks that fail it, in the unit of the criterion (NaN when none does).
    """
    values, needs = measure(decree, facts)
    table = np.full((len(decree.criteria), len(BINDING)), np.nan)
    there = facts.firms > 0
    fails, committed = (values < needs) & there, there & (facts.operators.commit_year > 0)
    alone = fails & (fails.sum(axis=0) == 1)
    for column, among in ((0, there), (3, committed)):
        table[:, column] = np.count_nonzero(among)
        table[:, column + 1] = (fails & among).sum(axis=1)
        table[:, column + 2] = (alone & among).sum(axis=1)
    for k in np.flatnonzero(fails.any(axis=1)):
        table[k, -1] = median((needs[k] - values[k])[fails[k]].tolist())
    return table
