"""What recommendations cost and save, written down as a programme does it.

Those that are implemented in the year of implementation; all that audits name, in the year of the audit, where somebody asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.agents.firm.columns import IMPLEMENTED, NOT_RECOMMENDED
from eipsim.agents.firm.project import cost_in_cents, renewal_in_cents
from eipsim.agents.firm.stock import EXCLUDES, use_resources
from eipsim.agents.surroundings import AUDITS
from eipsim.core.columns import Col, new_table
from eipsim.core.compiled import allocating
from eipsim.core.money import CENTS
from eipsim.market.books import Books
from eipsim.market.catalogue import N_MEASURES
from eipsim.market.uses import N_USES

if TYPE_CHECKING:
    from eipsim.model.state import State, Year

# By firm, since 2015.
RECOMMENDATION_COLUMNS = (
    Col("written", np.int64, "bit m is set once measure m has been written down"),
    Col("invested", np.float64, "USD, before vouchers"),
    Col("saved", np.float64, "USD/yr"),
    Col("tonnes", np.float64, "tCO2/yr"),
)

SUMS = ("invested", "saved", "tonnes")


class Recommendations:
    """What implemented recommendations cost and save: by firm in `table` (RECOMMENDATION_COLUMNS), by province in every year."""

    def __init__(self, state: State) -> None:
        self.table = new_table(state.firms.size, RECOMMENDATION_COLUMNS)
        self.n_audits, self.rows = 0, assisted_firms(state.books)
        self.years: list[list[np.ndarray]] = []

    def keep(self, state: State, year: Year) -> None:
        """Add what was implemented in the year that ends; to be called at the end of every year."""
        n_audits = int(state.surroundings.parks.tally[:, AUDITS].sum())
        if n_audits != self.n_audits:
            self.n_audits, self.rows = n_audits, assisted_firms(state.books)
        write_down_all(state.firms, self.rows, state.market.catalogue, state.surroundings, year.prices, self.table)
        world = state.world
        province = world.parks.province[world.firms.park[self.rows]]
        sums = [np.bincount(province, self.table[name][self.rows], len(world.provinces)) for name in SUMS]
        self.years.append(sums)

    def by_province(self, first: int = 0) -> dict[str, np.ndarray]:
        """Each of SUMS [years, provinces], without the `first` few years."""
        return dict(zip(SUMS, np.array(self.years[first:]).swapaxes(0, 1)))


class Identified:
    """What all recommendations would cost and save, implemented or not: by firm in `table` (RECOMMENDATION_COLUMNS)."""

    def __init__(self, state: State) -> None:
        self.table = new_table(state.firms.size, RECOMMENDATION_COLUMNS)

    def keep(self, state: State, year: Year) -> None:
        """Add what audits of the year that ends have named; to be called at the end of every year."""
        audited = np.flatnonzero(state.firms.audit_year == year.number)
        situation = state.market.catalogue, state.surroundings, year.prices, year.number
        write_down_named(state.firms, audited, situation, self.table)


def assisted_firms(books: Books) -> np.ndarray:
    """Rows of the firms that have ever been audited."""
    return np.flatnonzero(np.bitwise_or.reduce(books.audits_given, axis=0))


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
    recommended.written[i] |= new
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
        new &= ~recommended.written[i]
        if new != 0:
            write_down(firms, i, new, measures, surroundings, prices, recommended)


@allocating
def write_down_option(firms, i, m, situation, identified):
    """Option m of firm `i` on its own, on top of what the firm has and may have beside it, whether it is built by now or not."""
    measures, surroundings, prices, year = situation
    before, after, bit = np.empty(N_USES), np.empty(N_USES), np.int64(1) << m
    others, built = firms.installed_bits[i] & ~bit & ~EXCLUDES[m], firms.installed_year[i, m]
    if built == 0:  # what it would need instead is told by the technology of the year; put back below
        firms.installed_year[i, m] = year
    use_resources(firms[i], measures, surroundings, others, before)
    use_resources(firms[i], measures, surroundings, others | bit, after)
    firms.installed_year[i, m] = built
    s, z = firms.sector[i], surroundings.parks.zone[firms.park[i]]
    for k in range(N_USES):
        identified.saved[i] += (before[k] - after[k]) * prices.use[z, s, k]
        identified.tonnes[i] += (before[k] - after[k]) * prices.emission[s, k]
    if built == 0:
        identified.invested[i] += cost_in_cents(firms[i], m, surroundings) / CENTS
    else:
        identified.invested[i] += renewal_in_cents(firms[i], m, measures, surroundings) / CENTS
    identified.written[i] |= bit


@allocating
def write_down_named(firms, rows, situation, identified):
    for i in rows:
        for m in range(N_MEASURES):
            if firms.recommended[i, m] != NOT_RECOMMENDED and not (identified.written[i] >> m) & 1:
                write_down_option(firms, i, m, situation, identified)
