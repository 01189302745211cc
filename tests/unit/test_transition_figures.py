"""Figures of the transition: what they count is what the run says, nothing is lost on the way, no label lies on another."""

import numpy as np
import pandas as pd
import pytest
from charts import beyond_page, overlapping, texts

import eipsim
from eipsim import figures
from eipsim.errors import InputError
from eipsim.figures import (
    abatements,
    criteria,
    exchange_funnels,
    inequality,
    networks,
    parks,
    ribbons,
    sankeys,
    transitions,
)
from eipsim.infrastructure.columns import FLOW
from eipsim.model.model import EIPModel
from eipsim.runs.metabolism import BALANCES
from eipsim.runs.simulation import simulate


@pytest.fixture(scope="module")
def run():
    return simulate("full-package", seed=1, world="pilot-parks", detail=True)


@pytest.fixture(scope="module")
def nation():
    return simulate("full-package", seed=1, years=(2015, 2035), detail=True)


@pytest.fixture(scope="module")
def pairs():
    return eipsim.simulate_many(["baseline", "technical-assistance"], 4, world="pilot-parks")


@pytest.mark.parametrize("world", ["run", "nation"])
@pytest.mark.parametrize("kind", ["transition", "criteria", "exchanges", "abatement", "lorenz", "network", "sankey"])
def test_no_label_lies_on_another_or_leaves_the_page(kind, world, request):
    chart = figures.OF_A_RUN[kind](request.getfixturevalue(world))
    assert overlapping(chart) == []
    assert beyond_page(chart) == []


@pytest.mark.long
def test_every_park_with_exchanges_has_a_network_without_labels_on_each_other(nation):
    there = parks.running(nation)
    for park in sorted(set(there["donor_park"].astype(str)))[::12]:
        chart = figures.symbiosis_network(nation, park)
        assert overlapping(chart) == []
        assert beyond_page(chart) == []


# ---- converted, certified, score ---------------------------------------------------------------------------------------


def test_the_three_outcomes_have_a_panel_each(run, pairs):
    for source in (run, pairs):
        titles = [axes.get_title(loc="left") for axes in figures.transition(source).axes]
        assert titles == list(transitions.PANELS.values())


def test_replicates_are_bands_and_a_single_run_has_none(run, pairs):
    bands = {len(axes.collections) for axes in figures.transition(pairs).axes}
    assert bands == {2 * 2}  # two bands of two scenarios
    assert {len(axes.collections) for axes in figures.transition(run).axes} == {0}


# ---- funnel of exchanges -----------------------------------------------------------------------------------------------


def test_the_funnel_counts_what_the_run_counts(nation):
    stages = exchange_funnels.by_stage(nation.exchanges)
    last = nation.outcomes.iloc[-1]
    assert stages.loc["identified"].sum() == last["exchanges_identified"]
    assert stages.loc["feasible"].sum() == last["exchanges_feasible"]
    assert stages.loc["operating", exchange_funnels.ON] == last["exchanges_operating"]


def test_what_goes_on_at_a_stage_is_what_arrives_at_the_next(nation):
    stages = exchange_funnels.by_stage(nation.exchanges)
    for one, other in zip(stages.index, stages.index[1:]):
        assert stages.loc[one, exchange_funnels.ON] == stages.loc[other].sum()
    lost = stages[list(exchange_funnels.REASONS)].sum().sum()
    assert lost == (nation.exchanges["state"].astype(str) == "ended").sum() > 0


def test_the_classes_hold_every_exchange_once(nation):
    assert exchange_funnels.by_class(nation.exchanges).sum().sum() == len(nation.exchanges)


def test_a_run_without_exchanges_says_so(run):
    from dataclasses import replace

    with pytest.raises(InputError, match="no exchange has been identified"):
        figures.exchange_funnel(replace(run, exchanges=run.exchanges.iloc[:0]))
    with pytest.raises(InputError, match="no exchange is in operation"):
        figures.symbiosis_network(replace(run, exchanges=run.exchanges.iloc[:0]))


# ---- criteria that bind ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("among", ["committed", "operating"])
def test_fewer_parks_fail_nothing_else_than_fail(nation, among):
    table = criteria.shares(nation.criteria, among).dropna()
    assert (table["alone"] <= table["failing"]).all()
    assert table["failing"].between(0.0, 100.0).all()
    assert table["failing"].max() > 0.0


def test_the_title_names_the_criterion_that_most_parks_fail():
    table = pd.DataFrame(
        {"year": 2030, "decree": "D35-2022", "criterion": ["Reports", "Land"], "parks": 10, "failing": [20.0, 80.0],
         "alone": [10.0, 0.0]}
    )  # fmt: skip
    assert criteria.finding(table, "committed") == (
        "In 2030, 80 % of committed parks fail “land”; 10 % fail nothing but “reports”"
    )


def test_parks_of_unknown_standing_are_told(nation):
    with pytest.raises(InputError, match="did you mean committed"):
        figures.binding_criteria(nation, among="comitted")


# ---- networks and material flows of parks ------------------------------------------------------------------------------


def test_the_default_park_has_most_exchanges(nation):
    exchanges = parks.running(nation)
    busiest = parks.busiest(exchanges)
    most = len(parks.of_park(exchanges, busiest))
    assert most == max(len(parks.of_park(exchanges, park)) for park in set(exchanges["donor_park"].astype(str)))


@pytest.mark.parametrize("world", ["run", "nation"])
def test_every_exchange_of_a_park_is_counted_at_the_giver_in_a_stream_and_at_the_taker(world, request):
    whole = request.getfixturevalue(world)
    there = parks.running(whole)
    exchanges = parks.of_park(there, parks.busiest(there))
    shown = [text for text, _ in texts(figures.symbiosis_network(whole))]
    at_the_sides = [int(text.split("\u00a0")[-1]) for text in shown if "\u00a0\u00a0" in text and text[-1].isdigit()]
    in_streams = [
        int(text.split("\n")[-1].split(":")[0]) for text in shown if "\n" in text and ": " in text.split("\n")[-1]
    ]
    assert sum(at_the_sides) == 2 * len(exchanges)
    assert sum(in_streams) == len(exchanges)


def test_ribbons_of_a_network_are_as_thick_as_their_exchanges_are_many(run):
    there = parks.running(run)
    exchanges = parks.of_park(there, parks.busiest(there))
    axes = figures.symbiosis_network(run).axes[0]
    bands = [patch.get_path().vertices for patch in axes.patches if len(patch.get_path().vertices) == 9]
    thick = networks.THICKEST if len(exchanges) < 17 else networks.ALL / len(exchanges)
    assert sum(band[4][1] - band[3][1] for band in bands) == pytest.approx(2 * len(exchanges) * thick)
    assert len(bands) < 2 * len(exchanges) + 1


def test_earlier_years_show_what_ran_then(nation):
    year = 2030
    then = parks.running(nation, year)
    assert len(then) == nation.outcomes.loc[year, "exchanges_operating"]
    assert (then["operating_year"] <= year).all()
    assert str(year) in figures.symbiosis_network(nation, year=year).finding


def test_parks_are_found_by_name_without_accents_and_unknown_ones_told(nation):
    assert parks.find_park(nation, "bien hoa 1", nation.exchanges) == parks.find_park(nation, "P350", nation.exchanges)
    with pytest.raises(InputError, match="unknown"):
        figures.park_sankey(nation, "Nowhere at all")
    with pytest.raises(InputError, match="fits"):
        figures.park_sankey(nation, "bien hoa")


def test_material_flows_balance_in_every_park_and_sector(nation):
    table = nation.material_flows
    for whole, pieces in BALANCES.items():
        np.testing.assert_allclose(table[list(pieces)].sum(axis=1), table[whole], rtol=1e-9, atol=1e-6)
        assert (table[list(pieces)] >= -1e-6).all(axis=None)


def test_material_flows_sum_to_the_outcomes(nation):
    table, last = nation.material_flows.drop(columns=["park_id", "name", "sector"]).sum(), nation.outcomes.iloc[-1]
    for name, outcome in (
        ("water_fresh_m3", "water_m3"),
        ("wastewater_treated_m3", "wastewater_m3"),
        ("waste_disposed_t", "waste_t"),
        ("hazardous_disposed_t", "hazardous_waste_t"),
        ("materials_exchanged_usd", "exchange_material_usd"),
        ("firms", "firms"),
    ):
        assert table[name] == pytest.approx(last[outcome], rel=1e-9)
    assert table["waste_avoided_t"] + table["hazardous_avoided_t"] == pytest.approx(last["waste_avoided_t"], rel=1e-9)
    assert table["water_shared_m3"] > 0.0
    assert table["waste_exchanged_t"] > 0.0


def test_what_goes_into_a_sector_of_a_sankey_comes_out_of_it(nation):
    for park_id in sorted(set(nation.material_flows["park_id"]))[::40]:
        table = sankeys.sectors_of(nation.material_flows, park_id)
        for panel in sankeys.PANELS:
            inputs, outputs = sankeys.links(table, panel)
            np.testing.assert_allclose(inputs.sum(axis=1), outputs.sum(axis=1), rtol=1e-9, atol=1e-6)


def test_ribbons_are_as_thick_as_their_flows_and_leave_no_gap(run):
    """Drawn inches: the ribbons of a node cover it from its upper to its lower edge, on both sides of the sectors."""
    table = sankeys.sectors_of(run.material_flows, str(run.material_flows["park_id"].iloc[0]))
    inputs, _ = sankeys.links(table, sankeys.PANELS[0])
    per_inch = float(inputs.to_numpy().sum()) / 1.4
    middle = ribbons.column(0.0, inputs.sum(axis=1), per_inch, 2.0).top
    gaps = middle.to_numpy()[1:] - (middle + inputs.sum(axis=1) / per_inch).to_numpy()[:-1]
    np.testing.assert_allclose(gaps, ribbons.GAP)
    band = ribbons.ribbon((0.0, 1.0), (2.0, 3.0), 0.5)
    assert band.vertices[-2][1] - band.vertices[0][1] == pytest.approx(0.5)
    assert band.vertices[4][1] - band.vertices[3][1] == pytest.approx(0.5)


def test_figures_of_details_say_how_to_get_them():
    plain = simulate("baseline", world="pilot-parks", years=(2015, 2030))
    for draw in (figures.park_sankey, figures.abatement):
        with pytest.raises(InputError, match="detail=True"):
            draw(plain)
    with pytest.raises(InputError, match="detail=True"):
        figures.symbiosis_network(plain, year=2025)


# ---- realised abatement ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("world", ["run", "nation"])
def test_steps_sum_to_the_tonnes_and_savings_of_the_scenario(world, request):
    run = request.getfixturevalue(world)
    table, last = figures.realised_abatement(run), run.outcomes.iloc[-1]
    assert table["co2_t"].sum() == pytest.approx(last["co2_avoided_t"] + last["co2_avoided_outside_t"], rel=1e-9)
    assert table["firm_saving_usd"].sum() == pytest.approx(last["firm_saving_usd"], rel=1e-9)
    by_kind = table.groupby("kind")["co2_t"].sum()
    assert (by_kind[["measure", "system", "exchange"]] > 0.0).all()
    measures = run.avoided_by_measure.iloc[-1].rename(lambda name: name.removesuffix("-at-renewal"))
    measures = measures.groupby(level=0).sum()  # early and at the end of the old boiler
    shown = table[table["kind"] == "measure"].set_index("name")["co2_t"]
    np.testing.assert_allclose(shown, measures[shown.index], rtol=1e-9)


def test_capital_is_what_firms_and_vouchers_really_paid():
    from eipsim.agents.firm.columns import ADOPTED

    model, paid, kept = EIPModel("subsidy", world="pilot-parks", detail=True), 0.0, 0.0
    while model.year < 2032:
        model.step()
        firms, alive = model.state.firms, model.rows_alive()
        new = (firms.installed_year[alive] == model.year) & (firms.origin[alive] == ADOPTED)
        kept += model.detail.capital[alive][new].sum()
        connections = model.state.infrastructure.flows[:, FLOW["connection_usd"]].sum()
        paid += model.firm_investment_usd + model.subsidy_paid_usd - connections
    assert kept == pytest.approx(paid, rel=2e-3)
    assert paid > 1e6


def test_serving_all_systems_once_more_gives_the_accounts_of_the_year():
    from eipsim.infrastructure.items import N_ITEMS
    from eipsim.runs.abatement import served_by

    model = EIPModel("shared-systems", world="pilot-parks", detail=True).run()
    before = [
        table.copy()
        for table in (model.state.infrastructure.systems, model.state.infrastructure.services, model.state.operators)
    ]
    again, booked = served_by(model.state, model.this_year, N_ITEMS), model.state.infrastructure.flows.sum(axis=0)
    once = [FLOW[name] for name in ("connection_usd", "capital_usd", "grant_usd", "licence_usd")]
    np.testing.assert_allclose(np.delete(again, once), np.delete(booked, once), rtol=1e-9)
    after = (model.state.infrastructure.systems, model.state.infrastructure.services, model.state.operators)
    assert all((one == other).all() for one, other in zip(before, after))


def steps(*rows, saves="electricity"):
    table = pd.DataFrame(rows, columns=["label", "co2_t", "cost_usd"]).assign(kind="measure", saves=saves)
    return table


def test_dollars_per_tonne_only_where_costs_are_positive():
    class Run:
        abatement = steps(("saves", 10.0, -50.0), ("costs", 10.0, 50.0), ("adds", -1.0, 5.0), ("idle", 0.0, -9.0))

    table = figures.realised_abatement(Run)
    assert table["group"].tolist() == [abatements.PAYS, abatements.COSTS, abatements.NO_CO2, abatements.NO_CO2]
    assert table["usd_per_t"].fillna(-1.0).tolist() == [-1.0, 5.0, -1.0, -1.0]


@pytest.mark.parametrize("saves", ["material", "steam"])
def test_what_mainly_saves_material_or_steam_has_no_cost_of_abatement(saves):
    class Run:
        abatement = steps(("gains", 10.0, -50.0), ("costs", 10.0, 50.0), ("no CO2", 0.0, -9.0), saves=saves)

    table = figures.realised_abatement(Run)
    assert (table["group"] == abatements.APART).all()
    assert table["usd_per_t"].isna().all()
    assert table["cost_usd"].tolist() == [-50.0, 50.0, -9.0]


def test_the_finding_tells_what_pays_what_costs_and_what_stands_apart():
    class Run:
        abatement = pd.concat(
            [steps(("saves", 60.0, -5.0), ("costs", 30.0, 5.0)), steps(("steam", 10.0, -9.0), saves="steam")]
        )

    told = abatements.finding(figures.realised_abatement(Run), 2050)
    assert told.startswith(
        "Of 100 tCO₂ avoided in 2050, 60.0 % pay for themselves, 30.0 % come at a net cost and 10.0 % come with"
    )
    Run.abatement = Run.abatement.iloc[:1]
    assert "none of it at a net cost" in abatements.finding(figures.realised_abatement(Run), 2050)


def test_every_step_says_what_it_mainly_saves(nation):
    table = nation.abatement.set_index("name")["saves"]
    words = {
        "electricity",
        "fuel",
        "energy",
        "steam",
        "water",
        "wastewater",
        "waste",
        "material",
        "services",
        "transport",
    }
    assert set(table) <= words
    assert table["steam-network"] == table["biomass-steam"] == "steam"
    assert table["scrap-reduction"] == "material"


def test_what_exchanges_save_is_what_their_receivers_no_longer_buy():
    from eipsim.exchanges.catalogue import read_exchange_types
    from eipsim.runs.abatement import saved_by_exchanges

    types = read_exchange_types()
    saved = dict(zip(types.ids, saved_by_exchanges(types)))
    assert (saved["IS01"], saved["IS02"], saved["IS03"]) == ("steam", "fuel", "steam")
    assert (saved["IS07"], saved["IS08"], saved["IS15"], saved["IS22"]) == ("water", "material", "material", "fuel")
    assert set(saved.values()) <= {"steam", "fuel", "water", "material", "waste"}


def test_the_front_is_what_no_other_beats_in_both():
    table = steps(("most tonnes", 100.0, -1.0), ("beaten", 50.0, -2.0), ("both", 60.0, -5.0), ("most money", 1.0, -9.0))
    assert abatements.pareto_front(table)["label"].tolist() == ["most tonnes", "both", "most money"]
    twins = steps(("one", 5.0, -1.0), ("other", 5.0, -1.0))
    assert len(abatements.pareto_front(twins)) == 1


# ---- Lorenz curves -----------------------------------------------------------------------------------------------------


def test_equal_money_per_firm_is_no_inequality_and_one_province_with_all_is_nearly_whole():
    firms = pd.Series([10.0, 30.0, 60.0])
    assert inequality.gini(inequality.curve(5.0 * firms, firms)) == pytest.approx(0.0)
    equal = pd.Series(np.ones(100))
    all_in_one = pd.Series([0.0] * 99 + [1.0])
    assert inequality.gini(inequality.curve(all_in_one, equal)) == pytest.approx(0.99)


def test_lorenz_curves_rise_below_the_diagonal(nation):
    totals = inequality.by_province(nation)
    for name in inequality.SHOWN:
        points = inequality.curve(totals[name], totals[inequality.WEIGHT])
        assert (np.diff(points, axis=0) >= 0.0).all()
        assert (points[:, 1] <= points[:, 0] + 1e-12).all()
        assert 0.0 < inequality.gini(points) < 1.0


def test_public_money_by_province_is_part_of_public_spending(nation):
    placed = nation.provinces.groupby("year")["public_money_usd"].sum()
    spent = nation.outcomes["public_spending_usd"]
    assert (placed <= spent * (1.0 + 1e-12) + 0.01).all()
    assert (placed >= nation.outcomes["subsidy_paid_usd"] - 0.01).all()
    assert placed.sum() > 0.3 * spent.sum()
