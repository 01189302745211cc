"""A real SLURM: what is killed, stopped or cancelled in it costs time and no result. `make test-cluster` runs it at full size."""

import json
import os
import re
import shlex
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from slurm_cluster import PATH, SlurmCluster, missing
from toy import toy_design

from eipsim import cli
from eipsim.stores.store import Store
from eipsim.sweeps.cluster import queued_workers
from eipsim.sweeps.cluster.checks import start_seconds
from eipsim.sweeps.cluster.script import clock
from eipsim.sweeps.sweep import run_sweep

ROOT = Path(__file__).parents[2]
IS_FULL = os.environ.get("EIPSIM_CLUSTER") == "full"
POINTS, SHARDS = (500, 10) if IS_FULL else (40, 4)
PATIENCE = 1200.0 if IS_FULL else 300.0
PILOTS = {
    "scenarios": ["baseline", "subsidy"],
    "baseline": "baseline",
    "world": "pilot-parks",
    "years": [2015, 2030],
    "replicates": 2,
    "factors": {"behaviour.peer_weight": None},
    "outcomes": ["parks_certified", "co2_avoided_t"],
    "sampler": {"method": "latin", "n": POINTS},
}
TOY = toy_design(points=60, replicates=5, scenarios=["baseline"], outcomes=["path"])
HOW = "tests/system-packages installs them where root and apt are there"

pytestmark = [
    pytest.mark.xdist_group("slurm"),
    pytest.mark.skipif(
        bool(missing()) and not IS_FULL, reason=f"needs a SLURM, and lacks {', '.join(missing())}: {HOW}"
    ),
]
full_only = pytest.mark.skipif(not IS_FULL, reason="takes minutes: `make test-cluster` runs it")


@pytest.fixture(scope="module")
def slurm():
    assert not missing(), f"lacks {', '.join(missing())}: {HOW}"
    with SlurmCluster() as started:
        yield started


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The store of a serial sweep."""
    return run_sweep(PILOTS, tmp_path_factory.mktemp("alone") / "store", backend="serial")


@pytest.fixture
def eipsim(slurm, capsys, monkeypatch, tmp_path):
    """A command in this process, in a folder of its own; gives its lines."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLURM_CONF", str(slurm.conf))
    monkeypatch.setenv("PATH", PATH)
    monkeypatch.setenv("XDG_CACHE_HOME", os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")))

    def command(line, code=0):
        capsys.readouterr()
        found = cli.main(shlex.split(line))
        told = capsys.readouterr()
        assert found == code, told
        return (told.out or told.err).splitlines()

    return command


def status(eipsim):
    return json.loads("\n".join(eipsim("cluster status store --json")))["parts"]


def stored():
    return len(Store("store").done()) if Path("store/runs").exists() else 0


def wait_for_end(slurm, eipsim):
    slurm.wait(lambda: all(part["state"] == "done" for part in status(eipsim)), PATIENCE, "parts did not end")


def test_killed_crashed_cancelled_and_resumed_the_store_equals_a_serial_one(slurm, eipsim, alone):
    Path("design.json").write_text(json.dumps(PILOTS))
    eipsim(f"cluster submit design.json --store store --shards {SHARDS} --time 00:20:00 --partition test")
    slurm.wait(lambda: stored() > 10, PATIENCE, "no runs came")

    victim = next(process for process in slurm.jobs() if "--shard" in process.cmdline())  # one job is killed
    part = int(victim.cmdline()[victim.cmdline().index("--shard") + 1].split("/")[0])
    victim.kill()
    slurm.wait(lambda: status(eipsim)[part - 1]["state"] in ("stopped", "done"), 60.0, "a killed part runs")

    slurm.kill_daemon()  # the daemon of the node dies and comes back: jobs do not notice
    before = stored()
    slurm.wait(lambda: stored() > before or not slurm.jobs(), PATIENCE, "jobs ended with the daemon")
    slurm.start_node()

    slurm.kill_node()  # the whole node dies; SLURM puts its jobs back
    slurm.wait(lambda: slurm.node_is(("down", "down*")), 120.0, "the node is not missed")
    assert all(part["state"] != "running" for part in status(eipsim))
    assert "has no node that is up" in eipsim("cluster resume store", code=2)[0]
    slurm.start_node()
    if any(part["state"].startswith("waiting") for part in status(eipsim)):
        assert eipsim("cluster cancel store")[0].startswith("Cancelled ")
        slurm.wait(lambda: not slurm.jobs(), 60.0, "cancelled jobs run")
    assert "cancel" in eipsim("cluster cancel store", code=2)[0]

    eipsim("cluster resume store")
    assert "was submitted already" in eipsim(
        f"cluster submit design.json --store store --shards {SHARDS} --time 00:20:00", code=2
    )[0]  # fmt: skip
    wait_for_end(slurm, eipsim)
    lines = eipsim("cluster status store")
    assert all(re.fullmatch(rf"part \d+/{SHARDS}: (\d+) of \1", line) for line in lines[:SHARDS])
    made = Store.open("store")
    assert len(made.done()) == 4 * POINTS
    np.testing.assert_array_equal(made.array()[0], alone.array()[0])
    assert made.pairs().equals(alone.pairs())
    assert made.verify() == {}


@pytest.mark.long
def test_what_a_partition_of_a_real_cluster_says(slurm, eipsim):
    Path("design.json").write_text(json.dumps(PILOTS))
    submit = "cluster submit design.json --store store --shards 2 --time"
    assert "partition dark is down; up: test" in eipsim(f"{submit} 00:20:00 --partition dark", code=2)[0]
    assert "did you mean test?" in eipsim(f"{submit} 00:20:00 --partition tset", code=2)[0]
    assert "allows 01:00:00 at most" in eipsim(f"{submit} 01:20:00 --partition test", code=2)[0]
    assert not Path("store").exists()


@full_only
def test_parts_that_hit_their_time_limit_keep_what_they_have(slurm, eipsim, monkeypatch):
    monkeypatch.setenv(
        "TOY_SECONDS", "1.0"
    )  # 150 runs a part: more than its time, of which SLURM may take a minute away
    Path("design.json").write_text(json.dumps(TOY))
    eipsim("cluster submit design.json --store store --shards 2 --time 00:02:00 --trust")
    times = 0
    while not all(part["state"] == "done" for part in status(eipsim)):
        slurm.wait(
            lambda: not any(p["state"] in ("running",) or "wait" in p["state"] for p in status(eipsim)), 300.0, ""
        )
        if all(part["state"] == "done" for part in status(eipsim)):
            break
        before, times = stored(), times + 1
        assert times < 10
        eipsim("cluster resume store")
        slurm.wait(lambda before=before: stored() > before, 120.0, "nothing new after a resume")
    assert times >= 1
    ends = [session["ended"] for session in Store.open("store").sessions()]
    assert ends.count("interrupted") >= 2
    assert ends.count("finished") == 2
    monkeypatch.setenv("TOY_SECONDS", "0")
    alone = run_sweep("design.json", "alone", backend="serial", trust=True)
    np.testing.assert_array_equal(Store.open("store").array()[0], alone.array()[0])
    assert sum(session["done"] for session in Store.open("store").sessions()) == 300  # none was run twice


@full_only
def test_the_ten_commands_of_the_documents(slurm, eipsim):
    text = (ROOT / "docs/cluster.md").read_text(encoding="utf-8")
    ten = text[text.index("## Ten commands") : text.index("## What is submitted")]
    (design,) = re.findall(r"^```yaml\n(.*?)^```", ten, re.MULTILINE | re.DOTALL)
    commands = [
        line
        for block in re.findall(r"^```bash\n(.*?)^```", ten, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]
    assert len(commands) == 10
    Path("support.yaml").write_text(design)
    for command in commands:
        if "cancel" in command or "gc" in command:  # a reader takes a moment, and waits until all parts are done
            time.sleep(3.0)
        if "gc" in command:
            slurm.wait(
                lambda: eipsim("cluster status results/support")[-1].startswith("2 of 2 parts"),
                PATIENCE,
                "parts did not end",
            )
        eipsim(command.removeprefix("eipsim "))
    assert Path("results/support.csv").stat().st_size > 1000


class Trouble(threading.Thread):
    """Once a quarter of the runs is stored a worker is killed, then a job cancelled; in the full test the daemon dies between."""

    def __init__(self, slurm, runs):
        super().__init__()
        self.slurm, self.runs, self.made = slurm, runs, []

    def run(self):
        self.slurm.wait(lambda: stored() > self.runs / 4, PATIENCE, "no runs came")
        self.first(lambda: [one for one in self.slurm.jobs() if "spawn_main" in " ".join(one.cmdline())]).kill()
        self.made.append("worker")
        if IS_FULL:
            self.slurm.kill_daemon()
            before = stored()
            self.slurm.wait(lambda: stored() > before, PATIENCE, "workers ended with the daemon")
            self.slurm.start_node()
            self.made.append("daemon")
        running = ("squeue", "--noheader", "--states=RUNNING", "--format=%i")
        self.slurm.run("scancel", self.first(lambda: self.slurm.run(*running).split()))
        self.made.append("job")

    def first(self, found):
        """The first of what is found, as soon as there is any."""
        self.slurm.wait(found, PATIENCE, "nothing to disturb")
        return found()[0]


def test_workers_that_are_jobs_come_and_go_and_the_store_equals_a_serial_one(slurm, eipsim, request, monkeypatch):
    """In the full test 2,000 runs, and jobs whose time is up before these are made."""
    monkeypatch.setenv("TOY_SECONDS", "0.1")
    design, time_of_job = (PILOTS, clock(int(max(60.0, 5.0 * start_seconds())))) if IS_FULL else (TOY, "00:20:00")
    Path("design.json").write_text(json.dumps(design))
    trouble = Trouble(slurm, 4 * POINTS if IS_FULL else 300)
    trouble.start()
    lines = eipsim(
        f"sweep design.json --store store --backend dask-jobqueue --workers 0-2 --time {time_of_job} --partition test "
        "--interface lo --trust"
    )
    trouble.join()
    assert trouble.made == (["worker", "daemon", "job"] if IS_FULL else ["worker", "job"])
    assert f"{trouble.runs:,} of {trouble.runs:,} runs are stored, 0 failed" in lines[1]
    slurm.wait(lambda: not slurm.run("squeue", "--noheader").strip(), 60.0, "a job outlives the sweep")
    monkeypatch.setenv("TOY_SECONDS", "0")
    made = Store.open("store")
    alone = request.getfixturevalue("alone") if IS_FULL else run_sweep(TOY, "alone", backend="serial", trust=True)
    np.testing.assert_array_equal(made.array()[0], alone.array()[0])
    if IS_FULL:
        assert made.pairs().equals(alone.pairs())
        assert len(list(Path("store.cluster").glob("worker-*.log"))) > 3  # others came when time was up


@pytest.mark.long
def test_workers_that_are_jobs_are_asked_for_only_where_they_can_come(slurm, eipsim):
    Path("design.json").write_text(json.dumps(PILOTS))
    sweep = "sweep design.json --store store --backend dask-jobqueue --time"
    assert "partition dark is down; up: test" in eipsim(f"{sweep} 00:20:00 --partition dark", code=2)[0]
    assert "allows 01:00:00 at most" in eipsim(f"{sweep} 01:20:00 --partition test", code=2)[0]
    (told,) = eipsim(f"{sweep} 00:20:00 --interface ib7", code=2)[-1:]
    assert told.startswith("Error: --interface ib7: no scheduler of Dask can be started: 'ib7' is not a valid network")
    assert not Path("store").exists()


@pytest.mark.long
def test_jobs_that_end_before_their_worker_comes_are_told(slurm, eipsim, monkeypatch):
    monkeypatch.setattr(queued_workers, "ASKED_EVERY", 1.0)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    Path("design.json").write_text(json.dumps(TOY))
    lines = eipsim(
        "sweep design.json --store store --backend dask-jobqueue --time 00:20:00 --workers 0-2 --interface lo --trust",
        code=130,
    )
    assert "jobs have ended and none has brought a worker" in lines[-1]
