"""What operators wish for is built, with public money as far as the budget reaches, or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.core.draws import PROCESSES, draw
from eipsim.core.money import CENTS
from eipsim.infrastructure.columns import ALONE, CAPITAL, GRANTS, HELPED
from eipsim.infrastructure.items import N_ITEMS
from eipsim.market.constants import Constants
from eipsim.rules.infrastructure import grant_element

if TYPE_CHECKING:
    from eipsim.model.state import State, Year

GRANT_DRAW = PROCESSES["infrastructure grant"]


def build(state: State, year: Year, wishes: np.recarray) -> None:
    """Build what is wished, with public money where all of it fits the budget, without it where it is worth it even so."""
    infrastructure, operators, regulators = state.infrastructure, state.operators, state.regulators
    public = public_money(wishes, infrastructure.terms, state.market.constants)
    helped = within_budget(state, year, wishes.system, public)
    chosen = np.flatnonzero(helped | (wishes.npv[:, ALONE] >= 0.0))
    way, parks = np.where(helped, HELPED, ALONE)[chosen], wishes.system[chosen] // N_ITEMS
    capital, paid = in_cents(wishes.capital[chosen, way]), np.where(helped, public, 0)[chosen]
    order(infrastructure.systems, wishes[chosen], way, year.number)
    enter_capital(infrastructure.systems, wishes.system[chosen], capital, paid)
    np.add.at(operators.spending, parks, capital - paid)
    np.add.at(operators.grants, parks, paid)
    np.add.at(infrastructure.flows[:, CAPITAL], parks, capital / CENTS)
    np.add.at(infrastructure.flows[:, GRANTS], parks, paid / CENTS)
    regulators.infrastructure[0] += int(paid.sum())
    regulators.appropriation[0] += int(paid.sum())


def public_money(wishes: np.recarray, terms: np.recarray, constants: Constants) -> np.ndarray:
    """Cents that the public would pay for each wish: its grant, and what its soft loan costs at the social discount rate."""
    parks, capital = wishes.system // N_ITEMS, wishes.capital[:, HELPED]
    grant = terms.grant_share[parks]
    loan = terms.loan_share[parks] * capital * (1.0 - grant)
    years, rate = constants.infrastructure_loan_years, constants.infrastructure_loan_rate
    cost = grant_element(constants.social_discount_rate, rate, years)
    return in_cents(capital * grant) + in_cents(loan * cost)


def within_budget(state: State, year: Year, systems: np.ndarray, public: np.ndarray) -> np.ndarray:
    """bool: wishes for `systems` that get their `public` money [cents]; dealt in keyed order, each in full or not at all."""
    budget = int(year.levers.infrastructure_budget_usd * CENTS)
    if public.sum() <= budget:
        return np.ones(systems.size, dtype=np.bool_)
    stream, keys = state.surroundings.streams[GRANT_DRAW], state.operators.key[systems // N_ITEMS]
    turns = [draw(stream, keys[w], year.number, systems[w] % N_ITEMS) for w in range(systems.size)]
    helped = np.zeros(systems.size, dtype=np.bool_)
    for w in np.argsort(np.array(turns), kind="stable"):
        # a wish that is too dear does not close the list: a smaller one behind it may fit
        helped[w] = public[w] <= budget
        budget -= int(public[w]) if helped[w] else 0
    return helped


def order(systems: np.recarray, wishes: np.ndarray, way: np.ndarray, year: int) -> None:
    """The systems are ordered and come into operation in the year of the wish; what is worn out is torn down."""
    rows = wishes["system"]
    worn_out = rows[wishes["renewal"]]
    systems.built_year[worn_out], systems.connected[worn_out] = 0, 0
    for column in ("capacity", "standing", "demand"):
        systems[column][worn_out] = 0.0
    systems.decided_year[rows], systems.ready_year[rows] = year, wishes["ready_year"]
    systems.ordered[rows] = wishes["capacity"][np.arange(rows.size), way]


def enter_capital(systems: np.recarray, rows: np.ndarray, capital: np.ndarray, paid: np.ndarray) -> None:
    """`capital` [cents] is invested in the systems `rows`, of which the public has `paid` a part."""
    systems.standing[rows] += capital / CENTS
    systems.capital[rows] += capital / CENTS
    systems.grant[rows] += paid / CENTS


def in_cents(usd: np.ndarray) -> np.ndarray:
    """Whole cents of amounts in USD."""
    return np.floor(usd * CENTS + 0.5).astype(np.int64)
