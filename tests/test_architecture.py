"""The house rules: a folder is an actor or a mechanism, imports go down only, and every dependency has one home.

`python tests/test_architecture.py --table` prints the house: folders, floors, imports that go up, circles, lines.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "eipsim"
# From the bottom up, one folder a floor: a module imports its own folder and those below.
FLOORS = (
    "core", "data", "rules", "policy", "scenarios", "market", "world", "agents", "infrastructure", "exchanges",
    "certification", "outcomes", "explain", "model", "exports", "runs", "designs", "stores", "sweeps", "language", "analysis",
    "figures", "report", "dashboard", "cli",
)  # fmt: skip
# Rooms within a folder, from the bottom up; files that stand beside them come first, and the folder's __init__ last.
ROOMS = {
    "agents": ("", "firm", "operator", "regulator"),
    "sweeps": ("", "cluster"),
    "analysis": ("", "sensitivity", "choice", "discovery", "evidence"),
}
AT_THE_ROOT = {"__init__.py", "__main__.py", "errors.py", "py.typed"}
HOMES = {
    "numba": ("core/compiled",),
    "llvmlite": ("core/compiled",),
    "mesa": ("model", "agents"),
    "matplotlib": ("figures",),
    "joblib": ("sweeps",),
    "distributed": ("sweeps",),
    "dask_jobqueue": ("sweeps/cluster/queued_workers",),
    "pyarrow": ("stores",),
    "pydantic": ("data", "scenarios", "world", "designs"),
    "typer": ("cli",),
    "rich": ("cli",),
    "lark": ("outcomes/expressions",),
    "fluent": ("language",),
    "babel": ("language",),
    "jinja2": ("report",),
    "solara": ("dashboard",),
    "starlette": ("dashboard",),
    "uvicorn": ("dashboard",),
    "SALib": ("designs/samplers", "analysis/sensitivity"),
}
# Optional: imported by what needs them, when it does.
EXTRAS = {"sklearn", "ema_workbench", "dask", "distributed", "dask_jobqueue"}
MOST_PARAMETERS = 7
# The public interface: arguments by name, most with a default. At most a dozen may have more than eight.
MANY_PARAMETERS = {
    "analysis/choice/ranking.rank", "analysis/compare.compare", "analysis/discovery/discovery.discover",
    "analysis/evidence/validation.validate", "analysis/sensitivity/indices.sensitivity", "model/model.__init__",
    "runs/simulation.simulate", "sweeps/replicates.simulate_many", "sweeps/sweep.run_sweep",
}  # fmt: skip


def place_of(file: Path) -> str:
    return file.relative_to(PACKAGE).with_suffix("").as_posix()


FILES = sorted(PACKAGE.rglob("*.py"))
HOUSE = [file for file in FILES if place_of(file) not in ("__init__", "__main__")]
TREES = {file: ast.parse(file.read_text(encoding="utf-8")) for file in FILES}
MODULES = {place_of(file).removesuffix("/__init__"): file for file in HOUSE}


def imports_of(file: Path) -> Iterator[tuple[str, ast.stmt]]:
    """What a file imports anywhere, as dotted names with the statement; what only type checkers see is left out."""
    tree = TREES[file]
    typing_only = {
        n for i in ast.walk(tree) if isinstance(i, ast.If) and "TYPE_CHECKING" in ast.dump(i.test) for n in ast.walk(i)
    }
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield (full if is_module(full) else str(node.module)), node


def is_module(name: str) -> bool:
    return name.startswith("eipsim.") and name.removeprefix("eipsim.").replace(".", "/") in MODULES


def own_imports(file: Path) -> set[str]:
    """Places of the modules of eipsim that a file imports."""
    return {n.removeprefix("eipsim.").replace(".", "/") for n, _ in imports_of(file) if n.startswith("eipsim.")}


def folder_of(place: str) -> str:
    return place.split("/")[0]


def height_of(place: str) -> int:
    """Floor of a module or folder; what stands at the root is below or above all floors."""
    if place == "errors":
        return 0  # on the ground floor, beside core
    return FLOORS.index(folder_of(place)) if folder_of(place) in FLOORS else len(FLOORS)


def room_of(place: str) -> int:
    """Position among the rooms of a folder that has rooms."""
    folder, *rest = place.split("/")
    rooms = ROOMS[folder]
    if not rest or rest == ["__init__"]:
        return len(rooms)
    return rooms.index(rest[0] if rest[0] in rooms else "")


def ups_of(file: Path) -> list[str]:
    """Imports of a file that go up: to a higher folder, or to a higher room of its own."""
    place = place_of(file)
    ups = []
    for other in sorted(own_imports(file)):
        higher = height_of(other) > height_of(place)
        if folder_of(other) == folder_of(place) and folder_of(place) in ROOMS:
            higher = room_of(other) > room_of(place)
        if higher:
            ups.append(other)
    return ups


def circles() -> list[str]:
    """A circle of modules that import one another, through imports inside functions too; empty when there is none."""
    graph = {place: own_imports(file) & MODULES.keys() for place, file in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def functions_of(file: Path) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(TREES[file]) if isinstance(node, ast.FunctionDef))


def parameters_of(function: ast.FunctionDef) -> int:
    """Parameters of a function, `self` and `cls` not counted."""
    names = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return sum(argument.arg not in ("self", "cls") for argument in names)


def inner_imports(file: Path) -> list[str]:
    """Names that a file imports inside functions."""
    inside = {node for function in functions_of(file) for node in ast.walk(function)}
    return [name for name, node in imports_of(file) if node in inside]


# ---- the rules ---------------------------------------------------------------------------------------------------------


def test_only_what_belongs_there_stands_at_the_root():
    loose = {entry.name for entry in PACKAGE.iterdir() if entry.is_file()}
    assert loose == AT_THE_ROOT
    assert {e.name for e in PACKAGE.iterdir() if e.is_dir() and any(e.rglob("*.py"))} == set(FLOORS)


@pytest.mark.parametrize("file", HOUSE, ids=place_of)
def test_imports_go_down_only(file):
    assert not ups_of(file), f"{place_of(file)} imports what stands above it"


def test_no_two_files_of_tests_have_one_name():
    """Folders of tests are no packages: pytest would take the second for the first, and gather neither in one run of all."""
    names = Counter(file.name for file in Path(__file__).parent.rglob("test_*.py"))
    assert [name for name, times in names.items() if times > 1] == []


def test_no_modules_import_one_another_in_a_circle():
    assert not circles()


@pytest.mark.parametrize("file", HOUSE, ids=place_of)
def test_imports_stand_at_the_top_of_a_file(file):
    if folder_of(place_of(file)) != "cli":
        assert not [name for name in inner_imports(file) if name.split(".")[0] not in EXTRAS | sys.stdlib_module_names]


@pytest.mark.parametrize("file", HOUSE, ids=place_of)
def test_every_dependency_has_one_home(file):
    place = place_of(file)
    for name in {name.split(".")[0] for name, _ in imports_of(file)} & HOMES.keys():
        assert place.startswith(HOMES[name]), f"{place} imports {name}, whose home is {', '.join(HOMES[name])}"


def test_every_home_is_lived_in():
    used = {name.split(".")[0] for file in FILES for name, _ in imports_of(file)}
    assert used >= HOMES.keys()


def test_a_rule_knows_nothing_but_rules():
    for file in (PACKAGE / "rules").rglob("*.py"):
        assert {folder_of(other) for other in own_imports(file)} <= {"core", "rules", "errors", "data"}, file


def test_an_instrument_cannot_reach_an_agent():
    for file in (PACKAGE / "policy").rglob("*.py"):
        assert not {folder_of(other) for other in own_imports(file)} & {"agents", "model", "world"}, file


@pytest.mark.parametrize("name", ["Firm", "ParkOperator", "Regulator"])
def test_agents_are_where_mesa_users_look_for_them(name):
    import eipsim.agents

    assert isinstance(getattr(eipsim.agents, name), type)


def wide_functions(most: int) -> set[str]:
    """Functions of the package, the command line apart, with more than `most` parameters."""
    return {
        f"{place_of(file)}.{function.name}"
        for file in HOUSE
        for function in functions_of(file)
        if folder_of(place_of(file)) != "cli" and parameters_of(function) > most
    }


def test_only_the_public_interface_takes_more_than_seven_parameters():
    assert wide_functions(MOST_PARAMETERS) == MANY_PARAMETERS
    assert len(wide_functions(MOST_PARAMETERS + 1)) <= 12


PUBLIC = (
    "simulate", "Run", "EIPModel", "build_world", "load_scenario", "list_scenarios", "simulate_many", "compare", "Comparison",
    "validate", "Validation", "load_design", "run_sweep", "Store", "Study", "sensitivity", "rank", "value_of_information",
    "cost_per_tonne", "discover", "figures", "errors",
)  # fmt: skip


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_there(name):
    import eipsim

    assert name in eipsim.__all__
    assert getattr(eipsim, name) is not None


# ---- the house as a table ------------------------------------------------------------------------------------------------


def table() -> str:
    """What the house looks like, a line a quantity, and then a line a floor."""
    many = [
        f"{place_of(file)}.{f.name} ({parameters_of(f)})"
        for file in FILES
        for f in functions_of(file)
        if parameters_of(f) > MOST_PARAMETERS
    ]
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in FILES}
    head = {
        "folders": len({file.parent for file in HOUSE} - {PACKAGE}),
        "floors": len(FLOORS),
        "files at the root": len([file for file in FILES if file.parent == PACKAGE]),
        "files": len(FILES),
        "lines": sum(lines.values()),
        "imports that go up": sum(len(ups_of(file)) for file in HOUSE),
        "circles": 1 if circles() else 0,
        "imports inside functions (cli, __init__ and extras apart)": sum(
            len([n for n in inner_imports(f) if n.split(".")[0] not in EXTRAS | sys.stdlib_module_names])
            for f in HOUSE
            if folder_of(place_of(f)) != "cli"
        ),
        f"functions with more than {MOST_PARAMETERS} parameters": len(many),
        "of these with more than 8": sum(int(name.rsplit("(", 1)[1][:-1]) > 8 for name in many),
    }
    rows = [f"{name:60} {value:>6}" for name, value in head.items()]
    rows += ["", f"{'floor':>5}  {'folder':16} {'files':>6} {'lines':>6}"]
    for height, folder in reversed(list(enumerate(FLOORS))):
        mine = [file for file in FILES if folder_of(place_of(file)) == folder]
        rows.append(f"{height:>5}  {folder:16} {len(mine):>6} {sum(lines[file] for file in mine):>6}")
    return "\n".join([*rows, "", *many])


if __name__ == "__main__":
    print(table() if "--table" in sys.argv else __doc__)
