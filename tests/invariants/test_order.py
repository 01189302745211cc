"""No result depends on who is visited first, or how: ACCEPTANCE P7 and P8."""

from fractions import Fraction

import numpy as np
import pytest
from helpers import differences, part_of

from eipsim.agents import Firm, ParkOperator, Regulator
from eipsim.model.model import EIPModel
from eipsim.rules.acceptance import RULES
from eipsim.world import build_world

PACKAGE = "full-package"  # every instrument that this version knows


def run_to(year, **more):
    model = EIPModel(PACKAGE, "pilot-parks", 4, **more)
    while model.year < year:
        model.step()
    return model


def own_rule(cost, saving, lifetime, size, peers, effects):
    """Payback against a limit that neighbours loosen."""
    return min(1.0, saving * (1.0 + peers) * lifetime / (lifetime * cost + saving * lifetime + 1e-9))


def uncompilable_rule(cost, saving, lifetime, size, peers, effects):
    """A rule that uses more of Python than numbers."""
    return float(Fraction(3, 5) if cost < 2.0 * saving else Fraction(1, 5))


def allocating_rule(cost, saving, lifetime, size, peers, effects):
    """A rule that makes lists: it can be compiled, but not like the year that calls it."""
    return {0: 0.6, 1: 0.2}[0 if cost < 2.0 * saving else 1] + 0.01 * len([peers] * lifetime) / 100.0


# ---- P8 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [*RULES, own_rule], ids=[*RULES, "own rule"])
def test_p8_agents_stepped_one_by_one_do_bitwise_what_the_compiled_year_does(rule):
    """Firms, operators and regulators, to 2032: past the first subsidies, carbon price, inspections and expiries."""
    compiled, stepped = run_to(2032, rule=rule), run_to(2032, rule=rule, stepping="agents")
    assert differences(compiled, stepped) == []
    np.testing.assert_array_equal(compiled.state.books.flows, stepped.state.books.flows)
    np.testing.assert_array_equal(compiled.state.surroundings.parks, stepped.state.surroundings.parks)
    np.testing.assert_array_equal(compiled.state.surroundings.sectors, stepped.state.surroundings.sectors)
    assert compiled.recp_measures_installed > 0


def test_p8_to_the_end_of_the_horizon():
    assert differences(run_to(2050), run_to(2050, stepping="agents")) == []


@pytest.mark.parametrize(("rule", "compiles"), [(uncompilable_rule, False), (allocating_rule, True)])
def test_p8_a_rule_of_plain_python_gives_the_same_in_both_steppings(rule, compiles):
    ways = [run_to(2020, rule=rule, stepping=stepping) for stepping in ("compiled", "agents")]
    assert differences(*ways) == []
    assert (ways[0].rule.compiled is not None) == compiles


def test_p8_each_kind_of_agent_can_be_stepped_in_python_alone():
    """A subclass that overrides a verb and only calls it is stepped by itself, and changes nothing."""
    seen = {"firm": 0, "operator": 0, "regulator": 0}

    class WatchedFirm(Firm):
        def weigh(self):
            seen["firm"] += 1
            return super().weigh()

    class WatchedOperator(ParkOperator):
        def operate(self):
            seen["operator"] += 1
            super().operate()

    class WatchedRegulator(Regulator):
        def act(self):
            seen["regulator"] += 1
            super().act()

    compiled = run_to(2029)
    for kind in (
        {"firm_class": WatchedFirm},
        {"operator_class": WatchedOperator},
        {"regulator_class": WatchedRegulator},
    ):
        assert differences(compiled, run_to(2029, **kind)) == []
    assert min(seen.values()) > 50


# ---- P7 --------------------------------------------------------------------------------------------------------------


def shuffled(world, seed):
    """The same parks and firms in another order, and the row that each firm had."""
    order = np.random.default_rng(seed)
    parks = order.permutation(world.n_parks)
    start = world.parks.start
    firms = [order.permutation(np.arange(start[p], start[p + 1])) for p in parks]
    return part_of(world, parks, firms), parks, np.concatenate(firms)


# Firms that learn from inspections, weigh what they cost them, cure what is found; inspections aimed, owners parted.
INSPECTED = {
    "regulators.self_complying_share": 0.2, "regulators.compliance_cost_max_share": 0.0002,
    "regulators.other_violation_cost": 1.0, "regulators.record_learning_weight": 0.6, "regulators.cure_probability": 0.5,
    "levers.inspection_targeting": 0.5,
    "levers.inspection_probability": [{"value": 0.1}, {"value": 0.3, "owners": ["foreign"]}],
    "levers.fine_usd": [{"value": 2e3}, {"value": 3e3, "owners": ["foreign"]}],
}  # fmt: skip


def test_p8_regulators_stepped_one_by_one_inspect_bitwise_like_the_compiled_year():
    compiled, stepped = (run_to(2032, settings=INSPECTED, stepping=way) for way in ("compiled", "agents"))
    assert differences(compiled, stepped) == []
    assert 0 < compiled.violations_found < compiled.inspections_done


# Made anew by every model from the order of the world.
POSITIONS = ("park",)


# Firms that apply for vouchers, and borrow what these leave.
APPLYING = {
    "regulators.voucher_applications": 1.0, "finance.loan_years": 5.0, "finance.loan_share": 0.2,
    "levers.interest_subsidy": 0.02,
}  # fmt: skip


@pytest.mark.parametrize(("rule", "more"), [(None, {}), ("threshold", {}), (None, INSPECTED), (None, APPLYING)])
def test_p7_permuting_firms_and_parks_changes_no_decision_and_sums_agree(rule, more):
    world = build_world("pilot-parks", 4)
    turned, parks, rows = shuffled(world, 9)
    settings = {
        "regulator.voucher_rule": "small_first",
        "levers.subsidy_budget_usd": {"value": 2e5, "from": 2026},
    } | more
    a, b = (EIPModel(PACKAGE, w, 4, rule=rule, settings=settings).run() for w in (world, turned))
    for column in a.state.firms.dtype.names:
        if column not in POSITIONS:
            np.testing.assert_array_equal(a.state.firms[column][rows], b.state.firms[column], err_msg=column)
    for column in a.state.operators.dtype.names:
        np.testing.assert_array_equal(a.state.operators[column][parks], b.state.operators[column], err_msg=column)
    np.testing.assert_allclose(a.outcomes.to_numpy(), b.outcomes.to_numpy(), rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(a.state.surroundings.parks.tally[parks], b.state.surroundings.parks.tally)


@pytest.mark.parametrize(
    "rule", ["random", "small_first", "dirty_first", "committed_parks_first", "cost_effective_first"]
)
def test_p7_no_rule_of_rationing_depends_on_the_order_of_identical_firms(rule):
    """Firms that are alike in all that a rule looks at: only their keys tell them apart."""
    from helpers import tiny_world

    world = tiny_world(30, n_parks=4)
    turned, _, rows = shuffled(world, 2)
    audits = {
        "from": 2016, "until": 2018, "audits": 60, "commits_parks": False, "payer": "public", "rule": rule, "source": "test",
    }  # fmt: skip
    voucher = {
        "regulator.voucher_rule": rule, "levers.capital_subsidy": 0.3, "levers.subsidy_budget_usd": 2e4,
        "levers.voucher_cap_usd": 2e3, "awareness.base_rate": 0.5,
    }  # fmt: skip
    settings = voucher | {"programmes.few": audits}
    a, b = (EIPModel("no-eip-policy", w, 4, settings=settings, years=(2015, 2025)).run() for w in (world, turned))
    for column in ("audit_year", "subsidised", "first_adopted", "recommended"):
        np.testing.assert_array_equal(a.state.firms[column][rows], b.state.firms[column], err_msg=column)
    assert 0 < (a.state.firms.audit_year > 0).sum() < 120
