"""What `run.py` measures, in a process of its own: the same calls for whichever version of eipsim stands on PYTHONPATH.

    python benchmarks/jobs.py national     # makes itself ready, then measures once for every line on its input
    python benchmarks/jobs.py once         # one national run and the most memory held

The n-th measurement takes replicate n, in every version, so that none profits from what the measurement before has left.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from memory import peak_megabytes

import eipsim

PILOT_RUNS, SWEEP_RUNS, REPLICATES = 20, 1000, 20
CASES = [
    "no-eip-policy", "without-phase-two", "legal-reform", "technical-assistance", "subsidy", "carbon-price", "enforcement",
    "screening", "shared-systems", "certification-benefits", "national-target-2030", "full-package",
    "delayed-action", "covid-shock-off", "equal-budget/subsidy",
]  # fmt: skip
# What versions before this one called them, or had in their place.
FORMER = {
    "screening": "symbiosis-push", "shared-systems": "park-infrastructure", "full-package": "net-zero-2050",
    "without-phase-two": "phase-two",
}  # fmt: skip


def of_this_version(scenario: str) -> str:
    """The name of a scenario in the version that is measured."""
    return scenario if scenario in eipsim.list_scenarios() else FORMER[scenario]


def single(n: int, scenario: str = "baseline") -> None:
    eipsim.simulate(scenario, seed=1, replicate=n)


def national(n: int, scenario: str = "baseline") -> None:
    os.environ["EIPSIM_THREADS"] = "1"
    single(n, scenario)


def full_package(n: int) -> None:
    national(n, of_this_version("full-package"))


def pilot(n: int) -> None:
    for k in range(PILOT_RUNS):
        eipsim.simulate("baseline", seed=1, world="pilot-parks", replicate=PILOT_RUNS * n + k)


def sweep(n: int, runs: int = SWEEP_RUNS) -> None:
    design = {"scenarios": ["baseline"], "world": "pilot-parks", "replicates": runs}
    with tempfile.TemporaryDirectory() as folder:
        assert len(eipsim.run_sweep(design, Path(folder) / "store", 2).done()) == runs


def comparison(n: int, replicates: int = REPLICATES) -> None:
    eipsim.compare([of_this_version(name) for name in CASES], "baseline", replicates, 1, seed=1)


# By name: what is measured, how often it is done in one measurement, what makes it ready.
JOBS = {
    "national": (national, 1, lambda: national(10_000)),
    "single": (single, 1, lambda: single(10_000)),
    "full-package": (full_package, 1, lambda: full_package(10_000)),
    "pilot": (pilot, PILOT_RUNS, lambda: pilot(1_000)),
    "sweep": (sweep, 1, lambda: sweep(0, 8)),
    "comparison": (comparison, 1, lambda: national(10_000)),
}


def measured(action, n: int, times: int) -> dict[str, float]:
    """CPU and wall seconds of one of the `times` that an action does."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    action(n)
    return {"cpu": (time.process_time() - cpu) / times, "wall": (time.perf_counter() - wall) / times}


def main(name: str) -> None:
    if name == "once":
        single(0)
        print(json.dumps({"memory": peak_megabytes()}))
        return
    action, times, make_ready = JOBS[name]
    make_ready()
    print("ready", flush=True)
    for n, _ in enumerate(sys.stdin):
        print(json.dumps(measured(action, n, times)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
