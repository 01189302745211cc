"""Attraction: firms that care about standards go to parks with higher scores, and nobody is added or lost."""

import numpy as np
import pytest
from helpers import differences, part_of

from eipsim.core.draws import stream
from eipsim.data.parameters import load_parameters
from eipsim.model.attraction import OF_THE_PLOT, attracted, newcomers
from eipsim.model.model import EIPModel
from eipsim.world import build_world

STRENGTHS = (0.1, 0.5, 3.0)


@pytest.fixture(scope="module")
def country():
    return build_world("vietnam", 1)


@pytest.fixture(scope="module")
def scores(country):
    """Scores that differ between parks and stay as they are."""
    by_park = 30.0 + 50.0 * np.linspace(0.0, 1.0, country.n_parks)[np.argsort(country.parks.key)]
    return np.tile(by_park, (36, 1))


@pytest.fixture(scope="module")
def worlds(country, scores):
    return [attracted(country, scores, strength, stream(1, "entry choice")) for strength in STRENGTHS]


def came_later(world):
    return (world.firms.entry_year > world.first_year) & (world.firms.exit_year > world.firms.entry_year)


def score_of_foreign(world, scores):
    """Mean score of the parks of foreign newcomers."""
    rows = came_later(world) & world.firms.foreign
    return scores[0][world.firms.park[rows]].mean()


def test_strength_zero_is_the_same_world_and_the_default(country, scores):
    same = attracted(country, scores, 0.0, stream(1, "entry choice"))
    for name, column in country.firms._asdict().items():
        np.testing.assert_array_equal(getattr(same.firms, name), column, err_msg=name)
    parameter = load_parameters()["population.attraction_strength"]
    assert (parameter.low, parameter.central) == (0.0, 0.0)
    assert parameter.high > 0.0


def test_the_stronger_the_attraction_the_higher_the_scores_of_foreign_newcomers_parks(country, scores, worlds):
    means = [score_of_foreign(world, scores) for world in (country, *worlds)]
    assert means == sorted(means)
    assert means[-1] > means[0] + 0.5


def test_plots_are_let_as_before_and_every_firm_of_a_province_and_year_is_there(country, worlds):
    for world in worlds:
        for name in OF_THE_PLOT:
            np.testing.assert_array_equal(getattr(world.firms, name), getattr(country.firms, name))
        for year in (2016, 2024, 2037, 2050):
            for before, after in zip(newcomers(country, year), newcomers(world, year), strict=True):
                np.testing.assert_array_equal(before, after)
                for name in ("employees", "revenue_usd", "electricity_mwh", "sector"):
                    ours, theirs = (np.sort(getattr(w.firms, name)[before]) for w in (country, world))
                    np.testing.assert_array_equal(ours, theirs)
        first = ~came_later(country)
        np.testing.assert_array_equal(world.firms.employees[first], country.firms.employees[first])
        assert world.digest != country.digest


def test_a_firm_moves_with_all_that_describes_it(country, worlds):
    """Its use of electricity is as good as a name: who has it has the same size, sector and owner as before."""
    described = {use: row for row, use in enumerate(country.firms.electricity_mwh)}
    assert len(described) == country.n_firms
    moved = np.flatnonzero(worlds[-1].firms.electricity_mwh != country.firms.electricity_mwh)
    assert moved.size > 200
    for row in moved[:200]:
        origin = described[worlds[-1].firms.electricity_mwh[row]]
        for name in ("sector", "foreign", "employees", "revenue_usd", "fuel_gj", "water_m3", "constrained_draw"):
            assert getattr(worlds[-1].firms, name)[row] == getattr(country.firms, name)[origin]


def test_equal_scores_move_nobody(country):
    flat = np.full((36, country.n_parks), 60.0)
    same = attracted(country, flat, 3.0, stream(1, "entry choice"))
    np.testing.assert_array_equal(same.firms.employees, country.firms.employees)


def test_who_goes_where_does_not_depend_on_the_order_of_parks(country, scores):
    order = np.random.default_rng(1).permutation(country.n_parks)
    shuffled = attracted(part_of(country, order), scores[:, order], 0.5, stream(1, "entry choice"))
    plain = attracted(country, scores, 0.5, stream(1, "entry choice"))
    ours = dict(zip(plain.firms.key, plain.firms.employees))
    assert all(ours[key] == employees for key, employees in zip(shuffled.firms.key, shuffled.firms.employees))


def test_a_run_with_attraction_keeps_all_counts_and_can_be_replayed():
    plain, drawn = (
        EIPModel("baseline", "pilot-parks", 3, settings={"population.attraction_strength": s}).run() for s in (0.0, 3.0)
    )
    np.testing.assert_array_equal(plain.outcomes["firms"], drawn.outcomes["firms"])
    np.testing.assert_array_equal(plain.outcomes["jobs"].loc[:2015], drawn.outcomes["jobs"].loc[:2015])
    moved = plain.world.firms.employees != drawn.world.firms.employees
    assert moved.any()
    assert (plain.world.firms.entry_year[moved] > 2015).all()
    again = drawn.replay(2030)
    while drawn.year > 2030:  # the same run, stopped at 2030
        drawn = EIPModel("baseline", "pilot-parks", 3, settings={"population.attraction_strength": 3.0})
        while drawn.year < 2030:
            drawn.step()
    assert differences(again, drawn) == []
