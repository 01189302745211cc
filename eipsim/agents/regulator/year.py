"""A regulator's year: money in and out, inspections; the national one also deals audits and vouchers. MODEL.md section 8.

Row 0 is the nation, row v + 1 province v. Money is in integer cents, so no sum depends on an order.
"""

from __future__ import annotations

import numpy as np

from eipsim.core.columns import Col
from eipsim.core.compiled import compiled
from eipsim.core.draws import PROCESSES, draw
from eipsim.errors import ConservationError
from eipsim.rules.compliance import complies

INSPECTION_DRAW = PROCESSES["inspection"]
CENTS = 100.0


# State of the regulators: the nation and every province. Money in cents; flows are of this year.
REGULATOR_COLUMNS = (
    Col("province", np.int16, "-1 = nation"),
    Col("balance", np.int64, "at the end of the year; never negative"),
    Col("appropriation", np.int64, "from the treasury"),
    Col("donor", np.int64, "donor"),
    Col("fines", np.int64, "fines"),
    Col("earmarked", np.int64, "carbon revenue handed to the regulator"),
    Col("vouchers", np.int64, "paid out"),
    Col("audits", np.int64, "audits"),
    Col("screening", np.int64, "screening"),
    Col("inspections", np.int64, "inspections"),
    Col("support", np.int64, "facilitation grants, training, information, provincial support, monitoring"),
    Col("administration", np.int64, "administration"),
    Col("infrastructure", np.int64, "co-funding and soft loans of shared infrastructure"),
    Col("inspections_done", np.int64, "number"),
    Col("audits_done", np.int64, "number"),
    Col("adaptive_level", np.float64, "position of the adaptive rule"),
)  # fmt: skip

MONEY_IN = ("appropriation", "donor", "fines", "earmarked")
MONEY_OUT = ("vouchers", "audits", "screening", "inspections", "support", "administration", "infrastructure")


@compiled
def inspect_firm(firms, i, year, probability, fine):
    """The tenant of row i is found in violation unless complying was worth it; returns whether it was."""
    found = not complies(firms.compliance_cost[i], probability, fine)
    if found:
        firms.violation_year[i] = year
    return found


@compiled
def inspect_park(firms, operators, rows, first, keys, p, now, year, probability, fine):
    """Tenants of park p and its operator are inspected with `probability` [1/yr]. Returns (inspections, violations).

    The tenants are `rows[first[p] : first[p + 1]]`. Who is inspected is drawn from the world's `keys`: a firm's row is
    looked up only when it is inspected.
    """
    done, violations = 0, 0
    for n in range(first[p], first[p + 1]):
        if draw(now.streams[INSPECTION_DRAW], keys[rows[n]], year, 0) < probability:
            done += 1
            violations += inspect_firm(firms, rows[n], year, probability, fine)
    if operators.operating_year[p] <= year:
        inspected = draw(now.streams[INSPECTION_DRAW], operators.key[p], year, 1) < probability
        found = inspected and not complies(operators.compliance_cost[p], probability, fine)
        if found:
            operators.violation_year[p] = year
        done += inspected
        violations += found
    return done, violations


@compiled
def inspect_province(regulators, r, firms, operators, rows, first, keys, now, year, probability, fine, cost):
    """Provincial regulator r inspects its parks, receives the fines and is appropriated what inspections cost."""
    done, violations = 0, 0
    for p in range(operators.key.size):
        if operators.province[p] == regulators.province[r]:
            in_park, found = inspect_park(firms, operators, rows, first, keys, p, now, year, probability, fine)
            done += in_park
            violations += found
    regulators.inspections_done[r] = done
    regulators.inspections[r] = np.int64(done * cost * CENTS + 0.5)
    regulators.appropriation[r] += regulators.inspections[r]
    regulators.fines[r] = np.int64(violations * fine * CENTS + 0.5)


@compiled
def all_inspect(regulators, firms, operators, rows, first, keys, now, year, probability, fine, cost):
    """Every province: rows 1 and up. `probability` float [v]."""
    for r in range(1, regulators.province.size):
        chance = probability[regulators.province[r]]
        if chance > 0.0:
            inspect_province(regulators, r, firms, operators, rows, first, keys, now, year, chance, fine, cost)


def fine_lapsed(regulators, operators, fine: float) -> None:
    """Provinces fine [USD a year] every park founded as eco-industrial that has missed its term."""
    lapsed = np.bincount(operators.province[operators.lapsed_year > 0] + 1, minlength=regulators.size)
    regulators.fines[:] += lapsed * int(fine * CENTS + 0.5)


def deal_in_order(candidates: np.ndarray, priority: np.ndarray, n: int) -> np.ndarray:
    """The `n` rows of `candidates` (int64) with the lowest `priority` (float, one per candidate, no ties), lowest first."""
    n = int(min(n, candidates.size))
    if n <= 0:
        return candidates[:0]
    nearest = np.argpartition(priority, n - 1)[:n] if n < candidates.size else np.arange(candidates.size)
    return candidates[nearest[np.argsort(priority[nearest], kind="stable")]]


def close_books(regulators, year: int) -> None:
    """Balance of the year: what was left plus income less spending. Raises ConservationError when it would be negative."""
    income = sum(regulators[name] for name in MONEY_IN)
    spending = sum(regulators[name] for name in MONEY_OUT)
    regulators.balance[:] += income - spending
    if (regulators.balance < 0).any():
        row = int(regulators.balance.argmin())
        raise ConservationError(f"{year}: regulator {row} has overdrawn its budget by {-regulators.balance[row]} cents")


def open_books(regulators) -> None:
    """A new year: flows are set back to zero."""
    for name in (*MONEY_IN, *MONEY_OUT, "inspections_done", "audits_done"):
        regulators[name][:] = 0
