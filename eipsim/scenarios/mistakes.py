"""From what a model refuses to what a person reads: file, line, name, value, what is allowed, the nearest name."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ValidationError

from eipsim.core.years import FIRST_YEAR, LAST_YEAR
from eipsim.data.tables import how_to_write
from eipsim.data.yaml_tree import Node
from eipsim.errors import Mistake, did_you_mean
from eipsim.scenarios.entries import Adaptive, Drivers, LeverEntry, Programme, Regulator, Selection, Target
from eipsim.scenarios.schema import Scenario

KINDS = {
    "float_type": "a number", "int_type": "a whole number", "int_from_float": "a whole number",
    "bool_type": "true or false", "string_type": "text", "finite_number": "a finite number", "tuple_type": "a list",
    "dict_type": "a mapping (name: value)", "model_type": "a mapping (name: value)",
}  # fmt: skip
MOST_LOOKED_AT = 1000  # mistakes of one file
OF_MAPPINGS = ("dict_type", "model_type")
PARTS: dict[object, type[BaseModel]] = {
    "drivers": Drivers, "levers": LeverEntry, "programmes": Programme, "regulator": Regulator, "adaptive": Adaptive,
    "selection": Selection, "targets": Target,
}  # fmt: skip


def mistakes_of(error: ValidationError, tree: Node) -> list[Mistake]:
    """Every mistake of a validation, placed in `tree`, each once, in the order of the file."""
    refused = error.errors(include_url=False)[:MOST_LOOKED_AT]
    found = [_mistake(detail, tree) for detail in refused if not (detail["type"] == "too_short" and detail["input"])]
    return sorted(dict.fromkeys(found), key=lambda mistake: file_and_line(mistake.where))


def dotted(path: tuple[object, ...]) -> str:
    """A path as people write it.

    >>> dotted(("levers", "carbon_price", 0, "sectors", 1))
    'levers.carbon_price[0].sectors[1]'
    """
    text = "".join(f"[{step}]" if isinstance(step, int) and step < 1000 else f".{step}" for step in path)
    return text.removeprefix(".") or "the scenario"


def file_and_line(where: str) -> tuple[str, int]:
    """A place as its file and line; 0 for one without a line."""
    file, _, line = where.rpartition(":")
    return (file, int(line)) if line.isdigit() else (where, 0)


def _mistake(detail: Any, tree: Node) -> Mistake:
    """One refusal in plain words."""
    path = tuple(step for step in detail["loc"] if step != "[key]")
    node, taken = tree.follow(path)
    kind, context, name = detail["type"], detail.get("ctx", {}), dotted(taken)
    if kind == "invalid_key" and path[0] == "levers":
        hint = "years stand under `path`, as path: {2030: 0.2}"
        return Mistake(node.place, f"{name} stands beside other words", hint)
    if kind == "extra_forbidden":
        return Mistake(node.place, f"{name} is unknown", did_you_mean(path[-1], _allowed(path)))
    if kind == "missing" and isinstance(path[-1], int):
        return Mistake(node.place, f"{name} needs two years", f"for example [{FIRST_YEAR}, {LAST_YEAR}]")
    if kind == "missing":
        return Mistake(node.place, f"{name} lacks {path[-1]}")
    if kind == "told":
        return Mistake(node.place, f"{name} {context['what']}", context["hint"])
    if "[key]" in detail["loc"]:
        return Mistake(node.place, f"{name} is not a year that can be used", f"years are {_years()}")
    what = f"{name} = {_shown(detail['input'])} {_refusal(kind, detail)}"
    return Mistake(node.place, what, _hint(kind, context, detail["input"]))


def _allowed(path: tuple[object, ...]) -> list[str]:
    """Keys that the part holding the unknown last step of `path` knows."""
    part = next((PARTS[step] for step in reversed(path[:-1]) if step in PARTS), Scenario)
    return [f.alias or name for name, f in part.model_fields.items() if not (part is LeverEntry and name == "lever")]


def _years() -> str:
    return f"whole numbers from {FIRST_YEAR} to {LAST_YEAR}"


def _refusal(kind: str, detail: Any) -> str:
    if kind in KINDS:
        return f"must be {KINDS[kind]}"
    if kind.startswith(("greater_than", "less_than")):
        return "is out of bounds"
    if kind in ("literal_error", "enum"):
        return "is not allowed"
    if kind == "too_short":
        return "is empty"
    if kind == "string_too_long":
        return "is too long"
    if kind == "too_long":
        return "has too many items"
    return "cannot be used: " + str(detail["msg"])[:1].lower() + str(detail["msg"])[1:]


def _hint(kind: str, context: dict, given: object) -> str:
    if kind == "too_short":
        return "give a year and its level" if isinstance(given, dict) else "give at least one"
    if kind in ("float_type", "int_type") and isinstance(given, str) and re.search(r"\d", given):
        return how_to_write(given, whole=kind == "int_type")
    if kind == "string_type":
        return (
            "put text that begins with a bracket in quotes"
            if isinstance(given, dict | list | tuple)
            else "put it in quotes"
        )
    if kind in OF_MAPPINGS and isinstance(given, list | tuple):
        return "write its names without - before them"
    if kind in OF_MAPPINGS and isinstance(given, str) and ":" in given:
        return "write a blank after the colon"
    if kind == "literal_error":
        return did_you_mean(given, re.findall(r"'([^']*)'", context["expected"]))
    if kind == "too_long":
        return f"at most {context['max_length']:,}"
    if kind == "string_too_long":
        return f"at most {context['max_length']:,} characters"
    bounds = {"ge": "at least", "le": "at most", "gt": "more than", "lt": "less than"}
    return next((f"{words} {context[key]:g}" for key, words in bounds.items() if key in context), "")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
