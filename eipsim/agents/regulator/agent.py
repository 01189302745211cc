"""The regulator as a Mesa agent: a view of its row. What it does in a year stands in `rationing` and `inspections`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eipsim.agents.mesa_support import RowAgent
from eipsim.agents.regulator import inspections, rationing
from eipsim.agents.regulator.columns import MONEY_IN, MONEY_OUT, REGULATOR_COLUMNS
from eipsim.core.columns import row_view
from eipsim.core.later import Later
from eipsim.core.money import CENTS
from eipsim.core.numbers import usd

if TYPE_CHECKING:
    from eipsim.figures.style import Chart

figures = Later("eipsim.figures.agents")  # which stand above
COUNTS = {
    "audits_done": "audits done", "vouchers_dealt": "vouchers dealt", "inspections_done": "inspections done",
    "violations_found": "violations found",
}  # fmt: skip
IDLE = "has done nothing else"


@row_view("regulators", REGULATOR_COLUMNS)
class Regulator(RowAgent):
    """The national regulator (row 0) or that of a province. Override `act` to try another behaviour."""

    money_out = MONEY_OUT  # lines of spending, in cents of the year

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

    # ---- at a glance -------------------------------------------------------------------------------------------------

    def told(self) -> list[str]:
        """Whose regulator it is, what it spends and what it has done in the model's year."""
        counts = ", ".join(f"{getattr(self, name):,} {label}" for name, label in COUNTS.items() if getattr(self, name))
        spent = sum(int(getattr(self, name)) for name in MONEY_OUT) / CENTS
        return [
            f"Regulator of {'the nation' if self.row == 0 else self.name}",
            f"{self.model.year}: spends {usd(spent)}; {counts or IDLE}",
        ]

    def summary(self) -> pd.DataFrame:
        """A row a quantity of the model's year: quantity, value, unit. Money first: what comes in, what goes out."""
        rows = [(name, int(getattr(self, name)) / CENTS, "USD/yr") for name in (*MONEY_IN, *MONEY_OUT)]
        rows += [("balance", int(self.balance) / CENTS, "USD")]
        rows += [(label, int(getattr(self, name)), "1/yr") for name, label in COUNTS.items()]
        return pd.DataFrame(rows, columns=["quantity", "value", "unit"])

    def plot(self) -> Chart:
        """What it spends its money on in the model's year."""
        return figures.spending_of(self)
