"""Mechanisms that are off by default: off they are the model of the defaults, on together they keep its balances."""

import pytest
from ablation import ALL_OFF, ALL_ON, HEADLINES, YEARS, ablation, read_mechanisms, settings_by_case

from eipsim.data.parameters import load_parameters
from eipsim.runs.simulation import simulate
from eipsim.scenarios.loading import apply_settings, load_scenario

MECHANISMS = read_mechanisms()
PARAMETERS = load_parameters()


@pytest.mark.parametrize("name", MECHANISMS)
def test_what_switches_a_mechanism_on_is_within_the_ranges_and_off_is_the_default(name):
    one = MECHANISMS[name]
    for parameter, value in one["off"].items():
        assert value == PARAMETERS[parameter].central, parameter
    for setting, value in one["on"].items():
        if not setting.startswith("levers."):
            known = PARAMETERS[setting]
            ends = (known.low, known.high) if known.low < known.high else (known.least, known.most)
            assert ends[0] <= value <= ends[1], setting
    assert set(one["off"]) <= set(one["on"])


def test_each_mechanism_is_left_out_once_and_alone_once():
    cases = settings_by_case(MECHANISMS)
    assert len(cases) == 2 + 2 * len(MECHANISMS)
    for name, one in MECHANISMS.items():
        for setting, value in one["on"].items():
            assert cases[ALL_ON][setting] == cases[f"only {name}"][setting] == value
            assert cases[f"without {name}"].get(setting) == cases[ALL_OFF].get(setting)


def test_with_everything_off_a_run_is_that_of_the_defaults():
    off = apply_settings(load_scenario("subsidy"), settings_by_case(MECHANISMS)[ALL_OFF])
    assert simulate(off, world="pilot-parks").outcomes.equals(simulate("subsidy", world="pilot-parks").outcomes)


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
