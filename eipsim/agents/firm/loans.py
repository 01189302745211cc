"""What firms have borrowed for measures, loan by loan, and what falls due of it every year.

Loans stand beside the table of firms: only what a firm decides on comes into its row, where it looks at what falls due this
year (`note_debt_service`). A firm that closes or moves away pays back what it owes; nobody defaults.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from eipsim.core.compiled import allocating, compiled, inlined
from eipsim.market.books import INTEREST, INTEREST_RELIEF, LOANS, Books
from eipsim.market.constants import Constants
from eipsim.rules.loans import relief_of_points, still_owed, whole_years
from eipsim.world import Tenants

OF_PARKS = (INTEREST, INTEREST_RELIEF, LOANS)


class Owed(NamedTuple):
    """Loans that were taken in one year and are not paid back yet, one for each firm [n], by row of the firm."""

    firm: np.ndarray  # int64, row
    principal: np.ndarray  # int64, cents
    points: np.ndarray  # float, 1/yr of its interest that the public pays, as promised when it was taken


class Terms(NamedTuple):
    """What all loans have in common."""

    rate: float  # 1/yr, real
    years: int  # in which a loan is paid back


@dataclass
class Loans:
    """The loans of a run. With a term of 0 years none is followed."""

    terms: Terms
    of_parks: np.ndarray  # int64 cents [p, OF_PARKS] of the year, on the loans that were taken before it
    taken: dict[int, Owed] = field(default_factory=dict)  # by year

    @property
    def are_followed(self) -> bool:
        return self.terms.years > 0

    def relief_of(self, points: np.ndarray | float) -> np.ndarray | float:
        """What an interest subsidy of so many `points` [1/yr] is worth to a borrower, as a share of the loan."""
        return relief_of_points(points, *self.terms)


def no_loans(constants: Constants, n_parks: int) -> Loans:
    """The loans of a run before its first year."""
    terms = Terms(float(constants.loan_rate), int(whole_years(constants.loan_years)))
    return Loans(terms, np.zeros((n_parks, len(OF_PARKS)), dtype=np.int64))


@inlined
def in_cents(amount):
    """An amount in cents as a whole one; it is not negative."""
    return np.int64(amount + 0.5)


def fall_due(loans: Loans, due: np.ndarray, tenants: Tenants, year: int) -> None:
    """A new year: loans that are paid back, or whose firm has gone, are over; on the others is `due` (int64 [firms], cents)."""
    loans.of_parks[:] = 0
    due[:] = 0
    stays = tenants.exit_year > year
    for taken, owed in list(loans.taken.items()):
        left = all_fall_due(owed, year - taken, loans.terms, due, stays, tenants.park, loans.of_parks)
        loans.taken[taken] = Owed(*(column[:left] for column in owed))
        if left == 0:
            del loans.taken[taken]


@compiled
def all_fall_due(owed, age, terms, due, stays, park, of_parks):
    """Loans of one year, of this `age`, fall due; gives how many are not over, which are moved to the front."""
    left = 0
    for n in range(owed.firm.size):
        i, principal, points = owed.firm[n], owed.principal[n], owed.points[n]
        before, after = still_owed(principal, age - 1, terms.years), still_owed(principal, age, terms.years)
        if before == 0 or not stays[i]:
            continue
        interest = in_cents(terms.rate * before)
        relief, totals = min(in_cents(points * before), interest), of_parks[park[i]]
        due[i] += before - after + interest - relief
        totals[0] += interest - relief
        totals[1] += relief
        totals[2] += after
        owed.firm[left], owed.principal[left], owed.points[left] = i, principal, points
        left += 1
    return left


@inlined
def note_debt_service(firms, i, due):
    """The firm of row i looks at what is `due` this year, where loans are followed."""
    if due.size > 0:
        firms[i].debt_service = due[i]


def book_loans(loans: Loans, new: Owed, books: Books, year: int) -> int:
    """The end of the year: interest and what is owed, the `new` loans among it, stand in the parks' books.

    Gives the cents of interest that the public pays.
    """
    loans.taken[year] = new
    books.counts[:, OF_PARKS] = loans.of_parks
    return int(loans.of_parks[:, OF_PARKS.index(INTEREST_RELIEF)].sum())


@allocating
def newly_lent(lent, park, of_parks):
    """What was `lent` to each firm this year (int64 [firms], cents) as loans without promise; nothing is left of it there.

    It is added to what is owed in the `park` of each.
    """
    n = 0
    for i in range(lent.size):
        n += lent[i] > 0
    new, n = Owed(np.empty(n, np.int64), np.empty(n, np.int64), np.zeros(n)), 0
    for i in range(lent.size):
        if lent[i] > 0:
            new.firm[n], new.principal[n] = i, lent[i]
            of_parks[park[i], 2] += lent[i]
            lent[i] = 0
            n += 1
    return new
