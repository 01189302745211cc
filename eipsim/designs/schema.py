"""The JSON schema of a design file, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from eipsim.data.parameters import load_parameters
from eipsim.designs.design import Design
from eipsim.designs.factors import PARAMETER_SET, POPULATION, RULE, SEED, own_range
from eipsim.policy.levers import LEVERS
from eipsim.scenarios.descriptions import described_schema, words_of
from eipsim.scenarios.entries import Drivers

WRITTEN_BY_EIPSIM = ("format", "made_with", "files")  # in the design of a store, never by hand
TEXT = {"type": "string"}


def schema_of_designs() -> dict[str, Any]:
    """The JSON schema of a design file, with every short form and every known factor."""
    schema = described_schema(Design)
    parts, fields = schema["$defs"], schema["properties"]
    schema.pop("required")  # a design without scenarios has the default one
    for name in WRITTEN_BY_EIPSIM:
        del fields[name]
    for name in ("content", "digest"):
        del parts["Source"]["properties"][name]
    cases = _mapping_of({"anyOf": [TEXT, {"$ref": "#/$defs/Source"}]})
    _in_all_forms(fields["scenarios"], [TEXT, _list_of({"anyOf": [TEXT, cases]}), cases])
    named = _mapping_of(TEXT)
    _in_all_forms(fields["outcomes"], [TEXT, _list_of({"anyOf": [TEXT, named]}), named])
    only = {"anyOf": [TEXT, _list_of(TEXT)]}
    _in_all_forms(fields["only"], [_mapping_of(only), {"type": "null"}])
    choice = parts["Choice"]["properties"]["choice"]
    _in_all_forms(choice, [{"type": "array", "minItems": 1}, {"type": "object", "minProperties": 1}])
    factor = fields["factors"]["additionalProperties"]
    fields["factors"]["properties"] = {name: {"description": told} | factor for name, told in known_factors().items()}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "eipsim design"}


def _in_all_forms(field: dict[str, Any], forms: list[dict[str, Any]]) -> None:
    """Replace the one form that a field ends up in by all in which it may be written."""
    kept = {name: field[name] for name in ("description", "title") if name in field}
    field.clear()
    field.update(kept | {"anyOf": forms})


def _list_of(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": 1}


def _mapping_of(value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": value, "minProperties": 1}


def known_factors() -> dict[str, str]:
    """Every factor that eipsim has a name for, and what is meant when nothing is said of it."""
    parameters = {name: f"{p.note or p.short_name} [{p.unit}]; {_own(name)}" for name, p in load_parameters().items()}
    levers = {f"levers.{name}": f"{lever.definition} [{lever.unit}]; say its range" for name, lever in LEVERS.items()}
    drivers = {f"drivers.{n}": f"{words}; {_own(f'drivers.{n}')}" for n, words in words_of(Drivers).items()}
    others = {
        RULE: f"how firms decide; {_own(RULE)}",
        SEED: "which synthetic firms there are, and all draws; say its range",
        POPULATION: "which synthetic firms there are, the draws apart; say its range",
        PARAMETER_SET: f"a calibrated parameter set; {_own(PARAMETER_SET)}",
        "certification.decree": "the decree in force: a file, or null for the packaged one",
    }
    return parameters | levers | drivers | others


def _own(name: str) -> str:
    factor = own_range(name)
    if factor is None:
        return "say its range"
    kind, given = next(iter(factor.model_dump(mode="json").items()))
    shown = ", ".join(given) if isinstance(given, dict) else given
    return f"if nothing is said: {kind} {shown}"
