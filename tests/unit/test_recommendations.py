"""What a programme records of its implemented options: engineering savings in the share that is verified."""

import numpy as np
import pytest
from helpers import ALIKE, ALWAYS_ACCEPT, NO_AWARENESS, number, quiet, tiny_world

from eipsim.agents.firm.columns import ADOPTED, STOCK
from eipsim.agents.firm.stock import put_in, take_stock
from eipsim.core.draws import wrapping
from eipsim.market.uses import ELECTRICITY, USES
from eipsim.model.model import EIPModel
from eipsim.outcomes.cohorts import Cohort, Question
from eipsim.outcomes.observation import answer
from eipsim.outcomes.recommendations import Recommendations, saved_by_design, saved_by_new
from eipsim.runs.simulation import stepping

AUDITS = {
    "programmes.audits": {"from": 2016, "until": 2016, "audits": 50, "payer": "public", "source": "test"},
    "awareness.identify_probability": 1.0,
}  # fmt: skip
RATIO = "regulators.verification_ratio"


def kept(model, until):
    """The model at the end of `until`, and what recommendations came to on the way."""
    recommendations = Recommendations(model.state)
    while model.year < until:
        model.step()
        recommendations.keep(model.state, model.this_year)
    return recommendations.table


@pytest.mark.parametrize("ratio", [0.8, 1.0])
def test_a_lamp_is_recorded_as_the_audit_said_and_as_far_as_it_is_verified(ratio):
    """Ratio x engineering share x use x price, whatever is realised and lost to rebound."""
    more = {RATIO: ratio, "measures.realisation": 0.6, "measures.rebound": 0.3}
    settings = AUDITS | NO_AWARENESS | ALIKE | ALWAYS_ACCEPT | more
    model = quiet(EIPModel("no-eip-policy", tiny_world(50), 1, settings=settings), only="lighting")
    table, year = kept(model, 2016), model.this_year
    f, k = model.state.firms, model.state.market.catalogue
    use, share = f.stock_use[:, ELECTRICITY], k.reach[number("lighting"), f.sector[0]]
    price = year.prices.use[model.state.surroundings.parks.zone[0], f.sector[0], ELECTRICITY]
    assert table.recorded_saving == pytest.approx(ratio * share * use * price, rel=1e-12)
    assert table.recorded_tonnes == pytest.approx(ratio * share * use * year.grid_factor, rel=1e-12)
    assert table.saved == pytest.approx(0.6 * 0.7 * share * use * price, rel=1e-12)


def test_where_all_is_realised_and_verified_the_record_is_what_the_accounts_hold():
    all_of_it = {RATIO: 1.0, "measures.realisation": 1.0, "measures.rebound": 0.0}
    table = kept(EIPModel("baseline", "pilot-parks", 3, settings=all_of_it), 2024)
    assert table.saved.sum() > 0.0
    assert np.array_equal(table.saved, table.recorded_saving)
    assert np.array_equal(table.tonnes, table.recorded_tonnes)


@pytest.mark.parametrize(("before", "new"), [("lighting", "efficient-motors"), ("lighting", "biomass-boiler")])
def test_what_was_there_before_counts_as_it_does_and_what_is_new_as_it_was_designed(before, new):
    model = quiet(EIPModel("no-eip-policy", tiny_world(2), 1, settings=NO_AWARENESS), lasting=False)
    model.step()
    state, prices = model.state, model.this_year.prices
    firm, seen = state.firms[0], (state.market.catalogue, state.surroundings)
    a, b = number(before), number(new)
    with wrapping():
        for m, origin in ((a, STOCK), (b, ADOPTED)):
            put_in(firm, m, *seen, 2015, origin)
        take_stock(firm, *seen, state.market.constants)
        notes = Recommendations(state).notes
        really = saved_by_new(firm, 1 << b, *seen, prices, notes.use)
        by_design = saved_by_design(firm, 1 << b, *seen, prices, notes)
    s = int(firm.sector)
    kept_by_a = state.surroundings.sectors.kept[s, a]
    assert notes.use == pytest.approx(firm.gross_use * kept_by_a, rel=1e-12)
    designed = 1.0 - state.market.catalogue.reach[b, s] * (state.surroundings.sectors.kept[s, b] < 1.0)
    saves = [k for k in range(len(USES)) if designed[k] < 1.0]
    assert saves
    assert notes.use_by_design[saves] == pytest.approx((notes.use * designed)[saves], rel=1e-12)
    assert by_design[1] > really[1]
    for column in ("kept", "displaced"):  # the room to work in is left as it was found
        assert np.array_equal(notes.as_audited.sectors[column], state.surroundings.sectors[column])


def test_the_ratio_moves_the_record_and_nothing_else():
    names = ("options_saving_usd", "options_co2_avoided_t", "options_saving_recorded_usd", "options_co2_recorded_t")
    answers = []
    for ratio in (0.8, 1.0):
        model = EIPModel("baseline", "pilot-parks", 3, years=(2015, 2024), settings={RATIO: ratio})
        questions = [Question(name, Cohort(programmes=(1,)), 2024) for name in names]
        found = answer(questions, model, stepping(model))
        answers.append([found[question] for question in questions])
    low, high = np.array(answers)
    assert (low[:2] == high[:2]).all()
    assert low[2:] == pytest.approx(0.8 * high[2:], rel=1e-12)
    assert (high[2:] > high[:2]).all()
