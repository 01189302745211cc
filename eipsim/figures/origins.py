"""What a figure is of, as its last line says it: scenario, world and what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eipsim.runs.departures import departures_of, small_print


def origin_of(source: Any) -> str:
    """Where a run, runs, a comparison, a model, what was made of a store, or a table that says it comes from; else nothing."""
    if isinstance(source, Mapping):
        return small_print({"cases": [case | {"label": name} for name, of in source.items() for case in _cases(of)]})
    if isinstance(source, list | tuple):
        return small_print({"cases": _cases(source)})
    return small_print(_provenance(source))


def _cases(source: Any) -> list[dict[str, Any]]:
    """What is known of one run or several."""
    runs = source if isinstance(source, list | tuple) else [source]
    return [dict(_provenance(run)) for run in runs]


def _provenance(source: Any) -> Mapping[str, Any]:
    """Of results their provenance, of a table what it carries, of a model the same in short."""
    if hasattr(source, "case") and hasattr(source, "rule"):
        return {"scenario": source.case.name, "world": source.world.recipe, "changed": departures_of(source)}
    kept = getattr(source, "provenance", None) or getattr(source, "attrs", {}).get("provenance")
    return kept.get("origin", kept) if isinstance(kept, Mapping) else {}
