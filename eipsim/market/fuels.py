"""What firms burn, as prices see it: the mix of their archetype, or one main fossil fuel of their own.

Firms that pay the same prices share a *price row*: first one for each archetype's mix of fuels, then, where firms have a main
fuel, one for each archetype and fossil fuel. Biomass stays what it is on average in the archetype: whoever has a boiler for it is
told by the measures that stand.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from eipsim.core.draws import drawn, stream
from eipsim.data.loading import VIETNAM, CountryTables
from eipsim.market.catalogue import COUNTRIES, N_SECTORS
from eipsim.market.drivers import CARRIERS
from eipsim.market.uses import CHEAP_CARRIERS, DEAR_CARRIERS, fuel_shares, group_weights, wastewater_ratio

FOSSIL_CARRIERS = tuple(carrier for carrier in CARRIERS if carrier != "biomass")
CHEAP, DEAR, BIO = range(3)  # groups of fuels, as in uses.fuel_shares
MOST_PRICE_ROWS = N_SECTORS * (1 + len(FOSSIL_CARRIERS))
GROUP_OF = dict.fromkeys(CHEAP_CARRIERS, CHEAP) | dict.fromkeys(DEAR_CARRIERS, DEAR)


class PriceRows(NamedTuple):
    """Whose prices differ: [r] price rows."""

    sector: np.ndarray  # int64 [r], archetype
    shares: np.ndarray  # float [r, (coal and diesel, dear fuels, biomass)] of fuel energy
    weights: np.ndarray  # float [r, 3, n_carriers] of each carrier within its group
    wastewater_ratio: np.ndarray  # float [r], m3 of wastewater per m3 of water

    def of_groups(self, per_carrier: np.ndarray) -> np.ndarray:
        """A property of carriers (price, emission factor) [..., n_carriers] as the mean of each fuel group [..., r, 3]."""
        return np.einsum("...c,sgc->...sg", per_carrier, self.weights)


def price_rows(main_fuel_share: float, tables: CountryTables = VIETNAM) -> PriceRows:
    """The price rows of a country's `tables`: those of mixes alone while no firm has a main fuel."""
    return _rows(main_fuel_share > 0.0, tables)


@lru_cache(maxsize=2 * COUNTRIES)
def _rows(with_main_fuels: bool, tables: CountryTables) -> PriceRows:
    shares, weights, water = fuel_shares(tables), group_weights(tables), wastewater_ratio(tables)
    mixes = PriceRows(np.arange(len(shares)), shares, weights, water)
    if not with_main_fuels:
        return mixes
    each = np.repeat(mixes.sector, len(FOSSIL_CARRIERS))
    of_fuel = PriceRows(each, shares[each], weights[each], water[each])
    for row in range(len(each)):
        carrier = FOSSIL_CARRIERS[row % len(FOSSIL_CARRIERS)]
        burn_only(carrier, of_fuel.shares[row], of_fuel.weights[row])
    return PriceRows(*(np.concatenate(both) for both in zip(mixes, of_fuel, strict=True)))


def coal_shares(main_fuel_share: float, tables: CountryTables) -> np.ndarray:
    """Coal in coal and diesel of every price row that there can be, float [MOST_PRICE_ROWS]."""
    shares, weights = np.zeros(MOST_PRICE_ROWS), price_rows(main_fuel_share, tables).weights
    shares[: len(weights)] = weights[:, CHEAP, CARRIERS.index("coal")]
    return shares


def burn_only(carrier: str, shares: np.ndarray, weights: np.ndarray) -> None:
    """All fossil fuel of a row is one carrier: change its shares [3] and weights [3, n_carriers] in place."""
    group, fossil = GROUP_OF[carrier], shares[CHEAP] + shares[DEAR]
    shares[[CHEAP, DEAR]] = 0.0
    shares[group] = fossil
    weights[group] = 0.0
    weights[group, CARRIERS.index(carrier)] = 1.0


def rows_of_firms(tenants, seed: int, main_fuel_share: float, tables: CountryTables) -> np.ndarray:
    """The price row of each of the `tenants` [n]: that of its archetype's mix, or of the main fuel it has by its draw.

    A share `main_fuel_share` of firms has one. It is coal, say, with the share of coal in the fossil fuel of the archetype, so
    that in the mean of populations every archetype burns as much of each as without. What a firm burns is the same in all
    replicates of a seed, and whoever has a main fuel at a share has the same at every larger one.
    """
    sector = np.asarray(tenants.sector, dtype=np.int64)
    if main_fuel_share <= 0.0:
        return sector
    key = stream(seed, "main fuel")
    has_one, which = (drawn(tenants.key, key, item=item) for item in range(2))
    # the first fuel up to which the cumulative share exceeds the draw: never one of which nothing is burnt
    fuel = (which[:, None] >= cumulative_fossil_shares(tables)[sector]).sum(axis=1)
    with_own = len(fuel_shares(tables)) + sector * len(FOSSIL_CARRIERS) + fuel
    return np.where(has_one < main_fuel_share, with_own, sector)


@lru_cache(maxsize=COUNTRIES)
def cumulative_fossil_shares(tables: CountryTables) -> np.ndarray:
    """Shares of FOSSIL_CARRIERS in each archetype's fossil fuel, added up but for the last [n_sectors, 4]."""
    fossil = tables.read("fuel_mix")[list(FOSSIL_CARRIERS)].astype(float).to_numpy()
    return np.cumsum(fossil / fossil.sum(axis=1, keepdims=True), axis=1)[:, :-1]


def fuel_of_row(row: int, tables: CountryTables = VIETNAM) -> str:
    """The main fuel of the firms of a price row, or "" where they burn their archetype's mix.

    >>> fuel_of_row(3), fuel_of_row(18 + 3 * 5)
    ('', 'coal')
    """
    beyond = row - len(fuel_shares(tables))
    return FOSSIL_CARRIERS[beyond % len(FOSSIL_CARRIERS)] if beyond >= 0 else ""
