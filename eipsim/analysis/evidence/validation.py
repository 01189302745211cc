"""The model against observed facts: what runs say about each fact of a table, and whether the two agree.

>>> eipsim.validate("calibration", ensemble=True, replicates=5).table()          # doctest: +SKIP
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from eipsim.analysis.evidence.facts import RUN_COLUMNS, Fact, facts_and_mistakes
from eipsim.analysis.evidence.verdicts import AGREES, COVER, NO_VERDICT, REFUTED, VERDICTS, Judgement, judge
from eipsim.core.later import Later
from eipsim.core.numbers import cells
from eipsim.data.fact_rows import FITTED, INPUT, ROLES, TEST
from eipsim.errors import InputError, Mistake, Mistakes
from eipsim.exports.codebook import Meaning
from eipsim.model.own_rules import RuleLike
from eipsim.outcomes.binding import Finder, bind
from eipsim.outcomes.cohorts import Question
from eipsim.outcomes.evaluation import Value, evaluate, what_is_missing, where_values_end
from eipsim.outcomes.nodes import Asked
from eipsim.outcomes.observation import answer
from eipsim.outcomes.reached import nobody_reached
from eipsim.runs.ensemble import sets_of
from eipsim.runs.provenance import case_of
from eipsim.runs.saving import Saved
from eipsim.runs.simulation import Progress
from eipsim.scenarios.loading import ScenarioLike, apply_settings, default_scenario, load_scenario
from eipsim.sweeps.tasks import Case, Result, compile_model, ensemble_provenance, failures_of, run_one
from eipsim.sweeps.workers import check_counts, in_blocks, is_whole, run_tasks, workers
from eipsim.world.columns import WorldLike

if TYPE_CHECKING:
    from eipsim.figures.style import Chart

figures = Later("eipsim.figures")  # which stand above
REPLICATES, REPLICATES_OF_SET = 20, 1  # by default: of the central parameters, of each set of the ensemble
TASKS_PER_WORKER = 4
NOUNS = {TEST: "test", FITTED: "fitted fact", INPUT: "input"}
ONE_POPULATION = (
    "all runs have the one population that was given, so their ranges leave out by how much populations differ"
)
OWN = ""  # the scenario of all quantities that name none


# ---- runs -----------------------------------------------------------------------------------------------------------------


def validate(
    facts: str | Path | Sequence[Fact],
    scenario: ScenarioLike | None = None,
    *,
    ensemble: bool | int = False,
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
    ensemble : run every calibrated parameter set of the rule instead of the central values, or, for a quick look, so many of
        them; a rule of your own has those of the default rule
    replicates : runs of each parameter set; None = 20, with `ensemble` 1. No two runs share draws or, because the real tenants
        are unknown too, a synthetic population: set s of S has in replicate r, both from 0, that of seed + r S + s. With a World
        given, all have that population, and only the draws differ
    jobs, seed, world, rule, settings, backend : as in `simulate_many`; settings hold over those of a set
    progress : called with (runs done, runs in all)

    Raises InputError with the mistakes of the file, of its names in this world, and of the scenario, before any run.
    """
    replicates = replicates if replicates is not None else REPLICATES_OF_SET if ensemble else REPLICATES
    check_counts(replicates, jobs, backend)
    started = time.perf_counter(), time.process_time()
    sets = _sets(rule, ensemble)
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
    tasks = _tasks(_plan(cases, replicates, len(sets)), asked, jobs)
    blocks = run_tasks(run_block, tasks, jobs, backend, progress, lambda task: len(task[0]))
    done = [run for block in blocks for run in block]
    provenance = ensemble_provenance(described, seed, replicates, started)
    last = max(question.year for questions in asked.values() for question in questions)
    provenance |= {"ensemble": len(sets) if ensemble else 0, "last_year": last}
    return Validation(tuple(ready), *_values(ready, done, homes), bases[OWN].scenario.name, provenance)


def _sets(rule: RuleLike, ensemble: bool | int) -> tuple[Mapping[str, float], ...]:
    """The parameter sets that are run; InputError for more than there are."""
    if ensemble is False:
        return ({},)
    sets = sets_of(rule)
    wanted = len(sets) if ensemble is True else ensemble
    if not (is_whole(wanted) and 1 <= wanted <= len(sets)):
        raise InputError(
            Mistake("ensemble", f"{ensemble!r} is no number of parameter sets", f"True, or 1 to {len(sets)}")
        )
    return sets[:wanted]


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


def _case_of(base: Case, label: str, values: Mapping[str, float], settings: dict[str, Any]) -> Case:
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
    """A run to come: of which parameter set and scenario, by its name in facts, in which population (`case`), which draws."""

    number: int
    scenario: str
    case: Case
    replicate: int
    draws: int


class Done(NamedTuple):
    """A run that is over: of which parameter set, scenario and population, and what came of it."""

    number: int
    scenario: str
    population: int
    result: Result


def _plan(cases: list[tuple[int, str, Case]], replicates: int, sets: int) -> list[Planned]:
    """Every replicate of every case: a parameter set and a population of its own, the same for all scenarios of the pair.

    Populations are that of the seed and those after it, set by set, then the next replicate: more replicates add to fewer.
    """
    runs = []
    for replicate in range(replicates):
        for number, name, case in cases:
            luck = replicate * sets + number - 1
            if _has_recipe(case):
                runs.append(Planned(number, name, replace(case, seed=case.seed + luck), replicate, draws=0))
            else:
                runs.append(Planned(number, name, case, replicate, draws=luck))
    return runs


def _tasks(runs: list[Planned], asked: dict[str, tuple[Question, ...]], jobs: int) -> list[tuple]:
    """The runs in their order, several a task."""
    size = max(1, -(-len(runs) // (workers(jobs) * TASKS_PER_WORKER)))
    return [(runs[block.start : block.stop], asked) for block in in_blocks(len(runs), size, workers(jobs))]


def run_block(runs: Sequence[Planned], asked: dict[str, tuple[Question, ...]]) -> list[Done]:
    """Several runs, one after the other: the answers of each."""
    results = []
    for number, name, case, replicate, draws in runs:
        result, _ = run_one(case, draws, partial(answer, asked[name]))
        population = case.seed if isinstance(case.world, str) else case.world.seed
        results.append(Done(number, name, population, replace(result, replicate=replicate)))
    return results


def _has_recipe(case: Case) -> bool:
    return isinstance(case.world, str)


def _values(facts: list[Fact], done: list[Done], homes: dict[str, str]) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Every fact in every set and replicate of which all scenarios ended well, a column a fact; and the runs that failed."""
    runs: dict[tuple[int, int, int], dict[str, Result]] = {}
    for number, name, population, result in done:
        runs.setdefault((number, population, result.replicate), {})[name] = result
    ended = {key: of for key, of in runs.items() if not any(result.failed for result in of.values())}
    good = list(ended.values())

    def value(asked: Asked, year: int) -> np.ndarray:
        question = Question(asked.name, asked.cohort, year)  # type: ignore[arg-type]
        return _stacked([of[homes[asked.scenario]].more[question] for of in good])

    columns = {fact.name: np.broadcast_to(evaluate(fact.expression, value), len(good)) for fact in facts if good}
    table = pd.DataFrame(columns, columns=[fact.name for fact in facts], dtype=float)
    named = [(next(iter(of.values())).label, population, replicate) for (_, population, replicate), of in ended.items()]
    for position, name in enumerate(RUN_COLUMNS):
        table.insert(position, name, [run[position] for run in named])
    left_out = {fact.name: _left_out(fact, value, len(good)) for fact in facts if good}
    table.attrs["left_out"] = {name: told for name, told in left_out.items() if told}
    return table, failures_of([one.result for one in done])


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


@dataclass(frozen=True, eq=False, repr=False)
class Validation(Saved):
    """Facts and what runs say about them.

    values : a row a run (set, population, replicate), a column a fact; NaN where a run has no value
    failures : the runs that failed

    >>> facts = "tests/data/facts.csv"
    >>> validate(facts, world="pilot-parks", replicates=3)                      # doctest: +SKIP
    Validation of baseline against 2 facts, world pilot-parks, 3 runs, 3 populations
      1 of 1 test agrees; counted apart: 1 of 1 input agrees
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
        """A row a fact: its role, what was observed, the model's range and median, shares, width, score, verdict, source."""
        rows = [
            {
                "name": fact.name, "expression": fact.expression.text, "role": fact.role, "unit": fact.unit,
                "observed_low": fact.low, "observed_high": fact.high,
                "model_low": found.low, "model_median": found.middle, "model_high": found.high, "range_cover": found.cover,
                "inside_share": found.inside, "covered_share": found.covered, "relative_width": found.width,
                "crps": found.score, "skill": found.skill, "runs": found.runs, "verdict": found.verdict,
                "note": found.note, "source": fact.source,
            }
            for fact, found in zip(self.facts, self.judgements)
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def by_role(self) -> pd.DataFrame:
        """Coverage and sharpness over facts, a row a role that some have.

        facts : how many; judged : those that got a verdict, and how many got which
        reached_share : of the judged ones, those that the model's range does not exclude (`expected_share` of a perfect model)
        median_width, median_skill : as in `table`, of the judged ones that have them
        """
        return pd.DataFrame([self._of_role(role) for role in ROLES if any(fact.role == role for fact in self.facts)])

    def _of_role(self, role: str) -> dict[str, Any]:
        found = [judged for fact, judged in zip(self.facts, self.judgements) if fact.role == role]
        judged = [one for one in found if one.verdict != NO_VERDICT]
        reached = sum(one.verdict not in REFUTED for one in judged) / len(judged) if judged else np.nan
        widths, skills = ([getattr(one, name) for one in judged] for name in ("width", "skill"))
        return {
            "role": role, "facts": len(found), "judged": len(judged), **self.counts[role],
            "reached_share": reached, "expected_share": COVER if judged else np.nan,
            "median_width": float(pd.Series(widths, dtype=float).median()),
            "median_skill": float(pd.Series(skills, dtype=float).median()),
        }  # fmt: skip

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Facts of each verdict, by role."""
        judged = [(fact.role, found.verdict) for fact, found in zip(self.facts, self.judgements)]
        return {role: {verdict: judged.count((role, verdict)) for verdict in VERDICTS} for role in ROLES}

    @property
    def left_out(self) -> dict[str, str]:
        """By fact how many runs have no value of it, and why; facts of which all runs have one are not among them."""
        return dict(self.values.attrs.get("left_out", {}))

    def told(self) -> list[str]:
        world, failed = self.provenance["cases"][0]["world"], len(self.failures)
        runs = f"{self.runs} runs, {self.populations} populations" + (f", {failed} runs failed" if failed else "")
        return [f"Validation of {self.scenario} against {len(self.facts)} facts, world {world}, {runs}", self.summary()]

    def small_table(self) -> pd.DataFrame:
        """Of each fact what was observed, what the model says, and the verdict."""
        rows = []
        for fact in self.table().itertuples():
            values = [fact.observed_low, fact.observed_high, fact.model_low, fact.model_median, fact.model_high]
            numbers, unit = cells(values, fact.unit)
            rows.append([fact.name, fact.role, *numbers, unit, fact.verdict])
        head = ["fact", "role", "observed low", "observed high", "model 5 %", "median", "95 %", "unit", "verdict"]
        return pd.DataFrame(rows, columns=head)

    def plot(self) -> Chart:
        """The model's range beside every observed fact."""
        return figures.validation(self)

    def summary(self) -> str:
        """The result in one sentence: tests first, what is no test apart."""
        told = [self._told(role) for role in (FITTED, INPUT) if sum(self.counts[role].values())]
        tests = self._told(TEST) if sum(self.counts[TEST].values()) else "no fact is a test"
        return f"{tests}; counted apart: {' and '.join(told)}" if told else tests

    def _told(self, role: str) -> str:
        counts = self.counts[role]
        others = ", ".join(f"{n} {verdict}" for verdict, n in counts.items() if n and verdict != AGREES)
        total = sum(counts.values())
        noun, verb = (NOUNS[role], "agrees") if total == 1 else (f"{NOUNS[role]}s", "agree")
        return f"{counts[AGREES]} of {total} {noun} {verb}{others and f' ({others})'}"

    @property
    def notes(self) -> list[str]:
        """What readers of the verdicts must know, each once with the facts that it is about."""
        by_note: dict[str, list[str]] = {}
        for fact, found in zip(self.facts, self.judgements):
            if found.note:
                by_note.setdefault(found.note, []).append(fact.name)
        of = {
            note: "all facts" if len(names) == len(self.facts) else ", ".join(names) for note, names in by_note.items()
        }
        alone = self.runs > 1 and self.populations == 1
        return [f"{of[note]}: {note}" for note in of] + [ONE_POPULATION] * alone

    @property
    def populations(self) -> int:
        """Synthetic populations that the runs have."""
        return int(self.values["population"].nunique())

    @property
    def manifest(self) -> dict[str, Any]:
        return {
            **self.provenance, "populations": self.populations, "counts": self.counts, "left_out": self.left_out,
            "failures": self.failures,
        }  # fmt: skip

    def meanings(self) -> dict[str, Meaning]:
        """The facts, which are columns of the table of runs."""
        return {fact.name: Meaning(fact.unit, fact.expression.text) for fact in self.facts}

    def files(self) -> dict[str, pd.DataFrame]:
        return {"facts.csv": self.table(), "roles.csv": self.by_role(), "runs.parquet": self.values}
