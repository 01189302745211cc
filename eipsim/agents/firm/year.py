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

from eipsim.agents.firm.boilers import (
    BOILER_BITS,
    BOILERS,
    FOSSIL_BOILER,
    GO_WITH_BOILER,
    boiler_of,
    bring_boiler,
    extra_cost_in_cents,
    is_barred,
    is_new,
    is_worn_out,
    must_end,
    next_boiler,
    years_of_boiler,
)
from eipsim.agents.firm.columns import ADOPTED, CHOSEN, IMPLEMENTED, NOT_RECOMMENDED, RECOMMENDED, STOCK
from eipsim.agents.firm.decision import lay_out_options, pick_up_chances, recall_chances, weigh, weigh_laid_out
from eipsim.agents.firm.loans import note_debt_service
from eipsim.agents.firm.project import (
    NEVER_PAYS,
    cost_in_cents,
    lent_share,
    log_cost,
    log_saving,
    renewal_in_cents,
)
from eipsim.agents.firm.stock import (
    EXCLUDES,
    NEEDS_INPUTS,
    does_something,
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
    market_of,
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
from eipsim.market.uses import N_ENERGY
from eipsim.rules.acceptance import yearly_hazard
from eipsim.rules.awareness import stays_unaware
from eipsim.rules.investment import investment_budget
from eipsim.rules.loans import whole_years
from eipsim.rules.operation import attention

STOCK_DRAW = PROCESSES["initial stock"]
AGE_DRAW = PROCESSES["stock age"]
COST_DRAW = PROCESSES["cost factor"]
OPTION_DRAW = PROCESSES["option awareness"]
HEARSAY_DRAW = PROCESSES["firm awareness"]
ACCEPTANCE_DRAW = PROCESSES["acceptance"]
RENEWAL_DRAW = PROCESSES["renewal"]
IDENTIFICATION_DRAW = PROCESSES["identification"]
RECOMMENDATION_DRAW = PROCESSES["recommendation"]
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
    excluded = firm.installed_bits & EXCLUDES[m]
    return does_something(firm, m, measures) and year >= measures[m].available_from and excluded == 0


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
        waiting |= np.int64(does_something(firm, m, measures)) << m
    firm.waiting_bits = waiting
    draw_bars(firm, measures, surroundings)
    bring_along(firm, measures, surroundings, year)
    if constants.boiler_lifetime > 0.0:
        bring_boiler(firm, measures, surroundings, year, constants)
    take_stock(firm, measures, surroundings, constants)
    if constants.boiler_lifetime > 0.0 and boiler_of(firm) == FOSSIL_BOILER and is_barred(firm, surroundings):
        replace_boiler(firm, situation)
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
    firm.debt_service = 0
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
    if constants.boiler_lifetime > 0.0:
        worn &= ~BOILER_BITS
        if is_worn_out(firm, year) or must_end(firm, measures, surroundings, year):
            replace_boiler(firm, situation)
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


@compiled
def replace_boiler(firm, situation):
    """The boiler is worn out: the choice of the next one is the decision on the measures that may stand in its place."""
    measures, surroundings, year, constants = situation
    old, new = boiler_of(firm), next_boiler(firm, measures, surroundings, year, constants)
    firm.boiler_expiry = year + years_of_boiler(constants)
    gone = np.int64(0)
    if old != new and old != FOSSIL_BOILER:
        gone = np.int64(1) << BOILERS[old]
    if old != new and new != FOSSIL_BOILER:
        gone |= firm.installed_bits & GO_WITH_BOILER[new]
    if gone:
        while gone:
            lose(firm, lowest_bit(gone), surroundings, year)
            gone &= gone - 1
        # what the new boiler costs is told by what there is to burn now
        take_stock(firm, measures, surroundings, constants)
    if new == FOSSIL_BOILER:
        return
    if old == new:
        build_again(firm, new, measures, surroundings, year)
    else:
        build_instead(firm, new, situation)


@inlined
def build_again(firm, b, measures, surroundings, year):
    """The boiler is replaced by one of its kind; from then on it stands by choice, unless it came with the initial stock."""
    m = BOILERS[b]
    if (firm.adopted_bits >> m) & 1:
        cost = extra_cost_in_cents(firm, b, True, measures, surroundings, year)
        subsidy = min(np.int64(firm.voucher_rate * cost + 0.5), firm.voucher_left)
        firm.invested += cost - subsidy
        firm.subsidy += subsidy
        firm.voucher_left -= subsidy
        firm.origin[m] = CHOSEN
    firm.installed_year[m] = year
    firm.expiry_year[m] = year + measures[m].lifetime
    firm.changed = True


@inlined
def build_instead(firm, b, situation):
    """Boiler b takes the place of one of another kind: the firm pays what it costs more than a fossil boiler."""
    measures, surroundings, year, _ = situation
    m, cost = BOILERS[b], extra_cost_in_cents(firm, b, False, measures, surroundings, year)
    subsidy = min(np.int64(firm.voucher_rate * cost + 0.5), firm.voucher_left)
    firm.invested += cost - subsidy
    if firm.known_year[m] == 0:
        get_to_know(firm, m, year)
    install(firm, m, situation, subsidy)
    firm.origin[m] = CHOSEN


@inlined
def keep_new_boiler(firm, year, constants):
    """A boiler of this year is not replaced early in the same year."""
    if constants.boiler_lifetime > 0.0 and is_new(firm, year, constants):
        firm.open_bits &= ~BOILER_BITS


@inlined
def learn(firm, situation, heed):
    """Options become known, and the firm may hear of cleaner production, once the accumulated chance passes its draws.

    `heed` multiplies the hazard of noticing an option (`attention_of`).
    """
    measures, surroundings, year, constants = situation
    if firm.aware_year == 0 and chance_unheard(firm, surroundings) <= firm.awareness_of_recp:
        firm.aware_year = year
    if firm.waiting_bits == 0:
        return
    park, sector = surroundings.parks[firm.park], surroundings.sectors[firm.sector]
    bars, in_park, in_sector = firm.awareness_bar, park.unaware, sector.unaware
    informed, noticed = park.unaware_information[standing(firm)], np.int64(0)
    if heed != 1.0 and firm.heeded < year - FIRST_YEAR + 1:
        look_closely(firm, surroundings, year, heed - 1.0)
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
            if constants.recp_by_cause > 0.0 and is_recommended(firm, m, surroundings, constants):
                firm.advised_bits |= np.int64(1) << m
    note_open_options(firm)


@inlined
def is_recommended(firm, m, surroundings, constants):
    """Whether operator, training or a peer that practises made the firm notice option m: not itself, a neighbour's old lamps or
    the ministry's information.

    A draw decides, by the share of each in this year's hazard: of causes that run beside each other, that is how often each is
    the first.
    """
    park, sector = surroundings.parks[firm.park], surroundings.sectors[firm.sector]
    advised = park.advice[m] + sector.advice[m]
    informed = park.hazard_information[standing(firm)]
    turn = draw(surroundings.streams[RECOMMENDATION_DRAW], firm.key, 0, m)
    return turn * (park.hazard[m] + sector.hazard[m] + informed) < advised


@compiled
def look_closely(firm, surroundings, year, more):
    """A firm whose energy bill is larger than was to be expected looks more closely: the year's hazard of noticing an option
    grows by `more` times, so its bars come nearer; one whose bill is smaller looks less closely. Once a year: who applies for a
    voucher learns before that, and again when it lives through the year."""
    firm.heeded = year - FIRST_YEAR + 1
    park, sector, bars = surroundings.parks[firm.park], surroundings.sectors[firm.sector], firm.awareness_bar
    in_park, in_sector, informed = park.hazard, sector.hazard, park.hazard_information[standing(firm)]
    for m in range(N_MEASURES):
        # what has been added to the chances of all is taken off, or added, for this one
        bars[m] = bars[m] / stays_unaware(more * (in_park[m] + in_sector[m] + informed))


@compiled
def attention_of(firm, surroundings, constants):
    """By what the hazard of noticing an option is multiplied for the firm, by its energy bill over what was to be expected."""
    return attention(*energy_bills(firm, surroundings), constants.salience)


@inlined
def energy_bills(firm, surroundings):
    """The energy bill of the firm [USD/yr], and the one that was to be expected."""
    market, covered, foreseen = market_of(firm, surroundings), 1 if firm.covered else 0, 1 if firm.foreseen else 0
    bill, expected = 0.0, 0.0
    for k in range(N_ENERGY):
        bill += firm.use[k] * market.energy_price[covered, k]
        expected += firm.use[k] * market.expected_price[foreseen, k]
    return bill, expected


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
            firm.advised_bits |= np.int64(1) << m
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
        margin = margin_after(firm, m, chances[m], year, constants)
        firm.margin[m] = margin
        wanted |= np.int64(margin <= 1.0) << m
    if wanted or firm.overdraft > 0:
        buy(firm, situation, wanted)


@inlined
def margin_after(firm, m, chance, year, constants):
    """The margin of open option m after a year in which it is accepted with this two-year `chance`; accepted at 1 or below."""
    vigour = constants.stale_factor if firm.known_year[m] <= year - constants.stale_years else 1.0
    # rounded before it is compared, so that the firm decides on the number that it, and `explain`, can read afterwards
    return np.float32(np.float64(firm.margin[m]) * (1.0 - yearly_hazard(chance) * vigour))


@compiled
def buy(firm, situation, wanted):
    """Accepted options in order of payback until the year's investment budget is spent.

    A finance-constrained firm buys only what its cash, and a loan, can pay. Others may start a project that exceeds
    what is left; the rest is paid out of the next years' budgets, in which they start less. What falls due of loans comes first.
    """
    _, surroundings, _, constants = situation
    projects, budget = surroundings.workspace[0], cash_for_measures(firm, surroundings, constants)
    paid_back = min(firm.overdraft, budget)
    firm.overdraft -= paid_back
    budget -= paid_back
    for n in range(plan_projects(firm, situation, wanted, budget)):
        own, cash = projects.own[n], projects.cash[n]
        if whole_years(constants.loan_years) > 0:
            firm.borrowed += own - cash
        firm.overdraft += max(cash - budget, 0)
        budget -= cash
        firm.invested += own
        install(firm, projects.project[n], situation, projects.subsidy[n])


@inlined
def cash_for_measures(firm, surroundings, constants):
    """Cents of the year's investment budget that are left after what falls due of loans."""
    share, factor = constants.investment_budget_share, constants.constrained_budget_factor
    revenue = firm.revenue * surroundings.sectors[firm.sector].growth
    budget = np.int64(investment_budget(revenue, share, firm.constrained, factor) * CENTS)
    return budget - min(firm.debt_service, budget)


@inlined
def plan_projects(firm, situation, wanted, budget):
    """Put what the firm would buy of `wanted` (bits) with a `budget` [cents] into the workspace, in order; gives how many.

    Each with the cents that a voucher pays, that the firm pays, and that it pays in cash.
    """
    measures, surroundings, _, constants = situation
    projects, count = surroundings.workspace[0], 0
    installed, voucher = firm.installed_bits, firm.voucher_left
    while budget > 0 and wanted:
        m = quickest(firm, measures, surroundings, constants, wanted, installed)
        if m < 0:
            break
        wanted &= ~(np.int64(1) << m)
        gross = cost_in_cents(firm, m, surroundings)
        subsidy = min(np.int64(firm.voucher_rate * gross + 0.5), voucher)
        own = gross - subsidy
        cash = np.int64(own * (1.0 - lent_share(firm, surroundings, constants)))
        # no break: what comes later may cost less, and be within its means
        if firm.constrained and cash > budget:
            continue
        projects.project[count], projects.subsidy[count] = m, subsidy
        projects.own[count], projects.cash[count] = own, cash
        count += 1
        installed |= np.int64(1) << m
        voucher -= subsidy
        budget -= cash
    return count


@compiled
def quickest(firm, measures, surroundings, constants, wanted, installed):
    """The option of `wanted` with the shortest payback that pays and nothing `installed` (bits) excludes; -1 when none."""
    best, best_payback, left = -1, np.inf, wanted
    while left:
        m = lowest_bit(left)
        left &= left - 1
        saving = log_saving(firm, m, measures, surroundings, constants)
        payback = log_cost(firm, m, surroundings) - saving
        # exclusions are asked for at every purchase, because an earlier one of this year may exclude it
        if payback < best_payback and saving > NEVER_PAYS and installed & EXCLUDES[m] == 0:
            best, best_payback = m, payback
    return best


@compiled
def install(firm, m, situation, subsidy):
    """The measure is built; vouchers pay the `subsidy` [cents] of its cost."""
    measures, surroundings, year, constants = situation
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
    if firm.aware_year > 0 and counts_as_recp(firm, m, constants):
        firm.applies_recp = True


@inlined
def counts_as_recp(firm, m, constants):
    """A measure of a firm that has heard of cleaner production: any, or only one that was recommended to it."""
    return constants.recp_by_cause == 0.0 or (firm.advised_bits >> m) & 1 == 1


@inlined
def come_to_decide(firms, rows, first, end, situation):
    """All that a few firms, `rows[first:end]`, live through before they weigh their options. Who applies for a voucher does so
    twice a year, to the same.

    All of them look at their bills before the first learns: such long sums do not wait for each other.
    """
    _, surroundings, year, constants = situation
    seen = surroundings.workspace[0]
    bill, expected, heed = seen.bill, seen.expected_bill, seen.heed
    for n in range(first, end):
        # rows are far apart in memory: the next few are fetched while this one is worked on
        prefetch_front(firms, rows[min(n + TOGETHER, rows.size - 1)])
        note_debt_service(firms, rows[n], surroundings.due)
        retire(firms[rows[n]], situation)
    if constants.salience > 0.0 and surroundings.surprise[0]:
        for n in range(first, end):
            bill[n - first], expected[n - first] = energy_bills(firms[rows[n]], surroundings)
    for n in range(end - first):
        heed[n] = attention(bill[n], expected[n], constants.salience) if surroundings.surprise[0] else 1.0
    for n in range(first, end):
        learn(firms[rows[n]], situation, heed[n - first])
        keep_new_boiler(firms[rows[n]], year, constants)


@inlined
def live_through_year(firms, rows, span, situation, rule, own_rule, chances):
    """The year of a few firms, `rows[first:end]`, once regulators and operators have acted: MODEL.md section 2, steps 4 and 5.

    `span` is (first, end). A firm has few options open, so those of all of them are weighed together.
    """
    (first, end), (measures, surroundings, _, constants), place = span, situation, 0
    come_to_decide(firms, rows, first, end, situation)
    for n in range(first, end):
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


@inlined
def decide_on_what_was_weighed(firms, rows, span, situation, rule, own_rule, chances):
    """The same for firms that have come to decide, and applied for a voucher: who gets one has weighed its options already."""
    (first, end), (measures, surroundings, _, constants) = span, situation
    for n in range(first, end):
        prefetch_row(firms, rows[min(n + TOGETHER, rows.size - 1)])
        firm = firms[rows[n]]
        if firm.voucher_rate > 0.0:
            recall_chances(firm, surroundings.weighed[rows[n]], chances)
        else:
            weigh(firms, rows[n], situation, rule, own_rule, chances)
        settle(firm, situation, chances)
        if firm.changed:
            take_stock(firm, measures, surroundings, constants)


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
        if len(situation.surroundings.weighed) == 0:
            live_through_year(firms, rows, (first, end), situation, rule, own_rule, chances)
        else:
            decide_on_what_was_weighed(firms, rows, (first, end), situation, rule, own_rule, chances)
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
        pages = empty_ledger(books.ledger.size)
        seen, own = situation._replace(surroundings=surroundings), books._replace(ledger=pages)
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
    note_debt_service(firms, i, situation.surroundings.due)
    retire(firms[i], situation)


@compiled
def learn_one(firms, i, situation):
    learn(firms[i], situation, attention_of(firms[i], situation.surroundings, situation.constants))
    keep_new_boiler(firms[i], situation.year, situation.constants)


@compiled
def settle_one(firms, i, situation, chances):
    settle(firms[i], situation, chances)


@compiled
def take_stock_of_one(firms, i, situation):
    take_stock(firms[i], situation.measures, situation.surroundings, situation.constants)
