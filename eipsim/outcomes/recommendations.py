"""What recommendations cost and save, written down as a programme does it.

Those that are implemented in the year of implementation; all that audits name, in the year of the audit, where somebody asks.
The implemented ones twice: what the accounts hold, after realisation and rebound, and what the programme records, which is what
the audit said, the engineering saving, in the share that is verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eipsim.agents.firm.columns import IMPLEMENTED, NOT_RECOMMENDED
from eipsim.agents.firm.project import cost_in_cents, renewal_in_cents
from eipsim.agents.firm.stock import EXCLUDES, use_resources
from eipsim.agents.surroundings import AUDITS, INDUSTRY_COLUMNS, Surroundings, what_measures_do
from eipsim.core.columns import Col, new_table
from eipsim.core.compiled import AHEAD, TOGETHER, allocating, compiled, inlined, lowest_bit, prefetch_cell, prefetch_row
from eipsim.core.money import CENTS
from eipsim.market.books import Books, minimum_fees
from eipsim.market.catalogue import N_MEASURES, N_SECTORS, engineering_share
from eipsim.market.uses import HAZARDOUS, N_USES

if TYPE_CHECKING:
    from eipsim.model.state import State, Year

# By firm, since 2015.
RECOMMENDATION_COLUMNS = (
    Col("implemented", np.int64, "bit m is set once measure m has been written down"),
    Col("invested", np.float64, "USD, before vouchers"),
    Col("saved", np.float64, "USD/yr"),
    Col("tonnes", np.float64, "tCO2/yr"),
    Col("recorded_saving", np.float64, "USD/yr that a programme records"),
    Col("recorded_tonnes", np.float64, "tCO2/yr that a programme records"),
)

# The same of all that audits have named.
IDENTIFIED_COLUMNS = (
    Col("named", np.int64, "bit m is set once option m has been written down"),
    Col("invested", np.float64, "USD, before vouchers"),
    Col("saved", np.float64, "USD/yr"),
    Col("tonnes", np.float64, "tCO2/yr"),
)

SUMS = ("invested", "saved", "tonnes", "recorded_saving", "recorded_tonnes")


class Notes(NamedTuple):
    """What is remembered of firms from one year to the next, and room to work in."""

    table: np.recarray  # RECOMMENDATION_COLUMNS
    province: np.ndarray  # int16 [firms]
    options: np.ndarray  # int16 [firms], what their options have come to, NOT_RECOMMENDED to IMPLEMENTED, added up
    moved: np.ndarray  # int64 [firms], room for rows
    use: np.ndarray  # float [k], room for a firm's, without what is new
    use_by_design: np.ndarray  # float [k], the same, with what is new as it was designed
    by_design: np.recarray  # INDUSTRY_COLUMNS, what measures do when all that they were designed to save is saved
    as_audited: Surroundings  # the firms', with room for a sector in which what is new does so
    verification_ratio: float  # share of that which a programme verifies


class Recommendations:
    """What implemented recommendations cost and save: by firm in `table` (RECOMMENDATION_COLUMNS), by province in every year."""

    def __init__(self, state: State) -> None:
        world, n = state.world, state.firms.size
        self.table = new_table(n, RECOMMENDATION_COLUMNS)
        self.n_audits, self.rows = 0, assisted_firms(state.books)
        province = world.parks.province[world.firms.park]
        self.notes = Notes(
            table=self.table,
            province=province,
            options=np.zeros(n, dtype=np.int16),
            moved=np.empty(n, dtype=np.int64),
            use=np.empty(N_USES),
            use_by_design=np.empty(N_USES),
            by_design=by_design(state),
            as_audited=state.surroundings._replace(sectors=state.surroundings.sectors.copy()),
            verification_ratio=float(state.market.constants.verification_ratio),
        )
        self.years: list[np.ndarray] = []

    def keep(self, state: State, year: Year) -> None:
        """Add what was implemented in the year that ends; to be called at the end of every year."""
        n_audits = int(state.surroundings.parks.tally[:, AUDITS].sum())
        if n_audits != self.n_audits:
            self.n_audits, self.rows = n_audits, assisted_firms(state.books)
        sums, seen = np.zeros((len(SUMS), len(state.world.provinces))), (state.market.catalogue, state.surroundings)
        write_down_all(state.firms, self.rows, *seen, year.prices, self.notes, sums)
        self.years.append(sums)

    def by_province(self, first: int = 0) -> dict[str, np.ndarray]:
        """Each of SUMS [years, provinces], without the `first` few years."""
        return dict(zip(SUMS, np.array(self.years[first:]).swapaxes(0, 1)))


class Identified:
    """What all recommendations would cost and save, implemented or not: by firm in `table` (IDENTIFIED_COLUMNS)."""

    def __init__(self, state: State) -> None:
        self.table = new_table(state.firms.size, IDENTIFIED_COLUMNS)

    def keep(self, state: State, year: Year) -> None:
        """Add what audits of the year that ends have named; to be called at the end of every year."""
        audited = np.flatnonzero(state.firms.audit_year == year.number)
        situation = state.market.catalogue, state.surroundings, year.prices, year.number
        write_down_named(state.firms, audited, situation, self.table)


def by_design(state: State) -> np.recarray:
    """What measures do (INDUSTRY_COLUMNS) when all that they were designed to save is saved."""
    catalogue = state.market.catalogue
    return new_table(N_SECTORS, INDUSTRY_COLUMNS, **what_measures_do(catalogue, engineering_share(catalogue)))


def assisted_firms(books: Books) -> np.ndarray:
    """Rows of the firms that have ever been audited."""
    return np.flatnonzero(np.bitwise_or.reduce(books.audits_given, axis=0))


@compiled
def write_down_all(firms, rows, measures, surroundings, prices, notes, sums):
    """What the firms of `rows` have implemented since last year, and what it comes to by province: `sums` [SUMS, provinces]."""
    n_moved = find_moved(firms, rows, notes)
    for n in range(n_moved):
        prefetch_row(firms, notes.moved[min(n + AHEAD, n_moved - 1)])
        i, new = notes.moved[n], np.int64(0)
        for m in range(N_MEASURES):
            new |= np.int64(firms[i].recommended[m] == IMPLEMENTED) << m
        new &= ~notes.table[i].implemented
        if new != 0:
            write_down(firms[i], new, measures, surroundings, prices, notes.table[i], notes)
    add_up(notes.table, rows, notes.province, sums)


@compiled
def find_moved(firms, rows, notes):
    """Note those of `rows` of whose options one has been recommended or implemented since last year; returns how many they are.

    An option only ever goes on, so that nothing has moved where the sum is what it was.
    """
    count = 0
    for n in range(rows.size):
        prefetch_cell(firms, rows[min(n + TOGETHER, rows.size - 1)], "recommended")
        i, total = rows[n], 0
        for m in range(N_MEASURES):
            total += firms[i].recommended[m]
        notes.moved[count] = i
        count += total != notes.options[i]
        notes.options[i] = total
    return count


@compiled
def write_down(firm, new, measures, surroundings, prices, recommended, notes):
    """The measures in `new` (bits) that a firm has installed this year, each costed on top of all others."""
    usd, tonnes = saved_by_new(firm, new, measures, surroundings, prices, notes.use)
    recommended.implemented |= new
    recommended.saved += usd
    recommended.tonnes += tonnes
    usd, tonnes = saved_by_design(firm, new, measures, surroundings, prices, notes)
    recommended.recorded_saving += notes.verification_ratio * usd
    recommended.recorded_tonnes += notes.verification_ratio * tonnes
    for m in range(N_MEASURES):
        if (new >> m) & 1:
            recommended.invested += renewal_in_cents(firm, m, measures, surroundings) / CENTS


@compiled
def saved_by_new(firm, new, measures, surroundings, prices, use):
    """USD and tCO2 a year that the measures in `new` (bits) save a firm on top of all others, at the year's prices and grid."""
    use_resources(firm, measures, surroundings, firm.installed_bits & ~new, use)
    return worth_of_difference(use, firm.use, firm.price_row, surroundings.parks[firm.park].zone, prices)


@compiled
def saved_by_design(firm, new, measures, surroundings, prices, notes):
    """The same if what is `new` saved what it was designed to, and all others what they do; after `saved_by_new`."""
    sectors, s = notes.as_audited.sectors, firm.sector
    take_over(sectors[s], new, notes.by_design[s])
    use_resources(firm, measures, notes.as_audited, firm.installed_bits, notes.use_by_design)
    take_over(sectors[s], new, surroundings.sectors[s])
    z = surroundings.parks[firm.park].zone
    return worth_of_difference(notes.use, notes.use_by_design, firm.price_row, z, prices)


@inlined
def worth_of_difference(before, after, r, z, prices):
    """USD and tCO2 that use `after` [k] is less than that `before`, a year at its output, in price row r and price zone z."""
    usd, tonnes = 0.0, 0.0
    for k in range(N_USES):
        usd += (before[k] - after[k]) * prices.use[z, r, k]
        tonnes += (before[k] - after[k]) * prices.emission[r, k]
    return usd * prices.growth[r] - fees_written_down(before, after, r, prices), tonnes * prices.growth[r]


@inlined
def fees_written_down(before, after, r, prices):
    """USD/yr more up to the minimum fee for hazardous waste with use `after` [k] than `before`, at the intensities of 2024 as
    all that is written down, so that whoever stays below the minimum saves nothing by having less."""
    return minimum_fees(after[HAZARDOUS], before[HAZARDOUS], r, prices) / prices.intensity


@inlined
def take_over(sector, bits, other):
    """The measures in `bits` do in a sector what they do in the `other`."""
    while bits:
        m = lowest_bit(bits)
        bits &= bits - 1
        sector.displaced[m] = other.displaced[m]
        for k in range(N_USES):
            sector.kept[m, k] = other.kept[m, k]


@compiled
def add_up(recommended, rows, province, sums):
    """Add what has been written down of the firms of `rows`, each in its `province` [firms], to `sums` [SUMS, provinces]."""
    for n in range(rows.size):
        its, v = recommended[rows[n]], province[rows[n]]
        sums[0, v] += its.invested
        sums[1, v] += its.saved
        sums[2, v] += its.tonnes
        sums[3, v] += its.recorded_saving
        sums[4, v] += its.recorded_tonnes


@allocating
def write_down_named(firms, rows, situation, identified):
    """The options of the firms of `rows` that audits have named and that are not written down yet."""
    for i in rows:
        for m in range(N_MEASURES):
            if firms[i].recommended[m] != NOT_RECOMMENDED and not (identified[i].named >> m) & 1:
                write_down_option(firms[i], m, situation, identified[i])


@allocating
def write_down_option(firm, m, situation, identified):
    """Option m on its own, on top of what the firm has and may have beside it, whether it is built by now or not."""
    measures, surroundings, prices, year = situation
    before, after, bit = np.empty(N_USES), np.empty(N_USES), np.int64(1) << m
    others, built = firm.installed_bits & ~bit & ~EXCLUDES[m], firm.installed_year[m]
    if built == 0:  # what it would need instead is told by the technology of the year; put back below
        firm.installed_year[m] = year
    use_resources(firm, measures, surroundings, others, before)
    use_resources(firm, measures, surroundings, others | bit, after)
    firm.installed_year[m] = built
    r, z = firm.price_row, surroundings.parks[firm.park].zone
    growth = prices.growth[r]
    identified.saved -= fees_written_down(before, after, r, prices)
    for k in range(N_USES):
        identified.saved += (before[k] - after[k]) * prices.use[z, r, k] * growth
        identified.tonnes += (before[k] - after[k]) * prices.emission[r, k] * growth
    if built == 0:
        identified.invested += cost_in_cents(firm, m, surroundings) / CENTS
    else:
        identified.invested += renewal_in_cents(firm, m, measures, surroundings) / CENTS
    identified.named |= bit
