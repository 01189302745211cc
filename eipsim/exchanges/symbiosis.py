"""The exchange step of the model: what a run remembers of its exchanges, and the order in which their year goes.

`Symbiosis` belongs to one model. `let_parks_exchange` is called once a year, after firms have decided; it is the same for
both steppings. MODEL.md section 6.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eipsim.agents.surroundings import Surroundings
from eipsim.core.columns import as_bytes, new_table, only_row
from eipsim.core.draws import PROCESSES
from eipsim.exchanges import year
from eipsim.exchanges.catalogue import ExchangeTypes, column_by_column, evidence, read_exchange_types
from eipsim.exchanges.columns import (
    ENDED,
    EXCHANGE_COLUMNS,
    EXCHANGE_FLOWS,
    OPERATING,
    PLANT_COLUMNS,
    ZONE_COLUMNS,
    terms_columns,
)
from eipsim.exchanges.partners import Scene, Surveyed
from eipsim.exchanges.places import Places, places_of
from eipsim.market.constants import Constants
from eipsim.market.drivers import CARRIERS
from eipsim.market.prices import wastewater_ratio
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, HAZARDOUS, WASTE, WATER, group_weights
from eipsim.policy.symbiosis import REFORMS
from eipsim.rules.investment import annuity
from eipsim.world import World

FIRST_CAPACITY = 1024
KG_TO_T, TINY = 1e-3, 1e-12
CHEAP = 0  # group of coal and diesel in firm_columns.group_weights
FUELS = [COAL_DIESEL, DEAR_FUEL, BIOMASS]
DRAWS = ("identification", "partner", "project", "negotiation", "licence")


class Symbiosis:
    """Exchanges of one run: `found` of them `n`, in a `table` with room for more; `flows` [p, flow] of the year."""

    def __init__(
        self, world: World, constants: Constants, firms: np.recarray, operators: np.recarray, surroundings: Surroundings,
        services: np.recarray, folder: str | None = None,
    ):  # fmt: skip
        self.types: ExchangeTypes = read_exchange_types(folder)
        self.places: Places = places_of(world, self.types, float(constants.exchange_distance_km))
        self.table, self.n = new_table(FIRST_CAPACITY, EXCHANGE_COLUMNS), 0
        self.flows = np.zeros((world.n_parks, len(EXCHANGE_FLOWS)))
        self.terms = self._terms(constants, surroundings.streams)
        self.scene = self._scene(constants, firms, operators, surroundings, services)
        self.surveyed = Surveyed(self.places.members, self.places.near)
        n_slots = int(self.scene.sites.end_slot.max(initial=0))
        self.bar, self.episodes = np.full(n_slots, year.NEVER), np.zeros(n_slots, dtype=np.int16)
        self._noticed = np.empty(n_slots, dtype=np.int64)
        self.evidence = np.zeros(len(REFORMS))
        self.identified, self.feasible, self.had_sandboxes = 0, 0, False

    def _scene(self, c: Constants, firms, operators, surroundings: Surroundings, services) -> Scene:
        types, sites, plants = self.types, self.places.sites.copy(), self.types.plants
        sites.zone[:], sites.effect[:] = surroundings.parks.zone, operators.effect
        sites.trust[:], sites.unnoticed[:] = c.trust_initial, 1.0
        return Scene(
            types=column_by_column(types.types), classes=column_by_column(types.classes), terms=only_row(self.terms),
            firms=firms, sites=sites, tenants=self.places.tenants.copy(), services=services,
            plants=new_table(
                len(plants), PLANT_COLUMNS, from_year=[plant.from_year for plant in plants],
                capacity=[plant.capacity_per_year for plant in plants],
            ),
            zones=new_table(surroundings.markets.size, ZONE_COLUMNS),
        )  # fmt: skip

    def _terms(self, c: Constants, streams: np.ndarray) -> np.recarray:
        kinds = self.places.kinds_of_sector
        keys = {name: streams[PROCESSES[f"exchange {name}"]] for name in DRAWS}
        return new_table(
            1, terms_columns(len(self.types.ids)), kinds=kinds, n_kinds=(kinds >= 0).sum(axis=1),
            rate_of_capital=1.0 / annuity(float(c.exchange_hurdle_rate), float(c.exchange_lifetime)),
            transport_cost=evidence("road_transport_cost"), transport_co2=KG_TO_T * evidence("road_transport_co2"),
            heat_of_steam=evidence("heat_of_steam"), coal_share=group_weights()[:, CHEAP, CARRIERS.index("coal")],
            wastewater_ratio=wastewater_ratio(), **keys,
        )  # fmt: skip

    # ---- the year --------------------------------------------------------------------------------------------------

    def step(self, model) -> None:
        """One year of all exchanges, existing ones first."""
        self.flows[:] = 0.0
        self.scene = self.scene._replace(terms=only_row(self.terms))  # once pickled it is no longer part of its table
        self.scene.plants.left[:] = self.scene.plants.capacity
        self.let_firms_come_and_go(model)
        self.read_policy(model)
        self.review_exchanges(model)
        self.identify_exchanges(model)
        year.change_trust(self.scene, model.state.market.constants)
        self.learn_from_sandboxes(model)

    def let_firms_come_and_go(self, model) -> None:
        t = model.year - model.world.first_year
        year.all_arrive(self.scene, self.places.entering[t], self.bar)
        year.all_depart(self.scene, self.places.leaving[t], self.bar)

    def read_policy(self, model) -> None:
        """Prices and law of the year, facilitation, and how far opportunities have come to be noticed."""
        levers, c, sites, terms = (
            model.this_year.levers,
            model.state.market.constants,
            self.scene.sites,
            self.scene.terms,
        )
        terms.year, terms.intensity, terms.months_factor = (
            model.year,
            model.this_year.prices.intensity,
            levers.licence_months_factor,
        )
        terms.emission[:] = model.this_year.prices.emission[:, FUELS]
        charge, ratio = model.this_year.prices.charge, np.maximum(terms.wastewater_ratio, TINY)
        self.scene.zones.charge[:, :, :2] = charge[:, :, [WASTE, HAZARDOUS]]
        self.scene.zones.charge[:, :, 2] = charge[:, :, WATER] / ratio
        self.scene.zones.carbon[:] = model.this_year.prices.carbon
        reforms = {
            "waste": levers.waste_reuse_reform,
            "wastewater": levers.wastewater_reuse_reform,
            "hazardous": levers.hazardous_reuse_reform,
        }
        for reform, degree in reforms.items():
            r = REFORMS.index(reform)
            proven = 1.0 if self.evidence[r] >= c.sandbox_evidence else 0.0
            sites.eased[:, r] = max(degree, proven)
        sites.sandbox[:], sites.facilitation[:] = levers.sandbox, model.state.operators.facilitation
        year.look_around(self.scene, levers.symbiosis_screening, c)

    def review_exchanges(self, model) -> None:
        e, c = self.table, model.state.market.constants
        live = np.flatnonzero(e.state[: self.n] != ENDED)
        if live.size == 0:
            return
        worth = np.empty(live.size)
        year.appraise(self.scene, e, live, self.bar, self.episodes, c, worth)
        feasible_before = e.feasible_year[live] > 0
        order = live[np.lexsort((e.key[live], -worth, e.state[live] != OPERATING))]
        year.review(self.scene, e, order, self.bar, self.episodes, c, self.flows)
        self.feasible += int(np.count_nonzero((e.feasible_year[live] > 0) & ~feasible_before))

    def identify_exchanges(self, model) -> None:
        """Opportunities whose time has come, those worth most first, look for partners; rows are added in that order."""
        count = year.notice(self.scene, self.bar, self._noticed)
        if count == 0:
            return
        self._make_room(count)
        e, c, start, worth = self.table, model.state.market.constants, self.n, np.empty(count)
        near = (self.places.plant, self.places.plant_km)
        year.draft(self.scene, e, start, self._noticed, count, self.bar, self.episodes, *near, c, worth)
        named = np.flatnonzero(worth > 0.0)
        named = start + named[np.lexsort((e.key[start + named], -worth[named]))]
        self._keep(named, start, count)
        drafted = start + np.arange(named.size)
        year.identify(self.scene, self.surveyed, e, drafted, self.bar, self.episodes, c)
        self._keep(drafted[e.identified_year[drafted] > 0], start, count)
        found = int(np.count_nonzero(e.identified_year[drafted]))
        self.n += found
        self.identified += found
        self.feasible += int(np.count_nonzero(e.feasible_year[drafted]))

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

    def learn_from_sandboxes(self, model) -> None:
        """Exchange-years that only a sandbox made lawful are evidence for the reform of their stream."""
        if not self._has_sandboxes(model):
            return
        e: Any = self.table[: self.n]
        tried = e.sandbox & (e.state == OPERATING) & (e.quantity > 0.0)
        if tried.any():
            self.evidence += np.bincount(self.types.types.reform[e.kind[tried]], minlength=len(REFORMS))

    def _has_sandboxes(self, model) -> bool:
        """Some park is a sandbox now, or has been one."""
        self.had_sandboxes = self.had_sandboxes or bool(model.this_year.levers.sandbox.any())
        return self.had_sandboxes

    # ---- what others ask ----------------------------------------------------------------------------------------------

    @property
    def found(self) -> Any:
        """Every exchange ever identified, a row each (EXCHANGE_COLUMNS)."""
        return self.table[: self.n]

    @property
    def operating(self) -> np.ndarray:
        """Rows of the exchanges in operation."""
        return np.flatnonzero(self.table.state[: self.n] == OPERATING)
