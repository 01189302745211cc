"""Sensitivity through eipsim's own sweep and store: known answers, noise, gaps, and every trap that was met in SALib."""

import copy
import doctest
import re
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy.stats import t as student

from eipsim.analysis import too_few
from eipsim.analysis.intervals import mean_interval
from eipsim.analysis.sensitivity import chance, indices, methods, morris, sobol
from eipsim.analysis.sensitivity.indices import sensitivity
from eipsim.analysis.sensitivity.methods import METHODS, Sample
from eipsim.analysis.sensitivity.screening import matter, next_design, write_next
from eipsim.analysis.study import Study
from eipsim.data.parameters import load_parameters
from eipsim.designs.reading import load_design
from eipsim.errors import InputError
from eipsim.figures import influences, tornadoes
from eipsim.stores.store import Store
from eipsim.sweeps.sweep import run_sweep

PI = {"uniform": [-np.pi, np.pi]}
STANDARD = {"uniform": [-(3.0**0.5), 3.0**0.5]}  # mean 0, variance 1
EXACT_S1, EXACT_ST = np.array([0.3139, 0.4424, 0.0]), np.array([0.5576, 0.4424, 0.2437])
V, NOISE = 0.84, 0.25  # variances of `known_models.noisy`: by inputs, by draws
TRUE_S1, TRUE_ST = np.array([0.64, 0.16]) / V, np.array([0.68, 0.20]) / V


def swept(folder, model, factors, sampler, **more):
    """A store that eipsim's own sweep has filled."""
    design = {"scenarios": ["a"], "model": f"known_models:{model}", "outcomes": ["y"], "years": [2050, 2050],
              "factors": factors, "sampler": sampler, **more}  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return run_sweep(design, folder / "store", backend="serial")


def estimates(found, index, factors=("x1", "x2", "x3"), column="estimate"):
    rows = found.table[(found.table["index"] == index) & (found.table["other"] == "")].set_index("factor")
    return rows.loc[list(factors), column].to_numpy(float)


def told(call):
    with pytest.raises(InputError) as error:
        call()
    return "\n".join(map(str, error.value.mistakes))


def sample_of(unit, names, method, groups=None, **more):
    """What an analyser knows of points that SALib gave."""
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    given = {"seed": 1, "resamples": 20, "confidence": 0.95, "method": method, **more}
    whole = problem | ({"groups": groups} if groups else {})
    return Sample(unit, lambda: copy.deepcopy(whole), SimpleNamespace(**given))


def problem_of(d):
    return {"num_vars": d, "names": [f"x{k}" for k in range(d)], "bounds": [[0.0, 1.0]] * d}


def ishigami(unit):
    x = np.pi * (2.0 * unit[:, :3] - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


@pytest.mark.parametrize("module", [too_few, chance, indices, influences, morris, tornadoes])
def test_examples_in_the_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


# ---- Sobol' indices -----------------------------------------------------------------------------------------------------


def test_ishigami_has_its_known_indices(tmp_path):
    store = swept(tmp_path, "ishigami", {"x1": PI, "x2": PI, "x3": PI}, {"method": "sobol", "n": 8192})
    found = sensitivity(store, "y")
    for index, exact in (("S1", EXACT_S1), ("ST", EXACT_ST)):
        assert (estimates(found, index, column="low") <= exact + 0.001).all()
        assert (estimates(found, index, column="high") >= exact - 0.001).all()
        assert np.abs(estimates(found, index) - exact).max() < 0.02
    assert estimates(found, "ST", ["dummy"]) == 0.0
    assert "not told from 0" in set(found.table.loc[found.table["factor"] == "x3", "note"])


@pytest.mark.parametrize("second_order", [False, True])
def test_indices_are_those_of_salib_and_scipy_to_the_last_digits(second_order):
    from SALib.analyze import sobol as of_salib
    from scipy.stats import sobol_indices

    d, n = 4, 64
    y = np.random.default_rng(5).gamma(2.0, size=(n * sobol.rows_of_block(d, second_order), 3))
    blocks = sobol.blocks_of(y, d, second_order)
    ours = sobol.indices(blocks)
    for column in range(3):
        theirs = of_salib.analyze(problem_of(d), y[:, column], calc_second_order=second_order, seed=1)
        assert np.abs(ours["S1"][:, column] - theirs["S1"]).max() < 1e-12
        assert np.abs(ours["ST"][:, column] - theirs["ST"]).max() < 1e-12
        if second_order:
            upper = [theirs["S2"][j, k] for j, k in sobol.pairs(d)]
            assert np.abs(ours["S2"][:, column] - upper).max() < 1e-12
    middle = (
        blocks.a.mean(axis=0) + blocks.b.mean(axis=0)
    ) / 2.0  # SciPy centres by the two samples, SALib by all rows
    centred = sobol.Blocks(blocks.a - middle, blocks.b - middle, blocks.ab - middle, None)
    point = sobol_indices(func={"f_A": centred.a.T, "f_B": centred.b.T, "f_AB": centred.ab.transpose(0, 2, 1)}, n=n)
    assert np.abs(sobol.indices(centred)["S1"].T - point.first_order).max() < 1e-12
    assert np.abs(sobol.indices(centred)["ST"].T - point.total_order).max() < 1e-12


def test_bootstrap_intervals_are_as_wide_as_those_of_salib():
    from SALib.analyze import sobol as of_salib
    from SALib.sample import sobol as points

    y = ishigami(points.sample(problem_of(3), 512, calc_second_order=False, seed=1))
    blocks = sobol.blocks_of(y[:, None], 3, False)
    ours = 1.96 * sobol.bootstrapped(blocks, 1000, 3)["ST"][..., 0].std(axis=1, ddof=1)
    theirs = of_salib.analyze(problem_of(3), y, calc_second_order=False, num_resamples=1000, seed=3)["ST_conf"]
    assert ours == pytest.approx(theirs, rel=0.1)


@given(seed=st.integers(0, 2**31), d=st.integers(2, 5), scale=st.floats(1e-6, 1e6), shift=st.floats(-1e3, 1e3))
@settings(max_examples=40, deadline=None)
def test_indices_do_not_depend_on_units_and_go_with_their_factor(seed, d, scale, shift):
    y = np.random.default_rng(seed).normal(size=(16 * (d + 2), 1))
    one = sobol.indices(sobol.blocks_of(y, d, False))
    other = sobol.indices(sobol.blocks_of(scale * (y + shift), d, False))
    turned = y.reshape(16, d + 2, 1)[:, [0, *range(d, 0, -1), d + 1]].reshape(-1, 1)
    backwards = sobol.indices(sobol.blocks_of(turned, d, False))
    for index in ("S1", "ST"):
        assert other[index] == pytest.approx(one[index], rel=1e-6, abs=1e-6)
        assert backwards[index][::-1] == pytest.approx(one[index], rel=1e-9, abs=1e-12)


# ---- noise --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def common(tmp_path_factory):
    factors = {"x1": STANDARD, "x2": STANDARD}
    return swept(tmp_path_factory.mktemp("common"), "noisy", factors, {"method": "sobol", "n": 1024}, replicates=3)


@pytest.fixture(scope="module")
def independent(tmp_path_factory):
    factors, folder = {"x1": STANDARD, "x2": STANDARD}, tmp_path_factory.mktemp("independent")
    return swept(folder, "noisy", factors, {"method": "sobol", "n": 2048}, draws="independent")


def test_with_common_draws_a_dummy_has_exactly_nothing_and_factors_their_true_share(common):
    found = sensitivity(common, "y")
    assert estimates(found, "ST", ["dummy"]) == 0.0
    assert estimates(found, "S1", ["dummy"]) == 0.0
    notes = found.table[found.table["factor"] == "dummy"]["note"]
    assert set(notes) == {"0 by construction, which says nothing of the others"}
    assert np.abs(estimates(found, "ST", ["x1", "x2"]) - TRUE_ST).max() < 0.03
    assert np.abs(estimates(found, "S1", ["x1", "x2"]) - TRUE_S1).max() < 0.05
    assert found.noise["seeds"].tolist() == [3]
    low, high = found.noise["noise_low"][0], found.noise["noise_high"][0]
    assert low < NOISE / (V + NOISE) < high  # three draws do not tell it well, and the interval says so
    assert high - low > 0.2


def test_an_analysis_says_at_a_prompt_what_matters_and_how_much_is_luck(common):
    found = sensitivity(common, "y")
    told = " ".join(repr(found).split())
    assert told.startswith("Sensitivity: Sobol")
    first = found.ranked("a", "y").iloc[0]
    assert f"y in a: most is due to x1, ST {first['estimate']:.3f} ({first['low']:.3f} to " in told
    assert f"Luck: {100 * found.noise['noise_share'][0]:.0f} % (" in told
    assert "Populations" not in told  # there is one
    assert found.small_table()["factor"].tolist() == found.summary()["factor"].tolist() == ["x1", "x2", "dummy"]
    assert "<td>x1</td>" in found._repr_html_()
    assert {"X1", "X2"} <= {text.get_text() for text in found.plot().findobj(Text)}


def test_with_draws_of_their_own_noise_scales_indices_as_theory_says(independent):
    found = sensitivity(independent, "y", accept_noise=True)
    share = NOISE / (V + NOISE)
    assert np.abs(estimates(found, "S1", ["x1", "x2"]) - TRUE_S1 * (1.0 - share)).max() < 0.05
    assert np.abs(estimates(found, "ST", ["x1", "x2"]) - (TRUE_ST * (1.0 - share) + share)).max() < 0.05
    assert estimates(found, "ST", ["dummy"])[0] == pytest.approx(share, abs=0.02)
    assert found.noise["noise_share"][0] == pytest.approx(share, abs=0.02)
    assert np.abs(estimates(found, "ST_without_noise", ["x1", "x2"]) - TRUE_ST).max() < 0.06
    assert np.abs(estimates(found, "S1_without_noise", ["x1", "x2"]) - TRUE_S1).max() < 0.06
    assert estimates(found, "ST_without_noise", ["dummy"])[0] == pytest.approx(0.0, abs=1e-12)
    assert any("noise is part of every index" in text for text in found.warnings)


def test_a_new_seed_per_row_is_refused_because_it_turns_noise_into_total_effects(common, independent):
    assert "noise counts as an effect of every factor" in told(lambda: sensitivity(independent, "y"))
    inert = [
        estimates(sensitivity(store, "y", accept_noise=True), "ST", ["dummy"])[0] for store in (common, independent)
    ]
    assert inert[0] < 0.02 < 0.2 < inert[1]


def test_many_replicates_with_own_draws_are_analysed_by_their_mean(tmp_path):
    factors = {"x1": STANDARD, "x2": STANDARD}
    store = swept(tmp_path, "noisy", factors, {"method": "sobol", "n": 128}, replicates=20, draws="independent")
    found = sensitivity(store, "y")
    assert found.noise["noise_share"][0] == pytest.approx(NOISE / (V + NOISE), abs=0.02)
    left = NOISE / 20.0
    assert estimates(found, "ST", ["dummy"])[0] == pytest.approx(left / (V + left), abs=0.01)


def test_draws_can_be_a_factor_which_then_has_the_share_of_luck(tmp_path):
    factors = {"x1": STANDARD, "x2": STANDARD}
    store = swept(tmp_path, "noisy", factors, {"method": "sobol", "n": 1024}, draws="factor")
    found = sensitivity(store, "y")
    assert estimates(found, "ST", ["luck"])[0] == pytest.approx(NOISE / (V + NOISE), abs=0.05)
    assert found.noise["noise_share"][0] == estimates(found, "ST", ["luck"])[0]
    assert set(found.table.loc[found.table["factor"] == "luck", "kind"]) == {"luck"}


def test_the_standard_error_falls_with_the_root_of_the_replicates(tmp_path):
    points = {"method": "listed", "points": [{"x1": 0.0, "x2": 0.0}]}
    store = swept(tmp_path, "noisy", {"x1": STANDARD, "x2": STANDARD}, points, replicates=500, draws="independent")
    runs = Study(store).values("y")[0, 0]
    sizes = np.array([1, 4, 16, 64])
    spread = [np.std([runs[k : k + r].mean() for k in range(0, len(runs) - r + 1, r)], ddof=1) for r in sizes]
    slope = np.polyfit(np.log(sizes), np.log(spread), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.15)
    _, low, high = mean_interval(runs)
    assert (high - low) / 2.0 == pytest.approx(1.965 * 0.5 / 500**0.5, rel=0.1)


def test_luck_is_split_from_inputs_whether_draws_are_common_or_not():
    rng = np.random.default_rng(2)
    inputs, own, shared = rng.normal(size=(4000, 1)), rng.normal(size=(4000, 50)), rng.normal(size=50)
    apart = chance.split((2.0 * inputs + own)[..., None], "independent")
    assert (apart.inputs[0], apart.draws[0]) == pytest.approx((4.0, 1.0), rel=0.1)
    together = chance.split(
        (2.0 * inputs + own + 3.0 * (shared - shared.mean()) / shared.std(ddof=1))[..., None], "common"
    )
    assert (together.inputs[0], together.draws[0]) == pytest.approx((4.0, 10.0), rel=0.1)
    assert chance.split((2.0 * inputs).repeat(3, axis=1)[..., None], "common").share == 0.0
    assert apart.interval[0] < apart.share < apart.interval[1] < apart.share + 0.01


@given(seeds=st.integers(2, 6), seed=st.integers(0, 2**31))
@settings(max_examples=30, deadline=None)
def test_the_interval_of_luck_holds_its_estimate(seeds, seed):
    rng = np.random.default_rng(seed)
    runs = rng.normal(size=(20, 1, 2)) + rng.normal(size=(1, seeds, 2)) + 0.3 * rng.normal(size=(20, seeds, 2))
    for draws in ("common", "independent"):
        found = chance.split(runs, draws)
        low, high = found.interval
        assert (low <= found.share + 1e-12).all()
        assert (found.share <= high + 1e-12).all()
        assert ((found.share >= 0.0) & (found.share <= 1.0)).all()


def test_a_missing_dummy_is_told_only_where_it_would_say_something(tmp_path):
    factors, few = {"x1": STANDARD, "x2": STANDARD}, {"method": "sobol", "n": 64}
    structured = sensitivity(swept(tmp_path, "noisy", factors, few, dummy=False), "y")
    given = sensitivity(swept(tmp_path / "latin", "noisy", factors, {"method": "latin", "n": 64}, dummy=False), "y")
    assert not any("no dummy" in warning for warning in structured.warnings)
    assert any("no dummy" in warning for warning in given.warnings)


def test_what_a_fitted_model_gives_the_dummy_is_told_as_noise(tmp_path):
    """Splines of every pair fit the noise of runs: a factor that does nothing has a total effect well above 0."""
    sampler = {"method": "latin", "n": 300}
    factors = dict.fromkeys(("x1", "x2", "x3", "x4"), STANDARD)
    found = sensitivity(swept(tmp_path, "noisy", factors, sampler, draws="independent"), "y", method="hdmr")
    (dummy,) = found.table[(found.table["factor"] == "dummy") & (found.table["index"] == "ST")].itertuples()
    assert dummy.low > 0.0
    assert any("ST of dummy" in warning and "which does nothing" in warning for warning in found.warnings)
    inert = found.table[found.table["factor"].isin(["x3", "x4"]) & (found.table["index"] == "ST")]
    assert set(inert["note"]) <= {"not told from the dummy", "not told from 0"}


@given(n=st.integers(2, 30), ratio=st.floats(1.01, 20.0))
def test_as_many_replicates_as_asked_for_do_and_one_fewer_would_not(n, ratio):
    def width(m):
        return student.ppf(0.975, m - 1) / np.sqrt(m) if m > 1 else np.inf

    asked = too_few.more_replicates(n, ratio)
    assert width(asked) <= width(n) / ratio * (1.0 + 1e-9)
    assert width(asked - 1) >= width(n) / ratio * (1.0 - 1e-9)


def test_points_that_are_asked_for_are_no_more_than_needed(tmp_path):
    """The interval is halved by four times the points: at those asked for it is as wide as wanted or a little wider."""
    factors = {"x1": STANDARD, "x2": STANDARD}
    first = sensitivity(swept(tmp_path, "noisy", factors, {"method": "sobol", "n": 64}), "y", wanted=0.05)
    (said,) = [warning for warning in first.warnings if "instead of 64" in warning]
    asked, then = re.search(r"n: ([\d,]+) instead of 64 would make it about ([\d.]+)", said).groups()
    second = sensitivity(
        swept(tmp_path / "more", "noisy", factors, {"method": "sobol", "n": int(asked.replace(",", ""))}), "y"
    )
    rows = second.table[second.table["index"] == "ST"]
    assert ((rows["high"] - rows["low"]) / 2.0).max() == pytest.approx(float(then), rel=0.35)
    assert float(then) >= 0.05


# ---- other methods ------------------------------------------------------------------------------------------------------


def test_morris_finds_slope_times_range_on_a_plane(tmp_path):
    factors = {"x1": {"uniform": [0.0, 5.0]}, "x2": {"uniform": [-1.0, 1.0]}}
    store = swept(tmp_path, "linear", factors, {"method": "morris", "n": 10}, outcomes=["y", "flat"])
    found = sensitivity(store, "y")
    assert estimates(found, "mu_star", ["x1", "x2", "dummy"]) == pytest.approx([10.0, 1.0, 0.0], abs=1e-12)
    assert estimates(found, "mu", ["x1", "x2"]) == pytest.approx([10.0, -1.0], abs=1e-12)
    assert estimates(found, "sigma", ["x1", "x2", "dummy"]) == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    flat = sensitivity(store, "flat")
    assert flat.table["estimate"].isna().all()
    assert set(flat.table["note"]) == {"the outcome does not vary"}
    assert "flat in a does not vary: no index" in flat.warnings


def test_morris_gives_a_choice_what_it_gives_a_line_over_the_same_range(tmp_path):
    """Each of the four factors moves the outcome evenly over a range of 1."""
    factors = {"line": {"uniform": [0.0, 1.0]}, "five": {"choice": list("abcde")}, "two": {"choice": ["off", "on"]},
               "count": {"integers": [0, 4]}}  # fmt: skip
    found = sensitivity(swept(tmp_path, "line_and_choice", factors, {"method": "morris", "n": 20}), "y")
    assert estimates(found, "mu_star", factors) == pytest.approx([1.0, 1.0, 1.0, 1.0], abs=1e-12)
    assert estimates(found, "mu", ["line", "two", "count"]) == pytest.approx([1.0, 1.0, 1.0], abs=1e-12)
    coarse = sensitivity(
        swept(tmp_path / "6", "line_and_choice", factors, {"method": "morris", "n": 10, "levels": 6}), "y"
    )
    assert estimates(coarse, "mu_star", factors) == pytest.approx([1.0, 1.0, 1.0, 1.0], abs=1e-12)


@pytest.mark.parametrize("order", ["abcde", "ecadb", "bdaec"])
def test_morris_does_not_care_in_which_order_values_are_named(tmp_path, order):
    factors = {"line": {"uniform": [0.0, 1.0]}, "five": {"choice": list(order)}, "two": {"choice": ["off", "on"]},
               "count": {"integers": [0, 4]}}  # fmt: skip
    found = sensitivity(swept(tmp_path, "line_and_choice", factors, {"method": "morris", "n": 10}), "y")
    assert estimates(found, "mu_star", ["five"]) == pytest.approx([1.0], abs=1e-12)


def test_effects_of_numbers_are_those_of_salib():
    from SALib.analyze import morris as of_salib
    from SALib.sample import morris as points

    problem = problem_of(3) | {"groups": ["g", "g", "x2"]}
    for asked, groups in ((problem_of(3), None), (problem, ["g", "g", "x2"])):
        unit = points.sample(copy.deepcopy(asked), 12, num_levels=6, seed=3)
        y = ishigami(unit)
        theirs = of_salib.analyze(copy.deepcopy(asked), unit, y, num_levels=6, seed=1)
        sample = sample_of(unit, ["x0", "x1", "x2"], "morris", groups)
        for one in methods.analyse("morris", sample, y[:, None, None]):
            assert one.mean[:, 0] == pytest.approx(
                np.ma.filled(theirs[one.index], np.nan).astype(float), rel=1e-9, nan_ok=True
            )


def test_a_policy_is_screened_by_its_difference_from_another_in_the_same_draws(tmp_path):
    factors = {"x1": {"uniform": [0.0, 1.0]}, "x2": {"uniform": [0.0, 1.0]}}
    more = {"scenarios": ["without", "with"], "replicates": 3}
    store = swept(tmp_path, "policies", factors, {"method": "morris", "n": 6}, **more)
    found = sensitivity(store, "y", minus="without")
    assert set(found.table["scenario"]) == {"with minus without"}
    assert estimates(found, "mu_star", ["x1", "x2", "dummy"]) == pytest.approx([0.0, 3.0, 0.0], abs=1e-9)
    assert found.noise["noise_share"].iloc[0] == 0.0, "luck is the same on both sides"
    assert matter(found) == ["x2"]
    each = sensitivity(store, "y", scenarios="with")
    assert matter(each)[0] == "x1"


def test_a_difference_needs_another_scenario_that_is_there(tmp_path):
    more = {"scenarios": ["without", "with"]}
    store = swept(tmp_path, "policies", {"x1": PI, "x2": PI}, {"method": "morris", "n": 4}, **more)
    assert "did you mean without?" in told(lambda: sensitivity(store, "y", minus="withot"))
    assert "nothing is left to compare with without" in told(
        lambda: sensitivity(store, "y", minus="without", scenarios="without")
    )


def test_fast_finds_ishigami_and_has_intervals_from_other_phases_only(tmp_path):
    factors = {"x1": PI, "x2": PI, "x3": PI}
    once = sensitivity(swept(tmp_path / "1", "ishigami", factors, {"method": "fast", "n": 257}), "y")
    assert once.table["low"].isna().all()
    found = sensitivity(swept(tmp_path / "4", "ishigami", factors, {"method": "fast", "n": 513, "repeats": 4}), "y")
    assert np.abs(estimates(found, "S1") - EXACT_S1).max() < 0.03
    assert np.abs(estimates(found, "ST") - EXACT_ST).max() < 0.05
    assert (found.table["high"] - found.table["low"]).max() < 0.2


@pytest.mark.parametrize("method", ["rbd_fast", "delta", "pawn", "rsa", "hdmr"])
def test_methods_of_given_data_put_a_dummy_last(method):
    from SALib.sample import latin

    sample = sample_of(latin.sample(problem_of(4), 800, seed=2), ["x1", "x2", "x3", "dummy"], "latin", resamples=3)
    found = {one.index: one for one in methods.analyse(method, sample, ishigami(sample.unit)[:, None, None])}
    main = found[METHODS[method].main].mean[:, 0]
    assert min(main[:2]) > main[3] + 0.03
    assert main[3] < {"rsa": 0.5}.get(method, 0.12)
    assert (found[METHODS[method].main].half[:, 0] > 0.0).all()


def test_derivative_measures_bound_the_total_effect_and_their_interval_has_their_unit(tmp_path):
    from SALib.analyze import dgsm

    store = swept(tmp_path, "ishigami", {"x1": PI, "x2": PI, "x3": PI}, {"method": "finite_difference", "n": 200})
    found = sensitivity(store, "y")
    assert (estimates(found, "dgsm") > EXACT_ST).all()
    half = (estimates(found, "dgsm", column="high") - estimates(found, "dgsm", column="low")) / 2.0
    assert (half < 0.5 * estimates(found, "dgsm")).all()
    design, y = store.design, Study(store).values("y")[0, :, 0]
    theirs = dgsm.analyze(design.problem(), np.array(design.unit), y, seed=1)
    assert theirs["dgsm_conf"][0] > 2.0 * theirs["dgsm"][0]  # what SALib gives is that of vi


def test_a_factorial_finds_main_effects(tmp_path):
    factors = {"x1": {"uniform": [0.0, 5.0]}, "x2": {"uniform": [-1.0, 1.0]}}
    found = sensitivity(swept(tmp_path, "linear", factors, {"method": "fractional_factorial"}), "y")
    assert estimates(found, "main_effect", ["x1", "x2", "dummy"]) == pytest.approx([5.0, -0.5, 0.0], abs=1e-12)


def test_choices_and_whole_numbers_are_factors_like_others(tmp_path):
    factors = {"kind": {"choice": ["low", "high"]}, "count": {"integers": [1, 5]}}
    store = swept(tmp_path, "chosen", factors, {"method": "sobol", "n": 1024})
    found = sensitivity(store, "y")
    exact = np.array([4.0, 2.0]) / 6.0  # variances of {0, 4} and of 1..5
    assert np.abs(estimates(found, "S1", ["kind", "count"]) - exact).max() < 0.03
    assert np.abs(estimates(found, "ST", ["kind", "count"]) - exact).max() < 0.03
    assert store.index()["key"].nunique() <= 10  # every run once


def test_groups_are_analysed_as_one_factor(tmp_path):
    factors, groups = {"x1": PI, "x2": PI, "x3": PI}, {"both": ["x1", "x3"]}
    store = swept(tmp_path, "ishigami", factors, {"method": "sobol", "n": 2048}, groups=groups)
    found = sensitivity(store, "y")
    assert estimates(found, "ST", ["both", "x2"]) == pytest.approx([0.5576, 0.4424], abs=0.03)
    assert set(found.table.loc[found.table["factor"] == "both", "kind"]) == {"group"}


# ---- runs without result ------------------------------------------------------------------------------------------------


def trapped(folder, sampler, **more):
    """A design of which about one point in a hundred has no solution."""
    factors = {"x1": {"uniform": [0.0, 1.0]}, "x2": {"uniform": [0.0, 1.0]}, "trap": {"uniform": [0.0, 1.0]}}
    return swept(folder, "growing", factors, sampler, years=[2048, 2050], outcomes=["y", "ratio"], **more)


def test_failed_runs_are_recorded_and_refused_with_their_keys(tmp_path):
    store = trapped(tmp_path, {"method": "sobol", "n": 32})
    study = Study(store)
    bad = study.rows.index[study.rows["trap"] > 0.99]
    assert len(bad) > 0
    assert sorted(study.missing["row"]) == sorted(bad)  # these and no others, and none was drawn again
    assert set(study.missing["message"]) == {"this point has no solution"}
    text = told(lambda: sensitivity(study, "y @2049"))
    assert study.missing["key"].iloc[0] in text
    assert "this point has no solution" in text
    assert "on_failure: drop_blocks" in text


def test_an_outcome_that_no_run_has_a_value_of_is_told_with_the_reason(tmp_path):
    store = swept(tmp_path, "noisy", {"x1": STANDARD, "x2": STANDARD}, {"method": "latin", "n": 64})
    with pytest.raises(InputError, match=r"something is divided by 0 \(column \d+\) in 64 of 64 runs"):
        sensitivity(store, "y @2050 / (y @2050 - y @2050)", method="pawn")


def test_whole_blocks_are_left_out_when_the_design_says_so(tmp_path):
    store = trapped(tmp_path / "few", {"method": "sobol", "n": 256}, on_failure="drop_blocks")
    found = sensitivity(store, "y @2049")
    dropped = int(found.noise["dropped"][0])
    assert dropped > 0
    assert dropped % 6 == 0
    assert found.noise["rows"][0] == 256 * 6 - dropped
    assert any("blocks are left out" in text for text in found.warnings)
    assert np.abs(estimates(found, "S1", ["x1", "x2"]) - 0.5).max() < 0.15
    assert "at most 5%" in told(lambda: sensitivity(store, "ratio @2048"))  # without value in 2 % of the points


def test_methods_that_take_rows_one_by_one_leave_out_rows_and_say_how_many(tmp_path):
    store = trapped(tmp_path, {"method": "latin", "n": 400, "resamples": 3})
    found = sensitivity(store, "y @2049", method="pawn")
    assert found.noise["rows"][0] + found.noise["dropped"][0] == 400
    assert found.noise["dropped"][0] == len(found.missing) > 0
    assert any(f"in {len(found.missing)} of 400 rows, which are left out" in text for text in found.warnings)


def test_a_single_missing_number_gives_zeros_in_salib_and_an_error_here():
    from SALib.analyze import sobol as of_salib
    from SALib.sample import sobol as points

    unit = points.sample(problem_of(4), 64, calc_second_order=False, seed=1)
    y = ishigami(unit)
    y[17] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = of_salib.analyze(problem_of(4), y, calc_second_order=False, seed=1)
    assert not np.any(theirs["S1"])  # the trap is still there
    sample = sample_of(unit, ["x1", "x2", "x3", "dummy"], "sobol", second_order=False)
    for wrong in (np.nan, np.inf):
        y[17] = wrong
        with pytest.raises(ValueError, match="1 outputs are missing"):
            methods.analyse("sobol", sample, y[:, None, None])


def test_morris_has_no_infinities_where_a_distribution_has_no_ends():
    factors = {"x1": {"normal": [0.0, 1.0]}, "x2": {"lognormal": [1.0, 2.0]}}
    design = load_design({"scenarios": ["a"], "model": "known_models:noisy", "outcomes": ["y"], "years": [2050, 2050],
                          "factors": factors, "sampler": {"method": "morris", "n": 20}})  # fmt: skip
    assert {0.0, 1.0} <= set(design.unit.ravel())
    assert np.isfinite(design.rows.to_numpy(float)).all()


@pytest.mark.parametrize("method", ["fast", "rbd_fast", "delta", "hdmr"])
def test_groups_are_refused_where_salib_passes_over_them_in_silence(method):
    from SALib.sample import latin

    names, groups = ["x1", "x2", "x3", "dummy"], ["a", "a", "b", "dummy"]
    sample = sample_of(latin.sample(problem_of(4), 400, seed=2), names, "latin", groups)
    if method == "fast":
        sample.settings.method = "fast"
    text = told(lambda: methods.analyse(method, sample, ishigami(sample.unit)[:, None, None]))
    assert f"{method} knows no groups" in text
    assert "allowed" in text or "with groups: sobol, morris, pawn, rsa" in text


def test_a_method_for_independent_factors_is_refused_where_some_were_drawn_together(tmp_path):
    factors = {name: {"uniform": [-np.pi, np.pi]} for name in ("x1", "x2", "x3")}
    said = [{"factors": ["x1", "x2"], "rank": 0.7}]
    store = swept(tmp_path, "ishigami", factors, {"method": "latin", "n": 64}, correlations=said)
    text = told(lambda: sensitivity(store, "y", method="rbd_fast"))
    assert "rbd_fast takes factors for independent" in text
    assert "with correlations: delta, pawn, rsa, hdmr" in text
    assert len(sensitivity(store, "y", method="pawn").table) > 0


def test_of_factors_drawn_together_an_analysis_says_what_its_indices_mean_and_which_tells_them_apart(tmp_path):
    """x2 does nothing, but is drawn together with x1, which does."""
    said = [{"factors": ["x1", "x2"], "rank": 0.7}]
    factors = {name: {"uniform": [0.0, 1.0]} for name in ("x1", "x2", "x3")}
    store = swept(tmp_path, "alone", factors, {"method": "latin", "n": 400, "resamples": 3}, correlations=said)
    tells = sensitivity(store, "y", method="pawn")
    assert estimates(tells, "pawn", ["x2"]) > estimates(tells, "pawn", ["x3"]), "what is no cause seems one"
    assert any("x1, x2 were drawn together: pawn of each says what it tells" in text for text in tells.warnings)
    assert any("--method hdmr tells them apart (300 points)" in text for text in tells.warnings)
    moves = sensitivity(store, "y", method="hdmr")
    assert estimates(moves, "S1") == pytest.approx([0.8, 0.0, 0.2], abs=0.05)
    assert any("S1 is what a factor does by itself" in text for text in moves.warnings)
    assert "take factors for independent" in told(lambda: next_design(store, moves))


def test_seed_zero_is_refused_and_intervals_are_repeatable_without_touching_the_global_generator(common):
    with pytest.raises(InputError, match="seed"):
        load_design({**common.design.document(), "sampler": {"method": "sobol", "n": 8, "seed": 0}})
    np.random.seed(11)
    before, shown = np.random.get_state()[1].copy(), warnings.formatwarning
    first, second = sensitivity(common, "y"), sensitivity(common, "y", method="rbd_fast")
    assert (np.random.get_state()[1] == before).all()
    assert warnings.formatwarning is shown
    pd.testing.assert_frame_equal(first.table, sensitivity(common, "y").table)
    pd.testing.assert_frame_equal(second.table, sensitivity(common, "y", method="rbd_fast").table)


def test_salib_gets_a_description_of_its_own_every_time(common):
    design = common.design
    before = design.problem()
    sensitivity(common, "y", method="hdmr")
    assert design.problem() == before


def test_the_order_in_which_runs_were_stored_does_not_matter(tmp_path):
    factors, sampler = {"x1": PI, "x2": PI, "x3": PI}, {"method": "sobol", "n": 64}
    whole = swept(tmp_path / "whole", "ishigami", factors, sampler)
    design = whole.design
    for part in ((2, 3), (1, 3), (3, 3)):
        run_sweep(design, tmp_path / "parts", backend="serial", shard=part, trust=True)
    pd.testing.assert_frame_equal(sensitivity(tmp_path / "parts", "y").table, sensitivity(whole, "y").table)


def test_points_that_are_not_those_that_were_run_are_refused(common, monkeypatch):
    study = Study(common.folder)
    shuffled = study.design.rows.iloc[::-1].reset_index(drop=True)
    monkeypatch.setitem(study.__dict__, "rows", shuffled)
    assert "other points than those that were run" in told(lambda: sensitivity(study, "y"))


def test_a_method_that_cannot_read_the_design_is_refused_with_those_that_can(common):
    assert "allowed: sobol, rbd_fast, delta, pawn, rsa, hdmr" in told(lambda: sensitivity(common, "y", method="morris"))
    assert "did you mean sobol?" in told(lambda: sensitivity(common, "y", method="sobl"))
    assert "'b' is unknown" in told(lambda: sensitivity(common, "y", scenarios="b"))
    text = told(lambda: sensitivity(common, ["z", "y @2030"]))
    assert "outcome 'z' is unknown" in text
    assert "y @2030 is not stored" in text


# ---- over time, convergence, warnings -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def growing(tmp_path_factory):
    factors = {"x1": {"uniform": [0.0, 1.0]}, "x2": {"uniform": [0.0, 1.0]}}
    return swept(tmp_path_factory.mktemp("growing"), "growing", factors, {"method": "sobol", "n": 256},
                 years=[2040, 2050], replicates=2)  # fmt: skip


def test_shares_over_time_go_from_one_factor_to_the_other(growing):
    found = sensitivity(growing, "y", over_time=True, convergence=True)
    wide = found.table[found.table["index"] == "S1"].pivot(index="year", columns="factor", values="estimate")
    assert wide.loc[2040].isna().all()  # nothing varies yet
    assert wide.loc[2041, "x1"] > 0.9 > 0.1 > wide.loc[2041, "x2"]
    assert wide.loc[2050, "x2"] > 0.9
    assert any("does not vary in 2040" in text for text in found.warnings)
    at_end = sensitivity(growing, "y @2050").table.set_index(["index", "factor"])["estimate"]
    over_time = found.table[found.table["year"] == 2050].set_index(["index", "factor"])["estimate"]
    pd.testing.assert_series_equal(over_time, at_end)


def test_the_first_half_of_the_points_is_the_smaller_design(growing, tmp_path):
    factors = {"x1": {"uniform": [0.0, 1.0]}, "x2": {"uniform": [0.0, 1.0]}}
    small = swept(tmp_path, "growing", factors, {"method": "sobol", "n": 64}, years=[2040, 2050], replicates=2)
    steps = sensitivity(growing, "y @2045", convergence=True).steps
    assert sorted(steps["n"].unique()) == [4, 8, 16, 32, 64, 128, 256]
    head = steps[(steps["n"] == 64) & (steps["index"] == "ST")].set_index("factor")["estimate"]
    assert head[["x1", "x2"]].to_numpy() == pytest.approx(estimates(sensitivity(small, "y @2045"), "ST", ["x1", "x2"]))


def test_wide_intervals_are_told_with_the_number_of_points_that_would_do(tmp_path):
    store = swept(tmp_path, "ishigami", {"x1": PI, "x2": PI, "x3": PI}, {"method": "sobol", "n": 32})
    (wide,) = [text for text in sensitivity(store, "y").warnings if "interval is" in text]
    needed = int(wide.split("n: ")[1].split(" instead")[0].replace(",", ""))
    assert needed & (needed - 1) == 0
    more = swept(tmp_path / "more", "ishigami", {"x1": PI, "x2": PI, "x3": PI}, {"method": "sobol", "n": needed})
    found = sensitivity(more, "y")
    assert (estimates(found, "ST", column="high") - estimates(found, "ST")).max() < 0.15


# ---- a study of the model -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parks(tmp_path_factory):
    """A filled store of a design of the model: numbers made up, names and years real."""
    design = load_design({
        "scenarios": ["baseline", "subsidy"], "world": "pilot-parks", "years": [2045, 2050], "replicates": 2,
        "factors": {"behaviour.peer_weight": None, "levers.carbon_price": {"uniform": [0, 50]}, "measures.rebound": None},
        "outcomes": ["parks_certified", "co2_t", {"north": 'firms | province="Hải Phòng"'}],
        "sampler": {"method": "morris", "n": 12, "levels": 8, "resamples": 10},
    })  # fmt: skip
    unit, time = design.unit, np.arange(6.0)
    y = 10.0 * unit[:, 0] + 5.0 * unit[:, 1] ** 2 + 0.01 * unit[:, 2]
    values = np.empty((2, len(unit), 2, 6, 3))
    values[..., 0] = (y[None, :, None, None] + np.array([0.0, 4.0])[:, None, None, None]) * time
    values[..., 1] = 100.0 + y[None, :, None, None] * np.array([1.0, 1.1])[None, None, :, None]
    values[..., 2] = unit[None, :, [1], None]
    values[1, 3, 1] = np.nan
    folder = tmp_path_factory.mktemp("parks") / "store"
    return Study(Store.fill(folder, design, values))


def test_any_function_of_what_is_stored_has_a_value_per_run(parks):
    y = parks.values("parks_certified @2046")
    assert y.shape == (2, 60, 2)
    assert parks.values("sum(parks_certified)") == pytest.approx(15.0 * y, nan_ok=True)
    assert parks.values("parks_certified @2050 / @2046") == pytest.approx(np.where(y > 0.0, 5.0, np.nan), nan_ok=True)
    reached = parks.values("first_year(parks_certified >= 20)")
    exact = np.where(
        np.isnan(y), np.nan, np.where(5.0 * y >= 20.0, 2045.0 + np.ceil(20.0 / np.maximum(y, 1e-9)), 2051.0)
    )
    assert reached == pytest.approx(exact, nan_ok=True)
    assert parks.pathway("parks_certified / co2_t").shape == (2, 60, 2, 6)


def test_parts_of_the_country_are_found_by_expression_or_by_name(parks):
    by_name, by_quotes = parks.values("north @2050"), parks.values('"north" @2050')
    by_expression = parks.values('firms | province="hai phong" @2050')
    assert (by_name[0] == by_quotes[0]).all()
    assert (by_name[0] == by_expression[0]).all()
    assert parks.unit("north @2050") == "firms"
    text = told(lambda: parks.values('firms | province="Hà Nội" @2050 + jobs @2030'))
    assert 'firms | province="Hà Nội" is not stored' in text
    assert "jobs is not stored" in text
    assert "jobs @2030 is not stored" in text
    assert "write which year" in told(lambda: parks.values("parks_certified"))


def test_a_condition_has_no_value_where_a_run_is_missing(parks):
    assert set(parks.missing["reason"]) == {"not run"}
    assert parks.missing["key"].nunique() == 1  # of row 3, and of a step of the dummy beside it
    assert ("subsidy", 3, 1) in zip(*(parks.missing[name] for name in ("scenario", "row", "replicate")))
    assert not parks.finished[1, 3, 1]
    assert np.isnan(parks.holds("parks_certified @2050 < 1e9")[1, 3, 1])
    assert np.isnan(parks.holds("not parks_certified @2050 < 1e9")[1, 3, 1])
    assert np.nansum(parks.holds("parks_certified @2050 < 1e9")) == parks.finished.sum()


def test_a_screening_writes_the_design_of_what_matters(parks, tmp_path):
    found = sensitivity(parks, "parks_certified @2050", scenarios="baseline")
    assert matter(found) == ["behaviour.peer_weight", "levers.carbon_price"]
    kept, left = write_next(parks, found, tmp_path / "next.yaml", points=16)
    assert (kept, left) == (["behaviour.peer_weight", "levers.carbon_price"], ["measures.rebound"])
    design = load_design(tmp_path / "next.yaml")
    assert design.columns == [*kept, "dummy"]
    assert design.sampler.method == "sobol"
    assert design.years == (2045, 2050)
    assert {label: source.digest for label, source in design.scenarios.items()} == {
        label: source.digest for label, source in parks.design.scenarios.items()
    }
    assert "exists" in told(lambda: write_next(parks, found, tmp_path / "next.yaml"))
    assert list(next_design(parks, found, most=1)["factors"]) == ["behaviour.peer_weight"]
    assert "no power of two" in told(lambda: next_design(parks, found, points=100))


# ---- figures and the command line ---------------------------------------------------------------------------------------


def test_a_title_does_not_call_first_what_a_larger_bar_stands_above():
    from eipsim.figures.influences import matters_most

    ends = {"low": [-1.0, 4.0], "high": [19.0, 6.0]}
    rows = pd.DataFrame(
        {"factor": ["wide", "sure"], "kind": "factor", "index": "mu_star", "estimate": [9.0, 5.0], **ends}
    )
    rows["year"] = pd.NA
    unsure = rows.assign(note=["not told from 0", ""])
    assert "of what can be told from zero, sure matters most, by 5 parks" in matters_most(
        unsure, "parks_certified", "parks"
    )
    assert "zero" not in matters_most(rows.iloc[1:].assign(note=""), "parks_certified", "parks")


def test_figures_say_what_was_found_and_no_word_lies_on_another(growing):
    from charts import beyond_page, overlapping

    from eipsim.figures import convergence, over_time, tornado

    found = sensitivity(growing, "y", over_time=True, convergence=True)
    charts = [tornado(found), over_time(found), convergence(found)]
    for chart in charts:
        assert not overlapping(chart)
        assert not beyond_page(chart)
    assert "x1 matters most at first, x2 in the end" in charts[1].finding
    assert charts[0].finding.startswith("y in 2050: x2 matters most")
    assert "luck is 0\u00a0%" in "".join(text.get_text() for text in charts[0].texts)


def test_a_tornado_cuts_no_interval_off():
    total = pd.DataFrame(
        {"factor": ["x1"], "kind": ["factor"], "note": [""], "estimate": [0.8], "low": [0.6], "high": [1.0]}
    )
    axes = Figure().subplots()
    tornadoes.draw(axes, total, total.assign(low=0.4, high=1.3), is_part=True)
    least, most = axes.get_xlim()
    assert all(least <= end <= most for line in axes.lines for end in line.get_xdata())


@pytest.mark.parametrize("method", ["morris", "pawn", "rsa"])
def test_figures_of_other_methods_hold_their_words_too(parks, growing, method):
    from charts import beyond_page, overlapping

    from eipsim.figures import over_time, tornado

    if method == "morris":
        found = sensitivity(parks, "parks_certified", over_time=True, scenarios="baseline")
        charts = [tornado(found), over_time(found)]
        assert "peer weight matters most, by 50 parks over its range" in charts[0].finding
    else:
        charts = [tornado(sensitivity(growing, "y @2050", method=method))]
        assert "x2 matters most, with a" in charts[0].finding
    for chart in charts:
        assert not overlapping(chart)
        assert not beyond_page(chart)


def test_figures_of_many_factors_and_large_numbers_fit_their_page(tmp_path):
    from charts import beyond_page, overlapping

    from eipsim.figures import convergence, over_time, tornado

    names = [name for name, row in load_parameters().items() if row.low < row.high][:40]
    design = load_design({"scenarios": ["baseline"], "world": "pilot-parks", "years": [2045, 2050], "replicates": 2,
                          "factors": dict.fromkeys(names), "outcomes": ["co2_avoided_t"],
                          "sampler": {"method": "morris", "n": 16}})  # fmt: skip
    y = 1e6 * design.unit[:, :40] @ (1.0 / np.arange(1.0, 41.0)) * (1.0 + design.unit[:, 39])
    values = np.broadcast_to(y[None, :, None, None, None], (1, len(y), 2, 6, 1)) * np.arange(1.0, 7.0)[:, None]
    found = sensitivity(
        Store.fill(tmp_path / "store", design, values), "co2_avoided_t", over_time=True, convergence=True
    )
    for chart in (tornado(found), over_time(found), convergence(found)):
        assert not overlapping(chart)
        assert not beyond_page(chart)
    assert "million tCO₂/yr over its range" in tornado(found).finding.replace("\u00a0", " ")
    assert "24 factors with less are not shown" in " ".join(text.get_text() for text in tornado(found).texts)


def test_methods_of_given_data_take_the_independent_points_of_a_structured_design(common, parks, tmp_path):
    found = sensitivity(common, "y", method="hdmr")
    assert found.noise["rows"].tolist() == [2 * 1024]
    assert "hdmr analyses the 2,048 independent points of 5,120" in found.warnings
    assert np.abs(estimates(found, "ST", ["x1", "x2"]) - TRUE_ST).max() < 0.05
    assert "needs 50 rows or more, there are 12" in told(lambda: sensitivity(parks, "co2_t @2050", method="rsa"))
    curves = swept(tmp_path, "ishigami", {"x1": PI, "x2": PI, "x3": PI}, {"method": "fast", "n": 65})
    assert "follow from one another; allowed: fast" in told(lambda: sensitivity(curves, "y", method="pawn"))


def test_a_figure_that_cannot_be_drawn_says_what_to_ask_for(common):
    from eipsim.figures import convergence, over_time, tornado

    found = sensitivity(common, "y")
    assert "--over-time" in told(lambda: over_time(found))
    assert "--convergence" in told(lambda: convergence(found))
    assert "'b' is unknown" in told(lambda: tornado(found, "b"))
