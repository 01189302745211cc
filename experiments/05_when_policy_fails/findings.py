"""Under which conditions does the whole package miss what it is for? Boxes by PRIM, a tree as a second opinion."""

from __future__ import annotations

import pandas as pd
from reporting import Findings, figure, made_with, markdown, percent

from eipsim import figures
from eipsim.analysis.discovery import Discovery, discover
from eipsim.analysis.study import Study

FAILURES = {
    "certificates": ("parks_certified @2050 < 100", "fewer than 100 certified parks in 2050"),
    "firms": ("recp_firm_share @2050 < 0.2", "fewer than 20 % of firms that apply cleaner production in 2050"),
    "co2": ("co2_avoided_t @2050 < 3000000", "less than 3 Mt CO₂ avoided in 2050"),
}


def findings(studies: dict[str, Study]) -> Findings:
    study = studies["design"]
    text, tables, charts = [made_with(studies)], {}, {}
    for name, (condition, words) in FAILURES.items():
        found = discover(study, condition, boxes=2)
        tree = discover(study, condition, method="cart", boxes=2, resamples=0)
        tables |= {f"boxes_{name}": found.limits(), f"scores_{name}": found.scores()}
        text += [f"**{words[0].upper()}{words[1:]}** (`{condition}`): {percent(found.base)} of the points."]
        if not found.boxes:
            text.append(f"{found.finding}.")
            continue
        tables[f"found_again_{name}"] = found.reproducibility()
        charts[f"box_{name}"] = figures.box_limits(found)
        text += [f"{found.finding}.", scores(found, "PRIM"), scores(tree, "CART"), figure(f"box_{name}", words)]
    return Findings("\n\n".join(text), tables, charts)


def scores(found: Discovery, method: str) -> str:
    rows = [
        [f"{method}, box {row.box}", percent(row.coverage), percent(row.density), percent(row.mass), row.limits]
        for row in found.scores().itertuples()
    ]
    return markdown(["box", "coverage", "density", "mass", "limits"], rows)


def shares(study: Study) -> pd.DataFrame:
    return pd.DataFrame({name: study.holds(condition).ravel() for name, (condition, _) in FAILURES.items()})
