"""How a year opens: what it brings, and who comes and goes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from eipsim.agents.firm import year as firm_year
from eipsim.agents.firm.loans import fall_due
from eipsim.agents.operator.year import found_parks, policy_of
from eipsim.agents.regulator import allowances
from eipsim.agents.surroundings import see_energy_prices, see_prices, spread_word
from eipsim.market.books import USED
from eipsim.market.constants import Constants
from eipsim.market.operation import Operation
from eipsim.market.uses import BIOMASS
from eipsim.model.state import State, Year
from eipsim.policy.levers import LeverPaths, Levers, by_owner, for_anybody
from eipsim.rules.acceptance import discount_rate_of
from eipsim.rules.biomass import price_over_reference
from eipsim.rules.investment import annuity

KEPT = 64  # rates and lifetimes of which the annuities are kept


def new_year(
    state: State, number: int, levers: Levers, adaptive_audits: int, paths: LeverPaths, voucher_rule: str
) -> Year:
    """What is given in the year `number` under its levers, which are those of `paths` unless somebody has moved them."""
    running, there, biomass = paths.running(number), state.world.in_year(number), biomass_price_factor(state)
    yearly, home = state.market.yearly.with_biomass_at(biomass, number), state.maps.in_force(number)
    as_planned = levers is paths.year(number) and yearly is state.market.yearly
    tables = yearly.of_plan(number, paths) if as_planned else yearly.of_year(number, levers)
    if state.operation is not None:
        tables = tables._replace(accounts=state.operation.answer(number, tables.accounts, biomass))
    return Year(
        number=number,
        levers=levers,
        adaptive_audits=adaptive_audits,
        voucher_rule=voucher_rule,
        programmes=running.programmes,
        tables=tables,
        grid_factor=state.market.drivers.grid_factor[number - state.world.first_year],
        rows=there.rows.astype(np.int64),
        first=there.first,
        park_policy=policy_of(state.operators, levers, running.commits, there, home),
        decree=state.certification.in_force[number - state.world.first_year],
        biomass_price_factor=biomass,
        home=home,
    )


def biomass_price_factor(state: State) -> float:
    """What biomass costs over its driver: it gets dearer with what was burnt last year, shared plants and exchanges included."""
    c = state.market.constants
    if c.biomass_price_rise == 0.0:
        return 1.0
    used = float(state.books.net_flows[:, USED + BIOMASS].sum())
    return price_over_reference(used, state.biomass_reference, c.biomass_potential, c.biomass_price_rise)


def open_year(state: State, year: Year, rule: int) -> None:
    """Prices move, firms come and go, parks are founded, free allowances are given.

    `rule` is the number of the decision rule in force.
    """
    levers, there = year.levers, state.world.in_year(year.number)
    catalogue, constants = state.market.catalogue, state.market.constants
    see_prices(state.surroundings, year.tables, log_annuities(catalogue, constants, rule))
    if state.operation is not None:
        see_energy_prices(state.surroundings, state.operation.price, state.operation.expected)
    let_banks_lend(state, year)
    if constants.boiler_lifetime > 0.0:
        bar_boilers(state, levers)
    allowances.cover(state, year)
    if state.operation is not None:
        state.surroundings.surprise[0] = is_surprising(state.operation, state.allowances)
    found_parks(state.operators, levers.eip_duty, there.founded)
    if there.gone.size:
        firm_year.all_leave(state.firms, there.gone, state.surroundings)
    if there.come.size:
        situation = firm_year.Situation(catalogue, state.surroundings, year.number, constants)
        firm_year.let_enter(state.firms, there.come, state.world.parks.start, situation)
    allowances.allot(state, year)


def is_surprising(operation: Operation, given: allowances.Allowances) -> bool:
    """Whether energy costs any firm anything else this year than was to be expected."""
    return given.foreseen is not given.coverage or not np.array_equal(operation.price, operation.expected)


def let_banks_lend(state: State, year: Year) -> None:
    """What firms can borrow this year and at what public help; what falls due of what they have borrowed before."""
    loans, parks, levers, abroad = state.loans, state.surroundings.parks, year.levers, year.levers.of_foreign_firms
    parks.lent[:] = parks.interest_relief[:] = 0.0
    if levers.in_force & {"soft_loan", "loan_guarantee"}:
        softly = for_anybody(levers.soft_loan, abroad.soft_loan)
        guaranteed = for_anybody(levers.loan_guarantee, abroad.loan_guarantee)
        parks.lent[:] = np.minimum(softly + guaranteed, 1.0)
    if loans.are_followed:
        fall_due(loans, state.surroundings.due, state.world.firms, year.number)
        if "interest_subsidy" in levers.in_force:
            parks.interest_relief[:] = loans.relief_of(for_anybody(levers.interest_subsidy, abroad.interest_subsidy))


def bar_boilers(state: State, levers: Levers) -> None:
    """Which fossil boilers the law of the year allows no longer."""
    parks, abroad = state.surroundings.parks, levers.of_foreign_firms
    parks.no_new_fossil_boilers[:] = parks.fossil_boiler_end[:] = 0.0
    if not levers.in_force & {"no_new_fossil_boilers", "fossil_boiler_end"}:
        return
    parks.no_new_fossil_boilers[:] = for_anybody(levers.no_new_fossil_boilers, abroad.no_new_fossil_boilers)
    parks.fossil_boiler_end[:] = for_anybody(levers.fossil_boiler_end, abroad.fossil_boiler_end)


def log_annuities(catalogue: np.recarray, constants: Constants, rule: int) -> np.ndarray:
    """ln of what a dollar a year over each measure's life is worth, at the rate of the rule in force."""
    return _log_annuities(float(constants[discount_rate_of(rule)]), catalogue.lifetime.tobytes())


@lru_cache(maxsize=KEPT)
def _log_annuities(rate: float, lifetimes: bytes) -> np.ndarray:
    return np.log([annuity(rate, float(life)) for life in np.frombuffer(lifetimes, dtype=np.int16)])


def let_word_spread(state: State, year: Year) -> None:
    """Last year's peers, operators and the ministry make options and cleaner production known."""
    market, levers = state.market, year.levers
    information = by_owner(levers.information, levers.of_foreign_firms.information)
    seen = state.surroundings, state.operators, state.books
    spread_word(*seen, information, market.catalogue, year.number, market.constants)
