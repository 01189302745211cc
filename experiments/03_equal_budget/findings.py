"""Which instrument does most with the same public money: by three outcomes, and per tonne."""

from __future__ import annotations

import numpy as np
import pandas as pd
from reporting import Findings, figure, interval, made_with, markdown

from eipsim import figures
from eipsim.analysis.choice.cost_per_tonne import cost_per_tonne
from eipsim.analysis.choice.ranking import rank
from eipsim.analysis.choice.scores import interval as mean_interval
from eipsim.analysis.intervals import share_in_words
from eipsim.analysis.study import Study
from eipsim.data.parameters import parameter_values

RATE = parameter_values({})["finance.social_discount_rate"]  # the budgets were solved with it
VALUES = {
    "co2": ("sum(co2_avoided_t @2026..2050)", "Mt CO₂ avoided 2026-50", 1e6),
    "firms": ("recp_firm_share @2035", "% of firms with RECP in 2035", 0.01),
    "exchanges": ("exchanges_operating @2050", "exchanges operating in 2050", 1.0),
}


def findings(studies: dict[str, Study]) -> Findings:
    study = studies["design"]
    spent = spending(study)
    rankings = {name: rank(study, expression) for name, (expression, *_) in VALUES.items()}
    cost = cost_per_tonne(study)
    tables = {f"ranking_{name}": ranking.table() for name, ranking in rankings.items()}
    tables |= {f"differences_{name}": ranking.differences() for name, ranking in rankings.items()}
    tables |= {"spending": spent, "cost_per_tonne": cost}
    charts = {f"ranks_{name}": figures.rank_map(ranking) for name, ranking in rankings.items()}
    charts |= {"regrets_co2": figures.regret_table(rankings["co2"]), "cost_per_tonne": figures.cost_split(cost)}
    text = [
        made_with(studies),
        "Beyond the baseline, means with 95 % intervals over the ensemble:",
        gains(rankings, spent),
    ]
    text += [f"By {title}: {rankings[name].finding}." for name, (_, title, _) in VALUES.items()]
    text += [
        figure("ranks_co2", "Ranks by CO₂ avoided"),
        figure("ranks_firms", "Ranks by firms that apply cleaner production"),
        figure("ranks_exchanges", "Ranks by exchanges in operation"),
        figure("regrets_co2", "Regret of each instrument by CO₂ avoided"),
        figure("cost_per_tonne", "Cost of an additional tonne"),
    ]
    return Findings("\n\n".join(text), tables, charts)


def spending(study: Study) -> pd.DataFrame:
    """Present value in the first year of public spending beyond the baseline [USD]: mean, interval, quantiles."""
    weight = (1.0 + RATE) ** -np.arange(len(study.years))
    worth = (study.pathway("public_spending_usd") * weight).sum(axis=-1)
    base = study.scenarios.index(study.design.baseline)
    rows = []
    for name, of in zip(study.scenarios, worth):
        extra = (of - worth[base]).ravel()
        mean, low, high = mean_interval(extra, np.arange(extra.size))
        few, many = np.nanquantile(extra, (0.05, 0.95))
        rows.append({"scenario": name, "mean": mean, "low": low, "high": high, "quantile_5": few, "quantile_95": many})
    return pd.DataFrame(rows)


def gains(rankings: dict, spent: pd.DataFrame) -> str:
    """What each instrument adds to the baseline, beside what it really spends, the best by CO₂ first."""
    paid = spent.set_index("scenario")
    tables = {name: ranking.differences().set_index("scenario") for name, ranking in rankings.items()}
    rows = []
    for scenario in tables["co2"].index:
        money = paid.loc[scenario]
        cells = [interval(money["mean"], money["low"], money["high"], 1e6)]
        for name, (_, _, size) in VALUES.items():
            row = tables[name].loc[scenario]
            cells.append(interval(row["difference"], row["low"], row["high"], size))
        best = rankings["co2"].table().set_index("scenario").loc[scenario, "best_share"]
        rows.append([scenario, *cells, share_in_words(best, rankings["co2"].cases)])
    titles = [title for _, title, _ in VALUES.values()]
    return markdown(["instrument", "present value spent (M USD)", *titles, "most CO₂ in"], rows)
