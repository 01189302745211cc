"""How many parks exist and operate in every year, and how many firms: totals interpolated between observations.

A model year's stock is the last count observed in that year; between observed years it is interpolated linearly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from eipsim.core.years import FIRST_YEAR, LAST_YEAR
from eipsim.world.recipe import Recipe


@dataclass(frozen=True)
class Curves:
    """Totals by year; all arrays [n_years], aligned with `years`."""

    years: np.ndarray
    established: np.ndarray  # parks
    extra: np.ndarray  # parks more under births="high"
    operating_share: np.ndarray  # of established parks

    def position(self, year: int) -> int:
        """Position of `year`."""
        return int(np.clip(year - self.years[0], 0, len(self.years) - 1))


def national_curves(recipe: Recipe) -> Curves:
    """Park totals from `park_counts` (observed) and `park_plan` (before and after)."""
    planned = {row.year: row.established for row in recipe.park_plan}
    counted = {row.year: row.established for row in sorted(recipe.park_counts, key=lambda row: row.date)}
    established = _with_history(planned | counted, int(recipe.constants["history_years"]))
    years = np.arange(min(*established, FIRST_YEAR), LAST_YEAR + 1)
    return Curves(
        years=years,
        established=np.maximum.accumulate(whole(interpolate(established, years))),
        extra=whole(interpolate(_extra(recipe), years)),
        operating_share=interpolate(_operating_share(recipe), years),
    )


def _with_history(established: dict[int, int], length: int) -> dict[int, int]:
    """The counts with a start at zero `length` years before the first, unless that one tells of no parks."""
    first = min(established)
    return established if established[first] == 0 else {first - length: 0} | established


def firms_by_year(recipe: Recipe) -> dict[int, float]:
    """Firms alive in the country in every year from 2015 to the last one counted; empty when nothing was counted."""
    counted = {row.year: float(row.firms) for row in recipe.firm_counts if row.year <= LAST_YEAR}
    if not counted or max(counted) < FIRST_YEAR:
        return {}
    years = np.arange(FIRST_YEAR, max(counted) + 1)
    return dict(zip(years.tolist(), interpolate(counted, years).tolist()))


def interpolate(points: Mapping[int, float], years: np.ndarray) -> np.ndarray:
    """Linear between the `points` (year -> value), constant beyond them."""
    at = sorted(points)
    return np.interp(years, at, [points[year] for year in at])


def whole(numbers: np.ndarray) -> np.ndarray:
    return np.floor(numbers + 0.5).astype(np.int64)


def _extra(recipe: Recipe) -> dict[int, int]:
    """Parks more than planned under high births, by year; none up to the last count before the high plan."""
    high = {r.year: r.established_high - r.established for r in recipe.park_plan if r.established_high is not None}
    first = min(high, default=LAST_YEAR)
    counted = [row.year for row in recipe.park_counts if row.year < first]
    return {max([int(recipe.constants["stock_year"]), *counted]): 0} | high


def _operating_share(recipe: Recipe) -> dict[int, float]:
    """Operating over established parks where both were counted, and where the plan says so. One if nobody counted."""
    rows = sorted(recipe.park_counts, key=lambda row: row.date)
    both = [row for row in rows if row.operating is not None and row.established]
    counted = {row.year: row.operating / row.established for row in both}  # type: ignore[operator]
    planned = {row.year: row.operating_share for row in recipe.park_plan if row.operating_share is not None}
    return planned | counted or {FIRST_YEAR: 1.0}
