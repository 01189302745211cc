"""Instruments of a user's own: what they may move and see, when they act, what is told when they go wrong, who agrees to them."""

import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import differences

from eipsim.analysis.compare import compare
from eipsim.core import own_code
from eipsim.designs.reading import load_design
from eipsim.errors import InputError
from eipsim.explain import explain_park
from eipsim.model.model import EIPModel
from eipsim.outcomes.registry import OUTCOMES
from eipsim.policy.levers import LEVERS, resolve
from eipsim.policy.own import OwnInstruments, ParksSeen
from eipsim.runs.checking import check
from eipsim.runs.simulation import simulate
from eipsim.scenarios.loading import apply_settings, load_scenario
from eipsim.scenarios.schema import Scenario
from eipsim.sweeps.replicates import simulate_many
from eipsim.sweeps.sweep import run_sweep
from eipsim.world import build_world

LAST = 2019
PRICE = "def price(levers, parks, year):\n    return {'carbon_price': {parks.place: 20}}\n"
SUBSIDY = 0.3
POLICY = """\
import numpy as np


def nothing(levers, parks, year):
    return {}


def nobody(levers, parks, year):
    pass


def early(levers, parks, year):
    return {"capital_subsidy": 0.3, "subsidy_budget_usd": 1e7, "training": {parks.names[0]: 1}} if year < 2018 else {}


class Ratchet:
    def __init__(self):
        self.level = 0.0

    def __call__(self, levers, parks, year):
        self.level += 0.1
        return {"training": min(self.level, 1.0)}


times = 0


def counting(levers, parks, year):
    global times
    times += 1
    return {"training": min(times / 10, 1.0)}
"""


@pytest.fixture
def scenario(tmp_path):
    """Writes a scenario of the baseline with these instruments, and the code that they stand in."""

    def write(*names, code=POLICY, more="", file="mine.yaml"):
        (tmp_path / "my_policy.py").write_bytes(code.encode(errors="surrogateescape"))
        named = ", ".join(f"my_policy.py:{name}" for name in names)
        path = tmp_path / file
        path.write_text(f"extends: baseline\n{more}instruments: [{named}]\n")
        return path

    return write


def model_of(case, last=LAST, **more) -> EIPModel:
    """The pilot parks under `case`, stepped to the end of `last`."""
    model = EIPModel(case, world="pilot-parks", trust=True, **more)
    while model.year < last:
        model.step()
    return model


def levers_in(case, year):
    """The levers of a year in the pilot parks."""
    return model_of(case, year).this_year.levers


def refusal(question) -> str:
    with pytest.raises(InputError) as error:
        question()
    return str(error.value)


# ---- what they do ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stepping", ["compiled", "agents"])
@pytest.mark.parametrize("name", ["nothing", "nobody"])
def test_an_instrument_that_returns_nothing_is_the_baseline_bit_for_bit(scenario, name, stepping):
    assert differences(model_of("baseline"), model_of(scenario(name), stepping=stepping)) == []


def test_the_country_too_is_the_same_though_every_province_has_prices_of_its_own(scenario):
    plain, under = EIPModel("baseline"), EIPModel(scenario("nothing"), trust=True)
    plain.step()
    under.step()
    assert differences(plain, under) == []
    assert (plain.lever_paths.n_zones, under.lever_paths.n_zones > 50) == (1, True)


@pytest.mark.parametrize("name", ["early", "Ratchet"])
def test_agents_stepped_one_by_one_live_under_it_bit_for_bit_as_compiled(scenario, name):
    file = scenario(name)
    compiled = model_of(file)
    assert differences(compiled, model_of(file, stepping="agents")) == []
    assert differences(compiled, model_of("baseline")) != []


def test_it_does_what_the_same_levers_in_a_file_do(scenario):
    levers = {
        "capital_subsidy": {"value": SUBSIDY, "until": 2017},
        "subsidy_budget_usd": {"value": 1e7, "until": 2017},
        "training": {"value": 1, "until": 2017, "parks": [build_world("pilot-parks").park_names[0]]},
    }
    assert differences(model_of(scenario("early")), model_of(load_scenario("baseline", levers=levers))) == []


def test_a_class_remembers_from_year_to_year_and_begins_anew_with_every_run(scenario):
    file = scenario("Ratchet")
    for _ in range(2):
        seen = [levers_in(file, year).training[0] for year in (2015, 2017, LAST)]
        assert seen == pytest.approx([0.1, 0.3, 0.5])


@pytest.mark.parametrize("name", ["Ratchet", "counting"])
def test_a_replay_is_the_run_also_where_the_code_remembers(scenario, name):
    model = model_of(scenario(name))
    then = model.replay(2017)
    assert then.this_year.levers.training[0] == pytest.approx(0.3)
    assert differences(then.replay(LAST), model) == []


def test_the_scenario_acts_first_then_the_adaptive_regulator_then_instruments_in_their_order(scenario):
    code = """\
seen = []
def first(levers, parks, year):
    return {"inspection_probability": levers.inspection_probability + 0.1}
def second(levers, parks, year):
    return {"fine_usd": float(levers.inspection_probability[0]) * 1000}
"""
    adaptive = (
        "levers: {inspection_probability: 0.7, fine_usd: 1}\nregulator: {adaptive: {lever: inspection_probability, "
        "outcome: parks_certified, target: {2015: 1, 2050: 2}, start: 0.2, gain: 0, most: 0.5}}\n"
    )
    levers = levers_in(scenario("first", "second", code=code, more=adaptive), 2016)
    assert levers.inspection_probability[0] == pytest.approx(0.2 + 0.1)  # not of the file's 0.7
    assert levers.fine_usd == pytest.approx(300.0)
    assert levers_in(scenario("second", "first", code=code, more=adaptive), 2016).fine_usd == pytest.approx(200.0)


def test_a_lever_that_is_set_by_sector_takes_sectors_by_id_or_name(scenario):
    code = """\
def few(levers, parks, year):
    return {"carbon_facilities": {"A11": 5, "garment CMT": 2}, "auctioned_share": {"A16": 0.5}}
"""
    levers = levers_in(scenario("few", code=code), 2015)
    assert levers.carbon_facilities[[0, 10]].tolist() == [2.0, 5.0]
    assert set(np.delete(levers.carbon_facilities, [0, 10])) == {LEVERS["carbon_facilities"].default}
    assert levers.auctioned_share.tolist() == [0.5 if s == 15 else 1.0 for s in range(18)]


def test_a_sector_that_nobody_knows_and_a_number_out_of_bounds_are_told_with_the_sector(scenario):
    code = "def bad(levers, parks, year):\n    return {'carbon_facilities': {'A1l': 5}, 'auctioned_share': {'A16': 2}}"
    told = refusal(lambda: model_of(scenario("bad", code=code), 2015))
    assert "carbon_facilities names a sector: sector 'A1l' is unknown; did you mean A1" in told
    assert "auctioned_share of A16 = 2 is out of bounds; allowed: 0 to 1" in told


def test_a_lever_takes_a_number_an_array_of_its_shape_or_parks_and_provinces_by_name(scenario):
    code = """\
import numpy as np
def mixed(levers, parks, year):
    half = np.zeros(levers.information.shape)
    half[:, 3] = 0.5
    return {
        "information": half, "facilitation_grant": {parks.ids[1]: 0.25, parks.provinces[parks.province[0]]: 1},
        "provincial_support": {parks.provinces[parks.province[0]]: 1}, "fine_usd": np.float32(5),
        "carbon_price": {parks.provinces[parks.province[0]]: 20}, "waste_reuse_reform": 1,
    }
"""
    model = model_of(scenario("mixed", code=code), 2015)
    levers, province = model.this_year.levers, model.state.operators.province
    of_first = province == province[0]
    assert levers.information[:, 3].tolist() == [0.5] * province.size
    assert levers.information.sum() == 0.5 * province.size
    assert (
        levers.facilitation_grant == np.where(of_first, 1.0, np.where(np.arange(province.size) == 1, 0.25, 0.0))
    ).all()
    assert np.flatnonzero(levers.provincial_support == 1).tolist() == [province[0]]
    assert (levers.carbon_price[model.lever_paths.zones, 0] == np.where(of_first, 20.0, 0.0)).all()
    assert (type(levers.fine_usd), levers.fine_usd, levers.waste_reuse_reform) == (float, 5.0, 1.0)
    assert all(not value.flags.writeable for value in vars(levers).values() if isinstance(value, np.ndarray))


def test_what_an_instrument_moves_it_moves_for_all_owners_and_places_that_it_does_not_name_keep_what_each_has(scenario):
    code = """\
def some(levers, parks, year):
    assert levers.of_foreign_firms.fine_usd == 9.0
    return {"soft_loan": {parks.ids[0]: 0.25}, "fine_usd": 5}
def alike(levers, parks, year):
    return {"soft_loan": levers.soft_loan, "fine_usd": 0}
"""
    more = (
        "levers: {soft_loan: [{value: 0.5}, {value: 0.75, owners: [foreign]}],\n"
        "  fine_usd: {value: 9, owners: [foreign], replace: true}}\n"
    )
    moved = levers_in(scenario("some", code=code, more=more), 2016)
    assert (moved.soft_loan[0] == 0.25).all()
    assert (moved.of_foreign_firms.soft_loan[0] == 0.25).all()
    assert (moved.soft_loan[1:] == 0.5).all()
    assert (moved.of_foreign_firms.soft_loan[1:] == 0.75).all()
    assert moved.fine_usd == moved.of_foreign_firms.fine_usd == 5.0
    model = model_of(scenario("alike", code=code, more=more), 2016)
    assert (model.this_year.levers.of_foreign_firms.soft_loan == 0.5).all()
    assert model.this_year.levers.of_foreign_firms.fine_usd == 0.0
    assert [(move.lever, np.max(move.before), np.max(move.after)) for move in model.instruments.moves] == [
        ("soft_loan", 0.75, 0.5), ("fine_usd", 9.0, 0.0),
    ]  # fmt: skip


def test_a_year_in_which_it_moves_nothing_has_the_scenarios_levers(scenario):
    model = model_of(scenario("early"), 2018)
    assert model.this_year.levers is model.lever_paths.year(2018)
    assert model.instruments.moves == []


def test_a_park_that_this_part_of_the_country_leaves_out_is_passed_over(scenario):
    outside = next(p for p in build_world("vietnam").park_ids if p not in build_world("pilot-parks").park_ids)
    code = f"def far(levers, parks, year):\n    return {{'training': {{'{outside}': 1}}}}\n"
    assert levers_in(scenario("far", code=code), 2015).training.sum() == 0


# ---- what they see -----------------------------------------------------------------------------------------------------


def test_it_sees_the_parks_and_the_outcomes_as_the_last_year_left_them(scenario, monkeypatch):
    seen: dict[int, tuple[ParksSeen, dict]] = {}
    code = """\
def watch(levers, parks, year):
    keep(year, parks, {name: parks.by_province[name] for name in parks.by_province})
"""
    monkeypatch.setattr("builtins.keep", lambda year, *what: seen.update({year: what}), raising=False)
    run = simulate(scenario("watch", code=code), world="pilot-parks", years=(2015, LAST), trust=True)
    first, by_province = seen[2015]
    assert np.isnan(list(first.nation.values())).all()
    assert all(np.isnan(values).all() for values in by_province.values())
    for year in (2016, LAST):
        parks, by_province = seen[year]
        assert parks.nation == run.outcomes.loc[year - 1].to_dict()
        assert set(parks.nation) == set(OUTCOMES)
        table = run.provinces[run.provinces["year"] == year - 1].set_index("province")
        for name in ("firms", "recp_firm_share", "parks_certified", "co2_t"):
            for province, value in table[name].items():
                assert by_province[name][parks.provinces.index(province)] == pytest.approx(value, nan_ok=True), name
        own = run.parks[run.parks["year"] == year - 1].set_index("park_id")
        assert parks.firms.tolist() == own["firms"].reindex(parks.ids).fillna(0).astype(int).tolist()
        assert parks.score[[parks.ids.index(p) for p in own.index]] == pytest.approx(own["score"].to_numpy())


def test_what_it_sees_cannot_be_used_to_change_the_run(scenario):
    code = """\
def meddle(levers, parks, year):
    parks.score[:] = 0
    parks.firms[:] = 0
    parks.converted[:] = True
    parks.certificate[:] = "certified"
    parks.by_province["firms"][:] = 0
"""
    assert differences(model_of("baseline"), model_of(scenario("meddle", code=code))) == []


# ---- what is told when they go wrong -----------------------------------------------------------------------------------

UNKIND = """\
class Odd:
    def __repr__(self):
        raise ValueError("no word")
class Late(dict):
    def __iter__(self):
        raise ValueError("late")
    keys = __len__ = __iter__
class Silent(Exception):
    def __str__(self):
        raise ValueError("no word")
"""
WRONG = [
    ("return 1 / 0", 2, "odd in 2015 raised ZeroDivisionError: division by zero"),
    ("return helper()", 4, "odd in 2015 raised ValueError: no idea"),
    ("raise SystemExit(3)", 2, "odd in 2015 raised SystemExit: 3"),
    ("return 3", 1, "odd in 2015 returned 3; it returns {lever: value}, or None to change nothing"),
    ("return {'training': float('nan')}", 1, "training of * is not a number; allowed: 0 to 1 (0-1)"),
    ("return {'training': [[1, 2], [3]]}", 1, "training = [[1, 2], [3]] is no number"),
    ("return {'training': 'much'}", 1, "training = 'much' is no number"),
    ("return {'fine_usd': float('inf')}", 1, "fine_usd = inf is out of bounds; allowed: 0 to 1e+09 (USD)"),
    ("return {'fine_usd': [1, 2]}", 1, "fine_usd has the shape (2,); it takes one number for the whole country"),
    ("return {'training': 2}", 1, "training of * = 2 is out of bounds; allowed: 0 to 1 (0-1)"),
    ("return {'training': [1, 1]}", 1, "training has the shape (2,); it takes an array of shape (8,)"),
    ("return {'trainning': 1}", 1, "trainning is no lever that can be moved; did you mean training?"),
    ("return {'programme_capacity': 1}", 1, "programme_capacity is no lever that can be moved"),
    ("return {3: 1}", 1, "3 is no lever that can be moved"),
    ("return {'training': {'Amatta': 1}}", 1, "park 'Amatta' is unknown; did you mean Amata?"),
    ("return {'training': {'Amata': 'x'}}", 1, "training of Amata = 'x' is no number"),
    ("return {'provincial_support': {'Hai Phon': 1}}", 1, "province 'Hai Phon' is unknown; did you mean Hải Phòng?"),
    ("return {'fine_usd': {'Amata': 1}}", 1, "fine_usd cannot be aimed; it holds for the whole country: give a number"),
    ("return {'training': Odd()}", 1, "training = <Odd instance at "),
    ("return {'training': {'Amata': Odd()}}", 1, "training of Amata = <Odd instance at "),
    ("return Odd()", 1, "odd in 2015 returned <Odd instance at "),
    ("return Late()", 10, "odd in 2015 raised ValueError: late"),
    ("raise Silent", 2, "odd in 2015 raised Silent"),
    ("levers.training.setflags(write=True)", 2, "odd in 2015 raised ValueError: cannot set WRITEABLE flag to True"),
    ("levers.training[0] = 1", 2, "odd in 2015 raised ValueError: assignment destination is read-only"),
    ("levers.fine_usd = 1.0", 2, "odd in 2015 raised FrozenInstanceError"),
    ("return parks.by_province['firm']", 2, "outcome 'firm' is unknown; did you mean firms?"),
]


@pytest.mark.parametrize(("line", "at", "words"), WRONG, ids=[line for line, _, _ in WRONG])
def test_an_instrument_that_goes_wrong_is_told_by_the_line_of_its_file(scenario, tmp_path, line, at, words):
    code = f"def odd(levers, parks, year):\n    {line}\ndef helper():\n    raise ValueError('no idea')\n{UNKIND}"
    told = refusal(lambda: simulate(scenario("odd", code=code), world="pilot-parks", trust=True)).splitlines()
    pattern = ".*".join(map(re.escape, words.split("*")))
    assert re.search(rf"^{re.escape(str(tmp_path))}/my_policy\.py:{at}: .*{pattern}", told[0]), told


def test_what_is_written_into_levers_by_force_moves_nothing(scenario):
    code = "def force(levers, parks, year):\n    object.__setattr__(levers, 'fine_usd', float('nan'))\n"
    assert differences(model_of("baseline"), model_of(scenario("force", code=code))) == []


def test_everything_that_is_wrong_with_an_answer_is_told_at_once(scenario):
    answer = "{'trainning': 1, 'fine_usd': -1, 'sandbox': {'Amatta': 1, 'Hanoy': 1}}"
    code = f"def odd(levers, parks, year):\n    return {answer}\n"
    told = refusal(lambda: simulate(scenario("odd", code=code), world="pilot-parks", trust=True))
    assert [word for word in ("trainning", "fine_usd", "Amatta", "Hanoy") if word not in told] == []


def test_a_class_that_cannot_be_made_is_told_by_its_line(scenario):
    code = """\
class Odd:
    def __init__(self):
        raise OSError('no disk')
    def __call__(self, levers, parks, year):
        pass
"""
    told = refusal(lambda: simulate(scenario("Odd", code=code), world="pilot-parks", trust=True))
    assert "my_policy.py:3: Odd when it was made raised OSError: no disk" in told


def test_a_price_is_moved_by_province_and_not_by_park(scenario):
    world = build_world("vietnam")
    park = world.park_index("Amata")
    moved = OwnInstruments([f"{scenario('price', code=PRICE).parent}/my_policy.py:price"], world)
    paths = resolve(load_scenario("baseline", instruments=[moved.instruments[0].given]), world)
    seen = SimpleNamespace(zone=paths.zones, place="Đồng Nai")
    levers = moved.adapt(paths.year(2020), seen, 2020)
    at = levers.carbon_price[paths.zones, 0]
    assert (at == np.where(world.parks.province == world.parks.province[park], 20.0, 0.0)).all()
    seen.place = "Amata"
    told = refusal(lambda: moved.adapt(paths.year(2020), seen, 2020))
    assert "price in 2020: carbon_price cannot be aimed at Amata alone; prices can be moved by province" in told


def test_a_run_that_fails_in_many_is_recorded_and_the_others_go_on(scenario):
    code = "def late(levers, parks, year):\n    return {'fine_usd': -1} if year > 2016 else None\n"
    cases = {"bad": scenario("late", code=code), "good": "baseline"}
    many = simulate_many(cases, world="pilot-parks", years=(2015, 2018), trust=True)
    assert set(many["scenario"]) == {"good"}
    assert [failure["error"] for failure in many.attrs["failures"]] == ["InputError"]
    assert "my_policy.py:1: late in 2017: fine_usd = -1 is out of bounds" in many.attrs["failures"][0]["message"]


# ---- provenance and explanation ----------------------------------------------------------------------------------------


def test_the_digest_and_the_manifest_know_the_file_by_what_it_holds(scenario, tmp_path):
    case = load_scenario(scenario("early"))
    other_name = load_scenario(scenario("Ratchet"))
    (tmp_path / "moved").mkdir()
    for file in ("mine.yaml", "my_policy.py"):
        (tmp_path / "moved" / file).write_bytes((tmp_path / file).read_bytes())
    moved = load_scenario(tmp_path / "moved" / "mine.yaml")
    assert moved.digest == other_name.digest != case.digest
    changed = load_scenario(scenario("Ratchet", code=POLICY + "\n"))
    assert changed.digest != moved.digest
    assert case.digest != load_scenario("baseline").digest
    run = simulate(tmp_path / "moved" / "mine.yaml", world="pilot-parks", years=(2015, 2015), trust=True)
    (noted,) = run.provenance["instruments"]
    assert noted["instrument"] == f"{tmp_path}/moved/my_policy.py:Ratchet"
    assert noted["sha256"] == own_code.digest_of(noted["instrument"])
    assert simulate(world="pilot-parks", years=(2015, 2015)).provenance["instruments"] == []


def test_a_scenario_without_instruments_keeps_the_digest_it_had():
    """Stores of before know the baseline by it."""
    content = load_scenario("baseline").document()
    assert content["instruments"] == []
    assert Scenario.model_validate({k: v for k, v in content.items() if k != "instruments"}).digest == (
        load_scenario("baseline").digest
    )


def test_a_park_tells_which_instrument_moved_which_lever_in_the_year(scenario):
    model = model_of(scenario("early"))
    there, elsewhere = explain_park(model, 0, 2017), explain_park(model, 1, 2017)
    moved = "Own instruments: my_policy.py:early moved capital_subsidy (here from 0 to 0.3), "
    assert any(line.startswith(moved) and "training (here from 0 to 1)" in line for line in there.lines), there.lines
    assert any("training (not here)" in line for line in elsewhere.lines)
    (first, *_) = there.facts["instruments"]
    assert (first["lever"], first["before"], first["after"]) == ("capital_subsidy", 0.0, 0.3)
    later = explain_park(model, 0, 2018)
    assert not any("Own instruments" in line for line in later.lines)
    assert later.facts["instruments"] == []


# ---- who agrees --------------------------------------------------------------------------------------------------------

LOUD = "from pathlib import Path\nPath(__file__).with_name('was-run.txt').write_text('x')\n"


def was_run(folder: Path) -> bool:
    return (folder / "was-run.txt").exists()


def test_nothing_of_a_file_that_names_code_runs_before_somebody_agrees(scenario, tmp_path):
    file = scenario("nothing", code=LOUD + POLICY)
    case = load_scenario(file)
    assert check(file, build_world("pilot-parks")) == []
    told = refusal(lambda: simulate(file, world="pilot-parks"))
    assert told.startswith(f"{file}:2: names code, which runs only when you agree: {tmp_path}/my_policy.py:nothing")
    assert "--trust" in told
    for question in (
        lambda: EIPModel(case, world="pilot-parks"),
        lambda: EIPModel(apply_settings(case, {"levers.fine_usd": 5}), world="pilot-parks"),
        lambda: simulate_many([file], world="pilot-parks"),
        lambda: compare(file, world="pilot-parks", replicates=1),
        lambda: run_sweep({"scenarios": [str(file)], "world": "pilot-parks", "years": [2015, 2015]}, tmp_path / "s"),
        lambda: run_sweep({"scenarios": [case], "world": "pilot-parks", "years": [2015, 2015]}, tmp_path / "s"),
    ):
        assert "names code" in refusal(question)
    assert not was_run(tmp_path)
    assert not (tmp_path / "s").exists()
    EIPModel(load_scenario(file, trust=True), world="pilot-parks")
    assert was_run(tmp_path)


def test_a_file_whose_name_looks_like_an_option_is_a_file_all_the_same(scenario, tmp_path, monkeypatch):
    scenario("nothing", file="--set x.yaml")
    monkeypatch.chdir(tmp_path)
    Path("above.yaml").write_text("extends: '--set x.yaml'\n")
    for name in ("--set x.yaml", "above.yaml"):
        assert "names code" in refusal(lambda name=name: simulate(name, world="pilot-parks"))


def test_what_a_user_writes_in_python_is_the_users_own_will(scenario, tmp_path):
    scenario("nothing")
    mine = load_scenario("baseline", instruments=[f"{tmp_path}/my_policy.py:early"])
    assert EIPModel(mine, world="pilot-parks").instruments.instruments[0].name == "early"
    taken_away = apply_settings(load_scenario(tmp_path / "mine.yaml"), {"instruments": "null"})
    assert EIPModel(taken_away, world="pilot-parks").instruments.instruments == []


def design_of(file: Path, **more) -> Path:
    path = file.parent / "design.json"
    path.write_text(json.dumps({"scenarios": ["baseline", file.name], "world": "pilot-parks", "years": [2015, 2018],
                                "replicates": 2, "outcomes": ["firms", "recp_measures_installed", "jobs"]} | more))  # fmt: skip
    return path


def test_a_sweep_under_instruments_gives_what_single_runs_give_and_its_store_remembers_the_yes(scenario, tmp_path):
    file = scenario("Ratchet")
    design = design_of(file)
    assert "names code" in refusal(lambda: run_sweep(design, tmp_path / "store"))
    store = run_sweep(design, tmp_path / "store", limit=2, trust=True)
    assert len(store.done()) == 2
    store = run_sweep(design, tmp_path / "store", jobs=2)  # no second yes
    table = store.table(years=[2018], scenarios=["mine"])
    single = [simulate(file, replicate=r, world="pilot-parks", trust=True, years=(2018, 2018)) for r in (0, 1)]
    for name in ("firms", "recp_measures_installed"):
        assert table[name].tolist() == [run.outcomes[name].iloc[0] for run in single]
    assert store.content["design"]["files"] == {
        f"{tmp_path}/my_policy.py": own_code.digest_of(f"{tmp_path}/my_policy.py:Ratchet")
    }


def test_another_content_of_the_file_needs_another_yes_and_another_store(scenario, tmp_path):
    design = design_of(scenario("Ratchet"))
    run_sweep(design, tmp_path / "store", limit=1, trust=True)
    keys = load_design(design).runs()["key"]
    scenario("Ratchet", code=POLICY.replace("0.1", "0.2"))
    assert not set(load_design(design).runs()["key"][2:]) & set(keys)
    assert "names code" in refusal(lambda: run_sweep(design, tmp_path / "store"))
    assert "mine says something else" in refusal(lambda: run_sweep(design, tmp_path / "store", trust=True))


def test_a_store_of_somebody_else_brings_no_consent_with_it(scenario, tmp_path, monkeypatch):
    design = design_of(scenario("Ratchet"))
    store = run_sweep(design, tmp_path / "store", limit=1, trust=True)
    assert load_design(store.design).strange_code != ()  # nor does its design, read from the store
    assert load_design(store.content["design"]).strange_code != ()
    monkeypatch.setenv("EIPSIM_CACHE", str(tmp_path / "another user"))
    for asked in (design, store.design, store.content["design"]):
        assert "names code" in refusal(lambda asked=asked: run_sweep(asked, tmp_path / "store"))
    assert run_sweep(design, tmp_path / "store", limit=1, trust=True).done()
    run_sweep(design, tmp_path / "store", limit=1)  # who has agreed is not asked again


def test_consent_to_one_store_is_none_to_another(scenario, tmp_path):
    design = design_of(scenario("Ratchet"))
    run_sweep(design, tmp_path / "store", limit=1, trust=True)
    shutil.copytree(tmp_path / "store", tmp_path / "copy")
    assert "names code" in refusal(lambda: run_sweep(design, tmp_path / "copy"))


def test_a_file_that_changes_while_a_sweep_runs_stops_it(scenario, tmp_path):
    plan = load_design(design_of(scenario("Ratchet")), trust=True)
    scenario("Ratchet", code=POLICY.replace("0.1", "0.2"))
    told = refusal(lambda: run_sweep(plan, tmp_path / "store"))
    assert f"{tmp_path}/my_policy.py: has changed since the sweep began" in told
    assert "names code" in refusal(
        lambda: run_sweep(tmp_path / "design.json", tmp_path / "store")
    )  # nobody has agreed to it


# ---- check -------------------------------------------------------------------------------------------------------------

UNFIT = [
    ("def f(levers, parks):\n    pass\n", 1, "f takes (levers, parks); an instrument takes levers, parks, year"),
    ("x = 1\nasync def f(levers, parks, year):\n    pass\n", 2, "f is async"),
    ("def f(a, b, c, d):\n    pass\n", 1, "f takes (a, b, c, d)"),
    ("def f(a, b, c, *, d):\n    pass\n", 1, "f takes (a, b, c, *, d)"),
    ("class f:\n    pass\n", 1, "f has no __call__"),
    ("class f:\n    def __init__(self, x):\n        pass\n    __call__ = print\n", 1, "without arguments"),
    ("class f:\n    def __call__(self, a, b):\n        pass\n", 2, "f takes (self, a, b)"),
    ("def f(levers, parks, year)\n    pass\n", 1, "cannot be read as Python"),
    ("def f(levers, parks, year):\n    pass\n\n# \udce9\n", 4, "is not UTF-8 text"),
    ("# \udce9\ndef f(levers, parks, year):\n    pass\n", 1, "is not UTF-8 text; save the file as UTF-8"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "at", "words"), UNFIT, ids=[words for _, _, words in UNFIT])
def test_code_that_cannot_be_called_is_found_without_running_it(scenario, tmp_path, code, at, words):
    (told,) = check(scenario("f", code=code))
    assert str(told).startswith(f"{tmp_path}/my_policy.py:{at}: ")
    assert words in str(told)


@pytest.mark.parametrize(
    "code",
    [
        "def f(levers, parks, year, strength=1):\n    pass\n",
        "def f(*all):\n    pass\n",
        "f = lambda levers, parks, year: None\n",
        "from functools import partial as f\n",
        "try:\n    import nothing\nexcept ImportError:\n    def f(levers, parks, year):\n        pass\n",
        "class f:\n    def __call__(self, *all):\n        pass\n",
        "from os.path import *\n",
    ],
)
def test_code_that_may_well_be_called_is_left_alone(scenario, code):
    assert check(scenario("f", code=code)) == []


def test_what_is_not_there_is_told_where_it_is_named(scenario, tmp_path):
    file = scenario("erly")
    (told,) = check(file)
    assert str(told) == f"{file}:2: instruments: {tmp_path}/my_policy.py has no function 'erly'; did you mean early?"
    (tmp_path / "my_policy.py").unlink()
    assert f"{file}:2: instruments: file '{tmp_path}/my_policy.py' does not exist" in map(str, check(file))
    file.write_text("extends: baseline\ninstruments: my_policy:early\n")
    (told,) = check(file)
    assert str(told).startswith(f"{file}:2: instruments")
    assert "names no function of a file" in str(told)


def test_every_lever_can_be_moved_but_the_one_that_is_planned_ahead(scenario):
    names = [name for name in LEVERS if name != "programme_capacity"]
    values = {name: LEVERS[name].default or LEVERS[name].most / 2 for name in names}
    code = f"def all_of_them(levers, parks, year):\n    return {values}\n"
    levers = levers_in(scenario("all_of_them", code=code), 2016)
    assert all((np.asarray(getattr(levers, name)) == value).all() for name, value in values.items())


def test_with_instruments_parks_of_two_provinces_never_share_their_prices(scenario):
    world = build_world("vietnam")
    zones = resolve(
        load_scenario(scenario("nothing"), levers={"carbon_price": {"value": 9, "parks": ["Amata"]}}), world
    ).zones
    for zone in np.unique(zones):
        assert len(np.unique(world.parks.province[zones == zone])) == 1


# ---- the two examples of the manual --------------------------------------------------------------------------------------

MANUAL = Path(__file__).parents[2] / "docs" / "own-instruments.md"


def example(name: str, folder: Path) -> str:
    """One block of code of the manual as a file of its name."""
    (code,) = re.findall(
        rf"^```python\n# {name}\n(.*?)^```$", MANUAL.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    (folder / name).write_text(code, encoding="utf-8")
    return str(folder / name)


def test_the_subsidy_of_the_manual_ends_for_good_when_the_target_is_met(tmp_path):
    made = OwnInstruments([example("ends_at_target.py", tmp_path) + ":EndsAtTarget"], build_world("pilot-parks"))
    levers = resolve(load_scenario("baseline"), made.world).year(2015)
    shares = {2025: 0.1, 2026: 0.1, 2027: 0.19, 2028: 0.21, 2029: 0.1}
    paid = {}
    for year, share in shares.items():
        parks = SimpleNamespace(nation={"recp_firm_share": share}, zone=np.arange(8))
        paid[year] = float(made.adapt(levers, parks, year).capital_subsidy.max())
    assert paid == {2025: 0.0, 2026: 0.3, 2027: 0.3, 2028: 0.0, 2029: 0.0}


def test_the_league_table_of_the_manual_reaches_the_last_three_provinces_that_have_firms(tmp_path):
    world = build_world("pilot-parks")
    made = OwnInstruments([example("league.py", tmp_path) + ":league_table"], world)
    levers = resolve(load_scenario("baseline"), world).year(2015)
    share = np.full(len(world.provinces), np.nan)
    there = np.unique(world.parks.province)
    share[there] = np.linspace(0.1, 0.4, there.size)
    parks = SimpleNamespace(by_province={"recp_firm_share": share}, provinces=world.provinces, zone=np.arange(8))
    assert made.adapt(levers, parks, 2025) is levers
    moved = made.adapt(levers, parks, 2026)
    assert np.flatnonzero(moved.inspection_probability != levers.inspection_probability).tolist() == there[:3].tolist()
    assert (moved.facilitation_grant == np.where(np.isin(world.parks.province, there[:3]), 0.5, 0.0)).all()
