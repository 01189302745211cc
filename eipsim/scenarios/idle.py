"""What a scenario sets and what has no effect as it stands, in a world: sound, worth a question, likely not what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.data.parameters import load_parameters
from eipsim.errors import Mistake
from eipsim.policy.economic import EVERYBODY
from eipsim.policy.levers import LeverPaths, Levers, resolve_once
from eipsim.policy.targets import TargetFinder
from eipsim.scenarios.schema import Scenario

if TYPE_CHECKING:
    from eipsim.world.columns import World

# Lever -> parameter without which, while it is 0, the lever has no effect.
NEEDS = {
    "no_new_fossil_boilers": "measures.boiler_lifetime",
    "fossil_boiler_end": "measures.boiler_lifetime",
}
LENDING = ("soft_loan", "loan_guarantee")  # levers by which firms come to loans
OF_THE_MARKET = ("carbon_facilities", "auctioned_share", "allocation_decline")


def idle_settings(scenario: Scenario, world: World) -> list[Mistake]:
    """Each setting without effect, with its place and what it would take."""
    return _switched_off(scenario) + _interest_without_loans(scenario) + _allowances_without_effect(scenario, world)


def _switched_off(scenario: Scenario) -> list[Mistake]:
    """Levers on what a parameter switches off."""
    told = []
    for name, needed in NEEDS.items():
        parameter = load_parameters()[needed]
        if _value_of(scenario, needed) <= 0.0 and any(map(_says_anything, scenario.levers.get(name, ()))):
            hint = f"set the parameter above 0, to {parameter.most:g} {parameter.unit} at most ({parameter.note})"
            told.append(scenario.mistake(("levers", name), f"{name} has no effect while {needed} is 0", hint))
    return told


# ---- loans -------------------------------------------------------------------------------------------------------------


def _interest_without_loans(scenario: Scenario) -> list[Mistake]:
    """An interest subsidy where nobody borrows, or where loans bear no interest."""
    entries = scenario.levers.get("interest_subsidy", ())
    says = [i for i, entry in enumerate(entries) if _says_anything(entry)]
    if not says:
        return []
    followed = int(_value_of(scenario, "finance.loan_years")) > 0
    lent = _value_of(scenario, "finance.loan_share") > 0.0
    lent = lent or any(_says_anything(entry) for name in LENDING for entry in scenario.levers.get(name, ()))
    if followed and lent:
        return []
    what = "levers.interest_subsidy has no effect: " + (
        "firms take no loans" if followed else "loans bear no interest, since they are not followed"
    )
    lend = f"lend by {', '.join(f'levers.{name}' for name in LENDING)} or finance.loan_share"
    hint = " and ".join((["set finance.loan_years"] if not followed else []) + ([lend] if not lent else []))
    return [scenario.mistake(("levers", "interest_subsidy", says[0]), what, hint)]


def _says_anything(entry: Any) -> bool:
    """Whether an entry of a lever ever sets it to anything but zero."""
    return any(value != 0.0 for value in entry.levels)


def _value_of(scenario: Scenario, parameter: str) -> float:
    return scenario.parameters.get(parameter, load_parameters()[parameter].central)


# ---- the carbon market -------------------------------------------------------------------------------------------------


def _allowances_without_effect(scenario: Scenario, world: World) -> list[Mistake]:
    """Allowances for sectors that are not there, that have no price or give nothing free: each at its place, with the remedy."""
    if not any(name in scenario.levers for name in OF_THE_MARKET):
        return []
    paths, find = resolve_once(scenario, world), TargetFinder(world, scenario.place)
    return [
        scenario.mistake((*where, "sectors", j), *told)
        for where, entry in _entries(scenario)
        for j, name in enumerate(entry.sectors or ())
        if (told := _told(where[1], entry, name, paths, find))
    ]


def _entries(scenario: Scenario) -> Iterator[tuple[tuple[str, str, int], Any]]:
    for name in OF_THE_MARKET:
        for i, entry in enumerate(scenario.levers.get(name, ())):
            yield ("levers", name, i), entry


def _told(lever: str, entry: Any, name: str, paths: LeverPaths, find: TargetFinder) -> tuple[str, str] | None:
    """What is told of a sector that an entry of a lever names, and the remedy; None where the entry does something."""
    s, world = find.sector(name, ""), find.world
    assert s is not None  # `resolve` has found it
    there = np.unique(world.firms.sector)
    if s not in there:
        here = ", ".join(world.sectors[k] for k in there)
        what = f"{lever} names {world.sectors[s]} ({world.sector_names[s]}), of which this world has no firm: no effect"
        return what, f"take it out, or name a sector that is there: {here}"
    if lever == "auctioned_share" and _least(entry) < 1.0 and not _is_priced(paths.years, s):
        what = f"allowances of {world.sectors[s]} are free where no carbon_price is ever above 0: worth nothing"
        return what, "set carbon_price or carbon_facilities for it too"
    if lever == "allocation_decline" and all(of_year.auctioned_share[s] >= 1.0 for of_year in paths.years):
        what = f"the benchmark of {world.sectors[s]} declines, where no allowance is free: no effect"
        return what, "set auctioned_share below 1 for it too"
    return None


def _least(entry: Any) -> float:
    return min(entry.levels)


def _is_priced(years: Sequence[Levers], s: int) -> bool:
    """Whether a tonne of the sector ever has a price: by the lever, or in the pilot years by the driver."""
    prices = (of_year.carbon_price[:, s].max() for of_year in years)
    return any(price > 0.0 for price in prices) or any(of_year.carbon_facilities[s] < EVERYBODY for of_year in years)
