"""Filters that reach nobody in a world are told, with the nearest names; what only a run can say is not."""

import numpy as np
import pytest

from eipsim import cli
from eipsim.errors import InputError
from eipsim.outcomes.binding import Finder, bind
from eipsim.outcomes.expressions import parse_expression, parse_filters
from eipsim.outcomes.reached import nobody_reached
from eipsim.world import build_world


@pytest.fixture(scope="module")
def finder():
    return Finder(build_world("pilot-parks", 1), [], "baseline")


def told(text, finder, filters=()):
    expressions = [parse_expression(text, filters=filters)]
    assert not bind(expressions, finder, 2050)
    return list(map(str, nobody_reached(expressions, finder)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'firms | province="Lạng Sơn" @2024',
            ["column 18: province=Lạng Sơn reaches no firm of world pilot-parks", "Hải Phòng"],
        ),
        ('parks_certified | province="Hải Dương" @2024', ["reaches no park of world", "did you mean Hải Phòng?"]),
        ("firms | employees>=500000 @2024", ["column 20: employees>=500000 reaches no firm", "employees there: 1 to "]),
        ('firms["Amata"] | province="Hải Phòng" @2024', ["beside the filters before it; allowed: Đồng Nai"]),
        ('firms @2024 / firms @2015 | province="Lạng Sơn"', ["column 38: province=Lạng Sơn reaches no firm"]),
        ('firms | park="Amata", park!=("Amata", "Hòa Khánh") @2024', ["park!=Amata or Hòa Khánh reaches no firm"]),
    ],
)
def test_a_filter_that_reaches_nobody_is_told_with_names_that_do(finder, text, words):
    (message,) = told(text, finder)
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    "text",
    [
        'firms | province="Hải Phòng" @2024',
        'firms | province!="Lạng Sơn" @2024',
        'firms | sector="cement", owner=foreign @2024',
        "firms | park_state=certified, firm_state=violator, years_since_audit>30 @2016",
        "public_spending_usd @2024",
    ],
)
def test_what_reaches_somebody_or_only_a_run_can_say_is_not_told(finder, text):
    assert told(text, finder) == []


def without_sector(world, sector):
    """The world without the firms of a sector."""
    from dataclasses import replace

    kept = world.firms.sector != sector
    start = np.concatenate([[0], np.cumsum(kept)])[world.parks.start]
    firms = type(world.firms)(*(column[kept] for column in world.firms))
    return replace(world, parks=world.parks._replace(start=start), firms=firms)


def test_a_sector_without_a_firm_is_told_with_the_nearest_that_has_some(finder):
    textiles = finder.row("sector", "Textiles")
    poorer = Finder(without_sector(finder.world, textiles), [], "baseline")
    (message,) = told('firms | sector="Textiles" @2024', poorer)
    assert "column 16: sector=Textiles reaches no firm of world pilot-parks" in message
    assert told('firms | sector="Textiles" @2024', finder) == []
    assert told('firms | sector=("Textiles", "paper mill") @2024', poorer) == []


def test_the_filter_column_of_facts_is_told_at_its_own_place(finder):
    (message,) = told("firms @2024 / firms @2015", finder, parse_filters("province=Lạng Sơn", "facts.csv:2: filter"))
    assert message.startswith("facts.csv:2: filter: column 10: province=Lạng Sơn reaches no firm")
    with pytest.raises(InputError, match=r"facts.csv:2: filter: column 7: .*cannot be had by owner"):
        parse_expression("parks_certified @2024", filters=parse_filters("owner=foreign", "facts.csv:2: filter"))


FACTS = """name,expression,filter,years,low,high,source
Growth,firms @2016 / firms @2015,{growth},,0,9,made up
Vanishing,firms | owner=foreign @2016 + 3 | owner=domestic,,,0,,made up
"""


def test_facts_with_filters_that_reach_nobody_end_with_two(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "facts.csv").write_text(FACTS.format(growth="province=Lạng Sơn"), encoding="utf-8")
    assert cli.main(["validate", "facts.csv", "--world", "pilot-parks", "--replicates", "1"]) == 2
    err = capsys.readouterr().err
    assert "facts.csv:2: filter: column 10: province=Lạng Sơn reaches no firm of world pilot-parks" in err
    assert "facts.csv:3: expression: column 41: this filter reaches no quantity" in err
    assert "Traceback" not in err


def test_a_design_with_a_filter_that_reaches_nobody_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "design.yaml").write_text(
        "scenarios: [baseline]\nworld: pilot-parks\nreplicates: 2\nyears: [2015, 2016]\n"
        "outcomes:\n  far: firms | province=\"Lạng Sơn\"\n", encoding="utf-8",
    )  # fmt: skip
    for command in (["check", "design.yaml"], ["sweep", "design.yaml", "--store", "store"]):
        assert cli.main(command) == 2
        assert "province=Lạng Sơn reaches no firm of world pilot-parks" in capsys.readouterr().err
    assert not (tmp_path / "store").exists()


NOBODY = """name,expression,filter,years,low,high,source
Score of others,(park_score_mean | park_state!=committed @2016) / (firms @2016 - firms @2016),,,0,1,made up
Firms,firms @2016,,,0,,made up
"""


def test_facts_without_a_value_are_left_out_and_told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "facts.csv").write_text(NOBODY, encoding="utf-8")
    assert cli.main(["validate", "facts.csv", "--world", "pilot-parks", "--replicates", "2"]) == 0
    told = " ".join(capsys.readouterr().err.split())
    assert "2 of 2 runs have no value and are left out: something is divided by 0 (column 49) in 2" in told
    assert "Firms:" not in told


def test_the_filter_column_filters_every_quantity_of_a_run(tmp_path, monkeypatch):
    """Planted: the same growth by the column, by a filter behind it, and worked out from both years on their own."""
    from eipsim.analysis.evidence.validation import validate

    both = '(firms | sector="Textiles" @2030) / (firms | sector="Textiles" @2015)'
    rows = [("column", "firms @2030 / firms @2015", "sector=Textiles"), ("alone", both, ""), ("all", "firms @2030 / @2015", ""),
            ("behind", 'firms @2030 / firms @2015 | sector="Textiles"', ""),
            ("bracketed", '(firms @2030 / @2015) | sector="Textiles"', "")]  # fmt: skip
    quoted = [
        ",".join([name, '"' + text.replace('"', '""') + '"', column, "", "0", "9", "x"]) for name, text, column in rows
    ]
    facts = tmp_path / "facts.csv"
    facts.write_text("\n".join(["name,expression,filter,years,low,high,source", *quoted]), encoding="utf-8")
    (run,) = validate(facts, world="pilot-parks", replicates=1).values.to_dict("records")
    assert run["column"] == run["behind"] == run["bracketed"] == run["alone"]
    assert run["all"] != run["alone"]
