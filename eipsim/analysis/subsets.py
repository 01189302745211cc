"""Parts of the states by a factor: its values where they are few, thirds of its range where they are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eipsim.errors import Mistake, Mistakes, did_you_mean, unknown

FEW_VALUES = 8  # up to so many different numbers are groups of their own
THIRDS = ("lowest third", "middle third", "highest third")


@dataclass(frozen=True, eq=False)
class Group:
    """States that share something: `members` bool [states]."""

    factor: str
    label: str
    members: np.ndarray


def groups_of(rows: pd.DataFrame, by: Sequence[str] | str) -> tuple[Group, ...]:
    """The groups by each of the factors `by`; `factor=value` gives that value and all others.

    Raises InputError with every factor or value that is not in the design.

    >>> rows = pd.DataFrame({"rule": ["a", "b", "a"], "weight": [0.0, 0.1, 0.2]})
    >>> [(group.label, int(group.members.sum())) for group in groups_of(rows, ["rule", "weight=0"])]
    [('rule = a', 2), ('rule = b', 1), ('weight = 0', 1), ('weight not 0', 2)]
    """
    found = Mistakes()
    groups = [group for name in ([by] if isinstance(by, str) else by) for group in _groups(rows, name, found)]
    found.tell()
    return tuple(groups)


def _groups(rows: pd.DataFrame, asked: str, found: list[Mistake]) -> list[Group]:
    factor, equal, wanted = (part.strip() for part in asked.partition("="))
    if factor not in rows:
        found.append(unknown("by", "factor", factor, map(str, rows.columns)))
        return []
    column = rows[factor]
    texts = column.map(as_text)
    if equal:
        return _one_value(factor, texts, wanted, found)
    if not is_numeric(column) or texts.nunique() <= FEW_VALUES:
        values = sorted(texts.unique(), key=_by_size)
        return [Group(factor, f"{factor} = {value}", (texts == value).to_numpy()) for value in values]
    return _thirds(factor, column.to_numpy(float))


def _one_value(factor: str, texts: pd.Series, wanted: str, found: list[Mistake]) -> list[Group]:
    number = as_text(float(wanted)) if _is_number(wanted) else wanted
    here = (texts == number).to_numpy()
    if not here.any():
        allowed = sorted(texts.unique(), key=_by_size)
        between = f"it lies between {allowed[0]} and {allowed[-1]}"
        hint = did_you_mean(wanted, allowed) if len(allowed) <= 12 else between
        found.append(Mistake("by", f"no run has {factor} = {wanted}", hint))
        return []
    groups = [Group(factor, f"{factor} = {number}", here), Group(factor, f"{factor} not {number}", ~here)]
    return [group for group in groups if group.members.any()]


def _thirds(factor: str, values: np.ndarray) -> list[Group]:
    inner = np.quantile(values, [1.0 / 3.0, 2.0 / 3.0])
    which = np.searchsorted(inner, values, side="right")
    return [Group(factor, f"{factor}, {name}", which == k) for k, name in enumerate(THIRDS)]


def is_numeric(column: pd.Series) -> bool:
    """Whether a factor is of numbers; true and false are labels."""
    return bool(pd.api.types.is_numeric_dtype(column)) and not pd.api.types.is_bool_dtype(column)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def as_text(value: object) -> str:
    """A value as it is written.

    >>> as_text(0.0), as_text(np.float64(0.25)), as_text("npv_hurdle"), as_text(None)
    ('0', '0.25', 'npv_hurdle', 'none')
    """
    if value is None:
        return "none"
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    return f"{float(value):g}" if isinstance(value, int | float | np.number) else str(value)


def _by_size(text: str) -> tuple[bool, float, str]:
    return (not _is_number(text), float(text) if _is_number(text) else 0.0, text)
