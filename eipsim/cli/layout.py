"""How a table is laid out in a width: in columns, in columns under headings, or as records. Nothing is cut or left out.

The first of these that fits the width is taken:

1. columns side by side; if they are too wide, the widest text in a few lines, the names of columns too, numbers closer together
2. for tables that are mostly numbers: the first column as a heading, the others as columns beneath it, long texts beneath these
3. records: the first column as a heading, beneath it what is not empty as `name: value`, short ones side by side

A line is longer than the width only if a single word is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby, pairwise, zip_longest
from typing import NamedTuple

GAP = "  "  # between columns, and before what stands under a heading
NARROW_GAP = " "  # between columns of numbers where there is little room
BETWEEN = "   "  # between the short fields of a record
SHORT = 34  # letters of a text that others may stand beside where there is little room
NARROWEST = 24  # letters of a column whose text is broken into lines
MOST_LINES = 4  # into which such a text may be broken; in two lines it may be narrower


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
    for way in (_side_by_side, _with_broken_names, _closer_together, _under_headings):
        layout = way(table, width)
        if layout is not None:
            return layout
    return Layout([], [_record(table, row, width) for row in table.rows])


def broken(text: str, width: int, hanging: str = "") -> list[str]:
    """Text in lines of at most `width`, all but the first after `hanging`; a longer word has a line of its own.

    >>> broken("one two three", 9, "  "), broken("https://example.org is long", 8)
    (['one two', '  three'], ['https://example.org', 'is long'])
    >>> broken("no less than 95 % of it", 15)  # a number keeps its sign
    ['no less than', '95 % of it']
    """
    lines: list[str] = []
    for word in re.split(" (?!%)", text.replace("\n", " ")):
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
    return _columns(table, width, _wide_gaps(table), list(map(wide, table.head)))


def _with_broken_names(table: Cells, width: int) -> Layout | None:
    return _columns(table, width, _wide_gaps(table), list(map(_longest_word, table.head)))


def _closer_together(table: Cells, width: int) -> Layout | None:
    numbers = [name in table.right for name in table.head]
    gaps = [NARROW_GAP if left and right else GAP for left, right in pairwise(numbers)]
    return _columns(table, width, gaps, list(map(_longest_word, table.head)))


def _wide_gaps(table: Cells) -> list[str]:
    return [GAP] * (len(table.head) - 1)


def _under_headings(table: Cells, width: int) -> Layout | None:
    """The first column as headings, the others beneath it; None where they do not fit or are not mostly numbers."""
    others = range(1, len(table.head))
    if 2 * sum(table.head[i] in table.right for i in others) <= len(others):
        return None
    long = [i for i in others if max((wide(row[i]) for row in table.rows), default=0) > SHORT]
    columns = _with_broken_names(_part(table, [i for i in others if i not in long]), width - len(GAP))
    if columns is None:
        return None
    texts = [_in_paragraphs(_fields(table, row, long), width - len(GAP)) for row in table.rows]
    rows = [
        [*_heading(table, row, width), *_indented(lines), *_indented(text)]
        for row, lines, text in zip(table.rows, columns.rows, texts)
    ]
    return Layout([table.head[0], *_indented(columns.head)], rows)


def _part(table: Cells, positions: Sequence[int]) -> Cells:
    """Some of the columns."""
    return Cells([table.head[i] for i in positions], [[row[i] for i in positions] for row in table.rows], table.right)


def _columns(table: Cells, width: int, gaps: Sequence[str], names: Sequence[int]) -> Layout | None:
    """All columns side by side, their names at least that wide; None where they do not fit."""
    widths = _widths(table, width - sum(map(len, gaps)), names)
    if widths is None:
        return None
    return Layout(
        _row_of_columns(table, table.head, widths, gaps),
        [_row_of_columns(table, row, widths, gaps) for row in table.rows],
    )


def _row_of_columns(table: Cells, row: Sequence[str], widths: Sequence[int], gaps: Sequence[str]) -> list[str]:
    """A row in columns of these widths with these gaps: as many lines as its longest cell takes."""
    parts = [_in_lines(cell, own) for cell, own in zip(row, widths)]
    pads = [_on_the_right if name in table.right else _on_the_left for name in table.head]
    lines = []
    for line in zip_longest(*parts, fillvalue=""):
        cells = [pad(part, own) + gap for pad, part, own, gap in zip(pads, line, widths, [*gaps, ""])]
        lines.append("".join(cells).rstrip())
    return lines


def _widths(table: Cells, room: int, names: Sequence[int]) -> list[int] | None:
    """The widths of the columns, that of one text reduced to what is left for it; None where that is too little."""
    columns = [[row[i] for row in table.rows] for i in range(len(table.head))]
    widths = [max([name, *map(wide, column)]) for name, column in zip(names, columns)]
    over = sum(widths) - room
    if over <= 0:
        return _with_more_room(widths, list(map(wide, table.head)), -over)
    texts = [i for i, name in enumerate(table.head) if name not in table.right]
    roomy = [i for i in texts if widths[i] - over >= max(names[i], _least_width(columns[i], widths[i]))]
    if not roomy:
        return None
    widths[max(roomy, key=widths.__getitem__)] -= over
    return widths


def _with_more_room(widths: Sequence[int], names: Sequence[int], room: int) -> list[int]:
    """The widths, and what room is left given to the names of the first columns that need it."""
    wider = []
    for width, name in zip(widths, names):
        more = min(max(0, name - width), room)
        room -= more
        wider.append(width + more)
    return wider


def _least_width(texts: Sequence[str], longest: int) -> float:
    """Of a column of texts up to this long: enough for the longest word, and for lines that are not too many or too short."""
    in_lines = min(max(NARROWEST, longest / MOST_LINES), longest / 2)
    return max([in_lines, *map(_longest_word, texts)])


def _record(table: Cells, row: Sequence[str], width: int) -> list[str]:
    """A row as a heading and, indented beneath it, `name: value` for all that is not empty."""
    fields = _fields(table, row, range(1, len(row)))
    return [*_heading(table, row, width), *_indented(_in_paragraphs(fields, width - len(GAP)))]


def _fields(table: Cells, row: Sequence[str], positions: Iterable[int]) -> list[str]:
    return [f"{table.head[i]}: {row[i]}" for i in positions if row[i].strip()]


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
