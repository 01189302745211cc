"""How well the numbers are known: by count, by what hangs on them, and from which source each has it."""

from __future__ import annotations

import pandas as pd
import pytest

from eipsim.data.loading import read_facts
from eipsim.data.parameters import load_parameters
from eipsim.data.statuses import OTHER, STATUSES, status_shares, status_word, weighted_shares, weights_table
from eipsim.errors import InputError

OUTCOME, ANOTHER = "sum(co2_avoided_t)", "parks_certified @2050"


def of_status(status):
    """The name of a parameter of that status."""
    return next(name for name, parameter in load_parameters().items() if status_word(parameter.status) == status)


def indices(*rows):
    """Total effects: (factor, kind, estimate), all of one outcome in one scenario."""
    table = pd.DataFrame(rows, columns=["factor", "kind", "estimate"])
    return table.assign(scenario="baseline", outcome=OUTCOME, year=None, index="ST")


# By what hangs on them


def test_an_outcome_that_hangs_on_one_number_is_as_well_known_as_that_number():
    shares = weighted_shares(indices((of_status("assumed"), "factor", 0.0), (of_status("derived"), "factor", 0.8)))
    assert shares.loc[("baseline", OUTCOME)].to_dict() == {**dict.fromkeys([*STATUSES, OTHER], 0.0), "derived": 1.0}


def test_shares_are_of_the_sum_of_effects_whatever_it_is():
    rows = (of_status("assumed"), "factor", 0.9), (of_status("calibrated"), "factor", 0.3)
    shares = weighted_shares(indices(*rows)).loc[("baseline", OUTCOME)]
    assert (shares["assumed"], shares["calibrated"]) == (0.75, 0.25)


def test_luck_the_dummy_first_order_effects_and_single_years_are_left_out():
    name = of_status("assumed")
    table = indices((of_status("sourced"), "factor", 0.1), (name, "luck", 0.5), (name, "dummy", 0.5))
    first, yearly = indices((name, "factor", 0.5)).assign(index="S1"), indices((name, "factor", 0.5)).assign(year=2030)
    shares = weighted_shares(pd.concat([table, first, yearly], ignore_index=True))
    assert shares.loc[("baseline", OUTCOME), "sourced"] == 1.0


def test_an_effect_below_zero_is_noise_and_counts_as_none():
    table = indices((of_status("assumed"), "factor", -0.2), (of_status("sourced"), "factor", 0.4))
    assert weighted_shares(table).loc[("baseline", OUTCOME), "sourced"] == 1.0


def test_drivers_and_inputs_that_the_model_no_longer_has_stand_apart():
    table = indices(("drivers.grid", "factor", 0.2), ("population.no_longer_there", "factor", 0.2))
    assert weighted_shares(table).loc[("baseline", OUTCOME), OTHER] == 1.0


def test_an_outcome_on_which_nothing_has_an_effect_has_no_shares():
    assert weighted_shares(indices((of_status("assumed"), "factor", 0.0))).loc[("baseline", OUTCOME)].sum() == 0.0


def test_outcomes_keep_their_order_and_each_row_is_a_whole():
    table = pd.concat([indices((of_status("assumed"), "factor", 0.4), (of_status("derived"), "factor", 0.2)).assign(outcome=o)
                       for o in (OUTCOME, ANOTHER)])  # fmt: skip
    shares = weighted_shares(table)
    assert [outcome for _, outcome in shares.index] == [OUTCOME, ANOTHER]
    assert shares.sum(axis=1).tolist() == pytest.approx([1.0, 1.0])
    lines = weights_table(table).splitlines()
    assert lines[0] == "| outcome | sourced | derived | calibrated | assumed | other inputs |"
    assert lines[2] == f"| `{OUTCOME}` in `baseline` | 0 % | 33 % | 0 % | 67 % | 0 % |"


def test_a_table_without_total_effects_is_told():
    with pytest.raises(InputError, match="no total effects"):
        weighted_shares(indices((of_status("assumed"), "factor", 0.4)).assign(index="mu_star"))


# By count, and from where


def test_statuses_add_up_to_all_values():
    for row in status_shares().values():
        assert row["values"] == sum(row[status] for status in STATUSES)


@pytest.mark.parametrize(("table", "column"), [("parameters", "source"), ("measures", "source_id")])
def test_what_is_sourced_or_derived_from_a_source_names_one_that_is_listed(table, column):
    listed, facts = set(read_facts("sources")["source_id"]), read_facts(table)
    known = facts[facts["status"].map(status_word).isin(["sourced", "derived"])]
    named = {source for cell in known[column] if cell for source in cell.split(";")}
    assert named <= listed
    if table == "parameters":
        assert (known[column] != "").all()


def test_every_source_is_listed_once_with_title_and_kind():
    sources = read_facts("sources")
    assert sources["source_id"].is_unique
    assert (sources[["title", "type", "reliability"]] != "").all(axis=None)


def test_what_lies_outside_its_own_range_is_no_value():
    for table in ("parameters", "measures"):
        facts = read_facts(table)
        ends = facts[["low", "central", "high"]].replace({"": None, "-": None}).astype(float)
        low, high = ends["low"].fillna(ends["central"]), ends["high"].fillna(ends["central"])
        wrong = facts[(ends["central"] < low) | (ends["central"] > high)]
        assert wrong.empty, wrong


def test_the_share_of_a_measure_that_is_derived_from_two_figures_is_their_product():
    facts = read_facts("measures")
    derived = facts[facts["status"].str.startswith("derived (enduse_share x enduse_saving")]
    wide = facts.set_index(["measure_id", "parameter"])
    assert len(derived) == len(facts["measure_id"].unique())
    for identifier in derived["measure_id"]:
        for end in ("low", "central", "high"):
            factors = [float(wide.loc[(identifier, name), end]) for name in ("enduse_share", "enduse_saving")]
            product = float(wide.loc[(identifier, "site_saving"), end])
            assert product == pytest.approx(factors[0] * factors[1], rel=1e-6, abs=1e-9), (identifier, end)
