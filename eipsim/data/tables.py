"""Validated reading of CSV tables: one row model a table, all mistakes of all files in one error.

A `Reader` collects mistakes instead of stopping at the first one: read every table, check what one table says about
another, and call `finish()`, which raises one InputError when anything was wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from eipsim.core.names import fold_name, shown, spelt_as
from eipsim.data.csv_files import CsvFile, read_csv
from eipsim.errors import Mistake, did_you_mean, refuse_all

Text = str | None
NOT_KNOWN = {  # how cells say that they hold no number
    "-", "–", "—", "?", "*", ".", "..", "...", "na", "n/a", "n.a.", "nd", "n.d.", "null", "none", "unknown", "<na>",
}  # fmt: skip
MULTIPLES = {
    "thousand": 1e3, "k": 1e3, "nghìn": 1e3, "million": 1e6, "mn": 1e6, "triệu": 1e6, "billion": 1e9, "bn": 1e9, "tỷ": 1e9,
}  # fmt: skip
MOST_TOLD = 100  # mistakes of one file; more say nothing more
NUMBERS = {"float_type", "float_parsing", "int_type", "int_parsing", "int_parsing_size", "int_from_float"}
BOUNDS = {"greater_than": ("gt", "greater than"), "greater_than_equal": ("ge", "greater than or equal to"),
          "less_than": ("lt", "less than"), "less_than_equal": ("le", "less than or equal to")}  # fmt: skip


class TableRow(BaseModel):
    """What every table may say of a row: unit and source of its numbers. `beside` names other columns that are not read."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    beside: ClassVar[tuple[str, ...]] = ()

    unit: Text = None
    source_id: Text = None
    source: Text = None
    status: Text = None
    note: Text = None


Row = TypeVar("Row", bound=TableRow)


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
    """Reads tables and remembers every mistake, at most MOST_TOLD of a file."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self._told: Counter[str] = Counter()

    def read(self, path: Path, row_model: type[Row], key: Callable[[Row], Any] | None = None) -> Table[Row]:
        """The rows of `path` without those that have a mistake, which are told. `key` must differ between rows."""
        file = read_csv(path)
        for mistake in file.mistakes:
            self.add(mistake.where, mistake.what, mistake.hint)
        table = Table[Row](file.label)
        if not self._header_is_sound(file, row_model):
            return table
        for line, cells in file.records():
            row = self._validated(row_model, cells, file.where(line))
            if row is not None:
                table.rows.append(row)
                table.lines.append(line)
            elif self._is_enough(file.label):
                break
        if key is not None:
            self._refuse_duplicates(table, key)
        return table

    def add(self, where: str, what: str, hint: str = "") -> None:
        file = re.sub(r":\d+(: .*)?$", "", where)
        self._told[file] += 1
        if not self._is_enough(file):
            self.mistakes.append(Mistake(where, what, hint))
        elif self._told[file] == MOST_TOLD:
            self.mistakes.append(Mistake(file, "has more mistakes than these", "correct them and check again"))

    def is_clean(self, table: Table) -> bool:
        """No mistake has been told in the file of `table`."""
        places = (table.file, f"{table.file}:")
        return not any(m.where == places[0] or m.where.startswith(places[1]) for m in self.mistakes)

    def is_full(self, table: Table) -> bool:
        """So many mistakes of this file are told that no more are."""
        return self._is_enough(table.file)

    def require_name(self, where: str, column: str, value: str | None, allowed: Iterable[str]) -> None:
        """A non-empty `value` must be one of `allowed` (names of another table)."""
        names = sorted(set(allowed))
        if value is not None and value not in names and not self._is_enough(where.rpartition(":")[0]):
            self.add(where, f"{column} = {shown(value)} is unknown", did_you_mean(value, names))

    def require_known(self, table: Table[Row], column: str, allowed: Iterable[str]) -> None:
        """Every non-empty `column` of `table` must be one of `allowed`."""
        names = {*allowed}
        if not names and len(table):
            self.add(f"{table.file}:1", f"{column} names rows of a table that has none", "write these rows first")
            return
        for i, row in enumerate(table):
            if getattr(row, column) not in names and getattr(row, column) is not None:
                self.require_name(table.where(i), column, getattr(row, column), names)

    def with_names_of(self, table: Table[Row], column: str, other: Table, names: Iterable[str]) -> Table[Row]:
        """`table` with its `column` spelt as in the table `other`, whose `names` it must use.

        Names are the same whatever their accents, case, spaces and form of Unicode. An `other` table without rows is told
        once, not once a row.
        """
        known = list(dict.fromkeys(names))
        if not self.is_clean(other):
            return table
        if not known:
            if len(table):
                self.add(f"{other.file}:1", f"has no rows, and {table.file} names some in {column}", "write its rows")
            return table
        spelt = {name: spelt_as(name, known) for row in table if (name := getattr(row, column)) is not None}
        rows = [row.model_copy(update={column: spelt.get(name) or name}) if (name := getattr(row, column)) else row
                for row in table]  # fmt: skip
        renamed = Table(table.file, rows, table.lines)
        self.require_known(renamed, column, known)
        return renamed

    def spelt_by(self, table: Table[Row], column: str, names: Iterable[str]) -> Table[Row]:
        """`table` with its `column` spelt as one of `names` where it is the same name; other names stay."""
        known = list(names)
        rows = [row.model_copy(update={column: spelt_as(getattr(row, column), known) or getattr(row, column)})
                for row in table]  # fmt: skip
        return Table(table.file, rows, table.lines)

    def finish(self) -> None:
        """Raises InputError with all mistakes, if there are any."""
        refuse_all(self.mistakes)

    def _is_enough(self, file: str) -> bool:
        return self._told[file] >= MOST_TOLD

    def _header_is_sound(self, file: CsvFile, row_model: type[TableRow]) -> bool:
        """Tells missing, unknown and repeated columns; False when a needed one is missing or a name is repeated."""
        fields, where = row_model.model_fields, file.where(1)
        file.header = header = [spelt_as(name, fields) or name for name in file.header]
        if not header:
            return False
        if not set(header) & set(fields):
            what = f"the first line names no column of this table: {shown(','.join(header))}"
            self.add(where, what, f"needed: {_needed(row_model)}")
            return False
        missing = [name for name, info in fields.items() if info.is_required() and name not in header]
        repeated = {name for name in header if header.count(name) > 1}
        for name in header:
            if name not in fields and name not in row_model.beside:
                self.add(where, f"column {shown(name)} is unknown", did_you_mean(name, fields))
        for name in missing:
            self.add(where, f"column {name} is missing", f"needed: {_needed(row_model)}")
        for name in sorted(repeated):
            self.add(where, f"column {shown(name)} stands twice")
        return not missing and not repeated

    def _validated(self, row_model: type[Row], cells: dict[str, str], where: str) -> Row | None:
        """The row, or None with a mistake for every wrong cell."""
        known = {name: text.strip() for name, text in cells.items() if name in row_model.model_fields}
        try:
            row = row_model.model_validate({name: text for name, text in known.items() if text})
            joined = [
                name for name, text in known.items() if "_" in text and isinstance(getattr(row, name), int | float)
            ]
            for name in joined:  # Python alone reads 2_20 as a number
                self.add(where, f"{name} = {shown(known[name])} is not allowed", how_to_write(known[name]))
            return None if joined else row
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                mistake = _mistake(where, problem, known, row_model)
                self.add(mistake.where, mistake.what, mistake.hint)
            return None

    def _refuse_duplicates(self, table: Table[Row], key: Callable[[Row], Any]) -> None:
        first: dict[Any, int] = {}
        for i, row in enumerate(table):
            if first.setdefault(_folded(key(row)), i) != i:
                before = table.lines[first[_folded(key(row))]]
                self.add(
                    table.where(i), f"duplicate of line {before}: {_key_in_words(key(row))}", "keep one of the two rows"
                )


def _key_in_words(key: Any) -> str:
    return ", ".join(map(str, key)) if isinstance(key, tuple) else shown(key)


def _folded(key: Any) -> Any:
    """Names that are the same however written are one key."""
    return fold_name(key) if isinstance(key, str) else key


# ---- mistakes of a cell in words ---------------------------------------------------------------------------------------


def _mistake(where: str, problem: Any, cells: dict[str, str], row_model: type[TableRow]) -> Mistake:
    """One pydantic problem in our words."""
    if not problem["loc"]:
        return Mistake(where, str(problem.get("ctx", {}).get("error", problem["msg"])))
    column = str(problem["loc"][0])
    value = cells.get(column, "")
    if problem["type"] == "missing" or not value:
        return Mistake(where, f"{column} is empty", "a value is needed")
    return Mistake(where, f"{column} = {shown(value)} is not allowed", _allowed(problem, value, row_model, column))


def _allowed(problem: Any, value: str, row_model: type[TableRow], column: str) -> str:
    """What is allowed instead, from one pydantic problem."""
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "literal_error":
        names = re.findall(r"'([^']*)'", context["expected"])
        near = did_you_mean(value, names)
        return near if near.startswith("allowed") else f"{near} (allowed: {', '.join(names)})"
    if kind == "value_error":
        return str(context["error"])
    if kind in NUMBERS:
        return how_to_write(value, whole=kind.startswith("int"))
    if kind == "finite_number":
        return "it must be a finite number; leave the cell blank when it is not known"
    if kind in BOUNDS:
        name, words = BOUNDS[kind]
        more = _described(row_model, column)
        return f"it must be {words} {context[name]:g}{f' ({more})' if more else ''}"
    return f"it must be {_described(row_model, column) or 'text'}"


def _described(row_model: type[TableRow], column: str) -> str:
    """What the type of a column says of itself in words."""
    info = row_model.model_fields[column]
    inner = [getattr(part, "__metadata__", ()) for part in getattr(info.annotation, "__args__", ())]
    return info.description or next((d for meta in inner for m in meta if (d := getattr(m, "description", None))), "")


def how_to_write(text: str, whole: bool = False) -> str:
    """How a number that cannot be read is to be written: with a point before its decimals and nothing else.

    >>> how_to_write("1.234,5")
    'write 1234.5: a point before decimals, nothing between thousands'
    >>> how_to_write("12 ha")
    "write the number alone: 12, if 'ha' is the unit; else convert it"
    >>> how_to_write("1,234")
    'write 1234 or 1.234: a point before decimals, nothing between thousands'
    """
    sign = f"it must be a {'whole ' if whole else ''}number"
    if "°" in text or re.fullmatch(r"[\d.]+ ?[NSEWnsew]", text):
        return "write decimal degrees, as 10.25; south and west are negative"
    if text.strip().lower() in NOT_KNOWN:
        return f"{sign}, as {'12' if whole else '12.5'}; leave the cell blank when it is not known"
    if text.startswith("#"):
        return f"{sign}; {shown(text[:12])} is an error of the spreadsheet"
    plain = unicodedata.normalize("NFKC", text).replace("'", "").replace("’", "").replace("\u2212", "-")
    plain = "".join(str(unicodedata.decimal(c, c)) for c in plain)  # digits of other scripts
    plain = re.sub(r"(?<=\d)[\s_](?=\d{3})", "", plain).strip().lstrip("$€£¥₫").strip()
    ways = [way for way in _without_signs(plain) if not whole or "." not in way]
    if ways and len(text) <= 30:
        return f"write {' or '.join(ways)}: a point before decimals, nothing between thousands"
    share = re.fullmatch(r"([\d.]+)\s*%", plain)
    if share and share[1].count(".") <= 1 and share[1].strip("."):
        return f"write a share as {float(share[1]) / 100:g}"
    date = re.search(r"(?<!\d)(1[89]|2[0-5])\d\d(?!\d)", plain) if whole and re.search(r"\d\W+\d", plain) else None
    if date:
        return f"write the number alone: {date[0]}"
    many = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*(\w+)", plain)
    if many and many[2].casefold() in MULTIPLES:
        return f"write {float(many[1]) * MULTIPLES[many[2].casefold()]:.15g}"
    number = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*([^\W\d_].*)", plain)
    if number and len(text) <= 30 and not plain.startswith("0x"):
        return f"write the number alone: {number[1]}, if {shown(number[2])} is the unit; else convert it"
    return f"{sign}, as {'12' if whole else '12.5'}"


def _without_signs(text: str) -> list[str]:
    """What a number with another country's signs can mean; none when it is no such number."""
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+,\d+|-?\d+,\d+", text):
        ways = [text.replace(".", "").replace(",", ".")]
        return [text.replace(",", ""), *ways] if re.fullmatch(r"-?[1-9]\d{0,2},\d{3}", text) else ways
    if re.fullmatch(r"-?(\d{1,3}(,\d{3})+|\d{1,2}(,\d{2})+,\d{3})(\.\d+)?", text):  # in India 10,00,000 is a million
        return [text.replace(",", "")]
    if re.fullmatch(r"-?\d{1,3}(\.\d{3}){2,}", text):
        return [text.replace(".", "")]
    if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", text):
        return [text.replace(".", "")]
    return [text] if re.fullmatch(r"-?\d+(\.\d+)?", text) else []


def _needed(row_model: type[TableRow]) -> str:
    needed = [name for name, info in row_model.model_fields.items() if info.is_required()]
    return ", ".join(sorted(needed, key=lambda name: name in TableRow.model_fields))
