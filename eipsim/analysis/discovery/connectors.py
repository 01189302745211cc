"""To and from the EMA Workbench and Mesa's batch runner, so that nobody has to give up the tools they know.

experiments, outcomes = to_ema("results/failures")         what the EMA Workbench's analyses take
store = from_ema("other.tar.gz", "results/other")           its results in a store, for eipsim's analyses
model = ema_model("design.yaml")                            eipsim as a model that its evaluators run
rows = mesa.batch_run(EIPModel, **batch_arguments(design))  the runs of a design by Mesa
store = from_batch_run(rows, design, "results/runs")        and into a store
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eipsim.analysis.discovery.prim_and_cart import library
from eipsim.analysis.states_of_world import inputs_of
from eipsim.analysis.study import Study, StudyLike, positions, study_of
from eipsim.analysis.subsets import is_numeric
from eipsim.core.own_code import refuse
from eipsim.designs.design import COMMON, Design
from eipsim.designs.factors import PARAMETER_SET, POPULATION, RULE, SEED, Continuous
from eipsim.designs.points import split
from eipsim.designs.reading import load_design
from eipsim.errors import InputError, Mistake, Mistakes, RunError
from eipsim.outcomes.registry import OUTCOMES
from eipsim.stores.store import Store
from eipsim.sweeps.runner import run_spec

SCENARIO, POLICY, MODEL, TIME = "scenario", "policy", "model", "TIME"  # columns and an outcome with a meaning there
EIPSIM = "eipsim"
LEVER = "eipsim_scenario"  # the lever that chooses the scenario of a design
PLACED = (PARAMETER_SET, POPULATION, SEED)  # factors that say which synthetic firms a run has
LAST_YEAR = 2050  # what results that are of no year are stored under
Results = tuple[pd.DataFrame, dict[str, np.ndarray]]


# ---- results to the EMA Workbench ------------------------------------------------------------------------------------


def to_ema(study: StudyLike, outcomes: Sequence[str] | None = None, scenarios: Sequence[str] | None = None) -> Results:
    """Experiments and outcomes as the EMA Workbench's `perform_experiments` gives them.

    experiments : a row per scenario of eipsim (`policy`) and row of the design (`scenario`), a column per factor
    outcomes : by name; stored outcomes [n, years], or [n, replicates, years] when there are several replicates, which
        its `process_replications` averages; expressions with a year [n] or [n, replicates]; and TIME [n, years]

    `outcomes` : names and expressions; None = everything stored. Experiments of which a run is missing are left out, and
    counted in `experiments.attrs["left_out"]`. Raises InputError for names that do not exist.
    """
    study = study_of(study)
    chosen = positions(scenarios, study.scenarios, "scenarios")
    whole = study.finished[chosen].all(axis=2).ravel()
    inputs = inputs_of(study)
    table = pd.concat([_experiments(inputs, study.scenarios[position]) for position in chosen], ignore_index=True)
    arrays = {name: _array(study, name)[chosen] for name in outcomes or study.outcomes}
    found = {name: _squeezed(array.reshape(-1, *array.shape[2:])[whole]) for name, array in arrays.items()}
    found[TIME] = np.tile(np.array(study.years), (int(whole.sum()), 1))
    experiments = table[whole].reset_index(drop=True)
    experiments.attrs["left_out"] = int((~whole).sum())
    return experiments, found


def _experiments(inputs: pd.DataFrame, policy: str) -> pd.DataFrame:
    """The inputs as the workbench has them: numbers, and everything else as categories."""
    table = pd.DataFrame({name: _as_ema_has_it(inputs[name]) for name in inputs})
    return table.assign(**{SCENARIO: np.arange(len(table)), POLICY: policy, MODEL: EIPSIM})


def _as_ema_has_it(column: pd.Series) -> Any:
    return column.to_numpy() if is_numeric(column) else pd.Categorical(column.map(str))


def _array(study: Study, name: str) -> np.ndarray:
    """A pathway where the expression has no year, else a number: [scenarios, rows, replicates(, years)]."""
    if name in study.outcomes:
        return study.pathway(f'"{name}"')
    return study.values(name)


def _squeezed(array: np.ndarray) -> np.ndarray:
    """[n, replicates, ...] without the axis of replicates where there is only one."""
    return array[:, 0] if array.shape[1] == 1 else array


def save_ema(study: StudyLike, file: str | Path, outcomes: Sequence[str] | None = None) -> Path:
    """Write a store as the archive that the EMA Workbench's `load_results` reads. Returns the file."""
    experiments, found = to_ema(study, outcomes)
    utilities, kinds = library("ema_workbench.util.utilities"), library("ema_workbench.em_framework.outcomes")
    known = kinds.register.outcomes
    before = {name: known[name] for name in found if name in known}
    try:  # the workbench keeps the kind of every outcome by its name, for the whole session
        known.update({name: kinds.ScalarOutcome if v.ndim == 1 else kinds.ArrayOutcome for name, v in found.items()})
        plain = experiments.astype(dict.fromkeys(experiments.select_dtypes("category"), object))
        utilities.save_results((plain, found), str(file))
    except OSError as error:
        raise InputError(Mistake(str(file), f"cannot be written: {error.strerror or error}")) from error
    finally:
        for name in found:
            known.pop(name, None)
        known.update(before)
    return Path(file)


# ---- results from the EMA Workbench ----------------------------------------------------------------------------------


def from_ema(results: str | Path | Results, folder: str | Path, years: tuple[int, int] | None = None) -> Store:
    """A store in `folder` for results of the EMA Workbench: an archive of `save_results`, or experiments and outcomes.

    Its policies become scenarios and its scenarios rows: every column that has one value per scenario is a factor, those
    with one value per policy (levers) belong to the policy. Outcomes [n] count for every year, [n, years] and
    [n, replicates, years] as they are.

    `years` : first and last; None = those of the outcome TIME, or 2050 alone where nothing has years.
    Raises InputError where the experiments are not the same scenarios under every policy, or cannot be read.
    """
    experiments, outcomes = _loaded(results)
    experiments = _with_columns(experiments)
    policies = list(dict.fromkeys(experiments[POLICY].astype(str)))
    ids = sorted(set(experiments[SCENARIO].tolist()), key=lambda one: (isinstance(one, str), one))
    factors = _factors(experiments, policies)
    span = years or _span(outcomes)
    named = {name: np.asarray(values, dtype=float) for name, values in outcomes.items() if name != TIME}
    shaped = _shaped(named, span)
    n_replicates = max((array.shape[1] for array in shaped.values()), default=1)
    points = experiments.drop_duplicates(SCENARIO).set_index(SCENARIO).loc[ids, list(factors)]
    design = load_design(
        {
            "title": "From the EMA Workbench", "scenarios": policies, "model": f"{__name__}:ran_elsewhere",
            "years": list(span), "replicates": n_replicates, "outcomes": list(shaped), "factors": factors,
            "sampler": {"method": "listed", "points": [_plain(point) for point in points.to_dict("records")]},
            "dummy": False,
        }
    )  # fmt: skip
    array = np.full((len(policies), len(ids), n_replicates, span[1] - span[0] + 1, len(shaped)), np.nan)
    where = experiments[POLICY].astype(str).map(policies.index), experiments[SCENARIO].map(ids.index)
    for number, values in enumerate(shaped.values()):
        array[where[0].to_numpy(int), where[1].to_numpy(int), ..., number] = values
    return Store.fill(folder, design, array)


def ran_elsewhere(settings: Mapping[str, Any], *, scenario: str, draws: int, years: tuple[int, int]) -> Any:
    """The model of results that came from elsewhere: it cannot be run here."""
    raise RunError("these results were made by another program; eipsim cannot add runs to them")


def _loaded(results: str | Path | Results) -> Results:
    if not isinstance(results, str | Path):
        return results
    utilities, _ = library("ema_workbench.util.utilities"), library("ema_workbench.em_framework.outcomes")
    try:
        return utilities.load_results(str(results))
    except FileNotFoundError:
        raise InputError(Mistake(str(results), "does not exist")) from None
    except Exception as error:  # tar, JSON, CSV and more: whatever is wrong with the file
        hint = "it should be an archive of the EMA Workbench's save_results"
        raise InputError(Mistake(str(results), f"cannot be read: {error}", hint)) from error


def _with_columns(experiments: pd.DataFrame) -> pd.DataFrame:
    """With a scenario and a policy of every experiment, each pair once."""
    table = experiments.reset_index(drop=True).copy()
    table[POLICY] = table[POLICY].astype(str) if POLICY in table else EIPSIM
    if SCENARIO not in table:
        table[SCENARIO] = np.arange(len(table))
    if table.duplicated([POLICY, SCENARIO]).any():
        raise InputError(Mistake("experiments", "hold a scenario twice under the same policy"))
    return table


def _factors(experiments: pd.DataFrame, policies: list[str]) -> dict[str, Any]:
    """The columns that have one value per scenario, as factors with the range they have."""
    found, factors = Mistakes(), {}
    for name in experiments.columns.difference([SCENARIO, POLICY, MODEL], sort=False):
        column = experiments[name]
        if experiments.groupby(SCENARIO)[name].nunique(dropna=False).max() == 1:
            if column.nunique(dropna=False) > 1:
                factors[name] = _range_of(column)
        elif len(policies) == 1 or experiments.groupby(POLICY)[name].nunique(dropna=False).max() > 1:
            found.append(Mistake("experiments", f"{name} has several values for a scenario and for a policy"))
    if found:
        found.append(Mistake("experiments", "the same scenarios must be run under every policy"))
    found.tell()
    return factors


def _range_of(column: pd.Series) -> dict[str, Any]:
    if not is_numeric(column):
        return {"choice": sorted(set(column.map(str)))}
    low, high = float(column.min()), float(column.max())
    if pd.api.types.is_integer_dtype(column):
        return {"integers": [int(low), int(high)]}
    return {"uniform": [low, high]}


def _plain(point: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a design file has them."""
    return {name: v.item() if hasattr(v, "item") else v if isinstance(v, int | float) and not isinstance(v, bool) else str(v)
            for name, v in point.items()}  # fmt: skip


def _span(outcomes: Mapping[str, Any]) -> tuple[int, int]:
    if TIME in outcomes:
        times = np.asarray(outcomes[TIME], dtype=float)
        return int(times.min()), int(times.max())
    longest = max((np.ndim(values) for values in outcomes.values()), default=1)
    if longest > 1:
        what = "the outcomes have years, but which is not known"
        raise InputError(Mistake("years", what, "give years=(first, last)"))
    return LAST_YEAR, LAST_YEAR


def _shaped(outcomes: Mapping[str, np.ndarray], span: tuple[int, int]) -> dict[str, np.ndarray]:
    """Outcomes as [n, replicates, years]. InputError for those with another number of years."""
    n_years, found, shaped = span[1] - span[0] + 1, Mistakes(), {}
    for name, values in outcomes.items():
        array = values[:, None, None] if values.ndim == 1 else values[:, None] if values.ndim == 2 else values
        if array.ndim != 3 or array.shape[2] not in (1, n_years):
            what = f"{name} has the shape {values.shape}, which does not go with {span[0]} to {span[1]}"
            found.append(Mistake("outcomes", what, "allowed: [n], [n, years], [n, replicates, years]"))
            continue
        shaped[name] = np.broadcast_to(array, (*array.shape[:2], n_years))
    found.tell()
    return shaped


# ---- eipsim as a model of the EMA Workbench --------------------------------------------------------------------------


class Runs:
    """Runs a point of a design: a function of its factors that gives every outcome over the years; can be pickled."""

    def __init__(self, design: Design):
        refuse(design.strange_code)
        self.document = design.document()
        self._design: Design | None = design

    def __getstate__(self) -> dict[str, Any]:
        return {"document": self.document, "_design": None}

    def __call__(self, **settings: Any) -> dict[str, np.ndarray]:
        design = self._design = self._design or load_design(self.document)
        label, replicate = settings.pop(LEVER, design.labels[0]), int(settings.pop("replicate", 0))
        of_others = design.factors.keys() - design.factors_of(label)
        values = {name: _level(design, name, value) for name, value in settings.items() if name not in of_others}
        spec = design.run(label, 0)
        if design.model is None:
            places = {name: _place(design, name, settings[name]) for name in PLACED if name in settings}
            rule, seed, values = split(values)
            firms = int(design.population_at(places, replicate))
            spec = replace(spec, rule=rule, seed=spec.seed if seed is None else seed, population=firms)
        found, _ = run_spec(replace(spec, settings=values, draws=replicate))
        return {name: found[:, number] for number, (name, _) in enumerate(spec.outcomes)}


def _level(design: Design, name: str, value: Any) -> Any:
    """What a factor sets at a value of the workbench: of a choice, the level with that label."""
    factor = design.factors[name]
    if factor is None or isinstance(factor, Continuous):
        return float(value)
    return factor.levels[_place(design, name, value)]


def _place(design: Design, name: str, value: Any) -> int:
    """Where the level that the workbench calls `value` stands in a choice."""
    choice: Any = design.factors[name]
    return [str(label) for label in choice.labels].index(str(value))


def ema_model(design: Any) -> Any:
    """A design as a model of the EMA Workbench: its factors are uncertainties, its scenarios a lever.

    The workbench samples every factor evenly between its ends; the design's own sampler and replicates are not used.
    `ema_policies` gives a policy for each scenario. Any evaluator can run it.
    """
    design = load_design(design)
    framework = library("ema_workbench.em_framework")
    model = framework.Model(EIPSIM, function=Runs(design))
    model.uncertainties = [_uncertainty(framework, name, factor) for name, factor in design.factors.items()]
    if len(design.labels) > 1:
        model.levers = [framework.CategoricalParameter(LEVER, design.labels)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.outcomes = [framework.ArrayOutcome(name) for name, _ in design.run(design.labels[0], 0).outcomes]
    return model


def ema_policies(design: Any) -> list[Any]:
    """A policy of the EMA Workbench for every scenario of the design."""
    framework = library("ema_workbench.em_framework")
    return [framework.Policy(label, **{LEVER: label}) for label in load_design(design).labels]


def _uncertainty(framework: Any, name: str, factor: Any) -> Any:
    if isinstance(factor, Continuous):
        return framework.RealParameter(name, *factor.ends)
    return framework.CategoricalParameter(name, [str(label) for label in factor.labels])


# ---- Mesa's batch runner ---------------------------------------------------------------------------------------------


def batch_arguments(design: Any) -> dict[str, Any]:
    """Parameters and settings of `mesa.batch_run(EIPModel, **...)` that run every point of a design.

    Raises InputError for what a batch cannot say: a rule, seed or draws that differ from row to row, a model of one's own.
    """
    design = load_design(design)
    found = Mistakes()
    if design.model is not None:
        found.append(Mistake("model", "a model of one's own is no EIPModel"))
    for name in (RULE, SEED, POPULATION):
        if name in design.factors:
            found.append(Mistake(f"factors.{name}", "cannot vary in one batch", f"make a design for every {name}"))
    if design.pairs_populations:
        found.append(Mistake("populations", f"{design.populations} cannot be said to Mesa", "populations: 1"))
    if design.draws != COMMON:
        found.append(Mistake("draws", f"{design.draws} cannot be said to Mesa", "use common draws"))
    found.tell()
    scenarios = [design.run(label, row).scenario for label in design.labels for row in range(design.n_rows)]
    parameters = {
        "scenario": scenarios, "world": design.world, "years": [design.period], "replicate": list(range(design.replicates)),
        "rng": design.seed,
    }  # fmt: skip
    steps = LAST_YEAR - min(scenario.years[0] for scenario in scenarios) + 1
    return {"parameters": parameters, "data_collection_period": 1, "max_steps": steps}


def from_batch_run(rows: Sequence[Mapping[str, Any]], design: Any, folder: str | Path) -> Store:
    """A store in `folder` for what `mesa.batch_run` gave for `batch_arguments(design)`.

    Raises InputError for outcomes of the design that a batch does not collect, and for rows of other runs.
    """
    design = load_design(design)
    names = [text for _, text in design.run(design.labels[0], 0).outcomes]
    alone = "is no outcome by itself", "Mesa collects those only"
    Mistakes(Mistake("outcomes", f"{name} {alone[0]}", alone[1]) for name in names if name not in OUTCOMES).tell()
    places: dict[str, list[tuple[int, int]]] = {}
    for number, label in enumerate(design.labels):
        for row in range(design.n_rows):
            places.setdefault(design.run(label, row).scenario.digest, []).append((number, row))
    first, last = design.period
    array = np.full((len(design.labels), design.n_rows, design.replicates, last - first + 1, len(names)), np.nan)
    for line in rows:
        here = places.get(line["scenario"].digest)
        if here is None:
            raise InputError(Mistake("rows", "hold a run that the design does not have"))
        if first <= line["year"] <= last:
            for number, row in here:
                array[number, row, line["replicate"], line["year"] - first] = [line[name] for name in names]
    return Store.fill(folder, design, array)
