"""Which of the numbers that nobody knows decide what the whole package achieves: screening, then shares of variance."""

from __future__ import annotations

import pandas as pd
from reporting import Findings, figure, made_with, markdown, plus_minus

from eipsim import figures
from eipsim.analysis.sensitivity.indices import Sensitivity, sensitivity
from eipsim.analysis.sensitivity.screening import matter
from eipsim.analysis.study import Study
from eipsim.designs.reading import load_design

OUTCOMES = {
    "sum(co2_avoided_t)": "CO₂ avoided 2015-50",
    "recp_firm_share @2050": "firms with RECP 2050",
    "parks_certified @2050": "certified parks 2050",
    "exchanges_operating @2050": "exchanges 2050",
    "sum(public_spending_usd)": "public spending 2015-50",
}
OVER_TIME = ("co2_avoided_t", "recp_firm_share")
WORLDS = {"pilot-parks": "in the pilot parks", "national": "in the country"}
PACKAGE, MOST, SHOWN = "full-package", 20, 12


def findings(studies: dict[str, Study]) -> Findings:
    screened = sensitivity(studies["screening"], list(OUTCOMES))
    chosen = matter(screened, most=MOST)
    found = [shares_of_variance(studies[name], name, where) for name, where in WORLDS.items()]
    text = [made_with(studies), screening_text(studies, chosen), *(one.text for one in found)]
    tables = {"screening": screened.table} | {name: table for one in found for name, table in one.tables.items()}
    charts = {name: chart for one in found for name, chart in one.charts.items()}
    return Findings("\n\n".join(text), tables, charts)


def shares_of_variance(study: Study, name: str, where: str) -> Findings:
    """Sobol' indices of one world, by outcome, against the number of points, and over time."""
    found = sensitivity(study, list(OUTCOMES), convergence=True)
    yearly = sensitivity(study, list(OVER_TIME), over_time=True)
    tables = {f"{name}_indices": found.table, f"{name}_luck": found.noise}
    charts = {f"{name}_tornado_{short(outcome)}": figures.tornado(found, PACKAGE, outcome) for outcome in OUTCOMES}
    charts[f"{name}_convergence"] = figures.convergence(found, PACKAGE, next(iter(OUTCOMES)))
    charts |= {f"{name}_over_time_{outcome}": figures.over_time(yearly, PACKAGE, outcome) for outcome in OVER_TIME}
    text = [
        f"### Shares of variance {where}",
        "Total effects (ST, the share of the variance in which an input has any part) with 95 % intervals, the largest in any "
        "outcome first; `luck` is which draws a run has, `population` which synthetic firms:",
        indices(found),
        *(f"Caution: {warning}." for warning in told(found)),
        *(figure(f"{name}_tornado_{short(outcome)}", f"{title} {where}") for outcome, title in OUTCOMES.items()),
        figure(f"{name}_convergence", f"Convergence of the indices with the number of points {where}"),
        *(figure(f"{name}_over_time_{outcome}", f"First-order effects over time on {outcome} {where}") for outcome in OVER_TIME),
    ]  # fmt: skip
    return Findings("\n\n".join(text), tables, charts)


def screening_text(studies: dict[str, Study], chosen: list[str]) -> str:
    """What the screening chose, held against the factors that the second stage has."""
    taken = set(load_design(studies["pilot-parks"].design.document()).factors) - {"dummy", "population"}
    n = len([name for name in studies["screening"].design.factors if name != "dummy"])
    agree = len(taken & set(chosen))
    return (
        f"### Screening\n\nOf {n} inputs, Morris's method ranks these {len(chosen)} first, over {len(OUTCOMES)} outcomes in the "
        f"baseline and the package: {', '.join(f'`{name}`' for name in chosen)}. The second stage has {len(taken)} inputs, "
        f"{agree} of them among these."
    )


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
