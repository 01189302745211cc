"""What shared infrastructure looks like from outside: flows of parks net of it, links for certificates, what operates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.core.compiled import compiled, inlined
from eipsim.core.years import NEVER
from eipsim.infrastructure.columns import accounts_of
from eipsim.infrastructure.investing import is_up
from eipsim.infrastructure.items import N_ITEMS
from eipsim.market import books as ac
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, ELECTRICITY, WASTE, WATER

FEW = 2  # a system that is shared by fewer tenants is no symbiosis


class Shared(NamedTuple):
    """The shared systems of all parks, as their links are counted."""

    systems: np.recarray  # SYSTEM_COLUMNS
    items: np.recarray  # ITEM_COLUMNS
    terms: np.recarray  # TERMS_COLUMNS


class Links(NamedTuple):
    """What certificates ask of symbiosis, by park: rows of int64 [4, p]."""

    links: np.ndarray  # shared systems and exchanges in operation
    certified: np.ndarray  # those of them whose tenants have suitable ISO systems
    users: np.ndarray  # firms that take part or are on the way to it
    cleanest: np.ndarray  # last violation of the participants of the cleanest of these; 9999 = there is none


def operating(systems: np.recarray) -> np.ndarray:
    """bool [systems]: what serves somebody this year, beyond what the law asks of every park."""
    return (systems.built_year > 0) & (systems.used > 0.0) & ~systems.required


@inlined
def link_systems(shared, first, year, links):
    """Count the systems of parks that tenants share; their users are those connected to something.

    Circular 05/2025 counts shared infrastructure as symbiosis; a system that fewer than two tenants use is none. `first` [p + 1]:
    where the firms of each park begin among those that are there.
    """
    for p in range(shared.terms.size):
        links.users[p] = shared.terms[p].users if first[p + 1] > first[p] else 0
        links.cleanest[p] = NEVER
        for k in range(N_ITEMS):
            item, system = shared.items[k], shared.systems[p * N_ITEMS + k]
            used = system.used > 0.0 if item.owned else system.connected >= FEW
            if used and item.counts and is_up(system, year):
                links.links[p] += 1
                links.certified[p] += system.clean_since < NEVER
                links.cleanest[p] = min(links.cleanest[p], system.clean_since)


def net_of_infrastructure(flows: np.ndarray, served: np.ndarray, grid_factor: float) -> np.ndarray:
    """The flows of parks [p, flow] after infrastructure: what is really bought, burnt, disposed of, emitted and paid.

    Balances are checked on the flows before it, since `without = used + avoided` holds there.
    """
    net = flows.copy()
    take_off(net, accounts_of(served), grid_factor)
    return net


@compiled
def take_off(net, accounts, grid_factor):
    """Take what shared systems do from the flows of parks."""
    for p in range(net.shape[0]):
        account = accounts[p]
        power = account.electricity_added_mwh - account.solar_mwh
        net[p, ac.USED + ELECTRICITY] += power
        net[p, ac.USED + COAL_DIESEL] -= account.coal_displaced_gj
        net[p, ac.USED + DEAR_FUEL] -= account.dear_fuel_displaced_gj
        net[p, ac.USED + BIOMASS] += account.biomass_added_gj - account.biomass_displaced_gj
        net[p, ac.USED + WATER] -= account.water_displaced_m3
        net[p, ac.USED + WASTE] -= account.waste_diverted_t
        net[p, ac.WASTEWATER] -= account.wastewater_reused_m3
        net[p, ac.SCOPE_1] -= account.co2_scope1_avoided_t
        net[p, ac.SCOPE_2] += power * grid_factor
        net[p, ac.SAVING] += account.tenant_saving_usd
        net[p, ac.CARBON_PAID] -= account.carbon_avoided_usd
        net[p, ac.CHARGES_PAID] -= account.charges_avoided_usd
