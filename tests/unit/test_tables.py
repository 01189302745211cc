"""Reading CSV tables: every mistake is told, with file, line, value and what is allowed, and nothing else is raised."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eipsim.data.tables import Reader
from eipsim.data.world_rows import ArchetypeRow, FirmCountRow, ParkCountRow, ParkRow, WorldParameterRow
from eipsim.errors import InputError
from eipsim.world.recipe import DATA, KEYS, MODELS

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
    assert mistakes == ["parks.csv:3: byte 0xf2 is not UTF-8; save the file as CSV in UTF-8"]


def test_semicolons_are_told_as_such(tmp_path):
    _, mistakes = read(tmp_path, HEADER.replace(",", ";"))
    assert mistakes == ["parks.csv:1: columns are separated by semicolons; save the file with commas between columns"]


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
