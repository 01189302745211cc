"""Figures for print: units on every axis, names beside what they name, the finding, worked out from the data, as title.

>>> eipsim.figures.pathways(eipsim.compare(["baseline", "carbon-price"]))       # doctest: +SKIP

Every function returns a Matplotlib figure; `save` writes PNG and SVG. Matplotlib is used nowhere else in eipsim.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eipsim.figures.abatements import abatement, realised_abatement
from eipsim.figures.barriers import legal_barrier
from eipsim.figures.convergences import convergence, has_steps
from eipsim.figures.criteria import binding_criteria
from eipsim.figures.decisions import save_discovery_figures, save_ranking_figures
from eipsim.figures.exchange_funnels import exchange_funnel
from eipsim.figures.fans import pathways
from eipsim.figures.fonts import note_on_names
from eipsim.figures.found_boxes import box_limits, box_scatter
from eipsim.figures.funnels import funnel
from eipsim.figures.histories import park_history
from eipsim.figures.inequality import lorenz
from eipsim.figures.maps import park_map
from eipsim.figures.networks import symbiosis_network
from eipsim.figures.over_time import over_time
from eipsim.figures.paired_differences import differences
from eipsim.figures.parks import busiest, running
from eipsim.figures.payers import money_by_payer
from eipsim.figures.provinces import by_province
from eipsim.figures.ranks import rank_map, ranks_by_group
from eipsim.figures.regrets import regret_table
from eipsim.figures.sankeys import park_sankey
from eipsim.figures.splits import cost_by_payer, cost_split
from eipsim.figures.stacks import avoided_by_measure
from eipsim.figures.style import Chart, save, save_all
from eipsim.figures.target_lines import co2_against_target, has_target
from eipsim.figures.tornadoes import tornado
from eipsim.figures.transitions import transition
from eipsim.figures.validations import validation
from eipsim.figures.worths import worth_of_knowing

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run

__all__ = [
    "Chart", "abatement", "avoided_by_measure", "binding_criteria", "box_limits", "box_scatter", "by_province",
    "co2_against_target", "convergence", "cost_by_payer", "cost_split", "differences", "exchange_funnel", "funnel",
    "legal_barrier", "lorenz", "money_by_payer", "note_on_names", "over_time", "park_history", "park_map", "park_sankey",
    "pathways", "rank_map", "ranks_by_group", "realised_abatement", "regret_table", "save", "save_comparison_figures",
    "save_discovery_figures", "save_ranking_figures", "save_run_figures", "save_sensitivity_figures",
    "save_validation_figures", "symbiosis_network", "tornado", "transition", "validation", "worth_of_knowing",
]  # fmt: skip
# Figures of one run by the name that the command line has for them; those of a park take `park`.
OF_A_RUN: dict[str, Callable[..., Chart]] = {
    "map": park_map,
    "funnel": funnel,
    "measures": avoided_by_measure,
    "transition": transition,
    "criteria": binding_criteria,
    "exchanges": exchange_funnel,
    "abatement": abatement,
    "lorenz": lorenz,
    "money": money_by_payer,
    "target": co2_against_target,
    "provinces": by_province,
    "history": park_history,
    "network": symbiosis_network,
    "sankey": park_sankey,
}
OF_A_PARK = ("network", "sankey", "history")
# By the name of their files, those that are written beside the tables of a run.
SAVED_OF_A_RUN: dict[str, Callable[..., Chart]] = {
    **{draw.__name__: draw for draw in (
        park_map, funnel, transition, binding_criteria, exchange_funnel, lorenz, symbiosis_network, avoided_by_measure,
        park_sankey, abatement, money_by_payer, co2_against_target, park_history,
    )},
    "pathway_co2_avoided_t": pathways,
}  # fmt: skip
KEY_OUTCOMES = ("co2_avoided_t", "recp_firm_share", "parks_converted", "firm_investment_usd", "public_spending_usd")


def save_run_figures(run: Run, folder: str | Path) -> list[Path]:
    """The figures that apply to a run, those of details only if it has them. Returns the files written."""
    return [file for name in run_figures(run) for file in save_run_figure(run, name, folder)]


def save_run_figure(run: Run, name: str, folder: str | Path) -> list[Path]:
    """One of `run_figures`; returns the files written."""
    return save(SAVED_OF_A_RUN[name](run), folder, name)


def run_figures(run: Run) -> list[str]:
    """Names of the figures that apply to a run; of a park, the one with most exchanges in operation is drawn."""
    exchanges, detailed = busiest(running(run)) is not None, run.avoided_by_measure is not None
    applies = {
        "binding_criteria": len(run.criteria) > 0,
        "exchange_funnel": len(run.exchanges) > 0,
        "lorenz": run.provinces["province"].nunique() > 1,
        "symbiosis_network": exchanges,
        "avoided_by_measure": detailed,
        "park_sankey": detailed and exchanges,
        "co2_against_target": has_target(run),
        "park_history": len(run.outcomes) > 1,
        "abatement": run.abatement is not None and (run.abatement["co2_t"] > 0.0).any(),
    }
    return [name for name in SAVED_OF_A_RUN if applies.get(name, True)]


def save_comparison_figures(comparison: Any, folder: str | Path) -> list[Path]:
    """Pathways of the key outcomes in all scenarios, transitions, what differs, what a tonne costs whom, CO2 and its target.

    Returns the files written.
    """
    charts = {f"pathways_{outcome}": pathways(comparison, outcome) for outcome in KEY_OUTCOMES}
    charts["transition"] = transition(comparison)
    if hasattr(comparison, "costs"):  # a table of replicates has no pairs
        charts["differences_co2_avoided_t"] = differences(comparison)
        charts["cost_by_payer"] = cost_by_payer(comparison)
    if has_target(comparison):
        charts["co2_against_target"] = co2_against_target(comparison)
    return save_all(charts, folder)


def save_validation_figures(result: Any, folder: str | Path) -> list[Path]:
    """The model beside every observed fact; returns the files written."""
    return save(validation(result), folder, "validation")


def save_sensitivity_figures(found: Any, folder: str | Path) -> list[Path]:
    """Tornado, areas over time and convergence, as far as worked out, of every outcome in every scenario."""
    each = dict.fromkeys(zip(found.table["scenario"], found.table["outcome"]))
    kinds = [tornado, *[over_time] * found.is_over_time, *[convergence] * has_steps(found)]
    charts = {file_name(draw.__name__, *of): draw(found, *of) for of in each for draw in kinds}
    return save_all(charts, folder)


def file_name(*parts: str) -> str:
    """Words as the name of a file.

    >>> file_name("tornado", "baseline", "parks_certified @2050")
    'tornado-baseline-parks_certified-2050'
    """
    return "-".join("-".join(re.findall(r"\w+", part)) for part in parts)[:120]
