"""The systems that a park operator can build for its tenants: `infrastructure_keys.csv` says what they are and do,
`infrastructure_items.csv` and `park_infrastructure.csv` what they cost, save and emit (units, ranges, sources there)."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from eipsim.core.columns import Col, new_table
from eipsim.data.loading import CountryTables, read_facts
from eipsim.market.constants import Constants
from eipsim.rules.investment import annuity

SYSTEM_STREAMS = ("wastewater", "water", "steam", "electricity", "waste", "firm", "transport")
WASTEWATER, WATER, STEAM, ELECTRICITY, WASTE, FIRM, TRANSPORT = range(len(SYSTEM_STREAMS))
SUPPLIES = ("", "wastewater", "donors", "land", "roofs")
UNBOUNDED, OF_WASTEWATER, OF_DONORS, OF_LAND, OF_ROOFS = range(len(SUPPLIES))
GATES = ("", "wastewater", "waste", "solar")  # the reform that opens the legal gate
NO_GATE, WASTEWATER_GATE, WASTE_GATE, SOLAR_GATE = range(len(GATES))
POINTS = ("management", "environment", "social", "economic")
DONORS_OF_STEAM = ("A02", "A09", "A11")  # is_exchange_keys.csv IS01
NOT_NEEDED = -1

# One row per item. Amounts per year; "unit" is that of the item's stream.
ITEM_COLUMNS = (
    Col("stream", np.int8, "what tenants bring or are given, position in SYSTEM_STREAMS"),
    Col("owned", np.bool_, "for the operator's own use: no tenant connects or pays"),
    Col("supply", np.int8, "what bounds it beside its capacity, row of SUPPLIES"),
    Col("gate", np.int8, "the reform that opens its legal gate, row of GATES"),
    Col("needs", np.int8, "row of the item without which it cannot be, -1 = none"),
    Col("sectors", np.int64, "bit s is set when sector s can be served"),
    Col("counts", np.bool_, "counts as industrial symbiosis"),
    Col("stream_share", np.float64, "units per unit of the tenant's stream that it can serve"),
    Col("supply_share", np.float64, "units per unit of what bounds it"),
    Col("tariff", np.float64, "USD per unit"),
    Col("tariff_share", np.float64, "of the price of what the tenant no longer buys or pays"),
    Col("alternative", np.float64, "USD per unit that the tenant saves, beside the price"),
    Col("alternative_share", np.float64, "of the price that the tenant saves"),
    Col("connection_cost", np.float64, "USD per tenant, once"),
    Col("own_value", np.float64, "USD per unit that the operator sells or need not buy"),
    Col("running_cost", np.float64, "USD per unit"),
    Col("running_share", np.float64, "of capital, 1/yr"),
    Col("fixed_cost", np.float64, "USD/yr"),
    Col("donor_price", np.float64, "USD per unit paid to tenants with surplus steam"),
    Col("biomass", np.float64, "GJ burnt per unit"),
    Col("electricity", np.float64, "MWh used per unit"),
    Col("recovered", np.float64, "share of the waste brought that is not disposed of"),
    Col("co2_outside", np.float64, "tCO2 avoided outside the park per unit"),
    Col("capital", np.float64, "USD per unit and year of capacity"),
    Col("network_capital", np.float64, "USD per unit and year of capacity, where no network stands yet"),
    Col("fixed_capital", np.float64, "USD"),
    Col("lifetime", np.float64, "yr"),
    Col("years_worth", np.float64, "yr, annuity over its life at the hurdle rate of tenants"),
    Col("certification_credit", np.float64, "share of the expected premium that it brings"),
    Col("points", np.float64, "rise of the four scores once it operates", (len(POINTS),)),
    Col("licence_months", np.float64, "before reform, and under its reform", (2,)),
    Col("licence_usd", np.float64, "before reform, and under its reform", (2,)),
    Col("refusal", np.float64, "probability before reform, and under its reform", (2,)),
)

# How capital in the unit of park_infrastructure.csv becomes USD per yearly unit of the item's stream.
HOURS_OF_STEAM, DAYS_OF_WATER, PER_KWP = "USD per t/h steam", "USD per m3/d", "USD per kWp"


@cache
def item_names() -> tuple[str, ...]:
    return tuple(read_facts("infrastructure_keys")["item"])


@cache
def item_labels() -> tuple[str, ...]:
    return tuple(read_facts("infrastructure_keys")["label"])


@cache
def item_units() -> tuple[str, ...]:
    return tuple(read_facts("infrastructure_keys")["unit"])


def item_number(name: str) -> int:
    return item_names().index(name)


N_ITEMS = len(item_names())
PLANT, STEAM_NETWORK, BIOMASS_STEAM = (item_number(n) for n in ("wastewater-plant", "steam-network", "biomass-steam"))
SOLAR_FLEET, WASTE_HUB, PLATFORM = (item_number(n) for n in ("solar-fleet", "waste-hub", "monitoring-platform"))
SLUDGE_REUSE = item_number("sludge-reuse")


def item_value(item: str, parameter: str) -> float:
    """The central value of one parameter of one item; 0 where the table has none."""
    return item_values().get((item, parameter), 0.0)


@cache
def item_values() -> dict[tuple[str, str], float]:
    table = read_facts("infrastructure_items")
    return dict(zip(zip(table["item"], table["parameter"]), map(float, table["central"])))


def capital_of(cost_row: str, constants: Constants, tables: CountryTables) -> tuple[float, float]:
    """Capital of a row of park_infrastructure.csv: (USD per yearly unit, USD in all)."""
    cost, unit = listed_capital(cost_row)
    mwh_per_kwp = tables.value("driver_paths", "pv_yield_reference") / 1000.0
    per_unit = {DAYS_OF_WATER: constants.operating_days, HOURS_OF_STEAM: constants.boiler_hours, PER_KWP: mwh_per_kwp}
    return (0.0, cost) if unit == "USD" else (cost / per_unit.get(unit, 1.0), 0.0)


@cache
def listed_capital(cost_row: str) -> tuple[float, str]:
    """Capital as it stands in a row of park_infrastructure.csv, and its unit."""
    row = read_facts("park_infrastructure").set_index("inf_id").loc[cost_row]
    return float(row["central"]), row["unit"]


def legal_terms(legal_class: str) -> tuple[float, float, float]:
    """Months, money [USD] and probability of refusal of a class of reg_classes.csv."""
    row = _legal_classes().loc[legal_class]
    months = 0.5 * (float(row["months_low"]) + float(row["months_high"]))
    return months, float(row["cost_usd_central"]), float(row["refusal_probability_central"])


@cache
def _legal_classes() -> pd.DataFrame:
    """reg_classes.csv by class."""
    return read_facts("reg_classes").set_index("reg_class")


REFORMED = {"R2": "R1", "R3": "R1", "R4": "R1"}  # reg_classes.csv; R4 by assumption, for rooftop solar only


def build_items(constants: Constants, sectors: tuple[str, ...], tables: CountryTables) -> np.recarray:
    """The table of items under `constants`; `sectors` are the ids of the world's archetypes, `tables` its country's."""
    items = listed_items(sectors).copy()
    for n, cost_row in enumerate(read_facts("infrastructure_keys")["cost_row"]):
        if cost_row:
            capital, fixed = capital_of(cost_row, constants, tables)
            items.capital[n] += capital
            items.fixed_capital[n] += fixed
    items.counts[PLANT] = constants.plant_counts >= 0.5
    items.years_worth[:] = [annuity(constants.hurdle_rate, float(life)) for life in items.lifetime]
    return items


@cache
def listed_items(sectors: tuple[str, ...]) -> np.recarray:
    """What the tables say of items, whatever the constants; to be copied."""
    keys, listed = read_facts("infrastructure_keys"), read_facts("infrastructure_items")
    items = new_table(N_ITEMS, ITEM_COLUMNS, needs=NOT_NEEDED)
    for name in set(listed["parameter"]).intersection(items.dtype.names or ()):
        items[name] = [item_value(item, name) for item in keys["item"]]
    for n, key in enumerate(keys.itertuples()):
        _describe(items[n], key, sectors)
    return items


def _describe(item: np.record, key, sectors: tuple[str, ...]) -> None:
    """What the words of one row of infrastructure_keys.csv mean."""
    item.stream, item.supply = SYSTEM_STREAMS.index(key.stream), SUPPLIES.index(key.supply)
    item.owned, item.gate, item.counts = key.kind == "own", GATES.index(key.gate), True
    item.needs = item_number(key.needs) if key.needs else NOT_NEEDED
    served = sectors if key.sectors == "all" else key.sectors.split(";")
    item.sectors = sum(1 << s for s, sector in enumerate(sectors) if sector in served)
    for n, category in enumerate(POINTS):
        item.points[n] = item_value(key.item, f"{category}_points")
    reformed = REFORMED.get(key.legal_class, key.legal_class) if key.gate else key.legal_class
    for n, legal_class in enumerate((key.legal_class, reformed)):
        item.licence_months[n], item.licence_usd[n], item.refusal[n] = legal_terms(legal_class)


@cache
def donor_bits(sectors: tuple[str, ...]) -> int:
    """Bits of the sectors whose surplus steam a network collects."""
    return sum(1 << s for s, sector in enumerate(sectors) if sector in DONORS_OF_STEAM)
