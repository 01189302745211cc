"""Whether filters reach anybody in a world: a park, or a firm that is there in some year.

Where a tenant is, what it makes, whose and how large it is never changes in a run, so that this is known before any. What parks
and firms become (certified, audited, assisted by a programme) only a run can say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from eipsim.core.numbers import number
from eipsim.errors import Mistake, did_you_mean
from eipsim.outcomes.binding import Finder, NotFoundError
from eipsim.outcomes.nodes import Asked, Expression, Filter
from eipsim.outcomes.registry import QUANTITIES
from eipsim.outcomes.traits import TRAITS, holds

NEVER_CHANGE = ("owner", "employees")  # of TRAITS


def nobody_reached(expressions: Iterable[Expression], finder: Finder, scenario: str = "") -> list[Mistake]:
    """The filters of what the `expressions` ask of that `scenario` that reach nobody in the finder's world.

    Each with the nearest names that do. Names that are unknown are told by `bind`.
    """
    wanted = [(asked, each.where) for each in expressions for asked in each.asked if asked.scenario == scenario]
    found = (_nobody(asked, where, finder) for asked, where in wanted if asked.name in QUANTITIES)
    return list(dict.fromkeys(mistake for mistakes in found for mistake in mistakes))


def _nobody(asked: Asked, where: str, finder: Finder) -> Iterator[Mistake]:
    """The first filter of a quantity with which nobody is left, if there is one."""
    world, of_firms = finder.world, QUANTITIES[asked.name].level == "firm"
    left = np.ones(world.n_firms if of_firms else world.n_parks, dtype=np.bool_)
    for position, one in enumerate(asked.filters):
        meant = _meant(one, finder, of_firms)
        if meant is None:
            continue
        if not (left & meant).any():
            whom, beside = "firm" if of_firms else "park", " beside the filters before it" if position else ""
            what = f"{one.key}{one.sign}{' or '.join(one.names)} reaches no {whom} of world {world.recipe}{beside}"
            yield Mistake(one.where or where, f"column {one.column}: {what}", _instead(one, left, finder, of_firms))
            return
        left &= meant


def _meant(one: Filter, finder: Finder, of_firms: bool) -> np.ndarray | None:
    """Whom a filter means: bool [firms], else bool [parks]; None where only a run, or nobody, can say."""
    if one.condition is not None:
        return holds(one.condition, finder.world.firms, 0) if one.key in NEVER_CHANGE else None  # type: ignore[arg-type]
    try:
        key, rows = finder.find(one)
        dimension, rows = finder.members(one, key, rows)
    except NotFoundError:
        return None
    of = _rows_of(dimension.removesuffix("s"), finder, of_firms)
    return None if of is None else np.isin(of, rows)


def _rows_of(key: str, finder: Finder, of_firms: bool) -> np.ndarray | None:
    """The row of the province, park or sector of each firm, else of each park; None of what is told by anything else."""
    world = finder.world
    if key == "sector":
        return world.firms.sector if of_firms else None
    of_parks = {"park": np.arange(world.n_parks), "province": world.parks.province}.get(key)
    return of_parks[world.firms.park] if of_firms and of_parks is not None else of_parks


def _instead(one: Filter, left: np.ndarray, finder: Finder, of_firms: bool) -> str:
    """What would reach somebody of those that are `left`: the nearest names, or the range of a number."""
    firms = finder.world.firms
    if one.key in NEVER_CHANGE and (trait := TRAITS[one.key]).number is None:
        words = [word for word, of in trait.words.items() if (of(firms, 0) & left).any()]  # type: ignore[arg-type]
        return did_you_mean(one.names[0], words)
    if one.key in NEVER_CHANGE:
        numbers = TRAITS[one.key].number(firms, 0)[left]  # type: ignore[misc, arg-type]
        return f"{one.key} there: {number(numbers.min())} to {number(numbers.max())}"
    key, _ = finder.find(one)
    of = _rows_of(key, finder, of_firms)
    assert of is not None
    return did_you_mean(one.names[0], [finder.shown(key, row) for row in np.unique(of[left])])
