"""A minimum fee for hazardous waste: who stays below it saves nothing, and all levels of the accounts agree."""

from __future__ import annotations

import numpy as np
import pytest

from eipsim.market import books as ac
from eipsim.market import uses
from eipsim.model.model import EIPModel
from eipsim.outcomes.firm_books import gross_flows
from eipsim.rules.fees import short_of_minimum
from eipsim.runs.simulation import simulate

MINIMUM = "measures.hazardous_fee_minimum_usd"
EVERYBODY, PRICE = 1e7, 250.0  # USD/yr that no firm's tonnes cost; USD/t


def run(minimum, years=(2015, 2030)):
    return EIPModel("technical-assistance", "pilot-parks", years=years, settings={MINIMUM: minimum}).run()


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
    spared = (firms.stock_use - firms.use)[rows][:, uses.HAZARDOUS].sum()
    assert spared > 0.0
    lost = none.outcomes["firm_saving_usd"].iloc[-1] - most.outcomes["firm_saving_usd"].iloc[-1]
    assert lost == pytest.approx(PRICE * spared, rel=1e-6)


def test_the_books_of_firms_add_up_to_those_of_their_parks():
    model = run(400.0)
    rows = model.rows_alive()
    of_firms = gross_flows(model.state, model.this_year, rows)[:, ac.SAVING]
    by_park = np.bincount(model.state.firms.park[rows], weights=of_firms, minlength=model.world.n_parks)
    np.testing.assert_allclose(by_park, model.state.books.flows[:, ac.SAVING], rtol=1e-9, atol=1e-6)


def test_the_table_of_abatement_adds_up_to_the_saving_of_firms():
    done = simulate("net-zero-2050", world="pilot-parks", years=(2015, 2035), detail=True, settings={MINIMUM: 400.0})
    assert done.abatement["firm_saving_usd"].sum() == pytest.approx(done.outcomes["firm_saving_usd"].iloc[-1], rel=1e-9)
