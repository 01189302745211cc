"""From the names that a scenario aims at (parks, provinces, sectors) to rows of a world."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from eipsim.errors import InputError, Mistake, unknown

Place = Callable[[tuple[object, ...]], str]


class Mask(NamedTuple):
    """What an entry or programme reaches: bool[n_parks], bool[n_provinces], bool[n_sectors]."""

    parks: np.ndarray
    provinces: np.ndarray
    sectors: np.ndarray


def plain(name: object) -> str:
    """A name without accents and capitals: the same for 'Hải Phòng', 'Hai Phong' and 'hai phong'.

    >>> plain("Đình  Vũ")
    'dinh vu'
    """
    letters = unicodedata.normalize("NFD", str(name).replace("Đ", "D").replace("đ", "d"))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).casefold().split())


class TargetFinder:
    """Finds targets in one world and collects every name it does not know, so that all are told together."""

    def __init__(self, world: Any, place: Place):
        self.world, self.place = world, place
        self.mistakes: list[Mistake] = []
        self.provinces = {plain(name): i for i, name in enumerate(world.provinces)}
        names = [*enumerate(world.sector_names), *enumerate(world.sectors)]
        self.sectors = {plain(name): i for i, name in names}

    def mask(self, aimed: Any, where: tuple[object, ...]) -> Mask:
        """The mask of `aimed`, which has `parks`, `provinces`, `sectors` (None: all); a park must meet both words."""
        provinces = self._flags(aimed.provinces, (*where, "provinces"), len(self.world.provinces), self.province)
        named = self._flags(aimed.parks, (*where, "parks"), len(self.world.park_ids), self.park)
        sectors = self._flags(aimed.sectors, (*where, "sectors"), len(self.world.sectors), self._sector)
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
            if plain(name) in getattr(self.world, "left_out", ()):
                return None  # a park of the country that this part of it does not have
            self.mistakes += [Mistake(place, mistake.what, mistake.hint) for mistake in error.mistakes]
            return None

    def province_row(self, name: object) -> int | None:
        """Row of a province; None for another name."""
        return self.provinces.get(plain(name))

    def province(self, name: str, place: str) -> int | None:
        """Row of a province; None, and noted, for another name."""
        return self._look_up(self.provinces, "province", name, place, self.world.provinces)

    def _sector(self, name: str, place: str) -> int | None:
        return self._look_up(self.sectors, "sector", name, place, [*self.world.sectors, *self.world.sector_names])

    def _look_up(self, rows: dict[str, int], kind: str, name: str, place: str, allowed: Iterable[str]) -> int | None:
        row = rows.get(plain(name))
        if row is None:
            # names are compared without accents, so that 'Hai Phon' finds 'Hải Phòng'
            by_plain = {plain(a): a for a in allowed}
            mistake = unknown(place, kind, name, by_plain.values())
            near = unknown(place, kind, plain(name), by_plain)
            hint = near.hint.removeprefix("did you mean ").removesuffix("?")
            self.mistakes.append(
                Mistake(place, mistake.what, f"did you mean {by_plain[hint]}?" if hint in by_plain else mistake.hint)
            )
        return row
