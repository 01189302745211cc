"""What is asked without a run: `eipsim check`, `schema`, `list` and `show`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any

import typer

from eipsim.cli import completion, terminal
from eipsim.cli.options import Json, World
from eipsim.core.own_code import Named, short
from eipsim.errors import InputError, Mistake, Mistakes, refuse_all, unknown

IN_SHORT = ("group", "name", "title")
SHOWN = "parameters, measures, parks, outcomes, quantities, filters, levers, scenarios or words (the glossary)."
MORE_OF_ONE = "All that a scenario sets: eipsim show scenarios NAME"
MORE_OF_ALL = f"With their questions: eipsim list --long. {MORE_OF_ONE}"


def check_file(
    file: Annotated[str, typer.Argument(help="A scenario or design (YAML), a decree file (YAML or CSV), a world (folder:PATH).")],
    world: World = "vietnam", json: Json = False,
) -> None:  # fmt: skip
    """Find every mistake of a scenario, a design of an ensemble, a decree file or a world, and what in it is worth a warning."""
    found = Mistakes()
    with found.collected():
        code, told = _sound(file, world)
    if found and not json:
        raise InputError(found)
    if json:
        mistakes = [{"where": m.where, "what": m.what, "hint": m.hint} for m in found]
        named = [] if found else [one.given for one in code]
        terminal.print_json({"file": file, "mistakes": mistakes, "names_code": named, **({} if found else told)})
        if found:
            raise typer.Exit(InputError.exit_code)
        return
    terminal.print_messages(f"{file}: no mistakes", *map(_told_code, code))
    terminal.print_messages(*map(_told_inherited, told.get("inherited", ())), *told.get("notes", ()))
    terminal.print_country(told.get("tables", {}))
    terminal.print_messages(*terminal.warnings(told.get("warnings", [])))


Sound = tuple[Sequence[Named], dict[str, Any]]  # the code that a file names, and what is told of a scenario or world


def _sound(file: str, world: str) -> Sound:
    """What is told of a file without mistakes; InputError for one with; only what reads files of its kind is loaded."""
    from eipsim.designs.files import is_design_file
    from eipsim.policy.decrees import is_decree_file, read_decrees

    if file.startswith("folder:"):
        return (), _sound_world(file)
    if file.lower().endswith(".csv") or is_decree_file(file):
        read_decrees((file,))
        return (), {}
    if os.path.isdir(file):
        raise InputError(Mistake(file, "is a folder", f"to check the tables of a world: eipsim check folder:{file}"))
    return _sound_design(file) if is_design_file(file) else _sound_scenario(file, world)


def _sound_world(recipe: str) -> dict[str, Any]:
    """Whose tables a world without mistakes is made from, and what is worth a question in them."""
    from eipsim.world import build_world, require_totals
    from eipsim.world.recipe import origins_of

    world = require_totals(build_world(recipe))
    return {"tables": origins_of(world.own_tables), "warnings": list(world.warnings)}


def _sound_design(file: str) -> Sound:
    """The code that a design without mistakes names, and what is to be kept in mind of it."""
    from eipsim.designs.notes import notes_on
    from eipsim.designs.reading import check_design, load_design

    refuse_all(check_design(file))
    design = load_design(file)
    return design.strange_code, {"notes": list(notes_on(design))}


def _sound_scenario(file: str, world: str) -> Sound:
    """The code that a scenario without mistakes names, what it inherits of the levers that it sets, and what is to look at."""
    from eipsim.scenarios.checking import check_names, questions_about
    from eipsim.scenarios.inheritance import inherited_levers
    from eipsim.scenarios.loading import load_scenario

    scenario, there = load_scenario(file), cache(lambda: _built(world))
    if scenario.targets:
        from eipsim.runs.targets import mistakes_in_targets

        refuse_all(mistakes_in_targets(scenario))
    check_names(scenario, _read_exchange_tables, there)
    inherited = [told._asdict() for told in inherited_levers(scenario)]
    return scenario.strange_code, {"inherited": inherited, "warnings": [*map(str, questions_about(scenario, there()))]}


def _read_exchange_tables(folder: str) -> None:
    from eipsim.exchanges.catalogue import read_exchange_types

    read_exchange_types(folder)


def _built(recipe: str) -> Any:
    """The world of a recipe; what builds worlds is loaded only for one that is not kept."""
    from eipsim.world.cache import Order, kept

    world = kept(Order(recipe))
    if world is None:
        from eipsim.world import build_world

        world = build_world(recipe)
    return world


def _told_code(named: Named) -> str:
    place, _, name = short(named.given).rpartition(":")
    return f"{named.where} names code: {place}, not run ({name})"


def _told_inherited(one: Mapping[str, str]) -> str:
    return "{where}: {lever} [{unit}] {told}".format_map(one)


def schema(kind: Annotated[str, typer.Argument(help="scenario or design.")] = "scenario") -> None:
    """Print the JSON schema of scenario or design files, for editors that complete and check while one types."""
    from eipsim.designs.schema import schema_of_designs
    from eipsim.scenarios.loading import json_schema

    kinds = {"scenario": json_schema, "design": schema_of_designs}
    if kind not in kinds:
        raise InputError(unknown("schema", "kind", kind, kinds))
    terminal.print_json(kinds[kind]())


def list_library(
    long: Annotated[bool, typer.Option("--long", help="With question, extended scenario and number of sources.")] = False,
    json: Json = False,
) -> None:  # fmt: skip
    """List the scenarios of the library, group by group."""
    from eipsim.cli.listings import listing_of

    rows = listing_of("scenarios")
    if json:
        terminal.print_json(rows)
    else:
        terminal.print_groups(rows if long else [{name: row[name] for name in IN_SHORT} for row in rows], "group")
        terminal.print_beside(MORE_OF_ONE if long else MORE_OF_ALL)


def show(
    kind: Annotated[str, typer.Argument(help=SHOWN, autocompletion=completion.subjects)],
    search: Annotated[
        str | None, typer.Argument(help="Only rows that contain this text.", autocompletion=completion.of_subject)
    ] = None,
    world: World = "vietnam", json: Json = False,
) -> None:  # fmt: skip
    """Show the facts of the model, with unit, source and status."""
    from eipsim.cli.listings import KINDS, listing_of

    if kind not in KINDS:
        raise InputError(unknown("show", "kind", kind, KINDS))
    rows = listing_of(kind, world, search)
    if search and not rows:
        raise InputError(Mistake(f"show {kind}", f"no row contains {search!r}", f"eipsim show {kind} lists all"))
    if json:
        terminal.print_json(rows)
    elif kind == "scenarios":
        terminal.print_groups(rows, "group")
    else:
        terminal.print_records(kind.capitalize(), rows)
