"""Settings (`--set name=value`, in Python `settings={name: value}`) as an override in the form of a scenario file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from eipsim.core.names import so_called
from eipsim.data.parameters import load_parameters
from eipsim.data.yaml_tree import Node, from_python, read_tree
from eipsim.errors import Mistake, did_you_mean
from eipsim.policy.levers import LEVERS
from eipsim.scenarios.entries import Drivers
from eipsim.scenarios.merging import DEPTHS
from eipsim.scenarios.schema import DESCRIBES

SECTIONS = ("levers", "drivers", "programmes", "regulator")
WHOLE = ("years", "title", "question", "description", "decrees", "instruments", "exchange_tables")

SELECTION = "selection"  # the block of a programme that has settings of its own
LISTS = (("decrees",), ("instruments",))  # of files, of which one may stand alone


def override_of(settings: Mapping[str, Any], programmes: Collection[str] = ()) -> tuple[Node, list[Mistake]]:
    """The tree that `settings` put over a scenario with these `programmes`, and the settings that have no meaning."""
    override, found = Node({}, "settings"), []
    for name, given in settings.items():
        place = f"setting {name}={given}"
        path = path_of(name) or path_of(so_called(name, names_to_set()) or "")
        if path is None:
            found.append(Mistake(place, f"{name} is unknown", did_you_mean(name, names_to_set())))
            continue
        if path[0] == "programmes" and len(path) >= 3 and path[1] not in programmes:
            found.append(Mistake(place, f"programme {path[1]!r} is unknown", did_you_mean(path[1], programmes)))
            continue
        value, mistakes = _value(given, place)
        found += mistakes
        _put(override, path, Node([value], place) if path in LISTS and isinstance(value.value, str) else value)
    return override, found


def _value(given: Any, place: str) -> tuple[Node, list[Mistake]]:
    """The value of a setting; text is read as YAML: 20, [2015, 2030], {2030: 8}, null mean what they do in a file."""
    if not isinstance(given, str):
        return from_python(given, place), []
    tree, mistakes = read_tree(given, place)
    if not given.strip():
        mistakes = [Mistake(place, "has no value", "null removes a setting")]
    return from_python(tree.plain(), place), [Mistake(place, mistake.what, mistake.hint) for mistake in mistakes]


def _put(root: Node, path: tuple[str, ...], value: Node) -> None:
    """Put `value` into the mapping `root` at `path`."""
    for step in path[:-1]:
        inner = root.value.get(step)
        if inner is None or not isinstance(inner.value, dict):
            inner = root.value[step] = Node({}, value.place)
        root = inner
    root.value[path[-1]] = value


def path_of(name: str) -> tuple[str, ...] | None:
    """Where a setting belongs in a scenario; None for a name without meaning.

    >>> path_of("levers.carbon_price"), path_of("behaviour.peer_weight"), path_of("programmes.GEIPP phase I.audits")
    (('levers', 'carbon_price'), ('parameters', 'behaviour.peer_weight'), ('programmes', 'GEIPP phase I', 'audits'))
    """
    if name in load_parameters():
        return ("parameters", name)
    if name == "certification.decree":
        return ("decrees",)
    first, _, rest = name.partition(".")
    if not rest:
        return (name,) if name in WHOLE else None
    if first == "programmes":
        programme, _, field = rest.rpartition(".")
        if not programme:
            return ("programmes", field)
        whole = programme.removesuffix(f".{SELECTION}")
        return ("programmes", whole, field) if whole == programme else ("programmes", whole, SELECTION, field)
    return (first, *rest.split(".")) if first in SECTIONS else None


def named_settings(override: Node) -> dict[str, Any]:
    """What an override says, by the names of settings; titles and the like, which decide no result, are left out.

    >>> named_settings(from_python({"parameters": {"behaviour.peer_weight": 0}, "levers": {"carbon_price": 20}}, ""))
    {'behaviour.peer_weight': 0, 'levers.carbon_price': 20}
    """
    named: dict[str, Any] = {}
    for section, node in override.value.items():
        if section == "parameters" and isinstance(node.value, dict):
            named |= node.plain()
        elif section not in DESCRIBES:
            named |= _flat(section, node, DEPTHS.get(section, 0))
    return named


def _flat(name: str, node: Node, depth: int) -> dict[str, Any]:
    if depth == 0 or not isinstance(node.value, dict):
        return {name: node.plain()}
    return {
        key: value
        for step, inner in node.value.items()
        for key, value in _flat(f"{name}.{step}", inner, depth - 1).items()
    }


def names_to_set() -> list[str]:
    """Every name that `--set` knows in full."""
    levers, drivers = [f"levers.{name}" for name in LEVERS], [f"drivers.{name}" for name in Drivers.model_fields]
    return [*load_parameters(), *levers, *drivers, "certification.decree", *WHOLE]
