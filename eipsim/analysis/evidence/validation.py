"""The model against observed facts: what runs say about each fact of a table, and whether the two agree.

>>> eipsim.validate("calibration", ensemble=True, replicates=5).table()          # doctest: +SKIP
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eipsim.analysis.evidence.facts import RUN_COLUMNS, Fact, facts_and_mistakes
from eipsim.data.parameters import DEFAULT_RULE, load_ensemble
from eipsim.errors import Mistake, Mistakes
from eipsim.model.own_rules import RuleLike
from eipsim.outcomes.binding import Finder, bind
from eipsim.outcomes.cohorts import Question
from eipsim.outcomes.evaluation import Value, evaluate, what_is_missing, where_values_end
from eipsim.outcomes.nodes import Asked
from eipsim.outcomes.observation import answer
from eipsim.outcomes.reached import nobody_reached
from eipsim.rules.acceptance import RULES
from eipsim.runs.provenance import case_of
from eipsim.runs.saving import Saved
from eipsim.runs.simulation import Progress
from eipsim.scenarios.loading import ScenarioLike, apply_settings, default_scenario, load_scenario
from eipsim.sweeps.tasks import Case, Result, compile_model, ensemble_provenance, failures_of, run_one
from eipsim.sweeps.workers import check_counts, run_tasks, workers
from eipsim.world.columns import WorldLike

LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
REPLICATES, REPLICATES_OF_SET = 20, 4  # by default: of the central parameters, of each set of the ensemble
TASKS_PER_WORKER = 4
OWN = ""  # the scenario of all quantities that name none
AGREES, IN_PART, TOO_LOW, TOO_HIGH, NO_VALUE = "agrees", "in part", "too low", "too high", "no value"
VERDICTS = {
    AGREES: "the observed range lies within the model's 5-95 % range, or the model's within the observed",
    IN_PART: "the two ranges overlap",
    TOO_LOW: "the model's range lies below what was observed",
    TOO_HIGH: "the model's range lies above what was observed",
    NO_VALUE: "no run has a value: there is no such firm or park",
}


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
    """Run `scenario`, and others that facts name, to the last year that the facts need and hold the runs against the facts.

    Parameters
    ----------
    facts : CSV file, "calibration", "evidence", or facts read before
    ensemble : run every calibrated parameter set of the rule instead of the central values; a rule of your own has those of the
        default rule
    replicates : runs of each parameter set, each with other draws and, because the real tenants are unknown too, another
        synthetic population (seed, seed + 1, ...; with a World given, other draws only); None = 20, with `ensemble` 4
    jobs, seed, world, rule, settings, backend : as in `simulate_many`; settings hold over those of a set
    progress : called with (runs done, runs in all)

    Raises InputError with the mistakes of the file, of its names in this world, and of the scenario, before any run.
    """
    replicates = replicates if replicates is not None else REPLICATES_OF_SET if ensemble else REPLICATES
    check_counts(replicates, jobs, backend)
    started = time.perf_counter(), time.process_time()
    sets = _calibrated(rule) if ensemble else ({},)
    ready, bases, described = _prepare(facts, scenario, world, seed, rule, dict(settings or {}))
    homes, asked = _homes(bases), dict[str, tuple[Question, ...]]()
    for name, home in homes.items():
        asked[home] = tuple(dict.fromkeys((*asked.get(home, ()), *questions_of(ready, name))))
    cases = [
        (number, home, _case_of(_until(bases[home], questions), _set_of(number, home), values, dict(settings or {})))
        for number, values in enumerate(sets, 1)
        for home, questions in asked.items()
        if questions
    ]
    tasks = _tasks(cases, replicates, asked, jobs)
    blocks = run_tasks(run_block, tasks, jobs, backend, progress, lambda task: len(task[0]))
    done = [run for block in blocks for run in block]
    provenance = ensemble_provenance(described, seed, replicates, started)
    last = max(question.year for questions in asked.values() for question in questions)
    provenance |= {"ensemble": len(sets) if ensemble else 0, "last_year": last}
    return Validation(tuple(ready), *_values(ready, done, homes), bases[OWN].scenario.name, provenance)


def _calibrated(rule: RuleLike) -> tuple[dict[str, float], ...]:
    return load_ensemble(rule if isinstance(rule, str) and rule in RULES else DEFAULT_RULE)


def _homes(bases: dict[str, Case]) -> dict[str, str]:
    """The name under which each scenario is run: the first of those that say the same."""
    scenarios = {name: base.scenario for name, base in bases.items()}
    return {name: next(n for n in scenarios if scenarios[n] == scenario) for name, scenario in scenarios.items()}


def _until(base: Case, questions: tuple[Question, ...]) -> Case:
    """The case as far as the last year that is asked for."""
    last = max(question.year for question in questions)
    return replace(base, years=(min(base.years[0], last), last) if base.years else None)


def _prepare(
    facts: str | Path | Sequence[Fact],
    scenario: ScenarioLike | None,
    world: WorldLike,
    seed: int,
    rule: RuleLike,
    settings: dict[str, Any],
) -> tuple[list[Fact], dict[str, Case], list[dict[str, Any]]]:
    """Facts whose names are found in the world, the case of `scenario` (OWN) and of each that facts name, and what these are."""
    ready, found = facts_and_mistakes(facts) if isinstance(facts, str | Path) else (list(facts), Mistakes())
    bases, described = dict[str, Case](), list[dict[str, Any]]()
    for name in (OWN, *_scenarios_named(ready)):
        trial = Mistakes()
        with trial.collected():
            wanted = name or (default_scenario(world) if scenario is None else scenario)
            loaded = apply_settings(load_scenario(wanted), settings)
            case = Case(loaded.name, loaded, world, seed, rule, loaded.years)
            with case.model(0) as model:
                finder = Finder(model.world, model.lever_paths.programmes, model.case.name)
                asked = [fact.expression for fact in ready]
                trial += bind(asked, finder, model.case.years[1], name) or nobody_reached(asked, finder, name)
                if case.scenario not in [base.scenario for base in bases.values()]:
                    described.append({"label": case.label, **case_of(model, settings)})
                if not (found or trial or bases):
                    compile_model(model)
            bases[name] = case
        new = Mistakes(mistake for mistake in trial if mistake not in found)
        found += _told_where(new, ready, name) if name and name not in bases else new
    found.tell()
    return ready, bases, described


def _scenarios_named(facts: Sequence[Fact]) -> list[str]:
    """The scenarios that expressions name in brackets, in their order."""
    asked = (asked for fact in facts for asked in fact.expression.asked)
    return list(dict.fromkeys(one.scenario for one in asked if one.scenario))


def _told_where(mistakes: Mistakes, facts: Sequence[Fact], name: str) -> Mistakes:
    """What is wrong with a scenario, told where a fact first names it."""
    asked = ((fact.expression.where, one) for fact in facts for one in fact.expression.asked)
    where, column = next((where, one.scenario_column) for where, one in asked if one.scenario == name)
    quotes = f'a park or province stands in quotes: ["{name}"]'
    hints = [f"{each.hint}; {quotes}" if each.where == "scenario" else each.hint for each in mistakes]
    told = [f"column {column}: {each.where}: {each.what}" for each in mistakes]
    return Mistakes(Mistake(where, what, hint) for what, hint in zip(told, hints))


def _set_of(number: int, scenario: str) -> str:
    """What a parameter set is called, and of which scenario its run is where that is not that of most."""
    return f"set {number}" if scenario == OWN else f"{scenario}, set {number}"


def _case_of(base: Case, label: str, values: dict[str, float], settings: dict[str, Any]) -> Case:
    """The case of one parameter set; what the user sets holds over it."""
    if not values:
        return base
    own = {name: value for name, value in values.items() if name not in settings}
    return replace(base, label=label, scenario=apply_settings(base.scenario, own))


def questions_of(facts: Sequence[Fact], scenario: str = OWN) -> tuple[Question, ...]:
    """Every number that the facts need of a run of the scenario, each once."""
    asked = (asked for fact in facts for asked in fact.expression.asked if asked.scenario == scenario)
    return tuple(dict.fromkeys(question for one in asked for question in _questions(one)))


def _questions(asked: Asked) -> list[Question]:
    if asked.cohort is None:
        raise ValueError(f"{asked.name} has not been looked up in a world")
    return [Question(asked.name, asked.cohort, year) for year in asked.years]


class Planned(NamedTuple):
    """A run to come: of which parameter set and scenario, by its name in facts, with which draws."""

    number: int
    scenario: str
    case: Case
    replicate: int


class Done(NamedTuple):
    """A run that is over: of which parameter set and scenario, and what came of it."""

    number: int
    scenario: str
    result: Result


def _tasks(
    cases: list[tuple[int, str, Case]], replicates: int, asked: dict[str, tuple[Question, ...]], jobs: int
) -> list[tuple]:
    """Every replicate of every case, in order, several runs a task.

    A world that is made by a recipe is another one in every replicate, and the same for the scenarios of a replicate.
    """
    runs = [
        Planned(number, name, replace(case, seed=case.seed + replicate) if _has_recipe(case) else case, replicate)
        for replicate in range(replicates)
        for number, name, case in cases
    ]
    size = max(1, -(-len(runs) // (workers(jobs) * TASKS_PER_WORKER)))
    return [(runs[k : k + size], asked) for k in range(0, len(runs), size)]


def run_block(runs: Sequence[Planned], asked: dict[str, tuple[Question, ...]]) -> list[Done]:
    """Several runs, one after the other: the answers of each."""
    results = []
    for number, name, case, replicate in runs:
        result, _ = run_one(case, 0 if _has_recipe(case) else replicate, partial(answer, asked[name]))
        results.append(Done(number, name, replace(result, replicate=replicate)))
    return results


def _has_recipe(case: Case) -> bool:
    return isinstance(case.world, str)


def _values(facts: list[Fact], done: list[Done], homes: dict[str, str]) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Every fact in every set and replicate of which all scenarios ended well, a column a fact; and the runs that failed."""
    runs: dict[tuple[int, int], dict[str, Result]] = {}
    for number, name, result in done:
        runs.setdefault((number, result.replicate), {})[name] = result
    good = [of for of in runs.values() if not any(result.failed for result in of.values())]

    def value(asked: Asked, year: int) -> np.ndarray:
        question = Question(asked.name, asked.cohort, year)  # type: ignore[arg-type]
        return _stacked([of[homes[asked.scenario]].more[question] for of in good])

    columns = {fact.name: np.broadcast_to(evaluate(fact.expression, value), len(good)) for fact in facts if good}
    table = pd.DataFrame(columns, columns=[fact.name for fact in facts], dtype=float)
    first = [next(iter(of.values())) for of in good]
    for position, (name, of) in enumerate(zip(RUN_COLUMNS, ("label", "replicate"))):
        table.insert(position, name, [getattr(result, of) for result in first])
    left_out = {fact.name: _left_out(fact, value, len(good)) for fact in facts if good}
    table.attrs["left_out"] = {name: told for name, told in left_out.items() if told}
    return table, failures_of([result for _, _, result in done])


def _left_out(fact: Fact, value: Value, runs: int) -> str:
    """How many runs have no value of a fact, and why; empty where all have one."""
    without = np.isnan(np.broadcast_to(evaluate(fact.expression, value), runs))
    ends = where_values_end(fact.expression, value) if without.any() else []
    why = [f"{what_is_missing(node)} in {np.broadcast_to(lost, runs).sum()}" for node, lost in ends]
    return f"{without.sum()} of {runs} runs have no value and are left out: {' and '.join(why)}" if why else ""


def _stacked(answers: list[float | np.ndarray]) -> np.ndarray:
    """[runs], or [runs, parks] where a world may have fewer parks than another."""
    if not isinstance(answers[0], np.ndarray):
        return np.array(answers)
    table = np.full((len(answers), max(map(np.size, answers))), np.nan)
    for row, values in zip(table, answers):
        row[: np.size(values)] = values
    return table


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
    def left_out(self) -> dict[str, str]:
        """By fact how many runs have no value of it, and why; facts of which all runs have one are not among them."""
        return dict(self.values.attrs.get("left_out", {}))

    @property
    def summary(self) -> str:
        """The result in one sentence."""
        counts = self.counts
        others = ", ".join(f"{n} {verdict}" for verdict, n in counts.items() if n and verdict != AGREES)
        return f"{counts[AGREES]} of {len(self.facts)} facts agree" + (f"; {others}" if others else "")

    @property
    def manifest(self) -> dict[str, Any]:
        return {**self.provenance, "counts": self.counts, "left_out": self.left_out, "failures": self.failures}

    def files(self) -> dict[str, pd.DataFrame]:
        return {"facts.csv": self.table(), "runs.parquet": self.values}
