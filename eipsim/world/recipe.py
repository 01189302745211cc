"""Which tables a world is made from, read and checked as a whole."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

from eipsim.core.names import fold_name, same_unit, shown, spelt_as
from eipsim.core.park_names import Called, parks_called
from eipsim.data import outlines
from eipsim.data import world_rows as rows
from eipsim.data.loading import CountryTables
from eipsim.data.parameters import load_parameters
from eipsim.data.tables import Reader, Table, TableRow
from eipsim.errors import InputError, Mistake, did_you_mean
from eipsim.market import country as market
from eipsim.policy.decrees import read_decrees
from eipsim.world.files import (
    BUILT_IN,
    DATA,
    NEEDED,
    POPULATION,
    files_in,
    first_file,
    folder_of,
    hash_of,
    packaged_files,
    packaged_hash,
)

KEYS = {
    "parks": lambda row: row.park_id,
    "provinces": lambda row: row.province_2024,
    "park_counts": lambda row: row.date,
    "archetypes": lambda row: row.arch_id,
    "park_plan": lambda row: row.year,
    "firm_counts": lambda row: row.year,
    "sector_anchors": lambda row: (row.place_kind, row.place),
    "park_bounds": lambda row: row.park_id,
    "region_areas": lambda row: row.region,
    "world_checks": lambda row: (row.check, row.year),
    "world": lambda row: row.parameter,
    "province_successors": lambda row: row.province_2024,
}
DECREES = ("decrees.csv", "decrees.yaml", "decrees.yml")
OTHER_FILES = {".xlsx", ".xls", ".ods", ".tsv", ".tab", ".txt"}  # of a table that is not saved as CSV
OWN_TABLE, VIETNAMS, NONE = "own", "Viet Nam's", "none"
KEPT = 8  # countries whose tables are kept at hand
SHARE_TOLERANCE = 0.005


@dataclass(frozen=True)
class Recipe:
    """The valid tables of a country, its assumed constants by name (central values), and the tables of its market.

    `own` names the tables that the country brings; `warnings` are what is worth a question in them.
    """

    parks: Table[rows.ParkRow]
    provinces: Table[rows.ProvinceRow]
    archetypes: Table[rows.ArchetypeRow]
    park_counts: Table[rows.ParkCountRow]
    candidates_unverified: Table[rows.CandidateRow]
    park_plan: Table[rows.PlanRow]
    firm_counts: Table[rows.FirmCountRow]
    sector_anchors: Table[rows.AnchorRow]
    park_bounds: Table[rows.BoundRow]
    region_areas: Table[rows.RegionAreaRow]
    world_checks: Table[rows.CheckRow]
    world: Table[rows.WorldParameterRow]
    province_successors: Table[rows.SuccessorRow]
    constants: dict[str, float]
    tables: CountryTables
    own: tuple[str, ...] = ()
    warnings: tuple[Mistake, ...] = ()


# By table, the model of its rows.
MODELS: dict[str, type[TableRow]] = {
    name: get_args(kind)[0] for name, kind in get_type_hints(Recipe).items() if get_origin(kind) is Table
}


def files_of(recipe: str) -> dict[str, Path]:
    """The file of every table that `recipe` has."""
    folder = folder_of(recipe)
    if folder is None:
        return packaged_files()
    places = [folder, folder / "parks"]
    decrees = next(filter(None, (first_file(name, places) for name in DECREES)), None)
    beside = {"decrees": decrees, "outline": first_file(outlines.NAME, places)}
    return files_in(places, (*MODELS, *market.TABLES)) | {name: file for name, file in beside.items() if file}


def origins_of(own: Collection[str]) -> dict[str, str]:
    """By table, whose it is in the world of a country that brings its `own` ones: own, Viet Nam's, or none."""
    shared = (*market.TABLES, "decrees", "archetypes", "world")
    names = (*MODELS, *(name for name in shared if name not in MODELS))
    lacking = {name: VIETNAMS if name in shared else NONE for name in names}
    return {name: OWN_TABLE if name in own else lacking[name] for name in names}


def content_hash(recipe: str) -> str:
    """Hash of everything read for `recipe`; packaged files are read once a process, a user's every time."""
    return packaged_hash() if recipe in BUILT_IN else hash_of(files_of(recipe))


def read_recipe(recipe: str) -> Recipe:
    """The tables of `recipe`, read once as long as they hold the same. Raises one InputError with all mistakes of all files."""
    return _read_files(recipe, content_hash(recipe))


@lru_cache(maxsize=KEPT)
def _read_files(recipe: str, content: str) -> Recipe:
    reader, files = Reader(), files_of(recipe)
    tables: dict[str, Table] = {name: Table(f"{name}.csv") for name in MODELS}
    for name in [name for name in MODELS if name in files]:
        tables[name] = reader.read(files[name], MODELS[name], KEYS.get(name))
    own = market.Market() if recipe in BUILT_IN else market.read_market(reader, files)
    if recipe not in BUILT_IN and "archetypes" in files:
        market.lay_archetypes(reader, own, tables["archetypes"])
    _refuse_strangers(reader, recipe)
    tables["archetypes"] = _all_archetypes(reader, tables["archetypes"])
    tables = _check_together(reader, tables)
    tables["world"] = reader.spelt_by(tables["world"], "parameter", _packaged_constants())
    constants = _constants(reader, tables["world"])
    constants["reference_exit_rate"] = mean_exit_rate(tables["archetypes"], constants)
    decrees = None if recipe in BUILT_IN else files.get("decrees")
    _check_decrees(reader, decrees)
    _check_outline(reader, files.get("outline"), tables["provinces"])
    reader.finish()
    names = () if recipe in BUILT_IN else tuple(files)
    made = market.country_tables(own, decrees, content)
    return Recipe(**tables, constants=constants, tables=made, own=names, warnings=tuple(own.warnings))


def _check_decrees(reader: Reader, file: Path | None) -> None:
    if file is None:
        return
    try:
        read_decrees((str(file),))
    except InputError as error:
        reader.mistakes += [replace(m, where=m.where.replace(str(file), file.name)) for m in error.mistakes]


def _check_outline(reader: Reader, file: Path | None, provinces: Table[rows.ProvinceRow]) -> None:
    """The outline is for maps alone, but one that cannot be drawn is told before a run, not after it."""
    if file is None:
        return
    try:
        west, south, east, north = outlines.read_outline(file).box
    except InputError as error:
        reader.mistakes += error.mistakes
        return
    inside = [west <= row.longitude <= east and south <= row.latitude <= north for row in provinces]
    if inside and not any(inside):
        what = (
            f"reaches from {west:g} to {east:g} degrees east and {south:g} to {north:g} north, where no province lies"
        )
        reader.add(file.name, what, "give longitude before latitude, of the country of provinces.csv")


def _refuse_strangers(reader: Reader, recipe: str) -> None:
    """A CSV file of a user's folder that no table is read from is a misspelt name; a table in another form is not read."""
    folder, known = folder_of(recipe), [*MODELS, *market.TABLES, "decrees"]
    files = [] if folder is None else [*folder.glob("*"), *folder.glob("parks/*")]
    for file in sorted(files):
        if file.suffix.lower() == ".csv" and file.stem not in known:
            reader.add(file.name, "is not a table of a world", did_you_mean(file.stem, known))
        elif (file.suffix == ".csv") is not (file.suffix.lower() == ".csv"):
            reader.add(file.name, "is not read", f"write its name as {file.stem}.csv")
        elif file.suffix.lower() in OTHER_FILES and (name := file.name.split(".")[0]) in known:
            reader.add(file.name, "is not read", f"save the table as {name}.csv, with commas, in UTF-8")


def _check_together(reader: Reader, tables: dict[str, Table]) -> dict[str, Table]:
    """The tables with every name spelt as in the table it refers to, and what is wrong between them.

    Names are not looked up in a table that has mistakes of its own.
    """
    parks, provinces, archetypes = (tables[name] for name in ("parks", "provinces", "archetypes"))
    names, ids = [row.province_2024 for row in provinces], [row.park_id for row in parks]
    spelt = dict(tables)
    _refuse_several_days(reader, tables["province_successors"])
    for table in ("parks", "candidates_unverified", "province_successors"):
        spelt[table] = reader.with_names_of(tables[table], "province_2024", provinces, names)
    spelt["park_bounds"] = reader.with_names_of(tables["park_bounds"], "park_id", parks, ids)
    regions = [row.region for row in provinces]
    spelt["region_areas"] = reader.with_names_of(tables["region_areas"], "region", provinces, regions)
    places = {"park": (parks, ids), "province": (provinces, names)}
    anchors = _anchors(reader, tables["sector_anchors"], places)
    spelt["sector_anchors"] = _with_archetypes(reader, anchors, [row.arch_id for row in archetypes])
    _refuse_twins(reader, spelt["parks"])
    _check_shares(reader, archetypes)
    _check_not_empty(reader, spelt)
    return spelt


def _anchors(reader: Reader, anchors: Table[rows.AnchorRow], places: dict[str, tuple[Table, list[str]]]) -> Table:
    """The anchors with their places spelt as in the table of parks or of provinces."""
    spelt: list[rows.AnchorRow] = []
    for i, row in enumerate(anchors):
        table, names = places[row.place_kind]
        name = spelt_as(row.place, names)
        if name is None and row.place_kind == "park":  # called by its name
            called = parks_called(row.place, [Called(park.park_id, (park.name_vi,)) for park in table])
            name = names[called[0]] if len(called) == 1 else None
        if name is None and names and reader.is_clean(table):
            reader.require_name(anchors.where(i), "place", row.place, names)
        spelt.append(row.model_copy(update={"place": name or row.place}))
    return Table(anchors.file, spelt, anchors.lines)


def _with_archetypes(reader: Reader, anchors: Table[rows.AnchorRow], known: list[str]) -> Table[rows.AnchorRow]:
    """The anchors with every archetype of their lists spelt as in archetypes.csv."""
    spelt = []
    for i, row in enumerate(anchors):
        given = [name.strip() for name in row.archetypes.replace(",", ";").split(";") if name.strip()]
        names = [spelt_as(name, known) or name for name in given]
        for name in names:
            reader.require_name(anchors.where(i), "archetypes", name, known)
        spelt.append(row.model_copy(update={"archetypes": ";".join(names)}))
    return Table(anchors.file, spelt, anchors.lines)


def _refuse_several_days(reader: Reader, successors: Table[rows.SuccessorRow]) -> None:
    """One map follows another on one day."""
    for i, row in enumerate(successors):
        if row.in_force != (first := successors.rows[0].in_force):
            hint = f"write {first} in every row: one map of provinces follows another on one day"
            reader.add(successors.where(i), f"in_force = {row.in_force} is not that of the first row", hint)


def _refuse_twins(reader: Reader, parks: Table[rows.ParkRow]) -> None:
    """Two rows of one province with the same name are one park listed twice."""
    first: dict[tuple[str, str], int] = {}
    for i, row in enumerate(parks):
        before = first.setdefault((row.province_2024, fold_name(row.name_vi)), i)
        if before != i:
            what = f"duplicate park {shown(row.name_vi)} in {row.province_2024}"
            hint = f"the same name stands in line {parks.lines[before]}; keep one of the two rows"
            reader.add(parks.where(i), what, hint)


def _check_not_empty(reader: Reader, tables: dict[str, Table]) -> None:
    """A needed table without a row, or a country without a park, which is only told when nothing else is wrong."""
    for name in NEEDED:
        if not tables[name].rows and reader.is_clean(tables[name]):
            reader.add(f"{name}.csv:1", "has no rows", "write at least one")
    if reader.mistakes:
        return
    named = any(row.status == "established" for row in tables["parks"])
    if not named and not any(row.to_synthesise for row in tables["provinces"]):
        hint = "give one row the status established, or a number to_synthesise"
        reader.add("parks.csv", "no park is established", hint)


def _check_shares(reader: Reader, archetypes: Table) -> None:
    total = sum(row.share_of_park_firms for row in archetypes)
    if reader.is_clean(archetypes) and abs(total - 1.0) > SHARE_TOLERANCE:
        reader.add(archetypes.file, f"share_of_park_firms sums to {total:.4g}", "the shares must sum to 1")


def _all_archetypes(reader: Reader, given: Table[rows.ArchetypeRow]) -> Table[rows.ArchetypeRow]:
    """The packaged archetypes, in their order, with a country's own rows in their place and the share 0 for the others.

    Measures apply to the packaged archetypes, so a country describes its firms by these and no other ids. A country
    without the table has the packaged ones.
    """
    own = Reader().read(DATA / "archetypes.csv", rows.ArchetypeRow)
    given = reader.spelt_by(given, "arch_id", [row.arch_id for row in own])
    reader.require_known(given, "arch_id", [row.arch_id for row in own])
    if not given.rows:
        return own
    theirs = {row.arch_id: row for row in given}
    merged = [theirs.get(row.arch_id, row.model_copy(update={"share_of_park_firms": 0.0})) for row in own]
    return Table(given.file, merged, [1] * len(merged))


def _check_constants(reader: Reader, given: Table[rows.WorldParameterRow], own: Table[rows.WorldParameterRow]) -> None:
    """A user's constants must have names of ours and lie within our bounds."""
    bounds = {row.parameter: row for row in own}
    reader.require_known(given, "parameter", bounds)
    for i, row in enumerate(given):
        ours = bounds.get(row.parameter, row)
        if row.unit and not same_unit(row.unit, ours.unit or ""):
            what = f"{row.parameter} is in {shown(row.unit)}"
            reader.add(given.where(i), what, f"the model takes it in {ours.unit}: convert the value")
        if ours.least is None or ours.most is None:
            continue
        if not ours.least <= row.low_or_central <= row.high_or_central <= ours.most:
            what = f"{row.parameter} = {row.central:g} (low to high {row.low_or_central:g} to {row.high_or_central:g})"
            reader.add(given.where(i), f"{what} is out of range", f"allowed: {ours.least:g} to {ours.most:g}")


def _packaged_constants() -> list[str]:
    return [row.parameter for row in Reader().read(DATA / "world.csv", rows.WorldParameterRow)]


def _constants(reader: Reader, given: Table[rows.WorldParameterRow]) -> dict[str, float]:
    """Central values of our own world.csv, with those of a user's file put over them."""
    own = Reader().read(DATA / "world.csv", rows.WorldParameterRow)
    _check_constants(reader, given, own)
    chosen = {row.parameter: row for table in (own, given) for row in table}
    density = chosen["firms_per_leased_ha"]
    foreign, domestic, sigma, green = (load_parameters()[name] for name in POPULATION)
    return {name: row.central for name, row in chosen.items()} | {
        "firms_per_leased_ha_low": density.low_or_central,
        "firms_per_leased_ha_high": density.high_or_central,
        "green_low": green.low,
        "green_central": green.central,
        "green_high": green.high,
        "reference_exit_rate_foreign": foreign.central,
        "reference_exit_rate_domestic": domestic.central,
        "reference_intensity_sigma": sigma.central,
    }


def mean_exit_rate(archetypes: Table[rows.ArchetypeRow], constants: dict[str, float]) -> float:
    """Share of all tenants that leave in a year [1/yr] at the reference rates of foreign and domestic firms."""
    weights = [row.share_of_park_firms for row in archetypes]
    foreign = sum(weight * row.fdi_share for weight, row in zip(weights, archetypes)) / (sum(weights) or 1.0)
    rates = constants["reference_exit_rate_foreign"], constants["reference_exit_rate_domestic"]
    return rates[1] + foreign * (rates[0] - rates[1])
