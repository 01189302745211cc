"""The same scenario looks the same in every figure, and no two scenarios of one figure look alike."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from eipsim.figures.colours import BASELINE, BLACK, FIRST, HUES, looks_of
from eipsim.figures.fans import pathways
from eipsim.figures.transitions import transition
from eipsim.scenarios.files import list_scenarios

NAMES = st.lists(st.sampled_from([*list_scenarios(), "mine", "yours", "league"]), min_size=1, max_size=8, unique=True)


@given(names=NAMES, others=NAMES)
@settings(max_examples=50, deadline=None)
def test_a_scenario_of_the_library_looks_the_same_whatever_stands_beside_it(names, others):
    looks, elsewhere = dict(zip(names, looks_of(names))), dict(zip(others, looks_of(others)))
    assert all(looks[name] == elsewhere[name] for name in looks.keys() & elsewhere.keys() & set(list_scenarios()))


@given(names=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=12, unique=True))
@settings(max_examples=50, deadline=None)
def test_no_two_scenarios_of_a_figure_look_alike_in_whichever_order(names):
    looks = dict(zip(names, looks_of(names)))
    assert len(set(looks.values())) == len(names)
    assert dict(zip(names[::-1], looks_of(names[::-1]))) == looks


def test_every_scenario_of_the_library_has_a_look_of_its_own_that_no_other_takes():
    names = list_scenarios()
    looks = looks_of(names)
    assert len(set(looks)) == len(names)
    assert looks[names.index(BASELINE)] == (BLACK, "-")
    assert not set(looks) & set(looks_of([f"mine-{k}" for k in range(20)]))


def test_scenarios_that_are_compared_most_have_colours_of_their_own():
    assert set(FIRST) < set(list_scenarios())
    assert len({look.colour for look in looks_of([BASELINE, *FIRST])}) == 1 + len(FIRST)


# Machado, Oliveira and Fernandes (2009), full severity.
SEEN_BY = {
    "protanopes": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopes": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "everybody else": np.eye(3),
}


def lab(linear):
    """CIE L*a*b* of linear RGB."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(linear, 0.0, 1.0) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16.0 / 116.0)
    return np.array([116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])])


@pytest.mark.parametrize("who", SEEN_BY)
def test_colours_are_told_apart_by_the_colour_blind(who):
    rgb = np.array([to_rgb(colour) for colour in (BLACK, *HUES)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.array([lab(np.array(SEEN_BY[who]) @ colour) for colour in linear])
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1)[np.triu_indices(len(seen), 1)]
    assert apart.min() > 17.0


def runs_of(*scenarios):
    """A table of two replicates of each scenario, of all that pathways and transitions show."""
    columns = ["co2_avoided_t", "parks_converted", "parks_certified", "park_score_mean", "parks_operating"]
    rows = [
        (name, r, year, *[float(k + r + 1)] * 5)
        for k, name in enumerate(scenarios)
        for r in (0, 1)
        for year in (2030, 2050)
    ]
    return pd.DataFrame(rows, columns=["scenario", "replicate", "year", *columns])


def colour_at(chart, scenarios, name):
    lines = [line for line in chart.axes[0].lines if len(line.get_xdata()) == 2 and line.get_lw() == 1.7]
    return lines[scenarios.index(name)].get_color()


@pytest.mark.parametrize("draw", [pathways, transition])
def test_figures_draw_a_scenario_in_its_colour(draw):
    few, many = ["baseline", "subsidy"], ["baseline", "carbon-price", "mine", "subsidy"]
    colours = [colour_at(draw(runs_of(*names)), names, "subsidy") for names in (few, many)]
    assert colours[0] == colours[1] == looks_of(["subsidy"])[0].colour
