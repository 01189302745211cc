"""What the process that waits for a sweep keeps in memory: `python benchmarks/client_memory.py [--runs N] [--model]`.

The sweep runs on a Dask scheduler and two workers that are processes of their own, so what is measured is the client alone.
Without `--model` each run is a function that takes no time, which is enough: the client never sees a result. With it they are
runs of the pilot parks over two years.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

WORKERS = 2
SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)  # of the runs, at which memory is told
BASE = {"scenarios": ["baseline"], "years": [2015, 2016], "outcomes": ["parks_certified", "co2_avoided_t"]}


def nothing(settings, *, scenario, draws, years):
    """A model that takes no time."""
    return dict.fromkeys(BASE["outcomes"], float(draws))


def design_of(runs: int, is_model: bool) -> dict:
    if is_model:
        return {**BASE, "world": "pilot-parks", "replicates": runs}
    return {**BASE, "model": f"{Path(__file__).absolute()}:nothing", "factors": {"x": {"uniform": [0, 1]}},
            "sampler": {"method": "latin", "n": runs}}  # fmt: skip


def held_megabytes() -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found, "this benchmark reads /proc, as Linux has it"
    return int(found[1]) / 1024


@contextlib.contextmanager
def dask_of_this_machine(folder: Path) -> Iterator[str]:
    """The address of a scheduler with workers; all are processes that end with the block."""
    file = folder / "scheduler.json"
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    worker = ["worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    with contextlib.ExitStack() as stack:
        for words in (scheduler, *[worker] * WORKERS):
            command = [sys.executable, "-m", f"distributed.cli.dask_{words[0]}", *words[1:]]
            process = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
            stack.callback(process.kill)
            while not file.exists():
                time.sleep(0.1)
        yield json.loads(file.read_text())["address"]


def client(address: str, runs: int, is_model: bool, folder: str) -> dict:
    """Memory of this process after shares of the runs [MB], its peak, and seconds."""
    from memory import peak_megabytes

    from eipsim.sweeps.sweep import run_sweep

    noted: dict[str, float] = {}

    def note(done: int, total: int) -> None:
        for share in SHARES:
            if done >= share * total:
                noted.setdefault(f"{share:.0%}", round(held_megabytes()))

    began, cpu = time.perf_counter(), time.process_time()
    run_sweep(design_of(runs, is_model), folder, backend="dask", scheduler=address, progress=note, trust=True)
    return {
        "runs": runs, "model": is_model, "megabytes": noted, "peak": round(peak_megabytes()),
        "seconds": round(time.perf_counter() - began), "cpu_seconds": round(time.process_time() - cpu),
    }  # fmt: skip


def measured(runs: int, is_model: bool) -> dict:
    with tempfile.TemporaryDirectory() as folder, dask_of_this_machine(Path(folder)) as address:
        words = [sys.executable, __file__, "--client", address, "--runs", str(runs), *["--model"] * is_model]
        done = subprocess.run([*words, "--store", f"{folder}/store"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--model", action="store_true", help="real runs, of the pilot parks over two years")
    parser.add_argument("--client", help=argparse.SUPPRESS)
    parser.add_argument("--store", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        print(json.dumps(client(options.client, options.runs[0], options.model, options.store)))
        return
    print(
        datetime.date.today().isoformat(), f"| runs | {' | '.join(f'at {share:.0%}' for share in SHARES)} | peak | s |"
    )
    for runs in options.runs:
        found = measured(runs, options.model)
        at = " | ".join(f"{found['megabytes'].get(f'{share:.0%}', 0):.0f}" for share in SHARES)
        print(f"| {runs:,} | {at} | {found['peak']} | {found['seconds']} (CPU {found['cpu_seconds']}) |", flush=True)


if __name__ == "__main__":
    main()
