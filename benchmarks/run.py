"""The table of docs/speed.md: `make bench`, or `python benchmarks/run.py [--quick] [--before COMMIT] [--write]`.

Every row is measured beside an earlier version, in turns (before, now, before, now, ...), so that a ratio holds on any machine
and in any hour of it. What is measured is written to a file row by row: a call that is stopped goes on where it was, and other
commits begin anew. Scale, memory and plain Mesa (`scale.py`) follow; sweeps and stores with their peers are measured by
`sweeps.py`, sensitivity analysis by `analyses.py`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from versions import HERE, ROOT, Version, both, timed

BEFORE = "4ef662519de144a8d147a1e6e3cd4865ed10956c"  # the last commit before the work on speed (issue 11)
REPEATS, FEW = 9, 3  # of what takes seconds, of what takes minutes
BUSY = 0.1  # share of the cores that others use, from which a row says so
FIGURES = {"cpu": "CPU", "wall": "wall", "memory": "peak"}
MARKS = ("<!-- bench:begin -->", "<!-- bench:end -->")
SCENARIO = "title: Audits and a price\nextends: baseline\nlevers: {carbon_price: {2029: 20}}\n"

Measure = Callable[[], dict[str, float]]


@dataclass(frozen=True)
class Row:
    """A figure (`cpu`, `wall` [s] or `memory` [MB]) of a task, and the share of the time before that it was to take at most."""

    what: str
    task: str
    figure: str
    most: float | None = None


ROWS = (
    Row("national run, set-up included, one thread", "national", "cpu", 0.60),
    Row("the same under `full-package`", "full-package", "cpu", 0.60),
    Row("pilot-park run", "pilot", "cpu", 0.33),
    Row("single national run, two cores", "single", "wall", 0.50),
    Row("sweep of 1,000 pilot-park runs, two processes", "sweep", "wall", 0.40),
    Row("comparison of 15 scenarios, 20 replicates, national", "comparison", "cpu", 0.60),
    Row("first result ever, two cores", "first", "wall", 0.35),
    Row("first national result of a later process", "later", "cpu", 0.50),
    Row("the same, two cores", "later", "wall"),
    Row("peak memory of it", "later", "memory", 0.65),
    Row("`eipsim list`", "list", "cpu", 0.30),
    Row("check of a scenario file", "check", "cpu", 0.30),
    Row("`eipsim --help`", "help", "cpu", 1.00),
    Row("run from the command line, all figures, two cores", "run", "wall", 0.60),
    Row("the same with `--no-figures` (before: with figures)", "run-no-figures", "wall", 0.40),
    Row("`make run` in an empty folder", "make-run", "wall", 0.50),
)
LONG = ("sweep", "comparison", "first", "make-run")
TASKS = tuple(dict.fromkeys(row.task for row in ROWS))


# ---- measuring -------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def ready(task: str, version: Version) -> Iterator[Measure]:
    """What measures a task once in a version, after whatever it takes to be ready for that."""
    if task in ("national", "single", "full-package", "pilot", "sweep", "comparison"):
        with version.server(task) as server:
            yield server.measure
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "mine.yaml").write_text(SCENARIO)
        measure: Measure = {
            "first": partial(first, version),
            "later": partial(version.run, str(HERE / "jobs.py"), "once"),
            "list": partial(version.run, "-m", "eipsim", "list"),
            "check": partial(version.run, "-m", "eipsim", "check", f"{folder}/mine.yaml"),
            "help": partial(version.run, "-m", "eipsim", "--help"),
            "run": partial(version.run, "-m", "eipsim", "run"),
            "run-no-figures": partial(version.run, "-m", "eipsim", "run", *["--no-figures"] * (version.name == "now")),
            "make-run": partial(make_run, version),
        }[task]
        if task not in ("first", "make-run"):
            measure()  # byte code and machine code are made
        yield measure


def first(version: Version) -> dict[str, float]:
    """The first result of a machine that has no machine code yet."""
    with tempfile.TemporaryDirectory() as empty:
        return version.run(str(HERE / "jobs.py"), "once", cache=Path(empty))


def make_run(version: Version) -> dict[str, float]:
    """`make run` of the version's commit in a fresh clone with an empty cache; what pip has downloaded before, it may use."""
    with tempfile.TemporaryDirectory() as folder:
        clone, commit = Path(folder) / "eipsim", version.commit.rstrip("+")
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", str(ROOT), str(clone)], check=True)
        subprocess.run(["git", "checkout", "--quiet", commit], cwd=clone, check=True)
        bare = {
            name: value for name, value in version.environment(Path(folder) / "cache").items() if name != "PYTHONPATH"
        }
        return timed(["make", "run"], bare, clone)


def busy(seconds: float = 0.2) -> float:
    """Share of the cores that others use at the moment."""
    before = _jiffies()
    time.sleep(seconds)
    total, idle = (now - then for now, then in zip(_jiffies(), before))
    return 1.0 - idle / max(total, 1)


def _jiffies() -> tuple[int, int]:
    """Time of all cores since the start of the machine, and what of it was idle."""
    counts = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(counts), counts[3] + counts[4]


def measure(task: str, versions: tuple[Version, ...], repeats: int) -> dict[str, list[dict[str, float]]]:
    """By version, every measurement of a task, made in turns."""
    found: dict[str, list[dict[str, float]]] = {version.name: [] for version in versions}
    with contextlib.ExitStack() as stack:
        measures = {version.name: stack.enter_context(ready(task, version)) for version in versions}
        for n in range(repeats):
            for name, take in measures.items():
                others = busy()
                found[name].append({**take(), "busy": others})
            last = ", ".join(f"{name} {taken[-1]['wall']:.2f} s" for name, taken in found.items())
            print(f"  {task}: {n + 1} of {repeats} ({last})", file=sys.stderr, flush=True)
    return found


def scale_of(version: Version, repeats: int) -> dict[str, str]:
    """The rows of `scale.py`."""
    quick = ["--quick"] if repeats < FEW else []
    return {
        what: much
        for what, much in version.run(str(HERE / "scale.py"), "--json", *quick).items()
        if isinstance(much, str)
    }


def measure_all(file: Path, before: str, repeats: dict[str, int], tasks: list[str]) -> dict:
    """What `file` has of these versions, and what it lacks, which is added to it task by task."""
    with both(before) as versions:
        asked = {"before": versions[0].commit, "now": versions[1].commit, "repeats": repeats}
        kept = json.loads(file.read_text()) if file.exists() else {}
        results = kept if {name: kept.get(name) for name in asked} == asked else {**asked, "tasks": {}, "scale": {}}
        file.parent.mkdir(parents=True, exist_ok=True)
        for number, task in enumerate(tasks, 1):
            print(f"{number} of {len(tasks)}: {task}", file=sys.stderr, flush=True)
            if task == "scale" and not results["scale"]:
                results["scale"] = scale_of(versions[1], repeats["scale"])
            elif task not in (*results["tasks"], "scale"):
                results["tasks"][task] = measure(task, versions, repeats[task])
            file.write_text(json.dumps(results, indent=1))
    return results


# ---- telling ---------------------------------------------------------------------------------------------------------------


def table(results: dict) -> str:
    """Every row that was measured: median and smallest before and now, the ratio of the medians and what was asked."""
    lines = ["| what | | before | now | ratio | asked |", "|---|---|---|---|---|---|"]
    lines += [_line(row, results["tasks"][row.task]) for row in ROWS if row.task in results["tasks"]]
    if any("**\\*" in line for line in lines):
        lines += ["", f"\\* Others used more than {100 * BUSY:.0f} % of the cores at the time."]
    if results["scale"]:
        lines += [
            "",
            "| what | how much |",
            "|---|---|",
            *(f"| {what} | {much} |" for what, much in results["scale"].items()),
        ]
    return "\n".join(lines)


def _line(row: Row, taken: dict[str, list[dict[str, float]]]) -> str:
    before, now = ([one[row.figure] for one in taken[name]] for name in ("before", "now"))
    ratio = statistics.median(now) / statistics.median(before)
    others = statistics.median(one["busy"] for some in taken.values() for one in some)
    mark = "\\*" if row.figure == "wall" and others > BUSY else ""
    kind = FIGURES[row.figure] + (f", {len(now)} times" if len(now) < REPEATS else "")
    asked = "" if row.most is None else f"{row.most:.2f}"
    return f"| {row.what} | {kind} | {_told(before, row)} | {_told(now, row)} | **{ratio:.2f}**{mark} | {asked} |"


def _told(figures: list[float], row: Row) -> str:
    """Median, and the smallest."""
    median, least = statistics.median(figures), min(figures)
    if row.figure == "memory":
        return f"{median:.0f} MB ({least:.0f})"
    if median < 0.5:
        return f"{1e3 * median:.0f} ms ({1e3 * least:.0f})"
    return f"{median:.2f} s ({least:.2f})" if median < 10.0 else f"{median:.0f} s ({least:.0f})"


def section(results: dict) -> str:
    """The table with how it was made, as the page has it."""
    repeats = max((n for task, n in results["repeats"].items() if task in results["tasks"]), default=0)
    how = (
        f"`make bench` measures all of it in one call, in turns with the version of commit `{results['before'][:7]}`, on "
        f"{os.cpu_count()} cores shared with others: medians of {repeats}, in brackets the smallest. CPU time is that of a "
        "process and its children."
    )
    return "\n".join([*textwrap.wrap(how, 120), "", table(results)])


def write_page(results: dict) -> None:
    page = ROOT / "docs/speed.md"
    head, _, rest = page.read_text(encoding="utf-8").partition(MARKS[0])
    _, _, tail = rest.partition(MARKS[1])
    page.write_text(f"{head}{MARKS[0]}\n{section(results)}\n{MARKS[1]}{tail}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", default=BEFORE, metavar="COMMIT", help="the version to measure beside")
    parser.add_argument("--quick", action="store_true", help="everything three times, what takes minutes once")
    parser.add_argument("--only", nargs="+", choices=(*TASKS, "scale"), help="only these tasks")
    parser.add_argument("--json", type=Path, default=ROOT / "results" / "benchmarks.json", help="file of measurements")
    parser.add_argument("--write", action="store_true", help="also write the table into docs/speed.md")
    options = parser.parse_args()
    many, few = (FEW, 1) if options.quick else (REPEATS, FEW)
    repeats = {task: few if task in LONG else many for task in TASKS} | {"scale": few}
    results = measure_all(options.json, options.before, repeats, options.only or [*TASKS, "scale"])
    print(section(results))
    if options.write:
        write_page(results)


if __name__ == "__main__":
    main()
