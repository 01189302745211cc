"""Outcomes of parts of the country: they add up to the nation's, and counting them changes nothing."""

import itertools

import numpy as np
import pandas as pd
import pytest
from helpers import differences, loans_of

from eipsim.agents.firm.columns import IMPLEMENTED
from eipsim.agents.surroundings import TALLY
from eipsim.exchanges.columns import OPERATING
from eipsim.exchanges.stages import STAGES
from eipsim.market import books as ac
from eipsim.model.model import EIPModel
from eipsim.outcomes.cohorts import NATION, Cohort, Question
from eipsim.outcomes.firm_books import gross_flows
from eipsim.outcomes.observation import answer
from eipsim.outcomes.recommendations import Identified, Recommendations, write_down, write_down_option
from eipsim.outcomes.registry import (
    BY_FIRM,
    DIMENSIONS,
    EXTRA,
    IDENTIFIED,
    LOOKED_AT,
    OUTCOMES,
    QUANTITIES,
    RECOMMENDED,
    TABLED,
)
from eipsim.outcomes.traits import TRAITS, Condition
from eipsim.outcomes.views import YearEnd, counts_of
from eipsim.rules.loans import still_owed
from eipsim.runs.simulation import simulate, stepping
from eipsim.runs.tables import BY_PROVINCE
from eipsim.scenarios.entries import WATCHED

YEAR = 2030
PROGRAMME = "GEIPP phase I"
SUMS = [name for name, outcome in QUANTITIES.items() if outcome.adds_up and outcome.reach]
MEANS = [name for name, outcome in QUANTITIES.items() if not outcome.adds_up]


def stepped(scenario, world="pilot-parks", year=YEAR):
    """A model at the end of `year`, with what recommendations saved on the way."""
    model = EIPModel(scenario, world, years=(2015, year))
    implemented, identified = Recommendations(model.state), Identified(model.state)
    for _ in stepping(model):
        implemented.keep(model.state, model.this_year)
        identified.keep(model.state, model.this_year)
    tables = implemented.table, model.lever_paths.programmes, identified.table
    return model, YearEnd(model.state, model.this_year, *tables)


@pytest.fixture(scope="module")
def baseline():
    """Programmes that share no firm."""
    return stepped("baseline")


@pytest.fixture(scope="module")
def package():
    """All instruments at once, and programmes that share firms."""
    return stepped("full-package")


def givers(state):
    return tuple(range(len(state.books.audits_given)))


def parts_of(state, dimension):
    """Cohorts along one dimension that share nothing and leave nothing out."""
    world = state.world
    sizes = {"province": len(world.provinces), "park": world.n_parks, "sector": len(world.sectors)}
    if dimension == "programme":
        return [{"programmes": ()}, {"programmes": givers(state)}]
    return [{f"{dimension}s": (row,)} for row in range(sizes[dimension])]


def total_of(view, name, dimensions):
    parts = itertools.product(*(parts_of(view.state, dimension) for dimension in dimensions))
    cohorts = [Cohort(**{key: rows for part in combination for key, rows in part.items()}) for combination in parts]
    return sum(view.measure(name, cohort) for cohort in cohorts)


@pytest.mark.parametrize("name", SUMS)
def test_the_parts_of_the_country_add_up_to_it(package, name):
    model, view = package
    whole = view.measure(name)
    for dimension in QUANTITIES[name].reach:
        assert total_of(view, name, [dimension]) == pytest.approx(whole, rel=1e-9), dimension
    assert name not in OUTCOMES or whole == model.outcomes[name].iloc[-1]


@pytest.mark.parametrize("name", [name for name in SUMS if QUANTITIES[name].reach == DIMENSIONS])
def test_parts_cut_in_two_or_three_ways_add_up_too(package, name):
    _, view = package
    whole = view.measure(name)
    for dimensions in (("park", "sector"), ("province", "programme"), ("park", "sector", "programme")):
        assert total_of(view, name, dimensions) == pytest.approx(whole, rel=1e-9), dimensions


def test_most_of_these_sums_are_of_something(package):
    _, view = package
    empty = [name for name in SUMS if view.measure(name) == 0.0]
    assert len(empty) < len(SUMS) / 3
    assert not set(empty) & {"firms", "audits_done", "options_saving_usd", "firm_saving_usd", "public_revenue_usd"}


def test_shares_are_means_weighted_by_what_they_are_shares_of(package):
    _, view = package
    of = {"firms_aware_share": "firms", "recp_firm_share": "firms", "co2_intensity_t_per_musd": "revenue_usd"}
    for name, weight in of.items():
        parts = [Cohort(**part) for part in parts_of(view.state, "sector")]
        there = [part for part in parts if view.measure("firms", part) > 0]
        total = sum(view.measure(name, part) * view.measure(weight, part) for part in there)
        assert total / view.measure(weight) == pytest.approx(view.measure(name), rel=1e-9)


def test_firms_of_a_park_add_up_to_its_books(package):
    model, view = package
    books, loans = view.firm_books, loans_of(model)
    years = model.state.loans.terms.years
    owed = np.array([still_owed(int(p), model.year - year, years) for p, year in zip(loans.principal, loans.year)])
    assert owed.sum() > 0
    for park in range(model.world.n_parks):
        rows = model.rows_alive(park)
        assert gross_flows(model.state, model.this_year, rows).sum(axis=0) == pytest.approx(
            model.state.books.flows[park], rel=1e-9, abs=1e-9
        )
        mine = books.park == park
        assert books.flows[mine].sum(axis=0) == pytest.approx(model.state.books.net_flows[park], rel=1e-9, abs=1e-6)
        assert books.exchanged[mine].sum(axis=0) == pytest.approx(model.state.exchanges.flows[park], rel=1e-9, abs=1e-6)
        counted, booked = counts_of(view, rows).sum(axis=0), model.state.books.counts[park].copy()
        assert booked[ac.LOANS] == owed[model.state.firms.park[loans.firm] == park].sum()
        # money is booked and then cleared from the firm's row, loans stand beside it
        booked[[ac.INVESTED, ac.SUBSIDY, ac.INTEREST, ac.INTEREST_RELIEF, ac.LOANS]] = 0
        assert counted.tolist() == booked.tolist()


def test_programmes_that_share_no_firm_add_up(baseline):
    model, view = baseline
    assert ((model.state.books.audits_given > 0).sum(axis=0) <= 1).all()
    each = [Cohort(programmes=(g,)) for g in givers(model.state)]
    for name in ("firms_assisted", "options_identified", "audits_done", "electricity_saved_mwh", "firms"):
        assisted = sum(view.measure(name, one) for one in each)
        assert assisted == pytest.approx(view.measure(name, Cohort(programmes=givers(model.state))), rel=1e-9)
        assert assisted + view.measure(name, Cohort(programmes=())) == pytest.approx(view.measure(name), rel=1e-9)


def test_audits_are_those_that_each_programme_gave(package):
    model, view = package
    programmes = model.lever_paths.programmes
    for g, programme in enumerate(programmes):
        given = int(programme.audits_by_year[: YEAR - 2014].sum())
        done = view.measure("audits_done", Cohort(programmes=(g,)))
        assert done <= given
        assert view.measure("firms_assisted", Cohort(programmes=(g,))) <= done
        if programme.name == PROGRAMME:
            assert done == given == 90
    assert model.state.books.audits_given.sum() == view.measure("audits_done") > 200
    assert ((model.state.books.audits_given.sum(axis=0) > 0) == (model.state.firms.audit_year > 0)).all()


def test_a_firm_that_two_programmes_assisted_counts_for_both(package):
    model, view = package
    both = np.flatnonzero((model.state.books.audits_given > 0).sum(axis=0) > 1)
    assert both.size > 0
    first, second = np.flatnonzero(model.state.books.audits_given[:, both[0]])[:2]
    for g in (first, second):
        assert view.of(Cohort(programmes=(int(g),))).firms[both[0]]


def test_who_assisted_whom_is_told_the_same_when_agents_are_stepped_one_by_one():
    compiled = EIPModel("baseline", "pilot-parks", years=(2015, 2025)).run()
    agents = EIPModel("baseline", "pilot-parks", years=(2015, 2025), stepping="agents").run()
    assert np.array_equal(compiled.state.books.audits_given, agents.state.books.audits_given)
    assert compiled.state.books.audits_given.sum() > 100


def test_outcomes_of_a_park_are_its_own(package):
    model, view = package
    parks = simulate("full-package", world="pilot-parks", years=(2015, YEAR)).parks
    for row in parks[parks["year"] == YEAR].itertuples():
        park = Cohort(parks=(model.world.park_index(row.park_id),))
        assert view.measure("park_score_mean", park) == pytest.approx(row.score, rel=1e-12)
        assert view.measure("park_score_environment", park) == pytest.approx(row.environment_score, rel=1e-12)
        assert view.measure("parks_converted", park) == (row.state in ("converted", "applied", "certified"))
        assert view.measure("firms", park) == row.firms


def test_the_mean_score_leaves_out_parks_without_tenants():
    model, view = stepped("baseline", "vietnam", 2016)
    waiting = np.flatnonzero(model.state.operators.operating_year > 2016)[:1]
    working = np.flatnonzero(model.state.operators.operating_year <= 2016)[:3]
    assert np.isnan(view.measure("park_score_mean", Cohort(parks=tuple(waiting))))
    chosen = view.measure("park_score_mean", Cohort(parks=(*waiting, *working)))
    assert chosen == pytest.approx(model.state.operators.score[working].mean(), rel=1e-12)


def test_a_cohort_without_firms_has_none_and_no_shares(package):
    _, view = package
    nobody = Cohort(parks=(0,), sectors=())
    assert view.measure("firms", nobody) == 0
    assert view.measure("co2_t", nobody) == 0
    shares = [name for name in MEANS if "sector" in QUANTITIES[name].reach]
    assert len(shares) == 5
    assert all(np.isnan(view.measure(name, nobody)) for name in shares)


def test_certificates_are_counted_by_their_date():
    model = EIPModel("baseline", "pilot-parks", years=(2015, 2018)).run()
    parks = model.state.operators
    parks.certificate[:3], parks.certified_year[:3] = 3, (2018, 2018, 2017)
    view = YearEnd(model.state, model.this_year)
    assert view.measure("certificates_granted") == 2
    assert view.measure("certificates_granted", Cohort(parks=(2,))) == 0
    assert view.measure("parks_certified", Cohort(parks=(0, 1, 2, 3))) == 3


def test_the_cost_of_recommendations_is_what_assisted_firms_invest_in_them():
    """In firms that know nothing but what audits tell them, all first investment is in recommendations; boilers are asked for
    at their end."""
    unaware = {f"awareness.{name}": 0.0 for name in (
        "base_rate", "information_rate", "operator_rate", "park_peer_rate", "sector_peer_rate", "training_rate",
        "training_option_rate")}  # fmt: skip
    settings = unaware | {"measures.boiler_lifetime": 0.0}
    model = EIPModel("baseline", "pilot-parks", years=(2015, 2018), settings=settings)
    model.state.market.catalogue.lifetime[:] = 1000  # nothing wears out, so nothing is renewed or known for that
    recommendations = Recommendations(model.state)
    for _ in stepping(model):
        recommendations.keep(model.state, model.this_year)
    spent = model.outcomes["firm_investment_usd"].sum()
    assert spent > 0.0
    # several measures of one year are each costed on top of the others, so about a tenth less than in the order bought
    assert 0.85 * spent < recommendations.table.invested.sum() <= 1.0001 * spent


def test_asking_changes_no_bit_of_a_run():
    plain = EIPModel("full-package", "pilot-parks", years=(2015, 2026)).run()
    asked = EIPModel("full-package", "pilot-parks", years=(2015, 2026))
    cohorts = [NATION, Cohort(sectors=(2, 3)), Cohort(parks=(1,), programmes=(0, 1)), Cohort(by_park=True), *TOLD_APART]
    questions = [
        Question(name, cohort, year)
        for name, cohort, year in itertools.product(("co2_avoided_t", "firms", *BY_FIRM), cohorts, (2020, 2026))
    ]
    answers = answer(questions, asked, stepping(asked))
    assert not differences(plain, asked)
    for question in questions:
        assert np.size(answers[question]) == (8 if question.cohort.by_park else 1)
    assert (plain.state.firms.recommended == IMPLEMENTED).any()


# ---- what parks and firms are -----------------------------------------------------------------------------------------------


def those(trait, *words, sign="="):
    """The cohort of which a trait is one of some words, or none of them."""
    return Cohort(**{f"{TRAITS[trait].of}_is": (Condition(trait, sign, words),)})


def bounded(trait, low, high, sign="="):
    return Cohort(**{f"{TRAITS[trait].of}_is": (Condition(trait, sign, (float(low), float(high))),)})


TOLD_APART = [those("park_state", "committed"), those("owner", "foreign"), bounded("years_since_audit", 0, 3)]
SUMS_OF_FIRMS = [name for name in SUMS if QUANTITIES[name].reach == DIMENSIONS and QUANTITIES[name].level == "firm"]
SUMS_OF_PARKS = [name for name in SUMS if "park" in QUANTITIES[name].reach]


@pytest.mark.parametrize("trait", [trait for trait in TRAITS if TRAITS[trait].words])
def test_those_who_are_something_and_those_who_are_not_are_all(package, trait):
    _, view = package
    names = SUMS_OF_FIRMS if TRAITS[trait].of == "firm" else SUMS_OF_PARKS
    both = 0
    for name, word in itertools.product(names, TRAITS[trait].words):
        are, are_not = (view.measure(name, those(trait, word, sign=sign)) for sign in ("=", "!="))
        assert are + are_not == pytest.approx(view.measure(name), rel=1e-9), (name, word)
        both += are != 0.0 and are_not != 0.0
    assert both > len(names) / 2


@pytest.mark.parametrize("name", SUMS_OF_FIRMS)
def test_firms_of_either_owner_and_any_size_add_up(package, name):
    _, view = package
    sizes = [bounded("employees", 100, 100, "<"), bounded("employees", 100, 300), bounded("employees", 300, 300, ">")]
    for parts in ([those("owner", "foreign"), those("owner", "domestic")], sizes):
        values = [view.measure(name, cohort) for cohort in parts]
        assert sum(values) == pytest.approx(view.measure(name), rel=1e-9)


def test_a_firm_was_audited_some_years_ago_or_never(package):
    model, view = package
    ago = [view.measure("firms", bounded("years_since_audit", year, year)) for year in range(YEAR - 2014)]
    assert sum(ago) == view.measure("firms", those("firm_state", "audited")) > 100
    assert sum(value > 0 for value in ago) >= 3  # whoever is audited is audited again after three years
    never = view.measure("firms", those("firm_state", "audited", sign="!="))
    assert sum(ago) + never == view.measure("firms")
    rows = model.rows_alive()
    audited = model.state.firms.audit_year[rows]
    assert ago[3] == np.count_nonzero(audited == YEAR - 3)


def test_counts_by_hand(package):
    model, view = package
    firms, parks = model.state.firms[model.rows_alive()], model.state.operators
    assert view.measure("firms", those("owner", "foreign")) == np.count_nonzero(firms.foreign)
    assert view.measure("firms", bounded("employees", 300, 300, ">=")) == np.count_nonzero(firms.employees >= 300)
    assert view.measure("jobs", bounded("employees", 300, 300, ">=")) == pytest.approx(
        firms.employees[firms.employees >= 300].sum(), rel=1e-9
    )
    both = Cohort(
        park_is=(Condition("park_state", "=", ("committed",)),), firm_is=(Condition("owner", "=", ("domestic",)),)
    )
    assert view.measure("firms", both) == np.count_nonzero((parks.commit_year[firms.park] > 0) & ~firms.foreign)
    recent = Cohort(park_is=(Condition("years_since_commitment", "=", (0.0, 5.0)),))
    assert view.measure("parks_established", recent) == np.count_nonzero(parks.commit_year >= YEAR - 5)


STATES_COUNTED = {
    "operating": "parks_operating", "committed": "parks_committed", "converted": "parks_converted",
    "applied": "parks_applied", "certified": "parks_certified", "founded_eco": "parks_founded_eco",
    "lapsed": "parks_lapsed",
}  # fmt: skip


@pytest.mark.parametrize(("state", "outcome"), STATES_COUNTED.items())
def test_parks_in_a_state_are_as_many_as_the_outcome_counts_in_every_year(watched, state, outcome):
    kept = watched[0].chronicle.since(2015)
    np.testing.assert_array_equal(kept.values("parks_established", those("park_state", state)), kept.values(outcome))


def test_parks_that_do_not_operate_yet_are_told_apart_too():
    model = EIPModel("baseline", "vietnam", years=(2015, 2017)).run()
    kept = model.chronicle.since(2015)
    waiting = kept.values("parks_established", those("park_state", "operating", sign="!="))
    np.testing.assert_array_equal(waiting, kept.values("parks_established") - kept.values("parks_operating"))
    assert waiting.all()


def test_what_parks_are_is_that_of_each_year(watched):
    kept = watched[0].chronicle.since(2015)
    firms = kept.values("firms", those("park_state", "committed"))
    committed = kept.operators.commit_year.reshape(kept.n_years, -1) > 0
    by_hand = (kept.booked("counts", ac.FIRMS).reshape(kept.n_years, -1) * committed).sum(axis=1)
    np.testing.assert_array_equal(firms, by_hand)
    assert len(set(committed.sum(axis=1))) > 1


def test_firms_that_some_programmes_have_not_assisted(package):
    model, view = package
    for name in ("firms", "electricity_saved_mwh", "options_identified", "exchanges_identified"):
        others = view.measure(name, Cohort(not_of=(0,)))
        assert others + view.measure(name, Cohort(programmes=(0,))) == pytest.approx(view.measure(name), rel=1e-9)
    assert view.measure("firms", Cohort(not_of=givers(model.state))) == view.measure("firms", Cohort(programmes=()))


# ---- park by park -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cohort", [Cohort(), Cohort(sectors=(1, 2, 3)), Cohort(parks=(1, 3)), *TOLD_APART])
def test_what_is_asked_park_by_park_is_what_each_park_is_asked(package, cohort):
    model, view = package
    names = [name for name in of_parks() if cohort.firm_is == () or QUANTITIES[name].level == "firm"]
    names = [name for name in names if cohort.sectors is None or "sector" in QUANTITIES[name].reach]
    assert names
    for name in names:
        found = view.answer(name, cohort._replace(by_park=True))
        assert found.shape == (model.world.n_parks,)
        for park, value in enumerate(found):
            alone = cohort._replace(parks=tuple({park} & set(cohort.parks or range(model.world.n_parks))))
            state = view.measure("parks_operating", Cohort(parks=alone.parks, park_is=cohort.park_is))
            expected = view.measure(name, alone) if state else np.nan
            assert value == pytest.approx(expected, rel=1e-12, nan_ok=True), (name, park)


def test_parks_that_a_programme_does_not_reach_have_no_value_as_parks_and_no_such_firms(package):
    model, view = package
    (number,) = [g for g, p in enumerate(model.lever_paths.programmes) if p.name == PROGRAMME]
    reached, cohort = model.lever_paths.programmes[number].eligible, Cohort(programmes=(number,), by_park=True)
    scores, assisted = (view.answer(name, cohort) for name in ("park_score_mean", "firms_assisted"))
    assert np.isfinite(scores).tolist() == reached.tolist()
    assert (assisted > 0).tolist() == reached.tolist()
    assert 0 < reached.sum() < reached.size


def test_parks_without_tenants_have_no_value_in_the_country():
    model = EIPModel("baseline", "vietnam", years=(2015, 2016)).run()
    kept = model.chronicle.since(2015)
    by_park = kept.values("firms", Cohort(by_park=True)).reshape(2, -1)
    assert np.isfinite(by_park).sum(axis=1).tolist() == kept.values("parks_operating").tolist()
    assert np.nansum(by_park, axis=1) == pytest.approx(kept.values("firms"))


# ---- flows of adoption, and what audits name --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def adopting():
    """What is newly adopted in every year of a run, and the run at its end."""
    model = EIPModel("full-package", "pilot-parks", years=(2015, 2035))
    cohorts = [NATION, those("owner", "foreign"), those("owner", "domestic"), Cohort(by_park=True)]
    asked = [
        Question(*one) for one in itertools.product(("measures_adopted", "firms_adopting"), cohorts, range(2015, 2036))
    ]
    return answer(asked, model, stepping(model)), model


def test_what_is_newly_adopted_is_every_first_adoption_once(adopting):
    answers, model = adopting
    first = model.state.firms.first_adopted
    for year in range(2015, 2036):
        assert answers[Question("measures_adopted", NATION, year)] == np.count_nonzero(first == year)
        assert answers[Question("firms_adopting", NATION, year)] == np.count_nonzero((first == year).any(axis=1))
    assert np.count_nonzero(first) > 1000


def test_new_adoptions_of_owners_and_parks_add_up(adopting):
    answers, _ = adopting
    for name, year in itertools.product(("measures_adopted", "firms_adopting"), range(2015, 2036)):
        whole = answers[Question(name, NATION, year)]
        owners = [answers[Question(name, those("owner", who), year)] for who in ("foreign", "domestic")]
        assert sum(owners) == whole
        assert np.nansum(answers[Question(name, Cohort(by_park=True), year)]) == whole


def test_more_is_identified_than_implemented(package):
    _, view = package
    for identified, implemented in zip(IDENTIFIED, RECOMMENDED):
        assert view.measure(identified) > view.measure(implemented) > 0.0
    assert view.measure(IDENTIFIED[1], those("firm_state", "audited", sign="!=")) == 0.0


def test_an_option_that_is_implemented_alone_saves_what_was_identified(package):
    """One of a firm's measures at a time, in the prices of one year: both ways of writing down tell the same."""
    model, view = package
    firms, catalogue, surroundings = model.state.firms, model.state.market.catalogue, model.state.surroundings
    prices, tables = model.this_year.prices, {}
    for i in view.assisted[:200]:
        for m in np.flatnonzero((firms.recommended[i] == IMPLEMENTED) & (firms.installed_year[i] > 0)):
            recommendations, identified = Recommendations(model.state), Identified(model.state)
            tables = {kind: book.table for kind, book in ((Recommendations, recommendations), (Identified, identified))}
            bit = np.int64(1) << m
            write_down(firms[i], bit, catalogue, surroundings, prices, recommendations.table[i], recommendations.notes)
            write_down_option(firms[i], m, (catalogue, surroundings, prices, YEAR), tables[Identified][i])
            assert tables[Recommendations].implemented[i] == tables[Identified].named[i] == bit
            for name in ("invested", "saved", "tonnes"):
                one, other = (table[name][i] for table in tables.values())
                assert one == pytest.approx(other, rel=1e-9, abs=1e-6), (i, m, name)
                assert np.isfinite(one)
    assert len(tables) == 2


def test_what_is_identified_grows_with_what_audits_name_and_not_with_what_is_done():
    model, identified, before = EIPModel("baseline", "pilot-parks", years=(2015, 2024)), None, 0.0
    for _ in stepping(model):
        identified = identified or Identified(model.state)
        identified.keep(model.state, model.this_year)
        audited = model.state.firms.audit_year == model.year
        assert (identified.table.saved.sum() != before) == audited.any()
        before = identified.table.saved.sum()
        known = model.state.firms.recommended != 0
        written = (identified.table.named[:, None] >> np.arange(known.shape[1])) & 1
        assert (written == known).all()
    assert before > 0.0


# ---- years that are over ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def watched():
    """A finished run, and what was seen of nation, provinces and parks at the end of each year."""
    model, seen = EIPModel("full-package", "pilot-parks", 5), []
    for year in stepping(model):
        end, e = YearEnd(model.state, model.this_year), model.state.exchanges.found
        views = {"nation": end.of(NATION), "provinces": end.by_province(), "parks": end.by_park()}
        values = {
            (place, name): QUANTITIES[name].formula(view) for place, view in views.items() for name in asked_of(place)
        }
        known = {
            "identified": e.identified_year > 0, "feasible": e.feasible_year > 0, "operating": e.state == OPERATING,
            "screened": e.screened, "screened_feasible": e.screened & (e.feasible_year > 0),
        }  # fmt: skip
        seen.append(
            (year, values, {stage: np.bincount(e.donor_park[holds], minlength=8) for stage, holds in known.items()})
        )
    return model, seen


def asked_of(place):
    """Quantities that exist for a place and do not need firms one by one."""
    names = {"nation": QUANTITIES, "provinces": BY_PROVINCE}.get(place, of_parks())
    return [name for name in names if name not in BY_FIRM]


def of_parks():
    return [name for name, outcome in QUANTITIES.items() if "park" in outcome.reach]


@pytest.mark.parametrize("place", ["nation", "provinces", "parks"])
def test_a_chronicle_gives_what_was_seen_at_the_end_of_every_year(watched, place):
    model, seen = watched
    kept = model.chronicle.since(2015)
    view = {"nation": kept.of(NATION), "provinces": kept.by_province(), "parks": kept.by_park()}[place]
    for name in asked_of(place):
        of_years = QUANTITIES[name].formula(view).reshape(len(seen), -1)
        for row, (year, values, _) in zip(of_years, seen):
            np.testing.assert_array_equal(row, values[place, name], err_msg=f"{name} {year}")


def test_a_year_in_the_middle_is_the_same_alone(watched):
    model, _ = watched
    whole, late = model.chronicle.since(2015), model.chronicle.since(2041)
    np.testing.assert_array_equal(late.outcomes(), whole.outcomes()[26:])
    for name in asked_of("provinces"):
        np.testing.assert_array_equal(
            QUANTITIES[name].formula(late.by_province()),
            QUANTITIES[name].formula(whole.by_province())[-late.n_years * 63 :],
        )


def test_stages_of_exchanges_told_from_their_years_are_those_they_were_in(watched):
    model, seen = watched
    kept, ever = model.chronicle.since(2015), 0
    for stage in STAGES:
        told = kept.exchanges(stage).reshape(len(seen), -1)
        for row, (year, _, known) in zip(told, seen):
            assert row.tolist() == known[stage].tolist(), (stage, year)
        ever += told[-1].sum() > 0
    assert ever == len(STAGES)


def test_the_tally_of_a_park_is_what_its_firms_have_been_told_and_done(package):
    model, view = package
    firms, rows, tally = model.state.firms, view.assisted, model.state.surroundings.parks.tally
    of_firms = {
        "options_identified": (firms.recommended[rows] > 0).sum(axis=1),
        "options_implemented": (firms.recommended[rows] == IMPLEMENTED).sum(axis=1),
        "audits": model.state.books.audits_given[:, rows].sum(axis=0),
        "assisted": np.ones(rows.size),
    }
    for name, amounts in of_firms.items():
        by_park = np.bincount(firms.park[rows], amounts, minlength=model.world.n_parks)
        assert tally[:, TALLY.index(name)].tolist() == by_park.tolist(), name
        assert by_park.sum() > 0


def test_firms_are_not_seen_after_their_year(watched):
    model, _ = watched
    with pytest.raises(TypeError, match="only at the end of the year"):
        model.chronicle.since(2015).values("firms", Cohort(sectors=(1,)))


def test_what_a_run_has_given_stays_when_the_next_runs_write_over_its_tables():
    first = simulate("full-package", 1, world="pilot-parks")
    kept = [table.copy() for table in (first.outcomes, first.parks, first.provinces)]
    for seed in (2, 3):
        simulate("baseline", seed, world="pilot-parks", years=(2020, 2024))
    for table, before in zip((first.outcomes, first.parks, first.provinces), kept):
        pd.testing.assert_frame_equal(table, before)
    again = simulate("full-package", 1, world="pilot-parks")
    pd.testing.assert_frame_equal(again.provinces, first.provinces)


# ---- one row an outcome ------------------------------------------------------------------------------------------------


def test_every_outcome_can_be_asked_for():
    assert set(OUTCOMES) < set(QUANTITIES)
    assert len(QUANTITIES) == len(OUTCOMES) + len(EXTRA) + len(LOOKED_AT)
    assert all(set(quantity.reach) <= set(DIMENSIONS) for quantity in QUANTITIES.values())


def test_labels_are_told_apart_and_written_as_a_reader_would():
    labels = [outcome.label for outcome in QUANTITIES.values()]
    assert len(set(labels)) == len(labels)
    assert all(label[0].isupper() and "_" not in label and "co2" not in label.lower() for label in labels)


def test_every_outcome_that_exists_by_province_is_a_column_of_provinces(whole_run):
    by_province = [name for name, outcome in TABLED.items() if "province" in outcome.reach]
    assert list(whole_run[0].provinces)[2:] == by_province
    of_the_nation = {"public_spending_usd", "vouchers_offered_usd", "provinces_committed_share"}
    assert set(OUTCOMES) - set(by_province) == of_the_nation


@pytest.fixture(scope="module")
def whole_run():
    """A run, and what expressions give for every outcome, province and year of the same run."""
    run = simulate("full-package", 3, world="pilot-parks")
    model = EIPModel("full-package", "pilot-parks", 3)
    places = np.unique(model.state.operators.province).tolist()
    cohorts = [Cohort(provinces=(place,)) for place in places]
    years = range(2015, 2051)
    asked = [Question(*one) for one in itertools.product(BY_PROVINCE, cohorts, years)]
    asked += [Question(*one) for one in itertools.product(OUTCOMES, [NATION], years)]
    return run, [model.world.provinces[place] for place in places], cohorts, answer(asked, model, stepping(model))


@pytest.mark.parametrize("name", BY_PROVINCE)
def test_provinces_csv_and_expressions_give_the_same_number(whole_run, name):
    run, names, cohorts, answers = whole_run
    table = run.provinces.pivot(index="year", columns="province", values=name)
    for province, cohort in zip(names, cohorts):
        asked = [answers[Question(name, cohort, year)] for year in table.index]
        np.testing.assert_array_equal(table[province], asked, err_msg=province)


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_nation_is_the_cohort_of_all(whole_run, package, name):
    run, _, _, answers = whole_run
    asked = [answers[Question(name, NATION, year)] for year in run.outcomes.index]
    np.testing.assert_array_equal(run.outcomes[name], asked)
    if QUANTITIES[name].reach:  # cut out place by place, everybody is there too
        everywhere = Cohort(provinces=tuple(range(len(package[0].world.provinces))))
        assert package[1].measure(name, everywhere) == pytest.approx(package[1].measure(name), rel=1e-12)


def test_expressions_of_the_whole_country_agree_with_its_tables_too():
    years = (2016, 2025, 2034)
    run, model = (
        simulate("baseline", 1, years=(2015, 2034)),
        EIPModel("baseline", "vietnam", 1, years=(2015, 2034)),
    )
    places = range(len(model.world.provinces))
    asked = [Question(*q) for q in itertools.product(BY_PROVINCE, [Cohort(provinces=(p,)) for p in places], years)]
    answers = answer(asked, model, stepping(model))
    table = run.provinces.set_index(["year", "province"])
    empty = 0
    for question, value in answers.items():
        place = (question.year, model.world.provinces[question.cohort.provinces[0]])
        if place in table.index:
            np.testing.assert_array_equal(table.loc[place, question.name], value, err_msg=str(question))
            empty += bool(np.isnan(value))
        elif QUANTITIES[question.name].adds_up:
            assert value == 0.0, question  # a province without parks
    assert empty > 0


def test_the_outcomes_that_a_regulator_may_watch_are_outcomes_of_which_more_is_better():
    assert set(WATCHED) <= set(OUTCOMES)
    assert {OUTCOMES[name].better for name in WATCHED} == {"higher"}
