"""An emulator: what runs of a set would record on average, and how they would spread, learnt from sets that have been run.

The average of a target over populations is a smooth function of the parameters that move it; a Gaussian process learns it from
a few hundred sets and says how sure it is. All is in logarithms.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from record import Range, logs, names_of
from scipy.linalg import cho_solve
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import LinearRegression

SMOOTH, NOISE = (0.3, 30.0), (1e-4, 1.0)  # distance over which things change, in ranges of a parameter; share of chance


@dataclass(frozen=True)
class Averages:
    """The average of one target: a plane, and a Gaussian process around it."""

    plane: LinearRegression
    process: GaussianProcessRegressor  # of what the plane leaves, over `scale`
    scale: float

    @classmethod
    def learn(cls, points: np.ndarray, means: np.ndarray) -> Averages:
        plane = LinearRegression().fit(points, means)
        left = means - plane.predict(points)
        scale = float(left.std()) or 1.0
        kernel = ConstantKernel() * RBF(np.ones(points.shape[1]), SMOOTH) + WhiteKernel(0.5, NOISE)
        with warnings.catch_warnings():  # what does not matter ends at the bound of SMOOTH
            warnings.simplefilter("ignore", ConvergenceWarning)
            process = GaussianProcessRegressor(kernel).fit(points, left / scale)
        return cls(plane, process, scale)

    def at(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Averages [n] and how unsure they are, as variances [n]; without the luck of the populations of a set."""
        left, unsure = self.process.predict(points, return_std=True)
        variance = np.maximum(unsure**2 - self.process.kernel_.k2.noise_level, 0.0)
        return self.plane.predict(points) + self.scale * left, self.scale**2 * variance

    def left_out(self) -> np.ndarray:
        """What is missed of every average [n] when it is left out, with the same kernel."""
        inverse = cho_solve((self.process.L_, True), np.eye(len(self.process.L_)))
        return self.scale * np.ravel(self.process.alpha_) / np.diag(inverse)


@dataclass(frozen=True)
class Emulator:
    """Targets of one part of the record as functions of its parameters."""

    part: str
    ranges: tuple[Range, ...]
    averages: tuple[Averages, ...]
    spread: LinearRegression  # logarithms of the standard deviations between populations
    correlation: np.ndarray  # [targets, targets] between populations
    skew: np.ndarray  # [targets] medians of populations less their averages
    errors: pd.DataFrame  # how good it is, by target

    def predict(self, sets: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Averages [n, targets], their own variance [n, targets], and the covariance of single runs [n, targets, targets]."""
        points = scaled(self.ranges, sets)
        means, unsure = np.moveaxis([one.at(points) for one in self.averages], 0, -1)
        sd = np.exp(self.spread.predict(points))
        return means, unsure, sd[:, :, None] * self.correlation * sd[:, None, :]


def scaled(ranges: Sequence[Range], sets: pd.DataFrame) -> np.ndarray:
    """Parameters [n, parameters] from 0 to 1 of what is searched."""
    return np.column_stack([one.scaled(sets[one.name].to_numpy()) for one in ranges])


def learn(part: str, ranges: Sequence[Range], sets: pd.DataFrame, runs: pd.DataFrame) -> Emulator:
    """The emulator of a part from `sets` and their `runs`, in whose column `set` is the position of the set."""
    own = tuple(one for one in ranges if one.part == part)
    points, recorded = scaled(own, sets), logs(runs)[names_of(part)].groupby(runs["set"])
    means, sd, n = recorded.mean(), recorded.std(), recorded.size().to_numpy()
    averages = tuple(Averages.learn(points, means[name].to_numpy()) for name in means)
    spread = LinearRegression().fit(points, np.log(sd.clip(lower=1e-3)))
    within = (logs(runs)[names_of(part)] - recorded.transform("mean")) / recorded.transform("std").clip(lower=1e-3)
    luck = np.sqrt((sd**2).div(n, axis=0).mean())
    errors = pd.DataFrame({
        "target": list(means), "sets": len(sets), "spread_of_sets": means.std().to_numpy(),
        "leave_out_error": [np.sqrt(np.mean(one.left_out() ** 2)) for one in averages], "luck_of_a_set": luck.to_numpy(),
    })  # fmt: skip
    correlation = np.corrcoef(within.to_numpy().T).reshape(2 * [len(averages)])
    skew = (recorded.median() - means).mean().to_numpy()
    return Emulator(part, own, averages, spread, correlation, skew, errors)
