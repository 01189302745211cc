"""What a search for boxes is worth in rows that it did not see, and how often resamples find the same.

The best of many boxes looks good in the rows it was chosen by, in pure noise too. Therefore the whole search is made again
without a part of the rows, for each of five parts in turn, and the boxes it gives are judged by the part left out: a box is
a finding only where these rows are denser than all rows with 95 % confidence, and where bootstrap resamples limit the same
factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eipsim.analysis.choice.scores import redrawn, share_interval
from eipsim.analysis.discovery.box import Box, of_any, simplified
from eipsim.analysis.discovery.prim_and_cart import FoundBoxes, Search, find, library
from eipsim.runs.simulation import Progress
from eipsim.sweeps.workers import run_tasks

FOLDS = 5
AGAIN = 0.5  # share of resamples that must limit a factor for its limit to be told
TOO_FEW, NO_RESAMPLES = "there are too few rows to leave some out", "without resamples nothing is tested"
NO_DENSER, NOT_AGAIN = "no denser than all rows where the search did not look", "resamples do not find it again"
AFTER = "it is looked for in what an earlier box leaves, and that is no finding"


@dataclass(frozen=True)
class Data:
    """What is searched: factors of every row, whether it is of interest, which rows belong together; the seed of other rows."""

    rows: pd.DataFrame
    of_interest: np.ndarray
    blocks: np.ndarray
    seed: int = 1


@dataclass(frozen=True)
class Spread:
    """On how many workers, and whom to tell (searches done, searches in all)."""

    jobs: int = 1
    progress: Progress | None = None


@dataclass(frozen=True)
class HeldOut:
    """A box in the rows that the searches behind it did not see.

    rows : how many of them lie in it; density : share of these that are of interest, with its 95 % interval low to high;
    base : the same of all rows that no earlier box holds; coverage : share of all rows of interest
    """

    rows: int = 0
    density: float = np.nan
    low: float = np.nan
    high: float = np.nan
    base: float = np.nan
    coverage: float = np.nan

    @property
    def is_denser(self) -> bool:
        """Whether the interval lies above the base; not where there is none."""
        return bool(self.low > self.base)


def boxes_elsewhere(
    data: Data, search: Search, resamples: int, spread: Spread
) -> tuple[np.ndarray, tuple[FoundBoxes, ...]]:
    """The same search in other rows: without a part of them, for each part in turn, and in blocks drawn with replacement.

    Gives by which box of a search that did not see it each row is held: 1, 2, ..., 0 by none, -1 where nothing could be left
    out (rows of a block are left out together); and what the search finds in each resample.
    """
    parts = list(folds(data.of_interest, data.blocks, data.seed))
    drawn = redrawn(data.blocks, resamples, np.random.default_rng(data.seed))
    samples = [seen for seen, _ in parts] + [np.repeat(np.arange(len(data.rows)), times) for times in drawn]
    tasks = [(data.rows.iloc[rows].reset_index(drop=True), data.of_interest[rows], search) for rows in samples]
    found = run_tasks(find, tasks, spread.jobs, "loky", spread.progress)
    which = np.full(len(data.rows), -1)
    for (_, unseen), one in zip(parts, found):
        which[unseen] = first_of(one.boxes, data.rows.iloc[unseen])
    return which, tuple(found[len(parts) :])


def folds(of_interest: np.ndarray, blocks: np.ndarray, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(rows seen, rows left out) of each part; all parts have about as many rows of interest."""
    cases = int(min(of_interest.sum(), (~of_interest).sum()))
    parts = min(FOLDS, cases, len(np.unique(blocks)))
    if parts < 2:
        return iter(())
    splitter = library("sklearn.model_selection").StratifiedGroupKFold(parts, shuffle=True, random_state=seed)
    return splitter.split(np.zeros((len(blocks), 1)), of_interest, blocks)


def first_of(boxes: Sequence[Box], rows: pd.DataFrame) -> np.ndarray:
    """The number of the first box that holds each row, 0 where none does."""
    which = np.zeros(len(rows), dtype=int)
    for number in range(len(boxes), 0, -1):
        which[boxes[number - 1].holds(rows)] = number
    return which


def held_out(which: np.ndarray, of_interest: np.ndarray, blocks: np.ndarray, number: int) -> HeldOut:
    """The box of this number in rows unseen; `which` as `boxes_unseen` gives it."""
    left, inside = (which == 0) | (which >= number), which == number
    if not inside.any():
        return HeldOut(base=float(of_interest[left].mean()) if left.any() else np.nan)
    density = share_interval(of_interest[inside], blocks[inside])
    coverage = (inside & of_interest).sum() / of_interest.sum()
    return HeldOut(int(inside.sum()), *density, float(of_interest[left].mean()), float(coverage))


def alike(box: Box, others: Sequence[Box], rows: pd.DataFrame) -> Box | None:
    """The one of the others that shares most rows with the box; None where there is none."""
    inside = box.holds(rows)
    overlap = [(inside & other.holds(rows)).sum() / max(1, (inside | other.holds(rows)).sum()) for other in others]
    return others[int(np.argmax(overlap))] if overlap else None


def confirmed(
    box: Box, again: Sequence[Box | None], rows: pd.DataFrame, of_interest: np.ndarray, earlier: Sequence[Box] = ()
) -> Box:
    """The box with those limits only whose factor is limited in at least half of the resamples, and its scores.

    again : the box of each resample that is most like it
    """
    shares = {name: sum(name in other.factors for other in again if other) / len(again) for name in box.factors}
    kept = tuple(limit for limit in box.limits if shares[limit.factor] >= AGAIN)
    left = ~of_any(earlier, rows)
    return simplified(Box(kept), rows[left], of_interest[left]).scored(rows, of_interest)
