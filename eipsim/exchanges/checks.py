"""What must hold of exchanges in every year: nothing exchanged twice, beyond what is there, across the law, by the absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.core.compiled import compiled, inlined
from eipsim.errors import ConservationError
from eipsim.exchanges import columns as col
from eipsim.exchanges.catalogue import HAZARDOUS, HEAT, MATERIAL, N_POOLS, NO_DEMAND, WASTE
from eipsim.exchanges.columns import OPERATING, OUTSIDE
from eipsim.exchanges.scene import is_there
from eipsim.exchanges.symbiosis import Symbiosis
from eipsim.exchanges.worth import FUEL_DEMAND, WATER_DEMAND, displaced_unit
from eipsim.infrastructure.customers import coverage
from eipsim.market import books as accounts
from eipsim.market import uses
from eipsim.world import World

if TYPE_CHECKING:
    from eipsim.model.state import Year

TOLERANCE = accounts.TOLERANCE
# Stream of exchanges -> (flow of exchanges, what the park has of it this year).
GIVEN = {
    "ordinary waste": (col.F_WASTE, accounts.USED + uses.WASTE),
    "hazardous waste": (col.F_HAZARDOUS, accounts.USED + uses.HAZARDOUS),
    "wastewater": (col.F_WASTEWATER, accounts.WASTEWATER),
    "water": (col.F_WATER, accounts.USED + uses.WATER),
    "materials": (col.F_MATERIAL, accounts.USED + uses.MATERIAL),
    "CO2 of fuel": (col.F_CO2_PARK, accounts.SCOPE_1),
    "fuel": (col.F_FUEL, accounts.USED + uses.COAL_DIESEL),  # and the other fuels
}
PAIRS = tuple(GIVEN.values())
FLOW_OF_STREAM = (col.F_WASTE, col.F_HAZARDOUS, col.F_WASTEWATER)  # of WASTE, HAZARDOUS, WASTEWATER
# What may not hold: that a park has of a stream what it gives (1 to 7, in the order of GIVEN), and these.
LEFT, NEGATIVE, UNLAWFUL, NOT_THE_SUM, GIVES, TAKES = range(len(GIVEN) + 1, len(GIVEN) + 7)
SENTENCES = {
    LEFT: "an exchange goes on after a partner has left",
    NEGATIVE: "an exchange is negative",
    UNLAWFUL: "an exchange operates without what the law asks for",
}


def check_exchanges(exchanges: Symbiosis, world: World, year: Year, served: np.ndarray) -> None:
    """Raise ConservationError unless the exchanges of the year are possible, park by park and firm by firm (relative 1e-9).

    `served`: the flows [p, flow] of parks after shared infrastructure, on which exchanges draw.
    """
    if exchanges.n == 0:
        return
    scene, live = exchanges.scene, exchanges.live
    breach, place, moved, there = find_breach(scene, exchanges.table, live, exchanges.partners, exchanges.flows, served)
    if breach:
        raise ConservationError(f"{year.number}: {sentence(breach, place, moved, there, world)}")


def sentence(breach: int, place: int, moved: float, there: float, world: World) -> str:
    """What a breach says: `place` is the row of a park or of a firm of which too much is `moved`, or a flow that is no sum."""
    if breach <= len(GIVEN):
        return f"exchanges of {list(GIVEN)[breach - 1]} in park row {place}: {moved:.6g} of {there:.6g}"
    if breach in SENTENCES:
        return SENTENCES[breach]
    if breach == NOT_THE_SUM:
        return f"{col.EXCHANGE_FLOWS[place]} is not the sum of its exchanges"
    verb = "gives" if breach == GIVES else "takes"
    return f"{world.firm_id(place)} {verb} {moved:.6g} of {there:.6g} in exchanges"


@compiled
def find_breach(scene, exchanges, live, partners, flows, served):
    """The first thing that does not hold: (what, or 0; park, firm or flow; moved, there)."""
    breach, place, moved, there = breach_of_parks(flows, served)
    if breach == 0:
        breach, place, moved, there = breach_of_partners(scene, exchanges, live, partners, flows)
    return breach, place, moved, there


@inlined
def breach_of_parks(flows, served):
    """The first stream of which a park gives more than it has, or less than nothing: (its number from 1, park, given, there).

    Generated = avoided at source + exchanged + treated or disposed, all >= 0.
    """
    for p in range(flows.shape[0]):
        for k in range(len(PAIRS)):
            given, there = flows[p, PAIRS[k][0]], served[p, PAIRS[k][1]]
            if k == len(PAIRS) - 1:
                there += served[p, accounts.USED + uses.DEAR_FUEL] + served[p, accounts.USED + uses.BIOMASS]
            if there - given < -TOLERANCE * (1.0 + abs(there)) or given < 0.0:
                return k + 1, p, given, there
    return 0, 0, 0.0, 0.0


@inlined
def breach_of_partners(scene, exchanges, live, partners, flows):
    """The first of these that does not hold, as (breach or 0, flow or firm, moved, there).

    Exchanges in operation are between partners who are there, not negative, and licensed; what they say is given sums, park by
    park, to what the accounts say; no firm gives more than it has after its own savings, or is given more than it uses.
    """
    for p in range(scene.sites.size):
        for stream in range(len(FLOW_OF_STREAM)):
            scene.sites[p].told[stream] = 0.0
    n, left, negative, unlawful = 0, False, False, False
    for m in range(live.size):
        exchange = exchanges[live[m]]
        if exchange.state == OPERATING:
            kind, i, j = scene.types[exchange.kind], exchange.donor, exchange.receiver
            negative = negative or exchange.quantity < 0.0
            unlawful = unlawful or exchange.licensed_year == 0 or exchange.licensed_year > scene.common[0].year
            if i != OUTSIDE:
                donor = scene.tenants[i]
                left, n = left or not is_there(donor, scene.common[0].year), enlist(donor, i, partners, n)
                give(exchange, kind, partners[donor.place], scene.sites[exchange.donor_park])
            if j != OUTSIDE:
                receiver = scene.tenants[j]
                left, n = left or not is_there(receiver, scene.common[0].year), enlist(receiver, j, partners, n)
                if kind.demand != NO_DEMAND:
                    taken = exchange.quantity * displaced_unit(exchange, kind)
                    partners[receiver.place].taken[kind.demand] += taken
    if left or negative or unlawful:
        return LEFT if left else NEGATIVE if negative else UNLAWFUL, 0, 0.0, 0.0
    for stream in range(len(FLOW_OF_STREAM)):
        for p in range(scene.sites.size):
            told = scene.sites[p].told[stream]
            if abs(told - flows[p, FLOW_OF_STREAM[stream]]) > TOLERANCE * (1.0 + told):
                return NOT_THE_SUM, FLOW_OF_STREAM[stream], 0.0, 0.0
    return breach_of_firms(scene, partners, n)


@inlined
def enlist(tenant, i, partners, n):
    """Firm i is one of the partners, of whom there are `n` so far. Returns how many there are then."""
    if tenant.place < n and partners[tenant.place].firm == i:
        return n
    tenant.place, partner = n, partners[n]
    partner.firm = i
    for stream in range(N_POOLS):
        partner.given[stream] = 0.0
    for demand in range(NO_DEMAND):
        partner.taken[demand] = 0.0
    return n + 1


@inlined
def give(exchange, kind, partner, site):
    """What the exchange draws on at its donor."""
    if kind.stream < N_POOLS:
        given = exchange.quantity * kind.drawn
        partner.given[kind.stream] += given
        if kind.stream != HEAT:
            site.told[kind.stream - WASTE] += given


@inlined
def breach_of_firms(scene, partners, n):
    """Of the first `n` partners the one who gives most beyond what it has, else the one who takes most beyond what it uses."""
    breach, worst, who, moved, there = 0, TOLERANCE, 0, 0.0, 0.0
    for m in range(n):
        i, given = partners[m].firm, partners[m].given
        for stream in range(N_POOLS):
            limit = has(scene, i, stream)
            excess = given[stream] - limit * (1.0 + TOLERANCE)
            if excess > worst:
                breach, worst, who, moved, there = GIVES, excess, i, given[stream], limit
    if breach == GIVES:
        return breach, who, moved, there
    for m in range(n):
        i, taken = partners[m].firm, partners[m].taken
        for demand in range(NO_DEMAND):
            limit = uses_of(scene, i, demand)
            excess = taken[demand] - limit * (1.0 + TOLERANCE)
            if excess > worst:
                breach, worst, who, moved, there = TAKES, excess, i, taken[demand], limit
    return breach, who, moved, there


@inlined
def level_of(scene, i):
    """What firm i uses over what it would at output and intensities of 2024."""
    tenant = scene.tenants[i]
    return scene.rates[scene.sites[tenant.park].zone, tenant.price_row].level


@inlined
def fuel_used(scene, i):
    """GJ of fuel that firm i burns, after its own savings."""
    firm, tenant, fuel = scene.firms[i], scene.tenants[i], 0.0
    rate = scene.rates[scene.sites[tenant.park].zone, tenant.price_row]
    for k in (uses.COAL_DIESEL, uses.DEAR_FUEL, uses.BIOMASS):
        fuel += firm.use[k] * rate.level * rate.operation[coverage(firm, rate), k]
    return fuel


@inlined
def has(scene, i, stream):
    """What firm i has of a stream to give, after its own savings and shared infrastructure."""
    use, level, service = scene.firms[i].use, level_of(scene, i), scene.services[i]
    if stream == HEAT:
        fuel = fuel_used(scene, i)
        return fuel * scene.constants.recoverable_heat_share
    if stream == WASTE:
        return use[uses.WASTE] * level - service.waste
    if stream == HAZARDOUS:
        return use[uses.HAZARDOUS] * level
    ratio = scene.common[0].wastewater_ratio[scene.tenants[i].sector]
    return use[uses.WATER] * level * ratio - service.wastewater


@inlined
def uses_of(scene, i, demand):
    """What firm i uses of what an exchange can bring it, after shared infrastructure."""
    use, level, service = scene.firms[i].use, level_of(scene, i), scene.services[i]
    if demand == FUEL_DEMAND:
        fuel = fuel_used(scene, i)
        return fuel - (service.fuel[0] + service.fuel[1] + service.fuel[2])
    if demand == WATER_DEMAND:
        return use[uses.WATER] * level - service.water
    return use[uses.MATERIAL] * level


def displaced_units(found: np.recarray, types: np.recarray) -> np.ndarray:
    """What a unit displaces, as `worth.displaced_unit` has it."""
    arrives = np.maximum(0.0, 1.0 - types.loss_per_km[found.kind] * found.distance_km)
    value = np.where(types.demand[found.kind] == MATERIAL, np.maximum(found.receiver_value, 0.0), arrives)
    return types.displaced[found.kind] * value
