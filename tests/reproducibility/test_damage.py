"""What may happen to the files of a store and to the processes of a sweep: the same command mends it and says what was wrong."""

import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from toy import toy_design

from eipsim import cli
from eipsim.designs.reading import load_design
from eipsim.errors import InputError, RunError
from eipsim.stores import claims
from eipsim.stores.claims import Claims
from eipsim.stores.files import part_files, read_runs
from eipsim.stores.store import Store
from eipsim.sweeps import sweep as sweeping
from eipsim.sweeps.sweep import run_sweep

TOY = toy_design(points=10, replicates=2, title="A toy")
RUNS = 40


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A finished store in parts of ten runs."""
    monkeypatch.setattr(sweeping, "MOST", 10)
    return run_sweep(TOY, tmp_path / "store", backend="serial")


@pytest.fixture
def expected(store):
    return store.array()[0]


def swept_again(store):
    """The same sweep once more, whose warnings are no concern here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return run_sweep(TOY, store.folder, backend="serial")


def assert_mended(store, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = Store.open(store.folder)
        np.testing.assert_array_equal(again.array()[0], expected)
        assert again.verify() == {}


# ---- parts -----------------------------------------------------------------------------------------------------------


def test_the_last_part_cut_off_is_run_again_and_replaced(store, expected):
    (*_, last) = part_files(store.folder / "runs")
    last.write_bytes(last.read_bytes()[:-100])
    again = swept_again(store)
    assert 0 < again.sessions()[-1]["done"] <= 10
    assert_mended(store, expected)


def test_what_writes_a_part_once_more_replaces_it_where_it_is_damaged(store, expected):
    file = part_files(store.folder / "runs")[0]
    block = read_runs(file)
    file.write_bytes(file.read_bytes()[:-100])
    store.write(replace(block, years=block.years.astype(np.int64)))
    assert_mended(store, expected)


def test_every_bit_of_a_part_counts(store, expected):
    """Also those that no checksum covers, as the names of its columns."""
    file = part_files(store.folder / "runs")[0]
    file.write_bytes(file.read_bytes().replace(b"number", b"numbfr"))
    assert swept_again(store).sessions()[-1]["done"] > 0
    assert_mended(store, expected)


def test_a_damaged_part_is_told_in_one_line(store, tmp_path, capsys):
    file = part_files(store.folder / "runs")[0]
    file.write_bytes(b"")
    design = tmp_path / "design.yaml"
    design.write_text(json.dumps(TOY))
    assert cli.main(["sweep", str(design), "--store", str(store.folder), "--backend", "serial", "--trust"]) == 0
    told = capsys.readouterr().err.splitlines()
    assert any(line.startswith("Warning: ") for line in told)
    assert not any(".py" in line for line in told)


def test_parts_that_vanish_while_the_sweep_runs_are_made_again(tmp_path, store, expected, monkeypatch):
    """All is there when the last answer has come, but for what was removed a moment before."""
    again, removed = Store(tmp_path / "other"), []

    def remove(done, total):
        if done == total and not removed:
            removed.extend(part_files(again.folder / "runs")[:1])
            removed[0].unlink()

    run_sweep(TOY, again.folder, backend="serial", progress=remove)
    assert removed
    assert_mended(again, expected)


def test_a_sweep_whose_results_do_not_stay_ends_with_an_error(tmp_path, monkeypatch):
    def remove(done, total):
        for file in part_files(tmp_path / "store/runs"):
            file.unlink()

    with pytest.raises(RunError, match=r"40 runs are missing: their results do not stay in"):
        run_sweep(TOY, tmp_path / "store", backend="serial", progress=remove)


# ---- what describes a store --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["index.parquet", "rows.parquet", "design.json", "codebook.csv"])
@pytest.mark.parametrize("harm", [Path.unlink, lambda file: file.write_bytes(file.read_bytes()[:-60])])
def test_what_follows_from_the_design_is_written_again_and_no_run_is_repeated(store, expected, name, harm):
    harm(store.folder / name)
    if name == "codebook.csv" and (store.folder / name).exists():
        pytest.skip("a codebook is text for people, and nothing depends on it")
    assert swept_again(store).sessions()[-1]["done"] == 0
    assert_mended(store, expected)
    assert (store.folder / name).exists()


@pytest.mark.parametrize("name", ["title", "digest", "years", "outcomes", "precision", "model", "format"])
def test_a_description_that_lacks_something_is_damaged(store, name):
    file = store.folder / "design.json"
    content = json.loads(file.read_text())
    del content[name]
    file.write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"design\.json: is damaged; the same `eipsim sweep`"):
        Store.open(store.folder)
    assert cli.main(["store", "show", str(store.folder)]) == 2


def test_results_of_which_nothing_says_to_what_they_belong_are_left_alone(store):
    for name in ("design.json", "index.parquet"):
        (store.folder / name).unlink()
    with pytest.raises(InputError, match=r"holds results, but neither design\.json nor tables of this design"):
        run_sweep(TOY, store.folder, backend="serial")
    assert len(part_files(store.folder / "runs")) > 0


def test_a_factor_and_an_outcome_of_the_same_name_are_refused():
    with pytest.raises(InputError, match=r"outcomes\.x has the name of a factor"):
        load_design({**TOY, "outcomes": {"x": "path"}})
    with pytest.raises(InputError, match=r"outcomes\.year has the name of a column that every store has"):
        load_design({**TOY, "outcomes": {"year": "path"}})
    with pytest.raises(InputError, match=r"factors\.scenario has the name of a column that every store has"):
        load_design({**TOY, "factors": {"scenario": {"uniform": [0, 1]}}})


# ---- claims ----------------------------------------------------------------------------------------------------------


def claim_of(store, **other):
    """What a sweep of this process would claim: all runs."""
    folder = store.folder / "claims"
    folder.mkdir(exist_ok=True)
    claim = {"session": "other", "host": platform.node(), "pid": os.getpid(), "keys": store.index()["key"].tolist()}
    claim |= {"start": claims.start_of(os.getpid()), "since": "2026-01-01 00:00:00"}
    file = folder / "other-1.json"
    file.write_text(json.dumps(claim | other))
    return file


@pytest.fixture
def empty(tmp_path):
    return Store.create(tmp_path / "empty", load_design(TOY))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not say when a process started")
def test_a_claim_of_a_process_whose_number_is_anothers_now_holds_nobody_up(empty, store, expected):
    file = claim_of(empty, start="1")
    run_sweep(TOY, empty.folder, backend="serial")
    assert_mended(empty, expected)
    assert not file.exists()


@pytest.mark.parametrize("strange", [{"keys": None}, {"keys": [1]}, {"pid": -1}, {"pid": "many"}, {"pid": 10**30}])
def test_a_claim_that_is_none_holds_nobody_up(empty, expected, strange):
    claim_of(empty, **strange)
    run_sweep(TOY, empty.folder, backend="serial")
    assert_mended(empty, expected)


def test_a_sweep_says_for_whom_it_waits(empty, expected, monkeypatch):
    """With number and time, so that a person can look what that process does; it goes on as soon as that has gone."""
    monkeypatch.setattr(sweeping, "WAIT", 0.01)
    monkeypatch.setattr(sweeping, "PATIENCE", 0.05)
    file = claim_of(empty)
    told = []

    def goes_away(*said, **_):
        told.append(str(said[0]))
        file.unlink()

    with warnings.catch_warnings():
        monkeypatch.setattr(warnings, "warn", goes_away)
        run_sweep(TOY, empty.folder, backend="serial")
    (said,) = told
    assert f"process {os.getpid()} on {platform.node()}, there since 2026-01-01 00:00:00" in said
    assert_mended(empty, expected)


def test_a_claim_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    def full(self, *_, **__):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    mine = Claims(tmp_path / "claims", "mine")
    mine.arrive()
    assert list((tmp_path / "claims").iterdir()) == []


# ---- processes ---------------------------------------------------------------------------------------------------------

SESSION = """
import sys
from eipsim.sweeps.sweep import run_sweep
if __name__ == "__main__":
    run_sweep(sys.argv[1], sys.argv[2], 2, trust=True)
"""


def test_workers_end_within_five_seconds_of_their_parent(tmp_path):
    """However long their batch is: nobody waits for it."""
    (tmp_path / "design.yaml").write_text(json.dumps(TOY))
    (tmp_path / "session.py").write_text(SESSION)
    command = [sys.executable, str(tmp_path / "session.py"), str(tmp_path / "design.yaml"), str(tmp_path / "store")]
    with (tmp_path / "told").open("w") as told:
        parent = subprocess.Popen(
            command, env=os.environ | {"TOY_SECONDS": "300", "TOY_LOG": str(tmp_path / "log")}, stderr=told
        )
    workers = []
    try:
        stop = time.monotonic() + 300.0
        while not (tmp_path / "log").exists() and time.monotonic() < stop:
            time.sleep(0.05)
        assert (tmp_path / "log").exists(), (tmp_path / "told").read_text()
        workers = psutil.Process(parent.pid).children(recursive=True)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        _, alive = psutil.wait_procs([w for w in workers if "popen_loky" in " ".join(w.cmdline())], timeout=5.0)
        assert alive == []
    finally:
        for process in [parent, *workers]:
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                process.kill()
    assert len(workers) > 0
    assert "Traceback" not in (tmp_path / "told").read_text()
