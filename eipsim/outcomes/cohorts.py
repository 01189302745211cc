"""Whom an outcome is asked of: the nation, or a part of it such as a province, a sector, the firms of a programme."""

from __future__ import annotations

from typing import NamedTuple

from eipsim.outcomes.traits import Condition


class Cohort(NamedTuple):
    """A part of the country: rows of each kind that belong to it, None = all.

    `programmes`: firms that any of these programmes has assisted so far, but for outcomes of parks and exchanges the parks
    that it reaches; an empty tuple: firms (parks) of no programme. The last number is the adaptive regulator.
    `not_of`: none of these programmes has assisted the firm, or reaches the park.
    `park_is`, `firm_is`: what its parks and firms are at the end of the year that is asked about.
    `by_park`: asked of each of its parks on its own.
    """

    provinces: tuple[int, ...] | None = None
    parks: tuple[int, ...] | None = None
    sectors: tuple[int, ...] | None = None
    programmes: tuple[int, ...] | None = None
    not_of: tuple[int, ...] = ()
    park_is: tuple[Condition, ...] = ()
    firm_is: tuple[Condition, ...] = ()
    by_park: bool = False

    @property
    def by_firm(self) -> bool:
        """Whether it cuts through parks, so that its firms have to be added up one by one."""
        return self.sectors is not None or self.programmes is not None or bool(self.not_of or self.firm_is)


class Question(NamedTuple):
    """One number of a run (of every park, where the cohort says so): the quantity `name` of a cohort at the end of `year`."""

    name: str
    cohort: Cohort
    year: int


NATION = Cohort()
