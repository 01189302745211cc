"""From the year's drivers and levers to the price tables that firms decide and accounts are kept by.

A firm sees the prices of its price zone, its sector and its price class (what its boiler house burns, and whether the
carbon price applies to it), so that a logarithm is taken per class and measure, not per firm and measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eipsim.core.arithmetic import logs
from eipsim.core.latest import Latest
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

if TYPE_CHECKING:
    from eipsim.policy.levers import LeverPaths, Levers

CHEAP, DEAR, BIO = range(3)  # groups of fuels, as in uses.fuel_shares
FUEL_USES = [uses.COAL_DIESEL, uses.DEAR_FUEL, uses.BIOMASS]
CELLS_TOGETHER = (
    32_000  # of a table that are worked out in one go, a quarter of a megabyte: more take longer, in new memory
)


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


class PricePolicy(NamedTuple):
    """What policy does to prices, year by year: float [y, z, s]."""

    carbon: np.ndarray
    electricity_change: np.ndarray
    landfill_charge: np.ndarray
    hazardous_charge: np.ndarray
    wastewater_charge: np.ndarray


class Planned(NamedTuple):
    """Price tables that have been worked out ahead: those of the years from `first_year` on under the levers of `paths`."""

    paths: LeverPaths | None
    first_year: int
    tables: list[PriceTables]


NOTHING_PLANNED = Planned(None, 0, [])
MOST_PLANNED = 32  # of a third of a megabyte, four for the years of a run, that are kept
_planned = Latest[Planned](MOST_PLANNED)


def price_policy(years: Sequence[Levers]) -> PricePolicy:
    """The levers of these years that move prices."""
    return PricePolicy(
        np.array([levers.carbon_price for levers in years]),
        np.array([levers.electricity_price_change for levers in years]),
        np.array([levers.landfill_charge_usd_t for levers in years]),
        np.array([levers.hazardous_waste_charge_usd_t for levers in years]),
        np.array([levers.wastewater_charge_usd_m3 for levers in years]),
    )


class YearlyPrices:
    """Makes the tables of any years of a run. Holds what does not change from year to year."""

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
        self.saves_electricity = (catalogue.stream == ELECTRICITY) & (catalogue.saves != 0.0)
        self.power_input = np.where(catalogue.input_kind == ELECTRICITY_INPUT, self.input_amount, 0.0)
        biomass = drivers.fuel_price[:, CARRIERS.index("biomass"), None]
        self.biomass_input_usd = np.where(catalogue.input_kind == BIOMASS_INPUT, self.input_amount * biomass, 0.0)
        self.management = measure_names().index("energy-management")
        self.origin, self.planned = object(), NOTHING_PLANNED
        self.price.setflags(write=False)

    def with_catalogue(self, catalogue: np.recarray) -> YearlyPrices:
        """The same for another run with its own copy of the catalogue; it shares the largest table, which nobody changes."""
        own = copy(self)
        own.catalogue, own.planned = catalogue, NOTHING_PLANNED
        own.cost_level, own.input_amount = self.cost_level.copy(), self.input_amount.copy()
        return own

    def of_year(self, year: int, levers) -> PriceTables:
        """All tables of `year` under `levers` (eipsim.policy.levers.Levers)."""
        return self.of_years(year, [levers])[0]

    def of_plan(self, year: int, paths: LeverPaths) -> PriceTables:
        """All tables of `year` under the levers that are planned for it, worked out with those of the years after it."""
        kept = self.planned
        if kept.paths is not paths or not kept.first_year <= year < kept.first_year + len(kept.tables):
            together = max(1, CELLS_TOGETHER // (paths.n_zones * self.n_sectors * N_CLASSES * len(self.catalogue)))
            levers = [paths.year(number) for number in range(year, min(year + together, int(YEARS[-1]) + 1))]
            kept = self.planned = self._plan(paths, year, levers)
        return kept.tables[year - kept.first_year]

    def _plan(self, paths: LeverPaths, year: int, levers: list[Levers]) -> Planned:
        """The tables of the years from `year` on, which runs that differ in their draws only share."""
        made_from = self.origin, paths, year, self.catalogue.tobytes(), self.cost_level.tobytes()
        return _planned.get(made_from, lambda: Planned(paths, year, self.of_years(year, levers)))

    def of_years(self, first: int, levers: Sequence[Levers]) -> list[PriceTables]:
        """The tables of the years from `first` on, each under its `levers`; the first axis of what is worked out is the year."""
        k, years = self.catalogue, slice(first - FIRST_YEAR, first - FIRST_YEAR + len(levers))
        policy = price_policy(levers)
        level = np.array(
            [(1.0 - self.constants.autonomous_efficiency) ** (year - REFERENCE_YEAR) for year in YEARS[years]]
        )
        power = self.drivers.electricity_price[years, None, None] * (1.0 + policy.electricity_change)
        carbon = np.zeros((*power.shape, N_CLASSES))  # [y, z, s, k]: class = 2 x boiler state + covered
        carbon[..., 1::2] = policy.carbon[..., None]
        worth = self._unit_values(years, power, carbon, policy)
        mix_price = np.repeat(self.mix_price[years, None], 2, axis=-1)  # [y, 1, s, k]
        mix_emission = np.repeat(self.mix_emission, 2, axis=-1)
        reached = k.reach.T[:, None, :] * worth * over(level, worth)
        saving = np.where(worth > 0.0, logs_of(np.maximum(reached, 1e-250)), -1200.0)
        cost = logs_of(self._unit_costs(years, level))
        electricity = over(level, carbon) * (power[..., None] + carbon * over(self.drivers.grid_factor[years], carbon))
        fuel = over(level, carbon) * (mix_price + carbon * mix_emission)
        management = (k.operating_share * k.lump * self.cost_level[years])[:, self.management].tolist()
        accounts = self._accounts(years, power, policy, level)
        return [PriceTables(*of_year) for of_year in zip(saving, cost, electricity, fuel, management, accounts)]

    def _unit_costs(self, years: slice, level: np.ndarray) -> np.ndarray:
        """Capital cost [y, s, m] USD of the reached share of one unit of use, hidden cost included; lump sums as they are."""
        per_unit = self.catalogue.reach.T * self.catalogue.unit_cost * level[:, None, None]
        of_year = self.cost_level[years, None]
        return (per_unit + self.catalogue.lump) * of_year * (1.0 + self.constants.hidden_cost_share)

    def _unit_values(self, years: slice, power: np.ndarray, carbon: np.ndarray, policy: PricePolicy) -> np.ndarray:
        """Yearly worth [y, z, s, k, m] USD of one engineering unit saved. See rules.investment.unit_value."""
        k, c = self.catalogue, self.constants
        price, carbon = self._measure_prices(years, power, policy), carbon[..., None]
        factor = over(self.drivers.grid_factor[years], carbon)
        electricity = power[..., None, None] + carbon * factor
        power_input, biomass_input = (by[years, None, None, None] for by in (self.power_input, self.biomass_input_usd))
        inputs = power_input * electricity + biomass_input
        running = (k.operating_share * k.unit_cost * self.cost_level[years])[:, None, None, None]
        emitted = carbon * np.where(self.saves_electricity, factor, self.emission)
        return c.realisation * (price + emitted - inputs - k.operating_cost) - running

    def _measure_prices(self, years: slice, power: np.ndarray, policy: PricePolicy) -> np.ndarray:
        """Price [y, z, s, k, m] USD per unit of each measure's stream; a battery earns the peak spread."""
        d, price = self.drivers, np.empty((*power.shape, N_CLASSES, len(STREAMS)))
        price[:] = self.price[years, None]
        price[..., ELECTRICITY] = power[..., None]
        wastewater = d.wastewater_price + policy.wastewater_charge
        price[..., WATER] = (d.water_price + wastewater * self.wastewater_ratio)[..., None]
        price[..., SOLID_WASTE] = (d.waste_price + policy.landfill_charge)[..., None]
        by_measure = price[..., self.catalogue.stream]
        by_measure[..., self.catalogue.saves == 0.0] = self._peak_spread(power)[..., None, None]
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
        """tCO2 [s, k, m] per unit of each measure's stream, but for electricity, whose factor is another every year.

        None for a battery, which shifts electricity.
        """
        emission = np.zeros((self.n_sectors, N_CLASSES, len(STREAMS)))
        emission[..., FUEL] = np.repeat(self.mix_emission, 2, axis=-1)
        emission[..., FOSSIL] = self.fossil_emission[:, None]
        emission[..., DEAR_FUEL] = self.group_emission[:, DEAR, None]
        return np.where(self.catalogue.saves == 0.0, 0.0, emission[..., self.catalogue.stream])

    def _peak_spread(self, power: np.ndarray) -> np.ndarray:
        """Peak less off-peak tariff [y, z, s] USD/MWh: moves with the tariff."""
        return self.constants.peak_spread_usd_mwh * power / self.drivers.electricity_price[TARIFF_YEAR - FIRST_YEAR]

    def _accounts(self, years: slice, power: np.ndarray, policy: PricePolicy, level: np.ndarray) -> list[Prices]:
        """What the flows of each year cost."""
        d, n = self.drivers, len(uses.USES)
        growth = 1.0 + self.constants.productivity_growth
        use, charge = np.empty((*power.shape, n)), np.zeros((*power.shape, n))
        charge[..., uses.WATER] = policy.wastewater_charge * self.wastewater_ratio
        charge[..., uses.WASTE] = policy.landfill_charge
        charge[..., uses.HAZARDOUS] = policy.hazardous_charge
        use[..., uses.ELECTRICITY] = power
        use[..., FUEL_USES] = self.group_price[years, None]
        use[..., uses.WATER] = d.water_price + d.wastewater_price * self.wastewater_ratio + charge[..., uses.WATER]
        use[..., uses.WASTE] = d.waste_price + charge[..., uses.WASTE]
        use[..., uses.HAZARDOUS] = d.hazardous_price + charge[..., uses.HAZARDOUS]
        use[..., uses.MATERIAL] = use[..., uses.CHEMICALS] = 1.0
        emission = np.zeros((len(power), self.n_sectors, n))
        emission[..., uses.ELECTRICITY] = d.grid_factor[years, None]
        emission[..., FUEL_USES] = self.group_emission
        spread = self._peak_spread(power)
        return [
            Prices(
                use=use[t], charge=charge[t], peak_spread=spread[t], carbon=policy.carbon[t], emission=emission[t],
                wastewater_ratio=self.wastewater_ratio, intensity=level[t],
                productivity=growth ** (YEARS[years][t] - REFERENCE_YEAR), hazardous_fee=d.hazardous_price,
                hazardous_minimum=self.constants.hazardous_fee_minimum_usd,
            )
            for t in range(len(power))
        ]  # fmt: skip


def over(yearly: np.ndarray, values: np.ndarray) -> np.ndarray:
    """A number a year [y] in a form that is multiplied with `values` [y, ...]."""
    return yearly.reshape(-1, *(1,) * (values.ndim - 1))


def logs_of(values: np.ndarray) -> np.ndarray:
    """ln of every element, in rows of measures whatever the shape, so that `logs` is compiled for one."""
    return logs(np.ascontiguousarray(values).reshape(-1, values.shape[-1])).reshape(values.shape)
