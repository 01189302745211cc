"""Which exchanges would pay without the law: pairs that differ by the law alone, shares that follow from their definition."""

import pytest
from test_legal_barrier import SCREENED
from what_pays import SHARES, parameters_within_ranges, what_pays

from eipsim.data.parameters import load_parameters


@pytest.fixture(scope="module")
def tables():
    return what_pays(SCREENED, replicates=2, world="pilot-parks")


def test_parameters_of_exchanges_are_spread_over_their_ranges():
    sets, known = parameters_within_ranges(10), load_parameters()
    assert len(sets) == 10
    for name, parameter in known.items():
        values = [one[name] for one in sets if name in one]
        assert bool(values) == (name.startswith("exchanges.") and parameter.low < parameter.high)
        assert all(parameter.low <= value <= parameter.high for value in values)
        assert len(set(values)) == len(values)


def test_what_pays_without_the_law_pays_at_least_as_often_where_the_law_asks_for_much(tables):
    by_class = tables["legal_class"].set_index("legal_class")
    barred = by_class.loc[["R2", "R3"]]
    assert (barred["pay_without_law"] > barred["pay_under_law"]).all()
    untouched = by_class.loc[["R0", "R1"]]
    assert untouched["pay_without_law"].to_numpy() == pytest.approx(untouched["pay_under_law"].to_numpy(), abs=0.05)


def test_shares_are_shares_and_medians_lie_within_their_ranges(tables):
    for table in tables.values():
        for share in SHARES:
            assert table[share].between(table[f"{share}_low"], table[f"{share}_high"]).all()
            assert table[f"{share}_low"].ge(0.0).all()
            assert table[f"{share}_high"].le(1.0).all()
            assert (table["operate_under_law"] <= table["pay_under_law"]).all()
