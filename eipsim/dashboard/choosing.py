"""What a page is of: scenario, the one beside it, world, decision rule, seed, outcome. Each choice is a change of the address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import solara

from eipsim.core.names import printable
from eipsim.dashboard.address import Address
from eipsim.dashboard.opening import opened
from eipsim.outcomes.registry import OUTCOMES
from eipsim.report.words import Words
from eipsim.scenarios.files import library_entries

OF_ASK = ("scenario", "world", "rule", "seed")


@solara.component_vue("chooser.vue", vuetify=False)
def _Chooser(fields: list, event_chosen: Callable[[dict], None]):
    """Lists to choose from, and fields to type into, as browsers have them: they work with a keyboard."""


@solara.component
def Chooser(address: Address, words: Words, names: Iterable[str], go: Callable[[str], None]):
    """The choices `names` of a page."""
    fields = [field(name, address, words) for name in names]

    def chosen(of: dict[str, str]) -> None:
        go(changed(address, of["name"], of["value"]).written(opened()))

    _Chooser(fields=fields, event_chosen=chosen)


def changed(address: Address, name: str, value: str) -> Address:
    """The address with another choice. What cannot be read as a number is kept as it is, and told when the address is read."""
    if name not in OF_ASK:
        return replace(address, **{name: value})  # type: ignore[arg-type]
    return replace(address, ask=replace(address.ask, **{name: value}))  # type: ignore[arg-type]


def field(name: str, address: Address, words: Words) -> dict[str, Any]:
    """A choice as the browser shows it."""
    value = getattr(address.ask if name in OF_ASK else address, name)
    shown = {"name": name, "label": words.say(f"dash-choose-{name}"), "value": str(value)}
    return shown if name == "seed" else shown | {"groups": groups_of(name, words)}


def groups_of(name: str, words: Words) -> list[dict[str, Any]]:
    """What can be chosen, in groups; one without a label where there is one kind only."""
    if name in ("scenario", "beside"):
        return scenario_groups(words)
    options = {
        "world": [[one, world_name(one, words)] for one in opened().worlds],
        "rule": [[one, words.named("dash-rule", one, one.replace("_", " "))] for one in opened().rules],
        "outcome": [[one, words.outcome(one)] for one in OUTCOMES],
    }
    return [{"label": "", "options": options[name]}]


def scenario_groups(words: Words) -> list[dict[str, Any]]:
    """Scenarios as `eipsim list` groups them, files of the command first."""
    groups: dict[str, list[list[str]]] = {}
    if opened().files:
        groups[words.say("dash-own-files")] = [[name, printable(name)] for name in opened().files]
    for entry in library_entries():
        if entry.name not in opened().files:
            group = words.say(f"dash-group-{entry.group.replace(' ', '-')}")
            groups.setdefault(group, []).append([entry.name, words.scenario(entry.name)])
    return [{"label": label, "options": options} for label, options in groups.items()]


def world_name(world: str, words: Words) -> str:
    return words.named("dash-world", world, world)
