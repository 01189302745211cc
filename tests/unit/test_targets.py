"""What laws and plans ask for, held against a run: said in the scenario, told by the run, wrong ones told at their line."""

import pandas as pd
import pytest

from eipsim import simulate
from eipsim.errors import InputError
from eipsim.model.model import EIPModel
from eipsim.runs.targets import mistakes_in_targets, reached
from eipsim.scenarios import load_scenario
from eipsim.scenarios.entries import Target

OUTCOMES = pd.DataFrame(
    {
        "co2_total_t": [100.0, 80.0, 20.0], "parks_founded_eco": [1.0, 1.0, 4.0], "parks_established": [10.0, 30.0, 50.0],
        "recp_firm_share": [0.0, 0.1, 0.37], "parks_certified": [0.0, 2.0, 9.0],
    },
    index=[2024, 2025, 2030],
)  # fmt: skip


def told(**target):
    return str(*reached({"Aim": Target(**{"year": 2030} | target)}, OUTCOMES))


def test_a_share_is_told_in_per_cent_and_a_number_in_its_unit():
    assert told(outcome="recp_firm_share", at_least=0.45) == "Aim, 2030: reaches 37 of at least 45 %, missed"
    assert told(outcome="parks_certified", per="parks_established", at_least=0.1).endswith(
        "reaches 18 of at least 10 %, met"
    )
    assert told(outcome="co2_total_t", per="parks_certified", at_most=3).endswith("of at most 3 tCO2/yr per park, met")
    assert told(outcome="parks_certified", at_least=9) == "Aim, 2030: reaches 9 of at least 9 parks, met"


def test_what_is_left_of_a_year_is_held_against_the_most_that_may_be_left():
    assert told(outcome="co2_total_t", of_year=2024, at_most=0.1) == "Aim, 2030: reaches 20 of at most 10 %, missed"
    assert told(outcome="co2_total_t", of_year=2024, at_most=0.2).endswith("met")


def test_only_what_has_come_since_counts_above_and_below():
    new = {"outcome": "parks_founded_eco", "per": "parks_established", "since": 2025}
    assert told(**new, at_least=0.08) == "Aim, 2030: reaches 15 of at least 8 %, met"


def test_a_target_beyond_the_run_and_a_share_of_nothing_are_open():
    assert told(outcome="recp_firm_share", year=2040, at_least=0.5) == "Aim, 2040: at least 50 %; this run cannot tell"
    assert told(outcome="parks_certified", per="parks_founded_eco", since=2024, year=2025, at_least=1).endswith(
        "this run cannot tell"
    )


def test_a_run_tells_its_targets_in_its_manifest():
    (target, *_) = simulate("baseline", world="pilot-parks", years=(2015, 2031)).manifest["targets"]
    assert (target["target"], target["year"], target["unit"]) == ("Localities with a plan for conversion", 2030, "%")
    assert target["is_met"] == (target["value"] >= 40.0)


def test_targets_decide_no_result():
    with_one = load_scenario("no-eip-policy", targets={"A": {"outcome": "firms", "year": 2030, "at_least": 1}})
    assert with_one.digest == load_scenario("no-eip-policy").digest
    assert with_one != load_scenario("no-eip-policy")


def test_a_target_is_inherited_and_can_be_changed_or_removed(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("extends: baseline\ntargets:\n  Net zero: {at_most: 0.2}\n  New parks that are eco-parks: null\n")
    targets = load_scenario(file).targets
    assert (targets["Net zero"].at_most, targets["Net zero"].of_year) == (0.2, 2024)
    assert "New parks that are eco-parks" not in targets


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{outcome: firms, year: 2030}", "needs one of at_least and at_most"),
        ("{outcome: firms, year: 2030, at_least: 1, at_most: 2}", "needs one of at_least and at_most"),
        ("{outcome: firms, year: 2030, since: 2030, at_least: 1}", "which is not before 2030"),
        ("{outcome: firms, at_least: 1}", "lacks year"),
        ("{outcome: firms, yaer: 2030, at_least: 1}", "did you mean year"),
    ],
)
def test_a_target_that_makes_no_sense_is_told_at_its_line(tmp_path, content, message):
    file = tmp_path / "mine.yaml"
    file.write_text(f"extends: no-eip-policy\ntargets:\n  A: {content}\n")
    with pytest.raises(InputError, match=f"mine.yaml:3: .*{message}"):
        load_scenario(file)


def test_a_target_for_an_outcome_that_no_run_has_is_told_before_the_run():
    case = load_scenario("baseline", targets={"A": {"outcome": "co2_totl_t", "year": 2030, "at_least": 1}})
    assert "did you mean co2_total_t" in str(*mistakes_in_targets(case))
    with pytest.raises(InputError, match="co2_totl_t"):
        simulate(case, world="pilot-parks")


def test_provinces_with_a_committed_park_are_those_in_which_one_operates_and_has_committed():
    model = EIPModel("baseline", "pilot-parks", 3).run()
    operators = model.state.operators
    there = operators.operating_year <= 2050
    provinces = model.world.parks.province
    committed = set(provinces[there & (operators.commit_year > 0)])
    assert model.outcomes.provinces_committed_share[2050] == len(committed) / len(set(provinces[there]))
