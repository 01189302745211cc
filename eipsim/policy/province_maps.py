"""The two maps of provinces: that of 2024, by which parks and books are kept, and that of the successors, into which they merge.

A province of 2024 goes on as a part of its successor. What a province decides and holds together (dossiers, whom inspections aim
at, the example of its parks, what is left of its money) is that of the whole province from the first year of the new map; where
a rule holds, it holds on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.core.years import NEVER
from eipsim.data.parameters import parameter_values

if TYPE_CHECKING:
    from eipsim.scenarios.schema import Scenario

MERGE = "regulators.provinces_merge"  # the parameter that switches the second map on


class ProvinceMap:
    """`old` [v] names of the provinces, `new` [v] those of their successors, who hold from `first_year` on (NEVER: not at all).

    >>> maps = ProvinceMap(("A", "B", "C"), ("B", "B", "C"), 2026)
    >>> maps.home.tolist(), maps.in_force(2025), maps.parts_of("B").tolist()
    ([1, 1, 2], None, [0, 1])
    """

    def __init__(self, old: tuple[str, ...], new: tuple[str, ...], first_year: int = NEVER):
        self.old, self.new, self.first_year = old, new, first_year

    @cached_property
    def home(self) -> np.ndarray:
        """int64 [v]: row of the province in which each one's successor sits: that of its name, else the first of its parts."""
        seats = {name: self.old.index(name) if name in self.old else self.new.index(name) for name in self.new}
        rows = np.array([seats[name] for name in self.new], dtype=np.int64)
        rows.setflags(write=False)
        return rows

    @cached_property
    def successors(self) -> tuple[str, ...]:
        """The provinces of the new map, in the order of their first parts."""
        return tuple(dict.fromkeys(self.new))

    def holds(self, year: int) -> bool:
        return year >= self.first_year

    def in_force(self, year: int) -> np.ndarray | None:
        """`home` in years of the new map; None in those in which every province is its own."""
        return self.home if self.holds(year) else None

    def parts_of(self, successor: str) -> np.ndarray:
        """Rows of the provinces that make up one of the new map."""
        return np.array([row for row, name in enumerate(self.new) if name == successor], dtype=np.int64)


def province_map(world: Any, parameters: Mapping[str, float]) -> ProvinceMap:
    """The maps of a world; the second holds from the year of its law if the parameter MERGE asks for it."""
    new = getattr(world, "provinces_2025", world.provinces)
    law = getattr(world, "successors_from", NEVER)
    return ProvinceMap(tuple(world.provinces), tuple(new), law if parameters[MERGE] > 0.0 else NEVER)


def map_of_scenario(world: Any, scenario: Scenario) -> ProvinceMap:
    return province_map(world, parameter_values(scenario.parameters))


def pooled(amounts: np.ndarray, home: np.ndarray | None) -> np.ndarray:
    """What each province has (`amounts` float [v]) in all of the province that it is part of; None: each is its own.

    >>> pooled(np.array([1.0, 2.0, 4.0]), np.array([1, 1, 2])).tolist()
    [3.0, 3.0, 4.0]
    """
    return amounts if home is None else np.bincount(home, amounts, minlength=amounts.size)[home]
