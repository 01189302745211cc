"""`eipsim validate`: what it prints and writes, and how it refuses."""

import json

import pytest

from eipsim import cli

HEAD = "name,expression,filter,years,low,high,source\n"
GOOD = HEAD + (
    'Score,"park_score_mean[""Amata""] @2017 - @2016",,,-5,5,x\n'
    "Identified,options_identified,programme=pilot,2016,1,,x\n"
    "Nobody,firms_aware_share | sector='A01' @2016,,,2,3,x\n"
)
OPTIONS = ["--world", "pilot-parks", "--replicates", "2"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "facts.csv").write_text(GOOD, encoding="utf-8")


@pytest.fixture
def eipsim(capsys):
    def command(*arguments):
        capsys.readouterr()
        code = cli.main(list(map(str, arguments)))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def test_it_prints_a_row_a_fact_and_writes_tables_and_figure(eipsim, tmp_path):
    code, out, _ = eipsim("validate", "facts.csv", "--world", "pilot-parks", "--replicates", "20")
    assert code == 0
    for words in (
        "Score", "too low", "2 of 3 tests agree (1 too low)", "1 to …", "20 populations",
        "results/validate-facts--world-pilot-parks",
        "Coverage and sharpness", "67 % (of a perfect model 90 % or more)",
    ):  # fmt: skip
        assert words in out
    written = {file.name for file in (tmp_path / "results/validate-facts--world-pilot-parks").iterdir()}
    tables = {"facts.csv", "roles.csv", "runs.parquet", "codebook.csv", "manifest.json"}
    assert written == {*tables, "validation.png", "validation.svg"}


def test_json_has_every_number(eipsim):
    code, out, _ = eipsim("validate", "facts.csv", *OPTIONS, "--json", "--out", "there")
    answer = json.loads(out)
    assert code == 0
    assert [fact["verdict"] for fact in answer["facts"]] == ["no verdict"] * 3
    assert [fact["role"] for fact in answer["facts"]] == ["test"] * 3
    assert answer["counts"]["test"]["no verdict"] == 3
    assert answer["roles"][0]["role"] == "test"
    assert answer["notes"] == ["all facts: 2 of 2 runs have a value, and a verdict needs 20"]
    assert answer["facts"][1]["observed_high"] is None
    assert (answer["last_year"], answer["replicates"], answer["failures"]) == (2017, 2, [])


def test_results_are_not_overwritten(eipsim):
    assert eipsim("validate", "facts.csv", *OPTIONS, "--out", "there")[0] == 0
    code, _, err = eipsim("validate", "facts.csv", *OPTIONS, "--out", "there")
    assert code == 2
    assert "exists" in err
    assert eipsim("validate", "facts.csv", *OPTIONS, "--out", "there", "--force")[0] == 0


def test_every_mistake_is_told_and_nothing_written(eipsim, tmp_path):
    bad = HEAD + 'A,"firms | park=""Amatta"" @2016",,,0,1,x\nB,firns @2016,,,0,1,x\nC,firms @2099,,,0,1,x\n'
    (tmp_path / "bad.csv").write_text(bad, encoding="utf-8")
    code, out, err = eipsim("validate", "bad.csv", "--scenario", "baseline", *OPTIONS)
    assert (code, out) == (2, "")
    for words in (
        "bad.csv:2: expression: column 14: park 'Amatta' is unknown in world pilot-parks; did you mean Amata?",
        "bad.csv:3: expression: column 1: outcome 'firns' is unknown; did you mean firms?",
        "bad.csv:4: expression: column 1: firms @2099 is not simulated; allowed: 2015 to 2050",
    ):
        assert f"Error: {words}" in err
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.csv"], "cannot be read"),
        (["facts.csv", "--scenario", "basline"], "did you mean baseline?"),
        (["facts.csv", "--world", "vietnm"], "vietnam"),
        (["facts.csv", "--replicates", "0"], "is not a whole number of 1 or more"),
        (["facts.csv", "--set", "x"], "NAME=VALUE"),
        (["facts.csv", "--set", "behaviour.per_weight=1"], "did you mean behaviour.peer_weight?"),
    ],
)
def test_bad_options_are_refused(eipsim, arguments, words):
    code, _, err = eipsim("validate", *arguments)
    assert code == 2
    assert words in err


def test_quantities_can_be_looked_up(eipsim):
    code, out, _ = eipsim("show", "quantities", "certificates_granted")
    assert code == 0
    assert "province, park, programme" in out


def test_filters_can_be_looked_up(eipsim):
    code, out, _ = eipsim("show", "filters", "park_state")
    assert code == 0
    assert "operating, committed, converted" in out


def test_a_value_with_a_blank_and_no_quotes_gets_the_hint_to_quote_it(eipsim, tmp_path):
    (tmp_path / "bad.csv").write_text(HEAD + "A,firms | programme=GEIPP phase I @2020,,,0,1,x\n", encoding="utf-8")
    code, _, err = eipsim("validate", "bad.csv", *OPTIONS)
    assert code == 2
    assert "bad.csv:2: expression: column 25: 'phase' cannot stand here; a value of several words" in err
    assert 'programme="GEIPP phase I"' in err


def test_two_scenarios_stand_in_one_fact(eipsim, tmp_path):
    pair = HEAD + "Vouchers lower emissions,co2_t[subsidy] / co2_t[baseline] @2028,,,0,1,x\n"
    (tmp_path / "pair.csv").write_text(pair, encoding="utf-8")
    code, out, _ = eipsim("validate", "pair.csv", *OPTIONS)
    assert code == 0
    assert "0 of 1 test agrees (1 no verdict)" in out
    assert "Note: all facts: 2 of 2 runs have a value, and a verdict needs 20" in out
