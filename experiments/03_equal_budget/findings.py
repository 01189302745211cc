"""Which instrument does most with the same public money, each at its best design, and what the design itself decides."""

from __future__ import annotations

import numpy as np
import pandas as pd
from at_their_best import AtItsBest, all_at_their_best, table_of, what_it_changes
from dots import Words, dots, group_of, member_of
from reporting import Findings, figure, in_cases, interval, made_with, markdown

from eipsim.analysis.intervals import mean_interval
from eipsim.analysis.study import Study
from eipsim.data.parameters import parameter_values
from eipsim.figures.wording import number

BASELINE = "baseline"
RATE = parameter_values({})["finance.social_discount_rate"]  # the budgets were solved with it
VALUES = {
    "co2": ("sum(co2_avoided_t @2026..2050)", "Mt CO₂ avoided 2026-50", 1e6),
    "firms": ("recp_firm_share @2035", "% of firms with RECP in 2035", 0.01),
    "exchanges": ("exchanges_operating @2050", "exchanges operating in 2050", 1.0),
}
CAPTION = (
    "Means with 95 % intervals over pairs of a calibrated parameter set and a synthetic population of the country. All designs "
    "spend the same present value of public money with the default set. Red: the best mean of an instrument, which is partly "
    "luck; the table judges it on other pairs."
)
CHOICES = {0: "who gets it", 1: "when", 2: "cap of a voucher"}


def findings(studies: dict[str, Study]) -> Findings:
    study = studies["design"]
    spent = spending(study)
    gains = {name: gains_of(study, expression) / size for name, (expression, _, size) in VALUES.items()}
    best = {name: all_at_their_best(of) for name, of in gains.items()}
    changes = {name: pd.concat([what_it_changes(of, part).assign(choice=words) for part, words in CHOICES.items()])
               for name, of in gains.items()}  # fmt: skip
    tables = {"spending": spent} | {f"designs_{name}": designs(of) for name, of in gains.items()}
    tables |= {f"at_their_best_{name}": table_of(of) for name, of in best.items()}
    tables |= {f"changes_{name}": of for name, of in changes.items()}
    charts = {f"designs_{name}": dots(gains[name], words(best[name], title)) for name, (_, title, _) in VALUES.items()}
    text = [made_with(studies), spending_text(spent)]
    for name, (_, title, _) in VALUES.items():
        text += [
            f"**{title}**, beyond the baseline, of each instrument at its best design:",
            best_table(best[name], title),
            figure(f"designs_{name}", f"{title}, by design"),
        ]
    text += [
        "What a choice in the design changes, all else equal, in Mt CO₂ avoided 2026-50:",
        change_table(changes["co2"]),
    ]
    return Findings("\n\n".join(text), tables, charts)


def words(best: dict[str, AtItsBest], title: str) -> Words:
    """The finding: how far instruments are apart at their best, and how far designs are."""
    means = {name: of.means for name, of in best.items()}
    first, second = sorted(means, key=lambda name: -means[name].max())[:2]
    widest = max(means, key=lambda name: np.ptp(means[name].to_numpy()))
    told = (
        f"{first.capitalize()} does most at its best design, {number(means[first].max(), 2)} against "
        f"{number(means[second].max(), 2)} of {second}; the design of {widest} decides over "
        f"{number(np.ptp(means[widest].to_numpy()), 2)}"
    )
    return Words(told, f"{title}, beyond the baseline, by design.", CAPTION, title)


def gains_of(study: Study, expression: str) -> pd.DataFrame:
    """Beyond the baseline, a row per pair of a set and a population, a column per design."""
    values = study.values(expression)[..., 0]
    base = study.scenarios.index(BASELINE)
    return pd.DataFrame({name: values[n] - values[base] for n, name in enumerate(study.scenarios) if n != base})


def designs(gains: pd.DataFrame) -> pd.DataFrame:
    """Mean and 95 % interval of every design."""
    rows = []
    for name in gains:
        mean, low, high = mean_interval(gains[name].to_numpy())
        rows.append({"instrument": group_of(name), "design": member_of(name), "mean": mean, "low": low, "high": high})
    return pd.DataFrame(rows)


def spending(study: Study) -> pd.DataFrame:
    """Present value in the first year of public spending beyond the baseline [USD]: mean, interval, quantiles."""
    weight = (1.0 + RATE) ** -np.arange(len(study.years))
    worth = (study.pathway("public_spending_usd") * weight).sum(axis=-1)[..., 0]
    base = study.scenarios.index(BASELINE)
    rows = []
    for name, of in zip(study.scenarios, worth):
        if name == BASELINE:
            continue
        mean, low, high = mean_interval(of - worth[base])
        few, many = np.nanquantile(of - worth[base], (0.05, 0.95))
        rows.append({"scenario": name, "mean": mean, "low": low, "high": high, "quantile_5": few, "quantile_95": many})
    return pd.DataFrame(rows)


def spending_text(spent: pd.DataFrame) -> str:
    """What designs really spend, by instrument."""
    of = spent.groupby(spent["scenario"].map(group_of), sort=False)["mean"]
    told = [
        f"{name} {low / 1e6:.1f} to {high / 1e6:.1f}" for name, low, high in zip(of.min().index, of.min(), of.max())
    ]
    return (
        f"{len(spent)} designs. Budgets were solved with the default set in population 1; over sets and populations the means of "
        f"what designs spend, in million USD of present value, are: {'; '.join(told)}."
    )


def best_table(best: dict[str, AtItsBest], title: str) -> str:
    pairs = len(next(iter(best.values())).gains)
    rows = [
        [row.instrument, interval(row.mean, row.low, row.high), in_cases(row.best_share, pairs), row.chosen,
         f"{number(row.worst_mean)} to {number(row.best_mean)} ({row.designs})"]
        for row in table_of(best).itertuples()
    ]  # fmt: skip
    return markdown(
        ["instrument", f"{title}, at its best", "most in", "design", "means of its designs (how many)"], rows
    )


def change_table(changes: pd.DataFrame) -> str:
    rows = [
        [
            f"{row.instrument}: {row.choice}",
            f"{row.value} instead of {row.instead_of}",
            interval(row.mean, row.low, row.high),
        ]
        for row in changes.itertuples()
    ]
    return markdown(["choice", "compared", "Mt CO₂ more"], rows)
