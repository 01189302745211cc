"""The provinces of 2024 and those into which they merge: names by date, what adds up, what goes on, results on either map."""

import csv
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers import differences, digest, tiny_world

import eipsim
from eipsim.agents.operator.columns import APPLIED, OPERATOR_COLUMNS, PREPARING
from eipsim.agents.operator.year import share_committed_in_whole_provinces
from eipsim.agents.regulator.columns import REGULATOR_COLUMNS
from eipsim.agents.regulator.inspections import aim_of, inspection_of
from eipsim.agents.regulator.year import hand_over_balances
from eipsim.certification.year import decide
from eipsim.core.columns import new_table
from eipsim.core.years import NEVER
from eipsim.errors import InputError
from eipsim.model.attraction import newcomers
from eipsim.model.closing import park_records
from eipsim.model.model import EIPModel
from eipsim.outcomes.binding import Finder, NotFoundError
from eipsim.outcomes.expressions import parse_filters
from eipsim.policy.levers import resolve
from eipsim.policy.province_maps import MERGE, ProvinceMap, pooled, province_map
from eipsim.runs.checking import check
from eipsim.scenarios import load_scenario
from eipsim.scenarios.checking import questions_about
from eipsim.world import build_world
from eipsim.world.recipe import read_recipe

DATA = Path(eipsim.__file__).parent / "data"
APART, MERGED = {MERGE: 0}, {MERGE: 1}
WORLD = tiny_world(20, 6, provinces=(1, 5, 0))  # Hải Phòng, Hải Dương, which becomes part of it, and Hà Nội
HAI_PHONG, HAI_DUONG, HA_NOI = 1, 5, 0


def paths(levers=None, merged=True, world=WORLD, **more):
    case = load_scenario("no-eip-policy", levers=levers or {}, parameters=MERGED if merged else APART, **more)
    return resolve(case, world)


def aimed(*names, value=1.0, **more):
    return [{"value": value, "provinces": list(names), **more}]


# ---- the map -----------------------------------------------------------------------------------------------------------


def test_every_province_of_2024_has_one_of_34_successors_and_the_two_tables_agree():
    with (DATA / "province_successors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (DATA / "parks" / "provinces.csv").open(encoding="utf-8") as file:
        listed = {row["province_2024"]: row["merged_into_2025"] for row in csv.DictReader(file)}
    assert {row["province_2024"]: row["successor"] for row in rows} == listed
    assert len(listed) == 63
    assert len(set(listed.values())) == 34
    alone = [name for name, parts in groupby(sorted(listed.values())) if len(list(parts)) == 1]
    assert len(alone) == 11
    assert all(row["source"] and row["in_force"] == "2025-07-01" for row in rows)


def test_a_successor_that_has_an_old_name_has_its_seat_there():
    world = build_world("pilot-parks", 1)
    maps = province_map(world, {MERGE: 1.0})
    for row, successor in enumerate(maps.new):
        seat = maps.home[row]
        assert maps.old[seat] == successor or successor == "Huế"
        assert maps.new[seat] == successor
    assert maps.first_year == 2026


def test_the_map_of_2024_holds_throughout_where_the_parameter_asks_for_it_and_until_2025_by_default():
    world = build_world("pilot-parks", 1)
    assert province_map(world, {MERGE: 0.0}).first_year == NEVER
    assert EIPModel("baseline", "pilot-parks", 1, settings=APART).state.maps.in_force(2050) is None
    by_default = EIPModel("baseline", "pilot-parks", 1).state.maps
    assert by_default.in_force(2025) is None
    assert by_default.in_force(2026) is not None


def test_a_country_without_successors_has_one_map():
    maps = ProvinceMap(("A", "B"), ("A", "B"))
    assert maps.in_force(2050) is None
    assert maps.successors == ("A", "B")


def test_a_successor_with_a_new_name_sits_in_the_first_of_its_parts():
    assert ProvinceMap(("A", "B", "C"), ("New", "C", "New"), 2026).home.tolist() == [0, 2, 0]


# ---- names by date -----------------------------------------------------------------------------------------------------


def test_a_name_means_what_it_means_when_the_entry_begins():
    before = paths({"provincial_support": aimed("Hải Phòng", **{"from": 2020})})
    for year in (2020, 2030):
        support = before.year(year).provincial_support
        assert support[[HAI_PHONG, HAI_DUONG]].tolist() == [1.0, 0.0]  # it goes on where it held
    after = paths({"provincial_support": aimed("Hai Phong", **{"from": 2026})})
    assert after.year(2030).provincial_support[[HAI_PHONG, HAI_DUONG]].tolist() == [1.0, 1.0]
    assert not before.warnings
    assert not after.warnings


def test_a_path_begins_with_its_first_year():
    late = [{"path": {2026: 1.0, 2030: 1.0}, "provinces": ["Hải Phòng"]}]
    assert paths({"provincial_support": late}).year(2028).provincial_support[HAI_DUONG] == 1.0


def test_the_same_holds_for_levers_by_park_and_by_price_and_for_programmes():
    levers = {name: aimed("Hải Phòng", **{"from": 2026}) for name in ("training", "information", "carbon_price")}
    said = {"source": "test", "audits": 3, "provinces": ["Hải Phòng"], "payer": "public"}
    programmes = {"old": said | {"from": 2020, "until": 2030}, "new": said | {"from": 2027, "until": 2030}}
    got = paths(levers, programmes=programmes)
    in_new = np.isin(WORLD.parks.province, (HAI_PHONG, HAI_DUONG))
    year = got.year(2030)
    np.testing.assert_array_equal(year.training == 1.0, in_new)
    np.testing.assert_array_equal(year.information.all(axis=1), in_new)
    np.testing.assert_array_equal(year.carbon_price[got.zones].all(axis=1), in_new)
    eligible = {programme.name: programme.eligible for programme in got.programmes}
    np.testing.assert_array_equal(eligible["old"], WORLD.parks.province == HAI_PHONG)
    np.testing.assert_array_equal(eligible["new"], in_new)


def test_a_name_that_no_longer_exists_is_told_with_its_successor_and_holds_on_in_its_place():
    got = paths({"provincial_support": aimed("Hai Duong", **{"from": 2022})})
    assert got.year(2030).provincial_support[[HAI_PHONG, HAI_DUONG]].tolist() == [0.0, 1.0]
    (told,) = got.warnings
    assert told.what == "province Hải Dương is part of Hải Phòng from 2026"
    assert told.hint.endswith("for all of it add an entry for Hải Phòng from 2026")


def test_an_entry_that_is_over_by_then_is_told_nothing():
    assert not paths({"provincial_support": aimed("Hai Duong", until=2025)}).warnings


def test_a_lever_on_a_province_of_the_past_is_told_with_place_and_remedy(tmp_path):
    file = tmp_path / "case.yaml"
    file.write_text(
        "extends: no-eip-policy\ntitle: t\ngroup: single instruments\nquestion: q\ndescription: d\nparameters:\n"
        "  regulators.provinces_merge: 1\nlevers:\n  provincial_support:\n"
        "    - {value: 1, from: 2027, provinces: [Binh Duong], source: assumed}\n",
        encoding="utf-8",
    )
    world = build_world("pilot-parks", 1)
    assert check(file, world) == []
    (told,) = resolve(load_scenario(file), world).warnings
    assert told.where.endswith("case.yaml:10")
    assert "Bình Dương is part of TP. Hồ Chí Minh from 2026" in told.what
    assert told.hint == "what is said holds for the parks there alone; for all of it write TP. Hồ Chí Minh"


def test_a_province_that_is_still_to_come_is_refused_with_its_parts():
    world = replace(
        WORLD, provinces_2025=("Hà Nội", "New Port", *WORLD.provinces[2:5], "New Port", *WORLD.provinces[6:])
    )
    with pytest.raises(InputError) as caught:
        paths({"provincial_support": aimed("New Port", **{"from": 2020})}, world=world)
    told = str(caught.value)
    assert "province New Port exists from 2026; in 2020 write Hải Phòng and Hải Dương, or begin in 2026" in told
    support = (
        paths({"provincial_support": aimed("New Port", **{"from": 2026})}, world=world).year(2026).provincial_support
    )
    assert support.nonzero()[0].tolist() == [HAI_PHONG, HAI_DUONG]


def test_hue_is_found_by_its_old_and_its_new_name():
    row = WORLD.provinces.index("Thừa Thiên Huế")
    for name, year in (("Huế", 2026), ("hue", 2020), ("Thua Thien Hue", 2020)):
        got = paths({"provincial_support": aimed(name, **{"from": year})})
        assert got.year(2030).provincial_support.nonzero()[0].tolist() == [row]


def test_unknown_names_are_refused_on_either_map():
    for year in (2020, 2030):
        with pytest.raises(InputError, match="province 'Hai Fong' is unknown; did you mean Hải Phòng"):
            paths({"provincial_support": aimed("Hai Fong", **{"from": year})})


def test_without_the_merger_every_name_means_the_province_of_2024_in_all_years():
    got = paths({"provincial_support": aimed("Hải Phòng", "Hai Duong", **{"from": 2027})}, merged=False)
    assert got.year(2030).provincial_support.nonzero()[0].tolist() == [HAI_PHONG, HAI_DUONG]
    assert not got.warnings


# ---- what adds up ------------------------------------------------------------------------------------------------------


def test_capacities_of_merged_provinces_add_up():
    home = province_map(WORLD, {MERGE: 1.0}).home
    got = paths().year(2026).certification_capacity
    assert pooled(got, home)[HAI_PHONG] == 8.0
    assert got.sum() == paths(merged=False).year(2026).certification_capacity.sum()


def test_a_number_for_a_whole_province_is_not_counted_twice():
    home = province_map(WORLD, {MERGE: 1.0}).home
    of_old = paths({"certification_capacity": aimed("Hải Phòng", value=10.0, **{"from": 2020})})
    of_new = paths({"certification_capacity": aimed("Hải Phòng", value=10.0, **{"from": 2026})})
    assert pooled(of_old.year(2026).certification_capacity, home)[HAI_DUONG] == 14.0
    assert pooled(of_new.year(2026).certification_capacity, home)[HAI_DUONG] == 10.0


def test_balances_add_up_where_the_province_has_its_seat():
    n = len(WORLD.provinces) + 1
    books = new_table(n, REGULATOR_COLUMNS, balance=np.arange(n))
    home = province_map(WORLD, {MERGE: 1.0}).home
    total = books.balance.sum()
    hand_over_balances(books, home)
    assert books.balance.sum() == total
    assert books.balance[0] == 0
    assert books.balance[1 + HAI_PHONG] == (1 + HAI_PHONG) + (1 + HAI_DUONG)
    assert books.balance[1 + HAI_DUONG] == 0


REGIME = {"levers.inspection_probability": 0.3, "levers.fine_usd": 1e4}


def lived(settings, year, world=WORLD):
    model = EIPModel("no-eip-policy", world, 1, settings=REGIME | settings)
    while model.year < year:
        model.step()
    return model


def test_the_first_year_of_the_merger_has_the_same_totals_and_the_years_before_are_bitwise_the_same():
    apart, merged = lived(APART, 2025), lived(MERGED, 2025)
    assert differences(apart, merged) == []
    for model in (apart, merged):
        model.step()
    ours, theirs = merged.state.regulators, apart.state.regulators
    for column in ("balance", "fines", "inspections", "inspections_done", "violations_found", "audits_done"):
        assert ours[column].sum() == theirs[column].sum(), column
    assert ours.balance[1 + HAI_PHONG] == theirs.balance[[1 + HAI_PHONG, 1 + HAI_DUONG]].sum() > 0
    assert ours.balance[1 + HAI_DUONG] == 0
    np.testing.assert_array_equal(ours.fines, theirs.fines)  # where they were paid


@pytest.mark.parametrize(
    "provinces", [(HAI_PHONG, HAI_DUONG, HA_NOI), (HAI_DUONG, HA_NOI)], ids=["seat and part", "part alone"]
)
def test_agents_stepped_one_by_one_live_through_the_merger_as_compiled_code_does(provinces):
    world = tiny_world(20, 6, provinces=provinces)
    settings = REGIME | MERGED | {"levers.inspection_targeting": 0.7, "operators.commitment_base_rate": 0.05}
    compiled, agents = (
        EIPModel("no-eip-policy", world, 1, settings=settings, stepping=how) for how in ("compiled", "agents")
    )
    for model in (compiled, agents):
        while model.year < 2030:
            model.step()
    assert differences(compiled, agents) == []
    assert compiled.state.regulators.balance[1 + HAI_PHONG] > 0


def test_dossiers_of_a_merged_province_stand_in_one_queue():
    """Six parks in two provinces with capacity for one each: apart one province's is left unused, together it is not."""
    rich = {
        "levers.certification_capacity": 1.0, "operators.commitment_base_rate": 5.0,
        "operators.commitment_province_peer_rate": 0.0,
    }  # fmt: skip
    applied = {}
    for merged in (0, 1):
        model = lived(rich | {MERGE: merged}, 2025)
        model.year += 1
        model.move_drivers()
        operators = model.state.operators
        operators.commit_year[:], operators.certificate[:], operators.applied_year[:] = 2016, PREPARING, 0
        passing = np.asarray(operators.province) == HAI_PHONG
        year, state = model.this_year, model.state
        capacity = pooled(year.levers.certification_capacity, year.home)
        decide(
            year.decree, park_records(state, year), capacity, state.certification.priority, state.market.constants,
            None, passing,
        )  # fmt: skip
        applied[merged] = int((operators.certificate == APPLIED).sum())
    assert applied == {0: 1, 1: 2}


def test_parks_see_the_example_of_the_whole_province():
    operators = new_table(
        4, OPERATOR_COLUMNS, province=np.array([0, 0, 1, 2]), commit_year=np.array([2020, 0, 0, 2020])
    )
    settled, home = np.array([True, True, True, False]), np.array([1, 1, 2])
    share = share_committed_in_whole_provinces(operators, settled, home)
    np.testing.assert_allclose(share, [1 / 3, 1 / 3, 0.0])


def test_within_a_merged_province_a_policy_in_one_part_reaches_the_other_by_its_example():
    """Why P3 is told of provinces that do not merge with each other."""
    example = {
        "operators.commitment_province_peer_rate": 0.5, "operators.commitment_base_rate": 0.01,
        "levers.provincial_support": aimed("Hải Phòng", **{"from": 2020}), "operators.commitment_support_rate": 2.0,
    }  # fmt: skip
    alone = example | {"levers.provincial_support": 0.0}
    at = {name: np.asarray(WORLD.parks.province) == row for name, row in (("part", HAI_DUONG), ("other", HA_NOI))}
    for merge, reaches in ((0, False), (1, True)):
        policy, nothing = (lived(settings | {MERGE: merge}, 2050) for settings in (example, alone))
        years = [model.state.operators.commit_year for model in (policy, nothing)]
        assert (years[0][at["part"]] != years[1][at["part"]]).any() == reaches
        np.testing.assert_array_equal(years[0][at["other"]], years[1][at["other"]])


def test_inspections_of_a_merged_province_are_aimed_together_and_as_many_as_before():
    settings = MERGED | {"levers.inspection_targeting": 1.0, "regulators.record_years": 50.0}
    model = lived(settings, 2024)
    state, year = model.state, model.this_year
    untargeted = inspection_of(state, year)._replace(aim=np.ones((len(WORLD.provinces), 2)))
    state.firms.violation_year[state.operators.province[state.firms.park] == HAI_PHONG] = (
        0  # on record in the other alone
    )
    state.operators.violation_year[state.operators.province == HAI_PHONG] = 0
    home = model.state.maps.home
    aim = aim_of(state, year.levers, untargeted, home)
    apart = aim_of(state, year.levers, untargeted)
    assert apart[HAI_PHONG].tolist() == [1.0, 1.0]  # nobody there to aim at
    assert aim[HAI_PHONG].tolist() == aim[HAI_DUONG].tolist()
    assert aim[HAI_PHONG, 0] < 1.0 < aim[HAI_PHONG, 1]


def test_newcomers_of_a_merged_province_look_for_plots_in_all_of_it():
    firms = WORLD.firms._replace(entry_year=np.full(WORLD.n_firms, 2030, dtype=np.int16))
    world = replace(WORLD, firms=firms)
    world = replace(world, digest=digest(world))
    maps = province_map(world, {MERGE: 1.0})
    assert len(newcomers(world, 2030)) == 3
    assert len(newcomers(world, 2030, maps)) == 2


# ---- results on either map ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[0, 1], ids=["apart", "merged"])
def run(request):
    return eipsim.simulate(
        "no-eip-policy", 1, world=WORLD, years=(2024, 2030), settings=REGIME | {MERGE: request.param}, detail=True
    )


def test_the_table_by_successors_sums_to_the_same_nation(run):
    old, new = run.provinces, run.provinces_2025
    assert list(old) == list(new)
    assert set(new["province"].astype(str)) == {"Hà Nội", "Hải Phòng"}
    assert set(old["province"].astype(str)) == {"Hà Nội", "Hải Phòng", "Hải Dương"}
    both = [
        table.groupby("year")[["firms", "violations_found", "inspections_done", "co2_t"]].sum() for table in (old, new)
    ]
    pd.testing.assert_frame_equal(*both)


def test_a_share_of_a_merged_province_is_that_of_all_its_firms(run):
    at = run.provinces[run.provinces["province"].isin(["Hải Phòng", "Hải Dương"])]
    mean = (at["firms_aware_share"] * at["firms"]).groupby(at["year"]).sum() / at["firms"].groupby(at["year"]).sum()
    new = run.provinces_2025[run.provinces_2025["province"] == "Hải Phòng"].set_index("year")["firms_aware_share"]
    np.testing.assert_allclose(new, mean)


def test_parks_have_their_province_on_both_maps(run):
    both = run.parks[["province", "province_2025"]].drop_duplicates().astype(str).values.tolist()
    assert sorted(both) == [["Hà Nội", "Hà Nội"], ["Hải Dương", "Hải Phòng"], ["Hải Phòng", "Hải Phòng"]]


def test_filters_take_the_names_of_either_map_in_all_years():
    finder = Finder(WORLD, (), "baseline")

    def found(text):
        (one,) = parse_filters(text)
        key, rows = finder.find(one)
        return finder.members(one, key, rows)

    assert found('province="Hai Phong"') == ("provinces", (HAI_PHONG,))
    assert found('province_2025="Hai Phong"') == ("provinces", (HAI_PHONG, HAI_DUONG))
    assert HAI_DUONG not in found('province_2025!="Hai Phong"')[1]
    with pytest.raises(NotFoundError, match="province_2025 'Hai Duong' is unknown"):
        found('province_2025="Hai Duong"')


def test_explain_says_of_which_province_a_park_has_become_part():
    model = lived(MERGED, 2026)
    told = "\n".join(model.explain_park(1, 2026).lines)
    assert "Province: Hải Dương is part of Hải Phòng from 2026" in told
    assert "is part of" not in "\n".join(model.explain_park(0, 2026).lines)


def test_names_of_the_past_are_asked_about_in_the_manifest_of_a_run():
    levers = {"levers.provincial_support": aimed("Hải Dương", **{"from": 2022})}
    run = eipsim.simulate("no-eip-policy", 1, world=WORLD, years=(2026, 2026), settings=MERGED | levers)
    assert "Hải Dương is part of Hải Phòng from 2026" in run.manifest["questions"][0]
    assert "questions" not in eipsim.simulate("no-eip-policy", 1, world=WORLD, years=(2026, 2026)).manifest


def test_names_of_the_past_and_what_has_no_effect_stand_in_one_list():
    levers = {
        "provincial_support": aimed("Hải Dương", **{"from": 2022}),
        "interest_subsidy": {"value": 0.02, "source": "assumed"},
    }
    scenario = load_scenario("no-eip-policy", levers=levers, parameters=MERGED | {"finance.loan_years": 0})
    past, idle = map(str, questions_about(scenario, WORLD))
    assert "Hải Dương is part of Hải Phòng from 2026" in past
    assert "levers.interest_subsidy has no effect" in idle


# ---- a country of one's own --------------------------------------------------------------------------------------------


def test_the_table_of_successors_of_a_country_is_checked(tmp_path):
    from shutil import copytree

    example = Path(__file__).parents[1] / "data" / "example-country"
    folder = copytree(example, tmp_path / "country")
    (folder / "province_successors.csv").write_text(
        "province_2024,successor,in_force\nNorth Coast,Union,2030-01-01\nSouth Plain,Union,2031-07-01\nWest,Union,2030-01-01\n"
    )
    with pytest.raises(InputError) as caught:
        read_recipe(f"folder:{folder}")
    told = str(caught.value)
    assert "province_successors.csv:3: in_force = 2031-07-01 is not that of the first row; write 2030-01-01" in told
    assert "province_successors.csv:4: province_2024 = 'West' is unknown" in told
