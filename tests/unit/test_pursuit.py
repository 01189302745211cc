"""Operators that pursue the certificate: what they want it for, what they order, who pays, how far auditors reach."""

import doctest
from dataclasses import replace

import numpy as np
import pytest
from helpers import differences, digest, tiny_world

from eipsim.agents.operator.columns import CERTIFIED
from eipsim.agents.regulator import auditors
from eipsim.certification.pursuit import REMEDIES
from eipsim.core.draws import PROCESSES, drawn
from eipsim.core.money import CENTS
from eipsim.market import books as accounts
from eipsim.model.model import EIPModel
from eipsim.outcomes.views import YearEnd
from eipsim.policy.decrees import SENTENCES
from eipsim.rules import pursuit as rules
from eipsim.rules.pursuit import audits_needed

OPEN = 2025  # the first year in which certificates can be applied for
MEANS, NO_MEANS = {"operators.certificate_budget_share": 0.1}, {"operators.certificate_budget_share": 0.0}
PREMIUM = {"levers.certification_premium": 0.1}
ON = MEANS | PREMIUM
NOTHING_IS_TAKEN = {"behaviour.acceptance_floor": 0.0, "behaviour.acceptance_ceiling": 0.0}
BOUNDLESS = {"operators.certificate_budget_share": 1000.0}
UNLIMITED = BOUNDLESS | {"levers.certification_capacity": 10_000.0}
SET_OUT = {"operators.commitment_base_rate": 5.0, "operators.belief_spread": 0.0}  # at once, and believe in the premium


def run_until(year, settings, scenario="baseline", world="pilot-parks", seed=1):
    model = EIPModel(scenario, world, seed, settings=settings)
    while model.year < year:
        model.step()
    return model


def test_operators_know_of_every_criterion_that_is_enacted_what_they_can_do():
    assert REMEDIES.keys() == SENTENCES.keys()


@pytest.fixture(scope="module")
def pursuing():
    return run_until(2030, ON)


RECP_ONLY = """rule_id: early
in_force_from: 2015-01-01
procedure_available_from: 2015-01-01
source: test
criteria:
  tenant firms applying RECP: {share}
"""


def decree(folder, text=RECP_ONLY, share=0.5):
    file = folder / "decree.yaml"
    file.write_text(text.format(share=share), encoding="utf-8")
    return {"certification.decree": str(file)}


# ---- when nothing is ordered ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["baseline", "full-package"])
def test_without_benefit_duty_or_preference_nothing_is_ordered(scenario):
    no_reason = {"levers.certification_premium": 0.0, "levers.eip_duty": 0.0, "operators.preference_share": 0.0}
    plain, willing = (run_until(2050, no_reason | means, scenario) for means in (NO_MEANS, BOUNDLESS))
    assert differences(plain, willing) == []


def test_without_means_nothing_is_ordered_whatever_the_certificate_is_worth():
    wanted = PREMIUM | {"operators.preference_share": 1.0, "operators.commitment_preference_rate": 0.0}
    settings = NO_MEANS | wanted
    unused = {"operators.audit_success_share": 0.5, "operators.study_cost_usd": 1.0, "operators.tenant_share": 0.0}
    plain, other = (run_until(2040, s) for s in (settings, settings | unused))
    assert differences(plain, other) == []
    assert plain.outcomes["operator_audits_done"].sum() == 0


def test_nothing_is_ordered_before_certificates_can_be_applied_for(pursuing):
    plain = run_until(2030, NO_MEANS | PREMIUM)
    before = pursuing.outcomes.loc[: OPEN - 1]
    assert before.equals(plain.outcomes.loc[: OPEN - 1])
    assert pursuing.outcomes.loc[OPEN, "operator_audits_done"] > 0


def test_a_park_that_land_keeps_from_passing_orders_nothing():
    land, world = {}, tiny_world(40)
    for share in (0.05, 0.3):
        parks = world.parks._replace(green_share=np.full(1, share))
        made = replace(world, parks=parks)
        made = replace(made, digest=digest(made))
        model = run_until(2028, ON | SET_OUT, "no-eip-policy", made)
        land[share] = model.state.operators[0]
        told = " ".join(model.explain_park(0, model.year).lines)
        assert ("nothing can mend" in told) == (share < 0.1)
    assert land[0.05].audits_since_2015 == 0 == land[0.05].pursuit_spending
    assert land[0.3].audits_since_2015 > 0


# ---- what makes them act ---------------------------------------------------------------------------------------------------


def test_a_preference_alone_is_enough():
    settings = {"operators.preference_share": 1.0, "operators.preference_usd": 1e6}
    assert run_until(OPEN, MEANS | settings).outcomes["operator_audits_done"].iloc[-1] > 0


def test_a_park_founded_as_eco_industrial_acts_because_it_is_bound():
    world = tiny_world(40, established=2016, entry=2016)
    for duty in (0.0, 1.0):
        model = run_until(2027, MEANS | {"levers.eip_duty": duty}, "no-eip-policy", world)
        assert (model.outcomes["operator_audits_done"].iloc[-1] > 0) == (duty == 1.0)
    assert "bound by its foundation" in " ".join(model.explain_park(0, OPEN).lines)


def test_who_expects_less_than_it_costs_does_nothing(pursuing):
    park = pursuing.state.operators
    looked = np.isfinite(park.certificate_cost) & (park.certificate_cost > 0.0)
    np.testing.assert_array_equal(park.pursues[looked], (park.certificate_benefit >= park.certificate_cost)[looked])
    c = pursuing.state.market.constants
    fees = c.management_fee_usd_m2 * 1e4 * c.leased_land_share * park.area_ha
    asked = park.certificate_benefit > 0.0
    assert asked.all()
    np.testing.assert_allclose(park.certificate_benefit, 0.1 * fees * park.belief + park.preference, rtol=1e-12)


def test_the_more_a_certificate_is_worth_the_more_operators_act():
    acting = []
    for premium in (0.0, 0.01, 0.05, 0.5):
        model = run_until(OPEN, MEANS | {"levers.certification_premium": {"value": premium, "from": OPEN}})
        acting.append(int(model.state.operators.pursues.sum()))
    assert acting == sorted(acting)
    assert acting[0] == 0 < acting[-1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_unlimited_means_certified_parks_do_not_fall_with_the_premium(seed):
    certified = []
    for premium in (0.0, 0.02, 0.1, 0.5):
        # the premium is no reason to set out here: what is looked at is what operators do on their way
        only_pursuit = {"operators.commitment_premium_rate": 0.0}
        settings = UNLIMITED | only_pursuit | {"levers.certification_premium": premium}
        model = run_until(2035, settings, seed=seed)
        certified.append(int(np.count_nonzero(model.state.operators.certificate == CERTIFIED)))
    assert certified == sorted(certified)


# ---- audits ----------------------------------------------------------------------------------------------------------------


def test_the_formulas_say_what_their_examples_say():
    tried = doctest.testmod(rules)
    assert tried.attempted == 3
    assert tried.failed == 0


def test_audits_reach_as_many_firms_as_are_short_and_no_more():
    for short in range(30):
        for under_way in range(10):
            n = audits_needed(float(short), float(under_way), 0.9)
            assert 0.9 * (n + under_way) >= short - 1e-6 or n == 0
            assert n == 0 or 0.9 * (n - 1 + under_way) < short


def test_audited_are_tenants_of_committed_parks_that_nobody_has_audited_of_late():
    model = run_until(OPEN - 1, ON)
    before, operators = model.state.firms.copy(), model.state.operators
    committed = operators.commit_year.copy()
    model.step()
    ours = model.state.books.audits_given[accounts.BY_OPERATORS] > 0
    assert ours.sum() == operators.audits_ordered.sum() > 0
    assert (committed[before.park[ours]] > 0).all()
    last = before.audit_year[ours]
    assert ((last == 0) | (OPEN - last >= model.state.market.constants.audit_interval)).all()
    assert not (before.applies_recp & before.measured)[ours].any()
    per_park = np.bincount(before.park[ours], minlength=operators.size)
    np.testing.assert_array_equal(per_park, operators.audits_ordered)
    assert (operators.audits_ordered <= operators.audits_wanted).all()


def test_of_those_who_could_be_audited_the_draw_decides(tmp_path):
    """Nobody applies RECP or has been audited, so that all tenants are alike."""
    settings = ON | NOTHING_IS_TAKEN | decree(tmp_path) | SET_OUT
    model = run_until(2016, settings, "no-eip-policy", tiny_world(60))
    firms, n = model.state.firms, int(model.state.operators.audits_ordered[0])
    lots = drawn(firms.key, model.state.surroundings.streams[PROCESSES["commissioned audit"]], year=2016)
    assert 0 < n < 60
    assert set(np.flatnonzero(firms.audit_year == 2016)) == set(np.argsort(lots)[:n])


def test_no_more_is_ordered_than_the_share_of_fees_pays(tmp_path):
    settings = PREMIUM | NOTHING_IS_TAKEN | decree(tmp_path) | SET_OUT
    for share in (0.02, 0.05, 0.2):
        means = {"operators.certificate_budget_share": share}
        model = run_until(2016, settings | means, "no-eip-policy", tiny_world(60))
        c, park = model.state.market.constants, model.state.operators[0]
        fees = c.management_fee_usd_m2 * 1e4 * c.leased_land_share * park.area_ha
        own = c.audit_cost_usd * (1.0 - c.tenant_share)
        needed = audits_needed(30.0, 0.0, c.audit_success_share)
        assert park.audits_ordered == min(needed, int(share * fees / own))
        assert park.pursuit_spending <= CENTS * share * fees + 1


def test_audits_under_way_are_not_ordered_again(tmp_path):
    settings = PREMIUM | UNLIMITED | NOTHING_IS_TAKEN | decree(tmp_path, share=0.2)
    model = run_until(2016, settings | SET_OUT, "no-eip-policy", tiny_world(60))
    assert model.outcomes["operator_audits_done"].iloc[-1] == audits_needed(12.0, 0.0, 0.9)
    for _ in range(2):
        model.step()
        assert model.state.operators.audits_ordered[0] == 0
    model.step()  # nothing has come of them, and others are tried
    assert model.state.operators.audits_ordered[0] > 0


# ---- who pays ----------------------------------------------------------------------------------------------------------------


def test_what_auditors_get_is_what_operators_and_tenants_pay_to_the_cent(tmp_path):
    """ACCEPTANCE C7: between operator and tenant it is a transfer, and no public money is in it."""
    settings = NOTHING_IS_TAKEN | PREMIUM | decree(tmp_path)
    ours, without = (run_until(2021, settings | means) for means in (MEANS, NO_MEANS))
    a, b = ours.outcomes.loc[2021], without.outcomes.loc[2021]
    audits = int(ours.state.operators.audits_ordered.sum())
    assert audits > 0
    operators = round(CENTS * (a["operator_spending_usd"] - b["operator_spending_usd"]))
    tenants = round(CENTS * (a["firm_investment_usd"] - b["firm_investment_usd"]))
    cost = round(CENTS * ours.state.market.constants.audit_cost_usd)
    assert operators == int(ours.state.operators.pursuit_spending.sum())
    assert operators + tenants == audits * cost
    assert tenants == audits * round(cost * 0.3)
    for name in ("public_spending_usd", "public_revenue_usd", "subsidy_paid_usd"):
        np.testing.assert_array_equal(ours.outcomes[name], without.outcomes[name])


def test_audits_by_operators_are_no_public_money_of_provinces():
    model = run_until(OPEN, ON)  # no programme runs any more
    view = YearEnd(model.state, model.this_year).by_province()
    assert model.state.operators.audits_ordered.sum() > 0
    assert (view.share_of_audits == 0.0).all()


def test_audits_by_operators_are_some_of_all_audits(pursuing):
    outcomes = pursuing.outcomes
    assert (outcomes["operator_audits_done"] <= outcomes["audits_done"]).all()
    ours = outcomes["operator_audits_done"].diff().loc[OPEN:]
    np.testing.assert_array_equal(outcomes["audits_done"].diff().loc[OPEN:], ours)
    given = pursuing.state.books.audits_given
    assert given[accounts.BY_OPERATORS].sum() == outcomes["operator_audits_done"].iloc[-1]


# ---- what else is ordered ---------------------------------------------------------------------------------------------------


def test_meters_are_ordered_where_they_cost_less_than_audits():
    dear, cheap = (
        run_until(2027, ON | {"operators.infrastructure_cost_factor": factor, "operators.infrastructure_rate": 0.0,
                              "operators.infrastructure_rate_alone": 0.0}).state.operators
        for factor in (1.0, 1e-4)
    )  # fmt: skip
    assert (dear.metering_year == 0).all()
    metered = cheap.metering_year > 0
    assert metered.any()
    assert cheap.monitored[metered].all()
    assert cheap.audits_since_2015.sum() < dear.audits_since_2015.sum()


AWARE = """rule_id: early
in_force_from: 2015-01-01
procedure_available_from: 2015-01-01
source: test
criteria:
  tenant firms aware of RECP: {share}
"""
LINKS = AWARE.replace("tenant firms aware of RECP: {share}", "industrial symbiosis links: 50")


def eager(tmp_path, text):
    settings = ON | decree(tmp_path, text) | SET_OUT
    return run_until(2016, settings, "no-eip-policy", tiny_world(60))


def test_where_awareness_is_missing_tenants_are_trained_and_pay_their_share(tmp_path):
    model = eager(tmp_path, AWARE)
    park, c = model.state.operators[0], model.state.market.constants
    assert (park.trained_year, park.training, park.audits_ordered) == (2016, 1.0, 0)
    cents = round(CENTS * c.training_cost_usd)
    each = int(cents * c.tenant_share) // 60
    assert park.pursuit_spending == cents - 60 * each
    assert "training of its tenants" in " ".join(model.explain_park(0, model.year).lines)


def test_where_symbiosis_is_missing_operators_facilitate_with_full_effort_and_study(tmp_path):
    model = eager(tmp_path, LINKS)
    park, c = model.state.operators[0], model.state.market.constants
    assert (park.brokered_year, park.studied_year) == (2016, 2016)
    able = park.capacity * park.facilitation_factor
    assert park.facilitation == pytest.approx(able * c.facilitation_programme, rel=1e-12)
    more = c.facilitation_cost_usd * able * (c.facilitation_programme - c.facilitation_alone)
    assert park.pursuit_spending / CENTS == pytest.approx(more + c.study_cost_usd, abs=0.02)
    model.step()
    assert (model.state.operators[0].brokered_year, model.state.operators[0].studied_year) == (2017, 2016)


def test_the_cheapest_gap_comes_first(tmp_path):
    """A training costs less than the audits; there is money for one of the two."""
    both = AWARE + "  tenant firms applying RECP: 0.5\n"
    settings = PREMIUM | NOTHING_IS_TAKEN | decree(tmp_path, both) | SET_OUT
    settings |= {"operators.tenant_share": 0.0}
    c = run_until(2015, settings, "no-eip-policy", tiny_world(60))
    park, constants = c.state.operators[0], c.state.market.constants
    fees = constants.management_fee_usd_m2 * 1e4 * constants.leased_land_share * park.area_ha
    barely = {"operators.certificate_budget_share": (constants.training_cost_usd + 1.0) / fees}
    model = run_until(2016, settings | barely, "no-eip-policy", tiny_world(60))
    assert (model.state.operators[0].trained_year, model.state.operators[0].audits_ordered) == (2016, 0)


# ---- auditors ----------------------------------------------------------------------------------------------------------------


def programmes(**audits):
    one = {"from": 2016, "until": 2016, "rule": "random", "commits_parks": False, "source": "test"}
    return {f"programmes.{payer}": one | {"audits": n, "payer": payer} for payer, n in audits.items()}


def shared(tmp_path, limit, by_lever=True):
    """Audits in 2016 of the donor's programme, of the public one, and of operators."""
    name = "levers.auditors_per_year" if by_lever else "regulators.auditors_per_year"
    settings = ON | decree(tmp_path) | SET_OUT | {name: limit}
    model = run_until(2016, settings | programmes(donor=40, public=50), "no-eip-policy")
    given = model.state.books.audits_given.sum(axis=1)
    return model, tuple(int(n) for n in (given[0], given[1], given[accounts.BY_OPERATORS]))


def test_donors_are_served_first_and_nobody_beyond_the_auditors_there_are(tmp_path):
    _, (donor, public, operators) = shared(tmp_path, 1e6)
    assert (donor, public) == (40, 50)
    assert operators > 20
    for limit in (25, 40, 60, 100):
        _, found = shared(tmp_path, limit)
        assert found[0] == min(40, limit)
        assert sum(found) <= limit
        # whoever is served gets no more than it asks for, and auditors are idle only where tenants have been audited by others
        assert found[1] <= 50
        assert found[2] <= operators + 50


def test_lever_and_parameter_mean_the_same_and_the_lever_wins(tmp_path):
    by_lever, by_parameter = (shared(tmp_path, 60, by_lever)[0] for by_lever in (True, False))
    assert differences(by_lever, by_parameter) == []
    assert auditors.auditors_in(by_lever.state, by_lever.this_year) == 60


def test_auditors_enough_are_as_good_as_no_limit(tmp_path):
    plenty, unlimited = (shared(tmp_path, limit)[0] for limit in (100_000, 1e6))
    assert differences(plenty, unlimited) == []


def test_operators_are_served_in_the_order_of_their_draws(tmp_path):
    model, (_, _, served) = shared(
        tmp_path, 100
    )  # ten are left for operators even where the public programme comes first
    asked = shared(tmp_path, 1e6)[0].state.operators.audits_wanted
    granted = model.state.operators.audits_wanted
    turn = drawn(model.state.operators.key, model.state.surroundings.streams[PROCESSES["auditor priority"]], year=2016)
    order = np.argsort(turn)
    full = [bool(granted[p] == asked[p]) for p in order if asked[p] > 0]
    assert served > 0
    assert full == sorted(full, reverse=True)
    assert np.count_nonzero((granted > 0) & (granted < asked)) <= 1


def test_a_limit_holds_programmes_back_where_no_operator_pursues_anything():
    one = {
        "from": 2016,
        "until": 2018,
        "audits": 90,
        "payer": "public",
        "rule": "random",
        "commits_parks": False,
        "source": "test",
    }
    model = run_until(2018, {"programmes.audits": one, "levers.auditors_per_year": 20}, "no-eip-policy")
    np.testing.assert_array_equal(model.outcomes["audits_done"].loc[2016:], [20, 40, 60])


# ---- the rest ---------------------------------------------------------------------------------------------------------------


def test_agents_stepped_one_by_one_give_the_same():
    compiled, agents = (
        EIPModel("baseline", "pilot-parks", 1, stepping=how, settings=ON, years=(2015, 2028)).run()
        for how in ("compiled", "agents")
    )
    assert compiled.outcomes["operator_audits_done"].iloc[-1] > 0
    assert differences(compiled, agents) == []


def test_explain_tells_what_is_expected_what_it_costs_and_what_was_ordered(pursuing):
    park = pursuing.state.operators
    acting = int(np.flatnonzero(park.audits_since_2015 > 0)[0])
    told = pursuing.explain_park(acting, 2030)
    lines = " ".join(told.lines)
    assert "the certificate is worth" in lines
    assert f"{park.audits_since_2015[acting]} audits of tenants since 2015" in lines
    assert told.facts["operator_audits_done"] == park.audits_since_2015[acting]
    assert told.facts["certificate_benefit_usd"] == park.certificate_benefit[acting]
    assert "Pursuit" not in " ".join(run_until(2030, NO_MEANS | PREMIUM).explain_park(acting, 2030).lines)


def test_the_table_of_parks_has_audits_by_operators_year_by_year(pursuing):
    by_park = pursuing.chronicle.since(2015).values("operator_audits_done")
    assert by_park[-1] == pursuing.state.operators.audits_since_2015.sum()
    assert (np.diff(by_park) >= 0).all()
