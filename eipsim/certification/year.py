"""The year of certificates: who applies, who is granted one, whose is renewed or revoked, who has missed its term."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from eipsim.agents.operator.columns import APPLIED, CERTIFIED, PREPARING, REVOKED
from eipsim.certification.criteria import ParkRecords, Standing, standing_of
from eipsim.core.compiled import compiled
from eipsim.core.years import YEARS
from eipsim.market.constants import Constants
from eipsim.policy.decrees import Decree

KEPT = 16  # sets of decrees of which the one in force is kept by year


class Certification(NamedTuple):
    """What certificates are decided by, and which criteria have bound so far."""

    decrees: tuple[Decree, ...]
    in_force: tuple[Decree | None, ...]  # at the end of each of YEARS
    priority: np.ndarray  # float [p], a draw: in which order a province takes dossiers
    standings: list[tuple[int, Decree, Standing]]  # year, decree in force, how parks stood on its criteria
    seen: list[ParkRecords]  # those of the last year that was decided on, which operators go by in the next


@lru_cache(maxsize=KEPT)
def decrees_in_force(decrees: tuple[Decree, ...]) -> tuple[Decree | None, ...]:
    """The decree in force at the end of each of `YEARS`."""
    return tuple(decree_of(decrees, year) for year in YEARS.tolist())


def decree_of(decrees: tuple[Decree, ...], year: int) -> Decree | None:
    return next((decree for decree in decrees if decree.governs(year)), None)


def decide(
    decree: Decree | None, parks: ParkRecords, capacity: np.ndarray, priority: np.ndarray, constants: Constants,
    duration: np.ndarray | None = None, passes: np.ndarray | None = None,
) -> None:  # fmt: skip
    """One year of certificates, in place: expiry, renewal, revocation, decisions, applications, and the terms of parks
    founded as eco-industrial parks.

    A park applies when it has tenants, is committed and expects to pass; a province takes `capacity` [v] dossiers a
    year, in keyed order `priority` [p]; after `dossier_years` x its `duration` [v] it is granted if it still passes.
    `passes` bool [p]: parks with tenants that meet every criterion, worked out when it is not given.
    """
    if decree is None or not decree.open_in(parks.year):
        return
    o, waiting = parks.operators, np.zeros(parks.operators.size, dtype=np.bool_)
    passes = standing_of(decree, parks).passes if passes is None else passes
    years = constants.dossier_years * (np.ones_like(capacity) if duration is None else duration)
    review_all(o, passes, parks.year, (decree.validity, decree.comply_within), years, waiting)
    if not waiting.any():
        return
    desk = o.province if parks.desk is None else parks.desk
    for p in np.flatnonzero(waiting)[np.argsort(priority[waiting], kind="stable")]:
        in_process = np.count_nonzero((o.applied_year == parks.year) & (desk == desk[p]))
        if in_process < int(capacity[desk[p]]):
            o.certificate[p] = APPLIED
            o.applied_year[p] = parks.year


@compiled
def review_all(operators, passes, year, terms, dossier_years, waiting):
    """The certificates, dossiers and duties of all parks; `dossier_years` float [v]. Fills in which are `waiting` to apply."""
    validity, comply_within = terms
    for p in range(operators.size):
        operator = operators[p]
        renew_or_revoke(operator, passes[p], year, validity)
        decide_dossier(operator, passes[p], year, dossier_years[operator.province])
        hold_to_term(operator, passes[p], year, comply_within)
        free = operator.certificate != APPLIED and operator.certificate != CERTIFIED
        waiting[p] = free and passes[p] and operator.commit_year > 0


@compiled
def renew_or_revoke(operator, passes, year, validity):
    """A certificate that has run out is renewed if the park still passes."""
    if operator.certificate == CERTIFIED and year - operator.certified_year >= validity:
        operator.certified_year = year if passes else 0
        operator.certificate = CERTIFIED if passes else REVOKED


@compiled
def decide_dossier(operator, passes, year, dossier_years):
    """A dossier that has been with the province for its time is granted if the park still passes."""
    if operator.certificate == APPLIED and year - operator.applied_year >= dossier_years:
        operator.certificate = CERTIFIED if passes else PREPARING
        if passes:
            operator.certified_year = year


@compiled
def hold_to_term(operator, passes, year, comply_within):
    """A park founded as eco-industrial that neither holds the certificate nor passes when its term ends has lapsed.

    It is fined every year (`agents.regulator.year.fine_lapsed`) and gets no public money for infrastructure until it complies.
    """
    if operator.certificate == CERTIFIED or passes:
        operator.lapsed_year = 0
    elif operator.born_eco and year - operator.established_year >= comply_within and operator.lapsed_year == 0:
        operator.lapsed_year = year
