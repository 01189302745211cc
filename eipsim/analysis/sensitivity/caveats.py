"""What to keep in mind when reading indices, each with its remedy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from eipsim.analysis.sensitivity.methods import LEAST_ROWS, METHODS, dummy_is_0
from eipsim.analysis.too_few import LARGE, more_points, more_replicates, one_replicate
from eipsim.designs.correlations import correlated_factors
from eipsim.designs.design import COMMON, INDEPENDENT
from eipsim.designs.factors import DUMMY, PARAMETER_SET
from eipsim.designs.notes import notes_on

WITH_SETS = "every parameter set is run in a population of its own: an index of parameter_set is of both"
MOSTLY_CHANCE = 0.5
LITTLE = 16  # times the points to begin with, where these are too few for any interval
TELLS_APART = "hdmr"  # what a factor does by itself from what it has in common with others (Li et al. 2010)
HOPELESS = 1.0  # half width of a share at which the interval itself is not known
INSIDE = "draws are independent: noise is part of every index; S1_without_noise and ST_without_noise leave it out"


def caveats(design: Any, method: str, table: pd.DataFrame, noise: pd.DataFrame, wanted: float) -> list[str]:
    """Warnings about an analysis: intervals too wide, replicates too few, luck too large, no dummy, constant outcomes."""
    return [
        *_constants(noise),
        *_wide(design, method, table, wanted),
        *_seeds(design, method, table, wanted),
        *_chance(design, method, noise),
        *_dummy(design, method, table),
        *_drawn_together(design, method),
        *_populations(design),
    ]


def _constants(noise: pd.DataFrame) -> list[str]:
    flat = noise[noise["sd"] == 0.0]
    rows = flat.groupby(["scenario", "outcome"], sort=False)["year"].agg(list)
    return [f"{what} in {where} does not vary{_in(years)}: no index" for (where, what), years in rows.items()]


def _in(years: list[Any]) -> str:
    known = [int(year) for year in years if not pd.isna(year)]
    if len(known) > 1:
        return f" in {len(known)} years ({known[0]} to {known[-1]})"
    return f" in {known[0]}" if known else ""


def _wide(design: Any, method: str, table: pd.DataFrame, wanted: float) -> list[str]:
    """Sampling intervals of the main index that are wider than wanted, with the number of points that would do."""
    rows = _main(method, table)
    half = _relative((rows["high"] - rows["low"]) / 2.0, rows, method)
    if half.isna().all() or half.max() <= wanted:
        return []
    worst = rows.loc[half.idxmax()]
    width, n = float(half.max()), int(getattr(design.sampler, "n", 0) or 0)
    unit = "" if METHODS[method].share else " of the largest"
    if method == "fast":
        remedy = "; more repeats narrow it"
    elif METHODS[method].share and width > HOPELESS and n:
        remedy = f"; {n:,} points are too few to tell anything, begin with n: {LITTLE * n:,}"
    else:
        more = more_points(n, width / wanted, method)
        then = width * math.sqrt(n / more) if n else width
        remedy = f"; n: {more:,} instead of {n:,} would make it about {then:.2g}" if n else ""
    return [f"{_of(worst)}: its interval is ±{width:.2g}{unit}{remedy}"]


def _seeds(design: Any, method: str, table: pd.DataFrame, wanted: float) -> list[str]:
    """Too few replicates to see luck at all, or indices that differ between replicates."""
    if design.draws != COMMON:
        return []
    if design.replicates == 1:
        return one_replicate(design, "the indices hold", "the share of luck is not known", "show both")
    rows = _main(method, table)
    half = _relative((rows["seed_high"] - rows["seed_low"]) / 2.0, rows, method)
    if half.isna().all() or half.max() <= wanted:
        return []
    more = more_replicates(design.replicates, min(float(half.max()) / wanted, LARGE))
    worst = rows.loc[half.idxmax()]
    remedy = f"replicates: {more} would make it about {wanted:g}"
    return [f"{_of(worst)}: differs between replicates by ±{half.max():.2g}; {remedy}"]


def _chance(design: Any, method: str, noise: pd.DataFrame) -> list[str]:
    told = [INSIDE] if design.draws == INDEPENDENT and method == "sobol" else []
    lucky = noise[noise["noise_share"] > MOSTLY_CHANCE]
    if not len(lucky):
        return told
    worst = lucky.loc[lucky["noise_share"].idxmax()]
    where = f"{worst['outcome']} in {worst['scenario']}" + ("" if pd.isna(worst["year"]) else f" in {worst['year']}")
    more = "more replicates, or an outcome that adds up years or parks"
    remedy = "draws: common" if design.draws == INDEPENDENT else more
    return [*told, f"{where}: {worst['noise_share']:.0%} of the variance of a run is luck; {remedy}"]


def _dummy(design: Any, method: str, table: pd.DataFrame) -> list[str]:
    """That there is no dummy where one would tell something, or what the method gives a factor that does nothing."""
    if dummy_is_0(method, design.draws):
        return []
    rows = _main(method, table)
    rows = rows[rows["factor"] == DUMMY]
    if not (table["factor"] == DUMMY).any():
        return ["no dummy in this design: nothing shows what an index is when there is nothing; dummy: true adds one"]
    given = rows[(rows["low"] > 0.0) & METHODS[method].share]
    if not len(given):
        return []
    worst = given.loc[given["estimate"].idxmax()]
    what = (
        f"{worst['estimate']:.2g} (up to {worst['high']:.2g}), which does nothing: as much of any other's may be noise"
    )
    return [f"{_of(worst)} is {what}; more points lower it"]


def _drawn_together(design: Any, method: str) -> list[str]:
    """What an index means of factors that are drawn together with others, and which method tells them apart."""
    names = ", ".join(correlated_factors(design.correlations or ()))
    if not names:
        return []
    if method == TELLS_APART:
        return [
            f"{names} were drawn together: S1 is what a factor does by itself, ST has what it shares with the others too"
        ]
    shared = f"{method} of each says what it tells of the outcome, the part of the others included, not what it moves"
    return [
        f"{names} were drawn together: {shared}; --method {TELLS_APART} tells them apart ({LEAST_ROWS[TELLS_APART]} points)"
    ]


def _populations(design: Any) -> list[str]:
    """That populations do not vary, or vary with the parameter sets."""
    told = [WITH_SETS] if design.pairs_populations and PARAMETER_SET in design.factors else []
    return [*told, *notes_on(design)]


def _main(method: str, table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["index"] == METHODS[method].main) & table["estimate"].notna()]


def _relative(half: pd.Series, rows: pd.DataFrame, method: str) -> pd.Series:
    """Half widths as they are for shares, else over the largest estimate of their outcome."""
    if METHODS[method].share:
        return half
    largest = rows.groupby(["scenario", "outcome"], sort=False)["estimate"].transform("max")
    return half / largest.where(largest > 0.0, np.nan)


def _of(row: pd.Series) -> str:
    year = "" if pd.isna(row["year"]) else f" in {row['year']}"
    return f"{row['index']} of {row['factor']} for {row['outcome']} in {row['scenario']}{year}"
