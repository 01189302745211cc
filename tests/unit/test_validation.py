"""Facts against runs: what a table of facts may say, how names are found, when model and fact agree."""

from itertools import zip_longest

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread
from record import targets

from eipsim.analysis.evidence import validation
from eipsim.analysis.evidence.facts import Fact, read_facts, was_fitted
from eipsim.analysis.evidence.validation import validate
from eipsim.analysis.evidence.verdicts import judge
from eipsim.data.loading import read_facts as packaged
from eipsim.data.parameters import load_ensemble
from eipsim.errors import InputError
from eipsim.figures import validation as figure_of
from eipsim.model.model import EIPModel
from eipsim.outcomes.binding import Finder, NotFoundError, bind
from eipsim.outcomes.cohorts import NATION
from eipsim.outcomes.expressions import parse_expression
from eipsim.outcomes.observation import answer
from eipsim.runs.simulation import simulate

HEAD = "name,expression,filter,years,low,high,source\n"
FACTS = HEAD + (
    "Firms,firms @2016,,,1,10000,x\n"
    'Score of Amata,"park_score_mean[""Amata""] @2017 - @2016",,,-5,5,x\n'
    "Pilot,electricity_saved_mwh / firms,programme=pilot,2017,0,,x\n"
    "Textiles,co2_avoided_t | sector='Textiles' @2018,,,,1,x\n"
    "Aware,firms_aware_share,,2016-2017,0,1,x\n"
)


@pytest.fixture(scope="module")
def pilot():
    return EIPModel("baseline", "pilot-parks")


@pytest.fixture(scope="module")
def country():
    return EIPModel("baseline")


@pytest.fixture
def facts(tmp_path):
    file = tmp_path / "facts.csv"
    file.write_text(FACTS, encoding="utf-8")
    return file


def told(text, tmp_path, **more):
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        validate(file, **{"world": "pilot-parks", "replicates": 1, **more})
    return [str(mistake) for mistake in error.value.mistakes]


# ---- names --------------------------------------------------------------------------------------------------------------


def finder(model):
    return Finder(model.world, model.lever_paths.programmes, model.case.name)


@pytest.mark.parametrize(
    ("kind", "given", "found"),
    [
        ("park", "Amata", "Amata"),
        ("park", "P352", "Amata"),
        ("park", "Đình Vũ (DEEP C Hải Phòng I)", "Đình Vũ (DEEP C Hải Phòng I)"),
        ("park", "dinh vu (deep c hai phong i)", "Đình Vũ (DEEP C Hải Phòng I)"),
        ("park", "DEEP C I", "Đình Vũ (DEEP C Hải Phòng I)"),
        ("park", "Hoa Khanh", "Hòa Khánh"),
        ("province", "Hải Phòng", "Hải Phòng"),
        ("province", "hai phong", "Hải Phòng"),
        ("province", "Hồ Chí Minh", "TP. Hồ Chí Minh"),
        ("sector", "Textiles", "textile spinning-weaving-dyeing"),
        ("sector", "A02", "textile spinning-weaving-dyeing"),
        ("sector", "food", "food and beverage other"),
        ("sector", "paper mill", "paper mill"),
        ("programme", "pilot", "EIP pilot"),
        ("programme", "GEIPP phase I", "GEIPP phase I"),
        ("programme", "geipp phase ii", "GEIPP phase II"),
        ("programme", "Global Eco-Industrial Parks Programme, phase I, 2020-2024", "GEIPP phase I"),
    ],
)
def test_names_are_found_whatever_their_accents_and_case(country, kind, given, found):
    names = finder(country).called[kind][finder(country).row(kind, given)]
    assert found in names


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("park", "DEEP C", ("fits 4", "DEEP C Hải Phòng II", "Đình Vũ (DEEP C Hải Phòng I)")),
        (
            "park",
            "Tân Đức",
            (
                "fits 2",
                "(P",
            ),
        ),
        ("park", "Nam Cau Kin", ("unknown in world vietnam", "did you mean Nam Cầu Kiền?")),
        ("park", "Qwertyuiop", ("eipsim show parks",)),
        ("province", "Hai Phon", ("did you mean Hải Phòng?",)),
        ("sector", "chips", ("allowed: garment CMT (A01)", "logistics")),
        ("programme", "GEIPP", ("fits 2", "GEIPP phase I; GEIPP phase II")),
        ("programme", "Lottery", ("unknown in scenario baseline", "EIP pilot")),
        ("programme", "GEIPP fase II", ("did you mean GEIPP phase II?",)),
    ],
)
def test_names_that_cannot_be_told_are_told(country, kind, given, words):
    with pytest.raises(NotFoundError) as error:
        finder(country).row(kind, given)
    message = f"{error.value.what}; {error.value.hint}"
    for part in words:
        assert part in message


def test_programmes_of_other_scenarios_and_parks_of_other_worlds_are_pointed_to(pilot):
    with pytest.raises(NotFoundError) as error:
        finder(pilot).row("programme", "National audit programme")
    assert "choose it with --scenario" in error.value.hint
    assert "full-package" in error.value.hint
    with pytest.raises(NotFoundError) as error:
        finder(pilot).row("park", "Nam Cầu Kiền")
    assert "this world leaves out" in error.value.hint


def bound(text, model):
    expression = parse_expression(text)
    return bind([expression], finder(model), model.case.years[1]), [asked.cohort for asked in expression.asked]


def test_names_become_rows(country):
    world = country.world
    found, (cohort,) = bound('firms | park=("Amata", "P016"), sector="Textiles", programme="pilot" @2020', country)
    assert not found
    assert cohort.parks == tuple(sorted((world.park_index("P352"), world.park_index("P016"))))
    assert cohort.sectors == (1,)
    assert [country.lever_paths.programmes[g].name for g in cohort.programmes] == ["EIP pilot"]
    assert bound("firms @2020", country) == ([], [NATION])
    assert bound('firms | programme="none" @2020', country)[1][0].programmes == ()
    (province,) = bound('parks_certified["Hai Phong"] @2030', country)[1]
    assert province.provinces == (world.provinces.index("Hải Phòng"),)
    (both,) = bound('parks_certified["Amata"] | park="P016" @2030', country)[1]
    assert both.parks == ()


def test_years_outside_the_scenario_and_places_out_of_reach_are_mistakes(country):
    assert "2060 is not simulated; allowed: 2015 to 2050" in str(bound("firms @2060", country)[0][0])
    assert "2014 is not simulated" in str(bound("firms @2014", country)[0][0])
    assert "by park; it can be had by province" in str(bound('inspections_done["Amata"] @2020', country)[0][0])
    assert not bound('inspections_done["Hai Phong"] @2020', country)[0]


# ---- the table of facts ---------------------------------------------------------------------------------------------------


def test_every_mistake_of_a_file_is_told_with_its_line(tmp_path):
    lines = told(
        HEAD + "Fine,firms @2016,,,0,1,x\n"
        "Twice,firms @2016,,,0,1,x\n"
        "Twice,firms @2016,,,0,1,x\n"
        "Name,firns @2016,,,0,1,x\n"
        "Year,firms,,,0,1,x\n"
        "Years,firms,,20x6,0,1,x\n"
        "Bounds,firms @2016,,,3,1,x\n"
        "Open,firms @2016,,,,,x\n"
        "Number,firms @2016,,,a,1,x\n"
        "Source,firms @2016,,,0,1,\n"
        "Filter,firms @2016,prak=Amata,,0,1,x\n"
        "Other,firms @2016,,2017,0,1,x\n"
        'Park,"firms | park=""Amatta"" @2016",,,0,1,x\n'
        "Late,firms @2051,,,0,1,x\n",
        tmp_path,
    )
    expected = {
        4: "duplicate of line 3", 5: "column 1: outcome 'firns' is unknown; did you mean firms?",
        6: "column 1: firms has no year", 7: "write a year, a period or several", 8: "low = 3 is above high = 1",
        9: "low and high are both empty", 10: "low = 'a' is not allowed", 11: "source is empty",
        12: "filter 'prak' is unknown; did you mean park?", 13: "the year is 2017, but the expression says 2016",
        14: "did you mean Amata?", 15: "2051 is not simulated",
    }  # fmt: skip
    for line, words in expected.items():
        assert any(told_line.startswith(f"bad.csv:{line}:") and words in told_line for told_line in lines), line
    assert len(lines) == len(expected)


def test_mistakes_of_file_and_scenario_come_together(tmp_path):
    lines = told(HEAD + "Name,firns @2016,,,0,1,x\n", tmp_path, scenario="basline")
    assert len(lines) == 2
    assert any("firns" in line for line in lines)
    assert any("did you mean baseline?" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("name,expression,low,high\n", "column source is missing"),
        (HEAD.replace("years", "yeers"), "'yeers' is unknown; did you mean year"),
        (HEAD, "holds no facts"),
        (HEAD.replace(",", ";"), "semicolons"),
        (HEAD + 'A,"firms,,,0,1,x\n', "malformed"),
        (HEAD + "set,firms @2016,,,0,1,x\n", "a fact cannot be called 'set'"),
        (HEAD + "A,firms,,2016-2017,0,1,x\nA (2016),firms @2016,,,0,1,x\n", "a fact cannot be called 'A (2016)'"),
    ],
)
def test_a_file_that_is_no_table_of_facts_is_refused(tmp_path, text, words):
    assert words in "\n".join(told(text, tmp_path))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_facts(tmp_path / "nowhere.csv")


def test_years_and_filters_come_from_their_columns(facts):
    read = {fact.name: fact for fact in read_facts(facts)}
    assert list(read) == ["Firms", "Score of Amata", "Pilot", "Textiles", "Aware (2016)", "Aware (2017)"]
    assert [asked.filters[0].names for asked in read["Pilot"].expression.asked] == [("pilot",)] * 2
    assert read["Pilot"].expression.years == [2017]
    assert (read["Pilot"].high, read["Textiles"].low) == (np.inf, -np.inf)
    assert read["Pilot"].unit == "MWh/yr per firm"


def test_the_facts_of_the_calibration_are_its_evidence():
    facts = {fact.name: fact for fact in read_facts("calibration")}
    known = {target.name: target for target in targets()}
    pairs = {
        "RECP options identified": "options identified", "RECP options implemented": "options implemented",
        "Money saved by these options": "money recorded", "CO2 avoided by these options": "CO2 recorded",
    }  # fmt: skip
    for name, target in pairs.items():
        value, tolerance = known[target].value, known[target].tolerance
        assert (facts[name].low, facts[name].high) == pytest.approx(
            (value * (1 - tolerance), value * (1 + tolerance)), rel=1e-6
        )
    evidence = packaged("programme_evidence").query("use == 'calib'").groupby("metric")["value"].sum().astype(float)
    found = evidence["symbiosis solutions proposed"] + evidence["industrial-urban symbiosis opportunities"]
    identified = facts["Exchanges named by screening five parks"]
    assert (identified.low, identified.high) == pytest.approx((0.9 * found, 1.1 * found))
    assert facts["Parks of Hai Phong on their way"].low == evidence["parks of the city pushed to convert"]


def test_a_fact_has_the_role_that_its_table_says_and_is_a_test_unless_the_calibration_asks_the_same(tmp_path):
    violations = "sum(violations_found @2016..2024) / sum(inspections_done @2016..2024)"
    rows = [
        ("Stated", "firms @2016", "", "input", "input"),
        ("Own", "firms @2016", "", "", "test"),
        ("Of the record", "options_implemented / options_identified @2024", "programme=geipp PHASE i", "", "fitted"),
        ("Of another programme", "options_implemented / options_identified @2024", "programme=pilot", "", "test"),
        ("Of another year", "options_identified @2023", "programme=GEIPP phase I", "", "test"),
        ("In part of the record", "options_identified / firms_assisted @2024", "programme=GEIPP phase I", "", "test"),
        ("Another country's", violations, "", "test", "test"),
        ("This country's", violations, "", "", "fitted"),
    ]
    file = tmp_path / "roles.csv"
    lines = [f"{name},{expression},{of},,0,1,{role},x\n" for name, expression, of, role, _ in rows]
    file.write_text(HEAD.replace("high,", "high,role,") + "".join(lines), encoding="utf-8")
    assert {fact.name: fact.role for fact in read_facts(file)} == {row[0]: row[-1] for row in rows}


def test_a_role_that_is_none_is_told_with_those_there_are(tmp_path):
    bad = HEAD.replace("high,", "high,role,") + "A,firms @2016,,,0,1,fited,x\nB,firms @2016,,,0,1,known,x\n"
    near, far = told(bad, tmp_path)
    assert "bad.csv:2: role = 'fited' is not allowed; did you mean fitted?" in near
    assert "bad.csv:3: role = 'known' is not allowed; allowed: test, fitted, input" in far


@pytest.mark.parametrize("table", ["calibration", "evidence"])
def test_no_fact_that_the_model_was_made_with_counts_as_a_test(table):
    facts = read_facts(table)
    assert all(fact.role == "fitted" for fact in facts if was_fitted(fact.expression))
    assert {fact.role for fact in facts} == {"fitted", "input"}


def test_the_facts_of_evidence_name_sources_that_are_listed():
    known = set(packaged("sources")["source_id"]) | {"expert view"}
    for fact in read_facts("evidence"):
        assert all(source in known or source.endswith(".csv") for source in fact.source.split(";")), fact.source


# ---- runs ---------------------------------------------------------------------------------------------------------------


def test_values_are_those_of_the_runs(facts):
    result = validate(facts, world="pilot-parks", replicates=2, seed=3)
    assert result.provenance["last_year"] == 2018
    assert list(result.values["replicate"]) == [0, 1]
    for replicate in (0, 1):
        outcomes = simulate("baseline", 3 + replicate, world="pilot-parks", years=(2015, 2018)).outcomes
        row = result.values.iloc[replicate]
        assert row["Firms"] == outcomes.loc[2016, "firms"]
        assert row["Aware (2017)"] == outcomes.loc[2017, "firms_aware_share"]
        parks = simulate("baseline", 3 + replicate, world="pilot-parks", years=(2015, 2018)).parks
        score = parks[parks["park_id"] == "P352"].set_index("year")["score"]
        assert row["Score of Amata"] == pytest.approx(score[2017] - score[2016], rel=1e-12)
    table = result.table().set_index("name")
    assert table.loc["Firms", "verdict"] == "no verdict"
    assert table.loc["Firms", "model_low"] <= table.loc["Firms", "model_median"] <= table.loc["Firms", "model_high"]


def validated(tmp_path, *rows, **more):
    """The values of facts, given as expression or (expression, filter), run by run."""
    lines = [(row, "") if isinstance(row, str) else row for row in rows]
    quoted = [[text.replace('"', '""') for text in line] for line in lines]
    file = tmp_path / "own.csv"
    file.write_text(HEAD + "".join(f'F{n},"{a}","{b}",,0,,x\n' for n, (a, b) in enumerate(quoted)), encoding="utf-8")
    result = validate(file, **{"world": "pilot-parks", "replicates": 2, **more})
    return result.values[[f"F{n}" for n in range(len(lines))]].T.to_numpy(), result


def test_two_scenarios_are_run_with_the_same_draws_and_tenants(tmp_path):
    values, result = validated(
        tmp_path, "co2_t[subsidy] / co2_t[baseline] @2027", "co2_t[subsidy] @2027 - @2026", "co2_t @2027", seed=3
    )
    for replicate in (0, 1):
        runs = {
            name: simulate(name, 3 + replicate, world="pilot-parks", years=(2015, 2027)).outcomes["co2_t"]
            for name in ("subsidy", "baseline")
        }
        paid, unpaid = runs["subsidy"], runs["baseline"]
        assert values[:, replicate].tolist() == [paid[2027] / unpaid[2027], paid[2027] - paid[2026], unpaid[2027]]
    assert (values[0] < 1.0).all()
    assert [case["label"] for case in result.provenance["cases"]] == ["baseline", "subsidy"]


def test_before_a_policy_begins_its_runs_are_those_without_it(tmp_path):
    ((same,), _) = validated(tmp_path, "co2_t[subsidy] / co2_t[baseline] @2020", replicates=3)
    assert same.tolist() == [1.0] * 3


def test_a_scenario_that_is_named_and_given_is_run_once(tmp_path):
    said = []
    rows = "co2_t / co2_t[baseline] @2018", "firms[subsidy] - firms[baseline] @2018"
    values, _ = validated(tmp_path, *rows, progress=lambda done, total: said.append((done, total)))
    assert said[-1] == (4, 4)
    assert values.tolist() == [[1.0, 1.0], [0.0, 0.0]]
    values, _ = validated(tmp_path, "firms[subsidy] @2018", progress=lambda done, total: said.append((done, total)))
    assert said[-1] == (2, 2)


def test_programmes_are_looked_up_in_the_scenario_that_is_asked(tmp_path):
    audited = 'firms_assisted[full-package] | programme="National audit programme" @2028'
    values, _ = validated(tmp_path, audited, 'firms_assisted | programme="GEIPP phase I" @2028', replicates=1)
    assert (values > 0).all()
    wrong = HEAD + 'A,"firms_assisted[baseline] | programme=""National audit programme"" @2028",,,0,1,x\n'
    assert "unknown in scenario baseline" in told(wrong, tmp_path)[0]


def test_a_pair_of_which_one_run_fails_is_left_out(tmp_path, monkeypatch):
    def fails_once(questions, model, years):
        if model.seed_number == 2 and model.case.name == "subsidy":
            raise RuntimeError("no more memory")
        return answer(questions, model, years)

    monkeypatch.setattr(validation, "answer", fails_once)
    _, result = validated(tmp_path, "co2_t[subsidy] / co2_t @2018", replicates=3)
    assert result.values["replicate"].tolist() == [0, 2]
    assert [(failure["scenario"], failure["replicate"]) for failure in result.failures] == [("subsidy", 1)]


def test_every_set_of_the_ensemble_is_run_in_both_scenarios(tmp_path):
    ((ratio,), result) = validated(tmp_path, "co2_avoided_t[subsidy] / co2_avoided_t @2028", ensemble=12, replicates=1)
    assert result.runs == 12 == len(set(ratio))
    assert (ratio > 1.0).all()


def test_scenarios_that_do_not_exist_are_told_where_they_are_named(tmp_path):
    lines = told(
        HEAD + "A,co2_t[subsidie] / co2_t @2018,,,0,1,x\n"
        "B,firms[Amata] @2018,,,0,1,x\n"
        "C,firns[subsidy] @2018,,,0,1,x\n"
        "D,firms[subsidy] @2099,,,0,1,x\n",
        tmp_path,
    )
    assert len(lines) == 4
    assert "bad.csv:2: expression: column 7: scenario: 'subsidie' is unknown; did you mean subsidy?" in "\n".join(lines)
    assert any(
        line.startswith("bad.csv:3:") and line.endswith('a park or province stands in quotes: ["Amata"]')
        for line in lines
    )
    assert any(line.startswith("bad.csv:4:") and "did you mean firms?" in line for line in lines)
    assert any(line.startswith("bad.csv:5:") and "2099 is not simulated" in line for line in lines)


def test_facts_may_be_asked_of_states_sizes_owners_and_years_since(tmp_path):
    values, _ = validated(
        tmp_path,
        "firms | park_state=committed @2018",
        "firms | park_state!=committed @2018",
        "firms @2018",
        ("firms @2018", "owner=foreign, employees>=100"),
        ("firms @2018", "owner=foreign, employees<100"),
        ("firms @2018", "owner!=foreign"),
        "firms_assisted | years_since_audit=0..1 @2017",
        "firms | years_since_audit=0..1 @2017",
    )
    committed, others, all_firms, large, small, domestic, *audited = values
    assert (committed + others).tolist() == all_firms.tolist() == (large + small + domestic).tolist()
    assert (values > 0).all()
    assert (audited[0] >= audited[1]).all()  # some have left since


def test_the_spread_between_parks_is_that_of_the_table_of_parks(tmp_path):
    rows = [f"park_{name}(park_score_mean @2020)" for name in ("mean", "sd", "min", "max", "median")]
    rows += [
        "park_quantile(park_score_mean @2020, 0.9)",
        "park_share(park_score_mean @2020 > 50)",
        "park_sd(firms | owner=foreign @2020)",
    ]
    values, _ = validated(tmp_path, *rows, seed=3)
    for replicate in (0, 1):
        parks = simulate("baseline", 3 + replicate, world="pilot-parks", years=(2015, 2020)).parks
        score = parks[(parks["year"] == 2020) & (parks["state"] != "established")]["score"]
        by_hand = [
            score.mean(),
            score.std(ddof=0),
            score.min(),
            score.max(),
            score.median(),
            score.quantile(0.9),
            (score > 50).mean(),
        ]
        assert values[:-1, replicate].tolist() == pytest.approx(by_hand, rel=1e-9)
    assert (values[-1] > 0).all()


def test_a_park_that_is_not_asked_for_is_not_in_the_spread(tmp_path):
    values, _ = validated(
        tmp_path,
        'park_sd(firms | park="Amata" @2020)',
        'park_sum(firms | park!="Amata" @2020) + park_sum(firms | park="Amata" @2020) - firms @2020',
        'park_mean(firms | park=("Amata", "Hiệp Phước") @2020) - (firms["Amata"] @2020 + firms["Hiệp Phước"] @2020) / 2',
        "park_mean(firms | park_state=lapsed @2016)",
    )
    assert values[:3].tolist() == [[0.0, 0.0]] * 3
    assert np.isnan(values[3]).all()


def test_flows_of_adoption_stand_beside_stocks_and_what_audits_name_beside_what_is_done(tmp_path):
    values, _ = validated(
        tmp_path,
        "sum(measures_adopted @2015..2017)",
        "recp_measures_installed @2017",
        "options_saving_usd / identified_saving_usd | programme=pilot @2017",
        "options_implemented / options_identified | years_since_audit=1 @2017",
    )
    newly, stock, of_saving, of_options = values
    assert (newly >= stock).all()  # no measure lives for so few years only that it would be adopted twice
    assert ((of_saving > 0) & (of_saving < 1)).all()
    assert ((of_options > 0) & (of_options < 1)).all()


def test_a_fact_that_asks_nothing_of_a_run_is_refused(tmp_path):
    assert "asks nothing of a run" in told(HEAD + "A,1 + 1,,,0,3,x\n", tmp_path)[0]


@pytest.mark.long
def test_the_ensemble_is_every_calibrated_set(facts):
    result = validate(facts, world="pilot-parks", ensemble=True, replicates=1)
    assert result.runs == len(load_ensemble()) == result.values["set"].nunique()
    assert result.values["Pilot"].nunique() > 20


def test_a_set_of_the_ensemble_is_run_as_it_would_be_alone(facts):
    result = validate(facts, world="pilot-parks", ensemble=6, replicates=1)
    again = validate(facts, world="pilot-parks", replicates=1, seed=1 + 4, settings=load_ensemble()[4])
    columns = [fact.name for fact in result.facts]
    assert result.values.loc[4, columns].tolist() == again.values.loc[0, columns].tolist()
    assert result.values["Pilot"].nunique() > 3
    held = validate(facts, world="pilot-parks", ensemble=3, replicates=1, settings=dict(load_ensemble()[4]))
    plain = validate(facts, world="pilot-parks", replicates=3, settings=load_ensemble()[4])
    assert held.values["Pilot"][:3].tolist() == plain.values["Pilot"].tolist()  # what the user sets holds over the set


def test_a_quick_look_takes_the_first_of_the_sets(facts, monkeypatch):
    few = validate(facts, world="pilot-parks", ensemble=2)
    assert few.values["set"].tolist() == ["set 1", "set 2"]
    assert few.provenance["ensemble"] == 2
    with pytest.raises(InputError, match="201 is no number of parameter sets; True, or 1 to 200"):
        validate(facts, world="pilot-parks", ensemble=201)


def test_no_two_sets_share_a_population_and_scenarios_of_a_pair_do(facts, tmp_path, monkeypatch):
    monkeypatch.setattr(validation, "sets_of", lambda rule: load_ensemble()[:3])
    two = validate(facts, world="pilot-parks", ensemble=True, replicates=2, seed=5)
    assert list(zip(two.values["set"], two.values["population"], two.values["replicate"])) == [
        ("set 1", 5, 0), ("set 2", 6, 0), ("set 3", 7, 0), ("set 1", 8, 1), ("set 2", 9, 1), ("set 3", 10, 1),
    ]  # fmt: skip
    one = validate(facts, world="pilot-parks", ensemble=True, seed=5)
    pd.testing.assert_frame_equal(one.values, two.values[:3])  # more replicates add to fewer
    assert one.populations == 3
    ((same,), _) = validated(tmp_path, "co2_t[subsidy] / co2_t[baseline] @2020", ensemble=True, replicates=1)
    assert same.tolist() == [1.0] * 3


def test_workers_change_nothing(facts):
    one = validate(facts, world="pilot-parks", replicates=3)
    two = validate(facts, world="pilot-parks", replicates=3, jobs=2)
    pd.testing.assert_frame_equal(one.values, two.values)


def test_progress_is_told(facts):
    said = []
    validate(facts, world="pilot-parks", replicates=2, progress=lambda done, total: said.append((done, total)))
    assert said[-1] == (2, 2)


def test_a_run_that_fails_is_recorded_and_the_others_count(facts, monkeypatch):
    def fails_once(questions, model, years):
        if model.seed_number == 2:
            raise RuntimeError("no more memory")
        return answer(questions, model, years)

    monkeypatch.setattr(validation, "answer", fails_once)
    result = validate(facts, world="pilot-parks", replicates=3)
    assert result.values["replicate"].tolist() == [0, 2]
    assert [failure["message"] for failure in result.failures] == ["no more memory"]
    assert result.failures[0]["replicate"] == 1


def made_up(values, low=0.0, high=1.0, roles=()):
    """A result whose runs are known."""
    names = [f"Fact {k}" for k in range(len(values))]
    asked = parse_expression("firms @2020")
    facts = tuple(
        Fact(name, asked, low, high, "firms", "made up", role)
        for name, role in zip_longest(names, roles, fillvalue="test")
    )
    runs = range(len(values[0]))
    named = {"set": "one", "population": runs, "replicate": runs}
    table = pd.DataFrame(named | dict(zip(names, values)))
    return validation.Validation(facts, table, [], "baseline", {"last_year": 2020, "ensemble": 0})


def spread(low, high, n=40):
    return np.linspace(low, high, n)


NOTHING = np.full(40, np.nan)


def test_the_summary_counts_verdicts_and_tests_apart():
    values = [spread(0.2, 0.4), spread(5, 6), spread(-5, -4), spread(0.5, 1.5), NOTHING, spread(-9, 9), spread(0, 1)]
    result = made_up(values, roles=["test"] * 5 + ["fitted", "input"])
    assert result.summary() == (
        "1 of 5 tests agree (1 in part, 1 too low, 1 too high, 1 no verdict); counted apart: "
        "0 of 1 fitted fact agrees (1 too vague) and 1 of 1 input agrees"
    )
    assert result.counts["test"]["agrees"] == result.counts["input"]["agrees"] == 1


def test_what_is_no_test_is_not_told_as_one():
    result = made_up([spread(0.2, 0.4)] * 2, roles=["fitted", "input"])
    assert result.summary().startswith("no fact is a test; counted apart: 1 of 1 fitted fact agrees")
    assert figure_of(result).finding.startswith("No fact is a test. 2 of 2 that the model was made with agree")


def test_a_row_of_a_role_has_coverage_and_sharpness():
    values = [spread(0.2, 0.4), spread(-9, 9), spread(5, 6), NOTHING, spread(0, 1)]
    table = made_up(values, roles=["test"] * 4 + ["input"]).by_role().set_index("role")
    assert table.index.tolist() == ["test", "input"]
    assert table.loc["test", ["facts", "judged", "too vague", "no verdict"]].tolist() == [4, 3, 1, 1]
    assert table.loc["test", "reached_share"] == pytest.approx(
        2 / 3
    )  # the vague one excludes nothing: look at its width
    assert table.loc["test", "expected_share"] == pytest.approx(0.9)
    assert table.loc["input", "median_width"] == pytest.approx(judge(spread(0, 1), 0.0, 1.0).width)


def test_what_readers_must_know_is_told_once_with_its_facts():
    result = made_up([[0.5] * 3, [np.nan, 0.5, np.nan]], low=0.5, high=0.5)
    assert [note.partition(":")[0] for note in result.notes] == ["Fact 0", "Fact 1"]
    assert "3 of 3 runs have a value, and a verdict needs 20" in result.notes[0]
    assert "1 of 3 runs have a value" in result.notes[1]
    assert all("an exact number" in note for note in result.notes)
    few = made_up([[0.5, 0.7], [0.4, 0.6]])
    assert few.notes == ["all facts: 2 of 2 runs have a value, and a verdict needs 20"]


def test_one_population_for_all_runs_is_told(facts):
    world = EIPModel("baseline", "pilot-parks").world
    result = validate(facts, world=world, replicates=3)
    assert result.values["population"].unique().tolist() == [world.seed]
    assert result.values["Aware (2017)"].nunique() > 1  # other draws
    assert "all runs have the one population" in result.notes[-1]
    assert result.manifest["populations"] == 1


def test_the_figure_tells_every_fact_its_range_role_and_verdict(tmp_path):
    result = made_up([spread(0.2, 0.4), spread(5, 6), [1.0] * 40, NOTHING, spread(-9, 9)])
    chart = figure_of(result)
    assert chart.finding == (
        "2 of 5 tests agree with the model; it is too high on 1 and too vague on 1; no verdict on 1"
    )
    texts = [text.get_text() for axes in chart.axes for text in axes.texts]
    for word in ("Fact 0", "Fact 3", "agrees", "too high", "too vague", "no verdict", "5.5 firms (test)"):
        assert word in texts
    few = figure_of(made_up([[0.2, 0.4]]))
    assert few.finding == "No verdict on 1 tests"
    result.save(tmp_path / "out", also=lambda draft: None)
    from eipsim.figures import save_validation_figures

    files = save_validation_figures(result, tmp_path)
    assert [file.suffix for file in files] == [".png", ".svg"]
    assert imread(files[0]).shape[1] == 1440
    assert files[0].read_bytes() == save_validation_figures(result, tmp_path / "again")[0].read_bytes()


def test_results_are_saved_whole(facts, tmp_path):
    result = validate(facts, world="pilot-parks", replicates=1)
    folder = result.save(tmp_path / "out")
    assert sorted(file.name for file in folder.iterdir()) == [
        "codebook.csv", "facts.csv", "manifest.json", "roles.csv", "runs.parquet",
    ]  # fmt: skip
    assert pd.read_csv(folder / "facts.csv")["verdict"].tolist() == result.table()["verdict"].tolist()
    with pytest.raises(InputError, match="exists"):
        result.save(tmp_path / "out")
