"""What a lever is: one quantity that a public body, an operator or circumstances may change from year to year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field
from typing import Annotated, Any, Literal, get_args

import numpy as np

Scope = Literal["nation", "province", "park", "firm", "price"]

# The kinds of a lever: the values of one year have this type and shape.
Nation = Annotated[float, "nation"]  # one number
ByProvince = Annotated[np.ndarray, "province"]  # float[n_provinces]
ByPark = Annotated[np.ndarray, "park"]  # float[n_parks]
ByFirm = Annotated[np.ndarray, "firm"]  # float[n_parks, n_sectors]
ByPrice = Annotated[np.ndarray, "price"]  # float[n_zones, n_sectors]: the parks of a zone see the same prices

# How finely each scope can be targeted.
TARGETS: dict[Scope, tuple[str, ...]] = {
    "nation": (),
    "province": ("provinces",),
    "park": ("parks", "provinces"),
    "firm": ("parks", "provinces", "sectors"),
    "price": ("parks", "provinces", "sectors"),
}


@dataclass(frozen=True)
class Lever:
    """One lever: `default` holds wherever no scenario says otherwise; values lie in `least`..`most`, in `unit`.

    read_by : module of eipsim -> what it does with the lever; a test holds it against the code
    """

    name: str
    scope: Scope
    unit: str
    default: float
    least: float
    most: float
    setter: str
    definition: str
    read_by: Mapping[str, str]

    @property
    def targets(self) -> tuple[str, ...]:
        """The words by which an entry of this lever may be aimed: parks, provinces, sectors."""
        return TARGETS[self.scope]


def lever(
    unit: str, default: float, least: float, most: float, setter: str, definition: str, read_by: Mapping[str, str]
) -> Any:
    """A field of the record of a year's levers, with what the registry says of it. Its annotation is its kind."""
    said = {"unit": unit, "default": default, "least": least, "most": most, "setter": setter}
    return field(metadata=said | {"definition": definition, "read_by": dict(read_by)})


def registered(declared: Field) -> Lever:
    """The lever that a field declares."""
    return Lever(declared.name, get_args(declared.type)[1], **declared.metadata)
