"""Which criteria bind: how many parks fail each, how many fail nothing else, and by how much."""

from __future__ import annotations

import numpy as np

from eipsim.certification.criteria import COUNTED, FAILING, Standing

BINDING = (
    "parks",
    "failing",
    "failing_alone",
    "committed",
    "committed_failing",
    "committed_failing_alone",
    "shortfall",
)


def binding(standing: Standing) -> np.ndarray:
    """How each criterion of a decree binds at the end of the year [n_criteria, BINDING].

    Operating parks, how many of them fail it, and how many fail nothing else; the same among committed parks; the median
    shortfall of the parks that fail it, in the unit of the criterion (NaN when none does).
    """
    largest_last = np.sort(standing.shortfall, axis=1)
    failing = standing.counts[:, FAILING].astype(np.int64)
    table = np.full((len(failing), len(BINDING)), np.nan)
    table[:, :COUNTED] = standing.counts
    some, middle = np.flatnonzero(failing), failing[failing > 0]
    table[some, COUNTED] = (largest_last[some, (middle - 1) // 2] + largest_last[some, middle // 2]) / 2.0
    return table
