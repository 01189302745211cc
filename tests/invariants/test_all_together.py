"""All mechanisms hold together, with levers that use them: the same bits however firms are visited, and books that close."""

import numpy as np
import pytest
from helpers import differences

from eipsim import simulate
from eipsim.model.model import EIPModel
from eipsim.scenarios import load_scenario

PARAMETERS = {
    "awareness.training_option_rate": 0.05, "behaviour.recp_by_cause": 1, "finance.loan_share": 0.2, "finance.loan_years": 5,
    "measures.hazardous_fee_minimum_usd": 400.0,
    "operators.certificate_budget_share": 0.1, "operators.facilitation_spread": 0.4, "operators.preference_share": 0.1,
    "operators.quality_in_capacity": 0.5, "operators.quality_in_facilitation": 0.5, "operators.score_speed_spread": 0.4,
    "operators.tenants_needed": 1, "population.exit_rate_domestic": 0.04, "population.exit_rate_foreign": 0.02,
    "regulators.auditors_per_year": 60, "regulators.process_coverage": 1,
    "regulators.provinces_merge": 1, "regulators.voucher_applications": 1,
}  # fmt: skip
LEVERS = {
    "auctioned_share": [{"value": 0.1, "from": 2025, "sectors": ["A05", "A02"]}],
    "capital_subsidy": [{"value": 0.3, "from": 2020}],
    "carbon_facilities": [{"value": 4, "from": 2025, "sectors": ["A05", "A02"]}],
    "carbon_price": [{"value": 10, "from": 2027}],
    "certification_capacity": [{"value": 3, "from": 2026, "provinces": ["Hai Phong"]}],
    "certification_premium": [{"value": 0.05, "from": 2024}],
    "interest_subsidy": [{"value": 0.02, "from": 2024, "owners": ["domestic"]}],
    "loan_guarantee": [{"value": 0.5, "from": 2024}],
    "subsidy_budget_usd": [{"value": 300_000, "from": 2020}],
}
ARGUMENTS = {"world": "pilot-parks", "years": (2015, 2032)}


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("baseline", parameters=PARAMETERS, levers=LEVERS)


def test_agents_one_by_one_do_what_they_do_together(scenario):
    compiled, stepped = (EIPModel(scenario, **ARGUMENTS, stepping=how).run() for how in ("compiled", "agents"))
    assert differences(compiled, stepped) == []


def test_provinces_of_either_map_add_up_to_the_nation(scenario):
    run = simulate(scenario, **ARGUMENTS, detail=True)
    for name in (
        "parks_committed",
        "operator_audits_done",
        "loans_outstanding_usd",
        "interest_paid_usd",
        "allowances_net_usd",
    ):
        nation = run.outcomes[name].to_numpy()
        assert np.any(nation != 0.0), name
        for table in (run.provinces, run.provinces_2025):
            assert table.groupby("year")[name].sum().to_numpy() == pytest.approx(nation), name
