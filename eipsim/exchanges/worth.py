"""What donor and receiver can move this year, what a unit of it is worth, and what an exchange is worth to each side."""

from __future__ import annotations

from eipsim.core.compiled import inlined
from eipsim.exchanges import catalogue as kinds
from eipsim.exchanges.columns import OPERATING, OUTSIDE
from eipsim.exchanges.law import licence_cost
from eipsim.infrastructure.columns import N_FUELS
from eipsim.infrastructure.customers import carbon_price_of
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, HAZARDOUS, MATERIAL, WASTE, WATER
from eipsim.rules.symbiosis import delivered_share, yearly_benefit

FUEL_BASE, COAL_BASE, BIOMASS_AND_COAL_BASE = kinds.FUEL_BASE, kinds.COAL_BASE, kinds.BIOMASS_AND_COAL_BASE
EMPLOYEES_BASE, WASTEWATER_BASE, WASTE_BASE = kinds.EMPLOYEES_BASE, kinds.WASTEWATER_BASE, kinds.WASTE_BASE
HEAT_POOL, WASTE_POOL, HAZARDOUS_POOL, WASTEWATER_POOL = kinds.HEAT, kinds.WASTE, kinds.HAZARDOUS, kinds.WASTEWATER
N_POOLS, FUEL_DEMAND, WATER_DEMAND, MATERIAL_DEMAND = kinds.N_POOLS, kinds.FUEL, kinds.WATER, kinds.MATERIAL
NO_DEMAND = kinds.NO_DEMAND
UNLIMITED, TINY = 1e300, 1e-12


# ---- what tenants have -------------------------------------------------------------------------------------------------


@inlined
def look_at(scene, i):
    """What firm i really has and uses this year becomes known; once a year, when first asked for."""
    tenant, year = scene.tenants[i], scene.common[0].year
    # most firms are in no exchange: only who is asked pays for the arithmetic
    if tenant.year != year:
        tenant.year = year
        rate = scene.rates[scene.sites[tenant.park].zone, tenant.price_row]
        take_stock(tenant, scene.firms[i], scene.services[i], rate, scene.common[0], scene.constants)


@inlined
def take_stock(tenant, firm, service, rate, common, constants):
    """What the firm has to give and uses after its own savings and shared infrastructure, and what the public takes for it."""
    use, level = firm.use, common.intensity
    fuel = level * (use[COAL_DIESEL] + use[DEAR_FUEL] + use[BIOMASS])
    water = level * use[WATER]
    tenant.use[FUEL_DEMAND], tenant.use[WATER_DEMAND], tenant.use[MATERIAL_DEMAND] = fuel, water, level * use[MATERIAL]
    heat = fuel * constants.recoverable_heat_share - service.steam_given * common.heat_of_steam
    wastewater = water * common.wastewater_ratio[tenant.sector]
    tenant.supply[HEAT_POOL] = max(heat, 0.0)
    tenant.supply[WASTE_POOL] = max(level * use[WASTE] - service.waste, 0.0)
    tenant.supply[HAZARDOUS_POOL] = level * use[HAZARDOUS]
    tenant.supply[WASTEWATER_POOL] = max(wastewater - service.wastewater, 0.0)
    tenant.demand[WATER_DEMAND] = max(water - service.water, 0.0)
    tenant.demand[MATERIAL_DEMAND] = level * use[MATERIAL]
    take_stock_of_fuels(tenant, use, service, rate, level)
    tenant.charge[0], tenant.charge[1] = rate.charge[WASTE], rate.charge[HAZARDOUS]
    tenant.charge[2] = rate.charge[WATER] / max(rate.wastewater_ratio, TINY)
    tenant.carbon_price = carbon_price_of(firm, rate)


@inlined
def take_stock_of_fuels(tenant, use, service, rate, level):
    """Fuel that the firm buys after shared infrastructure, its mix, and the CO2 of it."""
    total, carbon = 0.0, 0.0
    for f in range(N_FUELS):
        left = max(level * use[COAL_DIESEL + f] - service.fuel[f], 0.0)
        tenant.mix[f] = left
        total += left
        carbon += left * rate.emission[COAL_DIESEL + f]
    tenant.demand[FUEL_DEMAND], tenant.carbon = total, carbon
    for f in range(N_FUELS):
        tenant.mix[f] = tenant.mix[f] / total if total > 0.0 else 0.0


# ---- quantities --------------------------------------------------------------------------------------------------------


@inlined
def base_of(kind, firm, tenant, common):
    """What the supply of the type is proportional to at the firm this year, after its own savings."""
    base, level, use = kind.supply_base, common.intensity, firm.use
    if base == EMPLOYEES_BASE:
        stream = MATERIAL if kind.stream >= N_POOLS else WASTE  # saving at source makes less per employee
        before = firm.gross_use[stream]
        return firm.employees * (use[stream] / before if before > 0.0 else 0.0) * level
    coal = use[COAL_DIESEL] * common.coal_share[tenant.price_row]
    if base == COAL_BASE:
        return level * coal
    if base == BIOMASS_AND_COAL_BASE:
        return level * (coal + use[BIOMASS])
    if base == FUEL_BASE:
        return tenant.use[FUEL_DEMAND]
    if base == WASTEWATER_BASE:
        return tenant.use[WATER_DEMAND] * common.wastewater_ratio[tenant.sector]
    return level * use[WASTE if base == WASTE_BASE else HAZARDOUS]


@inlined
def supply_left(exchange, kind, donor, firm, plant, common):
    """Units that the donor of the exchange, or the municipal plant, can still give this year."""
    if exchange.donor == OUTSIDE:
        return plant.left if plant.from_year <= common.year else 0.0
    supply = base_of(kind, firm, donor, common) * kind.supply * exchange.supply_factor * kind.additional
    return min(supply, donor.supply[kind.stream] / kind.drawn) if kind.stream < N_POOLS else supply


@inlined
def demand_left(exchange, kind, receiver):
    """Units that the receiver of the exchange can still take: a share of its use, no more than is not displaced yet."""
    if exchange.receiver == OUTSIDE:
        return kind.external_limit
    each, demand = displaced_unit(exchange, kind), kind.demand
    if demand == NO_DEMAND or each <= 0.0:
        return UNLIMITED
    return min(kind.demand_share * receiver.use[demand], receiver.demand[demand]) / each


@inlined
def displaced_unit(exchange, kind):
    """What a unit displaces at the receiver: GJ or m3; for materials its value in USD."""
    if kind.demand == MATERIAL_DEMAND:
        return max(exchange.receiver_value, 0.0) * kind.displaced
    return kind.displaced * delivered_share(exchange.distance_km, kind.loss_per_km)


@inlined
def reserve(deal, quantity):
    """Take `quantity` from what the donor has left and the receiver still wants: no tonne, m3 or GJ is matched twice."""
    exchange, kind, donor, receiver, plant = deal.exchange, deal.kind, deal.donor, deal.receiver, deal.plant
    stream, demand = kind.stream, kind.demand
    if exchange.donor == OUTSIDE:
        plant.left = max(plant.left - quantity, 0.0)
    elif stream < N_POOLS:
        donor.supply[stream] = max(donor.supply[stream] - quantity * kind.drawn, 0.0)
    if exchange.receiver != OUTSIDE and demand != NO_DEMAND:
        receiver.demand[demand] = max(receiver.demand[demand] - quantity * displaced_unit(exchange, kind), 0.0)


# ---- money -----------------------------------------------------------------------------------------------------------


@inlined
def charge_avoided(exchange, kind, donor):
    """Public charges [USD per unit] that the donor avoids: on waste, hazardous waste or wastewater not discharged."""
    stream = kind.stream
    if exchange.donor == OUTSIDE or stream >= N_POOLS or stream == HEAT_POOL:
        return 0.0
    return kind.drawn * donor.charge[stream - WASTE_POOL]


@inlined
def carbon_avoided(exchange, kind, receiver):
    """Carbon payment [USD per unit] that a covered receiver avoids by fuel it does not burn."""
    if exchange.receiver == OUTSIDE or not kind.in_park:
        return 0.0
    return receiver.carbon_price * kind.co2


@inlined
def unit_margin(exchange, kind, donor, receiver, common):
    """Joint benefit of a unit [USD] before capital and management: disposal and purchases avoided, less running cost."""
    arrives = delivered_share(exchange.distance_km, kind.loss_per_km)
    moving = 0.0 if kind.piped else common.transport_cost * exchange.distance_km
    given = exchange.donor_value + charge_avoided(exchange, kind, donor)
    taken = arrives * (exchange.receiver_value + carbon_avoided(exchange, kind, receiver))
    return given + taken - moving - kind.opex


@inlined
def capital_per_unit(exchange, kind, constants):
    """Capital cost [USD per unit and year]; of pipes a part grows with their length."""
    if not kind.piped or kind.central_km <= 0.0:
        return exchange.capex_unit
    fixed = constants.connection_share
    return exchange.capex_unit * (fixed + (1.0 - fixed) * exchange.distance_km / kind.central_km)


@inlined
def weigh_up(deal):
    """Quantity that the exchange could move with what is left, and the benefit of each side, capital and law included."""
    exchange, kind, common, constants = deal.exchange, deal.kind, deal.common, deal.constants
    supply = supply_left(exchange, kind, deal.donor, deal.firm, deal.plant, common)
    quantity = max(min(supply, demand_left(exchange, kind, deal.receiver)), 0.0)
    if exchange.design > 0.0:
        quantity = min(quantity, exchange.design)
    margin = unit_margin(exchange, kind, deal.donor, deal.receiver, common)
    exchange.tentative, exchange.unit_margin = quantity, margin
    if exchange.state != OPERATING:  # what was built and paid for stays as it was
        exchange.licence_usd = licence_cost(exchange, kind, deal.here, common)
        exchange.capex_usd = quantity * capital_per_unit(exchange, kind, constants)
    capital = exchange.capex_usd + exchange.licence_usd + constants.transaction_cost_usd
    joint = yearly_benefit(quantity, margin, constants.management_cost_usd, capital, common.rate_of_capital)
    exchange.donor_benefit = constants.bargaining_share * joint
    exchange.receiver_benefit = joint - exchange.donor_benefit


@inlined
def running_benefit(exchange, quantity, constants):
    """USD/yr of an exchange that stands and moves `quantity`: capital is spent."""
    return quantity * exchange.unit_margin - constants.management_cost_usd


@inlined
def largest_worth(exchange, kind, donor, supply):
    """USD/yr that all of what there is could save both sides, whoever takes it."""
    disposal = max(exchange.donor_value + charge_avoided(exchange, kind, donor), 0.0)
    return supply * (disposal + max(exchange.receiver_value, 0.0))
