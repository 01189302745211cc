"""Which criteria bind: how many parks fail each, how many fail nothing else, and by how much."""

from __future__ import annotations

from statistics import median

import numpy as np

from eipsim.certification.criteria import ParkRecords, measure
from eipsim.policy.decrees import Decree

BINDING = (
    "parks",
    "failing",
    "failing_alone",
    "committed",
    "committed_failing",
    "committed_failing_alone",
    "shortfall",
)


def binding(decree: Decree, parks: ParkRecords) -> np.ndarray:
    """How each criterion binds at the end of the year [n_criteria, BINDING].

    Operating parks, how many of them fail it, and how many fail nothing else; the same among committed parks; the median
    shortfall of the parks that fail it, in the unit of the criterion (NaN when none does).
    """
    values, needs = measure(decree, parks)
    table = np.full((len(decree.criteria), len(BINDING)), np.nan)
    there = parks.firms > 0
    fails, committed = (values < needs) & there, there & (parks.operators.commit_year > 0)
    alone = fails & (fails.sum(axis=0) == 1)
    for column, among in ((0, there), (3, committed)):
        table[:, column] = np.count_nonzero(among)
        table[:, column + 1] = (fails & among).sum(axis=1)
        table[:, column + 2] = (alone & among).sum(axis=1)
    for k in np.flatnonzero(fails.any(axis=1)):
        table[k, -1] = median((needs[k] - values[k])[fails[k]].tolist())
    return table
