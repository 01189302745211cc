"""Questions that need no model are answered without loading what makes, runs and draws one."""

import json
import subprocess
import sys

import pytest

from eipsim.scenarios.files import GROUPS, library_entries, list_scenarios
from eipsim.scenarios.loading import load_scenario
from eipsim.world import build_world
from eipsim.world.cache import Order, kept
from eipsim.world.files import TABLES
from eipsim.world.recipe import MODELS

MODEL = {"pandas", "pyarrow", "numba", "llvmlite", "scipy", "mesa", "networkx", "joblib", "lark", "SALib", "matplotlib"}
NUMBERS_AND_FILES = {"numpy", "ruamel"}
LOADED = """
import sys
from eipsim.__main__ import main
sys.argv = ["eipsim", *sys.argv[1:]]
code = main()
print("\\n" + " ".join({name.partition(".")[0] for name in sys.modules}))
sys.exit(code)
"""


def loaded_by(*command: str) -> set[str]:
    """Packages that a command of its own process has loaded when it ends."""
    done = subprocess.run([sys.executable, "-c", LOADED, *command], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_no_more_than_the_command_line():
    assert not loaded_by("--help") & (MODEL | NUMBERS_AND_FILES | {"pydantic", "rich"})


def test_the_library_is_listed_without_numbers():
    assert not loaded_by("list") & (MODEL | {"numpy"})


@pytest.mark.parametrize("text", ["extends: baseline\n", "extends: baseline\nlevers: {carbon_price: {2029: 20}}\n"])
def test_a_scenario_is_checked_without_what_would_run_it(tmp_path, text):
    (tmp_path / "mine.yaml").write_text(text)
    check = "check", str(tmp_path / "mine.yaml"), "--world", "pilot-parks"
    loaded_by(*check)  # where no such world is kept on the disk any more, this builds one
    assert not loaded_by(*check) & MODEL


def test_a_decree_file_is_checked_without_a_world(tmp_path):
    (tmp_path / "strict.yaml").write_text("rule_id: strict\nextends: D35\ncriteria: {}\n")
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "check", str(tmp_path / "strict.yaml"), "--json"], capture_output=True, text=True
    )
    answer, loaded = done.stdout.rsplit("\n\n", 1)
    assert json.loads(answer)["file"].endswith("strict.yaml")
    assert not set(loaded.split()) & MODEL


def test_the_list_says_what_the_loaded_scenarios_say():
    for entry in library_entries():
        case = load_scenario(entry.name)
        assert entry == (case.group, case.name, case.title, case.question, case.extends or "", len(case.sources))
    assert sorted(entry.name for entry in library_entries()) == list_scenarios()


def test_the_list_goes_through_the_groups_in_their_order():
    groups = [entry.group for entry in library_entries()]
    assert list(dict.fromkeys(groups)) == list(GROUPS)
    assert groups == sorted(groups, key=GROUPS.index)


def test_a_world_that_is_found_is_the_one_that_would_be_built():
    assert kept(Order("pilot-parks")) is build_world("pilot-parks")
    assert kept(Order("pilot-parks", seed=7_654_321)) is None
    assert kept(Order("folder:anywhere")) is None


def test_the_files_of_a_country_are_those_that_a_recipe_reads():
    assert tuple(MODELS) == TABLES
