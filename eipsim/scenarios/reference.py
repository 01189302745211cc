"""The parts of the manual that are generated: table of levers, fields of a file, library; and the JSON schema.

`python -m eipsim.scenarios.reference docs/scenarios.md` brings a document up to date between its two marks.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from eipsim.policy.lever import Lever
from eipsim.policy.levers import LEVERS
from eipsim.scenarios.entries import Adaptive, Drivers, LeverEntry, Programme, Regulator
from eipsim.scenarios.loading import list_scenarios, load_scenario
from eipsim.scenarios.schema import Scenario

BEGIN, END = "<!-- reference: generated, do not edit -->", "<!-- reference: end -->"


def reference_markdown() -> str:
    """The reference of `docs/scenarios.md`: fields, levers and library, as they are in the code."""
    parts = [
        ("### Fields of a file", fields_table(Scenario)),
        ("### Drivers", fields_table(Drivers)),
        ("### Fields of a lever entry", fields_table(LeverEntry)),
        ("### Fields of a programme", fields_table(Programme)),
        ("### Fields of `regulator`", fields_table(Regulator)),
        ("### Fields of `regulator: adaptive:`", fields_table(Adaptive)),
        ("### Levers", levers_table()),
        ("### Library", library_table()),
    ]
    return "\n\n".join(f"{heading}\n\n{table}" for heading, table in parts)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def fields_table(model: type[BaseModel]) -> str:
    """Field, default and meaning of one model."""
    rows = []
    for name, field in model.model_fields.items():
        if (model, name) == (LeverEntry, "lever"):
            continue
        shown = "required" if field.is_required() else _shown(field.get_default(call_default_factory=True))
        rows.append((f"`{field.alias or name}`", shown, field.description or ""))
    return table(("field", "default", "meaning"), rows)


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
    return table(("lever", "unit", "default", "bounds", "can be aimed by", "who sets it", "definition"), rows)


def _bounds(lever: Lever) -> str:
    return f"{lever.least:g} to {lever.most:g}"


def library_table() -> str:
    """Every scenario of the library with its question."""
    scenarios = [load_scenario(name) for name in list_scenarios()]
    return table(
        ("scenario", "title", "question", "extends"),
        [(f"`{s.name}`", s.title, s.question, f"`{s.extends}`" if s.extends else "") for s in scenarios],
    )


def schema_of_files() -> dict[str, Any]:
    """The JSON schema of a scenario file: that of `Scenario` with one property per lever, in all its short forms."""
    schema = Scenario.model_json_schema(by_alias=True)
    parts, fields = schema["$defs"], schema["properties"]
    entry = parts.pop("LeverEntry")
    del entry["properties"]["lever"], entry["required"], fields["years"]["default"]
    fields["levers"] = {
        "type": "object",
        "description": fields["levers"]["description"],
        "additionalProperties": False,
        "properties": {lever.name: _lever_schema(lever, entry) for lever in LEVERS.values()},
    }
    for name in ("programmes", "parameters"):
        fields[name]["additionalProperties"] = _or_null(fields[name]["additionalProperties"])
    for name in ("drivers", "levers", "programmes", "parameters", "regulator", "decrees", "instruments"):
        fields[name] = _or_null(fields[name])
    for part in ("Programme", "Adaptive"):
        del parts[part]["required"]  # a file may change one field of what it inherits
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "eipsim scenario"}


def _or_null(schema: dict) -> dict:
    return {"anyOf": [schema, {"type": "null"}]}


def _lever_schema(lever: Lever, entry: dict[str, Any]) -> dict[str, Any]:
    """A number, a path, one entry or a list of entries, within the bounds of `lever`; null removes."""
    number = {"type": "number", "minimum": lever.least, "maximum": lever.most}
    path = {
        "type": "object",
        "patternProperties": {"^20[1-5][0-9]$": number},
        "additionalProperties": False,
        "minProperties": 1,
    }
    unaimed = {"parks", "provinces", "sectors"} - set(lever.targets)
    own = {name: part for name, part in entry["properties"].items() if name not in unaimed}
    one = entry | {"properties": own | {"value": number, "path": path}}
    forms = [number, path, one, {"type": "array", "items": one, "minItems": 1}, {"type": "null"}]
    return {"description": f"{lever.definition} [{lever.unit}], default {lever.default:g}", "anyOf": forms}


def update(document: Path) -> None:
    """Write the reference between the marks of `document`."""
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    document.write_text(f"{before}{BEGIN}\n\n{reference_markdown()}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    update(Path(sys.argv[1]))
