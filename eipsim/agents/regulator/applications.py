"""Vouchers that are applied for: what firms would use of them fits the budget, and what they would do without is known.

Firms apply with the projects that they would build with a voucher (`eipsim/agents/firm/applying.py`). They are served in the
order of the scenario's rule while what their vouchers would pay, and its administration, fits the year's appropriation. Whose
turn comes decides at the cost that a voucher leaves, whose turn does not at full cost, with the same draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.agents.firm.applying import (
    ADOPTIONS,
    ANYWAY,
    GIVEN_UP,
    PAID_ANYWAY,
    RECORD,
    Applications,
    Offer,
    tell_apart,
)
from eipsim.agents.firm.year import Situation
from eipsim.agents.regulator.rationing import (
    VOUCHER_DRAW,
    priorities,
    subsidy_rates,
    vouchers_are_applied_for,
    vouchers_are_offered,
)
from eipsim.core.money import CENTS
from eipsim.market.catalogue import N_MEASURES

if TYPE_CHECKING:
    from eipsim.model.state import State, Year


def may_apply(state: State, year: Year) -> np.ndarray:
    """Rows of the firms that may apply for a voucher this year (int64); none where vouchers are not applied for."""
    if not vouchers_are_applied_for(state) or not vouchers_are_offered(year.levers):
        return year.rows[:0]
    return year.rows[subsidy_rates(year.levers, state.world.firms, year.rows) > 0.0]


def offer_to(state: State, year: Year, rows: np.ndarray) -> Offer:
    """What firms of these `rows` may apply for."""
    rate = np.zeros(state.firms.size)
    rate[rows] = subsidy_rates(year.levers, state.world.firms, rows)
    return Offer(rate, int(year.levers.voucher_cap_usd * CENTS))


def serve(state: State, year: Year, rows: np.ndarray, applications: Applications) -> np.ndarray:
    """Of the firms of `rows`, which hold vouchers, those keep them that come first while what they apply for fits the budget.

    Gives the rows of those among them who apply for something.

    A firm that has applied for nothing when its turn comes has turned the offer down: it has weighed its options at what they
    would have cost it, and has come as near to them as that takes it.
    """
    books, asked = state.regulators, applications.asked
    served = in_turn(state, year, rows, asked)
    state.voucher_holders[: served.size] = served
    books.vouchers_dealt[0] = served.size
    books.vouchers_asked[0], books.vouchers_offered[0] = asked[rows].sum(), asked[served].sum()
    return served[asked[served] > 0]


def in_turn(state: State, year: Year, rows: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Those of `rows` whose turn comes, in the order of the table; from the others the vouchers are taken."""
    budget = int(year.levers.subsidy_budget_usd * CENTS / (1.0 + state.market.constants.administration_share))
    if asked[rows].sum() <= budget:  # it reaches all, whoever is first
        return rows
    turns = priorities(state, year.number, rows, year.voucher_rule, VOUCHER_DRAW)
    order = np.argsort(turns, kind="stable")
    comes = np.zeros(rows.size, dtype=np.bool_)
    comes[order[np.cumsum(asked[rows[order]]) <= budget]] = True
    state.firms.voucher_rate[rows[~comes]] = 0.0
    state.firms.voucher_left[rows[~comes]] = 0
    return rows[comes]


def write_down(state: State, year: Year, rows: np.ndarray, applications: Applications) -> None:
    """What the firms of `rows` buy with their vouchers, and what of it they would buy anyway, by measure."""
    market, record = state.market, np.zeros((N_MEASURES, len(RECORD)), dtype=np.int64)
    situation = Situation(market.catalogue, state.surroundings, year.number, market.constants)
    tell_apart(state.firms, rows, situation, applications, record)
    state.voucher_records.append((year.number, record))
    totals, books = record.sum(axis=0), state.regulators
    books.voucher_adoptions[0], books.voucher_adoptions_anyway[0] = totals[ADOPTIONS], totals[ANYWAY]
    books.voucher_adoptions_given_up[0], books.vouchers_anyway[0] = totals[GIVEN_UP], totals[PAID_ANYWAY]
