"""The generated part of docs/scenarios.md: fields of a file, levers, library, as they are in the code."""

from __future__ import annotations

from typing import Any

from pages import markdown_table
from pydantic import BaseModel

from eipsim.policy.lever import Lever
from eipsim.policy.levers import LEVERS
from eipsim.scenarios.descriptions import words_of
from eipsim.scenarios.entries import Adaptive, Drivers, LeverEntry, Programme, Regulator, Selection
from eipsim.scenarios.files import GROUPS, library_entries
from eipsim.scenarios.schema import Scenario


def reference() -> str:
    """Tables of fields, levers and library."""
    parts = [
        ("### Fields of a file", fields_table(Scenario)),
        ("### Drivers", fields_table(Drivers)),
        ("### Fields of a lever entry", fields_table(LeverEntry)),
        ("### Fields of a programme", fields_table(Programme)),
        ("### Fields of `selection` of a programme", fields_table(Selection)),
        ("### Fields of `regulator`", fields_table(Regulator)),
        ("### Fields of `regulator: adaptive:`", fields_table(Adaptive)),
        ("### Levers", levers_table()),
        *((f"### Library: {group}", library_table(group)) for group in GROUPS),
    ]
    return "\n\n".join(f"{heading}\n\n{table}" for heading, table in parts)


def fields_table(model: type[BaseModel]) -> str:
    """Field, default and meaning of one model."""
    rows, words = [], words_of(model)
    for name, field in model.model_fields.items():
        if (model, name) == (LeverEntry, "lever"):
            continue
        shown = "required" if field.is_required() else _shown(field.get_default(call_default_factory=True))
        rows.append((f"`{field.alias or name}`", shown, words.get(name, "")))
    return markdown_table(("field", "default", "meaning"), rows)


def _shown(default: Any) -> str:
    if isinstance(default, BaseModel) or default in (None, "", (), {}):
        return ""
    if isinstance(default, tuple):
        return f"`{list(default)}`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def levers_table() -> str:
    """Every lever with unit, default, bounds, targets and who sets it."""
    rows = [
        (
            f"`{lever.name}`",
            lever.unit,
            f"{lever.default:g}",
            _bounds(lever),
            ", ".join(lever.targets) or "nation",
            lever.setter,
            lever.definition,
        )
        for lever in LEVERS.values()
    ]
    return markdown_table(("lever", "unit", "default", "bounds", "can be aimed by", "who sets it", "definition"), rows)


def _bounds(lever: Lever) -> str:
    return f"{lever.least:g} to {lever.most:g}"


def library_table(group: str) -> str:
    """Every scenario of a group of the library with its question."""
    return markdown_table(
        ("scenario", "title", "question", "extends"),
        [
            (f"`{entry.name}`", entry.title, entry.question, f"`{entry.extends}`" if entry.extends else "")
            for entry in library_entries()
            if entry.group == group
        ],
    )
