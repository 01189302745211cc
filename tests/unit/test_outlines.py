"""Outlines on maps: Viet Nam's, one of the user's own, and what is no outline; names that the font of figures lacks."""

import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from charts import beyond_page, overlapping, texts

from eipsim import figures
from eipsim.data.loading import read_facts
from eipsim.data.outlines import MOST_POINTS, PACKAGED, read_outline
from eipsim.errors import InputError
from eipsim.figures import fonts, maps
from eipsim.runs.simulation import simulate
from eipsim.world import build_world

EXAMPLE = Path(__file__).parents[1] / "data" / "example-country"
AROUND = [[17.0, 8.0], [23.0, 8.0], [23.0, 11.0], [17.0, 11.0], [17.0, 8.0]]  # its provinces, wider than high


def area(points=AROUND, kind="Polygon"):
    return {"type": kind, "coordinates": [points]}


@pytest.fixture
def country(tmp_path):
    folder = tmp_path / "country"
    shutil.copytree(EXAMPLE, folder)
    return folder


def with_outline(folder, content):
    (folder / "outline.geojson").write_text(
        content if isinstance(content, str) else json.dumps(content), encoding="utf-8"
    )
    return f"folder:{folder}"


@pytest.fixture(scope="module")
def run():
    return simulate("baseline", world="pilot-parks", years=(2015, 2030))


# ---- Viet Nam ------------------------------------------------------------------------------------------------------------


def test_the_outline_of_viet_nam_holds_its_provinces_and_names_its_archipelagos():
    outline, world = read_outline(PACKAGED), build_world("pilot-parks")
    west, south, east, north = outline.box
    assert (west < world.parks.longitude).all()
    assert (world.parks.longitude < east).all()
    assert (south < world.parks.latitude).all()
    assert (world.parks.latitude < north).all()
    assert [place.name for place in outline.places] == ["Quần đảo Hoàng Sa", "Quần đảo Trường Sa"]
    assert {*outline.sources, *outline.place_sources} <= set(read_facts("sources")["source_id"])


def test_the_map_shows_land_and_archipelagos_and_takes_no_position(run):
    chart = figures.park_map(run)
    shown = [text.replace("\n", " ") for text, _ in texts(chart)]
    assert {"Quần đảo Hoàng Sa", "Quần đảo Trường Sa"} <= set(shown)
    small_print = " ".join(shown)
    assert "Natural Earth" in small_print
    assert "no position on boundaries" in small_print
    assert len(chart.axes[0].patches) == len(read_outline(PACKAGED).lines)
    assert overlapping(chart) == []
    assert beyond_page(chart) == []


# ---- a country of the user's own -----------------------------------------------------------------------------------------


def test_a_wide_country_has_a_wide_map_with_its_own_outline(country):
    world = with_outline(country, {"type": "Feature", "properties": {"source": "Survey 2020"}, "geometry": area()})
    chart = figures.park_map(simulate(world=world, years=(2015, 2026)))
    wide, high = (chart.axes[0].get_window_extent().size / chart.dpi).tolist()
    assert wide > 1.5 * high
    assert "Outline: Survey 2020" in " ".join(text for text, _ in texts(chart))
    assert overlapping(chart) == []
    assert beyond_page(chart) == []


def test_a_country_without_an_outline_is_drawn_without(country):
    chart = figures.park_map(simulate(world=f"folder:{country}", years=(2015, 2016)))
    assert not chart.axes[0].patches
    assert "outline.geojson" in " ".join(text for text, _ in texts(chart))


def test_a_wide_country_with_many_parks_has_its_key_and_enlarged_parts_below_its_map():
    random, n = np.random.default_rng(3), 120
    parks = pd.DataFrame({
        "park_id": [f"X{k}" for k in range(n)], "name": [f"Park {k}" for k in range(n)], "synthetic": False,
        "longitude": random.uniform(20.0, 34.0, n), "latitude": random.uniform(40.0, 46.0, n), "state": "operating",
    })  # fmt: skip
    chart = maps.draw(parks, "A finding", None)
    main, *others = (axes.get_position() for axes in chart.axes)
    assert len(others) == 3
    assert all(place.y1 < main.y0 for place in others)
    assert overlapping(chart) == []
    assert beyond_page(chart) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "outline.geojson:1: is no JSON"),
        ({"type": "Topology", "arcs": []}, "is TopoJSON; save it as GeoJSON"),
        ({"kind": "map"}, "names no type"),
        ({"type": "FeatureCollection", "features": []}, "has no area and no line"),
        (area([[2_000_000.0, 900_000.0]] * 4), "no point on earth in degrees; give longitude and latitude in degrees"),
        (area([[y, x] for x, y in AROUND]), "where no province lies"),
        (area([["17", "8"]] * 4), "is no point"),
        ({"type": "Feature", "geometry": area(kind="Circle")}, "is no shape of GeoJSON; allowed: LineString"),
        ({"type": "Polygon"}, "outline.geojson"),
        ({"type": "FeatureCollection", "features": [3]}, "stands where an object is expected"),
        (area([AROUND[0]] * (MOST_POINTS + 1)), "has more than 50,000 points; simplify"),
        ('{"type":"GeometryCollection","geometries":[' * 5000, "outline.geojson"),
    ],
)  # fmt: skip
def test_what_is_no_outline_is_refused_before_a_run(country, content, told):
    with pytest.raises(InputError) as caught:
        build_world(with_outline(country, content))
    assert told in str(caught.value)
    assert len(caught.value.mistakes) == 1


# ---- names in other scripts ----------------------------------------------------------------------------------------------


def renamed(folder, latin):
    """The country with names of parks in a script that the font of figures lacks, and Latin names where `latin`."""
    table = (folder / "parks.csv").read_text(encoding="utf-8").splitlines()
    columns = table[0].split(",")
    rows = [dict(zip(columns, line.split(","))) for line in table[1:]]
    for number, row in enumerate(rows):
        row["name_ascii"] = row["name_vi"] if latin else ""
        row["name_vi"] = f"園區{number}"
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    (folder / "parks.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"folder:{folder}"


@pytest.mark.parametrize("latin", [True, False])
def test_names_that_no_font_has_are_shown_by_their_latin_name_or_id(country, latin, monkeypatch):
    monkeypatch.setattr(fonts, "letters", lambda: frozenset(range(0x0500)))
    run = simulate(world=renamed(country, latin), years=(2015, 2026))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = {text for text, _ in texts(figures.park_map(run))}
    assert ("Harbour Park" if latin else "N1") in shown
    assert not any("園" in text for text in shown)
    assert figures.note_on_names(run).count("figures show 園區0 as") == 1


def test_names_that_a_font_has_are_left_as_they_are(run):
    assert figures.note_on_names(run) == ""
    assert fonts.readable(run) is run


def test_boxes_in_a_figure_are_told_in_one_warning(run, tmp_path, monkeypatch):
    monkeypatch.setattr("eipsim.figures.style.is_shown", str.isascii)
    chart = figures.pathways(run)
    with pytest.warns(UserWarning, match="boxes stand for letters") as told:
        figures.save(chart, tmp_path, "one")
    assert len(told) == 1
