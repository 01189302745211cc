"""Scenario discovery: planted boxes are found, noise is not, and every score is what it says."""

import sys
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from memory import study

from eipsim.analysis.discovery.box import Box, Limit, examined, quasi_p, scores, simplified
from eipsim.analysis.discovery.discovery import discover
from eipsim.analysis.discovery.prim_and_cart import Search, best_balance, find, peeled, tells_something
from eipsim.analysis.discovery.unseen import confirmed, folds, held_out
from eipsim.analysis.study import Study
from eipsim.errors import InputError
from eipsim.sweeps.sweep import run_sweep

pytestmark = pytest.mark.xdist_group("discovery")  # what is made once for the file is made once

N, FAILS = 2000, "parks_certified @2050 < 100"


def planted(n=N, seed=1, noise=0.0):
    """Rows of eight numbers, a rule and a whole number; of interest in a box of four of them, a few flipped by noise."""
    random = np.random.default_rng(seed)
    rows = pd.DataFrame(random.uniform(size=(n, 8)), columns=[f"x{k}" for k in range(8)])
    rows["rule"], rows["count"] = random.choice(["curve", "npv", "peers"], n), random.integers(1, 6, n)
    inside = (
        rows["x0"].between(0.3, 0.8) & (rows["x1"] < 0.6) & (rows["rule"] != "peers") & (rows["count"] >= 2)
    ).to_numpy()
    return rows, inside ^ (random.uniform(size=n) < noise)


def results(rows, of_interest, replicates=1):
    values = np.where(of_interest, 50.0, 150.0)[None, :, None] * np.ones(replicates)
    return study({"parks_certified": values}, rows)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """The planted box run by a sweep, at the points of a Latin hypercube."""
    numbers = {f"x{k}": {"uniform": [0.0, 1.0]} for k in range(8)}
    design = {
        "scenarios": ["subsidy"], "model": "memory:in_the_planted_box", "years": [2050, 2050], "dummy": True,
        "factors": numbers | {"rule": {"choice": ["curve", "npv", "peers"]}, "count": {"integers": [1, 5]}},
        "outcomes": ["parks_certified"], "sampler": {"method": "latin", "n": N},
    }  # fmt: skip
    return Study(run_sweep(design, tmp_path_factory.mktemp("swept") / "store", backend="serial"))


# ---- a planted box ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found(stored):
    return discover(stored, FAILS, resamples=2)


def test_prim_finds_a_planted_box(found):
    """U9: coverage and density of at least 0.9 at n = 2000."""
    (box,) = found.boxes
    assert min(box.coverage, box.density) >= 0.9
    assert set(box.factors) == {"x0", "x1", "rule", "count"}
    limits = {limit.factor: limit for limit in box.limits}
    assert (limits["x0"].low, limits["x0"].high) == pytest.approx((0.3, 0.8), abs=0.03)
    assert limits["x1"].high == pytest.approx(0.6, abs=0.03)
    assert limits["x1"].low == -np.inf
    assert limits["rule"].labels == {"curve", "npv"}
    assert (limits["count"].low, limits["count"].high) == (2.0, np.inf)


def assert_same_boxes(one, two):
    """What has no value is the same as what has none."""
    boxes = [[asdict(box) for found in made.resampled for box in found.boxes] for made in (one, two)]
    assert boxes[0]
    np.testing.assert_equal(*boxes)


def test_two_workers_find_what_one_does(stored):
    one, two = (discover(stored, FAILS, method="cart", boxes=3, resamples=4, jobs=jobs) for jobs in (1, 2))
    assert (one.which == two.which).all()
    assert_same_boxes(one, two)


def test_cart_finds_a_planted_box(stored):
    made = discover(stored, FAILS, method="cart", boxes=3, resamples=5)
    total = made.scores().iloc[-1]
    assert min(total["coverage"], total["density"]) >= 0.9
    assert set(made.boxes[0].factors) <= {"x0", "x1", "rule", "count"}
    assert made.reproducibility().columns.tolist() == ["factor", "box"]


def test_resamples_find_it_again_and_it_holds_in_rows_that_the_search_did_not_see(found):
    again = found.reproducibility().set_index("factor")
    assert (again.loc[["x0", "x1", "rule", "count"]] == 1.0).all(axis=None)
    assert (again.loc[["x2", "x3", "x4", "x5", "x6", "x7"], "box"] <= 0.5).all()
    (row,) = found.candidates().itertuples()
    assert row.told
    assert min(row.unseen_coverage, row.unseen_density) >= 0.85
    assert row.unseen_base < row.unseen_low < row.unseen_density < row.unseen_high
    assert (found.limits()["resamples"] == 1.0).all()


def test_the_finding_names_the_limits(found):
    assert "x0 from 0." in found.finding
    assert "rule is curve or npv" in found.finding


def test_the_same_seed_finds_the_same():
    one, other = (discover(results(*planted(200)), FAILS, method="cart", resamples=2) for _ in range(2))
    assert one.boxes
    assert one.candidates().equals(other.candidates())
    assert one.limits().equals(other.limits())


def test_with_a_tenth_of_the_rows_flipped_the_box_is_still_found():
    rows, of_interest = planted(700, noise=0.1)
    (box,) = find(rows.astype({"count": float}), of_interest, Search()).boxes
    assert {"x0", "x1", "rule"} <= set(box.factors)
    assert box.density > 0.7


def test_two_boxes_are_found_one_after_the_other():
    random = np.random.default_rng(2)
    rows = pd.DataFrame(random.uniform(size=(600, 3)), columns=list("abc"))
    of_interest = ((rows["a"] > 0.75) | ((rows["b"] > 0.75) & (rows["a"] < 0.4))).to_numpy()
    found = find(rows, of_interest, Search(boxes=3)).boxes
    assert len(found) >= 2
    assert {found[0].factors[0], found[1].factors[0]} == {"a", "b"}
    assert scores(found[0].holds(rows) | found[1].holds(rows), of_interest)["coverage"] > 0.9


def test_a_density_that_is_asked_for_is_reached_where_it_can_be():
    rows, of_interest = planted(300, noise=0.1)
    way, _ = peeled(rows.astype({"count": float}), of_interest, Search())
    wide, dense = best_balance(way, 0.3), best_balance(way, 0.8)
    assert way["density"][wide] >= 0.3
    assert way["density"][dense] >= 0.8
    assert way["coverage"][wide] >= way["coverage"][dense]


# ---- nothing to find -------------------------------------------------------------------------------------------------


def noise(seed, n=300):
    random = np.random.default_rng(seed)
    rows = pd.DataFrame(random.uniform(size=(n, 5)), columns=list("abcde"))
    rows["rule"] = random.choice(["curve", "npv", "peers"], n)
    return rows, random.uniform(size=n) < 0.3


@pytest.mark.parametrize("method", ["cart", "prim"])
def test_in_noise_no_condition_is_found(method):
    """The best box of a tree looks twice as dense as all rows in noise, too; rows that it did not see are no denser."""
    made = [discover(results(*noise(seed)), FAILS, method=method, resamples=5) for seed in range(10)]
    assert sum(bool(one.boxes) for one in made) <= 1
    assert all("no condition was found" in one.finding for one in made if not one.boxes)
    if method == "cart":
        assert sum(len(one.candidates()) for one in made) >= 9
        assert made[0].candidates()["density"].max() > 1.5 * made[0].base


@pytest.mark.parametrize("method", ["cart", "prim"])
def test_no_box_is_empty_or_everything(method):
    for seed in range(20 if method == "cart" else 5):
        rows, of_interest = noise(seed, 120)
        for box in find(rows, of_interest, Search(method, 3, None, 0.05)).boxes:
            assert 0 < box.holds(rows).sum() < len(rows)
            assert str(box) != "everywhere"


def test_a_box_of_rows_that_an_earlier_one_holds_tells_nothing():
    rows = pd.DataFrame({"a": np.linspace(0.0, 1.0, 11)})
    wide, within, beyond, nowhere = (Box((Limit("a", low),)) for low in (0.5, 0.8, 0.2, 2.0))
    assert [tells_something(box, rows, [wide]) for box in (within, beyond, nowhere, Box())] == [
        False,
        True,
        False,
        False,
    ]


def test_a_box_is_not_told_when_resamples_limit_other_factors():
    """The same rows, but resamples that found something else each time."""
    rows, of_interest = planted(300)
    made = discover(results(rows, of_interest), FAILS, method="cart", resamples=4)
    assert made.boxes
    others = tuple(replace(one, boxes=(Box((Limit(f"x{k + 2}", 0.5),)),)) for k, one in enumerate(made.resampled))
    (first, *_) = replace(made, resampled=others).candidates().itertuples()
    assert not first.told
    assert first.why_not == "resamples do not find it again"


def test_a_limit_that_resamples_do_not_find_again_is_not_told():
    rows, of_interest = planted(300)
    box = Box((Limit("x1", high=0.6), Limit("x5", 0.01)))
    again = [
        Box((Limit("x1", high=0.61),)),
        Box((Limit("x1", high=0.59), Limit("x5", 0.02))),
        Box((Limit("x1", high=0.6),)),
    ]
    assert confirmed(box, again, rows, of_interest).factors == ("x1",)


def test_a_second_box_is_judged_by_what_the_first_leaves():
    """All of interest lie in the first: the second is no denser than the rows that are left."""
    of_interest = np.arange(100) < 40
    which = np.where(np.arange(100) < 50, 1, np.where(np.arange(100) < 75, 2, 0))
    first, second = (held_out(which, of_interest, np.arange(100), number) for number in (1, 2))
    assert (first.density, first.base, first.coverage) == (0.8, 0.4, 1.0)
    assert first.is_denser
    assert (second.density, second.base) == (0.0, 0.0)
    assert not second.is_denser


def test_rows_of_a_block_are_left_out_together():
    blocks = np.repeat(np.arange(30), 4)
    of_interest = np.random.default_rng(3).uniform(size=120) < 0.4
    parts = list(folds(of_interest, blocks, 1))
    assert len(parts) == 5
    assert sorted(np.concatenate([unseen for _, unseen in parts]).tolist()) == list(range(120))
    assert all(not set(blocks[seen]) & set(blocks[unseen]) for seen, unseen in parts)


def test_without_resamples_nothing_is_told():
    made = discover(results(*planted(300)), FAILS, method="cart", resamples=0)
    assert made.boxes == ()
    assert "no condition was found" in made.finding
    assert "without resamples" in made.finding


def test_a_condition_that_nearly_always_holds_has_a_box_too():
    """Nine of ten rows are of interest: no box can be 1.2 times as dense, but the rest can be rarer."""
    rows = pd.DataFrame(np.random.default_rng(4).uniform(size=(300, 3)), columns=list("abc"))
    made = discover(results(rows, (rows["a"] > 0.1).to_numpy()), FAILS, resamples=3)
    assert made.boxes[0].factors == ("a",)


@pytest.mark.parametrize(("of_interest", "count"), [(np.zeros(40, bool), 0), (np.ones(40, bool), 40)])
def test_a_condition_that_holds_nowhere_or_everywhere_is_a_finding(of_interest, count):
    rows = pd.DataFrame({"a": np.linspace(0.0, 1.0, 40), "b": np.linspace(1.0, 0.0, 40) ** 2})
    made = discover(results(rows, of_interest), FAILS)
    assert made.boxes == ()
    assert f"in {count} of 40 rows: there is nothing to tell apart" in made.finding
    assert made.scores().empty
    assert made.limits().empty


def test_no_rows_at_all_have_no_score():
    """A resample of few rows may draw them all, and leave none that it did not see."""
    nothing = np.zeros(0, dtype=bool)
    assert all(np.isnan(scores(nothing, nothing)[name]) for name in ("coverage", "density", "mass"))


def test_few_cases_are_told():
    rows, _ = planted(200)
    made = discover(results(rows, np.arange(200) < 5), FAILS, resamples=0)
    assert any("only 5 rows" in note for note in made.notes)


# ---- scores ----------------------------------------------------------------------------------------------------------

limits = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)


@settings(max_examples=50)
@given(limits, limits, st.integers(0, 99))
def test_scores_are_shares_that_fit_together(a, b, seed):
    random = np.random.default_rng(seed)
    rows = pd.DataFrame(random.uniform(size=(80, 2)), columns=["a", "b"])
    of_interest = random.uniform(size=80) < 0.4
    box = Box((Limit("a", *a), Limit("b", *b))).scored(rows, of_interest)
    assert box.rows == round(box.mass * 80)
    assert box.cases == pytest.approx(box.coverage * of_interest.sum())
    assert np.isnan(box.density) if box.rows == 0 else box.density == pytest.approx(box.cases / box.rows)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_scores_and_quasi_p_values_are_those_of_the_ema_workbench():
    from ema_workbench.analysis.prim import Prim

    rows, of_interest = planted(600, noise=0.05)
    rows = rows.astype({"count": float})
    theirs = Prim(rows.astype({"rule": object}), of_interest, threshold=1e-9).find_box()
    way, all_limits = peeled(rows, of_interest, Search())
    for number in (5, 15, len(way) - 1):
        ours = examined(Box(all_limits[number]), rows, of_interest)
        row = theirs.peeling_trajectory.iloc[number]
        assert (ours.coverage, ours.density, ours.mass) == pytest.approx((row["coverage"], row["density"], row["mass"]))
        for limit in ours.limits:
            wanted = [p for p in theirs.qp[number][limit.factor] if p >= 0.0]
            assert [p for p in (limit.qp_low, limit.qp_high) if not np.isnan(p)] == pytest.approx(wanted, rel=1e-6)


def test_a_limit_that_does_nothing_has_a_large_quasi_p_value_and_is_dropped():
    rows, of_interest = planted(800)
    box = Box((Limit("x0", 0.3, 0.8), Limit("x5", 0.01)))
    assert quasi_p(box, 1, Limit("x5"), rows, of_interest) > 0.2
    assert simplified(box, rows, of_interest).factors == ("x0",)


# ---- what is asked ---------------------------------------------------------------------------------------------------


def test_a_row_counts_when_the_condition_holds_in_enough_of_its_replicates():
    rows = pd.DataFrame({"a": np.arange(30.0)})
    values = np.full((1, 30, 4), 150.0)
    values[0, :10, :2] = 50.0
    stored = study({"parks_certified": values}, rows)
    assert discover(stored, FAILS, resamples=0).of_interest.sum() == 10
    assert discover(stored, FAILS, share=0.75, resamples=0).of_interest.sum() == 0


def test_scenarios_are_told_apart_as_a_factor():
    rows, of_interest = planted(200)
    values = np.stack([np.where(of_interest, 50.0, 150.0), np.full(200, 150.0)])[:, :, None]
    stored = study({"parks_certified": values}, rows, scenarios=["subsidy", "baseline"])
    assert "policy" in discover(stored, FAILS, method="cart", resamples=3).boxes[0].factors
    alone = discover(stored, FAILS, scenarios="subsidy", method="cart", resamples=0)
    assert "policy" not in alone.rows
    assert len(alone.rows) == 200


def test_rows_without_a_result_are_left_out_and_told():
    rows = pd.DataFrame({"a": np.linspace(0.0, 1.0, 50)})
    values = np.where(rows["a"] < 0.4, 50.0, 150.0)[None, :, None].copy()
    values[0, :7] = np.nan
    made = discover(study({"parks_certified": values}, rows), FAILS, resamples=0)
    assert len(made.rows) == 43
    assert made.left_out == {"a run failed or is still to come": 7}


RATIO = "firms @2050 / jobs @2050 > 3"
DIVIDED = f"{RATIO} has no value there: something is divided by 0 (column 13) in"


def with_ratio(jobs, replicates=1, **more):
    """Rows in which four firms share `jobs` [scenarios, rows]: RATIO holds where that is 1, not where it is 2."""
    rows = pd.DataFrame({"a": np.linspace(0.0, 1.0, jobs.shape[-1])})
    jobs = np.atleast_2d(jobs)[:, :, None] * np.ones(replicates)
    return study({"firms": np.full(jobs.shape, 4.0), "jobs": jobs}, rows, **more)


def some_jobs():
    return np.where(np.linspace(0.0, 1.0, 100) < 0.4, 1.0, 2.0)


def test_rows_in_which_a_condition_has_no_value_are_no_cases_and_are_told():
    jobs = some_jobs()
    jobs[-20:] = 0.0
    for where in (RATIO, "not (firms @2050 / jobs @2050 <= 3)"):
        made = discover(with_ratio(jobs), where, resamples=0)
        assert (len(made.rows), int(made.of_interest.sum()), made.in_all) == (80, 40, 100)
        assert made.found.boxes[0].limits[0].high == pytest.approx(0.4, abs=0.02)
        ((told, count),) = made.left_out.items()
        assert told.startswith(f"{where} has no value there: something is divided by 0")
        assert (count, made.manifest["rows_in_all"]) == (20, 100)
    assert list(discover(with_ratio(jobs), RATIO, resamples=0).left_out) == [f"{DIVIDED} 20 of 100 runs"]


def test_a_row_without_a_value_is_left_out_in_its_own_scenario_only():
    stored = with_ratio(np.stack([np.zeros(100), some_jobs()]), scenarios=["baseline", "subsidy"])
    made = discover(stored, RATIO, resamples=0)
    assert (len(made.rows), made.in_all, sum(made.left_out.values())) == (100, 200, 100)
    assert made.rows.columns.tolist() == ["a"]  # all that is left is of one scenario


def test_the_share_of_a_row_is_of_its_replicates_with_a_value_which_is_told():
    stored = with_ratio(some_jobs(), replicates=2)
    stored = study(
        {"firms": stored.values("firms @2050"), "jobs": stored.values("jobs @2050") * [1.0, 0.0]}, stored.rows
    )
    made = discover(stored, RATIO, resamples=0)
    assert (len(made.rows), int(made.of_interest.sum()), made.left_out) == (100, 40, {})
    assert any(
        note.startswith(f"in 100 of 100 rows {RATIO} has a value in some replicates only") for note in made.notes
    )


def test_a_box_of_rows_without_a_value_is_refused_with_the_reason():
    with pytest.raises(InputError) as error:
        discover(with_ratio(np.zeros(30)), RATIO)
    assert "0 of 30 rows can be used; in 30, " + DIVIDED in str(error.value)


def test_what_decides_without_the_missing_value_counts():
    made = discover(with_ratio(np.zeros(30)), f"{RATIO} or firms @2050 > 3", resamples=0)
    assert (made.of_interest.all(), len(made.rows), made.left_out) == (True, 30, {})


def test_the_inert_dummy_is_no_factor_of_a_box():
    sampler = {"factors": {"a": {"uniform": [0, 1]}}, "sampler": {"method": "latin", "n": 40}, "dummy": True}
    made = study({"parks_certified": np.where(np.arange(40) < 20, 50.0, 150.0)[None, :, None]}, None, **sampler)
    assert "dummy" in made.rows
    assert discover(made, FAILS, resamples=0).rows.columns.tolist() == ["a"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"method": "prime"}, "did you mean prim?"),
        ({"density": 1.2}, "density: 1.2 is out of range"),
        ({"boxes": 0}, "boxes: 0 is out of range"),
        ({"jobs": 0}, "jobs: 0 is out of range"),
        ({"share": 0.0}, "share: 0.0 is out of range"),
        ({"factors": ["x9"]}, "factor that varies 'x9' is unknown"),
        ({"scenarios": ["z"]}, "'z' is unknown"),
    ],
)
def test_what_cannot_be_asked_is_refused(stored, more, message):
    with pytest.raises(InputError) as told:
        discover(stored, FAILS, resamples=0, **more)
    assert message in str(told.value)


def test_mistakes_of_the_condition_are_told(stored):
    with pytest.raises(InputError, match="a condition"):
        discover(stored, "parks_certified @2050")


def test_without_the_extra_it_says_how_to_get_it(stored, monkeypatch):
    monkeypatch.setitem(sys.modules, "ema_workbench.analysis.prim", None)  # an import that finds nothing
    with pytest.raises(InputError, match=r"pip install 'eipsim\[analysis\]'"):
        discover(stored, FAILS, resamples=0)


def test_all_tables_are_written(found, tmp_path):
    found.save(tmp_path / "out")
    rows = pd.read_csv(tmp_path / "out/rows.csv")
    assert rows.loc[rows["box_1"], "of_interest"].mean() == pytest.approx(found.boxes[0].density)
    assert pd.read_csv(tmp_path / "out/trajectory.csv")["chosen"].sum() == 1
