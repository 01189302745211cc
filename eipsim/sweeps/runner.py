"""What a worker does: one run of a design, and a batch of them written to the store as one part.

A run that raises is a row among the failures, with its error; the others of its batch go on.
"""

from __future__ import annotations

import importlib
import os
import platform
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.core import own_code
from eipsim.designs.points import RunSpec
from eipsim.designs.run_keys import model_version
from eipsim.errors import RunError, StoppedError, refuse_all
from eipsim.outcomes.binding import Finder, bind
from eipsim.outcomes.cohorts import Question
from eipsim.outcomes.evaluation import evaluate_over_time
from eipsim.outcomes.expressions import parse_expression
from eipsim.outcomes.nodes import Expression
from eipsim.outcomes.observation import Answer, answer
from eipsim.outcomes.registry import OUTCOMES
from eipsim.runs.pairs import AVOIDED_TRANSFERS, Adoptions, Notes, adoption_counts
from eipsim.runs.provenance import commit, versions
from eipsim.runs.simulation import stepping, stepping_model
from eipsim.stores.files import Block, reason_of
from eipsim.stores.layout import DESIGN
from eipsim.stores.store import Store
from eipsim.sweeps import interruption

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel

KEPT = 64  # bound expressions in memory
IN_TURN = 1  # attempts that a deterministic failure has had


@dataclass(frozen=True)
class Batch:
    """Some runs for one worker, in groups: the scenarios of one row and replicate, the baseline first if runs are paired.

    wanted : keys of the runs to store; others are run again only because their firms are needed for a pair
    parent : process that waits for the answer, None when it is the worker itself or cannot be known
    files : sha256 of the files of code that the user has agreed to, by name
    version : of the model in the process of the sweep
    """

    folder: str
    number: int
    groups: tuple[tuple[RunSpec, ...], ...]
    wanted: frozenset[str]
    baseline: str | None
    session: str
    parent: int | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    version: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Receipt:
    """What came of a batch: runs stored, keys that failed, seconds of wall time and of CPU, why it could not be written."""

    number: int
    done: int
    failed: tuple[str, ...]
    wall: float
    cpu: float
    trouble: str = ""


@dataclass(frozen=True)
class Baseline:
    """The run that others are compared with, and what its firms did; None where it failed, or has no firms."""

    run: RunSpec
    firms: Adoptions | None

    def is_first_of(self, group: Sequence[RunSpec]) -> bool:
        """Whether a group begins with the same run."""
        return (group[0].label, group[0].key) == (self.run.label, self.run.key)


# ---- a batch ---------------------------------------------------------------------------------------------------------


def run_batch(batch: Batch, stopped: threading.Event | None = None) -> Receipt:
    """Run all of a batch and write its part; only the receipt goes back to the parent."""
    wall, cpu = time.perf_counter(), _cpu()
    own_code.refuse_changed(batch.files)
    if trouble := _trouble_here(batch):
        return Receipt(batch.number, 0, (), 0.0, 0.0, trouble)
    results: list[tuple[RunSpec, np.ndarray]] = []
    pairs: list[dict[str, Any]] = []
    failures: list[dict[str, Any]] = []
    baseline: Baseline | None = None
    for group in batch.groups:
        if _is_to_stop(batch, stopped):
            raise StoppedError
        baseline = _run_group(group, batch, baseline, results, pairs, failures)
    provenance = {**circumstances(), "session": batch.session, "wall_seconds": round(time.perf_counter() - wall, 4)}
    try:
        Store(batch.folder).write(_block(results, batch), pairs, failures, provenance)
        trouble = ""
    except OSError as error:
        trouble = reason_of(error)
    failed = tuple(row["key"] for row in failures)
    return Receipt(batch.number, len(results), failed, time.perf_counter() - wall, _cpu() - cpu, trouble)


def _trouble_here(batch: Batch) -> str:
    """Why this machine, which may be another than that of the sweep, cannot run a batch; empty when it can."""
    if not (Path(batch.folder) / DESIGN).exists():
        return f"{platform.node()} does not see it, and it must be in a folder that all machines share"
    if batch.version and dict(batch.version) != model_version():
        return f"{platform.node()} has another version of eipsim or its data, whose results would not be the same"
    return ""


def _is_to_stop(batch: Batch, stopped: threading.Event | None) -> bool:
    """Whether nobody waits for the answer any more: the sweep was interrupted, or its process killed."""
    return (stopped is not None and stopped.is_set()) or (batch.parent is not None and os.getppid() != batch.parent)


def _cpu() -> float:
    return time.thread_time()


def _run_group(
    group: Sequence[RunSpec], batch: Batch, before: Baseline | None, results: list, pairs: list, failures: list
) -> Baseline | None:
    """The runs of one row and replicate. Firms of the baseline are kept until the last of them is compared, and returned:

    the next group may have the same baseline, the one `before`, which is then not run again.
    """
    baseline = before if before is not None and before.is_first_of(group) else None
    for spec in group[baseline is not None :]:
        kept = None
        try:
            values, kept = run_spec(spec, paired=batch.baseline is not None)
            if spec.key in batch.wanted:
                results.append((spec, values))
        except Exception as error:  # whatever it is: it is recorded, and the others go on
            if interruption.HEARD.is_set():  # compiled code may turn an interruption into an error of its own
                raise KeyboardInterrupt from error
            if spec.key in batch.wanted:
                failures.append(failure_of(spec.key, error))
        if spec.label == batch.baseline:
            baseline = Baseline(spec, kept)
        elif kept is not None and baseline is not None and baseline.firms is not None:
            pairs.append({"key": spec.key, "baseline": baseline.run.key, **adoption_counts(kept, baseline.firms)})
    return baseline


def failure_of(key: str, error: BaseException, attempts: int = IN_TURN) -> dict[str, Any]:
    return {"key": key, "error": type(error).__name__, "message": str(error), "attempts": attempts}


def _block(results: Sequence[tuple[RunSpec, np.ndarray]], batch: Batch) -> Block:
    spec = batch.groups[0][0]
    first, last = spec.years
    names = tuple(label for label, _ in spec.outcomes)
    names += (AVOIDED_TRANSFERS,) if batch.baseline is not None else ()
    years = np.arange(first, last + 1)
    stacked = [values for _, values in results]
    values = np.stack(stacked) if stacked else np.empty((0, len(years), len(names)))
    return Block(np.array([spec.key for spec, _ in results], dtype=object), years, names, values)


def circumstances() -> dict[str, Any]:
    """Versions, commit and machine, for the metadata of a part and the line of a session."""
    return {"versions": versions(), "commit": commit(), "host": platform.node(), "machine": platform.machine()}


# ---- a run -----------------------------------------------------------------------------------------------------------


def model_of(spec: RunSpec) -> AbstractContextManager[EIPModel]:
    """Context of the model of a run."""
    more = {"years": spec.years, "replicate": spec.draws, "population": spec.population}
    return stepping_model(spec.scenario, spec.world, spec.seed, spec.rule, **more)


def run_spec(spec: RunSpec, paired: bool = False) -> tuple[np.ndarray, Adoptions | None]:
    """Outcomes [years, outcomes] of a run, and with `paired` also avoided transfers and what its firms did."""
    if spec.model is not None:
        return run_function(spec), None
    with model_of(spec) as model:
        expressions = _expressions(spec, model)
        notes = Notes() if paired else None
        answers = _step(model, expressions, notes)
        values = _values(spec, model, expressions, answers)
        if notes is None:
            return values, None
        kept = notes.adoptions(model)
        return np.column_stack([values, kept.transfers]), kept


def _step(model: EIPModel, expressions: Mapping[str, Expression], notes: Notes | None) -> dict[Question, Answer]:
    """Step `model` to its end; answers to what the expressions ask, and what pairs need noted every year."""

    def years() -> Iterator[int]:
        for year in stepping(model):
            if notes is not None:
                notes.look(model)
            yield year

    if expressions:
        return answer(_questions(expressions.values()), model, years())
    for _ in years():
        continue
    return {}


def _values(spec: RunSpec, model: EIPModel, expressions: Mapping[str, Expression], answers: Mapping) -> np.ndarray:
    kept = model.chronicle.since(spec.years[0])
    values = np.empty((kept.n_years, len(spec.outcomes)))
    for column, (label, text) in zip(values.T, spec.outcomes):
        if text in OUTCOMES:
            column[:] = kept.values(text)
        else:
            found = evaluate_over_time(expressions[label], lambda asked, year: answers[_question(asked, year)])
            column[:] = found[0]
    return values


def _questions(expressions: Iterable[Expression]) -> dict[Question, None]:
    """Every number that the expressions need, each once."""
    asked = (asked for expression in expressions for asked in expression.asked)
    return dict.fromkeys(_question(one, year) for one in asked for year in one.years)


def _question(asked: Any, year: int) -> Question:
    return Question(asked.name, asked.cohort, year)


def _expressions(spec: RunSpec, model: EIPModel) -> dict[str, Expression]:
    """The outcomes that are more than an outcome by its name, looked up in the world of `model`."""
    texts = tuple((label, text) for label, text in spec.outcomes if text not in OUTCOMES)
    if not texts:
        return {}
    programmes = tuple((p.name, p.title) for p in model.lever_paths.programmes)
    place = (model.world.recipe, model.world.park_ids, programmes, spec.years, texts)
    if place not in _bound:
        while len(_bound) >= KEPT:
            _bound.pop(next(iter(_bound)), None)
        _bound[place] = _bind(texts, spec.years, model)
    return _bound[place]


_bound: dict[tuple, dict[str, Expression]] = {}


def _bind(texts: Sequence[tuple[str, str]], years: tuple[int, int], model: EIPModel) -> dict[str, Expression]:
    span = tuple(range(years[0], years[1] + 1))
    expressions = {label: parse_expression(text, label, years=span, over_time=True) for label, text in texts}
    finder = Finder(model.world, model.lever_paths.programmes, model.case.name)
    refuse_all(bind(expressions.values(), finder, model.case.years[1]))
    return expressions


# ---- a function of the user's own --------------------------------------------------------------------------------------


def run_function(spec: RunSpec) -> np.ndarray:
    """Outcomes [years, outcomes] of a function; a number stands for every year. RunError when one is missing."""
    years = range(spec.years[0], spec.years[1] + 1)
    function = own_function(str(spec.model))
    answers = function(dict(spec.settings), scenario=spec.label, draws=spec.draws, years=years)
    missing = [text for _, text in spec.outcomes if text not in answers]
    if missing:
        raise RunError(f"{spec.model} gave no {', '.join(missing)}")
    values = np.empty((len(years), len(spec.outcomes)))
    for position, (_, text) in enumerate(spec.outcomes):
        values[:, position] = answers[text]
    return values


def own_function(model: str) -> Callable[..., Mapping[str, Any]]:
    """The function that `file.py:function` or `module:function` names, loaded once a process."""
    if own_code.is_named(model):
        return own_code.load_once(model, "model")
    place, _, name = model.rpartition(":")
    return getattr(importlib.import_module(place), name)
