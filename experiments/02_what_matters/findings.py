"""Which of the numbers that nobody knows could decide what enacted policy, the package, and their difference come to."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from reporting import HEADLINES, Findings, figure, made_with, markdown, short

from eipsim import figures
from eipsim.analysis.sensitivity.indices import Sensitivity, sensitivity
from eipsim.analysis.sensitivity.screening import matter
from eipsim.analysis.study import Study
from eipsim.designs.reading import load_design

SECOND_STAGE = Path(__file__).parents[1] / "13_shares_of_variance/design.yaml"
BASELINE, ADDED, MOST, SHOWN = "baseline", "full-package minus baseline", 14, 16


def findings(studies: dict[str, Study]) -> Findings:
    study = studies["screening"]
    levels, added = sensitivity(study, list(HEADLINES)), sensitivity(study, list(HEADLINES), minus=BASELINE)
    screened = both(levels, added)
    charts = {f"added_{short(outcome)}": figures.tornado(added, ADDED, outcome) for outcome in HEADLINES}
    text = [
        made_with(studies),
        screening_text(screened),
        screening_table(screened),
        "What moves the difference between package and baseline:",
        *(figure(f"added_{short(outcome)}", f"What the package adds: {title}") for outcome, title in HEADLINES.items()),
    ]  # fmt: skip
    return Findings("\n\n".join(text), {"screening": screened}, charts)


def both(levels: Sensitivity, added: Sensitivity) -> pd.DataFrame:
    """mu* of every input: of the baseline, of the package, and of what the package adds at the same point with the same draws."""
    first = matter(added, most=MOST)  # of which the second stage should have most
    table = pd.concat([levels.table, added.table], ignore_index=True)
    return table[table["index"] == levels.main].assign(among_the_first=table["factor"].isin(first))


def relative(screened: pd.DataFrame) -> pd.DataFrame:
    """mu* over that of the largest input, the largest over the outcomes: a row per input, a column per scenario."""
    keys = ["scenario", "outcome"]
    rows = screened[screened["kind"].isin(["factor", "population"])]
    share = rows["estimate"] / rows.groupby(keys)["estimate"].transform("max")
    found = rows.assign(share=share).pivot_table(index="factor", columns="scenario", values="share", aggfunc="max")
    return found.assign(most=found.max(axis=1)).sort_values("most", ascending=False)


def screening_text(screened: pd.DataFrame) -> str:
    """How many inputs were moved, and which of those that move most the second stage has."""
    taken = set(load_design(SECOND_STAGE).factors) - {"population"}
    first = set(screened.loc[screened["among_the_first"], "factor"])
    inputs = screened.loc[screened["kind"].isin(["factor", "population"]), "factor"].nunique()
    left = sorted(first - taken - {"population"})
    rest = f", not {', '.join(f'`{name}`' for name in left)}" if left else ""
    return (
        f"{inputs} inputs were moved one by one. Of the {MOST} that move most what the package adds to the baseline, "
        f"[the second stage](../13_shares_of_variance/README.md) has {len(first & taken)}{rest}. How much an input moves an "
        f"outcome (Morris's mu*), over the input that moves it most; the largest of the {len(HEADLINES)} outcomes:"
    )


def screening_table(screened: pd.DataFrame) -> str:
    found = relative(screened).drop(columns="most").head(SHOWN)
    rows = [[f"`{name}`", *(f"{value:.2f}" for value in row)] for name, row in found.iterrows()]
    return markdown(["input", *found.columns], rows)
