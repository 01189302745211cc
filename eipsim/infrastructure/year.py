"""A year of the systems that tenants share, park by park: operators study and may build them, then they serve their tenants."""

from __future__ import annotations

from eipsim.core.compiled import compiled
from eipsim.infrastructure.investing import study_park
from eipsim.infrastructure.items import N_ITEMS
from eipsim.infrastructure.serving import come_into_operation, serve_park


@compiled
def study_all(works, tenancy):
    """Every park with tenants. Returns the number of wishes, which stand first in `wishes`."""
    found = 0
    for p in range(works.operators.key.size):
        if works.terms.operates[p] and tenancy.first[p + 1] > tenancy.first[p]:
            found = study_park(works, tenancy, p, found)
    return found


@compiled
def serve_all(works, tenancy):
    """Every park that has, or has had, a system of its own making."""
    systems = works.systems
    for p in range(works.operators.key.size):
        active = False
        for system in range(p * N_ITEMS, (p + 1) * N_ITEMS):
            if not systems.required[system]:
                come_into_operation(systems, works.items, system, works.year)
                active = active or systems.built_year[system] > 0
                active = active or systems.connected[system] > 0 or systems.used[system] > 0.0
        if active and tenancy.first[p + 1] > tenancy.first[p]:
            serve_park(works, tenancy, p)
