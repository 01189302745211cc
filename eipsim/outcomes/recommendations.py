"""What implemented recommendations cost and save, written down in the year of implementation, as a programme does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.agents.firm.columns import IMPLEMENTED
from eipsim.agents.firm.project import renewal_in_cents
from eipsim.agents.firm.stock import use_resources
from eipsim.core.columns import Col, Table, new_table
from eipsim.core.compiled import allocating
from eipsim.core.money import CENTS
from eipsim.market.catalogue import N_MEASURES
from eipsim.market.uses import N_USES

if TYPE_CHECKING:
    from eipsim.outcomes.views import YearEnd

# By firm, since 2015.
RECOMMENDATION_COLUMNS = (
    Col("implemented", np.int64, "bit m is set once measure m has been written down"),
    Col("invested", np.float64, "USD, before vouchers"),
    Col("saved", np.float64, "USD/yr"),
    Col("tonnes", np.float64, "tCO2/yr"),
)


def no_recommendations(n_firms: int) -> Table:
    """The table before the first year."""
    return new_table(n_firms, RECOMMENDATION_COLUMNS)


def keep_recommendations(end: YearEnd) -> None:
    """Add what was implemented this year to `end.recommended`; to be called at the end of every year."""
    measures, surroundings = end.state.market.catalogue, end.state.surroundings
    write_down_all(end.firms, end.assisted, measures, surroundings, end.this_year.prices, end.recommended)


@allocating
def saved_by_new(firms, i, new, measures, surroundings, prices):
    """USD and tCO2 a year that the measures in `new` (bits) save firm `i` on top of all others, at the year's prices and grid."""
    use, s, z = np.empty(N_USES), firms.sector[i], surroundings.parks.zone[firms.park[i]]
    use_resources(firms[i], measures, surroundings, firms.installed_bits[i] & ~new, use)
    usd, tonnes = 0.0, 0.0
    for k in range(N_USES):
        usd += (use[k] - firms.use[i, k]) * prices.use[z, s, k]
        tonnes += (use[k] - firms.use[i, k]) * prices.emission[s, k]
    return usd, tonnes


@allocating
def write_down(firms, i, new, measures, surroundings, prices, recommended):
    """The measures in `new` (bits) that firm `i` has installed this year, each costed on top of all others."""
    usd, tonnes = saved_by_new(firms, i, new, measures, surroundings, prices)
    recommended.implemented[i] |= new
    recommended.saved[i] += usd
    recommended.tonnes[i] += tonnes
    for m in range(N_MEASURES):
        if (new >> m) & 1:
            recommended.invested[i] += renewal_in_cents(firms[i], m, measures, surroundings) / CENTS


@allocating
def write_down_all(firms, rows, measures, surroundings, prices, recommended):
    for i in rows:
        new = np.int64(0)
        for m in range(N_MEASURES):
            if firms.recommended[i, m] == IMPLEMENTED:
                new |= np.int64(1) << m
        new &= ~recommended.implemented[i]
        if new != 0:
            write_down(firms, i, new, measures, surroundings, prices, recommended)
