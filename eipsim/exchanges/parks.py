"""What exchanges are to their parks: flows net of them, and links of symbiosis for certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.agents.firm.stock import ENERGY_MANAGEMENT
from eipsim.core.compiled import compiled, inlined
from eipsim.exchanges import columns as col
from eipsim.exchanges.columns import FEASIBLE, NEGOTIATING, OPERATING, OUTSIDE
from eipsim.infrastructure.tables import Links, Shared, link_systems
from eipsim.market import books as ac
from eipsim.market import uses

if TYPE_CHECKING:
    from eipsim.model.state import State, Year

USED = ac.USED
# What is really disposed of, bought, burnt, emitted, paid, is less by: column of the accounts -> flow of exchanges.
LESS = {
    USED + uses.WASTE: col.F_WASTE, USED + uses.HAZARDOUS: col.F_HAZARDOUS, USED + uses.WATER: col.F_WATER,
    USED + uses.MATERIAL: col.F_MATERIAL,
    USED + uses.COAL_DIESEL: col.F_COAL, USED + uses.DEAR_FUEL: col.F_DEAR, USED + uses.BIOMASS: col.F_BIOMASS,
    ac.WASTEWATER: col.F_WASTEWATER, ac.SCOPE_1: col.F_CO2_PARK, ac.CARBON_PAID: col.F_CARBON,
    ac.CHARGES_PAID: col.F_CHARGES,
}  # fmt: skip
PAIRS = tuple(LESS.items())


def net_of_exchanges(flows: np.ndarray, exchanged: np.ndarray) -> np.ndarray:
    """The flows of parks [p, flow] less what exchanges [p, EXCHANGE_FLOWS] spare them; tenants' savings are added.

    Never below zero: what `check_exchanges` tolerates as rounding is cut off.
    """
    net = flows.copy()
    take_off(net, exchanged)
    return net


@compiled
def take_off(net, exchanged):
    """Take what exchanges spare from the flows of parks."""
    for p in range(net.shape[0]):
        for k in range(len(PAIRS)):
            before = net[p, PAIRS[k][0]]
            net[p, PAIRS[k][0]] = max(before - exchanged[p, PAIRS[k][1]], min(before, 0.0))
        net[p, ac.SAVING] += exchanged[p, col.F_DONOR] + exchanged[p, col.F_RECEIVER]


# ---- certificates ------------------------------------------------------------------------------------------------------


def symbiosis_of_parks(state: State, year: Year) -> Links:
    """Exchanges and shared infrastructure together, by park [p]: links, links with suitable ISO systems, firms that take part or
    plan to, last violation of the participants of the cleanest link (0 = none)."""
    exchanges, infrastructure = state.exchanges, state.infrastructure
    links = Links(*np.zeros((len(Links._fields), infrastructure.terms.size), dtype=np.int64))
    shared = Shared(infrastructure.systems, infrastructure.items, infrastructure.terms)
    link_all(exchanges.scene, exchanges.table, exchanges.live, shared, year.first, year.number, links)
    return links


@compiled
def link_all(scene, exchanges, live, shared, first, year, links):
    """Count the links of parks: shared systems, then exchanges. `first` [p + 1]: where their firms begin among those there."""
    link_systems(shared, first, year, links)
    link_exchanges(scene, exchanges, live, links)


@inlined
def link_exchanges(scene, exchanges, live, links):
    """Add to the links of parks those of exchanges: one in operation is a link of its donor's and of its receiver's park.

    Users are firms that take part or are on the way to it; those connected to a shared system are among them already. Where no
    link can be shown, no violation is.
    """
    for m in range(live.size):
        exchange = exchanges[live[m]]
        if exchange.donor != OUTSIDE:
            scene.tenants[exchange.donor].counted = False
        if exchange.receiver != OUTSIDE:
            scene.tenants[exchange.receiver].counted = False
    for m in range(live.size):
        exchange, here, there = exchanges[live[m]], exchanges[live[m]].donor_park, exchanges[live[m]].receiver_park
        if exchange.state == OPERATING:
            iso = has_iso(scene.firms, exchange.donor) and has_iso(scene.firms, exchange.receiver)
            last = max(violation_of(scene.firms, exchange.donor), violation_of(scene.firms, exchange.receiver))
            link(links, here, iso, last)
            if there != here:
                link(links, there, iso, last)
        if exchange.state == OPERATING or exchange.state == NEGOTIATING or exchange.state == FEASIBLE:
            count_user(scene, links.users, exchange.donor)
            count_user(scene, links.users, exchange.receiver)
    for p in range(links.cleanest.size):
        links.cleanest[p] = links.cleanest[p] if links.certified[p] > 0 else 0


@inlined
def link(links, p, iso, last):
    """An exchange is a link of park p, with suitable ISO systems or not, as clean as the `last` violation of its partners."""
    links.links[p] += 1
    if iso:
        links.certified[p] += 1
        links.cleanest[p] = min(links.cleanest[p], last)


@inlined
def count_user(scene, users, i):
    """Firm i takes part, unless it has been counted."""
    if i != OUTSIDE and scene.services[i].connected == 0 and not scene.tenants[i].counted:
        users[scene.tenants[i].park] += 1
        scene.tenants[i].counted = True


@inlined
def has_iso(firms, i):
    """Whether a firm has an energy management system in use; partners who are no tenants are not asked."""
    return i == OUTSIDE or (firms[i].installed_bits >> ENERGY_MANAGEMENT) & 1 == 1


@inlined
def violation_of(firms, i):
    """Last year in which a partner was found in violation; 0 for none, and for those who are no tenants."""
    return 0 if i == OUTSIDE else firms[i].violation_year
