"""What firms can give and take this year, what an exchange between two of them is worth, and which partner is best."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.core.arithmetic import exp
from eipsim.core.columns import Row
from eipsim.core.compiled import inlined
from eipsim.core.draws import draw, draw_normal, fold
from eipsim.exchanges import catalogue as kinds
from eipsim.exchanges.columns import OUTSIDE
from eipsim.infrastructure.year import N_FUELS
from eipsim.market.catalogue import N_SECTORS
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, HAZARDOUS, MATERIAL, WASTE, WATER
from eipsim.rules.symbiosis import delivered_share

# What a project's draws are for.
SUPPLY_ITEM, DONOR_ITEM, RECEIVER_ITEM, CAPEX_ITEM, DISTANCE_ITEM, MONTHS_ITEM, TIME_ITEM = range(7)
LARGEST_Z = 2.0  # values between projects do not go beyond this many standard deviations, so that none is absurd
UNLIMITED = 1e300
HALF_SPREAD = 0.5 * kinds.TEN_TO_NINETY

FUEL_BASE, COAL_BASE, BIOMASS_AND_COAL_BASE = kinds.FUEL_BASE, kinds.COAL_BASE, kinds.BIOMASS_AND_COAL_BASE
EMPLOYEES_BASE, WASTEWATER_BASE, WASTE_BASE = kinds.EMPLOYEES_BASE, kinds.WASTEWATER_BASE, kinds.WASTE_BASE
HEAT_POOL, WASTE_POOL, HAZARDOUS_POOL, WASTEWATER_POOL = kinds.HEAT, kinds.WASTE, kinds.HAZARDOUS, kinds.WASTEWATER
N_POOLS, FUEL_DEMAND, WATER_DEMAND, MATERIAL_DEMAND = kinds.N_POOLS, kinds.FUEL, kinds.WATER, kinds.MATERIAL
NO_DEMAND = kinds.NO_DEMAND


class Scene(NamedTuple):
    """All that the exchange step reads and changes besides the exchanges: one argument of every compiled function.

    Few and wide tables, because the compiler's time grows with the number of arrays.
    """

    types: Row  # TYPE_COLUMNS, column by column
    classes: Row  # CLASS_COLUMNS, column by column
    terms: Row  # terms_columns
    firms: np.recarray  # FIRM_COLUMNS
    sites: np.recarray  # SITE_COLUMNS
    tenants: np.recarray  # TENANT_COLUMNS
    services: np.recarray  # SERVICE_COLUMNS of shared infrastructure
    plants: np.recarray  # PLANT_COLUMNS
    zones: np.recarray  # ZONE_COLUMNS


class Surveyed(NamedTuple):
    """Where a search for a partner looks."""

    members: np.recarray  # MEMBER_COLUMNS
    near: np.recarray  # NEIGHBOUR_COLUMNS


@inlined
def is_there(x, i):
    """Firm i is a tenant this year."""
    return x.tenants.entry_year[i] <= x.terms.year < x.tenants.exit_year[i]


@inlined
def fill_pools(x, i, c):
    """What firm i really has and uses this year, after its own savings and shared infrastructure; once a year, when first
    asked for."""
    if x.tenants.year[i] == x.terms.year:
        return
    x.tenants.year[i] = x.terms.year
    s, level = x.tenants.sector[i], x.terms.intensity
    steam = x.services.steam_given[i] * x.terms.heat_of_steam
    heat = level * use_for(x, i, FUEL_DEMAND) * c.recoverable_heat_share - steam
    water = level * x.firms.use[i, WATER]
    x.tenants.supply[i, HEAT_POOL] = max(heat, 0.0)
    x.tenants.supply[i, WASTE_POOL] = max(level * x.firms.use[i, WASTE] - x.services.waste[i], 0.0)
    x.tenants.supply[i, HAZARDOUS_POOL] = level * x.firms.use[i, HAZARDOUS]
    x.tenants.supply[i, WASTEWATER_POOL] = max(water * x.terms.wastewater_ratio[s] - x.services.wastewater[i], 0.0)
    x.tenants.demand[i, WATER_DEMAND] = max(water - x.services.water[i], 0.0)
    x.tenants.demand[i, MATERIAL_DEMAND] = level * x.firms.use[i, MATERIAL]
    fill_fuels(x, i, s, level)


@inlined
def fill_fuels(x, i, s, level):
    """Fuel that firm i buys after shared infrastructure, its mix, and the CO2 of it."""
    x.tenants.demand[i, FUEL_DEMAND], x.tenants.carbon[i] = 0.0, 0.0
    for f in range(N_FUELS):
        left = max(level * x.firms.use[i, COAL_DIESEL + f] - x.services.fuel[i, f], 0.0)
        x.tenants.mix[i, f] = left
        x.tenants.demand[i, FUEL_DEMAND] += left
        x.tenants.carbon[i] += left * x.terms.emission[s, f]
    total = x.tenants.demand[i, FUEL_DEMAND]
    for f in range(N_FUELS):
        x.tenants.mix[i, f] = x.tenants.mix[i, f] / total if total > 0.0 else 0.0


@inlined
def base_of(x, i, k):
    """What the supply of type k is proportional to at firm i this year, after its own savings."""
    base, level = x.types.supply_base[k], x.terms.intensity
    if base == EMPLOYEES_BASE:
        stream = MATERIAL if x.types.stream[k] >= N_POOLS else WASTE  # saving at source makes less per employee
        before = x.firms.gross_use[i, stream]
        return x.firms.employees[i] * (x.firms.use[i, stream] / before if before > 0.0 else 0.0) * level
    coal = x.firms.use[i, COAL_DIESEL] * x.terms.coal_share[x.tenants.sector[i]]
    if base == COAL_BASE:
        return level * coal
    if base == BIOMASS_AND_COAL_BASE:
        return level * (coal + x.firms.use[i, BIOMASS])
    if base == FUEL_BASE:
        return level * (x.firms.use[i, COAL_DIESEL] + x.firms.use[i, DEAR_FUEL] + x.firms.use[i, BIOMASS])
    if base == WASTEWATER_BASE:
        return level * x.firms.use[i, WATER] * x.terms.wastewater_ratio[x.tenants.sector[i]]
    return level * x.firms.use[i, WASTE if base == WASTE_BASE else HAZARDOUS]


@inlined
def supply_left(x, e, n, c):
    """Units that the donor of exchange n, or the municipal plant, can still give this year."""
    k, i = e.kind[n], e.donor[n]
    if i == OUTSIDE:
        return x.plants.left[e.plant[n]] if x.plants.from_year[e.plant[n]] <= x.terms.year else 0.0
    fill_pools(x, i, c)
    supply = base_of(x, i, k) * x.types.supply[k] * e.supply_factor[n] * x.types.additional[k]
    stream = x.types.stream[k]
    return min(supply, x.tenants.supply[i, stream] / x.types.drawn[k]) if stream < N_POOLS else supply


@inlined
def displaced_unit(x, e, n):
    """What a unit displaces at the receiver: GJ or m3; for materials its value in USD."""
    k = e.kind[n]
    if x.types.demand[k] == MATERIAL_DEMAND:
        return max(e.receiver_value[n], 0.0) * x.types.displaced[k]
    return x.types.displaced[k] * delivered_share(e.distance_km[n], x.types.loss_per_km[k])


@inlined
def demand_left(x, e, n, c):
    """Units that the receiver of exchange n can still take: a share of its use, no more than is not displaced yet."""
    k, j = e.kind[n], e.receiver[n]
    if j == OUTSIDE:
        return x.types.external_limit[k]
    fill_pools(x, j, c)
    each, demand = displaced_unit(x, e, n), x.types.demand[k]
    if demand == NO_DEMAND or each <= 0.0:
        return UNLIMITED
    use = x.terms.intensity * use_for(x, j, demand)
    return min(x.types.demand_share[k] * use, x.tenants.demand[j, demand]) / each


@inlined
def use_for(x, j, demand):
    """Yearly use of firm j that a demand is a share of, at 2024 intensities."""
    if demand == WATER_DEMAND:
        return x.firms.use[j, WATER]
    if demand == MATERIAL_DEMAND:
        return x.firms.use[j, MATERIAL]
    return x.firms.use[j, COAL_DIESEL] + x.firms.use[j, DEAR_FUEL] + x.firms.use[j, BIOMASS]


@inlined
def charge_avoided(x, e, n):
    """Public charges [USD per unit] that the donor avoids: on waste, hazardous waste or wastewater not discharged."""
    i, k = e.donor[n], e.kind[n]
    stream = x.types.stream[k]
    if i == OUTSIDE or stream >= N_POOLS or stream == HEAT_POOL:
        return 0.0
    return x.types.drawn[k] * x.zones.charge[x.sites.zone[e.donor_park[n]], x.tenants.sector[i], stream - WASTE_POOL]


@inlined
def carbon_avoided(x, e, n):
    """Carbon payment [USD per unit] that a covered receiver avoids by fuel it does not burn."""
    j, k = e.receiver[n], e.kind[n]
    if j == OUTSIDE or not x.types.in_park[k] or not x.firms.covered[j]:
        return 0.0
    return x.zones.carbon[x.sites.zone[e.receiver_park[n]], x.tenants.sector[j]] * x.types.co2[k]


@inlined
def unit_margin(x, e, n):
    """Joint benefit of a unit [USD] before capital and management: disposal and purchases avoided, less running cost."""
    k = e.kind[n]
    arrives = delivered_share(e.distance_km[n], x.types.loss_per_km[k])
    moving = 0.0 if x.types.piped[k] else x.terms.transport_cost * e.distance_km[n]
    donor = e.donor_value[n] + charge_avoided(x, e, n)
    receiver = arrives * (e.receiver_value[n] + carbon_avoided(x, e, n))
    return donor + receiver - moving - x.types.opex[k]


@inlined
def capital_per_unit(x, e, n, c):
    """Capital cost [USD per unit and year]; of pipes a part grows with their length."""
    k = e.kind[n]
    if not x.types.piped[k] or x.types.central_km[k] <= 0.0:
        return e.capex_unit[n]
    fixed = c.connection_share
    return e.capex_unit[n] * (fixed + (1.0 - fixed) * e.distance_km[n] / x.types.central_km[k])


# ---- projects and partners ---------------------------------------------------------------------------------------------


@inlined
def between(low, central, high, z):
    """A value whose tenth, fiftieth and ninetieth percentiles are given, at the standard normal number z; what is never negative
    up to its tenth percentile does not become so below it."""
    value = central + (high - central if z > 0.0 else central - low) * z / HALF_SPREAD
    return max(value, min(low, 0.0))


@inlined
def draw_size(x, e, n, c):
    """Supply and values of exchange n, fixed for the opportunity."""
    k, key, stream = e.kind[n], e.key[n], x.terms.project
    w, t = c.value_spread, x.types
    e.supply_factor[n] = exp(w * t.supply_sigma[k] * limited(draw_normal(stream, key, 0, SUPPLY_ITEM)))
    z = w * limited(draw_normal(stream, key, 0, DONOR_ITEM))
    e.donor_value[n] = between(t.donor_value[k, 0], t.donor_value[k, 1], t.donor_value[k, 2], z)
    z = w * limited(draw_normal(stream, key, 0, RECEIVER_ITEM))
    e.receiver_value[n] = between(t.receiver_value[k, 0], t.receiver_value[k, 1], t.receiver_value[k, 2], z)


@inlined
def draw_project(x, e, n, c):
    """Capital cost of exchange n, and its place in the procedure of the law, fixed for the opportunity."""
    k, key, stream = e.kind[n], e.key[n], x.terms.project
    sigma = c.value_spread * x.types.capex_sigma[k]
    e.capex_unit[n] = x.types.capex[k] * exp(sigma * limited(draw_normal(stream, key, 0, CAPEX_ITEM)))
    e.months_draw[n] = draw(stream, key, 0, MONTHS_ITEM)
    e.time_of_year[n] = draw(stream, key, 0, TIME_ITEM)


@inlined
def limited(z):
    return min(max(z, -LARGEST_Z), LARGEST_Z)


@inlined
def external_distance(x, e, n, c):
    """Distance [km] to a partner outside the parks: the usual one of the type, spread between donors."""
    k = e.kind[n]
    z = limited(draw_normal(x.terms.project, e.key[n], 0, DISTANCE_ITEM))
    drawn = x.types.central_km[k] * exp(c.value_spread * x.types.distance_sigma[k] * z)
    return min(drawn, x.types.farthest_km[k])


@inlined
def try_partner(x, e, n, j, park, km, c):
    """Put firm j of `park`, `km` away in a straight line, in as receiver of exchange n; returns what the two could move."""
    e.receiver[n], e.receiver_park[n], e.distance_km[n] = j, park, km * c.circuity
    supply = supply_left(x, e, n, c)
    return min(supply, demand_left(x, e, n, c))


@inlined
def worth_of(x, e, n, quantity, c):
    """Joint benefit [USD/yr] of moving `quantity`, capital deducted, before fixed costs: what ranks partners."""
    return quantity * (unit_margin(x, e, n) - x.terms.rate_of_capital * capital_per_unit(x, e, n, c))


@inlined
def best_in_park(x, y, e, n, park, km, known, c):
    """The tenant of `park`, each known with probability `known`, with whom exchange n is worth most: (row or -1, worth).

    Ties go to the larger key. Whether two are acquainted is one draw of the pair, the same in every year.
    """
    best, most, donor, k = OUTSIDE, -UNLIMITED, e.donor[n], e.kind[n]
    for t in range(N_SECTORS):
        s = x.types.takers[k, t]
        if s < 0:
            break
        for m in range(x.sites.first_member[park, s], x.sites.first_member[park, s + 1]):
            j = y.members.row[m]
            if j == donor or not y.members.entry_year[m] <= x.terms.year < y.members.exit_year[m]:
                continue
            if known < 1.0 and draw(x.terms.partner, fold(e.key[n], y.members.key[m]), 0, 0) >= known:
                continue
            quantity = try_partner(x, e, n, j, park, km, c)
            if quantity <= 0.0:
                continue
            worth = worth_of(x, e, n, quantity, c)
            if worth > most or (worth == most and y.members.key[m] > x.tenants.key[best]):
                best, most = j, worth
    return best, most


@inlined
def find_receiver(x, y, e, n, c):
    """Give exchange n its receiver: in the park, else in a park nearby, else outside. False when nobody could take it.

    The first of these with a positive worth is taken; when none has, the best of all.
    """
    p, k = e.donor_park[n], e.kind[n]
    chosen, park, km = OUTSIDE, p, x.sites.inner_km[p]
    best, most = best_in_park(x, y, e, n, p, km, 1.0, c)
    chosen = best
    if most <= 0.0:
        for m in range(x.sites.first_near[p], x.sites.end_near[p]):
            if y.near.km[m] > x.types.longest_km[k]:
                break
            other, away = y.near.park[m], y.near.km[m]
            best, worth = best_in_park(x, y, e, n, other, away, y.near.known[m], c)
            if worth > most:
                chosen, most, park, km = best, worth, other, away
    found = most > -UNLIMITED
    if most <= 0.0 and x.types.external[k]:
        away = external_distance(x, e, n, c) / c.circuity
        quantity = try_partner(x, e, n, OUTSIDE, p, away, c)
        worth = worth_of(x, e, n, quantity, c)
        if quantity > 0.0 and worth > most:
            chosen, park, km, found = OUTSIDE, p, away, True
    e.receiver[n], e.receiver_park[n], e.distance_km[n] = chosen, park, km * c.circuity
    return found
