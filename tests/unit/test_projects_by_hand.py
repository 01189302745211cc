"""What a project costs a firm and is worth to it: one firm, its prices, its voucher and its loan, worked out by hand."""

import math

import numpy as np
import pytest
from helpers import constants_with, tiny_world

from eipsim.agents.firm import project, stock
from eipsim.agents.surroundings import standing
from eipsim.market.catalogue import ENERGY_ALL
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, ELECTRICITY
from eipsim.model.model import EIPModel

M = 3  # any measure but energy management


@pytest.fixture
def made():
    """A firm of 5,000 USD a year, its surroundings, measures and constants, of which it may change everything."""
    model = EIPModel("no-eip-policy", tiny_world(2), 1)
    model.step()
    firm, surroundings, measures = model.state.firms[0], model.state.surroundings, model.state.market.catalogue
    firm.log_size, firm.stream_level[:], firm.cost_factor[:] = math.log(5000.0), -0.4, 0.3
    surroundings.sectors.log_growth[firm.sector] = 0.2
    surroundings.sectors.log_unit_cost[firm.sector] = -1.0
    constants = constants_with(model, voucher_applications=1.0, loan_years=5.0, loan_share=0.6)
    return firm, surroundings, measures, constants


def seen_by(firm, surroundings):
    """The row of prices that the firm sees, to be changed."""
    return surroundings.markets[surroundings.parks[firm.park].first_market + firm.price_row]


def test_cost_goes_with_the_size_of_the_firm_its_stream_and_its_own_factor(made):
    firm, surroundings, *_ = made
    assert project.log_size_now(firm, surroundings) == pytest.approx(math.log(5000.0) + 0.2)
    assert project.log_cost(firm, M, surroundings) == pytest.approx(-0.4 - 1.0 + 0.3)
    cents = 5000.0 * math.exp(0.2 - 0.4 - 1.0 + 0.3) * 100.0
    assert project.cost_in_cents(firm, M, surroundings) == round(cents)


@pytest.mark.parametrize(("boiler", "covered", "row"), [(0, False, 0), (0, True, 1), (1, False, 2), (2, True, 5)])
def test_prices_go_by_what_the_boiler_burns_and_whether_carbon_is_paid(made, boiler, covered, row):
    firm, *_ = made
    firm.boiler_state, firm.covered = boiler, covered
    assert project.price_class(firm) == row


def test_who_is_short_of_capital_is_lent_what_its_park_is_and_others_a_share(made):
    firm, surroundings, _, constants = made
    surroundings.parks[firm.park].lent[:] = 0.45
    for constrained, years, share in ((True, 5.0, 0.45), (True, 0.0, 0.45), (False, 5.0, 0.6), (False, 0.0, 0.0)):
        firm.constrained, constants.loan_years = constrained, years
        assert project.lent_share(firm, surroundings, constants) == share


def test_a_voucher_and_then_cheap_interest_on_what_is_lent_make_a_project_cheaper(made):
    firm, surroundings, _, constants = made
    firm.constrained = False
    relief = surroundings.parks[firm.park].interest_relief
    for voucher, years, cheaper, left in (
        (0.0, 5.0, 0.0, 1.0),
        (0.3, 5.0, 0.0, 0.7),
        (0.0, 5.0, 0.25, 1.0 - 0.25 * 0.6),
        (0.3, 5.0, 0.25, 0.7 * (1.0 - 0.25 * 0.6)),
        (0.3, 0.0, 0.25, 0.7),
        (1e-3, 0.0, 0.0, 0.999),
        (0.0, 5.0, 1e-3, 1.0 - 1e-3 * 0.6),
    ):
        firm.voucher_rate, constants.loan_years, relief[:] = voucher, years, 0.0
        relief[standing(firm)] = cheaper
        assert project.log_discount(firm, surroundings, constants) == pytest.approx(math.log(left), abs=1e-14)


def test_a_voucher_surely_pays_its_rate_up_to_what_its_cap_is_worth(made):
    firm, surroundings, _, constants = made
    firm.voucher_rate, firm.voucher_left = 0.25, 30_001
    at_cap = project.log_cost_at_cap(firm, surroundings, constants)
    size = 5000.0 * math.exp(0.2)
    assert at_cap == pytest.approx(math.log(30_000 / 25.0 / size), abs=2e-9)
    assert at_cap < math.log(30_000 / 25.0 / size) - 5e-10
    firm.voucher_left = 1
    assert project.log_cost_at_cap(firm, surroundings, constants) < -500.0
    firm.voucher_rate = 1.0
    assert np.isfinite(project.log_cost_at_cap(firm, surroundings, constants))
    firm.voucher_rate = 0.0
    assert project.log_cost_at_cap(firm, surroundings, constants) == np.inf
    firm.voucher_rate, constants.voucher_applications = 0.25, 0.0
    assert project.log_cost_at_cap(firm, surroundings, constants) == np.inf


def test_above_its_cap_a_voucher_pays_less_than_its_rate(made):
    firm, surroundings, *_ = made
    cost = project.cost_in_cents(firm, M, surroundings)
    for rate, cap, dearer in (
        (0.25, cost, 0.0),
        (0.25, math.ceil(0.25 * cost), 0.0),
        (0.25, 0.1 * cost, 0.9 / 0.75),
        (0.6, 0.3 * cost, 0.7 / 0.4),
        (0.0, 0, 0.0),
    ):
        firm.voucher_rate, firm.voucher_left = rate, int(cap)
        expected = math.log(dearer) if dearer else 0.0
        assert project.log_lost_to_cap(firm, M, surroundings) == pytest.approx(expected, rel=1e-4, abs=1e-300)


def test_what_is_built_again_costs_what_its_stream_would_carry_without_it(made):
    firm, surroundings, measures, _ = made
    cost = project.cost_in_cents(firm, M, surroundings)
    measures.net_share[M] = 0.3
    assert measures.stream[M] != ENERGY_ALL
    assert project.renewal_in_cents(firm, M, measures, surroundings) == round(cost / 0.7)
    measures.stream[M] = ENERGY_ALL
    assert project.renewal_in_cents(firm, M, measures, surroundings) == cost


def test_energy_management_saves_on_the_whole_energy_bill_less_what_it_takes_to_run(made):
    firm, surroundings, measures, constants = made
    firm.boiler_state, firm.covered = 1, True
    market = seen_by(firm, surroundings)
    market.electricity_price[:], market.fuel_price[:] = 1.0, 1.0
    market.electricity_price[3], market.fuel_price[3], market.management_cost = 80.0, 12.0, 2000.0
    firm.use[[ELECTRICITY, COAL_DIESEL, DEAR_FUEL, BIOMASS]] = 900.0, 3000.0, 500.0, 700.0
    measures.reach[stock.ENERGY_MANAGEMENT], constants.realisation = 0.07, 0.8
    worth = 0.8 * 0.07 * (900.0 * 80.0 + 4200.0 * 12.0) - 2000.0
    found = [
        of(firm, *which, measures, surroundings, constants)
        for of, which in (
            (project.log_saving_of_energy_management, ()),
            (project.log_saving, (stock.ENERGY_MANAGEMENT,)),
        )
    ]
    assert found == [pytest.approx(math.log(worth / 5000.0))] * 2
    market.management_cost = 1e6
    assert project.log_saving(firm, stock.ENERGY_MANAGEMENT, measures, surroundings, constants) < project.NEVER_PAYS


def test_other_measures_are_worth_what_a_unit_of_their_stream_is(made):
    firm, surroundings, measures, constants = made
    firm.boiler_state, firm.covered = 1, True
    seen_by(firm, surroundings).log_unit_saving[3, M] = -0.9
    assert project.log_saving(firm, M, measures, surroundings, constants) == pytest.approx(-0.4 - 0.9)
