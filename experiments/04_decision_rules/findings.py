"""Does the choice of policy hold under other theories of decision, and without effects of peers?"""

from __future__ import annotations

import pandas as pd
from reporting import Findings, figure, made_with, markdown, number

from eipsim import figures
from eipsim.analysis.choice.ranking import rank
from eipsim.analysis.intervals import share_in_words
from eipsim.analysis.study import Study

BASELINE, VALUE = "baseline", "sum(co2_avoided_t @2026..2050)"
BY = ("rule", "behaviour.peer_weight", "awareness.park_peer_rate")
LEVELS = {"RECP 2050 (% of firms)": ("recp_firm_share @2050", 0.01), "avoided 2026-50 (Mt CO₂)": (VALUE, 1e6)}


def findings(studies: dict[str, Study]) -> Findings:
    study = studies["design"]
    ranking = rank(study, VALUE, by=BY)
    firms = rank(study, "recp_firm_share @2035", by=BY)
    levels, effects = by_rule(study), effects_by_rule(study)
    tables = {"levels": levels, "effects": effects}
    for name, of in {"co2": ranking, "firms": firms}.items():
        tables |= {f"stability_{name}": of.stability(), f"groups_{name}": of.group_means()}
    charts = {"ranks_co2": figures.ranks_by_group(ranking), "ranks_firms": figures.ranks_by_group(firms)}
    text = "\n\n".join(
        [
            made_with(studies),
            "What firms do in the baseline under each rule, means over the settings of peers and replicates:",
            markdown(["rule", *LEVELS], [[row[0], *map(number, row[1:])] for row in levels.itertuples(index=False)]),
            "Mt CO₂ that each policy avoids beyond the baseline from 2026 to 2050:",
            markdown(
                list(effects.columns), [[row[0], *map(number, row[1:])] for row in effects.itertuples(index=False)]
            ),
            f"By CO₂ avoided: {ranking.finding}. In parts of the runs:",
            stability(ranking.stability()),
            f"By firms that apply cleaner production in 2035: {firms.finding}. In parts of the runs:",
            stability(firms.stability(), 0.01, "% of firms lost by staying with it"),
            figure("ranks_co2", "Ranks by CO₂ avoided under each rule"),
            figure("ranks_firms", "Ranks by firms that apply cleaner production under each rule"),
        ]
    )
    return Findings(text, tables, charts)


def by_rule(study: Study) -> pd.DataFrame:
    """Levels of the baseline under each rule."""
    base, rules = study.scenarios.index(BASELINE), study.rows["rule"].astype(str)
    columns = {
        title: pd.Series(study.values(expression)[base].mean(axis=1) / size).groupby(rules.to_numpy()).mean()
        for title, (expression, size) in LEVELS.items()
    }
    return pd.DataFrame(columns).reindex(rules.unique()).rename_axis("rule").reset_index()


def effects_by_rule(study: Study) -> pd.DataFrame:
    """Mt CO2 beyond the baseline, a row per policy, a column per rule."""
    values, base = study.values(VALUE), study.scenarios.index(BASELINE)
    rules = study.rows["rule"].astype(str).to_numpy()
    rows = {
        name: pd.Series((of - values[base]).mean(axis=1) / 1e6).groupby(rules).mean()
        for name, of in zip(study.scenarios, values)
        if name != BASELINE
    }
    return pd.DataFrame(rows).T[list(pd.unique(rules))].rename_axis("policy").reset_index()


def stability(table: pd.DataFrame, size: float = 1e6, lost: str = "Mt lost by staying with it") -> str:
    """Which policy is best in each part of the runs, and what it costs to keep to the overall best."""
    rows = [
        [row.group, row.best, share_in_words(row.resampled_best, row.cases), share_in_words(row.best_share, row.cases),
         number(row.cost_of_staying / size), f"{row.agreement:.2f}"]
        for row in table.itertuples()
    ]  # fmt: skip
    headings = ["runs", "best by its mean", "so in resamples", "overall best is best in", lost, "Kendall's tau"]
    return markdown(headings, rows)
