"""The static control of an adaptive regulator: the same instrument at one level, for the same present value of public money.

An adaptive rule can only be judged against a rule that spends as much. `static_control` finds the level, by bisection on runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from eipsim.analysis.choice.cost_per_tonne import DISCOUNT_RATE
from eipsim.data.parameters import parameter_values
from eipsim.errors import InputError, Mistake, RunError
from eipsim.runs.simulation import Run, simulate
from eipsim.scenarios.loading import apply_settings, load_scenario
from eipsim.scenarios.schema import Adaptive, Scenario

MOST_RUNS = 60


@dataclass(frozen=True)
class Control:
    """The control of `adaptive` and what both runs spend; `static` loads and runs like any scenario."""

    static: Scenario
    level: float
    adaptive_run: Run
    static_run: Run
    adaptive_usd: float
    static_usd: float


def present_value(run: Run, rate: float) -> float:
    """Present value [USD] of public spending in the first year of the run, at `rate` [1/yr]."""
    values = run.outcomes["public_spending_usd"]
    return float(values.to_numpy() @ (1.0 + rate) ** -(values.index.to_numpy() - values.index[0]))


def steering_of(scenario: Scenario) -> Adaptive:
    """The adaptive rule of a scenario. InputError when it has none."""
    if scenario.regulator.adaptive is None:
        raise InputError(
            Mistake(scenario.name, "has no adaptive regulator", "static_control compares one with its control")
        )
    return scenario.regulator.adaptive


def at_level(scenario: Scenario, level: float) -> Scenario:
    """`scenario` with its adaptive regulator standing still at `level`."""
    fixed = steering_of(scenario).model_dump() | {"gain": 0.0, "start": float(level)}
    return load_scenario(scenario, regulator={"adaptive": fixed})


def static_control(scenario: Any, seed: int = 1, *, tolerance: float = 0.001, **options: Any) -> Control:
    """The control of the adaptive regulator of `scenario`: present values of public spending agree within `tolerance`.

    `options` are those of `simulate` (world, rule, years, settings, replicate). Raises InputError when the scenario has no
    adaptive regulator, RunError when no level spends as much.
    """
    case = load_scenario(scenario)
    steering = steering_of(case)
    rate = parameter_values(apply_settings(case, dict(options.get("settings") or {})).parameters)[DISCOUNT_RATE]
    adaptive = simulate(case, seed, **options)
    wanted = present_value(adaptive, rate)
    low, high = steering.least, steering.most
    for _ in range(MOST_RUNS):
        level = 0.5 * (low + high)
        static = at_level(case, level)
        run = simulate(static, seed, **options)
        spent = present_value(run, rate)
        if abs(spent - wanted) <= tolerance * max(wanted, 1.0):
            return Control(static, level, adaptive, run, wanted, spent)
        low, high = (level, high) if spent < wanted else (low, level)
        if np.nextafter(low, high) >= high:
            break
    raise RunError(f"{case.name}: no level of {steering.lever} spends {wanted:.6g} USD; the nearest spends {spent:.6g}")
