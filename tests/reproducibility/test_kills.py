"""R2 with real kills: SIGKILL at random moments, on threads, processes and Dask. What was stored is never lost or run again.

The toy model is quick, so that a kill meets every stage of a sweep: beginning, batches, writing, renaming. Sessions on threads
are forked from this process, which costs nothing; those with worker processes are commands of their own.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
from toy import toy_design

from eipsim.stores.store import Store
from eipsim.sweeps import sweep as sweeping
from eipsim.sweeps.sweep import run_sweep

pytestmark = pytest.mark.long  # a few of each sort are in tests/faults

TOY = toy_design(points=60, replicates=5)
RUNS = 600
OF_THREADS, OF_LOKY, OF_WORKERS, OF_DASK = 42, 3, 4, 4  # kills; 53 in all, and one of the model itself
BATCH = 0.1  # seconds a batch should take
SESSION = """
import sys
from eipsim.sweeps import sweep
sweep.SECONDS = float(sys.argv[4])
if __name__ == "__main__":
    sweep.run_sweep(sys.argv[1], sys.argv[2], 2, sys.argv[3], trust=True)
"""


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return run_sweep(TOY, tmp_path_factory.mktemp("whole") / "store", backend="serial").array()[0]


@pytest.fixture
def log(tmp_path, monkeypatch):
    file = tmp_path / "log"
    file.touch()
    monkeypatch.setenv("TOY_LOG", str(file))
    return file


class Watch:
    """Sees to it that no run that was stored when a session began is executed in it."""

    def __init__(self, folder, log):
        self.folder, self.log, self.read, self.repeated = folder, log, 0, set()
        self.stored = set()

    def begin(self):
        """Before a session: what is stored now must not be run again."""
        self.end()
        if (self.folder / "design.json").exists():
            store = Store(self.folder)
            assert store.verify() == {}, "a part was torn"
            lines = store.index().merge(store.rows, left_on="row", right_index=True)
            lines = lines[lines["key"].isin(store.done())]
            names = zip(lines["scenario"], lines["x"].tolist(), lines["draws"])
            self.stored = {f"{scenario} {x!r} {draws}" for scenario, x, draws in names}

    def end(self):
        lines = self.log.read_text().splitlines()
        self.repeated |= set(lines[self.read :]) & self.stored
        self.read = len(lines)


def finish(folder, watch, expected):
    """The rest in one go; the store is then that of an undisturbed sweep."""
    watch.begin()
    store = run_sweep(TOY, folder)
    watch.end()
    np.testing.assert_array_equal(store.array()[0], expected)
    assert store.verify() == {}
    assert len(store.failures()) == 0
    assert watch.repeated == set()


def test_killed_at_any_moment_on_threads(tmp_path, monkeypatch, log, expected):
    monkeypatch.setenv("TOY_SECONDS", "0.001")
    monkeypatch.setattr(sweeping, "SECONDS", 0.02)
    chance, kills, number = random.Random(1), 0, 0
    folder, watch = tmp_path / "store-0", Watch(tmp_path / "store-0", log)
    while kills < OF_THREADS:
        watch.begin()
        child = os.fork()
        if child == 0:  # never comes back to pytest
            with contextlib.suppress(BaseException):
                run_sweep(TOY, folder, 2, "threads")
            os._exit(0)
        time.sleep(chance.uniform(0.0, 0.25))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        kills += os.WIFSIGNALED(status)
        if not os.WIFSIGNALED(status):  # it was faster: the next store
            finish(folder, watch, expected)
            number += 1
            folder = tmp_path / f"store-{number}"
            log.write_text("")
            watch = Watch(folder, log)
    finish(folder, watch, expected)


def session(tmp_path, backend, seconds=BATCH, **environment):
    """A sweep in a process group of its own."""
    design, script = tmp_path / "design.yaml", tmp_path / "session.py"
    design.write_text(json.dumps(TOY))
    script.write_text(SESSION)
    arguments = [sys.executable, str(script), str(design), str(tmp_path / "store"), backend, str(seconds)]
    return subprocess.Popen(
        arguments, env=os.environ | environment, start_new_session=True, stdout=subprocess.DEVNULL,
        stderr=(tmp_path / "told").open("w"),
    )  # fmt: skip


def wait_for(process, count, before, seconds=90.0):
    """Until `count()` exceeds `before`: the session has got to work."""
    end = time.monotonic() + seconds
    while count() <= before and process.poll() is None:
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def kill_all(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def workers_of(process, mark):
    """Processes below `process` that run tasks: `mark` stands in their command."""
    with contextlib.suppress(psutil.Error):
        return [
            child for child in psutil.Process(process.pid).children(recursive=True) if mark in " ".join(child.cmdline())
        ]
    return []


def test_killed_with_all_its_processes(tmp_path, log, expected):
    chance, watch = random.Random(2), Watch(tmp_path / "store", log)
    for _ in range(OF_LOKY):
        watch.begin()
        before = watch.read
        process = session(tmp_path, "loky", TOY_SECONDS="0.01")
        wait_for(process, lambda: len(log.read_text().splitlines()), before)
        time.sleep(chance.uniform(0.0, 0.6))
        assert process.poll() is None, (tmp_path / "told").read_text()
        kill_all(process)
    finish(tmp_path / "store", watch, expected)


@pytest.mark.parametrize(
    ("backend", "mark", "kills"), [("loky", "popen_loky_posix", OF_WORKERS), ("dask", "spawn_main", OF_DASK)]
)
def test_workers_killed_while_the_sweep_goes_on(tmp_path, log, expected, backend, mark, kills):
    chance, watch = random.Random(3), Watch(tmp_path / "store", log)
    watch.begin()
    process = session(tmp_path, backend, TOY_SECONDS="0.02")
    try:
        for _ in range(kills):
            before = len(log.read_text().splitlines())
            wait_for(process, lambda: len(log.read_text().splitlines()), before)
            time.sleep(chance.uniform(0.0, 0.5))
            assert process.poll() is None, (tmp_path / "told").read_text()
            victims = workers_of(process, mark)
            if victims:
                with contextlib.suppress(psutil.Error):
                    chance.choice(victims).kill()
        assert process.wait(timeout=120) == 0, (tmp_path / "told").read_text()
    finally:
        kill_all(process)
    finish(tmp_path / "store", watch, expected)


PILOTS = {
    "scenarios": ["baseline", "subsidy"],
    "baseline": "baseline",
    "world": "pilot-parks",
    "years": [2016, 2020],
    "replicates": 8,
    "factors": {"behaviour.peer_weight": None},
    "outcomes": ["parks_certified", "co2_avoided_t"],
    "sampler": {"method": "latin", "n": 10},
}


COMMAND = """
from eipsim.cli import main
from eipsim.sweeps import sweep
sweep.SECONDS = 1e-3  # one group a batch: dozens are left when the first is stored
raise SystemExit(main())
"""


def command(design, store, *more):
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "sweep", str(design), "--store", str(store), *more],
        start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def n_parts(store):
    return len(list((store / "runs").glob("part-*")))


def test_the_model_itself_killed_interrupted_and_terminated(tmp_path):
    """Three kinds of end, then the rest: the same results and pairs as without."""
    design, store = tmp_path / "design.yaml", tmp_path / "store"
    design.write_text(json.dumps(PILOTS))
    whole = run_sweep(PILOTS, tmp_path / "whole")
    runs = len(whole.done())
    for end in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM):
        before = n_parts(store)
        process = command(design, store, *(["--jobs", "2"] if end == signal.SIGTERM else []))
        try:
            wait_for(process, lambda: n_parts(store), before)
            assert process.poll() is None, process.communicate()
            os.killpg(process.pid, end)
            _, told = process.communicate(timeout=60)
        finally:
            kill_all(process)
        if end != signal.SIGKILL:
            assert process.returncode in (130, -signal.SIGINT), told  # a shell shows both as 130
            assert told.startswith("Interrupted: ")
            assert told.splitlines()[1].startswith(f"eipsim sweep {design} --store {store}")
    assert 0 < len(Store(store).done()) < runs
    again = run_sweep(PILOTS, store)
    np.testing.assert_array_equal(again.array()[0], whole.array()[0])
    assert again.pairs().equals(whole.pairs())
    assert again.sessions()[-1]["done"] < runs
