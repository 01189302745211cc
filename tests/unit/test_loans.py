"""Loans: whom they help, what they cost and whom, and what an interest subsidy is worth to a firm."""

from dataclasses import replace

import numpy as np
import pytest
from helpers import ALIKE, ALWAYS_ACCEPT, NO_AWARENESS, differences, digest, loans_of, quiet, tiny_world
from hypothesis import given
from hypothesis import settings as with_care
from hypothesis import strategies as st

from eipsim.agents.firm.loans import Owed
from eipsim.analysis.compare import extra_flows
from eipsim.core.money import CENTS
from eipsim.market import books as ac
from eipsim.market.catalogue import measure_names
from eipsim.model.model import EIPModel
from eipsim.outcomes.registry import OUTCOMES
from eipsim.outcomes.views import YearEnd
from eipsim.rules.infrastructure import grant_element
from eipsim.rules.loans import relief_of_points, still_owed, whole_years
from eipsim.runs.simulation import simulate
from eipsim.scenarios.idle import idle_settings
from eipsim.scenarios.loading import apply_settings, load_scenario
from eipsim.world import build_world

RATE, TERM = 0.05, 5
WORLD = build_world("pilot-parks")
FOLLOWED = {"finance.loan_years": TERM, "finance.loan_rate": RATE}
OFF = {"finance.loan_years": 0, "finance.loan_share": 0.0}  # not followed, and nobody borrows
LENT = {"levers.soft_loan": 0.8}
SUBSIDISED = {"levers.interest_subsidy": 0.02}
# Everybody wants one measure in the first year and is finance-constrained; each firm can pay a tenth of what it costs.
WANTED = NO_AWARENESS | ALIKE | ALWAYS_ACCEPT | {"finance.constrained_share": 1.0}


def pilot(settings=None, **more):
    return EIPModel("baseline", "pilot-parks", 3, settings=settings or {}, **more).run()


def firms_that_want(settings, *, n=6, leave=9999, budget_share=10.0, years=1, **more):
    """Constrained firms that all want the measure `cooling` in the first year, after so many years."""
    settings = WANTED | {"finance.investment_budget_share": budget_share} | settings
    world = tiny_world(n, **({} if leave == 9999 else {"leave": leave}))
    model = quiet(EIPModel("no-eip-policy", world, 5, settings=settings, **more), only="cooling", known=True)
    for _ in range(years):
        model.step()
    return model


def cost_over_revenue(model):
    """Cost of the measure over revenue [firms], from what firms have paid."""
    return model.state.books.counts[:, ac.INVESTED].sum() / CENTS / model.state.firms.revenue.sum()


# ---- the rules -----------------------------------------------------------------------------------------------------------


@with_care(deadline=None)  # the first call compiles
@given(principal=st.integers(0, 10**12), years=st.integers(1, 50))
def test_a_loan_is_repaid_in_equal_parts_to_the_cent(principal, years):
    owed = [int(still_owed(principal, age, years)) for age in range(years + 3)]
    parts = -np.diff(owed)
    assert owed[0] == principal
    assert owed[years:] == [0, 0, 0]
    assert parts.sum() == principal
    assert (parts[:years].max() - parts[:years].min()) <= 1


@given(points=st.floats(0.0, 0.2), rate=st.floats(0.001, 0.3), years=st.integers(1, 30), principal=st.floats(1.0, 1e6))
def test_points_are_worth_what_they_spare_year_by_year_at_the_loans_rate(points, rate, years, principal):
    spared = [min(points, rate) * principal * (1.0 - age / years) / (1.0 + rate) ** (age + 1) for age in range(years)]
    assert principal * relief_of_points(points, rate, years) == pytest.approx(sum(spared), rel=1e-9, abs=1e-9)


def test_all_interest_of_a_loan_of_one_year_is_worth_its_grant_element():
    assert relief_of_points(0.1, 0.1, 1) == pytest.approx(grant_element(0.1, 0.0, 1.0), rel=1e-12)


def test_points_are_worth_nothing_where_no_interest_is_charged():
    assert relief_of_points(0.02, 0.0, 5) == 0.0
    assert relief_of_points(0.02, 0.05, 0) == 0.0
    assert (relief_of_points(np.array([0.0, 0.02]), 0.05, 0) == 0.0).all()


# ---- off, and without anybody who lends ------------------------------------------------------------------------------------


def test_by_default_loans_are_followed_and_firms_with_access_to_credit_borrow():
    model = pilot()
    assert model.state.loans.are_followed
    assert (model.outcomes["loans_outstanding_usd"] > 0.0).all()
    assert not model.state.firms.constrained[loans_of(model).firm].any()


def test_where_loans_are_not_followed_nothing_is_owed():
    model = pilot(OFF | LENT)
    assert not model.state.loans.are_followed
    assert model.state.books.lent.size == 0
    for name in ("loans_outstanding_usd", "interest_paid_usd", "interest_subsidised_usd"):
        assert (model.outcomes[name] == 0.0).all()
    assert (model.state.firms.borrowed == 0).all()


@pytest.mark.parametrize(
    "idle",
    [
        {"finance.loan_rate": 0.2, "finance.loan_share": 0.5} | SUBSIDISED,  # loans are not followed
        {"finance.loan_years": 0.9} | SUBSIDISED,
        FOLLOWED | SUBSIDISED,  # nobody lends
        FOLLOWED | {"levers.soft_loan": 0.0, "levers.loan_guarantee": 0.0},
    ],
)
def test_without_a_loan_that_is_followed_rate_share_term_and_subsidy_change_nothing(idle):
    assert differences(pilot(OFF | idle), pilot(OFF)) == []


def test_an_interest_subsidy_of_nothing_is_bitwise_none():
    zero = {"levers.interest_subsidy": [{"value": 0.0, "owners": ["domestic"]}]}
    assert differences(pilot(FOLLOWED | LENT | zero), pilot(FOLLOWED | LENT)) == []


def test_a_subsidy_from_2030_leaves_every_year_before_bitwise_unchanged():
    plain, policy = (
        EIPModel("baseline", "pilot-parks", 3, settings=FOLLOWED | LENT | more)
        for more in ({}, {"levers.interest_subsidy": {"value": 0.03, "from": 2030}})
    )
    for model in (plain, policy):
        while model.year < 2029:
            model.step()
    assert differences(plain, policy) == []
    assert "firms.first_adopted" in differences(plain.run(), policy.run())


# ---- what a loan does ------------------------------------------------------------------------------------------------------


def test_a_loan_lifts_the_cash_limit_of_constrained_firms():
    share = cost_over_revenue(firms_that_want({}))  # where everybody can pay
    factor = 0.3 / 0.1  # the budget of a constrained firm is this much of a tenth of what the others have
    poor = {"budget_share": share / factor}
    assert firms_that_want(FOLLOWED, **poor).recp_measures_installed == 0
    for lever in ("soft_loan", "loan_guarantee"):
        assert firms_that_want(FOLLOWED | {f"levers.{lever}": 0.95}, **poor).recp_measures_installed == 6
    # twice a half is as good as all of it
    both = FOLLOWED | {"levers.soft_loan": 0.5, "levers.loan_guarantee": 0.45}
    assert firms_that_want(both, **poor).loans_outstanding_usd == pytest.approx(
        firms_that_want(FOLLOWED | {"levers.soft_loan": 0.95}, **poor).loans_outstanding_usd
    )


def test_soft_loans_and_guarantees_lend_no_more_than_the_whole_cost():
    model = firms_that_want(FOLLOWED | {"levers.soft_loan": 0.7, "levers.loan_guarantee": 0.7})
    assert (model.state.surroundings.parks.lent == 1.0).all()
    assert model.loans_outstanding_usd == pytest.approx(model.firm_investment_usd)


def test_a_loan_enters_no_appraisal_by_itself():
    """In the first year, before anybody has bought anything because of it."""
    settings = {"finance.loan_share": 0.5, "awareness.base_rate": 0.3}
    models = [
        EIPModel("baseline", "pilot-parks", 3, settings=settings | more)
        for more in ({"finance.loan_years": 0}, FOLLOWED | LENT)
    ]
    replicas, asked = [model.replay_to_decisions(2015) for model in models], 0
    for row in replicas[0].rows_alive()[:200]:
        firms = [replica.firm(int(row)) for replica in replicas]
        for firm in firms:
            firm.learn()
        ours, theirs = (firm.weigh() for firm in firms)
        np.testing.assert_array_equal(ours, theirs)
        asked += np.count_nonzero(ours)
    assert asked > 300
    assert differences(*(model.run() for model in models))


def test_firms_with_access_to_credit_borrow_the_share_that_is_set():
    free = {"finance.constrained_share": 0.0}
    assert firms_that_want(FOLLOWED | LENT | free).loans_outstanding_usd == 0.0
    model = firms_that_want(FOLLOWED | LENT | free | {"finance.loan_share": 0.3})
    assert model.loans_outstanding_usd == pytest.approx(0.3 * model.firm_investment_usd, abs=0.1)


def test_what_is_owed_falls_in_equal_parts_and_bears_interest_until_it_is_repaid():
    model = firms_that_want(FOLLOWED | LENT, years=9)
    owed, paid = (model.outcomes[name].to_numpy() for name in ("loans_outstanding_usd", "interest_paid_usd"))
    lent = 0.8 * model.outcomes["firm_investment_usd"].iloc[0]
    expected = [max(lent * (1.0 - age / TERM), 0.0) for age in range(9)]
    np.testing.assert_allclose(owed, expected, atol=0.2)
    np.testing.assert_allclose(paid, [0.0, *(RATE * before for before in expected[:-1])], atol=0.2)
    assert (owed[TERM:] == 0.0).all()
    assert (paid[TERM + 1 :] == 0.0).all()
    assert len(loans_of(model).firm) == 0


def test_what_falls_due_comes_out_of_the_budget_for_measures():
    model = firms_that_want(FOLLOWED | LENT, years=2)
    due, loans = model.state.firms.debt_service, loans_of(model)
    principal = loans.principal
    expected = principal // TERM + (RATE * principal).round().astype(int)
    np.testing.assert_allclose(due[loans.firm], expected, atol=1.1)
    share = cost_over_revenue(firms_that_want({}))
    tight = {"finance.constrained_budget_factor": 1.0}
    buys = firms_that_want(FOLLOWED | tight, budget_share=share * 5.0, years=0)
    owes = firms_that_want(FOLLOWED | tight, budget_share=share * 5.0, years=0)
    everybody = np.arange(6)
    owes.state.loans.taken[2014] = Owed(everybody, np.full(6, 10**9), np.zeros(6))
    for one in (buys, owes):
        one.step()
    assert buys.recp_measures_installed == 6
    assert owes.recp_measures_installed == 0
    assert owes.interest_paid_usd == pytest.approx(6 * RATE * 1e7)


def test_a_firm_that_leaves_pays_back_what_it_owes():
    model = firms_that_want(FOLLOWED | LENT, leave=2017, years=2)
    assert model.loans_outstanding_usd > 0.0
    model.step()
    assert model.loans_outstanding_usd == model.interest_paid_usd == 0.0
    assert (model.state.firms.debt_service == 0).all()


def test_public_help_with_loans_ends_with_its_levers():
    help_until_2016 = {"value": 0.02, "from": 2015, "until": 2016}
    levers = dict.fromkeys(("levers.soft_loan", "levers.interest_subsidy"), help_until_2016)
    model = EIPModel("no-eip-policy", tiny_world(6), 5, settings=FOLLOWED | levers)
    parks, helped = model.state.surroundings.parks, []
    for _ in range(3):
        model.step()
        helped.append(((parks.lent > 0.0).all(), (parks.interest_relief > 0.0).all()))
    assert helped == [(True, True), (True, True), (False, False)]
    assert not parks.lent.any()
    assert not parks.interest_relief.any()


# ---- vouchers and the interest subsidy ---------------------------------------------------------------------------------------


def pair(policy, cheaper_by, rule=None):
    """Firms under a `policy` from the second year on, and the same firms with projects that are cheaper by that share."""
    always = ALIKE | {"behaviour.firm_effect_sd": 0.5, "behaviour.vietnam_shift": -0.54, "behaviour.peer_weight": 0.5}
    always |= {"measures.operating_cost_share": 0.0, "measures.pv_operating_share": 0.0} | FOLLOWED
    levers = {name: {"value": value, "from": 2016} for name, value in policy.items() if name.startswith("levers.")}
    same = {name: value for name, value in policy.items() if not name.startswith("levers.")}
    models = []
    for one in (always | same | levers, always | same):
        world = tiny_world(360, sectors=range(18))
        model = quiet(EIPModel("no-eip-policy", world, 3, rule=rule, settings=one), known=True)
        model.state.market.catalogue.available_from[:] = 2015
        models.append(model)
    models[1].state.market.yearly.cost_level[1:] *= 1.0 - cheaper_by
    return [model.run() for model in models]


VOUCHER = {"levers.capital_subsidy": 0.3, "levers.voucher_cap_usd": 1e8, "levers.subsidy_budget_usd": 1e12}


def test_l9_what_is_lent_is_the_cost_less_the_voucher():
    borrow = {"finance.loan_share": 0.4}
    subsidised, cheaper = pair(VOUCHER | borrow, 0.3)
    np.testing.assert_array_equal(subsidised.state.firms.first_adopted, cheaper.state.firms.first_adopted)
    for name in ("loans_outstanding_usd", "interest_paid_usd"):
        np.testing.assert_allclose(subsidised.outcomes[name], cheaper.outcomes[name], rtol=1e-6, atol=10.0)
    assert subsidised.outcomes["loans_outstanding_usd"].max() > 1e5


@pytest.mark.parametrize("rule", [None, "npv_hurdle"])
@pytest.mark.parametrize("voucher", [{}, VOUCHER])
def test_an_interest_subsidy_and_a_cheaper_project_give_the_same_decisions_and_not_with_a_voucher_on_the_same_dollar(
    rule, voucher
):
    share, points = 0.6, 0.03
    policy = voucher | {"levers.interest_subsidy": points, "finance.loan_share": share}
    relief = relief_of_points(points, RATE, TERM)
    left = (0.7 if voucher else 1.0) * (1.0 - share * relief)
    subsidised, cheaper = pair(policy, 1.0 - left, rule)
    np.testing.assert_array_equal(subsidised.state.firms.first_adopted, cheaper.state.firms.first_adopted)
    assert subsidised.outcomes["interest_subsidised_usd"].sum() > 0.0
    assert 0.04 < share * relief < 0.05


def test_c7_what_banks_get_is_what_firms_and_the_public_pay_and_all_the_interest_there_is():
    model = pilot(FOLLOWED | LENT | SUBSIDISED, years=(2015, 2050))
    owed, firms, public = (
        model.outcomes[name].to_numpy()
        for name in ("loans_outstanding_usd", "interest_paid_usd", "interest_subsidised_usd")
    )
    assert owed.max() > 1e5
    # of those that have left since, nothing is due any more
    assert (firms + public <= RATE * np.concatenate([[0.0], owed[:-1]]) + 1.0).all()
    np.testing.assert_allclose(public, 0.4 * (firms + public), rtol=1e-3, atol=1.0)
    books = model.state.regulators
    assert books.interest[0] == model.state.books.counts[:, ac.INTEREST_RELIEF].sum()
    assert (books.interest[1:] == 0).all()


def test_what_the_public_pays_banks_is_public_spending_with_its_administration():
    with_it, without = (pilot(FOLLOWED | LENT | {"finance.loan_share": 0.3} | more) for more in (SUBSIDISED, {}))
    share = with_it.state.market.constants.administration_share
    last = with_it.interest_subsidised_usd
    spent = with_it.public_spending_usd - without.public_spending_usd
    assert last > 0.0
    assert with_it.state.regulators.interest[0] == round(last * CENTS)
    assert spent >= last * (1.0 + share) - 1.0
    by_province = YearEnd(with_it.state, with_it.this_year).by_province()
    for name in ("loans_outstanding_usd", "interest_paid_usd", "interest_subsidised_usd"):
        assert OUTCOMES[name].formula(by_province).sum() == pytest.approx(getattr(with_it, name))


def test_interest_is_a_cost_of_firms_and_no_cost_to_society():
    names = (
        "public_spending_usd", "public_revenue_usd", "firm_investment_usd", "firm_saving_usd", "operator_spending_usd",
        "operator_revenue_usd", "co2_t",
    )  # fmt: skip
    gap = {name: np.array([1.0]) for name in names}
    plain = extra_flows(gap, np.zeros(1))
    paid = {"interest_paid_usd": np.array([6.0]), "interest_subsidised_usd": np.array([4.0])}
    public = {"public_spending_usd": np.array([5.0])}
    lent = extra_flows(gap | public | paid, np.zeros(1))
    assert lent["private"] == plain["private"] + 6.0
    assert lent["public"] == plain["public"] + 4.0
    assert lent["total"] == plain["total"]


def test_points_are_promised_for_as_long_as_the_loan_runs():
    until = {"levers.interest_subsidy": {"value": 0.02, "until": 2015}}
    model = firms_that_want(FOLLOWED | LENT | until, years=4)
    public = model.outcomes["interest_subsidised_usd"].to_numpy()
    assert (public[1:] > 0.0).all()
    later = {"levers.interest_subsidy": {"value": 0.02, "from": 2016}}
    assert (firms_that_want(FOLLOWED | LENT | later, years=4).outcomes["interest_subsidised_usd"] == 0.0).all()


def test_no_more_than_the_whole_interest_is_paid():
    model = firms_that_want(FOLLOWED | LENT | {"levers.interest_subsidy": 0.15}, years=3)
    assert model.interest_paid_usd == 0.0
    assert model.interest_subsidised_usd > 0.0
    assert (loans_of(model).points == RATE).all()


def half_foreign(world):
    foreign = np.arange(world.n_firms) % 2 == 1
    made = replace(world, firms=world.firms._replace(foreign=foreign))
    return replace(made, digest=digest(made))


def test_two_points_for_domestic_firms_only():
    points = {"levers.interest_subsidy": [{"value": 0.02, "owners": ["domestic"]}]}
    settings = WANTED | FOLLOWED | LENT | points | {"finance.constrained_foreign_ratio": 1.0}
    model = quiet(
        EIPModel("no-eip-policy", half_foreign(tiny_world(40)), 5, settings=settings), only="cooling", known=True
    )
    for _ in range(2):
        model.step()
    owed, foreign = loans_of(model), model.world.firms.foreign
    assert (owed.points[foreign[owed.firm]] == 0.0).all()
    assert (owed.points[~foreign[owed.firm]] == 0.02).all()
    assert foreign[owed.firm].any()
    relief = model.state.surroundings.parks.interest_relief
    assert (relief[:, :18] > 0.0).all()
    assert (relief[:, 18:] == 0.0).all()


# ---- the same whoever asks, and told ----------------------------------------------------------------------------------------

EVERYTHING = FOLLOWED | LENT | SUBSIDISED | {"finance.loan_share": 0.2, "levers.loan_guarantee": 0.1}


def test_p8_agents_stepped_one_by_one_borrow_bitwise_as_the_compiled_year_does():
    ways = []
    for stepping in ("compiled", "agents"):
        model = EIPModel("full-package", "pilot-parks", 3, settings=EVERYTHING, stepping=stepping)
        while model.year < 2030:
            model.step()
        ways.append(model)
    assert differences(*ways) == []
    assert ways[0].loans_outstanding_usd > 0.0
    for ours, theirs in zip(*map(loans_of, ways)):
        np.testing.assert_array_equal(ours, theirs)


def test_what_is_owed_is_the_sum_of_the_loans_of_those_who_are_there():
    model = pilot(EVERYTHING)
    loans = loans_of(model)
    left = sum(still_owed(int(p), model.year - year, TERM) for p, year in zip(loans.principal, loans.year))
    assert left == model.state.books.counts[:, ac.LOANS].sum()
    assert (model.state.firms.exit_year[loans.firm] > model.year).all()
    assert (model.state.firms.borrowed == 0).all()
    assert (model.state.books.lent == 0).all()


@pytest.fixture(scope="module")
def borrowing():
    """A run to 2021 in which constrained firms borrow most of a cost, others a fifth, and those that bought one measure in it."""
    lent = {"levers.soft_loan": 0.9, "finance.loan_share": 0.2}
    model = EIPModel("baseline", "pilot-parks", 3, settings=FOLLOWED | SUBSIDISED | lent)
    before = None
    while model.year < 2021:
        before = model.state.firms.n_adopted.copy()
        model.step()
    firms, loans = model.state.firms, loans_of(model)
    rows = loans.firm[loans.year == 2021]
    return model, rows[firms.n_adopted[rows] == before[rows] + 1]


@pytest.mark.parametrize(("constrained", "share"), [(True, 0.9), (False, 0.2)])
def test_an_explanation_tells_of_the_loan_that_paid_for_a_measure(borrowing, constrained, share):
    model, rows = borrowing
    row = int(rows[model.state.firms.constrained[rows] == constrained][0])
    (m,) = np.flatnonzero(model.state.firms.first_adopted[row] == 2021)
    told = model.firm(row).explain(measure_names()[m], 2021)
    assert told.verdict == "took it"
    loans = loans_of(model)
    lent = loans.principal[(loans.firm == row) & (loans.year == 2021)].sum() / CENTS
    assert told.facts["loan_usd"] == pytest.approx(lent, abs=1.0)
    assert told.facts["loan_usd"] == pytest.approx(share * told.facts["cost_usd"])
    assert told.facts["interest_subsidy"] == 0.02
    expected = relief_of_points(0.02, RATE, TERM) * told.facts["loan_usd"]
    assert told.facts["interest_relief_usd"] == pytest.approx(expected)
    assert told.facts["cash_needed_usd"] == pytest.approx((1.0 - share) * told.facts["cost_usd"])
    assert "over 5 years at 5 % a year above inflation" in told.text
    assert "the public pays 2 % a year of that" in told.text


def test_an_explanation_tells_what_goes_to_loans(borrowing):
    model, _ = borrowing
    due, known = model.state.firms.debt_service, model.state.firms.open_bits
    row = int(np.flatnonzero((due > 0) & (known != 0))[0])
    m = int(known[row]).bit_length() - 1
    told = model.firm(row).explain(measure_names()[m], 2021)
    assert told.facts["debt_service_usd"] == pytest.approx(min(due[row] / CENTS, told.facts["budget_usd"]))
    assert "go to its loans" in told.text


def test_without_loans_that_are_followed_an_explanation_says_nothing_of_them():
    model = EIPModel("baseline", "pilot-parks", 3, settings=OFF | LENT)
    while model.year < 2020:
        model.step()
    rows = np.flatnonzero(model.state.firms.constrained & (model.state.firms.open_bits != 0))[:20]
    for row in rows:
        m = int(model.state.firms.open_bits[row]).bit_length() - 1
        assert "Loan:" not in model.firm(int(row)).explain(measure_names()[m], 2020).text


# ---- what has no effect is asked about ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (SUBSIDISED, "loans bear no interest, since they are not followed; set finance.loan_years and lend by"),
        (SUBSIDISED | LENT, "since they are not followed; set finance.loan_years"),
        (SUBSIDISED | FOLLOWED, "firms take no loans; lend by levers.soft_loan, levers.loan_guarantee or finance.loan_share"),
        (SUBSIDISED | FOLLOWED | {"levers.soft_loan": 0.0}, "firms take no loans"),
    ],
)  # fmt: skip
def test_an_interest_subsidy_without_loans_is_asked_about_with_its_remedy(settings, told):
    asked = idle_settings(apply_settings(load_scenario("baseline"), OFF | settings), WORLD)
    assert len(asked) == 1
    assert "levers.interest_subsidy has no effect: " in str(asked[0])
    assert told in str(asked[0])


@pytest.mark.parametrize(
    "settings",
    [
        {}, LENT, {"levers.interest_subsidy": 0.0}, SUBSIDISED | FOLLOWED | LENT,
        SUBSIDISED | FOLLOWED | {"levers.loan_guarantee": {2030: 0.0, 2040: 0.5}},
        SUBSIDISED | FOLLOWED | {"finance.loan_share": 0.1},
    ],
)  # fmt: skip
def test_where_it_has_an_effect_nothing_is_asked(settings):
    assert idle_settings(apply_settings(load_scenario("baseline"), OFF | settings), WORLD) == []


def test_a_question_names_the_line_of_the_file_and_stands_in_the_manifest(tmp_path):
    file = tmp_path / "cheap-money.yaml"
    file.write_text(
        "extends: baseline\nlevers:\n  interest_subsidy:\n    - {value: 0.02, from: 2026, owners: [domestic]}\n"
        "parameters: {finance.loan_years: 0}\n"
    )
    (asked,) = idle_settings(load_scenario(str(file)), WORLD)
    assert asked.where.endswith("cheap-money.yaml:4")
    run = simulate(str(file), world="pilot-parks", years=(2015, 2016))
    assert run.provenance["questions"] == [str(asked)]
    assert "questions" not in simulate("baseline", world="pilot-parks", years=(2015, 2016)).provenance


def test_the_whole_years_of_a_term_count():
    assert [whole_years(term) for term in (0.0, 0.99, 1.0, 5.9)] == [0, 0, 1, 5]
