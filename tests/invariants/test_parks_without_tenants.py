"""A park without tenants neither sets out, nor improves, nor converts, nor counts, where the parameters have it so."""

import numpy as np
import pandas as pd
import pytest
from helpers import differences, part_of, tiny_world

from eipsim import figures
from eipsim.agents.operator.columns import CERTIFIED
from eipsim.figures import transitions
from eipsim.model.model import EIPModel
from eipsim.scenarios import list_scenarios
from eipsim.world import build_world

NEEDED, NOT_NEEDED = {"operators.tenants_needed": 1.0}, {"operators.tenants_needed": 0.0}
EAGER = {"operators.commitment_base_rate": 5.0}
OPENS = 2020


def waiting_park(years, **settings):
    """A park founded in 2015 whose tenants come in OPENS, and whose operator would set out at once."""
    model = EIPModel("no-eip-policy", tiny_world(30, entry=OPENS), 1, settings=EAGER | settings)
    while model.year < years:
        model.step()
    return model


def test_an_operator_without_tenants_waits():
    model = waiting_park(OPENS - 1, **NEEDED)
    park, outcomes = model.state.operators[0], model.outcomes
    assert (park.commit_year, park.converted_year, park.facilitation, park.uncommitted) == (0, 0, 0.0, 1.0)
    assert (outcomes["operator_spending_usd"] == 0.0).all()
    begun = EIPModel("no-eip-policy", model.world, 1, settings=EAGER).state.operators[0].score
    np.testing.assert_array_equal(park.score, begun)
    assert "has no tenants" in " ".join(model.explain_park(0, model.year).lines)


def test_it_sets_out_with_the_first_tenants_and_converts_after_as_many_years_as_any_other():
    park = waiting_park(2030, **NEEDED).state.operators[0]
    assert (park.commit_year, park.converted_year) == (OPENS, OPENS + 4)
    park = waiting_park(2030, **NOT_NEEDED).state.operators[0]
    assert (park.commit_year, park.converted_year) == (2015, 2019)


def test_an_operator_whose_tenants_have_all_left_spends_nothing_and_keeps_what_it_was():
    model = EIPModel("no-eip-policy", tiny_world(30, leave=2022), 1, settings=EAGER | NEEDED)
    while model.year < 2021:
        model.step()
    before = model.state.operators.copy()
    assert before.spending[0] > 0
    model.step()
    after = model.state.operators
    assert after.spending[0] == after.facilitation[0] == 0
    assert after.converted_year[0] == before.converted_year[0] > 0
    np.testing.assert_array_equal(after.score, before.score)


def test_where_all_parks_have_tenants_nothing_changes():
    plain, needed = (EIPModel("full-package", "pilot-parks", 2, settings=s).run() for s in (NOT_NEEDED, NEEDED))
    assert (plain.state.operators.operating_year <= 2015).all()
    assert differences(plain, needed) == []


# ---- what counts, in every scenario --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def young_parks():
    """Thirty parks of the country, two thirds of which are founded in the years to come."""
    country = build_world("vietnam", 1)
    founded = country.parks.established_year
    later, before = np.flatnonzero(founded > 2025), np.flatnonzero(founded <= 2025)
    return part_of(
        country, np.sort(np.concatenate([later[:: later.size // 20][:20], before[:: before.size // 10][:10]]))
    )


def counts(model):
    kept = model.chronicle.since(2015)
    names = "parks_operating", "parks_committed", "parks_converted", "parks_certified", "parks_certified_unconverted"
    return {name: kept.values(name) for name in names}


@pytest.mark.parametrize("scenario", list_scenarios())
def test_certified_parks_are_committed_and_committed_and_converted_ones_operate(scenario, young_parks):
    of = counts(EIPModel(scenario, young_parks, 1, settings=NEEDED).run())
    assert (of["parks_certified"] <= of["parks_committed"]).all()
    assert (of["parks_committed"] <= of["parks_operating"]).all()
    assert (of["parks_converted"] <= of["parks_operating"]).all()
    assert (of["parks_certified_unconverted"] <= of["parks_certified"]).all()


def test_parks_without_tenants_convert_unless_that_is_switched_off(young_parks):
    """What the switch is for: under a duty for new parks they outnumber those that operate."""
    duty = {"levers.eip_duty": {"value": 1, "from": 2026}}
    plain, needed = (
        counts(EIPModel("baseline", young_parks, 1, settings=duty | s).run()) for s in (NOT_NEEDED, NEEDED)
    )
    assert (plain["parks_committed"] > needed["parks_committed"]).any()
    assert (needed["parks_committed"] <= needed["parks_operating"]).all()


def test_certified_parks_that_never_converted_are_counted_by_hand():
    model = EIPModel("certification-benefits", "pilot-parks", 1)
    while model.year < 2035:
        model.step()
    park = model.state.operators
    by_hand = np.count_nonzero((park.certificate == CERTIFIED) & (park.converted_year == 0))
    assert model.chronicle.since(2035).values("parks_certified_unconverted")[0] == by_hand


# ---- titles --------------------------------------------------------------------------------------------------------------


def made_up(converted, operating):
    years = {"scenario": "full-package", "replicate": 0, "year": [2049, 2050]}
    numbers = {
        "parks_converted": converted,
        "parks_operating": operating,
        "parks_certified": 3.0,
        "park_score_mean": 80.0,
    }
    return pd.DataFrame(years | numbers)


@pytest.mark.parametrize(("converted", "operating"), [(664.0, 544.0), (544.0, 544.0), (0.0, 544.0), (545.0, 544.0)])
def test_no_title_has_more_parks_converted_than_it_has_parks(converted, operating):
    title = transitions.conversions_in_words(converted, operating)
    assert (f"of {operating:.0f} operating parks" in title) == (converted <= operating)
    drawn = figures.transition(made_up(converted, operating))
    assert f"{converted:.0f} " in " ".join(text.get_text() for text in drawn.texts)
