"""R1, R3: results depend on scenario, seed and replicate, never on how many workers share the runs."""

import numpy as np
import pandas as pd
import pytest

import eipsim
from eipsim.errors import InputError
from eipsim.model.model import EIPModel
from eipsim.outcomes.registry import OUTCOMES
from eipsim.sweeps import replicates
from eipsim.sweeps.replicates import QUANTILES, quantiles, simulate_many

PILOTS = "pilot-parks"
SHORT = {"world": PILOTS, "years": (2015, 2020)}
CASES = ["baseline", "subsidy"]


@pytest.fixture(scope="module")
def alone():
    return simulate_many(CASES, 5, **SHORT)


def as_bytes(frame):
    return frame[["replicate", "year", *OUTCOMES]].to_numpy().tobytes(), frame["scenario"].tolist()


@pytest.mark.parametrize(
    ("jobs", "backend"),
    [(2, "threads"), (8, "threads"), (-1, "threads"), (2, "loky"), pytest.param(8, "loky", marks=pytest.mark.long)],
)
def test_the_same_bytes_from_any_number_of_workers(alone, jobs, backend):
    assert as_bytes(simulate_many(CASES, 5, jobs, backend=backend, **SHORT)) == as_bytes(alone)


@pytest.mark.parametrize("size", [1, 2, 50])
def test_the_same_bytes_whatever_the_blocks(alone, monkeypatch, size):
    monkeypatch.setattr(replicates, "MOST_IN_BLOCK", size)
    assert as_bytes(simulate_many(CASES, 5, **SHORT)) == as_bytes(alone)


def test_a_row_for_every_case_replicate_and_year(alone):
    keys = [(case, r, year) for case in CASES for r in range(5) for year in range(2015, 2021)]
    assert list(alone[["scenario", "replicate", "year"]].itertuples(index=False, name=None)) == keys
    assert alone.attrs["failures"] == []
    assert alone.attrs["units"]["co2_t"] == "tCO2/yr"


def test_each_run_is_that_of_simulate(alone):
    one = eipsim.simulate("subsidy", 1, replicate=3, **SHORT).outcomes
    rows = alone[(alone["scenario"] == "subsidy") & (alone["replicate"] == 3)]
    np.testing.assert_array_equal(rows[list(OUTCOMES)].to_numpy(), one.to_numpy())


def test_replicates_differ_and_the_first_of_many_are_the_few(alone):
    few = simulate_many(CASES, 2, **SHORT)
    first = alone[alone["replicate"] < 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, first, check_exact=True)
    last = alone[(alone["scenario"] == "baseline") & (alone["year"] == 2020)]
    assert last["co2_avoided_t"].nunique() == 5


def test_the_first_fifty_of_a_hundred_are_the_fifty():
    short = {"world": PILOTS, "years": (2016, 2016)}
    fifty, hundred = (simulate_many(["baseline"], n, **short) for n in (50, 100))
    pd.testing.assert_frame_equal(fifty, hundred.iloc[:50], check_exact=True)


def test_global_generators_are_left_alone():
    import random

    np.random.seed(7)
    random.seed(7)
    expected = np.random.random(), random.random()
    np.random.seed(7)
    random.seed(7)
    simulate_many(["baseline"], 2, **SHORT)
    assert (np.random.random(), random.random()) == expected


# ---- failures --------------------------------------------------------------------------------------------------------


@pytest.fixture
def second_replicate_fails(monkeypatch):
    step = EIPModel.step

    def fragile(self):
        if self.replicate == 1 and self.year == 2017:
            raise ArithmeticError("a planted fault")
        step(self)

    monkeypatch.setattr(EIPModel, "step", fragile)


@pytest.mark.parametrize(("jobs", "backend"), [(1, "loky"), (2, "threads")])
def test_a_run_that_fails_is_a_row_and_the_others_go_on(alone, second_replicate_fails, jobs, backend):
    frame = simulate_many(CASES, 5, jobs, backend=backend, **SHORT)
    pd.testing.assert_frame_equal(frame, alone[alone["replicate"] != 1].reset_index(drop=True), check_exact=True)
    assert frame.attrs["failures"] == [
        {"scenario": case, "replicate": 1, "error": "ArithmeticError", "message": "a planted fault"} for case in CASES
    ]


def picky(cost, saving, lifetime, size, peers, effects):
    if cost != 1000.0:
        raise ValueError("no idea")
    return 0.5


def test_when_all_runs_fail_the_table_is_empty_and_says_why():
    frame = simulate_many(["baseline"], 3, rule=picky, **SHORT)
    assert len(frame) == 0
    assert [failure["replicate"] for failure in frame.attrs["failures"]] == [0, 1, 2]
    assert all("no idea" in failure["message"] for failure in frame.attrs["failures"])


# ---- what comes before and after -------------------------------------------------------------------------------------


def test_mistakes_of_all_cases_come_together_before_any_run():
    with pytest.raises(InputError) as error:
        simulate_many(["baselin", "subsidi", "baseline"], 2, **SHORT)
    assert [mistake.hint for mistake in error.value.mistakes] == ["did you mean baseline?", "did you mean subsidy?"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"cases": []}, "no scenario"),
        ({"cases": ["baseline", "baseline"]}, "occurs twice"),
        ({"replicates": 0}, "replicates"),
        ({"replicates": True}, "replicates"),
        ({"jobs": 0}, "jobs"),
        ({"backend": "dusk"}, "backend"),
        ({"years": (2030, 2015)}, "2030-2015 is not a period"),
    ],
)
def test_bad_arguments_are_told(arguments, told):
    with pytest.raises(InputError, match=told):
        simulate_many(**{"cases": ["baseline"], **SHORT} | arguments)


def test_labels_tell_variants_of_one_scenario_apart():
    variants = {
        f"price {price}": eipsim.load_scenario("baseline", levers={"carbon_price": price}) for price in (0, 300)
    }
    frame = simulate_many(variants, 1, **SHORT)
    revenue = frame.groupby("scenario")["public_revenue_usd"].sum()
    assert list(dict.fromkeys(frame["scenario"])) == ["price 0", "price 300"]
    assert revenue["price 300"] > revenue["price 0"]


def test_progress_counts_runs():
    seen = []
    simulate_many(CASES, 3, progress=lambda done, total: seen.append((done, total)), **SHORT)
    assert seen[-1] == (6, 6)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_quantiles_are_those_of_the_replicates(alone):
    table = quantiles(alone)
    at = (table["scenario"] == "subsidy") & (table["year"] == 2018)
    values = alone[(alone["scenario"] == "subsidy") & (alone["year"] == 2018)]["co2_t"]
    np.testing.assert_allclose(table[at]["co2_t"], np.quantile(values, QUANTILES))
    assert len(table) == 2 * 6 * len(QUANTILES)
