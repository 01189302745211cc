"""The year of shared infrastructure: what park operators build, and what it gives to tenants.

The operator studies systems and builds those whose net present value is not negative at its hurdle rate; tenants connect when
their saving pays for the connection. Systems are served before firms exchange anything with each other: exchanges get what is
left. MODEL.md section 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.core.years import FIRST_YEAR
from eipsim.infrastructure import year as of_year
from eipsim.infrastructure.building import budget_of, deal_public_money
from eipsim.infrastructure.columns import Tenancy, Works, accounts_of
from eipsim.infrastructure.items import (
    BIOMASS_STEAM,
    SOLAR_FLEET,
    SOLAR_GATE,
    STEAM_NETWORK,
    WASTE_GATE,
    WASTEWATER_GATE,
)
from eipsim.infrastructure.systems import Infrastructure
from eipsim.market.uses import N_ENERGY
from eipsim.policy.symbiosis import REFORMS

if TYPE_CHECKING:
    from eipsim.model.state import State, Year


def invest(state: State, year: Year) -> None:
    """Operators study systems and build those that are worth it, as far as the public budget reaches in keyed order."""
    infrastructure, regulators = state.infrastructure, state.regulators
    infrastructure.flows[:] = 0.0
    see_prices(infrastructure, year)
    see_policy(state, year)
    works, budget = works_of(state, year), budget_of(year.levers)
    found, paid = of_year.study_all(works, tenancy_of(state, year), budget)
    if paid < 0:
        deal_public_money(state, year.number, infrastructure.wishes[:found], budget)
        paid = of_year.build_all(works, found)
    regulators.infrastructure[0] += paid
    regulators.appropriation[0] += paid


def deliver(state: State, year: Year) -> None:
    """Every system serves its tenants; the operator earns tariffs and pays what it costs to run."""
    of_year.serve_all(works_of(state, year), tenancy_of(state, year))


def works_of(state: State, year: Year) -> Works:
    """The shared systems as the compiled year works on them."""
    of = state.infrastructure
    return Works(
        items=of.items_now, systems=of.systems, services=of.services, terms=of.terms, customers=of.customers, sums=of.sums,
        wishes=of.wishes, accounts=accounts_of(of.flows), donors=of.donors, operators=state.operators,
        streams=state.surroundings.streams, constants=state.market.constants, year=year.number,
    )  # fmt: skip


def tenancy_of(state: State, year: Year) -> Tenancy:
    """Who is in the parks this year."""
    gone = state.exchanges.places.leaving[year.number - FIRST_YEAR]
    return Tenancy(state.firms, year.rows, year.first, gone, state.infrastructure.rates)


# ---- what operators reckon with ----------------------------------------------------------------------------------------


def see_policy(state: State, year: Year) -> None:
    """Levers of the year, park by park."""
    terms, operators, levers = state.infrastructure.terms, state.operators, year.levers
    terms.grant_share[:], terms.loan_share[:] = levers.infrastructure_cofunding, levers.infrastructure_soft_loan
    terms.studies[:], terms.premium_share[:] = levers.infrastructure_studies, levers.certification_premium
    terms.reform[:, SOLAR_GATE] = levers.solar_rules[operators.province]
    # by a reform, by what sandboxes have proven, in a sandbox
    proven = dict(zip(REFORMS, state.exchanges.proven))
    waste, wastewater = levers.waste_reuse_reform, levers.wastewater_reuse_reform
    terms.reform[:, WASTE_GATE] = np.maximum(max(waste, proven["waste"]), levers.sandbox)
    terms.reform[:, WASTEWATER_GATE] = np.maximum(max(wastewater, proven["wastewater"]), levers.sandbox)


def see_prices(infrastructure: Infrastructure, year: Year) -> None:
    """The prices of the year, by zone and price row, and those of biomass and of the items."""
    rates, prices, t = infrastructure.rates, year.prices, year.number - FIRST_YEAR
    rates.price[:], rates.charge[:], rates.emission[:] = prices.use, prices.charge, prices.emission
    rates.carbon[:], rates.wastewater_ratio[:] = prices.carbon, prices.wastewater_ratio
    rates.level[:], rates.operation[:] = prices.intensity * prices.growth, prices.operation[..., :N_ENERGY]
    rates.parted[:] = (prices.operation != prices.operation[:, :, :1]).any(axis=(2, 3))
    today, (solar, network, biomass, fuel) = infrastructure.items_now, infrastructure.levels[t]
    today.capital[SOLAR_FLEET], today.tariff[STEAM_NETWORK] = solar, network
    dearer = fuel * (year.biomass_price_factor - 1.0)
    # what the plant pays more for its fuel its tenants pay more for the steam, and no more
    today.tariff[BIOMASS_STEAM] = biomass + today.biomass[BIOMASS_STEAM] * dearer
    infrastructure.terms.biomass_price[:] = fuel + dearer
