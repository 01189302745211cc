"""The park operator as a Mesa agent: a view of its row. What it does in a year stands in `operator_year`."""

from __future__ import annotations

from eipsim.agents.mesa_support import RowAgent
from eipsim.agents.operator import year as operator_year
from eipsim.agents.operator.columns import CERTIFICATE_STATES, OPERATOR_COLUMNS
from eipsim.core.columns import row_view


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
