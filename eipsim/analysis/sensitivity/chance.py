"""How much of the variance of a run is luck: of its draws, not of its inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri  # quantiles of chi squared; scipy.stats would take a third of a second to load

from eipsim.analysis.intervals import CONFIDENCE
from eipsim.analysis.sensitivity.methods import METHODS
from eipsim.analysis.sensitivity.salib import IndexValues
from eipsim.analysis.study import Study
from eipsim.designs.factors import DUMMY, LUCK
from eipsim.errors import InputError, Mistake

NOISE_FREE = {"S1": "S1_without_noise", "ST": "ST_without_noise"}
INDEPENDENT = "independent"
ENOUGH_SEEDS = 20  # with independent draws, replicates from which on their mean is analysed without being asked to
ROUNDING = 1e-24  # of the mean square: variance below is of the last digits


@dataclass(frozen=True)
class VarianceSplit:
    """Variance of one run, split: by inputs, and by draws (NaN with one replicate); each [columns].

    With common draws, draws shift all rows alike and, by what they have to do with the inputs, each in its own way: both
    are luck. low, high : 95 % interval of the variance by draws, wide where few replicates tell the shift of all rows.
    """

    inputs: np.ndarray
    draws: np.ndarray
    low: np.ndarray
    high: np.ndarray
    seeds: int

    @property
    def total(self) -> np.ndarray:
        return self.inputs + np.nan_to_num(self.draws)

    @property
    def share(self) -> np.ndarray:
        """Share of the draws in the variance of a run; NaN where nothing varies or there is one replicate."""
        return self._share(self.draws)

    @property
    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """95 % interval of the share."""
        return self._share(self.low), self._share(self.high)

    def _share(self, draws: np.ndarray) -> np.ndarray:
        return np.divide(draws, self.inputs + draws, out=np.full_like(draws, np.nan), where=self.inputs + draws > 0.0)

    def share_of_mean(self, dummy: np.ndarray | None) -> np.ndarray:
        """Share of the noise that is left in a mean over replicates; with one replicate what the dummy's ST says."""
        if self.seeds == 1:
            return np.full_like(self.total, np.nan) if dummy is None else dummy
        return self._share(self.draws / self.seeds)


def split(runs: np.ndarray, draws: str) -> VarianceSplit:
    """The variance of `runs` [rows, seeds, columns], by analysis of variance: of rows alone, or with seeds that all rows share.

    >>> split(np.array([[[1.0], [3.0]], [[5.0], [7.0]]]), "independent").draws
    array([2.])
    """
    n, seeds, columns = runs.shape
    if seeds == 1:
        alone = runs[:, 0].var(axis=0, ddof=1)
        unknown = np.full(columns, np.nan)
        return VarianceSplit(alone, unknown, unknown, unknown, 1)
    of_rows = runs.mean(axis=1).var(axis=0, ddof=1)
    if draws == INDEPENDENT:
        within = runs.var(axis=1, ddof=1).mean(axis=0)
        inputs = np.maximum(of_rows - within / seeds, 0.0)
        return VarianceSplit(inputs, within, *variance_interval(within, n * (seeds - 1)), seeds)
    residual = runs - runs.mean(axis=1, keepdims=True) - runs.mean(axis=0, keepdims=True) + runs.mean(axis=(0, 1))
    own = (residual**2).sum(axis=(0, 1)) / ((n - 1) * (seeds - 1))
    of_seeds = runs.mean(axis=0).var(axis=0, ddof=1)
    by_draws = [own + np.maximum(one - own / n, 0.0) for one in (of_seeds, *variance_interval(of_seeds, seeds - 1))]
    least = ROUNDING * (runs**2).mean(axis=(0, 1))
    inputs = np.maximum(of_rows - own / seeds, 0.0)
    middle, low, high = (np.where(one > least, one, 0.0) for one in by_draws)
    return VarianceSplit(inputs, middle, low, high, seeds)


def variance_interval(variance: np.ndarray, freedom: int) -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of the variance of normal numbers, estimated with so many degrees of freedom.

    >>> [round(float(end), 3) for end in variance_interval(np.array(1.0), 2)]
    [0.271, 39.498]
    """
    tail = (1.0 - CONFIDENCE) / 2.0
    return variance * freedom / chdtri(freedom, tail), variance * freedom / chdtri(freedom, 1.0 - tail)


def shares_of(
    variance: VarianceSplit, main: IndexValues | None, method: str, draws: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share of luck in the variance of a run with its interval: of the factor `luck` where it is one, else between replicates.

    With one replicate and own draws, what the dummy's ST says.
    """
    names = main.factors if main is not None and METHODS[method].share else []
    own = LUCK if LUCK in names else ""
    if variance.seeds == 1 and draws == INDEPENDENT and method == "sobol" and DUMMY in names:
        own = DUMMY
    if main is None or not own:
        return variance.share, *variance.interval
    row = names.index(own)
    return main.mean[row], main.mean[row] - main.half[row], main.mean[row] + main.half[row]


def without_noise(one: IndexValues, share: np.ndarray) -> IndexValues | None:
    """What an index would be without the noise, whose `share` [columns] of the variance is known; None for other indices.

    With noise, S1 is S1 (1 - share) and ST is ST (1 - share) + share, for a dummy too.
    """
    if one.index not in NOISE_FREE:
        return None
    kept = np.where(share < 1.0, 1.0 - share, np.nan)
    less = share if one.index == "ST" else np.zeros_like(share)
    return IndexValues(NOISE_FREE[one.index], one.factors, (one.values - less) / kept, one.half / kept, one.others)


def refuse_noise(study: Study, method: str, accept: bool) -> None:
    """Structured designs with own draws in every run: noise would be told as an effect of every factor."""
    few = len(study.replicates) < ENOUGH_SEEDS
    if study.design.draws == INDEPENDENT and METHODS[method].samplers is not None and few and not accept:
        what = "every run has draws of its own, so that noise counts as an effect of every factor"
        enough = f"{ENOUGH_SEEDS} replicates or more"
        hint = f"use draws: common, or {enough}, or accept it: --accept-noise (accept_noise=True)"
        raise InputError(Mistake("draws", what, hint))
