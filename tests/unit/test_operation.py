"""How firms answer to prices with what they have: exactly nothing where no price differs, less where energy is dearer."""

import doctest

import numpy as np
import pytest
from helpers import NO_AWARENESS, differences, quiet, same_tables, tiny_world, z_score

from eipsim.agents.firm.year import energy_bills
from eipsim.core.years import FIRST_YEAR
from eipsim.explain import explain_measure
from eipsim.market import books as accounts
from eipsim.market import uses
from eipsim.market.books import coverage_of
from eipsim.market.operation import Operation, elasticity_of_measures, energy_prices, zone_of_reference
from eipsim.model.model import EIPModel
from eipsim.outcomes.firm_books import gross_flows
from eipsim.policy.economic import EVERYBODY
from eipsim.rules import operation as formulas
from eipsim.rules.acceptance import RULES
from eipsim.runs.provenance import provenance_of
from eipsim.runs.simulation import simulate

ELASTICITY, SPEED, MOST = "operation.price_elasticity", "operation.adjustment_speed", "operation.most_price_ratio"
SALIENCE, TARIFF, CARBON = "operation.salience", "levers.electricity_price_change", "levers.carbon_price"
NEW, FORESEEN = 1, [0, 3]  # coverage: pays for carbon though it was not to be expected; as was to be expected
ON = {ELASTICITY: 0.3}
NO_ANSWER = {ELASTICITY: 0.0, SALIENCE: 0.0}
DEARER = {TARIFF: {"value": 0.2, "from": 2026}}
EVERYBODY_PAYS = {CARBON: {"value": 50.0, "from": 2026}, "levers.carbon_threshold_toe": 0.0}
# Firms that buy nothing and of which nothing is spared by others: only operation moves. What is enacted holds, as expected.
STILL = {name: value for name, value in NO_AWARENESS.items() if not name.startswith("levers.")} | {
    "operators.commitment_base_rate": 0.0, "operators.infrastructure_rate_alone": 0.0, "exchanges.spontaneous_rate": 0.0,
}  # fmt: skip


def run_until(year, settings, scenario="baseline", world="pilot-parks", **more):
    model = EIPModel(scenario, world, 2, settings=settings, **more)
    while model.year < year:
        model.step()
    return model


def response(model, other, outcome="electricity_mwh"):
    """Elasticity of an outcome with regard to a tariff 20 % higher."""
    return np.log(getattr(model, outcome) / getattr(other, outcome)) / np.log(1.2)


def test_the_formulas_say_what_their_examples_say():
    tried = doctest.testmod(formulas)
    assert tried.attempted > 4
    assert tried.failed == 0


# ---- exactly nothing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_in_the_default_scenario_under_central_drivers_nobody_answers(rule):
    plain, on = (run_until(2050, s, rule=rule) for s in (NO_ANSWER, ON | {SALIENCE: 0.5}))
    assert (on.this_year.prices.operation[:, :, FORESEEN] == 1.0).all()
    assert differences(plain, on) == []


def test_that_biomass_gets_dearer_with_its_use_is_seen_coming():
    """It moves nobody's operation, and one driver more than was to be expected moves it by that alone."""
    model = run_until(2050, ON)
    assert model.this_year.biomass_price_factor > 1.0
    np.testing.assert_array_equal(
        model.state.operation.price[..., uses.BIOMASS], model.state.operation.expected[..., uses.BIOMASS]
    )
    assert model.operation_saved_mwh == model.operation_saved_gj == 0.0


def test_a_tariff_that_changes_by_nothing_is_the_default_bit_for_bit():
    nothing = {TARIFF: {"value": 0.0, "from": 2026}}
    plain, other = run_until(2040, ON), run_until(2040, ON | nothing)
    assert differences(plain, other) == []


def test_nothing_moves_before_the_year_in_which_a_price_first_differs():
    plain, dearer = (run_until(2025, ON | settings) for settings in ({}, DEARER))
    assert differences(plain, dearer) == []
    for model in (plain, dearer):
        model.step()
    assert plain.operation_saved_mwh == 0.0 < dearer.operation_saved_mwh


def test_at_elasticity_0_nothing_depends_on_how_fast_and_how_far_firms_answer():
    plain, off = (run_until(2035, DEARER | NO_ANSWER | more) for more in ({}, {SPEED: 0.6, MOST: 3.0}))
    assert differences(plain, off) == []
    assert off.operation_saved_mwh == off.operation_cost_usd == 0.0
    assert off.state.operation is None


def test_other_drivers_than_the_central_ones_move_operation():
    central = run_until(2040, ON)
    for choice, sign in (("low", -1.0), ("high", 1.0)):
        model = run_until(2040, ON | {"drivers.electricity_price": choice, "drivers.fuel_price": choice})
        assert sign * model.operation_saved_mwh > 0.0
        assert sign * (model.operation_saved_gj - central.operation_saved_gj) > 0.0


def test_what_was_to_be_expected_is_the_same_whatever_scenario_rule_replicate_and_drivers():
    models = [
        EIPModel("baseline", "pilot-parks", 2, settings=ON),
        EIPModel("full-package", "pilot-parks", 2, "npv_hurdle", settings=ON | DEARER, replicate=3),
        EIPModel(
            "no-eip-policy",
            "pilot-parks",
            2,
            settings=ON | {"drivers.electricity_price": "high", "drivers.grid": "low"},
        ),
    ]
    digests = {model.state.operation.reference.digest for model in models}
    assert len(digests) == 1
    assert provenance_of(models[0], {}, 0.0, 0.0)["operation"]["reference_prices"] in digests
    assert "operation" not in provenance_of(EIPModel("baseline", "pilot-parks", 2, settings=NO_ANSWER), {}, 0.0, 0.0)


# ---- the answer ------------------------------------------------------------------------------------------------------


def test_the_factor_moves_by_its_speed_to_the_power_of_the_price():
    model = run_until(2025, STILL | ON | DEARER | {SPEED: 0.3})
    e = model.state.operation.elasticity
    for years in range(1, 12):
        model.step()
        factor = model.this_year.prices.operation[0, 0, 0, uses.ELECTRICITY]
        assert np.log(factor) == pytest.approx(-e * np.log(1.2) * (1.0 - 0.7**years), rel=1e-9)
    assert (model.this_year.prices.operation[:, :, FORESEEN, uses.COAL_DIESEL :] == 1.0).all()


@pytest.mark.parametrize("rule", RULES)
def test_a_dearer_tariff_is_answered_at_once_and_more_so_later_by_every_rule(rule):
    pairs = [[run_until(year, ON | s, rule=rule) for s in (DEARER, {})] for year in (2026, 2041)]
    at_once, later = (response(*pair) for pair in pairs)
    assert -0.2 < at_once < -0.05
    assert -0.5 < later < -0.1
    assert later < at_once


def test_the_larger_the_elasticity_the_larger_the_answer_and_it_grows_with_the_years():
    before = dict.fromkeys((2026, 2041), 0.0)
    for e in (0.1, 0.3, 0.5):
        at = {y: response(run_until(y, {ELASTICITY: e} | DEARER), run_until(y, {ELASTICITY: e})) for y in before}
        assert all(at[year] < before[year] for year in before)
        assert at[2041] < at[2026]
        before = at


def test_a_price_counts_no_more_than_it_may_and_that_is_told():
    far = {TARIFF: {"value": 4.0, "from": 2030}}
    model = run_until(2033, STILL | ON | far | {SPEED: 1.0, MOST: 2.0})
    factor = model.this_year.prices.operation[0, 0, 0, uses.ELECTRICITY]
    assert np.log(factor) == pytest.approx(-model.state.operation.elasticity * np.log(2.0), rel=1e-9)
    assert model.state.operation.held == [2030, 2031, 2032, 2033]
    run = simulate("baseline", 2, world="pilot-parks", years=(2015, 2033), settings=ON | far)
    assert run.manifest["prices_held"] == [2030, 2031, 2032, 2033]
    assert "prices_held" not in simulate("baseline", 2, world="pilot-parks", years=(2015, 2033), settings=ON).manifest


def test_what_measures_bring_about_is_left_out_of_operation():
    for rule in RULES:
        by_measures = elasticity_of_measures(rule)
        operation = EIPModel("baseline", "pilot-parks", 2, rule, settings=ON).state.operation
        assert operation.elasticity == pytest.approx(max(0.3 - by_measures, 0.0))
    assert elasticity_of_measures("my_rule") == 0.0


# ---- a carbon price is a price of energy -----------------------------------------------------------------------------


def test_a_carbon_price_counts_as_price_times_emission_factor_for_those_it_covers():
    model = run_until(2026, STILL | ON | EVERYBODY_PAYS | {SPEED: 1.0, MOST: 100.0})
    prices, operation = model.this_year.prices, model.state.operation
    expected = operation.expected[:, :, 0]
    now = prices.use[..., : uses.N_ENERGY] + 50.0 * prices.emission[:, : uses.N_ENERGY]
    np.testing.assert_allclose(
        prices.operation[:, :, NEW, : uses.N_ENERGY], (now / expected) ** -operation.elasticity, rtol=1e-9
    )
    assert (prices.operation[:, :, 0] == 1.0).all()
    assert (prices.operation[:, :, NEW, uses.BIOMASS] == 1.0).all()
    assert 0.0 < model.operation_co2_t == pytest.approx(accounts_of(model)[accounts.OPERATION_CO2], rel=1e-12)


def test_it_moves_use_as_much_as_a_price_of_electricity_that_is_as_much_dearer():
    model = run_until(2026, STILL | ON | EVERYBODY_PAYS)
    grid = model.this_year.grid_factor
    tariff = float(model.state.market.drivers.electricity_price[2026 - FIRST_YEAR])
    by_tariff = run_until(2026, STILL | ON | {TARIFF: {"value": 50.0 * grid / tariff, "from": 2026}})
    for page in (0, 4, 12):
        by_carbon = model.this_year.prices.operation[0, page, NEW, uses.ELECTRICITY]
        assert by_carbon == pytest.approx(by_tariff.this_year.prices.operation[0, page, 0, uses.ELECTRICITY], rel=1e-12)


# Large steel and glass works that no lot has covered yet pay from 2029; energy is otherwise at its expected price.
STEEL, GLASS = 10, 15  # sectors A11 and A16
ALL_WORKS_PAY = {"levers.carbon_facilities": {"value": EVERYBODY, "from": 2029, "sectors": ["A11", "A16"]}}


def works_of(model):
    """Rows of the large firms of the two sectors, and which of them the default scenario covers."""
    rows, f = model.rows_alive(), model.state.firms
    rows = rows[np.isin(f.sector[rows], [STEEL, GLASS]) & (f.toe[rows] >= 1000.0)]
    default = run_until(model.year, ON)
    return rows, default.state.firms.covered[rows]


def saved(model, rows, unit="GJ"):
    """What each firm of `rows` does not use because energy is dearer than was to be expected of it."""
    at = accounts.OPERATION_GJ if unit == "GJ" else accounts.OPERATION_MWH
    return gross_flows(model.state, model.this_year, rows)[:, at]


def test_a_firm_that_a_policy_newly_covers_answers_to_the_whole_price_though_others_of_its_sector_expected_it():
    """In 2029 the price is that of the default scenario: who was covered there pays what was to be expected, others not."""
    model = run_until(2029, STILL | ON | ALL_WORKS_PAY | {SPEED: 1.0, MOST: 100.0})
    rows, expected = works_of(model)
    f, prices, e = model.state.firms, model.this_year.prices, model.state.operation.elasticity
    assert f.covered[rows].all()
    assert expected.sum() > 0 < (~expected).sum()
    assert (saved(model, rows[expected]) == 0.0).all()
    assert (saved(model, rows[expected], "MWh") == 0.0).all()
    new = rows[~expected]
    zone, row = model.state.surroundings.parks.zone[f.park[new]], f.price_row[new]
    bare, level = prices.use[zone, row, uses.ELECTRICITY], prices.intensity * prices.growth[row]
    dearer = 1.0 + prices.carbon[zone, row] * prices.emission[row, uses.ELECTRICITY] / bare
    used = f.use[new, uses.ELECTRICITY] * level
    np.testing.assert_allclose(saved(model, new, "MWh"), used * (1.0 - dearer**-e), rtol=1e-9)
    assert (saved(model, new) > 0.0).all()


def test_a_price_that_is_abolished_moves_only_those_who_would_have_paid_it():
    gone = run_until(2031, STILL | ON | {SALIENCE: 0.5, CARBON: 0.0, "levers.carbon_facilities": EVERYBODY})
    rows, expected = works_of(gone)
    assert gone.state.firms.covered[rows].all()
    assert (saved(gone, rows[expected]) < 0.0).all()
    assert (saved(gone, rows[~expected]) == 0.0).all()
    for row, would_pay in zip(rows, expected):
        bill, to_be_expected = energy_bills(gone.state.firms[row], gone.state.surroundings)
        assert bill < to_be_expected if would_pay else bill == to_be_expected


def test_who_was_to_expect_carbon_is_whom_the_default_scenario_covers_in_the_year_whatever_a_policy_did_before():
    """Who is covered once stays so: many works covered for a while leave others behind than the lots of the default."""
    many = {
        "levers.carbon_facilities": [{"value": v, "from": y, "sectors": ["A11"]} for v, y in ((9, 2025), (1, 2030))]
    }
    plain, other = (EIPModel("baseline", "pilot-parks", 2, settings=STILL | ON | more) for more in ({}, many))
    while plain.year < 2036:
        plain.step()
        other.step()
        assert np.array_equal(plain.state.firms.foreseen, plain.state.firms.covered)
        assert np.array_equal(other.state.firms.foreseen, plain.state.firms.covered)
        assert np.array_equal(other.state.firms.covered, plain.state.firms.covered) == (plain.year < 2025)


def test_an_explanation_tells_a_newly_covered_firm_how_much_dearer_energy_is_than_it_was_to_expect():
    model = run_until(2029, ON | ALL_WORKS_PAY)
    rows, expected = works_of(model)
    new, old = (explain_measure(model, int(rows[which][0]), "lighting", 2029) for which in (~expected, expected))
    assert new.facts["energy_price_over_expected"][0] > 1.0 > new.facts["operation"][0]
    assert "Against what was to be expected: electricity costs +" in new.text
    assert "Against what was to be expected" not in old.text


# ---- in the books ----------------------------------------------------------------------------------------------------


def accounts_of(model):
    return model.state.books.flows.sum(axis=0)


@pytest.fixture(scope="module")
def dear():
    """Everything at work, energy dear for all."""
    dear = DEARER | EVERYBODY_PAYS | ON | {"population.productivity_growth": 0.02}
    return EIPModel("full-package", "pilot-parks", 2, settings=dear, detail=True).run()


def test_gross_less_operation_less_net_saving_is_use_for_every_carrier_and_park(dear):
    f, rows, prices = dear.state.firms, dear.rows_alive(), dear.this_year.prices
    level = (prices.intensity * prices.growth[f.sector[rows]])[:, None]
    n_parks, flows = dear.world.n_parks, dear.state.books.flows
    for k in range(uses.N_ENERGY):
        gross, kept = (
            np.bincount(f.park[rows], weights=(use[rows] * level)[:, k], minlength=n_parks)
            for use in (f.stock_use, f.use)
        )
        operation = kept - flows[:, accounts.USED + k]
        np.testing.assert_allclose(
            gross - operation - flows[:, accounts.AVOIDED + k], flows[:, accounts.USED + k], rtol=1e-9, atol=1e-6
        )
        if k == uses.ELECTRICITY:
            np.testing.assert_allclose(operation, flows[:, accounts.OPERATION_MWH], rtol=1e-9, atol=1e-6)
    assert dear.operation_saved_mwh > 0.0
    assert dear.operation_saved_gj > 0.0


def test_the_books_of_firms_add_up_to_those_of_parks(dear):
    rows, state = dear.rows_alive(), dear.state
    flows = gross_flows(state, dear.this_year, rows)
    for name, at in accounts.FLOW.items():
        by_park = np.bincount(state.firms.park[rows], weights=flows[:, at], minlength=dear.world.n_parks)
        np.testing.assert_allclose(by_park, state.books.flows[:, at], rtol=1e-9, atol=1e-5, err_msg=name)


def test_it_is_no_part_of_what_measures_avoid(dear):
    for year, avoided in zip(dear.outcomes.index, dear.detail.avoided):
        assert avoided.sum() == pytest.approx(dear.outcomes["co2_avoided_t"].loc[year], rel=1e-9, abs=1e-6)
    assert dear.operation_co2_t > 0.0


def test_where_nothing_but_operation_moves_savings_stay_and_use_falls():
    """No shared system and no exchange takes what operation has left."""
    still = STILL | {
        "operators.infrastructure_rate": 0.0,
        "exchanges.brokering_rate": 0.0,
        "exchanges.screening_probability": 0.0,
    }
    on, off = (run_until(2035, still | DEARER | {ELASTICITY: e}) for e in (0.3, 0.0))
    same = (
        "electricity_saved_mwh",
        "fuel_saved_gj",
        "co2_avoided_t",
        "firm_saving_usd",
        "firm_investment_usd",
        "revenue_usd",
    )
    for name in same:
        assert getattr(on, name) == pytest.approx(getattr(off, name), rel=1e-9), name
    assert on.electricity_mwh + on.operation_saved_mwh == pytest.approx(off.electricity_mwh, rel=1e-12)
    assert on.co2_t + on.operation_co2_t == pytest.approx(off.co2_t, rel=1e-12)
    assert same_tables(on.state.firms, off.state.firms) == []


@pytest.mark.parametrize("change", [0.2, -0.2])
def test_its_money_is_half_the_difference_of_prices_and_never_a_gain(change):
    model = run_until(2040, STILL | ON | {TARIFF: {"value": change, "from": 2026}})
    tariff = float(model.state.market.drivers.electricity_price[2040 - FIRST_YEAR])
    assert np.sign(model.operation_saved_mwh) == np.sign(change)
    expected = 0.5 * change * tariff * model.operation_saved_mwh
    assert 0.0 < model.operation_cost_usd == pytest.approx(expected, rel=1e-9)


def test_it_is_no_gain_either_while_firms_still_answer_to_a_price_that_is_gone():
    gone = {TARIFF: [{"value": 0.5, "from": 2026, "until": 2030}, {"value": -0.2, "from": 2031}]}
    model = run_until(2031, STILL | ON | gone)
    assert model.operation_saved_mwh > 0.0
    assert model.operation_cost_usd >= 0.0


def test_agents_stepped_one_by_one_answer_as_the_compiled_year_does():
    settings = DEARER | ON | {SALIENCE: 0.5}
    compiled, one_by_one = (run_until(2028, settings, stepping=stepping) for stepping in ("compiled", "agents"))
    assert differences(compiled, one_by_one) == []


# ---- attention -------------------------------------------------------------------------------------------------------


def noticed(model):
    """Options that firms know."""
    return int((model.state.firms.known_year[model.rows_alive()] > 0).sum())


def test_a_larger_bill_is_noticed_in_more_options_and_a_smaller_one_in_fewer():
    dearer, cheaper = {TARIFF: {"value": 0.5, "from": 2026}}, {TARIFF: {"value": -0.4, "from": 2026}}
    counts = [noticed(run_until(2040, s | {SALIENCE: 1.0})) for s in (cheaper, {}, dearer)]
    assert counts[0] < counts[1] < counts[2]
    plain = noticed(run_until(2040, {SALIENCE: 0.0}))
    assert counts[1] == plain


def test_the_hazard_is_multiplied_by_the_ratio_of_bills_to_the_power_of_salience():
    """All firms alike, one hazard: the share that has not noticed is that of a hazard so many times as large."""
    n, dearer = 20_000, {"awareness.base_rate": 0.05, TARIFF: {"value": 0.44, "from": 2015}}
    settings = NO_AWARENESS | dearer | {SALIENCE: 0.5}
    model = quiet(EIPModel("no-eip-policy", tiny_world(n), 2, settings=settings))
    for _ in range(8):
        model.step()
    f, market = model.state.firms, model.state.surroundings.markets
    use = f.use[0, : uses.N_ENERGY]
    s = int(f.price_row[0])
    ratio = (use * market.energy_price[s, 0]).sum() / (use * market.expected_price[s, 0]).sum()
    assert 1.05 < ratio < 1.44
    m = int(np.flatnonzero(model.state.market.catalogue.available_from <= FIRST_YEAR)[0])
    unaware = int((f.known_year[:, m] == 0).sum())
    assert abs(z_score(unaware, n, np.exp(-0.05 * 8 * ratio**0.5))) < 4.5
    assert z_score(unaware, n, np.exp(-0.05 * 8)) < -4.5


def test_an_explanation_tells_the_answer_and_the_attention():
    model = run_until(2030, DEARER | ON | {SALIENCE: 0.5})
    f, rows = model.state.firms, model.rows_alive()
    m = 0
    row = int(rows[(f.known_year[rows, m] == 0) & (f.installed_year[rows, m] == 0)][0])
    told = explain_measure(model, row, "lighting", 2030)
    factors = told.facts["operation"]
    assert factors[0] == model.this_year.prices.operation[0, f.sector[row], coverage_of(f[row]), 0] < 1.0
    assert "Against what was to be expected: electricity costs +20 % and it uses -" in told.text
    assert "by its energy bill over what was to be expected" in told.text
    silent = explain_measure(run_until(2030, DEARER | NO_ANSWER), row, "lighting", 2030)
    assert "was to be expected" not in silent.text


# ---- zones -----------------------------------------------------------------------------------------------------------


def test_a_dearer_tariff_in_one_province_moves_the_parks_of_that_province_only():
    there = {TARIFF: {"value": 0.2, "from": 2026, "provinces": ["Hai Phong"]}}
    model = run_until(2030, STILL | ON | there)
    saved = model.state.books.flows[:, accounts.OPERATION_MWH]
    inside = np.array(model.world.provinces)[model.world.parks.province] == "Hải Phòng"
    assert (saved[inside & (model.state.books.counts[:, accounts.FIRMS] > 0)] > 0.0).all()
    assert (saved[~inside] == 0.0).all()


def test_a_default_scenario_that_parts_a_price_zone_is_refused():
    assert zone_of_reference(np.array([0, 1, 1]), np.array([0, 0, 0])).tolist() == [0, 0]
    assert zone_of_reference(np.array([0, 1, 2]), np.array([1, 0, 1])).tolist() == [1, 0, 1]
    with pytest.raises(ValueError, match="parts of a price zone"):
        zone_of_reference(np.array([0, 0]), np.array([0, 1]))


def test_energy_costs_the_covered_more_by_price_times_emission_factor():
    use, emission = np.full((1, 2, uses.N_USES), 10.0), np.full((2, uses.N_USES), 0.5)
    price = energy_prices(use, np.array([[0.0, 4.0]]), emission)
    assert price.shape == (1, 2, 2, uses.N_ENERGY)
    assert (price[0, 0] == 10.0).all()
    assert (price[0, 1, 0] == 10.0).all()
    assert (price[0, 1, 1] == 12.0).all()
    assert Operation.answer.__doc__
