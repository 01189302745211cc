"""Who is where: opportunities of every firm, firms of a park by sector, parks near a park, municipal plants near a park.

All of it follows from the world and the tables, not from a run, and is kept for the next run in the same world.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.spatial import KDTree

from eipsim.core.columns import new_table
from eipsim.core.compiled import allocating
from eipsim.core.years import LAST_YEAR, YEARS
from eipsim.data.loading import value_of
from eipsim.exchanges.catalogue import INFRASTRUCTURE, MUNICIPAL, ExchangeTypes
from eipsim.exchanges.columns import BORN_COLUMNS, MEMBER_COLUMNS, MOVE_COLUMNS, NEIGHBOUR_COLUMNS, SITE_COLUMNS
from eipsim.exchanges.scene import Moves
from eipsim.market.catalogue import N_SECTORS
from eipsim.rules.symbiosis import knows_partner

NEAR_IN_KERNELS = 5.0  # parks farther than this many kernel lengths are not looked at: 4 % of partners in a plane
EARTH_KM, HA_PER_KM2 = 6371.0, 100.0


class Places(NamedTuple):
    """What exchanges need to know of one world."""

    sites: np.recarray  # SITE_COLUMNS, as far as they do not change
    tenants: np.recarray  # BORN_COLUMNS
    members: np.recarray  # MEMBER_COLUMNS
    near: np.recarray  # NEIGHBOUR_COLUMNS
    kinds_of_sector: np.ndarray  # int16 [s, k], types that a firm of the sector can start; -1 = no more
    plant: np.ndarray  # int32 [p, k], nearest municipal plant within reach; -1 = none
    plant_km: np.ndarray  # float [p, k]
    owner: np.ndarray  # int32 [slots], row of the firm that an opportunity belongs to
    moves: tuple[Moves, ...]  # by year from the first
    leaving: tuple[np.ndarray, ...]  # int64, rows of the firms that leave, by year


def kinds_of_sectors(types: np.recarray) -> np.ndarray:
    """Types that a firm can start as donor, or as receiver of a municipal plant, int16 [s, k], padded with -1."""
    starts = np.where((types.kind == MUNICIPAL)[:, None], types.receivers, types.donors) > 0
    starts &= (types.kind != INFRASTRUCTURE)[:, None]
    table = np.full((N_SECTORS, types.size), -1, dtype=np.int16)
    for s in range(N_SECTORS):
        kinds = np.flatnonzero(starts[:, s])
        table[s, : kinds.size] = kinds
    return table


def straight_km(latitude, longitude, other_latitude, other_longitude) -> np.ndarray:
    """Great-circle distance [km] between points given in degrees."""
    a, b, c, d = (np.radians(x) for x in (latitude, longitude, other_latitude, other_longitude))
    half = np.sin((c - a) / 2.0) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2.0) ** 2
    return 2.0 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))


def neighbours(parks, kernel_km: float) -> tuple[np.recarray, np.ndarray]:
    """Other parks within some kernel lengths of each park, nearest first, equally near ones in the order of their keys; and
    where those of each park begin [p + 1]."""
    here, there = pairs_within(parks, NEAR_IN_KERNELS * kernel_km)
    away = straight_km(parks.latitude[here], parks.longitude[here], parks.latitude[there], parks.longitude[there])
    order = np.lexsort((parks.key[there], away, here))
    away = away[order]
    table = new_table(order.size, NEIGHBOUR_COLUMNS, km=away, known=chances_known(away, kernel_km), park=there[order])
    return table, np.searchsorted(here[order], np.arange(parks.key.size + 1))


@allocating
def chances_known(km, kernel_km):
    """Probability that a possible partner is known, by distance [km], as a new array."""
    known = np.empty(km.size)
    for i in range(km.size):
        known[i] = knows_partner(km[i], kernel_km)
    return known


def pairs_within(parks, km: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows of all pairs of parks at most `km` apart, both ways round, by a tree of their places on the globe."""
    latitude, longitude = np.radians(parks.latitude), np.radians(parks.longitude)
    flat = np.cos(latitude)
    globe = EARTH_KM * np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], axis=1)
    chord = 2.0 * EARTH_KM * np.sin(km / (2.0 * EARTH_KM))
    one, other = KDTree(globe).query_pairs(chord, output_type="ndarray").T
    return np.concatenate([one, other]), np.concatenate([other, one])


def plants_near(parks, types: ExchangeTypes) -> tuple[np.ndarray, np.ndarray]:
    """The nearest municipal plant of every type within its reach [p, k], and the distance."""
    plant = np.full((parks.key.size, len(types.ids)), -1, dtype=np.int32)
    km = np.full(plant.shape, np.inf)
    for row, partner in enumerate(types.plants):
        k = types.number(partner.is_id)
        away = straight_km(parks.latitude, parks.longitude, partner.latitude, partner.longitude)
        nearer = (away <= types.types.longest_km[k]) & (away < km[:, k])
        plant[nearer, k], km[nearer, k] = row, away[nearer]
    return plant, km


_latest: list = []


def places_of(world, types: ExchangeTypes, kernel_km: float) -> Places:
    """The places of `world`; those of the last call when nothing has changed."""
    made_from = (world.firms, world.parks, types)
    same = _latest and all(a is b for a, b in zip(_latest[0], made_from)) and _latest[1] == kernel_km
    if not same:
        _latest[:] = [made_from, kernel_km, _build(world, types, kernel_km)]
    return _latest[2]


def _build(world, types: ExchangeTypes, kernel_km: float) -> Places:
    firms, kinds = world.firms, kinds_of_sectors(types.types)
    n_kinds = (kinds >= 0).sum(axis=1)[firms.sector]
    slots = np.concatenate([[0], np.cumsum(n_kinds)]).astype(np.int64)
    members, first_member = members_of(world)
    near, first_near = neighbours(world.parks, kernel_km)
    plant, plant_km = plants_near(world.parks, types)
    start = world.parks.start
    sites = new_table(
        world.n_parks, SITE_COLUMNS, key=world.parks.key, inner_km=inner_distances(world.parks),
        first_slot=slots[start[:-1]], end_slot=slots[start[1:]],
        first_near=first_near[:-1], end_near=first_near[1:], first_member=first_member,
    )  # fmt: skip
    tenants = new_table(
        world.n_firms, BORN_COLUMNS, key=firms.key, first_slot=slots[:-1], park=firms.park, sector=firms.sector,
        entry_year=firms.entry_year, exit_year=firms.exit_year,
    )  # fmt: skip
    entering = _by_year(firms.entry_year, firms.exit_year > firms.entry_year)
    leaving = _by_year(firms.exit_year, firms.exit_year <= LAST_YEAR)
    moves = tuple(map(Moves, moving(tenants, entering), moving(tenants, leaving)))
    owner = np.arange(world.n_firms, dtype=np.int32).repeat(n_kinds)
    return Places(sites, tenants, members, near, kinds, plant, plant_km, owner, moves, leaving)


def moving(tenants: np.recarray, by_year: tuple[np.ndarray, ...]) -> list[np.recarray]:
    """What is asked of tenants who move, year by year."""
    rows = np.concatenate(by_year)
    table: Any = new_table(
        rows.size, MOVE_COLUMNS, **{column.name: tenants[column.name][rows] for column in MOVE_COLUMNS}
    )
    ends = np.cumsum([each.size for each in by_year])
    return [table[end - each.size : end] for each, end in zip(by_year, ends)]


def inner_distances(parks) -> np.ndarray:
    """Mean straight distance [km] between two tenants of each park [p], as in a square of its area."""
    return value_of("driver_paths", "mean_distance_in_square") * np.sqrt(parks.area_ha / HA_PER_KM2)


def members_of(world) -> tuple[np.recarray, np.ndarray]:
    """Firms sorted by park and sector, and where each sector of a park begins [p, s + 1]."""
    firms = world.firms
    group = firms.park.astype(np.int64) * N_SECTORS + firms.sector
    order = np.argsort(group, kind="stable")
    table = new_table(
        order.size, MEMBER_COLUMNS, key=firms.key[order], row=order, entry_year=firms.entry_year[order],
        exit_year=firms.exit_year[order],
    )  # fmt: skip
    begins = np.searchsorted(group[order], np.arange(world.n_parks)[:, None] * N_SECTORS + np.arange(N_SECTORS + 1))
    return table, begins


def _by_year(year: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, ...]:
    """Rows of `counts` by their year; those before the first year come with the first."""
    rows = np.flatnonzero(counts)
    rows = rows[np.argsort(year[rows], kind="stable")]
    ends = np.searchsorted(year[rows], YEARS, side="right")
    return tuple(rows[start:end] for start, end in zip((0, *ends), ends))
