"""What sampling and analysis take against the number of points: `python benchmarks/analyses.py [--quick]`.

Thirty factors and a dummy, 36 years, four replicates: eipsim analyses all 144 columns at once; SALib's own function takes
one after the other, of which a few are timed. Each size has a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import warnings
from types import SimpleNamespace

import numpy as np
from memory import peak_megabytes

FACTORS, COLUMNS, RESAMPLES = 30, (4, 36), 100  # replicates and years
SIZES, QUICK = (256, 1024, 4096), (128, 256)
TIMED = 2  # columns that SALib analyses; the others take as long


def problem() -> dict[str, object]:
    names = [*(f"x{k}" for k in range(FACTORS)), "dummy"]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def measure(n: int) -> list[float]:
    """Seconds of sampling, of our analysis, of SALib's for as many columns, and our peak memory [MB]."""
    from SALib.analyze import sobol as of_salib
    from SALib.sample import sobol as points

    from eipsim.analysis.sensitivity.methods import Sample, analyse

    clock = [time.perf_counter()]
    unit = points.sample(problem(), n, calc_second_order=False, seed=1)
    clock.append(time.perf_counter())
    slopes = 1.0 / np.arange(1.0, FACTORS + 2.0)
    weights = np.random.default_rng(1).uniform(0.5, 1.5, size=COLUMNS)
    y = (unit @ slopes + unit[:, 0] * unit[:, 1])[:, None, None] * weights + unit[:, [2], None] * np.arange(36.0) / 36.0
    settings = SimpleNamespace(method="sobol", second_order=False, seed=1, resamples=RESAMPLES, confidence=0.95)
    clock.append(time.perf_counter())
    analyse("sobol", Sample(unit, problem, settings), y)
    clock.append(time.perf_counter())
    memory = peak_megabytes()
    for year in range(TIMED):
        of_salib.analyze(problem(), y[:, 0, year].copy(), calc_second_order=False, num_resamples=RESAMPLES, seed=1)
    clock.append(time.perf_counter())
    per_column = (clock[4] - clock[3]) / TIMED
    return [clock[1] - clock[0], clock[3] - clock[2], per_column * COLUMNS[0] * COLUMNS[1], memory]


def rows(quick: bool) -> list[tuple[str, str]]:
    """Rows of the table: what, and how much."""
    table = []
    for n in QUICK if quick else SIZES:
        done = subprocess.run([sys.executable, __file__, "--size", str(n)], capture_output=True, text=True, check=True)
        sampling, ours, theirs, memory = map(float, done.stdout.split())
        what = f"Sobol' indices, n = {n:,}: {n * (FACTORS + 3):,} points, {FACTORS} factors, 36 years x 4 replicates"
        found = f"sampling {sampling:.2f} s, analysis {ours:.1f} s (SALib {theirs:.0f} s), peak memory {memory:.0f} MB"
        table.append((what, found))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small designs only")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.size:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            print(*measure(options.size))
        return
    print("| what | how much |\n|---|---|")
    for what, how_much in rows(options.quick):
        print(f"| {what} | {how_much} |")


if __name__ == "__main__":
    main()
