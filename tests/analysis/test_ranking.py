"""Which policy is best, how often, by how much, and how sure: on results whose answer is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from memory import EFFECT, RHO, study
from scipy.stats import norm

from eipsim.analysis.choice import scores
from eipsim.analysis.choice.ranking import rank
from eipsim.analysis.choice.same_draws import gain_of_same_draws
from eipsim.analysis.states_of_world import states_of
from eipsim.analysis.subsets import groups_of
from eipsim.designs.samplers import Latin
from eipsim.errors import InputError
from eipsim.sweeps.sweep import run_sweep

VALUE = "parks_certified @2050"


def random(seed=1):
    return np.random.default_rng(seed)


def ranking(values, rows=None, **more):
    """A ranking of values [scenarios, rows, replicates]."""
    wanted = {name: more.pop(name) for name in ("folder", "sampler", "baseline", "replicates") if name in more}
    return rank(study({"parks_certified": values}, rows, **wanted), VALUE, **more)


# ---- chance to be best and regret ------------------------------------------------------------------------------------

tables = arrays(float, st.tuples(st.integers(2, 5), st.integers(1, 12)), elements=st.integers(-3, 3).map(float))


@given(tables)
def test_chances_to_be_best_sum_to_one_in_every_state(better):
    assert scores.shares_best(better).sum(axis=0) == pytest.approx(np.ones(better.shape[1]), abs=1e-12)


@given(tables)
def test_regret_is_never_negative_and_nothing_for_the_best(better):
    lost = scores.regrets(better)
    assert (lost >= 0.0).all()
    assert (lost.min(axis=0) == 0.0).all()


@given(tables)
def test_every_scenario_has_a_rank_and_every_rank_a_scenario(better):
    shares = scores.rank_shares(better)
    assert shares.sum(axis=0) == pytest.approx(np.ones(len(better)))
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(better)))
    assert shares[:, 0] == pytest.approx(scores.shares_best(better).mean(axis=1))


def test_values_that_differ_by_rounding_only_tie():
    assert scores.shares_best(np.array([[0.1 + 0.2], [0.3]]))[:, 0].tolist() == [0.5, 0.5]


def test_chance_to_be_best_of_two_normal_scenarios_is_as_computed():
    """The better of N(0.5, 1) and N(0, 1), independent: the first with probability Phi(0.5 / sqrt 2)."""
    values = random().normal([[[0.5]], [[0.0]]], 1.0, size=(2, 4000, 1))
    table = ranking(values).table()
    truth = norm.cdf(0.5 / np.sqrt(2.0))
    assert table["scenario"].tolist() == ["a", "b"]
    assert table["best_share_low"][0] < truth < table["best_share_high"][0]
    assert table["best_share"].sum() == pytest.approx(1.0)
    lost = np.sqrt(2.0) * norm.pdf(0.5 / np.sqrt(2.0)) - 0.5 * norm.sf(0.5 / np.sqrt(2.0))  # E max(0, B - A)
    assert table["regret"][0] == pytest.approx(lost, abs=0.05)
    assert table["regret"][1] - table["regret"][0] == pytest.approx(table["mean"][0] - table["mean"][1])


def test_less_is_better_where_the_outcome_says_so():
    values = np.array([1.0, 2.0])[:, None, None] * np.ones((2, 3, 2))
    emissions = study({"co2_t": values})
    assert rank(emissions, "co2_t @2050").best == "a"
    assert rank(emissions, "sum(co2_t)").minimise
    assert rank(emissions, "co2_t @2050", minimise=False).best == "b"
    assert rank(emissions, "-co2_t @2050").best == "a"


# ---- intervals -------------------------------------------------------------------------------------------------------


def test_intervals_of_means_cover_the_truth_as_often_as_they_say():
    inside = 0
    for seed in range(400):
        _, low, high = scores.interval(random(seed).normal(size=30), np.arange(30))
        inside += low <= 0.0 <= high
    assert 0.92 <= inside / 400 <= 0.98


def test_replicates_of_a_row_are_no_further_evidence_about_its_inputs():
    """100 replicates of each of 10 rows that differ: the interval is that of 10 observations, not of 1000."""
    rows = random().normal(size=10)
    values = np.repeat(rows, 100)
    _, low, high = scores.interval(values, np.repeat(np.arange(10), 100))
    alone = scores.interval(rows, np.arange(10))
    assert (low, high) == pytest.approx(alone[1:])
    assert high - low > 5 * np.ptp(scores.interval(values, np.arange(1000))[1:])


def test_the_interval_of_a_share_stays_within_bounds_and_opens_at_the_ends():
    share, low, high = scores.share_interval(np.zeros(50), np.arange(50))
    assert (share, low) == (0.0, 0.0)
    assert 0.0 < high < 0.12


def test_rows_of_a_sobol_block_count_as_one_observation():
    sampler = {"method": "sobol", "n": 8}
    factors = {"factors": {"x": {"uniform": [0, 1]}, "z": {"uniform": [0, 1]}}, "sampler": sampler, "dummy": False}
    made = study({"parks_certified": random().normal(size=(2, 32, 1))}, pd.DataFrame({"x": range(32)}), **factors)
    assert len(np.unique(states_of(made).blocks)) == 8


def hypercubes(seed, n, repeats, factors=6):
    """Points of independent Latin hypercubes, and which of them each point belongs to."""
    problem = {"num_vars": factors, "names": [f"x{k}" for k in range(factors)], "bounds": [[0.0, 1.0]] * factors}
    points = Latin(method="latin", n=n, repeats=repeats, seed=seed).unit(problem, {})
    return points, np.repeat(np.arange(repeats), n)


def test_intervals_over_hypercubes_cover_the_truth_and_are_as_narrow_as_the_points_are_even():
    """The mean of a sum of six factors and a small product: 3.025. As independent points it would seem far less sure."""
    inside, widths, apart = 0, [], []
    for seed in range(1, 201):
        points, cubes = hypercubes(seed, 10, 10)
        y = points.sum(axis=1) + 0.1 * points[:, 0] * points[:, 1]
        _, low, high = scores.interval(y, cubes)
        inside += low <= 3.025 <= high
        widths.append(high - low)
        apart.append(np.ptp(scores.interval(y, np.arange(100))[1:]))
    assert 0.90 <= inside / 200 <= 0.99
    assert np.mean(widths) < np.mean(apart) / 5.0


def test_the_store_knows_which_hypercube_a_point_belongs_to():
    sampler, factors = {"method": "latin", "n": 4, "repeats": 5}, {"x": {"uniform": [0, 1]}}
    values = random().normal(size=(2, 20, 3))
    many = study(
        {"parks_certified": values}, pd.DataFrame({"x": range(20)}), factors=factors, sampler=sampler, dummy=False
    )
    assert states_of(many).blocks.tolist() == np.repeat(np.arange(5), 12).tolist()
    assert not rank(many, VALUE).states.notes
    one = study({"parks_certified": values}, pd.DataFrame({"x": range(20)}), factors=factors,
                sampler={"method": "latin", "n": 20}, dummy=False)  # fmt: skip
    assert len(set(states_of(one).blocks)) == 20
    assert "taken as independent" in rank(one, VALUE).states.notes[0]
    assert "repeats: 10" in rank(one, VALUE).states.notes[0]


def test_what_draws_shift_in_all_rows_alike_is_in_the_interval():
    """Forty rows and four replicates whose draws move every row by one and the same normal number."""
    inside, blind, widths, blocks, draws = 0, 0, [], np.repeat(np.arange(40), 4), np.tile(np.arange(4), 40)
    for seed in range(400):
        of_rows, of_draws, own = (random([k, seed]).normal(size=n) for k, n in ((1, 40), (2, 4), (3, 160)))
        values = of_rows[blocks] + of_draws[draws] + own
        _, low, high = scores.interval(values, blocks, draws)
        inside += low <= 0.0 <= high
        widths.append(high - low)
        _, low, high = scores.interval(values, blocks)
        blind += low <= 0.0 <= high
    assert 0.91 <= inside / 400 <= 0.99
    assert blind / 400 < 0.7
    assert np.mean(widths) < 1.6 * 2.0 * 1.96 * np.sqrt(1.0 / 40.0 + 1.0 / 4.0 + 1.0 / 160.0)


def test_draws_that_shift_nothing_leave_the_interval_as_it_is_or_a_little_wider():
    values, blocks, draws = random().normal(size=160), np.repeat(np.arange(40), 4), np.tile(np.arange(4), 40)
    alone, crossed = scores.interval(values, blocks), scores.interval(values, blocks, draws)
    assert crossed[0] == alone[0]
    assert np.ptp(alone[1:]) <= np.ptp(crossed[1:]) < 1.5 * np.ptp(alone[1:])


def test_each_scenario_is_told_by_its_paired_difference_from_the_best():
    """States differ by 100, scenarios by 1: the means say nothing, the differences all."""
    states = 100.0 * random().normal(size=(1, 60, 1))
    gains = np.array([0.0, 1.0, 3.0])[:, None, None] + 0.1 * random(2).normal(size=(3, 60, 1))
    table = ranking(states + gains).table().set_index("scenario")
    assert table.index.tolist() == ["c", "b", "a"]
    assert table["from_best"].tolist() == pytest.approx([0.0, -2.0, -3.0], abs=0.1)
    assert table.loc["b", "from_best_low"] < -2.0 < table.loc["b", "from_best_high"] < -1.9
    assert table.loc["b", "mean_high"] > table.loc["c", "mean_low"]
    alone = ranking((states + gains)[1:]).table().set_index("scenario")
    width, of_one = (
        np.ptp(t.loc["b" if t is table else "a", ["from_best_low", "from_best_high"]]) for t in (table, alone)
    )
    assert width > 1.1 * of_one, "with more scenarios, each interval has to be surer"


# ---- same draws ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Two scenarios whose noise is shared in part, run by a sweep in pairs of the same draws."""
    design = {"scenarios": ["a", "b"], "model": "memory:correlated", "years": [2050, 2050], "outcomes": ["parks_certified"],
              "replicates": 3000}  # fmt: skip
    store = run_sweep(design, tmp_path_factory.mktemp("swept") / "store", backend="serial")
    return rank(store, VALUE)


def test_pairing_saves_the_runs_that_the_correlation_says(swept):
    """U5: the variance of a difference in pairs is 2 s^2 (1 - rho)."""
    n, row = 3000, swept.differences().iloc[0]
    assert row["rho"] == pytest.approx(RHO, abs=0.01)
    assert (swept.values[1] - swept.values[0]).var() == pytest.approx(2.0 * (1.0 - RHO), rel=0.08)
    assert row["pairing_gain"] == pytest.approx(1.0 / (1.0 - RHO), rel=0.08)
    assert row["runs_saved"] == pytest.approx(2 * n * (1.0 / (1.0 - RHO) - 1.0), rel=0.1)
    assert row["low"] < EFFECT < row["high"]
    assert row["high"] - row["low"] == pytest.approx(2 * 1.96 * np.sqrt(2.0 * (1.0 - RHO) / n), rel=0.05)


def of_sets(seed, sets=40, each=5, apart=0.3, shared=0.9):
    """Scenarios a and b in sets that differ ten times as much as draws do, in their difference by `apart`."""
    draw = np.random.default_rng(seed).normal
    common, noise = draw(size=(sets, 1)) * 10.0, np.sqrt(shared) * draw(size=(sets, each))
    a, b = (common + noise + np.sqrt(1.0 - shared) * draw(size=(sets, each)) for _ in range(2))
    return np.stack([a, b + apart * draw(size=(sets, 1))])


def truth_of_sets(sets=40, each=5, apart=0.3, shared=0.9):
    """2 n (gain - 1), where other draws would add 2 shared / each to the variance of the mean difference of a set."""
    return 2 * sets * each * (2.0 * shared / each) / (apart**2 + 2.0 * (1.0 - shared) / each)


def test_runs_saved_are_against_the_same_sets_with_other_draws():
    """Against independent sets it would be a hundred times as much: those of this example differ a hundred times as draws."""
    values = of_sets(3)
    row = rank(study({"parks_certified": values}, draws="independent"), VALUE).differences().iloc[0]
    against_other_sets = 2 * 200 * ((values[0].var() + values[1].var()) / (values[1] - values[0]).var() - 1.0)
    assert row["runs_saved_low"] < truth_of_sets() < row["runs_saved_high"]
    assert row["runs_saved"] == pytest.approx(truth_of_sets(), rel=0.5)
    assert against_other_sets > 50 * row["runs_saved"]


def test_the_interval_of_runs_saved_over_sets_covers_as_often_as_it_says():
    sets = np.repeat(np.arange(40), 5)
    covers = 0
    for seed in range(300):
        a, b = of_sets(seed).reshape(2, -1)
        found = gain_of_same_draws(b, a, sets, sets, None)
        covers += found["runs_saved_low"] <= truth_of_sets() <= found["runs_saved_high"]
    assert 0.91 <= covers / 300 <= 0.98


def test_draws_that_all_sets_share_are_seen_through_the_means_over_sets():
    """Draws shift all 30 sets alike by 1, nine tenths of it in both scenarios: with other draws the mean would have that, too."""
    sets, draws, covers = np.repeat(np.arange(30), 8), np.tile(np.arange(8), 30), 0
    variance = 0.1 / 30 + 2.0 * 0.1 / 8
    truth = 2 * 240 * (2.0 * 0.9 / 8) / variance
    for seed in range(200):
        draw = np.random.default_rng(seed).normal
        shift = np.sqrt(0.9) * draw(size=8) + np.sqrt(0.1) * draw(size=(2, 8))
        a, b = (10.0 * draw(size=30))[sets] + shift[:, draws]
        found = gain_of_same_draws(b + np.sqrt(0.1) * draw(size=30)[sets], a, sets, sets, draws)
        covers += found["runs_saved_low"] <= truth <= found["runs_saved_high"]
    assert 0.91 <= covers / 200 <= 0.99


def test_nothing_is_said_of_runs_saved_where_no_set_has_several_draws_or_draws_are_few():
    alone = rank(study({"parks_certified": of_sets(1, each=1)}, draws="independent"), VALUE).differences().iloc[0]
    few = rank(study({"parks_certified": of_sets(1, each=4)}), VALUE).differences().iloc[0]  # the same four for all
    assert np.isnan([alone["runs_saved"], alone["pairing_gain"], few["runs_saved"], few["runs_saved_low"]]).all()
    assert alone["rho"] > 0.9


def test_chance_to_be_best_and_regret_of_runs_in_pairs_are_as_computed(swept):
    """U10, with the difference of two scenarios N(EFFECT, 2 (1 - rho))."""
    table, sd = swept.table(), np.sqrt(2.0 * (1.0 - RHO))
    assert table["best_share"].sum() == pytest.approx(1.0)
    assert (table["regret"] >= 0.0).all()
    assert table["scenario"].tolist() == ["b", "a"]
    assert table["best_share_low"][0] < norm.cdf(EFFECT / sd) < table["best_share_high"][0]
    lost = sd * norm.pdf(EFFECT / sd) - EFFECT * norm.sf(EFFECT / sd)
    assert table["regret_low"][0] < lost < table["regret_high"][0]


def test_states_in_which_any_run_failed_are_left_out_and_told():
    values = random().normal(size=(3, 20, 2))
    values[1, 4, 0] = values[2, 4, 0] = values[0, 7, 1] = np.nan
    made = ranking(values)
    assert made.states.n == 38
    assert made.states.left_out == {"a run failed or is still to come": 2}
    assert made.manifest["left_out"] == made.states.left_out


def test_states_in_which_the_condition_has_no_value_are_left_out_and_told():
    """Planted: four firms to 1 or 2 jobs (good enough: a quarter of the rows with a value), and in five rows to none."""
    jobs = np.full((2, 25, 1), 2.0)
    jobs[:, :5], jobs[1, 20:] = 1.0, 0.0
    stored = study(
        {"parks_certified": random().normal(size=(2, 25, 1)), "firms": np.full((2, 25, 1), 4.0), "jobs": jobs}
    )
    for condition in ("firms @2050 / jobs @2050 > 3", "not (firms @2050 / jobs @2050 <= 3)"):
        made = rank(stored, VALUE, satisfice=condition)
        assert made.table()["satisficing"].tolist() == [0.25, 0.25]
        assert (made.states.n, made.manifest["states_in_all"]) == (20, 25)
        ((told, count),) = made.states.left_out.items()
        assert told.startswith(f"{condition} has no value there: something is divided by 0")
        assert (count, told.endswith("in 5 of 50 runs")) == (5, True)


def test_nothing_is_ranked_where_the_condition_never_has_a_value():
    ones = np.ones((2, 9, 1))
    stored = study({"parks_certified": random().normal(size=(2, 9, 1)), "firms": ones, "jobs": 0.0 * ones})
    for average in (False, True):
        with pytest.raises(InputError, match=r"0 of 9 states can be used; in 9, .* something is divided by 0"):
            rank(stored, VALUE, satisfice="firms @2050 / jobs @2050 > 3", average=average)


def test_nothing_is_ranked_where_one_scenario_never_ran():
    values = random().normal(size=(2, 5, 1))
    values[1] = np.nan
    with pytest.raises(InputError, match="0 of 5 states can be used"):
        ranking(values)


# ---- equal cost and dominance ----------------------------------------------------------------------------------------


def with_costs(values, costs):
    shape = (len(values), 4, 1)
    each = {"parks_certified": values, "public_spending_usd": costs}
    return rank(study({k: np.broadcast_to(np.array(v, float)[:, None, None], shape) for k, v in each.items()}), VALUE)


def test_an_option_that_costs_more_and_gives_less_is_dominated():
    table = with_costs([0.0, 4.0, 3.0, 5.0], [0.0, 10.0, 12.0, 30.0]).at_equal_cost().set_index("scenario")
    assert table["on_frontier"].to_dict() == {"a": True, "b": True, "c": False, "d": True}
    assert table["dominated_by"]["c"] == "b"
    assert table["cost_per_unit"][["b", "d"]].tolist() == [2.5, 20.0]
    assert table["shortfall"]["c"] == pytest.approx(4.0 + 2.0 / 20.0 - 3.0)  # a mix of b and d costs as much


def test_options_that_cost_and_give_the_same_are_both_on_the_frontier():
    costs, values = np.array([0.0, 2.0, 2.0, 3.0, 3.0]), np.array([0.0, 2.0, 2.0, 2.0, 1.0])
    assert scores.frontier(costs, values).tolist() == [0, 1, 2]
    given = {"parks_certified": values, "public_spending_usd": costs}
    made = {name: one[:, None, None] * np.ones((5, 4, 1)) for name, one in given.items()}
    table = rank(study(made), VALUE).at_equal_cost().set_index("scenario")
    assert table["on_frontier"].to_dict() == {"a": True, "b": True, "c": True, "d": False, "e": False}
    assert (table.loc[["b", "c"], "frontier_share"] == 1.0).all()
    assert table.loc[["b", "c"], "cost_per_unit"].tolist() == [1.0, 1.0]
    assert (table.loc[["b", "c"], "dominated_by"] == "").all()


def test_scenarios_with_the_same_mean_are_told_as_tied():
    values = np.stack([np.arange(6.0), np.arange(6.0)[::-1], np.zeros(6)])[:, :, None]
    assert "a and b tie" in ranking(values).finding


def test_what_is_always_so_is_told_with_what_so_few_states_can_say():
    """57 rows with two replicates each: the best in all, by all resamples, and never 100 %."""
    values = np.stack([np.zeros((57, 2)), np.ones((57, 2)) + random().uniform(size=(57, 2))])
    made = ranking(values)
    assert made.reliability == 1.0
    assert "at least 94 % of resamples" in made.finding
    assert "114 of 114 states (at least 94 %)" in made.finding
    assert "100 %" not in made.finding
    assert made.table()["note"].tolist() == ["", "none seen in 114 states: at most 6 % of all such states have one"]


def test_points_of_several_hypercubes_count_each_and_rows_of_a_sobol_block_once():
    """What was so at all of 40 points of five hypercubes is not as unsure as five cases would be."""
    factors = {"factors": {"x": {"uniform": [0, 1]}, "z": {"uniform": [0, 1]}}, "dummy": False}
    values = np.stack([np.zeros((40, 1)), np.ones((40, 1))])
    hypercubes = study({"parks_certified": values}, sampler={"method": "latin", "n": 8, "repeats": 5}, **factors)
    values = values[:, :32]
    blocks = study({"parks_certified": values}, sampler={"method": "sobol", "n": 8}, **factors)
    assert (rank(hypercubes, VALUE).cases, rank(blocks, VALUE).cases) == (40, 8)


def test_an_option_that_a_mix_beats_at_equal_cost_is_not_on_the_frontier():
    table = with_costs([0.0, 1.0, 4.0], [0.0, 10.0, 20.0]).at_equal_cost().set_index("scenario")
    assert not table["on_frontier"]["b"]
    assert table["dominated_by"]["b"] == ""
    assert table["shortfall"]["b"] == pytest.approx(1.0)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8))
def test_nothing_lies_above_the_frontier(points):
    costs, values = np.array(points, dtype=float).T
    assert (scores.best_at_cost(costs, values) >= values - 1e-9).all()
    hull = scores.frontier(costs, values)
    assert not scores.cheaper_and_better(costs, values)[:, hull].any()


def test_stochastic_dominance_of_the_first_degree_implies_the_second():
    better = np.array([[1.0, 2.0, 3.0], [0.0, 2.0, 3.0], [2.0, 2.0, 2.0]])
    first, second = scores.dominance(better), scores.dominance(better, 2)
    assert first[0, 1]
    assert not first[1, 0]
    assert not first[2, 0]
    assert second[2, 0]  # the same mean without the risk
    assert (second | ~first).all()


# ---- satisficing and stability ---------------------------------------------------------------------------------------


def test_satisficing_is_the_share_of_states_in_which_the_condition_holds():
    values = np.stack([np.arange(10.0), np.full(10, 5.0)])[:, :, None]
    made = rank(study({"parks_certified": values}), VALUE, satisfice="parks_certified @2050 >= 5")
    assert made.table().set_index("scenario")["satisficing"].to_dict() == {"a": 0.5, "b": 1.0}


def test_the_ranking_under_each_rule_and_without_peers():
    rows = pd.DataFrame({"rule": ["curve", "npv"] * 50, "behaviour.peer_weight": [0.0, 0.0, 0.3, 0.6] * 25})
    rows["x"] = np.linspace(0.0, 1.0, 100)
    effect = np.where(rows["rule"] == "curve", 1.0, -1.0)[:, None]
    made = ranking(np.stack([0.2 * np.ones((100, 2)), effect + random().normal(0, 0.1, (100, 2))]), rows,
                   by=["rule", "behaviour.peer_weight=0"])  # fmt: skip
    table = made.stability().set_index("group")
    assert table["best"][["rule = curve", "rule = npv", "all states"]].tolist() == ["b", "a", "a"]
    assert table["cost_of_staying"]["rule = curve"] == pytest.approx(0.8, abs=0.05)
    assert table["agreement"][["rule = curve", "rule = npv"]].tolist() == [-1.0, 1.0]
    assert {"behaviour.peer_weight = 0", "behaviour.peer_weight not 0"} <= set(table.index)
    assert table["states"]["behaviour.peer_weight = 0"] == 100


def test_scenarios_that_tie_share_the_better_rank_everywhere():
    values = np.array([1.0, 3.0, 1.0])[:, None, None] * np.ones((3, 8, 1))
    made = ranking(values, pd.DataFrame({"rule": ["curve", "npv"] * 4}), by=["rule"])
    expected = {"a": 2, "b": 1, "c": 2}
    assert made.table().set_index("scenario")["rank"].to_dict() == expected
    for _, group in made.group_means().groupby("group"):
        assert group.set_index("scenario")["rank"].to_dict() == expected


def test_a_factor_with_many_values_is_cut_into_thirds():
    groups = groups_of(pd.DataFrame({"x": np.linspace(0.0, 1.0, 90)}), "x")
    assert [int(group.members.sum()) for group in groups] == [30, 30, 30]


def test_resamples_tell_a_clear_order_from_an_unclear_one():
    noise = random().normal(size=(2, 400, 1))
    clear = ranking(noise + np.array([1.0, 0.0])[:, None, None])
    unclear = ranking(noise - noise.mean(axis=1, keepdims=True))
    assert clear.reliability == 1.0
    assert "leads, but not clearly" in unclear.finding
    assert unclear.reliability < 0.7
    assert clear.reliability == ranking(noise + np.array([1.0, 0.0])[:, None, None]).reliability


def test_averages_over_replicates_leave_chance_out():
    values = random().normal(size=(2, 50, 40)) + np.array([0.5, 0.0])[:, None, None]
    share = ranking(values).table()["best_share"][0]
    averaged = ranking(values, average=True)
    assert share == pytest.approx(norm.cdf(0.5 / np.sqrt(2.0)), abs=0.04)
    assert averaged.table()["best_share"][0] > 0.9
    assert averaged.states.n == 50


def test_a_design_that_is_no_sample_says_so():
    values = random().normal(size=(2, 4, 1))
    assert "no random sample" in ranking(values).states.notes[0]  # points that somebody listed


# ---- mistakes --------------------------------------------------------------------------------------------------------


def test_every_mistake_of_a_question_is_told_at_once():
    made = study({"parks_certified": np.ones((2, 3, 1))})
    with pytest.raises(InputError) as told:
        rank(made, "parks_certifed @2050", satisfice="parks_certified @2060 > 1", cost="money @2050")
    text = str(told.value)
    assert "did you mean parks_certified?" in text
    assert "2060" in text
    assert "money" in text


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"by": ["rul"]}, "factor 'rul' is unknown"),
        ({"by": "x=7"}, "no run has x = 7"),
        ({"scenarios": ["a", "c"]}, "'c' is unknown"),
        ({"scenarios": ["a"]}, "nothing to choose from"),
        ({"baseline": "zero"}, "'zero' is unknown"),
    ],
)
def test_names_that_do_not_exist_are_refused(more, message):
    with pytest.raises(InputError, match=message):
        rank(study({"parks_certified": random().normal(size=(2, 12, 1))}), VALUE, **more)


def test_a_cost_is_needed_for_equal_cost():
    with pytest.raises(InputError, match="public_spending_usd is not stored"):
        ranking(np.ones((2, 3, 1))).at_equal_cost()


def test_all_tables_are_written(tmp_path):
    made = ranking(random().normal(size=(3, 20, 2)), by="x")
    made.save(tmp_path / "out")
    written = {file.name for file in (tmp_path / "out").iterdir()}
    assert written == {"manifest.json", "codebook.csv", *(f"{name}.csv" for name in made.tables())}
    assert pd.read_csv(tmp_path / "out/ranking.csv")["best_share"].sum() == pytest.approx(1.0)
