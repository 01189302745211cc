"""Calibration: which parameter sets go with the record of one programme, under each decision rule?

The record is a handful of numbers of one programme, so there is no best fit to report but an ensemble of sets. For each
rule a first wave of sets, spread over all that is thought possible, is run; an emulator learns from it what a set would
record; a second wave is drawn where the record is likely, so that the emulator knows that region well; the sets of a
third are the ensemble, unless their own runs say that the record rules them out.

`python experiments/00_calibration/calibration.py [RULES] [--jobs N]` runs what has not been run (`results/calibration/`
keeps it), and makes `eipsim/data/ensemble.csv`, the calibrated rows of `eipsim/data/parameters.csv` and `tables/`
again.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from emulator import Emulator, learn
from posterior import INTERVAL, by_centrality, covered, distances, draw, prior, widths
from record import (
    FREE,
    OF_A_SET,
    POPULATIONS,
    Case,
    Range,
    log_record,
    logs,
    names_of,
    parts,
    ranges,
    run_sets,
    targets,
    tolerances,
)

from eipsim.data.parameters import ENSEMBLE, load_parameters
from eipsim.data.parameters import FILE as PARAMETERS
from eipsim.rules.acceptance import RULES

HERE = Path(__file__).resolve().parent
TABLES, RUNS = HERE / "tables", HERE.parents[1] / "results/calibration"
LIMIT = 3.0  # standard deviations beyond which the record rules a set out
TOLD_BELOW = 0.7  # of the width before: where less is left of a parameter, intervals are tried on planted ones
FITS, WIDTHS, EMULATORS = "fit", "widths", "emulators"

Tell = Callable[[str], object]


@dataclass(frozen=True)
class Sizes:
    """How much is run and drawn: sets of the waves, sets that are kept, those of which one
    becomes the default, those that widths are told of, candidates of a draw, populations in all and of each set."""

    first: int = 180
    second: int = 80
    last: int = 210
    kept: int = 200
    candidates: int = 32
    told: int = 4096
    tried: int = 32_768
    populations: int = POPULATIONS
    of_a_set: int = OF_A_SET


@dataclass(frozen=True)
class Calibration:
    """What calibration says of one rule.

    sets : the ensemble, the central set first
    fit : by target, the record beside what the central set and all sets make of it
    widths : by parameter, how much narrower it is than before, and how often intervals hold what was planted
    emulators : by target, how good the emulator was, of sets that were left out one at a time, and of sets not shown at all
    """

    rule: str
    sets: pd.DataFrame
    fit: pd.DataFrame
    widths: pd.DataFrame
    emulators: pd.DataFrame


# ---- one rule -------------------------------------------------------------------------------------------------------------


def calibrate(
    rule: str, jobs: int = 1, sizes: Sizes = Sizes(), folder: Path | None = RUNS, tell: Tell = print
) -> Calibration:
    """The ensemble of a decision rule, and what can be said of it."""
    case, of, where = Case(rule, sizes.populations, sizes.of_a_set), ranges(rule), folder / rule if folder else None

    def run(sets: pd.DataFrame) -> pd.DataFrame:
        return run_sets(sets, case, jobs, where, tell)

    tell(f"{rule}: {sizes.first} sets as they are before the record is seen")
    first = prior(of, sizes.first, seed=1)
    ran = run(first)
    emulators = [learn(part, of, first, ran) for part in parts()]
    second, told = draw(emulators, of, sizes.second, sizes.tried, seed=2)
    tell(f"{rule}: {sizes.second} sets where the record is likely ({_told(told)} of {sizes.tried} candidates tell)")
    both, ran_both = _together([first, second], [ran, run(second)])
    better = [learn(part, of, both, ran_both) for part in parts()]
    likely, told = draw(better, of, sizes.told, sizes.tried, seed=3)
    tell(f"{rule}: {sizes.last} sets that go with the record ({_told(told)} candidates tell), and the default")
    last, in_all = likely.head(sizes.last), replace(case, of_a_set=sizes.populations)
    ran_last = run(last)
    default, ran_default = central_set(better, of, sizes, lambda sets: run_sets(sets, in_all, jobs, where, tell))
    kept = keep(ran_last, sizes.kept - 1)
    tell(f"{rule}: {len(kept)} of {len(last)} sets kept")
    sets = pd.concat([default, last.iloc[kept]], ignore_index=True)
    found = covered(better, of, first, ran, sizes.tried // 4, seed=4)
    left_out = [emulator.errors.assign(shown="all but one") for emulator in better]
    return Calibration(
        rule=rule,
        sets=sets,
        fit=fit_of(ran_last, kept, ran_default),
        widths=widths(of, likely).join(found, on="parameter"),
        emulators=pd.concat([*left_out, held_out(better, last, ran_last)], ignore_index=True),
    )


def _told(effective: dict[str, float]) -> str:
    return ", ".join(f"{part}: {n:,.0f}" for part, n in effective.items())


def _together(sets: Sequence[pd.DataFrame], runs: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sets one below the other, and their runs, in which they are numbered through."""
    before = np.cumsum([0, *map(len, sets)])
    numbered = [table.assign(set=table["set"] + start) for table, start in zip(runs, before)]
    return pd.concat(sets, ignore_index=True), pd.concat(numbered, ignore_index=True)


def central_set(
    emulators: Sequence[Emulator], of: Sequence[Range], sizes: Sizes, run: Callable[[pd.DataFrame], pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The default, and its runs: the medoid of sets that meet the record when all that is only varied stands at its middle.

    The emulator finds sets whose runs have the record as median; those nearest to being their medoid are run in all
    populations, and the first that has every median within its tolerance is taken, or else that which misses by least.
    """
    middle, free = (
        [replace(one, at_middle=one.role != FREE) for one in of],
        [one.name for one in of if one.role == FREE],
    )
    found, _ = draw(emulators, middle, 4 * sizes.candidates, 4 * sizes.tried, seed=5, as_median=True)
    central = found.iloc[by_centrality(found[free].to_numpy())[: sizes.candidates]].reset_index(drop=True)
    runs = run(central)
    missed = ((logs(runs).groupby(runs["set"]).median() - log_record()).abs() / np.log1p(tolerances())).max(axis=1)
    chosen = missed.index[missed <= 1.0].min() if (missed <= 1.0).any() else missed.idxmin()
    return central.loc[[chosen]], runs[runs["set"] == chosen]


def keep(runs: pd.DataFrame, most: int) -> list[int]:
    """The first sets, `most` at most, that their own runs do not rule out."""
    worst = distances(runs).max(axis=1)
    return worst.index[worst <= LIMIT].tolist()[:most]


def held_out(emulators: Sequence[Emulator], sets: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """How the emulator does on sets of the last wave, from which it has not learnt."""
    rows = []
    for emulator in emulators:
        means, *_ = emulator.predict(sets)
        recorded = logs(runs)[names_of(emulator.part)].groupby(runs["set"])
        missed, luck = recorded.mean() - means, np.sqrt((recorded.var() / recorded.size().iloc[0]).mean())
        rows += [
            {"target": name, "shown": "none", "sets": len(sets), "spread_of_sets": recorded.mean()[name].std(),
             "bias": missed[name].mean(), "error": np.sqrt((missed[name] ** 2).mean()), "luck_of_a_set": luck[name]}
            for name in missed
        ]  # fmt: skip
    return pd.DataFrame(rows)


def fit_of(runs: pd.DataFrame, kept: Sequence[int], of_default: pd.DataFrame) -> pd.DataFrame:
    """By target: the record; single runs of the default in all populations; medians of the sets, and single runs of all of
    them; which share of runs lies below the record; how far the farthest set is from it."""
    of_kept = runs[runs["set"].isin(kept)]
    medians, far = of_kept.groupby("set")[names_of()].median(), distances(of_kept)
    rows = []
    for one in targets():
        known = {"target": one.name, "record": one.value, "unit": one.unit, "tolerance": one.tolerance}
        for whose, values in (("default", of_default), ("sets", medians), ("runs", of_kept)):
            ends = values[one.name].quantile([INTERVAL[0], 0.5, INTERVAL[1]])
            known |= {f"{whose}_{name}": value for name, value in zip(("low", "middle", "high"), ends)}
        known |= {f"{whose}_below": float((values[one.name] < one.value).mean())
                  for whose, values in (("default", of_default), ("runs", of_kept))}  # fmt: skip
        rows.append(known | {"farthest": float(far[one.name].max())})
    return pd.DataFrame(rows)


# ---- all rules ------------------------------------------------------------------------------------------------------------


def write_down(found: Sequence[Calibration]) -> None:
    """Ensemble and tables of the rules that were calibrated; what was there of others stays."""
    order = {rule: number for number, rule in enumerate(RULES)}
    for file, name in ((ENSEMBLE, "sets"), *((TABLES / f"{t}.csv", t) for t in (FITS, WIDTHS, EMULATORS))):
        new = pd.concat([getattr(one, name).assign(rule=one.rule) for one in found], ignore_index=True)
        old = pd.read_csv(file) if file.exists() else pd.DataFrame({"rule": []})
        if "rule" in old:
            new = pd.concat([old[~old["rule"].isin(new["rule"])], new], ignore_index=True)
        new = new.sort_values("rule", key=lambda rules: rules.map(order), kind="stable")
        file.parent.mkdir(exist_ok=True)
        new[["rule", *(c for c in new if c != "rule")]].to_csv(
            file, index=False, float_format="%.6g", lineterminator="\n"
        )


def refresh_parameters(file: Path = PARAMETERS) -> None:
    """Calibrated rows: the default, and the ends of what the sets of their rule hold. All else keeps every character."""
    sets = pd.read_csv(ENSEMBLE)
    calibrated = {one.name: rule for rule in reversed(RULES) for one in ranges(rule) if one.role == FREE}
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    columns = lines[0].strip().split(",")
    cut = columns.index("status") + 1  # no cell up to here holds a comma
    for number, line in enumerate(lines):
        cells = dict(zip(columns, line.split(",", cut)[:cut]))
        rule = calibrated.get(cells["name"])
        if rule in set(sets["rule"]):
            values = sets.loc[sets["rule"] == rule, cells["name"]]
            ends = {"low": values.min(), "central": values.iloc[0], "high": values.max()}
            cells |= {name: f"{value:g}" for name, value in ends.items()} | {"status": "calibrated"}
            lines[number] = ",".join([*cells.values(), line.split(",", cut)[cut]])
    file.write_text("".join(lines), encoding="utf-8")
    load_parameters.cache_clear()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rules", nargs="*", choices=[*RULES, []], help="decision rules; default: all of them")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    found = []
    for rule in given.rules or RULES:
        started = time.perf_counter()
        found.append(calibrate(rule, given.jobs))
        print(f"{rule}: {(time.perf_counter() - started) / 60:.1f} minutes")
        print(found[-1].fit.to_string(), found[-1].widths.to_string(), sep="\n", flush=True)
    write_down(found)
    refresh_parameters()


if __name__ == "__main__":
    main()
