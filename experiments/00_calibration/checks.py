"""National checks: what the calibrated sets say of facts about the country, one population each; none of these is a test.

`python experiments/00_calibration/checks.py [--jobs N] [--every N]` holds every set of the default rule, and every N-th of each
other rule, against `eipsim/data/evidence_facts.csv`, and makes `tables/checks.csv`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

import pandas as pd
from calibration import TABLES

from eipsim.analysis.evidence.facts import read_facts
from eipsim.analysis.evidence.validation import validate
from eipsim.analysis.evidence.verdicts import judge
from eipsim.data.parameters import DEFAULT_RULE, load_ensemble
from eipsim.rules.acceptance import RULES
from eipsim.sweeps.workers import run_tasks

FACTS, FILE = "evidence", TABLES / "checks.csv"


def checked(
    rule: str, numbers: Sequence[int], jobs: int = 1, world: str = "vietnam", tell: Callable = print
) -> pd.DataFrame:
    """A row a fact: its range, that of the sets with these `numbers` (from 0), each in a population of its own, and whether they
    agree."""
    started = time.perf_counter()
    values = pd.DataFrame(run_tasks(check_set, [(rule, number, world) for number in numbers], jobs, "loky", None))
    tell(f"{rule}: {len(values)} sets checked in {time.perf_counter() - started:.0f} s")
    rows = []
    for fact in read_facts(FACTS):
        found = judge(values[fact.name].to_numpy(), fact.low, fact.high)
        rows.append({
            "rule": rule, "fact": fact.name, "low": fact.low, "high": fact.high, "unit": fact.unit, "sets": found.runs,
            "model_low": found.low, "model_middle": found.middle, "model_high": found.high,
            "sets_within": found.inside, "relative_width": found.width, "crps": found.score, "skill": found.skill,
            "verdict": found.verdict, "role": fact.role,
        })  # fmt: skip
    return pd.DataFrame(rows)


def check_set(rule: str, number: int, world: str) -> dict[str, float]:
    """What one set of a rule says of every fact."""
    settings = load_ensemble(rule)[number]
    result = validate(FACTS, replicates=1, seed=1 + number, world=world, rule=rule, settings=settings)
    if not result.runs:
        raise RuntimeError(f"set {number} of {rule} failed: {result.failures}")
    return result.values.iloc[0].to_dict()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--every", type=int, default=10, help="of the sets of rules that are not the default, every so many"
    )
    given = parser.parse_args()
    tables = []
    for rule in RULES:
        step = 1 if rule == DEFAULT_RULE else given.every
        tables.append(checked(rule, range(0, len(load_ensemble(rule)), step), given.jobs))
        pd.concat(tables).to_csv(FILE, index=False, float_format="%.6g", lineterminator="\n")
    print(pd.concat(tables).to_string())


if __name__ == "__main__":
    main()
