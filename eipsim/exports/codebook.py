"""What the columns of the tables are: a row per table and column with its type, unit and meaning.

Outcomes mean what the registry says, measures what the catalogue says; all other columns stand in `columns.csv`, with the table
where a word means something else in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from eipsim.data.csv_files import read_csv
from eipsim.market.catalogue import measure_labels, measure_names
from eipsim.outcomes.registry import QUANTITIES

FILE = Path(__file__).parent / "columns.csv"
KINDS = {"b": "yes or no", "i": "whole number", "u": "whole number", "f": "number"}


class Meaning(NamedTuple):
    unit: str
    meaning: str


def codebook(tables: Mapping[str, pd.DataFrame], also: Mapping[str, Meaning] | None = None) -> pd.DataFrame:
    """A row per column of `tables`, which are named as their files: table, column, type, unit, meaning.

    also : what columns mean that only these tables have, such as the factors of a design

    >>> table = pd.DataFrame({"year": [2030], "co2_t": [1.5]})
    >>> codebook({"outcomes.csv": table})[["column", "type", "unit"]].values.tolist()
    [['year', 'whole number', 'year'], ['co2_t', 'number', 'tCO2/yr']]
    """
    rows = []
    for name, table in tables.items():
        units = table.attrs.get("units", {})
        for column, values in with_index(table).items():
            known = meaning_of(str(column), Path(name).stem, also or {})
            rows.append((name, column, _kind_of(values), units.get(column) or known.unit, known.meaning))
    return pd.DataFrame(rows, columns=["table", "column", "type", "unit", "meaning"])


def meaning_of(column: str, table: str, also: Mapping[str, Meaning]) -> Meaning:
    """Unit and meaning of a column; both empty for what nobody has described."""
    if column in also:
        return also[column]
    for place in (table, ""):
        if (place, column) in _listed():
            return _listed()[place, column]
    if column in QUANTITIES:
        return Meaning(QUANTITIES[column].unit, QUANTITIES[column].definition)
    labels = dict(zip(measure_names(), measure_labels()))
    return Meaning("", f"of the measure {labels[column]}" if column in labels else "")


def with_index(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its index as first column, where that has a name."""
    return table.reset_index() if table.index.name is not None else table


@cache
def _listed() -> dict[tuple[str, str], Meaning]:
    """What `columns.csv` says, by table ("" = any) and column."""
    rows = (row for _, row in read_csv(FILE).records())
    return {(row["table"], row["column"]): Meaning(row["unit"], row["meaning"]) for row in rows}


def _kind_of(values: pd.Series) -> str:
    return KINDS.get(getattr(values.dtype, "kind", "O"), "text")
