"""Sweeps on an existing Dask cluster: a scheduler and workers that are processes of their own, and are killed."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from processes import end_with_parent
from toy import toy_design

from eipsim import cli
from eipsim.errors import InputError
from eipsim.stores.store import Store
from eipsim.sweeps import dask_workers, workers
from eipsim.sweeps.dask_workers import checked_address
from eipsim.sweeps.runner import run_batch
from eipsim.sweeps.sweep import run_sweep

pytest.importorskip("distributed")
TOY = toy_design(points=40, replicates=5)
RUNS = 400
SHORT_BATCHES = """
from eipsim.cli import main
from eipsim.sweeps import dask_workers, sweep
sweep.SECONDS, dask_workers.ALONE, dask_workers.CONNECTED_IN = 0.1, 3.0, 60.0
raise SystemExit(main())
"""


class Processes:
    """A scheduler and workers; all are ended with the test."""

    def __init__(self, folder):
        self.folder, self.all = folder, []
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"

    def start(self, *words, **environment):
        """A process that ends with this one, even where this one is killed."""
        log = (self.folder / f"process-{len(self.all)}.log").open("w")
        process = subprocess.Popen(
            [sys.executable, *map(str, words)], env=os.environ | environment, cwd=self.folder, stdout=log, stderr=log,
            preexec_fn=end_with_parent,
        )  # fmt: skip
        self.all.append(process)
        return process

    def scheduler(self):
        words = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", self.port, "--no-dashboard"]
        process = self.start(*words)
        while not is_open(self.port):
            assert process.poll() is None, self.told(process)
            time.sleep(0.05)
        return process

    def worker(self, seconds="0.02"):
        words = ["-m", "distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        return self.start(*words, TOY_SECONDS=seconds)

    def sweep(self, *more):
        words = ["-c", SHORT_BATCHES, "sweep", "toy.json", "--store", "store", "--backend", "dask", "--trust", *more]
        return self.start(*words, "--scheduler", self.address)

    def told(self, process):
        return (self.folder / f"process-{self.all.index(process)}.log").read_text()

    def wait_for_runs(self, more_than, process):
        """Until the store has more runs than that."""
        end = time.monotonic() + 180.0
        while (found := stored(self.folder / "store")) <= more_than:
            assert process.poll() is None, self.told(process)
            assert time.monotonic() < end, self.told(process)
            time.sleep(0.05)
        return found

    def ended(self, process):
        process.wait(180.0)
        return process.returncode, self.told(process)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def is_open(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0):
        return True
    return False


def stored(store):
    return len(Store(store).done()) if (store / "runs").exists() else 0


@pytest.fixture
def dask(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.json").write_text(json.dumps(TOY))
    processes = Processes(tmp_path)
    yield processes
    for process in processes.all:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return run_sweep(TOY, tmp_path_factory.mktemp("whole") / "store", backend="serial").array()[0]


def test_a_worker_and_the_scheduler_are_lost_and_the_same_command_goes_on(dask, expected):
    dask.scheduler()
    victim, _ = dask.worker(), dask.worker()
    sweep = dask.sweep()
    before = dask.wait_for_runs(0, sweep)
    victim.kill()
    before = dask.wait_for_runs(before + 20, sweep)  # the other worker goes on
    dask.all[0].kill()
    code, told = dask.ended(sweep)
    assert code == 130, told
    (line,) = told.splitlines()
    assert line.startswith(f"The Dask scheduler at {dask.address} was lost: ")
    assert line.endswith(f"--backend dask --trust --scheduler {dask.address}")
    kept = stored(dask.folder / "store")
    assert before <= kept < RUNS
    dask.scheduler()
    dask.worker(seconds="0")
    dask.worker(seconds="0")
    code, told = dask.ended(dask.sweep())
    assert code == 0, told
    store = Store.open(dask.folder / "store")
    np.testing.assert_array_equal(store.array()[0], expected)
    assert store.sessions()[-1]["done"] <= RUNS - kept
    assert [session["ended"] for session in store.sessions()] == ["interrupted", "finished"]


def test_when_all_workers_are_lost_it_is_told_how_to_go_on(dask):
    dask.scheduler()
    worker = dask.worker()
    sweep = dask.sweep()
    dask.wait_for_runs(0, sweep)
    worker.kill()
    code, told = dask.ended(sweep)
    assert code == 130
    assert told.startswith(f"All workers of the Dask scheduler at {dask.address} were lost: ")
    assert "of 400 runs are stored in store. Go on with: " in told


def test_a_scheduler_without_workers_is_told(dask, capsys, monkeypatch):
    monkeypatch.setattr(dask_workers, "CONNECTED_IN", 4.0)
    dask.scheduler()
    assert cli.main(["sweep", "toy.json", "--backend", "dask", "--scheduler", dask.address, "--trust"]) == 2
    assert f"no worker is connected to {dask.address}; `dask worker" in capsys.readouterr().err


def test_an_address_where_nobody_answers_is_told_in_one_line(dask, capsys, monkeypatch):
    monkeypatch.setattr(dask_workers, "CONNECTED_IN", 0.5)
    assert cli.main(["sweep", "toy.json", "--backend", "dask", "--scheduler", dask.address, "--trust"]) == 2
    told = f"Error: scheduler: no Dask scheduler answers at {dask.address}; is it still there, and its port open?\n"
    assert capsys.readouterr().err == told


def test_an_address_that_takes_calls_and_says_nothing_is_not_waited_for_long(dask, capsys, monkeypatch):
    monkeypatch.setattr(dask_workers, "CONNECTED_IN", 0.5)
    with socket.create_server(("127.0.0.1", dask.port)):
        assert cli.main(["sweep", "toy.json", "--backend", "dask", "--scheduler", dask.address, "--trust"]) == 2
    assert capsys.readouterr().err.startswith(f"Error: scheduler: no Dask scheduler answers at {dask.address}; ")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tcp://10.0.0.7", "'tcp://10.0.0.7' has no port; as tcp://10.0.0.7:8786"),
        ("node7", "'node7' has no port"),
        ("node7:", "'' in 'node7:' is no port; 1 to 65535"),
        ("node7:87860", "'87860' in 'node7:87860' is no port"),
        ("node7:dask", "'dask' in"),
        ("tcp://", "'tcp://' is no address"),
        ("two words:1", "is no address"),
        ("", "'' is no address"),
    ],
)
def test_what_is_no_address_is_told(address, told):
    with pytest.raises(InputError, match="scheduler: ") as error:
        checked_address(address)
    assert told in str(error.value)


def test_an_address_without_dask_is_told(tmp_path):
    with pytest.raises(InputError, match="is of no use to backend loky; add --backend dask"):
        run_sweep(TOY, tmp_path / "store", scheduler="node7:8786", trust=True)


# ---- what a worker on another machine refuses ----------------------------------------------------------------------------


@pytest.fixture
def batches(tmp_path, monkeypatch):
    """The batches of a sweep, as workers get them."""
    handed = []

    def stream(function, tasks, jobs, backend):
        for task in tasks:
            handed.append(task[0])
            yield function(*task)

    monkeypatch.setattr(workers, "stream", stream)
    run_sweep(TOY, tmp_path / "store", backend="serial", limit=1, trust=True)
    return handed


def test_a_worker_that_does_not_see_the_store_says_so(batches, tmp_path):
    receipt = run_batch(replace(batches[0], folder=str(tmp_path / "elsewhere")))
    assert "does not see it" in receipt.trouble
    assert not (tmp_path / "elsewhere").exists()


def test_a_worker_with_another_version_of_the_model_runs_nothing(batches):
    receipt = run_batch(replace(batches[0], version={"sources": "other"}))
    assert (receipt.done, "has another version of eipsim" in receipt.trouble) == (0, True)
    assert run_batch(batches[0]).trouble == ""
