"""What a scenario sets and what has no effect as it stands: worth a question, not a mistake."""

from __future__ import annotations

from typing import Any

from eipsim.data.parameters import load_parameters
from eipsim.errors import Mistake
from eipsim.scenarios.schema import Scenario

LENDING = ("soft_loan", "loan_guarantee")  # levers by which firms come to loans


def idle_settings(scenario: Scenario) -> list[Mistake]:
    """Each setting without effect, with its place and what it would take."""
    return _interest_without_loans(scenario)


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
    return any(value != 0.0 for value in ((entry.value,) if entry.path is None else entry.path.values()))


def _value_of(scenario: Scenario, parameter: str) -> float:
    return scenario.parameters.get(parameter, load_parameters()[parameter].central)
