"""Every recipe of CONTRIBUTING.md is followed on a copy of the package: it names the files, and what it adds works."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tests/data/recipes").glob("*.yaml"))
RECIPES = {file.stem: YAML(typ="safe").load(file.read_text(encoding="utf-8")) for file in FILES}
TEXTS = dict(
    re.findall(r"^\*\*(.+?)\.\*\* (.+?)(?=\n\n)", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.M | re.S)
)


def follow(edit: dict[str, str], folder: Path) -> None:
    """One edit: a new file, lines at the end, lines beside a line that is there once, or words in place of others."""
    file = folder / edit["file"]
    if "create" in edit:
        file.write_text(edit["create"], encoding="utf-8")
        return
    old = file.read_text(encoding="utf-8")
    if "append" in edit:
        file.write_text(old.rstrip("\n") + "\n" + edit["append"], encoding="utf-8")
        return
    (place,) = {"after", "before", "replace"} & edit.keys()
    assert old.count(edit[place]) == 1, f"{edit[place]!r} stands {old.count(edit[place])} times in {edit['file']}"
    new = {
        "after": lambda: f"{edit[place]}\n{edit['insert'].rstrip(chr(10))}",
        "before": lambda: f"{edit['insert']}{edit[place]}",
        "replace": lambda: edit["by"],
    }[place]()
    file.write_text(old.replace(edit[place], new), encoding="utf-8")


def run_in(folder: Path, program: str) -> subprocess.CompletedProcess:
    """What comes of a program beside a copy of the package, without compilation: it is few firms and years."""
    (folder / "check.py").write_text(program, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "1", "EIPSIM_CACHE": str(folder / "cache")}
    return subprocess.run([sys.executable, "check.py"], cwd=folder, env=env, capture_output=True, text=True)


@pytest.fixture
def copy(tmp_path):
    """A copy of the package, and a small country beside it."""
    shutil.copytree(ROOT / "eipsim", tmp_path / "eipsim")
    shutil.copytree(ROOT / "tests/data/example-country", tmp_path / "my-country")
    return tmp_path


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.long] * (name == "rule")) for name in RECIPES])
def test_what_a_recipe_adds_works(name, copy):
    for edit in RECIPES[name]["edits"]:
        follow(edit, copy)
    done = run_in(copy, RECIPES[name]["check"])
    assert done.returncode == 0, done.stdout + done.stderr


ALL_CHECKS = """
import contextlib, io
for name, check in {checks!r}.items():
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(check, {{"__name__": name}})
    except (Exception, SystemExit):
        continue
    print(name)
"""


def test_without_its_recipe_none_of_this_is_there(copy):
    done = run_in(copy, ALL_CHECKS.format(checks={name: recipe["check"] for name, recipe in RECIPES.items()}))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_names_every_file(name):
    text = TEXTS[RECIPES[name]["recipe"]]
    missing = [edit["file"] for edit in RECIPES[name]["edits"] if f"`{edit['file']}`" not in text]
    assert not missing


def test_there_is_a_recipe_for_whatever_people_add():
    told = {"measure", "lever", "instrument", "outcome", "figure", "rule", "criterion", "sampler", "country"}
    assert told == RECIPES.keys()
