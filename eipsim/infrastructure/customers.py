"""What the tenants of a park ask of its shared systems, and what they would pay without them.

It is looked up once per park and year (`look_at_tenants`), for all systems of the park. MODEL.md section 6.
"""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm.stock import ENERGY_MANAGEMENT
from eipsim.agents.firm.year import SOLAR
from eipsim.core.compiled import TOGETHER, inlined, prefetch_cell
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
from eipsim.market.books import coverage_of
from eipsim.market.uses import COAL_DIESEL
from eipsim.market.uses import ELECTRICITY as POWER_USE
from eipsim.market.uses import WASTE as WASTE_USE
from eipsim.market.uses import WATER as WATER_USE


@inlined
def look_at_tenants(customers, sums, terms, tenancy, p, donors):
    """Fill `customers` with the tenants of park p, and `sums` with their number and what they have together."""
    first, n = tenancy.first[p], tenancy.first[p + 1] - tenancy.first[p]
    wastewater, charged, waste, disposal, donor_steam = 0.0, 0.0, 0.0, 0.0, 0.0
    for j in range(n):
        look_ahead(tenancy.firms, tenancy.rows[min(first + j + TOGETHER, tenancy.rows.size - 1)])
        customer, i = customers[j], tenancy.rows[first + j]
        firm = tenancy.firms[i]
        rate = tenancy.rates[terms.zone, firm.price_row]
        customer.row, customer.sector, customer.steam_served = i, firm.sector, 0.0
        look_at_uses(customer, firm, rate, terms.water_price)
        look_at_boiler(customer, firm, rate, terms.fuel_per_tonne)
        wastewater += customer.amount[WASTEWATER]
        charged += customer.amount[WASTEWATER] * customer.charge[WASTEWATER]
        waste += customer.amount[WASTE]
        disposal += customer.amount[WASTE] * customer.price[WASTE]
        if gives_steam(donors, customer):
            donor_steam += customer.amount[STEAM]
    sums.customers = n
    sums.wastewater, sums.waste, sums.donor_steam = wastewater, waste, donor_steam
    sums.charge = charged / wastewater if wastewater > 0.0 else 0.0
    sums.waste_price = disposal / waste if waste > 0.0 else 0.0


@inlined
def look_ahead(firms, i):
    """Firm i will be looked at soon: some places in its row."""
    prefetch_cell(firms, i, "sector")
    prefetch_cell(firms, i, "employees")
    prefetch_cell(firms, i, "installed_bits")
    prefetch_cell(firms, i, "violation_year")
    prefetch_cell(firms, i, "use")


@inlined
def look_at_uses(customer, firm, rate, water_price):
    """Streams, prices and records of a tenant. What no price belongs to stays zero."""
    bits, ratio, amount, price = firm.installed_bits, rate.wastewater_ratio, customer.amount, customer.price
    level = rate.level
    customer.violation_year = firm.violation_year
    customer.iso, customer.own_solar = (bits >> ENERGY_MANAGEMENT) & 1 == 1, (bits >> SOLAR) & 1 == 1
    amount[WATER] = firm.use[WATER_USE] * level
    amount[WASTEWATER] = amount[WATER] * ratio
    operation = rate.operation[coverage(firm, rate), POWER_USE]
    amount[ELECTRICITY], amount[WASTE] = firm.use[POWER_USE] * level * operation, firm.use[WASTE_USE] * level
    amount[TRANSPORT], amount[FIRM] = firm.employees, 1.0
    price[WATER], price[ELECTRICITY], price[WASTE] = water_price, rate.price[POWER_USE], rate.price[WASTE_USE]
    customer.charge[WASTE] = rate.charge[WASTE_USE]
    customer.charge[WASTEWATER] = rate.charge[WATER_USE] / ratio if ratio > 0.0 else 0.0
    customer.carbon[ELECTRICITY] = carbon_price_of(firm, rate) * rate.emission[POWER_USE]


@inlined
def look_at_boiler(customer, firm, rate, fuel_per_tonne):
    """What a tonne of steam costs and emits in the tenant's own boiler house: the mean of the fuels it burns now."""
    burnt, bill, emitted, fuel, of = 0.0, 0.0, 0.0, customer.fuel, coverage(firm, rate)
    for f in range(N_FUELS):
        used = firm.use[COAL_DIESEL + f] * rate.level * rate.operation[of, COAL_DIESEL + f]
        fuel[f] = used
        burnt += used
        bill += used * rate.price[COAL_DIESEL + f]
        emitted += used * rate.emission[COAL_DIESEL + f]
    part = 1.0 / burnt if burnt > 0.0 else 0.0
    customer.amount[STEAM] = burnt / fuel_per_tonne
    customer.price[STEAM] = bill * part * fuel_per_tonne
    customer.emission = emitted * part * fuel_per_tonne
    customer.carbon[STEAM] = carbon_price_of(firm, rate) * customer.emission
    for f in range(N_FUELS):
        fuel[f] *= part


@inlined
def carbon_price_of(firm, rate):
    """USD/t of CO2 that the firm pays; where nobody does it need not be looked at, which takes longer than all the rest."""
    return rate.carbon if rate.carbon > 0.0 and firm.covered else 0.0


@inlined
def coverage(firm, rate):
    """The coverage of the firm where that makes a difference to its use; as above, looked at only then."""
    return coverage_of(firm) if rate.parted else 0


@inlined
def gives_steam(donors, customer):
    """A network can collect the surplus steam of the customer."""
    return (donors >> np.int64(customer.sector)) & 1 == 1


# ---- what a customer asks of an item, pays and saves ------------------------------------------------------------------


@inlined
def demand_of(item, k, customer):
    """Units a year that the customer can take from item k or bring to it."""
    if (item.sectors >> customer.sector) & 1 == 0 and not item.owned:
        return 0.0
    if k == SOLAR_FLEET and customer.own_solar:
        return 0.0
    demand = item.stream_share * customer.amount[item.stream]
    return max(demand - customer.steam_served, 0.0) if k == BIOMASS_STEAM else demand


@inlined
def tariff_of(item, customer, constants):
    """USD per unit that the customer pays."""
    return constants.tariff_factor * (item.tariff + item.tariff_share * customer.price[item.stream])


@inlined
def unit_saving(item, customer, constants):
    """USD per unit that the customer saves: what it need not buy or do itself, its carbon price, less the tariff."""
    spared = customer.price[item.stream] + customer.carbon[item.stream]
    return item.alternative + item.alternative_share * spared - tariff_of(item, customer, constants)


# ---- what an item can give, earns and costs ---------------------------------------------------------------------------


@inlined
def bound_of(item, terms, sums):
    """Units a year that its source can give: wastewater, surplus steam, rain, roofs."""
    if item.supply == OF_WASTEWATER:
        return item.supply_share * sums.wastewater
    if item.supply == OF_DONORS:
        return item.supply_share * sums.donor_steam * terms.fuel_per_tonne
    if item.supply == OF_LAND:
        return item.supply_share * terms.land_ha
    return terms.roof_mwh if item.supply == OF_ROOFS else np.inf


@inlined
def reuses_wastewater(item, k):
    return item.supply == OF_WASTEWATER or (item.owned and k != SLUDGE_REUSE)


@inlined
def unit_income(item, k, sums):
    """USD per unit that the operator has beside tariffs: sales, purchases and charges on wastewater spared."""
    return item.own_value + (sums.charge if reuses_wastewater(item, k) else 0.0)


@inlined
def unit_cost(item, k, terms, sums):
    """USD per unit that the operator spends: running, fuel, tenants' surplus steam, disposal of what it cannot sell."""
    fuel = item.biomass * terms.biomass_price
    rest = (1.0 - item.recovered) * sums.waste_price if k == WASTE_HUB else 0.0
    return item.running_cost + item.donor_price + fuel + rest
