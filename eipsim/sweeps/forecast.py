"""What a sweep will take, told before it begins: runs, time measured on the spot, memory, room on disk."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eipsim.core.numbers import duration, room
from eipsim.core.own_code import refuse
from eipsim.core.shown import Shown
from eipsim.designs.estimate import Estimate, estimate
from eipsim.designs.reading import DesignLike, load_design
from eipsim.stores.layout import DESIGN
from eipsim.stores.store import Store
from eipsim.sweeps.agreement import not_agreed
from eipsim.sweeps.remaining import Groups, Shard
from eipsim.sweeps.runner import run_spec
from eipsim.sweeps.workers import workers

PROBES = 3  # points tried in the scenarios of the design
KILOBYTE = 1024 if sys.platform != "darwin" else 1  # unit of the peak memory that the system tells


@dataclass(frozen=True, repr=False)
class Forecast(Shown):
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

    def told(self) -> list[str]:
        s = self.sizes
        time = "no run came to its end, so there is no time to tell"
        if self.cpu_hours is not None and self.wall_hours is not None:
            wall = f"{duration(3600 * self.wall_hours)} on {self.jobs} worker{'s' * (self.jobs > 1)}"
            time = f"{duration(self.seconds_per_run or 0.0)} a run, so {duration(3600 * self.cpu_hours)} of CPU, {wall}"
        product = f"{s.scenarios} scenarios x {s.rows:,} points x {s.replicates} replicates"
        return [
            f"runs      {s.runs:,} = {product}; {self.unique:,} of them different",
            f"to do     {self.missing:,}; {self.stored:,} are stored already",
            f"time      {time}",
            f"memory    {room(self.worker_bytes)} for each worker, {room(s.memory_bytes)} more for the sweep itself",
            f"disk      {room(s.disk_bytes)}; {room(s.bytes_of_outcome)} of memory for each outcome that is analysed",
            *(f"a run failed: {mistake}" for mistake in self.mistakes),
        ]


def forecast(
    design: DesignLike, folder: str | Path, jobs: int = 1, shard: tuple[int, int] | None = None, trust: bool = False
) -> Forecast:
    """What `run_sweep` with the same arguments would take: runs, time, memory, room on disk.

    A few runs are tried to measure their time; nothing is written. What a store in `folder` holds already is not run again.

    >>> forecast({"scenarios": ["baseline"], "world": "pilot-parks"}, "no-such-folder").missing
    1
    """
    design = load_design(design, trust)
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
