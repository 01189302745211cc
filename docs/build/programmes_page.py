# ruff: noqa: E501 (paragraphs of generated documents)
"""docs/comparison-with-programmes.md, from the study in experiments/00_programmes."""

from __future__ import annotations

import runpy

import pandas as pd
from pages import GENERATED, ROOT, markdown_table

from eipsim.data.parameters import load_parameters
from eipsim.figures.wording import number

STUDY = ROOT / "experiments/00_programmes/assisted.py"


def comparison() -> pd.DataFrame:
    """The model's assisted firms beside what programmes report. Runs the baseline of the country to the end of 2024."""
    return runpy.run_path(str(STUDY))["programme_comparison"]()


def page(frame: pd.DataFrame) -> str:
    """The whole page from the table of `comparison`."""
    rows = [
        [r["programme"], r["metric"], number(r["reported"]), r["unit"], number(r["model"]), number(r["audit"]), f"{r['ratio']:.2f}",
         r["what"], f"{r['status']}, {r['source']}"]
        for _, r in frame.iterrows()
    ]  # fmt: skip
    table = markdown_table(
        ["programme", "quantity", "reported", "unit", "model, realised", "model, as an audit would state it",
         "audit / reported", "what the model's number is", "status, source"],
        rows,
    )  # fmt: skip
    about, p = frame.attrs, load_parameters()
    realised = p["measures.realisation"].central * (1.0 - p["measures.rebound"].central)
    return f"""{GENERATED}
# Assisted firms: what programmes report, what the model gives

Compared, not fitted: none of these rows (`use` = context in `eipsim/data/programme_evidence.csv`) enters the calibration. The model's side
is the baseline of the country, seed {about["seed"]}, at the end of {about["year"]}: {about["firms"]} firms that a programme has audited and that are still
there, with a mean energy and water bill of {number(about["bill"])} USD/yr; they were recommended {about["recommended"]} options and have {about["implemented"]}
of these in use.

{table}

How the model's side is worked out: for each assisted firm, its use with everything it has less its use without the options in
question, at the prices and the grid factor of {about["year"]}; capital cost before subsidy, at the prices of {about["year"]}. *Identified* counts every
recommended option as if it stood, exclusive ones aside. *Realised* is what the model's accounts hold: after realisation and rebound
(together {realised:.2f} of the engineering saving) and with hidden cost ({p["measures.hidden_cost_share"].central:.0%} of capital). *As an audit would state it* takes
these out again; this is the column to compare with what programmes report.

Read it with care: the firms of these programmes are not those of the model's. The model's programmes favour larger and readier firms
among the tenants of their parks; the firms of these programmes are larger still (the garment, textile and footwear suppliers of P03,
plants with an energy manager in P14), and figures per factory differ with size before anything else. P03 divides the investment and savings of its count by 82 factories, as in the data file. Rows without a
counterpart in the model (counts of firms, totals that grow with the programme, guarantee loans, 18-month returns) are left out.
"""
