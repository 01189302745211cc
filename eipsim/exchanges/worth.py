"""What donor and receiver can move this year, what a unit of it is worth, and what an exchange is worth to each side."""

from __future__ import annotations

from eipsim.core.compiled import inlined
from eipsim.exchanges import catalogue as kinds
from eipsim.exchanges.columns import OPERATING, OUTSIDE
from eipsim.exchanges.law import licence_cost
from eipsim.infrastructure.columns import N_FUELS
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, HAZARDOUS, MATERIAL, WASTE, WATER
from eipsim.rules.symbiosis import delivered_share, yearly_benefit

FUEL_BASE, COAL_BASE, BIOMASS_AND_COAL_BASE = kinds.FUEL_BASE, kinds.COAL_BASE, kinds.BIOMASS_AND_COAL_BASE
EMPLOYEES_BASE, WASTEWATER_BASE, WASTE_BASE = kinds.EMPLOYEES_BASE, kinds.WASTEWATER_BASE, kinds.WASTE_BASE
HEAT_POOL, WASTE_POOL, HAZARDOUS_POOL, WASTEWATER_POOL = kinds.HEAT, kinds.WASTE, kinds.HAZARDOUS, kinds.WASTEWATER
N_POOLS, FUEL_DEMAND, WATER_DEMAND, MATERIAL_DEMAND = kinds.N_POOLS, kinds.FUEL, kinds.WATER, kinds.MATERIAL
NO_DEMAND = kinds.NO_DEMAND
UNLIMITED = 1e300


@inlined
def fill_pools(scene, i):
    """What firm i really has and uses this year, after its own savings and shared infrastructure; once a year, when first
    asked for."""
    tenants, use, services = scene.tenants, scene.firms.use, scene.services
    # most firms are in no exchange: only who is asked pays for the arithmetic
    if tenants.year[i] == scene.common.year:
        return
    tenants.year[i] = scene.common.year
    s, level = tenants.sector[i], scene.common.intensity
    steam = services.steam_given[i] * scene.common.heat_of_steam
    heat = level * use_for(scene, i, FUEL_DEMAND) * scene.constants.recoverable_heat_share - steam
    water = level * use[i, WATER]
    wastewater = water * scene.common.wastewater_ratio[s]
    tenants.supply[i, HEAT_POOL] = max(heat, 0.0)
    tenants.supply[i, WASTE_POOL] = max(level * use[i, WASTE] - services.waste[i], 0.0)
    tenants.supply[i, HAZARDOUS_POOL] = level * use[i, HAZARDOUS]
    tenants.supply[i, WASTEWATER_POOL] = max(wastewater - services.wastewater[i], 0.0)
    tenants.demand[i, WATER_DEMAND] = max(water - services.water[i], 0.0)
    tenants.demand[i, MATERIAL_DEMAND] = level * use[i, MATERIAL]
    fill_fuels(scene, i)


@inlined
def fill_fuels(scene, i):
    """Fuel that firm i buys after shared infrastructure, its mix, and the CO2 of it."""
    tenants, s, level = scene.tenants, scene.tenants.sector[i], scene.common.intensity
    tenants.demand[i, FUEL_DEMAND], tenants.carbon[i] = 0.0, 0.0
    for f in range(N_FUELS):
        left = max(level * scene.firms.use[i, COAL_DIESEL + f] - scene.services.fuel[i, f], 0.0)
        tenants.mix[i, f] = left
        tenants.demand[i, FUEL_DEMAND] += left
        tenants.carbon[i] += left * scene.common.emission[s, f]
    total = tenants.demand[i, FUEL_DEMAND]
    for f in range(N_FUELS):
        tenants.mix[i, f] = tenants.mix[i, f] / total if total > 0.0 else 0.0


@inlined
def base_of(scene, i, k):
    """What the supply of type k is proportional to at firm i this year, after its own savings."""
    base, level, s = scene.types.supply_base[k], scene.common.intensity, scene.tenants.sector[i]
    firms, use = scene.firms, scene.firms.use
    if base == EMPLOYEES_BASE:
        stream = MATERIAL if scene.types.stream[k] >= N_POOLS else WASTE  # saving at source makes less per employee
        before = firms.gross_use[i, stream]
        return firms.employees[i] * (use[i, stream] / before if before > 0.0 else 0.0) * level
    coal = use[i, COAL_DIESEL] * scene.common.coal_share[s]
    if base == COAL_BASE:
        return level * coal
    if base == BIOMASS_AND_COAL_BASE:
        return level * (coal + use[i, BIOMASS])
    if base == FUEL_BASE:
        return level * use_for(scene, i, FUEL_DEMAND)
    if base == WASTEWATER_BASE:
        return level * use[i, WATER] * scene.common.wastewater_ratio[s]
    return level * use[i, WASTE if base == WASTE_BASE else HAZARDOUS]


@inlined
def use_for(scene, j, demand):
    """Yearly use of firm j that a demand is a share of, at 2024 intensities."""
    if demand == WATER_DEMAND:
        return scene.firms.use[j, WATER]
    if demand == MATERIAL_DEMAND:
        return scene.firms.use[j, MATERIAL]
    use = scene.firms.use
    return use[j, COAL_DIESEL] + use[j, DEAR_FUEL] + use[j, BIOMASS]


@inlined
def supply_left(scene, exchanges, row):
    """Units that the donor of the exchange, or the municipal plant, can still give this year."""
    k, i = exchanges.kind[row], exchanges.donor[row]
    if i == OUTSIDE:
        plant = exchanges.plant[row]
        return scene.plants.left[plant] if scene.plants.from_year[plant] <= scene.common.year else 0.0
    fill_pools(scene, i)
    supply = base_of(scene, i, k) * scene.types.supply[k] * exchanges.supply_factor[row] * scene.types.additional[k]
    stream = scene.types.stream[k]
    return min(supply, scene.tenants.supply[i, stream] / scene.types.drawn[k]) if stream < N_POOLS else supply


@inlined
def demand_left(scene, exchanges, row):
    """Units that the receiver of the exchange can still take: a share of its use, no more than is not displaced yet."""
    k, j = exchanges.kind[row], exchanges.receiver[row]
    if j == OUTSIDE:
        return scene.types.external_limit[k]
    fill_pools(scene, j)
    each, demand = displaced_unit(scene, exchanges, row), scene.types.demand[k]
    if demand == NO_DEMAND or each <= 0.0:
        return UNLIMITED
    use = scene.common.intensity * use_for(scene, j, demand)
    return min(scene.types.demand_share[k] * use, scene.tenants.demand[j, demand]) / each


@inlined
def displaced_unit(scene, exchanges, row):
    """What a unit displaces at the receiver: GJ or m3; for materials its value in USD."""
    k = exchanges.kind[row]
    if scene.types.demand[k] == MATERIAL_DEMAND:
        return max(exchanges.receiver_value[row], 0.0) * scene.types.displaced[k]
    return scene.types.displaced[k] * delivered_share(exchanges.distance_km[row], scene.types.loss_per_km[k])


@inlined
def reserve(scene, exchanges, row, quantity):
    """Take `quantity` from what the donor has left and the receiver still wants: no tonne, m3 or GJ is matched twice."""
    tenants, plants = scene.tenants, scene.plants
    k, i, j, plant = exchanges.kind[row], exchanges.donor[row], exchanges.receiver[row], exchanges.plant[row]
    stream, demand = scene.types.stream[k], scene.types.demand[k]
    if i == OUTSIDE:
        plants.left[plant] = max(plants.left[plant] - quantity, 0.0)
    elif stream < N_POOLS:
        tenants.supply[i, stream] = max(tenants.supply[i, stream] - quantity * scene.types.drawn[k], 0.0)
    if j != OUTSIDE and demand != NO_DEMAND:
        displaced = quantity * displaced_unit(scene, exchanges, row)
        tenants.demand[j, demand] = max(tenants.demand[j, demand] - displaced, 0.0)


# ---- money -----------------------------------------------------------------------------------------------------------


@inlined
def charge_avoided(scene, exchanges, row):
    """Public charges [USD per unit] that the donor avoids: on waste, hazardous waste or wastewater not discharged."""
    i, k = exchanges.donor[row], exchanges.kind[row]
    stream = scene.types.stream[k]
    if i == OUTSIDE or stream >= N_POOLS or stream == HEAT_POOL:
        return 0.0
    zone = scene.sites.zone[exchanges.donor_park[row]]
    return scene.types.drawn[k] * scene.zones.charge[zone, scene.tenants.sector[i], stream - WASTE_POOL]


@inlined
def carbon_avoided(scene, exchanges, row):
    """Carbon payment [USD per unit] that a covered receiver avoids by fuel it does not burn."""
    j, k = exchanges.receiver[row], exchanges.kind[row]
    if j == OUTSIDE or not scene.types.in_park[k] or not scene.firms.covered[j]:
        return 0.0
    zone = scene.sites.zone[exchanges.receiver_park[row]]
    return scene.zones.carbon[zone, scene.tenants.sector[j]] * scene.types.co2[k]


@inlined
def unit_margin(scene, exchanges, row):
    """Joint benefit of a unit [USD] before capital and management: disposal and purchases avoided, less running cost."""
    k = exchanges.kind[row]
    arrives = delivered_share(exchanges.distance_km[row], scene.types.loss_per_km[k])
    moving = 0.0 if scene.types.piped[k] else scene.common.transport_cost * exchanges.distance_km[row]
    donor = exchanges.donor_value[row] + charge_avoided(scene, exchanges, row)
    receiver = arrives * (exchanges.receiver_value[row] + carbon_avoided(scene, exchanges, row))
    return donor + receiver - moving - scene.types.opex[k]


@inlined
def capital_per_unit(scene, exchanges, row):
    """Capital cost [USD per unit and year]; of pipes a part grows with their length."""
    k = exchanges.kind[row]
    if not scene.types.piped[k] or scene.types.central_km[k] <= 0.0:
        return exchanges.capex_unit[row]
    fixed = scene.constants.connection_share
    return exchanges.capex_unit[row] * (fixed + (1.0 - fixed) * exchanges.distance_km[row] / scene.types.central_km[k])


@inlined
def weigh_up(scene, exchanges, row):
    """Quantity that the exchange could move with what is left, and the benefit of each side, capital and law included."""
    supply = supply_left(scene, exchanges, row)
    quantity = max(min(supply, demand_left(scene, exchanges, row)), 0.0)
    if exchanges.design[row] > 0.0:
        quantity = min(quantity, exchanges.design[row])
    exchanges.tentative[row], exchanges.unit_margin[row] = quantity, unit_margin(scene, exchanges, row)
    if exchanges.state[row] != OPERATING:  # what was built and paid for stays as it was
        exchanges.licence_usd[row] = licence_cost(scene, exchanges, row)
        exchanges.capex_usd[row] = quantity * capital_per_unit(scene, exchanges, row)
    constants, margin = scene.constants, exchanges.unit_margin[row]
    capital = exchanges.capex_usd[row] + exchanges.licence_usd[row] + constants.transaction_cost_usd
    joint = yearly_benefit(quantity, margin, constants.management_cost_usd, capital, scene.common.rate_of_capital)
    exchanges.donor_benefit[row] = constants.bargaining_share * joint
    exchanges.receiver_benefit[row] = joint - exchanges.donor_benefit[row]


@inlined
def running_benefit(scene, exchanges, row, quantity):
    """USD/yr of an exchange that stands and moves `quantity`: capital is spent."""
    return quantity * exchanges.unit_margin[row] - scene.constants.management_cost_usd


@inlined
def largest_worth(scene, exchanges, row):
    """USD/yr that all of the supply could save both sides, whoever takes it."""
    quantity = supply_left(scene, exchanges, row)
    if exchanges.donor[row] == OUTSIDE:
        quantity = min(quantity, demand_left(scene, exchanges, row))
    disposal = max(exchanges.donor_value[row] + charge_avoided(scene, exchanges, row), 0.0)
    return quantity * (disposal + max(exchanges.receiver_value[row], 0.0))
