"""The one reader of every CSV file: from bytes to a header and rows, with one sentence for each sign of another program.

Files are comma-separated, in UTF-8, with the names of the columns in the first line. What a spreadsheet or statistics program
writes instead (tabs, semicolons, `sep=;`, UTF-16, code pages, a column of row names) is told by that sign, once, at its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from eipsim.core.names import one_form, shown
from eipsim.core.plain_files import content_of
from eipsim.errors import Mistake

MOST_BYTES = 5_000_000  # of a table; that of all parks of Viet Nam has 90,000
MOST_COLUMNS = 10_000
MOST_ROWS = 20_000  # of a table; that of all parks of Viet Nam has 600
LONGEST_CELL = 20_000  # characters
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars (|)"}
FIRST_BYTES = {"UTF-32": (b"\xff\xfe\0\0", b"\0\0\xfe\xff"), "UTF-16": (b"\xff\xfe", b"\xfe\xff")}
CODE_PAGE = "cp1252"  # what most Windows programs write
AS_UTF_8 = 'save the file as CSV in UTF-8 ("CSV UTF-8" in a spreadsheet program)'
WITH_COMMAS = "save the file with commas between columns"
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
AS_WRITTEN = re.compile(
    r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE
)  # how numbers are written in a file
ROW_NUMBERS = {
    "x",
    "index",
    "idx",
    "rownames",
    "row.names",
    "row_names",
    "v1",
    "no",
    "no.",
    "#",
}  # names of such a column
PACKED = {
    b"PK": "a spreadsheet or another zipped file",
    b"\xd0\xcf\x11\xe0": "a spreadsheet",
    b"\x1f\x8b": "a gzipped file",
    b"%PDF": "a PDF",
}  # first bytes
BREAKS = re.compile(r"[\t-\r\u0085\u2028\u2029]+")


@dataclass
class CsvFile:
    """A file as its header and `rows` of (line it begins on, cells), and every mistake in its form."""

    label: str
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def where(self, line: int) -> str:
        return f"{self.label}:{line}"

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """(line, column -> text) of every row."""
        for line, cells in self.rows:
            yield line, dict(zip(self.header, cells))


def read_csv(
    path: Path, label: str | None = None, most_bytes: int = MOST_BYTES, most_rows: int | None = MOST_ROWS
) -> CsvFile:
    """The file at `path`, called `label` in its mistakes. A file whose form is wrong has no rows, or only the sound ones."""
    file = CsvFile((path.name or str(path)) if label is None else label)
    try:
        text = _decoded(_bytes_of(path, most_bytes, file.label), file.label)
        _fill(file, text, most_rows)
    except _RefusedError as refused:
        return CsvFile(file.label, mistakes=[*file.mistakes, refused.mistake])
    return file


class _RefusedError(Exception):
    """The file cannot be read as a table at all."""

    def __init__(self, where: str, what: str, hint: str = ""):
        super().__init__(what)
        self.mistake = Mistake(where, what, hint)


# ---- bytes and letters -------------------------------------------------------------------------------------------------


def _bytes_of(path: Path, most: int, label: str) -> bytes:
    """What a regular file holds; pipes and devices, which need not end, are not opened."""
    try:
        content = content_of(path, most)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise _RefusedError(label, f"cannot be read ({why})", f"looked for {path.absolute()}") from None
    if len(content) > most:
        raise _RefusedError(label, f"is larger than {most / 1e6:g} MB", "that is the most that is read of this table")
    return content


def _decoded(content: bytes, label: str) -> str:
    """The text of a file in one form of Unicode."""
    for name, marks in FIRST_BYTES.items():
        if content.startswith(marks):
            raise _RefusedError(f"{label}:1", f"cannot be read: it is saved as {name} (Unicode text)", AS_UTF_8)
    for mark, name in PACKED.items():
        if content.startswith(mark) and CONTROLS.search(content[:1000].decode("latin-1")):
            raise _RefusedError(f"{label}:1", f"is {name} that is only called a CSV file", AS_UTF_8)
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        what = "holds a zero byte, which no text has"
        if content.count(b"\0") > len(content) // 4:
            what = "cannot be read: it is saved as UTF-16 (Unicode text)"
        raise _RefusedError(f"{label}:{line}", what, AS_UTF_8)
    try:
        return one_form(content.decode("utf-8").lstrip("\ufeff"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{content[error.start]:02x} is not UTF-8"
        hint = f"save the file as CSV in UTF-8 (in Windows letters it reads {shown(_word_at(content, error.start))})"
        raise _RefusedError(f"{label}:{line}", what, hint) from None


def _word_at(content: bytes, at: int) -> str:
    """The cell around byte `at`, in the letters of Windows."""
    ends = b',;\t\r\n"'
    first = max(content.rfind(ends[k : k + 1], 0, at) for k in range(len(ends))) + 1
    found = [place for k in range(len(ends)) if (place := content.find(ends[k : k + 1], at)) >= 0]
    return content[first : min(found, default=len(content))].decode(CODE_PAGE, "replace").strip()


# ---- rows --------------------------------------------------------------------------------------------------------------


def _fill(file: CsvFile, text: str, most_rows: int | None) -> None:
    """Header and rows of `text` into `file`."""
    _refuse_other_separators(file.label, text)
    records = list(islice(_split(file, text), most_rows and most_rows + 2))
    if most_rows and len(records) > most_rows + 1:
        hint = "that is the most that is read of this table"
        raise _RefusedError(file.label, f"has more than {most_rows:,} rows", hint)
    if not records:
        if not file.mistakes:
            hint = "its first line must name the columns"
            raise _RefusedError(f"{file.label}:1", "the file is empty: it has no rows", hint)
        return
    (line, header), rows = records[0], records[1:]
    if len(header) > MOST_COLUMNS:
        raise _RefusedError(file.where(line), f"has more than {MOST_COLUMNS:,} columns", "no table has so many")
    file.header = [name.strip() for name in header]
    rows = _without_empty_columns(file, rows)
    _refuse_row_names(file, line, rows)
    breaks = '"' in text  # only a cell in quotes can hold one
    for line, cells in rows:
        if len(cells) == len(file.header):
            file.rows.append((line, [BREAKS.sub(" ", cell) for cell in cells] if breaks else cells))
        else:
            file.mistakes.append(_of_other_width(file, line, cells))


def _refuse_other_separators(label: str, text: str) -> None:
    first = next((line for line in text.splitlines() if line.strip()), "")
    sign = re.fullmatch(r'"?sep=(.?)"?[,;\t]*', first.strip(" "), re.IGNORECASE)
    if sign:
        what = f"the first line is {shown(first.strip())}, which only one spreadsheet program reads"
        raise _RefusedError(f"{label}:1", what, "take that line out" + _and_commas(sign[1]))
    bare = re.sub(r'"[^"]*"', "", first)
    if "," in bare:
        return
    for separator, name in SEPARATORS.items():
        if separator in bare:
            raise _RefusedError(f"{label}:1", f"columns are separated by {name}", WITH_COMMAS)


def _and_commas(separator: str) -> str:
    return "" if separator == "," else f", and {WITH_COMMAS}"


def _split(file: CsvFile, text: str) -> Iterator[tuple[int, list[str]]]:
    """(line where it begins, cells) of every record that is not blank and whose cells can be read."""
    source = csv.reader(io.StringIO(text, newline=""), strict=True)
    line, clean = 1, CONTROLS.search(text) is None
    try:
        for cells in source:
            if any(cell.strip() for cell in cells):
                mistake = None if clean and sum(map(len, cells)) <= LONGEST_CELL else _unreadable(cells)
                if mistake:
                    file.mistakes.append(Mistake(file.where(line), *mistake))
                else:
                    yield line, cells
            line = source.line_num + 1
    except csv.Error as error:
        mistake = "the row is malformed", "check its quotation marks: they come in pairs"
        if "field limit" in str(error):
            mistake = _too_long(csv.field_size_limit())
        file.mistakes.append(Mistake(file.where(line), *mistake))


def _unreadable(cells: Iterable[str]) -> tuple[str, str] | None:
    """What no cell may be."""
    for cell in cells:
        if len(cell) > LONGEST_CELL:
            return _too_long(len(cell))
        control = CONTROLS.search(cell)
        if control:
            return f"{shown(cell)} holds a control character ({shown(control[0])})", "take it out"
    return None


def _too_long(length: int) -> tuple[str, str]:
    return f"a cell is longer than {min(length, LONGEST_CELL):,} characters", "no cell of a table needs so many"


def _without_empty_columns(file: CsvFile, rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """The rows without the nameless and empty columns that spreadsheets leave behind the last one."""
    n = len(file.header)
    while n > 1 and not file.header[n - 1] and all(not "".join(cells[n - 1 :]).strip() for _, cells in rows):
        n -= 1
    dropped, width = len(file.header) - n, len(file.header)
    file.header = file.header[:n]
    if not dropped:
        return rows
    return [(line, cells[:n] if n < len(cells) <= width else cells) for line, cells in rows]


def _refuse_row_names(file: CsvFile, line: int, rows: list[tuple[int, list[str]]]) -> None:
    """A title above the table, a first column without a name, or a cell more in every row than there are names."""
    hint = "save the table without row names (pandas: index=False, R: row.names=FALSE)"
    if len(file.header) == 1 and rows and all(len(cells) > 1 for _, cells in rows):
        what = f"the first line is {shown(file.header[0])}, with more cells in the rows below: it names no column"
        raise _RefusedError(file.where(line), what, "the first line must name the columns, without a title above it")
    if len(file.header) > 1 and re.fullmatch(r"|Unnamed: ?0|\.\.\.1", file.header[0]):
        raise _RefusedError(file.where(line), "the first column has no name: a column of row names or an index", hint)
    if file.header[0].lower() in ROW_NUMBERS and _are_row_numbers([cells[0].strip() for _, cells in rows]):
        raise _RefusedError(file.where(line), f"the first column, {shown(file.header[0])}, only numbers the rows", hint)
    if rows and all(len(cells) == len(file.header) + 1 for _, cells in rows):
        if all(not cells[-1].strip() for _, cells in rows):
            what = "every row ends with a comma, the first line does not"
            raise _RefusedError(file.where(rows[0][0]), what, "drop it")
        what = f"every row has {len(file.header) + 1} cells, the first line {len(file.header)} names"
        hint = f"if the first is an index, {hint}; a cell that holds a comma stands in quotes"
        raise _RefusedError(file.where(line), what, hint)


def _are_row_numbers(cells: list[str]) -> bool:
    return bool(cells) and cells in ([str(k + first) for k in range(len(cells))] for first in (0, 1))


def _of_other_width(file: CsvFile, line: int, cells: list[str]) -> Mistake:
    hint = f"the header has {len(file.header)} columns"
    for separator, name in SEPARATORS.items():
        if len(cells) == 1 and cells[0].count(separator) == len(file.header) - 1:
            return Mistake(file.where(line), f"columns are separated by {name}", WITH_COMMAS)
    more = 'more values than columns; a cell that holds a comma stands in "quotes"'
    hint += f": {more if len(cells) > len(file.header) else 'values are missing'}"
    return Mistake(file.where(line), f"{len(cells)} cell{'s' if len(cells) > 1 else ''}", hint)
