"""The regulator as a Mesa agent: a view of its row. What it does in a year stands in `regulator_year` and `rationing`."""

from __future__ import annotations

from eipsim.agents.mesa_support import RowAgent
from eipsim.agents.regulator import rationing
from eipsim.agents.regulator import year as regulator_year
from eipsim.agents.regulator.year import REGULATOR_COLUMNS
from eipsim.core.columns import row_view


@row_view("regulators", REGULATOR_COLUMNS)
class Regulator(RowAgent):
    """The national regulator (row 0) or that of a province. Override `act` to try another behaviour."""

    @property
    def name(self) -> str:
        return "nation" if self.row == 0 else self.model.world.provinces[self.province]

    def act(self) -> None:
        """The nation deals audits and vouchers; a province inspects its parks."""
        m = self.model
        if self.row == 0:
            rationing.deal(m)
            return
        probability = m.this_year.levers.inspection_probability[self.province]
        if probability > 0.0:
            regulator_year.inspect_province(
                m.state.regulators, self.row, m.state.firms, m.state.operators, m.rows_alive(), m.this_year.first,
                m.world.firms.key, m.state.surroundings, m.year, probability, m.this_year.levers.fine_usd, m.state.market.constants.inspection_cost_usd,
            )  # fmt: skip
