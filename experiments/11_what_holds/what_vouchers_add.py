"""What a voucher adds under every decision rule, with calibrated sets, each in a population of its own.

`python experiments/11_what_holds/what_vouchers_add.py FOLDER [--world NAME --jobs N]` runs the scenario `subsidy` beside the
baseline, with the same tenants and draws, and writes `tables/vouchers.csv`. A pair that is finished is kept in FOLDER; the same
command goes on from there.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from what_holds import DEFAULT, TABLES, Pair, pairs, write

from eipsim.analysis.compare import ALL_MEASURES, Comparison, compare
from eipsim.analysis.intervals import ratio_interval
from eipsim.rules.acceptance import RULES
from eipsim.runs.simulation import simulate
from eipsim.sweeps.workers import run_tasks

SCENARIO, BASELINE = "subsidy", "baseline"
PARTS = ("pathways", "adoption", "vouchers")


def compared(pair: Pair, folder: Path, world: str) -> dict[str, pd.DataFrame]:
    """The tables of the comparison in a pair, and what it spent on what would be bought anyway; kept in `folder`."""
    place = folder / world / f"{pair.who}-{pair.number}-{pair.seed}".replace(" ", "_")
    names = (*PARTS, "anyway")
    if not all((place / f"{name}.parquet").exists() for name in names):
        place.mkdir(parents=True, exist_ok=True)
        case: dict[str, Any] = {"seed": pair.seed, "world": world, "rule": pair.rule, "settings": pair.settings}
        result = compare(SCENARIO, BASELINE, 1, **case)
        used = simulate(SCENARIO, **case).vouchers
        if used is None:
            raise RuntimeError(f"{pair}: nobody applied for a voucher")
        paid = used.groupby("measure", as_index=False)[["paid_usd", "paid_anyway_usd"]].sum()
        for name, table in zip(names, (*(getattr(result, part) for part in PARTS), paid)):
            table.attrs = {}
            part = place / f"{name}.part"
            table.to_parquet(part)
            part.rename(place / f"{name}.parquet")
    return {name: pd.read_parquet(place / f"{name}.parquet") for name in names}


def together(tables: Sequence[dict[str, pd.DataFrame]]) -> Comparison:
    """Comparisons of one replicate each as one, a replicate a pair: its intervals are over sets and populations."""
    joined = {name: pd.concat([of[name].assign(replicate=n) for n, of in enumerate(tables)]) for name in PARTS}
    return Comparison(**joined, transfers=pd.DataFrame(), baseline=BASELINE, discount_rate={}, notes={}, provenance={})


def spent_anyway(tables: Sequence[dict[str, pd.DataFrame]]) -> pd.DataFrame:
    """By measure and for all: the share of the vouchers' money for what firms would have bought in the same year without."""
    each = [of["anyway"].set_index("measure") for of in tables]
    measures = sorted(set().union(*(of.index for of in each)))
    money = [of.reindex(measures, fill_value=0.0) for of in each]
    rows = []
    for name in (ALL_MEASURES, *measures):
        sums = pd.DataFrame([of.sum() if name == ALL_MEASURES else of.loc[name] for of in money])
        value, low, high = ratio_interval(sums["paid_anyway_usd"].to_numpy(), sums["paid_usd"].to_numpy())
        rows.append((name, "share_spent_anyway_in_the_year", "share", value, low, high, ""))
    return pd.DataFrame(rows, columns=["measure", "quantity", "unit", "value", "low", "high", "note"])


def by_rule(folder: Path, world: str = "vietnam", share: float = 1.0, jobs: int = 1) -> pd.DataFrame:
    """A row per group of pairs (the default set, the sets of each rule), measure and quantity."""
    asked = [pair for pair in pairs(share) if "some" in pair.lots]
    tables = run_tasks(compared, [(pair, folder, world) for pair in asked], jobs, "loky", None)
    rows = []
    for who in (DEFAULT, *RULES):
        own = [table for pair, table in zip(asked, tables) if pair.who == who]
        added = together(own).voucher_adoptions.drop(columns="scenario")
        rows.append(pd.concat([added, spent_anyway(own)]).assign(who=who, pairs=len(own)))
    table = pd.concat(rows, ignore_index=True)
    return table[["who", "pairs", *(name for name in table.columns if name not in ("who", "pairs"))]]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("results/what-vouchers-add"))
    parser.add_argument("--world", default="vietnam")
    parser.add_argument("--share", type=float, default=1.0, help="of the pairs, for a quick try")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--tables", type=Path, default=TABLES)
    given = parser.parse_args()
    write(by_rule(given.folder, given.world, given.share, given.jobs), given.tables / "vouchers.csv")
    if given.tables == TABLES and (TABLES / "what_holds.csv").exists():
        from what_is_told import tell

        tell()


if __name__ == "__main__":
    main()
