"""Columns of use: what a firm takes from outside or gives away in a year, and what follows from the mix of its fuels."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from eipsim.core.years import FIRST_YEAR
from eipsim.data.loading import VIETNAM, CountryTables
from eipsim.market import catalogue as measures
from eipsim.market.drivers import CARRIERS, REFERENCE_YEAR, Drivers

USES = ("electricity", "coal_diesel", "dear_fuel", "biomass", "water", "waste", "hazardous", "material", "chemicals")
ELECTRICITY, COAL_DIESEL, DEAR_FUEL, BIOMASS, WATER, WASTE, HAZARDOUS, MATERIAL, CHEMICALS = range(len(USES))
N_USES = len(USES)
N_ENERGY = BIOMASS + 1  # electricity and fuels come first
DEAR_CARRIERS = ("fuel_oil", "LPG", "natural_gas")
CHEAP_CARRIERS = ("coal", "diesel")


@lru_cache(maxsize=measures.COUNTRIES)
def fuel_shares(tables: CountryTables = VIETNAM) -> np.ndarray:
    """Shares of fuel energy [n_sectors, (coal and diesel, dear fuels, biomass)]."""
    table = tables.read("fuel_mix")
    groups = (CHEAP_CARRIERS, DEAR_CARRIERS, ("biomass",))
    return np.stack([table[list(group)].astype(float).sum(axis=1).to_numpy() for group in groups], axis=1)


@lru_cache(maxsize=measures.COUNTRIES)
def group_weights(tables: CountryTables = VIETNAM) -> np.ndarray:
    """Weight of each carrier within its group of fuels [n_sectors, 3, n_carriers]."""
    table = tables.read("fuel_mix")
    weights = np.zeros((len(table), 3, len(CARRIERS)))
    for g, group in enumerate((CHEAP_CARRIERS, DEAR_CARRIERS, ("biomass",))):
        weight = table[list(group)].astype(float).to_numpy()
        weight = np.where(weight.sum(axis=1, keepdims=True) > 0.0, weight, 1.0)
        weights[:, g, [CARRIERS.index(carrier) for carrier in group]] = weight / weight.sum(axis=1, keepdims=True)
    return weights


@lru_cache(maxsize=measures.COUNTRIES)
def shares_of_revenue(tables: CountryTables = VIETNAM) -> np.ndarray:
    """Shares of revenue spent on (materials, process chemicals) [n_sectors, 2]."""
    names = ["materials_share_of_revenue_central", "chemicals_share_of_revenue_central"]
    return tables.read("archetype_materials")[names].astype(float).to_numpy()


@lru_cache(maxsize=measures.COUNTRIES)
def wastewater_ratio(tables: CountryTables = VIETNAM) -> np.ndarray:
    """m3 of wastewater per m3 of water, by sector."""
    return tables.read("archetypes")["wastewater_ratio"].astype(float).to_numpy()


def kept(catalogue: np.recarray, *streams: int) -> np.ndarray:
    """Mean share of a stream [n_sectors] that the measures on these `streams` leave, each as common as in the catalogue."""
    chosen = np.isin(catalogue.stream, streams)
    return np.prod(1.0 - catalogue.penetration[chosen] * catalogue.net_share[chosen], axis=0)


def without_measures(catalogue, tables: CountryTables) -> np.ndarray:
    """Factors [n_sectors, n_uses] from use observed in 2024 to use without any measure.

    Observed intensities contain the measures that firms had in 2024; for independent penetrations the expected factor of a
    stream is the product of 1 - penetration x net share (`kept`). Biomass that replaced fossil fuel is moved back.
    """
    n_sectors = catalogue.reach.shape[1]
    factors = np.ones((n_sectors, len(USES)))
    factors[:, ELECTRICITY] = 1.0 / kept(catalogue, measures.ELECTRICITY, measures.ENERGY_ALL)
    fuel = kept(catalogue, measures.FUEL, measures.ENERGY_ALL)
    factors[:, COAL_DIESEL] = 1.0 / (fuel * kept(catalogue, measures.FOSSIL))
    factors[:, DEAR_FUEL] = 1.0 / (fuel * kept(catalogue, measures.FOSSIL, measures.DEAR_FUEL))
    factors[:, WATER] = 1.0 / kept(catalogue, measures.WATER)
    factors[:, WASTE] = 1.0 / kept(catalogue, measures.SOLID_WASTE)
    factors[:, HAZARDOUS] = 1.0 / kept(catalogue, measures.CHEMICALS)
    factors[:, MATERIAL] = 1.0 / kept(catalogue, measures.MATERIAL)
    factors[:, CHEMICALS] = 1.0 / kept(catalogue, measures.CHEMICALS)
    shares = fuel_shares(tables)
    burnt_before = shares[:, 0] * factors[:, COAL_DIESEL] * fuel + shares[:, 1] * factors[:, DEAR_FUEL] * fuel
    boiler = int(np.flatnonzero(catalogue.input_kind == 2)[0])
    moved = burnt_before * catalogue.penetration[boiler] * catalogue.net_share[boiler] * catalogue.input_amount[boiler]
    biomass = np.maximum(shares[:, 2] - moved, 0.0) / fuel
    factors[:, BIOMASS] = np.where(shares[:, 2] > 0.0, biomass / np.where(shares[:, 2] > 0.0, shares[:, 2], 1.0), 0.0)
    return factors


def saved_shares(catalogue: np.recarray, share: np.ndarray) -> np.ndarray:
    """Share of each use that each measure saves [s, m, k], of whose stream it saves `share` [m, s].

    A stream's measure acts on all uses that belong to it.
    """
    acts_on = np.zeros((len(measures.STREAMS), len(USES)))
    acts_on[[measures.ELECTRICITY, measures.ENERGY_ALL], ELECTRICITY] = 1.0
    acts_on[[measures.FUEL, measures.ENERGY_ALL], BIOMASS] = 1.0
    acts_on[[measures.FUEL, measures.ENERGY_ALL, measures.FOSSIL], COAL_DIESEL] = 1.0
    acts_on[[measures.FUEL, measures.ENERGY_ALL, measures.FOSSIL, measures.DEAR_FUEL], DEAR_FUEL] = 1.0
    acts_on[measures.WATER, WATER] = acts_on[measures.SOLID_WASTE, WASTE] = acts_on[measures.MATERIAL, MATERIAL] = 1.0
    acts_on[measures.CHEMICALS, [CHEMICALS, HAZARDOUS]] = 1.0  # dosing less also makes less hazardous waste
    return share.T[:, :, None] * acts_on[catalogue.stream]


def observed_use(tenants, fuels: np.ndarray, constants, tables: CountryTables) -> np.ndarray:
    """Use per year [n_rows, n_uses] at the intensities observed in 2024; `fuels` [n_rows, 3] are shares as in `fuel_shares`."""
    spending = constants.materials_scale * tenants.revenue_usd[:, None] * shares_of_revenue(tables)[tenants.sector]
    spending[:, 0] -= spending[:, 1]  # the material share includes the process chemicals
    fuel = tenants.fuel_gj[:, None] * fuels
    others = np.stack([tenants.water_m3, tenants.waste_t, tenants.hazardous_t], axis=1)
    return np.concatenate([tenants.electricity_mwh[:, None], fuel, others, spending], axis=1)


def energy_and_water_bill(
    use: np.ndarray, fuel_price: np.ndarray, wastewater: np.ndarray, drivers: Drivers
) -> np.ndarray:
    """Bill [USD/yr] at 2024 prices: the fixed yardstick `size` of MODEL section 5.2.

    `fuel_price` [n_rows, 3] is what its groups of fuels cost a firm [USD/GJ], `wastewater` [n_rows] its m3 per m3 of water.
    """
    year = REFERENCE_YEAR - FIRST_YEAR
    water_price = drivers.water_price + drivers.wastewater_price * wastewater
    fuel_bill = (use[:, [COAL_DIESEL, DEAR_FUEL, BIOMASS]] * fuel_price).sum(axis=1)
    return use[:, ELECTRICITY] * drivers.electricity_price[year] + fuel_bill + use[:, WATER] * water_price


def tonnes_oil_equivalent(tenants, tables: CountryTables) -> np.ndarray:
    """Energy of every firm per year [toe, n_rows]."""
    names = ("tonnes_oil_equivalent_per_mwh", "gj_per_tonne_oil_equivalent")
    per_mwh, gj_per_toe = (tables.value("driver_paths", name) for name in names)
    return tenants.electricity_mwh * per_mwh + tenants.fuel_gj / gj_per_toe
