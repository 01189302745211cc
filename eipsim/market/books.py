"""The year's accounts: resources, emissions and money, park by park, and the balances that must hold.

Every flow is summed firm by firm into a ledger of its park with a page per sector, priced there (all firms of a page pay the
same prices) and summed into parks and the nation, so all levels agree by construction; what is avoided is summed on its own
and must close the balance `generated = avoided + treated or disposed` of every stream and park.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.core.columns import Col, new_table
from eipsim.core.compiled import compiled, inlined
from eipsim.errors import ConservationError
from eipsim.market.catalogue import N_SECTORS
from eipsim.market.uses import ELECTRICITY, N_USES, USES, WATER

TOLERANCE = 1e-9


class Prices(NamedTuple):
    """What the year's flows cost: [z] price zones, [s] sectors, [k] uses."""

    use: np.ndarray  # float [z, s, k] USD per unit, without carbon; charges included
    charge: np.ndarray  # float [z, s, k] USD per unit that goes to the public purse
    peak_spread: np.ndarray  # float [z, s] USD/MWh, what a battery earns per MWh it shifts
    carbon: np.ndarray  # float [z, s] USD/t, paid by covered firms
    emission: np.ndarray  # float [s, k] tCO2 per unit; the grid factor for electricity
    wastewater_ratio: np.ndarray  # float [s] m3 per m3 of water
    intensity: float  # use over that at 2024 intensities, by autonomous efficiency
    productivity: float  # revenue over that of 2024, by productivity growth


FLOWS = (
    *(f"{name}_used" for name in USES),
    *(f"{name}_without" for name in USES),
    *(f"{name}_avoided" for name in USES),
    "co2_scope1", "co2_scope2", "co2_without", "wastewater", "wastewater_without",
    "saving", "running_cost", "carbon_paid", "charges_paid", "jobs", "revenue",
)  # fmt: skip
FLOW = {name: position for position, name in enumerate(FLOWS)}
USED, WITHOUT, AVOIDED = 0, N_USES, 2 * N_USES
SCOPE_1, SCOPE_2, CO2_WITHOUT = FLOW["co2_scope1"], FLOW["co2_scope2"], FLOW["co2_without"]
WASTEWATER, WASTEWATER_WITHOUT = FLOW["wastewater"], FLOW["wastewater_without"]
SAVING, RUNNING, CARBON_PAID, CHARGES_PAID = (
    FLOW["saving"], FLOW["running_cost"], FLOW["carbon_paid"], FLOW["charges_paid"],
)  # fmt: skip
JOBS, REVENUE = FLOW["jobs"], FLOW["revenue"]

COUNTS = (
    "firms", "aware", "recp", "recp_measured", "measures_adopted", "invested_cents", "subsidy_cents", "assisted", "violators",
)  # fmt: skip
COUNT = {name: position for position, name in enumerate(COUNTS)}
FIRMS, AWARE, RECP, RECP_MEASURED, ADOPTED_MEASURES = 0, 1, 2, 3, 4
INVESTED, SUBSIDY, ASSISTED_FIRMS, VIOLATORS = 5, 6, 7, 8


# What firms of one park, sector and coverage by the carbon price add up to: one row per sector and coverage.
LEDGER_COLUMNS = (
    Col("used", np.float64, "per year at 2024 intensities, with all measures", (N_USES,)),
    Col("without", np.float64, "the same without the measures adopted", (N_USES,)),
    Col("shifted", np.float64, "MWh/yr moved from peak to off-peak hours"),
    Col("operating_cost", np.float64, "USD/yr"),
    Col("jobs", np.float64, "persons"),
    Col("revenue", np.float64, "USD/yr at 2024 productivity"),
    Col("firms", np.int64, "number"),
)


class Books(NamedTuple):
    """The books of a run: [p] parks, [s] sectors, [g] givers of audits. All are of this year but the last."""

    flows: np.ndarray  # float [p, flow], what firms use and would use, emit, pay and earn
    net_flows: np.ndarray  # float [p, flow], the same after shared infrastructure and exchanges
    counts: np.ndarray  # int64 [p, count]
    ledger: np.recarray  # LEDGER_COLUMNS, a row per sector and coverage: the park at hand
    recp_park: np.ndarray  # float [p], share of firms that applied RECP at the end of last year
    recp_sector: np.ndarray  # float [s], the same
    audits_given: np.ndarray  # uint8 [g, firms], since 2015, by each programme and then by the adaptive regulator


def new_books(n_parks: int, n_firms: int, n_givers: int) -> Books:
    """Empty books."""
    return Books(
        flows=np.zeros((n_parks, len(FLOWS))),
        net_flows=np.zeros((n_parks, len(FLOWS))),
        counts=np.zeros((n_parks, len(COUNTS)), dtype=np.int64),
        ledger=new_table(2 * N_SECTORS, LEDGER_COLUMNS),
        recp_park=np.zeros(n_parks),
        recp_sector=np.zeros(N_SECTORS),
        audits_given=np.zeros((n_givers, n_firms), dtype=np.uint8),
    )


@inlined
def enter_in_ledger(firms, i, ledger):
    """Add what firm i uses, would use without the measures adopted, pays and earns to the page of its sector."""
    page = 2 * firms.sector[i] + (1 if firms.covered[i] else 0)
    used, without = ledger.used[page], ledger.without[page]
    use, stock_use = firms.use[i], firms.stock_use[i]
    for k in range(N_USES):
        used[k] += use[k]
        without[k] += stock_use[k]
    ledger.shifted[page] += firms.shifted[i]
    ledger.operating_cost[page] += firms.operating_cost[i]
    ledger.jobs[page] += firms.employees[i]
    ledger.revenue[page] += firms.revenue[i]
    ledger.firms[page] += 1


@inlined
def count(firms, i, surroundings, year, counts):
    """Add firm i to its park's counts [p, count] and its sector's; its yearly money columns are set back to zero."""
    p = firms.park[i]
    measured = firms.measured[i] or surroundings.parks.monitored[p]
    counts[p, FIRMS] += 1
    counts[p, AWARE] += firms.aware_year[i] > 0
    counts[p, RECP] += firms.applies_recp[i]
    surroundings.sectors.practising[firms.sector[i]] += firms.applies_recp[i]
    counts[p, RECP_MEASURED] += firms.applies_recp[i] and measured
    counts[p, ASSISTED_FIRMS] += firms.audit_year[i] > 0
    counts[p, VIOLATORS] += firms.violation_year[i] == year
    counts[p, ADOPTED_MEASURES] += firms.n_adopted[i]
    counts[p, INVESTED] += firms.invested[i]
    counts[p, SUBSIDY] += firms.subsidy[i]
    firms.invested[i] = 0
    firms.subsidy[i] = 0


@compiled
def close_ledger(ledger, p, surroundings, prices, flows):
    """Work out the flows [p, flow] of park p at this year's prices, page by page, and leave the ledger empty."""
    for page in range(ledger.size):
        if ledger.firms[page] > 0:
            settle_page(ledger, page, p, surroundings, prices, flows)


@compiled
def settle_page(ledger, page, p, surroundings, prices, flows):
    """Flows of the firms of one page: what they used and would have used, what that cost, and what it emitted."""
    s, z, intensity = page // 2, surroundings.parks.zone[p], prices.intensity
    bill, bill_without, emitted, emitted_without, charges = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(N_USES):
        used, without = ledger.used[page, k] * intensity, ledger.without[page, k] * intensity
        flows[p, USED + k] += used
        flows[p, WITHOUT + k] += without
        flows[p, AVOIDED + k] += (ledger.without[page, k] - ledger.used[page, k]) * intensity
        bill += used * prices.use[z, s, k]
        bill_without += without * prices.use[z, s, k]
        emitted += used * prices.emission[s, k]
        emitted_without += without * prices.emission[s, k]
        charges += used * prices.charge[z, s, k]
    carbon = prices.carbon[z, s] if page % 2 == 1 else 0.0
    scope_2 = ledger.used[page, ELECTRICITY] * intensity * prices.emission[s, ELECTRICITY]
    flows[p, SCOPE_1] += emitted - scope_2
    flows[p, SCOPE_2] += scope_2
    flows[p, CO2_WITHOUT] += emitted_without
    flows[p, WASTEWATER] += ledger.used[page, WATER] * intensity * prices.wastewater_ratio[s]
    flows[p, WASTEWATER_WITHOUT] += ledger.without[page, WATER] * intensity * prices.wastewater_ratio[s]
    earned = ledger.shifted[page] * intensity * prices.peak_spread[z, s] - ledger.operating_cost[page]
    flows[p, SAVING] += bill_without - bill + carbon * (emitted_without - emitted) + earned
    flows[p, RUNNING] += ledger.operating_cost[page]
    flows[p, CARBON_PAID] += carbon * emitted
    flows[p, CHARGES_PAID] += charges
    flows[p, JOBS] += ledger.jobs[page]
    flows[p, REVENUE] += ledger.revenue[page] * prices.productivity
    clear_page(ledger, page)


@compiled
def clear_page(ledger, page):
    for k in range(N_USES):
        ledger.used[page, k] = 0.0
        ledger.without[page, k] = 0.0
    ledger.shifted[page] = 0.0
    ledger.operating_cost[page] = 0.0
    ledger.jobs[page] = 0.0
    ledger.revenue[page] = 0.0
    ledger.firms[page] = 0


@inlined
def end_of_park(parks, rows, n):
    """Whether the n-th of `rows`, which are sorted by park, is the last of its park."""
    return n + 1 == rows.size or parks[rows[n + 1]] != parks[rows[n]]


@inlined
def book(firms, rows, n, surroundings, prices, year, books):
    """The year of the n-th of `rows`; when it is the last of its park, the park's."""
    enter_in_ledger(firms, rows[n], books.ledger)
    count(firms, rows[n], surroundings, year, books.counts)
    if end_of_park(firms.park, rows, n):
        close_ledger(books.ledger, firms.park[rows[n]], surroundings, prices, books.flows)


@compiled
def book_all(firms, rows, surroundings, prices, year, books):
    """The year of all parks: fills the flows and counts of the `books`. `rows` are sorted by park."""
    for n in range(rows.size):
        book(firms, rows, n, surroundings, prices, year, books)


def open_books(books: Books) -> None:
    """A new year: flows and counts are set back to zero."""
    books.flows[:] = 0.0
    books.counts[:] = 0


def remember_practice(books: Books, sectors: np.recarray) -> None:
    """Shares of firms that apply RECP, by park and sector (INDUSTRY_COLUMNS): next year's example."""
    books.recp_park[:] = books.counts[:, RECP] / np.maximum(books.counts[:, FIRMS], 1)
    books.recp_sector[:] = sectors.practising / np.maximum(sectors.firms, 1)


def check_balances(flows: np.ndarray, counts: np.ndarray, grid_factor: float, year: int) -> None:
    """Raise ConservationError unless every balance closes in every park (relative 1e-9).

    Mass, energy, water: without = avoided + used. Nothing used is negative. Scope 2 = MWh x factor.
    Waste and wastewater: generated = avoided at source + exchanged (none yet) + treated or disposed.
    """
    found, park, k, gap = imbalance(flows, counts, grid_factor)
    if found == UNBALANCED:
        raise ConservationError(f"{year}: {USES[k]} of park row {park} does not balance: off by {gap:.3g}")
    if found == NEGATIVE:
        raise ConservationError(f"{year}: negative use of {USES[k]}")
    if found == WRONG_SCOPE_2:
        raise ConservationError(f"{year}: scope 2 is not MWh x grid factor")
    if found == WRONG_COUNT:
        raise ConservationError(f"{year}: a count of firms is impossible")


BALANCED, UNBALANCED, NEGATIVE, WRONG_SCOPE_2, WRONG_COUNT = range(5)


@compiled
def imbalance(flows, counts, grid_factor):
    """What does not balance in the flows [p, flow] and counts [p, count], in which park and use, and by how much."""
    worst = BALANCED, -1, -1, TOLERANCE
    least = BALANCED, -1, -1, 0.0
    most, off, impossible = 0.0, 0.0, False
    for p in range(len(flows)):
        for k in range(N_USES):
            used, without = flows[p, USED + k], flows[p, WITHOUT + k]
            gap = abs(without - flows[p, AVOIDED + k] - used) / (abs(without) + abs(used) + 1.0)
            if np.isnan(gap):
                return UNBALANCED, p, k, gap
            if gap > worst[3]:
                worst = UNBALANCED, p, k, gap
            if used < least[3]:
                least = NEGATIVE, p, k, used
        scope_2 = flows[p, USED + ELECTRICITY] * grid_factor
        most, off = max(most, abs(scope_2)), max(off, abs(scope_2 - flows[p, SCOPE_2]))
        for n in range(len(COUNTS)):
            impossible |= counts[p, n] < 0
        impossible |= counts[p, RECP] > counts[p, FIRMS]
    if worst[0] != BALANCED:
        return worst
    if least[0] != BALANCED:
        return least
    if off > TOLERANCE * (1.0 + most):
        return WRONG_SCOPE_2, -1, -1, off
    return WRONG_COUNT if impossible else BALANCED, -1, -1, 0.0


def check_money(counts: np.ndarray, paid_cents: int, year: int) -> None:
    """Raise ConservationError unless what firms received in vouchers is what the parks' books say, to the cent."""
    booked = int(counts[:, SUBSIDY].sum())
    if booked != paid_cents:
        raise ConservationError(f"{year}: vouchers paid ({paid_cents} cents) are not those received ({booked} cents)")
