"""The design of an ensemble: which scenarios run with which values of which factors, and what is kept of every run.

`reading.load_design(file)` reads and checks a file; the design then knows its points (`unit`, `rows`), its runs with their
keys (`runs`), and what a worker needs for one (`run`). A design holds the content of its scenarios, so that it means the
same wherever it is read again.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError, model_validator

from eipsim.core.own_code import Named, is_code
from eipsim.core.shown import Shown
from eipsim.data.yaml_tree import from_python
from eipsim.designs import run_keys
from eipsim.designs.correlations import Correlation, with_correlations
from eipsim.designs.factors import (
    DUMMY,
    LUCK,
    NAME_FILES,
    PARAMETER_SET,
    POPULATION,
    RULE,
    SEED,
    Continuous,
    Discrete,
    Factor,
    FactorTable,
    is_number,
)
from eipsim.designs.points import RunSpec, read_content, split
from eipsim.designs.samplers import AnySampler, GivenPoints
from eipsim.designs.shorthand import Labels, Source, labelled, named_outcomes
from eipsim.errors import InputError
from eipsim.outcomes.registry import OUTCOMES
from eipsim.scenarios.loading import default_scenario
from eipsim.scenarios.mistakes import mistakes_of
from eipsim.scenarios.schema import Scenario
from eipsim.scenarios.values import Frozen, Text

COMMON, INDEPENDENT, BY_FACTOR = "common", "independent", "factor"
MOST_SCENARIOS = 1000
MOST_DRAWS = 2**20  # levels of luck, when it is a factor
MOST_ROWS, MOST_REPLICATES = 2**23, 2**9  # whose draws can be told apart when every row has its own
BLOCK = 2**16
UNCOUNTED = ("title", "question", "made_with", "files")  # do not make it another design
Whole = Annotated[int, Field(strict=True, ge=0, lt=2**63)]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class Design(Shown, Frozen):
    """A design of experiments: points of factors, in scenarios, with replicates."""

    title: Text = ""
    """A short name for tables and figures."""
    question: Text = ""
    """The question that it answers."""
    scenarios: Annotated[dict[Text, Source], BeforeValidator(labelled), Field(min_length=1, max_length=MOST_SCENARIOS)]
    """Scenarios: a list of names or files, or {label: name or file}, or {label: {extends: name, set: {...}}}."""
    baseline: Text | None = None
    """The scenario that all others are compared with, firm by firm; runs then come in pairs."""
    world: Text = "vietnam"
    """vietnam, pilot-parks or folder:PATH."""
    seed: Whole = 1
    """Seed of the world and of all runs."""
    years: tuple[int, int] | None = None
    """First and last year that is kept; default: those of the scenarios."""
    replicates: Count = 1
    """Runs of every point in every scenario, with other draws."""
    populations: Count | None = None
    """Synthetic populations: set i (without sets: replicate i) is run in population i. Default: as many as sets, else 1."""
    draws: Literal["common", "independent", "factor"] = "common"
    """common: a replicate has the same draws at every point; independent: own draws for every row; factor: a factor `luck`."""
    factors: FactorTable = Field(default_factory=dict)
    """What varies: {name: distribution}; empty: the range that the parameter's own row has."""
    only: Annotated[dict[Text, Labels] | None, BeforeValidator(lambda given: given or None)] = None
    """Factors that are set in some scenarios alone: {factor: label, or list of labels}. Default: every factor in all."""
    groups: dict[Text, Annotated[tuple[Text, ...], Field(min_length=1)]] = Field(default_factory=dict)
    """Factors that are analysed together: {name: [factor, ...]}; a factor of no group is its own."""
    correlations: Annotated[tuple[Correlation, ...] | None, BeforeValidator(lambda given: given or None)] = None
    """Factors that are drawn together, with `latin`: a list of {factors: [a, b], rank: 0.7}. Default: all are independent."""
    dummy: Annotated[bool, Field(strict=True)] | None = None
    """True: add a factor `dummy` that does nothing, to show what an index of nothing is. Default: true for sensitivity."""
    outcomes: Annotated[dict[Text, Text], BeforeValidator(named_outcomes), Field(min_length=1)] | None = None
    """What is kept of every run and year: outcomes, or {label: expression} without years. Default: all outcomes."""
    sampler: AnySampler | None = None
    """How points are chosen, and the settings of their analysis. Needed when there are factors."""
    precision: Literal["double", "single"] = "double"
    """Of what is stored: single needs half the room."""
    on_failure: Literal["refuse", "drop_blocks"] = "refuse"
    """What an analysis does about runs that failed: refuse, or leave out the blocks of points they belong to."""
    model: Text | None = None
    """A function of the user's own that runs instead of eipsim: file.py:function or module:function."""
    format: Literal[1] = 1
    """Version of this form."""
    made_with: dict[str, Any] | None = None
    """Version of the model and its data; eipsim writes it into a store."""
    files: dict[str, str] | None = None
    """Hashes of the files that the design names, when it was read; eipsim writes them into a store."""

    _strange_code: tuple[Named, ...] = PrivateAttr(())

    @model_validator(mode="before")
    @classmethod
    def _in_some_scenario(cls, given: Any) -> Any:
        """A design that names no scenario has that of a run that names none."""
        if not isinstance(given, Mapping) or "scenarios" in given or given.get("model"):
            return given
        return {**given, "scenarios": [default_scenario(given.get("world", "vietnam"))]}

    @property
    def strange_code(self) -> tuple[Named, ...]:
        """Code that a file names and that nobody has agreed to run."""
        return self._strange_code

    def code_named(self, place: Callable[[tuple[object, ...]], str]) -> Iterator[Named]:
        """Code that the design itself names: a model, decision rules, instruments. `place` says where a path stands."""
        if self.model is not None:
            yield Named(place(("model",)), self.model)
            return
        levels = getattr(self.factors.get(RULE), "levels", ())
        yield from (Named(place(("factors", RULE)), level) for level in levels if is_code(level))
        for label, source in self.scenarios.items():
            yield from (Named(place(("scenarios", label)), given) for given in source.instruments)

    # ---- the design as data ------------------------------------------------------------------------------------------

    def document(self) -> dict[str, Any]:
        """The design as plain data with every default written out; `load_design` of it gives an equal design."""
        return json.loads(json.dumps(self.model_dump(mode="json", exclude_none=True)))

    @cached_property
    def digest(self) -> str:
        """sha256 of everything but words and the version of the model; files count by their content."""
        return run_keys.digest_of(self.content())

    def content(self) -> dict[str, Any]:
        """What two designs are compared by: the document without words, scenarios and files by what they hold."""
        said = {name: part for name, part in self.document().items() if name not in UNCOUNTED}
        said["scenarios"] = {label: source.digest for label, source in self.scenarios.items()}
        said["model"] = self.model and self.model.rpartition(":")[2]
        if said.get("populations") == 1:  # what a design means that does not speak of them, as those of before do not
            del said["populations"]
        return run_keys.by_content(said, self.files or {})

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Design:
        """A copy with other values of some fields; what was worked out from the old ones is not taken along."""
        made = super().model_copy(update=update, deep=deep)
        for name in [name for name in made.__dict__ if name not in type(self).model_fields]:
            del made.__dict__[name]
        return made

    # ---- points ------------------------------------------------------------------------------------------------------

    @property
    def labels(self) -> list[str]:
        """The scenarios by their labels."""
        return list(self.scenarios)

    @property
    def columns(self) -> list[str]:
        """Factors in the order of the columns of `unit`: those named, `luck` when the draws are a factor, `dummy`."""
        return [*self.factors, *([LUCK] if self.draws == BY_FACTOR else []), *([DUMMY] if self.dummy else [])]

    def problem(self) -> dict[str, Any]:
        """The unit cube as SALib describes it, made anew every time because SALib changes what it is given."""
        names = self.columns
        problem: dict[str, Any] = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0] for _ in names]}
        if self.groups:
            group_of = {name: group for group, members in self.groups.items() for name in members}
            problem["groups"] = [group_of.get(name, name) for name in names]
        return problem

    @property
    def group_names(self) -> list[str]:
        """Groups in the order of SALib's results; the columns where there are no groups."""
        return list(dict.fromkeys(self.problem().get("groups", self.columns)))

    @cached_property
    def unit(self) -> np.ndarray:
        """The points [rows, columns] in the unit cube, in the order of the sampler; treat it as read-only."""
        assert self.sampler is not None, "a design that was not made by load_design"
        points = np.ascontiguousarray(self.sampler.unit(self.problem(), self._sampled), dtype=float)
        if self.correlations:
            together = [with_correlations(part, self.columns, self.correlations) for part in self._hypercubes(points)]
            points = np.vstack(together)
        points.setflags(write=False)
        return points

    def _hypercubes(self, points: np.ndarray) -> list[np.ndarray]:
        """Points that were drawn independently of each other, hypercube by hypercube."""
        return np.split(points, getattr(self.sampler, "repeats", 1))

    @property
    def n_rows(self) -> int:
        """How many points there are, without making them."""
        assert self.sampler is not None, "a design that was not made by load_design"
        return self.sampler.rows(len(self.columns), len(self.group_names), self._sampled)

    @property
    def method(self) -> str:
        """How its points were chosen."""
        assert self.sampler is not None, "a design that was not made by load_design"
        return self.sampler.method

    __str__ = Shown.__repr__  # what prompts show, where pydantic would print all its content

    def told(self) -> list[str]:
        """What varies, and how many runs that takes."""
        (first, last), factors = self.period, ", ".join(self._sampled) or "none"
        shape = f"{len(self.scenarios)} scenarios x {self.n_rows:,} points x {self.replicates} replicates"
        return [
            f"Design: {self.title or 'without title'}",
            f"{shape} = {self.n_runs:,} runs, world {self.world}, {first}-{last}",
            f"scenarios: {', '.join(self.scenarios)}; factors: {factors}",
        ]

    @property
    def n_runs(self) -> int:
        """Runs of the design, those counted twice that come to the same."""
        return len(self.scenarios) * self.n_rows * self.replicates

    @property
    def _sampled(self) -> dict[str, Factor]:
        return {name: factor for name, factor in self.factors.items() if factor is not None}

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The points: a column a factor, with its values or their labels, index `row`; treat it as read-only."""
        columns = {name: self._column(name) for name in self.columns}
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self.unit), name="row"))

    def _column(self, name: str) -> Any:
        values, labels = self._values[name], getattr(self.factors.get(name), "labels", None)
        return values if labels is None else np.array(labels, dtype=_type_of(labels))[values]

    @cached_property
    def _values(self) -> dict[str, np.ndarray]:
        """By column: values [rows] of a range, positions [rows] among the levels of a choice."""
        return {name: self._drawn(name, self.unit[:, number]) for number, name in enumerate(self.columns)}

    def _drawn(self, name: str, u: np.ndarray) -> np.ndarray:
        factor = self.factors.get(name)
        if name == LUCK:
            return np.minimum((u * MOST_DRAWS).astype(np.int64), MOST_DRAWS - 1)
        if isinstance(factor, Continuous):
            if isinstance(self.sampler, GivenPoints):  # as they were written, to the last digit
                return np.array([float(point[name]) for point in self.sampler.points or ()])
            return factor.values(u)
        return factor.numbers(u) if isinstance(factor, Discrete) else u

    def factors_of(self, scenario: str) -> list[str]:
        """The factors that are set in a scenario: all but those that others alone have."""
        only = self.only or {}
        return [name for name in self.factors if name not in only or scenario in only[name]]

    def settings(self, row: int, scenario: str | None = None) -> dict[str, Any]:
        """What the factors set at a point, by name: numbers, levels of choices; neither `luck` nor `dummy`.

        With a `scenario` those that it has; without, all.
        """
        names = self.factors if scenario is None else self.factors_of(scenario)
        return {name: self._setting(name, self._values[name][row]) for name in names}

    def _setting(self, name: str, value: Any) -> Any:
        factor = self.factors[name]
        return factor.levels[value] if isinstance(factor, Discrete) else float(value)

    # ---- runs --------------------------------------------------------------------------------------------------------

    def draws_of(self, row: Any, replicate: Any) -> Any:
        """The number of the draws of a run: of its replicate, of its row as well, or by its luck. Arrays give arrays."""
        if self.draws == BY_FACTOR:
            return self._values[LUCK][row]
        return replicate + 0 * row if self.draws == COMMON else replicate * MOST_ROWS + row

    def population_of(self, row: Any, replicate: Any) -> Any:
        """The seed of the synthetic firms of a run: all scenarios of a row and replicate share them. Arrays give arrays."""
        names = self._chosen.keys() & {POPULATION, SEED, PARAMETER_SET}
        return self.population_at({name: self._values[name][row] for name in names}, replicate + 0 * row)

    def population_at(self, places: Mapping[str, Any], replicate: Any) -> Any:
        """The same where the factors that say it stand at these places among their levels."""
        for name in (POPULATION, SEED):
            if name in places:
                return np.array(self._chosen[name].levels)[places[name]]
        if not self.pairs_populations:
            return self.seed + 0 * replicate
        return self.seed + places.get(PARAMETER_SET, replicate) % (self.populations or 1)

    @property
    def pairs_populations(self) -> bool:
        """Whether there are several populations, one by one for parameter sets or replicates."""
        return self.model is None and (self.populations or 1) > 1

    @property
    def populations_of_replicates(self) -> int:
        """How many populations the replicates of a row run through: replicate r is in population r modulo this."""
        return self.populations or 1 if self.pairs_populations and PARAMETER_SET not in self._chosen else 1

    @property
    def has_one_population(self) -> bool:
        """Whether all runs have the same synthetic firms, so that nothing says what others would change."""
        return self.model is None and not self.pairs_populations and not self._chosen.keys() & {POPULATION, SEED}

    @cached_property
    def _chosen(self) -> dict[str, Discrete]:
        """The factors with few values that mean something to eipsim, none of a model of the user's own."""
        if self.model is not None:
            return {}
        return {name: factor for name, factor in self.factors.items() if isinstance(factor, Discrete)}

    def runs(self) -> pd.DataFrame:
        """Every run: key, scenario, row, replicate, draws, population; runs that come to the same have the same key.

        A line per scenario, row and replicate, in this order.
        """
        return self._runs

    @cached_property
    def _runs(self) -> pd.DataFrame:
        n, r, labels = len(self.unit), self.replicates, self.labels
        row, replicate = np.repeat(np.arange(n), r), np.tile(np.arange(r), n)
        draws, firms = (of(row, replicate).astype(np.int64) for of in (self.draws_of, self.population_of))
        named = [self._keys_of(label, row[at], draws[at], firms[at]) for label in labels for at in _blocks(n * r)]
        return pd.DataFrame(
            {
                "key": np.array(list(itertools.chain.from_iterable(named)), dtype=object),
                "scenario": pd.Categorical.from_codes(np.repeat(np.arange(len(labels)), n * r), categories=labels),
                "row": np.tile(row, len(labels)),
                "replicate": np.tile(replicate, len(labels)),
                "draws": np.tile(draws, len(labels)),
                "population": np.tile(firms, len(labels)),
            }
        )

    def run(self, scenario: str, row: int, replicate: int = 0) -> RunSpec:
        """What a worker needs for one run. IndexError or KeyError for a run that the design does not have."""
        if not (0 <= row < len(self.unit) and 0 <= replicate < self.replicates):
            raise IndexError(f"the design has no run of row {row}, replicate {replicate}")
        draws, firms = int(self.draws_of(row, replicate)), int(self.population_of(row, replicate))
        (key,) = self._keys_of(scenario, np.array([row]), np.array([draws]), np.array([firms]))
        said = self.settings(row, scenario)
        rule, seed, settings = (None, None, said) if self.model else split(said)
        return RunSpec(
            key, scenario, row, replicate, *self._contents[scenario], settings, rule, self.world,
            self.seed if seed is None else seed, self.period, draws, self._outcomes, firms, self.model,
        )  # fmt: skip

    def scenario(self, label: str) -> Scenario:
        """A scenario of the design as it is without any factor."""
        return read_content(*reversed(self._contents[label]))

    @property
    def period(self) -> tuple[int, int]:
        """First and last year that is kept."""
        assert self.years is not None, "a design that was not made by load_design"
        return self.years

    @cached_property
    def _outcomes(self) -> tuple[tuple[str, str], ...]:
        return tuple((self.outcomes or dict(zip(OUTCOMES, OUTCOMES))).items())

    @cached_property
    def _contents(self) -> dict[str, tuple[str, str]]:
        """Name and content of every scenario, as runs carry them."""
        given = self.scenarios.items()
        return {label: (source.extends or label, run_keys.canonical(source.content)) for label, source in given}

    @cached_property
    def _key_makers(self) -> dict[str, run_keys.Keys]:
        return {}

    def _keys(self, label: str) -> run_keys.Keys:
        made = self._key_makers
        if label not in made:
            made[label] = run_keys.Keys(self._shared(label))
        return made[label]

    def _shared(self, label: str) -> dict[str, Any]:
        """What decides the results of all runs of a scenario; a user's own model knows the scenario by its label only."""
        return {
            "model": self.model and self.model.rpartition(":")[2],
            "made_with": self.made_with,
            "scenario": label if self.model else self.scenarios[label].digest,
            "world": None if self.model else [self.world.partition(":")[0], (self.files or {}).get(self.world, "")],
            "seed": self.seed,
            "years": self.period,
            "outcomes": sorted(self._outcomes),
            "factors": self._in_keys(label),
        }

    def _in_keys(self, label: str) -> list[str]:
        """What tells the runs of a scenario apart beside their draws: its factors, and populations where there are several."""
        return sorted({*self.factors_of(label), *([POPULATION] if self.pairs_populations else [])})

    def _keys_of(self, label: str, rows: np.ndarray, draws: np.ndarray, firms: np.ndarray) -> list[str]:
        """The keys of runs of a scenario; its factors count in alphabetical order, so that their order in a file is free."""
        cells = [self._cells(name, rows, firms) for name in self._in_keys(label)]
        return self._keys(label).of(np.column_stack(cells) if cells else np.empty((len(rows), 0)), draws)

    def _cells(self, name: str, rows: np.ndarray, firms: np.ndarray) -> np.ndarray:
        """What a factor sets at these points, as keys have it: levels by what they are, whatever their place or label."""
        if name not in self.factors:  # a population that goes with a set or a replicate
            return run_keys.cells_of(firms)
        values = self._values[name][rows]
        return self._cells_of_levels[name][values] if name in self._cells_of_levels else run_keys.cells_of(values)

    @cached_property
    def _cells_of_levels(self) -> dict[str, np.ndarray]:
        return {
            name: np.array([run_keys.cell_of(self._content(name, level)) for level in factor.levels], dtype=np.uint64)
            for name, factor in self.factors.items()
            if isinstance(factor, Discrete)
        }

    def _content(self, name: str, level: Any) -> Any:
        """A level by its content, where it names a file."""
        return run_keys.by_content(level, self.files or {}) if self.model is None and name in NAME_FILES else level


def _blocks(n: int) -> Iterator[slice]:
    """`n` runs in blocks, so that little stands in memory twice."""
    return (slice(start, start + BLOCK) for start in range(0, n, BLOCK))


def _type_of(labels: tuple[Any, ...]) -> Any:
    """Whole numbers, numbers or text."""
    if all(isinstance(label, int) and not isinstance(label, bool) for label in labels):
        return np.int64
    return np.float64 if all(map(is_number, labels)) else object


def stored_design(document: Mapping[str, Any]) -> Design:
    """A design from what `Design.document` gave: nothing in it is open, so nothing is looked up. InputError if it is none.

    Code that it names counts as a stranger's: a store is a folder that anybody may have written.
    """
    tree = from_python(document, "design")
    try:
        made = Design.model_validate(tree.plain())
    except ValidationError as error:
        raise InputError(mistakes_of(error, tree)) from None
    made._strange_code = tuple(made.code_named(lambda path: "design of a store"))
    return made
