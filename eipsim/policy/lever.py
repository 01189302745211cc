"""What a lever is: one quantity that a public body, an operator or circumstances may change from year to year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field
from typing import Annotated, Any, Literal, get_args

import numpy as np

Scope = Literal["nation", "province", "sector", "park", "firm", "price"]

# The kinds of a lever: the values of one year have this type and shape.
Nation = Annotated[float, "nation"]  # one number
ByProvince = Annotated[np.ndarray, "province"]  # float[n_provinces]
BySector = Annotated[np.ndarray, "sector"]  # float[n_sectors]
ByPark = Annotated[np.ndarray, "park"]  # float[n_parks]
ByFirm = Annotated[np.ndarray, "firm"]  # float[n_parks, n_sectors]
ByPrice = Annotated[np.ndarray, "price"]  # float[n_zones, n_sectors]: the parks of a zone see the same prices
# The same, and firms are asked for it one by one, so that it can be aimed at their owners too.
NationOfOwner = Annotated[float, "nation", "owner"]
ByProvinceOfOwner = Annotated[np.ndarray, "province", "owner"]

Owner = Literal["domestic", "foreign"]  # of a firm

# How finely each scope can be targeted. Owners are those of firms: a lever for which no firm is asked cannot name them.
TARGETS: dict[Scope, tuple[str, ...]] = {
    "nation": (),
    "province": ("provinces",),
    "sector": ("sectors",),
    "park": ("parks", "provinces"),
    "firm": ("parks", "provinces", "sectors", "owners"),
    "price": ("parks", "provinces", "sectors"),
}
TARGET_WORDS = ("parks", "provinces", "sectors", "owners")


@dataclass(frozen=True)
class Lever:
    """One lever: `default` holds wherever no scenario says otherwise; values lie in `least`..`most`, in `unit`.

    read_by : module of eipsim -> what it does with the lever; a test holds it against the code
    by_owner : it is no lever by firm, and yet an entry can name owners, because firms are asked for it one by one
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
    by_owner: bool = False

    @property
    def targets(self) -> tuple[str, ...]:
        """The words by which an entry of this lever may be aimed, some of TARGET_WORDS."""
        return (*TARGETS[self.scope], "owners") if self.by_owner else TARGETS[self.scope]


def lever(
    unit: str, default: float, least: float, most: float, setter: str, definition: str, read_by: Mapping[str, str]
) -> Any:
    """A field of the record of a year's levers, with what the registry says of it. Its annotation is its kind."""
    said = {"unit": unit, "default": default, "least": least, "most": most, "setter": setter}
    return field(metadata=said | {"definition": definition, "read_by": dict(read_by)})


def registered(declared: Field) -> Lever:
    """The lever that a field declares."""
    _, scope, *more = get_args(declared.type)
    return Lever(declared.name, scope, **declared.metadata, by_owner="owner" in more)
