"""The year of certificates: who applies, who is granted one, whose is renewed or revoked, who has missed its term."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from eipsim.agents.operator.columns import APPLIED, CERTIFIED, PREPARING, REVOKED
from eipsim.certification.criteria import ParkRecords, passes_all
from eipsim.core.years import YEARS
from eipsim.market.constants import Constants
from eipsim.policy.decrees import Decree


KEPT = 16  # sets of decrees of which the one in force is kept by year


class Certification(NamedTuple):
    """What certificates are decided by, and which criteria have bound so far."""

    decrees: tuple[Decree, ...]
    in_force: tuple[Decree | None, ...]  # at the end of each of YEARS
    priority: np.ndarray  # float [p], a draw: in which order a province takes dossiers
    bindings: list[tuple[int, Decree, np.ndarray]]  # year, decree in force, its table of BINDING


@lru_cache(maxsize=KEPT)
def decrees_in_force(decrees: tuple[Decree, ...]) -> tuple[Decree | None, ...]:
    """The decree in force at the end of each of `YEARS`."""
    return tuple(decree_of(decrees, year) for year in YEARS.tolist())


def decree_of(decrees: tuple[Decree, ...], year: int) -> Decree | None:
    return next((decree for decree in decrees if decree.governs(year)), None)


def decide(
    decree: Decree | None, parks: ParkRecords, capacity: np.ndarray, priority: np.ndarray, constants: Constants,
    duration: np.ndarray | None = None,
) -> None:  # fmt: skip
    """One year of certificates, in place: expiry, renewal, revocation, decisions, applications, and the terms of parks
    founded as eco-industrial parks.

    A park applies when it has tenants, is committed and expects to pass; a province takes `capacity` [v] dossiers a
    year, in keyed order `priority` [p]; after `dossier_years` x its `duration` [v] it is granted if it still passes.
    """
    o = parks.operators
    if decree is None or not decree.open_in(parks.year):
        return
    passes = passes_all(decree, parks)
    years = constants.dossier_years * (np.ones_like(capacity) if duration is None else duration)[o.province]
    held = o.certificate == CERTIFIED
    expired = held & (parks.year - o.certified_year >= decree.validity)
    o.certified_year[expired & passes] = parks.year
    o.certificate[expired & ~passes] = REVOKED
    o.certified_year[expired & ~passes] = 0
    due = (o.certificate == APPLIED) & (parks.year - o.applied_year >= years)
    o.certificate[due & passes] = CERTIFIED
    o.certified_year[due & passes] = parks.year
    o.certificate[due & ~passes] = PREPARING
    waiting = (o.certificate != APPLIED) & (o.certificate != CERTIFIED) & passes & (o.commit_year > 0)
    for p in np.flatnonzero(waiting)[np.argsort(priority[waiting], kind="stable")]:
        in_process = np.count_nonzero((o.applied_year == parks.year) & (o.province == o.province[p]))
        if in_process < int(capacity[o.province[p]]):
            o.certificate[p] = APPLIED
            o.applied_year[p] = parks.year
    hold_to_term(decree, parks, passes)


def hold_to_term(decree: Decree, parks: ParkRecords, passes: np.ndarray) -> None:
    """A park founded as eco-industrial that neither holds the certificate nor passes when its term ends has lapsed.

    It is fined every year (`agents.regulator.year.fine_lapsed`) and gets no public money for infrastructure until it complies.
    """
    o = parks.operators
    complies = (o.certificate == CERTIFIED) | passes
    overdue = o.born_eco & (parks.year - o.established_year >= decree.comply_within) & ~complies
    o.lapsed_year[overdue & (o.lapsed_year == 0)] = parks.year
    o.lapsed_year[complies] = 0
