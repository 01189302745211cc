"""What each analysis takes on the stores of the experiments: `python benchmarks/experiments.py`, once these have been run.

Wall time of one call each, with what it reads from the store, on all cores where the analysis takes more than one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from eipsim.analysis.choice.cost_per_tonne import cost_per_tonne
from eipsim.analysis.choice.information import value_of_information
from eipsim.analysis.choice.ranking import rank
from eipsim.analysis.discovery.discovery import discover
from eipsim.analysis.sensitivity.indices import sensitivity
from eipsim.analysis.study import Study

STORES = Path(__file__).resolve().parents[1] / "results/experiments"
TONNES, FIRMS, PARKS = "sum(co2_avoided_t @2026..2050)", "recp_firm_share @2035", "parks_certified @2050"
Analysis = Callable[[Study], Any]

ANALYSES: tuple[tuple[str, str, Analysis], ...] = (
    ("Morris, two outcomes", "02_what_matters/screening", lambda of: sensitivity(of, [TONNES, FIRMS])),
    ("Sobol', two outcomes", "13_shares_of_variance/design", lambda of: sensitivity(of, [TONNES, FIRMS])),
    ("RBD-FAST, four outcomes", "05_when_policy_fails/design",
     lambda of: sensitivity(of, [TONNES, FIRMS, PARKS, "exchanges_operating @2050"], method="rbd_fast")),
    ("PRIM, two boxes", "05_when_policy_fails/design", lambda of: discover(of, f"{PARKS} < 300", boxes=2, jobs=-1)),
    ("CART, two boxes", "05_when_policy_fails/design",
     lambda of: discover(of, f"{PARKS} < 300", boxes=2, method="cart", jobs=-1)),
    ("ranking of six scenarios", "07_deep_uncertainty/design", lambda of: rank(of, TONNES)),
    ("value of information", "07_deep_uncertainty/design", lambda of: value_of_information(rank(of, TONNES))),
    ("cost of a tonne, 19 policies", "01_policy_comparison/design", cost_per_tonne),
)  # fmt: skip


def rows() -> Iterator[tuple[str, str, int, float]]:
    """Analysis, store, its points, seconds."""
    for what, name, analysis in ANALYSES:
        start = time.perf_counter()
        study = Study(STORES / name)
        analysis(study)
        yield what, name, len(study.rows), time.perf_counter() - start


def main() -> None:
    print("| analysis | store | points | s |\n|---|---|--:|--:|")
    for what, name, points, seconds in rows():
        print(f"| {what} | `{name}` | {points:,} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
