"""Names that promise what a scenario may not reach: `net-zero 2050` in a title comes with what is left."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from eipsim.figures.wording import case_name, in_sentence, number
from eipsim.runs.targets import reached
from eipsim.scenarios.entries import Target
from eipsim.scenarios.files import list_scenarios
from eipsim.scenarios.loading import load_scenario


def qualified(sentence: str, table: pd.DataFrame) -> str:
    """The sentence with how much is left behind the name of each scenario that promises more than its median run reaches.

    table : scenario, replicate, year, outcomes
    """
    for scenario in dict.fromkeys(table["scenario"].astype(str)):
        for target in promised_by(scenario):
            left = what_is_left(table[table["scenario"] == scenario], target)
            for name in (case_name(scenario), in_sentence(case_name(scenario))) if left else ():
                sentence = sentence.replace(name, f"{name} ({left})", 1)
    return sentence


def promised_by(scenario: str) -> Iterator[Target]:
    """Targets of a scenario of the library whose names stand in its own, and that ask how much is left of a year."""
    if scenario in list_scenarios():
        words = case_name(scenario).lower().replace("-", " ")
        for name, target in load_scenario(scenario).targets.items():
            if name.lower() in words and target.of_year is not None:
                yield target


def what_is_left(runs: pd.DataFrame, target: Target) -> str:
    """How much the median run leaves, in words; nothing where that is no more than the target, or cannot be told.

    >>> aim = Target(outcome="co2_total_t", year=2050, of_year=2024, at_most=0.1)
    >>> of = {"scenario": "a", "replicate": 0, "year": [2024, 2050]}
    >>> what_is_left(pd.DataFrame(of | {"co2_total_t": [50.0, 39.0]}), aim)
    '78 % of 2024 left'
    >>> what_is_left(pd.DataFrame(of | {"co2_total_t": [50.0, 4.0]}), aim)
    ''
    """
    if target.outcome not in runs:
        return ""
    (found,) = reached({"": target}, runs.groupby("year")[[target.outcome]].median())
    return "" if found.value is None or found.is_met else f"{number(found.value, 2)} % of {target.of_year} left"
