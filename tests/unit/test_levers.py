"""Levers: the registry, and what a scenario makes of it in a small world of nine parks in six provinces."""

import ast
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import get_type_hints

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import eipsim
from eipsim.errors import InputError, unknown
from eipsim.policy.lever import TARGETS
from eipsim.policy.levers import KEPT, LEVERS, Levers, replace_lever, resolve, resolve_once
from eipsim.policy.programmes import choose_parks, deliver
from eipsim.scenarios import apply_settings, list_scenarios, load_scenario
from eipsim.world import build_world

PARKS = (
    ("P016", "Đình Vũ", "Dinh Vu", "Hải Phòng", 90),
    ("P022", "Nam Cầu Kiền", "Nam Cau Kien", "Hải Phòng", 80),
    ("P142", "Khánh Phú", "Khanh Phu", "Ninh Bình", 70),
    ("P143", "Gián Khẩu", "Gian Khau", "Ninh Bình", 60),
    ("P213", "Hòa Khánh", "Hoa Khanh", "Đà Nẵng", 50),
    ("P292", "Hiệp Phước", "Hiep Phuoc", "TP. Hồ Chí Minh", 40),
    ("P352", "Amata", "Amata", "Đồng Nai", 30),
    ("P456", "Trà Nóc 1", "Tra Noc 1", "Cần Thơ", 20),
    ("P457", "Trà Nóc 2", "Tra Noc 2", "Cần Thơ", 10),
    ("P900", "Long Thành", "Long Thanh", "Đồng Nai", 5),
    ("P901", "Nhơn Trạch", "Nhon Trach", "Đồng Nai", 7),
    ("P902", "Trống", "Trong", "Đồng Nai", 0),
)
IDS = [park[0] for park in PARKS]
PROVINCES = tuple(dict.fromkeys(park[3] for park in PARKS))
SECTORS = tuple(f"A{i:02}" for i in range(1, 19))


def park_index(name):
    names = [word for park in PARKS for word in park[:3]]
    for row, park in enumerate(PARKS):
        if name in park[:3]:
            return row
    raise InputError(unknown("park", "park", name, names))


def small_world():
    tenants = np.repeat(np.arange(len(PARKS)), [park[4] for park in PARKS])
    return SimpleNamespace(
        park_ids=tuple(IDS),
        provinces=PROVINCES,
        sectors=SECTORS,
        sector_names=(*(f"sector {i}" for i in range(1, 18)), "cement, ceramics"),
        parks=SimpleNamespace(province=np.array([PROVINCES.index(park[3]) for park in PARKS])),
        firms=SimpleNamespace(
            park=tenants, entry_year=np.full(len(tenants), 2015), exit_year=np.full(len(tenants), 9999)
        ),
        first_year=2015,
        last_year=2050,
        park_index=park_index,
    )


WORLD = small_world()


def resolved(**content):
    return resolve(load_scenario("no-eip-policy", **content), WORLD)


def parks_of(mask):
    return {park for park, flag in zip(IDS, mask, strict=True) if flag}


@pytest.mark.parametrize("lever", LEVERS.values(), ids=lambda lever: lever.name)
def test_every_lever_says_what_it_is_and_its_default_is_allowed(lever):
    assert lever.least <= lever.default <= lever.most
    assert lever.unit
    assert lever.setter
    assert lever.definition.endswith(".")
    assert lever.scope in TARGETS


PACKAGE = Path(eipsim.__file__).parent
TELLING = {"explain", "analysis", "figures", "cli"}  # they tell of levers and decide nothing


def levers_read_in(text):
    """Levers that a module reads from a record of a year's levers, or looks up by name in the registry."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr in LEVERS and ast.unparse(node.value).endswith("levers"):
            yield node.attr
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "LEVERS":
            yield from (name for name in LEVERS if ast.unparse(node.slice) == repr(name))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "of_all_owners":
            yield from (name for name in LEVERS if ast.unparse(node.args[1]) == repr(name))


def test_every_lever_is_read_by_the_modules_that_it_names_and_by_no_other():
    readers = defaultdict(set)
    for file in PACKAGE.rglob("*.py"):
        place = file.relative_to(PACKAGE).with_suffix("")
        if place.parts[0] not in TELLING:
            for name in levers_read_in(file.read_text(encoding="utf-8")):
                readers[name].add(".".join(place.parts))
    assert {name: sorted(lever.read_by) for name, lever in LEVERS.items()} == {n: sorted(readers[n]) for n in LEVERS}
    assert all(how for lever in LEVERS.values() for how in lever.read_by.values())


def test_no_module_reads_a_lever_by_a_name_that_it_makes_up():
    """The test above would not see it."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py") if file.parent.name != "policy")
    assert "getattr(levers" not in text
    assert "getattr(model.levers" not in text


def test_a_reader_of_levers_is_found_where_there_is_one():
    text = "def f(model, levers):\n    return model.levers.fine_usd, levers.training[0], model.case.levers, LEVERS['sandbox']"
    assert set(levers_read_in(text)) == {"fine_usd", "training", "sandbox"}


def test_a_year_keeps_the_types_that_the_levers_declare():
    hints = get_type_hints(Levers)
    assert all(hints[name] is (float if lever.scope == "nation" else np.ndarray) for name, lever in LEVERS.items())


def test_without_policy_every_lever_has_its_default_and_the_shape_of_its_scope():
    shapes = {"nation": (), "province": (6,), "sector": (18,), "park": (12,), "firm": (12, 18), "price": (1, 18)}
    year = resolved().year(2030)
    for name, lever in LEVERS.items():
        value = np.asarray(getattr(year, name))
        assert value.shape == shapes[lever.scope], name
        assert (value == lever.default).all(), name
        assert value.dtype == np.float64, name


def test_arrays_are_contiguous_read_only_and_shared_between_years_in_which_nothing_changes():
    paths = resolved(levers={"training": {2020: 0, 2022: 1}})
    assert paths.year(2022).training is paths.year(2040).training
    assert paths.year(2015).information is paths.year(2050).information
    assert paths.year(2021).training is not paths.year(2022).training
    for value in vars(paths.year(2021)).values():
        if isinstance(value, np.ndarray):
            assert value.flags.c_contiguous
            assert not value.flags.writeable


def test_a_path_is_default_before_linear_between_and_constant_after():
    paths = resolved(levers={"certification_capacity": {2020: 10, 2030: 20}})
    seen = {year: paths.year(year).certification_capacity[0] for year in (2019, 2020, 2025, 2030, 2050)}
    assert seen == {2019: 4, 2020: 10, 2025: 15, 2030: 20, 2050: 20}


def test_until_is_the_last_year_and_the_earlier_entry_holds_again_after_it():
    entries = [{"value": 100}, {"value": 300, "from": 2020, "until": 2022}]
    paths = resolved(levers={"fine_usd": entries})
    assert [paths.year(y).fine_usd for y in (2019, 2020, 2022, 2023)] == [100, 300, 300, 100]


# --- what goes on from the scenario that is extended ------------------------------------------------------------------


def extended(name, *forms):
    """The levers of a scenario that sets the lever `name` in these forms, each over the ones before."""
    scenario = load_scenario("no-eip-policy")
    for form in forms:
        scenario = load_scenario(scenario, levers={name: form})
    return resolve(scenario, WORLD)


def fines(*forms, years):
    return [extended("fine_usd", *forms).year(year).fine_usd for year in years]


def test_a_lever_set_from_a_year_keeps_the_inherited_path_before_it():
    paths = extended("inspection_probability", {2015: 0.05, 2022: 0.06}, {2027: 0.2})
    years = (2015, 2022, 2026, 2027, 2050)
    assert [paths.year(year).inspection_probability[0] for year in years] == [0.05, 0.06, 0.06, 0.2, 0.2]


def test_an_inherited_path_rises_on_until_the_year_that_is_set():
    assert fines({2020: 0, 2030: 100}, {2026: 500}, years=(2024, 2025, 2026)) == [40, 50, 500]


def test_after_the_last_year_of_an_entry_the_inherited_level_holds_again():
    campaign = {"value": 300, "from": 2020, "until": 2022}
    assert fines(100, campaign, years=(2019, 2020, 2022, 2023)) == [100, 300, 300, 100]


def test_a_scenario_may_set_a_lever_in_years_apart_and_inherits_it_in_between():
    apart = [{"value": 2, "from": 2020, "until": 2021}, {"value": 3, "from": 2025}]
    assert fines(1, apart, years=(2019, 2021, 2022, 2024, 2025)) == [1, 2, 1, 1, 3]


def test_an_entry_for_one_province_leaves_all_others_what_they_inherit():
    support = extended("provincial_support", {2020: 0.5}, {"value": 1, "from": 2027, "provinces": ["Đồng Nai"]})
    there = PROVINCES.index("Đồng Nai")
    for year, expected in ((2019, 0), (2026, 0.5), (2027, 1)):
        assert support.year(year).provincial_support[there] == expected
    assert support.year(2030).provincial_support.tolist() == [0.5] * there + [1] + [0.5] * (len(PROVINCES) - there - 1)


def test_an_entry_for_all_lies_over_an_inherited_one_for_some_and_keeps_it_before():
    price = extended("carbon_price", [{"value": 8, "from": 2029, "sectors": ["A11"]}], {2035: 30})
    assert price.year(2034).carbon_price[0, [0, 10]].tolist() == [0, 8]
    assert price.year(2035).carbon_price[0, [0, 10]].tolist() == [30, 30]


def test_an_entry_for_one_sector_widens_an_inherited_price_and_ends_none():
    steel, food = {"value": 8, "from": 2029, "sectors": ["A11"]}, {"value": 20, "from": 2030, "sectors": ["A01"]}
    price = extended("carbon_price", steel, food)
    assert price.year(2029).carbon_price[0, [0, 1, 10]].tolist() == [0, 0, 8]
    assert price.year(2030).carbon_price[0, [0, 1, 10]].tolist() == [20, 0, 8]


def test_files_that_extend_one_another_are_one_list(tmp_path):
    (tmp_path / "a.yaml").write_text("levers: {fine_usd: {2015: 1}}")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\nlevers: {fine_usd: {2020: 2}}")
    (tmp_path / "c.yaml").write_text("extends: b.yaml\ntitle: says nothing of fines")
    (tmp_path / "d.yaml").write_text("extends: c.yaml\nlevers: {fine_usd: {value: 3, from: 2025, until: 2026}}")
    paths = resolve(load_scenario(tmp_path / "d.yaml"), WORLD)
    assert [paths.year(year).fine_usd for year in (2019, 2020, 2025, 2027)] == [1, 2, 3, 2]


def test_replace_drops_what_is_inherited_in_all_years_and_places():
    assert fines({2015: 5, 2022: 6}, {"path": {2027: 20}, "replace": True}, years=(2015, 2026, 2027)) == [0, 0, 20]
    aimed = {"value": 1, "from": 2027, "provinces": ["Đồng Nai"], "replace": True}
    assert extended("provincial_support", 0.5, aimed).year(2030).provincial_support.sum() == 1


def test_what_was_replaced_stays_dropped_when_another_file_goes_on():
    assert fines(5, {"path": {2027: 20}, "replace": True}, {2030: 7}, years=(2026, 2027, 2030)) == [0, 20, 7]


def test_replace_false_inherits():
    assert fines(5, {"path": {2027: 20}, "replace": False}, years=(2026, 2027)) == [5, 20]


def test_null_removes_and_what_is_set_afterwards_inherits_nothing():
    assert fines(5, None, {2027: 20}, years=(2026, 2027)) == [0, 20]


def test_settings_go_on_from_the_scenario_as_files_do():
    case = load_scenario("no-eip-policy", levers={"fine_usd": 5})
    paths = resolve(apply_settings(case, {"levers.fine_usd": "{2027: 20}"}), WORLD)
    assert [paths.year(year).fine_usd for year in (2026, 2027)] == [5, 20]


@st.composite
def lists_of_entries(draw):
    """Entries of the carbon price, with and without years and places."""
    entries = []
    for _ in range(draw(st.integers(1, 3))):
        first, last = sorted((draw(st.integers(2015, 2050)), draw(st.integers(2015, 2050))))
        entry = draw(st.sampled_from([{}, {"from": first}, {"from": first, "until": last}, {"until": last}]))
        level = draw(st.integers(0, 99))
        aim = draw(st.sampled_from([{}, {"sectors": ["A11"]}, {"sectors": ["A11", "A01"]}, {"provinces": ["Đồng Nai"]},
                                    {"parks": ["P352"], "sectors": ["A11"]}, {"parks": ["P352", "P016"]}]))  # fmt: skip
        entries.append(draw(st.sampled_from([{"value": level}, {"path": {last: level}}])) | entry | aim)
    return entries


@given(forms=st.lists(lists_of_entries(), min_size=1, max_size=3))
def test_to_go_on_is_to_write_all_entries_in_one_list(forms):
    """What is left out because it lies under other entries is never seen: every park and sector has the same price."""
    one_after_the_other = extended("carbon_price", *forms)
    at_once = extended("carbon_price", [entry for entries in forms for entry in entries])
    for year in range(2015, 2051):
        ours, theirs = (paths.year(year).carbon_price[paths.zones] for paths in (one_after_the_other, at_once))
        np.testing.assert_array_equal(ours, theirs)


# --- places -----------------------------------------------------------------------------------------------------------


def test_a_firm_lever_reaches_only_the_parks_provinces_and_sectors_it_aims_at():
    entries = [
        {"value": 0.1, "sectors": ["A11"]},
        {"value": 0.2, "provinces": ["hai phong"], "sectors": ["A02", "Cement, Ceramics"]},
        {"value": 0.3, "parks": ["Amata"]},
    ]
    subsidy = resolved(levers={"capital_subsidy": entries}).year(2020).capital_subsidy
    expected = np.zeros((12, 18))
    expected[:, 10] = 0.1
    expected[np.ix_([0, 1], [1, 17])] = 0.2
    expected[6] = 0.3
    np.testing.assert_array_equal(subsidy, expected)


def test_parks_and_provinces_of_one_entry_must_both_hold():
    entry = [{"value": 1, "parks": ["P016", "P352"], "provinces": ["Đồng Nai"]}]
    assert parks_of(resolved(levers={"training": entry}).year(2020).training) == {"P352"}


def test_a_province_lever_reaches_its_provinces_whatever_accents_they_are_written_with():
    for name in ("Hải Phòng", "Hai Phong", "HẢI  PHÒNG"):
        support = resolved(levers={"provincial_support": [{"value": 1, "provinces": [name]}]}).year(2020)
        assert support.provincial_support.tolist() == [1, 0, 0, 0, 0, 0]


def test_an_entry_for_some_owners_leaves_firms_of_the_others_with_what_earlier_entries_say():
    entries = [{"value": 0.1}, {"value": 0.3, "sectors": ["A11"], "owners": ["domestic"], "from": 2020}]
    fines = [{"value": 900, "owners": ["foreign"]}, {"value": 500, "owners": ["domestic", "foreign"], "from": 2030}]
    paths = resolved(levers={"soft_loan": entries, "fine_usd": fines})
    year = paths.year(2025)
    assert set(year.foreign) == {"soft_loan", "fine_usd"}
    assert (year.soft_loan[:, 10] == 0.3).all()
    assert (np.delete(year.soft_loan, 10, axis=1) == 0.1).all()
    assert (year.of_foreign_firms.soft_loan == 0.1).all()
    assert (year.fine_usd, year.of_foreign_firms.fine_usd) == (0.0, 900.0)
    assert (paths.year(2030).fine_usd, paths.year(2030).of_foreign_firms.fine_usd) == (500.0, 500.0)
    assert year.of_firm(True).training is year.training
    assert not year.of_foreign_firms.soft_loan.flags.writeable


def test_without_owners_foreign_firms_have_the_levers_of_all():
    year = resolved(levers={"soft_loan": 0.5, "fine_usd": 7}).year(2025)
    assert year.of_foreign_firms is year
    assert year.of_firm(True) is year.of_firm(False) is year


def test_a_lever_that_holds_for_one_owner_alone_is_in_force():
    year = resolved(levers={"information": {"value": 1, "owners": ["foreign"]}}).year(2025)
    assert year.information.max() == 0.0
    assert "information" in year.in_force
    assert (
        "information" not in resolved(levers={"information": {"value": 0, "owners": ["foreign"]}}).year(2025).in_force
    )


def test_owners_can_be_named_wherever_a_firm_is_asked():
    by_owner = {"capital_subsidy", "soft_loan", "information", "inspection_probability", "fine_usd"}
    by_owner |= {"loan_guarantee", "interest_subsidy"}
    by_owner |= {"no_new_fossil_boilers", "fossil_boiler_end"}
    assert {name for name, lever in LEVERS.items() if "owners" in lever.targets} == by_owner


def test_one_zone_serves_all_parks_unless_a_price_is_aimed_at_places():
    by_sector = resolved(levers={"carbon_price": [{"value": 8, "sectors": ["A11", "A16"]}]})
    assert by_sector.n_zones == 1
    assert set(by_sector.zones) == {0}
    assert by_sector.year(2030).carbon_price[0, [10, 15, 0]].tolist() == [8, 8, 0]


def test_zones_separate_exactly_the_parks_that_see_other_prices():
    levers = {
        "landfill_charge_usd_t": [{"value": 9, "provinces": ["Đồng Nai"]}],
        "carbon_price": [{"value": 8}, {"value": 20, "parks": ["Amata", "P016"], "from": 2040}],
    }
    paths = resolved(levers=levers)
    assert paths.zones.tolist() == [0, 1, 1, 1, 1, 1, 2, 1, 1, 3, 3, 3]
    year = paths.year(2045)
    assert year.carbon_price.shape == (4, 18)
    assert year.carbon_price[paths.zones, 0].tolist() == [20, 8, 8, 8, 8, 8, 20, 8, 8, 8, 8, 8]
    assert year.landfill_charge_usd_t[paths.zones, 3].tolist() == [0, 0, 0, 0, 0, 0, 9, 0, 0, 9, 9, 9]


def test_a_lever_can_be_replaced_within_a_year_and_keeps_its_kind():
    year = resolved().year(2030)
    other = replace_lever(replace_lever(year, "inspection_probability", 0.4), "fine_usd", 7)
    assert other.inspection_probability.tolist() == [0.4] * 6
    assert not other.inspection_probability.flags.writeable
    assert other.fine_usd == 7.0
    assert year.inspection_probability.tolist() == [0.0] * 6


def test_a_lever_that_is_replaced_is_so_for_all_owners_and_no_other_lever_is():
    levers = {n: [{"value": v, "owners": ["foreign"]}] for n, v in (("fine_usd", 5), ("inspection_probability", 0.5))}
    other = replace_lever(resolved(levers=levers).year(2030), "inspection_probability", 0.4)
    assert other.of_foreign_firms.inspection_probability.tolist() == [0.4] * 6
    assert (other.fine_usd, other.of_foreign_firms.fine_usd) == (0.0, 5.0)


def test_a_year_outside_the_world_is_refused():
    with pytest.raises(IndexError, match="2051"):
        resolved().year(2051)


def test_every_unknown_name_is_told_at_once_with_its_line(tmp_path):
    file = tmp_path / "aimed.yaml"
    file.write_text(
        "levers:\n"
        "  training:\n"
        "    - {value: 1, parks: [Amata,\n"
        "                         Amatta]}\n"
        "  information: {value: 1, sectors: [A19]}\n"
        "  provincial_support: {value: 1, provinces: [Hai Phon]}\n"
        "programmes:\n"
        "  One: {from: 2020, until: 2021, parks: [Hiep Phuok]}\n"
    )
    with pytest.raises(InputError) as error:
        resolve(load_scenario(file), WORLD)
    assert [str(mistake) for mistake in error.value.mistakes] == [
        f"{file}:4: park 'Amatta' is unknown; did you mean Amata?",
        f"{file}:5: sector 'A19' is unknown; did you mean A18?",
        f"{file}:6: province 'Hai Phon' is unknown; did you mean Hải Phòng?",
        f"{file}:8: park 'Hiep Phuok' is unknown; did you mean Hiep Phuoc?",
    ]


def test_a_park_that_a_part_of_the_country_leaves_out_is_passed_over():
    part = small_world()
    part.left_out = ("p777", "phu my")
    chosen = [{"value": 1, "parks": ["Phú Mỹ", "P352", "P777"]}]
    year = resolve(load_scenario("no-eip-policy", levers={"training": chosen}), part).year(2020)
    assert parks_of(year.training > 0) == {"P352"}


def test_the_library_resolves_in_a_world_built_from_the_data():
    world = build_world("pilot-parks", seed=1)
    for name in list_scenarios():
        year = resolve(load_scenario(name), world).year(2030)
        assert year.capital_subsidy.shape == (len(world.park_ids), len(world.sectors))
        assert year.provincial_support.shape == (len(world.provinces),)


def test_every_scenario_of_the_library_resolves():
    for name in list_scenarios():
        paths = resolve(load_scenario(name), WORLD)
        for programme in paths.programmes:
            assert programme.audits == load_scenario(name).programmes[programme.name].audits


def test_the_baseline_is_what_is_enacted():
    paths = resolve(load_scenario("baseline"), WORLD)
    assert paths.year(2028).carbon_price.max() == 0
    assert np.flatnonzero(paths.year(2029).carbon_price[0]).tolist() == [10, 15]
    assert paths.year(2021).provincial_support.max() == 0
    assert paths.year(2022).provincial_support.tolist() == [1, 0, 0, 0, 0, 0]
    pilot, first_phase, second_phase = paths.programmes
    assert parks_of(pilot.eligible) == {"P142", "P143", "P213", "P456", "P457"}
    assert parks_of(first_phase.eligible) == {"P292", "P352", "P016"}
    assert first_phase.audits == 90
    assert first_phase.budget_usd == 1_820_000
    assert (second_phase.first_year, second_phase.last_year, second_phase.budget_usd) == (2024, 2028, 3_346_009)
    assert (pilot.first_year, pilot.last_year, pilot.audits) == (2015, 2019, 72)


def test_covid_delays_the_first_phase_and_takes_nothing_from_it():
    slow, normal = (
        next(p for p in resolve(load_scenario(name), WORLD).programmes if p.name == "GEIPP phase I").audits_by_year
        for name in ("baseline", "covid-shock-off")
    )
    assert slow.sum() == normal.sum() == 90
    assert (np.cumsum(slow) <= np.cumsum(normal)).all()
    assert slow[5:7].sum() < normal[5:7].sum()


def test_phase_two_takes_the_five_parks_with_most_tenants_that_no_other_programme_has():
    second = resolve(load_scenario("baseline"), WORLD).programmes[-1]
    assert second.name == "GEIPP phase II"
    # only three parks are free and have tenants: never an empty one, never one of another programme
    assert parks_of(second.eligible) == {"P022", "P900", "P901"}
    assert second.audits == 165


def test_two_programmes_that_choose_never_share_a_park():
    chooser = {"until": 2030, "choose_parks": 2, "provinces": ["Đồng Nai"]}
    paths = resolved(programmes={"Late": chooser | {"from": 2025}, "Early": chooser | {"from": 2020}})
    early, late = paths.programmes
    assert (early.name, late.name) == ("Early", "Late")
    assert parks_of(early.eligible) == {"P352", "P901"}
    assert parks_of(late.eligible) == {"P900"}


MARKET = ("carbon_price", "carbon_facilities", "auctioned_share", "allocation_decline")


def test_delayed_action_is_the_package_nine_years_later():
    package, delayed = (resolve(load_scenario(name), WORLD) for name in ("full-package", "delayed-action"))
    enacted = resolve(load_scenario("baseline"), WORLD)
    for year in range(2026, 2042):
        for name in LEVERS:
            now, later = getattr(package.year(year), name), getattr(delayed.year(year + 9), name)
            if name in MARKET and year < 2029:  # the enacted market of steel and cement works keeps its dates
                now, later = np.delete(now, [10, 15], axis=-1), np.delete(later, [10, 15], axis=-1)
            np.testing.assert_allclose(now, later, rtol=1e-12, err_msg=f"{name} {year}")
    for year in range(2015, 2035):
        for name in LEVERS:
            if LEVERS[name].scope != "price":
                np.testing.assert_array_equal(getattr(delayed.year(year), name), getattr(enacted.year(year), name))


@pytest.mark.parametrize(
    "name", [n for n in list_scenarios() if n not in ("no-eip-policy", "baseline", "covid-shock-off")]
)
def test_no_hypothetical_policy_acts_before_2024(name):
    base, policy = (resolve(load_scenario(n), WORLD) for n in ("baseline", name))
    for year in range(2015, 2024):
        for lever in LEVERS:
            np.testing.assert_array_equal(getattr(base.year(year), lever), getattr(policy.year(year), lever))
    before = {p.name: p.audits_by_year[: 2024 - 2015].tolist() for p in base.programmes}
    for programme in policy.programmes:
        assert programme.audits_by_year[: 2024 - 2015].tolist() == before.get(programme.name, [0] * 9)


capacities = st.lists(st.floats(0.001, 10), min_size=1, max_size=36)


@given(total=st.integers(0, 10**7), capacity=capacities, data=st.data())
def test_audits_of_all_years_sum_to_the_total_and_fall_in_active_years(total, capacity, data):
    active = np.array(data.draw(st.lists(st.booleans(), min_size=len(capacity), max_size=len(capacity))))
    audits = deliver(total, np.array(capacity), active)
    assert (audits >= 0).all()
    assert (audits[~active] == 0).all()
    assert audits.sum() == (total if active.any() else 0)


def test_without_any_capacity_nothing_is_delivered():
    assert deliver(90, np.zeros(3), np.ones(3, bool)).tolist() == [0, 0, 0]


def test_ties_in_the_choice_of_parks_go_to_the_earlier_row():
    assert choose_parks(2, np.ones(4, bool), np.array([3, 5, 3, 0])).tolist() == [True, True, False, False]


# ---- resolved once ---------------------------------------------------------------------------------------------------


def test_equal_scenarios_share_what_they_are_resolved_to_in_one_world():
    world = build_world("pilot-parks", 1)
    first = resolve_once(load_scenario("baseline"), world)
    assert resolve_once(load_scenario("baseline", description="said otherwise"), world) is first
    assert resolve_once(load_scenario("baseline", parameters={"behaviour.peer_weight": 0.2}), world) is first
    assert resolve_once(load_scenario("baseline", levers={"training": 0.5}), world) is not first
    assert resolve_once(load_scenario("baseline"), build_world("pilot-parks", 2)) is not first


def test_a_programme_with_another_title_is_told_by_its_own():
    world = build_world("pilot-parks", 1)
    said = {"from": 2020, "until": 2021, "audits": 3}
    titles = [
        resolve_once(load_scenario("no-eip-policy", programmes={"One": said | {"title": title}}), world)
        .programmes[0]
        .title
        for title in ("Pilot", "Campaign")
    ]
    assert titles == ["Pilot", "Campaign"]


def test_no_more_scenarios_are_kept_resolved_than_promised():
    world = build_world("pilot-parks", 1)
    scenarios = [load_scenario("no-eip-policy", levers={"training": k / 100}) for k in range(KEPT + 1)]
    paths = [resolve_once(scenario, world) for scenario in scenarios]
    assert resolve_once(scenarios[-1], world) is paths[-1]
    assert resolve_once(scenarios[0], world) is not paths[0]


def test_a_mistake_is_told_every_time():
    for _ in range(2):
        with pytest.raises(InputError, match="P999"):
            resolve_once(
                load_scenario("no-eip-policy", levers={"training": {"value": 1.0, "parks": ["P999"]}}), WORLD_OF_PILOTS
            )


WORLD_OF_PILOTS = build_world("pilot-parks", 1)


def test_programmes_run_from_their_first_year_to_their_last_and_commit_the_parks_they_reach():
    paths = resolve(load_scenario("baseline"), build_world("pilot-parks", 1))
    for year in range(2015, 2051):
        running = paths.running(year)
        assert running.programmes == {
            n: p for n, p in enumerate(paths.programmes) if p.first_year <= year <= p.last_year
        }
        reached = [p.eligible for p in running.programmes.values() if p.commits_parks]
        assert np.array_equal(running.commits, np.any([np.zeros(8, bool), *reached], axis=0))
    assert any(paths.running(year).commits.any() for year in range(2015, 2051))
