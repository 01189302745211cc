"""How firms use energy when it is dearer or cheaper than was to be expected: less or more, with what they have.

What was to be expected is the price of the world's default scenario under central drivers, year by year (`reference_prices`). It
depends on the world alone, so a scenario, rule, replicate or driver moves firms exactly from the year in which it first moves a
price. Only biomass comes from the run: what it is said to cost beside coal, and that it gets dearer as more of it is burnt, which
firms see coming. A firm was to expect carbon in a year in which the default scenario would cover it. Firms of a price zone and
price row that are covered alike, now and as was to be expected, answer alike (`Operation`), and carbon counts as price x emission
factor per unit of carrier, and in no other way.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eipsim.core.arithmetic import exp
from eipsim.core.compiled import allocating
from eipsim.core.latest import Latest
from eipsim.core.years import FIRST_YEAR
from eipsim.data.loading import CountryTables, read_facts, value_of
from eipsim.market import uses
from eipsim.market.books import Prices
from eipsim.market.constants import Constants
from eipsim.market.drivers import Drivers, build_drivers, with_biomass_ratio
from eipsim.market.fuels import PriceRows, price_rows
from eipsim.market.prices import FUEL_USES, price_policy, with_pilot
from eipsim.market.uses import N_ENERGY
from eipsim.rules.operation import left_for_operation, operation_after, price_ratio

if TYPE_CHECKING:
    from eipsim.policy.levers import LeverPaths

KEPT = 8  # reference prices, of a megabyte, that are kept
_references: Latest[ReferencePrices] = Latest(KEPT)


class ReferencePrices(NamedTuple):
    """What energy was to be expected to cost in a world."""

    energy: np.ndarray  # float [y, z, r, foreseen, energy use] USD per unit, with carbon where it was to be expected
    paths: LeverPaths  # of the default scenario: whom it covers, and its price zones
    digest: str  # sha256 of the prices


def reference_prices(paths: LeverPaths, constants: Constants, tables: CountryTables) -> ReferencePrices:
    """The prices of energy of the default scenario of a world, whose levers are `paths`, under central drivers.

    Of `constants` they know whether firms have main fuels, which pay their own prices, and what biomass costs beside coal.
    """
    rows, ratio = price_rows(constants.main_fuel_share, tables), float(constants.biomass_price_ratio)
    made_from = paths, tables.digest, rows.sector.size, ratio
    return _references.get(
        made_from, lambda: _reference(paths, with_biomass_ratio(ratio, build_drivers({}, tables)), rows)
    )


def _reference(paths: LeverPaths, drivers: Drivers, rows: PriceRows) -> ReferencePrices:
    policy = with_pilot(price_policy(paths.years, rows.sector), drivers.carbon_price)
    fuel = rows.of_groups(drivers.fuel_price)  # [y, r, group]
    emission = np.empty((*fuel.shape[:2], N_ENERGY))
    emission[..., uses.ELECTRICITY] = drivers.grid_factor[:, None]
    emission[..., FUEL_USES] = rows.of_groups(drivers.emission_factor)
    price = np.empty((*policy.carbon.shape, N_ENERGY))
    price[..., uses.ELECTRICITY] = drivers.electricity_price[:, None, None] * (1.0 + policy.electricity_change)
    price[..., FUEL_USES] = fuel[:, None]
    energy = np.stack([energy_prices(*of_year) for of_year in zip(price, policy.carbon, emission)])
    energy.setflags(write=False)
    return ReferencePrices(energy, paths, hashlib.sha256(energy.tobytes()).hexdigest())


def energy_prices(use: np.ndarray, carbon: np.ndarray, emission: np.ndarray) -> np.ndarray:
    """What a unit of energy costs firms that the carbon price does not cover, and those that it does [z, r, 2, energy use].

    `use` [z, r, k] USD per unit without carbon, `carbon` [z, r] USD/t, `emission` [r, k] tCO2 per unit.
    """
    bare = use[..., :N_ENERGY]
    return np.stack([bare, bare + carbon[..., None] * emission[:, :N_ENERGY]], axis=2)


def elasticity_of_measures(rule: str) -> float:
    """Own-price elasticity of electricity that measures and attention bring about by themselves under a rule, positive.

    Worked out by `experiments/08_price_response`, central; 0 for a rule of one's own.
    """
    known = set(read_facts("measures_response")["name"])
    return value_of("measures_response", rule) if rule in known else 0.0


class Operation:
    """What firms' use of energy has come to by this year, and how prices move it: [z, r, coverage, energy use]."""

    def __init__(self, reference: ReferencePrices, zones: np.ndarray, constants: Constants, by_measures: float):
        self.reference, self.zone = reference, zone_of_reference(zones, reference.paths.zones)
        self.elasticity = left_for_operation(float(constants.price_elasticity), by_measures)
        self.speed, self.most = float(constants.adjustment_speed), float(constants.most_price_ratio)
        shape = len(self.zone), *reference.energy.shape[2:]
        self.price, self.expected = np.ones(shape), np.ones(shape)  # [z, r, covered, ...], [z, r, foreseen, ...]
        self.state = np.zeros_like(by_coverage(self.price, self.expected)[0])  # ln of use over that at the reference
        self.held: list[int] = []  # years in which a price was farther from its reference than it may count

    def answer(self, year: int, prices: Prices, biomass: float) -> Prices:
        """The prices of `year` with what they make of the use of energy; to be called once a year.

        `biomass` : what biomass costs over its driver, as more or less of it is burnt; firms see that coming.
        """
        self.price = energy_prices(prices.use, prices.carbon, prices.emission)
        self.expected = self.reference.energy[year - FIRST_YEAR][self.zone]
        self.expected[..., uses.BIOMASS] *= biomass
        price, expected = by_coverage(self.price, self.expected)
        if answer_to(self.state, price, expected, self.elasticity, self.speed, self.most):
            self.held.append(year)
        operation, dearer = np.ones_like(prices.operation), np.zeros_like(prices.dearer)
        operation[..., :N_ENERGY] = factors_of(self.state)
        dearer[..., :N_ENERGY] = price - expected
        return prices._replace(operation=operation, dearer=dearer)


def by_coverage(price: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What energy costs [z, r, covered, energy use] and was to be expected to cost [z, r, foreseen, energy use], both
    [z, r, coverage, energy use] in the order of `books.coverage_of`."""
    return np.tile(price, (1, 1, 2, 1)), np.repeat(expected, 2, axis=2)


def zone_of_reference(zones: np.ndarray, of_reference: np.ndarray) -> np.ndarray:
    """For each price zone of a run that of the default scenario [z]; the latter must not part one of the former."""
    n = int(zones.max(initial=0)) + 1
    pairs = np.unique(np.stack([zones, of_reference]), axis=1)
    if pairs.shape[1] != n:
        raise ValueError("the default scenario has other energy prices in parts of a price zone of this one")
    return pairs[1]


@allocating
def answer_to(state, price, expected, elasticity, speed, most):
    """Move `state` [z, r, coverage, energy use] by the year's prices; whether any was held, being too far from the expected."""
    now, p, e, held = state.reshape(-1), price.reshape(-1), expected.reshape(-1), False
    for i in range(now.size):
        ratio = price_ratio(p[i], e[i], most)
        held |= ratio != p[i] / e[i]
        now[i] = operation_after(now[i], ratio, elasticity, speed)
    return held


@allocating
def factors_of(state):
    """What is used over what would be at the reference, exactly 1 where no price has ever differed."""
    factors = np.empty(state.shape)
    flat, now = factors.reshape(-1), state.reshape(-1)
    for i in range(now.size):
        flat[i] = exp(now[i])
    return factors
