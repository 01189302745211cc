"""What an instrument does at its best design: no luck of the search, and choices in a design held against each other alone."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from arms import grid
from at_their_best import all_at_their_best, at_its_best, table_of, what_it_changes
from dots import group_of, member_of
from ruamel.yaml import YAML

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"
RNG = np.random.default_rng(3)


def test_of_designs_that_are_alike_the_best_gains_nothing():
    """Of 12 designs that differ by noise alone the best mean is well above zero, what the chosen one gains elsewhere is not."""
    searched, judged = [], []
    for _ in range(200):
        gains = pd.DataFrame(RNG.normal(size=(40, 12)), columns=[f"audits: {n}" for n in range(12)])
        found = at_its_best(gains)
        searched.append(found.means.max())
        judged.append(found.gains.mean())
    assert np.mean(searched) > 0.2
    assert abs(np.mean(judged)) < 0.04


def test_a_design_that_is_better_is_chosen_by_both_halves():
    gains = pd.DataFrame(RNG.normal([0.0, 5.0, 0.0], size=(40, 3)), columns=["a: x", "a: y", "a: z"])
    found = at_its_best(gains)
    assert found.chosen == ("a: y",)
    assert found.gains == pytest.approx(gains["a: y"].to_numpy())


def test_instruments_are_told_in_the_order_of_what_they_gain():
    gains = pd.DataFrame({"a: x": [1.0, 1.2, 1.1, 0.9], "a: y": [0.0] * 4, "b: x": [3.0, 3.1, 0.1, 3.0]})
    table = table_of(all_at_their_best(gains)).set_index("instrument")
    assert list(table.index) == ["b", "a"]
    assert table.loc["b", "best_share"] == 0.75
    assert table.loc["a", ["worst", "worst_mean", "designs"]].tolist() == ["y", 0.0, 2]


def test_what_a_choice_changes_is_taken_where_nothing_else_differs():
    gains = pd.DataFrame(
        {"a: lot, early": [1.0, 2.0], "a: lot, late": [5.0, 6.0], "a: large, early": [2.0, 4.0], "b: all": [0.0, 0.0]}
    )
    (row,) = what_it_changes(gains, 0).to_dict("records")
    assert (row["instrument"], row["instead_of"], row["value"], row["mean"]) == ("a", "lot", "large", 1.5)
    (row,) = what_it_changes(gains, 1).to_dict("records")
    assert (row["value"], row["mean"]) == ("late", 4.0)


# ---- the designs -----------------------------------------------------------------------------------------------------------


def documents():
    """Designs of 03_equal_budget and of 07_deep_uncertainty as their files have them."""
    names = ("03_equal_budget", "07_deep_uncertainty")
    return [YAML(typ="safe").load(EXPERIMENTS / name / "design.yaml") for name in names]


@pytest.mark.parametrize(
    ("instrument", "lever"),
    [
        ("screening", "levers.symbiosis_screening"),
        ("facilitation", "levers.facilitation_grant"),
        ("shared systems", "levers.infrastructure_studies"),
    ],
)
def test_under_deep_uncertainty_an_instrument_has_the_designs_that_were_solved_for_the_budget(instrument, lever):
    solved, varied = documents()
    own = {member_of(name): case["set"] for name, case in solved["scenarios"].items() if group_of(name) == instrument}
    own.pop("baseline", None)
    assert varied["factors"][lever]["choice"] == {name: levers[lever] for name, levers in own.items()}
    assert varied["only"][lever] == instrument


def test_under_deep_uncertainty_audits_are_as_many_as_were_solved_for_the_budget():
    solved, varied = documents()
    name = "programmes.National audit programme"
    for design, programme in varied["factors"][name]["choice"].items():
        levers = solved["scenarios"][f"audits: {design}"]["set"]
        told = {field: programme[field] for field in ("from", "until", "rule", "audits", "budget_usd")}
        assert told == {field: levers[f"{name}.{field}"] for field in told}


def test_what_is_written_down_is_what_the_grid_says():
    """The file of the design comes from arms.py: its levels are those of the grid at one factor each."""
    solved, _ = documents()
    cases = dict(grid())
    for name, case in solved["scenarios"].items():
        if name == "baseline":
            continue
        levels = case["set"]
        audits = levels.get("programmes.National audit programme.audits")
        factor = audits / 10_000 if audits else factor_in(levels, cases[name](1.0)[1])
        scenario, settings = cases[name](factor)
        assert (case["extends"], list(levels)) == (scenario, list(settings)), name


def factor_in(levels, at_one):
    """By which factor the first level that moves stands over what the grid starts from."""
    moved = [(levels[name][0]["value"], at_one[name][0]["value"]) for name in at_one]
    return next(value / origin for value, origin in moved if value != origin)
