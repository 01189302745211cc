"""Factors: the uncertain inputs and choices of a design, from the unit interval to the values that runs get.

A factor is written as `{kind: arguments}`. What is left empty takes the range of the parameter's own row in `parameters.csv`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from eipsim.data.parameters import DEFAULT_RULE, Parameter, load_ensemble, load_parameters
from eipsim.designs.distributions import (
    Continuous,
    LogNormal,
    LogUniform,
    Normal,
    Triangular,
    TruncNormal,
    Uniform,
    refuse,
)
from eipsim.errors import did_you_mean
from eipsim.rules.acceptance import RULES
from eipsim.scenarios.entries import Drivers
from eipsim.scenarios.values import Frozen, Number, Text

RULE, SEED, PARAMETER_SET, DECREE = "rule", "seed", "parameter_set", "certification.decree"
POPULATION = "population"  # the synthetic firms, without the draws: `seed` has both
CALIBRATED = "calibrated"
WEIGHT = "weight"  # of a parameter set, beside its parameters
LUCK, DUMMY = "luck", "dummy"
NAME_FILES = (RULE, DECREE, "decrees", "exchange_tables")  # factors whose values may be files or folders

# ---- factors with few values -----------------------------------------------------------------------------------------


class Discrete(Frozen):
    """A factor with a list of values, equally likely unless they have `weights`. `labels` name them in tables."""

    @cached_property
    def levels(self) -> tuple[Any, ...]:
        """What a run gets."""
        raise NotImplementedError

    @cached_property
    def labels(self) -> tuple[Any, ...]:
        """How tables show it: numbers as numbers, all others as text."""
        return self.levels

    @cached_property
    def weights(self) -> tuple[float, ...] | None:
        """How likely each value is, in proportion to the others; None where all are alike."""
        return None

    @cached_property
    def _ends(self) -> np.ndarray:
        """The probabilities at which the interval of each value ends."""
        assert self.weights is not None
        return np.cumsum(self.weights) / np.sum(self.weights)

    def numbers(self, u: np.ndarray) -> np.ndarray:
        """Positions in `levels` at the probabilities `u` [n]."""
        n = len(self.levels)
        if self.weights is None:
            return np.minimum((np.asarray(u) * n).astype(np.int64), n - 1)
        return np.minimum(np.searchsorted(self._ends, np.asarray(u), side="right"), n - 1)

    def places(self, values: Sequence[Any]) -> np.ndarray:
        """The middle of the interval of probabilities that stands for each of these values, which must be labels."""
        position = {label: number for number, label in enumerate(self.labels)}
        numbers = np.array([position[value] for value in values], dtype=int)
        if self.weights is None:
            return (numbers + 0.5) / len(self.levels)
        return (self._ends - np.diff(self._ends, prepend=0.0) / 2.0)[numbers]


class Integers(Discrete):
    """Every whole number from low to high alike."""

    integers: tuple[int, int]
    """[low, high], both included"""

    @model_validator(mode="after")
    def _ascends(self) -> Integers:
        low, high = self.integers
        refuse(low < high, f"[{low}, {high}]: low is not below high")
        refuse(high - low < 1_000_000, f"[{low}, {high}] are more than a million numbers", "write uniform")
        return self

    @cached_property
    def levels(self) -> tuple[Any, ...]:
        low, high = self.integers
        return tuple(range(low, high + 1))


def _as_mapping(given: Any) -> Any:
    """A list of choices as a mapping of label to value."""
    if isinstance(given, Mapping):
        return {str(label): plain(value) for label, value in given.items()}
    if not isinstance(given, list | tuple):
        return given
    values = [plain(value) for value in given]
    refuse(len({label_of(value) for value in values}) == len(values), f"{values!r:.60} names a value twice")
    return {label_of(value): value for value in values}


def plain(value: Any) -> Any:
    """A value as a file can hold it, numbers of NumPy and years that are text among them; refuses all others."""
    value = with_years(value.item() if isinstance(value, np.generic) else value)
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        refuse(False, f"holds {value!r:.60}, which no file can hold", "allowed: numbers, texts, lists, mappings, null")
    return value


def with_years(content: Any) -> Any:
    """Content in which years that are keys are numbers again, after JSON has made them text.

    >>> with_years({"2030": [{"2040": 1}]})
    {2030: [{2040: 1}]}
    """
    if isinstance(content, Mapping):
        return {int(k) if str(k).isdigit() and len(str(k)) == 4 else k: with_years(v) for k, v in content.items()}
    return [with_years(value) for value in content] if isinstance(content, list | tuple) else content


def label_of(value: Any) -> str:
    """A value as tables name it.

    >>> label_of("net-zero"), label_of(20), label_of(None), label_of({2030: 8})
    ('net-zero', '20', 'null', '{"2030": 8}')
    """
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class Choice(Discrete):
    """One of several values: of a rule, a decree, a driver, a lever, or whatever a scenario can say."""

    choice: Annotated[dict[Text, Any], BeforeValidator(_as_mapping), Field(min_length=1)]
    """[value, value, ...] or {name: value, ...}"""

    @cached_property
    def levels(self) -> tuple[Any, ...]:
        return tuple(self.choice.values())

    @cached_property
    def labels(self) -> tuple[Any, ...]:
        plain = all(is_number(v) and label_of(v) == label for label, v in self.choice.items())
        return self.levels if plain else tuple(self.choice)


RULE_OF_SETS = f"^({'|'.join([CALIBRATED, *RULES])})$|\\.csv$"


class Ensemble(Discrete):
    """One of several parameter sets, each of which sets all its parameters together: calibrated ones, or one's own."""

    ensemble: (
        Annotated[str, Field(pattern=RULE_OF_SETS)] | Annotated[tuple[dict[Text, Number], ...], Field(min_length=1)]
    )
    """calibrated (sets of the default rule), another rule, or a CSV file: a row a set, a column a parameter, maybe one weight"""

    @property
    def rule(self) -> str | None:
        """The decision rule that the sets were calibrated for; None of sets of one's own."""
        if not isinstance(self.ensemble, str):
            return None
        return DEFAULT_RULE if self.ensemble == CALIBRATED else self.ensemble

    @cached_property
    def levels(self) -> tuple[Any, ...]:
        if isinstance(self.ensemble, str):
            return load_ensemble(self.rule or DEFAULT_RULE)
        return tuple({name: value for name, value in one.items() if name != WEIGHT} for one in self.ensemble)

    @cached_property
    def labels(self) -> tuple[Any, ...]:
        return tuple(range(1, len(self.levels) + 1))

    @cached_property
    def weights(self) -> tuple[float, ...] | None:
        if isinstance(self.ensemble, str) or not any(WEIGHT in one for one in self.ensemble):
            return None
        return tuple(one.get(WEIGHT, 1.0) for one in self.ensemble)


def choice_of(values: Iterable[Any]) -> Choice:
    """The choice between these values."""
    return Choice.model_validate({"choice": list(values)})


def is_number(value: Any) -> bool:
    """Whether it is a finite number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def has_order(name: str, factor: Factor) -> bool:
    """Whether more and less mean something: of numbers, but not of choices, calibrated sets and populations."""
    return isinstance(factor, Continuous) or (isinstance(factor, Integers) and name not in (SEED, POPULATION))


# ---- how a factor is written -------------------------------------------------------------------------------------------

KINDS: dict[str, type[Frozen]] = {
    "uniform": Uniform, "loguniform": LogUniform, "triangular": Triangular, "normal": Normal, "lognormal": LogNormal,
    "truncnormal": TruncNormal, "integers": Integers, "choice": Choice, "ensemble": Ensemble,
}  # fmt: skip
EXAMPLE = "write for example {uniform: [0, 1]} or {choice: [a, b]}"


def kind_of(given: Any) -> str | None:
    """The kind of a factor in the file, or of one made in Python."""
    if isinstance(given, Continuous | Discrete):
        return next(iter(type(given).model_fields))
    return next(iter(given)) if isinstance(given, Mapping) and len(given) == 1 else None


def _one_kind(given: Any) -> Any:
    """Refuses in plain words what is not of the form {kind: arguments}."""
    if given is None or isinstance(given, Continuous | Discrete):
        return given
    refuse(isinstance(given, Mapping), f"= {given!r:.60} is not a distribution", EXAMPLE)
    refuse(len(given) == 1, f"has {len(given)} kinds of distribution, not one", EXAMPLE)
    kind = next(iter(given))
    refuse(kind in KINDS, f"has the unknown distribution {kind!r}", did_you_mean(kind, KINDS))
    return given


Drawn = Annotated[
    Annotated[Uniform, Tag("uniform")]
    | Annotated[LogUniform, Tag("loguniform")]
    | Annotated[Triangular, Tag("triangular")]
    | Annotated[Normal, Tag("normal")]
    | Annotated[LogNormal, Tag("lognormal")]
    | Annotated[TruncNormal, Tag("truncnormal")]
    | Annotated[Integers, Tag("integers")]
    | Annotated[Choice, Tag("choice")]
    | Annotated[Ensemble, Tag("ensemble")],
    Discriminator(kind_of),
]
Factor = Continuous | Discrete
FactorTable = dict[Text, Annotated[Drawn | None, BeforeValidator(_one_kind)]]


def own_range(name: str) -> Factor | None:
    """The factor that is meant when nothing is said: the range of a parameter, the levels of a driver, all rules.

    >>> own_range("drivers.grid").labels
    ('low', 'central', 'high')
    """
    if name in load_parameters():
        return range_of(load_parameters()[name])
    if name == RULE:
        return choice_of(RULES)
    if name == PARAMETER_SET:
        return Ensemble(ensemble=CALIBRATED)
    driver = Drivers.model_fields.get(name.removeprefix("drivers.")) if name.startswith("drivers.") else None
    return choice_of(driver.annotation.__args__) if driver else None  # type: ignore[union-attr]


def range_of(parameter: Parameter) -> Factor | None:
    """Triangular over low, central, high; uniform when the central value is an end; None for a parameter without range."""
    low, central, high = parameter.low, parameter.central, parameter.high
    if not low < high:
        return None
    if low < central < high:
        return Triangular(triangular=(low, central, high))
    return Uniform(uniform=(low, high))
