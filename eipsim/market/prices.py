"""From the year's drivers and levers to the price tables that firms decide and accounts are kept by.

A firm sees the prices of its price zone, its price row (its sector, and its main fuel if it has one) and its price class (what
its boiler house burns, and whether the carbon price applies to it), so that a logarithm is taken per class and measure, not per
firm and measure.
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
from eipsim.market.books import N_COVERAGES, Prices
from eipsim.market.catalogue import (
    BIOMASS_BOILER,
    BIOMASS_INPUT,
    BOILERS,
    CHEMICALS,
    DEAR_FUEL,
    ELECTRICITY,
    ELECTRICITY_INPUT,
    ELECTRIFIED,
    FOSSIL,
    FUEL,
    HEAT_PUMP,
    MATERIAL,
    N_BOILERS,
    N_CLASSES,
    SOLID_WASTE,
    STREAMS,
    WATER,
    measure_names,
)
from eipsim.market.constants import Constants
from eipsim.market.drivers import CARRIERS, REFERENCE_YEAR, TARIFF_YEAR, Drivers
from eipsim.market.fuels import BIO, CHEAP, DEAR, price_rows
from eipsim.market.growth import output_index
from eipsim.market.processes import process_intensity
from eipsim.policy.economic import EVERYBODY

if TYPE_CHECKING:
    from eipsim.policy.levers import LeverPaths, Levers

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
    heat_cost: np.ndarray  # empty while boilers have no end of life
    reference_heat_cost: np.ndarray  # [r, boiler, 2]
    accounts: Prices


def cost_levels(catalogue: np.recarray) -> np.ndarray:
    """Capital cost over that of the base year [n_years, m]."""
    return np.exp(catalogue.trend * (YEARS[:, None] - catalogue.base_year))


def input_amounts(catalogue: np.recarray, drivers: Drivers, boiler_efficiency: float) -> np.ndarray:
    """MWh or GJ needed per unit saved [n_years, m]; heat pumps improve with the year they are built.

    A unit saved is a GJ of fuel, of which the boiler that is replaced made `boiler_efficiency` GJ of heat.
    """
    amounts = np.tile(catalogue.input_amount, (len(YEARS), 1))
    amounts[:, catalogue.boiler_state == HEAT_PUMP] = drivers.heat_pump_input[:, None] * boiler_efficiency
    return amounts


def shares_by_boiler(catalogue: np.recarray, net_share: np.ndarray, fuel_shares: np.ndarray) -> np.ndarray:
    """What is still burnt [r, boiler state, fuel group] of the `fuel_shares` [r, 3], when measures save `net_share` [m, r]."""
    shares = np.repeat(fuel_shares[:, None, :], 4, axis=1)  # [r, state, group]
    reached = {BIOMASS_BOILER: (CHEAP, DEAR), HEAT_PUMP: (DEAR,), ELECTRIFIED: (CHEAP, DEAR)}
    for state, groups in reached.items():
        measure = int(np.flatnonzero(catalogue.boiler_state == state)[0])
        for group in groups:
            moved = shares[:, state, group] * net_share[measure]
            shares[:, state, group] -= moved
            if state == BIOMASS_BOILER:
                shares[:, state, BIO] += moved * catalogue.input_amount[measure]
    return shares


def mix_by_boiler(burnt: np.ndarray, of_group: np.ndarray) -> np.ndarray:
    """Mean over the fuels still `burnt` [r, boiler state, 3] of a property of the fuel groups [..., r, 3]: [..., r, state]."""
    return (burnt * of_group[..., None, :]).sum(axis=-1) / burnt.sum(axis=-1)


def fossil_mean(of_group: np.ndarray, fuel_shares: np.ndarray) -> np.ndarray:
    """Mean over the fossil fuels of each price row [..., r] of a property of the fuel groups [..., r, 3]."""
    weight = fuel_shares[:, :BIO]
    return (weight * of_group[..., :BIO]).sum(axis=-1) / weight.sum(axis=-1)


class PricePolicy(NamedTuple):
    """What policy does to prices, year by year: float [y, z, r]; facilities float [y, r]."""

    carbon: np.ndarray
    facilities: np.ndarray
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


def price_policy(years: Sequence[Levers], sector: np.ndarray) -> PricePolicy:
    """The levers of these years that move prices, for price rows of each `sector` [r]."""
    moved = (
        np.array([levers.carbon_price for levers in years]),
        np.array([levers.carbon_facilities for levers in years]),
        np.array([levers.electricity_price_change for levers in years]),
        np.array([levers.landfill_charge_usd_t for levers in years]),
        np.array([levers.hazardous_waste_charge_usd_t for levers in years]),
        np.array([levers.wastewater_charge_usd_m3 for levers in years]),
    )
    return PricePolicy(*(by_sector[..., sector] for by_sector in moved))


def with_pilot(policy: PricePolicy, pilot: np.ndarray) -> PricePolicy:
    """In the pilot years allowances have at least the driver's price [USD/t, y] where a number of facilities holds them."""
    in_market = policy.facilities < EVERYBODY
    if not (pilot.any() and in_market.any()):
        return policy
    least = np.where(in_market, pilot[:, None], 0.0)
    return policy._replace(carbon=np.maximum(policy.carbon, least[:, None]))


class YearlyPrices:
    """Makes the tables of any years of a run. Holds what does not change from year to year."""

    def __init__(self, catalogue: np.recarray, drivers: Drivers, constants: Constants, tables: CountryTables = VIETNAM):
        self.catalogue, self.drivers, self.constants = catalogue, drivers, constants
        self.rows = rows = price_rows(constants.main_fuel_share, tables)
        self.wastewater_ratio = rows.wastewater_ratio
        self.burnt = shares_by_boiler(catalogue, catalogue.net_share[:, rows.sector], rows.shares)
        self.cost_level = cost_levels(catalogue)
        self.input_amount = input_amounts(catalogue, drivers, constants.boiler_efficiency)
        self.group_emission = rows.of_groups(drivers.emission_factor)
        self.fossil_emission = fossil_mean(self.group_emission, rows.shares)
        self.mix_emission = mix_by_boiler(self.burnt, self.group_emission)
        self.dear_in_fossil = rows.shares[:, DEAR] / rows.shares[:, :BIO].sum(axis=1)
        self.n_rows = rows.sector.size
        self.emission = self._emission_of_measures()
        self.saves_electricity = (catalogue.stream == ELECTRICITY) & (catalogue.saves != 0.0)
        self.power_input = np.where(catalogue.input_kind == ELECTRICITY_INPUT, self.input_amount, 0.0)
        self.biomass_input = np.where(catalogue.input_kind == BIOMASS_INPUT, self.input_amount, 0.0)
        self.growth = np.ascontiguousarray(output_index(constants, tables)[:, rows.sector])  # [y, r]
        self.process = process_intensity(tables)[self.rows.sector]  # tCO2 per USD of output, by price row
        self.management = measure_names().index("energy-management")
        self.origin, self.planned = object(), NOTHING_PLANNED
        self.group_price = rows.of_groups(drivers.fuel_price)  # [y, r, 3]
        self.mix_price = mix_by_boiler(self.burnt, self.group_price)  # [y, r, boiler state]
        self.fossil_price = fossil_mean(self.group_price, rows.shares)
        self.price = self._price_of_streams()
        self.biomass_input_usd = self.biomass_input * drivers.fuel_price[:, CARRIERS.index("biomass"), None]
        self.price.setflags(write=False)
        self.boiler_cost = self._cost_of_fossil_boilers()
        self.reference_heat_cost = self._reference_heat_costs()

    def _cost_of_fossil_boilers(self) -> np.ndarray:
        """Capital [USD per yearly GJ of fuel, r] of a new boiler for the fossil fuel of each price row: coal, or oil and gas."""
        c, shares = self.constants, self.rows.shares
        coal = shares[:, CHEAP] * self.rows.weights[:, CHEAP, CARRIERS.index("coal")] / shares[:, :BIO].sum(axis=1)
        over_biomass = coal * c.coal_boiler_cost_share + (1.0 - coal) * c.oil_boiler_cost_share
        return over_biomass * self.catalogue.unit_cost[BOILERS[0]]

    def with_biomass_at(self, factor: float, year: int) -> YearlyPrices:
        """The same where biomass costs `factor` times as much; good for the tables of `year`."""
        if factor == 1.0:
            return self
        own = copy(self)
        own.planned, own.group_price = NOTHING_PLANNED, self.group_price.copy()
        own.group_price[..., BIO] *= factor
        own.mix_price, t = self.mix_price.copy(), year - FIRST_YEAR
        own.mix_price[t] = mix_by_boiler(self.burnt, own.group_price[t])
        own.biomass_input_usd = self.biomass_input_usd * factor
        return own

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
            together = max(1, CELLS_TOGETHER // (paths.n_zones * self.n_rows * N_CLASSES * len(self.catalogue)))
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
        policy = with_pilot(price_policy(levers, self.rows.sector), self.drivers.carbon_price[years])
        level = np.array(
            [(1.0 - self.constants.autonomous_efficiency) ** (year - REFERENCE_YEAR) for year in YEARS[years]]
        )
        power = self.drivers.electricity_price[years, None, None] * (1.0 + policy.electricity_change)
        carbon = np.zeros((*power.shape, N_CLASSES))  # [y, z, r, k]: class = 2 x boiler state + covered
        carbon[..., 1::2] = policy.carbon[..., None]
        worth = self._unit_values(years, power, carbon, policy)
        mix_price = np.repeat(self.mix_price[years, None], 2, axis=-1)  # [y, 1, r, k]
        mix_emission = np.repeat(self.mix_emission, 2, axis=-1)
        reached = k.reach.T[self.rows.sector][:, None, :] * worth * over(level, worth)
        saving = np.where(worth > 0.0, logs_of(np.maximum(reached, 1e-250)), -1200.0)
        cost = logs_of(self._unit_costs(years, level))
        electricity = over(level, carbon) * (power[..., None] + carbon * over(self.drivers.grid_factor[years], carbon))
        fuel = over(level, carbon) * (mix_price + carbon * mix_emission)
        management = (k.operating_share * k.lump * self.cost_level[years])[:, self.management].tolist()
        heat, reference = self._heat_costs(years, power, policy.carbon), self._reference(years)
        accounts = self._accounts(years, power, policy, level)
        tables = zip(saving, cost, electricity, fuel, management, heat, reference, accounts)
        return [PriceTables(*of_year) for of_year in tables]

    def _unit_costs(self, years: slice, level: np.ndarray) -> np.ndarray:
        """Capital cost [y, s, m] USD of the reached share of one unit of use, hidden cost included; lump sums as they are."""
        per_unit = self.catalogue.reach.T * self.catalogue.unit_cost * level[:, None, None]
        of_year = self.cost_level[years, None]
        return (per_unit + self.catalogue.lump) * of_year * (1.0 + self.constants.hidden_cost_share)

    def _unit_values(self, years: slice, power: np.ndarray, carbon: np.ndarray, policy: PricePolicy) -> np.ndarray:
        """Yearly worth [y, z, r, k, m] USD of one engineering unit saved. See rules.investment.unit_value."""
        k, c = self.catalogue, self.constants
        price, carbon = self._measure_prices(years, power, policy), carbon[..., None]
        factor = over(self.drivers.grid_factor[years], carbon)
        electricity = power[..., None, None] + carbon * factor
        power_input, biomass_input = (by[years, None, None, None] for by in (self.power_input, self.biomass_input_usd))
        inputs = power_input * electricity + biomass_input
        running = (k.operating_share * k.unit_cost * self.cost_level[years])[:, None, None, None]
        emitted = carbon * np.where(self.saves_electricity, factor, self.emission)
        beside_dear = self.dear_in_fossil[:, None, None] * k.dear_operating_cost  # [r, 1, m]
        return c.realisation * (price + emitted - inputs - k.operating_cost - beside_dear) - running

    def _measure_prices(self, years: slice, power: np.ndarray, policy: PricePolicy) -> np.ndarray:
        """Price [y, z, r, k, m] USD per unit of each measure's stream; a battery earns the peak spread."""
        d, price = self.drivers, np.empty((*power.shape, N_CLASSES, len(STREAMS)))
        price[:] = self.price[years, None]
        price[..., FUEL] = np.repeat(self.mix_price[years, None], 2, axis=-1)
        price[..., ELECTRICITY] = power[..., None]
        wastewater = d.wastewater_price + policy.wastewater_charge
        price[..., WATER] = (d.water_price + wastewater * self.wastewater_ratio)[..., None]
        price[..., SOLID_WASTE] = (d.waste_price + policy.landfill_charge)[..., None]
        by_measure = price[..., self.catalogue.stream]
        by_measure[..., self.catalogue.saves == 0.0] = self._peak_spread(power)[..., None, None]
        return by_measure

    def _price_of_streams(self) -> np.ndarray:
        """Price [y, r, k, streams] USD per unit of the streams that neither levers nor firms reach; 0 for the others."""
        price = np.zeros((len(YEARS), self.n_rows, N_CLASSES, len(STREAMS)))
        price[..., FOSSIL] = self.fossil_price[:, :, None]
        price[..., DEAR_FUEL] = self.group_price[:, :, DEAR, None]
        price[..., MATERIAL] = price[..., CHEMICALS] = 1.0
        return price

    def _emission_of_measures(self) -> np.ndarray:
        """tCO2 [r, k, m] per unit of each measure's stream, but for electricity, whose factor is another every year.

        None for a battery, which shifts electricity.
        """
        emission = np.zeros((self.n_rows, N_CLASSES, len(STREAMS)))
        emission[..., FUEL] = np.repeat(self.mix_emission, 2, axis=-1)
        emission[..., FOSSIL] = self.fossil_emission[:, None]
        emission[..., DEAR_FUEL] = self.group_emission[:, DEAR, None]
        return np.where(self.catalogue.saves == 0.0, 0.0, emission[..., self.catalogue.stream])

    def _heat_costs(self, years: slice, power: np.ndarray, carbon: np.ndarray) -> np.ndarray:
        """USD per GJ of fuel that each boiler displaces [y, z, r, (not covered, covered), boiler, (instead, burning on)].

        For energy, carbon and running, without capital; `power` USD/MWh and `carbon` USD/t [y, z, r]. Nothing [y, 0] is worked
        out while boilers have no end of life.
        """
        k = self.catalogue
        if self.constants.boiler_lifetime == 0.0:
            return np.zeros((len(power), 0))
        paid = np.stack([np.zeros_like(carbon), carbon], axis=-1)
        electricity = power[..., None] + paid * over(self.drivers.grid_factor[years], paid)
        found = np.empty((*paid.shape, N_BOILERS, 2))
        for b, m in enumerate(BOILERS):
            dear = k.stream[m] == DEAR_FUEL
            price = self.group_price[years, :, DEAR] if dear else self.fossil_price[years]
            emission = self.group_emission[:, DEAR] if dear else self.fossil_emission
            running = k.operating_share[m] * k.unit_cost[m] * self.cost_level[years, m]
            beside = (k.dear_operating_cost[m] * self.dear_in_fossil)[:, None]
            needed = over(self.power_input[years, m], paid) * electricity + over(self.biomass_input_usd[years, m], paid)
            found[..., b, 0] = needed + over(running, paid) + beside
            found[..., b, 1] = price[:, None, :, None] + paid * emission[:, None]
        return found

    def _reference_heat_costs(self) -> np.ndarray:
        """The same without any policy [y, r, boiler, 2]: what boilers are chosen by while nothing changes."""
        power = np.repeat(self.drivers.electricity_price[:, None, None], self.n_rows, axis=2)
        costs = self._heat_costs(slice(None), power, np.zeros_like(power))
        return costs[:, 0, :, 0] if costs.size else costs

    def _reference(self, years: slice) -> np.ndarray:
        """Reference costs of heat of these years: their own, and those of the reference year after it."""
        return self.reference_heat_cost[np.minimum(YEARS[years], REFERENCE_YEAR) - FIRST_YEAR]

    def _peak_spread(self, power: np.ndarray) -> np.ndarray:
        """Peak less off-peak tariff [y, z, r] USD/MWh: moves with the tariff."""
        return self.constants.peak_spread_usd_mwh * power / self.drivers.electricity_price[TARIFF_YEAR - FIRST_YEAR]

    def _accounts(self, years: slice, power: np.ndarray, policy: PricePolicy, level: np.ndarray) -> list[Prices]:
        """What the flows of each year cost."""
        d, n = self.drivers, len(uses.USES)
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
        emission = np.zeros((len(power), self.n_rows, n))
        emission[..., uses.ELECTRICITY] = d.grid_factor[years, None]
        emission[..., FUEL_USES] = self.group_emission
        spread = self._peak_spread(power)
        by_coverage = (*power.shape[1:], N_COVERAGES, n)
        as_expected, no_dearer = np.ones(by_coverage), np.zeros(by_coverage)
        return [
            Prices(
                use=use[t], charge=charge[t], peak_spread=spread[t], carbon=policy.carbon[t], emission=emission[t],
                wastewater_ratio=self.wastewater_ratio, intensity=level[t],
                process=self.process, process_priced=self.constants.process_coverage * self.process,
                growth=self.growth[years][t], operation=as_expected, dearer=no_dearer,
                hazardous_fee=d.hazardous_price, hazardous_minimum=self.constants.hazardous_fee_minimum_usd,
            )
            for t in range(len(power))
        ]  # fmt: skip


def over(yearly: np.ndarray, values: np.ndarray) -> np.ndarray:
    """A number a year [y] in a form that is multiplied with `values` [y, ...]."""
    return yearly.reshape(-1, *(1,) * (values.ndim - 1))


def logs_of(values: np.ndarray) -> np.ndarray:
    """ln of every element, in rows of measures whatever the shape, so that `logs` is compiled for one."""
    return logs(np.ascontiguousarray(values).reshape(-1, values.shape[-1])).reshape(values.shape)
