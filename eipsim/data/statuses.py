"""How well the numbers of the model are known: how many are sourced, derived, calibrated, assumed, and how much hangs on them.

A number is *sourced* when it stands in its source, which was seen; *derived* when it was worked out from sources or lies
within what they say; *calibrated* when it was fitted; *assumed* when it is a judgement or was only recalled. `make docs` writes
the tables into README.md and docs/limits.md.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from eipsim.core.later import Later
from eipsim.data.loading import read_facts
from eipsim.data.parameters import load_parameters
from eipsim.errors import InputError, Mistake

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = Later("pandas")

STATUSES = ("sourced", "derived", "calibrated", "assumed")
OTHER = "other inputs"  # drivers, and what the model no longer has
TOTAL_EFFECT = "ST"  # as indices of a sensitivity analysis are named
TABLES = {
    "parameters of the model": "parameters",
    "constants of the world": "world",
    "figures of the measures": "measures",
}


def status_word(status: str) -> str:
    """The status without the remark that may follow it.

    >>> status_word("derived (enduse_share x enduse_saving)")
    'derived'
    """
    return status.split()[0].strip("();,") if status.strip() else "unknown"


def status_shares() -> dict[str, dict[str, int]]:
    """By table of TABLES, how many of its values have each status, and how many there are in all (`values`)."""
    shares = {}
    for title, table in TABLES.items():
        counts = Counter(status_word(status) for status in read_facts(table)["status"])
        shares[title] = {"values": counts.total(), **{status: counts[status] for status in STATUSES}}
    return shares


def status_table() -> str:
    """The shares as a Markdown table: count and rounded percentage."""
    lines = [f"| | values | {' | '.join(STATUSES)} |", f"|---|---|{'---|' * len(STATUSES)}"]
    for title, row in status_shares().items():
        cells = [f"{row[status]} ({100.0 * row[status] / row['values']:.0f} %)" for status in STATUSES]
        lines.append(f"| {title} | {row['values']} | {' | '.join(cells)} |")
    return "\n".join(lines)


# ---- by what hangs on them -----------------------------------------------------------------------------------------------


def weighted_shares(indices: pd.DataFrame) -> pd.DataFrame:
    """Of the total effects of all inputs on an outcome, the share [1] of each status and of other inputs.

    `indices`: a table of Sobol' indices as `eipsim sensitivity` and the experiments write it (columns scenario, outcome, year,
    index, factor, kind, estimate). A row for every scenario and outcome; luck, the dummy and effects over time are left out,
    and an effect below zero, which is noise, counts as none. InputError without total effects.
    """
    yearly = indices["year"].notna() if "year" in indices else False
    effects = indices[(indices["index"] == TOTAL_EFFECT) & (indices["kind"] == "factor") & ~yearly]
    if effects.empty:
        hint = "take a table of Sobol' indices, such as that of experiments/13_shares_of_variance"
        raise InputError(Mistake("indices", f"no total effects ({TOTAL_EFFECT}) of factors are in this table", hint))
    status = effects["factor"].map(_status_of)
    effects = effects.assign(status=status, estimate=effects["estimate"].clip(lower=0.0))
    sums = effects.pivot_table("estimate", ["scenario", "outcome"], "status", "sum", fill_value=0.0, sort=False)
    sums = sums.reindex(columns=[*STATUSES, OTHER], fill_value=0.0)
    return sums.div(sums.sum(axis=1), axis=0).fillna(0.0)


def _status_of(factor: str) -> str:
    parameter = load_parameters().get(factor)
    return status_word(parameter.status) if parameter else OTHER


def weights_table(indices: pd.DataFrame) -> str:
    """`weighted_shares` as a Markdown table in rounded per cent, a row an outcome."""
    shares = weighted_shares(indices)
    lines = [f"| outcome | {' | '.join(shares.columns)} |", f"|---|{'---|' * len(shares.columns)}"]
    for (scenario, outcome), row in shares.iterrows():
        cells = [f"{100.0 * share:.0f} %" for share in row]
        lines.append(f"| `{outcome}` in `{scenario}` | {' | '.join(cells)} |")
    return "\n".join(lines)
