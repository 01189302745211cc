"""Figures say what the data say, carry units, put no label on another, and are the same bytes every time."""

import doctest
import itertools

import numpy as np
import pandas as pd
import pytest
from charts import beyond_page, overlapping, texts
from matplotlib.image import imread

import eipsim
from eipsim import figures
from eipsim.errors import InputError
from eipsim.figures import fans, funnels, labels, maps, stacks, style
from eipsim.figures import wording as words
from eipsim.figures.colours import SERIES
from eipsim.model.model import EIPModel
from eipsim.outcomes.registry import OUTCOMES
from eipsim.runs.simulation import simulate

pytestmark = pytest.mark.xdist_group("figures")  # what is made once for the file is made once


@pytest.fixture(scope="module")
def run():
    return simulate("baseline", seed=1, world="pilot-parks", detail=True)


@pytest.fixture(scope="module")
def nation():
    return simulate("baseline", seed=1, years=(2015, 2030), detail=True)


@pytest.fixture(scope="module")
def pairs():
    return eipsim.simulate_many(
        ["baseline", "carbon-price", "subsidy", "technical-assistance", "full-package"], 4, world="pilot-parks"
    )


def table(**values):
    """A tidy table of constant pathways with a little noise that replicates share: scenario name = yearly value."""
    rows = [
        {"scenario": name.replace("_", "-"), "replicate": r, "year": year, **dict.fromkeys(OUTCOMES, value + 0.1 * r)}
        for name, value in values.items()
        for r in range(4)
        for year in (2024, 2025)
    ]
    return pd.DataFrame(rows)


def charts_of(run):
    return [figures.park_map(run), figures.funnel(run), figures.avoided_by_measure(run), figures.pathways(run)]


@pytest.mark.parametrize("world", ["run", "nation"])
def test_no_label_lies_on_another_or_leaves_the_page(world, request):
    for chart in charts_of(request.getfixturevalue(world)):
        assert overlapping(chart) == []
        assert beyond_page(chart) == []


@pytest.mark.parametrize("outcome", [name for name, row in OUTCOMES.items() if "exchange" not in name])
def test_no_label_lies_on_another_whatever_the_outcome(pairs, outcome):
    chart = figures.pathways(pairs, outcome)
    assert overlapping(chart) == []
    assert beyond_page(chart) == []


def test_the_check_of_overlaps_finds_labels_on_each_other(run):
    chart = figures.pathways(run)
    chart.text(0.5, 0.5, "one label")
    chart.text(0.51, 0.5, "another")
    assert ("one label", "another") in overlapping(chart)


def test_the_title_tells_which_of_two_scenarios_has_more():
    above = figures.pathways(table(baseline=100.0, subsidy=120.0), "jobs").finding
    below = figures.pathways(table(baseline=100.0, subsidy=80.0), "jobs").finding
    assert above == "Jobs in 2025: 20 % above the baseline under subsidy"
    assert below == "Jobs in 2025: 20 % below the baseline under subsidy"


def test_the_title_does_not_claim_a_difference_that_replicates_do_not_show():
    noisy = table(baseline=100.0, subsidy=100.0)
    noisy.loc[(noisy["scenario"] == "subsidy") & (noisy["replicate"] == 0), "jobs"] += 5.0
    noisy.loc[(noisy["scenario"] == "subsidy") & (noisy["replicate"] == 1), "jobs"] -= 5.0
    assert figures.pathways(noisy, "jobs").finding == "Jobs in 2025: subsidy does not differ clearly from the baseline"


def test_flows_are_compared_over_all_years_so_that_an_early_policy_counts():
    early = table(baseline=100.0, subsidy=100.0)
    early.loc[(early["scenario"] == "subsidy") & (early["year"] == 2024), "co2_avoided_t"] += 100.0
    assert (
        figures.pathways(early, "co2_avoided_t").finding
        == "CO₂ avoided 2024–2025: 50 % above the baseline under subsidy"
    )


def test_the_title_of_many_scenarios_names_both_ends():
    many = table(baseline=100.0, subsidy=120.0, carbon_price=90.0, enforcement=101.0)
    assert figures.pathways(many, "jobs").finding == (
        "Jobs in 2025: 20 % above the baseline under subsidy, 10 % below it under carbon price"
    )


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"baseline": 1e5, "subsidy": 100_050.0, "enforcement": 150_000.0},
         "50 % above the baseline under enforcement, 50 jobs (0.05 %) above it under subsidy"),
        ({"baseline": 1e7, "subsidy": 1e7 + 200.0}, "200 jobs (less than 0.01 %) above the baseline under subsidy"),
        ({"baseline": 100.0, "enforcement": 870.0, "subsidy": 100.0},
         "8.7 times the baseline under enforcement, no clear difference under subsidy"),
        ({"baseline": 100.0, "enforcement": 870.0, "subsidy": 310.0},
         "8.7 times the baseline under enforcement, 3.1 times the baseline under subsidy"),
        ({"baseline": 0.0, "subsidy": 35.0}, "35 jobs above the baseline under subsidy"),
        ({"baseline": 100.0, "subsidy": 100.0, "enforcement": 100.0}, "no scenario differs clearly from the baseline"),
        ({"baseline": 100.0, "subsidy": 100.0, "no_eip_policy": 90.0, "carbon_price": 100.0},
         "10 % below the baseline under no EIP policy, no clear difference under subsidy"),
    ],
)  # fmt: skip
def test_titles_give_small_differences_in_units_and_large_ones_as_multiples(values, told):
    exact = table(**values)
    exact["jobs"] = exact["scenario"].map({name.replace("_", "-"): value for name, value in values.items()})
    assert figures.pathways(exact, "jobs").finding == f"Jobs in 2025: {told}"


def test_a_comparison_may_have_another_baseline():
    two = table(baseline=100.0, net_zero_2050=120.0)
    title = figures.pathways(two, "firms", baseline="net-zero-2050").finding
    assert title == "Firms in 2025: 17 % below net-zero 2050 in the baseline"


@pytest.mark.parametrize(("left", "told"), [(78.0, "net-zero 2050 (78 % of 2024 left)"), (9.0, "net-zero 2050")])
def test_a_title_names_a_scenario_that_promises_net_zero_with_what_it_leaves(left, told):
    runs = pd.DataFrame(
        [(name, r, year, value, value) for name, end in (("baseline", 110.0), ("net-zero-2050", left))
         for r in (0, 1) for year, value in ((2024, 100.0), (2050, end))],
        columns=["scenario", "replicate", "year", "co2_total_t", "co2_t"],
    )  # fmt: skip
    assert figures.pathways(runs, "co2_t").finding.endswith(f"under {told}")


def test_the_title_of_one_scenario_tells_its_way():
    falls = table(baseline=100.0)
    falls.loc[falls["year"] == 2025, "jobs"] = 50.0
    assert figures.pathways(falls, "jobs").finding == "Jobs fall from 100 in 2024 to 50 in 2025"


def test_bands_hold_the_share_of_replicates_that_they_claim():
    values = pd.DataFrame({"year": 2030, "jobs": np.arange(101.0)})
    band = fans.quantiles(values, "jobs").iloc[0]
    assert band.tolist() == [5.0, 25.0, 50.0, 75.0, 95.0]


def test_axes_carry_units(run, pairs):
    assert figures.pathways(pairs, "co2_avoided_t").axes[0].get_ylabel() == "CO₂ avoided (thousand tCO₂/yr)"
    assert figures.pathways(pairs, "recp_firm_share").axes[0].get_ylabel() == "Firms with measured RECP (%)"
    assert "tCO₂/yr" in figures.avoided_by_measure(run).axes[0].get_ylabel()
    assert any(text.endswith(" %") for text, _ in texts(figures.funnel(run)))
    assert any("° N" in text for text, _ in texts(figures.park_map(run)))


def test_every_scenario_is_named_beside_its_line(pairs):
    named = " ".join(text for text, _ in texts(figures.pathways(pairs)))
    for scenario in pairs["scenario"].unique():
        assert words.case_name(scenario) in named


def test_pathways_take_runs_tables_and_comparisons_alike(run):
    class Comparison:
        pathways = fans.tidy(run)
        baseline = "baseline"

    titles = {figures.pathways(source).finding for source in (run, [run], {"baseline": [run]}, Comparison())}
    assert len(titles) == 1


def test_unknown_outcomes_and_baselines_are_told_with_the_nearest_name(run):
    with pytest.raises(InputError, match="co2_avoided_t"):
        figures.pathways(run, "co2_avoided")
    with pytest.raises(InputError, match="baseline"):
        figures.pathways(run, baseline="baselin")
    with pytest.raises(InputError, match="no run"):
        figures.pathways([])


def parks(converted, certified):
    """Ten parks of which some have converted and some hold a certificate."""
    n = 10
    return pd.DataFrame(
        {
            "converted_year": pd.array([2020 if k < converted else None for k in range(n)], dtype="Int64"),
            "certificate": ["certified" if k < certified else "none" for k in range(n)],
        }
    )


def test_the_map_counts_converted_and_certified_parks():
    assert maps.finding(parks(0, 0), 2030) == "By 2030, none of 10 parks have converted and none holds a certificate"
    assert maps.finding(parks(7, 2), 2030) == "By 2030, 7 of 10 parks have converted and 2 hold a certificate"


def test_the_map_shows_every_park_established_by_the_year(nation):
    for year in (2015, 2030):
        points = figures.park_map(nation, year).axes[0].collections
        rings = [one for one in points if one.get_sizes()[0] == 46]  # around those that are named
        shown = sum(len(one.get_offsets()) for one in points if one not in rings)
        assert shown == nation.outcomes.loc[year, "parks_established"]
        assert rings


def test_a_kilometre_is_equally_long_in_both_directions(nation):
    axes = figures.park_map(nation).axes[0]
    middle = np.radians(np.mean(axes.get_ylim()))
    assert axes.get_aspect() == pytest.approx(1.0 / np.cos(middle))


def test_a_year_outside_the_run_is_refused(nation):
    with pytest.raises(InputError, match="2015-2030"):
        figures.park_map(nation, 2040)


def avoided(**tonnes):
    return pd.DataFrame(
        {name: [0.0, value] for name, value in tonnes.items()}, index=pd.Index([2024, 2025], name="year")
    )


def test_the_title_of_the_stack_names_the_two_largest_measures():
    one = stacks.finding(avoided(Lighting=75.0, Cooling=25.0))
    other = stacks.finding(avoided(Lighting=25.0, Cooling=75.0))
    assert one == "Lighting accounts for 75 % of the CO₂ that firms' measures avoid in 2025, cooling for 25 %"
    assert other == "Cooling accounts for 75 % of the CO₂ that firms' measures avoid in 2025, lighting for 25 %"
    assert (
        stacks.finding(avoided(Lighting=9.0, Cooling=0.0))
        == "Lighting accounts for 100 % of the CO₂ that firms' measures avoid in 2025"
    )
    assert stacks.finding(avoided(Lighting=0.0, Cooling=0.0)) == "No CO₂ is avoided in 2025"
    assert stacks.finding(avoided(Lighting=1.0, Cooling=-2.0)) == "Measures add CO₂ in 2025, on balance"


def test_the_stack_loses_no_tonne_and_hides_no_addition(run):
    whole = stacks.table_of(run)
    shown = stacks.grouped(whole)
    np.testing.assert_allclose(shown.sum(axis=1), whole.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(shown.clip(upper=0.0).sum(axis=1), whole.clip(upper=0.0).sum(axis=1), rtol=1e-12)
    total, last = run.outcomes["co2_avoided_t"], run.outcomes.iloc[-1]
    others = run.abatement.loc[run.abatement["kind"] != "measure", "co2_t"].sum()
    assert whole.iloc[-1].sum() + others == pytest.approx(
        last["co2_avoided_t"] + last["co2_avoided_outside_t"], rel=1e-9
    )
    assert (whole.sum(axis=1) <= total * (1.0 + 1e-9)).all()  # shared systems and exchanges avoid the rest
    assert (whole < 0.0).any(axis=None)


def test_a_run_without_detail_says_how_to_get_it():
    with pytest.raises(InputError, match="detail=True"):
        figures.avoided_by_measure(simulate("baseline", world="pilot-parks", years=(2015, 2016)))


def test_the_funnel_of_a_model_narrows_from_stage_to_stage():
    model = EIPModel("baseline", world="pilot-parks", detail=True).run()
    from eipsim.figures.funnels import option_ladder

    counts = option_ladder(model).counts
    assert counts[0] > counts[1] > counts[2] >= counts[3] > 0
    assert counts[3] == model.outcomes["recp_measures_installed"].iloc[-1]
    chart = figures.funnel(model)
    assert overlapping(chart) == []
    assert "Options of all firms" in [text for text, _ in texts(chart)]


def test_the_funnel_of_a_run_leads_from_options_identified_to_options_in_use(run):
    shown = [text for text, _ in texts(figures.funnel(run))]
    identified, accepted, implemented, in_use = run.options.sum()
    at = [shown.index(f"{count:,}") for count in (identified, accepted, implemented, in_use)]
    assert at == sorted(at)
    assert f"implemented {implemented:,} of {identified:,} recommended options" in figures.funnel(run).finding
    assert f"{in_use:,} are still in use" in figures.funnel(run).finding


def test_the_measures_of_the_funnel_sum_to_all_options(nation):
    shown = funnels.by_measure(nation.options)
    assert shown.sum().tolist() == nation.options[["identified", "implemented"]].sum().tolist()
    assert (shown["implemented"] / shown["identified"]).is_monotonic_decreasing


def test_the_funnel_says_when_nobody_was_audited():
    run = simulate("no-eip-policy", world="pilot-parks")
    assert figures.funnel(run).finding == "By 2050 no option has been recommended, as no firm has been audited"


def test_files_are_the_same_bytes_every_time_and_have_the_resolution_of_print(run, tmp_path):
    first = figures.save_run_figures(run, tmp_path / "one")
    second = figures.save_run_figures(run, tmp_path / "two")
    names = {path.name for path in first}
    charts = {
        *("park_map", "funnel", "pathway_co2_avoided_t", "avoided_by_measure", "transition", "binding_criteria"),
        *("exchange_funnel", "lorenz", "symbiosis_network", "park_sankey", "abatement"),
        *("money_by_payer", "co2_against_target", "park_history"),
    }
    assert names == {f"{name}.{kind}" for name in charts for kind in ("png", "svg")}
    for one, other in zip(first, second):
        assert one.read_bytes() == other.read_bytes()
        assert b"<dc:date>" not in one.read_bytes()
    assert imread(tmp_path / "one" / "funnel.png").shape[1] == 7.2 * style.DOTS_PER_INCH


def test_a_comparison_is_saved_as_one_figure_an_outcome(pairs, tmp_path):
    saved = figures.save_comparison_figures(pairs, tmp_path)
    assert len(saved) == 2 * (len(figures.KEY_OUTCOMES) + 2)  # transition and target; a table has no pairs to compare
    assert all(path.stat().st_size > 5000 for path in saved)


def test_series_differ_in_print_without_colour():
    assert len({str(line) for _, line in SERIES}) == len(SERIES)
    neighbours = itertools.pairwise([hatch for _, hatch in stacks.FILLS])
    assert all(one != other for one, other in neighbours)


def test_notebooks_can_show_a_chart_without_global_state(run):
    assert figures.pathways(run)._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("module", [words, labels, maps, style])
def test_helpers_do_what_their_examples_say(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
