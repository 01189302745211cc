"""Levers that bar new fossil boilers or end their use, up to a temperature of the heat that they make."""

import numpy as np
import pytest
from helpers import NO_AWARENESS, differences, number, tiny_world

from eipsim import cli
from eipsim.agents.firm.boilers import temperature_of
from eipsim.agents.firm.columns import ADOPTED, CHOSEN
from eipsim.core.draws import wrapping
from eipsim.data.loading import read_facts
from eipsim.market.catalogue import BOILERS, REPLACE_BOILERS
from eipsim.model.model import EIPModel
from eipsim.scenarios.idle import idle_settings
from eipsim.scenarios.loading import apply_settings, load_scenario
from eipsim.world import build_world

LIFE, NO_LIFE = {"measures.boiler_lifetime": 25.0}, {"measures.boiler_lifetime": 0.0}
ON = NO_AWARENESS | LIFE
EVERY = 2000.0  # deg C: whatever the heat
BIOMASS = number(REPLACE_BOILERS[0])


def barred(lever, value=EVERY, first=2020, **aim):
    return {f"levers.{lever}": {"value": value, "from": first} | aim}


def run_until(year, settings, world="pilot-parks", scenario="no-eip-policy", **more):
    model = EIPModel(scenario, world, 2, settings=settings, **more)
    while model.year < year:
        model.step()
    return model


def stands(firms):
    """Whether a measure stands in the place of the boiler, firm by firm."""
    return np.array([(firms.installed_bits >> int(m)) & 1 for m in BOILERS]).any(axis=0)


def temperatures(model):
    with wrapping():
        return np.array([temperature_of(firm, model.state.surroundings) for firm in model.state.firms])


# ---- no new ones -------------------------------------------------------------------------------------------------------


def test_before_its_year_and_at_zero_a_lever_changes_nothing():
    plain = run_until(2019, LIFE, scenario="baseline")
    for lever in ("no_new_fossil_boilers", "fossil_boiler_end"):
        assert differences(plain, run_until(2019, LIFE | barred(lever), scenario="baseline")) == []
        assert differences(plain, run_until(2019, LIFE | barred(lever, 0.0, 2015), scenario="baseline")) == []


@pytest.mark.parametrize("lever", ["no_new_fossil_boilers", "fossil_boiler_end"])
def test_what_is_barred_until_a_year_is_not_barred_after_it(lever):
    until_2020 = ON | barred(lever, until=2020)
    assert (run_until(2020, until_2020, tiny_world(6)).state.surroundings.parks[lever] == EVERY).all()
    assert not run_until(2021, until_2020, tiny_world(6)).state.surroundings.parks[lever].any()


def test_no_boiler_that_is_worn_out_is_replaced_by_a_fossil_one():
    model = run_until(2019, ON | barred("no_new_fossil_boilers"), tiny_world(500))
    firms, fossil = model.state.firms, []
    while model.year < 2045:
        before = firms.copy()
        model.step()
        due = ~stands(before) & (before.boiler_expiry == model.year)
        assert due.any() or model.year == 2045  # all that stood in 2019 are gone by then
        assert stands(firms)[due].all()
        kept = ~stands(before) & ~due
        assert not stands(firms)[kept].any()
        fossil.append(int((~stands(firms)).sum()))
    assert fossil == sorted(fossil, reverse=True)
    assert fossil[-1] == 0


def test_newcomers_bring_no_fossil_boiler_where_none_may_be_put_in():
    new = run_until(2022, ON | barred("no_new_fossil_boilers"), tiny_world(200, entry=2022)).state.firms
    assert stands(new).all()
    before = run_until(2019, ON | barred("no_new_fossil_boilers"), tiny_world(200, entry=2019)).state.firms
    assert not stands(before).all()


def test_a_lever_holds_for_the_sectors_that_it_names_and_up_to_its_temperature():
    food = {"sectors": ["A04"]}
    model = run_until(2046, ON | barred("no_new_fossil_boilers", 105.0, **food), tiny_world(400, sectors=(3, 4)))
    free = run_until(2046, ON, tiny_world(400, sectors=(3, 4)))
    firms, heat = model.state.firms, temperatures(model)
    reached = (firms.sector == 3) & (heat <= 105.0)
    assert 0.3 < reached.sum() / (firms.sector == 3).sum() < 0.7
    assert stands(firms)[reached].all()
    np.testing.assert_array_equal(stands(firms)[~reached], stands(free.state.firms)[~reached])


def test_temperatures_lie_between_those_of_the_archetype_and_stay_with_the_firm():
    model = EIPModel("no-eip-policy", "pilot-parks", 2, settings=LIFE)
    table, heat, sector = read_facts("boiler_temperatures"), temperatures(model), model.state.firms.sector
    least, most = (table[side].astype(float).to_numpy()[sector] for side in ("low", "high"))
    assert ((least <= heat) & (heat <= most)).all()
    assert tuple(table["arch_id"]) == tuple(model.world.sectors)
    model.step()
    np.testing.assert_array_equal(temperatures(model), heat)


# ---- an end --------------------------------------------------------------------------------------------------------------


def test_an_end_takes_all_fossil_boilers_out_of_use_in_its_year_whatever_their_age():
    model = run_until(2029, ON | barred("fossil_boiler_end", first=2030), tiny_world(500))
    assert not stands(model.state.firms).all()
    model.step()
    assert stands(model.state.firms).all()
    assert (model.state.firms.origin[:, BIOMASS] == CHOSEN).any()


def test_an_end_by_owner_reaches_those_owners_alone():
    model = run_until(2029, ON | barred("fossil_boiler_end", first=2030, owners=["foreign"]))
    before = stands(model.state.firms)
    model.step()
    firms, there = model.state.firms, model.alive_mask()
    reached = there & firms.foreign & (firms.boiler_expiry > 0) & (firms.entry_year < 2030)
    has_choice = np.isin(firms.sector, [1, 2, 3, 4, 6, 7])  # a biomass boiler does something in these
    assert stands(firms)[reached & has_choice].mean() > 0.95
    others = there & ~firms.foreign & (firms.entry_year < 2030) & (firms.boiler_expiry != 2055)
    early = ((firms.origin == ADOPTED) & (firms.installed_year == 2030))[:, BOILERS].any(axis=1)
    np.testing.assert_array_equal(stands(firms)[others & ~early], before[others & ~early])


def test_where_nothing_can_be_put_in_its_place_a_fossil_boiler_goes_on():
    model = EIPModel("no-eip-policy", tiny_world(50), 2, settings=ON | barred("fossil_boiler_end"))
    model.state.surroundings.vintages.penetration[:] = 0.0
    for m in BOILERS:
        model.state.market.catalogue.available_from[m] = 2100
    while model.year < 2050:
        model.step()
    assert not stands(model.state.firms).any()
    assert (model.state.firms.boiler_expiry > 2050).all()


def test_the_later_the_end_the_more_is_burnt_until_then():
    burnt = []
    for first in (2025, 2035, 2045):
        model = run_until(2050, ON | barred("fossil_boiler_end", first=first), tiny_world(200))
        burnt.append(float(model.outcomes["co2_scope1_t"].sum()))
    assert burnt == sorted(burnt)


def test_firms_stepped_as_agents_obey_alike():
    settings = LIFE | barred("no_new_fossil_boilers", 140.0, 2018) | barred("fossil_boiler_end", 100.0, 2020)
    compiled, by_agents = (run_until(2021, settings, stepping=how) for how in ("compiled", "agents"))
    assert differences(compiled, by_agents) == []


# ---- without effect --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lever", ["no_new_fossil_boilers", "fossil_boiler_end"])
def test_a_lever_on_boilers_that_have_no_end_is_told_with_place_and_remedy(lever, tmp_path, capsys):
    file = tmp_path / "ban.yaml"
    file.write_text(
        f"title: Ban\nextends: baseline\nlevers:\n  {lever}: {{value: 150, from: 2030}}\n"
        "parameters:\n  measures.boiler_lifetime: 0\n",
        encoding="utf-8",
    )
    (told,) = idle_settings(load_scenario(file), build_world("pilot-parks"))
    assert str(told).startswith(f"{file}:4: {lever} has no effect while measures.boiler_lifetime is 0")
    assert cli.main(["check", str(file)]) == 0
    assert "has no effect while" in " ".join(capsys.readouterr().out.split())


def test_a_lever_that_acts_or_says_nothing_is_not_told():
    for settings in (LIFE | barred("fossil_boiler_end"), NO_LIFE | barred("fossil_boiler_end", 0.0)):
        scenario = apply_settings(load_scenario("no-eip-policy"), settings)
        assert idle_settings(scenario, build_world("pilot-parks")) == []
