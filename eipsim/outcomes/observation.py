"""One row of outcomes from the year's accounts; and, when asked for, flows by park and avoided CO2 by measure."""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm.stock import CHANGES_BOILER, STREAM_OF_MEASURE, TINY, USE_OF_MEASURE, use_resources
from eipsim.agents.operator.year import APPLIED, CERTIFIED
from eipsim.agents.regulator.year import MONEY_OUT
from eipsim.agents.surroundings import ASSISTED, AUDITS, IDENTIFIED, IMPLEMENTED_OPTIONS
from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import allocating
from eipsim.exchanges.tables import outcomes_of_exchanges
from eipsim.infrastructure import operation as infrastructure
from eipsim.infrastructure.year import CONNECTIONS, POWER_ADDED, SCOPE_1_AVOIDED, SOLAR_MWH
from eipsim.market import books as ac
from eipsim.market.catalogue import FUEL, N_MEASURES
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, N_USES, USES
from eipsim.outcomes.registry import OUTCOMES

CENTS = 100.0


def observe(model) -> np.ndarray:
    """Outcomes of the year [n_outcomes], in the order of `OUTCOMES`."""
    counts, total = model.state.books.counts.sum(axis=0), model.state.books.net_flows.sum(axis=0)
    values = parks_of(model) | practice_of(model, counts) | resources_of(total) | money_of(model, counts, total)
    values |= outcomes_of_exchanges(model)
    return np.array([values[name] for name in OUTCOMES], dtype=float)


def parks_of(model) -> dict[str, float]:
    o, year = model.state.operators, model.year
    operating = o.operating_year <= year
    return {
        "parks_established": float(np.count_nonzero(o.established_year <= year)),
        "parks_operating": float(np.count_nonzero(operating)),
        "parks_converted": float(np.count_nonzero(o.converted_year > 0)),
        "parks_applied": float(np.count_nonzero(o.certificate == APPLIED)),
        "parks_certified": float(np.count_nonzero(o.certificate == CERTIFIED)),
        "parks_founded_eco": float(np.count_nonzero(o.born_eco)),
        "parks_lapsed": float(np.count_nonzero(o.lapsed_year > 0)),
        "park_score_mean": o.score[operating].mean() if operating.any() else 0.0,
    }


def practice_of(model, counts: np.ndarray) -> dict[str, float]:
    """From the nation's counts [n_counts]."""
    tally = model.state.surroundings.tally
    firms = max(int(counts[ac.FIRMS]), 1)
    return {
        "firms": counts[ac.FIRMS],
        "firms_aware_share": counts[ac.AWARE] / firms,
        "recp_firm_share": counts[ac.RECP_MEASURED] / firms,
        "recp_firm_share_unmeasured": counts[ac.RECP] / firms,
        "recp_measures_installed": counts[ac.ADOPTED_MEASURES],
        "options_identified": tally[IDENTIFIED],
        "options_implemented": tally[IMPLEMENTED_OPTIONS],
        "audits_done": tally[AUDITS],
        "firms_assisted": tally[ASSISTED],
        "inspections_done": model.state.regulators.inspections_done.sum(),
    }


def resources_of(total: np.ndarray) -> dict[str, float]:
    """Resource and emission outcomes from summed flows [n_flows] (of the nation, a province or a park) or [n_flows, n]."""
    used = dict(zip(USES, total[ac.USED : ac.WITHOUT]))
    avoided = dict(zip(USES, total[ac.AVOIDED : ac.AVOIDED + ac.N_USES]))
    fuels = ("coal_diesel", "dear_fuel", "biomass")
    scope_1, scope_2, revenue = total[ac.SCOPE_1], total[ac.SCOPE_2], total[ac.REVENUE]
    return {
        "electricity_mwh": used["electricity"],
        "fuel_gj": sum(used[fuel] for fuel in fuels),
        "water_m3": used["water"],
        "wastewater_m3": total[ac.WASTEWATER],
        "waste_t": used["waste"],
        "hazardous_waste_t": used["hazardous"],
        "co2_t": scope_1 + scope_2,
        "electricity_saved_mwh": avoided["electricity"],
        "fuel_saved_gj": sum(avoided[fuel] for fuel in fuels),
        "water_saved_m3": avoided["water"],
        "waste_avoided_t": avoided["waste"] + avoided["hazardous"],
        "co2_avoided_t": total[ac.CO2_WITHOUT] - scope_1 - scope_2,
        "firm_saving_usd": total[ac.SAVING],
        "jobs": total[ac.JOBS],
        "revenue_usd": revenue,
        "co2_intensity_t_per_musd": (scope_1 + scope_2) / np.where(revenue > 0.0, revenue, np.inf) * 1e6,
        "co2_scope1_t": scope_1,
        "co2_scope2_t": scope_2,
        "material_saved_usd": avoided["material"] + avoided["chemicals"],
    }


def money_of(model, counts: np.ndarray, total: np.ndarray) -> dict[str, float]:
    """From the nation's counts [n_counts] and flows [n_flows]."""
    regulators = model.state.regulators
    spending = int(sum(regulators[line] for line in MONEY_OUT).sum())
    return {
        "firm_investment_usd": counts[ac.INVESTED] / CENTS + model.state.infrastructure.flows[:, CONNECTIONS].sum(),
        "subsidy_paid_usd": counts[ac.SUBSIDY] / CENTS,
        "public_spending_usd": spending / CENTS,
        "public_revenue_usd": regulators.fines.sum() / CENTS + total[ac.CARBON_PAID] + total[ac.CHARGES_PAID],
        "operator_spending_usd": model.state.operators.spending.sum() / CENTS,
        "operator_revenue_usd": model.state.operators.revenue.sum() / CENTS,
        "shared_infrastructure": float(np.count_nonzero(infrastructure.operating(model))),
    }


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
