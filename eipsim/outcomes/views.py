"""Years of a run as outcomes see them: for the nation, for every province or park at once, or for any cohort.

A `View` has one or several parts that share nothing: places, each in every year of the view. What a formula asks of it (a flow,
a count of parks, of exchanges) is an array with a number for each part, year after year. Parts that leave nothing out sum to
the nation; the nation's own sums go over parks in their order, as golden runs have them.

What views are taken of is the end of the year in which a model stands, down to its firms (`YearEnd`), or all years that a
chronicle has kept, down to parks (`chronicle.KeptYears`): a formula is then worked out once for all of them.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from eipsim.agents.firm.columns import IMPLEMENTED, NOT_RECOMMENDED
from eipsim.agents.operator.columns import CERTIFICATE_STATES, SCORES
from eipsim.agents.regulator.columns import MONEY_OUT
from eipsim.agents.surroundings import TALLY
from eipsim.core.arithmetic import total
from eipsim.core.columns import Table
from eipsim.exchanges.columns import EXCHANGE_FLOW
from eipsim.exchanges.stages import exchanges_in_stage
from eipsim.infrastructure.columns import CONNECTIONS
from eipsim.infrastructure.items import N_ITEMS
from eipsim.infrastructure.tables import operating
from eipsim.market import books as ac
from eipsim.outcomes.cohorts import NATION, Cohort
from eipsim.outcomes.firm_books import FirmBooks, anchors
from eipsim.outcomes.recommendations import assisted_firms
from eipsim.outcomes.registry import QUANTITIES
from eipsim.outcomes.traits import holds

if TYPE_CHECKING:
    from eipsim.model.state import State, Year
    from eipsim.policy.programmes import ResolvedProgramme

Values = np.ndarray  # a number for each part of a view


def added(amounts: np.ndarray, part: np.ndarray | None, n_parts: int) -> np.ndarray:
    """`amounts` [n] summed by `part` (int [n], n_parts = none of them; None = equally many of each, one after the other).

    >>> added(np.array([1.0, 2.0, 4.0]), np.array([1, 2, 1]), 2).tolist()
    [0.0, 5.0]
    >>> added(np.array([1.0, 2.0, 4.0, 8.0]), None, 2).tolist()
    [3.0, 12.0]
    """
    if part is None:
        return amounts.reshape(n_parts, -1).sum(axis=1)
    if amounts.dtype == np.bool_:
        return np.bincount(part[amounts], minlength=n_parts + 1)[:n_parts]
    return np.bincount(part, amounts, minlength=n_parts + 1)[:n_parts]


def in_years(place: np.ndarray, n_places: int, n_years: int) -> np.ndarray:
    """The part of each of some rows in every year: int [n_years * n], from their `place` [n] or [n_years, n], -1 = none.

    >>> in_years(np.array([1, -1, 0]), 2, 2).tolist()
    [1, 4, 0, 3, 4, 2]
    """
    parts = np.arange(n_years)[:, None] * n_places + place
    return np.where(place < 0, n_years * n_places, parts).ravel()


# ---- what views are taken of -------------------------------------------------------------------------------------------


# What parks book in a year [p, columns]: flows after shared infrastructure and exchanges, counts of firms, what is exchanged.
BOOKS: dict[str, Callable[[State], np.ndarray]] = {
    "net_flows": lambda state: state.books.net_flows,
    "counts": lambda state: state.books.counts,
    "exchanged": lambda state: state.exchanges.flows,
}


class Ends:
    """The ends of some years of a run: [n] parks, year after year; [r] regulators likewise."""

    n_years: int
    year: int | np.ndarray  # that each of the parks [n] is seen in
    province: np.ndarray  # int64, row of the province of each park; of one year, since it never changes
    n_provinces: int
    operators: np.recarray  # OPERATOR_COLUMNS [n]
    regulators: np.recarray  # REGULATOR_COLUMNS [r]
    connections_usd: np.ndarray  # float [n], put into connections to shared infrastructure by tenants
    systems: np.ndarray  # int64 [n], shared systems that serve somebody
    tally: np.ndarray  # int64 [n, TALLY]
    audited: np.ndarray  # int64 [n], firms audited in the year

    def __init__(self) -> None:
        self._views: dict[Cohort, View] = {}

    def booked(self, book: str, column: int) -> np.ndarray:
        """A column of one of BOOKS [n]."""
        raise NotImplementedError

    def exchanges(self, stage: str) -> np.ndarray:
        """Exchanges in one of STAGES at the end of the year, by park of the donor: int64 [n]."""
        raise NotImplementedError

    def values(self, name: str, cohort: Cohort = NATION) -> Values:
        """The quantity of the cohort [n_years], by park [n]; NaN where it has no value, as the score of a park not there."""
        view, outcome = self.of(cohort), QUANTITIES[name]
        return view.of_those_there(outcome.formula(view), outcome.level == "firm")

    def of(self, cohort: Cohort) -> View:
        """A view, kept for the next question. It does not keep these years, so that what a run leaves behind is freed at once."""
        if cohort not in self._views:
            us = weakref.proxy(self)
            self._views[cohort] = View(us) if cohort == NATION else CohortView(us, cohort)
        return self._views[cohort]

    def by_province(self, home: np.ndarray | None = None) -> PlacesView:
        """Every province; with `home` [v] each in the row of the province that it is part of."""
        rows = np.arange(self.n_provinces) if home is None else home
        regulators = np.concatenate([[-1], rows])  # row 0 is the nation's
        return PlacesView(self, self.province if home is None else home[self.province], self.n_provinces, regulators)

    def by_park(self) -> PlacesView:
        return PlacesView(self, np.arange(self.province.size), self.province.size)


class YearEnd(Ends):
    """The end of the year in which a model stands, down to its firms.

    recommended : what implemented recommendations cost and save so far, where somebody asks for it
    identified : what all recommendations would, likewise
    programmes : all of the run, where somebody asks for the parks that they reach
    """

    n_years = 1
    year: int

    def __init__(
        self,
        state: State,
        year: Year,
        recommended: Table | None = None,
        programmes: Sequence[ResolvedProgramme] = (),
        identified: Table | None = None,
    ):
        super().__init__()
        self.state, self.this_year, self.year = state, year, year.number
        self.firms, self.books, self.found = state.firms, state.books, state.exchanges.found
        self.operators, self.regulators = state.operators, state.regulators
        self.province, self.n_provinces = state.world.parks.province, len(state.world.provinces)
        self.connections_usd = state.infrastructure.flows[:, CONNECTIONS]
        self.tally = state.surroundings.parks.tally
        self.recommended, self.identified, self.programmes = recommended, identified, programmes

    def measure(self, name: str, cohort: Cohort = NATION) -> float:
        """The one number of `values`."""
        return float(self.values(name, cohort)[0])

    def answer(self, name: str, cohort: Cohort) -> float | np.ndarray:
        """What a question is answered with: a number, or by park [p]."""
        return self.values(name, cohort) if cohort.by_park else self.measure(name, cohort)

    def booked(self, book: str, column: int) -> np.ndarray:
        return BOOKS[book](self.state)[:, column]

    def exchanges(self, stage: str) -> np.ndarray:
        return exchanges_in_stage(self.found, stage, (self.year, self.year), self.found.donor_park, self.operators.size)

    @cached_property
    def systems(self) -> np.ndarray:  # type: ignore[override]
        return systems_of_parks(operating(self.state.infrastructure.systems))

    @cached_property
    def assisted(self) -> np.ndarray:
        """Rows of the firms that have ever been audited."""
        return assisted_firms(self.books)

    @cached_property
    def audited(self) -> np.ndarray:  # type: ignore[override]
        rows = self.assisted[self.firms.audit_year[self.assisted] == self.year]
        return np.bincount(self.firms.park[rows], minlength=self.operators.size)

    @cached_property
    def newly_adopted(self) -> np.ndarray:
        """int [firms there]: measures that each has adopted for the first time this year."""
        return (self.firms.first_adopted[self.this_year.rows] == self.year).sum(axis=1)

    @cached_property
    def firm_books(self) -> FirmBooks:
        return FirmBooks(self.state, self.this_year)

    @cached_property
    def counted(self) -> np.ndarray:
        """int64 [n, counts]: the counts of each firm of `firm_books`."""
        return counts_of(self, self.firm_books.rows)

    @cached_property
    def reached_by_programmes(self) -> np.ndarray:
        """bool [g, p]: parks in which each programme has begun to work."""
        reached = [p.eligible & (p.first_year <= self.year) for p in self.programmes]
        return np.array(reached, dtype=np.bool_).reshape(len(self.programmes), self.operators.size)


def systems_of_parks(operates: np.ndarray) -> np.ndarray:
    """How many of the shared systems of each park `operates` (bool [n * items]): int64 [n]."""
    return operates.reshape(-1, N_ITEMS).sum(axis=1)


def year_end(ends: Ends) -> YearEnd:
    """`ends`, where they go down to firms. TypeError where they do not."""
    if not isinstance(ends, YearEnd):
        raise TypeError("firms are seen only at the end of the year in which a model stands")
    return ends


# ---- views -------------------------------------------------------------------------------------------------------------


class View:
    """The nation, as one part in every year; other views say who belongs to which of their parts, and read the same of each."""

    year: int | np.ndarray
    operators: np.recarray  # OPERATOR_COLUMNS [n]
    nothing = 0.0  # what a ratio is where there is nothing below
    of_park: np.ndarray | None = None  # part of each park [n]; None: all of a year are one
    of_regulator: np.ndarray | None = None
    known_of_recommendations: dict[str, Values] | None = None  # `recommended`, where it was summed year by year

    def __init__(self, ends: Ends, n_places: int = 1):
        self.ends, self.n_places, self.n_parts = ends, n_places, ends.n_years * n_places
        self.year, self.operators = ends.year, ends.operators
        self._sums: dict[tuple[str, int], Values] = {}

    def of_those_there(self, values: Values, of_firms: bool) -> Values:
        """The `values` of the parts that belong to what is seen; others have none."""
        return values

    # ---- parks and their operators -----------------------------------------------------------------------------------

    def parks(self, holds: np.ndarray) -> Values:
        """Parks for which it `holds` (bool [n])."""
        return self.of_parks(holds)

    def of_parks(self, amounts: np.ndarray) -> Values:
        """The sum of what parks have (`amounts` [n])."""
        return added(amounts, self.of_park, self.n_parts)

    def provinces_with(self, holds: np.ndarray) -> Values:
        """Of the nation: provinces, by the map of the world, with a park for which it `holds` (bool [n])."""
        ends = self.ends
        province = in_years(ends.province, ends.n_provinces, ends.n_years)
        parks = added(holds, province, ends.n_years * ends.n_provinces)
        return (parks.reshape(ends.n_years, -1) > 0).sum(axis=1)

    @property
    def operating(self) -> np.ndarray:
        """bool [n]"""
        return self.operators.operating_year <= self.year

    def certificate(self, state: str) -> np.ndarray:
        """bool [n]: parks with a certificate in that state."""
        return self.operators.certificate == CERTIFICATE_STATES.index(state)

    def mean_score(self, *categories: str) -> Values:
        """Mean of the scores of operating parks in these categories, or in all four."""
        scores = scores_in(categories, self.operators.score[self.operating])
        ends = self.parks(self.operating).cumsum()
        of_years = [scores[start:end] for start, end in zip([0, *ends], ends)]
        return np.array([of.sum() / of.size if of.size else self.nothing for of in of_years])

    @property
    def connections_usd(self) -> np.ndarray:
        """USD [n] that tenants put into connections to shared infrastructure."""
        return self.ends.connections_usd

    @property
    def shared_systems(self) -> Values:
        return self.of_parks(self.ends.systems)

    # ---- firms -------------------------------------------------------------------------------------------------------

    def flow(self, name: str) -> Values:
        """One of accounts.FLOWS, after shared infrastructure and exchanges."""
        return self.booked("net_flows", ac.FLOW[name])

    def count(self, name: str) -> Values:
        """One of accounts.COUNTS."""
        return self.booked("counts", ac.COUNT[name])

    def booked(self, book: str, column: int) -> Values:
        """The sum of a column of one of BOOKS: park after park, which is the order of golden runs."""
        if (book, column) not in self._sums:
            self._sums[book, column] = added(self.ends.booked(book, column), self.in_turn, self.n_parts)
        return self._sums[book, column]

    @cached_property
    def in_turn(self) -> np.ndarray:
        """The part of each park [n]."""
        n_parks = self.ends.province.size
        return np.arange(self.n_parts).repeat(n_parks) if self.of_park is None else self.of_park

    def advice(self, name: str) -> Values:
        """One of surroundings.TALLY, since 2015: of all firms that ever were there, also those that have left."""
        return self.of_parks(self.ends.tally[:, TALLY.index(name)])

    def recommended(self, name: str) -> Values:
        """What implemented recommendations have cost or save: one of recommendations.SUMS."""
        if self.known_of_recommendations is not None:
            return self.known_of_recommendations[name]
        return self._written_down(year_end(self.ends).recommended, name)

    def identified(self, name: str) -> Values:
        """What all recommendations would cost or save, implemented or not: `invested`, `saved` or `tonnes`."""
        return self._written_down(year_end(self.ends).identified, name)

    def _written_down(self, table: Table | None, name: str) -> Values:
        if table is None:
            raise ValueError("what recommendations save is known only where it was kept year by year")
        assisted = year_end(self.ends).assisted
        return self.of_firms(assisted, table[name][assisted])

    def newly_adopted(self, what: Literal["measures", "firms"]) -> Values:
        """Measures that firms have adopted for the first time this year, or the firms that have adopted any."""
        end = year_end(self.ends)
        measures = end.newly_adopted
        return self.of_firms(end.this_year.rows, measures if what == "measures" else measures > 0)

    def of_firms(self, rows: np.ndarray, amounts: np.ndarray) -> Values:
        """The sum of what the firms of these `rows` have (`amounts` [firms])."""
        return np.array([total(amounts)])

    @property
    def share_of_audits(self) -> Values:
        """Of the firms that are audited in the year."""
        return np.ones(self.n_parts)

    @property
    def cents_for_audits(self) -> np.ndarray:
        """What the nation's regulator pays for audits in the year of each part."""
        return self.ends.regulators.audits.reshape(self.ends.n_years, -1)[:, 0].repeat(self.n_places)

    # ---- exchanges ---------------------------------------------------------------------------------------------------

    def count_exchanges(self, stage: str) -> Values:
        """Exchanges in one of STAGES at the end of the year, by park of the donor."""
        return self.of_parks(self.ends.exchanges(stage))

    def exchanged(self, name: str) -> Values:
        """One of EXCHANGE_FLOWS."""
        return self.booked("exchanged", EXCHANGE_FLOW[name])

    # ---- regulators --------------------------------------------------------------------------------------------------

    def of_regulators(self, *columns: str) -> Values:
        """The sum of these columns, of the provinces' regulators; of the nation's too where the whole is asked."""
        amounts = np.sum([self.ends.regulators[name] for name in columns], axis=0)
        return added(amounts, self.of_regulator, self.n_parts)

    @property
    def spent_by_regulators(self) -> Values:
        return self.of_regulators(*MONEY_OUT)

    # ---- arithmetic --------------------------------------------------------------------------------------------------

    def ratio(self, above: Values, below: Values) -> Values:
        there = below > 0
        return np.divide(above, below, out=np.full(self.n_parts, self.nothing), where=there)


class PlacesView(View):
    """Provinces or parks, all at once: `place` [p], or [years, p], says to which of them each park belongs, -1 = to none."""

    nothing = np.nan

    def __init__(self, ends: Ends, place: np.ndarray, n_places: int, of_regulator: np.ndarray | None = None):
        super().__init__(ends, n_places)
        self.place, self.of_park = place, in_years(place, n_places, ends.n_years)
        if of_regulator is not None:
            self.of_regulator = in_years(of_regulator, n_places, ends.n_years)

    def mean_score(self, *categories: str) -> Values:
        scores = scores_in(categories, self.operators.score)
        scored = self.of_parks(np.where(self.operating, scores.sum(axis=1), 0.0))
        return self.ratio(scored, self.parks(self.operating) * scores.shape[1])

    def of_firms(self, rows: np.ndarray, amounts: np.ndarray) -> Values:
        return added(amounts, self.of_firm(rows), self.n_parts)

    def of_firm(self, rows: np.ndarray) -> np.ndarray:
        """The part to which each of these firms belongs."""
        return self.of_park[year_end(self.ends).firms.park[rows]]  # type: ignore[index]

    @property
    def share_of_audits(self) -> Values:
        # what operators have commissioned is no public money; they audit nobody who has been audited in the year
        audited = self.ends.audited - self.operators.audits_ordered
        of_all = audited.reshape(self.ends.n_years, -1).sum(axis=1)
        return self.of_parks(audited) / np.maximum(of_all, 1).repeat(self.n_places)


# What each of an assisted firm adds to a cohort; parks have a tally.
ADVICE = {
    "options_identified": lambda v, rows: (v.end.firms.recommended[rows] != NOT_RECOMMENDED).sum(axis=1),
    "options_implemented": lambda v, rows: (v.end.firms.recommended[rows] == IMPLEMENTED).sum(axis=1),
    "audits": lambda v, rows: v.audits(rows),
    "assisted": lambda v, rows: np.ones(rows.size, dtype=np.bool_),
}


class CohortView(PlacesView):
    """One cohort, or its parks one by one. Where it is cut through parks, its firms are added up one by one."""

    def __init__(self, ends: Ends, cohort: Cohort):
        self.cohort = cohort
        of_regulator = np.full(ends.n_provinces + 1, -1)
        provinces = range(ends.n_provinces) if cohort.provinces is None else cohort.provinces
        of_regulator[[row + 1 for row in provinces]] = 0
        self.in_places = self._in_places(ends)
        n_parks = ends.province.size
        self.part_of_park = np.arange(n_parks) if cohort.by_park else np.zeros(n_parks, dtype=np.int64)
        place = np.where(self.in_places & self._reached(ends), self.part_of_park, -1)
        super().__init__(ends, place, n_parks if cohort.by_park else 1, None if cohort.by_park else of_regulator)

    @property
    def end(self) -> YearEnd:
        return year_end(self.ends)

    def _in_places(self, ends: Ends) -> np.ndarray:
        """bool [years, p]: parks of the cohort's places that are what they should be."""
        rows = np.arange(ends.province.size)
        member = among(ends.province, self.cohort.provinces) & among(rows, self.cohort.parks)
        are = [holds(condition, ends.operators, ends.year) for condition in self.cohort.park_is]
        return member & np.all(are, axis=0).reshape(-1, rows.size) if are else np.tile(member, (ends.n_years, 1))

    def _reached(self, ends: Ends) -> np.ndarray:
        """bool [p]: parks that the cohort's programmes reach, and none of those that must not; all when it names none."""
        programmes, others = self.cohort.programmes, self.cohort.not_of
        reached = np.ones(ends.province.size, dtype=np.bool_)
        if programmes is not None:
            reached &= self._by_any(ends, programmes) if programmes else ~self._by_any(ends, None)
        return reached & ~self._by_any(ends, others) if others else reached

    def _by_any(self, ends: Ends, programmes: tuple[int, ...] | None) -> np.ndarray:
        """bool [p]: parks that any of these programmes reaches; of all when that is None."""
        reached = year_end(ends).reached_by_programmes
        return np.any(reached[among(np.arange(len(reached)), programmes)], axis=0)

    @cached_property
    def firms(self) -> np.ndarray:
        """bool [n_rows]: firms of the cohort, of all years."""
        firms, audits, cohort = self.end.firms, self.end.books.audits_given, self.cohort
        member = self.in_places[0, firms.park] & among(firms.sector, cohort.sectors)
        if cohort.programmes is not None:
            member &= audits[list(cohort.programmes)].any(axis=0) if cohort.programmes else ~audits.any(axis=0)
        if cohort.not_of:
            member &= ~audits[list(cohort.not_of)].any(axis=0)
        for condition in cohort.firm_is:
            member &= holds(condition, firms, self.end.year)
        return member

    def of_firm(self, rows: np.ndarray) -> np.ndarray:
        return np.where(self.firms[rows], self.part_of_park[self.end.firms.park[rows]], self.n_parts)

    def of_those_there(self, values: Values, of_firms: bool) -> Values:
        """By park, those with tenants; of firms that programmes have assisted a park may have none, and then none do anything."""
        if not self.cohort.by_park:
            return values
        there = self.in_places if of_firms else self.place >= 0
        return np.where(there.ravel() & self.operating, values, np.nan)

    def advice(self, name: str) -> Values:
        if not self.cohort.by_firm:
            return super().advice(name)
        return self.of_firms(self.end.assisted, ADVICE[name](self, self.end.assisted))

    def audits(self, rows: np.ndarray) -> np.ndarray:
        """Audits that the cohort's programmes gave; all audits when it names none."""
        given, programmes = self.end.books.audits_given, self.cohort.programmes
        return (given[list(programmes)] if programmes else given)[:, rows].sum(axis=0, dtype=np.int64)

    def count_exchanges(self, stage: str) -> Values:
        """Exchanges of donors (receivers of what a municipality gives) in the cohort's parks and sectors."""
        if self.cohort.sectors is None:
            return super().count_exchanges(stage)
        found, year = self.end.found, self.end.year
        mine = among(self.end.firms.sector[anchors(found)], self.cohort.sectors)
        place = np.where(mine, self.place[0, found.donor_park], -1)
        return exchanges_in_stage(found, stage, (year, year), place, self.n_parts)

    def booked(self, book: str, column: int) -> Values:
        if not self.cohort.by_firm or (book == "exchanged" and self.cohort.sectors is None):
            return super().booked(book, column)
        books = self.end.firm_books
        if book == "net_flows":
            return self.of_firms(books.rows, books.flows[:, column])
        if book == "counts":
            return self.of_firms(books.rows, self.end.counted[:, column])
        mine = among(self.end.firms.sector[books.rows], self.cohort.sectors)
        place = np.where(mine, self.of_park[books.park], self.n_parts)  # type: ignore[index]
        return added(books.exchanged[:, column], place, self.n_parts)


def scores_in(categories: tuple[str, ...], scores: np.ndarray) -> np.ndarray:
    """Scores [n, categories], row after row in memory, so that sums over all of it go in one order."""
    return np.take(scores, [SCORES.index(category) for category in categories or SCORES], axis=1)


def among(values: np.ndarray, wanted: tuple[int, ...] | None) -> np.ndarray:
    """bool [n]: which of the `values` are `wanted`; all where that is None."""
    return np.ones(values.shape, dtype=np.bool_) if wanted is None else np.isin(values, wanted)


def counts_of(end: YearEnd, rows: np.ndarray) -> np.ndarray:
    """What `accounts.book` would count for each firm of `rows` this year, money excepted: int64 [n, counts]."""
    f, counts = end.firms, np.zeros((rows.size, len(ac.COUNTS)), dtype=np.int64)
    applies, monitored = f.applies_recp[rows], end.state.surroundings.parks.monitored[f.park[rows]]
    counts[:, ac.FIRMS] = 1
    counts[:, ac.AWARE] = f.aware_year[rows] > 0
    counts[:, ac.RECP] = applies
    counts[:, ac.RECP_MEASURED] = applies & (f.measured[rows] | monitored)
    counts[:, ac.ADOPTED_MEASURES] = f.n_adopted[rows]
    counts[:, ac.ASSISTED_FIRMS] = f.audit_year[rows] > 0
    counts[:, ac.VIOLATORS] = f.violation_year[rows] == end.year
    return counts
