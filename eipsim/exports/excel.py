"""A workbook of tables: a sheet each, and before and behind them what they are, their units and the sources of the model.

What a spreadsheet program cannot hold is refused before anything is written. Text is always text: a name that begins with `=`
is no formula. The names of sheets are shortened where they must be, and the first sheet tells which table stands where.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from eipsim.core.extras import needed
from eipsim.core.names import printable
from eipsim.data.loading import read_facts
from eipsim.errors import Mistake, refuse_all
from eipsim.exports.codebook import with_index

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

# What a sheet can hold, as the makers of the format specify.
MOST_ROWS, MOST_COLUMNS, LONGEST_NAME, LONGEST_TEXT = 1_048_576, 16_384, 31, 32_767
ABOUT, CONTENTS, UNITS, SOURCES = "about", "contents", "units", "sources"
FORBIDDEN = re.compile(r"[\[\]:*?/\\]|[^\u0000-\uffff]")  # in the name of a sheet; and letters that count twice there
RESERVED = "history"  # what the program calls a sheet of its own
OBEYED = tuple("=+-@#")  # what a text may not begin with, or it is taken for a formula or an error
CUT = " ... (cut: a cell holds no more)"
WIDEST = 40  # letters of a column


def write_workbook(
    file: Path, tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any], units: pd.DataFrame
) -> None:
    """All `tables` as sheets of `file`, with what is told `about` them, their `units` and the sources of the model's data.

    Raises InputError for a table that no sheet can hold, before anything is written.
    """
    written = {name: with_index(table) for name, table in tables.items()}
    refuse_all(_too_large(written))
    names = sheet_names((ABOUT, CONTENTS, *written, UNITS, SOURCES))
    sheets = {
        ABOUT: pd.DataFrame(flat(about), columns=["what", "value"]),
        CONTENTS: _contents(written, names),
        **written,
        UNITS: units.replace({"table": {name: names[name] for name in written}}),
        SOURCES: read_facts("sources"),
    }
    book = needed("openpyxl", "to_excel").Workbook(write_only=True)
    for name, table in sheets.items():
        _fill(book.create_sheet(names[name]), table)
    book.save(file)


def sheet_names(names: Iterable[str]) -> dict[str, str]:
    """What the sheet of each table is called: at most 31 letters, none that is forbidden, no two alike in any case.

    >>> list(sheet_names(["equal-budget/subsidy", "a" * 40, "A" * 40]).values())
    ['equal-budget-subsidy', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAA~2']
    """
    found: dict[str, str] = {}
    taken = {RESERVED}
    for name in names:
        plain = FORBIDDEN.sub("-", printable(name)).strip("' ") or "table"
        short, number = plain[:LONGEST_NAME].strip("' "), 1
        while short.casefold() in taken:
            number += 1
            short = f"{plain[: LONGEST_NAME - len(f'~{number}')]}~{number}"
        found[name] = short
        taken.add(short.casefold())
    return found


def flat(content: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """What a tree of names and values says, a line each.

    >>> list(flat({"seed": 1, "versions": {"eipsim": "0.1"}, "years": [2015, 2050]}))
    [('seed', 1), ('versions.eipsim', '0.1'), ('years', '2015, 2050')]
    """
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{before}{name}.")
        elif isinstance(value, list | tuple):
            plain = all(isinstance(one, str | int | float) for one in value)
            yield f"{before}{name}", ", ".join(map(str, value)) if plain else json.dumps(value, default=str)
        else:
            yield f"{before}{name}", value


def _too_large(tables: Mapping[str, pd.DataFrame]) -> list[Mistake]:
    """Every table that no sheet can hold; a row is the head's."""
    found = []
    for name, table in tables.items():
        for count, most, what in (
            (len(table) + 1, MOST_ROWS, "rows, its head among them"),
            (len(table.columns), MOST_COLUMNS, "columns"),
        ):
            if count > most:
                hint = f"a sheet holds {most:,}; take fewer outcomes, years or scenarios, or Parquet"
                found.append(Mistake(f"to_excel: table {name}", f"has {count:,} {what}", hint))
    return found


def _contents(tables: Mapping[str, pd.DataFrame], names: Mapping[str, str]) -> pd.DataFrame:
    rows = [(names[name], name, len(table), len(table.columns)) for name, table in tables.items()]
    return pd.DataFrame(rows, columns=["sheet", "table", "rows", "columns"])


def _fill(sheet: WriteOnlyWorksheet, table: pd.DataFrame) -> None:
    """A table with a bold head that stays in view."""
    cells, fonts = needed("openpyxl.cell", "to_excel"), needed("openpyxl.styles", "to_excel")
    letters = needed("openpyxl.utils", "to_excel").get_column_letter
    sheet.freeze_panes = "A2"
    for position, name in enumerate(table.columns, 1):
        sheet.column_dimensions[letters(position)].width = min(WIDEST, max(10, len(str(name)) + 2))

    def text(value: str, bold: bool = False) -> Any:
        cell = cells.WriteOnlyCell(sheet, value)
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(OBEYED)  # stays a text when somebody edits it
        if bold:
            cell.font = fonts.Font(bold=True)
        return cell

    sheet.append([text(_readable(str(name)), bold=True) for name in table.columns])
    columns = [_cells_of(table[name]) for name in table.columns]
    for row in zip(*columns):
        sheet.append([text(value) if isinstance(value, str) and value.startswith(OBEYED) else value for value in row])


def _cells_of(values: pd.Series) -> Sequence[Any]:
    """A column as cells can hold it."""
    return [_cell(value) for value in values.astype(object).where(values.notna(), None).tolist()]


def _cell(value: Any) -> Any:
    """A value as a cell holds it; infinity, which no cell knows, as a word."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None if math.isnan(value) else str(value)
    return _cell(value.item()) if hasattr(value, "item") else _readable(str(value))


def _readable(text: str) -> str:
    """Text without control characters, no longer than a cell."""
    shown = "\n".join(map(printable, text.split("\n")))
    return shown if len(shown) <= LONGEST_TEXT else shown[: LONGEST_TEXT - len(CUT)] + CUT
