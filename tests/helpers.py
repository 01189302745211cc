"""Small worlds for tests: the model's own code on few firms whose answer is known beforehand.

`tiny_world` makes identical firms, or firms that differ in one thing; `part_of` takes rows of a built world in any
order; `quiet` switches off what a limit case must not have. Everything runs through `EIPModel`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from ablation import read_mechanisms

from eipsim.core.compiled import compiled
from eipsim.core.draws import fold, key_of, wrapping
from eipsim.core.years import NEVER
from eipsim.market.catalogue import measure_names
from eipsim.model.model import EIPModel
from eipsim.world import Parks, Tenants, World, build_world
from eipsim.world.columns import freeze

SECTOR = 3  # food and drink: electricity, fuel, water, waste, materials all matter
FIRST, LAST = 2015, 2050
# The mechanisms that can be left out, all left out: what a limit case is about stands alone.
PLAIN = {
    **{name: value for mechanism in read_mechanisms().values() for name, value in mechanism["off"].items()},
    "measures.hazardous_fee_minimum_usd": 0.0,
}
# No peers, operators, ministry, chance: options are known only as a test makes them known.
NO_AWARENESS = PLAIN | {
    "awareness.base_rate": 0.0,
    "awareness.information_rate": 0.0,
    "awareness.operator_rate": 0.0,
    "awareness.park_peer_rate": 0.0,
    "awareness.sector_peer_rate": 0.0,
    "awareness.training_rate": 0.0,
}
# Firms and projects that differ in nothing but their draws of acceptance, and can always pay.
ALIKE = PLAIN | {
    "behaviour.firm_effect_sd": 0.0,
    "behaviour.operator_effect_sd": 0.0,
    "behaviour.measure_effect_weight": 0.0,
    "behaviour.peer_weight": 0.0,
    "behaviour.vietnam_shift": 0.0,
    "behaviour.stale_factor": 1.0,
    "finance.constrained_share": 0.0,
    "finance.investment_budget_share": 10.0,
}
# What a firm has decided, whatever it makes: columns of the table of firms.
DECIDED = (
    "installed_year", "first_adopted", "known_year", "margin", "origin", "episode", "expiry_year", "boiler_expiry", "use",
    "stream_level",
)  # fmt: skip
ALWAYS_ACCEPT = {"behaviour.acceptance_floor": 1.0, "behaviour.acceptance_ceiling": 1.0}


@compiled
def name_firms(park_keys, park, plot, keys):
    """Fills the key of every firm, as the world gives it to the first tenant of a plot."""
    for i in range(keys.size):
        keys[i] = fold(fold(park_keys[park[i]], np.uint64(plot[i])), np.uint64(1))


def tiny_world(
    n_firms: int = 20,
    n_parks: int = 1,
    *,
    sectors: Sequence[int] = (SECTOR,),
    provinces: Sequence[int] = (0,),
    entry: int = FIRST,
    leave: int = NEVER,
    established: int = FIRST,
    employees: float = 200.0,
) -> World:
    """`n_firms` identical firms in each of `n_parks` parks; their sectors and provinces go round in turn."""
    vietnam = build_world("pilot-parks", 1)
    n = n_firms * n_parks
    park = np.repeat(np.arange(n_parks, dtype=np.int32), n_firms)
    plot = np.tile(np.arange(1, n_firms + 1, dtype=np.int32), n_parks)
    ids = tuple(f"T{p:04d}" for p in range(n_parks))
    park_keys = np.array([key_of(name) for name in ids], dtype=np.uint64)
    keys = np.empty(n, dtype=np.uint64)
    with wrapping():
        name_firms(park_keys, park, plot, keys)
    full = lambda value, kind=np.float64: np.full(n, value, dtype=kind)  # noqa: E731
    firms = Tenants(
        park=park, sector=np.resize(np.array(sectors, dtype=np.int8), n), plot=plot, vintage=full(1, np.int16),
        key=keys,
        employees=full(employees), foreign=full(False, np.bool_), entry_year=full(entry, np.int16),
        exit_year=full(leave, np.int16), revenue_usd=full(employees * 1e5), electricity_mwh=full(employees * 5.0),
        fuel_gj=full(employees * 40.0), water_m3=full(employees * 100.0), waste_t=full(employees * 2.0),
        hazardous_t=full(employees * 0.05), constrained_draw=full(0.5),
    )  # fmt: skip
    every = lambda value, kind=np.float64: np.full(n_parks, value, dtype=kind)  # noqa: E731
    parks = Parks(
        key=park_keys, province=np.resize(np.array(provinces, dtype=np.int16), n_parks), region=every(0, np.int8),
        group=every(-1, np.int16), established_year=every(established, np.int16),
        operating_year=every(min(established, entry), np.int16), area_ha=every(100.0), latitude=every(10.0),
        longitude=every(106.0), synthetic=every(True, np.bool_), green_share=every(0.3),
        start=np.arange(0, n + 1, n_firms).astype(np.int64),
    )  # fmt: skip
    names = dict.fromkeys(("park_ids", "park_names", "park_names_ascii"), ids)
    made = replace(vietnam, recipe="tiny", parks=freeze(parks), firms=freeze(firms), left_out=(), **names)
    return replace(made, digest=digest(made))


def digest(world: World) -> str:
    """A world is known by its digest, so one that is made by hand needs its own."""
    content = hashlib.sha256()
    for column in (*world.parks, *world.firms):
        content.update(np.ascontiguousarray(column).tobytes())
    return content.hexdigest()


def part_of(world: World, parks: Sequence[int], firms: Sequence[Sequence[int]] | None = None) -> World:
    """The parks of `world` in the order `parks`; `firms[k]` = rows of `world` in the k-th of them, None = all."""
    parks = np.asarray(parks)
    start = world.parks.start
    rows_of = (
        [np.arange(start[p], start[p + 1]) for p in parks] if firms is None else [np.asarray(rows) for rows in firms]
    )
    sizes = [len(rows) for rows in rows_of]
    tenants = Tenants(*(column[np.concatenate(rows_of).astype(int)] for column in world.firms))
    tenants = tenants._replace(park=np.repeat(np.arange(len(parks), dtype=np.int32), sizes))
    chosen = Parks._make(
        [*(c[parks] for c in world.parks[:-1]), np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)]
    )
    names: dict[str, Any] = {
        name: tuple(getattr(world, name)[p] for p in parks) for name in ("park_ids", "park_names", "park_names_ascii")
    }
    others = tuple(world.park_ids[p].lower() for p in range(world.n_parks) if p not in set(parks.tolist()))
    names["left_out"] = (*world.left_out, *others)
    made = replace(world, parks=freeze(chosen), firms=freeze(tenants), **names)
    return replace(made, digest=digest(made))


# Tenants of two parks near one another, between which by-products of fifteen kinds go.
NEIGHBOURS = (
    "P456-012-1", "P456-023-1", "P457-043-1", "P457-044-1", "P457-050-1", "P457-109-1", "P457-117-1", "P457-187-1", "P457-194-1",
    "P457-230-1",
)  # fmt: skip


def tenants_of(names: Sequence[str] = NEIGHBOURS) -> World:
    """These firms of the pilot parks, park by park; some of them enter or leave."""
    world = build_world("pilot-parks", 1)
    rows = np.array([world.firm_row(name) for name in names])
    parks = np.unique(world.firms.park[rows])
    return part_of(world, parks.tolist(), [rows[world.firms.park[rows] == park] for park in parks])


def quiet(model: EIPModel, *, only: str | None = None, lasting: bool = True, known: bool = False) -> EIPModel:
    """A fresh model without initial stock: `only` one measure, `lasting` for ever, `known` to all from the start."""
    assert model.year == FIRST - 1, "must be called before the first step"
    model.state.surroundings.vintages.penetration[:] = 0.0
    if only is not None:
        others = [m for m, name in enumerate(measure_names()) if name != only]
        model.state.market.catalogue.reach[others] = 0.0
    if lasting:
        model.state.market.catalogue.lifetime[:] = 1000
    if known:
        model.state.surroundings.parks.unaware[:] = 0.0
    return model


def constants_with(model: EIPModel, **values: float):
    """The constants of the model with other `values`, as a row of their own."""
    constants = model.state.market.constants.copy()
    for name, value in values.items():
        constants[name] = value
    return constants


def number(measure: str) -> int:
    return measure_names().index(measure)


def adopted_share(model: EIPModel, measure: str) -> float:
    """Share of the firms of this year that have the measure installed."""
    rows = model.rows_alive()
    return float((model.state.firms.installed_year[rows, number(measure)] > 0).mean())


def adoption_path(model: EIPModel, measure: str, years: int) -> np.ndarray:
    """Share of firms with the measure at the end of each of the next `years`."""
    path = []
    for _ in range(years):
        model.step()
        path.append(adopted_share(model, measure))
    return np.array(path)


def same_tables(a: np.recarray, b: np.recarray, without: Sequence[str] = ()) -> list[str]:
    """Names of the columns in which two tables differ in any bit (NaN equals NaN)."""
    return [
        name
        for name in a.dtype.names
        if name not in without and not np.array_equal(a[name], b[name], equal_nan=a[name].dtype.kind == "f")
    ]


def differences(a: EIPModel, b: EIPModel, without: Sequence[str] = ()) -> list[str]:
    """Everything in which two models differ: columns of the three tables of agents, and outcomes, bit for bit."""
    tables = [
        f"{table}.{column}"
        for table in ("firms", "operators", "regulators")
        for column in same_tables(getattr(a.state, table), getattr(b.state, table), without)
    ]
    ours, theirs = a.outcomes, b.outcomes
    changed = [
        name for name in ours if not np.array_equal(ours[name].to_numpy(), theirs[name].to_numpy(), equal_nan=True)
    ]
    return tables + changed


def level_now(model: EIPModel, rows: np.ndarray) -> np.ndarray:
    """The output of the firms of `rows` this year over that of 2024, and how much less they need for it: what they use at output
    and intensities of 2024 is multiplied with it [rows]."""
    prices = model.this_year.prices
    return prices.intensity * prices.growth[model.state.firms.price_row[rows]]


def used_now(model: EIPModel, rows: np.ndarray) -> np.ndarray:
    """What the firms of `rows` use this year [rows, k], firm by firm: at its output, and as they run what they have."""
    firms = model.state.firms[rows]
    zone = model.state.surroundings.parks.zone[firms.park]
    operation = model.this_year.prices.operation[zone, firms.price_row, firms.covered + 2 * firms.foreseen]
    return firms.use * level_now(model, rows)[:, None] * operation


def z_score(count: int, n: int, probability: float) -> float:
    """Standard errors between a count of `n` and its expectation."""
    return (count - n * probability) / np.sqrt(n * probability * (1.0 - probability))


class AllLoans(NamedTuple):
    """Loans of all years that are not paid back yet [n]."""

    firm: np.ndarray
    year: np.ndarray  # in which it was taken
    principal: np.ndarray
    points: np.ndarray


def loans_of(model: EIPModel) -> AllLoans:
    """What firms of a model owe, loan by loan, the oldest first."""
    taken = model.state.loans.taken
    year = np.repeat(np.array(list(taken), dtype=np.int64), [owed.firm.size for owed in taken.values()])
    firm, principal, points = (
        np.concatenate([np.empty(0, kind), *(getattr(owed, name) for owed in taken.values())])
        for name, kind in (("firm", np.int64), ("principal", np.int64), ("points", float))
    )
    return AllLoans(firm, year, principal, points)
