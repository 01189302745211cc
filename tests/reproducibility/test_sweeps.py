"""R1, R2 for sweeps: the same store from every backend, order and interruption; nothing lost, repeated or mixed."""

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import MODEL, toy_design

import eipsim
from eipsim.designs.reading import load_design
from eipsim.errors import InputError
from eipsim.outcomes.evaluation import evaluate
from eipsim.outcomes.expressions import parse_expression
from eipsim.outcomes.registry import OUTCOMES
from eipsim.stores.claims import Claims
from eipsim.stores.files import part_files
from eipsim.stores.store import Store
from eipsim.sweeps import runner, workers
from eipsim.sweeps import sweep as sweeping
from eipsim.sweeps.paired_runs import simulate_pairs
from eipsim.sweeps.sweep import run_sweep
from eipsim.sweeps.tasks import Shared

TOY = toy_design(points=20, replicates=3, x=(0, 1))  # x above 0.9 fails: 2 of 20 points
RUNS, FAILED = 120, 12
PILOTS = {
    "scenarios": ["baseline", "subsidy"],
    "baseline": "baseline",
    "world": "pilot-parks",
    "years": [2016, 2018],
    "replicates": 2,
    "factors": {"behaviour.peer_weight": None, "rule": {"choice": ["acceptance_curve", "npv_hurdle"]}},
    "sampler": {"method": "listed", "points": [
        {"behaviour.peer_weight": 0.5, "rule": "acceptance_curve"}, {"behaviour.peer_weight": 0.9, "rule": "npv_hurdle"},
    ]},
}  # fmt: skip


@pytest.fixture
def log(tmp_path, monkeypatch):
    """A file with a line for every execution of the toy model."""
    file = tmp_path / "log"
    monkeypatch.setenv("TOY_LOG", str(file))
    return file


def executions(log):
    return log.read_text().splitlines() if log.exists() else []


def content(store):
    """Everything a store says, in the order of the design."""
    return store.array()[0], store.failures()[["scenario", "row", "replicate", "error", "message"]]


def assert_same(one, other):
    np.testing.assert_array_equal(content(one)[0], content(other)[0])
    pd.testing.assert_frame_equal(content(one)[1], content(other)[1])


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return run_sweep(TOY, tmp_path_factory.mktemp("alone") / "store", backend="serial")


# ---- the same from everywhere -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("backend", "jobs"), [("threads", 2), ("threads", 8), ("loky", 1), ("loky", 2)])
def test_the_same_store_from_every_backend(alone, tmp_path, backend, jobs):
    assert_same(run_sweep(TOY, tmp_path / "store", jobs, backend), alone)


def test_workers_that_are_used_again_write_where_the_sweep_stands_now(alone, tmp_path, monkeypatch):
    for place in ("first", "second"):
        (tmp_path / place).mkdir()
        monkeypatch.chdir(tmp_path / place)
        run_sweep(TOY, "store", 2, "loky")
    assert_same(Store(tmp_path / "second" / "store"), alone)


@pytest.mark.parametrize("most", [1, 7])
def test_the_same_store_whatever_the_batches(alone, tmp_path, monkeypatch, most):
    monkeypatch.setattr(sweeping, "MOST", most)
    store = run_sweep(TOY, tmp_path / "store", backend="serial")
    assert len(part_files(store.folder / "runs")) >= (RUNS - FAILED) // most
    assert_same(store, alone)


def test_shards_share_the_runs_and_make_the_whole(alone, tmp_path, log):
    counts = []
    for number in (1, 2, 3):
        store = run_sweep(TOY, tmp_path / "store", backend="serial", shard=(number, 3))
        counts.append(len(executions(log)))
    assert counts[-1] == RUNS
    assert all(20 < more < 60 for more in np.diff([0, *counts]))
    assert_same(store, alone)


def two_at_once(folder):
    threads = [threading.Thread(target=run_sweep, args=(TOY, folder, 1, "serial")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not (folder / "claims").exists()
    return Store.open(folder)


def test_two_sweeps_at_once_make_one_store_and_share_the_work(alone, tmp_path, log, monkeypatch):
    monkeypatch.setenv("TOY_SECONDS", "0.01")
    monkeypatch.setattr(sweeping, "SECONDS", 0.03)
    assert_same(two_at_once(tmp_path / "store"), alone)
    assert RUNS <= len(executions(log)) <= RUNS * 1.8  # the first batches, and those that both took where they met


def test_of_two_sweeps_in_step_that_want_the_same_one_gives_way(alone, tmp_path, log, monkeypatch):
    """Each has looked what is taken before the other claims; from the same beginning, batch by batch."""
    claim, in_step = Claims.claim, threading.Barrier(2, timeout=0.5)

    def claim_in_step(self, number, keys):
        with contextlib.suppress(threading.BrokenBarrierError):
            in_step.wait()
        claim(self, number, keys)
        with contextlib.suppress(threading.BrokenBarrierError):
            in_step.wait()

    monkeypatch.setattr(Claims, "claim", claim_in_step)
    monkeypatch.setattr(sweeping, "MOST", 1)
    monkeypatch.setattr(sweeping, "deque", type("Queue", (deque,), {"rotate": lambda self, n: None}))
    assert_same(two_at_once(tmp_path / "store"), alone)
    assert len(executions(log)) < RUNS * 1.5  # without giving way: twice as many as there are


def test_claims_of_the_dead_hold_nobody_up(alone, tmp_path):
    Store.create(tmp_path / "store", load_design(TOY))
    process = subprocess.Popen(["sleep", "0"])
    process.wait()
    ghost = Claims(tmp_path / "store/claims", "ghost")
    ghost.claim(1, Store.open(tmp_path / "store").index()["key"])
    file = next((tmp_path / "store/claims").glob("*.json"))
    file.write_text(json.dumps(json.loads(file.read_text()) | {"pid": process.pid}))
    assert_same(run_sweep(TOY, tmp_path / "store"), alone)


def test_a_sweep_shows_life_whenever_it_looks_for_company(tmp_path, monkeypatch):
    monkeypatch.setattr("eipsim.stores.claims.REFRESH", 0.0)
    claims = Claims(tmp_path / "claims", "alone")
    claims.arrive()
    (file,) = (tmp_path / "claims").glob("*.json")
    os.utime(file, (0, 0))
    assert not claims.has_company()
    assert file.stat().st_mtime > 0


def test_parts_do_not_wait_for_each_other_but_for_those_that_may_have_their_runs(tmp_path):
    first = Claims(tmp_path / "claims", "first", (1, 4))
    first.claim(1, ["a"])
    keys = [Claims(tmp_path / "claims", "other", part).of_others() for part in ((2, 4), (1, 4), (1, 3), (1, 1))]
    assert keys == [set(), {"a"}, {"a"}, {"a"}]
    first.release_all()
    assert not (tmp_path / "claims").exists()


def test_global_generators_are_left_alone(tmp_path):
    np.random.seed(7)
    expected = np.random.random()
    np.random.seed(7)
    run_sweep(TOY, tmp_path / "store")
    assert np.random.random() == expected


# ---- with the model ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pilots(tmp_path_factory):
    return run_sweep(PILOTS, tmp_path_factory.mktemp("pilots") / "store")


def test_each_run_is_that_of_simulate(pilots):
    array, _ = pilots.array(list(OUTCOMES))
    one = eipsim.simulate(
        "subsidy", 1, world="pilot-parks", years=(2016, 2018), rule="npv_hurdle", replicate=1,
        settings={"behaviour.peer_weight": 0.9},
    ).outcomes  # fmt: skip
    np.testing.assert_array_equal(array[1, 1, 1], one.to_numpy())


def test_pairs_are_those_of_compare(pilots):
    expected = simulate_pairs(
        ["baseline", "subsidy"], 2, 1,
        Shared(world="pilot-parks", years=(2016, 2018), settings={"behaviour.peer_weight": 0.5}),
    )  # fmt: skip
    found = pilots.pairs().query("row == 0").drop(columns=["key", "baseline", "row"]).reset_index(drop=True)
    adoption = expected.adoption[expected.adoption["scenario"] == "subsidy"].reset_index(drop=True)
    assert found["scenario"].tolist() == adoption["scenario"].tolist()
    pd.testing.assert_frame_equal(found.drop(columns="scenario"), adoption.drop(columns="scenario"))
    transfers, _ = pilots.array(["avoided_transfers_usd"])
    np.testing.assert_array_equal(transfers[:, 0].ravel(), expected.transfers["avoided_transfers_usd"])


def test_pairs_that_were_lost_are_made_again_and_results_stay(pilots, tmp_path):
    store = run_sweep(PILOTS, tmp_path / "store")
    before = {file: file.stat().st_mtime_ns for file in part_files(store.folder / "runs")}
    for file in part_files(store.folder / "pairs"):
        file.unlink()
    store = run_sweep(PILOTS, tmp_path / "store")
    pd.testing.assert_frame_equal(store.pairs(), pilots.pairs())
    assert {file: file.stat().st_mtime_ns for file in part_files(store.folder / "runs")} == before


def test_a_baseline_that_fails_the_second_time_ends_the_sweep_all_the_same(tmp_path, monkeypatch):
    store = run_sweep(PILOTS, tmp_path / "store", limit=2)
    for file in part_files(store.folder / "pairs"):
        file.unlink()
    run_one = runner.run_spec

    def fails(spec, paired=False):
        if spec.label == "baseline":
            raise MemoryError
        return run_one(spec, paired)

    monkeypatch.setattr(runner, "run_spec", fails)
    store = run_sweep(PILOTS, tmp_path / "store")
    assert len(store.failures()) == 3  # baselines that had no result yet
    assert len(store.pairs()) == 0


def test_an_outcome_of_a_part_of_the_country_is_that_of_validate(tmp_path):
    outcomes = {"in Hai Phong": 'firms | province="Hải Phòng"', "share": "firms_aware_share", "ratio": "firms / jobs"}
    design = {**PILOTS, "baseline": None, "scenarios": ["baseline"], "replicates": 1, "outcomes": outcomes}
    table = run_sweep({k: v for k, v in design.items() if v is not None}, tmp_path / "store").table()
    run = eipsim.simulate(
        "baseline", 1, world="pilot-parks", years=(2016, 2018), settings={"behaviour.peer_weight": 0.5}
    )
    first = table[table["row"] == 0]
    np.testing.assert_array_equal(first["share"], run.outcomes["firms_aware_share"])
    np.testing.assert_array_equal(first["ratio"], run.outcomes["firms"] / run.outcomes["jobs"])
    province = run.provinces[run.provinces["province"] == "Hải Phòng"].set_index("year")["firms"]
    np.testing.assert_array_equal(first["in Hai Phong"], province.loc[2016:2018])
    assert evaluate(parse_expression("firms @2016"), lambda asked, year: 1.0) == 1.0


def test_the_spread_between_parks_is_kept_year_by_year(tmp_path):
    outcomes = {"spread": "park_sd(firms)", "new": "measures_adopted", "committed": "firms | park_state=committed"}
    design = {**{k: v for k, v in PILOTS.items() if k != "baseline"}, "scenarios": ["baseline"], "replicates": 1}
    store = run_sweep({**design, "outcomes": outcomes}, tmp_path / "store")
    table = store.table()
    first = table[table["row"] == 0].set_index("year")
    run = eipsim.simulate(
        "baseline", 1, world="pilot-parks", years=(2016, 2018), settings={"behaviour.peer_weight": 0.5}
    )
    parks = run.parks[run.parks["state"] != "established"]
    by_hand = parks.groupby("year")["firms"].std(ddof=0)
    np.testing.assert_allclose(first["spread"], by_hand, rtol=1e-12)
    committed = parks[parks["commit_year"].notna()].groupby("year")["firms"].sum()
    assert first["committed"].tolist() == committed.reindex(first.index, fill_value=0).tolist()
    assert (first["new"] > 0).all()
    np.testing.assert_allclose(eipsim.Study(store).values("spread @2018")[0, 0], by_hand[2018], rtol=1e-12)
    for text in ("park_sd(firms @2018)", "park_sd(new @2018)", "spread[subsidy] @2018"):
        with pytest.raises(InputError):
            eipsim.Study(store).values(text)


# ---- failures -------------------------------------------------------------------------------------------------------------


def test_a_failing_point_is_recorded_with_its_error_and_its_place_stays_empty(alone):
    failures, (array, _) = alone.failures(), alone.array()
    x = alone.rows["x"].to_numpy()
    assert len(failures) == FAILED
    assert set(failures["message"]) == {"x is too large"}
    assert set(failures["row"]) == set(np.flatnonzero(x > 0.9))
    np.testing.assert_array_equal(np.isnan(array[..., 0]).all(axis=-1), np.broadcast_to((x > 0.9)[:, None], (2, 20, 3)))


def test_a_run_without_number_is_stored_as_it_is(alone):
    array, _ = alone.array(["number"])
    x = alone.rows["x"].to_numpy()
    assert (x < 0.05).any()
    assert np.isnan(array[:, x < 0.05]).all()
    assert len(alone.done()) == RUNS - FAILED


def test_what_is_finished_or_has_failed_is_never_run_again(tmp_path, log):
    run_sweep(TOY, tmp_path / "store")
    run_sweep(TOY, tmp_path / "store", 2, "threads")
    assert len(executions(log)) == len(set(executions(log))) == RUNS


def test_failures_are_tried_again_when_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("TOY_HEALED", str(tmp_path / "healed"))
    design = {**TOY, "model": f"{MODEL}:fickle"}
    assert set(run_sweep(design, tmp_path / "store").failures()["error"]) == {"OSError"}
    (tmp_path / "healed").touch()
    assert len(run_sweep(design, tmp_path / "store").failures()) == 60
    store = run_sweep(design, tmp_path / "store", retry_failures=True)
    assert set(store.failures()["message"]) == {"x is too large"}
    assert len(store.failures()) == FAILED


def test_a_run_that_kills_its_process_is_found_and_the_others_finish(tmp_path):
    design = {**TOY, "scenarios": ["baseline"], "replicates": 1, "model": f"{MODEL}:fatal"}
    store = run_sweep(design, tmp_path / "store", 2, "loky")
    failures, x = store.failures(), store.rows["x"]
    killers = failures[failures["error"] == "WorkerDied"]
    assert killers["row"].tolist() == np.flatnonzero((x > 0.5) & (x < 0.55)).tolist()
    assert len(killers) == 1
    assert len(store.done()) == 20 - 2 - 1
    assert "the process that ran it died" in killers["message"].iloc[0]


# ---- interrupted and continued --------------------------------------------------------------------------------------------


def test_a_limit_stops_and_the_next_call_goes_on(alone, tmp_path, log):
    store = run_sweep(TOY, tmp_path / "store", limit=30)
    assert len(executions(log)) == 30
    assert_same(run_sweep(TOY, tmp_path / "store"), alone)
    assert len(executions(log)) == RUNS
    assert [line["ended"] for line in store.sessions()] == ["limit reached", "finished"]


STEPS = st.lists(st.tuples(st.integers(1, 40), st.sampled_from([None, (1, 3), (2, 3), (3, 3), (2, 2)])), max_size=5)


@given(steps=STEPS)
@settings(max_examples=10, deadline=None)
def test_any_sequence_of_limits_and_parts_ends_in_the_same_store(alone, tmp_path_factory, steps):
    folder, counted = tmp_path_factory.mktemp("steps") / "store", 0
    for limit, shard in steps:
        store = run_sweep(TOY, folder, limit=limit, shard=shard, backend="serial")
        line = store.sessions()[-1]
        assert line["done"] + line["failed"] <= limit
        counted += line["done"] + line["failed"]
    line = run_sweep(TOY, folder).sessions()[-1]
    assert counted + line["done"] + line["failed"] == RUNS
    assert_same(Store.open(folder), alone)


def test_an_error_in_the_middle_of_a_batch_keeps_the_batches_before(alone, tmp_path, monkeypatch):
    def interrupting(done, total):
        if done > 40:
            raise KeyboardInterrupt

    monkeypatch.setattr(sweeping, "MOST", 10)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(TOY, tmp_path / "store", progress=interrupting)
    store = Store.open(tmp_path / "store")
    assert 30 <= len(store.done()) < 60
    assert store.sessions()[-1]["ended"] == "interrupted"
    assert not (store.folder / "claims").exists()
    assert_same(run_sweep(TOY, tmp_path / "store"), alone)


def test_progress_goes_up_to_what_was_missing(tmp_path):
    seen = []
    run_sweep(TOY, tmp_path / "store", progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, RUNS)
    assert seen[-1] == (RUNS, RUNS)
    assert seen == sorted(seen)


def test_every_session_says_what_it_ran_with(alone):
    (line,) = alone.sessions()
    assert {"versions", "commit", "host", "command", "made_with", "cpu_seconds", "wall_seconds"} <= line.keys()
    assert (line["done"], line["failed"], line["ended"]) == (RUNS - FAILED, FAILED, "finished")


# ---- another design, another model -----------------------------------------------------------------------------------------


def test_a_changed_design_is_refused_with_what_differs(tmp_path):
    run_sweep(TOY, tmp_path / "store")
    changed = {**TOY, "factors": {"x": {"uniform": [0, 2]}}, "years": [2015, 2016]}
    with pytest.raises(InputError) as error:
        run_sweep(changed, tmp_path / "store")
    told = str(error.value)
    assert "years" in told
    assert "holds runs of another design" in told
    with pytest.raises(InputError, match="years"):
        run_sweep(changed, tmp_path / "store", extend=True)


def test_a_larger_design_runs_only_what_is_new(tmp_path, log):
    small = {**TOY, "sampler": {"method": "sobol", "n": 8}, "factors": {"x": {"uniform": [0, 0.9]}}}
    run_sweep(small, tmp_path / "store")
    before = set(executions(log))
    large = {**small, "sampler": {"method": "sobol", "n": 16}, "replicates": 4}
    with pytest.raises(InputError, match="--extend"):
        run_sweep(large, tmp_path / "store")
    store = run_sweep(large, tmp_path / "store", extend=True)
    assert len(executions(log)) == len(set(executions(log)))
    assert before < set(executions(log))
    assert_same(store, run_sweep(large, tmp_path / "fresh"))


def test_words_may_change(tmp_path, log):
    run_sweep(TOY, tmp_path / "store")
    run_sweep({**TOY, "title": "A better title"}, tmp_path / "store")
    assert len(executions(log)) == RUNS


def test_results_of_two_versions_of_a_model_are_not_mixed(tmp_path):
    model = tmp_path / "model.py"
    model.write_text(MODEL.read_text())
    design = {**TOY, "model": f"{model}:toy"}
    run_sweep(design, tmp_path / "store", limit=10)
    model.write_text(MODEL.read_text().replace("len(scenario)", "2 * len(scenario)"))
    with pytest.raises(InputError, match="another version of the model"):
        run_sweep(design, tmp_path / "store")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"jobs": 0}, "jobs"),
        ({"backend": "lokky"}, "did you mean loky"),
        ({"shard": (5, 4)}, "5/4 is no part"),
        ({"limit": 0}, "limit"),
    ],
)
def test_bad_arguments_are_told(tmp_path, arguments, told):
    with pytest.raises(InputError, match=told):
        run_sweep(TOY, tmp_path / "store", **arguments)
    assert not (tmp_path / "store").exists()


# ---- disks ------------------------------------------------------------------------------------------------------------------


def full(*_, **__):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(("backend", "jobs"), [("serial", 1), ("threads", 2)])
def test_a_disk_that_fills_up_is_told_and_what_was_stored_stays(alone, tmp_path, monkeypatch, backend, jobs):
    from eipsim.stores import files

    write, written = files.pq.write_table, []

    def until_full(*arguments, **options):
        written.append(1)
        return write(*arguments, **options) if len(written) < 8 else full()

    monkeypatch.setattr(sweeping, "MOST", 10)
    monkeypatch.setattr(files.pq, "write_table", until_full)
    with pytest.raises(InputError, match=r"cannot be written: No space left on device; what was stored before is safe"):
        run_sweep(TOY, tmp_path / "store", jobs, backend)
    monkeypatch.undo()
    store = Store.open(tmp_path / "store")
    assert 0 < len(store.done()) < RUNS - FAILED
    assert not list(store.folder.rglob("*.tmp"))
    assert store.sessions()[-1]["ended"] == "the disk could not be written"
    assert_same(run_sweep(TOY, tmp_path / "store"), alone)


def test_a_folder_that_cannot_be_made_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        run_sweep(TOY, tmp_path / "store")


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 400 kB, where this machine lets a test have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(folder)]
    with contextlib.suppress(OSError):
        if subprocess.run(mount, capture_output=True).returncode == 0:
            yield folder
            subprocess.run(["umount", "-l", str(folder)], check=True)
            return
    pytest.skip("no disk can be mounted here")


def test_a_real_disk_that_is_full_then_read_only_then_large_enough(alone, small_disk, monkeypatch):
    monkeypatch.setattr(sweeping, "MOST", 1)
    remount = ["mount", "-o", "remount"]
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        run_sweep(TOY, small_disk / "store")
    some = len(Store.open(small_disk / "store").done())
    assert 0 < some < RUNS - FAILED
    subprocess.run([*remount[:2], "remount,ro", str(small_disk)], check=True)
    with pytest.raises(InputError, match="cannot be written: Read-only file system"):
        run_sweep(TOY, small_disk / "store")
    assert len(Store.open(small_disk / "store").read()) == 3 * some
    subprocess.run([*remount[:2], "remount,rw,size=8m", str(small_disk)], check=True)
    assert_same(run_sweep(TOY, small_disk / "store"), alone)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_told(tmp_path):
    tmp_path.chmod(stat.S_IREAD | stat.S_IEXEC)
    try:
        with pytest.raises(InputError, match="cannot be written: Permission denied"):
            run_sweep(TOY, tmp_path / "store")
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_damaged_parts_are_run_again_when_asked(alone, tmp_path, monkeypatch, log):
    monkeypatch.setattr(sweeping, "MOST", 20)
    store = run_sweep(TOY, tmp_path / "store")
    file = part_files(store.folder / "runs")[0]
    content_ = bytearray(file.read_bytes())
    content_[len(content_) // 4] ^= 1
    file.write_bytes(content_)
    with pytest.warns(RuntimeWarning, match="damaged"):
        repaired = run_sweep(TOY, tmp_path / "store", repair=True)
    assert_same(repaired, alone)
    assert RUNS < len(executions(log)) < RUNS + 40


# ---- the command line ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def design_file(tmp_path):
    file = tmp_path / "design.yaml"
    file.write_text(json.dumps(TOY))
    return file


def command(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "eipsim", *map(str, arguments)], capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


def test_the_commands_of_a_sweep(tmp_path, design_file, capsys):
    from eipsim.cli import main

    def told(*arguments):
        code = main([str(a) for a in arguments])
        return code, capsys.readouterr().out

    store = tmp_path / "store"
    code, out = told("sweep", design_file, "--dry-run", "--json", "--trust")
    assert (code, json.loads(out)["missing"], store.exists()) == (0, RUNS, False)
    assert told("sweep", design_file, "--store", store, "--limit", 10, "--trust")[0] == 0
    code, out = told("sweep", design_file, "--store", store, "--json")
    assert (code, json.loads(out)["stored"], json.loads(out)["failed"]) == (3, RUNS - FAILED, FAILED)
    code, out = told("sweep", design_file, "--store", store, "--dry-run")
    assert "0; 108 are stored" in out or "12; 108 are stored" in out
    code, out = told("store", "ls", tmp_path, "--json")
    assert [(row["stored"], row["failed"], row["missing"]) for row in json.loads(out)] == [(RUNS - FAILED, FAILED, 0)]
    code, out = told("store", "show", store, "--verify")
    assert "x is too large" in out
    code, out = told(
        "store", "export", store, "--to", tmp_path / "table.csv", "--outcome", "path", "--years", "2016-2017"
    )
    assert pd.read_csv(tmp_path / "table.csv").shape == (2 * (RUNS - FAILED), 7)
    assert told("store", "export", store, "--to", tmp_path / "table.csv")[0] == 2
    assert told("store", "gc", store)[0] == 0
    assert len(part_files(store / "runs")) == 1
    assert told("store", "show", tmp_path / "nothing")[0] == 2
    assert told("sweep", design_file, "--shard", "3/2")[0] == 2


SWALLOWS = """
import os, signal
from pathlib import Path

def model(settings, *, scenario, draws, years):
    mark = Path(__file__).with_name("interrupted")
    if settings["x"] > 0.5 and not mark.exists():
        mark.touch()
        try:
            os.kill(os.getpid(), signal.{signal})
            sum(range(10**6))
        except KeyboardInterrupt:
            {then}
    return {{"y": settings["x"]}}
"""


@pytest.mark.parametrize("then", ["raise AttributeError('what compiled code makes of an interruption')", "pass"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.usefixtures("listens")
def test_an_interruption_that_a_library_swallows_is_no_failed_run(tmp_path, name, then):
    (tmp_path / "swallows.py").write_text(SWALLOWS.format(signal=name, then=then))
    design = {
        "scenarios": ["one"], "factors": {"x": {"uniform": [0, 1]}}, "outcomes": ["y"], "years": [2020, 2020],
        "sampler": {"method": "latin", "n": 20}, "model": f"{tmp_path}/swallows.py:model",
    }  # fmt: skip
    with pytest.raises(KeyboardInterrupt):
        run_sweep(design, tmp_path / "store", backend="serial")
    assert Store(tmp_path / "store").failures().empty
    store = run_sweep(design, tmp_path / "store", backend="serial")
    assert len(store.done()) == 20
    assert store.failures().empty


@pytest.mark.usefixtures("listens")
def test_an_interruption_counts_though_workers_die_of_it_first(tmp_path, monkeypatch):
    usual = workers.stream

    def stream(function, tasks, jobs, backend):
        monkeypatch.setattr(workers, "stream", usual)
        try:
            signal.raise_signal(signal.SIGTERM)
        except KeyboardInterrupt:
            (death, *_) = workers.deaths_of_workers()
            raise death("what joblib says when the signal has reached its workers too") from None
        yield

    monkeypatch.setattr(workers, "stream", stream)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(TOY, tmp_path / "store", jobs=2)
