"""Which figures a ranking and a discovery come with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eipsim.figures.found_boxes import box_limits, box_scatter
from eipsim.figures.ranks import rank_map, ranks_by_group
from eipsim.figures.regrets import regret_table
from eipsim.figures.splits import cost_split
from eipsim.figures.style import Chart, save_all
from eipsim.figures.worths import worth_of_knowing


def save_ranking_figures(result: Any, more: Mapping[str, Any], folder: str | Path) -> list[Path]:
    """Ranks and regrets; ranks in parts of the states, cost per tonne, value of information where there are such tables.

    Returns the files.
    """
    charts = {"ranks": rank_map(result), "regrets": regret_table(result)}
    if result.groups:
        charts["ranks_by_group"] = ranks_by_group(result)
    if "cost_per_tonne" in more:
        charts["cost_per_tonne"] = cost_split(more["cost_per_tonne"])
    if "information" in more:
        charts["information"] = worth_of_knowing(more["information"])
    return save_all(charts, folder)


def save_discovery_figures(result: Any, folder: str | Path) -> list[Path]:
    """Every box with its limits, and its rows by two factors. Returns the files."""
    charts: dict[str, Chart] = {}
    for number in range(1, len(result.boxes) + 1):
        charts[f"box_{number}"] = box_limits(result, number)
        if (scatter := box_scatter(result, number)) is not None:
            charts[f"box_{number}_rows"] = scatter
    return save_all(charts, folder)
