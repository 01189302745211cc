"""From a world and a run's constants to the columns of its firms, operators and regulators, before the first year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from eipsim.agents.firm.columns import DESCRIPTION_COLUMNS, FIRM_COLUMNS
from eipsim.agents.operator.columns import FULL_SCORE, OPERATOR_COLUMNS, SCORES
from eipsim.agents.operator.traits import traits_of
from eipsim.agents.regulator.columns import REGULATOR_COLUMNS
from eipsim.agents.surroundings import (
    INDUSTRY_COLUMNS,
    MARKET_COLUMNS,
    NEIGHBOURHOOD_COLUMNS,
    NOT_WEIGHED,
    VINTAGE_COLUMNS,
    WORKSPACE_COLUMNS,
    Surroundings,
    what_measures_do,
)
from eipsim.core.arithmetic import logs, total
from eipsim.core.columns import Table, filled, new_table, record_type
from eipsim.core.draws import PROCESSES, drawn
from eipsim.core.memory import GivenBack
from eipsim.core.years import FIRST_YEAR, YEARS
from eipsim.data.loading import CountryTables, read_facts
from eipsim.infrastructure.columns import fees_of
from eipsim.market import uses
from eipsim.market.catalogue import (
    BOILERS,
    N_MEASURES,
    N_SECTORS,
    penetration_in,
)
from eipsim.market.constants import Constants
from eipsim.market.drivers import REFERENCE_YEAR
from eipsim.market.fuels import BIO, rows_of_firms
from eipsim.market.growth import use_of_newcomers
from eipsim.market.market import Market
from eipsim.rules.boilers import weights_of
from eipsim.rules.loans import whole_years
from eipsim.world import Tenants, World

NORTH = ("Red River Delta", "Northern midlands")
CENTRE = ("North Central & Central coast",)
COMPLIANCE_DRAWS = ("compliance cost", "self-compliance")


def build_firms(world: World, market: Market, streams: np.ndarray) -> np.recarray:
    """The table of all firms of the world (FIRM_COLUMNS), nobody moved in yet."""
    table, c = _described(world, market), market.constants
    table.firm_effect[:] = c.firm_effect_sd * drawn(world.firms.key, streams[PROCESSES["firm effect"]], normal=True)
    cost, compliant = (drawn(world.firms.key, streams[PROCESSES[name]]) for name in COMPLIANCE_DRAWS)
    table.compliance_cost[:] = compliance_costs(cost, compliant, table.revenue, c)
    return table


def compliance_costs(cost: np.ndarray, compliant: np.ndarray, revenue: np.ndarray, c: Constants) -> np.ndarray:
    """USD/yr [n], from draws of `cost` and of who is `compliant` by itself, and from what each earns [USD/yr]."""
    most = c.compliance_cost_max_share * revenue if c.compliance_cost_max_share > 0.0 else c.compliance_cost_max_usd
    return np.where(compliant < c.self_complying_share, 0.0, most * cost)


@dataclass(frozen=True, eq=False)
class Returned:
    """The memory of a run's table of firms, given back."""

    tenants: Tenants  # of the world whose firms stand in it
    made_from: bytes  # what else describes them
    memory: np.ndarray

    def describes(self, world: World, market: Market) -> bool:
        """Whether its firms would be described again as they are."""
        return self.tenants is world.firms and self.made_from == _made_from(world, market)


_given_back: GivenBack[Returned] = GivenBack()
STATE_FROM = record_type(DESCRIPTION_COLUMNS).itemsize // 8  # word of a row where what changes begins


def return_firms(world: World, market: Market, table: np.ndarray) -> None:
    """Give back the table of a run that is over: nobody may hold it any more, or have changed what its firms are."""
    while table.base is not None:
        table = table.base
    _given_back.give(Returned(world.firms, _made_from(world, market), table))


def _described(world: World, market: Market) -> Table:
    """All firms as they are before they have done anything; in memory that was given back, if some of it is large enough."""
    given = _given_back.take(lambda given: given.describes(world, market)) or _given_back.take(lambda _: True)
    if given is None or given.memory.size < world.n_firms:
        table = new_table(world.n_firms, FIRM_COLUMNS)
        _describe_firms(table, world, market)
        return table
    table = given.memory[: world.n_firms].view(Table)
    table.view(np.ndarray).view(np.uint64).reshape(table.size, -1)[:, STATE_FROM:] = 0
    if not given.describes(world, market):
        _describe_firms(table, world, market)
    return table


def _made_from(world: World, market: Market) -> bytes:
    """All that `_describe_firms` reads besides the tenants of the world."""
    c, catalogue, drivers, year = market.constants, market.catalogue, market.drivers, REFERENCE_YEAR - FIRST_YEAR
    numbers = [
        world.seed, c.main_fuel_share,
        c.materials_scale, c.constrained_share, c.constrained_foreign_ratio, catalogue.stream, catalogue.penetration,
        catalogue.net_share, catalogue.input_kind, catalogue.input_amount, drivers.electricity_price[year],
        drivers.fuel_price[year], drivers.water_price, drivers.wastewater_price, c.newcomers_path, c.intensity_trend,
        c.autonomous_efficiency,
    ]  # fmt: skip
    return b"".join([world.tables.digest.encode(), *(np.asarray(number).tobytes() for number in numbers)])


BLOCK = 4096  # rows: what is worked out on the way stays in the processor's cache


def _describe_firms(table: Table, world: World, market: Market) -> None:
    """Write down what the firms of the world are (DESCRIPTION_COLUMNS)."""
    factors = uses.without_measures(market.catalogue, world.tables)
    factors = factors * use_of_newcomers(market.catalogue, market.constants, world.tables)
    price_row = rows_of_firms(world.firms, world.seed, market.constants.main_fuel_share, world.tables)
    for first in range(0, table.size, BLOCK):
        rows = slice(first, first + BLOCK)
        tenants = Tenants(*(column[rows] for column in world.firms))
        filled(table[rows], **_description(tenants, price_row[rows], factors, market, world.tables))


def _description(
    tenants: Tenants, price_row: np.ndarray, factors: np.ndarray, market: Market, tables: CountryTables
) -> dict[str, np.ndarray]:
    """The columns of what firms are; `factors` [entry year, s, k] lead from use observed in 2024 to that without any measure."""
    c, rows, year = market.constants, market.yearly.rows, REFERENCE_YEAR - FIRST_YEAR
    entry = np.maximum(tenants.entry_year - FIRST_YEAR, 0)
    gross = uses.observed_use(tenants, rows.shares[price_row], c, tables) * factors[entry, tenants.sector]
    fuel_price = rows.of_groups(market.drivers.fuel_price[year])[price_row]
    log_size = logs(uses.energy_and_water_bill(gross, fuel_price, rows.wastewater_ratio[price_row], market.drivers))
    constrained_share = np.where(tenants.foreign, c.constrained_foreign_ratio, 1.0) * c.constrained_share
    return {
        "key": tenants.key,
        "park": tenants.park,
        "sector": tenants.sector,
        "price_row": price_row,
        "entry_year": tenants.entry_year,
        "exit_year": tenants.exit_year,
        "employees": tenants.employees,
        "revenue": tenants.revenue_usd,
        "foreign": tenants.foreign,
        "constrained": tenants.constrained_draw < constrained_share,
        "toe": uses.tonnes_oil_equivalent(tenants, tables),
        "gross_use": gross,
        "log_size": log_size,
        "gross_level": logs(stream_amounts(gross)) - log_size[:, None],
    }


def stream_amounts(gross: np.ndarray) -> np.ndarray:
    """Use per year without any measure of the streams measures act on [n, streams]; 1 for lump sums on the whole bill."""
    fossil = gross[:, uses.COAL_DIESEL] + gross[:, uses.DEAR_FUEL]
    columns = [
        gross[:, uses.ELECTRICITY], fossil + gross[:, uses.BIOMASS], fossil, gross[:, uses.DEAR_FUEL],
        gross[:, uses.WATER], gross[:, uses.WASTE], gross[:, uses.MATERIAL], gross[:, uses.CHEMICALS], np.ones(len(gross)),
    ]  # fmt: skip
    return np.stack(columns, axis=1)


def biomass_observed(world: World, market: Market, firms: np.recarray) -> float:
    """GJ of biomass that the firms in the parks of the reference year burn a year, as observed then; 0 where nobody asks."""
    if market.constants.biomass_price_rise == 0.0:
        return 0.0
    there, shares = world.alive(REFERENCE_YEAR), market.yearly.rows.shares[:, BIO]
    return total((world.firms.fuel_gj * shares[firms.price_row])[there])


def build_operators(world: World, constants: Constants, streams: np.ndarray) -> np.recarray:
    """The table of the park operators (OPERATOR_COLUMNS) in the year before the first."""
    parks = world.parks
    n = parks.key.size

    def of_parks(process: str, **more: Any) -> np.ndarray:
        return drawn(parks.key, streams[PROCESSES[process]], **more)

    cost, compliant = (of_parks(name, item=1) for name in COMPLIANCE_DRAWS)
    traits = traits_of(world.park_ids, constants, of_parks)
    start = np.array([getattr(constants, f"score_{category}_start") for category in SCORES])
    spread = np.stack([of_parks("score", item=k, normal=True) for k in range(len(SCORES))], axis=1)
    score = np.clip(start + constants.score_sd * spread, 0.0, FULL_SCORE)
    reach = constants.score_ceiling_base + constants.score_ceiling_capacity * traits["capacity"]
    ceiling = np.minimum(FULL_SCORE, reach)[:, None]

    return new_table(
        n,
        OPERATOR_COLUMNS,
        key=parks.key,
        province=parks.province,
        group=parks.group,
        established_year=parks.established_year,
        operating_year=parks.operating_year,
        area_ha=parks.area_ha,
        green_share=parks.green_share,
        uncommitted=1.0,
        born_eco_draw=of_parks("born eco"),
        monitoring_draw=of_parks("monitoring"),
        score=score,
        ceiling=np.maximum(ceiling, score),
        tenants_record=-1.0,
        compliance_cost=compliance_costs(cost, compliant, fees_of(parks.area_ha, constants), constants),
        **traits,
    )


def build_regulators(n_provinces: int, adaptive_level: float) -> np.recarray:
    """The nation and every province, with empty books; `adaptive_level`: where the nation's adaptive rule starts."""
    table = new_table(n_provinces + 1, REGULATOR_COLUMNS, province=np.arange(-1, n_provinces))
    table.adaptive_level[0] = adaptive_level
    return table


def solar_cost(world: World, constants: Constants) -> np.ndarray:
    """ln of solar cost per MWh over the catalogue's [n_parks]: fewer sun hours in the north."""
    north, south = (world.tables.value("learning_and_pv", f"pv_yield_{side}") for side in ("north", "south"))
    reference = world.tables.value("driver_paths", "pv_yield_reference")
    in_between = north + constants.pv_yield_centre_weight * (south - north)
    by_region = [north if r in NORTH else in_between if r in CENTRE else south for r in world.regions]
    return np.log(reference / np.array(by_region))[world.parks.region]


def build_surroundings(
    world: World, market: Market, streams: np.ndarray, zones: np.ndarray, n_zones: int
) -> Surroundings:
    """Surroundings before the first year: nobody has heard of anything, nobody is there, nobody owes anything."""
    c, catalogue, yearly = market.constants, market.catalogue, market.yearly
    net = catalogue.net_share
    unknown = {"unaware": 1.0, "unheard": 1.0}
    parks = new_table(
        world.parks.key.size, NEIGHBOURHOOD_COLUMNS, zone=zones, first_market=zones * yearly.n_rows,
        solar_cost=solar_cost(world, c),
        unaware_information=1.0, unheard_information=1.0, **unknown,
    )  # fmt: skip
    vintages = new_table(
        len(YEARS), VINTAGE_COLUMNS, cost_level=yearly.cost_level, input_amount=yearly.input_amount,
        penetration=penetration_in(YEARS, catalogue, world.tables, c.newcomers_path).transpose(0, 2, 1),
    )  # fmt: skip
    return Surroundings(
        parks=parks,
        sectors=new_table(
            N_SECTORS,
            INDUSTRY_COLUMNS,
            **what_measures_do(catalogue, net),
            running_share=catalogue.operating_share * catalogue.unit_cost * (catalogue.reach / (1.0 - net)).T,
            running_own=catalogue.operating_cost * (net / (1.0 - net)).T,
            running_dear=catalogue.dear_operating_cost * (net / (1.0 - net)).T,
            boiler_temperature=boiler_temperatures(),
            running_lump=catalogue.operating_share * catalogue.lump,
            **unknown,
        ),
        markets=new_table(n_zones * yearly.n_rows, MARKET_COLUMNS, boiler_cost=np.tile(yearly.boiler_cost, n_zones)),
        vintages=vintages,
        log_annuity=np.zeros(N_MEASURES),
        streams=streams,
        workspace=new_table(1, WORKSPACE_COLUMNS),
        boiler_weights=boiler_weights(penetration_in(YEARS, catalogue, world.tables)[:, BOILERS].transpose(0, 2, 1), c),
        weighed=NOT_WEIGHED,
        surprise=np.zeros(1, dtype=np.bool_),
        due=np.zeros(world.firms.key.size if whole_years(c.loan_years) > 0 else 0, dtype=np.int64),
    )


@cache
def boiler_temperatures() -> np.ndarray:
    """deg C of the heat that boilers of each sector make, least and most [s, 2]."""
    return read_facts("boiler_temperatures")[["low", "high"]].astype(float).to_numpy()


def boiler_weights(penetration: np.ndarray, c: Constants) -> np.ndarray:
    """Weights [y, s, bits of boilers to be had, (fossil, BOILERS)] at which those who replace a boiler keep its kind's share.

    `penetration` [y, s, BOILERS] is the share of firms that have each; what has another of those to be had has a fossil boiler.
    """
    *years_and_sectors, n = penetration.shape
    kinds, kind = np.unique(penetration.reshape(-1, n), axis=0, return_inverse=True)  # most sectors and years are alike
    shares = np.zeros((len(kinds), 2**n, 1 + n))
    if c.boiler_lifetime > 0.0:
        for usable in range(2**n):
            shares[:, usable, 1:] = kinds * [(usable >> b) & 1 for b in range(n)]
        shares[..., 0] = np.maximum(1.0 - shares[..., 1:].sum(axis=-1), 0.0)
        shares = weights_of(shares, float(c.boiler_inertia))
    return shares[kind].reshape(*years_and_sectors, 2**n, 1 + n)
