"""A minimum fee for hazardous waste: who stays below it saves nothing, and all levels of the accounts agree."""

from __future__ import annotations

import numpy as np
import pytest

from eipsim.market import books as ac
from eipsim.market import uses
from eipsim.model.model import EIPModel
from eipsim.outcomes.firm_books import gross_flows
from eipsim.outcomes.recommendations import worth_of_difference
from eipsim.rules.fees import short_of_minimum
from eipsim.runs.simulation import simulate

MINIMUM = "measures.hazardous_fee_minimum_usd"
GROWING = {
    "population.productivity_growth": 0.049, "population.autonomous_efficiency": 0.01, "population.main_fuel_share": 0.6,
}  # fmt: skip
EVERYBODY, PRICE = 1e7, 250.0  # USD/yr that no firm's tonnes cost; USD/t


def run(minimum, more=None, years=(2015, 2030)):
    settings = {MINIMUM: minimum} | (more or {})
    return EIPModel("technical-assistance", "pilot-parks", years=years, settings=settings).run()


def test_what_is_paid_is_the_larger_of_fee_and_minimum():
    for tonnes in (0.01, 1.0, 1.6, 40.0):
        paid = PRICE * tonnes + short_of_minimum(tonnes, PRICE, 400.0)
        assert paid == max(PRICE * tonnes, 400.0)


def test_whoever_has_none_pays_none():
    assert short_of_minimum(0.0, PRICE, 400.0) == 0.0


def test_without_a_minimum_nothing_is_short_of_it():
    assert short_of_minimum(0.01, PRICE, 0.0) == 0.0


def test_the_higher_the_minimum_the_less_is_saved_and_nothing_else_changes():
    none, some, most = (run(minimum).outcomes for minimum in (0.0, 400.0, EVERYBODY))
    last = [outcomes["firm_saving_usd"].iloc[-1] for outcomes in (none, some, most)]
    assert last[0] > last[1] > last[2]
    others = [name for name in none.columns if "saving" not in name]
    assert none[others].equals(some[others])


def test_where_everybody_pays_the_minimum_less_hazardous_waste_saves_nothing():
    none, most = run(0.0), run(EVERYBODY)
    firms, rows = most.state.firms, most.rows_alive()
    output = most.this_year.prices.growth[firms.price_row[rows]]  # over that of 2024
    spared = (output * (firms.stock_use - firms.use)[rows][:, uses.HAZARDOUS]).sum()
    assert spared > 0.0
    lost = none.outcomes["firm_saving_usd"].iloc[-1] - most.outcomes["firm_saving_usd"].iloc[-1]
    assert lost == pytest.approx(PRICE * spared, rel=1e-6)


def test_each_price_row_has_output_of_its_own():
    """2 t down to 1 t: twice the output is worth 1000 and 500 USD, half the output 250 and 125 USD."""
    prices = run(400.0, years=(2015, 2015)).this_year.prices
    growth = np.ones_like(prices.growth)
    growth[:2] = 2.0, 0.5
    prices = prices._replace(growth=growth)
    assert [ac.minimum_fees(1.0, 2.0, r, prices) for r in (0, 1, 2)] == [0.0, 125.0, 150.0]


def test_the_minimum_is_compared_with_what_a_firm_pays_at_its_output_of_the_year():
    """Whoever has outgrown it saves by having less, and the rest saves nothing, firm by firm."""
    none, some = (run(minimum, GROWING) for minimum in (0.0, 400.0))
    rows, prices = some.rows_alive(), some.this_year.prices
    firms = some.state.firms[rows]
    level = prices.intensity * prices.growth[firms.price_row]
    used, without = (PRICE * level * use[:, uses.HAZARDOUS] for use in (firms.use, firms.stock_use))
    assert ((used < 400.0) & (used / level > 400.0)).any() or ((used > 400.0) & (used / level < 400.0)).any()
    lost = (without - used) - (np.maximum(without, 400.0) - np.where(used > 0.0, np.maximum(used, 400.0), 0.0))
    fell = none.outcomes["firm_saving_usd"].iloc[-1] - some.outcomes["firm_saving_usd"].iloc[-1]
    assert lost.sum() > 0.0
    assert fell == pytest.approx(lost[without > 0.0].sum(), rel=1e-6)


@pytest.mark.parametrize("minimum", [0.0, EVERYBODY])
def test_what_is_written_down_of_recommendations_saves_no_fee_where_everybody_pays_the_minimum(minimum):
    """At the intensities of 2024, as the rest of what is written down, whatever they have become."""
    prices = run(minimum, GROWING, (2015, 2030)).this_year.prices
    before, after = np.zeros(uses.N_USES), np.zeros(uses.N_USES)
    before[uses.HAZARDOUS], after[uses.HAZARDOUS] = 3.0, 1.0
    usd, tonnes = worth_of_difference(before, after, 4, 0, prices)
    in_proportion = 2.0 * prices.use[0, 4, uses.HAZARDOUS] * prices.growth[4]
    assert usd == pytest.approx(in_proportion if minimum == 0.0 else 0.0, abs=1e-6)
    assert tonnes == 0.0


@pytest.mark.parametrize("more", [{}, GROWING])
def test_the_books_of_firms_add_up_to_those_of_their_parks(more):
    model = run(400.0, more)
    rows = model.rows_alive()
    of_firms = gross_flows(model.state, model.this_year, rows)[:, ac.SAVING]
    by_park = np.bincount(model.state.firms.park[rows], weights=of_firms, minlength=model.world.n_parks)
    np.testing.assert_allclose(by_park, model.state.books.flows[:, ac.SAVING], rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("more", [{}, GROWING])
def test_the_table_of_abatement_adds_up_to_the_saving_of_firms(more):
    settings = {MINIMUM: 400.0} | more
    done = simulate("net-zero-2050", world="pilot-parks", years=(2015, 2035), detail=True, settings=settings)
    assert done.abatement["firm_saving_usd"].sum() == pytest.approx(done.outcomes["firm_saving_usd"].iloc[-1], rel=1e-9)
