"""Under which conditions does the whole package miss what it is for, and which inputs decide? Boxes by PRIM, a tree as a
second opinion, first-order effects by RBD-FAST."""

from __future__ import annotations

from reporting import Findings, figure, made_with, markdown, percent, plus_minus

from eipsim import figures
from eipsim.analysis.discovery.discovery import Discovery, discover
from eipsim.analysis.sensitivity.indices import Sensitivity, sensitivity
from eipsim.analysis.study import Study

FAILURES = {
    "certificates": ("parks_certified @2050 < 300", "fewer than 300 certified parks in 2050"),
    "firms": ("recp_firm_share @2030 < 0.5", "fewer than half of all firms apply cleaner production in 2030"),
    "co2": ("sum(co2_avoided_t @2026..2050) < 100000000", "less than 100 Mt CO₂ avoided from 2026 to 2050"),
}
DECIDED = {
    "parks_certified @2050": "certified parks 2050",
    "recp_firm_share @2030": "firms with RECP 2030",
    "sum(co2_avoided_t)": "CO₂ avoided 2015-50",
    "exchanges_operating @2050": "exchanges 2050",
}
SHOWN = 10


def findings(studies: dict[str, Study]) -> Findings:
    study = studies["design"]
    text, tables, charts = [made_with(studies)], {}, {}
    for name, (condition, words) in FAILURES.items():
        found = discover(study, condition, boxes=2, jobs=-1)
        text += [f"**{words[0].upper()}{words[1:]}** (`{condition}`): {percent(found.base)} of the points."]
        if not found.boxes:
            text.append(f"{found.finding}.")
            continue
        tables |= {f"boxes_{name}": found.limits(), f"scores_{name}": found.scores()}
        tables[f"found_again_{name}"] = found.reproducibility()
        tree = discover(study, condition, method="cart", boxes=2)
        charts[f"box_{name}"] = figures.box_limits(found)
        text += [f"{found.finding}.", scores(found, "PRIM"), scores(tree, "CART"), figure(f"box_{name}", words)]
    effects = sensitivity(study, list(DECIDED), method="rbd_fast")
    tables["first_order"] = effects.table
    text += [
        "First-order effects (S1) of the inputs in the country, with 95 % intervals, from the same points:",
        shares(effects),
    ]
    return Findings("\n\n".join(text), tables, charts)


def shares(effects: Sensitivity) -> str:
    """The inputs with the largest first-order effect on any of the outcomes."""
    rows = effects.table[effects.table["kind"] == "factor"]
    order = rows.groupby("factor")["estimate"].max().sort_values(ascending=False).index[:SHOWN]
    cells = rows.set_index(["factor", "outcome"])
    lines = [[f"`{factor}`", *(plus_minus(cells.loc[(factor, outcome)]) for outcome in DECIDED)] for factor in order]
    return markdown(["input", *DECIDED.values()], lines)


def scores(found: Discovery, method: str) -> str:
    """The boxes that are findings; where there is none, that there is none."""
    if not found.boxes:
        return f"{method}: {found.finding}."
    rows = [
        [f"{method}, box {row.box}", percent(row.coverage), percent(row.density), percent(row.mass), row.limits]
        for row in found.scores().itertuples()
    ]
    return markdown(["box", "coverage", "density", "mass", "limits"], rows)
