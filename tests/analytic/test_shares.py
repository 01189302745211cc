"""Limit cases of counted firms with known answers: certificates L10, L11 and compliance L12."""

import math

import numpy as np
import pytest
from helpers import ALIKE, ALWAYS_ACCEPT, NO_AWARENESS, quiet, tiny_world, z_score
from scipy.stats import binom

from eipsim.agents.operator.columns import OPERATOR_COLUMNS
from eipsim.certification.criteria import ParkRecords, findings, measure
from eipsim.core.columns import new_table
from eipsim.model.model import EIPModel
from eipsim.policy.decrees import read_decrees
from eipsim.rules.certification import firms_needed
from eipsim.rules.compliance import complies

PASSES = [(0.10, 0.0245), (0.15, 0.2089), (0.20, 0.5563), (0.25, 0.8363), (0.30, 0.9598)]
N_FIRMS, N_PARKS = 50, 1500


@pytest.mark.parametrize(("adoption", "expected"), PASSES)
def test_l10_parks_of_fifty_firms_pass_the_20_per_cent_rule_as_often_as_the_binomial_says(tmp_path, adoption, expected):
    """Each firm adopts in the first year with the probability `adoption`, on its own; the criterion counts them."""
    assert round(1.0 - binom.cdf(math.ceil(0.2 * N_FIRMS) - 1, N_FIRMS, adoption), 4) == expected
    settings = NO_AWARENESS | ALIKE | ALWAYS_ACCEPT | {"awareness.base_rate": -math.log(1.0 - adoption)}
    model = EIPModel("no-eip-policy", tiny_world(N_FIRMS, N_PARKS), 1, settings=settings)
    model.state.surroundings.parks.unheard[:] = 0.0  # all have heard of cleaner production
    quiet(model, only="lighting").step()
    decree = decree_of(tmp_path, "tenant firms applying RECP", 0.2)
    values, needs = measure(decree, model.park_records())
    passed = int((values >= needs).all(axis=0).sum())
    assert abs(z_score(passed, N_PARKS, expected)) < 3.0


def decree_of(folder, criterion, threshold):
    file = folder / "decree.csv"
    unit = "share of firms" if threshold < 1 else "links"
    head = "rule_id,in_force_from,in_force_to,criterion,threshold,unit,procedure_available_from"
    file.write_text(f"{head}\nX,2015-01-01,,{criterion},{threshold},{unit},2015-01-01\n")
    return read_decrees((str(file),))[0]


def park_with(firms, adopters):
    counts = [np.array([n]) for n in (firms, 0, adopters, adopters)]
    return ParkRecords(2030, *counts, new_table(1, OPERATOR_COLUMNS))


@pytest.mark.parametrize(
    ("firms", "adopters", "passes"),
    [(50, 9, False), (50, 10, True), (45, 9, True), (45, 8, False), (46, 9, False), (1, 0, False)],
)
def test_l11_shares_are_compared_in_whole_firms(tmp_path, firms, adopters, passes):
    finding = findings(decree_of(tmp_path, "tenant firms applying RECP", 0.2), park_with(firms, adopters), 0)[0]
    assert finding.holds is passes
    assert finding.needed == math.ceil(firms / 5 - 1e-9)


def test_l11_no_rounding_decides_a_certificate():
    for n in range(1, 3000):
        assert firms_needed(n, 200_000) == -(-n // 5)
        assert firms_needed(n, 900_000) == -(-9 * n // 10)
        assert firms_needed(n, 100_000) == -(-n // 10)


@pytest.mark.parametrize(("probability", "fine"), [(0.05, 10_000.0), (0.3, 20_000.0), (0.5, 30_000.0), (0.9, 50_000.0)])
def test_l12_of_the_inspected_firms_those_whose_cost_exceeds_the_expected_fine_are_in_violation(probability, fine):
    n, most = 40_000, 20_000.0
    expected = min(1.0, probability * fine / most)
    settings = NO_AWARENESS | {
        "levers.inspection_probability": probability,
        "levers.fine_usd": fine,
        "regulators.compliance_cost_max_usd": most,
    }
    model = EIPModel("no-eip-policy", tiny_world(n), 1, settings=settings)
    model.step()
    costs = model.state.firms.compliance_cost
    complying = np.array([complies(cost, probability, fine) for cost in costs]).sum()
    violators = int((model.state.firms.violation_year == 2015).sum())
    if expected == 1.0:
        assert (complying, violators) == (n, 0)
        return
    assert abs(z_score(int(complying), n, expected)) < 3.0
    assert abs(z_score(violators, n, probability * (1.0 - expected))) < 3.0
