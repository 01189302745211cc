"""From the year's drivers and levers to the price tables that firms decide and accounts are kept by.

A firm sees the prices of its price zone, its sector and its price class (what its boiler house burns, and whether the
carbon price applies to it), so that a logarithm is taken per class and measure, not per firm and measure.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.core.arithmetic import logs
from eipsim.core.years import FIRST_YEAR, YEARS
from eipsim.data.loading import VIETNAM, CountryTables
from eipsim.market import uses
from eipsim.market.books import Prices
from eipsim.market.catalogue import (
    BIOMASS_BOILER,
    BIOMASS_INPUT,
    CHEMICALS,
    DEAR_FUEL,
    ELECTRICITY,
    ELECTRICITY_INPUT,
    ELECTRIFIED,
    FOSSIL,
    FUEL,
    HEAT_PUMP,
    MATERIAL,
    N_CLASSES,
    SOLID_WASTE,
    STREAMS,
    WATER,
    measure_names,
)
from eipsim.market.constants import Constants
from eipsim.market.drivers import CARRIERS, REFERENCE_YEAR, TARIFF_YEAR, Drivers

CHEAP, DEAR, BIO = range(3)  # groups of fuels, as in uses.fuel_shares
FUEL_USES = [uses.COAL_DIESEL, uses.DEAR_FUEL, uses.BIOMASS]


class PriceTables(NamedTuple):
    """The tables of one year; shapes as in Surroundings and Prices."""

    log_unit_saving: np.ndarray
    log_unit_cost: np.ndarray
    electricity_price: np.ndarray
    fuel_price: np.ndarray
    management_cost: float
    accounts: Prices


def cost_levels(catalogue: np.recarray) -> np.ndarray:
    """Capital cost over that of the base year [n_years, m]."""
    return np.exp(catalogue.trend * (YEARS[:, None] - catalogue.base_year))


def input_amounts(catalogue: np.recarray, drivers: Drivers) -> np.ndarray:
    """MWh or GJ needed per unit saved [n_years, m]; heat pumps improve with the year they are built."""
    amounts = np.tile(catalogue.input_amount, (len(YEARS), 1))
    amounts[:, catalogue.boiler_state == HEAT_PUMP] = drivers.heat_pump_input[:, None]
    return amounts


def mix_by_boiler(catalogue: np.recarray, of_group: np.ndarray, fuel_shares: np.ndarray) -> np.ndarray:
    """Mean over the fuels still burnt [..., s, boiler state] of a property of the fuel groups [..., s, 3]."""
    shares = np.repeat(fuel_shares[:, None, :], 4, axis=1)  # [s, state, group]
    reached = {BIOMASS_BOILER: (CHEAP, DEAR), HEAT_PUMP: (DEAR,), ELECTRIFIED: (CHEAP, DEAR)}
    for state, groups in reached.items():
        measure = int(np.flatnonzero(catalogue.boiler_state == state)[0])
        for group in groups:
            moved = shares[:, state, group] * catalogue.net_share[measure]
            shares[:, state, group] -= moved
            if state == BIOMASS_BOILER:
                shares[:, state, BIO] += moved * catalogue.input_amount[measure]
    return (shares * of_group[..., None, :]).sum(axis=-1) / shares.sum(axis=-1)


def fossil_mean(of_group: np.ndarray, fuel_shares: np.ndarray) -> np.ndarray:
    """Mean over the fossil fuels of each sector [..., s] of a property of the fuel groups [..., s, 3]."""
    weight = fuel_shares[:, :BIO]
    return (weight * of_group[..., :BIO]).sum(axis=-1) / weight.sum(axis=-1)


class YearlyPrices:
    """Makes the tables of any year of a run. Holds what does not change from year to year."""

    def __init__(self, catalogue: np.recarray, drivers: Drivers, constants: Constants, tables: CountryTables = VIETNAM):
        self.catalogue, self.drivers, self.constants = catalogue, drivers, constants
        shares, self.wastewater_ratio = uses.fuel_shares(tables), uses.wastewater_ratio(tables)
        self.cost_level = cost_levels(catalogue)
        self.input_amount = input_amounts(catalogue, drivers)
        self.group_emission = uses.fuel_properties(drivers.emission_factor, tables)
        self.group_price = uses.fuel_properties(drivers.fuel_price, tables)  # [y, s, 3]
        self.mix_price = mix_by_boiler(catalogue, self.group_price, shares)  # [y, s, boiler state]
        self.fossil_price = fossil_mean(self.group_price, shares)
        self.fossil_emission = fossil_mean(self.group_emission, shares)
        self.mix_emission = mix_by_boiler(catalogue, self.group_emission, shares)
        self.n_sectors = catalogue.reach.shape[1]
        self.price, self.emission = self._price_of_streams(), self._emission_of_measures()
        self.power_input = np.where(catalogue.input_kind == ELECTRICITY_INPUT, self.input_amount, 0.0)
        biomass = drivers.fuel_price[:, CARRIERS.index("biomass"), None]
        self.biomass_input_usd = np.where(catalogue.input_kind == BIOMASS_INPUT, self.input_amount * biomass, 0.0)
        self.management = measure_names().index("energy-management")

    def of_year(self, year: int, levers) -> PriceTables:
        """All tables of `year` under `levers` (eipsim.instruments.levers.Levers)."""
        t, k = year - FIRST_YEAR, self.catalogue
        level = (1.0 - self.constants.autonomous_efficiency) ** (year - REFERENCE_YEAR)
        power = self.drivers.electricity_price[t] * (1.0 + levers.electricity_price_change)  # [z, s]
        carbon = np.zeros((*power.shape, N_CLASSES))  # [z, s, k]: class = 2 x boiler state + covered
        carbon[:, :, 1::2] = levers.carbon_price[:, :, None]
        worth = self._unit_values(t, power, carbon, levers)
        mix_price = np.repeat(self.mix_price[t], 2, axis=-1)  # [s, k]
        mix_emission = np.repeat(self.mix_emission, 2, axis=-1)
        reach = self.catalogue.reach.T[None, :, None, :]
        return PriceTables(
            log_unit_saving=np.where(
                worth > 0.0, logs(np.ascontiguousarray(np.maximum(reach * worth * level, 1e-250))), -1200.0
            ),
            log_unit_cost=logs(np.ascontiguousarray(self._unit_costs(t, level))),
            electricity_price=level * (power[:, :, None] + carbon * self.drivers.grid_factor[t]),
            fuel_price=level * (mix_price + carbon * mix_emission),
            management_cost=float((k.operating_share * k.lump * self.cost_level[t])[self.management]),
            accounts=self._accounts(t, power, levers, level),
        )

    def _unit_costs(self, t: int, level: float) -> np.ndarray:
        """Capital cost [s, m] USD of the reached share of one unit of use, hidden cost included; lump sums as they are."""
        per_unit = self.catalogue.reach.T * self.catalogue.unit_cost * level
        return (per_unit + self.catalogue.lump) * self.cost_level[t] * (1.0 + self.constants.hidden_cost_share)

    def _unit_values(self, t: int, power: np.ndarray, carbon: np.ndarray, levers) -> np.ndarray:
        """Yearly worth [z, s, k, m] USD of one engineering unit saved. See rules.investment.unit_value."""
        k, c = self.catalogue, self.constants
        price, carbon = self._measure_prices(t, power, levers), carbon[:, :, :, None]
        electricity = power[:, :, None, None] + carbon * self.drivers.grid_factor[t]
        inputs = self.power_input[t] * electricity + self.biomass_input_usd[t]
        running = k.operating_share * k.unit_cost * self.cost_level[t]
        return c.realisation * (price + carbon * self.emission[t] - inputs - k.operating_cost) - running

    def _measure_prices(self, t: int, power: np.ndarray, levers) -> np.ndarray:
        """Price [z, s, k, m] USD per unit of each measure's stream; a battery earns the peak spread."""
        d, price = self.drivers, np.empty((*power.shape, N_CLASSES, len(STREAMS)))
        price[:] = self.price[t]
        price[..., ELECTRICITY] = power[:, :, None]
        wastewater = d.wastewater_price + levers.wastewater_charge_usd_m3
        price[..., WATER] = (d.water_price + wastewater * self.wastewater_ratio)[:, :, None]
        price[..., SOLID_WASTE] = (d.waste_price + levers.landfill_charge_usd_t)[:, :, None]
        by_measure = price[..., self.catalogue.stream]
        by_measure[..., self.catalogue.saves == 0.0] = self._peak_spread(power)[:, :, None, None]
        return by_measure

    def _price_of_streams(self) -> np.ndarray:
        """Price [y, s, k, streams] USD per unit of the streams that no lever reaches; 0 for the others."""
        price = np.zeros((len(YEARS), self.n_sectors, N_CLASSES, len(STREAMS)))
        price[..., FUEL] = np.repeat(self.mix_price, 2, axis=-1)
        price[..., FOSSIL] = self.fossil_price[:, :, None]
        price[..., DEAR_FUEL] = self.group_price[:, :, DEAR, None]
        price[..., MATERIAL] = price[..., CHEMICALS] = 1.0
        return price

    def _emission_of_measures(self) -> np.ndarray:
        """tCO2 [y, s, k, m] per unit of each measure's stream; none for a battery, which shifts electricity."""
        emission = np.zeros((len(YEARS), self.n_sectors, N_CLASSES, len(STREAMS)))
        emission[..., ELECTRICITY] = self.drivers.grid_factor[:, None, None]
        emission[..., FUEL] = np.repeat(self.mix_emission, 2, axis=-1)
        emission[..., FOSSIL] = self.fossil_emission[:, None]
        emission[..., DEAR_FUEL] = self.group_emission[:, DEAR, None]
        return np.where(self.catalogue.saves == 0.0, 0.0, emission[..., self.catalogue.stream])

    def _peak_spread(self, power: np.ndarray) -> np.ndarray:
        """Peak less off-peak tariff [z, s] USD/MWh: moves with the tariff."""
        return self.constants.peak_spread_usd_mwh * power / self.drivers.electricity_price[TARIFF_YEAR - FIRST_YEAR]

    def _accounts(self, t: int, power: np.ndarray, levers, level: float) -> Prices:
        d, n = self.drivers, len(uses.USES)
        productivity = (1.0 + self.constants.productivity_growth) ** (t + FIRST_YEAR - REFERENCE_YEAR)
        use, charge = np.empty((*power.shape, n)), np.zeros((*power.shape, n))
        charge[..., uses.WATER] = levers.wastewater_charge_usd_m3 * self.wastewater_ratio
        charge[..., uses.WASTE] = levers.landfill_charge_usd_t
        charge[..., uses.HAZARDOUS] = levers.hazardous_waste_charge_usd_t
        use[..., uses.ELECTRICITY] = power
        use[..., FUEL_USES] = self.group_price[t]
        use[..., uses.WATER] = d.water_price + d.wastewater_price * self.wastewater_ratio + charge[..., uses.WATER]
        use[..., uses.WASTE] = d.waste_price + charge[..., uses.WASTE]
        use[..., uses.HAZARDOUS] = d.hazardous_price + charge[..., uses.HAZARDOUS]
        use[..., uses.MATERIAL] = use[..., uses.CHEMICALS] = 1.0
        emission = np.zeros((self.n_sectors, n))
        emission[:, uses.ELECTRICITY] = d.grid_factor[t]
        emission[:, FUEL_USES] = self.group_emission
        return Prices(
            use=use,
            charge=charge,
            peak_spread=self._peak_spread(power),
            carbon=np.ascontiguousarray(levers.carbon_price),
            emission=emission,
            wastewater_ratio=self.wastewater_ratio,
            intensity=level,
            productivity=productivity,
        )
