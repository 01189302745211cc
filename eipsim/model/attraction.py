"""Attraction: firms that care about standards rather move into parks with a higher score.

The world lays out who moves into which plot before a run, and much is built on it. So attraction makes another world: firms
that move into a province in the same year trade places, as the parks' scores of the year before make it worth it, and the
run goes on in that world. Scores are those of a first run of the same scenario without attraction: what a firm that looks
for a plot can know. Nobody is added or lost: every plot is let as before, and every firm of a province and year is there.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from eipsim.agents.operator.columns import SCORES
from eipsim.core.arithmetic import exp
from eipsim.core.compiled import compiled
from eipsim.core.draws import PROCESSES, draw, wrapping
from eipsim.policy.province_maps import ProvinceMap
from eipsim.world import World
from eipsim.world.columns import freeze

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel

PARTNER, WILLING, TURN = range(3)  # items of the draws of a firm that moves in
POINTS = 10.0  # a gain is counted in tens of points of score
OF_THE_PLOT = ("park", "plot", "vintage", "key", "entry_year", "exit_year")  # what stays; the tenant moves


def attracted(
    world: World, scores: np.ndarray, strength: float, stream_key: np.uint64, maps: ProvinceMap | None = None
) -> World:
    """`world` with tenants that have traded places; `scores` [years, parks] at the end of each year from the first.

    Firms move with all that describes them (sector, size, owner, use); a plot keeps its name, its draws and the years in
    which it is let. A strength of zero gives the same tenants.
    """
    tenant = np.arange(world.n_firms)
    with wrapping():
        for year in range(world.first_year + 1, world.last_year + 1):
            for rows in newcomers(world, year, maps):
                trade(rows, tenant, world, scores[year - 1 - world.first_year], strength, year, stream_key)
    moved = {name: column[tenant] for name, column in world.firms._asdict().items() if name not in OF_THE_PLOT}
    changed = hashlib.sha256(world.digest.encode() + tenant.tobytes()).hexdigest()
    return replace(world, firms=freeze(world.firms._replace(**moved)), digest=changed)


def newcomers(world: World, year: int, maps: ProvinceMap | None = None) -> list[np.ndarray]:
    """Rows of the firms that move in this year, one array for each province (by `maps`) in which two or more do."""
    firms = world.firms
    rows = np.flatnonzero((firms.entry_year == year) & (firms.exit_year > year))
    province, home = world.parks.province[firms.park[rows]], maps.in_force(year) if maps else None
    province = province if home is None else home[province]
    pools = [rows[province == v] for v in np.unique(province)]
    return [pool for pool in pools if pool.size > 1]


def trade(
    rows: np.ndarray,
    tenant: np.ndarray,
    world: World,
    score: np.ndarray,
    strength: float,
    year: int,
    stream_key: np.uint64,
) -> None:
    """The firms of one pool trade places, in an order that is drawn; `tenant` [n_rows] says who is where."""
    firms = world.firms
    keys = firms.key[rows]
    turn = np.array([draw(stream_key, key, year, TURN) for key in keys])
    in_turn = rows[np.argsort(turn, kind="stable")]
    trade_places(in_turn, tenant, firms, score, strength, year, stream_key)


@compiled
def trade_places(rows, tenant, firms, score, strength, year, stream_key):
    """Each firm in turn meets another by draw. They trade places with probability 1 - exp(-strength x gain).

    The gain is in tens of points: what the one who cares about standards wins by going to the park with the higher score.
    """
    keys, park, cares = firms.key, firms.park, firms.foreign
    for n in range(rows.size):
        here = rows[n]
        there = rows[int(draw(stream_key, keys[here], year, PARTNER) * rows.size)]
        caring = np.float64(cares[tenant[here]]) - np.float64(cares[tenant[there]])
        gain = caring * (score[park[there]] - score[park[here]]) / POINTS
        chance = 1.0 - exp(-strength * gain) if gain > 0.0 else 0.0
        if draw(stream_key, keys[here], year, WILLING) < chance:
            tenant[here], tenant[there] = tenant[there], tenant[here]


def scores_of_run(model: EIPModel) -> np.ndarray:
    """Mean score of every park at the end of every year of a run [years, parks]; steps `model` through all its years."""
    years = []
    while model.year < model.world.last_year:
        model.step()
        years.append(model.state.operators.score.sum(axis=1) / len(SCORES))
    return np.array(years)


def entry_stream(streams: np.ndarray) -> np.uint64:
    """The key of the draws of entry choice among those of a run."""
    return streams[PROCESSES["entry choice"]]
