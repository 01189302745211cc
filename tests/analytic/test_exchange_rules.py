"""Rules of exchanges against known answers: the distance kernel (L17), trust, reform, who is found."""

import numpy as np
import pytest
from helpers import tiny_world

from eipsim.core.draws import draw, fold, stream, wrapping
from eipsim.exchanges.catalogue import read_exchange_types
from eipsim.exchanges.places import NEAR_IN_KERNELS, neighbours, places_of, straight_km
from eipsim.rules.symbiosis import (
    NegotiationWeights,
    eased,
    knows_partner,
    licence_years,
    negotiation_probability,
    trust_after,
)
from eipsim.world import build_world

D0 = 20.0


def gamma_share(x):
    """Share of known partners in the plane nearer than x kernel lengths: density d exp(-d/d0)."""
    return 1.0 - (1.0 + x) * np.exp(-x)


def test_l17_partners_uniform_in_the_plane_have_median_1678_and_mean_2_kernel_lengths():
    """A disc of twelve kernel lengths, partners uniform in it, each known by a draw of the pair as in the model."""
    radius, n = 12.0 * D0, 400_000
    place = np.random.default_rng(7)
    distance = radius * np.sqrt(place.random(n))
    key = stream(1, "exchange partner")
    with wrapping():
        luck = np.array([draw(key, np.uint64(fold(np.uint64(99), np.uint64(i))), 0, 0) for i in range(n)])
    known = distance[luck < np.array([knows_partner(d, D0) for d in distance])]
    assert known.size > 4_000
    error = np.sqrt(2.0) * D0 / np.sqrt(known.size)  # variance of the gamma(2) distance is 2 d0^2
    assert abs(known.mean() - 2.0 * D0) < 3.0 * error
    density = 1.678 * np.exp(-1.678) / D0  # at the median
    assert abs(np.median(known) - 1.678 * D0) < 3.0 * 0.5 / np.sqrt(known.size) / density
    assert gamma_share(1.678) == pytest.approx(0.5, abs=2e-4)


def test_l17_parks_farther_than_five_kernel_lengths_are_left_out_and_hold_four_per_cent_of_partners():
    assert 1.0 - gamma_share(NEAR_IN_KERNELS) == pytest.approx(0.040, abs=0.001)
    world = build_world("pilot-parks", 1)
    near, first = neighbours(world.parks, D0)
    for p in range(world.n_parks):
        mine = near[first[p] : first[p + 1]]
        assert (np.diff(mine.km) >= 0.0).all()
        assert (mine.km <= NEAR_IN_KERNELS * D0).all()
        assert p not in mine.park
        np.testing.assert_allclose(mine.known, np.exp(-mine.km / D0), rtol=1e-12)


def test_distances_are_those_on_the_globe():
    hanoi_saigon = straight_km(21.0285, 105.8542, 10.7769, 106.7009)
    assert float(hanoi_saigon) == pytest.approx(1_143.0, rel=0.005)
    assert float(straight_km(0.0, 0.0, 0.0, 1.0)) == pytest.approx(111.19, rel=1e-3)


def test_the_kernel_of_places_follows_the_parameter():
    world, types = tiny_world(5, n_parks=2), read_exchange_types()
    assert places_of(world, types, 20.0).near.known[0] == pytest.approx(1.0)  # both parks at one point
    assert places_of(world, types, 20.0) is places_of(world, types, 20.0)
    assert places_of(world, types, 10.0) is not places_of(world, types, 20.0)


def test_negotiation_is_at_its_rate_at_trust_one_half_and_rises_with_everything_that_helps():
    def chance(trust=0.5, facilitation=0.0, experience=0.0, effect=0.0):
        return negotiation_probability(0.3, NegotiationWeights(2.0, 1.0, 0.5), trust, facilitation, experience, effect)

    assert chance() == pytest.approx(0.3, rel=1e-12)
    assert chance(trust=0.3) < chance() < chance(trust=0.9)
    assert chance(facilitation=1.0) == pytest.approx(1.0 / (1.0 + 0.7 / 0.3 * np.exp(-1.0)), rel=1e-12)
    assert chance(experience=1.0) > chance()
    assert chance(effect=-0.5) < chance()
    for rate in (0.0, 1.0):
        assert negotiation_probability(rate, NegotiationWeights(2.0, 1.0, 1.0), 0.9, 1.0, 1.0, 1.0) == rate


def test_trust_stays_between_none_and_full_and_remembers_both():
    assert trust_after(0.3, 2, 0, 0.1, 0.1) == pytest.approx(1.0 - 0.7 * 0.9**2)
    assert trust_after(0.3, 0, 2, 0.1, 0.1) == pytest.approx(0.3 * 0.81)
    assert 0.0 <= trust_after(0.0, 0, 99, 1.0, 1.0) <= trust_after(1.0, 99, 0, 1.0, 1.0) <= 1.0


def test_a_reform_moves_months_money_and_refusal_on_a_line():
    assert eased(20_000.0, 1_500.0, 0.0) == 20_000.0
    assert eased(0.7, 0.05, 0.5) == pytest.approx(0.375)
    assert [licence_years(m, 0.5) for m in (0.0, 5.9, 6.0, 18.0, 36.0)] == [0, 0, 1, 2, 3]
