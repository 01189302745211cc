"""The exchange types as arrays: who gives, who takes, how much, at what value, under which law.

Tables: is_exchanges.csv (economics), is_exchange_keys.csv (donors, receivers, supply), exchange_demand.csv (streams and
receivers' limits), reg_classes.csv (law), municipal_partners.csv. A folder of one's own may replace any of them.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np

from eipsim.core.arithmetic import TEN_TO_NINETY
from eipsim.core.columns import Col, new_table
from eipsim.data import exchange_rows as rows
from eipsim.data.loading import FOLDER, read_facts
from eipsim.data.tables import Reader, Table
from eipsim.errors import InputError, Mistake
from eipsim.market.catalogue import N_SECTORS
from eipsim.policy.symbiosis import REFORMS

TABLES: dict[str, type] = {
    "is_exchanges": rows.EconomicsRow,
    "is_exchange_keys": rows.KeysRow,
    "exchange_demand": rows.DemandRow,
    "reg_classes": rows.ClassRow,
    "municipal_partners": rows.PartnerRow,
}
KINDS = ("exchange", "municipal", "infrastructure")
EXCHANGE, MUNICIPAL, INFRASTRUCTURE = range(3)
BASES: tuple[str, ...] = get_args(rows.Base)
FUEL_BASE, COAL_BASE, BIOMASS_AND_COAL_BASE, EMPLOYEES_BASE, WASTEWATER_BASE, WASTE_BASE, HAZARDOUS_BASE = range(7)
EXCHANGE_STREAMS: tuple[str, ...] = get_args(rows.Stream)
HEAT, WASTE, HAZARDOUS, WASTEWATER = range(4)  # shared between types, so kept as pools; the others belong to one type
N_POOLS = 4
DEMANDS = ("fuel", "water", "material", "none")
FUEL, WATER, MATERIAL, NO_DEMAND = range(4)
CLASSES: tuple[str, ...] = get_args(rows.LegalClass)
REFORMED_CLASS = 1  # after the reform R2 and R3 are treated as this class
MEASURES = ("tonnes", "m3", "GJ")  # what a unit counts as
TONNES, CUBIC_METRES, GIGAJOULES = range(3)
LOW, CENTRAL, HIGH = range(3)

TYPE_COLUMNS = (
    Col("kind", np.int8, "position in KINDS"),
    Col("legal_class", np.int8, "position in CLASSES"),
    Col("supply_base", np.int8, "position in BASES: what supply is proportional to"),
    Col("supply", np.float64, "central supply, unit of exchange per unit of the base"),
    Col("supply_sigma", np.float64, "spread of ln supply between donors"),
    Col("stream", np.int8, "position in EXCHANGE_STREAMS: what it draws on at the donor"),
    Col("drawn", np.float64, "units of the stream drawn by a unit"),
    Col("demand", np.int8, "position in DEMANDS: what it displaces at the receiver"),
    Col("displaced", np.float64, "GJ, m3 displaced by a unit; material by its value"),
    Col("demand_share", np.float64, "share of the receiver's use that it can displace"),
    Col("piped", np.bool_, "moves by pipe, else by truck"),
    Col("loss_per_km", np.float64, "share lost per km of pipe"),
    Col("longest_km", np.float64, "no partner farther than this (pipes); infinite for trucks"),
    Col("central_km", np.float64, "distance at which capital cost holds, and usual distance of an external partner"),
    Col("farthest_km", np.float64, "no external partner is farther than this"),
    Col("distance_sigma", np.float64, "spread of ln distance of external partners"),
    Col("donor_value", np.float64, "USD per unit avoided by the donor: low, central, high", (3,)),
    Col("receiver_value", np.float64, "USD per unit avoided by the receiver: low, central, high", (3,)),
    Col("capex", np.float64, "USD per unit and year, central"),
    Col("capex_sigma", np.float64, "spread of ln capital cost between projects"),
    Col("opex", np.float64, "USD per unit"),
    Col("co2", np.float64, "t avoided per unit"),
    Col("in_park", np.bool_, "CO2 is avoided by fuel not burnt at the receiver, when that is a tenant"),
    Col("urban", np.bool_, "industrial-urban"),
    Col("external", np.bool_, "a partner outside the parks takes what no tenant takes"),
    Col("external_limit", np.float64, "units a year the external partner takes; infinite where none is given"),
    Col("additional", np.float64, "share of supply not traded already"),
    Col("reform", np.int8, "position in REFORMS: which reform of the law eases it"),
    Col("measure", np.int8, "position in MEASURES"),
    Col("donors", np.uint8, "1 for sectors that give", (N_SECTORS,)),
    Col("receivers", np.uint8, "1 for sectors that take", (N_SECTORS,)),
    Col("takers", np.int8, "those sectors, padded with -1", (N_SECTORS + 1,)),
)

CLASS_COLUMNS = (
    Col("months", np.float64, "of the procedure: least, most", (2,)),
    Col("cost", np.float64, "USD"),
    Col("refusal", np.float64, "probability"),
)


class ExchangeTypes(NamedTuple):
    """All types, classes and municipal plants; `types` has a row per type, `names` their words for tables."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    units: tuple[str, ...]
    partners: tuple[str, ...]  # name of the external partner
    types: np.recarray  # TYPE_COLUMNS
    classes: np.recarray  # CLASS_COLUMNS
    plants: tuple[rows.PartnerRow, ...]

    def number(self, type_id: str) -> int:
        return self.ids.index(type_id)


def read_exchange_types(folder: str | Path | None = None) -> ExchangeTypes:
    """The types of the packaged tables, or those of `folder` where it has them. InputError with every mistake."""
    if folder is None:
        return _packaged()
    files = _files(folder)
    versions = tuple((f.stat().st_mtime_ns, f.stat().st_size) if f.is_file() else (0, 0) for f in files)
    return _read(files, versions)


def _files(folder: str | Path | None) -> tuple[Path, ...]:
    if folder is not None and not os.path.isdir(folder):
        raise InputError(Mistake(str(folder), "there is no such folder", "give a folder with tables of exchange types"))
    own = [Path(folder) / f"{name}.csv" if folder else None for name in TABLES]
    if folder is not None and not any(file.is_file() for file in own if file):
        expected = ", ".join(f"{name}.csv" for name in TABLES)
        raise InputError(Mistake(str(folder), "holds none of the tables of exchange types", f"expected: {expected}"))
    packaged = [FOLDER / f"{name}.csv" for name in TABLES]
    return tuple(file if file and file.is_file() else ours for file, ours in zip(own, packaged))


@cache
def _packaged() -> ExchangeTypes:
    files = _files(None)
    return _read(files, (None,) * len(files))


@cache
def _read(files: tuple[Path, ...], versions: tuple) -> ExchangeTypes:
    reader = Reader()
    tables: dict[str, Table] = {}
    for file, (name, model) in zip(files, TABLES.items()):
        tables[name] = reader.read(file, model, None if name == "municipal_partners" else _key_of)
    if all(reader.is_clean(table) for table in tables.values()):
        _check_together(reader, tables)
    reader.finish()
    return _arrays(tables)


# ---- what one table says about another --------------------------------------------------------------------------------


def _check_together(reader: Reader, tables: dict[str, Table]) -> None:
    keys, known = tables["is_exchange_keys"], [row.is_id for row in tables["is_exchange_keys"]]
    sectors = _sectors()
    for i, row in enumerate(keys):
        for column in ("donor_ids", "receiver_ids"):
            for name in _listed(getattr(row, column)):
                reader.require_name(keys.where(i), column, None if name == "all" else name, sectors)
        _check_sides(reader, keys.where(i), row)
    for name in ("is_exchanges", "exchange_demand"):
        reader.require_known(tables[name], "is_id", known)
        _require_all(reader, tables[name], known)
    plants = tables["municipal_partners"]
    municipal = [row.is_id for row in keys if row.kind == "municipal"]
    reader.require_known(plants, "is_id", municipal)
    _require_all(reader, tables["reg_classes"], CLASSES)


def _check_sides(reader: Reader, where: str, row: rows.KeysRow) -> None:
    """A type needs somebody to give and somebody to take, and a base that firms have."""
    if row.kind == "exchange" and not row.donor_ids:
        reader.add(where, f"{row.is_id} has no donor_ids", "name archetypes, or all")
    if row.kind == "municipal" and not row.receiver_ids:
        reader.add(where, f"{row.is_id} has no receiver_ids", "name archetypes, or all")
    if row.kind == "exchange" and not (row.receiver_ids or row.external_partner):
        reader.add(where, f"{row.is_id} has nobody to take it", "give receiver_ids or an external_partner")
    if row.kind == "exchange" and BASES.index(row.supply_base) > HAZARDOUS_BASE:
        allowed = "allowed: " + ", ".join(BASES[: HAZARDOUS_BASE + 1])
        reader.add(where, f"supply_base = {row.supply_base!r} is no quantity of a firm", allowed)
    if row.kind == "municipal" and row.supply_base != "province":
        reader.add(where, f"supply_base = {row.supply_base!r} is not that of a municipal partner", "allowed: province")


def _require_all(reader: Reader, table: Table, ids: Any) -> None:
    have = {_key_of(row) for row in table}
    for name in ids:
        if name not in have:
            reader.add(f"{table.file}:1", f"{name} has no row", "every type of is_exchange_keys.csv needs one")


def _key_of(row: Any) -> str:
    return row.reg_class if isinstance(row, rows.ClassRow) else row.is_id


def _sectors() -> list[str]:
    return list(read_facts("archetypes")["arch_id"])


def _listed(names: str | None) -> list[str]:
    return [name.strip() for name in (names or "").split(";") if name.strip()]


# ---- arrays ------------------------------------------------------------------------------------------------------------


def _arrays(tables: dict[str, Table]) -> ExchangeTypes:
    keys = list(tables["is_exchange_keys"])
    economics = {row.is_id: row for row in tables["is_exchanges"]}
    demand = {row.is_id: row for row in tables["exchange_demand"]}
    table = new_table(len(keys), TYPE_COLUMNS)
    for k, row in enumerate(keys):
        _fill_type(table, k, row, economics[row.is_id], demand[row.is_id])
    table.setflags(write=False)
    return ExchangeTypes(
        ids=tuple(row.is_id for row in keys),
        names=tuple(economics[row.is_id].stream for row in keys),
        units=tuple(economics[row.is_id].unit for row in keys),
        partners=tuple(row.external_partner or "" for row in keys),
        types=table,
        classes=_class_table({row.reg_class: row for row in tables["reg_classes"]}),
        plants=tuple(tables["municipal_partners"]),
    )


def _fill_type(table: np.recarray, k: int, row: rows.KeysRow, cost: rows.EconomicsRow, d: rows.DemandRow) -> None:
    piped, heat = d.moves_by == "pipe", d.demand == "fuel" and cost.unit != "GJ biogas"
    values: dict[str, Any] = {
        "kind": KINDS.index(row.kind), "legal_class": CLASSES.index(row.reg_class), "supply_base": BASES.index(row.supply_base),
        "supply": row.supply_central, "supply_sigma": spread(row.supply_low, row.supply_central, row.supply_high),
        "stream": EXCHANGE_STREAMS.index(d.stream), "drawn": d.drawn,
        "demand": DEMANDS.index(d.demand), "displaced": d.displaced, "demand_share": d.demand_share_central,
        "piped": piped, "loss_per_km": steam_loss() if piped and heat else 0.0,
        "longest_km": cost.dist_km_high if piped else np.inf, "central_km": cost.dist_km_c, "farthest_km": cost.dist_km_high,
        "distance_sigma": spread(cost.dist_km_low, cost.dist_km_c, cost.dist_km_high),
        "donor_value": (cost.donor_avoided_low, cost.donor_avoided_c, cost.donor_avoided_high),
        "receiver_value": (cost.receiver_value_low, cost.receiver_value_c, cost.receiver_value_high),
        "capex": cost.capex_c, "capex_sigma": spread(cost.capex_low, cost.capex_c, cost.capex_high), "opex": cost.opex_c,
        "co2": cost.co2_t_c, "in_park": d.co2_where == "park", "urban": d.urban,
        "external": d.external_counts, "external_limit": d.external_limit or np.inf, "additional": d.additional_share,
        "reform": REFORMS.index(d.reform), "measure": measure_of(cost.unit),
        "donors": sector_mask(row.donor_ids), "receivers": sector_mask(row.receiver_ids),
        "takers": padded(np.flatnonzero(sector_mask(row.receiver_ids))),
    }  # fmt: skip
    for name, value in values.items():
        table[name][k] = value


def padded(sectors: np.ndarray) -> np.ndarray:
    """Sectors as a row of fixed length, int [s + 1], ended by -1."""
    row = np.full(N_SECTORS + 1, -1)
    row[: sectors.size] = sectors
    return row


def measure_of(unit: str) -> int:
    """What a unit of exchange counts as: tonnes, m3 or GJ.

    >>> MEASURES[measure_of("t biomass")], MEASURES[measure_of("GJ biogas")]
    ('tonnes', 'GJ')
    """
    return CUBIC_METRES if unit.startswith("m3") else GIGAJOULES if unit.startswith("GJ") else TONNES


def spread(low: float, central: float, high: float) -> float:
    """Standard deviation of the logarithm when low, central and high are P10, P50, P90; from the upper half when low is 0.

    >>> [round(spread(low, 0.5, 1.0), 4) for low in (0.25, 0.0)], spread(0.0, 0.0, 1.0)
    ([0.5409, 0.5409], 0.0)
    """
    if low > 0.0:
        return float(np.log(high / low) / TEN_TO_NINETY)
    return float(np.log(high / central) / (0.5 * TEN_TO_NINETY)) if central > 0.0 else 0.0


def sector_mask(names: str | None) -> np.ndarray:
    """bool [s] of the archetypes in a list such as `A02;A09`, or `all`."""
    listed = _listed(names)
    return np.array(["all" in listed or sector in listed for sector in _sectors()])


def steam_loss() -> float:
    """Heat lost per km of insulated pipe (is_evidence.csv)."""
    return evidence("steam_heat_loss")


@cache
def evidence(parameter: str) -> float:
    """One value of is_evidence.csv. KeyError when it is not there."""
    table = read_facts("is_evidence").set_index("parameter")
    return float(table.loc[parameter, "value"])


def _class_table(by_class: dict[str, rows.ClassRow]) -> np.recarray:
    ordered = [by_class[name] for name in CLASSES]
    table = new_table(
        len(CLASSES), CLASS_COLUMNS,
        months=[(row.months_low, row.months_high) for row in ordered],
        cost=[row.cost_usd_central for row in ordered],
        refusal=[row.refusal_probability_central for row in ordered],
    )  # fmt: skip
    table.setflags(write=False)
    return table
