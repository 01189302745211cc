"""What common draws save where parameter sets differ too: against the same sets with other draws.

Two scenarios have much in common in a state because they have the same set of parameters, and more because they have the
same draws. Only the second is what pairing gives: the sets would be the same in runs with draws of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from eipsim.analysis.choice import scores
from eipsim.analysis.intervals import LEAST_DRAWS, PAIRING, pairing, quantile_of_t, saved


def gain_of_same_draws(
    values: np.ndarray, base: np.ndarray, sets: np.ndarray, blocks: np.ndarray, draws: np.ndarray | None
) -> dict[str, float]:
    """`rho` over the states, and the gain of pairing with the runs it saves, each with its 95 % interval.

    values, base [states] : of a scenario and the baseline, in pairs; sets : which states have the same inputs; blocks : which
    were drawn together; draws : which have the same draws, None where every state has its own

    The gain is the variance of the mean difference with other draws at the same sets over that with the same, of which the
    interval of the difference is made. The first is the second and twice the covariance that draws alone give: of states
    within a set, or where all sets share them, of means over sets. NaN with fewer than five draws, and where no set was run
    with several. The interval is by jackknife, over blocks and, where they are shared, over draws, of the logarithm (Miller
    1968); that of a single set as in `pairing`.
    """
    alone = {name: float(one[0]) for name, one in pairing(values[:, None], base[:, None]).items()}
    _, sets = np.unique(sets, return_inverse=True)
    many, repeated = len(values) if draws is None else len(np.unique(draws)), len(values) - (sets.max() + 1)
    if many < LEAST_DRAWS or repeated < LEAST_DRAWS - 1:
        return alone | dict.fromkeys(PAIRING, np.nan)
    if sets.max() == 0:
        return alone

    def log_gain(kept: np.ndarray) -> float:
        some = None if draws is None else draws[kept]
        return _log_gain(values[kept], base[kept], sets[kept], blocks[kept], some)

    whole = log_gain(np.ones(len(values), dtype=bool))
    over = [blocks] if draws is None else [blocks, draws]
    variance = sum(_jackknifed(log_gain, labels) for labels in over)
    half = quantile_of_t(min(len(np.unique(labels)) for labels in over)) * np.sqrt(variance)
    return alone | saved(len(values), *(float(np.exp(one)) for one in (whole, whole - half, whole + half)))


def _log_gain(
    values: np.ndarray, base: np.ndarray, sets: np.ndarray, blocks: np.ndarray, draws: np.ndarray | None
) -> float:
    """Logarithm of the variance of the mean difference with other draws over that with the same."""
    gap = values - base
    paired, _ = scores.variance_of_sum(gap - gap.mean(), blocks, draws)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.log(1.0 + 2.0 * _shared_by_draws(values, base, sets, draws) / paired))


def _shared_by_draws(values: np.ndarray, base: np.ndarray, sets: np.ndarray, draws: np.ndarray | None) -> float:
    """Covariance of the sums over states that draws alone give."""
    _, sets, counts = np.unique(sets, return_inverse=True, return_counts=True)
    one, other = (each - (np.bincount(sets, each) / counts)[sets] for each in (values, base))
    if draws is None:
        return float(len(values) * (one * other).sum() / (len(values) - len(counts)))
    _, which = np.unique(draws, return_inverse=True)
    first, second = (np.bincount(which, each) for each in (one, other))
    return float(len(first) * np.cov(first, second)[0, 1])


def _jackknifed(estimate: Callable[[np.ndarray], float], labels: np.ndarray) -> float:
    """Variance of an estimate, from what it is without each of the labels in turn."""
    without = np.array([estimate(kept) for kept in _all_but_one(labels)])
    return float((len(without) - 1) ** 2 / len(without) * without.var(ddof=1)) if len(without) > 1 else np.nan


def _all_but_one(labels: np.ndarray) -> Iterator[np.ndarray]:
    for label in np.unique(labels):
        yield labels != label
