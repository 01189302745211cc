"""The tenant firm as a Mesa agent: a view of its row. What it does in a year stands in `firm_year`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eipsim.agents.answers import chances_in
from eipsim.agents.firm import applying, decision
from eipsim.agents.firm import year as firm_year
from eipsim.agents.firm.columns import FIRM_COLUMNS, NOT_RECOMMENDED
from eipsim.agents.firm.stock import STREAM_OF_MEASURE
from eipsim.agents.mesa_support import RowAgent
from eipsim.core.columns import row_view
from eipsim.core.later import Later
from eipsim.core.numbers import number
from eipsim.core.years import FIRST_YEAR, NEVER
from eipsim.market.catalogue import N_MEASURES, measure_labels, measure_names

if TYPE_CHECKING:
    from eipsim.figures.style import Chart

figures = Later("eipsim.figures.agents")  # which stand above
STATES_OF_MEASURES = ("adopted", "initial stock", "known", "not known or not possible")
UNHEARD = "has not heard of cleaner production"


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
        """Weigh every known option with the voucher offered, and write down what it would use of it."""
        firms = self.model.state.firms
        applying.hold_one(firms, self.row, offer.rate[self.row], offer.cap)
        applying.ask_one(firms, self.row, self._situation, self._weighed(), applications)

    def say_what_it_would_buy_anyway(self, applications: applying.Applications) -> None:
        """Weigh every known option in full, and write down what it would buy without the voucher that it holds."""
        firms, rate, left = self.model.state.firms, float(self.voucher_rate), int(self.voucher_left)
        applying.hold_one(firms, self.row, 0.0, 0)
        applying.buy_anyway_one(firms, self.row, self._situation, self._weighed(), applications)
        applying.hold_one(firms, self.row, rate, left)

    def consider_measures(self) -> None:
        """Weigh every known option and install what is accepted and can be paid. MODEL.md 5.2."""
        self.settle(self._weighed())
        if self.changed:
            firm_year.take_stock_of_one(self.model.state.firms, self.row, self._situation)

    def explain(self, measure: str, year: int | None = None):
        """Why the firm did or did not take `measure` in `year` (default: the model's year), in names, numbers, units."""
        return self.model.explain_measure(self.row, measure, self.model.year if year is None else year)

    # ---- at a glance -------------------------------------------------------------------------------------------------

    def told(self) -> list[str]:
        """Where it is, what it makes, and how far it has come with measures."""
        world, m = self.model.world, self.model
        place = f"{world.park_names[self.park]}, {world.provinces[world.parks.province[self.park]]}"
        until = "" if self.exit_year == NEVER else f" to {self.exit_year - 1}"
        size = f"{world.sector_names[self.sector]}; {number(self.employees)} employees, in the park from {self.entry_year}{until}"
        heard = f"has heard of cleaner production in {self.aware_year}" if self.aware_year else UNHEARD
        audited = f", audited in {self.audit_year}" if self.audit_year else ""
        counts = f"{int(self.installed_bits).bit_count()} measures installed, {self.n_adopted} of them adopted since {FIRST_YEAR}"
        options = f"knows {int(self.open_bits).bit_count()} more that it could have"
        return [f"Firm {self.id} in {place}", size, f"{m.year}: {counts}; {options}; {heard}{audited}"]

    def summary(self) -> pd.DataFrame:
        """A row a measure: label, state, year of installation, whether it was recommended, chance of acceptance.

        The chance is that of being accepted within two years if it were recommended, as things stand; missing for what is
        installed or not known, and before the first year.
        """
        names, bits = (
            measure_names(),
            {name: int(getattr(self, f"{name}_bits")) for name in ("installed", "adopted", "open")},
        )
        marked = {name: [bool(of >> m & 1) for m in range(N_MEASURES)] for name, of in bits.items()}
        state = np.select(
            [marked["adopted"], marked["installed"], marked["open"]], STATES_OF_MEASURES[:3], STATES_OF_MEASURES[3]
        )
        chances = self.weigh() if self.model.year >= FIRST_YEAR else np.full(N_MEASURES, np.nan)
        columns = {
            "measure": measure_labels(self.model.world.tables),
            "state": state,
            "installed_year": pd.array([int(year) or None for year in self.installed_year], dtype="Int64"),
            "recommended": self.recommended != NOT_RECOMMENDED,
            "chance": np.where(marked["open"], chances, np.nan),
        }
        return pd.DataFrame(columns, index=pd.Index(names, name="name"))

    def plot(self) -> Chart:
        """How likely it accepts each measure that it knows and lacks."""
        return figures.chances_of(self)
