"""Scenarios: named policy cases in YAML files, checked before anything runs.

from eipsim.scenarios import load_scenario
load_scenario("baseline").title
"""

from eipsim.scenarios.loading import apply_settings, json_schema, list_scenarios, load_scenario
from eipsim.scenarios.schema import Scenario

__all__ = ["Scenario", "apply_settings", "json_schema", "list_scenarios", "load_scenario"]
