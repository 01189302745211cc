"""What operators order for the certificate, and what becomes of it, step by step on parks that stand in a few lines."""

from types import SimpleNamespace

import numpy as np
import pytest
from helpers import constants_with, tiny_world

from eipsim.agents.firm.columns import FIRM_COLUMNS
from eipsim.agents.firm.year import Situation
from eipsim.agents.operator.columns import APPLIED, CERTIFIED, OPERATOR_COLUMNS, PREPARING, REVOKED
from eipsim.certification import pursuit
from eipsim.certification.pursuit import FOR_AWARENESS, FOR_RECP, FOR_SYMBIOSIS, Lacking, Outlook, Plan, Tenantry
from eipsim.certification.year import decide_dossier, hold_to_term, renew_or_revoke
from eipsim.core.columns import new_table
from eipsim.core.draws import drawn
from eipsim.core.years import NEVER
from eipsim.model.model import EIPModel
from eipsim.rules.investment import annuity

YEAR = 2030
COSTS = {
    "audit_cost_usd": 1000.0, "training_cost_usd": 4000.0, "study_cost_usd": 3000.0, "facilitation_cost_usd": 10_000.0,
    "facilitation_alone": 0.2, "facilitation_programme": 0.8, "tenant_share": 0.25, "audit_interval": 5.0, "stale_years": 2.0,
    "operator_hurdle_rate": 0.1, "audit_success_share": 0.5, "certificate_budget_share": 0.1,
}  # fmt: skip
FIVE = annuity(0.1, 5.0)


@pytest.fixture(scope="module")
def model():
    model = EIPModel("no-eip-policy", tiny_world(1), 1)
    model.step()
    return model


@pytest.fixture
def outlook(model):
    constants = constants_with(model, **COSTS)
    fees = np.array([100_000.0, 50_000.0])
    return Outlook(YEAR, 0.1, 5.0, True, meters_usd=200.0, meters_running=0.05, fees=fees, constants=constants)


def operators(n=2, **columns):
    table = new_table(n, OPERATOR_COLUMNS, commit_year=2025, capacity=1.0, facilitation_factor=1.0, belief=1.0)
    for name, value in columns.items():
        table[name] = value
    return table


def tenantry(sizes, absent=1, **columns):
    """Parks of so many tenants; `absent` firms stand between those that are there."""
    n = sum(sizes)
    firms = new_table((1 + absent) * n, FIRM_COLUMNS, key=np.arange(101, 101 + (1 + absent) * n, dtype=np.uint64))
    rows = np.arange(n, dtype=np.int64) * (1 + absent)
    for name, value in columns.items():
        firms[name][rows] = value
    return Tenantry(firms, rows, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))


def lacking(audits=0, if_metered=None, due=99, awareness=False, symbiosis=False):
    return Lacking(audits, audits if if_metered is None else if_metered, due, awareness, symbiosis)


# ---- what it would take ----------------------------------------------------------------------------------------------------


def test_a_plan_by_audits_costs_the_operators_part_of_each_over_the_validity(outlook):
    plan = pursuit.plan_of(operators()[0], lacking(8), 1e9, 1e5, outlook)
    assert (plan.meters, plan.audits, plan.audit, plan.training, plan.symbiosis) == (False, 8, 750.0, 3000.0, 3000.0)
    assert plan.yearly == pytest.approx(8 * 750.0 / FIVE, rel=1e-12)


def test_training_is_part_of_what_it_costs_where_awareness_is_missing(outlook):
    plan = pursuit.plan_of(operators()[0], lacking(8, awareness=True), 1e9, 1e5, outlook)
    assert plan.yearly == pytest.approx((8 * 750.0 + 3000.0) / FIVE, rel=1e-12)


def test_brokering_is_paid_every_year_and_a_study_once(outlook):
    plan = pursuit.plan_of(operators()[0], lacking(symbiosis=True), 1e9, 1e5, outlook)
    brokering = 10_000.0 * (0.8 - 0.2)
    assert plan.symbiosis == pytest.approx(brokering + 3000.0, rel=1e-12)
    assert plan.yearly == pytest.approx(3000.0 / FIVE + brokering, rel=1e-12)
    studied = pursuit.plan_of(operators(studied_year=YEAR - 4)[0], lacking(symbiosis=True), 1e9, 1e5, outlook)
    assert studied.symbiosis == pytest.approx(brokering, rel=1e-12)


def test_meters_are_chosen_where_they_with_fewer_audits_cost_less_and_can_be_paid(outlook):
    metering = 2000.0
    by_meters = metering * (1.0 + 0.05 * FIVE) + 3 * 750.0
    park = operators()[0]
    plan = pursuit.plan_of(park, lacking(8, 3), metering, 1e5, outlook)
    assert (plan.meters, plan.audits, plan.metering) == (True, 3, metering)
    assert plan.yearly == pytest.approx(by_meters / FIVE, rel=1e-12)
    assert not pursuit.plan_of(park, lacking(5, 3), metering, 1e5, outlook).meters  # 3,750 against 4,600
    assert not pursuit.plan_of(park, lacking(8, 3), metering, metering - 1.0, outlook).meters
    assert pursuit.plan_of(park, lacking(8, 3), metering, metering, outlook).meters
    assert not pursuit.plan_of(operators(monitored=True)[0], lacking(8, 3), metering, 1e5, outlook).meters


def test_no_more_audits_are_planned_than_tenants_are_due(outlook):
    assert pursuit.plan_of(operators()[0], lacking(8, due=6), 1e9, 1e5, outlook).audits == 6
    assert pursuit.plan_of(operators()[0], lacking(8, 3, due=2), 2000.0, 1e5, outlook).audits == 2


def test_what_is_under_way_is_taken_off_what_is_missing(outlook):
    """Ten tenants lack: two have been audited of late and half of them will count."""
    audited = np.array([YEAR - 2, YEAR - 1, YEAR - 3, YEAR - 5, 0, 0, 0, 0, 0, 0])
    theirs = tenantry([3, 10], audit_year=np.concatenate([[0, 0, 0], audited]))
    missing = pursuit.Missing(
        np.array([9.0, 4.0]), np.array([9.0, 2.0]), np.array([0.0, 1.0]), np.zeros(2), np.zeros(2, bool)
    )
    found = pursuit.lacking_of(operators()[1], 1, theirs, missing, outlook)
    assert found == Lacking(audits=6, audits_if_metered=2, due=7, awareness=True, symbiosis=False)


# ---- who may be audited ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "monitored", "expected"),
    [
        ({"audit_year": 0}, False, (0, 1)),
        ({"audit_year": YEAR - 5}, False, (0, 1)),  # the interval is over
        ({"audit_year": YEAR - 4}, False, (0, 0)),  # neither due nor fresh
        ({"audit_year": YEAR - 2}, False, (1, 0)),
        ({"audit_year": YEAR - 3}, False, (0, 0)),
        ({"audit_year": 0, "applies_recp": True}, False, (0, 1)),  # but nobody measures it
        ({"audit_year": 0, "applies_recp": True}, True, (0, 0)),
        ({"audit_year": 0, "applies_recp": True, "measured": True}, False, (0, 0)),
        ({"audit_year": 0, "measured": True}, True, (0, 1)),
    ],
)
def test_a_tenant_is_due_or_under_way_or_neither(outlook, columns, monitored, expected):
    theirs = tenantry([2, 1], **{name: [0, 0, value] for name, value in columns.items()})
    assert pursuit.look_at_tenants(theirs, 1, monitored, outlook) == expected
    assert pursuit.look_at_tenants(theirs, 0, monitored, outlook) == (0, 2)


# ---- the decision ----------------------------------------------------------------------------------------------------------


def weighed(outlook, missing=4.0, **columns):
    """An operator of ten tenants that looks at a park in which so many firms are missing."""
    table = operators(**columns)
    short = pursuit.Missing(*(np.array([missing, 0.0]) for _ in range(2)), np.zeros(2), np.zeros(2), np.zeros(2, bool))
    pursuit.weigh_all(table, tenantry([10, 0]), short, outlook)
    return table[0]


def test_who_expects_as_much_as_it_costs_acts_and_who_expects_less_does_not(outlook):
    cost = 8 * 750.0 / FIVE  # two audits for a firm
    fee = outlook.fees[0] * outlook.premium
    for belief, acts in ((cost / fee, True), (cost / fee * (1.0 - 1e-9), False)):
        park = weighed(outlook, belief=belief)
        assert park.certificate_cost == pytest.approx(cost, rel=1e-12)
        assert park.certificate_benefit == pytest.approx(fee * belief, rel=1e-12)
        assert bool(park.pursues) is acts
        assert park.audits_wanted == (8 if acts else 0)


def test_who_is_bound_acts_whatever_it_is_worth(outlook):
    assert weighed(outlook, belief=0.0, born_eco=True).pursues
    assert not weighed(outlook._replace(bound=False), belief=0.0, born_eco=True).pursues
    assert not weighed(outlook, belief=0.0).pursues


def test_who_lacks_nothing_or_has_not_set_out_does_nothing(outlook):
    assert not weighed(outlook, missing=0.0).pursues
    assert not weighed(outlook, commit_year=0).pursues


def test_meters_that_stand_take_their_running_cost_from_the_means(model, outlook):
    """Three per cent of the fees pay four audits; ten meters cost 100 a year to run, and then they pay three."""
    poor = outlook._replace(constants=constants_with(model, **COSTS | {"certificate_budget_share": 0.03}))
    for metering_year, ordered in ((0, 4), (YEAR, 4), (YEAR - 1, 3)):
        assert weighed(poor, missing=9.0, belief=9.0, metering_year=metering_year).audits_wanted == ordered
    assert pursuit.running_meters(operators(metering_year=YEAR - 1)[0], 10, outlook) == pytest.approx(100.0)
    assert pursuit.running_meters(operators(metering_year=YEAR)[0], 10, outlook) == 0.0
    assert pursuit.running_meters(operators()[0], 10, outlook) == 0.0


def plan(audits=0, audit=750.0, training=3000.0, symbiosis=9000.0, meters=False, metering=0.0):
    return Plan(meters, metering, audits, audit, training, symbiosis, 0.0)


@pytest.mark.parametrize(
    ("left", "audits", "trained", "brokered"),
    [
        (50_000.0, 4, YEAR, YEAR),
        (15_000.0, 4, YEAR, YEAR),  # 3,000 + 3,000 + 9,000
        (14_999.0, 4, YEAR, 0),
        (6_000.0, 4, YEAR, 0),
        (5_999.0, 4, 0, 0),  # the audits come first of two that cost the same
        (3_000.0, 4, 0, 0),
        (1_500.0, 2, 0, 0),
        (749.0, 0, 0, 0),
        (-10.0, 0, 0, 0),
    ],
)
def test_the_cheapest_gap_first_as_far_as_the_money_reaches(outlook, left, audits, trained, brokered):
    park = operators()[0]
    pursuit.decide(park, left, lacking(4, awareness=True, symbiosis=True), plan(4), outlook)
    assert (park.audits_wanted, park.trained_year, park.brokered_year) == (audits, trained, brokered)
    assert park.studied_year == brokered


def test_what_is_not_lacking_is_not_ordered(outlook):
    for one in ({"awareness": True}, {"symbiosis": True}, {}):
        park = operators()[0]
        pursuit.decide(park, 1e6, lacking(**one), plan(), outlook)
        assert (park.trained_year > 0, park.brokered_year > 0) == ("awareness" in one, "symbiosis" in one)
        assert (park.audits_wanted, park.metering_year) == (0, 0)


def test_what_is_too_dear_is_left_out_and_what_comes_after_it_is_not(outlook):
    park = operators()[0]
    pursuit.decide(park, 3_500.0, lacking(9, awareness=True), plan(9, training=2_000.0), outlook)
    assert (park.trained_year, park.audits_wanted) == (YEAR, 2)  # 1,500 are left for two of 750


def test_a_study_is_not_done_again_before_the_interval_is_over(outlook):
    for studied, expected in ((0, YEAR), (YEAR - 5, YEAR), (YEAR - 4, YEAR - 4)):
        park = operators(studied_year=studied)[0]
        pursuit.decide(park, 1e6, lacking(symbiosis=True), plan(), outlook)
        assert (park.studied_year, park.brokered_year) == (expected, YEAR)


def test_meters_are_paid_before_audits(outlook):
    park = operators()[0]
    ordered = plan(5, meters=True, metering=2_000.0)
    assert pursuit.order_for_recp(park, 4_000.0, ordered, outlook) == 2_000.0 + 2 * 750.0
    assert (park.metering_year, park.audits_wanted) == (YEAR, 2)
    park = operators()[0]
    assert pursuit.order_for_recp(park, 1_999.0, ordered, outlook) == 2 * 750.0
    assert (park.metering_year, park.audits_wanted) == (0, 2)
    assert pursuit.order_for_recp(operators()[0], 0.0, plan(5, audit=0.0), outlook) == 0.0


@pytest.mark.parametrize(
    ("price", "is_open", "gap"),
    [
        ((1.0, 2.0, 3.0), 0b111, FOR_RECP),
        ((2.0, 1.0, 3.0), 0b111, FOR_AWARENESS),
        ((3.0, 2.0, 1.0), 0b111, FOR_SYMBIOSIS),
        ((1.0, 2.0, 3.0), 0b110, FOR_AWARENESS),
        ((1.0, 2.0, 3.0), 0b100, FOR_SYMBIOSIS),
        ((1.0, 1.0, 1.0), 0b111, FOR_RECP),
        ((1.0, 1.0, 1.0), 0b110, FOR_AWARENESS),
    ],
)
def test_the_cheapest_gap_is_that_of_those_open_and_the_first_of_equal_ones(price, is_open, gap):
    assert pursuit.cheapest(price, is_open) == gap


# ---- what is ordered -------------------------------------------------------------------------------------------------------


def test_tenants_pay_their_part_of_a_training_each_the_same_and_the_operator_the_rest(outlook):
    theirs, table = tenantry([2, 3]), operators(trained_year=YEAR, training=[0.0, 0.4])
    pursuit.order_training(table[1], theirs, 1, outlook)
    cents = 240_000  # 4,000 USD less the two fifths that others give
    each = int(cents * 0.25) // 3
    assert theirs.firms.invested[theirs.rows].tolist() == [0, 0, each, each, each]
    assert theirs.firms.invested.sum() == 3 * each  # nobody else pays
    assert (table.training[1], table.training[0]) == (1.0, 0.0)
    assert table.spending[1] == table.pursuit_spending[1] == cents - 3 * each


@pytest.mark.parametrize(("trained", "already"), [(YEAR - 1, 0.0), (0, 0.0), (YEAR, 1.0)])
def test_no_training_is_paid_that_was_not_decided_this_year_or_is_given_by_others(outlook, trained, already):
    theirs, table = tenantry([2, 3]), operators(trained_year=trained, training=already)
    pursuit.order_training(table[1], theirs, 1, outlook)
    assert theirs.firms.invested.sum() == 0 == table.spending[1]
    assert table.training[1] == already


def test_brokering_costs_what_is_beyond_the_effort_that_there_is(outlook):
    park = operators(brokered_year=YEAR, facilitation=0.5)[0]
    pursuit.order_brokering(park, outlook)
    assert park.facilitation == pytest.approx(0.8)
    assert park.pursuit_spending == round(100 * 10_000.0 * 0.3)
    park = operators(brokered_year=YEAR, studied_year=YEAR, facilitation=0.9)[0]
    pursuit.order_brokering(park, outlook)
    assert (float(park.facilitation), int(park.pursuit_spending)) == (0.9, 300_000)
    park = operators(brokered_year=YEAR - 1, studied_year=YEAR - 1, facilitation=0.5)[0]
    pursuit.order_brokering(park, outlook)
    assert (float(park.facilitation), int(park.pursuit_spending)) == (0.5, 0)


def test_meters_are_paid_once_and_run_from_then_on(outlook):
    for year, usd in ((YEAR, 2_000.0), (YEAR - 1, 100.0)):
        park = operators(metering_year=year)[0]
        pursuit.order_meters(park, 10, outlook)
        assert park.monitored
        assert (int(park.spending), int(park.pursuit_spending)) == (round(100 * usd), round(100 * usd))


def ordered(model, outlook, theirs, **columns):
    """The second of two operators orders, with what lies before it."""
    surroundings, constants = model.state.surroundings, outlook.constants
    given = np.zeros(theirs.firms.size, dtype=np.uint8)
    situation = Situation(model.state.market.catalogue, surroundings, YEAR, constants)
    table = operators(**columns)
    theirs.firms.park[:] = 0
    pursuit.order_all(table, theirs, situation, outlook, given)
    lots = drawn(theirs.firms.key, surroundings.streams[pursuit.AUDIT_DRAW], year=YEAR)
    return SimpleNamespace(table=table, given=given, lots=lots)


def test_audits_go_to_those_due_in_the_order_of_their_draws(model, outlook):
    audited = [0, 0, YEAR - 4, YEAR - 5, 0, 0, 0]
    theirs = tenantry([2, 5], audit_year=audited, applies_recp=[False] * 6 + [True], measured=[False] * 6 + [True])
    found = ordered(model, outlook, theirs, pursues=[False, True], audits_wanted=[1, 2])
    may = theirs.rows[[3, 4, 5]]
    expected = may[np.argsort(found.lots[may])][:2]
    assert set(np.flatnonzero(found.given)) == set(expected)
    assert found.given.sum() == 2 == found.table.audits_ordered[1] == found.table.audits_since_2015[1]
    assert (theirs.firms.audit_year[expected] == YEAR).all()
    assert (theirs.firms.invested[expected] == 25_000).all()
    assert theirs.firms.invested.sum() == 50_000
    assert found.table.spending.tolist() == [0, 2 * 75_000] == found.table.pursuit_spending.tolist()


def test_when_nobody_is_due_any_more_no_audit_is_paid(model, outlook):
    theirs = tenantry([2, 2], audit_year=[0, 0, 0, YEAR])
    found = ordered(model, outlook, theirs, pursues=[False, True], audits_wanted=[0, 9], audits_since_2015=3)
    assert found.table.audits_ordered.tolist() == [0, 1]
    assert found.table.audits_since_2015.tolist() == [3, 4]
    assert found.table.spending[1] == 75_000


def test_last_years_orders_are_gone_and_meters_run_on_where_nothing_is_pursued(model, outlook):
    found = ordered(
        model, outlook, tenantry([2, 5]), pursues=False, metering_year=[0, 2028], audits_ordered=7, pursuit_spending=99
    )
    assert found.table.audits_ordered.tolist() == [0, 0]
    assert found.table.pursuit_spending.tolist() == [0, round(100 * 0.05 * 200.0 * 5)]


# ---- what is granted -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "passes", "lapsed"),
    [
        ({"established_year": YEAR - 8}, False, YEAR),
        ({"established_year": YEAR - 7}, False, 0),
        ({"established_year": YEAR - 12, "lapsed_year": YEAR - 4}, False, YEAR - 4),
        ({"established_year": YEAR - 12, "lapsed_year": YEAR - 4}, True, 0),
        ({"established_year": YEAR - 12, "lapsed_year": YEAR - 4, "certificate": CERTIFIED}, False, 0),
        ({"established_year": YEAR - 12, "born_eco": False}, False, 0),
        ({"established_year": YEAR - 12, "certificate": APPLIED}, False, YEAR),
    ],
)
def test_a_park_founded_eco_industrial_lapses_once_its_term_ends_until_it_complies(columns, passes, lapsed):
    park = operators(**({"born_eco": True} | columns))[0]
    hold_to_term(park, passes, YEAR, 8)
    assert park.lapsed_year == lapsed
    park = operators(**({"born_eco": True, "established_year": 2016} | columns))[0]
    hold_to_term(park, passes, YEAR, NEVER)
    assert park.lapsed_year in (0, columns.get("lapsed_year", 0))


@pytest.mark.parametrize(
    ("since", "passes", "certificate", "year"),
    [
        (YEAR - 4, False, CERTIFIED, YEAR - 4),
        (YEAR - 5, True, CERTIFIED, YEAR),
        (YEAR - 5, False, REVOKED, 0),
        (YEAR - 9, True, CERTIFIED, YEAR),
    ],
)
def test_a_certificate_is_renewed_or_revoked_when_it_has_run_out(since, passes, certificate, year):
    park = operators(certificate=CERTIFIED, certified_year=since)[0]
    renew_or_revoke(park, passes, YEAR, 5)
    assert (park.certificate, park.certified_year) == (certificate, year)


@pytest.mark.parametrize(
    ("applied", "passes", "certificate", "year"),
    [
        (YEAR, True, APPLIED, 0),
        (YEAR - 1, True, CERTIFIED, YEAR),
        (YEAR - 1, False, PREPARING, 0),
        (YEAR - 2, True, CERTIFIED, YEAR),
    ],
)
def test_a_dossier_is_granted_after_its_time_if_the_park_still_passes(applied, passes, certificate, year):
    park = operators(certificate=APPLIED, applied_year=applied)[0]
    decide_dossier(park, passes, YEAR, 1.0)
    assert (park.certificate, park.certified_year) == (certificate, year)


def test_what_a_certificate_is_worth_is_noted_however_little_it_is(outlook):
    park = weighed(outlook, belief=1e-5)
    assert park.certificate_benefit == pytest.approx(1e-5 * outlook.fees[0] * outlook.premium)
    assert park.certificate_cost > 0.0
