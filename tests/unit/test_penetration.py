"""Which share of firms has a measure without any policy: by archetype, in 2024 and on the way there."""

from __future__ import annotations

import numpy as np
import pytest

from eipsim.agents.firm.columns import STOCK
from eipsim.core.years import YEARS
from eipsim.data.loading import VIETNAM, CountryTables, read_facts
from eipsim.market.catalogue import (
    N_SECTORS,
    listed_catalogue,
    measure_ids,
    measure_table,
    penetration_in,
    penetrations,
)
from eipsim.model.model import EIPModel

SOLAR, LEDS = measure_ids().index("M10"), measure_ids().index("M01")
GARMENTS, TEXTILES, FOOD = 0, 1, 4


def test_an_archetype_without_a_share_of_its_own_has_that_of_the_measure():
    share, general = penetrations(VIETNAM), measure_table()["penetration_2024"].to_numpy()
    assert share.shape == (len(general), N_SECTORS)
    own = {(r.measure_id, r.arch_id) for r in read_facts("measure_penetration").itertuples()}
    assert len(own) == np.count_nonzero(share != general[:, None])
    assert (share[LEDS] == general[LEDS]).all()
    assert share[SOLAR, FOOD] == general[SOLAR]


def test_garment_and_textile_firms_have_more_solar_roofs_than_others():
    share = penetrations(VIETNAM)[SOLAR]
    assert share[GARMENTS] == share[TEXTILES] == 0.4
    assert (np.delete(share, [GARMENTS, TEXTILES]) < 0.3).all()


def test_each_archetype_comes_to_its_own_share_of_2024_and_stays_there():
    path, share = penetration_in(YEARS, listed_catalogue(VIETNAM)), penetrations(VIETNAM)
    assert path.shape == (len(YEARS), *share.shape)
    at = int(np.flatnonzero(YEARS == 2024)[0])
    np.testing.assert_allclose(path[at], share)
    np.testing.assert_array_equal(path[-1], path[at])
    assert (np.diff(path, axis=0) >= 0.0).all()
    assert (path[0, SOLAR] < share[SOLAR]).all()


def test_the_same_share_for_all_archetypes_is_as_if_there_were_no_table():
    empty = read_facts("measure_penetration").iloc[:0]
    tables = CountryTables(own={"measure_penetration": empty}, digest="no shares of their own")
    general = measure_table()["penetration_2024"].to_numpy()
    assert (penetrations(tables) == general[:, None]).all()


def test_newcomers_bring_solar_roofs_with_the_share_of_their_archetype():
    as_in_2024 = {"population.newcomers_path": 0.0}
    model = EIPModel("no-eip-policy", years=(2015, 2030), settings=as_in_2024).run()
    firms = model.state.firms
    came = (firms.entry_year > 2024) & (firms.entry_year <= 2030)

    def share(sectors):
        rows = came & np.isin(firms.sector, sectors)
        return (firms.origin[rows, SOLAR] == STOCK).mean()

    assert share([GARMENTS, TEXTILES]) == pytest.approx(0.4, abs=0.06)
    assert share(np.arange(2, N_SECTORS)) == pytest.approx(0.15, abs=0.03)
