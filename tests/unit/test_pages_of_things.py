"""Pages of parks, firms, provinces and stores: what they say is what the run, its tables and `explain` say, in both languages."""

import re
from functools import cache

import pytest

from eipsim.analysis.study import Study
from eipsim.dashboard.content.firm import firm_sections, verdict_in_words
from eipsim.dashboard.content.found import PARK, PROVINCE, Hit, places_of, search
from eipsim.dashboard.content.insides import inside, measures_of, weighed_up
from eipsim.dashboard.content.park import park_called, park_sections, park_title
from eipsim.dashboard.content.province import province_sections
from eipsim.dashboard.content.store import ranks, source_of_store, store_sections
from eipsim.errors import InputError
from eipsim.explain.firm import VERDICTS
from eipsim.language import LANGUAGES, language
from eipsim.report.blocks import Command, Fold, Heading, Link, Links, Picture, Points, Prose, Table
from eipsim.report.page import blocks_as_html
from eipsim.report.words import Words
from eipsim.runs.simulation import simulate
from eipsim.sweeps.sweep import run_sweep
from eipsim.world import build_world

YEAR = 2030
EVIL = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def run():
    return simulate("technical-assistance", world="pilot-parks", years=(2015, YEAR), detail=True)


@pytest.fixture(scope="module")
def busy(run):
    """The park with most exchanges in operation."""
    last = run.parks[run.parks["year"] == YEAR]
    return str(last.sort_values("exchanges_operating").iloc[-1]["park_id"])


@cache
def words(code="en"):
    return Words(language(code))


def tables(sections):
    return [block for section in sections for block in section.blocks if isinstance(block, Table)]


def texts(blocks):
    """Every text of blocks, links by their text."""
    for block in blocks:
        if isinstance(block, Fold):
            yield block.title
            yield from texts(block.blocks)
        elif isinstance(block, Table):
            yield from (block.title, block.note, *block.head)
            yield from (cell.text if isinstance(cell, Link) else cell for row in block.rows for cell in row)
        elif isinstance(block, Links):
            yield block.text
        elif isinstance(block, Points):
            yield from block.items
        elif isinstance(block, Picture):
            yield from (block.title, block.caption)
        elif isinstance(block, Prose | Command | Heading):
            yield block.text


# ---- a park ------------------------------------------------------------------------------------------------------------


def test_a_park_has_the_verdict_and_criteria_of_explain(run, busy):
    facts = inside(run).parks[busy]
    certificate, *_ = park_sections(run, busy, words())
    told = " ".join(texts(certificate.blocks))
    assert f"the park holds a certificate, granted or renewed in {facts.facts['certified_year']}" in told
    assert all(row["criterion"] in told for row in facts.facts["criteria"])


def test_a_park_counts_its_tenants_measures_and_exchanges_as_the_tables_of_the_run_do(run, busy):
    _, scores, tenants, measures, exchanges = park_sections(run, busy, words())
    own = run.parks[(run.parks["park_id"] == busy) & (run.parks["year"] == YEAR)].iloc[0]
    by_sector, largest = tables([tenants])
    assert sum(int(row[1].replace(",", "")) for row in by_sector.rows) == own["firms"]
    assert f"of {own['firms']} tenants" in by_sector.title
    assert len(largest.rows) == min(own["firms"], 40)
    assert f"{own['exchanges_operating']} exchange" in tables([exchanges])[0].title
    assert tables([scores])[0].rows[0][-1] == words().number(own["score"])
    firms = run.firms_in(YEAR)
    here = firms[firms["park_id"] == busy]
    assert sum(int(row[1].replace(",", "")) for row in tables([measures])[0].rows) == here["measures_installed"].sum()
    assert measures_of(inside(run), busy)["firms"].max() <= len(here)


def test_a_tenant_leads_to_the_page_of_the_firm_and_a_park_to_its_province(run, busy):
    certificate, _, tenants, *_ = park_sections(run, busy, words())
    firm = tables([tenants])[1].rows[0][0]
    assert firm.to == f"firm/{firm.text}"
    (place,) = next(block for block in certificate.blocks if isinstance(block, Links)).links
    assert place.to == f"province/{place.text}"


def test_a_park_is_called_as_people_call_it_and_one_that_is_none_is_told(run):
    assert park_called(run, "tra noc 2") == park_called(run, "P457") == "P457"
    assert park_title(run, "P457", words()) == "Trà Nóc 2 (P457, Cần Thơ)"
    with pytest.raises(InputError, match="Amata"):
        park_called(run, "Amatta")


# ---- a firm ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def firm(run):
    """A firm that has adopted something since it began."""
    found = inside(run)
    return str(found.firms["firm_id"][(found.measures.first_adopted > 0).sum(axis=1).argmax()])


def test_a_firm_has_the_verdict_of_explain_for_every_measure_and_the_numbers_of_its_decision(run, firm):
    explained = weighed_up(run, firm, YEAR)
    _, _, decisions = firm_sections(run, firm, words(), YEAR)
    (table,) = tables([decisions])
    applicable = [one for one in explained if one.verdict != "not applicable"]
    assert sorted(row[1] for row in table.rows) == sorted(verdict_in_words(one.verdict, words()) for one in applicable)
    costs = {words().quantity(one.facts["cost_usd"], "USD") for one in applicable if "cost_usd" in one.facts}
    assert costs <= {row[3] for row in table.rows}
    folds = [block for block in decisions.blocks if isinstance(block, Fold)]
    assert len(folds) == sum("cost_usd" in one.facts or "notices_at" in one.facts for one in applicable)
    assert all(isinstance(fold.blocks[-1], Command) for fold in folds)


def test_a_firm_tells_what_it_adopted_and_when(run, firm):
    _, history, _ = firm_sections(run, firm, words(), YEAR)
    told = " ".join(texts(history.blocks))
    found = inside(run)
    at = list(found.firms["firm_id"]).index(firm)
    years = {
        int(year)
        for year, stock in zip(found.measures.first_adopted[at], found.measures.from_stock[at])
        if year > 0 and not stock
    }
    assert years == {int(year) for year in re.findall(r"(\d{4}): it adopted", told)}


def test_a_firm_that_is_not_there_is_told_with_the_nearest(run):
    with pytest.raises(InputError, match="is unknown"):
        firm_sections(run, "P352-999-9", words())


def test_every_verdict_has_words_in_both_languages():
    assert all(language(code).has(f"verdict-{verdict.replace(' ', '-')}") for code in LANGUAGES for verdict in VERDICTS)


# ---- a province --------------------------------------------------------------------------------------------------------


def test_a_province_is_held_against_the_country(run):
    country, over_years = province_sections(run, "can tho", words())
    row = next(row for row in tables([country])[0].rows if row[0] == words().outcome("firms"))
    last = run.provinces[(run.provinces["province"] == "Cần Thơ") & (run.provinces["year"] == YEAR)].iloc[0]
    assert row[1:3] == [
        words().quantity(last["firms"], "firms"),
        words().quantity(run.outcomes.at[YEAR, "firms"], "firms"),
    ]
    assert row[3] == words().quantity(last["firms"] / run.outcomes.at[YEAR, "firms"], "share")
    links = [cell.to for table in tables([over_years]) for row in table.rows for cell in row if isinstance(cell, Link)]
    assert links == ["park/P457", "park/P456"]


def test_a_province_that_is_none_is_told_with_the_nearest(run):
    with pytest.raises(InputError, match="Cần Thơ"):
        province_sections(run, "Can Thoo", words())


# ---- search ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def country():
    return build_world("vietnam")


@pytest.mark.parametrize(("said", "name"), [
    ("Phu My 2", "Phú Mỹ II"), ("phu-my ii", "Phú Mỹ II"), ("KCN Trà Nóc 2", "Trà Nóc 2"), ("amata", "Amata"),
    ("hai phong", "Hải Phòng"), ("P457", "Trà Nóc 2"), ("trà n", "Trà Nóc 1"),
])  # fmt: skip
def test_what_is_called_so_is_found_first(country, said, name):
    assert search(country, said)[0].name.startswith(name)


def test_search_finds_provinces_and_firms_and_nothing_for_nothing(country):
    assert Hit(PROVINCE, "Cần Thơ", "", "province/Cần Thơ") in search(country, "can tho")
    firms = search(country, "p457-00")
    assert firms
    assert all(hit.to.startswith("firm/P457-00") for hit in firms)
    assert search(country, "  ") == search(country, "zzzz") == search(country, EVIL) == []
    assert len({hit.to for hit in places_of(country)}) == len(places_of(country))
    assert sum(hit.kind == PARK for hit in places_of(country)) == country.n_parks


# ---- both languages, and what names may hold ---------------------------------------------------------------------------


def test_pages_have_the_same_parts_in_both_languages_and_other_words(run, busy, firm):
    for make in (
        lambda w: park_sections(run, busy, w),
        lambda w: firm_sections(run, firm, w),
        lambda w: province_sections(run, "Cần Thơ", w),
    ):
        english, vietnamese = make(words("en")), make(words("vi"))
        assert [[type(block) for block in one.blocks] for one in english] == [
            [type(block) for block in one.blocks] for one in vietnamese
        ]
        assert all(one.title != other.title for one, other in zip(english, vietnamese))


def test_names_are_shown_and_never_obeyed():
    evil = f"{EVIL}\x1b[31m\u202e"
    blocks = [
        Table(evil, [evil], [[Link(evil, f"park/{evil}")]]),
        Links(evil, [Link(evil, evil)]),
        Fold(evil, [Prose(evil)]),
    ]
    page = blocks_as_html(blocks, lambda to: f"/{to}")
    assert not {"<script", "\x1b", "\u202e"} & {part for part in ("<script", "\x1b", "\u202e") if part in page}
    assert page.count("&lt;script&gt;") >= 6
    assert r"\u202e" in page
    assert 'href="&#34;onerror=' in blocks_as_html([Links("x", [Link("y", '"onerror=')])], lambda to: to)


# ---- a store -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    design = {
        "title": EVIL, "scenarios": ["baseline", "operator-facilitation"], "baseline": "baseline", "world": "pilot-parks",
        "years": [2015, YEAR], "factors": {"behaviour.peer_weight": None}, "sampler": {"method": "latin", "n": 3},
        "outcomes": ["parks_certified", "co2_avoided_t"],
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("pages") / "store"
    run_sweep(design, folder, backend="serial")
    return Study(folder)


def test_a_store_ranks_its_scenarios_and_says_what_it_lacks_and_which_design_has_it(study):
    sections = {section.name: section for section in store_sections(study, words())}
    assert list(sections) == ["summary", "pathways", "sensitivity", "ranks", "failing"]
    ranked = tables([sections["ranks"]])
    means = study.values("sum(co2_avoided_t)").mean(axis=(1, 2))
    best = study.scenarios[int(means.argmax())]
    assert ranked[0].rows[0][0] == words().scenario(best)
    assert ranked[0].rows[0][2] == words().quantity(means.max(), "tCO2")
    lacking = list(texts(sections["failing"].blocks))
    assert any("sampler: {method: sobol" in text for text in lacking)
    assert words().say("store-needs-factors") in lacking


def test_a_store_of_one_scenario_says_that_nothing_can_be_ranked(study, monkeypatch):
    source = source_of_store(study)
    monkeypatch.setattr(type(source), "scenarios", ["baseline"])
    told = list(texts(ranks(source, words("vi")).blocks))
    assert words("vi").say("store-needs-scenarios") in told
    assert any("scenarios: [" in text for text in told)
