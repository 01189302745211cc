"""Limit cases of learning and turnover with known answers: ACCEPTANCE L1, L2, L3, L14, L15."""

import math

import numpy as np
import pytest
from helpers import ALIKE, ALWAYS_ACCEPT, NO_AWARENESS, adoption_path, quiet, tiny_world

from eipsim.core.arithmetic import normal_quantile
from eipsim.model.model import EIPModel
from eipsim.rules.acceptance import threshold
from eipsim.rules.awareness import option_hazard, stays_unaware
from eipsim.rules.option import Option, constants_of

P, Q = 0.03, 0.38
BASS = {1: 0.0296, 2: 0.0688, 3: 0.1196, 4: 0.1836, 5: 0.2611, 6: 0.3506, 7: 0.4484, 8: 0.5486, 9: 0.6444, 10: 0.7298}
BASS_LINEAR = (0.0300, 0.0702, 0.1228, 0.1901, 0.2729, 0.3701, 0.4776, 0.5881, 0.6925, 0.7826)
MEASURE = "lighting"


def model_of(n, settings, **more):
    world = tiny_world(n, **more)
    return EIPModel("no-eip-policy", world, 1, settings=NO_AWARENESS | ALIKE | settings)


def bass(steps_per_year, years, exponential):
    """Adoption by the model's own awareness rules, in steps of a year or of a fraction of it."""
    f, path = 0.0, []
    for step in range(1, years * steps_per_year + 1):
        hazard = option_hazard(P, 0.0, 0.0, Q, f) / steps_per_year
        f += (1.0 - f) * ((1.0 - stays_unaware(hazard)) if exponential else hazard)
        if step % steps_per_year == 0:
            path.append(f)
    return np.array(path)


def test_l1_in_small_steps_awareness_follows_the_bass_curve():
    closed = {t: (1 - math.exp(-(P + Q) * t)) / (1 + Q / P * math.exp(-(P + Q) * t)) for t in (5, 10, 15, 20)}
    assert [round(f, 4) for f in closed.values()] == [0.3312, 0.8128, 0.9716, 0.9963]
    path = bass(2000, 20, exponential=True)
    for t, expected in closed.items():
        assert path[t - 1] == pytest.approx(expected, abs=5e-4)


def test_l2_in_yearly_steps_the_awareness_rules_give_the_known_tables():
    assert bass(1, 10, exponential=False).round(4).tolist() == list(BASS_LINEAR)
    assert bass(1, 10, exponential=True).round(4).tolist() == list(BASS.values())


def test_l2_a_hundred_thousand_fully_mixed_firms_follow_bass_within_a_hundredth():
    rates = {"awareness.base_rate": P, "awareness.park_peer_rate": Q}
    model = quiet(model_of(100_000, ALWAYS_ACCEPT | rates), only=MEASURE)
    path = adoption_path(model, MEASURE, 10)
    assert np.abs(path - list(BASS.values())).max() <= 0.01


def test_l2_sector_peers_spread_an_option_like_park_peers():
    """Two parks that share nothing but their sector: the sector's curve is the same Bass curve."""
    rates = {"awareness.base_rate": P, "awareness.sector_peer_rate": Q}
    model = quiet(model_of(20_000, ALWAYS_ACCEPT | rates, n_parks=2), only=MEASURE)
    assert np.abs(adoption_path(model, MEASURE, 10) - list(BASS.values())).max() <= 0.02


def test_l3_without_chance_peers_and_audits_nothing_is_ever_adopted():
    model = quiet(model_of(500, ALWAYS_ACCEPT), lasting=False).run()
    assert (model.state.firms.first_adopted == 0).all()
    assert (model.outcomes["recp_measures_installed"] == 0).all()


def test_l3_without_peers_the_unaware_decay_exponentially():
    n, years = 100_000, 10
    model = quiet(model_of(n, ALWAYS_ACCEPT | {"awareness.base_rate": P}), only=MEASURE)
    path = adoption_path(model, MEASURE, years)
    expected = 1.0 - np.exp(-P * np.arange(1, years + 1))
    z = (path - expected) / np.sqrt(expected * (1.0 - expected) / n)
    assert np.abs(z).max() < 3.5  # ten correlated looks at one sample


@pytest.mark.parametrize(
    ("sd", "final", "tolerance"), [(0.10, 0.0077, 0.002), (0.12, 0.0402, 0.01), (0.13, 1.0, 0.001)]
)
def test_l14_thresholds_tip_where_granovetter_says_in_the_model(sd, final, tolerance):
    settings = {"rules.threshold_mean": 0.25, "rules.threshold_sd": sd}
    world = tiny_world(60_000)
    model = EIPModel("no-eip-policy", world, 1, rule="threshold", settings=NO_AWARENESS | ALIKE | settings)
    path = adoption_path(quiet(model, only=MEASURE, known=True), MEASURE, 36)
    assert path[-1] == pytest.approx(final, abs=tolerance)


@pytest.mark.parametrize(("sd", "final"), [(0.10, 0.0077), (0.12, 0.0402), (0.122, 0.0548), (0.1223, 1.0), (0.2, 1.0)])
def test_l14_the_jump_lies_between_0_122_and_0_1223(sd, final):
    """Without sampling noise: thresholds at the quantiles of a normal distribution, each asked by the rule."""
    n = 100_000
    own = np.array([0.25 + sd * normal_quantile((i + 0.5) / n) for i in range(n)])
    reached, before = 0.0, -1.0
    while reached != before:
        before = reached
        reached = np.searchsorted(own, reached, side="right") / n
    last = constants_of(threshold_mean=own[max(int(reached * n) - 1, 0)], threshold_sd=0.0)
    assert threshold.accept(Option(peers=reached), last) == 1.0
    assert reached == pytest.approx(final, abs=0.002)


def turnover(hazard, life, years):
    """Expected share installed at the end of each year: installed at hazard a year, worn out after `life` years."""
    out, by_age, path = 1.0, np.zeros(life), []
    for _ in range(years):
        out += by_age[-1]  # worn out at the start of the year: may be taken again at once
        by_age = np.concatenate([[out * hazard], by_age[:-1]])
        out -= by_age[0]
        path.append(by_age.sum())
    return np.array(path)


def test_l15_turnover_settles_at_ten_nineteenths():
    """Hazard 0.1, life 10, taken again in the year of expiry: 10 / (10 + 1/0.1 - 1) = 0.5263 of the time installed."""
    acceptance = 1.0 - 0.9**2  # over two years
    settings = {
        "behaviour.acceptance_floor": acceptance,
        "behaviour.acceptance_ceiling": acceptance,
        "behaviour.renewal_share": 0.0,
    }
    model = quiet(model_of(40_000, settings), only=MEASURE, known=True)
    model.state.market.catalogue.lifetime[:] = 10
    path = adoption_path(model, MEASURE, 36)
    expected = turnover(0.1, 10, 36)
    assert np.abs(path - expected).max() < 3.5 * 0.5 / math.sqrt(40_000)
    assert turnover(0.1, 10, 400)[-1] == pytest.approx(10 / 19, abs=1e-9)
    assert path[-19:].mean() == pytest.approx(0.5263, abs=0.005)
