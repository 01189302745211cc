"""Ranges that hold what they say, a score that nobody betters by hedging, and verdicts that a vague model cannot win."""

import numpy as np
import pytest
from scipy import stats

from eipsim.analysis.evidence.verdicts import (
    COVER,
    HIGH,
    LEAST_VALUES,
    LOW,
    MOST_WIDTH,
    cover_of,
    judge,
    quantiles_of,
    ranked_score,
    reference_score,
)

TRIALS = 20_000
MANY = 20_001


# ---- how often a perfect model fails --------------------------------------------------------------------------------------


def shares_refuted(n, draw):
    """Of many perfect models, whose truth is one more draw of the same: how often n runs call it too low, and too high."""
    draws = draw(np.random.default_rng(n), (TRIALS, n + 1))
    truth, runs = draws[:, 0], draws[:, 1:]
    low, high = np.quantile(runs, (LOW, HIGH), axis=1, method="weibull")
    one = judge(runs[0], truth[0], truth[0])
    assert (one.low, one.high) == (low[0], high[0])  # what is tried here for many is what a verdict rests on
    return np.mean(high < truth), np.mean(low > truth)


@pytest.mark.parametrize("n", [20, 23, 38, 39, 100, 200])
@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, size: rng.normal(50.0, 10.0, size),
        lambda rng, size: rng.lognormal(0.0, 1.0, size),
        lambda rng, size: rng.standard_t(3, size),
        lambda rng, size: rng.uniform(0.0, 1.0, size),
        lambda rng, size: rng.exponential(1.0, size),
    ],
    ids=["normal", "lognormal", "heavy tails", "uniform", "exponential"],
)
def test_a_perfect_model_fails_at_the_stated_rate_however_many_runs_there_are(n, draw):
    sides = shares_refuted(n, draw)
    assert sides == pytest.approx((LOW, LOW), abs=0.0075)  # four standard errors of 20,000, and between ranks a little
    assert sum(sides) == pytest.approx(1.0 - COVER, abs=0.011)


def test_the_middle_nine_tenths_of_ten_runs_fail_too_often_which_is_why_there_is_no_verdict_of_them():
    draws = np.random.default_rng(1).normal(size=(TRIALS, 11))
    low, high = np.quantile(draws[:, 1:], (LOW, HIGH), axis=1)  # as many do, without a thought of how few there are
    assert np.mean((draws[:, 0] < low) | (draws[:, 0] > high)) == pytest.approx(0.24, abs=0.015)
    assert judge(draws[0, 1:], 50.0, 51.0).verdict == "no verdict"


def test_a_perfect_model_of_counts_fails_less_often_but_not_more():
    assert sum(shares_refuted(30, lambda rng, size: rng.poisson(2.0, size).astype(float))) < 1.0 - COVER


@pytest.mark.parametrize("n", [2, 5, 10, 18])
def test_few_values_are_told_to_hold_less(n):
    draws = np.random.default_rng(n).normal(size=(TRIALS, n + 1))
    low, high = np.quantile(draws[:, 1:], (LOW, HIGH), axis=1, method="weibull")
    held = np.mean((low <= draws[:, 0]) & (draws[:, 0] <= high))
    assert held == pytest.approx(cover_of(n), abs=0.014)
    assert cover_of(n) < COVER
    assert cover_of(LEAST_VALUES) == COVER


# ---- the score ------------------------------------------------------------------------------------------------------------


def normal_crps(mean, sd, fact):
    """In closed form (Gneiting & Raftery 2007)."""
    z = (fact - mean) / sd
    return sd * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))


@pytest.mark.parametrize(
    ("mean", "sd", "fact"), [(0.0, 1.0, 0.0), (50.0, 50.0, 0.0), (3.0, 0.5, 7.0), (1.0, 20.0, 2.0)]
)
def test_of_an_exact_number_it_is_the_crps_that_books_give(mean, sd, fact):
    runs = stats.norm.ppf((np.arange(MANY) + 0.5) / MANY, mean, sd)
    assert ranked_score(runs, fact, fact) == pytest.approx(normal_crps(mean, sd, fact), rel=1e-3)


@pytest.mark.parametrize(("low", "high"), [(-np.inf, -0.3), (0.4, np.inf)])
def test_of_a_bound_it_is_the_integral_of_what_is_missed_beyond_it(low, high):
    runs = stats.norm.ppf((np.arange(MANY) + 0.5) / MANY)
    z = np.linspace(-9.0, 9.0, 200_001)
    missed = np.where(z < low, stats.norm.cdf(z) ** 2, 0.0) + np.where(z > high, stats.norm.sf(z) ** 2, 0.0)
    assert ranked_score(runs, low, high) == pytest.approx(np.trapezoid(missed, z), rel=2e-3, abs=1e-6)


def test_of_a_range_it_is_the_ranked_probability_score_over_steps_as_wide():
    runs = stats.norm.ppf((np.arange(MANY) + 0.5) / MANY)
    edges = np.arange(-9.0, 9.5, 0.5)  # the fact lies between 0.5 and 1
    by_step = np.where(edges <= 0.5, stats.norm.cdf(edges) ** 2, stats.norm.sf(edges) ** 2)
    assert ranked_score(runs, 0.5, 1.0) == pytest.approx(0.5 * by_step.sum(), rel=2e-3)


def test_it_is_the_mean_over_pairs_of_what_both_miss():
    runs, steps = np.array([1.0, 2.0, 4.5, 6.0, 9.0]), np.array([-3, -2, 0, 1, 4])
    pairs = [(a, b) for k, a in enumerate(steps) for b in steps[k + 1 :]]
    missed = [max(-max(pair), 0) + max(min(pair), 0) for pair in pairs]
    assert ranked_score(runs[::-1], 4.0, 5.0) == pytest.approx(np.mean(missed))
    assert np.isnan(ranked_score(runs[:1], 4.0, 5.0))


def test_few_runs_score_on_average_as_many_do():
    rng = np.random.default_rng(3)
    few = [ranked_score(rng.normal(size=5), 0.5, 1.0) for _ in range(4000)]
    assert np.mean(few) == pytest.approx(
        ranked_score(rng.normal(size=200_000), 0.5, 1.0), abs=4 * np.std(few) / 4000**0.5
    )


def test_nobody_scores_better_by_saying_other_than_what_is_so():
    """Truths are N(0, 1), known to the unit they are in: N(0, 1) scores best on average, not what is sharper, vaguer, shifted."""
    units = np.floor(np.random.default_rng(5).normal(size=3000))
    grid = stats.norm.ppf((np.arange(400) + 0.5) / 400)

    def mean_score(shift, sd):
        return np.mean([ranked_score(shift + sd * grid, unit, unit + 1.0) for unit in units])

    honest = mean_score(0.0, 1.0)
    assert all(honest < mean_score(*other) for other in [(0.0, 0.6), (0.0, 1.7), (0.4, 1.0), (-0.4, 1.0), (0.3, 1.3)])


def test_the_reference_is_what_it_is_said_to_be():
    runs = 10.0 + MOST_WIDTH * 4.0 * (
        (np.arange(MANY) + 0.5) / MANY - 0.5
    )  # of a fact from 8 to 12, three times as wide
    assert reference_score(8.0, 12.0) == pytest.approx(2.0 / 9.0 * 4.0)
    assert ranked_score(runs, 8.0, 12.0) == pytest.approx(reference_score(8.0, 12.0), rel=1e-3)
    assert judge(runs, 8.0, 12.0).skill == pytest.approx(0.0, abs=1e-3)


def test_skill_is_one_within_the_fact_and_falls_with_bias_and_with_vagueness():
    grid = stats.norm.ppf((np.arange(200) + 0.5) / 200)
    of_bias = [judge(bias + grid, -3.0, 3.0).skill for bias in (0.0, 2.0, 4.0, 8.0)]
    of_spread = [judge(sd * grid, -3.0, 3.0).skill for sd in (1.0, 3.0, 5.0, 20.0)]
    for skills in (of_bias, of_spread):
        assert skills[0] == pytest.approx(1.0, abs=1e-4)
        assert skills == sorted(skills, reverse=True)
        assert skills[-1] < 0.0
    assert judge(np.linspace(4.0, 5.0, 30), 4.0, 5.0).skill == 1.0


# ---- verdicts -------------------------------------------------------------------------------------------------------------


def spread(low, high, n=39):
    """Runs of which the range that a verdict rests on goes from `low` to `high`."""
    return np.concatenate([[low - 1e-9], np.linspace(low, high, n - 2), [high + 1e-9]])


@pytest.mark.parametrize(
    ("runs", "low", "high", "verdict"),
    [
        (spread(1, 5), 2, 4, "agrees"),  # twice as wide
        (spread(0, 10), 4, 6, "too vague"),  # five times
        (spread(3, 9.5), 0, 2, "too high"),  # as vague, and wrong
        (spread(2, 3), 0, 10, "agrees"),  # sharper than the fact
        (spread(1, 3), 2.5, 9, "in part"),
        (spread(1, 30), 0, 3, "too vague"),  # overlap in part
        (spread(1, 3), 4, 9, "too low"),
        (spread(5, 7), 0, 4, "too high"),
        (spread(5, 7), 6, 6, "no verdict"),
        (spread(5, 7), 8, 8, "too low"),
        (np.full(30, 5.0), 5, 5, "agrees"),
        (np.full(30, 5.0), 4, 4, "too high"),
        (spread(5, 7), 4, np.inf, "agrees"),
        (spread(5, 7), 6, np.inf, "in part"),
        (spread(5, 7), 8, np.inf, "too low"),
        (spread(5, 7), -np.inf, 8, "agrees"),
        (np.full(30, np.nan), 0, 1, "no verdict"),
        (spread(0.2, 0.8, 19), 0, 1, "no verdict"),
        (spread(0.2, 0.8, 20), 0, 1, "agrees"),
    ],
)  # fmt: skip
def test_verdicts(runs, low, high, verdict):
    assert judge(runs, low, high).verdict == verdict


def test_fifty_of_bias_at_a_spread_of_fifty_agrees_no_more():
    runs = np.random.default_rng(2).normal(150.0, 50.0, 200)
    found = judge(runs, 90.0, 110.0)
    assert found.verdict == "too vague"
    assert found.width > 3.0
    assert found.skill < 0.0


def test_no_width_makes_a_model_agree():
    """Around the fact or beside it: with more spread the verdict goes from agreement or refutation to too vague, and stays."""
    grid = stats.norm.ppf((np.arange(100) + 0.5) / 100)
    spreads = (0.05, 0.2, 0.5, 1.0, 2.0, 10.0, 1000.0)
    centred = [judge(sd * grid, -0.5, 0.5).verdict for sd in spreads]
    beside = [judge(2.0 + sd * grid, -0.5, 0.5).verdict for sd in spreads]
    assert centred == ["agrees"] * 3 + ["too vague"] * 4
    assert beside == ["too high"] * 3 + ["too vague"] * 4


def test_shares_are_of_the_runs_that_have_a_value():
    found = judge(np.array([np.nan, 1.0, 2.0, 3.0, 4.0, np.inf]), 2.0, 3.0)
    assert (found.runs, found.inside, found.covered) == (4, 0.5, 1.0)
    assert (found.low, found.high) == (1.0, 4.0)
    assert judge(spread(2, 3), 0, 10).covered == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("runs", "low", "high", "words"),
    [
        ([0.0, 0.0, 1.0], 0.0, 0.1, "3 of 3 runs have a value, and a verdict needs 20"),  # a rare event
        ([np.nan] * 197 + [2030.0] * 3, 2028.0, 2032.0, "3 of 200 runs have a value, and a verdict needs 20"),
        ([np.nan] * 10 + [0.5] * 30, 0.0, 1.0, "30 of 40 runs have a value"),
        ([np.nan] * 40, 0.0, 1.0, "no run has a value"),
        ([5.0, 6.0] * 20, 5.0, 5.0, "an exact number"),
        ([0.5] * 40, 0.0, 1.0, ""),
    ],
)
def test_what_a_reader_must_know_is_told(runs, low, high, words):
    note = judge(np.array(runs), low, high).note
    assert words in note if words else not note


def test_quantiles_beyond_the_ranks_are_the_least_and_the_greatest():
    assert quantiles_of(np.arange(5.0), (LOW, 0.5, HIGH)).tolist() == [0.0, 2.0, 4.0]
