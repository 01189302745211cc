"""What an exchange in operation adds to the accounts of its donor's and its receiver's park."""

from __future__ import annotations

from eipsim.core.compiled import inlined
from eipsim.exchanges import columns as col
from eipsim.exchanges.catalogue import CUBIC_METRES, TONNES
from eipsim.exchanges.columns import OUTSIDE
from eipsim.exchanges.worth import (
    FUEL_DEMAND,
    HAZARDOUS_POOL,
    MATERIAL_DEMAND,
    WASTE_POOL,
    WASTEWATER_POOL,
    WATER_DEMAND,
    charge_avoided,
    displaced_unit,
    running_benefit,
)
from eipsim.infrastructure.columns import N_FUELS
from eipsim.rules.symbiosis import delivered_share


@inlined
def book_exchange(scene, exchanges, row, flows):
    """Add the exchange's year to the flows [p, flow] of its donor's and its receiver's park."""
    k, quantity, here = exchanges.kind[row], exchanges.quantity[row], exchanges.donor_park[row]
    running, share = running_benefit(scene, exchanges, row, quantity), scene.constants.bargaining_share
    if exchanges.donor[row] != OUTSIDE:
        flows[here, col.F_DONOR] += share * running
        flows[here, col.F_CHARGES] += quantity * charge_avoided(scene, exchanges, row)
        book_drawn(scene, exchanges, row, flows)
    if exchanges.receiver[row] != OUTSIDE:
        flows[exchanges.receiver_park[row], col.F_RECEIVER] += (1.0 - share) * running
        book_displaced(scene, exchanges, row, flows)
    measure = scene.types.measure[k]
    flow = col.F_TONNES if measure == TONNES else col.F_CUBIC_METRES if measure == CUBIC_METRES else col.F_HEAT
    flows[here, flow] += quantity
    tkm = 0.0 if scene.types.piped[k] else quantity * exchanges.distance_km[row]
    flows[here, col.F_TKM] += tkm
    book_carbon(scene, exchanges, row, tkm, flows)


@inlined
def book_drawn(scene, exchanges, row, flows):
    """Waste and wastewater that the donor need not have treated or disposed of."""
    k, p = exchanges.kind[row], exchanges.donor_park[row]
    stream, drawn = scene.types.stream[k], exchanges.quantity[row] * scene.types.drawn[k]
    if stream == WASTE_POOL:
        flows[p, col.F_WASTE] += drawn
    elif stream == HAZARDOUS_POOL:
        flows[p, col.F_HAZARDOUS] += drawn
    elif stream == WASTEWATER_POOL:
        flows[p, col.F_WASTEWATER] += drawn


@inlined
def book_displaced(scene, exchanges, row, flows):
    """Fuel, water and materials that the receiver need not buy."""
    demand, p = scene.types.demand[exchanges.kind[row]], exchanges.receiver_park[row]
    displaced = exchanges.quantity[row] * displaced_unit(scene, exchanges, row)
    if demand == FUEL_DEMAND:
        flows[p, col.F_FUEL] += displaced
        for f in range(N_FUELS):
            flows[p, col.F_COAL + f] += displaced * scene.tenants.mix[exchanges.receiver[row], f]
    elif demand == WATER_DEMAND:
        flows[p, col.F_WATER] += displaced
    elif demand == MATERIAL_DEMAND:
        flows[p, col.F_MATERIAL] += displaced


@inlined
def book_carbon(scene, exchanges, row, tkm, flows):
    """CO2 by the factor of the type, once: in the park as far as the receiver's own fuel emits it, the rest outside."""
    k, j, p = exchanges.kind[row], exchanges.receiver[row], exchanges.receiver_park[row]
    arrives = delivered_share(exchanges.distance_km[row], scene.types.loss_per_km[k])
    avoided, inside = exchanges.quantity[row] * scene.types.co2[k] * arrives, 0.0
    if scene.types.in_park[k] and j != OUTSIDE:
        inside = min(avoided, scene.tenants.carbon[j])
        scene.tenants.carbon[j] -= inside
        flows[p, col.F_CO2_PARK] += inside
        if scene.firms.covered[j]:
            flows[p, col.F_CARBON] += inside * scene.zones.carbon[scene.sites.zone[p], scene.tenants.sector[j]]
    outside = avoided - inside - tkm * scene.common.transport_co2
    flows[exchanges.donor_park[row], col.F_CO2_OUTSIDE] += outside
    exchanges.co2_t[row] = inside + outside
