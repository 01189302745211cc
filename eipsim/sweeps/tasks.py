"""A run as a task: what it needs, how it is made, what comes of it. Nothing here knows of workers or files.

Workers get scenarios, world recipes and numbers, never models.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eipsim.errors import InputError, Mistake
from eipsim.model.own_rules import RuleLike
from eipsim.runs.ensemble import Set, pair_of, sets_of
from eipsim.runs.provenance import case_of, circumstances
from eipsim.runs.simulation import checked_arguments, stepping, stepping_model
from eipsim.scenarios.loading import ScenarioLike, apply_settings, load_scenario
from eipsim.scenarios.schema import Scenario
from eipsim.world.columns import World, WorldLike

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel

Cases = ScenarioLike | Sequence[ScenarioLike] | Mapping[str, ScenarioLike]  # with labels, or by their names


@dataclass(frozen=True)
class Shared:
    """What all cases of an ensemble have in common: as in `simulate`."""

    seed: int = 1
    world: WorldLike = "vietnam"
    rule: RuleLike = None
    years: tuple[int, int] | None = None
    settings: Mapping[str, Any] | None = None
    trust: bool = False
    ensemble: bool = False


@dataclass(frozen=True)
class Case:
    """What every replicate of one scenario shares. With `sets`, a replicate is one of them in a population of its own."""

    label: str
    scenario: Scenario
    world: WorldLike
    seed: int
    rule: RuleLike
    years: tuple[int, int] | None
    sets: tuple[Set, ...] = field(default=(), repr=False)

    def model(self, replicate: int):
        """Context of the model of one replicate."""
        scenario, more = self.scenario, {"years": self.years, "replicate": replicate}
        if self.sets:
            pair = pair_of(self.sets, self.seed, replicate)
            scenario, more["population"] = apply_settings(scenario, dict(pair.values)), pair.population
        return stepping_model(scenario, self.world, self.seed, self.rule, **more)


@dataclass(frozen=True)
class Result:
    """One run: outcomes [years, outcomes], first year and what else was collected; or the error it ended with."""

    label: str
    replicate: int
    first_year: int = 0
    outcomes: np.ndarray | None = None
    more: Any = None
    error: str = ""
    message: str = ""

    @property
    def failed(self) -> bool:
        return self.outcomes is None


# ---- before the runs -------------------------------------------------------------------------------------------------


def prepare(cases: Cases, shared: Shared) -> tuple[list[Case], list[dict[str, Any]]]:
    """The cases, each tried out by laying out its model, and their descriptions. InputError with all mistakes.

    The first model takes a step, so that everything is compiled and every world is on disk before workers start.
    """
    prepared, described, found = [], [], []
    sets = _sets(shared)
    for label, scenario in _labelled(cases):
        try:
            years = checked_arguments(shared.years, 0)["years"]
            loaded = apply_settings(load_scenario(scenario, shared.trust), dict(shared.settings or {}))
            case = Case(label or loaded.name, loaded, shared.world, shared.seed, shared.rule, years, sets)
            with case.model(0) as model:
                described.append({"label": case.label, **case_of(model, shared.settings, loaded)})
                prepared.append(case)
                if len(prepared) == 1:
                    compile_model(model)
        except InputError as error:
            found += error.mistakes
    found += _repeated([case.label for case in prepared])
    if found:
        raise InputError(dict.fromkeys(found))
    return prepared, described


def _sets(shared: Shared) -> tuple[Set, ...]:
    """The parameter sets, where an ensemble is asked for; what is set holds over the sets."""
    if not shared.ensemble:
        return ()
    if isinstance(shared.world, World):
        what = "needs other firms for every parameter set, and a world has firms already"
        raise InputError(Mistake("ensemble", what, "name the recipe of the world"))
    return sets_of(shared.rule, dict(shared.settings or {}))


def _labelled(cases: Cases) -> list[tuple[str, ScenarioLike]]:
    cases = [cases] if isinstance(cases, str | Path | Scenario) else cases
    labelled = list(cases.items()) if isinstance(cases, Mapping) else [("", case) for case in cases]
    if not labelled:
        raise InputError(Mistake("cases", "there is no scenario to simulate"))
    return labelled


def _repeated(labels: list[str]) -> list[Mistake]:
    """Labels that two cases share: their rows could not be told apart."""
    repeated = sorted({label for label in labels if labels.count(label) > 1})
    return [Mistake("cases", f"{label} occurs twice", "give labels: {label: scenario, ...}") for label in repeated]


def compile_model(model: EIPModel) -> None:
    """One step. What goes wrong in it goes wrong again in the runs, and is recorded there."""
    with contextlib.suppress(Exception):
        model.step()


def ensemble_provenance(
    described: list[dict], seed: int, replicates: int, started: tuple[float, float]
) -> dict[str, Any]:
    """What decided a table of many runs."""
    wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
    return {"cases": described, "seed": seed, "replicates": replicates, **circumstances(wall, cpu)}


def with_pairs(frame: pd.DataFrame, cases: Sequence[Case]) -> pd.DataFrame:
    """A table of runs with the parameter set and the population of each, where they are an ensemble."""
    sets, seed = cases[0].sets, cases[0].seed
    frame.attrs["provenance"]["ensemble"] = len(sets)
    if sets:
        pairs = [pair_of(sets, seed, replicate) for replicate in frame["replicate"]]
        after = frame.columns.get_loc("replicate") + 1
        frame.insert(after, "set", [pair.number for pair in pairs])
        frame.insert(after + 1, "population", [pair.population for pair in pairs])
    return frame


# ---- the run ---------------------------------------------------------------------------------------------------------


def only_step(model: EIPModel, years: Iterator[int]) -> None:
    """Step `model` through `years` and keep nothing beside its outcomes."""
    for _ in years:
        continue


def run_one(case: Case, replicate: int, collect: Callable[..., Any] = only_step) -> tuple[Result, Case]:
    """One run as a Result, and the case with its world built. `collect(model, years)` steps it and may keep more."""
    try:
        with case.model(replicate) as model:
            case = case if case.sets else replace(case, world=model.world)
            more = collect(model, stepping(model))
            kept = model.chronicle.since(model.first_reported)
            return Result(case.label, replicate, kept.first, kept.outcomes(), more), case
    except Exception as error:  # whatever it is: a failed run is recorded and the others go on
        return Result(case.label, replicate, error=type(error).__name__, message=str(error)), case


def failures_of(results: Sequence[Result]) -> list[dict[str, Any]]:
    """A row for every run that failed."""
    failed = [r for r in results if r.failed]
    return [{"scenario": r.label, "replicate": r.replicate, "error": r.error, "message": r.message} for r in failed]
