"""Public help with firms' loans: interest that the nation pays banks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.agents.firm.loans import book_loans, newly_lent
from eipsim.agents.regulator.year import spend
from eipsim.core.money import CENTS

if TYPE_CHECKING:
    from eipsim.model.state import State, Year


def settle_loans(state: State, year: Year) -> None:
    """The end of a year: what firms have borrowed are loans, interest is booked, and the treasury pays its part of it.

    The points of the year's interest subsidy are promised for as long as the loan runs, whatever becomes of the lever. They are
    appropriated as they fall due, with what it costs to administer them.
    """
    if not state.loans.are_followed:
        return
    new = newly_lent(state.books.lent, state.world.firms.park, state.loans.of_parks)
    new = new._replace(points=points_promised(state, year, new.firm))
    relief = book_loans(state.loans, new, state.books, year.number)
    if relief > 0:
        spend(state.regulators, "interest", relief / CENTS, "appropriation")
        administration = state.market.constants.administration_share * relief / CENTS
        spend(state.regulators, "administration", administration, "appropriation")


def points_promised(state: State, year: Year, rows: np.ndarray) -> np.ndarray:
    """Points of interest [1/yr], no more than all of it, that the public pays on what the firms of `rows` borrow this year."""
    levers, tenants = year.levers, state.world.firms
    if "interest_subsidy" not in levers.in_force:
        return np.zeros(rows.size)
    places = tenants.park[rows], tenants.sector[rows]
    abroad = levers.of_foreign_firms.interest_subsidy[places]
    points = np.where(tenants.foreign[rows], abroad, levers.interest_subsidy[places])
    return np.minimum(points, state.loans.terms.rate)
