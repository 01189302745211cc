"""How good and how fast the matching of exchanges is: the model's greedy matching against an exact solver, park by park.

`python benchmarks/matching.py [--parks 200] [--year 2024]`. In each sampled park every opportunity of every tenant is noticed in
one year, the hardest case there is; partners in other parks are left out. The model matches them as in any year
(eipsim/exchanges/year.py). The exact problem over the same opportunities, tenants, prices and law is a mixed-integer program:
which opportunity goes to which receiver (at most one each), how much, with every firm's streams and demands as limits. Both are
judged by joint benefit a year. Prints quality and time.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from eipsim.exchanges import worth
from eipsim.exchanges.catalogue import N_POOLS, NO_DEMAND
from eipsim.exchanges.columns import OUTSIDE
from eipsim.exchanges.law import licence_cost
from eipsim.exchanges.partners import external_distance
from eipsim.exchanges.scene import NOT_WAITING
from eipsim.model.model import EIPModel

ALONE = {
    "exchanges.exchange_distance_km": 0.1, "exchanges.spontaneous_rate": 0.0, "exchanges.brokering_rate": 0.0,
    "exchanges.least_value_usd": 0.0, "exchanges.refusal_scale": 0.0,
    "levers.waste_reuse_reform": 1.0, "levers.wastewater_reuse_reform": 1.0, "levers.hazardous_reuse_reform": 1.0,
}  # fmt: skip
SECONDS_PER_PARK = 20.0
FEWEST_FIRMS = 10


def prepared(year: int) -> EIPModel:
    """The national model in `year`, in which no exchange has been found yet."""
    model = EIPModel("no-eip-policy", "vietnam", 1, settings=ALONE)
    while model.year < year:
        model.step()
    return model


def matched(model: EIPModel, park: int) -> tuple[np.ndarray, float, float]:
    """Rows of the exchanges that the model finds in `park`, their joint benefit [USD/yr], and seconds taken."""
    s = model.state.exchanges
    s.scene.tenants.year[:] = 0  # firms have everything again
    s.n, s.n_live, s.table[:] = 0, 0, np.zeros((), s.table.dtype)
    s.scene.plants.left[:] = s.scene.plants.capacity
    waiting = s.search.bar.copy()
    first, end = s.scene.sites.first_slot[park], s.scene.sites.end_slot[park]
    slots = first + np.flatnonzero(waiting[first:end] > NOT_WAITING)
    s.noticed[: slots.size] = slots
    start = time.perf_counter()
    s.find_partners(slots.size)
    seconds = time.perf_counter() - start
    s.search.bar[:] = waiting
    table = s.table[: s.n]
    joint = table.donor_benefit + table.receiver_benefit
    return np.arange(s.n), float(joint[joint > 0.0].sum()), seconds


class Candidates:
    """Every pair (opportunity, receiver) of a park that could pay, with its worth and what it draws on."""

    def __init__(self, model: EIPModel, rows: np.ndarray, park: int):
        self.model, self.c = model, model.state.market.constants
        self.x, self.e = model.state.exchanges.scene, model.state.exchanges.table
        self.pairs: list[tuple] = []
        tenants = model.rows_alive(park)
        for n in rows:
            chosen = (self.e.receiver[n], self.e.distance_km[n])
            for receiver in self.receivers(n, tenants):
                self.weigh(n, receiver)
            self.e.receiver[n], self.e.distance_km[n] = chosen

    def receivers(self, n: int, tenants: np.ndarray) -> list[int]:
        """Tenants of the park that could take what opportunity n offers, and the partner outside."""
        if self.e.donor[n] == OUTSIDE:
            return [int(self.e.receiver[n])]
        k = self.e.kind[n]
        takes = self.x.types.receivers[k][self.x.tenants.sector[tenants]] > 0
        inside = [int(j) for j in tenants[takes] if j != self.e.donor[n]]
        return inside + ([OUTSIDE] if self.x.types.external[k] else [])

    def weigh(self, n: int, receiver: int) -> None:
        x, c, exchange = self.x, self.c, self.e[n]
        kind, here, common = x.types[exchange.kind], x.sites[exchange.donor_park], x.common[0]
        if exchange.donor != OUTSIDE:
            away = external_distance(exchange, kind, common, c)
            exchange.distance_km = away if receiver == OUTSIDE else here.inner_km * c.circuity
        exchange.receiver = receiver
        for i in (exchange.donor, receiver):
            if i != OUTSIDE:
                worth.look_at(x, i)
        donor, taker, firm = x.tenants[exchange.donor], x.tenants[receiver], x.firms[exchange.donor]
        supply = worth.supply_left(exchange, kind, donor, firm, x.plants[exchange.plant], common)
        rate = common.rate_of_capital
        margin = worth.unit_margin(exchange, kind, donor, taker, common)
        margin -= rate * worth.capital_per_unit(exchange, kind, c)
        fixed = c.management_cost_usd + rate * (licence_cost(exchange, kind, here, common) + c.transaction_cost_usd)
        most = min(supply, worth.demand_left(exchange, kind, taker))
        if margin * most - fixed > 0.0:
            self.pairs.append((int(n), receiver, margin, fixed, most, *self.draws(n, receiver)))

    def draws(self, n: int, receiver: int) -> tuple:
        """(pool of the donor, units drawn, pool of the receiver, units displaced); None where nothing limits."""
        e, x, k = self.e, self.x, int(self.e.kind[n])
        stream, demand, donor = int(x.types.stream[k]), int(x.types.demand[k]), int(e.donor[n])
        gives = ("supply", donor, stream) if donor != OUTSIDE and stream < N_POOLS else None
        gives = ("plant", int(e.plant[n]), 0) if donor == OUTSIDE else gives
        takes = ("demand", receiver, demand) if receiver != OUTSIDE and demand != NO_DEMAND else None
        drawn = float(x.types.drawn[k]) if donor != OUTSIDE else 1.0
        return gives, drawn, takes, float(worth.displaced_unit(e[n], x.types[k]))

    def left(self, pool: tuple) -> float:
        kind, row, which = pool
        if kind == "plant":
            return float(self.x.plants.capacity[row])
        return float(self.x.tenants[kind][row, which])


def exact(candidates: Candidates) -> tuple[float, float, float]:
    """Best joint benefit that was found, the bound on any, and seconds: variables are quantities (scaled) and yes or no."""
    pairs = candidates.pairs
    if not pairs:
        return 0.0, 0.0, 0.0
    n = len(pairs)
    rows, columns, values, upper = [], [], [], []

    def limit(entries: list[tuple[int, float]], most: float) -> None:
        for column, value in entries:
            rows.append(len(upper))
            columns.append(column)
            values.append(value)
        upper.append(most)

    pools: dict[tuple, list[tuple[int, float]]] = {}
    one_each: dict[int, list[tuple[int, float]]] = {}
    for i, (opportunity, _, _, _, most, gives, drawn, takes, displaced) in enumerate(pairs):
        limit([(i, 1.0), (n + i, -1.0)], 0.0)
        one_each.setdefault(opportunity, []).append((n + i, 1.0))
        for pool, each in ((gives, drawn), (takes, displaced)):
            if pool is not None:
                pools.setdefault(pool, []).append((i, each * most))
    for entries in one_each.values():
        limit(entries, 1.0)
    for pool, entries in pools.items():
        most = candidates.left(pool)
        limit([(i, value / most) for i, value in entries], 1.0)
    matrix = coo_array((values, (rows, columns)), shape=(len(upper), 2 * n)).tocsr()
    gain = np.array([margin * most for _, _, margin, _, most, *_ in pairs])
    cost = np.array([fixed for _, _, _, fixed, *_ in pairs])
    start = time.perf_counter()
    answer = milp(
        np.concatenate([-gain, cost]), integrality=np.repeat([0, 1], n), bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(matrix, -np.inf, upper), options={"time_limit": SECONDS_PER_PARK, "mip_rel_gap": 1e-6},
    )  # fmt: skip
    seconds = time.perf_counter() - start
    found = -float(answer.fun) if answer.fun is not None else 0.0
    return found, -float(answer.mip_dual_bound), seconds


def compare(n_parks: int, year: int) -> dict[str, np.ndarray]:
    model = prepared(year)
    firms = np.bincount(model.state.firms.park[model.rows_alive()], minlength=model.world.n_parks)
    eligible = np.flatnonzero(firms >= FEWEST_FIRMS)
    parks = np.random.default_rng(1).permutation(eligible)[:n_parks]
    matched(model, int(parks[0]))  # not counted: compiles
    rows = []
    for park in parks:
        exchanges, greedy, fast = matched(model, int(park))
        model.state.exchanges.scene.tenants.year[:] = 0
        candidates = Candidates(model, exchanges, int(park))
        best, bound, slow = exact(candidates)
        rows.append((firms[park], exchanges.size, len(candidates.pairs), greedy, best, bound, fast, slow))
    names = ("firms", "opportunities", "pairs", "greedy", "best", "bound", "greedy_s", "exact_s")
    return dict(zip(names, np.array(rows, dtype=float).T))


def report(found: dict[str, np.ndarray]) -> None:
    worth = found["bound"] > 0.0
    share = found["greedy"][worth] / found["bound"][worth]
    print(f"{worth.size} parks, {found['firms'].mean():.0f} tenants, {found['opportunities'].mean():.0f} opportunities and "
          f"{found['pairs'].mean():.0f} pairs that could pay on average")  # fmt: skip
    print(f"share of the optimal joint benefit, all parks together: {found['greedy'].sum() / found['bound'].sum():.4f}")
    tenth, least = np.quantile(share, 0.1), share.min()
    print(
        f"by park: mean {share.mean():.4f}, median {np.median(share):.4f}, tenth percentile {tenth:.4f}, least {least:.4f}"
    )
    proven = np.abs(found["best"] - found["bound"]) <= 1e-5 * found["bound"] + 1.0
    print(f"exact solution proven in {proven.sum()} of {worth.size} parks; elsewhere its bound is the yardstick")
    print(f"time a park: greedy {1e3 * found['greedy_s'].mean():.2f} ms, exact {1e3 * found['exact_s'].mean():.0f} ms "
          f"(longest {found['exact_s'].max():.1f} s)")  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parks", type=int, default=200)
    parser.add_argument("--year", type=int, default=2024)
    given = parser.parse_args()
    report(compare(given.parks, given.year))
