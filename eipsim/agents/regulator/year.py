"""A regulator's books: money in and out, and who is served first where it does not reach all. MODEL.md section 8.

Row 0 is the nation, row v + 1 province v. Money is in integer cents, so no sum depends on an order.
"""

from __future__ import annotations

import numpy as np

from eipsim.core.compiled import compiled
from eipsim.core.money import CENTS
from eipsim.errors import ConservationError


def fine_lapsed(regulators, operators, fine: float) -> None:
    """Provinces fine [USD a year] every park founded as eco-industrial that has missed its term."""
    missed = operators.lapsed_year > 0
    if fine > 0.0 and missed.any():
        lapsed = np.bincount(operators.province[missed] + 1, minlength=regulators.size)
        regulators.fines[:] += lapsed * int(fine * CENTS + 0.5)


def spend(regulators: np.recarray, line: str, usd: float, payer: str) -> None:
    """The nation spends `usd` on `line`, money that `payer` (donor or appropriation) provides."""
    cents = int(usd * CENTS + 0.5)
    regulators[line][0] += cents
    regulators[payer][0] += cents


def earmark(regulators: np.recarray, usd: float) -> None:
    """The nation gets `usd` of the carbon revenue."""
    regulators.earmarked[0] += int(usd * CENTS)


def deal_in_order(candidates: np.ndarray, priority: np.ndarray, n: int) -> np.ndarray:
    """The `n` rows of `candidates` (int64) with the lowest `priority` (float, one per candidate, no ties), lowest first."""
    n = int(min(n, candidates.size))
    if n <= 0:
        return candidates[:0]
    # few of tens of thousands are served, so only they are sorted
    nearest = np.argpartition(priority, n - 1)[:n] if n < candidates.size else np.arange(candidates.size)
    return candidates[nearest[np.argsort(priority[nearest], kind="stable")]]


def close_books(regulators, year: int) -> None:
    """Balance of the year: what was left plus income less spending. Raises ConservationError when it would be negative."""
    row = balance(regulators)
    if row >= 0:
        raise ConservationError(f"{year}: regulator {row} has overdrawn its budget by {-regulators.balance[row]} cents")


def hand_over_balances(regulators: np.recarray, home: np.ndarray) -> None:
    """What provinces have left is that of the province which each of them is part of (`home` [v])."""
    left = np.zeros_like(regulators.balance)
    np.add.at(left, np.concatenate([[0], home + 1]), regulators.balance)
    regulators.balance[:] = left


@compiled
def balance(regulators):
    """Adds income less spending to what every regulator has. Gives the row of the one that is overdrawn most, -1 = none."""
    worst, least = -1, 0
    for r in range(regulators.size):
        its = regulators[r]
        income = its.appropriation + its.donor + its.fines + its.earmarked
        granted = its.vouchers + its.audits + its.screening + its.support + its.infrastructure
        its.balance += income - granted - its.inspections - its.administration - its.interest
        if its.balance < least:
            worst, least = r, its.balance
    return worst


@compiled
def open_books(regulators):
    """A new year: flows are set back to zero."""
    for r in range(regulators.size):
        its = regulators[r]
        its.appropriation = its.donor = its.fines = its.earmarked = 0
        its.vouchers = its.audits = its.screening = its.support = its.infrastructure = 0
        its.inspections = its.administration = its.interest = 0
        its.inspections_done = its.violations_found = its.audits_done = 0
