"""Tasks on many workers, in this process or others: the one place that knows joblib."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any

import joblib
import numpy as np
from joblib.externals.loky.process_executor import BrokenProcessPool, TerminatedWorkerError

from eipsim.errors import Mistake, refuse_all, unknown
from eipsim.runs.simulation import Progress
from eipsim.sweeps import dask_workers, interruption

BACKENDS = {"loky": "loky", "threads": "threading"}
SERIAL, DASK = "serial", "dask"
ALL_BACKENDS = (SERIAL, *BACKENDS, DASK)
LOOKED_AT = 1.0  # seconds between a worker's looks at whether its parent is still there
AHEAD = "2*n_jobs"  # tasks that are made before a worker asks for them


def check_counts(replicates: Any, jobs: Any, backend: str) -> None:
    """Raise InputError unless these are numbers of replicates and workers, and a backend."""
    found = []
    if not is_whole(replicates) or replicates < 1:
        found.append(Mistake("replicates", f"{replicates!r} is not a whole number of 1 or more"))
    if not is_whole(jobs) or jobs == 0:
        found.append(Mistake("jobs", f"{jobs!r} is not a number of workers", "1 or more, or -1 for one a core"))
    if backend not in BACKENDS:
        found.append(unknown("backend", "backend", backend, BACKENDS))
    refuse_all(found)


def is_whole(number: Any) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def workers(jobs: int) -> int:
    """How many workers `jobs` stands for on this machine."""
    return int(joblib.effective_n_jobs(jobs))


def in_blocks(count: int, most: int, jobs: int) -> list[range]:
    """Numbers from 0 in blocks of at most `most`, the first of every worker small: it is soon known how long all will take.

    >>> [len(block) for block in in_blocks(40, 16, jobs=1)], [len(block) for block in in_blocks(12, 4, jobs=2)]
    ([1, 2, 4, 8, 16, 9], [1, 1, 2, 2, 4, 2])
    """
    blocks: list[range] = []
    while (start := blocks[-1].stop if blocks else 0) < count:
        blocks.append(range(start, min(start + min(most, 2 ** (len(blocks) // jobs)), count)))
    return blocks


def run_tasks(
    function: Callable[..., Any],
    tasks: Sequence[tuple],
    jobs: int,
    backend: str,
    progress: Progress | None,
    size_of: Callable[[tuple], int] = lambda task: 1,
) -> list[Any]:
    """`function(*task)` of every task, in the order of the tasks, on `jobs` workers."""
    results: list[Any] = [None] * len(tasks)
    total, done = sum(map(size_of, tasks)), 0
    with contextlib.closing(_answers(function, tasks, jobs, backend)) as answers:
        for number, result in answers:
            results[number] = result
            done += size_of(tasks[number])
            if progress is not None:
                progress(done, total)
    return results


def _answers(
    function: Callable[..., Any], tasks: Sequence[tuple], jobs: int, backend: str
) -> Generator[tuple[int, Any], None, None]:
    """(number of the task, answer), as they come."""
    if joblib.effective_n_jobs(jobs) == 1:
        yield from ((number, function(*task)) for number, task in enumerate(tasks))
        return
    with joblib.parallel_config(BACKENDS[backend], n_jobs=jobs, **_followers(backend)):
        parallel = joblib.Parallel(return_as="generator_unordered")
    yield from _ended(lambda: parallel(joblib.delayed(_numbered)(n, function, task) for n, task in enumerate(tasks)))


def _ended(start: Callable[[], Any]) -> Iterator[Any]:
    """The answers of the workers that `start` starts, who are ended in whatever way this ends."""
    with contextlib.ExitStack() as end:
        with interruption.held_back(), _without_traces():
            answers = start()
            end.callback(_close, answers)
        yield from answers


@contextlib.contextmanager
def _without_traces() -> Iterator[None]:
    """What cleans up after worker processes starts here, and is not to tell of it when all of them were killed."""
    sys.warnoptions.append("ignore:resource_tracker:UserWarning")
    try:
        yield
    finally:
        sys.warnoptions.pop()


def _followers(backend: str) -> dict[str, Any]:
    """Settings by which worker processes end soon after the process that started them, however that ended."""
    return {"initializer": follow, "initargs": (os.getpid(),)} if backend == "loky" else {}


def follow(parent: int) -> None:
    """End this process when it is no longer a child of `parent`: nobody waits for what it does."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOKED_AT)
        os._exit(1)

    threading.Thread(target=watch, name="follow", daemon=True).start()


def _close(answers: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # joblib would advise against work in vain
        answers.close()


def _numbered(number: int, function: Callable[..., Any], task: tuple) -> tuple[int, Any]:
    return number, function(*task)


# ---- tasks that are made while others run ------------------------------------------------------------------------------


def stream(function: Callable[..., Any], tasks: Iterable[tuple], jobs: int, backend: str) -> Iterator[Any]:
    """`function(*task)` as the answers come; the next task is made only when a worker is nearly free for it."""
    if backend == SERIAL:
        yield from (function(*task) for task in tasks)
        return
    if backend == DASK:
        yield from dask_workers.stream(function, tasks)
        return
    settings = {"return_as": "generator_unordered", "batch_size": 1, "pre_dispatch": AHEAD}
    with joblib.parallel_config(BACKENDS[backend], n_jobs=jobs, **_followers(backend)):
        parallel = joblib.Parallel(**settings)
    yield from _ended(lambda: parallel(joblib.delayed(function)(*task) for task in tasks))


@contextlib.contextmanager
def cluster(backend: str, jobs: int, scheduler: str | None = None) -> Iterator[int]:
    """The number of workers of a backend, which is there while the block lasts; `scheduler`: the address of that of Dask."""
    if backend == DASK:
        with dask_workers.cluster(workers(jobs), scheduler) as count:
            yield count
    else:
        yield 1 if backend == SERIAL else workers(jobs)


def deaths_of_workers() -> tuple[type[BaseException], ...]:
    """What is raised when a process that runs tasks dies."""
    kinds: list[type[BaseException]] = [TerminatedWorkerError, BrokenProcessPool]
    with contextlib.suppress(ImportError):
        from distributed.scheduler import KilledWorker

        kinds.append(KilledWorker)
    return tuple(kinds)
