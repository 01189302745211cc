"""exp, log and the normal quantile agree with the library's everywhere a run can reach, compiled or plain."""

import doctest
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from eipsim.core import arithmetic
from eipsim.core.arithmetic import exp, log, normal_quantile
from eipsim.core.compiled import IS_COMPILED, compiled

ROOT = Path(__file__).parents[2]
SMALLEST_NORMAL, LARGEST = sys.float_info.min, sys.float_info.max
SMALLEST_DRAW, LARGEST_BELOW_ONE = 2.0**-54, 1.0 - 2.0**-53
EXP_ERROR, LOG_ERROR = 1e-14, 1e-15
QUANTILE_ERROR = 2e-15  # relative; SciPy's own error is a quarter of it
unhurried = settings(deadline=None)  # the first call compiles


def over(function):
    """`function` for arrays, through a compiled loop."""

    @compiled
    def fill(result, x):
        for i in range(len(x)):
            result[i] = function(x[i])

    def apply(x):
        result = np.empty_like(x)
        fill(result, x)
        return result

    return apply


def consecutive(centre, n=3000):
    """The 2n + 1 representable numbers around `centre`, ascending."""
    return centre + np.arange(-n, n + 1) * abs(np.spacing(centre))


@unhurried
@given(st.floats(-700.0, 700.0))
@example(700.0)
@example(-700.0)
@example(0.5 * math.log(2.0))
@example(SMALLEST_NORMAL)
def test_exp_agrees_with_the_library(x):
    assert math.isclose(exp(x), math.exp(x), rel_tol=EXP_ERROR, abs_tol=0.0)


def test_exp_of_zero_is_exactly_one():
    assert exp(0.0) == exp(-0.0) == 1.0


@unhurried
@given(st.floats(700.0, math.inf))
def test_exp_is_clipped_beyond_seven_hundred(x):
    assert exp(x) == exp(700.0)
    assert exp(-x) == exp(-700.0) > 0.0


def test_not_a_number_stays_visible():
    assert math.isnan(exp(math.nan))
    assert math.isnan(normal_quantile(math.nan))


@unhurried
@given(st.floats(SMALLEST_NORMAL, LARGEST))
@example(SMALLEST_NORMAL)
@example(LARGEST)
@example(math.sqrt(2.0))
@example(math.sqrt(0.5))
@example(LARGEST_BELOW_ONE)
@example(1.0 + 2.0**-52)
def test_log_agrees_with_the_library(x):
    assert math.isclose(log(x), math.log(x), rel_tol=LOG_ERROR, abs_tol=0.0)


@unhurried
@given(st.floats(0.5, 2.0))
def test_log_agrees_with_the_library_near_one(x):
    assert math.isclose(log(x), math.log(x), rel_tol=LOG_ERROR, abs_tol=0.0)


def test_log_of_one_is_exactly_zero():
    assert log(1.0) == 0.0


@unhurried
@given(st.floats(-690.0, 690.0))
def test_log_undoes_exp(x):
    assert math.isclose(log(exp(x)), x, rel_tol=1e-15, abs_tol=2.0 * EXP_ERROR)


@unhurried
@given(st.floats(1e-300, LARGEST_BELOW_ONE))
@example(SMALLEST_DRAW)
@example(LARGEST_BELOW_ONE)
@example(0.075)
@example(0.925)
@example(math.exp(-25.0))
@example(1e-300)
def test_normal_quantile_agrees_with_scipy(u):
    assert math.isclose(normal_quantile(u), ndtri(u), rel_tol=QUANTILE_ERROR, abs_tol=0.0)


@unhurried
@given(st.integers(1, 2**52))
def test_normal_quantile_is_exactly_antisymmetric(k):
    u = k * 2.0**-53
    assert normal_quantile(u) == -normal_quantile(1.0 - u)


@unhurried
@given(st.floats(1e-12, 1.0 - 1e-12))
def test_the_normal_distribution_undoes_its_quantile(u):
    assert math.isclose(ndtr(normal_quantile(u)), u, rel_tol=1e-13)


def test_every_draw_has_a_normal_deviate_within_nine():
    assert (
        -9.0 < normal_quantile(SMALLEST_DRAW) < 0.0 == normal_quantile(0.5) < normal_quantile(LARGEST_BELOW_ONE) < 9.0
    )


@pytest.mark.parametrize(
    ("function", "grid"),
    [
        (exp, np.linspace(-700.0, 700.0, 1_000_001)),
        (log, np.exp(np.linspace(-708.0, 709.0, 1_000_001))),
        (normal_quantile, np.arange(1, 2**20) / 2**20),
        (normal_quantile, np.exp2(np.linspace(-1000.0, -1.0, 1_000_001))),
    ],
)
def test_functions_increase_along_a_sorted_grid(function, grid):
    assert (np.diff(over(function)(grid)) > 0.0).all()


@pytest.mark.parametrize("centre", [math.sqrt(0.5), 1.0, math.sqrt(2.0), 2.0, 1e10])
def test_log_never_falls_between_consecutive_numbers(centre):
    assert (np.diff(over(log)(consecutive(centre))) >= 0.0).all()


@pytest.mark.parametrize("n", [-700, -3, 0, 1, 5, 100])
def test_exp_falls_at_the_seams_of_its_reduction_by_no_more_than_its_error(n):
    values = over(exp)(consecutive((n + 0.5) * math.log(2.0)))
    assert (np.diff(values) >= -EXP_ERROR * values[0]).all()


@pytest.mark.parametrize("centre", [0.075, 0.925, math.exp(-25.0), 1.0 - math.exp(-25.0)])
def test_normal_quantile_falls_at_its_seams_by_no_more_than_its_error(centre):
    grid = consecutive(centre)
    values = over(normal_quantile)(grid[grid < 1.0])
    assert (np.diff(values) >= -QUANTILE_ERROR * np.abs(values[1:])).all()


HEXES = """
import numpy as np
from eipsim.core.compiled import IS_COMPILED
from eipsim.core.arithmetic import exp, log, normal_quantile
print(IS_COMPILED)
generator = np.random.default_rng(3)
for x in (*generator.uniform(-700, 700, 400), *generator.uniform(-1, 1, 200), 0.0, 700.0, -700.0, 1e9):
    print(float(exp(float(x))).hex())
for x in (*np.exp2(generator.uniform(-1021, 1023, 400)), *generator.uniform(0.5, 2, 200), 1.0):
    print(float(log(float(x))).hex())
for u in (*generator.random(400), *np.exp2(generator.uniform(-200, 0, 200)), 0.5, 2.0**-54, 1 - 2.0**-53):
    print(float(normal_quantile(float(u))).hex())
"""


def hexes(disable_jit):
    """Lines printed by HEXES in a fresh interpreter with the compiler on or off."""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": disable_jit}
    command = [sys.executable, "-c", HEXES]
    return subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()


def test_compiled_and_plain_python_give_the_same_bits():
    compiled_lines, plain_lines = hexes("0"), hexes("1")
    assert (compiled_lines[0], plain_lines[0]) == ("True", "False")
    assert len(compiled_lines) == 1 + 604 + 601 + 603
    assert compiled_lines[1:] == plain_lines[1:]


@pytest.mark.parametrize("function", [exp, log, normal_quantile])
def test_doctests_of_arithmetic_hold(function):
    plain = function.py_func if IS_COMPILED else function
    tests = doctest.DocTestFinder().find(plain, globs=vars(arithmetic).copy())
    assert sum(len(test.examples) for test in tests) >= 1
    runner = doctest.DocTestRunner()
    assert all(runner.run(test).failed == 0 for test in tests)
