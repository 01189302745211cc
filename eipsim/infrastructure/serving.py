"""What the shared systems of a park do in a year: tenants connect or not, systems serve them, the operator earns and pays.

A system is a row of the table of systems, park by park and item by item. MODEL.md section 6.
"""

from __future__ import annotations

import numpy as np

from eipsim.core.compiled import inlined
from eipsim.core.years import NEVER
from eipsim.infrastructure import columns as col
from eipsim.infrastructure.columns import N_FUELS
from eipsim.infrastructure.customers import (
    bound_of,
    demand_of,
    gives_steam,
    look_at_tenants,
    reuses_wastewater,
    tariff_of,
    unit_cost,
    unit_income,
    unit_saving,
)
from eipsim.infrastructure.investing import is_up
from eipsim.infrastructure.items import (
    ELECTRICITY,
    N_ITEMS,
    PLATFORM,
    POINTS,
    SLUDGE_REUSE,
    STEAM,
    STEAM_NETWORK,
    WASTE,
    WASTEWATER,
    WATER,
)
from eipsim.rules.infrastructure import connects, served_share


@inlined
def serve_park(works, tenancy, p):
    """All systems of park p for a year, in the order of the table of items."""
    systems, items, reused = works.systems, works.items, 0.0
    look_at_tenants(works, tenancy, p)
    n = works.sums.customers[0]
    forget_year(works.services, works.customers, n)
    for k in range(N_ITEMS):
        system = p * N_ITEMS + k
        if systems.required[system]:
            continue
        needs = np.int64(items.needs[k])
        ready = needs < 0 or is_up(systems, p * N_ITEMS + needs, works.year)
        if ready and is_up(systems, system, works.year):
            reused += serve(works, p, k)
            if items.counts[k] and not items.owned[k]:
                note_records(systems, system, works.customers, n)
        elif systems.connected[system] > 0 or systems.used[system] > 0.0:
            disconnect(works, p, k)
    works.terms.users[p] = share_out_wastewater(works.services, works.customers, works.sums, reused)
    note_points(systems, items, works.operators, p)


@inlined
def come_into_operation(systems, items, p, k, year):
    """What was ordered stands from its year on."""
    system = p * N_ITEMS + k
    if systems.ordered[system] > 0.0 and systems.ready_year[system] <= year:
        systems.capacity[system] += systems.ordered[system]
        systems.ordered[system] = 0.0
        if systems.built_year[system] == 0:
            systems.built_year[system] = year
            systems.ends_year[system] = year + int(items.lifetime[k] + 0.5)


@inlined
def forget_year(services, customers, n):
    """What systems did for the `n` tenants is counted anew every year; connections stay."""
    for j in range(n):
        i = customers.row[j]
        services.wastewater[i], services.water[i], services.electricity[i] = 0.0, 0.0, 0.0
        services.waste[i], services.steam_given[i], services.saving[i] = 0.0, 0.0, 0.0
        for f in range(N_FUELS):
            services.fuel[i, f] = 0.0


@inlined
def serve(works, p, k):
    """One system for one year. Returns the wastewater that it reuses [m3]."""
    system = p * N_ITEMS + k
    items, systems, terms, sums, flows = works.items, works.systems, works.terms, works.sums, works.flows
    asked = connect_tenants(works, p, k)
    bound = min(systems.capacity[system], bound_of(items, k, terms, p, sums))
    share, paid_before = served_share(bound, asked), flows[p, col.TARIFFS]
    if not items.owned[k]:
        for j in range(sums.customers[0]):
            if works.customers.wanted[j] > 0.0:
                bring(works, p, k, j, share * works.customers.wanted[j])
    # a product of shares may exceed the bound by a rounding
    used = min(share * asked, bound)
    systems.used[system] = used
    systems.tariff[system] = (flows[p, col.TARIFFS] - paid_before) / used if used > 0.0 else 0.0
    flows[p, col.OTHER_INCOME] += used * unit_income(items, k, sums)
    flows[p, col.RUNNING] += used * unit_cost(items, k, terms, p, sums) + items.fixed_cost[k]
    flows[p, col.RUNNING] += items.running_share[k] * systems.standing[system]
    flows[p, col.BIOMASS_ADDED] += used * items.biomass[k]
    flows[p, col.POWER_ADDED] += used * items.electricity[k]
    flows[p, col.OUTSIDE] += used * items.co2_outside[k]
    if k == STEAM_NETWORK:
        collect_steam(works, p, used)
    if k == SLUDGE_REUSE:
        flows[p, col.SLUDGE_T] += used
    reused = used if reuses_wastewater(items, k) else 0.0
    flows[p, col.REUSED] += reused
    flows[p, col.CHARGES_AVOIDED] += reused * sums.charge[0]
    return reused


@inlined
def connect_tenants(works, p, k):
    """Tenants connect while there is room and leave when it no longer pays. Returns what they ask for [units/yr].

    What each asks for is left in `customers.wanted`, 0 for those not connected, and what a unit saves it in `customers.worth`.
    """
    system = p * N_ITEMS + k
    items, systems, customers, connected_to = works.items, works.systems, works.customers, works.services.connected
    bit, total, count = np.int64(1) << k, 0.0, 0
    # of last year: all tenants see the same room, so their order cannot decide who is connected
    has_room = systems.demand[system] < systems.capacity[system]
    for j in range(works.sums.customers[0]):
        i, wanted = customers.row[j], demand_of(items, k, customers, j)
        if items.owned[k]:
            total += wanted
            continue
        worth = unit_saving(items, k, customers, j, works.constants)
        connected = connected_to[i] & bit != 0
        if connected and (wanted <= 0.0 or worth < 0.0):
            connected = False
            connected_to[i] &= ~bit
        elif not connected and has_room and wanted > 0.0:
            connected = connects(worth * wanted, items.connection_cost[k], items.years_worth[k])
            connected_to[i] |= bit * connected
            works.flows[p, col.CONNECTIONS] += items.connection_cost[k] * connected
        customers.wanted[j], customers.worth[j] = wanted if connected else 0.0, worth
        total += customers.wanted[j]
        count += connected
    systems.connected[system], systems.demand[system] = count, total
    return total


@inlined
def bring(works, p, k, j, quantity):
    """Customer j gets or brings `quantity` units: what it need not buy, what it saves and pays."""
    items, customers, services, flows = works.items, works.customers, works.services, works.flows
    i, stream = customers.row[j], items.stream[k]
    saved = quantity * customers.worth[j]
    services.saving[i] += saved
    flows[p, col.TENANT_SAVING] += saved
    flows[p, col.TARIFFS] += quantity * tariff_of(items, k, customers, j, works.constants)
    flows[p, col.CARBON_AVOIDED] += quantity * items.alternative_share[k] * customers.carbon[j, stream]
    if stream == WATER:
        services.water[i] += quantity
        flows[p, col.WATER_DISPLACED] += quantity
    elif stream == STEAM:
        flows[p, col.STEAM_T] += quantity
        flows[p, col.SCOPE_1_AVOIDED] += quantity * customers.emission[j, STEAM]
        if k == STEAM_NETWORK:
            customers.steam_served[j] += quantity
        for f in range(N_FUELS):
            spared = quantity * works.terms.fuel_per_tonne[p] * customers.fuel[j, f]
            services.fuel[i, f] += spared
            flows[p, col.COAL_DISPLACED + f] += spared
    elif stream == ELECTRICITY:
        services.electricity[i] += quantity
        flows[p, col.SOLAR_MWH] += quantity
    elif stream == WASTE:
        services.waste[i] += quantity
        flows[p, col.WASTE_TAKEN] += quantity
        flows[p, col.DIVERTED] += quantity * items.recovered[k]
        flows[p, col.CHARGES_AVOIDED] += quantity * items.recovered[k] * customers.charge[j, WASTE]


@inlined
def collect_steam(works, p, used):
    """Surplus steam comes from all donors alike, in proportion to their fuel, and is paid for."""
    customers, services, price = works.customers, works.services, works.items.donor_price[STEAM_NETWORK]
    there = works.sums.donor_steam[0]
    for j in range(works.sums.customers[0]):
        if gives_steam(works.donors, customers, j) and there > 0.0:
            i, given = customers.row[j], used * customers.amount[j, STEAM] / there
            services.steam_given[i] += given
            services.saving[i] += given * price
            works.flows[p, col.TENANT_SAVING] += given * price


@inlined
def disconnect(works, p, k):
    """Nobody is connected to what does not stand."""
    systems, system = works.systems, p * N_ITEMS + k
    for j in range(works.sums.customers[0]):
        works.services.connected[works.customers.row[j]] &= ~(np.int64(1) << k)
    systems.used[system], systems.connected[system], systems.clean_since[system] = 0.0, 0, NEVER


@inlined
def share_out_wastewater(services, customers, sums, reused):
    """The wastewater that systems reuse [m3] is that of all tenants alike. Returns how many are connected to something."""
    there, users = sums.wastewater[0], 0
    share = reused / there if there > 0.0 else 0.0
    for j in range(sums.customers[0]):
        services.wastewater[customers.row[j]] = share * customers.amount[j, WASTEWATER]
        users += services.connected[customers.row[j]] != 0
    return users


@inlined
def note_records(systems, system, customers, n):
    """The last violations of the two cleanest connected tenants with ISO systems: how clean this symbiosis can be shown."""
    best, second = NEVER, NEVER
    for j in range(n):
        if customers.iso[j] and customers.wanted[j] > 0.0:
            violation = customers.violation_year[j]
            if violation < best:
                best, second = violation, best
            elif violation < second:
                second = violation
    systems.clean_since[system] = second


@inlined
def note_points(systems, items, operators, p):
    """What the systems in operation do for the park's scores and for keeping track of its tenants."""
    for category in range(len(POINTS)):
        operators.points[p, category] = 0.0
        for k in range(N_ITEMS):
            if systems.used[p * N_ITEMS + k] > 0.0:
                operators.points[p, category] += items.points[k, category]
    operators.platform[p] = systems.used[p * N_ITEMS + PLATFORM] > 0.0
