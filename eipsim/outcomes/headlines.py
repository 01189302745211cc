"""The outcomes that most people look at first, and how they are told in a line or a small table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from eipsim.core.numbers import cells
from eipsim.errors import InputError, Mistake
from eipsim.outcomes.registry import OUTCOMES

# Those of a line come first.
HEADLINES = (
    "co2_avoided_t", "recp_firm_share", "parks_converted", "parks_certified", "public_spending_usd", "co2_t",
    "firms_aware_share", "exchanges_operating", "firm_investment_usd", "firm_saving_usd",
)  # fmt: skip
IN_A_LINE = 5
COUNTED = ("parks", "firms")  # one by one, never in thousands
MILESTONE = 2030  # a year of most plans
PLAIN = str.maketrans("₂³", "23")  # for prompts that have no other letters


def years_shown(years: Sequence[int]) -> list[int]:
    """The first year, the year of most plans where it is among them, and the last.

    >>> years_shown(range(2015, 2051)), years_shown([2015])
    ([2015, 2030, 2050], [2015])
    """
    return sorted({int(years[0]), int(years[-1]), *({MILESTONE} & set(years))})


def headline(outcomes: pd.DataFrame) -> str:
    """The first HEADLINES in the last year of a table of outcomes by year."""
    last = outcomes.iloc[-1]
    return f"{int(outcomes.index[-1])}: " + "; ".join(told(name, float(last[name])) for name in HEADLINES[:IN_A_LINE])


def told(outcome: str, value: float) -> str:
    """An outcome with its value in readable units.

    >>> told("co2_avoided_t", 1_234_567.0), told("recp_firm_share", 0.251), told("parks_converted", 8.0)
    ('CO2 avoided 1.23 million tCO2/yr', 'firms with measured RECP 25.1 %', 'parks converted 8')
    """
    known = OUTCOMES[outcome]
    label = known.label.translate(PLAIN)
    label = label if label[1].isupper() else label[0].lower() + label[1:]
    (number,), unit = cells([value], known.unit, unscaled=COUNTED)
    return f"{label} {number}" if unit in label else f"{label} {number} {unit}"


def summary_table(outcomes: pd.DataFrame, years: Sequence[int] | None = None) -> pd.DataFrame:
    """A row per outcome, by its name: label, unit, and its value in each of `years` (default: those of `years_shown`).

    Raises InputError for a year that the outcomes do not have.
    """
    there = outcomes.index.tolist()
    wanted = years_shown(there) if years is None else list(years)
    missing = [year for year in wanted if year not in there]
    if missing:
        raise InputError(Mistake("years", f"{missing} are not in the run", f"allowed: {there[0]} to {there[-1]}"))
    values = outcomes.loc[wanted].T
    values.columns = [int(year) for year in wanted]
    values.insert(0, "outcome", [OUTCOMES[name].label for name in values.index])
    values.insert(1, "unit", [OUTCOMES[name].unit for name in values.index])
    return values.rename_axis("name")


def small_table(outcomes: pd.DataFrame) -> pd.DataFrame:
    """HEADLINES as text, each in a unit of its own scale."""
    years, rows = years_shown(outcomes.index), []
    for name in HEADLINES:
        values = outcomes.loc[years, name].astype(float).tolist()
        numbers, unit = cells(values, OUTCOMES[name].unit, unscaled=COUNTED)
        rows.append([OUTCOMES[name].label, unit, *numbers])
    return pd.DataFrame(rows, columns=["outcome", "unit", *map(str, years)])
