"""How much less electricity firms use when it is dearer: pairs with the same draws, and what is kept of them as data."""

import numpy as np
import pytest
from price_response import BY_MEASURES, DEARER, FIRST, RISE, YEARS_LATER, as_data, elasticities, responses, write

from eipsim.data.loading import read_facts
from eipsim.rules.acceptance import RULES
from eipsim.scenarios.loading import load_scenario


@pytest.fixture(scope="module")
def table():
    return responses(RULES[:1], replicates=2, world="pilot-parks")


def test_a_row_per_response_and_year_and_operation_answers_more_than_measures_do(table):
    assert table["years_later"].tolist() == [0, YEARS_LATER] * 2
    alone, in_all = (
        table[table["response"] == what]["elasticity"].to_numpy() for what in ("measures and attention", "in all")
    )
    assert (in_all < alone - 0.03).all()
    assert in_all[1] < in_all[0] < 0.0


def test_an_elasticity_is_that_of_the_pair():
    found = elasticities("npv_hurdle", BY_MEASURES, replicates=1, world="pilot-parks")
    assert found["year"].tolist() == [FIRST, FIRST + YEARS_LATER]
    np.testing.assert_allclose(1.2 ** found["elasticity"], found["ratio"], rtol=1e-12)


def test_the_scenario_is_the_rise_that_elasticities_are_reckoned_with():
    (entry,) = load_scenario(DEARER).levers["electricity_price_change"]
    assert (entry.value, entry.first_year) == (RISE, FIRST)


def test_what_is_kept_says_how_it_was_found(table, tmp_path):
    kept = as_data(table, "pilot-parks")
    later = table[(table["response"] == "measures and attention") & (table["years_later"] == YEARS_LATER)]
    assert kept["central"].tolist() == pytest.approx((-later["elasticity"]).tolist(), abs=1e-5)
    assert (kept["low"] <= kept["high"]).all()
    assert "pilot-parks; 2 pairs of runs" in kept["note"].iloc[0]
    assert all(path.exists() for path in write(tmp_path, table, "pilot-parks"))


def test_the_model_has_a_value_for_every_rule_with_its_sample_size():
    kept = read_facts("measures_response")
    assert tuple(kept["name"]) == RULES
    assert kept["note"].str.contains("pairs of runs").all()
    assert (kept["low"].astype(float) <= kept["central"].astype(float)).all()
    assert (kept["central"].astype(float) <= kept["high"].astype(float)).all()
