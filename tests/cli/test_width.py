"""What commands print is readable in the columns there are: nothing too long, nothing left out, no blanks at the end."""

import re
from collections import Counter

import pytest

from eipsim import cli
from eipsim.cli.layout import Cells, broken, laid_out
from eipsim.cli.listings import listing_of
from eipsim.scenarios.files import list_scenarios

COMMANDS = [
    ("list", "--long"), ("show", "levers"), ("show", "parameters"), ("show", "outcomes"), ("show", "measures"),
    ("show", "quantities"), ("show", "filters"), ("show", "parks"), ("show", "scenarios"),
]  # fmt: skip
PILOTS = ("--world", "pilot-parks")


@pytest.fixture
def printed(capsys, monkeypatch):
    """What a command prints into a pipe, of this many columns or as it is without COLUMNS."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def command(*arguments: str, columns: int | None = None) -> str:
        monkeypatch.delenv("COLUMNS", raising=False)
        if columns is not None:
            monkeypatch.setenv("COLUMNS", str(columns))
        capsys.readouterr()
        assert cli.main(list(arguments)) == 0
        return capsys.readouterr().out

    return command


def fits(text: str, width: int) -> bool:
    """No line is longer than the width, unless it is a single word."""
    return all(len(line) <= width or " " not in line.strip() for line in text.splitlines())


def words_of(kind: str) -> Counter:
    """Every word of every cell."""
    cells = [cell for row in listing_of(kind, "pilot-parks") for name, cell in row.items() if name != "group"]
    return Counter(word for cell in cells if cell is not None for word in cell_of(cell).split())


def cell_of(value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize("columns", [None, 40, 200])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_listing_fits_and_has_every_word(printed, command, columns):
    out = printed(*command, *(PILOTS if command[0] == "show" else ()), columns=columns)
    assert fits(out, columns or 80)
    kind = "scenarios" if command[0] == "list" else command[1]
    assert not words_of(kind) - Counter(out.split())


@pytest.mark.parametrize("command", [("list",), *COMMANDS], ids=" ".join)
def test_a_pipe_gets_no_blanks_at_the_ends_of_lines_and_no_colour(printed, command):
    out = printed(*command)
    assert not [line for line in out.splitlines() if line != line.rstrip()]
    assert "\x1b" not in out


def test_the_list_has_name_and_title_of_each_and_says_where_there_is_more(capsys, printed):
    out = printed("list")
    assert fits(out, 80)
    assert "question" not in out
    for row in listing_of("scenarios"):
        line = next(line for line in out.splitlines() if line.split()[:1] == [row["name"]])
        assert line.split()[1:][:3] == row["title"].split()[:3]
    assert len(out.splitlines()) < 2 * len(list_scenarios())
    cli.main(["list"])
    assert re.search("eipsim list --long.*eipsim show scenarios NAME", capsys.readouterr().err)


def test_a_width_that_is_none_is_80(printed, monkeypatch):
    usual = printed("show", "levers")
    assert printed("show", "levers", columns=0) == usual
    monkeypatch.setenv("COLUMNS", "wide")
    assert printed("show", "levers") == usual


def test_a_run_is_one_table_of_numbers(tmp_path, printed):
    out = printed("run", *PILOTS, "--no-figures", "--out", str(tmp_path / "run"), columns=80)
    table = out.splitlines()[1:23]
    assert table[0].split() == ["outcome", "unit", "2015", "2020", "2024", "2030", "2040", "2050"]
    assert all(len(line) <= 80 for line in table)


# ---- layouts ---------------------------------------------------------------------------------------------------------

NUMBERS = Cells(
    ["quantity", "low", "high", "note"],
    [["additional_adopters", "1,070", "1,156", ""], ["lost_adopters", "0", "0", "none seen in 3 pairs: at most 71 % of them"]],
    ["low", "high"],
)  # fmt: skip


def lines_of(table: Cells, width: int) -> list[str]:
    layout = laid_out(table, width)
    return layout.head + [line for row in layout.rows for line in row]


def test_a_table_that_fits_has_its_columns_side_by_side():
    assert lines_of(NUMBERS, 78) == [
        "quantity               low   high  note",
        "additional_adopters  1,070  1,156",
        "lost_adopters            0      0  none seen in 3 pairs: at most 71 % of them",
    ]


def test_one_long_text_is_broken_into_lines():
    assert lines_of(NUMBERS, 60)[2:] == [
        "lost_adopters            0      0  none seen in 3 pairs: at",
        "                                   most 71 % of them",
    ]


def test_numbers_stay_in_columns_under_headings():
    assert lines_of(NUMBERS, 50) == [
        "quantity",
        "    low   high",
        "additional_adopters",
        "  1,070  1,156",
        "lost_adopters",
        "      0      0",
        "  note: none seen in 3 pairs: at most 71 % of them",
    ]


def test_names_of_columns_are_broken_and_numbers_come_closer_before_the_table_is_another():
    table = Cells(["year", "95 % interval", "from the best"], [["2030", "1,234", "5,678"]], ["year", "from the best"])
    assert lines_of(table, 21) == [
        "year  95 %       from",
        "      interval    the",
        "                 best",
        "2030  1,234     5,678",
    ]
    close = Cells(["fact", "a", "b"], [["F", "12345", "67890"]], ["a", "b"])
    assert lines_of(close, 17) == ["fact      a     b", "F     12345 67890"]


def test_a_record_has_what_is_not_empty_short_fields_side_by_side():
    texts = Cells(["name", "unit", "of", "source", "note"], [["lever", "USD", "firms", "", "word " * 12 + "end"]], [])
    assert lines_of(texts, 30) == [
        "lever",
        "  unit: USD   of: firms",
        "  note: word word word word",
        "    word word word word word",
        "    word word word end",
    ]


def test_a_record_that_a_number_or_nothing_heads_says_of_what():
    texts = Cells(["box", "limits"], [["1", "word " * 20], ["2", ""]], ["box"])
    assert [line for line in lines_of(texts, 20) if "box" in line] == ["box 1", "box 2"]


def test_a_word_that_is_longer_than_the_width_is_not_broken():
    address = "https://example.org/" + "a" * 40
    assert broken(f"see {address} for more", 20, "  ") == ["see", f"  {address}", "  for more"]
    assert f"    {address}" in lines_of(Cells(["name", "source"], [["x", address]], []), 20)


def test_wide_letters_count_twice_and_marks_of_vietnamese_not_at_all():
    table = Cells(["name", "n"], [["工业园", "1"], ["Trà Nóc", "2"]], ["n"])
    assert lines_of(table, 20) == ["name     n", "工业园   1", "Trà Nóc  2"]


def test_a_table_without_rows_has_the_names_of_its_columns():
    assert lines_of(Cells(["a", "b"], [], []), 20) == ["a  b"]
    assert lines_of(Cells([], [], []), 20) == []


def test_examples_of_breaking_hold():
    assert broken("one two three", 9, "  ") == ["one two", "  three"]
    assert broken("", 9) == [""]
    assert broken("two\nlines", 20) == ["two lines"]
