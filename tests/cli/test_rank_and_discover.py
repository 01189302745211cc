"""`eipsim rank` and `eipsim discover`: what they print and write, and how they refuse."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eipsim import cli

sys.path.insert(0, str(Path(__file__).parents[1] / "analysis"))
from memory import study

VALUE = ["--value", "parks_certified @2050"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    random = np.random.default_rng(1)
    rows = pd.DataFrame({"behaviour.peer_weight": random.uniform(size=80), "rule": ["npv_hurdle", "threshold"] * 40})
    values = 10.0 * rows["behaviour.peer_weight"].to_numpy()[None, :, None] + random.normal(size=(2, 80, 2))
    values[1] += 1.0
    values[0, 3] = np.nan
    folder = tmp_path_factory.mktemp("stores")
    study({"parks_certified": values, "public_spending_usd": 1e6 + 0.0 * values}, rows, folder=folder,
          scenarios=["baseline", "subsidy"])  # fmt: skip
    return folder / "store"


@pytest.fixture
def eipsim(capsys):
    def command(*arguments):
        capsys.readouterr()
        code = cli.main(list(map(str, arguments)))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def test_rank_prints_the_choice_and_writes_tables_and_figures(eipsim, store, tmp_path):
    code, out, err = eipsim("rank", store, *VALUE, "--by", "rule", "--satisfice", "parks_certified @2050 > 5",
                            "--information", "--resamples", "50")  # fmt: skip
    assert code == 0
    for words in ("subsidy is best", "enough", "rule = npv_hurdle", "Value of information", "results/rank-store"):
        assert words in out
    assert "Left out: 2 of 160 states, because a run failed" in err
    written = {file.name for file in (tmp_path / "results/rank-store").iterdir()}
    assert {"ranking.csv", "information.csv", "equal_cost.csv", "ranks.png", "regrets.svg", "manifest.json"} <= written


def test_what_has_no_value_is_not_beyond_noise(eipsim, tmp_path):
    """With one replicate nothing tells inputs from chance: what all inputs are worth has no value, and no verdict."""
    rows = pd.DataFrame({"behaviour.peer_weight": np.linspace(0.0, 0.6, 40)})
    values = np.stack([np.ones(40), 10.0 * rows["behaviour.peer_weight"].to_numpy()])[:, :, None]
    study({"parks_certified": values}, rows, folder=tmp_path / "one", scenarios=["baseline", "subsidy"])
    code, out, _ = eipsim("rank", tmp_path / "one/store", *VALUE, "--information", "--resamples", "20")
    line = next(line for line in out.splitlines() if line.strip().startswith("all inputs"))
    assert code == 0
    assert "no value" in line
    assert "yes" not in line
    assert "yes" in next(line for line in out.splitlines() if line.strip().startswith("everything"))


def test_a_sure_thing_is_told_with_what_so_few_states_can_say(eipsim, tmp_path):
    rows = pd.DataFrame({"behaviour.peer_weight": np.linspace(0.0, 0.6, 57)})
    values = np.stack([np.zeros(57), np.ones(57)])[:, :, None]
    study({"parks_certified": values}, rows, folder=tmp_path / "sure", scenarios=["baseline", "subsidy"])
    code, out, err = eipsim("rank", tmp_path / "sure/store", *VALUE, "--resamples", "20")
    assert code == 0
    assert "57 of 57 states (at least 94 %)" in out
    assert "100 %" not in out
    assert "none seen in 57 states: at most 6 % of them have one" in err


def test_rank_as_json_has_every_table(eipsim, store):
    code, out, _ = eipsim("rank", store, *VALUE, "--json", "--resamples", "50")
    content = json.loads(out)
    assert code == 0
    assert content["ranking"][0]["scenario"] == "subsidy"
    assert sum(row["best_share"] for row in content["ranking"]) == pytest.approx(1.0)
    assert content["left_out"] == {"a run failed or is still to come": 2}


def test_discover_prints_limits_and_writes_tables_and_figures(eipsim, store, tmp_path):
    code, out, _ = eipsim("discover", store, "--where", "parks_certified @2050 < 4", "--scenario", "subsidy",
                          "--resamples", "2")  # fmt: skip
    assert code == 0
    for words in ("coverage", "behaviour.peer_weight", "found again", "did not see", "results/discover-store"):
        assert words in out
    written = {file.name for file in (tmp_path / "results/discover-store").iterdir()}
    assert {"boxes.csv", "limits.csv", "reproducibility.csv", "trajectory.csv", "box_1.png", "manifest.json"} <= written


def test_discover_by_a_tree_as_json(eipsim, store):
    code, out, _ = eipsim("discover", store, "--where", "parks_certified @2050 < 4", "--method", "cart", "--json",
                          "--resamples", "2")  # fmt: skip
    content = json.loads(out)
    assert code == 0
    assert content["boxes"][0]["coverage"] > 0.5
    assert content["method"] == "cart"


def test_in_noise_it_is_said_that_no_condition_was_found(eipsim, tmp_path):
    random = np.random.default_rng(2)
    rows = pd.DataFrame(random.uniform(size=(200, 4)), columns=list("abcd"))
    study({"parks_certified": random.uniform(0.0, 10.0, size=(1, 200, 1))}, rows, folder=tmp_path / "noise")
    code, out, _ = eipsim(
        "discover", tmp_path / "noise/store", "--where", "parks_certified @2050 < 3", "--method", "cart"
    )
    assert code == 0
    assert "Finding: no condition was found" in out
    assert "no denser than all rows" in out


def test_a_condition_that_never_holds_is_told_and_is_no_error(eipsim, store):
    code, out, _ = eipsim("discover", store, "--where", "parks_certified @2050 < -99")
    assert code == 0
    assert "there is nothing to tell apart" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rank", "nowhere", *VALUE], "there is no store"),
        (["rank", "STORE", "--value", "parks_certifed @2050"], "did you mean parks_certified?"),
        (["rank", "STORE", "--value", "parks_certified @2049"], "2049"),
        (["rank", "STORE", "--value", "parks_certified @2050 > 3"], "a number"),
        (["rank", "STORE", *VALUE, "--by", "rulle"], "did you mean rule?"),
        (["rank", "STORE", *VALUE, "--scenario", "subsidy"], "nothing to choose from"),
        (["discover", "STORE", "--where", "parks_certified @2050"], "a condition"),
        (
            ["discover", "STORE", "--where", "parks_certified @2050 < 4", "--method", "trees"],
            "method 'trees' is unknown",
        ),
        (["discover", "nowhere", "--where", "firms @2050 < 4"], "there is no store"),
        (
            ["discover", "STORE", "--where", "parks_certified @2050 / 0 > 4"],
            "0 of 160 rows can be used; in 2, a run failed",
        ),
        (
            ["rank", "STORE", *VALUE, "--satisfice", "not 0/0 < 3"],
            "something is divided by 0 (column 6) in 318 of 318 runs",
        ),
        (["rank", "STORE", "--value", "parks_certified @2050 / 0"], "0 of 160 states can be used"),
    ],
)
def test_mistakes_end_with_two_and_no_folder(eipsim, store, tmp_path, arguments, message):
    code, _, err = eipsim(*(store if word == "STORE" else word for word in arguments))
    assert code == 2
    assert message in err
    assert "Traceback" not in err
    assert not (tmp_path / "results").exists()


def test_nothing_is_overwritten_without_force(eipsim, store, tmp_path):
    arguments = ["rank", store, *VALUE, "--resamples", "20"]
    assert eipsim(*arguments)[0] == 0
    code, _, err = eipsim(*arguments)
    assert code == 2
    assert "--force" in err
    assert eipsim(*arguments, "--force")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["rank", "STORE", "--value", "parks_certifid @2050"],
        ["discover", "STORE", "--where", "parks_certifid @2050 < 4"],
        ["sensitivity", "STORE", "--outcome", "parks_certifid @2050"],
    ],
)
def test_what_is_misspelt_is_told_before_the_folder_exists(eipsim, store, tmp_path, arguments):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/thesis.txt").write_text("precious")
    code, _, err = eipsim(*(store if word == "STORE" else word for word in arguments), "--out", "taken")
    assert code == 2
    assert "parks_certifid" in err.splitlines()[0]
    assert "taken: exists" in err.splitlines()[-1]
