"""The scenarios of equal-budget/: what they spend, and the solver that makes it equal."""

import pytest
from equal_budget import FOLDER, Budget, factor_of, levels, marked_files, scaled, solve

from eipsim.errors import InputError, RunError
from eipsim.scenarios import list_scenarios, load_scenario

CASE = """\
extends: baseline
levers:
  training:
    - value: 0.2  # scaled from 0.1
      from: 2026
"""


def pilot_budget(**yardstick):
    return Budget("pilot-parks", 3, (0,), load_scenario("baseline", levers=yardstick))


def test_the_solver_finds_the_level_of_the_yardstick():
    """Training is paid by level: what costs as much as training at 0.7 is training at 0.7."""
    text = solve(CASE, pilot_budget(training={"value": 0.7, "from": 2026}))
    assert levels(text) == [pytest.approx(0.7, rel=0.001)]
    assert text == scaled(CASE, factor_of(text))
    assert factor_of(text) == pytest.approx(7.0, rel=0.001)


def test_the_solver_scales_downwards_and_all_marked_numbers_by_one_factor():
    two = CASE + "  facilitation_grant:\n    - value: 0.4  # scaled from 0.2\n      from: 2026\n"
    grants = {"value": 0.06, "from": 2026}
    training, grant = levels(
        solve(two, pilot_budget(training={"value": 0.03, "from": 2026}, facilitation_grant=grants))
    )
    assert (training, grant) == (pytest.approx(0.03, rel=0.001), pytest.approx(0.06, rel=0.001))


def test_what_cannot_spend_the_budget_is_told():
    rich = pilot_budget(provincial_support={"value": 1.0, "from": 2026})
    most = (
        rich.beyond_baseline(load_scenario("baseline", levers={"training": {"value": 1.0, "from": 2026}})) / rich.common
    )
    with pytest.raises(RunError, match="times the common budget, however its levels are scaled") as told:
        solve(CASE, rich)
    spends = float(str(told.value).partition("spends ")[2].split()[0])
    assert 0.01 < 0.99 * most < spends <= most < 0.5
    free = CASE.replace("training", "waste_reuse_reform").replace("0.2  # scaled from 0.1", "1e-9  # scaled from 1")
    with pytest.raises(RunError, match="spends 0 times the common budget"):
        solve(free, pilot_budget(training={"value": 0.7, "from": 2026}))
    with pytest.raises(InputError, match="no number of the file is marked"):
        solve("extends: baseline\n", pilot_budget(training=0.5))


def test_a_file_comes_after_the_one_it_extends():
    names = [f"{FOLDER}/{file.stem}" for file in marked_files()]
    assert (
        len(names) == len({name for name in list_scenarios() if name.startswith(FOLDER)}) - 1
    )  # all but the yardstick
    for name in names:
        parent = load_scenario(name).extends
        assert parent not in names or names.index(parent) < names.index(name)


@pytest.mark.long
@pytest.mark.xdist_group("national library")
def test_all_equal_budgets_spend_the_same_present_value_in_the_country():
    """Public spending beyond the baseline, at the social discount rate: within one per cent of each other."""
    budget = Budget()
    names = [name for name in list_scenarios() if name.startswith(FOLDER)]
    spent = {name: budget.beyond_baseline(name) for name in names}
    assert min(spent.values()) > 0.0
    assert max(spent.values()) <= 1.01 * min(spent.values()), spent


@pytest.mark.parametrize("name", ["legal-reform", "carbon-price", "certification-benefits"])
def test_scenarios_that_are_not_in_the_folder_have_no_public_spending_to_scale(name):
    """MODEL section 11 asks for every instrument at the same budget; these spend nothing at any level."""
    assert Budget("pilot-parks", 3, (0, 1)).beyond_baseline(name) == 0.0
    assert f"{FOLDER}/{name}" not in list_scenarios()
