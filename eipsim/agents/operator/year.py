"""A park operator's year: commit to the eco-industrial path or not, facilitate, train, improve the park. MODEL.md section 7."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.core.arithmetic import exp
from eipsim.core.columns import Col
from eipsim.core.compiled import compiled
from eipsim.policy.levers import Levers

SCORES = ("management", "environment", "social", "economic")
MANAGEMENT, ENVIRONMENT, SOCIAL, ECONOMIC = range(4)
NO_CERTIFICATE, PREPARING, APPLIED, CERTIFIED, REVOKED = range(5)
MOST_POINTS = 100.0
CERTIFICATE_STATES = ("none", "preparing", "applied", "certified", "revoked")


# State of the park operators, one row per park of the world.
OPERATOR_COLUMNS = (
    Col("key", np.uint64, "key"),
    Col("province", np.int16, "province"),
    Col("group", np.int16, "-1 = single-park operator"),
    Col("established_year", np.int16, "established year"),
    Col("operating_year", np.int16, "operating year"),
    Col("area_ha", np.float64, "area ha"),
    Col("green_share", np.float64, "green share"),
    Col("capacity", np.float64, "0-1"),
    Col("effect", np.float64, "log-odds of its tenants' acceptance"),
    Col("uncommitted", np.float64, "chance of not having committed"),
    Col("commitment_bar", np.float64, "commits once the chance falls to this"),
    Col("commit_year", np.int16, "0 = never"),
    Col("converted_year", np.int16, "0 = never"),
    Col("born_eco", np.bool_, "founded as an eco-industrial park"),
    Col("born_eco_draw", np.float64, "founded as an eco-industrial park when the province's duty exceeds this"),
    Col("in_programme", np.bool_, "this year"),
    Col("facilitation", np.float64, "0-1"),
    Col("training", np.float64, "0-1"),
    Col("monitored", np.bool_, "monitored"),
    Col("monitoring_draw", np.float64, "monitoring draw"),
    Col("score", np.float64, "points of 100", (len(SCORES),)),
    Col("ceiling", np.float64, "ceiling", (len(SCORES),)),
    Col("violation_year", np.int16, "last year the operator was found in violation, 0 = never"),
    Col("compliance_cost", np.float64, "USD/yr"),
    Col("certificate", np.int8, "state"),
    Col("applied_year", np.int16, "applied year"),
    Col("certified_year", np.int16, "of the certificate in force, 0 = none"),
    Col("spending", np.int64, "cents this year, own money"),
    Col("revenue", np.int64, "cents this year from shared infrastructure"),
    Col("grants", np.int64, "cents this year from the public for shared infrastructure"),
    Col("points", np.float64, "rise of the scores by shared infrastructure in operation", (len(SCORES),)),
    Col("points_counted", np.float64, "of these, what the scores have risen by", (len(SCORES),)),
    Col("platform", np.bool_, "a monitoring platform serves its tenants"),
    Col("lapsed_year", np.int16, "year in which a park founded as eco-industrial missed its term; 0 = it has not"),
)  # fmt: skip


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


def found_parks(operators: np.recarray, eip_duty: np.ndarray, year: int) -> None:
    """Parks founded in `year` are eco-industrial from birth as often as their province's duty [v] asks."""
    born = operators.established_year == year
    operators.born_eco[born] = operators.born_eco_draw[born] < eip_duty[operators.province[born]]


def policy_of(operators: np.recarray, levers: Levers, in_programme: np.ndarray, year: int, groups: int) -> ParkPolicy:
    """What operators see in `year`; `groups`: number of operators with several parks, `in_programme` bool [p]."""
    there = operators.operating_year < year
    committed, grouped = (operators.commit_year > 0) & there, operators.group >= 0

    def share(of: np.ndarray, n: int, among: np.ndarray | bool) -> np.ndarray:
        total = np.bincount(of[there & among], minlength=n)
        return np.bincount(of[committed & among], minlength=n) / np.maximum(total, 1)

    return ParkPolicy(
        provincial_support=levers.provincial_support, facilitation_grant=levers.facilitation_grant,
        training=levers.training, monitoring=levers.monitoring, premium=float(levers.certification_premium),
        in_programme=in_programme,
        committed_province=share(operators.province, levers.provincial_support.size, True),
        committed_group=share(operators.group, max(groups, 1), grouped),
    )  # fmt: skip


@compiled
def exists(operators, p, year):
    return operators.established_year[p] <= year


@compiled
def operate(operators, p, policy, year, c):
    """The operator of park p: commitment, facilitation, training, monitoring, scores."""
    operators.in_programme[p] = policy.in_programme[p]
    commit(operators, p, policy, year, c)
    facilitate(operators, p, policy, c)
    operators.monitored[p] = operators.platform[p] or operators.monitoring_draw[p] < policy.monitoring[p]
    improve(operators, p, c)
    under_way = operators.commit_year[p] > 0 and operators.converted_year[p] == 0
    if under_way and year - operators.commit_year[p] >= c.conversion_years:
        operators.converted_year[p] = year


@compiled
def commitment_hazard(operators, p, policy, c):
    """Yearly hazard [1/yr]: base, provincial support, committed parks of the province and of the group, expected premium."""
    v, g = operators.province[p], operators.group[p]
    example = policy.committed_group[g] if g >= 0 else 0.0
    return (
        c.commitment_base_rate
        + c.commitment_support_rate * policy.provincial_support[v]
        + c.commitment_province_peer_rate * policy.committed_province[v]
        + c.commitment_group_peer_rate * example
        + c.commitment_premium_rate * policy.premium
    )


@compiled
def commit(operators, p, policy, year, c):
    """Once in its life: through a programme, by duty from birth, or when the accumulated hazard passes the park's draw."""
    if operators.commit_year[p] > 0:
        return
    operators.uncommitted[p] *= exp(-commitment_hazard(operators, p, policy, c))
    ready = operators.uncommitted[p] <= operators.commitment_bar[p]
    if policy.in_programme[p] or operators.born_eco[p] or ready:
        operators.commit_year[p] = year
        operators.certificate[p] = PREPARING


@compiled
def facilitate(operators, p, policy, c):
    """Effort for the tenants, in proportion to capacity: own effort once committed, full effort with a programme or grant."""
    helped = max(1.0 if policy.in_programme[p] else 0.0, policy.facilitation_grant[p])
    own = c.facilitation_alone if operators.commit_year[p] > 0 else 0.0
    effort = own + (c.facilitation_programme - own) * helped
    operators.facilitation[p] = operators.capacity[p] * effort
    operators.training[p] = max(1.0 if policy.in_programme[p] else 0.0, policy.training[p])
    operators.grants[p] = 0
    operators.spending[p] = np.int64(100.0 * c.facilitation_cost_usd * operators.facilitation[p] * (1.0 - helped) + 0.5)


@compiled
def improve(operators, p, c):
    """Scores grow towards their ceiling: slowly alone, faster the more the operator facilitates.

    Shared infrastructure raises a category, and its ceiling, once by the points of each system that has come into operation.
    """
    full = c.facilitation_programme
    effort = min(1.0, operators.facilitation[p] / full) if full > 0.0 else 0.0
    gain = c.score_gain_alone + (c.score_gain_programme - c.score_gain_alone) * effort
    for category in range(operators.score.shape[1]):
        lift = max(0.0, operators.points[p, category] - operators.points_counted[p, category])
        operators.points_counted[p, category] += lift
        ceiling = min(MOST_POINTS, operators.ceiling[p, category] + operators.points_counted[p, category])
        reached = operators.score[p, category] + gain + lift
        operators.score[p, category] = max(operators.score[p, category], min(reached, ceiling))


@compiled
def all_operate(operators, policy, year, c):
    for p in range(operators.key.size):
        if exists(operators, p, year):
            operate(operators, p, policy, year, c)
