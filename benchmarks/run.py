"""The performance table of the README: `make bench`, or `python benchmarks/run.py [--quick]`.

Every figure is CPU time of one core unless it says otherwise, medians over repeats, all measured in one call, so that the
ratios hold on any machine. The peer is the same model stepped agent by agent through Mesa in plain Python, compilation
switched off, on the pilot parks, scaled by firm-years. Sweeps and stores, with their peers, are measured in `sweeps.py`,
and sensitivity analysis in `analyses.py`.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from unittest import mock

import analyses
import numpy as np
import sweeps
from memory import peak_megabytes

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
FIRST = """
import time
start, wall = time.process_time(), time.perf_counter()
import eipsim
eipsim.simulate("baseline", seed=1)
print(time.process_time() - start, time.perf_counter() - wall)
"""
MEMORY = """
import eipsim, memory
eipsim.simulate("baseline", seed=1)
print(memory.peak_megabytes())
"""
LEAK = """
import eipsim
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 2**20
for n in range(200):
    eipsim.simulate("baseline", world="pilot-parks", seed=1, replicate=n)
before = resident()
for n in range(1000):
    eipsim.simulate("baseline", world="pilot-parks", seed=1, replicate=n)
print(resident() - before)
"""
IMPORT = "import time; start = time.perf_counter(); import eipsim; print(time.perf_counter() - start)"


def in_new_process(code: str, **environment: str) -> list[float]:
    """The numbers that `code` prints in a process of its own."""
    environment |= {"PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    return [float(word) for word in done.stdout.split()]


def cpu_of(action, repeats: int) -> float:
    """Median CPU seconds of `action`, after one call that is not counted."""
    return cpu_in_turn([action], repeats)[0]


def cpu_in_turn(actions, repeats: int) -> list[float]:
    """The same of several actions, one after the other in every round, so that their ratios are of the same minute."""
    for action in actions:
        action()
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(repeats):
        for action, taken in zip(actions, times):
            gc.collect()
            start = time.process_time()
            action()
            taken.append(time.process_time() - start)
    return [statistics.median(taken) for taken in times]


def enlarged(world, times: int):
    """A country of `times` copies of each park and its firms, each copy with keys of its own."""
    from eipsim.core.draws import fold
    from eipsim.world import Parks, Tenants

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


def run_once(world) -> None:
    """One run, as `simulate` and sweeps make it."""
    from eipsim.runs.simulation import stepping_model

    with stepping_model("baseline", world, 1, None) as model:
        model.run()


def run_without_exchanges(world) -> None:
    """The same without the exchange step; shared infrastructure goes on."""
    from eipsim.exchanges.symbiosis import Symbiosis

    with mock.patch.object(Symbiosis, "step", return_value=None):
        run_once(world)


def measure(quick: bool) -> list[tuple[str, str]]:
    """Rows of the table: what, and how much."""
    from eipsim.world import build_world

    rows: list[tuple[str, str]] = []
    repeats = 3 if quick else 7
    with tempfile.TemporaryDirectory() as empty:
        first = in_new_process(FIRST, EIPSIM_CACHE=empty)
        later = in_new_process(FIRST, EIPSIM_CACHE=empty)
    rows.append(("`import eipsim` (wall)", f"{in_new_process(IMPORT)[0]:.3f} s"))
    rows.append(("first national result ever, compilation included", f"{first[0]:.1f} s CPU, {first[1]:.1f} s wall"))
    rows.append(("first national result of a later process", f"{later[0]:.2f} s CPU, {later[1]:.2f} s wall"))
    rows.append(
        ("building the national world, not cached", f"{cpu_of(lambda: build_world(seed=1, cache=False), 3):.2f} s")
    )
    world = build_world("vietnam", 1)
    national, without = cpu_in_turn([lambda: run_once(world), lambda: run_without_exchanges(world)], repeats)
    firm_years = int(sum(np.count_nonzero(world.alive(year)) for year in range(2015, 2051)))
    rows.append((f"national run 2015-2050, {firm_years:,} firm-years", f"{national:.3f} s"))
    rows.append(("the same without exchanges", f"{without:.3f} s, so {national / without:.2f} times as long with them"))
    plain = in_new_process(PLAIN, NUMBA_DISABLE_JIT="1")[0]
    rows.append(("the same as plain Mesa agents in plain Python (scaled)", f"{plain * firm_years:.0f} s"))
    rows.append(("**times faster**", f"**{plain * firm_years / national:.0f}**"))
    pilot = build_world("pilot-parks", 1)
    rows.append(("pilot-park run (8 parks)", f"{1000 * cpu_of(lambda: run_once(pilot), repeats):.0f} ms"))
    for times in (1, 4, 16) if quick else (1, 4, 16, 45):
        bigger = enlarged(world, times)
        seconds = cpu_of(lambda bigger=bigger: run_once(bigger), 1 if times > 4 else 3)
        firms = np.count_nonzero(bigger.alive(2024))
        rows.append(
            (
                f"{times} x national: {firms:,} firms in 2024",
                f"{1e6 * seconds / (firm_years * times):.2f} µs per firm-year",
            )
        )
    rows.append(("peak memory of a process with one national run", f"{in_new_process(MEMORY)[0]:.0f} MB"))
    rows.append(("growth of memory over 1,000 pilot-park runs", f"{in_new_process(LEAK)[0]:+.1f} MB"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer repeats, up to 16 times the country")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    options = parser.parse_args()
    rows = [*measure(options.quick), *sweeps.rows(options.quick), *analyses.rows(options.quick)]
    print("| what | how much |\n|---|---|")
    for what, how_much in rows:
        print(f"| {what} | {how_much} |")
    print(f"\nPeak memory of this benchmark: {peak_megabytes():.0f} MB.")
    if options.json:
        options.json.write_text(json.dumps(dict(rows), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
