"""Reading the packaged facts. Tables are small CSV files; every number in them has a unit, a status and a source."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent
KEY_COLUMNS = ("name", "parameter", "item", "factor")


@cache
def read_facts(table: str) -> pd.DataFrame:
    """The packaged table `table` (without .csv), every cell as text; treat it as read-only."""
    return pd.read_csv(FOLDER / f"{table}.csv", dtype=str, keep_default_na=False)


def value_of(table: str, name: str, choice: str = "central") -> float:
    """One number of a table whose rows are named: its `value`, or its low, central or high. KeyError when not there."""
    numbers = _numbers(table, choice)
    if name not in numbers:
        raise KeyError(f"{table}.csv has no row {name!r}")
    return float(numbers[name])


@cache
def _numbers(table: str, choice: str) -> dict[str, str]:
    """The cells of one column by the name of their row; the first of rows with one name."""
    rows = read_facts(table)
    key = next(column for column in KEY_COLUMNS if column in rows)
    cells = rows["value" if "value" in rows else choice]
    return dict(zip(rows[key][::-1], cells[::-1]))


@cache
def data_hash() -> str:
    """Hash of all packaged facts and scenarios: part of every manifest."""
    digest = hashlib.sha256()
    for file in sorted(p for p in FOLDER.parent.rglob("*") if p.suffix in {".csv", ".yaml"}):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
