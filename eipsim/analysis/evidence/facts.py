"""Tables of observed facts: what is read of a CSV file, each with its expression, and every mistake at its line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np

from eipsim.core.names import fold_name
from eipsim.data.fact_rows import FITTED, TEST, FactRow
from eipsim.data.loading import FOLDER
from eipsim.data.loading import read_facts as packaged
from eipsim.data.tables import Reader
from eipsim.errors import InputError, Mistake, Mistakes
from eipsim.outcomes.expressions import parse_expression, parse_filters
from eipsim.outcomes.nodes import Asked, Expression

# Facts that are part of eipsim, by the name they are asked for: those the model was calibrated on, those it has to answer to.
PACKAGED = {"calibration": "calibration_facts.csv", "evidence": "evidence_facts.csv"}
RUN_COLUMNS = ("set", "population", "replicate")  # what names a run in the table of values


@dataclass(frozen=True)
class Fact:
    """One observed fact in one year, or in the years its expression names; an open side is infinite. `role` is one of ROLES."""

    name: str
    expression: Expression
    low: float
    high: float
    unit: str
    source: str
    role: str = TEST


def read_facts(file: str | Path) -> list[Fact]:
    """The facts of a CSV file, or PACKAGED ones. Raises InputError with every mistake as file:line."""
    facts, found = facts_and_mistakes(file)
    found.tell()
    return facts


def facts_and_mistakes(file: str | Path) -> tuple[list[Fact], Mistakes]:
    """The facts of a file that can be read, and all mistakes of the others."""
    path = Path(file)
    if str(file) in PACKAGED and not os.path.isfile(path):
        path = FOLDER / PACKAGED[str(file)]
    reader, facts = Reader(), []
    table = reader.read(path, FactRow, key=lambda row: row.name)
    for position, row in enumerate(table):
        try:
            facts += _facts_of(row, table.where(position))
        except InputError as error:
            for mistake in error.mistakes:
                reader.add(mistake.where, mistake.what, mistake.hint)
        if reader.is_full(table):
            break
    names, told = [fact.name for fact in facts], [row.name for row in table]  # two equal names of rows are told already
    for name in sorted({n for n in names if n in RUN_COLUMNS or (names.count(n) > 1 and told.count(n) < 2)}):
        hint = "another one is, or the table of runs has a column of that name"
        reader.add(path.name, f"a fact cannot be called {name!r}", hint)
    if not facts and not reader.mistakes:
        reader.add(path.name, "holds no facts", "write one a row: name,expression,filter,years,low,high,source")
    return facts, Mistakes(sorted(reader.mistakes, key=lambda mistake: _line(mistake.where)))


def _line(where: str) -> int:
    line = where.rpartition(":")[2]
    return int(line) if line.isdigit() else 0


def _facts_of(row: FactRow, where: str) -> list[Fact]:
    """The fact of a row, once for every year of its column of years that the expression leaves open."""
    filters = parse_filters(row.filter, f"{where}: filter")
    parse = partial(parse_expression, row.expression, f"{where}: expression", filters=filters, paired=True)
    low = -np.inf if row.low is None else row.low
    high = np.inf if row.high is None else row.high
    expressions = {year: parse(years=(year,)) for year in row.all_years} or {0: parse()}
    if not next(iter(expressions.values())).asked:
        raise InputError(Mistake(f"{where}: expression", "asks nothing of a run", "for example: parks_certified @2025"))
    _refuse_other_years(expressions, where)
    if len({tuple(e.years) for e in expressions.values()}) == 1:
        expressions = dict(list(expressions.items())[:1])  # one year, or the expression says all its years itself
    return [
        Fact(
            f"{row.name} ({year})" if len(expressions) > 1 else row.name, e, low, high, row.unit or e.unit, row.source,
            row.role or (FITTED if was_fitted(e) else TEST),
        )
        for year, e in expressions.items()
    ]  # fmt: skip


def was_fitted(expression: Expression) -> bool:
    """Whether it asks nothing but what the targets of the calibration ask: such a fact is no test, whatever it is called."""
    return {_signature(asked) for asked in expression.asked} <= _fitted_quantities()


@cache
def _fitted_quantities() -> frozenset[tuple]:
    targets = [parse_expression(text) for text in packaged("calibration_targets")["expression"]]
    return frozenset(_signature(asked) for target in targets for asked in target.asked)


def _signature(asked: Asked) -> tuple:
    """What is asked for, of whom, when and of which scenario, however it is written."""
    filters = [(f.key, f.sign, frozenset(map(fold_name, f.names)), f.condition) for f in asked.filters]
    return asked.name, asked.years, asked.scenario, asked.by_park, frozenset(filters)


def _refuse_other_years(expressions: dict[int, Expression], where: str) -> None:
    """A year in the column of years that an expression which says its own years does not have."""
    others = [str(year) for year, expression in expressions.items() if year and year not in expression.years]
    if others:
        own = ", ".join(map(str, next(iter(expressions.values())).years))
        raise InputError(Mistake(where, f"the year is {', '.join(others)}, but the expression says {own}", "keep one"))
