"""The ensemble of what nobody knows: calibrated parameter sets, each in a synthetic population of firms of its own.

A parameter set that goes with the record and a population that goes with the statistics are two things that nobody knows; what
is run for all sets in one population says nothing of what other firms would do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from eipsim.data.parameters import DEFAULT_RULE, load_ensemble
from eipsim.rules.acceptance import RULES

Set = Mapping[str, float]


class Pair(NamedTuple):
    """A parameter set, by its number from 1 and its values, and the seed of the population that it is run in."""

    number: int
    values: Set
    population: int


def sets_of(rule: Any, kept: Collection[str] = ()) -> tuple[Set, ...]:
    """Every calibrated set of a decision rule (one of the user's own: those of the default), without the parameters in `kept`."""
    sets = load_ensemble(rule if isinstance(rule, str) and rule in RULES else DEFAULT_RULE)
    return tuple({name: value for name, value in values.items() if name not in kept} for values in sets)


def pair_of(sets: Sequence[Set], seed: int, place: int) -> Pair:
    """The pair at a place, from 0: one set after another, each time in the next population from that of `seed` on.

    >>> [pair_of(({"a": 1.0}, {"a": 2.0}), 1, place)[::2] for place in range(3)]
    [(1, 1), (2, 2), (1, 3)]
    """
    number = place % len(sets)
    return Pair(number + 1, sets[number], seed + place)
