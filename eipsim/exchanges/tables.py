"""What exchanges look like from outside: the flows of parks net of them, links for certificates, a table to read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eipsim.agents.firm.stock import ENERGY_MANAGEMENT
from eipsim.core.years import NEVER
from eipsim.exchanges import columns as col
from eipsim.exchanges.catalogue import ExchangeTypes
from eipsim.exchanges.columns import END_REASONS, EXCHANGE_STATES, FEASIBLE, NEGOTIATING, OPERATING, OUTSIDE
from eipsim.exchanges.symbiosis import Symbiosis
from eipsim.infrastructure.tables import links_of_infrastructure
from eipsim.market import books as ac
from eipsim.market import uses
from eipsim.world import World

if TYPE_CHECKING:
    from eipsim.model.state import State, Year

USED = ac.USED
# What is really disposed of, bought, burnt, emitted, paid, is less by: column of the accounts -> flow of exchanges.
LESS = {
    USED + uses.WASTE: col.F_WASTE, USED + uses.HAZARDOUS: col.F_HAZARDOUS, USED + uses.WATER: col.F_WATER,
    USED + uses.MATERIAL: col.F_MATERIAL,
    USED + uses.COAL_DIESEL: col.F_COAL, USED + uses.DEAR_FUEL: col.F_DEAR, USED + uses.BIOMASS: col.F_BIOMASS,
    ac.WASTEWATER: col.F_WASTEWATER, ac.SCOPE_1: col.F_CO2_PARK, ac.CARBON_PAID: col.F_CARBON,
    ac.CHARGES_PAID: col.F_CHARGES,
}  # fmt: skip


def net_of_exchanges(flows: np.ndarray, exchanged: np.ndarray) -> np.ndarray:
    """The flows of parks [p, flow] less what exchanges [p, EXCHANGE_FLOWS] spare them; tenants' savings are added.

    Never below zero: what `check_exchanges` tolerates as rounding is cut off.
    """
    net, columns = flows.copy(), list(LESS)
    before = flows[:, columns]
    net[:, columns] = np.maximum(before - exchanged[:, list(LESS.values())], np.minimum(before, 0.0))
    net[:, ac.SAVING] += exchanged[:, col.F_DONOR] + exchanged[:, col.F_RECEIVER]
    return net


# ---- certificates ------------------------------------------------------------------------------------------------------


def links_of_parks(exchanges: Symbiosis, firms: np.recarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What certificates ask of exchanges: links in operation [p]; those whose tenants all have suitable ISO systems [p]; rows of
    the firms that take part or are on the way to it; last violation of the participants of the cleanest of these [p].

    An exchange between two parks is a link of both. Violation: 0 = none, 9999 = there is no such link.
    """
    e, n = exchanges.found, exchanges.scene.sites.size
    links, certified = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    cleanest = np.full(n, NEVER, dtype=np.int64)
    running = np.flatnonzero(e.state == OPERATING)
    donor, receiver = e.donor[running], e.receiver[running]
    both = has_iso(firms, donor) & has_iso(firms, receiver)
    last = np.maximum(violation_of(firms, donor), violation_of(firms, receiver))
    for park in parks_of(e, running):
        there = park >= 0
        links += np.bincount(park[there], minlength=n)
        certified += np.bincount(park[there & both], minlength=n)
        np.minimum.at(cleanest, park[there & both], last[there & both])
    planned = np.flatnonzero((e.state == OPERATING) | (e.state == NEGOTIATING) | (e.state == FEASIBLE))
    return links, certified, tenants_of(e, planned), cleanest


def symbiosis_of_parks(state: State, year: Year) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Exchanges and shared infrastructure together, by park [p]: links, links with suitable ISO systems, firms that take part or
    plan to, last violation of the participants of the cleanest link (0 = none)."""
    shared = links_of_infrastructure(state.infrastructure, year.number)
    links, certified, members, cleanest = links_of_parks(state.exchanges, state.firms)
    cleanest = np.minimum(cleanest, shared.cleanest)
    connected = np.where(np.diff(year.first) > 0, state.infrastructure.terms.users, 0)
    others = np.unique(members[state.infrastructure.services.connected[members] == 0])
    users = connected + np.bincount(state.world.firms.park[others], minlength=connected.size)
    return links + shared.links, certified + shared.certified, users, np.where(cleanest < NEVER, cleanest, 0)


def parks_of(found: np.recarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Park of the donor of exchanges `rows` and, where it is another one, of the receiver; -1 where there is none."""
    here, there = found.donor_park[rows], found.receiver_park[rows]
    return here, np.where(there != here, there, OUTSIDE)


def tenants_of(found: np.recarray, rows: np.ndarray) -> np.ndarray:
    """Rows of the firms of exchanges `rows`, as often as they occur."""
    firms = np.concatenate([found.donor[rows], found.receiver[rows]])
    return firms[firms != OUTSIDE]


def violation_of(firms: np.recarray, rows: np.ndarray) -> np.ndarray:
    """Last year in which a partner was found in violation; 0 for none, and for those who are no tenants."""
    return np.where(rows == OUTSIDE, 0, firms.violation_year[rows])


def has_iso(firms: np.recarray, rows: np.ndarray) -> np.ndarray:
    """Whether firms have an energy management system in use; partners who are no tenants are not asked."""
    return (rows == OUTSIDE) | ((firms.installed_bits[rows] >> ENERGY_MANAGEMENT) & 1 == 1)


# ---- a table to read ---------------------------------------------------------------------------------------------------

YEARS_OF = (
    "identified_year", "feasible_year", "negotiating_year", "agreed_year", "refused_year", "licensed_year", "operating_year",
    "ended_year",
)  # fmt: skip
NUMBERS_OF = (
    "quantity", "potential", "distance_km", "donor_benefit", "receiver_benefit", "capex_usd", "licence_usd", "co2_t",
)  # fmt: skip
UNITS = {
    "distance_km": "km", "donor_benefit": "USD/yr", "receiver_benefit": "USD/yr", "capex_usd": "USD", "licence_usd": "USD",
    "co2_t": "tCO2/yr", "quantity": "unit/yr", "potential": "unit/yr",
}  # fmt: skip


def exchange_ids(exchanges: Symbiosis, world: World, rows: np.ndarray) -> list[str]:
    """Names of exchanges: their firm, their type, and which search it was if not the first, as in `P352-017-1:IS14:2`."""
    e, ids = exchanges.found, exchanges.types.ids
    donor = e.donor[rows]
    firms = world.firm_ids(np.where(donor == OUTSIDE, e.receiver[rows], donor))
    again = [f":{episode + 1}" if episode > 0 else "" for episode in e.episode[rows].tolist()]
    return [f"{firm}:{ids[kind]}{more}" for firm, kind, more in zip(firms, e.kind[rows].tolist(), again)]


def exchange_table(exchanges: Symbiosis, world: World) -> pd.DataFrame:
    """All exchanges ever identified, a row each, with names; years of steps not taken are missing."""
    e, types = exchanges.found, exchanges.types
    columns = {
        "exchange_id": exchange_ids(exchanges, world, np.arange(e.size)),
        "type": named(types.ids, e.kind), "label": named(types.names, e.kind),
        **side(world, "donor", e.donor, e.donor_park, [plant_name(types, k) for k in e.plant]),
        **side(world, "receiver", e.receiver, e.receiver_park, [types.partners[k] for k in e.kind]),
        "state": named(EXCHANGE_STATES, e.state), "ended_because": named(END_REASONS, e.ended_because),
        "legal_class": [f"R{k}" for k in e.legal_class], "unit": named(types.units, e.kind),
        **{name: year_or_missing(e[name]) for name in YEARS_OF},
        **{name: e[name].copy() for name in NUMBERS_OF},
        "refusals": e.refusals.copy(), "screened": e.screened.copy(), "urban": e.urban.copy(), "sandbox": e.sandbox.copy(),
    }  # fmt: skip
    table = pd.DataFrame(columns)
    table.insert(7, "donor_province", named(world.provinces, world.parks.province[e.donor_park]))
    table.attrs["units"] = dict(UNITS)
    return table


Moved = tuple[int, np.ndarray, np.ndarray]  # year, rows of the exchanges in operation, their quantity and CO2 [2, rows]


def exchange_flow_table(exchanges: Symbiosis, world: World, kept: Sequence[Moved]) -> pd.DataFrame:
    """What every exchange in operation moved in every year of `kept`, from a run with detail."""
    rows = np.concatenate([np.zeros(0, dtype=np.int64), *(running for _, running, _ in kept)])
    e, types = exchanges.found[rows], exchanges.types
    moved = np.concatenate([np.zeros((2, 0)), *(both for _, _, both in kept)], axis=1)
    table = pd.DataFrame(
        {
            "year": np.repeat([year for year, _, _ in kept], [running.size for _, running, _ in kept]),
            "exchange_id": pd.Categorical(exchange_ids(exchanges, world, rows)),
            "type": named(types.ids, e.kind), "unit": named(types.units, e.kind),
            "donor_park": named(world.park_ids, e.donor_park),
            "receiver_park": named(world.park_ids, e.receiver_park),
            "quantity": moved[0], "co2_t": moved[1],
        }
    )  # fmt: skip
    table.attrs["units"] = {"quantity": "unit/yr", "co2_t": "tCO2/yr"}
    return table


def side(world: World, role: str, rows: np.ndarray, parks: np.ndarray, others: list[str]) -> dict[str, Any]:
    """Name, sector and park of one side of every exchange; `others` names those who are no tenants."""
    outside = rows == OUTSIDE
    sector = np.where(outside, len(world.sectors), world.firms.sector[rows])
    return {
        role: [other if out else firm for firm, out, other in zip(world.firm_ids(rows), outside.tolist(), others)],
        f"{role}_sector": named((*world.sectors, ""), sector),
        f"{role}_park": named(world.park_ids, parks),
    }


def plant_name(types: ExchangeTypes, plant: int) -> str:
    return types.plants[plant].name if plant >= 0 else ""


def named(names: tuple[str, ...], positions: np.ndarray) -> pd.Categorical:
    """`names` at `positions`, in their order; names that occur twice are one."""
    codes, kind = categories_of(names)
    return pd.Categorical.from_codes(codes[positions.astype(np.int64)], dtype=kind)


@lru_cache(maxsize=64)
def categories_of(names: tuple[str, ...]) -> tuple[np.ndarray, pd.CategoricalDtype]:
    """The code of each name, and the type that the tables of all runs share: pandas takes a millisecond to look at long ones."""
    code = {name: position for position, name in enumerate(dict.fromkeys(names))}
    return np.array([code[name] for name in names]), pd.CategoricalDtype(list(code))


def year_or_missing(years: np.ndarray) -> pd.arrays.IntegerArray:
    """Years; 0 (never) and 9999 (not before the end) are missing."""
    return pd.arrays.IntegerArray(years.astype(np.int64), (years <= 0) | (years >= NEVER))
