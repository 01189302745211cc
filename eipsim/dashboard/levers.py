"""The levers that can be moved: those that scenarios of the library move, by kind, each with bounds, unit and where it stands."""

from __future__ import annotations

import math
import re
from dataclasses import fields
from functools import cache
from typing import Any

from eipsim.core.years import FIRST_YEAR, LAST_YEAR
from eipsim.dashboard.address import FROM, Ask, Moved
from eipsim.policy.economic import Economic
from eipsim.policy.facilitation import Facilitation
from eipsim.policy.informational import Informational
from eipsim.policy.levers import LEVERS, value_in
from eipsim.policy.regulatory import Regulatory
from eipsim.policy.symbiosis import Symbiosis
from eipsim.report.words import Words
from eipsim.scenarios.files import list_scenarios
from eipsim.scenarios.loading import load_scenario
from eipsim.scenarios.schema import Scenario

KINDS = {"economic": Economic, "informational": Informational, "regulatory": Regulatory, "facilitation": Facilitation,
         "symbiosis": Symbiosis}  # fmt: skip
BEYOND = (
    2.0  # times the highest level of the library: so far sliders go; what is typed may go to the bound of the lever
)
STEPS = 100
MANY = 1e4
UNIT_IN_NAME = r"_usd(_\w+)?$|_toe$"
UNBOUNDED = 1e9  # levels from here on stand for "no limit", and no slider goes there


@cache
def highest_levels() -> dict[str, float]:
    """By lever that a scenario of the library moves, its highest level in any of them."""
    highest: dict[str, float] = {}
    for name in list_scenarios():
        for lever, entries in load_scenario(name).levers.items():
            levels = [level for entry in entries for level in levels_of(entry) if abs(level) < UNBOUNDED]
            highest[lever] = max([highest.get(lever, 0.0), *levels])
    return highest


def levels_of(entry: Any) -> list[float]:
    return [entry.value] if entry.path is None else list(entry.path.values())


def slider_of(name: str) -> tuple[float, float]:
    """How far the slider of a lever goes, and its step."""
    lever = LEVERS[name]
    top = min(lever.most, max(BEYOND * highest_levels()[name], lever.default if lever.default < UNBOUNDED else 0.0))
    top = top or min(lever.most, 1.0)
    step = 10.0 ** math.floor(math.log10((top - lever.least) / STEPS))
    return top, step


def stands_at(scenario: Scenario, name: str, year: int) -> float | None:
    """The level of a lever in a year where one entry reaches everybody; None where it differs between them."""
    entries = scenario.levers.get(name, ())
    active = [(entry, level) for entry in entries if (level := value_in(entry, year)) is not None]
    if not active:
        return LEVERS[name].default
    entry, level = active[-1]
    aimed = entry.parks or entry.provinces or entry.sectors or entry.owners
    return None if aimed else level


def shown_levers(ask: Ask, scenario: Scenario, typed: dict[str, str], words: Words) -> list[dict[str, Any]]:
    """Levers by kind as the browser shows them; `typed` is what was typed out of range, by lever, with its sentence."""
    groups = []
    for kind, of in KINDS.items():
        names = [field.name for field in fields(of) if field.name in highest_levels()]
        levers = [shown_lever(name, ask.moved(name), scenario, typed.get(name, ""), words) for name in names]
        moved = sum(lever["moved"] for lever in levers)
        label = words.say(f"dash-kind-{kind}")
        groups.append({"label": label, "count": words.say("dash-moved", n=moved) if moved else "", "levers": levers})
    return groups


def shown_lever(name: str, moved: Moved | None, scenario: Scenario, mistake: str, words: Words) -> dict[str, Any]:
    lever, (top, step) = LEVERS[name], slider_of(name)
    year = moved.year if moved else FROM
    usual = stands_at(scenario, name, year)
    value = moved.value if moved else usual if usual is not None else lever.default
    there = (
        words.say("dash-lever-differs")
        if usual is None
        else words.say("dash-lever-stands", value=words.language.written(plain(usual)), year=str(year))
    )
    return {
        "name": name, "label": lever_name(name, words), "unit": words.language.unit(lever.unit),
        "help": words.named("help", name, lever.definition), "value": plain(value), "year": year,
        "least": lever.least, "top": max(top, value) if value < UNBOUNDED else top, "step": step, "moved": moved is not None,
        "there": there, "mistake": mistake, "first": FIRST_YEAR, "last": LAST_YEAR,
    }  # fmt: skip


def lever_name(name: str, words: Words) -> str:
    return words.named("lever", name, re.sub(UNIT_IN_NAME, "", name).replace("_", " ").capitalize())


def plain(value: float) -> str:
    """A number as it is typed.

    >>> plain(5e7), plain(0.125), plain(20.0)
    ('50000000', '0.125', '20')
    """
    return f"{value:.0f}" if abs(value) >= MANY else f"{value:g}"


def out_of_range(name: str, typed: str, words: Words) -> str:
    """Why a typed value cannot stand, in a sentence."""
    lever = LEVERS[name]
    bounds = {"low": plain(lever.least), "high": plain(lever.most), "unit": words.language.unit(lever.unit)}
    years = {"first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
    return words.say("dash-lever-mistake", lever=lever_name(name, words), typed=typed[:40], **bounds, **years)
