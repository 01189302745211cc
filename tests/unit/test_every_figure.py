"""Every figure that the command line draws: words apart and on the page, all data within its axes, nothing white on white."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from charts import beyond_page, cut_off, overlapping, texts, too_pale, white_areas

import eipsim
from eipsim import figures
from eipsim.errors import InputError
from eipsim.figures import payers, provinces, splits, style, target_lines
from eipsim.runs.simulation import simulate
from eipsim.scenarios.entries import Target

OF_A_COMPARISON = {
    "differences": figures.differences, "cost_by_payer": figures.cost_by_payer, "transition": figures.transition,
    "co2_against_target": figures.co2_against_target, "pathways": figures.pathways,
}  # fmt: skip
OF_A_RUN = figures.OF_A_RUN | {"pathways": figures.pathways}
IN_AXES = {
    "pathways": figures.pathways, "measures": figures.avoided_by_measure, "money": figures.money_by_payer,
    "target": figures.co2_against_target,
}  # fmt: skip


@pytest.fixture(scope="module")
def run():
    return simulate("full-package", seed=1, world="pilot-parks", detail=True)


@pytest.fixture(scope="module")
def comparison():
    return eipsim.compare(["subsidy", "carbon-price", "full-package"], world="pilot-parks", replicates=4)


def assert_can_be_read(chart):
    assert overlapping(chart) == []
    assert beyond_page(chart) == []
    assert too_pale(chart) == []
    assert white_areas(chart) == []
    assert cut_off(chart) == []


def said_around(chart):
    """Title and small print of a page."""
    return " ".join(text.get_text() for text in chart.texts).replace("\u00a0", " ")


@pytest.mark.parametrize("name", OF_A_RUN)
def test_a_figure_of_a_run_can_be_read(name, run):
    assert_can_be_read(OF_A_RUN[name](run))


@pytest.mark.parametrize("name", OF_A_COMPARISON)
def test_a_figure_of_a_comparison_can_be_read(name, comparison):
    assert_can_be_read(OF_A_COMPARISON[name](comparison))


@pytest.mark.parametrize("name", OF_A_RUN)
def test_a_figure_of_a_run_says_of_which(name, run):
    assert "Scenario: full-package. World: pilot-parks." in said_around(OF_A_RUN[name](run))


@pytest.mark.parametrize("name", OF_A_COMPARISON)
def test_a_figure_of_a_comparison_says_of_which(name, comparison):
    told = "Scenarios: baseline, subsidy, carbon-price, full-package. World: pilot-parks."
    assert told in said_around(OF_A_COMPARISON[name](comparison))


def test_every_figure_that_is_saved_of_a_run_is_looked_at():
    assert set(figures.SAVED_OF_A_RUN.values()) <= set(OF_A_RUN.values())


# ---- the checks themselves -----------------------------------------------------------------------------------------------


def test_the_checks_find_pale_words_white_areas_and_what_is_cut_off(run):
    chart = figures.pathways(run)
    axes = chart.axes[0]
    axes.text(2030, axes.get_ylim()[1] / 20.0, "pale", color="#f4f4f4")
    axes.fill_between([2020, 2030], 0.0, axes.get_ylim()[1] / 3.0, color="white")
    high = axes.get_ylim()[1]
    axes.plot([2020, 2030], [0.0, 2.0 * high])
    axes.set_ylim(0.0, high)
    assert too_pale(chart) == ["pale"]
    assert len(white_areas(chart)) == 1
    assert len(cut_off(chart)) == 1


# ---- in axes of the user's own -------------------------------------------------------------------------------------------


def in_axes(name, run, comparison, ax=None):
    """One of IN_AXES of a run, or one of a comparison."""
    return IN_AXES[name](run, ax=ax) if name in IN_AXES else OF_A_COMPARISON[name](comparison, ax=ax)


@pytest.mark.parametrize("name", [*IN_AXES, "differences", "cost_by_payer"])
def test_one_panel_is_drawn_in_given_axes_and_keeps_within_their_place(name, run, comparison):
    page, (left, right) = plt.subplots(1, 2, figsize=(12.0, 4.5))
    place = left.get_position()
    chart = in_axes(name, run, comparison, left)
    assert chart is page
    assert left.has_data()
    assert not right.has_data()
    page.canvas.draw()
    inside = left.get_tightbbox().transformed(page.transFigure.inverted())
    assert place.x0 - 0.01 <= inside.x0
    assert inside.x1 <= place.x1 + 0.02
    assert left.get_title(loc="left").replace("\n", " ") == style.unbroken(in_axes(name, run, comparison).finding)
    assert overlapping(page) == []
    plt.close(page)


def test_axes_that_are_too_small_or_none_are_refused(run):
    page, axes = plt.subplots(figsize=(2.0, 1.5))
    with pytest.raises(InputError, match=r"ax: is too small for the labels of this figure; make the figure \d"):
        figures.pathways(run, ax=axes)
    with pytest.raises(InputError, match="Figure is no Axes"):
        figures.pathways(run, ax=page)
    plt.close(page)


# ---- the new ones say what the data say ----------------------------------------------------------------------------------


def test_differences_are_those_of_the_pairs_and_only_clear_ones_are_called_so(comparison):
    chart = figures.differences(comparison, "co2_avoided_t")
    wide = comparison.pathways.groupby(["replicate", "scenario"])["co2_avoided_t"].sum().unstack()
    gaps = wide["full-package"] - wide["baseline"]
    drawn = np.concatenate(
        [dots.get_offsets()[:, 0] for dots in chart.axes[0].collections if len(dots.get_offsets()) == 4]
    )
    assert np.isclose(drawn * 1e6, gaps.max()).any()
    assert "more than the baseline under full package" in chart.finding
    with pytest.raises(InputError, match="did you mean co2_avoided_t"):
        figures.differences(comparison, "co2_avoided")


def test_costs_by_payer_are_those_of_the_comparison(comparison):
    table = splits.per_tonne_of(comparison.costs, "discounted").set_index(["scenario", "part"])["per_tonne"]
    costs = comparison.costs.set_index(["scenario", "quantity"])["value"]
    assert table["carbon-price", "public"] == costs["carbon-price", "discounted_public_cost_per_tonne"]
    bars = figures.cost_by_payer(comparison).axes[0].patches
    assert any(np.isclose(bar.get_width(), table["full-package", "private"]) for bar in bars)
    with pytest.raises(InputError, match="did you mean discounted"):
        figures.cost_by_payer(comparison, "discount")


def test_what_payers_spend_is_what_the_run_says(run):
    names = [column for parts, *_ in payers.PAYERS.values() for column in parts]
    whole = float(run.outcomes[names].to_numpy().sum())
    assert payers.quantity(whole, "USD") in figures.money_by_payer(run).finding


def test_the_title_of_the_target_tells_what_is_left_of_the_base_year(run):
    co2 = run.outcomes["co2_total_t"]
    left = 100.0 * co2[2050] / co2[2024]
    assert figures.co2_against_target(run).finding == f"CO₂ in 2050 is {left:.1f} % of 2024; the target is at most 10 %"
    own = Target(outcome="co2_t", year=2030, of_year=2020, at_most=0.8)
    assert "2030" in figures.co2_against_target(run, own).finding
    with pytest.raises(InputError, match="the runs have 2015 to 2050"):
        figures.co2_against_target(run, own.model_copy(update={"of_year": 2010}))


def test_a_country_of_the_users_own_is_not_held_against_viet_nams_target(run):
    from dataclasses import replace

    abroad = replace(run, provenance=run.provenance | {"world": "folder:abroad", "scenario": "my-own"})
    assert target_lines.target_of(abroad) is None
    assert not target_lines.has_target(abroad)


def test_every_province_has_its_panel_with_its_own_line(run):
    chart = figures.by_province(run, "recp_firm_share")
    last = run.provinces[run.provinces["year"] == 2050].set_index("province")["recp_firm_share"]
    assert len(chart.axes) == len(last)
    for axes in chart.axes:
        line = axes.lines[-1].get_ydata()
        assert np.isclose(
            line.iloc[-1] if hasattr(line, "iloc") else line[-1], 100.0 * last[axes.get_title(loc="left")]
        )
    with pytest.raises(InputError, match="recp_firm_share"):
        figures.by_province(run, "recp_firm_shar")


def test_provinces_that_have_no_panel_are_summed_and_said():
    wide = provinces.pd.DataFrame({f"P{k}": [1.0, 20.0 - k] for k in range(20)}, index=[2049, 2050])
    said = " ".join(text for text, _ in texts(provinces.draw(wide, "co2_avoided_t")))
    assert "Not shown: 4 provinces with less, together 10 tCO₂/yr in 2050" in said


def test_the_history_of_a_park_tells_when_it_took_its_steps(run):
    rows = run.parks[(run.parks["name"] == "Amata") & (run.parks["year"] == 2050)].iloc[0]
    chart = figures.park_history(run, "amata")
    commits, converts = rows["commit_year"], rows["converted_year"]
    assert chart.finding.startswith(f"Amata ({rows['province']}) commits in {commits}, converts in {converts}")
