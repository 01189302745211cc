"""What is wrong with a scenario file, and with the files that it names, found without running anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eipsim.errors import Mistake, Mistakes
from eipsim.exchanges.catalogue import read_exchange_types
from eipsim.policy.decrees import read_decrees
from eipsim.policy.levers import resolve
from eipsim.scenarios.loading import load_scenario


def check(path: str | Path, world: Any = None) -> list[Mistake]:
    """Every mistake of a scenario file; an empty list when it is fine. With a `world`, its names are checked too."""
    found = Mistakes()
    with found.collected():
        scenario = load_scenario(path)
        if scenario.decrees:
            read_decrees(scenario.decrees)
        if scenario.exchange_tables is not None:
            read_exchange_types(scenario.exchange_tables)
        if world is not None:
            resolve(scenario, world)
    return found
