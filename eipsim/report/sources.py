"""What a report is made from: the results of `eipsim run` or `eipsim compare`, or the store of a sweep, read in one way.

A source gives the runs of an outcome by scenario, tables where it has them, and where it comes from. What it lacks is None;
the sections of the report say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from eipsim.analysis.study import Study
from eipsim.errors import InputError, Mistake
from eipsim.outcomes.registry import UNITS
from eipsim.runs.simulation import Run
from eipsim.scenarios.entries import Target
from eipsim.scenarios.loading import apply_settings, load_scenario
from eipsim.scenarios.schema import Scenario

RUN, COMPARISON, STORE = "run", "comparison", "store"
# The files by which results are told apart.
FILES = {RUN: ("outcomes.parquet", "parks.parquet"), COMPARISON: ("pathways.parquet", "summary.csv")}


@dataclass(frozen=True, eq=False)
class Source:
    """Results on disk.

    kind : RUN, COMPARISON or STORE
    manifest : what the folder says of where it comes from
    """

    kind: str
    folder: Path
    manifest: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.folder.absolute().name

    @property
    def scenarios(self) -> Sequence[str]:
        """Labels, the baseline first."""
        raise NotImplementedError

    @property
    def baseline(self) -> str | None:
        """The scenario that others are held against; None where there is one scenario only."""
        raise NotImplementedError

    @property
    def years(self) -> Sequence[int]:
        raise NotImplementedError

    def values(self, outcome: str) -> dict[str, np.ndarray] | None:
        """An outcome by scenario [runs, years], row by row with the same draws; NaN where a run is missing, None where the
        outcome is not there."""
        raise NotImplementedError

    def scenario(self, label: str) -> Scenario | None:
        """The scenario as it was run; None where it cannot be read any more as it was."""
        raise NotImplementedError

    def targets(self, label: str) -> Mapping[str, Target]:
        """What the scenario aims at; nothing where that is not known any more."""
        found = self.scenario(label)
        return found.targets if found else {}

    def unit(self, outcome: str) -> str:
        return UNITS.get(outcome, "")

    def stored(self) -> Sequence[str]:
        """Names of the outcomes that there are."""
        raise NotImplementedError

    def table(self, file: str) -> pd.DataFrame | None:
        """A table of the folder by the name of its file; None where it has none."""
        path = self.folder / file
        if not path.is_file():
            return None
        with told(path):
            return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)

    @property
    def others(self) -> list[str]:
        """The scenarios that are held against the baseline."""
        return [name for name in self.scenarios if name != self.baseline] if self.baseline else []

    @cached_property
    def n_runs(self) -> int:
        """Runs of each scenario."""
        first = next((self.values(name) for name in self.stored()), None)
        return 0 if first is None else len(next(iter(first.values())))

    def cases(self) -> list[Mapping[str, Any]]:
        """The provenance of each scenario, where the manifest tells it by scenario."""
        return []


@dataclass(frozen=True, eq=False)
class OfRuns(Source):
    """Results in a tidy table: scenario, replicate, year, outcomes."""

    @cached_property
    def pathways(self) -> pd.DataFrame:
        raise NotImplementedError

    @cached_property
    def years(self) -> Sequence[int]:  # type: ignore[override]
        return [int(year) for year in np.unique(self.pathways["year"])]

    @cached_property
    def _grid(self) -> pd.MultiIndex:
        return pd.MultiIndex.from_product([np.unique(self.pathways["replicate"]), self.years])

    def values(self, outcome: str) -> dict[str, np.ndarray] | None:
        if outcome not in self.pathways:
            return None
        shape = (-1, len(self.years))
        by_scenario = self.pathways.groupby("scenario", sort=False)
        found = {
            str(name): rows.set_index(["replicate", "year"])[outcome].reindex(self._grid).to_numpy(float).reshape(shape)
            for name, rows in by_scenario
        }
        return {name: found[name] for name in self.scenarios if name in found}

    def stored(self) -> Sequence[str]:
        return [name for name in UNITS if name in self.pathways]

    def scenario(self, label: str) -> Scenario | None:
        case = self._case(label)
        return None if case is None else scenario_of(case)

    def targets(self, label: str) -> Mapping[str, Target]:
        aims = (self._case(label) or {}).get("aims", {})
        return {name: Target(**aim) for name, aim in aims.items()} or super().targets(label)

    def _case(self, label: str) -> Mapping[str, Any] | None:
        return next((case for case in self.cases() if case.get("label", case.get("scenario")) == label), None)


@dataclass(frozen=True, eq=False)
class RunSource(OfRuns):
    """What `eipsim run` has written, with its replicates if there are any."""

    @property
    def scenarios(self) -> Sequence[str]:
        return [str(self.manifest["scenario"])]

    @property
    def baseline(self) -> str | None:
        return None

    @cached_property
    def pathways(self) -> pd.DataFrame:
        many = self.table("replicates.parquet")
        if many is not None and len(many):
            return many.assign(scenario=self.scenarios[0])
        with told(self.folder / FILES[RUN][0]):
            one = pd.read_parquet(self.folder / FILES[RUN][0]).reset_index()
            return one.assign(scenario=self.scenarios[0], replicate=0, year=one["year"].astype(int))

    def cases(self) -> list[Mapping[str, Any]]:
        return [self.manifest]


@dataclass(frozen=True, eq=False)
class MemorySource(RunSource):
    """A run that is there, as if it had been written and read."""

    run: Run

    @cached_property
    def pathways(self) -> pd.DataFrame:
        one = self.run.outcomes.reset_index()
        return one.assign(scenario=self.scenarios[0], replicate=0, year=one["year"].astype(int))

    def table(self, file: str) -> pd.DataFrame | None:
        return self.run.files().get(file)


def source_of(run: Run) -> MemorySource:
    return MemorySource(RUN, Path(), run.manifest, run)


@dataclass(frozen=True, eq=False)
class ComparisonSource(OfRuns):
    """What `eipsim compare` has written."""

    @property
    def scenarios(self) -> Sequence[str]:
        names = [str(name) for name in dict.fromkeys(self.pathways["scenario"])]
        return sorted(names, key=lambda name: name != self.baseline)

    @property
    def baseline(self) -> str | None:
        return str(self.manifest["baseline"])

    @cached_property
    def pathways(self) -> pd.DataFrame:
        file = self.folder / FILES[COMPARISON][0]
        with told(file):
            table = pd.read_parquet(file)
            return table.assign(scenario=table["scenario"].astype(str), year=table["year"].astype(int))

    def cases(self) -> list[Mapping[str, Any]]:
        shared = {name: self.manifest.get(name) for name in ("seed", "ensemble")}
        return [{**shared, "replicate": 0, **case} for case in self.manifest.get("cases", [])]


@dataclass(frozen=True, eq=False)
class StoreSource(Source):
    """The store of a sweep."""

    @cached_property
    def study(self) -> Study:
        return Study(self.folder)

    @property
    def scenarios(self) -> Sequence[str]:
        return sorted(self.study.scenarios, key=lambda name: name != self.study.design.baseline)

    @property
    def baseline(self) -> str | None:
        return self.study.design.baseline or (self.study.scenarios[0] if len(self.study.scenarios) > 1 else None)

    @property
    def years(self) -> Sequence[int]:
        return self.study.years

    def stored(self) -> Sequence[str]:
        return list(self.study.outcomes)

    @cached_property
    def n_runs(self) -> int:
        _, rows, replicates = self.study.shape
        return rows * replicates

    def unit(self, outcome: str) -> str:
        return self.study.units.get(outcome) or UNITS.get(outcome, "")

    def values(self, outcome: str) -> dict[str, np.ndarray] | None:
        is_yearly = outcome.isidentifier()  # and no expression such as a sum over years, which is one number a run
        if not is_yearly or self.study.outcomes.get(outcome) not in (outcome, *UNITS):
            return None
        found = self.study.pathway(outcome)
        arrays = dict(zip(self.study.scenarios, found.reshape(len(found), -1, len(self.years))))
        return {name: arrays[name] for name in self.scenarios}

    def scenario(self, label: str) -> Scenario | None:
        return self.study.design.scenario(label) if self.study.design.model is None else None


@contextmanager
def told(file: Path) -> Iterator[None]:
    """What is wrong with a file of results, as an InputError."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
        if isinstance(error, InputError):
            raise
        what = f"cannot be read: {type(error).__name__}: {error}"
        raise InputError(
            Mistake(str(file), what, "the results are damaged or not of this version; make them again")
        ) from error


def scenario_of(case: Mapping[str, Any]) -> Scenario | None:
    """The scenario of a run from what its provenance says; None where the library has it no longer as it was."""
    try:
        found = apply_settings(load_scenario(str(case["scenario"])), dict(case.get("settings") or {}))
    except (InputError, KeyError):
        return None
    return found if found.digest == case.get("scenario_digest") else None
