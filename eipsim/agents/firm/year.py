"""A tenant firm's year in verbs, each on one row; the country's year is the same verbs in a loop.

The order is enter, retire, learn, weigh, settle, and leave. Everything is a pure function of the row, of the surroundings
(last year's peers) and of keyed draws, so the order in which firms act cannot matter. MODEL.md section 5.

Loops over all measures without a branch are run several measures at a time; loops over bits visit only what matters. The
compiled year takes a few firms at a time, to weigh all their open options in one such loop.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.agents.firm.columns import ADOPTED, IMPLEMENTED, NOT_RECOMMENDED, RECOMMENDED, STOCK
from eipsim.agents.firm.decision import lay_out_options, pick_up_chances, weigh_laid_out
from eipsim.agents.firm.project import NEVER_PAYS, cost_in_cents, log_cost, log_saving, renewal_in_cents
from eipsim.agents.firm.stock import (
    EXCLUDES,
    NEEDS_INPUTS,
    note_open_options,
    put_in,
    take_out,
    take_stock,
)
from eipsim.agents.surroundings import (
    ASSISTED,
    AUDITS,
    IDENTIFIED,
    IMPLEMENTED_OPTIONS,
    YEARS_AUDITED,
    Surroundings,
)
from eipsim.core.compiled import (
    AHEAD,
    TOGETHER,
    allocating,
    compiled,
    inlined,
    lowest_bit,
    prefetch_back,
    prefetch_front,
    prefetch_row,
)
from eipsim.core.draws import PROCESSES, draw, draw_normal
from eipsim.core.money import CENTS
from eipsim.core.years import FIRST_YEAR
from eipsim.market.books import book
from eipsim.market.catalogue import N_MEASURES, measure_names
from eipsim.market.constants import Constants
from eipsim.rules.acceptance import yearly_hazard
from eipsim.rules.investment import investment_budget

STOCK_DRAW = PROCESSES["initial stock"]
AGE_DRAW = PROCESSES["stock age"]
COST_DRAW = PROCESSES["cost factor"]
OPTION_DRAW = PROCESSES["option awareness"]
HEARSAY_DRAW = PROCESSES["firm awareness"]
ACCEPTANCE_DRAW = PROCESSES["acceptance"]
RENEWAL_DRAW = PROCESSES["renewal"]
IDENTIFICATION_DRAW = PROCESSES["identification"]
SOLAR = measure_names().index("rooftop-solar")


class Situation(NamedTuple):
    """What all firms live through a year with."""

    measures: np.recarray  # the catalogue
    surroundings: Surroundings
    year: int
    constants: Constants


@compiled
def is_usable(firms, i, m, measures, year):
    """The measure exists by now, does something in the sector, and no installed measure excludes it."""
    excluded = firms.installed_bits[i] & EXCLUDES[m]
    return measures.reach[m, firms.sector[i]] > 0.0 and year >= measures.available_from[m] and excluded == 0


@inlined
def get_to_know(firms, i, m, year):
    """Option m is known and fresh from `year`."""
    bit = np.int64(1) << m
    firms.known_year[i, m] = year
    firms.known_bits[i] |= bit
    firms.waiting_bits[i] &= ~bit


@inlined
def chance_unheard(surroundings, p, s):
    """Chance of not having heard of cleaner production since 2015, in park p and sector s."""
    parks = surroundings.parks
    return parks.unheard[p] * surroundings.sectors.unheard[s] * parks.unheard_information[p, s]


@compiled
def enter(firms, i, measures, surroundings, year, constants):
    """The firm moves in: its bars are drawn, and it brings along the measures that are common in its entry year."""
    p, s, key = firms.park[i], firms.sector[i], firms.key[i]
    surroundings.parks.firms[p] += 1
    surroundings.sectors.firms[s] += 1
    # no set of measures has all bits, so that the stock is worked out once, whatever it is
    firms.stock_bits[i] = -1
    firms.awareness_of_recp[i] = chance_unheard(surroundings, p, s) * draw(
        surroundings.streams[HEARSAY_DRAW], key, 0, 0
    )
    for m in range(N_MEASURES):
        firms.waiting_bits[i] |= np.int64(measures.reach[m, s] > 0.0) << m
    draw_bars(firms, i, measures, surroundings)
    bring_along(firms, i, measures, surroundings, year)
    take_stock(firms, i, measures, surroundings, constants)


@compiled
def draw_bars(firms, i, measures, surroundings):
    """For every measure: when it will be noticed, what it would cost this firm, and the bar for accepting it."""
    p, s, key = firms.park[i], firms.sector[i], firms.key[i]
    bars, margins, costs = firms.awareness_bar[i], firms.margin[i], firms.cost_factor[i]
    informed, stream = surroundings.parks.unaware_information[p, s], surroundings.streams[OPTION_DRAW]
    for m in range(N_MEASURES):
        # chances count from 2015 on: scaled by what they have fallen to, word of before the firm came does not reach it
        bars[m] = (
            surroundings.parks.unaware[p, m] * surroundings.sectors.unaware[s, m] * informed * draw(stream, key, 0, m)
        )
    stream = surroundings.streams[ACCEPTANCE_DRAW]
    for m in range(N_MEASURES):
        # the chance of not having accepted, over its draw: one number to keep, and accepted once it is at most 1
        margins[m] = 1.0 / draw(stream, key, 0, m)
    stream = surroundings.streams[COST_DRAW]
    for m in range(measures.size):
        costs[m] = draw_normal(stream, key, 0, m)
    for m in range(N_MEASURES):
        costs[m] *= measures.cost_sigma[m]
    # costs are logarithms here, and the sun of the park is a factor
    costs[SOLAR] += surroundings.parks.solar_cost[p]


@compiled
def bring_along(firms, i, measures, surroundings, year):
    """Initial stock: installed with the penetration of the entry year; of any age in 2015, new in a firm that starts later."""
    key, stream, common = firms.key[i], surroundings.streams[STOCK_DRAW], np.int64(0)
    penetration = surroundings.vintages.penetration[year - FIRST_YEAR]
    for m in range(N_MEASURES):
        common |= np.int64(draw(stream, key, 0, m) < penetration[m]) << m
    while common:
        m = lowest_bit(common)
        common &= common - 1
        if is_usable(firms, i, m, measures, year):
            of_any_age = year == FIRST_YEAR
            age = draw(surroundings.streams[AGE_DRAW], key, 0, m) * measures.lifetime[m] if of_any_age else 0.0
            put_in(firms, i, m, measures, surroundings, year - int(age), STOCK)


@compiled
def leave(firms, i, measures, surroundings):
    """The firm closes or moves away: it is no longer anybody's peer. Its row is never used again."""
    surroundings.parks.firms[firms.park[i]] -= 1
    surroundings.sectors.firms[firms.sector[i]] -= 1
    for m in range(N_MEASURES):
        if firms.installed_year[i, m] > 0:
            surroundings.parks.count[firms.park[i], m] -= 1
            surroundings.sectors.count[firms.sector[i], m] -= 1


@inlined
def retire(firms, i, measures, surroundings, year, constants):
    """Worn-out measures are renewed at once with probability `renewal_share`; otherwise the option is known and fresh again."""
    expiry_year, worn = firms.expiry_year[i], np.int64(0)
    for m in range(N_MEASURES):
        # what is not installed is asked too and masked below: a loop without branch costs less than one that skips
        worn |= np.int64(expiry_year[m] <= year) << m
    worn &= firms.installed_bits[i]
    while worn:
        m = lowest_bit(worn)
        worn &= worn - 1
        if draw(surroundings.streams[RENEWAL_DRAW], firms.key[i], year, m) < constants.renewal_share:
            renew(firms, i, m, measures, surroundings, year)
        else:
            lose(firms, i, m, surroundings, year)
    if firms.changed[i]:
        take_stock(firms, i, measures, surroundings, constants)


@inlined
def renew(firms, i, m, measures, surroundings, year):
    """A worn-out measure is replaced by a new one of its kind; one of a new vintage may cost and need something else."""
    firms.installed_year[i, m] = year
    firms.expiry_year[i, m] = year + measures.lifetime[m]
    adopted = firms.origin[i, m] == ADOPTED
    if adopted:
        firms.invested[i] += renewal_in_cents(firms, i, m, measures, surroundings)
    if (adopted and measures.trend[m] != 0.0) or (NEEDS_INPUTS >> m) & 1:
        firms.changed[i] = True


@inlined
def lose(firms, i, m, surroundings, year):
    """A worn-out measure is gone; the firm knows the option, and will weigh it afresh."""
    take_out(firms, i, m, surroundings)
    # a new draw, or a firm that accepted easily once would do so at every renewal
    firms.episode[i, m] += 1
    firms.margin[i, m] = 1.0 / draw(surroundings.streams[ACCEPTANCE_DRAW], firms.key[i], firms.episode[i, m], m)
    get_to_know(firms, i, m, year)
    firms.changed[i] = True


@inlined
def learn(firms, i, measures, surroundings, year, constants):
    """Options become known, and the firm may hear of cleaner production, once the accumulated chance passes its draws."""
    p, s = firms.park[i], firms.sector[i]
    if firms.aware_year[i] == 0 and chance_unheard(surroundings, p, s) <= firms.awareness_of_recp[i]:
        firms.aware_year[i] = year
    if firms.waiting_bits[i] == 0:
        return
    bars, in_park, in_sector = firms.awareness_bar[i], surroundings.parks.unaware[p], surroundings.sectors.unaware[s]
    informed, noticed = surroundings.parks.unaware_information[p, s], np.int64(0)
    for m in range(N_MEASURES):
        noticed |= np.int64(in_park[m] * in_sector[m] * informed <= bars[m]) << m
    noticed &= firms.waiting_bits[i]
    if noticed == 0:
        return
    while noticed:
        m = lowest_bit(noticed)
        noticed &= noticed - 1
        # what is not sold yet stays waiting, and is noticed in the year it comes to the market
        if year >= measures.available_from[m]:
            get_to_know(firms, i, m, year)
    note_open_options(firms, i)


@compiled
def receive_audit(firms, i, measures, surroundings, year, constants):
    """An audit names each applicable measure the firm lacks with probability `identify_probability`, fresh from this year."""
    tally = surroundings.parks.tally[firms.park[i]]
    tally[AUDITS] += 1
    tally[ASSISTED] += firms.audit_year[i] == 0
    tally[YEARS_AUDITED] += firms.audit_year[i] != year
    firms.audit_year[i] = year
    firms.measured[i] = True
    if firms.aware_year[i] == 0:
        firms.aware_year[i] = year
    for m in range(N_MEASURES):
        lacking = firms.installed_year[i, m] == 0 and is_usable(firms, i, m, measures, year)
        if (
            lacking
            and draw(surroundings.streams[IDENTIFICATION_DRAW], firms.key[i], year, m) < constants.identify_probability
        ):
            if firms.known_year[i, m] == 0:
                get_to_know(firms, i, m, year)
            # also for an option that was known: an audit makes it fresh, and fresh options are weighed with full vigour
            firms.known_year[i, m] = year
            if firms.recommended[i, m] == NOT_RECOMMENDED:
                tally[IDENTIFIED] += 1
                firms.recommended[i, m] = RECOMMENDED
    note_open_options(firms, i)


@inlined
def settle(firms, i, measures, surroundings, year, constants, chances):
    """Open options come nearer to acceptance by the year's hazard; what is accepted is bought as far as the budget goes."""
    wanted, left = np.int64(0), firms.open_bits[i]
    while left:
        m = lowest_bit(left)
        left &= left - 1
        vigour = constants.stale_factor if firms.known_year[i, m] <= year - constants.stale_years else 1.0
        # rounded before it is compared, so that the firm decides on the number that it, and `explain`, can read afterwards
        margin = np.float32(np.float64(firms.margin[i, m]) * (1.0 - yearly_hazard(chances[m]) * vigour))
        firms.margin[i, m] = margin
        wanted |= np.int64(margin <= 1.0) << m
    if wanted or firms.overdraft[i] > 0:
        buy(firms, i, measures, surroundings, year, constants, wanted)


@compiled
def buy(firms, i, measures, surroundings, year, constants, wanted):
    """Accepted options in order of payback until the year's investment budget is spent.

    A finance-constrained firm buys only what its cash, and a soft loan, can pay. Others may start a project that exceeds
    what is left; the rest is paid out of the next years' budgets, in which they start less.
    """
    budget = np.int64(
        investment_budget(
            firms.revenue[i],
            constants.investment_budget_share,
            firms.constrained[i],
            constants.constrained_budget_factor,
        )
        * CENTS
    )
    paid_back = min(firms.overdraft[i], budget)
    firms.overdraft[i] -= paid_back
    budget -= paid_back
    while budget > 0:
        m = quickest(firms, i, measures, surroundings, constants, wanted)
        if m < 0:
            break
        wanted &= ~(np.int64(1) << m)
        gross = cost_in_cents(firms, i, m, surroundings)
        subsidy = min(np.int64(firms.voucher_rate[i] * gross + 0.5), firms.voucher_left[i])
        own = gross - subsidy
        cash = own
        if firms.constrained[i]:
            cash = np.int64(own * (1.0 - surroundings.parks.soft_loan[firms.park[i], firms.sector[i]]))
            # no break: what comes later may cost less, and be within its means
            if cash > budget:
                continue
        firms.overdraft[i] += max(cash - budget, 0)
        budget -= cash
        firms.invested[i] += own
        install(firms, i, m, measures, surroundings, year, subsidy)


@compiled
def quickest(firms, i, measures, surroundings, constants, wanted):
    """Which of the `wanted` options (bits) has the shortest payback and can be had; -1 when none."""
    best, best_payback, left = -1, np.inf, wanted
    while left:
        m = lowest_bit(left)
        left &= left - 1
        saving = log_saving(firms, i, m, measures, surroundings, constants)
        payback = log_cost(firms, i, m, surroundings) - saving
        # exclusions are asked for at every purchase, because an earlier one of this year may exclude it
        if payback < best_payback and saving > NEVER_PAYS and firms.installed_bits[i] & EXCLUDES[m] == 0:
            best, best_payback = m, payback
    return best


@compiled
def install(firms, i, m, measures, surroundings, year, subsidy):
    """The measure is built; vouchers pay the `subsidy` [cents] of its cost."""
    put_in(firms, i, m, measures, surroundings, year, ADOPTED)
    firms.changed[i] = True
    firms.subsidy[i] += subsidy
    firms.voucher_left[i] -= subsidy
    # a second adoption, after wearing out, is not credited to the policy that pays for it
    if firms.first_adopted[i, m] == 0:
        firms.first_adopted[i, m] = year
        firms.subsidised[i, m] = 1 if subsidy > 0 else 0
    if firms.recommended[i, m] == RECOMMENDED:
        firms.recommended[i, m] = IMPLEMENTED
        surroundings.parks.tally[firms.park[i], IMPLEMENTED_OPTIONS] += 1
    if firms.aware_year[i] > 0:
        firms.applies_recp[i] = True


@inlined
def live_through_year(firms, rows, span, situation, rule, own_rule, chances):
    """The year of a few firms, `rows[first:end]`, once regulators and operators have acted: MODEL.md section 2, steps 4 and 5.

    `span` is (first, end). A firm has few options open, so those of all of them are weighed together.
    """
    (first, end), (measures, surroundings, year, constants), place = span, situation, 0
    for n in range(first, end):
        # rows are far apart in memory: the next few are fetched while this one is worked on
        prefetch_front(firms, rows[min(n + TOGETHER, rows.size - 1)])
        retire(firms, rows[n], measures, surroundings, year, constants)
        learn(firms, rows[n], measures, surroundings, year, constants)
        place = lay_out_options(firms, rows[n], measures, surroundings, constants, place)
    weigh_laid_out(firms, measures, surroundings, constants, rule, own_rule, place)
    place = 0
    for n in range(first, end):
        prefetch_back(firms, rows[min(n + TOGETHER, rows.size - 1)])
        place = pick_up_chances(firms, rows[n], surroundings, place, chances)
        settle(firms, rows[n], measures, surroundings, year, constants, chances)
        if firms.changed[rows[n]]:
            take_stock(firms, rows[n], measures, surroundings, constants)


def mark_covered(firms: np.recarray, threshold_toe: float) -> None:
    """Firms at or above the energy threshold of the carbon price pay it."""
    firms.covered[:] = firms.toe >= threshold_toe


@compiled
def all_leave(firms, rows, measures, surroundings):
    for n in range(rows.size):
        prefetch_row(firms, rows[min(n + AHEAD, rows.size - 1)])
        leave(firms, rows[n], measures, surroundings)


@compiled
def all_enter(firms, rows, measures, surroundings, year, constants):
    for n in range(rows.size):
        prefetch_row(firms, rows[min(n + AHEAD, rows.size - 1)])
        enter(firms, rows[n], measures, surroundings, year, constants)


@allocating
def live_and_book_all(firms, rows, situation, rule, own_rule, prices, books):
    """The whole country: every firm lives through its year and is booked at once, while its row is at hand."""
    chances = np.zeros(N_MEASURES)
    for first in range(0, rows.size, TOGETHER):
        end = min(first + TOGETHER, rows.size)
        live_through_year(firms, rows, (first, end), situation, rule, own_rule, chances)
        for n in range(first, end):
            book(firms, rows, n, situation.surroundings, prices, situation.year, books)
