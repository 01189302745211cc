"""State in columns, agents as views: an attribute of an agent is one cell of a column of *its own* model.

A table is a NumPy record array with one named, documented column per attribute. Compiled code and plain Python read it with
the same words (`firms.park[i]`, `firms.margin[i, m]`), a row's columns lie together in memory, and to the compiler a table is
one argument, however many columns it has.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np


class Col(NamedTuple):
    """One column: name, type, shape of one cell, and what it means, with its unit."""

    name: str
    kind: type
    meaning: str
    shape: tuple[int, ...] = ()


class Row(np.record):  # type: ignore[misc]
    """A row of a table: `firms[i].park` is `firms.park[i]`.

    NumPy's own takes detours to a field, and describes all its fields anew whenever its memory is asked for, which the
    compiler does at every call that it is handed to: many microseconds for each.
    """

    __getattribute__ = np.void.__getattribute__
    __getitem__ = np.void.__getitem__  # type: ignore[assignment]

    def __getattr__(self, name: str):
        if name not in (self.dtype.fields or ()):
            raise AttributeError(f"the row has no field {name!r}")
        return self[name]

    def __setattr__(self, name: str, value) -> None:
        if name not in (self.dtype.fields or ()):
            raise AttributeError(f"the row has no field {name!r}")
        self[name] = value

    @property
    def data(self):
        """Its memory, for the compiler."""
        memory = self.__dict__.get("memory")
        return super().data if memory is None else memory


@cache
def row_type(record: np.dtype) -> np.dtype:
    """The type of a `Row` with the fields of `record`."""
    return np.dtype((Row, record))


@cache
def record_type(columns: tuple[Col, ...]) -> np.dtype:
    """The type of a row; one object for all tables with these columns, so that the compiler need not compare field by field."""
    return row_type(np.dtype([(c.name, c.kind, c.shape) for c in columns], align=True))


def only_row(table: np.ndarray) -> Row:
    """The row of a table of one row: the same cells, as long as neither has been pickled."""
    cells = table.view(np.ndarray)
    row = cells.view(row_type(table.dtype))[0]
    row.__dict__["memory"] = cells.view(np.uint8)
    return row


def as_bytes(table: np.ndarray) -> np.ndarray:
    """The same rows as so many bytes each, to move or clear whole rows: field by field takes NumPy many times as long."""
    return table.view(np.ndarray).view(f"V{table.dtype.itemsize}")


class Table(np.recarray):
    """A record array that keeps its columns at hand: NumPy's looks a column up anew whenever it is named, for microseconds.

    A table whose columns would hold it keeps none, because no garbage collector sees such a circle.
    """

    __getattribute__ = np.ndarray.__getattribute__
    __array_finalize__ = np.ndarray.__array_finalize__  # type: ignore[assignment]

    def __getattr__(self, name: str) -> np.ndarray:
        if name.startswith("__"):  # the compiler asks every table, at every call, for a word that none has
            raise AttributeError(name)
        if name not in (self.dtype.fields or ()):
            raise AttributeError(f"the table has no column {name!r}")
        column = self.view(np.ndarray)[name]
        if type(self.base) is np.ndarray:  # then that is what the column holds
            self.__dict__[name] = column
        return column

    def __setattr__(self, name: str, value) -> None:
        if name in (self.dtype.fields or ()):
            getattr(self, name)[...] = value
        else:
            np.ndarray.__setattr__(self, name, value)

    def __getitem__(self, at):
        return getattr(self, at) if type(at) is str else np.ndarray.__getitem__(self, at)

    def copy(self, order="C") -> Table:
        """The same rows, with what lies between their fields: NumPy's leaves that to chance, so that equal bytes would differ."""
        return as_bytes(self).copy(order).view(self.dtype).view(Table)


def new_table(n: int, columns: tuple[Col, ...], **values) -> Table:
    """A table of `n` rows, all zero except the columns given. KeyError for a value that is no column."""
    return filled(np.zeros(n, dtype=record_type(columns)).view(Table), **values)


def filled(table: Table, **values) -> Table:
    """The same table with these columns. KeyError for a value that is no column."""
    for name, value in values.items():
        table[name][...] = value
    return table


class Column:
    """Agent attribute <-> cell `row` of the column `name` in the table `table` of the agent's model's state."""

    def __init__(self, table: str, column: Col):
        self.table, self.name = table, column.name
        self.__doc__ = column.meaning

    def __get__(self, agent, owner=None):
        if agent is None:
            return self
        return getattr(agent.model.state, self.table)[self.name][agent.row]

    def __set__(self, agent, value):
        getattr(agent.model.state, self.table)[self.name][agent.row] = value


def row_view(table: str, columns: tuple[Col, ...]):
    """Class decorator: give the class one `Column` per column of its table, unless it defines that name."""

    def decorate(cls):
        for column in columns:
            if column.name not in cls.__dict__:
                setattr(cls, column.name, Column(table, column))
        return cls

    return decorate
