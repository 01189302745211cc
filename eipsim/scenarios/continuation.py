"""How a lever that a file sets goes on from the one it inherits.

Its entries are laid over the inherited ones, as later entries of one list are: in other years and places, what is inherited
holds. What could never be seen again is left out, so a number for all years replaces everything; `replace: true` in the first
entry leaves out all that is inherited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from eipsim.core.later import Later
from eipsim.data.yaml_tree import Node

if TYPE_CHECKING:
    from eipsim.core import years as calendar
else:
    calendar = Later("eipsim.core.years")  # numpy comes with it, which a list of the library does without

AIMS = ("parks", "provinces", "sectors", "owners")
Steps = tuple[object, ...]


class ShortForm(Node):
    """A number or a path as the entry that it stands for."""

    def said(self, step: object) -> Steps:
        return ()  # its file has no such step


@dataclass(frozen=True)
class Entries(Node):
    """The entries of a lever that is set over an inherited one: those `inherited`, then its own.

    steps : how the file of each entry comes to it
    """

    steps: tuple[Steps, ...] = ()
    inherited: int = 0

    def said(self, step: object) -> Steps:
        assert isinstance(step, int)
        return self.steps[step]


class Reach(NamedTuple):
    """The years in which an entry acts, and the names it is aimed at by each of AIMS (None: all)."""

    years: range
    names: tuple[frozenset[str] | None, ...]

    def has_places_of(self, other: Reach) -> bool:
        return all(ours is None or (its is not None and its <= ours) for ours, its in zip(self.names, other.names))


def continued(old: Node | None, new: Node) -> Node:
    """The lever `new` of a file laid over the inherited one, `old`. Null, and what has no entry, stay as they are."""
    own = _entries(new)
    if old is None or new.value is None or not own:
        return new
    if _replaces(own[0][0]):
        return _joined([], own, new.place)
    kept = [entry for entry in _entries(old) if not _is_hidden(entry[0], [node for node, _ in own])]
    return _joined(kept, own, new.place)


def is_path(given: Any) -> TypeGuard[dict[int, Any]]:
    """Whether a mapping is the short form of a path: years, and nothing else."""
    return isinstance(given, dict) and bool(given) and all(isinstance(key, int) for key in given)


def reach_of(entry: Any) -> Reach | None:
    """What an entry reaches, in the form of a file; None for one that is no entry or not sound.

    >>> reach_of({"path": {2022: 0.1, 2030: 0.2}, "until": 2040, "provinces": ["Hải Phòng"]})
    Reach(years=range(2022, 2041), names=(None, frozenset({'Hải Phòng'}), None, None))
    """
    if not isinstance(entry, dict):
        return None
    path = entry.get("path")
    begins = next(iter(path)) if is_path(path) else calendar.FIRST_YEAR
    first, last = entry.get("from", calendar.FIRST_YEAR), entry.get("until", calendar.LAST_YEAR)
    names = [entry.get(aim) for aim in AIMS]
    if not (isinstance(first, int) and isinstance(last, int) and all(map(_are_names, names))):
        return None
    years = range(max(first, begins, calendar.FIRST_YEAR), min(last, calendar.LAST_YEAR) + 1)
    return Reach(years, tuple(None if own is None else frozenset(own) for own in names))


def _are_names(given: Any) -> bool:
    return given is None or (isinstance(given, list | tuple) and all(isinstance(name, str) for name in given))


def _entries(lever: Node) -> list[tuple[Node, Steps]]:
    """The entries of a lever in any of its forms, and how its file comes to each."""
    if isinstance(lever, Entries):
        return list(zip(lever.value, lever.steps))
    if isinstance(lever.value, list):
        return [(entry, (i,)) for i, entry in enumerate(lever.value)]
    if isinstance(lever.value, dict) and not is_path(lever.value):
        return [(lever, ())]
    return [(ShortForm({"path" if is_path(lever.value) else "value": lever}, lever.place), ())]


def _joined(kept: list[tuple[Node, Steps]], own: list[tuple[Node, Steps]], place: str) -> Entries:
    nodes, steps = zip(*kept, *own)
    return Entries(list(nodes), place, steps, len(kept))


def _replaces(entry: Node) -> bool:
    return entry.has("replace") and entry.value["replace"].value is True


def _is_hidden(entry: Node, own: list[Node]) -> bool:
    """Whether the entries `own` lie over an inherited `entry` in all of its years and places."""
    inherited = reach_of(entry.plain())
    if inherited is None:
        return False
    over = [reach for node in own if (reach := reach_of(node.plain())) and reach.has_places_of(inherited)]
    return set(inherited.years) <= {year for reach in over for year in reach.years}
