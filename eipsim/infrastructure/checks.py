"""What must hold of shared infrastructure in every year: no more than its capacity, no more than a park uses."""

from __future__ import annotations

import numpy as np

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


def check_services(infrastructure: Infrastructure, flows: np.ndarray, year: int) -> None:
    """Raise ConservationError unless systems stay within their capacity, and replace no more than a park uses.

    `flows` [p, flow] are those of parks before infrastructure.
    """
    systems, served = infrastructure.systems, infrastructure.flows
    if (systems.used > systems.capacity * (1.0 + TOLERANCE) + TOLERANCE).any():
        raise ConservationError(f"{year}: a system delivers more than its capacity")
    if served.min(initial=0.0) < 0.0:
        name = FLOWS[int(served.min(axis=0).argmin())]
        raise ConservationError(f"{year}: shared infrastructure has a negative {name}")
    given, there = served[:, list(REPLACED)], flows[:, list(REPLACED.values())]
    excess = (given > there * (1.0 + TOLERANCE) + TOLERANCE).any(axis=0)
    if excess.any():
        what = ac.FLOWS[list(REPLACED.values())[int(excess.argmax())]].removesuffix("_used")
        raise ConservationError(f"{year}: shared infrastructure replaces more {what} than a park has")
