"""Programmes: named deliveries of assistance (audits, commitment of the parks reached) by a donor or public body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eipsim.policy.targets import TargetFinder

if TYPE_CHECKING:
    from eipsim.world.columns import World


DRAWN = ("random", "committed_parks_first")  # rules of rationing under which a draw decides among many firms


class Selection(NamedTuple):
    """Whom a programme serves sooner where a draw decides (`eipsim/rules/selection.py`); None: as the parameter has it."""

    size_exponent: float | None = None
    willingness: float | None = None


NO_SELECTION = Selection(0.0, 0.0)


class ResolvedProgramme(NamedTuple):
    """One programme in one world. `eligible` bool[n_parks], `sectors` bool[n_sectors], `audits_by_year` int64[n_years].

    A firm is eligible when its park and its sector are. `audits_by_year[y - first year of the world]` sums to `audits`.
    """

    name: str
    title: str
    first_year: int
    last_year: int
    eligible: np.ndarray
    sectors: np.ndarray
    audits_by_year: np.ndarray
    budget_usd: float
    payer: str
    rule: str
    commits_parks: bool
    screening_year: int  # 0: no screening
    selection: Selection = Selection()

    @property
    def audits(self) -> int:
        """Audits over the whole period."""
        return int(self.audits_by_year.sum())


class Running(NamedTuple):
    """The programmes of one year."""

    programmes: dict[int, ResolvedProgramme]  # by their number among all
    commits: np.ndarray  # bool [n_parks], parks in which one of them commits operators


def running_in(year: int, programmes: tuple[ResolvedProgramme, ...], n_parks: int) -> Running:
    """Those of all `programmes` that run in `year`."""
    running = {n: each for n, each in enumerate(programmes) if each.first_year <= year <= each.last_year}
    commits = np.zeros(n_parks, dtype=np.bool_)
    for programme in running.values():
        if programme.commits_parks:
            commits |= programme.eligible
    return Running(running, commits)


def deliver(total: int, capacity: np.ndarray, active: np.ndarray) -> np.ndarray:
    """Audits of each year (int64[n_years]): `total` spread over the `active` years in proportion to `capacity`.

    Cumulative sums are rounded, so the whole total is delivered by the last active year: low capacity delays, it does
    not cut. Only where capacity is zero in all active years is nothing delivered.

    >>> deliver(10, np.array([1.0, 0.5, 1.0, 1.0]), np.array([True, True, True, False]))
    array([4, 2, 4, 0])
    """
    weight = np.where(active, capacity, 0.0)
    if weight.sum() <= 0.0:
        return np.zeros(len(weight), np.int64)
    done = np.floor(total * (np.cumsum(weight) / weight.sum()) + 0.5).astype(np.int64)
    done[np.flatnonzero(weight)[-1] :] = total
    return np.diff(done, prepend=0)


def tenants_alive(world: World, year: int) -> np.ndarray:
    """Tenant firms of each park in `year` (int64[n_parks])."""
    firms = world.firms
    alive = (np.asarray(firms.entry_year) <= year) & (np.asarray(firms.exit_year) > year)
    return np.bincount(np.asarray(firms.park)[alive], minlength=len(world.park_ids))


def choose_parks(n: int, candidates: np.ndarray, tenants: np.ndarray) -> np.ndarray:
    """The `n` `candidates` (bool[n_parks]) with most `tenants`, never an empty park; ties go to the earlier row."""
    possible = np.flatnonzero(candidates & (tenants > 0))
    order = possible[np.argsort(-tenants[possible], kind="stable")]
    chosen = np.zeros(len(candidates), bool)
    chosen[order[:n]] = True
    return chosen


def resolve_programmes(
    programmes: Mapping[str, Any], capacity: np.ndarray, world: World, find: TargetFinder
) -> tuple[ResolvedProgramme, ...]:
    """Every programme in order of first year, then name; parks left to the model go to the earlier programme first."""
    masks = {name: find.mask(programme, ("programmes", name)) for name, programme in programmes.items()}
    taken = np.zeros(len(world.park_ids), bool)
    for name, programme in programmes.items():
        if programme.parks is not None:
            taken |= masks[name].parks
    resolved = []
    years = np.arange(world.first_year, world.last_year + 1)
    for name, programme in sorted(programmes.items(), key=lambda item: (item[1].first_year, item[0])):
        eligible = masks[name].parks
        if programme.choose_parks is not None:
            tenants = tenants_alive(world, programme.first_year)
            eligible = choose_parks(programme.choose_parks, eligible & ~taken, tenants)
            taken |= eligible
        active = (years >= programme.first_year) & (years <= programme.last_year)
        audits = deliver(programme.audits, capacity, active)
        resolved.append(_resolved(name, programme, eligible, masks[name].sectors, audits))
    return tuple(resolved)


def _resolved(
    name: str, programme: Any, eligible: np.ndarray, sectors: np.ndarray, audits: np.ndarray
) -> ResolvedProgramme:
    for array in (eligible, sectors, audits):
        array.setflags(write=False)
    return ResolvedProgramme(
        name, programme.title or name, programme.first_year, programme.last_year, eligible, sectors, audits,
        programme.budget_usd, programme.payer, programme.rule, programme.commits_parks,
        programme.screening_year or 0, _selection(programme),
    )  # fmt: skip


def _selection(programme: Any) -> Selection:
    """What a programme says of whom it serves sooner; under a rule that ranks firms by itself nobody is."""
    if programme.rule not in DRAWN:
        return NO_SELECTION
    said = programme.selection
    return Selection() if said is None else Selection(said.size_exponent, said.willingness)
