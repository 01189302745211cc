"""The market of a run: its parameters, the measures on offer, what moves by itself, and the prices that follow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from eipsim.core.latest import Latest
from eipsim.data.loading import VIETNAM, CountryTables
from eipsim.market.catalogue import build_catalogue
from eipsim.market.constants import Constants, build_constants
from eipsim.market.drivers import Drivers, build_drivers, with_biomass_ratio
from eipsim.market.prices import YearlyPrices

KEPT = 8  # prices, of half a megabyte, of which runs take their own
_prices = Latest[YearlyPrices](KEPT)


class Market(NamedTuple):
    """What measures cost and save, and why; the same in every year of a run, which has its own."""

    constants: Constants  # parameters by short name
    catalogue: np.recarray  # a row a measure
    drivers: Drivers  # paths from 2015 to 2050
    yearly: YearlyPrices  # the price tables of any year


def build_market(
    parameters: Mapping[str, float], choices: Mapping[str, str], tables: CountryTables = VIETNAM
) -> Market:
    """The market of a country's `tables` under parameter values and a scenario's choices of driver paths.

    Each run has its own catalogue, which it may change before its first year; what lies behind its prices is made once for all
    runs with the same.
    """
    constants = _constants(tuple(parameters.items()))
    catalogue = build_catalogue(constants, tables)
    drivers = with_biomass_ratio(constants.biomass_price_ratio, build_drivers(choices, tables))
    behind = tables.digest, *(np.asarray(part).tobytes() for part in (constants, catalogue, *drivers))
    made = _prices.get(behind, lambda: YearlyPrices(catalogue.copy(), drivers, constants, tables))
    return Market(constants, catalogue, drivers, made.with_catalogue(catalogue))


@lru_cache(maxsize=KEPT)
def _constants(parameters: tuple[tuple[str, float], ...]) -> Constants:
    return build_constants(dict(parameters))
