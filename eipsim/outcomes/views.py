"""One year of a run as outcomes see it: for the nation, for every province or park at once, or for any cohort.

A `View` has one or several parts that share nothing. What a formula asks of it (a flow, a count of parks, of exchanges) is an
array with a number for each part. Parts that leave nothing out sum to the nation; the nation's own sums go over parks in
their order, as golden runs have them, and over nothing else, so that observing a year costs little.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from eipsim.agents.firm.columns import IMPLEMENTED, NOT_RECOMMENDED
from eipsim.agents.operator.columns import CERTIFICATE_STATES, SCORES
from eipsim.agents.regulator.columns import MONEY_OUT
from eipsim.agents.surroundings import AUDITS, TALLY
from eipsim.core.columns import Table
from eipsim.exchanges.columns import EXCHANGE_FLOW, EXCHANGE_STATES
from eipsim.infrastructure.columns import CONNECTIONS
from eipsim.infrastructure.tables import operating
from eipsim.market import books as ac
from eipsim.outcomes.cohorts import NATION, Cohort
from eipsim.outcomes.firm_books import FirmBooks, anchors
from eipsim.outcomes.registry import QUANTITIES

if TYPE_CHECKING:
    from eipsim.model.state import State, Year
    from eipsim.policy.programmes import ResolvedProgramme

Values = np.ndarray  # a number for each part of a view


def added(amounts: np.ndarray, part: np.ndarray | None, n_parts: int) -> np.ndarray:
    """`amounts` [n] or [n, m] summed by `part` (int [n], -1 = none of them; None = all are one): [n_parts] or [m, n_parts].

    >>> added(np.array([1.0, 2.0, 4.0]), np.array([1, -1, 1]), 2).tolist()
    [0.0, 5.0]
    """
    if part is None:
        return np.atleast_1d(amounts.sum(axis=0))[..., None] if amounts.ndim > 1 else np.array([amounts.sum()])
    inside = part >= 0
    if amounts.dtype == np.bool_:
        return np.bincount(part[inside & amounts], minlength=n_parts)
    if amounts.ndim == 1:
        return np.bincount(part[inside], amounts[inside], minlength=n_parts)
    m = amounts.shape[1]
    cell = part[inside, None] * m + np.arange(m)
    return np.bincount(cell.ravel(), amounts[inside].ravel(), minlength=n_parts * m).reshape(n_parts, m).T


class YearEnd:
    """The end of one year of a run: all that views are taken of.

    recommended : what recommendations cost and save so far, where somebody asks for it
    programmes : all of the run, where somebody asks for the parks that they reach
    """

    def __init__(
        self, state: State, year: Year, recommended: Table | None = None, programmes: Sequence[ResolvedProgramme] = ()
    ):
        self.state, self.this_year, self.year = state, year, year.number
        self.firms, self.operators, self.regulators = state.firms, state.operators, state.regulators
        self.exchanges, self.books, self.tally = state.exchanges.found, state.books, state.surroundings.tally
        self.recommended, self.programmes = recommended, programmes
        self._views: dict[Cohort, View] = {}

    def measure(self, name: str, cohort: Cohort = NATION) -> float:
        """The quantity of the cohort this year; NaN where it has no value, as the score of a park that is not there."""
        return float(QUANTITIES[name].formula(self.of(cohort))[0])

    def of(self, cohort: Cohort) -> View:
        if cohort not in self._views:
            self._views[cohort] = View(self) if cohort == NATION else CohortView(self, cohort)
        return self._views[cohort]

    def by_province(self) -> View:
        regulators = np.arange(self.regulators.size) - 1  # row 0 is the nation's
        return PlacesView(self, self.operators.province.astype(np.int64), len(self.state.world.provinces), regulators)

    def by_park(self) -> View:
        return PlacesView(self, np.arange(self.operators.size), self.operators.size)

    @cached_property
    def firm_books(self) -> FirmBooks:
        return FirmBooks(self.state, self.this_year)

    @cached_property
    def assisted(self) -> np.ndarray:
        """Rows of the firms that have ever been audited; a look at all firms is spared while there are none."""
        return np.flatnonzero(self.firms.audit_year > 0) if self.tally[AUDITS] else np.zeros(0, dtype=np.int64)

    @cached_property
    def reached_by_programmes(self) -> np.ndarray:
        """bool [g, p]: parks in which each programme has begun to work."""
        reached = [p.eligible & (p.first_year <= self.year) for p in self.programmes]
        return np.array(reached, dtype=np.bool_).reshape(len(self.programmes), self.operators.size)


class View:
    """The nation, as one part; other views say who belongs to which of their parts, and read the same things of each."""

    year: int
    operators: np.recarray  # OPERATOR_COLUMNS [p]
    exchanges: np.recarray  # EXCHANGE_COLUMNS [n], all that were ever identified
    n_parts = 1
    nothing = 0.0  # what a ratio is where there is nothing below
    of_park: np.ndarray | None = None  # part of each park [p]; None: all of them are one
    of_regulator: np.ndarray | None = None

    def __init__(self, end: YearEnd):
        self.end, self.year = end, end.year
        self.operators, self.exchanges = end.operators, end.exchanges

    # ---- parks and their operators -----------------------------------------------------------------------------------

    def parks(self, holds: np.ndarray) -> Values:
        """Parks for which it `holds` (bool [p])."""
        return self.of_parks(holds)

    def of_parks(self, amounts: np.ndarray) -> Values:
        """The sum of what parks have (`amounts` [p])."""
        return added(amounts, self.of_park, self.n_parts)

    @property
    def operating(self) -> np.ndarray:
        """bool [p]"""
        return self.operators.operating_year <= self.year

    def certificate(self, state: str) -> np.ndarray:
        """bool [p]: parks with a certificate in that state."""
        return self.operators.certificate == CERTIFICATE_STATES.index(state)

    def mean_score(self, *categories: str) -> Values:
        """Mean of the scores of operating parks in these categories, or in all four."""
        scores = scores_in(categories, self.operators.score[self.operating])
        return np.array([scores.mean() if scores.size else self.nothing])

    @property
    def connections_usd(self) -> np.ndarray:
        """USD [p] that tenants put into connections to shared infrastructure."""
        return self.end.state.infrastructure.flows[:, CONNECTIONS]

    @property
    def shared_systems(self) -> Values:
        systems = self.end.state.infrastructure.systems
        place = None if self.of_park is None else self.of_park[systems.park]
        return added(operating(systems), place, self.n_parts)

    # ---- firms -------------------------------------------------------------------------------------------------------

    def flow(self, name: str) -> Values:
        """One of accounts.FLOWS, after shared infrastructure and exchanges."""
        return self.flows[ac.FLOW[name]]

    def count(self, name: str) -> Values:
        """One of accounts.COUNTS."""
        return self.counts[ac.COUNT[name]]

    @cached_property
    def flows(self) -> np.ndarray:
        return self.of_parks(self.end.books.net_flows)

    @cached_property
    def counts(self) -> np.ndarray:
        return self.of_parks(self.end.books.counts)

    def advice(self, name: str) -> Values:
        """One of surroundings.TALLY, since 2015: of all firms that ever were there, also those that have left."""
        return np.array([self.end.tally[TALLY.index(name)]])

    def recommended(self, name: str) -> Values:
        """What implemented recommendations have cost or save: `invested`, `saved` or `tonnes`."""
        if self.end.recommended is None:
            raise ValueError("what recommendations save is known only where it was kept year by year")
        return self.of_assisted(self.end.recommended[name][self.end.assisted])

    def of_assisted(self, amounts: np.ndarray) -> Values:
        """The sum of what all firms have that were ever audited (`amounts` [n])."""
        return np.array([amounts.sum()])

    @property
    def share_of_audits(self) -> Values:
        """Of the audits of the year."""
        return np.ones(1)

    @property
    def cents_for_audits(self) -> int:
        return int(self.end.regulators.audits[0])

    # ---- exchanges ---------------------------------------------------------------------------------------------------

    def count_exchanges(self, holds: np.ndarray) -> Values:
        """Exchanges ever identified for which it `holds` (bool [n]), by park of the donor."""
        return added(holds, self.of_exchange, self.n_parts)

    @property
    def of_exchange(self) -> np.ndarray | None:
        return None

    def exchanges_now(self, state: str) -> np.ndarray:
        """bool [n]"""
        return self.exchanges.state == EXCHANGE_STATES.index(state)

    def exchanged(self, name: str) -> Values:
        """One of EXCHANGE_FLOWS."""
        return self.moved[EXCHANGE_FLOW[name]]

    @cached_property
    def moved(self) -> np.ndarray:
        return self.of_parks(self.end.state.exchanges.flows)

    # ---- regulators --------------------------------------------------------------------------------------------------

    def of_regulators(self, *columns: str) -> Values:
        """The sum of these columns, of the provinces' regulators; of the nation's too where the whole is asked."""
        amounts = np.sum([self.end.regulators[name] for name in columns], axis=0)
        return added(amounts, self.of_regulator, self.n_parts)

    @property
    def spent_by_regulators(self) -> Values:
        return self.of_regulators(*MONEY_OUT)

    # ---- arithmetic --------------------------------------------------------------------------------------------------

    def ratio(self, above: Values, below: Values) -> Values:
        there = below > 0
        return np.divide(above, below, out=np.full(self.n_parts, self.nothing), where=there)


class PlacesView(View):
    """Provinces or parks, all at once: `of_park` [p] says to which part each park belongs."""

    nothing = np.nan

    def __init__(self, end: YearEnd, of_park: np.ndarray, n_parts: int, of_regulator: np.ndarray | None = None):
        super().__init__(end)
        self.place, self.n_parts = of_park, n_parts
        self.of_park, self.of_regulator = of_park, of_regulator

    def mean_score(self, *categories: str) -> Values:
        scores = scores_in(categories, self.operators.score)
        total = self.of_parks(np.where(self.operating, scores.sum(axis=1), 0.0))
        return self.ratio(total, self.parks(self.operating) * scores.shape[1])

    def advice(self, name: str) -> Values:
        return self.of_assisted(ADVICE[name](self, self.end.assisted))

    def of_assisted(self, amounts: np.ndarray) -> Values:
        return added(amounts, self._place_of_assisted, self.n_parts)

    @cached_property
    def _place_of_assisted(self) -> np.ndarray:
        return self.of_firm(self.end.assisted)

    def of_firm(self, rows: np.ndarray) -> np.ndarray:
        """The part to which each of these firms belongs."""
        return self.place[self.end.firms.park[rows]]

    def audits(self, rows: np.ndarray) -> np.ndarray:
        """Audits that firms have had."""
        return self.end.books.audits_given[:, rows].sum(axis=0, dtype=np.int64)

    @property
    def share_of_audits(self) -> Values:
        audited = self.end.firms.audit_year[self.end.assisted] == self.year
        return self.of_assisted(audited) / max(np.count_nonzero(audited), 1)

    @cached_property
    def of_exchange(self) -> np.ndarray | None:
        return self.place[self.exchanges.donor_park]


# What each of an assisted firm adds to a part; the nation reads the run's own tally.
ADVICE = {
    "options_identified": lambda v, rows: (v.end.firms.recommended[rows] != NOT_RECOMMENDED).sum(axis=1),
    "options_implemented": lambda v, rows: (v.end.firms.recommended[rows] == IMPLEMENTED).sum(axis=1),
    "audits": lambda v, rows: v.audits(rows),
    "assisted": lambda v, rows: np.ones(rows.size, dtype=np.bool_),
}


class CohortView(PlacesView):
    """One cohort. Where it is cut by sector or programme, its firms are added up one by one."""

    def __init__(self, end: YearEnd, cohort: Cohort):
        self.cohort = cohort
        self.by_firm = cohort.sectors is not None or cohort.programmes is not None
        places, regulators = self._in_places(end), np.full(end.regulators.size, -1)
        provinces = range(len(end.state.world.provinces)) if cohort.provinces is None else cohort.provinces
        regulators[[row + 1 for row in provinces]] = 0
        super().__init__(end, part(places & self._reached(end)), 1, regulators)
        self.in_places = places

    def _in_places(self, end: YearEnd) -> np.ndarray:
        """bool [p]: parks of the cohort's places."""
        rows = np.arange(end.operators.size)
        return among(end.operators.province, self.cohort.provinces) & among(rows, self.cohort.parks)

    def _reached(self, end: YearEnd) -> np.ndarray:
        """bool [p]: parks that the cohort's programmes reach; all when it names none."""
        programmes, reached = self.cohort.programmes, end.reached_by_programmes
        if programmes is None:
            return np.ones(end.operators.size, dtype=np.bool_)
        by_these = np.isin(np.arange(len(reached)), programmes) if programmes else slice(None)
        return np.any(reached[by_these], axis=0) == bool(programmes)

    @cached_property
    def firms(self) -> np.ndarray:
        """bool [n_rows]: firms of the cohort, of all years."""
        firms, audits, cohort = self.end.firms, self.end.books.audits_given, self.cohort
        member = self.in_places[firms.park] & among(firms.sector, cohort.sectors)
        if cohort.programmes is not None:
            member &= audits[list(cohort.programmes)].any(axis=0) if cohort.programmes else ~audits.any(axis=0)
        return member

    def of_firm(self, rows: np.ndarray) -> np.ndarray:
        return part(self.firms[rows])

    def audits(self, rows: np.ndarray) -> np.ndarray:
        """Audits that the cohort's programmes gave; all audits when it names none."""
        given, programmes = self.end.books.audits_given, self.cohort.programmes
        return (given[list(programmes)] if programmes else given)[:, rows].sum(axis=0, dtype=np.int64)

    @cached_property
    def of_exchange(self) -> np.ndarray | None:
        """Exchanges of donors (receivers of what a municipality gives) in the cohort's parks and sectors."""
        here, sectors = self.place[self.exchanges.donor_park] >= 0, self.end.firms.sector[anchors(self.exchanges)]
        return part(here & among(sectors, self.cohort.sectors))

    @cached_property
    def flows(self) -> np.ndarray:
        if not self.by_firm:
            return self.of_parks(self.end.books.net_flows)
        books = self.end.firm_books
        return added(books.flows, self.of_firm(books.rows), 1)

    @cached_property
    def counts(self) -> np.ndarray:
        if not self.by_firm:
            return self.of_parks(self.end.books.counts)
        rows = self.end.firm_books.rows
        return counts_of(self.end, rows[self.firms[rows]])[:, None]

    @cached_property
    def moved(self) -> np.ndarray:
        if self.cohort.sectors is None:
            return self.of_parks(self.end.state.exchanges.flows)
        books = self.end.firm_books
        mine = (self.place[books.park] >= 0) & np.isin(self.end.firms.sector[books.rows], self.cohort.sectors)
        return added(books.exchanged, part(mine), 1)


def scores_in(categories: tuple[str, ...], scores: np.ndarray) -> np.ndarray:
    """Scores [p, categories], row after row in memory, so that sums over all of it go in one order."""
    return np.take(scores, [SCORES.index(category) for category in categories or SCORES], axis=1)


def among(values: np.ndarray, wanted: tuple[int, ...] | None) -> np.ndarray:
    """bool [n]: which of the `values` are `wanted`; all where that is None."""
    return np.ones(values.shape, dtype=np.bool_) if wanted is None else np.isin(values, wanted)


def part(member: np.ndarray) -> np.ndarray:
    """The part (0, or -1 for none) of what is a `member` of the only part."""
    return np.where(member, 0, -1)


def counts_of(end: YearEnd, rows: np.ndarray) -> np.ndarray:
    """What `accounts.book` would count for the firms of `rows` this year, money excepted: counts [n_counts]."""
    f, counts = end.firms, np.zeros(len(ac.COUNTS), dtype=np.int64)
    applies, monitored = f.applies_recp[rows], end.state.surroundings.parks.monitored[f.park[rows]]
    counts[ac.FIRMS] = rows.size
    counts[ac.AWARE] = np.count_nonzero(f.aware_year[rows] > 0)
    counts[ac.RECP] = np.count_nonzero(applies)
    counts[ac.RECP_MEASURED] = np.count_nonzero(applies & (f.measured[rows] | monitored))
    counts[ac.ADOPTED_MEASURES] = f.n_adopted[rows].sum()
    counts[ac.ASSISTED_FIRMS] = np.count_nonzero(f.audit_year[rows] > 0)
    counts[ac.VIOLATORS] = np.count_nonzero(f.violation_year[rows] == end.year)
    return counts
