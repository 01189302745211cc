"""What the project says of itself: every import is declared, every floor is tested, hooks and workflows call what exists."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from textwrap import dedent

import pytest
from ruamel.yaml import YAML

from eipsim.core.extras import EXTRA_OF

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NEVER_IMPORTED = {"solara-assets"}  # files that pages are made of
CALLED = {
    "griffe": "griffelib",
    "fluent": "fluent.runtime",
    "sklearn": "scikit-learn",
    "ruamel": "ruamel.yaml",
}  # where an import has another name than what is installed
REQUIREMENT = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?(?:>=([\d.]+))?")
OWN = {
    "eipsim",
    *(f.stem for folder in ("tests", "experiments", "benchmarks", "docs") for f in (ROOT / folder).rglob("*.py")),
}


def plain(name: str) -> str:
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def floors(*groups: list[str]) -> dict[str, str | None]:
    """Name and floor of every requirement; None without one."""
    found = [REQUIREMENT.match(line) for group in groups for line in group if not line.startswith("eipsim[")]
    return {plain(match[1]): match[2] for match in found if match}


def pins(file: str) -> dict[str, str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {plain(line.split("==")[0]): line.split("==")[1] for line in lines if not line.startswith("#")}


def imports(source: str) -> set[str]:
    """What a program imports that neither comes with Python nor stands beside it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module))
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "importorskip":
            names.add(ast.literal_eval(node.args[0]))
    tops = {name.split(".")[0] for name in names}
    return {plain(CALLED.get(name, name)) for name in tops - OWN - sys.stdlib_module_names}


def code_of(folder: str) -> str:
    """All code of a folder, cells of notebooks included."""
    texts = [file.read_text(encoding="utf-8") for file in sorted((ROOT / folder).rglob("*.py"))]
    for notebook in sorted((ROOT / folder).rglob("*.ipynb")):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        texts += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return "\n".join(
        re.sub(r"^from __future__.*", "", re.sub(r"^[%!].*", "", t, flags=re.M), flags=re.M) for t in texts
    )


def test_everything_the_package_imports_is_declared():
    extras = (EXTRAS[name] for name in ("analysis", "dask", "cluster", "iamc", "app"))
    declared = floors(PROJECT["dependencies"], *extras)
    assert imports(code_of("eipsim")) <= declared.keys()


@pytest.mark.parametrize("folder", ["tests", "experiments", "benchmarks", "docs", "notebooks"])
def test_everything_that_is_imported_around_the_package_is_declared(folder):
    assert imports(code_of(folder)) <= floors(PROJECT["dependencies"], *EXTRAS.values()).keys()


def test_an_import_that_nobody_declares_is_seen():
    assert imports("import numpy, undeclared.part\nfrom sklearn import tree\nimport os, helpers") == {
        "numpy", "undeclared", "scikit-learn",
    }  # fmt: skip


def test_every_floor_is_a_version_that_is_tested():
    """`make test-oldest` runs with these, and the newest stand in constraints.txt."""
    told = {name: floor for name, floor in floors(PROJECT["dependencies"], *EXTRAS.values()).items() if floor}
    oldest = pins("constraints-oldest.txt")
    assert oldest.keys() == told.keys()
    for name, floor in told.items():
        assert re.fullmatch(rf"{re.escape(floor)}(\.0)*", oldest[name]), (
            f"{name}: {oldest[name]} is not the floor {floor}"
        )


def test_everything_declared_is_pinned_for_the_tests():
    assert floors(PROJECT["dependencies"], *EXTRAS.values()).keys() <= pins("constraints.txt").keys()


def test_every_command_whose_library_is_missing_can_name_the_extra_that_brings_it():
    """What is in no extra is in every installation; `eipsim.core.extras` knows the others."""
    brought = {plain(CALLED.get(module, module)): extra for module, extra in EXTRA_OF.items()}
    declared = {name: extra for extra in EXTRAS if extra not in ("dev", "docs") for name in floors(EXTRAS[extra])}
    assert brought == {name: extra for name, extra in declared.items() if name not in NEVER_IMPORTED}
    assert not brought.keys() & floors(PROJECT["dependencies"]).keys()


def test_the_lock_has_hashes_of_exactly_what_is_pinned_and_no_address():
    """`make lock` writes it."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    locked = [line.partition("--hash=")[0].replace("'", '"').split(";") for line in lock]
    pinned = [line.split(";") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()]
    assert [found(line) for line in locked] == sorted(found(line) for line in pinned if not line[0].startswith("#"))
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}\b", line) for line in lock)
    assert "http" not in "".join(lock)


def found(line: list[str]) -> tuple[str, str, str]:
    """Name, version and condition of a pin."""
    name, _, version = line[0].partition("==")
    return plain(name.strip()), version.strip(), "".join(line[1:]).replace(" ", "").replace("_full_", "_")


def commands(text: str) -> list[str]:
    """Names of programs, files and targets that hooks and workflows call."""
    return re.findall(r"\.venv/bin/(\w+)|(?:make )([a-z-]+)|(\.ci/run)|(tests/\w+\.py)", text)


@pytest.mark.parametrize("file", [".pre-commit-config.yaml", ".github/workflows/ci.yml", ".ci/run"])
def test_hooks_and_workflows_call_what_exists(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    found = commands(re.sub(r"#.*", "", text))
    assert found
    for program, target, ci, test in found:
        assert not program or program == "python" or program in floors(EXTRAS["dev"])
        assert not target or target in targets
        assert all((ROOT / path).is_file() for path in (ci, test) if path)


def test_hooks_fetch_nothing():
    hooks = YAML(typ="safe").load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repo["repo"] for repo in hooks] == ["local"]
    assert all(hook["language"] == "system" for hook in hooks[0]["hooks"])
    assert [hook["id"] for hook in hooks[0]["hooks"]] == ["ruff", "format", "mypy", "architecture", "quick"]


def test_the_quick_set_names_files_that_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    quick = re.search(r"^QUICK := (.+)$", makefile, re.MULTILINE)[1]
    units = re.search(r"\$\(patsubst %,tests/unit/test_%\.py,([\w ]+)\)", quick)
    paths = [*quick[: units.start()].split(), *(f"tests/unit/test_{name}.py" for name in units[1].split())]
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_main_job_installs_what_a_user_needs_and_no_more():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    needs = dict(re.findall(r"^([a-z-]+): \$\((\w+)\)", makefile, re.MULTILINE))
    assert needs["run"] == "READY"
    assert {target for target, stamp in needs.items() if stamp == "READY_TO_DEVELOP"} >= {
        "test",
        "check",
        "bench",
        "docs",
    }
    assert "TO_RUN := .[app,analysis]\n" in makefile
    installs = dict(re.findall(r"^\$\((\w+)\):.*\n\t\$\(call \w+,.*,(.*)\)$", makefile, re.MULTILINE))
    assert installs == {"READY": '"$(TO_RUN)"', "READY_TO_DEVELOP": '".[dev]"'}


def test_tests_of_a_group_are_run_by_one_worker(tmp_path):
    tests = """
        import os, pathlib, pytest
        pytestmark = pytest.mark.xdist_group("one")

        @pytest.mark.parametrize("n", range(6))
        def test_it(n):
            pathlib.Path(__file__).with_name(f"{n}.worker").write_text(os.environ["PYTEST_XDIST_WORKER"])
    """
    (tmp_path / "test_group.py").write_text(dedent(tests), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "--rootdir", ".", "test_group.py"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    workers = [file.read_text(encoding="utf-8") for file in tmp_path.glob("*.worker")]
    assert len(workers) == 6
    assert len(set(workers)) == 1
