"""`eipsim sensitivity`: what it prints, writes and refuses."""

import json

import numpy as np
import pandas as pd
import pytest

from eipsim.cli import main
from eipsim.designs.reading import load_design
from eipsim.stores.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A screening whose results are made up: the first factor has ten times the effect of the second."""
    design = load_design({
        "scenarios": ["baseline"], "world": "pilot-parks", "years": [2049, 2050], "replicates": 2,
        "factors": {"behaviour.peer_weight": None, "levers.carbon_price": {"uniform": [0, 50]}},
        "outcomes": ["parks_certified", "co2_t"], "sampler": {"method": "morris", "n": 20, "levels": 8},
    })  # fmt: skip
    y = 10.0 * design.unit[:, 0] + design.unit[:, 1]
    values = np.broadcast_to(y[None, :, None, None, None], (1, len(y), 2, 2, 2)).copy()
    values[..., 1, :] *= 2.0
    folder = tmp_path_factory.mktemp("sensitivity") / "screening"
    Store.fill(folder, design, values)
    return str(folder)


def told(capsys, *arguments):
    """Exit code, output and messages of `eipsim sensitivity`."""
    code = main(["sensitivity", *map(str, arguments)])
    return code, *capsys.readouterr()


def test_factors_are_printed_and_tables_figures_and_manifest_written(store, tmp_path, capsys):
    code, out, _ = told(capsys, store, "--outcome", "parks_certified @2050", "--convergence", "--out", tmp_path / "out")
    assert code == 0
    assert "parks_certified @2050 in baseline: morris, 80 points, 2 replicates" in out
    order = [out.index(name) for name in ("behaviour.peer_weight", "levers.carbon_price", "dummy")]
    assert order == sorted(order)
    assert "Luck: 0 % of the variance of a run" in out
    files = {file.name for file in (tmp_path / "out").iterdir()}
    assert {"indices.csv", "noise.csv", "missing.csv", "convergence.csv", "manifest.json"} <= files
    assert {"tornado-baseline-parks_certified-2050.png", "convergence-baseline-parks_certified-2050.svg"} <= files
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert (manifest["method"], manifest["sampler"]["n"]) == ("morris", 20)


def test_a_factor_is_a_line_and_what_is_noted_of_it_stands_beneath_the_table_once(store, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = told(capsys, store, "--outcome", "parks_certified @2050", "--out", tmp_path / "out")
    lines = out.splitlines()
    head = next(place for place, line in enumerate(lines) if line.startswith("factor"))
    assert [line.split()[0] for line in lines[head : head + 4]] == [
        "factor", "behaviour.peer_weight", "levers.carbon_price", "dummy",
    ]  # fmt: skip
    assert lines[head + 4] == "dummy: 0 by construction, which says nothing of the others"
    assert out.count("by construction") == 1


def test_json_is_for_machines_and_the_next_design_is_written(store, tmp_path, capsys):
    arguments = ["--outcome", "co2_t @2050", "--next", tmp_path / "next.yaml", "--points", 8, "--json"]
    code, out, _ = told(capsys, store, *arguments, "--out", tmp_path / "out")
    content = json.loads(out)
    assert code == 0
    assert {row["factor"]: round(row["estimate"], 6) for row in content["indices"] if row["index"] == "mu_star"} == {
        "behaviour.peer_weight": 20.0, "levers.carbon_price": 2.0, "dummy": 0.0,
    }  # fmt: skip
    assert content["next"]["factors"] == ["behaviour.peer_weight", "levers.carbon_price"]
    assert load_design(tmp_path / "next.yaml").sampler.n == 8


def test_a_policy_is_analysed_by_its_difference_from_another(tmp_path, capsys):
    design = load_design({
        "scenarios": ["baseline", "subsidy"], "world": "pilot-parks", "years": [2050, 2050],
        "factors": {"behaviour.peer_weight": None, "rule": {"choice": ["acceptance_curve", "npv_hurdle"]}},
        "outcomes": ["co2_t"], "sampler": {"method": "morris", "n": 10},
    })  # fmt: skip
    x, rule = design.unit[:, 0], design.unit[:, 1] > 0.5
    Store.fill(tmp_path / "store", design, np.array([100.0 * x, 100.0 * x - 7.0 * rule])[..., None, None, None])
    arguments = [tmp_path / "store", "--outcome", "co2_t @2050", "--minus", "baseline", "--out", tmp_path / "out"]
    code, out, _ = told(capsys, *arguments)
    assert code == 0
    assert "co2_t @2050 in subsidy minus baseline: morris, 40 points" in out
    table = pd.read_csv(tmp_path / "out/indices.csv").set_index(["index", "factor"])["estimate"]
    assert table["mu_star"].to_dict() == pytest.approx(
        {"behaviour.peer_weight": 0.0, "rule": 7.0, "dummy": 0.0}, abs=1e-9
    )
    assert told(capsys, *arguments[:3], "--minus", "subsidies")[0] == 2


def test_over_time_every_year_is_analysed_and_drawn(store, tmp_path, capsys):
    code, out, _ = told(capsys, store, "--outcome", "co2_t", "--over-time", "--out", tmp_path / "out")
    assert code == 0
    assert "co2_t in 2050 in baseline" in out
    assert (tmp_path / "out/over_time-baseline-co2_t.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--outcome: is missing; for example --outcome 'parks_certified @2050'; stored: parks_certified, co2_t"),
        (["--outcome", "parks_certifed @2050"], "did you mean parks_certified?"),
        (["--outcome", "jobs @2050"], "jobs is not stored"),
        (["--outcome", "co2_t @2030"], "co2_t @2030 is not stored; allowed: 2049 to 2050"),
        (["--outcome", "co2_t"], "write which year"),
        (["--outcome", "co2_t @2050", "--method", "sobol"], "sobol needs a design sampled by sobol or saltelli"),
        (["--outcome", "co2_t @2050", "--scenario", "subsidy"], "'subsidy' is unknown"),
        (["--outcome", "co2_t @2050", "--next", "x.yaml", "--points", "100"], "no power of two"),
    ],
)
def test_bad_input_is_told_without_traceback_and_leaves_nothing_behind(
    store, arguments, words, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    code, out, error = told(capsys, store, *arguments)
    assert (code, out) == (2, "")
    assert words in error
    assert "Traceback" not in error
    assert not list(tmp_path.iterdir())


def test_results_are_not_overwritten_and_a_folder_without_store_is_refused(store, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    assert told(capsys, store, "--outcome", "co2_t @2050", "--out", tmp_path / "out")[0] == 2
    code, _, error = told(capsys, tmp_path / "nothing", "--outcome", "co2_t @2050", "--out", tmp_path / "other")
    assert code == 2
    assert "there is no store" in error
