"""When the points or the replicates of a design are too few for what is asked of them, and how many would do."""

from __future__ import annotations

import math
from typing import Any

from eipsim.analysis.intervals import quantile_of_t
from eipsim.designs.design import COMMON

WANTED = 0.1  # half width of an interval: of a share as it is, of other numbers as a share of the largest
FEW_SEEDS = 4  # replicates that show luck, and what is left when it is taken out
LARGE = 1e6


def one_replicate(design: Any, what: str, unknown: str, remedy: str) -> list[str]:
    """That all points have the same draws, of which there is one; `what` then holds for these only, `unknown` stays so."""
    if design.draws != COMMON or design.replicates > 1:
        return []
    return [f"one replicate: {what} for its draws only, and {unknown}; replicates: {FEW_SEEDS} or more {remedy}"]


def more_points(n: int, ratio: float, method: str) -> int:
    """How many points an interval narrower by `ratio` needs, never more; for Sobol' the power of two below, beyond `n`.

    >>> more_points(256, 2.1, "sobol"), more_points(256, 1.1, "sobol"), more_points(10, 2.0, "morris")
    (1024, 512, 40)
    """
    needed = math.ceil(n * min(ratio, LARGE) ** 2)
    return max(2 * n, 1 << (needed.bit_length() - 1)) if method == "sobol" else needed


def more_replicates(n: int, ratio: float) -> int:
    """How many replicates make Student's interval of a mean narrower by `ratio`: its quantile falls with their number, too.

    >>> more_replicates(2, 4.0), more_replicates(20, 2.0)
    (4, 73)
    """
    per_spread = quantile_of_t(n) / math.sqrt(n) / ratio
    few, many = n, 2 * n
    while quantile_of_t(many) / math.sqrt(many) > per_spread:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if quantile_of_t(middle) / math.sqrt(middle) > per_spread else (few, middle)
    return many
