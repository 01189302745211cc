"""Which uncertain inputs decide an outcome: indices with intervals, beside those of a dummy and the share of chance.

>>> found = sensitivity("results/what-matters", "parks_certified @2050")              # doctest: +SKIP
>>> found.table, found.noise, found.warnings                                          # doctest: +SKIP

A replicate of a design with common draws is analysed for itself: what is given is the mean over replicates, its interval
from drawing the points of the design anew, and the interval that differences between replicates give. Of a design with
independent draws the mean over replicates is analysed, and what noise is left counts as an effect of every factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eipsim.analysis.intervals import quantile_of_t
from eipsim.analysis.sensitivity import at_a_glance, chance, methods
from eipsim.analysis.sensitivity.caveats import caveats
from eipsim.analysis.sensitivity.methods import METHODS, IndexValues, Sample, usual_method
from eipsim.analysis.sensitivity.missing_runs import Kept, independent_rows, kept_rows
from eipsim.analysis.study import Study, StudyLike, positions, study_of
from eipsim.analysis.too_few import WANTED
from eipsim.core.later import Later
from eipsim.designs.design import COMMON, INDEPENDENT
from eipsim.designs.factors import DUMMY, LUCK, POPULATION
from eipsim.designs.samplers import AnySampler
from eipsim.errors import InputError, Mistake, Mistakes, unknown
from eipsim.runs.saving import Saved
from eipsim.runs.simulation import Progress

if TYPE_CHECKING:
    from eipsim.figures.style import Chart

figures = Later("eipsim.figures")  # which stand above
KEYS = ("scenario", "outcome", "year")
COLUMNS = (*KEYS, "index", "factor", "other", "kind", "estimate", "low", "high", "seed_low", "seed_high", "note")
LEAST_BLOCKS = 4  # of a step of the convergence
ROUNDING = 1e-12  # of the largest value: what differs by less is the same
DRAWS, BOTH = "draws", "draws and populations"  # what luck is of
CONSTANT, NOTHING, AS_DUMMY = "the outcome does not vary", "not told from 0", "not told from the dummy"
BY_CONSTRUCTION = "0 by construction, which says nothing of the others"
FROM_NOTHING = ("S1", "ST", "S2", "mu_star", "delta", "pawn", "pawn_max", "rsa", "rsa_max", "dgsm")  # 0 or more


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity(Saved):
    """What a study says about its factors.

    table : a row per scenario, outcome, year, index and factor: estimate; low and high, its interval when the points are drawn
        anew; seed_low and seed_high, that of its mean over replicates; kind (factor, group, dummy, luck, population); note
    noise : a row per scenario, outcome and year: mean, standard deviation of a run, noise_share of its variance with its
        interval, of what that luck is (luck_of), population_share where populations are told apart from draws, the dummy's index,
        rows analysed and left out
    warnings : what to keep in mind, with a remedy
    """

    method: str
    table: pd.DataFrame
    noise: pd.DataFrame
    warnings: tuple[str, ...]
    units: dict[str, str]
    missing: pd.DataFrame = field(repr=False)
    steps: pd.DataFrame | None = None
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def title(self) -> str:
        """The name of the method in words."""
        return METHODS[self.method].title

    @property
    def main(self) -> str:
        """The index that factors are ranked by."""
        return METHODS[self.method].main

    @property
    def is_over_time(self) -> bool:
        return bool(self.table["year"].notna().any())

    def ranked(self, scenario: str, outcome: str, index: str | None = None) -> pd.DataFrame:
        """Rows of one index (default: the main one), the largest first; over time by the mean over years."""
        table = self.table
        wanted = {"scenario": scenario, "outcome": outcome, "index": index or self.main}
        rows = table[(table[list(wanted)] == pd.Series(wanted)).all(axis=1)]
        means = rows.groupby("factor", sort=False)["estimate"].mean().sort_values(ascending=False, kind="stable")
        order = {name: place for place, name in enumerate(means.index)}
        return rows.sort_values("factor", key=lambda names: names.map(order), kind="stable").reset_index(drop=True)

    @property
    def cases(self) -> list[tuple[str, str]]:
        """Every scenario with every outcome that was analysed."""
        return list(dict.fromkeys(zip(self.table["scenario"], self.table["outcome"])))

    def summary(self) -> pd.DataFrame:
        """The rows of the main index, of each scenario and outcome the largest first."""
        return pd.concat([self.ranked(*case) for case in self.cases], ignore_index=True)

    def plot(self, scenario: str | None = None, outcome: str | None = None) -> Chart:
        """The factors of one outcome (default: the first) as bars with intervals."""
        return figures.tornado(self, scenario, outcome)

    def told(self) -> list[str]:
        return list(at_a_glance.lines(self))

    def small_table(self) -> pd.DataFrame:
        return at_a_glance.small_table(self)

    @property
    def manifest(self) -> dict[str, Any]:
        return {**self.provenance, "method": self.method, "warnings": list(self.warnings), "units": self.units}

    def files(self) -> dict[str, pd.DataFrame]:
        files = {"indices.csv": self.table, "noise.csv": self.noise, "missing.csv": self.missing}
        return files if self.steps is None else files | {"convergence.csv": self.steps}


def sensitivity(
    study: StudyLike,
    outcomes: str | Sequence[str],
    *,
    method: str | None = None,
    over_time: bool = False,
    scenarios: str | Sequence[str] | None = None,
    minus: str | None = None,
    accept_noise: bool = False,
    wanted: float = WANTED,
    convergence: bool = False,
    progress: Progress | None = None,
) -> Sensitivity:
    """Analyse one or more outcomes of a stored design.

    Parameters
    ----------
    study : a Study, a Store or its folder
    outcomes : expressions over what is stored: "parks_certified @2050", "sum(public_spending_usd)", "first_year(...)"
    method : one of METHODS; None = the one the design was sampled for
    over_time : the outcomes have no year, and are analysed in every year
    scenarios : labels; None = all
    minus : label of a scenario; its outcome at the same point and with the same draws is taken off that of each other one
    accept_noise : analyse independent draws with fewer than 20 replicates, where noise counts as an effect of every factor
    wanted : half width of intervals from which on a warning says how many points would do
    convergence : also with the first half of the points, a quarter, ...
    progress : called with (analyses done, analyses in all), one for every outcome and scenario

    Raises InputError for what cannot be analysed: unknown outcomes, a method that does not fit the design, missing runs.
    """
    study = study_of(study)
    asked = [outcomes] if isinstance(outcomes, str) else list(outcomes)
    name = method or usual_method(_sampler(study).method)
    if name not in METHODS:
        raise InputError(unknown("method", "method", name, METHODS))
    whole = sample_of(study)
    rows = independent_rows(name, whole)
    sample = whole if rows is None else whole.part(rows)
    methods.check(name, sample)
    chance.refuse_noise(study, name, accept_noise)
    values = {
        outcome: array if rows is None else array[:, rows]
        for outcome, array in _values(study, asked, over_time).items()
    }
    years = list(study.years) if over_time else [pd.NA]
    pairs, parts = list(product(asked, _cases(study, scenarios, minus))), list[_Part]()
    for outcome, case in pairs:
        parts.append(_Part(study, name, sample, case, outcome, case.of(values[outcome]), years))
        if progress is not None:
            progress(len(parts), len(pairs))
    told = [] if rows is None else [f"{name} analyses the {len(rows):,} independent points of {len(whole.unit):,}"]
    return _put_together(study, parts, wanted, convergence, told)


def sample_of(study: Study) -> Sample:
    """What analysers know of the design. InputError when its points are no longer those that were run."""
    design = study.design
    if not study.rows_are_as_stored():
        what = "the sampler gives other points than those that were run, so the order of the rows means nothing"
        raise InputError(
            Mistake("store", what, "install the versions of eipsim, SALib and SciPy that its manifest names")
        )
    factors = {name: factor for name, factor in design.factors.items() if factor is not None}
    return Sample(np.asarray(design.unit), design.problem, design.sampler, bool(design.correlations), factors)


@dataclass(frozen=True)
class _Case:
    """A scenario, or what it makes different from another one."""

    scenario: int
    minus: int | None
    names: tuple[str, ...]

    @property
    def label(self) -> str:
        return " minus ".join(self.names)

    def of(self, values: np.ndarray) -> np.ndarray:
        """Its values [rows, seeds, columns] of [scenarios, rows, seeds, columns]."""
        return values[self.scenario] if self.minus is None else difference(values[self.scenario], values[self.minus])


def _cases(study: Study, scenarios: str | Sequence[str] | None, minus: str | None) -> list[_Case]:
    """The scenarios asked for, each less the one that is taken off; that one alone is not analysed then."""
    chosen = positions(scenarios, study.scenarios, "scenario")
    if minus is None:
        return [_Case(number, None, (study.scenarios[number],)) for number in chosen]
    (base,) = positions(minus, study.scenarios, "minus")
    cases = [_Case(number, base, (study.scenarios[number], minus)) for number in chosen if number != base]
    if not cases:
        raise InputError(Mistake("minus", f"nothing is left to compare with {minus}", "name another scenario"))
    return cases


def difference(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """`one` less `other`, in which what differs by the last digits only is the same.

    >>> difference(np.array([0.1 + 0.2, 1.0]), np.array([0.3, 0.5])).tolist()
    [0.0, 0.5]
    """
    step = ROUNDING * max(np.nanmax(np.abs(one), initial=0.0), np.nanmax(np.abs(other), initial=0.0))
    return np.round((one - other) / step) * step if step > 0.0 else one - other


def _sampler(study: Study) -> AnySampler:
    sampler = study.design.sampler
    if sampler is None:
        raise InputError(Mistake("store", "its design has no factors, so there is nothing to attribute variance to"))
    return sampler


def _values(study: Study, outcomes: list[str], over_time: bool) -> dict[str, np.ndarray]:
    """By outcome [scenarios, rows, seeds, columns]. InputError with the mistakes of all."""
    values, found = {}, Mistakes()
    if not outcomes:
        found.append(Mistake("outcome", "is missing", "for example: parks_certified @2050"))
    for outcome in outcomes:
        with found.collected():
            values[outcome] = study.pathway(outcome) if over_time else study.values(outcome)[..., None]
    found.tell()
    return values


# ---- one outcome in one scenario ------------------------------------------------------------------------------------------


class _Part:
    """The analysis of one outcome in one scenario, all years: what is kept, indices, noise."""

    def __init__(
        self, study: Study, method: str, sample: Sample, case: _Case, outcome: str, values: np.ndarray, years: list
    ):
        self.design, self.method, self.scenario, self.outcome = study.design, method, case.label, outcome
        self.years = years
        self.kept: Kept = kept_rows(study, method, sample, case.names, outcome, values)
        self.sample = sample.part(self.kept.rows)
        self.runs = values[self.kept.rows]
        self.variance = chance.split(self.runs, self.design.draws, self.design.populations_of_replicates)
        self.found = self._analysed(self.sample, self.seeds)

    @property
    def seeds(self) -> np.ndarray:
        """What is analysed [rows, seeds, columns]: replicates for themselves if their draws are common, else their mean."""
        if self.design.draws == COMMON:
            return self.runs
        return self.runs.mean(axis=1, keepdims=True) if self.design.draws == INDEPENDENT else self.runs[:, :1]

    def _analysed(self, sample: Sample, y: np.ndarray) -> list[IndexValues]:
        known = np.where(self.kept.empty, 0.0, y)  # constant, hence NaN, where there is none
        found = methods.analyse(self.method, sample, known)
        if self.design.draws == INDEPENDENT and self.method == "sobol":
            share = self.variance.share_of_mean(self._dummy_in(found))
            found += [one for one in (chance.without_noise(one, share) for one in found) if one is not None]
        return found

    def _dummy_in(self, found: list[IndexValues]) -> np.ndarray | None:
        main = self._main_of(found)
        return main.mean[main.factors.index(DUMMY)] if main and DUMMY in main.factors else None

    def _main_of(self, found: list[IndexValues]) -> IndexValues | None:
        return next((one for one in found if one.index == METHODS[self.method].main), None)

    def table(self) -> pd.DataFrame:
        frames = [self._rows_of(one) for one in self.found]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))

    def _rows_of(self, one: IndexValues) -> pd.DataFrame:
        estimate, (k, n) = one.mean, one.mean.shape
        seeds = one.values.shape[1]
        half = np.full_like(estimate, np.nan)
        if seeds > 1:
            half = quantile_of_t(seeds) * one.values.std(axis=1, ddof=1) / np.sqrt(seeds)
        columns = {
            "estimate": estimate, "low": estimate - one.half, "high": estimate + one.half,
            "seed_low": estimate - half, "seed_high": estimate + half,
        }  # fmt: skip
        frame = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
        frame["year"] = pd.array(self.years * k, dtype="Int64")
        kinds = list(map(self._kind, one.factors, one.others))
        for name, of in (("factor", one.factors), ("other", one.others), ("kind", kinds)):
            frame[name] = np.repeat(np.array(of, dtype=object), n)
        own = {"scenario": self.scenario, "outcome": self.outcome, "index": one.index, "note": self._notes(one).ravel()}
        return frame.assign(**own)[list(COLUMNS)]

    def _kind(self, *names: str) -> str:
        special = [name for name in names if name in (DUMMY, LUCK, *self._population)]
        return special[0] if special else "group" if names[0] in self.design.groups else "factor"

    @property
    def _population(self) -> tuple[str, ...]:
        """The factor that chooses synthetic firms; to a model of the user's own it is a name like any other."""
        return () if self.design.model else (POPULATION,)

    def _notes(self, one: IndexValues) -> np.ndarray:
        """What is to be said of each number, [factors, columns]."""
        low = one.mean - np.where(np.isfinite(one.half), one.half, 0.0)
        notes = np.full(low.shape, "", dtype=object)
        if one.index in FROM_NOTHING:
            notes[low <= 0.0] = NOTHING
            if DUMMY in one.factors and one.index != "S2":
                row = one.factors.index(DUMMY)
                high = one.mean[row] + np.nan_to_num(one.half[row])
                notes[(low <= high) & (low > 0.0)] = AS_DUMMY
                notes[row] = BY_CONSTRUCTION if methods.dummy_is_0(self.method, self.design.draws) else ""
        notes[:, self.kept.empty] = "no value"
        flat = methods.is_constant(self.seeds)
        notes[:, flat.all(axis=0) & ~self.kept.empty] = CONSTANT
        return notes

    def noise(self) -> pd.DataFrame:
        dummy, main = self._dummy_in(self.found), self._main_of(self.found)
        shares = chance.shares_of(self.variance, main, self.method, self.design.draws)
        by_firms = chance.shares_of_populations(self.variance, main, self.method, self.design.draws)
        if self.design.model:
            by_firms = self.variance.share_of_populations
        share, low, high, firms, firms_low, firms_high = (
            np.where(self.kept.empty, np.nan, one) for one in (*shares, *by_firms)
        )
        return pd.DataFrame(
            {
                "scenario": self.scenario,
                "outcome": self.outcome,
                "year": pd.array(self.years, dtype="Int64"),
                "mean": np.where(self.kept.empty, np.nan, self.runs.mean(axis=(0, 1))),
                "sd": np.where(self.kept.empty, np.nan, self._spread()),
                "noise_share": share,
                "noise_low": low,
                "noise_high": high,
                "population_share": firms,
                "population_low": firms_low,
                "population_high": firms_high,
                "dummy": np.nan if dummy is None else dummy,
                "rows": len(self.kept.rows),
                "dropped": self.kept.dropped,
                "seeds": self.runs.shape[1],
                "draws": self.design.draws,
                "luck_of": self._luck_of,
            }
        )

    @property
    def _luck_of(self) -> str:
        """What the share of luck is of: where every replicate has a population of its own, it is of both."""
        many = self.design.populations_of_replicates
        return BOTH if many > 1 and many == self.runs.shape[1] else DRAWS

    def _spread(self) -> np.ndarray:
        """Standard deviation of a run; exactly 0 where it does not vary."""
        return np.where(methods.is_constant(self.runs).all(axis=0), 0.0, np.sqrt(self.variance.total))

    def steps(self) -> pd.DataFrame:
        """The main index with the first points, half of all, ..., all. InputError where the points belong together."""
        size = METHODS[self.method].block(self.sample)
        if size is None:
            what = f"the points of {self.method} are one whole"
            raise InputError(Mistake("convergence", what, "repeat it with another n"))
        frames, n = [], len(self.kept.rows) // size
        least = max(LEAST_BLOCKS, -(-methods.LEAST_ROWS.get(self.method, 0) // size))
        while n >= least:
            head = np.arange(n * size)
            for one in self._analysed(self.sample.part(head), self.seeds[head]):
                if one.index in (METHODS[self.method].main, "S1"):
                    frames.append(self._rows_of(one).assign(n=n, rows=n * size))
            n //= 2
        frame = pd.concat(frames[::-1], ignore_index=True) if frames else pd.DataFrame(columns=[*COLUMNS, "n", "rows"])
        return frame[[*KEYS, "n", "rows", "index", "factor", "kind", "estimate", "low", "high"]]


# ---- all of them together ---------------------------------------------------------------------------------------------------


def _put_together(study: Study, parts: list[_Part], wanted: float, convergence: bool, told: list[str]) -> Sensitivity:
    method, outcomes = parts[0].method, list(dict.fromkeys(part.outcome for part in parts))
    table = pd.concat([part.table() for part in parts], ignore_index=True)
    noise = pd.concat([part.noise() for part in parts], ignore_index=True)
    steps = pd.concat([part.steps() for part in parts], ignore_index=True) if convergence else None
    told += [text for part in parts for text in part.kept.told]
    told += caveats(study.design, method, table, noise, wanted)
    provenance = {
        "title": study.design.title, "question": study.design.question, "design": study.design.digest,
        "sampler": _sampler(study).model_dump(mode="json"), "outcomes": outcomes,
        "origin": study.origin,
    }  # fmt: skip
    warnings, units = tuple(dict.fromkeys(told)), {outcome: study.unit(outcome) for outcome in outcomes}
    return Sensitivity(method, table, noise, warnings, units, study.missing, steps, provenance)
