"""How a year opens: what it brings, and who comes and goes."""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm import year as firm_year
from eipsim.agents.operator.year import found_parks, policy_of
from eipsim.agents.surroundings import see_prices, spread_word
from eipsim.certification.year import decree_of
from eipsim.market.constants import Constants
from eipsim.model.state import State, Year
from eipsim.policy.levers import Levers
from eipsim.policy.programmes import ResolvedProgramme
from eipsim.rules.acceptance import discount_rate_of
from eipsim.rules.investment import annuity


def new_year(
    state: State,
    number: int,
    levers: Levers,
    adaptive_audits: int,
    planned: tuple[ResolvedProgramme, ...],
    voucher_rule: str,
) -> Year:
    """What is given in the year `number` under its levers; `planned` are the programmes of all years."""
    world, programmes = state.world, running(planned, number)
    alive = (world.firms.entry_year <= number) & (number < world.firms.exit_year)
    rows, committing = np.flatnonzero(alive), np.zeros(world.n_parks, dtype=np.bool_)
    for programme in programmes.values():
        if programme.commits_parks:
            committing |= programme.eligible
    return Year(
        number=number,
        levers=levers,
        adaptive_audits=adaptive_audits,
        voucher_rule=voucher_rule,
        programmes=programmes,
        tables=state.market.yearly.of_year(number, levers),
        grid_factor=state.market.drivers.grid_factor[number - world.first_year],
        alive=alive,
        rows=rows,
        first=np.searchsorted(rows, world.parks.start),
        park_policy=policy_of(state.operators, levers, committing, number, len(world.groups)),
        decree=decree_of(state.certification.decrees, number),
    )


def running(programmes: tuple[ResolvedProgramme, ...], year: int) -> dict[int, ResolvedProgramme]:
    """The programmes that run in `year`, by their number."""
    return {n: each for n, each in enumerate(programmes) if each.first_year <= year <= each.last_year}


def open_year(state: State, year: Year, rule: int, threshold_before: float) -> None:
    """Prices move, firms come and go, parks are founded.

    `rule` is the number of the decision rule in force. Nobody becomes or ceases to be covered by the carbon price unless its
    threshold [TOE] is another than `threshold_before`, last year's.
    """
    levers, world = year.levers, state.world
    catalogue, constants = state.market.catalogue, state.market.constants
    see_prices(state.surroundings, year.tables, levers.soft_loan, log_annuities(catalogue, constants, rule))
    # energy use of 2024 decides, so nothing else can move a firm across the threshold
    if levers.carbon_threshold_toe != threshold_before:
        firm_year.mark_covered(state.firms, levers.carbon_threshold_toe)
    found_parks(state.operators, levers.eip_duty, year.number)
    entry, leave = world.firms.entry_year, world.firms.exit_year
    # one that would come and go in the same year is in neither list: it never had a year in the park
    gone = np.flatnonzero((leave == year.number) & (entry < year.number))
    come = np.flatnonzero((entry == year.number) & (leave > year.number))
    firm_year.all_leave(state.firms, gone, state.surroundings)
    situation = firm_year.Situation(catalogue, state.surroundings, year.number, constants)
    firm_year.let_enter(state.firms, come, world.parks.start, situation)


def log_annuities(catalogue: np.recarray, constants: Constants, rule: int) -> np.ndarray:
    """ln of what a dollar a year over each measure's life is worth, at the rate of the rule in force."""
    rate = constants[discount_rate_of(rule)]
    return np.log([annuity(rate, float(life)) for life in catalogue.lifetime])


def let_word_spread(state: State, year: Year) -> None:
    """Last year's peers, operators and the ministry make options and cleaner production known."""
    market, information = state.market, year.levers.information
    seen = state.surroundings, state.operators, state.books
    spread_word(*seen, information, market.catalogue, year.number, market.constants)
