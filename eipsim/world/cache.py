"""Built worlds, kept by content: in memory for the process, and on disk as one .npz a world.

The cache is only a saving: a file that is damaged is built again and replaced, one that cannot be written is told once.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import warnings
from collections import OrderedDict
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from eipsim.core.cache_folder import beyond_newest, cache_folder
from eipsim.core.fingerprints import sources
from eipsim.data.loading import VIETNAM, CountryTables
from eipsim.world.columns import Parks, Tenants, Total, World, freeze
from eipsim.world.files import BUILT_IN, packaged_hash

KEPT_IN_MEMORY, KEPT_ON_DISK = 8, 64
BUILDS_WORLDS = ("core", "data", "rules", "policy", "scenarios", "market", "world")  # this floor and those below it
_memory: OrderedDict[str, World] = OrderedDict()
_told: set[str] = set()
NAMES = tuple(f.name for f in fields(World) if f.name not in ("parks", "firms", "tables"))


class Order(NamedTuple):
    """What is to be built: see `build_world`."""

    recipe: str = "vietnam"
    seed: int = 1
    exit_rate_foreign: float = 0.012
    exit_rate_domestic: float = 0.05
    intensity_sigma: float = 0.8
    births: str = "central"


RATES = Order._fields[2:5]  # of the population: parameters of a run


def kept(order: Order) -> World | None:
    """A packaged world that was built before; what builds worlds need not be loaded to find it."""
    return load(digest_of(packaged_hash(), order)) if order.recipe in BUILT_IN else None


def digest_of(content: str, order: Order) -> str:
    """Hash of everything that decides a world: data, arguments, and the code that builds it."""
    return hashlib.sha256(f"{content} {tuple(order)!r} {code_hash()}".encode()).hexdigest()[:32]


@cache
def code_hash() -> str:
    """Hash of the code that builds worlds, by byte: to parse it would take a run longer than to build a world now and then."""
    digest = hashlib.sha256()
    for file in sources(BUILDS_WORLDS):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def load(digest: str, tables: CountryTables = VIETNAM) -> World | None:
    """The world of `digest` from memory or disk, with the `tables` of its country; None when it is not there, or damaged."""
    if digest in _memory:
        _memory.move_to_end(digest)
        return _memory[digest]
    world = _read(_file(digest), digest, tables)
    if world is not None:
        _remember(world)
    return world


def save(world: World) -> None:
    """Keeps `world`; a folder that cannot be written is only a missed saving."""
    _remember(world)
    try:
        _write(_file(world.digest), world)
        _forget_oldest()
    except OSError as error:
        if str(cache_folder()) not in _told:
            _told.add(str(cache_folder()))
            warnings.warn(f"built worlds cannot be kept in {cache_folder()} ({error})", RuntimeWarning, stacklevel=3)


def _remember(world: World) -> None:
    _memory[world.digest] = world
    while len(_memory) > KEPT_IN_MEMORY:
        _memory.popitem(last=False)


def _forget_oldest() -> None:
    """Removes the oldest files beyond KEPT_ON_DISK: a sweep over thousands of seeds must not fill the disk."""
    for file in beyond_newest(KEPT_ON_DISK, cache_folder() / "worlds", "*.npz"):
        file.unlink(missing_ok=True)


def _file(digest: str) -> Path:
    return cache_folder() / "worlds" / f"{digest}.npz"


def _write(path: Path, world: World) -> None:
    """Writes to a temporary file beside `path` and moves it there in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {f"parks.{name}": column for name, column in world.parks._asdict().items()}
    columns |= {f"firms.{name}": column for name, column in world.firms._asdict().items()}
    names = json.dumps({name: getattr(world, name) for name in NAMES})
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, names=np.array(names), **columns)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _read(path: Path, digest: str, tables: CountryTables) -> World | None:
    """The world kept in `path`; None when there is none or it is not whole (checksums of the archive are verified)."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            names = json.loads(str(kept["names"]))
            parks = Parks(*(kept[f"parks.{name}"] for name in Parks._fields))
            firms = Tenants(*(kept[f"firms.{name}"] for name in Tenants._fields))
            found = names.pop("digest") == digest
    except Exception:  # a damaged archive can fail in any way; whatever the reason, the world is built again
        return None
    if not found:
        return None
    tuples: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in names.items()}
    tuples["unmet"] = tuple(Total(*total) for total in tuples["unmet"])
    return World(**tuples, digest=digest, parks=freeze(parks), firms=freeze(firms), tables=tables)
