"""The house rules: imports go down only, and every dependency has one home (ARCHITECTURE section 1)."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "eipsim"
# From the bottom up; a module imports its own floor and those below. Names are folders or files of eipsim.
FLOORS = (
    ("errors", "compiled"),
    ("data", "columns", "draws", "rules"),
    ("constants", "drivers", "catalogue", "instruments"),
    (
        "world",
        "scenarios",
        "prices",
        "accounts",
        "exchanges",
        "certification",
        "attraction",
        "infrastructure_items",
        "infrastructure",
        "decrees",
        "population",
        "agents",
        "own_rules",
        "outcomes",
        "observation",
        "firm_books",
        "cohorts",
    ),
    ("model",),
    ("provenance", "saving", "reporting", "metabolism", "abatement", "simulation", "facts"),
    ("ensembles",),
    ("analysis",),
    ("cli", "terminal", "__main__", "app"),
)
FLOOR = {name: height for height, floor in enumerate(FLOORS) for name in floor}
HOMES = {
    "numba": ("compiled", "own_rules"),
    "llvmlite": ("compiled",),
    "mesa": ("model", "agents"),
    "matplotlib": ("analysis/figures",),
    "joblib": ("ensembles",),
    "pydantic": ("scenarios", "data", "world", "ensembles"),
    "typer": ("cli", "terminal"),
    "rich": ("cli", "terminal"),
    "lark": ("ensembles/expressions",),
    "SALib": ("ensembles/samplers", "analysis/salib", "analysis/sensitivity", "analysis/sobol"),
}  # fmt: skip
BEHAVIOUR = ("compiled", "rules", "errors")  # what a rule may import
LOOSE = ("__init__",)  # the public API names everything, lazily
FILES = [file for file in sorted(PACKAGE.rglob("*.py")) if file.relative_to(PACKAGE).as_posix() != "__init__.py"]


def imports_of(file):
    """Names that a file imports anywhere, in functions too; those only for type checkers left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing_only = {
        n for i in ast.walk(tree) if isinstance(i, ast.If) and "TYPE_CHECKING" in ast.dump(i.test) for n in ast.walk(i)
    }
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "eipsim")


def place_of(file):
    return file.relative_to(PACKAGE).with_suffix("").as_posix()


@pytest.mark.parametrize("file", FILES, ids=place_of)
def test_imports_go_down_only(file):
    room = place_of(file).split("/")[0]
    assert room in FLOOR, f"{room} has no floor: say where it stands"
    for name in imports_of(file):
        parts = name.split(".")
        if parts[0] == "eipsim" and len(parts) > 1 and parts[1] in FLOOR:
            assert FLOOR[parts[1]] <= FLOOR[room], f"{place_of(file)} imports {name}, which stands above it"
            if room == "rules":
                assert parts[1] in BEHAVIOUR, f"{place_of(file)} imports {name}: a rule knows nothing but rules"


@pytest.mark.parametrize("file", FILES, ids=place_of)
def test_every_dependency_has_one_home(file):
    place = place_of(file)
    for name in {name.split(".")[0] for name in imports_of(file)} & HOMES.keys():
        assert place.startswith(HOMES[name]), f"{place} imports {name}, whose home is {', '.join(HOMES[name])}"


def test_an_instrument_cannot_reach_an_agent():
    for file in (PACKAGE / "instruments").rglob("*.py"):
        assert not any(name.startswith(("eipsim.agents", "eipsim.model")) for name in imports_of(file)), file


def test_every_home_is_lived_in():
    used = {name.split(".")[0] for file in FILES for name in imports_of(file)}
    assert used >= HOMES.keys() - {"SALib"}  # SALib moves in with the uncertainty analysis
