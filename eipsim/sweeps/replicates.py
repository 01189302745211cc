"""Many replicates of some scenarios in one table, the same for any number of workers and any order in which they finish.

A run that fails becomes a row of `attrs["failures"]`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np
import pandas as pd

from eipsim.model.own_rules import RuleLike
from eipsim.outcomes.registry import OUTCOMES, UNITS
from eipsim.runs.simulation import Progress
from eipsim.sweeps.tasks import (
    Case,
    Cases,
    Result,
    Shared,
    ensemble_provenance,
    failures_of,
    prepare,
    run_one,
    with_pairs,
)
from eipsim.sweeps.workers import check_counts, in_blocks, run_tasks, workers
from eipsim.world.columns import WorldLike

MOST_IN_BLOCK, BLOCKS_PER_WORKER = 50, 4
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def simulate_many(
    cases: Cases,
    replicates: int = 1,
    jobs: int = 1,
    *,
    seed: int = 1,
    world: WorldLike = "vietnam",
    rule: RuleLike = None,
    years: tuple[int, int] | None = None,
    settings: Mapping[str, Any] | None = None,
    backend: str = "loky",
    progress: Progress | None = None,
    trust: bool = False,
    ensemble: bool = False,
) -> pd.DataFrame:
    """Simulate every case with replicates 0, 1, ...; replicate r has the same draws in every case.

    Parameters
    ----------
    cases : scenarios (names, files or Scenario), or a mapping of label to scenario
    replicates : runs of each case with other draws in the same world
    ensemble : replicate r has another parameter set and another synthetic population too: the pair r of the calibrated sets
    jobs : workers; -1 = one a core. Results do not depend on it.
    seed, world, rule, years, settings, trust : as in `simulate`, for all cases
    backend : "loky" (processes) or "threads"
    progress : called with (runs done, runs in all)

    Returns a row per case, replicate and year, with columns scenario, replicate, year and the outcomes, in the order of
    the cases; with `ensemble` also set and population. `attrs`: units; failures, a dict (scenario, replicate, error,
    message) for every run that failed; provenance.
    Raises InputError with the mistakes of all cases before any run begins.
    """
    check_counts(replicates, jobs, backend)
    started = time.perf_counter(), time.process_time()
    prepared, described = prepare(cases, Shared(seed, world, rule, years, settings, trust, ensemble))
    blocks = _blocks(prepared, replicates, jobs, backend)
    results = [r for block in run_tasks(run_block, blocks, jobs, backend, progress, _size_of_block) for r in block]
    frame = outcome_table(results)
    frame.attrs["provenance"] = ensemble_provenance(described, seed, replicates, started)
    return with_pairs(frame, prepared)


def quantiles(frame: pd.DataFrame, levels: Sequence[float] = QUANTILES) -> pd.DataFrame:
    """Quantiles over the replicates of a table of `simulate_many`: a row per scenario, year and quantile."""
    grouped = frame.groupby(["scenario", "year"], sort=False, observed=True)[list(OUTCOMES)]
    table = grouped.quantile(list(levels)).rename_axis(["scenario", "year", "quantile"]).reset_index()  # type: ignore[arg-type]
    table.attrs["units"] = dict(UNITS)
    return table


def _blocks(cases: list[Case], replicates: int, jobs: int, backend: str) -> list[tuple[Case, range]]:
    """Tasks of several runs each: few, so that they cost little to send, and enough to keep all workers busy."""
    is_costly = is_costly_to_send(cases) and backend == "loky"
    per_worker = 1 if is_costly else BLOCKS_PER_WORKER
    size = max(1, min(MOST_IN_BLOCK, math.ceil(len(cases) * replicates / (workers(jobs) * per_worker))))
    alike = [range(start, min(start + size, replicates)) for start in range(0, replicates, size)]
    first = alike if is_costly else in_blocks(replicates, size, workers(jobs))
    return [(case, block) for case, blocks in zip(cases, chain([first], repeat(alike))) for block in blocks]


def is_costly_to_send(cases: list[Case]) -> bool:
    """A function given as the rule is compiled once in every task that gets it."""
    return any(callable(case.rule) for case in cases)


def _size_of_block(task: tuple[Case, range]) -> int:
    return len(task[1])


def run_block(case: Case, replicates: Iterable[int]) -> list[Result]:
    """Several replicates of a case, one after the other, in one world."""
    results = []
    for replicate in replicates:
        result, case = run_one(case, replicate)
        results.append(result)
    return results


def outcome_table(results: Sequence[Result]) -> pd.DataFrame:
    """Rows of all runs that ended well; units and failures in `attrs`."""
    good = [result for result in results if result.outcomes is not None]
    lengths = [len(result.outcomes) for result in good]  # type: ignore[arg-type]
    rows = np.concatenate([r.outcomes for r in good]) if good else np.empty((0, len(OUTCOMES)))  # type: ignore[misc]
    frame = pd.DataFrame(rows, columns=list(OUTCOMES))
    frame.insert(0, "scenario", np.repeat(np.array([r.label for r in good], dtype=object), lengths))
    frame.insert(1, "replicate", np.repeat([r.replicate for r in good], lengths).astype(np.int64))
    years = [range(r.first_year, r.first_year + n) for r, n in zip(good, lengths)]
    frame.insert(2, "year", np.concatenate([np.array(span) for span in years] or [np.empty(0)]).astype(np.int64))
    frame.attrs["units"] = dict(UNITS)
    frame.attrs["failures"] = failures_of(results)
    return frame
