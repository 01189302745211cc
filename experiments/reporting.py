"""What the experiments share in writing down: findings, Markdown tables, numbers with their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from eipsim.analysis.intervals import count_in_words
from eipsim.analysis.study import Study
from eipsim.figures import Chart
from eipsim.figures.wording import number

# What experiments ask most of a run, and its words.
HEADLINES = {
    "sum(co2_avoided_t)": "CO₂ avoided 2015-50",
    "recp_firm_share @2050": "firms with RECP 2050",
    "parks_certified @2050": "certified parks 2050",
    "exchanges_operating @2050": "exchanges 2050",
    "sum(public_spending_usd)": "public spending 2015-50",
}
BEGIN, END = "<!-- findings:begin -->", "<!-- findings:end -->"


@dataclass(frozen=True)
class Findings:
    """What an experiment says: the text for its README, tables and charts by the names of their files."""

    text: str
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    charts: Mapping[str, Chart] = field(default_factory=dict)


def write_between_marks(document: Path, text: str) -> None:
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    document.write_text(f"{before}{BEGIN}\n{text.strip()}\n{END}{after}", encoding="utf-8")


def made_with(studies: Mapping[str, Study]) -> str:
    """How many runs the numbers come from, how much computing they took, and what failed."""
    parts = []
    for name, study in studies.items():
        scenarios, rows, replicates = study.shape
        sessions = study.store.sessions()
        hours = sum(session["cpu_seconds"] for session in sessions) / 3600.0
        parts.append(
            f"`{name}.yaml`: {counted(scenarios, 'scenario')} × {counted(rows, 'point')} × {counted(replicates, 'replicate')}, "
            f"{len(study.missing):,} runs missing, {hours:.1f} hours of CPU time"
        )
    return "; ".join(parts) + "."


def counted(n: int, thing: str) -> str:
    """
    >>> counted(1, "scenario"), counted(3072, "point")
    ('1 scenario', '3,072 points')
    """
    return f"{n:,} {thing}" + ("" if n == 1 else "s")


def markdown(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table whose first column is text and whose others are numbers, to the right."""
    lines = [f"| {' | '.join(headings)} |", "|---|" + "--:|" * (len(headings) - 1)]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)])


def figure(name: str, words: str) -> str:
    return f"![{words}](figures/{name}.png)"


def interval(value: float, low: float, high: float, size: float = 1.0, digits: int = 3) -> str:
    """
    >>> interval(2.5e6, 1e6, 4e6, 1e6)
    '2.5 (1 to 4)'
    """
    return f"{number(value / size, digits)} ({number(low / size, digits)} to {number(high / size, digits)})"


def plus_minus(row: pd.Series) -> str:
    """An index with half the width of its interval; a dash where there is none.

    >>> plus_minus(pd.Series({"estimate": -0.001, "low": -0.021, "high": 0.019}))
    '0.00 ±0.02'
    """
    if pd.isna(row["estimate"]):
        return "–"
    return f"{row['estimate']:z.2f} ±{(row['high'] - row['low']) / 2.0:.2f}"


def in_cases(share: float, cases: int) -> str:
    """In how many of the cases something was so; of all or none of them, what that says.

    >>> in_cases(0.7, 10), in_cases(1.0, 10), in_cases(0.0, 10)
    ('7 of 10', '10 of 10 (at least 69 %)', 'none of 10 (at most 31 %)')
    """
    words = count_in_words(round(share * cases, 1), cases, "").replace("  ", " ")
    return words if share in (0.0, 1.0) else words.partition(" (")[0]


def percent(share: float) -> str:
    """
    >>> percent(0.256), percent(0.004)
    ('26 %', '0.4 %')
    """
    return (
        f"{100.0 * share:.0f} %"
        if share == 0.0 or 0.0095 <= share <= 0.9905 or share == 1.0
        else f"{100.0 * share:.1f} %"
    )


def short(outcome: str) -> str:
    """The name of the outcome in an expression, for files.

    >>> short("sum(co2_avoided_t)"), short("recp_firm_share @2050")
    ('co2_avoided_t', 'recp_firm_share')
    """
    return next(word for word in outcome.replace("(", " ").replace(")", " ").split() if "_" in word)
