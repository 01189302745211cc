"""Keyed draws for whole columns: the number of a park depends on its id, the seed and the process alone."""

from __future__ import annotations

import hashlib

import numpy as np

from eipsim.compiled import compiled
from eipsim.draws import PROCESSES, draw, draw_normal, fold, wrapping


def key_of(name: str) -> int:
    """The 64-bit key of a park id."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def process_key(seed: int, process: str) -> np.uint64:
    """The key of one process in replicate 0 of `seed`: what `draws.stream` gives, for every seed.

    (`draws.stream` passes a plain int of 64 bits to compiled code, which half of all seeds make too big to convert.)
    """
    with wrapping():
        root = np.uint64(fold(np.uint64(seed & (2**64 - 1)), np.uint64(0)))
        return np.uint64(fold(root, np.uint64(PROCESSES[process])))


@compiled
def fill_uniform(stream_key, keys, year, item, out):
    for i in range(len(keys)):
        out[i] = draw(stream_key, keys[i], year, item)


@compiled
def fill_normal(stream_key, keys, year, item, out):
    for i in range(len(keys)):
        out[i] = draw_normal(stream_key, keys[i], year, item)


def uniforms(seed: int, process: str, keys: np.ndarray, item: int = 0, year: int = 0) -> np.ndarray:
    """One uniform number in (0, 1) per key (float[n])."""
    out = np.empty(len(keys))
    with wrapping():
        fill_uniform(process_key(seed, process), keys, year, item, out)
    return out


def normals(seed: int, process: str, keys: np.ndarray, item: int = 0, year: int = 0) -> np.ndarray:
    """One standard normal number per key (float[n])."""
    out = np.empty(len(keys))
    with wrapping():
        fill_normal(process_key(seed, process), keys, year, item, out)
    return out
