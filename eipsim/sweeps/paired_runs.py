"""Runs in pairs: every scenario beside the baseline, replicate by replicate, with the same draws.

Firms are compared one by one while both runs are at hand, so that only counts leave the worker.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eipsim.runs.pairs import ADOPTION, AVOIDED_TRANSFERS, Adoptions, adoption_counts, keep
from eipsim.runs.simulation import Progress
from eipsim.sweeps.replicates import outcome_table
from eipsim.sweeps.tasks import Case, Cases, Result, Shared, ensemble_provenance, prepare, run_one, with_pairs
from eipsim.sweeps.workers import check_counts, run_tasks


@dataclass(frozen=True)
class Pairs:
    """Tables of runs in pairs.

    pathways : as of `simulate_many`, baseline first
    adoption : a row per scenario and replicate with the counts of ADOPTION
    transfers : a row per scenario, replicate and year: payments to the public that measures avoid [USD/yr]
    """

    pathways: pd.DataFrame
    adoption: pd.DataFrame
    transfers: pd.DataFrame
    cases: tuple[Case, ...]


def simulate_pairs(
    cases: Cases, replicates: int, jobs: int, shared: Shared, backend: str = "loky", progress: Progress | None = None
) -> Pairs:
    """Simulate the `cases`, of which the first is the baseline, and compare firm by firm within each replicate."""
    check_counts(replicates, jobs, backend)
    started = time.perf_counter(), time.process_time()
    prepared, described = prepare(cases, shared)
    tasks = [(prepared, replicate) for replicate in range(replicates)]
    by_replicate = run_tasks(run_replicate, tasks, jobs, backend, progress, lambda task: len(task[0]))
    results = [row[position] for position in range(len(prepared)) for row in by_replicate]
    pathways = outcome_table(results)
    pathways.attrs["provenance"] = ensemble_provenance(described, shared.seed, replicates, started)
    return Pairs(with_pairs(pathways, prepared), _adoption_table(results), _transfer_table(results), tuple(prepared))


def run_replicate(cases: Sequence[Case], replicate: int) -> list[Result]:
    """One replicate of every case; `more` of each result becomes (adoption counts or None, avoided transfers)."""
    results: list[Result] = []
    baseline: Adoptions | None = None
    for position, case in enumerate(cases):
        result, _ = run_one(case, replicate, keep)
        kept, baseline = result.more, (result.more if position == 0 else baseline)
        counts = None if kept is None or baseline is None else adoption_counts(kept, baseline)
        more = (counts, None if kept is None else kept.transfers)
        results.append(Result(**{**vars(result), "more": more}))
    return results


def _adoption_table(results: Sequence[Result]) -> pd.DataFrame:
    compared = [r for r in results if r.more and r.more[0] is not None]
    rows = [{"scenario": r.label, "replicate": r.replicate, **r.more[0]} for r in compared]
    return pd.DataFrame(rows, columns=["scenario", "replicate", *ADOPTION])


def _transfer_table(results: Sequence[Result]) -> pd.DataFrame:
    columns = ["scenario", "replicate", "year", AVOIDED_TRANSFERS]
    rows = [
        (r.label, r.replicate, r.first_year + np.arange(len(r.more[1])), r.more[1]) for r in results if not r.failed
    ]
    frames = [pd.DataFrame(dict(zip(columns, row))) for row in rows]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
