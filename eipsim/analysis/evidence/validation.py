"""The model against observed facts: what runs say about each fact of a table, and whether the two agree.

>>> eipsim.validate("calibration", ensemble=True, replicates=5).table()          # doctest: +SKIP
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eipsim.data.fact_rows import FactRow
from eipsim.data.loading import FOLDER
from eipsim.data.parameters import load_ensemble
from eipsim.data.tables import Reader
from eipsim.errors import InputError, Mistake, Mistakes
from eipsim.model.own_rules import RuleLike
from eipsim.outcomes.binding import Finder, bind
from eipsim.outcomes.cohorts import Question
from eipsim.outcomes.evaluation import evaluate
from eipsim.outcomes.expressions import parse_expression, parse_filters
from eipsim.outcomes.nodes import Asked, Expression
from eipsim.outcomes.observation import answer
from eipsim.runs.provenance import case_of
from eipsim.runs.saving import Saved
from eipsim.runs.simulation import Progress
from eipsim.scenarios.loading import ScenarioLike, apply_settings, default_scenario, load_scenario
from eipsim.sweeps.tasks import Case, Result, compile_model, ensemble_provenance, failures_of, run_one
from eipsim.sweeps.workers import check_counts, run_tasks, workers
from eipsim.world.columns import WorldLike

CALIBRATION = "calibration"  # the name of the facts that the model was calibrated on, which are part of eipsim
LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
REPLICATES, REPLICATES_OF_SET = 20, 4  # by default: of the central parameters, of each set of the ensemble
TASKS_PER_WORKER = 4
RUN_COLUMNS = ("set", "replicate")  # what names a run in the table of values
AGREES, IN_PART, TOO_LOW, TOO_HIGH, NO_VALUE = "agrees", "in part", "too low", "too high", "no value"
VERDICTS = {
    AGREES: "the observed range lies within the model's 5-95 % range, or the model's within the observed",
    IN_PART: "the two ranges overlap",
    TOO_LOW: "the model's range lies below what was observed",
    TOO_HIGH: "the model's range lies above what was observed",
    NO_VALUE: "no run has a value: there is no such firm or park",
}


# ---- facts ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One observed fact in one year, or in the years its expression names; an open side is infinite."""

    name: str
    expression: Expression
    low: float
    high: float
    unit: str
    source: str


def read_facts(file: str | Path) -> list[Fact]:
    """The facts of a CSV file, or those of the calibration. Raises InputError with every mistake as file:line."""
    facts, found = facts_and_mistakes(file)
    found.tell()
    return facts


def facts_and_mistakes(file: str | Path) -> tuple[list[Fact], Mistakes]:
    """The facts of a file that can be read, and all mistakes of the others."""
    path = Path(file)
    if str(file) == CALIBRATION and not path.is_file():
        path = FOLDER / "calibration_facts.csv"
    reader, facts = Reader(), []
    table = reader.read(path, FactRow, key=lambda row: row.name)
    for position, row in enumerate(table):
        try:
            facts += _facts_of(row, table.where(position))
        except InputError as error:
            reader.mistakes += error.mistakes
    names, told = [fact.name for fact in facts], [row.name for row in table]  # two equal names of rows are told already
    for name in sorted({n for n in names if n in RUN_COLUMNS or (names.count(n) > 1 and told.count(n) < 2)}):
        hint = "another one is, or the table of runs has a column of that name"
        reader.add(path.name, f"a fact cannot be called {name!r}", hint)
    if not facts and not reader.mistakes:
        reader.add(path.name, "holds no facts", "write one a row: name,expression,filter,years,low,high,source")
    return facts, Mistakes(sorted(reader.mistakes, key=lambda mistake: _line(mistake.where)))


def _line(where: str) -> int:
    line = where.rpartition(":")[2]
    return int(line) if line.isdigit() else 0


def _facts_of(row: FactRow, where: str) -> list[Fact]:
    """The fact of a row, once for every year of its column of years that the expression leaves open."""
    filters = parse_filters(row.filter, f"{where}: filter")
    parse = partial(parse_expression, row.expression, f"{where}: expression", filters=filters)
    low = -np.inf if row.low is None else row.low
    high = np.inf if row.high is None else row.high
    expressions = {year: parse(years=(year,)) for year in row.all_years} or {0: parse()}
    _refuse_other_years(expressions, where)
    if len({tuple(e.years) for e in expressions.values()}) == 1:
        expressions = dict(list(expressions.items())[:1])  # one year, or the expression says all its years itself
    return [
        Fact(f"{row.name} ({year})" if len(expressions) > 1 else row.name, e, low, high, row.unit or e.unit, row.source)
        for year, e in expressions.items()
    ]


def _refuse_other_years(expressions: dict[int, Expression], where: str) -> None:
    """A year in the column of years that an expression which says its own years does not have."""
    others = [str(year) for year, expression in expressions.items() if year and year not in expression.years]
    if others:
        own = ", ".join(map(str, next(iter(expressions.values())).years))
        raise InputError(Mistake(where, f"the year is {', '.join(others)}, but the expression says {own}", "keep one"))


# ---- runs -----------------------------------------------------------------------------------------------------------------


def validate(
    facts: str | Path | Sequence[Fact],
    scenario: ScenarioLike | None = None,
    *,
    ensemble: bool = False,
    replicates: int | None = None,
    jobs: int = 1,
    seed: int = 1,
    world: WorldLike = "vietnam",
    rule: RuleLike = None,
    settings: Mapping[str, Any] | None = None,
    backend: str = "loky",
    progress: Progress | None = None,
) -> Validation:
    """Run `scenario` to the last year that the facts need and hold the runs against the facts.

    Parameters
    ----------
    facts : CSV file, "calibration", or facts read before
    ensemble : run every calibrated parameter set instead of the central values
    replicates : runs of each parameter set, each with other draws and, because the real tenants are unknown too, another
        synthetic population (seed, seed + 1, ...; with a World given, other draws only); None = 20, with `ensemble` 4
    jobs, seed, world, rule, settings, backend : as in `simulate_many`; settings hold over those of a set
    progress : called with (runs done, runs in all)

    Raises InputError with the mistakes of the file, of its names in this world, and of the scenario, before any run.
    """
    replicates = replicates if replicates is not None else REPLICATES_OF_SET if ensemble else REPLICATES
    check_counts(replicates, jobs, backend)
    started = time.perf_counter(), time.process_time()
    sets = load_ensemble() if ensemble else ({},)
    ready, base, described = _prepare(facts, scenario, world, seed, rule, dict(settings or {}))
    last = max(year for fact in ready for year in fact.expression.years)
    base = replace(base, years=(min(base.years[0], last), last) if base.years else None)
    cases = [_case_of(base, number, values, dict(settings or {})) for number, values in enumerate(sets, 1)]
    tasks = _tasks(cases, replicates, questions_of(ready), jobs)
    blocks = run_tasks(run_block, tasks, jobs, backend, progress, lambda task: len(task[0]))
    results = [result for block in blocks for result in block]
    provenance = ensemble_provenance([described], seed, replicates, started)
    provenance |= {"ensemble": len(cases) if ensemble else 0, "last_year": last}
    return Validation(tuple(ready), *_values(ready, results), base.scenario.name, provenance)


def _prepare(
    facts: str | Path | Sequence[Fact],
    scenario: ScenarioLike | None,
    world: WorldLike,
    seed: int,
    rule: RuleLike,
    settings: dict[str, Any],
) -> tuple[list[Fact], Case, dict[str, Any]]:
    """Facts whose names are found in the world, the case that all runs share, and its description."""
    ready, found = facts_and_mistakes(facts) if isinstance(facts, str | Path) else (list(facts), Mistakes())
    with found.collected():
        named = default_scenario(world) if scenario is None else scenario
        loaded = apply_settings(load_scenario(named), settings)
        case = Case(loaded.name, loaded, world, seed, rule, loaded.years)
        with case.model(0) as model:
            finder = Finder(model.world, model.lever_paths.programmes, model.case.name)
            found += bind([fact.expression for fact in ready], finder, model.case.years[1])
            described = {"label": case.label, **case_of(model, settings)}
            if not found:
                compile_model(model)
    found.tell()
    return ready, case, described


def _case_of(base: Case, number: int, values: dict[str, float], settings: dict[str, Any]) -> Case:
    """The case of one parameter set; what the user sets holds over it."""
    if not values:
        return base
    own = {name: value for name, value in values.items() if name not in settings}
    return replace(base, label=f"set {number}", scenario=apply_settings(base.scenario, own))


def questions_of(facts: Sequence[Fact]) -> tuple[Question, ...]:
    """Every number that the facts need of a run, each once."""
    asked = (asked for fact in facts for asked in fact.expression.asked)
    return tuple(dict.fromkeys(question for one in asked for question in _questions(one)))


def _questions(asked: Asked) -> list[Question]:
    if asked.cohort is None:
        raise ValueError(f"{asked.name} has not been looked up in a world")
    return [Question(asked.name, asked.cohort, year) for year in asked.years]


def _tasks(cases: list[Case], replicates: int, questions: tuple[Question, ...], jobs: int) -> list[tuple]:
    """Every replicate of every case, in order, several runs a task.

    A world that is made by a recipe is another one in every replicate.
    """
    runs = [
        (replace(case, seed=case.seed + replicate) if _has_recipe(case) else case, replicate)
        for replicate in range(replicates)
        for case in cases
    ]
    size = max(1, -(-len(runs) // (workers(jobs) * TASKS_PER_WORKER)))
    return [(runs[k : k + size], questions) for k in range(0, len(runs), size)]


def run_block(runs: Sequence[tuple[Case, int]], questions: tuple[Question, ...]) -> list[Result]:
    """Several runs, one after the other: the answers of each."""
    results = []
    for case, replicate in runs:
        result, _ = run_one(case, 0 if _has_recipe(case) else replicate, partial(answer, questions))
        results.append(replace(result, replicate=replicate))
    return results


def _has_recipe(case: Case) -> bool:
    return isinstance(case.world, str)


def _values(facts: list[Fact], results: list[Result]) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Every fact in every run that ended well, a column a fact; and the runs that failed."""
    good = [result for result in results if not result.failed]

    def value(asked: Asked, year: int) -> np.ndarray:
        question = Question(asked.name, asked.cohort, year)  # type: ignore[arg-type]
        return np.array([result.more[question] for result in good])

    columns = {fact.name: np.broadcast_to(evaluate(fact.expression, value), len(good)) for fact in facts if good}
    table = pd.DataFrame(columns, columns=[fact.name for fact in facts], dtype=float)
    for position, (name, of) in enumerate(zip(RUN_COLUMNS, ("label", "replicate"))):
        table.insert(position, name, [getattr(result, of) for result in good])
    return table, failures_of(results)


# ---- the comparison -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Judgement:
    """What runs say about one fact. `inside`: share of runs within the observed range; `covered`: share of the observed
    range within the model's 5-95 % range; `width`: the model's range over the observed one (NaN where that has no width)."""

    low: float
    middle: float
    high: float
    inside: float
    covered: float
    width: float
    runs: int
    verdict: str


def judge(values: np.ndarray, low: float, high: float) -> Judgement:
    """The runs' `values` against an observed range that may be open on one side.

    >>> judge(np.linspace(0.0, 10.0, 101), 4.0, 6.0).verdict, judge(np.array([1.0, 2.0]), 3.0, np.inf).verdict
    ('agrees', 'too low')
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return Judgement(np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 0, NO_VALUE)
    q_low, middle, q_high = (float(q) for q in np.quantile(known, (LOW, MIDDLE, HIGH)))
    shared, observed = max(min(q_high, high) - max(q_low, low), 0.0), high - low
    is_in = q_low <= low <= high <= q_high
    covered = shared / observed if 0.0 < observed < np.inf else float(is_in) if observed == 0.0 else np.nan
    inside = float(np.mean((known >= low) & (known <= high)))
    width = (q_high - q_low) / observed if 0.0 < observed < np.inf else np.nan
    verdict = _verdict(q_low, q_high, low, high)
    return Judgement(q_low, middle, q_high, inside, covered, width, known.size, verdict)


def _verdict(q_low: float, q_high: float, low: float, high: float) -> str:
    if q_high < low:
        return TOO_LOW
    if q_low > high:
        return TOO_HIGH
    one_in_other = (q_low <= low and high <= q_high) or (low <= q_low and q_high <= high)
    return AGREES if one_in_other else IN_PART


@dataclass(frozen=True, eq=False)
class Validation(Saved):
    """Facts and what runs say about them.

    values : a row a run (set, replicate), a column a fact; NaN where a run has no value
    failures : the runs that failed
    """

    facts: tuple[Fact, ...]
    values: pd.DataFrame
    failures: list[dict[str, Any]]
    scenario: str
    provenance: dict[str, Any]

    @property
    def runs(self) -> int:
        return len(self.values)

    @property
    def judgements(self) -> list[Judgement]:
        return [judge(self.values[fact.name].to_numpy(), fact.low, fact.high) for fact in self.facts]

    def table(self) -> pd.DataFrame:
        """A row a fact: what was observed, the model's 5, 50 and 95 %, shares, verdict, source."""
        rows = [
            {
                "name": fact.name, "expression": fact.expression.text, "unit": fact.unit,
                "observed_low": fact.low, "observed_high": fact.high,
                "model_low": found.low, "model_median": found.middle, "model_high": found.high,
                "inside_share": found.inside, "covered_share": found.covered, "relative_width": found.width,
                "runs": found.runs, "verdict": found.verdict, "source": fact.source,
            }
            for fact, found in zip(self.facts, self.judgements)
        ]  # fmt: skip
        return pd.DataFrame(rows)

    @property
    def counts(self) -> dict[str, int]:
        """Facts of each verdict."""
        verdicts = [found.verdict for found in self.judgements]
        return {verdict: verdicts.count(verdict) for verdict in VERDICTS}

    @property
    def summary(self) -> str:
        """The result in one sentence."""
        counts = self.counts
        others = ", ".join(f"{n} {verdict}" for verdict, n in counts.items() if n and verdict != AGREES)
        return f"{counts[AGREES]} of {len(self.facts)} facts agree" + (f"; {others}" if others else "")

    @property
    def manifest(self) -> dict[str, Any]:
        return {**self.provenance, "counts": self.counts, "failures": self.failures}

    def files(self) -> dict[str, pd.DataFrame]:
        return {"facts.csv": self.table(), "runs.parquet": self.values}
