"""How much of the variance of a run is luck: of its draws and of its synthetic population, not of its inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import chdtri  # quantiles of chi squared; scipy.stats would take a third of a second to load

from eipsim.analysis.intervals import CONFIDENCE
from eipsim.analysis.sensitivity.methods import METHODS
from eipsim.analysis.sensitivity.salib import IndexValues
from eipsim.analysis.study import Study
from eipsim.designs.design import COMMON, INDEPENDENT
from eipsim.designs.factors import DUMMY, LUCK, POPULATION
from eipsim.errors import InputError, Mistake

NOISE_FREE = {"S1": "S1_without_noise", "ST": "ST_without_noise"}
ENOUGH_SEEDS = 20  # with independent draws, replicates from which on their mean is analysed without being asked to
ROUNDING = 1e-24  # of the mean square: variance below is of the last digits


class Part(NamedTuple):
    """A part of a variance with its 95 % interval, each [columns]."""

    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class VarianceSplit:
    """Variance of one run, split: by inputs, by draws (NaN with one replicate), by populations; each [columns].

    With common draws, draws shift all rows alike and, by what they have to do with the inputs, each in its own way: both
    are luck. low, high : 95 % interval of the variance by draws, wide where few replicates tell the shift of all rows.
    Populations are None where replicates do not tell them apart from draws: they do not vary, or each has one replicate, and
    then what stands under draws is of both.
    """

    inputs: np.ndarray
    draws: np.ndarray
    low: np.ndarray
    high: np.ndarray
    seeds: int
    populations: Part | None = None

    @property
    def total(self) -> np.ndarray:
        return self.inputs + np.nan_to_num(self.draws) + self._by_populations

    @property
    def share(self) -> np.ndarray:
        """Share of the draws in the variance of a run; NaN where nothing varies or there is one replicate."""
        return self._share(self.draws)

    @property
    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """95 % interval of the share."""
        return self._share(self.low), self._share(self.high)

    @property
    def share_of_populations(self) -> Part:
        """Share of the populations in the variance of a run; NaN where replicates do not tell them apart."""
        if self.populations is None:
            return Part(*(np.full_like(self.inputs, np.nan) for _ in Part._fields))
        return Part(*(share_of(part, self.inputs + self.draws) for part in self.populations))

    @property
    def _by_populations(self) -> np.ndarray | float:
        return 0.0 if self.populations is None else self.populations.middle

    def _share(self, draws: np.ndarray) -> np.ndarray:
        return share_of(draws, self.inputs + self._by_populations)

    def share_of_mean(self, dummy: np.ndarray | None) -> np.ndarray:
        """Share of the noise that is left in a mean over replicates; with one replicate what the dummy's ST says."""
        if self.seeds == 1:
            return np.full_like(self.total, np.nan) if dummy is None else dummy
        return self._share(self.draws / self.seeds)


def share_of(part: np.ndarray, others: np.ndarray) -> np.ndarray:
    """What share of all a part of a variance is, NaN where nothing varies."""
    whole = part + others
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0.0)


def split(runs: np.ndarray, draws: str, populations: int = 1) -> VarianceSplit:
    """The variance of `runs` [rows, seeds, columns], by analysis of variance: of rows alone, or with seeds that all rows share.

    Seed s has population s modulo `populations`.

    >>> split(np.array([[[1.0], [3.0]], [[5.0], [7.0]]]), "independent").draws
    array([2.])
    """
    n, seeds, columns = runs.shape
    if seeds == 1:
        alone = runs[:, 0].var(axis=0, ddof=1)
        unknown = np.full(columns, np.nan)
        return VarianceSplit(alone, unknown, unknown, unknown, 1)
    many = populations if 1 < populations < seeds else 1
    each = runs.reshape(n, seeds // many, many, columns).swapaxes(1, 2)  # rows, populations, draws within a population
    least = ROUNDING * (runs**2).mean(axis=(0, 1))
    own, shift, by_draws = _within(each, draws)
    of_rows = runs.mean(axis=1).var(axis=0, ddof=1)
    if many == 1:
        return VarianceSplit(np.maximum(of_rows - own / seeds, 0.0), *_beyond(least, by_draws), seeds)
    means, k = each.mean(axis=2), seeds // many
    apart, of_populations = _interaction(means), means.mean(axis=0).var(axis=0, ddof=1)
    ends = (of_populations, *variance_interval(of_populations, many - 1))
    by_population = Part(*(
        np.maximum(apart - own / k, 0.0) + np.maximum(one - apart / n - shift / k, 0.0) for one in ends
    ))  # fmt: skip
    inputs = np.maximum(of_rows - apart / many, 0.0)
    return VarianceSplit(inputs, *_beyond(least, by_draws), seeds, _beyond(least, by_population))


def _within(each: np.ndarray, draws: str) -> tuple[np.ndarray, np.ndarray, Part]:
    """What draws do within a population [rows, populations, draws, columns]: by row, to all rows alike, both with an interval."""
    n, populations, k, _ = each.shape
    if draws == INDEPENDENT:
        own = each.var(axis=2, ddof=1).mean(axis=(0, 1))
        return own, np.zeros_like(own), Part(own, *variance_interval(own, n * populations * (k - 1)))
    own = np.mean([_interaction(each[:, number]) for number in range(populations)], axis=0)
    of_seeds = each.mean(axis=0).var(axis=1, ddof=1).mean(axis=0)
    shifts = [of_seeds, *variance_interval(of_seeds, populations * (k - 1))]
    shift, low, high = (np.maximum(one - own / n, 0.0) for one in shifts)
    return own, shift, Part(own + shift, own + low, own + high)


def _interaction(table: np.ndarray) -> np.ndarray:
    """Mean square [columns] of what rows and seeds [rows, seeds, columns] do together, beyond what each does alone."""
    n, seeds, _ = table.shape
    alone = table.mean(axis=1, keepdims=True) + table.mean(axis=0, keepdims=True) - table.mean(axis=(0, 1))
    return ((table - alone) ** 2).sum(axis=(0, 1)) / ((n - 1) * (seeds - 1))


def _beyond(least: np.ndarray, part: Part) -> Part:
    """A part without what is of the last digits."""
    return Part(*(np.where(one > least, one, 0.0) for one in part))


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
    return _of_factor(main, own)


def shares_of_populations(
    variance: VarianceSplit, main: IndexValues | None, method: str, draws: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share of populations in the variance of a run with its interval: of a factor `population`, else between replicates.

    An index is a share of what rows differ by; where draws are no factor, what they do beside it counts too.
    """
    if main is None or not METHODS[method].share or POPULATION not in main.factors:
        return variance.share_of_populations
    known = np.nan_to_num(variance.share) if draws == COMMON else 0.0
    return tuple(one * (1.0 - known) for one in _of_factor(main, POPULATION))  # type: ignore[return-value]


def _of_factor(main: IndexValues, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The index of a factor with its interval."""
    row = main.factors.index(name)
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
