"""The generated pages are up to date, and say what the data and the model say."""

import re

import assisted
import designs_page
import exchange_types_page
import first_page
import fit_section
import library_page
import licences_page
import measures_page
import numpy as np
import pandas as pd
import paybacks
import programmes_page
import pytest
import scenarios_page
from pages import (
    COMMAND,
    FINDINGS,
    FIT,
    REFERENCE,
    ROOT,
    STATUSES,
    TIMES,
    WEIGHTS,
    WORDS,
    between,
    indices_of_the_country,
    write_between,
)

from eipsim import compare
from eipsim.agents.firm.columns import ADOPTED, NOT_INSTALLED
from eipsim.data.loading import read_facts, value_of
from eipsim.data.statuses import status_table, weights_table
from eipsim.designs.factors import KINDS
from eipsim.figures.wording import number
from eipsim.market.catalogue import measure_ids, measure_table
from eipsim.model.model import EIPModel
from eipsim.scenarios.files import library_entries, list_scenarios
from eipsim.scenarios.loading import load_scenario

DOCS, README = ROOT / "docs", ROOT / "README.md"
OUT_OF_DATE = f"run: {COMMAND}"


@pytest.mark.parametrize(
    ("name", "page"),
    [("measures", measures_page), ("exchange-types", exchange_types_page), ("licences", licences_page)],
)
def test_the_page_is_up_to_date(name, page):
    assert (DOCS / f"{name}.md").read_text(encoding="utf-8") == page.page(), OUT_OF_DATE


@pytest.mark.parametrize(("name", "page"), [("scenarios", scenarios_page), ("designs", designs_page)])
def test_the_generated_part_of_the_manual_is_up_to_date(name, page):
    assert between(DOCS / f"{name}.md", REFERENCE) == page.reference(), OUT_OF_DATE


@pytest.fixture(scope="module")
def library():
    """The sections of the page of the library by scenario."""
    return library_page.sections_of((DOCS / "library.md").read_text(encoding="utf-8"))


def test_every_scenario_has_its_section_with_title_question_and_what_it_assumes(library):
    assert set(library) == set(list_scenarios())
    for entry in library_entries():
        told = library[entry.name]
        assert told.startswith(f"{entry.name}`: {entry.title}\n"), OUT_OF_DATE
        assert entry.question in told
        assert library_page.assumes(entry.name) in told, OUT_OF_DATE


def test_every_scenario_tells_what_it_costs_and_how_far_it_comes_towards_each_target(library):
    for name, told in library.items():
        assert (name == "baseline") != ("**Costs**, beyond the baseline. Public spending" in told)
        for target in load_scenario("baseline").targets:
            assert f"* {target}, " in told


def test_the_numbers_of_a_section_are_those_of_the_runs():
    compared = compare(["subsidy"], "baseline", 1, world="pilot-parks")
    text = library_page.section(next(entry for entry in library_entries() if entry.name == "subsidy"), compared)
    of = compared.costs.set_index("quantity")["value"]
    assert f"Public spending {number(of['discounted_public_cost'] / 1e6)} million USD" in text
    ends = compared.pathways.set_index(["scenario", "year"]).loc[("subsidy", 2050)]
    assert f"| {number(ends['co2_total_t'] / 1e6)} |" in text
    assert "* Net zero, 2050: reaches " in text


@pytest.mark.parametrize("page", [README, DOCS / "limits.md"], ids=lambda page: page.name)
def test_the_shares_of_statuses_are_told_as_they_are(page):
    assert between(page, STATUSES) == status_table(), OUT_OF_DATE


def test_the_limits_tell_what_hangs_on_numbers_of_each_status():
    assert between(DOCS / "limits.md", WEIGHTS) == weights_table(indices_of_the_country()), OUT_OF_DATE


def test_the_fit_is_told_as_the_calibration_left_it():
    told = between(DOCS / "fit.md", FIT)
    assert told == fit_section.section(), OUT_OF_DATE
    assert "a range down to zero" in told


# ---- the first page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("marks", "part"), [(FINDINGS, "findings"), (TIMES, "times"), (WORDS, "words")])
def test_the_first_page_is_up_to_date(marks, part):
    assert between(README, marks) == getattr(first_page, part)(), OUT_OF_DATE


def test_the_first_page_claims_what_its_experiments_found():
    ends = first_page.table("01", "ends").set_index(["scenario", "quantity"])["median"]
    assert ends["baseline", "certified 2050"] < 0.05 * ends["full-package", "certified 2050"]
    assert ends["no-eip-policy", "avoided 2026-50"] > 0.9 * ends["baseline", "avoided 2026-50"]
    for outcome, best in (("co2", "facilitation"), ("firms", "audits")):
        ranking = first_page.table("07", f"ranking_{outcome}")
        assert ranking.loc[0, "scenario"] == best
        assert len(ranking) - 1 == 5, "instruments, beside the baseline"
    assert first_page.table("05", "scores_certificates").loc[0, "limits"] == "rule is real_option or threshold"


def test_every_finding_has_an_interval_what_would_overturn_it_and_its_experiment():
    told = first_page.findings().split("\n")
    items = " ".join(told).split("*What would overturn this:*")
    assert len(items) == 1 + len(first_page.FINDINGS) == 4
    assert all(re.search(r"\(\d[\d.]* to \d", item) for item in items[:-1])
    assert all(len(item.split("[")[0]) > 40 and "](experiments/" in item for item in items[1:])


def test_commands_whose_time_is_told_are_told_themselves():
    pages = README.read_text(encoding="utf-8").replace(between(README, TIMES), "")
    for command in pd.read_csv(first_page.TIMES)["command"]:
        assert re.search(rf"(^|`){re.escape(command)}( |`|$)", pages, re.MULTILINE), command


@pytest.mark.parametrize(
    ("document", "marks"),
    [
        (README, STATUSES),
        (README, WORDS),
        (DOCS / "fit.md", FIT),
        (DOCS / "limits.md", WEIGHTS),
        (DOCS / "scenarios.md", REFERENCE),
    ],
)
def test_a_part_is_written_between_its_marks_and_nowhere_else(document, marks, tmp_path):
    copy, text = tmp_path / "copy.md", document.read_text(encoding="utf-8")
    copy.write_text(text.replace(between(document, marks), "old"), encoding="utf-8")
    assert between(copy, marks) == "old"
    write_between(copy, marks, between(document, marks))
    assert copy.read_text(encoding="utf-8") == text


def test_everything_that_a_run_needs_has_a_licence_and_a_version():
    listed = {row[0].lower().replace("_", "-").replace(".", "-"): row for row in licences_page.rows()}
    always = {name for name, row in listed.items() if row[3] == licences_page.ALWAYS}
    assert {"numpy", "pandas", "numba", "mesa", "python-dateutil"} <= always, "what is needed by what is needed too"
    assert {row[3] for row in listed.values()} > {licences_page.ALWAYS}
    assert all(version and licence != "not stated" for _, version, licence, _ in listed.values())


def test_a_licence_that_asks_for_more_is_told_in_words():
    """None of what every installation has is under one."""
    strict = [row for row in licences_page.rows() if licences_page.COPYLEFT.search(row[2])]
    assert all(row[3] != licences_page.ALWAYS for row in strict)
    told = licences_page.page().partition("| program")[0]
    assert [row[0] for row in strict if row[0] not in told] == []


def test_the_manual_of_designs_names_every_field_and_sampler():
    told = designs_page.reference()
    for name in [*KINDS, "full_factorial", "rbd_fast", "on_failure", "replicates"]:
        assert f"`{name}`" in told


def test_the_page_of_exchange_types_lists_all_but_infrastructure():
    table = exchange_types_page.rows()
    assert len(table) == 24
    steam = dict(zip(exchange_types_page.HEADERS, table[0]))
    assert (steam["distance"], steam["supply"], steam["capital"]) == ("derived", "assumed", "derived")


def test_every_measure_is_in_the_document_with_its_payback_in_the_source():
    rows = {row[0]: row for row in measures_page.payback_rows()}
    assert tuple(rows) == measure_ids()
    assert len(rows) == 24
    for measure, payback in measure_table()["payback"].items():
        assert rows[measure][7].split(" ")[0] == measures_page.years(payback)


def test_a_plain_measure_repays_itself_as_worked_out_by_hand():
    price, running = value_of("driver_paths", "reference_electricity_price"), 0.02
    cost = float(measure_table()["capex"]["M01"])
    by_hand = cost / (price - running * cost)
    assert paybacks.payback_table()["model"]["M01"] == pytest.approx(by_hand, rel=1e-12)


def test_a_substitution_is_charged_for_what_it_burns_instead():
    fuel, biomass = value_of("driver_paths", "reference_fuel_price"), value_of("prices", "rice_husk_wood_chip")
    per_gigajoule = float(measure_table()["capex"]["M09"]) / (5000 * 3.6e-3)
    by_hand = per_gigajoule / (fuel - 1.12 * biomass - 0.02 * per_gigajoule)
    assert paybacks.payback_table()["model"]["M09"] == pytest.approx(by_hand, rel=1e-12)


def test_what_replaces_a_boiler_is_told_by_the_fuel_that_it_replaces():
    listed = paybacks.paybacks_by_fuel(paybacks.ENGINEERING | paybacks.AS_LISTED)
    coal, biomass = value_of("prices", "coal_delivered"), value_of("prices", "rice_husk_wood_chip")
    capital = (
        float(measure_table()["capex"]["M09"]) * (1.0 + float(measure_table()["capex_trend"]["M09"])) / (5000 * 3.6e-3)
    )
    assert listed["coal"]["M09"] == pytest.approx(capital / (coal - 1.12 * biomass - 0.02 * capital), rel=1e-9)
    assert np.isnan(listed["coal"]["M18"])
    assert (listed.loc["M09", ["fuel_oil", "LPG", "natural_gas", "diesel"]] < 0.1 * listed["coal"]["M09"]).all()
    model = paybacks.paybacks_by_fuel(paybacks.ENGINEERING)
    low, high = (
        float(read_facts("boiler_evidence").set_index("name").loc["payback_of_biomass_boiler", end])
        for end in ("low", "high")
    )
    assert low < model["coal"]["M09"] < high < 1.05 * listed["coal"]["M09"]
    assert len(measures_page.rows_by_fuel()) == 6


def test_the_prices_of_the_model_give_the_same_payback_as_the_reference_prices_for_electricity():
    frame = paybacks.payback_table()
    steady = (frame["stream"] == "electricity") & (measure_table()["capex_trend"] == 0.0)
    assert steady.any()
    np.testing.assert_allclose(frame["least"][steady], frame["model"][steady], rtol=1e-9)
    np.testing.assert_allclose(frame["most"][steady], frame["model"][steady], rtol=1e-9)


def test_the_measures_that_disagree_are_those_the_document_explains():
    off = paybacks.disagreements()
    assert set(off.index) == {"M16", "M20", "M21"}
    assert all(measures_page.note_of(measure, row) for measure, row in off.iterrows())
    assert not np.isfinite(off["model"][["M20", "M21"]]).any()


def test_a_cost_that_is_three_times_as_high_is_listed_as_a_disagreement():
    dearer = paybacks.payback_table().assign(ratio=lambda frame: 3.0 * frame["ratio"])
    assert "M01" in paybacks.disagreements(dearer).index


@pytest.fixture(scope="module")
def comparison():
    return assisted.programme_comparison()


def test_the_document_of_programmes_is_up_to_date(comparison):
    written = (DOCS / "comparison-with-programmes.md").read_text(encoding="utf-8")
    assert written == programmes_page.page(comparison), OUT_OF_DATE


def test_programmes_are_compared_on_context_rows_only(comparison):
    evidence = read_facts("programme_evidence")
    context = set(map(tuple, evidence.loc[evidence["use"] == "context", ["prog_id", "metric"]].to_numpy()))
    assert set(assisted.COUNTERPARTS) <= context
    assert np.isfinite(comparison[["reported", "model", "audit", "ratio"]]).all(axis=None)


def test_what_an_audit_states_is_cheaper_and_saves_more_than_what_is_realised(comparison):
    by_metric = comparison.set_index("metric")
    payback = by_metric.loc["simple payback"]
    assert payback["audit"] < payback["model"]
    assert by_metric.loc["water saved per factory", "audit"] > by_metric.loc["water saved per factory", "model"] > 0.0


def test_taking_options_out_and_putting_them_back_gives_the_firm_its_use_again():
    model = EIPModel("baseline", world="pilot-parks", rng=1)
    while model.year < 2024:
        model.step()
    rows = assisted.assisted_rows(model)
    firms = model.state.firms[rows].view(np.recarray).copy()
    built = firms.installed_year.max(axis=1)
    chosen = assisted.in_use(firms)
    assert chosen.any()
    without = assisted.rebuilt(firms, chosen, NOT_INSTALLED, 0, model)
    assert not assisted.in_use(without).any()
    again = assisted.rebuilt(without, chosen, ADOPTED, int(built.max()), model)
    plain = ~chosen[:, model.state.market.catalogue.input_kind > 0].any(axis=1)  # inputs depend on the year of building
    np.testing.assert_allclose(again.use[plain], firms.use[plain], rtol=1e-12)
