"""In which year each park was, or will be, established, and takes its first tenants.

Years that no source tells are drawn so that every year's national total holds: unknown parks are put in an order
(keyed, moved by what is known of them) and dealt to the years in which the national curve still has room.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from eipsim.core.draws import uniforms
from eipsim.core.years import LAST_YEAR, NEVER
from eipsim.world.curves import Curves, whole
from eipsim.world.park_list import BIRTH, EXTRA, STOCK, Site

PLANNED_FIRST = 10.0  # more than any other difference of scores


def established_years(
    sites: list[Site], keys: np.ndarray, early: np.ndarray, curves: Curves, constants: dict, seed: int
) -> np.ndarray:
    """The year every park is established (int[n_parks]); `early` parks operate by the stock year."""
    kinds = np.array([site.kind for site in sites])
    known = np.array([site.year or 0 for site in sites])
    at = curves.position(int(constants["stock_year"]))
    scores = age_scores(sites, keys, early, constants["age_evidence_weight"], seed)
    totals = {
        STOCK: np.where(np.arange(len(curves.years)) >= at, len(kinds), curves.established),
        BIRTH: np.maximum(curves.established - curves.established[at], 0),
        EXTRA: curves.extra,
    }
    years = known.copy()
    for kind, total in totals.items():
        rows = np.flatnonzero((kinds == kind) & (known == 0))
        slots = open_years(curves.years, total, known[(kinds == kind) & (known > 0)], len(rows))
        bounds = np.array([(sites[i].established_from or 0, sites[i].established_by or NEVER) for i in rows])
        years[rows] = deal_years(slots, scores[rows], bounds)
    return years


def age_scores(sites: list[Site], keys: np.ndarray, early: np.ndarray, weight: float, seed: int) -> np.ndarray:
    """What unknown years are ordered by (low = old): keyed, moved by `weight` for what is known of the park.

    Planned rows come before synthesised births; parks that operate are older, those known to have no tenants younger.
    """
    empty = np.array([site.operating == "false" for site in sites])
    planned = np.array([site.kind == BIRTH and not site.synthetic for site in sites])
    return uniforms(seed, "founding", keys) + weight * (empty * 1.0 - early) - PLANNED_FIRST * planned


def open_years(years: np.ndarray, total: np.ndarray, known: np.ndarray, n: int) -> np.ndarray:
    """The `n` years, in rising order, in which `total` (parks by year) has room beside the `known` years."""
    taken = np.searchsorted(np.sort(known), years, side="right")
    room = np.minimum(np.maximum.accumulate(np.maximum(total - taken, 0)), n)
    slots = np.repeat(years, np.diff(room, prepend=0))
    return np.concatenate([slots, np.full(n - len(slots), LAST_YEAR)])


def deal_years(slots: np.ndarray, scores: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """A year for each park by order of `scores`; parks with `bounds` (first, last year) choose first, within them."""
    years, free = np.zeros(len(scores), dtype=np.int64), list(slots)
    bounds = bounds.reshape(-1, 2)
    bounded = (bounds[:, 0] > 0) | (bounds[:, 1] < NEVER)
    for row in np.lexsort((scores, bounds[:, 1])):
        if bounded[row]:
            years[row] = take_year(free, scores[row], *bounds[row])
    others = np.flatnonzero(~bounded)
    years[others[np.argsort(scores[others], kind="stable")]] = free
    return years


def take_year(free: list, score: float, first: int, last: int) -> int:
    """Takes from the rising list `free` the year at share `score` (0 to 1) of those from `first` to `last`."""
    low, high = np.searchsorted(free, (first, last + 1))
    share = min(max(score, 0.0), 1.0 - 1e-9)
    place = min(int(low + share * max(high - low, 1)), len(free) - 1)
    return min(max(free.pop(place), first), last)


def operating_years(
    sites: list[Site],
    keys: np.ndarray,
    early: np.ndarray,
    established: np.ndarray,
    curves: Curves,
    constants: dict,
    seed: int,
) -> np.ndarray:
    """The first year with tenants (int[n_parks]); 9999 for parks that wait beyond 2050.

    Every year as many parks open as the national operating share asks for, the longest waiting first; of the parks
    that exist in the stock year only the `early` ones open by then.
    """
    kinds = np.array([site.kind for site in sites])
    ready = established + int(constants["opening_lag_least"])
    wait = -constants["opening_lag"] * np.log(uniforms(seed, "founding", keys, item=2))
    ready = np.where(early | (kinds != STOCK), ready, np.maximum(ready, int(constants["stock_year"]) + 1))
    due = np.array([site.operating_by or NEVER for site in sites])
    opened = np.full(len(sites), NEVER)
    planned = whole(curves.operating_share * curves.established)
    extra = whole(curves.operating_share * curves.extra)
    for rows, target in ((np.flatnonzero(kinds != EXTRA), planned), (np.flatnonzero(kinds == EXTRA), extra)):
        opened[rows] = open_in_turn(curves.years, target, ready[rows], wait[rows], due[rows])
    return opened


def open_in_turn(
    years: np.ndarray, target: np.ndarray, ready: np.ndarray, wait: np.ndarray, due: np.ndarray
) -> np.ndarray:
    """The opening year of each park when `target` parks operate in each year; those that are due come first."""
    opened = np.full(len(ready), NEVER)
    for year, wanted in zip(years, target):
        n = wanted - (opened < NEVER).sum()
        waiting = np.flatnonzero((opened == NEVER) & (ready <= year))
        if n > 0:
            order = np.lexsort((ready[waiting] + wait[waiting], due[waiting] > year))
            opened[waiting[order[:n]]] = year
    return opened


def opens_early(
    sites: list[Site], keys: np.ndarray, curves: Curves, constants: dict, seed: int, anchors: dict[str, int]
) -> np.ndarray:
    """Which stock parks operate by the stock year (bool[n_parks]): named tenants, then the likeliest of the unknown.

    `anchors` (province -> operating parks) are official: a province's unknown parks within its number come first, those
    beyond it last.
    """
    stock = np.array([site.kind == STOCK for site in sites])
    early = stock & np.array([site.operating == "true" for site in sites])
    unknown = np.flatnonzero(stock & np.array([site.operating == "unknown" for site in sites]))
    at = curves.position(int(constants["stock_year"]))
    wanted = int(whole(curves.operating_share * curves.established)[at]) - int(early.sum())
    score = likelihood_scores(sites, keys, constants, seed)
    order = unknown[np.argsort(score[unknown], kind="stable")]
    tier = anchor_tiers([sites[i].province for i in order], _named_operating(sites), anchors)
    early[order[np.argsort(tier, kind="stable")][: max(wanted, 0)]] = True
    return early


def likelihood_scores(sites: list[Site], keys: np.ndarray, constants: dict, seed: int) -> np.ndarray:
    """What unknown parks are ordered by (low = likely to operate): keyed, mapped parks earlier, young ones later."""
    weight, stock_year = constants["age_evidence_weight"], constants["stock_year"]
    age = np.array([stock_year - site.year if site.year else np.inf for site in sites])
    young = 1.0 / (1.0 + np.maximum(age, 0.0) / constants["opening_lag"])
    mapped = np.array([site.point is not None for site in sites])
    return uniforms(seed, "founding", keys, item=3) + weight * (young - mapped)


def _named_operating(sites: list[Site]) -> dict[str, int]:
    return Counter(site.province for site in sites if site.kind == STOCK and site.operating == "true")


def anchor_tiers(provinces: list[str], named: dict[str, int], anchors: dict[str, int]) -> np.ndarray:
    """0 within the province's official number, 1 where there is none, 2 beyond it; parks in order of likelihood."""
    left = {province: total - named.get(province, 0) for province, total in anchors.items()}
    tiers = []
    for province in provinces:
        if province not in left:
            tiers.append(1)
            continue
        tiers.append(0 if left[province] > 0 else 2)
        left[province] -= 1
    return np.array(tiers, dtype=np.int64)
