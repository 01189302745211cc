"""Main fuels, boilers, growth, operation, the carbon market, loans and applications for vouchers, all switched on together."""

import numpy as np
import pytest
from helpers import DECIDED, PLAIN, differences, loans_of

from eipsim.agents.firm.columns import CHOSEN
from eipsim.agents.regulator.allowances import benchmarks
from eipsim.core.years import FIRST_YEAR
from eipsim.data.loading import VIETNAM
from eipsim.market import books as accounts
from eipsim.market import uses
from eipsim.market.catalogue import N_SECTORS
from eipsim.market.operation import reference_prices
from eipsim.market.processes import process_intensity
from eipsim.model.model import EIPModel
from eipsim.outcomes.firm_books import gross_flows

GROWTH, RISE = "population.productivity_growth", "measures.biomass_price_rise"
STEEL_AND_GLASS = ["A11", "A16"]
MOVING = {
    "population.output_history": 1.0, GROWTH: 0.026, "population.newcomers_path": 1.0, "population.intensity_trend": 0.01,
    "operation.price_elasticity": 0.3, "operation.salience": 0.5,
}  # fmt: skip
BOILERS = {
    "population.main_fuel_share": 1.0, "measures.boiler_lifetime": 25.0, "measures.boiler_efficiency": 0.92,
    "measures.biomass_price_ratio": 0.85,
}  # fmt: skip
MONEY = {
    "finance.loan_years": 5.0, "finance.loan_share": 0.2, "finance.loan_rate": 0.05, "regulators.process_coverage": 1.0,
}  # fmt: skip
MECHANISMS = MOVING | BOILERS | MONEY | {RISE: 0.0}
# What belongs to a mechanism and must be without effect while it is off.
BESIDE = {
    "finance.loan_rate": 0.09, "operation.adjustment_speed": 0.6, "operation.most_price_ratio": 3.0,
    "measures.coal_boiler_cost_share": 0.9, "measures.oil_boiler_cost_share": 0.2, "measures.biomass_potential": 10.0,
    "behaviour.boiler_inertia": 3.0, "behaviour.boiler_cost_sensitivity": 9.0,
}  # fmt: skip
POLICY = {
    "levers.electricity_price_change": {"value": 0.2, "from": 2026},
    "levers.carbon_price": {"value": 40.0, "from": 2027},
    "levers.carbon_threshold_toe": {"value": 200.0, "from": 2025},
    "levers.carbon_facilities": {"value": 5.0, "from": 2025, "sectors": STEEL_AND_GLASS},
    "levers.auctioned_share": {"value": 0.1, "from": 2025, "sectors": STEEL_AND_GLASS},
    "levers.allocation_decline": {"value": 0.015, "from": 2025, "sectors": STEEL_AND_GLASS},
    "levers.loan_guarantee": {"value": 0.5, "from": 2026, "owners": ["domestic"]},
    "levers.interest_subsidy": {"value": 0.02, "from": 2026, "owners": ["domestic"]},
    "levers.no_new_fossil_boilers": {"value": 130.0, "from": 2030},
    "levers.fossil_boiler_end": {"value": 130.0, "from": 2040},
}  # fmt: skip
# Nobody lacks money, and nobody weighs sums that law or auditors ask for, which do not grow with output.
UNBOUND = {
    "finance.investment_budget_share": 10.0, "finance.constrained_share": 0.0, "regulators.voucher_applications": 0.0,
    "operators.certificate_budget_share": 0.0,
}  # fmt: skip


def run_until(year, settings, scenario="full-package", **more):
    model = EIPModel(scenario, "pilot-parks", 2, settings=settings, **more)
    while model.year < year:
        model.step()
    return model


@pytest.fixture(scope="module")
def everything():
    """All of it, scarce biomass and applications for vouchers too, to the last year and with detail."""
    settings = MECHANISMS | POLICY | {RISE: 1.0, "regulators.voucher_applications": 1.0}
    return EIPModel("full-package", "pilot-parks", 2, settings=settings, detail=True).run()


# ---- balances --------------------------------------------------------------------------------------------------------


def test_each_of_it_does_something(everything):
    out = everything.outcomes
    for name in (
        "operation_saved_mwh", "operation_saved_gj", "operation_co2_t", "allowances_free_t", "co2_process_t",
        "loans_outstanding_usd", "interest_paid_usd", "interest_subsidised_usd", "vouchers_offered_usd",
    ):  # fmt: skip
        assert out[name].max() > 0.0, name
    f, rows = everything.state.firms, everything.rows_alive()
    assert (f.origin[rows] == CHOSEN).any()
    assert (f.price_row[rows] >= N_SECTORS).all()
    assert everything.this_year.biomass_price_factor > 1.0


def test_the_books_of_firms_add_up_to_those_of_parks(everything):
    rows, state = everything.rows_alive(), everything.state
    flows = gross_flows(state, everything.this_year, rows)
    for name, at in accounts.FLOW.items():
        if name.startswith("allowances"):
            continue  # settled when the year closes
        by_park = np.bincount(state.firms.park[rows], weights=flows[:, at], minlength=everything.world.n_parks)
        np.testing.assert_allclose(by_park, state.books.flows[:, at], rtol=1e-9, atol=1e-4, err_msg=name)


def test_gross_less_operation_less_what_measures_save_is_use_for_every_carrier_and_park(everything):
    f, rows, prices = everything.state.firms, everything.rows_alive(), everything.this_year.prices
    level = (prices.intensity * prices.growth[f.price_row[rows]])[:, None]
    zone = everything.state.surroundings.parks.zone[f.park[rows]]
    operation = prices.operation[zone, f.price_row[rows], f.covered[rows] + 2 * f.foreseen[rows]]
    flows, n_parks = everything.state.books.flows, everything.world.n_parks
    for k in range(uses.N_USES):
        gross, used = (
            np.bincount(f.park[rows], weights=weights[:, k], minlength=n_parks)
            for weights in (f.stock_use[rows] * level, f.use[rows] * level * operation)
        )
        spared = np.bincount(f.park[rows], weights=(f.use[rows] * level * (1.0 - operation))[:, k], minlength=n_parks)
        np.testing.assert_allclose(used, flows[:, accounts.USED + k], rtol=1e-9, atol=1e-4)
        saved = flows[:, accounts.AVOIDED + k]
        np.testing.assert_allclose(gross - spared - saved, flows[:, accounts.USED + k], rtol=1e-9, atol=1e-3)


def test_what_measures_avoid_one_by_one_sums_to_what_is_avoided(everything):
    for year, avoided in zip(everything.outcomes.index, everything.detail.avoided):
        assert avoided.sum() == pytest.approx(everything.outcomes["co2_avoided_t"].loc[year], rel=1e-9, abs=1e-6)


def test_holders_surrender_what_they_emit_after_operation_shared_systems_and_exchanges():
    """Where every firm that pays for carbon holds allowances, both ways to the money of a park come to the same."""
    all_free = {"levers.auctioned_share": {"value": 0.0, "from": 2027}}
    limits = ("levers.carbon_facilities", "levers.auctioned_share", "levers.allocation_decline")
    policy = {name: value for name, value in POLICY.items() if name not in limits}
    model = run_until(2040, MECHANISMS | policy | all_free)
    own, flows = model.state.allowances.accounts, model.state.books.net_flows
    by_firm = np.bincount(model.world.firms.park[own.firm], own.price * own.surrendered, minlength=len(flows))
    by_park = flows[:, [accounts.CARBON_PAID, accounts.ALLOWANCES_WORTH, accounts.ALLOWANCES_NET]].sum(axis=1)
    np.testing.assert_allclose(by_firm, by_park, rtol=1e-9, atol=1e-3)
    assert (model.state.books.flows[:, accounts.OPERATION_CO2] > 0.0).any()
    assert model.co2_process_t > 0.0


def test_process_co2_and_free_allowances_follow_output(everything):
    f, rows, prices = everything.state.firms, everything.rows_alive(), everything.this_year.prices
    output = f.revenue[rows] * 1.026**26
    np.testing.assert_allclose(prices.growth, 1.026**26, rtol=1e-12)
    expected = (output * process_intensity()[f.sector[rows]]).sum()
    assert everything.co2_process_t == pytest.approx(expected, rel=1e-9)
    assert everything.revenue_usd == pytest.approx(output.sum(), rel=1e-9)
    own, benchmark = everything.state.allowances.accounts, benchmarks(everything.state, everything.this_year)
    assert own.size
    free = 0.9 * benchmark[f.sector[own.firm]] * f.revenue[own.firm] * 1.026**26
    np.testing.assert_allclose(own.free, free, rtol=1e-9)


def test_agents_stepped_one_by_one_do_what_the_compiled_year_does():
    settings = MECHANISMS | POLICY | {RISE: 1.0, "regulators.voucher_applications": 1.0}
    ways = [run_until(2030, settings, stepping=stepping) for stepping in ("compiled", "agents")]
    assert differences(*ways) == []
    np.testing.assert_array_equal(ways[0].state.books.net_flows, ways[1].state.books.net_flows)


# ---- nothing ---------------------------------------------------------------------------------------------------------


def test_p1_policy_without_strength_changes_no_bit_while_everything_moves():
    nothing = {name: {"value": 0.0, "from": 2025} for name in (
        "levers.electricity_price_change", "levers.carbon_price", "levers.loan_guarantee", "levers.interest_subsidy",
        "levers.no_new_fossil_boilers", "levers.fossil_boiler_end",
    )} | {"levers.auctioned_share": {"value": 1.0, "from": 2025}}  # fmt: skip
    plain, zero = (run_until(2040, MECHANISMS | policy, "no-eip-policy") for policy in ({}, nothing))
    assert differences(plain, zero) == []
    np.testing.assert_array_equal(plain.state.books.net_flows, zero.state.books.net_flows)


def test_what_belongs_to_mechanisms_that_are_off_changes_no_bit():
    plain, other = (run_until(2035, PLAIN | beside) for beside in ({}, BESIDE))
    assert differences(plain, other) == []


def test_a_policy_leaves_every_year_before_it_to_the_bit():
    plain, later = (run_until(2024, MECHANISMS | policy) for policy in ({}, POLICY))
    assert differences(plain, later) == []


# ---- growth moves no decision ------------------------------------------------------------------------------------------


def test_no_decision_moves_with_growth_while_everything_else_is_on():
    """But for what money in dollars of law binds, and for biomass, of which there is only so much."""
    still, growing = (run_until(2045, MECHANISMS | POLICY | UNBOUND | {GROWTH: growth}) for growth in (0.0, 0.03))
    rows = still.rows_alive()
    assert (still.state.firms.first_adopted[rows] > 2024).sum() > 500
    assert (still.state.firms.origin[rows] == CHOSEN).any()
    for column in DECIDED:
        assert np.array_equal(still.state.firms[column], growing.state.firms[column]), column
    assert growing.electricity_mwh > 1.5 * still.electricity_mwh
    lent, lent_growing = map(loans_of, (still, growing))
    np.testing.assert_array_equal(lent.firm, lent_growing.firm)
    in_proportion = lent.principal * 1.03 ** (lent.year - 2024.0)
    alike = np.isclose(lent_growing.principal, in_proportion, rtol=1e-3, atol=100)  # whole cents, loan by loan
    assert alike.size > 500
    assert alike.mean() > 0.95
    assert (lent_growing.principal[~alike] > in_proportion[~alike]).all(), (
        "the cap of a voucher pays less of a larger cost"
    )


def test_growth_makes_biomass_scarcer_and_nothing_else_of_prices():
    still, growing = (run_until(2035, MECHANISMS | {RISE: 1.0, GROWTH: g}, "baseline") for g in (0.0, 0.03))
    assert growing.this_year.biomass_price_factor > still.this_year.biomass_price_factor >= 1.0
    a, b = still.this_year.prices, growing.this_year.prices
    others = [k for k in range(uses.N_USES) if k != uses.BIOMASS]
    np.testing.assert_array_equal(a.use[..., others], b.use[..., others])


def test_what_newcomers_bring_along_is_no_reason_for_others_to_choose_another_boiler():
    still, spreading = (
        EIPModel(
            "baseline", "pilot-parks", 2, settings=BOILERS | {"population.newcomers_path": pace}
        ).state.surroundings
        for pace in (0.0, 1.0)
    )
    assert (spreading.vintages.penetration[-1] >= still.vintages.penetration[-1]).all()
    assert spreading.vintages.penetration[-1].sum() > still.vintages.penetration[-1].sum()
    np.testing.assert_array_equal(still.boiler_weights, spreading.boiler_weights)


# ---- operation by price row ------------------------------------------------------------------------------------------


def test_nobody_answers_in_the_default_scenario_though_firms_have_main_fuels_and_biomass_a_price_of_its_own():
    model = run_until(2040, MECHANISMS, "baseline")
    assert model.this_year.prices.operation.shape[1] == model.state.market.yearly.n_rows > N_SECTORS
    assert (model.this_year.prices.operation[:, :, [0, 3]] == 1.0).all()  # covered as was to be expected


def test_the_same_carbon_price_makes_those_who_burn_coal_use_less_of_it_than_those_who_burn_gas():
    carbon = {"levers.carbon_price": {"value": 50.0, "from": 2026}, "levers.carbon_threshold_toe": 0.0}
    model = run_until(2030, MECHANISMS | carbon, "baseline")
    prices, rows = model.this_year.prices, model.state.market.yearly.rows
    fuels = ("coal", "diesel", "fuel_oil", "LPG", "natural_gas")
    coal, gas = (
        N_SECTORS + np.flatnonzero(np.arange(N_SECTORS * 5) % 5 == fuels.index(f)) for f in ("coal", "natural_gas")
    )
    np.testing.assert_array_equal(rows.sector[coal], rows.sector[gas])
    of_coal, of_gas = prices.operation[0, coal, 1, uses.COAL_DIESEL], prices.operation[0, gas, 1, uses.DEAR_FUEL]
    assert (of_coal < of_gas).all()
    assert (of_gas < 1.0).all()
    assert (prices.operation[0, :, 0] == 1.0).all()


def test_nobody_answers_to_biomass_that_gets_dear_as_more_of_it_is_burnt():
    model = run_until(2045, MECHANISMS | {RISE: 1.0}, "baseline")
    assert model.this_year.biomass_price_factor > 1.0
    assert (model.this_year.prices.operation[:, :, [0, 3]] == 1.0).all()  # covered as was to be expected


def test_where_the_default_scenario_has_a_market_the_price_of_its_pilot_was_to_be_expected():
    model = EIPModel("baseline", "pilot-parks", 2, settings={"levers.carbon_facilities": {"value": 3.0, "from": 2025}})
    energy = reference_prices(model.lever_paths, model.state.market.constants, VIETNAM).energy[2026 - FIRST_YEAR]
    pilot = float(model.state.market.drivers.carbon_price[2026 - FIRST_YEAR])
    assert pilot > 0.0
    dearer = energy[:, :, 1, uses.ELECTRICITY] - energy[:, :, 0, uses.ELECTRICITY]
    np.testing.assert_allclose(dearer, pilot * model.state.market.drivers.grid_factor[2026 - FIRST_YEAR], rtol=1e-9)


def test_whoever_applies_for_a_voucher_looks_at_a_larger_bill_once_a_year():
    dear = {"levers.electricity_price_change": {"value": 0.5, "from": 2015}, "operation.salience": 1.0}
    vouchers = {
        "levers.capital_subsidy": {"value": 0.3, "from": 2026},
        "levers.subsidy_budget_usd": {"value": 1e7, "from": 2026},
    }
    bars = [
        run_until(
            2026, dear | vouchers | {"regulators.voucher_applications": applies}, "no-eip-policy"
        ).state.firms.awareness_bar
        for applies in (0.0, 1.0)
    ]
    np.testing.assert_array_equal(*bars)
