"""Keys: the name of a run is the hash of everything that decides its result, and of nothing else.

Equal content gives an equal key in every process and on every machine. Host, time, and the version of the package are not in
it: they change no result. The sources of the model are: a run of another model is another run.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
import itertools
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from eipsim.core.fingerprints import PACKAGE, hash_of_sources
from eipsim.data.loading import data_hash
from eipsim.errors import InputError, Mistake
from eipsim.world.recipe import content_hash

SCHEMA = 1  # of keys and of what is stored of a run: raised by hand when either gets another meaning
KEY_BYTES = 16
WORLD = "folder:"
# Folders that decide no result: they choose, run, keep, tell or draw runs. All others do, also those that are yet to come.
DECIDES_NOTHING = {
    "analysis", "cli", "dashboard", "designs", "explain", "exports", "figures", "language", "report", "stores", "sweeps",
}  # fmt: skip


def canonical(content: Any) -> str:
    """`content` as JSON text that is the same for equal content. ValueError for NaN and infinity.

    >>> canonical({"b": 1.0, "a": (True, None)})
    '{"a":[true,null],"b":1.0}'
    """
    return json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def digest_of(content: Any) -> str:
    """sha256 of `content`, as text."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def digest_of_file(file: str | Path) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


@cache
def model_version() -> dict[str, Any]:
    """What decides results beside a design: version of what is stored, sources of the model, packaged data."""
    folders = {place.name for place in PACKAGE.iterdir() if place.is_dir()} - DECIDES_NOTHING
    return {"schema": SCHEMA, "sources": hash_of_sources(folders), "data": data_hash()}


def user_model_version(model: str) -> dict[str, Any]:
    """The same of a model of the user's own, `file.py:function` or `module:function`."""
    return {"schema": SCHEMA, "sources": digest_of_file(source_of(model))[:16], "data": ""}


def source_of(model: str) -> Path:
    """The file of `file.py:function` or `module:function`. InputError when there is none."""
    place, _, name = model.rpartition(":")
    if not place or not name.isidentifier():
        raise InputError(Mistake("model", f"{model!r} names no function", "write file.py:function or module:function"))
    if place.endswith(".py"):
        if not os.path.isfile(place):
            raise InputError(Mistake("model", f"there is no file {place}"))
        return Path(place)
    found = _module_file(place)
    if found is None:
        raise InputError(Mistake("model", f"there is no module {place!r}", "write file.py:function or module:function"))
    return found


def _module_file(module: str) -> Path | None:
    """The file of a module, found without importing the packages that it is in; None when there is none."""
    first, *inner = itertools.accumulate(module.split("."), "{}.{}".format)
    try:
        found = importlib.util.find_spec(first)
    except ValueError:  # it was imported, from nowhere
        return None
    for part in inner:
        found = found and importlib.machinery.PathFinder.find_spec(part, found.submodule_search_locations)
    return Path(found.origin) if found is not None and found.has_location and found.origin else None


def content_of(place: str) -> str:
    """Hash of a file, of the tables of a folder, or of a world `folder:PATH`."""
    if place.startswith(WORLD):
        return content_hash(place)
    path = Path(place)
    if os.path.isdir(path):
        return digest_of({file.name: digest_of_file(file) for file in sorted(path.glob("*.csv"))})
    return digest_of_file(path)


def by_content(said: Any, files: Mapping[str, str]) -> Any:
    """What is `said`, with the content of every one of the `files` in place of its path.

    >>> by_content(["a.csv", "b.py:half", "c"], {"a.csv": "123", "b.py": "456"})
    ['123', '456:half', 'c']
    """
    if isinstance(said, Mapping):
        return {name: by_content(value, files) for name, value in said.items()}
    if isinstance(said, list | tuple):
        return [by_content(value, files) for value in said]
    if not isinstance(said, str):
        return said
    file, colon, function = said.rpartition(":")
    return f"{files[file]}:{function}" if colon and file in files else files.get(said, said)


class Keys:
    """Makes the keys of one scenario: what all its runs share is hashed once."""

    def __init__(self, shared: Mapping[str, Any]):
        self._start = hashlib.blake2b(canonical(shared).encode(), digest_size=KEY_BYTES)

    def of(self, cells: np.ndarray, draws: np.ndarray) -> list[str]:
        """The keys of runs with these cells (uint64[runs, factors], see `cell_of`) and numbers of draws (int64[runs])."""
        lines = np.column_stack([cells, draws.astype("<u8")]).astype("<u8")
        content, width = lines.tobytes(), lines.shape[1] * lines.itemsize
        return [self._key(content[start : start + width]) for start in range(0, len(content), width)]

    def _key(self, content: bytes) -> str:
        run = self._start.copy()
        run.update(content)
        return run.hexdigest()


def cells_of(values: np.ndarray) -> np.ndarray:
    """Numbers as they stand in keys: their bits (uint64), of which a minus zero has those of zero."""
    return (np.asarray(values, dtype="<f8") + 0.0).view("<u8")


def cell_of(level: Any) -> int:
    """A level of a choice as it stands in keys: a number like any other number, all else by its hash.

    >>> bool(cell_of(20) == cells_of(np.array([20.0]))[0])
    True
    """
    if isinstance(level, int | float) and not isinstance(level, bool):
        return int(cells_of(np.array([level]))[0])
    return int.from_bytes(hashlib.blake2b(canonical(level).encode(), digest_size=8).digest(), "little")
