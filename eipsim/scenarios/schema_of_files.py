"""The JSON schema of a scenario file, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from eipsim.policy.lever import TARGET_WORDS, Lever
from eipsim.policy.levers import LEVERS
from eipsim.scenarios.descriptions import described_schema
from eipsim.scenarios.schema import Scenario


def schema_of_files() -> dict[str, Any]:
    """The JSON schema of a scenario file: that of `Scenario` with one property per lever, in all its short forms."""
    schema = described_schema(Scenario)
    parts, fields = schema["$defs"], schema["properties"]
    entry = parts.pop("LeverEntry")
    del entry["properties"]["lever"], entry["required"], fields["years"]["default"]
    fields["levers"] = {
        "type": "object",
        "description": fields["levers"]["description"],
        "additionalProperties": False,
        "properties": {lever.name: _lever_schema(lever, entry) for lever in LEVERS.values()},
    }
    for name in ("programmes", "targets", "parameters"):
        fields[name]["additionalProperties"] = _or_null(fields[name]["additionalProperties"])
    several = fields["instruments"]
    fields["instruments"] = {"description": several["description"], "anyOf": [{"type": "string"}, several]}
    for name in ("drivers", "levers", "programmes", "targets", "parameters", "regulator", "decrees", "instruments"):
        fields[name] = _or_null(fields[name])
    for part in ("Programme", "Target", "Adaptive"):
        del parts[part]["required"]  # a file may change one field of what it inherits
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "eipsim scenario"}


def _or_null(schema: dict) -> dict:
    return {"anyOf": [schema, {"type": "null"}]}


def _lever_schema(lever: Lever, entry: dict[str, Any]) -> dict[str, Any]:
    """A number, a path, one entry or a list of entries, within the bounds of `lever`; null removes."""
    number = {"type": "number", "minimum": lever.least, "maximum": lever.most}
    years = {"^20[1-5][0-9]$": number}
    path = {"type": "object", "patternProperties": years, "additionalProperties": False, "minProperties": 1}
    unaimed = set(TARGET_WORDS) - set(lever.targets)
    own = {name: part for name, part in entry["properties"].items() if name not in unaimed}
    one = entry | {"properties": own | {"value": number, "path": path}}
    later = one | {"properties": {name: part for name, part in one["properties"].items() if name != "replace"}}
    several = {"type": "array", "prefixItems": [one], "items": later, "minItems": 1}
    forms = [number, path, one, several, {"type": "null"}]
    return {"description": f"{lever.definition} [{lever.unit}], default {lever.default:g}", "anyOf": forms}
