"""What shared infrastructure looks like from outside: flows of parks net of it, links for certificates, what operates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.core.years import NEVER
from eipsim.infrastructure.columns import FLOW
from eipsim.infrastructure.systems import Infrastructure
from eipsim.market import books as ac
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, ELECTRICITY, WASTE, WATER

FEW = 2  # a system that is shared by fewer tenants is no symbiosis


class Links(NamedTuple):
    """Shared systems as links of symbiosis, by park [p]."""

    links: np.ndarray  # int64, systems that count
    certified: np.ndarray  # int64, those of them that tenants with ISO systems share
    cleanest: np.ndarray  # int64, last violation of the participants of the cleanest of these; 9999 = there is none


def operating(systems: np.recarray) -> np.ndarray:
    """bool [systems]: what serves somebody this year, beyond what the law asks of every park."""
    return (systems.built_year > 0) & (systems.used > 0.0) & ~systems.required


def links_of_infrastructure(infrastructure: Infrastructure, year: int) -> Links:
    """Circular 05/2025 counts shared infrastructure as symbiosis; a system that fewer than two tenants use is none."""
    systems, items, n = infrastructure.systems, infrastructure.items, infrastructure.terms.size
    built = np.flatnonzero((systems.built_year > 0) & (systems.built_year <= year))
    kind, park, since = systems.kind[built], systems.park[built], systems.clean_since[built]
    used = np.where(items.owned[kind], systems.used[built] > 0.0, systems.connected[built] >= FEW)
    shared = used & items.counts[kind]
    certified = shared & (since < NEVER)
    cleanest = np.full(n, NEVER)
    np.minimum.at(cleanest, park[certified], since[certified])
    return Links(np.bincount(park[shared], minlength=n), np.bincount(park[certified], minlength=n), cleanest)


def net_of_infrastructure(flows: np.ndarray, served: np.ndarray, grid_factor: float) -> np.ndarray:
    """The flows of parks [p, flow] after infrastructure: what is really bought, burnt, disposed of, emitted and paid.

    Balances are checked on the flows before it, since `without = used + avoided` holds there.
    """
    net = flows.copy()
    of = {name: served[:, position] for name, position in FLOW.items()}
    net[:, ac.USED + ELECTRICITY] += of["electricity_added_mwh"] - of["solar_mwh"]
    net[:, ac.USED + COAL_DIESEL] -= of["coal_displaced_gj"]
    net[:, ac.USED + DEAR_FUEL] -= of["dear_fuel_displaced_gj"]
    net[:, ac.USED + BIOMASS] += of["biomass_added_gj"] - of["biomass_displaced_gj"]
    net[:, ac.USED + WATER] -= of["water_displaced_m3"]
    net[:, ac.USED + WASTE] -= of["waste_diverted_t"]
    net[:, ac.WASTEWATER] -= of["wastewater_reused_m3"]
    net[:, ac.SCOPE_1] -= of["co2_scope1_avoided_t"]
    net[:, ac.SCOPE_2] += (of["electricity_added_mwh"] - of["solar_mwh"]) * grid_factor
    net[:, ac.SAVING] += of["tenant_saving_usd"]
    net[:, ac.CARBON_PAID] -= of["carbon_avoided_usd"]
    net[:, ac.CHARGES_PAID] -= of["charges_avoided_usd"]
    return net
