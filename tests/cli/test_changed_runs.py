"""A changed run is never taken for the baseline: folder, titles, manifest and figures say what is not the default."""

import json
from pathlib import Path

import pytest
from charts import texts

from eipsim import cli, figures, load_scenario, simulate
from eipsim.analysis.compare import compare
from eipsim.model.model import EIPModel
from eipsim.runs.departures import LONGEST_NAME, departures, folder_name, small_print

PILOTS, BRIEF = ["--world", "pilot-parks"], (2015, 2018)
CHANGED = ["--set", "behaviour.peer_weight=0", "--rule", "npv_hurdle", "--seed", "7", "--years", "2015-2018"]
TOLD = ["behaviour.peer_weight=0", "world=pilot-parks", "rule=npv_hurdle", "seed=7", "years=2015-2018"]


@pytest.fixture
def eipsim(capsys, monkeypatch, tmp_path):
    """Runs a command in this process, in an empty folder, without figures."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("eipsim.figures.save_comparison_figures", lambda comparison, folder: [])

    def command(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return command


@pytest.fixture(scope="module")
def run():
    settings = {"behaviour.peer_weight": 0}
    return simulate("baseline", 7, world="pilot-parks", years=(2015, 2030), settings=settings, detail=True)


def last_lines(chart) -> str:
    """What stands in the lowest lines of a figure."""
    return " ".join(text.get_text() for text in sorted(chart.texts, key=lambda text: -text.get_position()[1])[-3:])


def test_folder_title_and_manifest_name_what_is_not_the_default(eipsim):
    code, out, _ = eipsim("run", *PILOTS, *CHANGED, "--no-figures")
    assert code == 0
    (folder,) = Path("results").iterdir()
    assert folder.name == (
        "baseline--behaviour.peer_weight-0--world-pilot-parks--rule-npv_hurdle--seed-7--years-2015-2018"
    )
    title = " ".join(out.splitlines()[:3])
    assert all(told in title for told in TOLD)
    assert json.loads((folder / "manifest.json").read_text())["changed"] == TOLD


def test_with_a_folder_of_ones_own_the_title_still_tells(eipsim):
    code, out, _ = eipsim("run", *PILOTS, *CHANGED, "--no-figures", "--out", "mine")
    assert code == 0
    assert Path("mine/manifest.json").exists()
    assert "seed=7" in " ".join(out.splitlines()[:3])


def test_a_comparison_tells_what_was_changed_in_all_scenarios(eipsim):
    code, out, _ = eipsim("compare", "subsidy", *PILOTS, "--replicates", 2, "--set", "behaviour.peer_weight=0")
    assert code == 0
    assert [path.name for path in Path("results").iterdir()] == [
        "compare-subsidy--behaviour.peer_weight-0--world-pilot-parks"
    ]
    told = "Scenarios: baseline, subsidy. World: pilot-parks. Changed: behaviour.peer_weight=0."
    assert told in " ".join(out.split())


def test_what_is_the_default_is_not_told():
    usual = {"world": "vietnam", "rule": "acceptance_curve", "seed": 1, "replicate": 0}
    case = load_scenario("baseline")
    assert departures(case, case.years, **usual) == []
    assert folder_name("baseline", []) == "baseline"


def test_a_scenario_changed_in_python_says_so():
    case = load_scenario("baseline", levers={"carbon_price": {2030: 8}}, title="Mine")
    model = EIPModel(case, "pilot-parks", settings={"behaviour.peer_weight": 0.25})
    model.step()
    chart = figures.funnel(model)
    told = "Scenario: baseline. World: pilot-parks. Changed: levers.carbon_price={2030: 8}, behaviour.peer_weight=0.25."
    assert told in last_lines(chart)


def test_names_of_folders_stay_short_and_apart():
    many = [f"programmes.Tư vấn {n}.audits={n}" for n in range(30)]
    name = folder_name("baseline", many)
    assert len(name.encode()) <= LONGEST_NAME
    assert name != folder_name("baseline", [*many[:-1], "programmes.Tư vấn 29.audits=30"])
    assert not set(folder_name("baseline", ["world=folder:../a b/c", 'x={2030: "8*"}'])) & set('/\\:*?"<>|= ')


@pytest.mark.parametrize("name", sorted(figures.OF_A_RUN.keys() - {*figures.OF_A_PARK, "target"}))
def test_every_figure_of_a_run_names_scenario_world_and_what_was_changed(run, name):
    chart = figures.OF_A_RUN[name](run)
    told = "Scenario: baseline. World: pilot-parks. Changed: behaviour.peer_weight=0, seed=7, years=2015-2030."
    assert told in last_lines(chart)


def test_a_figure_of_runs_by_name_tells_what_was_changed_in_which(run):
    chart = figures.pathways({"as it is": simulate(world="pilot-parks", years=(2015, 2030)), "no peers": run})
    told = "Scenarios: as it is, no peers. World: pilot-parks. Changed in as it is: years=2015-2030; in no peers: "
    assert told in last_lines(chart)


def test_a_figure_of_a_comparison_tells_what_all_have_in_common():
    result = compare(["subsidy"], world="pilot-parks", years=BRIEF, replicates=1, settings={"behaviour.peer_weight": 0})
    assert "Changed: behaviour.peer_weight=0, years=2015-2018." in last_lines(figures.transition(result))


def test_one_figure_does_not_tell_the_origin_of_the_one_before(run):
    figures.funnel(run)
    unknown = run.outcomes.reset_index().assign(scenario="baseline", replicate=0)
    assert not any("World:" in text for text in texts(figures.pathways(unknown)))


def test_results_without_a_record_of_their_origin_tell_none():
    assert small_print({}) == ""
    assert small_print({"scenario": "baseline", "world": "vietnam"}) == "Scenario: baseline. World: vietnam."


# ---- the order of mistakes -------------------------------------------------------------------------------------------


def test_all_mistakes_of_a_command_come_together(eipsim):
    code, _, err = eipsim(
        "run", "baselin", "--world", "pilot-park", "--rule", "npv_hurdel", "--years", "2050-2015",
        "--set", "behaviour.peer_wight=0", "--set", "levers.carbon_price=-5", "--set", "peers",
    )  # fmt: skip
    assert code == 2
    for told in (
        "did you mean baseline?", "did you mean pilot-parks?", "did you mean npv_hurdle?", "reversed",
        "did you mean behaviour.peer_weight?", "levers.carbon_price = -5", "NAME=VALUE",
    ):  # fmt: skip
        assert told in err


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["run", "--years", "1990-2000"], "allowed: 2015-2050"),
        (["run", "--seed", "-1"], "seed"),
        (["run", "--replicates", "0"], "replicates"),
        (["compare", "subsidy", "--jobs", "0"], "jobs"),
        (["validate", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_real_mistakes_come_before_the_folder_exists(eipsim, command, told):
    Path("taken").mkdir()
    Path("taken/thesis.txt").write_text("precious")
    code, _, err = eipsim(*command, *PILOTS, "--out", "taken")
    first, *_, last = err.splitlines()
    assert code == 2
    assert told in first
    assert "taken: exists" in last
    assert Path("taken/thesis.txt").read_text() == "precious"
