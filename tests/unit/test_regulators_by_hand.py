"""What regulators do in a year, step by step: whom they serve first, whom they inspect and what they remember, how they steer."""

from types import SimpleNamespace

import numpy as np
import pytest
from helpers import tiny_world

from eipsim.agents.firm.columns import FIRM_COLUMNS
from eipsim.agents.operator.columns import OPERATOR_COLUMNS
from eipsim.agents.regulator import allowances, inspections, rationing
from eipsim.agents.regulator.adaptive import AUDITS, adapt, audits_due, moved
from eipsim.agents.regulator.allowances import ACCOUNT_COLUMNS
from eipsim.agents.regulator.columns import REGULATOR_COLUMNS
from eipsim.agents.regulator.inspections import DOMESTIC, FOREIGN, Inspection
from eipsim.core.columns import new_table
from eipsim.core.draws import draw, drawn, wrapping
from eipsim.exchanges.columns import TENANT_COLUMNS
from eipsim.infrastructure.columns import SERVICE_COLUMNS
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, ELECTRICITY
from eipsim.model.model import EIPModel
from eipsim.policy.programmes import Selection

YEAR = 2030


@pytest.fixture(scope="module")
def model():
    model = EIPModel("no-eip-policy", tiny_world(6, n_parks=2), 1, settings={"regulators.record_years": 4.0})
    model.step()
    return model


# ---- steering --------------------------------------------------------------------------------------------------------------

RULE = SimpleNamespace(lever="carbon_price", target={2020: 0.2, 2030: 0.4}, gain=0.5, least=10.0, most=50.0)


@pytest.mark.parametrize(
    ("achieved", "expected"),
    [
        (0.3, 20.0),  # what was aimed at in 2025: nothing moves
        (0.15, 30.0),  # half of the target is missing: half of the gain on a range of 40
        (0.0, 40.0),
        (0.45, 10.0),
        (9.0, 10.0),  # no further down than the gain, and not below the least
    ],
)
def test_a_step_goes_with_the_share_of_the_target_that_is_missing(achieved, expected):
    assert moved(RULE, 20.0, 2025, achieved) == pytest.approx(expected)


def test_a_level_stays_within_its_bounds_and_a_target_of_nothing_moves_nothing():
    assert moved(RULE, 45.0, 2025, 0.0) == 50.0
    assert moved(SimpleNamespace(**vars(RULE) | {"target": {2020: 0.0}}), 20.0, 2025, 3.0) == 20.0
    assert moved(RULE, 20.0, 2040, 0.4) == 20.0  # the last target stands
    assert moved(RULE, 20.0, 2010, 0.1) == pytest.approx(30.0)  # and so does the first


def test_half_audits_wait_for_the_next_year():
    owed = np.zeros(1)
    assert [audits_due(owed, 1.5) for _ in range(4)] == [1, 2, 1, 2]
    assert audits_due(owed, 0.0) == 0
    assert owed[0] == 0.0


def steered(year, achieved, lever="carbon_price", level=20.0):
    """(level afterwards, carbon price, audits) of a regulator whose level was 20."""
    model = EIPModel("no-eip-policy", tiny_world(1), 1)
    regulators = new_table(2, REGULATOR_COLUMNS, adaptive_level=level)
    levers = model.lever_paths.year(year)
    rule = SimpleNamespace(**vars(RULE) | {"lever": lever})
    after, audits = adapt(rule, regulators, levers, year, achieved)
    return regulators.adaptive_level.tolist(), float(np.max(after.carbon_price)), audits


@pytest.mark.parametrize(
    ("year", "achieved", "level", "price"),
    [
        (2019, 0.0, 20.0, 0.0),
        (2020, 0.0, 20.0, 0.0),  # the first target is of the end of this year
        (2021, 0.1, 30.0, 30.0),
        (2021, 0.2, 20.0, 20.0),
        (2021, None, 20.0, 20.0),
    ],
)
def test_a_lever_moves_from_the_year_after_the_first_target(year, achieved, level, price):
    levels, found, audits = steered(year, achieved)
    assert levels == [pytest.approx(level), 20.0]  # the nation's alone
    assert (found, audits) == (pytest.approx(price), 0)


@pytest.mark.parametrize(("year", "audits"), [(2020, 0), (2021, 30)])
def test_audits_are_given_from_the_year_after_the_first_target(year, audits):
    assert steered(year, 0.1, AUDITS)[1:] == (0.0, audits)


def test_without_a_rule_nothing_is_steered():
    levers = EIPModel("no-eip-policy", tiny_world(1), 1).lever_paths.year(2030)
    assert adapt(None, new_table(1, REGULATOR_COLUMNS), levers, 2030, 0.0) == (levers, 0)


# ---- who is served first ---------------------------------------------------------------------------------------------------


def served(model, rule, weights=rationing.EQUAL):
    """The order in which the twelve tenants of two parks are served."""
    firms = model.state.firms
    firms.employees[:] = [5, 4, 3, 2, 1, 6, 7, 8, 9, 10, 11, 12]
    firms.toe[:] = [1, 5, 3, 7, 9, 2, 4, 6, 8, 10, 12, 11]
    firms.log_size[:] = [3, 1, 2, 4, 6, 5, 9, 8, 7, 12, 11, 10]
    model.state.operators.commit_year[:] = [0, 2020]
    rows = np.arange(12)
    return np.argsort(rationing.priorities(model.state, YEAR, rows, rule, rationing.AUDIT_DRAW, weights))


def test_each_rule_serves_in_its_order(model):
    firms = model.state.firms
    assert served(model, "small_first").tolist() == np.argsort(firms.employees).tolist()
    assert served(model, "dirty_first").tolist() == np.argsort(-firms.toe).tolist()
    assert served(model, "cost_effective_first").tolist() == np.argsort(-firms.log_size).tolist()
    lots = drawn(model.state.world.firms.key, model.state.surroundings.streams[rationing.AUDIT_DRAW], year=YEAR)
    assert served(model, "random").tolist() == np.argsort(lots).tolist()
    committed = served(model, "committed_parks_first")
    assert committed.tolist() == [*(6 + np.argsort(lots[6:])), *np.argsort(lots[:6])]


@pytest.mark.parametrize("rule", ["small_first", "dirty_first", "cost_effective_first", "committed_parks_first"])
def test_among_equals_the_draw_decides(model, rule):
    firms, rows = model.state.firms, np.arange(12)
    served(model, rule)
    firms.employees[:], firms.toe[:], firms.log_size[:], model.state.operators.commit_year[:] = 7, 7.0, 7.0, 0
    lots = drawn(model.state.world.firms.key, model.state.surroundings.streams[rationing.AUDIT_DRAW], year=YEAR)
    order = np.argsort(rationing.priorities(model.state, YEAR, rows, rule, rationing.AUDIT_DRAW))
    assert order.tolist() == np.argsort(lots).tolist()


def test_who_is_favoured_comes_first_among_those_whom_the_draw_decides_on(model):
    heavily = rationing.Weights(size_exponent=50.0, log_reference=0.0)
    firms = model.state.firms
    assert served(model, "random", heavily).tolist() == np.argsort(-firms.log_size).tolist()
    first = served(model, "committed_parks_first", heavily)
    assert first.tolist() == [*(6 + np.argsort(-firms.log_size[6:])), *np.argsort(-firms.log_size[:6])]


def test_a_programme_turns_to_the_firms_of_its_parks_and_sectors(model):
    state, rows = model.state, model.this_year.rows
    year, sectors = SimpleNamespace(rows=rows, number=2015), np.ones(len(state.world.sectors), dtype=bool)
    both, second = np.array([True, True]), np.array([False, True])
    assert rationing.candidates(state, year, both, sectors).tolist() == rows.tolist()
    assert rationing.candidates(state, year, second, sectors).tolist() == rows[6:].tolist()
    sectors[state.world.firms.sector[0]] = False  # that of all of them
    assert rationing.candidates(state, year, both, sectors).size == 0
    assert rationing.candidates(state, year, both, ~sectors).tolist() == rows.tolist()


def test_who_is_favoured_by_which_programme_is_told_with_how_much(model):
    state, sizes = model.state, np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 90.0, 91.0, 92.0, 93.0, 94.0, 95.0])
    state.firms.log_size[:], state.firms.firm_effect[:] = np.log(sizes), 0.5
    everywhere, first_park = np.array([True, True]), np.array([True, False])
    sectors, by_size = np.ones(len(state.world.sectors), dtype=bool), Selection(0.75, 0.0)

    def programme(title, parks, selection, *audits):
        return SimpleNamespace(
            title=title, eligible=parks, sectors=sectors, selection=selection, audits_by_year=np.array(audits)
        )

    programmes = {
        3: programme("not this year", first_park, by_size, 9, 0, 9),
        4: programme("of the first park", first_park, by_size, 0, 2, 0),
        5: programme("favours nobody", everywhere, Selection(0.0, 0.0), 0, 2, 0),
        6: programme("by will", everywhere, Selection(0.0, 0.4), 0, 2, 0),
    }
    year = SimpleNamespace(programmes=programmes, number=2016, rows=model.this_year.rows)
    found = rationing.favours_to(state, year, 5)
    assert [(its.giver, its.title) for its in found] == [(4, "of the first park"), (6, "by will")]
    assert found[0].weight == pytest.approx(
        (6.0 / 3.4641016151377544) ** 0.75
    )  # of the median, 2 sqrt(3) by logarithms
    assert found[1].weight == pytest.approx(np.exp(0.4 * 0.5))
    assert [its.giver for its in rationing.favours_to(state, year, 6)] == [6]


@pytest.mark.parametrize(
    ("budget", "cap", "offered"),
    [(1.0, 1.0, True), (0.0, 1.0, False), (1.0, 0.0, False), (0.001, 1.0, False), (1.0, 0.01, True)],
)
def test_vouchers_are_offered_where_there_is_a_cent_for_one(budget, cap, offered):
    levers = SimpleNamespace(subsidy_budget_usd=budget, voucher_cap_usd=cap, in_force=["capital_subsidy"])
    assert rationing.vouchers_are_offered(levers) == offered
    levers.in_force = []
    assert not rationing.vouchers_are_offered(levers)


def test_vouchers_of_last_year_are_taken_back(model):
    state = model.state
    state.voucher_holders[:3], state.regulators.vouchers_dealt[0] = [2, 5, 7], 2
    state.firms.voucher_rate[:], state.firms.voucher_left[:] = 0.3, 500
    for column in rationing.OF_VOUCHERS:
        state.regulators[column][:] = 9
    state.regulators.vouchers_dealt[0] = 2
    rationing.take_back_vouchers(state)
    gone = np.isin(np.arange(12), [2, 5])
    np.testing.assert_array_equal(state.firms.voucher_rate == 0.0, gone)
    np.testing.assert_array_equal(state.firms.voucher_left == 0, gone)
    for column in rationing.OF_VOUCHERS:
        assert state.regulators[column][0] == 0
        assert (state.regulators[column][1:] == 9).all()


# ---- inspections -----------------------------------------------------------------------------------------------------------


def inspection(model, **more) -> Inspection:
    """Of two parks with six tenants each, of whom every second is foreign and twice as often inspected as the others."""
    plan = inspections.inspection_of(model.state, model.this_year)
    probability = np.zeros(plan.probability.shape)
    probability[:] = 0.2, 0.4
    return plan._replace(
        year=YEAR, foreign=np.arange(12) % 2 == 1, probability=probability, aim=np.ones(probability.shape),
        records=np.zeros(12), inspected=np.zeros(12, dtype=np.bool_), come=np.zeros(0, dtype=np.int64), **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("violation_year", "on_record"), [(0, False), (YEAR, False), (YEAR - 1, True), (YEAR - 4, True), (YEAR - 5, False)]
)
def test_a_violation_is_on_record_for_some_years_from_the_next(model, violation_year, on_record):
    plan = inspection(model)
    assert inspections.is_on_record(violation_year, plan) == on_record


def test_a_violation_is_cured_by_the_draw_of_its_year(model):
    plan, table = inspection(model), new_table(2, FIRM_COLUMNS, compliance_cost=500.0)
    with wrapping():
        luck = draw(plan.cure_stream, np.uint64(77), YEAR, 0)
    plan = plan._replace(constants=plan.constants.copy())
    for chance, cost in ((luck, 500.0), (np.nextafter(luck, 1.0), 0.0)):
        plan.constants.cure_probability = chance
        with wrapping():
            inspections.note_violation(table, 1, np.uint64(77), plan)
        assert table.violation_year.tolist() == [0, YEAR]
        assert table.compliance_cost.tolist() == [500.0, cost]


def test_the_chance_of_an_inspection_goes_by_owner_and_record_and_is_never_above_one(model):
    plan = inspection(model)
    plan.aim[0] = 0.5, 3.0
    found = {
        (owner, known): inspections.chance_of_inspection(0, owner == FOREIGN, known, plan)
        for owner in (DOMESTIC, FOREIGN)
        for known in (False, True)
    }
    assert found == pytest.approx(
        {(DOMESTIC, False): 0.1, (DOMESTIC, True): 0.6, (FOREIGN, False): 0.2, (FOREIGN, True): 1.0}
    )
    assert inspections.highest_chance(0, plan) == 1.0
    assert inspections.highest_chance(1, plan) == pytest.approx(0.4)


def test_a_tenant_is_on_record_by_itself_or_by_its_operator(model):
    plan, firms = inspection(model), new_table(12, FIRM_COLUMNS)
    operators = new_table(2, OPERATOR_COLUMNS, key=[1, 2])
    plan.aim[0] = 0.5, 2.0
    firms.violation_year[2] = YEAR - 1
    assert [inspections.chance_for_tenant(firms, i, operators, 0, plan) for i in (0, 1, 2)] == pytest.approx(
        [0.1, 0.2, 0.4]
    )
    assert inspections.chance_for_operator(operators, 0, plan) == pytest.approx(0.1)
    operators.violation_year[0] = YEAR - 2
    assert [inspections.chance_for_tenant(firms, i, operators, 0, plan) for i in (0, 1, 2)] == pytest.approx(
        [0.4, 0.8, 0.4]
    )
    assert inspections.chance_for_operator(operators, 0, plan) == pytest.approx(0.4)


def test_a_parks_record_begins_with_the_chance_of_those_who_are_there(model):
    plan, operators = inspection(model), new_table(2, OPERATOR_COLUMNS, tenants_record=-1.0)
    foreign = np.arange(12) == 7  # of the six in the second park one is foreign
    plan = plan._replace(foreign=foreign)
    plan.aim[:, 1] = 3.0
    inspections.begin_records(operators, 1, plan)
    expected = (5 * 0.2 + 0.4) / 6
    assert operators.inspection_record[1] == pytest.approx(0.2)
    assert operators.tenants_record[1] == pytest.approx(expected)
    np.testing.assert_allclose(plan.records, [0.0] * 6 + [expected] * 6)
    plan.records[:] = 9.0
    inspections.begin_records(operators, 1, plan)  # only once
    assert (plan.records == 9.0).all()


def test_newcomers_begin_with_the_record_of_their_park(model):
    plan = inspection(model)._replace(come=np.array([1, 8]))
    operators = new_table(2, OPERATOR_COLUMNS, tenants_record=[0.3, 0.6], province=[0, 1])
    inspections.begin_records_of_newcomers(1, operators, plan)
    assert plan.records.nonzero()[0].tolist() == [8]
    inspections.begin_records_of_newcomers(-1, operators, plan)
    assert plan.records[[1, 8]].tolist() == [0.3, 0.6]
    plan.records[:], operators.tenants_record[:] = 0.0, [0.0, -1.0]
    plan.records[:] = 5.0
    inspections.begin_records_of_newcomers(-1, operators, plan)
    assert plan.records[[1, 8]].tolist() == [0.0, 5.0]  # a park without a record passes none on


def test_records_follow_what_is_seen(model):
    plan = inspection(model)
    plan.inspected[[6, 7]], plan.records[:] = True, 0.5
    operators = new_table(2, OPERATOR_COLUMNS, tenants_record=[0.1, 0.2], inspection_record=[0.1, 0.4])
    inspections.keep_records(operators, 1, 2, False, plan)
    np.testing.assert_allclose(plan.records, [0.5] * 6 + [0.625] * 2 + [0.375] * 4)
    assert operators.inspection_record.tolist() == [0.1, pytest.approx(0.3)]
    assert operators.tenants_record.tolist() == [0.1, pytest.approx(0.2 + (2 / 6 - 0.2) / 4)]
    inspections.keep_records(operators, 1, 0, True, plan)
    assert operators.inspection_record[1] == pytest.approx(0.3 + 0.7 / 4)


def test_the_books_of_inspections_are_fines_by_owner_and_what_inspections_cost(model):
    plan = inspection(model)._replace(fine=np.array([1000.0, 1500.0]))
    regulator = new_table(1, REGULATOR_COLUMNS, appropriation=7)[0]
    inspections.account_for_inspections(regulator, inspections.Found(9, 2, 3), plan)
    cents = round(900 * plan.constants.inspection_cost_usd)
    assert (regulator.inspections_done, regulator.violations_found) == (9, 5)
    assert regulator.fines == 100 * (2 * 1000 + 3 * 1500)
    assert (regulator.inspections, regulator.appropriation) == (cents, 7 + cents)


def test_tenants_and_operators_are_counted_by_owner_and_record(model):
    plan = inspection(model)
    firms = new_table(12, FIRM_COLUMNS)
    operators = new_table(2, OPERATOR_COLUMNS, province=[0, 1], operating_year=[YEAR, YEAR + 1])
    firms.violation_year[[1, 6]] = YEAR - 1
    on_record, everybody = inspections.numbers_on_record(firms, operators, plan)
    assert everybody[:2].tolist() == [[4.0, 3.0], [3.0, 3.0]]  # one operator has opened
    assert on_record[:2].tolist() == [[0.0, 1.0], [1.0, 0.0]]
    operators.violation_year[:] = YEAR - 1
    assert inspections.numbers_on_record(firms, operators, plan)[0][:2].tolist() == [[4.0, 3.0], [3.0, 3.0]]


def test_as_many_inspections_are_to_be_expected_however_they_are_aimed(model):
    plan, state = inspection(model), model.state
    state.firms.violation_year[:], state.operators.violation_year[:] = 0, 0
    state.firms.violation_year[[0, 1, 3]] = YEAR - 1
    state.operators.operating_year[:], provinces = 2015, state.operators.province
    on_record, everybody = inspections.numbers_on_record(state.firms, state.operators, plan)
    for share in (0.0, 0.3, 1.0):
        levers = SimpleNamespace(inspection_targeting=np.full(plan.probability.shape[0], share))
        others, known = inspections.aim_of(state, levers, plan)[provinces[0]]
        there = provinces[0]
        expected = (
            on_record * np.minimum(1.0, plan.probability * known) + (everybody - on_record) * plan.probability * others
        )
        assert expected[there].sum() == pytest.approx((everybody * plan.probability)[there].sum())
        assert (known > 1.0) == (share > 0.0) == (others < 1.0)
    state.firms.violation_year[:] = 0
    np.testing.assert_array_equal(inspections.aim_of(state, levers, plan)[provinces[0]], [1.0, 1.0])


def test_parts_of_a_province_aim_together_by_what_is_due_in_each():
    shares, due, home = np.array([0.2, 0.8, 0.5]), np.array([30.0, 10.0, 4.0]), np.array([0, 0, 2])
    assert inspections.share_aimed(shares, due, None).tolist() == shares.tolist()
    np.testing.assert_allclose(inspections.share_aimed(shares, due, home), [0.35, 0.35, 0.5], rtol=1e-12)
    # where nothing is due nothing is aimed
    assert inspections.share_aimed(shares, np.zeros(3), home).tolist() == [0.0, 0.0, 0.0]


def test_a_park_that_has_not_opened_has_nobody_to_inspect(model):
    plan = inspection(model)
    plan.probability[:] = 1.0
    for opens, inspected in ((YEAR, True), (YEAR + 1, False)):
        operators = new_table(2, OPERATOR_COLUMNS, key=[3, 4], operating_year=opens, compliance_cost=1e9)
        assert inspections.inspect_operator(operators, 0, plan) == (inspected, inspected)
        assert operators.violation_year[0] == (YEAR if inspected else 0)


def test_every_province_inspects_its_own_parks(model):
    """The first province has the first park, the second the other; everybody is inspected and violates."""
    plan, firms = inspection(model, fine=np.array([0.0, 0.0])), new_table(12, FIRM_COLUMNS, compliance_cost=1e9)
    plan.probability[:] = 1.0
    regulators = new_table(3, REGULATOR_COLUMNS, province=[-1, 0, 1])
    operators = new_table(
        2,
        OPERATOR_COLUMNS,
        key=[3, 4],
        province=[0, 1],
        operating_year=[YEAR, YEAR + 1],
        tenants_record=0.5,
        compliance_cost=1e9,
    )
    inspections.all_inspect(regulators, firms, operators, plan)
    assert regulators.inspections_done.tolist() == [0, 7, 6]  # one operator has opened
    assert regulators.violations_found.tolist() == [0, 7, 6]
    alone = new_table(3, REGULATOR_COLUMNS, province=[-1, 0, 1])
    for r in (1, 2):
        inspections.inspect_province(alone, r, firms, operators, plan)
    assert alone.inspections_done.tolist() == [0, 7, 6]


# ---- allowances ------------------------------------------------------------------------------------------------------------


def test_what_a_firm_emits_is_power_fuels_and_process_less_what_is_spared(model):
    prices, firm = model.this_year.prices, model.state.firms[0]
    z, r = 0, int(firm.price_row)
    service, tenant = new_table(1, SERVICE_COLUMNS)[0], new_table(1, TENANT_COLUMNS)[0]
    some = prices._replace(
        operation=np.full_like(prices.operation, 0.9), process_priced=np.full_like(prices.process_priced, 2e-5)
    )
    level = prices.intensity * prices.growth[r] * 0.9
    factors = prices.emission[r]
    process = firm.revenue * prices.growth[r] * 2e-5
    burnt = sum(firm.use[k] * level * factors[k] for k in (COAL_DIESEL, DEAR_FUEL, BIOMASS))
    power = firm.use[ELECTRICITY] * level * factors[ELECTRICITY]
    assert power > 0.0 < burnt
    emitted = allowances.emitted_by(firm, service, tenant, z, some, YEAR)
    assert emitted == pytest.approx(power + burnt + process, rel=1e-12)
    service.electricity = 1e-3 * firm.use[ELECTRICITY] * level
    service.fuel[0] = firm.use[COAL_DIESEL] * level * 0.5
    spared = 1e-3 * power + 0.5 * firm.use[COAL_DIESEL] * level * factors[COAL_DIESEL]
    assert allowances.emitted_by(firm, service, tenant, z, some, YEAR) == pytest.approx(emitted - spared, rel=1e-9)
    service.electricity, service.fuel[:] = 1e12, 1e12
    assert allowances.emitted_by(firm, service, tenant, z, some, YEAR) == pytest.approx(process, rel=1e-12)
    service.electricity, service.fuel[:], tenant.year, tenant.carbon = 0.0, 0.0, YEAR, 77.0
    assert allowances.emitted_by(firm, service, tenant, z, some, YEAR) == pytest.approx(
        power + 77.0 + process, rel=1e-12
    )


@pytest.mark.parametrize(
    ("auctioned", "price", "facilities", "expected"),
    [
        (0.4, 0.5, allowances.EVERYBODY, [1, 4]),  # any price is one
        (0.4, 0.0, allowances.EVERYBODY, []),
        (0.4, 0.0, 3, [1, 4]),  # a number of facilities is a market without a price
        (1.0, 0.5, allowances.EVERYBODY, []),  # who has to buy all holds nothing
    ],
)
def test_allowances_are_held_by_who_is_covered_in_a_market_where_not_all_are_auctioned(
    model, auctioned, price, facilities, expected
):
    state, year = model.state, model.this_year
    state.firms.covered[:] = np.isin(np.arange(12), [1, 4])
    n_sectors = len(state.world.sectors)
    levers = SimpleNamespace(
        auctioned_share=np.full(n_sectors, auctioned), carbon_facilities=np.full(n_sectors, facilities)
    )
    prices = year.prices._replace(carbon=np.full_like(year.prices.carbon, price))
    of_year = SimpleNamespace(levers=levers, prices=prices, rows=year.rows, number=year.number)
    assert allowances.holders(state, of_year).tolist() == expected


def test_what_accounts_add_to_the_flows_of_parks():
    accounts = new_table(2, ACCOUNT_COLUMNS, price=[10.0, 20.0], free=[5.0, 1.0], bought=[3.0, 0.0], sold=[0.0, 4.0])
    expected = [[5.0, 50.0, 30.0, -80.0], [1.0, 20.0, -80.0, 60.0]]
    assert allowances.flows_of(accounts).tolist() == expected


def test_what_is_free_goes_by_output_benchmark_and_the_share_that_is_auctioned(model):
    firms = model.state.firms
    accounts = new_table(1, ACCOUNT_COLUMNS, firm=3, auctioned_share=0.25)
    benchmarks, growth = np.full(18, 2e-4), np.full(200, 1.5)
    allowances.give_free(accounts, firms, benchmarks, growth)
    assert accounts.free[0] == pytest.approx(0.75 * 2e-4 * 1.5 * firms.revenue[3], rel=1e-12)
