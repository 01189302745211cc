"""How fast sweeps are, how large stores get: `python benchmarks/sweeps.py [--quick]`.

The peers run the same model with the same replicates on the same workers: `mesa.batch_run`, the multiprocessing evaluator of
the EMA Workbench, and plain joblib. Each contender has a process of its own, and what it takes to start its workers counts.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from memory import peak_megabytes

WORLD, WORKERS = "pilot-parks", 2
STORED, YEARS, BATCH = 100_000, 36, 500  # runs and years of the store that is measured, runs in a part
CONTENDERS = ("eipsim", "eipsim-threads", "joblib", "mesa", "ema")


# ---- one model, many runners -------------------------------------------------------------------------------------------


def outcomes_of(replicate: int) -> np.ndarray:
    """One run of the pilot parks, as every contender makes it: outcomes [years, outcomes]."""
    from eipsim.runs.simulation import stepping_model

    with stepping_model("baseline", WORLD, 1, None, replicate=int(replicate)) as model:
        return model.run().outcomes.to_numpy()


def for_ema(luck: float = 0.0) -> dict[str, np.ndarray]:
    """The same for the EMA Workbench, whose parameters are numbers."""
    from eipsim.outcomes.registry import OUTCOMES

    return dict(zip(OUTCOMES, outcomes_of(int(luck)).T))


def run_eipsim(runs: int, backend: str = "loky") -> None:
    from eipsim.sweeps.sweep import run_sweep

    design = {"scenarios": ["baseline"], "world": WORLD, "replicates": runs}
    with tempfile.TemporaryDirectory() as folder:
        store = run_sweep(design, Path(folder) / "store", WORKERS, backend)
        assert len(store.done()) == runs


def run_joblib(runs: int) -> None:
    import joblib

    assert len(joblib.Parallel(WORKERS)(joblib.delayed(outcomes_of)(number) for number in range(runs))) == runs


def run_mesa(runs: int) -> None:
    import mesa

    from eipsim.model.model import EIPModel

    rows = mesa.batch_run(
        EIPModel, {"world": WORLD, "replicate": range(runs)}, number_processes=WORKERS, data_collection_period=1,
        max_steps=YEARS, display_progress=False,
    )  # fmt: skip
    assert len({row["RunId"] for row in rows}) == runs


def run_ema(runs: int) -> None:
    from ema_workbench import Model, MultiprocessingEvaluator, RealParameter, TimeSeriesOutcome

    from eipsim.outcomes.registry import OUTCOMES

    model = Model("eipsim", function=for_ema)
    model.uncertainties = [RealParameter("luck", 0, runs)]
    model.outcomes = [TimeSeriesOutcome(name) for name in OUTCOMES]
    with MultiprocessingEvaluator(model, n_processes=WORKERS) as evaluator:
        experiments, _ = evaluator.perform_experiments(scenarios=runs)
    assert len(experiments) == runs


def contend(name: str, runs: int) -> float:
    """Seconds that a contender takes, its workers started and everything compiled before."""
    outcomes_of(0)
    action = {
        "eipsim": run_eipsim,
        "eipsim-threads": lambda n: run_eipsim(n, "threads"),
        "joblib": run_joblib,
        "mesa": run_mesa,
        "ema": run_ema,
    }[name]
    start = time.perf_counter()
    action(runs)
    return time.perf_counter() - start


def in_own_process(*arguments: str) -> list[float]:
    """The numbers that this file prints last, called with `arguments`."""
    done = subprocess.run(
        [sys.executable, __file__, *arguments], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    return [float(word) for word in done.stdout.strip().splitlines()[-1].split()]


def peers(runs: int, repeats: int) -> list[tuple[str, str]]:
    """Runs per second of all contenders, in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for _ in range(repeats):
        for name in CONTENDERS:
            seconds[name] += in_own_process("--contender", name, "--runs", str(runs))
    told = {
        "eipsim": "`eipsim sweep`, processes", "eipsim-threads": "`eipsim sweep`, threads", "joblib": "plain joblib",
        "mesa": "`mesa.batch_run`", "ema": "EMA Workbench, multiprocessing",
    }  # fmt: skip
    return [
        (f"{told[name]}: {runs} pilot-park runs on {WORKERS} workers", f"{runs / statistics.median(taken):.1f} runs/s")
        for name, taken in seconds.items()
    ]


# ---- overhead and efficiency -----------------------------------------------------------------------------------------------


def nothing(settings, *, scenario, draws, years):
    """A model that takes no time and answers as much as eipsim does."""
    from eipsim.outcomes.registry import OUTCOMES

    return dict.fromkeys(OUTCOMES, np.arange(len(years), dtype=float) * draws)


def overhead(runs: int) -> float:
    """CPU seconds of a run beside the model: keys, points, scenario, batches, writing. Everything loaded before."""
    from eipsim.data.parameters import load_parameters
    from eipsim.designs.factors import range_of
    from eipsim.designs.reading import load_design
    from eipsim.outcomes.registry import OUTCOMES
    from eipsim.sweeps.sweep import run_sweep

    names = [name for name, parameter in load_parameters().items() if range_of(parameter)][:20]
    sampler = {"method": "latin", "n": runs}
    real = load_design({"scenarios": ["subsidy"], "world": WORLD, "factors": dict.fromkeys(names), "sampler": sampler})
    tried = range(0, runs, max(1, runs // 200))
    _ = real.run("subsidy", 0).scenario
    start = time.process_time()
    for row in tried:
        _ = real.run("subsidy", row).scenario
    preparing = (time.process_time() - start) / len(tried)
    empty = {
        "scenarios": ["subsidy"], "factors": {f"x{number}": {"uniform": [0, 1]} for number in range(20)},
        "outcomes": list(OUTCOMES), "years": [2015, 2050], "model": f"{__file__}:nothing", "sampler": sampler,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        run_sweep(empty, Path(folder) / "first", backend="serial", limit=10)
        start = time.process_time()
        run_sweep(empty, Path(folder) / "store", backend="serial")
        return (time.process_time() - start) / runs + preparing


def efficiency(runs: int, repeats: int, world: str = WORLD) -> tuple[float, float, float]:
    """Seconds of a run on one worker, and parallel efficiency of processes and threads on two, workers running."""
    from eipsim.sweeps.sweep import run_sweep

    design = {"scenarios": ["baseline"], "world": world, "replicates": runs}

    def taken(jobs: int, backend: str, n: int = runs) -> float:
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            run_sweep({**design, "replicates": n}, Path(folder) / "store", jobs, backend)
            return time.perf_counter() - start

    taken(WORKERS, "loky", 8)
    alone, processes, threads = [], [], []
    for _ in range(repeats):
        alone.append(taken(1, "serial"))
        processes.append(taken(WORKERS, "loky"))
        threads.append(taken(WORKERS, "threads"))
    one = statistics.median(alone)
    return one / runs, one / (WORKERS * statistics.median(processes)), one / (WORKERS * statistics.median(threads))


# ---- the store ---------------------------------------------------------------------------------------------------------------


def likely_outcomes(runs: int) -> np.ndarray:
    """Outcomes [runs, years, outcomes] that compress as real ones do: of real runs, each slightly moved."""
    real = np.stack([outcomes_of(number) for number in range(32)])
    random = np.random.default_rng(1)
    chosen = real[random.integers(0, len(real), runs)]
    is_count = (real == np.round(real)).all(axis=(0, 1))
    factors = np.where(is_count, 1.0, random.lognormal(0.0, 0.2, (runs, 1, real.shape[2])))
    return chosen * factors


def store(runs: int, precision: str) -> list[float]:
    """Seconds to write, megabytes, seconds to list keys, to read an outcome in a year and in all years, peak MB."""
    from eipsim.designs.reading import load_design
    from eipsim.outcomes.registry import OUTCOMES
    from eipsim.stores.files import Block
    from eipsim.stores.store import Store

    design = load_design(
        {"scenarios": ["baseline"], "world": WORLD, "precision": precision, "factors": {"behaviour.peer_weight": None},
         "sampler": {"method": "latin", "n": runs}}
    )  # fmt: skip
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        made = Store.create(Path(folder) / "store", design)
        keys, writing, outcomes = made.index()["key"].to_numpy(), 0.0, tuple(OUTCOMES)
        for start in range(0, runs, 10 * BATCH):
            values = likely_outcomes(min(10 * BATCH, runs - start))
            clock = time.perf_counter()
            for first in range(0, len(values), BATCH):
                part = slice(start + first, start + first + BATCH)
                made.write(Block(keys[part], np.array(made.years), outcomes, values[first : first + BATCH]))
            writing += time.perf_counter() - clock
        size = sum(file.stat().st_size for file in (Path(folder) / "store").rglob("*.parquet")) / 1e6
        return [writing, size, *in_own_process("--read", str(Path(folder) / "store"))]


def reading(folder: str) -> list[float]:
    """Seconds to open and list keys, to read one outcome in one year, in all years; peak memory of the process [MB]."""
    from eipsim.stores.store import Store

    clock = [time.perf_counter()]
    opened = Store.open(folder)
    opened.done()
    clock.append(time.perf_counter())
    opened.array(["co2_avoided_t"], [2050])
    clock.append(time.perf_counter())
    opened.array(["co2_avoided_t"])
    clock.append(time.perf_counter())
    return [*np.diff(clock), peak_megabytes()]


def rows(quick: bool) -> list[tuple[str, str]]:
    """Rows of the table: what, and how much."""
    from eipsim.outcomes.registry import OUTCOMES

    runs, repeats, stored = (40, 1, STORED // 10) if quick else (100, 3, STORED)
    table = peers(runs, repeats)
    beside = overhead(2000)
    table.append(
        (
            f"a sweep's CPU time beside the model, 20 factors, 36 years x {len(OUTCOMES)} outcomes",
            f"{1e3 * beside:.2f} ms a run",
        )
    )
    for world, number in ((WORLD, runs), ("vietnam", max(8, runs // 4))):
        seconds, processes, threads = efficiency(number, repeats, world)
        name = "pilot-park" if world == WORLD else "national"
        table.append((f"the same as part of a {name} run of {seconds:.3f} s", f"{100 * beside / seconds:.2f} %"))
        found = f"{processes:.2f} with processes, {threads:.2f} with threads"
        table.append((f"parallel efficiency on {WORKERS} workers, {name} runs", found))
    for precision in ("double", "single"):
        writing, size, listing, one, every, memory = store(stored, precision)
        name = f"store of {stored:,} runs x 36 years x {len(OUTCOMES)} outcomes, {precision} precision"
        table.append((name, f"{size:.0f} MB, written in {writing:.1f} s"))
        found = f"keys {listing:.2f} s, one outcome in 2050 {one:.2f} s, in all years {every:.2f} s, peak memory {memory:.0f} MB"
        table.append(("reading it", found))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer runs, once each")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=100, help=argparse.SUPPRESS)
    parser.add_argument("--read", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contender:
        print(contend(options.contender, options.runs))
        return
    if options.read:
        print(*reading(options.read))
        return
    table = rows(options.quick)
    print("| what | how much |\n|---|---|")
    for what, how_much in table:
        print(f"| {what} | {how_much} |")
    if options.json:
        options.json.write_text(json.dumps(dict(table), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
