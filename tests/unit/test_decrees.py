"""Decrees as YAML files: what they say, what they build on, and every mistake with its line."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eipsim.certification.criteria import CRITERIA
from eipsim.cli import main
from eipsim.errors import InputError
from eipsim.model.model import EIPModel
from eipsim.policy.decrees import COMPLY_WITHIN, FILE, SENTENCES, VALIDITY, is_decree_file, read_decrees

ISO_LINKS = "industrial symbiosis with suitable ISO systems at its participants"
RECP = "tenant firms applying RECP with measured savings"
REFORM = f"""rule_id: Reform-2030
extends: D35-2022
in_force_from: 2030-01-01
source: assumed
criteria:
  {RECP}: 0.15
  {ISO_LINKS}: null
  {VALIDITY}: 10
"""


def written(folder, text, name="my-decree.yaml"):
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def mistakes(folder, text):
    with pytest.raises(InputError) as caught:
        read_decrees((written(folder, text),))
    return [str(mistake) for mistake in caught.value.mistakes]


def decrees_or_mistakes(file):
    """Decrees, or the mistakes of the file; anything else is raised."""
    try:
        return read_decrees((file,))
    except InputError as error:
        return error.mistakes


def test_a_reform_changes_what_it_says_from_its_date_on_and_nothing_else(tmp_path):
    old, enacted, reform = read_decrees((written(tmp_path, REFORM),))
    before = read_decrees()
    assert old == before[0]
    assert enacted.criteria == before[1].criteria
    assert enacted.last == datetime.date(2029, 12, 31)
    assert (reform.first, reform.last, reform.procedure) == (
        datetime.date(2030, 1, 1),
        datetime.date.max,
        before[1].procedure,
    )
    assert (reform.validity, reform.comply_within) == (10, 8)
    asked = {c.sentence: c.threshold for c in reform.criteria}
    expected = {c.sentence: c.threshold for c in before[1].criteria} | {RECP: 0.15}
    del expected[ISO_LINKS]
    assert asked == expected


def test_a_decree_alone_replaces_the_enacted_ones(tmp_path):
    text = f"rule_id: Own\nin_force_from: 2020-01-01\nprocedure_available_from: 2021-01-01\ncriteria:\n  {RECP}: 0.1\n"
    (own,) = read_decrees((written(tmp_path, text),))
    assert (own.rule_id, own.criteria[0].threshold, own.validity) == ("Own", 0.1, 9999)


def test_csv_and_yaml_say_the_same(tmp_path):
    """The enacted decrees, written as a list in YAML."""
    lines = ["decrees:"]
    for d in read_decrees():
        until = "" if d.last == datetime.date.max else d.last
        since = "" if d.procedure == datetime.date.max else d.procedure
        lines += [f"- rule_id: {d.rule_id}", f"  in_force_from: {d.first}", f"  in_force_to: {until}"]
        lines += [f"  procedure_available_from: {since}", "  criteria:"]
        terms = {VALIDITY: d.validity, COMPLY_WITHIN: d.comply_within}
        asked = {c.sentence: c.threshold for c in d.criteria} | {t: years for t, years in terms.items() if years < 9999}
        lines += [f'    "{sentence}": {threshold}' for sentence, threshold in asked.items()]
    assert read_decrees((written(tmp_path, "\n".join(lines)),)) == read_decrees()


def test_a_reform_may_build_on_a_reform(tmp_path):
    again = (
        REFORM.replace("Reform-2030", "Reform-2040").replace("D35-2022", "Reform-2030").replace("2030-01", "2040-01")
    )
    files = (written(tmp_path, REFORM), written(tmp_path, again.replace("0.15", "0.3"), "again.yaml"))
    names = [decree.rule_id for decree in read_decrees(files)]
    assert names == ["D82-2018", "D35-2022", "Reform-2030", "Reform-2040"]


@pytest.mark.parametrize(
    ("change", "line", "told"),
    [
        (("in_force_from: 2030-01-01", "# no date"), 1, "no date of entry into force"),
        (("2030-01-01", "1 May 2030"), 3, "not a date"),
        (("2030-01-01", "2030-01-01\nin_force_to: 2029-01-01"), 4, "ends before it begins"),
        (("D35-2022", "D35-2023"), 2, "did you mean D35-2022"),
        (("D35-2022", "Reform-2030"), 2, "extends itself"),
        (("source: assumed", "sauce: assumed"), 4, "did you mean source"),
        (("RECP with", "RCEP with"), 6, f"did you mean {RECP}"),
        (("0.15", "15"), 6, "not a share"),
        (("0.15", "many"), 6, "not a number"),
        (("0.15", "[0.1, 0.2]"), 6, "not a number"),
        (("0.15", "true"), 6, "not a number"),
        (("0.15", "-1"), 6, "out of range"),
        ((": 10", ": 2.5"), 8, "whole number"),
        (("suitable ISO", "suitable ISSO"), 7, f"did you mean {ISO_LINKS}"),
        (("rule_id: Reform-2030", "rule_id:"), 1, "no name"),
        (("rule_id: Reform-2030", "rule_id: [a]"), 1, "not a single value"),
        (("criteria:", "kriteria:"), 5, "did you mean criteria"),
        ((f"{ISO_LINKS}: null", f"{RECP}: 0.2"), 7, "given twice"),
    ],
)
def test_every_mistake_is_told_with_its_line(tmp_path, change, line, told):
    found = mistakes(tmp_path, REFORM.replace(*change))
    assert any(told in text and f"my-decree.yaml:{line}" in text for text in found), found


def test_all_mistakes_come_in_one_report(tmp_path):
    text = REFORM.replace("0.15", "15").replace("suitable ISO", "nice ISO").replace("2030-01-01", "soon")
    found = mistakes(tmp_path, text)
    assert [int(text.split(".yaml:")[1].split(":")[0]) for text in sorted(found)] == [3, 6, 7]


def test_two_decrees_in_force_at_once_are_told_with_the_place_of_both(tmp_path):
    text = REFORM.replace("extends: D35-2022\n", "").replace(f"  {ISO_LINKS}: null\n", "")
    files = (FILE, written(tmp_path, text))
    with pytest.raises(InputError) as caught:
        read_decrees(tuple(str(file) for file in files))
    (told,) = [str(mistake) for mistake in caught.value.mistakes]
    assert "my-decree.yaml:1" in told
    assert "decrees.csv:7" in told
    assert "write extends: D35-2022" in told


def test_a_decree_file_is_told_from_a_scenario(tmp_path):
    assert is_decree_file(written(tmp_path, REFORM))
    assert is_decree_file(written(tmp_path, "decrees:\n- rule_id: A\n"))
    assert not is_decree_file(written(tmp_path, "extends: baseline\ndecrees: [my-decree.yaml]\n"))
    assert not is_decree_file(str(tmp_path / "nothing.yaml"))


@given(st.text(max_size=150))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    file = tmp_path_factory.mktemp("decrees") / "any.yaml"
    file.write_text(text, encoding="utf-8", errors="replace")
    assert decrees_or_mistakes(str(file))


@given(
    st.dictionaries(
        st.sampled_from(["rule_id", "extends", "in_force_from", "criteria", "decrees", "source"]),
        st.sampled_from(
            ["X", "D35-2022", "2030-01-01", "{}", "[]", "null", "{certificate validity: 3}", "[{rule_id: Z}]"]
        ),
        max_size=6,
    )
)
def test_any_plausible_file_is_read_or_refused(tmp_path_factory, said):
    text = "\n".join(f"{key}: {value}" for key, value in said.items())
    file = written(tmp_path_factory.mktemp("decrees"), text)
    assert decrees_or_mistakes(file)


# ---- in the model and on the command line ----------------------------------------------------------------------------


def test_a_reform_from_2030_leaves_every_year_before_unchanged_and_certifies_more(tmp_path):
    baseline = EIPModel("technical-assistance", "pilot-parks").run()
    reform = EIPModel(
        "technical-assistance", "pilot-parks", settings={"certification.decree": written(tmp_path, REFORM)}
    ).run()
    before, after = (m.outcomes["parks_certified"] for m in (baseline, reform))
    np.testing.assert_array_equal(baseline.outcomes.loc[:2029], reform.outcomes.loc[:2029])
    assert after.loc[2031:].sum() > before.loc[2031:].sum()


def test_eipsim_run_takes_a_decree_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, REFORM)
    command = ["explain", "criteria", "baseline", "--world", "pilot-parks", "--years", "2029-2030", "--json"]
    assert main([*command, "--set", "certification.decree=my-decree.yaml"]) == 0
    text = capsys.readouterr().out
    assert "Reform-2030" in text
    assert "D35-2022" in text


def test_a_bad_decree_file_ends_with_code_2_and_nothing_is_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, REFORM.replace("0.15", "15"))
    for command in (
        [
            "run",
            "baseline",
            "--world",
            "pilot-parks",
            "--set",
            "certification.decree=my-decree.yaml",
            "--out",
            "results",
        ],
        ["check", "my-decree.yaml"],
    ):
        assert main(command) == 2
        assert "my-decree.yaml:6" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()
    written(tmp_path, REFORM)
    assert main(["check", "my-decree.yaml"]) == 0


def test_every_sentence_that_a_decree_may_say_is_measured():
    assert CRITERIA.keys() == SENTENCES.keys()
