"""Sweeps: every run of a design into its store, on any number of workers, however often it is interrupted.

The store is the truth: a sweep asks it what is missing, hands that out in batches, and asks again, until nothing is missing.
Workers write their batch as one part; what comes back is a receipt. A batch whose worker dies is run again in smaller batches,
until the run that kills is found and recorded among the failures.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import statistics
import sys
import threading
import time
import uuid
import warnings
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from eipsim.core import own_code
from eipsim.designs.reading import load_design, outcomes_not_found
from eipsim.designs.run_keys import model_version
from eipsim.errors import InputError, Mistake, RunError, refuse_all, unknown
from eipsim.runs.simulation import Progress
from eipsim.stores.claims import Claims
from eipsim.stores.files import Block, cannot_write, reason_of
from eipsim.stores.layout import CLAIMS
from eipsim.stores.store import Store
from eipsim.sweeps import interruption, workers
from eipsim.sweeps.agreement import not_agreed, remember
from eipsim.sweeps.dask_workers import checked_address
from eipsim.sweeps.remaining import Groups, Shard, paired_keys
from eipsim.sweeps.runner import Batch, Receipt, circumstances, model_of, run_batch
from eipsim.sweeps.tasks import compile_model

SECONDS = 4.0  # what a batch should take: what an interruption loses at most, on each worker
MOST = 2000  # runs in a batch
TAIL = 2  # batches a worker should still get when few runs are left, so that all end at about the same time
REMEMBERED = 8  # receipts that the time of a run is estimated from
ALONE, DEATHS = 2, 4  # workers that died beside a run before it runs alone, before it is given up
DEATH = "WorkerDied"
KILLS = "the process that ran it died without a word: out of memory, killed, or a fault in compiled code"
SMALLER = 10  # times smaller are the batches that a dead worker had
WAIT = 0.3  # seconds between looks at what other sweeps have finished
PATIENCE = 3.0  # seconds until it is said for whom a sweep waits
TRIES = 2  # times that runs are run again whose results have gone


def run_sweep(
    design: Any,
    folder: str | Path,
    jobs: int = 1,
    backend: str = "loky",
    shard: tuple[int, int] | None = None,
    extend: bool = False,
    limit: int | None = None,
    progress: Progress | None = None,
    retry_failures: bool = False,
    repair: bool = True,
    trust: bool = False,
    scheduler: str | None = None,
) -> Store:
    """Run what the store in `folder` still lacks of a design; returns the store.

    Parameters
    ----------
    design : file, mapping or Design
    jobs, backend : workers; "serial", "loky" (processes), "threads" or "dask". Results do not depend on them.
    shard : (i, n): only part i of n of the runs, i from 1; for several machines that share a file system
    extend : take the place of a design that was smaller in samples, replicates, scenarios
    limit : stop after this many runs
    progress : called with (runs finished, runs that were missing)
    retry_failures : run again what failed before
    repair : read the whole store first, set damaged parts aside and run again what they held
    trust : you agree that code which files name (a model, a rule, instruments) is run; you are asked once a store
    scheduler : address of a Dask scheduler, with backend "dask"; default: that of your client, else workers of this machine

    Raises InputError (bad input, a store of another design, a disk that cannot be written), StoppedError when the scheduler or
    all its workers are lost, RunError when runs are missing that it was asked for. A KeyboardInterrupt loses the
    batches in flight and nothing else: the same call goes on from there.
    """
    part = checked_arguments(jobs, backend, shard, limit)
    _check_scheduler(backend, scheduler)
    plan = load_design(design, trust)
    own_code.refuse(not_agreed(plan, folder))
    refuse_all(outcomes_not_found(plan))
    store = Store.create(folder, plan, extend)
    remember(plan, folder)
    if repair:
        store.verify(repair=True)
    with workers.cluster(backend, jobs, scheduler) as n_workers, interruption.noted():
        _Session(store, plan, part, backend, n_workers, limit, progress).run(retry_failures)
    return store


def checked_arguments(jobs: Any, backend: str, shard: Any, limit: Any) -> Shard:
    """The shard. InputError with the mistakes of all arguments."""
    found = []
    if backend not in workers.ALL_BACKENDS:
        found.append(unknown("backend", "backend", backend, workers.ALL_BACKENDS))
    if not workers.is_whole(jobs) or jobs == 0:
        found.append(Mistake("jobs", f"{jobs!r} is not a number of workers", "1 or more, or -1 for one a core"))
    if limit is not None and not (workers.is_whole(limit) and limit >= 1):
        found.append(Mistake("limit", f"{limit!r} is not a number of runs", "a whole number of 1 or more"))
    number, of = shard or (1, 1)
    if not 1 <= number <= of:
        found.append(Mistake("shard", f"{number}/{of} is no part", "i/n with i from 1 to n, as 1/4"))
    refuse_all(found)
    return Shard(number, of)


def _check_scheduler(backend: str, scheduler: str | None) -> None:
    """InputError for an address that is none, or that the backend has no use for."""
    if scheduler is None:
        return
    if backend != workers.DASK:
        raise InputError(Mistake("scheduler", f"is of no use to backend {backend}", "add --backend dask"))
    checked_address(scheduler)


class _Session:
    """One call of `run_sweep`: what is left, what is out, what came back."""

    def __init__(
        self, store: Store, design: Any, shard: Shard, backend: str, n_workers: int, limit: Any, progress: Any
    ):
        self.store, self.design, self.n_workers, self.progress = store, design, n_workers, progress
        self.backend = workers.SERIAL if n_workers == 1 and backend == "loky" else backend
        self.limit, self.shard = limit or np.inf, shard
        self.name = uuid.uuid4().hex[:12]
        self.files = {file: digest for file, digest in (design.files or {}).items() if file.endswith(".py")}
        self.claims = Claims(store.folder / CLAIMS, self.name, (shard.number, shard.of))
        self.groups = Groups(design, store.index(), shard)
        self.stopped = threading.Event()
        self.deaths: Counter[int] = Counter()  # by group
        self.out: dict[int, list[int]] = {}  # batches handed out and not answered: their groups
        self.answered = np.zeros(len(self.groups), dtype=bool)
        self.seconds: deque[float] = deque(maxlen=REMEMBERED)  # of a run
        self.failed: set[str] = set()
        self.handed = self.numbers = self.done = self.finished = self.total = 0
        self.cpu, self.trouble = 0.0, ""
        self.fault: Exception | None = None
        self.retry_failures = self.has_company = False  # company: other sweeps with the same store

    # ---- from beginning to end ---------------------------------------------------------------------------------------

    def run(self, retry_failures: bool) -> None:
        started, clock, ended = datetime.datetime.now(datetime.UTC), time.perf_counter(), "interrupted"
        self.retry_failures = retry_failures
        self.claims.arrive()
        try:
            self._until_nothing_is_missing()
            self._again_where_lost()
            ended = "limit reached" if self.handed >= self.limit else "finished"
        except InputError as error:
            ended = "the disk could not be written" if self.trouble else error.mistakes[0].what
            raise
        except RunError as error:
            ended = str(error)
            raise
        except OSError as error:  # as where a process may open no more files
            ended = reason_of(error)
            raise cannot_write(self.store.folder, error) from error
        finally:
            self.stopped.set()
            self.claims.release_all()
            with contextlib.suppress(OSError):
                self.store.note_session(self._line(started, time.perf_counter() - clock, ended))

    def _until_nothing_is_missing(self) -> None:
        chosen, wanted = self._missing()
        self.total = int(wanted.sum())
        self._report()
        if chosen.any():
            self._warm_up(int(chosen.any(axis=1).argmax()))
        waited = 0.0
        while (left := self._left(chosen)) and self.handed < self.limit:
            taken = self.claims.of_others()
            free = [number for number in left if not self._is_taken(number, taken)]
            if free:
                self._run_round(free, chosen, wanted)
            else:
                waited = self._wait(waited, len(left))
            chosen, wanted = self._missing()
            self.finished = self.total - int(wanted.sum())
        self._report()

    def _wait(self, waited: float, left: int) -> float:
        """Wait for other sweeps, and say once for whom; the seconds that were waited."""
        time.sleep(WAIT)
        if waited < PATIENCE <= waited + WAIT and (holders := self.claims.holders()):
            what = f"waits for other sweeps, which have the last runs ({left:,}): {'; '.join(holders)}"
            warnings.warn(
                f"{what}. When none of them goes on, remove {self.claims.folder}", RuntimeWarning, stacklevel=2
            )
        return waited + WAIT

    def _again_where_lost(self) -> None:
        """Parts that were changed or removed while the sweep ran: what they held is run again. RunError when it stays away."""
        for _ in range(TRIES):
            is_changed, (chosen, wanted) = self.store.look_again(), self._missing()
            lost = (chosen if is_changed else wanted).any(axis=1)
            if not lost.any() or self.handed >= self.limit:
                return
            self.answered[lost] = False
            self._until_nothing_is_missing()
        if missing := int(self._missing()[1].sum()):
            what = f"{missing:,} runs are missing: their results do not stay in {self.store.folder}"
            raise RunError(f"{what}. Go on with the same command when nothing else changes the store")

    def _left(self, chosen: np.ndarray) -> list[int]:
        """Groups to be run that this session has had no answer for: none is run twice in vain."""
        return np.flatnonzero(chosen.any(axis=1) & ~self.answered).tolist()

    def _missing(self) -> tuple[np.ndarray, np.ndarray]:
        done = self.store.done()
        paired = paired_keys(self.store) if self.design.baseline is not None else set()
        return self.groups.missing(self._finished(), done, paired)

    def _finished(self) -> set[str]:
        """Keys of runs that are not to be run any more, by this session or any other."""
        return self.store.done() | (self.failed if self.retry_failures else self.store.failed() | self.failed)

    def _warm_up(self, group: int) -> None:
        """Lay out one model here, so that code is compiled and worlds are on disk before other processes start."""
        (spec, *_) = self.groups.specs(group, np.arange(self.groups.lines.shape[1]))
        if self.backend in (workers.SERIAL, "threads") or spec.model is not None:
            return
        # what goes wrong goes wrong again in the run, and is recorded there
        with contextlib.suppress(Exception), model_of(spec) as model:
            compile_model(model)

    # ---- a round: everything that is missing now, handed out once --------------------------------------------------------

    def _run_round(self, numbers: list[int], chosen: np.ndarray, wanted: np.ndarray) -> None:
        """Those that were there when workers died go last; those that may have killed twice, one by one."""
        together = sorted((n for n in numbers if self.deaths[n] < ALONE), key=self.deaths.__getitem__)
        rounds = [together] if together else [[n] for n in numbers]
        for group in rounds:
            queue = deque(group)
            batches = self._batches(queue, chosen, wanted)
            try:
                for receipt in workers.stream(run_batch, batches, self.n_workers, self.backend):
                    self._take(receipt)
                    interruption.stop_if_heard()
            except workers.deaths_of_workers():
                interruption.stop_if_heard()
                self._count_deaths(wanted)
            if self.fault is not None:
                raise self.fault
            if self.trouble:
                raise cannot_write(self.store.folder, OSError(0, self.trouble))

    def _batches(self, queue: deque[int], chosen: np.ndarray, wanted: np.ndarray) -> Iterator[tuple]:
        """Batches as workers ask for them. Called by threads of joblib, where an error would be lost: it is kept in `fault`."""
        shared = (self.stopped,) if self.backend in (workers.SERIAL, "threads") else ()
        while queue and not self.trouble and not self.stopped.is_set() and self.handed < self.limit:
            try:
                batch = self._next_batch(queue, chosen, wanted)
            except Exception as error:
                self.fault = error
                return
            if batch is not None:
                yield (batch, *shared)

    def _next_batch(self, queue: deque[int], chosen: np.ndarray, wanted: np.ndarray) -> Batch | None:
        """The next groups of the queue as a batch; None when other sweeps have them all."""
        if not self.has_company and self.claims.has_company():
            self.has_company = True
            queue.rotate(-(int(self.name, 16) % len(queue)))  # or both would always want the same next
        taken, finished = (self.claims.of_others(), self._finished()) if self.has_company else (set(), set())
        size = self._size(queue, int(chosen[queue[0]].sum()))
        keys_of: dict[int, list[str]] = {}
        while queue and len(keys_of) < size and self.handed + sum(map(len, keys_of.values())) < self.limit:
            number = queue.popleft()
            keys = self.groups.keys[self.groups.lines[number][wanted[number]]].tolist()
            if not (self._is_taken(number, taken) or (keys and finished.issuperset(keys))):
                keys_of[number] = keys
        self._claim(keys_of)
        if not keys_of:
            return None
        names = frozenset(key for keys in keys_of.values() for key in keys)
        self.handed += len(names)
        self.out[self.numbers] = list(keys_of)
        specs = tuple(self.groups.specs(number, chosen[number]) for number in keys_of)
        parent = os.getpid() if self.backend == "loky" else None
        folder = str(
            self.store.folder.absolute()
        )  # workers are used again, and may stand in another folder than this process
        baseline = self.design.baseline
        return Batch(
            folder, self.numbers, specs, names, baseline, self.name, parent, self.files, model_version()
        )  # fmt: skip

    def _claim(self, keys_of: dict[int, list[str]]) -> None:
        """Claim these groups as the next batch, and leave out those that another sweep has claimed a moment before."""
        self.numbers += 1
        self.claims.claim(self.numbers, (key for keys in keys_of.values() for key in keys))
        if self.has_company:
            taken = self.claims.made_before(self.numbers)
            for number in [number for number in keys_of if self._is_taken(number, taken)]:
                del keys_of[number]
        if not keys_of:
            self.claims.release(self.numbers)

    def _is_taken(self, number: int, taken: set[str]) -> bool:
        return bool(taken) and any(key in taken for key in self.groups.keys[self.groups.lines[number]])

    def _size(self, queue: deque[int], runs: int) -> int:
        """Groups in the next batch: as many as take SECONDS, fewer near the end, one until a time is known."""
        if not self.seconds:
            return 1
        by_time = SECONDS / (max(statistics.median(self.seconds), 1e-6) * runs)
        fair = len(queue) / (TAIL * self.n_workers) if self.n_workers > 1 else np.inf
        size = min(by_time, fair, MOST / runs)
        return max(1, int(size / SMALLER if self.deaths[queue[0]] else size))

    def _take(self, receipt: Receipt) -> None:
        self.answered[self.out.pop(receipt.number, [])] = True
        self.claims.release(receipt.number)
        self.cpu += receipt.cpu
        self.trouble = receipt.trouble or self.trouble
        if receipt.trouble:
            return
        self.done += receipt.done
        self.failed.update(receipt.failed)
        runs = receipt.done + len(receipt.failed)
        self.finished += runs
        self.seconds.append(receipt.wall / max(runs, 1))
        self._report()

    def _count_deaths(self, wanted: np.ndarray) -> None:
        """A worker has died: whatever was handed out may have killed it. Given up is what does so time and again, alone."""
        for number, groups in self.out.items():
            self.claims.release(number)
            self.deaths.update(groups)
        self.out.clear()
        for group in [group for group, times in self.deaths.items() if times >= DEATHS]:
            keys = self.groups.keys[self.groups.lines[group][wanted[group]]].tolist()
            rows = [{"key": key, "error": DEATH, "message": KILLS, "attempts": self.deaths[group]} for key in keys]
            try:
                self.store.write(no_results(), failures=rows, provenance=circumstances())
            except OSError as error:
                raise cannot_write(self.store.folder, error) from error
            self.failed.update(keys)

    def _report(self) -> None:
        if self.progress is not None:
            self.progress(self.finished, self.total)

    def _line(self, started: datetime.datetime, wall: float, ended: str) -> dict[str, Any]:
        """The session as a line of the manifest."""
        return {
            "session": self.name,
            "started": started.isoformat(timespec="seconds"),
            "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "ended": ended,
            "command": sys.argv,
            "backend": self.backend,
            "workers": self.n_workers,
            "shard": [self.shard.number, self.shard.of],
            "design": self.design.digest,
            "made_with": self.store.content["model"],
            **circumstances(),
            "wall_seconds": round(wall, 3),
            "cpu_seconds": round(self.cpu, 3),
            "done": self.done,
            "failed": len(self.failed),
        }


def no_results() -> Block:
    return Block(np.array([], dtype=object), np.array([], dtype=int), (), np.empty((0, 0, 0)))
