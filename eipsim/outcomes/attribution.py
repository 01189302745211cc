"""What avoids CO2, measure by measure, and what it cost: kept year by year in runs with detail."""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm.stock import CHANGES_BOILER, STREAM_OF_MEASURE, TINY, USE_OF_MEASURE, use_resources
from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import allocating
from eipsim.infrastructure.year import POWER_ADDED, SCOPE_1_AVOIDED, SOLAR_MWH
from eipsim.market import books as ac
from eipsim.market.catalogue import FUEL, N_MEASURES
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, N_USES


@allocating
def attribute_avoided(firms, rows, measures, now, emission, intensity, avoided):
    """Add to `avoided` [m] the CO2 [t] each adopted measure avoids this year.

    Steps in catalogue order from the firm's use with its initial stock to its use with all measures, so that they sum to the
    total exactly, whatever the measures have to do with each other.
    """
    use = np.empty(emission.shape[1])
    for i in rows:
        s = firms.sector[i]
        before = 0.0
        for k in range(use.size):
            before += firms.stock_use[i, k] * emission[s, k]
        bits = firms.installed_bits[i] & ~firms.adopted_bits[i]
        for m in range(N_MEASURES):
            if (firms.adopted_bits[i] >> m) & 1:
                bits |= np.int64(1) << m
                use_resources(firms, i, measures, now, bits, use)
                after = 0.0
                for k in range(use.size):
                    after += use[k] * emission[s, k]
                avoided[m] += (before - after) * intensity
                before = after


@allocating
def attribute_capital(firms, rows, measures, now, year, capital):
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
                use_resources(firms, i, measures, now, bits, use)
                level = firms.gross_level[i, STREAM_OF_MEASURE[m]] + now.desk.log_remaining[0, USE_OF_MEASURE[m]]
                if measures.stream[m] == FUEL and bits & CHANGES_BOILER:
                    burnt = use[COAL_DIESEL] + use[DEAR_FUEL] + use[BIOMASS]
                    level = log(max(burnt, TINY)) - firms.log_size[i]
                unit_cost = now.sectors.log_unit_cost[firms.sector[i], m]
                capital[i, m] = exp(level + unit_cost + firms.cost_factor[i, m] + firms.log_size[i])


BEYOND_MEASURES = ("shared-infrastructure", "exchanges")


def avoided_beyond_measures(model) -> tuple[float, float]:
    """tCO2 of the year that shared infrastructure and exchanges avoid inside parks."""
    served, grid = (
        model.state.infrastructure.flows.sum(axis=0),
        model.state.market.drivers.grid_factor[model.year - model.world.first_year],
    )
    of_power = (served[SOLAR_MWH] - served[POWER_ADDED]) * grid
    by_infrastructure = served[SCOPE_1_AVOIDED] + of_power
    emitted = [
        flows[:, [ac.SCOPE_1, ac.SCOPE_2]].sum() for flows in (model.state.books.flows, model.state.books.net_flows)
    ]
    return by_infrastructure, emitted[0] - emitted[1] - by_infrastructure


class Detail:
    """What a run keeps beyond its outcomes: flows and counts by park, avoided CO2 by measure, a row a year."""

    def __init__(self):
        self.flows: list[np.ndarray] = []
        self.net_flows: list[np.ndarray] = []  # after shared infrastructure and exchanges
        self.infrastructure: list[np.ndarray] = []
        self.counts: list[np.ndarray] = []
        self.avoided_by_measure: list[np.ndarray] = []
        self.avoided: list[np.ndarray] = []  # the same, then by BEYOND_MEASURES
        self.capital = np.zeros((0, 0))  # USD of the measures that stand, by firm and measure
        self.exchanges: list[tuple[int, np.ndarray, np.ndarray]] = []  # year, rows in operation, quantity and CO2

    def keep(self, model) -> None:
        if not self.capital.size:
            self.capital = np.zeros((model.state.firms.size, N_MEASURES))
        self.flows.append(model.state.books.flows.copy())
        self.net_flows.append(model.state.books.net_flows.copy())
        self.infrastructure.append(model.state.infrastructure.flows.copy())
        self.counts.append(model.state.books.counts.copy())
        running, table = model.state.exchanges.operating, model.state.exchanges.found
        moved = np.stack([table.quantity[running], table.co2_t[running]])
        self.exchanges.append((model.year, running, moved))
        attribute_capital(
            model.state.firms,
            model.rows_alive(),
            model.state.market.catalogue,
            model.state.surroundings,
            model.year,
            self.capital,
        )
        avoided = np.zeros(model.state.market.catalogue.stream.size)
        prices = model.this_year.prices
        attribute_avoided(
            model.state.firms,
            model.rows_alive(),
            model.state.market.catalogue,
            model.state.surroundings,
            prices.emission,
            prices.intensity,
            avoided,
        )
        self.avoided_by_measure.append(avoided)
        self.avoided.append(np.append(avoided, avoided_beyond_measures(model)))
