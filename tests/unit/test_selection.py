"""Whom programmes serve sooner: a race in which large and willing firms are favoured, and a plain lottery when nobody is."""

import doctest
import itertools

import numpy as np
import pytest
from helpers import NO_AWARENESS, differences, tiny_world
from hypothesis import given
from hypothesis import strategies as st

from eipsim.agents.regulator import rationing
from eipsim.agents.regulator.rationing import Weights, keyed_ties, priorities, turns, weighed_lots
from eipsim.agents.regulator.year import deal_in_order
from eipsim.core.draws import PROCESSES, drawn, stream
from eipsim.explain import explain_measure
from eipsim.model.model import EIPModel
from eipsim.rules import selection
from eipsim.scenarios.loading import apply_settings, load_scenario

AUDIT_DRAW = PROCESSES["audit priority"]
RULES = ("random", "small_first", "dirty_first", "committed_parks_first", "cost_effective_first")
SIZE, WILLING = "regulators.selection_size_exponent", "regulators.selection_willingness"
NOBODY = {SIZE: 0.0, WILLING: 0.0}


def programme(audits, **more):
    aims = {"from": 2016, "until": 2016, "payer": "public", "source": "test"}
    return {"programmes.audits": aims | {"audits": audits} | more}


def run_until(year, settings, world="pilot-parks", scenario="no-eip-policy"):
    model = EIPModel(scenario, world, 2, settings=settings)
    while model.year < year:
        model.step()
    return model


@pytest.fixture(scope="module")
def model():
    return run_until(2018, {}, scenario="baseline")


# ---- the race --------------------------------------------------------------------------------------------------------

# A planted population: bills [USD/yr] from one to sixty-four times the smallest, and effects that run against them.
BILLS, EFFECTS = np.array([1e4, 2e4, 1e5, 1.6e5, 6.4e5]), np.array([1.0, 0.5, 0.0, -0.5, -1.0])
ROUNDS = 40_000
ERRORS = 4.5  # standard errors that a share may lie off: a right share does so in one of a hundred thousand tries


def races(weights):
    """Who comes first to last [rounds, firms] when the planted population races again and again."""
    keys = np.arange(ROUNDS * BILLS.size, dtype=np.uint64)
    draws = drawn(keys, stream(7, "audit priority"))
    when = turns(draws, np.tile(np.log(BILLS), ROUNDS), np.tile(EFFECTS, ROUNDS), weights)
    return np.argsort(when.reshape(ROUNDS, BILLS.size), axis=1)


def off_by(count, n, share):
    """Standard errors between a count of `n` and its expectation."""
    return abs(count - n * share) / np.sqrt(n * share * (1.0 - share))


@pytest.mark.parametrize(("size_exponent", "willingness"), [(0.5, 0.0), (1.0, 0.0), (0.0, 1.0), (0.75, 2.0)])
def test_a_firm_is_first_with_a_probability_in_proportion_to_its_weight(size_exponent, willingness):
    order = races(Weights(size_exponent, willingness, np.log(1e5)))
    weight = (BILLS / 1e5) ** size_exponent * np.exp(willingness * EFFECTS)
    for firm, share in enumerate(weight / weight.sum()):
        assert off_by((order[:, 0] == firm).sum(), ROUNDS, share) < ERRORS, firm


def test_whoever_is_left_races_on_by_the_same_weights():
    order, weight = races(Weights(0.5)), np.sqrt(BILLS)
    for first, second in itertools.permutations(range(BILLS.size), 2):
        rest = order[order[:, 0] == first]
        share = weight[second] / (weight.sum() - weight[first])
        assert off_by((rest[:, 1] == second).sum(), len(rest), share) < ERRORS, (first, second)


def test_the_formulas_say_what_their_examples_say():
    tried = doctest.testmod(selection)
    assert tried.attempted > 1
    assert tried.failed == 0


distinct_draws = st.lists(st.integers(1, 2**30 - 1), min_size=1, max_size=50, unique=True)


@given(draws=distinct_draws, bill=st.floats(1.0, 30.0), effect=st.floats(-3.0, 3.0))
def test_among_firms_that_are_alike_the_draw_decides(draws, bill, effect):
    draws = np.array(draws) / 2**30
    alike = np.full(draws.size, bill), np.full(draws.size, effect)
    lots = weighed_lots(draws, *alike, Weights(0.7, 1.3, 12.0))
    assert np.argsort(lots).tolist() == np.argsort(draws).tolist()
    assert lots.min() == 0.0
    assert lots.max() < 1.0


def planted(n=400):
    pick = np.random.default_rng(5)
    return pick.random(n), pick.normal(12.0, 2.0, n), pick.normal(0.0, 0.5, n)


@pytest.mark.parametrize("log_reference", [0.0, 9.0, 14.0])
def test_the_reference_bill_moves_no_order(log_reference):
    firms = planted()
    lots = weighed_lots(*firms, Weights(0.8, 1.0, 12.0))
    assert np.array_equal(lots, weighed_lots(*firms, Weights(0.8, 1.0, log_reference)))


def test_the_place_of_a_firm_in_the_table_moves_no_order():
    turned, weights = np.random.default_rng(6).permutation(400), Weights(0.8, 1.0, 12.0)
    lots = weighed_lots(*planted(), weights)
    assert np.array_equal(lots[turned], weighed_lots(*(column[turned] for column in planted()), weights))


# ---- nobody favoured -------------------------------------------------------------------------------------------------


def test_at_zero_the_order_is_the_bare_draw_bit_for_bit(model):
    rows, f = model.rows_alive(), model.state.firms
    draws = keyed_ties(model.state.world.firms.key[rows], model.state.surroundings.streams[AUDIT_DRAW], model.year)
    committed = np.where(model.state.operators.commit_year[f.park[rows]] > 0, 0.0, 1.0)
    for weights in (rationing.EQUAL, Weights(0.0, 0.0, 11.0)):
        assert np.array_equal(priorities(model.state, model.year, rows, "random", AUDIT_DRAW, weights), draws)
        by_commitment = priorities(model.state, model.year, rows, "committed_parks_first", AUDIT_DRAW, weights)
        assert np.array_equal(by_commitment, committed + draws)


@pytest.mark.parametrize("rule", RULES)
def test_a_selection_of_zero_changes_no_bit_of_a_run(rule):
    off = {"selection": {"size_exponent": 0.0, "willingness": 0}}
    plain, selecting = (
        run_until(2022, programme(300, rule=rule, **more) | NOBODY, scenario="baseline") for more in ({}, off)
    )
    assert (plain.state.firms.audit_year == 2016).sum() > 200
    assert np.array_equal(plain.state.books.audits_given, selecting.state.books.audits_given)
    assert differences(plain, selecting) == []


def test_rules_that_rank_firms_by_themselves_do_not_hear_of_the_parameters():
    for rule in ("small_first", "dirty_first", "cost_effective_first"):
        plain, others = (
            run_until(2016, programme(100, rule=rule) | more) for more in (NOBODY, {SIZE: 1.0, WILLING: 2.0})
        )
        assert differences(plain, others) == []


def test_vouchers_and_the_adaptive_regulator_stay_lotteries():
    steered = {
        "levers.capital_subsidy": 0.3, "levers.subsidy_budget_usd": 1e6, "levers.voucher_cap_usd": 1e4,
        "regulator.adaptive": {
            "lever": "audits", "outcome": "recp_firm_share", "target": {2016: 0.5}, "start": 40, "most": 80,
        },
    }  # fmt: skip
    plain, selecting = (run_until(2020, steered | more) for more in (NOBODY, {SIZE: 1.0, WILLING: 2.0}))
    assert plain.audits_done > 100
    assert plain.state.regulators.vouchers_dealt[0] > 0
    assert differences(plain, selecting) == []


# ---- somebody favoured -----------------------------------------------------------------------------------------------


def audited(settings):
    """Rows of the firms that a programme of 60 audits in 2016 has served."""
    model = run_until(2016, programme(60, **settings))
    return model.state.firms, np.flatnonzero(model.state.firms.audit_year == 2016)


def test_the_larger_the_exponent_the_larger_the_firms_that_are_served():
    means = []
    for exponent in (0.0, 0.5, 1.0):
        firms, rows = audited({"selection": {"size_exponent": exponent}})
        assert rows.size == 60
        means.append(firms.log_size[rows].mean())
    assert means[0] + 0.3 < means[1]
    assert means[1] + 0.3 < means[2]


def test_willing_firms_are_served_first():
    effects = [firms.firm_effect[rows].mean() for firms, rows in (
        audited({"selection": {"willingness": w}}) for w in (0.0, 1.0, 2.0))]  # fmt: skip
    assert effects[0] + 0.1 < effects[1]
    assert effects[1] + 0.05 < effects[2]


def test_what_a_programme_does_not_say_is_as_the_parameters_have_it():
    said = programme(60, selection={"size_exponent": 0.5, "willingness": 1.0})
    by_parameters = programme(60) | {SIZE: 0.5, WILLING: 1.0}
    half_and_half = programme(60, selection={"size_exponent": 0.5}) | {SIZE: 3.0, WILLING: 1.0}
    against = programme(60, selection={"size_exponent": 0, "willingness": 0}) | {SIZE: 0.5, WILLING: 1.0}
    first, *others = (run_until(2017, settings) for settings in (said, by_parameters, half_and_half))
    for other in others:
        assert differences(first, other) == []
    nobody = run_until(2017, programme(60) | NOBODY)
    assert differences(nobody, run_until(2017, against)) == []
    assert differences(first, nobody) != []


def test_committed_parks_come_first_and_large_firms_first_among_them(model):
    rows, f = model.rows_alive(), model.state.firms
    committed = model.state.operators.commit_year[f.park[rows]] > 0
    assert 100 < committed.sum() < rows.size
    weights = Weights(1.0, 0.0, float(np.median(f.log_size[rows])))
    order = priorities(model.state, model.year, rows, "committed_parks_first", AUDIT_DRAW, weights)
    assert order[committed].max() < order[~committed].min()
    served = deal_in_order(rows, order, int(committed.sum()) // 4)
    assert f.log_size[served].mean() > f.log_size[rows[committed]].mean() + 0.3


# ---- a large programme runs out of the willing -----------------------------------------------------------------------

N = 20_000  # enough for a hundredth of them to be a sample


def uptake(share, willingness):
    """Share of the recommended options of a programme that audits this `share` of firms which are taken up in three years."""
    settings = NO_AWARENESS | {
        "behaviour.firm_effect_sd": 1.2,
        "behaviour.peer_weight": 0.0,
        "operators.commitment_base_rate": 0.0,
    }
    audits = programme(int(share * N), selection={"willingness": willingness})
    model = run_until(2018, settings | audits, tiny_world(N))
    assert model.firms_assisted == int(share * N)
    return model.options_implemented / model.options_identified


@pytest.mark.parametrize("willingness", [1.0, 2.0])
def test_acceptance_per_audit_falls_as_a_programme_covers_more_firms(willingness):
    few, some, half = (uptake(share, willingness) for share in (0.01, 0.1, 0.5))
    assert few > some + 0.02
    assert some > half + 0.05


def test_without_willingness_it_does_not():
    few, some, half = (uptake(share, 0.0) for share in (0.01, 0.1, 0.5))
    assert abs(few - half) < 0.05
    assert abs(some - half) < 0.02


# ---- told ------------------------------------------------------------------------------------------------------------


def test_an_explanation_tells_the_weight_of_the_firm():
    settings = programme(60, title="Test audits", selection={"size_exponent": 0.5, "willingness": 1.0})
    model = run_until(2016, settings)
    f, rows = model.state.firms, model.rows_alive()
    reference = np.exp(np.median(f.log_size[rows]))
    for served, row in ((True, np.flatnonzero(f.audit_year == 2016)[0]), (False, rows[f.audit_year[rows] == 0][0])):
        explanation = explain_measure(model, int(row), "lighting", 2016)
        (told,) = explanation.facts["selection"]
        expected = (np.exp(f.log_size[row]) / reference) ** 0.5 * np.exp(f.firm_effect[row])
        assert told["weight"] == pytest.approx(expected, rel=1e-9)
        assert told["reference_usd"] == pytest.approx(reference, rel=1e-9)
        assert (told["size_exponent"], told["willingness"], told["audited"]) == (0.5, 1.0, served)
        assert "Test audits favours some firms (size exponent 0.5, willingness 1)" in explanation.text
        assert ("It was audited." if served else "It was not audited.") in explanation.text


def test_where_nobody_is_favoured_an_explanation_is_silent_about_it():
    model = run_until(2016, programme(60) | NOBODY)
    explanation = explain_measure(model, int(model.rows_alive()[0]), "lighting", 2016)
    assert "selection" not in explanation.facts
    assert "favours" not in explanation.text


# ---- in files --------------------------------------------------------------------------------------------------------


def test_a_scenario_without_selection_keeps_the_digest_it_had():
    baseline = load_scenario("baseline")
    assert all("selection" not in said for said in baseline.document()["programmes"].values())
    selecting = load_scenario("baseline", programmes={"GEIPP phase I": {"selection": {"size_exponent": 0.5}}})
    assert selecting.digest != baseline.digest


def test_a_selection_is_joined_field_by_field_and_set_and_removed_like_all_else():
    name = "GEIPP phase I"
    first = load_scenario("baseline", programmes={name: {"selection": {"size_exponent": 0.5}}})
    both = load_scenario(first, programmes={name: {"selection": {"willingness": 1}}}).programmes[name].selection
    assert (both.size_exponent, both.willingness) == (0.5, 1.0)
    changed = apply_settings(first, {f"programmes.{name}.selection.size_exponent": "0.75"})
    assert changed.programmes[name].selection.size_exponent == 0.75
    assert apply_settings(first, {f"programmes.{name}.selection": "null"}).programmes[name].selection is None
