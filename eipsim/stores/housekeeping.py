"""Keeping a store in order: finding damage, setting it aside, merging small parts, removing what a killed writer left."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from eipsim.errors import InputError, Mistake
from eipsim.stores.claims import Claims
from eipsim.stores.files import (
    TEMPORARY,
    Block,
    cannot_write,
    part_files,
    provenance_of_part,
    read_rows,
    read_whole,
    write_rows,
    write_runs,
)
from eipsim.stores.layout import CLAIMS, DAMAGED, FAILURES, PAIRS, RUNS
from eipsim.stores.part_files import PartFiles

OLD = 3600.0  # seconds after which a temporary file has no writer any more
MERGED_BYTES = 64_000_000  # of values in a merged part
SMALL = 2  # parts of rows that are worth merging


def verify(store: PartFiles) -> dict[Path, str]:
    """Read everything, which compares the checksums and what names say: damaged parts with the reason."""
    readers: dict[str, Callable[[Path], Any]] = {RUNS: read_whole, PAIRS: read_rows, FAILURES: read_rows}
    for name, read in readers.items():
        for file in part_files(store.folder / name):
            store.whole(file, read)
    return dict(store.damaged)


def set_aside(store: PartFiles) -> None:
    """Move the parts that are known to be damaged to a folder of their own."""
    try:
        for file in store.damaged:
            aside = store.folder / DAMAGED / file.parent.name
            aside.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # another sweep has done it
                os.replace(file, aside / file.name)
    except OSError as error:
        raise cannot_write(store.folder, error) from error


def collect_garbage(store: PartFiles, known: set[str], precision: str) -> dict[str, int]:
    """Merge small parts, remove runs whose keys are not `known` to the design and temporary files without writer."""
    if Claims(store.folder / CLAIMS, "").has_company():
        raise InputError(Mistake(f"store {store.folder}", "a sweep is writing to it", "wait until it has ended"))
    try:
        temporary = _remove_temporary(store.folder)
        before = len(part_files(store.folder / RUNS))
        foreign = _merge_runs(store, known, precision)
        for name in (PAIRS, FAILURES):
            _merge_rows(store, name)
    except OSError as error:
        raise cannot_write(store.folder, error) from error
    after = len(part_files(store.folder / RUNS))
    return {"temporary_files": temporary, "parts_before": before, "parts_after": after, "runs_without_design": foreign}


def _remove_temporary(folder: Path) -> int:
    old = [file for file in folder.rglob(TEMPORARY) if time.time() - file.stat().st_mtime > OLD]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _merge_runs(store: PartFiles, known: set[str], precision: str) -> int:
    """New parts first, then the old ones go: a reader finds every run at any moment. Returns runs left out."""
    seen, foreign = set[str](), 0
    waiting: list[tuple[Path, Block]] = []
    for file in part_files(store.folder / RUNS):
        block = store.whole(file, read_whole)
        if block is None:
            continue
        foreign += sum(key not in known for key in block.keys)
        fresh = np.array([key in known and key not in seen for key in block.keys], dtype=bool)
        seen.update(block.keys[fresh])
        waiting.append((file, Block(block.keys[fresh], block.years, block.names, block.values[fresh])))
        if sum(block.values.nbytes for _, block in waiting) > MERGED_BYTES:
            _merge(store.folder / RUNS, waiting, precision)
            waiting = []
    _merge(store.folder / RUNS, waiting, precision)
    return foreign


def _merge(folder: Path, waiting: list[tuple[Path, Block]], precision: str) -> None:
    """Put several parts into one for each set of columns."""
    merged: set[Path] = set()
    for group in _alike(waiting):
        blocks = [block for _, block in group if len(block.keys)]
        if not blocks:
            continue
        provenance = _joined([provenance_of_part(file) for file, _ in group])
        first = blocks[0]
        keys = np.concatenate([block.keys for block in blocks])
        values = np.concatenate([block.values for block in blocks])
        whole = Block(keys, first.years, first.names, values)
        merged.add(write_runs(folder, whole, precision, provenance))
    for file, _ in waiting:
        if file not in merged:
            file.unlink(missing_ok=True)


def _alike(waiting: list[tuple[Path, Block]]) -> Iterator[list[tuple[Path, Block]]]:
    """Parts with the same outcomes and years."""
    groups: dict[Any, list[tuple[Path, Block]]] = {}
    for file, block in waiting:
        groups.setdefault((block.names, tuple(block.years.tolist())), []).append((file, block))
    yield from groups.values()


def _joined(provenances: list[dict[str, Any]]) -> dict[str, Any]:
    """Where merged results come from: every kind of origin once, and the wall time of all."""
    origins: list[dict[str, Any]] = []
    for one in provenances:
        for origin in one.get("merged", [{k: v for k, v in one.items() if k != "wall_seconds"}]):
            if origin not in origins:
                origins.append(origin)
    return {"merged": origins, "wall_seconds": round(sum(one.get("wall_seconds", 0.0) for one in provenances), 4)}


def _merge_rows(store: PartFiles, name: str) -> None:
    """One part of all rows, each once."""
    files = part_files(store.folder / name)
    parts = [(file, store.whole(file, read_rows)) for file in files]
    whole = [(file, rows) for file, rows in parts if rows is not None]
    if len(whole) < SMALL:
        return
    rows = [row for _, part in whole for row in part]
    unique = list({tuple(row.items()): row for row in rows}.values())
    merged = write_rows(store.folder / name, unique, {})
    for file, _ in whole:
        if file != merged:
            file.unlink(missing_ok=True)
