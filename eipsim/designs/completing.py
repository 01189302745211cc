"""What a design leaves open is filled in here, and what it says is held against what exists: scenarios, factors, outcomes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eipsim.core.own_code import Asked, Named, file_of, mistakes_in
from eipsim.core.years import FIRST_YEAR, LAST_YEAR
from eipsim.data.yaml_tree import Node
from eipsim.designs import run_keys
from eipsim.designs.correlations import can_hold, correlated_factors
from eipsim.designs.design import BY_FACTOR, INDEPENDENT, MOST_REPLICATES, Design, Source
from eipsim.designs.factor_checks import beside, check_factor, completed_factor, conflicts, files_named
from eipsim.designs.factors import (
    DUMMY,
    LUCK,
    NAME_FILES,
    PARAMETER_SET,
    POPULATION,
    RULE,
    SEED,
    Choice,
    Continuous,
    Discrete,
    Ensemble,
    Factor,
)
from eipsim.designs.given_points import points_of, that_holds, values_refused
from eipsim.designs.points import read_content, with_settings
from eipsim.designs.samplers import FiniteDifference, FractionalFactorial, FullFactorial, GivenPoints
from eipsim.errors import InputError, Mistake, unknown
from eipsim.outcomes.expressions import parse_expression
from eipsim.outcomes.registry import OUTCOMES
from eipsim.scenarios.files import list_scenarios
from eipsim.scenarios.loading import load_scenario
from eipsim.scenarios.schema import Scenario
from eipsim.world.recipe import files_of

MOST_POINTS = 8_000_000  # fewer than MOST_ROWS, whose draws can be told apart
SOME_YEAR = 9999  # that no expression says
OF_ALL = (RULE, SEED, POPULATION, PARAMETER_SET)  # what every scenario of a point has alike
COLUMNS = (
    "key",
    "scenario",
    "row",
    "replicate",
    "draws",
    "year",
)  # that tables of a store have beside factors and outcomes
MODEL = Asked("a model", ("settings",), ("scenario", "draws", "years"))


class Completion:
    """Completes one design. `found` collects mistakes; parts in `wrong` have told theirs already and are left alone."""

    def __init__(self, design: Design, tree: Node, folder: Path, wrong: set[str]):
        self.design, self.tree, self.folder, self.wrong = design, tree, folder, wrong
        self.found: list[Mistake] = []
        self.scenarios: dict[str, Scenario] = {}
        self.header, self.places = "", tuple[str, ...]()  # of a file of points

    def completed(self) -> Design:
        """The design with every default written out."""
        new: dict[str, Any] = {}
        new["model"] = self._model()
        new["world"] = self._world()
        new["scenarios"] = self._scenarios()
        self.design = self.design.model_copy(update=new)
        self._baseline()
        self.design = self.design.model_copy(update={"sampler": self._points()})
        self._some_scenarios()
        self.design = self.design.model_copy(update={"factors": self._factors()})
        new = {"years": self._years(), "outcomes": self._outcomes(), "dummy": self._dummy()}
        new["populations"] = self._populations()
        if self.design.made_with is None and not self.found:
            new |= {"made_with": self._made_with(), "files": self._files()}
        self.design = self.design.model_copy(update=new)
        self._names_of_columns()
        if not self.wrong & {"factors", "sampler", "groups"}:
            self._groups()
            self._sampler()
            self._correlations()
        self._draws()
        return self.design

    def strange_code(self, is_file: bool) -> tuple[Named, ...]:
        """Code that files name: the scenarios, and the design itself where it comes from a file."""
        found = [named for scenario in self.scenarios.values() for named in scenario.strange_code]
        if not is_file:
            return tuple(found)
        known = {named.given for named in found}  # at their lines in the scenario's own file
        return (*found, *(named for named in self.design.code_named(self.place) if named.given not in known))

    def tell(self, path: tuple[object, ...], what: str, hint: str = "") -> None:
        name = ".".join(str(step) for step in path)
        self.found.append(Mistake(self.place(path), f"{name} {what}" if name else what, hint))

    def place(self, path: tuple[object, ...]) -> str:
        return place_in(self.tree, path)

    @contextmanager
    def noting(self, path: tuple[object, ...], prefix: str = "") -> Iterator[None]:
        """The mistakes that come up in the block stand where `path` does."""
        try:
            yield
        except InputError as error:
            self.found += [Mistake(self.place(path), f"{prefix}{m.what}", m.hint) for m in error.mistakes]

    # ---- what runs ---------------------------------------------------------------------------------------------------

    def _model(self) -> str | None:
        """The user's model with the absolute path of its file."""
        model = self.design.model
        if model is None or self.design.made_with:
            return model
        place, _, name = model.rpartition(":")
        if place.endswith(".py"):
            model = f"{(self.folder / place).absolute()}:{name}"
        with self.noting(("model",), "model: "):
            source = run_keys.source_of(model)
            if source.suffix == ".py":
                asked = MODEL if place.endswith(".py") else None  # a module may bring it about in other ways
                self.found += mistakes_in(f"{source}:{name}", f"{self.place(('model',))}: model", asked)
        return model

    def _world(self) -> str:
        world = self.design.world
        if self.design.made_with or self.design.model or "world" in self.wrong:
            return world
        folder = self.folder / world.removeprefix("folder:")
        if world.startswith("folder:") and os.path.isdir(folder):
            world = f"folder:{folder.absolute()}"
        with self.noting(("world",)):
            files_of(world)
        return world

    def _made_with(self) -> dict[str, Any]:
        return run_keys.user_model_version(self.design.model) if self.design.model else run_keys.model_version()

    def _files(self) -> dict[str, str] | None:
        """The files that the design names, by what they hold now."""
        design = self.design
        if design.model is not None:
            named = [str(run_keys.source_of(design.model))]
        else:
            chosen = {name: design.factors[name] for name in NAME_FILES if name in design.factors}
            named = [place for n, f in chosen.items() if isinstance(f, Discrete) for place in files_named(n, f.levels)]
            named += [design.world] if design.world.startswith(run_keys.WORLD) else []
            named += [file_of(given) for source in design.scenarios.values() for given in source.instruments]
        return {place: run_keys.content_of(place) for place in named} or None

    # ---- scenarios ---------------------------------------------------------------------------------------------------

    def _scenarios(self) -> dict[str, Source]:
        if self.design.model:
            return {label: Source(extends=label) for label in self.design.scenarios}
        return {label: self._source(label, source) for label, source in self.design.scenarios.items()}

    def _source(self, label: str, source: Source) -> Source:
        if source.content is not None:
            return source if self.design.made_with else self._of_content(label, source)
        try:
            scenario = load_scenario(self._file_of(source.extends))
        except InputError as error:
            where = self.place(("scenarios", label, "extends"))
            self.found += [_placed(m, where) for m in error.mistakes]
            return source
        with self.noting(("scenarios", label, "set"), f"scenarios.{label}: "):
            scenario = with_settings(scenario, {n: beside(n, value, self.folder) for n, value in source.set.items()})
        return self._resolved(label, scenario)

    def _of_content(self, label: str, source: Source) -> Source:
        """A scenario given as a whole, with what is put over it."""
        name, content = source.extends or label, json.loads(json.dumps(source.content))
        scenario = with_settings(read_content(run_keys.canonical(content), name), source.set)
        return self._resolved(label, scenario)

    def _resolved(self, label: str, scenario: Scenario) -> Source:
        self.scenarios[label] = scenario
        content = json.loads(json.dumps(scenario.document()))
        return Source(extends=scenario.name, content=content, digest=scenario.digest)

    def _file_of(self, name: str) -> str | Path:
        beside = self.folder / name
        return name if name in list_scenarios() or not os.path.isfile(beside) else beside

    def _baseline(self) -> None:
        baseline = self.design.baseline
        is_strange = baseline is not None and baseline not in self.design.scenarios
        if is_strange and not self.wrong & {"baseline", "scenarios"}:
            self.found.append(unknown(self.place(("baseline",)), "baseline", str(baseline), self.design.scenarios))

    def _years(self) -> tuple[int, int]:
        """The years that are kept: those given, else those that all scenarios have."""
        years = self.design.years
        if years is None:
            spans = [scenario.years for scenario in self.scenarios.values()] or [(FIRST_YEAR, LAST_YEAR)]
            years = (max(first for first, _ in spans), min(last for _, last in spans))
        first, last = years
        if last < first:
            self.tell(("years",), f"are reversed: {first} to {last}", "write the first year first")
        elif not self.design.model and not FIRST_YEAR <= first <= last <= LAST_YEAR:
            self.tell(("years",), f"{first} to {last} are not all simulated", f"allowed: {FIRST_YEAR} to {LAST_YEAR}")
        return years

    def _outcomes(self) -> dict[str, str]:
        given = self.design.outcomes
        if given is None and self.design.model and "outcomes" not in self.wrong:
            self.tell((), "the design lacks outcomes", "a model of one's own needs a list of them")
        if given is None:
            return dict(zip(OUTCOMES, OUTCOMES))
        for label, text in given.items():
            if text in OUTCOMES or self.design.model:
                continue
            try:
                expression = parse_expression(text, self.place(("outcomes", label)), years=(SOME_YEAR,))
                if expression.years != [SOME_YEAR]:
                    hint = "an outcome of a design is kept for every year: leave @ out"
                    self.tell(("outcomes", label), "says its years", hint)
            except InputError as error:
                self.found += error.mistakes
        return given

    def _names_of_columns(self) -> None:
        """Factors and outcomes stand beside each other in the tables of a store, each under its own name."""
        for name in self.design.factors:
            if name in COLUMNS:
                self.tell(("factors", name), "has the name of a column that every store has", "choose another name")
        for label in self.design.outcomes or {}:
            if label in COLUMNS:
                self.tell(("outcomes", label), "has the name of a column that every store has", "choose another name")
            elif label in self.design.columns:
                self.tell(("outcomes", label), "has the name of a factor", "name it otherwise: {another name: ...}")

    # ---- factors -----------------------------------------------------------------------------------------------------

    def _factors(self) -> dict[str, Any]:
        """Every factor with its distribution."""
        factors: dict[str, Factor] = {}
        for name, given in self._named_factors().items():
            factor, found = completed_factor(name, given, self.folder, bool(self.design.model))
            if factor is not None and name not in (LUCK, DUMMY) and not self.design.model and not self.design.made_with:
                found += check_factor(name, factor, self._scenarios_with(name))
            in_file = self.header and name not in self.design.factors
            where, what = (self.header, "column ") if in_file else (self.place(("factors", name)), "factors.")
            self.found += [Mistake(where, f"{what}{name}{m.what}", m.hint) for m in found]
            if factor is not None:
                factors[name] = factor
        if not self.design.model:
            self._conflicts(factors)
        return factors

    def _conflicts(self, factors: Mapping[str, Factor]) -> None:
        """Factors that would set the same thing, where a scenario has both."""
        design = self.design.model_copy(update={"factors": factors})
        by_scenario = [design.factors_of(label) for label in design.scenarios]
        told = [one for names in by_scenario for one in conflicts({n: f for n, f in factors.items() if n in names})]
        self.found += [Mistake(self.place(("factors", name)), *why) for name, why in dict.fromkeys(told)]

    def _scenarios_with(self, factor: str) -> list[Scenario]:
        """The scenarios that have a factor."""
        labels = (self.design.only or {}).get(factor, self.design.labels)
        return [scenario for label, scenario in self.scenarios.items() if label in labels]

    def _some_scenarios(self) -> None:
        """Factors of some scenarios alone: they exist, as these scenarios do, and leave what all share as it is."""
        for name, labels in (self.design.only or {}).items():
            self._kept_apart(name)
            if "scenarios" in self.wrong:
                continue
            for i, label in enumerate(labels):
                if label not in self.design.scenarios:
                    self.found.append(unknown(self.place(("only", name, i)), "scenario", label, self.design.scenarios))
            self._beside_the_baseline(name, labels)

    def _kept_apart(self, name: str) -> None:
        """A factor that some scenarios alone can have."""
        shared = (LUCK, DUMMY) if self.design.model else (*OF_ALL, LUCK, DUMMY)
        if name in shared:
            what = "cannot be of some scenarios alone: all are compared with the same firms, decisions and draws"
            self.tell(("only", name), what, "leave it out here; every scenario has it")
        elif name not in (known := self._named_factors()) and "factors" not in self.wrong:
            self.found.append(unknown(self.place(("only", name)), "factor", name, known))

    def _beside_the_baseline(self, name: str, labels: tuple[str, ...]) -> None:
        """What the baseline has, all have: else one run would be compared with several baselines."""
        if self.design.baseline in labels and (without := [n for n in self.design.labels if n not in labels]):
            what = f"moves the baseline {self.design.baseline} and not {', '.join(without)}, which is compared with it"
            self.tell(("only", name), what, "name no baseline, or let every scenario have this factor")

    def _named_factors(self) -> Mapping[str, Any]:
        """The factors; those of a list of points that are not described take what the list holds."""
        sampler, factors = self.design.sampler, dict(self.design.factors)
        if not isinstance(sampler, GivenPoints) or not sampler.points:
            return factors
        for name in sampler.points[0]:
            values = [point.get(name) for point in sampler.points]
            if factors.get(name) is None:
                factors[name] = that_holds(values)  # type: ignore[assignment]
        return factors

    def _dummy(self) -> bool:
        sampler = self.design.sampler
        usual = sampler is not None and sampler.has_dummy
        return usual if self.design.dummy is None else self.design.dummy

    def _populations(self) -> int | None:
        """How many populations there are: by default one for each parameter set, one in all where there are none."""
        design, given = self.design, self.design.populations
        if design.made_with is not None or "populations" in self.wrong:
            return given
        if design.model is not None:
            if given is not None:
                self.tell(("populations",), f"= {given}, which a model of your own does not have", "leave it out")
            return given
        sets, said = design.factors.get(PARAMETER_SET), [n for n in (POPULATION, SEED) if n in design.factors]
        if said:
            if given not in (None, 1):
                what = f"= {given}, but the factor {said[0]} says which population a run has"
                self.tell(("populations",), what, "leave out one of them")
            return 1
        if isinstance(sets, Ensemble):
            return len(sets.levels) if given is None else given
        if given is not None and design.replicates % given:
            what = f"= {given} do not go into {design.replicates} replicates evenly: a replicate is run in one of them"
            self.tell(
                ("populations",), what, f"replicates: {given}, or a factor population: {{integers: [1, {given}]}}"
            )
        return given or 1

    def _groups(self) -> None:
        """Groups name columns, each once, and only where the sampler can take them."""
        known, seen = [name for name in self.design.columns if name != DUMMY], dict[str, str]()
        for group, members in self.design.groups.items():
            if group in known and members != (group,):
                self.tell(("groups", group), "is the name of a factor", "give the group another name")
            for name in members:
                if name not in known:
                    self.found.append(unknown(self.place(("groups", group)), "factor", name, known))
                elif name in seen:
                    what = f"holds {name}, which stands in {seen[name]}"
                    self.tell(("groups", group), what, "a factor is in one group")
                seen.setdefault(name, group)
        sampler = self.design.sampler
        if self.design.groups and (sampler is None or not sampler.takes_groups):
            method = "a design without sampler" if sampler is None else sampler.method  # type: ignore[attr-defined]
            what = f"cannot be analysed with {method}, which would ignore them"
            self.tell(("groups",), what, "allowed: sobol, morris, latin")

    def _correlations(self) -> None:
        """Factors that are drawn together have a range, a pair once, and a sampler whose points can be moved."""
        correlations, sampler, before = self.design.correlations or (), self.design.sampler, len(self.found)
        pairs = [frozenset(one.factors) for one in correlations]
        for i, one in enumerate(correlations):
            where = ("correlations", i, "factors")
            for name in one.factors:
                self._drawn_together(where, name)
            if len(pairs[i]) == 1:
                self.tell(where, f"holds {one.factors[0]} twice", "name two factors")
            elif pairs[i] in pairs[:i]:
                self.tell(where, f"holds {' and '.join(one.factors)} again", "say the correlation of a pair once")
        if not correlations or sampler is None or len(self.found) > before:
            return
        if sampler.method != "latin":
            what = f"cannot be had with {sampler.method}, whose points stand where its analysis needs them"
            self.tell(("correlations",), what, "allowed: latin, for discovery, ranking, delta, pawn, rsa, hdmr")
        elif not can_hold(correlations):
            self.tell(
                ("correlations",), "contradict each other: no factors are correlated so", "bring ranks nearer to 0"
            )
        elif sampler.n <= len(correlated_factors(correlations)) + 1:
            least = len(correlated_factors(correlations)) + 2
            self.tell(("sampler", "n"), f"= {sampler.n} are too few points to correlate factors", f"at least {least}")

    def _drawn_together(self, where: tuple[object, ...], name: str) -> None:
        """One of two factors that are drawn together: it exists, has a range, and moves with no group."""
        factors = self.design.factors
        if name not in factors:
            self.found.append(unknown(self.place(where), "factor", name, factors))
        elif not isinstance(factors[name], Continuous):
            self.tell(where, f"holds {name}, whose values have no order", "name factors that have a range")
        elif any(name in members for members in self.design.groups.values()):
            self.tell(where, f"holds {name}, which moves with its group", "take it out of the group")

    # ---- points ------------------------------------------------------------------------------------------------------

    def _points(self) -> Any:
        """The sampler; a list of points read from its file; where nothing varies, the one that makes one point of it."""
        sampler = self.design.sampler
        if sampler is None and not self.design.factors and not self.wrong & {"sampler", "factors"}:
            return FullFactorial(method="full_factorial")
        if not isinstance(sampler, GivenPoints):
            return sampler
        points, found, self.header, self.places = points_of(sampler, self.folder, self.design.factors)
        for told in found:
            if isinstance(told, Mistake):  # in the file of points, at its own line
                self.found.append(told)
            else:
                self.tell(("sampler",), *told)
        return sampler.model_copy(update={"points": tuple(points), "file": None}) if points else sampler

    def _sampler(self) -> None:
        """The sampler fits the factors, and its points can be made."""
        sampler, factors = self.design.sampler, self.design.factors
        if sampler is None:
            if factors:
                self.tell((), "the design lacks a sampler", "for example sampler: {method: latin, n: 100}")
            return
        if isinstance(sampler, FiniteDifference):
            self._only({n for n, f in factors.items() if isinstance(f, Discrete)}, "cannot take a small step in")
        if isinstance(sampler, FractionalFactorial):
            many = {n for n, f in factors.items() if isinstance(f, Choice) and len(f.levels) > 2}
            self._only(many, "has two levels and cannot take all values of")
        if isinstance(sampler, FullFactorial) and isinstance(sampler.levels, dict):
            for name in sampler.levels.keys() - factors.keys():
                self.found.append(unknown(self.place(("sampler", "levels")), "factor", name, factors))
        if isinstance(sampler, GivenPoints):
            for row, what, hint in values_refused(sampler, factors):
                if self.places:
                    self.found.append(Mistake(self.places[row], what, hint))
                else:
                    self.tell(("sampler",), f"point {row + 1}: {what}", hint)
        elif not factors and self.design.draws != BY_FACTOR and not isinstance(sampler, FullFactorial):
            self.tell(("sampler",), "has no factors to sample", "name some under factors")
        elif self.design.n_rows > MOST_POINTS:
            self.tell(("sampler",), f"makes {self.design.n_rows} points", f"at most {MOST_POINTS}")

    def _only(self, names: set[str], why: str) -> None:
        if names:
            what = f"{self.design.method} {why} {', '.join(sorted(names))}"
            self.tell(("sampler",), what, "use another sampler, or leave it out")

    def _draws(self) -> None:
        design = self.design
        if design.draws == BY_FACTOR and design.replicates > 1:
            self.tell(("replicates",), f"= {design.replicates}, but draws: factor gives every point draws of its own",
                      "leave replicates out")  # fmt: skip
        if design.draws == INDEPENDENT and design.replicates > MOST_REPLICATES:
            self.tell(("replicates",), f"= {design.replicates}", f"at most {MOST_REPLICATES} with draws: independent")
        for name in (LUCK, DUMMY):
            if name in design.factors:
                hint = "draws: factor and dummy: true add such factors"
                self.tell(("factors", name), "is a name of eipsim's own", hint)


def place_in(tree: Node, path: tuple[object, ...]) -> str:
    """Where `path` is said; a label of a list stands where its item does."""
    node, taken = tree.follow(path[:1])
    if len(path) > 1 and taken and isinstance(node.value, list):
        for item in node.value:
            if item.value == path[1] or (isinstance(item.value, dict) and path[1] in item.value):
                return item.place
    return tree.follow(path)[0].place


def _placed(mistake: Mistake, where: str) -> Mistake:
    """A scenario that is not there stands in the design; what is wrong in its own file, there."""
    if mistake.where != "scenario":
        return mistake
    return Mistake(where, f"scenarios: {mistake.what}", mistake.hint)
