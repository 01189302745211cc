"""The world: real and synthesised parks, their tenants, the national totals, and what must not change what."""

import inspect
import random
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from eipsim.data.parameters import load_parameters
from eipsim.errors import InputError
from eipsim.model.model import EIPModel
from eipsim.runs.provenance import case_of
from eipsim.world import build_world, cache, check_world, require_totals
from eipsim.world.build import pilot_parks
from eipsim.world.cache import RATES, Order
from eipsim.world.files import DATA
from eipsim.world.recipe import read_recipe
from eipsim.world.tenants import share_of_those_who_leave

SEEDS = (1, 2, 3)
EXAMPLE = Path(__file__).parents[1] / "data" / "example-country"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Every test has a cache of its own, on disk and in memory."""
    monkeypatch.setenv("EIPSIM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "_memory", cache.OrderedDict())
    monkeypatch.setattr(cache, "_told", set())


@pytest.fixture(scope="module")
def vietnam():
    return build_world("vietnam", 1, cache=False)


def firms_by_key(world):
    """key -> everything of a firm but its row."""
    columns = world.firms._replace(park=world.parks.key[world.firms.park])
    return dict(zip(world.firms.key.tolist(), zip(*(column.tolist() for column in columns))))


def parks_by_id(world):
    """park id -> everything of a park but its row; provinces and groups by name."""
    p = world.parks
    named = p._replace(
        province=np.array(world.provinces)[p.province],
        region=np.array(world.regions)[p.region],
        group=np.array([*world.groups, "-"])[p.group],
        start=np.diff(p.start),
    )
    return dict(zip(world.park_ids, zip(*(column.tolist() for column in named))))


def same_world(a, b):
    return a.digest == b.digest and all(
        np.array_equal(x, y) for x, y in zip([*a.parks, *a.firms], [*b.parks, *b.firms])
    )


# National totals


@pytest.mark.parametrize("seed", SEEDS)
def test_national_totals_hold(seed):
    table = check_world(build_world(seed=seed, cache=False))
    assert len(table) >= 15
    assert table.holds.all(), "\n" + table[~table.holds].to_string()


def test_national_totals_are_those_of_the_project_brief():
    """The checks cannot be loosened in the data file without this test noticing."""
    asked = {
        ("firms", 2024): (22000, 0.05),
        ("firms", 2020): (19900, 0.05),
        ("employees_per_firm", 2024): (192.5, 0.05),
        ("foreign_share", 2024): (0.505, 0.05),
        ("ln_size_sigma", 2024): (1.4, 0.05),
        ("revenue_per_worker", 2024): (61039, 0.07),
        ("large_user_share", 2024): (0.093, 0.25),
    }
    rows = {(row.check, row.year): (row.target, row.allowed) for row in read_recipe("vietnam").world_checks}
    assert asked.items() <= rows.items()


@pytest.mark.parametrize("seed", SEEDS)
def test_parks_by_province_meet_the_official_counts(seed):
    world = build_world(seed=seed, cache=False)
    by_2024 = world.parks.established_year <= 2024
    for i, row in enumerate(read_recipe("vietnam").provinces):
        here = by_2024 & (world.parks.province == i)
        assert here.sum() == row.suggested_total_end2024, row.province_2024
        if row.official_operating is not None:
            operating = (here & (world.parks.operating_year <= 2024)).sum()
            assert abs(operating - row.official_operating) <= 2, row.province_2024


def test_344_real_parks_are_listed_and_92_are_marked_synthetic(vietnam):
    by_2024 = vietnam.parks.established_year <= 2024
    assert (by_2024 & ~vietnam.parks.synthetic).sum() == 344
    assert (by_2024 & vietnam.parks.synthetic).sum() == 92
    assert len(set(vietnam.park_ids)) == vietnam.n_parks


@pytest.mark.parametrize(("births", "plan"), [("central", (478, 575, 640, 680)), ("high", (478, 600, 665, 705))])
def test_births_follow_the_plan(births, plan):
    years = build_world(births=births, cache=False).parks.established_year
    assert tuple(int((years <= year).sum()) for year in (2025, 2030, 2040, 2050)) == plan


def test_the_operating_share_rises_to_the_plan(vietnam):
    p = vietnam.parks
    shares = [(p.operating_year <= y).sum() / (p.established_year <= y).sum() for y in range(2024, 2051)]
    assert shares[0] == pytest.approx(300 / 436)
    assert shares[-1] == pytest.approx(0.80, abs=0.002)
    assert all(0.68 < share < 0.81 for share in shares)


def test_planned_parks_are_born_before_synthesised_ones(vietnam):
    years = dict(zip(vietnam.park_ids, vietnam.parks.established_year))
    planned = [y for park, y in years.items() if park.startswith("P") and y > 2025]
    assert max(planned) <= min(year for park, year in years.items() if park.startswith("B"))


def test_known_years_and_areas_are_kept(vietnam):
    for row in read_recipe("vietnam").parks:
        if row.status == "established":
            park = vietnam.park_index(row.park_id)
            assert row.established_year in (None, vietnam.parks.established_year[park])
            assert row.area_ha in (None, vietnam.parks.area_ha[park])


def test_counted_firms_are_kept(vietnam):
    alive = np.bincount(vietnam.firms.park[vietnam.alive(2024)], minlength=vietnam.n_parks)
    for row in read_recipe("vietnam").parks:
        if row.n_firms:
            model = alive[vietnam.park_index(row.park_id)]
            assert abs(model - row.n_firms) <= max(3, 0.12 * row.n_firms), row.name_ascii


def test_programme_parks_are_real_rows_founded_before_2010(vietnam):
    assert set(pilot_parks()) == {"P142", "P143", "P213", "P456", "P457", "P016", "P292", "P352"}
    for park_id in (*pilot_parks(), "P022"):
        park = vietnam.park_index(park_id)
        assert not vietnam.parks.synthetic[park]
        assert vietnam.parks.established_year[park] < 2010
        assert vietnam.parks.operating_year[park] <= 2015


def test_national_shares_of_sectors_hold(vietnam):
    counts = np.bincount(vietnam.firms.sector[vietnam.alive(2024)], minlength=len(vietnam.sectors))
    shares = np.array([row.share_of_park_firms for row in read_recipe("vietnam").archetypes])
    expected = counts.sum() * shares / shares.sum()
    assert (np.abs(counts - expected) <= 0.05 * expected + 4.0 * np.sqrt(expected)).all()


def test_anchored_parks_hold_their_known_sectors(vietnam):
    park = vietnam.park_index("Yen Phong (gom mo rong)")
    rows = slice(*vietnam.parks.start[park : park + 2])
    electronics = vietnam.sectors.index("A14")
    assert (vietnam.firms.sector[rows] == electronics).mean() > 0.45
    assert (vietnam.firms.sector == electronics).mean() < 0.12


def test_jittered_points_stay_near_their_own_province(vietnam):
    recipe = read_recipe("vietnam")
    centres = np.array([(row.latitude, row.longitude) for row in recipe.provinces])
    bare = np.isin(vietnam.park_ids, [r.park_id for r in recipe.parks if r.coord_type == "province_point"])
    p = vietnam.parks
    km = 111.2 * np.hypot(
        p.latitude[bare] - centres[p.province[bare], 0],
        (p.longitude[bare] - centres[p.province[bare], 1]) * np.cos(np.radians(p.latitude[bare])),
    )
    assert km.max() < 41
    assert (km > 0).all()
    assert 10 < km.mean() < 25


def test_green_shares_are_those_of_the_parameter(vietnam):
    assert np.median(vietnam.parks.green_share) == pytest.approx(0.14, rel=0.1)
    assert np.percentile(vietnam.parks.green_share, 90) == pytest.approx(0.25, rel=0.15)


# What a firm is


def test_rows_are_sorted_and_keys_differ(vietnam):
    f = vietnam.firms
    order = np.lexsort((f.vintage, f.plot, f.park))
    assert np.array_equal(order, np.arange(vietnam.n_firms))
    assert len(np.unique(f.key)) == vietnam.n_firms
    assert np.array_equal(np.repeat(np.arange(vietnam.n_parks), np.diff(vietnam.parks.start)), f.park)


def test_tenants_of_a_plot_follow_one_another(vietnam):
    f = vietnam.firms
    same = (f.park[1:] == f.park[:-1]) & (f.plot[1:] == f.plot[:-1])
    assert (f.entry_year[1:][same] >= f.exit_year[:-1][same]).all()
    assert (f.vintage[1:][same] == f.vintage[:-1][same] + 1).all()
    assert (f.exit_year > f.entry_year).all()
    gaps = f.entry_year[1:][same].astype(float) - f.exit_year[:-1][same]
    assert gaps.mean() == pytest.approx(1.0, abs=0.1)
    assert (f.entry_year >= 2015).all()
    assert (f.entry_year >= np.minimum(vietnam.parks.operating_year[f.park], 2050)).all()


def test_no_park_has_tenants_before_it_operates(vietnam):
    first = np.full(vietnam.n_parks, 9999)
    np.minimum.at(first, vietnam.firms.park, vietnam.firms.entry_year)
    assert np.array_equal(np.maximum(vietnam.parks.operating_year, 2015), first)
    assert (vietnam.parks.operating_year > vietnam.parks.established_year).all()


def test_yearly_exits_are_those_of_the_rate():
    world = build_world(exit_rate_foreign=0.012, exit_rate_domestic=0.05, cache=False)
    years = range(2016, 2051)
    for owners, rate in ((world.firms.foreign, 0.012), (~world.firms.foreign, 0.05)):
        exits = sum((world.firms.exit_year[owners] == year).sum() for year in years)
        exposed = sum((world.alive(year - 1) & owners).sum() for year in years)
        assert exits / exposed == pytest.approx(rate, abs=0.001)


def test_the_share_of_foreign_firms_stays_although_they_leave_more_seldom():
    world = build_world(exit_rate_foreign=0.012, exit_rate_domestic=0.05, cache=False)
    shares = [world.firms.foreign[world.alive(year)].mean() for year in (2015, 2024, 2035, 2050)]
    assert shares == pytest.approx([0.505] * 4, abs=0.02)


def test_equal_rates_leave_owners_as_they_are_dealt():
    shares = np.array([0.1, 0.5, 0.9])
    assert share_of_those_who_leave(shares, 0.03, 0.03) is shares
    assert share_of_those_who_leave(shares, 0.0, 0.05) == pytest.approx([0.0, 0.0, 0.0])
    assert share_of_those_who_leave(shares, 0.05, 0.0) == pytest.approx([1.0, 1.0, 1.0])
    assert share_of_those_who_leave(np.array([0.0, 0.5, 1.0]), 0.01, 0.03) == pytest.approx([0.0, 0.25, 1.0])


def test_the_number_of_firms_follows_from_the_mean_of_the_two_rates():
    constants = read_recipe("vietnam").constants
    foreign, domestic = (constants[f"reference_exit_rate_{owner}"] for owner in ("foreign", "domestic"))
    assert min(foreign, domestic) <= constants["reference_exit_rate"] <= max(foreign, domestic)
    assert constants["reference_exit_rate"] == pytest.approx(
        0.5 * (foreign + domestic), abs=0.05 * abs(foreign - domestic)
    )


def test_what_is_taken_when_nothing_is_said_are_the_central_values():
    assert Order()[2:5] == tuple(load_parameters()[f"population.{name}"].central for name in RATES)
    taken = inspect.signature(build_world).parameters
    assert tuple(taken[name].default for name in RATES) == Order()[2:5]


def test_a_higher_exit_rate_never_keeps_a_firm_longer():
    low, high = (
        build_world("pilot-parks", exit_rate_foreign=rate, exit_rate_domestic=2.0 * rate, cache=False)
        for rate in (0.02, 0.05)
    )
    first = {k: e for k, e, v in zip(low.firms.key.tolist(), low.firms.exit_year, low.firms.vintage) if v == 1}
    later = [
        first[k] >= e for k, e, v in zip(high.firms.key.tolist(), high.firms.exit_year, high.firms.vintage) if v == 1
    ]
    assert len(later) == len(first)
    assert all(later)


def test_nobody_leaves_at_rate_zero():
    world = build_world("pilot-parks", exit_rate_foreign=0.0, exit_rate_domestic=0.0, cache=False)
    assert (world.firms.exit_year == 9999).all()
    half = build_world("pilot-parks", exit_rate_foreign=0.0, exit_rate_domestic=0.05, cache=False).firms
    assert (half.exit_year[half.foreign] == 9999).all()
    assert (half.exit_year[~half.foreign] < 9999).any()


def test_without_spread_all_firms_of_a_sector_use_the_central_intensity():
    world = build_world("pilot-parks", intensity_sigma=0.0, cache=False)
    central = np.array([row.elec_c for row in read_recipe("vietnam").archetypes])
    assert np.allclose(world.firms.electricity_mwh, world.firms.employees * central[world.firms.sector])


def test_intensities_have_mean_one_and_a_common_part():
    world = build_world(intensity_sigma=read_recipe("vietnam").constants["archetype_sigma"], cache=False)
    f, rows = world.firms, read_recipe("vietnam").archetypes.rows
    row = world.sectors.index("A10")
    mine = f.sector == row
    power, water = f.electricity_mwh[mine] / f.employees[mine], f.water_m3[mine] / f.employees[mine]
    assert power.mean() == pytest.approx(rows[row].elec_c, rel=0.03)
    assert np.log(power).std() == pytest.approx(
        np.log(rows[row].elec_high / rows[row].elec_MWh_per_emp_low) / 2.5631, rel=0.03
    )
    assert np.corrcoef(np.log(power), np.log(water))[0, 1] == pytest.approx(0.5, abs=0.03)


def test_twice_the_sigma_is_twice_the_spread_of_every_stream_around_the_same_mean():
    narrow, wide = (build_world(intensity_sigma=sigma, cache=False).firms for sigma in (0.4, 0.8))
    mine = narrow.sector == 9
    for name in ("electricity_mwh", "fuel_gj", "water_m3"):
        of_a_worker = [getattr(firms, name)[mine] / firms.employees[mine] for firms in (narrow, wide)]
        spread = [np.log(use).std() for use in of_a_worker]
        assert spread[1] == pytest.approx(2.0 * spread[0], rel=1e-6), name
        assert of_a_worker[1].mean() == pytest.approx(of_a_worker[0].mean(), rel=0.25), name


def test_firms_and_parks_are_found_by_name(vietnam):
    amata = vietnam.park_index("P352")
    assert vietnam.park_index(" amata ") == vietnam.park_index("AMATA") == amata
    assert vietnam.park_index("tra noc 1") == vietnam.park_index("Trà Nóc 1")
    row = int(vietnam.parks.start[amata]) + 20
    assert vietnam.firm_row(vietnam.firm_id(row)) == row
    assert vietnam.firm_id(int(vietnam.parks.start[amata])) == "P352-001-1"


@pytest.mark.parametrize("name", ["P352-999-1", "P352-001-99", "nonsense", "P352-x-1"])
def test_an_unknown_firm_is_told(vietnam, name):
    with pytest.raises(InputError, match="firm"):
        vietnam.firm_row(name)


def test_an_unknown_park_is_told_with_the_nearest_name(vietnam):
    with pytest.raises(InputError, match="did you mean Hoa Khanh"):
        vietnam.park_index("Hoa Kanh")


def test_all_wrong_arguments_are_told_at_once():
    with pytest.raises(InputError) as caught:
        build_world("vietnm", "one", exit_rate_domestic=float("nan"), intensity_sigma=-1.0, births="many")
    text = str(caught.value)
    assert len(caught.value.mistakes) == 5
    assert "did you mean vietnam?" in text
    assert "exit_rate_domestic = nan is out of range; allowed: 0 to 0.9" in text


# What must not change what


def test_the_pilot_parks_are_the_same_rows_as_in_the_country(vietnam):
    pilot, country = build_world("pilot-parks", 1, cache=False), firms_by_key(vietnam)
    assert set(pilot.park_ids) == set(pilot_parks())
    assert all(country[key] == firm for key, firm in firms_by_key(pilot).items())
    assert pilot.n_firms == sum(np.diff(vietnam.parks.start)[vietnam.park_index(i)] for i in pilot.park_ids)
    whole = parks_by_id(vietnam)
    assert all(whole[park] == row for park, row in parks_by_id(pilot).items())


@pytest.mark.parametrize("seed", SEEDS)
def test_high_births_add_parks_and_change_nothing_else(seed):
    central, high = (build_world(seed=seed, births=births, cache=False) for births in ("central", "high"))
    assert parks_by_id(central).items() <= parks_by_id(high).items()
    more, fewer = firms_by_key(high), firms_by_key(central)
    assert fewer.items() <= more.items()
    assert len(more) > len(fewer)
    assert high.n_parks == central.n_parks + 25


def test_the_order_of_rows_in_the_tables_changes_nothing(tmp_path, vietnam):
    world = build_world(f"folder:{shuffled_copy_of_vietnam(tmp_path)}", 1, cache=False)
    assert parks_by_id(world) == parks_by_id(vietnam)
    assert firms_by_key(world) == firms_by_key(vietnam)


def shuffled_copy_of_vietnam(folder: Path) -> Path:
    """The packaged tables with the rows of every file but the archetypes in another order."""
    for name in read_recipe("vietnam").__dataclass_fields__:
        for path in (DATA / f"{name}.csv", DATA / "parks" / f"{name}.csv"):
            if path.is_file():
                header, *lines = path.read_text(encoding="utf-8").splitlines()
                if name != "archetypes":
                    random.Random(5).shuffle(lines)
                (folder / path.name).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return folder


def test_the_same_arguments_give_the_same_world(vietnam):
    assert same_world(vietnam, build_world("vietnam", 1, cache=False))
    other = build_world("vietnam", 2, cache=False)
    assert other.digest != vietnam.digest
    assert other.n_firms != vietnam.n_firms or not np.array_equal(other.firms.employees, vietnam.firms.employees)


def test_global_generators_are_untouched():
    random.seed(4)
    np.random.seed(4)
    before = random.getstate(), np.random.get_state()[1].tolist()
    build_world("pilot-parks", 7, cache=False)
    assert before == (random.getstate(), np.random.get_state()[1].tolist())


def test_the_plain_build_gives_the_same_bits(vietnam, tmp_path):
    code = (
        "from eipsim.world import build_world; import hashlib;"
        f"w = build_world('folder:' + {str(EXAMPLE)!r}, 1, cache=False);"
        "print(hashlib.sha256(b''.join(c.tobytes() for c in (*w.parks, *w.firms))).hexdigest())"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"NUMBA_DISABLE_JIT": flag, "EIPSIM_CACHE": str(tmp_path), "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for flag in ("0", "1")
    }
    assert len(hashes) == 1


# The cache


def test_arrays_are_read_only(vietnam):
    for column in (*vietnam.parks, *vietnam.firms, *build_world("pilot-parks").firms):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = column[0]


def test_repeated_calls_are_free_and_the_disk_gives_the_same_world(monkeypatch):
    built = build_world("pilot-parks", 3)
    assert build_world("pilot-parks", 3) is built
    monkeypatch.setattr(cache, "_memory", cache.OrderedDict())
    loaded = build_world("pilot-parks", 3)
    assert loaded is not built
    assert same_world(built, loaded)
    assert loaded.park_names == built.park_names
    assert not loaded.firms.key.flags.writeable


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "text", "other"])
def test_a_damaged_cache_file_is_built_again(damage, monkeypatch):
    built = build_world("pilot-parks", 3)
    file = cache._file(built.digest)
    content = bytearray(file.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 255
    if damage == "other":
        content = bytearray(cache._file(build_world("pilot-parks", 4).digest).read_bytes())
    file.write_bytes({"cut": content[: len(content) // 2], "empty": b"", "text": b"not a world"}.get(damage, content))
    monkeypatch.setattr(cache, "_memory", cache.OrderedDict())
    assert cache.load(built.digest) is None
    assert same_world(build_world("pilot-parks", 3), built)
    monkeypatch.setattr(cache, "_memory", cache.OrderedDict())
    assert cache.load(built.digest) is not None


def test_a_cache_that_cannot_be_written_is_told_once(tmp_path, monkeypatch):
    blocked = tmp_path / "a file, not a folder"
    blocked.write_text("")
    monkeypatch.setenv("EIPSIM_CACHE", str(blocked))
    with pytest.warns(RuntimeWarning, match="cannot be kept"):
        build_world("pilot-parks", 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert build_world("pilot-parks", 5).n_parks == 8


def test_nothing_half_written_is_left_when_the_disk_is_full(monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.warns(RuntimeWarning, match="No space left"):
        built = build_world("pilot-parks", 3)
    assert list(cache._file(built.digest).parent.iterdir()) == []


def test_only_so_many_worlds_are_kept_on_disk(monkeypatch):
    monkeypatch.setattr(cache, "KEPT_ON_DISK", 3)
    worlds = [build_world("pilot-parks", seed) for seed in range(4)]
    assert len(list(cache._file(worlds[0].digest).parent.glob("*.npz"))) == 3


# A country of one's own


def test_the_example_country_is_built_from_its_folder():
    world = build_world(f"folder:{EXAMPLE}", 1)
    table = check_world(world)
    assert table.holds.all(), table.to_string()
    assert world.provinces == ("North Coast", "South Plain")
    assert len(world.sectors) == 18
    assert {world.sectors[s] for s in np.unique(world.firms.sector)} == {"A02", "A05", "A12"}
    assert world.parks.synthetic[world.park_index("Crossroads")]
    assert (world.parks.established_year <= 2050).sum() == 10


def test_needed_tables_are_enough(tmp_path):
    for name in ("parks.csv", "provinces.csv", "park_counts.csv"):
        shutil.copy(EXAMPLE / name, tmp_path)
    world = build_world(f"folder:{tmp_path}", 1)
    assert world.alive(2015).sum() > 0
    assert world.alive(2024).sum() > world.alive(2015).sum()
    assert world.sector_names == build_world("pilot-parks", cache=False).sector_names


def test_a_changed_table_gives_another_world(tmp_path):
    folder = shutil.copytree(EXAMPLE, tmp_path / "country")
    before = build_world(f"folder:{folder}", 1)
    parks = (folder / "parks.csv").read_text()
    (folder / "parks.csv").write_text(parks.replace("established,90", "established,95"))
    after = build_world(f"folder:{folder}", 1)
    assert after.digest != before.digest
    assert after.parks.area_ha[after.park_index("N2")] == 95


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path):
    folder = shutil.copytree(EXAMPLE, tmp_path / "country")
    spoil(folder / "parks.csv", "N2,Old Mill,North Coast", "N2,Old Mill,North Cost")
    spoil(folder / "parks.csv", "S2,Riverside", "S2,green valley")
    spoil(folder / "archetypes.csv", "A05,food,0.5", "A05,food,0.6")
    spoil(folder / "firm_counts.csv", "2020,160", "2020,nan")
    spoil(folder / "sector_anchors.csv", "S1,A05", "S9,A05;A99")
    spoil(folder / "world.csv", "vacancy_years,0.5,1.5,3", "vacancy_year,0.5,1.5,3")
    spoil(folder / "world.csv", "firms_per_leased_ha,0.1,0.3", "firms_per_leased_ha,-1,0.3")
    shutil.copy(folder / "firm_counts.csv", folder / "firm_count.csv")
    with pytest.raises(InputError) as caught:
        build_world(f"folder:{folder}")
    text = str(caught.value)
    for told in (
        "parks.csv:3: province_2024 = 'North Cost' is unknown; did you mean North Coast?",
        "parks.csv:6: duplicate park 'green valley' in South Plain",
        "archetypes.csv: share_of_park_firms sums to 1.1; the shares must sum to 1",
        "firm_counts.csv:3: firms = 'nan' is not allowed",
        "sector_anchors.csv:2: archetypes = 'A99' is unknown",
        "world.csv:3: parameter = 'vacancy_year' is unknown; did you mean vacancy_years?",
        "world.csv:2: firms_per_leased_ha = 0.3 (low to high -1 to 0.8) is out of range",
        "firm_count.csv: is not a table of a world; did you mean firm_counts?",
    ):
        assert told in text
    assert caught.value.exit_code == 2


def spoil(file: Path, good: str, bad: str) -> None:
    text = file.read_text()
    assert good in text
    file.write_text(text.replace(good, bad))


def test_a_missing_folder_and_a_folder_without_tables_are_told(tmp_path):
    with pytest.raises(InputError, match="there is no such folder"):
        build_world(f"folder:{tmp_path / 'nowhere'}")
    with pytest.raises(InputError, match="cannot be read") as caught:
        build_world(f"folder:{tmp_path}")
    assert len(caught.value.mistakes) == 3


def test_a_country_without_a_park_is_told(tmp_path):
    for name in ("provinces.csv", "park_counts.csv"):
        shutil.copy(EXAMPLE / name, tmp_path)
    (tmp_path / "parks.csv").write_text("park_id,name_vi,province_2024,status\nX1,Plan,North Coast,planned\n")
    spoil(tmp_path / "provinces.csv", "20.50,2", "20.50,0")
    with pytest.raises(InputError, match="no park is established"):
        build_world(f"folder:{tmp_path}")


def test_national_totals_of_the_pilot_parks_are_refused():
    with pytest.raises(InputError, match="has no national totals"):
        check_world(build_world("pilot-parks", cache=False))


# Totals that are asked and not met, and what is worth a question


def changed_example(folder: Path, **tables: str | tuple[str, str]) -> str:
    """The example country with other tables: the whole text, or (what stands there, what shall)."""
    shutil.copytree(EXAMPLE, folder)
    for name, change in tables.items():
        if isinstance(change, tuple):
            spoil(folder / f"{name}.csv", *change)
        else:
            (folder / f"{name}.csv").write_text(change, encoding="utf-8")
    return f"folder:{folder}"


COUNTS = "date,established,operating,area_kha\n"


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"park_counts": COUNTS + "2024,6,4,1100\n"}, "park_counts.csv:2: park_area_kha of 2024: 1,100 asked"),
        ({"park_counts": COUNTS + "2024,6,4,0.0011\n"}, "park_area_kha of 2024: 0.0011 asked"),
        ({"parks": ("20.11,48", "20.11,20000")}, "world_checks.csv:2: firms of 2024: 200 asked, 1,0"),
        (
            {"park_counts": COUNTS + "2024,3,2,\n", "world_checks": "check,year,target,allowed\n"},
            "parks_established of 2024: 3 asked",
        ),
        ({"firm_counts": "year,firms\n2014,90\n2020,1600\n2024,200\n"}, "firm_counts.csv:3: firms of 2020: 1,600 asked"),
        ({"firm_counts": "year,firms\n2014,90\n2020,160\n2024,200000\n"}, "firms of 2024: 200 asked"),
    ],
)  # fmt: skip
def test_a_total_that_is_asked_and_not_met_stops_a_run_and_says_which(tmp_path, tables, told):
    recipe = changed_example(tmp_path / "country", **tables)
    world = build_world(recipe)
    with pytest.raises(InputError) as caught:
        require_totals(world)
    assert told in str(caught.value)
    assert "in the world (" in str(caught.value)
    with pytest.raises(InputError):
        EIPModel(None, recipe)
    assert EIPModel(None, world).world.unmet == world.unmet  # who has built it himself has seen it


def test_what_world_checks_allows_is_no_reason_to_stop(tmp_path):
    counts = COUNTS + "2024,6,4,1.5\n"
    strict, lax = (
        changed_example(tmp_path / "strict", park_counts=counts),
        changed_example(tmp_path / "lax", park_counts=counts),
    )
    checks = tmp_path / "lax" / "world_checks.csv"
    off = abs(
        build_world(strict).parks.area_ha[build_world(strict).parks.established_year <= 2024].sum() / 1500.0 - 1.0
    )
    checks.write_text(checks.read_text() + f"park_area_kha,2024,1.5,{off + 0.01:.3f},kha,map\n")
    assert not build_world(lax).unmet


@pytest.mark.parametrize("seed", range(1, 9))
def test_an_honest_country_meets_its_totals_with_every_seed(seed):
    assert require_totals(build_world(f"folder:{EXAMPLE}", seed)).unmet == ()


def test_totals_are_told_but_stop_nothing_under_another_exit_rate(tmp_path):
    recipe = changed_example(tmp_path / "country", park_counts=COUNTS + "2024,6,4,1100\n")
    world = build_world(recipe, exit_rate_foreign=0.1, exit_rate_domestic=0.1)
    assert world.unmet
    assert require_totals(world) is world


def test_unmet_totals_survive_the_disk_and_stand_in_the_manifest(tmp_path, monkeypatch):
    recipe = changed_example(tmp_path / "country", park_counts=COUNTS + "2024,6,4,1100\n")
    built = build_world(recipe)
    monkeypatch.setattr(cache, "_memory", cache.OrderedDict())
    loaded = build_world(recipe)
    assert (loaded.unmet, loaded.warnings, loaded.own_tables) == (built.unmet, built.warnings, built.own_tables)
    assert case_of(EIPModel(None, loaded), None)["unmet_totals"][0]["check"] == "park_area_kha"
    assert case_of(EIPModel("no-eip-policy", "pilot-parks"), None)["unmet_totals"] == []


@pytest.mark.parametrize(
    ("tables", "question"),
    [
        ({"parks": ("10.21,20.11", "20.11,10.21")}, "km from the point of its province North Coast; with latitude and longitude"),
        ({"parks": ("10.21,20.11", "-10.21,20.11")}, "with the sign of its latitude changed it would lie 2 km away: south"),
        ({"parks": ("9.05,20.40", "9.05,-20.40")}, "with the sign of its longitude changed"),
        ({"parks": ("9.05,20.40", "0,0")}, "look at the point, or leave it blank"),
        ({"parks": ("established,310", "established,3.1")}, "parks.csv:5: area_ha of 'Green Valley' is read as 3.1 ha"),
        ({"parks": ("established,310", "established,1.234")}, "is read as 1.234 ha"),
        ({"parks": ("established,310", "established,31000")}, "is read as 31000 ha"),
        ({"parks": ("20.11,48", "20.11,4800")}, "n_firms of 'Harbour Park' is read as 4800 on 220 ha"),
        ({"park_counts": COUNTS + "2024,6,4,1100\n"}, "park_counts.csv:2: area_kha is read as 1100 thousand ha"),
        ({"park_counts": COUNTS + "2024,1,1,\n"}, "established is read as 1; but parks.csv names 4 parks"),
        ({"park_counts": COUNTS + "2024,6,1,\n"}, "operating is read as 1; but parks.csv names 3 parks with tenants"),
        ({"park_counts": COUNTS + "2024,6,4,0.2\n"}, "area_kha is read as 0.2; but parks.csv names 0.62 thousand ha"),
        ({"firm_counts": "year,firms\n2014,90\n2020,160\n2024,20\n"}, "firms is read as 20; but n_firms in parks.csv sums to 48"),
        ({"parks": ("10.21,20.11", "14.5,20.11")}, "lies 478 km from the point of its province North Coast; look at the point"),
        ({"parks": ("10.21,20.11", "9.05,20.40")}, "that of South Plain is 12 km away: look at the point and at the province"),
        ({"parks": ("20.11,48", "20.11,0")}, "is operating with n_firms = 0"),
        ({"park_counts": COUNTS + "2016,4,3,\n2024,60,4,\n"}, "established is read as 60, after 4 in the count before"),
        ({"park_counts": COUNTS + "2024,60,4,\n"}, "parks_established of 2024 is read as 6; but park_counts.csv has 60"),
        ({"park_plan": ("2050,10,12", "2050,2,3")}, "established is read as 2, after 8 in the count before; no park"),
        ({"world_checks": ("firms,2024,200,0.05", "firms,2024,200,5")}, "allowed of firms is read as 5, 500 per cent"),
        ({"world_checks": ("2024,135,0.3", "2024,13500,0.3")}, "employees_per_firm is read as 13500, where archetypes.csv"),
        ({"world_checks": "check,year,target,allowed\n"}, "world_checks.csv:1: has no rows; the world is made as if"),
        ({"firm_counts": "year,firms\n2014,90\n2020,1600\n2024,200\n"}, "firms is read as 1600, after 90 in the count before"),
    ],
)  # fmt: skip
def test_what_can_hardly_be_is_asked_about_with_the_value_as_read(tmp_path, tables, question):
    world = build_world(changed_example(tmp_path / "country", **tables))
    assert any(question in asked for asked in world.warnings), world.warnings


def test_viet_nam_and_the_example_raise_no_question(vietnam):
    assert not build_world(f"folder:{EXAMPLE}").warnings
    assert not vietnam.warnings
    assert not vietnam.unmet


def test_provinces_with_one_point_swapped_are_asked_about(tmp_path):
    provinces = (
        "province_2024,region,latitude,longitude,to_synthesise\nNorth Coast,C,10.2,40.1,0\nSouth Plain,I,40.5,9.1,2\n"
    )
    provinces += "East,I,9.5,41.0,0\nWest,I,9.9,39.5,0\n"
    parks = (EXAMPLE / "parks.csv").read_text().replace("10.21,20.11", ",").replace("9.05,20.40", ",")
    world = build_world(changed_example(tmp_path / "country", provinces=provinces, parks=parks))
    assert [asked for asked in world.warnings if "provinces.csv:3: 'South Plain'" in asked and "swap" in asked]


# Names however they are written


@pytest.mark.parametrize("anchor", ["Park,S1,A05;A02", "park,s1,a05; a02", 'park,Green Valley,"A05,A02"'])
def test_a_park_is_anchored_however_it_is_called(tmp_path, anchor):
    plain, own = (
        build_world(changed_example(tmp_path / name, sector_anchors=f"place_kind,place,archetypes\n{row}\n"))
        for name, row in (("plain", "park,S1,A05;A02"), ("own", anchor))
    )
    assert (plain.firms.sector == own.firms.sector).all()


@pytest.mark.parametrize(
    "written",
    ["Co\u0302te  Nord", "côte nord", "COTE NORD", "Cote\u00a0Nord", "\u200bCôte Nord"],
)
def test_a_province_is_the_same_in_every_table_however_it_is_written(tmp_path, written):
    provinces, parks = ((EXAMPLE / f"{name}.csv").read_text() for name in ("provinces", "parks"))
    world = build_world(
        changed_example(
            tmp_path / "country",
            provinces=provinces.replace("North Coast", "Côte Nord"),
            parks=parks.replace("North Coast", written),
            sector_anchors=f"place_kind,place,archetypes\nprovince,{written},A05\n",
        )
    )
    assert world.provinces == ("Côte Nord", "South Plain")
    assert set(world.parks.province[world.parks.established_year <= 2024]) == {0, 1}


def test_a_table_that_others_refer_to_and_that_is_empty_is_told_once(tmp_path):
    recipe = changed_example(tmp_path / "country", provinces="province_2024,region,latitude,longitude\n")
    with pytest.raises(InputError) as caught:
        build_world(recipe)
    (told,) = map(str, caught.value.mistakes)
    assert told == "provinces.csv:1: has no rows, and parks.csv names some in province_2024; write its rows"


def test_provinces_without_latin_letters_have_parks_of_their_own(tmp_path):
    names = {"North Coast": "北岸", "South Plain": "南原"}
    tables = {}
    for name in ("provinces", "parks"):
        text = (EXAMPLE / f"{name}.csv").read_text()
        for latin, other in names.items():
            text = text.replace(latin, other)
        tables[name] = text.replace("20.10,0", "20.10,2")
    world = build_world(
        changed_example(
            tmp_path / "country",
            **tables,
            park_counts=COUNTS + "2024,8,4,\n",
            world_checks="check,year,target,allowed\n",
        )
    )
    assert len(set(world.park_ids)) == world.n_parks
    assert len(set(world.parks.key.tolist())) == world.n_parks


def test_what_a_world_lays_out_for_a_year_is_who_is_there_who_comes_and_who_goes(vietnam):
    assert len({id(vietnam.in_year(2030)), id(vietnam.in_year(2030))}) == 1
    parks = vietnam.parks
    for year in (2015, 2016, 2030, 2050):
        there, alive = vietnam.in_year(year), vietnam.alive(year)
        assert np.array_equal(there.rows, np.flatnonzero(alive))
        assert np.array_equal(there.firms, np.bincount(vietnam.firms.park[alive], minlength=vietnam.n_parks))
        assert np.array_equal(np.diff(there.first), there.firms)
        came = set(np.flatnonzero(alive & ~vietnam.alive(year - 1)))
        assert came == set(there.come)
        assert set(there.gone) == set(np.flatnonzero(vietnam.alive(year - 1) & ~alive))
        assert np.array_equal(np.flatnonzero(parks.established_year == year), there.founded)
        assert np.array_equal(there.settled, vietnam.in_year(year - 1).operating)
        for v, number in enumerate(there.settled_in_province):
            assert number == max(1, np.count_nonzero(parks.province[there.settled] == v))
        for g, number in enumerate(there.settled_of_group):
            assert number == max(1, np.count_nonzero(parks.group[there.settled] == g))
