"""What an instrument does at its best design: no luck of the search, and choices in a design held against each other alone."""

import numpy as np
import pandas as pd
import pytest
from at_their_best import all_at_their_best, at_its_best, table_of, what_it_changes

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
