"""The value of knowing an input, where it can be computed by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from memory import study
from scipy.stats import norm

from eipsim.analysis.choice.information import choice_in_words, gain, value_of_information
from eipsim.analysis.choice.ranking import rank
from eipsim.analysis.choice.smoothing import Smoother
from eipsim.errors import InputError

MEAN, SLOPES, NOISE, N, REPLICATES = 0.3, (1.0, 0.5, 0.0), 0.7, 1500, 4


def truth(sd):
    """E max(0, D) - max(0, E D) of D ~ N(MEAN, sd): choosing between nothing and D when D's share with sd is known."""
    return sd * norm.pdf(MEAN / sd) + MEAN * norm.cdf(MEAN / sd) - MEAN


@pytest.fixture(scope="module")
def linear():
    """Nothing, or MEAN + x0 + x1 / 2 + noise with normal inputs; x2 has no influence; label is the sign of x0."""
    random = np.random.default_rng(3)
    x = random.normal(size=(N, 3))
    values = MEAN + (x @ SLOPES)[:, None] + random.normal(0.0, NOISE, (N, REPLICATES))
    rows = pd.DataFrame(x, columns=["x0", "x1", "x2"]).assign(label=np.where(x[:, 0] > 0.0, "up", "down"))
    made = study({"parks_certified": np.stack([np.zeros((N, REPLICATES)), values])}, rows)
    ranking = rank(made, "parks_certified @2050")
    table = value_of_information(ranking, groups={"both": ["x0", "x1"]}, resamples=40, permutations=40)
    return ranking, table.set_index("what")


@pytest.mark.parametrize(("what", "sd"), [("x0", 1.0), ("x1", 0.5), ("both", 1.25**0.5), ("everything", 1.74**0.5)])
def test_the_value_of_an_input_is_that_of_the_linear_gaussian_case(linear, what, sd):
    row = linear[1].loc[what]
    assert row["low"] <= truth(sd) <= row["high"]
    assert row["value"] == pytest.approx(truth(sd), abs=0.03)


def test_what_all_inputs_are_worth_lies_between_its_bounds(linear):
    row = linear[1].loc["all inputs"]
    sampled = linear[1].loc["everything", "value"] - truth(1.74**0.5)  # this sample is a little off as a whole
    assert row["low"] - 0.01 <= truth(1.25**0.5) + sampled <= row["high"] + 0.01


def test_an_input_without_influence_is_not_beyond_noise(linear):
    table = linear[1]
    assert not table.loc["x2", "above_floor"]
    assert table.loc["x2", "value"] < 0.01
    assert table.loc["x0", "above_floor"]
    assert table.index[2] == "both"


def test_the_choice_switches_where_the_expected_values_cross(linear):
    choice = linear[1].loc["x0", "choice"]
    assert choice.startswith("a up to ")
    assert choice.endswith(", then b")
    assert float(choice.split("up to ")[1].split(",")[0]) == pytest.approx(-MEAN, abs=0.15)
    assert linear[1].loc["label", "choice"] == "b if up; a if down"


def test_knowing_everything_is_worth_the_expected_regret_of_the_best(linear):
    ranking, table = linear
    assert table.loc["everything", "value"] == pytest.approx(ranking.table()["regret"][0])


def test_no_input_is_worth_more_than_everything_beyond_noise(linear):
    _, table = linear
    assert (table["value"] <= table.loc["everything", "value"] + 0.02).all()


def test_nothing_is_worth_knowing_where_one_scenario_is_always_better():
    values = np.random.default_rng(1).normal(size=(2, 200, 2)) + np.array([9.0, 0.0])[:, None, None]
    table = value_of_information(rank(study({"parks_certified": values}), "parks_certified @2050"), resamples=10)
    assert (table["value"].fillna(0.0) == 0.0).all()
    assert not table["above_floor"].fillna(False).any()


def test_calibrated_sets_are_taken_apart_into_their_parameters():
    random = np.random.default_rng(1)
    sets = pd.DataFrame({"parameter_set": random.integers(1, 58, 120)})
    factors = {"factors": {"parameter_set": {"ensemble": "calibrated"}}, "dummy": False}
    made = study({"parks_certified": random.normal(size=(2, 120, 1))}, sets, **factors)
    ranking = rank(made, "parks_certified @2050")
    assert "behaviour.vietnam_shift" in ranking.states.rows
    assert "parameter_set" not in ranking.states.rows
    assert len(np.unique(ranking.states.blocks)) == sets["parameter_set"].nunique()


def test_factors_that_do_not_vary_are_refused():
    made = study({"parks_certified": np.random.default_rng(1).normal(size=(2, 20, 1))})
    with pytest.raises(InputError, match="factor that varies 'y' is unknown"):
        value_of_information(rank(made, "parks_certified @2050"), ["y"])


@given(arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 10)), elements=st.floats(-10, 10)))
def test_information_never_makes_a_choice_worse(expected):
    assert gain(expected) >= 0.0


@given(st.integers(0, 1000), st.sampled_from(["spline", "label"]))
def test_smoothing_keeps_means(seed, kind):
    random = np.random.default_rng(seed)
    x = pd.Series(random.normal(size=60) if kind == "spline" else random.choice(["u", "v"], 60))
    values = random.normal(size=(2, 60))
    times = random.integers(0, 3, 60)
    assert Smoother(x).expected(values).mean(axis=1) == pytest.approx(values.mean(axis=1), abs=1e-9)
    weighted = Smoother(x).expected(values, times) @ times
    assert weighted == pytest.approx(values @ times, abs=1e-6)


def test_smoothing_a_resample_is_smoothing_its_rows_repeated():
    random = np.random.default_rng(1)
    x, y, times = random.uniform(size=200), random.normal(size=(1, 200)), random.integers(0, 3, 200)
    weighted = Smoother(pd.Series(x)).expected(y, times)
    again = np.repeat(np.arange(200), times)
    line = Smoother(pd.Series(x)).expected(np.sin(6 * x)[None] + 0.1 * y)
    assert np.isfinite(weighted).all()
    assert np.sqrt(np.mean((line - np.sin(6 * x)) ** 2)) < 0.05
    assert weighted[:, again].mean() == pytest.approx(y[:, again].mean())


def test_short_stretches_of_another_choice_are_not_told():
    inputs = pd.Series(np.arange(1000.0))
    expected = np.zeros((2, 1000))
    expected[1, 600:] = 1.0
    expected[1, 3] = 1.0
    assert choice_in_words(inputs, expected, ["a", "b"]) == "a up to 600, then b"
