"""Figures of rankings and discoveries: no word on another, none off the page, titles that say what the data say."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from charts import beyond_page, overlapping, texts, too_pale
from memory import study

from eipsim import figures
from eipsim.analysis.choice.cost_per_tonne import COLUMNS as COSTS
from eipsim.analysis.choice.information import COLUMNS as INFORMATION
from eipsim.analysis.choice.information import value_of_information
from eipsim.analysis.choice.ranking import rank
from eipsim.analysis.discovery.discovery import discover
from eipsim.figures.found_boxes import draw_way

pytestmark = pytest.mark.xdist_group("decision figures")  # what is made once for the file is made once

NAMES = ["baseline", "technical-assistance", "screening", "certification-benefits", "shared-systems",
         "national-target-2030", "full-package", "carbon-price", "enforcement", "subsidy", "legal-reform",
         "delayed-action"]  # fmt: skip


def ranking(n_scenarios, gap=0.5, **more):
    random = np.random.default_rng(1)
    rows = pd.DataFrame({"behaviour.peer_weight": random.uniform(size=60), "rule": ["npv_hurdle", "threshold"] * 30})
    slope = np.linspace(-1.0, 1.0, n_scenarios)[:, None] * rows["behaviour.peer_weight"].to_numpy()
    values = (
        30.0
        + random.normal(size=(n_scenarios, 60, 2))
        + (gap * np.arange(n_scenarios))[:, None, None]
        + 9 * slope[..., None]
    )
    made = study({"parks_certified": values}, rows, scenarios=NAMES[:n_scenarios])
    return rank(made, "parks_certified @2050", resamples=100, **more)


@pytest.mark.parametrize("n_scenarios", [2, 6, 12])
def test_rankings_can_be_read(n_scenarios):
    result = ranking(n_scenarios, satisfice="parks_certified @2050 >= 31")
    for chart in (figures.rank_map(result), figures.regret_table(result)):
        assert overlapping(chart) == []
        assert beyond_page(chart) == []


def test_the_title_names_the_best_and_how_often_it_is():
    result = ranking(3, gap=9.0)
    assert result.table()["best_share"][0] == 1.0
    wanted = "Screening clearly has the best mean, and is the best choice in 120 of 120 states (at least 94 %)"
    assert figures.rank_map(result).finding == wanted


@pytest.mark.parametrize("n_scenarios", [2, 6, 12])
def test_ranks_in_parts_of_the_states_can_be_read(n_scenarios):
    chart = figures.ranks_by_group(ranking(n_scenarios, gap=-1.0, by=["rule", "behaviour.peer_weight"]))
    assert overlapping(chart) == []
    assert beyond_page(chart) == []
    assert "the best choice in" in chart.finding
    assert not any("_" in text for text, _ in texts(chart))
    assert too_pale(chart) == []


def test_ranks_in_parts_of_the_states_leave_no_room_empty_above_them():
    chart = figures.ranks_by_group(ranking(6, gap=-1.0, by=["rule", "behaviour.peer_weight"]))
    top = max(box.y1 for text, box in texts(chart) if text in ("Decision rule", "Peer weight"))
    lowest = min(box.y0 for text, box in texts(chart) if text.startswith("Ranks by"))
    assert 0.0 < (lowest - top) / chart.dpi < 0.35


def test_a_choice_that_holds_everywhere_is_told():
    chart = figures.ranks_by_group(ranking(3, gap=20.0, by="rule"))
    assert chart.finding == "Screening stays the best choice in all 2 parts of the states"


@pytest.mark.parametrize("draw", [figures.regret_table, figures.ranks_by_group])
def test_the_best_in_all_states_is_no_hundred_per_cent(draw):
    said = [text for text, _ in texts(draw(ranking(3, gap=20.0, by="rule")))]
    assert "all" in said
    assert not any("100 %" in text for text in said)


def test_cells_of_the_rank_map_sum_to_one_hundred():
    words = [text for text, _ in texts(figures.rank_map(ranking(2)))]
    shares = [int(word.removeprefix("≥")) for word in words if word.removeprefix("≥").isdigit()]
    assert sum(shares) >= 200 + 2 * 94  # two panels of two rows, and the numbers of the ranks
    assert words.count("≥94") == 2  # nothing is sure by resamples of 60 rows
    assert words.count("100") <= 2


def costs(**more):
    """A table of costs per tonne: public, of that free riders, private."""
    rows = []
    for scenario, (public, free, private, note) in more.items():
        parts = {"public": public, "free_riders": free, "private": private, "total": public + private}
        for part, value in parts.items():
            each = (np.nan,) * 3 if note else (value, value - 20.0, value + 20.0)
            rows.append((scenario.replace("_", "-"), "discounted", part, value * 1e6, 0.0, 0.0, *each, note))
    return pd.DataFrame(rows, columns=list(COSTS))


def test_cost_splits_can_be_read():
    table = costs(subsidy=(100.0, 80.0, -400.0, ""), technical_assistance=(250.0, 0.0, -190.0, ""),
                  enforcement=(0.0, 0.0, 0.0, "no additional tonne: emissions do not fall"))  # fmt: skip
    chart = figures.cost_split(table)
    assert overlapping(chart) == []
    assert beyond_page(chart) == []
    assert "subsidy saves 300 USD" in chart.finding
    assert "free riders take 80 %" in chart.finding


def test_cost_splits_without_any_ratio_say_so():
    chart = figures.cost_split(costs(enforcement=(0.0, 0.0, 0.0, "no additional tonne: emissions do not fall")))
    assert chart.finding.startswith("No scenario avoids tonnes")


def test_values_of_information_can_be_read():
    table = value_of_information(ranking(4, gap=-2.0), resamples=10, permutations=10)
    chart = figures.worth_of_knowing(table)
    assert overlapping(chart) == []
    assert beyond_page(chart) == []
    assert "“behaviour.peer_weight” would change the choice most" in chart.finding


def test_values_within_noise_are_no_finding():
    rows = [("everything", "everything", 1.0, 0.9, 1.1, np.nan, np.nan, 1.0, 0.3, ""),
            ("x", "factor", 0.01, 0.0, 0.1, 0.02, False, 0.01, 0.0, "a")]  # fmt: skip
    chart = figures.worth_of_knowing(pd.DataFrame(rows, columns=list(INFORMATION)))
    assert chart.finding == "Knowing no single input would change the choice by more than noise does"


@pytest.mark.parametrize(
    ("whole", "finding"), [(0.5, "Knowing no single input would"), (0.0, "Nothing needs to be known")]
)
def test_inputs_worth_nothing_take_one_row_together(whole, finding):
    rows = [("everything", "everything", whole, whole, whole, np.nan, np.nan, 1.0, 0.3, "")]
    rows += [(f"x{n}", "factor", 0.0, 0.0, 0.0, 0.0, False, 0.0, 0.0, "a") for n in range(20)]
    chart = figures.worth_of_knowing(pd.DataFrame(rows, columns=list(INFORMATION)))
    assert [label.get_text() for label in chart.axes[0].get_yticklabels()] == ["everything", "any of 20 inputs"]
    assert chart.finding.startswith(finding)
    assert not any("on the right" in text for text, _ in texts(chart))


@pytest.fixture(scope="module")
def discovery():
    random = np.random.default_rng(1)
    rows = pd.DataFrame(
        random.uniform(size=(400, 2)), columns=["behaviour.peer_weight", "finance.investment_budget_share"]
    )
    rows["rule"] = random.choice(["acceptance_curve", "npv_hurdle", "threshold", "real_option"], 400)
    inside = (rows.iloc[:, 0] > 0.3) & (rows.iloc[:, 0] < 0.7) & (rows.iloc[:, 1] < 0.6) & (rows["rule"] != "threshold")
    made = study({"parks_certified": np.where(inside, 1.0, 9.0)[None, :, None]}, rows, scenarios=["subsidy"])
    return made, discover(made, "parks_certified @2050 < 5", resamples=2)


def test_boxes_can_be_read(discovery):
    for chart in (figures.box_limits(discovery[1]), figures.box_scatter(discovery[1])):
        assert overlapping(chart) == []
        assert beyond_page(chart) == []
        assert "of interest; elsewhere" in chart.finding


def test_a_way_through_many_factors_has_a_short_legend():
    axes = figures.Chart().add_axes((0.1, 0.1, 0.8, 0.8))
    n = 12
    way = pd.DataFrame({"coverage": np.linspace(1, 0, n), "density": np.linspace(0, 1, n), "limited_factors": range(n)})
    draw_way(axes, way, SimpleNamespace(coverage=0.5, density=0.5), 0.1)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["0", "1", "2", "3", "4", "5 or more"]


def test_leaves_of_a_tree_can_be_read(discovery):
    chart = figures.box_limits(discover(discovery[0], "parks_certified @2050 < 5", method="cart", resamples=2))
    assert overlapping(chart) == []
    assert beyond_page(chart) == []


def test_no_box_is_a_figure_less_folder(discovery, tmp_path):
    made = discover(discovery[0], "parks_certified @2050 < 0")
    assert figures.save_discovery_figures(made, tmp_path) == []


def test_all_figures_of_a_ranking_are_saved(tmp_path):
    result = ranking(3)
    more = {
        "information": value_of_information(result, resamples=5),
        "cost_per_tonne": costs(subsidy=(1.0, 0.5, 2.0, "")),
    }
    written = {path.name for path in figures.save_ranking_figures(result, more, tmp_path)}
    assert {f"{name}.png" for name in ("ranks", "regrets", "information", "cost_per_tonne")} <= written
