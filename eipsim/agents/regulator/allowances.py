"""Who is covered by the carbon price, which allowances are free, and how firms come to the others.

A covered firm surrenders an allowance for every tonne that the carbon price reaches: its CO2 from fuel and electricity after
shared infrastructure and exchanges, and that of processes as far as it is priced. What is free of charge is known when the year
opens and depends on output alone; what is lacking is bought, at auction or of others, and what is left is sold to them, all at
the year's price. So free allowances move money and no decision. Nothing is saved up for other years.

[s] sectors, [k] uses.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from eipsim.core.columns import Col, new_table
from eipsim.core.compiled import compiled
from eipsim.core.draws import PROCESSES, drawn
from eipsim.errors import ConservationError
from eipsim.market import books as ac
from eipsim.market.books import coverage_of
from eipsim.market.catalogue import N_SECTORS
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, ELECTRICITY, N_USES, observed_use
from eipsim.policy.economic import EVERYBODY
from eipsim.rules.allowances import benchmark_level, bought_at_auction, free_allowances, traded
from eipsim.world import Tenants

if TYPE_CHECKING:
    from eipsim.market.operation import Operation
    from eipsim.model.state import State, Year
    from eipsim.policy.levers import Levers

FACILITY_DRAW = PROCESSES["carbon facility"]
Terms = tuple[float, list[float]]
NOBODY = np.empty(0, dtype=np.int64)
TOLERANCE = 1e-9

# The accounts of the year: a row for every firm that gets allowances free of charge, sorted by row of the firm.
ACCOUNT_COLUMNS = (
    Col("firm", np.int64, "row of the firm"),
    Col("price", np.float64, "USD/t"),
    Col("auctioned_share", np.float64, "share of allowances that it pays the public for"),
    Col("free", np.float64, "t/yr that it gets free of charge"),
    Col("surrendered", np.float64, "t/yr that it emits, as far as the carbon price reaches it"),
    Col("auctioned", np.float64, "t/yr that it buys of the public"),
    Col("bought", np.float64, "t/yr that it buys of others"),
    Col("sold", np.float64, "t/yr that it sells to others"),
)
# What the accounts of firms add to the flows of their parks.
ALLOWANCE_FLOWS = (ac.ALLOWANCES_FREE, ac.ALLOWANCES_WORTH, ac.ALLOWANCES_NET, ac.CARBON_PAID)


def no_accounts() -> np.recarray:
    return new_table(0, ACCOUNT_COLUMNS)


@dataclass
class Coverage:
    """Who is covered under the levers of a scenario.

    terms : its threshold [TOE] and, by sector, its number of facilities, as they were last year
    eligible : by sector where a number of facilities is said, rows of the firms that are large enough, whenever they are there,
        in the order of their lots
    facilities : those of them that are covered this year
    """

    terms: Terms = (0.0, [])
    eligible: dict[int, np.ndarray] = field(default_factory=dict)
    facilities: np.ndarray = field(default_factory=NOBODY.copy)


@dataclass
class Allowances:
    """What a run remembers of its allowances.

    coverage : who is covered
    foreseen : who would be in the default scenario of the world; the same object until their terms part
    reference : float [s, k], use per USD of output, as observed in 2024, of the firms that a benchmark was made from; of fuel as
        much of the sector's mix as emits what theirs does
    level : float [s], the benchmark over that of its first year
    begun : bool [s], there is a benchmark
    accounts, last : the accounts of this year, settled when it closes, and those of the year before
    """

    coverage: Coverage = field(default_factory=Coverage)
    foreseen: Coverage = field(init=False)
    reference: np.ndarray = field(default_factory=lambda: np.zeros((N_SECTORS, N_USES)))
    level: np.ndarray = field(default_factory=lambda: np.zeros(N_SECTORS))
    begun: np.ndarray = field(default_factory=lambda: np.zeros(N_SECTORS, dtype=np.bool_))
    accounts: np.recarray = field(default_factory=no_accounts)
    last: np.recarray = field(default_factory=no_accounts)

    def __post_init__(self):
        self.foreseen = self.coverage


# ---- who is covered ----------------------------------------------------------------------------------------------------


def cover(state: State, year: Year) -> None:
    """Mark who is covered by the carbon price, and who was to expect that."""
    own, firms, terms = state.allowances, state.firms, terms_of(year.levers)
    if state.operation is not None:
        foresee(state, state.operation, year.number, terms)
    alike = own.foreseen is own.coverage
    mark(state, year.number, own.coverage, terms, firms.covered, *([firms.foreseen] if alike else []))


def foresee(state: State, operation: Operation, year: int, terms: Terms) -> None:
    """Mark who would be covered in the default scenario of the world, once its terms have been others than `terms`."""
    own, default = state.allowances, terms_of(operation.reference.paths.year(year))
    if own.foreseen is own.coverage and default != terms:
        own.foreseen = replace(own.coverage)
    if own.foreseen is not own.coverage:
        mark(state, year, own.foreseen, default, state.firms.foreseen)


def terms_of(levers: Levers) -> Terms:
    return levers.carbon_threshold_toe, levers.carbon_facilities.tolist()


def mark(state: State, year: int, coverage: Coverage, terms: Terms, *columns: np.ndarray) -> None:
    """Mark in `columns` of firms who is covered: those at or above the threshold, no more of a sector than its facilities."""
    for column in columns:
        column[coverage.facilities] = False
    # energy use of 2024 decides, so nothing but other terms can move a firm across the threshold
    if terms != coverage.terms:
        large = state.firms.toe >= terms[0]
        coverage.eligible = {s: eligible_of(state, s, large) for s, most in enumerate(terms[1]) if most < EVERYBODY}
        coverage.terms = terms
        for column in columns:
            column[:] = large
            column[np.concatenate([NOBODY, *coverage.eligible.values()])] = False
    coverage.facilities = np.concatenate(
        [NOBODY, *(facilities_of(state, year, coverage, s) for s in coverage.eligible)]
    )
    for column in columns:
        column[coverage.facilities] = True


def eligible_of(state: State, s: int, large: np.ndarray) -> np.ndarray:
    """Rows of the firms of sector s among the `large` ones, in the order of their lots."""
    rows = np.flatnonzero((state.world.firms.sector == s) & large)
    lots = drawn(state.world.firms.key[rows], state.surroundings.streams[FACILITY_DRAW])
    return rows[np.argsort(lots, kind="stable")]


def facilities_of(state: State, year: int, coverage: Coverage, s: int) -> np.ndarray:
    """Rows of the covered firms of sector s: who was covered last year stays so while it is there, the others by lot."""
    tenants, rows = state.world.firms, coverage.eligible[s]
    there = rows[(tenants.entry_year[rows] <= year) & (year < tenants.exit_year[rows])]
    was = np.zeros(tenants.key.size, dtype=np.bool_)
    was[coverage.facilities] = True
    newly = ~was[there]
    return there[np.argsort(newly, kind="stable")[: int(coverage.terms[1][s])]]


# ---- what is free ------------------------------------------------------------------------------------------------------


def allot(state: State, year: Year) -> None:
    """Allowances of the year are given free of charge to those who hold them, where not all are auctioned."""
    own, levers = state.allowances, year.levers
    own.last, own.accounts = own.accounts, no_accounts()
    for s in np.flatnonzero(own.begun):
        own.level[s] = benchmark_level(float(own.level[s]), float(levers.allocation_decline[s]))
    if (levers.auctioned_share >= 1.0).all():
        return
    rows = holders(state, year)
    sector, zone = state.world.firms.sector[rows], state.surroundings.parks.zone[state.world.firms.park[rows]]
    price, share = year.prices.carbon[zone, sector], levers.auctioned_share[sector]
    own.accounts = new_table(rows.size, ACCOUNT_COLUMNS, firm=rows, price=price, auctioned_share=share)
    set_benchmarks(state, year, rows)
    give_free(own.accounts, state.firms, benchmarks(state, year), year.prices.growth)


def holders(state: State, year: Year) -> np.ndarray:
    """Rows of the firms that get allowances: covered, in a sector where not all are auctioned and that is in the market.

    A sector is in it where a number of facilities is said, and elsewhere as soon as the carbon price is above zero.
    """
    levers, tenants, limited = year.levers, state.world.firms, state.allowances.coverage.eligible
    allots = levers.auctioned_share < 1.0
    # few facilities: the many others need be looked through only for sectors without a number of facilities
    rows = np.sort(state.allowances.coverage.facilities) if allots.sum() == allots[list(limited)].sum() else year.rows
    rows = rows[allots[tenants.sector[rows]]]
    rows = rows[state.firms.covered[rows]]
    sector, zone = tenants.sector[rows], state.surroundings.parks.zone[tenants.park[rows]]
    in_market = (levers.carbon_facilities[sector] < EVERYBODY) | (year.prices.carbon[zone, sector] > 0.0)
    return rows[in_market]


def set_benchmarks(state: State, year: Year, rows: np.ndarray) -> None:
    """Sectors that have no benchmark yet get that of those of their firms, among `rows`, that hold allowances."""
    own, tenants, emission = state.allowances, state.world.firms, year.prices.emission
    new = rows[~own.begun[tenants.sector[rows]]]
    if new.size == 0:
        return
    row, those = state.firms.price_row[new], Tenants(*(column[new] for column in tenants))
    emitted = emission[row] * observed_use(
        those, state.market.yearly.rows.shares[row], state.market.constants, state.world.tables
    )
    for s in np.unique(those.sector):
        mine = those.sector == s
        of_mix = np.where(emission[s] > 0.0, emission[s], 1.0)
        own.reference[s] = emitted[mine].sum(axis=0) / of_mix / those.revenue_usd[mine].sum()
        own.level[s], own.begun[s] = 1.0, True


def benchmarks(state: State, year: Year) -> np.ndarray:
    """Tonnes per USD of output [s] by which allowances are free in the year: what the sector emitted in 2024, less the decline.

    At the emission factors of the year, so that a cleaner grid makes nobody's allowances left over.
    """
    own, prices = state.allowances, year.prices
    return own.level * ((own.reference * prices.emission[:N_SECTORS]).sum(axis=1) + prices.process_priced[:N_SECTORS])


@compiled
def give_free(accounts, firms, benchmarks, growth):
    """Fill what each account gets free of charge by the `benchmarks` [s], for an output `growth` [r] times that of 2024."""
    for n in range(accounts.size):
        account, firm = accounts[n], firms[accounts[n].firm]
        account.free = free_allowances(
            benchmarks[firm.sector], firm.revenue * growth[firm.price_row], account.auctioned_share
        )


# ---- how the year closes -------------------------------------------------------------------------------------------------


def settle(state: State, year: Year) -> None:
    """Holders surrender what they emitted, buy what they lack and sell what is left; the flows of parks follow.

    Raises ConservationError when an account does not close.
    """
    own, flows = state.allowances, state.books.net_flows
    accounts = own.accounts
    if accounts.size == 0:
        return
    tables = state.firms, state.infrastructure.services, state.exchanges.scene.tenants
    zone = state.surroundings.parks.zone[state.world.firms.park[accounts.firm]]
    settle_all(accounts, *tables, zone, year.prices, year.number)
    check_accounts(accounts, year.number)
    park = state.world.firms.park[accounts.firm]
    for flow, amounts in zip(ALLOWANCE_FLOWS, flows_of(accounts).T):
        flows[:, flow] += np.bincount(park, amounts, minlength=len(flows))
    check_public(flows, year.number)


@compiled
def settle_all(accounts, firms, services, tenants, zone, prices, year):
    """Fill every account of the year, of a firm in price zone `zone` [n]."""
    for n in range(accounts.size):
        account = accounts[n]
        i = account.firm
        account.surrendered = emitted_by(firms[i], services[i], tenants[i], zone[n], prices, year)
        account.auctioned = bought_at_auction(account.surrendered, account.free, account.auctioned_share)
        lacking = traded(account.surrendered, account.free, account.auctioned)
        account.bought = max(lacking, 0.0)
        account.sold = max(-lacking, 0.0)


@compiled
def emitted_by(firm, service, tenant, z, prices, year):
    """Tonnes of CO2 of a firm that the carbon price reaches, at the output of the year and with the energy that it uses at the
    year's prices, after what shared systems and exchanges spare it."""
    r, use = firm.price_row, firm.use
    level, operation = prices.intensity * prices.growth[r], prices.operation[z, r, coverage_of(firm)]
    power = max(level * use[ELECTRICITY] * operation[ELECTRICITY] - service.electricity, 0.0)
    power *= prices.emission[r, ELECTRICITY]
    burnt = 0.0
    if tenant.year == year:  # it has been looked at for exchanges, and has what they left
        burnt = tenant.carbon
    else:
        for k in (COAL_DIESEL, DEAR_FUEL, BIOMASS):
            left = max(level * use[k] * operation[k] - service.fuel[k - COAL_DIESEL], 0.0)
            burnt += left * prices.emission[r, k]
    return power + burnt + firm.revenue * prices.growth[r] * prices.process_priced[r]


def flows_of(accounts: np.recarray) -> np.ndarray:
    """What each account adds to the flows of ALLOWANCE_FLOWS [n, 4]: t free, USD that they are worth, USD paid to others, and
    the sum of both taken off what would go to the public."""
    worth, net = accounts.price * accounts.free, accounts.price * (accounts.bought - accounts.sold)
    return np.stack([accounts.free, worth, net, -(worth + net)], axis=1)


def check_accounts(accounts: np.recarray, year: int) -> None:
    """Raise ConservationError unless free + bought - sold = surrendered in every account, and nothing is negative."""
    got = accounts.free + accounts.auctioned + accounts.bought - accounts.sold
    off = np.abs(got - accounts.surrendered)
    wrong = ~(off <= TOLERANCE * (1.0 + accounts.free + accounts.surrendered))
    if wrong.any():
        n = int(wrong.argmax())
        what = f"allowances of firm row {accounts.firm[n]} do not close: off by {off[n]:.3g} t"
        raise ConservationError(f"{year}: {what}")
    for name in ("free", "surrendered", "auctioned", "bought", "sold"):
        if (accounts[name] < 0.0).any():
            raise ConservationError(f"{year}: negative allowances {name}")


def check_public(flows: np.ndarray, year: int) -> None:
    """Raise ConservationError where the firms of a park would be paid by the public: all that their tonnes are worth is free,
    paid to others (net of what these pay), or paid to the public."""
    public = flows[:, ac.CARBON_PAID]
    short = public + TOLERANCE * (1.0 + flows[:, ac.ALLOWANCES_WORTH] + np.abs(flows[:, ac.ALLOWANCES_NET]))
    if (short < 0.0).any():
        park = int(short.argmin())
        what = f"allowances of park row {park} exceed its carbon price by {-public[park]:.3g} USD"
        raise ConservationError(f"{year}: {what}")
    np.maximum(public, 0.0, out=public)  # roundings
