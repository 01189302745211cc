"""Write raw 64-bit keyed draws to stdout in a named key order, for any battery of randomness tests.

    nice python benchmarks/draws_stream.py agent | dieharder -a -g 200
    python benchmarks/draws_stream.py year --mib 64 > draws.bin
    python benchmarks/draws_stream.py seed --summary

The order names the part of the key that changes fastest; the others follow in the order agent, item, year, process,
seed, replicate. Agents are numbered 0, 1, 2, ...: keys as alike as can be, so harder on the generator than the hashed
ids of a run. All 64 bits are written (`draw` keeps the upper 53), least byte first.
"""

import argparse
import sys
from itertools import count

import numpy as np
from scipy import stats

from eipsim.core.compiled import compiled
from eipsim.core.draws import GOLDEN, ITEMS_PER_YEAR, ONE, fold, mix

FIRST_YEAR = 2015
SIZES = {"agent": 50_000, "item": 24, "year": 36, "process": 32, "seed": 10_000, "replicate": 10_000}
PARTS = tuple(SIZES)
AGENT, ITEM, YEAR, PROCESS, SEED, REPLICATE = range(len(PARTS))
BLOCK = 2**17


@compiled
def raw_bits(stream_key, agent, year, item):
    """The 64-bit word that `draws.draw` turns into a number in (0, 1)."""
    counter = np.uint64(year) * ITEMS_PER_YEAR + np.uint64(item) + ONE
    return mix(mix((np.uint64(agent) ^ stream_key) + counter * GOLDEN) ^ stream_key)


@compiled
def fill(words, start, order, sizes, key):
    """Fill `words` (uint64[n]) with the draws of keys number start, start + 1, ...

    `order` (int64[6]) has the parts' numbers, fastest first; `key` (int64[6]) is scratch space.
    """
    for i in range(len(words)):
        rest = start + i
        for part in order:
            key[part] = rest % sizes[part]
            rest = rest // sizes[part]
        stream_key = fold(fold(np.uint64(key[SEED]), np.uint64(key[REPLICATE])), np.uint64(key[PROCESS]))
        words[i] = raw_bits(stream_key, key[AGENT], FIRST_YEAR + key[YEAR], key[ITEM])


def key_order(fastest):
    """Part numbers (int64[6]) with `fastest` first and the others in the order of SIZES."""
    return np.array([PARTS.index(fastest), *(i for i, part in enumerate(PARTS) if part != fastest)])


def blocks(fastest, n=BLOCK):
    """Endless blocks of n raw draws (uint64[n]); the same array is filled again each time."""
    words, order, sizes = np.empty(n, "<u8"), key_order(fastest), np.array(list(SIZES.values()))
    key = np.zeros_like(order)
    for block in count():
        fill(words, block * n, order, sizes, key)
        yield words


def summarise(fastest, n=10_000_000):
    """One table row on n draws: moments and lagged correlations in standard errors, and two p-values."""
    u = next(blocks(fastest, n)) * 2.0**-64
    c = u - 0.5
    errors = {power: c_power.mean() * np.sqrt(n * (2 * power + 1)) * 2**power for power, c_power in ((1, c), (3, c**3))}
    variance = (np.mean(c**2) - 1 / 12) * np.sqrt(180 * n)
    lags = [np.mean(c[:-lag] * c[lag:]) * 12 * np.sqrt(n - lag) for lag in (1, 2, 5)]
    pairs = np.histogram2d(u[::2], u[1::2], bins=64, range=((0, 1), (0, 1)))[0]
    p_values = stats.kstest(u, "uniform").pvalue, stats.chisquare(pairs.ravel()).pvalue
    cells = [f"{x:+.2f}" for x in (errors[1], variance, errors[3], *lags)] + [f"{p:.3f}" for p in p_values]
    return f"| {fastest} | {' | '.join(cells)} |"


def main(arguments=None):
    """Write blocks until `--mib` is reached or the reader closes the pipe."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fastest", choices=PARTS, help="the part of the key that changes fastest")
    parser.add_argument("--mib", type=int, help="stop after so many MiB (default: never)")
    parser.add_argument("--summary", action="store_true", help="print one table row on ten million draws instead")
    options = parser.parse_args(arguments)
    if options.summary:
        print(summarise(options.fastest))
        return
    try:
        for number, words in enumerate(blocks(options.fastest)):
            if options.mib is not None and number >= options.mib:
                break
            sys.stdout.buffer.write(words)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        sys.stderr.close()  # the battery has read enough; a closed stderr keeps Python from complaining at exit


if __name__ == "__main__":
    main()
