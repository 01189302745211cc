"""Inspections: who complies and why, who is inspected, what becomes of a violation, and where the money goes."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from helpers import NO_AWARENESS, differences, digest, tiny_world, z_score

from eipsim.agents.operator.columns import CERTIFIED
from eipsim.core.draws import PROCESSES, drawn
from eipsim.data.loading import read_facts
from eipsim.data.statuses import STATUSES
from eipsim.market import books as accounts
from eipsim.model.model import EIPModel
from eipsim.outcomes.registry import OUTCOMES
from eipsim.outcomes.views import YearEnd
from eipsim.rules.compliance import complies, perceived_chance, record_after

CHANCE, FINE, MOST, N = 0.2, 40_000.0, 20_000.0, 4_000
REGIME = NO_AWARENESS | {
    "levers.inspection_probability": CHANCE, "levers.fine_usd": FINE, "regulators.compliance_cost_max_usd": MOST,
}  # fmt: skip
NOBODY_COMPLIES = {"levers.fine_usd": 0.0}


def model_of(world=None, years=1, **settings):
    """A model after so many years under REGIME."""
    model = EIPModel("no-eip-policy", world or tiny_world(N), 1, settings=REGIME | settings)
    for _ in range(years):
        model.step()
    return model


def violators(model, year=None):
    """Firms found in violation in `year`, by default the last: bool [firms]."""
    return model.state.firms.violation_year == (year or model.year)


def lots(model, year=None, operators=False):
    """What decides who is inspected in `year`: firms or operators whose lot is below their chance."""
    keys = model.world.parks.key if operators else model.world.firms.key
    stream = model.state.surroundings.streams[PROCESSES["inspection"]]
    return drawn(keys, stream, item=int(operators), year=year or model.year)


def half_foreign(world):
    foreign = np.arange(world.n_firms) % 2 == 1
    made = replace(world, firms=world.firms._replace(foreign=foreign))
    return replace(made, digest=digest(made))


# ---- who complies ----------------------------------------------------------------------------------------------------


def test_those_inspected_violate_whose_cost_exceeds_the_expected_fine_and_nobody_else():
    model = model_of()
    too_dear = model.state.firms.compliance_cost > CHANCE * FINE
    np.testing.assert_array_equal(violators(model), (lots(model) < CHANCE) & too_dear)


def test_a_share_complies_by_itself_whatever_it_costs():
    settings = NOBODY_COMPLIES | {"levers.inspection_probability": 1.0}
    for share in (0.0, 0.4, 1.0):
        found = int(violators(model_of(**settings, **{"regulators.self_complying_share": share})).sum())
        assert found in (0, N) if share in (0.0, 1.0) else abs(z_score(found, N, 1.0 - share)) < 3.0
        assert (share == 1.0) == (found == 0)


def test_whoever_complies_by_itself_also_does_where_more_do():
    by_share = [model_of(**{"regulators.self_complying_share": share}) for share in (0.2, 0.5)]
    few, more = (model.state.firms.compliance_cost == 0.0 for model in by_share)
    assert (few <= more).all()
    others = ~more
    costs = [model.state.firms.compliance_cost[others] for model in by_share]
    np.testing.assert_array_equal(*costs)


def test_a_cost_that_scales_with_revenue_is_the_old_one_where_that_comes_to_the_same():
    plain = model_of()
    share = MOST / plain.state.firms.revenue[0]
    scaled = model_of(**{"regulators.compliance_cost_max_share": share})
    np.testing.assert_allclose(scaled.state.firms.compliance_cost, plain.state.firms.compliance_cost, rtol=1e-12)
    np.testing.assert_array_equal(violators(scaled), violators(plain))


def test_a_cost_that_scales_is_uniform_up_to_its_share_of_revenue():
    share = 0.02
    model = EIPModel("no-eip-policy", "pilot-parks", 1, settings={"regulators.compliance_cost_max_share": share})
    firms = model.state.firms
    of_most = firms.compliance_cost / (share * firms.revenue)
    assert of_most.min() > 0.0
    assert of_most.max() < 1.0
    assert abs(of_most.mean() - 0.5) < 3.0 * np.sqrt(1.0 / 12.0 / firms.size)
    assert firms.compliance_cost.max() > 50.0 * np.median(firms.compliance_cost) > 0.0
    assert (model.state.operators.compliance_cost > 0.0).all()


def test_what_a_violation_costs_besides_deters_like_a_fine_and_brings_no_money():
    besides = model_of(**{"regulators.other_violation_cost": 1.0})
    fined = model_of(**{"levers.fine_usd": 2.0 * FINE})
    np.testing.assert_array_equal(violators(besides), violators(fined))
    assert 0 < violators(besides).sum() < violators(model_of()).sum()
    assert 2 * besides.state.regulators.fines.sum() == fined.state.regulators.fines.sum()


# ---- what firms reckon with --------------------------------------------------------------------------------------------


def test_perceived_chance_is_the_true_one_without_learning_and_what_was_lived_through_with_nothing_else():
    for true, own, park in [(0.05, 0.0, 0.3), (0.14, 1.0, 0.07), (0.0, 0.2, 0.0)]:
        assert perceived_chance(true, own, park, 0.5, 0.0) == true
        assert perceived_chance(true, own, park, 1.0, 1.0) == pytest.approx(own, abs=1e-15)
        assert perceived_chance(true, own, park, 0.0, 1.0) == pytest.approx(park, abs=1e-15)


def test_a_record_stays_where_the_years_are_alike_and_fades_where_nothing_happens():
    assert record_after(0.3, 0.3, 5.0) == 0.3
    record = 1.0
    for _ in range(5):
        record = record_after(record, 0.0, 5.0)
    assert record == pytest.approx(0.8**5)


def test_a_firm_that_goes_by_last_year_complies_only_after_it_was_inspected():
    """The fine is above every cost at the true chance; without a record of its own nobody believes in it."""
    learning = {
        "regulators.record_learning_weight": 1.0, "regulators.own_record_share": 1.0, "regulators.record_years": 1.0,
        "levers.fine_usd": 1e6,
    }  # fmt: skip
    assert not violators(model_of(**learning)).any()  # the first year's record is the true chance
    model = model_of(years=3, **learning)
    this_year, last_year = lots(model) < CHANCE, lots(model, model.year - 1) < CHANCE
    np.testing.assert_array_equal(violators(model), this_year & ~last_year)
    # who goes by the record of a large park knows the chance quite well
    assert not violators(model_of(years=3, **learning | {"regulators.own_record_share": 0.0})).any()


def test_records_are_true_on_average_and_newcomers_bring_that_of_their_park():
    settings = {"regulators.record_learning_weight": 1.0, "levers.inspection_probability": 0.3}
    model = EIPModel("no-eip-policy", "pilot-parks", 1, settings=settings)
    years, seen = model.state.market.constants.record_years, 0
    while model.year < 2030:
        before = model.state.operators.tenants_record.copy()
        model.step()
        firms, records = model.state.firms, model.state.inspection_records
        new = model.rows_alive()[firms.entry_year[model.rows_alive()] == model.year]
        new = new[before[firms.park[new]] >= 0.0]
        inspected = lots(model)[new] < 0.3
        brought = before[firms.park[new]]
        np.testing.assert_allclose(records[new], brought + (inspected - brought) / years, rtol=1e-12)
        seen += new.size
    assert seen > 100
    records = records[model.rows_alive()]
    assert abs(records.mean() - 0.3) < 4.0 * np.sqrt(0.3 * 0.7 / years / records.size)


def test_what_only_records_and_aims_look_at_changes_nothing_where_nobody_learns_or_aims():
    unused = {"regulators.record_years": 7.0, "regulators.own_record_share": 0.1}
    plain, other = (EIPModel("enforcement", "pilot-parks", 2, settings=s).run() for s in ({}, unused))
    assert differences(plain, other) == []


# ---- what becomes of a violation ---------------------------------------------------------------------------------------


def found_by_year(years=6, **settings):
    model, found = model_of(years=0, **NOBODY_COMPLIES, **settings), []
    for _ in range(years):
        model.step()
        found.append(violators(model))
    return model, np.array(found)


def test_a_violation_that_is_cured_is_cured_for_good_and_one_that_is_not_is_found_again():
    _, never = found_by_year()
    assert (never.sum(axis=0) > 1).any()
    model, always = found_by_year(**{"regulators.cure_probability": 1.0})
    assert always.sum(axis=0).max() == 1
    np.testing.assert_array_equal(model.state.firms.compliance_cost == 0.0, always.any(axis=0))
    first = never.argmax(axis=0)[never.any(axis=0)]
    np.testing.assert_array_equal(always.argmax(axis=0)[always.any(axis=0)], first)


def test_of_the_violations_found_in_a_year_the_given_share_is_cured():
    model = model_of(**NOBODY_COMPLIES, **{"regulators.cure_probability": 0.7, "levers.inspection_probability": 1.0})
    cured = int((model.state.firms.compliance_cost == 0.0).sum())
    assert abs(z_score(cured, N, 0.7)) < 3.0


# ---- aimed inspections -------------------------------------------------------------------------------------------------


def aimed(share, years=1, **settings):
    """Tenants that all violate, and operators that never do."""
    settings = NOBODY_COMPLIES | {"levers.inspection_targeting": share} | settings
    model = model_of(years=0, **settings)
    model.state.operators.compliance_cost[:] = 0.0
    for _ in range(years):
        model.step()
    return model


def test_while_nobody_is_on_record_inspections_cannot_be_aimed():
    assert differences(aimed(0.8), aimed(0.0)) == []


def test_the_share_that_is_aimed_goes_to_those_on_record_and_the_rest_to_all_alike():
    share, model = 0.6, aimed(0.6, years=2)
    found, before = violators(model), lots(model, 2015) < CHANCE
    known = int(before.sum())
    factor = 1.0 - share + share * (N + 1) / known  # the operator is inspected too
    assert abs(z_score(int(found[before].sum()), known, CHANCE * factor)) < 3.0
    assert abs(z_score(int(found[~before].sum()), N - known, CHANCE * (1.0 - share))) < 3.0


def test_all_inspections_can_be_aimed_and_nobody_is_inspected_twice_a_year():
    """In the second year there are four times as many as would do for those on record: the others get the rest."""
    model = aimed(1.0, years=2, **{"levers.inspection_probability": {2015: 0.05, 2016: 0.2}})
    found, before = violators(model), lots(model, 2015) < 0.05
    assert found[before].all()
    known = int(before.sum())
    rest = (0.2 * (N + 1) - known) / (N + 1 - known)
    assert abs(z_score(int(found[~before].sum()), N - known, rest)) < 3.0


def test_a_violation_is_forgotten_when_it_is_older_than_the_record():
    for years, is_known in ((3.0, True), (2.0, False)):
        model = aimed(1.0, years=0, **{"regulators.record_years": years})
        model.state.firms.violation_year[:10] = 2012
        model.step()
        assert (violators(model)[:10].all()) == is_known


def test_tenants_of_an_operator_on_record_are_inspected_more_often():
    world = tiny_world(200, 20)
    model = model_of(world, years=0, **NOBODY_COMPLIES, **{"levers.inspection_targeting": 1.0})
    model.state.operators.violation_year[:10] = 2014
    model.step()
    in_known_parks = model.state.firms.park < 10
    found, chance = violators(model), 2.0 * CHANCE
    assert not found[~in_known_parks].any()
    assert abs(z_score(int(found[in_known_parks].sum()), 2000, chance)) < 3.0


# ---- owners ------------------------------------------------------------------------------------------------------------

BY_OWNER = {
    "levers.inspection_probability": [{"value": 0.05}, {"value": 0.3, "owners": ["foreign"]}],
    "levers.fine_usd": [{"value": 100.0}, {"value": 700.0, "owners": ["foreign"]}],
}


def test_chance_and_fine_can_differ_by_owner():
    model = model_of(half_foreign(tiny_world(N)), **BY_OWNER)
    foreign, found = model.world.firms.foreign, violators(model)
    cost, lot = model.state.firms.compliance_cost, lots(model)
    chance, fine = np.where(foreign, 0.3, 0.05), np.where(foreign, 700.0, 100.0)
    expected = (lot < chance) & ~np.array([complies(*one) for one in zip(cost, chance, fine)])
    np.testing.assert_array_equal(found, expected)
    operator = int((model.state.operators.violation_year == model.year).sum())
    fines = 700 * int((found & foreign).sum()) + 100 * int((found & ~foreign).sum() + operator)
    assert model.state.regulators.fines.sum() == 100 * fines


@pytest.mark.parametrize("targeting", [0.0, 0.5])
def test_owners_that_are_treated_alike_are_not_parted(targeting):
    alike = {
        name: [{"value": value, "owners": ["domestic"]}, {"value": value, "owners": ["foreign"]}]
        for name, value in (("levers.inspection_probability", 0.3), ("levers.fine_usd", 1234.5))
    }
    plain = {name: entries[0]["value"] for name, entries in alike.items()}
    both = [
        EIPModel("baseline", "pilot-parks", 2, settings=s | {"levers.inspection_targeting": targeting}).run()
        for s in (alike, plain)
    ]
    assert differences(*both) == []


# ---- money and counts --------------------------------------------------------------------------------------------------


def test_inspections_are_paid_for_and_fines_are_what_violations_cost():
    model = model_of(tiny_world(500, 6, provinces=(0, 1, 2)), years=3)
    books, cost = model.state.regulators, model.state.market.constants.inspection_cost_usd
    np.testing.assert_array_equal(books.inspections, 100 * cost * books.inspections_done)
    np.testing.assert_array_equal(books.appropriation[1:], books.inspections[1:])
    np.testing.assert_array_equal(books.fines, 100 * FINE * books.violations_found)
    assert (books.violations_found[1:4] > 0).all()
    assert (books.violations_found <= books.inspections_done).all()
    assert model.public_spending_usd == pytest.approx(cost * model.inspections_done)
    paid_by_firms = model.state.books.net_flows[:, [accounts.CARBON_PAID, accounts.CHARGES_PAID]].sum()
    assert model.public_revenue_usd == pytest.approx(FINE * model.violations_found + paid_by_firms)
    operators = int((model.state.operators.violation_year == model.year).sum())
    assert model.violations_found == violators(model).sum() + operators


def test_violations_found_can_be_asked_by_province():
    model = model_of(tiny_world(500, 6, provinces=(0, 1, 2)))
    by_province = YearEnd(model.state, model.this_year).by_province()
    values = OUTCOMES["violations_found"].formula(by_province)
    assert values[:3].min() > 0
    assert values.sum() == model.violations_found


def test_what_is_known_of_inspections_has_ranges_in_order_and_sources_that_are_listed():
    known, sources = read_facts("inspection_evidence"), set(read_facts("sources")["source_id"])
    assert {"inspection_probability", "fine_usd"} <= set(known["name"])
    for _, row in known.iterrows():
        low, central, high = (float(row[end]) for end in ("low", "central", "high"))
        assert low <= central <= high
        assert set(row["source_id"].split(";")) <= sources
        assert row["status"] in STATUSES


# ---- in pairs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fine", [0.0, 10_000.0, 40_000.0])
def test_with_perfect_cure_more_inspections_leave_no_new_violator_after_five_years(fine):
    """Firm by firm: whoever would be found in violation under more inspections would be under fewer."""
    cure = {"regulators.cure_probability": 1.0, "levers.fine_usd": fine}
    remaining = []
    for chance in (0.02, 0.1, 0.3, 0.8):
        settings = cure | {"levers.inspection_probability": chance}
        model = EIPModel("no-eip-policy", "pilot-parks", 3, settings=settings)
        while model.year < 2020:
            model.step()
        costs = model.state.firms.compliance_cost[model.rows_alive()]
        remaining.append(np.array([not complies(cost, chance, fine) for cost in costs]))
    for fewer, more in pairwise(remaining):
        assert (more <= fewer).all()
    assert remaining[-1].sum() < remaining[0].sum()


def test_with_perfect_cure_and_a_fine_above_every_cost_no_certificate_is_lost_after_three_years(tmp_path):
    """A decree asks operators for three clean years and renews every year; from 2030 on violating pays nobody."""
    head = "rule_id,in_force_from,in_force_to,criterion,threshold,unit,procedure_available_from"
    lines = ["investor without violation,3,years", "certificate validity,1,years"]
    file = tmp_path / "clean.csv"
    file.write_text("\n".join([head, *(f"C,2015-01-01,,{line},2015-01-01" for line in lines)]) + "\n")
    everybody = {"from": 2015, "until": 2016, "audits": 0, "commits_parks": True, "payer": "public", "rule": "random"}
    settings = {
        "decrees": [str(file)], "programmes.all": everybody | {"source": "test"}, "levers.inspection_probability": 0.3,
        "levers.fine_usd": [{"value": 0}, {"value": 1e6, "from": 2030}], "regulators.cure_probability": 1.0,
        "levers.certification_capacity": 1000.0,
    }  # fmt: skip
    model, lost = EIPModel("no-eip-policy", tiny_world(5, 60), 3, settings=settings), {}
    while model.year < 2050:
        before = model.state.operators.certificate == CERTIFIED
        model.step()
        lost[model.year] = int((before & (model.state.operators.certificate != CERTIFIED)).sum())
    assert sum(lost[year] for year in range(2015, 2033)) > 0
    assert sum(lost[year] for year in range(2033, 2051)) == 0
    assert model.parks_certified == 60
