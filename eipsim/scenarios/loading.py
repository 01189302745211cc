"""Finding, reading, joining and checking scenario files. Every mistake of a file comes in one report."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from eipsim.core import own_code
from eipsim.data.yaml_tree import Node, from_python, read_file
from eipsim.errors import InputError, Mistake, did_you_mean, refuse_all
from eipsim.policy.own import ASKED
from eipsim.scenarios.json_schema import schema_of_files
from eipsim.scenarios.merging import inherited, merge
from eipsim.scenarios.mistakes import mistakes_of
from eipsim.scenarios.schema import Scenario
from eipsim.scenarios.settings import override_of

LIBRARY = Path(__file__).with_name("library")
MOST_BYTES = 2_000_000
NAME_FILES = ("decrees", "instruments", "exchange_tables")  # keys whose values are files or folders


def list_scenarios() -> list[str]:
    """Names of the scenarios of the library, in alphabetical order."""
    return list(_listed())


@cache
def _listed() -> tuple[str, ...]:
    return tuple(sorted(file.relative_to(LIBRARY).with_suffix("").as_posix() for file in LIBRARY.rglob("*.yaml")))


ScenarioLike = str | Path | Scenario  # what `load_scenario` takes


def default_scenario(world: Any = "vietnam") -> str:
    """The scenario of a run that names none: one without places of Viet Nam in a world of the user's own.

    >>> default_scenario("vietnam"), default_scenario("folder:my-country")
    ('baseline', 'no-eip-policy')
    """
    return "no-eip-policy" if str(getattr(world, "recipe", world)).startswith("folder:") else "baseline"


def load_scenario(scenario: ScenarioLike, trust: bool = False, **overrides: Any) -> Scenario:
    """A scenario by its name in the library or by the path of its YAML file, with `overrides` put over it.

    Overrides are written as in a file: `load_scenario("baseline", years=(2015, 2030), levers={"carbon_price": 20})`.
    `trust`: you have read the code that the file names (`instruments`), and agree that it is run.
    Raises InputError with every mistake of the file and of those it extends.

    >>> load_scenario("baseline").name
    'baseline'
    """
    base = scenario if isinstance(scenario, Scenario) else _load(scenario)
    made = _over(base, from_python(overrides, "argument"), []) if overrides else base
    return _trusted(made) if trust and made.strange_code else made


def apply_settings(scenario: Scenario, settings: dict[str, Any]) -> Scenario:
    """`scenario` with settings as `--set name=value` has them: a parameter, `levers.x`, `drivers.x`, `programmes.p.x`.

    >>> apply_settings(load_scenario("baseline"), {"levers.carbon_price": "20"}).levers["carbon_price"][0].value
    20.0
    """
    override, found = override_of(settings, scenario.programmes)
    return _over(scenario, override, found) if settings else scenario


def _over(base: Scenario, override: Node, found: list[Mistake]) -> Scenario:
    """`base` with an override of the user's own; code that it names replaces what the file named."""
    made = _build(merge(base.tree(), override), base.name, found)
    made._is_trusted = base._is_trusted or "instruments" in override.value
    return made


def _trusted(scenario: Scenario) -> Scenario:
    made = scenario.model_copy()
    made._is_trusted = True
    return made


def json_schema() -> dict[str, Any]:
    """The JSON schema of a scenario file, for editors that complete and check while one types."""
    return schema_of_files()


def _load(name: str | Path) -> Scenario:
    file = _find(name, "scenario", None)
    return _from_library(file) if file.is_relative_to(LIBRARY) else _from_file(file)


def _from_file(file: Path) -> Scenario:
    tree, found = _read_chain(file, [])
    made = _build(tree, _name_of(file), found)
    made._is_trusted = not made.instruments
    return made


_from_library = cache(_from_file)  # a scenario is frozen, and the library does not change while a process runs


def _name_of(file: Path) -> str:
    """The library name, or the stem of the file."""
    inside = file.is_relative_to(LIBRARY)
    return file.relative_to(LIBRARY).with_suffix("").as_posix() if inside else file.stem


def _find(name: str | Path, where: str, beside: Path | None) -> Path:
    """The file of a scenario: of the library when it has the name, else a path, relative to the file `beside`."""
    text = str(name)
    if text in list_scenarios():
        return LIBRARY / f"{text}.yaml"
    try:
        file = (beside.parent if beside else Path()) / text
        if file.is_file():
            return file
    except (OSError, ValueError):  # a name that no file can bear
        file = None
    if file is not None and ("/" in text or "\\" in text or file.suffix in (".yaml", ".yml")):
        what = "is a folder, not a file" if file.is_dir() else "there is no such file"
        raise InputError(Mistake(where, f"{text}: {what}", "give the path of a YAML file, or a name of the library"))
    raise InputError(Mistake(where, f"{text!r} is unknown", did_you_mean(text, list_scenarios())))


def _read_chain(file: Path, above: list[Path]) -> tuple[Node, list[Mistake]]:
    """The tree of `file` laid over all that it extends, and the mistakes in the form of these files."""
    tree, found = _read(file)
    extends = tree.value.get("extends") if isinstance(tree.value, dict) else None
    if extends is None or not isinstance(extends.value, str):
        return merge(Node({}, tree.place), tree), found
    try:
        parent = _find(extends.value, f"{extends.place}: extends", file)
        _refuse_circle(parent, [*above, file], extends.place)
    except InputError as error:
        return merge(Node({}, tree.place), tree), [*found, *error.mistakes]
    parent_tree, parent_found = _read_chain(parent, [*above, file])
    return merge(inherited(parent_tree), tree), [*found, *parent_found]


def _refuse_circle(parent: Path, chain: list[Path], place: str) -> None:
    """Raise InputError when `parent` is already in the `chain` of files that extend one another."""
    known = [file.resolve() for file in chain]
    if parent.resolve() in known:
        circle = [*chain[known.index(parent.resolve()) :], parent]
        raise InputError(Mistake(place, "extends goes in a circle: " + " -> ".join(_name_of(file) for file in circle)))


def _read(file: Path) -> tuple[Node, list[Mistake]]:
    """One file as a tree. Its decree files are made absolute, because they are named relative to it."""
    label = f"{_name_of(file)}.yaml" if file.is_relative_to(LIBRARY) else str(file)
    tree, found = read_file(file, label, MOST_BYTES, "scenario")
    if tree.value in (None, {}) and not found:
        hint = "a scenario says at least what it extends, as extends: baseline"
        return Node({}, label), [Mistake(label, "is empty", hint)]
    if not isinstance(tree.value, dict):
        return Node({}, label), [*found, Mistake(tree.place, "a scenario file is a mapping (name: value)")]
    return _with_files_found(tree, file.parent), found


def _with_files_found(tree: Node, folder: Path) -> Node:
    """Decree files, files of code and the folder of exchange types made absolute: they are named relative to the file."""
    found = {name: _beside(node, folder) for name, node in tree.value.items() if name in NAME_FILES}
    return Node(tree.value | found, tree.place)


def _beside(node: Node, folder: Path) -> Node:
    if isinstance(node.value, list):
        return Node([_beside(one, folder) for one in node.value], node.place)
    return Node(str((folder / node.value).absolute()), node.place) if isinstance(node.value, str) else node


def _build(tree: Node, name: str, found: list[Mistake]) -> Scenario:
    """The frozen scenario of a merged tree. Raises InputError with `found` and all that the schema refuses."""
    try:
        made = Scenario.model_validate(tree.plain())
    except ValidationError as error:
        raise InputError([*found, *mistakes_of(error, tree)]) from None
    made._name, made._tree = name, tree
    found = [*found, *_decrees_missing(made), *_code_that_does_not_fit(made)]
    refuse_all(found)
    return made


def _decrees_missing(scenario: Scenario) -> list[Mistake]:
    """Decree files that are not there."""
    missing = [(i, file) for i, file in enumerate(scenario.decrees) if not Path(file).is_file()]
    return [scenario.mistake(("decrees", i), f"decrees: there is no file {file}") for i, file in missing]


def _code_that_does_not_fit(scenario: Scenario) -> list[Mistake]:
    """Files of code that are not there, or that hold no such function; nothing of them is run."""
    found: list[Mistake] = []
    for i, name in enumerate(scenario.instruments):
        found += own_code.mistakes_in(name, f"{scenario.place(('instruments', i))}: instruments", ASKED)
    return found
