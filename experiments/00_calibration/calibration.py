"""Calibration by history matching: which parameter sets cannot be told from the evidence of MODEL section 13?

The evidence is six numbers of one programme, so there is no best fit to report: a design over the free parameters is run,
and every set whose implausibility is below the limit for all targets is kept, equally weighted, as the ensemble.

Two stages, because exchanges of by-products do not touch what firms are told, do and record about their own measures (a test
holds them to it): first the parameters of measures, then for each set that is kept those of exchanges.

`python experiments/00_calibration/calibration.py` makes `eipsim/data/ensemble.csv` again; with the word `exchanges` only its
second stage.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import qmc

from eipsim.agents.firm import columns as fc
from eipsim.analysis.evidence.history_matching import distances
from eipsim.data.loading import FOLDER, read_facts, value_of
from eipsim.data.parameters import parameter_values
from eipsim.market.uses import N_USES
from eipsim.model.model import EIPModel
from eipsim.outcomes.recommendations import saved_by_new
from eipsim.outcomes.views import YearEnd
from eipsim.scenarios.loading import load_scenario

PROGRAMME = "GEIPP phase I"
END = 2024
FILE = FOLDER / "ensemble.csv"
MEASURES, EXCHANGES = "measures", "exchanges"  # the stages


@dataclass(frozen=True)
class Target:
    """One number to be met. `tolerance` is the relative discrepancy (one sd) granted to model and record together."""

    name: str
    value: float
    unit: str
    tolerance: float


def evidence(metric: str) -> float:
    """A value of programme_evidence.csv that may be calibrated on."""
    rows = read_facts("programme_evidence")
    row = rows[(rows["use"] == "calib") & (rows["metric"] == metric)].iloc[0]
    return float(row["value"])


def _rows_of(table: str, stage: str | None) -> pd.DataFrame:
    rows = read_facts(table)
    return rows if stage is None else rows[rows["stage"] == stage]


def targets(stage: str | None = None) -> tuple[Target, ...]:
    """The totals of GEIPP phase I at its 90 assisted firms, and the exchanges that its screening of five parks named."""
    return tuple(
        Target(row["target"], sum(map(evidence, row["metric"].split(" + "))), row["unit"], float(row["tolerance"]))
        for _, row in _rows_of("calibration_targets", stage).iterrows()
    )


def free_parameters(stage: str | None = None) -> pd.DataFrame:
    """The parameters that are searched, with the range of the search: index = parameter name."""
    return _rows_of("calibration_ranges", stage).set_index("parameter")[["least", "most"]].astype(float)


def programme_firms(model: EIPModel, programme: str = PROGRAMME) -> np.ndarray:
    """Rows of the firms that the programme has audited so far."""
    (found,) = [p for p in model.lever_paths.programmes if p.name == programme]
    f = model.state.firms
    in_time = (f.audit_year >= found.first_year) & (f.audit_year <= found.last_year)
    return np.flatnonzero(found.eligible[f.park] & in_time)


def programme_totals(model: EIPModel, end: int = END) -> dict[str, float]:
    """Step a fresh model to `end` and return the calibration quantities of the programme's firms and of screened parks.

    Yearly savings are those of the year in which each recommendation was implemented, as a programme would record them.
    Up to 2024 the baseline has screened the five parks of the programme and no others.
    """
    f, usd, tonnes, use = model.state.firms, 0.0, 0.0, np.empty(N_USES)
    while model.year < end:
        before = f.recommended == fc.IMPLEMENTED
        model.step()
        rows = programme_firms(model)
        new = (f.recommended[rows] == fc.IMPLEMENTED) & ~before[rows]
        for i, measures in zip(rows[new.any(axis=1)], new[new.any(axis=1)]):
            bits = sum(1 << m for m in np.flatnonzero(measures).tolist())
            money, carbon = saved_by_new(
                f[i], bits, model.state.market.catalogue, model.state.surroundings, model.this_year.prices, use
            )
            usd, tonnes = usd + money, tonnes + carbon
    recommended, parks = f.recommended[programme_firms(model)], YearEnd(model.state, model.this_year)
    return {
        "options_identified": float(np.count_nonzero(recommended)),
        "options_implemented": float(np.count_nonzero(recommended == fc.IMPLEMENTED)),
        "cost_saving": usd * value_of("driver_paths", "vnd_per_usd_2024"),
        "co2_avoided": tonnes,
        "exchanges_identified": float(parks.measure("exchanges_screened")),
        "exchanges_feasible": float(parks.measure("exchanges_screened_feasible")),
    }


def run_set(settings: dict[str, float], replicates: int, worlds: int = 8) -> pd.DataFrame:
    """The calibration quantities of `replicates` runs under one parameter set, spread over `worlds` synthetic populations."""
    baseline = load_scenario("baseline")
    return pd.DataFrame(
        programme_totals(
            EIPModel(baseline, "pilot-parks", rng=1 + r % worlds, replicate=r // worlds, settings=settings)
        )
        for r in range(replicates)
    )


def implausibility(runs: pd.DataFrame, stage: str) -> dict[str, float]:
    """Distance of each target from the model in standard deviations, as `history_matching.distances` has it."""
    return {t.name: float(distances(runs[t.name].to_numpy(), t.value, t.tolerance)) for t in targets(stage)}


def design(ranges: pd.DataFrame, n: int, seed: int) -> pd.DataFrame:
    """A Latin hypercube of `n` parameter sets within `ranges` (least, most by parameter)."""
    points = qmc.scale(qmc.LatinHypercube(len(ranges), rng=seed).random(n), ranges["least"], ranges["most"])
    return pd.DataFrame(points, columns=list(ranges.index)).round(4)


def run_design(sets: pd.DataFrame, replicates: int, stage: str, tell=None) -> pd.DataFrame:
    """Every set with the means of its runs, its distance from each target of the stage, and the worst of them."""
    names, rows = [target.name for target in targets(stage)], []
    for number, point in sets.iterrows():
        runs = run_set({name: float(value) for name, value in point.items()}, replicates)
        means = {f"mean_{name}": value for name, value in runs[names].mean().items()}
        rows.append(means | {f"distance_{name}": value for name, value in implausibility(runs, stage).items()})
        if tell and (number + 1) % 50 == 0:
            tell(f"{number + 1} of {len(sets)} sets run")
    table = pd.concat([sets, pd.DataFrame(rows)], axis=1)
    return table.assign(worst_distance=_distances(table).max(axis=1))


def _distances(table: pd.DataFrame, stage: str | None = None) -> pd.DataFrame:
    """The distances of the stage's targets that the table has."""
    return table.reindex(columns=[f"distance_{target.name}" for target in targets(stage)])


def match(n: int = 300, replicates: int = 12, seed: int = 1, limit: float = 2.0, tell=print) -> pd.DataFrame:
    """Two waves of history matching; the sets of both whose worst distance is within `limit` standard deviations.

    The first wave rules out what is more than three standard deviations from a target; the second searches what is left.
    """
    free = free_parameters(MEASURES)
    first = run_design(design(free, n, seed), replicates, MEASURES, tell)
    left = first[first["worst_distance"] <= 3.0][list(free.index)]
    tell(f"first wave: {len(left)} of {n} sets cannot be ruled out")
    narrower = design(pd.DataFrame({"least": left.min(), "most": left.max()}), n, seed + 1)
    second = run_design(narrower, replicates, MEASURES, tell)
    both = pd.concat([first, second], ignore_index=True)
    kept = both[both["worst_distance"] <= limit]
    tell(f"both waves: {len(kept)} of {len(both)} sets kept")
    return kept


def central_set(kept: pd.DataFrame) -> int:
    """Row of the kept set whose mean squared distance from the first stage's targets is least: the default of every run."""
    return int((_distances(kept, MEASURES) ** 2).mean(axis=1).idxmin())


def match_exchanges(
    kept: pd.DataFrame, n: int = 4, replicates: int = 8, seed: int = 100, limit: float = 2.0, tell=print
) -> pd.DataFrame:
    """The sets of `kept` with parameters of exchanges: of `n` candidates each, the one nearest to the targets.

    Candidates further than `limit` from a target are ruled out, and with all its candidates a set. The central set keeps the
    defaults of `parameters.csv` unless these are ruled out.
    """
    free, found = free_parameters(EXCHANGES), []
    defaults = pd.DataFrame([parameter_values()])[list(free.index)]
    for number, (_, row) in enumerate(kept.iterrows()):
        own = {name: row[name] for name in free_parameters(MEASURES).index}
        for candidates in ([defaults] if row["central"] else []) + [design(free, n, seed + number)]:
            tried = run_design(candidates.assign(**own), replicates, EXCHANGES)
            left = tried[tried["worst_distance"] <= limit]
            if len(left):
                nearest = left.loc[(_distances(left, EXCHANGES) ** 2).mean(axis=1).idxmin()]
                found.append(row.drop("worst_distance").to_dict() | nearest.drop("worst_distance").to_dict())
                break
        if (number + 1) % 10 == 0:
            tell(f"{number + 1} of {len(kept)} sets tried")
    tell(f"exchanges: {len(found)} of {len(kept)} sets kept")
    return pd.DataFrame(found)


def in_order(kept: pd.DataFrame) -> pd.DataFrame:
    """The table of the ensemble: parameters, means, distances, the worst of them, and which set is central."""
    names, matched = list(free_parameters().index), [target.name for target in targets()]
    columns = [*names, *(f"{kind}_{name}" for kind in ("mean", "distance") for name in matched)]
    worst = _distances(kept).max(axis=1)
    return kept[columns].assign(worst_distance=worst, central=kept["central"].astype(bool)).round(4)


def main() -> None:
    """Make `ensemble.csv`: the kept sets, and which of them is central."""
    if EXCHANGES in sys.argv[1:]:
        kept = pd.read_csv(FILE)
    else:
        kept = match()
        kept = kept.assign(central=kept.index == central_set(kept))
    kept = in_order(match_exchanges(kept))
    kept.to_csv(FILE, index=False)
    print(kept[kept["central"]].T.to_string(header=False))


if __name__ == "__main__":
    main()
