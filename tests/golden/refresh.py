"""Golden runs: what they are, how they are stored, and `make golden`, which makes them again.

A change that alters a number of any run makes `test_golden.py` fail. When the change is meant to, run `make golden`, look at
what it prints, commit the files, and write a line under **Changes results** in CHANGELOG.md.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd

from eipsim.model.model import EIPModel
from eipsim.rules.acceptance import RULES

FOLDER = Path(__file__).parent
SEED = 1
RUNS = {
    "baseline": {"scenario": "baseline"},
    "full-package": {"scenario": "full-package"},
    **{f"full-package under {rule}": {"scenario": "full-package", "rule": rule} for rule in RULES[1:]},
}
YEARS = (2015, 2020, 2025, 2030, 2040, 2050)
NATIONAL = "national-baseline.json"
DIGITS = 6  # of the national outcomes; far more than a processor's last digit


def golden_run(name: str) -> pd.DataFrame:
    """Outcomes of one golden run of the pilot parks in a few years: index = year."""
    model = EIPModel(world="pilot-parks", rng=SEED, **RUNS[name]).run()
    return model.outcomes.loc[list(YEARS)]


def file_of(name: str) -> Path:
    return FOLDER / f"{name.replace(' ', '-').replace('_', '-')}.csv"


def stored(name: str) -> pd.DataFrame:
    """The golden run as it was kept."""
    return pd.read_csv(file_of(name), index_col="year")


def rounded(values: np.ndarray) -> list[str]:
    """Numbers as text with DIGITS significant digits."""
    return [f"{value:.{DIGITS - 1}e}" for value in values]


def national_baseline() -> dict:
    """Digest of all rounded outcomes of the national baseline, and the rows of 2030 and 2050 for a reader."""
    outcomes = EIPModel("baseline", "vietnam", SEED).run().outcomes
    content = json.dumps([list(outcomes), outcomes.index.tolist(), rounded(outcomes.to_numpy().ravel())])
    rows = {str(year): dict(zip(outcomes, rounded(outcomes.loc[year].to_numpy()))) for year in (2030, 2050)}
    return {"sha256": hashlib.sha256(content.encode()).hexdigest(), **rows}


def changes(before: pd.DataFrame, now: pd.DataFrame) -> list[str]:
    """Outcomes that differ by more than 1e-9, the largest relative change first, each in one line."""
    if list(before) != list(now) or before.index.tolist() != now.index.tolist():
        gone, new = sorted(set(before) - set(now)), sorted(set(now) - set(before))
        return [f"other outcomes or years: gone {gone}, new {new}"]
    scale = np.maximum(np.abs(before), np.abs(now)).where(lambda x: x > 0.0, 1.0)
    relative = (now - before).abs() / scale
    largest = relative.max().sort_values(ascending=False)
    return [line_of(name, relative[name], before[name], now[name]) for name in largest.index[largest > 1e-9]]


def line_of(name: str, relative: pd.Series, before: pd.Series, now: pd.Series) -> str:
    year = relative.idxmax()
    return f"{name} in {year}: {before.loc[year]:.10g} -> {now.loc[year]:.10g} ({relative.loc[year]:.2g} relative)"


def refresh() -> None:
    """Write every golden run again and say what has changed."""
    for name in RUNS:
        now = golden_run(name)
        if file_of(name).exists():
            told = changes(stored(name), now)
            print(f"{name}: {len(told)} outcomes changed", *told[:5], sep="\n    ")
        now.to_csv(file_of(name), lineterminator="\n")
    file, now = FOLDER / NATIONAL, national_baseline()
    if file.exists() and json.loads(file.read_text()) != now:
        print("national baseline: changed")
    file.write_text(json.dumps(now, indent=1) + "\n")
    print("If anything changed: commit these files and write a line under **Changes results** in CHANGELOG.md.")


if __name__ == "__main__":
    refresh()
