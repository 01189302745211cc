"""SALib behind a guard: points of the unit cube, seeds of 1 or more, a fresh description every time, settings put back.

Where SALib's interval is not one (FAST, RBD-FAST, DGSM) or where it has none (PAWN, RSA), it is made here.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from SALib.analyze import delta, dgsm, fast, ff, hdmr, pawn, rbd_fast, rsa
from scipy.special import ndtri

from eipsim.analysis.intervals import quantile_of_t
from eipsim.designs.factors import Factor

CONSTANT = 1e-12  # of the largest value: an output that varies by less is constant
MOST_AGAIN = 25  # resamples of methods that SALib takes long for: their intervals are sure to a seventh of their width


@dataclass(frozen=True, eq=False)
class Sample:
    """What an analyser knows of a design.

    unit : points [rows, columns] of the unit cube, in the order of the design
    problem : gives SALib's description of them, a fresh one every time
    settings : of the sampler: method, n, seed, resamples, confidence, levels...
    is_correlated : whether some factors were drawn together
    factors : those that do something, by column
    """

    unit: np.ndarray
    problem: Callable[[], dict[str, Any]]
    settings: Any
    is_correlated: bool = False
    factors: Mapping[str, Factor] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        return list(self.problem()["names"])

    @property
    def is_grouped(self) -> bool:
        return bool(self.problem().get("groups"))

    @property
    def names(self) -> list[str]:
        """What indices are of: groups in the order of their first factor, else factors."""
        return list(dict.fromkeys(self.problem().get("groups") or self.columns))

    @property
    def resampling(self) -> dict[str, Any]:
        """What SALib is told about its own bootstrap."""
        s = self.settings
        return {"num_resamples": s.resamples, "conf_level": s.confidence, "seed": s.seed}

    @property
    def normal(self) -> float:
        """Half the width of an interval in standard errors."""
        return float(ndtri(0.5 + self.settings.confidence / 2.0))

    def part(self, rows: np.ndarray) -> Sample:
        """Only these rows."""
        return replace(self, unit=self.unit[rows])


@dataclass(frozen=True, eq=False)
class IndexValues:
    """One kind of index: of every factor (and another one, for pairs), by seed and by column (years).

    values : [factors, seeds, columns]; half : half the width of the interval of their mean over seeds [factors, columns]
    """

    index: str
    factors: list[str]
    values: np.ndarray
    half: np.ndarray
    others: list[str]

    @property
    def mean(self) -> np.ndarray:
        """Over the seeds in which the output varies, [factors, columns]."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # it varies in none
            return np.nanmean(self.values, axis=1)


def is_constant(y: np.ndarray) -> np.ndarray:
    """Which columns do not vary over rows, [seeds, columns] of `y` [rows, seeds, columns]."""
    return np.ptp(y, axis=0) <= CONSTANT * np.abs(y).max(axis=0)


@contextmanager
def contained() -> Iterator[None]:
    """Whatever SALib does to NumPy's global generator and to the display of warnings is undone."""
    state, shown = np.random.get_state(), warnings.formatwarning
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state)
        warnings.formatwarning = shown


# ---- the methods --------------------------------------------------------------------------------


def by_fast(sample: Sample, y: np.ndarray) -> list[IndexValues]:
    """S1 and ST of extended FAST. The interval is Student's over repeats with other phases; SALib's own is unreliable."""
    settings, repeats = sample.settings, sample.settings.repeats
    parts = y.reshape(repeats, -1, *y.shape[1:])

    def one(y: np.ndarray) -> np.ndarray:
        found = fast.analyze(sample.problem(), y, M=settings.interference, num_resamples=2, seed=settings.seed)
        return np.array([found["S1"], found["ST"]], dtype=float)

    values = np.array([_over_columns(part, one) for part in parts])  # [repeats, indices, factors, seeds, columns]
    spread = np.nanmean(values, axis=3)
    half = np.full(spread.shape[1:], np.nan)
    if repeats > 1:
        half = quantile_of_t(repeats) * spread.std(axis=0, ddof=1) / np.sqrt(repeats)
    means = values.mean(axis=0)
    return [
        IndexValues(index, sample.names, means[k], half[k], [""] * len(sample.names))
        for k, index in enumerate(("S1", "ST"))
    ]


def by_rbd_fast(sample: Sample, y: np.ndarray) -> list[IndexValues]:
    """S1 of any sample. SALib resamples half of the rows; its interval is scaled to all of them."""
    settings, half_of = sample.settings, np.sqrt(int(len(y) * 0.5) / len(y))

    def one(y: np.ndarray) -> dict[str, Any]:
        harmonics = min(getattr(settings, "interference", 10) if settings.method == "rbd_fast" else 10, len(y) // 20)
        found = rbd_fast.analyze(sample.problem(), sample.unit, y, M=harmonics, **sample.resampling)
        return {"S1": (found["S1"], half_of * np.array(found["S1_conf"], dtype=float))}

    return _column_by_column(sample, y, one)


def by_delta(sample: Sample, y: np.ndarray) -> list[IndexValues]:
    """Borgonovo's delta: the mean shift of the distribution of the output when a factor is known."""

    def one(y: np.ndarray) -> dict[str, Any]:
        # SALib refuses names that end like its results
        problem = sample.problem() | {"names": [f"x{k}" for k in range(len(sample.columns))]}
        found = delta.analyze(problem, sample.unit, y, method="delta", **sample.resampling)
        name = "delta_raw" if "delta_raw" in found else "delta"
        return {"delta": (found[name], found[f"{name}_conf"])}

    return _column_by_column(sample, y, one)


def by_pawn(sample: Sample, y: np.ndarray) -> list[IndexValues]:
    """Median and largest distance of the output's distribution from that with the factor held in a tenth of its range."""

    def one(unit: np.ndarray, y: np.ndarray) -> dict[str, Any]:
        found = pawn.analyze(sample.problem(), unit, y)
        return {"pawn": found["median"], "pawn_max": found["maximum"]}

    return _resampled(sample, y, one)


def by_rsa(sample: Sample, y: np.ndarray) -> list[IndexValues]:
    """Regional analysis: how differently a factor is distributed in each twentieth of the output's range, mean and largest.

    The Cramér-von Mises statistic grows with the number of rows; a factor without influence has about 1/6. Of a group it
    is the mean of its factors (SALib's own groups end in an error).
    """
    columns, names, groups = sample.columns, sample.names, sample.problem().get("groups") or sample.columns

    def one(unit: np.ndarray, y: np.ndarray) -> dict[str, Any]:
        problem = sample.problem() | {"groups": None}
        found = rsa.analyze(problem, unit, y)
        by_factor = np.array([found[name] for name in columns])
        of = np.array([np.nanmean(by_factor[[group == name for group in groups]], axis=0) for name in names])
        return {"rsa": np.nanmean(of, axis=1), "rsa_max": np.nanmax(of, axis=1)}

    return _resampled(sample, y, one)


def by_hdmr(sample: Sample, y: np.ndarray) -> list[IndexValues]:
    """S1 and ST of a model fitted to the sample: splines of every factor and of every pair."""
    d = len(sample.columns)

    def one(y: np.ndarray) -> dict[str, Any]:
        np.random.seed(sample.settings.seed)
        found = hdmr.analyze(sample.problem(), sample.unit, y, seed=sample.settings.seed)
        return {
            "S1": (found["Sa"][:d], found["Sa_conf"][:d]),
            "ST": (np.array(found["ST"][:d], dtype=float), np.array(found["ST_conf"][:d], dtype=float)),
        }

    return _column_by_column(sample, y, one)


def by_dgsm(sample: Sample, y: np.ndarray) -> list[IndexValues]:
    """The derivative-based measure, an upper bound of ST where the output is smooth; and the mean squared derivative."""

    def one(y: np.ndarray) -> dict[str, Any]:
        found = dgsm.analyze(sample.problem(), sample.unit, y, **sample.resampling)
        scale = np.divide(found["dgsm"], found["vi"], out=np.zeros(len(found["vi"])), where=found["vi"] > 0.0)
        half = found["dgsm_conf"]  # of vi: SALib leaves it unscaled
        return {"dgsm": (found["dgsm"], half * scale), "vi": (found["vi"], half)}

    return _column_by_column(sample, y, one)


def by_factorial(sample: Sample, y: np.ndarray) -> list[IndexValues]:
    """Half the difference that a factor makes from its low to its high end."""

    def one(y: np.ndarray) -> dict[str, Any]:
        found = ff.analyze(sample.problem(), sample.unit, y)
        return {"main_effect": np.asarray(found["ME"])[: len(sample.columns)]}

    return _column_by_column(sample, y, one)


# ---- from one column to many --------------------------------------------------------------------------------------------


def _over_columns(y: np.ndarray, one: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """`one` of every column of `y` [rows, seeds, columns]: its answer's shape, then [seeds, columns]; NaN where constant.

    At least one column varies.
    """
    flat = is_constant(y).ravel()
    columns = y.reshape(len(y), -1).T
    answers = [None if constant else one(np.ascontiguousarray(column)) for column, constant in zip(columns, flat)]
    known = next(answer for answer in answers if answer is not None)
    filled = [np.full_like(known, np.nan) if answer is None else answer for answer in answers]
    return np.stack(filled, axis=-1).reshape(*known.shape, *y.shape[1:])


def _column_by_column(
    sample: Sample, y: np.ndarray, one: Callable[[np.ndarray], Mapping[str, Any]]
) -> list[IndexValues]:
    """Indices of SALib, a column at a time; the interval of a mean over seeds is as wide as that of one seed."""
    names: list[str] = []

    def numbers(column: np.ndarray) -> np.ndarray:
        found = one(column)
        names[:] = list(found)
        return np.array([_with_half(value, len(sample.names)) for value in found.values()])

    answers = _over_columns(y, numbers)  # [indices, (value, half), factors, seeds, columns]
    others = [""] * len(sample.names)
    return [
        IndexValues(index, sample.names, answers[k, 0], np.nanmean(answers[k, 1], axis=1), others)
        for k, index in enumerate(names)
    ]


def _with_half(value: Any, d: int) -> np.ndarray:
    value, half = value if isinstance(value, tuple) else (value, np.full(d, np.nan))
    return np.array([np.ma.filled(np.ma.asarray(part, dtype=float), np.nan) for part in (value, half)])


def _resampled(
    sample: Sample, y: np.ndarray, one: Callable[[np.ndarray, np.ndarray], Mapping[str, Any]]
) -> list[IndexValues]:
    """Indices without an interval of their own: the rows are drawn again with replacement, MOST_AGAIN times at most."""
    rng = np.random.default_rng(sample.settings.seed)
    draws = rng.integers(len(y), size=(min(sample.settings.resamples, MOST_AGAIN), len(y)))

    def with_interval(column: np.ndarray) -> dict[str, Any]:
        found = one(sample.unit, column)
        again = [one(sample.unit[rows], column[rows]) for rows in draws]
        return {
            index: (value, sample.normal * np.std([other[index] for other in again], axis=0, ddof=1))
            for index, value in found.items()
        }

    return _column_by_column(sample, y, with_interval)
