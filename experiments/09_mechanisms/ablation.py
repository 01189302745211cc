"""What each mechanism does to the headlines: all on, as by default, each off in turn, each on by itself, all off.

`python experiments/09_mechanisms/ablation.py FOLDER [--scenarios NAMES --replicates N --world NAME --jobs N]` writes the table.
All cases of a scenario share their tenants and draws, so that a difference is owed to the mechanism, and to chance only as far as
the mechanism itself moves what is drawn.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from eipsim.analysis.compare import mean_interval
from eipsim.runs.saving import write_table
from eipsim.scenarios.loading import apply_settings, load_scenario
from eipsim.sweeps.replicates import simulate_many

MECHANISMS = Path(__file__).parent / "mechanisms.yaml"
SCENARIOS = ("baseline", "subsidy", "technical-assistance", "certification-benefits", "carbon-price", "net-zero-2050")
HEADLINES = (
    "co2_t", "co2_avoided_t", "electricity_mwh", "recp_firm_share", "parks_converted", "parks_certified",
    "exchanges_operating", "firm_saving_usd", "public_spending_usd", "violations_found",
)  # fmt: skip
YEARS = (2030, 2050)
ALL_ON, ALL_OFF = "all on", "all off"


def read_mechanisms(file: Path = MECHANISMS) -> dict[str, dict[str, Any]]:
    """By name of each mechanism: its title, and the settings that switch it `on` and `off`."""
    return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))


def settings_by_case(mechanisms: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Settings of every case, by its label: all on, which is the default and takes none; without each; all off; only each."""

    def without(names: Collection[str]) -> dict[str, Any]:
        return {key: value for name in names for key, value in mechanisms[name]["off"].items()}

    every = list(mechanisms)
    cases = {ALL_ON: {}, ALL_OFF: without(every)}
    for name in every:
        cases[f"without {name}"] = without([name])
        cases[f"only {name}"] = without([other for other in every if other != name])
    return cases


def ablation(
    scenarios: Sequence[str] = SCENARIOS, *, replicates: int = 5, seed: int = 1, world: Any = "vietnam", jobs: int = 1
) -> pd.DataFrame:
    """A row per scenario, case, headline and year: its mean, and its difference from all on (`without`) or all off (`only`).

    `low` and `high` are the 95 % interval of the difference over the replicates.
    """
    cases = settings_by_case(read_mechanisms())
    labelled = {
        f"{scenario}: {label}": apply_settings(load_scenario(scenario), settings)
        for scenario in scenarios
        for label, settings in cases.items()
    }
    runs = simulate_many(labelled, replicates=replicates, seed=seed, world=world, jobs=jobs)
    runs = runs[runs["year"].isin(YEARS)].set_index(["scenario", "year", "replicate"]).sort_index()
    rows = [
        row_of(runs, scenario, label, outcome, year)
        for scenario in scenarios
        for label in cases
        for outcome in HEADLINES
        for year in YEARS
    ]
    return pd.DataFrame(rows)


def row_of(runs: pd.DataFrame, scenario: str, label: str, outcome: str, year: int) -> dict[str, Any]:
    against = ALL_OFF if label == ALL_OFF or label.startswith("only") else ALL_ON
    values = runs[outcome].loc[(f"{scenario}: {label}", year)]
    mean, low, high = mean_interval((values - runs[outcome].loc[(f"{scenario}: {against}", year)]).to_numpy())
    told = {"scenario": scenario, "case": label, "outcome": outcome, "year": year}
    return {**told, "mean": float(values.mean()), "difference": mean, "low": low, "high": high}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scenarios", nargs="+", default=list(SCENARIOS))
    parser.add_argument("--replicates", type=int, default=5)
    parser.add_argument("--world", default="vietnam")
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    table = ablation(given.scenarios, replicates=given.replicates, world=given.world, jobs=given.jobs)
    given.folder.mkdir(parents=True, exist_ok=True)
    write_table(table, given.folder / "ablation.csv")
    wide = table[table["year"] == YEARS[-1]].pivot(index=["scenario", "case"], columns="outcome", values="mean")
    print(wide[list(HEADLINES)].map("{:,.4g}".format).to_string())


if __name__ == "__main__":
    main()
