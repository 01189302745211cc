"""How many workers each backend keeps busy: `make scaling`, or `python benchmarks/scaling.py [--quick] [--draw]`.

What runs, batches, receipts, starts and files cost is measured on this machine, as CPU time: it changes little when others use
the machine too. A simulation of many workers, each with a processor of its own, takes these costs and tells from where on
workers wait. Figure and tables go to docs/cluster.md. `--draw` takes the costs measured last.
"""

from __future__ import annotations

import argparse
import datetime
import heapq
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COSTS = ROOT / "benchmarks" / "scaling.json"
MARKS = ("<!-- scaling:begin -->", "<!-- scaling:end -->")
NAMES = {"pilot-parks": "pilot parks", "vietnam": "Viet Nam"}
BASE: dict[str, Any] = {"scenarios": ["baseline"], "outcomes": ["parks_certified", "co2_avoided_t"]}
EMPTY = {**BASE, "years": [2015, 2016], "model": f"{Path(__file__).absolute()}:nothing"}
BATCH = 4.0  # seconds: what a sweep makes a batch take (eipsim.sweeps.sweep.SECONDS)
AHEAD = 2  # batches for each worker
WORK = 600.0  # seconds of work for each worker in the simulation
WORKERS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]
GOOD = 0.8  # efficiency, below which a backend is said to be saturated
KEPT = ("processes", "threads", "dask", "array")


def nothing(settings, *, scenario, draws, years):
    """A model that takes no time."""
    return dict.fromkeys(BASE["outcomes"], float(draws))


# ---- measuring: each of these in a process of its own ------------------------------------------------------------------


def sweep(design: dict, folder: str, jobs: int, backend: str, **more: Any) -> dict[str, float]:
    """CPU seconds of this process and of its workers for a sweep."""
    from eipsim.sweeps.sweep import run_sweep

    cpu = time.process_time()
    store = run_sweep(design, folder, jobs, backend, trust=True, **more)
    own, last = time.process_time() - cpu, store.sessions()[-1]
    of_workers = 0.0 if backend in ("serial", "threads") else last["cpu_seconds"]
    return {"own": own, "workers": of_workers}


def seconds_of_a_run(world: str, runs: int) -> float:
    """CPU seconds, storing included, of a run alone."""
    with tempfile.TemporaryDirectory() as folder:
        sweep({**BASE, "world": world, "replicates": 2}, f"{folder}/first", 1, "serial")
        return sweep({**BASE, "world": world, "replicates": runs}, f"{folder}/store", 1, "serial")["own"] / runs


def cost_of_a_run(backend: str, workers: int, runs: int) -> float:
    """CPU seconds of a run of the pilot parks, all that hands it out included, its workers started before."""
    design = {**BASE, "world": "pilot-parks"}
    with tempfile.TemporaryDirectory() as folder, started(backend, workers) as used:
        sweep({**design, "replicates": 8}, f"{folder}/first", workers, used)
        if backend == "array":
            parts = [
                sweep({**design, "replicates": runs}, f"{folder}/store", 1, "serial", shard=(part, workers))
                for part in range(1, workers + 1)
            ]
            found = {name: sum(part[name] for part in parts) for name in parts[0]}
        else:
            found = sweep({**design, "replicates": runs}, f"{folder}/store", workers, used)
    return (found["own"] + found["workers"]) / runs


def started(backend: str, workers: int) -> Any:
    """A context with the name by which eipsim knows the backend; workers of Dask are there while it lasts."""
    import contextlib

    @contextlib.contextmanager
    def dask():
        from distributed import Client, LocalCluster

        with LocalCluster(workers, threads_per_worker=1, dashboard_address=":0") as local, Client(local):
            yield "dask"

    names = {"processes": "loky" if workers > 1 else "serial", "threads": "threads", "array": "serial"}
    return dask() if backend == "dask" else contextlib.nullcontext(names[backend])


def cost_of_handing_out(backend: str, batches: int) -> tuple[float, float]:
    """CPU seconds of the process that waits, for each batch and for each run: from batches of one run and of many."""
    from eipsim.sweeps import sweep as sweeping

    sizes, taken = (1, 100), []
    with tempfile.TemporaryDirectory() as folder, started(backend, 2) as used:
        for size in (1, *sizes):
            sweeping.MOST = size
            design = {**EMPTY, "replicates": size * batches}
            taken.append(sweep(design, f"{folder}/{len(taken)}", 2, used)["own"] / batches)
    of_run = max((taken[2] - taken[1]) / (sizes[1] - sizes[0]), 0.0)
    return max(taken[1] - of_run, 0.0), of_run


def cost_of_files(files: int) -> float:
    """CPU seconds to learn what a file of results holds."""
    from eipsim.stores.store import Store
    from eipsim.sweeps import sweep as sweeping

    sweeping.MOST = 30
    with tempfile.TemporaryDirectory() as folder:
        sweep({**EMPTY, "replicates": 30 * files}, f"{folder}/store", 1, "serial")
        count = len(list(Path(f"{folder}/store/runs").iterdir()))
        store, cpu = Store.open(f"{folder}/store"), time.process_time()
        store.done()
        return (time.process_time() - cpu) / count


def first_run() -> float:
    """CPU seconds of this process from its start to the end of its first run."""
    with tempfile.TemporaryDirectory() as folder:
        sweep({**BASE, "world": "pilot-parks"}, f"{folder}/store", 1, "serial")
    return time.process_time()


TASKS = {
    "run": lambda world, runs: seconds_of_a_run(world, int(runs)),
    "backend": lambda backend, workers, runs: cost_of_a_run(backend, int(workers), int(runs)),
    "handing": lambda backend, batches: cost_of_handing_out(backend, int(batches)),
    "files": lambda files: cost_of_files(int(files)),
    "first": first_run,
}


def asked(task: str, *words: Any, **environment: str) -> Any:
    """What a process of its own measures."""
    done = subprocess.run(
        [sys.executable, __file__, "--task", task, *map(str, words)], capture_output=True, text=True, check=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "EIPSIM_THREADS": "1", "PYTHONWARNINGS": "ignore"} | environment,
    )  # fmt: skip
    return json.loads(done.stdout.strip().splitlines()[-1])


def median(repeats: int, task: str, *words: Any) -> float:
    return statistics.median(asked(task, *words) for _ in range(repeats))


def measured(quick: bool) -> dict[str, Any]:
    """All costs, in seconds of CPU."""
    from eipsim.runs.provenance import commit

    repeats, runs = (1, 20) if quick else (3, 60)
    found: dict[str, Any] = {
        "commit": commit(),
        "date": datetime.date.today().isoformat(),
        "repeats": repeats,
        "runs": runs,
    }
    say = lambda what: print(what, file=sys.stderr, flush=True)  # noqa: E731
    say("runs alone")
    found["run"] = {world: median(repeats, "run", world, n) for world, n in (("pilot-parks", runs), ("vietnam", 4))}
    say("starts")
    with tempfile.TemporaryDirectory() as empty:
        found["first_ever"] = asked("first", EIPSIM_CACHE=empty)
    found["start"] = median(repeats, "first") - found["run"]["pilot-parks"]
    say("batches and files")
    found["handing"] = {}
    for backend in ("processes", "threads", "dask"):
        pairs = [asked("handing", backend, 100) for _ in range(repeats)]
        found["handing"][backend] = [statistics.median(pair[k] for pair in pairs) for k in (0, 1)]
    found["file"] = median(repeats, "files", 200)
    found["efficiency"] = {}
    for backend in KEPT:
        for workers in (1, 2):
            say(f"{backend} on {workers}")
            found["efficiency"][f"{backend} {workers}"] = median(repeats, "backend", backend, workers, runs)
    return found


# ---- many workers ------------------------------------------------------------------------------------------------------


def waiting(workers: int, run: float, handing: tuple[float, float], start: float) -> float:
    """Efficiency of workers for whom one process makes batches and takes receipts, one after the other.

    Each worker has AHEAD batches; when one is done the process takes its receipt and makes another, and both take time of its one
    thread. Workers start together, and have ten minutes of work each.
    """
    runs = max(1, round(BATCH / run))
    batch, service = runs * run, handing[0] + handing[1] * runs
    todo = round(WORK / batch) * workers
    free, ends = 0.0, [start] * workers  # of the process; when each worker has done all it has
    events: list[tuple[float, int]] = []

    def hand(worker: int, now: float) -> None:
        nonlocal free, todo
        free = max(free, now) + service
        if todo:
            todo -= 1
            ends[worker] = max(ends[worker], free) + batch
            heapq.heappush(events, (ends[worker], worker))

    for _ in range(AHEAD):
        for worker in range(workers):
            hand(worker, 0.0)
    while events:
        now, worker = heapq.heappop(events)
        hand(worker, now)
    return round(WORK / batch) * batch / max(*ends, free)


def apart(workers: int, run: float, costs: dict[str, Any]) -> float:
    """Efficiency of the parts of an array: each starts, and at its end learns what all files hold."""
    batch = max(1, round(BATCH / run)) * run
    files = workers * WORK / batch
    return WORK / (WORK + costs["start"] + costs["file"] * files)


def simulated(costs: dict[str, Any]) -> dict[tuple[str, str], list[float]]:
    """By backend and world, the efficiency for each of WORKERS."""
    found = {}
    for world, run in costs["run"].items():
        of_dask = tuple(costs["handing"]["dask"])
        found["dask", world] = [waiting(n, run, of_dask, costs["start"]) for n in WORKERS]
        found["array", world] = [apart(n, run, costs) for n in WORKERS]
    return found


def saturation(curve: list[float]) -> int | None:
    """The most workers at which the efficiency is still good; None if it always is."""
    good = [n for n, value in zip(WORKERS, curve) if value >= GOOD]
    return None if len(good) == len(WORKERS) else good[-1] if good else 0


# ---- telling -----------------------------------------------------------------------------------------------------------


def draw(costs: dict[str, Any]) -> None:
    """docs/figures/scaling.png."""
    from eipsim.figures.colours import BLUE, GREEN, GREY
    from eipsim.figures.style import axes_in, look, page, save

    curves = simulated(costs)
    looks = {
        ("array", "vietnam"): ("Job array, Viet Nam", GREEN, "-"),
        ("array", "pilot-parks"): ("Job array, pilot parks", GREEN, "--"),
        ("dask", "vietnam"): ("Dask, Viet Nam", BLUE, "-"), ("dask", "pilot-parks"): ("Dask, pilot parks", BLUE, "--"),
    }  # fmt: skip
    most = {backend: saturation(curves[backend, "pilot-parks"]) for backend in ("dask", "array")}
    told = {backend: f"some {n:,}" if n is not None else f"{WORKERS[-1]:,} and more" for backend, n in most.items()}
    title = f"Dask keeps {told['dask']} workers busy, a job array {told['array']}"
    caption = (
        f"Costs measured as CPU time on {costs['date']}; batches of {BATCH:g} s, ten minutes of work for each worker, each on a "
        "processor of its own. Network and shared file system are not in it."
    )
    with look():
        chart, box = page(title, "Share of the time in which workers do runs, simulated", caption, height=3.9)
        axes = axes_in(chart, box, left=0.55, bottom=0.42, right=1.75, top=0.08)
        places = spread({name: 100 * curves[name][-1] for name in looks})
        for name, (label, colour, line) in looks.items():
            axes.plot(WORKERS, [100 * value for value in curves[name]], color=colour, linestyle=line, linewidth=1.6)
            axes.annotate(
                label, (WORKERS[-1], places[name]), (6, 0), textcoords="offset points", va="center", color=colour
            )
        axes.axhline(100 * GOOD, color=GREY, linewidth=0.7, linestyle=(0, (2, 2)))
        axes.set_xscale("log", base=2)
        axes.set_xticks(WORKERS[::2], [f"{n:,}" for n in WORKERS[::2]])
        axes.set_xlim(1, WORKERS[-1])
        axes.set_ylim(0, 102)
        axes.set_ylabel("efficiency [%]")
        axes.set_xlabel("workers")
        axes.grid(axis="y")
        save(chart, ROOT / "docs" / "figures", "scaling")


def spread(heights: dict[Any, float], least: float = 6.5) -> dict[Any, float]:
    """The heights, moved up where labels would lie on each other."""
    placed: dict[Any, float] = {}
    for name in sorted(heights, key=heights.__getitem__):
        placed[name] = max(heights[name], max(placed.values(), default=-least) + least)
    over = max(max(placed.values()) - 100.0, 0.0)
    return {name: height - over for name, height in placed.items()}


def tables(costs: dict[str, Any]) -> str:
    """Costs, efficiency on this machine, and where each backend saturates."""
    of, run = costs["handing"], costs["run"]
    often = "once each" if costs["repeats"] == 1 else f"medians of {costs['repeats']}"
    milli = lambda seconds: f"{1e3 * seconds:.2g} ms"  # noqa: E731
    lines = [
        f"Measured on {costs['date']} at commit `{costs['commit'][:7]}` on two cores shared with others, as CPU time, {often}; "
        "`make scaling` measures all of it anew.", "",
        "| what | CPU time |", "|---|---|",
        *(f"| a run of {NAMES[world]}, stored | {seconds:.3f} s |" for world, seconds in run.items()),
        f"| start of a worker until its first run, compiled code in the cache | {costs['start']:.1f} s |",
        f"| the same with an empty cache: once for each node or home folder | {costs['first_ever']:.0f} s |",
        *(f"| the process that waits, {backend}: a batch, and each run in it | {milli(of[backend][0])}, {milli(of[backend][1])} |"
          for backend in of),
        f"| a part of an array, at its end: each file of the store | {milli(costs['file'])} |", "",
        f"| `--backend` | CPU time of a run on 1 worker, on 2 ({costs['runs']} runs) | efficiency |", "|---|---|---|",
    ]  # fmt: skip
    alone = costs["efficiency"]["processes 1"]
    for backend in KEPT:
        cpu = [costs["efficiency"][f"{backend} {n}"] for n in (1, 2)]
        shares = ", ".join(f"{min(alone / one, 1.0):.2f}" for one in cpu)
        lines.append(f"| {backend} | {cpu[0]:.3f} s, {cpu[1]:.3f} s | {shares} |")
    curves = simulated(costs)
    lines += [
        "",
        f"| backend | runs of | {' | '.join(f'{n:,}' for n in WORKERS[::2])} | good up to |",
        f"|---|---|{'---|' * 8}",
    ]
    for (backend, world), curve in curves.items():
        most = saturation(curve)
        shares = " | ".join(f"{100 * value:.0f} %" for value in curve[::2])
        lines.append(f"| {backend} | {NAMES[world]} | {shares} | {f'{most:,}' if most is not None else 'the end'} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="everything once, with fewer runs")
    parser.add_argument("--draw", action="store_true", help="measure nothing")
    parser.add_argument("--task", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task:
        print(json.dumps(TASKS[options.task[0]](*options.task[1:])))
        return
    if not options.draw:
        COSTS.write_text(json.dumps(measured(options.quick), indent=1) + "\n")
    costs = json.loads(COSTS.read_text())
    draw(costs)
    page = ROOT / "docs" / "cluster.md"
    head, _, rest = page.read_text(encoding="utf-8").partition(MARKS[0])
    _, _, tail = rest.partition(MARKS[1])
    page.write_text(f"{head}{MARKS[0]}\n{tables(costs)}\n{MARKS[1]}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
