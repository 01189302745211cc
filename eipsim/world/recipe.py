"""Which tables a world is made from, read and checked as a whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from eipsim.data import world_rows as rows
from eipsim.data.parameters import load_parameters
from eipsim.data.tables import Reader, Table
from eipsim.errors import InputError, Mistake, did_you_mean, unknown
from eipsim.world.columns import fold_name

DATA = Path(__file__).parents[1] / "data"
BUILT_IN = ("vietnam", "pilot-parks")
MODELS = {
    "parks": rows.ParkRow,
    "provinces": rows.ProvinceRow,
    "park_counts": rows.ParkCountRow,
    "archetypes": rows.ArchetypeRow,
    "candidates_unverified": rows.CandidateRow,
    "park_plan": rows.PlanRow,
    "firm_counts": rows.FirmCountRow,
    "sector_anchors": rows.AnchorRow,
    "park_bounds": rows.BoundRow,
    "region_areas": rows.RegionAreaRow,
    "world_checks": rows.CheckRow,
    "world": rows.WorldParameterRow,
}
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
}
NEEDED = ("parks", "provinces", "park_counts")
SHARE_TOLERANCE = 0.005
POPULATION = ("population.exit_rate", "population.intensity_sigma", "population.green_land_share")


@dataclass(frozen=True)
class Recipe:
    """The valid tables of a country, and its assumed constants by name (central values)."""

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
    constants: dict[str, float]


def folder_of(recipe: str) -> Path | None:
    """The folder of a `folder:PATH` recipe; None for the built-in ones. InputError for an unknown recipe."""
    if recipe in BUILT_IN:
        return None
    if not recipe.startswith("folder:"):
        raise InputError(unknown("world", "recipe", recipe, (*BUILT_IN, "folder:PATH")))
    folder = Path(recipe.removeprefix("folder:")).expanduser()
    if not folder.is_dir():
        raise InputError(
            Mistake("world", f"{recipe!r}: there is no such folder", "give the path of a folder of CSV files")
        )
    return folder


def files_of(recipe: str) -> dict[str, Path]:
    """The file of every table that `recipe` has."""
    folder = folder_of(recipe)
    places = [DATA, DATA / "parks"] if folder is None else [folder, folder / "parks"]
    found = {table: _first_file(table, places) for table in MODELS}
    return {table: path or places[0] / f"{table}.csv" for table, path in found.items() if path or table in NEEDED}


def _first_file(table: str, places: list[Path]) -> Path | None:
    return next((p for place in places if (p := place / f"{table}.csv").is_file()), None)


def content_hash(recipe: str) -> str:
    """Hash of everything read for `recipe`; packaged files are read once a process, a user's every time."""
    return _packaged_hash(recipe) if recipe in BUILT_IN else _hash_files(recipe)


@cache
def _packaged_hash(recipe: str) -> str:
    return _hash_files(recipe)


def _hash_files(recipe: str) -> str:
    digest = hashlib.sha256()
    for table, path in files_of(recipe).items():
        digest.update(table.encode() + (path.read_bytes() if path.is_file() else b"-"))
    for defaults in ("world.csv", "archetypes.csv"):
        digest.update((DATA / defaults).read_bytes())
    digest.update(repr([load_parameters()[name] for name in POPULATION]).encode())
    return digest.hexdigest()


def read_recipe(recipe: str) -> Recipe:
    """The tables of `recipe`; packaged ones are read once a process. Raises one InputError with all mistakes of all files."""
    return _packaged_recipe(recipe) if recipe in BUILT_IN else _read_files(recipe)


@cache
def _packaged_recipe(recipe: str) -> Recipe:
    return _read_files(recipe)


def _read_files(recipe: str) -> Recipe:
    reader, files = Reader(), files_of(recipe)
    tables = {
        name: reader.read(files[name], model, KEYS.get(name)) if name in files else Table(f"{name}.csv")
        for name, model in MODELS.items()
    }
    _refuse_strangers(reader, recipe)
    tables["archetypes"] = _all_archetypes(reader, tables["archetypes"])
    _check_together(reader, tables)
    constants = _constants(reader, tables["world"])
    reader.finish()
    return Recipe(**tables, constants=constants)


def _refuse_strangers(reader: Reader, recipe: str) -> None:
    """A CSV file of a user's folder that no table is read from is a misspelt name."""
    folder = folder_of(recipe)
    files = [] if folder is None else [*folder.glob("*.csv"), *folder.glob("parks/*.csv")]
    for file in sorted(files):
        if file.stem not in MODELS:
            reader.add(file.name, "is not a table of a world", did_you_mean(file.stem, MODELS))


def _check_together(reader: Reader, tables: dict[str, Table]) -> None:
    """What the tables say about one another. Names are not looked up in a table that has mistakes of its own."""
    parks, provinces, archetypes = (tables[name] for name in ("parks", "provinces", "archetypes"))
    names = [row.province_2024 for row in provinces]
    ids = [row.park_id for row in parks]
    if reader.is_clean(provinces):
        reader.require_known(parks, "province_2024", names)
        reader.require_known(tables["candidates_unverified"], "province_2024", names)
    if reader.is_clean(parks):
        reader.require_known(tables["park_bounds"], "park_id", ids)
    for i, row in enumerate(tables["sector_anchors"]):
        where, places = tables["sector_anchors"].where(i), parks if row.place_kind == "park" else provinces
        if reader.is_clean(places):
            reader.require_name(where, "place", row.place, ids if places is parks else names)
        for archetype in row.archetypes.split(";"):
            reader.require_name(where, "archetypes", archetype, [a.arch_id for a in archetypes])
    _refuse_twins(reader, parks)
    _check_shares(reader, archetypes)
    _check_not_empty(reader, tables)


def _refuse_twins(reader: Reader, parks: Table[rows.ParkRow]) -> None:
    """Two rows of one province with the same name are one park listed twice."""
    first: dict[tuple[str, str], int] = {}
    for i, row in enumerate(parks):
        before = first.setdefault((row.province_2024, fold_name(row.name_vi)), i)
        if before != i:
            what = f"duplicate park {row.name_vi!r} in {row.province_2024}"
            reader.add(
                parks.where(i), what, f"the same name stands in line {parks.lines[before]}; keep one of the two rows"
            )


def _check_not_empty(reader: Reader, tables: dict[str, Table]) -> None:
    """A needed table without a row, or a country without a park. Only told when nothing else is wrong."""
    if reader.mistakes:
        return
    for name in NEEDED:
        if not tables[name].rows:
            reader.add(f"{name}.csv", "has no rows")
    if not any(row.status == "established" for row in tables["parks"]) and not any(
        row.to_synthesise for row in tables["provinces"]
    ):
        reader.add(
            "parks.csv", "no park is established", "give one row the status established, or a number to_synthesise"
        )


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
        if ours.least is None or ours.most is None:
            continue
        if not ours.least <= row.low_or_central <= row.high_or_central <= ours.most:
            what = f"{row.parameter} = {row.central:g} (low to high {row.low_or_central:g} to {row.high_or_central:g})"
            reader.add(given.where(i), f"{what} is out of range", f"allowed: {ours.least:g} to {ours.most:g}")


def _constants(reader: Reader, given: Table[rows.WorldParameterRow]) -> dict[str, float]:
    """Central values of our own world.csv, with those of a user's file put over them."""
    own = Reader().read(DATA / "world.csv", rows.WorldParameterRow)
    _check_constants(reader, given, own)
    chosen = {row.parameter: row for table in (own, given) for row in table}
    density = chosen["firms_per_leased_ha"]
    parameters = load_parameters()
    green = parameters["population.green_land_share"]
    return {name: row.central for name, row in chosen.items()} | {
        "firms_per_leased_ha_low": density.low_or_central,
        "firms_per_leased_ha_high": density.high_or_central,
        "green_low": green.low,
        "green_central": green.central,
        "green_high": green.high,
        "reference_exit_rate": parameters["population.exit_rate"].central,
        "reference_intensity_sigma": parameters["population.intensity_sigma"].central,
    }
