"""Reading the facts. Tables are small CSV files; every number in them has a unit, a status and a source.

`VIETNAM` holds the packaged tables; a country brings its own in place of some (`market/country.py`), and whoever reckons with
them is handed the tables of its world.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from eipsim.core.later import Later
from eipsim.data.csv_files import read_csv
from eipsim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Later("pandas")

FOLDER = Path(__file__).parent
FOLDERS_OF_FACTS = (FOLDER, FOLDER.parent / "scenarios")  # all that decides results
KEY_COLUMNS = ("name", "parameter", "item", "factor")
KEPT = 64  # columns of numbers kept at hand


@dataclass(frozen=True, eq=False)
class CountryTables:
    """The tables a country's market is made from, by name: its `own` where it has them, Viet Nam's where it has not.

    Two are equal when they hold the same, so that what follows from them is made once. `decrees` is the file of the enacted
    decrees.
    """

    own: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    decrees: str = str(FOLDER / "decrees.csv")
    digest: str = ""

    def read(self, table: str) -> pd.DataFrame:
        """The table (named without .csv), every cell as text; treat it as read-only."""
        return self.own[table] if table in self.own else read_facts(table)

    def value(self, table: str, name: str, choice: str = "central") -> float:
        """One number of a table whose rows are named: its `value`, or its low, central or high. KeyError when not there."""
        numbers = _numbers(self, table, choice)
        if name not in numbers:
            raise KeyError(f"{table}.csv has no row {name!r}")
        return float(numbers[name])

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CountryTables) and self.digest == other.digest


VIETNAM = CountryTables()


@cache
def read_facts(table: str) -> pd.DataFrame:
    """The packaged table `table` (without .csv), every cell as text; treat it as read-only."""
    file = read_csv(FOLDER / f"{table}.csv")
    if file.mistakes:
        raise InputError(file.mistakes)
    return pd.DataFrame([cells for _, cells in file.rows], columns=file.header, dtype=str)


def value_of(table: str, name: str, choice: str = "central") -> float:
    """One number of a packaged table: see `CountryTables.value`."""
    return VIETNAM.value(table, name, choice)


@lru_cache(maxsize=KEPT)
def _numbers(tables: CountryTables, table: str, choice: str) -> dict[str, str]:
    """The cells of one column by the name of their row; the first of rows with one name."""
    rows = tables.read(table)
    key = next(column for column in KEY_COLUMNS if column in rows)
    cells = rows["value" if "value" in rows else choice]
    return dict(zip(rows[key][::-1], cells[::-1]))


@cache
def data_hash() -> str:
    """Hash of all packaged facts and scenarios: part of every manifest. Tables of words for readers are no part of it."""
    digest = hashlib.sha256()
    for file in sorted(p for f in FOLDERS_OF_FACTS for p in f.rglob("*") if p.suffix in {".csv", ".yaml"}):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
