"""The year of a park operator, step by step: it sets out, facilitates, meters, improves and converts."""

import numpy as np
import pytest
from helpers import constants_with, tiny_world

from eipsim.agents.operator import year as operator_year
from eipsim.agents.operator.columns import NO_CERTIFICATE, OPERATOR_COLUMNS, PREPARING
from eipsim.agents.operator.year import FULL_SCORE, ParkPolicy
from eipsim.core.columns import new_table
from eipsim.model.model import EIPModel

YEAR = 2030
RATES = {
    "commitment_base_rate": 0.01, "commitment_support_rate": 0.1, "commitment_province_peer_rate": 0.2,
    "commitment_group_peer_rate": 0.3, "commitment_premium_rate": 2.0, "commitment_preference_rate": 0.05,
    "conversion_years": 6.0, "tenants_needed": 1.0, "facilitation_alone": 0.2, "facilitation_programme": 0.8,
    "facilitation_cost_usd": 10_000.0, "score_gain_alone": 1.0, "score_gain_programme": 5.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def constants():
    return constants_with(EIPModel("no-eip-policy", tiny_world(1), 1), **RATES)


def operators(**columns):
    table = new_table(
        2, OPERATOR_COLUMNS, established_year=2015, group=-1, capacity=1.0, facilitation_factor=1.0, score_speed=1.0,
        uncommitted=1.0, certificate=NO_CERTIFICATE, monitoring_draw=0.5, ceiling=60.0, score=20.0,
    )  # fmt: skip
    for name, value in columns.items():
        table[name] = value
    return table


def policy(**more):
    """Of two parks in two provinces and one group, with nothing in force."""
    nothing = np.zeros(2)
    plain = {
        "provincial_support": nothing, "facilitation_grant": nothing, "training": nothing, "monitoring": nothing, "premium": 0.0,
        "in_programme": np.zeros(2, dtype=np.bool_), "committed_province": nothing, "committed_group": np.zeros(1),
        "tenants": np.array([5, 5]),
    }  # fmt: skip
    given = {name: np.asarray(value) if name != "premium" else value for name, value in more.items()}
    return ParkPolicy(**plain | given)


# ---- setting out -----------------------------------------------------------------------------------------------------------


def test_each_reason_to_set_out_adds_its_part(constants):
    def hazard(columns=None, **more):
        return operator_year.commitment_hazard(
            operators(province=[0, 1], **columns or {}), 1, policy(**more), constants
        )

    assert hazard() == pytest.approx(0.01)
    assert hazard(provincial_support=[9.0, 0.5]) == pytest.approx(0.01 + 0.05)
    assert hazard(committed_province=[9.0, 0.5]) == pytest.approx(0.01 + 0.1)
    assert hazard(committed_group=[0.5]) == pytest.approx(0.01)  # it belongs to none
    assert hazard({"group": 0}, committed_group=[0.5]) == pytest.approx(0.01 + 0.15)
    assert hazard(premium=0.05) == pytest.approx(0.01 + 0.1)
    assert hazard({"preference": [0.0, 1.0]}) == pytest.approx(0.01 + 0.05)
    assert hazard({"preference": [1.0, 0.0]}) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("columns", "programme", "sets_out"),
    [
        ({"commitment_bar": 0.9}, False, False),
        ({"commitment_bar": float(np.exp(-0.01)) + 1e-12}, False, True),
        ({"commitment_bar": 0.0}, True, True),
        ({"commitment_bar": 0.0, "born_eco": True}, False, True),
        ({"commitment_bar": 0.0}, False, False),
    ],
)
def test_an_operator_sets_out_when_its_draw_says_so_or_by_programme_or_duty(constants, columns, programme, sets_out):
    table = operators(**columns)
    operator_year.commit(table, 1, policy(in_programme=[False, programme]), YEAR, constants)
    assert table.uncommitted.tolist() == [1.0, pytest.approx(np.exp(-0.01))]
    assert table.commit_year.tolist() == [0, YEAR if sets_out else 0]
    assert table.certificate[1] == (PREPARING if sets_out else NO_CERTIFICATE)
    operator_year.commit(table, 1, policy(in_programme=[True, True]), YEAR + 1, constants)
    assert table.commit_year[1] == (YEAR if sets_out else YEAR + 1)  # once in its life


# ---- help for tenants ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "more", "effort", "helped"),
    [
        ({}, {}, 0.0, 0.0),
        ({"commit_year": 2020}, {}, 0.2, 0.0),
        ({"commit_year": 2020}, {"facilitation_grant": [0.0, 0.5]}, 0.5, 0.5),
        ({}, {"facilitation_grant": [0.0, 0.5]}, 0.4, 0.5),
        ({}, {"in_programme": [False, True], "facilitation_grant": [0.0, 0.5]}, 0.8, 1.0),
        ({"commit_year": 2020, "facilitation_factor": 0.5}, {}, 0.1, 0.0),
        ({"commit_year": 2020, "capacity": 0.5}, {}, 0.1, 0.0),
        ({"commit_year": 2020, "capacity": 9.0}, {}, 1.0, 0.0),
    ],
)
def test_effort_is_ones_own_once_committed_and_full_with_help(constants, columns, more, effort, helped):
    table = operators(grants=7, spending=7, **columns)
    operator_year.facilitate(table, 1, policy(**more), constants)
    assert table.facilitation.tolist() == [0.0, pytest.approx(effort)]
    assert table.spending.tolist() == [7, round(100 * 10_000.0 * effort * (1.0 - helped))]
    assert table.grants.tolist() == [7, 0]


def test_tenants_are_trained_by_the_lever_or_wholly_in_a_programme(constants):
    for programme, lever, expected in ((False, 0.3, 0.3), (True, 0.3, 1.0), (True, 0.0, 1.0)):
        table = operators()
        operator_year.facilitate(table, 1, policy(in_programme=[False, programme], training=[0.0, lever]), constants)
        assert table.training[1] == expected


# ---- scores ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "score"),
    [
        ({}, 21.0),
        ({"facilitation": 0.4}, 23.0),  # half of full effort: half way from 1 to 5
        ({"facilitation": 1.0}, 25.0),
        ({"facilitation": 0.4, "score_speed": 2.0}, 26.0),
        ({"score": 59.5}, 60.0),
        ({"score": 70.0}, 70.0),  # it began above its ceiling
        ({"points": 10.0}, 31.0),
        ({"points": 10.0, "points_counted": 10.0}, 21.0),  # counted once
        ({"points": 4.0, "points_counted": 10.0}, 21.0),
        ({"points": 10.0, "score": 55.0}, 66.0),  # the ceiling is lifted too
        ({"points": 10.0, "score": 65.0}, 70.0),
        ({"points": 90.0, "score": 55.0}, FULL_SCORE),
    ],
)
def test_scores_grow_towards_their_ceiling(constants, columns, score):
    table = operators(**columns)
    operator_year.improve(table, 1, constants)
    np.testing.assert_allclose(table.score[1], score)
    np.testing.assert_array_equal(table.score[0], operators(**columns).score[0])
    most = max(columns.get("points", 0.0), columns.get("points_counted", 0.0))
    np.testing.assert_array_equal(table.points_counted[1], most)


# ---- the year --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("committed", "converted"), [(0, 0), (YEAR - 5, 0), (YEAR - 6, YEAR), (YEAR - 9, YEAR)])
def test_a_park_has_converted_some_years_after_it_set_out(constants, committed, converted):
    table = operators(commit_year=[0, committed], commitment_bar=0.0)
    operator_year.operate(table, 1, policy(), YEAR, constants)
    assert table.converted_year.tolist() == [0, converted]
    if converted:
        operator_year.operate(table, 1, policy(), YEAR + 1, constants)
        assert table.converted_year[1] == converted


@pytest.mark.parametrize(
    ("columns", "share", "metered"),
    [
        ({}, 0.5, False),
        ({}, 0.6, True),
        ({"platform": True}, 0.0, True),
        ({"metering_year": 2029}, 0.0, True),
        ({}, 0.0, False),
    ],
)
def test_a_park_is_metered_by_its_platform_its_own_meters_or_the_lever(constants, columns, share, metered):
    table = operators(**columns)
    operator_year.operate(table, 1, policy(monitoring=[0.0, share]), YEAR, constants)
    assert bool(table.monitored[1]) is metered


def test_without_tenants_nothing_happens(constants):
    table = operators(facilitation=0.5, training=0.5, monitored=True, grants=3, spending=3, commitment_bar=1.0)
    operator_year.operate(table, 1, policy(tenants=[5, 0], in_programme=[False, True]), YEAR, constants)
    row = table[1]
    assert (row.facilitation, row.training, row.monitored, row.grants, row.spending) == (0.0, 0.0, False, 0, 0)
    assert (row.commit_year, bool(row.in_programme)) == (0, True)
    np.testing.assert_array_equal(row.score, 20.0)


def test_a_park_begins_in_the_year_in_which_it_is_founded(constants):
    table = operators(established_year=[YEAR, YEAR + 1], commitment_bar=1.0)
    operator_year.all_operate(table, policy(), YEAR, constants)
    assert table.commit_year.tolist() == [YEAR, 0]


def test_examples_are_shares_of_the_parks_that_had_tenants():
    table = operators(commit_year=[2020, 0], province=[0, 0], group=[0, 1])
    table = np.concatenate([table, table]).view(type(table))
    table.province[2:] = 1
    settled = np.array([True, True, True, False])
    province, group = operator_year.shares_committed(table, settled, np.array([2.0, 1.0]), np.array([2.0, 1.0]))
    assert province.tolist() == [0.5, 1.0]
    assert group.tolist() == [1.0, 0.0]
    whole = operator_year.share_committed_in_whole_provinces(table, settled, np.array([0, 0]))
    assert whole.tolist() == [pytest.approx(2 / 3)] * 2
    apart = operator_year.share_committed_in_whole_provinces(table, settled, np.array([0, 1]))
    assert apart.tolist() == province.tolist()
