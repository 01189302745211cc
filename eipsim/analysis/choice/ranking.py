"""Which policy to choose, and how sure that choice is.

>>> rank("results/policies", "parks_certified @2050", by=["rule"]).table()            # doctest: +SKIP

Every scenario of a stored design is held against the others in the same states: the same inputs, the same draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eipsim.analysis.choice import scores
from eipsim.analysis.choice.rank_tables import SPENDING, Ranking
from eipsim.analysis.states_of_world import note_on_intervals, states_of
from eipsim.analysis.study import Study, StudyLike, positions, study_of
from eipsim.analysis.subsets import groups_of
from eipsim.errors import Mistakes
from eipsim.outcomes.expressions import parse_expression
from eipsim.outcomes.nodes import OVER_YEARS, Asked, Expression, Operation
from eipsim.outcomes.registry import OUTCOMES


def rank(
    study: StudyLike,
    value: str,
    *,
    minimise: bool | None = None,
    by: Sequence[str] | str = (),
    satisfice: str = "",
    cost: str | None = None,
    scenarios: Sequence[str] | None = None,
    baseline: str | None = None,
    average: bool = False,
    resamples: int = scores.RESAMPLES,
    seed: int = 1,
) -> Ranking:
    """Rank the scenarios of a stored design by the mean of `value`.

    Parameters
    ----------
    study : Study, Store or folder of a store
    value : expression, as `parks_certified @2050`
    minimise : whether less is better; None = as the outcome says, and more where it does not
    by : factors (`rule`), or a value of one (`behaviour.peer_weight=0`), by which the ranking is repeated
    satisfice : condition that makes a run good enough, as `parks_certified @2050 >= 100`
    cost : expression of the cost for comparisons at equal cost; None = public spending in all years, if it is stored
    scenarios : labels; None = all
    baseline : scenario that differences are taken from; None = the design's own, else the first
    average : rank means over the replicates of a row, so that a state is a draw of the inputs without chance
    resamples, seed : of the bootstrap

    States in which a scenario has no result, or the value, the cost or the condition has no value, are left out and told.
    Raises InputError with every mistake.
    """
    study = study_of(study)
    found, enough = Mistakes(), None
    with found.collected():
        asked = study.values(value)
    with found.collected():
        paid = _costs(study, cost)
    with found.collected():
        enough = study.holds(satisfice) if satisfice else None
    found.tell()
    needed = {value: asked} | ({} if paid is None else dict([paid])) | ({} if enough is None else {satisfice: enough})
    states = states_of(study, needed, scenarios=scenarios, average=average)
    states = replace(states, notes=states.notes + note_on_intervals(study))
    parsed = parse_expression(value, years=study.years, stored=study._stored_units, over_time=True)
    return Ranking(
        value, unit_of_value(parsed), less_is_better(parsed) if minimise is None else minimise, states, states.of(asked),
        _baseline(study, states.scenarios, baseline), groups_of(states.rows, by),
        "" if paid is None else paid[0], None if paid is None else states.of(paid[1]),
        satisfice, None if enough is None else states.of(enough), resamples, seed, study,
        {"store": str(study.store.folder), "design": study.design.digest, "origin": study.origin},
    )  # fmt: skip


def _costs(study: Study, cost: str | None) -> tuple[str, np.ndarray] | None:
    """The expression of the cost and its values; by default public spending of all years, where that is stored."""
    if cost is None:
        cost = f"sum({SPENDING})" if SPENDING in study.outcomes.values() else ""
    return (cost, study.values(cost)) if cost else None


def _baseline(study: Study, scenarios: Sequence[str], wanted: str | None) -> str:
    if wanted is not None:
        return scenarios[positions(wanted, scenarios, "baseline")[0]]
    own = study.design.baseline
    return str(own) if own in scenarios else scenarios[0]


def less_is_better(expression: Expression) -> bool:
    """Whether less is better, as far as one outcome alone says so.

    >>> less_is_better(parse_expression("sum(co2_t @2024..2050)")), less_is_better(parse_expression("firms @2024"))
    (True, False)
    """
    node = expression.root
    while isinstance(node, Operation) and node.sign in OVER_YEARS:
        node = node.parts[0]
    return isinstance(node, Asked) and node.name in OUTCOMES and OUTCOMES[node.name].better == "lower"


def unit_of_value(expression: Expression) -> str:
    """The unit of an expression; a sum over years of something a year is not a year any more.

    >>> unit_of_value(parse_expression("sum(co2_t @2024..2050)")), unit_of_value(parse_expression("co2_t @2050"))
    ('tCO2', 'tCO2/yr')
    """
    is_sum = isinstance(expression.root, Operation) and expression.root.sign == "sum"
    return expression.unit.removesuffix("/yr") if is_sum else expression.unit
