"""Reading CSV tables: every mistake is told, with file, line, value and what is allowed, and nothing else is raised."""

import csv
import io
import os
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eipsim.data.tables import MOST_TOLD, Reader
from eipsim.data.world_rows import ArchetypeRow, FirmCountRow, ParkCountRow, ParkRow, WorldParameterRow
from eipsim.errors import InputError
from eipsim.world.files import DATA
from eipsim.world.recipe import KEYS, MODELS

PARKS = (DATA / "parks" / "parks.csv").read_text(encoding="utf-8")
HEADER = "park_id,name_vi,province_2024,status,area_ha,established_year,operating\n"
GOOD = "P1,First,North,established,120,2001,true\n"


def read(tmp_path: Path, content: str | bytes, model=ParkRow, key=None, name="parks.csv"):
    """(rows, mistakes as text) of a file with `content`."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    reader = Reader()
    rows = list(reader.read(path, model, key))
    return rows, [str(mistake) for mistake in reader.mistakes]


def test_packaged_tables_are_free_of_mistakes():
    for name, model in MODELS.items():
        path = next(p for p in (DATA / f"{name}.csv", DATA / "parks" / f"{name}.csv") if p.is_file())
        reader = Reader()
        table = reader.read(path, model, KEYS.get(name))
        reader.finish()
        assert len(table) == len(list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "P2,Second,North,established,nan,2001,true",
            "parks.csv:3: area_ha = 'nan' is not allowed; it must be a finite",
        ),
        (
            "P2,Second,North,established,-4,2001,true",
            "parks.csv:3: area_ha = '-4' is not allowed; it must be greater than",
        ),
        ("P2,Second,North,established,12 ha,2001,true", "parks.csv:3: area_ha = '12 ha' is not allowed"),
        (
            "P2,Second,North,establisht,12,2001,true",
            "did you mean established? (allowed: established, unverified, planned)",
        ),
        ("P2,Second,North,established,12,21,true", "parks.csv:3: established_year = '21' is not allowed"),
        ("P2,,North,established,12,2001,true", "parks.csv:3: name_vi is empty; a value is needed"),
        ("P2,Second,North,established,12,2001", "parks.csv:3: 6 cells; the header has 7 columns"),
        ("P 2,Second,North,established,12,2001,true", "parks.csv:3: park_id = 'P 2' is not allowed"),
        ('P2,"Second,North,established,12,2001,true', "parks.csv:3: the row is malformed"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(tmp_path, row, told):
    rows, mistakes = read(tmp_path, HEADER + GOOD + row + "\n")
    assert len(rows) == 1
    assert len(mistakes) == 1
    assert told in mistakes[0]


def test_a_duplicate_park_is_told_with_both_lines(tmp_path):
    _, mistakes = read(tmp_path, HEADER + GOOD + GOOD, key=lambda row: row.park_id)
    assert mistakes == ["parks.csv:3: duplicate of line 2: 'P1'; keep one of the two rows"]


def test_missing_unknown_and_repeated_columns_are_told_together(tmp_path):
    _, mistakes = read(tmp_path, "park_id,name_vi,provinc_2024,status,status\nP1,First,North,planned,planned\n")
    text = "\n".join(mistakes)
    assert "column 'provinc_2024' is unknown; did you mean province_2024?" in text
    assert "column province_2024 is missing; needed: park_id, name_vi, province_2024, status" in text
    assert "column 'status' stands twice" in text


def test_a_wrong_encoding_is_told_with_its_line(tmp_path):
    content = (HEADER + GOOD).encode() + "P2,Hòa Khánh,North,planned,,,\n".encode("latin-1")
    _, mistakes = read(tmp_path, content)
    sentence = "byte 0xf2 is not UTF-8; save the file as CSV in UTF-8 (in Windows letters it reads 'Hòa Khánh')"
    assert mistakes == [f"parks.csv:3: {sentence}"]


FOUND = HEADER + GOOD
# What other programs write, and the words by which each is told; always one sentence, at its line.
SIGNS = {
    "semicolons": (FOUND.replace(",", ";"), 1, "columns are separated by semicolons"),
    "tabs": (FOUND.replace(",", "\t"), 1, "columns are separated by tabs"),
    "bars": (FOUND.replace(",", "|"), 1, "columns are separated by bars"),
    "tabs and decimal commas": ("park_id\tname_vi\tarea_ha\nP1\tFirst\t12,5\n", 1, "tabs"),
    "semicolons in quotes": ('"park_id";"name_vi"\n"P1";"First"\n', 1, "semicolons"),
    "semicolons below a sound header": (HEADER + GOOD.replace(",", ";"), 2, "semicolons"),
    "sep=,": ("sep=,\n" + FOUND, 1, "the first line is 'sep=,'"),
    "sep=; with a mark and quotes": ('\ufeff"SEP=;"\r\n' + FOUND.replace(",", ";"), 1, "take that line out, and save"),
    "sep=tab": ("sep=\t\n" + FOUND.replace(",", "\t"), 1, "the first line is"),
    "an index of pandas": (",".join(["", HEADER]) + "0," + GOOD, 1, "the first column has no name"),
    "an index called Unnamed": ("Unnamed: 0," + HEADER + "0," + GOOD, 1, "row names or an index"),
    "row names of R": ('"",' + HEADER + '"1",' + GOOD, 1, "row.names=FALSE"),
    "row names without a column": (HEADER + "1," + GOOD, 1, "every row has 8 cells, the first line 7 names"),
    "a comma at the end of rows": (FOUND.replace("true", "true,"), 2, "every row ends with a comma"),
    "UTF-16": (FOUND.encode("utf-16"), 1, "it is saved as UTF-16"),
    "UTF-16 without a mark": (FOUND.encode("utf-16-le"), 1, "it is saved as UTF-16"),
    "UTF-16 of the other end": ("\ufeff".encode("utf-16-be") + FOUND.encode("utf-16-be"), 1, "it is saved as UTF-16"),
    "UTF-32": (FOUND.encode("utf-32"), 1, "it is saved as UTF-32"),
    "Vietnamese code page": (HEADER.encode() + "P1,Đông,North,planned,,,\n".encode("cp1258"), 2, "is not UTF-8"),
    "Western code page": (HEADER.encode() + "P1,Müller,North,planned,,,\n".encode("cp1252"), 2, "it reads 'Müller'"),
    "Cyrillic code page": (HEADER.encode() + "P1,Парк,North,planned,,,\n".encode("cp1251"), 2, "is not UTF-8"),
    "a zero byte": (FOUND.encode() + b"P2,Sec\0ond,North,planned,,,\n", 3, "holds a zero byte"),
    "a title above the table": ("Parks of the country\n" + FOUND, 1, "without a title above it"),
    "no header": (GOOD, 1, "the first line names no column of this table"),
    "nothing": ("", 1, "the file is empty"),
    "blank lines": ("\n\n", 1, "the file is empty"),
    "an escape sequence": (HEADER + GOOD.replace("First", "\x1b[31mFirst"), 2, r"holds a control character ('\x1b')"),
    "a cell without end": (HEADER + GOOD.replace("First", "x" * 200_000), 2, "a cell is longer than 20,000"),
    "a quotation mark alone": (HEADER + 'P1,"First,North,planned,,,\n', 2, "they come in pairs"),
}  # fmt: skip


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_of_another_program_is_one_sentence_at_its_line(tmp_path, sign):
    content, line, words = SIGNS[sign]
    _, mistakes = read(tmp_path, content)
    assert len(mistakes) == 1, mistakes
    assert mistakes[0].startswith(f"parks.csv:{line}: ")
    assert words in mistakes[0]
    assert "codec" not in mistakes[0]


def test_empty_columns_behind_the_last_are_no_mistake(tmp_path):
    rows, mistakes = read(tmp_path, HEADER.replace("\n", ",,\n") + GOOD.replace("\n", ",,\n"))
    assert not mistakes
    assert len(rows) == 1


def test_other_forms_of_unicode_are_read_in_one(tmp_path):
    rows, _ = read(tmp_path, HEADER + GOOD.replace("North", unicodedata.normalize("NFD", "Côte Nord")))
    assert rows[0].province_2024 == "Côte Nord"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("1.234,5", "write 1234.5: a point before decimals, nothing between thousands"),
        ("12,5", "write 12.5"),
        ("1,234", "write 1234 or 1.234"),
        ("1,234.5", "write 1234.5"),
        ("1.234.567", "write 1234567"),
        ("1 234", "write 1234"),
        ("1\u202f234,5", "write 1234.5"),
        ("1'234", "write 1234"),
        ("\u22125", "write -5"),
        ("12 ha", "write the number alone: 12"),
        ("2.2 km2", "if 'km2' is the unit; else convert it"),
        ("10.21S", "south and west are negative"),
        ("٢٢٠", "write 220"),
        ("2_20", "it must be a number"),
        ("0x10", "it must be a number"),
        ("200-240", "it must be a number"),
        ("-", "leave the cell blank when it is not known"),
        ("12%", "write a share as 0.12"),
        ("#REF!", "is an error of the spreadsheet"),
        ("n/a", "it must be a number, as 12.5"),
        ("10°12'", "write decimal degrees"),
        ("9" * 10_000 + "x", "it must be a number"),
    ],
)
def test_numbers_with_another_countrys_signs_are_told_how_to_be_written(tmp_path, written, told):
    _, mistakes = read(tmp_path, HEADER + f'P1,First,North,established,"{written}",2001,true\n')
    assert len(mistakes) == 1
    assert told in mistakes[0]
    assert len(mistakes[0]) < 250


@pytest.mark.parametrize(
    ("column", "written", "told"),
    [
        ("established_year", "2.001", "write 2001"),
        ("established_year", "1998-05-01", "write the number alone: 1998"),
        ("established_year", "01/05/1998", "write the number alone: 1998"),
        ("park_id", "P 1", "letters, digits, _ and . without spaces, as N1"),
        ("status", "Established!", "did you mean established?"),
    ],
)
def test_no_message_shows_a_pattern_or_the_words_of_a_library(tmp_path, column, written, told):
    cells = dict(zip(HEADER.strip().split(","), GOOD.strip().split(","))) | {column: written}
    _, mistakes = read(tmp_path, HEADER + ",".join(cells.values()) + "\n")
    assert told in mistakes[0]
    for words in ("pattern", "^", "Input", "unable to", "valid integer", "String", "literal"):
        assert words not in mistakes[0].replace(repr(written), "")


@pytest.mark.parametrize("kind", ["fifo", "folder", "zero", "large", "rows"])
def test_what_is_no_table_or_too_large_is_refused_in_a_second(tmp_path, kind):
    path, began = tmp_path / "parks.csv", time.process_time()
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "zero":
        path.symlink_to("/dev/zero")
    elif kind == "large":
        path.write_bytes(HEADER.encode() + GOOD.encode() * 300_000)
    else:
        path.write_bytes(HEADER.encode() + b"P,a,b,planned,,,\n" * 200_000)
    reader = Reader()
    rows = reader.read(path, ParkRow)
    assert len(rows) == 0
    assert len(reader.mistakes) == 1
    assert time.process_time() - began < 1.0


def test_a_table_full_of_mistakes_is_told_up_to_a_hundred(tmp_path):
    began = time.process_time()
    _, mistakes = read(tmp_path, HEADER + "".join(f"P{n},x,North,planed,,,\n" for n in range(15_000)))
    assert len(mistakes) == MOST_TOLD
    assert mistakes[-1] == "parks.csv: has more mistakes than these; correct them and check again"
    assert time.process_time() - began < 2.0


def test_a_byte_order_mark_blank_lines_and_capitals_of_a_spreadsheet_are_accepted(tmp_path):
    rows, mistakes = read(tmp_path, b"\xef\xbb\xbf" + (HEADER + "\n,,,,,,\n" + GOOD.replace("true", "TRUE")).encode())
    assert not mistakes
    assert rows[0].operating == "true"


def test_lines_are_counted_over_cells_with_line_breaks(tmp_path):
    _, mistakes = read(tmp_path, HEADER + 'P1,"First\nname",North,planned,,,\nP2,Second,North,planned,-1,,\n')
    assert mistakes[0].startswith("parks.csv:4: area_ha = '-1'")


def test_a_missing_file_is_a_mistake_like_any_other(tmp_path):
    reader = Reader()
    reader.read(tmp_path / "parks.csv", ParkRow)
    with pytest.raises(InputError, match="cannot be read"):
        reader.finish()


@pytest.mark.parametrize(
    ("model", "content", "told"),
    [
        (ParkCountRow, "date,established,operating\n2020-12,10,11\n", "operating = 11 is more than established = 10"),
        (FirmCountRow, "year,firms\n2020,-1\n", "firms = '-1' is not allowed; it must be greater than or equal to 0"),
        (
            WorldParameterRow,
            "parameter,low,central\nvacancy_years,3,1\n",
            "low, central, high = 3, 1, 1 are not in rising",
        ),
    ],
)
def test_cells_that_contradict_each_other_are_told(tmp_path, model, content, told):
    _, mistakes = read(tmp_path, content, model)
    assert len(mistakes) == 1
    assert told in mistakes[0]


def test_a_negative_share_and_a_falling_range_of_an_archetype_are_told(tmp_path):
    text = (DATA / "archetypes.csv").read_text(encoding="utf-8")
    wrong = text.replace("A01,garment CMT,14,0.08", "A01,garment CMT,14,-0.08")
    assert "share_of_park_firms = '-0.08'" in read(tmp_path, wrong, ArchetypeRow)[1][0]
    falling = text.replace("18,1,1.6,2.2", "18,3,1.6,2.2")
    assert "are not in rising order" in read(tmp_path, falling, ArchetypeRow)[1][0]


@settings(max_examples=150, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=400), st.text(max_size=400).map(lambda t: (HEADER + t).encode("utf-8", "replace"))
    )
)
def test_whatever_a_file_holds_only_mistakes_come_out(tmp_path_factory, content):
    rows, mistakes = read(tmp_path_factory.mktemp("any"), content, key=lambda row: row.park_id)
    assert all(isinstance(row, ParkRow) for row in rows)
    assert all(mistake.startswith("parks.csv:") for mistake in mistakes)


@settings(max_examples=60, deadline=None)
@given(
    spoilt=st.dictionaries(
        st.integers(0, 60),
        st.sampled_from([("area_ha", "-1"), ("latitude", "91"), ("n_firms", "x"), ("status", "?"), ("area_ha", "inf")]),
        min_size=1,
        max_size=8,
    )
)
def test_every_spoilt_cell_is_told_once_and_in_its_line(tmp_path_factory, spoilt):
    rows = list(csv.DictReader(io.StringIO(PARKS)))[:61]
    for i, (column, value) in spoilt.items():
        rows[i][column] = value
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    kept, mistakes = read(tmp_path_factory.mktemp("spoilt"), text.getvalue())
    assert len(kept) == len(rows) - len(spoilt)
    expected = {f"parks.csv:{i + 2}: {column} = {value!r}" for i, (column, value) in spoilt.items()}
    assert {mistake.split(" is not allowed")[0] for mistake in mistakes} == expected
