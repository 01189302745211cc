"""Paired comparisons: differences and intervals, adopters firm by firm, what vouchers add, cost per additional tonne."""

import numpy as np
import pandas as pd
import pytest
from helpers import level_now, used_now
from scipy import stats

import eipsim
from eipsim.analysis.compare import (
    MONEY_IN_ALL_ONLY,
    NO_TONNE,
    NOBODY_SUBSIDISED,
    OTHER_DRIVERS,
    UNCERTAIN_TONNE,
    Comparison,
    compare,
    no_ratio_because,
)
from eipsim.analysis.intervals import counted_share, mean_interval, pairing, ratio_interval
from eipsim.data.parameters import load_parameters
from eipsim.errors import InputError, RunError
from eipsim.market.books import CARBON_PAID, CHARGES_PAID
from eipsim.market.uses import HAZARDOUS, N_ENERGY
from eipsim.model.model import EIPModel
from eipsim.outcomes.firm_books import minimum_fees
from eipsim.outcomes.registry import OUTCOMES
from eipsim.rules.acceptance import RULES
from eipsim.runs.pairs import ADOPTION, OF_VOUCHERS, Adoptions, adoption_counts, avoided_transfers, voucher_counts
from eipsim.runs.simulation import stepping

pytestmark = pytest.mark.xdist_group("compare")  # what is made once for the file is made once

PILOTS = "pilot-parks"
N = 5


def subsidised(rate, budget=1e12):
    """The world without policy, in which all firms get vouchers from 2020 on."""
    levers = {
        "capital_subsidy": [{"path": {2020: rate}}],
        "subsidy_budget_usd": [{"path": {2020: budget}}],
        "voucher_cap_usd": 1e9,
    }
    return eipsim.load_scenario("no-eip-policy", levers=levers if rate else {})


@pytest.fixture(scope="module")
def comparison():
    return compare(["subsidy", "carbon-price", "no-eip-policy"], replicates=N, world=PILOTS)


def of(table, **wanted):
    for name, value in wanted.items():
        table = table[table[name] == value]
    return table


# ---- differences -----------------------------------------------------------------------------------------------------


def test_differences_are_those_of_the_pairs(comparison):
    values = comparison.pathways.set_index(["scenario", "replicate", "year"])["co2_avoided_t"]
    gaps = np.array([values["subsidy", r, 2035] - values["baseline", r, 2035] for r in range(N)])
    row = of(comparison.differences, scenario="subsidy", outcome="co2_avoided_t", year=2035).iloc[0]
    expected = stats.ttest_1samp(gaps, 0.0).confidence_interval(0.95)
    np.testing.assert_allclose([row.difference, row.low, row.high], [gaps.mean(), *expected], rtol=1e-9)
    np.testing.assert_allclose(row.value - row.baseline, row.difference, rtol=1e-6)


def test_a_row_for_every_scenario_outcome_and_year(comparison):
    table = comparison.differences
    assert len(table) == 3 * len(OUTCOMES) * 36
    assert not table.duplicated(["scenario", "outcome", "year"]).any()
    assert (table["replicates"] == N).all()
    assert (table["low"] <= table["difference"]).all()
    assert (table["difference"] <= table["high"]).all()


def test_a_policy_changes_nothing_before_it_begins(comparison):
    early = comparison.differences[comparison.differences["year"] < 2024]
    begins = of(early, scenario="carbon-price")
    assert (begins[["difference", "low", "high"]] == 0.0).all(axis=None)


def test_a_policy_of_no_strength_is_the_baseline():
    same = compare({"nothing": subsidised(0.0)}, "no-eip-policy", 2, world=PILOTS, years=(2015, 2025))
    assert (same.differences["difference"] == 0.0).all()
    adopters = same.adopters.set_index("quantity")["value"]
    assert adopters["additional_adopters"] == adopters["lost_adopters"] == 0.0
    assert (same.costs.loc[same.costs["quantity"].str.endswith("per_tonne"), "note"] == NO_TONNE).all()
    assert same.costs.loc[same.costs["quantity"].str.endswith("per_tonne"), "value"].isna().all()


def test_pairs_gain_what_their_correlation_says(comparison):
    row = of(comparison.differences, scenario="subsidy", outcome="co2_t", year=2040).iloc[0]
    values = comparison.pathways.set_index(["scenario", "replicate", "year"])["co2_t"]
    a, b = (np.array([values[s, r, 2040] for r in range(N)]) for s in ("subsidy", "baseline"))
    assert row.rho == pytest.approx(np.corrcoef(a, b)[0, 1])
    assert row.pairing_gain == pytest.approx((a.var() + b.var()) / (a - b).var())
    assert row.runs_saved == pytest.approx(2 * N * (row.pairing_gain - 1.0))


def test_the_gain_of_pairing_is_one_over_one_minus_rho_when_variances_are_equal():
    rng = np.random.default_rng(3)
    common, own = rng.normal(size=(200_000, 1, 1)), rng.normal(size=(2, 200_000, 1, 1))
    with_policy, without = 3.0 * common + own[0], 3.0 * common + own[1]
    answer = pairing(with_policy, without)
    assert answer["rho"][0, 0] == pytest.approx(0.9, abs=0.005)
    assert answer["pairing_gain"][0, 0] == pytest.approx(1.0 / (1.0 - 0.9), rel=0.02)
    assert answer["pairing_gain_low"][0, 0] < answer["pairing_gain"][0, 0] < answer["pairing_gain_high"][0, 0]


@pytest.mark.parametrize(("n", "spread"), [(5, 1.0), (8, 3.0), (30, 1.0)])
def test_the_interval_of_runs_saved_covers_as_often_as_it_says(n, spread):
    """Noise of which nine tenths are shared, in the baseline of another spread: 4,000 studies at once, as outcomes."""
    rng = np.random.default_rng(8)
    shared = np.sqrt(0.9) * rng.normal(size=(n, 1, 4000))
    first, second = (shared + np.sqrt(0.1) * rng.normal(size=(n, 1, 4000)) for _ in range(2))
    answer = pairing(first, spread * second)
    truth = 2.0 * n * ((1.0 + spread**2) / (1.0 + spread**2 - 2.0 * 0.9 * spread) - 1.0)
    covers = (answer["runs_saved_low"] <= truth) & (truth <= answer["runs_saved_high"])
    assert 0.935 <= covers.mean() <= 0.965


def test_below_five_replicates_nothing_is_said_of_runs_saved():
    answer = pairing(*np.random.default_rng(1).normal(size=(2, 4, 1, 1)))
    assert np.isfinite(answer["rho"]).all()
    assert np.isnan(
        [answer[name] for name in ("pairing_gain", "runs_saved", "runs_saved_low", "runs_saved_high")]
    ).all()


def test_nothing_is_said_about_pairing_where_nothing_varies():
    answer = pairing(np.ones((3, 1, 1)), np.ones((3, 1, 1)))
    assert all(np.isnan(answer[name]).all() for name in ("rho", "pairing_gain", "runs_saved"))


def test_what_no_pair_has_is_told_with_how_often_it_may_be(comparison):
    """Five pairs without a difference: it may come in up to 52 % of them (exact interval of none of five)."""
    early = comparison.differences[comparison.differences["year"] < 2024]
    rows = of(early, scenario="carbon-price", outcome="parks_certified")
    assert set(rows["note"]) == {"none seen in 5 pairs: at most 52 % of all such pairs have one"}
    moved = comparison.differences[comparison.differences["low"] < comparison.differences["high"]]
    assert set(moved["note"]) == {""}


@pytest.mark.parametrize("k", [0, 1, 40])
def test_the_exact_interval_of_a_share_is_that_of_the_binomial(k):
    share, low, high = counted_share(k, 40)
    assert share == k / 40
    theirs = stats.binomtest(k, 40).proportion_ci(0.95, method="exact")
    assert (low, high) == pytest.approx((theirs.low, theirs.high))


# ---- intervals -------------------------------------------------------------------------------------------------------


def test_one_replicate_has_no_interval():
    mean, low, high = mean_interval(np.array([[3.0]]))
    assert mean == 3.0
    assert np.isnan([low, high]).all()
    assert np.isnan(ratio_interval(np.array([3.0]), np.array([2.0]))[1:]).all()


def test_intervals_of_ratios_cover_as_often_as_they_say():
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(2000):
        below = rng.normal(10.0, 1.0, 20)
        above = 2.5 * below + rng.normal(0.0, 2.0, 20)
        _, low, high = ratio_interval(above, below)
        hits += low <= 2.5 <= high
    assert 0.935 <= hits / 2000 <= 0.965


def test_a_ratio_to_nothing_is_not_a_number():
    assert np.isnan(ratio_interval(np.array([1.0, 2.0]), np.zeros(2))).all()
    assert np.isnan(ratio_interval(np.array([]), np.array([]))).all()


@pytest.mark.parametrize(
    ("tonnes", "reason"),
    [
        ([5.0, 6.0, 5.5], ""),
        ([-5.0, -6.0, -5.5], NO_TONNE),
        ([0.0, 0.0, 0.0], NO_TONNE),
        ([9.0, -7.0, 3.0], UNCERTAIN_TONNE),
    ],
)
def test_a_cost_per_tonne_needs_tonnes(tonnes, reason):
    assert no_ratio_because(mean_interval(np.array(tonnes))) == reason


# ---- adopters --------------------------------------------------------------------------------------------------------


def what_firms_did(first_adopted, subsidised, holders=(), vouchers=0, paid=0.0):
    """Adoptions of a run in which every voucher paid the same for every measure."""
    subsidised = np.array(subsidised, bool)
    bought = subsidised.sum(axis=0)
    holds = np.isin(np.arange(len(subsidised)), holders)
    return Adoptions(np.array(first_adopted), subsidised, np.zeros(0), holds, vouchers, bought,
                     paid * bought / max(bought.sum(), 1), paid)  # fmt: skip


def test_adopters_are_compared_firm_by_firm():
    policy = what_firms_did(
        [[2020, 0], [2021, 2022], [0, 0], [2030, 0]], [[1, 0], [1, 1], [0, 0], [0, 0]], holders=(0, 1), vouchers=3
    )
    base = what_firms_did([[2025, 0], [0, 0], [2018, 0], [2030, 0]], np.zeros((4, 2)))
    counts = adoption_counts(policy, base)
    firms = {"adopters": 3, "baseline_adopters": 3, "additional_adopters": 1, "lost_adopters": 1}
    assert {name: counts[name] for name in firms} == firms
    assert counts["subsidised_adopters"] == 2
    assert (counts["adoptions"], counts["additional_adoptions"], counts["lost_adoptions"]) == (4, 2, 1)
    assert (counts["subsidised_adoptions"], counts["free_riding_adoptions"]) == (3, 1)
    assert (counts["brought_forward_adoptions"], counts["years_brought_forward"]) == (1, 5)


# Four firms, three measures. With the policy firm 0 buys A with a voucher, which it takes five years later without; firm 1 buys
# A and B with one voucher, B never without, takes C besides, unpaid; firm 2 buys A with a voucher and forgoes C for it; firm 3,
# without a voucher, takes B because of its peers.
POLICY = what_firms_did(
    [[2027, 0, 0], [2028, 2028, 2031], [2028, 0, 0], [0, 2033, 0]], [[1, 0, 0], [1, 1, 0], [1, 0, 0], [0, 0, 0]],
    holders=(0, 1, 2), vouchers=3, paid=8000.0,
)  # fmt: skip
WITHOUT = what_firms_did([[2032, 0, 0], [2028, 0, 0], [2027, 0, 2030], [0, 0, 0]], np.zeros((4, 3)))


def test_what_vouchers_add_is_told_by_measure():
    told = pd.DataFrame(voucher_counts(POLICY, WITHOUT), columns=OF_VOUCHERS)
    assert told["bought"].tolist() == told["adoptions"].tolist() == [3, 1, 0]
    assert told["additional"].tolist() == [
        0,
        1,
        0,
    ]  # the firm that adopts anything in the baseline is no free rider of B
    assert told["brought_forward"].tolist() == [1, 0, 0]  # neither in the same year nor later than without
    assert told["years_brought_forward"].tolist() == [5, 0, 0]
    assert told["beside"].tolist() == [0, 0, 1]  # not the firm without a voucher
    assert told["given_up"].tolist() == [0, 0, 1]
    assert told["money_usd"].tolist() == [6000.0, 2000.0, 0.0]


def compared(*pairs):
    """A Comparison of the scenario `vouchers` made of pairs of what firms did, a replicate each."""
    n, measures = len(pairs), list("ABC")
    pathways = pd.DataFrame(
        [{"scenario": s, "replicate": r, "year": 2050} for s in ("without", "vouchers") for r in range(n)]
    )
    adoption = pd.DataFrame(
        [{"scenario": "vouchers", "replicate": r, **adoption_counts(*pair)} for r, pair in enumerate(pairs)]
    )
    vouchers = pd.concat(
        pd.DataFrame(voucher_counts(*pair), columns=OF_VOUCHERS).assign(
            scenario="vouchers", replicate=r, measure=measures
        )
        for r, pair in enumerate(pairs)
    )
    return Comparison(pathways, adoption, vouchers, pd.DataFrame(), "without", {}, {}, {})


def test_what_a_voucher_and_a_thousand_dollars_add_are_ratios_of_means_with_intervals():
    table = compared((POLICY, WITHOUT), (POLICY, WITHOUT)).voucher_adoptions
    value = table.set_index(["measure", "quantity"])["value"]
    assert (value["all", "additional"], value["all", "net"]) == (1.0, 1.0)  # 1 + 1 beside - 1 given up
    assert value["all", "additional_per_voucher"] == pytest.approx(1 / 3)  # three firm-years
    assert value["B", "additional_per_voucher"] == 1.0  # the one voucher that paid for B
    assert value["A", "additional_per_1000_usd"] == 0.0
    assert value["B", "additional_per_1000_usd"] == 0.5
    assert value["all", "net_per_1000_usd"] == pytest.approx(1 / 8)
    assert value["all", "years_sooner"] == pytest.approx(5 / 3)  # of three that happen anyway
    assert "C" not in value  # nobody bought it with a voucher
    known = table[table["value"].notna()]
    assert (known["low"] == known["high"]).all()  # the two replicates are alike


def test_replicates_that_differ_give_an_interval():
    twice = Adoptions(**{**vars(POLICY), "vouchers": 6})
    table = compared((POLICY, WITHOUT), (twice, WITHOUT)).voucher_adoptions
    row = of(table, measure="all", quantity="additional_per_voucher").iloc[0]
    assert row["value"] == pytest.approx(2 / 9)
    expected = ratio_interval(np.ones(2), np.array([3.0, 6.0]))
    assert (row["low"], row["high"]) == pytest.approx(expected[1:])


@pytest.mark.parametrize("rule", RULES)
def test_in_every_rule_vouchers_add_by_measure_what_they_add_in_all(rule):
    result = compare({"vouchers": subsidised(0.3)}, "no-eip-policy", 2, world=PILOTS, years=(2015, 2030), rule=rule)
    told = result.voucher_adoptions.pivot(index="measure", columns="quantity", values="value")
    whole, parts = told.loc["all"], told.drop("all")
    for name in ("bought", "adoptions", "additional", "brought_forward", "money_usd"):
        assert whole[name] == pytest.approx(parts[name].sum()), name
    paid = result.pathways.groupby("scenario")["subsidy_paid_usd"].sum()["vouchers"] / 2
    administration = 1.0 + load_parameters()["regulators.administration_share"].central
    assert whole["money_usd"] == pytest.approx(paid * administration)
    assert (parts["additional"] + parts["brought_forward"] <= parts["adoptions"]).all()
    assert 0.0 < whole["additional"] < whole["adoptions"]  # neither all nor none, by construction
    assert told["net"].equals(told["additional"] + told["beside"] - told["given_up"])


def test_reserved_vouchers_tell_their_money_in_all_only():
    reserved = {"regulators.voucher_applications": 0.0}
    result = compare(
        {"vouchers": subsidised(0.3)}, "no-eip-policy", 2, world=PILOTS, years=(2015, 2025), settings=reserved
    )
    table = result.voucher_adoptions.set_index(["measure", "quantity"])
    assert table.loc[("all", "net_per_1000_usd"), "value"] > 0.0
    assert np.isnan(table.loc[("lighting", "net_per_1000_usd"), "value"])
    assert table.loc[("lighting", "net_per_1000_usd"), "note"] == MONEY_IN_ALL_ONLY
    assert table.loc[("lighting", "net_per_voucher"), "value"] > 0.0


def test_additional_less_lost_is_the_difference_in_adopters(comparison):
    table = comparison.adoption
    assert set(ADOPTION) <= set(table)
    for kind in ("adopters", "adoptions"):
        gained = table[f"additional_{kind}"] - table[f"lost_{kind}"]
        assert (gained == table[kind] - table[f"baseline_{kind}"]).all()
    assert (table["free_riding_adoptions"] <= table["subsidised_adoptions"]).all()
    own = of(table, scenario="baseline")
    assert (own["additional_adoptions"] == 0).all()


def test_the_share_of_free_riding_is_a_share_and_unknown_without_a_subsidy(comparison):
    shares = comparison.adopters[comparison.adopters["quantity"].str.endswith("share")]
    subsidy, carbon = of(shares, scenario="subsidy"), of(shares, scenario="carbon-price")
    assert subsidy["value"].between(0.0, 1.0).all()
    assert (subsidy["note"] == "").all()
    assert carbon["value"].isna().all()
    assert (carbon["note"] == NOBODY_SUBSIDISED).all()


def test_the_smaller_the_subsidy_the_more_of_it_is_free():
    arms = {f"{rate:g}": subsidised(rate) for rate in (0.0001, 0.2, 0.8)}
    result = compare(arms, "no-eip-policy", 2, world=PILOTS, years=(2015, 2035))
    share = of(result.adopters, quantity="free_riding_adoption_share").set_index("scenario")["value"]
    assert share["0.0001"] > share["0.2"] > share["0.8"]
    assert share["0.0001"] > 0.99


# ---- costs -----------------------------------------------------------------------------------------------------------


def test_costs_are_the_flows_of_the_tables(comparison):
    values, told = comparison.pathways.set_index(["scenario", "replicate"]).groupby(level=[0, 1]).sum(), 0
    for scenario in ("subsidy", "carbon-price", "no-eip-policy"):
        gap = (values.loc[scenario] - values.loc["baseline"]).mean()
        costs = of(comparison.costs, scenario=scenario).set_index("quantity")["value"]
        assert costs["cumulative_public_cost"] == pytest.approx(gap["public_spending_usd"])
        assert costs["cumulative_additional_tonnes"] == pytest.approx(-gap["co2_t"])
        for kind in ("cumulative", "discounted"):
            both, total = costs[f"{kind}_public_cost"] + costs[f"{kind}_private_cost"], costs[f"{kind}_total_cost"]
            if kind == "cumulative":
                assert total == pytest.approx(both - gap["interest_paid_usd"] - gap["interest_subsidised_usd"])
            per_tonne = costs[f"{kind}_public_cost"] / costs[f"{kind}_additional_tonnes"]
            if not np.isnan(costs[f"{kind}_public_cost_per_tonne"]):  # tonnes are told from none
                assert costs[f"{kind}_public_cost_per_tonne"] == pytest.approx(per_tonne)
                told += 1
    assert told


def test_without_taxes_private_cost_is_what_firms_and_operators_spend_and_forgo_less_what_they_save_and_earn():
    result = compare({"vouchers": subsidised(0.3)}, "no-eip-policy", 2, world=PILOTS, years=(2015, 2030))
    flows = result.extra_flows("vouchers")
    gap = result.values("vouchers", "vouchers") - result.values("no-eip-policy", "vouchers")
    names = list(OUTCOMES)
    spent = ("firm_investment_usd", "operator_spending_usd", "interest_paid_usd", "operation_cost_usd")
    gained = ("firm_saving_usd", "operator_revenue_usd")
    spent, gained = (sum(gap[..., names.index(name)] for name in each) for each in (spent, gained))
    np.testing.assert_allclose(flows["private"], spent - gained, atol=1e-6)
    assert (flows["transfers"] == 0.0).all()


def resource_cost(model):
    """What society spends in a year: investment, operation and resources at prices without carbon price and charges.

    What is not used because energy is dear would have cost what it would have made, but for half of the difference of prices.
    """
    firms, rows, prices = model.state.firms, model.rows_alive(), model.this_year.prices
    zone, row = model.state.surroundings.parks.zone[firms.park[rows]], firms.price_row[rows]
    level = level_now(model, rows)
    bill = firms.use[rows] * level[:, None] * (prices.use - prices.charge)[zone, row]
    fees = minimum_fees(firms.use[rows, HAZARDOUS] * level, prices)
    spared = firms.use[rows] * level[:, None] - used_now(model, rows)
    forgone = (
        0.5 * np.abs(spared * prices.dearer[zone, row, firms.covered[rows] + 2 * firms.foreseen[rows]])[:, :N_ENERGY]
    )
    now = model.outcomes.iloc[-1]
    money = now["firm_investment_usd"] + now["public_spending_usd"] + now["operator_spending_usd"]
    earned = firms.shifted[rows] * level * prices.peak_spread[zone, row]
    running = (firms.operating_cost[rows] * prices.growth[row]).sum()
    return bill.sum() + fees.sum() + forgone.sum() + running - earned.sum() + money


NOTHING_SHARED = {
    "exchanges.spontaneous_rate": 0, "exchanges.brokering_rate": 0, "exchanges.screening_probability": 0,
    "operators.infrastructure_rate": 0, "operators.infrastructure_rate_alone": 0,
}  # fmt: skip


# What firms would use without measures, and what biomass costs, is then the same with policy and without it.
AS_WITHOUT_POLICY = {"measures.boiler_lifetime": 0, "measures.biomass_price_rise": 0}


@pytest.mark.parametrize(("more", "off_by"), [(AS_WITHOUT_POLICY, 1e-6), ({}, 0.01)])
def test_transfers_cancel_in_the_total(more, off_by):
    """With firms' measures alone, whose costs can be worked out here; infrastructure has a test of its own.

    Boilers of the initial stock that burn on, or not, as policy has it are in no saving, nor is biomass that it makes dearer.
    """
    levers = {"carbon_price": 80, "landfill_charge_usd_t": 30, "hazardous_waste_charge_usd_t": 100}
    taxed = eipsim.load_scenario("no-eip-policy", levers=levers | {"carbon_threshold_toe": 0})
    alone = {"world": PILOTS, "years": (2015, 2030), "settings": NOTHING_SHARED | more}
    result = compare({"taxed": taxed}, "no-eip-policy", 1, **alone)
    models = [EIPModel(case, **alone) for case in (taxed, "no-eip-policy")]
    spent = np.array([[resource_cost(model) for _ in stepping(model)] for model in models])
    flows = result.extra_flows("taxed")
    assert flows["transfers"].sum() > 1e6
    assert result.values("taxed", "taxed")[..., list(OUTCOMES).index("operation_cost_usd")].sum() > 1e4
    gap = flows["total"][0] - (spent[0] - spent[1])
    assert abs(gap).sum() < off_by * abs(flows["total"][0]).sum() + 1.0


@pytest.mark.parametrize(
    "levers",
    [{"carbon_price": 80}, {"hazardous_waste_charge_usd_t": 100}, {"carbon_price": 9, "landfill_charge_usd_t": 3}],
)
def test_avoided_transfers_are_looked_up_where_they_are_paid_and_are_those_of_all_firms(levers):
    model = EIPModel(eipsim.load_scenario("no-eip-policy", levers=levers), PILOTS, years=(2015, 2030)).run()
    prices, firms, rows, books = model.this_year.prices, model.state.firms, model.rows_alive(), model.state.books
    row, zone = firms.price_row[rows], model.state.surroundings.parks.zone[firms.park[rows]]
    avoided = (firms.stock_use[rows] - firms.use[rows]) * level_now(model, rows)[:, None]
    carbon = prices.carbon[zone, row] * firms.covered[rows] * (avoided * prices.emission[row]).sum(axis=1)
    paid = [CARBON_PAID, CHARGES_PAID]
    beyond = books.flows[:, paid].sum() - books.net_flows[:, paid].sum()
    expected = carbon.sum() + (avoided * prices.charge[zone, row]).sum() + beyond
    assert avoided_transfers(model) == pytest.approx(expected, rel=1e-13) != 0.0


def test_discounting_is_at_the_social_rate():
    arms = {"vouchers": subsidised(0.3)}
    rate = {"finance.social_discount_rate": 0.10}
    result = compare(arms, "no-eip-policy", 2, world=PILOTS, years=(2015, 2030), settings=rate)
    assert result.discount_rate["vouchers"] == 0.10
    public = result.extra_flows("vouchers")["public"].mean(axis=0)
    costs = result.costs.set_index("quantity")["value"]
    assert costs["discounted_public_cost"] == pytest.approx((public / 1.1 ** np.arange(16)).sum())


def test_other_drivers_are_noted():
    result = compare("full-package", replicates=1, world=PILOTS, years=(2015, 2016))
    noted = result.costs[result.costs["quantity"].str.endswith("additional_tonnes")]
    assert (noted["note"] == OTHER_DRIVERS).all()


# ---- the whole -------------------------------------------------------------------------------------------------------


def test_the_summary_is_tidy(comparison):
    table = comparison.summary()
    assert list(table) == ["scenario", "quantity", "unit", "year", "value", "low", "high", "note"]
    assert not table.duplicated(["scenario", "quantity", "year"]).any()
    assert set(table["year"].dropna()) == {2050}
    assert set(comparison.summary([2030, 2040])["year"].dropna()) == {2030, 2040}
    with pytest.raises(InputError, match="2051"):
        comparison.summary([2051])


def test_workers_change_nothing(comparison):
    threads = compare(
        ["subsidy", "carbon-price", "no-eip-policy"], replicates=N, world=PILOTS, jobs=2, backend="threads"
    )
    pd.testing.assert_frame_equal(threads.pathways, comparison.pathways, check_exact=True)
    pd.testing.assert_frame_equal(threads.summary(), comparison.summary(), check_exact=True)


def test_runs_that_fail_are_left_out_with_their_partner(monkeypatch, comparison):
    step = EIPModel.step

    def fragile(self):
        if self.replicate == 1 and self.case.name == "subsidy":
            raise ArithmeticError("a planted fault")
        step(self)

    monkeypatch.setattr(EIPModel, "step", fragile)
    part = compare(["subsidy", "carbon-price"], replicates=N, world=PILOTS)
    assert [(f["scenario"], f["replicate"]) for f in part.failures] == [("subsidy", 1)]
    assert list(part.replicates("subsidy")) == [0, 2, 3, 4]
    assert list(part.replicates("carbon-price")) == [0, 1, 2, 3, 4]
    assert set(of(part.differences, scenario="subsidy")["replicates"]) == {4}
    whole, kept = (of(c.differences, scenario="carbon-price").reset_index(drop=True) for c in (comparison, part))
    pd.testing.assert_frame_equal(whole, kept, check_exact=True)


def test_no_pair_at_all_is_an_error(monkeypatch):
    def broken(self):
        raise ArithmeticError("a planted fault")

    monkeypatch.setattr(EIPModel, "step", broken)
    with pytest.raises(RunError, match="a planted fault"):
        compare("subsidy", replicates=2, world=PILOTS)


@pytest.mark.parametrize(
    ("scenarios", "told"),
    [
        (["subsidi", "carbon-prise"], "did you mean subsidy.*\n.*did you mean carbon-price"),
        (["baseline"], "nothing to compare"),
        ([], "nothing to compare"),
        (["subsidy", "subsidy"], "occurs twice"),
    ],
)
def test_bad_scenarios_are_told(scenarios, told):
    with pytest.raises(InputError, match=told):
        compare(scenarios, replicates=1, world=PILOTS)


def test_a_comparison_is_saved_whole(comparison, tmp_path):
    folder = comparison.save(tmp_path / "compared")
    saved = pd.read_parquet(folder / "pathways.parquet")
    assert len(saved) == len(comparison.pathways)
    assert saved.attrs["units"] == comparison.pathways.attrs["units"]
    assert {file.name for file in folder.iterdir()} == {
        "pathways.parquet", "differences.csv", "adoption.csv", "voucher_adoptions.csv", "summary.csv", "manifest.json",
        "codebook.csv",
    }  # fmt: skip
    with pytest.raises(InputError, match="exists"):
        comparison.save(folder)
