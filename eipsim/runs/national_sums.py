"""Money and audits that a scenario has for all parks together, and what becomes of them in a part of the country."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eipsim.core.names import enumerated
from eipsim.core.numbers import number, share, with_unit
from eipsim.policy.levers import LEVERS
from eipsim.scenarios.schema import LeverEntry, Scenario
from eipsim.world.build import build_world
from eipsim.world.columns import WorldLike
from eipsim.world.files import BUILT_IN

YEARLY = "USD/yr"
AUDITS = "audits"  # what an adaptive regulator may move beside levers
SOLVED_FOR_THE_COUNTRY = "equal budget"  # the group of scenarios whose levels spend one sum, in the country
REMEDY = f"take world {BUILT_IN[0]}, or scale what the scenario sets"


def warnings_of_sums(scenarios: Mapping[str, Scenario], baseline: str | None, world: WorldLike, seed: int) -> list[str]:
    """Which of the scenarios bring, beyond the baseline, sums for all parks into a `world` that has a part of them."""
    if not may_be_a_part(world):
        return []
    own = {} if baseline is None else national_sums(scenarios[baseline])
    brought = {name: _beyond(national_sums(scenario), own) for name, scenario in scenarios.items() if name != baseline}
    solved = [name for name, scenario in scenarios.items() if scenario.group == SOLVED_FOR_THE_COUNTRY]
    if not solved and not any(brought.values()):
        return []
    part = build_world(world, seed) if isinstance(world, str) else world
    if not part.left_out:
        return []
    firms = part.n_firms / build_world(BUILT_IN[0], part.seed).n_firms
    told = [_of_sums(name, sums, part.recipe, firms) for name, sums in brought.items() if sums]
    return told + ([_of_solved(solved, part.recipe, firms)] if solved else [])


def may_be_a_part(world: WorldLike) -> bool:
    """Whether a world may have a part of the parks of its country: one that is built, or the recipe of one.

    >>> may_be_a_part("vietnam"), may_be_a_part("pilot-parks"), may_be_a_part("folder:mine")
    (False, True, False)
    """
    return not isinstance(world, str) or world in BUILT_IN[1:]


def national_sums(scenario: Scenario) -> dict[str, str]:
    """What a scenario spends in all parks together, by what says so: budgets of a year, programmes for everybody, audits.

    A programme for parks that are named, or chosen, is none.
    """
    return dict([*_budgets(scenario), *_programmes(scenario), *_regulator(scenario)])


def _budgets(scenario: Scenario) -> Iterator[tuple[str, str]]:
    for name, entries in scenario.levers.items():
        if LEVERS[name].scope == "nation" and LEVERS[name].unit == YEARLY:
            yield name, f"{name} ({with_unit(max(map(_most, entries)), YEARLY)})"


def _most(entry: LeverEntry) -> float:
    return max(entry.path.values()) if entry.value is None and entry.path is not None else entry.value or 0.0


def _programmes(scenario: Scenario) -> Iterator[tuple[str, str]]:
    for name, programme in scenario.programmes.items():
        if programme.parks is None and programme.provinces is None and programme.choose_parks is None:
            yield name, f"{name} ({number(programme.audits)} audits)"


def _regulator(scenario: Scenario) -> Iterator[tuple[str, str]]:
    adaptive = scenario.regulator.adaptive
    if adaptive is not None and adaptive.lever == AUDITS:
        yield AUDITS, f"the regulator's audits ({number(adaptive.most)} a year at most)"


def _beyond(sums: Mapping[str, str], own: Mapping[str, str]) -> list[str]:
    return [text for name, text in sums.items() if own.get(name) != text]


def _of_sums(name: str, sums: list[str], world: str, firms: float) -> str:
    hold = "are sums" if len(sums) > 1 else "is a sum"
    return (
        f"{name}: {enumerated(sums)} {hold} for all parks, and world {world} has {share(firms)} of the country's firms: "
        f"if meant for the country, each gets {1.0 / firms:.0f} times as much, and what is best here need not be there: {REMEDY}"
    )


def _of_solved(names: list[str], world: str, firms: float) -> str:
    return (
        f"{', '.join(names)}: solved so that all of equal-budget spend the same in the whole country. In world {world}, with "
        f"{share(firms)} of its firms, they do not: {REMEDY}"
    )
