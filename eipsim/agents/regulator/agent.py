"""The regulator as a Mesa agent: a view of its row. What it does in a year stands in `rationing` and `inspections`."""

from __future__ import annotations

import numpy as np

from eipsim.agents.mesa_support import RowAgent
from eipsim.agents.regulator import inspections, rationing
from eipsim.agents.regulator.columns import REGULATOR_COLUMNS
from eipsim.core.columns import row_view


@row_view("regulators", REGULATOR_COLUMNS)
class Regulator(RowAgent):
    """The national regulator (row 0) or that of a province. Override `act` to try another behaviour."""

    @property
    def name(self) -> str:
        return "nation" if self.row == 0 else self.model.world.provinces[self.province]

    def act(self) -> None:
        """The nation deals audits and vouchers; a province inspects its parks, and those of provinces that are part of it."""
        state, year = self.model.state, self.model.this_year
        if self.row == 0:
            rationing.deal(state, year)
            return
        inspection = inspections.inspection_of(state, year)
        for row in self.parts():
            inspections.inspect_province(state.regulators, row, state.firms, state.operators, inspection)

    def parts(self) -> list[int]:
        """Rows of the provinces that make up this one in the year; none where it has become part of another."""
        home = self.model.this_year.home
        return [self.row] if home is None else (np.flatnonzero(home == self.province) + 1).tolist()
