"""What a scenario inherits of the levers that it sets itself, in words: what holds before its years, after them and elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from eipsim.core.years import FIRST_YEAR, LAST_YEAR
from eipsim.data.yaml_tree import Node
from eipsim.policy.lever import Lever
from eipsim.policy.levers import LEVERS
from eipsim.scenarios.continuation import AIMS, Entries, Reach, reach_of
from eipsim.scenarios.mistakes import file_and_line
from eipsim.scenarios.schema import LeverEntry, Scenario

EVERYWHERE = (None,) * len(AIMS)


class Inherited(NamedTuple):
    """What is `told` of one lever that the file at `where` sets."""

    where: str
    lever: str
    unit: str
    told: str


def inherited_levers(scenario: Scenario) -> list[Inherited]:
    """What holds beside the levers that the file of `scenario` sets; those of which nothing is inherited are passed over.

    >>> from eipsim.scenarios.loading import load_scenario
    >>> inherited_levers(load_scenario("enforcement"))[1].told
    'is set from 2026; before, what is inherited holds: 2,370 in all years (baseline.yaml:40)'
    """
    tree = scenario.tree()
    file, _ = file_and_line(tree.place)
    levers = tree.value["levers"].value if tree.has("levers") else {}
    own = {name: node for name, node in levers.items() if file_and_line(node.place)[0] == file}
    told = [
        Inherited(node.place, name, LEVERS[name].unit, words)
        for name, node in own.items()
        if (words := _told_of(LEVERS[name], node, scenario))
    ]
    return sorted(told, key=lambda one: file_and_line(one.where))


def _told_of(lever: Lever, node: Node, scenario: Scenario) -> str:
    """What is told of a lever; nothing where no other file sets it, or where its own entries leave nothing over."""
    entries = scenario.levers[lever.name]
    if not isinstance(node, Entries):
        return "has nothing to replace: it is not inherited" if entries[0].replace else ""
    inherited, own = entries[: node.inherited], entries[node.inherited :]
    first, when = _rest_of([_reach(entry) for entry in own])
    if not when:
        return ""
    if not inherited:
        why = " (replace: true)" if own[0].replace else ""
        return f"is set from {first}; {when}, the default holds: {_number(lever.default)}{why}"
    places = [scenario.place(("levers", lever.name, i)) for i in range(len(inherited))]
    return f"is set from {first}; {when}, what is inherited holds: {_in_words(lever, inherited, places)}"


def _reach(entry: LeverEntry) -> Reach:
    reach = reach_of(entry.model_dump(by_alias=True))
    assert reach is not None
    return reach


def _rest_of(own: Sequence[Reach]) -> tuple[int, str]:
    """The first year that these entries set, and in which years and places they set nothing."""
    years = sorted({year for reach in own for year in reach.years})
    first = years[0] if years else LAST_YEAR
    when = []
    if years != list(range(FIRST_YEAR, LAST_YEAR + 1)):
        when.append("before" if years == list(range(first, LAST_YEAR + 1)) else "in other years")
    if all(reach.names != EVERYWHERE for reach in own):
        when.append("elsewhere")
    return first, " and ".join(when)


def _in_words(lever: Lever, entries: Sequence[LeverEntry], places: Sequence[str]) -> str:
    """Inherited entries as one reads them, the default first where it holds too."""
    told = [f"{words_of_entry(entry)} ({place})" for entry, place in zip(entries, places)]
    first = _reach(entries[0])
    everywhere = first.names == EVERYWHERE and first.years == range(FIRST_YEAR, LAST_YEAR + 1)
    return "; ".join(told if everywhere else [f"{_number(lever.default)} by default", *told])


def words_of_entry(entry: LeverEntry) -> str:
    """An entry as one reads it.

    >>> words_of_entry(LeverEntry(lever="carbon_price", path={2029: 8, 2035: 30}, sectors=["A11", "A16"]))
    '8 in 2029, 30 from 2035 (sectors A11, A16)'
    """
    aims = [f"{aim} {', '.join(names)}" for aim in AIMS if (names := getattr(entry, aim)) is not None]
    return ", ".join(_levels_of(entry)) + (f" ({'; '.join(aims)})" if aims else "")


def _levels_of(entry: LeverEntry) -> Iterator[str]:
    """The levels of an entry with their years."""
    if entry.value is not None:
        yield f"{_number(entry.value)} {_years(entry.first_year, entry.last_year)}"
        return
    assert entry.path is not None
    *before, last = entry.path
    for year in before:
        yield f"{_number(entry.path[year])} in {year}"
    yield f"{_number(entry.path[last])} from {last}"
    if entry.first_year > next(iter(entry.path)):
        yield f"begun in {entry.first_year}"
    if entry.last_year < LAST_YEAR:
        yield f"ended after {entry.last_year}"


def _number(value: float) -> str:
    return f"{value:,.10g}"


def _years(first: int, last: int) -> str:
    if first == last:
        return f"in {first}"
    if last == LAST_YEAR:
        return "in all years" if first == FIRST_YEAR else f"from {first}"
    return f"from {first} to {last}"
