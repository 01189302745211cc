"""Finding, reading and joining the files of scenarios: trees with places, not yet checked by the schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from eipsim.core.names import so_called
from eipsim.data.yaml_tree import MOST_BYTES, Node, read_file, read_tree
from eipsim.errors import InputError, Mistake, did_you_mean
from eipsim.scenarios.delay import delayed
from eipsim.scenarios.merging import inherited, merge
from eipsim.scenarios.spelling import as_meant

LIBRARY = Path(__file__).with_name("library")
MOST_EXTENDED = 50  # files that extend one another
NAME_FILES = ("decrees", "instruments", "exchange_tables")  # keys whose values are files or folders
# The groups of the library, in the order of its list.
GROUPS = ("enacted", "single instruments", "packages", "counterfactuals", "equal budget")
# Names that the library had, and what has come in their place.
SUCCESSORS = {
    "symbiosis-push": ("screening", "operator-facilitation"),
    "park-infrastructure": ("shared-systems",),
    "phase-two": ("baseline",),
    "equal-budget/symbiosis-push": ("equal-budget/screening", "equal-budget/operator-facilitation"),
    "equal-budget/park-infrastructure": ("equal-budget/shared-systems",),
}


class Entry(NamedTuple):
    """What the library tells of one of its scenarios; `sources` is how many it and those that it extends give."""

    group: str
    name: str
    title: str
    question: str
    extends: str
    sources: int


def library_entries() -> list[Entry]:
    """Every scenario of the library by group, from the lines of its file that tell of it, which are read alone."""
    told = {name: _told_in(LIBRARY / f"{name}.yaml") for name in list_scenarios()}
    return sorted((_entry(name, told) for name in told), key=_position_of_group)


def _entry(name: str, told: Mapping[str, dict[str, Any]]) -> Entry:
    words, sources = told[name], len(_sources(name, told))
    return Entry(
        words.get("group", ""), name, words["title"], words["question"], words.get("extends", ""), sources
    )  # fmt: skip


def _position_of_group(entry: Entry) -> int:
    """Where the group of a scenario stands; one without a group comes last."""
    return [*GROUPS, entry.group].index(entry.group)


def _told_in(file: Path) -> dict[str, Any]:
    parts = re.split(r"\n(?=\w)", file.read_text(encoding="utf-8"))  # at every line that begins at the margin
    return read_tree("\n".join(part for part in parts if part.startswith(Entry._fields)), file.name)[0].plain()


def _sources(name: str, told: Mapping[str, dict[str, Any]]) -> set[str]:
    """What a scenario and all that it extends give as sources."""
    parent = told[name].get("extends")
    return set(told[name].get("sources", ())) | (_sources(parent, told) if parent else set())


def list_scenarios() -> list[str]:
    """Names of the scenarios of the library, in alphabetical order."""
    return list(_listed())


@cache
def _listed() -> tuple[str, ...]:
    return tuple(sorted(file.relative_to(LIBRARY).with_suffix("").as_posix() for file in LIBRARY.rglob("*.yaml")))


def name_of(file: Path) -> str:
    """The library name, or the stem of the file."""
    inside = file.is_relative_to(LIBRARY)
    return file.relative_to(LIBRARY).with_suffix("").as_posix() if inside else file.stem


def file_called(name: str | Path, where: str, beside: Path | None) -> Path:
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
    if own := so_called(text, list_scenarios()):
        return LIBRARY / f"{own}.yaml"
    if file is not None and ("/" in text or "\\" in text or file.suffix in (".yaml", ".yml")):
        what = "is a folder, not a file" if file.is_dir() else "there is no such file"
        raise InputError(Mistake(where, f"{text}: {what}", "give the path of a YAML file, or a name of the library"))
    raise InputError(Mistake(where, f"{text!r} is unknown", hint_for(text)))


def hint_for(name: str) -> str:
    """What to write instead of an unknown name: what has come in its place, or the nearest name.

    >>> hint_for("symbiosis-push"), hint_for("subsidies")
    ('it has become screening and operator-facilitation', 'did you mean subsidy?')
    """
    former = SUCCESSORS.get(name)
    return f"it has become {' and '.join(former)}" if former else did_you_mean(name, list_scenarios())


def read_chain(file: Path, above: list[Path], later_by: int = 0) -> tuple[Node, list[Mistake]]:
    """The tree of `file`, moved `later_by` years, laid over all that it extends, and the mistakes in the form of these files."""
    tree, found = _read_of_library(file) if file.is_relative_to(LIBRARY) else _read(file)
    tree = delayed(tree, later_by)
    extends = tree.value.get("extends") if isinstance(tree.value, dict) else None
    if extends is None or not isinstance(extends.value, str):
        return merge(Node({}, tree.place), tree), found
    try:
        parent = file_called(extends.value, f"{extends.place}: extends", file)
        _refuse_circle(parent, [*above, file], extends.place)
        _refuse_endless(above, extends.place)
    except InputError as error:
        return merge(Node({}, tree.place), tree), [*found, *error.mistakes]
    parent_tree, parent_found = read_chain(parent, [*above, file], _later_by(tree))
    return merge(inherited(parent_tree), tree), [*found, *parent_found]


def _later_by(tree: Node) -> int:
    """By how many years a file moves what the one that it extends sets; the schema refuses what is no such number."""
    given = tree.value["later_by"].value if tree.has("later_by") else 0
    return given if isinstance(given, int) and not isinstance(given, bool) and given > 0 else 0


def _refuse_circle(parent: Path, chain: list[Path], place: str) -> None:
    """Raise InputError when `parent` is already in the `chain` of files that extend one another."""
    known = [file.resolve() for file in chain]
    if parent.resolve() in known:
        circle = [*chain[known.index(parent.resolve()) :], parent]
        raise InputError(Mistake(place, "extends goes in a circle: " + " -> ".join(name_of(file) for file in circle)))


def _refuse_endless(chain: list[Path], place: str) -> None:
    if len(chain) >= MOST_EXTENDED:
        what = f"more than {MOST_EXTENDED} files extend one another"
        raise InputError(Mistake(place, what, "write into one file what they set"))


def _read(file: Path) -> tuple[Node, list[Mistake]]:
    """One file as a tree. Its decree files are made absolute, because they are named relative to it."""
    label = f"{name_of(file)}.yaml" if file.is_relative_to(LIBRARY) else str(file)
    tree, found = read_file(file, label, MOST_BYTES, "scenario")
    if tree.value in (None, {}) and not found:
        hint = "a scenario says at least what it extends, as extends: baseline"
        return Node({}, label), [Mistake(label, "is empty", hint)]
    if not isinstance(tree.value, dict):
        return Node({}, label), [*found, Mistake(tree.place, "a scenario file is a mapping (name: value)")]
    return _with_files_found(as_meant(tree), file.parent), found


_read_of_library = cache(_read)  # many extend the same few, and the library does not change while a process runs


def _with_files_found(tree: Node, folder: Path) -> Node:
    """Decree files, files of code and the folder of exchange types made absolute: they are named relative to the file."""
    found = {name: _beside(node, folder) for name, node in tree.value.items() if name in NAME_FILES}
    return Node(tree.value | found, tree.place)


def _beside(node: Node, folder: Path) -> Node:
    if isinstance(node.value, list):
        return Node([_beside(one, folder) for one in node.value], node.place)
    return Node(str((folder / node.value).absolute()), node.place) if isinstance(node.value, str) else node
