"""The glossary: every word has a meaning that is the project's own, and the place that is named tells of it."""

import re
from pathlib import Path

import pytest

from eipsim import cli
from eipsim.cli.listings import listing_of

ROOT = Path(__file__).parents[2]
WORDS = listing_of("words")


def anchors(page: Path) -> set[str]:
    """What links to the headings of a page are called."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_words_are_in_order_each_once_with_a_definition():
    terms = [row["term"].casefold() for row in WORDS]
    assert terms == sorted(set(terms))
    assert len(terms) > 40
    assert all(len(row["definition"]) > 20 and not row["definition"].endswith(".") for row in WORDS)


@pytest.mark.parametrize("row", WORDS, ids=lambda row: row["term"])
def test_the_place_that_is_named_is_there(row):
    file, _, anchor = row["where"].partition("#")
    assert (ROOT / file).is_file()
    assert not anchor or anchor in anchors(ROOT / file)


def test_a_word_is_searched_and_those_called_so_come_first(capsys):
    assert cli.main(["show", "words", "free"]) == 0
    out = capsys.readouterr().out
    assert "free rider" in out
    assert "which it would have taken anyway" in " ".join(out.split())
    found = [row["term"] for row in listing_of("words", search="Regret")]
    assert found[0] == "regret"
    assert cli.main(["show", "words", "nonesuch"]) == 2
