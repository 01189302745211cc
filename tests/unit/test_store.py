"""Stores: what is written is what is read, by eipsim and without it, whatever happened to the files meanwhile."""

import json
import os
import shutil
import warnings
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eipsim.designs.reading import load_design
from eipsim.errors import InputError, RunError
from eipsim.stores import files
from eipsim.stores.files import Block, part_files
from eipsim.stores.store import Store

DATA = Path(__file__).parents[1] / "data"
TOY = {
    "scenarios": ["baseline", "subsidy"],
    "years": [2030, 2032],
    "replicates": 2,
    "factors": {"x": {"uniform": [0, 1]}, "kind": {"choice": ["a", "b"]}},
    "dummy": True,
    "outcomes": ["path", "number"],
    "sampler": {"method": "latin", "n": 4},
    "model": f"{DATA / 'toy_model.py'}:toy",
}
SHAPE = (2, 4, 2, 3, 2)  # scenarios, rows, replicates, years, outcomes


@pytest.fixture(scope="module")
def design():
    return load_design(TOY)


@pytest.fixture
def results():
    return np.random.default_rng(1).normal(size=SHAPE)


@pytest.fixture
def store(tmp_path, design, results):
    return Store.fill(tmp_path / "store", design, results)


def test_what_is_written_is_what_is_read(store, results):
    array, labels = Store.open(store.folder).array()
    np.testing.assert_array_equal(array, results)
    assert labels["scenario"] == ["baseline", "subsidy"]
    assert (labels["year"], labels["outcome"]) == ([2030, 2031, 2032], ["path", "number"])


def test_some_outcomes_in_some_years_in_the_order_asked_for(store, results):
    array, _ = store.array(["number"], [2032, 2030])
    np.testing.assert_array_equal(array[..., 0], results[..., [2, 0], 1])


def test_a_missing_run_is_nan_and_never_another_run(tmp_path, design, results):
    results[1, 2, 0] = np.nan
    store = Store.fill(tmp_path / "store", design, results)
    np.testing.assert_array_equal(store.array()[0], results)
    assert len(store.done()) == 15


def test_tables_carry_scenario_factors_and_years(store, design, results):
    table = store.table(["path"], [2031], ["subsidy"])
    assert list(table) == ["scenario", "row", "replicate", "x", "kind", "dummy", "year", "path"]
    np.testing.assert_array_equal(table["path"], results[1, :, :, 1, 0].ravel())
    np.testing.assert_array_equal(table["x"], np.repeat(design.rows["x"], 2))


def test_single_precision_takes_half_the_room_and_keeps_seven_digits(tmp_path, results):
    single = load_design({**TOY, "precision": "single"})
    store = Store.fill(tmp_path / "store", single, results)
    array, _ = store.array()
    assert array.dtype == np.float32
    np.testing.assert_allclose(array, results, rtol=1e-6)


@given(seed=st.integers(0, 99), gaps=st.floats(0, 1), n_parts=st.integers(1, 6))
@settings(max_examples=20, deadline=None)
def test_the_order_of_parts_and_runs_is_forgotten(design, tmp_path_factory, seed, gaps, n_parts):
    random = np.random.default_rng(seed)
    results, folder = random.normal(size=SHAPE), tmp_path_factory.mktemp("store") / "s"
    results[random.random(SHAPE[:3]) < gaps] = np.nan
    store = Store.create(folder, design)
    keys, values = store.index()["key"].to_numpy(), results.reshape(-1, *SHAPE[3:])
    ran = random.permutation(np.flatnonzero(~np.isnan(values[:, 0, 0])))
    for chosen in np.array_split(ran, n_parts):
        store.write(Block(keys[chosen], np.array(store.years), tuple(store.outcomes), values[chosen]))
    np.testing.assert_array_equal(store.array()[0], results)
    store.gc()
    assert len(part_files(folder / "runs")) <= 1
    np.testing.assert_array_equal(Store.open(folder).array()[0], results)


# ---- without eipsim --------------------------------------------------------------------------------------------------


def sum_of_paths(store):
    return store.read(["path"])["path"].sum()


def test_pandas_reads_the_parts_as_they_are(store):
    frame = pd.read_parquet(store.folder / "runs")
    assert list(frame) == ["key", "year", "path", "number"]
    assert frame["path"].sum() == pytest.approx(sum_of_paths(store), rel=1e-12)


def test_polars_reads_the_parts_as_they_are(store):
    frame = pl.scan_parquet(store.folder / "runs/part-*.parquet").filter(pl.col("year") == 2031).collect()
    assert frame["path"].sum() == pytest.approx(store.read(["path"], [2031])["path"].sum(), rel=1e-12)


def test_duckdb_joins_parts_index_and_rows(store):
    found = duckdb.sql(
        f"""select scenario, avg(path) as mean from '{store.folder}/runs/part-*.parquet' join '{store.folder}/index.parquet'
        using (key) join '{store.folder}/rows.parquet' using (row) where year = 2032 and x > 0 group by scenario order by 1"""
    ).df()
    ours = store.table(["path"], [2032]).groupby("scenario", observed=True)["path"].mean()
    np.testing.assert_allclose(found["mean"], ours)


def test_a_part_says_where_it_comes_from(store):
    (file,) = part_files(store.folder / "runs")
    assert files.provenance_of_part(file) == {}
    store.write(Block(np.array([], dtype=object), np.array([]), (), np.empty((0, 0, 0))), failures=[{"key": "k"}])
    merged = {"session": "s", "versions": {"eipsim": "0"}}
    store.write(Block(np.array(["k"], dtype=object), np.array([2030]), ("a",), np.ones((1, 1, 1))), provenance=merged)
    assert merged in [files.provenance_of_part(one) for one in part_files(store.folder / "runs")]


# ---- damage ----------------------------------------------------------------------------------------------------------


def truncate(file):
    file.write_bytes(file.read_bytes()[:-40])


def empty(file):
    file.write_bytes(b"")


def flip_a_bit(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 4] ^= 1
    file.write_bytes(content)


def turn_into_text(file):
    file.write_text("not a table\n")


@pytest.fixture
def halves(tmp_path, design, results):
    """A store in two parts: the first holds the runs of the first scenario."""
    first, second = results.copy(), results.copy()
    first[1], second[0] = np.nan, np.nan
    store = Store.fill(tmp_path / "store", design, first)
    (file,) = part_files(store.folder / "runs")
    Store.fill(tmp_path / "store", design, second)
    return Store(store.folder), file


@pytest.mark.parametrize("harm", [truncate, empty, flip_a_bit, turn_into_text])
def test_a_damaged_part_is_told_and_left_out_and_the_rest_is_read(halves, results, harm):
    store, file = halves
    harm(file)
    with pytest.warns(RuntimeWarning, match="is damaged.*count as missing"):
        array, _ = store.array()
    assert np.isnan(array[0]).all()
    np.testing.assert_array_equal(array[1], results[1])
    assert list(store.damaged) == [file]
    assert len(store.done()) == 8


@pytest.mark.parametrize("harm", [truncate, empty, flip_a_bit, turn_into_text])
def test_repair_sets_damaged_parts_aside(halves, harm):
    store, file = halves
    harm(file)
    with pytest.warns(RuntimeWarning, match="is damaged"):
        assert list(store.verify(repair=True)) == [file]
    assert len(store.done()) == 8
    assert (store.folder / "damaged/runs" / file.name).exists()
    assert store.verify() == {}


@pytest.mark.parametrize("name", ["index.parquet", "rows.parquet"])
@pytest.mark.parametrize("harm", [truncate, Path.unlink])
def test_what_follows_from_the_design_is_written_again(store, design, results, name, harm):
    harm(store.folder / name)
    with pytest.raises(InputError, match=r"cannot be read.*writes it again"):
        Store.open(store.folder).table()
    Store.create(store.folder, design)
    np.testing.assert_array_equal(Store.open(store.folder).array()[0], results)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "x"}'])
def test_a_damaged_description_is_told(store, content):
    (store.folder / "design.json").write_text(content)
    with pytest.raises(InputError, match=r"design\.json: is damaged"):
        Store.open(store.folder)


def test_a_line_of_the_manifest_that_was_cut_off_is_passed_over(store):
    store.note_session({"session": "whole"})
    with (store.folder / "manifest.jsonl").open("a") as file:
        file.write('{"session": "cut o')
    assert store.sessions() == [{"session": "whole"}]


def test_the_same_run_with_two_results_is_an_alarm(store, design, results):
    results[0, 0, 0, 0, 0] += 1.0
    Store.fill(store.folder, design, results)
    with pytest.raises(RunError, match="1 runs were stored twice with different results"):
        store.array()


def test_the_same_results_twice_are_one(store, design, results):
    Store.fill(store.folder, design, results)
    assert len(part_files(store.folder / "runs")) == 1


# ---- folders and versions --------------------------------------------------------------------------------------------


def test_a_store_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="there is no store"):
        Store.open(tmp_path)


def test_nothing_foreign_is_written_into(tmp_path, design):
    (tmp_path / "thesis.docx").write_text("my only copy")
    with pytest.raises(InputError, match=r"did not write: thesis\.docx"):
        Store.create(tmp_path, design)
    with pytest.raises(InputError, match="is a file, not a folder"):
        Store.create(tmp_path / "thesis.docx", design)


def test_outcomes_years_and_scenarios_that_are_not_stored(store):
    with pytest.raises(InputError, match="did you mean path"):
        store.read(["pth"])
    with pytest.raises(InputError, match=r"year '2040' is unknown"):
        store.array(years=[2040])
    with pytest.raises(InputError, match="did you mean subsidy"):
        store.table(scenarios=["subsidi"])


def test_a_store_of_a_later_version_is_refused(store):
    file = store.folder / "design.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 99}))
    with pytest.raises(InputError, match="later version"):
        Store.open(store.folder)


def test_garbage_is_collected_and_results_stay(store, results):
    unfinished = store.folder / "runs/.part-x.parquet.abc.tmp"
    unfinished.write_bytes(b"half a part")
    os.utime(unfinished, (0, 0))
    foreign = Block(np.array(["0" * 32], dtype=object), np.array(store.years), ("path", "number"), np.ones((1, 3, 2)))
    store.write(foreign)
    found = store.gc()
    assert found == {"temporary_files": 1, "parts_before": 2, "parts_after": 1, "runs_without_design": 1}
    assert not unfinished.exists()
    np.testing.assert_array_equal(store.array()[0], results)


def test_a_store_of_version_0_1_is_read(tmp_path):
    """Written by eipsim 0.1.0; whatever comes later must read it."""
    shutil.copytree(DATA / "store-0.1", tmp_path / "store")
    store = Store.open(tmp_path / "store")
    expected = json.loads((DATA / "store-0.1.json").read_text())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        array, labels = store.array(["parks_certified", "co2_avoided_t"], [2016])
        assert store.verify() == {}
    assert [None if np.isnan(value) else value for value in array.ravel().tolist()] == expected["array"]
    assert labels["scenario"] == ["baseline", "subsidy"]
    assert store.failures()["message"].tolist() == expected["failures"]
    assert store.pairs()["additional_adopters"].tolist() == expected["additional_adopters"]
    assert list(store.design.labels) == ["baseline", "subsidy"]
    assert len(store.sessions()) == 1
