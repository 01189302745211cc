"""From the names that a scenario aims at (parks, provinces, sectors) to rows of a world."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eipsim.core.names import fold_name, rows_called, shown
from eipsim.errors import InputError, Mistake, unknown

if TYPE_CHECKING:
    from eipsim.world.columns import World

Place = Callable[[tuple[object, ...]], str]


class Mask(NamedTuple):
    """What an entry or programme reaches: bool[n_parks], bool[n_provinces], bool[n_sectors]."""

    parks: np.ndarray
    provinces: np.ndarray
    sectors: np.ndarray


class TargetFinder:
    """Finds targets in one world and collects every name it does not know, so that all are told together."""

    def __init__(self, world: World, place: Place):
        self.world, self.place = world, place
        self.mistakes: list[Mistake] = []
        self.provinces: list[tuple[str, ...]] = [(name,) for name in world.provinces]
        self.sectors: list[tuple[str, ...]] = list(zip(world.sectors, world.sector_names))

    def mask(self, aimed: Any, where: tuple[object, ...]) -> Mask:
        """The mask of `aimed`, which has `parks`, `provinces`, `sectors` (None: all); a park must meet both words."""
        provinces = self._flags(aimed.provinces, (*where, "provinces"), len(self.world.provinces), self.province)
        named = self._flags(aimed.parks, (*where, "parks"), len(self.world.park_ids), self.park)
        sectors = self._flags(aimed.sectors, (*where, "sectors"), len(self.world.sectors), self.sector)
        return Mask(named & provinces[np.asarray(self.world.parks.province)], provinces, sectors)

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
            if rows_called(name, [(own,) for own in getattr(self.world, "left_out", ())]):
                return None  # a park of the country that this part of it does not have
            self.mistakes += [Mistake(place, mistake.what, mistake.hint) for mistake in error.mistakes]
            return None

    def province_row(self, name: object) -> int | None:
        """Row of the province that is spelt so, with or without accents; None for another name."""
        folded = fold_name(name)
        return next((row for row, own in enumerate(self.world.provinces) if fold_name(own) == folded), None)

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
