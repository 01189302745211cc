"""From a point of a design to a run: the settings of a scenario, put over it, and everything else a run needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from eipsim.designs.factors import DECREE, PARAMETER_SET, POPULATION, RULE, SEED, with_years
from eipsim.scenarios.loading import apply_settings, load_scenario
from eipsim.scenarios.schema import Scenario

KEPT = 64  # scenarios in memory


@dataclass(frozen=True)
class RunSpec:
    """One run of a design: small, and complete for a worker that has nothing else.

    key : names the run; equal for runs that come to the same
    label, row, replicate : where it stands in the design
    content : the scenario as JSON text, the same object in all runs of a scenario; `name` as the library has it
    settings : what the factors set, by name, as `--set` knows them, or what the user's own `model` gets
    rule : decision rule, None for that of the model
    world, seed, years, draws : as in `simulate`, where `draws` is called replicate
    outcomes : label and expression of what is kept; equal for an outcome as it is
    population : seed of the synthetic firms, as in `simulate`
    model : None for eipsim, else `file.py:function` or `module:function`
    """

    key: str
    label: str
    row: int
    replicate: int
    name: str
    content: str = field(repr=False)
    settings: dict[str, Any]
    rule: str | None
    world: str
    seed: int
    years: tuple[int, int]
    draws: int
    outcomes: tuple[tuple[str, str], ...]
    population: int
    model: str | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario with the settings of the run put over it."""
        return with_settings(read_content(self.content, self.name), self.settings)


@lru_cache(maxsize=KEPT)
def read_content(content: str, name: str) -> Scenario:
    """The scenario of a document, read once a process."""
    scenario = load_scenario(Scenario(), **with_years(json.loads(content)))
    scenario._name = name
    return scenario


def with_settings(scenario: Scenario, settings: Mapping[str, Any]) -> Scenario:
    """`scenario` with the `settings` of a point; text in them is text, and not read as YAML."""
    return apply_settings(scenario, {name: _quoted(value) for name, value in settings.items()})


def _quoted(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else value


def split(settings: Mapping[str, Any]) -> tuple[str | None, int | None, dict[str, Any]]:
    """The decision rule, the seed, and the settings of the scenario, among the values of a point."""
    apart = (RULE, SEED, POPULATION, PARAMETER_SET)
    own = {name: value for name, value in settings.items() if name not in apart}
    if DECREE in own:
        own[DECREE] = own[DECREE] if own[DECREE] is None else [own[DECREE]]
    return settings.get(RULE), settings.get(SEED), settings.get(PARAMETER_SET, {}) | own
