"""What a comparison says in three sentences: nothing as an effect that is none, no cost without tonnes, and who pays."""

import numpy as np
import pytest

import eipsim
from eipsim.analysis.answers import LUCK_ONLY, Policy, Setting, answer
from eipsim.analysis.compare import NO_TONNE, UNCERTAIN_TONNE
from eipsim.analysis.intervals import mean_interval, ratio_interval

SETTING = Setting("baseline", 2015, 2050, False)


def policy(name, tonnes, public=0.0, private=0.0, transfers=0.0, note=""):
    """A policy with these tonnes in its replicates, and costs that are the same in all of them."""
    tonnes = np.array(tonnes, float)
    costs = {"public": public, "private": private, "total": public + private}
    each = {part: np.full(len(tonnes), cost) for part, cost in costs.items()}
    mean, low, _ = mean_interval(tonnes)
    reason = NO_TONNE if mean <= 0.0 else UNCERTAIN_TONNE if low <= 0.0 else ""
    return Policy(
        name, mean_interval(tonnes), {part: mean_interval(cost) for part, cost in each.items()},
        {part: ratio_interval(cost, tonnes) for part, cost in each.items()}, reason,
        mean_interval(np.full(len(tonnes), transfers)), tonnes, note,
    )  # fmt: skip


LARGE = policy("large", [90.0, 100.0, 110.0, 95.0, 105.0], public=500.0, private=-1000.0)
SMALL = policy("small", [9.0, 10.0, 11.0, 9.5, 10.5], public=10.0, private=20.0, transfers=900.0)
UNSURE = policy("unsure", [-400.0, 500.0, 30.0, -10.0, 600.0], public=10.0)
IDLE = policy("idle", [0.0] * 5)


def test_one_policy_is_told_with_its_effect_who_pays_and_how_certain_it_is():
    effect, cost, certainty = answer([LARGE], SETTING)
    assert effect.startswith("Under large firms emit 100 t of CO2 (95 % interval 90 to 110) less than under baseline")
    assert effect.endswith("from 2015 to 2050.")
    assert "costs the public 5.00 USD" in cost
    assert "saves firms and operators 10.0" in cost
    assert "saves society 5.00" in cost
    assert "5 of 5 replicates (at least 48 %)" in certainty
    assert LUCK_ONLY in certainty


def test_what_cannot_be_told_from_nothing_is_no_effect_and_has_no_cost_of_a_tonne():
    effect, cost, certainty = answer([UNSURE], SETTING)
    assert "cannot be told from nothing" in effect
    assert "Under unsure" not in effect
    assert UNCERTAIN_TONNE in cost
    assert "in all years unsure costs the public 10" in cost
    assert "3 of 5 replicates" in certainty


def test_a_policy_that_changes_nothing_is_told_so():
    effect, cost, certainty = answer([IDLE], SETTING)
    assert "neither more nor less" in effect
    assert NO_TONNE in cost
    assert "nothing changes in any of 5" in certainty


def test_more_emissions_are_told_as_more():
    effect = answer([policy("worse", [-9.0, -10.0, -11.0])], SETTING)[0]
    assert "emit 10.0 t of CO2" in effect
    assert "(95 % interval 7.5 to 12.5) more than" in effect


def test_transfers_are_told_apart_from_costs():
    cost = answer([SMALL], SETTING)[1]
    assert "firms pay the public 900 USD" in cost
    assert "a transfer that is in none of these" in cost
    assert "transfer" not in answer([LARGE], SETTING)[1]


def test_of_several_the_first_is_the_largest_effect_that_can_be_told_not_the_largest_mean():
    effect, cost, certainty = answer([IDLE, SMALL, UNSURE, LARGE], SETTING)
    assert effect.startswith("Of 4 policies large lowers CO2 most")
    assert "under small 10.0 t of CO2 (9.0 to 11.0) less" in effect
    assert "nothing changes under idle; what comes of unsure cannot be told from nothing" in effect
    assert "for the public under small, which costs it 1.00 USD" in cost
    assert "for firms and operators under large, which saves them" in cost
    assert "900 USD" in cost
    assert "no cost of a tonne can be told for" in cost
    assert "large is ahead of unsure in 3 of 5 replicates" in certainty  # the next by its mean


def test_where_no_policy_has_an_effect_none_is_called_best():
    effect, cost, _ = answer([UNSURE, IDLE], SETTING)
    assert "none lowers the CO2" in effect
    assert "No policy has a cost of a tonne" in cost


def test_one_replicate_may_all_be_luck():
    effect, _, certainty = answer([policy("alone", [5.0], public=10.0)], SETTING)
    assert "interval" not in effect
    assert "may all be luck" in certainty


def test_an_ensemble_has_parameters_and_firms_in_its_intervals():
    assert "parameters and firms" in answer([LARGE], SETTING._replace(with_sets=True))[2]
    assert LUCK_ONLY not in answer([LARGE], SETTING._replace(with_sets=True))[2]


def test_drivers_that_differ_are_said_with_the_effect():
    assert (
        "of driven, the drivers differ"
        in answer([LARGE, policy("driven", [1.0, 2.0], note="the drivers differ")], SETTING)[0]
    )


# ---- of runs -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def comparison():
    return eipsim.compare(["subsidy", "carbon-price"], replicates=5, world="pilot-parks")


def test_the_answer_of_runs_has_the_numbers_of_the_tables(comparison):
    effect, cost, certainty = comparison.answer
    costs = comparison.costs.set_index(["scenario", "quantity"])["value"]
    assert f"{costs['carbon-price', 'cumulative_additional_tonnes'] / 1e6:.2f} million t" in effect
    assert "carbon-price lowers CO2 most" in effect
    assert f"{costs['carbon-price', 'cumulative_private_cost_per_tonne']:.1f} USD" in cost
    assert "over 5 replicates" in certainty


def test_money_for_the_country_in_a_part_of_it_is_warned_of(comparison):
    (warning,) = comparison.warnings
    assert warning.startswith("subsidy: subsidy_budget_usd (30 million USD/yr) is a sum for all parks")
    assert comparison.manifest["warnings"] == comparison.warnings
