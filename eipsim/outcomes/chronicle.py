"""What a run keeps of every year, so that outcomes are worked out only when somebody asks, and of all years at once.

It goes down to parks. What firms do is seen at the end of the year in which the model stands, and no later (`YearEnd`).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from eipsim.agents.surroundings import YEARS_AUDITED
from eipsim.core.columns import Table, as_bytes
from eipsim.core.memory import GivenBack
from eipsim.exchanges.stages import exchanges_in_stage
from eipsim.infrastructure.columns import CONNECTIONS
from eipsim.infrastructure.tables import operating
from eipsim.outcomes.registry import OUTCOMES
from eipsim.outcomes.views import BOOKS, Ends, systems_of_parks

if TYPE_CHECKING:
    from eipsim.model.state import State, Year


class Chronicle:
    """The ends of the years of a run, in tables with a page a year, filled from the first year on."""

    def __init__(self, state: State) -> None:
        world, self.exchanges = state.world, state.exchanges
        self.first_year, self.n_years = world.first_year, 0
        self.province, self.n_provinces = world.parks.province, len(world.provinces)
        self.tables = _tables(world.last_year - world.first_year + 1, _pages(state))
        self.kinds = {"operators": state.operators.dtype, "regulators": state.regulators.dtype}

    def keep(self, state: State, year: Year) -> None:
        """Add the year that ends."""
        for name, page in _pages(state).items():
            self.tables[name][self.n_years] = page
        self.n_years += 1

    def give_back(self) -> None:
        """The run is over, and nobody holds its tables any more: the next may write over them."""
        _given_back.give(self.tables)
        self.tables = {}

    @property
    def last_year(self) -> int:
        """The last year that is kept."""
        return self.first_year + self.n_years - 1

    def since(self, first: int) -> KeptYears:
        """The ends of the years from `first` to the last that is kept."""
        return KeptYears(self, first, max(self.last_year, first - 1))

    def latest(self, name: str) -> float:
        """A national outcome at the end of the last year that is kept."""
        return float(self.since(self.last_year).outcomes([name])[0, 0])


def _pages(state: State) -> dict[str, np.ndarray]:
    """What is kept of a year: BOOKS column after column, and tables as so many bytes a row."""
    shared = state.infrastructure
    return {
        **{name: book(state).T for name, book in BOOKS.items()},
        "operators": as_bytes(state.operators),
        "regulators": as_bytes(state.regulators),
        "connections_usd": shared.flows[:, CONNECTIONS],
        "operates": operating(shared.systems),
        "tally": state.surroundings.parks.tally,
    }


_given_back: GivenBack[dict[str, np.ndarray]] = GivenBack()


def _tables(n_years: int, pages: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Room for `n_years` pages, in tables that were given back if they fit."""
    shapes = {name: (n_years, *page.shape) for name, page in pages.items()}
    given = _given_back.take(lambda tables: shapes == {name: table.shape for name, table in tables.items()})
    return given or {name: np.empty(shape, pages[name].dtype) for name, shape in shapes.items()}


class KeptYears(Ends):
    """Years of a chronicle, seen all at once."""

    year: np.ndarray

    def __init__(self, chronicle: Chronicle, first: int, last: int):
        super().__init__()
        self.first, self.last, self.n_years = first, last, last - first + 1
        self.province, self.n_provinces = chronicle.province, chronicle.n_provinces
        self.chronicle, self.start = chronicle, first - chronicle.first_year
        self.year = np.arange(first, last + 1).repeat(self.province.size)
        self.connections_usd, self.tally = self._rows("connections_usd"), self._rows("tally")
        self.operators, self.regulators = self._table("operators"), self._table("regulators")
        self._exchanges: dict[str, np.ndarray] = {}

    def _rows(self, name: str) -> np.ndarray:
        """One of the chronicle's tables, the rows of these years one after the other."""
        kept = self.chronicle.tables[name][self.start : self.start + self.n_years]
        return kept.reshape(-1, *kept.shape[2:])

    def _table(self, name: str) -> Table:
        return self._rows(name).view(self.chronicle.kinds[name]).view(Table)

    def booked(self, book: str, column: int) -> np.ndarray:
        return self.chronicle.tables[book][self.start : self.start + self.n_years, column].ravel()

    @cached_property
    def systems(self) -> np.ndarray:  # type: ignore[override]
        return systems_of_parks(self._rows("operates"))

    @cached_property
    def audited(self) -> np.ndarray:  # type: ignore[override]
        since_2015 = self.chronicle.tables["tally"][: self.start + self.n_years, :, YEARS_AUDITED]
        return np.diff(since_2015, axis=0, prepend=0)[self.start :].ravel()

    def exchanges(self, stage: str) -> np.ndarray:
        if stage not in self._exchanges:
            found, years = self.chronicle.exchanges.found, (self.first, self.last)
            self._exchanges[stage] = exchanges_in_stage(found, stage, years, found.donor_park, self.province.size)
        return self._exchanges[stage]

    def outcomes(self, names: Collection[str] = OUTCOMES) -> np.ndarray:
        """National outcomes [years, names]."""
        rows = np.empty((self.n_years, len(names)))
        for column, name in zip(rows.T, names):
            column[:] = self.values(name)
        return rows
