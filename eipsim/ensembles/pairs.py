"""Runs in pairs: every scenario beside the baseline, replicate by replicate, with the same draws.

Firms are compared one by one while both runs are at hand, so that only counts leave the worker.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from eipsim import accounts as ac
from eipsim.ensembles.cases import Case, Result, ensemble_provenance, prepare, run_one
from eipsim.ensembles.replicates import outcome_table
from eipsim.ensembles.workers import check_counts, run_tasks
from eipsim.simulation import Progress

ADOPTION = (
    "adopters", "baseline_adopters", "additional_adopters", "lost_adopters", "subsidised_adopters", "free_riders",
    "adoptions", "baseline_adoptions", "additional_adoptions", "lost_adoptions", "subsidised_adoptions",
    "free_riding_adoptions", "brought_forward_adoptions",
)  # fmt: skip
AVOIDED_TRANSFERS = "avoided_transfers_usd"


@dataclass(frozen=True)
class Pairs:
    """Tables of runs in pairs.

    pathways : as of `simulate_many`, baseline first
    adoption : a row per scenario and replicate with the counts of ADOPTION
    transfers : a row per scenario, replicate and year: payments to the public that measures avoid [USD/yr]
    """

    pathways: pd.DataFrame
    adoption: pd.DataFrame
    transfers: pd.DataFrame
    cases: tuple[Case, ...]


def simulate_pairs(
    cases: Sequence[Any] | Mapping[str, Any],
    replicates: int,
    jobs: int,
    *,
    seed: int,
    world: Any,
    rule: Any,
    years: tuple[int, int] | None,
    settings: Mapping[str, Any] | None,
    backend: str = "loky",
    progress: Progress | None = None,
) -> Pairs:
    """Simulate the `cases`, of which the first is the baseline, and compare firm by firm within each replicate."""
    check_counts(replicates, jobs, backend)
    started = time.perf_counter(), time.process_time()
    prepared, described = prepare(cases, seed, world, rule, years, settings)
    tasks = [(prepared, replicate) for replicate in range(replicates)]
    by_replicate = run_tasks(run_replicate, tasks, jobs, backend, progress, lambda task: len(task[0]))
    results = [row[position] for position in range(len(prepared)) for row in by_replicate]
    pathways = outcome_table(results)
    pathways.attrs["provenance"] = ensemble_provenance(described, seed, replicates, started)
    return Pairs(pathways, _adoption_table(results), _transfer_table(results), tuple(prepared))


@dataclass(frozen=True)
class Kept:
    """What a pair needs of a run: first adoption years and subsidised [n_rows, m], avoided transfers [years]."""

    first_adopted: np.ndarray
    subsidised: np.ndarray
    transfers: np.ndarray


def run_replicate(cases: Sequence[Case], replicate: int) -> list[Result]:
    """One replicate of every case; `more` of each result becomes (adoption counts or None, avoided transfers)."""
    results: list[Result] = []
    baseline: Kept | None = None
    for position, case in enumerate(cases):
        result, _ = run_one(case, replicate, keep)
        kept, baseline = result.more, (result.more if position == 0 else baseline)
        counts = None if kept is None or baseline is None else adoption_counts(kept, baseline)
        more = (counts, None if kept is None else kept.transfers)
        results.append(Result(**{**vars(result), "more": more}))
    return results


def keep(model, years: Iterator[int]) -> Kept:
    """Step `model` through `years`; keep what pairs are compared on."""
    transfers = [avoided_transfers(model) for year in years if year >= model.first_reported]
    firms = model.firm_table
    return Kept(firms.first_adopted.copy(), firms.subsidised.astype(bool), np.array(transfers))


def avoided_transfers(model) -> float:
    """Carbon price and charges [USD] that firms do not pay this year because of measures, infrastructure and exchanges.

    They are part of what firms save and operators earn, but society saves nothing by them.
    """
    prices, firms, rows = model.prices, model.firm_table, model.rows_alive()
    if not prices.carbon.any() and not prices.charge.any():
        return 0.0
    paid = [ac.CARBON_PAID, ac.CHARGES_PAID]
    beyond = model.flows[:, paid].sum() - model.net_flows[:, paid].sum()
    sector, zone = firms.sector[rows], model.surroundings.parks.zone[firms.park[rows]]
    avoided = (firms.stock_use[rows] - firms.use[rows]) * prices.intensity
    tonnes = (avoided * prices.emission[sector]).sum(axis=1)
    carbon = prices.carbon[zone, sector] * firms.covered[rows] * tonnes
    return float(carbon.sum() + (avoided * prices.charge[zone, sector]).sum() + beyond)


def adoption_counts(policy: Kept, baseline: Kept) -> dict[str, int]:
    """Adopters (firms) and adoptions (measures in firms) with the policy and without it, firm by firm.

    Additional: with the policy only; lost: without it only. Free riders: subsidised adopters who adopt in the baseline
    too. Brought forward: subsidised adoptions that the baseline has in a later year.
    """
    with_policy, without = policy.first_adopted > 0, baseline.first_adopted > 0
    earlier = with_policy & without & (policy.first_adopted < baseline.first_adopted)
    firms = _counts(with_policy.any(axis=1), without.any(axis=1), policy.subsidised.any(axis=1))
    measures = _counts(with_policy, without, policy.subsidised)
    return dict(zip(ADOPTION, (*firms, *measures, int(np.count_nonzero(earlier & policy.subsidised)))))


def _counts(with_policy: Any, without: Any, subsidised: Any) -> tuple[int, ...]:
    """How many (bool arrays): with, without, additional, lost, subsidised, free."""
    sets = (
        with_policy,
        without,
        with_policy & ~without,
        without & ~with_policy,
        subsidised,
        subsidised & without,
    )
    return tuple(int(np.count_nonzero(members)) for members in sets)


def _adoption_table(results: Sequence[Result]) -> pd.DataFrame:
    rows = [
        {"scenario": r.label, "replicate": r.replicate, **r.more[0]}
        for r in results
        if r.more and r.more[0] is not None
    ]
    return pd.DataFrame(rows, columns=["scenario", "replicate", *ADOPTION])


def _transfer_table(results: Sequence[Result]) -> pd.DataFrame:
    frames = [
        pd.DataFrame(
            {"scenario": r.label, "replicate": r.replicate, "year": r.first_year + np.arange(len(r.more[1]))}
            | {AVOIDED_TRANSFERS: r.more[1]}
        )
        for r in results
        if not r.failed
    ]
    columns = ["scenario", "replicate", "year", AVOIDED_TRANSFERS]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
