"""Hashes of the results of some runs, as JSON: what must be the same wherever they are made. `run.py` calls it once a case.

python tests/numbers/fingerprints.py runs        whole runs of the pilot parks and the country, in one process
python tests/numbers/fingerprints.py few         all rules on few firms: quick enough without compilation
python tests/numbers/fingerprints.py BACKEND     a sweep on serial, loky, threads or dask
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

TESTS = Path(__file__).parents[1]
SWEEP = {
    "scenarios": ["baseline", "full-package"],
    "baseline": "baseline",
    "world": "pilot-parks",
    "years": [2015, 2030],
    "replicates": 2,
    "factors": {"behaviour.peer_weight": None, "rule": {"choice": ["acceptance_curve", "npv_hurdle"]}},
    "sampler": {"method": "latin", "n": 3},
}


def digest(*arrays: np.ndarray) -> str:
    made = hashlib.sha256()
    for array in arrays:
        made.update(np.ascontiguousarray(array).tobytes())
    return made.hexdigest()[:16]


def of_runs() -> dict[str, str]:
    import eipsim

    cases = [
        ("baseline", "pilot-parks"),
        ("full-package", "pilot-parks"),
        ("baseline", "vietnam"),
        ("full-package", "vietnam"),
    ]
    runs = {f"{scenario}, {world}": eipsim.simulate(scenario, world=world, seed=1) for scenario, world in cases}
    return {name: digest(run.outcomes.to_numpy()) for name, run in runs.items()}


def of_few_firms() -> dict[str, str]:
    sys.path += [str(TESTS), str(TESTS / "reproducibility"), str(TESTS.parent / "experiments/09_mechanisms")]
    from test_processes import fingerprints

    return {f"few firms, {rule}": found[:16] for rule, found in fingerprints().items()}


def of_a_sweep(backend: str) -> dict[str, str]:
    from eipsim.sweeps.sweep import run_sweep

    with tempfile.TemporaryDirectory() as folder:
        store = run_sweep(SWEEP, Path(folder) / "store", 1 if backend == "serial" else 2, backend)
        pairs = store.pairs().drop(columns=["key", "baseline", "scenario"])
        return {"sweep": digest(store.array()[0], pairs.to_numpy(dtype=float))}


def main() -> None:
    what = sys.argv[1]
    found = of_runs() if what == "runs" else of_few_firms() if what == "few" else of_a_sweep(what)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
