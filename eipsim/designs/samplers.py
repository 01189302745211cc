"""Samplers: which points of the unit cube a design runs, and with which settings its results are analysed.

SALib samples; it is given the unit cube only, and a fresh description of it every time because it changes what it is given.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field, field_validator, model_validator

from eipsim.designs.distributions import refuse
from eipsim.designs.factors import Discrete, Factor, has_order, plain
from eipsim.errors import did_you_mean
from eipsim.scenarios.values import Frozen, Text

Size = Annotated[int, Field(strict=True, ge=1, le=10_000_000)]
Seed = Annotated[int, Field(strict=True, ge=1, lt=2**32)]
Share = Annotated[float, Field(gt=0, lt=1)]
Factors = Mapping[str, Factor]
LEAST_REPEATS = 5  # hypercubes of which Student's t makes an interval that says something


def salib(method: str, problem: dict[str, Any], *arguments: Any, **settings: Any) -> np.ndarray:
    """Points by a method of SALib, which is loaded when points are made, not when a stored design is read."""
    return import_module(f"SALib.sample.{method}").sample(problem, *arguments, **settings)


class Sampler(Frozen):
    """What all samplers have: their own seed (1 or more: SALib takes 0 for none), and how intervals are made."""

    takes_groups: ClassVar[bool] = False
    has_dummy: ClassVar[bool] = True  # where a design does not say

    seed: Seed = 1
    """Seed of the points, and of the resampling of an analysis."""
    resamples: Size = 100
    """Resamples of a bootstrap interval."""
    confidence: Share = 0.95
    """Level of intervals."""

    def unit(self, problem: dict[str, Any], factors: Factors) -> np.ndarray:
        """Points [rows, columns] of the unit cube that `problem` describes; `factors` by column, inert ones left out."""
        raise NotImplementedError

    def rows(self, columns: int, groups: int, factors: Factors) -> int:
        """How many points there will be, without making them: `groups` counts a factor alone as a group of one."""
        raise NotImplementedError


class Sobol(Sampler):
    """Saltelli's design of Sobol' points: variance shares, first order and total. A larger n keeps the points of a smaller."""

    takes_groups: ClassVar[bool] = True
    method: Literal["sobol", "saltelli"]
    n: Size
    """Base points, a power of two; rows are n (k + 2), with second order n (2 k + 2), for k factors."""
    second_order: bool = Field(False, strict=True)
    """True: also the shares of pairs of factors."""

    @field_validator("n")
    @classmethod
    def _is_a_power_of_two(cls, n: int) -> int:
        refuse(n & (n - 1) == 0, f"= {n} is not a power of two", f"the next is {1 << n.bit_length()}")
        return n

    def unit(self, problem: dict[str, Any], factors: Factors) -> np.ndarray:
        return salib("sobol", problem, self.n, calc_second_order=self.second_order, seed=self.seed)

    def rows(self, columns: int, groups: int, factors: Factors) -> int:
        return self.n * (2 * groups + 2 if self.second_order else groups + 2)


class Morris(Sampler):
    """Morris's trajectories: one step of every factor after another. Screens many factors with few runs."""

    takes_groups: ClassVar[bool] = True
    method: Literal["morris"]
    n: Size
    """Trajectories; rows are n (k + 1)."""
    levels: Annotated[int, Field(strict=True, ge=2, le=100)] = 4
    """Levels of the grid of numbers, even; a choice goes from any of its values to any other."""
    optimal: Annotated[int, Field(strict=True, ge=2)] | None = None
    """Keep this many trajectories that lie furthest from one another."""

    @model_validator(mode="after")
    def _fits(self) -> Morris:
        refuse(self.levels % 2 == 0, f"has levels = {self.levels}", "an even number is needed")
        is_few = self.optimal is None or self.optimal < self.n
        refuse(is_few, f"has optimal = {self.optimal}", f"less than n = {self.n}")
        return self

    def unit(self, problem: dict[str, Any], factors: Factors) -> np.ndarray:
        trajectories = self.optimal or self.n
        points = salib(
            "morris", problem, self.n, num_levels=self.levels, optimal_trajectories=self.optimal, seed=self.seed
        ).reshape(trajectories, -1, problem["num_vars"])
        for column, name in enumerate(problem["names"]):
            factor = factors.get(name)
            if isinstance(factor, Discrete) and not has_order(name, factor):
                points[..., column] = self._from_one_value_to_another(points[..., column], factor, column)
        return points.reshape(-1, problem["num_vars"])

    def _from_one_value_to_another(self, places: np.ndarray, choice: Discrete, column: int) -> np.ndarray:
        """Places [trajectories, points] of a choice: at its step it takes any other of its values, all pairs alike."""
        middle = choice.places(choice.labels)
        if len(middle) == 1:
            return np.full_like(places, middle[0])
        random = np.random.default_rng([self.seed, column])
        pairs = middle[pairs_in_turn(len(middle), len(places), random)]
        has_moved = places != places[:, :1]
        return np.where(has_moved, pairs[:, 1:], pairs[:, :1])

    def rows(self, columns: int, groups: int, factors: Factors) -> int:
        return (self.optimal or self.n) * (groups + 1)


def pairs_in_turn(values: int, n: int, random: np.random.Generator) -> np.ndarray:
    """`n` pairs [n, 2] of different values in random order: every pair comes once before any comes again.

    More of them begin with those of fewer.
    """
    pairs, taken = np.array(list(itertools.combinations(range(values), 2))), [np.empty((0, 2), dtype=int)]
    while sum(map(len, taken)) < n:
        taken.append(random.permuted(random.permutation(pairs), axis=1))
    return np.concatenate(taken)[:n]


class Fast(Sampler):
    """Extended Fourier amplitude sensitivity test, repeated with other phases for the spread of its indices."""

    method: Literal["fast"]
    n: Size
    """Points of each search curve; rows are n k repeats, for k factors."""
    interference: Annotated[int, Field(strict=True, ge=1, le=16)] = 4
    """Harmonics that are summed."""
    repeats: Annotated[int, Field(strict=True, ge=1, le=100)] = 1
    """The same with other random phases, one block of rows after another; several give the spread of the indices."""

    @model_validator(mode="after")
    def _resolves(self) -> Fast:
        least = 4 * self.interference**2 + 1
        refuse(self.n >= least, f"has n = {self.n}", f"at least 4 interference^2 + 1 = {least}")
        return self

    def unit(self, problem: dict[str, Any], factors: Factors) -> np.ndarray:
        seeds = range(self.seed, self.seed + self.repeats)
        return np.vstack([salib("fast_sampler", problem, self.n, M=self.interference, seed=seed) for seed in seeds])

    def rows(self, columns: int, groups: int, factors: Factors) -> int:
        return self.n * columns * self.repeats


class Latin(Sampler):
    """Latin hypercubes: every factor's range covered evenly, for all analyses of given data, ranking and discovery."""

    takes_groups: ClassVar[bool] = True
    method: Literal["latin"]
    n: Size
    """Points of each hypercube."""
    repeats: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 1
    """Independent hypercubes, one block of rows after another: their spread gives intervals that know how evenly points lie."""

    @field_validator("repeats")
    @classmethod
    def _tell_a_spread(cls, repeats: int) -> int:
        few = f"= {repeats}: so few hypercubes tell no spread"
        refuse(repeats == 1 or repeats >= LEAST_REPEATS, few, f"at least {LEAST_REPEATS}, better ten or more")
        return repeats

    def unit(self, problem: dict[str, Any], factors: Factors) -> np.ndarray:
        others = (np.random.default_rng([self.seed, number]) for number in range(1, self.repeats))
        return np.vstack([salib("latin", problem, self.n, seed=seed) for seed in (self.seed, *others)])

    def rows(self, columns: int, groups: int, factors: Factors) -> int:
        return self.n * self.repeats


class RbdFast(Sampler):
    """A Latin hypercube that random balance designs (RBD-FAST) analyse."""

    method: Literal["rbd_fast"]
    n: Size
    """Points."""
    interference: Annotated[int, Field(strict=True, ge=1, le=16)] = 10
    """Harmonics that are summed."""

    def unit(self, problem: dict[str, Any], factors: Factors) -> np.ndarray:
        return salib("latin", problem, self.n, seed=self.seed)

    def rows(self, columns: int, groups: int, factors: Factors) -> int:
        return self.n


class FiniteDifference(Sampler):
    """Base points, and beside each of them a small step of every factor, for derivative-based measures."""

    method: Literal["finite_difference"]
    n: Size
    """Base points; rows are n (k + 1)."""
    delta: Share = 0.01
    """Size of the step, as a share of where the factor stands in its range."""

    def unit(self, problem: dict[str, Any], factors: Factors) -> np.ndarray:
        return salib("finite_diff", problem, self.n, delta=self.delta, seed=self.seed)

    def rows(self, columns: int, groups: int, factors: Factors) -> int:
        return self.n * (columns + 1)


class FractionalFactorial(Sampler):
    """Every factor at its low or its high end, in a Hadamard design folded over."""

    method: Literal["fractional_factorial"]

    def unit(self, problem: dict[str, Any], factors: Factors) -> np.ndarray:
        columns = problem["num_vars"]
        return np.asarray(salib("ff", problem, seed=self.seed))[:, :columns]

    def rows(self, columns: int, groups: int, factors: Factors) -> int:
        return 2 << (columns - 1).bit_length()


class FullFactorial(Sampler):
    """Every combination of levels: all values of a choice, and evenly spaced ones of a range, ends included."""

    has_dummy: ClassVar[bool] = False
    method: Literal["full_factorial"]
    levels: Annotated[int, Field(strict=True, ge=2, le=1000)] | dict[Text, Annotated[int, Field(strict=True, ge=2)]] = 3
    """Levels of factors that have a range: one number for all, or by factor."""

    def unit(self, problem: dict[str, Any], factors: Factors) -> np.ndarray:
        axes = [self.axis(name, factors.get(name)) for name in problem["names"]]
        points = np.array(list(itertools.product(*axes)), dtype=float)
        return points.reshape(len(points), len(axes))

    def axis(self, name: str, factor: Factor | None) -> np.ndarray:
        """Where the levels of a factor stand in 0..1; an inert one has two."""
        if isinstance(factor, Discrete):
            return factor.places(factor.labels)
        many = self.levels if isinstance(self.levels, int) else self.levels.get(name, 3)
        return np.linspace(0.0, 1.0, 2 if factor is None else many)

    def rows(self, columns: int, groups: int, factors: Factors) -> int:
        sizes = [len(self.axis(name, factor)) for name, factor in factors.items()]
        return math.prod(sizes) * 2 ** (columns - len(factors))


class GivenPoints(Sampler):
    """Points that somebody else has chosen."""

    has_dummy: ClassVar[bool] = False
    method: Literal["listed"]
    file: Text | None = None
    """A CSV file with a column a factor."""
    points: Annotated[tuple[dict[Text, Any], ...], Field(min_length=1)] | None = None
    """A list of {factor: value}."""

    @field_validator("points")
    @classmethod
    def _are_plain(cls, points: Any) -> Any:
        return points and tuple({name: plain(value) for name, value in point.items()} for point in points)

    @model_validator(mode="after")
    def _has_one_source(self) -> GivenPoints:
        refuse((self.file is None) != (self.points is None), "needs either file or points")
        return self

    def unit(self, problem: dict[str, Any], factors: Factors) -> np.ndarray:
        points = self.points or ()
        unit = np.full((len(points), problem["num_vars"]), 0.5)
        for column, name in enumerate(problem["names"]):
            if name in factors:
                unit[:, column] = factors[name].places([point[name] for point in points])
        return unit

    def rows(self, columns: int, groups: int, factors: Factors) -> int:
        return len(self.points or ())


# ---- how a sampler is written ------------------------------------------------------------------------------------------

METHODS: dict[str, type[Sampler]] = {
    "sobol": Sobol, "saltelli": Sobol, "morris": Morris, "fast": Fast, "rbd_fast": RbdFast, "latin": Latin,
    "finite_difference": FiniteDifference, "fractional_factorial": FractionalFactorial, "full_factorial": FullFactorial,
    "listed": GivenPoints,
}  # fmt: skip


def _known_method(given: Any) -> Any:
    """Refuses in plain words a sampler without a known method, and settings that its method does not have."""
    if isinstance(given, Sampler):
        return given
    refuse(isinstance(given, Mapping), f"= {given!r:.60} is not a sampler", "write for example {method: sobol, n: 256}")
    refuse("method" in given, "lacks a method", "allowed: " + ", ".join(METHODS))
    method = given["method"]
    is_known = isinstance(method, str) and method in METHODS
    refuse(is_known, f"has the unknown method {method!r:.60}", did_you_mean(method, METHODS))
    known = METHODS[method].model_fields
    for name in given:
        refuse(name in known, f"has {name!r}, which {method} does not know", did_you_mean(name, known))
    return given


AnySampler = Annotated[
    Annotated[
        Sobol | Morris | Fast | RbdFast | Latin | FiniteDifference | FractionalFactorial | FullFactorial | GivenPoints,
        Field(discriminator="method"),
    ],
    BeforeValidator(_known_method),
]
