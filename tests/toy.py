"""The design of a model that takes no time, for tests of sweeps and stores."""

from pathlib import Path

MODEL = Path(__file__).parent / "data/toy_model.py"


def toy_design(points, replicates, x=(0.05, 0.9), **other):
    """Two scenarios at `points` values of x within its bounds; a run above 0.9 fails, one below 0.05 has no number."""
    return {
        "scenarios": ["baseline", "subsidy"],
        "years": [2015, 2017],
        "replicates": replicates,
        "factors": {"x": {"uniform": list(x)}},
        "outcomes": ["path", "number"],
        "sampler": {"method": "latin", "n": points},
        "model": f"{MODEL}:toy",
    } | other
