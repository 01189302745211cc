"""What an analysis does about runs without a result: refuse, or leave out whole blocks or single rows; never silently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from eipsim.analysis.sensitivity.methods import METHODS, USUAL, Sample
from eipsim.analysis.study import Study
from eipsim.errors import InputError, Mistake

MOST_DROPPED = 0.05  # of the blocks of a structured design
SHOWN = 5
DROP_BLOCKS = "drop_blocks"


def independent_rows(method: str, sample: Sample) -> np.ndarray | None:
    """For methods that take every row for itself, the points of a structured design that do not follow from others.

    Of Sobol's blocks the first and the last, of trajectories and steps the first. None: all rows, as they are. InputError
    where there is none.
    """
    if METHODS[method].samplers is not None or sample.settings.method not in USUAL:
        return None
    own = METHODS[USUAL[sample.settings.method]]
    size = own.block(sample)
    if size is None:
        what = f"takes points as independent, and those of {sample.settings.method} follow from one another"
        raise InputError(Mistake("method", f"{method} {what}", f"allowed: {USUAL[sample.settings.method]}"))
    if size == 1:
        return None
    starts = np.arange(0, len(sample.unit), size)
    return np.sort(np.concatenate([starts, starts + size - 1])) if own is METHODS["sobol"] else starts


@dataclass(frozen=True)
class Kept:
    """Rows of the design that are analysed, how many are not, columns without any value, and what is to be told."""

    rows: np.ndarray
    dropped: int
    empty: np.ndarray
    told: tuple[str, ...] = ()


def kept_rows(
    study: Study, method: str, sample: Sample, scenarios: tuple[str, ...], outcome: str, values: np.ndarray
) -> Kept:
    """Which rows of `values` [rows, seeds, columns] to analyse: of a scenario, or of its difference from another one.

    InputError where none may be left out.
    """
    where = f"{outcome} in {' minus '.join(scenarios)}"
    known = np.isfinite(values)
    empty = ~known.any(axis=(0, 1))
    bad = ~known[:, :, ~empty].all(axis=(1, 2))
    if empty.all():
        raise InputError(Mistake(where, "has no value in any run", _why_none(study, scenarios, outcome, values)))
    if not bad.any():
        return Kept(np.arange(len(values)), 0, empty)
    what = f"has no value in {int(bad.sum())} of {len(bad)} rows"
    size = METHODS[method].block(sample)
    if size == 1:
        rows = np.flatnonzero(~bad)
        return Kept(rows, int(bad.sum()), empty, (f"{where} {what}, which are left out{_may_differ(bad)}",))
    if size is None or study.design.on_failure != DROP_BLOCKS:
        needed = Mistake(where, f"{what}, and {method} needs them all", _remedy(size))
        raise InputError([needed, *_listed(study, scenarios)])
    blocks = bad.reshape(-1, size).any(axis=1)
    if blocks.mean() > MOST_DROPPED:
        hint = f"at most {MOST_DROPPED:.0%} may be left out; a method that takes rows one by one can leave out more: pawn, hdmr"
        what = f"{what}, that is {int(blocks.sum())} of {len(blocks)} blocks of {method}"
        raise InputError([Mistake(where, what, hint), *_listed(study, scenarios)])
    rows = np.flatnonzero(np.repeat(~blocks, size))
    told = f"{where} {what}: {int(blocks.sum())} of {len(blocks)} blocks are left out"
    return Kept(rows, int(blocks.sum()) * size, empty, (told,))


def _remedy(size: int | None) -> str:
    drop = "" if size is None else "; on_failure: drop_blocks in the design leaves out whole blocks"
    others = "a method that takes rows one by one leaves them out: pawn, delta, rsa, rbd_fast, hdmr"
    return f"`eipsim sweep` runs what is missing{drop}; {others}"


def _may_differ(bad: np.ndarray) -> str:
    return "; they may not be like the others" if bad.mean() > MOST_DROPPED else ""


def _listed(study: Study, scenarios: tuple[str, ...]) -> list[Mistake]:
    """The first of the runs without result, by key, with what went wrong."""
    runs = study.missing[study.missing["scenario"].isin(scenarios)]
    lines = [
        Mistake(f"run {run.key}", f"row {run.row}, replicate {run.replicate}: {run.reason}", str(run.message)[:200])
        for run in runs.head(SHOWN).itertuples()
    ]
    more = [Mistake("missing", f"and {len(runs) - SHOWN} more", "see Study.missing")] if len(runs) > SHOWN else []
    return lines + more


def _why_none(study: Study, scenarios: tuple[str, ...], outcome: str, values: np.ndarray) -> str:
    """Why no run has a value; of outcomes over time, which have no year, only that none does."""
    runs: Any = study.missing[study.missing["scenario"].isin(scenarios)]
    if len(runs):
        return f"{len(runs)} runs failed or have not been run"
    over_time = values.shape[-1] > 1
    return "it is undefined everywhere" if over_time else study.why_no_value(outcome, list(scenarios))
