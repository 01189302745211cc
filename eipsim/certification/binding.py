"""Which criteria bind: how many parks fail each, how many fail nothing else, and by how much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eipsim.certification.criteria import FAILING, Standing

BINDING = (
    "parks",
    "failing",
    "failing_alone",
    "committed",
    "committed_failing",
    "committed_failing_alone",
    "shortfall",
)


def binding(standings: Sequence[Standing]) -> np.ndarray:
    """How the criteria of these standings bind, one after the other [criteria of all standings, BINDING].

    Operating parks, how many of them fail it, and how many fail nothing else; the same among committed parks; the median
    shortfall of the parks that fail it, in the unit of the criterion (NaN when none does).
    """
    counts = np.concatenate([standing.counts for standing in standings])
    largest_last = np.sort(np.concatenate([standing.shortfall for standing in standings]), axis=1)
    table = np.column_stack([counts, np.full(len(counts), np.nan)])
    some = np.flatnonzero(counts[:, FAILING])
    n = counts[some, FAILING].astype(np.int64)
    table[some, -1] = (largest_last[some, (n - 1) // 2] + largest_last[some, n // 2]) / 2.0
    return table
