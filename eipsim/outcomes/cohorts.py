"""Outcomes of a part of the country: a province, a park, a sector, the firms that a programme assisted, or any of these together.

A cohort is measured in one year of a model, from its tables, so a run keeps a number for every question and nothing else.
Sums over cohorts that share no firm and leave none out are the national outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np

from eipsim.agents.firm.columns import IMPLEMENTED, NOT_RECOMMENDED
from eipsim.agents.firm.stock import use_resources
from eipsim.agents.firm.year import renewal_in_cents
from eipsim.agents.operator.year import APPLIED, CERTIFIED, SCORES
from eipsim.exchanges.columns import EXCHANGE_FLOWS, OPERATING
from eipsim.exchanges.tables import outcomes_of_flows
from eipsim.infrastructure import operation as infrastructure
from eipsim.market import books as ac
from eipsim.market.catalogue import N_MEASURES
from eipsim.market.uses import N_USES
from eipsim.outcomes.firm_books import FirmBooks, anchors
from eipsim.outcomes.observation import CENTS, resources_of
from eipsim.outcomes.registry import OUTCOMES

Level = Literal["firm", "exchange", "park", "book", "province", "nation"]
DIMENSIONS = ("province", "park", "sector", "programme")
REACH: dict[Level, tuple[str, ...]] = {
    "firm": DIMENSIONS,
    "exchange": DIMENSIONS,
    "park": ("province", "park", "programme"),
    "book": ("province", "park"),
    "province": ("province",),
    "nation": (),
}
WHY: dict[Level, str] = {
    "firm": "an outcome of firms",
    "exchange": "an outcome of exchanges",
    "park": "an outcome of parks",
    "book": "booked by park",
    "province": "kept by province",
    "nation": "kept for the whole country",
}


@dataclass(frozen=True)
class Quantity:
    """What can be asked for: an outcome, or one of EXTRA. `level`: the smallest thing it is kept for."""

    name: str
    unit: str
    kind: str
    level: Level
    definition: str

    @property
    def reach(self) -> tuple[str, ...]:
        """The DIMENSIONS in which a part of the country can be cut out."""
        return REACH[self.level]


class Cohort(NamedTuple):
    """A part of the country: rows of each kind that belong to it, None = all.

    `programmes`: firms that any of these programmes has assisted so far, but for outcomes of parks and exchanges the parks
    that it reaches; an empty tuple: firms (parks) of no programme. The last number is the adaptive regulator.
    """

    provinces: tuple[int, ...] | None = None
    parks: tuple[int, ...] | None = None
    sectors: tuple[int, ...] | None = None
    programmes: tuple[int, ...] | None = None


class Question(NamedTuple):
    """One number of a run: the quantity `name` of a cohort at the end of `year`."""

    name: str
    cohort: Cohort
    year: int


NATION = Cohort()

# ---- outcomes of firms, from what their books add up to ----------------------------------------------------------------

COUNTED: dict[str, Callable[[np.ndarray], float]] = {
    "firms": lambda counts: counts[ac.FIRMS],
    "firms_aware_share": lambda counts: counts[ac.AWARE] / counts[ac.FIRMS],
    "recp_firm_share": lambda counts: counts[ac.RECP_MEASURED] / counts[ac.FIRMS],
    "recp_firm_share_unmeasured": lambda counts: counts[ac.RECP] / counts[ac.FIRMS],
    "recp_measures_installed": lambda counts: counts[ac.ADOPTED_MEASURES],
}
RATIOS = ("firms_aware_share", "recp_firm_share", "recp_firm_share_unmeasured", "co2_intensity_t_per_musd")
BOOKS: dict[str, Callable[..., Any]] = {
    "firm_investment_usd": lambda view, at: (
        view.model.state.books.counts[at, ac.INVESTED].sum() / CENTS
        + view.model.state.infrastructure.flows[at, infrastructure.FLOW["connection_usd"]].sum()
    ),
    "subsidy_paid_usd": lambda view, at: view.model.state.books.counts[at, ac.SUBSIDY].sum() / CENTS,
}
EXCHANGES: dict[str, Callable[..., Any]] = {  # of the exchanges [n] of a cohort
    "exchanges_identified": lambda e: e.size,
    "exchanges_feasible": lambda e: np.count_nonzero(e.feasible_year > 0),
    "exchanges_operating": lambda e: np.count_nonzero(e.state == OPERATING),
    "exchanges_screened": lambda e: np.count_nonzero(e.screened),
    "exchanges_screened_feasible": lambda e: np.count_nonzero(e.screened & (e.feasible_year > 0)),
}
EXCHANGED = tuple(outcomes_of_flows(np.zeros(len(EXCHANGE_FLOWS))))
RESOURCES = tuple(resources_of(np.zeros(len(ac.FLOWS))))

# Cumulative since 2015: of all firms that ever were in the cohort's parks, also those that have left.
EVER: dict[str, Callable[..., Any]] = {
    "options_identified": lambda view, rows, _: np.count_nonzero(view.firms.recommended[rows] != NOT_RECOMMENDED),
    "options_implemented": lambda view, rows, _: np.count_nonzero(view.firms.recommended[rows] == IMPLEMENTED),
    "audits_done": lambda view, rows, cohort: view.audits_of(cohort)[rows].sum(),
    "firms_assisted": lambda view, rows, _: np.count_nonzero(view.firms.audit_year[rows] > 0),
    "options_investment_usd": lambda view, rows, _: view.recorded.invested[rows].sum(),
    "options_saving_usd": lambda view, rows, _: view.recorded.saved[rows].sum(),
    "options_co2_avoided_t": lambda view, rows, _: view.recorded.tonnes[rows].sum(),
}

# ---- outcomes of parks -------------------------------------------------------------------------------------------------

PARKS: dict[str, Callable[..., Any]] = {
    "parks_established": lambda view, at: view.count(at, view.operators.established_year <= view.year),
    "parks_operating": lambda view, at: view.count(at, view.operators.operating_year <= view.year),
    "parks_committed": lambda view, at: view.count(at, view.operators.commit_year > 0),
    "parks_converted": lambda view, at: view.count(at, view.operators.converted_year > 0),
    "parks_applied": lambda view, at: view.count(at, view.operators.certificate == APPLIED),
    "parks_certified": lambda view, at: view.count(at, view.operators.certificate == CERTIFIED),
    "certificates_granted": lambda view, at: view.count(at, view.certified_now),
    "park_score_mean": lambda view, at: view.score(at, slice(None)),
    **{f"park_score_{name}": lambda view, at, k=k: view.score(at, slice(k, k + 1)) for k, name in enumerate(SCORES)},
    "parks_founded_eco": lambda view, at: view.count(at, view.operators.born_eco),
    "parks_lapsed": lambda view, at: view.count(at, view.operators.lapsed_year > 0),
    "operator_spending_usd": lambda view, at: view.operators.spending[at].sum() / CENTS,
    "operator_revenue_usd": lambda view, at: view.operators.revenue[at].sum() / CENTS,
    "shared_infrastructure": lambda view, at: np.count_nonzero(
        at[view.model.state.infrastructure.systems.park] & infrastructure.operating(view.model)
    ),
}

# ---- outcomes of provinces: their regulators' -----------------------------------------------------------------------------

PROVINCES: dict[str, Callable[..., Any]] = {
    "inspections_done": lambda view, regulators, _: view.regulators.inspections_done[regulators].sum(),
    "public_revenue_usd": lambda view, regulators, at: (
        view.regulators.fines[regulators].sum() / CENTS
        + view.model.state.books.net_flows[at][:, [ac.CARBON_PAID, ac.CHARGES_PAID]].sum()
    ),
}

RECORDED = ("options_investment_usd", "options_saving_usd", "options_co2_avoided_t")
EXTRA = (
    Quantity("parks_committed", "parks", "stock", "park", "parks whose operator has committed to the eco-industrial path"),
    Quantity("certificates_granted", "certificates/yr", "flow", "park", "certificates dated in the year, renewals included"),
    *(
        Quantity(f"park_score_{name}", "points of 100", "stock", "park", f"mean {name} score of operating parks")
        for name in SCORES
    ),
    Quantity("exchanges_screened", "exchanges", "cumulative", "exchange", "exchanges that a screening of the park named"),
    Quantity("exchanges_screened_feasible", "exchanges", "cumulative", "exchange", "of these, exchanges found feasible"),
    Quantity(
        "options_investment_usd", "USD", "cumulative", "firm",
        "capital and hidden cost of implemented recommendations, before vouchers, at the prices of the year of implementation",
    ),
    Quantity(
        "options_saving_usd", "USD/yr", "cumulative", "firm",
        "saving of implemented recommendations, each at the prices of the year of its implementation, as programmes record it",
    ),
    Quantity(
        "options_co2_avoided_t", "tCO2/yr", "cumulative", "firm",
        "CO2 that implemented recommendations avoid, each at the grid factor of the year of its implementation",
    ),
)  # fmt: skip


def _level(name: str) -> Level:
    if name in COUNTED or name in RESOURCES or name in EVER:
        return "firm"
    if name in EXCHANGES or name in EXCHANGED:
        return "exchange"
    if name in BOOKS:
        return "book"
    if name in PARKS:
        return "park"
    return "province" if name in PROVINCES else "nation"


QUANTITIES: dict[str, Quantity] = {
    o.name: Quantity(o.name, o.unit, o.kind, _level(o.name), o.definition) for o in OUTCOMES.values()
} | {quantity.name: quantity for quantity in EXTRA}


def saved_by_new(model: Any, i: int, measures: np.ndarray) -> tuple[float, float]:
    """USD and tCO2 a year that the `measures` (bool [m]) save firm `i` on top of all others, at this year's prices and grid."""
    f, now, prices = model.state.firms, model.state.surroundings, model.this_year.prices
    use = np.empty(N_USES)
    bits = int(f.installed_bits[i]) & ~sum(1 << int(m) for m in np.flatnonzero(measures))
    use_resources(f, i, model.state.market.catalogue, now, bits, use)
    saved, zone, sector = use - f.use[i], now.parks.zone[f.park[i]], f.sector[i]
    return float(saved @ prices.use[zone, sector]), float(saved @ prices.emission[sector])


class Recorded:
    """What implemented recommendations cost and save, as a programme would write it down.

    `invested` USD, `saved` USD/yr and `tonnes` tCO2/yr since 2015, float [n_rows].
    """

    def __init__(self, n_rows: int):
        self.invested, self.saved, self.tonnes = np.zeros(n_rows), np.zeros(n_rows), np.zeros(n_rows)
        self.implemented = np.zeros(n_rows, dtype=np.int64)  # bit m is set once measure m has been counted

    def keep(self, model: Any) -> None:
        """Add the recommendations implemented this year; to be called at the end of every year."""
        table = model.state.firms
        rows = np.flatnonzero(table.audit_year > 0)
        done = (table.recommended[rows] == IMPLEMENTED) @ (1 << np.arange(N_MEASURES, dtype=np.int64))
        new = done & ~self.implemented[rows]
        self.implemented[rows] = done
        for i, bits in zip(rows[new != 0].tolist(), new[new != 0].tolist()):
            self._add(model, i, np.array([bits >> m & 1 for m in range(N_MEASURES)], dtype=np.bool_))

    def _add(self, model: Any, i: int, measures: np.ndarray) -> None:
        """The `measures` (bool [m]) that firm `i` has installed this year, each on top of all others."""
        saved, tonnes = saved_by_new(model, i, measures)
        self.saved[i] += saved
        self.tonnes[i] += tonnes
        for m in np.flatnonzero(measures).tolist():
            cents = renewal_in_cents(model.state.firms, i, m, model.state.market.catalogue, model.state.surroundings)
            self.invested[i] += cents / CENTS


class YearView:
    """One year of `model`, in which cohorts are measured."""

    def __init__(self, model: Any, recorded: Recorded | None = None):
        self.model: Any = model
        self.year: int = model.year
        self.firms, self.operators, self.regulators = model.state.firms, model.state.operators, model.state.regulators
        self.recorded = recorded or Recorded(self.firms.size)
        self._books: dict[Cohort, tuple[np.ndarray, np.ndarray]] = {}

    def measure(self, name: str, cohort: Cohort = NATION) -> float:
        """The quantity of the cohort this year; NaN where it has no value, as the score of a park that is not there."""
        if cohort == NATION and name in OUTCOMES:
            return float(getattr(self.model, name))
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(self._measured(name, cohort))

    def _measured(self, name: str, cohort: Cohort) -> Any:
        if name in EVER:
            return EVER[name](self, np.flatnonzero(self.firms_of(cohort)), cohort)
        if name in PARKS:
            return PARKS[name](self, self.parks_of(cohort))
        if name in PROVINCES:
            return PROVINCES[name](self, self.regulators_of(cohort), self.parks_of(cohort))
        if name in BOOKS:
            return BOOKS[name](self, self.parks_of(cohort))
        if name in EXCHANGES:
            return EXCHANGES[name](self.exchanges_of(cohort))
        if name in EXCHANGED:
            return outcomes_of_flows(self.exchanged_by(cohort))[name]
        flows, counts = self.books_of(cohort)
        if name in COUNTED:
            return COUNTED[name](counts)
        is_empty = name in RATIOS and counts[ac.FIRMS] == 0
        return np.nan if is_empty else resources_of(flows)[name]

    # ---- who belongs to a cohort -----------------------------------------------------------------------------------------

    def parks_of(self, cohort: Cohort) -> np.ndarray:
        """bool [p]: parks of the cohort's places, and of its programmes."""
        member = self._in_places(cohort)
        if cohort.programmes is None:
            return member
        reached = self._reached_by_programmes
        chosen = [g for g in cohort.programmes if g < len(reached)]
        return member & (reached[chosen].any(axis=0) if cohort.programmes else ~reached.any(axis=0))

    def firms_of(self, cohort: Cohort) -> np.ndarray:
        """bool [n_rows]: firms of the cohort, of all years."""
        member = self._in_places(cohort)[self.firms.park]
        if cohort.sectors is not None:
            member &= np.isin(self.firms.sector, cohort.sectors)
        if cohort.programmes is not None:
            audits = self.model.state.books.audits_given
            by_these = audits[list(cohort.programmes)].any(axis=0)
            member &= by_these if cohort.programmes else ~audits.any(axis=0)
        return member

    def regulators_of(self, cohort: Cohort) -> np.ndarray:
        """Rows of the provinces' regulators."""
        provinces = np.arange(len(self.model.world.provinces)) if cohort.provinces is None else cohort.provinces
        return np.asarray(provinces) + 1

    def audits_of(self, cohort: Cohort) -> np.ndarray:
        """Audits [n_rows] that the cohort's programmes gave; all audits when it names none."""
        given = self.model.state.books.audits_given
        return (given if not cohort.programmes else given[list(cohort.programmes)]).sum(axis=0, dtype=np.int64)

    def _in_places(self, cohort: Cohort) -> np.ndarray:
        member = np.ones(self.operators.size, dtype=np.bool_)
        if cohort.provinces is not None:
            member &= np.isin(self.operators.province, cohort.provinces)
        if cohort.parks is not None:
            member &= np.isin(np.arange(member.size), cohort.parks)
        return member

    @cached_property
    def _reached_by_programmes(self) -> np.ndarray:
        """bool [g, p]: parks in which each programme has begun to work."""
        programmes = self.model.lever_paths.programmes
        reached = [p.eligible & (p.first_year <= self.year) for p in programmes]
        return np.array(reached, dtype=np.bool_).reshape(len(programmes), self.operators.size)

    # ---- what it adds up to ----------------------------------------------------------------------------------------------

    def count(self, at: np.ndarray, holds: np.ndarray) -> int:
        return int(np.count_nonzero(at & holds))

    @property
    def certified_now(self) -> np.ndarray:
        return (self.operators.certificate == CERTIFIED) & (self.operators.certified_year == self.year)

    def score(self, at: np.ndarray, categories: slice) -> float:
        """Mean score of the operating parks among `at`; NaN when there is none."""
        operating = at & (self.operators.operating_year <= self.year)
        return float(self.operators.score[operating, categories].mean()) if operating.any() else np.nan

    def books_of(self, cohort: Cohort) -> tuple[np.ndarray, np.ndarray]:
        """Flows [n_flows] and counts [n_counts] of the cohort: from its parks' books, or firm by firm."""
        if cohort not in self._books:
            if cohort.sectors is None and cohort.programmes is None:
                at = self.parks_of(cohort)
                self._books[cohort] = (
                    self.model.state.books.net_flows[at].sum(axis=0),
                    self.model.state.books.counts[at].sum(axis=0),
                )
            else:
                mine = self.firms_of(cohort)[self.firm_books.rows]
                rows = self.firm_books.rows[mine]
                self._books[cohort] = self.firm_books.flows[mine].sum(axis=0), counts_of(self.model, rows)
        return self._books[cohort]

    def exchanges_of(self, cohort: Cohort) -> np.recarray:
        """The exchanges ever identified of donors (receivers of what a municipality gives) in the cohort's parks and sectors."""
        e, at = self.model.state.exchanges.found, self.parks_of(cohort)
        member = at[e.donor_park]
        if cohort.sectors is not None:
            member &= np.isin(self.firms.sector[anchors(e)], cohort.sectors)
        return e[member]

    def exchanged_by(self, cohort: Cohort) -> np.ndarray:
        """What exchanges moved in the cohort's parks and sectors: float [EXCHANGE_FLOWS]."""
        at = self.parks_of(cohort)
        if cohort.sectors is None:
            return self.model.state.exchanges.flows[at].sum(axis=0)
        books = self.firm_books
        mine = at[books.park] & np.isin(self.firms.sector[books.rows], cohort.sectors)
        return books.exchanged[mine].sum(axis=0)

    @cached_property
    def firm_books(self) -> FirmBooks:
        return FirmBooks(self.model)


def counts_of(model: Any, rows: np.ndarray) -> np.ndarray:
    """What `accounts.book` would count for the firms of `rows` this year, money excepted: counts [n_counts]."""
    f, counts = model.state.firms, np.zeros(len(ac.COUNTS), dtype=np.int64)
    applies = f.applies_recp[rows]
    counts[ac.FIRMS] = rows.size
    counts[ac.AWARE] = np.count_nonzero(f.aware_year[rows] > 0)
    counts[ac.RECP] = np.count_nonzero(applies)
    counts[ac.RECP_MEASURED] = np.count_nonzero(
        applies & (f.measured[rows] | model.state.surroundings.parks.monitored[f.park[rows]])
    )
    counts[ac.ADOPTED_MEASURES] = f.n_adopted[rows].sum()
    counts[ac.ASSISTED_FIRMS] = np.count_nonzero(f.audit_year[rows] > 0)
    counts[ac.VIOLATORS] = np.count_nonzero(f.violation_year[rows] == model.year)
    return counts


def answer(questions: Iterable[Question], model: Any, years: Iterator[int]) -> dict[Question, float]:
    """Step `model` through `years` and answer every question in its year."""
    asked: dict[int, list[Question]] = {}
    for question in questions:
        asked.setdefault(question.year, []).append(question)
    recorded_until = max((year for year, group in asked.items() if any(q.name in RECORDED for q in group)), default=0)
    recorded, answers = Recorded(model.state.firms.size), {}
    for year in years:
        if year <= recorded_until:
            recorded.keep(model)
        view = YearView(model, recorded)
        for question in asked.get(year, ()):
            answers[question] = view.measure(question.name, question.cohort)
    return answers
