"""The tests that reach a line of the model without compilation, and whether they tell of a mutant.

`record` runs every file of tests by itself, watches which lines it reaches, and keeps which of its tests pass in time: uncompiled
numbers are slow, so what takes longer than `SECONDS_A_TEST` is left out. `telling` runs those that reach a line of a mutant.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import coverage
import pytest

SECONDS_A_TEST, SECONDS_A_FILE, SECONDS_A_MUTANT = 4.0, 45.0, 40.0  # of CPU
QUIETLY = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header"]
# Those of invariants live through whole parks: uncompiled that takes too long.
FOLDERS = ("unit", "accounting", "analytic")
LOOKS_AT = re.compile(
    r"^from eipsim\.(rules|agents|exchanges|certification|market\.books|market import books)", re.MULTILINE
)


class Reaching(NamedTuple):
    """Of one file of tests."""

    passed: list[str]  # names of the tests that pass in time
    seconds: float  # of CPU that these take together
    lines: dict[str, list[int]]  # that the file reaches, by file of the model


class InTime:
    """Ends a test that takes too long as skipped, all of them together too, and keeps what passed and the first that failed."""

    def __init__(self, seconds: float, together: float) -> None:
        self.seconds, self.until = seconds, time.process_time() + together
        self.passed: list[str] = []
        self.failed = ""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        left = self.until - time.process_time()
        signal.signal(signal.SIGVTALRM, lambda *_: pytest.skip("it takes too long"))
        signal.setitimer(signal.ITIMER_VIRTUAL, min(self.seconds, max(left, 0.05)))
        yield
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = self.failed or report.nodeid
        elif report.passed and report.when == "call":
            self.passed.append(report.nodeid)


def run(names: list[str], kept: InTime, most_failures: int = 1) -> InTime:
    """Run tests in this process, without a word."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main([*QUIETLY, f"--maxfail={most_failures}", *names], plugins=[kept])
    return kept


def files_of_tests(tests: Path) -> list[Path]:
    """Those that import what is mutated."""
    files = [file for folder in FOLDERS for file in sorted((tests / folder).glob("test_*.py"))]
    return [file for file in files if LOOKS_AT.search(file.read_text(encoding="utf-8"))]


def record(file: Path, model: list[str]) -> Reaching:
    """What a file of tests reaches of the files of the `model`, to be called in a process of its own."""
    watch = coverage.Coverage(data_file=None, config_file=False, include=model)
    watch.start()
    passed = run([str(file)], InTime(SECONDS_A_TEST, SECONDS_A_FILE), most_failures=1000).passed
    watch.stop()
    data = watch.get_data()
    lines = {name: sorted(data.lines(name) or ()) for name in data.measured_files()}
    started = time.process_time()
    again = run(passed, InTime(SECONDS_A_TEST, SECONDS_A_FILE), most_failures=1000).passed if passed else []
    return Reaching(again, time.process_time() - started, lines)


def all_reaching(kept: Path, tests: Path, model: list[str], jobs: int = 2) -> dict[str, Reaching]:
    """What every file of tests reaches, kept in the folder `kept`, so that it goes on where it was stopped."""
    kept.mkdir(parents=True, exist_ok=True)
    asked = [(file, kept / f"{file.parent.name}-{file.stem}-{digest(file)}.json") for file in files_of_tests(tests)]
    left, running = [pair for pair in asked if not pair[1].exists()], 0
    while left or running:
        if left and running < jobs:
            _record_apart(*left.pop(0), model)
            running += 1
        else:
            os.wait()
            running -= 1
    return {str(file): Reaching(*json.loads(place.read_text())) for file, place in asked if place.exists()}


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]


def _record_apart(file: Path, place: Path, model: list[str]) -> None:
    if os.fork():
        return
    try:
        found = record(file, model)
        draft = place.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(found))
        draft.replace(place)
    finally:
        os._exit(0)


def telling(module: ModuleType, line: int, known: dict[str, Reaching]) -> str:
    """The first test that fails of those that reach the line; empty if none does.

    Files that import from the module come first, then the quickest: most files reach most lines by stepping a whole model.
    """
    of_line = {
        test: found for test, found in known.items() if found.passed and line in found.lines.get(module.__file__, ())
    }
    names: list[str] = []
    seconds = 0.0
    for _, found in sorted(of_line.items(), key=lambda item: (not imports(Path(item[0]), module), item[1].seconds)):
        if names and seconds + found.seconds > SECONDS_A_MUTANT:
            break
        names, seconds = names + found.passed, seconds + found.seconds
    return run(names, InTime(2.0 * SECONDS_A_TEST, 3.0 * SECONDS_A_MUTANT)).failed if names else ""


def imports(file: Path, module: ModuleType) -> bool:
    """Whether a file of tests imports from the module."""
    package, _, name = module.__name__.rpartition(".")
    text = file.read_text(encoding="utf-8")
    return bool(re.search(rf"^from {package}(\.{name} import| import [^#\n]*\b{name}\b)", text, re.MULTILINE))


def any_reaches(file: str, line: int, known: dict[str, Any]) -> bool:
    return any(line in found.lines.get(file, ()) and found.passed for found in known.values())
