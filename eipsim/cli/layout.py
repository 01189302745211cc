"""How a table is laid out in a width: in columns, in columns under headings, or as records. Nothing is cut or left out.

The first of these that fits the width is taken:

1. columns side by side; if they are too wide, the widest text in a few lines, or the names of columns too
2. for tables with numbers: the first column as a heading of its own line, the others as columns beneath it
3. records: the first column as a heading, beneath it what is not empty as `name: value`, short ones side by side

A line is longer than the width only if a single word is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import groupby, zip_longest
from typing import NamedTuple

GAP = "  "  # between columns, and before what stands under a heading
BETWEEN = "   "  # between the short fields of a record
SHORT = 34  # letters of a field of a record, its name included, that others may stand beside
NARROWEST = 24  # letters of a column whose text is broken into lines
MOST_LINES = 4  # into which such a text may be broken


class Layout(NamedTuple):
    """The lines that name the columns, and the lines of each row."""

    head: list[str]
    rows: list[list[str]]


class Cells(NamedTuple):
    """A table as text: the names of its columns, its rows, and the columns that are aligned on the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Collection[str]


def laid_out(table: Cells, width: int) -> Layout:
    """The table in the first way that fits the width."""
    for way in (_side_by_side, _with_broken_names, _under_headings):
        layout = way(table, width)
        if layout is not None:
            return layout
    return Layout([], [_record(table, row, width) for row in table.rows])


def broken(text: str, width: int, hanging: str = "") -> list[str]:
    """Text in lines of at most `width`, all but the first after `hanging`; a longer word has a line of its own.

    >>> broken("one two three", 9, "  "), broken("https://example.org is long", 8)
    (['one two', '  three'], ['https://example.org', 'is long'])
    """
    lines: list[str] = []
    for word in text.replace("\n", " ").split(" "):
        if lines and wide(lines[-1]) + 1 + wide(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(hanging + word if lines else word)
    return [line.rstrip() for line in lines]


def wide(text: str) -> int:
    """Columns of a terminal that a text takes: an ideograph takes two."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _side_by_side(table: Cells, width: int) -> Layout | None:
    return _columns(table, width, [wide(name) for name in table.head])


def _with_broken_names(table: Cells, width: int) -> Layout | None:
    return _columns(table, width, [_longest_word(name) for name in table.head])


def _under_headings(table: Cells, width: int) -> Layout | None:
    """The first column as headings, the others as columns beneath it; None where these are too wide or without numbers."""
    if not set(table.head[1:]) & set(table.right):
        return None
    others = Cells(table.head[1:], [row[1:] for row in table.rows], table.right)
    beneath = _with_broken_names(others, width - len(GAP))
    if beneath is None:
        return None
    head = [table.head[0], *_indented(beneath.head)]
    return Layout(
        head, [[*_heading(table, row, width), *_indented(lines)] for row, lines in zip(table.rows, beneath.rows)]
    )


def _columns(table: Cells, width: int, names: Sequence[int]) -> Layout | None:
    """All columns side by side, their names at least that wide; None where they do not fit."""
    widths = _widths(table, width, names)
    if widths is None:
        return None
    pads: list[Callable[[str, int], str]] = [
        _on_the_right if name in table.right else _on_the_left for name in table.head
    ]

    def lines_of(cells: Sequence[str]) -> list[str]:
        parts = [_in_lines(cell, own) for cell, own in zip(cells, widths)]
        lines = zip_longest(*parts, fillvalue="")
        return [GAP.join(pad(part, own) for pad, part, own in zip(pads, line, widths)).rstrip() for line in lines]

    return Layout(lines_of(table.head), [lines_of(row) for row in table.rows])


def _widths(table: Cells, width: int, names: Sequence[int]) -> list[int] | None:
    """The widths of the columns, that of the widest text reduced to what is left for it; None where that is too little."""
    columns = [[row[i] for row in table.rows] for i in range(len(table.head))]
    widths = [max([name, *map(wide, column)]) for name, column in zip(names, columns)]
    over = sum(widths) + len(GAP) * (len(widths) - 1) - width
    texts = [i for i, name in enumerate(table.head) if name not in table.right]
    if over <= 0 or not texts:
        return widths if over <= 0 else None
    widest = max(texts, key=widths.__getitem__)
    least = max(NARROWEST, names[widest], widths[widest] / MOST_LINES, *map(_longest_word, columns[widest]))
    widths[widest] -= over
    return widths if widths[widest] >= least else None


def _record(table: Cells, row: Sequence[str], width: int) -> list[str]:
    """A row as a heading and, indented beneath it, `name: value` for all that is not empty."""
    fields = [f"{name}: {cell}" for name, cell in zip(table.head[1:], row[1:]) if cell.strip()]
    return [*_heading(table, row, width), *_indented(_in_paragraphs(fields, width - len(GAP)))]


def _in_paragraphs(fields: Sequence[str], width: int) -> list[str]:
    """Short fields that follow each other side by side, each longer one in lines of its own."""
    lines: list[str] = []
    for short, members in groupby(fields, key=lambda field: wide(field) <= min(SHORT, width)):
        if short:
            lines += _in_a_row(list(members), width)
        else:
            lines += [line for field in members for line in broken(field, width, GAP)]
    return lines


def _in_a_row(fields: Sequence[str], width: int) -> list[str]:
    lines = [fields[0]]
    for field in fields[1:]:
        if wide(lines[-1]) + len(BETWEEN) + wide(field) <= width:
            lines[-1] += BETWEEN + field
        else:
            lines.append(field)
    return lines


def _heading(table: Cells, row: Sequence[str], width: int) -> list[str]:
    """The first cell of a row; a number, or nothing, says what it is of."""
    says_itself = row[0].strip() and table.head[0] not in table.right
    return broken(row[0] if says_itself else f"{table.head[0]} {row[0]}", width, GAP)


def _in_lines(cell: str, width: int) -> list[str]:
    """A cell as it is where it fits."""
    return [cell] if wide(cell) <= width and "\n" not in cell else broken(cell, width)


def _longest_word(text: str) -> int:
    return max(map(wide, text.split(" ")))


def _indented(lines: Sequence[str]) -> list[str]:
    return [GAP + line for line in lines]


def _on_the_left(text: str, width: int) -> str:
    return text + " " * (width - wide(text))


def _on_the_right(text: str, width: int) -> str:
    return " " * (width - wide(text)) + text
