"""From the names that a scenario aims at (parks, provinces, sectors) to rows of a world."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eipsim.core.names import fold_name, rows_called, shown
from eipsim.core.park_names import is_called
from eipsim.core.years import FIRST_YEAR, LAST_YEAR
from eipsim.errors import InputError, Mistake, unknown
from eipsim.policy.province_maps import ProvinceMap

if TYPE_CHECKING:
    from eipsim.world.columns import World

Place = Callable[[tuple[object, ...]], str]


class Mask(NamedTuple):
    """What an entry or programme reaches: bool[n_parks], bool[n_provinces], bool[n_sectors].

    absorbed : of the provinces those that it reaches as a part of a larger one, in which another part has its seat
    """

    parks: np.ndarray
    provinces: np.ndarray
    sectors: np.ndarray
    absorbed: np.ndarray


class TargetFinder:
    """Finds targets in one world and collects every name it does not know, so that all are told together.

    maps : the maps of provinces by which names are read, the old one alone by default. `warnings`: names that are of the past
    """

    def __init__(self, world: World, place: Place, maps: ProvinceMap | None = None):
        self.world, self.place = world, place
        self.maps = maps or ProvinceMap(tuple(world.provinces), tuple(world.provinces))
        self.mistakes: list[Mistake] = []
        self.warnings: list[Mistake] = []
        self.provinces: list[tuple[str, ...]] = [(name,) for name in world.provinces]
        self.successors: list[tuple[str, ...]] = [(name,) for name in self.maps.successors]
        self.sectors: list[tuple[str, ...]] = list(zip(world.sectors, world.sector_names))

    def mask(self, aimed: Any, where: tuple[object, ...]) -> Mask:
        """The mask of `aimed`, which has `parks`, `provinces`, `sectors` (None: all); a park must meet both words."""
        provinces, absorbed = self._provinces(aimed, (*where, "provinces"))
        named = self._flags(aimed.parks, (*where, "parks"), len(self.world.park_ids), self.park)
        sectors = self._flags(aimed.sectors, (*where, "sectors"), len(self.world.sectors), self.sector)
        return Mask(named & provinces[np.asarray(self.world.parks.province)], provinces, sectors, absorbed)

    def _provinces(self, aimed: Any, where: tuple[object, ...]) -> tuple[np.ndarray, np.ndarray]:
        """The provinces that `aimed` reaches, and those of them that are part of a larger one: bool [v] both."""
        reached, absorbed = np.full((2, len(self.world.provinces)), False)
        reached |= aimed.provinces is None
        years = years_of(aimed)
        for i, name in enumerate(aimed.provinces or ()):
            rows = self.rows_of_province(name, years, self.place((*where, i)))
            reached[rows] = True
            absorbed[rows[1:]] = True
        return reached, absorbed

    def rows_of_province(self, name: str, years: range, place: str) -> list[int]:
        """Rows of the province that has this `name` when `years` begin, its seat first; none, and noted, for another name.

        A name of the past, and one that will be, is noted too.
        """
        if self.maps.holds(years[0]):
            meant = rows_called(str(name), self.successors)
            if len(meant) == 1:
                return self._parts(self.maps.successors[meant[0]])
        elif not rows_called(str(name), self.provinces) and (to_come := rows_called(str(name), self.successors)):
            self.mistakes.append(self._still_to_come(self.maps.successors[to_come[0]], years, place))
            return []
        row = self.province(name, place)
        if row is None:
            return []
        if self.maps.holds(years[-1]) and self.world.provinces[row] not in self.maps.new:
            self.warnings.append(self._of_the_past(row, years, place))
        return [row]

    def _parts(self, successor: str) -> list[int]:
        parts = self.maps.parts_of(successor).tolist()
        seat = int(self.maps.home[parts[0]])
        return [seat, *(row for row in parts if row != seat)]

    def _of_the_past(self, row: int, years: range, place: str) -> Mistake:
        """That a province no longer exists in some of the `years` of what names it, and what to write for its successor."""
        first, new = self.maps.first_year, self.maps.new[row]
        what = f"province {self.world.provinces[row]} is part of {new} from {first}"
        if self.maps.holds(years[0]):
            return Mistake(place, what, f"what is said holds for the parks there alone; for all of it write {new}")
        goes_on = f"what is said goes on for the parks there alone; for all of it add an entry for {new} from {first}"
        return Mistake(place, what, goes_on)

    def _still_to_come(self, successor: str, years: range, place: str) -> Mistake:
        """That a province does not exist yet in the first of `years`, and what to write instead."""
        parts = " and ".join(self.world.provinces[row] for row in self.maps.parts_of(successor))
        first = self.maps.first_year
        return Mistake(
            place, f"province {successor} exists from {first}", f"in {years[0]} write {parts}, or begin in {first}"
        )

    def _flags(self, names: Iterable[str] | None, where: tuple[object, ...], n: int, find: Callable) -> np.ndarray:
        flags = np.full(n, names is None)
        for i, name in enumerate(names or ()):
            row = find(name, self.place((*where, i)))
            if row is not None:
                flags[row] = True
        return flags

    def park(self, name: str, place: str) -> int | None:
        """Row of a park; None for one that this part of the country leaves out, and, noted, for an unknown name."""
        try:
            return self.world.park_index(name)
        except InputError as error:
            if is_called(name, getattr(self.world, "left_out", ())):
                return None  # a park of the country that this part of it does not have
            self.mistakes += [Mistake(place, mistake.what, mistake.hint) for mistake in error.mistakes]
            return None

    def is_province(self, name: object, year: int) -> bool:
        """Whether a province of `year` or of the past is spelt so, with or without accents."""
        known = (*self.world.provinces, *(self.maps.successors if self.maps.holds(year) else ()))
        return fold_name(name) in map(fold_name, known)

    def province(self, name: str, place: str) -> int | None:
        """Row of a province; None, and noted, for another name."""
        return self._look_up(self.provinces, "province", name, place)

    def sector(self, name: str, place: str) -> int | None:
        """Row of a sector, by id or name; None, and noted, for another name."""
        return self._look_up(self.sectors, "sector", name, place)

    def _look_up(self, called: list[tuple[str, ...]], kind: str, name: str, place: str) -> int | None:
        """The row that `name` means; a name that fits none or several is a mistake."""
        rows = rows_called(str(name), called)
        if len(rows) == 1:
            return rows[0]
        if rows:
            fits = "; ".join(" ".join(called[row]) for row in rows)
            self.mistakes.append(Mistake(place, f"{kind} {shown(str(name))} fits {len(rows)}", f"write one of: {fits}"))
        else:
            self.mistakes.append(unknown(place, kind, name, [own for names in called for own in names]))
        return None


def years_of(aimed: Any) -> range:
    """The years in which an entry or programme acts: not before its path begins."""
    path = getattr(aimed, "path", None)
    first = getattr(aimed, "first_year", FIRST_YEAR)
    begins = max(first, min(path)) if path else first
    return range(begins, max(begins, getattr(aimed, "last_year", LAST_YEAR)) + 1)
