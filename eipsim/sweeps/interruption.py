"""Ctrl-C: work stops when it is told to, whichever library it is in at that moment.

Python raises KeyboardInterrupt wherever it happens to be. Inside a callback, as when machine code is made, it is dropped;
compiled code may turn it into an error of its own; processes that are just starting print it. So the interruption is
remembered in `HEARD`, raised again until it has been dealt with, and waits where it would do harm.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

HEARD = threading.Event()  # whether this process has been told to stop
STDERR = 2
EXIT_CODE = 130  # what a shell makes of Ctrl-C
TOLD = "Interrupted: no results were written."
AGAIN = 5.0  # seconds until it is raised again, should a library have swallowed it
SOON = 0.02  # seconds until it is raised again after a callback
CALLBACKS = "_raw_object_cache_"  # of LLVM into llvmlite: one that raises may end in a segmentation fault


def stop_if_heard() -> None:
    """An interruption counts even where a library has caught it, or where workers that had it too have died first."""
    if HEARD.is_set():
        raise KeyboardInterrupt


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """Ctrl-C ends the process there and then: for the time in which libraries load and there is nothing to lose."""

    def leave(number: int, frame: FrameType | None) -> None:
        os.write(STDERR, f"{TOLD}\n".encode())
        os._exit(EXIT_CODE)

    with _handlers({signal.SIGINT: leave} if _is_usual() else {}):
        yield


@contextmanager
def insistent() -> Iterator[None]:
    """Ctrl-C is raised again until it has ended the command, or is being dealt with."""
    HEARD.clear()
    if not (hasattr(signal, "setitimer") and _is_usual()):
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        HEARD.set()
        if number == signal.SIGALRM and _is_dealt_with():
            return
        signal.setitimer(signal.ITIMER_REAL, SOON if _is_in_callback(frame) else AGAIN)
        if not _is_in_callback(frame):
            raise KeyboardInterrupt

    def dropped(lost: Any) -> None:
        if isinstance(lost.exc_value, KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, SOON)
        else:
            usual(lost)

    usual, sys.unraisablehook = sys.unraisablehook, dropped
    try:
        with _handlers({signal.SIGINT: interrupt, signal.SIGALRM: interrupt}):
            yield
    finally:
        disarm()
        sys.unraisablehook = usual


def disarm() -> None:
    """The interruption has been dealt with: it is not raised again."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0.0)


@contextmanager
def noted() -> Iterator[None]:
    """The signal with which clusters announce the end of a job interrupts as Ctrl-C does; `HEARD` knows of both."""
    HEARD.clear()
    before = signal.getsignal(signal.SIGINT)

    def interrupt(number: int, frame: FrameType | None) -> None:
        HEARD.set()
        if not callable(before):
            raise KeyboardInterrupt
        before(number, frame)

    ours = [signal.SIGTERM, *([signal.SIGINT] if callable(before) else [])]
    with _handlers(dict.fromkeys(ours, interrupt) if _in_main_thread() else {}):
        yield


@contextmanager
def held_back() -> Iterator[None]:
    """Ctrl-C waits until the block ends, and processes started in it never see it: their parent ends them.

    A terminal sends it to all of them, and each would print where it was interrupted.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # some versions let Ctrl-C through again when they start it
    waiting: list[tuple[int, FrameType | None]] = []
    usual = signal.getsignal(signal.SIGINT)
    listens = callable(usual) and _in_main_thread()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        # threads of libraries still take the signal, and hand it to Python
        with _handlers({signal.SIGINT: lambda *signalled: waiting.append(signalled)} if listens else {}):
            yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if waiting and callable(usual):
            usual(*waiting[0])


@contextmanager
def _handlers(handlers: Mapping[int, Any]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _is_usual() -> bool:
    """Whether Ctrl-C does what Python makes of it, here where that can be changed."""
    return _in_main_thread() and signal.getsignal(signal.SIGINT) == signal.default_int_handler


def _is_in_callback(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name.startswith(CALLBACKS):
            return True
        frame = frame.f_back
    return False


def _is_dealt_with() -> bool:
    """Whether what runs at this moment is on its way out because of the interruption."""
    error = sys.exc_info()[1]
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None
