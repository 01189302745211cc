"""What to keep in mind when reading a ranking, each with its remedy: states or replicates too few, money for another world."""

from __future__ import annotations

from typing import Any

import numpy as np

from eipsim.analysis.choice import scores
from eipsim.analysis.intervals import count_in_words
from eipsim.analysis.too_few import WANTED, more_points, one_replicate
from eipsim.core.numbers import POINTS
from eipsim.runs.national_sums import warnings_of_sums


def caveats(ranking: Any) -> list[str]:
    """Warnings about a ranking of a stored design."""
    return [*_few_states(ranking), *_few_replicates(ranking), *_sums(ranking)]


def _few_states(ranking: Any) -> list[str]:
    """Chances to be best whose interval is wider than wanted, with the number of points, or replicates, that would do."""
    shares = scores.shares_best(ranking.better)
    halves = [_half_width(ranking, of) for of in shares]
    worst = int(np.nanargmax(halves)) if np.isfinite(halves).any() else -1
    if worst < 0 or halves[worst] <= WANTED:
        return []
    known = f"how often {ranking.scenarios[worst]} is best is known to ±{100.0 * halves[worst]:.0f} {POINTS}"
    said = f"{ranking.cases} independent states are few: {known}"
    return [f"{said}; {_remedy(ranking, halves[worst] / WANTED)} would make it about ±{100.0 * WANTED:.0f}"]


def _half_width(ranking: Any, holds: np.ndarray) -> float:
    _, low, high = scores.share_interval(holds, ranking.states.blocks, ranking.states.draws)
    return float(high - low) / 2.0


def _remedy(ranking: Any, ratio: float) -> str:
    """What there has to be more of for an interval narrower by `ratio`."""
    design = ranking.study.design
    n = int(getattr(design.sampler, "n", 0) or 0)
    if len(ranking.study.rows) == 1:
        return f"replicates: {more_points(design.replicates, ratio, '')} instead of {design.replicates}"
    return (
        f"n: {more_points(n, ratio, design.method):,} instead of {n:,}" if n else f"{ratio**2:.0f} times as many points"
    )


def _few_replicates(ranking: Any) -> list[str]:
    """That luck is not seen at all, or decides which scenario is best."""
    design = ranking.study.design
    if len(ranking.study.rows) == 1:
        return []  # its replicates are the states
    told = one_replicate(design, "the ranking holds", "how far luck decides it is not known", "show it")
    draws = ranking.states.draws
    if draws is None:
        return told
    kinds = np.unique(draws)
    best = [ranking.scenarios[ranking.better[:, draws == kind].mean(axis=1).argmax()] for kind in kinds]
    if len(set(best)) == 1:
        return told
    counts = [f"{name} in {count_in_words(best.count(name), len(kinds), 'replicates')}" for name in dict.fromkeys(best)]
    return [
        *told,
        f"which scenario is best hangs on luck: {', '.join(counts)}; more replicates tell which is best on average",
    ]


def _sums(ranking: Any) -> list[str]:
    """That scenarios have money for the country, and the world is a part of it."""
    design = ranking.study.design
    if design.model is not None:
        return []
    scenarios = {name: design.scenario(name) for name in ranking.scenarios}
    return warnings_of_sums(
        scenarios, design.baseline if design.baseline in scenarios else None, design.world, design.seed
    )
