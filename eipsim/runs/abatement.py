"""What avoided CO2 in the last year of a run, and what that cost: measures, exchanges and shared systems as really adopted.

Steps in a fixed order (measures of every firm by the catalogue, then shared systems of every park by theirs, then exchanges),
so that tonnes and savings sum to those of the accounts whatever the steps have to do with each other. Capital is what was
really paid for what still stands, as an annuity over its life at the social discount rate. ACCEPTANCE C6. What each mainly saves
stands beside it: where that is material or steam, its money has little to do with its tonnes (`figures.abatements`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eipsim.agents.firm import stock
from eipsim.core.compiled import allocating
from eipsim.exchanges import columns as col
from eipsim.exchanges.catalogue import CENTRAL, DEMANDS, NO_DEMAND, ExchangeTypes
from eipsim.exchanges.columns import OPERATING, OUTSIDE
from eipsim.infrastructure import columns as shared
from eipsim.infrastructure import operation
from eipsim.infrastructure.items import N_ITEMS, SYSTEM_STREAMS, item_labels, item_names
from eipsim.infrastructure.year import serve_all
from eipsim.market.books import minimum_fees
from eipsim.market.catalogue import N_MEASURES, STREAMS, measure_labels, measure_names
from eipsim.market.uses import HAZARDOUS, N_USES
from eipsim.rules.investment import annuity

if TYPE_CHECKING:
    from eipsim.model.state import State, Year

# What a step mainly saves, in the words of the table, where these are not those of its stream.
SAVED = {"fossil": "fuel", "dear_fuel": "fuel", "solid_waste": "waste", "chemicals": "material", "energy_all": "energy",
         "firm": "services"}  # fmt: skip
STEAM_UNIT = "t steam"
# Columns of a step: tCO2/yr, USD/yr saved, USD/yr of carbon price spared, part of the saving.
CO2, SAVING, CARBON = range(3)
UNITS = {
    "co2_t": "tCO2/yr", "capital_usd": "USD", "annuity_usd": "USD/yr", "saving_usd": "USD/yr",
    "firm_saving_usd": "USD/yr", "carbon_saving_usd": "USD/yr", "cost_usd": "USD/yr",
}  # fmt: skip


def abatement_table(state: State, year: Year, capital: np.ndarray) -> pd.DataFrame:
    """A row per measure, type of shared system and type of exchange: what it does in the year, and what it costs.

    `capital` [n_rows, m]: USD of the measures that stand, as `outcomes.attribution.Detail` keeps it.

    co2_t : tCO2/yr avoided; sums to the outcomes co2_avoided_t + co2_avoided_outside_t
    capital_usd, annuity_usd : capital of what stands, hidden and connection costs included, and its annuity
    saves : what it mainly saves: electricity, fuel, energy, steam, water, wastewater, waste, material, services, transport
    saving_usd : less running costs, of all partners; firm_saving_usd: of tenants, sums to the outcome firm_saving_usd
    carbon_saving_usd : carbon price that tenants need not pay, part of saving_usd
    cost_usd : annuity less saving, the carbon price left out, since it is a transfer
    """
    parts = [of_measures(state, year, capital), of_systems(state, year), of_exchanges(state)]
    table = pd.concat(parts, ignore_index=True)
    table["cost_usd"] = table["annuity_usd"] - table["saving_usd"] + table["carbon_saving_usd"]
    table.attrs["units"] = dict(UNITS)
    table.attrs["year"] = int(year.number)
    return table


def discount_rate(state: State) -> float:
    return float(state.market.constants.social_discount_rate)


def rows(what: dict[str, Any], steps: np.ndarray, capital: np.ndarray, years: np.ndarray, rate: float) -> pd.DataFrame:
    """One part of the table: `what` it is (kind, name, label, saves), `steps` [n, (CO2, SAVING, CARBON)], `capital` USD [n],
    `years` of life [n]; `rate` [1/yr]."""
    worth = np.array([annuity(rate, float(life)) for life in years])
    return pd.DataFrame(
        {
            **what, "co2_t": steps[:, CO2], "capital_usd": capital,
            "annuity_usd": capital / worth, "saving_usd": steps[:, SAVING], "firm_saving_usd": steps[:, SAVING],
            "carbon_saving_usd": steps[:, CARBON],
        }
    )  # fmt: skip


# ---- measures of firms -------------------------------------------------------------------------------------------------


def of_measures(state: State, year: Year, capital: np.ndarray) -> pd.DataFrame:
    steps, catalogue = np.zeros((N_MEASURES, 3)), state.market.catalogue
    attribute_worth(state.firms, year.rows, catalogue, state.surroundings, year.prices, steps)
    spent, streams = capital[year.rows].sum(axis=0, dtype=np.float64), [STREAMS[stream] for stream in catalogue.stream]
    what = {
        "kind": "measure", "name": measure_names(), "label": measure_labels(state.world.tables), "saves": saved(streams),
    }  # fmt: skip
    return rows(what, steps, spent, catalogue.lifetime, discount_rate(state))


def saved(streams: list[str]) -> list[str]:
    """What is saved where these streams are saved.

    >>> saved(["chemicals", "steam"])
    ['material', 'steam']
    """
    return [SAVED.get(stream, stream) for stream in streams]


@allocating
def attribute_worth(firms, rows, measures, surroundings, prices, steps):
    """Add to `steps` [m, (CO2, SAVING, CARBON)] what each adopted measure does this year; as `attribution.attribute_avoided`."""
    before, after, running = np.empty(N_USES), np.empty(N_USES), np.zeros(N_MEASURES)
    for i in rows:
        adopted = firms.adopted_bits[i]
        if adopted == 0:
            continue
        r, z = firms.price_row[i], surroundings.parks.zone[firms.park[i]]
        carbon = prices.carbon[z, r] if firms.covered[i] else 0.0
        growth = prices.growth[r]
        level = prices.intensity * growth
        stock.lay_out_streams(firms.use[i], surroundings.workspace[0])
        for m in range(N_MEASURES):
            running[m] = stock.running_cost_of(firms[i], m, surroundings) if (adopted >> m) & 1 else 0.0
        before[:] = firms.stock_use[i]
        bits = firms.installed_bits[i] & ~adopted
        for m in range(N_MEASURES):
            if (adopted >> m) & 1:
                bits |= np.int64(1) << m
                stock.use_resources(firms[i], measures, surroundings, bits, after)
                emitted, bill = 0.0, 0.0
                fees = minimum_fees(after[HAZARDOUS], before[HAZARDOUS], r, prices)
                for k in range(N_USES):
                    emitted += (before[k] - after[k]) * prices.emission[r, k]
                    bill += (before[k] - after[k]) * prices.use[z, r, k]
                    before[k] = after[k]
                shifted = firms.shifted[i] * prices.peak_spread[z, r] if m == stock.BATTERY else 0.0
                steps[m, 0] += emitted * level
                steps[m, 1] += (bill + shifted + carbon * emitted) * level - running[m] * growth - fees
                steps[m, 2] += carbon * emitted * level


# ---- shared systems ----------------------------------------------------------------------------------------------------


def of_systems(state: State, year: Year) -> pd.DataFrame:
    """The year's services once more with the systems one after the other; what each adds is its step."""
    items, systems = state.infrastructure.items_now, state.infrastructure.systems
    served = [served_by(state, year, k) for k in range(N_ITEMS + 1)]
    added = np.diff(np.stack(served), axis=0)  # [items, flows]
    steps, power = np.empty((N_ITEMS, 3)), added[:, shared.SOLAR_MWH] - added[:, shared.POWER_ADDED]
    steps[:, CO2] = added[:, shared.SCOPE_1_AVOIDED] + year.grid_factor * power
    operator = added[:, shared.TARIFFS] + added[:, shared.OTHER_INCOME] - added[:, shared.RUNNING]
    steps[:, SAVING] = added[:, shared.TENANT_SAVING] + operator
    steps[:, CARBON] = added[:, shared.CARBON_AVOIDED]
    by_item = [
        (column * ~systems.required).reshape(-1, N_ITEMS).sum(axis=0)
        for column in (systems.standing, systems.connected)
    ]
    capital = by_item[0] + by_item[1] * items.connection_cost
    what = {
        "kind": "system", "name": item_names(), "label": item_labels(),
        "saves": saved([SYSTEM_STREAMS[stream] for stream in items.stream]),
    }  # fmt: skip
    table = rows(what, steps, capital, items.lifetime, discount_rate(state))
    table["firm_saving_usd"] = added[:, shared.TENANT_SAVING]
    return table


def served_by(state: State, year: Year, k: int) -> np.ndarray:
    """The nation's flows [flow] of shared systems in the year if only the first `k` items of parks were there."""
    works, flows = operation.works_of(state, year), np.zeros_like(state.infrastructure.flows)
    changed = ("systems", "services", "terms", "customers", "sums", "operators")
    copies = {name: getattr(works, name).copy() for name in changed}
    works = works._replace(accounts=shared.accounts_of(flows), **copies)
    if k == 0:
        return flows.sum(axis=0)
    systems = works.systems
    absent = systems.kind >= k
    for column in ("built_year", "connected", "used", "ordered"):
        systems[column][absent & ~systems.required] = 0
    systems.demand[:] = np.inf  # full: whoever is not connected by now is not this year
    serve_all(works, operation.tenancy_of(state, year))
    return flows.sum(axis=0)


# ---- exchanges ---------------------------------------------------------------------------------------------------------


def of_exchanges(state: State) -> pd.DataFrame:
    """By type of exchange; what external partners save counts in saving_usd, not in firm_saving_usd."""
    e, types, c = state.exchanges.found, state.exchanges.types, state.market.constants
    e = e[e.state == OPERATING]
    running = e.quantity * e.unit_margin - c.management_cost_usd
    tenants = c.bargaining_share * (e.donor != OUTSIDE) + (1.0 - c.bargaining_share) * (e.receiver != OUTSIDE)
    paid = e.capex_usd + e.licence_usd + c.transaction_cost_usd

    def by_type(amount: np.ndarray) -> np.ndarray:
        return np.bincount(e.kind, weights=amount, minlength=len(types.ids))

    steps = np.stack([by_type(e.co2_t), by_type(running), by_type(carbon_spared(state, e))], axis=1)
    years = np.full(len(types.ids), float(c.exchange_lifetime))
    what = {"kind": "exchange", "name": types.ids, "label": types.names, "saves": saved_by_exchanges(types)}
    table = rows(what, steps, by_type(paid), years, discount_rate(state))
    table["firm_saving_usd"] = by_type(running * tenants)
    there = np.bincount(e.kind, minlength=len(types.ids)) > 0
    return table[there]


def saved_by_exchanges(types: ExchangeTypes) -> list[str]:
    """What each type mainly saves: steam, or what its receiver no longer buys; where that is a partner outside, the larger of
    what it is worth as material and of the disposal avoided."""
    t = types.types
    outside = np.where(t.receiver_value[:, CENTRAL] > t.donor_value[:, CENTRAL], "material", "waste")
    demand = [str(outside[k]) if number == NO_DEMAND else DEMANDS[number] for k, number in enumerate(t.demand)]
    return ["steam" if unit.startswith(STEAM_UNIT) else word for unit, word in zip(types.units, demand)]


def carbon_spared(state: State, found: np.recarray) -> np.ndarray:
    """Carbon price that the receivers of exchanges `found` [n] need not pay, of the sum of their park in proportion to CO2."""
    types, firms = state.exchanges.types.types, state.firms
    pays = (found.receiver != OUTSIDE) & types.in_park[found.kind].astype(bool) & firms.covered[found.receiver]
    weight = np.where(pays, np.maximum(found.co2_t, 0.0), 0.0)
    total = np.bincount(found.receiver_park, weights=weight, minlength=state.world.n_parks)[found.receiver_park]
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0.0)
    return share * state.exchanges.flows[:, col.F_CARBON][found.receiver_park]
