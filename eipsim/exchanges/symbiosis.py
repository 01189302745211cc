"""The exchange step of the model: what a run remembers of its exchanges, and the order in which their year goes.

`Symbiosis` belongs to one run. Its `step` is called once a year, after firms have decided; it is the same for both steppings.
MODEL.md section 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.agents.surroundings import Surroundings
from eipsim.core.columns import as_bytes, new_table, only_row
from eipsim.core.draws import PROCESSES
from eipsim.data.loading import CountryTables
from eipsim.exchanges import year as of_year
from eipsim.exchanges.catalogue import ExchangeTypes, column_by_column, evidence, read_exchange_types
from eipsim.exchanges.columns import (
    ENDED,
    EXCHANGE_COLUMNS,
    EXCHANGE_FLOWS,
    OPERATING,
    PLANT_COLUMNS,
    ZONE_COLUMNS,
    common_columns,
)
from eipsim.exchanges.places import Places, places_of
from eipsim.exchanges.scene import NOT_WAITING, Scene, Search, Surveyed
from eipsim.market.constants import Constants
from eipsim.market.drivers import CARRIERS
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, HAZARDOUS, WASTE, WATER, group_weights, wastewater_ratio
from eipsim.policy.levers import Levers
from eipsim.policy.symbiosis import REFORMS
from eipsim.rules.investment import annuity
from eipsim.world import World

if TYPE_CHECKING:
    from eipsim.model.state import State, Year

FIRST_CAPACITY = 1024
KG_TO_T, TINY = 1e-3, 1e-12
CHEAP = 0  # group of coal and diesel in firm_columns.group_weights
FUELS = [COAL_DIESEL, DEAR_FUEL, BIOMASS]
DRAWS = ("identification", "partner", "project", "negotiation", "licence")


class Symbiosis:
    """Exchanges of one run: the first `n` rows of a `table` with room for more; `flows` [p, flow] of the year."""

    def __init__(
        self, world: World, constants: Constants, firms: np.recarray, operators: np.recarray, surroundings: Surroundings,
        services: np.recarray, folder: str | None = None,
    ):  # fmt: skip
        self.types: ExchangeTypes = read_exchange_types(folder)
        self.places: Places = places_of(world, self.types, float(constants.exchange_distance_km))
        self.table, self.n = new_table(FIRST_CAPACITY, EXCHANGE_COLUMNS), 0
        self.flows = np.zeros((world.n_parks, len(EXCHANGE_FLOWS)))
        self.common = self._common(constants, surroundings.streams, world.tables)
        self.scene = self._scene(constants, firms, services, surroundings.markets.size)
        sites = self.scene.sites
        sites.zone[:], sites.effect[:] = surroundings.parks.zone, operators.effect
        sites.trust[:], sites.unnoticed[:] = constants.trust_initial, 1.0
        self.surveyed = Surveyed(self.places.members, self.places.near, self.places.plant, self.places.plant_km)
        n_slots = int(sites.end_slot.max(initial=0))
        self.search = Search(np.full(n_slots, NOT_WAITING), np.zeros(n_slots, dtype=np.int16))
        self._noticed = np.empty(n_slots, dtype=np.int64)
        self.evidence = np.zeros(len(REFORMS))
        self.had_sandboxes = False

    def _scene(self, constants: Constants, firms: np.recarray, services: np.recarray, n_zones: int) -> Scene:
        types, plants = self.types, self.types.plants
        return Scene(
            types=column_by_column(types.types), classes=column_by_column(types.classes), common=only_row(self.common),
            constants=constants, firms=firms, sites=self.places.sites.copy(), tenants=self.places.tenants.copy(),
            services=services,
            plants=new_table(
                len(plants), PLANT_COLUMNS, from_year=[plant.from_year for plant in plants],
                capacity=[plant.capacity_per_year for plant in plants],
            ),
            zones=new_table(n_zones, ZONE_COLUMNS),
        )  # fmt: skip

    def _common(self, constants: Constants, streams: np.ndarray, tables: CountryTables) -> np.recarray:
        kinds = self.places.kinds_of_sector
        keys = {name: streams[PROCESSES[f"exchange {name}"]] for name in DRAWS}
        rate_of_capital = 1.0 / annuity(float(constants.exchange_hurdle_rate), float(constants.exchange_lifetime))
        return new_table(
            1, common_columns(len(self.types.ids)), kinds=kinds, n_kinds=(kinds >= 0).sum(axis=1),
            rate_of_capital=rate_of_capital, transport_cost=evidence("road_transport_cost"),
            transport_co2=KG_TO_T * evidence("road_transport_co2"), heat_of_steam=evidence("heat_of_steam"),
            coal_share=group_weights(tables)[:, CHEAP, CARRIERS.index("coal")],
            wastewater_ratio=wastewater_ratio(tables), **keys,
        )  # fmt: skip

    # ---- the year --------------------------------------------------------------------------------------------------

    def step(self, state: State, year: Year) -> None:
        """One year of all exchanges, existing ones first."""
        self.flows[:] = 0.0
        self.scene = self.scene._replace(common=only_row(self.common))  # once pickled it is no longer part of its table
        self.scene.plants.left[:] = self.scene.plants.capacity
        self.let_firms_come_and_go(year.number - state.world.first_year)
        self.read_policy(state.operators, year)
        self.review_exchanges()
        self.identify_exchanges()
        of_year.change_trust(self.scene)
        self.learn_from_sandboxes(year.levers)

    def let_firms_come_and_go(self, t: int) -> None:
        """In year `t` from the first."""
        of_year.all_arrive(self.scene, self.places.entering[t], self.search)
        of_year.all_depart(self.scene, self.places.leaving[t], self.search)

    def read_policy(self, operators: np.recarray, year: Year) -> None:
        """Prices and law of the year, facilitation, and how far opportunities have come to be noticed."""
        levers, prices, sites, common = year.levers, year.prices, self.scene.sites, self.scene.common
        common.year, common.intensity = year.number, prices.intensity
        common.months_factor = levers.licence_months_factor
        common.emission[:] = prices.emission[:, FUELS]
        ratio = np.maximum(common.wastewater_ratio, TINY)
        self.scene.zones.charge[:, :, :2] = prices.charge[:, :, [WASTE, HAZARDOUS]]
        self.scene.zones.charge[:, :, 2] = prices.charge[:, :, WATER] / ratio
        self.scene.zones.carbon[:] = prices.carbon
        reforms = {
            "waste": levers.waste_reuse_reform,
            "wastewater": levers.wastewater_reuse_reform,
            "hazardous": levers.hazardous_reuse_reform,
        }
        for reform, degree in reforms.items():
            r = REFORMS.index(reform)
            proven = 1.0 if self.evidence[r] >= self.scene.constants.sandbox_evidence else 0.0
            sites.eased[:, r] = max(degree, proven)
        sites.sandbox[:], sites.facilitation[:] = levers.sandbox, operators.facilitation
        of_year.look_around(self.scene, levers.symbiosis_screening)

    def review_exchanges(self) -> None:
        """Live exchanges, those in operation first and those worth most first, are served and go on."""
        table = self.table
        live = np.flatnonzero(table.state[: self.n] != ENDED)
        if live.size == 0:
            return
        worth = np.empty(live.size)
        of_year.appraise(self.scene, table, live, self.search, worth)
        order = live[np.lexsort((table.key[live], -worth, table.state[live] != OPERATING))]
        of_year.review(self.scene, table, order, self.search, self.flows)

    def identify_exchanges(self) -> None:
        """Opportunities whose time has come, those worth most first, look for partners; rows are added in that order."""
        count = of_year.notice(self.scene, self.search, self._noticed)
        if count == 0:
            return
        self._make_room(count)
        table, start, worth = self.table, self.n, np.empty(count)
        of_year.draft(self.scene, self.surveyed, table, start, self._noticed[:count], self.search, worth)
        named = np.flatnonzero(worth > 0.0)
        named = start + named[np.lexsort((table.key[start + named], -worth[named]))]
        self._keep(named, start, count)
        drafted = start + np.arange(named.size)
        of_year.identify(self.scene, self.surveyed, table, drafted, self.search)
        self._keep(drafted[table.identified_year[drafted] > 0], start, count)
        self.n += int(np.count_nonzero(table.identified_year[drafted]))

    def _keep(self, rows: np.ndarray, start: int, room: int) -> None:
        """Of the `room` rows from `start` on keep `rows`, in that order, and empty the rest."""
        table = as_bytes(self.table)[start : start + room]
        table[: rows.size] = table[rows - start]
        table[rows.size :] = bytes(table.itemsize)

    def _make_room(self, count: int) -> None:
        if self.n + count > self.table.size:
            larger = new_table(2 * (self.n + count), EXCHANGE_COLUMNS)
            as_bytes(larger)[: self.n] = as_bytes(self.table)[: self.n]
            self.table = larger

    def learn_from_sandboxes(self, levers: Levers) -> None:
        """Exchange-years that only a sandbox made lawful are evidence for the reform of their stream."""
        self.had_sandboxes = self.had_sandboxes or bool(levers.sandbox.any())
        if not self.had_sandboxes:
            return
        e = self.found
        tried = e.sandbox & (e.state == OPERATING) & (e.quantity > 0.0)
        if tried.any():
            self.evidence += np.bincount(self.types.types.reform[e.kind[tried]], minlength=len(REFORMS))

    # ---- what others ask ----------------------------------------------------------------------------------------------

    @property
    def found(self) -> np.recarray:
        """Every exchange ever identified, a row each (EXCHANGE_COLUMNS)."""
        found: Any = self.table[: self.n]
        return found

    @property
    def operating(self) -> np.ndarray:
        """Rows of the exchanges in operation."""
        return np.flatnonzero(self.table.state[: self.n] == OPERATING)
