"""At the end of a boiler's life the choice of the next one is the decision on the measures that may stand in its place."""

import doctest
import math

import numpy as np
import pytest
from helpers import NO_AWARENESS, differences, number, tiny_world, z_score
from hypothesis import given
from hypothesis import strategies as st

from eipsim.agents.firm import boilers
from eipsim.agents.firm.boilers import BOILER_BITS, extra_cost_in_cents, relative_cost_of, weigh_boilers
from eipsim.agents.firm.columns import ADOPTED, CHOSEN, STOCK
from eipsim.agents.firm.year import replace_boiler
from eipsim.core.draws import wrapping
from eipsim.explain import explain_measure
from eipsim.market.catalogue import BOILERS, REPLACE_BOILERS
from eipsim.model.model import EIPModel
from eipsim.model.population import boiler_weights
from eipsim.outcomes.attribution import AT_RENEWAL
from eipsim.rules import boilers as formulas
from eipsim.rules.boilers import pull_of, relative_cost, weights_of
from eipsim.runs.simulation import simulate

LIFE, SENSITIVITY, INERTIA = "measures.boiler_lifetime", "behaviour.boiler_cost_sensitivity", "behaviour.boiler_inertia"
ON, OFF = {LIFE: 25.0}, {LIFE: 0.0}
BIOMASS, HEAT_PUMP, ELECTRIC = (number(name) for name in REPLACE_BOILERS)


def run_until(year, settings, scenario="net-zero-2050", world="pilot-parks", **more):
    model = EIPModel(scenario, world, 2, settings=settings, **more)
    while model.year < year:
        model.step()
    return model


def situation_of(model):
    """What the verbs of boilers look at: measures, surroundings, year, constants."""
    state = model.state
    return state.market.catalogue, state.surroundings, model.year, state.market.constants


def standing_boilers(firms):
    """How many measures stand in the place of the boiler, firm by firm."""
    return np.array([((firms.installed_bits >> int(m)) & 1) for m in BOILERS]).sum(axis=0)


@pytest.fixture(scope="module")
def package():
    """Every instrument on the pilot parks to 2050, where boilers have an end of life."""
    return EIPModel("net-zero-2050", "pilot-parks", 2, settings=ON, detail=True).run()


def test_the_examples_hold():
    assert doctest.testmod(formulas).failed == 0


# ---- off -------------------------------------------------------------------------------------------------------------


def test_while_boilers_have_no_end_nothing_depends_on_how_they_are_chosen():
    plain, other = (run_until(2030, settings) for settings in (OFF, OFF | {SENSITIVITY: 10.0, INERTIA: 0.5}))
    assert differences(plain, other) == []
    assert not plain.state.surroundings.markets.heat_cost.any()
    assert not (plain.state.firms.origin == CHOSEN).any()
    assert (plain.state.firms.boiler_expiry == 0).all()


# ---- the logit -------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0.001, 1.0), min_size=2, max_size=4), st.floats(0.0, 6.0))
def test_with_no_change_of_costs_as_many_change_to_a_kind_as_leave_it(shares, inertia):
    share = np.array(shares) / np.sum(shares)
    weight = weights_of(share, inertia)
    pull = np.tile(weight, (len(share), 1)) * (1.0 + np.expm1(inertia) * np.eye(len(share)))
    flow = share[:, None] * pull / pull.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(flow, flow.T, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(flow.sum(axis=0), share, rtol=1e-6)


def test_the_stronger_the_inertia_the_more_stay_with_their_kind():
    share, stays = np.array([0.63, 0.35, 0.02]), []
    for inertia in (0.0, 1.0, 2.5, 4.0):
        weight = weights_of(share, inertia)
        own = weight * math.exp(inertia)
        stays.append(own / (own + 1.0 - weight))
    assert (np.diff(stays, axis=0) > 0.0).all()


def test_a_kind_that_nobody_has_is_never_chosen():
    assert weights_of(np.array([0.6, 0.4, 0.0]), 2.5)[2] == 0.0


@given(st.floats(0.1, 10.0), st.floats(0.0, 10.0), st.floats(0.01, 1.0))
def test_what_has_become_cheaper_draws_more_and_at_costs_of_today_by_its_weight_alone(relative, sensitivity, weight):
    assert pull_of(weight, 1.0, sensitivity) == weight
    assert pull_of(weight, relative, sensitivity) == pytest.approx(weight * relative**-sensitivity, rel=1e-9)
    assert relative_cost(3.0, 7.0, 3.0, 7.0) == 1.0


def test_what_is_not_to_be_had_leaves_its_share_to_the_fossil_boiler():
    model = EIPModel("no-eip-policy", tiny_world(1), settings=ON)
    penetration = np.array([[[0.3, 0.1, 0.05]]])
    weights = boiler_weights(penetration, model.state.market.constants)[0, 0]
    assert weights[0].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert weights[0b001, 2:].tolist() == [0.0, 0.0]
    assert (weights[0b111] > 0.0).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)


# ---- costs -----------------------------------------------------------------------------------------------------------


def relative_costs(model):
    """Relative cost of heat [firms of the year, BOILERS]."""
    with wrapping():
        rows = model.rows_alive()
        firms, seen = model.state.firms, situation_of(model)
        return np.array([[relative_cost_of(firms[i], b, *seen) for b in range(len(BOILERS))] for i in rows])


def test_until_2024_and_without_policy_heat_costs_what_it_is_measured_by():
    steady = ON | {"measures.biomass_price_rise": 0.0}  # else biomass costs more where more has come to be burnt
    for year in (2015, 2020, 2024):
        model = run_until(year, steady, "no-eip-policy", tiny_world(20, sectors=range(17)))
        assert (relative_costs(model) == 1.0).all()


def test_a_carbon_price_makes_burning_on_dearer_for_those_who_pay_it_and_for_nobody_else():
    everybody = {"levers.carbon_price": {"value": 50.0, "from": 2020}, "levers.carbon_threshold_toe": 0.0}
    nobody = everybody | {"levers.carbon_threshold_toe": 1e9}
    world = tiny_world(20, sectors=range(17))
    paying, sparing = (relative_costs(run_until(2020, ON | s, "no-eip-policy", world)) for s in (everybody, nobody))
    assert (sparing == 1.0).all()
    assert (paying[:, 0] < 1.0).all()


def test_a_voucher_makes_what_replaces_a_boiler_cheaper():
    model = run_until(2020, ON, "no-eip-policy", tiny_world(5))
    before = relative_costs(model)
    model.state.firms.voucher_rate[:] = 0.5
    assert (relative_costs(model) < before).all()


def test_a_boiler_costs_what_it_costs_more_than_a_fossil_one_and_never_less_than_nothing():
    model = run_until(2015, NO_AWARENESS | ON, "no-eip-policy", tiny_world(50))
    with wrapping():
        firm, (measures, surroundings, year, constants) = model.state.firms[0], situation_of(model)
        firm.cost_factor[:] = 0.0
        cost = boilers.cost_in_cents(firm, BIOMASS, surroundings)
        extra = extra_cost_in_cents(firm, 0, False, measures, surroundings, year)
        share = boilers.market_of(firm, surroundings).boiler_cost / measures.unit_cost[BIOMASS]
        level = surroundings.vintages.cost_level[0, BIOMASS]
        assert constants.oil_boiler_cost_share < share < constants.coal_boiler_cost_share
        assert extra == pytest.approx(cost * (1.0 - share / level), abs=2.0)
        firm.cost_factor[BIOMASS] = -5.0
        assert extra_cost_in_cents(firm, 0, False, measures, surroundings, year) == 0


# ---- ends of life ------------------------------------------------------------------------------------------------------


def test_boilers_of_2015_are_of_any_age_and_those_of_newcomers_are_new():
    old = run_until(2015, NO_AWARENESS | ON, "no-eip-policy", tiny_world(2000)).state.firms
    expected = 2016 + np.arange(25)
    counts = np.array([(old.boiler_expiry == year).sum() for year in expected])
    assert counts.sum() == 2000
    assert np.abs(counts - 80.0).max() < 4.5 * np.sqrt(80.0)
    new = run_until(2020, NO_AWARENESS | ON, "no-eip-policy", tiny_world(20, entry=2020)).state.firms
    assert (new.boiler_expiry == 2045).all()


def test_a_firm_without_heat_that_a_boiler_could_make_has_no_boiler():
    logistics = run_until(2050, ON, "no-eip-policy", tiny_world(50, sectors=(17,))).state.firms
    assert (logistics.boiler_expiry == 0).all()
    assert not (logistics.origin == CHOSEN).any()


def test_a_fossil_boiler_is_replaced_in_the_year_of_its_end_and_lasts_again_as_long():
    model = run_until(2015, NO_AWARENESS | ON, "no-eip-policy", tiny_world(300))
    firms = model.state.firms
    while model.year < 2045:
        before = firms.copy()
        model.step()
        fossil = standing_boilers(before) == 0
        due = fossil & (before.boiler_expiry == model.year)
        assert due.any()
        assert (firms.boiler_expiry[due] == model.year + 25).all()
        kept = fossil & ~due
        assert (firms.boiler_expiry[kept] == before.boiler_expiry[kept]).all()


def test_shares_of_boilers_do_not_move_while_costs_do_not():
    """From 2015 to 2024, with penetrations held at today's: within what chance allows, whatever the inertia."""
    for inertia in (0.0, 2.5):
        model = EIPModel("no-eip-policy", tiny_world(4000), 1, settings=NO_AWARENESS | ON | {INERTIA: inertia})
        state = model.state
        state.surroundings.vintages.penetration[:] = state.surroundings.vintages.penetration[-1]
        today = state.surroundings.vintages.penetration[..., BOILERS]
        state.surroundings.boiler_weights[:] = boiler_weights(today, state.market.constants)
        counts, changed = [], []
        for _ in range(10):
            before = (state.firms.installed_bits >> BIOMASS) & 1
            model.step()
            after = (state.firms.installed_bits >> BIOMASS) & 1
            counts.append(int(after.sum()))
            changed.append(int((before != after).sum()))
        assert sum(changed[1:]) > 100
        # those who leave a kind and those who come to it are two Poisson numbers of equal mean
        assert abs(counts[-1] - counts[0]) < 4.5 * math.sqrt(sum(changed[1:]))


def test_the_choice_has_the_chances_of_its_weights():
    settings = NO_AWARENESS | ON | {"levers.carbon_price": {"value": 80.0}, "levers.carbon_threshold_toe": 0.0}
    model = EIPModel("no-eip-policy", tiny_world(4000), 1, settings=settings)
    model.state.surroundings.vintages.penetration[:] = 0.0
    model.step()
    firms, seen, pull = model.state.firms, situation_of(model), np.zeros(4)
    firms.cost_factor[:] = 0.0
    with wrapping():
        total = weigh_boilers(firms[0], *seen, pull)
        chance = pull[1] / total
        situation = model.agent_of_row(model.firm_class, 0)._situation
        for i in range(firms.size):
            replace_boiler(firms[i], situation)
    chosen = int((firms.installed_year[:, BIOMASS] > 0).sum())
    assert 0.0 < chance < 1.0
    assert abs(z_score(chosen, firms.size, chance)) < 4.5


# ---- one state -------------------------------------------------------------------------------------------------------------


def test_a_boiler_has_one_state(package):
    firms = package.state.firms
    assert standing_boilers(firms).max() == 1
    there = package.rows_alive()
    assert (firms.origin[there] == CHOSEN).any()
    assert (firms.origin[there] == ADOPTED).any()


def test_no_boiler_outlives_its_life_and_none_is_replaced_early_in_the_year_it_is_new():
    model = run_until(2016, ON)
    firms = model.state.firms
    while model.year < 2040:
        model.step()
        rows = model.rows_alive()
        for m in BOILERS:
            has = rows[firms.installed_year[rows, m] > 0]
            assert (firms.expiry_year[has, m] > model.year).all()
        without = rows[(standing_boilers(firms[rows]) == 0) & (firms.boiler_expiry[rows] > 0)]
        assert (firms.boiler_expiry[without] > model.year).all()
        new = rows[firms.boiler_expiry[rows] == model.year + 25]
        early = (firms.origin[new] == ADOPTED) & (firms.installed_year[new] == model.year)
        assert not early[:, BOILERS].any()


def test_what_goes_with_the_old_boiler_goes_and_what_was_adopted_stays_counted():
    model = run_until(2026, NO_AWARENESS | ON, "no-eip-policy", tiny_world(2000))
    firms, economiser = model.state.firms, number("boiler-efficiency")
    electric = (firms.installed_bits >> ELECTRIC) & 1 == 1
    assert ((firms.installed_bits[electric] >> economiser) & 1 == 0).all()
    assert (firms.n_adopted == np.array([int(bits).bit_count() for bits in firms.adopted_bits])).all()
    counted = model.state.surroundings.parks.count[0]
    standing = [(firms.installed_year[:, m] > 0).sum() for m in range(len(counted))]
    np.testing.assert_array_equal(counted, standing)


def test_the_initial_stock_that_is_chosen_again_stays_the_initial_stock():
    model = run_until(2015, NO_AWARENESS | ON | {INERTIA: 20.0}, "no-eip-policy", tiny_world(300))
    firms = model.state.firms
    stock = (firms.installed_bits >> BIOMASS) & 1 == 1
    while model.year < 2040:
        model.step()
    assert stock.any()
    assert (firms.origin[stock, BIOMASS] == STOCK).all()
    assert (firms.installed_year[stock, BIOMASS] > 2015).all()
    assert (firms.adopted_bits[stock] & BOILER_BITS == 0).all()


# ---- what follows --------------------------------------------------------------------------------------------------------


def test_what_firms_choose_at_renewal_answers_to_a_carbon_price():
    price = {"levers.carbon_price": {"value": 100.0, "from": 2025}, "levers.carbon_threshold_toe": 0.0}
    chosen = []
    for settings in ({}, price):
        model = run_until(2045, NO_AWARENESS | ON | settings, "no-eip-policy")
        chosen.append(int((model.state.firms.origin[model.rows_alive(), BIOMASS] == CHOSEN).sum()))
    assert chosen[1] > 1.2 * chosen[0]


def test_tables_say_what_was_early_and_what_at_renewal_and_add_up():
    run = simulate("net-zero-2050", world="pilot-parks", seed=2, settings=ON, detail=True)
    table = run.avoided_by_measure
    assert set(AT_RENEWAL) <= set(table)
    np.testing.assert_allclose(table.sum(axis=1), run.outcomes["co2_avoided_t"], rtol=1e-9, atol=1e-6)
    assert table["biomass-boiler-at-renewal"].iloc[-1] > 0.0
    assert table["biomass-boiler"].iloc[-1] > 0.0
    plain = simulate("net-zero-2050", world="pilot-parks", seed=2, years=(2015, 2016), settings=OFF, detail=True)
    assert not set(AT_RENEWAL) & set(plain.avoided_by_measure)


def test_firms_stepped_as_agents_choose_the_same_boilers():
    compiled, by_agents = (run_until(2020, ON, stepping=how) for how in ("compiled", "agents"))
    assert differences(compiled, by_agents) == []
    assert (compiled.state.firms.origin == CHOSEN).any()


def test_why_a_boiler_was_chosen_or_not_is_told():
    model, yes, no = run_until(2024, ON), None, None
    while yes is None or no is None:
        old = model.state.firms.copy()
        model.step()
        firms, rows = model.state.firms, model.rows_alive()
        due = rows[(standing_boilers(old[rows]) == 0) & (old.boiler_expiry[rows] == model.year)]
        due = due[model.state.market.catalogue.reach[BIOMASS, firms.sector[due]] > 0.0]
        for row in map(int, due):
            if firms.origin[row, BIOMASS] == CHOSEN:
                yes = explain_measure(model, row, "biomass-boiler", model.year)
            elif standing_boilers(firms[row : row + 1])[0] == 0:
                no = explain_measure(model, row, "biomass-boiler", model.year)
    assert yes.verdict == "chosen at renewal"
    assert no.verdict == "new boiler"
    for told in (yes, no):
        assert sum(told.facts["boiler_chances"].values()) == pytest.approx(1.0)
        assert "chances of the next" in str(told)
