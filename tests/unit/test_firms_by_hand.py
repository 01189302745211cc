"""What a firm does in a year, step by step: it weighs, buys within its means, renews, loses; and what rules and verbs say."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import constants_with, tiny_world

from eipsim.agents.answers import chances_in, refuse_answers
from eipsim.agents.firm import boilers, stock
from eipsim.agents.firm import year as firm_year
from eipsim.agents.firm.year import Situation
from eipsim.agents.operator import traits
from eipsim.agents.regulator import auditors, rationing
from eipsim.agents.regulator.columns import REGULATOR_COLUMNS
from eipsim.agents.regulator.year import close_books
from eipsim.certification.binding import binding
from eipsim.certification.criteria import COUNTED, FAILING, Standing
from eipsim.core.columns import new_table
from eipsim.core.draws import draw
from eipsim.errors import ConservationError, RunError
from eipsim.market.books import ADAPTIVE
from eipsim.market.catalogue import N_MEASURES
from eipsim.model.model import EIPModel
from eipsim.rules.acceptance import npv_hurdle, planned_behaviour, real_option, threshold
from eipsim.rules.option import Given, Option, constants_of

YEAR = 2016
pytestmark = pytest.mark.usefixtures("draws_wrap_round")


@pytest.fixture
def model():
    """Two firms that know every measure and have none, after a year."""
    model = EIPModel("no-eip-policy", tiny_world(2), 1)
    model.step()
    return model


def situation_of(model, **constants):
    own = constants_with(model, **constants)
    return Situation(model.state.market.catalogue, model.state.surroundings, YEAR, own)


# ---- what rules say --------------------------------------------------------------------------------------------------------

# 200 USD of cost and 50 USD a year of saving to a firm of a thousand USD a year; a dollar a year is worth 3.
OPTION = Option(math.log(0.2), math.log(0.05), math.log(3.0), 10, math.log(1000.0), peers=0.4, key=5, stream=6)


def told(rule, **constants):
    ((line, facts),) = rule.explain(Given(OPTION, constants_of(**constants), {}))
    return line, facts


def test_the_net_present_value_is_told_as_worth_less_cost():
    line, facts = told(npv_hurdle, hurdle_rate=0.3)
    assert facts == pytest.approx({"npv_usd": 150.0 - 200.0, "annuity_years": 3.0, "payback_limit_years": 3.0})
    assert "at 30 % a year over 10 years a dollar a year is worth 3.0000 USD" in line


def test_the_real_option_is_told_as_the_worth_that_is_needed():
    line, facts = told(real_option, risk_free_rate=0.05, log_option_multiple=math.log(2.0))
    expected = {"discounted_saving_usd": 150.0, "option_multiple": 2.0, "worth_needed_usd": 400.0}
    assert facts == pytest.approx(expected)
    assert "2.0000 times the cost" in line


def test_the_threshold_is_told_beside_the_share_of_peers():
    constants = {"threshold_mean": 0.3, "threshold_sd": 0.1}
    _, facts = told(threshold, **constants)
    own = threshold.own_threshold(OPTION, constants_of(**constants))
    assert facts == pytest.approx({"peers_share": 0.4, "threshold": own})
    for peers, accepted in ((own, 1.0), (own - 1e-9, 0.0)):
        assert threshold.accept(OPTION._replace(peers=peers), constants_of(**constants)) == accepted


def test_an_intention_is_the_weighted_mean_of_its_parts():
    weights = {"tpb_weight_norm": 1.0, "tpb_weight_attitude": 2.0, "tpb_weight_control": 3.0}
    scales = {"payback_pivot": 2.0, "reference_cost_share": 0.1, "tpb_steepness": 6.0, "tpb_even_intention": 0.5}
    _, facts = told(planned_behaviour, **weights, **scales)
    likes, can = 1.0 / (1.0 + 4.0 / 2.0), 1.0 / (1.0 + 0.2 / 0.1)
    whole = (0.4 + 2.0 * likes + 3.0 * can) / 6.0
    assert facts == pytest.approx({"intention": whole, "norm": 0.4, "attitude": likes, "control": can})
    accepted = planned_behaviour.accept(OPTION, constants_of(**weights, **scales))
    assert accepted == pytest.approx(1.0 / (1.0 + math.exp(-6.0 * (whole - 0.5))))


@pytest.mark.parametrize("rule", [npv_hurdle, real_option])
def test_a_rule_of_present_values_accepts_from_its_limit_on(rule):
    constants = constants_of(hurdle_rate=0.3, risk_free_rate=0.05, log_option_multiple=0.25)
    limit = OPTION.log_saving + OPTION.log_annuity - (0.25 if rule is real_option else 0.0)
    # at the limit itself roundings decide
    assert rule.accept(OPTION._replace(log_cost=limit - 1e-12), constants) == 1.0
    assert rule.accept(OPTION._replace(log_cost=limit + 1e-12), constants) == 0.0


# ---- what verbs of one's own are asked ---------------------------------------------------------------------------------------


def test_probabilities_are_taken_as_they_are(model):
    given = np.linspace(0.0, 1.0, N_MEASURES)
    found = chances_in(given.tolist(), model.firm(0), "consider", "returned")
    assert found.tolist() == given.tolist()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "returned None"),
        ("no", "returned 'no'"),
        (0.5, "returned 0.5"),
        (np.zeros(3), r"returned an array of shape \(3,\)"),
        (np.full(N_MEASURES, 1.5), "returned 1.5 for "),
        (np.full(N_MEASURES, -0.5), "returned -0.5 for "),
        (np.full(N_MEASURES, np.nan), "returned nan for "),
    ],
)
def test_what_is_no_probability_is_refused_with_what_it_is(model, answer, said):
    with pytest.raises(RunError, match=said):
        chances_in(answer, model.firm(0), "consider", "returned")


def test_a_verb_that_hands_something_back_is_told_by_its_firm(model):
    agents = [model.firm(0), model.firm(1)]
    refuse_answers(agents, "learn", [None, None])
    with pytest.raises(RunError, match=f"learn of {agents[1].id} in 2015"):
        refuse_answers(agents, "learn", [None, 3])


# ---- buying ----------------------------------------------------------------------------------------------------------------


def test_a_margin_falls_by_the_years_hazard_and_less_for_what_has_long_been_known(model):
    constants = situation_of(model, stale_factor=0.25, stale_years=3.0).constants
    firm = model.state.firms[0]
    firm.margin[2] = 4.0
    hazard = firm_year.yearly_hazard(0.36)
    assert 0.0 < hazard < 0.36
    for known, vigour in ((YEAR, 1.0), (YEAR - 2, 1.0), (YEAR - 3, 0.25), (YEAR - 9, 0.25)):
        firm.known_year[2] = known
        assert firm_year.margin_after(firm, 2, 0.36, YEAR, constants) == np.float32(4.0 * (1.0 - hazard * vigour))


def test_cash_is_a_share_of_revenue_less_what_is_owed(model):
    firm, sectors = model.state.firms[0], model.state.surroundings.sectors
    constants = situation_of(model, investment_budget_share=0.02, constrained_budget_factor=0.5).constants
    firm.revenue, sectors.growth[firm.sector] = 10_000.0, 1.5
    for constrained, budget in ((False, 30_000), (True, 15_000)):
        firm.constrained, firm.debt_service = constrained, 0
        assert firm_year.cash_for_measures(firm, model.state.surroundings, constants) == budget
        firm.debt_service = 4_000
        assert firm_year.cash_for_measures(firm, model.state.surroundings, constants) == budget - 4_000
        firm.debt_service = 90_000
        assert firm_year.cash_for_measures(firm, model.state.surroundings, constants) == 0


def prices_of(model, firm):
    """What each measure costs the firm, in cents, and which of them it would buy, the quickest to pay back first."""
    situation = situation_of(model)
    costs, left, order = {}, (1 << N_MEASURES) - 1, []
    while (m := firm_year.quickest(firm, *situation[:2], situation.constants, np.int64(left), np.int64(0))) >= 0:
        left &= ~(1 << m)
        order.append(m)
        costs[m] = int(firm_year.cost_in_cents(firm, m, model.state.surroundings))
    return costs, order


def planned(model, firm, wanted, budget):
    """[(measure, voucher, own cents, cash)] of what the firm plans to buy."""
    situation = situation_of(model, loan_years=0.0)
    count = firm_year.plan_projects(firm, situation, np.int64(sum(1 << m for m in wanted)), np.int64(budget))
    projects = model.state.surroundings.workspace[0]
    columns = (projects.project, projects.subsidy, projects.own, projects.cash)
    return list(zip(*(column[:count].tolist() for column in columns)))


def compatible(order):
    """Three of the options of which none excludes another, in their order."""
    chosen: list[int] = []
    for m in order:
        if not any((stock.EXCLUDES[a] >> b) & 1 for a in [m] for b in chosen) and len(chosen) < 3:
            chosen.append(m)
    return chosen


def test_projects_are_planned_by_payback_until_the_budget_is_spent(model):
    firm = model.state.firms[0]
    firm.voucher_rate, firm.voucher_left, firm.constrained, firm.installed_bits = 0.0, 0, False, 0
    costs, order = prices_of(model, firm)
    one, two, three = compatible(order)
    everything = [(m, 0, costs[m], costs[m]) for m in (one, two, three)]
    assert planned(model, firm, [three, one, two], 10**12) == everything
    assert planned(model, firm, [three, one, two], costs[one] + costs[two]) == everything[:2]
    assert planned(model, firm, [three, one, two], costs[one] + 1) == everything[:2]  # what exceeds it is begun
    assert planned(model, firm, [three, one, two], 0) == []
    firm.constrained = True
    affordable = [one] + ([three] if costs[three] <= costs[two] - 1 else [])
    found = planned(model, firm, [three, one, two], costs[one] + costs[two] - 1)
    assert [project[0] for project in found] == affordable


def test_a_voucher_pays_its_share_until_it_is_used_up(model):
    firm = model.state.firms[0]
    costs, order = prices_of(model, firm)
    one, two, _ = compatible(order)
    half = round(0.5 * costs[one])
    firm.voucher_rate, firm.voucher_left, firm.constrained, firm.installed_bits = 0.5, half + 7, False, 0
    (first, paid, own, cash), (second, rest, left, _) = planned(model, firm, [one, two], 10**12)
    assert (first, second) == (one, two)
    assert paid == pytest.approx(half, abs=1)
    assert (own, cash) == (costs[one] - paid, costs[one] - paid)
    assert rest == half + 7 - paid
    assert left == costs[two] - rest


def test_what_was_installed_rules_out_what_it_excludes(model):
    firm = model.state.firms[0]
    firm.voucher_rate, firm.constrained = 0.0, False
    _, order = prices_of(model, firm)
    excluded = next(m for m in order if stock.EXCLUDES[m])
    other = next(m for m in range(N_MEASURES) if (stock.EXCLUDES[excluded] >> m) & 1)
    firm.installed_bits = 0
    assert [project[0] for project in planned(model, firm, [excluded], 10**12)] == [excluded]
    firm.installed_bits = 1 << other
    assert planned(model, firm, [excluded], 10**12) == []


@pytest.mark.parametrize("by_cause", [0.0, 1.0])
def test_who_has_heard_of_cleaner_production_applies_it_by_what_was_recommended_or_by_anything(model, by_cause):
    situation, firm = situation_of(model, recp_by_cause=by_cause), model.state.firms[0]
    for m, (aware, advised) in enumerate([(2010, False), (2010, True), (0, True), (0, False)]):
        firm.aware_year, firm.advised_bits, firm.applies_recp = aware, (1 << m if advised else 0), False
        firm_year.install(firm, m, situation, 0)
        assert bool(firm.applies_recp) == (aware > 0 and (advised or not by_cause))


# ---- wearing out -----------------------------------------------------------------------------------------------------------


def test_what_is_renewed_lasts_anew_and_is_paid_only_by_who_chose_it(model):
    firm, (measures, surroundings, *_) = model.state.firms[0], situation_of(model)
    plain = next(m for m in range(N_MEASURES) if measures.trend[m] == 0.0 and not (int(stock.NEEDS_INPUTS) >> m) & 1)
    for bits, pays in ((0, False), (1 << plain, True)):
        firm.adopted_bits, firm.invested, firm.changed = bits, 0, False
        firm_year.renew(firm, plain, measures, surroundings, YEAR)
        assert (firm.installed_year[plain], firm.expiry_year[plain]) == (YEAR, YEAR + measures.lifetime[plain])
        expected = int(firm_year.renewal_in_cents(firm, plain, measures, surroundings)) if pays else 0
        assert (int(firm.invested), bool(firm.changed)) == (expected, False)
        assert expected > 0 or not pays


def test_a_renewal_changes_what_a_firm_uses_where_vintages_or_inputs_differ(model):
    firm, (measures, surroundings, *_) = model.state.firms[0], situation_of(model)
    with_input = next(m for m in range(N_MEASURES) if (int(stock.NEEDS_INPUTS) >> m) & 1)
    plain = next(m for m in range(N_MEASURES) if not (int(stock.NEEDS_INPUTS) >> m) & 1)
    measures.trend[plain], measures.trend[with_input] = 0.01, 0.0
    for m, adopted, changed in (
        (plain, True, True),
        (plain, False, False),
        (with_input, False, True),
        (with_input, True, True),
    ):
        firm.adopted_bits, firm.changed = (1 << m if adopted else 0), False
        firm_year.renew(firm, m, measures, surroundings, YEAR)
        assert bool(firm.changed) is changed


def test_what_is_lost_is_weighed_afresh_with_another_draw(model):
    firm, surroundings = model.state.firms[0], model.state.surroundings
    firm.installed_bits |= 1 << 4
    episode = int(firm.episode[4])
    firm_year.lose(firm, 4, surroundings, YEAR)
    assert not (firm.installed_bits >> 4) & 1
    assert (firm.episode[4], firm.known_year[4], bool(firm.changed)) == (episode + 1, YEAR, True)
    luck = draw(surroundings.streams[firm_year.ACCEPTANCE_DRAW], firm.key, episode + 1, 4)
    assert firm.margin[4] == np.float32(1.0 / luck)


# ---- boilers ---------------------------------------------------------------------------------------------------------------


def pulls(model, firm, inertia):
    situation = situation_of(model, boiler_inertia=inertia)
    pull = np.full(1 + boilers.N_BOILERS, -1.0)
    total = boilers.weigh_boilers(firm, situation.measures, situation.surroundings, YEAR, situation.constants, pull)
    assert total == pytest.approx(pull.sum())
    return pull


def test_what_stands_draws_more_the_more_inertia_there_is(model):
    firm = model.state.firms[0]
    plain, inert = (pulls(model, firm, inertia) for inertia in (0.0, math.log(3.0)))
    assert boilers.boiler_of(firm) == boilers.FOSSIL_BOILER
    assert (plain >= 0.0).all()
    assert plain[0] > 0.0
    np.testing.assert_allclose(inert, plain * [3.0, *[1.0] * boilers.N_BOILERS])


def test_where_the_law_bars_fossil_boilers_they_draw_nothing(model):
    firm, parks = model.state.firms[0], model.state.surroundings.parks
    free = pulls(model, firm, 0.0)
    parks.no_new_fossil_boilers[:] = 1e6
    barred = pulls(model, firm, 0.0)
    assert barred[0] == 0.0
    np.testing.assert_array_equal(barred[1:], free[1:])


@pytest.mark.parametrize("by_choice", [False, True])
def test_a_boiler_that_is_built_again_is_paid_by_who_chose_it_less_its_voucher(model, by_choice):
    firm, (measures, surroundings, *_) = model.state.firms[0], situation_of(model)
    for b in range(boilers.N_BOILERS):
        m = boilers.BOILERS[b]
        cost = int(boilers.extra_cost_in_cents(firm, b, True, measures, surroundings, YEAR))
        for left in (10**12, cost // 5):
            firm.adopted_bits, firm.voucher_rate, firm.voucher_left = (1 << m if by_choice else 0), 0.25, left
            firm.invested, firm.subsidy, firm.origin[m], firm.changed = 1000, 100, 0, False
            firm_year.build_again(firm, b, measures, surroundings, YEAR)
            paid = min(int(0.25 * cost + 0.5), left) if by_choice else 0
            assert (firm.invested, firm.subsidy) == (1000 + (cost - paid if by_choice else 0), 100 + paid)
            assert firm.voucher_left == left - paid
            assert (firm.origin[m] == firm_year.CHOSEN) == by_choice
            assert (firm.installed_year[m], firm.expiry_year[m]) == (YEAR, YEAR + measures.lifetime[m])
            assert firm.changed
        assert cost >= 0


# ---- auditors and money ----------------------------------------------------------------------------------------------------


def test_everybody_gets_what_it_asks_for_as_long_as_there_are_auditors(model):
    state = model.state
    programmes = {
        0: SimpleNamespace(name="donor", payer="donor", audits_by_year=[0, 4]),
        1: SimpleNamespace(name="state", payer="public", audits_by_year=[0, 5]),
    }
    for auditors_there, expected in ((12, (4, 5, 2, 1)), (11, None), (6, None), (3, (3, 0, 0, 0))):
        year = SimpleNamespace(
            number=YEAR,
            programmes=programmes,
            adaptive_audits=2,
            levers=SimpleNamespace(auditors_per_year=auditors_there),
        )
        state.operators.audits_wanted[:] = 1
        found = auditors.share_out(state, year)
        given = (found[0], found[1], found[ADAPTIVE], int(state.operators.audits_wanted[0]))
        assert sum(given) == min(12, auditors_there)
        assert given[0] == min(4, auditors_there)
        assert expected is None or given == expected


def test_parks_are_screened_at_a_price_but_for_those_of_a_programme_with_a_budget(model):
    state, spent = model.state, []
    levers = SimpleNamespace(in_force={"symbiosis_screening"}, symbiosis_screening=np.array([0.5]))
    year = SimpleNamespace(number=2015, levers=levers, programmes={})
    whole = round(100 * 0.5 * state.market.constants.symbiosis_screening_cost_usd)
    for budget, paid in ((None, whole), (0.0, whole), (0.5, 0), (9e9, 0)):
        year.programmes = {} if budget is None else {0: SimpleNamespace(budget_usd=budget, eligible=np.array([True]))}
        before = int(state.regulators.screening[0])
        rationing.pay_for_screening(state, year)
        spent.append(int(state.regulators.screening[0]) - before)
        assert spent[-1] == paid
    levers.in_force = set()
    rationing.pay_for_screening(state, year)
    assert whole > 0


def test_who_is_overdrawn_most_is_told_and_who_is_not_is_not():
    regulators = new_table(3, REGULATOR_COLUMNS, appropriation=100, fines=7, vouchers=40, inspections=10, balance=5)
    close_books(regulators, YEAR)
    assert regulators.balance.tolist() == [5 + 107 - 50] * 3
    regulators.vouchers[:] = [200, 400, 300]
    with pytest.raises(ConservationError, match="regulator 1 has overdrawn its budget by 241 cents"):
        close_books(regulators, YEAR)
    regulators.balance[:], regulators.vouchers[:] = 0, [98, 0, 0]
    with pytest.raises(ConservationError, match="regulator 0 has overdrawn its budget by 1 cents"):
        close_books(regulators, YEAR)


def test_those_known_to_lead_are_among_the_best_and_had_set_out_by_their_year(model):
    constants = situation_of(model, preference_share=0.1, commitment_preference_rate=0.2).constants
    ranks, bars, quality = np.array([0.3, 0.5]), np.array([0.4, 0.4]), np.zeros(2)
    traits.fill_quality(ranks, np.array([0, 2019]), constants, bars, quality)
    assert ranks.tolist() == [0.3, pytest.approx(traits.among_the_best(0.5, 0.1))]
    assert bars.tolist() == [0.4, pytest.approx(traits.set_out_by(0.4, 0.2, 5))]
    np.testing.assert_allclose(quality, [traits.normal_quantile(rank) for rank in ranks])


def test_the_median_shortfall_is_that_of_the_parks_that_fail():
    counts = np.zeros((3, COUNTED))
    counts[:, FAILING] = [3, 2, 0]
    shortfall = np.full((3, 4), np.inf)
    shortfall[0, :3], shortfall[1, [1, 3]] = [9.0, 1.0, 5.0], [4.0, 2.0]
    table = binding([Standing(np.zeros(4, bool), counts, shortfall)])
    assert table[:2, -1].tolist() == [5.0, 3.0]
    assert np.isnan(table[2, -1])
    np.testing.assert_array_equal(table[:, :COUNTED], counts)
