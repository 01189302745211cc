"""The adaptive regulator and its static control: the same instrument, the same money."""

import numpy as np
import pytest
from static_control import at_level, present_value, static_control

from eipsim.errors import InputError, RunError
from eipsim.model.model import EIPModel
from eipsim.runs.simulation import simulate
from eipsim.scenarios import load_scenario

STEERED = {
    "audits": {"lever": "audits", "outcome": "recp_firm_share", "target": {2020: 0.0, 2035: 0.6}, "most": 200.0},
    "training": {"lever": "training", "outcome": "firms_aware_share", "target": {2020: 0.0, 2030: 0.9}, "most": 1.0},
    "infrastructure_cofunding": {
        "lever": "infrastructure_cofunding", "outcome": "park_score_mean", "target": {2020: 70.0, 2035: 99.0}, "most": 0.9,
    },
}  # fmt: skip


def steered(lever, **changes):
    return load_scenario("baseline", regulator={"adaptive": STEERED[lever] | changes})


def test_the_regulator_moves_by_the_gap_to_its_target_within_its_limits():
    """Integral rule: level + gain x range x relative gap, as MODEL section 8 has it."""
    model = EIPModel(steered("training", gain=0.2), "pilot-parks", 3)
    expected, outcome = 0.0, 0.0
    while model.year < 2050:
        model.step()
        if model.year - 1 >= 2020:
            target = float(np.interp(model.year - 1, [2020, 2030], [0.0, 0.9]))
            gap = (target - outcome) / target if target else 0.0
            expected = min(max(expected + 0.2 * min(max(gap, -1.0), 1.0), 0.0), 1.0)
        assert model.state.regulators.adaptive_level[0] == pytest.approx(expected, abs=1e-12)

        outcome = model.firms_aware_share


@pytest.mark.parametrize("lever", STEERED)
def test_adaptive_rule_and_static_control_spend_the_same_present_value(lever):
    control = static_control(steered(lever), 3, world="pilot-parks")
    assert control.static_usd == pytest.approx(control.adaptive_usd, rel=0.001)
    assert present_value(control.static_run, 0.06) == control.static_usd
    assert 0.0 < control.level < STEERED[lever]["most"]
    paths = [run.outcomes["public_spending_usd"] for run in (control.adaptive_run, control.static_run)]
    assert not np.array_equal(*paths), "both spend alike every year: there is nothing to compare"
    np.testing.assert_array_equal(paths[0].loc[:2020], paths[1].loc[:2020])


def test_the_static_control_stays_at_its_level_from_the_first_year_of_the_target():
    model = EIPModel(at_level(steered("training"), 0.4), "pilot-parks", 3)
    while model.year < 2050:
        model.step()
        assert model.state.regulators.adaptive_level[0] == 0.4
        assert (model.this_year.levers.training == (0.4 if model.year > 2020 else 0.0)).all()


def test_fractions_of_an_audit_wait_for_the_next_year():
    model = EIPModel(at_level(steered("audits"), 2.5), "pilot-parks", 3)
    given = []
    while model.year < 2030:
        model.step()
        given.append(model.this_year.adaptive_audits)
    assert given == [0] * 6 + [2, 3] * 5


def test_present_value_by_hand():
    run = simulate("baseline", 3, world="pilot-parks", years=(2024, 2026))
    a, b, c = run.outcomes["public_spending_usd"]
    assert present_value(run, 0.06) == pytest.approx(a + b / 1.06 + c / 1.06**2)


def test_what_has_no_control_is_told():
    with pytest.raises(InputError, match="no adaptive regulator"):
        static_control("baseline", world="pilot-parks")
    with pytest.raises(RunError, match="no level of audits"):
        static_control(steered("audits"), 3, world="pilot-parks", years=(2015, 2030), tolerance=0.0)
    with pytest.raises(InputError, match="start 2000 above most 200"):
        steered("audits", start=2000.0)
