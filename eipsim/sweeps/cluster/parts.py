"""How far each part of a sweep is, as its store alone tells it: whoever runs the parts, and wherever."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eipsim.stores.files import keys_of, part_files
from eipsim.stores.layout import RUNS
from eipsim.stores.store import Store
from eipsim.sweeps.remaining import Groups, Shard, parts_of

LOOKED_BACK = 600.0  # seconds over which the rate of a part is told


@dataclass(frozen=True)
class Part:
    """Runs of a part: all, those with a result, those that failed; results a second of late, None where too few came."""

    number: int
    of: int
    runs: int
    done: int
    failed: int
    rate: float | None = None

    @property
    def missing(self) -> int:
        return self.runs - self.done - self.failed

    @property
    def seconds_left(self) -> float | None:
        return self.missing / self.rate if self.rate else None

    def __str__(self) -> str:
        return f"part {self.number}/{self.of}: {self.done:,} of {self.runs:,}"


def parts_of_store(store: Store, of: int) -> list[Part]:
    """The parts of a store, from the first."""
    lines = keys_by_part(store, of)
    done = store.done()
    lines = lines.assign(done=lines["key"].isin(done), failed=lines["key"].isin(store.failed() - done))
    rates = _rates(store, lines)
    counts = lines.groupby("part").agg(runs=("key", "size"), done=("done", "sum"), failed=("failed", "sum"))
    counts = counts.reindex(range(1, of + 1), fill_value=0).astype(int)
    return [Part(n, of, runs, done, failed, rates.get(n)) for n, runs, done, failed in counts.itertuples(name=None)]


def keys_by_part(store: Store, of: int) -> pd.DataFrame:
    """part, key: every run of a part once."""
    groups = Groups(store.design, store.index(), Shard())
    firsts, runs = parts_of(groups.keys[groups.lines[:, 0]], of), groups.lines.shape[1]
    table = pd.DataFrame({"part": np.repeat(firsts, runs), "key": groups.keys[groups.lines].ravel()})
    return table.drop_duplicates(ignore_index=True)


def _rates(store: Store, lines: pd.DataFrame) -> dict[int, float]:
    """Results a second by part: those after the first file of the last minutes, over the time since that was written."""
    now, part_of = time.time(), dict(zip(lines["key"], lines["part"]))
    written: dict[int, list[tuple[float, int]]] = {}
    recent = [file for file in part_files(store.folder / RUNS) if now - file.stat().st_mtime < LOOKED_BACK]
    for file in recent:
        keys = store.whole(file, keys_of)
        known = [part_of[key] for key in ([] if keys is None else keys) if key in part_of]
        for part, count in Counter(known).items():
            written.setdefault(part, []).append((file.stat().st_mtime, count))
    return {part: rate for part, files in written.items() if (rate := _rate(sorted(files), now)) is not None}


def _rate(files: list[tuple[float, int]], now: float) -> float | None:
    """
    >>> _rate([(100.0, 5), (110.0, 20), (120.0, 20)], now=120.0), _rate([(100.0, 5)], now=120.0)
    (2.0, None)
    """
    (first, _), *later = files
    seconds = max(now, files[-1][0]) - first
    return sum(count for _, count in later) / seconds if later and seconds > 0.0 else None
