"""What the shared systems of a park do in a year: tenants connect or not, systems serve them, the operator earns and pays.

A system is a row of the table of systems, park by park and item by item. MODEL.md section 6.
"""

from __future__ import annotations

import numpy as np

from eipsim.core.compiled import inlined
from eipsim.core.years import NEVER
from eipsim.infrastructure.columns import N_FUELS, Park
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
from eipsim.infrastructure.investing import has_what_it_needs, is_up
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
    park = Park(
        works.terms[p],
        works.operators[p],
        works.accounts[p],
        works.sums[0],
        works.customers,
        works.constants,
        works.year,
    )
    look_at_tenants(park.customers, park.sums, park.terms, tenancy, p, works.donors)
    n, first, reused = park.sums.customers, p * N_ITEMS, 0.0
    for j in range(n):
        forget_year(works.services[park.customers[j].row])
    for k in range(N_ITEMS):
        item, system = works.items[k], works.systems[first + k]
        if system.required:
            continue
        if has_what_it_needs(works.systems, first, item, works.year) and is_up(system, works.year):
            reused += serve(park, item, k, system, works.services)
            if k == STEAM_NETWORK:
                collect_steam(park, works.services, works.donors, system.used, item.donor_price)
            if item.counts and not item.owned:
                note_records(system, park.customers, n)
        elif system.connected > 0 or system.used > 0.0:
            disconnect(park.customers, n, works.services, system, k)
    park.terms.users = share_out_wastewater(works.services, park.customers, park.sums, reused)
    note_points(works.systems, first, works.items, park.operator)


@inlined
def come_into_operation(system, item, year):
    """What was ordered stands from its year on."""
    if system.ordered > 0.0 and system.ready_year <= year:
        system.capacity += system.ordered
        system.ordered = 0.0
        if system.built_year == 0:
            system.built_year = year
            system.ends_year = year + int(item.lifetime + 0.5)


@inlined
def forget_year(service):
    """What systems did for a tenant is counted anew every year; connections stay."""
    service.wastewater, service.water, service.electricity = 0.0, 0.0, 0.0
    service.waste, service.steam_given, service.saving = 0.0, 0.0, 0.0
    for f in range(N_FUELS):
        service.fuel[f] = 0.0


@inlined
def serve(park, item, k, system, services):
    """One system for one year. Returns the wastewater that it reuses [m3]."""
    terms, sums, account, customers = park.terms, park.sums, park.account, park.customers
    asked = connect_tenants(park, item, k, system, services)
    bound = min(system.capacity, bound_of(item, terms, sums))
    share, paid_before = served_share(bound, asked), account.tariff_usd
    if not item.owned:
        for j in range(sums.customers):
            customer = customers[j]
            if customer.wanted > 0.0:
                bring(park, item, k, customer, services[customer.row], share * customer.wanted)
    # a product of shares may exceed the bound by a rounding
    used = min(share * asked, bound)
    system.used = used
    system.tariff = (account.tariff_usd - paid_before) / used if used > 0.0 else 0.0
    account.other_income_usd += used * unit_income(item, k, sums)
    account.running_usd += used * unit_cost(item, k, terms, sums) + item.fixed_cost
    account.running_usd += item.running_share * system.standing
    account.biomass_added_gj += used * item.biomass
    account.electricity_added_mwh += used * item.electricity
    account.co2_outside_t += used * item.co2_outside
    if k == SLUDGE_REUSE:
        account.sludge_reused_t += used
    reused = used if reuses_wastewater(item, k) else 0.0
    account.wastewater_reused_m3 += reused
    account.charges_avoided_usd += reused * sums.charge
    return reused


@inlined
def connect_tenants(park, item, k, system, services):
    """Tenants connect while there is room and leave when it no longer pays. Returns what they ask for [units/yr].

    What each asks for is left in `customer.wanted`, 0 for those not connected, and what a unit saves it in `customer.worth`.
    """
    bit, total, count, constants = np.int64(1) << k, 0.0, 0, park.constants
    # of last year: all tenants see the same room, so their order cannot decide who is connected
    has_room = system.demand < system.capacity
    for j in range(park.sums.customers):
        customer = park.customers[j]
        wanted = demand_of(item, k, customer)
        if item.owned:
            total += wanted
            continue
        worth, service = unit_saving(item, customer, constants), services[customer.row]
        connected = service.connected & bit != 0
        if connected and (wanted <= 0.0 or worth < 0.0):
            connected = False
            service.connected &= ~bit
        elif not connected and has_room and wanted > 0.0:
            connected = connects(worth * wanted, item.connection_cost, item.years_worth)
            service.connected |= bit * connected
            park.account.connection_usd += item.connection_cost * connected
        customer.wanted, customer.worth = wanted if connected else 0.0, worth
        total += customer.wanted
        count += connected
    system.connected, system.demand = count, total
    return total


@inlined
def bring(park, item, k, customer, service, quantity):
    """The customer gets or brings `quantity` units: what it need not buy, what it saves and pays."""
    account, stream = park.account, item.stream
    saved = quantity * customer.worth
    service.saving += saved
    account.tenant_saving_usd += saved
    account.tariff_usd += quantity * tariff_of(item, customer, park.constants)
    account.carbon_avoided_usd += quantity * item.alternative_share * customer.carbon[stream]
    if stream == WATER:
        service.water += quantity
        account.water_displaced_m3 += quantity
    elif stream == STEAM:
        if k == STEAM_NETWORK:
            customer.steam_served += quantity
        bring_steam(account, customer, service, quantity, park.terms.fuel_per_tonne)
    elif stream == ELECTRICITY:
        service.electricity += quantity
        account.solar_mwh += quantity
    elif stream == WASTE:
        recovered = quantity * item.recovered
        service.waste += quantity
        account.waste_taken_t += quantity
        account.waste_diverted_t += recovered
        account.charges_avoided_usd += recovered * customer.charge[WASTE]


@inlined
def bring_steam(account, customer, service, quantity, fuel_per_tonne):
    """The customer gets `quantity` tonnes of steam: its own boiler burns and emits less."""
    account.steam_t += quantity
    account.co2_scope1_avoided_t += quantity * customer.emission
    for f in range(N_FUELS):
        spared = quantity * fuel_per_tonne * customer.fuel[f]
        service.fuel[f] += spared
        if f == 0:
            account.coal_displaced_gj += spared
        elif f == 1:
            account.dear_fuel_displaced_gj += spared
        else:
            account.biomass_displaced_gj += spared


@inlined
def collect_steam(park, services, donors, used, price):
    """Surplus steam comes from all donors alike, in proportion to their fuel, and is paid for."""
    there = park.sums.donor_steam
    for j in range(park.sums.customers):
        customer = park.customers[j]
        if gives_steam(donors, customer) and there > 0.0:
            service, given = services[customer.row], used * customer.amount[STEAM] / there
            service.steam_given += given
            service.saving += given * price
            park.account.tenant_saving_usd += given * price


@inlined
def disconnect(customers, n, services, system, k):
    """Nobody is connected to what does not stand."""
    for j in range(n):
        services[customers[j].row].connected &= ~(np.int64(1) << k)
    system.used, system.connected, system.clean_since = 0.0, 0, NEVER


@inlined
def share_out_wastewater(services, customers, sums, reused):
    """The wastewater that systems reuse [m3] is that of all tenants alike. Returns how many are connected to something."""
    there, users = sums.wastewater, 0
    share = reused / there if there > 0.0 else 0.0
    for j in range(sums.customers):
        customer = customers[j]
        service = services[customer.row]
        service.wastewater = share * customer.amount[WASTEWATER]
        users += service.connected != 0
    return users


@inlined
def note_records(system, customers, n):
    """The last violations of the two cleanest connected tenants with ISO systems: how clean this symbiosis can be shown."""
    best, second = NEVER, NEVER
    for j in range(n):
        customer = customers[j]
        if customer.iso and customer.wanted > 0.0:
            violation = customer.violation_year
            if violation < best:
                best, second = violation, best
            elif violation < second:
                second = violation
    system.clean_since = second


@inlined
def note_points(systems, first, items, operator):
    """What the systems in operation do for the park's scores and for keeping track of its tenants."""
    for category in range(len(POINTS)):
        operator.points[category] = 0.0
        for k in range(N_ITEMS):
            if systems[first + k].used > 0.0:
                operator.points[category] += items[k].points[category]
    operator.platform = systems[first + PLATFORM].used > 0.0
