"""What is asked without a run: `eipsim check`, `schema`, `list` and `show`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from eipsim.cli import terminal
from eipsim.cli.options import Json, World
from eipsim.core.own_code import Named, short
from eipsim.errors import InputError, Mistake, unknown


def check_file(
    file: Annotated[str, typer.Argument(help="A scenario or design (YAML), a decree file (YAML or CSV), a world (folder:PATH).")],
    world: World = "vietnam", json: Json = False,
) -> None:  # fmt: skip
    """Find every mistake of a scenario, a design of an ensemble, a decree file or a world."""
    found = _mistakes_of(file, world)
    told = _told_of_world(file) if file.startswith("folder:") and not found else {}
    if json:
        mistakes = [{"where": m.where, "what": m.what, "hint": m.hint} for m in found]
        code = [] if found else [named.given for named in _code_of(file)]
        terminal.print_json({"file": file, "mistakes": mistakes, "names_code": code, **told})
    if found and json:
        raise typer.Exit(InputError.exit_code)
    if found:
        raise InputError(found)
    if not json:
        terminal.print_lines(f"{file}: no mistakes")
        terminal.print_lines(*map(_told_code, _code_of(file)))
        terminal.print_country(told.get("tables", {}), told.get("questions", []))


def _mistakes_of(file: str, world: str) -> list[Mistake]:
    from eipsim.designs.reading import check_design, is_design_file
    from eipsim.policy.decrees import is_decree_file, read_decrees
    from eipsim.runs.checking import check
    from eipsim.world import build_world, require_totals

    if file.startswith("folder:"):
        return _mistakes(lambda: require_totals(build_world(file)))
    if file.lower().endswith(".csv") or is_decree_file(file):
        return _mistakes(lambda: read_decrees((file,)))
    if Path(file).is_dir():
        return [Mistake(file, "is a folder", f"to check the tables of a world: eipsim check folder:{file}")]
    if is_design_file(file):
        return check_design(file)
    found = check(file)
    return found or check(file, build_world(world))


def _told_of_world(recipe: str) -> dict[str, Any]:
    """Whose tables a world without mistakes is made from, and what is worth a question in them."""
    from eipsim.world import build_world
    from eipsim.world.recipe import origins_of

    world = build_world(recipe)
    return {"tables": origins_of(world.own_tables), "questions": list(world.warnings)}


def _told_code(named: Named) -> str:
    place, _, name = short(named.given).rpartition(":")
    return f"{named.where} names code: {place}, not run ({name})"


def _code_of(file: str) -> tuple[Named, ...]:
    """Code that a scenario or design without mistakes names."""
    from eipsim.designs.reading import is_design_file, load_design
    from eipsim.policy.decrees import is_decree_file
    from eipsim.scenarios.loading import load_scenario

    if is_design_file(file):
        return load_design(file).strange_code
    is_other = file.startswith("folder:") or file.lower().endswith(".csv") or is_decree_file(file)
    return () if is_other else load_scenario(file).strange_code


def _mistakes(question: Callable[[], Any]) -> list[Mistake]:
    try:
        question()
    except InputError as error:
        return error.mistakes
    return []


def schema(kind: Annotated[str, typer.Argument(help="scenario or design.")] = "scenario") -> None:
    """Print the JSON schema of scenario or design files, for editors that complete and check while one types."""
    from eipsim.designs.schema import schema_of_designs
    from eipsim.scenarios.loading import json_schema

    kinds = {"scenario": json_schema, "design": schema_of_designs}
    if kind not in kinds:
        raise InputError(unknown("schema", "kind", kind, kinds))
    terminal.print_json(kinds[kind]())


def list_library(json: Json = False) -> None:
    """List the scenarios of the library."""
    show("scenarios", None, json=json)


def show(
    kind: Annotated[str, typer.Argument(help="parameters, measures, parks, outcomes, quantities, levers or scenarios.")],
    search: Annotated[str | None, typer.Argument(help="Only rows that contain this text.")] = None,
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
    else:
        terminal.print_records(kind.capitalize(), rows)
