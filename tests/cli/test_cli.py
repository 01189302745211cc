"""The command line: every command, and for every bad input a message, the right exit code and nothing half-written."""

import contextlib
import errno
import gc
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from eipsim import cli
from eipsim.analysis.compare import compare
from eipsim.cli import terminal
from eipsim.model.model import EIPModel
from eipsim.outcomes.registry import OUTCOMES
from eipsim.runs.simulation import simulate
from eipsim.scenarios.files import GROUPS, list_scenarios
from eipsim.sweeps.replicates import simulate_many

PILOTS = ["--world", "pilot-parks"]
BRIEF = [*PILOTS, "--years", "2015-2018"]
OF_BRIEF = "results/baseline--world-pilot-parks--years-2015-2018"
EXAMPLE = Path(__file__).parents[1] / "data" / "example-country"
MANUAL = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")


class Answer:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def eipsim(capsys):
    """Runs a command in this process."""

    def command(*arguments) -> Answer:
        capsys.readouterr()
        code = cli.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Answer(code, printed.out, printed.err)

    return command


@pytest.fixture
def no_figures(monkeypatch):
    """For tests that are about something else: figures cost seconds."""
    monkeypatch.setattr("eipsim.figures.save_run_figures", lambda run, folder: [])
    monkeypatch.setattr("eipsim.cli.drawing.cores", lambda: 1)
    monkeypatch.setattr("eipsim.figures.save_comparison_figures", lambda comparison, folder: [])


def left_behind() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def refused(answer: Answer, *told: str) -> None:
    """Bad input: exit code 2, the message on stderr without traceback, nothing printed, nothing written."""
    assert answer.code == 2, answer.err
    assert answer.out == ""
    assert "Traceback" not in answer.err
    for text in told:
        assert text in answer.err


# ---- every command does its work -------------------------------------------------------------------------------------


def test_list_names_every_scenario_in_its_group(eipsim):
    answer, rows = eipsim("list"), eipsim("list", "--json").json
    assert answer.code == 0
    assert all(name in answer.out for name in list_scenarios())
    assert sorted(row["name"] for row in rows) == list_scenarios()
    lines = answer.out.splitlines()
    headings = [line.rstrip() for line in lines if line.rstrip().lower() in GROUPS]
    assert headings == ["Enacted", "Single instruments", "Packages", "Counterfactuals", "Equal budget"]
    shown = [line.split()[0] for line in lines if line.split() and line.split()[0] in list_scenarios()]
    assert shown == [row["name"] for row in rows]


def test_run_prints_the_table_and_writes_everything(eipsim):
    answer = eipsim("run", *PILOTS)
    assert answer.code == 0
    assert answer.err == ""
    for text in ("2015", "2020", "2024", "2030", "2040", "2050", "co2_avoided_t", "tCO2/yr", "recp_firm_share", "%"):
        assert text in answer.out
    folder = Path("results/baseline--world-pilot-parks")
    files = {file.name for file in folder.iterdir()}
    assert {"outcomes.csv", "outcomes.parquet", "parks.parquet", "provinces.csv", "avoided_by_measure.csv"} <= files
    assert {Path(name).suffix for name in files} >= {".png", ".svg"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["files"]) | {"manifest.json"} == files
    outcomes = pd.read_parquet(folder / "outcomes.parquet")
    assert list(outcomes) == list(OUTCOMES)
    assert outcomes.attrs["units"]["co2_t"] == "tCO2/yr"
    assert left_behind() == ["results"]
    assert [path.name for path in Path("results").iterdir()] == [folder.name]


def test_run_obeys_its_options(eipsim, no_figures):
    answer = eipsim(
        "run", "subsidy", *BRIEF, "--seed", 7, "--set", "behaviour.peer_weight=0", "--set", "levers.carbon_price=20",
        "--rule", "npv_hurdle", "--out", "mine", "--json",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    told = answer.json
    assert (told["scenario"], told["seed"], told["rule"], told["years"]) == ("subsidy", 7, "npv_hurdle", [2015, 2018])
    assert told["settings"] == {"behaviour.peer_weight": "0", "levers.carbon_price": "20"}
    assert [row["year"] for row in told["outcomes"]] == [2015, 2016, 2017, 2018]
    assert told["folder"] == "mine"
    assert left_behind() == ["mine"]


def test_run_of_replicates_gives_all_of_them_and_their_quantiles(eipsim, no_figures):
    answer = eipsim("run", *BRIEF, "--replicates", 3)
    assert answer.code == 0, answer.err
    assert "median of 3 replicates" in answer.out
    replicates = pd.read_parquet(f"{OF_BRIEF}/replicates.parquet")
    assert sorted(replicates["replicate"].unique()) == [0, 1, 2]
    assert len(replicates) == 12
    quantiles = pd.read_csv(f"{OF_BRIEF}/quantiles.csv")
    assert sorted(quantiles["quantile"].unique()) == [0.05, 0.25, 0.5, 0.75, 0.95]


def test_compare_prints_and_writes(eipsim):
    answer = eipsim("compare", "subsidy", "carbon-price", *PILOTS, "--replicates", 2, "--years", "2015-2030")
    assert answer.code == 0, answer.err
    said = (
        "subsidy against baseline", "carbon-price against baseline", "net_per_1000_usd", "cost_per_tonne",
        "subsidy: measures in firms by vouchers that baseline lacks", "percentage points", "Warning: subsidy:",
    )  # fmt: skip
    for text in said:
        assert text in answer.out
    wide = [line for line in answer.out.splitlines() if len(line) > 80]
    assert [line for line in wide if " " in line.strip()] == []
    folder = Path("results/compare-subsidy-carbon-price--world-pilot-parks--years-2015-2030")
    assert {"pathways.parquet", "differences.csv", "adoption.csv", "summary.csv", "manifest.json"} <= {
        file.name for file in folder.iterdir()
    }
    assert {file.suffix for file in folder.iterdir()} >= {".png", ".svg"}


@pytest.fixture
def compared(eipsim, no_figures):
    """What is printed of two policies, and for machines."""
    command = ["compare", "subsidy", "carbon-price", *PILOTS, "--replicates", 3, "--years", "2015-2035"]
    return eipsim(*command).out.splitlines(), eipsim(*command, "--out", "again", "--json").json


def test_compare_begins_with_its_answer(compared):
    printed, told = compared
    beginning = " ".join(" ".join(printed[:40]).split())
    assert beginning.startswith(" ".join(told["answer"]))
    assert len(told["answer"]) == 3
    assert told["warnings"][0].startswith("subsidy: subsidy_budget_usd")


def test_a_quantity_has_one_unit_in_all_tables_of_a_comparison(compared):
    """A row: name, mark, three numbers, unit."""
    rows = [re.match(r"(\w+)(?: \*)? +([-\d.,–]+) +([-\d.,–]+) +([-\d.,–]+)  (\S.*)", line) for line in compared[0]]
    units = [(row[1], row[5]) for row in rows if row and row[1] not in ("subsidy", "carbon")]
    assert len(units) > 40
    assert len(set(units)) == len({name for name, _ in units})
    assert ("co2_t", "thousand tCO2/yr") in units


def test_words_of_a_comparison_are_said_once_and_beneath_their_table(compared):
    printed = compared[0]
    for word in (
        "additional_adopters",
        "transfers_to_the_public",
        "total_cost",
        "free_riding_adoptions",
        "co2_avoided_t",
    ):
        assert sum(line.startswith(f"{word}: ") for line in printed) == 1
    said = next(i for i, line in enumerate(printed) if line.startswith("free_riding_adoptions: "))
    assert any(line.startswith("free_riding_adoptions ") for line in printed[:said])


def test_differences_that_can_be_told_from_zero_are_marked(compared):
    printed, told = compared
    marked = [line.split(" *")[0] for line in printed if re.match(r"\w+ \*  ", line)]
    numbers = {
        row["quantity"]: row for row in told["summary"] if row["scenario"] == "carbon-price" and row["year"] is None
    }
    assert "discounted_additional_tonnes" in marked
    assert numbers["discounted_additional_tonnes"]["low"] > 0.0
    assert "baseline_adopters" not in marked  # a count, not a difference


def test_compare_for_machines(eipsim, no_figures):
    told = eipsim("compare", "subsidy", *BRIEF, "--replicates", 2, "--baseline", "no-eip-policy", "--json").json
    assert told["failures"] == []
    assert {case["label"] for case in told["cases"]} == {"no-eip-policy", "subsidy"}
    assert {"scenario", "quantity", "unit", "year", "value", "low", "high", "note"} == set(told["summary"][0])


def test_explain_a_park(eipsim):
    answer = eipsim("explain", "park", "Amata", "--year", 2030, *PILOTS)
    assert answer.code == 0
    assert "Amata" in answer.out
    assert "2030" in answer.out
    assert "Amata" in eipsim("explain", "park", "P352", "--year", 2030, *PILOTS, "--json").json["title"]


def test_explain_a_firm(eipsim):
    answer = eipsim("explain", "firm", "P352-017-1", "compressed-air", "--year", 2030, *PILOTS)
    assert answer.code == 0
    assert "P352-017-1" in answer.out
    assert "USD" in answer.out
    told = eipsim("explain", "firm", "P352-017-1", "compressed-air", "--year", 2030, *PILOTS, "--json").json
    assert told["verdict"]


def test_schema_is_a_json_schema(eipsim):
    told = eipsim("schema").json
    assert told["$schema"].startswith("https://json-schema.org/")
    assert {"levers", "programmes", "parameters"} <= set(told["properties"])


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("parameters", {"name", "unit", "low", "central", "high", "status", "source"}),
        ("measures", {"id", "name", "payback", "status", "source"}),
        ("parks", {"id", "name", "province", "status", "source"}),
        ("outcomes", {"name", "unit", "kind", "definition"}),
        ("levers", {"name", "unit", "default", "least", "most", "definition"}),
        ("scenarios", {"name", "title", "question"}),
    ],
)
def test_show_tells_the_facts(eipsim, kind, columns):
    rows = eipsim("show", kind, *PILOTS, "--json").json
    assert columns <= set(rows[0])
    text = eipsim("show", kind, *PILOTS).out
    assert all(str(row.get("name")).split()[0] in text for row in rows)


def test_show_searches(eipsim):
    rows = eipsim("show", "parks", "tra noc", *PILOTS, "--json").json
    assert [row["name"] for row in rows] == ["Trà Nóc 1", "Trà Nóc 2"]
    figures = eipsim("show", "measures", "compressed-air", "--json").json
    assert {"payback", "capex", "lifetime"} <= {row["parameter"] for row in figures}


def test_help_and_version(eipsim):
    from eipsim import __version__

    assert eipsim("--version").out.strip() == __version__
    for arguments in ((), ("--help",)):
        assert {"run", "compare", "explain", "check", "show"} <= set(eipsim(*arguments).out.split())
    assert "--replicates" in eipsim("run", "--help").out


# ---- check -----------------------------------------------------------------------------------------------------------


def test_a_good_file_has_no_mistakes(eipsim):
    Path("mine.yaml").write_text("extends: baseline\nlevers:\n  carbon_price: 20\n")
    answer = eipsim("check", "mine.yaml", *PILOTS)
    assert (answer.code, answer.out) == (0, "mine.yaml: no mistakes\n")
    assert eipsim("run", "mine.yaml", *BRIEF, "--out", "out", "--json").code == 0


def test_check_tells_all_mistakes_of_a_file_with_their_lines(eipsim):
    Path("bad.yaml").write_text(
        "extends: baseline\nlevers:\n  carbon_prise: 20\n  capital_subsidy: -0.2\nparameters:\n"
        "  behaviour.peer_weight: .nan\nyears: [2050, 2015]\n"
    )
    told = ("bad.yaml:3", "did you mean carbon_price?", "bad.yaml:4", "bad.yaml:6", "bad.yaml:7")
    refused(eipsim("check", "bad.yaml"), *told)
    refused(eipsim("run", "bad.yaml"), *told)
    answer = eipsim("check", "bad.yaml", "--json")
    assert answer.code == 2
    assert len(answer.json["mistakes"]) == 4


def test_check_says_what_a_scenario_inherits_as_the_manual_tells(eipsim):
    example = (MANUAL.partition("# my-inspections.yaml\n")[2]).partition("```")[0]
    Path("my-inspections.yaml").write_text(f"# my-inspections.yaml\n{example}", encoding="utf-8")
    told = MANUAL.partition("```text\nmy-inspections.yaml: no mistakes\n")[2].partition("```")[0]
    answer = eipsim("check", "my-inspections.yaml", *PILOTS)
    assert (answer.code, answer.out) == (0, f"my-inspections.yaml: no mistakes\n{told}")
    rows = eipsim("check", "my-inspections.yaml", *PILOTS, "--json").json["inherited"]
    assert [(row["lever"], row["where"]) for row in rows] == [
        ("inspection_probability", "my-inspections.yaml:5"), ("fine_usd", "my-inspections.yaml:6"),
    ]  # fmt: skip
    assert all(row["told"] in told for row in rows)


def test_check_warns_as_the_manual_tells_and_run_on_the_stream_of_errors(eipsim):
    example = (MANUAL.partition("# my-subsidy.yaml\n")[2]).partition("```")[0]
    Path("my-subsidy.yaml").write_text(f"# my-subsidy.yaml\n{example}", encoding="utf-8")
    told = MANUAL.partition("```text\nmy-subsidy.yaml: no mistakes\n")[2].partition("```")[0]
    answer = eipsim("check", "my-subsidy.yaml", *PILOTS)
    assert (answer.code, answer.out) == (0, f"my-subsidy.yaml: no mistakes\n{told}")
    assert len(eipsim("check", "my-subsidy.yaml", *PILOTS, "--json").json["warnings"]) == 3
    ran = eipsim("run", "my-subsidy.yaml", *BRIEF, "--no-figures")
    assert (ran.code, ran.err) == (0, told)
    assert "Warning" not in ran.out


def test_messages_are_broken_where_a_person_sees_them_and_whole_in_a_log(eipsim, monkeypatch):
    Path("mine.yaml").write_text("extends: baseline\nparameters: {behaviour.peer_weight: 50}\n")
    monkeypatch.delenv("COLUMNS", raising=False)
    whole = eipsim("check", "mine.yaml", *PILOTS).out
    monkeypatch.setenv("COLUMNS", "50")
    narrow = eipsim("check", "mine.yaml", *PILOTS).out
    assert len(whole.splitlines()) == 2
    assert max(map(len, narrow.splitlines())) <= 50
    assert narrow.split() == whole.split()


def test_check_asks_about_allowances_that_have_no_effect(eipsim):
    Path("mine.yaml").write_text("levers:\n  auctioned_share:\n    value: 0\n    sectors: [A05]\n")
    answer = eipsim("check", "mine.yaml", *PILOTS)
    assert answer.code == 0
    assert answer.out.startswith("mine.yaml: no mistakes\n")
    asked = "mine.yaml:4: allowances of A05 are free where no carbon_price is ever above 0: worth nothing; set "
    assert f"Warning: {asked}" in answer.out
    assert eipsim("check", "mine.yaml", *PILOTS, "--json").json["warnings"][0].startswith(asked)


def test_check_tells_provinces_of_the_past_with_their_successor(eipsim):
    Path("past.yaml").write_text(
        "extends: no-eip-policy\nparameters: {regulators.provinces_merge: 1}\nlevers:\n"
        "  provincial_support: {value: 1, from: 2026, provinces: [Ha Nam], source: assumed}\n",
        encoding="utf-8",
    )
    told = eipsim("check", "past.yaml", *PILOTS)
    assert told.code == 0
    assert "Warning: past.yaml:4: province Hà Nam is part of Ninh Bình from 2026; what is said holds" in told.out
    (question,) = eipsim("check", "past.yaml", *PILOTS, "--json").json["warnings"]
    assert question.endswith("for all of it write Ninh Bình")


def test_check_knows_the_parks_of_the_world(eipsim):
    Path("mine.yaml").write_text("extends: baseline\nlevers:\n  training:\n    value: 1\n    parks: [Amatta]\n")
    refused(eipsim("check", "mine.yaml"), "mine.yaml:5", "Amata")


def test_check_reads_decree_files(eipsim):
    from eipsim.policy.decrees import FILE

    Path("good.csv").write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    assert eipsim("check", "good.csv").code == 0
    bad = FILE.read_text(encoding="utf-8").replace("2022-07-15", "the fifteenth")
    Path("bad.csv").write_text(bad, encoding="utf-8")
    refused(eipsim("check", "bad.csv"), "bad.csv:", "is not a date")


def test_check_reads_worlds(eipsim):
    assert eipsim("check", f"folder:{EXAMPLE}").code == 0
    refused(eipsim("check", EXAMPLE), f"folder:{EXAMPLE}")


# ---- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "baselin"], "did you mean baseline?"),
        (["run", "missing.yaml"], "no such file"),
        (["run", "--set", "levers.carbon_prise=20"], "did you mean carbon_price?"),
        (["run", "--set", "behaviour.peer_wight=0"], "did you mean behaviour.peer_weight?"),
        (["run", "--set", "levers.capital_subsidy=-0.1"], "capital_subsidy"),
        (["run", "--set", "behaviour.peer_weight=.nan"], "finite"),
        (["run", "--set", "behaviour.peer_weight=nan"], "must be a number"),
        (["run", "--set", "behaviour.peer_weight"], "NAME=VALUE"),
        (["run", "--set", "behaviour.peer_weight=0", "--set", "behaviour.peer_weight=1"], "set twice"),
        (["run", "--set", "behaviour.peer_weight=[1,"], "this is not YAML"),
        (["run", "--years", "2050-2015"], "reversed"),
        (["run", "--years", "1990-2015", *PILOTS], "allowed: 2015-2050"),
        (["run", "--years", "2015-2060", *PILOTS], "allowed: 2015-2050"),
        (["run", "--years", "now"], "2015-2050"),
        (["run", "--world", "atlantis"], "'atlantis' is unknown"),
        (["run", "--world", "folder:nowhere"], "no such folder"),
        (["run", "--rule", "npv_hurdel", *PILOTS], "did you mean npv_hurdle?"),
        (["run", "--rule", "nowhere.py:mine", *PILOTS], "does not exist"),
        (["run", "--seed", "-1", *PILOTS], "seed"),
        (["run", "--seed", "one"], "--seed"),
        (["run", "--replicates", "0", *PILOTS], "replicates"),
        (["run", "--replicates", "2", "--jobs", "0", *PILOTS], "jobs"),
        (["run", "--sed", "1"], "No such option"),
        (["run", "baseline", "subsidy"], "unexpected extra argument"),
        (["compare"], "Missing argument"),
        (["compare", "baseline", *PILOTS], "nothing to compare"),
        (["compare", "subsidy", "subsidy", *PILOTS], "occurs twice"),
        (["compare", "subsidi", "--baseline", "baselin"], "did you mean subsidy?"),
        (["compare", "subsidy", "--replicates", "-3", *PILOTS], "replicates"),
        (["explain", "park", "Amatta", *PILOTS], "did you mean Amata?"),
        (["explain", "park", "Amata", "--year", "2051", *PILOTS], "allowed: 2015 to 2050"),
        (["explain", "firm", "P352-999-9", "compressed-air", *PILOTS], "is unknown"),
        (["explain", "firm", "Amata", "compressed-air", *PILOTS], "P352-017-1"),
        (["explain", "firm", "P352-017-1", "compresed-air", *PILOTS], "did you mean compressed-air?"),
        (["explain", "farm"], "No such command"),
        (["show", "parks", "atlantis", *PILOTS], "no row contains 'atlantis'"),
        (["show", "outcome"], "did you mean outcomes?"),
        (["check", "nowhere.yaml"], "no such file"),
        (["check", "nowhere.csv"], "cannot be read"),
        (["rnu"], "No such command"),
    ],
)
def test_bad_input_is_told_and_leaves_nothing(eipsim, arguments, told):
    refused(eipsim(*arguments), told)
    assert left_behind() == []


def test_mistakes_in_several_options_come_together(eipsim):
    refused(eipsim("run", "baselin", "--years", "2050-2015"), "did you mean baseline?", "reversed")
    refused(eipsim("compare", "subsidi", "--baseline", "baselin"), "subsidy", "baseline")
    refused(eipsim("explain", "firm", "P352-999-9", "lightning", *PILOTS), "P352-999-9", "did you mean lighting?")


@pytest.mark.parametrize(
    "text", ["levers: [", "levers:\n\t- x", "- a\n- b\n", "levers: {carbon_price: 1, carbon_price: 2}", "\0"]
)
def test_malformed_yaml(eipsim, text):
    Path("mine.yaml").write_text(text)
    refused(eipsim("run", "mine.yaml"), "mine.yaml")
    refused(eipsim("check", "mine.yaml"), "mine.yaml")
    assert left_behind() == ["mine.yaml"]


def test_a_duplicate_park_and_a_malformed_table_in_ones_own_country(eipsim):
    country = Path("country")
    country.mkdir()
    for file in EXAMPLE.iterdir():
        (country / file.name).write_bytes(file.read_bytes())
    lines = (country / "parks.csv").read_text(encoding="utf-8").splitlines()
    (country / "parks.csv").write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    (country / "firm_counts.csv").write_text('year,firms\n2020,"many\n', encoding="utf-8")
    for arguments in (["run", "--world", "folder:country"], ["check", "folder:country"]):
        refused(eipsim(*arguments), f"parks.csv:{len(lines) + 1}", "duplicate", "firm_counts.csv")
    assert left_behind() == ["country"]


# ---- a user's rule that raises ---------------------------------------------------------------------------------------

PICKY = """
def picky(cost, saving, lifetime, size, peers, effects):
    if cost != 1000.0:
        raise ValueError("no idea")
    return 0.5

def broken(cost, saving, lifetime, size, peers, effects):
    return 1.0 / 0

def odd(cost, saving, lifetime, size, peers, effects):
    return 7
"""


def test_a_rule_that_raises_on_a_plain_project_is_bad_input(eipsim):
    Path("rules.py").write_text(PICKY)
    refused(eipsim("run", *BRIEF, "--rule", "rules.py:broken"), "ZeroDivisionError")
    refused(eipsim("run", *BRIEF, "--rule", "rules.py:odd"), "a probability from 0 to 1")
    refused(eipsim("run", *BRIEF, "--rule", "rules.py:pickey"), "did you mean picky?")
    assert "results" not in left_behind()


@pytest.mark.long
@pytest.mark.parametrize("more", [[], ["--replicates", "2"]])
def test_a_rule_that_raises_during_the_run_is_named(eipsim, more):
    Path("rules.py").write_text(PICKY)
    answer = eipsim("run", *BRIEF, "--rule", "rules.py:picky", *more)
    assert answer.code == 3
    assert answer.out == ""
    assert "picky" in answer.err
    assert "no idea" in answer.err
    assert "Traceback" not in answer.err
    assert "results" not in left_behind()


def test_when_some_runs_fail_the_others_are_kept(eipsim, monkeypatch, no_figures):
    step = EIPModel.step

    def fragile(self):
        if self.replicate == 1:
            raise ArithmeticError("a planted fault")
        step(self)

    monkeypatch.setattr(EIPModel, "step", fragile)
    answer = eipsim("run", *BRIEF, "--replicates", 3)
    assert answer.code == 3
    assert "replicate 1: a planted fault" in answer.err
    assert sorted(pd.read_parquet(f"{OF_BRIEF}/replicates.parquet")["replicate"].unique()) == [0, 2]
    answer = eipsim("compare", "subsidy", *BRIEF, "--replicates", 3, "--json")
    assert answer.code == 3
    assert len(answer.json["failures"]) == 2


# ---- folders and disks -----------------------------------------------------------------------------------------------


def test_nothing_is_overwritten_without_force(eipsim, no_figures, monkeypatch):
    assert eipsim("run", *BRIEF).code == 0
    before = Path(f"{OF_BRIEF}/manifest.json").read_bytes()
    monkeypatch.setattr(EIPModel, "step", lambda self: pytest.fail("refused only after the run"))
    refused(eipsim("run", *BRIEF), OF_BRIEF, "exists", "--force")
    assert Path(f"{OF_BRIEF}/manifest.json").read_bytes() == before
    monkeypatch.undo()


def test_force_replaces_results_and_nothing_else(eipsim, no_figures):
    assert eipsim("run", *BRIEF, "--out", "mine").code == 0
    assert eipsim("run", "subsidy", *BRIEF, "--out", "mine", "--force").code == 0
    assert json.loads(Path("mine/manifest.json").read_text())["scenario"] == "subsidy"
    Path("mine/thesis.txt").write_text("precious")
    refused(eipsim("run", *BRIEF, "--out", "mine", "--force"), "thesis.txt")
    refused(eipsim("run", *BRIEF, "--out", ".", "--force"), "holds what eipsim did not write")
    assert Path("mine/thesis.txt").read_text() == "precious"


@pytest.mark.parametrize("command", [["run"], ["compare", "subsidy", "--replicates", "2"]])
def test_a_full_disk(eipsim, monkeypatch, no_figures, command):
    def full(self, file, *_, **__):
        Path(file).write_text("half a tab")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    refused(eipsim(*command, *BRIEF), "No space left on device", "nothing was left behind")
    assert left_behind() == []


def test_a_full_disk_for_real():
    """No file of the process may grow beyond 20 kB: the system itself refuses the next byte."""
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000));"
        "from eipsim.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = in_process("-c", limited, "run", *BRIEF)
    assert done.returncode == 2, done.stderr
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert left_behind() == []


def test_a_place_that_cannot_be_written(eipsim, no_figures):
    Path("file").write_text("mine")
    refused(eipsim("run", *BRIEF, "--out", "file"), "is a file")
    refused(eipsim("run", *BRIEF, "--out", "file/inside"), "cannot be written")
    assert left_behind() == ["file"]


def test_a_command_leaves_the_search_for_garbage_as_it_was(eipsim):
    usual = gc.get_threshold()
    eipsim("list")
    eipsim("rnu")
    assert gc.get_threshold() == usual


# ---- a process of its own --------------------------------------------------------------------------------------------


def in_process(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=120, **options)


def test_the_command_line_loads_libraries_only_when_it_needs_them():
    heavy = {"mesa", "numba", "pandas", "scipy", "matplotlib", "SALib"}
    assert in_process("-c", f"import sys, eipsim.cli; print({heavy} & set(sys.modules))").stdout == "set()\n"


def test_as_a_module():
    done = in_process("-m", "eipsim", "list", "--json")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)) == len(list_scenarios())
    assert in_process("-m", "eipsim", "rnu").returncode == 2


def test_a_reader_that_stops_reading_is_no_error():
    command = f"{sys.executable} -m eipsim show parameters | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


def listen_to_ctrl_c():
    """A shell makes what it starts in the background deaf to Ctrl-C; a command at a terminal is not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_workers_never_see_ctrl_c():
    code = """
import signal
from eipsim.sweeps.workers import run_tasks
print([signal.SIGINT in held for held in run_tasks(signal.pthread_sigmask, [(signal.SIG_BLOCK, ())] * 4, 2, "loky", None)])
"""
    assert in_process("-c", code).stdout == f"{[True] * 4}\n"


@pytest.fixture(scope="module")
def machine_code():
    """Compiled before the clock of an interruption starts."""
    simulate(world="pilot-parks")
    simulate_many(["baseline"], world="pilot-parks", replicates=2, jobs=2)
    compare(["subsidy"], world="pilot-parks", replicates=2)


ENDLESS = [*PILOTS, "--replicates", "1000000"]


@pytest.mark.parametrize(
    ("command", "seconds"),
    [
        (["run", *ENDLESS], 1.0),  # while it sets up
        (["run", *ENDLESS, "--jobs", "2"], 4.0),  # while workers start
        pytest.param(["run", *ENDLESS], 6.0, marks=pytest.mark.long),
        pytest.param(["run", *ENDLESS, "--jobs", "2"], 10.0, marks=pytest.mark.long),
        pytest.param(["compare", "subsidy", *ENDLESS], 6.0, marks=pytest.mark.long),
    ],
)
def test_ctrl_c(command, seconds, machine_code):
    process = subprocess.Popen(
        [sys.executable, "-m", "eipsim", *command],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=listen_to_ctrl_c,
    )  # fmt: skip
    try:
        time.sleep(seconds)
        assert process.poll() is None, process.communicate()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the command and its workers
        out, err = process.communicate(timeout=60)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode in (130, -signal.SIGINT), err  # a shell shows both as 130
    assert out == ""
    assert err.splitlines()[-1] == "Interrupted: no results were written."
    assert left_behind() == []
    assert nobody_left_of(process.pid)


def nobody_left_of(group: int) -> bool:
    """No process of the group is left within ten seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


# ---- how it looks ----------------------------------------------------------------------------------------------------


class FakeTerminal:
    """A stream of errors that says it is a terminal, and remembers."""

    encoding = "utf-8"

    def __init__(self):
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


def test_progress_appears_on_a_terminal_after_two_seconds_and_is_quiet_elsewhere(monkeypatch, capsys):
    with terminal.progress("quiet") as report:
        report(1, 2)
    assert capsys.readouterr() == ("", "")
    shown = FakeTerminal()
    monkeypatch.setattr(sys, "stderr", shown)
    with terminal.progress("short") as report:
        report(1, 2)
    assert "short" not in shown.text
    monkeypatch.setattr(terminal, "PATIENCE", 0.0)
    with terminal.progress("long") as report:
        report(1, 2)
        time.sleep(0.5)
    assert "long" in shown.text
    assert terminal.PATIENCE == 0.0


def test_numbers_are_shown_in_readable_units():
    assert terminal.row_of([1_234_567.0, 12_345_678.0], "USD/yr") == (["1.2", "12.3"], "million USD/yr")
    assert terminal.row_of([0.123, 0.5], "share") == (["12.3", "50.0"], "%")
    assert terminal.row_of([902.0, 898.0], "firms") == (["902", "898"], "firms")
    assert terminal.row_of([float("nan"), 3.0], "parks") == (["–", "3"], "parks")
    assert terminal.row_of([float("nan")], "USD/tCO2") == (["–"], "USD/tCO2")
    assert terminal.row_of([0.0, 0.0], "share") == (["0", "0"], "%")
