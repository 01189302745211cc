"""How firms' output grows, and how the plants of firms that come later differ from those of 2024.

The output index is 1 in 2024: statistics before it, a national rate after it, both by sector in `output_growth.csv`. What a firm
uses, buys, wastes, earns, can invest and is measured by (`size`) moves with it alike, so that a project costs and saves the
same share of size whatever the growth. Newcomers bring along what has spread by then (`catalogue.penetration_in`), and a plant
of their year of entry that needs less energy by what is left of a total trend.
"""

from __future__ import annotations

import numpy as np

from eipsim.core.years import YEARS
from eipsim.data.loading import CountryTables
from eipsim.market import uses
from eipsim.market.catalogue import ELECTRICITY, ENERGY_ALL, FUEL, penetration_in
from eipsim.market.constants import Constants
from eipsim.market.drivers import REFERENCE_YEAR

POWER, FUELS = slice(uses.ELECTRICITY, uses.COAL_DIESEL), slice(uses.COAL_DIESEL, uses.BIOMASS + 1)


def output_index(constants: Constants, tables: CountryTables) -> np.ndarray:
    """Output of a firm of each sector over that of 2024 [n_years, s], exactly 1 where nothing grows.

    Before 2024: `population.output_history` times the growth that statistics have; after it: `population.productivity_growth`
    [1/yr] times what the sector grows relative to the country.
    """
    before = constants.output_history * yearly_growth("before", tables)
    after = constants.productivity_growth * yearly_growth("after", tables)
    years = (YEARS - REFERENCE_YEAR)[:, None]
    return np.where(years < 0, (1.0 + before) ** years, (1.0 + after) ** years)


def yearly_growth(period: str, tables: CountryTables) -> np.ndarray:
    """Growth of output per firm [s], central: 1/yr before 2024, over the national rate after it."""
    rows = tables.read("output_growth")
    return rows[rows["period"] == period]["central"].astype(float).to_numpy()


def use_of_newcomers(catalogue: np.recarray, constants: Constants, tables: CountryTables) -> np.ndarray:
    """Use without any measure of firms by their year of entry, over that of firms of 2024 [n_years, s, k].

    The energy intensity of newcomers falls by `population.intensity_trend` a year after 2024 in all: what they bring along
    (`spared_by_stock`) and what all firms save by themselves (`autonomous_efficiency`) come first, and plants add what is left.
    """
    factors = np.ones((len(YEARS), catalogue.reach.shape[1], uses.N_USES))
    if constants.intensity_trend == 0.0:
        return factors
    later = YEARS > REFERENCE_YEAR
    years = (YEARS[later] - REFERENCE_YEAR)[:, None, None]
    in_all = (1.0 - constants.intensity_trend) ** years
    by_itself = (1.0 - constants.autonomous_efficiency) ** years
    stock = spared_by_stock(catalogue, constants, tables)[later]
    factors[later, :, : uses.N_ENERGY] = np.minimum(1.0, in_all / (by_itself * stock))
    return factors


def spared_by_stock(catalogue: np.recarray, constants: Constants, tables: CountryTables) -> np.ndarray:
    """Mean use of newcomers with what they bring along over that of newcomers of 2024 [n_years, s, energy use].

    What moves energy from one carrier to another saves none, so measures on electricity or on all fuels count.
    """
    spared = np.ones((len(YEARS), catalogue.reach.shape[1], uses.N_ENERGY))
    then = catalogue.copy()
    for t, penetration in enumerate(penetration_in(YEARS, catalogue, tables, constants.newcomers_path)):
        if YEARS[t] > REFERENCE_YEAR:
            then.penetration[:] = penetration
            spared[t, :, POWER] = energy_left(then, ELECTRICITY) / energy_left(catalogue, ELECTRICITY)
            spared[t, :, FUELS] = energy_left(then, FUEL) / energy_left(catalogue, FUEL)
    return spared


def energy_left(catalogue: np.recarray, stream: int) -> np.ndarray:
    """Mean share of electricity or of fuel that the measures of a catalogue leave, by their penetration [s, 1]."""
    return uses.kept(catalogue, stream, ENERGY_ALL)[:, None]
