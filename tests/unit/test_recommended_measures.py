"""Which measures count as cleaner production where causes are asked for: those whose option somebody has recommended."""

import numpy as np
import pytest
from helpers import ALIKE, ALWAYS_ACCEPT, NO_AWARENESS, differences, number, quiet, tiny_world, z_score

from eipsim.agents.firm.columns import NOT_RECOMMENDED
from eipsim.core.draws import PROCESSES, drawn
from eipsim.market.catalogue import N_MEASURES, measure_names
from eipsim.model.model import EIPModel

BY_CAUSE, BY_TIME = {"behaviour.recp_by_cause": 1.0}, {"behaviour.recp_by_cause": 0.0}
LIGHT, N = "lighting", 3_000
EASY = NO_AWARENESS | ALIKE | ALWAYS_ACCEPT | BY_CAUSE | {"operators.commitment_base_rate": 0.0}


def model_of(years=2, world=None, aware=True, **settings):
    """Firms that take any option they notice, all of which have heard of cleaner production, after so many years."""
    model = quiet(EIPModel("no-eip-policy", world or tiny_world(N), 1, settings=EASY | settings))
    if aware:
        model.state.firms.aware_year[:] = model.world.first_year
    for _ in range(years):
        model.step()
    return model


def advised(model):
    """bool [firms, measures]"""
    bits = model.state.firms.advised_bits[:, None] >> np.arange(N_MEASURES)
    return (bits & 1).astype(bool)


def adopters(model):
    return (model.state.firms.first_adopted > 0).any(axis=1)


# ---- causes one at a time --------------------------------------------------------------------------------------------


TRAINED = {"levers.training": 1.0, "awareness.training_option_rate": 2.0}
FACILITATED = {"levers.facilitation_grant": 1.0, "awareness.operator_rate": 5.0}


@pytest.mark.parametrize("cause", [TRAINED, FACILITATED], ids=["training", "operator"])
def test_what_operator_or_training_have_named_counts(cause):
    model = model_of(**cause)
    assert adopters(model).mean() > 0.5
    np.testing.assert_array_equal(model.state.firms.applies_recp, adopters(model))


@pytest.mark.parametrize("practise", [0.0, 1.0])
@pytest.mark.parametrize("rate", ["park_peer_rate", "sector_peer_rate"])
def test_what_peers_have_shown_counts_where_they_practise(rate, practise):
    """As if everybody had everything already, so that whoever does not sees it next door."""
    model = model_of(0, **{f"awareness.{rate}": 2.0})
    model.state.surroundings.parks.count[:] = N
    model.state.surroundings.sectors.count[:] = N
    model.state.books.recp_park[:] = model.state.books.recp_sector[:] = practise
    model.step()
    assert adopters(model).mean() > 0.5
    np.testing.assert_array_equal(model.state.firms.applies_recp, adopters(model) & (practise == 1.0))


ALONE = {"awareness.base_rate": 2.0}
INFORMED = {"levers.information": 1.0, "awareness.information_rate": 2.0}


@pytest.mark.parametrize("cause", [ALONE, INFORMED], ids=["alone", "ministry"])
def test_what_a_firm_has_noticed_itself_or_read_counts_only_where_causes_are_not_asked_for(cause):
    model = model_of(**cause)
    assert adopters(model).mean() > 0.5
    assert not model.state.firms.applies_recp.any()
    by_time = model_of(**cause, **{"behaviour.recp_by_cause": 0.0})
    np.testing.assert_array_equal(by_time.state.firms.applies_recp, adopters(model))


def test_what_an_audit_has_named_counts_and_what_it_has_not_does_not():
    audits = {"from": 2016, "until": 2016, "audits": N // 2, "payer": "public", "rule": "random", "source": "test"}
    model = model_of(3, **{"programmes.audits": audits | {"commits_parks": False}})
    named = model.state.firms.recommended != NOT_RECOMMENDED
    assert 0 < named.any(axis=1).sum() <= N // 2
    np.testing.assert_array_equal(advised(model), named)
    np.testing.assert_array_equal(model.state.firms.applies_recp, adopters(model))


def test_a_firm_that_has_not_heard_of_cleaner_production_practises_none():
    assert not model_of(aware=False, **TRAINED | {"awareness.training_rate": 0.0}).state.firms.applies_recp.any()


def test_of_causes_beside_each_other_each_is_the_first_as_often_as_its_hazard_has_it():
    model = model_of(1, **{"levers.training": 1.0, "awareness.training_option_rate": 0.6, "awareness.base_rate": 0.2})
    firms, m = model.state.firms, number(LIGHT)
    noticed = firms.known_year[:, m] > 0
    known, by_training = int(noticed.sum()), int(advised(model)[noticed, m].sum())
    assert abs(z_score(known, N, 1.0 - np.exp(-0.8))) < 4.0
    assert abs(z_score(by_training, known, 0.75)) < 4.0
    stream = model.state.surroundings.streams[PROCESSES["recommendation"]]
    np.testing.assert_array_equal(advised(model)[noticed, m], drawn(firms.key[noticed], stream, item=m) < 0.75)


# ---- in the pilot parks ------------------------------------------------------------------------------------------------


def pilot(scenario="baseline", until=2024, **settings):
    model = EIPModel(scenario, "pilot-parks", 3, settings=settings)
    while model.year < until:
        model.step()
    return model


@pytest.fixture(scope="module")
def by_cause():
    return pilot(until=2035, **BY_CAUSE)


def test_a_firm_practises_iff_it_took_what_was_recommended_when_it_had_heard_of_it(by_cause):
    firms = by_cause.state.firms
    aware = (firms.aware_year > 0)[:, None] & (firms.first_adopted >= firms.aware_year[:, None])
    taken = ((firms.first_adopted > 0) & aware & advised(by_cause)).any(axis=1)
    once = firms.episode.sum(axis=1) == 0  # what has worn out may have been taken twice
    np.testing.assert_array_equal(firms.applies_recp[once], taken[once])
    assert 0 < firms.applies_recp.sum() < adopters(by_cause).sum()


def test_asking_for_causes_takes_firms_away_and_adds_none():
    by_time, by_cause = pilot(until=2035, **BY_TIME), pilot(until=2035, **BY_CAUSE)
    ours, theirs = by_cause.state.firms.applies_recp, by_time.state.firms.applies_recp
    assert not (ours & ~theirs).any()
    assert ours.sum() < theirs.sum()
    for name in ("recp_firm_share", "recp_firm_share_unmeasured", "firms_aware_share"):
        assert (by_cause.outcomes[name] <= by_time.outcomes[name]).all()


def test_causes_move_what_counts_and_nobodys_decision():
    """Where practice is no example to others and no certificate depends on it."""
    no_example = {"awareness.park_peer_rate": 0.0, "awareness.sector_peer_rate": 0.0}
    moved = differences(pilot(**no_example, **BY_TIME), pilot(**no_example, **BY_CAUSE))
    assert set(moved) == {
        "firms.applies_recp", "firms.advised_bits", "recp_firm_share", "recp_firm_share_unmeasured",
    }  # fmt: skip


def test_trainings_name_no_option_unless_they_are_said_to():
    silent, trained = {"awareness.training_option_rate": 0.0}, {"levers.training": 1.0}
    untrained, plain, naming = (
        pilot(**s).outcomes["recp_measures_installed"].to_numpy()
        for s in (silent, silent | trained, trained | {"awareness.training_option_rate": 0.2})
    )
    np.testing.assert_array_equal(plain, untrained)
    assert naming[-1] > plain[-1]


def test_agents_stepped_one_by_one_are_told_the_same():
    compiled, agents = (
        EIPModel("baseline", "pilot-parks", 1, stepping=how, settings=BY_CAUSE, years=(2015, 2020)).run()
        for how in ("compiled", "agents")
    )
    assert differences(compiled, agents) == []


def test_explain_says_whether_what_a_firm_knows_was_recommended(by_cause):
    firms, found = by_cause.state.firms, set()
    rows, measures = np.nonzero((firms.known_year == 2034) & (firms.episode == 0) & (firms.audit_year == 0)[:, None])
    assert rows.size > 5
    for row, m in list(zip(rows, measures))[:12]:
        lines = " ".join(by_cause.explain_measure(int(row), measure_names()[m], 2034).lines)
        said = advised(by_cause)[row, m]
        assert ("recommended by its operator, a training or a peer" in lines) == said
        assert ("noticed without a recommendation" in lines) == (not said)
        found.add(bool(said))
    assert found
