"""Does the choice of policy hold under other theories of how firms decide, each with the sets calibrated for it?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from dots import Words, dots
from reporting import Findings, figure, in_cases, interval, made_with, markdown

from eipsim.analysis.choice.ranking import rank
from eipsim.analysis.intervals import mean_interval, ratio_interval
from eipsim.analysis.study import Study
from eipsim.figures.wording import case_name, verb

BASELINE, SUBSIDY = "baseline", "subsidy"
VALUES = {
    "co2": ("sum(co2_avoided_t @2026..2050)", "Mt CO₂ avoided 2026-50", 1e6),
    "firms": ("recp_firm_share @2035", "% of firms with RECP in 2035", 0.01),
}
LEVELS = {"RECP 2050 (% of firms)": ("recp_firm_share @2050", 0.01), "avoided 2026-50 (Mt CO₂)": VALUES["co2"][::2]}
VOUCHERS = {
    "additional_per_voucher": "additional",
    "net_per_voucher": "net",
    "net_per_thousand_usd": "net per 1,000 USD",
}
CAPTION = (
    "Means with 95 % intervals over pairs of a parameter set that was calibrated for the rule and a synthetic population of the "
    "country. Instruments spend the same public money with the default set; the carbon price spends none. Red: the rule under "
    "which an instrument does most."
)


def findings(studies: dict[str, Study]) -> Findings:
    gains = {name: beyond_baseline(studies, expression) / size for name, (expression, _, size) in VALUES.items()}
    best, levels, vouchers = best_by_rule(studies), levels_by_rule(studies), vouchers_by_rule(studies)
    tables = {"best": best, "levels": levels, "vouchers": vouchers} | {
        f"effects_{name}": effects(of) for name, of in gains.items()
    }
    charts = {name: dots(of, words(of, VALUES[name][1]), in_order=True) for name, of in gains.items()}
    text = [
        made_with(studies),
        "What firms do in the baseline under each rule:",
        crosswise(levels, "rule", "quantity"),
        "What each policy adds to the baseline, in Mt CO₂ avoided from 2026 to 2050:",
        crosswise(effects(gains["co2"]), "policy", "rule"),
        "The best policy under each rule:",
        best_table(best),
        "What vouchers add, measures in firms per voucher used; net of what holders adopt besides and give up:",
        crosswise(vouchers.replace({"quantity": VOUCHERS}), "rule", "quantity"),
        figure("co2", "CO₂ that each policy avoids beyond the baseline under each rule"),
        figure("firms", "Firms that each policy brings to cleaner production under each rule"),
    ]
    return Findings("\n\n".join(text), tables, charts)


def beyond_baseline(studies: dict[str, Study], expression: str) -> pd.DataFrame:
    """A row per pair, a column `policy: rule`."""
    columns = {}
    for rule, study in studies.items():
        values = study.values(expression)[..., 0]
        for name, of in zip(study.scenarios, values - values[study.scenarios.index(BASELINE)]):
            columns[f"{name}: {rule}"] = of
    policies = dict.fromkeys(name.partition(":")[0] for name in columns)
    order = [f"{policy}: {rule}" for policy in policies if policy != BASELINE for rule in studies]
    return pd.DataFrame(columns)[order]


def effects(gains: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for name in gains:
        policy, _, rule = str(name).partition(": ")
        mean, low, high = mean_interval(gains[name].to_numpy())
        rows.append({"policy": policy, "rule": rule, "mean": mean, "low": low, "high": high})
    return pd.DataFrame(rows)


def words(gains: pd.DataFrame, title: str) -> Words:
    """The finding: which instrument adds most, under how many rules, and what it adds from rule to rule."""
    table = effects(gains).set_index(["policy", "rule"])["mean"].unstack("rule")
    first = table.idxmax()
    most = str(first.mode()[0])
    n, of = int((first == most).sum()), table.shape[1]
    under = f"all {of}" if n == of else f"{n} of {of}"
    told = f"{case_name(most)} {verb(most, 'adds', 'add')} most under {under} decision rules: "
    told += f"{table.loc[most].min():.2g} to {table.loc[most].max():.2g}"
    return Words(told, f"{title}, beyond the baseline, by decision rule.", CAPTION, title)


def levels_by_rule(studies: dict[str, Study]) -> pd.DataFrame:
    """What the baseline comes to under each rule, with 95 % intervals."""
    rows = []
    for rule, study in studies.items():
        for title, (expression, size) in LEVELS.items():
            values = study.values(expression)[study.scenarios.index(BASELINE)].ravel() / size
            mean, low, high = mean_interval(values)
            rows.append({"rule": rule, "quantity": title, "mean": mean, "low": low, "high": high})
    return pd.DataFrame(rows)


def best_by_rule(studies: dict[str, Study]) -> pd.DataFrame:
    """The policy with the best mean under each rule, in which share of pairs it is best, and what the second lacks."""
    rows = []
    for rule, study in studies.items():
        for name, (expression, title, size) in VALUES.items():
            ranking = rank(study, expression)
            table = ranking.table()
            first, second = table.iloc[0], table.iloc[1]
            base = study.scenarios.index(BASELINE)
            of = study.values(expression)[..., 0] / size
            lead = of[study.scenarios.index(first["scenario"])] - of[study.scenarios.index(second["scenario"])]
            mean, low, high = mean_interval(lead)
            gain = float((of[study.scenarios.index(first["scenario"])] - of[base]).mean())
            rows.append(
                {
                    "outcome": name, "title": title, "rule": rule, "best": first["scenario"], "best_share": first["best_share"],
                    "pairs": ranking.cases, "gain": gain, "second": second["scenario"], "lead": mean, "low": low, "high": high,
                }
            )  # fmt: skip
    return pd.DataFrame(rows).sort_values("outcome", kind="stable").reset_index(drop=True)


def best_table(best: pd.DataFrame) -> str:
    rows = [
        [
            f"{row.title}: {row.rule}",
            row.best,
            in_cases(row.best_share, row.pairs),
            row.second,
            interval(row.lead, row.low, row.high),
        ]
        for row in best.itertuples()
    ]
    return markdown(["outcome and rule", "best", "best in", "second", "lead over the second"], rows)


def vouchers_by_rule(studies: dict[str, Study]) -> pd.DataFrame:
    """What a voucher adds under each rule: ratios of means over pairs with 95 % intervals."""
    rows = []
    for rule, study in studies.items():
        pairs = study.store.pairs()
        of = pairs[pairs["scenario"].astype(str) == SUBSIDY]
        added = (of["subsidised_adoptions"] - of["free_riding_adoptions"]).to_numpy(float)
        net = added + (of["beside_vouchers"] - of["given_up_for_vouchers"]).to_numpy(float)
        used, money = of["vouchers_used"].to_numpy(float), of["voucher_money_usd"].to_numpy(float)
        quantities = {
            "additional_per_voucher": (added, used), "net_per_voucher": (net, used), "net_per_thousand_usd": (net, money / 1000.0)
        }  # fmt: skip
        for quantity, (above, below) in quantities.items():
            value, low, high = ratio_interval(above, below) if below.any() else (np.nan,) * 3
            rows.append({"rule": rule, "quantity": quantity, "value": value, "low": low, "high": high})
    return pd.DataFrame(rows)


def crosswise(table: pd.DataFrame, down: str, across: str) -> str:
    """The last three columns of a table, a value with its interval, in a row per `down` and a column per `across`."""
    cells = {key: interval(*row[-3:]) for key, row in table.set_index([down, across]).iterrows()}
    columns = list(table[across].unique())
    rows = [[name, *(cells[(name, column)] for column in columns)] for name in table[down].unique()]
    return markdown([down, *columns], rows)
