"""A firm applies for a voucher: with the projects that it would build if it had one, whether or not it would without.

It does so between learning and deciding. It weighs its known options at the cost that a voucher would leave and plans what it
would buy; nothing comes of it yet, but that it has learnt. Who is served says what it would buy at full cost, with the same
draws. Learning, and what wears out, come to the same when it lives through its year afterwards: what has been done once is not
done again. Where all apply, what they have weighed with a voucher is not weighed again either.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.agents.firm.decision import keep_chances, lay_out_options, pick_up_chances, weigh, weigh_laid_out
from eipsim.agents.firm.year import (
    Situation,
    cash_for_measures,
    come_to_decide,
    margin_after,
    park_by_park,
    plan_projects,
)
from eipsim.agents.surroundings import Surroundings
from eipsim.core.compiled import (
    AHEAD,
    TOGETHER,
    allocating,
    compiled,
    inlined,
    lowest_bit,
    prefetch_back,
    prefetch_row,
)
from eipsim.market.catalogue import N_MEASURES

RECORD = ("adoptions", "paid_cents", "anyway", "paid_anyway_cents", "given_up")
ADOPTIONS, PAID, ANYWAY, PAID_ANYWAY, GIVEN_UP = range(len(RECORD))


class Offer(NamedTuple):
    """Vouchers for which firms may apply in a year."""

    rate: np.ndarray  # float [firms], share of cost
    cap: int  # cents that one firm gets at most


class Applications(NamedTuple):
    """What firms apply with [firms]; [o] their open options in order."""

    asked: np.ndarray  # int64, cents that vouchers would pay
    wanted: np.ndarray  # int64, bit m is set for an option that it would accept with a voucher
    anyway: np.ndarray  # int64, bit m is set for one that it would buy without; only of those who are served
    chances: np.ndarray  # float [firms, o], that it accepts the option with a voucher; only of those who apply


def no_applications(n_firms: int) -> Applications:
    """Nobody has applied yet."""
    asked, wanted, anyway = np.zeros((3, n_firms), dtype=np.int64)
    return Applications(asked, wanted, anyway, np.empty((n_firms, N_MEASURES)))


@inlined
def accepted(firm, chances, situation):
    """Bits of the open options that the firm accepts this year with these two-year `chances` [m]; it moves no nearer to them."""
    bits, left = np.int64(0), firm.open_bits
    while left:
        m = lowest_bit(left)
        left &= left - 1
        bits |= np.int64(margin_after(firm, m, chances[m], situation.year, situation.constants) <= 1.0) << m
    return bits


@inlined
def bought(firm, situation, wanted):
    """What the firm would buy of `wanted` (bits) with what it has: bits, and the cents that its voucher would pay."""
    projects, bits, paid = situation.surroundings.workspace[0], np.int64(0), np.int64(0)
    budget = cash_for_measures(firm, situation.surroundings, situation.constants)
    for n in range(plan_projects(firm, situation, wanted, budget - min(firm.overdraft, budget))):
        bits |= np.int64(1) << projects.project[n]
        paid += projects.subsidy[n]
    return bits, paid


@inlined
def hold(firm, rate, cap):
    """The firm has a voucher of this `rate` [share of cost] and `cap` [cents]."""
    firm.voucher_rate = rate
    firm.voucher_left = cap


@compiled
def ask(firm, i, situation, wanted, applications):
    """Write down what the firm of row i, which holds a voucher, would use of it for what is `wanted` (bits)."""
    _, asked = bought(firm, situation, wanted)
    if asked > 0:
        applications.asked[i], applications.wanted[i] = asked, wanted


@allocating
def all_apply(firms, rows, situation, rule, own_rule, offer, applications):
    """The firms of `rows` learn and apply, under a rule as in `live_and_book_all`; options of a few are weighed together."""
    measures, surroundings, _, constants = situation
    chances = np.zeros(N_MEASURES)
    for first in range(0, rows.size, TOGETHER):
        end, places = min(first + TOGETHER, rows.size), 0
        come_to_decide(firms, rows, first, end, situation)
        for n in range(first, end):
            i = rows[n]
            hold(firms[i], offer.rate[i], offer.cap)
            places = lay_out_options(firms, i, measures, surroundings, constants, places)
        weigh_laid_out(firms, measures, surroundings, constants, rule, own_rule, places)
        place = 0
        for n in range(first, end):
            i = rows[n]
            prefetch_back(firms, rows[min(n + TOGETHER, rows.size - 1)])
            keep_chances(firms[i], surroundings, place, applications.chances[i])
            place = pick_up_chances(firms[i], surroundings, place, chances)
            wanted = accepted(firms[i], chances, situation)
            if wanted:
                ask(firms[i], i, situation, wanted, applications)


@allocating
def all_buy_anyway(firms, rows, situation, rule, own_rule, applications):
    """Write down what the firms of `rows`, which hold vouchers, would buy without them, under a rule as above."""
    chances = np.zeros(N_MEASURES)
    for k in range(rows.size):
        prefetch_row(firms, rows[min(k + AHEAD, rows.size - 1)])
        i = rows[k]
        rate, left = firms[i].voucher_rate, firms[i].voucher_left
        hold(firms[i], 0.0, 0)
        weigh(firms, i, situation, rule, own_rule, chances)
        applications.anyway[i], _ = bought(firms[i], situation, accepted(firms[i], chances, situation))
        hold(firms[i], rate, left)


def let_apply(
    firms: np.recarray, rows: np.ndarray, start: np.ndarray, situation: Situation, rule: tuple, offer: Offer
) -> Applications:
    """The firms of `rows` learn and apply under a `rule`, and hold what is offered; `start` as in `let_live`."""
    applications = no_applications(firms.size)

    def these_apply(rows: np.ndarray, surroundings: Surroundings) -> None:
        all_apply(firms, rows, situation._replace(surroundings=surroundings), *rule, offer, applications)

    park_by_park(these_apply, rows, start, situation.surroundings)
    return applications


def let_say_anyway(
    firms: np.recarray,
    rows: np.ndarray,
    start: np.ndarray,
    situation: Situation,
    rule: tuple,
    applications: Applications,
) -> None:
    """The firms of `rows`, which are served, say what they would buy without a voucher; `start` as in `let_live`."""

    def these_say(rows: np.ndarray, surroundings: Surroundings) -> None:
        all_buy_anyway(firms, rows, situation._replace(surroundings=surroundings), *rule, applications)

    park_by_park(these_say, rows, start, situation.surroundings)


@compiled
def tell_apart(firms, rows, situation, applications, record):
    """Add to the `record` [m, RECORD] what the firms of `rows`, who hold vouchers, buy with them and would buy anyway.

    What a firm would have bought without a voucher and does not buy with one, because its money goes elsewhere, it gives up.
    """
    projects = situation.surroundings.workspace[0]
    for k in range(rows.size):
        prefetch_row(firms, rows[min(k + AHEAD, rows.size - 1)])
        firm, anyway, bits = firms[rows[k]], applications.anyway[rows[k]], np.int64(0)
        budget = cash_for_measures(firm, situation.surroundings, situation.constants)
        wanted = applications.wanted[rows[k]]
        for n in range(plan_projects(firm, situation, wanted, budget - min(firm.overdraft, budget))):
            m, paid = projects.project[n], projects.subsidy[n]
            bits |= np.int64(1) << m
            if paid > 0:
                record[m, ADOPTIONS] += 1
                record[m, PAID] += paid
                if (anyway >> m) & 1:
                    record[m, ANYWAY] += 1
                    record[m, PAID_ANYWAY] += paid
        for m in range(N_MEASURES):
            record[m, GIVEN_UP] += (anyway & ~bits) >> m & 1


# ---- one firm, for the Mesa agent ----------------------------------------------------------------------------------------


@compiled
def hold_one(firms, i, rate, cap):
    hold(firms[i], rate, cap)


@compiled
def ask_one(firms, i, situation, chances, applications):
    ask(firms[i], i, situation, accepted(firms[i], chances, situation), applications)


@compiled
def buy_anyway_one(firms, i, situation, chances, applications):
    applications.anyway[i], _ = bought(firms[i], situation, accepted(firms[i], chances, situation))
