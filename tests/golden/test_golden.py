"""Golden runs: no number of a run changes unless it is meant to."""

import importlib.util
import json
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("refresh", Path(__file__).with_name("refresh.py"))
golden = importlib.util.module_from_spec(spec)
spec.loader.exec_module(golden)

ADVICE = "If this is meant: make golden, and a line under **Changes results** in CHANGELOG.md."


@pytest.mark.parametrize("name", golden.RUNS)
def test_golden_run(name):
    told = golden.changes(golden.stored(name), golden.golden_run(name))
    assert not told, "\n".join((f"{name} has changed in {len(told)} outcomes:", *told[:8], ADVICE))


def test_golden_national_baseline():
    before, now = json.loads((golden.FOLDER / golden.NATIONAL).read_text()), golden.national_baseline()
    told = [
        f"{name} in {year}: {before[year].get(name)} -> {value}"
        for year in ("2030", "2050")
        for name, value in now[year].items()
        if before[year].get(name) != value
    ]
    assert before["sha256"] == now["sha256"], "\n".join(("The national baseline has changed:", *told[:8], ADVICE))


def test_golden_runs_differ_from_one_another_and_a_change_is_seen():
    runs = [golden.stored(name) for name in golden.RUNS]
    for k, run in enumerate(runs):
        assert all(golden.changes(run, other) for other in runs[k + 1 :])
    nudged = runs[0].copy()
    nudged.loc[2030, "co2_t"] *= 1.0 + 1e-8
    assert golden.changes(runs[0], nudged)[0].startswith("co2_t in 2030")
    assert golden.changes(runs[0], runs[0].copy()) == []
