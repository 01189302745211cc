"""What a world holds: columns of parks and of tenant firms, and the names their indices stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np

from eipsim.core.names import fold_name, shown
from eipsim.core.park_names import Called, parks_called
from eipsim.core.shown import Shown
from eipsim.core.years import FIRST_YEAR, LAST_YEAR, NEVER
from eipsim.data.loading import VIETNAM, CountryTables
from eipsim.errors import InputError, Mistake, unknown

FEW = 8  # names that a message shows
# What of a park is drawn where no list tells it: its area, the number of its tenants, its foundation, its point.
DRAWN = ("area", "tenants", "year", "place")


class Parks(NamedTuple):
    """One row per park established by 2050; arrays [n_parks]."""

    key: np.ndarray  # uint64, hash of the park id
    province: np.ndarray  # int16, index into World.provinces
    region: np.ndarray  # int8, index into World.regions
    group: np.ndarray  # int16, developer group, index into World.groups; -1 = single-park operator
    established_year: np.ndarray  # int16
    operating_year: np.ndarray  # int16, first year with tenants; 9999 = not before 2050
    area_ha: np.ndarray  # float64
    latitude: np.ndarray  # float64, degrees
    longitude: np.ndarray  # float64, degrees
    synthetic: np.ndarray  # bool, synthesised or only a name
    green_share: np.ndarray  # float64, green space and shared infrastructure over area
    start: np.ndarray  # int64[n_parks + 1], firms of park p are rows start[p]:start[p+1]


class Tenants(NamedTuple):
    """One row per (park, plot, vintage) alive in any year of 2015-2050, sorted by all three; arrays [n_rows]."""

    park: np.ndarray  # int32
    sector: np.ndarray  # int8, index into World.sectors
    plot: np.ndarray  # int32, from 1
    vintage: np.ndarray  # int16, from 1
    key: np.ndarray  # uint64, fold(fold(park key, plot), vintage)
    employees: np.ndarray  # float64
    foreign: np.ndarray  # bool
    entry_year: np.ndarray  # int16, first year alive
    exit_year: np.ndarray  # int16, first year no longer alive; 9999 = stays
    revenue_usd: np.ndarray  # float64, USD/yr
    electricity_mwh: np.ndarray  # float64, MWh/yr
    fuel_gj: np.ndarray  # float64, GJ/yr
    water_m3: np.ndarray  # float64, m3/yr
    waste_t: np.ndarray  # float64, t/yr
    hazardous_t: np.ndarray  # float64, t/yr
    constrained_draw: np.ndarray  # float64, uniform (0, 1)


class Total(NamedTuple):
    """A total that a world was asked for, and what it got; `allowed` is the relative deviation, `where` the line that asks."""

    check: str
    year: int
    asked: float
    got: float
    allowed: float
    where: str


class WorldYear(NamedTuple):
    """What a world lays out for one year, whatever the run: nobody writes to it. [p] parks."""

    rows: np.ndarray  # int32, rows of the firms that are in their park, sorted by park
    first: np.ndarray  # int64 [p + 1], where the firms of each park begin in `rows`; the last is the end
    firms: np.ndarray  # int64 [p], number of firms in each park
    come: np.ndarray  # int64, rows of firms that move in
    gone: np.ndarray  # int64, rows of firms that have left since last year
    founded: np.ndarray  # int64, rows of parks that are founded
    operating: np.ndarray  # bool [p], parks that have had their first tenants
    settled: np.ndarray  # bool [p], parks that had them by the end of last year
    settled_in_province: np.ndarray  # int64 [v], how many of these each province has; 1 for none
    settled_of_group: np.ndarray  # int64 [groups, at least 1], how many of these each group runs; 1 for none


@dataclass(frozen=True, eq=False, repr=False)
class World(Shown):
    """A country's parks and tenant firms, laid out from 2015 to 2050. Arrays are read-only."""

    recipe: str
    seed: int
    digest: str
    park_ids: tuple[str, ...]
    park_names: tuple[str, ...]
    park_names_ascii: tuple[str, ...]
    provinces: tuple[str, ...]
    provinces_2025: tuple[str, ...]  # province of July 2025 that each of `provinces` is part of
    regions: tuple[str, ...]
    groups: tuple[str, ...]
    sectors: tuple[str, ...]
    sector_names: tuple[str, ...]
    parks: Parks = field(repr=False)
    firms: Tenants = field(repr=False)
    left_out: tuple[str, ...] = field(default=(), repr=False)  # folded ids and names of the country's other parks
    tables: CountryTables = field(default=VIETNAM, repr=False)  # prices, measures, ... of its market
    own_tables: tuple[str, ...] = ()  # those that the country brings; the others are Viet Nam's
    unmet: tuple[Total, ...] = field(default=(), repr=False)  # totals it was asked for and does not meet
    judged: bool = True  # built with the exit rate and spread that totals are for
    warnings: tuple[str, ...] = field(default=(), repr=False)  # what is worth a question in its tables
    successors_from: int = NEVER  # first whole year of the provinces of `provinces_2025`; NEVER = no law says
    drawn: dict[str, list[str]] = field(default_factory=dict, repr=False)  # by park id: what of it no list tells
    operators: dict[str, list[str]] = field(default_factory=dict, repr=False)  # by park id: brand, name of who runs it

    first_year: ClassVar[int] = FIRST_YEAR
    last_year: ClassVar[int] = LAST_YEAR

    def told(self) -> list[str]:
        """Which world it is, how large, and whose tables it is built from."""
        sizes = [self._size_in(year) for year in (self.first_year, self.last_year)]
        own = f"its own tables: {', '.join(self.own_tables)}; all others are Viet Nam's, or there are none"
        return [
            f"World {self.recipe}, seed {self.seed}, {len(self.provinces):,} provinces",
            "; ".join(sizes),
            *([own] if self.own_tables else []),
            *(
                f"{total.check} of {total.year}: {total.asked:,g} asked, {total.got:,g} in the world"
                for total in self.unmet
            ),
        ]

    def _size_in(self, year: int) -> str:
        parks = (self.parks.established_year <= year).sum()
        firms = ((self.firms.entry_year <= year) & (year < self.firms.exit_year)).sum()
        return f"{parks:,} parks, {firms:,} firms in {year}"

    @property
    def n_parks(self) -> int:
        return len(self.park_ids)

    @property
    def n_firms(self) -> int:
        """Rows of `firms`: more than are alive in any year."""
        return len(self.firms.key)

    def park_index(self, name: str) -> int:
        """Row of a park by id, name, or words that tell it from others: see `core.park_names`.

        InputError with the nearest name, or with all that it fits.
        """
        row, where = self._rows_of_ids.get(fold_name(name)), f"world {self.recipe}"
        if row is not None:
            return row
        rows = [] if fold_name(name) in self.left_out else self.parks_called(name)
        if len(rows) > 1:
            raise InputError(Mistake(where, *self.told_apart(name, rows)))
        if not rows:
            raise InputError(unknown(where, "park", name, (*self.park_names_ascii, *self.park_ids)))
        return rows[0]

    def parks_called(self, name: str) -> list[int]:
        """Rows of all parks that `name` means."""
        return parks_called(name, self._called)

    def told_apart(self, name: str, rows: Sequence[int]) -> tuple[str, str]:
        """What is wrong with a `name` that means the parks of several `rows`, and what to write."""
        fits = "; ".join(map(self.label_of_park, rows[:FEW]))
        more = f" and {len(rows) - FEW} more" if len(rows) > FEW else ""
        return f"park {shown(str(name))} fits {len(rows)}", f"write one of: {fits}{more}"

    def label_of_park(self, row: int) -> str:
        """Name, id and province, which no two parks share."""
        return f"{self.park_names[row]} ({self.park_ids[row]}, {self.provinces[self.parks.province[row]]})"

    def firm_id(self, row: int) -> str:
        """The name of a firm: park id, plot, vintage, as in `P352-017-1`."""
        return named_firm(self.park_ids[self.firms.park[row]], self.firms.plot[row], self.firms.vintage[row])

    @cached_property
    def firm_ids(self) -> np.ndarray:
        """The names of all firms, objects [n_rows]: made once, since the tables of every run name thousands."""
        f, names = self.firms, np.empty(self.n_firms, dtype=object)
        names[:] = list(map(named_firm, np.array(self.park_ids)[f.park].tolist(), f.plot.tolist(), f.vintage.tolist()))
        return names

    def firm_row(self, firm_id: str) -> int:
        """Row of the firm named by `firm_id`. InputError when there is none."""
        park_id, plot, vintage = self._parts(firm_id)
        park = self.park_index(park_id)
        rows = slice(self.parks.start[park], self.parks.start[park + 1])
        same = (self.firms.plot[rows] == plot) & (self.firms.vintage[rows] == vintage)
        if not same.any():
            plots = np.unique(self.firms.plot[rows])
            known = f"park {park_id} has plots 1 to {plots[-1]}" if len(plots) else f"park {park_id} has no tenants"
            raise InputError(Mistake(f"world {self.recipe}", f"firm {shown(str(firm_id))} is unknown", known))
        return int(rows.start + np.flatnonzero(same)[0])

    def alive(self, year: int) -> np.ndarray:
        """Which rows of `firms` are alive in `year` (bool[n_firms])."""
        return (self.firms.entry_year <= year) & (year < self.firms.exit_year)

    def in_year(self, year: int) -> WorldYear:
        """What is laid out for `year`: worked out once, for all runs in this world."""
        if year not in self._years:
            self._years[year] = self._lay_out(year)
        return self._years[year]

    def _lay_out(self, year: int) -> WorldYear:
        parks, entry, leave = self.parks, self.firms.entry_year, self.firms.exit_year
        rows, settled = np.flatnonzero(self.alive(year)), parks.operating_year < year
        first = np.searchsorted(rows, parks.start)
        grouped = settled & (parks.group >= 0)
        return WorldYear(
            rows=rows.astype(np.int32),  # half the memory, which all years of a nation keep
            first=first,
            firms=np.diff(first),
            # one that would come and go in the same year is in neither list: it never had a year in the park
            come=np.flatnonzero((entry == year) & (leave > year)),
            gone=np.flatnonzero((leave == year) & (entry < year)),
            founded=np.flatnonzero(parks.established_year == year),
            operating=parks.operating_year <= year,
            settled=settled,
            settled_in_province=np.maximum(np.bincount(parks.province[settled], minlength=len(self.provinces)), 1),
            settled_of_group=np.maximum(np.bincount(parks.group[grouped], minlength=max(len(self.groups), 1)), 1),
        )

    def _parts(self, firm_id: str) -> tuple[str, int, int]:
        try:
            park_id, plot, vintage = str(firm_id).rsplit("-", 2)
            return park_id, int(plot), int(vintage)
        except ValueError:
            what = f"{shown(str(firm_id))} is not the name of a firm"
            raise InputError(Mistake(f"world {self.recipe}", what, "write park-plot-vintage, as P352-017-1")) from None

    @cached_property
    def _years(self) -> dict[int, WorldYear]:
        return {}

    @cached_property
    def _rows_of_ids(self) -> dict[str, int]:
        return {fold_name(name): row for row, name in enumerate(self.park_ids)}

    @cached_property
    def _called(self) -> list[Called]:
        """What each park is called by, in the order of rows."""
        names = zip(self.park_ids, self.park_names, self.park_names_ascii)
        provinces = (self.provinces[row] for row in self.parks.province)
        return [
            Called(own, (name, plain), brand, operator, province)
            for (own, name, plain), province in zip(names, provinces)
            for brand, operator in [self.operators.get(own, ("", ""))]
        ]


def named_firm(park_id: str, plot: int, vintage: int) -> str:
    return f"{park_id}-{plot:03d}-{vintage}"


WorldLike = str | World  # a recipe (vietnam, pilot-parks, folder:PATH), or a world


def freeze(columns: Any) -> Any:
    """`columns` with every array read-only."""
    for array in columns:
        array.setflags(write=False)
    return columns
