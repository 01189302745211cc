"""U11: calibration by history matching finds parameters that were planted, and says how well it knows them."""

from pathlib import Path

import numpy as np
import pytest

from eipsim.analysis.evidence.history_matching import Observation, distances, match, plausible
from eipsim.analysis.study import Study
from eipsim.sweeps.sweep import run_sweep

HERE = Path(__file__).parent
CASES, SETS, REPLICATES = 60, 400, 12
FACTORS = {"identify": {"uniform": [0.3, 0.9]}, "accept": {"uniform": [0.1, 0.6]}}


def design_of(sampler, replicates):
    return {
        "scenarios": ["programme"],
        "factors": FACTORS,
        "sampler": sampler,
        "replicates": replicates,
        "draws": "independent",
        "outcomes": ["identified", "implemented"],
        "model": f"{HERE / 'known_models.py'}:programme",
        "years": [2020, 2020],
        "dummy": False,
    }


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """The parameter sets that are searched."""
    folder = tmp_path_factory.mktemp("matching") / "searched"
    return Study(run_sweep(design_of({"method": "latin", "n": SETS, "seed": 1}, REPLICATES), folder))


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Synthetic realities: parameters that nobody knows, and one record of each."""
    folder = tmp_path_factory.mktemp("matching") / "planted"
    return Study(run_sweep(design_of({"method": "latin", "n": CASES, "seed": 2}, 1), folder))


def test_u11_intervals_of_ninety_per_cent_cover_what_was_planted_in_at_least_eighty_per_cent_of_cases(
    searched, planted
):
    records = {name: planted.values(name)[0, :, 0] for name in ("identified", "implemented")}
    covered = {name: [] for name in FACTORS}
    widths = {name: [] for name in FACTORS}
    for case, truth in planted.rows.iterrows():
        left = plausible(match(searched, [Observation(name, record[case]) for name, record in records.items()]))
        for name in FACTORS:
            low, high = left[name].quantile([0.05, 0.95])
            covered[name].append(low <= truth[name] <= high)
            widths[name].append(high - low)
    for name, factor in FACTORS.items():
        least, most = factor["uniform"]
        assert np.mean(covered[name]) >= 0.8, name
        assert np.mean(widths[name]) <= 0.35 * (most - least), f"{name} is hardly narrowed"


def test_what_is_observed_beyond_all_runs_leaves_nothing(searched):
    assert plausible(match(searched, [Observation("identified", 10_000.0)])).empty


def test_a_granted_discrepancy_leaves_more(searched):
    strict, lenient = (
        plausible(match(searched, [Observation("implemented", 120.0, tolerance)])) for tolerance in (0.0, 0.3)
    )
    assert set(strict.index) < set(lenient.index)


def test_the_distance_is_in_standard_deviations_of_a_single_run():
    runs = np.random.default_rng(1).normal(10.0, 2.0, size=(1, 100_000))
    assert distances(runs, 14.0, 0.0)[0] == pytest.approx(2.0, rel=0.01)
    assert distances(runs, 14.0, 0.1)[0] == pytest.approx(4.0 / np.hypot(2.0, 1.4), rel=0.01)
