"""What exchanges look like from outside: tables to read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from eipsim.core.years import NEVER
from eipsim.exchanges.catalogue import CLASSES, ExchangeTypes
from eipsim.exchanges.columns import END_REASONS, EXCHANGE_STATES, OUTSIDE
from eipsim.exchanges.symbiosis import Symbiosis
from eipsim.world import World

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
    e = exchanges.found
    donor = e.donor[rows]
    firms = world.firm_ids[np.where(donor == OUTSIDE, e.receiver[rows], donor)]
    return ids_of(firms, exchanges.types.ids, e.kind[rows], e.episode[rows])


def ids_of(firms: np.ndarray, ids: tuple[str, ...], kind: np.ndarray, episode: np.ndarray) -> list[str]:
    """Names of exchanges from those of the firms whose opportunities they are."""
    again = ["", *(f":{number + 1}" for number in range(1, int(episode.max(initial=0)) + 1))]
    return [f"{firm}:{ids[k]}{again[e]}" for firm, k, e in zip(firms.tolist(), kind.tolist(), episode.tolist())]


def exchange_table(exchanges: Symbiosis, world: World) -> pd.DataFrame:
    """All exchanges ever identified, a row each, with names; years of steps not taken are missing."""
    e, types = exchanges.found, exchanges.types
    from_plant, to_others = e.donor == OUTSIDE, e.receiver == OUTSIDE
    donors, receivers = world.firm_ids[e.donor], world.firm_ids[e.receiver]
    firms, plants, others = np.where(from_plant, receivers, donors), plant_names(types), words(types.partners)
    columns = {
        "exchange_id": ids_of(firms, types.ids, e.kind, e.episode),
        "type": named(types.ids, e.kind), "label": named(types.names, e.kind),
        "donor": np.where(from_plant, plants[e.plant], donors),
        "donor_sector": sectors_of(world, e.donor), "donor_park": named(world.park_ids, e.donor_park),
        "receiver": np.where(to_others, others[e.kind], receivers),
        "donor_province": named(world.provinces, world.parks.province[e.donor_park]),
        "receiver_sector": sectors_of(world, e.receiver), "receiver_park": named(world.park_ids, e.receiver_park),
        "state": named(EXCHANGE_STATES, e.state), "ended_because": named(END_REASONS, e.ended_because),
        "legal_class": words(CLASSES)[e.legal_class], "unit": named(types.units, e.kind),
        **{name: year_or_missing(e[name]) for name in YEARS_OF},
        **{name: e[name].copy() for name in NUMBERS_OF},
        "refusals": e.refusals.copy(), "screened": e.screened.copy(), "urban": e.urban.copy(), "sandbox": e.sandbox.copy(),
    }  # fmt: skip
    table = pd.DataFrame(columns)
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


def sectors_of(world: World, rows: np.ndarray) -> pd.Categorical:
    """Sectors of the firms `rows`; those who are no tenants have none."""
    return named((*world.sectors, ""), np.where(rows == OUTSIDE, len(world.sectors), world.firms.sector[rows]))


def plant_names(types: ExchangeTypes) -> np.ndarray:
    """Names of the municipal plants; the last, to which row -1 leads, is no plant's."""
    return words([*(plant.name for plant in types.plants), ""])


def words(names: Sequence[str]) -> np.ndarray:
    """The names as objects, to be taken by their positions."""
    return np.array([*names], dtype=object)


def named(names: tuple[str, ...], positions: np.ndarray) -> pd.Categorical:
    """`names` at `positions`, in their order; names that occur twice are one."""
    codes, kind = categories_of(names)
    return pd.Categorical.from_codes(codes[positions], dtype=kind, validate=False)


@lru_cache(maxsize=64)
def categories_of(names: tuple[str, ...]) -> tuple[np.ndarray, pd.CategoricalDtype]:
    """The code of each name, and the type that the tables of all runs share: pandas takes a millisecond to look at long ones."""
    code = {name: position for position, name in enumerate(dict.fromkeys(names))}
    kind = pd.CategoricalDtype(list(code))
    return pd.Categorical([*names], dtype=kind).codes, kind


def year_or_missing(years: np.ndarray) -> pd.arrays.IntegerArray:
    """Years; 0 (never) and 9999 (not before the end) are missing."""
    return pd.arrays.IntegerArray(years.astype(np.int64), (years <= 0) | (years >= NEVER))
