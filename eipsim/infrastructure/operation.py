"""The year of shared infrastructure: what park operators build, and what it gives to tenants.

The operator studies systems and builds those whose net present value is not negative at its hurdle rate; tenants connect when
their saving pays for the connection. Systems are served before firms exchange anything with each other: exchanges get what is
left. MODEL.md section 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.agents.firm.year import SOLAR
from eipsim.core.columns import as_bytes
from eipsim.core.years import FIRST_YEAR
from eipsim.infrastructure import year as of_year
from eipsim.infrastructure.building import build, in_cents
from eipsim.infrastructure.columns import LICENCES, M2_PER_HA, OTHER_INCOME, RUNNING, TARIFFS, Tenancy, Works
from eipsim.infrastructure.items import (
    BIOMASS_STEAM,
    GATES,
    SOLAR_FLEET,
    SOLAR_GATE,
    STEAM_NETWORK,
    WASTE_GATE,
    WASTEWATER_GATE,
)
from eipsim.infrastructure.systems import Infrastructure
from eipsim.market.drivers import CARRIERS, REFERENCE_YEAR
from eipsim.market.market import Market
from eipsim.policy.levers import Levers
from eipsim.policy.symbiosis import REFORMS

if TYPE_CHECKING:
    from eipsim.model.state import State, Year


def invest(state: State, year: Year) -> None:
    """Operators study systems and build those that are worth it, as far as the public budget reaches in keyed order."""
    infrastructure = state.infrastructure
    infrastructure.flows[:] = 0.0
    set_terms(state, year)
    move_item_prices(infrastructure, state.market, year.number)
    found = of_year.study_all(works_of(state, year), tenancy_of(state, year))
    if found:
        build(state, year, infrastructure.wishes[:found])
    state.operators.spending[:] += in_cents(infrastructure.flows[:, LICENCES])


def deliver(state: State, year: Year) -> None:
    """Every system serves its tenants; the operator earns tariffs and pays what it costs to run."""
    gone = np.flatnonzero(state.world.firms.exit_year == year.number)
    services = as_bytes(state.infrastructure.services)
    services[gone] = bytes(services.itemsize)
    of_year.serve_all(works_of(state, year), tenancy_of(state, year))
    operators, flows = state.operators, state.infrastructure.flows
    operators.spending[:] += in_cents(flows[:, RUNNING])
    operators.revenue[:] = in_cents(flows[:, TARIFFS] + flows[:, OTHER_INCOME])


def works_of(state: State, year: Year) -> Works:
    """The shared systems as the compiled year works on them."""
    of = state.infrastructure
    return Works(
        items=of.items_now, systems=of.systems, services=of.services, terms=of.terms, customers=of.customers, sums=of.sums,
        wishes=of.wishes, flows=of.flows, donors=of.donors, operators=state.operators, streams=state.surroundings.streams,
        constants=state.market.constants, year=year.number,
    )  # fmt: skip


def tenancy_of(state: State, year: Year) -> Tenancy:
    """Who is in the parks this year."""
    return Tenancy(state.firms, year.rows, year.first, year.prices)


# ---- what operators reckon with ----------------------------------------------------------------------------------------


def set_terms(state: State, year: Year) -> None:
    """Levers and prices of the year, park by park."""
    terms, operators, constants, levers = (
        state.infrastructure.terms, state.operators, state.market.constants, year.levers,
    )  # fmt: skip
    terms.operates[:] = operators.operating_year <= year.number
    welcome = operators.lapsed_year == 0  # a park that broke its word as an eco-industrial park gets no public money
    terms.grant_share[:] = np.where(welcome, levers.infrastructure_cofunding, 0.0)
    terms.loan_share[:] = np.where(welcome, levers.infrastructure_soft_loan, 0.0)
    proven = state.exchanges.evidence >= constants.sandbox_evidence
    terms.reform[:] = reform_degrees(levers, operators.province, proven)
    rent = constants.management_fee_usd_m2 * M2_PER_HA * terms.land_ha
    terms.premium[:] = levers.certification_premium * rent
    dearer = np.where(operators.born_eco, constants.born_eco_cost_factor, 1.0)
    terms.cost_factor[:] = constants.infrastructure_cost_factor * dearer
    biomass = state.market.drivers.fuel_price[:, CARRIERS.index("biomass")]
    terms.biomass_price[:] = biomass[year.number - FIRST_YEAR]


def reform_degrees(levers: Levers, province: np.ndarray, proven: np.ndarray) -> np.ndarray:
    """How far [0-1] the legal gates are open [p, gates]: by a reform, by what sandboxes have proven, in a sandbox.

    `province` int [p] of parks; `proven` bool [reforms].
    """
    degrees = np.zeros((province.size, len(GATES)))
    degrees[:, SOLAR_GATE] = levers.solar_rules[province]
    for gate, reform, lever in (
        (WASTEWATER_GATE, "wastewater", levers.wastewater_reuse_reform),
        (WASTE_GATE, "waste", levers.waste_reuse_reform),
    ):
        eased = max(lever, float(proven[REFORMS.index(reform)]))
        degrees[:, gate] = np.maximum(eased, levers.sandbox)
    return degrees


def move_item_prices(infrastructure: Infrastructure, market: Market, year: int) -> None:
    """The items at this year's level: solar gets cheaper, the price of steam follows that of the fuel."""
    items, today = infrastructure.items, infrastructure.items_now
    t, base = year - FIRST_YEAR, REFERENCE_YEAR - FIRST_YEAR
    solar, prices = market.yearly.cost_level[:, SOLAR], market.drivers.fuel_price
    today.capital[SOLAR_FLEET] = items.capital[SOLAR_FLEET] * solar[t] / solar[base]
    for item, carrier in ((STEAM_NETWORK, "coal"), (BIOMASS_STEAM, "biomass")):
        column = CARRIERS.index(carrier)
        today.tariff[item] = items.tariff[item] * prices[t, column] / prices[base, column]
