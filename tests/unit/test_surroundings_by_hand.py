"""How word goes round in parks and sectors, and who is told what it costs: one park, one sector, one year, worked out by hand."""

import math

import numpy as np
import pytest
from helpers import constants_with, tiny_world

from eipsim.agents.operator.columns import OPERATOR_COLUMNS
from eipsim.agents.surroundings import inform, spread_in_park, spread_in_sector
from eipsim.core.columns import new_table
from eipsim.model.model import EIPModel

RATES = {
    "base_rate": 0.01, "operator_rate": 0.2, "training_rate": 0.3, "training_option_rate": 0.4, "park_peer_rate": 0.5,
    "sector_peer_rate": 0.6, "information_rate": 0.7, "vietnam_shift": -0.11, "peer_weight": 1.7, "peers_reference": 0.13,
}  # fmt: skip
YEAR, RECP, FIRMS = 2025, 0.35, 8


@pytest.fixture
def made():
    model = EIPModel("no-eip-policy", tiny_world(FIRMS, n_parks=2), 1)
    constants = constants_with(model, **RATES)
    surroundings, measures = model.state.surroundings, model.state.market.catalogue
    measures.available_from[:3] = YEAR - 1, YEAR, YEAR + 1
    for table in (surroundings.parks, surroundings.sectors):
        table.count[:], table.firms[:] = np.arange(table.count.shape[1]) % 5, FIRMS
        table.unaware[:], table.unheard[:] = 0.9, 0.8
    surroundings.parks.unaware_information[:], surroundings.parks.unheard_information[:] = 0.9, 0.8
    return surroundings, measures, constants


@pytest.mark.parametrize("firms", [FIRMS, 0])
def test_word_goes_round_in_a_sector_by_those_who_have_a_measure_once_it_is_to_be_had(made, firms):
    surroundings, measures, constants = made
    sector = surroundings.sectors[0]
    sector.firms = firms
    spread_in_sector(sector, RECP, measures, YEAR, constants)
    hazard = 0.6 * sector.count / max(firms, 1)
    there = measures.available_from <= YEAR
    assert [there[0], there[1], there[2]] == [True, True, False]
    np.testing.assert_allclose(sector.hazard, hazard, rtol=1e-12)
    np.testing.assert_allclose(sector.advice, hazard * RECP, rtol=1e-12)
    np.testing.assert_allclose(sector.unaware, np.where(there, 0.9 * np.exp(-hazard), 0.9), rtol=1e-9)
    assert sector.unheard == pytest.approx(0.8 * math.exp(-0.6 * RECP), rel=1e-9)


@pytest.mark.parametrize("firms", [FIRMS, 0])
def test_word_goes_round_in_a_park_by_neighbours_its_operator_and_training(made, firms):
    surroundings, measures, constants = made
    park = surroundings.parks[0]
    park.firms = firms
    operator = new_table(1, OPERATOR_COLUMNS, facilitation=0.25, training=0.15, effect=0.07, monitored=True)[0]
    spread_in_park(park, operator, RECP, measures, YEAR, constants)
    peers, there = park.count / max(firms, 1), measures.available_from <= YEAR
    np.testing.assert_allclose(park.peers, peers, rtol=1e-12)
    np.testing.assert_allclose(park.appeal, -0.11 + 0.07 + measures.effect + 1.7 * (peers - 0.13), rtol=1e-12)
    hazard = 0.01 + 0.2 * 0.25 + 0.5 * peers + 0.4 * 0.15
    np.testing.assert_allclose(park.hazard, np.where(there, hazard, 0.0), rtol=1e-12)
    np.testing.assert_allclose(park.unaware, 0.9 * np.exp(-np.where(there, hazard, 0.0)), rtol=1e-9)
    np.testing.assert_allclose(park.advice, 0.2 * 0.25 + 0.4 * 0.15 + 0.5 * peers * RECP, rtol=1e-12)
    assert park.unheard == pytest.approx(0.8 * math.exp(-(0.2 * 0.25 + 0.3 * 0.15 + 0.5 * RECP)), rel=1e-9)
    assert park.monitored


def test_the_ministry_informs_the_sectors_that_it_turns_to(made):
    surroundings, _, constants = made
    park, information = surroundings.parks[1], np.zeros(surroundings.parks.hazard_information.shape[1])
    information[[0, 3]] = 1.0, 0.25
    inform(park, information, constants)
    np.testing.assert_allclose(park.hazard_information, 0.7 * information, rtol=1e-12)
    np.testing.assert_allclose(park.unaware_information, 0.9 * np.exp(-0.7 * information), rtol=1e-9)
    np.testing.assert_allclose(park.unheard_information, 0.8 * np.exp(-0.7 * information), rtol=1e-9)
