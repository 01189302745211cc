"""What avoids CO2, measure by measure, and what it cost: kept year by year in runs with detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.agents.firm.columns import CHOSEN
from eipsim.agents.firm.stock import CHANGES_BOILER, STREAM_OF_MEASURE, TINY, USE_OF_MEASURE, use_resources
from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import allocating
from eipsim.infrastructure.columns import POWER_ADDED, SCOPE_1_AVOIDED, SOLAR_MWH
from eipsim.market import books as ac
from eipsim.market.catalogue import BOILERS, FUEL, N_MEASURES, REPLACE_BOILERS
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, N_USES

if TYPE_CHECKING:
    from eipsim.model.state import State, Year


@allocating
def attribute_avoided(firms, rows, measures, surroundings, emission, intensity, avoided):
    """Add to `avoided` [2, m] the CO2 [t] each adopted measure avoids this year: adopted as such, or chosen at a boiler's end.

    Steps in catalogue order from the firm's use with its initial stock to its use with all measures, so that they sum to the
    total exactly, whatever the measures have to do with each other.
    """
    use = np.empty(emission.shape[1])
    for i in rows:
        r = firms.price_row[i]
        before = 0.0
        for k in range(use.size):
            before += firms.stock_use[i, k] * emission[r, k]
        bits = firms.installed_bits[i] & ~firms.adopted_bits[i]
        for m in range(N_MEASURES):
            if (firms.adopted_bits[i] >> m) & 1:
                bits |= np.int64(1) << m
                use_resources(firms[i], measures, surroundings, bits, use)
                after = 0.0
                for k in range(use.size):
                    after += use[k] * emission[r, k]
                avoided[1 if firms.origin[i, m] == CHOSEN else 0, m] += (before - after) * intensity
                before = after


@allocating
def attribute_capital(firms, rows, measures, surroundings, year, capital):
    """Keep in `capital` [n_rows, m] what each adopted measure cost [USD] when it was built or renewed last, vouchers included.

    As the firm reckoned: for what its stream carries without the measure and without what else is new this year.
    """
    use = np.empty(N_USES)
    for i in rows:
        installed, adopted, fresh = firms.installed_bits[i], firms.adopted_bits[i], np.int64(0)
        for m in range(N_MEASURES):
            if not (adopted >> m) & 1:
                capital[i, m] = 0.0
            elif firms.installed_year[i, m] == year and capital[i, m] == 0.0:
                fresh |= np.int64(1) << m
        for m in range(N_MEASURES):
            if (adopted >> m) & 1 and firms.installed_year[i, m] == year:
                bits = installed & ~fresh & ~(np.int64(1) << m)
                use_resources(firms[i], measures, surroundings, bits, use)
                level = (
                    firms.gross_level[i, STREAM_OF_MEASURE[m]]
                    + surroundings.workspace.log_remaining[0, USE_OF_MEASURE[m]]
                )
                if measures.stream[m] == FUEL and bits & CHANGES_BOILER:
                    burnt = use[COAL_DIESEL] + use[DEAR_FUEL] + use[BIOMASS]
                    level = log(max(burnt, TINY)) - firms.log_size[i]
                unit_cost = surroundings.sectors.log_unit_cost[firms.sector[i], m]
                capital[i, m] = exp(level + unit_cost + firms.cost_factor[i, m] + firms.log_size[i])


BEYOND_MEASURES = ("shared-infrastructure", "exchanges")
AT_RENEWAL = tuple(f"{name}-at-renewal" for name in REPLACE_BOILERS)


def avoided_beyond_measures(state: State, year: Year) -> tuple[float, float]:
    """tCO2 of the year that shared infrastructure and exchanges avoid inside parks."""
    served, books = state.infrastructure.flows.sum(axis=0), state.books
    of_power = (served[SOLAR_MWH] - served[POWER_ADDED]) * year.grid_factor
    by_infrastructure = served[SCOPE_1_AVOIDED] + of_power
    emitted = [flows[:, [ac.SCOPE_1, ac.SCOPE_2]].sum() for flows in (books.flows, books.net_flows)]
    return by_infrastructure, emitted[0] - emitted[1] - by_infrastructure


class Detail:
    """What a run keeps beyond its outcomes: flows and counts by park, avoided CO2 by measure, a row a year."""

    def __init__(self) -> None:
        self.flows: list[np.ndarray] = []
        self.net_flows: list[np.ndarray] = []  # after shared infrastructure and exchanges
        self.infrastructure: list[np.ndarray] = []
        self.counts: list[np.ndarray] = []
        self.avoided_by_measure: list[np.ndarray] = []
        self.avoided: list[np.ndarray] = []  # the same, AT_RENEWAL where boilers have an end, then BEYOND_MEASURES
        self.capital = np.zeros((0, 0))  # USD of the measures that stand, by firm and measure
        self.exchanges: list[tuple[int, np.ndarray, np.ndarray]] = []  # year, rows in operation, quantity and CO2

    def keep(self, state: State, year: Year) -> None:
        """Add the year that ends."""
        if not self.capital.size:
            self.capital = np.zeros((state.firms.size, N_MEASURES))
        self.flows.append(state.books.flows.copy())
        self.net_flows.append(state.books.net_flows.copy())
        self.infrastructure.append(state.infrastructure.flows.copy())
        self.counts.append(state.books.counts.copy())
        running, table = state.exchanges.operating, state.exchanges.found
        self.exchanges.append((year.number, running, np.stack([table.quantity[running], table.co2_t[running]])))
        avoided, emission, intensity = np.zeros((2, N_MEASURES)), year.prices.emission, year.prices.intensity
        which = state.firms, year.rows, state.market.catalogue, state.surroundings
        attribute_capital(*which, year.number, self.capital)
        attribute_avoided(*which, emission, intensity, avoided)
        self.avoided_by_measure.append(avoided.sum(axis=0))
        early, at_renewal = avoided
        if state.market.constants.boiler_lifetime == 0.0:
            self.avoided.append(np.append(early, avoided_beyond_measures(state, year)))
        else:
            self.avoided.append(np.concatenate([early, at_renewal[BOILERS], avoided_beyond_measures(state, year)]))
