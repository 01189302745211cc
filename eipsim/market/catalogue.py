"""The catalogue of RECP measures as arrays: what each reaches, saves, costs and needs, by measure and archetype.

`build_catalogue(constants, tables)` turns `measures.csv`, `applicability.csv` and `measure_inputs.csv` into one unit: US
dollars per yearly unit of the stream the measure reaches (MWh, GJ, m3, t, USD). How each capital cost is converted stands in
`CAPITAL_UNITS`; `docs/measures.md` lists the payback that results beside the payback of the source.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd

from eipsim.core.columns import Col, new_table
from eipsim.core.names import rows_called, shown
from eipsim.data.loading import VIETNAM, CountryTables
from eipsim.errors import InputError, Mistake, unknown
from eipsim.market.constants import Constants
from eipsim.market.drivers import GJ_PER_MWH, REFERENCE_YEAR

STREAMS = ("electricity", "fuel", "fossil", "dear_fuel", "water", "solid_waste", "material", "chemicals", "energy_all")
ELECTRICITY, FUEL, FOSSIL, DEAR_FUEL, WATER, SOLID_WASTE, MATERIAL, CHEMICALS, ENERGY_ALL = range(len(STREAMS))
NO_INPUT, ELECTRICITY_INPUT, BIOMASS_INPUT = range(3)
INPUTS = {"none": NO_INPUT, "electricity": ELECTRICITY_INPUT, "biomass": BIOMASS_INPUT}
AS_IS, BIOMASS_BOILER, HEAT_PUMP, ELECTRIFIED = range(4)  # what a firm's boiler house has become
BIOMASS_BOILER_NAME = "biomass-boiler"
REPLACE_BOILERS = (BIOMASS_BOILER_NAME, "heat-pump", "electric-boiler")
N_CLASSES = 8  # price classes: boiler state (4) x covered by the carbon price (2)
COUNTRIES = 8  # of which what follows from the tables is kept at hand
MOST_SAVED = 1.0 - 1e-9  # of a stream, so that what remains has a logarithm
KW_HOURS_TO_GJ = GJ_PER_MWH / 1000.0


def per_gj_of_fuel(usd_per_kw: float, c: Constants) -> float:
    """What is so much per kW of heat, per yearly GJ of the fuel that the heat is no longer made of."""
    return usd_per_kw * c.boiler_efficiency / (c.boiler_hours * KW_HOURS_TO_GJ)


# measures.csv gives capital cost in these units; each function gives USD per yearly unit of the stream.
CAPITAL_UNITS: dict[str, Callable[[float, Constants, CountryTables], float]] = {
    "USD per MWh/yr saved": lambda cost, c, t: cost,
    "USD per GJ/yr saved": lambda cost, c, t: cost,
    "USD per m3/yr saved": lambda cost, c, t: cost,
    "USD per USD/yr saved": lambda cost, c, t: cost,
    "USD per t/yr diverted": lambda cost, c, t: cost,
    "USD per kW_th": lambda cost, c, t: per_gj_of_fuel(cost, c),
    "USD per kW_th 2025": lambda cost, c, t: per_gj_of_fuel(cost, c),
    "USD per kW_e electrolyser 2025": lambda cost, c, t: cost / (c.boiler_hours * KW_HOURS_TO_GJ),
    "USD per kWp": lambda cost, c, t: 1000.0 * cost / t.value("driver_paths", "pv_yield_reference"),
    "USD per m3/d": lambda cost, c, t: cost / c.operating_days,
    "USD per kWh installed 2025": lambda cost, c, t: 1000.0 * cost / c.battery_cycles,
    "USD per site": lambda cost, c, t: 0.0,  # a lump sum, held in the column lump
}


@lru_cache(maxsize=COUNTRIES)
def measure_table(tables: CountryTables = VIETNAM) -> pd.DataFrame:
    """Central values in wide form, one row per measure in catalogue order; index = measure id."""
    long = tables.read("measures")
    wide = long.pivot(index="measure_id", columns="parameter", values="central")
    names = tables.read("measure_names").set_index("measure_id")
    wide = wide.reindex(names.index).astype(float)
    units = long[long["parameter"] == "capex"].set_index("measure_id")["unit"]
    return wide.assign(capex_unit=units, name=names["name"], label=names["label"], reaches=names["reaches"])


def measure_names() -> tuple[str, ...]:
    return tuple(measure_table()["name"])


BOILERS = np.array([measure_names().index(name) for name in REPLACE_BOILERS])
N_BOILERS = len(BOILERS)


def measure_labels(tables: CountryTables = VIETNAM) -> tuple[str, ...]:
    """What measures are called in sentences and figures."""
    return tuple(measure_table(tables)["label"])


def measure_called(name: str, tables: CountryTables = VIETNAM) -> int:
    """Row of the measure that `name` means: its id, name or label, or words of these. InputError for none and for several.

    >>> measure_called("LED") == measure_called("M01") == measure_names().index("lighting")
    True
    """
    called = list(zip(measure_ids(), measure_names(), measure_labels(tables)))
    rows = rows_called(name, called)
    if not rows:
        raise InputError(unknown("measure", "measure", name, [*measure_names(), *measure_labels(tables)]))
    if len(rows) > 1:
        fits = "; ".join(f"{called[row][1]} ({called[row][2]})" for row in rows)
        raise InputError(Mistake("measure", f"{shown(name)} fits {len(rows)} measures", f"write one of: {fits}"))
    return rows[0]


def measure_ids() -> tuple[str, ...]:
    return tuple(measure_table().index)


N_MEASURES, N_SECTORS = len(measure_table()), len(VIETNAM.read("applicability").columns) - 1

# One row per measure of the catalogue; [s] archetypes.
CATALOGUE_COLUMNS = (
    Col("stream", np.int8, "index into STREAMS"),
    Col("saves", np.float64, "1 where the reached part is saved, 0 where it is only shifted (battery)"),
    Col("reach", np.float64, "engineering share of the stream that is saved (or shifted)", (N_SECTORS,)),
    Col("net_share", np.float64, "share saved in the accounts after realisation and rebound", (N_SECTORS,)),
    Col("unit_cost", np.float64, "USD per yearly unit"),
    Col("lump", np.float64, "USD per site"),
    Col("trend", np.float64, "ln per year"),
    Col("base_year", np.int16, "year of the cost"),
    Col("cost_sigma", np.float64, "ln spread between projects"),
    Col("operating_share", np.float64, "1/yr of capital cost"),
    Col("operating_cost", np.float64, "USD per unit really saved, besides"),
    Col("dear_operating_cost", np.float64, "USD per GJ of oil, LPG and gas really saved, besides"),
    Col("input_kind", np.int8, "input kind"),
    Col("input_amount", np.float64, "MWh or GJ per unit saved (per unit shifted for the battery)"),
    Col("lifetime", np.int16, "years"),
    Col("available_from", np.int16, "available from"),
    Col("effect", np.float64, "logit(impl_rate) centred over the catalogue, weighted"),
    Col("penetration", np.float64, "share of firms in 2024", (N_SECTORS,)),
    Col("boiler_state", np.int8, "what the boiler house becomes (AS_IS for most)"),
)  # fmt: skip


@lru_cache(maxsize=1)
def exclusions() -> np.ndarray:
    """For each measure the bits of those it excludes, int64 [m], from measure_exclusions.csv; symmetric."""
    table, position = VIETNAM.read("measure_exclusions"), {m: k for k, m in enumerate(measure_ids())}
    excludes = np.zeros(len(position), dtype=np.int64)
    for a, b in zip(table["measure_a"], table["measure_b"]):
        excludes[position[a]] |= 1 << position[b]
        excludes[position[b]] |= 1 << position[a]
    return excludes


@lru_cache(maxsize=COUNTRIES)
def added_inputs(tables: CountryTables = VIETNAM) -> tuple[np.ndarray, np.ndarray]:
    """Kind [m] and amount [m] of what a measure uses instead; kWh per m3 become MWh."""
    table, rows = measure_table(tables), tables.read("measure_inputs").set_index("measure_id")
    kind = np.array([INPUTS[rows["input"].get(m, "none")] for m in table.index], dtype=np.int8)
    per_unit = [float(rows["amount_central"].get(m, 0.0)) for m in table.index]
    kilowatt_hours = [str(rows["unit"].get(m, "")).startswith("kWh") for m in table.index]
    return kind, np.where(kilowatt_hours, np.array(per_unit) / 1000.0, per_unit)


def measures_with_inputs() -> int:
    """Bits of the measures that use something instead of what they save."""
    kind, _ = added_inputs()
    return sum(1 << m for m in range(len(kind)) if kind[m] != NO_INPUT)


def measures_of_boilers() -> int:
    """Bits of the measures that change what the boiler house burns."""
    states = boiler_states(measure_table())
    return sum(1 << m for m in range(len(states)) if states[m] != AS_IS)


def own_operating_costs(names: np.ndarray, constants: Constants) -> tuple[np.ndarray, np.ndarray]:
    """Running cost as share of capital [m] and per yearly unit [m]: own figures where a measure has them."""
    share = np.where(names == "rooftop-solar", constants.pv_operating_share, constants.operating_cost_share)
    if constants.solid_boiler_running_cost_usd_kw > 0.0:  # a boiler for wood costs as much to run as one for coal
        share = np.where(names == BIOMASS_BOILER_NAME, 0.0, share)
    is_recycling = names == "water-recycling"
    return np.where(is_recycling, 0.0, share), np.where(is_recycling, constants.recycling_operating_cost, 0.0)


def cost_beside_oil_and_gas(names: np.ndarray, constants: Constants) -> np.ndarray:
    """What it costs more to run a boiler for solid fuel than one for oil or gas [m], USD per GJ of oil, LPG and gas displaced."""
    more = per_gj_of_fuel(constants.solid_boiler_running_cost_usd_kw, constants)
    return np.where(names == BIOMASS_BOILER_NAME, more, 0.0)


def boiler_states(table: pd.DataFrame) -> np.ndarray:
    states = {BIOMASS_BOILER_NAME: BIOMASS_BOILER, "heat-pump": HEAT_PUMP, "electric-boiler": ELECTRIFIED}
    states["high-temperature-electrification"] = ELECTRIFIED
    return np.array([states.get(name, AS_IS) for name in table["name"]], dtype=np.int8)


def build_catalogue(constants: Constants, tables: CountryTables = VIETNAM) -> np.recarray:
    """The catalogue of a country's `tables` under the constants `c` (realisation, rebound, boiler hours, running-cost shares,
    effect weight)."""
    catalogue = listed_catalogue(tables).copy()
    names, units, costs = listed_costs(tables)
    saved = np.minimum(MOST_SAVED, (1.0 - constants.rebound) * constants.realisation * catalogue.reach)
    catalogue.net_share = np.where(catalogue.saves[:, None] > 0.0, saved, 0.0)
    catalogue.unit_cost = [CAPITAL_UNITS[unit](cost, constants, tables) for unit, cost in zip(units, costs)]
    catalogue.operating_share, catalogue.operating_cost = own_operating_costs(names, constants)
    catalogue.dear_operating_cost = cost_beside_oil_and_gas(names, constants)
    catalogue.input_amount *= heat_per_fuel(names, constants)
    catalogue.effect = constants.measure_effect_weight * catalogue.effect
    return catalogue


def engineering_share(catalogue: np.recarray) -> np.ndarray:
    """Share of its stream [m, s] that each measure saves by design, before realisation and rebound."""
    return np.where(catalogue.saves[:, None] > 0.0, np.minimum(MOST_SAVED, catalogue.reach), 0.0)


def heat_per_fuel(names: np.ndarray, constants: Constants) -> np.ndarray:
    """Heat [m] that a boiler makes of a GJ of the fuel displaced: inputs of what replaces boilers are listed per GJ of heat."""
    return np.where(np.isin(names, REPLACE_BOILERS), constants.boiler_efficiency, 1.0)


@lru_cache(maxsize=COUNTRIES)
def listed_costs(tables: CountryTables) -> tuple[np.ndarray, tuple[str, ...], tuple[float, ...]]:
    """Name, unit of capital cost and capital cost [unit] of every measure."""
    table = measure_table(tables)
    return table["name"].to_numpy(object), tuple(table["capex_unit"]), tuple(map(float, table["capex"]))


@lru_cache(maxsize=COUNTRIES)
def listed_catalogue(tables: CountryTables) -> np.recarray:
    """What the tables say of measures, whatever the constants; to be copied."""
    table = measure_table(tables)
    applicability = tables.read("applicability").set_index("measure_id").loc[list(table.index)].astype(float).to_numpy()
    shifts = (table["name"] == "battery").to_numpy()
    share = np.where(shifts, table["enduse_share"], table["site_saving"])
    logit = np.log(table["impl_rate"] / (1.0 - table["impl_rate"])).to_numpy()
    kind, amount = added_inputs(tables)
    return new_table(
        len(table),
        CATALOGUE_COLUMNS,
        stream=np.array([STREAMS.index(name) for name in table["reaches"]], dtype=np.int8),
        saves=np.where(shifts, 0.0, 1.0),
        reach=np.minimum(1.0, share[:, None] * applicability),
        lump=np.where(table["capex_unit"] == "USD per site", table["capex"], 0.0),
        trend=np.log1p(table["capex_trend"].to_numpy()),
        base_year=np.where(table["capex_unit"].str.contains("2025"), 2025, 2024).astype(np.int16),
        cost_sigma=table["payback_ln_sigma"].to_numpy(),
        input_kind=kind,
        input_amount=amount,
        lifetime=table["lifetime"].to_numpy().astype(np.int16),
        available_from=table["available_from"].to_numpy().astype(np.int16),
        effect=logit - logit.mean(),
        penetration=penetrations(tables),
        boiler_state=boiler_states(table),
    )


def penetrations(tables: CountryTables) -> np.ndarray:
    """Share of firms that had each measure in 2024 [m, s]: that of the measure, or of an archetype that has its own."""
    table, archetypes = measure_table(tables), list(VIETNAM.read("applicability").columns[1:])
    share = np.tile(table["penetration_2024"].to_numpy()[:, None], N_SECTORS)
    own = tables.read("measure_penetration")
    for measure, archetype, central in zip(own["measure_id"], own["arch_id"], own["central"]):
        share[table.index.get_loc(measure), archetypes.index(archetype)] = float(central)
    return share


def penetration_in(
    year: np.ndarray | int, catalogue: np.recarray, tables: CountryTables = VIETNAM, pace_after: float = 0.0
) -> np.ndarray:
    """Share of firms that have each measure [years, m, s]: a logistic trend through 2024 (assumed).

    After 2024 it goes on at `pace_after` times its pace before: at 0 it stays.
    """
    growth = tables.value("driver_paths", "penetration_growth")
    known = (catalogue.penetration > 0.0) & (catalogue.penetration < 1.0)
    now = np.where(known, catalogue.penetration, 0.5)
    back = REFERENCE_YEAR - np.atleast_1d(year)
    years_back = np.where(back > 0, back, pace_after * back)[:, None, None]
    trend = 1.0 / (1.0 + np.exp(-(np.log(now / (1.0 - now)) - growth * years_back)))
    return np.where(known, trend, catalogue.penetration)
