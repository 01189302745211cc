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
    values: np.ndarray, base: np.ndarray, sets: np.ndarray, blocks: np.ndarray, draws: np.ndarray
) -> dict[str, float]:
    """`rho` over the states, and the gain of pairing with the runs it saves, each with its 95 % interval.

    values, base [states] : of a scenario and the baseline, in pairs; sets : which states have the same inputs; blocks : which
    were drawn together; draws : which have the same draws

    The variance of the mean difference is v with the same draws and v + 2 c / n with others, where c is the covariance of
    both within a set: that is what the draws alone have in common. NaN with fewer than five draws, and where no set was run
    with several. The interval is by jackknife, over blocks and, where they are shared, over draws, of the logarithm (Miller
    1968); that of a single set as in `pairing`.
    """
    alone = {name: float(one[0]) for name, one in pairing(values[:, None], base[:, None]).items()}
    _, sets = np.unique(sets, return_inverse=True)
    repeated = len(values) - (sets.max() + 1)
    if len(np.unique(draws)) < LEAST_DRAWS or repeated < LEAST_DRAWS - 1:
        return alone | dict.fromkeys(PAIRING, np.nan)
    if sets.max() == 0:
        return alone

    def log_gain(kept: np.ndarray) -> float:
        return _log_gain(values[kept], base[kept], sets[kept], blocks[kept])

    whole = log_gain(np.ones(len(values), dtype=bool))
    over = [blocks, draws] if len(np.unique(draws)) < len(values) else [blocks]
    variance = sum(_jackknifed(log_gain, labels) for labels in over)
    half = quantile_of_t(min(len(np.unique(labels)) for labels in over)) * np.sqrt(variance)
    return alone | saved(len(values), *(float(np.exp(one)) for one in (whole, whole - half, whole + half)))


def _log_gain(values: np.ndarray, base: np.ndarray, sets: np.ndarray, blocks: np.ndarray) -> float:
    """Logarithm of the variance of the mean difference with other draws over that with the same."""
    _, sets, counts = np.unique(sets, return_inverse=True, return_counts=True)
    own = [one - (np.bincount(sets, one) / counts)[sets] for one in (values, base)]
    covariance = (own[0] * own[1]).sum() / (len(values) - len(counts))
    paired = _variance_of_mean(values - base, blocks)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.log(1.0 + 2.0 * covariance / len(values) / paired))


def _variance_of_mean(values: np.ndarray, blocks: np.ndarray) -> float:
    """The squared standard error that `scores.interval` is made of."""
    sums, counts = scores.sums_by_block(values, blocks)
    return float(np.var(sums - counts * sums.sum() / counts.sum(), ddof=1) * len(counts) / counts.sum() ** 2)


def _jackknifed(estimate: Callable[[np.ndarray], float], labels: np.ndarray) -> float:
    """Variance of an estimate, from what it is without each of the labels in turn."""
    without = np.array([estimate(kept) for kept in _all_but_one(labels)])
    return float((len(without) - 1) ** 2 / len(without) * without.var(ddof=1)) if len(without) > 1 else np.nan


def _all_but_one(labels: np.ndarray) -> Iterator[np.ndarray]:
    for label in np.unique(labels):
        yield labels != label
