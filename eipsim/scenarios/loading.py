"""From the files of a scenario to a scenario that is checked. Every mistake of a file comes in one report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from eipsim.core import own_code
from eipsim.core.phrases import Phrase
from eipsim.data.yaml_tree import Node, from_python
from eipsim.errors import InputError, Mistake, refuse_all
from eipsim.policy.own import ASKED
from eipsim.scenarios.files import LIBRARY, file_called, name_of, read_chain
from eipsim.scenarios.merging import merge
from eipsim.scenarios.mistakes import mistakes_of
from eipsim.scenarios.schema import Scenario
from eipsim.scenarios.schema_of_files import schema_of_files
from eipsim.scenarios.settings import named_settings, override_of
from eipsim.scenarios.spelling import as_meant

ScenarioLike = str | Path | Scenario  # what `load_scenario` takes


def default_scenario(world: Any = "vietnam") -> str:
    """The scenario of a run that names none: one without places of Viet Nam in a world of the user's own.

    >>> default_scenario("vietnam"), default_scenario("folder:my-country")
    ('baseline', 'no-eip-policy')
    """
    return "no-eip-policy" if str(getattr(world, "recipe", world)).startswith("folder:") else "baseline"


def load_scenario(
    scenario: ScenarioLike, trust: bool = False, settings: Mapping[str, Any] | None = None, **overrides: Any
) -> Scenario:
    """A scenario by its name in the library or by the path of its YAML file, with `overrides` put over it.

    Overrides are written as in a file: `load_scenario("baseline", years=(2015, 2030), levers={"carbon_price": 20})`; `settings`
    are those of `simulate` and `--set`: `load_scenario("baseline", settings={"levers.carbon_price": 20})`.
    `trust`: you have read the code that the file names (`instruments`), and agree that it is run.
    Raises InputError with every mistake of the file and of those it extends.

    >>> load_scenario("baseline").name
    'baseline'
    """
    base = scenario if isinstance(scenario, Scenario) else _load(scenario)
    made = _over(base, from_python(overrides, Phrase("argument", "where-argument")), []) if overrides else base
    made = apply_settings(made, dict(settings or {}))
    return _trusted(made) if trust and made.strange_code else made


def apply_settings(scenario: Scenario, settings: dict[str, Any]) -> Scenario:
    """`scenario` with settings as `--set name=value` has them: a parameter, `levers.x`, `drivers.x`, `programmes.p.x`.

    >>> apply_settings(load_scenario("baseline"), {"levers.carbon_price": "20"}).levers["carbon_price"][0].value
    20.0
    """
    override, found = override_of(settings, scenario.programmes)
    return _over(scenario, override, found) if settings else scenario


def _over(base: Scenario, override: Node, found: list[Mistake]) -> Scenario:
    """`base` with an override of the user's own; code that it names replaces what the file named."""
    made = _build(merge(base.tree(), as_meant(override)), base.name, found)
    made._below = base
    made._is_trusted = base._is_trusted or "instruments" in override.value
    made._set_over = base._set_over | named_settings(override)
    return made


def _trusted(scenario: Scenario) -> Scenario:
    made = scenario.model_copy()
    made._is_trusted = True
    return made


def scenario_below(scenario: Scenario) -> Scenario | None:
    """What a scenario starts from: the one that it is put over, or that its file extends. InputError when that has mistakes.

    >>> scenario_below(load_scenario("subsidy")).name, scenario_below(load_scenario("no-eip-policy"))
    ('baseline', None)
    """
    if scenario._below is None and scenario._file is not None and scenario.extends is not None:
        scenario._below = _of_file(file_called(scenario.extends, "extends", scenario._file))
    return scenario._below


def json_schema() -> dict[str, Any]:
    """The JSON schema of a scenario file, for editors that complete and check while one types."""
    return schema_of_files()


def _load(name: str | Path) -> Scenario:
    return _of_file(file_called(name, "scenario", None))


def _of_file(file: Path) -> Scenario:
    return _from_library(file) if file.is_relative_to(LIBRARY) else _from_file(file)


def _from_file(file: Path) -> Scenario:
    tree, found = read_chain(file, [])
    made = _build(tree, name_of(file), found)
    made._file = file
    made._is_trusted = not made.instruments
    return made


_from_library = cache(_from_file)  # a scenario is frozen, and the library does not change while a process runs


def _build(tree: Node, name: str, found: list[Mistake]) -> Scenario:
    """The frozen scenario of a merged tree. Raises InputError with `found` and all that the schema refuses."""
    try:
        made = Scenario.model_validate(tree.plain())
    except ValidationError as error:
        raise InputError([*found, *mistakes_of(error, tree)]) from None
    made._name, made._tree = name, tree
    found = [*found, *_decrees_missing(made), *_code_that_does_not_fit(made)]
    refuse_all(found)
    return made


def _decrees_missing(scenario: Scenario) -> list[Mistake]:
    """Decree files that are not there."""
    missing = [(i, file) for i, file in enumerate(scenario.decrees) if not os.path.isfile(file)]
    return [scenario.mistake(("decrees", i), f"decrees: there is no file {file}") for i, file in missing]


def _code_that_does_not_fit(scenario: Scenario) -> list[Mistake]:
    """Files of code that are not there, or that hold no such function; nothing of them is run."""
    found: list[Mistake] = []
    for i, name in enumerate(scenario.instruments):
        found += own_code.mistakes_in(name, f"{scenario.place(('instruments', i))}: instruments", ASKED)
    return found
