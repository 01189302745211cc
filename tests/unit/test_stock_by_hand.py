"""What a firm has to give and uses this year, worked out once more by hand: nothing in it is 0, 1 or equal by chance."""

import numpy as np
import pytest
from helpers import tiny_world

from eipsim.agents.firm.columns import FIRM_COLUMNS
from eipsim.core.columns import new_table
from eipsim.exchanges import catalogue, checks, worth
from eipsim.exchanges.columns import TENANT_COLUMNS, common_columns
from eipsim.infrastructure.columns import RATE_COLUMNS, SERVICE_COLUMNS
from eipsim.market import uses
from eipsim.model.model import EIPModel

FUELS = [uses.COAL_DIESEL, uses.DEAR_FUEL, uses.BIOMASS]
SECTOR, RATIO, HEAT_OF_STEAM = 4, 0.7, 2.4


@pytest.fixture(scope="module")
def constants():
    return EIPModel("no-eip-policy", tiny_world(1), 1).state.market.constants


@pytest.fixture
def firm():
    firm = new_table(1, FIRM_COLUMNS, covered=True, foreseen=False)[0]
    firm.use[:] = np.arange(1.0, uses.N_USES + 1.0) * 130.0
    return firm


@pytest.fixture
def rate():
    some = np.random.default_rng(5)
    rate = new_table(1, RATE_COLUMNS, carbon=17.0, wastewater_ratio=RATIO, level=1.3, parted=True)[0]
    for name in ("price", "charge", "emission"):
        rate[name] = some.uniform(0.2, 0.8, uses.N_USES)
    rate.operation[:] = some.uniform(0.5, 0.9, rate.operation.shape)
    return rate


def served(share):
    """What shared systems do for the firm, another amount of each."""
    service = new_table(1, SERVICE_COLUMNS, wastewater=70.0, water=110.0, waste=130.0, steam_given=30.0)
    service.fuel[0] = 40.0, 50.0, 60.0
    for name in ("wastewater", "water", "fuel", "waste", "steam_given"):
        service[name] *= share
    return service[0]


def taken_stock(firm, rate, service, constants):
    tenant, common = new_table(1, TENANT_COLUMNS, sector=SECTOR)[0], new_table(1, common_columns(3))[0]
    common.heat_of_steam, common.wastewater_ratio[:] = HEAT_OF_STEAM, 0.0
    common.wastewater_ratio[SECTOR] = RATIO
    worth.take_stock(tenant, firm, service, rate, common, constants)
    return tenant


@pytest.mark.parametrize("parted", [True, False])
def test_stock_is_use_at_the_level_of_the_year_less_what_shared_systems_serve(firm, rate, constants, parted):
    rate.parted, service = parted, served(1.0)
    tenant, use = taken_stock(firm, rate, service, constants), firm.use
    coverage = 1 if parted else 0  # it pays for carbon and had not foreseen it
    burnt = use[FUELS] * rate.operation[coverage, FUELS]
    assert tenant.level == 1.3
    np.testing.assert_allclose(tenant.fuels, burnt, rtol=1e-12)
    fuel, water, material = 1.3 * burnt.sum(), 1.3 * use[uses.WATER], 1.3 * use[uses.MATERIAL]
    np.testing.assert_allclose(tenant.use, [fuel, water, material], rtol=1e-12)
    np.testing.assert_allclose(
        tenant.supply,
        [
            fuel * constants.recoverable_heat_share - 30.0 * HEAT_OF_STEAM,
            1.3 * use[uses.WASTE] - 130.0,
            1.3 * use[uses.HAZARDOUS],
            water * RATIO - 70.0,
        ],
        rtol=1e-12,
    )
    bought = 1.3 * burnt - [40.0, 50.0, 60.0]
    np.testing.assert_allclose(tenant.demand, [bought.sum(), water - 110.0, material], rtol=1e-12)
    np.testing.assert_allclose(tenant.mix, bought / bought.sum(), rtol=1e-12)
    assert tenant.carbon == pytest.approx((bought * rate.emission[FUELS]).sum(), rel=1e-12)
    charge = rate.charge
    np.testing.assert_allclose(
        tenant.charge, [charge[uses.WASTE], charge[uses.HAZARDOUS], charge[uses.WATER] / RATIO], rtol=1e-12
    )
    assert tenant.carbon_price == 17.0


def test_nobody_has_less_than_nothing(firm, rate, constants):
    tenant = taken_stock(firm, rate, served(1e4), constants)
    assert tenant.supply[[0, 1, 3]].tolist() == [0.0, 0.0, 0.0]
    assert tenant.demand[:2].tolist() == [0.0, 0.0]
    assert tenant.mix.tolist() == [0.0, 0.0, 0.0]
    assert tenant.carbon == 0.0


@pytest.mark.parametrize(("covered", "price"), [(True, 17.0), (False, 0.0)])
def test_carbon_is_paid_by_those_who_are_covered(firm, rate, constants, covered, price):
    firm.covered = covered
    assert taken_stock(firm, rate, served(1.0), constants).carbon_price == price
    rate.carbon = 0.0
    assert taken_stock(firm, rate, served(1.0), constants).carbon_price == 0.0


def test_what_checks_take_for_there_is_what_partners_were_told(rate, constants):
    """Two ways to the same numbers, one of which keeps watch on the other."""
    model = EIPModel("no-eip-policy", tiny_world(3), 1)
    model.step()
    scene, firms = model.state.exchanges.scene, model.state.firms
    for row in scene.tenants.price_row:
        scene.rates[scene.sites[0].zone, row] = rate
    scene.common[0].wastewater_ratio[scene.tenants[0].sector] = RATIO
    firms.covered[:], firms.use[:, FUELS] = [True, False, True], [900.0, 700.0, 500.0]
    for name in ("wastewater", "water", "fuel", "waste"):
        scene.services[name][:] = served(1.0)[name]
    for i in range(3):
        scene.tenants[i].year = 0
        worth.look_at(scene, i)
        tenant, service = scene.tenants[i], scene.services[i]
        there = [checks.has(scene, i, stream) for stream in range(catalogue.N_POOLS)]
        np.testing.assert_allclose(tenant.supply, there, rtol=1e-12)
        used = [checks.uses_of(scene, i, demand) for demand in range(catalogue.NO_DEMAND)]
        np.testing.assert_allclose(tenant.demand, used, rtol=1e-12)
        assert checks.level_of(scene, i) == 1.3
        burnt = firms.use[i, FUELS] * rate.operation[1 if firms.covered[i] else 0, FUELS]
        assert checks.fuel_used(scene, i) == pytest.approx(1.3 * burnt.sum(), rel=1e-12)
        assert used[0] == pytest.approx(1.3 * burnt.sum() - service.fuel.sum(), rel=1e-12)


def test_the_figures_of_a_year_are_worked_out_once(constants):
    model = EIPModel("no-eip-policy", tiny_world(1), 1)
    model.step()
    scene = model.state.exchanges.scene
    scene.tenants[0].year = 0
    worth.look_at(scene, 0)
    assert scene.tenants[0].year == scene.common[0].year == model.year
    kept = scene.tenants[0].use.copy()
    model.state.firms.use[0] *= 2.0
    worth.look_at(scene, 0)
    assert scene.tenants[0].use.tolist() == kept.tolist()
