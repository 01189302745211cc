"""What must hold of exchanges in every year: nothing exchanged twice, beyond what is there, across the law, by the absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.errors import ConservationError
from eipsim.exchanges import columns as col
from eipsim.exchanges.catalogue import EXCHANGE_STREAMS, HAZARDOUS, MATERIAL, WASTE, WASTEWATER
from eipsim.exchanges.columns import OUTSIDE
from eipsim.exchanges.scene import Scene
from eipsim.exchanges.symbiosis import Symbiosis
from eipsim.market import books as accounts
from eipsim.market import uses
from eipsim.market.books import Prices
from eipsim.world import World

if TYPE_CHECKING:
    from eipsim.model.state import Year

TOLERANCE = accounts.TOLERANCE
# Stream of exchanges -> (flow of exchanges, what the park has of it this year).
GIVEN = {
    "ordinary waste": (col.F_WASTE, accounts.USED + uses.WASTE),
    "hazardous waste": (col.F_HAZARDOUS, accounts.USED + uses.HAZARDOUS),
    "wastewater": (col.F_WASTEWATER, accounts.WASTEWATER),
    "water": (col.F_WATER, accounts.USED + uses.WATER),
    "materials": (col.F_MATERIAL, accounts.USED + uses.MATERIAL),
    "CO2 of fuel": (col.F_CO2_PARK, accounts.SCOPE_1),
    "fuel": (col.F_FUEL, accounts.USED + uses.COAL_DIESEL),  # and the other fuels
}
FLOW_OF_STREAM = {WASTE: col.F_WASTE, HAZARDOUS: col.F_HAZARDOUS, WASTEWATER: col.F_WASTEWATER}


def check_exchanges(exchanges: Symbiosis, world: World, year: Year, served: np.ndarray) -> None:
    """Raise ConservationError unless the exchanges of the year are possible, park by park and firm by firm (relative 1e-9).

    `served`: the flows [p, flow] of parks after shared infrastructure, on which exchanges draw.
    """
    if exchanges.n == 0:
        return
    check_parks(exchanges.flows, served, year.number)
    e = rows_of(exchanges.table, exchanges.operating)
    if e.size == 0:
        return
    check_rows(e, exchanges.scene.tenants, year.number)
    check_sums(e, exchanges.types.types, exchanges.flows, year.number)
    check_firms(e, exchanges, world, year)


def rows_of(table: np.recarray, rows: np.ndarray) -> np.recarray:
    """`table[rows]`, but far faster, because it does not copy field by field."""
    taken: Any = table.take(rows)
    return taken


def check_parks(exchanged: np.ndarray, flows: np.ndarray, year: int) -> None:
    """Nothing exchanged is more than a park has: generated = avoided at source + exchanged + treated or disposed, all >= 0."""
    own, of_park = np.array(list(GIVEN.values())).T
    given, there = exchanged[:, own], flows[:, of_park]
    there[:, -1] += flows[:, accounts.USED + uses.DEAR_FUEL] + flows[:, accounts.USED + uses.BIOMASS]
    wrong = (there - given < -TOLERANCE * (1.0 + np.abs(there))) | (given < 0.0)
    if wrong.any():
        park, k = np.argwhere(wrong)[0]
        told = f"{list(GIVEN)[k]} in park row {park}: {given[park, k]:.6g} of {there[park, k]:.6g}"
        raise ConservationError(f"{year}: exchanges of {told}")


def check_rows(found: np.recarray, firms: np.recarray, year: int) -> None:
    """Exchanges in operation are licensed, not negative, and between partners who are there."""
    tenants = np.concatenate([found.donor, found.receiver])
    tenants = tenants[tenants != OUTSIDE]
    if ((firms.exit_year[tenants] <= year) | (firms.entry_year[tenants] > year)).any():
        raise ConservationError(f"{year}: an exchange goes on after a partner has left")
    if (found.quantity < 0.0).any():
        raise ConservationError(f"{year}: an exchange is negative")
    if ((found.licensed_year == 0) | (found.licensed_year > year)).any():
        raise ConservationError(f"{year}: an exchange operates without what the law asks for")


def check_sums(found: np.recarray, types: np.recarray, flows: np.ndarray, year: int) -> None:
    """What the rows say is given sums, park by park, to what the accounts say."""
    n, given = flows.shape[0], np.where(found.donor != OUTSIDE, found.quantity * types.drawn[found.kind], 0.0)
    place = types.stream[found.kind].astype(np.int64) * n + found.donor_park
    by_place = np.bincount(place, weights=given, minlength=n * len(EXCHANGE_STREAMS))
    by_park = by_place.reshape(-1, n)[list(FLOW_OF_STREAM)]
    gap = np.abs(by_park - flows.T[list(FLOW_OF_STREAM.values())]) > TOLERANCE * (1.0 + by_park)
    if gap.any():
        flow = list(FLOW_OF_STREAM.values())[int(gap.any(axis=1).argmax())]
        raise ConservationError(f"{year}: {col.EXCHANGE_FLOWS[flow]} is not the sum of its exchanges")


def check_firms(found: np.recarray, exchanges: Symbiosis, world: World, year: Year) -> None:
    """No firm gives more than it has after its own savings, or is given more than it uses, over all its exchanges."""
    types, rows = exchanges.types.types, np.sort(np.concatenate([found.donor, found.receiver]))
    rows = rows[np.append(rows[1:] != rows[:-1], True) & (rows != OUTSIDE)]  # each firm once
    has, takes = has_and_takes(exchanges.scene, rows, year.prices)
    given, taken = found.quantity * types.drawn[found.kind], found.quantity * displaced_units(found, types)
    for verb, firms, which, moved, there in (
        ("gives", found.donor, types.stream[found.kind], given, has),
        ("takes", found.receiver, types.demand[found.kind], taken, takes),
    ):
        total, limit = moved_of_firms(rows, firms, which, moved, len(there)), np.concatenate(there)
        excess = total - limit * (1.0 + TOLERANCE)
        if excess.max(initial=0.0) > TOLERANCE:
            worst = int(np.argmax(excess))
            told = f"{world.firm_id(int(rows[worst % rows.size]))} {verb} {total[worst]:.6g} of {limit[worst]:.6g}"
            raise ConservationError(f"{year.number}: {told} in exchanges")


def has_and_takes(scene: Scene, rows: np.ndarray, prices: Prices) -> tuple[tuple[np.ndarray, ...], ...]:
    """What the firms `rows` have of each stream to give, and use of each demand, after shared infrastructure."""
    use, services = scene.firms.use[rows] * prices.intensity, rows_of(scene.services, rows)
    fuel = use[:, uses.COAL_DIESEL] + use[:, uses.DEAR_FUEL] + use[:, uses.BIOMASS]
    wastewater = use[:, uses.WATER] * prices.wastewater_ratio[scene.tenants.sector[rows]]
    has = (
        fuel * scene.constants.recoverable_heat_share, use[:, uses.WASTE] - services.waste, use[:, uses.HAZARDOUS],
        wastewater - services.wastewater,
    )  # fmt: skip
    takes = (fuel - services.fuel.sum(axis=1), use[:, uses.WATER] - services.water, use[:, uses.MATERIAL])
    return has, takes


def moved_of_firms(rows: np.ndarray, firms: np.ndarray, which: np.ndarray, moved: np.ndarray, n: int) -> np.ndarray:
    """What exchanges between `firms` have `moved` of the first `n` streams, stream by stream and firm by firm of `rows`."""
    mine = (firms != OUTSIDE) & (which < n)
    place = which[mine].astype(np.int64) * rows.size + np.searchsorted(rows, firms[mine])
    return np.bincount(place, weights=moved[mine], minlength=n * rows.size)


def displaced_units(found: np.recarray, types: np.recarray) -> np.ndarray:
    """What a unit displaces, as `worth.displaced_unit` has it."""
    arrives = np.maximum(0.0, 1.0 - types.loss_per_km[found.kind] * found.distance_km)
    value = np.where(types.demand[found.kind] == MATERIAL, np.maximum(found.receiver_value, 0.0), arrives)
    return types.displaced[found.kind] * value
