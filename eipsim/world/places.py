"""Area, point, developer group and green share of every park; what no source tells is drawn by key."""

from __future__ import annotations

import numpy as np

from eipsim.core.arithmetic import TEN_TO_NINETY
from eipsim.core.draws import PROCESSES, normals, uniforms
from eipsim.world.park_list import STOCK, Site
from eipsim.world.recipe import Recipe

KM_PER_DEGREE = 111.2
HA_PER_KHA = 1000.0
JITTER_TRIES = 12
SINGLE = -1
EVERY_SEED = 0  # of what is drawn once for all worlds


def areas_ha(sites: list[Site], regions: list[str], keys: np.ndarray, recipe: Recipe, seed: int) -> np.ndarray:
    """Area of every park in ha (float[n_parks]): as listed, or lognormal by region, rescaled to the official total."""
    c = recipe.constants
    laws = {row.region: (row.ln_mean, row.ln_sd) for row in recipe.region_areas}
    law = np.array([laws.get(r, (c["national_area_ln_mean"], c["national_area_ln_sd"])) for r in regions])
    drawn = np.exp(law[:, 0] + law[:, 1] * normals_of_parks(sites, keys, c, seed, ("park", 1)))
    drawn *= np.where([site.synthetic for site in sites], c["synthetic_area_factor"], 1.0)
    listed = np.array([min(site.area_ha or np.nan, np.inf if site.kind == STOCK else c["area_most"]) for site in sites])
    blank = np.isnan(listed)
    stock = np.array([site.kind == STOCK for site in sites])
    factor = area_factor(listed[stock], drawn[stock].clip(c["area_least"], c["area_most"]), official_area(recipe))
    return np.where(blank, (factor * drawn).clip(c["area_least"], c["area_most"]), listed)


def normals_of_parks(
    sites: list[Site], keys: np.ndarray, constants: dict, seed: int, of: tuple[str, int]
) -> np.ndarray:
    """One standard normal number a park, by process and item `of` the draw.

    A park of the list is one and the same place in every world: of its number only the share `named_spread` (of the standard
    deviation) is drawn by seed. Parks differ from each other as much as ever.
    """
    process, item = of
    by_seed, share = normals(seed, process, keys, item=item), constants["named_spread"]
    if share == 1.0:
        return by_seed
    lasting = normals(EVERY_SEED, "named park", keys, item=item, year=PROCESSES[process])
    named = ~np.array([site.synthetic for site in sites])
    return np.where(named, np.sqrt(1.0 - share * share) * lasting + share * by_seed, by_seed)


def official_area(recipe: Recipe) -> float:
    """Official ha per established park: the last count up to the stock year that tells an area; nan when none does."""
    stock_year = recipe.constants["stock_year"]
    known = [row for row in recipe.park_counts if row.established and row.area_kha and row.year <= stock_year]
    last = max(reversed(known), key=lambda row: row.date, default=None)
    return HA_PER_KHA * last.area_kha / last.established if last and last.area_kha else np.nan


def area_factor(listed: np.ndarray, drawn: np.ndarray, per_park: float) -> float:
    """By what drawn areas are multiplied so that listed and drawn ones sum to `per_park` ha times the parks."""
    blank = np.isnan(listed)
    missing = per_park * len(listed) - listed[~blank].sum()
    return missing / drawn[blank].sum() if blank.any() and missing > 0 else 1.0


def points(sites: list[Site], keys: np.ndarray, recipe: Recipe, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude of every park, degrees: its own point, or its province's with a bounded keyed jitter."""
    centres = {row.province_2024: (row.latitude, row.longitude) for row in recipe.provinces}
    home = np.array([centres[site.province] for site in sites])
    own = np.array([site.point or (np.nan, np.nan) for site in sites])
    placed = np.where(np.isnan(own), np.nan, own)
    all_centres = np.array(list(centres.values()))
    for attempt in range(JITTER_TRIES):
        rows = np.flatnonzero(np.isnan(placed[:, 0]))
        if not len(rows):
            break
        tried = jittered(home[rows], keys[rows], recipe.constants["jitter_sd"] / (1 + attempt), attempt, seed)
        near = distances_km(tried, home[rows]) <= recipe.constants["jitter_most"]
        inside = near & (nearest(tried, all_centres) == nearest(home[rows], all_centres))
        placed[rows[inside]] = tried[inside]
    placed = np.where(np.isnan(placed), home, placed)
    return placed[:, 0], placed[:, 1]


def jittered(home: np.ndarray, keys: np.ndarray, sd_km: float, attempt: int, seed: int) -> np.ndarray:
    """`home` (float[n, 2], degrees) moved by a Gaussian of `sd_km` in both directions."""
    north, east = (normals(seed, "coordinates", keys, item=item, year=attempt) * sd_km for item in (0, 1))
    degrees = np.stack([north, east / np.cos(np.radians(home[:, 0]))], axis=1) / KM_PER_DEGREE
    return home + degrees


def distances_km(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Distance between points (degrees, last axis latitude, longitude) on a locally flat earth."""
    north, east = a[..., 0] - b[..., 0], (a[..., 1] - b[..., 1]) * np.cos(np.radians(b[..., 0]))
    return KM_PER_DEGREE * np.hypot(north, east)


def places_km(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """km east and north of the south-western corner of points (float[n, 2]), true to scale at their middle latitude."""
    middle = (latitude.min() + latitude.max()) / 2.0
    degrees = [(longitude - longitude.min()) * np.cos(np.radians(middle)), latitude - latitude.min()]
    return KM_PER_DEGREE * np.stack(degrees, axis=1)


def nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Position of the centre nearest to each point."""
    return distances_km(points[:, None], centres[None]).argmin(axis=1)


def groups_in(sites: list[Site]) -> tuple[str, ...]:
    """Names of the developer groups, in alphabetical order."""
    return tuple(sorted({site.group for site in sites if site.group}))


def groups_of(sites: list[Site], keys: np.ndarray, constants: dict, seed: int) -> np.ndarray:
    """Developer group of every park (int16[n_parks], row of `groups_in`, -1 for a single-park operator).

    A park without a known group joins, with a small probability, one that named stock parks of its province belong to.
    """
    names = groups_in(sites)
    present: dict[str, list[str]] = {}
    for site in sorted(sites, key=lambda site: site.id):
        if site.group and site.kind == STOCK:
            present.setdefault(site.province, []).append(site.group)
    joins, which = (uniforms(seed, "park", keys, item=item) for item in (2, 3))
    rows = np.full(len(sites), SINGLE, dtype=np.int16)
    for i, site in enumerate(sites):
        local = present.get(site.province, [])
        if site.group:
            rows[i] = names.index(site.group)
        elif local and joins[i] < constants["group_probability"]:
            rows[i] = names.index(local[int(which[i] * len(local))])
    return rows


def green_shares(keys: np.ndarray, constants: dict, seed: int) -> np.ndarray:
    """Green space and shared infrastructure over area (float[n_parks]): lognormal, at most one."""
    sd = np.log(constants["green_high"] / constants["green_low"]) / TEN_TO_NINETY
    return np.minimum(constants["green_central"] * np.exp(sd * normals(seed, "green share", keys)), 1.0)
