"""Vouchers that are applied for: who gets one, what it pays, and what would have been bought without."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from helpers import ALIKE, NO_AWARENESS, PLAIN, differences, quiet, same_tables, tiny_world

from eipsim.agents import Firm
from eipsim.agents.firm import applying as firms_apply
from eipsim.agents.firm import year as firm_year
from eipsim.agents.regulator.rationing import VOUCHER_DRAW, priorities
from eipsim.core import threads
from eipsim.core.compiled import IS_COMPILED
from eipsim.core.money import CENTS
from eipsim.explain import explain_measure
from eipsim.explain.firm import VERDICTS
from eipsim.market import books as ac
from eipsim.market.catalogue import measure_names
from eipsim.model.model import EIPModel
from eipsim.runs.simulation import simulate

APPLIED, DEALT = {"regulators.voucher_applications": 1.0}, {"regulators.voucher_applications": 0.0}
FROM = 2020
VOUCHERS = {"levers.capital_subsidy": 0.3, "levers.voucher_cap_usd": 2e4}


def vouchers(budget, **more):
    """Vouchers from 2020 on, applied for, with a yearly `budget` [USD]."""
    levers = (
        VOUCHERS | {f"levers.{name}": value for name, value in more.items()} | {"levers.subsidy_budget_usd": budget}
    )
    return APPLIED | {name: {"value": value, "from": FROM} for name, value in levers.items()}


def pilot_to(year, settings=None, **more):
    model = EIPModel("no-eip-policy", "pilot-parks", 2, settings=settings or {}, **more)
    while model.year < year:
        model.step()
    return model


SCARCE, PLENTY = 1e5, 1e9
NO_RENEWAL = {"behaviour.renewal_share": 0.0}  # so that what is new in a year has been decided on in it


@pytest.fixture(scope="module")
def scarce():
    """The first year of vouchers of which there are too few."""
    return pilot_to(FROM, vouchers(SCARCE) | NO_RENEWAL)


@pytest.fixture(scope="module")
def without():
    """The same firms in the same year without vouchers."""
    return pilot_to(FROM, NO_RENEWAL)


def bought_in(model, year):
    """Bits of the measures that firms have adopted in `year`."""
    f = model.state.firms
    fresh = (f.installed_year == year) & (((f.adopted_bits[:, None] >> np.arange(len(measure_names()))) & 1) == 1)
    return fresh


# ---- nothing to apply for --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"levers.capital_subsidy": 0.0, "levers.subsidy_budget_usd": 1e7},
        {"levers.capital_subsidy": 0.5, "levers.subsidy_budget_usd": 0.0},
        {"levers.capital_subsidy": 0.5, "levers.subsidy_budget_usd": 1e7, "levers.voucher_cap_usd": 0.0},
    ],
)
def test_without_vouchers_nothing_is_applied_for_bit_for_bit(policy):
    assert differences(pilot_to(2030, APPLIED | policy), pilot_to(2030, DEALT)) == []


def test_a_budget_below_every_application_moves_hardly_anybody():
    """It is no announcement: who is not served has not weighed anything at a price that it could not have."""
    poor, rich, plain = (pilot_to(2030, settings) for settings in (vouchers(1.0), vouchers(PLENTY), {}))
    assert poor.outcomes["subsidy_paid_usd"].sum() == 0.0
    moved = [(m.state.firms.first_adopted != plain.state.firms.first_adopted).any(axis=1).mean() for m in (poor, rich)]
    assert moved[0] < 0.1 * moved[1]


def test_vouchers_from_2020_leave_every_year_before_bitwise_unchanged():
    policy, plain = pilot_to(FROM - 1, vouchers(PLENTY)), pilot_to(FROM - 1)
    assert differences(policy, plain) == []


# ---- L9 and P2 ---------------------------------------------------------------------------------------------------------------


def l9_models(rate, rule, **settings):
    """Firms with vouchers of `rate` from 2016 on, and with projects cheaper from then on; options become known by and by."""
    always = {name: value for name, value in ALIKE.items() if name not in PLAIN}  # every mechanism is as by default
    always |= {"behaviour.firm_effect_sd": 0.5, "behaviour.vietnam_shift": -0.54, "behaviour.peer_weight": 0.5}
    always |= {"measures.operating_cost_share": 0.0, "measures.pv_operating_share": 0.0, "awareness.base_rate": 0.1}
    always |= settings
    offered = {"capital_subsidy": rate, "voucher_cap_usd": 1e8, "subsidy_budget_usd": 1e12}
    levers = APPLIED | {f"levers.{name}": {"value": value, "from": 2016} for name, value in offered.items()}
    models = []
    for more in (levers, {}):
        world = tiny_world(360, sectors=range(18))
        models.append(quiet(EIPModel("no-eip-policy", world, 3, rule=rule, settings=always | more), lasting=False))
        models[-1].state.market.catalogue.available_from[:] = 2015
    models[1].state.market.yearly.cost_level[1:] *= 1.0 - rate
    return models[0].run(), models[1].run()


@pytest.mark.parametrize("rule", [None, "npv_hurdle", "real_option", "planned_behaviour", "threshold"])
def test_l9_a_subsidy_and_a_cheaper_project_give_the_same_decisions_also_on_options_learnt_in_the_year(rule):
    subsidised, cheaper = l9_models(0.3, rule, **{"behaviour.renewal_share": 0.0})
    np.testing.assert_array_equal(subsidised.state.firms.first_adopted, cheaper.state.firms.first_adopted)
    np.testing.assert_array_equal(subsidised.state.firms.installed_year, cheaper.state.firms.installed_year)
    assert subsidised.outcomes["subsidy_paid_usd"].sum() > 0.0


ONE_MEASURE = NO_AWARENESS | ALIKE | {"behaviour.peer_weight": 1.0, "behaviour.firm_effect_sd": 0.5}


def test_p2_with_unlimited_budget_every_firm_adopts_no_later_at_a_higher_subsidy():
    paths, cooling = [], measure_names().index("cooling")
    for rate in (0.0, 0.1, 0.25, 0.5, 0.8):
        offered = {"capital_subsidy": rate, "voucher_cap_usd": 1e7, "subsidy_budget_usd": 1e12}
        settings = ONE_MEASURE | APPLIED | {f"levers.{name}": value for name, value in offered.items()}
        world = tiny_world(400, n_parks=3, sectors=range(18))
        model = quiet(EIPModel("no-eip-policy", world, 5, settings=settings), only="cooling", known=True)
        years = model.run().state.firms.first_adopted[:, cooling].astype(int)
        paths.append(np.where(years > 0, years, 9999))
    for lower, higher in pairwise(paths):
        assert (higher <= lower).all()
    assert (paths[-1] < paths[0]).mean() > 0.2


# ---- who is served -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["random", "small_first", "cost_effective_first"])
def test_firms_are_served_in_the_order_of_the_rule_while_what_they_would_use_fits_the_budget(rule):
    model = pilot_to(FROM, vouchers(SCARCE) | {"regulator.voucher_rule": rule})
    rows, f = model.rows_alive(), model.state.firms
    turn = priorities(model.state, model.year, rows, rule, VOUCHER_DRAW)
    served = f.voucher_rate[rows] > 0.0
    assert 0 < served.sum() < rows.size
    assert turn[served].max() < turn[~served].min()


def test_who_is_not_served_decides_as_without_vouchers(scarce, without):
    """Where firms have no neighbours to learn from, as in the first year, they are the same in every bit."""
    others = scarce.state.firms.voucher_rate == 0.0
    columns = ("voucher_rate", "voucher_left")
    assert same_tables(scarce.state.firms[others], without.state.firms[others], columns) == []
    assert others.sum() > 100


def test_some_that_apply_are_not_served_and_some_that_are_served_do_not_apply(scarce):
    books = scarce.state.regulators
    assert books.vouchers_asked[0] > books.vouchers_offered[0] > 0
    paid = scarce.state.firms.subsidised.any(axis=1)
    assert 0 < paid.sum() < books.vouchers_dealt[0]


def test_firms_whose_weigh_is_overridden_apply_by_it():
    class Stubborn(Firm):
        def weigh(self):
            return np.zeros(len(measure_names()))

    model = pilot_to(FROM, vouchers(PLENTY), firm_class=Stubborn)
    assert model.state.regulators.vouchers_asked[0] == 0
    assert model.state.regulators.vouchers_dealt[0] > 0


# ---- what is paid --------------------------------------------------------------------------------------------------------------


BOILERS = {"measures.boiler_lifetime": 6.0}  # a boiler that has just been chosen is not replaced early


@pytest.mark.parametrize(("budget", "more"), [(SCARCE, {}), (1e6, {}), (PLENTY, {}), (PLENTY, BOILERS)])
def test_what_is_offered_is_paid_to_the_cent_within_budget_and_caps(budget, more):
    model = EIPModel("no-eip-policy", "pilot-parks", 2, settings=vouchers(budget) | more)
    share, paid_in_all = model.state.market.constants.administration_share, 0
    while model.year < 2035:
        model.step()
        books = model.state.regulators
        paid = int(model.state.books.counts[:, ac.SUBSIDY].sum())
        assert paid == books.vouchers[0] == books.vouchers_offered[0] <= books.vouchers_asked[0]
        assert paid * (1.0 + share) <= budget * CENTS + 1
        assert model.vouchers_offered_usd == paid / CENTS
        held = model.state.firms.voucher_rate > 0.0
        left = model.state.firms.voucher_left[held]
        assert ((left >= 0) & (left <= 2e4 * CENTS)).all()
        paid_in_all += paid
    assert paid_in_all > 0


def test_where_demand_exceeds_the_budget_at_least_seventy_per_cent_is_paid_and_more_than_where_vouchers_are_reserved():
    shares = {}
    for name, way in {"applied for": {}, "reserved": DEALT}.items():
        model = EIPModel("no-eip-policy", "pilot-parks", 2, settings=vouchers(SCARCE) | way)
        paid, asked = [], []
        while model.year < 2035:
            model.step()
            if model.year >= FROM:
                paid.append(model.subsidy_paid_usd / SCARCE)
                asked.append(model.state.regulators.vouchers_asked[0] / CENTS / SCARCE)
        shares[name] = np.array(paid), np.array(asked)
    paid, asked = shares["applied for"]
    exceeded = asked > 1.0
    assert exceeded.sum() > 5
    assert (paid[exceeded] >= 0.7).all()
    assert paid.sum() > 1.5 * shares["reserved"][0].sum()


def test_a_cap_makes_a_large_project_dearer_than_the_rate_says():
    """Without an application firms counted with the whole rate, whatever the cap."""
    chances = {}
    for cap in (1e9, 1.0):
        model = EIPModel("no-eip-policy", "pilot-parks", 2, settings=vouchers(PLENTY, voucher_cap_usd=cap))
        while model.year < FROM - 1:
            model.step()
        replica = model.replay_to_decisions(FROM)
        rows = replica.rows_alive()[:60]
        chances[cap] = np.array([replica.firm(int(row)).weigh() for row in rows])
    plain = pilot_to(FROM - 1).replay_to_decisions(FROM)
    in_full = np.array([plain.firm(int(row)).weigh() for row in plain.rows_alive()[:60]])
    # what firms learn in the year is still to come in a replica, so options are the same
    assert (chances[1e9] >= in_full).all()
    assert (chances[1e9] > in_full).any()
    np.testing.assert_allclose(chances[1.0], in_full, atol=0.01)


# ---- what would have been bought anyway --------------------------------------------------------------------------------------


def test_applications_know_what_would_have_been_bought_without_a_voucher(scarce, without):
    """In the first year the run without vouchers is the same firms with the same draws, so it knows the answer too."""
    policy, plain = bought_in(scarce, FROM), bought_in(without, FROM)
    served = scarce.state.firms.voucher_rate > 0.0
    ((year, record),) = scarce.state.voucher_records
    assert year == FROM
    paid = policy & served[:, None]
    np.testing.assert_array_equal(record[:, firms_apply.ADOPTIONS], paid.sum(axis=0))
    np.testing.assert_array_equal(record[:, firms_apply.ANYWAY], (paid & plain).sum(axis=0))
    np.testing.assert_array_equal(record[:, firms_apply.GIVEN_UP], (plain & ~policy)[served].sum(axis=0))
    assert record[:, firms_apply.PAID_ANYWAY].sum() == scarce.state.regulators.vouchers_anyway[0]
    assert 0 < record[:, firms_apply.ANYWAY].sum() < record[:, firms_apply.ADOPTIONS].sum()
    additional = policy[served].sum() - plain[served].sum()
    told = quantity(scarce, "voucher_adoptions_additional")
    assert told == additional > 0


def quantity(model, name):
    """A quantity beyond the contract, of the last year of a model."""
    return float(model.chronicle.since(model.year).outcomes([name])[0, 0])


def test_the_table_of_vouchers_adds_up_to_the_outcomes_and_is_written(tmp_path):
    run = simulate("no-eip-policy", 2, world="pilot-parks", settings=vouchers(1e6), years=(2018, 2030))
    table = run.vouchers
    by_year = table.groupby("year").sum(numeric_only=True)
    assert by_year.index.tolist() == list(range(FROM, 2031))
    paid = run.outcomes["subsidy_paid_usd"]
    np.testing.assert_allclose(by_year["paid_usd"], paid.loc[FROM:], atol=0.01)
    assert (table["anyway"] <= table["adoptions"]).all()
    assert (table["paid_anyway_usd"] <= table["paid_usd"]).all()
    assert (table["additional"] == table["adoptions"] - table["anyway"] - table["given_up"]).all()
    run.save(tmp_path / "out")
    assert len(pd.read_csv(tmp_path / "out" / "vouchers.csv")) == len(table)
    assert simulate("subsidy", 2, world="pilot-parks", years=(2018, 2030), settings=DEALT).vouchers is None


def test_a_smaller_rate_is_spent_on_what_would_have_been_bought_anyway():
    shares = []
    for rate in (0.01, 0.3, 0.8):
        books = pilot_to(FROM, vouchers(PLENTY, capital_subsidy=rate)).state.regulators
        shares.append(books.vouchers_anyway[0] / books.vouchers_offered[0])
    assert shares == sorted(shares, reverse=True)
    assert 1.0 >= shares[0] > 0.9


# ---- the same whoever asks, and told -------------------------------------------------------------------------------------------

PACKAGE = APPLIED | {"levers.subsidy_budget_usd": {"value": 2e5, "from": 2026}, "regulator.voucher_rule": "small_first"}


@pytest.mark.parametrize("rule", [None, "threshold", lambda c, s, n, size, p, e: 0.5 if s > 0.2 * c else 0.1 * p])
def test_p8_agents_stepped_one_by_one_apply_bitwise_as_the_compiled_year_does(rule):
    ways = []
    for stepping in ("compiled", "agents"):
        model = EIPModel("net-zero-2050", "pilot-parks", 3, rule, stepping, settings=PACKAGE)
        while model.year < 2030:
            model.step()
        ways.append(model)
    assert differences(*ways) == []
    assert ways[0].state.regulators.vouchers_asked[0] > ways[0].state.regulators.vouchers_offered[0] > 0
    for (_, ours), (_, theirs) in zip(*(model.state.voucher_records for model in ways)):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.skipif(not IS_COMPILED, reason="plain Python does one thing at a time")
def test_applications_in_several_threads_are_those_in_one(monkeypatch):
    monkeypatch.setattr(firm_year, "WORTH_A_THREAD", 0)
    models = []
    for number in ("1", "3"):
        monkeypatch.setenv(threads.SETTING, number)
        models.append(EIPModel("net-zero-2050", "pilot-parks", 3, settings=PACKAGE).run())
    assert differences(*models) == []
    assert models[0].outcomes["subsidy_paid_usd"].sum() > 0.0


@pytest.fixture(scope="module")
def told_run():
    model = EIPModel("no-eip-policy", "pilot-parks", 6, settings=vouchers(3e5))
    before = None
    while model.year < 2024:
        before = model.state.firms.copy()
        model.step()
    return model, before


def test_explanations_are_what_the_run_did_in_a_year_of_applications(told_run):
    model, before = told_run
    after, pick, seen = model.state.firms, np.random.default_rng(1), set()
    rows = np.concatenate([np.flatnonzero(after.subsidised.any(axis=1))[:40], pick.choice(model.rows_alive(), 60)])
    fresh = bought_in(model, 2024)
    for row in rows:
        news = np.flatnonzero(fresh[row])
        for m in {*news.tolist(), int(pick.integers(len(measure_names())))}:
            told = explain_measure(model, int(row), measure_names()[m], 2024)
            assert told.verdict in VERDICTS
            had_it = before.installed_year[row, m] > 0 and before.episode[row, m] == after.episode[row, m]
            assert (told.verdict == "took it") == bool(fresh[row, m] and not had_it), told.text
            seen.add((told.facts.get("voucher_served"), told.facts.get("voucher_applied")))
    assert {(True, True), (True, False), (False, False)} <= seen


def test_an_explanation_says_whether_the_turn_came(told_run):
    model, _ = told_run
    texts = [
        explain_measure(model, int(row), "lighting", 2024).text
        for row in model.rows_alive()[:120]
        if model.state.firms.known_year[row, measure_names().index("lighting")] > 0
    ]
    assert any("Its turn did not come, so it decides at full cost." in text for text in texts)
    assert any("When its turn came" in text for text in texts)
