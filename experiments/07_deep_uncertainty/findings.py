"""Which instrument is best when rules, populations, all influential inputs and the designs of the instruments vary together,
and what decides that: evidence, assumption, or how the instrument is designed."""

from __future__ import annotations

import pandas as pd
from reporting import Findings, figure, in_cases, interval, made_with, markdown, number

from eipsim import figures
from eipsim.analysis.choice.rank_tables import Ranking
from eipsim.analysis.choice.ranking import rank
from eipsim.analysis.sensitivity.indices import sensitivity
from eipsim.analysis.study import Study
from eipsim.data.parameters import load_parameters

BASELINE = "baseline"
VALUES = {
    "co2": ("sum(co2_avoided_t @2026..2050)", "Mt CO₂ avoided 2026-50", 1e6),
    "firms": ("recp_firm_share @2035", "% of firms with RECP in 2035", 0.01),
    "exchanges": ("exchanges_operating @2050", "exchanges operating in 2050", 1.0),
}
DESIGN, EVIDENCE, ASSUMPTION, RULE = (
    "its own design",
    "inputs with evidence",
    "inputs that are assumed",
    "decision rule",
)
REST = "rest: population, draws, interactions"


def findings(studies: dict[str, Study]) -> Findings:
    study = studies["design"]
    rankings = {
        name: rank(study, expression, by=["rule"], baseline=BASELINE) for name, (expression, *_) in VALUES.items()
    }
    text, tables, charts = [made_with(studies)], {}, {}
    for name, ranking in rankings.items():
        _, title, size = VALUES[name]
        decided = what_decides(study, name)
        tables |= {f"ranking_{name}": ranking.table(), f"differences_{name}": ranking.differences()}
        tables |= {f"stability_{name}": ranking.stability(), f"what_decides_{name}": decided}
        charts |= {f"ranks_{name}": figures.rank_map(ranking), f"ranks_by_rule_{name}": figures.ranks_by_group(ranking)}
        text += [
            f"### {title}",
            f"{ranking.finding}.",
            ranked(ranking, size),
            figure(f"ranks_{name}", f"How often each instrument has each rank by {title}"),
            "Under each decision rule:",
            stability(ranking.stability(), size),
            figure(f"ranks_by_rule_{name}", f"Ranks by {title} under each decision rule"),
            "What decides how much each instrument adds to the baseline, in shares of its variance (first-order effects by "
            "RBD-FAST; what is below the noise counts as the rest):",
            decision_table(decided),
        ]
    return Findings("\n\n".join(text), tables, charts)


def ranked(ranking: Ranking, size: float) -> str:
    """What each instrument adds to the baseline, in how many states; in how many it is best; what is lost by choosing it."""
    table, added = ranking.table().set_index("scenario"), ranking.differences().set_index("scenario")
    rows = []
    for name, row in table.iterrows():
        gain = added.loc[name] if name in added.index else None
        rows.append(
            [
                name,
                "–" if gain is None else interval(gain["difference"], gain["low"], gain["high"], size),
                "–" if gain is None else in_cases(gain["better_share"], ranking.cases),
                in_cases(row["best_share"], ranking.cases),
                interval(row["regret"], row["regret_low"], row["regret_high"], size),
            ]
        )
    return markdown(["instrument", "more than the baseline", "more in", "best in", "expected regret"], rows)


def stability(table: pd.DataFrame, size: float) -> str:
    rows = [
        [row.group, row.best, in_cases(row.best_share, row.cases), number(row.cost_of_staying / size)]
        for row in table.itertuples()
    ]
    return markdown(["runs", "best by its mean", "overall best is best in", "lost by staying with it"], rows)


def what_decides(study: Study, name: str) -> pd.DataFrame:
    """First-order effects of all inputs on what each instrument adds to the baseline, with the class of the input."""
    expression = VALUES[name][0]
    table = sensitivity(study, [expression], method="rbd_fast", minus=BASELINE).table
    rows = table[(table["kind"] == "factor") & (table["scenario"] != BASELINE)].copy()
    return rows.assign(decided_by=rows["factor"].map(class_of))


def class_of(factor: str) -> str:
    """
    >>> class_of("rule"), class_of("levers.voucher_cap_usd"), class_of("measures.rebound")
    ('decision rule', 'its own design', 'inputs with evidence')
    """
    if factor == "rule":
        return RULE
    known = load_parameters().get(factor)
    if known is None:
        return DESIGN if factor.startswith(("levers.", "programmes.")) else ASSUMPTION
    return ASSUMPTION if known.status == "assumed" else EVIDENCE


def decision_table(decided: pd.DataFrame) -> str:
    """Sums of the effects that can be told from none, a row per instrument, with the largest single input."""
    rows = []
    classes = (DESIGN, RULE, EVIDENCE, ASSUMPTION)
    for scenario, of in decided.groupby("scenario", sort=False):
        told = of[of["low"] > 0.0]
        sums = {name: float(told.loc[told["decided_by"] == name, "estimate"].sum()) for name in classes}
        largest = told.sort_values("estimate", ascending=False).head(2)
        names = " and ".join(f"`{row.factor}` ({row.estimate:.2f})" for row in largest.itertuples()) or "none"
        rows.append(
            [scenario, *(f"{sums[name]:.2f}" for name in classes), f"{max(0.0, 1.0 - sum(sums.values())):.2f}", names]
        )
    return markdown(["instrument", *classes, REST, "largest"], rows)
