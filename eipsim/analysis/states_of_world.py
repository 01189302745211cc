"""The states of the world that a stored ensemble went through: every row of the design with every replicate.

Scenarios are compared state by state, so a state counts only where all of them came to a result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from eipsim.analysis.study import Study, positions
from eipsim.designs.design import COMMON
from eipsim.designs.factors import DUMMY, LUCK, PARAMETER_SET, POPULATION, Ensemble
from eipsim.designs.notes import notes_on
from eipsim.errors import InputError, Mistake

BLOCKS = ("sobol", "saltelli", "morris", "finite_difference")  # samplers whose rows come in blocks that belong together
LATIN = "latin"
NO_SAMPLE = ("morris", "finite_difference", "fractional_factorial", "full_factorial", "listed")
NOT_A_SAMPLE = (
    "the {method} design is no random sample of the inputs: shares and means are of its points, each counted alike, "
    "not chances; latin or sobol designs give those"
)
ONE_HYPERCUBE = (
    "points of one Latin hypercube are taken as independent: intervals of means and shares are wider than they need be, "
    "never narrower; repeats: 10 in the sampler makes several hypercubes, whose spread tells how wide"
)
MOST = 0.5  # of the rows
FEW = 2  # states below which nothing can be compared
NOT_FINISHED = "a run failed or is still to come"
SOME_REPLICATES = (
    "in {partly} of {rows} rows {text} has a value in some replicates only, and means are over these, because {why}"
)


@dataclass(frozen=True, eq=False)
class States:
    """Where all scenarios have a result, and a value of what is asked.

    scenarios : labels
    kept : bool [rows * replicates], the states that count
    rows : factors of every state that counts, a row each
    design_rows : [states] the row of the design
    blocks : [states] which of them were drawn together
    draws : [states] the replicate, where its draws are the same in all rows; None where they are not, or are averaged
    left_out : how many states were left out, by reason
    notes : what to keep in mind
    average : whether a state is a row of the design, with means over its replicates
    """

    scenarios: tuple[str, ...]
    positions: tuple[int, ...]
    kept: np.ndarray
    rows: pd.DataFrame
    design_rows: np.ndarray
    blocks: np.ndarray
    left_out: dict[str, int]
    notes: tuple[str, ...]
    average: bool
    draws: np.ndarray | None = None

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
        if not columns:
            return np.zeros(self.n, dtype=int)
        return self.rows.groupby(columns, sort=False, dropna=False).ngroup().to_numpy()

    @property
    def in_all(self) -> int:
        """How many states there are, with those that were left out."""
        return len(self.kept)


def states_of(
    study: Study,
    values: Mapping[str, np.ndarray] | None = None,
    *,
    scenarios: Sequence[str] | None = None,
    average: bool = False,
    least: int = 2,
) -> States:
    """The states in which all `scenarios` have a result and every expression or condition has a value.

    values : by expression or condition, [scenarios, rows, replicates]
    average : over the replicates of a row, so that chance does not count
    least : scenarios that must be there

    Raises InputError for unknown scenarios, too few of them, and where too few states are left.
    """
    chosen = positions(scenarios, study.scenarios, "scenarios")
    if len(chosen) < least:
        hint = f"the store has {', '.join(study.scenarios)}"
        raise InputError(Mistake("scenarios", f"{len(chosen)} is too few: there is nothing to choose from", hint))
    names = tuple(study.scenarios[position] for position in chosen)
    kept = np.asarray((_flat(study.finished[chosen].astype(float), average) > 0.0).all(axis=0))
    left_out, notes = {NOT_FINISHED: int((~kept).sum())}, list(notes_of(study))
    for text, runs in (values or {}).items():
        known = np.isfinite(_flat(runs[chosen], average)).all(axis=0)
        if (kept & ~known).any():
            left_out[no_value_of(study, text, names)] = int((kept & ~known).sum())
        kept &= known
        if average:
            notes += partly_known(study, text, runs[chosen], names)
    refuse_too_few(study, int(kept.sum()), len(kept), left_out)
    each = 1 if average else len(study.replicates)
    rows = inputs_of(study)
    number = np.repeat(np.arange(len(rows)), each)[kept]
    return States(
        names, tuple(chosen), kept, rows.iloc[number].reset_index(drop=True), number, blocks_of(study, average)[kept],
        {reason: count for reason, count in left_out.items() if count}, tuple(notes), average,
        draws_of(study, average, kept),
    )  # fmt: skip


def no_value_of(study: Study, text: str, scenarios: Sequence[str]) -> str:
    """The reason of leaving out states in which an expression or condition has no value."""
    return f"{text} has no value there: {study.why_no_value(text, scenarios)}"


def partly_known(study: Study, text: str, runs: np.ndarray, scenarios: Sequence[str]) -> list[str]:
    """What to say where only some of the finished replicates of a row have a value; `runs` [scenarios, rows, replicates]."""
    chosen = positions(scenarios, study.scenarios, "scenarios")
    known, came = np.isfinite(runs), study.finished[chosen]
    partly = int((known.any(axis=-1) & (came & ~known).any(axis=-1)).sum())
    why = study.why_no_value(text, scenarios) if partly else ""
    return [SOME_REPLICATES.format(partly=partly, rows=known[..., 0].size, text=text, why=why)] if partly else []


def refuse_too_few(study: Study, usable: int, in_all: int, left_out: Mapping[str, int], what: str = "states") -> None:
    """InputError where too few states, or rows, are left, with what became of the others."""
    if usable < FEW:
        told = "; ".join(f"in {count}, {reason}" for reason, count in left_out.items() if count)
        raise InputError(Mistake(str(study.store.folder), f"{usable} of {in_all} {what} can be used", told))


def inputs_of(study: Study) -> pd.DataFrame:
    """The inputs of every row; a calibrated set of parameters as the parameters that it sets."""
    chance = [DUMMY, LUCK] if study.design.model else [DUMMY, LUCK, POPULATION]
    rows = study.rows.drop(columns=chance, errors="ignore")
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

    The rows of a Sobol block or a Morris trajectory share most of their inputs, the replicates of a row all of them; those of
    a Latin hypercube lie evenly because of each other, so that of several hypercubes each is one observation.
    Without any factor that varies, every population stands for itself, or every replicate where there is one; rows that have the
    same set of parameters, or the same synthetic population, stand together.
    """
    n_rows, n_replicates, design = len(study.rows), 1 if average else len(study.replicates), study.design
    if n_rows == 1:
        return _of_replicates(study)[:n_replicates]
    blocks = np.arange(n_rows) // rows_together(design.sampler, n_rows)
    if design.method not in BLOCKS:
        blocks = _with_sets_and_populations(study, blocks)
    return np.repeat(blocks, n_replicates)


def _of_replicates(study: Study) -> np.ndarray:
    """[replicates] what the replicates of a row have of their own: a population where several have one, else their draws."""
    number, populations = np.arange(len(study.replicates)), study.design.populations_of_replicates
    return number % populations if populations > 1 else number


def _with_sets_and_populations(study: Study, blocks: np.ndarray) -> np.ndarray:
    """The `blocks` [rows], or which rows have a set, or a population, in common: where both vary, by what there is less of."""
    rows, design = study.rows, study.design
    if PARAMETER_SET in rows:
        blocks = pd.factorize(rows[PARAMETER_SET])[0]
    if design.has_one_population or design.model:
        return blocks
    firms = pd.factorize(design.population_of(np.arange(len(rows)), 0))[0]
    fewer = PARAMETER_SET not in rows or firms.max() < blocks.max()
    return firms if fewer and firms.max() > 0 and _are_shared(firms, blocks) else blocks


def _are_shared(firms: np.ndarray, blocks: np.ndarray) -> bool:
    """Whether most rows have their population in common with rows of another block."""
    pairs = np.unique(np.column_stack([firms, blocks]), axis=0)
    blocks_of_population = np.bincount(pairs[:, 0])
    return bool(np.mean(blocks_of_population[firms] > 1) > MOST)


def rows_together(sampler: Any, n_rows: int) -> int:
    """How many consecutive rows of a design belong together."""
    n = getattr(sampler, "optimal", None) or getattr(sampler, "n", None)
    if sampler.method in BLOCKS and n and n_rows % n == 0:
        return n_rows // n
    return sampler.n if hypercubes_of(sampler) > 1 else 1


def hypercubes_of(sampler: Any) -> int:
    """How many independent Latin hypercubes a design has; 0 where its points are none."""
    return sampler.repeats if sampler is not None and sampler.method == LATIN else 0


def draws_of(study: Study, average: bool, kept: np.ndarray) -> np.ndarray | None:
    """[states] which replicate or population they are of, where it is the same in all rows; None elsewhere."""
    n, replicates, design = len(study.rows), len(study.replicates), study.design
    is_same = design.draws == COMMON or design.populations_of_replicates > 1
    if average or n == 1 or replicates == 1 or not is_same:
        return None
    return np.tile(_of_replicates(study), n)[kept]


def note_on_intervals(study: Study) -> tuple[str, ...]:
    """What to know of intervals over the points of a design."""
    is_single = hypercubes_of(study.design.sampler) == 1 and len(study.rows) > 1
    return (ONE_HYPERCUBE,) if is_single and PARAMETER_SET not in study.rows else ()


def notes_of(study: Study) -> tuple[str, ...]:
    method = study.design.method
    told = (NOT_A_SAMPLE.format(method=method),) if method in NO_SAMPLE and len(study.rows) > 1 else ()
    return (*told, *notes_on(study.design))
