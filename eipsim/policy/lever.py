"""What a lever is: one quantity that a public body, an operator or circumstances may change from year to year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scope = Literal["nation", "province", "park", "firm", "price"]

# How finely each scope can be targeted; the shape of its values in one year stands beside it.
TARGETS: dict[Scope, tuple[str, ...]] = {
    "nation": (),  # float
    "province": ("provinces",),  # float[n_provinces]
    "park": ("parks", "provinces"),  # float[n_parks]
    "firm": ("parks", "provinces", "sectors"),  # float[n_parks, n_sectors]
    "price": ("parks", "provinces", "sectors"),  # float[n_zones, n_sectors]
}


@dataclass(frozen=True)
class Lever:
    """One lever: `default` holds wherever no scenario says otherwise; values lie in `least`..`most`, in `unit`."""

    name: str
    unit: str
    default: float
    least: float
    most: float
    scope: Scope
    setter: str
    definition: str

    @property
    def targets(self) -> tuple[str, ...]:
        """The words by which an entry of this lever may be aimed: parks, provinces, sectors."""
        return TARGETS[self.scope]
