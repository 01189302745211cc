"""Synthetic populations of firms: pairs of parameter set and population in designs, sweeps, comparisons, and their variance."""

import numpy as np
import pandas as pd
import pytest

from eipsim import build_world, compare, simulate
from eipsim.analysis.discovery.connectors import Runs, batch_arguments
from eipsim.analysis.sensitivity import chance
from eipsim.analysis.states_of_world import states_of
from eipsim.analysis.study import Study
from eipsim.cli import main
from eipsim.data.parameters import load_ensemble
from eipsim.designs.design import stored_design
from eipsim.designs.notes import ONE_POPULATION, notes_on
from eipsim.designs.reading import load_design
from eipsim.errors import InputError
from eipsim.stores.store import Store
from eipsim.sweeps import replicates as many_replicates
from eipsim.sweeps.remaining import Groups, Shard
from eipsim.sweeps.runner import run_spec
from eipsim.sweeps.sweep import run_sweep
from eipsim.world import build as builder
from eipsim.world import cache

PARKS, SHORT = "pilot-parks", (2015, 2017)
SETS = {"parameter_set": {"ensemble": "calibrated"}}
SMALL = {"world": PARKS, "years": SHORT, "outcomes": ["firms", "co2_t", "options_implemented"]}
FEW_SETS = {"method": "listed", "points": [{"parameter_set": number} for number in (3, 1, 2)]}


def design(**said):
    return load_design({"scenarios": ["baseline"], **SMALL, **said})


def of_sets(**said):
    """Three parameter sets, each in a population of its own, in a file in another order than by population."""
    return design(factors=SETS, sampler=FEW_SETS, **said)


# ---- a run ---------------------------------------------------------------------------------------------------------------


def test_the_population_of_a_run_is_that_of_its_seed_unless_another_is_named():
    plain, named = (simulate(world=PARKS, years=SHORT, **more) for more in ({}, {"population": 1}))
    pd.testing.assert_frame_equal(plain.outcomes, named.outcomes, check_exact=True)
    assert plain.provenance["population"] == named.provenance["population"] == 1


def test_another_population_has_other_firms_and_the_draws_of_the_seed():
    other = simulate(world=PARKS, years=SHORT, population=2)
    same = simulate(world=build_world(PARKS, seed=2), years=SHORT)
    pd.testing.assert_frame_equal(other.outcomes, same.outcomes, check_exact=True)
    of_seed = simulate(world=PARKS, years=SHORT, seed=2)
    assert other.provenance["world_digest"] == of_seed.provenance["world_digest"]
    assert not other.outcomes.equals(of_seed.outcomes)
    assert (other.provenance["seed"], other.provenance["population"]) == (1, 2)


@pytest.mark.parametrize("population", [-1, 1.5, True, "two"])
def test_what_is_no_population_is_told(population):
    with pytest.raises(InputError, match="population"):
        simulate(world=PARKS, years=SHORT, population=population)


def test_a_world_that_is_given_has_its_population_already():
    with pytest.raises(InputError, match="2 is not that of the world that is given"):
        simulate(world=build_world(PARKS), years=SHORT, population=2)


# ---- designs -------------------------------------------------------------------------------------------------------------


def test_parameter_set_i_is_run_in_population_i_whatever_the_scenario_and_replicate():
    made = design(scenarios=["baseline", "subsidy"], replicates=3, factors=SETS, sampler={"method": "latin", "n": 500})
    assert made.populations == len(load_ensemble())
    runs = made.runs()
    assert (runs["population"].to_numpy() == made.rows["parameter_set"].to_numpy()[runs["row"]]).all()
    assert runs.groupby("row")["population"].nunique().eq(1).all()
    assert [made.run("subsidy", row, 2).population for row in range(5)] == made.rows["parameter_set"][:5].tolist()


def test_populations_begin_with_that_of_the_seed_and_may_be_fewer_than_sets():
    made = design(seed=7, populations=2, factors=SETS, sampler=FEW_SETS)
    assert made.runs()["population"].tolist() == [7, 7, 8]  # sets 3, 1, 2


def test_sets_in_one_population_are_still_to_be_had():
    made = of_sets(populations=1)
    assert made.runs()["population"].tolist() == [1, 1, 1]
    assert made.has_one_population


def test_without_sets_a_replicate_has_a_population_of_its_own_at_every_point():
    levers = {"levers.carbon_price": {"choice": [0, 20]}}
    made = design(replicates=4, populations=2, factors=levers, sampler={"method": "full_factorial"})
    assert made.runs()["population"].tolist() == [1, 2, 1, 2] * 2
    assert made.runs()["draws"].tolist() == [0, 1, 2, 3] * 2


def test_population_as_a_factor_changes_firms_and_no_draws():
    made = design(factors={"population": {"integers": [4, 6]}}, sampler={"method": "full_factorial"})
    runs = [made.run("baseline", row) for row in range(3)]
    assert [(run.population, run.seed, run.settings) for run in runs] == [(4, 1, {}), (5, 1, {}), (6, 1, {})]
    assert not notes_on(made)


def test_the_factor_seed_changes_both_as_ever():
    made = design(factors={"seed": {"integers": [4, 5]}}, sampler={"method": "full_factorial"})
    assert [(run.population, run.seed) for run in (made.run("baseline", row) for row in range(2))] == [(4, 4), (5, 5)]


def test_a_run_in_another_population_is_another_run():
    one, several = of_sets(populations=1), of_sets()
    assert not set(one.runs()["key"]) & set(several.runs()["key"])
    by_factor = design(factors={"population": {"integers": [1, 2]}}, sampler={"method": "full_factorial"})
    by_replicate = design(populations=2, replicates=2)
    assert set(by_factor.runs()["key"]) & set(by_replicate.runs()["key"]) == {by_factor.runs()["key"][0]}


def test_a_design_in_one_population_is_the_one_it_was_before_designs_spoke_of_populations():
    plain, said = design(replicates=2), design(replicates=2, populations=1)
    assert plain.digest == said.digest
    before = {name: value for name, value in plain.document().items() if name != "populations"}
    assert stored_design(before).runs()["key"].equals(plain.runs()["key"])


def test_a_store_of_sets_from_before_keeps_its_one_population():
    stored = {name: value for name, value in of_sets(populations=1).document().items() if name != "populations"}
    assert set(stored_design(stored).runs()["population"]) == {1}
    assert set(load_design(stored).runs()["population"]) == {1}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"populations": 3, "replicates": 4}, "3 do not go into 4 replicates evenly"),
        ({"populations": 2, "factors": {"population": {"integers": [1, 3]}}}, "the factor population says which"),
        ({"populations": 2, "factors": {"seed": {"integers": [1, 3]}}}, "the factor seed says which"),
        ({"populations": 0}, "populations"),
        ({"factors": {"population": {"uniform": [1, 3]}}}, "takes whole numbers of 0 or more"),
        ({"factors": {"population": {"choice": [-1, 3]}}}, "takes whole numbers of 0 or more"),
        ({"factors": {"population": None}}, "has no range of its own"),
        ({"factors": {"populatoin": {"integers": [1, 3]}}}, "did you mean population"),
    ],
)
def test_populations_that_cannot_be_are_told(said, words):
    sampler = {"sampler": {"method": "full_factorial"}} if "factors" in said else {}
    with pytest.raises(InputError, match=words):
        design(**said, **sampler)


def test_check_tells_that_one_population_is_in_no_interval(tmp_path, capsys):
    text = "scenarios: [baseline]\nworld: pilot-parks\nreplicates: 4\n"
    one, several = tmp_path / "one.yaml", tmp_path / "several.yaml"
    one.write_text(text)
    several.write_text(text + "populations: 4\n")
    assert main(["check", str(one)]) == 0
    assert ONE_POPULATION in capsys.readouterr().out
    assert main(["check", str(several)]) == 0
    assert "population" not in capsys.readouterr().out


# ---- sweeps --------------------------------------------------------------------------------------------------------------


def test_runs_of_a_population_follow_each_other(tmp_path):
    made = design(scenarios=["baseline", "subsidy"], factors=SETS, sampler={"method": "latin", "n": 300})
    groups = Groups(made, made.runs(), Shard())
    order = [groups.specs(number, np.array([True]))[0].population for number in range(len(groups))]
    assert order == sorted(order)


def test_scenarios_that_are_paired_share_the_population(tmp_path):
    made = of_sets(scenarios=["subsidy", "baseline"], baseline="baseline", replicates=2)
    groups = Groups(made, made.runs(), Shard())
    for number in range(len(groups)):
        baseline, other = groups.specs(number, np.array([True, True]))
        assert baseline.population == other.population == made.rows["parameter_set"][baseline.row]
    store = run_sweep(made, tmp_path / "store")
    study = Study(store)
    firms = study.values("firms @2017")
    assert (firms[0] == firms[1]).all()  # no policy moves the tenants of 2017
    assert len(np.unique(firms[0, :, 0])) == 3
    assert store.index()["population"].tolist() == [3, 3, 1, 1, 2, 2] * 2


def test_results_do_not_depend_on_the_order_in_which_populations_are_run(tmp_path):
    made = of_sets()
    together = run_sweep(made, tmp_path / "together").read()
    for part in (3, 1, 2):
        run_sweep(made, tmp_path / "parts", shard=(part, 3))
    cache._memory.clear()
    pd.testing.assert_frame_equal(Store.open(tmp_path / "parts").read(), together, check_exact=True)
    values = load_ensemble()[2]  # the set of the first row
    alone = simulate(world=PARKS, years=SHORT, population=3, settings=values).outcomes["co2_t"]
    assert together["co2_t"][:3].tolist() == alone.tolist()


def test_a_sweep_builds_every_population_once_and_keeps_few(tmp_path, monkeypatch):
    monkeypatch.setenv("EIPSIM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "KEPT_IN_MEMORY", 2)  # the country and its programme parks: one population
    cache._memory.clear()
    built, make = [], builder._make

    def counted(digest, order, keeps):
        if order.recipe == PARKS:
            built.append(order.seed)
        return make(digest, order, keeps)

    monkeypatch.setattr(builder, "_make", counted)
    monkeypatch.setattr(cache, "_read", lambda *arguments: None)  # as on a disk that keeps nothing
    points = {"method": "listed", "points": [{"parameter_set": number} for number in (3, 1, 2, 3, 1, 2)]}
    made = design(scenarios=["baseline", "subsidy"], draws="independent", factors=SETS, sampler=points)
    run_sweep(made, tmp_path / "store", backend="serial")
    assert built == [1, 2, 3]
    assert len(cache._memory) <= 2


def test_worlds_in_memory_are_bounded():
    for seed in range(50, 50 + cache.KEPT_IN_MEMORY + 2):
        build_world(PARKS, seed=seed)
    assert len(cache._memory) <= cache.KEPT_IN_MEMORY


def test_another_runner_of_a_design_takes_the_same_populations():
    made = of_sets()
    found = Runs(made)(parameter_set="3")
    spec = made.run("baseline", 0)
    assert spec.population == 3
    assert all((found[name] == run_spec(spec)[0][:, place]).all() for place, name in enumerate(made.outcomes))


def test_a_batch_of_mesa_that_has_one_population_refuses_several():
    with pytest.raises(InputError, match="200 cannot be said to Mesa"):
        batch_arguments(of_sets())
    with pytest.raises(InputError, match=r"factors\.population: cannot vary in one batch"):
        batch_arguments(design(factors={"population": {"integers": [1, 2]}}, sampler={"method": "full_factorial"}))


# ---- comparisons ---------------------------------------------------------------------------------------------------------


def test_a_comparison_over_the_ensemble_runs_pairs_that_all_scenarios_share():
    found = compare("subsidy", replicates=3, world=PARKS, years=SHORT, ensemble=True)
    pathways = found.pathways
    assert pathways.groupby("replicate")[["set", "population"]].first().to_numpy().tolist() == [[1, 1], [2, 2], [3, 3]]
    for replicate, values in enumerate(load_ensemble()[:3]):
        alone = simulate(
            "subsidy", world=PARKS, years=SHORT, settings=values, replicate=replicate, population=replicate + 1
        )
        mine = pathways[(pathways["scenario"] == "subsidy") & (pathways["replicate"] == replicate)]
        assert mine["co2_t"].tolist() == alone.outcomes["co2_t"].tolist()
    firms = pathways.pivot(index=["replicate", "year"], columns="scenario", values="firms")
    assert (firms["subsidy"] == firms["baseline"]).all()
    assert found.provenance["ensemble"] == len(load_ensemble())


def test_what_is_set_holds_over_the_sets_of_the_ensemble():
    settings = {"measures.rebound": 0.0, "awareness.base_rate": "0.03"}
    case, _ = many_replicates.prepare("baseline", many_replicates.Shared(world=PARKS, settings=settings, ensemble=True))
    with case[0].model(5) as model:
        assert (model.parameters["measures.rebound"], model.parameters["awareness.base_rate"]) == (0.0, 0.03)
        assert model.parameters["measures.realisation"] == load_ensemble()[5]["measures.realisation"]


def test_an_ensemble_in_a_world_that_has_firms_already_is_refused():
    with pytest.raises(InputError, match="ensemble"):
        compare("subsidy", replicates=2, world=build_world(PARKS), years=SHORT, ensemble=True)


def test_bands_of_a_run_over_the_ensemble_are_those_of_its_pairs(tmp_path, capsys):
    short = ["--world", PARKS, "--years", "2015-2017"]
    command = ["run", "--ensemble", "--replicates", "3", "--no-figures", *short, "--out", str(tmp_path / "run")]
    assert main(command) == 0
    assert "median of 3 parameter sets and populations" in " ".join(capsys.readouterr().out.split())
    table = pd.read_parquet(tmp_path / "run" / "replicates.parquet")
    assert table.groupby("replicate")["population"].first().tolist() == [1, 2, 3]
    assert table[table["year"] == 2017]["firms"].nunique() == 3


# ---- what it says of variance --------------------------------------------------------------------------------------------


def planted(of_population, of_draws, of_both=0.0, rows=200, populations=40, each=5, independent=False, seed=1):
    """Runs [rows, replicates, 1] of an input (variance 1) with effects of these sizes; replicate r in population r mod n."""
    rng, seeds = np.random.default_rng(seed), populations * each
    firms = np.arange(seeds) % populations
    shift = (
        of_population * rng.normal(size=populations)[firms] + of_both * rng.normal(size=(rows, populations))[:, firms]
    )
    luck = of_draws * rng.normal(size=(rows, seeds) if independent else (1, seeds))
    return (rng.normal(size=(rows, 1)) + shift + luck)[..., None]


@pytest.mark.parametrize("draws", ["common", "independent"])
@pytest.mark.parametrize("sizes", [(2.0, 1.0, 0.0), (0.0, 2.0, 0.0), (1.0, 0.5, 1.5), (1.0, 0.0, 0.0)])
def test_variance_of_populations_is_told_apart_from_that_of_draws(draws, sizes):
    of_population, of_draws, of_both = sizes
    runs = planted(*sizes, independent=draws == "independent")
    found = chance.split(runs, draws, populations=40)
    whole = 1.0 + of_population**2 + of_draws**2 + of_both**2
    assert found.share == pytest.approx(of_draws**2 / whole, abs=0.1)
    assert found.share_of_populations.middle == pytest.approx((of_population**2 + of_both**2) / whole, abs=0.12)
    assert found.total == pytest.approx(whole, rel=0.25)


def test_the_interval_of_the_share_of_populations_holds_the_truth_as_often_as_it_says():
    held = []
    for seed in range(200):
        found = chance.split(planted(1.0, 1.0, rows=50, populations=6, each=3, seed=seed), "common", populations=6)
        low, high = found.populations.low[0], found.populations.high[0]
        held.append(low <= 1.0 <= high)
    assert 0.85 <= np.mean(held) <= 1.0


def test_populations_with_one_replicate_each_are_told_together_with_draws():
    runs = planted(2.0, 1.0, each=1)
    assert chance.split(runs, "common", populations=40).populations is None
    assert chance.split(runs, "common", populations=40).share == pytest.approx(5.0 / 6.0, abs=0.1)


def stored(folder, values, **said):
    """A study whose runs gave these numbers [rows, replicates] of firms."""
    made = design(years=(2050, 2050), **{**said, "outcomes": ["firms"]})
    return Study(Store.fill(folder, made, np.asarray(values, float)[None, ..., None, None]))


def test_sensitivity_names_populations_apart_from_draws(tmp_path, capsys):
    levers = {"levers.carbon_price": {"uniform": [0, 50]}}
    said = {"factors": levers, "sampler": {"method": "latin", "n": 64}, "replicates": 40, "populations": 8}
    values = planted(3.0, 1.0, rows=64, populations=8, each=5)[..., 0]
    stored(tmp_path / "store", values, **said)
    command = ["sensitivity", str(tmp_path / "store"), "--outcome", "firms @2050", "--method", "rbd_fast"]
    assert main([*command, "--out", str(tmp_path / "found")]) == 0
    told = capsys.readouterr().out
    assert "Populations: " in told
    noise = pd.read_csv(tmp_path / "found" / "noise.csv")
    assert noise["population_share"][0] > 3.0 * noise["noise_share"][0]
    assert noise["luck_of"][0] == "draws"


def test_luck_is_of_both_where_every_replicate_has_its_own_population(tmp_path):
    from eipsim.analysis.sensitivity.indices import sensitivity

    levers = {"levers.carbon_price": {"uniform": [0, 50]}}
    said = {"factors": levers, "sampler": {"method": "latin", "n": 64}, "replicates": 8, "populations": 8}
    study = stored(tmp_path / "store", planted(3.0, 1.0, rows=64, populations=8, each=1)[..., 0], **said)
    found = sensitivity(study, "firms @2050", method="rbd_fast")
    assert found.noise["luck_of"].tolist() == ["draws and populations"]
    assert found.noise["population_share"].isna().all()


def test_a_factor_population_is_luck_and_no_input(tmp_path):
    factors = {"levers.carbon_price": {"uniform": [0, 50]}, "population": {"integers": [1, 10]}}
    said = {"scenarios": ["baseline", "subsidy"], "factors": factors, "sampler": {"method": "latin", "n": 40}}
    made = design(years=(2050, 2050), **{**said, "outcomes": ["firms"]})
    values = np.random.default_rng(1).normal(size=(2, 40, 1, 1, 1))
    states = states_of(Study(Store.fill(tmp_path / "store", made, values)))
    assert "population" not in states.rows
    firms = made.rows["population"].to_numpy()
    assert all((states.blocks[firms == one] == states.blocks[firms == one][0]).all() for one in range(1, 11))
    assert len(set(states.blocks)) == 10


def test_sets_that_share_a_population_stand_together(tmp_path):
    made = design(populations=2, factors=SETS, sampler={"method": "latin", "n": 30}, scenarios=["baseline", "subsidy"])
    values = np.random.default_rng(1).normal(size=(2, 30, 1, 3, 3))
    states = states_of(Study(Store.fill(tmp_path / "store", made, values)))
    assert len(set(states.blocks)) == 2


def test_what_one_population_cannot_say_is_a_note_of_every_finding(tmp_path):
    values = np.random.default_rng(1).normal(size=(2, 1, 6, 3, 3))
    one = design(scenarios=["baseline", "subsidy"], replicates=6)
    several = design(scenarios=["baseline", "subsidy"], replicates=6, populations=3)
    studies = [Study(Store.fill(tmp_path / name, made, values)) for name, made in (("one", one), ("three", several))]
    assert [any(ONE_POPULATION in note for note in states_of(study).notes) for study in studies] == [True, False]
    assert [len(set(states_of(study).blocks)) for study in studies] == [6, 3]
