"""A tenant firm's year in verbs, each on one row of the table of firms; the country's year is the same verbs in a loop.

The order is enter, retire, learn, weigh, settle, and leave. Everything is a pure function of the row, of the surroundings
(last year's peers) and of keyed draws, so the order in which firms act cannot matter. MODEL.md section 5.

Loops over all measures without a branch are run several measures at a time, where the compiler does not know their length
(`measures.size`; what it knows it unrolls); loops over bits visit only what matters. The compiled year takes a few firms at a
time, to weigh all their open options in one such loop.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
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
    apart,
    count_in,
    standing,
)
from eipsim.core import threads
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
from eipsim.market.books import Books, Prices, book, empty_ledger
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
def is_usable(firm, m, measures, year):
    """The measure exists by now, does something in the sector, and no installed measure excludes it."""
    measure, excluded = measures[m], firm.installed_bits & EXCLUDES[m]
    return measure.reach[firm.sector] > 0.0 and year >= measure.available_from and excluded == 0


@inlined
def get_to_know(firm, m, year):
    """Option m is known and fresh from `year`."""
    bit = np.int64(1) << m
    firm.known_year[m] = year
    firm.known_bits |= bit
    firm.waiting_bits &= ~bit


@inlined
def chance_unheard(firm, surroundings):
    """Chance of not having heard of cleaner production since 2015, in the firm's park and sector."""
    park, sector = surroundings.parks[firm.park], surroundings.sectors[firm.sector]
    return park.unheard * sector.unheard * park.unheard_information[standing(firm)]


@compiled
def enter(firm, situation):
    """The firm moves in: its bars are drawn, and it brings along the measures that are common in its entry year."""
    measures, surroundings, year, constants = situation
    surroundings.parks[firm.park].firms += 1
    surroundings.sectors[firm.sector].firms += 1
    # no set of measures has all bits, so that the stock is worked out once, whatever it is
    firm.stock_bits = -1
    heard = draw(surroundings.streams[HEARSAY_DRAW], firm.key, 0, 0)
    firm.awareness_of_recp = chance_unheard(firm, surroundings) * heard
    waiting = np.int64(0)
    for m in range(N_MEASURES):
        waiting |= np.int64(measures[m].reach[firm.sector] > 0.0) << m
    firm.waiting_bits = waiting
    draw_bars(firm, measures, surroundings)
    bring_along(firm, measures, surroundings, year)
    take_stock(firm, measures, surroundings, constants)


@compiled
def draw_bars(firm, measures, surroundings):
    """For every measure: when it will be noticed, what it would cost this firm, and the bar for accepting it."""
    park, sector, key = surroundings.parks[firm.park], surroundings.sectors[firm.sector], firm.key
    bars, margins, costs = firm.awareness_bar, firm.margin, firm.cost_factor
    informed, stream = park.unaware_information[standing(firm)], surroundings.streams[OPTION_DRAW]
    for m in range(N_MEASURES):
        # chances count from 2015 on: scaled by what they have fallen to, word of before the firm came does not reach it
        bars[m] = park.unaware[m] * sector.unaware[m] * informed * draw(stream, key, 0, m)
    stream = surroundings.streams[ACCEPTANCE_DRAW]
    for m in range(N_MEASURES):
        # the chance of not having accepted, over its draw: one number to keep, and accepted once it is at most 1
        margins[m] = 1.0 / draw(stream, key, 0, m)
    stream = surroundings.streams[COST_DRAW]
    for m in range(measures.size):
        costs[m] = draw_normal(stream, key, 0, m)
    for m in range(N_MEASURES):
        costs[m] *= measures[m].cost_sigma
    # costs are logarithms here, and the sun of the park is a factor
    costs[SOLAR] += park.solar_cost


@compiled
def bring_along(firm, measures, surroundings, year):
    """Initial stock, with the sector's penetration of the entry year: of any age in 2015, new in a firm that starts later."""
    key, stream, common = firm.key, surroundings.streams[STOCK_DRAW], np.int64(0)
    penetration = surroundings.vintages[year - FIRST_YEAR].penetration
    for m in range(N_MEASURES):
        common |= np.int64(draw(stream, key, 0, m) < penetration[firm.sector, m]) << m
    while common:
        m = lowest_bit(common)
        common &= common - 1
        if is_usable(firm, m, measures, year):
            of_any_age = year == FIRST_YEAR
            age = draw(surroundings.streams[AGE_DRAW], key, 0, m) * measures[m].lifetime if of_any_age else 0.0
            put_in(firm, m, measures, surroundings, year - int(age), STOCK)


@compiled
def leave(firm, surroundings):
    """The firm closes or moves away: it is no longer anybody's peer. Its row is never used again."""
    park, sector = surroundings.parks[firm.park], surroundings.sectors[firm.sector]
    park.firms -= 1
    sector.firms -= 1
    standing = firm.installed_bits
    while standing:
        m = lowest_bit(standing)
        standing &= standing - 1
        park.count[m] -= 1
        sector.count[m] -= 1


@inlined
def retire(firm, situation):
    """Worn-out measures are renewed at once with probability `renewal_share`; otherwise the option is known and fresh again."""
    measures, surroundings, year, constants = situation
    expiry_year, worn = firm.expiry_year, np.int64(0)
    for m in range(measures.size):
        # what is not installed is asked too and masked below: a loop without branch costs less than one that skips
        worn |= np.int64(expiry_year[m] <= year) << m
    worn &= firm.installed_bits
    while worn:
        m = lowest_bit(worn)
        worn &= worn - 1
        if draw(surroundings.streams[RENEWAL_DRAW], firm.key, year, m) < constants.renewal_share:
            renew(firm, m, measures, surroundings, year)
        else:
            lose(firm, m, surroundings, year)
    if firm.changed:
        take_stock(firm, measures, surroundings, constants)


@inlined
def renew(firm, m, measures, surroundings, year):
    """A worn-out measure is replaced by a new one of its kind; one of a new vintage may cost and need something else."""
    firm.installed_year[m] = year
    firm.expiry_year[m] = year + measures[m].lifetime
    adopted = (firm.adopted_bits >> m) & 1
    if adopted:
        firm.invested += renewal_in_cents(firm, m, measures, surroundings)
    if (adopted and measures[m].trend != 0.0) or (NEEDS_INPUTS >> m) & 1:
        firm.changed = True


@inlined
def lose(firm, m, surroundings, year):
    """A worn-out measure is gone; the firm knows the option, and will weigh it afresh."""
    take_out(firm, m, surroundings)
    # a new draw, or a firm that accepted easily once would do so at every renewal
    firm.episode[m] += 1
    firm.margin[m] = 1.0 / draw(surroundings.streams[ACCEPTANCE_DRAW], firm.key, firm.episode[m], m)
    get_to_know(firm, m, year)
    firm.changed = True


@inlined
def learn(firm, situation):
    """Options become known, and the firm may hear of cleaner production, once the accumulated chance passes its draws."""
    measures, surroundings, year, _ = situation
    if firm.aware_year == 0 and chance_unheard(firm, surroundings) <= firm.awareness_of_recp:
        firm.aware_year = year
    if firm.waiting_bits == 0:
        return
    park, sector = surroundings.parks[firm.park], surroundings.sectors[firm.sector]
    bars, in_park, in_sector = firm.awareness_bar, park.unaware, sector.unaware
    informed, noticed = park.unaware_information[standing(firm)], np.int64(0)
    for m in range(measures.size):
        noticed |= np.int64(in_park[m] * in_sector[m] * informed <= bars[m]) << m
    noticed &= firm.waiting_bits
    if noticed == 0:
        return
    while noticed:
        m = lowest_bit(noticed)
        noticed &= noticed - 1
        # what is not sold yet stays waiting, and is noticed in the year it comes to the market
        if year >= measures[m].available_from:
            get_to_know(firm, m, year)
    note_open_options(firm)


@compiled
def receive_audit(firm, situation):
    """An audit names each applicable measure the firm lacks with probability `identify_probability`, fresh from this year."""
    measures, surroundings, year, constants = situation
    tally = surroundings.parks[firm.park].tally
    tally[AUDITS] += 1
    tally[ASSISTED] += firm.audit_year == 0
    tally[YEARS_AUDITED] += firm.audit_year != year
    firm.audit_year = year
    firm.measured = True
    if firm.aware_year == 0:
        firm.aware_year = year
    for m in range(N_MEASURES):
        lacking = firm.installed_year[m] == 0 and is_usable(firm, m, measures, year)
        if (
            lacking
            and draw(surroundings.streams[IDENTIFICATION_DRAW], firm.key, year, m) < constants.identify_probability
        ):
            if firm.known_year[m] == 0:
                get_to_know(firm, m, year)
            # also for an option that was known: an audit makes it fresh, and fresh options are weighed with full vigour
            firm.known_year[m] = year
            if firm.recommended[m] == NOT_RECOMMENDED:
                tally[IDENTIFIED] += 1
                firm.recommended[m] = RECOMMENDED
    note_open_options(firm)


@inlined
def settle(firm, situation, chances):
    """Open options come nearer to acceptance by the year's hazard; what is accepted is bought as far as the budget goes."""
    _, _, year, constants = situation
    wanted, left = np.int64(0), firm.open_bits
    while left:
        m = lowest_bit(left)
        left &= left - 1
        vigour = constants.stale_factor if firm.known_year[m] <= year - constants.stale_years else 1.0
        # rounded before it is compared, so that the firm decides on the number that it, and `explain`, can read afterwards
        margin = np.float32(np.float64(firm.margin[m]) * (1.0 - yearly_hazard(chances[m]) * vigour))
        firm.margin[m] = margin
        wanted |= np.int64(margin <= 1.0) << m
    if wanted or firm.overdraft > 0:
        buy(firm, situation, wanted)


@compiled
def buy(firm, situation, wanted):
    """Accepted options in order of payback until the year's investment budget is spent.

    A finance-constrained firm buys only what its cash, and a soft loan, can pay. Others may start a project that exceeds
    what is left; the rest is paid out of the next years' budgets, in which they start less.
    """
    measures, surroundings, year, constants = situation
    share, factor = constants.investment_budget_share, constants.constrained_budget_factor
    budget = np.int64(investment_budget(firm.revenue, share, firm.constrained, factor) * CENTS)
    paid_back = min(firm.overdraft, budget)
    firm.overdraft -= paid_back
    budget -= paid_back
    while budget > 0 and wanted:
        m = quickest(firm, measures, surroundings, constants, wanted)
        if m < 0:
            break
        wanted &= ~(np.int64(1) << m)
        gross = cost_in_cents(firm, m, surroundings)
        subsidy = min(np.int64(firm.voucher_rate * gross + 0.5), firm.voucher_left)
        own = gross - subsidy
        cash = own
        if firm.constrained:
            cash = np.int64(own * (1.0 - surroundings.parks[firm.park].soft_loan[standing(firm)]))
            # no break: what comes later may cost less, and be within its means
            if cash > budget:
                continue
        firm.overdraft += max(cash - budget, 0)
        budget -= cash
        firm.invested += own
        install(firm, m, measures, surroundings, year, subsidy)


@compiled
def quickest(firm, measures, surroundings, constants, wanted):
    """The option of `wanted` with the shortest payback that pays and nothing installed excludes; -1 when none."""
    best, best_payback, left = -1, np.inf, wanted
    while left:
        m = lowest_bit(left)
        left &= left - 1
        saving = log_saving(firm, m, measures, surroundings, constants)
        payback = log_cost(firm, m, surroundings) - saving
        # exclusions are asked for at every purchase, because an earlier one of this year may exclude it
        if payback < best_payback and saving > NEVER_PAYS and firm.installed_bits & EXCLUDES[m] == 0:
            best, best_payback = m, payback
    return best


@compiled
def install(firm, m, measures, surroundings, year, subsidy):
    """The measure is built; vouchers pay the `subsidy` [cents] of its cost."""
    put_in(firm, m, measures, surroundings, year, ADOPTED)
    firm.changed = True
    firm.subsidy += subsidy
    firm.voucher_left -= subsidy
    # a second adoption, after wearing out, is not credited to the policy that pays for it
    if firm.first_adopted[m] == 0:
        firm.first_adopted[m] = year
        firm.subsidised[m] = 1 if subsidy > 0 else 0
    if firm.recommended[m] == RECOMMENDED:
        firm.recommended[m] = IMPLEMENTED
        surroundings.parks[firm.park].tally[IMPLEMENTED_OPTIONS] += 1
    if firm.aware_year > 0:
        firm.applies_recp = True


@inlined
def live_through_year(firms, rows, span, situation, rule, own_rule, chances):
    """The year of a few firms, `rows[first:end]`, once regulators and operators have acted: MODEL.md section 2, steps 4 and 5.

    `span` is (first, end). A firm has few options open, so those of all of them are weighed together.
    """
    (first, end), (measures, surroundings, _, constants), place = span, situation, 0
    for n in range(first, end):
        # rows are far apart in memory: the next few are fetched while this one is worked on
        prefetch_front(firms, rows[min(n + TOGETHER, rows.size - 1)])
        firm = firms[rows[n]]
        retire(firm, situation)
        learn(firm, situation)
        place = lay_out_options(firms, rows[n], measures, surroundings, constants, place)
    weigh_laid_out(firms, measures, surroundings, constants, rule, own_rule, place)
    place = 0
    for n in range(first, end):
        prefetch_back(firms, rows[min(n + TOGETHER, rows.size - 1)])
        firm = firms[rows[n]]
        place = pick_up_chances(firm, surroundings, place, chances)
        settle(firm, situation, chances)
        if firm.changed:
            take_stock(firm, measures, surroundings, constants)


def mark_covered(firms: np.recarray, threshold_toe: float) -> None:
    """Firms at or above the energy threshold of the carbon price pay it."""
    firms.covered[:] = firms.toe >= threshold_toe


@compiled
def all_leave(firms, rows, surroundings):
    for n in range(rows.size):
        prefetch_row(firms, rows[min(n + AHEAD, rows.size - 1)])
        leave(firms[rows[n]], surroundings)


@compiled
def all_enter(firms, rows, situation):
    for n in range(rows.size):
        prefetch_row(firms, rows[min(n + AHEAD, rows.size - 1)])
        enter(firms[rows[n]], situation)


@allocating
def live_and_book_all(firms, rows, situation, rule, own_rule, prices, books):
    """The whole country: every firm lives through its year and is booked at once, while its row is at hand."""
    chances = np.zeros(N_MEASURES)
    for first in range(0, rows.size, TOGETHER):
        end = min(first + TOGETHER, rows.size)
        live_through_year(firms, rows, (first, end), situation, rule, own_rule, chances)
        for n in range(first, end):
            book(firms, rows, n, situation.surroundings, prices, situation.year, books)


# ---- in threads -------------------------------------------------------------------------------------------------------------

WORTH_A_THREAD = 1000  # firms: fewer are done before a thread has begun


def let_enter(firms: np.recarray, rows: np.ndarray, start: np.ndarray, situation: Situation) -> None:
    """The firms of `rows` move in; `start` [p + 1] says where the rows of each park begin."""

    def enter_these(rows: np.ndarray, surroundings: Surroundings) -> None:
        all_enter(firms, rows, situation._replace(surroundings=surroundings))

    park_by_park(enter_these, rows, start, situation.surroundings)


def let_live(
    firms: np.recarray,
    rows: np.ndarray,
    start: np.ndarray,
    situation: Situation,
    rule: tuple,
    prices: Prices,
    books: Books,
) -> None:
    """The firms of `rows` live through the year under a `rule` (number, own rule) and are booked; `start` as in `let_enter`."""

    def live_these(rows: np.ndarray, surroundings: Surroundings) -> None:
        seen, own = situation._replace(surroundings=surroundings), books._replace(ledger=empty_ledger())
        live_and_book_all(firms, rows, seen, *rule, prices, own)

    park_by_park(live_these, rows, start, situation.surroundings)


def park_by_park(work: Callable, rows: np.ndarray, start: np.ndarray, surroundings: Surroundings) -> None:
    """`work(rows, surroundings)` on all of `rows`: in one go, or in as many threads as the run may have.

    No two threads work on the same park, and each park's books are one thread's alone, so that sums are those of one go.
    """
    n = threads.allowed() if rows.size >= WORTH_A_THREAD else 1
    if n == 1:
        work(rows, surroundings)
        return
    first, *others = in_parts(rows, start, n)
    before = surroundings.sectors.copy()
    theirs = [apart(surroundings) for _ in others]
    tasks = [partial(work, first, surroundings), *(partial(work, *part) for part in zip(others, theirs))]
    threads.at_once(tasks)
    for other in theirs:
        count_in(surroundings, other, before)


def in_parts(rows: np.ndarray, start: np.ndarray, n: int) -> list[np.ndarray]:
    """`rows`, which are sorted by park, in `n` parts of about the same size that have no park in common."""
    middles = rows[np.arange(1, n) * rows.size // n]
    begins = start[np.searchsorted(start, middles, side="right") - 1]  # of the park that a middle is in
    return np.split(rows, np.searchsorted(rows, begins))


# ---- one firm, for the Mesa agent ----------------------------------------------------------------------------------------


@compiled
def retire_one(firms, i, situation):
    retire(firms[i], situation)


@compiled
def learn_one(firms, i, situation):
    learn(firms[i], situation)


@compiled
def settle_one(firms, i, situation, chances):
    settle(firms[i], situation, chances)


@compiled
def take_stock_of_one(firms, i, situation):
    take_stock(firms[i], situation.measures, situation.surroundings, situation.constants)
