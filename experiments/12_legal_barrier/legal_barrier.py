"""What the legal barrier to reuse costs: what is not realised for every year by which the reform comes later.

`python experiments/12_legal_barrier/legal_barrier.py FOLDER [--scenario NAME --replicates N --world NAME --jobs N]` writes table
and figure.
The same scenario is run with the three reuse reforms (ordinary waste, treated wastewater, hazardous waste) from different years
and never, in pairs with the same draws; so the differences are those of the law alone. MODEL.md section 6.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eipsim.analysis.compare import Interval, mean_interval
from eipsim.data.parameters import parameter_values
from eipsim.errors import InputError, Mistake
from eipsim.figures import legal_barrier as draw
from eipsim.figures import save
from eipsim.runs.saving import write_table
from eipsim.scenarios.loading import load_scenario
from eipsim.sweeps.replicates import simulate_many

REFORMS = ("waste_reuse_reform", "wastewater_reuse_reform", "hazardous_reuse_reform")
FIRST_REFORM, REFORM_YEARS = 2026, (2026, 2028, 2030, 2035, 2040)
NEVER = "never"
# Quantity -> (unit, outcomes that are summed, whether over the years or as it stands at the end).
QUANTITIES: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "exchanges found feasible": ("exchanges", ("exchanges_feasible",), False),
    "exchanges in operation": ("exchange-years", ("exchanges_operating",), True),
    "by-products exchanged": ("t", ("exchange_tonnes",), True),
    "water reused": ("m3", ("exchange_water_m3",), True),
    "CO2 avoided": ("tCO2", ("co2_avoided_t", "co2_avoided_outside_t"), True),
    "saving of tenants": ("USD", ("exchange_saving_usd",), True),
    "saving of tenants, discounted": ("USD", ("exchange_saving_usd",), True),
}
DISCOUNTED = "saving of tenants, discounted"


def legal_barrier(
    scenario: Any = "baseline",
    years: Sequence[int] = REFORM_YEARS,
    *,
    replicates: int = 40,
    seed: int = 1,
    world: Any = "vietnam",
    jobs: int = 1,
    ensemble: bool = False,
) -> pd.DataFrame:
    """What is lost when the reform comes in each of `years` or never, against the first of them: a row per year and quantity.

    With `ensemble`, every replicate has a calibrated parameter set and a synthetic population of its own.

    Columns `lost` (mean over replicates, sums from the first reform year to the end of the run), `low`, `high` (its 95 %
    interval) and `per_year_of_delay`. InputError for years that do not rise.
    """
    years = [int(year) for year in years]
    if len(years) < 2 or sorted(set(years)) != years:
        raise InputError(Mistake("years", f"{years} are not years that rise", "give at least two, the earliest first"))
    cases = {str(year): reformed(scenario, year) for year in years} | {NEVER: load_scenario(scenario)}
    runs = simulate_many(cases, replicates=replicates, seed=seed, world=world, jobs=jobs, ensemble=ensemble)
    rate = parameter_values(load_scenario(scenario).parameters)["finance.social_discount_rate"]
    totals = {label: totals_of(runs[runs["scenario"] == label], years[0], rate) for label in cases}
    last = int(runs["year"].max())
    rows = []
    for label in cases:
        delay = (last + 1 if label == NEVER else int(label)) - years[0]
        for name, (unit, _, _) in QUANTITIES.items():
            lost = mean_interval((totals[str(years[0])][name] - totals[label][name]).to_numpy())
            rows.append(row_of(label, name, unit, delay, lost, float(totals[label][name].mean())))
    return pd.DataFrame(rows)


def reformed(scenario: Any, year: int) -> Any:
    """`scenario` with all three reforms in full force from `year`, and none of them before."""
    return load_scenario(scenario, levers={name: {"value": 1.0, "from": year, "replace": True} for name in REFORMS})


def totals_of(runs: pd.DataFrame, first: int, rate: float) -> pd.DataFrame:
    """By replicate: every quantity from `first` to the end."""
    later = runs[runs["year"] >= first]
    columns = {}
    for name, (_, outcomes, summed) in QUANTITIES.items():
        values = later[list(outcomes)].sum(axis=1)
        if name == DISCOUNTED:
            values = values / (1.0 + rate) ** (later["year"] - first)
        grouped = values.groupby(later["replicate"])
        columns[name] = grouped.sum() if summed else grouped.last()
    return pd.DataFrame(columns)


def row_of(label: str, name: str, unit: str, delay: int, lost: Interval, reached: float) -> dict[str, Any]:
    mean, low, high = (float(value) for value in lost)
    per_year = mean / delay if delay > 0 else np.nan
    return {
        "reform": label, "quantity": name, "unit": unit, "years_of_delay": delay, "reached": reached,
        "lost": mean, "low": low, "high": high, "per_year_of_delay": per_year,
    }  # fmt: skip


def write(folder: Path, table: pd.DataFrame) -> list[Path]:
    """The table and its figure as files of `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_table(table, folder / "legal_barrier.csv")
    return [folder / "legal_barrier.csv", *save(draw(table), folder, "legal_barrier")]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scenario", default="baseline")
    parser.add_argument("--replicates", type=int, default=40)
    parser.add_argument("--world", default="vietnam")
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    asked = {"replicates": given.replicates, "world": given.world, "jobs": given.jobs, "ensemble": True}
    table = legal_barrier(given.scenario, **asked)
    for path in write(given.folder, table):
        print(path)
    print(table.round(1).to_string(index=False))


if __name__ == "__main__":
    main()
