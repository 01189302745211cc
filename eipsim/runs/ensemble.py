"""The ensemble of what nobody knows: calibrated parameter sets, each in a synthetic population of firms of its own.

A parameter set that goes with the record and a population that goes with the statistics are two things that nobody knows; what
is run for all sets in one population says nothing of what other firms would do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from eipsim.data.parameters import DEFAULT_RULE, load_ensemble
from eipsim.rules.acceptance import RULES


class Pair(NamedTuple):
    """A parameter set and the seed of the population that it is run in; `number` from 1."""

    number: int
    values: Mapping[str, float]
    population: int


def population_of(seed: Any, place: Any, populations: int) -> Any:
    """The seed of the population at a place, from 0: one after another from that of `seed` on. Arrays give arrays.

    >>> [population_of(1, place, 3) for place in range(5)]
    [1, 2, 3, 1, 2]
    """
    return seed + place % populations


def pairs_of(rule: Any, seed: int, kept: Collection[str] = ()) -> tuple[Pair, ...]:
    """Every calibrated set of a decision rule (one of the user's own: those of the default rule), set i with population i.

    The parameters in `kept` stay as they are in all sets.
    """
    sets = load_ensemble(rule if isinstance(rule, str) and rule in RULES else DEFAULT_RULE)
    return tuple(
        Pair(place + 1, {name: value for name, value in values.items() if name not in kept}, population)
        for place, values in enumerate(sets)
        for population in [population_of(seed, place, len(sets))]
    )
