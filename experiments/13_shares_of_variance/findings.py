"""How the variance of what the package achieves is shared between the inputs that matter, populations and draws."""

from __future__ import annotations

import pandas as pd
from reporting import HEADLINES, Findings, figure, made_with, markdown, plus_minus, short

from eipsim import figures
from eipsim.analysis.sensitivity.indices import Sensitivity, sensitivity
from eipsim.analysis.study import Study

OVER_TIME = ("co2_avoided_t", "recp_firm_share")
PACKAGE, SHOWN = "full-package", 16


def findings(studies: dict[str, Study]) -> Findings:
    found = sensitivity(studies["design"], list(HEADLINES), convergence=True)
    yearly = sensitivity(studies["design"], list(OVER_TIME), over_time=True)
    charts = {f"tornado_{short(outcome)}": figures.tornado(found, PACKAGE, outcome) for outcome in HEADLINES}
    charts["convergence"] = figures.convergence(found, PACKAGE, next(iter(HEADLINES)))
    charts |= {f"over_time_{outcome}": figures.over_time(yearly, PACKAGE, outcome) for outcome in OVER_TIME}
    text = [
        made_with(studies),
        "Total effects (ST, the share of the variance in which an input has any part) with 95 % intervals, the largest in any "
        "outcome first; `luck` is which draws a run has, `population` which synthetic firms:",
        indices(found),
        *(f"Caution: {warning}." for warning in told(found)),
        *(figure(f"tornado_{short(outcome)}", f"{title} in the country") for outcome, title in HEADLINES.items()),
        figure("convergence", "Convergence of the indices with the number of points"),
        *(figure(f"over_time_{outcome}", f"First-order effects over time on {outcome}") for outcome in OVER_TIME),
    ]  # fmt: skip
    return Findings("\n\n".join(text), {"indices": found.table, "luck": found.noise}, charts)


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
        [f"`{factor}`", *(plus_minus(cells.loc[(factor, outcome)]) for outcome in HEADLINES)]
        for factor in order
    ]  # fmt: skip
    return markdown(["input", *HEADLINES.values()], lines)


def told(found: Sensitivity) -> list[str]:
    return list(dict.fromkeys(warning.rstrip(".") for warning in found.warnings))
