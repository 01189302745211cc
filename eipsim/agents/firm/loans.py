"""What firms have borrowed for measures, loan by loan, and what falls due of it every year.

Few firms have loans, so they stand beside the table of firms, and only what a firm decides on is written into its row: what
falls due this year (`debt_service`). A firm that closes or moves away pays back what it owes; nobody defaults.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from eipsim.market.books import INTEREST, INTEREST_RELIEF, LOANS, Books
from eipsim.market.constants import Constants
from eipsim.rules.loans import relief_of_points, still_owed, whole_years


class Owed(NamedTuple):
    """Loans that are not paid back yet, one for each firm and year in which it has borrowed [n]."""

    firm: np.ndarray  # int64, row
    year: np.ndarray  # int64, in which it was taken
    principal: np.ndarray  # int64, cents
    points: np.ndarray  # float, 1/yr of its interest that the public pays, as promised when it was taken

    def where(self, holds: np.ndarray) -> Owed:
        """Those for which it `holds` (bool [n])."""
        return Owed(*(column[holds] for column in self))

    def and_also(self, others: Owed) -> Owed:
        """These and the `others`."""
        return Owed(*map(np.concatenate, zip(self, others)))


NOBODY = np.empty(0, np.int64)
NOTHING = Owed(NOBODY, NOBODY, NOBODY, np.empty(0))


class Due(NamedTuple):
    """What falls due of each loan in a year: int64 cents [n]."""

    instalment: np.ndarray
    interest: np.ndarray  # that the firm pays
    relief: np.ndarray  # interest that the public pays


@dataclass
class Loans:
    """The loans of a run. With a term of 0 years none is followed."""

    rate: float  # 1/yr, real
    years: int  # in which a loan is paid back
    owed: Owed = NOTHING

    @property
    def are_followed(self) -> bool:
        return self.years > 0

    def left(self, year: int) -> np.ndarray:
        """Cents of each loan that are owed at the end of `year`: int64 [n]."""
        return still_owed(self.owed.principal, year - self.owed.year, self.years)

    def due(self, year: int) -> Due:
        """What falls due in `year` of the loans that were taken before it."""
        before = self.left(year - 1)
        interest = in_cents(self.rate * before)
        relief = np.minimum(in_cents(self.owed.points * before), interest)
        return Due(before - self.left(year), interest - relief, relief)

    def relief_of(self, points: np.ndarray) -> np.ndarray:
        """What an interest subsidy of so many `points` [1/yr] is worth to a borrower, as a share of the loan."""
        return relief_of_points(points, self.rate, self.years)


def no_loans(constants: Constants) -> Loans:
    """The loans of a run before its first year."""
    return Loans(float(constants.loan_rate), int(whole_years(constants.loan_years)))


def in_cents(amounts: np.ndarray) -> np.ndarray:
    """Amounts in cents as whole ones, none of them negative."""
    return (amounts + 0.5).astype(np.int64)


def fall_due(loans: Loans, firms: np.recarray, year: int) -> None:
    """A new year: loans that are paid back, or whose firm has gone, are over; firms know what they have to pay on the others."""
    firms.debt_service[loans.owed.firm] = 0
    loans.owed = loans.owed.where((loans.left(year - 1) > 0) & (firms.exit_year[loans.owed.firm] > year))
    due = loans.due(year)
    np.add.at(firms.debt_service, loans.owed.firm, due.instalment + due.interest)  # a firm may have several


def book_loans(loans: Loans, new: Owed, firms: np.recarray, books: Books, year: int) -> int:
    """The end of the year: interest, the `new` loans, and what is owed stand in the parks' books.

    Gives the cents of interest that the public pays.
    """
    due, park = loans.due(year), firms.park[loans.owed.firm]
    np.add.at(books.counts[:, INTEREST], park, due.interest)
    np.add.at(books.counts[:, INTEREST_RELIEF], park, due.relief)
    loans.owed = loans.owed.and_also(new)
    np.add.at(books.counts[:, LOANS], firms.park[loans.owed.firm], loans.left(year))
    return int(due.relief.sum())


def newly_lent(lent: np.ndarray, year: int) -> Owed:
    """What was `lent` to each firm in `year` (int64 [firms], cents) as loans without promise; nothing is left of it there."""
    borrowers = np.flatnonzero(lent)
    new = Owed(borrowers, np.full(borrowers.size, year), lent[borrowers], np.zeros(borrowers.size))
    lent[borrowers] = 0
    return new
