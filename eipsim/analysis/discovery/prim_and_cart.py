"""Two ways to find boxes: PRIM (Friedman and Fisher 1999, as in the EMA Workbench) and CART (as in scikit-learn).

Both come with `pip install 'eipsim[analysis]'`. Whole numbers are searched as numbers and their limits put on whole numbers.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from eipsim.analysis.discovery.box import Box, Limit, of_any, simplified
from eipsim.analysis.subsets import is_numeric
from eipsim.core.extras import needed

LEAST_LIFT = 1.2  # a box must be so many times as dense as all rows are, or its rest so many times as rare
MASS = {"prim": 0.05, "cart": 0.02}


@dataclass(frozen=True)
class Search:
    """How boxes are looked for.

    method : prim or cart; boxes : at most so many
    density : the least a box must have; None: the best balance of coverage and density, see `best_balance`
    mass : the least share of rows in a box; peel : share of rows that PRIM peels off at a time
    """

    method: str = "prim"
    boxes: int = 1
    density: float | None = None
    mass: float = MASS["prim"]
    peel: float = 0.05


@dataclass(frozen=True)
class FoundBoxes:
    """Boxes in the order they were found; `trajectory` is what PRIM went through on its way to each."""

    boxes: tuple[Box, ...]
    trajectory: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)


def find(rows: pd.DataFrame, of_interest: np.ndarray, search: Search) -> FoundBoxes:
    """Boxes of the rows of interest. `rows`: a column per factor, float or text."""
    of_interest = np.asarray(of_interest, dtype=bool)
    if of_interest.all() or not of_interest.any():
        return FoundBoxes(())
    return (by_prim if search.method == "prim" else by_cart)(rows, of_interest, search)


def stands_out(box: Box, base: float) -> bool:
    """Whether a box is clearly denser than all rows, or where these are dense already, has clearly less of the rest.

    >>> [stands_out(Box(density=density), base) for density, base in ((0.4, 0.3), (0.32, 0.3), (0.95, 0.9), (0.91, 0.9))]
    [True, False, True, False]
    """
    return box.density >= LEAST_LIFT * base or 1.0 - box.density <= (1.0 - base) / LEAST_LIFT


def tells_something(box: Box, rows: pd.DataFrame, earlier: Sequence[Box] = ()) -> bool:
    """Whether a box leaves out some rows and holds some that no earlier box does."""
    inside = box.holds(rows)
    return not inside.all() and bool((inside & ~of_any(earlier, rows)).any())


# ---- PRIM ------------------------------------------------------------------------------------------------------------


def by_prim(rows: pd.DataFrame, of_interest: np.ndarray, search: Search) -> FoundBoxes:
    """One box after the other, each among the rows that no earlier box holds."""
    left, boxes, ways = np.ones(len(rows), dtype=bool), [], []
    for number in range(1, search.boxes + 1):
        some, cases = rows[left], of_interest[left]
        if cases.all() or not cases.any() or left.sum() * search.mass < 1.0:
            break
        way, limits = peeled(some, cases, search, len(rows) / left.sum())
        way["coverage"] *= cases.sum() / of_interest.sum()
        way["mass"] *= left.mean()
        chosen = best_balance(way, search.density)
        box = simplified(Box(limits[chosen]), some, cases)
        if not tells_something(box, some) or not stands_out(box, of_interest.mean()):
            break
        ways.append(way.assign(box=number, chosen=np.arange(len(way)) == chosen))
        # all scores are of all rows; what earlier boxes hold already counts for both
        boxes.append(box.scored(rows, of_interest))
        left &= ~box.holds(rows)
    return FoundBoxes(tuple(boxes), pd.concat(ways, ignore_index=True) if ways else pd.DataFrame())


def peeled(
    rows: pd.DataFrame, of_interest: np.ndarray, search: Search, times: float = 1.0
) -> tuple[pd.DataFrame, list[tuple[Limit, ...]]]:
    """What PRIM goes through: scores of every box on the way, and the limits of each."""
    prim = library("ema_workbench.analysis.prim")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search_of = prim.Prim(
            _as_prim_likes(rows), of_interest, threshold=1e-9, peel_alpha=search.peel, paste_alpha=search.peel,
            mass_min=min(0.5, search.mass * times),
        )  # fmt: skip
        box = search_of.find_box()
    way = box.peeling_trajectory[["coverage", "density", "mass", "res_dim"]].astype(float)
    way = way.rename(columns={"res_dim": "limited_factors"}).reset_index(drop=True)
    way["limited"] = [", ".join(sorted(map(str, one))) for one in box.qp]
    return way, [_limits_of(limits, search_of.box_init, rows) for limits in box.box_lims]


def _as_prim_likes(rows: pd.DataFrame) -> pd.DataFrame:
    """Columns by number, since PRIM gives a meaning of its own to some names; labels as categories."""
    plain = rows.reset_index(drop=True)
    return plain.astype({name: object for name in plain if not is_numeric(plain[name])})


def _limits_of(limits: pd.DataFrame, everything: pd.DataFrame, rows: pd.DataFrame) -> tuple[Limit, ...]:
    """A box of the EMA Workbench as limits; what lies at the end of the data is open."""
    found = []
    for name in limits:
        low, high = limits[name]
        if isinstance(low, set):
            if low != everything[name][0]:
                found.append(Limit(name, labels=frozenset(map(str, low))))
            continue
        ends = (math.ceil(low), math.floor(high)) if is_whole(rows[name]) else (low, high)
        lowest, highest = everything[name]
        limit = Limit(
            name, -math.inf if low <= lowest else float(ends[0]), math.inf if high >= highest else float(ends[1])
        )
        if not limit.is_open:
            found.append(limit)
    return tuple(found)


def best_balance(way: pd.DataFrame, density: float | None = None) -> int:
    """The box that holds most rows of interest beyond what a share of all rows as large would hold by chance.

    That is mass (density - density of all rows), the weighted relative accuracy of Lavrač, Flach and Zupan (1999). With
    `density`, the widest box that reaches it, if one does.

    >>> best_balance(pd.DataFrame({"coverage": [1.0, 0.9, 0.2], "density": [0.2, 0.8, 1.0], "mass": [1.0, 0.225, 0.04]}))
    1
    """
    if density is not None and (way["density"] >= density).any():
        return int(way["coverage"].where(way["density"] >= density, -1.0).to_numpy().argmax())
    return int((way["mass"] * (way["density"] - way["density"].iloc[0])).to_numpy().argmax())


# ---- CART ------------------------------------------------------------------------------------------------------------

LEAVES = 16


def by_cart(rows: pd.DataFrame, of_interest: np.ndarray, search: Search) -> FoundBoxes:
    """The leaves of a classification tree that hold more cases of interest than others, siblings merged.

    First those that hold most cases beyond what a share of all rows as large would. Leaves of which nothing is left once
    idle limits are dropped are no boxes.
    """
    tree_library = library("sklearn.tree")
    columns, table = _columns(rows)
    least = max(2, math.ceil(search.mass * len(rows)))
    grown = tree_library.DecisionTreeClassifier(max_leaf_nodes=LEAVES, min_samples_leaf=least, random_state=1)
    tree = grown.fit(table, of_interest).tree_
    wanted = search.density if search.density is not None else max(0.5, of_interest.mean())
    leaves = [Box(limits) for limits, dense in _leaves(tree, columns, rows, 0, {}, wanted) if dense]
    if (
        not any(box.limits for box in leaves) and search.density is None
    ):  # none is of interest by majority: the densest one
        every = [Box(limits) for limits, _ in _leaves(tree, columns, rows, 0, {}, -1.0, merge=False)]
        leaves = sorted((box.scored(rows, of_interest) for box in every), key=lambda box: -box.density)[:1]
    base, boxes = of_interest.mean(), list[Box]()
    freed = [simplified(box, rows, of_interest) for box in leaves]
    for box in sorted(freed, key=lambda box: -box.mass * (box.density - base)):  # as `best_balance` weighs them
        if tells_something(box, rows, boxes) and stands_out(box, base):
            boxes.append(box)
    return FoundBoxes(tuple(boxes[: search.boxes]))


def _columns(rows: pd.DataFrame) -> tuple[list[tuple[str, str | None]], np.ndarray]:
    """What a tree splits on: a number, or whether a factor has a label; and the table of them."""
    columns: list[tuple[str, str | None]] = []
    parts = []
    for name in rows:
        if is_numeric(rows[name]):
            columns.append((name, None))
            parts.append(rows[name].to_numpy(float))
            continue
        for label in sorted(rows[name].unique()):
            columns.append((name, label))
            parts.append((rows[name] == label).to_numpy(float))
    return columns, np.stack(parts, axis=1)


def _leaves(
    tree: Any, columns: list, rows: pd.DataFrame, node: int, limits: dict[str, Limit], wanted: float, merge: bool = True
) -> Iterator[tuple[tuple[Limit, ...], bool]]:
    """(limits, whether its density reaches `wanted`) of every leaf; two parts that agree are one."""
    if tree.children_left[node] < 0:
        shares = tree.value[node][0]
        yield tuple(limits.values()), bool(shares[-1] / shares.sum() >= wanted)
        return
    name, label = columns[tree.feature[node]]
    sides = [_narrowed(limits, rows, name, label, float(tree.threshold[node]), left) for left in (True, False)]
    below, above = (
        list(_leaves(tree, columns, rows, child, side, wanted, merge))
        for child, side in zip((tree.children_left[node], tree.children_right[node]), sides)
    )
    verdicts = {dense for _, dense in below + above}
    if merge and len(verdicts) == 1:
        yield tuple(limits.values()), verdicts.pop()
    else:
        yield from below + above


def _narrowed(
    limits: dict[str, Limit], rows: pd.DataFrame, name: str, label: str | None, at: float, left: bool
) -> dict[str, Limit]:
    """The limits on one side of a split."""
    old = limits.get(name, Limit(name))
    if label is not None:
        all_labels = frozenset(rows[name].unique()) if old.labels is None else old.labels
        return limits | {name: Limit(name, labels=all_labels - {label} if left else frozenset({label}))}
    whole = is_whole(rows[name])
    if left:
        return limits | {name: Limit(name, old.low, min(old.high, math.floor(at) if whole else at))}
    return limits | {name: Limit(name, max(old.low, math.ceil(at) if whole else np.nextafter(at, math.inf)), old.high)}


# ---- columns ---------------------------------------------------------------------------------------------------------


def is_whole(column: pd.Series) -> bool:
    """Whether a factor has whole numbers only."""
    return is_numeric(column) and bool((column.to_numpy(float) % 1.0 == 0.0).all())


def library(name: str) -> Any:
    """A library that discovery is made with. InputError with how to get it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return needed(name, "scenario discovery")
