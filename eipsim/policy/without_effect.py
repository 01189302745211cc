"""What a scenario says of the carbon market that has no effect in a world: sound, and probably not what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.errors import Mistake
from eipsim.policy.economic import EVERYBODY
from eipsim.policy.levers import LeverPaths, Levers, resolve_once
from eipsim.policy.targets import TargetFinder

if TYPE_CHECKING:
    from eipsim.scenarios.schema import Scenario
    from eipsim.world.columns import World

OF_THE_MARKET = ("carbon_facilities", "auctioned_share", "allocation_decline")


def without_effect(scenario: Scenario, world: World) -> list[Mistake]:
    """Allowances for sectors that are not there, that have no price or give nothing free: each at its place, with the remedy."""
    if not any(name in scenario.levers for name in OF_THE_MARKET):
        return []
    paths, find = resolve_once(scenario, world), TargetFinder(world, scenario.place)
    return [
        scenario.mistake((*where, "sectors", j), *told)
        for where, entry in _entries(scenario)
        for j, name in enumerate(entry.sectors or ())
        if (told := _told(where[1], entry, name, paths, find))
    ]


def _entries(scenario: Scenario) -> Iterator[tuple[tuple[str, str, int], Any]]:
    for name in OF_THE_MARKET:
        for i, entry in enumerate(scenario.levers.get(name, ())):
            yield ("levers", name, i), entry


def _told(lever: str, entry: Any, name: str, paths: LeverPaths, find: TargetFinder) -> tuple[str, str] | None:
    """What is told of a sector that an entry of a lever names, and the remedy; None where the entry does something."""
    s, world = find.sector(name, ""), find.world
    assert s is not None  # `resolve` has found it
    there = np.unique(world.firms.sector)
    if s not in there:
        here = ", ".join(world.sectors[k] for k in there)
        what = f"{lever} names {world.sectors[s]} ({world.sector_names[s]}), of which this world has no firm: no effect"
        return what, f"take it out, or name a sector that is there: {here}"
    if lever == "auctioned_share" and _least(entry) < 1.0 and not _is_priced(paths.years, s):
        what = f"allowances of {world.sectors[s]} are free where no carbon_price is ever above 0: worth nothing"
        return what, "set carbon_price or carbon_facilities for it too"
    if lever == "allocation_decline" and all(of_year.auctioned_share[s] >= 1.0 for of_year in paths.years):
        what = f"the benchmark of {world.sectors[s]} declines, where no allowance is free: no effect"
        return what, "set auctioned_share below 1 for it too"
    return None


def _least(entry: Any) -> float:
    return entry.value if entry.path is None else min(entry.path.values())


def _is_priced(years: Sequence[Levers], s: int) -> bool:
    """Whether a tonne of the sector ever has a price: by the lever, or in the pilot years by the driver."""
    prices = (of_year.carbon_price[:, s].max() for of_year in years)
    return any(price > 0.0 for price in prices) or any(of_year.carbon_facilities[s] < EVERYBODY for of_year in years)
