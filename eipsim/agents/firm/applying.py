"""A firm applies for a voucher: with the projects that it would build if it had one, whether or not it would without.

It does so between learning and deciding. It weighs its known options at full cost and at the cost that a voucher would leave,
with the same draws, and plans what it would buy in each case; nothing comes of it yet, but that it has learnt. Learning, and
what wears out, come to the same when it lives through its year afterwards: what has been done once is not done again. Where all
apply, what they have weighed with a voucher is not weighed again either.
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
    anyway: np.ndarray  # int64, bit m is set for one that it would buy without
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


@inlined
def ask(firm, i, situation, chances, applications):
    """Write down what the firm of row i, which holds a voucher, applies with; `chances`: [m] in full and [m] with it."""
    in_full, with_voucher = chances
    wanted = accepted(firm, with_voucher, situation)
    if wanted:
        ask_for(firm, i, situation, wanted, accepted(firm, in_full, situation), applications)


@compiled
def ask_for(firm, i, situation, wanted, wanted_in_full, applications):
    """Write down what the firm of row i would use of its voucher for what is `wanted` (bits), and what it would buy without."""
    rate, cap = firm.voucher_rate, firm.voucher_left
    _, asked = bought(firm, situation, wanted)
    if asked == 0:
        return
    hold(firm, 0.0, 0)
    anyway, _ = bought(firm, situation, wanted_in_full)
    hold(firm, rate, cap)
    applications.asked[i], applications.wanted[i], applications.anyway[i] = asked, wanted, anyway


@allocating
def all_apply(firms, rows, situation, rule, own_rule, offer, applications):
    """The firms of `rows` learn and apply, under a rule as in `live_and_book_all`; options of a few are weighed together.

    Few want anything, so what they would accept at full cost is asked of these alone.
    """
    measures, surroundings, _, constants = situation
    chances, wanted = np.zeros(N_MEASURES), np.zeros(TOGETHER, np.int64)
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
            prefetch_back(firms, rows[min(n + TOGETHER, rows.size - 1)])
            keep_chances(firms[rows[n]], surroundings, place, applications.chances[rows[n]])
            place = pick_up_chances(firms[rows[n]], surroundings, place, chances)
            wanted[n - first] = accepted(firms[rows[n]], chances, situation)
        for n in range(first, end):
            i = rows[n]
            if wanted[n - first]:
                hold(firms[i], 0.0, 0)
                weigh(firms, i, situation, rule, own_rule, chances)
                hold(firms[i], offer.rate[i], offer.cap)
                wanted_in_full = accepted(firms[i], chances, situation)
                ask_for(firms[i], i, situation, wanted[n - first], wanted_in_full, applications)


def let_apply(
    firms: np.recarray, rows: np.ndarray, start: np.ndarray, situation: Situation, rule: tuple, offer: Offer
) -> Applications:
    """The firms of `rows` learn and apply under a `rule`, and hold what is offered; `start` as in `let_live`."""
    applications = no_applications(firms.size)

    def these_apply(rows: np.ndarray, surroundings: Surroundings) -> None:
        all_apply(firms, rows, situation._replace(surroundings=surroundings), *rule, offer, applications)

    park_by_park(these_apply, rows, start, situation.surroundings)
    return applications


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
    ask(firms[i], i, situation, chances, applications)
