"""A regulator's year: money in and out, inspections; the national one also deals audits and vouchers. MODEL.md section 8.

Row 0 is the nation, row v + 1 province v. Money is in integer cents, so no sum depends on an order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eipsim.core.compiled import allocating, compiled, prefetch_cell
from eipsim.core.draws import PROCESSES, draw
from eipsim.core.money import CENTS
from eipsim.errors import ConservationError
from eipsim.rules.compliance import complies

if TYPE_CHECKING:
    from eipsim.model.state import State, Year

INSPECTION_DRAW = PROCESSES["inspection"]


@compiled
def inspect_firm(firms, i, year, probability, fine):
    """The tenant of row i is found in violation unless complying was worth it; returns whether it was."""
    found = not complies(firms.compliance_cost[i], probability, fine)
    if found:
        firms.violation_year[i] = year
    return found


class Inspection(NamedTuple):
    """What inspectors of all provinces go by in a year.

    Who is inspected is drawn from the world's `keys`: a firm's row is looked up only when it is inspected.
    """

    rows: np.ndarray  # int64, rows of the firms that are there, sorted by park
    first: np.ndarray  # int64 [p + 1], where those of each park begin
    keys: np.ndarray  # uint64 [firms]
    stream: np.uint64
    year: int
    fine: float  # USD
    cost: float  # USD an inspection
    drawn: np.ndarray  # int64, room for the rows of those who are inspected in a park


@compiled
def inspect_park(firms, operators, p, inspection, probability):
    """Tenants of park p and its operator are inspected with `probability` [1/yr]. Returns (inspections, violations)."""
    done, violations, stream, year, fine = 0, 0, inspection.stream, inspection.year, inspection.fine
    for n in range(inspection.first[p], inspection.first[p + 1]):
        i = inspection.rows[n]
        if draw(stream, inspection.keys[i], year, 0) < probability:
            prefetch_cell(firms, i, "compliance_cost")
            prefetch_cell(firms, i, "violation_year")
            inspection.drawn[done] = i
            done += 1
    for n in range(done):
        violations += inspect_firm(firms, inspection.drawn[n], year, probability, fine)
    if operators.operating_year[p] <= year:
        inspected = draw(stream, operators.key[p], year, 1) < probability
        found = inspected and not complies(operators.compliance_cost[p], probability, fine)
        if found:
            operators.violation_year[p] = year
        done += inspected
        violations += found
    return done, violations


@compiled
def inspect_province(regulators, r, firms, operators, inspection, probability):
    """Provincial regulator r inspects its parks, receives the fines and is appropriated what inspections cost."""
    done, violations = 0, 0
    for p in range(operators.key.size):
        if operators.province[p] == regulators.province[r]:
            in_park, found = inspect_park(firms, operators, p, inspection, probability)
            done += in_park
            violations += found
    account_for_inspections(regulators[r], done, violations, inspection)


@compiled
def account_for_inspections(regulator, done, violations, inspection):
    """The regulator receives the fines and is appropriated what inspections cost."""
    regulator.inspections_done = done
    regulator.inspections = np.int64(done * inspection.cost * CENTS + 0.5)
    regulator.appropriation += regulator.inspections
    regulator.fines = np.int64(violations * inspection.fine * CENTS + 0.5)


@allocating
def all_inspect(regulators, firms, operators, inspection, probability):
    """What `inspect_province` does, for every province: rows 1 and up. `probability` float [v]."""
    done, violations = np.zeros(regulators.size, np.int64), np.zeros(regulators.size, np.int64)
    for p in range(operators.size):
        province = operators[p].province
        if probability[province] > 0.0:
            in_park, found = inspect_park(firms, operators, p, inspection, probability[province])
            done[province + 1] += in_park
            violations[province + 1] += found
    for r in range(1, regulators.size):
        if probability[regulators[r].province] > 0.0:
            account_for_inspections(regulators[r], done[r], violations[r], inspection)


def inspection_of(state: State, year: Year) -> Inspection:
    """What inspectors go by in `year`."""
    stream, cost = state.surroundings.streams[INSPECTION_DRAW], float(state.market.constants.inspection_cost_usd)
    keys, fine = state.world.firms.key, float(year.levers.fine_usd)
    drawn = np.empty(year.rows.size, dtype=np.int64)
    return Inspection(year.rows, year.first, keys, stream, year.number, fine, cost, drawn)


def inspect(state: State, year: Year) -> None:
    """The year's inspections of all provinces."""
    all_inspect(
        state.regulators, state.firms, state.operators, inspection_of(state, year), year.levers.inspection_probability
    )


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


@compiled
def balance(regulators):
    """Adds income less spending to what every regulator has. Gives the row of the one that is overdrawn most, -1 = none."""
    worst, least = -1, 0
    for r in range(regulators.size):
        its = regulators[r]
        income = its.appropriation + its.donor + its.fines + its.earmarked
        granted = its.vouchers + its.audits + its.screening + its.support + its.infrastructure
        its.balance += income - granted - its.inspections - its.administration
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
        its.inspections = its.administration = 0
        its.inspections_done = its.audits_done = 0
