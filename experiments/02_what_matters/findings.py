"""Which of the numbers that nobody knows decide what enacted policy, the package, and their difference come to."""

from __future__ import annotations

import pandas as pd
from reporting import Findings, figure, made_with, markdown, plus_minus

from eipsim import figures
from eipsim.analysis.sensitivity.indices import Sensitivity, sensitivity
from eipsim.analysis.sensitivity.screening import matter
from eipsim.analysis.study import Study

OUTCOMES = {
    "sum(co2_avoided_t)": "CO₂ avoided 2015-50",
    "recp_firm_share @2050": "firms with RECP 2050",
    "parks_certified @2050": "certified parks 2050",
    "exchanges_operating @2050": "exchanges 2050",
    "sum(public_spending_usd)": "public spending 2015-50",
}
OVER_TIME = ("co2_avoided_t", "recp_firm_share")
BASELINE, PACKAGE, MOST, SHOWN = "baseline", "full-package", 14, 16


def findings(studies: dict[str, Study]) -> Findings:
    screened = of_screening(studies["screening"])
    found = sensitivity(studies["national"], list(OUTCOMES), convergence=True)
    yearly = sensitivity(studies["national"], list(OVER_TIME), over_time=True)
    tables = {"screening": screened, "national_indices": found.table, "national_luck": found.noise}
    charts = {f"national_tornado_{short(outcome)}": figures.tornado(found, PACKAGE, outcome) for outcome in OUTCOMES}
    charts["national_convergence"] = figures.convergence(found, PACKAGE, next(iter(OUTCOMES)))
    charts |= {f"national_over_time_{outcome}": figures.over_time(yearly, PACKAGE, outcome) for outcome in OVER_TIME}
    text = [
        made_with(studies),
        "### Screening",
        screening_text(studies, screened),
        screening_table(screened),
        "### Shares of variance in the country",
        "Total effects (ST, the share of the variance in which an input has any part) with 95 % intervals, the largest in any "
        "outcome first; `luck` is which draws a run has, `population` which synthetic firms:",
        indices(found),
        *(f"Caution: {warning}." for warning in told(found)),
        *(figure(f"national_tornado_{short(outcome)}", f"{title} in the country") for outcome, title in OUTCOMES.items()),
        figure("national_convergence", "Convergence of the indices with the number of points"),
        *(figure(f"national_over_time_{outcome}", f"First-order effects over time on {outcome}") for outcome in OVER_TIME),
    ]  # fmt: skip
    return Findings("\n\n".join(text), tables, charts)


def of_screening(study: Study) -> pd.DataFrame:
    """mu* of every input: of the baseline, of the package, and of what the package adds at the same point with the same draws."""
    levels, added = sensitivity(study, list(OUTCOMES)), sensitivity(study, list(OUTCOMES), minus=BASELINE)
    first = matter(added, most=MOST)  # of which the second stage should have most
    table = pd.concat([levels.table, added.table.assign(scenario=f"{PACKAGE} less {BASELINE}")], ignore_index=True)
    return table[table["index"] == levels.main].assign(among_the_first=table["factor"].isin(first))


def relative(screened: pd.DataFrame) -> pd.DataFrame:
    """mu* over that of the largest input, the largest over the outcomes: a row per input, a column per scenario."""
    keys = ["scenario", "outcome"]
    rows = screened[screened["kind"].isin(["factor", "population"])]
    share = rows["estimate"] / rows.groupby(keys)["estimate"].transform("max")
    found = rows.assign(share=share).pivot_table(index="factor", columns="scenario", values="share", aggfunc="max")
    return found.assign(most=found.max(axis=1)).sort_values("most", ascending=False)


def screening_text(studies: dict[str, Study], screened: pd.DataFrame) -> str:
    """How many inputs were moved, and which of those that move most the second stage has."""
    taken = set(studies["national"].design.factors) - {"population"}
    first = set(screened.loc[screened["among_the_first"], "factor"])
    inputs = screened.loc[screened["kind"].isin(["factor", "population"]), "factor"].nunique()
    left = sorted(first - taken)
    rest = f"; of them the second stage leaves out {', '.join(f'`{name}`' for name in left)}" if left else ""
    return (
        f"{inputs} inputs were moved one by one. The second stage has {len(taken)} of them, {len(first & taken)} of the {MOST} "
        f"that move most what the package adds to the baseline{rest}. How much an input moves an outcome (Morris's mu*), over "
        f"the input that moves it most; the largest of the {len(OUTCOMES)} outcomes:"
    )


def screening_table(screened: pd.DataFrame) -> str:
    found = relative(screened).drop(columns="most").head(SHOWN)
    rows = [[f"`{name}`", *(f"{value:.2f}" for value in row)] for name, row in found.iterrows()]
    return markdown(["input", *found.columns], rows)


def total(found: Sensitivity) -> pd.DataFrame:
    """Total effects of the factors, of luck and of populations."""
    table = found.table
    return table[
        (table["index"] == found.main)
        & table["kind"].isin(["factor", "luck", "population"])
        & (table["scenario"] == PACKAGE)
    ]


def indices(found: Sensitivity) -> str:
    """The largest total effects, a row per input, a column per outcome."""
    rows = total(found)
    order = rows.groupby("factor")["estimate"].max().sort_values(ascending=False).index[:SHOWN]
    cells = rows.set_index(["factor", "outcome"])
    lines = [
        [f"`{factor}`", *(plus_minus(cells.loc[(factor, outcome)]) for outcome in OUTCOMES)]
        for factor in order
    ]  # fmt: skip
    return markdown(["input", *OUTCOMES.values()], lines)


def told(found: Sensitivity) -> list[str]:
    return list(dict.fromkeys(warning.rstrip(".") for warning in found.warnings))


def short(outcome: str) -> str:
    return next(word for word in outcome.replace("(", " ").replace(")", " ").split() if "_" in word)
