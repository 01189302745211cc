"""The JSON schema of a design file, and the tables of the manual that are made from the same source.

`python -m eipsim.designs.schema docs/designs.md` brings the manual up to date between its two marks.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from eipsim.data.parameters import load_parameters
from eipsim.designs.design import Design, Source
from eipsim.designs.factors import KINDS, PARAMETER_SET, RULE, SEED, own_range
from eipsim.designs.samplers import METHODS, Sampler
from eipsim.policy.levers import LEVERS
from eipsim.scenarios.entries import Drivers
from eipsim.scenarios.reference import BEGIN, END, fields_table, table

WRITTEN_BY_EIPSIM = ("format", "made_with", "files")  # in the design of a store, never by hand
TEXT = {"type": "string"}


def schema_of_designs() -> dict[str, Any]:
    """The JSON schema of a design file, with every short form and every known factor."""
    schema = Design.model_json_schema(by_alias=True)
    parts, fields = schema["$defs"], schema["properties"]
    for name in WRITTEN_BY_EIPSIM:
        del fields[name]
    for name in ("content", "digest"):
        del parts["Source"]["properties"][name]
    cases = _mapping_of({"anyOf": [TEXT, {"$ref": "#/$defs/Source"}]})
    _in_all_forms(fields["scenarios"], [TEXT, _list_of({"anyOf": [TEXT, cases]}), cases])
    named = _mapping_of(TEXT)
    _in_all_forms(fields["outcomes"], [TEXT, _list_of({"anyOf": [TEXT, named]}), named])
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
    drivers = {f"drivers.{n}": f"{f.description}; {_own(f'drivers.{n}')}" for n, f in Drivers.model_fields.items()}
    others = {
        RULE: f"how firms decide; {_own(RULE)}",
        SEED: "which synthetic firms there are, and all draws; say its range",
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


# ---- the manual ----------------------------------------------------------------------------------------------------------


def reference_markdown() -> str:
    """Fields of a design, distributions, samplers."""
    parts = [
        ("### Fields of a design", _without(fields_table(Design), WRITTEN_BY_EIPSIM)),
        ("### Fields of a scenario in a design", _without(fields_table(Source), ("content", "digest"))),
        ("### Distributions", distributions_table()),
        ("### Settings that all samplers have", fields_table(Sampler)),
        ("### Samplers", samplers_table()),
    ]
    return "\n\n".join(f"{heading}\n\n{content}" for heading, content in parts)


def _without(markdown: str, names: tuple[str, ...]) -> str:
    return "\n".join(line for line in markdown.splitlines() if not line.startswith(tuple(f"| `{n}`" for n in names)))


def distributions_table() -> str:
    rows = []
    for name, kind in KINDS.items():
        arguments = kind.model_fields[name].description or ""
        rows.append((f"`{name}`", arguments, (kind.__doc__ or "").strip()))
    return table(("kind", "arguments", "meaning"), rows)


def samplers_table() -> str:
    rows = []
    for kind in dict.fromkeys(METHODS.values()):
        names = " or ".join(f"`{name}`" for name, known in METHODS.items() if known is kind)
        own = {n: f for n, f in kind.model_fields.items() if n not in Sampler.model_fields and n != "method"}
        settings = "; ".join(f"`{n}`{_default(f)}: {(f.description or '').rstrip('.')}" for n, f in own.items())
        rows.append((names, (kind.__doc__ or "").strip(), settings, "yes" if kind.takes_groups else "no"))
    return table(("method", "what it is for", "settings", "groups"), rows)


def _default(field: Any) -> str:
    if field.is_required():
        return ""
    return "" if field.default is None else f" ({str(field.default).lower()})"


def update(document: Path) -> None:
    """Write the reference between the marks of `document`."""
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    document.write_text(f"{before}{BEGIN}\n\n{reference_markdown()}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    update(Path(sys.argv[1]))
