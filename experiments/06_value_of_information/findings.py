"""Which open question would be worth answering before an instrument is chosen? Of the runs of 07_deep_uncertainty."""

from __future__ import annotations

import pandas as pd
from reporting import Findings, figure, in_cases, interval, made_with, markdown, number

from eipsim import figures
from eipsim.analysis.choice.information import value_of_information
from eipsim.analysis.choice.rank_tables import Ranking
from eipsim.analysis.choice.ranking import rank
from eipsim.analysis.study import Study

RUNS_OF = "07_deep_uncertainty"
ARMS = ("audits", "subsidy", "screening", "facilitation", "shared systems")
OTHERS = ("audits", "subsidy", "shared systems")
VALUES = {
    "co2": ("sum(co2_avoided_t @2026..2050)", "Mt CO₂ avoided 2026-50", 1e6, ARMS),
    "co2_second": (
        "sum(co2_avoided_t @2026..2050)",
        "Mt CO₂ avoided 2026-50, without instruments for exchanges",
        1e6,
        OTHERS,
    ),
    "firms": ("recp_firm_share @2035", "% of firms with RECP in 2035", 0.01, ARMS),
}
CHOSEN = ("levers.", "programmes.")  # designs of the arms are chosen, and not found out
SHOWN = 8


def findings(studies: dict[str, Study]) -> Findings:
    study = studies["design"]
    text, tables, charts = [made_with(studies)], {}, {}
    for name, (expression, title, size, scenarios) in VALUES.items():
        ranking = rank(study, expression, scenarios=scenarios)
        worth = value_of_information(ranking)
        unknown = ~worth["what"].astype(str).str.startswith(CHOSEN)
        attrs, worth = worth.attrs, worth[unknown].reset_index(drop=True)
        worth.attrs = attrs
        tables |= {f"ranking_{name}": ranking.table(), f"information_{name}": worth}
        text += [
            f"**{title}.** {ranking.finding}.",
            ranked(ranking, title, size),
            "What it would be worth to know, in the same unit (`floor`: what an input without influence seems to be worth):",
            worths(worth, size),
        ]
        if worth["high"].max() > 0.0:
            charts[f"information_{name}"] = figures.worth_of_knowing(worth)
            text.append(figure(f"information_{name}", f"Value of information, {title}"))
        charts[f"regrets_{name}"] = figures.regret_table(ranking)
        text.append(figure(f"regrets_{name}", f"Regret, {title}"))
    return Findings("\n\n".join(text), tables, charts)


def ranked(ranking: Ranking, title: str, size: float) -> str:
    table, n = ranking.table(), ranking.cases
    rows = [
        [row.scenario, interval(row.mean, row.mean_low, row.mean_high, size),
         in_cases(row.best_share, n), interval(row.regret, row.regret_low, row.regret_high, size),
         number(row.regret_95 / size)]
        for row in table.itertuples()
    ]  # fmt: skip
    return markdown(["instrument", title, "best in", "expected regret", "regret, 95 %"], rows)


def worths(table: pd.DataFrame, size: float) -> str:
    known = table.dropna(subset=["value"])
    idle = int((known["value"] <= 0.0).sum())
    if idle == len(known):
        return "Nothing: the same instrument is best in every state."
    rows = [
        [row.what, interval(row.value, row.low, row.high, size), number(row.floor / size) if pd.notna(row.floor) else "",
         "yes" if row.above_floor is True or row.above_floor == 1 else "", row.choice if isinstance(row.choice, str) else ""]
        for row in known[known["value"] > 0.0].head(SHOWN + 1).itertuples()
    ]  # fmt: skip
    rows += [[f"any of {idle} inputs" if len(rows) == 1 else f"{idle} other inputs", "0", "", "", ""]] if idle else []
    return markdown(["what", "worth", "floor", "worth knowing", "choice"], rows)
