"""Mutants of the model: `make mutants`, or `python tests/mutants/run.py [--mutants 400] [--seed 3] [--part 1/1]`.

Draws changes of rules, agents, exchanges, certification and accounts with a seed, one at a time, and sees whether anything
tells: the examples of the module, then the runs of `one_park.py` that reach the changed line, then the tests that reach it
(`reaching.py`), all without compilation. Prints a line for every mutant, and the share that was told of with its 95 % interval
(Wilson). Mutants are tried in the order in which they are drawn, so the first n of them are a random sample too. `--known FOLDER`
keeps what the unchanged model does. `--again LOG ...` tries those that survived once more, when there are new tests.
"""

from __future__ import annotations

import os

os.environ["NUMBA_DISABLE_JIT"] = "1"

import argparse
import contextlib
import doctest
import importlib
import io
import json
import math
import random
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
sys.path[:0] = [
    str(TESTS),
    str(TESTS / "invariants"),
    str(ROOT / "experiments/09_mechanisms"),
    str(ROOT / "experiments"),
]

import coverage  # noqa: E402
from mutations import Mutant, mutants_of, put_in  # noqa: E402
from one_park import cases, steps  # noqa: E402
from reaching import Reaching, all_reaching, any_reaches, telling  # noqa: E402

import eipsim  # noqa: E402

PACKAGE = Path(eipsim.__file__).parent
PLACES = ("rules", "agents", "exchanges", "certification", "market/books.py")
SECONDS = 90  # of CPU that a mutant may take: what never ends has been noticed
SURVIVED, KILLED, UNREACHED, UNUSABLE = "survived", "killed", "not reached", "cannot be put in"
Z = 1.959964


def files() -> list[Path]:
    return [
        file
        for place in PLACES
        for file in sorted([PACKAGE / place] if place.endswith(".py") else (PACKAGE / place).rglob("*.py"))
    ]


def module_of(file: Path) -> str:
    return ".".join(("eipsim", *file.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


def drawn(count: int, seed: int) -> list[Mutant]:
    everything = [mutant for file in files() for mutant in mutants_of(file, module_of(file))]
    print(f"{len(everything):,} mutants in {len(files())} files", file=sys.stderr, flush=True)
    return random.Random(seed).sample(everything, min(count, len(everything)))


def known(file: Path) -> dict:
    """What the unchanged model does: the steps of every case, and the lines that each reaches."""
    if file.exists():
        return json.loads(file.read_text())
    found: dict = {"steps": {}, "lines": {}}
    for name in cases():
        watch = coverage.Coverage(data_file=None, config_file=False, include=[str(file) for file in files()])
        watch.start()
        found["steps"][name] = list(steps(name))
        watch.stop()
        data = watch.get_data()
        found["lines"][name] = {measured: data.lines(measured) for measured in data.measured_files()}
        print(f"{name}: {len(found['steps'][name])} steps", file=sys.stderr, flush=True)
    draft = file.with_suffix(".tmp")
    draft.write_text(json.dumps(found))
    draft.replace(file)
    return json.loads(file.read_text())


def reaching(mutant: Mutant, of: dict) -> list[str]:
    """The cases that reach the changed line."""
    file = str(importlib.import_module(mutant.module).__file__)
    return [name for name, lines in of["lines"].items() if mutant.line in lines.get(file, ())]


def tells(mutant: Mutant, of: dict, names: list[str], tests: dict[str, Reaching]) -> str:
    """In a process that is the mutant: what told of it, or nothing."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # which ends the process
    put_in(mutant)
    module = importlib.import_module(mutant.module)
    with contextlib.redirect_stdout(io.StringIO()):
        if doctest.testmod(module).failed:
            return "an example"
        told = differing(of, names)
    signal.setitimer(signal.ITIMER_PROF, 0.0)
    return told or telling(module, mutant.line, tests)


def differing(of: dict, names: Iterable[str]) -> str:
    """The first step of these cases that is not that of the unchanged model; empty if there is none."""
    for name in names:
        try:
            seen = steps(name)
            for expected in of["steps"][name]:
                if tuple(expected) != next(seen, None):
                    return str(expected[0])
        except Exception as error:
            return f"{name}: {type(error).__name__}"
    return ""


def tried(mutant: Mutant, of: dict, tests: dict[str, Reaching]) -> tuple[str, str]:
    """What became of a mutant, and what told of it."""
    names = reaching(mutant, of)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        told = "!"
        try:
            sys.stderr = io.StringIO()
            told = tells(mutant, of, names, tests)
        except LookupError:
            told = "?"
        finally:
            os.write(writer, told.encode())
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        told = pipe.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return KILLED, f"it did not end ({signal.Signals(os.WTERMSIG(status)).name})"
    if told == "?":
        return UNUSABLE, ""
    if told:
        return KILLED, told
    reached = names or any_reaches(str(importlib.import_module(mutant.module).__file__), mutant.line, tests)
    return (SURVIVED, ", ".join(names)) if reached else (UNREACHED, "")


def survivors(logs: list[Path]) -> set[int]:
    """The numbers of those that nothing told of."""
    lines = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
    return {position for position, what, *_ in lines if what in (SURVIVED, UNREACHED)}


def wilson(killed: int, n: int) -> tuple[float, float]:
    """95 % interval of a share.

    >>> [round(end, 3) for end in wilson(90, 100)]
    [0.826, 0.945]
    """
    p, z = killed / n, Z
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument(
        "--seed", type=int, default=3, help="of the draw; those of seeds 1 to 3 have shown what tests lacked"
    )
    parser.add_argument("--part", default="1/1", help="I/N: every N-th from the I-th, to try several at once")
    parser.add_argument("--seconds", type=float, default=math.inf)
    parser.add_argument(
        "--again", type=Path, nargs="+", help="what this printed before: try those that survived, with new tests"
    )
    parser.add_argument("--known", type=Path, default=Path("results/mutants"))
    given = parser.parse_args()
    number, of_parts = map(int, given.part.split("/"))
    tests = all_reaching(given.known / "tests", TESTS, [str(file) for file in files()])
    of, stop, found = known(given.known / "runs.json"), time.monotonic() + given.seconds, []
    if told := differing(of, of["steps"]):
        sys.exit(f"the unchanged model differs from itself, so that nothing can be told of mutants: {told}")
    chosen = list(enumerate(drawn(given.mutants, given.seed)))
    if given.again:
        left = survivors(given.again)
        chosen = [(position, mutant) for position, mutant in chosen if position in left]
    for position, mutant in chosen[number - 1 :: of_parts]:
        if time.monotonic() > stop:
            break
        what, told = tried(mutant, of, tests)
        found.append(what)
        place = f"{mutant.module.removeprefix('eipsim.')}.{mutant.function}:{mutant.line}"
        print(json.dumps([position, what, place, mutant.what, told]), flush=True)
    counted = [what for what in found if what != UNUSABLE]
    killed = counted.count(KILLED)
    low, high = wilson(killed, len(counted)) if counted else (0.0, 1.0)
    print(
        f"{killed} of {len(counted)} killed: {killed / max(len(counted), 1):.1%} ({low:.1%} to {high:.1%})",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
