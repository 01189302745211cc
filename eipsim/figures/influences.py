"""What tornado, areas over time and convergence share: plain names of factors and outcomes, and how sure a number is."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from eipsim.core.names import enumerated
from eipsim.core.numbers import Scale
from eipsim.errors import Mistakes, unknown
from eipsim.figures.wording import (
    ABBREVIATIONS,
    case_name,
    in_sentence,
    number,
    outcome_name,
    per_cent,
    quantity,
    scale_of,
)  # fmt: skip
from eipsim.outcomes.registry import OUTCOMES

NOTHING_KINDS = ("dummy", "luck", "population")
INDEX_NAMES = {
    "ST": "total effect", "S1": "first-order effect", "mu_star": "mean elementary effect", "delta": "delta",
    "pawn": "PAWN index", "rsa": "Cramér-von Mises statistic", "dgsm": "derivative-based bound",
    "main_effect": "main effect",
}  # fmt: skip
FACTOR_NAMES = {
    "dummy": "Dummy (inert)",
    "luck": "Luck",
    "population": "Synthetic firms",
    "rule": "Decision rule",
    "behaviour.vietnam_shift": "Vietnamese shift",
    "regulators.compliance_cost_max_usd": "Highest compliance cost",
}
PROPER = ("Viet",)  # keep their capital inside a sentence
OF_THE_OUTCOME = ("mu_star", "mu", "sigma", "main_effect")  # indices in its unit
ENDS = ["estimate", "low", "high"]
OF_AN_OUTCOME = re.compile(r"^\s*(\w+)\s*(?:@\s*(\d{4}))?\s*$")
REDUCED = {
    "sum": "in all years", "mean": "in an average year", "min": "in the lowest year", "max": "in the highest year",
}  # fmt: skip
OVER_ALL_YEARS = re.compile(rf"^\s*({'|'.join(REDUCED)})\(\s*(\w+)\s*\)\s*$")
LONGEST_OUTCOME = 70


def factor_name(factor: str) -> str:
    """A factor in plain words.

    >>> factor_name("levers.carbon_price"), factor_name("rule"), factor_name("certification.eip_term"), factor_name("dummy")
    ('Carbon price', 'Decision rule', 'EIP term', 'Dummy (inert)')
    >>> factor_name("regulators.support_cost_usd")
    'Support cost'
    """
    if factor in FACTOR_NAMES:
        return FACTOR_NAMES[factor]
    words = factor.rpartition(".")[2].removesuffix("_usd").replace("_", " ").split()
    text = " ".join(ABBREVIATIONS.get(word, word) for word in words)
    return text[:1].upper() + text[1:]


def factor_in_sentence(factor: str) -> str:
    """A factor inside a sentence.

    >>> factor_in_sentence("levers.carbon_price"), factor_in_sentence("behaviour.vietnam_shift")
    ('carbon price', 'Vietnamese shift')
    """
    name = factor_name(factor)
    return name if name.startswith(PROPER) else in_sentence(name)


def outcome_words(outcome: str) -> str:
    """An expression in plain words, where it is an outcome in a year or over all years; else as it is written.

    >>> outcome_words("parks_certified @2050"), outcome_words("co2_t"), outcome_words("jobs / firms")
    ('Parks certified in 2050', 'CO₂ emissions', 'jobs / firms')
    >>> outcome_words("sum(co2_avoided_t)"), outcome_words("max(parks_certified)")
    ('CO₂ avoided in all years', 'Parks certified in the highest year')
    """
    found = OF_AN_OUTCOME.match(outcome)
    if found and found[1] in OUTCOMES:
        return outcome_name(found[1]) + (f" in {found[2]}" if found[2] else "")
    found = OVER_ALL_YEARS.match(outcome)
    if found and found[2] in OUTCOMES:
        return f"{outcome_name(found[2])} {REDUCED[found[1]]}"
    return outcome if len(outcome) <= LONGEST_OUTCOME else outcome[: LONGEST_OUTCOME - 2] + " …"


def matters_most(rows: pd.DataFrame, outcome: str, unit: str) -> str:
    """What the indices of one outcome come to: the factor that matters most, or those that cannot be told apart."""
    factors = rows[~rows["kind"].isin(NOTHING_KINDS) & rows["estimate"].notna()]
    year = rows["year"].iloc[0] if len(rows) else pd.NA
    what = outcome_words(outcome) + in_year(year)
    if factors.empty:
        return f"{what} does not vary"
    clear = factors[factors["note"] == ""]
    if clear.empty:
        return f"{what}: no factor can be told from one that does nothing"
    first = clear.iloc[0]
    level = first["low"] if np.isfinite(first["low"]) else first["estimate"]
    beside = clear.iloc[1:]
    beside = beside[beside["high"].fillna(beside["estimate"]) >= level]
    names = [factor_in_sentence(name) for name in [first["factor"], *beside["factor"]]]
    largest = abs(first["estimate"]) >= factors["estimate"].abs().max()
    told = f"{what}: {'' if largest else 'of what can be told from zero, '}"
    if len(names) == 1:
        return f"{told}{names[0]} matters most, {strength(float(first['estimate']), first['index'], unit)}"
    if len(names) > 3:
        return f"{told}{names[0]} leads, not clearly before {len(names) - 1} other factors"
    return f"{told}{enumerated(names)} matter most"


def strength(value: float, index: str, unit: str) -> str:
    """How much a factor does, in words.

    >>> strength(0.62, "ST", ""), strength(12.34, "mu_star", "parks"), strength(0.2, "pawn", "")
    ('in 62 % of the variance', 'by 12.3 parks over its range', 'with a PAWN index of 0.2')
    >>> strength(1.08, "ST", "")  # an estimate from few points may lie above one
    'in nearly all of the variance'
    """
    if index in ("S1", "ST"):
        return f"in {per_cent(value) if value < 0.995 else 'nearly all'} of the variance"
    if index in OF_THE_OUTCOME:
        both = value * (2.0 if index == "main_effect" else 1.0)
        return f"by {quantity(both, unit)} over its range"
    return f"with a {INDEX_NAMES[index]} of {number(value, 2)}"


def scale_for(rows: pd.DataFrame, index: str, unit: str) -> Scale:
    """How an axis counts an index: as it is, or on the scale of the outcome where it has its unit."""
    if index not in OF_THE_OUTCOME:
        return Scale(1.0, "")
    return scale_of(float(np.nanmax(np.append(rows[ENDS].abs().to_numpy(float), 0.0))), unit)


def scaled(rows: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    return rows.assign(**{name: rows[name] / scale.size for name in ENDS})


def axis_label(index: str, scale: Scale) -> str:
    name = INDEX_NAMES[index]
    return f"{name[:1].upper()}{name[1:]}" + (f" ({scale.unit.strip()})" if scale.unit.strip() else "")


def about_luck(noise: pd.DataFrame) -> str:
    """The share of luck, the number of rows and replicates, as a sentence; `noise` of one outcome in one scenario."""
    row: Any = noise.iloc[-1]
    runs = f"{row['rows']:,} points" + (f" with {row['seeds']} replicates" if row["seeds"] > 1 else "")
    dropped = f", {row['dropped']} left out" if row["dropped"] else ""
    share = noise["noise_share"].to_numpy(float)
    if np.isnan(share).all():
        return f"{runs}{dropped}; the share of luck is not known."
    least, most = float(np.nanmin(share)), float(np.nanmax(share))
    shares = _between(least, most)
    if len(noise) == 1 and row["noise_high"] > row["noise_low"]:
        shares += f" ({number(100.0 * max(row['noise_low'], 0.0), 2)} to {per_cent(row['noise_high'])})"
    own = f"luck ({row['luck_of']})" if row["luck_of"] != "draws" else "luck"
    return f"{runs}{dropped}; {own} is {shares} of the variance of a run{_about_populations(noise)}."


def _about_populations(noise: pd.DataFrame) -> str:
    """The share of populations, where it is told apart from that of draws."""
    share = noise["population_share"].to_numpy(float)
    if np.isnan(share).all():
        return ""
    return f", the synthetic population {_between(float(np.nanmin(share)), float(np.nanmax(share)))}"


def _between(least: float, most: float) -> str:
    """Shares of one as one number or as two."""
    low, high = number(100.0 * least, 2), per_cent(most)
    return high if high == f"{low} %" else f"{low} to {high}"


def subtitle(found: Any, scenario: str, noise: pd.DataFrame, year: str = "") -> str:
    """Scenario, method, points and luck; `noise` of one outcome in one scenario."""
    return f"{case_name(scenario)}{year}: {found.title}, {about_luck(noise)}"


def in_year(year: Any) -> str:
    return "" if pd.isna(year) else f" in {year}"


def one_of(found: Any, scenario: str | None, outcome: str | None) -> tuple[str, str]:
    """The scenario and outcome to show: those asked for, else the first. InputError for unknown ones."""
    scenarios, outcomes = list(dict.fromkeys(found.table["scenario"])), list(dict.fromkeys(found.table["outcome"]))
    Mistakes(
        unknown("figure", what, name, known)
        for what, name, known in (("scenario", scenario, scenarios), ("outcome", outcome, outcomes))
        if name is not None and name not in known
    ).tell()
    return scenario or scenarios[0], outcome or outcomes[0]


def of(table: pd.DataFrame, scenario: str, outcome: str) -> pd.DataFrame:
    return table[(table["scenario"] == scenario) & (table["outcome"] == outcome)]
