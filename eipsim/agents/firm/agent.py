"""The tenant firm as a Mesa agent: a view of its row. What it does in a year stands in `firm_year`."""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm import decision
from eipsim.agents.firm import year as firm_year
from eipsim.agents.firm.columns import FIRM_COLUMNS
from eipsim.agents.firm.stock import STREAM_OF_MEASURE
from eipsim.agents.mesa_support import RowAgent
from eipsim.core.columns import row_view
from eipsim.market.constants import Constants


@row_view("firms", FIRM_COLUMNS)
class Firm(RowAgent):
    """A tenant firm. Attributes read and write its columns; override a verb to try an idea in plain Python.

    The verbs of a year are `retire`, `learn` and `consider_measures`; the last is `weigh` (how likely each option is
    accepted) followed by `settle` (draws, budget, purchase), so most ideas need `weigh` only.
    """

    @property
    def id(self) -> str:
        """Name of the firm: park id, plot and vintage."""
        return self.model.world.firm_id(self.row)

    @property
    def level(self) -> np.ndarray:
        """ln(use now of the stream of each measure / size) [n_measures]; ln(1 / size) for a lump sum."""
        return self.stream_level[STREAM_OF_MEASURE]

    @property
    def _seen(self) -> tuple:
        """What every verb looks at: the table of firms and the row of this one, the measures, the surroundings."""
        state = self.model.state
        return state.firms, self.row, state.market.catalogue, state.surroundings

    @property
    def _constants(self) -> Constants:
        return self.model.state.market.constants

    def retire(self) -> None:
        """Renew or lose the measures that have worn out."""
        firm_year.retire(*self._seen, self.model.year, self._constants)

    def learn(self) -> None:
        """Notice options, hear of cleaner production."""
        firm_year.learn(*self._seen, self.model.year, self._constants)

    def weigh(self) -> np.ndarray:
        """Probability [n_measures] that each option, if it were recommended, would be accepted within two years."""
        firms, _, catalogue, surroundings = self._seen
        decision.weigh(*self._seen, self._constants, self.model.rule_number, self.model.own_rule)
        chances = np.zeros(len(catalogue))
        decision.pick_up_chances(firms, self.row, surroundings, 0, chances)
        return chances

    def settle(self, chances: np.ndarray) -> None:
        """Move nearer to acceptance by `chances`, and buy what is accepted and can be paid."""
        firm_year.settle(*self._seen, self.model.year, self._constants, chances)

    def consider_measures(self) -> None:
        """Weigh every known option and install what is accepted and can be paid. MODEL.md 5.2."""
        self.settle(self.weigh())
        if self.changed:
            firm_year.take_stock(*self._seen, self._constants)

    def explain(self, measure: str, year: int | None = None):
        """Why the firm did or did not take `measure` in `year` (default: the model's year), in names, numbers, units."""
        return self.model.explain_measure(self.row, measure, self.model.year if year is None else year)
