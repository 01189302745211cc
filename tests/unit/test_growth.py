"""Growth of output, what newcomers bring along, and the trend of their plants: what moves, and what must not."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers import DECIDED, NO_AWARENESS, tiny_world

from eipsim.agents.firm.columns import STOCK
from eipsim.core.years import FIRST_YEAR, YEARS
from eipsim.data.loading import VIETNAM, CountryTables, read_facts
from eipsim.data.parameters import parameter_values
from eipsim.data.statuses import STATUSES, status_word
from eipsim.errors import InputError
from eipsim.explain import explain_measure
from eipsim.market import books as accounts
from eipsim.market import uses
from eipsim.market.catalogue import N_SECTORS, build_catalogue, measure_names, penetration_in
from eipsim.market.constants import build_constants
from eipsim.market.drivers import REFERENCE_YEAR
from eipsim.market.growth import output_index, spared_by_stock, use_of_newcomers
from eipsim.model.model import EIPModel
from eipsim.outcomes.firm_books import gross_flows
from eipsim.rules.acceptance import RULES
from eipsim.world import build_world

HISTORY, GROWTH = "population.output_history", "population.productivity_growth"
PATH, TREND, BY_ITSELF = "population.newcomers_path", "population.intensity_trend", "population.autonomous_efficiency"
UNBOUND = {"finance.investment_budget_share": 10.0, "finance.constrained_share": 0.0}  # nobody lacks money
OFF = dict.fromkeys((HISTORY, GROWTH, PATH, TREND), 0.0)
# Left out: what is in dollars of today whatever the output (budgets for vouchers that are applied for, the least fee for
# hazardous waste), and biomass that is dearer where more is burnt.
ALIKE_AT_ANY_SIZE = UNBOUND | dict.fromkeys(
    ("regulators.voucher_applications", "measures.hazardous_fee_minimum_usd", "measures.biomass_price_rise"), 0.0
)
ALL_ON = {HISTORY: 1.0, GROWTH: 0.026, PATH: 1.0, TREND: 0.01}
NOW = REFERENCE_YEAR - FIRST_YEAR
EXTENSIVE = tuple(name for name in accounts.FLOWS if name != "jobs")


def constants(**settings):
    return build_constants(parameter_values(settings))


def catalogue(**settings):
    return build_catalogue(constants(**settings))


def run_until(year, settings, scenario="full-package", **more):
    model = EIPModel(scenario, "pilot-parks", 2, settings=settings, **more)
    while model.year < year:
        model.step()
    return model


# ---- the index -------------------------------------------------------------------------------------------------------


def test_output_is_that_of_2024_throughout_where_nothing_grows():
    assert (output_index(constants(**OFF), VIETNAM) == 1.0).all()


def test_the_index_follows_statistics_before_2024_and_the_national_rate_after_it():
    index = output_index(constants(**{HISTORY: 1.0, GROWTH: 0.03}), VIETNAM)
    assert (index[NOW] == 1.0).all()
    rows = read_facts("output_growth")
    for period, year, rate in (("before", 2015, 1.0), ("after", 2050, 0.03)):
        central = rows[rows["period"] == period]["central"].astype(float).to_numpy()
        np.testing.assert_allclose(
            index[year - FIRST_YEAR], (1.0 + rate * central) ** (year - REFERENCE_YEAR), rtol=1e-12
        )
    half = output_index(constants(**{HISTORY: 0.5, GROWTH: 0.0}), VIETNAM)
    assert (index[0] < half[0]).all()
    assert (half[NOW:] == 1.0).all()


def test_a_sector_may_grow_at_a_rate_of_its_own():
    own = read_facts("output_growth").copy()
    own.loc[(own["arch_id"] == "A05") & (own["period"] == "after"), "central"] = "2"
    index = output_index(constants(**{GROWTH: 0.03}), CountryTables({"output_growth": own}, digest="own growth"))
    assert index[-1, 4] == pytest.approx(1.06**26)
    np.testing.assert_allclose(np.delete(index[-1], 4), 1.03**26)


def test_every_sector_has_both_rows_with_range_in_order_unit_source_and_status():
    rows, sources = read_facts("output_growth"), set(read_facts("sources")["source_id"])
    sectors = list(read_facts("archetypes")["arch_id"])
    for period, unit in (("before", "1/yr"), ("after", "1")):
        of_period = rows[rows["period"] == period]
        assert list(of_period["arch_id"]) == sectors
        assert set(of_period["unit"]) == {unit}
    for row in rows.to_dict("records"):
        assert float(row["low"]) <= float(row["central"]) <= float(row["high"])
        assert status_word(row["status"]) in STATUSES
        assert row["source"] in sources or row["status"] == "assumed"


# ---- growth moves no decision ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_the_same_decisions_are_taken_at_growth_0_and_at_3_per_cent_by_every_rule(rule):
    still, growing = (run_until(2040, ALIKE_AT_ANY_SIZE | {GROWTH: growth}, rule=rule) for growth in (0.0, 0.03))
    rows = still.rows_alive()
    assert (still.state.firms.first_adopted[rows] > REFERENCE_YEAR).sum() > 500
    for column in DECIDED:
        assert np.array_equal(still.state.firms[column], growing.state.firms[column]), column


def test_what_firms_use_save_pay_and_earn_grows_with_output_and_jobs_do_not():
    still, growing = (run_until(2034, ALIKE_AT_ANY_SIZE | {GROWTH: growth}, "baseline") for growth in (0.0, 0.03))
    before, after = (model.state.books.flows.sum(axis=0) for model in (still, growing))
    for name in EXTENSIVE:
        at = accounts.FLOW[name]
        assert after[at] == pytest.approx(1.03**10 * before[at], rel=1e-9), name
    assert after[accounts.JOBS] == before[accounts.JOBS] > 0.0
    spent = [model.state.books.counts[:, accounts.INVESTED].sum() for model in (still, growing)]
    assert spent[1] == pytest.approx(1.03**10 * spent[0], rel=1e-4)  # whole cents, firm by firm
    assert growing.electricity_mwh_per_musd == pytest.approx(
        1e6 * growing.electricity_mwh / growing.revenue_usd, rel=1e-12
    )


def test_levels_of_2024_do_not_change():
    still, moving = (run_until(REFERENCE_YEAR, UNBOUND | settings) for settings in (OFF, ALL_ON))
    np.testing.assert_array_equal(still.state.books.flows, moving.state.books.flows)
    early = [run_until(2016, UNBOUND | settings).electricity_mwh for settings in (OFF, ALL_ON)]
    assert early[1] == pytest.approx(early[0] / 1.0263**8, rel=0.02)


def test_the_budget_grows_with_revenue_so_that_a_firm_that_lacks_money_buys_as_much():
    """Budgets and costs are both in cents of the year; only what is still owed does not grow."""
    still, growing = (run_until(2040, {GROWTH: growth}) for growth in (0.0, 0.03))
    adopted = [(model.state.firms.first_adopted > 0).sum() for model in (still, growing)]
    assert adopted[1] == pytest.approx(adopted[0], rel=0.02)


# ---- every account knows of it ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moving():
    """Every instrument, everything moving, with detail."""
    return EIPModel("full-package", "pilot-parks", 2, settings=ALL_ON, detail=True).run()


def test_every_balance_closes_while_everything_moves(moving):
    assert moving.year == 2050  # a balance that does not close would have stopped it
    still = run_until(2050, OFF)
    assert moving.electricity_mwh > 1.3 * still.electricity_mwh


def test_the_books_of_firms_add_up_to_those_of_parks(moving):
    rows, state = moving.rows_alive(), moving.state
    flows = gross_flows(state, moving.this_year, rows)
    for name, at in accounts.FLOW.items():
        by_park = np.bincount(state.firms.park[rows], weights=flows[:, at], minlength=moving.world.n_parks)
        np.testing.assert_allclose(by_park, state.books.flows[:, at], rtol=1e-9, atol=1e-6, err_msg=name)


def test_what_measures_avoid_one_by_one_sums_to_what_is_avoided(moving):
    for year, avoided in zip(moving.outcomes.index, moving.detail.avoided):
        assert avoided.sum() == pytest.approx(moving.outcomes["co2_avoided_t"].loc[year], rel=1e-9, abs=1e-6)


def test_an_explanation_tells_budget_cost_and_size_at_the_output_of_the_year():
    told = []
    for growth in (0.0, 0.03):
        model = run_until(2034, UNBOUND | {GROWTH: growth})
        f, rows = model.state.firms, model.rows_alive()
        m = measure_names().index("lighting")
        row = rows[(f.known_year[rows, m] > 0) & (f.known_year[rows, m] < 2034) & (f.installed_year[rows, m] == 0)][0]
        told.append(explain_measure(model, int(row), "lighting", 2034))
    for name in ("size_usd", "cost_usd", "saving_usd", "budget_usd"):
        assert told[1].facts[name] == pytest.approx(1.03**10 * told[0].facts[name], rel=1e-6), name
    assert told[0].verdict == told[1].verdict
    assert "and the output of the year" in told[1].text
    assert "and the output of the year" not in told[0].text


# ---- what newcomers bring along --------------------------------------------------------------------------------------


def test_nothing_spreads_after_2024_unless_asked_for():
    k = catalogue()
    paths = penetration_in(YEARS, k, VIETNAM)
    assert (paths[NOW:] == paths[NOW]).all()
    assert (paths[NOW] >= paths[0]).all()


def test_the_path_goes_on_as_the_same_logistic():
    k, growth = catalogue(), VIETNAM.value("driver_paths", "penetration_growth")
    known = (k.penetration > 0.0) & (k.penetration < 1.0)
    path = penetration_in(YEARS, k, VIETNAM, 1.0)
    logit = np.log(path[:, known] / (1.0 - path[:, known]))
    np.testing.assert_allclose(np.diff(logit, axis=0), growth, rtol=1e-9)
    np.testing.assert_allclose(path[NOW], k.penetration, rtol=1e-12)
    assert (path[:, ~known] == k.penetration[~known]).all()
    assert np.array_equal(path[: NOW + 1], penetration_in(YEARS, k, VIETNAM)[: NOW + 1])


def stock_of_newcomers(model, year):
    """Measures [n, m] that the firms which have moved in this year have brought along."""
    f, rows = model.state.firms, model.rows_alive()
    rows = rows[model.world.firms.entry_year[rows] == year]
    return (f.installed_year[rows] > 0) & (f.origin[rows] == STOCK)


@pytest.mark.parametrize("year", [2024, 2040])
def test_newcomers_bring_the_same_along_whatever_the_policy(year):
    none, all_of_it = (run_until(year, ALL_ON, scenario) for scenario in ("no-eip-policy", "full-package"))
    brought = stock_of_newcomers(none, year)
    assert brought.sum() > 10
    assert np.array_equal(brought, stock_of_newcomers(all_of_it, year))


def test_newcomers_of_later_years_bring_more_along_and_those_of_2024_do_not():
    still, spreading = (
        {year: stock_of_newcomers(run_until(year, {PATH: pace}, "no-eip-policy"), year) for year in (2024, 2045)}
        for pace in (0.0, 1.0)
    )
    assert np.array_equal(still[2024], spreading[2024])
    assert (spreading[2045] >= still[2045]).all()
    assert spreading[2045].mean() > 1.2 * still[2045].mean()


def test_what_newcomers_bring_along_is_credited_to_no_policy():
    all_renewed = {"behaviour.renewal_share": 1.0}  # what wears out and is adopted anew would count
    alone = NO_AWARENESS | all_renewed | {PATH: 1.0, "operators.commitment_base_rate": 0.0}
    model = run_until(2045, alone, "no-eip-policy")
    assert stock_of_newcomers(model, 2045).any()
    assert model.electricity_saved_mwh == pytest.approx(0.0, abs=1e-6)


# ---- the trend of plants ---------------------------------------------------------------------------------------------


def test_without_a_trend_plants_are_as_in_2024():
    assert (use_of_newcomers(catalogue(), constants(**{PATH: 1.0, TREND: 0.0}), VIETNAM) == 1.0).all()


def test_plants_add_what_stock_and_efficiency_leave_of_the_trend():
    k, c = catalogue(), constants(**{PATH: 0.2, TREND: 0.02, BY_ITSELF: 0.004})
    plant, stock = use_of_newcomers(k, c, VIETNAM), spared_by_stock(k, c, VIETNAM)
    years = np.maximum(YEARS - REFERENCE_YEAR, 0)[:, None, None]
    total = plant[:, :, : uses.N_ENERGY] * stock * (1.0 - 0.004) ** years
    adds = plant[:, :, : uses.N_ENERGY] < 1.0
    assert adds[-1].mean() > 0.5
    np.testing.assert_allclose(total[adds], np.broadcast_to(0.98**years, total.shape)[adds], rtol=1e-12)
    assert (plant <= 1.0).all()
    assert (plant[: NOW + 1] == 1.0).all()
    assert (plant[:, :, uses.N_ENERGY :] == 1.0).all()  # the evidence is of energy


def test_plants_add_nothing_where_what_newcomers_bring_along_saves_more():
    k = catalogue()
    c = constants(**{PATH: 10.0, TREND: 0.0003})
    assert (spared_by_stock(k, c, VIETNAM)[-1, :, uses.ELECTRICITY] < 0.9997**26).all()
    assert (use_of_newcomers(k, c, VIETNAM)[-1, :, uses.ELECTRICITY] == 1.0).all()


def test_the_energy_of_newcomers_falls_by_the_trend_and_that_of_others_does_not():
    plain, falling = (EIPModel("no-eip-policy", "pilot-parks", 2, settings=OFF | s) for s in ({}, {TREND: 0.01}))
    f, g, entry = plain.state.firms, falling.state.firms, plain.world.firms.entry_year
    ratio = np.divide(g.gross_use, f.gross_use, out=np.ones_like(f.gross_use), where=f.gross_use > 0.0)
    assert np.array_equal(g.gross_use[entry <= 2024], f.gross_use[entry <= 2024])
    of_2040 = entry == 2040
    assert of_2040.any()
    np.testing.assert_allclose(ratio[of_2040, uses.ELECTRICITY], 0.99**16, rtol=1e-9)
    np.testing.assert_allclose(ratio[of_2040][:, uses.WATER :], 1.0, rtol=1e-12)
    # a project is weighed over the newcomer's own bill, of which water alone does not fall
    bill = np.exp(g.log_size[of_2040] - f.log_size[of_2040])
    assert ((bill > 0.99**16) & (bill < 1.0)).all()
    assert np.median(bill) == pytest.approx(0.99**16, rel=0.02)


# ---- off, and bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "value"), [(GROWTH, -1.2), (HISTORY, 1.5), (PATH, -1.0), (TREND, 0.9)])
def test_a_rate_that_cannot_be_is_told_with_what_is_allowed(name, value):
    with pytest.raises(InputError, match=rf"{name} = {value:g} is out of bounds.*allowed: "):
        EIPModel("baseline", tiny_world(1), settings={name: value})


def told_of_country(folder, *rows):
    """What is told of the example country with these rows of output_growth.csv."""
    shutil.copytree(Path(__file__).parents[1] / "data" / "example-country", folder)
    (folder / "output_growth.csv").write_text("\n".join(("arch_id,period,central", *rows)) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        build_world(f"folder:{folder}", cache=False)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_a_country_whose_output_would_shrink_by_more_than_all_is_told_so(tmp_path):
    shrinks, period = told_of_country(tmp_path / "a", "A05,before,-1.2", "A07,after,1.1", "A06,since,1")
    assert shrinks.startswith("output_growth.csv:2: central = '-1.2' is not allowed; it must be greater than -1")
    assert period.startswith("output_growth.csv:4: period = 'since' is not allowed")
    (name,) = told_of_country(tmp_path / "b", "A05,after,1", "A5,after,1")
    assert name.startswith("output_growth.csv:3: arch_id period = 'A5 after' is unknown; did you mean")


def test_the_index_has_a_column_for_every_sector():
    assert output_index(constants(**ALL_ON), VIETNAM).shape == (len(YEARS), N_SECTORS)
