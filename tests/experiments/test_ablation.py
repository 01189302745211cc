"""Mechanisms are on by default: what the experiment says of them is what the package does, and each can be left out."""

import pytest
from ablation import ALL_OFF, ALL_ON, HEADLINES, YEARS, ablation, read_mechanisms, settings_by_case

from eipsim.data.parameters import load_parameters
from eipsim.policy.levers import resolve
from eipsim.runs.simulation import simulate
from eipsim.scenarios.loading import apply_settings, load_scenario
from eipsim.world import build_world

MECHANISMS = read_mechanisms()
PARAMETERS = load_parameters()
LEVERS = "levers."


def parameters_of(settings):
    return {name: value for name, value in settings.items() if not name.startswith(LEVERS)}


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanism_is_on_by_default(name):
    on = parameters_of(MECHANISMS[name]["on"])
    assert on == {parameter: PARAMETERS[parameter].central for parameter in on}


@pytest.mark.parametrize("name", MECHANISMS)
def test_what_switches_a_mechanism_off_is_not_the_default_and_says_all_of_it(name):
    on, off = (parameters_of(MECHANISMS[name][how]) for how in ("on", "off"))
    for parameter, value in off.items():
        assert value != PARAMETERS[parameter].central, parameter
        assert PARAMETERS[parameter].least <= value <= PARAMETERS[parameter].most, parameter
    assert set(off) == set(on)


def test_a_mechanism_that_levers_switch_on_is_on_in_the_baseline():
    levers = {
        name: value for one in MECHANISMS.values() for name, value in one["on"].items() if name.startswith(LEVERS)
    }
    assert levers
    baseline, world = load_scenario("baseline"), build_world("pilot-parks")
    here, again = (resolve(case, world).years for case in (baseline, apply_settings(baseline, levers)))
    for name in (lever.removeprefix(LEVERS) for lever in levers):
        moved = [(getattr(a, name) != getattr(b, name)).any() for a, b in zip(here, again, strict=True)]
        assert not any(moved), name


def test_no_mechanism_switches_another_off():
    said = [setting for one in MECHANISMS.values() for setting in one["off"]]
    assert len(said) == len(set(said))


def test_each_mechanism_is_left_out_once_and_alone_once():
    cases = settings_by_case(MECHANISMS)
    assert len(cases) == 2 + 2 * len(MECHANISMS)
    assert cases[ALL_ON] == {}  # the default
    for name, one in MECHANISMS.items():
        assert cases[f"without {name}"] == one["off"]
        assert cases[f"only {name}"] | one["off"] == cases[ALL_OFF]
        assert not set(cases[f"only {name}"]) & set(one["off"])


def test_with_everything_off_nothing_of_the_mechanisms_is_left_in_the_outcomes():
    off = apply_settings(load_scenario("subsidy"), settings_by_case(MECHANISMS)[ALL_OFF])
    plain, without = (simulate(case, world="pilot-parks").outcomes for case in ("subsidy", off))
    of_mechanisms = [
        "loans_outstanding_usd", "interest_paid_usd", "allowances_free_t", "operator_audits_done",
        "operation_saved_mwh", "operation_saved_gj", "operation_cost_usd",
    ]  # fmt: skip
    assert (without[of_mechanisms] == 0.0).all(axis=None)
    assert not plain.equals(without)


def test_differences_are_from_all_on_or_all_off(monkeypatch):
    monkeypatch.setattr("ablation.read_mechanisms", lambda: {"growth": MECHANISMS["growth"]})
    table = (
        ablation(["baseline"], replicates=2, world="pilot-parks").set_index(["case", "outcome", "year"]).sort_index()
    )
    assert len(table) == 4 * len(HEADLINES) * len(YEARS)
    for case in (ALL_ON, ALL_OFF):
        assert (table.loc[case, "difference"] == 0.0).all()
    on, off = (table.loc[(case, "electricity_mwh", 2050), "mean"] for case in (ALL_ON, ALL_OFF))
    assert on > 1.5 * off  # 2.6 % a year from 2024 on
    assert table.loc[("only growth", "electricity_mwh", 2050), "difference"] == pytest.approx(on - off)
    assert table.loc[("without growth", "electricity_mwh", 2050), "difference"] == pytest.approx(off - on)
