"""The generated part of docs/designs.md: fields of a design, distributions, samplers, as they are in the code."""

from __future__ import annotations

from typing import Any

from pages import markdown_table
from scenarios_page import fields_table

from eipsim.designs.design import Design, Source
from eipsim.designs.factors import KINDS
from eipsim.designs.samplers import METHODS, Sampler
from eipsim.designs.schema import WRITTEN_BY_EIPSIM
from eipsim.scenarios.descriptions import words_of


def reference() -> str:
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
        arguments = words_of(kind).get(name, "")
        rows.append((f"`{name}`", arguments, (kind.__doc__ or "").strip()))
    return markdown_table(("kind", "arguments", "meaning"), rows)


def samplers_table() -> str:
    rows = []
    for kind in dict.fromkeys(METHODS.values()):
        names = " or ".join(f"`{name}`" for name, known in METHODS.items() if known is kind)
        own = {n: f for n, f in kind.model_fields.items() if n not in Sampler.model_fields and n != "method"}
        words = words_of(kind)
        settings = "; ".join(f"`{n}`{_default(f)}: {words.get(n, '').rstrip('.')}" for n, f in own.items())
        rows.append((names, (kind.__doc__ or "").strip(), settings, "yes" if kind.takes_groups else "no"))
    return markdown_table(("method", "what it is for", "settings", "groups"), rows)


def _default(field: Any) -> str:
    if field.is_required():
        return ""
    return "" if field.default is None else f" ({str(field.default).lower()})"
