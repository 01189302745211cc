"""A country with its own market: every table that it brings counts, what it does not bring is Viet Nam's, and is told."""

import pickle
import shutil
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from eipsim.data.loading import FOLDER, VIETNAM
from eipsim.errors import InputError
from eipsim.explain import firm as of_firm
from eipsim.market.country import TABLES
from eipsim.model.model import EIPModel
from eipsim.policy.decrees import read_decrees
from eipsim.runs.provenance import case_of
from eipsim.scenarios.loading import default_scenario
from eipsim.world import build_world
from eipsim.world.recipe import content_hash, origins_of

EXAMPLE = Path(__file__).parents[1] / "data" / "example-country"
MARKET = (*TABLES, "decrees")
LEVEL = {
    "driver_paths": "name,central\nelectricity_price_2025,90\nconsumer_price_change_2025,0.02\n",
}
YEARS = "\n".join(f"{year},0.0{year % 7 + 1}" for year in range(2015, 2025))
SHARES = ",".join(["1.1"] * 18)
ARCHETYPE = (EXAMPLE / "archetypes.csv").read_text(encoding="utf-8").splitlines()
EXCLUSIONS = (FOLDER / "measure_exclusions.csv").read_text(encoding="utf-8")
# One number other than Viet Nam's in each table, with the tables that it needs beside it.
OTHER = {
    "prices": {"prices": "item,value\nwater,1.1\n"},
    "electricity_tariff": {
        "electricity_tariff": "date,vnd_per_kwh_ex_vat\n2020-06-01,0.2\n2013-01-01,0.1\n", **LEVEL,
    },
    "driver_paths": {"driver_paths": "name,central\nfuel_price_growth,0.02\n"},
    "grid_emission_factor": {"grid_emission_factor": "year,central\n2050,0.1\n2015,0.5\n"},
    "deflator": {"deflator": f"year,cpi_change\n{YEARS}\n", **LEVEL},
    "emission_factors": {"emission_factors": "factor,unit,value\ndiesel,kgCO2/GJ,80\n"},
    "fuel_mix": {"fuel_mix": "arch_id,coal,biomass,fuel_oil,LPG,natural_gas,diesel\nA05,0.1,0.2,0.1,0.1,0.4,0.1\n"},
    "process_emissions": {
        "process_emissions": "arch_id,process,parameter,central\nA16,glass,co2_per_tonne,0.15\n"
    },
    "archetype_materials": {
        "archetype_materials": "arch_id,materials_share_of_revenue_central,chemicals_share_of_revenue_central\nA05,0.4,0.02\n"
    },
    "learning_and_pv": {"learning_and_pv": "parameter,central\npv_yield_south,1000\n"},
    "tech_cost_paths": {
        "tech_cost_paths": "tech,parameter,y2020,y2025,y2030,y2040,y2050\nindustrial_heat_pump_125C,COP,-,3,3.1,3.2,3.3\n"
    },
    "measures": {"measures": "measure_id,parameter,central\nM01,capex,150\n"},
    "measure_inputs": {"measure_inputs": "measure_id,input,amount_central\nM11,electricity,0.9\n"},
    "measure_penetration": {"measure_penetration": "measure_id,arch_id,central\nM01,A05,0.2\n"},
    "applicability": {"applicability": f"measure_id,{','.join(f'A{n:02d}' for n in range(1, 19))}\nM02,{SHARES}\n"},
    "output_growth": {"output_growth": "arch_id,period,central\nA05,after,1.5\n"},
    "archetypes": {"archetypes": "\n".join([ARCHETYPE[0] + ",wastewater_ratio", *(row + ",0.6" for row in ARCHETYPE[1:])])},
}  # fmt: skip


def country(folder: Path, **tables: str) -> str:
    """The parks of the example in `folder`, with no market but these tables; as a recipe."""
    shutil.copytree(EXAMPLE, folder, ignore=lambda _, names: [n for n in names if Path(n).stem in MARKET])
    for name, text in tables.items():
        (folder / (name if "." in name else f"{name}.csv")).write_text(text, encoding="utf-8")
    return f"folder:{folder}"


def before_the_first_year(world: str) -> dict[str, bytes]:
    """All that firms and operators reckon with in the default scenario, table by table, where output grows."""
    state = EIPModel(None, world, settings={"population.productivity_growth": 0.02}).state
    yearly = {name: value for name, value in vars(state.market.yearly).items() if isinstance(value, np.ndarray)}
    parts = {
        **state.market.drivers._asdict(), **yearly, "catalogue": state.market.catalogue, "firms": state.firms,
        "vintages": state.surroundings.vintages, "sectors": state.surroundings.sectors, "parks": state.surroundings.parks,
        "terms": state.infrastructure.terms, "items": state.infrastructure.items,
    }  # fmt: skip
    return {name: content_of(np.asarray(value)) for name, value in parts.items()}


def content_of(array: np.ndarray) -> bytes:
    """The bytes of an array or of every column of a table; what lies between columns means nothing."""
    names = array.dtype.names
    return b"".join(np.asarray(array[name]).tobytes() for name in names) if names else array.tobytes()


def told(world: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        build_world(world, cache=False)
    return [str(mistake) for mistake in caught.value.mistakes]


# ---- what a country brings counts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", OTHER)
def test_every_table_that_a_country_brings_changes_what_firms_reckon_with(tmp_path, table):
    ours = country(tmp_path / "ours")
    own = country(tmp_path / "own", **OTHER[table])
    without, with_it = before_the_first_year(ours), before_the_first_year(own)
    assert [name for name in without if without[name] != with_it[name]]
    if len(OTHER[table]) > 1:  # it changes more than the table that it needs beside it
        level = before_the_first_year(country(tmp_path / "level", **LEVEL))
        assert [name for name in level if level[name] != with_it[name]]


def test_every_table_is_tried():
    fixed = {"measure_names", "measure_exclusions"}  # only words in them are free
    assert set(OTHER) >= set(TABLES) - fixed


def test_a_country_that_brings_viet_nams_tables_gets_viet_nams_results(tmp_path):
    copies = {name: (FOLDER / f"{name}.csv").read_text(encoding="utf-8") for name in MARKET}
    ours, own = country(tmp_path / "ours"), country(tmp_path / "own", **copies)
    assert before_the_first_year(own) == before_the_first_year(ours)
    model, other = (EIPModel(None, world, years=(2015, 2018)).run() for world in (ours, own))
    assert model.outcomes.equals(other.outcomes)


def test_rows_that_a_country_leaves_out_are_viet_nams(tmp_path):
    tables = build_world(country(tmp_path / "own", **OTHER["prices"]), cache=False).tables
    assert tables.value("prices", "water") == 1.1
    assert tables.value("prices", "hazardous_waste") == VIETNAM.value("prices", "hazardous_waste")
    assert VIETNAM.value("prices", "water") == 0.47


def test_two_countries_do_not_share_what_follows_from_their_tables(tmp_path):
    first, second = (
        EIPModel(None, country(tmp_path / name, prices=f"item,value\nwater,{price}\n")).state.market.drivers.water_price
        for name, price in (("a", 1.1), ("b", 1.2))
    )
    assert (first, second) == (1.1, 1.2)


def test_a_world_keeps_its_market_in_the_cache_and_on_its_way_to_a_worker(tmp_path, monkeypatch):
    monkeypatch.setenv("EIPSIM_CACHE", str(tmp_path / "cache"))
    own = country(tmp_path / "own", **OTHER["prices"])
    built = build_world(own)
    monkeypatch.setattr("eipsim.world.cache._memory", OrderedDict())
    for world in (build_world(own), pickle.loads(pickle.dumps(built))):
        assert world.tables.value("prices", "water") == 1.1
        assert world.tables == built.tables
        assert world.own_tables == built.own_tables


def test_the_name_of_a_run_changes_with_every_table_of_the_market(tmp_path):
    bare = country(tmp_path / "bare")
    hashes = {content_hash(bare)} | {content_hash(country(tmp_path / n, **own)) for n, own in OTHER.items()}
    assert len(hashes) == len(OTHER) + 1


def test_a_measure_is_called_as_the_country_calls_it(tmp_path):
    names = (FOLDER / "measure_names.csv").read_text(encoding="utf-8").replace("LED lighting", "Iluminación LED")
    model = EIPModel(None, country(tmp_path / "own", measure_names=names))
    assert "Iluminación LED (lighting)" in of_firm._title(model, 0, 0, 2020)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("prices", "Item,UNIT,value\nWATER,US$ / m³,1.1\n"),
        ("measures", "measure_id,parameter,central\nm01,Capex,150\n"),
        ("driver_paths", "name,unit,central\nFuel_Price_Growth,1/year,0.02\n"),
        ("fuel_mix", OTHER["fuel_mix"]["fuel_mix"].replace("A05", "a05")),
    ],
)
def test_names_and_units_are_those_of_the_model_however_they_are_written(tmp_path, table, text):
    plain = build_world(country(tmp_path / "plain", **OTHER[table]), cache=False).tables.read(table)
    own = build_world(country(tmp_path / "own", **{table: text}), cache=False).tables.read(table)
    numbers = [name for name in plain.columns if name != "unit"]
    assert plain[numbers].equals(own[numbers])


# ---- decrees ---------------------------------------------------------------------------------------------------------


def test_a_country_has_the_decrees_of_its_own_folder(tmp_path):
    own = (EXAMPLE / "decrees.csv").read_text(encoding="utf-8")
    model = EIPModel(None, country(tmp_path / "own", decrees=own))
    assert [decree.rule_id for decree in model.state.certification.decrees] == ["Parks-Act-2018"]


def test_a_scenario_of_the_country_builds_on_the_countrys_decrees(tmp_path):
    world = build_world(country(tmp_path / "own", decrees=(EXAMPLE / "decrees.csv").read_text()), cache=False)
    reform = tmp_path / "reform.yaml"
    reform.write_text(
        "rule_id: Act-2\nextends: Parks-Act-2018\nin_force_from: 2030-01-01\ncriteria: {certificate validity: 8}\n"
    )
    assert [d.rule_id for d in read_decrees((str(reform),), world.tables.decrees)] == ["Parks-Act-2018", "Act-2"]


def test_a_countrys_decrees_may_build_on_those_of_viet_nam(tmp_path):
    text = "rule_id: Own\nextends: D35-2022\nin_force_from: 2026-01-01\ncriteria: {certificate validity: 8}\n"
    world = build_world(country(tmp_path / "own", **{"decrees.yaml": text}), cache=False)
    assert [d.rule_id for d in read_decrees((), world.tables.decrees)] == ["D82-2018", "D35-2022", "Own"]


def test_a_mistake_in_the_decrees_is_told_with_the_tables(tmp_path):
    bad = (EXAMPLE / "decrees.csv").read_text().replace("0.25", "0,25")
    assert any(
        m.startswith("decrees.csv:2:") for m in told(country(tmp_path / "own", decrees=bad.replace("0,25", '"0,25"')))
    )


# ---- whose tables --------------------------------------------------------------------------------------------------------


def test_whose_each_table_is_stands_in_the_manifest(tmp_path):
    model = EIPModel(None, country(tmp_path / "own", **OTHER["prices"]))
    tables = case_of(model, None)["tables"]
    assert tables["prices"] == tables["parks"] == "own"
    assert tables["electricity_tariff"] == tables["decrees"] == "Viet Nam's"
    assert tables["region_areas"] == "none"
    assert set(tables) >= set(TABLES)
    assert "tables" not in case_of(EIPModel("no-eip-policy", "pilot-parks"), None)


def test_a_country_with_parks_only_has_viet_nams_market():
    origins = origins_of(("parks", "provinces", "park_counts"))
    assert {name for name, whose in origins.items() if whose == "own"} == {"parks", "provinces", "park_counts"}
    assert all(origins[name] == "Viet Nam's" for name in (*MARKET, "archetypes", "world"))


# ---- the default scenario ------------------------------------------------------------------------------------------------


def test_a_run_of_a_folder_names_no_park_of_viet_nam_when_it_names_no_scenario(tmp_path):
    world = country(tmp_path / "own")
    assert EIPModel(None, world).case.name == "no-eip-policy"
    assert EIPModel(world=build_world(world)).case.name == "no-eip-policy"
    assert default_scenario("pilot-parks") == "baseline"


# ---- what is refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"prices": "item,value\nwatr,1\n"}, "prices.csv:2: item = 'watr' is unknown; did you mean water"),
        ({"prices": "item,unit,value\nwater,USD/litre,1\n"}, "water is in 'USD/litre'; the model takes it in USD/m3"),
        ({"prices": "item,value\nwater,-1\n"}, "must be greater than 0"),
        ({"prices": 'item,value\nwater,"1,5"\n'}, "write 1.5: a point before decimals"),
        ({"prices": "item,value\nwater,1\nwater,2\n"}, "prices.csv:3: duplicate of line 2"),
        ({"prices": "item,value\n"}, "prices.csv:1: has no rows"),
        ({"fuel_mix": OTHER["fuel_mix"]["fuel_mix"].replace("0.4", "0.6")}, "the shares of A05 sum to 1.2"),
        ({"measures": "measure_id,parameter,central\nM99,capex,1\n"}, "measures.csv:2: measure_id parameter = 'M99 capex'"),
        ({"measures": "measure_id,parameter,central\nM01,impl_rate,1.5\n"}, "impl_rate = 1.5 is out of range"),
        ({"measures": "measure_id,parameter,low,central\nM01,capex,200,150\n"}, "are not in rising order"),
        ({"measure_names": "measure_id,name,label,reaches\nM01,lamps,Lamps,electricity\n"}, "only label may change"),
        ({"measure_inputs": "measure_id,input,amount_central\nM11,biomass,1\n"}, "only the amounts may change"),
        ({"measure_penetration": "measure_id,arch_id,central\nM99,A05,0.2\n"}, "measure_id = 'M99' is unknown"),
        ({"measure_penetration": "measure_id,arch_id,central\nM01,A5,0.2\n"}, "arch_id = 'A5' is unknown"),
        ({"measure_penetration": "measure_id,arch_id,central\nM01,A05,20\n"}, "it must be less than or equal to 1"),
        ({"measure_exclusions": EXCLUSIONS + "M01,M02,,\n"}, "do not exclude one another in the model"),
        ({"measure_exclusions": "measure_a,measure_b\nM09,M18\n"}, "M20 and M21; which measures exclude one another"),
        ({"electricity_tariff": "date,vnd_per_kwh_ex_vat\n2014-01-01,0.1\n"}, "electricity_price_2025"),
        ({"electricity_tariff": "date,vnd_per_kwh_ex_vat\n2018-01-01,0.1\n", **LEVEL}, "the model begins in 2015"),
        ({"electricity_tariff": "date,vnd_per_kwh_ex_vat\n01/02/2014,0.1\n", **LEVEL}, "a date, as 2025-05-10"),
        ({"electricity_tariff": "date,vnd_per_kwh_ex_vat\n2014-02-30,0.1\n", **LEVEL}, "no day of the calendar"),
        ({"grid_emission_factor": "year,central\n2015,650\n2030,0.3\n2050,0.1\n"}, "must be less than or equal to 3"),
        ({"grid_emission_factor": "year,central\n2015,0.5\n"}, "at least two"),
        ({"deflator": "year,cpi_change\n2015,0.01\n2024,0.02\n", **LEVEL}, "lacks 2016, 2017"),
        ({"deflator": f"year,cpi_change\n{YEARS}\n2025,0.1\n", **LEVEL}, "money is of 2024"),
        ({"deflator": f"year,cpi_change\n{YEARS}\n"}, "consumer_price_change_2025"),
        ({"archetypes": ARCHETYPE[0] + "\n"}, "archetypes.csv:1: has no rows"),
        ({"world": "parameter,unit,central\nvacancy_years,months,18\n"}, "vacancy_years is in 'months'"),
        ({"prices": "item,value\nwater,1e300\n"}, "less than or equal to 1e+12"),
        ({"firm_counts": "year,firms\n2024," + "9" * 4000 + "\n"}, "less than or equal to 1e+07"),
        ({"prices.csv.txt": "item,value\n"}, "save the table as prices.csv"),
        ({"price": "item,value\nwater,1\n"}, "price.csv: is not a table of a world; did you mean prices?"),
        ({"prices.xlsx": "PK"}, "prices.xlsx: is not read; save the table as prices.csv"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_line(tmp_path, tables, message):
    mistakes = told(country(tmp_path / "own", **tables))
    assert any(message in mistake for mistake in mistakes), mistakes
    assert len(mistakes) == 1, mistakes


@pytest.mark.parametrize(
    ("tables", "question"),
    [
        (
            {"electricity_tariff": "date,vnd_per_kwh_ex_vat\n2014-01-01,0.1\n2019-01-01,130\n", **LEVEL},
            "vnd_per_kwh_ex_vat is read as 130, after 0.1 in the decision before",
        ),
        (
            {"prices": "item,value\nwater,500\n"},
            "prices.csv:2: water: value is read as 500, where Viet Nam has 0.47 USD/m3",
        ),
        ({"prices": "item,value\nwood_pellets,7\n"}, "prices.csv:2: wood_pellets is not read by the model"),
        (
            {"driver_paths": "name,central\nelectricity_price_2025,0.09\n"},
            "is read as 0.09, where Viet Nam has 75 USD/MWh",
        ),
        ({"measures": "measure_id,parameter,central\nM01,capex,135000\n"}, "M01 capex: central is read as 135000"),
        (
            {"deflator": f"year,cpi_change\n{YEARS}\n".replace("2016,0.01", "2016,3.1"), **LEVEL},
            "is read as 3.1, 310 per cent",
        ),
    ],
)
def test_numbers_ten_times_off_and_rows_without_effect_are_asked_about(tmp_path, tables, question):
    world = build_world(country(tmp_path / "own", **tables), cache=False)
    assert any(question in asked for asked in world.warnings), world.warnings
    assert len(world.warnings) == 1
