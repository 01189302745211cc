"""A country's own market: which tables it may bring, what they must say, and how they are laid over Viet Nam's.

Rows of a table of named rows stand in place of the packaged rows of the same name, the others stay Viet Nam's. Tables of years
(tariff, grid, prices' change) are taken whole. Measures are the packaged ones with other numbers, because the compiled code
knows their names, what they reach and which exclude one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from eipsim.core.names import same_unit, shown
from eipsim.core.years import FIRST_YEAR
from eipsim.data import market_rows as rows
from eipsim.data.loading import VIETNAM, CountryTables
from eipsim.data.tables import Reader, Table
from eipsim.data.world_rows import ArchetypeRow
from eipsim.errors import Mistake
from eipsim.market.drivers import ITEMS, REFERENCE_YEAR, TARIFF_YEAR

HIGH_CHANGE = 0.5  # of consumer prices in a year, up or down: worth a question
TARIFF_JUMP = 5.0  # times the decision before, up or down: worth a question
FAR = 10.0  # times Viet Nam's number, up or down: worth a question
COMPARED = {
    "value", "central", "amount_central", "emp_mean", "revenue_kUSD_per_emp", "elec_c", "fuel_c", "water_c", "waste_c", "haz_c",
}  # fmt: skip


@dataclass(frozen=True)
class Own:
    """How a country may bring a table: its row model, the columns that name a row (none: it is taken whole), and the rows the
    model reads (none: all)."""

    model: Any
    key: tuple[str, ...] = ()
    read: tuple[str, ...] = ()


TABLES = {
    "prices": Own(
        rows.PriceRow, ("item",),
        (*(price for price, _ in ITEMS.values()), "water", "wastewater", "ordinary_industrial_waste", "hazardous_waste"),
    ),
    "electricity_tariff": Own(rows.TariffRow),
    "grid_emission_factor": Own(rows.GridRow),
    "deflator": Own(rows.DeflatorRow),
    "driver_paths": Own(
        rows.PathRow, ("name",),
        ("electricity_price_growth", "fuel_price_growth", "electricity_price_2025", "consumer_price_change_2025",
         "penetration_growth", "pv_yield_reference", "tonnes_oil_equivalent_per_mwh", "gj_per_tonne_oil_equivalent",
         "carbon_price_pilot", "carbon_pilot_first_year", "carbon_pilot_last_year"),
    ),
    "emission_factors": Own(rows.FactorRow, ("factor",), tuple(factor for _, factor in ITEMS.values())),
    "fuel_mix": Own(rows.FuelMixRow, ("arch_id",)),
    "process_emissions": Own(rows.ProcessRow, ("arch_id", "process", "parameter")),
    "archetype_materials": Own(rows.MaterialsRow, ("arch_id",)),
    "learning_and_pv": Own(
        rows.LearningRow, ("parameter",), ("pv_yield_north", "pv_yield_south", "pv_roof_density")
    ),
    "tech_cost_paths": Own(rows.TechnologyRow, ("tech", "parameter"), ("industrial_heat_pump_125C COP",)),
    "measures": Own(rows.MeasureRow, ("measure_id", "parameter")),
    "measure_penetration": Own(rows.PenetrationRow),
    "measure_names": Own(rows.MeasureNameRow, ("measure_id",)),
    "applicability": Own(rows.ApplicabilityRow, ("measure_id",)),
    "measure_inputs": Own(rows.InputRow, ("measure_id",)),
    "measure_exclusions": Own(rows.ExclusionRow),
    "output_growth": Own(rows.OutputGrowthRow, ("arch_id", "period")),
}  # fmt: skip
DECREES = "decrees"  # read by policy.decrees
# What the central figures of a measure, which the model reads, must be between; both ends included.
BOUNDS = {
    "site_saving": (0.0, 1.0), "enduse_share": (0.0, 1.0), "enduse_saving": (0.0, 1.0), "impl_rate": (0.001, 0.999),
    "penetration_2024": (0.0, 1.0), "lifetime": (1.0, 100.0), "available_from": (1900.0, 2100.0), "capex": (0.0, 1e9),
    "capex_trend": (-0.5, 0.5), "payback_ln_sigma": (0.0, 3.0), "payback": (0.0, 1000.0),
}  # fmt: skip
AS_COMPILED = {"measure_names": ("name", "reaches"), "measure_inputs": ("input",)}  # what the compiled code knows


@dataclass
class Market:
    """What has been read of a country's market: its own tables and what is worth a question."""

    own: dict[str, pd.DataFrame] = field(default_factory=dict)
    warnings: list[Mistake] = field(default_factory=list)


def read_market(reader: Reader, files: Mapping[str, Path]) -> Market:
    """The tables of TABLES that are among the `files`, laid over Viet Nam's; mistakes go to the `reader`."""
    market, given = Market(), {}
    for name, own in TABLES.items():
        if name in files:
            given[name] = reader.read(files[name], own.model, _key_of(own))
            for column in own.key:
                names = VIETNAM.read(name)[column].unique()
                given[name] = reader.spelt_by(given[name], column, names)
            _refuse_empty(reader, given[name])
            if reader.is_clean(given[name]):
                _lay(reader, market, name, given[name])
    _check_years(reader, given)
    market.warnings += [*_high_changes(given), *_tariff_jumps(given)]
    return market


def lay_archetypes(reader: Reader, market: Market, given: Table[ArchetypeRow]) -> None:
    """A country's own archetypes over the packaged ones, with a question for numbers far from these."""
    _refuse_empty(reader, given)
    packaged = VIETNAM.read("archetypes")
    if not reader.is_clean(given):
        return
    market.own["archetypes"] = _laid(packaged, given, ("arch_id",))
    market.warnings += _far_from(packaged, given, ("arch_id",))


def country_tables(market: Market, decrees: Path | None, digest: str) -> CountryTables:
    """What a world is handed: Viet Nam's tables themselves when the country brings none."""
    if not market.own and decrees is None:
        return VIETNAM
    return CountryTables(market.own, VIETNAM.decrees if decrees is None else str(decrees.absolute()), digest)


def _key_of(own: Own) -> Any:
    others = {
        rows.TariffRow: ("date",), rows.ExclusionRow: ("measure_a", "measure_b"), rows.PenetrationRow: ("measure_id", "arch_id"),
    }  # fmt: skip
    names = own.key or others.get(own.model, ("year",))
    return lambda row: " ".join(str(getattr(row, name)) for name in names)


def _refuse_empty(reader: Reader, table: Table) -> None:
    if reader.is_clean(table) and not table.rows:
        reader.add(f"{table.file}:1", "has no rows", "write them, or leave the table out: then Viet Nam's is taken")


# ---- tables of named rows ----------------------------------------------------------------------------------------------


def _lay(reader: Reader, market: Market, name: str, given: Table) -> None:
    """Own rows in place of the packaged ones."""
    own, packaged = TABLES[name], VIETNAM.read(name)
    if not own.key:
        market.own[name] = _whole(given, packaged)
    else:
        _check_rows(reader, name, given, packaged)
        market.own[name] = _laid(packaged, given, own.key)
        market.warnings += _far_from(packaged, given, own.key) + _unread(given, own)
    if name == "measure_exclusions":
        _check_exclusions(reader, given, packaged)
    if name == "measure_penetration":
        reader.require_known(given, "measure_id", VIETNAM.read("applicability")["measure_id"])
        reader.require_known(given, "arch_id", VIETNAM.read("applicability").columns[1:])


def _whole(given: Table, packaged: pd.DataFrame) -> pd.DataFrame:
    """Own rows only, in the order of their date or year, in the columns of the packaged table."""
    known = packaged.columns.intersection(list(type(given.rows[0]).model_fields), sort=False)
    table = pd.DataFrame([[_text(getattr(row, name)) for name in known] for row in given], columns=known, dtype=str)
    return table.sort_values(known[0], kind="stable", ignore_index=True)


def _laid(packaged: pd.DataFrame, given: Table, key: tuple[str, ...]) -> pd.DataFrame:
    """The packaged table with every cell that an own row says in its place."""
    table = packaged.copy()
    place = {name: i for i, name in enumerate(table[list(key)].agg(" ".join, axis=1))}
    for row in given:
        at = place.get(" ".join(str(getattr(row, name)) for name in key))
        for name in table.columns.intersection(list(row.model_fields_set)) if at is not None else ():
            if getattr(row, name) is not None:
                table.iloc[at, table.columns.get_loc(name)] = _text(getattr(row, name))
        if at is not None and isinstance(row, rows.RangeRow):
            for end in {"low", "high"} - row.model_fields_set:  # a number without range is known
                table.iloc[at, table.columns.get_loc(end)] = _text(row.central)
    return table


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _packaged_rows(packaged: pd.DataFrame, key: tuple[str, ...]) -> dict[str, Any]:
    names = packaged[list(key)].agg(" ".join, axis=1)
    return dict(zip(names, packaged.to_dict("records")))


def _check_rows(reader: Reader, table: str, given: Table, packaged: pd.DataFrame) -> None:
    """Own rows have names of ours, in our units, and say nothing that the compiled code knows otherwise."""
    own = TABLES[table]
    known = _packaged_rows(packaged, own.key)
    for i, row in enumerate(given):
        name, where = " ".join(str(getattr(row, part)) for part in own.key), given.where(i)
        if name not in known:
            reader.require_name(where, " ".join(own.key), name, known)
            continue
        unit = known[name].get("unit")
        if row.unit and unit and not same_unit(row.unit, unit):
            reader.add(where, f"{name} is in {shown(row.unit)}", f"the model takes it in {unit}: convert the value")
        for column in AS_COMPILED.get(table, ()):
            if getattr(row, column) != known[name][column]:
                what = f"{name}: {column} = {shown(getattr(row, column))} is not that of the model"
                free = "label" if table == "measure_names" else "the amounts"
                reader.add(where, what, f"only {free} may change; write {known[name][column]}")
        if table == "measures":
            _check_figure(reader, where, row)


def _check_figure(reader: Reader, where: str, row: rows.MeasureRow) -> None:
    least, most = BOUNDS[row.parameter]
    if not least <= row.central <= most:
        what = f"{row.measure_id} {row.parameter} = {row.central:g} is out of range"
        reader.add(where, what, f"allowed: {least:g} to {most:g}")


def _check_exclusions(reader: Reader, given: Table, packaged: pd.DataFrame) -> None:
    """Which measures exclude one another is compiled: the table may be brought, but with the same pairs."""
    ours = {frozenset(pair) for pair in zip(packaged["measure_a"], packaged["measure_b"])}
    theirs = {frozenset((row.measure_a, row.measure_b)): i for i, row in enumerate(given)}
    for pair, i in theirs.items():
        if pair not in ours:
            what = f"{' and '.join(sorted(pair))} do not exclude one another in the model"
            reader.add(given.where(i), what, "take the row out")
    lacking = [" and ".join(sorted(pair)) for pair in ours - theirs.keys()]
    if lacking:
        what = f"lacks {', '.join(sorted(lacking))}"
        reader.add(f"{given.file}:1", what, "which measures exclude one another cannot change")


def _unread(given: Table, own: Own) -> list[Mistake]:
    """Rows that no equation reads."""
    names = [" ".join(str(getattr(row, part)) for part in own.key) for row in given]
    found = [(i, name) for i, name in enumerate(names) if own.read and name not in own.read]
    level = "the tariff's level is electricity_price_2025 of driver_paths.csv"
    what = "is not read by the model: the row has no effect"
    return [Mistake(given.where(i), f"{name} {what}", level if "electricity" in name else "") for i, name in found]


def _far_from(packaged: pd.DataFrame, given: Table, key: tuple[str, ...]) -> list[Mistake]:
    """Numbers more than FAR times Viet Nam's, up or down, with the value as it was read."""
    known, found = _packaged_rows(packaged, key), []
    for i, row in enumerate(given):
        name = " ".join(str(getattr(row, part)) for part in key)
        for column in row.model_fields_set & COMPARED:
            value, ours = getattr(row, column), _number(known.get(name, {}).get(column, ""))
            if ours * value > 0.0 and not 1.0 / FAR <= value / ours <= FAR:
                unit = known[name].get("unit", "")
                what = f"{name}: {column} is read as {value:g}, where Viet Nam has {ours:g}{f' {unit}' if unit else ''}"
                found.append(Mistake(given.where(i), what, "right if you mean it; else look at the unit and the point"))
    return sorted(found, key=str)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


# ---- tables of years ---------------------------------------------------------------------------------------------------


def _check_years(reader: Reader, given: Mapping[str, Table]) -> None:
    """Tables of years reach over those that the model reckons with, and their level stands beside them."""
    tariff, prices = given.get("electricity_tariff", Table("")), given.get("deflator", Table(""))
    grid, paths = given.get("grid_emission_factor", Table("")), given.get("driver_paths", Table(""))
    dates, named = [row.date for row in tariff], {row.name for row in paths}
    if dates and min(dates) > f"{FIRST_YEAR}-12-31":
        what = f"begins on {min(dates)}"
        reader.add(f"{tariff.file}:1", what, f"the model begins in {FIRST_YEAR}: give the tariff then in force")
    if dates and "electricity_price_2025" not in named:
        what = "gives the course of the tariff, but not its level in USD"
        hint = "write electricity_price_2025 (USD/MWh, production tariff) into driver_paths.csv"
        reader.add(f"{tariff.file}:1", what, hint)
    years = {row.year for row in prices}
    lacking = [str(year) for year in range(FIRST_YEAR, REFERENCE_YEAR + 1) if years and year not in years]
    if lacking:
        reader.add(f"{prices.file}:1", f"lacks {', '.join(lacking)}", f"needed: {FIRST_YEAR} to {REFERENCE_YEAR}")
    if years and max(years) > REFERENCE_YEAR:
        hint = f"money is of {REFERENCE_YEAR}: leave later years out"
        reader.add(f"{prices.file}:1", f"goes on to {max(years)}", hint)
    if years and "consumer_price_change_2025" not in named:
        what = f"ends in {REFERENCE_YEAR}, and prices are known to {TARIFF_YEAR}"
        reader.add(f"{prices.file}:1", what, "write consumer_price_change_2025 (a share) into driver_paths.csv")
    if len(grid) == 1:
        reader.add(f"{grid.file}:1", "has one year", "give at least two: what is between them is interpolated")


def _high_changes(given: Mapping[str, Table]) -> list[Mistake]:
    """Changes of prices that may be meant in per cent."""
    table = given.get("deflator", Table(""))
    found = []
    for i, row in enumerate(table):
        if abs(row.cpi_change) > HIGH_CHANGE:
            what = f"cpi_change of {row.year} is read as {row.cpi_change:g}, {100.0 * row.cpi_change:g} per cent"
            found.append(Mistake(table.where(i), what, f"right if you mean it; else write {row.cpi_change / 100.0:g}"))
    return found


def _tariff_jumps(given: Mapping[str, Table]) -> list[Mistake]:
    """Decisions that change the tariff as only another unit would."""
    table = given.get("electricity_tariff", Table(""))
    order = sorted(range(len(table)), key=lambda i: table.rows[i].date)
    told = []
    for before, i in pairwise(order):
        old, new = table.rows[before].vnd_per_kwh_ex_vat, table.rows[i].vnd_per_kwh_ex_vat
        if not old / TARIFF_JUMP <= new <= old * TARIFF_JUMP:
            what = f"vnd_per_kwh_ex_vat is read as {new:g}, after {old:g} in the decision before"
            told.append(Mistake(table.where(i), what, "look at the unit and the point"))
    return told
