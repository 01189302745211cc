"""What laws and plans ask for, held against the outcomes of a run: `targets` of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from eipsim.core.numbers import significant
from eipsim.errors import Mistake, did_you_mean
from eipsim.outcomes.registry import OUTCOMES
from eipsim.scenarios.entries import Target
from eipsim.scenarios.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

PERCENT = 100.0


class Reached(NamedTuple):
    """How far a run comes towards one target: `value` and `level` in `unit` (`%` for shares); None where it cannot tell."""

    target: str
    year: int
    value: float | None
    level: float
    unit: str
    at_least: bool
    is_met: bool | None
    source: str

    def __str__(self) -> str:
        return f"{self.target}, {self.year}: {in_words(self)}"


def reached(targets: Mapping[str, Target], outcomes: pd.DataFrame) -> list[Reached]:
    """Every target against the outcomes of a run (index = year, a column an outcome)."""
    return [_reached(name, target, outcomes) for name, target in targets.items()]


def mistakes_in_targets(scenario: Scenario) -> list[Mistake]:
    """Targets that ask for an outcome that no run has."""
    return [
        scenario.mistake(
            ("targets", name, field),
            f"{field} of target {name!r}: outcome {said!r} is unknown",
            did_you_mean(said, OUTCOMES),
        )
        for name, target in scenario.targets.items()
        for field in ("outcome", "per")
        if (said := getattr(target, field)) is not None and said not in OUTCOMES
    ]


def in_words(found: Reached) -> str:
    """How near a run comes.

    >>> in_words(Reached("", 2030, 37.2, 40.0, "%", True, False, ""))
    'reaches 37.2 of at least 40 %, missed'
    >>> in_words(Reached("", 2050, 8.0, 10.0, "%", False, True, ""))
    'reaches 8 of at most 10 %, met'
    >>> in_words(Reached("", 2050, None, 10.0, "%", False, None, ""))
    'at most 10 %; this run cannot tell'
    """
    bound = f"at {'least' if found.at_least else 'most'} {significant(found.level, 3, True)} {found.unit}".strip()
    if found.value is None:
        return f"{bound}; this run cannot tell"
    return f"reaches {significant(found.value, 3, True)} of {bound}, {'met' if found.is_met else 'missed'}"


def _reached(name: str, target: Target, outcomes: pd.DataFrame) -> Reached:
    size, unit = _scale_of(target)
    value = _value(target, outcomes)
    level, at_least = target.level, target.at_least is not None
    is_met = None if value is None else bool(value >= level if at_least else value <= level)
    shown = None if value is None else value * size
    return Reached(name, target.year, shown, level * size, unit, at_least, is_met, target.source)


def _scale_of(target: Target) -> tuple[float, str]:
    """Shares are told in per cent."""
    unit = OUTCOMES[target.outcome].unit
    below = unit if target.per is None else OUTCOMES[target.per].unit
    if unit == "share" or target.of_year is not None or (target.per is not None and unit == below):
        return PERCENT, "%"
    return 1.0, unit if target.per is None else f"{unit} per {below.removesuffix('s')}"


def _value(target: Target, outcomes: pd.DataFrame) -> float | None:
    """What the target looks at; None where a year of it is not simulated, or nothing stands below."""
    years = [year for year in (target.year, target.since, target.of_year) if year is not None]
    if not all(year in outcomes.index for year in years):
        return None
    value, below = _counted(target, target.outcome, outcomes), 1.0
    if target.per is not None:
        below = _counted(target, target.per, outcomes)
    if target.of_year is not None:
        below *= float(outcomes.at[target.of_year, target.outcome])
    return value / below if below else None


def _counted(target: Target, outcome: str, outcomes: pd.DataFrame) -> float:
    """An outcome at the end of the year of the target, less what had come before."""
    before = 0.0 if target.since is None else float(outcomes.at[target.since, outcome])
    return float(outcomes.at[target.year, outcome]) - before
