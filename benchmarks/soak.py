"""A sweep of many pilot-park runs: `python benchmarks/soak.py [--runs 100000] [--jobs 2] [--until 2018] [--seconds N]`.

Looks at it every now and then: runs stored, memory of the sweep's process and of its workers, and how long another process takes
to read an outcome of all runs there are. Prints a table for docs/trust.md; exit code 1 when memory or rate are not flat, or the
store could not be read. With `--seconds` it is interrupted then, and tells of what was done. What is tried is the store and who
writes it, so runs are short ones; `--until 2050` makes them whole, which takes three to four times as long.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from eipsim.stores.store import Store

DESIGN: dict[str, Any] = {
    "title": "A long sweep",
    "scenarios": ["baseline"],
    "world": "pilot-parks",
    "replicates": 10,
    "factors": {"behaviour.peer_weight": None, "finance.investment_budget_share": None},
    "outcomes": ["parks_certified", "co2_avoided_t", "public_spending_usd"],
}
ROWS = 10  # of the table
GROWTH, SLOWER = 1.25, 0.6  # of the last quarter against the second, at most and at least


class Look(NamedTuple):
    """At one moment: seconds since the start, processor time of all processes, runs stored, megabytes of parent and of workers,
    seconds to read an outcome."""

    seconds: float
    cpu: float
    runs: int
    parent: float
    workers: float
    reading: float


def look(process: psutil.Process, folder: Path, started: float, year: int) -> Look:
    clock = time.monotonic()
    table = Store.open(folder).read(["co2_avoided_t"], [year])
    reading, runs = time.monotonic() - clock, len(table)
    assert not table["co2_avoided_t"].isna().any()
    children = process.children(recursive=True)
    parent, workers = process.memory_info().rss / 1e6, sum(child.memory_info().rss for child in children) / 1e6
    cpu = sum(sum(one.cpu_times()[:2]) for one in (process, *children))
    return Look(time.monotonic() - started, cpu, runs, parent, workers, reading)


def soak(runs: int, jobs: int, until: int, seconds: float, every: float) -> list[Look]:
    """Looks at a sweep of runs `until` a year, before it ends or is interrupted after `seconds`."""
    looks: list[Look] = []
    with tempfile.TemporaryDirectory(prefix="eipsim-soak-") as place:
        design, folder = Path(place) / "design.yaml", Path(place) / "store"
        sampler = {"method": "latin", "n": max(1, runs // DESIGN["replicates"])}
        design.write_text(json.dumps(DESIGN | {"years": [2015, until], "sampler": sampler}))
        command = [sys.executable, "-m", "eipsim", "sweep", str(design), "--store", str(folder), "--jobs", str(jobs)]
        sweep, started = subprocess.Popen(command, stderr=subprocess.DEVNULL), time.monotonic()
        process = psutil.Process(sweep.pid)
        while sweep.poll() is None:
            time.sleep(every)
            if list(folder.glob("runs/part-*")) and sweep.poll() is None:
                looks.append(look(process, folder, started, until))
                print(json.dumps(looks[-1]._asdict()), file=sys.stderr, flush=True)
            if time.monotonic() - started > seconds:
                sweep.send_signal(signal.SIGINT)
                sweep.wait()
        done = len(Store.open(folder).done())
        minutes = (time.monotonic() - started) / 60
        print(
            f"\n{done:,} of {runs:,} runs to {until} in {minutes:.1f} min on {jobs} processes, exit code {sweep.returncode}\n"
        )
    # once all are stored the workers go, and their processor time with them
    return [one for one in looks if one.runs < runs]


def rate(looks: list[Look], of: str = "cpu") -> float:
    """Runs stored per second of processor time, which other programs beside it change least; or per second `of` another clock."""
    return (looks[-1].runs - looks[0].runs) / (getattr(looks[-1], of) - getattr(looks[0], of))


def told(looks: list[Look]) -> int:
    """The table; whether memory and rate stayed as they were, as an exit code."""
    columns = (
        "minutes",
        "runs stored",
        "runs/s",
        "runs per s of CPU",
        "parent [MB]",
        "workers [MB]",
        "reading all [s]",
    )
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    step = max(1, len(looks) // ROWS)
    shown = looks[step::step]
    for before, row in zip([looks[0], *shown], shown):
        since = [before, row]
        print(
            f"| {row.seconds / 60:.1f} | {row.runs:,} | {rate(since, 'seconds'):.1f} | {rate(since):.1f} "
            f"| {row.parent:.0f} | {row.workers:.0f} | {row.reading:.2f} |"
        )
    quarter = max(2, len(looks) // 4)
    second, last = looks[quarter : 2 * quarter], looks[-quarter:]
    growth = {name: getattr(last[-1], name) / max(getattr(second[0], name), 1.0) for name in ("parent", "workers")}
    pace = rate(last) / rate(second) if len(second) > 1 else 1.0
    print(
        f"\nLast quarter against the second: parent {growth['parent']:.2f}, workers {growth['workers']:.2f}, rate {pace:.2f}"
    )
    return int(max(growth.values()) > GROWTH or pace < SLOWER)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--until", type=int, default=2018, help="last year of every run")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--every", type=float, default=30.0, help="seconds between looks")
    given = parser.parse_args()
    return told(soak(given.runs, given.jobs, given.until, given.seconds, given.every))


if __name__ == "__main__":
    raise SystemExit(main())
