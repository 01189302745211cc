"""What is wrong with a scenario file, and with the files that it names, found without running anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eipsim.errors import Mistake, Mistakes
from eipsim.exchanges.catalogue import read_exchange_types
from eipsim.runs.targets import mistakes_in_targets
from eipsim.scenarios.checking import check_names
from eipsim.scenarios.loading import load_scenario


def check(path: str | Path, world: Any = None) -> list[Mistake]:
    """Every mistake of a scenario file; an empty list when it is fine. With a `world`, its names are checked too."""
    found = Mistakes()
    with found.collected():
        scenario = load_scenario(path)
        found += mistakes_in_targets(scenario)
        check_names(scenario, read_exchange_types, None if world is None else lambda: world)
    return found
