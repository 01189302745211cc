"""The files of a country and the hash of what they hold, without reading them as tables: enough to find a world built before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from eipsim.core.names import shown
from eipsim.data.csv_files import MOST_BYTES
from eipsim.data.parameters import load_parameters
from eipsim.errors import InputError, Mistake, unknown

DATA = Path(__file__).parents[1] / "data"
BUILT_IN = ("vietnam", "pilot-parks")
OWN = "folder:"
NEEDED = ("parks", "provinces", "park_counts")
TABLES = (
    "parks", "provinces", "archetypes", "park_counts", "candidates_unverified", "park_plan", "firm_counts", "sector_anchors",
    "park_bounds", "region_areas", "world_checks", "world", "province_successors",
)  # fmt: skip
POPULATION = (
    "population.exit_rate_foreign", "population.exit_rate_domestic", "population.intensity_sigma",
    "population.green_land_share",
)  # fmt: skip


def folder_of(recipe: str) -> Path | None:
    """The folder of a `folder:PATH` recipe; None for the built-in ones. InputError for an unknown recipe."""
    if recipe in BUILT_IN:
        return None
    if not recipe.startswith(OWN):
        raise InputError(unknown("world", "world", recipe, (*BUILT_IN, "folder:PATH")))
    folder = Path(recipe.removeprefix(OWN)).expanduser()
    try:
        there = folder.is_dir()
    except (OSError, ValueError):  # a name that no folder can bear
        there = False
    if not there:
        hint = "give the path of a folder of CSV files"
        raise InputError(Mistake("world", f"{shown(recipe)}: there is no such folder", hint))
    return folder


def packaged_files() -> dict[str, Path]:
    """The file of every table of Viet Nam."""
    return files_in([DATA, DATA / "parks"], TABLES)


def files_in(places: list[Path], tables: Iterable[str]) -> dict[str, Path]:
    """The file of every one of the `tables` that there is, in the first of `places` that has it, and of those that must be."""
    found = {table: first_file(f"{table}.csv", places) for table in tables}
    return {table: path or places[0] / f"{table}.csv" for table, path in found.items() if path or table in NEEDED}


def first_file(name: str, places: Iterable[Path]) -> Path | None:
    return next((p for place in places if (p := place / name).exists() or p.is_symlink()), None)


@cache
def packaged_hash() -> str:
    """Hash of everything that the worlds of Viet Nam are made from, read once a process."""
    return hash_of(packaged_files())


def hash_of(files: Mapping[str, Path]) -> str:
    """Hash of what `files` hold, and of what stands in for those that a country does not bring."""
    digest = hashlib.sha256()
    for table, path in files.items():
        digest.update(table.encode() + _content(path))
    for defaults in ("world.csv", "archetypes.csv"):
        digest.update((DATA / defaults).read_bytes())
    digest.update(repr([load_parameters()[name] for name in POPULATION]).encode())
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    """What a regular file holds, as far as it is read; a pipe or device, which need not end, is not opened."""
    if not path.is_file():
        return b"-"
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
