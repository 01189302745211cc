"""The adaptive regulator: it steers one lever, or the number of audits, by how far an outcome is from its target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.policy.levers import Levers, replace_lever

if TYPE_CHECKING:
    from eipsim.scenarios.entries import Adaptive

AUDITS = "audits"


def adapt(
    rule: Adaptive | None, regulators: np.recarray, levers: Levers, year: int, achieved: float | None
) -> tuple[Levers, int]:
    """The levers of `year` with the one that `rule` steers moved, and the audits that it gives.

    `achieved`: the outcome that the rule looks at, at the end of last year; None before the first.
    """
    if rule is None:
        return levers, 0
    level, begins = regulators.adaptive_level[:1], min(rule.target)
    if achieved is not None and year - 1 >= begins:
        level[0] = moved(rule, float(level[0]), year - 1, achieved)
    if rule.lever == AUDITS:
        return levers, audits_due(regulators.audits_owed[:1], float(level[0]) if year > begins else 0.0)
    return (replace_lever(levers, rule.lever, float(level[0])) if year > begins else levers), 0


def moved(rule: Adaptive, level: float, year: int, achieved: float) -> float:
    """The level after a step in proportion to the relative gap between the target of `year` and what is `achieved`."""
    years, targets = zip(*sorted(rule.target.items()))
    target = float(np.interp(year, years, targets))
    gap = (target - achieved) / target if target else 0.0
    step = rule.gain * (rule.most - rule.least) * min(max(gap, -1.0), 1.0)
    return min(max(level + step, rule.least), rule.most)


def audits_due(owed: np.ndarray, granted: float) -> int:
    """Whole audits of the year, with the ones `granted` in it; what is left of one waits for the next as `owed` [1]."""
    owed += granted
    due = int(owed[0])
    owed -= due
    return due
