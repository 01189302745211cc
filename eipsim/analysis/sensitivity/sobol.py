"""Sobol' indices of many outputs at once: first, total and second order, with bootstrap.

The estimators are those of SALib (Saltelli et al. 2010, Computer Physics Communications 181: 259; second order Saltelli
2002, ibid. 145: 280), and so are the numbers. Here all outputs, years and replicates are columns of one array, and the
bootstrap is a product of two matrices, because every index is made of means over the blocks of the design.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

FIRST, TOTAL, SECOND = "S1", "ST", "S2"


@dataclass(frozen=True)
class Blocks:
    """Outputs of a Saltelli design, block by block.

    a, b : [n, columns] of the two independent samples
    ab : [d, n, columns], sample A with one factor from B; ba the reverse, None without second order
    """

    a: np.ndarray
    b: np.ndarray
    ab: np.ndarray
    ba: np.ndarray | None

    @property
    def n(self) -> int:
        return len(self.a)


def rows_of_block(d: int, second_order: bool) -> int:
    """Rows that each of the n points of a Saltelli design has for `d` factors."""
    return 2 * d + 2 if second_order else d + 2


def blocks_of(y: np.ndarray, d: int, second_order: bool) -> Blocks:
    """Outputs `y` [rows, columns] in the order of the design, standardised as SALib does."""
    step = rows_of_block(d, second_order)
    if len(y) % step:
        raise ValueError(f"{len(y)} rows are not blocks of {step}")
    spread = y.std(axis=0)
    z = ((y - y.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)).reshape(-1, step, y.shape[1])
    ba = z[:, d + 1 : 2 * d + 1].transpose(1, 0, 2) if second_order else None
    return Blocks(z[:, 0], z[:, -1], z[:, 1 : d + 1].transpose(1, 0, 2), ba)


def indices(blocks: Blocks) -> dict[str, np.ndarray]:
    """S1 and ST [d, columns] and, where the design has it, S2 [pairs, columns] in the order of `pairs`."""
    ones = np.full((1, blocks.n), 1.0 / blocks.n)
    return {name: found[:, 0] for name, found in _weighted(blocks, ones).items()}


def bootstrapped(blocks: Blocks, resamples: int, seed: int) -> dict[str, np.ndarray]:
    """The same over `resamples` draws of the blocks with replacement: [d, resamples, columns].

    The columns share the draws, so that means over columns (replicates) and differences between them can be resampled too.
    """
    counts = np.random.default_rng(seed).multinomial(blocks.n, np.full(blocks.n, 1.0 / blocks.n), size=resamples)
    return _weighted(blocks, counts / blocks.n)


def pairs(d: int) -> Iterator[tuple[int, int]]:
    """Factors two by two, in the order of S2."""
    return combinations(range(d), 2)


def _weighted(blocks: Blocks, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Indices with `weights` [resamples, n] of the blocks: [d or pairs, resamples, columns]."""
    a, b, ab, ba = blocks.a, blocks.b, blocks.ab, blocks.ba
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 1.0 / _variance(blocks, weights)
    first = np.stack([(weights @ (b * (one - a))) * scale for one in ab])
    found = {FIRST: first, TOTAL: np.stack([(weights @ (a - one) ** 2) * (0.5 * scale) for one in ab])}
    if ba is not None:
        both = weights @ (a * b)
        found[SECOND] = np.stack(
            [(weights @ (ba[j] * ab[k]) - both) * scale - first[j] - first[k] for j, k in pairs(len(ab))]
        )
    return found


def _variance(blocks: Blocks, weights: np.ndarray) -> np.ndarray:
    """Variance of both samples together, [resamples, columns]; NaN where a column does not vary."""
    mean = weights @ (0.5 * (blocks.a + blocks.b))
    variance = weights @ (0.5 * (blocks.a**2 + blocks.b**2)) - mean**2
    return np.where(variance > np.finfo(float).eps, variance, np.nan)
