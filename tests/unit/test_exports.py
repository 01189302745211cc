"""Results in the forms of others: what is written is what the run says, with its units, or nothing is written at all."""

import importlib
import importlib.util
import json
import os
import re
import stat
import warnings

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray

import eipsim
from eipsim.analysis.compare import compare
from eipsim.designs.reading import load_design
from eipsim.errors import InputError
from eipsim.exports import excel
from eipsim.exports.codebook import codebook
from eipsim.exports.iamc import INDEX, iamc_variables
from eipsim.outcomes.registry import OUTCOMES
from eipsim.runs.saving import CODEBOOK
from eipsim.runs.simulation import simulate
from eipsim.stores.store import Store

YEARS = (2028, 2031)


@pytest.fixture(scope="module")
def run():
    return simulate("full-package", world="pilot-parks", seed=3, years=YEARS, detail=True)


@pytest.fixture(scope="module")
def comparison():
    return compare("subsidy", world="pilot-parks", replicates=2, seed=3, years=YEARS)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    design = {
        "scenarios": {"now": "baseline", "=cmd()|' of a name that is far too long": "subsidy", "a/b": "carbon-price"},
        "world": "pilot-parks", "years": list(YEARS), "outcomes": ["co2_t"], "replicates": 2,
        "factors": {"behaviour.peer_weight": {"uniform": [0, 1]}}, "sampler": {"method": "latin", "n": 3},
    }  # fmt: skip
    design = load_design(design)
    shape = (3, 3, 2, YEARS[1] - YEARS[0] + 1, 1)
    values = np.random.default_rng(1).normal(size=shape)
    values[0, 0, 0] = np.nan  # a run without result
    return Store.fill(tmp_path_factory.mktemp("stores") / "store", design, values)


def sheet(file, name):
    return pd.read_excel(file, sheet_name=name)


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


# ---- workbooks -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workbook(run, tmp_path_factory):
    return run.to_excel(tmp_path_factory.mktemp("books") / "run.xlsx")


def test_a_workbook_has_a_sheet_a_table_with_the_numbers_of_the_run(run, workbook):
    names = pd.ExcelFile(workbook).sheet_names
    assert names[:2] == ["about", "contents"]
    assert names[-2:] == ["units", "sources"]
    assert set(names[2:-2]) == {name.split(".")[0] for name in run.files()}
    told = sheet(workbook, "outcomes").set_index("year")
    pd.testing.assert_frame_equal(told, run.outcomes, check_dtype=False, check_index_type=False, rtol=1e-12)


def test_units_and_sources_have_sheets_of_their_own(run, workbook):
    units = sheet(workbook, "units").set_index(["table", "column"])
    assert units.loc[("outcomes", "co2_t"), "unit"] == "tCO2/yr"
    assert units.loc[("exchanges", "distance_km"), "unit"] == "km"
    assert len(sheet(workbook, "sources")) > 10
    about = sheet(workbook, "about").set_index("what")["value"]
    assert (about["scenario"], about["seed"], about["world"]) == ("full-package", 3, "pilot-parks")


def test_what_is_missing_is_an_empty_cell(run, workbook):
    told = sheet(workbook, "parks")["lapsed_year"]
    assert told.isna().tolist() == run.parks["lapsed_year"].isna().tolist()


def test_a_name_that_begins_with_an_equals_sign_is_no_formula(tmp_path):
    names = ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@a", "#N/A", "plain", "bell\a"]
    excel.write_workbook(tmp_path / "a.xlsx", {"=t": pd.DataFrame({"=name": names})}, {"=what": "=1"}, codebook({}))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = [cell for ws in book.worksheets for row in ws.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}  # "f" would be a formula, "e" an error
    assert [cell.value for (cell,) in book["=t"].iter_rows()] == ["=name", *names[:-1], "bell\\x07"]
    assert [cell.quotePrefix for (cell,) in book["=t"].iter_rows(max_row=3)] == [True] * 3


def test_names_of_sheets_are_shortened_each_to_another_and_the_workbook_tells_which(tmp_path):
    long = "a-scenario-of-my-own-with-a-name-that-goes-on"
    tables = {f"{long}-{end}": pd.DataFrame({"x": [number]}) for number, end in enumerate(("one", "two", "TWO"))}
    excel.write_workbook(tmp_path / "a.xlsx", tables, {}, codebook(tables))
    contents = sheet(tmp_path / "a.xlsx", "contents").set_index("table")["sheet"]
    assert [sheet(tmp_path / "a.xlsx", contents[name])["x"].item() for name in tables] == [0, 1, 2]
    assert contents.str.len().max() == 31
    assert set(sheet(tmp_path / "a.xlsx", "units")["table"]) == set(contents)


@pytest.mark.parametrize("name", ["history", "a/b", "[x]:*?", "'quoted'", "", "\U0001f3ed" * 31, "About", "x" * 31])
def test_every_name_becomes_one_that_a_sheet_may_have(name):
    told = excel.sheet_names(["about", name])[name]
    assert 0 < len(told) <= 31
    assert not re.search(r"[\[\]:*?/\\]", told)
    assert told.casefold() not in ("history", "about")
    assert told == told.strip("'")


def test_a_table_with_more_rows_than_a_sheet_holds_is_refused_before_anything_is_written(run, tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "MOST_ROWS", len(run.exchanges))  # with its head it has one more
    with pytest.raises(InputError, match=rf"table exchanges: has {len(run.exchanges) + 1:,} rows") as error:
        run.to_excel(tmp_path / "new" / "run.xlsx")
    assert "Parquet" in str(error.value)
    assert left_in(tmp_path) == []


def test_a_sheet_holds_as_many_rows_as_the_format_has():
    rows = pd.DataFrame({"x": np.zeros(excel.MOST_ROWS, dtype=np.int8)})
    assert excel.MOST_ROWS == 1_048_576
    (mistake,) = excel._too_large({"long": rows, "fits": rows.iloc[1:]})
    assert mistake.what == "has 1,048,577 rows, its head among them"


def test_a_workbook_is_not_written_over_without_force(run, tmp_path):
    (tmp_path / "run.xlsx").write_text("mine")
    with pytest.raises(InputError, match="exists; nothing is overwritten"):
        run.to_excel(tmp_path / "run.xlsx")
    assert (tmp_path / "run.xlsx").read_text() == "mine"


@pytest.mark.parametrize(
    ("write", "name", "words"),
    [
        ("to_excel", "run.xls", r"does not end in \.xlsx; write run\.xlsx"),
        ("to_geojson", "parks.json", r"does not end in \.geojson; write parks\.geojson"),
        ("to_excel", "folder.xlsx", "is a folder"),
        ("to_excel", "file/run.xlsx", "cannot be written"),
    ],
)
def test_a_file_that_cannot_be_written_is_told(run, tmp_path, write, name, words):
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match=words):
        getattr(run, write)(tmp_path / name)
    assert left_in(tmp_path) == ["file", "folder.xlsx"]


@pytest.mark.parametrize(("write", "name"), [("to_excel", "a.xlsx"), ("to_geojson", "a.geojson")])
def test_a_folder_that_may_not_be_written_is_told(run, tmp_path, monkeypatch, write, name):
    if os.geteuid() == 0:  # who may write everywhere
        monkeypatch.setattr(
            "tempfile.mkstemp", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
        )
    tmp_path.chmod(stat.S_IREAD | stat.S_IEXEC)
    try:
        with pytest.raises(InputError, match=rf"{name}: cannot be written: Permission denied; nothing was left behind"):
            getattr(run, write)(tmp_path / name)
        assert left_in(tmp_path) == []
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_a_fault_while_a_workbook_is_written_leaves_nothing(run, tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "_fill", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run.to_excel(tmp_path / "new" / "run.xlsx")
    assert left_in(tmp_path) == []


def test_a_library_that_is_missing_is_told_with_how_to_get_it(run, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(InputError, match=r"needs openpyxl, which is not installed; pip install 'eipsim\[iamc\]'"):
        run.to_excel(tmp_path / "run.xlsx")
    assert left_in(tmp_path) == []


def test_a_comparison_and_a_store_become_workbooks_too(comparison, store, tmp_path):
    file = comparison.to_excel(tmp_path / "comparison.xlsx")
    assert {"pathways", "differences", "summary", "units"} <= set(pd.ExcelFile(file).sheet_names)
    file = store.to_excel(tmp_path / "store.xlsx", years=[2030])
    contents = sheet(file, "contents").set_index("table")["sheet"]
    assert list(contents.index) == list(store.design.scenarios)
    told = sheet(file, contents["a/b"])
    np.testing.assert_allclose(told["co2_t"], store.table(years=[2030], scenarios=["a/b"])["co2_t"], rtol=1e-12)
    units = sheet(file, "units").set_index(["table", "column"])
    assert units.loc[(contents["a/b"], "co2_t"), "unit"] == "tCO2/yr"


# ---- labelled arrays -------------------------------------------------------------------------------------------------


def test_a_run_as_arrays_has_units_and_says_what_was_run(run):
    data = run.to_xarray()
    assert data["co2_t"].dims == ("year",)
    assert data["co2_t"].attrs["units"] == "tCO2/yr"
    assert data["co2_t"].attrs["description"] == OUTCOMES["co2_t"].definition
    np.testing.assert_array_equal(data["co2_t"], run.outcomes["co2_t"])
    assert (data.attrs["scenario"], data.attrs["seed"]) == ("full-package", 3)


def test_provinces_and_parks_are_dimensions(run):
    data = run.to_xarray()
    np.testing.assert_allclose(data["co2_t_by_province"].sum("province"), run.outcomes["co2_t"])
    np.testing.assert_allclose(data["firms_by_park"].sum("park_id"), run.outcomes["firms"])
    park = run.parks.iloc[-1]
    there = data.sel(year=YEARS[1], park_id=park["park_id"])
    assert (there["park_name"].item(), there["score_by_park"].item()) == (park["name"], park["score"])


def test_arrays_can_be_written_to_a_file_and_read_again(run, tmp_path):
    data = run.to_xarray()
    data.to_netcdf(tmp_path / "run.nc", engine="scipy")
    with xarray.open_dataset(tmp_path / "run.nc", engine="scipy") as again:
        np.testing.assert_array_equal(again["co2_t_by_province"], data["co2_t_by_province"])
        assert again["co2_t"].attrs["units"] == "tCO2/yr"


def test_a_comparison_as_arrays_keeps_the_order_of_its_scenarios(comparison):
    data = comparison.to_xarray()
    assert data["scenario"].values.tolist() == ["baseline", "subsidy"]
    assert data["co2_t"].dims == ("scenario", "replicate", "year")
    np.testing.assert_array_equal(data["co2_t"].values.ravel(), comparison.pathways["co2_t"])
    gap = (data["co2_t"].sel(scenario="subsidy") - data["co2_t"].sel(scenario="baseline")).mean("replicate")
    told = comparison.differences.query("outcome == 'co2_t'")["difference"]
    np.testing.assert_allclose(gap, told)
    assert data["adopters"].dims == ("scenario", "replicate")


def test_a_store_as_arrays_has_factors_beside_its_rows_and_nan_where_a_run_is_missing(store):
    data = store.to_xarray()
    array, labels = store.array()
    assert data["scenario"].values.tolist() == labels["scenario"]
    told = data["co2_t"].transpose("scenario", "row", "replicate", "year")
    np.testing.assert_array_equal(told, array[..., 0])
    assert bool(np.isnan(told[0, 0, 0]).all())
    np.testing.assert_array_equal(data["behaviour.peer_weight"], store.rows["behaviour.peer_weight"])


# ---- IAMC ------------------------------------------------------------------------------------------------------------


def is_iamc(table, more=()):
    """Whether a table is what the format asks for, strictly."""
    years = [column for column in table if column not in (*INDEX, *more)]
    assert list(table.columns[: len(INDEX) + len(more)]) == [*INDEX, *more]
    assert all(isinstance(year, int) and 1000 < year < 10000 for year in years)
    assert years == sorted(years)
    assert not table.duplicated([*INDEX, *more]).any()
    assert all(
        table[name].map(lambda text: isinstance(text, str) and text.strip() == text and text).all() for name in INDEX
    )
    assert not table["variable"].str.contains(r"\|\||^\||\|$").any()
    assert table.groupby("variable")["unit"].nunique().max() == 1
    return table[years].dtypes.eq(np.float64).all()


def test_every_outcome_is_a_variable_of_its_own_that_is_documented():
    table = iamc_variables()
    assert sorted(table.index) == sorted(OUTCOMES)
    assert table["variable"].is_unique
    assert (table["definition"].str.len() > 10).all()


# From units of outcomes to those of the format, worked out by hand.
FACTORS = {
    ("tCO2/yr", "Mt CO2/yr"): 1e-6, ("t/yr", "Mt CO2/yr"): 1e-6, ("t/yr", "Mt/yr"): 1e-6, ("m3/yr", "km3/yr"): 1e-9,
    ("MWh/yr", "EJ/yr"): 3.6e-9, ("GJ/yr", "EJ/yr"): 1e-9, ("USD/yr", "million USD_2024/yr"): 1e-6,
    ("USD", "million USD_2024"): 1e-6, ("share", "%"): 100.0, ("jobs", "million"): 1e-6, ("points of 100", "points"): 1.0,
    ("tCO2/MUSD", "t CO2/million USD_2024"): 1.0, ("MWh/MUSD", "MWh/million USD_2024"): 1.0,
}  # fmt: skip


@pytest.mark.parametrize("row", [*iamc_variables().itertuples()], ids=lambda row: row.Index)
def test_units_are_turned_into_those_of_the_format(row):
    assert row.factor == FACTORS.get((row.outcome_unit, row.unit), 1.0)
    assert (row.outcome_unit, row.unit) in FACTORS or row.outcome_unit == row.unit


def test_a_run_in_the_format_of_the_iamc(run):
    table = run.to_iamc()
    assert is_iamc(table)
    assert len(table) == len(OUTCOMES)
    row = table.set_index("variable").loc["Emissions|CO2|Industrial Parks|Energy"]
    assert (row["scenario"], row["region"], row["unit"]) == ("full-package", "Viet Nam (pilot parks)", "Mt CO2/yr")
    assert row[2030] == pytest.approx(run.outcomes.loc[2030, "co2_t"] / 1e6)


def test_variables_below_a_variable_add_up_to_it(run):
    of = run.to_iamc().set_index("variable")[2030]
    for whole in ("Emissions|CO2|Industrial Parks", "Emissions|CO2|Industrial Parks|Energy"):
        parts = [name for name in of.index if name.startswith(f"{whole}|") and "|" not in name[len(whole) + 1 :]]
        assert len(parts) == 2
        assert of[parts].sum() == pytest.approx(of[whole])


def test_provinces_are_regions_that_add_up(run):
    table = run.to_iamc(region="Viet Nam", provinces=True)
    assert is_iamc(table)
    of = table[table["variable"] == "Emissions|CO2|Industrial Parks"].set_index("region")[2030]
    assert of.drop("Viet Nam").sum() == pytest.approx(of["Viet Nam"])
    assert all(region.startswith("Viet Nam|") for region in of.index.drop("Viet Nam"))


def test_a_changed_run_is_no_run_of_the_scenario_as_it_is():
    changed = simulate("baseline", world="pilot-parks", years=(2015, 2015), settings={"behaviour.peer_weight": 0})
    assert set(changed.to_iamc()["scenario"]) == {"baseline (behaviour.peer_weight=0)"}


def test_a_comparison_in_the_format_has_means_or_each_replicate(comparison):
    means, each = comparison.to_iamc(), comparison.to_iamc(replicates=True)
    assert is_iamc(means)
    assert is_iamc(each, ("replicate",))
    assert len(each) == 2 * len(means) == 4 * len(OUTCOMES)
    keys = ["scenario", "variable"]
    pd.testing.assert_series_equal(each.groupby(keys)[2030].mean(), means.groupby(keys)[2030].first())


def test_a_store_in_the_format_names_its_rows(store):
    table = store.to_iamc(scenarios=["now"], region="somewhere")
    assert is_iamc(table)
    assert table["scenario"].tolist() == ["now, row 0", "now, row 1", "now, row 2"]
    assert table.loc[1, 2030] == pytest.approx(np.nanmean(store.array(years=[2030])[0][0, 1]) * 1e-6)


@pytest.mark.skipif(importlib.util.find_spec("pyam") is None, reason="pyam brings a web server; installed by hand only")
def test_pyam_reads_it(run, comparison):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyam = importlib.import_module("pyam")
        data = pyam.IamDataFrame(run.to_iamc(provinces=True, region="Viet Nam"))
        each = pyam.IamDataFrame(comparison.to_iamc(replicates=True))
        assert data.check_aggregate("Emissions|CO2|Industrial Parks") is None
        assert data.check_aggregate_region("Emissions|CO2|Industrial Parks", region="Viet Nam") is None
    assert len(data.variable) == len(OUTCOMES)
    assert each.extra_cols == ["replicate"]


# ---- GeoJSON ---------------------------------------------------------------------------------------------------------


def test_parks_as_geojson_are_points_with_the_columns_of_the_year(run, tmp_path):
    content = json.loads(run.to_geojson(tmp_path / "parks.geojson", year=2029).read_text(encoding="utf-8"))
    rows = run.parks[run.parks["year"] == 2029].set_index("park_id")
    assert content["type"] == "FeatureCollection"
    assert "crs" not in content  # which RFC 7946 has taken out
    assert [feature["id"] for feature in content["features"]] == rows.index.tolist()
    for feature in content["features"]:
        row = rows.loc[feature["id"]]
        assert feature.keys() == {"type", "id", "geometry", "properties"}
        assert (feature["type"], feature["geometry"]["type"]) == ("Feature", "Point")
        longitude, latitude = feature["geometry"]["coordinates"]
        assert (longitude, latitude) == pytest.approx((row["longitude"], row["latitude"]), abs=1e-6)
        assert -180 <= longitude <= 180
        assert -90 <= latitude <= 90
        assert (feature["properties"]["name"], feature["properties"]["firms"]) == (row["name"], row["firms"])
    assert content["units"]["area_ha"] == "ha"


def test_geojson_is_of_the_last_year_unless_one_is_named_that_is_there(run, tmp_path):
    assert json.loads(run.to_geojson(tmp_path / "a.geojson").read_text(encoding="utf-8"))["year"] == YEARS[1]
    with pytest.raises(InputError, match="1999 is not in the run; allowed: 2028 to 2031"):
        run.to_geojson(tmp_path / "b.geojson", year=1999)
    assert left_in(tmp_path) == ["a.geojson"]


def test_a_park_whose_place_is_not_known_has_no_geometry(run):
    from eipsim.exports.geojson import feature_collection

    parks = run.parks.assign(latitude=np.nan)
    assert {feature["geometry"] for feature in feature_collection(parks, None, {})["features"]} == {None}


# ---- codebooks -------------------------------------------------------------------------------------------------------


def test_every_column_that_is_written_is_in_the_codebook_with_what_it_means(run, comparison, tmp_path):
    for result in (run, comparison):
        folder = result.save(tmp_path / type(result).__name__)
        book = pd.read_csv(folder / CODEBOOK).set_index(["table", "column"])
        assert book.index.is_unique
        for file in (*folder.glob("*.csv"), *folder.glob("*.parquet")):
            if file.name != CODEBOOK:
                table = pd.read_csv(file) if file.suffix == ".csv" else pd.read_parquet(file).rename_axis(None)
                columns = set(table.columns)
                assert columns <= set(book.loc[file.name].index), file.name
        assert book[book["meaning"].isna()].index.tolist() == []
        numbers = book[(book["type"] == "number") & book["unit"].isna()]
        assert {column for _, column in numbers.index} <= WITHOUT_UNIT


WITHOUT_UNIT = {"rho", "pairing_gain", "pairing_gain_low", "pairing_gain_high"}


def test_a_validation_has_a_codebook_too(tmp_path):
    facts = tmp_path / "facts.csv"
    facts.write_text("name,expression,low,high,role,source\nfirms,firms @2016,1,9999,test,me\n")
    result = eipsim.validate(facts, world="pilot-parks", replicates=1)
    book = pd.read_csv(result.save(tmp_path / "out") / CODEBOOK).set_index(["table", "column"])
    assert book[book["meaning"].isna()].index.tolist() == []
    assert book.loc[("runs.parquet", "firms"), "meaning"] == "firms @2016"


def test_a_store_has_a_codebook_of_its_factors_and_outcomes(store):
    book = pd.read_csv(store.folder / CODEBOOK).set_index(["table", "column"])
    assert book.loc[("runs/part-*.parquet", "co2_t"), "unit"] == "tCO2/yr"
    assert isinstance(book.loc[("rows.parquet", "behaviour.peer_weight"), "meaning"], str)
    assert {"index.parquet", "failures/part-*.parquet"} <= set(book.index.get_level_values(0))


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_a_store_is_exported_from_the_command_line_with_its_units(store, tmp_path, suffix):
    from eipsim.cli import main

    file = tmp_path / f"out{suffix}"
    assert main(["store", "export", str(store.folder), "--to", str(file), "--years", "2030"]) == 0
    if suffix == ".xlsx":
        assert "units" in pd.ExcelFile(file).sheet_names
        return
    book = pd.read_csv(tmp_path / "out.codebook.csv").set_index("column")
    assert list(book.index) == list(store.table().columns)
    assert book.loc["co2_t", "unit"] == "tCO2/yr"
