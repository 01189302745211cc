"""Calibration: what is compared with what, what the ensemble holds, and that the method finds what was planted."""

import shutil

import calibration
import checks
import numpy as np
import pandas as pd
import posterior
import pytest
import record
from calibration import LIMIT, Sizes, calibrate, refresh_parameters
from emulator import learn
from record import FREE, NONE, Case, intercept_of, log_record, names_of, parts, ranges, run_sets, targets

from eipsim.analysis.evidence.facts import read_facts as facts_of
from eipsim.data.loading import read_facts, value_of
from eipsim.data.parameters import DEFAULT_RULE, ENSEMBLE, load_ensemble, load_parameters
from eipsim.data.parameters import FILE as PARAMETERS
from eipsim.rules.acceptance import RULES

pytestmark = pytest.mark.xdist_group("calibration")  # what is made once for the file is made once

PLANTED = Sizes(first=120, second=60, last=70, kept=60, candidates=8, told=500, tried=8192, populations=8, of_a_set=8)
TINY = Sizes(first=12, second=3, last=3, kept=2, candidates=2, told=50, tried=256, populations=2, of_a_set=2)


# ---- the record -----------------------------------------------------------------------------------------------------------


def test_the_record_is_what_the_programme_and_the_ministry_wrote_down():
    rows = read_facts("programme_evidence")
    recorded = rows[rows["use"] == "calib"].set_index("metric")["value"].astype(float)
    value = {target.name: target.value for target in targets()}
    assert value["options identified"] == recorded["RECP options identified"]
    assert value["options implemented"] == recorded["RECP options implemented"]
    in_usd = recorded["cost saving"] / value_of("driver_paths", "vnd_per_usd_2024")
    assert value["money recorded"] == pytest.approx(in_usd, rel=1e-4)
    assert value["CO2 recorded"] == recorded["CO2 avoided"]
    named = recorded["symbiosis solutions proposed"] + recorded["industrial-urban symbiosis opportunities"]
    assert value["exchanges identified"] == named
    assert value["exchanges highly feasible"] == recorded["symbiosis cases judged highly feasible"]
    assert value["violations per inspection"] == value_of("inspection_evidence", "share_of_inspections_in_violation")


def test_money_and_co2_are_compared_as_programmes_record_them():
    assert targets()[2].expression.text.startswith("options_saving_recorded_usd")
    assert targets()[3].expression.text.startswith("options_co2_recorded_t")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_searches_its_own_level_of_acceptance_and_the_same_of_all_else(rule):
    names = {one.name for one in ranges(rule)}
    own = intercept_of(rule)
    assert own in names
    assert not names & {intercept_of(other) for other in RULES if other != rule}
    assert names - {own} == {one.name for one in ranges(DEFAULT_RULE)} - {intercept_of(DEFAULT_RULE)}


@pytest.mark.parametrize("rule", RULES)
def test_what_is_varied_stays_within_its_own_range_and_what_is_searched_within_what_equations_bear(rule):
    chances = np.array([0.0, 0.3, 1.0])
    for one in ranges(rule):
        values = one.at(chances)
        assert one.parameter.least <= values.min() <= values.max() <= one.parameter.most
        assert values[[0, 2]] == pytest.approx([one.least, one.most])
        assert one.scaled(values[[0, 2]]) == pytest.approx([0.0, 1.0])
        if one.role != FREE:
            assert (one.least, one.most) == (one.parameter.low, one.parameter.high)


def test_a_varied_parameter_is_most_likely_at_its_middle():
    one = next(one for one in ranges(DEFAULT_RULE) if one.name == "measures.realisation")
    values = one.at(np.linspace(0.0, 1.0, 100_001))
    low, middle, high = one.least, one.parameter.central, one.most
    assert values.mean() == pytest.approx((low + middle + high) / 3.0, rel=1e-4)
    assert np.mean(values < middle) == pytest.approx((middle - low) / (high - low), abs=1e-3)


def ends_of(part):
    """The sets in which all parameters of a part stand at an end of the search, everything else in the middle."""

    def at(chance, one):
        return float(one.at(np.array([chance if one.part == part else 0.5]))[0])

    return pd.DataFrame([{one.name: at(chance, one) for one in ranges(DEFAULT_RULE)} for chance in (0.1, 0.9)])


@pytest.mark.parametrize("part", ["exchanges", "inspections"])
def test_a_part_of_the_record_moves_with_its_own_parameters_only(part):
    """What allows each part to be drawn on its own. That measures leave exchanges nearly as they are is no law."""
    runs = run_sets(ends_of(part), Case(DEFAULT_RULE, populations=2, of_a_set=2), tell=lambda _: None)
    one, other = (runs[runs["set"] == number].reset_index(drop=True) for number in (0, 1))
    for name in names_of():
        assert one[name].equals(other[name]) == (name not in names_of(part)), name


def test_what_moves_no_part_leaves_the_record_nearly_as_it_is():
    runs = run_sets(ends_of(NONE), Case(DEFAULT_RULE, populations=4, of_a_set=4), tell=lambda _: None)
    low, high = (runs[runs["set"] == number][names_of()].mean() for number in (0, 1))
    assert (np.log(high / low).abs() < 0.15).all()


@pytest.mark.long
def test_workers_and_interruptions_change_nothing(tmp_path):
    sets, case = posterior.prior(ranges(DEFAULT_RULE), 9, seed=1), Case(DEFAULT_RULE, populations=2, of_a_set=1)
    said = []
    one = run_sets(sets, case, jobs=1, tell=said.append)
    two = run_sets(sets, case, jobs=2, folder=tmp_path, tell=said.append)
    last = sorted(tmp_path.iterdir())[-1]
    last.unlink()
    again = run_sets(sets, case, folder=tmp_path, tell=said.append)
    assert one.equals(two)
    assert one.equals(again)
    assert said[-2] == "1 of 2 blocks had been run before"


# ---- the method -----------------------------------------------------------------------------------------------------------


def planted_model(rule, chance):
    """Instead of eipsim: every target is the record when its parameters are the planted ones, and chance."""
    truth = {one.name: float(one.at(np.array([0.4]))[0]) for one in ranges(rule)}
    moved = {
        name: [one for one in ranges(rule) if one.part == part and one.role == FREE]
        for part in parts()
        for name in names_of(part)
    }

    def run(sets, case, jobs=1, folder=None, tell=print):
        rows = []
        for number, (_, values) in enumerate(sets.iterrows()):
            luck = np.random.default_rng(number).normal(size=(case.of_a_set, len(moved)))
            for population, draws in enumerate(luck):
                row = {"set": number, "population": population}
                for k, (name, own) in enumerate(moved.items()):
                    slopes = 1.0 + (np.arange(len(own)) + k) % len(own)
                    gap = [
                        one.scaled(np.array(values[one.name])) - one.scaled(np.array(truth[one.name])) for one in own
                    ]
                    row[name] = np.exp(log_record()[name] + slopes @ np.array(gap) + chance * draws[k])
                rows.append(row)
        return pd.DataFrame(rows)

    return run, truth


@pytest.fixture(scope="module")
def planted():
    run, truth = planted_model(DEFAULT_RULE, chance=0.2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration, "run_sets", run)
        return calibrate(DEFAULT_RULE, sizes=PLANTED, folder=None, tell=lambda _: None), truth


@pytest.mark.long
def test_what_was_planted_is_found_and_its_range_narrowed(planted):
    found, truth = planted
    told = found.widths.set_index("parameter")
    for name in (
        "regulators.other_violation_cost",
        "exchanges.screening_probability",
        "exchanges.transaction_cost_usd",
    ):
        row = told.loc[name]
        assert row["low"] <= truth[name] <= row["high"], name
        assert row["ratio"] < 0.8, name


@pytest.mark.long
def test_what_moves_nothing_is_left_as_it_was(planted):
    told = planted[0].widths.set_index("parameter")
    assert told.loc["measures.rebound", "ratio"] == pytest.approx(1.0, abs=0.25)
    assert told.loc["regulators.cure_probability", "ratio"] > 0.7


@pytest.mark.long
def test_intervals_of_ninety_per_cent_hold_what_was_planted_about_as_often(planted):
    told = planted[0].widths
    assert told.loc[told["role"] == FREE, "coverage"].between(0.8, 0.99).all()


def test_the_default_meets_the_record_and_has_the_middle_of_what_is_only_varied(planted):
    found, _ = planted
    for one in ranges(DEFAULT_RULE):
        if one.role != FREE:
            assert found.sets.iloc[0][one.name] == pytest.approx(one.parameter.central, rel=1e-4)
    missed = (found.fit["default_middle"] / found.fit["record"] - 1.0).abs()
    assert (missed < 2.0 * found.fit["tolerance"] + 0.1).all()
    assert (found.fit["farthest"] <= LIMIT).all()


def test_an_emulator_knows_what_it_was_not_shown(planted):
    told = planted[0].emulators
    last = told[told["shown"] == "none"]
    assert (last["error"] < 2.0 * last["luck_of_a_set"]).all()
    assert (last["bias"].abs() < last["luck_of_a_set"]).all()


def test_an_emulator_tells_the_spread_of_runs_and_how_targets_go_together():
    run, _ = planted_model(DEFAULT_RULE, chance=0.2)
    of = ranges(DEFAULT_RULE)
    sets = posterior.prior(of, 100, seed=1)
    emulator = learn("exchanges", of, sets, run(sets, Case(DEFAULT_RULE, 24, 24)))
    _, unsure, covariance = emulator.predict(sets)
    assert np.sqrt(covariance[:, 0, 0]).mean() == pytest.approx(0.2, rel=0.05)
    assert abs(emulator.correlation[0, 1]) < 0.1
    assert (unsure >= 0.0).all()


def test_draws_are_in_proportion_to_weights():
    drawn = posterior.evenly(np.array([0.5, 0.0, 0.25, 0.25]), 4, 0.5)
    assert drawn.tolist() == [0, 0, 2, 3]
    assert posterior.planted_rank(np.array([1.0, 2.0, 3.0]), np.full((3, 2), 1 / 3), np.array([2.5, 0.5])).round(
        2
    ).tolist() == [0.67, 0.0]


def test_sets_that_their_own_runs_rule_out_are_not_kept():
    record_ = {target.name: target.value for target in targets()}
    luck = np.exp(0.01 * np.random.default_rng(1).normal(size=12))
    rows = [{"set": number, **{name: value * factor * at for name, value in record_.items()}}
            for number, factor in enumerate((5.0, 1.0, 5.0, 1.1)) for at in luck]  # fmt: skip
    assert calibration.keep(pd.DataFrame(rows), 10) == [1, 3]
    assert calibration.keep(pd.DataFrame(rows), 1) == [1]


@pytest.mark.long
def test_the_pipeline_runs_from_end_to_end_and_goes_on_where_it_stopped(tmp_path):
    said = []
    found = calibrate("npv_hurdle", sizes=TINY, folder=tmp_path, tell=said.append)
    assert 1 <= len(found.sets) <= TINY.kept
    assert set(found.fit["target"]) == set(names_of())
    assert set(found.sets.columns) == {one.name for one in ranges("npv_hurdle")}
    said.clear()
    again = calibrate("npv_hurdle", sizes=TINY, folder=tmp_path, tell=said.append)
    pd.testing.assert_frame_equal(found.sets, again.sets)
    pd.testing.assert_frame_equal(found.fit, again.fit)
    assert sum("had been run before" in line for line in said) == 4


# ---- the ensemble ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_two_hundred_sets_of_everything_that_was_searched_or_varied(rule):
    sets = load_ensemble(rule)
    assert len(sets) >= 200
    assert len({tuple(one.values()) for one in sets}) > 190
    for settings in sets:
        assert set(settings) == {one.name for one in ranges(rule)}
        for one in ranges(rule):
            assert one.least * 0.999 <= settings[one.name] <= one.most * 1.001, one.name


def test_the_first_set_of_the_default_rule_is_the_default():
    first = load_ensemble()[0]
    assert first == pytest.approx({name: load_parameters()[name].central for name in first}, rel=1e-4)


def test_calibrated_parameters_span_what_the_sets_of_their_rule_hold():
    for rule in reversed(RULES):
        for one in ranges(rule):
            row = load_parameters()[one.name]
            if one.role == FREE and (rule == DEFAULT_RULE or one.name == intercept_of(rule)):
                values = [settings[one.name] for settings in load_ensemble(rule)]
                assert row.status == "calibrated"
                assert (row.low, row.high) == pytest.approx((min(values), max(values)), rel=1e-4)
                assert row.central == pytest.approx(values[0], rel=1e-4)


def test_no_set_is_ruled_out():
    fit = pd.read_csv(calibration.TABLES / "fit.csv")
    assert set(fit["rule"]) == set(RULES)
    assert (fit["farthest"] <= LIMIT).all()


def test_the_default_has_the_record_as_its_median_within_the_tolerance():
    fit = pd.read_csv(calibration.TABLES / "fit.csv").query("rule == @DEFAULT_RULE")
    assert ((fit["default_middle"] / fit["record"] - 1.0).abs() <= fit["tolerance"]).all()


def test_the_default_still_records_what_the_table_says():
    runs = run_sets(pd.DataFrame([load_ensemble()[0]]), Case(DEFAULT_RULE, of_a_set=12), tell=lambda _: None)
    assert posterior.distances(runs).max(axis=None) <= LIMIT
    fit = pd.read_csv(calibration.TABLES / "fit.csv").query("rule == @DEFAULT_RULE").set_index("target")
    low, high = fit["default_low"], fit["default_high"]
    assert ((runs[names_of()].median() >= low) & (runs[names_of()].median() <= high)).all()


def test_rows_that_are_not_calibrated_keep_every_character(tmp_path):
    copy = tmp_path / "parameters.csv"
    shutil.copy(PARAMETERS, copy)
    refresh_parameters(copy)
    assert copy.read_bytes() == PARAMETERS.read_bytes()


def test_the_tables_tell_every_parameter_of_every_rule():
    widths = pd.read_csv(calibration.TABLES / "widths.csv")
    for rule in RULES:
        own = widths[widths["rule"] == rule]
        assert own["parameter"].tolist() == [one.name for one in ranges(rule)]
        assert own["ratio"].between(0.0, 1.3).all()
    known = widths[(widths["role"] == FREE) & (widths["ratio"] < calibration.TOLD_BELOW)]
    assert known["coverage"].notna().all()
    assert pd.read_csv(ENSEMBLE)["rule"].drop_duplicates().tolist() == list(RULES)


def test_checks_hold_a_set_against_every_fact():
    found = checks.checked("threshold", [1], world="pilot-parks", tell=lambda _: None)
    assert found["fact"].tolist() == [fact.name for fact in facts_of("evidence")]
    assert (found["sets"] == 1).all()


def test_record_has_no_name_of_a_target_twice():
    assert len(set(names_of())) == len(record.targets()) == 7
