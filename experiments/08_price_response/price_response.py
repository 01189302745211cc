"""How much electricity firms leave unused when the tariff rises: by measures and attention, and with day-to-day operation.

`python experiments/08_price_response/price_response.py FOLDER [--world NAME --replicates N --jobs N]` writes both tables. Every
decision rule is run with the tariff as enacted and 20 % dearer from 2026, in pairs with the same draws. Without operation that
gives what measures bring about by themselves, which `eipsim/data/measures_response.csv` keeps; with it, the response in all.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eipsim.analysis.compare import mean_interval
from eipsim.rules.acceptance import RULES
from eipsim.runs.saving import write_table
from eipsim.scenarios.loading import load_scenario
from eipsim.sweeps.replicates import simulate_many

DEARER = "dearer-electricity"  # of the library: RISE from FIRST on
RISE, FIRST, YEARS_LATER = 0.2, 2026, 15
# Attention at its central value; operation off, and at the central value of the literature.
BY_MEASURES = {"operation.salience": 0.5, "operation.price_elasticity": 0.0}
IN_ALL = BY_MEASURES | {"operation.price_elasticity": 0.3}


def elasticities(
    rule: str, settings: dict[str, float], *, replicates: int, seed: int = 1, world: Any = "vietnam", jobs: int = 1
) -> pd.DataFrame:
    """Own-price elasticity of electricity under a rule, in the first year and as many later: a row per replicate and year."""
    cases = {"as enacted": load_scenario("baseline"), "dearer": load_scenario(DEARER)}
    span = (FIRST, FIRST + YEARS_LATER)
    arguments = {"years": span, "settings": settings, "seed": seed, "world": world, "jobs": jobs}
    runs = simulate_many(cases, replicates, rule=rule, **arguments)
    used = runs.set_index(["scenario", "replicate", "year"])["electricity_mwh"]
    ratio = used["dearer"] / used["as enacted"]
    rows = ratio[ratio.index.get_level_values("year").isin(span)].reset_index(name="ratio")
    return rows.assign(rule=rule, elasticity=np.log(rows["ratio"]) / math.log1p(RISE))


def responses(rules: Sequence[str] = RULES, **arguments: Any) -> pd.DataFrame:
    """Elasticity (negative) by rule, by measures alone and in all, in the first year and later: mean and 95 % interval."""
    rows = []
    for rule in rules:
        for what, settings in (("measures and attention", BY_MEASURES), ("in all", IN_ALL)):
            found = elasticities(rule, settings, **arguments)
            for year, values in found.groupby("year")["elasticity"]:
                mean, low, high = (float(value) for value in mean_interval(values.to_numpy()))
                rows.append({
                    "rule": rule, "response": what, "years_later": int(year) - FIRST, "elasticity": mean, "low": low,
                    "high": high, "replicates": len(values),
                })  # fmt: skip
    return pd.DataFrame(rows)


def as_data(table: pd.DataFrame, world: str) -> pd.DataFrame:
    """What measures bring about, in the form of `eipsim/data/measures_response.csv`: positive, after YEARS_LATER years."""
    kept = table[(table["response"] == "measures and attention") & (table["years_later"] == YEARS_LATER)]
    how = [
        f"experiments/08_price_response: {world}; {n} pairs of runs; baseline; tariff {RISE:.0%} dearer from {FIRST}; "
        f"{YEARS_LATER} years later; salience {BY_MEASURES['operation.salience']}; low and high are the 95 % interval of the mean"
        for n in kept["replicates"]
    ]
    return pd.DataFrame(
        {
            "name": kept["rule"], "unit": "1", "low": (-kept["high"]).round(5), "central": (-kept["elasticity"]).round(5),
            "high": (-kept["low"]).round(5), "status": "derived", "source": "eipsim", "note": how,
        }
    )  # fmt: skip


def write(folder: Path, table: pd.DataFrame, world: str) -> list[Path]:
    """The responses, and what the model keeps of them, as files of `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"price_response.csv": table, "measures_response.csv": as_data(table, world)}
    for name, content in tables.items():
        write_table(content, folder / name)
    return [folder / name for name in tables]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--replicates", type=int, default=20)
    parser.add_argument("--world", default="vietnam")
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    table = responses(replicates=given.replicates, world=given.world, jobs=given.jobs)
    for path in write(given.folder, table, given.world):
        print(path)
    print(table.round(4).to_string(index=False))


if __name__ == "__main__":
    main()
