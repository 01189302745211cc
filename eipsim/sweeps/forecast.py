"""What a sweep will take, told before it begins: runs, time measured on the spot, memory, room on disk."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eipsim.core.own_code import refuse
from eipsim.designs.estimate import Estimate, estimate
from eipsim.stores.layout import DESIGN
from eipsim.stores.store import Store
from eipsim.sweeps.agreement import not_agreed
from eipsim.sweeps.remaining import Groups, Shard
from eipsim.sweeps.runner import run_spec
from eipsim.sweeps.workers import workers

PROBES = 3  # points tried in the scenarios of the design
KILOBYTE = 1024 if sys.platform != "darwin" else 1  # unit of the peak memory that the system tells


@dataclass(frozen=True)
class Forecast:
    """Sizes of a design; seconds of a run (None when every probe failed), memory of a worker, runs not stored yet."""

    sizes: Estimate
    unique: int
    stored: int
    missing: int
    seconds_per_run: float | None
    jobs: int
    worker_bytes: int
    mistakes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "cpu_hours": self.cpu_hours, "wall_hours": self.wall_hours}

    @property
    def cpu_hours(self) -> float | None:
        return None if self.seconds_per_run is None else self.missing * self.seconds_per_run / 3600.0

    @property
    def wall_hours(self) -> float | None:
        return None if self.cpu_hours is None else self.cpu_hours / self.jobs


def forecast(design: Any, folder: str | Path, jobs: int, shard: tuple[int, int] | None = None) -> Forecast:
    """The forecast of a design for a store that may hold some of its runs. A few runs are tried, nothing is written."""
    refuse(not_agreed(design, folder))
    index = design.runs()
    groups = Groups(design, index, Shard(*(shard or (1, 1))))
    store = Store(folder)
    done = store.done() if (store.folder / DESIGN).exists() else set()
    keys = np.unique(groups.keys[groups.lines].astype(str))
    stored = sum(key in done for key in keys)
    seconds, mistakes = _measured(groups)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE
    return Forecast(estimate(design), len(keys), stored, len(keys) - stored, seconds, workers(jobs), peak, mistakes)


def _measured(groups: Groups) -> tuple[float | None, tuple[str, ...]]:
    """Mean CPU seconds of a few runs after one that is not counted, and the errors of those that failed."""
    numbers = np.linspace(0, len(groups) - 1, PROBES).astype(int).tolist() if len(groups) else []
    specs = [spec for number in numbers for spec in groups.specs(number, np.ones(groups.lines.shape[1], dtype=bool))]
    specs = specs[:: max(1, len(specs) // PROBES)][:PROBES]
    times, mistakes = [], []
    for spec in [*specs[:1], *specs]:
        start = time.process_time()
        try:
            run_spec(spec, paired=groups.baseline is not None)
            times.append(time.process_time() - start)
        except Exception as error:
            mistakes.append(f"{spec.label}, row {spec.row}: {error} ({type(error).__name__})")
    return (float(np.mean(times[1:])) if len(times) > 1 else None), tuple(dict.fromkeys(mistakes))
