"""Limit cases of the decision with known answers: ACCEPTANCE L4 to L9, L13, and L16."""

import math
from dataclasses import replace

import hypothesis
import numpy as np
import pytest
from helpers import ALIKE, FIRST, NO_AWARENESS, number, part_of, quiet, tiny_world
from hypothesis import given
from hypothesis import strategies as st

from eipsim.agents.firm import project
from eipsim.data.parameters import parameter_values
from eipsim.market.constants import build_constants
from eipsim.market.prices import YearlyPrices
from eipsim.model.model import EIPModel
from eipsim.rules.acceptance import acceptance_curve, npv_hurdle, yearly_hazard
from eipsim.rules.investment import annuity, option_multiple
from eipsim.rules.option import Option, constants_of
from eipsim.world import build_world

ANNUITIES = [
    (0.5, 10, 1.9653), (0.8, 10, 1.2465), (1.0, 10, 0.9990), (0.4, 10, 2.4136), (0.3, 10, 3.0915), (0.12, 10, 5.6502),
    (0.10, 10, 6.1446), (0.5, 5, 1.7366), (0.8, 5, 1.1838),
]  # fmt: skip
FLAT = [(0.25, 0.599), (0.5, 0.557), (1, 0.514), (1.25, 0.5), (2, 0.471), (3, 0.446), (5, 0.414), (10, 0.373)]


def acceptance(payback, cost_share, effects=0.0, **settings):
    """The acceptance curve under the model's constants, at a payback [yr] and a cost over the firm's size."""
    c = build_constants(parameter_values({f"behaviour.{name}": value for name, value in settings.items()}))
    option = Option(log_cost=math.log(cost_share), log_saving=math.log(cost_share / payback), effects=effects)
    return acceptance_curve.accept(option, c)


@pytest.mark.parametrize(("rate", "life", "limit"), ANNUITIES)
def test_l4_the_hurdle_rule_accepts_up_to_the_annuity_as_payback(rate, life, limit):
    assert round(annuity(rate, float(life)), 4) == limit
    log_annuity = math.log(annuity(rate, float(life)))
    for cost, accepted in ((limit * 0.9999, 1.0), (limit * 1.0001, 0.0)):
        option = Option(log_cost=math.log(cost), log_annuity=log_annuity)
        assert npv_hurdle.accept(option, constants_of(hurdle_rate=rate)) == accepted


def test_l4_firms_of_the_model_accept_exactly_what_pays_back_within_the_annuity():
    model = EIPModel("baseline", "pilot-parks", 1, rule="npv_hurdle", settings={"rules.hurdle_rate": 0.5})
    model.run()
    replica = model.replay_to_decisions(2030)
    asked = 0
    for row in replica.rows_alive()[:150]:
        firm = replica.firm(int(row))
        chances = firm.weigh()
        for m in np.flatnonzero([(int(firm.open_bits) >> m) & 1 for m in range(chances.size)]):
            payback = firm_payback(replica, row, m)
            assert chances[m] == (payback <= annuity(0.5, float(replica.state.market.catalogue.lifetime[m]))), (
                row,
                m,
                payback,
            )
            asked += 1
    assert asked > 300


def firm_payback(model, row, m):
    """Cost after subsidy over saving [yr], from the catalogue and the prices of the year, by a route of its own."""
    f, c = model.state.firms, model.state.market.constants
    cost = math.exp(project.log_cost(f[row], m, model.state.surroundings)) * (1.0 - f.voucher_rate[row])
    log_saving = project.log_saving(f[row], m, model.state.market.catalogue, model.state.surroundings, c)
    return cost / math.exp(log_saving) if log_saving > project.NEVER_PAYS else math.inf


@hypothesis.settings(deadline=None)  # the first example may have to wait for machine code
@given(
    cost_to_saving=st.floats(1.0, 3.0),
    saving=st.floats(0.05, 2.0),
    pivot=st.floats(0.3, 5.0),
    share=st.floats(1e-3, 1.0),
)
def test_l5_acceptance_is_one_half_at_the_pivot_for_a_project_of_reference_size(cost_to_saving, saving, pivot, share):
    weights = {"cost_to_saving_weight": cost_to_saving, "saving_weight": saving}
    weights |= {"payback_pivot": pivot, "reference_cost_share": share}
    assert acceptance(pivot, share, **weights) == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize(("payback", "expected"), FLAT)
def test_l5_acceptance_is_flat_in_payback(payback, expected):
    for cost_share in (0.001, 0.03, 2.0):  # with equal weights the size of the project does not matter
        assert round(acceptance(payback, cost_share, cost_to_saving_weight=1.0), 3) == expected


@given(payback=st.floats(0.1, 20.0), cost_share=st.floats(1e-4, 3.0), effects=st.floats(-2.0, 2.0))
def test_l6_first_cost_weighs_one_point_four_times_saving(payback, cost_share, effects):
    a, h = acceptance(payback, cost_share, effects), 1e-5

    def at(d_cost, d_saving):  # payback = cost / saving
        return acceptance(payback * math.exp(d_cost - d_saving), cost_share * math.exp(d_cost), effects)

    by_cost = (at(h, 0.0) - at(-h, 0.0)) / (2 * h)
    by_saving = (at(0.0, h) - at(0.0, -h)) / (2 * h)
    assert by_saving == pytest.approx(0.25 * a * (1.0 - a), rel=1e-5, abs=1e-9)
    assert by_cost == pytest.approx(-1.4 * by_saving, rel=1e-4, abs=1e-9)


def test_l7_half_in_two_years_is_0_292893_a_year():
    assert round(yearly_hazard(0.5), 6) == 0.292893
    for a in (0.0, 0.1, 0.327, 0.9, 1.0):
        assert 1.0 - (1.0 - yearly_hazard(a)) ** 2 == pytest.approx(a, abs=1e-15)


def l8_models(tau):
    """The same firms under a carbon price on all, and under prices dearer by the carbon they hold."""
    no_shift = {
        "operators.certificate_budget_share": 0.0,  # operators pursue a certificate with what their systems earn
        "measures.peak_spread_usd_mwh": 0.0,
    }  # a battery earns a spread of the tariff, which carbon does not move
    free = {"levers.carbon_threshold_toe": 0.0}
    taxed = EIPModel("no-eip-policy", "pilot-parks", 3, settings=no_shift | free | {"levers.carbon_price": tau})
    dearer = EIPModel("no-eip-policy", "pilot-parks", 3, settings=no_shift | free | {"levers.carbon_price": 0.0})
    d = dearer.state.market.drivers
    prices = d._replace(
        electricity_price=d.electricity_price + tau * d.grid_factor, fuel_price=d.fuel_price + tau * d.emission_factor
    )
    market = dearer.state.market
    yearly = YearlyPrices(market.catalogue, prices, market.constants)
    yearly.reference_heat_cost = (
        market.yearly.reference_heat_cost
    )  # boilers compare with heat as it costs without either
    dearer.state = replace(dearer.state, market=market._replace(yearly=yearly))
    return taxed.run(), dearer.run()


@pytest.mark.parametrize("tau", [5.0, 60.0])
def test_l8_a_carbon_price_and_energy_dearer_by_its_carbon_give_the_same_decisions_agent_by_agent(tau):
    taxed, dearer = l8_models(tau)
    np.testing.assert_array_equal(taxed.state.firms.first_adopted, dearer.state.firms.first_adopted)
    np.testing.assert_array_equal(taxed.state.firms.installed_year, dearer.state.firms.installed_year)
    assert taxed.outcomes["public_revenue_usd"].sum() > dearer.outcomes["public_revenue_usd"].sum()
    untouched = EIPModel("no-eip-policy", "pilot-parks", 3, settings={"levers.carbon_price": 0.0}).run()
    assert (untouched.state.firms.first_adopted != taxed.state.firms.first_adopted).any()  # the price does matter


def l9_models(rate, rule):
    """The same firms with a subsidy of `rate` from 2016, and with projects (1 - rate) times as dear from then on.

    All options are known from 2015 and last: vouchers are dealt before firms learn, so an option that becomes known in
    a year cannot be subsidised before the next.
    """
    always = ALIKE | {"behaviour.firm_effect_sd": 0.5, "behaviour.vietnam_shift": -0.54, "behaviour.peer_weight": 0.5}
    always |= {"measures.operating_cost_share": 0.0, "measures.pv_operating_share": 0.0}
    voucher = {"capital_subsidy": rate, "voucher_cap_usd": 1e8, "subsidy_budget_usd": 1e12}
    levers = {f"levers.{name}": {"value": value, "from": FIRST + 1} for name, value in voucher.items()}
    models = []
    for settings in (always | levers, always):
        world = tiny_world(360, sectors=range(18))
        model = quiet(EIPModel("no-eip-policy", world, 3, rule=rule, settings=settings), known=True)
        model.state.market.catalogue.available_from[:] = FIRST
        models.append(model)
    subsidised, cheaper = models
    cheaper.state.market.yearly.cost_level[1:] *= 1.0 - rate
    return subsidised.run(), cheaper.run()


@pytest.mark.parametrize("rule", [None, "npv_hurdle", "real_option", "planned_behaviour"])
def test_l9_a_subsidy_and_a_cheaper_project_give_the_same_decisions(rule):
    subsidised, cheaper = l9_models(0.3, rule)
    np.testing.assert_array_equal(subsidised.state.firms.first_adopted, cheaper.state.firms.first_adopted)
    ours, theirs = subsidised.outcomes, cheaper.outcomes
    money = {"subsidy_paid_usd", "public_spending_usd", "firm_investment_usd", "vouchers_offered_usd"}
    for name in set(ours) - money:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-9, atol=1e-6, err_msg=name)
    assert ours["subsidy_paid_usd"].sum() > 0.0
    assert (theirs["subsidy_paid_usd"] == 0.0).all()


def test_l9_a_tenth_off_the_cost_equals_15_89_per_cent_more_saving():
    before = acceptance(2.0, 0.05)
    subsidised = acceptance(2.0 * 0.9, 0.05 * 0.9)
    richer = acceptance(2.0 / (1.0 / 0.9) ** 1.4, 0.05)
    equal_saving = (1.0 / 0.9) ** 1.4 - 1.0
    assert equal_saving == pytest.approx(0.1589, abs=5e-5)
    assert subsidised == pytest.approx(richer, abs=1e-12)
    assert subsidised > before


@pytest.mark.parametrize(
    ("r", "d", "sigma", "multiple"), [(0.04, 0.04, 0.2, 2.0), (0.04, 0.04, 0.1, 1.4215), (0.06, 0.04, 0.2, 2.366)]
)
def test_l13_the_value_of_waiting_is_dixit_and_pindycks(r, d, sigma, multiple):
    assert round(option_multiple(r, d, sigma), 4) == pytest.approx(multiple, abs=5e-4)
    settings = {"rules.risk_free_rate": r, "rules.payout_rate": d, "rules.option_volatility": sigma}
    c = build_constants(parameter_values(settings))
    assert math.exp(c.log_option_multiple) == pytest.approx(option_multiple(r, d, sigma), rel=1e-12)


def test_l16_without_network_and_shared_budget_firms_together_equal_firms_alone():
    """Every firm of the largest pilot park, alone in its park, decides what it decides among the others."""
    settings = {
        "behaviour.peer_weight": 0.0,
        "awareness.park_peer_rate": 0.0,
        "awareness.sector_peer_rate": 0.0,
        "awareness.base_rate": 0.05,
        "measures.biomass_price_rise": 0.0,  # a market that all share
    }
    world = build_world("pilot-parks", 2)
    park = int(np.argmax(np.diff(world.parks.start)))
    rows = np.arange(world.parks.start[park], world.parks.start[park + 1])[::12]
    together = EIPModel("no-eip-policy", part_of(world, [park], [rows]), 1, settings=settings).run()
    assert (together.state.firms.first_adopted > 0).any()
    for k, row in enumerate(rows):
        alone = EIPModel("no-eip-policy", part_of(world, [park], [[row]]), 1, settings=settings).run()
        for column in together.state.firms.dtype.names:
            np.testing.assert_array_equal(alone.state.firms[column][0], together.state.firms[column][k], err_msg=column)


def test_a_firm_that_knows_an_option_for_two_years_accepts_with_its_two_year_acceptance():
    """Through the whole model: 40,000 identical firms, one measure, known from the first year."""
    a, n = 0.36, 40_000
    settings = NO_AWARENESS | ALIKE | {"behaviour.acceptance_floor": a, "behaviour.acceptance_ceiling": a}
    settings |= {"behaviour.stale_factor": 0.0}
    model = quiet(EIPModel("no-eip-policy", tiny_world(n), 1, settings=settings), only="cooling", known=True)
    for _ in range(5):
        model.step()
    adopted = np.count_nonzero(model.state.firms.first_adopted[:, number("cooling")])
    assert abs(adopted - n * a) < 3.0 * math.sqrt(n * a * (1.0 - a))
    years = model.state.firms.first_adopted[:, number("cooling")]
    assert set(np.unique(years)) == {0, FIRST, FIRST + 1}  # stale options are not taken at all
