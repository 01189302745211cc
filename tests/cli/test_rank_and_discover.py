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
    assert "none seen in 57 states: at most 6 % of all such states have one" in err


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


# ---- what is warned of ---------------------------------------------------------------------------------------------------


def of_peer_weights(values, folder, **more):
    """A store of values [scenarios, rows, replicates] at as many peer weights."""
    rows = pd.DataFrame({"behaviour.peer_weight": np.linspace(0.0, 0.6, values.shape[1])})
    outcome = more.pop("outcome", "parks_certified")
    study({outcome: values}, rows, folder=folder, scenarios=["baseline", "subsidy"], **more)
    return folder / "store"


def warnings_in(out):
    return " ".join(out.split()).split("Warning: ")[1:]


def test_few_states_and_one_replicate_are_warned_of_with_what_would_do(eipsim, tmp_path):
    values = np.stack([np.tile([0.0, 2.0], 5), np.ones(10)])[:, :, None]
    code, out, _ = eipsim("rank", of_peer_weights(values, tmp_path / "few"), *VALUE, "--resamples", "20")
    few, one = warnings_in(out)
    assert code == 0
    assert few.startswith("10 independent states are few")
    assert "percentage points" in few
    assert one.startswith("one replicate: the ranking holds for its draws only")
    assert "replicates: 4 or more" in one


def test_many_states_and_replicates_of_one_mind_are_not_warned_of(eipsim, tmp_path):
    values = np.stack([np.zeros((150, 4)), np.ones((150, 4))])
    _, out, _ = eipsim("rank", of_peer_weights(values, tmp_path / "many"), *VALUE, "--resamples", "20")
    assert warnings_in(out) == []


def test_replicates_that_disagree_on_the_best_are_warned_of(eipsim, tmp_path):
    values = np.stack([np.zeros((150, 2)), np.tile([1.0, -1.0], (150, 1))])
    _, out, _ = eipsim("rank", of_peer_weights(values, tmp_path / "split"), *VALUE, "--resamples", "20")
    assert "which scenario is best hangs on luck: subsidy in 1 of 2 replicates" in out.replace("\n  ", " ")


@pytest.mark.parametrize(("world", "is_warned"), [("pilot-parks", True), ("vietnam", False)])
def test_money_for_the_country_is_warned_of_in_a_part_of_it(eipsim, tmp_path, world, is_warned):
    values = np.stack([np.zeros((150, 4)), np.ones((150, 4))])
    store = of_peer_weights(values, tmp_path / "part", model=None, world=world, baseline="baseline")
    code, out, _ = eipsim("rank", store, *VALUE, "--resamples", "20", "--json")
    warnings = json.loads(out)["warnings"]
    assert code == 0
    assert [line.startswith("subsidy: subsidy_budget_usd") for line in warnings] == [True] * is_warned


# ---- units -----------------------------------------------------------------------------------------------------------------


def test_shares_differ_in_percentage_points(eipsim, tmp_path):
    values = np.stack([np.full((20, 2), 0.10), np.full((20, 2), 0.15)])
    store = of_peer_weights(values, tmp_path / "shares", outcome="recp_firm_share")
    _, out, _ = eipsim("rank", store, "--value", "recp_firm_share @2050", "--resamples", "20", "--information")
    said = " ".join(out.split())
    assert "means in %, differences and regret in percentage points" in said
    assert "percentage" in said.partition("Value of information")[2]
    worst = next(line.split() for line in out.splitlines() if line.split()[:2] == ["2", "baseline"])
    assert [float(number) for number in (worst[2], *worst[-5:])] == [10.0, -5.0, -5.0, -5.0, 5.0, 5.0]


def test_a_ranking_has_one_unit_however_small_the_differences(eipsim, tmp_path):
    values = np.stack([np.full((20, 2), 2.5e6), np.full((20, 2), 2.5e6 + 40.0)])
    store = of_peer_weights(values, tmp_path / "tonnes", outcome="co2_avoided_t")
    _, out, _ = eipsim("rank", store, "--value", "co2_avoided_t @2050", "--resamples", "20")
    assert "in thousand tCO2/yr" in out
    assert "million" not in out
    assert "-0.040" in out


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
