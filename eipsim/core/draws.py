"""Keyed draws: every random number is a pure function of (seed, process, agent, year, item).

No draw depends on how many were made before, on the order of agents, on workers or on what a policy changed elsewhere, so
two scenarios with the same seed differ only where the policy acts. The generator is a SplitMix64 hash, two rounds with the
key entered twice (Steele, Lea & Flood 2014); `docs/draws.md` reports moments, neighbouring-key correlations and a published
test battery.

`uniform(seed, process, agent, year, item)` is the whole of it. The model calls its two halves: `stream(seed, process)` once
a run and `draw(stream, agent, year, item)` per number.
"""

from __future__ import annotations

import contextlib
import hashlib

import numpy as np

from eipsim.core.arithmetic import normal_quantile
from eipsim.core.compiled import IS_COMPILED, compiled, inlined

# Append only, never renumber: the number is part of every key.
_NAMES = (
    "park", "founding", "coordinates", "plots", "sector", "employees", "foreign", "intensity", "entry", "exit",
    "vacancy", "constrained", "initial stock", "stock age", "cost factor", "option awareness", "firm awareness",
    "firm effect", "operator effect", "acceptance", "renewal", "audit priority", "identification", "voucher priority",
    "inspection", "compliance cost", "commitment", "operator capacity", "green share", "score", "dossier priority",
    "decision threshold", "norm", "programme choice", "born eco", "monitoring", "infrastructure",
    "infrastructure licence", "wastewater plant", "infrastructure grant", "entry choice",
    "exchange identification", "exchange partner", "exchange project", "exchange negotiation", "exchange licence",
    "self-compliance", "cure",
    "carbon facility", "main fuel", "boiler",
    "named park",
    "recommendation", "operator quality", "operator facilitation", "score speed", "operator belief", "auditor priority",
    "commissioned audit",
)  # fmt: skip
PROCESSES = {name: number for number, name in enumerate(_NAMES)}

GOLDEN, MIX_1, MIX_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
S30, S27, S31, S11, ONE = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11), np.uint64(1)
ITEMS_PER_YEAR = np.uint64(4096)
TO_UNIT = 2.0**-53
HALF_STEP = 2.0**-54
LARGEST = 1.0 - 2.0**-53


@inlined
def mix(z):
    """SplitMix64's finaliser: a bijection of 64-bit words in which every input bit moves every output bit."""
    z = np.uint64(z)
    z = (z ^ (z >> S30)) * MIX_1
    z = (z ^ (z >> S27)) * MIX_2
    return z ^ (z >> S31)


@compiled
def fold(key, part):
    """A new key from `key` and one more `part` (uint64): how ids, replicates and processes enter a key."""
    key = np.uint64(key)
    return mix(mix(key + (np.uint64(part) + ONE) * GOLDEN) ^ key)


@inlined
def draw(stream_key, agent, year, item):
    """The uniform number in (0, 1) of `agent` (uint64 key) in `year` for `item` (0..4095) of one process's stream."""
    stream_key = np.uint64(stream_key)
    counter = np.uint64(year) * ITEMS_PER_YEAR + np.uint64(item) + ONE
    bits = mix(mix((np.uint64(agent) ^ stream_key) + counter * GOLDEN) ^ stream_key)
    return min(np.float64(np.int64(bits >> S11)) * TO_UNIT + HALF_STEP, LARGEST)


@inlined
def draw_normal(stream_key, agent, year, item):
    """The standard normal number of the same key."""
    return normal_quantile(draw(stream_key, agent, year, item))


def wrapping():
    """uint64 arithmetic wraps by design; compiled code does so silently, plain NumPy scalars warn unless told."""
    return contextlib.nullcontext() if IS_COMPILED else np.errstate(over="ignore")


def stream(seed: int, process: str, replicate: int = 0) -> np.uint64:
    """The key of one process in replicate `replicate` of `seed`. Raises KeyError for a process that is not registered."""
    with wrapping():
        root = np.uint64(fold(np.uint64(seed & (2**64 - 1)), np.uint64(replicate)))
        return np.uint64(fold(root, np.uint64(PROCESSES[process])))


def uniform(seed: int, process: str, agent: int, year: int, item: int = 0, replicate: int = 0) -> float:
    """One uniform number in (0, 1): a pure function of its arguments.

    >>> uniform(1, "exit", 7, 2030) == uniform(1, "exit", 7, 2030)
    True
    """
    with wrapping():
        return float(draw(stream(seed, process, replicate), np.uint64(agent), year, item))


# ---- for whole columns of agents: draws that are fixed for an agent are those of year 0 ---------------------------


def key_of(name: str) -> int:
    """The 64-bit key of a park id."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


@compiled
def fill_draws(keys, stream_key, item, year, normal, out):
    for i in range(keys.size):
        out[i] = draw_normal(stream_key, keys[i], year, item) if normal else draw(stream_key, keys[i], year, item)


def drawn(keys: np.ndarray, stream_key: np.uint64, item: int = 0, year: int = 0, normal: bool = False) -> np.ndarray:
    """One uniform number in (0, 1), or one standard normal number, for each of `keys` (uint64[n]) as float[n]."""
    out = np.empty(keys.size)
    with wrapping():
        fill_draws(keys, stream_key, item, year, normal, out)
    return out


def uniforms(seed: int, process: str, keys: np.ndarray, item: int = 0, year: int = 0) -> np.ndarray:
    return drawn(keys, stream(seed, process), item, year)


def normals(seed: int, process: str, keys: np.ndarray, item: int = 0, year: int = 0) -> np.ndarray:
    return drawn(keys, stream(seed, process), item, year, normal=True)


def process_streams(seed: int, replicate: int) -> np.ndarray:
    """The stream key of every process of a run, uint64[n_processes]."""
    return np.array([stream(seed, process, replicate) for process in PROCESSES], dtype=np.uint64)
