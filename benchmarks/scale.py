"""What becomes of time and memory as things grow, and plain Mesa as a peer: `python benchmarks/scale.py [--quick]`.

CPU time of one core unless it says otherwise, everything as a ratio to what was measured in the same call. The peer is the same
model stepped agent by agent through Mesa in plain Python, compilation switched off, on the pilot parks, scaled by firm-years.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import sweeps

from eipsim.core.draws import fold
from eipsim.runs.simulation import stepping_model
from eipsim.world import Parks, Tenants, World, build_world

SIZES, QUICK = (1, 4, 16, 45), (1, 4, 16)
LEAST_REPEATS = {1: 5, 4: 3}  # of larger countries once
PLAIN = """
import time
from eipsim.model import EIPModel
model = EIPModel("baseline", "pilot-parks", 1, years=(2015, 2018), stepping="agents")
firm_years, start = 0, time.process_time()
while model.running:
    model.step()
    firm_years += len(model.rows_alive())
print((time.process_time() - start) / firm_years)
"""
LEAK = """
import sys, eipsim
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 2**20
for n in range(200):
    eipsim.simulate("baseline", world="pilot-parks", seed=1, replicate=n)
before = resident()
for n in range(int(sys.argv[1])):
    eipsim.simulate("baseline", world="pilot-parks", seed=1, replicate=n)
print(resident() - before)
"""
IMPORT = "import time; start = time.perf_counter(); import eipsim; print(time.perf_counter() - start)"


def in_new_process(code: str, *arguments: str, **environment: str) -> float:
    """The number that `code` prints in a process of its own."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def cpu_of(action, repeats: int) -> float:
    """Median CPU seconds of `action`, after one call that is not counted."""
    action()
    taken = []
    for _ in range(repeats):
        gc.collect()
        start = time.process_time()
        action()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def run_once(world: World) -> None:
    """One run, as sweeps make it."""
    with stepping_model("baseline", world, 1, None) as model:
        model.run()


def firm_years_of(world: World) -> int:
    return int(sum(np.count_nonzero(world.alive(year)) for year in range(world.first_year, world.last_year + 1)))


def enlarged(world: World, times: int) -> World:
    """A country of `times` copies of each park and its firms, each copy with keys of its own."""
    n = world.n_parks
    copies = [
        np.array([fold(key, np.uint64(copy)) for key in world.parks.key], dtype=np.uint64) for copy in range(times)
    ]
    parks = Parks(*(np.concatenate([column] * times) for column in world.parks[:-1]), world.parks.start)
    starts = np.concatenate([world.parks.start[:-1] + copy * world.n_firms for copy in range(times)])
    turned = np.repeat(360.0 / times * np.arange(times), n)  # round the globe, so that copies are not neighbours
    parks = parks._replace(
        key=np.concatenate(copies), start=np.append(starts, times * world.n_firms), longitude=parks.longitude + turned
    )
    firms = Tenants(*(np.concatenate([column] * times) for column in world.firms))
    shift = np.repeat(np.arange(times, dtype=np.uint64), world.n_firms) * np.uint64(0x9E3779B97F4A7C15)
    firms = firms._replace(
        key=firms.key ^ shift, park=firms.park + np.repeat(np.arange(times, dtype=np.int32) * n, world.n_firms)
    )
    ids = tuple(f"{name}x{copy}" if copy else name for copy in range(times) for name in world.park_ids)
    return replace(
        world, digest=f"{world.digest}x{times}", park_ids=ids, park_names=world.park_names * times,
        park_names_ascii=world.park_names_ascii * times, parks=parks, firms=firms,
    )  # fmt: skip


def rows(quick: bool) -> dict[str, str]:
    """Rows of the table: what, and how much."""
    world = build_world("vietnam", 1)
    firm_years, sizes = firm_years_of(world), QUICK if quick else SIZES
    found = {
        "`import eipsim` (wall)": f"{in_new_process(IMPORT):.3f} s",
        "building the national world, not cached": f"{cpu_of(lambda: build_world(seed=1, cache=False), 3):.2f} s",
    }
    per_firm_year = []
    for times in sizes:
        bigger = enlarged(world, times)
        seconds = cpu_of(lambda bigger=bigger: run_once(bigger), LEAST_REPEATS.get(times, 1))
        per_firm_year.append(seconds / (firm_years * times))
        del bigger
    told = ", ".join(f"{1e6 * seconds:.2f}" for seconds in per_firm_year)
    ratios = ", ".join(f"{seconds / per_firm_year[0]:.2f}" for seconds in per_firm_year)
    what = f"{', '.join(map(str, sizes))} times the country ({firm_years:,} firm-years), a firm-year"
    found[what] = f"{told} µs, as ratios {ratios}"
    plain = in_new_process(PLAIN, NUMBA_DISABLE_JIT="1")
    found["**times faster than plain Mesa agents in plain Python**"] = f"**{plain / per_firm_year[0]:.0f}**"
    runs = 1000 if quick else 5000
    found[f"growth of memory over {runs:,} pilot-park runs"] = f"{in_new_process(LEAK, str(runs)):+.1f} MB"
    for of, name, n in (("vietnam", "national", 24), (sweeps.WORLD, "pilot-park", 200)):
        _, processes, _ = sweeps.efficiency(n // 3 if quick else n, 3, of)
        found[f"parallel efficiency of a sweep on {sweeps.WORKERS} workers, {name} runs (wall)"] = f"{processes:.2f}"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="up to 16 times the country, fewer runs")
    parser.add_argument("--json", action="store_true", help="print the rows for machines")
    options = parser.parse_args()
    found = rows(options.quick)
    if options.json:
        print(json.dumps(found))
        return
    print("| what | how much |\n|---|---|")
    print(*(f"| {what} | {much} |" for what, much in found.items()), sep="\n")


if __name__ == "__main__":
    main()
