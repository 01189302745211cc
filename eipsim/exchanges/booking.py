"""What an exchange in operation adds to the accounts of its donor's and its receiver's park."""

from __future__ import annotations

from eipsim.core.compiled import inlined
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
from eipsim.rules.symbiosis import delivered_share


@inlined
def book_exchange(deal, here, there):
    """Add the exchange's year to the accounts `here` of its donor's and `there` of its receiver's park."""
    exchange, kind, quantity = deal.exchange, deal.kind, deal.exchange.quantity
    running, share = running_benefit(exchange, quantity, deal.constants), deal.constants.bargaining_share
    if exchange.donor != OUTSIDE:
        here.donor_saving_usd += share * running
        here.charges_saved_usd += quantity * charge_avoided(exchange, kind, deal.donor)
        book_drawn(kind, quantity, here)
    if exchange.receiver != OUTSIDE:
        there.receiver_saving_usd += (1.0 - share) * running
        book_displaced(kind.demand, quantity * displaced_unit(exchange, kind), deal.receiver, there)
    if kind.measure == TONNES:
        here.tonnes += quantity
    elif kind.measure == CUBIC_METRES:
        here.water_m3 += quantity
    else:
        here.heat_gj += quantity
    tkm = 0.0 if kind.piped else quantity * exchange.distance_km
    here.transport_tkm += tkm
    book_carbon(deal, tkm, here, there)


@inlined
def book_drawn(kind, quantity, here):
    """Waste and wastewater that the donor need not have treated or disposed of."""
    drawn = quantity * kind.drawn
    if kind.stream == WASTE_POOL:
        here.waste_exchanged_t += drawn
    elif kind.stream == HAZARDOUS_POOL:
        here.hazardous_exchanged_t += drawn
    elif kind.stream == WASTEWATER_POOL:
        here.wastewater_exchanged_m3 += drawn


@inlined
def book_displaced(demand, displaced, receiver, there):
    """Fuel, water and materials that the receiver need not buy."""
    if demand == FUEL_DEMAND:
        there.fuel_displaced_gj += displaced
        there.coal_displaced_gj += displaced * receiver.mix[0]
        there.dear_fuel_displaced_gj += displaced * receiver.mix[1]
        there.biomass_displaced_gj += displaced * receiver.mix[2]
    elif demand == WATER_DEMAND:
        there.water_displaced_m3 += displaced
    elif demand == MATERIAL_DEMAND:
        there.material_displaced_usd += displaced


@inlined
def book_carbon(deal, tkm, here, there):
    """CO2 by the factor of the type, once: in the park as far as the receiver's own fuel emits it, the rest outside."""
    exchange, kind, receiver = deal.exchange, deal.kind, deal.receiver
    arrives = delivered_share(exchange.distance_km, kind.loss_per_km)
    avoided, inside = exchange.quantity * kind.co2 * arrives, 0.0
    if kind.in_park and exchange.receiver != OUTSIDE:
        inside = min(avoided, receiver.carbon)
        receiver.carbon -= inside
        there.co2_in_park_t += inside
        there.carbon_saved_usd += inside * receiver.carbon_price
    outside = avoided - inside - tkm * deal.common.transport_co2
    here.co2_outside_t += outside
    exchange.co2_t = inside + outside
