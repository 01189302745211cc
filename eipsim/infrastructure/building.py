"""What operators wish for is built, with public money as far as the budget reaches, or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.core.compiled import allocating, compiled, inlined
from eipsim.core.draws import PROCESSES, draw
from eipsim.core.money import CENTS
from eipsim.infrastructure.columns import ALONE, HELPED
from eipsim.infrastructure.items import N_ITEMS
from eipsim.policy.levers import Levers
from eipsim.rules.infrastructure import grant_element

if TYPE_CHECKING:
    from eipsim.model.state import State

GRANT_DRAW = PROCESSES["infrastructure grant"]


def budget_of(levers: Levers) -> int:
    """Cents that the public pays at most in the year, for grants and soft loans."""
    return int(levers.infrastructure_budget_usd * CENTS)


def deal_public_money(state: State, year: int, wishes: np.recarray, budget: int) -> None:
    """Wishes get public money until the `budget` [cents] is used up: in keyed order, each in full or not at all."""
    turns = turns_of(wishes, state.operators, state.surroundings.streams[GRANT_DRAW], year)
    hand_out(wishes, np.argsort(turns, kind="stable"), budget)


# ---- compiled --------------------------------------------------------------------------------------------------------


@allocating
def turns_of(wishes, operators, stream, year):
    """One draw per wish, by its park and item."""
    turns = np.empty(wishes.size)
    for w in range(wishes.size):
        park, item = divmod(wishes[w].system, N_ITEMS)
        turns[w] = draw(stream, operators[park].key, year, item)
    return turns


@compiled
def hand_out(wishes, order, budget):
    """In this order wishes get the public money that they ask for, while it lasts."""
    for n in range(order.size):
        wish = wishes[order[n]]
        # a wish that is too dear does not close the list: a smaller one behind it may fit
        wish.helped = wish.public <= budget
        budget -= wish.public if wish.helped else 0


@inlined
def public_money(capital, terms, constants):
    """Cents that the public would pay for a system: its grant, and what its soft loan costs at the social discount rate."""
    grant = terms.grant_share
    loan = terms.loan_share * capital * (1.0 - grant)
    years, rate = constants.infrastructure_loan_years, constants.infrastructure_loan_rate
    return in_cents(capital * grant) + in_cents(loan * grant_element(constants.social_discount_rate, rate, years))


@inlined
def build(wish, system, operator, account, year):
    """The system is built: with public money, or without where it is worth it even so. Returns the cents that the public pays."""
    if not (wish.helped or wish.npv[ALONE] >= 0.0):
        return 0
    way, paid = HELPED if wish.helped else ALONE, wish.public if wish.helped else 0
    order(wish, system, wish.capacity[way], year)
    capital = in_cents(wish.capital[way])
    system.standing += capital / CENTS
    system.capital += capital / CENTS
    system.grant += paid / CENTS
    operator.spending += capital - paid
    operator.grants += paid
    account.capital_usd += capital / CENTS
    account.grant_usd += paid / CENTS
    return paid


@inlined
def order(wish, system, capacity, year):
    """The system is ordered and comes into operation in the year of the wish; what is worn out is torn down."""
    if wish.renewal:
        system.built_year, system.connected = 0, 0
        system.capacity, system.standing, system.demand = 0.0, 0.0, 0.0
    system.decided_year, system.ready_year, system.ordered = year, wish.ready_year, capacity


@inlined
def in_cents(usd):
    """Whole cents of an amount in USD."""
    return np.int64(np.floor(usd * CENTS + 0.5))
