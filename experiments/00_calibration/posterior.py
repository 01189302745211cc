"""From an emulator and the record to parameter sets: which are likely, how much the record narrows each parameter, and whether
intervals so found hold what was planted.

The record is one draw: how likely it is under a set follows from the average of the set, the chance of a single population, the
granted discrepancy, and what the emulator does not know, all in logarithms and taken as normal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from emulator import Emulator
from record import FREE, NONE, Range, log_record, logs, names_of, tolerances
from scipy.special import logsumexp
from scipy.stats import qmc

INTERVAL = (0.05, 0.95)  # of ninety per cent
DIGITS = 5


def prior(ranges: Sequence[Range], n: int, seed: int) -> pd.DataFrame:
    """`n` sets as they are before the record is seen: evenly spread, every parameter independent of the others."""
    chances = qmc.LatinHypercube(len(ranges), rng=seed).random(n)
    return rounded(pd.DataFrame({one.name: one.at(chances[:, k]) for k, one in enumerate(ranges)}))


def rounded(sets: pd.DataFrame) -> pd.DataFrame:
    """Sets as they can be written down and read again."""
    return sets.map(lambda value: float(f"{value:.{DIGITS}g}"))


def log_likelihood(
    emulator: Emulator, sets: pd.DataFrame, records: pd.DataFrame, as_median: bool = False
) -> np.ndarray:
    """How likely each of `records` (logarithms, a row each) is under each set: logarithms [sets, records].

    as_median : the record is taken for the median of runs, and not for one of them, so that their chance does not count
    """
    means, unsure, covariance = emulator.predict(sets)
    granted = np.diag(tolerances()[names_of(emulator.part)] ** 2)
    if as_median:
        means, covariance = means + emulator.skew, np.zeros_like(covariance)
    covariance = covariance + granted + unsure[:, :, None] * np.eye(unsure.shape[1])
    lower = np.linalg.cholesky(covariance)
    misses = records[names_of(emulator.part)].to_numpy()[None] - means[:, None]
    scaled = np.linalg.solve(lower, np.swapaxes(misses, 1, 2))
    spread = 2.0 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    return -0.5 * ((scaled**2).sum(axis=1) + spread[:, None])


def weights_of(likelihood: np.ndarray) -> np.ndarray:
    """Shares from logarithms [sets]."""
    return np.exp(likelihood - logsumexp(likelihood))


def effective(weights: np.ndarray) -> float:
    """How many equally weighted sets tell as much."""
    return float(1.0 / (weights**2).sum())


def draw(
    emulators: Sequence[Emulator], ranges: Sequence[Range], n: int, tried: int, seed: int, as_median: bool = False
) -> tuple[pd.DataFrame, dict[str, float]]:
    """`n` equally weighted sets that go with the record, out of `tried`, and how many of these tell by part.

    The parts of the record are independent of each other, and so are the parameters that move them: each part is drawn on its
    own. What moves no part is as before.
    """
    generator, candidates, record = np.random.default_rng(seed), prior(ranges, tried, seed), log_record().to_frame().T
    drawn = {NONE: generator.permutation(tried)[:n]}
    told = {}
    for emulator in emulators:
        weights = weights_of(log_likelihood(emulator, candidates, record, as_median)[:, 0])
        told[emulator.part] = effective(weights)
        drawn[emulator.part] = generator.permutation(evenly(weights, n, generator.random()))
    return pd.DataFrame({one.name: candidates[one.name].to_numpy()[drawn[one.part]] for one in ranges}), told


def evenly(weights: np.ndarray, n: int, start: float) -> np.ndarray:
    """`n` rows drawn in proportion to `weights`, each as often as it should be or once more.

    >>> evenly(np.array([0.5, 0.0, 0.25, 0.25]), 4, 0.5).tolist()
    [0, 0, 2, 3]
    """
    return np.searchsorted(np.cumsum(weights), (np.arange(n) + start) / n * weights.sum() * (1.0 - 1e-12))


def distances(runs: pd.DataFrame) -> pd.DataFrame:
    """How far the record is from every set that was run, in standard deviations by target, from the runs alone.

    Chance counts as that of a single population and as error of the average, and the granted discrepancy counts.
    """
    recorded = logs(runs).groupby(runs["set"])
    variance = recorded.var().mul(1.0 + 1.0 / recorded.size(), axis=0) + tolerances() ** 2
    return (recorded.mean() - log_record()).abs() / np.sqrt(variance)


def by_centrality(points: np.ndarray) -> np.ndarray:
    """Rows of points [n, parameters], each parameter in its standard deviations, by mean distance from all: the medoid first."""
    scaled = points / np.where(np.ptp(points, axis=0) > 0.0, points.std(axis=0), 1.0)
    return np.argsort([np.sqrt(((scaled - one) ** 2).sum(axis=1)).mean() for one in scaled], kind="stable")


# ---- what the record tells --------------------------------------------------------------------------------------------


def widths(ranges: Sequence[Range], sets: pd.DataFrame) -> pd.DataFrame:
    """By parameter: where nine tenths of all sets lie, before and after, and how much narrower that is (`ratio`)."""
    rows, ends = [], np.array([*INTERVAL, 0.5])
    for one in ranges:
        before, after = one.at(ends), sets[one.name].quantile(ends).to_numpy()
        ratio = np.diff(one.scaled(after[:2])) / np.diff(one.scaled(before[:2]))
        rows.append({
            "parameter": one.name, "part": one.part, "role": one.role, "prior_low": before[0], "prior_high": before[1],
            "low": after[0], "middle": after[2], "high": after[1], "ratio": ratio.item(),
        })  # fmt: skip
    return pd.DataFrame(rows)


def covered(
    emulators: Sequence[Emulator],
    ranges: Sequence[Range],
    sets: pd.DataFrame,
    runs: pd.DataFrame,
    tried: int,
    seed: int,
) -> pd.Series:
    """How often the interval found from a single run of a set holds the value that the set has, by free parameter.

    Each of the `sets`, which are as before the record is seen, is taken for the truth once, and one of its runs, with the
    discrepancy that is granted, for the record. Emulator and candidates are the same for all.
    """
    generator, candidates = np.random.default_rng(seed), prior(ranges, tried, seed)
    planted = logs(runs.groupby("set").sample(1, random_state=seed).sort_values("set"))
    planted = planted + generator.normal(size=planted.shape) * tolerances().to_numpy()
    shares: dict[str, float] = {}
    for emulator in emulators:
        likelihood = log_likelihood(emulator, candidates, planted)
        weights = np.exp(likelihood - logsumexp(likelihood, axis=0))
        for one in emulator.ranges:
            if one.role == FREE:
                below = planted_rank(candidates[one.name].to_numpy(), weights, sets[one.name].to_numpy())
                shares[one.name] = float(((below >= INTERVAL[0]) & (below <= INTERVAL[1])).mean())
    return pd.Series(shares, name="coverage")


def planted_rank(values: np.ndarray, weights: np.ndarray, truths: np.ndarray) -> np.ndarray:
    """Which share of the weight [sets, truths] lies on values below each of the `truths`.

    >>> planted_rank(np.array([1.0, 2.0, 3.0]), np.full((3, 2), 1 / 3), np.array([2.5, 0.5])).round(2).tolist()
    [0.67, 0.0]
    """
    return (weights * (values[:, None] < truths[None])).sum(axis=0)
