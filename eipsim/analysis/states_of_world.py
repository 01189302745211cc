"""The states of the world that a stored ensemble went through: every row of the design with every replicate.

Scenarios are compared state by state, so a state counts only where all of them came to a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from eipsim.analysis.study import Study, positions
from eipsim.designs.factors import DUMMY, LUCK, PARAMETER_SET, Ensemble
from eipsim.errors import InputError, Mistake

BLOCKS = ("sobol", "saltelli", "morris", "finite_difference")  # samplers whose rows come in blocks that belong together
NO_SAMPLE = ("morris", "finite_difference", "fractional_factorial", "full_factorial", "listed")
NOT_A_SAMPLE = (
    "the {method} design is no random sample of the inputs: shares and means are of its points, each counted alike, "
    "not chances; latin or sobol designs give those"
)
FEW = 2  # states below which nothing can be compared


@dataclass(frozen=True, eq=False)
class States:
    """Where all scenarios have a result.

    scenarios : labels
    kept : bool [rows * replicates], the states that count
    rows : factors of every state that counts, a row each
    design_rows : [states] the row of the design
    replicates : [states] the replicate of it, all 0 where replicates are averaged
    blocks : [states] which of them were drawn together
    left_out : how many states were left out, by reason
    notes : what to keep in mind
    average : whether a state is a row of the design, with means over its replicates
    """

    scenarios: tuple[str, ...]
    positions: tuple[int, ...]
    kept: np.ndarray
    rows: pd.DataFrame
    design_rows: np.ndarray
    replicates: np.ndarray
    blocks: np.ndarray
    left_out: dict[str, int]
    notes: tuple[str, ...]
    average: bool

    def of(self, values: np.ndarray) -> np.ndarray:
        """Values [scenarios, rows, replicates] of a study as [scenarios, states]."""
        return _flat(values[list(self.positions)], self.average)[:, self.kept]

    @property
    def n(self) -> int:
        return len(self.blocks)

    @property
    def sets(self) -> np.ndarray:
        """[states] which of them have the same inputs."""
        columns = list(self.rows)
        return (
            self.rows.groupby(columns, sort=False, dropna=False).ngroup().to_numpy()
            if columns
            else np.zeros(self.n, int)
        )


def states_of(
    study: Study, *values: np.ndarray, scenarios: Sequence[str] | None = None, average: bool = False, least: int = 2
) -> States:
    """The states in which all `scenarios` have a result and all `values` [scenarios, rows, replicates] are numbers.

    `average` : over the replicates of a row, so that chance does not count; `least` : scenarios that must be there.
    Raises InputError for unknown scenarios, too few of them, and where too few states are left.
    """
    chosen = positions(scenarios, study.scenarios, "scenarios")
    if len(chosen) < least:
        hint = f"the store has {', '.join(study.scenarios)}"
        raise InputError(Mistake("scenarios", f"{len(chosen)} is too few: there is nothing to choose from", hint))
    finished = _flat(study.finished[chosen].astype(float), average)
    numbers = np.ones_like(finished)
    for one in values:
        numbers *= np.isfinite(_flat(one[chosen], average))
    came, known = (finished > 0.0).all(axis=0), (numbers > 0.0).all(axis=0)
    kept = np.asarray(came & known)
    left_out = {"a run failed or is still to come": int((~came).sum()), "there is no value": int((came & ~known).sum())}
    if kept.sum() < FEW:
        told = "; ".join(f"{count}: {reason}" for reason, count in left_out.items() if count)
        raise InputError(Mistake(str(study.store.folder), f"{kept.sum()} of {len(kept)} states can be used", told))
    each = 1 if average else len(study.replicates)
    rows = inputs_of(study)
    number = np.repeat(np.arange(len(rows)), each)[kept]
    names = tuple(study.scenarios[position] for position in chosen)
    return States(
        names, tuple(chosen), kept, rows.iloc[number].reset_index(drop=True), number,
        np.tile(np.arange(each), len(rows))[kept], blocks_of(study, average)[kept],
        {reason: count for reason, count in left_out.items() if count}, notes_of(study), average,
    )  # fmt: skip


def inputs_of(study: Study) -> pd.DataFrame:
    """The inputs of every row; a calibrated set of parameters as the parameters that it sets."""
    rows = study.rows.drop(columns=[DUMMY, LUCK], errors="ignore")
    factor = study.design.factors.get(PARAMETER_SET)
    if not isinstance(factor, Ensemble):
        return rows
    sets = pd.DataFrame(list(factor.levels), index=list(factor.labels)).loc[rows[PARAMETER_SET].tolist()]
    own = [name for name in sets if name not in rows]
    return pd.concat([rows.drop(columns=PARAMETER_SET), sets[own].set_axis(rows.index)], axis=1)


def _flat(values: np.ndarray, average: bool) -> np.ndarray:
    """[scenarios, states] of [scenarios, rows, replicates]; averages are over the replicates that there are."""
    if not average:
        return values.reshape(len(values), -1)
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.where(known, values, 0.0).sum(axis=-1) / known.sum(axis=-1)


def blocks_of(study: Study, average: bool = False) -> np.ndarray:
    """[rows * replicates] which states were drawn together.

    The rows of a Sobol block or a Morris trajectory share most of their inputs, the replicates of a row all of them.
    Without any factor that varies, every replicate stands for itself; rows that have the same calibrated set
    of parameters stand together.
    """
    n_rows, n_replicates = len(study.rows), 1 if average else len(study.replicates)
    if n_rows == 1:
        return np.arange(n_replicates)
    together = rows_together(study.design.sampler, n_rows)
    blocks = np.arange(n_rows) // together
    if PARAMETER_SET in study.rows and together == 1:
        blocks = pd.factorize(study.rows[PARAMETER_SET])[0]
    return np.repeat(blocks, n_replicates)


def rows_together(sampler: Any, n_rows: int) -> int:
    """How many consecutive rows of a design belong together."""
    n = getattr(sampler, "optimal", None) or getattr(sampler, "n", None)
    if sampler.method in BLOCKS and n and n_rows % n == 0:
        return n_rows // n
    return 1


def notes_of(study: Study) -> tuple[str, ...]:
    method = study.design.method
    return (NOT_A_SAMPLE.format(method=method),) if method in NO_SAMPLE and len(study.rows) > 1 else ()
