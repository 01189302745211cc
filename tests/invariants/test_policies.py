"""What any policy must and must not do, in pairs of runs with the same seed: ACCEPTANCE P1 to P5."""

from itertools import pairwise

import numpy as np
import pytest
from helpers import ALIKE, FIRST, NO_AWARENESS, differences, number, quiet, same_tables, tiny_world

from eipsim.agents.operator.columns import OPERATOR_COLUMNS
from eipsim.model.model import EIPModel

NO_PROGRAMME = {"from": 2020, "until": 2030, "audits": 0, "commits_parks": False, "payer": "public", "rule": "random"}
WITHOUT_STRENGTH = {
    "a subsidy of zero": {"levers.capital_subsidy": 0.0, "levers.subsidy_budget_usd": 1e7},
    "a subsidy without budget": {"levers.capital_subsidy": 0.5, "levers.subsidy_budget_usd": 0.0},
    "vouchers that nobody can apply for": {
        "levers.capital_subsidy": 0.5, "levers.voucher_cap_usd": 1e4, "regulators.voucher_applications": 1.0,
    },
    "vouchers worth nothing": {
        "levers.capital_subsidy": 0.5, "levers.subsidy_budget_usd": 1e7, "levers.voucher_cap_usd": 0.0,
    },
    "a carbon price of zero on all": {"levers.carbon_price": [{"value": 0.0, "sectors": ["A11", "A16"]}]},
    "soft loans of nothing": {"levers.soft_loan": 0.0},
    "guarantees of nothing": {"levers.loan_guarantee": 0.0},
    "information without effort": {"levers.information": 0.0},
    "training without effort": {"levers.training": 0.0},
    "support without effort": {"levers.provincial_support": 0.0},
    "inspections that never come": {"levers.inspection_probability": 0.0, "levers.fine_usd": 1e6},
    "inspections that are aimed and never come": {"levers.inspection_targeting": 1.0},
    "soft loans of nothing for some owners": {"levers.soft_loan": [{"value": 0.0, "owners": ["domestic"]}]},
    "charges of zero": {"levers.landfill_charge_usd_t": 0.0, "levers.wastewater_charge_usd_m3": 0.0},
    "a tariff reform of zero": {"levers.electricity_price_change": {2020: 0.0, 2030: 0.0}},
    "a duty for no park": {"levers.eip_duty": 0.0},
    "a premium of zero": {"levers.certification_premium": 0.0},
    "co-funding of nothing": {"levers.infrastructure_cofunding": 0.0, "levers.infrastructure_budget_usd": 1e7},
    "studies of no shared system": {"levers.infrastructure_studies": 0.0},
    "soft loans of nothing for infrastructure": {"levers.infrastructure_soft_loan": {2020: 0.0, 2030: 0.0}},
    "rules for solar as they are": {"levers.solar_rules": 0.0},
    "dossiers that take as long as they do": {"levers.certification_duration": 1.0},
    "a programme without audits": {"programmes.nothing": NO_PROGRAMME | {"source": "test", "budget_usd": 0}},
}  # fmt: skip
ZONED = {"parks": ["P292"], "value": 0.0}
FROM_2030 = {
    "subsidy": {"capital_subsidy": 0.4, "subsidy_budget_usd": 1e7},
    "carbon price": {"carbon_price": 60.0, "carbon_threshold_toe": 0.0},
    "soft loan": {"soft_loan": 0.8},
    "loan guarantee": {"loan_guarantee": 0.8},
    "information": {"information": 1.0},
    "training": {"training": 1.0},
    "support": {"provincial_support": 1.0},
    "inspections": {"inspection_probability": 0.5},
    "aimed inspections": {"inspection_probability": 0.5, "inspection_targeting": 1.0},
    "charges": {"landfill_charge_usd_t": 50.0, "wastewater_charge_usd_m3": 1.0, "hazardous_waste_charge_usd_t": 100.0},
    "tariff": {"electricity_price_change": 0.5},
    "monitoring": {"monitoring": 1.0},
    "facilitation": {"facilitation_grant": 1.0},
    "co-funding of infrastructure": {"infrastructure_cofunding": 0.9},
    "soft loans for infrastructure": {"infrastructure_soft_loan": 1.0},
    "studies of shared systems": {"infrastructure_studies": 0.5},
    "rules for solar": {"solar_rules": 1.0},
    "duration of dossiers": {"certification_duration": 3.0},
}
STUDIOUS = {"operators.infrastructure_rate_alone": 0.3, "operators.commitment_base_rate": 0.05}
EVERY_TENANT_APPLIES = {"awareness.base_rate": 1.0, "awareness.operator_rate": 5.0}


def pilot(settings=None, scenario="no-eip-policy", seed=3, **more):
    return EIPModel(scenario, "pilot-parks", seed, settings=settings or {}, **more).run()


@pytest.fixture(scope="module")
def nothing():
    return pilot()


@pytest.mark.parametrize("policy", WITHOUT_STRENGTH.values(), ids=WITHOUT_STRENGTH)
def test_p1_a_policy_without_strength_budget_or_audits_is_bitwise_no_policy(nothing, policy):
    assert differences(pilot(policy), nothing) == []


def test_p1_an_interest_subsidy_where_nobody_borrows_is_bitwise_no_policy():
    nobody = {"finance.loan_share": 0.0}
    assert differences(pilot(nobody | {"levers.interest_subsidy": 0.02}), pilot(nobody)) == []


def test_p1_a_price_zone_of_its_own_changes_nothing(nothing):
    zoned = pilot({"levers.carbon_price": [ZONED], "levers.landfill_charge_usd_t": [ZONED]})
    assert zoned.lever_paths.n_zones == 2
    assert differences(zoned, nothing) == []


@pytest.mark.parametrize("levers", FROM_2030.values(), ids=FROM_2030)
def test_p4_a_policy_from_2030_leaves_every_year_before_bitwise_unchanged(levers):
    policy = {f"levers.{name}": {"value": value, "from": 2030} for name, value in levers.items()}
    often = STUDIOUS | EVERY_TENANT_APPLIES  # so that infrastructure is studied and certificates are sought
    baseline, changed = (EIPModel("no-eip-policy", "pilot-parks", 3, settings=often | s) for s in ({}, policy))
    for model in (baseline, changed):
        while model.year < 2029:
            model.step()
    assert differences(baseline, changed) == []
    assert differences(baseline.run(), changed.run()), "the policy does nothing at all: the test shows nothing"


def test_p4_a_library_scenario_that_begins_in_2026_leaves_2015_to_2025_bitwise_unchanged():
    """But for the cleaner grid of the package, which moves tonnes, and money where a tonne has a price."""
    same_grid = {"drivers.grid": "central"}
    baseline, package = (pilot(same_grid, scenario=name) for name in ("baseline", "full-package"))
    before = slice(2015, 2025)
    for name in baseline.outcomes:
        ours, theirs = (m.outcomes[name].loc[before] for m in (baseline, package))
        np.testing.assert_array_equal(ours, theirs, err_msg=name)
    assert (baseline.options_implemented, package.options_implemented) != (0, 0)
    assert baseline.recp_measures_installed < package.recp_measures_installed


# ---- P2 --------------------------------------------------------------------------------------------------------------

RATES = (0.0, 0.1, 0.25, 0.5, 0.8)
ONE_MEASURE = NO_AWARENESS | ALIKE | {"behaviour.peer_weight": 1.0, "behaviour.firm_effect_sd": 0.5}


def years_of_adoption(rate, **settings):
    """First adoption year [n_firms] of one measure known to all from the start; 9999 = never."""
    voucher = {
        "levers.capital_subsidy": rate, "levers.voucher_cap_usd": 1e7, "levers.subsidy_budget_usd": 1e12,
    }  # fmt: skip
    world = tiny_world(400, n_parks=3, sectors=range(18))
    model = quiet(
        EIPModel("no-eip-policy", world, 5, settings=ONE_MEASURE | voucher | settings), only="cooling", known=True
    )
    years = model.run().state.firms.first_adopted[:, number("cooling")].astype(int)
    return np.where(years > 0, years, 9999)


def test_p2_with_unlimited_budget_every_firm_adopts_no_later_at_a_higher_subsidy():
    paths = [years_of_adoption(rate) for rate in RATES]
    for lower, higher in pairwise(paths):
        assert (higher <= lower).all()
    assert (paths[-1] < paths[0]).mean() > 0.2


def test_p2_every_firm_adopts_no_later_where_it_is_told_earlier():
    """The same for information: a stronger policy can only bring the event forward, firm by firm."""
    paths = []
    for effort in (0.0, 0.3, 1.0):
        settings = {"levers.information": effort, "awareness.information_rate": 0.1, "awareness.base_rate": 0.02}
        model = EIPModel("no-eip-policy", tiny_world(500), 5, settings=ONE_MEASURE | settings)
        years = quiet(model, only="cooling").run().state.firms.first_adopted[:, number("cooling")].astype(int)
        paths.append(np.where(years > 0, years, 9999))
    assert (paths[1] <= paths[0]).all()
    assert (paths[2] <= paths[1]).all()
    assert (paths[2] < paths[0]).mean() > 0.2


def test_p2_with_a_finite_budget_a_higher_subsidy_may_lower_adoption():
    """The counter-example: one budget buys few vouchers worth much, or many worth little, and acceptance is flat."""

    def adopters(rate, cap):
        settings = {"levers.subsidy_budget_usd": 2e5, "levers.voucher_cap_usd": cap}
        return int((years_of_adoption(rate, **settings) < 2020).sum())

    nobody, low, high = adopters(0.0, 1e3), adopters(0.2, 1e3), adopters(0.8, 5e4)
    assert low > nobody
    assert high < low


def test_p2_with_a_finite_budget_of_the_firm_a_subsidy_may_put_an_option_off():
    """A subsidised firm accepts more at once, and its own money goes first to what pays back first."""
    tight = {"finance.investment_budget_share": 0.002, "behaviour.firm_effect_sd": 0.5}
    voucher = {"levers.capital_subsidy": 0.5, "levers.subsidy_budget_usd": 1e9, "levers.voucher_cap_usd": 1e3}
    without, with_it = (EIPModel("baseline", "pilot-parks", 3, settings=tight | s).run() for s in ({}, voucher))
    years = [
        np.where(m.state.firms.first_adopted > 0, m.state.firms.first_adopted.astype(int), 9999)
        for m in (without, with_it)
    ]
    assert (years[1] > years[0]).any()
    assert (years[1] < years[0]).sum() > (years[1] > years[0]).sum()


# ---- P3 --------------------------------------------------------------------------------------------------------------

# Nothing that provinces share: no peers elsewhere, no market for biomass, no auditors of whom there are too few.
ISOLATED = {
    "awareness.sector_peer_rate": 0.0, "operators.commitment_group_peer_rate": 0.0, "measures.biomass_price_rise": 0.0,
    "regulators.auditors_per_year": 1e6,
}  # fmt: skip
PLACE = "Hải Phòng"
LOANS = {"finance.loan_years": 5.0, "finance.loan_share": 0.1}
IN_ONE_PROVINCE = {
    "capital_subsidy": 0.5, "soft_loan": 0.6, "loan_guarantee": 0.2, "interest_subsidy": 0.03,
    "carbon_price": 80.0, "electricity_price_change": 0.3,
    "landfill_charge_usd_t": 40.0, "wastewater_charge_usd_m3": 1.0, "inspection_probability": 0.6,
    "inspection_targeting": 0.5, "monitoring": 1.0,
    "eip_duty": 1.0, "information": 1.0, "training": 1.0, "facilitation_grant": 1.0, "provincial_support": 1.0,
    "certification_capacity": 50.0, "certification_duration": 2.0, "solar_rules": 1.0, "infrastructure_cofunding": 0.7,
    "infrastructure_soft_loan": 0.8,
}  # fmt: skip


def with_policy_in_one_province(**settings):
    """Every lever that can be aimed at a province, aimed at one; the budget for vouchers is dealt there alone."""
    aimed = {
        f"levers.{name}": [{"value": v, "from": 2020, "provinces": [PLACE]}] for name, v in IN_ONE_PROVINCE.items()
    }
    money = {"levers.subsidy_budget_usd": 1e8, "levers.carbon_threshold_toe": 0.0, "levers.fine_usd": 1e4}
    audits = NO_PROGRAMME | {"source": "test", "audits": 300, "provinces": [PLACE], "commits_parks": True}
    return pilot(money | aimed | LOANS | {"programmes.audits there": audits} | settings)


def without_policy(**settings):
    return pilot({"levers.carbon_threshold_toe": 0.0, "levers.fine_usd": 1e4} | LOANS | settings)


def changed_elsewhere(a, b):
    """Columns of firms and operators outside the province in which two models differ."""
    v = a.world.provinces.index(PLACE)
    parks = np.asarray(a.state.operators.province) != v
    firms = parks[a.state.firms.park]
    return same_tables(a.state.operators[parks], b.state.operators[parks]) + same_tables(
        a.state.firms[firms], b.state.firms[firms]
    )


@pytest.mark.parametrize("merge", [0, 1], ids=["the map of 2024", "provinces that merge, none of these with another"])
def test_p3_a_policy_in_one_province_leaves_all_others_bitwise_unchanged(merge):
    apart = ISOLATED | {"regulators.provinces_merge": merge}
    policy, nothing = with_policy_in_one_province(**apart), without_policy(**apart)
    assert len({policy.world.provinces_2025[v] for v in policy.state.operators.province}) == len(
        set(policy.state.operators.province.tolist())
    )
    assert changed_elsewhere(policy, nothing) == []
    assert "firms.first_adopted" in differences(policy, nothing)
    assert {"operators.commit_year", "operators.facilitation"} <= set(differences(policy, nothing))


def test_p3_sector_peers_do_carry_a_policy_across_provinces():
    """Why they must be switched off above: with them the other provinces learn from the first."""
    linked = ISOLATED | {"awareness.sector_peer_rate": 0.2}
    assert "first_adopted" in changed_elsewhere(with_policy_in_one_province(**linked), without_policy(**linked))


def test_every_column_of_operators_is_compared():
    assert {c.name for c in OPERATOR_COLUMNS} == set(without_policy().state.operators.dtype.names)


OF_FIRMS = {
    "capital_subsidy": 0.4,
    "soft_loan": 0.8,
    "loan_guarantee": 0.1,
    "interest_subsidy": 0.02,
    "information": 0.7,
    "inspection_probability": 0.3,
    "fine_usd": 5e3,
}


def aimed_at_owners(*owners):
    """Every lever for which a firm is asked, at these owners one by one; the vouchers have a budget."""
    aimed = {
        f"levers.{name}": [{"value": v, "from": 2020, "owners": [o]} for o in owners] for name, v in OF_FIRMS.items()
    }
    return pilot(aimed | LOANS | {"levers.subsidy_budget_usd": 1e6})


def test_a_policy_for_each_owner_is_bitwise_a_policy_for_all():
    for_all = {f"levers.{name}": {"value": value, "from": 2020} for name, value in OF_FIRMS.items()}
    assert (
        differences(aimed_at_owners("domestic", "foreign"), pilot(for_all | LOANS | {"levers.subsidy_budget_usd": 1e6}))
        == []
    )


@pytest.mark.parametrize("owner", ["domestic", "foreign"])
def test_a_policy_for_one_owner_leaves_firms_of_the_other_bitwise_unchanged(owner):
    """Where firms learn nothing from each other, and operators and shared systems, which count as domestic, stay out."""
    alone = NO_AWARENESS | {
        "awareness.information_rate": 0.3, "awareness.base_rate": 0.02, "behaviour.peer_weight": 0.0,
        "operators.commitment_base_rate": 0.0, "operators.infrastructure_rate_alone": 0.0, **LOANS,
    }  # fmt: skip
    aimed = {f"levers.{name}": [{"value": v, "from": 2020, "owners": [owner]}] for name, v in OF_FIRMS.items()}
    policy, nothing = (pilot(alone | more) for more in (aimed | {"levers.subsidy_budget_usd": 1e6}, {}))
    others = np.asarray(policy.world.firms.foreign) != (owner == "foreign")
    assert same_tables(policy.state.firms[others], nothing.state.firms[others]) == []
    changed = same_tables(policy.state.firms[~others], nothing.state.firms[~others])
    assert {"first_adopted", "violation_year", "subsidised"} <= set(changed)


# ---- P5 --------------------------------------------------------------------------------------------------------------


def adopters_by_2035(rate):
    voucher = {
        "levers.capital_subsidy": {"value": rate, "from": 2025},
        "levers.subsidy_budget_usd": 1e9,
        "levers.voucher_cap_usd": 1e4,
    }
    model = EIPModel("baseline", "pilot-parks", 3, settings=voucher)
    while model.year < 2035:
        model.step()
    return model.state.firms.first_adopted > 0, model.state.firms.subsidised > 0


def test_p5_free_riders_are_a_share_that_tends_to_one_as_the_subsidy_tends_to_zero():
    baseline, none_paid = adopters_by_2035(0.0)
    assert not none_paid.any()
    shares = []
    for rate in (0.001, 0.1, 0.4, 0.8):
        policy, paid = adopters_by_2035(rate)
        additional = policy.sum(axis=1) - baseline.sum(axis=1)
        assert additional.sum() == policy.sum() - baseline.sum()  # firm by firm adds up to the difference
        assert (paid <= policy).all()
        shares.append((paid & baseline).sum() / paid.sum())
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.99


def test_first_year_of_the_model_is_the_first_of_the_helpers():
    assert tiny_world(1).first_year == FIRST
