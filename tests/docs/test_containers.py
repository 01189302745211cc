"""Recipes of containers: both are what one list of commands makes of them, and that list works where nothing else is there."""

import importlib.util
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
specification = importlib.util.spec_from_file_location("container_recipes", ROOT / "containers/write.py")
recipes = importlib.util.module_from_spec(specification)
specification.loader.exec_module(recipes)


@pytest.mark.parametrize("name", recipes.FILES)
def test_a_recipe_is_what_the_list_makes_of_it(name):
    assert (ROOT / "containers" / name).read_text() == recipes.FILES[name](recipes.recipe()), "make containers"


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An environment with Python and the packages of this one, so that none is fetched; eipsim is not among them."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder / "python", with_pip=False, symlinks=True)
    (packages,) = (folder / "python").glob("lib/python*/site-packages")
    for entry in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if not entry.name.lower().startswith(("eipsim", "__editable__", "_virtualenv", "__pycache__")):
            (packages / entry.name).symlink_to(entry)
    (folder / "home").mkdir()
    place = folder / "eipsim"
    place.mkdir()
    for name in recipes.recipe()["files"]:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, place / name)
    return folder


def test_its_commands_work_in_an_empty_environment(empty):
    bare = {"PATH": f"{empty}/python/bin:/usr/bin:/bin", "HOME": f"{empty}/home", "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}  # fmt: skip
    made_of = recipes.recipe()
    script = "\n".join([*made_of["commands"], "cd ../home", f"{made_of['start']} list --json"])
    done = subprocess.run(["bash", "-e"], input=script, cwd=empty / "eipsim", env=bare, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"technical-assistance"' in done.stdout
    where = "import eipsim; print(eipsim.__file__)"
    found = subprocess.run(
        [f"{empty}/python/bin/python", "-c", where], env=bare, cwd=empty, text=True, capture_output=True
    )
    assert found.stdout.startswith(str(empty / "python")), found.stderr


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="needs hadolint")
def test_hadolint_finds_nothing_in_the_dockerfile():
    done = subprocess.run(["hadolint", ROOT / "containers/Dockerfile"], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout


def test_no_host_is_named_in_a_recipe():
    for name in recipes.FILES:
        assert "://" not in (ROOT / "containers" / name).read_text()
