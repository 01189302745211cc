"""Shared systems of a run: what it holds of them, and how that is laid out before the first year."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from eipsim.agents.firm.year import SOLAR
from eipsim.agents.surroundings import Surroundings
from eipsim.core.columns import Table, new_table
from eipsim.core.draws import PROCESSES, drawn
from eipsim.core.years import FIRST_YEAR, NEVER
from eipsim.infrastructure.columns import (
    CUSTOMER_COLUMNS,
    FLOWS,
    M2_PER_HA,
    RATE_COLUMNS,
    SERVICE_COLUMNS,
    SUM_COLUMNS,
    SYSTEM_COLUMNS,
    TERMS_COLUMNS,
    WISH_COLUMNS,
)
from eipsim.infrastructure.items import (
    BIOMASS_STEAM,
    N_ITEMS,
    PLANT,
    SOLAR_FLEET,
    STEAM_NETWORK,
    build_items,
    donor_bits,
    item_value,
)
from eipsim.market.constants import Constants
from eipsim.market.drivers import CARRIERS, REFERENCE_YEAR
from eipsim.market.market import Market
from eipsim.world import World

KWH_PER_MWH = 1000.0


class Infrastructure(NamedTuple):
    """Shared systems of a run: what may be built, what stands, what it does, and the working space of their year."""

    items: np.recarray  # ITEM_COLUMNS, as the tables have them
    items_now: np.recarray  # the same at this year's prices
    systems: np.recarray  # SYSTEM_COLUMNS, a row per park and item
    services: np.recarray  # SERVICE_COLUMNS, a row per firm
    terms: np.recarray  # TERMS_COLUMNS, a row per park
    rates: np.recarray  # RATE_COLUMNS [z, r]
    levels: np.ndarray  # float [years, 4], see `yearly_levels`
    flows: np.ndarray  # float [p, FLOWS] of this year
    customers: np.recarray  # CUSTOMER_COLUMNS, the tenants of the park that is worked on
    sums: np.recarray  # SUM_COLUMNS, one row
    wishes: Table  # WISH_COLUMNS, room for all that operators may decide in a year
    donors: int  # bits of the sectors whose surplus steam a network can collect


def lay_out(world: World, market: Market, operators: np.recarray, surroundings: Surroundings) -> Infrastructure:
    """The tables of systems, services and terms of a run, and the plants that stood before it."""
    items = build_items(market.constants, world.sectors, world.tables)
    return Infrastructure(
        items=items,
        items_now=items.copy(),
        systems=build_systems(operators, surroundings.streams, market.constants),
        services=new_table(world.n_firms, SERVICE_COLUMNS),
        terms=build_terms(world, market, surroundings.parks),
        levels=yearly_levels(items, market),
        rates=new_rates(surroundings.markets.size, market.yearly.n_rows),
        flows=np.zeros((world.n_parks, len(FLOWS))),
        customers=new_table(int(np.diff(world.parks.start).max(initial=0)), CUSTOMER_COLUMNS),
        sums=new_table(1, SUM_COLUMNS),
        wishes=new_table(world.n_parks * N_ITEMS + 1, WISH_COLUMNS),
        donors=donor_bits(world.sectors),
    )


def yearly_levels(items: np.recarray, market: Market) -> np.ndarray:
    """The levels [years, 4] at which items stand: capital of solar, which gets cheaper, tariffs of steam from a network and from
    biomass, which follow those of their fuel, and the price of biomass [USD/GJ]."""
    base, prices, solar = REFERENCE_YEAR - FIRST_YEAR, market.drivers.fuel_price, market.yearly.cost_level[:, SOLAR]
    coal, biomass = prices[:, CARRIERS.index("coal")], prices[:, CARRIERS.index("biomass")]
    capital, network, boilers = items.capital[SOLAR_FLEET], items.tariff[STEAM_NETWORK], items.tariff[BIOMASS_STEAM]
    levels = (capital * solar / solar[base], network * coal / coal[base], boilers * biomass / biomass[base], biomass)
    return np.stack(levels, axis=1)


def new_rates(n: int, n_price_rows: int) -> Any:
    """Room for the `n` prices of a year, a row per zone and a column per price row."""
    return new_table(n, RATE_COLUMNS).view(np.ndarray).reshape(-1, n_price_rows).view(Table)


def build_systems(operators: np.recarray, streams: np.ndarray, constants: Constants) -> np.recarray:
    """One row per park and item. Parks have the wastewater plant that the law asks for from their opening; of those that
    operated before 2015 a share, by draw."""
    n = operators.size
    systems = new_table(
        n * N_ITEMS, SYSTEM_COLUMNS, park=np.repeat(np.arange(n), N_ITEMS), kind=np.tile(np.arange(N_ITEMS), n),
        clean_since=NEVER,
    )  # fmt: skip
    plant_draw = drawn(operators.key, streams[PROCESSES["wastewater plant"]])
    by_law = operators.operating_year >= FIRST_YEAR
    has = by_law | (plant_draw < constants.plant_share)
    plants = np.arange(n) * N_ITEMS + PLANT
    systems.required[plants] = has
    systems.built_year[plants] = np.where(has, operators.operating_year, 0)
    return systems


def build_terms(world: World, market: Market, parks: np.recarray) -> np.recarray:
    """What does not change from year to year of what operators reckon with; `parks` has NEIGHBOURHOOD_COLUMNS."""
    constants = market.constants
    land = world.parks.area_ha * constants.leased_land_share
    solar_cost = np.exp(parks.solar_cost)
    density = world.tables.value("learning_and_pv", "pv_roof_density")
    panels = land * M2_PER_HA * item_value("solar-fleet", "roof_share") * density
    yearly_yield = world.tables.value("driver_paths", "pv_yield_reference") / solar_cost  # kWh per kWp
    return new_table(
        world.n_parks, TERMS_COLUMNS, zone=parks.zone, land_ha=land, solar_cost=solar_cost,
        own_money=constants.infrastructure_budget_years * constants.management_fee_usd_m2 * M2_PER_HA * land,
        roof_mwh=panels * yearly_yield / KWH_PER_MWH, water_price=market.drivers.water_price,
        fuel_per_tonne=item_value("steam", "fuel_per_tonne"),
    )  # fmt: skip
