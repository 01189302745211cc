"""Parks of the list: what is known of them is kept, what is drawn is marked, and drawn tightly where a world asks for it."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import eipsim
from eipsim.core.draws import key_of
from eipsim.world.build import assemble
from eipsim.world.cache import Order
from eipsim.world.columns import DRAWN
from eipsim.world.park_list import STOCK, Site
from eipsim.world.places import normals_of_parks
from eipsim.world.recipe import read_recipe

LIST = Path(eipsim.__file__).parent / "data" / "parks" / "parks.csv"
with LIST.open(encoding="utf-8") as file:
    ROWS = {row["park_id"]: row for row in csv.DictReader(file)}
KEYS = np.array([key_of(f"P{n}") for n in range(4000)], dtype=np.uint64)
NAMED = [Site(f"P{n}", "", "", "", STOCK, synthetic=False) for n in range(4000)]
NAMELESS = [replace(site, synthetic=True) for site in NAMED]


def normals_at(share, seed, sites=NAMED):
    return normals_of_parks(sites, KEYS, {"named_spread": share}, seed, ("plots", 1))


def world_at(share, seed):
    recipe = read_recipe("vietnam")
    recipe = replace(recipe, constants=recipe.constants | {"named_spread": share})
    return assemble(recipe, "test", Order(seed=seed))


def tenants_in(world, year=2024):
    """Tenants of each park by its id."""
    counts = np.bincount(world.firms.park[world.alive(year)], minlength=world.n_parks)
    return dict(zip(world.park_ids, counts.tolist()))


def test_the_share_one_draws_everything_by_seed_and_zero_nothing():
    assert (normals_at(0.0, 1) == normals_at(0.0, 2)).all()
    assert (normals_at(1.0, 1) != normals_at(1.0, 2)).all()
    np.testing.assert_array_equal(normals_at(1.0, 1), normals_at(0.3, 1, NAMELESS))


@pytest.mark.parametrize("share", [0.0, 0.25, 0.6, 1.0])
def test_parks_differ_from_each_other_as_much_at_every_share_and_seeds_by_the_share(share):
    one, other = normals_at(share, 1), normals_at(share, 2)
    assert one.std() == pytest.approx(1.0, abs=0.03)
    assert one.mean() == pytest.approx(0.0, abs=0.05)
    assert (one - other).std() == pytest.approx(share * np.sqrt(2.0), abs=0.03)


def test_area_and_tenants_are_drawn_independently_of_each_other():
    area = normals_of_parks(NAMED, KEYS, {"named_spread": 0.0}, 1, ("park", 1))
    assert abs(np.corrcoef(area, normals_at(0.0, 1))[0, 1]) < 0.05


@pytest.fixture(scope="module")
def loose():
    return [world_at(1.0, seed) for seed in (1, 2, 3, 4, 5, 6)]


@pytest.fixture(scope="module")
def tight():
    return [world_at(0.25, seed) for seed in (1, 2, 3, 4, 5, 6)]


def spread_of_tenants(worlds, parks):
    """Median over the parks of the standard deviation of ln(1 + tenants) between worlds."""
    counts = [tenants_in(world) for world in worlds]
    return float(np.median([np.std([np.log1p(one[park]) for one in counts]) for park in parks]))


def named_without_a_count(world):
    return [
        park
        for park, row in ROWS.items()
        if park in world.park_ids
        and row["status"] == "established"
        and not row["n_firms"]
        and row["operating"] == "true"
    ]


def test_listed_areas_are_kept_in_every_world(loose, tight):
    for world in (*loose, *tight):
        for park, area in zip(world.park_ids, world.parks.area_ha):
            if park in ROWS and ROWS[park]["area_ha"] and ROWS[park]["status"] == "established":
                assert area == float(ROWS[park]["area_ha"])


def test_named_parks_vary_much_less_between_seeds_where_a_world_asks_for_it(loose, tight):
    parks = named_without_a_count(loose[0])
    assert len(parks) > 50
    assert spread_of_tenants(tight, parks) < 0.5 * spread_of_tenants(loose, parks)


def test_counted_parks_hold_about_as_many_as_were_counted(loose, tight):
    counted = {
        park: int(row["n_firms"]) for park, row in ROWS.items() if row["n_firms"] and row["status"] == "established"
    }
    for worlds in (loose, tight):
        means = {park: np.mean([tenants_in(world)[park] for world in worlds]) for park in counted}
        ratios = [means[park] / counted[park] for park in counted if means[park] > 0]
        assert np.median(ratios) == pytest.approx(1.0, abs=0.1)


def test_the_country_has_as_many_parks_firms_and_hectares(loose, tight):
    for one, other in zip(loose, tight):
        assert one.n_parks == other.n_parks
        both = [world.alive(2024).sum() for world in (one, other)]
        assert both[0] == pytest.approx(both[1], rel=0.03)
        assert one.parks.area_ha.sum() == pytest.approx(other.parks.area_ha.sum(), rel=0.1)


def test_what_is_drawn_is_marked_and_what_is_listed_is_not(loose):
    world = loose[0]
    assert world.drawn["P352"] == ["year"] or "area" not in world.drawn["P352"]
    for park in world.park_ids:
        row = ROWS.get(park)
        expected = set(DRAWN)
        if row is not None:
            own_point = row["latitude"] and row["coord_type"] != "province_point"
            known = (row["area_ha"], row["n_firms"], row["established_year"], own_point)
            expected = {what for what, value in zip(DRAWN, known) if not value}
        assert set(world.drawn[park]) == expected, park


def test_explain_and_the_list_of_parks_say_what_is_drawn(loose):
    from eipsim.cli.listings import listing_of
    from eipsim.model.model import EIPModel

    model = EIPModel("baseline", "pilot-parks", 1)
    listed = {row["id"]: row["drawn"] for row in listing_of("parks", "pilot-parks")}
    for row, park in enumerate(model.world.park_ids):
        told = [line for line in model.explain_park(row, 2016).lines if line.startswith("Drawn")]
        assert bool(told) == bool(model.world.drawn[park])
        assert listed[park] == ", ".join(model.world.drawn[park])
    (told,) = [line for line in model.explain_park(model.world.park_index("Hoa Khanh"), 2016).lines if "Drawn" in line]
    assert told.startswith("Drawn, because no list of parks tells it: its area, the number of its tenants")


def test_the_table_of_parks_tells_areas_and_what_is_drawn():
    run = eipsim.simulate("baseline", 1, world="pilot-parks", years=(2024, 2024))
    table = run.parks.set_index("park_id")
    assert table.loc["P352", "area_ha"] == 513.0
    assert not table.loc["P352", ["area_drawn", "tenants_drawn"]].any()
    for park, row in table.iterrows():
        assert row["area_drawn"] == (not ROWS[park]["area_ha"])
        assert row["tenants_drawn"] == (not ROWS[park]["n_firms"])
