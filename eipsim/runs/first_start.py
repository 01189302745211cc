"""The first start: two processes compile, because one would take twice as long.

When a second function has to be compiled, a helper is started (`eipsim.runs.rehearsal`). It finds out what a run calls and
works through that list, the longest first, while this process goes on and compiles what it meets. What either has made lies
in the cache for both. They tell each other what they begin; nobody waits while there is something that nobody has begun.

`watching` shows how far they are. Set EIPSIM_COMPILE_ALONE to do without a helper.
"""

from __future__ import annotations

import base64
import contextlib
import json
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
    """Whether this is no worker of a sweep, beside which others compile, and nobody wants it to be alone.

    Where there is one core, the helper only finds out how much there is to do.
    """
    main = multiprocessing.current_process().name == "MainProcess"
    return main and bool(sys.executable) and not os.environ.get(ALONE)


class FirstStart:
    """Watches what is compiled (`eipsim.core.compiled_cache.Watcher`), and has a helper when it is much."""

    def __init__(self, id_of: Callable[[Any, tuple], str]):
        self.id_of = id_of
        self.missed = 0
        self.helper: subprocess.Popen | None = None
        self.waiting: dict[str, Any] = {}  # calls that nobody has begun
        self.effort: dict[str, int] = {}
        self.made_by_now: set[str] = set()
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
                if call in self.made_by_now:
                    return True
                if call not in self.theirs:
                    self.take(call)
                    return False
                other = next(iter(self.waiting), None)
                if other is None:
                    self.news.wait()
                    continue
                task = self.waiting[other]
            task.function().compile(task.kinds)
        return False

    def made(self, dispatcher: Any, kinds: tuple) -> None:
        """A call has been compiled here."""
        self.note_made(self.id_of(dispatcher, kinds))

    # ---- the helper ----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Say what is going on, and start a helper."""
        if not can_be_helped():
            return
        if not _listeners:
            logging.getLogger("eipsim").warning(NOTICE)
        self.tell(0, 0)
        roots = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
        env = os.environ | {ALONE: "1", "PYTHONPATH": os.pathsep.join(filter(None, roots))}
        command = [sys.executable, "-m", "eipsim.runs.rehearsal"]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        with contextlib.suppress(OSError):
            self.helper = subprocess.Popen(command, env=env, text=True, bufsize=1, **pipes)
            threading.Thread(target=self.hear, args=(self.helper,), daemon=True).start()

    def take(self, call: str) -> None:
        """Tell the helper that this call is compiled here."""
        self.waiting.pop(call, None)
        with contextlib.suppress(OSError, AttributeError, ValueError):  # it has just ended
            self.helper.stdin.write(f"{call}\n")  # type: ignore[union-attr]

    def hear(self, helper: subprocess.Popen) -> None:
        """What the helper tells, until it ends, whether its work is done or something has happened to it."""
        for line in helper.stdout or ():
            what, _, said = line.rstrip("\n").partition(" ")
            if what == "list":
                self.note_list(json.loads(said))
            elif what == "begin":
                with self.news:
                    self.theirs.add(said)
                    self.waiting.pop(said, None)
            elif what == "made":
                self.note_made(said)
        helper.wait()
        with self.news:
            self.helper, self.waiting = None, {}
            self.news.notify_all()

    def note_list(self, told: dict[str, Any]) -> None:
        with self.news:
            self.effort = told["effort"]
            calls = pickle.loads(base64.b64decode(told["calls"]))
            done = self.made_by_now | self.theirs
            self.waiting = {call: task for call, task in zip(self.effort, calls) if call not in done}

    def note_made(self, call: str) -> None:
        with self.news:
            self.made_by_now.add(call)
            self.waiting.pop(call, None)
            self.news.notify_all()
            total = sum(self.effort.values())
            done = sum(self.effort.get(one, 0) for one in self.made_by_now)
        if total:
            self.tell(done, total)

    def tell(self, done: int, total: int) -> None:
        for listener in list(_listeners):
            listener(done, total)
