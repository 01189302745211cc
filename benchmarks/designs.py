"""Planning and analysing against the size of a design: `python benchmarks/designs.py [--quick]`.

Thirty factors and a dummy, Sobol' points. Analysed are forty outputs, with a hundred resamples. Every size has a process of its
own, whose peak memory is told; the model is never run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from memory import peak_megabytes

FACTORS, OUTPUTS, RESAMPLES = 30, 40, 100
SIZES = (256, 1024, 4096, 16384)
ANALYSED_BY_SALIB = 4  # outputs; its time is proportional to them


def plan(n: int) -> list[float]:
    """Seconds for the points, their values and the keys of `n` base points; runs; peak memory [MB]."""
    from eipsim.data.parameters import load_parameters
    from eipsim.designs.factors import range_of
    from eipsim.designs.reading import load_design

    names = [name for name, parameter in load_parameters().items() if range_of(parameter)][:FACTORS]
    sampler = {"method": "sobol", "n": n}
    given = {"scenarios": ["baseline"], "world": "pilot-parks", "factors": dict.fromkeys(names), "sampler": sampler}
    load_design({**given, "sampler": {"method": "sobol", "n": 2}}).runs()  # SALib and scipy are loaded
    design, clock = load_design(given), [time.perf_counter()]
    for question in (lambda: design.unit, lambda: design.rows, design.runs):
        question()
        clock.append(time.perf_counter())
    return [*np.diff(clock), design.n_runs, peak_megabytes()]


def analyse(n: int) -> list[float]:
    """Seconds of first and total order with intervals: eipsim for all outputs, SALib for all as far as a few tell; peak [MB]."""
    from SALib.analyze import sobol as salib

    from eipsim.analysis.sensitivity import sobol

    d = FACTORS + 1
    values = np.random.default_rng(1).random((n * (d + 2), OUTPUTS))
    clock = [time.perf_counter()]
    blocks = sobol.blocks_of(values, d, second_order=False)
    sobol.indices(blocks)
    sobol.bootstrapped(blocks, RESAMPLES, seed=1)
    clock.append(time.perf_counter())
    memory = peak_megabytes()
    problem = {"num_vars": d, "names": [f"x{k}" for k in range(d)], "bounds": [[0, 1]] * d}
    for column in values.T[:ANALYSED_BY_SALIB]:
        salib.analyze(problem, column, calc_second_order=False, num_resamples=RESAMPLES, seed=1)
    clock.append(time.perf_counter())
    ours, theirs = np.diff(clock)
    return [ours, theirs * OUTPUTS / ANALYSED_BY_SALIB, memory]


def in_own_process(action: str, n: int) -> list[float]:
    done = subprocess.run(
        [sys.executable, __file__, "--action", action, "--n", str(n)], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    return [float(word) for word in done.stdout.strip().splitlines()[-1].split()]


def rows(quick: bool) -> list[tuple[str, str]]:
    """Rows of the table: what, and how much."""
    table = []
    for n in SIZES[:2] if quick else SIZES:
        points, values, keys, runs, memory = in_own_process("plan", n)
        name = f"a design of {n:,} Sobol' points, {FACTORS} factors: {runs:,.0f} runs"
        told = f"points {points:.2f} s, values {values:.2f} s, keys {1e6 * keys / runs:.1f} µs a run, {memory:.0f} MB"
        table.append((name, told))
    for n in SIZES[:2] if quick else SIZES:
        ours, theirs, memory = in_own_process("analyse", n)
        name = f"its first and total order, {OUTPUTS} outputs, {RESAMPLES} resamples"
        table.append((f"{name}, n = {n:,}", f"{ours:.2f} s (SALib: {theirs:.0f} s), {memory:.0f} MB"))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small designs only")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    parser.add_argument("--action", choices=("plan", "analyse"), help=argparse.SUPPRESS)
    parser.add_argument("--n", type=int, default=SIZES[0], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.action:
        print(*{"plan": plan, "analyse": analyse}[options.action](options.n))
        return
    table = rows(options.quick)
    print("| what | how much |\n|---|---|")
    for what, how_much in table:
        print(f"| {what} | {how_much} |")
    if options.json:
        options.json.write_text(json.dumps(dict(table), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
