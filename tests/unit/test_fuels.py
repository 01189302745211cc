"""What firms burn: their archetype's mix, or one main fossil fuel each, at the prices and emissions of that fuel."""

import doctest
import os
import subprocess
import sys

import numpy as np
import pytest
from helpers import NO_AWARENESS, SECTOR, differences, number, tiny_world

from eipsim.agents.firm.project import log_cost, log_saving
from eipsim.core.draws import wrapping
from eipsim.data.loading import VIETNAM, value_of
from eipsim.explain import explain_measure
from eipsim.market import fuels
from eipsim.market.books import SCOPE_1, USED
from eipsim.market.catalogue import N_SECTORS
from eipsim.market.drivers import CARRIERS, ITEMS
from eipsim.market.fuels import FOSSIL_CARRIERS, GROUP_OF, fuel_of_row, price_rows, rows_of_firms
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL
from eipsim.model.model import EIPModel
from eipsim.model.population import return_firms
from eipsim.outcomes.firm_books import FirmBooks
from eipsim.world import build_world

ON, OFF = {"population.main_fuel_share": 1.0}, {"population.main_fuel_share": 0.0}
USE_OF_GROUP = [COAL_DIESEL, DEAR_FUEL]


@pytest.fixture(scope="module")
def pilot():
    """Every instrument on the pilot parks, where every firm has a main fuel, some years into the carbon price."""
    return run_until(2030, ON, "full-package")


def run_until(year, settings, scenario="no-eip-policy", world="pilot-parks", **more):
    model = EIPModel(scenario, world, 2, settings=settings, **more)
    while model.year < year:
        model.step()
    return model


def fuels_of(model):
    return np.array([fuel_of_row(int(row)) for row in model.state.firms.price_row])


def burnt(tenants, price_row, rows=None):
    """GJ a year of every carrier, as observed in 2024."""
    rows = price_rows(1.0) if rows is None else rows
    by_group = tenants.fuel_gj[:, None] * rows.shares[price_row]
    return np.einsum("ng,ngc->c", by_group, rows.weights[price_row])


def test_the_examples_hold():
    assert doctest.testmod(fuels).failed == 0


# ---- off -------------------------------------------------------------------------------------------------------------


def test_without_main_fuels_there_is_a_price_row_for_each_archetype_and_firms_burn_its_mix():
    model = EIPModel("no-eip-policy", "pilot-parks", 1, settings=OFF)
    assert model.state.market.yearly.n_rows == N_SECTORS
    assert (model.state.firms.price_row == model.state.firms.sector).all()
    assert set(fuels_of(model)) == {""}


# ---- who burns what ----------------------------------------------------------------------------------------------------


def test_in_the_mean_of_two_hundred_populations_the_country_burns_as_much_of_every_carrier():
    """Coal within two per cent, every other carrier within five."""
    tenants = build_world("vietnam", 1).firms
    there = (tenants.entry_year <= 2024) & (tenants.exit_year > 2024)
    tenants = type(tenants)(*(column[there] for column in tenants))
    as_mix = burnt(tenants, rows_of_firms(tenants, 1, 0.0, VIETNAM))
    mean = np.mean([burnt(tenants, rows_of_firms(tenants, seed, 1.0, VIETNAM)) for seed in range(200)], axis=0)
    for c, carrier in enumerate(CARRIERS):
        assert mean[c] == pytest.approx(as_mix[c], rel=0.02 if carrier == "coal" else 0.05), carrier


def test_no_firm_has_a_fuel_that_its_archetype_does_not_burn():
    tenants = build_world("pilot-parks", 3).firms
    row, mix = rows_of_firms(tenants, 3, 1.0, VIETNAM), VIETNAM.read("fuel_mix")
    for s, fuel in {(int(s), fuel_of_row(int(r))) for s, r in zip(tenants.sector, row)}:
        assert float(mix[fuel].iloc[s]) > 0.0, (s, fuel)


def test_a_firm_keeps_its_fuel_at_every_larger_share_and_others_burn_the_mix():
    tenants = build_world("pilot-parks", 3).firms
    few, many, all_of_them = (rows_of_firms(tenants, 3, share, VIETNAM) for share in (0.3, 0.7, 1.0))
    for fewer, more in ((few, many), (many, all_of_them)):
        has = fewer >= N_SECTORS
        assert (fewer[has] == more[has]).all()
    assert (few < N_SECTORS).mean() == pytest.approx(0.7, abs=0.05)
    assert (all_of_them >= N_SECTORS).all()


def test_what_a_firm_burns_is_the_same_in_all_replicates_and_another_in_another_population():
    first, second = (EIPModel("no-eip-policy", "pilot-parks", 2, replicate=k, settings=ON) for k in range(2))
    assert (first.state.firms.price_row == second.state.firms.price_row).all()
    tenants = first.world.firms
    assert (rows_of_firms(tenants, 2, 1.0, VIETNAM) != rows_of_firms(tenants, 3, 1.0, VIETNAM)).any()


def test_all_fossil_fuel_of_a_firm_is_its_main_fuel_and_its_biomass_stays():
    mixed, model = (EIPModel("no-eip-policy", "pilot-parks", 2, settings=s) for s in (OFF, ON))
    before, after, names = mixed.state.firms.gross_use, model.state.firms.gross_use, fuels_of(model)
    np.testing.assert_array_equal(before[:, BIOMASS], after[:, BIOMASS])
    for fuel in FOSSIL_CARRIERS:
        burns = names == fuel
        other = USE_OF_GROUP[1 - GROUP_OF[fuel]]
        assert burns.any()
        assert (after[burns, other] == 0.0).all()
        assert (after[burns, USE_OF_GROUP[GROUP_OF[fuel]]] > 0.0).all()


# ---- prices and emissions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fuel", FOSSIL_CARRIERS)
def test_a_main_fuel_has_its_own_price_and_emission_factor(pilot, fuel):
    prices, (item, factor) = pilot.this_year.prices, ITEMS[fuel]
    rows = [r for r in range(pilot.state.market.yearly.n_rows) if fuel_of_row(r) == fuel]
    use = USE_OF_GROUP[GROUP_OF[fuel]]
    assert len(rows) == N_SECTORS
    assert prices.use[:, rows, use] == pytest.approx(value_of("prices", item))
    assert prices.emission[rows, use] == pytest.approx(value_of("emission_factors", factor) / 1000.0)


def test_levers_on_prices_reach_a_sector_whatever_its_firms_burn():
    on_food = {"levers.carbon_price": {"value": 30.0, "sectors": ["A04"], "from": 2020}}
    prices = run_until(2020, ON | on_food).this_year.prices
    sector = price_rows(1.0).sector
    np.testing.assert_array_equal(prices.carbon[0], np.where(sector == 3, 30.0, 0.0))


def test_books_of_firms_add_up_to_those_of_parks_where_firms_have_main_fuels(pilot):
    """Every year of the run has closed its balances; firm by firm, what is burnt has the factor of its fuel."""
    books = FirmBooks(pilot.state, pilot.this_year)
    park, flows = books.park, pilot.state.books.net_flows
    for column in (SCOPE_1, USED + COAL_DIESEL, USED + DEAR_FUEL):
        by_park = np.bincount(park, weights=books.flows[:, column], minlength=len(flows))
        np.testing.assert_allclose(by_park, flows[:, column], rtol=1e-9, atol=1e-6)


def test_scope_1_is_each_fuel_times_its_factor():
    model = run_until(2016, NO_AWARENESS | ON, world=tiny_world(200))
    f, rows, names = model.state.firms, model.rows_alive(), fuels_of(model)
    factor = {fuel: value_of("emission_factors", ITEMS[fuel][1]) / 1000.0 for fuel in FOSSIL_CARRIERS}
    tonnes = sum((f.use[i, COAL_DIESEL] + f.use[i, DEAR_FUEL]) * factor[names[i]] for i in rows)
    assert len(set(names)) == len(FOSSIL_CARRIERS)
    assert model.state.books.flows[:, SCOPE_1].sum() == pytest.approx(tonnes, rel=1e-9)


# ---- decisions -------------------------------------------------------------------------------------------------------


def paybacks(model, measure):
    """Payback [yr] of a measure for a firm of each main fuel, as firms weigh it."""
    state, found = model.state, {}
    with wrapping():
        for i in model.rows_alive():
            firm, m = state.firms[i], number(measure)
            firm.cost_factor[m] = 0.0
            cost = log_cost(firm, m, state.surroundings)
            worth = log_saving(firm, m, state.market.catalogue, state.surroundings, state.market.constants)
            found[fuel_of_row(int(firm.price_row))] = float(np.exp(min(cost - worth, 50.0)))
    return found


def test_a_biomass_boiler_pays_sooner_the_dearer_the_fuel_that_it_replaces():
    model = run_until(2015, NO_AWARENESS | ON, world=tiny_world(200))
    model.state.firms.installed_bits[:] = 0
    model.state.firms.boiler_state[:] = 0
    mixed = run_until(2015, NO_AWARENESS, world=tiny_world(1))
    by_fuel = paybacks(model, "biomass-boiler")
    assert by_fuel["coal"] > by_fuel["natural_gas"] > by_fuel["fuel_oil"] > by_fuel["LPG"]
    assert by_fuel["LPG"] < paybacks(mixed, "biomass-boiler")[""] < by_fuel["coal"]


def test_whoever_burns_coal_has_no_use_for_a_heat_pump_that_replaces_oil_and_gas():
    model, m = run_until(2026, ON, "full-package"), number("heat-pump")
    f, names = model.state.firms, fuels_of(model)
    cheap = np.isin(names, ["coal", "diesel"])
    rows = model.rows_alive()
    never = rows[cheap[rows]]
    assert ((f.waiting_bits[never] >> m) & 1 == 0).all()
    assert (f.installed_year[never, m] == 0).all()
    assert (f.recommended[never, m] == 0).all()
    assert (f.known_year[rows[~cheap[rows]], m] > 0).any()


def test_a_firm_that_does_not_burn_what_a_measure_saves_is_told_so(pilot):
    names, rows = fuels_of(pilot), pilot.rows_alive()
    row = next(int(i) for i in rows if names[i] == "coal" and pilot.state.firms.sector[i] == SECTOR)
    told = explain_measure(pilot, row, "heat-pump", 2030)
    assert told.verdict == "not applicable"
    assert "burns none" in str(told)
    assert "Its main fuel is coal" in str(told)
    assert told.facts["main_fuel"] == "coal"


def test_agents_one_by_one_live_the_same_years_with_main_fuels():
    compiled, by_agents = (run_until(2018, ON, "full-package", stepping=how) for how in ("compiled", "agents"))
    assert differences(compiled, by_agents) == []


def test_the_description_of_firms_is_not_taken_from_a_run_that_burnt_otherwise():
    """Memory that a run has given back is used again: what its firms were must be told apart from what these are."""
    rows = {}
    for settings in (OFF, ON, OFF, ON):
        model = EIPModel("no-eip-policy", "pilot-parks", 2, settings=settings)
        mine = model.state.firms.price_row.copy()
        assert (rows.setdefault(settings is ON, mine) == mine).all()
        return_firms(model.world, model.state.market, model.state.firms)
    assert (rows[False] != rows[True]).all()


@pytest.mark.long
def test_without_compilation_the_same_firms_burn_and_pay_the_same_to_the_last_bit():
    """Price rows are many: a number of a page of the ledger must not wrap round where NumPy keeps small whole numbers small."""
    script = (
        "import hashlib, warnings; warnings.simplefilter('ignore')\n"
        "from eipsim.model.model import EIPModel\n"
        f"model = EIPModel('no-eip-policy', 'pilot-parks', 2, settings={ON})\n"
        "model.step(); model.step()\n"
        "print(hashlib.sha256(model.outcomes.to_numpy().tobytes() + model.state.books.flows.tobytes()).hexdigest())"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | more, capture_output=True, text=True, check=True
        ).stdout
        for more in ({}, {"NUMBA_DISABLE_JIT": "1"})
    ]
    assert told[0] == told[1]
