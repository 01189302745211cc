"""The carbon market: who is covered, what is free, what is bought and sold, what it moves and what it does not; process CO2."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest
from helpers import differences, part_of, tiny_world
from hypothesis import given, settings
from hypothesis import strategies as st

from eipsim.agents.regulator import allowances
from eipsim.agents.regulator.allowances import ACCOUNT_COLUMNS, check_accounts, check_public, flows_of
from eipsim.core.columns import new_table
from eipsim.core.years import FIRST_YEAR
from eipsim.data.loading import read_facts
from eipsim.data.statuses import STATUSES, status_word
from eipsim.errors import ConservationError, InputError
from eipsim.explain import explain_measure
from eipsim.market import books as ac
from eipsim.market.growth import output_index
from eipsim.market.processes import process_intensity
from eipsim.market.uses import observed_use
from eipsim.model.model import EIPModel
from eipsim.outcomes.registry import OUTCOMES
from eipsim.outcomes.views import YearEnd
from eipsim.policy.economic import EVERYBODY
from eipsim.policy.levers import resolve
from eipsim.rules.allowances import benchmark_level, bought_at_auction, free_allowances, traded
from eipsim.runs.pairs import avoided_transfers
from eipsim.scenarios.idle import idle_settings
from eipsim.scenarios.loading import load_scenario
from eipsim.world import Tenants, build_world

STEEL, GLASS = 10, 15  # sectors A11 and A16
BOTH = ["A11", "A16"]
FACILITIES = {"levers.carbon_facilities": [{"value": 3, "from": 2025, "sectors": BOTH}]}
# As the law has it: free in the pilot, a part auctioned afterwards, a benchmark that declines.
MARKET = FACILITIES | {
    "levers.auctioned_share": [
        {"value": 0.0, "from": 2025, "until": 2028, "sectors": BOTH},
        {"value": 0.1, "from": 2029, "sectors": BOTH},
    ],
    "levers.allocation_decline": {"value": 0.02, "from": 2025, "sectors": BOTH},
    "regulators.process_coverage": 1.0,
}  # fmt: skip
# A carbon price alone, without the market of the baseline: all large firms pay it, and nothing is free.
NO_NUMBER = {"value": EVERYBODY}
NO_MARKET = {"levers.carbon_facilities": NO_NUMBER, "levers.auctioned_share": 1.0, "levers.allocation_decline": 0.0}
MONEY = {"public_revenue_usd", "allowances_free_t", "allowances_net_usd"}


def run_until(year, policy: Mapping = MARKET, scenario="baseline", world="pilot-parks", **more):
    model = EIPModel(scenario, world, 2, settings=dict(policy), **more)
    while model.year < year:
        model.step()
    return model


@pytest.fixture(scope="module")
def market():
    """The market of the law on the pilot parks, seen in every year: (model, what stood in each year)."""
    model, seen = EIPModel("baseline", "pilot-parks", 2, settings=MARKET), {}
    while model.year < 2040:
        model.step()
        own = model.state.allowances
        flows = model.state.books.net_flows.copy()
        seen[model.year] = (
            own.coverage.facilities.copy(),
            own.accounts.copy(),
            own.level.copy(),
            flows,
            model.this_year.rows,
        )
    return model, seen


@pytest.fixture(scope="module")
def everybody():
    """A price on all large firms, with shared systems and exchanges, of which a tenth is auctioned; to 2050."""
    return run_until(2050, {"levers.auctioned_share": 0.1, "levers.allocation_decline": 0.01}, "full-package")


def eligible(model, s):
    """Rows of the firms of the year in sector s that are at or above the threshold."""
    rows, tenants = model.rows_alive(), model.world.firms
    large = model.state.firms.toe[rows] >= model.this_year.levers.carbon_threshold_toe
    return rows[large & (tenants.sector[rows] == s)]


# ---- who is covered ----------------------------------------------------------------------------------------------------


def test_without_a_number_every_firm_above_the_threshold_is_covered():
    model = run_until(2030, NO_MARKET)
    assert np.array_equal(model.state.firms.covered, model.state.firms.toe >= 1000.0)
    assert model.state.allowances.coverage.facilities.size == 0


def test_no_more_firms_of_a_sector_are_covered_than_its_number_and_all_are_large_enough():
    for number in (0, 1, 3, 1000):
        model = run_until(2031, {"levers.carbon_facilities": {"value": number, "from": 2025, "sectors": ["A11"]}})
        covered = model.rows_alive()[model.state.firms.covered[model.rows_alive()]]
        mine = covered[model.world.firms.sector[covered] == STEEL]
        assert mine.size == min(number, eligible(model, STEEL).size)
        assert set(mine) <= set(eligible(model, STEEL))
        others = np.concatenate([eligible(model, s) for s in range(18) if s != STEEL])
        assert set(covered) - set(mine) == set(others)


def test_who_is_covered_stays_so_while_it_is_there(market):
    _, seen = market
    changes = 0
    for year in range(2026, 2041):
        (before, *_), (now, *_, rows) = seen[year - 1], seen[year]
        assert set(before) & set(rows) <= set(now)
        changes += set(before) != set(now)
    assert changes > 0, "nobody ever left, so that nothing was tried"


def test_whoever_holds_allowances_where_few_do_also_does_where_more_do():
    of = [
        set(
            run_until(
                2025, {"levers.carbon_facilities": {"value": n, "sectors": BOTH}}
            ).state.allowances.coverage.facilities
        )
        for n in (1, 2, 5)
    ]
    assert of[0] < of[1] < of[2]


def test_fewer_facilities_leave_those_by_whose_lot_they_came_and_none_at_last_brings_all_back():
    number = {"path": {2025: 5, 2026: 5, 2027: 2}, "until": 2030, "sectors": ["A11"]}
    steel = NO_MARKET | {"levers.carbon_facilities": [NO_NUMBER, number]}
    model, seen = EIPModel("baseline", "pilot-parks", 2, settings=steel), {}
    while model.year < 2031:
        model.step()
        seen[model.year] = set(model.state.allowances.coverage.facilities)
    assert seen[2027] < seen[2026]
    assert len(seen[2027]) == 2
    assert seen[2031] == set()
    assert np.array_equal(model.state.firms.covered, model.state.firms.toe >= 1000.0)


def test_the_order_of_parks_decides_nobody():
    world = build_world("pilot-parks", 2)
    turned = part_of(world, range(world.n_parks)[::-1])
    keys = []
    for one in (world, turned):
        model = run_until(2027, FACILITIES, world=one)
        keys.append(set(one.firms.key[model.state.allowances.coverage.facilities].tolist()))
    assert keys[0] == keys[1]
    assert len(keys[0]) > 2


def test_without_facilities_a_sector_pays_no_carbon_price():
    nobody = run_until(2035, {"levers.carbon_facilities": {"value": 0, "sectors": BOTH}})
    no_price = run_until(2035, NO_MARKET | {"levers.carbon_price": 0})
    told = differences(nobody, no_price, without=["covered"])
    assert [name for name in told if "." in name] == []  # no column of firms, operators, regulators
    for name in told:  # firms that are covered are added up apart
        np.testing.assert_allclose(nobody.outcomes[name], no_price.outcomes[name], rtol=1e-9, atol=1e-6, err_msg=name)
    assert no_price.state.books.net_flows[:, ac.CARBON_PAID].sum() == 0.0


def test_more_facilities_than_there_are_firms_change_no_bit():
    number = {"levers.carbon_facilities": [NO_NUMBER, {"value": 1e6, "from": 2029}]}
    many, plain = (run_until(2033, NO_MARKET | more) for more in (number, {}))
    assert differences(many, plain, without=["covered"]) == []
    rows = plain.rows_alive()
    assert np.array_equal(many.state.firms.covered[rows], plain.state.firms.covered[rows])


# ---- the price -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "price"), [("low", 0.0), ("central", 2.0), ("high", 8.0)])
def test_in_the_pilot_years_allowances_have_the_price_of_the_driver_where_a_number_holds_them(level, price):
    only_steel = {"levers.carbon_facilities": [NO_NUMBER, {"value": 3, "sectors": ["A11"]}]}
    model = EIPModel("baseline", "pilot-parks", 1, settings=only_steel | {"drivers.carbon_price": level})
    carbon = {
        year: model.state.market.yearly.of_plan(year, model.lever_paths).accounts.carbon for year in range(2023, 2031)
    }
    sector = model.state.market.yearly.rows.sector  # of each price row, whatever its firms burn
    for year in range(2025, 2029):
        np.testing.assert_array_equal(carbon[year][0], np.where(sector == STEEL, price, 0.0))
    assert carbon[2024].max() == 0.0
    np.testing.assert_array_equal(carbon[2029][0], np.where(np.isin(sector, [STEEL, GLASS]), 8.0, 0.0))


def test_a_price_that_a_scenario_sets_in_the_pilot_years_holds_where_it_is_higher():
    dear = FACILITIES | {"levers.carbon_price": {"path": {2025: 1, 2028: 7}}}
    model = EIPModel("baseline", "pilot-parks", 1, settings=dear)
    yearly, paths = model.state.market.yearly, model.lever_paths
    seen = [yearly.of_plan(year, paths).accounts.carbon[0, [0, STEEL]].tolist() for year in (2025, 2026, 2028)]
    assert seen == [[1.0, 2.0], [3.0, 3.0], [7.0, 7.0]]


def test_without_a_number_of_facilities_the_driver_moves_nothing():
    high, plain = (run_until(2030, NO_MARKET | more) for more in ({"drivers.carbon_price": "high"}, {}))
    assert differences(high, plain) == []


def test_the_driver_as_it_is_by_default_leaves_the_digest_of_a_scenario():
    baseline, low = load_scenario("baseline"), load_scenario("baseline", drivers={"carbon_price": "low"})
    central = load_scenario("baseline", drivers={"carbon_price": "central"})
    assert baseline.digest == central.digest != low.digest


# ---- free or auctioned: same decisions, different money --------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["baseline", "full-package"])
def test_free_or_auctioned_decisions_are_the_same_to_the_bit_and_money_is_not(scenario):
    share = "levers.auctioned_share"
    free, half, auctioned = (run_until(2034, FACILITIES | {share: part}, scenario) for part in (0.0, 0.5, 1.0))
    for other in (half, auctioned):
        assert set(differences(free, other)) == MONEY
    money = [model.outcomes["public_revenue_usd"].loc[2029:2034].sum() for model in (free, half, auctioned)]
    assert money[0] < money[1] < money[2]
    assert (free.outcomes["allowances_free_t"].loc[2025:] > half.outcomes["allowances_free_t"].loc[2025:]).all()
    assert (auctioned.outcomes["allowances_free_t"] == 0.0).all()


def test_where_all_are_auctioned_a_benchmark_that_declines_changes_no_bit():
    auctioned = FACILITIES | {"levers.auctioned_share": 1.0}
    plain, declining = (run_until(2033, auctioned | {"levers.allocation_decline": rate}) for rate in (0.0, 0.03))
    assert differences(plain, declining) == []


def test_a_market_from_2025_leaves_the_years_before_to_the_bit():
    before = [run_until(2026, policy).outcomes.loc[:2024] for policy in (NO_MARKET, MARKET)]
    assert before[0].equals(before[1])


amounts = st.floats(0.0, 1e7)


@settings(deadline=None)
@given(emitted=amounts, avoided=st.floats(0.0, 1.0), free=amounts, share=st.floats(0.0, 1.0), price=st.floats(0.0, 1e3))
def test_a_tonne_less_is_worth_the_price_however_much_is_free(emitted, avoided, free, share, price):
    def cost(tonnes):
        auctioned = bought_at_auction(tonnes, free, share)
        return price * (auctioned + traded(tonnes, free, auctioned))

    less = emitted * (1.0 - avoided)
    assert cost(emitted) - cost(less) == pytest.approx(price * (emitted - less), rel=1e-9, abs=1e-6 * (1.0 + price))


def test_who_steps_firms_one_by_one_comes_to_the_same():
    compiled, agents = (run_until(2027, stepping=how, world=part_of(build_world("pilot-parks", 2), [4, 5]))
                        for how in ("compiled", "agents"))  # fmt: skip
    assert differences(compiled, agents) == []


# ---- accounts ---------------------------------------------------------------------------------------------------------


def test_free_bought_and_sold_close_with_what_is_surrendered_for_every_firm_and_year(market):
    _, seen = market
    bought = sold = auctioned = 0
    for year in range(2025, 2041):
        facilities, accounts, *_ = seen[year]
        assert accounts.firm.tolist() == sorted(facilities)
        got = accounts.free + accounts.auctioned + accounts.bought - accounts.sold
        np.testing.assert_allclose(got, accounts.surrendered, rtol=1e-12)
        assert (accounts.bought * accounts.sold == 0.0).all()
        assert (accounts.surrendered > 0.0).all()
        if year < 2029:
            assert (accounts.auctioned == 0.0).all()
        bought, sold = bought + (accounts.bought > 0.0).sum(), sold + (accounts.sold > 0.0).sum()
        auctioned += (accounts.auctioned > 0.0).sum()
    assert min(bought, sold, auctioned) > 0


def test_what_firms_surrender_is_what_the_carbon_price_falls_on_after_shared_systems_and_exchanges(everybody):
    """Firm by firm from what each emits; by park as the books have it: two ways to the same number."""
    accounts, flows = everybody.state.allowances.accounts, everybody.state.books.net_flows
    park = everybody.world.firms.park[accounts.firm]
    by_firm = np.bincount(park, accounts.price * accounts.surrendered, minlength=len(flows))
    by_park = flows[:, [ac.CARBON_PAID, ac.ALLOWANCES_WORTH, ac.ALLOWANCES_NET]].sum(axis=1)
    np.testing.assert_allclose(by_firm, by_park, rtol=1e-9, atol=1e-3)
    served, exchanged = everybody.state.infrastructure.flows, everybody.state.exchanges.flows
    assert served.sum() > 0.0
    assert exchanged.sum() > 0.0
    before = everybody.state.books.flows[:, ac.CARBON_PAID].sum()
    assert by_firm.sum() < 0.999 * before, "shared systems and exchanges spare too little to be seen"


def output(model, rows):
    """Output of firms in the year of the model [USD], from what they made in 2024."""
    tenants = model.world.firms
    index = output_index(model.state.market.constants, model.world.tables)[model.year - FIRST_YEAR]
    return tenants.revenue_usd[rows] * index[tenants.sector[rows]]


def test_what_is_free_follows_output_and_benchmark_and_not_what_a_firm_emits(market):
    model, seen = market
    _, accounts, *_ = seen[2040]
    tenants, benchmark = model.world.firms, allowances.benchmarks(model.state, model.this_year)
    expected = 0.9 * benchmark[tenants.sector[accounts.firm]] * output(model, accounts.firm)
    np.testing.assert_allclose(accounts.free, expected, rtol=1e-12)
    assert free_allowances(0.002, 1e6, 0.25) == 1500.0


@pytest.mark.parametrize("main_fuel_share", [0.0, 1.0])
def test_the_benchmark_of_the_first_year_gives_its_firms_what_they_were_seen_to_emit(main_fuel_share):
    market = {**MARKET, "population.main_fuel_share": main_fuel_share}
    model = run_until(2025, market | {"regulators.process_coverage": 0.0})
    own, tenants, year = model.state.allowances, model.world.firms, model.this_year
    rows = own.accounts.firm
    holders = Tenants(*(column[rows] for column in tenants))
    market_of_run, price_row = model.state.market, model.state.firms.price_row[rows]
    used = observed_use(
        holders, market_of_run.yearly.rows.shares[price_row], market_of_run.constants, model.world.tables
    )
    emitted = (used * year.prices.emission[price_row]).sum(axis=1) * output(model, rows) / holders.revenue_usd
    for s in (STEEL, GLASS):
        mine = tenants.sector[rows] == s
        assert own.accounts.free[mine].sum() == pytest.approx(emitted[mine].sum(), rel=1e-12)
    with_processes = run_until(2025, market).state.allowances.accounts
    process = output(model, rows) * year.prices.process[tenants.sector[rows]]
    np.testing.assert_allclose(with_processes.free, own.accounts.free + process, rtol=1e-12)


def test_the_benchmark_falls_by_its_decline_every_year_after_the_first(market):
    _, seen = market
    for year in range(2025, 2041):
        level = seen[year][2]
        assert level[[STEEL, GLASS]] == pytest.approx([0.98 ** (year - 2025)] * 2, rel=1e-12)
        assert np.delete(level, [STEEL, GLASS]).max() == 0.0
    assert benchmark_level(0.5, 0.02) == 0.49


def test_a_benchmark_that_declines_to_nothing_gives_nothing_from_its_second_year_on():
    model = run_until(2028, MARKET | {"levers.allocation_decline": 1.0})
    free = model.outcomes["allowances_free_t"]
    assert free[2025] > 0.0
    assert (free.loc[2026:] == 0.0).all()


def test_the_faster_the_decline_the_less_is_free_and_the_more_is_bought():
    declines = [run_until(2034, MARKET | {"levers.allocation_decline": d}) for d in (0.0, 0.015, 0.03)]
    for slower, faster in pairwise(declines):
        assert slower.allowances_free_t > faster.allowances_free_t > 0.0
        assert slower.allowances_net_usd < faster.allowances_net_usd


def test_others_are_paid_when_firms_lack_allowances_and_pay_when_some_are_left(market):
    model, seen = market
    for year in range(2025, 2041):
        _, accounts, _, flows, _ = seen[year]
        net = (accounts.price * (accounts.bought - accounts.sold)).sum()
        assert model.outcomes.loc[year, "allowances_net_usd"] == pytest.approx(net, rel=1e-9, abs=1e-6)
        assert model.outcomes.loc[year, "allowances_free_t"] == pytest.approx(accounts.free.sum(), rel=1e-12)
        assert flows[:, ac.ALLOWANCES_NET].sum() == pytest.approx(net, rel=1e-9, abs=1e-6)


def test_transfers_close_what_tonnes_are_worth_is_free_or_paid_to_others_or_to_the_public(market):
    _, seen = market
    for year in range(2029, 2041):
        _, accounts, _, flows, _ = seen[year]
        worth = (accounts.price * accounts.surrendered).sum()
        paid = flows[:, [ac.CARBON_PAID, ac.ALLOWANCES_WORTH, ac.ALLOWANCES_NET]].sum()
        assert paid == pytest.approx(worth, rel=1e-9)
        assert flows[:, ac.CARBON_PAID].sum() == pytest.approx((accounts.price * accounts.auctioned).sum(), rel=1e-6)
    pilot = seen[2027][3]
    assert pilot[:, ac.CARBON_PAID].sum() == pytest.approx(0.0, abs=1e-3)
    assert pilot[:, ac.ALLOWANCES_WORTH].sum() > 0.0


def test_what_is_free_is_no_saving_to_society():
    """What measures, systems and exchanges spare firms of the carbon price is the same, whoever the price goes to."""
    share = "levers.auctioned_share"
    spared = [avoided_transfers(run_until(2045, {share: part}, "full-package")) for part in (0.0, 0.5, 1.0)]
    assert spared[0] > 0.0
    assert spared[:2] == pytest.approx([spared[2]] * 2, rel=1e-9)


def test_the_regulator_gets_its_share_of_what_is_auctioned_and_of_nothing_else():
    half = run_until(2030, MARKET | {"regulators.carbon_earmark_share": 0.5})
    auctioned = half.state.books.net_flows[:, ac.CARBON_PAID].sum()
    assert half.state.regulators.earmarked[0] == int(0.5 * auctioned * 100.0)
    accounts = half.state.allowances.accounts
    assert 0.0 < auctioned == pytest.approx((accounts.price * accounts.auctioned).sum(), rel=1e-6)


def test_sectors_without_a_price_or_a_number_get_no_allowances():
    free = NO_MARKET | {"levers.auctioned_share": 0.0}
    model = run_until(2032, free)
    held = set(model.world.firms.sector[model.state.allowances.accounts.firm])
    assert held == {STEEL, GLASS}
    assert run_until(2028, free).state.allowances.accounts.size == 0


def account(**values):
    plain = {"firm": 7, "price": 2.0, "free": 5.0, "surrendered": 8.0, "bought": 3.0}
    return new_table(1, ACCOUNT_COLUMNS, **(plain | values))


def test_an_account_that_does_not_close_stops_the_run():
    check_accounts(account(), 2030)
    for wrong in ({"bought": 3.1}, {"free": np.nan}, {"surrendered": 0.0}):
        with pytest.raises(ConservationError, match="2030: allowances of firm row 7 do not close"):
            check_accounts(account(**wrong), 2030)
    with pytest.raises(ConservationError, match="negative allowances bought"):
        check_accounts(account(free=10.0, bought=-2.0), 2030)
    flows = np.zeros((2, len(ac.FLOWS)))
    flows[1, ac.CARBON_PAID] = -3.0
    with pytest.raises(ConservationError, match="2030: allowances of park row 1 exceed its carbon price by 3 USD"):
        check_public(flows, 2030)
    assert flows_of(account()).tolist() == [[5.0, 10.0, 6.0, -16.0]]


def test_outcomes_of_sectors_and_provinces_add_up_to_the_nations(market):
    model, _ = market
    end = YearEnd(model.state, model.this_year)
    for name in ("co2_process_t", "co2_total_t", "allowances_free_t", "allowances_net_usd", "public_revenue_usd"):
        provinces = OUTCOMES[name].formula(end.by_province())
        assert provinces.sum() == pytest.approx(getattr(model, name), rel=1e-9), name
    flows, rows = end.firm_books.flows, end.firm_books.rows
    accounts = model.state.allowances.accounts
    at = np.searchsorted(rows, accounts.firm)
    np.testing.assert_allclose(flows[at, ac.ALLOWANCES_FREE], accounts.free, rtol=1e-9)
    others = np.delete(flows[:, ac.ALLOWANCES_FREE], at)
    assert np.abs(others).max() < 1e-6


# ---- CO2 of processes ------------------------------------------------------------------------------------------------------


def test_processes_emit_in_steel_and_glass_only_by_share_tonnes_and_factor():
    intensity = process_intensity()
    assert intensity[STEEL] == pytest.approx(0.4 * 1.25e-3 * 0.08, rel=1e-12)
    assert intensity[GLASS] == pytest.approx(1e-3 * (0.15 * 2.5 * 0.2 + 0.3 * 4.0 * 0.05), rel=1e-12)
    assert np.delete(intensity, [STEEL, GLASS]).max() == 0.0


def test_process_co2_follows_output_and_stands_in_the_total_alone():
    baseline, package = run_until(2040, {}), run_until(2040, {}, "full-package")
    rows = baseline.rows_alive()
    expected = (output(baseline, rows) * process_intensity()[baseline.world.firms.sector[rows]]).sum()
    for model in (baseline, package):
        assert model.co2_process_t == pytest.approx(expected, rel=1e-9)
        out = model.outcomes
        np.testing.assert_allclose(out["co2_total_t"], out["co2_t"] + out["co2_process_t"], rtol=1e-12)
        np.testing.assert_allclose(out["co2_t"], out["co2_scope1_t"] + out["co2_scope2_t"], rtol=1e-12)
    assert baseline.co2_t > package.co2_t


def test_carbon_on_processes_is_money_and_nothing_else():
    coverage = "regulators.process_coverage"
    assert set(differences(*(run_until(2033, {coverage: share}) for share in (1.0, 0.0)))) == MONEY
    covered, without = (run_until(2033, NO_MARKET | {coverage: share}) for share in (1.0, 0.0))
    assert set(differences(covered, without)) == {"public_revenue_usd"}
    model, rows = covered, covered.rows_alive()
    rows = rows[model.state.firms.covered[rows]]
    sector, prices = model.world.firms.sector[rows], model.this_year.prices
    more = (prices.carbon[0, sector] * output(model, rows) * prices.process[sector]).sum()
    assert covered.public_revenue_usd - without.public_revenue_usd == pytest.approx(more, rel=1e-6)
    assert more > 0.0


# ---- what has no effect, and what is refused -------------------------------------------------------------------------------


def written(tmp_path, text):
    file = tmp_path / "market.yaml"
    file.write_text(text, encoding="utf-8")
    return load_scenario(file)


def test_a_sector_that_nobody_knows_is_refused_with_place_and_the_nearest_name(tmp_path):
    text = "extends: baseline\nlevers:\n  carbon_facilities:\n    value: 5\n    sectors: [A1l]\n"
    scenario = written(tmp_path, text)
    with pytest.raises(InputError) as told:
        resolve(scenario, build_world("pilot-parks", 1))
    (mistake,) = told.value.mistakes
    assert mistake.where.endswith("market.yaml:5")
    assert "A1l" in mistake.what
    assert mistake.hint.startswith("did you mean A1")


def test_allowances_cannot_be_aimed_at_places(tmp_path):
    with pytest.raises(InputError, match="cannot aim carbon_facilities; it can be aimed by sectors"):
        written(tmp_path, "levers:\n  carbon_facilities:\n    value: 5\n    parks: [P352]\n")


@pytest.mark.parametrize(
    ("lines", "line", "what", "remedy"),
    [
        ("carbon_facilities:\n    value: 5\n    sectors: [A05, A11]", 4,
         "names A11 (steel rolling / EAF), of which this world has no firm: no effect", "a sector that is there: A04, A05"),
        ("auctioned_share:\n    value: 0\n    sectors: [A05]", 4,
         "allowances of A05 are free where no carbon_price is ever above 0", "set carbon_price or carbon_facilities"),
        ("allocation_decline:\n    value: 0.02\n    sectors: [A05]", 4,
         "the benchmark of A05 declines, where no allowance is free", "set auctioned_share below 1"),
    ],
)  # fmt: skip
def test_what_has_no_effect_is_told_with_place_and_remedy(tmp_path, lines, line, what, remedy):
    scenario = written(tmp_path, f"levers:\n  {lines}\n")
    (mistake,) = idle_settings(scenario, tiny_world(4, sectors=(3, 4)))
    assert mistake.where.endswith(f"market.yaml:{line}")
    assert what in mistake.what
    assert remedy in mistake.hint


def test_a_market_that_does_something_is_not_asked_about(tmp_path):
    text = (
        "levers:\n  carbon_facilities: {value: 1, sectors: [A05]}\n  auctioned_share: {value: 0, sectors: [A05]}\n"
        "  allocation_decline: {value: 0.01, sectors: [A05]}\n"
    )
    scenario = written(tmp_path, text)
    assert idle_settings(scenario, tiny_world(4, sectors=(3, 4))) == []
    assert idle_settings(load_scenario("baseline"), build_world("pilot-parks", 1)) == []


# ---- told ------------------------------------------------------------------------------------------------------------------


def test_a_firm_is_told_its_allowances_of_this_year_and_of_the_last():
    model = run_until(2030)
    accounts = model.state.allowances.accounts
    row = int(accounts.firm[model.world.firms.sector[accounts.firm] == STEEL][0])
    explanation = explain_measure(model, row, "lighting", 2030)
    mine = accounts[accounts.firm == row][0]
    assert explanation.facts["covered"] is True
    assert explanation.facts["facilities"] == explanation.facts["most_facilities"] == 3
    assert explanation.facts["allowances_free_t"] == pytest.approx(mine.free, rel=1e-12)
    assert explanation.facts["allowance_price_usd"] == 8.0
    assert explanation.facts["benchmark_level"] == pytest.approx(0.98**5, rel=1e-12)
    last = explanation.facts["allowances_of_last_year"]
    assert last["free"] + last["auctioned"] + last["bought"] - last["sold"] == pytest.approx(last["surrendered"])
    assert (
        "3 firms of its sector surrender allowances for what they emit (3 at most); it is among them."
        in explanation.text
    )
    assert "A tonne more or less is worth 8.00 USD to it, whatever is free." in explanation.text
    assert "In 2029 it surrendered" in explanation.text


def test_a_firm_of_the_sector_that_is_not_covered_is_told_so_and_others_nothing():
    model = run_until(2030)
    rows = model.rows_alive()
    sector, covered = model.world.firms.sector[rows], model.state.firms.covered[rows]
    left_out = int(rows[(sector == STEEL) & ~covered][0])
    assert "(3 at most); it is not among them." in explain_measure(model, left_out, "lighting", 2030).text
    other = int(rows[sector == 0][0])
    for text in (explain_measure(model, other, "lighting", 2030).text,
                 explain_measure(run_until(2030, NO_MARKET), left_out, "lighting", 2030).text):  # fmt: skip
        assert "llowances" not in text


# ---- data ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["carbon_market", "process_emissions"])
def test_what_is_known_has_ranges_in_order_a_status_and_sources_that_are_listed(table):
    sources = {*read_facts("sources")["source_id"], ""}
    for _, row in read_facts(table).iterrows():
        low, central, high = (float(row[end]) for end in ("low", "central", "high"))
        assert low <= central <= high
        assert status_word(row["status"]) in STATUSES
        assert set(row["source_id"].split(";")) <= sources
        assert row["status"] != "sourced" or row["source_id"]


def test_facilities_stay_within_what_the_decision_names():
    table = read_facts("carbon_market")
    most = table[table["name"] == "carbon_facilities"].set_index("sector")["high"].astype(float)
    assert most.to_dict() == {"A11": 25.0, "A16": 51.0}
    assert most.max() < EVERYBODY
