"""The books of parks by hand: what does not balance is told, a page of the ledger comes to its sums, firms are counted."""

import numpy as np
import pytest
from helpers import tiny_world

from eipsim.agents.firm.columns import FIRM_COLUMNS
from eipsim.core.columns import new_table
from eipsim.errors import ConservationError
from eipsim.market import books as ac
from eipsim.market.uses import ELECTRICITY, N_USES, WATER
from eipsim.model.model import EIPModel

GRID = 0.5  # tCO2/MWh
WATER_PAID = ac.USED + WATER


def balanced(n_parks=3):
    """Flows and counts in which everything closes: uses 100, 110, ... of which a tenth has been avoided."""
    flows, counts = np.zeros((n_parks, len(ac.FLOWS))), np.full((n_parks, len(ac.COUNTS)), 5, dtype=np.int64)
    flows[:, ac.USED : ac.USED + N_USES] = used = 100.0 + 10.0 * np.arange(N_USES)
    flows[:, ac.WITHOUT : ac.WITHOUT + N_USES] = 1.1 * used
    flows[:, ac.AVOIDED : ac.AVOIDED + N_USES] = 0.1 * used
    flows[:, ac.SCOPE_2] = flows[:, ac.USED + ELECTRICITY] * GRID
    return flows, counts


# ---- what must balance -----------------------------------------------------------------------------------------------------


def test_what_balances_is_found_so_within_rounding():
    flows, counts = balanced()
    assert ac.imbalance(flows, counts, GRID)[0] == ac.BALANCED
    flows[1, WATER_PAID] *= 1.0 + 5e-10
    flows[2, ac.SCOPE_2] *= 1.0 + 5e-10
    counts[1, ac.RECP] = counts[1, ac.FIRMS]
    counts[2, :] = 0
    assert ac.imbalance(flows, counts, GRID)[0] == ac.BALANCED
    ac.check_balances(flows, counts, GRID, 2030)


@pytest.mark.parametrize("part", [ac.USED, ac.WITHOUT, ac.AVOIDED])
@pytest.mark.parametrize("k", range(N_USES))
def test_a_gap_in_any_use_of_any_park_is_found_with_its_size(part, k):
    flows, counts = balanced()
    flows[1, part + k] += 0.01
    what, park, use, gap = ac.imbalance(flows, counts, GRID)
    used, without = flows[1, ac.USED + k], flows[1, ac.WITHOUT + k]
    assert (what, park, use) == (ac.UNBALANCED, 1, k)
    assert gap == pytest.approx(0.01 / (used + without + 1.0), rel=1e-6)


def test_the_largest_gap_is_told_and_the_first_of_equal_ones():
    flows, counts = balanced()
    flows[:, WATER_PAID] += [0.01, 0.02, 0.02]
    assert ac.imbalance(flows, counts, GRID)[:3] == (ac.UNBALANCED, 1, WATER)
    with pytest.raises(ConservationError, match="2030: water of park row 1 does not balance: off by "):
        ac.check_balances(flows, counts, GRID, 2030)


def test_the_least_use_below_nothing_is_told_after_what_does_not_balance():
    flows, counts = balanced()
    for park, used in ((0, -1.0), (2, -3.0)):
        flows[park, WATER_PAID], flows[park, ac.WITHOUT + WATER], flows[park, ac.AVOIDED + WATER] = (
            used,
            1.0,
            1.0 - used,
        )
    assert ac.imbalance(flows, counts, GRID) == (ac.NEGATIVE, 2, WATER, -3.0)
    flows[1, ac.AVOIDED] += 1.0
    assert ac.imbalance(flows, counts, GRID)[:3] == (ac.UNBALANCED, 1, ELECTRICITY)


def test_scope_2_is_what_is_used_times_the_factor_in_every_park():
    for park, wrong in ((0, 1e-6), (2, -1e-6)):
        flows, counts = balanced()
        flows[park, ac.SCOPE_2] += wrong
        *what, off = ac.imbalance(flows, counts, GRID)
        assert what == [ac.WRONG_SCOPE_2, -1, -1]
        assert off == pytest.approx(1e-6, rel=1e-3)
        flows[2 - park, ac.USED + ELECTRICITY] = flows[2 - park, ac.WITHOUT + ELECTRICITY] = 1e4  # a much larger park
        flows[2 - park, ac.AVOIDED + ELECTRICITY], flows[2 - park, ac.SCOPE_2] = 0.0, 1e4 * GRID
        assert ac.imbalance(flows, counts, GRID)[0] == ac.BALANCED  # 1e-6 is little beside its tonnes


@pytest.mark.parametrize("column", range(len(ac.COUNTS)))
def test_no_count_is_below_nothing(column):
    flows, counts = balanced()
    counts[1, column] = -1
    assert ac.imbalance(flows, counts, GRID)[0] == ac.WRONG_COUNT


def test_no_more_firms_apply_recp_than_there_are():
    flows, counts = balanced()
    counts[0, ac.RECP] = 6
    assert ac.imbalance(flows, counts, GRID)[0] == ac.WRONG_COUNT


# ---- a page of the ledger --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model():
    model = EIPModel("no-eip-policy", tiny_world(2, n_parks=2), 1)
    model.step()
    return model


@pytest.fixture
def prices(model):
    """Those of the year, each of another size: nothing is 1 or 0 by chance."""
    prices, some = model.this_year.prices, np.random.default_rng(3)

    def of_shape(values):
        return some.uniform(2.0, 3.0, np.shape(values))

    changed = {
        name: of_shape(getattr(prices, name))
        for name in (
            "growth", "carbon", "use", "emission", "charge", "wastewater_ratio", "peak_spread", "process_priced", "process",
            "operation",
        )
    }  # fmt: skip
    return prices._replace(intensity=1.5, **changed)


def page_of(prices, **columns):
    ledger = ac.empty_ledger(2)
    page = ledger[1]
    page.used, page.without = np.arange(1.0, N_USES + 1.0), np.arange(3.0, N_USES + 3.0) * 2.0
    page.shifted, page.operating_cost, page.minimum_fees, page.jobs, page.revenue, page.firms = (
        7.0,
        5.0,
        3.0,
        11,
        13.0,
        2,
    )
    for name, value in columns.items():
        page[name] = value
    return ledger, page


@pytest.mark.parametrize("coverage", range(ac.N_COVERAGES))
def test_a_page_comes_to_the_sums_that_its_prices_say(prices, coverage):
    _, page = page_of(prices)
    plain = prices._replace(operation=np.ones_like(prices.operation))
    flows, z, r = np.zeros(len(ac.FLOWS)), 0, 4
    ac.settle_page(page, z, r, coverage, plain, flows)
    level = 1.5 * prices.growth[r]
    used, without = page.used * level, page.without * level
    carbon = prices.carbon[z, r] if coverage % 2 else 0.0
    tonnes, tonnes_without = used @ prices.emission[r], without @ prices.emission[r]
    scope_2, output = used[ELECTRICITY] * prices.emission[r, ELECTRICITY], 13.0 * prices.growth[r]
    bills = (without - used) @ prices.use[z, r]
    earned = 7.0 * level * prices.peak_spread[z, r] - 5.0 * prices.growth[r] - 3.0
    expected = {
        ac.SCOPE_1: tonnes - scope_2, ac.SCOPE_2: scope_2, ac.CO2_WITHOUT: tonnes_without,
        ac.WASTEWATER: used[WATER] * prices.wastewater_ratio[r],
        ac.WASTEWATER_WITHOUT: without[WATER] * prices.wastewater_ratio[r],
        ac.SAVING: bills + carbon * (tonnes_without - tonnes) + earned, ac.RUNNING: 5.0 * prices.growth[r],
        ac.CARBON_PAID: carbon * (tonnes + output * prices.process_priced[r]),
        ac.CHARGES_PAID: used @ prices.charge[z, r], ac.JOBS: 11.0, ac.REVENUE: output,
        ac.CO2_PROCESS: output * prices.process[r],
    }  # fmt: skip
    for k in range(N_USES):
        expected |= {ac.USED + k: used[k], ac.WITHOUT + k: without[k], ac.AVOIDED + k: without[k] - used[k]}
    for number in range(len(ac.FLOWS)):
        assert flows[number] == pytest.approx(expected.get(number, 0.0), rel=1e-12), number
    ac.settle_page(page, z, r, coverage, plain, flows)  # what another page of the park adds
    for number, value in expected.items():
        assert flows[number] == pytest.approx(2.0 * value, rel=1e-12), number


@pytest.mark.parametrize("coverage", [0, 1])
def test_what_is_not_used_because_energy_is_dear_is_in_neither_use(prices, coverage):
    _, page = page_of(prices)
    z, r = 0, 4
    factor = prices.operation.copy()
    factor[z, r, coverage] = 1.0
    factor[z, r, coverage, 0], factor[z, r, coverage, 1] = 0.9, 1.2
    plain, moved = np.zeros(len(ac.FLOWS)), np.zeros(len(ac.FLOWS))
    ac.settle_page(page, z, r, coverage, prices._replace(operation=np.ones_like(factor)), plain)
    ac.settle_page(page, z, r, coverage, prices._replace(operation=factor), moved)
    level = 1.5 * prices.growth[r]
    spared = [page.used[0] * level * 0.1, -page.used[1] * level * 0.2]
    tonnes = [spared[k] * prices.emission[r, k] for k in range(2)]
    change = moved - plain
    expected = {
        ac.USED: -spared[0], ac.WITHOUT: -spared[0], ac.USED + 1: -spared[1], ac.WITHOUT + 1: -spared[1],
        ac.OPERATION_MWH: spared[0], ac.OPERATION_GJ: spared[1], ac.SCOPE_2: -tonnes[0], ac.SCOPE_1: -tonnes[1],
        ac.CO2_WITHOUT: -sum(tonnes), ac.OPERATION_CO2: sum(tonnes),
        ac.CARBON_PAID: -(prices.carbon[z, r] if coverage else 0.0) * sum(tonnes),
        ac.OPERATION_COST: change[ac.OPERATION_COST],
    }  # fmt: skip
    dearer = prices.dearer[z, r, coverage]
    assert change[ac.OPERATION_COST] == pytest.approx(sum(ac.forgone(dearer[k], spared[k]) for k in range(2)), abs=1e-9)
    for number in range(len(ac.FLOWS)):
        assert change[number] == pytest.approx(expected.get(number, 0.0), rel=1e-9, abs=1e-9), number


def test_what_balances_and_what_is_miscounted_is_said_of_no_park_or_use():
    flows, counts = balanced()
    assert ac.imbalance(flows, counts, GRID) == (ac.BALANCED, -1, -1, 0.0)
    counts[1, ac.RECP] = -1
    assert ac.imbalance(flows, counts, GRID) == (ac.WRONG_COUNT, -1, -1, 0.0)


def test_every_firm_is_entered_on_the_page_of_its_prices(model, prices):
    """Three firms, two of them on one page."""
    firms = new_table(3, FIRM_COLUMNS, price_row=[0, 1, 1], covered=[False, True, True], employees=[3, 5, 7])
    firms.use[:] = np.arange(1.0, 3.0 * N_USES + 1.0).reshape(3, -1)
    firms.stock_use[:] = 100.0 + 2.0 * firms.use
    firms.shifted[:], firms.operating_cost[:], firms.revenue[:] = (
        [1.0, 2.0, 4.0],
        [10.0, 20.0, 40.0],
        [100.0, 200.0, 400.0],
    )
    ledger = ac.empty_ledger(2 * ac.N_COVERAGES)
    for firm in firms:
        ac.enter_in_ledger(firm, ledger, prices)
    pages = {0: [0], ac.N_COVERAGES + 1: [1, 2]}
    assert np.flatnonzero(ledger.firms).tolist() == list(pages)
    for page, rows in pages.items():
        assert ledger.firms[page] == len(rows)
        assert ledger.jobs[page] == firms.employees[rows].sum()
        for name, column in (("used", "use"), ("without", "stock_use")):
            np.testing.assert_array_equal(ledger[name][page], firms[column][rows].sum(axis=0))
        for name in ("shifted", "operating_cost", "revenue"):
            assert ledger[name][page] == firms[name][rows].sum()


def test_the_ledger_is_empty_when_it_has_been_closed(prices):
    ledger, _ = page_of(prices)
    flows = np.zeros(len(ac.FLOWS))
    ac.close_ledger(ledger, 0, prices, flows)
    assert flows[ac.JOBS] == 11.0
    for name in ledger.dtype.names:
        assert not np.any(ledger[name]), name
    ac.close_ledger(ledger, 0, prices, flows)
    assert flows[ac.JOBS] == 11.0


# ---- counts ----------------------------------------------------------------------------------------------------------------


def test_a_firm_is_counted_for_what_it_is(model):
    """Each column by itself: what a firm is decides what it adds, and money of the year is set back."""
    firm = new_table(1, FIRM_COLUMNS)[0]
    surroundings, counts = model.state.surroundings, np.zeros(len(ac.COUNTS), dtype=np.int64)
    before = surroundings.sectors.practising[0]

    def added(monitored=False, **columns):
        for name, value in columns.items():
            firm[name] = value
        surroundings.parks.monitored[0] = monitored
        counts[:] = 0
        ac.count(firm, surroundings, 2030, counts)
        return {column: int(counts[column]) for column in np.flatnonzero(counts)}

    assert added() == {ac.FIRMS: 1}
    assert added(violation_year=2029) == {ac.FIRMS: 1}
    assert added(violation_year=2030) == {ac.FIRMS: 1, ac.VIOLATORS: 1}
    assert added(violation_year=0, aware_year=2020) == {ac.FIRMS: 1, ac.AWARE: 1}
    assert added(aware_year=0, audit_year=2016) == {ac.FIRMS: 1, ac.ASSISTED_FIRMS: 1}
    assert added(audit_year=0, applies_recp=True) == {ac.FIRMS: 1, ac.RECP: 1}
    assert added(monitored=True) == {ac.FIRMS: 1, ac.RECP: 1, ac.RECP_MEASURED: 1}
    assert added(measured=True) == {ac.FIRMS: 1, ac.RECP: 1, ac.RECP_MEASURED: 1}
    assert surroundings.sectors.practising[0] == before + 3
    assert added(applies_recp=False, n_adopted=4) == {ac.FIRMS: 1, ac.ADOPTED_MEASURES: 4}
    assert added(n_adopted=0, invested=700, subsidy=90) == {ac.FIRMS: 1, ac.INVESTED: 700, ac.SUBSIDY: 90}
    assert (firm.invested, firm.subsidy, firm.invested_so_far, firm.subsidy_so_far) == (0, 0, 700, 90)
    assert added(invested=50, subsidy=5) == {ac.FIRMS: 1, ac.INVESTED: 50, ac.SUBSIDY: 5}
    assert (firm.invested_so_far, firm.subsidy_so_far) == (750, 95)


def test_every_park_is_booked_what_its_own_firms_are(model):
    """Parks of one, three and two firms, a year each: the ledger is closed behind the last firm of a park and nowhere else."""
    made = EIPModel("no-eip-policy", tiny_world(3, n_parks=3), 1)
    made.step()
    state, year = made.state, made.this_year
    firms, rows = state.firms, np.array([0, 3, 4, 5, 6, 8])
    firms.employees[:], firms.revenue[:] = np.arange(1, 10), 10.0 * np.arange(1, 10)
    books = state.books
    ac.open_books(books)
    ac.book_all(firms, rows, state.surroundings, year.prices, year.number, books)
    assert books.counts[:, ac.FIRMS].tolist() == [1, 3, 2]
    growth = year.prices.growth[firms.price_row]
    for column, of_firms in ((ac.JOBS, firms.employees), (ac.REVENUE, firms.revenue * growth)):
        sums = [of_firms[rows[firms.park[rows] == p]].sum() for p in range(3)]
        assert books.flows[:, column] == pytest.approx(sums, rel=1e-12)
    used = books.flows[:, ac.USED + 0].copy()
    for p, of_park in enumerate(([0], [3, 4, 5], [6, 8])):
        ac.open_books(books)
        ac.book_all(firms, np.array(of_park), state.surroundings, year.prices, year.number, books)
        assert books.flows[p, ac.USED + 0] == pytest.approx(used[p], rel=1e-12)
        assert np.delete(books.flows[:, ac.USED + 0], p).tolist() == [0.0, 0.0]
