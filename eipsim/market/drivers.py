"""What moves by itself: prices, tariff, grid emission factor, from 2015 to 2050. All money in constant 2024 USD.

`build_drivers(choices, tables)` returns one frozen tuple of yearly arrays; `choices` picks low, central or high for each path.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from eipsim.core.arithmetic import total
from eipsim.core.years import YEARS
from eipsim.data.loading import VIETNAM, CountryTables

REFERENCE_YEAR = 2024  # money and observed intensities are of this year
GJ_PER_MWH = 3.6
KEPT = 64  # drivers, one for each choice and country, kept at hand
TARIFF_YEAR = 2025  # the tariff's level is anchored here
ITEMS = {  # by carrier of fuel energy: its item in prices.csv, and its factor in emission_factors.csv
    "coal": ("coal_delivered", "other_bituminous_coal"),
    "biomass": ("rice_husk_wood_chip", "other_solid_biomass_rice_husk"),
    "fuel_oil": ("fuel_oil", "residual_fuel_oil"),
    "LPG": ("LPG", "LPG"),
    "natural_gas": ("CNG_LNG", "natural_gas_LNG_CNG"),
    "diesel": ("diesel", "diesel"),
}
CARRIERS = tuple(ITEMS)
CHOICES = ("electricity_price", "fuel_price", "grid", "carbon_price")  # of a scenario


class Drivers(NamedTuple):
    """Yearly paths, arrays [n_years] unless said."""

    electricity_price: np.ndarray  # USD/MWh
    fuel_price: np.ndarray  # [n_years, n_carriers] USD/GJ
    grid_factor: np.ndarray  # tCO2/MWh
    heat_pump_input: np.ndarray  # MWh per GJ of heat
    water_price: float  # USD/m3
    wastewater_price: float  # USD/m3
    waste_price: float  # USD/t
    hazardous_price: float  # USD/t
    emission_factor: np.ndarray  # [n_carriers] tCO2/GJ, fossil
    carbon_price: np.ndarray  # USD/t of CO2 in the pilot years of the carbon market, 0 in others


def consumer_prices(tables: CountryTables = VIETNAM) -> pd.Series:
    """Consumer price index by year, 1 in 2024. The change of a year carries the level of the year before to it."""
    table = tables.read("deflator")
    changes = pd.Series(table["cpi_change"].astype(float).to_numpy(), table["year"].astype(int))
    changes.loc[TARIFF_YEAR] = tables.value("driver_paths", "consumer_price_change_2025")
    level = (1.0 + changes).cumprod()
    return level / level.loc[REFERENCE_YEAR]


def nominal_tariff(tables: CountryTables = VIETNAM) -> pd.Series:
    """Average retail tariff [VND/kWh; a country's own in its own money] by calendar year: the decisions of
    `electricity_tariff.csv` weighted by days in force."""
    decisions = tables.read("electricity_tariff")
    daily = pd.Series(decisions["vnd_per_kwh_ex_vat"].astype(float).to_numpy(), pd.to_datetime(decisions["date"]))
    daily = daily.reindex(pd.date_range(daily.index[0], f"{TARIFF_YEAR}-12-31")).ffill()
    return daily.groupby(daily.index.year).agg(lambda of_year: total(of_year) / len(of_year))


def electricity_price(choice: str, tables: CountryTables) -> np.ndarray:
    """Production tariff [USD/MWh, 2024 money]: the real shape of the retail tariff through its level in 2025, then growth."""
    real = (nominal_tariff(tables) / consumer_prices(tables)).dropna()
    anchor = tables.value("driver_paths", "electricity_price_2025")
    growth = tables.value("driver_paths", "electricity_price_growth", choice)
    past = real.reindex(np.minimum(YEARS, TARIFF_YEAR)).to_numpy() / real.loc[TARIFF_YEAR]
    return anchor * past * (1.0 + growth) ** np.maximum(YEARS - TARIFF_YEAR, 0)


def grid_factor(choice: str, tables: CountryTables) -> np.ndarray:
    """Grid emission factor [tCO2/MWh]: linear between the years given, log-linear after the last but one."""
    table = tables.read("grid_emission_factor")
    column = table[choice].where(table[choice] != "", table["central"]).astype(float).to_numpy()
    years = table["year"].astype(int).to_numpy()
    log_linear_from = years[-2]
    linear = np.interp(YEARS, years, column)
    return np.where(log_linear_from < YEARS, np.exp(np.interp(YEARS, years, np.log(column))), linear)


def heat_pump_input(tables: CountryTables) -> np.ndarray:
    """Electricity a heat pump needs [MWh per GJ heat] as its coefficient of performance improves (tech_cost_paths.csv)."""
    table = tables.read("tech_cost_paths")
    row = table[(table["tech"] == "industrial_heat_pump_125C") & (table["parameter"] == "COP")].iloc[0]
    points = [int(name[1:]) for name in table.columns if name[1:].isdigit()]
    performance = np.interp(YEARS, points, [float(row[f"y{year}"]) for year in points])
    return 1.0 / GJ_PER_MWH / performance


def pilot_carbon_price(choice: str, tables: CountryTables) -> np.ndarray:
    """Price of an allowance [USD/t] in the pilot years of the carbon market; 0 in all others."""
    begins, ends = (tables.value("driver_paths", f"carbon_pilot_{end}_year") for end in ("first", "last"))
    price = tables.value("driver_paths", "carbon_price_pilot", choice)
    return np.where((begins <= YEARS) & (ends >= YEARS), price, 0.0)


@lru_cache(maxsize=KEPT)
def _build(electricity: str, fuel: str, grid: str, carbon: str, tables: CountryTables) -> Drivers:
    growth = tables.value("driver_paths", "fuel_price_growth", fuel)
    level = (1.0 + growth) ** np.maximum(YEARS - REFERENCE_YEAR, 0)
    base = np.array([tables.value("prices", price) for price, _ in ITEMS.values()])
    kg_to_t = 1e-3
    drivers = Drivers(
        electricity_price=electricity_price(electricity, tables),
        fuel_price=level[:, None] * base,
        grid_factor=grid_factor(grid, tables),
        heat_pump_input=heat_pump_input(tables),
        water_price=tables.value("prices", "water"),
        wastewater_price=tables.value("prices", "wastewater"),
        waste_price=tables.value("prices", "ordinary_industrial_waste"),
        hazardous_price=tables.value("prices", "hazardous_waste"),
        emission_factor=kg_to_t * np.array([tables.value("emission_factors", factor) for _, factor in ITEMS.values()]),
        carbon_price=pilot_carbon_price(carbon, tables),
    )
    for column in drivers:
        if isinstance(column, np.ndarray):
            column.setflags(write=False)
    return drivers


def with_biomass_ratio(ratio: float, drivers: Drivers) -> Drivers:
    """The same drivers where biomass costs `ratio` times as much as coal in every year, per GJ; at 0 as the tables have it."""
    if ratio == 0.0:
        return drivers
    price = drivers.fuel_price.copy()
    price[:, CARRIERS.index("biomass")] = ratio * price[:, CARRIERS.index("coal")]
    return drivers._replace(fuel_price=price)


def build_drivers(choices: Mapping[str, str], tables: CountryTables = VIETNAM) -> Drivers:
    """Drivers of a country's `tables` for a scenario's choices:
    keys `electricity_price`, `fuel_price`, `grid`, `carbon_price`; values low, central or high."""
    return _build(*(choices.get(name, "central") for name in CHOICES), tables)
