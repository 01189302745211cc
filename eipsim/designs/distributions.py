"""Distributions of factors that have a range: from probabilities to values, by scipy.stats.

SALib is given the unit cube only. Its own distributions refuse a triangle below zero and give infinity for the ends of a bell
curve, which Morris's grid asks for.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import scipy  # loads scipy.stats when values are asked for, not when a stored design is read
from pydantic import model_validator

from eipsim.scenarios.values import Frozen, Number, told

EDGE = 1e-6  # how near to 0 and 1 a distribution without ends is asked


def refuse(holds: bool, what: str, hint: str = "") -> None:
    if not holds:
        raise told(what, hint)


class Continuous(Frozen):
    """A factor with any number of values."""

    limits: ClassVar[tuple[int | None, int | None]] = (0, 1)  # which arguments are its ends; None: it has none there
    rules: ClassVar[Mapping[str, Callable[..., bool]]]  # what is wrong -> of the arguments: whether it is not

    @property
    def arguments(self) -> tuple[float, ...]:
        return getattr(self, next(iter(type(self).model_fields)))

    @model_validator(mode="after")
    def _makes_sense(self) -> Continuous:
        for wrong, holds in self.rules.items():
            refuse(holds(*self.arguments), f"[{', '.join(f'{a:g}' for a in self.arguments)}]: {wrong}")
        return self

    @property
    def support(self) -> tuple[float, float]:
        """Where its values can lie, infinity included."""
        arguments, (low, high) = self.arguments, self.limits
        return -np.inf if low is None else arguments[low], np.inf if high is None else arguments[high]

    def values(self, u: np.ndarray) -> np.ndarray:
        """Values at the probabilities `u` [n] in 0..1; those without ends are asked from EDGE to 1 - EDGE."""
        low, high = self.support
        first, last = (EDGE if np.isinf(low) else 0.0), (1.0 - EDGE if np.isinf(high) else 1.0)
        values = np.clip(self.frozen().ppf(np.clip(u, first, last)), low, high)
        values = np.where(u <= 0.0, low, values) if first == 0.0 else values  # to the last digit
        return np.where(u >= 1.0, high, values) if last == 1.0 else values

    def places(self, values: Sequence[float]) -> np.ndarray:
        """The probabilities at which these `values` stand."""
        return self.frozen().cdf(np.asarray(values, dtype=float))

    def frozen(self) -> Any:
        """The distribution of scipy.stats."""
        raise NotImplementedError

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest value of a design."""
        if np.isfinite(self.support).all():
            return self.support
        low, high = self.values(np.array([0.0, 1.0]))
        return float(low), float(high)


class Uniform(Continuous):
    """Every value from low to high alike."""

    rules: ClassVar = {"low is not below high": operator.lt}
    uniform: tuple[Number, Number]
    """[low, high]"""

    def frozen(self) -> Any:
        low, high = self.uniform
        return scipy.stats.uniform(low, high - low)


class LogUniform(Continuous):
    """Every order of magnitude from low to high alike."""

    rules: ClassVar = {"low is not below high": operator.lt, "low is not above 0": lambda low, high: low > 0}
    loguniform: tuple[Number, Number]
    """[low, high], above 0"""

    def frozen(self) -> Any:
        return scipy.stats.loguniform(*self.loguniform)


class Triangular(Continuous):
    """Most likely at the mode, linearly less likely down to low and up to high."""

    limits: ClassVar[tuple[int | None, int | None]] = (0, 2)
    rules: ClassVar = {"the order is not low, mode, high": lambda low, mode, high: low <= mode <= high and low < high}
    triangular: tuple[Number, Number, Number]
    """[low, mode, high]"""

    def frozen(self) -> Any:
        low, mode, high = self.triangular
        return scipy.stats.triang((mode - low) / (high - low), low, high - low)


class Normal(Continuous):
    """The bell curve, without ends."""

    limits: ClassVar[tuple[int | None, int | None]] = (None, None)
    rules: ClassVar = {"the standard deviation is not above 0": lambda mean, sd: sd > 0}
    normal: tuple[Number, Number]
    """[mean, standard deviation]"""

    def frozen(self) -> Any:
        return scipy.stats.norm(*self.normal)


class LogNormal(Continuous):
    """A positive quantity whose logarithm is normal."""

    limits: ClassVar[tuple[int | None, int | None]] = (None, None)
    rules: ClassVar = {
        "the median is not above 0": lambda median, sd: median > 0,
        "the standard deviation is not above 0": lambda median, sd: sd > 0,
    }
    lognormal: tuple[Number, Number]
    """[median, standard deviation of the natural logarithm]"""

    def frozen(self) -> Any:
        median, sd = self.lognormal
        return scipy.stats.lognorm(sd, scale=median)


class TruncNormal(Continuous):
    """The bell curve, cut off below low and above high."""

    limits: ClassVar[tuple[int | None, int | None]] = (2, 3)
    rules: ClassVar = {
        "the standard deviation is not above 0": lambda mean, sd, low, high: sd > 0,
        "low is not below high": lambda mean, sd, low, high: low < high,
        "hardly anything of the bell curve lies between low and high": lambda mean, sd, low, high: (
            mean - 8 * sd < high and low < mean + 8 * sd
        ),
    }
    truncnormal: tuple[Number, Number, Number, Number]
    """[mean, standard deviation, low, high]"""

    def frozen(self) -> Any:
        mean, sd, low, high = self.truncnormal
        return scipy.stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd)
