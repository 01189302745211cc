"""Which functions Python would call in machine code, seen in a process without compilation; and compiling them before."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any, NamedTuple

import numba

from eipsim.core.compiled import WRITTEN
from eipsim.core.fingerprints import reached, short_hash


class Call(NamedTuple):
    """A function that Python calls, with the types of its arguments."""

    module: str
    name: str
    kinds: tuple

    def function(self) -> Any:
        return getattr(import_module(self.module), self.name)


def id_of(dispatcher: Any, kinds: tuple) -> str:
    """A name of a call, the same in every process."""
    function = dispatcher.py_func
    return f"{function.__module__}.{function.__qualname__} {short_hash(kinds)}"


def effort_of(dispatcher: Any) -> int:
    """How much there is to compile: bytes of bytecode of a function and all it reaches."""
    return sum(len(function.__code__.co_code) for function in reached(dispatcher) if function is not None)


def calls_of(act: Callable[[], Any]) -> list[Call]:
    """What `act` calls, in its order, where nothing is compiled; what compiled functions call among themselves left out."""
    listener = _Listener()
    sys.setprofile(listener.hear)
    try:
        act()
    finally:
        sys.setprofile(None)
    return list(listener.calls)


class _Listener:
    def __init__(self) -> None:
        self.calls: dict[Call, None] = {}
        self.depth = 0

    def hear(self, frame: FrameType, event: str, _: Any) -> None:
        if event not in ("call", "return") or id(frame.f_code) not in WRITTEN:
            return
        if event == "call":
            if self.depth == 0:
                self.note(frame)
            self.depth += 1
        else:
            self.depth -= 1

    def note(self, frame: FrameType) -> None:
        code = frame.f_code
        function = WRITTEN[id(code)]
        values = [frame.f_locals[name] for name in code.co_varnames[: code.co_argcount]]
        self.calls[Call(function.__module__, function.__qualname__, tuple(map(numba.typeof, values)))] = None
