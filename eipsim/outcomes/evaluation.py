"""What an expression comes to in many runs at once, given what each quantity comes to.

An array has an axis of runs and one of years; of what is asked park by park, [runs, parks, years]. What has no value (a ratio
with nothing below, a score of a park that is not there) is NaN; a condition on it is false.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from eipsim.errors import InputError, Mistake
from eipsim.outcomes.nodes import (
    FIRST_YEAR,
    PARK_QUANTILE,
    PARK_SHARE,
    Asked,
    Expression,
    Node,
    Number,
    Operation,
    quantities_of,
    years_of,
)

Value = Callable[[Asked, int], Any]  # a quantity in a year: of n runs, or one number; by park [n, parks], or [parks]

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "<": np.less, "<=": np.less_equal,
    ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal, "and": np.logical_and, "or": np.logical_or,
}  # fmt: skip
YEARS: dict[str, Callable[..., Any]] = {"sum": np.sum, "mean": np.mean, "min": np.min, "max": np.max}
PARKS: dict[str, Callable[[np.ndarray, float], Any]] = {
    "park_sum": lambda known, _: known.sum(),
    "park_mean": lambda known, _: known.mean(),
    "park_sd": lambda known, _: known.std(),
    "park_min": lambda known, _: known.min(),
    "park_max": lambda known, _: known.max(),
    "park_median": lambda known, _: np.median(known),
    PARK_QUANTILE: np.quantile,
}


def evaluate(expression: Expression, value: Value) -> np.ndarray:
    """The expression [n] (numbers, or bool of a condition); `value(asked, year)` gives a quantity in n runs, or a number.

    >>> double = Expression("2 * firms @2020", Operation("*", (Number(2.0, 1), Asked("firms", 5, years=(2020,))), 3), False)
    >>> evaluate(double, lambda asked, year: float(year)).tolist()
    [4040.0]
    """
    return evaluate_over_time(expression, value)[..., 0]


def evaluate_over_time(expression: Expression, value: Value) -> np.ndarray:
    """As `evaluate`, [n, years]: one column, or one for each year of an expression parsed with `over_time`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        result = _value(expression.root, value)
    return result if expression.is_condition else np.where(np.isfinite(result), result, np.nan)


def _value(node: Node, value: Value) -> np.ndarray:
    """[n, years] of a node; [n, parks, years] within a function over parks."""
    if isinstance(node, Number):
        return np.full((1, 1), node.value)
    if isinstance(node, Asked):
        return np.stack([_of_year(node, value(node, year)) for year in node.years], axis=-1)
    if node.sign in PARKS or node.sign == PARK_SHARE:
        return _over_parks(node, value)
    parts = [_value(part, value) for part in node.parts]
    if node.sign == FIRST_YEAR:
        return _first_year(parts[0], years_of(node.parts[0]))
    if node.sign in YEARS:
        return YEARS[node.sign](parts[0], axis=-1, keepdims=True)
    if len(parts) == 1:
        return np.logical_not(parts[0]) if node.sign == "not" else -parts[0]
    return ARITHMETIC[node.sign](*parts)


def _of_year(asked: Asked, found: Any) -> np.ndarray:
    """[n], or by park [n, parks]."""
    values = np.asarray(found, dtype=float)
    return np.atleast_2d(values) if asked.by_park else np.atleast_1d(values)


def _first_year(holds: np.ndarray, years: tuple[int, ...]) -> np.ndarray:
    """The first of `years` in which it `holds` [..., years]; the year after the last where it never does."""
    first = np.asarray(years, dtype=float)[holds.argmax(axis=-1)]
    return np.where(holds.any(axis=-1), first, years[-1] + 1.0)[..., None]


def _over_parks(node: Operation, value: Value) -> np.ndarray:
    """A function over parks [n, years]: of those that have a value; NaN where none has one."""
    inner = node.parts[0]
    found = _value(inner, value)
    if node.sign == PARK_SHARE:
        known = _known(inner, value, np.all)
        return np.divide((found & known).sum(axis=-2), known.sum(axis=-2))
    found = np.where(
        _known(inner, value, np.any), found, np.nan
    )  # or a park that never was would be late for `first_year`
    return np.apply_along_axis(_of_parks, -2, found, PARKS[node.sign], node.level)


def _of_parks(amounts: np.ndarray, function: Callable[[np.ndarray, float], Any], level: float) -> float:
    known = amounts[np.isfinite(amounts)]
    return float(function(known, level)) if known.size else np.nan


def _known(node: Node, value: Value, years: Callable[..., Any]) -> np.ndarray:
    """bool [n, parks, 1]: parks that have a value of every quantity in `years` (all, or any) of those that are asked for."""
    known = [years(np.isfinite(_value(asked, value)), axis=-1, keepdims=True) for asked in quantities_of(node)]
    return np.logical_and.reduce(known)


def values_in(table: Any) -> Callable[[Asked, int], np.ndarray]:
    """For `evaluate`: national outcomes from a tidy table (year, outcomes, and what names a run), runs in order of its rows.

    Raises InputError for a year or an outcome that the table does not hold, and for a filter, since its rows are of the nation.
    """

    def value(asked: Asked, year: int) -> np.ndarray:
        rows, of_parts = table[table["year"] == year], bool(asked.filters) or asked.by_park
        if of_parts or asked.name not in table or rows.empty:
            what = "a part of the country" if of_parts else f"{asked.name} @{year}"
            message = f"column {asked.column}: the table of runs does not hold {what}"
            raise InputError(Mistake("expression", message))
        return rows[asked.name].to_numpy()

    return value
