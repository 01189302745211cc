"""The loop: inputs of a kind, each watched; what goes wrong is made small by hypothesis, kept, and not told twice."""

from __future__ import annotations

import math
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import readers
import watched
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Flaky

KEPT = readers.HERE / "found"  # inputs that once went wrong: they are tried first, every time
SEED = 1
SHELL_SECONDS = 120.0  # of the clock, on a machine that others use as well
QUIETLY: dict[str, Any] = {
    "deadline": None, "database": None, "print_blob": False, "verbosity": Verbosity.quiet,
    "suppress_health_check": list(HealthCheck),
}  # fmt: skip
LONG = ("run", "compare", "validate", "sweep", "figure", "explain", "report")  # what simulates
MOST_KEPT = 100_000  # characters of an input that is kept
SHRINKING = 20.0  # seconds that are spent on making an input small


@dataclass
class Tally:
    """What came of the inputs of a kind."""

    kind: str
    n: int = 0
    refused: int = 0
    slowest: float = 0.0
    faults: dict[str, str] = field(default_factory=dict)
    memory: int = 0
    keeps: bool = True


def try_one(kind: readers.Kind, content: Any, tally: Tally) -> None:
    """One input in a folder of its own; watched.FaultError when something is as it must not be."""
    with tempfile.TemporaryDirectory(prefix="eipsim-fuzz-") as place, watched.inside(Path(place)):
        readers.lay_what_is_named()
        for words in kind.lay(content):
            start = time.process_time()
            with watched.limited():
                code, out, err = readers.run_command(words)
            tally.slowest = max(tally.slowest, time.process_time() - start)
            watched.hold(words, code, out, err)
            tally.refused += code == watched.REFUSED
    tally.memory = max(tally.memory, watched.peak_memory())


def fuzz(name: str, kind: readers.Kind, n: int, seed: int = SEED, keeps: bool = True) -> Tally:
    """`n` changed inputs of a kind. Each fault is told once, with the smallest input that hypothesis finds for it."""
    tally = Tally(name, keeps=keeps)
    while tally.n < n:
        if not _first_fault(kind, n - tally.n, seed + tally.n, tally):
            break
    return tally


def _first_fault(kind: readers.Kind, n: int, seed: int, tally: Tally) -> bool:
    """Up to `n` inputs, until one shows a fault that is not yet known; whether there was one."""
    last: list[tuple[str, Any, str]] = []
    until = [math.inf]

    @hypothesis.seed(seed)
    @settings(max_examples=n, phases=(Phase.generate, Phase.shrink), report_multiple_bugs=False, **QUIETLY)
    @given(kind.changed)
    def attempt(content: Any) -> None:
        if time.monotonic() > until[0] and content != last[0][1]:
            return
        tally.n += not last
        try:
            try_one(kind, content, tally)
        except watched.FaultError as fault:
            if fault.kind in tally.faults or (last and fault.kind != last[0][0]):
                return
            if fault.kind in ("slow", "memory"):  # small inputs are not slow
                tally.faults[fault.kind] = f"{fault}\n{content!r:.1500}"
                keep(tally, content)
                return
            until[0] = min(until[0], time.monotonic() + SHRINKING)
            last[:] = [(fault.kind, content, str(fault))]
            raise

    try:
        attempt()
    except (watched.FaultError, Flaky):
        fault, content, told = last[0]
        tally.faults[fault] = f"{told}\n{content!r:.1500}"
        keep(tally, content)
        return True
    return False


def keep(tally: Tally, content: Any) -> None:
    """An input that went wrong, for the tests of every day."""
    if tally.keeps and len(repr(content)) < MOST_KEPT:
        KEPT.mkdir(exist_ok=True)
        stem = f"{tally.kind.replace(' ', '-')}-{len(list(KEPT.iterdir())) + 1}"
        (KEPT / f"{stem}.txt").write_text(repr(content), encoding="utf-8")


# ---- through the shell ---------------------------------------------------------------------------------------------------


def through_the_shell(n: int, seed: int = SEED) -> Tally:
    """`n` changed scenarios, each checked by a process of its own, and changed command lines, half and half."""
    tally, kinds = Tally("through the shell"), readers.kinds()
    questions = kinds["command lines"].changed.filter(lambda words: words and words[0] not in LONG)
    inputs = [*_some(kinds["scenarios"].changed, n - n // 2, seed), *_some(questions, n // 2, seed)]
    for number, content in enumerate(inputs):
        words = content if isinstance(content, list) else ["check", "mine.yaml", *readers.BRIEF]
        with tempfile.TemporaryDirectory(prefix="eipsim-fuzz-") as place:
            _run_shell(Path(place), content, [word[:1000] for word in words], tally)
        tally.n = number + 1
    tally.memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return tally


def _some(changed: Any, n: int, seed: int) -> list[Any]:
    """`n` changed inputs, without trying them."""
    found: list[Any] = []

    @hypothesis.seed(seed)
    @settings(max_examples=n, phases=(Phase.generate,), **QUIETLY)
    @given(changed)
    def collect(content: Any) -> None:
        found.append(content)

    collect()
    return found[:n]


def _run_shell(folder: Path, content: Any, words: list[str], tally: Tally) -> None:
    """One command in a process of its own, which may use the time of a whole run."""
    with watched.inside(folder):
        readers.lay_what_is_named()
        if isinstance(content, bytes):
            Path("mine.yaml").write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "eipsim", *words]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=SHELL_SECONDS
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        tally.slowest = max(tally.slowest, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        tally.refused += done.returncode == watched.REFUSED
        watched.hold(words, done.returncode, done.stdout, done.stderr)
    except subprocess.TimeoutExpired:
        if words[:1] not in (
            ["run"],
            ["compare"],
            ["validate"],
            ["sweep"],
            ["explain"],
            ["figure"],
        ):  # which may well take long
            tally.faults["slow"] = repr(words)[:1500]
    except watched.FaultError as fault:
        tally.faults[fault.kind] = f"{fault}\n{words!r:.1500}\n{content!r:.1500}"
