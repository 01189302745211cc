"""History matching on a stored design: which of its points cannot be told from what was observed?

A point is ruled out when a target lies too many standard deviations from its runs. Points that are left are equally
plausible; there is no best one, because a few numbers of one programme cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eipsim.analysis.study import Study

LIMIT = 2.0  # standard deviations


@dataclass(frozen=True)
class Observation:
    """What was observed: an expression of the stored outcomes, its value, and the relative discrepancy (one standard
    deviation) granted to model and record together."""

    expression: str
    value: float
    tolerance: float = 0.0


def distances(runs: np.ndarray, value: float, tolerance: float) -> np.ndarray:
    """Standard deviations between runs [..., replicates] and a `value`: chance between runs, and granted discrepancy.

    Reality is one draw, so the spread between single runs counts in full, and the error of their mean besides.
    """
    n = runs.shape[-1]
    variance = runs.var(axis=-1, ddof=1) * (1.0 + 1.0 / n) + (tolerance * value) ** 2
    return np.abs(runs.mean(axis=-1) - value) / np.sqrt(variance)


def match(study: Study, observations: Sequence[Observation], scenario: int = 0) -> pd.DataFrame:
    """The factors of every row with its distance from each observation (by expression) and the worst of them.

    Rows with a missing run have no distance. `plausible` picks those that are left.
    """
    far = {o.expression: distances(study.values(o.expression)[scenario], o.value, o.tolerance) for o in observations}
    table = study.rows.assign(**far)
    return table.assign(worst_distance=np.max(list(far.values()), axis=0))


def plausible(matched: pd.DataFrame, limit: float = LIMIT) -> pd.DataFrame:
    """The rows that no observation rules out."""
    return matched[matched["worst_distance"] <= limit]
