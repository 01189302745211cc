"""Validated reading of the CSV tables of a world: one row model a table, all mistakes of all files in one error.

A `Reader` collects mistakes instead of stopping at the first one: read every table, check what one table says about
another, and call `finish()`, which raises one InputError when anything was wrong.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from eipsim.errors import InputError, Mistake, did_you_mean

Row = TypeVar("Row", bound=BaseModel)
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Table(Generic[Row]):
    """The valid rows of one file with the line each began on."""

    file: str
    rows: list[Row] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, index: int) -> str:
        """`file:line` of row `index`."""
        return f"{self.file}:{self.lines[index]}"


class Reader:
    """Reads tables and remembers every mistake, and every byte that was read (for the content hash)."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def read(self, path: Path, row_model: type[Row], key: Callable[[Row], Any] | None = None) -> Table[Row]:
        """The rows of `path` without those that have a mistake, which are told. `key` must differ between rows."""
        table = Table[Row](path.name)
        for line, cells in self._cells(path, row_model):
            row = self._validated(row_model, cells, f"{path.name}:{line}")
            if row is not None:
                table.rows.append(row)
                table.lines.append(line)
        if key is not None:
            self._refuse_duplicates(table, key)
        return table

    def add(self, where: str, what: str, hint: str = "") -> None:
        self.mistakes.append(Mistake(where, what, hint))

    def is_clean(self, table: Table) -> bool:
        """No mistake has been told in the file of `table`."""
        places = (table.file, f"{table.file}:")
        return not any(m.where == places[0] or m.where.startswith(places[1]) for m in self.mistakes)

    def require_name(self, where: str, column: str, value: str | None, allowed: Iterable[str]) -> None:
        """A non-empty `value` must be one of `allowed` (names of another table)."""
        names = sorted(set(allowed))
        if value is not None and value not in names:
            self.add(where, f"{column} = {_shown(value)} is unknown", did_you_mean(value, names))

    def require_known(self, table: Table[Row], column: str, allowed: Iterable[str]) -> None:
        """Every non-empty `column` of `table` must be one of `allowed`."""
        names = set(allowed)
        for i, row in enumerate(table):
            if getattr(row, column) not in names:
                self.require_name(table.where(i), column, getattr(row, column), names)

    def finish(self) -> None:
        """Raises InputError with all mistakes, if there are any."""
        if self.mistakes:
            raise InputError(self.mistakes)

    def _cells(self, path: Path, row_model: type[BaseModel]) -> Iterator[tuple[int, dict[str, str]]]:
        """(line, column -> text) of every well-formed row."""
        text = self._text(path)
        if text is None:
            return
        records = self._records(path.name, text)
        _, header = next(records, (1, []))
        header = [name.strip() for name in header]
        if not self._header_is_sound(path.name, header, row_model):
            return
        for line, cells in records:
            if len(cells) == len(header):
                yield line, dict(zip(header, cells))
            else:
                self.add(f"{path.name}:{line}", f"{len(cells)} cells", f"the header has {len(header)} columns")

    def _text(self, path: Path) -> str | None:
        """The file as text, or None with a mistake told."""
        try:
            content = path.read_bytes()
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            byte = content[error.start]
            self.add(f"{path.name}:{line}", f"byte 0x{byte:02x} is not UTF-8", "save the file as CSV in UTF-8")
        except OSError as error:
            self.add(str(path), f"cannot be read ({error.strerror})")
        return None

    def _records(self, file: str, text: str) -> Iterator[tuple[int, list[str]]]:
        """(line where it begins, cells) of every record that is not blank."""
        source = csv.reader(io.StringIO(text, newline=""), strict=True)
        line = 1
        try:
            for cells in source:
                if any(cell.strip() for cell in cells):
                    yield line, cells
                line = source.line_num + 1
        except csv.Error as error:
            self.add(f"{file}:{line}", f"the row is malformed ({error})", "check its quotation marks")

    def _header_is_sound(self, file: str, header: list[str], row_model: type[BaseModel]) -> bool:
        """Tells missing, unknown and repeated columns; False when a needed one is missing or a name is repeated."""
        fields = row_model.model_fields
        if len(header) == 1 and ";" in header[0]:
            self.add(f"{file}:1", "columns are separated by semicolons", "save the file with commas between columns")
            return False
        missing = [name for name, info in fields.items() if info.is_required() and name not in header]
        repeated = {name for name in header if header.count(name) > 1}
        for name in header:
            if name not in fields:
                self.add(f"{file}:1", f"column {_shown(name)} is unknown", did_you_mean(name, fields))
        for name in missing:
            self.add(f"{file}:1", f"column {name} is missing", f"needed: {_needed(row_model)}")
        for name in sorted(repeated):
            self.add(f"{file}:1", f"column {_shown(name)} stands twice")
        return not missing and not repeated

    def _validated(self, row_model: type[Row], cells: dict[str, str], where: str) -> Row | None:
        """The row, or None with a mistake for every wrong cell."""
        known = {name: text.strip() for name, text in cells.items() if name in row_model.model_fields}
        try:
            return row_model.model_validate({name: text for name, text in known.items() if text})
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                self.mistakes.append(_mistake(where, problem, known))
            return None

    def _refuse_duplicates(self, table: Table[Row], key: Callable[[Row], Any]) -> None:
        first: dict[Any, int] = {}
        for i, row in enumerate(table):
            if first.setdefault(key(row), i) != i:
                before = table.lines[first[key(row)]]
                self.add(table.where(i), f"duplicate of line {before}: {_shown(key(row))}", "keep one of the two rows")


def _mistake(where: str, problem: Any, cells: dict[str, str]) -> Mistake:
    """One pydantic problem in our words."""
    if not problem["loc"]:
        return Mistake(where, str(problem.get("ctx", {}).get("error", problem["msg"])))
    column = str(problem["loc"][0])
    value = cells.get(column, "")
    if problem["type"] == "missing" or not value:
        return Mistake(where, f"{column} is empty", "a value is needed")
    return Mistake(where, f"{column} = {_shown(value)} is not allowed", _allowed(problem, value))


def _allowed(problem: Any, value: str) -> str:
    """What is allowed instead, from one pydantic problem."""
    if problem["type"] == "literal_error":
        names = [part.strip(" '") for part in problem["ctx"]["expected"].replace(" or ", ", ").split(",")]
        near = did_you_mean(value, names)
        return near if near.startswith("allowed") else f"{near} (allowed: {', '.join(names)})"
    if problem["type"] == "value_error":
        return str(problem["ctx"]["error"])
    return problem["msg"].removeprefix("Input ").replace("should be", "it must be").split(", unable to parse")[0]


def _needed(row_model: type[BaseModel]) -> str:
    return ", ".join(name for name, info in row_model.model_fields.items() if info.is_required())


def _shown(value: object) -> str:
    """A value as it is quoted in a message: never longer than a line."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 4] + "...'"
