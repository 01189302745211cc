"""The park operator as a Mesa agent: a view of its row. What it does in a year stands in `operator_year`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eipsim.agents.mesa_support import RowAgent
from eipsim.agents.operator import year as operator_year
from eipsim.agents.operator.columns import CERTIFICATE_STATES, FULL_SCORE, OPERATOR_COLUMNS, SCORES
from eipsim.core.columns import row_view
from eipsim.core.later import Later
from eipsim.core.money import CENTS

if TYPE_CHECKING:
    from eipsim.figures.style import Chart

figures = Later("eipsim.figures.agents")  # which stand above
STEPS_TOLD = {"commit": "committed"}


@row_view("operators", OPERATOR_COLUMNS)
class ParkOperator(RowAgent):
    """The operator of one park. Override `operate` to try another behaviour."""

    @property
    def id(self) -> str:
        return self.model.world.park_ids[self.row]

    @property
    def name(self) -> str:
        return self.model.world.park_names[self.row]

    def place(self) -> tuple[float, float]:
        return self.model.place_of_park(self.row)

    @property
    def certificate_state(self) -> str:
        return CERTIFICATE_STATES[self.certificate]

    @property
    def firms(self) -> list:
        """The park's tenant firms of this year."""
        return [self.model.firm(int(row)) for row in self.model.rows_alive(self.row)]

    def operate(self) -> None:
        """Commit or not, facilitate, train, improve."""
        m = self.model
        operator_year.operate(m.state.operators, self.row, m.this_year.park_policy, m.year, m.state.market.constants)

    def explain(self, year: int | None = None):
        """Why the park is or is not certified in `year`, criterion by criterion."""
        return self.model.explain_park(self.row, self.model.year if year is None else year)

    # ---- at a glance -------------------------------------------------------------------------------------------------

    def told(self) -> list[str]:
        """Which park, how far it has come, and its scores."""
        world, m = self.model.world, self.model
        steps = [f"{what} {year}" for what, year in self._steps().items() if 0 < year <= m.year]
        scores = ", ".join(f"{name} {points:.0f}" for name, points in zip(SCORES, self.score))
        way = f"{', '.join(steps) or 'not founded yet'}; certificate: {self.certificate_state}"
        return [
            f"Operator of {self.name} ({self.id}), {world.provinces[self.province]}",
            way,
            f"{m.year}: scores of {FULL_SCORE:g}: {scores}",
        ]

    def summary(self) -> pd.DataFrame:
        """A row a quantity of the park and its operator in the model's year: quantity, value, unit."""
        m = self.model
        rows = [
            ("firms", len(m.rows_alive(self.row)) if m.year >= m.world.first_year else 0, "firms"),
            ("area", self.area_ha, "ha"),
        ]
        rows += [(f"{name} score", points, "points of 100") for name, points in zip(SCORES, self.score)]
        rows += [("facilitation", self.facilitation, "share of full effort")]
        money = {"own spending": self.spending, "own revenue": self.revenue}
        rows += [(what, cents / CENTS, "USD/yr") for what, cents in money.items()]
        rows += [("audits commissioned", self.audits_since_2015, "audits")]
        rows += [(what, year or pd.NA, "year") for what, year in self._steps().items()]
        return pd.DataFrame(rows, columns=["quantity", "value", "unit"])

    def plot(self) -> Chart:
        """The scores of the park."""
        return figures.scores_of(self)

    def _steps(self) -> dict[str, int]:
        """The years of its steps; 0 for those not taken."""
        names = ("established", "operating", "commit", "converted", "certified")
        return {STEPS_TOLD.get(name, name): int(getattr(self, f"{name}_year")) for name in names}
