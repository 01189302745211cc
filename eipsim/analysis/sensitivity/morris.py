"""Morris's elementary effects of numbers and of choices on one scale: what the outcome does over the whole range of a factor.

A number takes a step of known size, and its effect is what the outcome does, over that size (Morris 1991, Technometrics 33: 161;
Campolongo, Cariboni and Saltelli 2007, Environmental Modelling & Software 22: 1509). Values of a choice have no order, so going
from one to another is no step of any size. Two of k values that lie evenly over a range differ by (k + 1) / (3 (k - 1)) of it on
average: over that share, evenly spaced values from 0 to R have a mean absolute effect of R, as a straight line from 0 to R has.
Of two values it is their difference.
"""

from __future__ import annotations

import numpy as np

from eipsim.analysis.intervals import quantile_of_t
from eipsim.analysis.sensitivity.salib import IndexValues, Sample, is_constant
from eipsim.designs.factors import Discrete, has_order

MU_STAR, MU, SIGMA = "mu_star", "mu", "sigma"


def mean_gap(values: int) -> float:
    """How far two different ones of so many values that lie evenly over a range are apart on average, as a share of it.

    >>> mean_gap(2), mean_gap(5)
    (1.0, 0.5)
    """
    return (values + 1) / (3.0 * (values - 1))


def by_morris(sample: Sample, y: np.ndarray) -> list[IndexValues]:
    """Mean absolute elementary effect over the whole range of a factor (mu_star), mean (mu), standard deviation (sigma).

    The interval of mu_star is Student's over trajectories, of which seeds are averaged. Of a group, effects are the means of
    its factors', and there is no sigma, as in SALib.
    """
    effects = elementary_effects(sample, y)
    effects[:, :, is_constant(y)] = np.nan
    groups = sample.problem().get("groups") or sample.columns
    members = [[group == name for group in groups] for name in sample.names]
    absolute = np.array([np.abs(effects[own]).mean(axis=0) for own in members])  # [names, trajectories, seeds, columns]
    signed = np.array([effects[own].mean(axis=0) for own in members])
    n, alone = absolute.shape[1], np.array([sum(own) == 1 for own in members])
    spread = np.nanmean(absolute, axis=2).std(axis=1, ddof=1) if n > 1 else np.full_like(absolute[:, 0, 0], np.nan)
    half = quantile_of_t(n, sample.settings.confidence) * spread / np.sqrt(n)
    sigma = np.where(alone[:, None, None], signed.std(axis=1, ddof=1) if n > 1 else np.nan, np.nan)
    nothing, others = np.full_like(half, np.nan), [""] * len(sample.names)
    return [
        IndexValues(MU_STAR, sample.names, absolute.mean(axis=1), half, others),
        IndexValues(MU, sample.names, signed.mean(axis=1), nothing, others),
        IndexValues(SIGMA, sample.names, sigma, nothing.copy(), others),
    ]


def elementary_effects(sample: Sample, y: np.ndarray) -> np.ndarray:
    """What outputs `y` [rows, seeds, columns] do over the whole range of each factor: [factors, trajectories, seeds, columns].

    Above 0 where the outcome is larger at the higher number, or at the value of a choice that its list names later.
    """
    points = len(sample.names) + 1
    unit, runs = (one.reshape(-1, points, *one.shape[1:]) for one in (sample.unit, y))
    sizes = _sizes_of_steps(sample, unit)  # [trajectories, steps, factors]
    has_moved = sizes != 0.0
    with np.errstate(divide="ignore"):
        weights = np.where(has_moved, 1.0 / sizes, 0.0)
    return np.einsum("tpf,tp...->ft...", weights, np.diff(runs, axis=1))


def _sizes_of_steps(sample: Sample, unit: np.ndarray) -> np.ndarray:
    """Every step as a share of the factor's range, with its sign; 0 where the factor stays."""
    sizes = np.diff(unit, axis=1)
    for column, name in enumerate(sample.columns):
        factor = sample.factors.get(name)
        if not isinstance(factor, Discrete) or len(factor.levels) == 1:
            continue
        if has_order(name, factor):
            sizes[..., column] = np.diff(factor.numbers(unit[..., column]), axis=1) / (len(factor.levels) - 1)
        else:
            sizes[..., column] = np.sign(sizes[..., column]) * mean_gap(len(factor.levels))
    return sizes
