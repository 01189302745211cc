"""Every quantity a policy may change, and what a scenario makes of each in every year of a world.

`LEVERS` is the registry. `resolve(scenario, world)` gives `LeverPaths`; `.year(2030)` is one `Levers` tuple of numbers
and read-only arrays. Nothing here imports an agent: instruments change levers, rules and agents read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from eipsim.errors import InputError
from eipsim.policy.economic import ECONOMIC
from eipsim.policy.facilitation import FACILITATION
from eipsim.policy.informational import INFORMATIONAL
from eipsim.policy.lever import Lever
from eipsim.policy.programmes import ResolvedProgramme, resolve_programmes
from eipsim.policy.regulatory import REGULATORY
from eipsim.policy.symbiosis import SYMBIOSIS
from eipsim.policy.targets import Mask, TargetFinder

ALL = (*ECONOMIC, *REGULATORY, *INFORMATIONAL, *FACILITATION, *SYMBIOSIS)
LEVERS: dict[str, Lever] = {lever.name: lever for lever in ALL}


class Levers(NamedTuple):
    """The levers of one year, as rules read them; units and definitions in `LEVERS`."""

    capital_subsidy: np.ndarray  # float[n_parks, n_sectors]
    voucher_cap_usd: float
    subsidy_budget_usd: float
    soft_loan: np.ndarray  # float[n_parks, n_sectors]
    carbon_price: np.ndarray  # float[n_zones, n_sectors]
    carbon_threshold_toe: float
    electricity_price_change: np.ndarray  # float[n_zones, n_sectors]
    landfill_charge_usd_t: np.ndarray  # float[n_zones, n_sectors]
    hazardous_waste_charge_usd_t: np.ndarray  # float[n_zones, n_sectors]
    wastewater_charge_usd_m3: np.ndarray  # float[n_zones, n_sectors]
    inspection_probability: np.ndarray  # float[n_provinces]
    fine_usd: float
    monitoring: np.ndarray  # float[n_parks]
    certification_capacity: np.ndarray  # float[n_provinces]
    certification_duration: np.ndarray  # float[n_provinces]
    solar_rules: np.ndarray  # float[n_provinces]
    certification_premium: float
    infrastructure_cofunding: np.ndarray  # float[n_parks]
    infrastructure_budget_usd: float
    infrastructure_soft_loan: np.ndarray  # float[n_parks]
    eip_duty: np.ndarray  # float[n_provinces]
    information: np.ndarray  # float[n_parks, n_sectors]
    training: np.ndarray  # float[n_parks]
    facilitation_grant: np.ndarray  # float[n_parks]
    provincial_support: np.ndarray  # float[n_provinces]
    programme_capacity: float
    symbiosis_screening: np.ndarray  # float[n_parks]
    waste_reuse_reform: float
    wastewater_reuse_reform: float
    hazardous_reuse_reform: float
    licence_months_factor: float
    sandbox: np.ndarray  # float[n_parks]


@dataclass(frozen=True)
class LeverPaths:
    """All levers of all years in one world. `zones` int64[n_parks]: the parks of a zone see the same price levers."""

    first_year: int
    zones: np.ndarray
    n_zones: int
    programmes: tuple[ResolvedProgramme, ...]
    years: tuple[Levers, ...]

    def year(self, year: int) -> Levers:
        """The levers of `year`; arrays that do not change are the same objects as in other years."""
        if not 0 <= year - self.first_year < len(self.years):
            raise IndexError(f"year {year} is outside {self.first_year}-{self.first_year + len(self.years) - 1}")
        return self.years[year - self.first_year]


def value_in(entry: Any, year: int) -> float | None:
    """The value of one entry in `year`: None before it begins and after `until`; a path is linear between its years."""
    if not entry.first_year <= year <= entry.last_year:
        return None
    if entry.path is None:
        return entry.value
    years = tuple(entry.path)
    return float(np.interp(year, years, tuple(entry.path.values()))) if year >= years[0] else None


def resolve(scenario: Any, world: Any) -> LeverPaths:
    """What `scenario` makes of every lever and programme in `world`, for all years of the world.

    Raises InputError with every park, province and sector that this world does not have, at its line of the file.
    """
    find = TargetFinder(world, scenario.place)
    masks = {
        name: [find.mask(entry, ("levers", name, i)) for i, entry in enumerate(entries)]
        for name, entries in scenario.levers.items()
    }
    calendar = range(world.first_year, world.last_year + 1)
    capacity = _national(LEVERS["programme_capacity"], scenario.levers.get("programme_capacity", ()), calendar)
    programmes = resolve_programmes(scenario.programmes, np.array(capacity), world, find)
    if find.mistakes:
        raise InputError(find.mistakes)
    zones, representatives = _zones(masks, len(world.park_ids))
    paths = [
        _path(lever, scenario.levers.get(name, ()), masks.get(name, ()), representatives, world, calendar)
        for name, lever in LEVERS.items()
    ]
    by_name = dict(zip(LEVERS, paths, strict=True))
    by_name["symbiosis_screening"] = _with_screenings(by_name["symbiosis_screening"], programmes, calendar)
    years = tuple(Levers(*(by_name[name][t] for name in Levers._fields)) for t in range(len(calendar)))
    return LeverPaths(world.first_year, zones, len(representatives), programmes, years)


def replace_lever(levers: Levers, name: str, value: float) -> Levers:
    """The same levers with `name` set to `value` everywhere: what an adaptive regulator does within the year."""
    old = getattr(levers, name)
    new = float(value) if isinstance(old, float) else _read_only(np.full_like(old, value))
    values: dict[str, Any] = {name: new}
    return levers._replace(**values)


def _national(lever: Lever, entries: Sequence[Any], calendar: range) -> list[float]:
    """A lever without target, year by year: the last entry that is active decides."""
    return [([lever.default] + [v for e in entries if (v := value_in(e, year)) is not None])[-1] for year in calendar]


def _zones(masks: Mapping[str, Sequence[Mask]], n_parks: int) -> tuple[np.ndarray, np.ndarray]:
    """Zone of each park (int64[n_parks]), one park of each zone: parks reached by the same price entries share one."""
    price = [mask.parks for name, of_lever in masks.items() if LEVERS[name].scope == "price" for mask in of_lever]
    reached = np.array([np.ones(n_parks, bool), *price])
    _, first, zone = np.unique(reached, axis=1, return_index=True, return_inverse=True)
    in_order = np.argsort(first, kind="stable")  # zones are numbered by their first park
    return _read_only(np.argsort(in_order)[zone.reshape(n_parks)]), first[in_order]


def _path(lever: Lever, entries: Sequence[Any], masks: Sequence[Mask], zones: np.ndarray, world: Any, calendar: range):
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


def _array(lever: Lever, values: tuple, masks: Sequence[Mask], zones: np.ndarray, world: Any) -> np.ndarray:
    """The array of one lever in one year: later entries are laid over earlier ones where they reach."""
    n_parks, n_sectors = len(world.park_ids), len(world.sectors)
    shapes: dict[str, tuple[int, ...]] = {
        "province": (len(world.provinces),),
        "park": (n_parks,),
        "firm": (n_parks, n_sectors),
        "price": (len(zones), n_sectors),
    }
    array = np.full(shapes[lever.scope], lever.default)
    for value, mask in zip(values, masks, strict=True):
        if value is not None:
            array[_reach(lever, mask, zones)] = value
    return _read_only(array)


def _reach(lever: Lever, mask: Mask, zones: np.ndarray) -> Any:
    if lever.scope == "province":
        return mask.provinces
    if lever.scope == "park":
        return mask.parks
    parks = mask.parks[zones] if lever.scope == "price" else mask.parks
    return np.ix_(parks, mask.sectors)


def _read_only(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
