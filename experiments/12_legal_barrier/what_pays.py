"""Which identified exchanges would pay both sides if the law stood in nobody's way: by type and legal class, with its range.

`python experiments/12_legal_barrier/what_pays.py FOLDER [--scenario NAME --replicates N --world NAME --jobs N]` writes two
tables. Every replicate has other tenants, other draws, and other parameters of exchanges, uniform over their ranges (Latin
hypercube); it is run twice, under the law of the scenario and with all reforms in full force from the first year.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd
from joblib import Parallel, delayed
from legal_barrier import reformed
from scipy.stats import qmc

from eipsim.core.years import FIRST_YEAR
from eipsim.data.parameters import load_parameters
from eipsim.runs.saving import write_table
from eipsim.runs.simulation import simulate

FAMILY = "exchanges."
SHARES = ("pay_under_law", "pay_without_law", "refused", "operate_under_law", "operate_without_law")
LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95


def parameters_within_ranges(n: int, seed: int = 1) -> list[dict[str, float]]:
    """`n` sets of the parameters of exchanges, spread evenly over their ranges."""
    free = [p for p in load_parameters().values() if p.name.startswith(FAMILY) and p.low < p.high]
    unit = qmc.LatinHypercube(len(free), rng=seed).random(n)
    points = qmc.scale(unit, [p.low for p in free], [p.high for p in free])
    return [dict(zip((p.name for p in free), map(float, point))) for point in points]


def shares_of(under_law: pd.DataFrame, without_law: pd.DataFrame, by: str) -> pd.DataFrame:
    """A row per type or class (`by`) of the exchanges identified in a pair of runs: how many, and SHARES of them."""
    today, free = (dict(list(table.groupby(by))) for table in (under_law, without_law))
    rows = []
    for key in sorted(today.keys() & free.keys()):
        a, b = today[key], free[key]
        rows.append({
            by: key, "identified": len(a),
            "pay_under_law": float(a["feasible_year"].notna().mean()),
            "pay_without_law": float(b["feasible_year"].notna().mean()),
            "refused": float((a["refusals"] > 0).mean()),
            "operate_under_law": float(a["operating_year"].notna().mean()),
            "operate_without_law": float(b["operating_year"].notna().mean()),
        })  # fmt: skip
    return pd.DataFrame(rows)


def pair(scenario: Any, world: Any, number: int, settings: dict[str, float]) -> dict[str, pd.DataFrame]:
    """One replicate: shares by type and by legal class."""
    runs = [
        simulate(case, number, world=world, settings=settings).exchanges
        for case in (scenario, reformed(scenario, FIRST_YEAR))
    ]
    for table in runs:
        words = {name: table[name].astype(str) for name in ("type", "label", "legal_class")}
        table["kind"] = words["type"] + " " + words["label"] + " (" + words["legal_class"] + ")"
        table["legal_class"] = words["legal_class"]
    return {by: shares_of(*runs, by) for by in ("kind", "legal_class")}


def summarised(tables: list[pd.DataFrame], by: str) -> pd.DataFrame:
    """Median and 5-95 % range over the replicates of each share, a row per type or class."""
    every = pd.concat(tables)
    groups = every.groupby(by)
    found = groups["identified"].median().to_frame()
    for share in SHARES:
        for word, q in (("", MIDDLE), ("_low", LOW), ("_high", HIGH)):
            found[share + word] = groups[share].quantile(q)
    return found.reset_index()


def what_pays(
    scenario: Any = "baseline", *, replicates: int = 20, world: Any = "vietnam", jobs: int = 1
) -> dict[str, pd.DataFrame]:
    """By `kind` and by `legal_class`: exchanges identified, and the shares that pay, are refused, operate, with ranges."""
    sets = parameters_within_ranges(replicates)
    work = [delayed(pair)(scenario, world, number, settings) for number, settings in enumerate(sets, 1)]
    done = Parallel(n_jobs=jobs)(work)
    return {by: summarised([tables[by] for tables in done], by) for by in ("kind", "legal_class")}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scenario", default="baseline")
    parser.add_argument("--replicates", type=int, default=20)
    parser.add_argument("--world", default="vietnam")
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    tables = what_pays(given.scenario, replicates=given.replicates, world=given.world, jobs=given.jobs)
    given.folder.mkdir(parents=True, exist_ok=True)
    for by, table in tables.items():
        write_table(table, given.folder / f"what_pays_by_{by}.csv")
        print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
