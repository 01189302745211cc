"""From the parts of a store to arrays in the order that is asked for, each run once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from eipsim.stores.files import Block, read_runs


def gather(
    keys: np.ndarray, shape: tuple[int, int], kind: type, blocks: Iterable[Block | None]
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Values [keys, *shape] of unique `keys` from blocks of that shape in any order, NaN where there is none.

    Also: which keys have a value, and those found twice with different values. Other keys are passed over.
    """
    values: np.ndarray = np.full((len(keys), *shape), np.nan, dtype=kind)
    present = np.zeros(len(keys), dtype=bool)
    twice: list[str] = []
    position = pd.Index(keys)
    for block in filter(None, blocks):
        at = position.get_indexer(block.keys)
        found, at = block.values[at >= 0], at[at >= 0]
        again = present[at]
        twice += list(keys[at[again][~is_same(values[at[again]], found[again])]])
        values[at[~again]], present[at] = found[~again], True
    return values, present, twice


def ordered(file: Path, names: list[str], years: list[int]) -> Block:
    """A part with exactly these outcomes in these years; those it lacks are NaN. Raises DamagedError."""
    block = read_runs(file, names, years)
    if list(block.names) == names and block.years.tolist() == years:
        return block
    values = np.full((len(block.keys), len(years), len(names)), np.nan, dtype=block.values.dtype)
    columns = [names.index(name) for name in block.names]
    for position, year in enumerate(years):
        at = np.flatnonzero(block.years == year)
        if at.size:
            values[:, position, columns] = block.values[:, at[0], :]
    return Block(block.keys, np.array(years), tuple(names), values)


def is_same(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which runs [n, years, outcomes] are equal, NaN to NaN."""
    return ((one == other) | (np.isnan(one) & np.isnan(other))).all(axis=(1, 2))
