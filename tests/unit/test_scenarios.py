"""Scenario files: what they mean, and that every mistake is told at its line and none ends in a traceback."""

import io
import pickle
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from eipsim.data.parameters import load_parameters
from eipsim.errors import InputError
from eipsim.policy.levers import LEVERS
from eipsim.runs.checking import check
from eipsim.scenarios import Scenario, apply_settings, json_schema, list_scenarios, load_scenario
from eipsim.scenarios.entries import LeverEntry
from eipsim.scenarios.files import GROUPS, SUCCESSORS
from eipsim.scenarios.files import LIBRARY as LIBRARY_FOLDER
from eipsim.scenarios.inheritance import inherited_levers

DOCUMENT = Path(__file__).parents[2] / "docs" / "scenarios.md"
LIBRARY = [
    "baseline", "carbon-price", "certification-benefits", "covid-shock-off", "dearer-electricity", "delayed-action",
    "enforcement", "equal-budget/adaptive-audits", "equal-budget/enforcement", "equal-budget/operator-facilitation",
    "equal-budget/screening", "equal-budget/shared-systems", "equal-budget/steady-audits", "equal-budget/subsidy",
    "equal-budget/technical-assistance", "full-package", "green-finance", "industrial-urban-exchange", "legal-reform",
    "national-target-2030", "net-zero-2050", "no-eip-policy", "operator-facilitation", "screening", "shared-systems",
    "subsidy", "technical-assistance", "without-phase-two",
]  # fmt: skip


@pytest.fixture
def write(tmp_path):
    """Writes a scenario file and returns its path."""

    def _write(text, name="case.yaml"):
        file = tmp_path / name
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        return file

    return _write


def told(file):
    """All mistakes of a file, without its folder."""
    return [str(mistake).replace(f"{file.parent}/", "") for mistake in check(file)]


# --- the library ----------------------------------------------------------------------------------------------------


def test_the_library_is_complete():
    assert list_scenarios() == LIBRARY


@pytest.mark.parametrize("name", LIBRARY)
def test_every_scenario_says_what_it_is_and_asks_a_question(name):
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.title
    assert scenario.question.endswith("?")
    assert len(scenario.description) > 80


@pytest.mark.parametrize("name", LIBRARY)
def test_every_entry_and_programme_names_its_source_or_says_that_it_is_assumed(name):
    scenario = load_scenario(name)
    entries = [entry for entries in scenario.levers.values() for entry in entries]
    for item in [*entries, *scenario.programmes.values()]:
        assert "assumed" in item.source or any(word in item.source for word in (".csv", "SEED", "Decree", "derived"))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("symbiosis-push", "it has become screening and operator-facilitation"),
        ("park-infrastructure", "it has become shared-systems"),
        ("phase-two", "it has become baseline"),
    ],
)
def test_a_name_of_the_past_is_told_with_what_has_come_in_its_place(name, hint):
    with pytest.raises(InputError, match=hint):
        load_scenario(name)
    assert name not in list_scenarios()


@pytest.mark.parametrize("successors", SUCCESSORS.values())
def test_what_came_in_the_place_of_a_former_scenario_is_there(successors):
    assert set(successors) <= set(list_scenarios())


def test_the_root_of_the_library_has_no_policy():
    root = load_scenario("no-eip-policy")
    assert root.levers == {}
    assert root.programmes == {}
    assert root.extends is None


def test_scenarios_of_the_library_differ_in_what_decides_a_result():
    digests = {name: load_scenario(name).digest for name in LIBRARY}
    same = digests.pop("equal-budget/technical-assistance")  # the yardstick of the folder: the scenario as it is
    assert same == digests["technical-assistance"]
    assert len(set(digests.values())) == len(digests)


# --- what a file means ----------------------------------------------------------------------------------------------


def test_a_number_a_path_an_entry_and_a_list_are_forms_of_the_same():
    forms = [20, {"value": 20}, [{"value": 20}], [{"value": 20, "from": 2015, "until": 2050}]]
    assert len({load_scenario("baseline", levers={"carbon_price": form}).digest for form in forms}) == 1
    (path,) = load_scenario("no-eip-policy", levers={"carbon_price": {2030: 8, 2040: 20}}).levers["carbon_price"]
    assert path.path == {2030: 8.0, 2040: 20.0}


def test_null_removes_a_lever_a_programme_a_parameter_and_a_field(write):
    write("parameters: {behaviour.peer_weight: 0}\nextends: baseline", "parent.yaml")
    child = load_scenario(
        write("""
        extends: parent.yaml
        levers: {programme_capacity: null}
        parameters: {behaviour.peer_weight: ~}
        programmes:
          EIP pilot:
          GEIPP phase I: {parks: null, choose_parks: 2}
        """)
    )
    assert "programme_capacity" not in child.levers
    assert "carbon_price" in child.levers
    assert child.parameters == {}
    assert "EIP pilot" not in child.programmes
    assert child.programmes["GEIPP phase I"].parks is None
    assert child.programmes["GEIPP phase I"].audits == 90


def test_an_empty_section_changes_nothing(write):
    assert load_scenario(write("extends: baseline\nlevers:\nprogrammes:\n")).digest == load_scenario("baseline").digest


def test_a_lever_given_again_goes_on_from_the_inherited_one(write):
    inherited, own = load_scenario(write("extends: baseline\nlevers: {carbon_price: {2030: 5}}")).levers["carbon_price"]
    assert inherited == load_scenario("baseline").levers["carbon_price"][0]
    assert (own.path, own.sectors) == ({2030: 5}, None)


@pytest.mark.parametrize(
    "over_all_of_it",
    [
        5, {2015: 5}, {2029: 5}, {"value": 5, "from": 2020, "sectors": ["A16", "A11", "A01"]},
        [{"value": 5, "until": 2039}, {"value": 6, "from": 2040}], {"value": 5, "from": 2040, "replace": True},
    ],
)  # fmt: skip
def test_what_could_never_be_seen_again_is_left_out(over_all_of_it):
    case = load_scenario("baseline", levers={"carbon_price": over_all_of_it})
    alone = load_scenario("baseline", levers={"carbon_price": None})
    assert case.digest == load_scenario(alone, levers={"carbon_price": over_all_of_it}).digest


def test_replace_has_done_its_work_once_a_scenario_is_loaded():
    case = load_scenario("baseline", levers={"carbon_price": {"path": {2040: 5}, "replace": True}})
    assert case.document()["levers"]["carbon_price"] == [{"path": {2040: 5}, "from": 2015, "until": 2050, "source": ""}]
    assert load_scenario("baseline", levers={"carbon_price": None}).digest != case.digest


def test_an_inherited_entry_keeps_its_line_and_its_source(write):
    child = load_scenario(write("extends: baseline\nlevers:\n  fine_usd:\n    2030: 5"))
    places = [child.place(("levers", "fine_usd", i)) for i in (0, 1)]
    assert places[0].startswith("baseline.yaml:")
    assert places[1].endswith("case.yaml:3")
    assert child.place(("levers", "fine_usd", 1, "path", 2030)).endswith("case.yaml:4")
    assert child.levers["fine_usd"][0].source.startswith("inspection_evidence.csv")
    assert pickle.loads(pickle.dumps(child)).place(("levers", "fine_usd", 1)) == places[1]


def test_no_scenario_of_the_library_repeats_what_it_inherits():
    for name in LIBRARY:
        case = load_scenario(name)
        inherited = load_scenario(case.extends).levers if case.extends else {}
        for lever, given_entries in own_levers(name).items():
            for entry in given_entries:
                same = [
                    old for old in inherited.get(lever, ()) if decides(old) == decides(LeverEntry(lever=lever, **entry))
                ]
                assert not same, f"{name} repeats {entry} of {lever}"


def own_levers(name):
    """The levers that the file of a scenario of the library sets itself, as lists of entries."""
    content = YAML(typ="safe", pure=True).load((LIBRARY_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    levers = content.get("levers") or {}
    assert all(entries is None or isinstance(entries, list) for entries in levers.values())
    return {lever: entries or [] for lever, entries in levers.items()}


def decides(entry):
    return entry.model_dump(exclude={"source"})


def test_title_question_description_and_group_are_not_inherited(write):
    child = load_scenario(write("extends: baseline"))
    assert (child.title, child.question, child.description, child.group, child.name) == ("", "", "", None, "case")


@pytest.mark.parametrize("name", LIBRARY)
def test_every_scenario_of_the_library_stands_in_a_group(name):
    scenario = load_scenario(name)
    assert scenario.group in GROUPS
    assert (scenario.group == "equal budget") == name.startswith("equal-budget/")


def test_a_group_decides_no_result():
    case = load_scenario("no-eip-policy", title="mine", group="packages")
    assert case.group == "packages"
    assert case.digest == load_scenario("no-eip-policy").digest


def test_extends_finds_the_library_first_and_then_files_beside_the_file(write, tmp_path):
    (tmp_path / "sub").mkdir()
    write("levers: {fine_usd: 7}", "sub/parent.yaml")
    child = write("extends: parent.yaml", "sub/child.yaml")
    assert load_scenario(child).levers["fine_usd"][0].value == 7


def test_overrides_are_written_as_in_a_file():
    scenario = load_scenario("baseline", years=(2015, 2030), levers={"carbon_price": None, "fine_usd": 5})
    assert scenario.years == (2015, 2030)
    assert "carbon_price" not in scenario.levers
    assert scenario.name == "baseline"
    assert load_scenario(scenario, years=(2015, 2020)).levers["fine_usd"][0].value == 5


def test_decree_files_are_found_beside_the_scenario_and_their_content_enters_the_digest(write):
    decree = write("rule_id\nD1\n", "decree.csv")
    scenario = load_scenario(write("decrees: [decree.csv]"))
    assert scenario.decrees == (str(decree),)
    before = scenario.digest
    write("rule_id\nD1\n", "same.csv")
    assert load_scenario(write("decrees: [same.csv]")).digest == before
    decree.write_text("rule_id\nD2\n")
    assert load_scenario(write("decrees: [decree.csv]")).digest != before


# --- what holds beside what a file sets -----------------------------------------------------------------------------


def holds(file):
    """What is told of each lever that a file sets, by lever, with lines in `parent.yaml` without its folder."""
    return {one.lever: one.told.replace(f"{file.parent}/", "") for one in inherited_levers(load_scenario(file))}


def test_what_holds_before_the_first_year_is_told_with_its_line(write):
    write("levers:\n  inspection_probability: {2015: .05, 2022: .06}\n  fine_usd: 5", "parent.yaml")
    child = write("extends: parent.yaml\nlevers: {inspection_probability: {2027: .2}}")
    assert holds(child) == {
        "inspection_probability": "is set from 2027; before, what is inherited holds: "
        "0.05 in 2015, 0.06 from 2022 (parent.yaml:2)"
    }


SET_OVER = {
    "the years after": (
        "{value: 1, from: 2020, until: 2030}",
        "is set from 2020; in other years, what is inherited holds: 0.5 in all years (parent.yaml:2)",
    ),
    "years apart": (
        "[{value: 1, until: 2020}, {path: {2030: 0}}]",
        "is set from 2015; in other years, what is inherited holds: 0.5 in all years (parent.yaml:2)",
    ),
    "other places": (
        "{value: 1, provinces: [Hai Phong]}",
        "is set from 2015; elsewhere, what is inherited holds: 0.5 in all years (parent.yaml:2)",
    ),
    "years and places": (
        "{value: 1, from: 2020, parks: [P352]}",
        "is set from 2020; before and elsewhere, what is inherited holds: 0.5 in all years (parent.yaml:2)",
    ),
    "nothing is left over": ("0.7", None),
    "nothing is left over by two": ("[{value: 1, until: 2020}, {path: {2021: 0}}]", None),
    "replaced": ("{path: {2027: 1}, replace: true}", "is set from 2027; before, the default holds: 0 (replace: true)"),
    "replaced in all years": ("{value: 1, replace: true}", None),
}


@pytest.mark.parametrize(("form", "expected"), SET_OVER.values(), ids=SET_OVER)
def test_what_holds_in_other_years_and_places_is_told(write, form, expected):
    write("levers:\n  training: 0.5", "parent.yaml")
    child = write(f"extends: parent.yaml\nlevers: {{training: {form}}}")
    assert holds(child) == ({"training": expected} if expected else {})


def test_all_that_is_inherited_of_a_lever_is_told_the_default_first_where_it_holds_too(write):
    write("levers:\n  carbon_price: [{value: 8, from: 2029, sectors: [A11, A16]}]", "grandparent.yaml")
    write("extends: grandparent.yaml\nlevers:\n  carbon_price: {value: 9, from: 2031, until: 2032}", "parent.yaml")
    child = write("extends: parent.yaml\nlevers: {carbon_price: {2035: 30}}")
    assert holds(child)["carbon_price"] == (
        "is set from 2035; before, what is inherited holds: 0 by default; "
        "8 from 2029 (sectors A11, A16) (grandparent.yaml:2); 9 from 2031 to 2032 (parent.yaml:3)"
    )


def test_the_default_holds_before_where_the_inherited_path_begins_later(write):
    write("levers:\n  carbon_price: {2035: 8}", "parent.yaml")
    assert holds(write("extends: parent.yaml\nlevers: {carbon_price: {2030: 30}}")) == {
        "carbon_price": "is set from 2030; before, the default holds: 0"
    }


def test_levers_that_no_other_file_sets_or_that_the_file_does_not_set_are_passed_over(write):
    write("extends: baseline\nlevers: {fine_usd: {2030: 1}}", "parent.yaml")
    assert holds(write("extends: parent.yaml\nlevers: {soft_loan: {2030: 1}}")) == {}
    assert holds(write("title: alone")) == {}


def test_a_replacement_of_nothing_is_told(write):
    child = write("extends: no-eip-policy\nlevers: {soft_loan: {path: {2030: 1}, replace: true}}")
    assert holds(child) == {"soft_loan": "has nothing to replace: it is not inherited"}


# --- frozen content -------------------------------------------------------------------------------------------------


def test_a_scenario_cannot_be_changed():
    scenario = load_scenario("baseline")
    with pytest.raises(ValueError, match="frozen"):
        scenario.title = "x"
    with pytest.raises(TypeError, match="frozen"):
        scenario.levers["carbon_price"] = ()
    with pytest.raises(TypeError, match="frozen"):
        scenario.levers["programme_capacity"][0].path[2020] = 3.0


def test_a_scenario_survives_pickling_with_name_and_places():
    scenario = load_scenario("baseline")
    copy = pickle.loads(pickle.dumps(scenario))
    assert (copy, copy.digest, copy.name) == (scenario, scenario.digest, "baseline")
    assert hash(copy) == hash(scenario)
    assert copy.place(("levers", "carbon_price", 0, "sectors", 1)) == scenario.place(
        ("levers", "carbon_price", 0, "sectors", 1)
    )


def test_formatting_titles_and_file_names_do_not_change_the_digest(write):
    one = load_scenario(write("title: A\nlevers: {carbon_price: {2030: 8, 2040: 20}, fine_usd: 5}\n", "one.yaml"))
    two = load_scenario(
        write("""
        # the same in other words
        levers:
          fine_usd: 5.0
          carbon_price: [{path: {2030: 8.0,
                                 2040: 2e1}, source: assumed}]
        sources: [a book]
        """)
    )
    assert one.digest == two.digest
    assert len(one.digest) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"levers": {"carbon_price": 9}}, {"years": (2015, 2049)}, {"drivers": {"grid": "low"}},
        {"parameters": {"behaviour.peer_weight": 0.1}}, {"programmes": {"EIP pilot": {"rule": "small_first"}}},
        {"programmes": {"EIP pilot": {"parks": ["P142"]}}}, {"levers": {"fine_usd": None}},
        {"programmes": {"EIP pilot": {"selection": {"willingness": 1}}}},
    ],
)  # fmt: skip
def test_everything_that_decides_a_result_changes_the_digest(change):
    assert load_scenario("baseline", **change).digest != load_scenario("baseline").digest


# --- settings of the command line -----------------------------------------------------------------------------------


def test_settings_reach_every_part_of_a_scenario(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("my.csv").write_text("rule_id\n")
    changed = apply_settings(
        load_scenario("national-target-2030"),
        {
            "behaviour.peer_weight": "0", "levers.carbon_price": "20", "levers.soft_loan": "{2030: 0.5}",
            "levers.fine_usd": "null", "drivers.grid": "low", "certification.decree": "my.csv", "years": "[2015, 2030]",
            "programmes.GEIPP phase I.audits": "300", "programmes.EIP pilot": "null", "regulator.adaptive.gain": 0.25,
        },
    )  # fmt: skip
    assert changed.parameters == {"behaviour.peer_weight": 0.0}
    assert changed.levers["carbon_price"][0].value == 20.0
    assert changed.levers["soft_loan"][0].path == {2030: 0.5}
    assert "fine_usd" not in changed.levers
    assert changed.drivers.grid == "low"
    assert changed.decrees == ("my.csv",)
    assert changed.years == (2015, 2030)
    assert changed.programmes["GEIPP phase I"].audits == 300
    assert "EIP pilot" not in changed.programmes
    assert changed.regulator.adaptive.gain == 0.25
    assert changed.regulator.adaptive.most == 3000


def test_no_settings_change_nothing():
    scenario = load_scenario("baseline")
    assert apply_settings(scenario, {}) is scenario


def test_every_wrong_setting_is_told_at_once():
    wrong = {
        "behaviour.peer_wait": "0", "levers.carbon_prise": "20", "drivers.grid": "lo", "levers.soft_loan": "2",
        "behaviour.peer_weight": "-1",
        "programmes.GEIPP phase I.audits": "many", "programmes.GEIPP phase 1.audits": "3",
        "certification.decree": "nowhere.csv", "levers.fine_usd": ".nan", "years": "", "levers.training": "[",
    }  # fmt: skip
    with pytest.raises(InputError) as error:
        apply_settings(load_scenario("baseline"), wrong)
    lines = set(map(str, error.value.mistakes))
    assert {
        "setting behaviour.peer_wait=0: behaviour.peer_wait is unknown; did you mean behaviour.peer_weight?",
        "setting levers.carbon_prise=20: levers.carbon_prise is unknown; did you mean carbon_price?",
        "setting drivers.grid=lo: drivers.grid = 'lo' is not allowed; did you mean low?",
        "setting levers.soft_loan=2: levers.soft_loan = 2 is out of bounds; allowed: 0 to 1 (share of cost lent)",
        "setting behaviour.peer_weight=-1: parameters.behaviour.peer_weight = -1 is out of bounds; allowed: 0 to 50 (1)",
        "setting programmes.GEIPP phase I.audits=many: programmes.GEIPP phase I.audits = 'many' must be a whole number",
        "setting programmes.GEIPP phase 1.audits=3: programme 'GEIPP phase 1' is unknown; did you mean GEIPP phase I?",
        "setting levers.fine_usd=.nan: levers.fine_usd = nan must be a finite number",
        "setting years=: has no value; null removes a setting",
    } <= lines
    assert any(line.startswith("setting levers.training=[: this is not YAML") for line in lines)


def test_a_decree_setting_that_is_no_file_is_told():
    with pytest.raises(InputError, match=r"setting certification.decree=no.csv: decrees: there is no file no.csv"):
        apply_settings(load_scenario("baseline"), {"certification.decree": "no.csv"})


# --- mistakes -------------------------------------------------------------------------------------------------------

MISTAKES = {
    "unknown key": ("title: a\nlevels: 3", "case.yaml:2: levels is unknown; did you mean levers?"),
    "unknown lever": (
        "levers:\n  fine_usd: 1\n  carbon_prise: 3",
        "case.yaml:3: levers.carbon_prise is unknown; did you mean carbon_price?",
    ),
    "unknown key of an entry": (
        "levers:\n  fine_usd:\n    - value: 1\n      form: 2020",
        "case.yaml:4: levers.fine_usd[0].form is unknown; did you mean from?",
    ),
    "unknown key of a programme": (
        "programmes:\n  A: {from: 2020, until: 2021,\n      audit: 3}",
        "case.yaml:3: programmes.A.audit is unknown; did you mean audits?",
    ),
    "selection under a rule that ranks": (
        "programmes:\n  A:\n    from: 2020\n    until: 2021\n    rule: small_first\n    selection:\n      size_exponent: 0.5",
        "case.yaml:7: programmes.A.selection.size_exponent = 0.5 cannot be combined with rule small_first; remove it, or "
        "write rule: random or committed_parks_first",
    ),
    "selection out of bounds": (
        "programmes:\n  A: {from: 2020, until: 2021, selection: {willingness: -1}}",
        "case.yaml:2: programmes.A.selection.willingness = -1 is out of bounds; allowed: 0 to 10",
    ),
    "unknown key of a selection": (
        "programmes:\n  A: {from: 2020, until: 2021, selection: {size: 1}}",
        "case.yaml:2: programmes.A.selection.size is unknown; did you mean size_exponent?",
    ),
    "unknown driver": ("drivers: {gird: low}", "case.yaml:1: drivers.gird is unknown; did you mean grid?"),
    "unknown parameter": (
        "parameters:\n  behaviour.peer_wait: 1",
        "case.yaml:2: parameters.behaviour.peer_wait is unknown; did you mean behaviour.peer_weight?",
    ),
    "parameter out of bounds": (
        "parameters:\n  behaviour.peer_weight: 51",
        "case.yaml:2: parameters.behaviour.peer_weight = 51 is out of bounds; allowed: 0 to 50 (1)",
    ),
    "text for a number": ("levers:\n  fine_usd: five", "case.yaml:2: levers.fine_usd = 'five' must be a number"),
    "truth for a number": ("levers:\n  fine_usd: true", "case.yaml:2: levers.fine_usd = True must be a number"),
    "list for a mapping": (
        "levers:\n  - 3",
        "case.yaml:1: levers = [3] must be a mapping (name: value); write its names without - before them",
    ),
    "number for a list": (
        "levers:\n  training: {value: 1, parks: true}",
        "case.yaml:2: levers.training.parks = True must be a list",
    ),
    "empty list of targets": (
        "levers:\n  training: {value: 1, parks: []}",
        "case.yaml:2: levers.training.parks = [] is empty; give at least one",
    ),
    "not a number": ("levers:\n  fine_usd: .nan", "case.yaml:2: levers.fine_usd = nan must be a finite number"),
    "infinite": ("levers:\n  fine_usd: -.inf", "case.yaml:2: levers.fine_usd = -inf must be a finite number"),
    "not a number in a path": (
        "levers:\n  fine_usd:\n    2020: 1\n    2021: .nan",
        "case.yaml:4: levers.fine_usd.2021 = nan must be a finite number",
    ),
    "years reversed": (
        "title: a\nyears: [2050, 2015]",
        "case.yaml:2: years are reversed: 2050 to 2015; write the first year first",
    ),
    "year too late": ("years: [2015,\n        2051]", "case.yaml:2: years[1] = 2051 is out of bounds; at most 2050"),
    "year too early": ("years: [1999, 2050]", "case.yaml:1: years[0] = 1999 is out of bounds; at least 2015"),
    "one year": ("years: [2015]", "case.yaml:1: years needs two years; for example [2015, 2050]"),
    "entry outside the years": (
        "levers:\n  fine_usd: {value: 1, from: 1990}",
        "case.yaml:2: levers.fine_usd.from = 1990 is out of bounds; at least 2015",
    ),
    "path outside the years": (
        "levers:\n  fine_usd:\n    2051: 3",
        "case.yaml:3: levers.fine_usd.2051 is not a year that can be used; years are whole numbers from 2015 to 2050",
    ),
    "path out of order": (
        "levers:\n  fine_usd:\n    2030: 3\n    2020: 4",
        "case.yaml:4: levers.fine_usd.2020 stands after a later year; write the years from first to last",
    ),
    "year twice": (
        "levers:\n  fine_usd:\n    2030: 3\n    2030: 4",
        "case.yaml:4: 2030 is given twice; first on line 3",
    ),
    "lever twice": ("levers:\n  fine_usd: 3\n  fine_usd: 4", "case.yaml:3: fine_usd is given twice; first on line 2"),
    "negative share": (
        "levers:\n  capital_subsidy: -0.1",
        "case.yaml:2: levers.capital_subsidy = -0.1 is out of bounds; allowed: 0 to 0.9 (share of cost)",
    ),
    "share too large in a path": (
        "levers:\n  soft_loan:\n    - path: {2020: 0,\n             2030: 1.5}",
        "case.yaml:4: levers.soft_loan[0].path.2030 = 1.5 is out of bounds; allowed: 0 to 1 (share of cost lent)",
    ),
    "national lever aimed": (
        "levers:\n  voucher_cap_usd: {value: 3, sectors: [A01]}",
        "case.yaml:2: levers.voucher_cap_usd.sectors cannot aim voucher_cap_usd; it holds for the whole country",
    ),
    "a fine aimed at sectors": (
        "levers:\n  fine_usd: {value: 3, sectors: [A01]}",
        "case.yaml:2: levers.fine_usd.sectors cannot aim fine_usd; it can be aimed by owners",
    ),
    "owners of a lever for which no firm is asked": (
        "levers:\n  training:\n    - {value: 1,\n       owners: [foreign]}",
        "case.yaml:4: levers.training[0].owners cannot aim training; no firm is asked for it, so that none has an owner "
        "to name; it can be aimed by parks or provinces",
    ),
    "owners of a price": (
        "levers:\n  carbon_price: {value: 1, owners: [domestic]}",
        "case.yaml:2: levers.carbon_price.owners cannot aim carbon_price; firms of all owners see the same prices; "
        "it can be aimed by parks or provinces or sectors",
    ),
    "unknown owner": (
        "levers:\n  soft_loan: {value: 1, owners: [forein]}",
        "case.yaml:2: levers.soft_loan.owners[0] = 'forein' is unknown; did you mean foreign?",
    ),
    "no owners": (
        "levers:\n  soft_loan: {value: 1, owners: []}",
        "case.yaml:2: levers.soft_loan.owners = [] is empty; give at least one",
    ),
    "provincial lever aimed at parks": (
        "levers:\n  provincial_support: {value: 1, parks: [P352]}",
        "case.yaml:2: levers.provincial_support.parks cannot aim provincial_support; it can be aimed by provinces",
    ),
    "neither value nor path": (
        "levers:\n  fine_usd: [{from: 2020}]",
        "case.yaml:2: levers.fine_usd[0] needs either value or path",
    ),
    "value and path": (
        "levers:\n  fine_usd: {value: 1, path: {2020: 2}}",
        "case.yaml:2: levers.fine_usd needs either value or path, not both",
    ),
    "replace in a later entry": (
        "levers:\n  fine_usd:\n    - value: 1\n    - {path: {2030: 2},\n       replace: true}",
        "case.yaml:5: levers.fine_usd[1].replace stands in a later entry; "
        "write it in the first: it drops what is inherited, not the entries before it",
    ),
    "replace misspelt": (
        "levers:\n  fine_usd: {value: 1, from: 2030, replce: true}",
        "case.yaml:2: levers.fine_usd.replce is unknown; did you mean replace?",
    ),
    "a word for replace": (
        "levers:\n  fine_usd: {value: 1, replace: yes}",
        "case.yaml:2: levers.fine_usd.replace = 'yes' must be true or false",
    ),
    "years beside replace": (
        "levers:\n  fine_usd:\n    2030: 3\n    replace: true",
        "case.yaml:3: levers.fine_usd.2030 stands beside other words; years stand under `path`, as path: {2030: 0.2}",
    ),
    "no entry": (
        "levers:\n  fine_usd: []",
        "case.yaml:2: levers.fine_usd has no entry; null removes what is inherited",
    ),
    "unknown group": (
        "group: packags",
        "case.yaml:1: group = 'packags' is not allowed; did you mean packages?",
    ),
    "a group that is nothing like another": (
        "group: mine",
        "case.yaml:1: group = 'mine' is not allowed; "
        "allowed: enacted, single instruments, packages, counterfactuals, equal budget",
    ),
    "entry ends before it begins": (
        "levers:\n  fine_usd: {value: 1, from: 2030, until: 2020}",
        "case.yaml:2: levers.fine_usd has until 2020 before from 2030; until is the last year; it may equal from",
    ),
    "programme ends before it begins": (
        "programmes:\n  A:\n    from: 2021\n    until: 2020",
        "case.yaml:2: programmes.A has until 2020 before from 2021; until is the last year; it may equal from",
    ),
    "programme without years": ("programmes:\n  A: {until: 2020}", "case.yaml:2: programmes.A lacks from"),
    "half an audit": (
        "programmes:\n  A: {from: 2020, until: 2021, audits: 3.5}",
        "case.yaml:2: programmes.A.audits = 3.5 must be a whole number",
    ),
    "negative budget": (
        "programmes:\n  A: {from: 2020, until: 2021, budget_usd: -1}",
        "case.yaml:2: programmes.A.budget_usd = -1 is out of bounds; at least 0",
    ),
    "unknown rule": (
        "programmes:\n  A: {from: 2020, until: 2021, rule: randm}",
        "case.yaml:2: programmes.A.rule = 'randm' is not allowed; did you mean random?",
    ),
    "word for true or false": (
        "programmes:\n  A: {from: 2020, until: 2021, commits_parks: yes}",
        "case.yaml:2: programmes.A.commits_parks = 'yes' must be true or false",
    ),
    "parks and chosen parks": (
        "programmes:\n  A: {from: 2020, until: 2021, parks: [P352], choose_parks: 2}",
        "case.yaml:2: programmes.A has parks and choose_parks; give one of them; "
        "`parks: null` removes an inherited list",
    ),
    "screening outside the years": (
        "programmes:\n  A: {from: 2024, until: 2028, screening_year: 2030}",
        "case.yaml:2: programmes.A has screening_year 2030 outside its years; allowed: 2024 to 2028",
    ),
    "unknown lever to steer": (
        "regulator:\n  adaptive: {lever: audit, outcome: recp_firm_share, target: {2030: 1}, most: 3}",
        "case.yaml:2: regulator.adaptive.lever = 'audit' cannot be moved; did you mean audits?",
    ),
    "unknown outcome to watch": (
        "regulator:\n  adaptive: {lever: audits, outcome: recp_share, target: {2030: 1}, most: 3}",
        "case.yaml:2: regulator.adaptive.outcome = 'recp_share' is not allowed; did you mean recp_firm_share?",
    ),
    "limits reversed": (
        "regulator:\n  adaptive: {lever: audits, outcome: recp_firm_share, target: {2030: 1}, least: 5, most: 3}",
        "case.yaml:2: regulator.adaptive has most 3 below least 5",
    ),
    "limit beyond the lever": (
        "regulator:\n  adaptive: {lever: training, outcome: recp_firm_share, target: {2030: 1}, most: 3}",
        "case.yaml:2: regulator.adaptive.most = 3 is out of bounds; allowed: 0 to 1",
    ),
    "unknown parent": (
        "title: a\nextends: basline",
        "case.yaml:2: extends: 'basline' is unknown; did you mean baseline?",
    ),
    "missing parent": (
        "extends: nowhere.yaml",
        "case.yaml:1: extends: nowhere.yaml: there is no such file; "
        "give the path of a YAML file, or a name of the library",
    ),
    "missing decree": ("decrees:\n  - none.csv", "case.yaml:2: decrees: there is no file none.csv"),
    "malformed": (
        "title: a\nlevers: {fine_usd: 1\n",
        "case.yaml:2: this is not YAML: a list or mapping in brackets is not closed; write } at its end",
    ),
    "a tab": (
        "levers:\n\tfine_usd: 3",
        "case.yaml:2: this is not YAML: a tab stands where blanks belong; indent with blanks",
    ),
    "a list as file": ("- 1", "case.yaml:1: a scenario file is a mapping (name: value)"),
    "a tag": (
        "title: !!python/object:os.system x",
        "case.yaml:1: the tag tag:yaml.org,2002:python/object:os.system is not allowed; write plain values",
    ),
    "endless alias": (
        "levers: &a\n  fine_usd: *a",
        "case.yaml:2: an alias repeats itself without end or the file is too large",
    ),
    "odd key": (
        "levers:\n  ? [1, 2]\n  : 3",
        "case.yaml:2: a list or mapping cannot be a key; keys are words or years",
    ),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_at_its_line(write, text, message):
    assert message in told(write(text))


def test_all_mistakes_of_a_file_come_in_one_report_in_order(write):
    text = "\n".join(
        ("years: [2050, 2015]", "levers:", "  carbon_prise: 3", "  fine_usd: x", "  fine_usd: 4",
         "  soft_loan: {2030: 7, 2029: 0}", "parameters: {a.b: 1}", "drivers: {grid: x}", "shape: 1")
    )  # fmt: skip
    assert [line.split(": ")[0] for line in told(write(text))] == [
        f"case.yaml:{line}" for line in (5, 1, 3, 4, 6, 6, 7, 8, 9)
    ]


def test_a_mistake_in_a_parent_is_told_at_the_line_of_the_parent(write):
    write("title: p\nlevers:\n  fine_usd: -1\n", "parent.yaml")
    assert told(write("extends: parent.yaml\nyears: [2015, 2060]")) == [
        "case.yaml:2: years[1] = 2060 is out of bounds; at most 2050",
        "parent.yaml:3: levers.fine_usd = -1 is out of bounds; allowed: 0 to 1e+09 (USD)",
    ]


def test_a_mistake_is_told_by_its_place_in_its_own_file_whatever_is_inherited(write):
    write("levers: {fine_usd: {2016: 1}, soft_loan: [{value: 0.1}, {value: 7, from: 2020}]}", "parent.yaml")
    child = "levers:\n  fine_usd: {2030: -1}\n  soft_loan: [{value: 8, from: 2030}]\n  training: [{from: 2020}]"
    assert told(write(f"extends: parent.yaml\n{child}")) == [
        "case.yaml:3: levers.fine_usd.2030 = -1 is out of bounds; allowed: 0 to 1e+09 (USD)",
        "case.yaml:4: levers.soft_loan[0].value = 8 is out of bounds; allowed: 0 to 1 (share of cost lent)",
        "case.yaml:5: levers.training[0] needs either value or path",
        "parent.yaml:1: levers.soft_loan[1].value = 7 is out of bounds; allowed: 0 to 1 (share of cost lent)",
    ]


FAR = 99999999999999
MEANINGLESS = [
    "x", "[3]", "{path: 3}", "[{from: x, value: 3}]", "[{path: {x: 3}}]", "[[1]]", "{parks: 3}",
    f"{{value: 1, until: {FAR}}}", f"{{value: 1, from: -{FAR}}}",
]  # fmt: skip


@pytest.mark.parametrize("form", MEANINGLESS)
def test_forms_that_mean_nothing_are_told_on_both_sides_of_extends(write, form):
    write(f"levers: {{training: {form}}}", "parent.yaml")
    assert told(write("extends: parent.yaml\nlevers: {training: {2030: 1}}"))[0].startswith("parent.yaml:1")
    write("levers: {training: 1}", "parent.yaml")
    assert told(write(f"extends: parent.yaml\nlevers: {{training: {form}}}"))[0].startswith("case.yaml:2")


def test_a_circle_of_files_is_told(write):
    write("title: b\nextends: case.yaml", "b.yaml")
    assert told(write("extends: b.yaml")) == ["b.yaml:2: extends goes in a circle: case -> b -> case"]
    itself = write("extends: itself.yaml", "itself.yaml")
    assert told(itself) == ["itself.yaml:1: extends goes in a circle: itself -> itself"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("basline", "scenario: 'basline' is unknown; did you mean baseline?"),
        ("missing.yaml", "scenario: missing.yaml: there is no such file"),
        ("../pyproject", "scenario: ../pyproject: there is no such file"),
        ("bad\0name", "is unknown"),
        ("x" * 5000, "is unknown"),
        ("/", "is a folder, not a file"),
    ],
)
def test_a_scenario_that_is_not_there_is_told(name, message):
    with pytest.raises(InputError) as error:
        load_scenario(name)
    assert message in str(error.value)
    assert error.value.exit_code == 2


def test_a_file_that_is_not_text_is_told(tmp_path):
    file = tmp_path / "case.yaml"
    file.write_bytes(b"title: a\nquestion: \xff\xfe")
    assert told(file) == ["case.yaml:2: is not UTF-8 text; save the file as UTF-8"]


def test_aliases_that_multiply_are_refused_quickly(write):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    assert any("too large" in line for line in told(write("\n".join(lines))))


def test_brackets_nested_without_end_are_refused(write):
    assert told(write("a: " + "[" * 50_000)) != []


def test_wrong_overrides_are_told():
    with pytest.raises(InputError, match=r"argument: levers.carbon_prise is unknown; did you mean carbon_price\?"):
        load_scenario("baseline", levers={"carbon_prise": 3})


def test_checks_that_need_more_than_the_file_can_point_to_its_lines(write):
    steering = "lever: audits\n    outcome: recp_firm_share\n    target: {2030: 1}\n    most: 3\n"
    scenario = load_scenario(write("title: a\nregulator:\n  adaptive:\n    " + steering))
    error = scenario.refuse(("regulator", "adaptive", "outcome"), "cannot be watched here")
    assert str(error).endswith("case.yaml:5: cannot be watched here")


# --- whatever is written --------------------------------------------------------------------------------------------

words = st.sampled_from(
    ["title", "extends", "levers", "programmes", "drivers", "years", "parameters", "decrees", "regulator", "sources",
     "adaptive", "value", "path", "replace", "from", "until", "parks", "sectors", "audits", "grid", "baseline", "target", "most",
     *list(LEVERS)[:6], *list(load_parameters())[:3]]
)  # fmt: skip
numbers = st.integers() | st.integers(2010, 2055) | st.floats()
scalars = st.none() | st.booleans() | numbers | st.text(max_size=8) | words
keys = words | numbers | st.booleans() | st.none()
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=20
)
sections = st.dictionaries(words, anything, max_size=5)
pieces = st.sampled_from(
    ["levers:", "\n", "  ", "- ", "{", "}", "[", "]", ": ", "2030", "&a ", "*a", "!!", "%", "|", ">", "'", '"', "? ",
     "<<", "~", ".nan", "0o9", "0x", "1_0", "2020-13-45", "\t", "#", "---", "...", "\ufeff", "%YAML 1.1\n---\n", "1:20",
     "carbon_price", "\x00", "\x85", "=", "@", "`", "!<x>", "\\"]
)  # fmt: skip
often = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)


def dumped(content):
    """`content` as YAML."""
    stream = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_unicode = True
    yaml.default_flow_style = False  # ruamel.yaml writes some words (?0) in flow lists that it cannot read back
    yaml.dump(content, stream)
    return stream.getvalue()


def assert_told_or_loaded(text, file):
    """A file either loads or has at least one mistake that names it; nothing else can happen."""
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    found = check(file)
    assert all(mistake.what and mistake.where for mistake in found)
    if not found:
        assert len(load_scenario(file).digest) == 64


@often
@given(content=sections)
@example(content={"levers": {"carbon_price": {}}})
@example(content={"levers": {"carbon_price": []}})
@example(content={"years": "ab"})
@example(content={"years": {2015: 2050}})
@example(content={"programmes": {"": {"from": 2020, "until": 2020}}})
@example(content={"levers": {"fine_usd": 10**400}})
def test_no_data_ends_in_a_traceback(content, tmp_path):
    assert_told_or_loaded(dumped(content), tmp_path / "case.yaml")


@often
@given(text=st.lists(pieces, max_size=12).map("".join) | st.text(max_size=40))
@example(text="a: !!int abc")
@example(text="a: !!float abc")
@example(text="a: !!bool abc")
@example(text="a: 0o9")
@example(text="%YAML 1.1\n---\na: 1:20")
@example(text="--- a\n--- b")
@example(text="a: 9" + "9" * 5000)
@example(text="!!map [1]")
@example(text="!!seq {a: 1}")
@example(text="!!str [1]")
@example(text="!!int {a: 1}")
def test_no_text_ends_in_a_traceback(text, tmp_path):
    assert_told_or_loaded(text, tmp_path / "case.yaml")


@often
@given(name=st.text(max_size=30) | words, value=st.text(max_size=20) | scalars)
def test_no_setting_ends_in_a_traceback(name, value):
    mistakes = None
    try:
        apply_settings(load_scenario("no-eip-policy"), {name: value})
    except InputError as error:
        mistakes = error.mistakes
    assert mistakes != []


YEARS = st.integers(2015, 2050)
prose = st.text(st.characters(categories=["L", "N"], include_characters=" -.:'#&*"), max_size=8)


def amounts(least, most):
    return st.floats(least, most, allow_nan=False, allow_infinity=False)


@st.composite
def entries(draw, name):
    """One valid entry of a lever."""
    lever = LEVERS[name]
    first, last = sorted((draw(YEARS), draw(YEARS)))
    entry = {"from": first, "until": last, "source": draw(prose)}
    if draw(st.booleans()):
        entry["value"] = draw(amounts(lever.least, lever.most))
    else:
        path = draw(st.dictionaries(YEARS, amounts(lever.least, lever.most), min_size=1, max_size=4))
        entry["path"] = dict(sorted(path.items()))
    for target in lever.targets:
        if draw(st.booleans()):
            names = st.sampled_from(["domestic", "foreign"]) if target == "owners" else prose
            entry[target] = draw(st.lists(names, min_size=1, max_size=3))
    return entry


@st.composite
def scenarios(draw):
    """One valid scenario as plain data."""
    levers = draw(st.lists(st.sampled_from(list(LEVERS)), unique=True, max_size=4))
    parameters = draw(
        st.lists(st.sampled_from(list(load_parameters().values())), unique_by=lambda p: p.name, max_size=3)
    )
    years = sorted((draw(YEARS), draw(YEARS)))
    return {
        "title": draw(prose),
        "years": years,
        "drivers": {"grid": draw(st.sampled_from(["low", "central", "high"]))},
        "levers": {name: draw(st.lists(entries(name), min_size=1, max_size=3)) for name in levers},
        "programmes": {
            name: {
                "from": years[0],
                "until": years[1],
                "audits": draw(st.integers(0, 10**6)),
                "budget_usd": draw(amounts(0, 1e9)),
            }
            for name in draw(st.lists(prose, unique=True, max_size=2))
        },
        "parameters": {p.name: draw(amounts(p.least, p.most)) for p in parameters},
    }


@often
@given(content=scenarios())
def test_a_valid_scenario_survives_the_round_trip_through_a_file(content, tmp_path):
    made = Scenario(**content)
    file = tmp_path / "case.yaml"
    file.write_text(dumped(made.document()), encoding="utf-8")
    loaded = load_scenario(file)
    assert loaded == made
    assert loaded.digest == made.digest
    assert load_scenario(loaded, title="other").digest == made.digest
    for name, given_entries in content["levers"].items():
        for entry, read in zip(given_entries, loaded.levers[name], strict=True):
            assert read.value == entry.get("value")
            assert read.path == entry.get("path")


# --- what editors and readers get -----------------------------------------------------------------------------------


def as_json(content):
    """Plain data with keys as JSON has them."""
    if isinstance(content, dict):
        return {str(key): as_json(value) for key, value in content.items()}
    return [as_json(value) for value in content] if isinstance(content, list) else content


def validator():
    return pytest.importorskip("jsonschema").Draft202012Validator(json_schema())


@pytest.mark.parametrize("name", LIBRARY)
def test_the_json_schema_accepts_the_library(name):
    file = Path(load_scenario.__code__.co_filename).parent / "library" / f"{name}.yaml"
    content = as_json(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")))
    assert [error.message for error in validator().iter_errors(content)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"levels": 1}, {"levers": {"carbon_prise": 1}}, {"levers": {"soft_loan": 2}}, {"years": [2015, 2060]},
        {"levers": {"fine_usd": {"value": 1, "sectors": ["A01"]}}}, {"levers": {"soft_loan": {"2030": 2}}},
        {"programmes": {"A": {"rule": "randm"}}}, {"drivers": {"grid": "lo"}}, {"parameters": {"a": "x"}},
        {"levers": {"fine_usd": [{"value": 1}, {"value": 2, "replace": True}]}}, {"levers": {"fine_usd": []}},
        {"levers": {"fine_usd": {"value": 1, "replace": "yes"}}}, {"group": "mine"},
    ],
)  # fmt: skip
def test_the_json_schema_refuses_what_the_loader_refuses(wrong):
    assert not validator().is_valid(wrong)


def test_the_json_schema_accepts_what_replaces():
    one = {"path": {"2027": 2}, "replace": True}
    for form in (one, [one], [one, {"value": 1, "from": 2040}]):
        assert validator().is_valid({"levers": {"fine_usd": form}, "group": "packages"})


def test_every_field_of_a_file_is_documented_in_the_schema():
    schema = json_schema()
    for part in [schema, *schema["$defs"].values()]:
        for name, field in part["properties"].items():
            described = field.get("description") or any("description" in form for form in field.get("anyOf", ()))
            assert described, name


def blocks():
    """The YAML blocks of the manual that are whole files."""
    parts = DOCUMENT.read_text(encoding="utf-8").split("```yaml\n")[1:]
    return [part.partition("```")[0] for part in parts]


def test_every_example_of_the_manual_loads(write):
    assert len(blocks()) >= 3
    for number, block in enumerate(blocks()):
        assert told(write(block, f"example-{number}.yaml")) == []


def test_a_setting_has_one_name_wherever_it_is_given():
    settings = {"levers.carbon_price": 20, "behaviour.peer_weight": 0}
    loaded = load_scenario("baseline", settings=settings)
    assert loaded == apply_settings(load_scenario("baseline"), settings)
    assert loaded == load_scenario("baseline", levers={"carbon_price": 20}, parameters={"behaviour.peer_weight": 0})
    assert loaded.set_over == settings
    with pytest.raises(InputError, match="did you mean carbon_price"):
        load_scenario("baseline", settings={"levers.carbon_prise": 20})
