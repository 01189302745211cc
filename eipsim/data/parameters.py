"""The uncertain constants of the model: one row each in `parameters.csv`, with unit, range, status and source.

`low / central / high` are the range that analyses explore; `least / most` are what the equations can bear and what `--set`
accepts. The central set is the default of every run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from eipsim.data.csv_files import read_csv
from eipsim.errors import InputError, Mistake, refuse_all, unknown

FILE = Path(__file__).with_name("parameters.csv")
ENSEMBLE = FILE.with_name("ensemble.csv")
DEFAULT_RULE = "acceptance_curve"


@dataclass(frozen=True)
class Parameter:
    """One uncertain constant. `name` is `group.name`; `symbol` its name in the evidence tables, where it has one."""

    name: str
    unit: str
    low: float
    central: float
    high: float
    least: float
    most: float
    status: str
    source: str
    note: str
    symbol: str = ""

    @property
    def short_name(self) -> str:
        return self.name.split(".", 1)[1]


@cache
def load_parameters() -> Mapping[str, Parameter]:
    """Every parameter by name, in the order of the file."""
    return {row["name"]: _parameter(row) for _, row in read_csv(FILE).records()}


def _parameter(row: dict[str, str]) -> Parameter:
    numbers = {name: float(row[name]) for name in ("low", "central", "high", "least", "most")}
    texts = {name: row[name] for name in ("name", "unit", "status", "source", "note", "symbol")}
    return Parameter(**texts, **numbers)  # type: ignore[arg-type]


def mistakes_in(settings: Mapping[str, object], where: str = "--set") -> list[Mistake]:
    """All mistakes in a mapping of parameter name to value."""
    known, found = load_parameters(), []
    for name, value in settings.items():
        if name not in known:
            found.append(unknown(where, "parameter", name, known))
            continue
        least, most = known[name].least, known[name].most
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            found.append(Mistake(where, f"{name} = {value!r} is not a number"))
            continue
        if not (math.isfinite(number) and least <= number <= most):
            found.append(Mistake(where, f"{name} = {value} is out of range", f"allowed: {least:g} to {most:g}"))
    return found


def parameter_values(settings: Mapping[str, object] | None = None) -> dict[str, float]:
    """Central values with `settings` (name to value) put over them. Raises InputError with every mistake."""
    settings = settings or {}
    found = mistakes_in(settings)
    refuse_all(found)
    return _central_values() | {name: float(value) for name, value in settings.items()}  # type: ignore[arg-type]


@cache
def _central_values() -> dict[str, float]:
    return {name: parameter.central for name, parameter in load_parameters().items()}


@cache
def load_ensemble(rule: str = DEFAULT_RULE) -> tuple[dict[str, float], ...]:
    """The parameter sets of a decision rule that go with the record, equally weighted, as settings for runs under that rule.

    Each sets what was fitted (the rule's own level among it) and what was only varied over its range. Made by
    `experiments/00_calibration`; the first set of the acceptance curve is the default of `parameters.csv`. Raises InputError
    for a rule that has none.
    """
    rows = [row for _, row in read_csv(ENSEMBLE).records()]
    known = list(dict.fromkeys(row["rule"] for row in rows))
    if rule not in known:
        raise InputError(unknown("ensemble", "decision rule", rule, known))
    names = [name for name in rows[0] if name in load_parameters()]
    return tuple({name: float(row[name]) for name in names if row[name]} for row in rows if row["rule"] == rule)
