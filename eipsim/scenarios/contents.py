"""What a scenario sets, in words: each level of a lever, each programme, driver, parameter and target, with its source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eipsim.core.numbers import significant
from eipsim.data.parameters import load_parameters
from eipsim.policy.levers import LEVERS
from eipsim.scenarios.entries import Adaptive, Drivers, Programme, Target
from eipsim.scenarios.inheritance import words_of_entry
from eipsim.scenarios.schema import Scenario


class Content(NamedTuple):
    """One thing that a scenario sets: of which `group`, its name, what it is set to, in which unit, and who says so."""

    group: str
    name: str
    level: str
    unit: str
    source: str

    @property
    def is_assumed(self) -> bool:
        """Whether its source says that it, or a part of it, is assumed."""
        return "assumed" in self.source


def contents_of(scenario: Scenario, beyond: Scenario | None = None) -> list[Content]:
    """What a scenario sets, or what it sets that another one, which it goes `beyond`, does not.

    >>> from eipsim.scenarios.loading import load_scenario
    >>> contents_of(load_scenario("dearer-electricity"), load_scenario("baseline"))[0][:4]
    ('levers', 'electricity_price_change', '0.2 from 2026', 'share')
    """
    known = set() if beyond is None else {content[:4] for content in _all(beyond)}
    return [content for content in _all(scenario) if content[:4] not in known]


def _all(scenario: Scenario) -> Iterator[Content]:
    for name, entries in scenario.levers.items():
        for entry in entries:
            yield Content("levers", name, words_of_entry(entry), LEVERS[name].unit, entry.source)
    for name, programme in scenario.programmes.items():
        yield Content("programmes", name, in_words(programme), "", programme.source)
    if (steered := scenario.regulator.adaptive) is not None:
        yield Content("regulator", steered.lever, steering_in_words(steered), "", "assumed")
    for name, level in scenario.drivers.model_dump().items():
        if level != Drivers.model_fields[name].default:
            yield Content("drivers", name, level, "", "")
    for name, value in scenario.parameters.items():
        yield Content("parameters", name, f"{value:g}", load_parameters()[name].unit, "")
    for name, target in scenario.targets.items():
        yield Content("targets", name, target_in_words(target), "", target.source)


def in_words(programme: Programme) -> str:
    """A programme as one reads it."""
    money = f", {significant(programme.budget_usd / 1e6)} million USD" if programme.budget_usd else ""
    where = [
        f"{len(parks)} parks" if (parks := programme.parks) else "",
        f"{programme.choose_parks} parks" if programme.choose_parks else "",
        ", ".join(programme.provinces or ()),
        ", ".join(programme.sectors or ()),
    ]
    reach = "; ".join(part for part in where if part)
    years = f"{programme.first_year} to {programme.last_year}"
    return f"{programme.audits:,} audits {years}{money}, paid by {programme.payer}" + (f" ({reach})" if reach else "")


def steering_in_words(adaptive: Adaptive) -> str:
    """How an adaptive regulator steers."""
    aims = ", ".join(f"{level:g} in {year}" for year, level in adaptive.target.items())
    return f"{adaptive.least:g} to {adaptive.most:g}, by {adaptive.outcome} ({aims}), gain {adaptive.gain:g}"


def target_in_words(target: Target) -> str:
    """A target as one reads it."""
    what = target.outcome + (f" / {target.per}" if target.per else "")
    since = f", since {target.since}" if target.since else ""
    of = f", of {target.of_year}" if target.of_year else ""
    return (
        f"{what} in {target.year}{since}{of}: at {'least' if target.at_least is not None else 'most'} {target.level:g}"
    )
