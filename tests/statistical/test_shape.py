"""Shapes that evidence asks for: ACCEPTANCE S1 to S3."""

import math

import numpy as np
import pytest
from helpers import ALIKE, ALWAYS_ACCEPT, NO_AWARENESS, adoption_path, quiet, tiny_world
from scipy.optimize import curve_fit

from eipsim.agents.firm import project
from eipsim.model.model import EIPModel
from eipsim.world import build_world

# The preset of the US programme: no Vietnamese shift, no park operators, and acceptance by payback and first cost alone.
# (The measure effect is taken from the same evidence and runs with payback; together the two would count payback twice.)
# It audited whoever applied, and the curve is that of those whom it audited: nobody is chosen again, and auditors are enough.
UNITED_STATES = {
    "behaviour.vietnam_shift": 0.0,
    "behaviour.operator_effect_sd": 0.0,
    "behaviour.measure_effect_weight": 0.0,
    "regulators.selection_size_exponent": 0.0,
    "regulators.selection_willingness": 0.0,
    "regulators.auditors_per_year": 1_000_000,
}
AUDITED = {
    "programmes.audits": {
        "from": 2016, "until": 2016, "audits": 2500, "commits_parks": False, "payer": "public", "rule": "random",
        "source": "test",
    }
}  # fmt: skip


@pytest.fixture(scope="module")
def american():
    """ln(payback) of every option that audits of 2,500 firms recommended, and whether it was accepted within two years."""
    model = EIPModel("no-eip-policy", build_world("vietnam", 1), 1, settings=UNITED_STATES | AUDITED)
    model.step()
    at_audit = model.replay_to_decisions(2016)
    f, now = at_audit.state.firms, at_audit.state.surroundings
    options = np.argwhere((f.recommended == 1) & (f.audit_year == 2016)[:, None])
    cost = np.array([project.log_cost(f[i], m, now) for i, m in options])
    saving = np.array(
        [
            project.log_saving(f[i], m, at_audit.state.market.catalogue, now, at_audit.state.market.constants)
            for i, m in options
        ]
    )
    model.step()
    model.step()
    i, m = options.T
    accepted = (model.state.firms.recommended[i, m] == 2) | (model.state.firms.margin[i, m] <= 1.0)
    pays = saving > project.NEVER_PAYS
    return (cost - saving)[pays], accepted[pays], accepted.mean()


def test_s1_in_the_us_preset_about_half_of_the_audited_options_are_accepted(american):
    log_payback, _, accepted = american
    assert 0.45 <= accepted <= 0.55
    assert log_payback.size > 15_000


def test_s1_acceptance_is_flat_in_payback(american):
    log_payback, accepted, _ = american
    slope = np.polyfit(log_payback, accepted.astype(float), 1)[0]
    assert -0.10 <= slope <= -0.03


def test_s1_at_least_a_third_of_the_options_that_pay_back_within_a_year_are_refused(american):
    log_payback, accepted, _ = american
    assert (~accepted[log_payback < 0.0]).mean() >= 0.35


def test_s1_in_the_vietnamese_preset_a_quarter_to_two_fifths_of_geipps_options_are_implemented():
    """The 90 firms of GEIPP phase I, by 2024, over twelve replicates: the record is 217 of 663."""
    shares = []
    for replicate in range(12):
        model = EIPModel("baseline", "pilot-parks", 1, replicate=replicate)
        while model.year < 2024:
            model.step()
        f = model.state.firms
        (programme,) = [p for p in model.lever_paths.programmes if p.name == "GEIPP phase I"]
        rows = programme.eligible[f.park] & (f.audit_year >= 2020)
        assert rows.sum() == 90
        shares.append((f.recommended[rows] == 2).sum() / (f.recommended[rows] > 0).sum())
    assert 0.25 <= np.mean(shares) <= 0.40


def logistic(t, ceiling, rate, middle):
    return ceiling / (1.0 + np.exp(-rate * (t - middle)))


def spread(q):
    """Adoption of one measure, year by year, with a small chance of noticing and neighbours that weigh `q`."""
    rates = {"awareness.base_rate": 0.01, "awareness.park_peer_rate": q}
    world = tiny_world(20_000)
    model = EIPModel("no-eip-policy", world, 1, settings=NO_AWARENESS | ALIKE | ALWAYS_ACCEPT | rates)
    return adoption_path(quiet(model, only="lighting"), "lighting", 36)


def test_s2_with_peers_adoption_is_s_shaped():
    path, t = spread(0.4), np.arange(36.0)
    fit, _ = curve_fit(logistic, t, path, p0=(1.0, 0.3, 12.0))
    unexplained = ((path - logistic(t, *fit)) ** 2).sum() / ((path - path.mean()) ** 2).sum()
    assert 1.0 - unexplained > 0.99
    growth = np.diff(path)
    assert 3 < growth.argmax() < 30
    assert growth.max() > 3.0 * growth[0]


def test_s2_without_peers_adoption_is_concave():
    path = np.concatenate([[0.0], spread(0.0)])
    growth = np.diff(path)
    thirds = growth.reshape(3, 12).mean(axis=1)
    assert thirds[0] > thirds[1] > thirds[2]
    noise = math.sqrt(0.01 / 20_000)
    assert np.diff(growth).max() < 6.0 * noise  # every rise of the yearly growth is noise


def test_s3_the_top_tenth_of_firms_deliver_more_than_half_of_the_savings():
    model = EIPModel("baseline", "pilot-parks", 1).run()
    rows, emission = model.rows_alive(), model.this_year.prices.emission
    f = model.state.firms
    avoided = ((f.stock_use[rows] - f.use[rows]) * emission[f.sector[rows]]).sum(axis=1)
    largest = np.sort(avoided)[::-1]
    assert largest[: len(rows) // 10].sum() > 0.5 * avoided.sum()
