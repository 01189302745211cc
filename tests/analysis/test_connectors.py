"""The EMA Workbench and Mesa's batch runner: results there and back, and eipsim's runs by their evaluators."""

import inspect
import multiprocessing
import warnings

import mesa
import numpy as np
import pandas as pd
import pytest
from memory import study

from eipsim.analysis.discovery.connectors import (
    batch_arguments,
    ema_model,
    ema_policies,
    from_batch_run,
    from_ema,
    save_ema,
    to_ema,
)
from eipsim.analysis.discovery.discovery import discover
from eipsim.analysis.study import Study
from eipsim.designs.reading import load_design
from eipsim.errors import InputError, RunError
from eipsim.model.model import EIPModel
from eipsim.sweeps.sweep import run_sweep

DESIGN = {
    "scenarios": ["baseline", "subsidy"], "world": "pilot-parks", "years": [2015, 2017], "seed": 3,
    "factors": {"behaviour.peer_weight": {"uniform": [0.0, 0.6]}, "drivers.grid": {"choice": ["low", "high"]}},
    "outcomes": ["co2_t", "parks_certified"], "dummy": False,
    "sampler": {"method": "latin", "n": 3},
}  # fmt: skip
pytestmark = pytest.mark.filterwarnings("ignore")


def random_study(replicates=1, years=(2049, 2050), **more):
    random = np.random.default_rng(1)
    rows = pd.DataFrame({"a": random.uniform(size=30), "rule": random.choice(["u", "v"], 30), "k": range(30)})
    n_years = years[1] - years[0] + 1
    values = random.normal(size=(2, 30, replicates, n_years))
    return study({"y": values, "z": 2.0 * values}, rows, years=years, **more), values


# ---- results to the workbench and back -------------------------------------------------------------------------------


def test_experiments_are_those_of_the_workbench():
    made, values = random_study()
    experiments, outcomes = to_ema(made, ["y", "y @2050 / 2"])
    assert experiments.columns.tolist() == ["a", "rule", "k", "scenario", "policy", "model"]
    assert experiments["policy"].tolist() == ["a"] * 30 + ["b"] * 30
    assert isinstance(experiments["rule"].dtype, pd.CategoricalDtype)
    assert np.array_equal(outcomes["y"], values.reshape(60, 2))
    assert np.array_equal(outcomes["y @2050 / 2"], values[..., 0, 1].reshape(60) / 2.0)
    assert outcomes["TIME"][0].tolist() == [2049, 2050]


def test_the_workbench_averages_replicates():
    from ema_workbench import process_replications

    made, values = random_study(replicates=3)
    _, outcomes = process_replications(to_ema(made, ["y"]))
    assert np.allclose(outcomes["y"], values.mean(axis=2).reshape(60, 2))


def test_the_workbench_finds_the_box_that_eipsim_finds():
    from ema_workbench.analysis import prim

    random = np.random.default_rng(1)
    rows = pd.DataFrame(random.uniform(size=(300, 3)), columns=["a", "b", "c"])
    inside = (rows["a"] < 0.5) & (rows["b"] > 0.4)
    made = study({"y": np.where(inside, 1.0, 0.0)[None, :, None]}, rows)
    experiments, outcomes = to_ema(made, ["y @2050"])
    theirs = prim.Prim(experiments[["a", "b", "c"]], outcomes["y @2050"] > 0.5, threshold=0.5).find_box()
    (ours,) = discover(made, "y @2050 > 0.5", resamples=0).found.boxes
    way = theirs.peeling_trajectory
    assert ((way["coverage"] - ours.coverage).abs() + (way["density"] - ours.density).abs()).min() < 0.02


@pytest.mark.parametrize("replicates", [1, 3])
def test_an_archive_goes_to_the_workbench_and_back(tmp_path, replicates):
    from ema_workbench import load_results

    made, values = random_study(replicates)
    file = save_ema(made, tmp_path / "runs.tar.gz")
    experiments, outcomes = load_results(str(file))
    assert np.allclose(outcomes["y"], to_ema(made)[1]["y"], rtol=1e-12)
    assert len(experiments) == 60
    back = Study(from_ema(file, tmp_path / "back"))
    assert back.scenarios == ["a", "b"]
    assert back.years == (2049, 2050)
    assert np.allclose(back.pathway("y"), values, rtol=1e-12)
    assert np.allclose(back.rows["a"], made.rows["a"], rtol=1e-12)
    assert back.rows["rule"].tolist() == made.rows["rule"].tolist()


def test_experiments_with_a_failed_run_are_left_out_and_told(tmp_path):
    made, values = random_study()
    values[0, 4] = np.nan
    made = study({"y": values}, made.rows, years=(2049, 2050))
    experiments, outcomes = to_ema(made)
    assert experiments.attrs["left_out"] == 1
    assert len(experiments) == len(outcomes["y"]) == 59
    back = Study(from_ema((experiments, outcomes), tmp_path / "back"))
    assert np.argwhere(~back.finished).tolist() == [[0, 4, 0]]


def test_levers_belong_to_their_policy(tmp_path):
    experiments = pd.DataFrame(
        {
            "x": [0.1, 0.2, 0.1, 0.2],
            "subsidy": [0.0, 0.0, 0.3, 0.3],
            "scenario": [0, 1, 0, 1],
            "policy": ["no", "no", "yes", "yes"],
        }
    )
    store = from_ema((experiments, {"y": np.arange(4.0)}), tmp_path / "store")
    assert list(store.design.factors) == ["x"]
    assert Study(store).values("y @2050")[..., 0].tolist() == [[0.0, 1.0], [2.0, 3.0]]


def test_stores_from_elsewhere_cannot_be_run_on(tmp_path):
    from eipsim.analysis.discovery.connectors import ran_elsewhere

    with pytest.raises(RunError, match="another program"):
        ran_elsewhere({}, scenario="a", draws=0, years=(2050, 2050))


@pytest.mark.parametrize(
    ("outcomes", "message"),
    [
        ({"y": np.ones((4, 5))}, "years: the outcomes have years"),
        ({"y": np.ones((4, 5)), "TIME": np.array([[2020, 2021]] * 4)}, "does not go with 2020 to 2021"),
    ],
)
def test_outcomes_whose_years_do_not_fit_are_refused(tmp_path, outcomes, message):
    experiments = pd.DataFrame({"x": [0.1, 0.2, 0.3, 0.4], "scenario": range(4), "policy": "p"})
    with pytest.raises(InputError, match=message):
        from_ema((experiments, outcomes), tmp_path / "store")


def test_scenarios_that_differ_between_policies_are_refused(tmp_path):
    experiments = pd.DataFrame({"x": [0.1, 0.2, 0.3, 0.4], "scenario": [0, 1, 0, 1], "policy": ["a", "a", "b", "b"]})
    with pytest.raises(InputError, match="the same scenarios must be run under every policy"):
        from_ema((experiments, {"y": np.ones(4)}), tmp_path / "store")


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_file_that_is_no_archive_is_told(tmp_path, content):
    file = tmp_path / "runs.tar.gz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=r"cannot be read|does not exist"):
        from_ema(file, tmp_path / "store")


# ---- eipsim by the workbench's evaluators ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    return Study(run_sweep(DESIGN, tmp_path_factory.mktemp("swept") / "store", backend="serial"))


def points_of(design):
    from ema_workbench import Scenario

    return [Scenario(str(row), **design.settings(row)) for row in range(design.n_rows)]


@pytest.mark.parametrize("evaluator", ["SequentialEvaluator", "MultiprocessingEvaluator"])
def test_the_workbench_runs_eipsim_and_gets_the_same_numbers(swept, evaluator):
    import ema_workbench

    before = multiprocessing.get_start_method(allow_none=True)
    multiprocessing.set_start_method(
        "fork", force=True
    )  # importing Mesa has made it spawn, which costs seconds a worker
    try:
        with getattr(ema_workbench, evaluator)(ema_model(DESIGN)) as runs:
            experiments, outcomes = runs.perform_experiments(points_of(load_design(DESIGN)), ema_policies(DESIGN))
    finally:
        multiprocessing.set_start_method(before, force=True)
    order = experiments.assign(place=range(len(experiments))).sort_values(["policy", "scenario"])["place"]
    assert len(experiments) == 6
    assert np.array_equal(outcomes["co2_t"][order], swept.pathway("co2_t").reshape(6, 3))
    assert set(experiments["drivers.grid"]) <= {"low", "high"}


def test_the_workbench_samples_the_factors_of_a_design(swept):
    model = ema_model(DESIGN)
    assert [parameter.name for parameter in model.uncertainties] == ["behaviour.peer_weight", "drivers.grid"]
    weight = model.uncertainties["behaviour.peer_weight"]
    assert (weight.lower_bound, weight.upper_bound) == (0.0, 0.6)
    assert [policy.name for policy in ema_policies(DESIGN)] == ["baseline", "subsidy"]


# ---- by Mesa's batch runner ------------------------------------------------------------------------------------------


def batch_run(parameters, **more):
    """Mesa's batch runner; from 3.4 on it takes the seeds apart from the parameters."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if "rng" in inspect.signature(mesa.batch_run).parameters:
            parameters = dict(parameters)
            more["rng"] = [parameters.pop("rng")]
        return mesa.batch_run(EIPModel, parameters, number_processes=1, display_progress=False, **more)


def test_mesa_runs_a_design_and_its_rows_become_the_same_store(swept, tmp_path):
    rows = batch_run(**batch_arguments(DESIGN))
    store = from_batch_run(rows, DESIGN, tmp_path / "store")
    assert np.array_equal(Study(store).pathway("co2_t"), swept.pathway("co2_t"))
    assert store.done() == swept.store.done()  # the same keys: a sweep of the design has nothing left to run


def test_what_mesa_cannot_vary_is_refused():
    both = DESIGN | {"factors": {"rule": {"choice": ["acceptance_curve", "npv_hurdle"]}}, "draws": "independent"}
    with pytest.raises(InputError) as told:
        batch_arguments(both)
    assert {mistake.where for mistake in told.value.mistakes} == {"factors.rule", "draws"}


def test_outcomes_that_mesa_does_not_collect_are_refused(tmp_path):
    design = DESIGN | {"outcomes": [{"each": "co2_t / firms"}]}
    with pytest.raises(InputError, match="no outcome by itself"):
        from_batch_run([], design, tmp_path / "store")


def test_rows_of_other_runs_are_refused(tmp_path):
    rows = batch_run(**batch_arguments(DESIGN | {"scenarios": ["baseline"], "sampler": {"method": "latin", "n": 1}}))
    with pytest.raises(InputError, match="a run that the design does not have"):
        from_batch_run(rows, DESIGN, tmp_path / "store")
