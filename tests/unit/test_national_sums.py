"""Money and audits that are meant for the whole country, in a world that has a part of it."""

import pytest

from eipsim.runs.national_sums import national_sums, warnings_of_sums
from eipsim.scenarios.loading import load_scenario
from eipsim.world.build import build_world


def warned(*names, world="pilot-parks", **levers):
    scenarios = {name: load_scenario(name, **levers) for name in ("baseline", *names)}
    return [line.split(":")[0] for line in warnings_of_sums(scenarios, "baseline", world, 1)]


@pytest.mark.parametrize("name", ["subsidy", "technical-assistance", "full-package", "equal-budget/adaptive-audits"])
def test_sums_for_all_parks_are_found(name):
    assert national_sums(load_scenario(name))


@pytest.mark.parametrize(
    "name", ["baseline", "carbon-price", "operator-facilitation", "dearer-electricity", "enforcement"]
)
def test_prices_shares_and_programmes_of_named_parks_are_no_such_sums(name):
    assert not national_sums(load_scenario(name))


def test_only_scenarios_with_such_sums_are_warned_of_and_only_in_a_part_of_the_country():
    assert warned("subsidy", "carbon-price") == ["subsidy"]
    assert warned("subsidy", "carbon-price", world="vietnam") == []
    assert warned("subsidy", world="folder:mine") == []


def test_a_world_that_is_built_is_seen_to_be_a_part():
    assert warned("subsidy", world=build_world("pilot-parks", 1)) == ["subsidy"]
    assert warned("subsidy", world=build_world("vietnam", 1)) == []


def test_what_the_baseline_spends_too_is_no_difference():
    budget = {"subsidy_budget_usd": 1e6}
    assert warned("no-eip-policy", levers=budget) == []


def test_scenarios_solved_for_one_budget_are_told_together():
    assert warned("equal-budget/enforcement", "equal-budget/screening") == [
        "equal-budget/enforcement, equal-budget/screening"
    ]


def test_the_warning_says_how_much_more_each_firm_gets():
    scenarios = {name: load_scenario(name) for name in ("baseline", "technical-assistance")}
    (line,) = warnings_of_sums(scenarios, "baseline", "pilot-parks", 1)
    share = build_world("pilot-parks", 1).n_firms / build_world("vietnam", 1).n_firms
    assert "National audit programme (10,000 audits)" in line
    assert f"each gets {1.0 / share:.0f} times as much" in line
