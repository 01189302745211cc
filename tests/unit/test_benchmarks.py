"""`make bench`: its table says what was measured, and a call that was stopped goes on where it was."""

import contextlib
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("run")


def taken(wall, busy=0.0):
    return [{"cpu": wall, "wall": seconds, "busy": busy} for seconds in (wall, 2 * wall, 3 * wall)]


def results(busy=0.0):
    tasks = {
        "run": {"before": taken(5.0, busy), "now": taken(2.0, busy)},
        "list": {"before": taken(1.0), "now": taken(0.1)},
    }
    return {
        "before": "4ef6625f",
        "now": "abc",
        "repeats": {"run": 3, "list": 3},
        "tasks": tasks,
        "scale": {"growth": "+0.1 MB"},
    }


def test_rows_have_medians_the_smallest_and_the_ratio(bench):
    told = bench.table(results())
    assert (
        "| run from the command line, all figures, two cores | wall, 3 times | 10 s (5) | 4.00 s (2.00) | **0.40** | 0.60 |"
        in told
    )
    assert "| CPU, 3 times | 1.00 s (1.00) | 100 ms (100) | **0.10** | 0.30 |" in told
    assert "Others used" not in told
    assert "national run" not in told, "what was not measured is not told"
    assert "| growth | +0.1 MB |" in told


def test_wall_times_beside_the_work_of_others_are_marked(bench):
    told = bench.table(results(busy=0.5))
    assert told.count("**\\*") == 1
    assert "Others used more than 10 % of the cores" in told


def test_what_was_measured_is_not_measured_again(bench, monkeypatch, tmp_path):
    def both(before):
        versions = [
            bench.Version(name, commit, tmp_path, tmp_path) for name, commit in (("before", before), ("now", "abc"))
        ]
        return contextlib.nullcontext(tuple(versions))

    measured = []

    def measure(task, versions, repeats):
        measured.append(task)
        if measured.count("list") == 1 and task == "list":
            raise KeyboardInterrupt
        return {version.name: taken(1.0) for version in versions}

    monkeypatch.setattr(bench, "both", both)
    monkeypatch.setattr(bench, "measure", measure)
    file, repeats = tmp_path / "new" / "measured.json", dict.fromkeys(bench.TASKS, 3)
    with pytest.raises(KeyboardInterrupt):
        bench.measure_all(file, "one", repeats, ["pilot", "list"])
    bench.measure_all(file, "one", repeats, ["pilot", "list"])
    assert measured == ["pilot", "list", "list"]
    assert set(json.loads(file.read_text())["tasks"]) == {"pilot", "list"}
    bench.measure_all(file, "another commit", repeats, ["pilot"])
    assert measured[3:] == ["pilot"]
    assert set(json.loads(file.read_text())["tasks"]) == {"pilot"}


def test_the_page_gets_the_table_between_its_marks(bench, monkeypatch, tmp_path):
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    begin, end = bench.MARKS
    page = tmp_path / "docs/speed.md"
    page.parent.mkdir()
    page.write_text(f"# Title\n\n{begin}\nold\n{end}\n\n## After\n")
    bench.write_page(results())
    text = page.read_text()
    assert text.startswith(f"# Title\n\n{begin}\n`make bench`")
    assert text.endswith(f"{end}\n\n## After\n")
    assert "old" not in text


def test_every_task_that_was_asked_for_has_its_limit(bench):
    assert {row.task for row in bench.ROWS if row.most is not None} == set(bench.TASKS)
    assert set(bench.LONG) < set(bench.TASKS)


def test_what_a_command_took_is_kept_in_its_row_and_the_others_stay(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    commands = importlib.import_module("commands")
    monkeypatch.setattr(commands, "TABLE", tmp_path / "commands.csv")
    second, first = commands.COMMANDS[3], commands.COMMANDS[2]
    for one, took in ((second, 5.04), (first, 1.0), (second, 4.0)):
        commands.keep(one.command, {"wall": took, "cpu": 2 * took})
    rows = pd.read_csv(commands.TABLE)
    assert rows["command"].to_list() == [first.command, second.command]
    assert rows[["wall", "cpu"]].to_numpy().tolist() == [[1.0, 2.0], [4.0, 8.0]]


# ---- coverage of intervals -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def coverage():
    """`benchmarks/coverage.py`, under another name: numba looks for a package that is called so."""
    spec = importlib.util.spec_from_file_location("coverage_of_intervals", BENCHMARKS / "coverage.py")
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


def test_coverage_counts_what_is_planted(coverage):
    """An interval that holds the truth in three examples of four, twice as wide as need be."""

    def once(seed):
        estimate = 1.0 if seed % 2 else -1.0
        low, high = (estimate - 4.0, estimate + 4.0) if seed % 4 else (5.0, 13.0)
        return estimate, low, high, 0.0

    what, _, inside, width, ratio = coverage.counted(coverage.Case("planted", "", 400, once), 1.0)
    assert (what, inside[:5], width) == ("planted", "0.750", "8")
    assert float(ratio) == pytest.approx(8.0 / (2 * 1.96), abs=0.01)


def test_intervals_that_hold_at_once_are_counted_as_one(coverage):
    def once(seed):
        return np.zeros(2), np.array([-1.0, -1.0 if seed % 2 else 0.5]), np.ones(2), np.zeros(2)

    apart, together = (coverage.counted(coverage.Case("", "", 100, once, is_one), 1.0)[2] for is_one in (False, True))
    assert (apart[:5], together[:5]) == ("0.750", "0.500")


def test_the_page_has_every_interval_of_the_benchmark_and_none_is_too_sure_but_those_it_names(coverage):
    page = coverage.PAGE.read_text(encoding="utf-8")
    table = page.split(coverage.MARKS[0])[1].split(coverage.MARKS[1])[0]
    rows = [line.strip("| \n").split(" | ") for line in table.splitlines() if line.startswith("| ")][2:]
    assert [tuple(row[:2]) for row in rows] == [(case.what, case.example) for case in coverage.cases()]
    sure = {tuple(row[:2]): float(row[2].split(" ")[0]) for row in rows}
    known = [key for key in sure if "skewed" in key[1] or "not reported" in key[0] or "FAST ST" in key[0]]
    assert all(share > 0.90 for key, share in sure.items() if key not in known), sure


def test_examples_of_the_benchmark_can_be_made(coverage):
    for case in coverage.cases():
        if "Morris" not in case.what:  # whose truth takes seconds
            estimates, low, high, truth = case.once(3)
            assert np.all(np.isfinite([np.min(part) for part in (estimates, low, high, truth)])), case
