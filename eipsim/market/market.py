"""The market of a run: its parameters, the measures on offer, what moves by itself, and the prices that follow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from eipsim.data.loading import VIETNAM, CountryTables
from eipsim.market.catalogue import build_catalogue
from eipsim.market.constants import Constants, build_constants
from eipsim.market.drivers import Drivers, build_drivers
from eipsim.market.prices import YearlyPrices

KEPT = 8  # markets, of 1.5 MB, of which runs take their own


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

    Each run has its own catalogue, which it may change before its first year; what lies behind it is made once.
    """
    made = _made(tuple(parameters.items()), tuple(choices.items()), tables)
    catalogue = made.catalogue.copy()
    return made._replace(catalogue=catalogue, yearly=made.yearly.with_catalogue(catalogue))


@lru_cache(maxsize=KEPT)
def _made(parameters: tuple, choices: tuple, tables: CountryTables) -> Market:
    constants = build_constants(dict(parameters))
    catalogue, drivers = build_catalogue(constants, tables), build_drivers(dict(choices), tables)
    return Market(constants, catalogue, drivers, YearlyPrices(catalogue, drivers, constants, tables))
