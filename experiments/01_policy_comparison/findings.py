"""Where every scenario leads over the calibrated ensemble, what it costs, and which is best how often."""

from __future__ import annotations

import numpy as np
import pandas as pd
from reporting import Findings, figure, in_cases, interval, made_with, markdown

from eipsim import figures
from eipsim.analysis.choice.cost_per_tonne import cost_per_tonne
from eipsim.analysis.choice.ranking import rank
from eipsim.analysis.study import Study

TONNES = "sum(co2_avoided_t @2026..2050)"
ENDS = {
    "certified 2050": ("parks_certified @2050", 1.0, "parks"),
    "RECP 2030": ("recp_firm_share @2030", 0.01, "% of firms"),
    "RECP 2050": ("recp_firm_share @2050", 0.01, "% of firms"),
    "exchanges 2050": ("exchanges_operating @2050", 1.0, ""),
    "avoided 2026-50": (TONNES, 1e6, "Mt CO₂"),
    "public spending 2026-50": ("sum(public_spending_usd @2026..2050)", 1e6, "M USD"),
}
DRAWN = ("baseline", "no-eip-policy", "technical-assistance", "carbon-price", "full-package", "delayed-action")
OUTCOMES = ("co2_avoided_t", "recp_firm_share", "parks_certified")


def findings(studies: dict[str, Study]) -> Findings:
    study = studies["design"]
    ranking = rank(study, TONNES, satisfice="recp_firm_share @2050 >= 0.2")
    cost = cost_per_tonne(study)
    levels = quantiles(study)
    tables = {"ends": levels, "ranking": ranking.table(), "differences": ranking.differences(), "cost_per_tonne": cost}
    charts = {f"pathways_{name}": figures.pathways(tidy(study, name), name, baseline="baseline") for name in OUTCOMES}
    charts["cost_per_tonne"] = figures.cost_split(cost)
    text = "\n\n".join(
        [
            made_with(studies),
            f"Medians over {ranking.states.n} pairs of a calibrated set and a population, in brackets 5 and 95 % quantiles of "
            "single pairs:",
            ends_table(levels),
            f"By CO₂ avoided from 2026 to 2050: {ranking.finding}. Paired differences from the baseline, with 95 % intervals "
            "of the mean, and the correlation of a pair with its baseline:",
            difference_table(ranking.differences(), ranking.cases),
            figure("pathways_co2_avoided_t", "CO₂ avoided under six scenarios"),
            figure("pathways_recp_firm_share", "Firms that apply cleaner production under six scenarios"),
            figure("pathways_parks_certified", "Certified parks under six scenarios"),
            "What an additional tonne costs, discounted, where the additional tonnes can be told from none:",
            cost_table(cost),
            figure("cost_per_tonne", "Cost of an additional tonne, public, free riders and private"),
        ]
    )
    return Findings(text, tables, charts)


def quantiles(study: Study) -> pd.DataFrame:
    """5, 50 and 95 % quantiles over all replicates, a row per scenario and quantity."""
    rows = []
    for quantity, (expression, *_) in ENDS.items():
        values = study.values(expression)
        for name, of in zip(study.scenarios, values):
            low, middle, high = np.nanquantile(of, (0.05, 0.5, 0.95))
            rows.append({"scenario": name, "quantity": quantity, "low": low, "median": middle, "high": high})
    return pd.DataFrame(rows)


def ends_table(levels: pd.DataFrame) -> str:
    units = {name: f"{name} ({unit})" if unit else name for name, (_, _, unit) in ENDS.items()}
    rows = []
    for scenario, of in levels.groupby("scenario", sort=False):
        cells = {
            row.quantity: interval(row.median, row.low, row.high, ENDS[row.quantity][1])
            for row in of.itertuples(index=False)
        }
        rows.append([scenario, *(cells[name] for name in ENDS)])
    return markdown(["scenario", *units.values()], rows)


def difference_table(table: pd.DataFrame, blocks: int) -> str:
    rows = [
        [row.scenario, interval(row.difference, row.low, row.high, 1e6), in_cases(row.better_share, blocks),
         f"{row.rho:.4f}"]
        for row in table.itertuples()
    ]  # fmt: skip
    return markdown(["scenario", "Mt CO₂ more than the baseline", "better in", "rho"], rows)


def cost_table(cost: pd.DataFrame) -> str:
    rows = []
    for scenario, of in cost[cost["period"] == "discounted"].groupby("scenario", sort=False):
        parts = of.set_index("part")
        if parts.loc["total", "note"]:
            rows.append([scenario, *["–"] * 3, parts.loc["total", "note"]])
            continue
        each = {name: parts.loc[name] for name in ("public", "private", "total")}
        cells = [interval(row["per_tonne"], row["low"], row["high"]) for row in each.values()]
        rows.append([scenario, *cells, ""])
    return markdown(["scenario", "public (USD/t)", "private (USD/t)", "total (USD/t)", ""], rows)


def tidy(study: Study, outcome: str) -> pd.DataFrame:
    """The pathway of an outcome as figures take it: a row per scenario, replicate and year."""
    pathway, years = study.pathway(outcome), np.array(study.years)
    parts = [
        pd.DataFrame(
            {
                "scenario": name,
                "replicate": np.repeat(np.arange(of[..., 0].size), len(years)),
                "year": np.tile(years, of[..., 0].size),
                outcome: of.ravel(),
            }
        )
        for name, of in zip(study.scenarios, pathway)
        if name in DRAWN
    ]
    return pd.concat(parts, ignore_index=True)
