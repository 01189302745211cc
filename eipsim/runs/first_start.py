"""The first start: two processes compile, because one would take twice as long.

When a second function has to be compiled, two processes are started (`eipsim.runs.rehearsal`): a scout finds out in a second
or two what a run calls, and a helper works through that list, the longest first, while this process goes on and compiles what
it meets. What either has made lies in the cache for both. They tell each other what they begin; nobody waits while there is
something that nobody has begun. While this process waits for one of the helper's, it takes the shortest that are left: the long
ones have most in common with each other, and are compiled faster by the process that has just compiled another.

`watching` shows how far they are. Set EIPSIM_COMPILE_ALONE to do without them.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FEW = 2  # functions that may have to be compiled after an edit, for which nobody is called
ALONE = "EIPSIM_COMPILE_ALONE"
NOTICE = "eipsim compiles its functions, once on this computer: some 10 to 60 seconds"
Listener = Callable[[int, int], object]  # called with (done, total)
_listeners: list[Listener] = []


@contextlib.contextmanager
def watching(listener: Listener) -> Iterator[None]:
    """While this lasts, `listener` is told of a first start: effort done and in all, in bytes of bytecode; at first 0, 0."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def can_be_helped() -> bool:
    """Whether this is no worker of a sweep, beside which others compile, and nobody wants it to be alone."""
    main = multiprocessing.current_process().name == "MainProcess"
    return main and bool(sys.executable) and not os.environ.get(ALONE)


class FirstStart:
    """Watches what is compiled (`eipsim.core.compiled_cache.Watcher`), and has a helper when it is much."""

    def __init__(self, id_of: Callable[[Any, tuple], str], effort_of: Callable[[Any], int], cores: int):
        self.id_of, self.effort_of, self.cores = id_of, effort_of, cores
        self.missed = 0
        self.helper: subprocess.Popen | None = None
        self.waiting: dict[str, Any] = {}  # calls that nobody has begun
        self.effort: dict[str, int] = {}
        self.ready: set[str] = set()  # calls that have been compiled, wherever
        self.begun: set[str] = set()  # what has been begun here
        self.theirs: set[str] = set()  # what the helper has begun
        self.news = threading.Condition(threading.RLock())

    # ---- what the compiler tells ---------------------------------------------------------------------------------------

    def missing(self, dispatcher: Any, kinds: tuple) -> bool:
        """A call has to be compiled. True when the helper has done so meanwhile."""
        self.missed += 1
        if self.missed == FEW:
            self.begin()
        call = self.id_of(dispatcher, kinds)
        while self.helper is not None:
            with self.news:
                if call in self.ready:
                    return True
                if call not in self.theirs:
                    break
                other = min(self.waiting, key=self.effort.__getitem__, default=None)
                if other is None:
                    self.news.wait()
                    continue
                task = self.waiting[other]
            task.function().compile(task.kinds)
        self.take(call)
        return False

    def made(self, dispatcher: Any, kinds: tuple) -> None:
        """A call has been compiled here, and lies in the cache."""
        self.note_made(self.id_of(dispatcher, kinds))

    # ---- the helper ----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Say what is going on, and start a helper."""
        if not can_be_helped():
            return
        if not _listeners:
            logging.getLogger("eipsim").warning(NOTICE)
        self.tell(0, 0)
        with contextlib.suppress(OSError):
            scout = process(NUMBA_DISABLE_JIT="1")
            self.helper = process() if self.cores > 1 else None
            threading.Thread(target=self.hear, args=(scout, self.helper), daemon=True).start()

    def take(self, call: str) -> None:
        """From now on this call is compiled here."""
        with self.news:
            self.begun.add(call)
            self.waiting.pop(call, None)
            if self.effort:  # the helper has its list, which comes first
                self.say(call)

    def say(self, line: str) -> None:
        """A line to the helper, if it is still there."""
        with contextlib.suppress(OSError, AttributeError, ValueError):
            self.helper.stdin.write(f"{line}\n")  # type: ignore[union-attr]

    def hear(self, scout: subprocess.Popen, helper: subprocess.Popen | None) -> None:
        """What the scout finds and the helper does, until both have ended, whether done or because something happened."""
        found = scout.communicate()[0].split()
        if found:
            self.note_list(found[-1])
        for line in helper.stdout or () if helper else ():
            what, _, call = line.rstrip("\n").partition(" ")
            if what == "begin":
                with self.news:
                    self.theirs.add(call)
                    self.waiting.pop(call, None)
            elif what == "made":
                self.note_made(call)
        if helper:
            helper.wait()
        with self.news:
            self.helper, self.waiting = None, {}
            self.news.notify_all()

    def note_list(self, packed: str) -> None:
        """What is to be compiled, as the scout writes it down: known here, and handed on to the helper."""
        calls = pickle.loads(base64.b64decode(packed))
        functions = [call.function() for call in calls]
        ids = [self.id_of(function, call.kinds) for function, call in zip(functions, calls)]
        with self.news:
            self.effort = dict(zip(ids, map(self.effort_of, functions)))
            self.waiting = {one: call for one, call in zip(ids, calls) if one not in self.begun}
            self.say(packed)
            for one in self.begun:
                self.say(one)
        self.note_made()

    def note_made(self, *calls: str) -> None:
        """These have been compiled, wherever."""
        with self.news:
            self.ready.update(calls)
            for call in calls:
                self.waiting.pop(call, None)
            self.news.notify_all()
            total = sum(self.effort.values())
            done = sum(self.effort.get(one, 0) for one in self.ready)
        if total:
            self.tell(done, total)

    def tell(self, done: int, total: int) -> None:
        for listener in list(_listeners):
            listener(done, total)


def process(**environment: str) -> subprocess.Popen:
    """`eipsim.runs.rehearsal` with the packages of this process."""
    roots = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    own = {ALONE: "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, roots))}
    env = os.environ | own | environment
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    act = "from eipsim.core.later import load; load('eipsim.runs.rehearsal').act()"
    return subprocess.Popen([sys.executable, "-c", act], env=env, text=True, bufsize=1, **pipes)
