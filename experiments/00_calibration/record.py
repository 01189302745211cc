"""What the programme recorded, what the model records in its place, and the parameters that this could tell something about.

A *set* is a value for each of these parameters; a *population* is one synthetic country of pilot parks with draws of its own. The
record is one number a target; runs have one a target, set and population.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from eipsim.core.fingerprints import hash_of_sources
from eipsim.data.loading import data_hash, read_facts
from eipsim.data.parameters import Parameter, load_parameters
from eipsim.designs.run_keys import digest_of
from eipsim.model.model import EIPModel
from eipsim.outcomes.binding import Finder, bind
from eipsim.outcomes.cohorts import Question
from eipsim.outcomes.evaluation import evaluate
from eipsim.outcomes.expressions import parse_expression
from eipsim.outcomes.nodes import Asked, Expression
from eipsim.outcomes.observation import answer
from eipsim.runs.saving import write_table
from eipsim.runs.simulation import stepping, stepping_model
from eipsim.scenarios.loading import load_scenario
from eipsim.scenarios.schema import Scenario
from eipsim.sweeps.workers import run_tasks
from eipsim.world import World

SCENARIO, WORLD, END = "baseline", "pilot-parks", 2024
POPULATIONS, OF_A_SET = 96, 24  # synthetic populations in all, and those that each set is run in
LEAST_SHARE = 0.01  # of the record that a run is taken to have at least, so that nothing has a logarithm too
SETS_A_TASK, TASKS_A_LINE = 8, 10
FREE, VARIED = "free", "varied"
NONE = "none"  # the part of the record that nothing is learnt from


# ---- the record -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """One number of the record. `tolerance` is the relative discrepancy (one sd) granted to model and record together."""

    name: str
    part: str
    expression: Expression
    value: float
    unit: str
    tolerance: float


@cache
def targets() -> tuple[Target, ...]:
    """What GEIPP phase I recorded at its 90 firms and in its five parks, and what inspections found in the country."""
    rows = read_facts("calibration_targets")
    return tuple(
        Target(
            row["target"], row["part"], parse_expression(row["expression"], row["target"]), float(row["value"]),
            row["unit"], float(row["tolerance"]),
        )
        for _, row in rows.iterrows()
    )  # fmt: skip


def names_of(part: str | None = None) -> list[str]:
    """The targets of a part of the record, or all of them."""
    return [target.name for target in targets() if part in (None, target.part)]


def parts() -> list[str]:
    """The parts of the record: no parameter moves targets of two of them by more than chance does."""
    return list(dict.fromkeys(target.part for target in targets()))


def log_record() -> pd.Series:
    """Logarithm of every number of the record."""
    return pd.Series({target.name: math.log(target.value) for target in targets()})


def tolerances() -> pd.Series:
    """Discrepancy granted to every target, as one standard deviation of its logarithm."""
    return pd.Series({target.name: target.tolerance for target in targets()})


# ---- the parameters -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Range:
    """Where a parameter is searched, and how likely its values are before the record is seen.

    A free one is searched evenly, in logarithms where `log`; a varied one has the triangle of its low, central, high.
    """

    parameter: Parameter
    part: str
    role: str
    least: float
    most: float
    log: bool = False
    at_middle: bool = False  # held at its central value

    @property
    def name(self) -> str:
        return self.parameter.name

    def at(self, chance: np.ndarray) -> np.ndarray:
        """Values that a share `chance` of all lies below."""
        least, most = self.least, self.most
        if self.at_middle:
            return np.full(chance.shape, self.parameter.central)
        if self.log:
            return np.exp(math.log(least) + chance * math.log(most / least))
        if self.role == FREE:
            return least + chance * (most - least)
        mode = (self.parameter.central - least) / (most - least)
        below = chance < mode
        with np.errstate(invalid="ignore"):
            rising, falling = np.sqrt(chance * mode), 1.0 - np.sqrt((1.0 - chance) * (1.0 - mode))
        return least + (most - least) * np.where(below, rising, falling)

    def scaled(self, values: np.ndarray) -> np.ndarray:
        """Values from 0 at the least to 1 at the most, logarithmically where the search is so."""
        if self.log:
            return np.log(values / self.least) / math.log(self.most / self.least)
        return (values - self.least) / (self.most - self.least)


@cache
def ranges(rule: str) -> tuple[Range, ...]:
    """All that is searched or varied under a decision rule."""
    rows, known = read_facts("calibration_ranges"), load_parameters()
    return tuple(_range(row, known[row["parameter"]]) for _, row in rows.iterrows() if row["rule"] in ("", rule))


def _range(row: Mapping[str, str], parameter: Parameter) -> Range:
    if row["role"] == VARIED:
        return Range(parameter, row["part"], VARIED, parameter.low, parameter.high)
    return Range(parameter, row["part"], FREE, float(row["least"]), float(row["most"]), row["scale"] == "log")


def intercept_of(rule: str) -> str:
    """The parameter that sets the level of acceptance under a rule."""
    rows = read_facts("calibration_ranges")
    return str(rows.loc[rows["rule"] == rule, "parameter"].item())


# ---- runs -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """What all runs of a calibration have in common: the decision rule, synthetic populations in all, and those of each set."""

    rule: str
    populations: int = POPULATIONS
    of_a_set: int = OF_A_SET

    def populations_of(self, number: int) -> list[int]:
        """Seeds of the populations of set `number`. All are used alike, so that sets do not share the luck of a few."""
        return [1 + (number * self.of_a_set + k) % self.populations for k in range(self.of_a_set)]


def run_sets(
    sets: pd.DataFrame, case: Case, jobs: int = 1, folder: Path | None = None, tell: Callable[[str], object] = print
) -> pd.DataFrame:
    """A row per set (its row in `sets`) and population, a column a target.

    In `folder` every block of sets is kept once it is run, so that what has been interrupted goes on; whatever decides the
    results is in the names of the files.
    """
    asked = _ready(case)
    digest = digest_of([hash_of_sources(("",)), data_hash(), case.rule, case.populations, case.of_a_set, sets.to_csv()])
    tasks = [(start, sets.iloc[start : start + SETS_A_TASK], case, asked) for start in range(0, len(sets), SETS_A_TASK)]
    files = [folder / f"{digest[:12]}-{start:04d}.parquet" if folder else None for start, *_ in tasks]
    there = [file is not None and file.exists() for file in files]
    left = [(*task, file) for task, file, known in zip(tasks, files, there) if not known]
    if any(there):
        tell(f"{sum(there)} of {len(tasks)} blocks had been run before")
    new = iter(run_tasks(run_block, left, jobs, "loky", _progress(tell)))
    blocks = [pd.read_parquet(file) if known else next(new) for file, known in zip(files, there)]
    return pd.concat(blocks, ignore_index=True)


def _progress(tell: Callable[[str], object]) -> Callable[[int, int], None]:
    def said(done: int, total: int) -> None:
        if done % TASKS_A_LINE == 0 or done == total:
            tell(f"  {done} of {total} blocks of {SETS_A_TASK} sets run")

    return said


def _ready(case: Case) -> tuple[Expression, ...]:
    """What is asked of every run, looked up in the world."""
    model = EIPModel(SCENARIO, WORLD, rule=case.rule)
    asked = tuple(target.expression for target in targets())
    mistakes = bind(asked, Finder(model.world, model.lever_paths.programmes, model.case.name), END)
    if mistakes:
        raise ValueError("\n".join(map(str, mistakes)))
    return asked


def run_block(
    start: int, sets: pd.DataFrame, case: Case, asked: Sequence[Expression], file: Path | None = None
) -> pd.DataFrame:
    """All runs of some sets, the first of which is set `start`; kept in `file`."""
    names, scenario, rows = names_of(), load_scenario(SCENARIO), []
    for number, (_, settings) in enumerate(sets.iterrows(), start):
        for population in case.populations_of(number):
            recorded = run_one(scenario, population, case.rule, settings.to_dict(), asked)
            rows.append({"set": number, "population": population, **dict(zip(names, recorded))})
    table = pd.DataFrame(rows)
    if file is not None:
        _keep(table, file)
    return table


def _keep(table: pd.DataFrame, file: Path) -> None:
    """Writes under another name first, so that a file that is there is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}")
    write_table(table, unfinished, file.suffix)
    unfinished.replace(file)


def run_one(
    scenario: Scenario, population: int, rule: str, settings: Mapping[str, float], asked: Sequence[Expression]
) -> list[float]:
    """What one run records, target by target."""
    quantities = [one for expression in asked for one in expression.asked]
    questions = [Question(one.name, one.cohort, year) for one in quantities for year in one.years]
    world = population_of(population)
    with stepping_model(scenario, world, population, rule, settings=settings, years=(END, END)) as model:
        answers = answer(questions, model, stepping(model))

    def value(one: Asked, year: int) -> np.ndarray:
        return np.array([answers[Question(one.name, one.cohort, year)]])

    return [float(np.ravel(evaluate(expression, value))[0]) for expression in asked]


@cache
def population_of(seed: int) -> World:
    """A synthetic population; every process keeps those that it has used."""
    return EIPModel(SCENARIO, WORLD, seed).world


def logs(runs: pd.DataFrame) -> pd.DataFrame:
    """Logarithms of what runs record; next to nothing counts as a small share of the record."""
    record = log_record()
    with np.errstate(divide="ignore"):
        return np.log(runs[record.index]).clip(lower=record + math.log(LEAST_SHARE), axis=1)
