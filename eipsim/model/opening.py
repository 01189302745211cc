"""How a year opens: what it brings, and who comes and goes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from eipsim.agents.firm import year as firm_year
from eipsim.agents.operator.year import found_parks, policy_of
from eipsim.agents.surroundings import see_energy_prices, see_prices, spread_word
from eipsim.market.constants import Constants
from eipsim.model.state import State, Year
from eipsim.policy.levers import LeverPaths, Levers, by_owner
from eipsim.rules.acceptance import discount_rate_of
from eipsim.rules.investment import annuity

KEPT = 64  # rates and lifetimes of which the annuities are kept


def new_year(
    state: State, number: int, levers: Levers, adaptive_audits: int, paths: LeverPaths, voucher_rule: str
) -> Year:
    """What is given in the year `number` under its levers, which are those of `paths` unless somebody has moved them."""
    yearly, running, there = state.market.yearly, paths.running(number), state.world.in_year(number)
    as_planned = levers is paths.year(number)
    tables = yearly.of_plan(number, paths) if as_planned else yearly.of_year(number, levers)
    if state.operation is not None:
        tables = tables._replace(accounts=state.operation.answer(number, tables.accounts))
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
        park_policy=policy_of(state.operators, levers, running.commits, there),
        decree=state.certification.in_force[number - state.world.first_year],
    )


def open_year(state: State, year: Year, rule: int, threshold_before: float) -> None:
    """Prices move, firms come and go, parks are founded.

    `rule` is the number of the decision rule in force. Nobody becomes or ceases to be covered by the carbon price unless its
    threshold [TOE] is another than `threshold_before`, last year's.
    """
    levers, there = year.levers, state.world.in_year(year.number)
    catalogue, constants = state.market.catalogue, state.market.constants
    loans = by_owner(levers.soft_loan, levers.of_foreign_firms.soft_loan)
    see_prices(state.surroundings, year.tables, loans, log_annuities(catalogue, constants, rule))
    if state.operation is not None:
        see_energy_prices(state.surroundings, state.operation.price, state.operation.expected)
    # energy use of 2024 decides, so nothing else can move a firm across the threshold
    if levers.carbon_threshold_toe != threshold_before:
        firm_year.mark_covered(state.firms, levers.carbon_threshold_toe)
    found_parks(state.operators, levers.eip_duty, there.founded)
    if there.gone.size:
        firm_year.all_leave(state.firms, there.gone, state.surroundings)
    if there.come.size:
        situation = firm_year.Situation(catalogue, state.surroundings, year.number, constants)
        firm_year.let_enter(state.firms, there.come, state.world.parks.start, situation)


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
