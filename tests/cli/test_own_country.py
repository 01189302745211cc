"""A country of one's own on the command line: what is checked, told and run by default."""

import json
import os
import shutil
from pathlib import Path

import pytest

from eipsim import cli
from eipsim.stores.store import Store

EXAMPLE = Path(__file__).parents[1] / "data" / "example-country"
DESIGN = """world: folder:country
years: [2015, 2016]
outcomes: [co2_t]
factors: {levers.carbon_price: {uniform: [0, 50]}, levers.fine_usd: {uniform: [0, 9]}}
sampler: {method: listed, file: points.csv}
"""


@pytest.fixture(autouse=True)
def country(tmp_path, monkeypatch):
    """The example country in the folder where commands are given."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("eipsim.figures.save_run_figures", lambda run, folder: [])
    monkeypatch.setattr("eipsim.cli.drawing.cores", lambda: 1)
    return Path(shutil.copytree(EXAMPLE, tmp_path / "country")).relative_to(tmp_path)


@pytest.fixture
def eipsim(capsys):
    """Runs a command; gives exit code, what is printed, and the messages."""

    def command(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main([*arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def changed(folder: Path, table: str, good: str, bad: str) -> None:
    file = folder / f"{table}.csv"
    text = file.read_text(encoding="utf-8")
    assert good in text
    file.write_text(text.replace(good, bad), encoding="utf-8")


def test_check_says_whose_each_table_is(eipsim):
    code, out, _ = eipsim("check", "folder:country")
    assert code == 0
    own, vietnams, none = out.replace("\n  ", " ").splitlines()[1:]
    assert own.startswith("Tables of the country: parks, provinces")
    assert "prices" in own
    assert vietnams.startswith("Viet Nam's, because the country brings none: ")
    assert "fuel_mix" in vietnams
    assert "region_areas" in none
    _, out, _ = eipsim("check", "folder:country", "--json")
    assert json.loads(out)["tables"]["prices"] == "own"


def test_a_run_of_a_country_names_no_scenario_and_says_whose_each_table_is(eipsim):
    code, out, err = eipsim("run", "--world", "folder:country", "--years", "2015-2017", "--out", "results")
    assert code == 0, err
    assert "No eco-industrial policy" in out
    assert "Tables of the country: parks" in out
    manifest = json.loads(Path("results/manifest.json").read_text())
    assert manifest["scenario"] == "no-eip-policy"
    assert manifest["tables"]["grid_emission_factor"] == "own"
    assert manifest["unmet_totals"] == manifest["questions"] == []


@pytest.mark.parametrize(
    "command",
    [
        ("explain", "criteria", "--years", "2024-2025"),
        ("explain", "park", "Harbour", "--year", "2020"),
        ("explain", "firm", "N1-001-1", "lighting", "--year", "2018"),
        ("figure", "criteria", "--year", "2020", "--out", "."),
        ("compare", "mine.yaml", "--replicates", "1", "--years", "2015-2016", "--out", "compared"),
        ("validate", "facts.csv", "--replicates", "1", "--out", "validated"),
        ("show", "measures"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_every_command_of_a_country_runs_without_a_scenario_of_viet_nam(eipsim, command):
    Path("mine.yaml").write_text("title: Mine\nextends: no-eip-policy\nlevers: {carbon_price: 20}\n")
    Path("facts.csv").write_text("name,expression,year,low,high,source\nparks,parks_established,2024,5,7,ministry\n")
    code, _, err = eipsim(*command, "--world", "folder:country")
    assert code == 0, err


def test_a_design_of_a_country_without_scenarios_is_one_of_the_default_one(eipsim):
    Path("points.csv").write_text("levers.carbon_price,levers.fine_usd\n10,1\n")
    Path("design.yaml").write_text(DESIGN)
    code, _, err = eipsim("sweep", "design.yaml", "--store", "store")
    assert code == 0, err
    assert list(Store.open("store").design.scenarios) == ["no-eip-policy"]


@pytest.mark.parametrize(
    ("points", "line", "words"),
    [
        ("levers.carbon_price;levers.fine_usd\n10;1\n", 1, "semicolons"),
        ("levers.carbon_price\tlevers.fine_usd\n10\t1\n", 1, "tabs"),
        ("sep=,\nlevers.carbon_price,levers.fine_usd\n10,1\n", 1, "sep=,"),
        (",levers.carbon_price,levers.fine_usd\n0,10,1\n", 1, "row names or an index"),
        ("\ufefflevers.carbon_price,levers.fine_usd\n10,1,2\n9,1\n", 2, "3 cells; the header has 2 columns"),
        ("index,levers.carbon_price,levers.fine_usd\n0,10,1\n1,9,1\n", 1, "'index', only numbers the rows"),
        ('levers.carbon_price,levers.fine_usd\n9,1\n"10,5",1\n', 3, "write 10.5: a point before decimals"),
        ("levers.carbon_price,levers.fine_usd\n9,1\n99,1\n", 3, "allowed: 0 to 50"),
        ("levers.carbon_price,levers.fine_usd\n1_0,1\n", 2, "it must be a number"),
        ("levers.carbon_prise,levers.fine_usd\n9,1\n", 1, "did you mean levers.carbon_price?"),
        ("levers.carbon_price\n9\n", 1, "has no values of the factor levers.fine_usd"),
        ("levers.carbon_price,levers.carbon_price\n9,1\n", 1, "stands twice"),
        ("levers.carbon_price,levers.fine_usd\n" + "x,1\n" * 200, 101, "it must be a number"),
    ],
)
def test_points_of_another_program_are_told_at_the_line_of_their_own_file(eipsim, points, line, words):
    Path("points.csv").write_text(points, encoding="utf-8")
    Path("design.yaml").write_text(DESIGN)
    code, _, err = eipsim("check", "design.yaml")
    assert code == 2
    assert f"points.csv:{line}: " in err
    assert words in err
    assert "design.yaml" not in err


@pytest.mark.parametrize("command", [("check", "folder:country"), ("run", "--world", "folder:country")])
def test_a_total_that_is_not_met_ends_with_code_2_and_writes_nothing(eipsim, country, command):
    changed(country, "parks", "20.11,48", "20.11,20000")
    code, out, err = eipsim(*command)
    assert code == 2
    assert out == ""
    assert "world_checks.csv:2: firms of 2024: 200 asked" in err
    assert not Path("results").exists()


def test_what_is_worth_a_question_is_told_and_stops_nothing(eipsim, country):
    changed(country, "parks", "10.21,20.11", "20.11,10.21")
    code, out, _ = eipsim("check", "folder:country")
    assert code == 0
    assert "Warning: parks.csv:2: 'Harbour Park' lies 1,545 km from the point of its province" in out


def test_the_questions_about_tables_are_told_with_a_total_that_is_not_met(eipsim, country):
    changed(country, "park_counts", "6,4,1.1", "6,4,1100")
    code, _, err = eipsim("check", "folder:country")
    assert code == 2
    assert "park_area_kha of 2024: 1,100 asked" in err
    assert "is it in hectares?" in err


@pytest.mark.parametrize("name", ["/dev/zero", "pipe.yaml", "pipe.csv"])
def test_what_need_not_end_is_not_read(eipsim, name):
    for file in ("pipe.yaml", "pipe.csv"):
        os.mkfifo(file)
    code, _, err = eipsim("check", name)
    assert code == 2
    assert name in err


def test_names_with_control_characters_reach_no_terminal(eipsim, country):
    changed(country, "parks", "Harbour Park", "Harbour\x1b[31m Park")
    code, _, err = eipsim("check", "folder:country")
    assert code == 2
    assert "\x1b" not in err
    assert r"\x1b[31m" in err
    code, _, err = eipsim("check", "folder:no\x1b[31mwhere")
    assert code == 2
    assert "\x1b" not in err
