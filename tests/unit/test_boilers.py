"""Boilers: what replaces one is reckoned per GJ of fuel, and what it costs to run depends on what it replaces."""

import numpy as np
import pytest
from helpers import NO_AWARENESS, number, tiny_world

from eipsim.agents.firm import stock
from eipsim.agents.firm.columns import ADOPTED
from eipsim.core.draws import wrapping
from eipsim.data.loading import read_facts
from eipsim.market.catalogue import REPLACE_BOILERS
from eipsim.market.fuels import fuel_of_row
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, ELECTRICITY
from eipsim.model.model import EIPModel

EFFICIENCY, RUNNING = "measures.boiler_efficiency", "measures.solid_boiler_running_cost_usd_kw"
MAIN_FUELS = {"population.main_fuel_share": 1.0}
AS_LISTED = {EFFICIENCY: 1.0, RUNNING: 0.0}
GJ_PER_KW = 5000 * 3.6e-3  # a year


def tiny(settings, n=1):
    """Firms that know nothing and have nothing, in their first year."""
    model = EIPModel("no-eip-policy", tiny_world(n), 1, settings=NO_AWARENESS | settings)
    model.state.surroundings.vintages.penetration[:] = 0.0
    model.step()
    return model


def with_measure(model, i, measure):
    """Firm i after it has put in the measure, and the change of its uses."""
    firm, state = model.state.firms[i], model.state
    before = firm.use.copy()
    with wrapping():
        stock.put_in(firm, number(measure), state.market.catalogue, state.surroundings, model.year, ADOPTED)
        stock.take_stock(firm, state.market.catalogue, state.surroundings, state.market.constants)
    return firm, firm.use - before


# ---- the unit of heat --------------------------------------------------------------------------------------------------


def test_of_boilers_that_lose_nothing_inputs_and_capital_are_those_listed():
    catalogue = EIPModel("no-eip-policy", tiny_world(1), settings=AS_LISTED).state.market.catalogue
    listed = read_facts("measure_inputs")
    amount = listed.set_index("measure_id")["amount_central"].astype(float)
    assert catalogue.input_amount[number("biomass-boiler")] == amount["M09"]
    assert catalogue.input_amount[number("electric-boiler")] == amount["M20"]
    assert catalogue.unit_cost[number("biomass-boiler")] == pytest.approx(150.0 / GJ_PER_KW)


@pytest.mark.parametrize("efficiency", [0.89, 0.92, 0.94])
def test_a_gigajoule_of_fossil_fuel_asks_for_no_more_biomass_than_the_heat_it_made(efficiency):
    """1.00 to 1.06 GJ of biomass per GJ of fuel, as boilers for coal and for oil have it; not 1.12."""
    model = tiny({EFFICIENCY: efficiency})
    _, change = with_measure(model, 0, "biomass-boiler")
    per_gigajoule = -change[BIOMASS] / (change[COAL_DIESEL] + change[DEAR_FUEL])
    assert per_gigajoule == pytest.approx(1.12 * efficiency, rel=1e-9)
    assert 0.99 < per_gigajoule < 1.06


def test_what_makes_heat_otherwise_needs_and_costs_less_per_gigajoule_of_fuel_and_nothing_else_changes():
    plain, other = (tiny(s).state.market for s in ({}, {EFFICIENCY: 0.9}))
    boilers = [number(name) for name in REPLACE_BOILERS]
    rest = [m for m in range(len(plain.catalogue)) if m not in boilers]
    for a, b in (
        (plain.catalogue.input_amount, other.catalogue.input_amount),
        (plain.catalogue.unit_cost, other.catalogue.unit_cost),
        (plain.yearly.input_amount.T, other.yearly.input_amount.T),
    ):
        np.testing.assert_allclose(b[boilers], 0.9 * a[boilers], rtol=1e-12)
        np.testing.assert_array_equal(b[rest], a[rest])


def test_a_heat_pump_and_an_electric_boiler_use_the_power_for_the_heat_that_the_fuel_made():
    for measure, listed in (("electric-boiler", 0.281), ("heat-pump", None)):
        used = []
        for efficiency in (1.0, 0.9):
            model = tiny({EFFICIENCY: efficiency})
            _, change = with_measure(model, 0, measure)
            used.append(-change[ELECTRICITY] / (change[COAL_DIESEL] + change[DEAR_FUEL]))
        assert used[1] == pytest.approx(0.9 * used[0], rel=1e-9)
        assert listed is None or used[0] == pytest.approx(listed, rel=1e-9)


# ---- running cost --------------------------------------------------------------------------------------------------------


def firm_that_burns(model, fuel):
    return next(i for i, row in enumerate(model.state.firms.price_row) if fuel_of_row(int(row)) == fuel)


def test_a_boiler_for_wood_costs_more_to_run_where_it_replaces_oil_or_gas_and_no_more_where_it_replaces_coal():
    model = tiny(MAIN_FUELS | {RUNNING: 36.0}, n=100)
    for fuel in ("coal", "diesel"):
        firm, _ = with_measure(model, firm_that_burns(model, fuel), "biomass-boiler")
        assert firm.operating_cost == 0.0
    for fuel in ("fuel_oil", "LPG", "natural_gas"):
        firm, change = with_measure(model, firm_that_burns(model, fuel), "biomass-boiler")
        assert firm.operating_cost == pytest.approx(-change[DEAR_FUEL] * 36.0 / GJ_PER_KW, rel=1e-9)


def test_where_firms_burn_a_mix_the_cost_falls_on_the_oil_and_gas_in_it():
    firm, change = with_measure(tiny({RUNNING: 36.0}), 0, "biomass-boiler")
    assert firm.operating_cost == pytest.approx(-change[DEAR_FUEL] * 36.0 / GJ_PER_KW, rel=1e-9)


def test_without_a_cost_of_its_own_a_biomass_boiler_costs_a_share_of_its_capital():
    model = tiny({})
    firm, change = with_measure(model, 0, "biomass-boiler")
    c, level = model.state.market.constants, model.state.market.yearly.cost_level[0, number("biomass-boiler")]
    designed = -(change[COAL_DIESEL] + change[DEAR_FUEL]) / ((1.0 - c.rebound) * c.realisation)
    assert firm.operating_cost == pytest.approx(0.02 * level * designed * 150.0 / GJ_PER_KW, rel=1e-9)


def test_the_running_cost_is_weighed_as_it_is_paid():
    """What it takes from the yearly worth of a GJ is the cost of a GJ, by the share of oil and gas in what is displaced."""
    m = number("biomass-boiler")
    free, dear = (tiny(MAIN_FUELS | {RUNNING: cost}).state.market.yearly for cost in (1e-9, 36.0))
    levers = tiny({}).this_year.levers
    worth = [np.exp(yearly.of_year(2015, levers).log_unit_saving[0, :, 0, m]) for yearly in (free, dear)]
    realisation, reach = free.constants.realisation, free.catalogue.reach[m, free.rows.sector]
    paying = (worth[1] > 1e-200) & (reach > 0.0)
    less = ((worth[0] - worth[1]) / np.where(reach > 0.0, reach, 1.0))[paying]
    np.testing.assert_allclose(
        less, (realisation * free.dear_in_fossil * 36.0 / GJ_PER_KW)[paying], rtol=1e-6, atol=1e-9
    )
    assert len(set(np.round(less, 6))) > 2
