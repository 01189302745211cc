"""State in columns, agents as views: an attribute of an agent is one cell of a column of *its own* model.

A table is a NumPy record array with one named, documented column per attribute. Compiled code and plain Python read it with
the same words (`firms.park[i]`, `firms.margin[i, m]`), a row's columns lie together in memory, and to the compiler a table is
one argument, however many columns it has.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Col(NamedTuple):
    """One column: name, type, shape of one cell, and what it means, with its unit."""

    name: str
    kind: type
    meaning: str
    shape: tuple[int, ...] = ()


def record_type(columns: tuple[Col, ...]) -> np.dtype:
    """The type of a row."""
    return np.dtype([(c.name, c.kind, c.shape) for c in columns], align=True)


class Table(np.recarray):
    """A record array that keeps its columns at hand: NumPy's looks a column up anew whenever it is named, for microseconds.

    A table whose columns would hold it keeps none, because no garbage collector sees such a circle.
    """

    __getattribute__ = np.ndarray.__getattribute__
    __array_finalize__ = np.ndarray.__array_finalize__  # type: ignore[assignment]

    def __getattr__(self, name: str) -> np.ndarray:
        if name not in (self.dtype.names or ()):
            raise AttributeError(f"the table has no column {name!r}")
        column = self.view(np.ndarray)[name]
        if type(self.base) is np.ndarray:  # then that is what the column holds
            self.__dict__[name] = column
        return column

    def __setattr__(self, name: str, value) -> None:
        if name in (self.dtype.names or ()):
            getattr(self, name)[...] = value
        else:
            np.ndarray.__setattr__(self, name, value)

    def __getitem__(self, at):
        return getattr(self, at) if type(at) is str else np.ndarray.__getitem__(self, at)

    def copy(self, order="C") -> Table:
        return np.array(self.view(np.ndarray), order=order).view(Table)


def new_table(n: int, columns: tuple[Col, ...], **values) -> Table:
    """A table of `n` rows, all zero except the columns given. KeyError for a value that is no column."""
    table = np.zeros(n, dtype=np.dtype((np.record, record_type(columns)))).view(Table)
    for name, value in values.items():
        table[name][...] = value
    return table


class Column:
    """Agent attribute <-> cell `row` of the column `name` in the agent's model's table `table`."""

    def __init__(self, table: str, column: Col):
        self.table, self.name = table, column.name
        self.__doc__ = column.meaning

    def __get__(self, agent, owner=None):
        if agent is None:
            return self
        return getattr(agent.model, self.table)[self.name][agent.row]

    def __set__(self, agent, value):
        getattr(agent.model, self.table)[self.name][agent.row] = value


def row_view(table: str, columns: tuple[Col, ...]):
    """Class decorator: give the class one `Column` per column of its table, unless it defines that name."""

    def decorate(cls):
        for column in columns:
            if column.name not in cls.__dict__:
                setattr(cls, column.name, Column(table, column))
        return cls

    return decorate
