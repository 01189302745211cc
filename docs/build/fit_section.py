"""The page on fit: what the calibrated sets make of the record, what the record tells of each parameter, and
what else the sets were held against. From the tables of `experiments/00_calibration`."""

from __future__ import annotations

import pandas as pd
from pages import ROOT, markdown_table

from eipsim.core.numbers import number, whole_share
from eipsim.data.loading import read_facts
from eipsim.data.parameters import DEFAULT_RULE, load_ensemble

TABLES = ROOT / "experiments/00_calibration/tables"
IDENTIFIED, UNTOUCHED = (
    0.7,
    0.9,
)  # of the width before: below and above which the record tells much, and nothing to speak of

OPENING = """\
The model has no best fit, because its record is seven numbers: what GEIPP phase I wrote down of its 90 firms and five
parks, and how often inspections of the country find a violation. `make calibrate` finds, for each of the five decision
rules, {sets} parameter sets that go with that record (`eipsim/data/ensemble.csv`, all of equal weight);
`eipsim.data.parameters.load_ensemble(rule)` gives them as settings for runs. The record is taken as one draw of luck:
what single populations differ by counts in full, and so does a tolerance granted to model and record together (5 % for
options, 15 % for money, CO₂ and violations, 10 % for exchanges; assumed). Money and CO₂ are compared as a programme
records them: what audits said of the options found installed, in the share that is verified, before realisation and
rebound. [How it is done](../experiments/00_calibration/README.md).

The default set is the medoid of the sets that have the record as the median of their runs when everything that is only
varied stands at its middle, or the one next to it whose medians are within every tolerance: that it meets the record was
asked for and is no test. Medians, in brackets the range of nine tenths of single runs; for the sets that of their medians:"""

LUCK = "Money and CO₂ hang on a few large firms, so populations differ several-fold, and one record of them can say little."

TOLD = """\
**What the record tells.** How wide nine tenths of the sets are over how wide the range was before the record was seen
(1 = nothing learnt), with *in brackets* how often an interval found in the same way held a value that was planted (it
should be nine in ten):"""

CAUTION = """\
**Without controls the effect of a programme is an assumption with a range down to zero.** The record says how many
options were named and how many were installed in assisted firms; nobody has looked at firms that were not assisted. How
many of these options would have been installed anyway depends on what firms notice by themselves and from each other
(`awareness.*`), which the record does not tell."""

CHECKED = """\
**What was checked.** Sets of the default rule in one population of the country each ({sets} sets; a few of the other
rules in [tables/checks.csv](../experiments/00_calibration/tables/checks.csv)). None of these facts is a test: some are
inputs or follow from inputs, the others were fitted, or looked at while the mechanisms behind them were designed. What the
verdicts mean: [docs/validation.md](validation.md#reading-the-result)."""


def section() -> str:
    """The whole section, in Markdown."""
    fit, widths, checks = (pd.read_csv(TABLES / f"{name}.csv") for name in ("fit", "widths", "checks"))
    own = fit[fit["rule"] == DEFAULT_RULE]
    parts = (
        OPENING.format(sets=len(load_ensemble())),
        fit_table(own),
        misses(own),
        rules_table(fit),
        TOLD,
        widths_table(widths),
        in_words(widths),
        CAUTION,
        CHECKED.format(sets=checks.loc[checks["rule"] == DEFAULT_RULE, "sets"].max()),
        checks_table(checks[checks["rule"] == DEFAULT_RULE]),
    )
    return "\n\n".join(parts)


def fit_table(fit: pd.DataFrame) -> str:
    """The record beside the default and the sets of one rule."""
    head = ("target", "record", "default set", "all sets", "runs below the record")
    return markdown_table(head, [
        (
            f"{row.target} [{row.unit}]", number(row.record),
            f"{number(row.default_middle)} ({number(row.default_low)} to {number(row.default_high)})",
            f"{number(row.sets_middle)} ({number(row.sets_low)} to {number(row.sets_high)})",
            whole_share(row.runs_below),
        )
        for row in fit.itertuples()
    ])  # fmt: skip


def misses(fit: pd.DataFrame) -> str:
    """Which targets the default misses by more than their tolerance."""
    off = fit[(fit["default_middle"] / fit["record"] - 1.0).abs() > fit["tolerance"]]
    if off.empty:
        return f"In the populations that it was chosen in, its median meets every target within its tolerance. {LUCK}"
    told = [f"{row.target} by {100.0 * (row.default_middle / row.record - 1.0):+.0f} %" for row in off.itertuples()]
    return f"What the median of the default set still misses by more than its tolerance: {', '.join(told)}. {LUCK}"


def rules_table(fit: pd.DataFrame) -> str:
    """Medians of the sets of every rule, target by target."""
    rules = list(dict.fromkeys(fit["rule"]))
    values = fit.pivot(index="target", columns="rule", values="sets_middle")
    order = fit.drop_duplicates("target")
    rows = [
        (row.target, number(row.record), *(number(values.loc[row.target, rule]) for rule in rules))
        for row in order.itertuples()
    ]
    table = markdown_table(("target", "record", *(f"`{rule}`" for rule in rules)), rows)
    return f"The other rules have sets of their own (medians over their sets):\n\n{table}"


def widths_table(widths: pd.DataFrame) -> str:
    """Ratios of widths, a row a free parameter, levels of acceptance in one row; a column a rule."""
    rules = list(dict.fromkeys(widths["rule"]))
    free = widths[widths["role"] == "free"].assign(shown=lambda table: table["parameter"].map(_shown))
    rows = []
    for name in dict.fromkeys(free["shown"]):
        own = free[free["shown"] == name].set_index("rule")
        rows.append((name, *(_ratio(own.loc[rule]) for rule in rules)))
    return markdown_table(("fitted parameter", *(f"`{rule}`" for rule in rules)), rows)


def _shown(parameter: str) -> str:
    rows = read_facts("calibration_ranges")
    is_level = rows.loc[rows["parameter"] == parameter, "rule"].item() != ""
    return "level of acceptance (each rule's own)" if is_level else f"`{parameter}`"


def _ratio(row: pd.Series) -> str:
    planted = f" ({whole_share(row['coverage'])})" if row["ratio"] < IDENTIFIED and pd.notna(row["coverage"]) else ""
    return f"{row['ratio']:.2f}{planted}"


def in_words(widths: pd.DataFrame) -> str:
    """What the record identifies and what it does not, under the default rule."""
    own = widths[widths["rule"] == DEFAULT_RULE]
    free = own[own["role"] == "free"]
    known, vague = free[free["ratio"] < IDENTIFIED], free[free["ratio"] >= IDENTIFIED]
    varied = own[own["role"] != "free"]
    narrowed, left = varied[varied["ratio"] < UNTOUCHED], varied[varied["ratio"] >= UNTOUCHED]
    little = f"It says little of {_listed(vague)}: these were searched, and most of their range is left."
    few = f" and narrows {_listed(narrowed)} a little" if len(narrowed) else ""
    lines = (
        f"Under the default rule the record narrows {_listed(known)}." if len(known) else "",
        little if len(vague) else "",
        f"{len(varied)} more parameters were varied over their ranges and are part of the sets, so that what is not known of",
        f"them counts; nothing is claimed of them. The record leaves {len(left)} of them as they were{few}.",
    )
    return " ".join(filter(None, lines))


def _listed(rows: pd.DataFrame) -> str:
    return ", ".join(f"`{row.parameter}` ({number(row.low)} to {number(row.high)})" for row in rows.itertuples())


def checks_table(checks: pd.DataFrame) -> str:
    head = ("fact", "observed", "sets (nine tenths)", "sets within", "times as wide", "verdict", "role")
    return markdown_table(head, [
        (
            row.fact, f"{number(row.low)} to {number(row.high)} {row.unit}",
            f"{number(row.model_low)} to {number(row.model_high)}", whole_share(row.sets_within),
            number(row.relative_width), row.verdict, row.role,
        )
        for row in checks.itertuples()
    ])  # fmt: skip
