"""What is conserved: ACCEPTANCE C1 to C7, as far as exchanges do not exist yet."""

from unittest.mock import patch

import numpy as np
import pytest
from helpers import ALIKE, NO_AWARENESS, quiet, tiny_world, used_now
from hypothesis import given, settings
from hypothesis import strategies as st

from eipsim.agents.firm import stock as firm_stock
from eipsim.agents.firm.columns import ADOPTED
from eipsim.agents.regulator.columns import MONEY_IN, MONEY_OUT
from eipsim.data.loading import value_of
from eipsim.errors import ConservationError
from eipsim.market import books as ac
from eipsim.market.catalogue import ELECTRICITY, NO_INPUT, build_catalogue, measure_names
from eipsim.market.uses import USES
from eipsim.model.model import EIPModel
from eipsim.outcomes.registry import OUTCOMES
from eipsim.outcomes.views import YearEnd

PACKAGE = "full-package"


@pytest.fixture(scope="module")
def package():
    """Every instrument on the pilot parks to 2050, with flows by park and avoided CO2 by measure."""
    return EIPModel(PACKAGE, "pilot-parks", 2, detail=True).run()


# ---- C1, C2 ----------------------------------------------------------------------------------------------------------


def test_c1_every_stream_of_every_park_balances_in_every_year(package):
    """Generated without measures = avoided at source + used, treated or disposed (nothing is exchanged yet)."""
    for flows in package.detail.flows:
        used, without = flows[:, ac.USED : ac.WITHOUT], flows[:, ac.WITHOUT : ac.AVOIDED]
        avoided = flows[:, ac.AVOIDED : ac.AVOIDED + ac.N_USES]
        np.testing.assert_allclose(without, used + avoided, rtol=1e-9, atol=1e-9)
        assert (used >= 0.0).all()
        water = flows[:, ac.WASTEWATER_WITHOUT] - flows[:, ac.WASTEWATER]
        assert (water >= -1e-9).all()


def test_c1_what_parks_report_is_the_sum_of_their_firms_and_the_nation_that_of_its_parks(package):
    f, rows = package.state.firms, package.rows_alive()
    used = used_now(package, rows)
    for k, name in enumerate(USES):
        by_park = np.bincount(f.park[rows], weights=used[:, k], minlength=package.world.n_parks)
        np.testing.assert_allclose(package.detail.flows[-1][:, k], by_park, rtol=1e-9, err_msg=name)
    parks = YearEnd(package.state, package.this_year).by_park()
    for name, outcome in OUTCOMES.items():
        if outcome.level == "firm" and outcome.adds_up:
            assert getattr(package, name) == pytest.approx(outcome.formula(parks).sum(), rel=1e-9), name


def with_measures(shares):
    """What is left of a firm's electricity when measures that save `shares` of it are all installed."""
    plain = build_catalogue(EIPModel("no-eip-policy", tiny_world(1)).state.market.constants)
    saving = [m for m in np.flatnonzero(plain.stream == ELECTRICITY) if plain.input_kind[m] == NO_INPUT][: len(shares)]
    plain.net_share[saving] = np.array(shares)[:, None]
    plain.penetration[:] = 0.0
    with patch("eipsim.market.market.build_catalogue", lambda *_: plain):
        model = quiet(EIPModel("no-eip-policy", tiny_world(1), settings=NO_AWARENESS))
    model.step()
    f = model.state.firms
    for m in saving:
        firm_stock.put_in(f[0], m, model.state.market.catalogue, model.state.surroundings, 2015, ADOPTED)
    f.changed[0] = True
    model.firm(0).consider_measures()  # it knows no other option, so it only takes stock of what it has
    assert f.use[0, 0] >= 0.0
    return f.use[0, 0] / f.stock_use[0, 0]


def test_c2_ten_and_twenty_per_cent_stack_to_twenty_eight():
    assert 1.0 - with_measures([0.1, 0.2]) == pytest.approx(0.28, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0.0, 0.999), min_size=1, max_size=6))
def test_c2_measures_never_save_more_than_there_is(shares):
    assert with_measures(shares) == pytest.approx(np.prod([1.0 - share for share in shares]), rel=1e-9)


def test_c2_a_hundred_measures_of_five_per_cent_never_give_negative_use():
    """Five measures, each worth twenty of five per cent: 0.95 to the hundredth is left."""
    assert with_measures([1.0 - 0.95**20] * 5) == pytest.approx(0.95**100, rel=1e-9)


def test_c2_a_broken_balance_stops_the_run():
    model = EIPModel(PACKAGE, "pilot-parks", 2)
    model.step()
    grid = model.state.market.drivers.grid_factor[0]
    for position, what in ((0, "electricity"), (ac.WITHOUT + 4, "water"), (ac.AVOIDED + 5, "waste")):
        flows = model.state.books.flows.copy()
        flows[0, position] *= 1.0 + 1e-6
        flows[0, position] += 1.0
        with pytest.raises(ConservationError, match=what):
            ac.check_balances(flows, model.state.books.counts, grid, 2015)
    negative = model.state.books.flows.copy()
    negative[1, [4, ac.AVOIDED + 4]] = -1.0, negative[1, ac.WITHOUT + 4] + 1.0
    with pytest.raises(ConservationError, match="negative use of water"):
        ac.check_balances(negative, model.state.books.counts, grid, 2015)
    with pytest.raises(ConservationError, match="grid factor"):
        ac.check_balances(model.state.books.flows, model.state.books.counts, grid * 1.001, 2015)
    unknown = model.state.books.flows.copy()
    unknown[3, ac.AVOIDED] = np.nan
    with pytest.raises(ConservationError, match="electricity of park row 3 does not balance: off by nan"):
        ac.check_balances(unknown, model.state.books.counts, grid, 2015)
    for column, value in ((ac.FIRMS, -1), (ac.RECP, model.state.books.counts[2, ac.FIRMS] + 1)):
        impossible = model.state.books.counts.copy()
        impossible[2, column] = value
        with pytest.raises(ConservationError, match="count of firms is impossible"):
            ac.check_balances(model.state.books.flows, impossible, grid, 2015)
    with pytest.raises(ConservationError, match="cents"):
        ac.check_money(model.state.books.counts, 1, 2015)


# ---- C3 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("applied_for", [0.0, 1.0])
def test_c3_what_firms_receive_is_what_regulators_pay_to_the_cent_in_every_year(applied_for):
    """A voucher that is reserved is so at its cap; one that is applied for needs what it pays."""
    settings = {"regulators.voucher_applications": applied_for}
    model = EIPModel(PACKAGE, "pilot-parks", 2, settings=settings, detail=True)
    paid_in_all = 0
    while model.year < model.last_year:
        model.step()
        received = int(model.state.books.counts[:, ac.SUBSIDY].sum())
        assert received == int(model.state.regulators.vouchers.sum())
        assert received == round(model.subsidy_paid_usd * 100)
        assert (model.state.regulators.balance >= 0).all()
        f = model.state.firms
        dealt = f.voucher_rate > 0.0
        cap = int(model.this_year.levers.voucher_cap_usd * 100)
        needed = received if applied_for else int(dealt.sum()) * cap
        assert needed <= int(model.this_year.levers.subsidy_budget_usd * 100)
        assert (f.voucher_left[dealt] >= 0).all()
        assert (f.voucher_left[dealt] <= cap).all()
        paid_in_all += received
    assert paid_in_all > 0


def test_c3_balances_of_regulators_are_what_came_in_less_what_went_out():
    model = EIPModel(PACKAGE, "pilot-parks", 2, settings={"regulators.carbon_earmark_share": 0.5})
    total = np.zeros(len(model.state.regulators), dtype=np.int64)
    while model.year < model.last_year:
        model.step()
        books = model.state.regulators
        total += sum(books[line] for line in MONEY_IN) - sum(books[line] for line in MONEY_OUT)
        np.testing.assert_array_equal(books.balance, total)
    assert model.state.regulators.balance[0] > 0  # earmarked carbon revenue
    assert model.state.regulators.balance.min() >= 0


# ---- C4, C5 ----------------------------------------------------------------------------------------------------------


def test_c4_scope_2_is_mwh_times_the_grid_factor_of_the_year(package):
    factor = package.state.market.drivers.grid_factor
    outcomes = package.outcomes
    np.testing.assert_allclose(outcomes["co2_scope2_t"], outcomes["electricity_mwh"] * factor, rtol=1e-9)
    np.testing.assert_allclose(outcomes["co2_t"], outcomes["co2_scope1_t"] + outcomes["co2_scope2_t"], rtol=1e-12)


def test_c4_a_change_of_the_grid_changes_tonnes_and_not_mwh():
    """Without a carbon price, which makes electricity dearer by what the grid emits."""
    clean, dirty = (
        EIPModel("no-eip-policy", "pilot-parks", 2, settings={"drivers.grid": g}).run() for g in ("low", "high")
    )
    np.testing.assert_array_equal(clean.outcomes["electricity_mwh"], dirty.outcomes["electricity_mwh"])
    np.testing.assert_allclose(clean.outcomes["co2_scope1_t"], dirty.outcomes["co2_scope1_t"], rtol=1e-12)
    assert clean.co2_scope2_t < dirty.co2_scope2_t


def test_c4_a_thousand_mwh_and_ten_terajoules_of_coal_give_1810_9_tonnes():
    grid, coal = 0.8649, value_of("emission_factors", "other_bituminous_coal") / 1000.0
    assert 1000.0 * grid + 10_000.0 * coal == pytest.approx(1810.9, abs=0.05)
    model = EIPModel("no-eip-policy", tiny_world(1))
    cement = 15  # a sector that burns coal alone among the cheap fuels, or nearly so
    model.step()
    f, p = model.state.firms, model.this_year.prices
    emission = p.emission.copy()
    emission[:, 0], emission[:, 1] = grid, coal
    f.sector[0] = cement
    f.use[0], f.stock_use[0] = 0.0, 0.0
    f.use[0, :2] = f.stock_use[0, :2] = 1000.0, 10_000.0
    books = model.state.books
    ac.open_books(books)
    as_in_2024 = p._replace(emission=emission, growth=np.ones_like(p.growth))
    ac.book_all(f, np.array([0]), model.state.surroundings, as_in_2024, 2015, books)
    assert books.flows[0, ac.SCOPE_1] + books.flows[0, ac.SCOPE_2] == pytest.approx(1810.9, abs=0.05)


@pytest.mark.parametrize(("realisation", "rebound"), [(0.7, 0.2), (0.5, 0.0), (1.0, 0.55)])
def test_c5_the_net_saving_is_what_is_realised_less_the_rebound(realisation, rebound):
    """One measure in identical firms: MWh saved = (1 - rebound) x realisation x design share x MWh without it."""
    values = {"measures.realisation": realisation, "measures.rebound": rebound, "behaviour.acceptance_floor": 1.0}
    values = NO_AWARENESS | ALIKE | values
    model = quiet(EIPModel("no-eip-policy", tiny_world(50), 1, settings=values), only="lighting", known=True)
    model.step()
    reach = model.state.market.catalogue.reach[measure_names().index("lighting"), model.state.firms.sector[0]]
    without = model.electricity_mwh + model.electricity_saved_mwh
    assert model.electricity_saved_mwh / without == pytest.approx((1.0 - rebound) * realisation * reach, rel=1e-12)


# ---- C6, C7 ----------------------------------------------------------------------------------------------------------


def test_c6_what_measures_avoid_one_by_one_sums_to_what_the_scenario_avoids(package):
    """Measure by measure, then shared infrastructure and exchanges."""
    for year, avoided in zip(package.outcomes.index, package.detail.avoided):
        total = package.outcomes["co2_avoided_t"].loc[year]
        assert avoided.sum() == pytest.approx(total, rel=1e-9, abs=1e-6)


@settings(deadline=None)
@given(st.permutations(range(8)))
def test_c6_marginal_abatement_steps_sum_to_the_total_in_any_order(order):
    """Use with a set of measures does not depend on the order in which they are put in."""
    f, rows, model = STEPS.state.firms, STEPS.rows_alive(), STEPS
    i = int(rows[np.argmax([bin(int(bits)).count("1") for bits in f.adopted_bits[rows]])])
    emission, now = model.this_year.prices.emission[f.price_row[i]], model.state.surroundings
    adopted = [m for m in range(len(measure_names())) if (int(f.adopted_bits[i]) >> m) & 1][:8]
    bits, use, steps = int(f.installed_bits[i]) & ~int(f.adopted_bits[i]), np.zeros(len(USES)), []
    row = f[i].copy()

    def emitted(of):
        firm_stock.use_resources(f[i], model.state.market.catalogue, now, np.int64(of), use)
        return float((use * emission).sum())

    before = emitted(bits)
    first = before
    for position in order:
        if position < len(adopted):
            bits |= 1 << adopted[position]
            after = emitted(bits)
            steps.append(before - after)
            before = after
    everything = emitted(bits)
    f[i] = row
    assert sum(steps) == pytest.approx(first - everything, rel=1e-9, abs=1e-9)
    assert len(steps) >= 4


STEPS = EIPModel(PACKAGE, "pilot-parks", 2).run()


def test_c7_transfers_cancel_in_the_social_total(package):
    """Vouchers, charges and carbon payments move money between firms and the state; what is left are real costs."""
    counts, flows = package.state.books.counts.sum(axis=0), package.state.books.net_flows.sum(axis=0)
    books = package.state.regulators
    state = {
        "vouchers": -int(books.vouchers.sum()) / 100.0,
        "carbon": float(flows[ac.CARBON_PAID]),
        "charges": float(flows[ac.CHARGES_PAID]),
    }
    firms = {
        "vouchers": counts[ac.SUBSIDY] / 100.0,
        "carbon": -flows[ac.CARBON_PAID],
        "charges": -flows[ac.CHARGES_PAID],
    }
    for transfer, value in state.items():
        assert value + firms[transfer] == pytest.approx(0.0, abs=1e-6), transfer
    revenue = package.public_revenue_usd - books.fines.sum() / 100.0
    assert revenue == pytest.approx(state["carbon"] + state["charges"], rel=1e-12)
    assert state["carbon"] > 0.0 > state["vouchers"]


def test_c7_carbon_paid_is_price_times_the_tonnes_of_the_firms_that_are_covered(package):
    f, rows, p = package.state.firms, package.rows_alive(), package.this_year.prices
    covered = rows[f.covered[rows]]
    of_energy = (used_now(package, covered) * p.emission[f.price_row[covered]]).sum(axis=1)
    of_processes = f.revenue[covered] * (p.growth * p.process_priced)[f.price_row[covered]]
    tonnes = of_energy + of_processes
    price = p.carbon[package.state.surroundings.parks.zone[f.park[covered]], f.price_row[covered]]
    assert of_processes.sum() > 0.0
    assert package.state.books.flows[:, ac.CARBON_PAID].sum() == pytest.approx((tonnes * price).sum(), rel=1e-9)


def test_outcomes_are_finite_and_of_the_right_sign_in_every_year(package):
    signed = {"fuel_saved_gj", "co2_avoided_t", "firm_saving_usd", "electricity_saved_mwh"}  # substitutions move these
    signed |= {"allowances_net_usd"}  # allowances are sold too
    signed |= {"operation_saved_mwh", "operation_saved_gj", "operation_co2_t"}  # of what is cheaper more is used
    for name in OUTCOMES:
        assert np.isfinite(package.outcomes[name]).all(), name
        if name not in signed:
            assert (package.outcomes[name] >= 0.0).all(), name
    cumulative = [o.name for o in OUTCOMES.values() if o.kind == "cumulative"]
    for name in cumulative:
        assert (package.outcomes[name].diff().dropna() >= 0.0).all(), name
