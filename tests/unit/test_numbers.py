"""Numbers as people read them: one scale for what is compared, digits that mean something, the same words everywhere."""

import doctest
import math

import pytest

from eipsim.core import numbers
from eipsim.figures import wording


def test_the_examples_hold():
    tried = doctest.testmod(numbers)
    assert tried.attempted > 10
    assert tried.failed == 0


@pytest.mark.parametrize("largest", [1.0, 9_999.0, 1e4, 999_999.0, 1e6, 3e9, 4e12])
def test_figures_and_tables_count_on_the_same_scale(largest):
    _, unit = numbers.cells([largest], "USD/yr")
    assert wording.scale_of(largest, "USD/yr").unit == unit


def test_a_number_that_is_not_there_is_a_dash_in_cells_and_shares():
    assert numbers.cell(None) == numbers.cell(math.nan) == numbers.whole_share(math.nan) == numbers.NOTHING
    assert numbers.cells([math.nan, 2e6], "t")[0] == [numbers.NOTHING, "2"]


def test_no_number_loses_its_whole_digits_in_a_sentence():
    assert numbers.number(1_234_567.8) == "1,234,568"
