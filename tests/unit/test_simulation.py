"""One run as data: results, provenance, tables by park and province; saved whole or not at all; memory stays flat."""

import errno
import gc
import json
import subprocess
import sys
import weakref

import numpy as np
import pandas as pd
import psutil
import pytest

import eipsim
from eipsim.agents.firm.columns import FIRM_COLUMNS
from eipsim.core.columns import new_table
from eipsim.core.memory import GivenBack
from eipsim.errors import InputError, RunError
from eipsim.model import population
from eipsim.model.model import EIPModel
from eipsim.outcomes.registry import OUTCOMES, QUANTITIES, UNITS
from eipsim.runs import saving
from eipsim.runs.simulation import simulate
from eipsim.runs.tables import BY_PROVINCE, STATES, park_states
from eipsim.world import build_world

PILOTS = "pilot-parks"
ADVICE = ["audits_done", "firms_assisted", "options_identified", "options_implemented"]


@pytest.fixture(scope="module")
def run():
    return simulate("baseline", 1, world=PILOTS, detail=True)


def test_a_run_has_the_outcomes_of_its_model(run):
    model = EIPModel("baseline", PILOTS, 1).run()
    pd.testing.assert_frame_equal(run.outcomes, model.outcomes)
    assert list(run.outcomes) == list(OUTCOMES)
    assert run.outcomes.attrs["units"] == UNITS


def test_the_same_arguments_give_the_same_bits(run):
    again = simulate("baseline", 1, world=PILOTS, detail=True)
    for table in ("outcomes", "parks", "provinces", "avoided_by_measure"):
        pd.testing.assert_frame_equal(getattr(run, table), getattr(again, table), check_exact=True)


def test_another_seed_or_replicate_gives_other_results(run):
    for other in ({"seed": 2}, {"replicate": 1}):
        assert not simulate("baseline", world=PILOTS, **other).outcomes.equals(run.outcomes)


def test_the_manifest_says_what_decided_the_results(run):
    p = run.provenance
    decided = ("scenario_digest", "parameter_hash", "data_hash", "world_digest")
    assert all(isinstance(p[name], str) and len(p[name]) >= 16 for name in decided)
    assert (p["scenario"], p["world"], p["rule"], p["seed"], p["replicate"]) == (
        "baseline",
        PILOTS,
        "acceptance_curve",
        1,
        0,
    )
    assert p["years"] == [2015, 2050]
    assert set(p["versions"]) == {"python", "eipsim", "numpy", "numba", "mesa", "pandas"}
    assert p["wall_seconds"] > 0.0
    assert p["cpu_seconds"] > 0.0


@pytest.mark.parametrize(
    ("settings", "changed"),
    [
        ({"behaviour.peer_weight": 0}, {"parameter_hash", "scenario_digest"}),
        ({"levers.carbon_price": 20}, {"scenario_digest"}),
        ({"title": "another title"}, set()),
    ],
)
def test_hashes_change_with_what_they_stand_for(settings, changed):
    short = {"world": PILOTS, "years": (2015, 2015)}
    before, after = simulate(**short).provenance, simulate(**short, settings=settings).provenance
    hashes = {name for name in before if name.endswith(("hash", "digest"))}
    assert {name for name in hashes if before[name] != after[name]} == changed


def test_provinces_sum_to_the_nation(run):
    summed = run.provinces.groupby("year")[list(BY_PROVINCE)].sum()
    for name in (name for name in BY_PROVINCE if name in OUTCOMES and QUANTITIES[name].adds_up):
        np.testing.assert_allclose(summed[name], run.outcomes[name], rtol=1e-9, atol=1e-9, err_msg=name)


def test_audits_and_their_options_are_known_by_province(run):
    assert set(ADVICE) <= set(BY_PROVINCE)
    last = run.provinces[run.provinces["year"] == 2050]
    assert (last[ADVICE].astype(bool).sum() > 1).all()  # in several provinces, so that the sums mean something
    audits = run.provinces.pivot(index="year", columns="province", values="audits_done")
    assert (audits.diff().dropna() >= 0.0).all(axis=None)


def test_options_become_fewer_from_stage_to_stage_and_sum_to_the_outcomes(run):
    total, last = run.options.sum(), run.outcomes.iloc[-1]
    assert (total["identified"], total["implemented"]) == (last["options_identified"], last["options_implemented"])
    stages = run.options[["identified", "accepted", "implemented", "in_use"]]
    assert (stages.diff(axis=1).iloc[:, 1:] <= 0).all(axis=None)
    assert list(total) == sorted(set(total), reverse=True)
    assert total["in_use"] > 0


def test_firms_audited_again_are_assisted_once():
    steered = {"lever": "audits", "outcome": "firms_aware_share", "target": {2024: 1.0}, "most": 60, "gain": 1.0}
    case = eipsim.load_scenario("baseline", regulator={"adaptive": {"least": 0, **steered}})
    again = simulate(case, world=PILOTS, years=(2015, 2045))
    summed = again.provinces.groupby("year")[ADVICE].sum()
    np.testing.assert_array_equal(summed, again.outcomes[ADVICE])
    assert summed["audits_done"].iloc[-1] > summed["firms_assisted"].iloc[-1]


def test_ratios_of_provinces_are_means_weighted_with_their_firms(run):
    table = run.provinces
    for name in ("firms_aware_share", "recp_firm_share", "recp_firm_share_unmeasured"):
        weighted = (table[name] * table["firms"]).groupby(table["year"]).sum() / run.outcomes["firms"]
        np.testing.assert_allclose(weighted, run.outcomes[name], rtol=1e-9)


def test_measures_sum_to_the_avoided_emissions(run):
    np.testing.assert_allclose(run.avoided_by_measure.sum(axis=1), run.outcomes["co2_avoided_t"], rtol=1e-9)


def test_parks_have_a_row_a_year_and_the_states_agree_with_the_outcomes(run):
    parks = run.parks
    assert not parks.duplicated(["year", "park_id"]).any()
    by_year = parks.groupby("year")
    assert (by_year.size() == run.outcomes["parks_established"]).all()
    assert (by_year["firms"].sum() == run.outcomes["firms"]).all()
    practising = (run.outcomes["recp_firm_share"] * run.outcomes["firms"]).round()
    assert (by_year["recp_firms_measured"].sum() == practising).all()
    assert (parks["converted_year"].notna().groupby(parks["year"]).sum() == run.outcomes["parks_converted"]).all()
    assert set(parks["state"]) <= set(STATES)


def test_the_state_of_a_park_is_the_furthest_it_has_reached():
    from eipsim.agents.operator.columns import APPLIED, CERTIFIED, OPERATOR_COLUMNS
    from eipsim.core.columns import new_table

    operators = new_table(
        7, OPERATOR_COLUMNS,
        established_year=[2000] * 6 + [2031], operating_year=[2040, 2001, 2001, 2001, 2001, 2001, 9999],
        commit_year=[0, 0, 2020, 2020, 2020, 2020, 0], converted_year=[0, 0, 0, 2024, 0, 2024, 0],
        certificate=[0, 0, 1, 1, APPLIED, CERTIFIED, 0],
    )  # fmt: skip
    assert list(park_states(operators, 2030)) == [0, 1, 2, 3, 4, 5, -1]


def test_years_choose_the_rows_and_change_no_number(run):
    part = simulate("baseline", 1, world=PILOTS, years=(2020, 2030), detail=True)
    assert list(part.outcomes.index) == list(range(2020, 2031))
    pd.testing.assert_frame_equal(part.outcomes, run.outcomes.loc[2020:2030])
    pd.testing.assert_frame_equal(part.avoided_by_measure, run.avoided_by_measure.loc[2020:2030])
    assert set(part.parks["year"]) == set(part.provinces["year"]) == set(range(2020, 2031))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"years": (2030, 2015)}, "2030-2015 is not a period"),
        ({"years": (1999, 2015)}, "allowed: 2015-2050"),
        ({"years": (2015, 2051)}, "allowed: 2015-2050"),
        ({"years": 2030}, "is not a period"),
        ({"years": (2015.5, 2020)}, "is not a period"),
        ({"years": (2015, 2020, 2030)}, "is not a period"),
        ({"replicate": -1}, "replicate"),
        ({"replicate": 0.5}, "replicate"),
        ({"seed": -1}, "seed"),
        ({"seed": None}, "seed"),
        ({"world": "atlantis"}, "'atlantis' is unknown"),
        ({"rule": "npv-ish"}, "rule"),
        ({"settings": {"behaviour.peer_wight": 0}}, "did you mean behaviour.peer_weight?"),
        ({"settings": {"behaviour.peer_weight": float("nan")}}, "behaviour.peer_weight"),
        ({"settings": {"levers.capital_subsidy": -0.1}}, "capital_subsidy"),
    ],
)
def test_bad_arguments_are_told(arguments, told):
    with pytest.raises(InputError) as error:
        simulate(**{"world": PILOTS} | arguments)
    assert told in str(error.value)


def test_progress_counts_the_years():
    seen = []
    simulate(world=PILOTS, years=(2015, 2018), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


# ---- a user's rule ---------------------------------------------------------------------------------------------------


def half(cost, saving, lifetime, size, peers, effects):
    return 0.5


def fails_on_real_projects(cost, saving, lifetime, size, peers, effects):
    if cost != 1000.0:
        raise ValueError("no idea")
    return 0.5


def test_a_rule_is_compiled_once(run):
    from eipsim.model.own_rules import find_rule

    assert find_rule(half).compiled is not None
    assert find_rule(half).compiled is find_rule(half).compiled


def test_a_rule_that_the_compiler_does_not_understand_is_called_in_python():
    from eipsim.model.own_rules import find_rule

    rule = find_rule(lambda cost, saving, lifetime, size, peers, effects: float(str(min(0.9, saving / (cost + 1.0)))))
    assert rule.compiled is None
    assert rule.python(1.0, 0.5, 1, 1.0, 0.0, 0.0) == 0.25


def test_a_rule_in_a_file_is_read_again_when_the_file_changes(tmp_path):
    from eipsim.model.own_rules import find_rule

    file = tmp_path / "rules.py"
    answers = []
    for answer in (0.25, 0.75):
        file.write_text(f"def mine(cost, saving, lifetime, size, peers, effects):\n    return {answer}\n")
        answers.append(find_rule(f"{file}:mine").python(1.0, 1.0, 1, 1.0, 0.0, 0.0))
    assert answers == [0.25, 0.75]


def test_a_rule_that_raises_is_named_and_leaves_no_model_behind():
    others = living_models()
    with pytest.raises(RunError, match=r"fails_on_real_projects.*no idea"):
        simulate(world=PILOTS, rule=fails_on_real_projects)
    assert not living_models() - others


# ---- memory ----------------------------------------------------------------------------------------------------------


def living_models() -> weakref.WeakSet:
    """All models of this process that still hold something; other tests may keep some, so look before and after."""
    return weakref.WeakSet(thing for thing in gc.get_objects() if issubclass(type(thing), EIPModel) and vars(thing))


def test_a_model_that_is_kept_is_seen():
    others = living_models()
    kept = EIPModel("baseline", PILOTS, 1)
    assert set(living_models() - others) == {kept}


@pytest.mark.long
def test_a_thousand_runs_leave_memory_flat():
    others = living_models()
    case, world = eipsim.load_scenario("baseline"), eipsim.build_world(PILOTS)
    sizes = []
    for runs in (100, 500, 500):
        for replicate in range(runs):
            simulate(case, world=world, years=(2015, 2015), replicate=replicate)
        gc.collect()
        sizes.append(psutil.Process().memory_info().rss)
    assert not living_models() - others
    assert sizes[-1] - sizes[0] < 10e6, f"1,000 runs left {(sizes[-1] - sizes[0]) / 1e6:.0f} MB behind"


# ---- saving ----------------------------------------------------------------------------------------------------------


def test_what_memory_held_before_never_enters_a_run(monkeypatch):
    fresh = simulate("full-package", world="pilot-parks").outcomes
    world = build_world("pilot-parks")
    held_before = [new_table(2 * world.n_firms, FIRM_COLUMNS) for _ in range(2)]
    for table in held_before:
        table.view(np.uint8).fill(0xFF)
    given_back: GivenBack = GivenBack()
    for table in held_before:
        given_back.give(population.Returned(world.firms, b"other parameters", table.base))
    monkeypatch.setattr(population, "_given_back", given_back)
    pd.testing.assert_frame_equal(simulate("full-package", world="pilot-parks").outcomes, fresh, check_exact=True)


OTHER_FIRMS = {"measures.realisation": 0.8, "finance.constrained_share": 0.7, "measures.materials_scale": 0.8}


@pytest.mark.parametrize("name", OTHER_FIRMS)
def test_memory_given_back_is_described_anew_when_a_parameter_makes_other_firms_of_them(monkeypatch, name):
    """A run in memory of a run alike, and then in memory of a run whose firms were described otherwise."""
    case, world, other = "baseline", build_world("pilot-parks"), {name: OTHER_FIRMS[name]}
    monkeypatch.setattr(population, "_given_back", GivenBack())
    fresh, changed = (simulate(case, world=world, settings=settings).outcomes for settings in (None, other))
    assert not changed.equals(fresh)
    for settings, expected in ((other, changed), (None, fresh), (None, fresh), (other, changed)):
        again = simulate(case, world=world, settings=settings).outcomes
        pd.testing.assert_frame_equal(again, expected, check_exact=True)


def test_saved_tables_are_those_of_the_run(run, tmp_path):
    folder = run.save(tmp_path / "deep" / "inside" / "run")
    saved = pd.read_parquet(folder / "outcomes.parquet")
    pd.testing.assert_frame_equal(saved, run.outcomes)
    assert saved.attrs["units"] == UNITS
    csv = pd.read_csv(folder / "outcomes.csv", index_col="year", float_precision="round_trip")
    np.testing.assert_allclose(csv.to_numpy(), run.outcomes.to_numpy(), rtol=1e-15)
    assert len(pd.read_parquet(folder / "parks.parquet")) == len(run.parks)
    assert len(pd.read_csv(folder / "provinces.csv")) == len(run.provinces)
    np.testing.assert_array_equal(
        pd.read_csv(folder / "options.csv", index_col="measure", float_precision="round_trip"), run.options
    )
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["scenario_digest"] == run.provenance["scenario_digest"]
    assert set(manifest["files"]) | {"manifest.json"} == {file.name for file in folder.iterdir()}
    assert [file.name for file in (tmp_path / "deep" / "inside").iterdir()] == ["run"]


def test_an_existing_folder_is_refused_and_replaced_only_by_force(run, tmp_path):
    folder = run.save(tmp_path / "run")
    (folder / "outcomes.csv").write_text("old")
    with pytest.raises(InputError, match=r"exists.*--force"):
        run.save(folder)
    assert (folder / "outcomes.csv").read_text() == "old"
    run.save(folder, force=True)
    assert (folder / "outcomes.csv").read_text().startswith("year,")


def test_force_never_removes_what_eipsim_did_not_write(run, tmp_path):
    folder = run.save(tmp_path / "run")
    (folder / "notes.txt").write_text("mine")
    precious = tmp_path / "photos"
    precious.mkdir()
    (precious / "manifest.json").write_text("{}")
    for target, named in ((folder, "notes.txt"), (precious, "manifest.json")):
        with pytest.raises(InputError, match=named):
            run.save(target, force=True)
    assert (folder / "notes.txt").read_text() == "mine"
    assert (precious / "manifest.json").read_text() == "{}"


def test_an_empty_folder_may_be_filled(run, tmp_path):
    (tmp_path / "run").mkdir()
    assert (run.save(tmp_path / "run") / "manifest.json").is_file()


@pytest.mark.parametrize(
    "fault", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), ValueError("x")]
)
def test_whatever_goes_wrong_while_saving_nothing_is_left(run, tmp_path, monkeypatch, fault):
    def fail(*_):
        raise fault

    monkeypatch.setattr("eipsim.runs.saving.write_table", lambda frame, file: file.write_text("half") and fail())
    expected = InputError if isinstance(fault, OSError) else type(fault)
    with pytest.raises(expected) as error:
        run.save(tmp_path / "new" / "run")
    assert list(tmp_path.iterdir()) == []
    if expected is InputError:
        assert "No space left on device" in str(error.value)


def test_a_fault_while_replacing_keeps_the_old_results(run, tmp_path):
    folder = run.save(tmp_path / "run")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    def fail(draft):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(InputError):
        run.save(folder, force=True, also=fail)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert [file.name for file in tmp_path.iterdir()] == ["run"]


def test_a_file_in_the_way_is_told(run, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="is a file"):
        run.save(tmp_path / "file", force=True)
    with pytest.raises(InputError, match="cannot be written"):
        run.save(tmp_path / "file" / "run")
    assert (tmp_path / "file").read_text() == "mine"


def test_json_never_holds_what_readers_refuse():
    text = saving.as_json({"a": np.float64("nan"), "b": [np.int64(3), float("inf"), pd.NA], 4: (1.5, True, None)})
    assert json.loads(text) == {"a": None, "b": [3, None, None], "4": [1.5, True, None]}


# ---- the package -----------------------------------------------------------------------------------------------------


def test_importing_eipsim_is_light():
    code = 'import sys, eipsim; print(sorted({"mesa", "numba", "pandas", "numpy"} & set(sys.modules)))'
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_are_what_they_say():
    assert eipsim.simulate is simulate
    assert {name for name in eipsim.__all__ if getattr(eipsim, name, None) is None} == set()
