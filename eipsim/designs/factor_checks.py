"""Factors held against scenarios: whether its name exists, and whether every value it can take is one that runs accept."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eipsim.core.own_code import Asked, is_code, is_named, mistakes_in
from eipsim.data.parameters import DEFAULT_RULE, load_parameters
from eipsim.designs.factors import (
    DECREE,
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
    own_range,
)
from eipsim.designs.own_sets import mistakes_of_sets, read_sets
from eipsim.designs.points import split, with_settings
from eipsim.errors import InputError, Mistake, did_you_mean, unknown
from eipsim.exchanges.catalogue import read_exchange_types
from eipsim.policy.decrees import read_decrees
from eipsim.policy.levers import LEVERS
from eipsim.rules.acceptance import RULES
from eipsim.scenarios.schema import Scenario
from eipsim.scenarios.settings import WHOLE, names_to_set, path_of

CODE = "instruments"
OWN_RULE = Asked("a decision rule", ("cost", "saving", "lifetime", "size", "peers", "effects"))
NOT_FACTORS = tuple(name for name in WHOLE if name not in ("decrees", "exchange_tables"))


def completed_factor(
    name: str, given: Factor | None, folder: Path, own_model: bool
) -> tuple[Factor | None, list[Mistake]]:
    """The factor with its distribution, and files beside the design by their whole path. Mistakes have no place yet."""
    if given is None:
        given = own_range(name)
        if given is None:
            return None, [_without_range(name, own_model)]
    if isinstance(given, Ensemble) and isinstance(given.ensemble, str) and given.ensemble.endswith(".csv"):
        sets, found = read_sets(folder / given.ensemble)
        return Ensemble(ensemble=sets) if sets and not found else None, [_without_place(m, "factors") for m in found]
    if own_model:
        return given, []
    if name in NAME_FILES and isinstance(given, Choice):
        given = Choice(choice={label: beside(name, level, folder) for label, level in given.choice.items()})
    return given, []


def beside(name: str, said: Any, folder: Path) -> Any:
    """A file or folder named relative to the design, with its whole path; what is none stays as it is."""
    if isinstance(said, list):
        return [beside(name, one, folder) for one in said]
    is_path = isinstance(said, str) and (is_code(said) if name in (RULE, CODE) else os.path.exists(folder / said))
    return str((folder / said).absolute()) if is_path else said


def files_named(name: str, levels: Sequence[Any]) -> Iterator[str]:
    """The files and folders among the values of a factor."""
    for said in levels:
        for one in said if isinstance(said, list) else [said]:
            place = one.rpartition(":")[0] if name == RULE and isinstance(one, str) else one
            if isinstance(place, str) and place and os.path.exists(place):
                yield place


def _without_range(name: str, own_model: bool) -> Mistake:
    """A factor of which nothing is said and nothing known."""
    if own_model:
        return Mistake("", " has no distribution", "write for example {uniform: [0, 1]}")
    if not is_known(name):
        return Mistake("", " is unknown", did_you_mean(name, known_names()))
    lever = LEVERS.get(name.removeprefix("levers."))
    bounds = f" within {lever.least:g} to {lever.most:g} {lever.unit}" if lever else ""
    return Mistake("", " has no range of its own", f"write {{uniform: [low, high]}}{bounds}, or {{choice: [...]}}")


def known_names() -> list[str]:
    return [name for name in [*names_to_set(), RULE, SEED, POPULATION, PARAMETER_SET] if name not in NOT_FACTORS]


def is_known(name: str) -> bool:
    """Whether a factor of that name can be put over a scenario."""
    if name in (RULE, SEED, POPULATION, PARAMETER_SET):
        return True
    path = path_of(name)
    if path is None or name in NOT_FACTORS:
        return False
    return path[0] not in ("levers", "drivers") or name in names_to_set()


def check_factor(name: str, factor: Factor, scenarios: Sequence[Scenario]) -> list[Mistake]:
    """Every mistake of the values that a factor can take in these scenarios, without place."""
    if not is_known(name):
        return [Mistake("", " is unknown", did_you_mean(name, known_names()))]
    if (name == PARAMETER_SET) != isinstance(factor, Ensemble):
        return [Mistake("", " and {ensemble: ...} belong together", "parameter_set: {ensemble: calibrated}")]
    if name == PARAMETER_SET:
        return _of_own_sets(factor)
    if name == RULE:
        return _of_rules(factor)
    if name in (SEED, POPULATION):
        return _of_seeds(factor)
    if isinstance(factor, Continuous):
        return _of_ends(name, factor, scenarios)
    return list(dict.fromkeys(m for level in factor.levels for m in _of_level(name, level, scenarios)))


def _of_own_sets(factor: Factor) -> list[Mistake]:
    """What is wrong with parameter sets that are not eipsim's own."""
    if not isinstance(factor, Ensemble) or isinstance(factor.ensemble, str):
        return []
    places = [f"set {number}" for number in factor.labels]
    return [_without_place(m, "factors") for m in mistakes_of_sets(factor.ensemble, places)]


def _of_seeds(factor: Factor) -> list[Mistake]:
    """What is no whole number of 0 or more."""
    levels = factor.levels if isinstance(factor, Discrete) else factor.ends
    wrong = [seed for seed in levels if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0]
    what = " takes whole numbers of 0 or more, not"
    return [Mistake("", f"{what} {seed!r}", "write {integers: [1, 20]}") for seed in wrong[:1]]


def _of_rules(factor: Factor) -> list[Mistake]:
    if not isinstance(factor, Discrete):
        return [Mistake("", " is not a number", "write {choice: [acceptance_curve, npv_hurdle]}")]
    return [mistake for rule in factor.levels if rule not in (None, *RULES) for mistake in _of_rule(str(rule))]


def _of_rule(rule: str) -> list[Mistake]:
    """What is wrong with a rule of the user's own, which is not run."""
    if not is_named(rule):
        mistake = unknown("", "rule", rule, [*RULES, "FILE.py:FUNCTION"])
        return [Mistake("", f": {mistake.what}", mistake.hint)]
    return [_without_place(m, RULE) for m in mistakes_in(rule, RULE, OWN_RULE)]


def _without_place(mistake: Mistake, place: str) -> Mistake:
    """A mistake of a value of the factor; where it stands is told unless that begins with `place`."""
    where = "" if mistake.where.startswith(place) else f"{mistake.where}: "
    return Mistake("", f": {where}{mistake.what}", mistake.hint)


def _of_ends(name: str, factor: Continuous, scenarios: Sequence[Scenario]) -> list[Mistake]:
    """A range whose ends are allowed is allowed."""
    lever = name.removeprefix("levers.") if name.startswith("levers.") else ""
    bounded = load_parameters().get(name) or LEVERS.get(lever)
    low, high = factor.ends
    if bounded is None:
        return list(dict.fromkeys(m for end in (low, high) for m in _of_level(name, end, scenarios)))
    if bounded.least <= low and high <= bounded.most:
        return []
    unit = "" if bounded.unit == "1" else f" {bounded.unit}"
    allowed = f"allowed: {bounded.least:g} to {bounded.most:g}{unit}"
    cut = f"; truncnormal has ends: [mean, sd, {bounded.least:g}, {bounded.most:g}]"
    is_open = next(iter(type(factor).model_fields)) in ("normal", "lognormal")
    return [Mistake("", f" reaches from {low:.4g} to {high:.4g}", allowed + (cut if is_open else ""))]


def _of_level(name: str, level: Any, scenarios: Sequence[Scenario]) -> Iterator[Mistake]:
    """What any of the scenarios has against one value."""
    *_, settings = split({name: level})
    try:
        for scenario in scenarios:
            _read_files(name, with_settings(scenario, settings))
    except InputError as error:
        yield from (_without_place(m, "--set") for m in error.mistakes)


def _read_files(name: str, scenario: Scenario) -> None:
    """InputError with the mistakes of the files that a factor of this name gives to a scenario."""
    if name in (DECREE, "decrees"):
        read_decrees(scenario.decrees)
    if name == "exchange_tables" and scenario.exchange_tables is not None:
        read_exchange_types(scenario.exchange_tables)


def conflicts(factors: Mapping[str, Factor]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Factors that would set the same thing: (name of the second, (what, hint))."""
    paths: dict[str, tuple[str, ...]] = {name: path for name in factors if (path := path_of(name)) is not None}
    for name, path in paths.items():
        for other, above in paths.items():
            if other != name and path[: len(above)] == above:
                yield name, (f"factors.{name} is a part of the factor {other}", "only one of them can vary")
    sets = factors.get(PARAMETER_SET)
    if isinstance(sets, Ensemble):
        for name in sorted(set(sets.levels[0]) & factors.keys()):
            yield name, (f"factors.{name} is set by the factor parameter_set too", "only one of them can vary")
        yield from _of_another_rule(sets, factors.get(RULE))


def _of_another_rule(sets: Ensemble, rules: Factor | None) -> Iterator[tuple[str, tuple[str, str]]]:
    """A factor `rule` under which sets that were calibrated for another one would be run."""
    if sets.rule is None:
        return
    named = [DEFAULT_RULE if rule is None else rule for rule in rules.levels] if isinstance(rules, Discrete) else []
    if others := [rule for rule in named if rule in RULES and rule != sets.rule]:
        hint = f"name one rule, and its sets by parameter_set: {{ensemble: {others[0]}}}"
        yield RULE, (f"factors.{RULE} has {others[0]}, the parameter sets were calibrated for {sets.rule}", hint)
