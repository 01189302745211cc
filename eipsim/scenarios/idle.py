"""Levers that a scenario sets and that do nothing in it, because what they act on is switched off."""

from __future__ import annotations

from eipsim.data.parameters import load_parameters
from eipsim.scenarios.schema import LeverEntry, Scenario

# Lever -> parameter without which, while it is 0, the lever has no effect.
NEEDS = {
    "no_new_fossil_boilers": "measures.boiler_lifetime",
    "fossil_boiler_end": "measures.boiler_lifetime",
}


def idle_levers(scenario: Scenario) -> list[str]:
    """What is to be told of each lever that has no effect: where it is set, what it asks for, what to do.

    >>> from eipsim.scenarios.loading import load_scenario
    >>> idle_levers(load_scenario("baseline"))
    []
    """
    known, told = load_parameters(), []
    for name, needed in NEEDS.items():
        row = known[needed]
        is_on = scenario.parameters.get(needed, row.central) > 0.0
        if is_on or not any(map(_says_more, scenario.levers.get(name, ()))):
            continue
        hint = f"set the parameter above 0, to {row.most:g} {row.unit} at most ({row.note})"
        told.append(f"{scenario.place(('levers', name))}: {name} has no effect while {needed} is 0; {hint}")
    return told


def _says_more(entry: LeverEntry) -> bool:
    """The entry sets the lever to something else than 0 in some year."""
    return any(entry.path.values()) if entry.path else bool(entry.value)
