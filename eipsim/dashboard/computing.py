"""Runs for the tabs of the browser: at most two at once, each kept for whoever asks again, and ended with the tab that asked.

A tab computes through `use_computed`: a generator that gives one result after the other, better ones as they come in. It works
in a thread of its own; when the tab closes, or asks for something else, it stops after the year that it is at.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pandas as pd
import solara

from eipsim.core.years import FIRST_YEAR, LAST_YEAR
from eipsim.dashboard.address import Ask
from eipsim.dashboard.opening import opened
from eipsim.errors import EipsimError, RunError, StoppedError
from eipsim.runs.simulation import Progress, Run, simulate
from eipsim.scenarios.loading import load_scenario
from eipsim.scenarios.schema import Scenario

AT_ONCE = 2  # runs
KEPT = 24  # runs; a national one holds some ten megabytes
PATIENCE = 0.05  # seconds between looks at whether to stop
T = TypeVar("T")


class Stop(threading.Event):
    """Set when nobody waits for a result any more."""

    def heed(self) -> None:
        """StoppedError when it is set."""
        if self.is_set():
            raise StoppedError("the page that asked for this run has been left")


# ---- taking turns, and keeping -----------------------------------------------------------------------------------------


class Turns:
    """So many at once; the others wait, as long as they are waited for."""

    def __init__(self, at_once: int):
        self._free = threading.Semaphore(at_once)
        self.running = self.most = 0

    @contextmanager
    def taken(self, stop: Stop) -> Iterator[None]:
        while not self._free.acquire(timeout=PATIENCE):
            stop.heed()
        try:
            self.running += 1
            self.most = max(self.most, self.running)
            yield
        finally:
            self.running -= 1
            self._free.release()


class Kept(Generic[T]):
    """Results by what was asked, those asked for last; who asks for one that is being made waits for it."""

    def __init__(self, most: int):
        self._most, self._lock = most, threading.Lock()
        self._results: OrderedDict[Hashable, T] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], T], stop: Stop) -> T:
        if (found := self.at_hand(key)) is not None:
            return found
        with self._lock:
            mine = self._making.setdefault(key, threading.Lock())
        while not mine.acquire(timeout=PATIENCE):
            stop.heed()
        try:
            if (found := self.at_hand(key)) is not None:
                return found
            made = make()
            with self._lock:
                self._results[key] = made
                while len(self._results) > self._most:
                    self._results.popitem(last=False)
            return made
        finally:
            mine.release()

    def at_hand(self, key: Hashable) -> T | None:
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)


turns = Turns(AT_ONCE)
_runs: Kept[Run] = Kept(KEPT)
_outcomes: Kept[pd.DataFrame] = Kept(KEPT * 10)


# ---- runs --------------------------------------------------------------------------------------------------------------


def case_of(ask: Ask) -> Scenario:
    """The scenario that is asked for, with the levers moved as a file that extends it would move them."""
    scenario = opened().scenario(ask.scenario)
    levers = {one.lever: [{"value": one.value, "from": one.year}] for one in ask.levers}
    return load_scenario(scenario, levers=levers) if levers else scenario


def run_of(ask: Ask, stop: Stop, detail: bool = False, progress: Progress | None = None) -> Run:
    """The run that is asked for: at hand, or simulated when its turn comes. StoppedError when nobody waits for it any more."""
    return _runs.get((ask, detail), lambda: simulated(ask, stop, 0, detail, progress), stop)


def simulated(ask: Ask, stop: Stop, replicate: int = 0, detail: bool = False, progress: Progress | None = None) -> Run:
    """The run, when its turn has come."""

    def year_done(done: int, total: int) -> None:
        stop.heed()
        if progress is not None:
            progress(done, total)

    with turns.taken(stop):
        stop.heed()
        return simulate(
            case_of(ask), ask.seed, world=ask.world, rule=ask.rule, years=(FIRST_YEAR, LAST_YEAR), replicate=replicate,
            detail=detail, trust=opened().trust, progress=year_done,
        )  # fmt: skip


def outcomes_of(ask: Ask, stop: Stop, replicate: int = 0) -> pd.DataFrame:
    """The outcomes of a replicate by year. Of those beyond the first nothing else is kept."""
    if replicate == 0:
        return run_of(ask, stop).outcomes
    return _outcomes.get((ask, replicate), lambda: simulated(ask, stop, replicate).outcomes, stop)


def outcomes_at_hand(ask: Ask) -> pd.DataFrame | None:
    """The outcomes of the first replicate, if it need not be simulated."""
    run = _runs.at_hand((ask, False))
    return None if run is None else run.outcomes


def run_at_hand(ask: Ask, detail: bool = False) -> Run | None:
    """The run, if it need not be simulated."""
    return _runs.at_hand((ask, detail))


# ---- in a tab ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Computed(Generic[T]):
    """How far a computation is: its last result, what that is an answer to, whether more is to come, or what was wrong."""

    value: T | None = None
    of: Any = None
    busy: bool = True
    error: EipsimError | None = None


def use_computed(compute: Callable[[Stop], Iterator[T]], asked: Hashable, at_once: T | None = None) -> Computed[T]:
    """What `compute` gives, as it comes in; it begins anew when `asked` changes.

    `at_once` : what is known already. Until the first result of a new question is there, the last of the old one stays, with
    the question that it answers.
    """
    state, set_state = solara.use_state(Computed[T](at_once, asked))

    def begin() -> Callable[[], None]:
        stop = Stop()
        if at_once is not None:
            set_state(Computed(at_once, asked))
        else:
            set_state(lambda now: Computed(now.value, now.of))
        threading.Thread(target=work, args=(stop,), daemon=True).start()
        return stop.set

    def work(stop: Stop) -> None:
        try:
            last = None
            for last in compute(stop):
                stop.heed()
                set_state(Computed(last, asked))
            stop.heed()
            set_state(Computed(last, asked, busy=False))
        except StoppedError:
            return
        except EipsimError as error:
            if not stop.is_set():
                set_state(Computed(None, asked, busy=False, error=error))
        except (
            Exception
        ) as fault:  # of eipsim, and never of the user: it is told on the page, and in full beside the command
            set_state(
                Computed(None, asked, busy=False, error=RunError(f"a fault of eipsim: {type(fault).__name__}: {fault}"))
            )
            raise

    solara.use_effect(begin, [asked])
    return state
