"""Audits and vouchers are dealt while the money lasts, by rule, in an order that nobody's place decides."""

import numpy as np
import pytest
from helpers import PLAIN, tiny_world
from hypothesis import given, settings
from hypothesis import strategies as st

from eipsim.agents.regulator import rationing
from eipsim.agents.regulator.year import deal_in_order
from eipsim.core.draws import PROCESSES
from eipsim.data.parameters import load_parameters
from eipsim.model.model import EIPModel

RULES = ("random", "small_first", "dirty_first", "committed_parks_first", "cost_effective_first")
AUDIT_DRAW = PROCESSES["audit priority"]
APPLIED_FOR = "regulators.voucher_applications"


def programme(audits, rule="random", **more):
    aims = {"from": 2016, "until": 2020, "commits_parks": False, "payer": "public", "source": "test"}
    return {"programmes.audits": aims | {"audits": audits, "rule": rule} | more}


def vouchers(budget, cap, rate=0.3, rule="random"):
    return {
        "levers.capital_subsidy": rate, "levers.subsidy_budget_usd": budget, "levers.voucher_cap_usd": cap,
        "regulator.voucher_rule": rule,
    }  # fmt: skip


def pilot(settings, year=2016):
    model = EIPModel("no-eip-policy", "pilot-parks", 2, settings=settings)
    while model.year < year:
        model.step()
    return model


# ---- the deal --------------------------------------------------------------------------------------------------------

priorities = st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=0, max_size=60, unique=True)


@given(priority=priorities, n=st.integers(-3, 80))
def test_the_n_most_urgent_are_served_most_urgent_first(priority, n):
    rows = np.arange(100, 100 + len(priority))
    chosen = deal_in_order(rows, np.array(priority), n)
    expected = [row for _, row in sorted(zip(priority, rows.tolist()))][: max(n, 0)]
    assert chosen.tolist() == expected


@given(priority=priorities, n=st.integers(0, 80), seed=st.integers(0, 99))
def test_the_order_of_the_candidates_does_not_matter(priority, n, seed):
    rows = np.arange(len(priority))
    turned = np.random.default_rng(seed).permutation(len(priority))
    again = deal_in_order(rows[turned], np.array(priority)[turned], n)
    assert deal_in_order(rows, np.array(priority), n).tolist() == again.tolist()


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_ranks_keep_the_order_and_only_equals_share_one(values):
    ranks = rationing.in_ranks(np.array(values, dtype=float))
    for a, rank_a in zip(values, ranks):
        for b, rank_b in zip(values, ranks):
            assert (a < b) == (rank_a < rank_b)


# ---- by rule ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model():
    return pilot({}, 2022)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("weights", [rationing.EQUAL, rationing.Weights(0.5, 1.0, 12.0)])
def test_no_two_firms_have_the_same_priority(model, rule, weights):
    rows = model.rows_alive()
    priority = rationing.priorities(model.state, model.year, rows, rule, AUDIT_DRAW, weights)
    assert np.unique(priority).size == rows.size


def test_each_rule_serves_whom_its_name_says(model):
    rows, f = model.rows_alive(), model.state.firms

    def served(rule, n=80):
        return deal_in_order(rows, rationing.priorities(model.state, model.year, rows, rule, AUDIT_DRAW), n)

    others = np.setdiff1d
    small, dirty, bills = served("small_first"), served("dirty_first"), served("cost_effective_first")
    assert f.employees[small].max() <= f.employees[others(rows, small)].min()
    assert f.toe[dirty].min() >= f.toe[others(rows, dirty)].max()
    assert f.log_size[bills].min() >= f.log_size[others(rows, bills)].max()
    drawn = served("random")
    assert abs(np.median(f.employees[drawn]) / np.median(f.employees[rows]) - 1.0) < 0.5


def test_committed_parks_come_first():
    model = EIPModel("baseline", "pilot-parks", 2)
    while model.year < 2018:
        model.step()
    rows, f = model.rows_alive(), model.state.firms
    committed = model.state.operators.commit_year[f.park[rows]] > 0
    assert 0 < committed.sum() < rows.size
    served = deal_in_order(
        rows,
        rationing.priorities(model.state, model.year, rows, "committed_parks_first", AUDIT_DRAW),
        int(committed.sum()),
    )
    assert set(served) == set(rows[committed])


def test_the_lottery_differs_from_year_to_year_and_from_seed_to_seed(model):
    rows = model.rows_alive()[:50]
    first = rationing.priorities(model.state, model.year, rows, "random", AUDIT_DRAW)
    next_year, again = pilot({}, 2023), pilot({}, 2022)
    assert not np.array_equal(first, rationing.priorities(next_year.state, 2023, rows, "random", AUDIT_DRAW))
    assert np.array_equal(first, rationing.priorities(again.state, 2022, rows, "random", AUDIT_DRAW))


# ---- audits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_a_programme_gives_as_many_audits_as_it_says_to_different_firms(rule):
    model = pilot(programme(150, rule), 2021)
    assert model.audits_done == 150 == model.firms_assisted
    assert (model.state.firms.audit_year > 0).sum() == 150


def test_audits_beyond_the_firms_that_are_there_are_not_given():
    model = pilot(programme(100_000) | {"regulators.audit_interval": 100.0}, 2021)
    assert 500 < model.audits_done == (model.state.firms.audit_year > 0).sum()


def test_a_firm_is_audited_again_only_after_the_interval():
    model = EIPModel(
        "no-eip-policy", tiny_world(10), settings=programme(1000, until=2030) | {"regulators.audit_interval": 4.0}
    )
    years = []
    while model.year < 2030:
        model.step()
        years += [model.year] * int(model.state.regulators.audits_done[0])
    assert np.unique(years).tolist() == [2016, 2020, 2024, 2028]
    assert len(years) == 40
    assert model.firms_assisted == 10


def test_a_programme_audits_again_only_once_it_has_audited_all():
    model = EIPModel(
        "no-eip-policy", tiny_world(10), settings=programme(36, until=2021) | {"regulators.audit_interval": 2.0}
    )
    given = []
    while model.year < 2021:
        model.step()
        given.append(model.state.books.audits_given[0].copy())
    spread = [counts.max() - counts.min() for counts in given]
    assert max(spread) <= 1
    assert given[-1].sum() > 10


def test_audits_of_a_programme_reach_its_parks_and_sectors_only():
    model = pilot(programme(200, parks=["P352"], sectors=["A14", "A10"]), 2021)
    f = model.state.firms
    audited = f.audit_year > 0
    assert audited.any()
    assert set(f.park[audited]) == {model.world.park_index("P352")}
    assert {model.world.sectors[s] for s in f.sector[audited]} <= {"A14", "A10"}


def test_audits_are_paid_by_whom_the_scenario_says():
    public, donor = (pilot(programme(100, payer=payer), 2016).state.regulators for payer in ("public", "donor"))
    each = load_parameters()["regulators.audit_cost_usd"].central
    assert public.audits[0] == donor.audits[0] == 20 * each * 100
    assert donor.donor[0] >= donor.audits[0]
    assert donor.appropriation[0] == 0 == public.donor[0]


def test_an_audit_names_each_option_that_fits_with_its_probability():
    n, chance = 4000, 0.57
    settings = (
        PLAIN | programme(n * 5, until=2016) | {"awareness.base_rate": 0.0, "awareness.identify_probability": chance}
    )
    model = EIPModel("no-eip-policy", tiny_world(n), settings=settings)
    model.state.surroundings.vintages.penetration[:] = 0.0
    model.step()
    model.step()
    k = model.state.market.catalogue
    fits = (k.reach[:, model.state.firms.sector[0]] > 0.0) & (k.available_from <= 2016)
    named = (model.state.firms.recommended > 0).mean(axis=0)
    assert (named[~fits] == 0.0).all()
    assert np.abs(named[fits] - chance).max() < 4.0 * np.sqrt(chance * (1 - chance) / n)
    assert model.options_identified == (model.state.firms.recommended > 0).sum()


# ---- vouchers --------------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    budget=st.floats(0.0, 3e6), cap=st.floats(0.0, 2e5), rate=st.floats(0.0, 0.9), rule=st.sampled_from(RULES),
    administration=st.floats(0.0, 1.0), applied_for=st.booleans(),
)  # fmt: skip
def test_a_budget_is_never_overdrawn(budget, cap, rate, rule, administration, applied_for):
    """Whatever the budget, the value of a voucher, its rate, the rule, the cost of administration and how they are dealt."""
    given_ = vouchers(budget, cap, rate, rule) | {
        "regulators.administration_share": administration, APPLIED_FOR: float(applied_for),
    }  # fmt: skip
    model = EIPModel("no-eip-policy", tiny_world(40, sectors=range(18)), settings=given_ | {"awareness.base_rate": 0.5})
    while model.year < 2019:
        model.step()
        books, f = model.state.regulators, model.state.firms
        dealt = int((f.voucher_rate > 0.0).sum())
        if not applied_for:  # who wins a lottery may use all of its voucher
            assert dealt * int(cap * 100) * (1.0 + administration) <= budget * 100 + dealt + 1
        assert books.vouchers_offered[0] * (1.0 + administration) <= budget * 100 + dealt + 1
        assert books.vouchers[0] + books.administration[0] <= budget * 100 + 1
        assert (books.balance >= 0).all()
        assert (f.voucher_left >= 0).all()


def test_nobody_knows_an_option_when_the_first_vouchers_are_dealt_by_lottery():
    assert not (pilot(vouchers(1e6, 1e4) | {APPLIED_FOR: 0.0}, 2015).state.firms.voucher_rate > 0.0).any()


@pytest.mark.parametrize(("applied_for", "budgets"), [(0.0, (3e5, 1e6)), (1.0, (3e4, 1e5))])
def test_more_budget_serves_the_same_firms_and_more(applied_for, budgets):
    """In one year, of the same candidates: who has a voucher keeps it when the budget grows."""
    few, many = (
        pilot(vouchers({2015: 0.0, 2016: budget}, 1e4) | {APPLIED_FOR: applied_for}, 2016).state.firms.voucher_rate
        > 0.0
        for budget in budgets
    )
    assert 0 < few.sum() < many.sum()
    assert (few <= many).all()


def test_a_voucher_pays_its_share_up_to_its_value_and_lapses_with_the_year():
    model = pilot(vouchers(1e9, 500.0, 0.9), 2030)
    f = model.state.firms
    assert f.voucher_left.max() <= 50_000
    assert ((f.voucher_rate > 0.0) <= model.alive_mask()).all()
    model.step()
    assert 0.0 < model.subsidy_paid_usd <= 500.0 * (f.voucher_rate > 0.0).sum()


def test_the_treasury_pays_what_was_used_and_its_administration():
    model = pilot(vouchers(1e7, 1e4), 2025)
    books = model.state.regulators[0]
    assert books["appropriation"] == books["vouchers"] + books["administration"]
    assert books["administration"] == pytest.approx(0.1 * books["vouchers"], abs=1.0)
    assert books["vouchers"] > 0
