"""Scenario discovery: under which inputs does something happen?

>>> discover("results/failures", "parks_certified @2050 < 100").boxes                # doctest: +SKIP

A few limits of a few factors that hold most of the runs of interest and little else. They are told as a finding only where
they do that in runs they were not found in, too, and where the same factors are found again; else no condition was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from eipsim.analysis.discovery import unseen
from eipsim.analysis.discovery.box import Box, of_any, scores
from eipsim.analysis.discovery.prim_and_cart import MASS, FoundBoxes, Search, find
from eipsim.analysis.discovery.unseen import HeldOut
from eipsim.analysis.states_of_world import States, no_value_of, partly_known, refuse_too_few, states_of
from eipsim.analysis.study import Study, StudyLike, study_of
from eipsim.analysis.subsets import as_text, is_numeric
from eipsim.core.numbers import whole_share
from eipsim.errors import Mistake, Mistakes, unknown
from eipsim.runs.saving import Saved
from eipsim.runs.simulation import Progress

METHODS = ("prim", "cart")
RESAMPLES, HALF = 20, 0.5
POLICY = "policy"  # the factor that scenarios are, where several are looked at together
FEW_CASES = 20
LEVELS = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Discovery(Saved):
    """Boxes of the rows in which `where` holds.

    where : the condition; scenarios : in which it was asked
    rows, of_interest : factors of every row, and whether the condition holds in at least `share` of its replicates
    found : the boxes of the search and PRIM's way to them: candidates, of which `boxes` are told
    blocks : which rows belong together
    which : by which box of a search that did not see it each row is held (`unseen.boxes_elsewhere`)
    resampled : the boxes of every bootstrap resample, and its way
    left_out, in_all : how many rows were left out, by reason, and of how many
    """

    where: str
    share: float
    search: Search
    scenarios: tuple[str, ...]
    rows: pd.DataFrame = field(repr=False)
    of_interest: np.ndarray = field(repr=False)
    found: FoundBoxes = field(repr=False)
    blocks: np.ndarray = field(repr=False)
    which: np.ndarray = field(repr=False)
    resampled: tuple[FoundBoxes, ...] = field(repr=False)
    left_out: dict[str, int] = field(default_factory=dict)
    in_all: int = 0
    notes: tuple[str, ...] = ()
    seed: int = 1
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """The findings: boxes up to the first that is none, without limits that resamples do not find again."""
        told: list[Box] = []
        for number, box in enumerate(self.found.boxes, 1):
            if self._why_not(number):
                break
            told.append(unseen.confirmed(box, self._alike(number), self.rows, self.of_interest, told))
        return tuple(told)

    def _why_not(self, number: int) -> str:
        """Why the candidate of this number is no finding by itself; empty where it is one."""
        if not self.resampled:
            return unseen.NO_RESAMPLES
        if (self.which < 0).all():
            return unseen.TOO_FEW
        if not self.held_out(number).is_denser:
            return unseen.NO_DENSER
        box = unseen.confirmed(self.found.boxes[number - 1], self._alike(number), self.rows, self.of_interest)
        return "" if box.limits else unseen.NOT_AGAIN

    def held_out(self, number: int) -> HeldOut:
        """The candidate of this number in rows that the searches did not see."""
        return unseen.held_out(self.which, self.of_interest, self.blocks, number)

    def _alike(self, number: int) -> list[Box | None]:
        """The box of each resample that is most like the candidate of this number."""
        box = self.found.boxes[number - 1]
        return [unseen.alike(box, found.boxes, self.rows) for found in self.resampled]

    def candidates(self) -> pd.DataFrame:
        """A row per box of the search: whether it is told, and why not; coverage, density and mass in the rows it was found in;
        rows, density with its 95 % interval, and coverage in rows that the searches did not see, beside the density of all
        rows that no earlier box holds (base); limits in words."""
        columns = ["box", "told", "why_not", "coverage", "density", "mass", "unseen_rows", "unseen_density", "unseen_low",
                   "unseen_high", "unseen_base", "unseen_coverage", "limits"]  # fmt: skip
        rows = [self._candidate(number, box) for number, box in enumerate(self.found.boxes, 1)]
        return pd.DataFrame(rows, columns=columns)

    def _candidate(self, number: int, box: Box) -> dict[str, Any]:
        told, apart = number <= len(self.boxes), vars(self.held_out(number))
        why = "" if told else self._why_not(number) or unseen.AFTER
        row = {"box": number, "told": told, "why_not": why, "limits": str(box)}
        row |= {name: getattr(box, name) for name in ("coverage", "density", "mass")}
        return row | {f"unseen_{name}": value for name, value in apart.items()}

    @property
    def base(self) -> float:
        """Share of all rows that are of interest."""
        return float(self.of_interest.mean())

    def scores(self) -> pd.DataFrame:
        """A row per finding, and one of all boxes together: coverage, density, mass, counts, and the limits in words."""
        rows: list[dict[str, Any]] = [
            {"box": str(number), **scores(box.holds(self.rows), self.of_interest), "limits": str(box)}
            for number, box in enumerate(self.boxes, 1)
        ]
        if len(self.boxes) > 1:
            together = scores(of_any(self.boxes, self.rows), self.of_interest)
            rows.append({"box": "all", **together, "limits": "any of the boxes"})
        columns = ["box", "coverage", "density", "mass", "rows", "cases", "limits"]
        return pd.DataFrame(rows, columns=columns)

    def limits(self) -> pd.DataFrame:
        """A row per limit: box, factor, low and high (infinite: open) or labels, quasi-p-values, and how often resamples
        limit the factor, with the 5-95 % range of each end among those that do."""
        rows = []
        for number, box in enumerate(self.boxes, 1):
            for limit in box.limits:
                again = self._again(number - 1, limit.factor)
                labels = " or ".join(sorted(limit.labels or ()))
                rows.append(vars(limit) | {"box": number, "labels": labels} | again)
        columns = ["box", "factor", "low", "high", "labels", "qp_low", "qp_high", "resamples",
                   "low_5", "low_95", "high_5", "high_95"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def _again(self, position: int, factor: str) -> dict[str, float]:
        """How often the box most like this one limits the factor, and where."""
        others = [box for box in self._alike(position + 1) if box is not None]
        limits = [limit for box in others for limit in box.limits if limit.factor == factor]
        row: dict[str, float] = {"resamples": len(limits) / len(self.resampled) if self.resampled else np.nan}
        for end in ("low", "high"):
            values = [getattr(limit, end) for limit in limits if np.isfinite(getattr(limit, end))] or [np.nan]
            row |= {f"{end}_{round(100 * level)}": float(np.quantile(values, level)) for level in LEVELS}
        return row

    def reproducibility(self) -> pd.DataFrame:
        """A row per factor: share of resamples in which it is limited.

        box : in the first box chosen there; same_coverage, same_density : in the box on PRIM's way that is nearest in
        coverage, or density, to the first box here (Bryant and Lempert 2010).
        """
        count = {name: dict.fromkeys(("box", "same_coverage", "same_density"), 0.0) for name in self.rows}
        for found in self.resampled:
            for name in found.boxes[0].factors if found.boxes else ():
                count[name]["box"] += 1.0 / len(self.resampled)
            for score, names in self._nearest(found):
                for name in names:
                    count[name][score] += 1.0 / len(self.resampled)
        table = pd.DataFrame.from_dict(count, orient="index").rename_axis("factor").reset_index()
        if self.search.method != "prim":
            table = table[["factor", "box"]]
        return table.sort_values("box", ascending=False, kind="stable").reset_index(drop=True)

    def _nearest(self, found: FoundBoxes) -> Iterator[tuple[str, list[str]]]:
        if not len(found.trajectory) or not self.found.boxes:
            return
        way, first = found.trajectory[found.trajectory["box"] == 1], self.found.boxes[0]
        for score in ("coverage", "density"):
            away = (way[score] - getattr(first, score)).abs()
            nearest = way[away <= away.min() + 1e-12].iloc[-1]  # of boxes as near, the last: it is the densest
            yield f"same_{score}", [name for name in nearest["limited"].split(", ") if name]

    @cached_property
    def finding(self) -> str:
        """What was found, in one sentence."""
        n, cases = len(self.rows), int(self.of_interest.sum())
        if cases in (0, n):
            return f"{self.where} in {cases} of {n} rows: there is nothing to tell apart"
        if not self.boxes:
            return f"no condition was found: {self.where} in {cases} of {n} rows, {self._nothing()}"
        total = scores(of_any(self.boxes, self.rows), self.of_interest)
        limits = " or ".join(f"({box})" if len(self.boxes) > 1 else str(box) for box in self.boxes)
        return (
            f"{self.where} where {limits}: {whole_share(total['density'])} of the rows there (of all: {whole_share(self.base)}), "
            f"and {whole_share(total['coverage'])} of all rows in which it holds; in rows that the search did not see, "
            f"{self.told_unseen}"
        )

    def _nothing(self) -> str:
        """Why no box is told."""
        if not self.found.boxes:
            return "and no box holds them clearly better than chance"
        if (why := self._why_not(1)) != unseen.NO_DENSER:
            return f"and of the best box, {self.found.boxes[0]}: {why}"
        if not self.held_out(1).rows:
            return "and without a part of the rows the search finds no box"
        return f"and the best box is of no use in rows that the search did not see: {self._unseen(1)}"

    @property
    def told_unseen(self) -> str:
        """How dense the boxes told are in rows that the searches did not see, in words."""
        return "; ".join(self._unseen(number) for number in range(1, len(self.boxes) + 1))

    def _unseen(self, number: int) -> str:
        there = self.held_out(number)
        low, high = whole_share(there.low), whole_share(there.high)
        return f"{whole_share(there.density)} ({low} to {high}), of all {whole_share(there.base)}"

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        rows = self.rows.assign(of_interest=self.of_interest)
        for number, box in enumerate(self.boxes, 1):
            rows[f"box_{number}"] = box.holds(self.rows)
        tables = {"boxes": self.scores(), "limits": self.limits(), "reproducibility": self.reproducibility()}
        tables |= {"candidates": self.candidates(), "rows": rows}
        return tables | ({"trajectory": self.found.trajectory} if len(self.found.trajectory) else {})

    @property
    def manifest(self) -> dict[str, Any]:
        return {
            **self.provenance, "where": self.where, "share": self.share, **vars(self.search), "scenarios": self.scenarios,
            "rows": len(self.rows), "rows_in_all": self.in_all, "cases": int(self.of_interest.sum()),
            "left_out": self.left_out, "notes": self.notes, "resamples": len(self.resampled),
            "candidates": len(self.found.boxes), "seed": self.seed, "finding": self.finding,
        }  # fmt: skip

    def files(self) -> dict[str, pd.DataFrame]:
        return {f"{name}.csv": table for name, table in self.tables().items()}


def discover(
    study: StudyLike,
    where: str,
    *,
    scenarios: Sequence[str] | str | None = None,
    factors: Sequence[str] | None = None,
    method: str = "prim",
    boxes: int = 1,
    density: float | None = None,
    share: float = HALF,
    mass: float | None = None,
    resamples: int = RESAMPLES,
    seed: int = 1,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Discovery:
    """Find the inputs under which `where` holds in a stored design.

    Parameters
    ----------
    study : Study, Store or folder of a store
    where : condition, as `parks_certified @2050 < 100`
    scenarios : labels; None = all. Several are looked at together, the scenario as one more factor, `policy`.
    factors : the factors that boxes may limit; None = all that vary
    method : "prim" or "cart"
    boxes : at most so many, each for what the ones before leave
    density : least share of rows of interest in a box; None = the best balance of coverage and density
    share : a row is of interest when the condition holds in at least this share of its replicates
    mass : least share of all rows in a box; None = 0.05, and 0.02 for cart
    resamples : of the bootstrap; with 0 nothing is tested, nor told as a finding; seed : of resamples and of the parts left out
    jobs : workers, -1 for one a core; the boxes do not depend on it
    progress : called with (searches done, searches in all)

    A box is a finding only where the same search, made without a part of the rows, does better in that part than chance, and
    where resamples limit the same factors (see `eipsim.analysis.discovery.unseen`); `candidates` has what else was found.
    Rows without any result, and those in which the condition has no value, are left out and told. Raises InputError with every
    mistake, and where no rows are left.
    """
    study = study_of(study)
    _check(method, boxes, density, share, mass, resamples, jobs)
    mass = MASS[method] if mass is None else mass
    wanted = [scenarios] if isinstance(scenarios, str) else scenarios
    states = states_of(study, scenarios=wanted, average=True, least=1)
    holds = study.holds(where)
    shares = states.of(holds).ravel()  # of the replicates of a row in which the condition has a value
    known, left_out = _with_value(study, states, where, shares)
    rows, blocks = _pooled(states, known, factors)
    of_interest = shares[known] >= share - 1e-9
    notes = (*states.notes, *partly_known(study, where, holds[list(states.positions)], states.scenarios))
    search = Search(method, boxes, density, mass)
    found = find(rows, of_interest, search)
    which = np.full(len(rows), -1)
    again: tuple[FoundBoxes, ...] = ()
    if found.boxes and resamples:
        data, spread = unseen.Data(rows, of_interest, blocks, seed), unseen.Spread(jobs, progress)
        which, again = unseen.boxes_elsewhere(data, search, resamples, spread)
    return Discovery(
        where, share, search, states.scenarios, rows, of_interest, found, blocks, which, again, left_out,
        states.in_all * len(states.scenarios), (*notes, *_notes(of_interest)), seed,
        {"store": str(study.store.folder), "design": study.design.digest, "origin": study.origin},
    )  # fmt: skip


def _with_value(study: Study, states: States, where: str, shares: np.ndarray) -> tuple[np.ndarray, dict[str, int]]:
    """Which rows of all scenarios have a value of the condition (bool), and how many are left out, by reason."""
    known, n = np.isfinite(shares), len(states.scenarios)
    left_out = {reason: count * n for reason, count in states.left_out.items()}
    if not known.all():
        left_out[no_value_of(study, where, states.scenarios)] = int((~known).sum())
    refuse_too_few(study, int(known.sum()), states.in_all * n, left_out, "rows")
    return known, left_out


def _pooled(states: States, known: np.ndarray, factors: Sequence[str] | None) -> tuple[pd.DataFrame, np.ndarray]:
    """The `known` rows of all scenarios under each other: factors that vary, blocks."""
    n = len(states.scenarios)
    rows = pd.concat([states.rows] * n, ignore_index=True)
    if n > 1:
        rows[POLICY] = np.repeat(np.array(states.scenarios, dtype=object), states.n)
    rows = rows[known].reset_index(drop=True)
    varying = [name for name in rows if rows[name].map(as_text).nunique() > 1]
    chosen = varying if factors is None else list(factors)
    Mistakes(unknown("factors", "factor that varies", name, varying) for name in chosen if name not in varying).tell()
    plain = pd.DataFrame({name: _plain(rows[name]) for name in chosen})
    return plain, np.tile(states.blocks, n)[known]


def _plain(column: pd.Series) -> pd.Series:
    """A factor as numbers or as text."""
    return column.astype(float) if is_numeric(column) else column.map(as_text).astype(object)


def _check(
    method: str, boxes: int, density: float | None, share: float, mass: float | None, resamples: int, jobs: int
) -> None:
    found = Mistakes([] if method in METHODS else [unknown("method", "method", method, METHODS)])
    allowed = {
        "boxes": (boxes, 1 <= boxes <= 10, "from 1 to 10"),
        "density": (density, density is None or 0.0 < density <= 1.0, "above 0, at most 1"),
        "share": (share, 0.0 < share <= 1.0, "above 0, at most 1"),
        "mass": (mass, mass is None or 0.0 < mass <= 0.5, "above 0, at most 0.5"),
        "resamples": (resamples, resamples >= 0, "0 or more"),
        "jobs": (jobs, jobs != 0, "1 or more, or -1 for one a core"),
    }
    found += [Mistake(name, f"{value} is out of range", hint) for name, (value, ok, hint) in allowed.items() if not ok]
    found.tell()


def _notes(of_interest: np.ndarray) -> tuple[str, ...]:
    cases = int(min(of_interest.sum(), (~of_interest).sum()))
    if 0 < cases < FEW_CASES:
        return (f"only {cases} rows are of the rarer kind: limits found from so few are mostly noise",)
    return ()
