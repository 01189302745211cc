"""A few firms of one park through time, under everything that the model knows: what mutants are tried on.

`steps` gives what can be seen after each year, so that a mutant that shows itself in 2016 costs two years; at the end come
agents, tables and explanations. Numbers are kept to the digits of golden runs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from helpers import tenants_of
from test_everything_at_once import MECHANISMS, POLICY, RISE, STEEL_AND_GLASS

from eipsim.exchanges.tables import exchange_table
from eipsim.explain import explain_exchange, explain_park
from eipsim.model.model import EIPModel
from eipsim.rules.acceptance import RULES
from eipsim.world import World

SEED, DIGITS = 11, 6
# Tenants of one park between which by-products go when all its tenants are there, and two whose sectors hold allowances.
FIRMS = (
    "P352-032-1", "P352-038-2", "P352-052-1", "P352-062-1", "P352-076-1", "P352-090-1", "P352-096-1", "P352-105-1", "P352-116-1",
    "P352-123-1", "P352-144-2", "P352-163-2",
)  # fmt: skip
MOST_EXPLAINED = 3
# So few firms seldom meet: whatever can be exchanged is.
EXCHANGING = {
    "exchanges.spontaneous_rate": 0.5, "exchanges.brokering_rate": 1.0, "exchanges.negotiation_rate": 1.0,
    "exchanges.least_value_usd": 0.0, "exchanges.transaction_cost_usd": 50.0, "exchanges.trust_initial": 0.6,
    "exchanges.screening_probability": 1.0, "exchanges.exchange_hurdle_rate": 0.05, "exchanges.exchange_lifetime": 7.0,
    "exchanges.review_years": 5.0, "exchanges.exchange_distance_km": 40.0,
}  # fmt: skip
# Operators that want the certificate of a strict decree, and have the money for what is missing; cheap meters.
PURSUING = EXCHANGING | {
    "operators.certificate_budget_share": 0.3, "operators.preference_share": 1.0, "operators.preference_usd": 100000.0,
    "operators.commitment_preference_rate": 1.0, "levers.auditors_per_year": {"value": 500.0, "from": 2015},
    "operators.infrastructure_cost_factor": 0.01, "certification.decree": str(Path(__file__).with_name("strict.yaml")),
}  # fmt: skip
# Vouchers that are dealt where parks have committed themselves, and a price of carbon that the regulator moves.
STEERED = {
    "regulators.voucher_applications": 0.0, "regulator.voucher_rule": "committed_parks_first",
    "levers.capital_subsidy": {"value": 0.3, "from": 2017}, "levers.subsidy_budget_usd": {"value": 60000.0, "from": 2017},
    "regulator.adaptive": {"lever": "carbon_price", "outcome": "recp_firm_share", "target": {2017: 0.1, 2024: 0.8},
                           "start": 5.0, "most": 60.0},
    "levers.carbon_threshold_toe": 0.0,
    "levers.carbon_facilities": {"value": 1.0, "from": 2017, "sectors": STEEL_AND_GLASS},
    "levers.auctioned_share": {"value": 0.2, "from": 2019, "sectors": STEEL_AND_GLASS},
}  # fmt: skip
# Inspectors aim, are remembered, and find much.
INSPECTED = {
    "levers.inspection_targeting": {"value": 1.0, "from": 2015}, "levers.inspection_probability": 0.5,
    "regulators.record_learning_weight": 1.0,
}  # fmt: skip
EVERYTHING = MECHANISMS | POLICY | EXCHANGING | {
    RISE: 1.0, "regulators.voucher_applications": 1.0, "levers.fossil_boiler_end": {"value": 130.0, "from": 2033},
}  # fmt: skip
# Exchanges as far as benefit and quantities let them, some in sandboxes, for which much is charged otherwise.
OPEN = EXCHANGING | {
    "exchanges.negotiation_rate": 0.7, "levers.symbiosis_screening": 1.0, "levers.licence_months_factor": 0.5,
    "levers.sandbox": {"value": 1.0, "from": 2018}, "levers.landfill_charge_usd_t": 40.0, "levers.wastewater_charge_usd_m3": 0.3,
    "levers.carbon_price": {"value": 30.0, "from": 2020}, "levers.carbon_threshold_toe": 0.0,
}  # fmt: skip
LOOKED_AT = ("everything", "two parks", "pursuit")
SCARCE = {"levers.subsidy_budget_usd": {"value": 20000.0, "from": 2026}}
Step = tuple[str, str]  # what was looked at, and what was seen


def cases() -> dict[str, Callable[[], EIPModel]]:
    """Runs by name; each is laid out when it is called."""
    world, two_parks = tenants_of(FIRMS), tenants_of()

    def case(
        scenario: str, last: int, settings: dict[str, Any], of: World = world, **more: Any
    ) -> Callable[[], EIPModel]:
        return lambda: EIPModel(scenario, of, SEED, settings=settings, years=(2015, last), **more)

    first = {
        "everything": case("full-package", 2036, EVERYTHING, detail=True),
        "baseline": case("baseline", 2022, {}),
        "pursuit": case("no-eip-policy", 2027, PURSUING, of=two_parks, detail=True),
        "steered": case("national-target-2030", 2029, {}),
        "moved": case("baseline", 2024, STEERED, of=two_parks),
        "inspected": case("enforcement", 2022, INSPECTED, of=two_parks),
        "two parks": case("no-eip-policy", 2026, OPEN, of=two_parks, detail=True),
        "one by one": case("full-package", 2030, EVERYTHING | SCARCE, stepping="agents"),
    }
    others = {rule: _under(rule, world) for rule in RULES[1:]}
    return first | others


def _under(rule: str, world: World) -> Callable[[], EIPModel]:
    return lambda: EIPModel("full-package", world, SEED, rule=rule, years=(2015, 2018))


def steps(name: str) -> Iterator[Step]:
    """What is seen of a run, year by year and at its end."""
    model = cases()[name]()
    while model.year < model.last_year:
        model.step()
        yield f"{name} {model.year}", digest(model.outcomes.iloc[-1].to_numpy(dtype=float))
    for table in ("firms", "operators", "regulators"):
        columns = getattr(model.state, table)
        for column in columns.dtype.names:
            yield f"{name} {table}.{column}", digest(columns[column])
    yield f"{name} trust", digest(model.state.exchanges.scene.sites.trust)
    if name in LOOKED_AT:
        yield from looks(model)


def looks(model: EIPModel) -> Iterator[Step]:
    """What agents say of themselves at the end of a run, and why exchanges and the park stand as they do."""
    for agent in model.agents:
        said = {name: _value(agent, name) for name in sorted(dir(type(agent))) if not name.startswith("_")}
        tables = [ask().to_string() for ask in (getattr(agent, "summary", None),) if ask is not None]
        yield f"agent {agent.unique_id}", digest(repr((said, agent.told(), tables)))
    yield "explain park", digest(str(explain_park(model, 0, model.year)))
    exchanges = exchange_table(model.state.exchanges, model.world)
    yield "exchanges", digest(exchanges.to_string())
    for name in exchanges.iloc[:MOST_EXPLAINED, 0]:
        yield f"explain {name}", digest(str(explain_exchange(model, name, model.year)))


def _value(agent: Any, name: str) -> Any:
    """An attribute that is no verb, with the digits of golden runs."""
    try:
        value = getattr(agent, name)
    except Exception as error:
        return type(error).__name__
    if callable(value):
        return "()"
    return rounded(value) if isinstance(value, float | np.ndarray) else re.sub(r" at 0x[0-9a-f]+", "", str(value))


def rounded(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [f"{number:.{DIGITS - 1}e}" if value.dtype.kind == "f" else str(number) for number in value.ravel()]
    return f"{value:.{DIGITS - 1}e}"


def digest(seen: np.ndarray | str) -> str:
    text = seen if isinstance(seen, str) else repr(rounded(np.asarray(seen)))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
