"""The list of parks: named rows, synthesised ones to the official counts by province, births after the stock year.

Ids decide everything drawn later, so they say where a park comes from and never change with the order of rows: `P...`
a row of parks.csv, `S<province><k>` synthesised to the official count, `B<k>` a birth beyond the planned rows, `H<k>`
one of the births that only the high plan adds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from eipsim.core.draws import key_of, uniforms
from eipsim.core.names import fold_name
from eipsim.data.world_rows import BoundRow, CandidateRow, ParkRow, ProvinceRow
from eipsim.world.columns import DRAWN
from eipsim.world.curves import Curves
from eipsim.world.recipe import Recipe

STOCK, BIRTH, EXTRA = 0, 1, 2


@dataclass(frozen=True)
class Site:
    """A park before its blanks are drawn. Years, area (ha) and point (degrees) are None where unknown."""

    id: str
    name: str
    name_ascii: str
    province: str
    kind: int  # STOCK, BIRTH or EXTRA
    synthetic: bool
    area_ha: float | None = None
    year: int | None = None
    operating: str = "unknown"
    group: str | None = None
    point: tuple[float, float] | None = None
    n_firms: int | None = None
    established_from: int | None = None
    established_by: int | None = None
    operating_by: int | None = None


def drawn_of(site: Site) -> list[str]:
    """Which of DRAWN are drawn, because the list does not have them."""
    known = (site.area_ha, site.n_firms, site.year, site.point)
    return [what for what, value in zip(DRAWN, known, strict=True) if value is None]


def list_sites(recipe: Recipe, curves: Curves, seed: int, births: str) -> list[Site]:
    """Every park that is established by 2050, sorted by kind and id."""
    stock = sorted(_stock(recipe), key=lambda site: site.id)
    newborn = _births(recipe, curves, seed)
    new = Namer(recipe, [*stock, *newborn])
    n_synthesised = _room(recipe, curves) - len(newborn)
    newborn += [new.site(f"B{k:03d}", BIRTH, seed) for k in range(1, n_synthesised + 1)]
    n_extra = int(curves.extra[-1]) if births == "high" else 0
    return stock + newborn + [new.site(f"H{k:03d}", EXTRA, seed) for k in range(1, n_extra + 1)]


def _room(recipe: Recipe, curves: Curves) -> int:
    """Births between the stock year and 2050."""
    at_stock = curves.established[curves.position(int(recipe.constants["stock_year"]))]
    return int(curves.established[-1] - at_stock)


def _stock(recipe: Recipe) -> list[Site]:
    """Parks that exist in the stock year: established rows, and by province those synthesised."""
    stock_year = recipe.constants["stock_year"]
    bounds = {row.park_id: row for row in recipe.park_bounds}
    listed = [row for row in recipe.parks if row.status == "established" and (row.established_year or 0) <= stock_year]
    missing = [site for province in recipe.provinces for site in _synthesised(recipe, province)]
    return [_from_row(row, STOCK, bounds) for row in listed] + missing


def _births(recipe: Recipe, curves: Curves, seed: int) -> list[Site]:
    """Rows established after the stock year, then planned rows in keyed order as far as the plan has room for them."""
    stock_year = recipe.constants["stock_year"]
    dated = [row for row in recipe.parks if row.status == "established" and (row.established_year or 0) > stock_year]
    planned = [row for row in recipe.parks if row.status == "planned"]
    room = max(_room(recipe, curves) - len(dated), 0)
    keys = np.array([key_of(row.park_id) for row in planned], dtype=np.uint64)
    order = np.argsort(uniforms(seed, "founding", keys, item=1), kind="stable")
    chosen = dated + [planned[i] for i in order[:room]]
    return sorted((_from_row(row, BIRTH, {}) for row in chosen), key=lambda site: site.id)


def _from_row(row: ParkRow, kind: int, bounds: dict[str, BoundRow]) -> Site:
    bound = bounds.get(row.park_id, BoundRow(park_id=row.park_id))
    own_point = row.latitude is not None and row.coord_type != "province_point"
    return Site(
        id=row.park_id,
        name=row.name_vi,
        name_ascii=row.name_ascii or _ascii(row.name_vi),
        province=row.province_2024,
        kind=kind,
        synthetic=row.status == "unverified",
        area_ha=row.area_ha,
        year=row.established_year,
        operating=row.operating,
        group=row.operator_group,
        point=(row.latitude, row.longitude) if own_point else None,  # type: ignore[arg-type]
        n_firms=row.n_firms,
        established_from=bound.established_from,
        established_by=bound.established_by,
        operating_by=bound.operating_by,
    )


def _synthesised(recipe: Recipe, province: ProvinceRow) -> list[Site]:
    """The parks missing from the list of `province`: unverified rows, then candidate names, then numbered ones."""
    name = province.province_2024
    here = [row for row in recipe.parks if row.status == "unverified" and row.province_2024 == name]
    unverified = sorted(here, key=lambda row: row.park_id)
    sites = [_from_row(row, STOCK, {}) for row in unverified][: province.to_synthesise]
    candidates = sorted((r for r in recipe.candidates_unverified if r.province_2024 == name), key=lambda r: r.name_vi)
    for k in range(1, province.to_synthesise - len(sites) + 1):
        sites.append(_from_candidate(province, k, candidates[k - 1] if k <= len(candidates) else None))
    return sites


def _from_candidate(province: ProvinceRow, k: int, candidate: CandidateRow | None) -> Site:
    place = province.province_2024
    name = candidate.name_vi if candidate else f"Park {k} ({place})"
    plain = (candidate.name_ascii if candidate else None) or _ascii(name)
    return Site(f"S{_letters_of(province)}{k}", name, plain, place, STOCK, synthetic=True)


def _letters_of(province: ProvinceRow) -> str:
    """What the ids of synthesised parks of a province begin with: its Latin letters, or a hash where it has none."""
    named = [name for name in (province.province_2024, province.name_ascii) if name]
    own = f"{int(key_of(fold_name(province.province_2024))):016x}"[:8] + "."
    return next(filter(None, map(_compact, named)), own)


class Namer:
    """Makes synthesised births: the province is drawn in proportion to the parks it has, the number counts on."""

    def __init__(self, recipe: Recipe, sites: list[Site]):
        self.counts = Counter(site.province for site in sites)
        self.provinces = sorted(row.province_2024 for row in recipe.provinces)
        stock = Counter(site.province for site in sites if site.kind == STOCK)
        weights = np.array([stock[province] for province in self.provinces], dtype=np.float64)
        self.cumulative = np.cumsum(weights) / max(weights.sum(), 1.0)

    def site(self, park_id: str, kind: int, seed: int) -> Site:
        u = uniforms(seed, "park", np.array([key_of(park_id)], dtype=np.uint64))[0]
        place = self.provinces[min(int(np.searchsorted(self.cumulative, u)), len(self.provinces) - 1)]
        self.counts[place] += 1
        name = f"Park {self.counts[place]} ({place})"
        return Site(park_id, name, _ascii(name), place, kind, synthetic=True)


def _compact(name: str) -> str:
    return "".join(c for c in fold_name(name).title() if c.isalnum() and c.isascii())


def _ascii(name: str) -> str:
    """The name without accents, its capitals kept."""
    plain = [fold_name(c).upper() if c.isupper() else fold_name(c) or c for c in name]
    return "".join(plain)
