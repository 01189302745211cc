"""The year's books firm by firm: what `accounts` adds up by park, for each firm, after shared infrastructure and exchanges.

A park's books say what its tenants use together. What a system or an exchange spares goes to the firms that it serves, in
proportion to how much it serves them, so that the books of a park's firms add up to those of the park exactly; what an
operator's plants use is shared in the same way. For outcomes by sector and programme; the model itself never reads these.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.agents.regulator.allowances import ALLOWANCE_FLOWS, flows_of
from eipsim.exchanges import columns as col
from eipsim.exchanges.catalogue import CUBIC_METRES, FUEL, GIGAJOULES, HAZARDOUS, MATERIAL, TONNES, WASTE, WASTEWATER
from eipsim.exchanges.catalogue import WATER as WATER_DEMAND
from eipsim.exchanges.checks import displaced_units
from eipsim.exchanges.columns import OPERATING, OUTSIDE
from eipsim.exchanges.parks import LESS
from eipsim.infrastructure.columns import FLOW
from eipsim.market import books as ac
from eipsim.market import uses

if TYPE_CHECKING:
    from eipsim.model.state import State, Year

FUELS = [uses.COAL_DIESEL, uses.DEAR_FUEL, uses.BIOMASS]
FLOW_OF_STREAM = {WASTE: col.F_WASTE, HAZARDOUS: col.F_HAZARDOUS, WASTEWATER: col.F_WASTEWATER}
FLOW_OF_DEMAND = {WATER_DEMAND: col.F_WATER, MATERIAL: col.F_MATERIAL}
Piece = tuple[int, np.ndarray, np.ndarray]  # column of the accounts, amount by park, weight by firm


class FirmBooks:
    """The firms alive in a year: `rows` [n], `flows` float [n, FLOWS], `exchanged` float [n, EXCHANGE_FLOWS]."""

    def __init__(self, state: State, year: Year):
        self.rows = year.rows
        self.park = state.firms.park[self.rows]
        gross = gross_flows(state, year, self.rows)
        traded = weights_of_exchanges(state, year)[self.rows]
        self.exchanged = shared_out(state.exchanges.flows, np.zeros_like(traded), traded, self.park)
        net = gross.copy()
        for column, amount, weight in services(state, year, self.rows):
            net[:, column] += spread(amount, weight, self.park)
        for column, flow in LESS.items():
            net[:, column] -= self.exchanged[:, flow]
        net[:, ac.SAVING] += self.exchanged[:, col.F_DONOR] + self.exchanged[:, col.F_RECEIVER]
        accounts = state.allowances.accounts
        net[np.searchsorted(self.rows, accounts.firm)[:, None], list(ALLOWANCE_FLOWS)] += flows_of(accounts)
        self.flows = shared_out(state.books.net_flows, net, np.abs(gross), self.park)


def spread(amount: np.ndarray, weight: np.ndarray, park: np.ndarray) -> np.ndarray:
    """`amount` [p] among firms [n] by `weight` within their `park`; nothing where all weights of a park are zero."""
    total = np.bincount(park, weights=weight, minlength=amount.size)[park]
    return amount[park] * np.divide(weight, total, out=np.zeros_like(total), where=total > 0.0)


def shared_out(booked: np.ndarray, known: np.ndarray, weight: np.ndarray, park: np.ndarray) -> np.ndarray:
    """`known` [n, k], and what is missing to the books of parks [p, k] by `weight` [n, k], or equally where all are zero."""
    result, there = known.copy(), np.bincount(park, minlength=booked.shape[0]) > 0
    for k in range(booked.shape[1]):
        missing = np.where(there, booked[:, k] - np.bincount(park, weights=known[:, k], minlength=there.size), 0.0)
        if not missing.any():
            continue
        has_weight = np.bincount(park, weights=weight[:, k], minlength=there.size)[park] > 0.0
        result[:, k] += spread(missing, np.where(has_weight, weight[:, k], 1.0), park)
    return result


def minimum_fees(tonnes: np.ndarray, prices: ac.Prices) -> np.ndarray:
    """USD/yr that each firm [n] with hazardous waste [t/yr] pays up to the minimum fee; as `books.minimum_fees`."""
    short = np.maximum(prices.hazardous_minimum - prices.hazardous_fee * tonnes, 0.0)
    return np.where(tonnes > 0.0, short, 0.0)


def gross_flows(state: State, year: Year, rows: np.ndarray) -> np.ndarray:
    """What `accounts.book` adds to the flows of a park for each firm of `rows`: float [n, FLOWS]."""
    f, prices, now = state.firms, year.prices, state.surroundings
    park, row, flows = f.park[rows], f.price_row[rows], np.zeros((rows.size, len(ac.FLOWS)))
    zone = now.parks.zone[park]
    growth = prices.growth[row]
    level, output = prices.intensity * growth, f.revenue[rows] * growth
    used, without = f.use[rows] * level[:, None], f.stock_use[rows] * level[:, None]
    price, emission = prices.use[zone, row], prices.emission[row]
    emitted, emitted_without = (used * emission).sum(axis=1), (without * emission).sum(axis=1)
    carbon = np.where(f.covered[rows], prices.carbon[zone, row], 0.0)
    running, water = f.operating_cost[rows] * growth, prices.wastewater_ratio[row]
    battery = f.shifted[rows] * level * prices.peak_spread[zone, row]
    flows[:, ac.USED : ac.WITHOUT], flows[:, ac.WITHOUT : ac.AVOIDED] = used, without
    flows[:, ac.AVOIDED : ac.AVOIDED + uses.N_USES] = without - used
    flows[:, ac.SCOPE_2] = used[:, uses.ELECTRICITY] * emission[:, uses.ELECTRICITY]
    flows[:, ac.SCOPE_1], flows[:, ac.CO2_WITHOUT] = emitted - flows[:, ac.SCOPE_2], emitted_without
    flows[:, ac.WASTEWATER] = used[:, uses.WATER] * water
    flows[:, ac.WASTEWATER_WITHOUT] = without[:, uses.WATER] * water
    bills = ((without - used) * price).sum(axis=1)
    fees = minimum_fees(used[:, uses.HAZARDOUS], prices) - minimum_fees(without[:, uses.HAZARDOUS], prices)
    flows[:, ac.SAVING] = bills + carbon * (emitted_without - emitted) + battery - running - fees
    priced = emitted + output * prices.process_priced[row]
    flows[:, ac.RUNNING], flows[:, ac.CARBON_PAID] = running, carbon * priced
    flows[:, ac.CO2_PROCESS] = output * prices.process[row]
    flows[:, ac.CHARGES_PAID] = (used * prices.charge[zone, row]).sum(axis=1)
    operate(flows, used, (zone, row, f.covered[rows] + 2 * f.foreseen[rows]), carbon, prices)
    flows[:, ac.JOBS], flows[:, ac.REVENUE] = f.employees[rows], output
    return flows


def operate(flows: np.ndarray, used: np.ndarray, page: tuple, carbon: np.ndarray, prices: ac.Prices) -> None:
    """What `books.operate_page` does to the flows of a page for the `flows` [n, FLOWS] of each firm, of `page` (zone, price
    row, coverage), which would have `used` [n, k] and pays `carbon` [USD/t, n]."""
    energy = slice(0, uses.N_ENERGY)
    spared = used[:, energy] * (1.0 - prices.operation[page][:, energy])
    tonnes = spared * prices.emission[page[1]][:, energy]
    for first in (ac.USED, ac.WITHOUT):
        flows[:, first : first + uses.N_ENERGY] -= spared
    flows[:, ac.OPERATION_MWH], flows[:, ac.OPERATION_GJ] = spared[:, uses.ELECTRICITY], spared[:, FUELS].sum(axis=1)
    flows[:, ac.SCOPE_2] -= tonnes[:, uses.ELECTRICITY]
    flows[:, ac.SCOPE_1] -= tonnes[:, FUELS].sum(axis=1)
    flows[:, ac.OPERATION_CO2] = tonnes.sum(axis=1)
    flows[:, ac.CO2_WITHOUT] -= flows[:, ac.OPERATION_CO2]
    flows[:, ac.CARBON_PAID] -= carbon * flows[:, ac.OPERATION_CO2]
    lost = 0.5 * prices.dearer[page][:, energy] * spared
    flows[:, ac.OPERATION_COST] = np.maximum(lost, 0.0).sum(axis=1)


def services(state: State, year: Year, rows: np.ndarray) -> Iterator[Piece]:
    """What shared infrastructure changes in the accounts of parks, each with the services that firms get of it."""
    s, f, prices = state.infrastructure.services[rows], state.firms, year.prices
    of = {name: state.infrastructure.flows[:, position] for name, position in FLOW.items()}
    row, zone = f.price_row[rows], state.surroundings.parks.zone[f.park[rows]]
    emission, charge = prices.emission[row], prices.charge[zone, row]
    power, burnt = s.electricity * emission[:, uses.ELECTRICITY], (s.fuel * emission[:, FUELS]).sum(axis=1)
    grid = year.grid_factor
    saving = np.maximum(s.saving, 0.0)
    for column, factor in ((ac.USED + uses.ELECTRICITY, 1.0), (ac.SCOPE_2, grid)):
        yield column, -of["solar_mwh"] * factor, s.electricity
        yield column, of["electricity_added_mwh"] * factor, saving
    for k, name in enumerate(("coal_displaced_gj", "dear_fuel_displaced_gj", "biomass_displaced_gj")):
        yield ac.USED + FUELS[k], -of[name], s.fuel[:, k]
    yield ac.USED + uses.BIOMASS, of["biomass_added_gj"], s.fuel.sum(axis=1)
    yield ac.USED + uses.WATER, -of["water_displaced_m3"], s.water
    yield ac.USED + uses.WASTE, -of["waste_diverted_t"], s.waste
    yield ac.WASTEWATER, -of["wastewater_reused_m3"], s.wastewater
    yield ac.SCOPE_1, -of["co2_scope1_avoided_t"], burnt
    yield ac.SAVING, of["tenant_saving_usd"], saving
    yield ac.CARBON_PAID, -of["carbon_avoided_usd"], np.where(f.covered[rows], power + burnt, 0.0)
    charged = s.waste * charge[:, uses.WASTE] + s.wastewater * charge[:, uses.WATER]
    yield ac.CHARGES_PAID, -of["charges_avoided_usd"], charged


def anchors(found: np.recarray) -> np.ndarray:
    """The firm that each exchange is counted for: its donor, or the receiver of what a municipality gives."""
    return np.where(found.donor == OUTSIDE, found.receiver, found.donor)


def weights_of_exchanges(state: State, year: Year) -> np.ndarray:
    """How much of each flow of exchanges is each firm's: float [n_rows, EXCHANGE_FLOWS], none negative."""
    weights = np.zeros((state.firms.size, len(col.EXCHANGE_FLOWS)))
    e = state.exchanges.found
    e = e[e.state == OPERATING]
    if e.size == 0:
        return weights
    types, mix = state.exchanges.types.types, state.exchanges.scene.tenants.mix
    k, q = e.kind, e.quantity
    stream, demand, taken = types.stream[k], types.demand[k], q * displaced_units(e, types)

    def add(flow: int, firms: np.ndarray, amount: Any, chosen: Any = True) -> None:
        mine = (firms != OUTSIDE) & chosen
        np.add.at(weights[:, flow], firms[mine], np.broadcast_to(amount, e.size)[mine])

    for which, flow in FLOW_OF_STREAM.items():
        add(flow, e.donor, q * types.drawn[k], stream == which)
    for which, flow in FLOW_OF_DEMAND.items():
        add(flow, e.receiver, taken, demand == which)
    add(col.F_FUEL, e.receiver, taken, demand == FUEL)
    for fuel, flow in enumerate((col.F_COAL, col.F_DEAR, col.F_BIOMASS)):
        add(flow, e.receiver, taken * np.where(e.receiver == OUTSIDE, 0.0, mix[e.receiver, fuel]), demand == FUEL)
    for flow in (col.F_CO2_PARK, col.F_CARBON):
        add(flow, e.receiver, np.maximum(e.co2_t, 0.0), types.in_park[k].astype(np.bool_))
    running = np.maximum(q * e.unit_margin - state.market.constants.management_cost_usd, 0.0)
    add(col.F_DONOR, e.donor, running)
    add(col.F_RECEIVER, e.receiver, running)
    add(col.F_CHARGES, e.donor, q)
    begun = e.operating_year == year.number
    add(col.F_CAPEX, anchors(e), e.capex_usd + state.market.constants.transaction_cost_usd, begun)
    add(col.F_LICENCE, anchors(e), e.licence_usd, begun)
    for which, flow in ((TONNES, col.F_TONNES), (CUBIC_METRES, col.F_CUBIC_METRES), (GIGAJOULES, col.F_HEAT)):
        add(flow, anchors(e), q, types.measure[k] == which)
    add(col.F_TKM, anchors(e), q * e.distance_km, ~types.piped[k])
    add(col.F_CO2_OUTSIDE, anchors(e), q)
    return weights
