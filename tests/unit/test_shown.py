"""What objects say of themselves: at a prompt, in a notebook, as a summary, as a figure."""

import doctest
import html
import importlib
import pickle
import re

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import eipsim
from eipsim.agents import Firm, ParkOperator, Regulator
from eipsim.analysis.compare import compare
from eipsim.analysis.study import Study
from eipsim.core.shown import WIDTH, Shown
from eipsim.designs.reading import load_design
from eipsim.errors import InputError, RunError
from eipsim.infrastructure.columns import CONNECTIONS
from eipsim.model.model import EIPModel
from eipsim.runs.firms import firm_table
from eipsim.runs.simulation import simulate
from eipsim.stores.store import Store

YEARS = (2026, 2030)


@pytest.fixture(scope="module")
def run():
    return simulate("full-package", world="pilot-parks", seed=3, years=YEARS, settings={"behaviour.peer_weight": 0.5})


@pytest.fixture(scope="module")
def comparison():
    return compare(["subsidy", "carbon-price"], world="pilot-parks", replicates=2, seed=3, years=YEARS)


@pytest.fixture(scope="module")
def model():
    model = EIPModel("full-package", "pilot-parks", 3)
    while model.year < YEARS[1]:
        model.step()
    return model


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    design = load_design({
        "title": "Peers", "scenarios": ["baseline", "subsidy"], "world": "pilot-parks", "years": list(YEARS),
        "outcomes": ["co2_avoided_t", "co2_t"], "factors": {"behaviour.peer_weight": {"uniform": [0, 1]}},
        "sampler": {"method": "latin", "n": 3},
    })  # fmt: skip
    values = np.random.default_rng(1).uniform(1e4, 2e4, size=(2, 3, 1, 5, 2))
    values[0, 0] = np.nan  # a run without result
    return Study(Store.fill(tmp_path_factory.mktemp("stores") / "store", design, values))


@pytest.fixture(scope="module")
def validation(tmp_path_factory):
    facts = tmp_path_factory.mktemp("facts") / "facts.csv"
    facts.write_text("name,expression,low,high,role,source\n<b>firms</b>,firms @2016,1,9999,test,me\n")
    return eipsim.validate(facts, world="pilot-parks", replicates=2)


def all_of(request):
    model = request.getfixturevalue("model")
    agents = [model.firm(int(model.rows_alive()[3])), model.park("Amata"), next(iter(model.agents_by_type[Regulator]))]
    return [*(request.getfixturevalue(name) for name in ("run", "comparison", "study", "validation", "model")), *agents]


# ---- what is said ----------------------------------------------------------------------------------------------------


def test_a_run_says_what_was_run_with_all_that_was_changed(run):
    first, *others = repr(run).splitlines()
    assert first == "Run: full-package (behaviour.peer_weight=0.5), world pilot-parks, 2026-2030, seed 3"
    parks = int(run.outcomes.loc[2030, "parks_converted"])
    assert f"parks converted {parks};" in " ".join(line.strip() for line in others)


def test_a_replicate_and_another_rule_are_told():
    other = simulate("baseline", world="pilot-parks", years=(2015, 2016), replicate=4, rule="npv_hurdle")
    assert "baseline (rule=npv_hurdle)" in repr(other)
    assert "seed 1, replicate 4" in repr(other)


def test_a_comparison_says_what_each_scenario_changes_and_what_a_tonne_costs(comparison):
    text = " ".join(repr(comparison).split())
    assert text.startswith(
        "Comparison of subsidy, carbon-price with baseline, world pilot-parks, 2026-2030, seed 3, 2 replicates"
    )
    for scenario in comparison.scenarios:
        of = comparison.costs.query("scenario == @scenario").set_index("quantity")
        told = re.search(rf"{scenario}: ([^;]*); (.*?)(?=carbon-price:|$)", text)
        cost = of.loc["cumulative_public_cost_per_tonne"]
        assert (f"{cost['value']:,.0f} USD" if cost["value"] == cost["value"] else cost["note"]) in told[2]


def test_a_study_says_how_many_runs_have_a_result(study):
    assert "Study: Peers" in repr(study)
    assert "5 of 6 runs have a result" in repr(study)
    assert "5 of 6 runs are stored" in repr(study.store)


def test_the_figure_of_a_study_says_what_was_run_and_how_much_varied(study):
    text = " ".join(one.get_text() for one in study.plot("co2_t").findobj(Text))
    assert "Scenarios: baseline, subsidy. World: pilot-parks." in text
    assert "1 input varied at 3 points, 1 replicate" in text


def test_a_validation_says_how_many_facts_agree(validation):
    assert "against 1 facts, world pilot-parks, 2 runs, 2 populations" in repr(validation)
    assert validation.summary() in " ".join(repr(validation).split())


def test_a_model_says_how_far_it_has_come_and_makes_no_agents_for_it():
    model = EIPModel("baseline", "pilot-parks", 2, settings={"behaviour.peer_weight": 0.25})
    assert "behaviour.peer_weight=0.25, world pilot-parks, seed 2" in repr(model)
    assert "no year stepped yet" in repr(model)
    model.step()
    assert "year 2015;" in repr(model)
    assert model._repr_html_()
    assert model._made is None


def test_a_model_that_was_emptied_can_still_be_looked_at():
    model = EIPModel("baseline", "pilot-parks", 2)
    model.__dict__.clear()
    assert "emptied" in repr(model)
    assert "emptied" in model._repr_html_()


def test_agents_say_who_and_where_they_are(model):
    row = int(model.rows_alive()[3])
    firm, park, nation = model.firm(row), model.park("Amata"), next(iter(model.agents_by_type[Regulator]))
    assert repr(firm).startswith(f"Firm {firm.id} in {model.park(int(firm.park)).name}")
    assert f"{firm.n_adopted} of them adopted since 2015" in " ".join(repr(firm).split())
    assert repr(park).startswith(f"Operator of Amata ({park.id}), Đồng Nai")
    assert repr(nation).startswith("Regulator of the nation")
    assert f"{nation.audits_done:,} audits done" in repr(nation)


def test_a_world_says_how_large_it_is_and_whose_tables_it_has():
    lines = repr(eipsim.build_world("folder:tests/data/example-country", seed=1)).splitlines()
    assert lines[0] == "World folder:tests/data/example-country, seed 1, 2 provinces"
    assert re.fullmatch(r"  4 parks, [0-9,]+ firms in 2015; 10 parks, [0-9,]+ firms in 2050", lines[1])
    assert "its own tables: parks, provinces" in lines[2]


def test_a_design_says_what_varies_and_how_many_runs_that_takes(study):
    assert repr(study.store.design).splitlines() == str(study.store.design).splitlines() == [
        "Design: Peers",
        "  2 scenarios x 3 points x 1 replicates = 6 runs, world pilot-parks, 2026-2030",
        "  scenarios: baseline, subsidy; factors: behaviour.peer_weight",
    ]  # fmt: skip


def test_a_forecast_says_how_many_runs_are_left_and_how_long_they_take(tmp_path):
    design = {"scenarios": ["baseline"], "world": "pilot-parks", "years": [2015, 2016], "replicates": 7}
    found = eipsim.forecast(design, tmp_path / "store", jobs=2)
    assert "to do 7; 0 are stored already" in " ".join(repr(found).split())
    assert re.search(r"s a run, so .* of CPU, .* on 2 workers", repr(found))
    assert not (tmp_path / "store").exists()


# ---- everywhere alike ------------------------------------------------------------------------------------------------


def test_every_object_is_a_few_lines_at_a_prompt_and_a_small_page_in_a_notebook(request):
    for shown in all_of(request):
        lines = repr(shown).splitlines()
        assert 1 <= len(lines) <= 9, shown
        assert all(0 < len(line) <= WIDTH for line in lines), shown
        page = shown._repr_html_()
        assert len(page) < 20_000
        assert html.escape(shown.told()[0]) in page


def test_every_object_has_a_summary_and_a_figure_that_can_be_drawn(request):
    for shown in all_of(request):
        assert len(shown.summary()) > 0
        figure = shown.plot()
        assert isinstance(figure, matplotlib.figure.Figure)
        assert figure.finding
        assert figure._repr_png_()[:4] == b"\x89PNG"


def test_what_users_name_is_escaped(validation):
    page = validation._repr_html_()
    assert "<b>firms</b>" not in page
    assert "&lt;b&gt;firms&lt;/b&gt;" in page


def test_what_a_terminal_would_obey_is_shown_escaped():
    class Bad(Shown):
        def told(self):
            return ["a\x1b[31mb", "<script>"]

    assert repr(Bad()) == "a\\x1b[31mb\n  <script>"
    assert Bad()._repr_html_() == "<div><strong>a\\x1b[31mb</strong><br>&lt;script&gt;</div>"


# ---- summaries -------------------------------------------------------------------------------------------------------


def test_the_summary_of_a_run_has_every_outcome_in_the_years_asked_for(run):
    table = run.summary([2027])
    pd.testing.assert_series_equal(table[2027].astype(float), run.outcomes.loc[2027], check_names=False)
    assert table.loc["co2_t", ["outcome", "unit"]].tolist() == ["CO₂ emissions", "tCO2/yr"]
    assert list(run.summary().columns) == ["outcome", "unit", 2026, 2030]
    with pytest.raises(InputError, match=r"\[2051\] are not in the run; allowed: 2026 to 2030"):
        run.summary([2051])


def test_the_summary_of_a_study_is_over_all_its_points(study):
    row = study.summary(outcomes=["co2_t"]).set_index("scenario").loc["baseline"]
    values = study.values("co2_t @2030")[0]
    assert (row["runs"], row["year"], row["unit"]) == (2, 2030, "tCO2/yr")
    assert row["median"] == pytest.approx(np.nanmedian(values))
    assert row["low"] < row["median"] < row["high"]


def test_the_summary_of_a_firm_tells_its_measures_apart(model):
    for row in model.rows_alive()[:40]:
        firm = model.firm(int(row))
        table = firm.summary()
        assert (table["state"] == "adopted").sum() == firm.n_adopted
        assert table["chance"].between(0, 1)[table["state"] == "known"].all()
        assert table["chance"].isna()[table["state"] != "known"].all()
        assert (table["installed_year"].notna() == table["state"].isin(["adopted", "initial stock"])).all()


def test_looking_at_a_model_changes_nothing():
    looked, plain = (EIPModel("full-package", "pilot-parks", 5, years=(2015, 2024)) for _ in range(2))
    while looked.year < 2024:
        looked.step()
        plain.step()
        for shown in () if looked.year == 2015 else (looked, looked.firm(int(looked.rows_alive()[7])), looked.park(0)):
            shown.summary(), repr(shown), shown.plot()
    pd.testing.assert_frame_equal(looked.outcomes, plain.outcomes, check_exact=True)


# ---- firms of a run ----------------------------------------------------------------------------------------------------


def test_the_firms_of_a_run_add_up_to_its_outcomes(run):
    firms = run.firms
    last = run.outcomes.loc[2030]
    assert len(firms) == last["firms"]
    assert firms["firm_id"].is_unique
    shared = [name for name in firms if name in last.index]
    assert {"co2_t", "co2_avoided_t", "jobs", "water_m3", "firm_saving_usd", "recp_measures_installed"} <= set(shared)
    np.testing.assert_allclose(firms[shared].sum(), last[shared], rtol=1e-9)
    assert firms["measured"].dtype == bool
    assert (firms["applies_recp"] & firms["measured"]).mean() == pytest.approx(last["recp_firm_share"])
    assert firms.attrs["units"]["co2_t"] == "tCO2/yr"


def test_what_firms_and_vouchers_have_paid_so_far_adds_up_to_what_was_booked_year_by_year():
    model = EIPModel("subsidy", "pilot-parks", 5, years=(2015, 2035))
    connections = 0.0
    while model.year < 2035:
        model.step()
        connections += model.state.infrastructure.flows[:, CONNECTIONS].sum()
    paid, booked = model.state.firms, model.outcomes.sum()
    assert booked["subsidy_paid_usd"] > 0.0
    assert booked["firm_investment_usd"] > connections
    np.testing.assert_allclose(
        paid["invested_so_far"].sum() / 100 + connections, booked["firm_investment_usd"], rtol=1e-12
    )
    np.testing.assert_allclose(paid["subsidy_so_far"].sum() / 100, booked["subsidy_paid_usd"], rtol=1e-12)
    firms = firm_table(model)
    assert firms["vouchers_so_far_usd"].sum() <= booked["subsidy_paid_usd"]


def test_firms_of_an_earlier_year_are_those_of_that_year(run):
    firms = run.firms_in(2027)
    by_park = run.parks[run.parks["year"] == 2027].set_index("park_id")["firms"]
    pd.testing.assert_series_equal(
        firms["park_id"].value_counts().sort_index(), by_park.sort_index(), check_names=False, check_index_type=False
    )
    with pytest.raises(InputError, match="2014 is not in the run; allowed: 2026 to 2030"):
        run.firms_in(2014)


def test_firms_are_worked_out_once_and_only_when_asked_for(monkeypatch):
    short = simulate("baseline", world="pilot-parks", years=(2015, 2015))
    calls = []
    again = short.again
    object.__setattr__(short, "again", lambda: calls.append(1) or again())
    repr(short), short.summary()
    assert calls == []
    assert short.firms is short.firms
    assert calls == [1]


def test_a_run_can_be_pickled_whatever_it_was_made_with_and_then_has_no_firms():
    short = simulate("baseline", world="pilot-parks", years=(2015, 2015))
    object.__setattr__(short, "again", lambda: None)  # as with a rule of the user's own, which cannot be pickled
    again = pickle.loads(pickle.dumps(short))
    pd.testing.assert_frame_equal(again.outcomes, short.outcomes)
    assert repr(again) == repr(short)
    with pytest.raises(RunError, match="simulate again"):
        again.firms  # noqa: B018


# ---- examples and signatures -------------------------------------------------------------------------------------------

WITH_EXAMPLES = (
    "core.shown", "exports.arrays", "exports.codebook", "exports.excel", "exports.iamc", "outcomes.headlines",
    "runs.provenance", "runs.firms", "runs.simulation", "analysis.compare", "model.model", "stores.store",
)  # fmt: skip


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_in_docstrings_hold(name):
    assert doctest.testmod(importlib.import_module(f"eipsim.{name}")).failed == 0


@pytest.mark.parametrize(
    "function",
    [simulate, compare, eipsim.simulate_many, eipsim.validate, EIPModel.__init__],
    ids=lambda f: f.__qualname__,
)
def test_scenario_world_and_rule_have_one_type_each_everywhere(function):
    types = {name: str(kind).replace(" | None", "") for name, kind in function.__annotations__.items()}
    assert types["world"] == "WorldLike"
    assert types["rule"] == "RuleLike"
    assert types.get("scenario", "ScenarioLike") == types.get("baseline", "ScenarioLike") == "ScenarioLike"


@pytest.mark.parametrize(
    "kind", [Firm, ParkOperator, Regulator, EIPModel, Study, Store, eipsim.Run, eipsim.Comparison, eipsim.Validation]
)
def test_public_methods_say_what_they_give(kind):
    for name in ("told", "summary", "plot", "to_xarray", "to_excel", "to_iamc"):
        method = getattr(kind, name, None)
        assert method is None or "return" in method.__annotations__, f"{kind.__name__}.{name}"
