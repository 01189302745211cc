"""The exchange step of the model: what a run remembers of its exchanges, and the order in which their year goes.

`Symbiosis` belongs to one run. Its `step` is called once a year, after firms have decided; it is the same for both steppings.
MODEL.md section 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.agents.surroundings import Surroundings
from eipsim.core.columns import as_bytes, filled, new_table
from eipsim.core.draws import PROCESSES
from eipsim.core.memory import GivenBack, cleared
from eipsim.core.years import NEVER
from eipsim.data.loading import CountryTables
from eipsim.exchanges import year as of_year
from eipsim.exchanges.catalogue import ExchangeTypes, evidence, read_exchange_types
from eipsim.exchanges.columns import (
    ACCOUNT,
    ASKED_COLUMNS,
    BORN_COLUMNS,
    EXCHANGE_COLUMNS,
    EXCHANGE_FLOWS,
    OPERATING,
    PARTNER_COLUMNS,
    PLANT_COLUMNS,
    TENANT_COLUMNS,
    common_columns,
)
from eipsim.exchanges.places import Places, places_of
from eipsim.exchanges.scene import NOT_WAITING, Book, Ranks, Scene, Search, Surveyed
from eipsim.infrastructure.systems import Infrastructure
from eipsim.market.constants import Constants
from eipsim.market.fuels import coal_shares, rows_of_firms
from eipsim.market.uses import wastewater_ratio
from eipsim.rules.investment import annuity
from eipsim.world import World

if TYPE_CHECKING:
    from eipsim.model.state import State, Year

FIRST_CAPACITY = 1024
KG_TO_T = 1e-3
DRAWS = ("identification", "partner", "project", "negotiation", "licence")
_given_back: GivenBack[np.recarray] = GivenBack()


class Symbiosis:
    """Exchanges of one run: the first `n` rows of a `table` with room for more; `flows` [p, flow] of the year."""

    def __init__(
        self, world: World, constants: Constants, firms: np.recarray, operators: np.recarray, surroundings: Surroundings,
        infrastructure: Infrastructure, folder: str | None = None,
    ):  # fmt: skip
        self.types: ExchangeTypes = read_exchange_types(folder)
        self.places: Places = places_of(world, self.types, float(constants.exchange_distance_km))
        self.table, self.n = new_table(FIRST_CAPACITY, EXCHANGE_COLUMNS), 0
        self._live, self.n_live = np.empty(FIRST_CAPACITY, dtype=np.int64), 0
        self._room, self.partners = new_room(FIRST_CAPACITY), new_table(2 * FIRST_CAPACITY, PARTNER_COLUMNS)
        self.flows = np.zeros((world.n_parks, len(EXCHANGE_FLOWS)))
        self.scene = self._scene(world, constants, firms, infrastructure, surroundings.streams)
        sites = self.scene.sites
        sites.zone[:], sites.effect[:] = surroundings.parks.zone, operators.effect
        sites.trust[:], sites.unnoticed[:] = constants.trust_initial, 1.0
        survey = {name: getattr(self.places, name) for name in ("members", "near", "plant", "plant_km", "owner")}
        self.surveyed = Surveyed(**survey, asked=new_table(world.n_firms, ASKED_COLUMNS))
        n_slots = int(sites.end_slot.max(initial=0))
        self.search = Search(np.full(n_slots, NOT_WAITING), np.zeros(n_slots, dtype=np.int16))
        self.noticed = np.empty(n_slots, dtype=np.int64)
        self.proven = self._proven()

    def _scene(
        self,
        world: World,
        constants: Constants,
        firms: np.recarray,
        infrastructure: Infrastructure,
        streams: np.ndarray,
    ) -> Scene:
        plants = self.types.plants
        return Scene(
            types=self.types.types, common=self._common(constants, streams, world.tables), constants=constants, firms=firms,
            sites=self.places.sites.copy(), tenants=self._tenants(world, constants), services=infrastructure.services,
            plants=new_table(
                len(plants) + 1, PLANT_COLUMNS, from_year=[*(plant.from_year for plant in plants), NEVER],
                capacity=[*(plant.capacity_per_year for plant in plants), 0.0],
            ),
            rates=infrastructure.rates,
        )  # fmt: skip

    def _tenants(self, world: World, constants: Constants) -> np.recarray:
        """All tenants, without an exchange yet."""
        born = self.places.tenants
        price_row = rows_of_firms(world.firms, world.seed, constants.main_fuel_share, world.tables)
        columns = {column.name: born[column.name] for column in BORN_COLUMNS}
        return filled(cleared(born.size, TENANT_COLUMNS, _given_back), price_row=price_row, **columns)

    def _common(self, constants: Constants, streams: np.ndarray, tables: CountryTables) -> np.recarray:
        kinds, classes = self.places.kinds_of_sector, self.types.classes
        keys = {name: streams[PROCESSES[f"exchange {name}"]] for name in DRAWS}
        rate_of_capital = 1.0 / annuity(float(constants.exchange_hurdle_rate), float(constants.exchange_lifetime))
        return new_table(
            1, common_columns(len(self.types.ids)), kinds=kinds, n_kinds=(kinds >= 0).sum(axis=1),
            months=classes.months, cost=classes.cost, refusal=classes.refusal,
            rate_of_capital=rate_of_capital, transport_cost=evidence("road_transport_cost"),
            transport_co2=KG_TO_T * evidence("road_transport_co2"), heat_of_steam=evidence("heat_of_steam"),
            coal_share=coal_shares(float(constants.main_fuel_share), tables),
            wastewater_ratio=wastewater_ratio(tables), **keys,
        )  # fmt: skip

    # ---- the year --------------------------------------------------------------------------------------------------

    def step(self, state: State, year: Year) -> None:
        """One year of all exchanges, existing ones first."""
        moves = self.places.moves[year.number - state.world.first_year]
        self.flows[:], self.scene.plants.left[:] = 0.0, self.scene.plants.capacity
        self.read_policy(state.operators, year)
        self.n_live, count = of_year.review_all(self.scene, self.table, self.book(), self.n_live, self.search, moves)
        self.find_partners(count)
        self.proven = self._proven()

    def read_policy(self, operators: np.recarray, year: Year) -> None:
        """The law of the year, screenings and facilitation. Prices are those that shared infrastructure sees."""
        levers, sites, common = year.levers, self.scene.sites, self.scene.common
        common.year = year.number
        common.months_factor = levers.licence_months_factor
        reforms = (0.0, levers.waste_reuse_reform, levers.wastewater_reuse_reform, levers.hazardous_reuse_reform)
        sites.eased[:] = [max(*both) for both in zip(reforms, self.proven)]
        sites.sandbox[:], sites.facilitation[:] = levers.sandbox, operators.facilitation
        sites.screening[:] = levers.symbiosis_screening

    def find_partners(self, count: int) -> None:
        """The first `count` opportunities noticed look for partners; rows of those that find them are added."""
        if count == 0:
            return
        self._make_room(count)
        found = of_year.find_partners(self.scene, self.surveyed, self.table, self.book(), self.n, self.search, count)
        self._live[self.n_live : self.n_live + found] = np.arange(self.n, self.n + found)
        self.n, self.n_live = self.n + found, self.n_live + found

    def book(self) -> Book:
        """What is live, the year's accounts, and room to work in."""
        accounts: Any = self.flows.view(ACCOUNT).reshape(-1)
        return Book(self._live, accounts, self.noticed, *self._room)

    def _make_room(self, count: int) -> None:
        if self.n + count > self.table.size:
            larger = new_table(2 * (self.n + count), EXCHANGE_COLUMNS)
            as_bytes(larger)[: self.n] = as_bytes(self.table)[: self.n]
            live = np.empty(larger.size, dtype=np.int64)
            live[: self.n_live] = self.live
            self.table, self._live = larger, live
            self._room, self.partners = new_room(larger.size), new_table(2 * larger.size, PARTNER_COLUMNS)

    def give_back(self) -> None:
        """The run is over, and nobody holds what it knows of tenants any more: the next may write over it."""
        _given_back.give(self.scene.tenants)

    # ---- what others ask ----------------------------------------------------------------------------------------------

    @property
    def found(self) -> np.recarray:
        """Every exchange ever identified, a row each (EXCHANGE_COLUMNS)."""
        found: Any = self.table[: self.n]
        return found

    @property
    def evidence(self) -> np.ndarray:
        """Exchange-years so far that only a sandbox made lawful, by reform [REFORMS]."""
        return self.scene.common.evidence[0]

    def _proven(self) -> list[float]:
        """1 for each reform (REFORMS) whose time has come, because sandboxes have shown that it works, else 0."""
        enough = self.scene.constants.sandbox_evidence
        return [float(years >= enough) for years in self.evidence.tolist()]

    @property
    def live(self) -> np.ndarray:
        """Rows, in order, of the exchanges that had not ended when the year began, and of those found since."""
        return self._live[: self.n_live]

    @property
    def operating(self) -> np.ndarray:
        """Rows of the exchanges in operation."""
        return self.live[self.table.state[self.live] == OPERATING]


def new_room(n: int) -> tuple[Ranks, np.ndarray, np.ndarray]:
    """Room to put `n` exchanges in order."""
    ranks = Ranks(np.empty(n, dtype=np.bool_), np.empty(n), np.empty(n, dtype=np.uint64))
    return ranks, np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
