"""Scenarios: named policy cases in YAML files, checked before anything runs.

from eipsim.scenarios import load_scenario
load_scenario("baseline").title
"""

from typing import TYPE_CHECKING

from eipsim.core.later import names_of

if TYPE_CHECKING:
    from eipsim.scenarios.files import list_scenarios
    from eipsim.scenarios.loading import apply_settings, json_schema, load_scenario
    from eipsim.scenarios.schema import Scenario

__all__ = ["Scenario", "apply_settings", "json_schema", "list_scenarios", "load_scenario"]
__getattr__ = names_of(
    __name__,
    {
        "Scenario": "schema",
        "apply_settings": "loading",
        "json_schema": "loading",
        "list_scenarios": "files",
        "load_scenario": "loading",
    },
)
