"""How a year closes: every balance is checked, regulators close their books, certificates are decided."""

from __future__ import annotations

from eipsim.agents.regulator import allowances
from eipsim.agents.regulator import year as regulator_year
from eipsim.agents.regulator.credit import settle_loans
from eipsim.agents.regulator.rationing import settle_vouchers, vouchers_used
from eipsim.certification.criteria import ParkRecords, standing_of
from eipsim.certification.year import decide
from eipsim.exchanges.checks import check_exchanges
from eipsim.exchanges.parks import net_of_exchanges, symbiosis_of_parks
from eipsim.infrastructure.checks import check_services
from eipsim.infrastructure.tables import net_of_infrastructure
from eipsim.market import books as accounts
from eipsim.model.state import State, Year
from eipsim.policy.province_maps import pooled


def keep_accounts(state: State, year: Year) -> None:
    """Check every balance, pay what is due, and remember what next year's firms look at. Raises ConservationError."""
    books, used = state.books, vouchers_used(state, year.levers.voucher_cap_usd)
    accounts.check_balances(books.flows, books.counts, year.grid_factor, year.number)
    accounts.check_money(books.counts, used, year.number)
    check_services(state.infrastructure, books.flows, year.number)
    # exchanges come last and take what infrastructure has left, so they are checked against that
    served = net_of_infrastructure(books.flows, state.infrastructure.flows, year.grid_factor)
    check_exchanges(state.exchanges, state.world, year, served)
    books.net_flows[:] = net_of_exchanges(served, state.exchanges.flows)
    allowances.settle(state, year)
    settle_vouchers(state, used)
    settle_loans(state, year)
    carbon = books.net_flows[:, accounts.CARBON_PAID].sum()
    # what the public is really paid, after exchanges and infrastructure have spared firms some of their fuel
    regulator_year.earmark(state.regulators, carbon * state.market.constants.carbon_earmark_share)
    regulator_year.close_books(state.regulators, year.number)
    if year.home is not None:
        regulator_year.hand_over_balances(state.regulators, year.home)
    accounts.remember_practice(books, state.surroundings.sectors)


def grant_certificates(state: State, year: Year) -> None:
    """Certificates of the year under the decree in force; how parks stand on its criteria is kept."""
    if year.decree is None:
        return
    mine, levers, parks = state.certification, year.levers, park_records(state, year)
    capacity, duration = pooled(levers.certification_capacity, year.home), levers.certification_duration
    standing = standing_of(year.decree, parks)
    decide(year.decree, parks, capacity, mine.priority, state.market.constants, duration, standing.passes)
    mine.standings.append((year.number, year.decree, standing))
    mine.seen[:] = [parks]


def park_records(state: State, year: Year) -> ParkRecords:
    """What certificates are decided on, at the end of the year."""
    counts = state.books.counts
    return ParkRecords(
        year.number, counts[:, accounts.FIRMS], counts[:, accounts.AWARE], counts[:, accounts.RECP],
        counts[:, accounts.RECP_MEASURED], state.operators, *symbiosis_of_parks(state, year),
        desk=None if year.home is None else year.home[state.operators.province],
    )  # fmt: skip
