"""What a run holds, one field a folder, and what a year brings it.

`State` is the country at the end of the last step; functions change its columns in place, and nothing else. `Year` is what is
given in one year: nobody writes to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from eipsim.agents.firm.loans import Loans, no_loans
from eipsim.agents.operator.year import ParkPolicy
from eipsim.agents.regulator.allowances import Allowances
from eipsim.agents.surroundings import Surroundings
from eipsim.certification.year import Certification, decrees_in_force
from eipsim.core.draws import PROCESSES, drawn
from eipsim.exchanges.symbiosis import Symbiosis
from eipsim.infrastructure.systems import Infrastructure, lay_out
from eipsim.market.books import Books, Prices, new_books
from eipsim.market.constants import Constants
from eipsim.market.market import Market, build_market
from eipsim.market.operation import Operation, elasticity_of_measures, reference_prices
from eipsim.market.prices import PriceTables
from eipsim.model import population
from eipsim.policy.decrees import Decree, read_decrees
from eipsim.policy.levers import LeverPaths, Levers, resolve_once
from eipsim.policy.programmes import ResolvedProgramme
from eipsim.policy.province_maps import ProvinceMap, province_map
from eipsim.scenarios.loading import default_scenario, load_scenario
from eipsim.scenarios.schema import Scenario
from eipsim.scenarios.values import FrozenDict
from eipsim.world import World


@dataclass(frozen=True)
class State:
    """What a run holds. The tables have a row per agent and a column per attribute (the `columns` of their folder)."""

    world: World
    market: Market
    operation: Operation | None  # how firms answer to prices day by day; None where they do not
    surroundings: Surroundings
    firms: np.recarray  # FIRM_COLUMNS
    operators: np.recarray  # OPERATOR_COLUMNS
    regulators: np.recarray  # REGULATOR_COLUMNS
    infrastructure: Infrastructure
    exchanges: Symbiosis
    certification: Certification
    books: Books
    maps: ProvinceMap  # of provinces
    voucher_holders: np.ndarray  # int64 [firms], rows; the first `vouchers_dealt` of the nation's regulator count
    allowances: Allowances
    loans: Loans
    inspection_records: np.ndarray  # float [firms], share of past years with an inspection, as far as remembered
    voucher_records: list[tuple[int, np.ndarray]]  # by year in which firms have applied: int64 [m, RECORD]
    biomass_reference: float  # GJ that the firms of 2024 burn a year; 0 where the price of biomass does not ask


@dataclass(frozen=True)
class Year:
    """What is given in one year: [p] parks."""

    number: int  # 2015 to 2050
    levers: Levers  # after the adaptive regulator has moved the one that it steers
    adaptive_audits: int  # that the adaptive regulator gives, when audits are what it steers
    voucher_rule: str  # whom vouchers go to first
    programmes: dict[int, ResolvedProgramme]  # those that run this year, by their number among all
    tables: PriceTables
    grid_factor: float  # tCO2/MWh
    biomass_price_factor: float  # price of biomass over that of its driver, by last year's use
    rows: np.ndarray  # int64, rows of the firms that are in their park this year, sorted by park
    first: np.ndarray  # int64 [p + 1], where the firms of each park begin in `rows`; the last is the end
    park_policy: ParkPolicy  # what operators see
    decree: Decree | None  # in force at the end of the year
    home: np.ndarray | None = None  # int64 [v], the province that each is part of; None: each is its own

    @property
    def prices(self) -> Prices:
        """What the year's flows cost."""
        return self.tables.accounts


def new_state(
    world: World, case: Scenario, parameters: Mapping[str, float], paths: LeverPaths, streams: np.ndarray, rule: str
) -> State:
    """The country before the first year, in the scenario `case`, under a decision rule; `streams` uint64 [n_processes] are the
    keys of all draws."""
    market = build_market(parameters, case.drivers.model_dump(), world.tables)
    constants, adaptive = market.constants, case.regulator.adaptive
    decrees = read_decrees(tuple(case.decrees), world.tables.decrees)
    firms = population.build_firms(world, market, streams)
    operators = population.build_operators(world, constants, streams)
    surroundings = population.build_surroundings(world, market, streams, paths.zones, paths.n_zones)
    infrastructure = lay_out(world, market, operators, surroundings)
    loans = no_loans(constants, world.n_parks)
    return State(
        world=world,
        market=market,
        operation=operation_in(world, market.constants, paths, rule),
        surroundings=surroundings,
        firms=firms,
        operators=operators,
        regulators=population.build_regulators(len(world.provinces), adaptive.start if adaptive else 0.0),
        infrastructure=infrastructure,
        exchanges=Symbiosis(world, constants, firms, operators, surroundings, infrastructure, case.exchange_tables),
        certification=Certification(
            decrees=decrees,
            in_force=decrees_in_force(decrees),
            priority=drawn(operators.key, streams[PROCESSES["dossier priority"]]),
            standings=[],
            seen=[],
        ),
        books=new_books(
            world.n_parks, world.n_firms, len(paths.programmes) + 2, market.yearly.n_rows, loans.are_followed
        ),
        maps=province_map(world, parameters),
        voucher_holders=np.empty(world.n_firms, dtype=np.int64),
        allowances=Allowances(),
        loans=loans,
        inspection_records=np.zeros(world.n_firms),
        voucher_records=[],
        biomass_reference=population.biomass_observed(world, market, firms),
    )


ENERGY_LEVERS = ("carbon_price", "carbon_facilities", "carbon_threshold_toe", "electricity_price_change")


def operation_in(world: World, constants: Constants, paths: LeverPaths, rule: str) -> Operation | None:
    """How firms of `world` answer to prices that are not those of its default scenario, under a decision rule."""
    if constants.price_elasticity == 0.0 and constants.salience == 0.0:
        return None
    default = load_scenario(default_scenario(world))
    levers = FrozenDict({name: default.levers[name] for name in ENERGY_LEVERS if name in default.levers})
    priced = default.model_copy(update={"levers": levers, "programmes": FrozenDict(), "instruments": ()})
    reference = reference_prices(resolve_once(priced, world), constants, world.tables)
    return Operation(reference, paths.zones, constants, elasticity_of_measures(rule))
