"""`build_world`: from a recipe and a seed to parks and tenants laid out until 2050."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from eipsim.core.draws import key_of
from eipsim.core.names import fold_name
from eipsim.core.years import NEVER
from eipsim.data.loading import VIETNAM
from eipsim.data.tables import Reader
from eipsim.data.world_rows import BoundRow, ParkRow
from eipsim.errors import InputError, Mistake, refuse_all, unknown
from eipsim.world import cache as store
from eipsim.world.cache import RATES, Order
from eipsim.world.checks import unmet_totals
from eipsim.world.columns import Parks, Tenants, World, freeze
from eipsim.world.curves import firms_by_year, national_curves
from eipsim.world.files import BUILT_IN, DATA, folder_of
from eipsim.world.opening_years import established_years, opens_early, operating_years
from eipsim.world.park_list import STOCK, Site, drawn_of, list_sites
from eipsim.world.places import areas_ha, green_shares, groups_in, groups_of, points
from eipsim.world.plots import count_plots, entry_years, nominal_years
from eipsim.world.questions import questions_about
from eipsim.world.recipe import Recipe, content_hash, read_recipe
from eipsim.world.sectors import sector_columns, sector_mix
from eipsim.world.tenants import build_tenants, first_tenants, turnover_of

BIRTHS = ("central", "high")


PARK_NAMES = ("park_ids", "park_names", "park_names_ascii")
MOST_EXIT_RATE, MOST_SIGMA = 0.9, 3.0


def build_world(
    recipe: str = "vietnam",
    seed: int = 1,
    *,
    exit_rate_foreign: float = 0.012,
    exit_rate_domestic: float = 0.05,
    intensity_sigma: float = 0.8,
    births: str = "central",
    cache: bool = True,
) -> World:
    """The parks and tenant firms of a country, 2015-2050.

    `recipe` is `vietnam`, `pilot-parks` (the programme parks of vietnam, the same rows) or `folder:PATH` (tables of
    another country, see docs/own-country.md). `exit_rate_foreign` and `exit_rate_domestic` [1/yr] are the yearly hazards
    of a foreign and of a domestic tenant to leave, `intensity_sigma` is the spread of resource use between firms (0.5:
    that of the archetypes), `births` is `central` or `high`. With `cache` the world is kept in memory and on disk, by
    content. Raises InputError with every mistake.
    """
    rates = {
        "exit_rate_foreign": exit_rate_foreign, "exit_rate_domestic": exit_rate_domestic, "intensity_sigma": intensity_sigma,
    }  # fmt: skip
    check_arguments(recipe, seed, rates, births)
    order = Order(
        recipe, int(seed), float(exit_rate_foreign), float(exit_rate_domestic), float(intensity_sigma), births
    )
    digest = store.digest_of(content_hash(recipe), order)
    tables = VIETNAM if recipe in BUILT_IN else read_recipe(recipe).tables
    world = store.load(digest, tables) if cache else None
    if world is None:
        world = _make(digest, order, cache)
        if cache:
            store.save(world)
    return world


def check_arguments(recipe: str, seed: int, rates: dict[str, float], births: str) -> None:
    """Raises InputError with every argument that is out of range."""
    found = []
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        found.append(Mistake("world", f"seed = {seed!r} is not a whole number"))
    for name, value in rates.items():
        most = MOST_EXIT_RATE if name.startswith("exit_rate") else MOST_SIGMA
        if not (isinstance(value, (int, float, np.number)) and math.isfinite(value) and 0.0 <= value <= most):
            found.append(Mistake("world", f"{name} = {value!r} is out of range", f"allowed: 0 to {most:g}"))
    if births not in BIRTHS:
        found.append(unknown("world", "births", births, BIRTHS))
    try:
        folder_of(recipe)
    except InputError as error:
        found += error.mistakes
    refuse_all(found)


def _make(digest: str, order: Order, cache: bool) -> World:
    if order.recipe != "pilot-parks":
        recipe = read_recipe(order.recipe)
        return _told(assemble(recipe, digest, order), recipe, order)
    whole = build_world(**order._replace(recipe="vietnam")._asdict(), cache=cache)
    return replace(subset(whole, pilot_parks(), order.recipe, digest), unmet=(), judged=False)


def _told(world: World, recipe: Recipe, order: Order) -> World:
    """The world with what is to be told of it: own tables, unmet totals, questions."""
    rates = tuple(recipe.constants[f"reference_{name}"] for name in RATES)
    questions = questions_about(recipe) if recipe.own else ()
    return replace(
        world,
        tables=recipe.tables,
        own_tables=recipe.own,
        unmet=unmet_totals(world, recipe),
        judged=tuple(getattr(order, name) for name in RATES) == rates,
        warnings=tuple(map(str, (*recipe.warnings, *questions))),
    )


def pilot_parks() -> list[str]:
    """Ids of the programme parks."""
    reader = Reader()
    bounds = reader.read(DATA / "park_bounds.csv", BoundRow)
    reader.finish()
    return [row.park_id for row in bounds if row.pilot == "true"]


def assemble(recipe: Recipe, digest: str, order: Order) -> World:
    """The world of valid tables: list parks, date them, place them, let their plots, furnish the tenants."""
    curves, constants, seed = national_curves(recipe), recipe.constants, order.seed
    sites = list_sites(recipe, curves, seed, order.births)
    keys = np.array([key_of(site.id) for site in sites], dtype=np.uint64)
    regions = _regions(recipe, sites)
    anchors = {r.province_2024: r.official_operating for r in recipe.provinces if r.official_operating is not None}
    early = opens_early(sites, keys, curves, constants, seed, anchors)
    established = established_years(sites, keys, early, curves, constants, seed)
    opened = operating_years(sites, keys, early, established, curves, constants, seed)
    area = areas_ha(sites, regions, keys, recipe, seed)
    totals = firms_by_year(recipe)
    plots = count_plots(sites, keys, area, opened, totals, recipe, seed)
    entry = _entries(sites, keys, opened, plots, totals, constants, seed)
    exit_rates = order.exit_rate_foreign, order.exit_rate_domestic
    mix, sectors = sector_mix(sites, plots, opened, recipe), sector_columns(recipe, order.intensity_sigma, *exit_rates)
    turnover, correlation = turnover_of(*exit_rates, constants["vacancy_years"]), constants["stream_correlation"]
    firms = build_tenants(first_tenants(plots, entry), keys, mix, sectors, turnover, correlation, seed)
    opened = np.where(np.bincount(firms.park, minlength=len(sites)) > 0, opened, NEVER)
    parks = _parks(recipe, sites, keys, seed)._replace(
        established_year=established.astype(np.int16),
        operating_year=opened.astype(np.int16),
        area_ha=area,
        start=np.searchsorted(firms.park, np.arange(len(sites) + 1)).astype(np.int64),
    )
    return _named(recipe, order, digest, sites, freeze(parks), freeze(firms))


def _entries(sites, keys, opened, plots, totals, constants, seed) -> np.ndarray:
    """The year every plot is let first."""
    nominal = nominal_years(plots, opened, keys, constants, seed)
    stock = np.array([site.kind == STOCK for site in sites])
    park = np.repeat(np.arange(len(sites)), plots)
    return entry_years(nominal, opened[park], keys[park], stock[park], totals, constants)


def _regions(recipe: Recipe, sites: list[Site]) -> list[str]:
    """The region of every park's province."""
    of = {row.province_2024: row.region for row in recipe.provinces}
    return [of[site.province] for site in sites]


def _parks(recipe: Recipe, sites: list[Site], keys: np.ndarray, seed: int) -> Parks:
    """The columns of parks that follow from the list; years, areas and firms are still to come."""
    provinces, regions = provinces_of(recipe), regions_of(recipe)
    group = groups_of(sites, keys, recipe.constants, seed)
    latitude, longitude = points(sites, keys, recipe, seed)
    later = np.empty(0)
    return Parks(
        key=keys,
        province=np.array([provinces.index(site.province) for site in sites], dtype=np.int16),
        region=np.array([regions.index(region) for region in _regions(recipe, sites)], dtype=np.int8),
        group=group,
        established_year=later,
        operating_year=later,
        area_ha=later,
        latitude=latitude,
        longitude=longitude,
        synthetic=np.array([site.synthetic for site in sites], dtype=np.bool_),
        green_share=green_shares(keys, recipe.constants, seed),
        start=later,
    )


def provinces_of(recipe: Recipe) -> tuple[str, ...]:
    return tuple(row.province_2024 for row in recipe.provinces)


def successors_of(recipe: Recipe) -> tuple[str, ...]:
    """The province that each becomes part of: by the law of the country, else by the second map of its provinces."""
    by_law = {row.province_2024: row.successor for row in recipe.province_successors}
    return tuple(by_law.get(row.province_2024, row.merged_into_2025 or row.province_2024) for row in recipe.provinces)


def regions_of(recipe: Recipe) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.region for row in recipe.provinces))


def _named(recipe: Recipe, order: Order, digest: str, sites: list[Site], parks: Parks, firms: Tenants) -> World:
    """The world of finished columns, with the names that its numbers stand for."""
    return World(
        recipe=order.recipe,
        seed=order.seed,
        digest=digest,
        park_ids=tuple(site.id for site in sites),
        park_names=tuple(site.name for site in sites),
        park_names_ascii=tuple(site.name_ascii for site in sites),
        provinces=provinces_of(recipe),
        provinces_2025=successors_of(recipe),
        successors_from=recipe.province_successors.rows[0].first_year if recipe.province_successors.rows else NEVER,
        regions=regions_of(recipe),
        groups=groups_in(sites),
        sectors=tuple(row.arch_id for row in recipe.archetypes),
        sector_names=tuple(row.name for row in recipe.archetypes),
        parks=parks,
        firms=firms,
        drawn={site.id: drawn_of(site) for site in sites},
        operators={row.park_id: [row.operator_group or "", row.operator or ""] for row in recipe.parks if _is_run(row)},
    )


def _is_run(row: ParkRow) -> bool:
    """Whether the list says by whom a park is run."""
    return bool(row.operator_group or row.operator)


def _names_of(world: World, p: int) -> list[str]:
    """Id and names of a park, and its name with that of who runs it."""
    with_brand = " ".join([world.park_names[p], *world.operators.get(world.park_ids[p], ())])
    return [*(getattr(world, field)[p] for field in PARK_NAMES), with_brand]


def subset(world: World, park_ids: Sequence[str], recipe: str, digest: str) -> World:
    """The named parks of `world`, in its order, with exactly the same keys and firms."""
    chosen = np.flatnonzero(np.isin(world.park_ids, list(park_ids)))
    rows = np.concatenate([np.arange(world.parks.start[p], world.parks.start[p + 1]) for p in chosen])
    sizes = np.diff(world.parks.start)[chosen]
    firms = Tenants(*(column[rows] for column in world.firms))
    firms = firms._replace(park=np.repeat(np.arange(len(chosen), dtype=np.int32), sizes))
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    parks = Parks._make([*(column[chosen] for column in world.parks[:-1]), start])
    rest = np.setdiff1d(np.arange(world.n_parks), chosen)
    others = [name for p in rest for name in _names_of(world, p)]
    names: dict[str, Any] = {field: tuple(getattr(world, field)[p] for p in chosen) for field in PARK_NAMES}
    left_out = (*world.left_out, *(fold_name(name) for name in others))
    names |= {"parks": freeze(parks), "firms": freeze(firms)}
    return replace(world, recipe=recipe, digest=digest, left_out=left_out, **names)
