"""The price of biomass: a ratio to coal's, and what becomes of it when more is burnt than there is."""

import doctest
import itertools

import numpy as np
import pytest
from helpers import differences

from eipsim.infrastructure.items import item_number
from eipsim.market.books import USED
from eipsim.market.drivers import CARRIERS, build_drivers, with_biomass_ratio
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL
from eipsim.model.model import EIPModel
from eipsim.rules import biomass
from eipsim.rules.biomass import price_over_reference

RATIO, RISE, POTENTIAL = (f"measures.biomass_{name}" for name in ("price_ratio", "price_rise", "potential"))
COAL, HUSK = CARRIERS.index("coal"), CARRIERS.index("biomass")


def run_until(year, settings, scenario="net-zero-2050"):
    model = EIPModel(scenario, "pilot-parks", 2, settings=settings)
    while model.year < year:
        model.step()
    return model


def biomass_burnt(model):
    """GJ of the year, shared plants and exchanges included."""
    return float(model.state.books.net_flows[:, USED + BIOMASS].sum())


def test_the_examples_hold():
    assert doctest.testmod(biomass).failed == 0


# ---- the ratio ---------------------------------------------------------------------------------------------------------


def test_at_a_ratio_biomass_costs_so_many_times_as_much_as_coal_in_every_year():
    drivers = build_drivers({"fuel_price": "high"})
    at = with_biomass_ratio(0.85, drivers)
    np.testing.assert_allclose(at.fuel_price[:, HUSK], 0.85 * at.fuel_price[:, COAL], rtol=1e-12)
    others = [c for c in range(len(CARRIERS)) if c != HUSK]
    np.testing.assert_array_equal(at.fuel_price[:, others], drivers.fuel_price[:, others])
    assert with_biomass_ratio(0.0, drivers) is drivers


def test_the_ratio_is_what_firms_pay_and_what_plants_pay():
    model = run_until(2020, {RATIO: 0.65})
    coal = model.state.market.drivers.fuel_price[0, COAL]
    assert model.this_year.prices.use[..., BIOMASS] == pytest.approx(0.65 * coal)
    assert model.state.infrastructure.terms.biomass_price == pytest.approx(0.65 * coal)


def test_the_dearer_biomass_is_the_less_a_boiler_for_it_is_worth():
    m = EIPModel("no-eip-policy", "pilot-parks", 1).measure_number("biomass-boiler")
    worth = [
        run_until(2015, {RATIO: r}, "no-eip-policy").this_year.tables.log_unit_saving[..., m] for r in (0.65, 0.85, 1.0)
    ]
    for cheaper, dearer in itertools.pairwise(worth):
        paying = cheaper > -500.0  # where the boiler does something and pays
        assert paying.any()
        assert (dearer[paying] < cheaper[paying]).all()


# ---- what there is -------------------------------------------------------------------------------------------------------


def test_while_the_price_does_not_rise_the_potential_changes_nothing():
    plain, other = (run_until(2024, {RISE: 0.0} | settings) for settings in ({}, {POTENTIAL: 1.5}))
    assert differences(plain, other) == []
    assert plain.this_year.biomass_price_factor == 1.0
    planned = plain.state.market.yearly.of_plan(2024, plain.lever_paths)
    # worked out ahead, and shared between runs
    assert plain.this_year.tables.log_unit_saving is planned.log_unit_saving


def test_the_price_of_a_year_follows_from_what_was_burnt_the_year_before():
    model = run_until(2015, {RISE: 1.0, POTENTIAL: 1.5})
    usual = model.state.market.drivers.fuel_price[:, HUSK]
    assert model.this_year.biomass_price_factor == 1.0
    dearer = []
    while model.year < 2035:
        before = biomass_burnt(model)
        model.step()
        expected = price_over_reference(before, model.state.biomass_reference, 1.5, 1.0)
        assert model.this_year.biomass_price_factor == pytest.approx(expected, rel=1e-12)
        at = usual[model.year - 2015] * expected
        assert model.this_year.prices.use[..., BIOMASS] == pytest.approx(at)
        assert model.state.infrastructure.terms.biomass_price == pytest.approx(at)
        dearer.append(expected)
    assert max(dearer) > 1.0


def test_other_fuels_cost_what_they_did():
    plain, scarce = (run_until(2040, settings) for settings in ({}, {RISE: 3.0, POTENTIAL: 1.5}))
    for use in (COAL_DIESEL, DEAR_FUEL):
        np.testing.assert_array_equal(plain.this_year.prices.use[..., use], scarce.this_year.prices.use[..., use])
    assert (scarce.this_year.prices.use[..., BIOMASS] > plain.this_year.prices.use[..., BIOMASS]).all()


def test_the_scarcer_biomass_is_the_less_of_it_firms_burn_in_the_end():
    burnt = []
    for rise in (0.0, 1.0, 3.0):
        model = run_until(2050, {RISE: rise, POTENTIAL: 1.5})
        burnt.append(float(model.state.books.flows[:, USED + BIOMASS].sum()))
    assert burnt[0] > burnt[1] > burnt[2]


def test_tenants_pay_for_steam_from_biomass_what_its_fuel_costs_more_and_no_more():
    model, steam = run_until(2040, {RISE: 3.0, POTENTIAL: 1.5}), item_number("biomass-steam")
    usual, fuel = model.state.infrastructure.levels[2040 - 2015, 2:]
    item, dearer = model.state.infrastructure.items_now[steam], fuel * (model.this_year.biomass_price_factor - 1.0)
    assert dearer > 0.0
    assert item.tariff == pytest.approx(usual + item.biomass * dearer)


def test_the_reference_is_what_firms_burnt_in_2024_and_a_world_without_biomass_has_no_scarcity():
    model = run_until(2015, {RISE: 1.0})
    there, mix = model.world.alive(2024), model.world.tables.read("fuel_mix")["biomass"].astype(float).to_numpy()
    tenants = model.world.firms
    assert model.state.biomass_reference == pytest.approx((tenants.fuel_gj * mix[tenants.sector])[there].sum())
    assert price_over_reference(10.0, 0.0, 3.0, 1.0) == 1.0
