"""What a prompt or notebook shows of a model: which case it is, how far it has come, what it has come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from eipsim.core.later import Later
from eipsim.core.shown import Shown
from eipsim.outcomes.headlines import headline, small_table, summary_table

if TYPE_CHECKING:
    from eipsim.figures.style import Chart
    from eipsim.model.own_rules import OwnRule
    from eipsim.scenarios.schema import Scenario
    from eipsim.world import World

figures = Later("eipsim.figures")  # which stand above


class ShownModel(Shown):
    """The face that a model has at a prompt. All of it is about the years that have been stepped and are reported."""

    case: Scenario
    world: World
    rule: OwnRule
    outcomes: pd.DataFrame
    seed_number: int
    replicate: int
    stepping: str
    year: int
    first_reported: int
    last_year: int

    def told(self) -> list[str]:
        if "chronicle" not in self.__dict__:
            return ["EIPModel, not laid out or emptied after its run"]
        changed = "".join(f", {name}={value}" for name, value in self.case.parameters.items())
        draws = f", replicate {self.replicate}" if self.replicate else ""
        case = f"EIPModel: {self.case.name}{changed}, world {self.world.recipe}, seed {self.seed_number}{draws}"
        way = f"year {self.year}" if self.year >= self.world.first_year else "no year stepped yet"
        about = (
            f"{way}; reports {self.first_reported}-{self.last_year}; rule {self.rule.name}, stepping {self.stepping}"
        )
        return [case, about, *([headline(self.outcomes)] if self._reports else [])]

    def small_table(self) -> pd.DataFrame | None:
        return small_table(self.outcomes) if self._reports else None

    def summary(self, years: Sequence[int] | None = None) -> pd.DataFrame:
        """A row per outcome, by its name: label, unit, its value in each of `years` (default: the first, 2030, the last)."""
        return summary_table(self.outcomes, years)

    def plot(self, outcome: str = "co2_avoided_t") -> Chart:
        """The way of `outcome` in the years so far."""
        return figures.pathways(self, outcome)

    @property
    def _reports(self) -> bool:
        """Whether a year has been stepped that is reported."""
        return "chronicle" in self.__dict__ and self.year >= self.first_reported
