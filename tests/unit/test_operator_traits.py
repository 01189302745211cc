"""What operators differ in: one quality behind their traits, as far as the correlations have it, and parks known to lead."""

import doctest

import numpy as np
import pytest
from helpers import differences

from eipsim.agents.operator.traits import leading_parks
from eipsim.data.loading import read_facts
from eipsim.data.statuses import STATUSES
from eipsim.model.model import EIPModel
from eipsim.rules import operators as rules
from eipsim.world import build_world

LINKS = {
    "capacity": "operators.quality_in_capacity", "effect": "operators.quality_in_effect",
    "facilitation_factor": "operators.quality_in_facilitation", "score_speed": "operators.quality_in_speed",
}  # fmt: skip
SPREADS = {"operators.facilitation_spread": 0.5, "operators.score_speed_spread": 0.5}
INSIDE = {"operators.capacity_sd": 0.05}  # so small that no capacity is cut at 0 or 1
PREFERENCE = "operators.preference_share"


@pytest.fixture(scope="module")
def country():
    return build_world("vietnam", 1)


def operators_of(country, **settings):
    return EIPModel("no-eip-policy", country, 1, settings=SPREADS | INSIDE | settings).state.operators


def standard(operators, trait):
    """The trait in standard deviations; factors are lognormal."""
    values = operators[trait] if trait in ("capacity", "effect") else np.log(operators[trait])
    return (values - values.mean()) / values.std()


def test_the_formulas_say_what_their_examples_say():
    tried = doctest.testmod(rules)
    assert tried.attempted > 3
    assert tried.failed == 0


@pytest.mark.parametrize(("trait", "link"), LINKS.items())
def test_a_trait_goes_with_quality_as_far_as_its_correlation_has_it(country, trait, link):
    for correlation in (0.0, 0.6, 1.0):
        parks = operators_of(country, **{link: correlation})
        found = np.corrcoef(standard(parks, trait), parks.quality)[0, 1]
        allowed = 4.0 * (1.0 - correlation**2) / np.sqrt(parks.size) + 1e-6
        assert abs(found - correlation) < allowed, correlation


def test_a_correlation_moves_its_own_trait_and_no_other(country):
    plain = operators_of(country)
    for trait, link in LINKS.items():
        led = operators_of(country, **{link: 0.7})
        moved = {name for name in LINKS if not np.array_equal(plain[name], led[name])}
        assert moved == {trait}


def test_without_spread_operators_facilitate_and_rise_as_their_capacity_and_effort_have_it(country):
    parks = operators_of(country, **dict.fromkeys(SPREADS, 0.0), **dict.fromkeys(LINKS.values(), 0.0))
    assert (parks.facilitation_factor == 1.0).all()
    assert (parks.score_speed == 1.0).all()


def test_factors_are_one_on_average(country):
    parks = operators_of(country)
    for name in ("facilitation_factor", "score_speed", "belief"):
        values = parks[name]
        assert abs(values.mean() - 1.0) < 4.0 * values.std() / np.sqrt(values.size), name
        assert values.std() > 0.3


def test_a_quick_operator_has_higher_scores_and_a_forthcoming_one_facilitates_more():
    settings = SPREADS | {"operators.score_ceiling_base": 100.0, "operators.commitment_base_rate": 5.0}
    model = EIPModel("no-eip-policy", "pilot-parks", 1, settings=settings)
    before = model.state.operators.score.copy()
    model.step()
    park = model.state.operators
    c = model.state.market.constants
    np.testing.assert_array_equal(
        park.facilitation, np.minimum(1.0, park.capacity * c.facilitation_alone * park.facilitation_factor)
    )
    effort = np.minimum(1.0, park.facilitation / c.facilitation_programme)
    gain = c.score_gain_alone + (c.score_gain_programme - c.score_gain_alone) * effort
    np.testing.assert_allclose((park.score - before)[:, 0], gain * park.score_speed, rtol=1e-9)


# ---- who wants the certificate for itself -------------------------------------------------------------------------------


def test_where_nobody_does_nothing_is_conditioned(country):
    plain, other = (
        EIPModel("no-eip-policy", country, 1, settings=s).state.operators
        for s in (
            {PREFERENCE: 0.0},
            {PREFERENCE: 0.0, "operators.preference_usd": 1e5, "operators.commitment_preference_rate": 5.0},
        )
    )
    assert (plain.preference == 0.0).all()
    for name in plain.dtype.names:
        np.testing.assert_array_equal(plain[name], other[name], err_msg=name)


def test_the_best_do_and_those_known_to_lead_are_among_them(country):
    share, parks = 0.1, operators_of(country, **{PREFERENCE: 0.1, "operators.preference_usd": 5e4})
    want = parks.preference > 0.0
    assert set(parks.preference[want]) == {5e4}
    assert parks.quality[want].min() > parks.quality[~want].max()
    leads = np.isin(country.park_ids, list(leading_parks()))
    assert leads.sum() == 2
    assert want[leads].all()
    expected, n = share, parks.size - 2
    assert abs(want[~leads].mean() - expected) < 4.0 * np.sqrt(expected * (1.0 - expected) / n)


def test_nobody_elses_quality_depends_on_who_is_known_to_lead(country):
    leads = np.isin(country.park_ids, list(leading_parks()))
    plain, known = (operators_of(country, **{PREFERENCE: share}) for share in (0.0, 0.1))
    np.testing.assert_array_equal(plain.quality[~leads], known.quality[~leads])
    np.testing.assert_array_equal(plain.commitment_bar[~leads], known.commitment_bar[~leads])
    assert (plain.quality[leads] < known.quality[leads]).all()


@pytest.mark.parametrize("seed", range(1, 7))
def test_parks_known_to_lead_have_set_out_by_the_year_in_which_they_are_known_to(seed):
    settings = {PREFERENCE: 0.02, "operators.commitment_base_rate": 0.0}
    model = EIPModel("no-eip-policy", "pilot-parks", seed, settings=settings)
    row = model.world.park_index("P016")
    while model.year < leading_parks()["P016"]:
        model.step()
    assert 2015 <= model.state.operators.commit_year[row] <= model.year


def test_whoever_wants_it_sets_out_at_that_rate():
    settings = {PREFERENCE: 1.0, "operators.commitment_preference_rate": 5.0, "operators.commitment_base_rate": 0.0}
    model = EIPModel("no-eip-policy", "pilot-parks", 1, settings=settings)
    for _ in range(3):
        model.step()
    assert (model.state.operators.commit_year > 0).all()
    nobody = EIPModel("no-eip-policy", "pilot-parks", 1, settings=settings | {PREFERENCE: 0.0})
    for _ in range(3):
        nobody.step()
    assert (nobody.state.operators.commit_year == 0).all()


def test_parks_that_lead_are_in_the_list_of_parks_with_their_source():
    table = read_facts("leading_parks")
    assert set(table["status"]) <= set(STATUSES)
    assert table["source"].all()
    assert set(table["park_id"]) <= set(read_facts("park_bounds")["park_id"])


def test_traits_off_are_the_run_without_them():
    off = {"operators.certificate_budget_share": 0.0, "operators.preference_share": 0.0}
    unused = {"operators.belief_mean": 0.5, "operators.belief_spread": 0.2, "operators.preference_usd": 1.0}
    plain, other = (EIPModel("full-package", "pilot-parks", 2, settings=off | s).run() for s in ({}, unused))
    assert differences(plain, other, without=("belief",)) == []
