"""Every quantity a policy may change, and what a scenario makes of each in every year of a world.

`LEVERS` is the registry, made from the fields of `Levers`. `resolve(scenario, world)` gives `LeverPaths`; `.year(2030)` is
one `Levers`, a record of numbers and read-only arrays. Nothing here imports an agent: instruments change levers, rules and
agents read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from eipsim.core.latest import Latest
from eipsim.errors import Mistake, refuse_all
from eipsim.policy.economic import Economic
from eipsim.policy.facilitation import Facilitation
from eipsim.policy.informational import Informational
from eipsim.policy.lever import Lever, Owner, registered
from eipsim.policy.programmes import ResolvedProgramme, Running, resolve_programmes, running_in
from eipsim.policy.province_maps import MERGE, map_of_scenario
from eipsim.policy.regulatory import Regulatory
from eipsim.policy.symbiosis import Symbiosis
from eipsim.policy.targets import Mask, TargetFinder

if TYPE_CHECKING:
    from eipsim.scenarios.schema import Scenario
    from eipsim.world.columns import World


@dataclass(frozen=True, eq=False)
class Levers(Symbiosis, Facilitation, Informational, Regulatory, Economic):
    """The levers of one year, as rules read them: numbers and read-only arrays. Each is declared in the file of its kind.

    They hold for everybody, but for foreign-owned firms where a scenario names owners: then `foreign` says what does.
    """

    foreign: Mapping[str, Any] = field(default_factory=dict)  # value by name of a lever

    @cached_property
    def in_force(self) -> frozenset[str]:
        """Names of the levers that are not zero everywhere and for everybody."""
        values = {name: getattr(self, name) for name in LEVERS}
        return frozenset(name for name in LEVERS if np.any(values[name]) or np.any(self.foreign.get(name, 0.0)))

    @cached_property
    def of_foreign_firms(self) -> Levers:
        """The levers as they hold for firms owned from abroad: these, unless a scenario names owners."""
        return replace(self, **self.foreign, foreign={}) if self.foreign else self

    def of_firm(self, foreign: bool) -> Levers:
        """The levers as they hold for a firm, `foreign` or not."""
        return self.of_foreign_firms if foreign else self


LEVERS: dict[str, Lever] = {declared.name: registered(declared) for declared in fields(Levers) if declared.metadata}
KEPT = 16  # scenarios of one world that are kept resolved


@dataclass(frozen=True, eq=False)
class LeverPaths:
    """All levers of all years in one world. `zones` int64[n_parks]: the parks of a zone see the same price levers."""

    first_year: int
    zones: np.ndarray
    n_zones: int
    programmes: tuple[ResolvedProgramme, ...]
    years: tuple[Levers, ...]
    running_in: tuple[Running, ...]  # by year
    warnings: tuple[Mistake, ...] = ()  # names of provinces that are of the past in years in which they are named

    def year(self, year: int) -> Levers:
        """The levers of `year`; arrays that do not change are the same objects as in other years."""
        return self.years[self._position(year)]

    def running(self, year: int) -> Running:
        """The programmes that run in `year`."""
        return self.running_in[self._position(year)]

    def _position(self, year: int) -> int:
        if not 0 <= year - self.first_year < len(self.years):
            raise IndexError(f"year {year} is outside {self.first_year}-{self.first_year + len(self.years) - 1}")
        return year - self.first_year


def value_in(entry: Any, year: int) -> float | None:
    """The value of one entry in `year`: None before it begins and after `until`; a path is linear between its years."""
    if not entry.first_year <= year <= entry.last_year:
        return None
    if entry.path is None:
        return entry.value
    years = tuple(entry.path)
    return float(np.interp(year, years, tuple(entry.path.values()))) if year >= years[0] else None


_resolved: WeakKeyDictionary[World, Latest[LeverPaths]] = WeakKeyDictionary()


def resolve_once(scenario: Scenario, world: World) -> LeverPaths:
    """What `resolve` gives, kept as long as the world is: runs that differ in their draws or parameters only share it."""
    says = scenario.levers, scenario.programmes, bool(scenario.instruments), scenario.parameters.get(MERGE)
    return _resolved.setdefault(world, Latest(KEPT)).get(says, lambda: resolve(scenario, world))


def resolve(scenario: Scenario, world: World) -> LeverPaths:
    """What `scenario` makes of every lever and programme in `world`, for all years of the world.

    Raises InputError with every park, province and sector that this world does not have, at its line of the file.
    """
    find = TargetFinder(world, scenario.place, map_of_scenario(world, scenario))
    masks = {
        name: [find.mask(entry, ("levers", name, i)) for i, entry in enumerate(entries)]
        for name, entries in scenario.levers.items()
    }
    calendar = range(world.first_year, world.last_year + 1)
    capacity = _national(LEVERS["programme_capacity"], scenario.levers.get("programme_capacity", ()), calendar)
    programmes = resolve_programmes(scenario.programmes, np.array(capacity), world, find)
    refuse_all(find.mistakes)
    zones, representatives = _zones(masks, world, by_province=bool(scenario.instruments))

    def path_for(owner: Owner, name: str) -> list:
        """The values of a lever, year by year, by the entries that reach firms of this owner."""
        entries = zip(scenario.levers.get(name, ()), masks.get(name, ()), strict=True)
        reaching = [(entry, mask) for entry, mask in entries if entry.reaches(owner)]
        said, reached = [entry for entry, _ in reaching], [mask for _, mask in reaching]
        return _path(LEVERS[name], said, reached, representatives, world, calendar)

    by_name = {name: path_for("domestic", name) for name in LEVERS}
    by_name["symbiosis_screening"] = _with_screenings(by_name["symbiosis_screening"], programmes, calendar)
    parted = [name for name, entries in scenario.levers.items() if any(entry.owners for entry in entries)]
    foreign = {name: path_for("foreign", name) for name in parted}
    years = tuple(Levers(**_in_year(by_name, t), foreign=_in_year(foreign, t)) for t in range(len(calendar)))
    running = tuple(running_in(year, programmes, len(world.park_ids)) for year in calendar)
    told = tuple(dict.fromkeys(find.warnings))
    return LeverPaths(world.first_year, zones, len(representatives), programmes, years, running, told)


def replace_lever(levers: Levers, name: str, value: float) -> Levers:
    """The same levers with `name` set to `value` everywhere, for all: what an adaptive regulator does within the year."""
    old = getattr(levers, name)
    new = float(value) if isinstance(old, float) else _read_only(np.full_like(old, value))
    values: dict[str, Any] = {name: new}
    return replace(levers, **values, foreign={other: said for other, said in levers.foreign.items() if other != name})


def by_owner(domestic: np.ndarray, foreign: np.ndarray) -> np.ndarray:
    """A lever by firm [p, s] for all owners: float [p, 2 s], the sectors of domestic firms first."""
    return np.concatenate([domestic, foreign], axis=1)


def of_all_owners(levers: Levers, name: str) -> np.ndarray | float:
    """The same by the name of a lever that is mostly not in force: then just 0."""
    return by_owner(getattr(levers, name), getattr(levers.of_foreign_firms, name)) if name in levers.in_force else 0.0


def _in_year(paths: Mapping[str, list], t: int) -> dict[str, Any]:
    return {name: path[t] for name, path in paths.items()}


def _national(lever: Lever, entries: Sequence[Any], calendar: range) -> list[float]:
    """A lever without target, year by year: the last entry that is active decides."""
    return [([lever.default] + [v for e in entries if (v := value_in(e, year)) is not None])[-1] for year in calendar]


def _zones(masks: Mapping[str, Sequence[Mask]], world: World, by_province: bool) -> tuple[np.ndarray, np.ndarray]:
    """Zone of each park (int64[n_parks]), one park of each zone: parks reached by the same price entries share one.

    by_province : parks of two provinces never share one, because an instrument of a user's own may part them in any year
    """
    n_parks, province = len(world.park_ids), np.asarray(world.parks.province)
    price = [mask.parks for name, of_lever in masks.items() if LEVERS[name].scope == "price" for mask in of_lever]
    provinces = [province == row for row in np.unique(province)] if by_province else []
    reached = np.array([np.ones(n_parks, bool), *price, *provinces])
    _, first, zone = np.unique(reached, axis=1, return_index=True, return_inverse=True)
    in_order = np.argsort(first, kind="stable")  # zones are numbered by their first park
    return _read_only(np.argsort(in_order)[zone.reshape(n_parks)]), first[in_order]


def _path(
    lever: Lever, entries: Sequence[Any], masks: Sequence[Mask], zones: np.ndarray, world: World, calendar: range
):
    """One value (float or array) per year; years in which nothing changes share one array."""
    if lever.scope == "nation":
        return _national(lever, entries, calendar)
    made: dict[tuple, np.ndarray] = {}
    path = []
    for year in calendar:
        values = tuple(value_in(entry, year) for entry in entries)
        if values not in made:
            made[values] = _array(lever, values, masks, zones, world)
        path.append(made[values])
    return path


def _with_screenings(path: list, programmes: Sequence[ResolvedProgramme], calendar: range) -> list:
    """The path of `symbiosis_screening` with the full screening of its parks in the year of each programme that has one."""
    path = list(path)
    for programme in programmes:
        if programme.screening_year in calendar:
            t = calendar.index(programme.screening_year)
            path[t] = _read_only(np.maximum(path[t], programme.eligible))
    return path


def _array(lever: Lever, values: tuple, masks: Sequence[Mask], zones: np.ndarray, world: World) -> np.ndarray:
    """The array of one lever in one year: later entries are laid over earlier ones where they reach."""
    n_parks, n_sectors = len(world.park_ids), len(world.sectors)
    shapes: dict[str, tuple[int, ...]] = {"province": (len(world.provinces),), "park": (n_parks,)}
    shapes |= {"sector": (n_sectors,), "firm": (n_parks, n_sectors), "price": (len(zones), n_sectors)}
    array = np.full(shapes[lever.scope], lever.default)
    for value, mask in zip(values, masks, strict=True):
        if value is not None:
            array[_reach(lever, mask, zones)] = value
            if lever.adds_up:
                array[mask.absorbed] = 0.0  # the whole number stands where the province has its seat
    return _read_only(array)


def _reach(lever: Lever, mask: Mask, zones: np.ndarray) -> Any:
    if lever.scope == "province":
        return mask.provinces
    if lever.scope == "sector":
        return mask.sectors
    if lever.scope == "park":
        return mask.parks
    parks = mask.parks[zones] if lever.scope == "price" else mask.parks
    return np.ix_(parks, mask.sectors)


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
