"""Whether what a scenario names is there and sound, its files and the places of its world, and what of it is worth a question.

Nothing that runs it is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from eipsim.errors import Mistake
from eipsim.policy.decrees import read_decrees
from eipsim.policy.levers import resolve, resolve_once
from eipsim.scenarios.idle import idle_settings
from eipsim.scenarios.needless import needless_settings
from eipsim.scenarios.schema import Scenario
from eipsim.scenarios.unusual import unusual_values

if TYPE_CHECKING:
    from eipsim.world.columns import World


def check_names(
    scenario: Scenario, read_exchange_tables: Callable[[str], object], world: Callable[[], World] | None = None
) -> None:
    """InputError with what is wrong in decrees, tables of exchanges (read by the function given), or names of a `world`.

    The world is asked for when the files are sound.
    """
    if scenario.decrees:
        read_decrees(scenario.decrees)
    if scenario.exchange_tables is not None:
        read_exchange_tables(scenario.exchange_tables)
    if world is not None:
        resolve(scenario, world())


def questions_about(scenario: Scenario, world: World) -> list[Mistake]:
    """What is right in a scenario and worth a warning in a `world`: names of the past, what has no effect, what is unusual."""
    idle = [*idle_settings(scenario, world), *needless_settings(scenario)]
    return [*resolve_once(scenario, world).warnings, *idle, *unusual_values(scenario)]
