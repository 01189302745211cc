"""The files of a store: Parquet parts, written whole or not at all, with checksums, and never changed afterwards.

A part is named by a hash of what it holds, so that the same results written twice are one file. Writers need no locks:
they make a file under a temporary name and rename it within its folder, which every file system does in one step.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from eipsim.errors import InputError, Mistake

SHORT = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)  # what a process lacks that cannot open a file
METADATA = b"eipsim"  # where the schema of a part keeps its provenance, as JSON
PRECISIONS = {"double": np.float64, "single": np.float32}
PART, TEMPORARY = "part-*.parquet", ".*.tmp"
YEARS = (np.int64, np.int16)  # as years are when they are first written, and when parts are merged
ANOTHER = "it does not hold what its name says"
DAMAGES = (pa.ArrowException, OSError, ValueError, KeyError, TypeError)  # what a broken Parquet file can raise


class DamagedError(Exception):
    """A part that cannot be read, or does not hold what its name says."""


@dataclass(frozen=True)
class Block:
    """Results of some runs: keys, years, names of the outcomes, values [runs, years, outcomes]."""

    keys: np.ndarray
    years: np.ndarray
    names: tuple[str, ...]
    values: np.ndarray


# ---- writing ---------------------------------------------------------------------------------------------------------


def write_runs(folder: Path, block: Block, precision: str, provenance: Mapping[str, Any]) -> Path:
    """A part with a row per run and year: key, year, a column per outcome. Returns its file."""
    n_runs, n_years, n_outcomes = block.values.shape
    kind = PRECISIONS[precision]
    rows = np.ascontiguousarray(block.values.reshape(-1, n_outcomes).T, dtype=kind)
    columns: dict[str, Any] = {
        "key": pa.DictionaryArray.from_arrays(
            np.repeat(np.arange(n_runs, dtype=np.int32), n_years), pa.array(list(block.keys), pa.string())
        ),
        "year": np.tile(block.years.astype(np.int16), n_runs),
    }
    columns |= dict(zip(block.names, rows))
    file = folder / name_of(block.keys, block.years, block.names, rows)
    if not _is_there(file, read_whole):
        write_table(file, pa.table(columns), provenance, spread=list(block.names))
    return file


def name_of(keys: np.ndarray, years: np.ndarray, names: Sequence[str], rows: np.ndarray) -> str:
    """The name of the file of some results; rows : values [outcomes, runs and years]."""
    return f"part-{_digest(*keys, years.tobytes(), *names, rows.tobytes())}.parquet"


def _is_there(file: Path, read: Callable[[Path], Any]) -> bool:
    """Whether a part stands in its file already, and whole."""
    try:
        read(file)
    except (FileNotFoundError, DamagedError):
        return False
    return True


def write_rows(folder: Path, rows: Sequence[Mapping[str, Any]], provenance: Mapping[str, Any]) -> Path:
    """A part of plain rows, such as failures."""
    file = folder / name_of_rows(rows)
    if not _is_there(file, read_rows):
        write_table(file, pa.Table.from_pylist([dict(row) for row in rows]), provenance)
    return file


def name_of_rows(rows: Sequence[Mapping[str, Any]]) -> str:
    """The name of the file of some rows."""
    return f"part-{_digest(json.dumps(list(rows), sort_keys=True, default=str))}.parquet"


def write_frame(file: Path, frame: pd.DataFrame, provenance: Mapping[str, Any]) -> None:
    """A table that is known by its own name; replaced in one step."""
    write_table(file, pa.Table.from_pandas(frame, preserve_index=False), provenance)


def is_same_table(file: Path, frame: pd.DataFrame) -> bool:
    """Whether `write_frame` of this frame has written a file. Raises DamagedError."""
    return read_frame(file).astype(object).equals(frame.astype(object))  # in whatever type a library keeps texts


def write_table(file: Path, table: pa.Table, provenance: Mapping[str, Any], spread: Sequence[str] = ()) -> None:
    """Write `table`; the floats of the columns `spread` are stored byte by byte, which halves what zstd makes of them."""
    metadata = {**(table.schema.metadata or {}), METADATA: json.dumps(provenance, default=str).encode()}
    floats = [name for name in spread if pa.types.is_floating(table.schema.field(name).type)]
    others = [name for name in table.column_names if name not in floats]
    with replacing(file) as draft:
        pq.write_table(
            table.replace_schema_metadata(metadata), draft, compression="zstd", compression_level=1,
            use_dictionary=others, use_byte_stream_split=floats, write_page_checksum=True, write_statistics=others,
        )  # fmt: skip


@contextlib.contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """A temporary name beside `file` to write to; it becomes `file` when the block ends well, and is gone otherwise."""
    draft = file.with_name(f".{file.name}.{uuid.uuid4().hex}.tmp")
    try:
        yield draft
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        os.replace(draft, file)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def write_text(file: Path, text: str) -> None:
    with replacing(file) as draft:
        draft.write_text(text, encoding="utf-8")


def _digest(*content: str | bytes) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for part in content:
        digest.update(part if isinstance(part, bytes) else part.encode())
    return digest.hexdigest()


def cannot_write(folder: Path, error: OSError) -> InputError:
    """The mistake of a store on a read-only or full disk."""
    hint = "what was stored before is safe; free some space or choose another folder, and start the same sweep again"
    return InputError(Mistake(f"store {folder}", f"cannot be written: {reason_of(error)}", hint))


def reason_of(error: OSError) -> str:
    """What the system said; pyarrow hides it in a longer text.

    >>> reason_of(OSError("Error writing bytes to file. Detail: [errno 28] No space left on device"))
    'No space left on device'
    """
    hidden = re.search(r"Detail: \[errno \d+\] (.*)", str(error))
    return hidden[1] if hidden else error.strerror or str(error)


# ---- reading ---------------------------------------------------------------------------------------------------------


def part_files(folder: Path) -> list[Path]:
    """The parts of a folder, in the order of their names; none where there is no folder."""
    return sorted(folder.glob(PART))


def keys_of(file: Path) -> np.ndarray:
    """The keys of the runs in a part of results. Raises DamagedError."""
    with _telling_damage(file):
        column = pq.read_table(file, columns=["key"], page_checksum_verification=True).column("key")
        chunks = [pa.compute.unique(chunk) for chunk in column.chunks]
        return pd.unique(np.array([key for chunk in chunks for key in chunk.to_pylist()], dtype=object))


def read_runs(file: Path, outcomes: Sequence[str] | None = None, years: Iterable[int] | None = None) -> Block:
    """Some outcomes in some years (default: all) of a part of results. Raises DamagedError."""
    with _telling_damage(file):
        schema = pq.read_schema(file)
        stored = [name for name in schema.names if name not in ("key", "year")]
        names = stored if outcomes is None else [name for name in outcomes if name in stored]
        table = pq.read_table(file, columns=["key", "year", *names], page_checksum_verification=True).combine_chunks()
        keys, found = _runs_and_years(table)
        wanted = np.arange(len(found)) if years is None else np.flatnonzero(np.isin(found, list(years)))
        kind = table.schema.field(names[0]).type.to_pandas_dtype() if names else np.float64
        values = np.empty((len(keys), len(wanted), len(names)), dtype=kind)
        for position, name in enumerate(names):
            values[:, :, position] = table.column(name).to_numpy().reshape(len(keys), -1)[:, wanted]
        return Block(keys, found[wanted], tuple(names), values)


def read_whole(file: Path) -> Block:
    """All of a part of results, which is what its name says. Raises DamagedError."""
    block = read_runs(file)
    rows = np.ascontiguousarray(block.values.reshape(-1, len(block.names)).T)
    written = (block.years.astype(kind) for kind in YEARS)
    if file.name not in {name_of(block.keys, years, block.names, rows) for years in written}:
        raise DamagedError(ANOTHER)
    return block


def _runs_and_years(table: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Keys and years of a part: every run has the same years, one row after the other."""
    column = table.column("key").combine_chunks()
    column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    column = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    keys = column.dictionary.to_pylist()
    codes, years = column.indices.to_numpy(zero_copy_only=False), table.column("year").to_numpy()
    n_runs = len(pd.unique(codes))
    n_years = len(codes) // n_runs if n_runs else 0
    grid = years.reshape(n_runs, n_years) if n_runs * n_years == len(codes) else None
    if grid is None or (grid != grid[:1]).any() or (np.diff(codes.reshape(n_runs, n_years), axis=1) != 0).any():
        raise ValueError("its runs do not have the same years")
    return np.array([keys[code] for code in codes[:: n_years or 1]], dtype=object), years[:n_years]


def read_frame(file: Path) -> pd.DataFrame:
    """A part or table of plain rows. Raises DamagedError."""
    with _telling_damage(file):
        return pq.read_table(file, page_checksum_verification=True).to_pandas()


def read_rows(file: Path) -> list[dict[str, Any]]:
    """All of a part of plain rows, which is what its name says. Raises DamagedError."""
    with _telling_damage(file):
        rows = pq.read_table(file, page_checksum_verification=True).to_pylist()
    if file.name != name_of_rows(rows):
        raise DamagedError(ANOTHER)
    return rows


def provenance_of_part(file: Path) -> dict[str, Any]:
    """Where the results of a part come from. Raises DamagedError."""
    with _telling_damage(file):
        return dict(json.loads((pq.read_schema(file).metadata or {}).get(METADATA, b"{}")))


@contextlib.contextmanager
def _telling_damage(file: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except DAMAGES as error:
        if isinstance(error, MemoryError) or getattr(error, "errno", None) in SHORT:  # the file may be as it should
            raise
        raise DamagedError(str(error).splitlines()[0] if str(error) else type(error).__name__) from error
