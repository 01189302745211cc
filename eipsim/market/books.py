"""The year's accounts: resources, emissions and money, park by park, and the balances that must hold.

Every flow is summed firm by firm into a ledger of its park with a page per price row, priced there (all firms of a page pay the
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
from eipsim.market.uses import ELECTRICITY, HAZARDOUS, N_ENERGY, N_USES, USES, WATER
from eipsim.rules.fees import short_of_minimum
from eipsim.rules.operation import forgone

TOLERANCE = 1e-9
# Covered by the carbon price this year (1) or not (0), and in the default scenario of the world (+ 2) or not.
N_COVERAGES = 4


@inlined
def coverage_of(firm):
    """Whether the carbon price covers the firm, and whether that was to be expected: number of its N_COVERAGES."""
    return (1 if firm.covered else 0) + (2 if firm.foreseen else 0)


class Prices(NamedTuple):
    """What the year's flows cost: [z] price zones, [r] price rows (a sector, and a main fuel), [k] uses."""

    use: np.ndarray  # float [z, r, k] USD per unit, without carbon; charges included
    charge: np.ndarray  # float [z, r, k] USD per unit that goes to the public purse
    peak_spread: np.ndarray  # float [z, r] USD/MWh, what a battery earns per MWh it shifts
    carbon: np.ndarray  # float [z, r] USD/t, paid by covered firms
    emission: np.ndarray  # float [r, k] tCO2 per unit; the grid factor for electricity
    wastewater_ratio: np.ndarray  # float [r] m3 per m3 of water
    intensity: float  # use over that at 2024 intensities, by autonomous efficiency
    process: np.ndarray  # float [r] tCO2 of processes per USD of output
    process_priced: np.ndarray  # float [r] that part of it on which covered firms pay the carbon price
    growth: np.ndarray  # float [r] output of a firm over that of 2024; what it uses, pays and earns is in proportion
    operation: np.ndarray  # float [z, r, coverage, k] use over that at expected prices, with what firms have
    dearer: np.ndarray  # float [z, r, coverage, k] USD per unit over what was to be expected, carbon included
    hazardous_fee: float  # USD per t of hazardous waste, without charges
    hazardous_minimum: float  # USD/yr, the least that a firm with hazardous waste pays for it, however much it makes


FLOWS = (
    *(f"{name}_used" for name in USES),
    *(f"{name}_without" for name in USES),
    *(f"{name}_avoided" for name in USES),
    "co2_scope1", "co2_scope2", "co2_without", "wastewater", "wastewater_without",
    "saving", "running_cost", "carbon_paid", "charges_paid", "jobs", "revenue",
    "co2_process", "allowances_free", "allowances_worth", "allowances_net",
    "operation_mwh", "operation_gj", "operation_co2", "operation_cost",
)  # fmt: skip
FLOW = {name: position for position, name in enumerate(FLOWS)}
USED, WITHOUT, AVOIDED = 0, N_USES, 2 * N_USES
SCOPE_1, SCOPE_2, CO2_WITHOUT = FLOW["co2_scope1"], FLOW["co2_scope2"], FLOW["co2_without"]
WASTEWATER, WASTEWATER_WITHOUT = FLOW["wastewater"], FLOW["wastewater_without"]
SAVING, RUNNING, CARBON_PAID, CHARGES_PAID = (
    FLOW["saving"], FLOW["running_cost"], FLOW["carbon_paid"], FLOW["charges_paid"],
)  # fmt: skip
JOBS, REVENUE = FLOW["jobs"], FLOW["revenue"]
# Tonnes of processes; tonnes of allowances that are free, what they are worth [USD], what others are paid for more of them [USD].
CO2_PROCESS, ALLOWANCES_FREE = FLOW["co2_process"], FLOW["allowances_free"]
ALLOWANCES_WORTH, ALLOWANCES_NET = FLOW["allowances_worth"], FLOW["allowances_net"]
OPERATION_MWH, OPERATION_GJ, OPERATION_CO2, OPERATION_COST = (
    FLOW["operation_mwh"], FLOW["operation_gj"], FLOW["operation_co2"], FLOW["operation_cost"],
)  # fmt: skip

COUNTS = (
    "firms", "aware", "recp", "recp_measured", "measures_adopted", "invested_cents", "subsidy_cents", "assisted", "violators",
    "interest_cents", "interest_relief_cents", "loans_cents",
)  # fmt: skip
COUNT = {name: position for position, name in enumerate(COUNTS)}
FIRMS, AWARE, RECP, RECP_MEASURED, ADOPTED_MEASURES = 0, 1, 2, 3, 4
INVESTED, SUBSIDY, ASSISTED_FIRMS, VIOLATORS = 5, 6, 7, 8
INTEREST, INTEREST_RELIEF, LOANS = COUNT["interest_cents"], COUNT["interest_relief_cents"], COUNT["loans_cents"]


# What firms of one park, price row and coverage by the carbon price add up to: one row per price row and coverage.
LEDGER_COLUMNS = (
    Col("used", np.float64, "per year at output and intensities of 2024, with all measures", (N_USES,)),
    Col("without", np.float64, "the same without the measures adopted", (N_USES,)),
    Col("shifted", np.float64, "MWh/yr moved from peak to off-peak hours"),
    Col("operating_cost", np.float64, "USD/yr at the output of 2024"),
    Col("minimum_fees", np.float64, "USD/yr at the year's output, up to the minimum fee for hazardous waste"),
    Col("jobs", np.float64, "persons"),
    Col("revenue", np.float64, "USD/yr at the output of 2024"),
    Col("firms", np.int64, "number"),
)


ADAPTIVE, BY_OPERATORS = -2, -1  # givers of audits that come after all programmes


class Books(NamedTuple):
    """The books of a run: [p] parks, [s] sectors, [g] givers of audits. All are of this year but the last."""

    flows: np.ndarray  # float [p, flow], what firms use and would use, emit, pay and earn
    net_flows: np.ndarray  # float [p, flow], the same after shared infrastructure and exchanges
    counts: np.ndarray  # int64 [p, count]
    ledger: np.recarray  # LEDGER_COLUMNS, a row per price row and coverage: the park at hand
    recp_park: np.ndarray  # float [p], share of firms that applied RECP at the end of last year
    recp_sector: np.ndarray  # float [s], the same
    audits_given: np.ndarray  # uint8 [g, firms], since 2015, by each programme, by the adaptive regulator, by operators
    lent: np.ndarray  # int64 [firms], cents borrowed; nobody is listed where loans are not followed


def new_books(n_parks: int, n_firms: int, n_givers: int, n_price_rows: int, loans: bool) -> Books:
    """Empty books; with a list of who borrows if `loans` are followed."""
    return Books(
        flows=np.zeros((n_parks, len(FLOWS))),
        net_flows=np.zeros((n_parks, len(FLOWS))),
        counts=np.zeros((n_parks, len(COUNTS)), dtype=np.int64),
        ledger=empty_ledger(N_COVERAGES * n_price_rows),
        recp_park=np.zeros(n_parks),
        recp_sector=np.zeros(N_SECTORS),
        audits_given=np.zeros((n_givers, n_firms), dtype=np.uint8),
        lent=np.zeros(n_firms if loans else 0, dtype=np.int64),
    )


def empty_ledger(n_pages: int) -> np.recarray:
    """A page for each price row and coverage by the carbon price."""
    return new_table(n_pages, LEDGER_COLUMNS)


@inlined
def minimum_fees(used, without, r, prices):
    """USD/yr that a firm of price row r pays up to the minimum fee at its output of the year, beyond what it would `without`
    measures; both are t/yr of hazardous waste at output and intensities of 2024."""
    fee, least, level = prices.hazardous_fee, prices.hazardous_minimum, prices.intensity * prices.growth[r]
    paid = short_of_minimum(used * level, fee, least)
    return paid - short_of_minimum(without * level, fee, least)


@inlined
def enter_in_ledger(firm, ledger, prices):
    """Add what a firm uses, would use without the measures adopted, pays and earns to the page of its price row."""
    page = ledger[N_COVERAGES * firm.price_row + coverage_of(firm)]
    used, without, use, stock_use = page.used, page.without, firm.use, firm.stock_use
    for k in range(N_USES):
        used[k] += use[k]
        without[k] += stock_use[k]
    page.shifted += firm.shifted
    page.operating_cost += firm.operating_cost
    page.minimum_fees += minimum_fees(use[HAZARDOUS], stock_use[HAZARDOUS], firm.price_row, prices)
    page.jobs += firm.employees
    page.revenue += firm.revenue
    page.firms += 1


@inlined
def count(firm, surroundings, year, counts):
    """Add a firm to the counts of its park [count] and to its sector's; its yearly money columns are set back to zero."""
    measured = firm.measured or surroundings.parks[firm.park].monitored
    counts[FIRMS] += 1
    counts[AWARE] += firm.aware_year > 0
    counts[RECP] += firm.applies_recp
    surroundings.sectors[firm.sector].practising += firm.applies_recp
    counts[RECP_MEASURED] += firm.applies_recp and measured
    counts[ASSISTED_FIRMS] += firm.audit_year > 0
    counts[VIOLATORS] += firm.violation_year == year
    counts[ADOPTED_MEASURES] += firm.n_adopted
    counts[INVESTED] += firm.invested
    counts[SUBSIDY] += firm.subsidy
    firm.invested_so_far += firm.invested
    firm.subsidy_so_far += firm.subsidy
    firm.invested = 0
    firm.subsidy = 0


@compiled
def close_ledger(ledger, zone, prices, flows):
    """Work out the flows [flow] of a park in price zone `zone`, page by page, and leave the ledger empty."""
    for number in range(ledger.size):
        page = ledger[number]
        if page.firms > 0:
            settle_page(page, zone, number // N_COVERAGES, number % N_COVERAGES, prices, flows)
            clear_page(page)


@compiled
def settle_page(page, z, r, coverage, prices, flows):
    """Flows of the firms of one page, in zone z and price row r: used and would have used, what that cost and emitted."""
    level, carbon = prices.intensity * prices.growth[r], prices.carbon[z, r] if coverage % 2 == 1 else 0.0
    bill, bill_without, emitted, emitted_without, charges = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(N_USES):
        used, without = page.used[k] * level, page.without[k] * level
        flows[USED + k] += used
        flows[WITHOUT + k] += without
        flows[AVOIDED + k] += (page.without[k] - page.used[k]) * level
        bill += used * prices.use[z, r, k]
        bill_without += without * prices.use[z, r, k]
        emitted += used * prices.emission[r, k]
        emitted_without += without * prices.emission[r, k]
        charges += used * prices.charge[z, r, k]
    scope_2 = page.used[ELECTRICITY] * level * prices.emission[r, ELECTRICITY]
    flows[SCOPE_1] += emitted - scope_2
    flows[SCOPE_2] += scope_2
    flows[CO2_WITHOUT] += emitted_without
    flows[WASTEWATER] += page.used[WATER] * level * prices.wastewater_ratio[r]
    flows[WASTEWATER_WITHOUT] += page.without[WATER] * level * prices.wastewater_ratio[r]
    running, output = page.operating_cost * prices.growth[r], page.revenue * prices.growth[r]
    earned = page.shifted * level * prices.peak_spread[z, r] - running - page.minimum_fees
    flows[SAVING] += bill_without - bill + carbon * (emitted_without - emitted) + earned
    flows[RUNNING] += running
    flows[CARBON_PAID] += carbon * (emitted + output * prices.process_priced[r])
    flows[CHARGES_PAID] += charges
    flows[JOBS] += page.jobs
    flows[REVENUE] += output
    flows[CO2_PROCESS] += output * prices.process[r]
    operate_page(page, z, r, coverage, carbon, prices, flows)


@inlined
def operate_page(page, z, r, coverage, carbon, prices, flows):
    """What firms do not use because energy is dearer than was to be expected, or use because it is cheaper, beside measures.

    It is taken off what they use, emit and pay carbon for, and off what they would without measures, so that what measures
    save stays what it was: gross - operation - net saving of measures = use.
    """
    level, tonnes = prices.intensity * prices.growth[r], 0.0
    for k in range(N_ENERGY):
        factor = prices.operation[z, r, coverage, k]
        if factor == 1.0:
            continue
        spared = page.used[k] * level * (1.0 - factor)
        flows[USED + k] -= spared
        flows[WITHOUT + k] -= spared
        flows[OPERATION_MWH if k == ELECTRICITY else OPERATION_GJ] += spared
        flows[SCOPE_2 if k == ELECTRICITY else SCOPE_1] -= spared * prices.emission[r, k]
        flows[OPERATION_COST] += forgone(prices.dearer[z, r, coverage, k], spared)
        tonnes += spared * prices.emission[r, k]
    flows[CO2_WITHOUT] -= tonnes
    flows[CARBON_PAID] -= carbon * tonnes
    flows[OPERATION_CO2] += tonnes


@compiled
def clear_page(page):
    for k in range(N_USES):
        page.used[k] = 0.0
        page.without[k] = 0.0
    page.shifted = 0.0
    page.operating_cost = 0.0
    page.minimum_fees = 0.0
    page.jobs = 0.0
    page.revenue = 0.0
    page.firms = 0


@inlined
def book(firms, rows, n, surroundings, prices, year, books):
    """The year of the n-th of `rows`; when it is the last of its park, the park's."""
    firm = firms[rows[n]]
    p = firm.park
    enter_in_ledger(firm, books.ledger, prices)
    count(firm, surroundings, year, books.counts[p])
    if books.lent.size > 0 and firm.borrowed > 0:
        books.lent[rows[n]] = firm.borrowed
        firm.borrowed = 0
    if n + 1 == rows.size or firms[rows[n + 1]].park != p:
        close_ledger(books.ledger, surroundings.parks[p].zone, prices, books.flows[p])


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
