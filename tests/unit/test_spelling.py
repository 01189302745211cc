"""What people write in scenario files otherwise than the manual says: read where it is clear, else told in words."""

import pytest

from eipsim.data.yaml_tree import read_tree
from eipsim.errors import InputError
from eipsim.policy.targets import TargetFinder
from eipsim.scenarios.loading import apply_settings, load_scenario
from eipsim.world import build_world


@pytest.fixture
def read(tmp_path):
    """Writes a scenario and reads it."""

    def _read(text):
        file = tmp_path / "mine.yaml"
        file.write_text(text, encoding="utf-8")
        return load_scenario(file)

    return _read


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('levers: {fine_usd: {"2026": 10, "2030": 20}}', "levers: {fine_usd: {2026: 10, 2030: 20}}"),
        ('levers: {fine_usd: {path: {"2026": "10"}}}', "levers: {fine_usd: {path: {2026: 10}}}"),
        ('levers: {fine_usd: {value: "1.5", from: "2026", until: "2030"}}',
         "levers: {fine_usd: {value: 1.5, from: 2026, until: 2030}}"),
        ("levers: {training: {value: 1, parks: Amata}}", "levers: {training: {value: 1, parks: [Amata]}}"),
        ("levers: {training: [{value: 1, parks: 352}]}", "levers: {training: [{value: 1, parks: ['352']}]}"),
        ("levers: {soft_loan: {value: 1, owners: foreign}}", "levers: {soft_loan: {value: 1, owners: [foreign]}}"),
        ("programmes: {sources: {from: 2026, until: '2030', sectors: A02}}",
         "programmes: {sources: {from: 2026, until: 2030, sectors: [A02]}}"),
        ("years: 2020-2030", "years: [2020, 2030]"),
        ('years: ["2020", "2030"]', "years: [2020, 2030]"),
        ("sources: a book", "sources: [a book]"),
        ("title: 2030", 'title: "2030"'),
        ("targets: {t: {outcome: firms, year: '2030', at_least: '5', source: 7}}",
         "targets: {t: {outcome: firms, year: 2030, at_least: 5, source: '7'}}"),
        ("levers: {training: &a {value: 1, from: 2026}, fine_usd: {<<: *a, value: 5}}",
         "levers: {training: {value: 1, from: 2026}, fine_usd: {value: 5, from: 2026}}"),
    ],
)  # fmt: skip
def test_what_is_clear_is_read(read, written, meant):
    assert read(written).document() == read(meant).document()


@pytest.mark.parametrize("written", ["programmes: {'2030': {from: 2026, until: 2030}}", "levers: {fine_usd: '1,000'}"])
def test_names_stay_text_and_what_is_not_clear_is_not_guessed(read, written):
    if written.startswith("levers"):
        with pytest.raises(InputError, match="'1,000' must be a number"):
            read(written)
    else:
        assert list(read(written).programmes) == ["2030"]


def test_settings_over_a_scenario_are_read_likewise():
    base = load_scenario("baseline")
    assert apply_settings(base, {"years": "2020-2030"}).years == (2020, 2030)
    assert load_scenario(base, levers={"training": {"value": 1, "parks": "Amata"}}).levers["training"][0].parks == (
        "Amata",
    )


def test_an_inherited_entry_goes_on_where_one_name_stands_alone(read):
    alone, listed = (
        read(f"extends: baseline\nlevers: {{fine_usd: {{value: 5, from: 2030, owners: {name}}}}}")
        for name in ("foreign", "[foreign]")
    )
    assert alone.document() == listed.document()
    assert len(alone.levers["fine_usd"]) > 1


def test_a_park_and_a_sector_are_found_by_the_number_of_their_id():
    world = build_world("vietnam", 1)
    assert world.park_index("352") == world.park_index("P352")
    find = TargetFinder(world, lambda path: "")
    assert find.sector("11", "") == find.sector("A11", "")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("title: Audits: phase 2", 1, 'put it in quotes, as title: "Audits: phase 2"'),
        ("title: T\nquestion: Who: and what?", 2, 'as question: "Who: and what?"'),
        ("levers:\n  fine_usd: {value: 1, source: Decree 5: fines}", 2, "put text with"),
        ("title: T\n extends: baseline", 2, "in one column"),
        ("title: T\n\textends: baseline", 2, "indent with blanks"),
        ("title: @home", 1, "a value cannot begin with @; put it in quotes"),
        ("title: *home", 1, "put text that begins with * in quotes"),
        ('title: "T\nextends: baseline\n', 1, "a quotation mark is opened and not closed"),
        ("levers: {fine_usd: 1\ntitle: T\n", 2, "close brackets with }"),
        ("title: T\nextends baseline\nlevers: {}", 2, "a name has no colon"),
        ('title: "a\\qb"', 1, "means nothing between double quotes"),
        ("a: b\n---\nc: d", 2, "each into a file of its own"),
        ("title: a]\nyears: [2015]]", 2, "where no bracket is open"),
        ("levers:\n    fine_usd: 1\n  training: 2", 3, "in one column"),
        ("title: a\x00b", 0, "control characters"),
    ],
)  # fmt: skip
def test_what_a_parser_refuses_is_told_in_words_at_its_line(text, line, words):
    (mistake,) = read_tree(text, "mine.yaml")[1]
    assert mistake.where == (f"mine.yaml:{line}" if line else "mine.yaml")
    assert words in str(mistake)
    assert not any(phrase in str(mistake) for phrase in ("token", "mapping values", "<block", "<stream", "scalar"))


def test_a_merge_of_several_mappings_is_laid_over_as_yaml_has_it():
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], z: 3}"
    assert read_tree(text, "f")[0].plain()["c"] == {"x": 1, "y": 1, "z": 3}
    assert "takes over a mapping" in str(read_tree("c: {<<: 3}", "f")[1][0])


# What a schema and a parser say among themselves.
JARGON = ("String should", "Input should", "pattern", "codec", "pydantic", "validation", "type=", "regex", "str type")


@pytest.mark.parametrize(
    "given", ["5", "true", "abc", "[]", "{}", "[{a: 1}]", "{a: {b: 1}}", ".nan", "1e400", "-7", "2026-01-01"]
)
def test_no_value_brings_the_words_of_a_schema_to_light(read, given):
    told = []
    keys = ("title", "extends", "later_by", "years", "drivers", "levers", "programmes", "regulator", "decrees", "instruments",
            "exchange_tables", "targets", "parameters", "sources", "group")  # fmt: skip
    inner = ("levers: {fine_usd: @}", "levers: {training: {value: 1, parks: @}}", "programmes: {a: @}",
             "regulator: {adaptive: @}", "targets: {a: @}")  # fmt: skip
    for text in (*(f"{key}: {given}" for key in keys), *(one.replace("@", given) for one in inner)):
        try:
            read(text)
        except InputError as error:
            told.append(f"{text} -> {error}")
    assert not [line for line in told if any(phrase in line for phrase in JARGON)]
