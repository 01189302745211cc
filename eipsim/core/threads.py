"""Threads for one run at a time: compiled code that works on parts of the country which have nothing to do with each other.

A single run of a large country is given two where there are two cores that are not busy (`EIPSIM_THREADS`: another number, 1 for
none). Runs of which there are many get none, because whole runs use cores better; nor do runs that another process or thread
has started. How many there are changes no result.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from eipsim.core.compiled import IS_COMPILED
from eipsim.core.machine import cores
from eipsim.errors import InputError, Mistake

SETTING = "EIPSIM_THREADS"
USUAL = 2  # the firms' year is two fifths of a run: more would help little
BUSY = 1.5  # tasks a core that run or wait, over the last minute; runs one after the other make one in all
# `allowed`: threads that the run at hand may have; `lent`: seconds that others have worked for it.
_here = threading.local()


def allowed() -> int:
    """How many threads the run at hand may have."""
    return getattr(_here, "allowed", 1)


@contextlib.contextmanager
def a_single_run() -> Iterator[None]:
    """What is run in this block is the only run at the time. InputError when EIPSIM_THREADS is no number."""
    before, _here.allowed = allowed(), wished()
    try:
        yield
    finally:
        _here.allowed = before


def wished() -> int:
    """How many threads a single run may have here."""
    given = os.environ.get(SETTING, "")
    if given and not (given.isdecimal() and int(given) > 0):
        raise InputError(
            Mistake(SETTING, f"{given!r} is not a number of threads", "1 or more; unset: two for a large country")
        )
    if not IS_COMPILED:
        return 1
    if given:
        return int(given)
    is_alone = (
        multiprocessing.current_process().name == "MainProcess"
        and threading.current_thread() is threading.main_thread()
    )
    return min(USUAL, cores()) if is_alone and not is_busy() else 1


def is_busy() -> bool:
    """Whether others are at work on most cores: a thread that waits for one would hold up the run."""
    return hasattr(os, "getloadavg") and os.getloadavg()[0] > BUSY * cores()


def at_once(tasks: Sequence[Callable[[], None]]) -> None:
    """Do the first of `tasks` in this thread and each of the others in a thread of its own; they must release the interpreter."""
    first, *others = tasks
    with ThreadPoolExecutor(max(len(others), 1)) as pool:
        answers = [pool.submit(_timed, task) for task in others]
        first()
        _here.lent = lent() + sum(answer.result() for answer in answers)


def _timed(task: Callable[[], None]) -> float:
    begun = time.thread_time()
    task()
    return time.thread_time() - begun


def lent() -> float:
    """Seconds of CPU that other threads have worked for this one, ever."""
    return getattr(_here, "lent", 0.0)


def cpu_seconds() -> float:
    """CPU time of this thread and of those that worked for it [s], for differences."""
    return time.thread_time() + lent()
