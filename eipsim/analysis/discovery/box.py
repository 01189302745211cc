"""Boxes in the space of inputs: the limits of some factors, and how well they tell the runs of interest from the others.

coverage : share of the rows of interest that lie in the box; density : share of the rows in the box that are of interest;
mass : share of all rows that lie in the box (Bryant and Lempert 2010).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from eipsim.core.numbers import number

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Limit:
    """What a box asks of one factor: a range, of which an end may be infinite, or one of some labels.

    qp_low, qp_high : quasi-p-value of each end, NaN where there is none; labels have theirs in `qp_low`.
    """

    factor: str
    low: float = -math.inf
    high: float = math.inf
    labels: frozenset[str] | None = None
    qp_low: float = math.nan
    qp_high: float = math.nan

    def holds(self, rows: pd.DataFrame) -> np.ndarray:
        if self.is_open:
            return np.ones(len(rows), dtype=bool)
        column = rows[self.factor]
        if self.labels is not None:
            return column.isin(list(self.labels)).to_numpy()
        values = column.to_numpy(float)
        return (values >= self.low) & (values <= self.high)

    @property
    def is_open(self) -> bool:
        """Whether it asks nothing."""
        return self.labels is None and self.low == -math.inf and self.high == math.inf

    def __str__(self) -> str:
        """In words.

        >>> print(Limit("a", 0.25), Limit("a", high=34012.3), Limit("a", 0.1, 0.2), Limit("r", labels=frozenset("xy")))
        a at least 0.25 a at most 34,012 a from 0.1 to 0.2 r is x or y
        """
        if self.labels is not None:
            return f"{self.factor} is {' or '.join(sorted(self.labels))}"
        if self.low == -math.inf:
            return f"{self.factor} at most {number(self.high)}"
        if self.high == math.inf:
            return f"{self.factor} at least {number(self.low)}"
        return f"{self.factor} from {number(self.low)} to {number(self.high)}"


@dataclass(frozen=True)
class Box:
    """Limits that hold together, and their scores on the rows they were found in."""

    limits: tuple[Limit, ...] = ()
    coverage: float = math.nan
    density: float = math.nan
    mass: float = math.nan
    rows: int = 0
    cases: int = 0

    @property
    def factors(self) -> tuple[str, ...]:
        return tuple(limit.factor for limit in self.limits)

    def holds(self, rows: pd.DataFrame) -> np.ndarray:
        """Which rows lie in the box, bool [rows]."""
        return np.logical_and.reduce([np.ones(len(rows), dtype=bool), *(limit.holds(rows) for limit in self.limits)])

    def scored(self, rows: pd.DataFrame, of_interest: np.ndarray) -> Box:
        """The same box with its scores on these rows."""
        return replace(self, **scores(self.holds(rows), of_interest))

    def __str__(self) -> str:
        return " and ".join(map(str, self.limits)) or "everywhere"


def scores(inside: np.ndarray, of_interest: np.ndarray) -> dict[str, Any]:
    """Coverage, density and mass of the rows `inside`, with their counts."""
    n, cases, total = int(inside.sum()), int((inside & of_interest).sum()), int(of_interest.sum())
    return {
        "coverage": cases / total if total else math.nan,
        "density": cases / n if n else math.nan,
        "mass": n / len(inside) if len(inside) else math.nan,
        "rows": n,
        "cases": cases,
    }


def of_any(boxes: Sequence[Box], rows: pd.DataFrame) -> np.ndarray:
    """Which rows lie in at least one of the boxes."""
    return np.logical_or.reduce([box.holds(rows) for box in boxes]) if boxes else np.zeros(len(rows), dtype=bool)


def quasi_p(box: Box, position: int, without: Limit, rows: pd.DataFrame, of_interest: np.ndarray) -> float:
    """Chance to find as many cases in the box if the limit at `position` could as well be `without`.

    One-sided binomial test against the density of the box without that limit (Bryant and Lempert 2010). It is called
    quasi because the limit was chosen by the very rows it is tested on: large values tell that a limit is idle, small
    ones do not prove that it is not.
    """
    wider = replace(box, limits=(*box.limits[:position], without, *box.limits[position + 1 :]))
    inside, around = (scores(one.holds(rows), of_interest) for one in (box, wider))
    if not around["rows"] or inside["rows"] == around["rows"]:
        return 1.0
    return float(binom.sf(inside["cases"] - 1, inside["rows"], around["density"]))


def examined(box: Box, rows: pd.DataFrame, of_interest: np.ndarray) -> Box:
    """The same box with scores and the quasi-p-value of every end of its limits."""
    limits = []
    for position, limit in enumerate(box.limits):
        found = {end: quasi_p(box, position, without, rows, of_interest) for end, without in _ends(limit).items()}
        limits.append(replace(limit, qp_low=found.get("qp_low", math.nan), qp_high=found.get("qp_high", math.nan)))
    return replace(box, limits=tuple(limits)).scored(rows, of_interest)


def _ends(limit: Limit) -> dict[str, Limit]:
    """The limit without each of its ends."""
    if limit.labels is not None:
        return {"qp_low": Limit(limit.factor)}
    ends = {}
    if limit.low > -math.inf:
        ends["qp_low"] = replace(limit, low=-math.inf)
    if limit.high < math.inf:
        ends["qp_high"] = replace(limit, high=math.inf)
    return ends


def simplified(box: Box, rows: pd.DataFrame, of_interest: np.ndarray, level: float = SIGNIFICANT) -> Box:
    """The box without the ends of limits that are idle, the idlest removed first, each time all examined anew."""
    while True:
        box = examined(box, rows, of_interest)
        idle = [
            (getattr(limit, end), position, without)
            for position, limit in enumerate(box.limits)
            for end, without in _ends(limit).items()
            if getattr(limit, end) > level
        ]
        if not idle:
            return box
        _, position, without = max(idle, key=lambda one: one[0])
        limits = [*box.limits[:position], without, *box.limits[position + 1 :]]
        box = replace(box, limits=tuple(limit for limit in limits if not limit.is_open))
