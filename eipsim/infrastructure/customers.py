"""What the tenants of a park ask of its shared systems, and what they would pay without them.

It is looked up once per park and year (`look_at_tenants`), for all systems of the park. MODEL.md section 6.
"""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm.stock import ENERGY_MANAGEMENT
from eipsim.agents.firm.year import SOLAR
from eipsim.core.compiled import inlined
from eipsim.infrastructure.columns import N_FUELS
from eipsim.infrastructure.items import (
    BIOMASS_STEAM,
    ELECTRICITY,
    FIRM,
    OF_DONORS,
    OF_LAND,
    OF_ROOFS,
    OF_WASTEWATER,
    SLUDGE_REUSE,
    SOLAR_FLEET,
    STEAM,
    TRANSPORT,
    WASTE,
    WASTE_HUB,
    WASTEWATER,
    WATER,
)
from eipsim.market.uses import COAL_DIESEL
from eipsim.market.uses import ELECTRICITY as POWER_USE
from eipsim.market.uses import WASTE as WASTE_USE
from eipsim.market.uses import WATER as WATER_USE


@inlined
def look_at_tenants(works, tenancy, p):
    """Fill `customers` with the tenants of park p, and `sums` with their number and what they have together."""
    customers, sums, first = works.customers, works.sums, tenancy.first[p]
    n = tenancy.first[p + 1] - first
    wastewater, charged, waste, disposal, donor_steam = 0.0, 0.0, 0.0, 0.0, 0.0
    for j in range(n):
        look_at_tenant(customers, j, tenancy, tenancy.rows[first + j], works.terms, p)
        wastewater += customers.amount[j, WASTEWATER]
        charged += customers.amount[j, WASTEWATER] * customers.charge[j, WASTEWATER]
        waste += customers.amount[j, WASTE]
        disposal += customers.amount[j, WASTE] * customers.price[j, WASTE]
        if gives_steam(works.donors, customers, j):
            donor_steam += customers.amount[j, STEAM]
    sums.customers[0] = n
    sums.wastewater[0], sums.waste[0], sums.donor_steam[0] = wastewater, waste, donor_steam
    sums.charge[0] = charged / wastewater if wastewater > 0.0 else 0.0
    sums.waste_price[0] = disposal / waste if waste > 0.0 else 0.0


@inlined
def look_at_tenant(customers, j, tenancy, i, terms, p):
    """Streams, prices and emissions of firm i as customer j. What no price or emission belongs to stays zero."""
    firms, prices = tenancy.firms, tenancy.prices
    s, z, level = firms.sector[i], terms.zone[p], prices.intensity
    bits, ratio = firms.installed_bits[i], prices.wastewater_ratio[s]
    customers.row[j], customers.sector[j], customers.violation_year[j] = i, s, firms.violation_year[i]
    customers.iso[j], customers.own_solar[j] = (bits >> ENERGY_MANAGEMENT) & 1 == 1, (bits >> SOLAR) & 1 == 1
    customers.steam_served[j] = 0.0
    customers.amount[j, WATER] = firms.use[i, WATER_USE] * level
    customers.amount[j, WASTEWATER] = customers.amount[j, WATER] * ratio
    customers.amount[j, ELECTRICITY] = firms.use[i, POWER_USE] * level
    customers.amount[j, WASTE] = firms.use[i, WASTE_USE] * level
    customers.amount[j, TRANSPORT], customers.amount[j, FIRM] = firms.employees[i], 1.0
    customers.price[j, WATER] = terms.water_price[p]
    customers.price[j, ELECTRICITY] = prices.use[z, s, POWER_USE]
    customers.price[j, WASTE] = prices.use[z, s, WASTE_USE]
    customers.charge[j, WASTE] = prices.charge[z, s, WASTE_USE]
    customers.charge[j, WASTEWATER] = prices.charge[z, s, WATER_USE] / ratio if ratio > 0.0 else 0.0
    carbon = prices.carbon[z, s] if firms.covered[i] else 0.0
    customers.carbon[j, ELECTRICITY] = carbon * prices.emission[s, POWER_USE]
    look_at_boiler(customers, j, tenancy, i, terms, p)
    customers.carbon[j, STEAM] = carbon * customers.emission[j, STEAM]


@inlined
def look_at_boiler(customers, j, tenancy, i, terms, p):
    """What a tonne of steam costs and emits in the tenant's own boiler house: the mean of the fuels it burns now."""
    firms, prices = tenancy.firms, tenancy.prices
    s, z, fuel_per_tonne = firms.sector[i], terms.zone[p], terms.fuel_per_tonne[p]
    burnt, bill, emitted = 0.0, 0.0, 0.0
    for f in range(N_FUELS):
        used = firms.use[i, COAL_DIESEL + f] * prices.intensity
        customers.fuel[j, f] = used
        burnt += used
        bill += used * prices.use[z, s, COAL_DIESEL + f]
        emitted += used * prices.emission[s, COAL_DIESEL + f]
    part = 1.0 / burnt if burnt > 0.0 else 0.0
    customers.amount[j, STEAM] = burnt / fuel_per_tonne
    customers.price[j, STEAM] = bill * part * fuel_per_tonne
    customers.emission[j, STEAM] = emitted * part * fuel_per_tonne
    for f in range(N_FUELS):
        customers.fuel[j, f] *= part


@inlined
def gives_steam(donors, customers, j):
    """A network can collect the surplus steam of customer j."""
    return (donors >> np.int64(customers.sector[j])) & 1 == 1


# ---- what a customer asks of an item, pays and saves ------------------------------------------------------------------


@inlined
def demand_of(items, k, customers, j):
    """Units a year that customer j can take from item k or bring to it."""
    if (items.sectors[k] >> customers.sector[j]) & 1 == 0 and not items.owned[k]:
        return 0.0
    if k == SOLAR_FLEET and customers.own_solar[j]:
        return 0.0
    demand = items.stream_share[k] * customers.amount[j, items.stream[k]]
    return max(demand - customers.steam_served[j], 0.0) if k == BIOMASS_STEAM else demand


@inlined
def tariff_of(items, k, customers, j, constants):
    """USD per unit that customer j pays."""
    return constants.tariff_factor * (items.tariff[k] + items.tariff_share[k] * customers.price[j, items.stream[k]])


@inlined
def unit_saving(items, k, customers, j, constants):
    """USD per unit that customer j saves: what it need not buy or do itself, its carbon price, less the tariff."""
    stream = items.stream[k]
    spared = customers.price[j, stream] + customers.carbon[j, stream]
    return items.alternative[k] + items.alternative_share[k] * spared - tariff_of(items, k, customers, j, constants)


# ---- what an item can give, earns and costs ---------------------------------------------------------------------------


@inlined
def bound_of(items, k, terms, p, sums):
    """Units a year that its source can give: wastewater, surplus steam, rain, roofs."""
    supply = items.supply[k]
    if supply == OF_WASTEWATER:
        return items.supply_share[k] * sums.wastewater[0]
    if supply == OF_DONORS:
        return items.supply_share[k] * sums.donor_steam[0] * terms.fuel_per_tonne[p]
    if supply == OF_LAND:
        return items.supply_share[k] * terms.land_ha[p]
    return terms.roof_mwh[p] if supply == OF_ROOFS else np.inf


@inlined
def reuses_wastewater(items, k):
    return items.supply[k] == OF_WASTEWATER or (items.owned[k] and k != SLUDGE_REUSE)


@inlined
def unit_income(items, k, sums):
    """USD per unit that the operator has beside tariffs: sales, purchases and charges on wastewater spared."""
    return items.own_value[k] + (sums.charge[0] if reuses_wastewater(items, k) else 0.0)


@inlined
def unit_cost(items, k, terms, p, sums):
    """USD per unit that the operator spends: running, fuel, tenants' surplus steam, disposal of what it cannot sell."""
    fuel = items.biomass[k] * terms.biomass_price[p]
    rest = (1.0 - items.recovered[k]) * sums.waste_price[0] if k == WASTE_HUB else 0.0
    return items.running_cost[k] + items.donor_price[k] + fuel + rest
