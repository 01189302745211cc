"""The pathway at least cost: steps lower CO2 by the cheapest tonne, what is not needed is taken back, the scenario says so."""

import least_cost
import pandas as pd
import pytest
from least_cost import (
    HERE,
    INSTRUMENTS,
    Worth,
    case_of,
    climb,
    higher,
    per_tonne,
    residual,
    scenario_text,
    share_left,
    take_back,
)

from eipsim import simulate
from eipsim.scenarios import list_scenarios, load_scenario
from eipsim.scenarios.contents import contents_of

FEW = {
    "end of fossil boilers": INSTRUMENTS["end of fossil boilers"],
    "carbon price": INSTRUMENTS["carbon price"][:1],
    "information": INSTRUMENTS["information"],
}


@pytest.fixture
def _few_instruments(monkeypatch):
    monkeypatch.setattr(least_cost, "INSTRUMENTS", FEW)


@pytest.mark.parametrize(("instrument", "rung"), higher({}))
def test_every_rung_is_a_sound_scenario_with_its_source(instrument, rung):
    own = contents_of(case_of({instrument: rung}), case_of({}))
    assert own
    assert {content.source for content in own} <= {least_cost.SOURCE, ""}


def test_instruments_set_different_levers_so_that_any_go_together():
    levers = [set(ladder[0]["levers"]) for ladder in INSTRUMENTS.values()]
    assert sum(map(len, levers)) == len(set().union(*levers))
    for ladder in INSTRUMENTS.values():
        assert len({frozenset(rung["levers"]) for rung in ladder}) == 1


def test_a_tonne_costs_what_is_paid_over_what_is_spared():
    assert per_tonne(Worth(100.0, 5.0), Worth(90.0, 25.0)) == 2.0


@pytest.mark.usefixtures("_few_instruments")
def test_every_step_lowers_co2_and_none_is_left_that_would():
    taken, steps = climb(replicates=1)
    assert (steps["co2_2050_t"].diff().dropna() < 0.0).all()
    assert steps["instrument"].iloc[0] == ""
    last = {name: rung for name, rung in zip(steps["instrument"], steps["rung"]) if name}
    assert last == {name: rung + 1 for name, rung in taken.items()}
    found = least_cost.worths({"end": taken} | {str(x): taken | dict([x]) for x in higher(taken)}, least_cost.PILOTS, 1)
    enough = least_cost.LEAST * least_cost.co2_of_today(least_cost.PILOTS, 1)
    assert all(found["end"].co2 - worth.co2 < enough for worth in found.values())


@pytest.mark.usefixtures("_few_instruments")
def test_what_costs_and_lowers_nothing_is_taken_back():
    kept, tried = take_back({"end of fossil boilers": 2, "information": 0}, least_cost.PILOTS)
    assert "end of fossil boilers" in kept
    assert set(tried["instrument"]) == {"end of fossil boilers", "information"}


def test_what_is_left_adds_up_to_the_outcome_of_the_run():
    left = residual({}, least_cost.PILOTS, 1)
    outcomes = simulate(case_of({}), world=least_cost.PILOTS).outcomes["co2_total_t"]
    assert left["pathway_2050_t"].sum() == pytest.approx(outcomes[2050])
    assert left["co2_2024_t"].sum() == pytest.approx(outcomes[2024])


def test_the_title_gives_the_percentage_unless_a_tenth_is_left():
    left = pd.DataFrame({"sector": ["A01", "A16"], "part": ["fuels", "processes"], "co2_2024_t": [60.0, 40.0]})
    much, little = (scenario_text({}, left.assign(pathway_2050_t=of)) for of in ([30.0, 12.0], [6.0, 4.0]))
    assert much.splitlines()[0] == 'title: "Towards net zero at least cost: 42 per cent of the CO2 of 2024 left"'
    assert little.splitlines()[0] == 'title: "Net zero at least cost"'
    for missing in ("hydrogen", "biogas", "capture and storage"):
        assert missing in " ".join(much.split())


def test_the_scenario_of_the_library_is_what_was_found():
    left = pd.read_csv(HERE / "tables" / "residual.csv")
    scenario = load_scenario("net-zero-2050")
    assert "net-zero-2050" in list_scenarios()
    assert f"{100 * share_left(left):.0f} per cent of the CO2 of 2024" in scenario.title
    own = contents_of(scenario, load_scenario("baseline"))
    assert {content.source for content in own if content.group in ("levers", "programmes")} == {least_cost.SOURCE}
    assert simulate(scenario).outcomes["co2_total_t"].loc[[2024, 2050]].pct_change()[2050] + 1.0 == pytest.approx(
        share_left(left), abs=0.03
    )
