"""Tables: columns by name, cells by row, and no table that its own columns keep alive."""

import copy
import pickle
import weakref

import numpy as np
import pytest

from eipsim.core.columns import Col, Row, Table, as_bytes, new_table, only_row

COLUMNS = (Col("mass", np.float64, "t"), Col("kind", np.int8, "row of KINDS"), Col("shares", np.float64, "1", (3,)))
WAYS = {
    "new": lambda table: table,
    "copied": lambda table: table.copy(),
    "chosen": lambda table: table[[0, 2]],
    "sliced": lambda table: table[1:4],
    "pickled": lambda table: pickle.loads(pickle.dumps(table)),
    "deep-copied": copy.deepcopy,
}


@pytest.fixture(params=WAYS)
def table(request):
    return WAYS[request.param](new_table(5, COLUMNS, mass=2.0))


def test_every_way_to_make_a_table_makes_a_table(table):
    assert type(table) is Table
    assert type(table[0]) is table.dtype.type is Row


def test_a_column_is_the_same_cells_by_attribute_by_name_and_by_row(table):
    assert (table.mass == 2.0).all()
    table.mass[0] = 7.0
    assert (table["mass"][0], table[0].mass, table.mass[0]) == (7.0, 7.0, 7.0)
    table.mass = 5.0
    assert (table["mass"] == 5.0).all()
    table["kind"][:] = 3
    assert (table.kind == 3).all()
    assert table.shares.shape == (table.size, 3)


def test_a_copy_has_the_bytes_of_the_first_between_its_fields_too():
    columns = Col("flag", np.bool_, "a byte"), Col("amount", np.float64, "eight, after seven that hold nothing")
    first = new_table(50, columns, amount=np.arange(50.0))
    as_bytes(first)[:] = np.frombuffer(np.arange(50 * 16, dtype=np.uint8).tobytes(), dtype="V16")
    assert first.copy().tobytes() == first.tobytes()


def test_a_copy_shares_no_cell():
    first = new_table(5, COLUMNS, mass=2.0)
    second = first.copy()
    assert first.mass is not second.mass
    second.mass[:] = 9.0
    assert (first.mass == 2.0).all()


def test_a_name_that_is_no_column_is_refused(table):
    with pytest.raises(AttributeError, match="no column 'weight'"):
        _ = table.weight


@pytest.mark.parametrize("way", WAYS)
def test_a_table_goes_when_nobody_holds_it(way):
    table = WAYS[way](new_table(5, COLUMNS))
    assert table.mass.size == table.shares[:, 0].size
    gone = weakref.ref(table)
    del table
    assert gone() is None


def test_the_only_row_is_the_same_cells_as_its_table_also_for_compiled_code():
    table = new_table(1, COLUMNS, mass=2.0)
    row = only_row(table)
    assert type(row) is Row
    row.mass = 3.0
    table.kind[0] = 4
    assert (table.mass[0], row.kind, row["mass"]) == (3.0, 4, 3.0)
    assert np.frombuffer(row.data, table.dtype)["mass"][0] == 3.0
    with pytest.raises(AttributeError, match="no field 'weight'"):
        _ = row.weight


@pytest.mark.parametrize("way", [lambda row: pickle.loads(pickle.dumps(row)), copy.deepcopy])
def test_a_copied_row_has_cells_of_its_own(way):
    table = new_table(1, COLUMNS, mass=2.0)
    row = way(only_row(table))
    table.mass[0] = 9.0
    assert (type(row), row.mass) == (Row, 2.0)
    assert np.frombuffer(row.data, table.dtype)["mass"][0] == 2.0


def test_rows_move_as_bytes():
    table = new_table(3, COLUMNS, mass=[1.0, 2.0, 3.0], shares=7.0)
    rows = as_bytes(table)
    rows[:2] = rows[[2, 0]]
    rows[2:] = bytes(rows.itemsize)
    assert table.mass.tolist() == [3.0, 1.0, 0.0]
    assert table.shares[:, 0].tolist() == [7.0, 7.0, 0.0]
