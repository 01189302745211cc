"""A sensitivity analysis at a glance: a line an outcome, a row a factor, and whose share of the variance is luck's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from eipsim.core.numbers import cell

if TYPE_CHECKING:
    from eipsim.analysis.sensitivity.indices import Sensitivity


def lines(found: Sensitivity) -> Iterator[str]:
    """What was analysed; of every outcome the largest factor and the shares of populations and luck; how many warnings."""
    yield f"Sensitivity: {found.title}, {size_of(found.noise.iloc[-1])}"
    for scenario, outcome in found.cases:
        rows = last_year(found.ranked(scenario, outcome))
        first = rows[rows["kind"] != "dummy"].sort_values("estimate", ascending=False, kind="stable").iloc[0]
        noise = last_year(found.noise.query("scenario == @scenario and outcome == @outcome")).iloc[-1]
        when = f" in {first['year']}" if found.is_over_time else ""
        matters = (
            f"{outcome}{when} in {scenario}: most is due to {first['factor']}, {found.main} {with_interval(first)}"
        )
        yield "; ".join([matters, *shares_of_luck(noise)])
    if found.warnings:
        yield f"{len(found.warnings)} warnings: see warnings"


def small_table(found: Sensitivity) -> pd.DataFrame:
    """The main index of every factor with its interval as text, the largest first; over time in the last year."""
    rows = last_year(found.summary())
    shown = rows[["scenario", "outcome", "factor"]].assign(**{found.main: [cell(x) for x in rows["estimate"]]})
    return shown.assign(**{end: [cell(x) for x in rows[end]] for end in ("low", "high")}, note=rows["note"])


def last_year(rows: pd.DataFrame) -> pd.DataFrame:
    return rows if rows["year"].isna().all() else rows[rows["year"] == rows["year"].max()]


def with_interval(row: Any) -> str:
    value, low, high = (cell(float(row[name])) for name in ("estimate", "low", "high"))
    return value if math.isnan(row["low"]) else f"{value} ({low} to {high})"


def size_of(noise: Any) -> str:
    """How many points and replicates a row of `Sensitivity.noise` is from."""
    replicates = f", {noise['seeds']} replicates" if noise["seeds"] > 1 else ""
    return f"{noise['rows']:,} points{replicates}" + (f", {noise['dropped']:,} left out" if noise["dropped"] else "")


def shares_of_luck(noise: Any) -> list[str]:
    """What populations, where they are told apart, and luck have of the variance of a run, from a row of `Sensitivity.noise`."""
    own = f"Luck ({noise['luck_of']})" if noise["luck_of"] != "draws" else "Luck"
    firms = [] if math.isnan(noise["population_share"]) else [f"Populations: {_share_of(noise, 'population')}"]
    return [*firms, f"{own}: {_share_of(noise, 'noise')}"]


def _share_of(noise: Any, part: str) -> str:
    """The share of a part in the variance of a run, with its interval."""
    if math.isnan(noise[f"{part}_share"]):
        return "not known"
    share, low, high = (f"{100.0 * noise[f'{part}_{end}']:.0f}" for end in ("share", "low", "high"))
    return f"{share} %" + ("" if low == high else f" ({low} to {high} %)") + " of the variance of a run"
