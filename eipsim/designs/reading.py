"""Reading a design: from YAML to a design in which nothing is left open. Every mistake is told, each at its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from eipsim.core.own_code import Named
from eipsim.data.yaml_tree import Node, from_python
from eipsim.designs.completing import Completion, place_in
from eipsim.designs.design import Design
from eipsim.designs.files import SPEAKS_OF_DESIGN, read_design_tree
from eipsim.errors import InputError, Mistake, did_you_mean
from eipsim.outcomes.binding import Finder, bind
from eipsim.outcomes.expressions import parse_expression
from eipsim.outcomes.reached import nobody_reached
from eipsim.outcomes.registry import OUTCOMES
from eipsim.policy.levers import resolve
from eipsim.scenarios.mistakes import mistakes_of
from eipsim.scenarios.schema import Scenario
from eipsim.world import build_world, require_totals

NAMED = ("scenarios", "factors", "only", "groups", "outcomes")  # mappings of names, each of which may be wrong alone
DesignLike = str | Path | Mapping[str, Any] | Design  # what `load_design` takes
NEEDED = {"scenarios": ["baseline"]}  # stands in for a part with mistakes, so that the others are checked as well


def load_design(given: DesignLike, trust: bool = False) -> Design:
    """The design of a YAML file, or of a mapping of the same form, with every default written out.

    Nothing that it names is run. `trust`: you have read the code that files name (a model, a rule, instruments), and agree
    that `run_sweep` runs it. Raises InputError with every mistake, each at its line.

    >>> load_design({"scenarios": ["baseline"], "world": "pilot-parks"}).n_runs
    1
    """
    made = given if isinstance(given, Design) else _read_design(given)
    if trust and made.strange_code:
        made = made.model_copy()
        made._strange_code = ()
    return made


def _read_design(given: str | Path | Mapping[str, Any]) -> Design:
    if isinstance(given, Mapping):
        tree, folder, found = _from_python(given), Path(), list[Mistake]()
    else:
        tree, found = read_design_tree(Path(given))
        folder = Path(given).absolute().parent
    design, more, wrong = _formed(tree)
    completion = Completion(design, tree, folder, wrong)
    completed = completion.completed()
    found = [*found, *more, *completion.found]
    if found:
        raise InputError(sorted(dict.fromkeys(found), key=_in_file))
    if isinstance(given, Mapping):
        is_stored = design.made_with is not None  # in a store, which anybody may have written
        completed._strange_code = (*completion.strange_code(is_stored), *_strange_code_in(given.get("scenarios")))
    else:
        completed._strange_code = completion.strange_code(True)
    return completed


def check_design(file: str | Path) -> list[Mistake]:
    """Every mistake of a design, the names of its own world among them; an empty list when it is fine."""
    try:
        design = load_design(file)
        tree, _ = read_design_tree(Path(file))
        return names_not_found(design, lambda path: place_in(tree, path))
    except InputError as error:
        return error.mistakes


def names_not_found(
    design: Design, place: Callable[[tuple[object, ...]], str] = lambda path: "design"
) -> list[Mistake]:
    """Parks, provinces, sectors and programmes of scenarios and outcomes that the world of `design` does not have."""
    if design.model is not None:
        return []
    found, world = [], require_totals(build_world(design.world, design.seed))
    texts = {label: text for label, text in (design.outcomes or {}).items() if text not in OUTCOMES}
    for label in design.scenarios:
        scenario = design.scenario(label)
        try:
            finder = Finder(world, resolve(scenario, world).programmes, scenario.name)
            last = scenario.years[1]
            wanted = [parse_expression(text, place(("outcomes", name)), years=(last,)) for name, text in texts.items()]
            found += bind(wanted, finder, last) or nobody_reached(wanted, finder)
        except InputError as error:
            where = place(("scenarios", label))
            found += [Mistake(where, f"scenarios.{label}: {m.what}", m.hint) for m in error.mistakes]
    return list(dict.fromkeys(found))


def outcomes_not_found(design: Design) -> list[Mistake]:
    """As `names_not_found`, of designs that ask for more than outcomes by their names; others need no world to be looked at."""
    named = all(text in OUTCOMES for text in (design.outcomes or {}).values())
    return [] if named else names_not_found(design)


def _strange_code_in(given: Any) -> Iterator[Named]:
    """Code that files name, of the scenarios of a design that were loaded before."""
    if isinstance(given, Scenario):
        yield from given.strange_code
    elif isinstance(given, Mapping | list | tuple):
        for one in given.values() if isinstance(given, Mapping) else given:
            yield from _strange_code_in(one)


def _from_python(given: Mapping[str, Any]) -> Node:
    """A mapping as a tree; a function given as the model is called by its name."""
    model = given.get("model")
    named = {"model": f"{model.__module__}:{model.__qualname__}"} if callable(model) else {}
    return from_python({**given, **named}, "design")


def _formed(tree: Node) -> tuple[Design, list[Mistake], set[str]]:
    """The design as far as its form is right, the mistakes of form, and the parts that have some."""
    content, found, wrong = tree.plain(), [], set[str]()
    for name in [name for name in content if name not in Design.model_fields]:
        found.append(Mistake(tree.value[name].place, f"{name} is unknown", did_you_mean(name, Design.model_fields)))
        del content[name]
    if "scenarios" not in content and ("model" in content or not SPEAKS_OF_DESIGN & content.keys()):
        found.append(Mistake(tree.place, "the design lacks scenarios", "write for example scenarios: [baseline]"))
        content |= NEEDED
        wrong.add("scenarios")
    while True:
        try:
            return Design.model_validate(content), found, wrong
        except ValidationError as error:
            told = mistakes_of(error, tree)
            found += [Mistake(m.where, m.what.replace("the scenario", "the design"), m.hint) for m in told]
            refused = [detail["loc"] for detail in error.errors(include_url=False)]
            wrong |= {str(top) for top, *_ in refused}
            content = NEEDED | _without(content, refused)


def _without(content: dict[str, Any], refused: list[tuple[Any, ...]]) -> dict[str, Any]:
    """`content` without what was refused at these paths: one factor, scenario or group, else the whole part."""
    left = dict(content)
    for top, *rest in refused:
        part = left.get(top)
        if isinstance(part, dict) and top in NAMED and rest:
            left[top] = {name: value for name, value in part.items() if name != rest[0]}
        if not rest or not left.get(top) or not isinstance(part, dict) or top not in NAMED:
            left.pop(top, None)
    return left


def _in_file(mistake: Mistake) -> tuple[str, int]:
    file, _, line = mistake.where.split(" ")[0].rpartition(":")
    return (file, int(line)) if line.isdigit() else (mistake.where, 0)
