"""Under which conditions does the whole package miss what it is for? Boxes by PRIM, a tree as a second opinion."""

from __future__ import annotations

from reporting import Findings, figure, made_with, markdown, percent

from eipsim import figures
from eipsim.analysis.discovery import Discovery, discover
from eipsim.analysis.study import Study

FAILURES = {
    "certificates": ("parks_certified @2050 < 100", "fewer than 100 certified parks in 2050"),
    "firms": ("recp_firm_share @2030 < 0.5", "fewer than half of the firms apply cleaner production in 2030"),
    "co2": ("co2_avoided_t @2050 < 4000000", "less than 4 Mt CO₂ avoided in 2050"),
}


def findings(studies: dict[str, Study]) -> Findings:
    study = studies["design"]
    text, tables, charts = [made_with(studies)], {}, {}
    for name, (condition, words) in FAILURES.items():
        found = discover(study, condition, boxes=2)
        text += [f"**{words[0].upper()}{words[1:]}** (`{condition}`): {percent(found.base)} of the points."]
        if not found.boxes:
            text.append(f"{found.finding}.")
            continue
        tables |= {f"boxes_{name}": found.limits(), f"scores_{name}": found.scores()}
        tables[f"found_again_{name}"] = found.reproducibility()
        tree = discover(study, condition, method="cart", boxes=2, resamples=0)
        charts[f"box_{name}"] = figures.box_limits(found)
        text += [f"{found.finding}.", scores(found, "PRIM"), scores(tree, "CART"), figure(f"box_{name}", words)]
    return Findings("\n\n".join(text), tables, charts)


def scores(found: Discovery, method: str) -> str:
    rows = [
        [f"{method}, box {row.box}", percent(row.coverage), percent(row.density), percent(row.mass), row.limits]
        for row in found.scores().itertuples()
    ]
    return markdown(["box", "coverage", "density", "mass", "limits"], rows)
