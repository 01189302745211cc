"""What an expression comes to in many runs at once, given what each quantity comes to.

An array has an axis of runs and one of years; of what is asked park by park, [runs, parks, years]. What has no value (a ratio
with nothing below, a score of a park that is not there) is NaN, from the division on that has none.

Conditions are three-valued (Kleene 1952): true, false, or without a value, because what they compare has none. `and` is the
least of its parts, `or` the greatest, `not` what is missing to 1, with 1 for true, 0 for false and 1/2 for no value. So
`a and b` is false where `a` is, whatever `b`; and what cannot be told apart stays without a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    years_of,
)

Value = Callable[[Asked, int], Any]  # a quantity in a year: of n runs, or one number; by park [n, parks], or [parks]

FALSE, UNKNOWN, TRUE = 0.0, 0.5, 1.0  # what a condition may be
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide,
}  # fmt: skip
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
}  # fmt: skip
LOGIC: dict[str, Callable[..., Any]] = {"and": np.minimum, "or": np.maximum, "not": lambda part: TRUE - part}
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
    """The expression [n], NaN where it has no value; a condition is 1 where it holds and 0 where it does not.

    value : `value(asked, year)` gives a quantity in n runs, or a number

    >>> double = Expression("2 * firms @2020", Operation("*", (Number(2.0, 1), Asked("firms", 5, years=(2020,))), 3), False)
    >>> evaluate(double, lambda asked, year: float(year)).tolist()
    [4040.0]
    """
    return evaluate_over_time(expression, value)[..., 0]


def evaluate_over_time(expression: Expression, value: Value) -> np.ndarray:
    """As `evaluate`, [n, years]: one column, or one for each year of an expression parsed with `over_time`."""
    found = _value(expression.root, value)
    return np.where(found == UNKNOWN, np.nan, found) if expression.is_condition else found


def where_values_end(expression: Expression, value: Value) -> list[tuple[Node, np.ndarray]]:
    """The nodes at which runs lose their value, each with these runs (bool [n]): quantities without one, divisions by 0.

    Only those are told that lie on the way of a run to having none: of `a or b`, none where `a` holds.
    """
    lost = np.isnan(evaluate_over_time(expression, value)).any(axis=-1)
    ends = [(node, without & lost) for node, without in _ends(expression.root, value)]
    return [(node, without) for node, without in ends if without.any()]


def what_is_missing(node: Node) -> str:
    """Why a node of `where_values_end` has no value, in words.

    >>> what_is_missing(Operation("/", (Number(1.0, 1), Number(0.0, 5)), 3))
    'something is divided by 0 (column 3)'
    """
    return f"{_what(node)} (column {node.column})"


def _what(node: Node) -> str:
    if isinstance(node, Asked):
        return f"{node.name} has no value"
    if _is_over_parks(node):
        return "no park has a value"
    return "something is divided by 0" if isinstance(node, Operation) and node.sign == "/" else "a number is too large"


def _is_over_parks(node: Node) -> bool:
    return isinstance(node, Operation) and (node.sign in PARKS or node.sign == PARK_SHARE)


def _ends(node: Node, value: Value) -> Iterator[tuple[Node, np.ndarray]]:
    """Nodes that have no value though all their parts have, with the runs in which that is so (bool [n]).

    A function over parks leaves out parks without a value, so that the loss is its own where it has none.
    """
    parts = node.parts if isinstance(node, Operation) and not _is_over_parks(node) else ()
    for part in parts:
        yield from _ends(part, value)
    if parts and isinstance(node, Operation) and node.sign not in ARITHMETIC:
        return
    without = np.isnan(_value(node, value))
    for part in parts:
        without = without & ~np.isnan(_value(part, value))
    yield node, without.any(axis=-1)


def _value(node: Node, value: Value) -> np.ndarray:
    """[n, years] of a node; [n, parks, years] within a function over parks. A condition has the values of LOGIC."""
    if isinstance(node, Number):
        return np.full((1, 1), node.value)
    if isinstance(node, Asked):
        return np.stack([_of_year(node, value(node, year)) for year in node.years], axis=-1)
    if node.sign in PARKS or node.sign == PARK_SHARE:
        return _over_parks(node, _value(node.parts[0], value))
    parts = [_value(part, value) for part in node.parts]
    if node.sign == FIRST_YEAR:
        return _first_year(parts[0], years_of(node.parts[0]))
    if node.sign in YEARS:
        return _finite(YEARS[node.sign](parts[0], axis=-1, keepdims=True))
    if node.sign in LOGIC:
        return LOGIC[node.sign](*parts)
    if node.sign in COMPARISONS:
        return _compared(node.sign, *parts)
    return -parts[0] if len(parts) == 1 else _worked_out(node.sign, *parts)


def _worked_out(sign: str, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Arithmetic, without a value where it leads to no number: a division by 0, numbers too large to be written."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return _finite(ARITHMETIC[sign](left, right))


def _compared(sign: str, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(left) | np.isnan(right), UNKNOWN, COMPARISONS[sign](left, right))


def _finite(amounts: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(amounts), amounts, np.nan)


def _of_year(asked: Asked, found: Any) -> np.ndarray:
    """[n], or by park [n, parks]."""
    values = _finite(np.asarray(found, dtype=float))
    return np.atleast_2d(values) if asked.by_park else np.atleast_1d(values)


def _first_year(holds: np.ndarray, years: tuple[int, ...]) -> np.ndarray:
    """The first of `years` in which it `holds` [..., years]; the year after the last where it never does.

    Years before it has any value are too early to hold (a park that is not there yet). A gap after that may hide the first
    year, and then there is none.
    """
    known = holds != UNKNOWN
    gap = np.logical_or.accumulate(known, axis=-1) & ~known
    first, hidden = _first(holds == TRUE), _first(gap)
    year = np.append(np.asarray(years, dtype=float), years[-1] + 1.0)[first]
    return np.where(known.any(axis=-1) & (first <= hidden), year, np.nan)[..., None]


def _first(holds: np.ndarray) -> np.ndarray:
    """The first position on the last axis where it holds (bool); its length where there is none."""
    return np.where(holds.any(axis=-1), holds.argmax(axis=-1), holds.shape[-1])


def _over_parks(node: Operation, found: np.ndarray) -> np.ndarray:
    """A function over parks [n, years] of what is `found` in each [n, parks, years]: of those that have a value."""
    if node.sign == PARK_SHARE:
        known = (found != UNKNOWN).sum(axis=-2)
        return np.divide((found == TRUE).sum(axis=-2), known, out=np.full(known.shape, np.nan), where=known > 0)
    return np.apply_along_axis(_of_parks, -2, found, PARKS[node.sign], node.level)


def _of_parks(amounts: np.ndarray, function: Callable[[np.ndarray, float], Any], level: float) -> float:
    known = amounts[np.isfinite(amounts)]
    return float(function(known, level)) if known.size else np.nan


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
