"""The tenant firm as a Mesa agent: a view of its row. What it does in a year stands in `firm_year`."""

from __future__ import annotations

import numpy as np

from eipsim.agents.answers import chances_in
from eipsim.agents.firm import applying, decision
from eipsim.agents.firm import year as firm_year
from eipsim.agents.firm.columns import FIRM_COLUMNS
from eipsim.agents.firm.stock import STREAM_OF_MEASURE
from eipsim.agents.mesa_support import RowAgent
from eipsim.core.columns import row_view
from eipsim.market.catalogue import N_MEASURES


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

    def place(self) -> tuple[float, float]:
        return self.model.place_of_park(int(self.park))

    @property
    def level(self) -> np.ndarray:
        """ln(use now of the stream of each measure / size) [n_measures]; ln(1 / size) for a lump sum."""
        return self.stream_level[STREAM_OF_MEASURE]

    @property
    def _situation(self) -> firm_year.Situation:
        """What every verb looks at."""
        state = self.model.state
        market = state.market
        return firm_year.Situation(market.catalogue, state.surroundings, self.model.year, market.constants)

    def retire(self) -> None:
        """Renew or lose the measures that have worn out."""
        firm_year.retire_one(self.model.state.firms, self.row, self._situation)

    def learn(self) -> None:
        """Notice options, hear of cleaner production."""
        firm_year.learn_one(self.model.state.firms, self.row, self._situation)

    def weigh(self) -> np.ndarray:
        """Probability [n_measures] that each option, if it were recommended, would be accepted within two years."""
        chances, rule = np.zeros(N_MEASURES), (self.model.rule_number, self.model.own_rule)
        with self.model.rule.guarded():
            decision.weigh(self.model.state.firms, self.row, self._situation, *rule, chances)
        return chances

    def _weighed(self) -> np.ndarray:
        return chances_in(self.weigh(), self, "weigh", "returned")

    def settle(self, chances: np.ndarray) -> None:
        """Move nearer to acceptance by `chances`, and buy what is accepted and can be paid."""
        given = chances_in(chances, self, "settle", "was given")
        firm_year.settle_one(self.model.state.firms, self.row, self._situation, given)

    def apply_for_voucher(self, offer: applying.Offer, applications: applying.Applications) -> None:
        """Weigh every known option in full and with the voucher offered, and write down what it would buy either way."""
        in_full, firms = self._weighed(), self.model.state.firms
        applying.hold_one(firms, self.row, offer.rate[self.row], offer.cap)
        applying.ask_one(firms, self.row, self._situation, (in_full, self._weighed()), applications)

    def consider_measures(self) -> None:
        """Weigh every known option and install what is accepted and can be paid. MODEL.md 5.2."""
        self.settle(self._weighed())
        if self.changed:
            firm_year.take_stock_of_one(self.model.state.firms, self.row, self._situation)

    def explain(self, measure: str, year: int | None = None):
        """Why the firm did or did not take `measure` in `year` (default: the model's year), in names, numbers, units."""
        return self.model.explain_measure(self.row, measure, self.model.year if year is None else year)
