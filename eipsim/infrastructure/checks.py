"""What must hold of shared infrastructure in every year: no more than its capacity, no more than a park uses."""

from __future__ import annotations

import numpy as np

from eipsim.core.compiled import compiled
from eipsim.errors import ConservationError
from eipsim.infrastructure.columns import FLOW, FLOWS
from eipsim.infrastructure.systems import Infrastructure
from eipsim.market import books as ac
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, ELECTRICITY, WASTE, WATER

TOLERANCE = ac.TOLERANCE
# Flow of infrastructure -> what the park has of it this year.
REPLACED = {
    FLOW["solar_mwh"]: ac.USED + ELECTRICITY, FLOW["water_displaced_m3"]: ac.USED + WATER,
    FLOW["waste_taken_t"]: ac.USED + WASTE, FLOW["coal_displaced_gj"]: ac.USED + COAL_DIESEL,
    FLOW["dear_fuel_displaced_gj"]: ac.USED + DEAR_FUEL, FLOW["biomass_displaced_gj"]: ac.USED + BIOMASS,
    FLOW["wastewater_reused_m3"]: ac.WASTEWATER,
}  # fmt: skip


REPLACEMENTS = tuple(REPLACED.items())
FINE, BEYOND_CAPACITY, NEGATIVE, BEYOND_PARK = range(4)


def check_services(infrastructure: Infrastructure, flows: np.ndarray, year: int) -> None:
    """Raise ConservationError unless systems stay within their capacity, and replace no more than a park uses.

    `flows` [p, flow] are those of parks before infrastructure.
    """
    breach, which = breach_of_services(infrastructure.systems, infrastructure.flows, flows)
    if breach == BEYOND_CAPACITY:
        raise ConservationError(f"{year}: a system delivers more than its capacity")
    if breach == NEGATIVE:
        raise ConservationError(f"{year}: shared infrastructure has a negative {FLOWS[which]}")
    if breach == BEYOND_PARK:
        what = ac.FLOWS[REPLACEMENTS[which][1]].removesuffix("_used")
        raise ConservationError(f"{year}: shared infrastructure replaces more {what} than a park has")


@compiled
def breach_of_services(systems, served, flows):
    """The first thing that does not hold, and of which flow or replacement: the flow is that of the lowest value."""
    for n in range(systems.size):
        system = systems[n]
        if system.used > system.capacity * (1.0 + TOLERANCE) + TOLERANCE:
            return BEYOND_CAPACITY, 0
    lowest, which = 0.0, 0
    for f in range(served.shape[1]):
        for p in range(served.shape[0]):
            if served[p, f] < lowest:
                lowest, which = served[p, f], f
    if lowest < 0.0:
        return NEGATIVE, which
    for k in range(len(REPLACEMENTS)):
        for p in range(served.shape[0]):
            if served[p, REPLACEMENTS[k][0]] > flows[p, REPLACEMENTS[k][1]] * (1.0 + TOLERANCE) + TOLERANCE:
                return BEYOND_PARK, k
    return FINE, 0
