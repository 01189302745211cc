"""What replicates say of a mean, a ratio of means and a paired difference, and how sure they are of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import stdtrit  # quantiles of Student's t; scipy.stats would take a third of a second to load

CONFIDENCE = 0.95
NO_INTERVAL = (np.nan, np.nan, np.nan)
Interval = tuple[Any, Any, Any]  # estimate, low, high


def mean_interval(values: np.ndarray) -> Interval:
    """Mean over the first axis (replicates) with its 95 % interval by Student's t; NaN bounds with one replicate."""
    n, mean = len(values), values.mean(axis=0)
    if n < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = quantile_of_t(n) * values.std(axis=0, ddof=1) / np.sqrt(n)
    return mean, mean - half, mean + half


def ratio_interval(above: np.ndarray, below: np.ndarray) -> Interval:
    """Mean of `above` over mean of `below` (paired, [n]), linearised 95 % interval; NaN when `below` is all 0."""
    if len(below) == 0 or not below.any():
        return NO_INTERVAL
    ratio = above.mean() / below.mean()
    if len(below) < 2:
        return ratio, np.nan, np.nan
    spread = np.std(above - ratio * below, ddof=1) / abs(below.mean()) / np.sqrt(len(below))
    return ratio, ratio - quantile_of_t(len(below)) * spread, ratio + quantile_of_t(len(below)) * spread


def quantile_of_t(n: float, confidence: float = CONFIDENCE) -> float:
    """Half the width of the interval of a mean of `n` values, in standard errors: n - 1 degrees of freedom.

    >>> round(quantile_of_t(20), 3)
    2.093
    """
    return float(stdtrit(n - 1, 0.5 + confidence / 2.0))


def pairing(with_policy: np.ndarray, without: np.ndarray) -> dict[str, np.ndarray]:
    """What the same draws gain, [years, outcomes] from [replicates, years, outcomes].

    Var(difference) is v1 + v0 with independent draws and v1 + v0 - 2 rho s1 s0 with the same: their ratio is the gain.
    NaN where an outcome does not vary, infinite where only the difference does not.
    """
    n = len(with_policy)
    if n < 2:
        nothing = np.full(with_policy.shape[1:], np.nan)
        return {"rho": nothing, "pairing_gain": nothing, "runs_saved": nothing}
    a, b = with_policy - with_policy.mean(axis=0), without - without.mean(axis=0)
    apart, together = (a**2).sum(axis=0) + (b**2).sum(axis=0), ((a - b) ** 2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = (a * b).sum(axis=0) / np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
        gain = apart / together
    return {"rho": rho, "pairing_gain": gain, "runs_saved": 2.0 * n * (gain - 1.0)}
