"""A stored ensemble as arrays: any expression of its outcomes, in every scenario, row of the design and replicate.

>>> study = Study("results/what-matters")                                            # doctest: +SKIP
>>> study.values("sum(public_spending_usd @2026..2050)").shape                       # doctest: +SKIP
(2, 1024, 4)

An expression speaks of what is stored: outcomes by name, and parts of the country by the expression or by the name that
the design gave them. A number where a run is missing is NaN, and so is a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from eipsim.core.later import Later
from eipsim.core.names import fold_name
from eipsim.core.numbers import cells
from eipsim.core.shown import Shown
from eipsim.errors import InputError, Mistake, Mistakes, did_you_mean
from eipsim.outcomes.evaluation import evaluate, evaluate_over_time, what_is_missing, where_values_end
from eipsim.outcomes.expressions import PLACE, parse_condition, parse_expression
from eipsim.outcomes.headlines import HEADLINES
from eipsim.outcomes.nodes import Asked, Expression, Filter
from eipsim.outcomes.registry import OUTCOMES
from eipsim.runs.departures import departures
from eipsim.runs.pairs import AVOIDED_TRANSFERS
from eipsim.stores.store import Store

if TYPE_CHECKING:
    from eipsim.figures.style import Chart

figures = Later("eipsim.figures")  # which stand above
LEVELS = {"low": 0.05, "median": 0.5, "high": 0.95}
MOST_SHOWN = 6  # outcomes in a small table
NOT_RUN = "not run"
NO_VALUE = "no value"
KEPT = 16  # columns that are held in memory, each [scenarios, rows, replicates, years]


class Study(Shown):
    """The results of a design, read from its store as they are needed.

    scenarios : labels
    rows : factors by row of the design, with their real values
    years, replicates : what the arrays of `pathway` and `values` run over
    missing : a row for every run without result: key, scenario, row, replicate, reason, message
    """

    def __init__(self, store: Store | str | Path):
        self.store = store if isinstance(store, Store) else Store.open(store)
        self.design = self.store.design
        self.scenarios, self.replicates = list(self.design.scenarios), list(range(self.design.replicates))
        self.years = tuple(range(self.design.period[0], self.design.period[1] + 1))
        self._read = lru_cache(KEPT)(self._stored_column)  # those asked for last are kept

    # ---- what there is ------------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> pd.DataFrame:
        return self.design.rows

    @cached_property
    def outcomes(self) -> dict[str, str]:
        """The expression of every stored outcome by its name."""
        stored = dict(self.design.outcomes or {name: name for name in OUTCOMES})
        return stored | ({AVOIDED_TRANSFERS: AVOIDED_TRANSFERS} if self.design.baseline else {})

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit of every stored outcome by its name, as far as it is known."""
        parsed = {name: self._parsed(text) for name, text in self.outcomes.items()}
        return {name: each.unit if each else "" for name, each in parsed.items()}

    @property
    def shape(self) -> tuple[int, int, int]:
        """Scenarios, rows, replicates."""
        return len(self.scenarios), len(self.rows), len(self.replicates)

    @cached_property
    def index(self) -> pd.DataFrame:
        """Every run of the design: key, scenario, row, replicate, draws, in the order of the arrays."""
        return self.store.index()

    @cached_property
    def finished(self) -> np.ndarray:
        """Whether a run has a result, [scenarios, rows, replicates]."""
        done = self.index["key"].isin(list(self.store.done()))
        return done.to_numpy().reshape(self.shape)

    def rows_are_as_stored(self) -> bool:
        """Whether the design still gives the points that were run, in their order."""
        stored = self.store.rows
        if list(stored.columns) != list(self.rows.columns) or len(stored) != len(self.rows):
            return False
        return all(_is_equal(stored[name].to_numpy(), self.rows[name].to_numpy()) for name in stored)

    @cached_property
    def missing(self) -> pd.DataFrame:
        """The runs without result: failed, with the error as reason and its message, or not run."""
        runs = self.index[~self.finished.ravel()][["key", "scenario", "row", "replicate"]]
        failures = self.store.failures().drop_duplicates("key", keep="last").set_index("key")
        found = failures.reindex(runs["key"])
        reason, message = found["error"].fillna(NOT_RUN), found["message"].fillna("")
        return runs.assign(reason=reason.to_numpy(), message=message.to_numpy()).reset_index(drop=True)

    @cached_property
    def origin(self) -> dict[str, Any]:
        """What its figures say they are of: scenarios, world, what of the design is not the default, how much varies."""
        design, inputs = self.design, len(self.design.factors)
        changed = departures(years=design.years, seed=design.seed)
        of_all = {"world": design.model or design.world, "changed": changed}
        points = (
            f"{inputs} input{'s' * (inputs > 1)} varied at {design.n_rows:,} points" if inputs else "No input varied"
        )
        varied = f"{points}, {design.replicates} replicate{'s' * (design.replicates > 1)}"
        return {"cases": [{"label": label, **of_all} for label in self.scenarios], "varied": [varied]}

    # ---- what it comes to ---------------------------------------------------------------------------------------------

    def values(self, expression: str) -> np.ndarray:
        """The expression [scenarios, rows, replicates]: a number a run, NaN where there is none.

        `parks_certified @2050`, `co2_t @2050 / @2024 - 1`, `first_year(parks_certified >= 100)`; a sum, mean, first year...
        without years is over all that are stored. Raises InputError for a mistake and for what is not stored.
        """
        return self._of_runs(self._expression(expression))

    def pathway(self, outcome: str) -> np.ndarray:
        """The same of an expression without year (an outcome, a ratio), [scenarios, rows, replicates, years]."""
        parsed = parse_expression(outcome, "expression", years=self.years, stored=self._stored_units, over_time=True)
        found = self._evaluated(parsed, evaluate_over_time)
        shape = (*self.shape, len(self.years))
        found = np.broadcast_to(found, (int(np.prod(self.shape)), len(self.years))).reshape(shape)
        return np.where(self.finished[..., None], found, np.nan)

    def holds(self, condition: str) -> np.ndarray:
        """Whether `condition` holds, [scenarios, rows, replicates]: 1, or 0, or NaN where it has no value or a run is missing."""
        return self._of_runs(self._condition(condition))

    def why_no_value(self, text: str, scenarios: Sequence[str] | None = None) -> str:
        """Where an expression or condition loses its value in finished runs of `scenarios` (None: all), in words."""
        parsed = self._expression_or_condition(text)
        chosen = np.zeros(self.shape, dtype=np.bool_)
        chosen[positions(scenarios, self.scenarios, "scenarios")] = True
        runs = (chosen & self.finished).ravel()
        ends = where_values_end(parsed, self._reader(parsed, self._columns(parsed)))
        counts = [(what_is_missing(node), int((np.broadcast_to(lost, runs.shape) & runs).sum())) for node, lost in ends]
        return " and ".join(f"{what} in {count} of {runs.sum()} runs" for what, count in counts if count)

    def _of_runs(self, parsed: Expression) -> np.ndarray:
        return np.where(self.finished, self._evaluated(parsed, evaluate).reshape(self.shape), np.nan)

    def _condition(self, text: str) -> Expression:
        return parse_condition(text, "condition", years=self.years, stored=self._stored_units)

    def _expression(self, text: str) -> Expression:
        return parse_expression(text, "expression", years=self.years, stored=self._stored_units)

    def _expression_or_condition(self, text: str) -> Expression:
        try:
            return self._expression(text)
        except InputError:
            return self._condition(text)

    def unit(self, expression: str) -> str:
        """The unit of an expression as far as it follows from its parts."""
        return parse_expression(expression, years=self.years, stored=self._stored_units, over_time=True).unit

    def _evaluated(self, parsed: Expression, how: Callable[..., np.ndarray]) -> np.ndarray:
        found = how(parsed, self._reader(parsed, self._columns(parsed)))
        return np.broadcast_to(found, (int(np.prod(self.shape)), *found.shape[1:]))

    def _reader(self, parsed: Expression, columns: dict[int, str]) -> Callable[[Asked, int], np.ndarray]:
        """For `evaluate`: a stored column in a year, all runs in the order of the arrays."""
        wanted: dict[str, set[int]] = {}
        for asked in parsed.asked:
            wanted.setdefault(columns[id(asked)], set()).update(asked.years)
        years = {name: tuple(sorted(some)) for name, some in wanted.items()}
        arrays = {name: self._read(name, some) for name, some in years.items()}

        def value(asked: Asked, year: int) -> np.ndarray:
            name = columns[id(asked)]
            return arrays[name][..., years[name].index(year)].ravel()

        return value

    def _stored_column(self, name: str, years: tuple[int, ...]) -> np.ndarray:
        """[scenarios, rows, replicates, years]"""
        array, _ = self.store.array([name], list(years))
        return np.asarray(array, dtype=float)[..., 0]

    # ---- at a glance --------------------------------------------------------------------------------------------------

    def told(self) -> list[str]:
        """What was run, and how much of it has come to its end."""
        scenarios, rows, replicates = self.shape
        title = self.design.title or str(self.store.folder)
        runs = f"{int(self.finished.sum()):,} of {self.finished.size:,} runs have a result"
        return [
            f"Study: {title}",
            f"{scenarios} scenarios ({', '.join(self.scenarios)}) x {rows:,} points x {replicates} replicates",
            f"{len(self.rows.columns)} factors, {len(self.outcomes)} outcomes, {self.years[0]}-{self.years[-1]}; {runs}",
        ]

    def small_table(self) -> pd.DataFrame:
        """`summary` of a few outcomes as text."""
        names = [name for name in HEADLINES if name in self.outcomes] or list(self.outcomes)[:MOST_SHOWN]
        rows = []
        for row in self.summary(outcomes=names).itertuples():
            numbers, unit = cells([row.mean, row.low, row.median, row.high], row.unit)
            rows.append([row.scenario, row.outcome, row.year, *numbers, unit])
        return pd.DataFrame(rows, columns=["scenario", "outcome", "year", "mean", "5 %", "median", "95 %", "unit"])

    def summary(self, years: Sequence[int] | None = None, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
        """A row per scenario, outcome (default: all) and year (default: the last), over all points and replicates.

        Columns: scenario, outcome, unit, year, runs (with a value), mean, low (5 %), median, high (95 %).
        """
        names = list(self.outcomes) if outcomes is None else list(outcomes)
        table = self.store.table(names, self.years[-1:] if years is None else years)
        long = table.melt(["scenario", "year"], names, "outcome").assign(
            unit=lambda rows: rows["outcome"].map(self.units)
        )
        values = long.groupby(["scenario", "outcome", "unit", "year"], sort=False)["value"]
        told = {"runs": values.count(), "mean": values.mean()}
        told |= {name: values.quantile(level) for name, level in LEVELS.items()}
        return pd.DataFrame(told).reset_index()

    def plot(self, outcome: str = "co2_avoided_t") -> Chart:
        """The way of an outcome in every scenario, with bands over points and replicates.

        Raises InputError for what is no outcome of the model, or is not stored.
        """
        table = self.store.table([outcome])
        table["replicate"] += table["row"] * len(self.replicates)  # a line a point and replicate
        table.attrs["provenance"] = {"origin": self.origin}
        return figures.pathways(table, outcome, baseline=self.design.baseline)

    # ---- from names to columns ----------------------------------------------------------------------------------------

    def _columns(self, parsed: Expression) -> dict[int, str]:
        """The stored column of every quantity. InputError with all that are not stored, and with years that are not."""
        columns, found = {}, Mistakes()
        for asked in parsed.asked:
            name = self._column(asked)
            if name is None:
                hint = f"{did_you_mean(asked.name, self.outcomes)}; a design stores what it names under outcomes"
                found.append(self._at(parsed, asked, f"{_shown(asked)} is not stored", hint))
            columns[id(asked)] = name or ""
            beyond = [year for year in asked.years if year not in self.years]
            if beyond:
                allowed = f"allowed: {self.years[0]} to {self.years[-1]}"
                found.append(self._at(parsed, asked, f"{asked.name} @{beyond[0]} is not stored", allowed))
        found.tell()
        return columns

    @staticmethod
    def _at(parsed: Expression, asked: Asked, what: str, hint: str) -> Mistake:
        return Mistake(parsed.where, f"column {asked.column}: {what}", hint)

    def _column(self, asked: Asked) -> str | None:
        """By its name, else the stored expression that is this quantity of these parts of the country."""
        if asked.by_park:  # what is stored of the nation says nothing of parks
            return None
        called = [name for name, text in self.outcomes.items() if asked.name in (name, text)]
        if called and not asked.filters:
            return asked.name if asked.name in self.outcomes else called[0]
        return next((name for name, one in self._stored_quantities.items() if _is_same(asked, one)), None)

    @cached_property
    def _stored_quantities(self) -> dict[str, Asked]:
        """Stored outcomes that are one quantity of some part of the country."""
        roots = {name: parsed.root for name, text in self.outcomes.items() if (parsed := self._parsed(text))}
        return {name: root for name, root in roots.items() if isinstance(root, Asked)}

    @cached_property
    def _stored_units(self) -> dict[str, str]:
        return self.units | {text: self.units[name] for name, text in self.outcomes.items()}

    def _parsed(self, text: str) -> Expression | None:
        """A stored expression; None where it is a name that only the design's own model knows."""
        try:
            return parse_expression(text, years=self.years, over_time=True)
        except InputError:
            return None


StudyLike = Study | Store | str | Path


def study_of(given: StudyLike) -> Study:
    """A study as it is, or that of a store or of its folder."""
    return given if isinstance(given, Study) else Study(given)


def _shown(asked: Asked) -> str:
    """A quantity as it is written.

    >>> _shown(Asked("firms", 1, filters=(Filter("park", ("Amata",), 9),)))
    'firms | park="Amata"'
    """
    parts = [f'{one.key}{one.sign}"{" or ".join(one.names)}"' for one in asked.filters]
    return f"{asked.name} | {', '.join(parts)}" if parts else asked.name


def _is_same(one: Asked, other: Asked) -> bool:
    """Whether two quantities are the same of the same parts of the country, whatever accents and order."""
    if one.name != other.name or len(one.filters) != len(other.filters):
        return False
    return all(any(_fits(a, b) for b in other.filters) for a in one.filters)


def _fits(one: Filter, other: Filter) -> bool:
    places = {one.key, other.key}
    same_key = len(places) == 1 or (PLACE in places and places <= {PLACE, "park", "province"})
    return same_key and one.sign == other.sign and _folded(one.names) == _folded(other.names)


def _folded(names: Iterable[str]) -> list[str]:
    return sorted(fold_name(name) for name in names)


def positions(wanted: Sequence[str] | str | None, allowed: Sequence[str], what: str) -> list[int]:
    """Where the `wanted` names (None: all) stand among the `allowed`. InputError with all that do not."""
    names = list(allowed) if wanted is None else [wanted] if isinstance(wanted, str) else list(wanted)
    unknowns = [name for name in names if name not in allowed]
    Mistakes(Mistake(what, f"{name!r} is unknown", did_you_mean(name, allowed)) for name in unknowns).tell()
    return [list(allowed).index(name) for name in names]


def _is_equal(one: np.ndarray, other: np.ndarray) -> bool:
    """Numbers up to the last digits, anything else exactly."""
    if one.dtype.kind in "fiu" and other.dtype.kind in "fiu":
        return bool(np.allclose(one, other, rtol=1e-9, atol=0.0, equal_nan=True))
    return list(map(str, one)) == list(map(str, other))
