"""A park operator's year: commit to the eco-industrial path or not, facilitate, train, improve the park. MODEL.md section 7."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.agents.operator.columns import FULL_SCORE, PREPARING
from eipsim.core.arithmetic import exp
from eipsim.core.compiled import allocating, compiled
from eipsim.core.money import CENTS
from eipsim.policy.levers import Levers
from eipsim.policy.province_maps import pooled
from eipsim.world.columns import WorldYear


class ParkPolicy(NamedTuple):
    """What operators see this year: arrays [p] parks, [v] provinces, [g] groups."""

    provincial_support: np.ndarray  # float [v]
    facilitation_grant: np.ndarray  # float [p]
    training: np.ndarray  # float [p]
    monitoring: np.ndarray  # float [p]
    premium: float  # expected rent premium of a certificate
    in_programme: np.ndarray  # bool [p], a programme that commits its parks works here
    committed_province: np.ndarray  # float [v], share of operating parks committed at the end of last year
    committed_group: np.ndarray  # float [g]
    tenants: np.ndarray  # int64 [p], firms in the park this year


def found_parks(operators: np.recarray, eip_duty: np.ndarray, born: np.ndarray) -> None:
    """The parks `born` (rows) are eco-industrial from birth as often as their province's duty [v] asks."""
    if born.size:
        operators.born_eco[born] = operators.born_eco_draw[born] < eip_duty[operators.province[born]]


def policy_of(
    operators: np.recarray, levers: Levers, in_programme: np.ndarray, world_year: WorldYear, home: np.ndarray | None = None
) -> ParkPolicy:  # fmt: skip
    """What operators see in a year of their world; `in_programme` bool [p]; `home` [v]: of which province each is part."""
    province, group = shares_committed(
        operators, world_year.settled, world_year.settled_in_province, world_year.settled_of_group
    )
    if home is not None:
        province = share_committed_in_whole_provinces(operators, world_year.settled, home)
    return ParkPolicy(
        provincial_support=levers.provincial_support, facilitation_grant=levers.facilitation_grant,
        training=levers.training, monitoring=levers.monitoring, premium=float(levers.certification_premium),
        in_programme=in_programme, committed_province=province, committed_group=group, tenants=world_year.firms,
    )  # fmt: skip


@allocating
def shares_committed(operators, settled, settled_in_province, settled_of_group):
    """Shares of the parks that had tenants last year (`settled` [p]) that have committed, by province and by group."""
    province, group = np.zeros(settled_in_province.size), np.zeros(settled_of_group.size)
    for p in range(operators.size):
        operator = operators[p]
        if settled[p] and operator.commit_year > 0:
            province[operator.province] += 1.0
            if operator.group >= 0:
                group[operator.group] += 1.0
    for v in range(province.size):
        province[v] /= settled_in_province[v]
    for g in range(group.size):
        group[g] /= settled_of_group[g]
    return province, group


def share_committed_in_whole_provinces(operators: np.recarray, settled: np.ndarray, home: np.ndarray) -> np.ndarray:
    """The same by province, where provinces are parts of others: float [v], that of the whole for each part."""
    numbers = [
        pooled(np.bincount(operators.province[those], minlength=home.size).astype(np.float64), home)
        for those in (settled & (operators.commit_year > 0), settled)
    ]
    return numbers[0] / np.maximum(numbers[1], 1.0)


@compiled
def exists(operators, p, year):
    return operators.established_year[p] <= year


@compiled
def operate(operators, p, policy, year, constants):
    """The operator of park p: commitment, facilitation, training, monitoring, scores."""
    operators.in_programme[p] = policy.in_programme[p]
    if constants.tenants_needed > 0.0 and policy.tenants[p] == 0:
        wait_for_tenants(operators, p)
        return
    commit(operators, p, policy, year, constants)
    facilitate(operators, p, policy, constants)
    metered = operators.platform[p] or operators.metering_year[p] > 0
    operators.monitored[p] = metered or operators.monitoring_draw[p] < policy.monitoring[p]
    improve(operators, p, constants)
    under_way = operators.commit_year[p] > 0 and operators.converted_year[p] == 0
    if under_way and year - operators.commit_year[p] >= constants.conversion_years:
        operators.converted_year[p] = year


@compiled
def wait_for_tenants(operators, p):
    """Without tenants there is nobody to set out with, to facilitate or to train, and nothing that could improve."""
    operators.facilitation[p] = 0.0
    operators.training[p] = 0.0
    operators.monitored[p] = False
    operators.grants[p] = 0
    operators.spending[p] = 0


@compiled
def commitment_hazard(operators, p, policy, constants):
    """Yearly hazard [1/yr]: base, support, committed parks of the province and of the group, premium, own preference."""
    v, g = operators.province[p], operators.group[p]
    example = policy.committed_group[g] if g >= 0 else 0.0
    return (
        constants.commitment_base_rate
        + constants.commitment_support_rate * policy.provincial_support[v]
        + constants.commitment_province_peer_rate * policy.committed_province[v]
        + constants.commitment_group_peer_rate * example
        + constants.commitment_premium_rate * policy.premium
        + (constants.commitment_preference_rate if operators.preference[p] > 0.0 else 0.0)
    )


@compiled
def commit(operators, p, policy, year, constants):
    """Once in its life: through a programme, by duty from birth, or when the accumulated hazard passes the park's draw."""
    if operators.commit_year[p] > 0:
        return
    operators.uncommitted[p] *= exp(-commitment_hazard(operators, p, policy, constants))
    ready = operators.uncommitted[p] <= operators.commitment_bar[p]
    if policy.in_programme[p] or operators.born_eco[p] or ready:
        operators.commit_year[p] = year
        operators.certificate[p] = PREPARING


@compiled
def facilitate(operators, p, policy, constants):
    """Effort for the tenants, in proportion to capacity: own effort once committed, full effort with a programme or grant."""
    helped = max(1.0 if policy.in_programme[p] else 0.0, policy.facilitation_grant[p])
    own = constants.facilitation_alone if operators.commit_year[p] > 0 else 0.0
    effort = own + (constants.facilitation_programme - own) * helped
    operators.facilitation[p] = min(1.0, operators.capacity[p] * effort * operators.facilitation_factor[p])
    operators.training[p] = max(1.0 if policy.in_programme[p] else 0.0, policy.training[p])
    operators.grants[p] = 0
    operators.spending[p] = np.int64(
        CENTS * constants.facilitation_cost_usd * operators.facilitation[p] * (1.0 - helped) + 0.5
    )


@compiled
def improve(operators, p, constants):
    """Scores grow towards their ceiling: slowly alone, faster the more the operator facilitates.

    Shared infrastructure raises a category, and its ceiling, once by the points of each system that has come into operation.
    """
    full = constants.facilitation_programme
    effort = min(1.0, operators.facilitation[p] / full) if full > 0.0 else 0.0
    gain = constants.score_gain_alone + (constants.score_gain_programme - constants.score_gain_alone) * effort
    gain *= operators.score_speed[p]
    for category in range(operators.score.shape[1]):
        # what has been counted once is not taken back when a system wears out, nor counted again when it is renewed
        lift = max(0.0, operators.points[p, category] - operators.points_counted[p, category])
        operators.points_counted[p, category] += lift
        ceiling = min(FULL_SCORE, operators.ceiling[p, category] + operators.points_counted[p, category])
        reached = operators.score[p, category] + gain + lift
        # a park that begins above its ceiling keeps what it has
        operators.score[p, category] = max(operators.score[p, category], min(reached, ceiling))


@compiled
def all_operate(operators, policy, year, constants):
    for p in range(operators.key.size):
        if exists(operators, p, year):
            operate(operators, p, policy, year, constants)
