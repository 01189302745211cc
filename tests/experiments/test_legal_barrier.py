"""What a late reform costs: pairs with the same draws, sums, errors, figure."""

import numpy as np
import pytest
from legal_barrier import QUANTITIES, REFORMS, legal_barrier, reformed, write

from eipsim.errors import InputError
from eipsim.figures import legal_barrier as draw
from eipsim.scenarios.loading import load_scenario
from eipsim.sweeps.replicates import simulate_many

SCREENED = load_scenario(
    "baseline", levers={"symbiosis_screening": {2022: 1.0}}, parameters={"exchanges.screening_probability": 0.3}
)


@pytest.fixture(scope="module")
def table():
    return legal_barrier(SCREENED, (2026, 2032, 2040), replicates=2, world="pilot-parks")


def test_a_row_per_reform_and_quantity_and_nothing_is_lost_by_the_earliest(table):
    assert len(table) == 4 * len(QUANTITIES)
    earliest = table[table["reform"] == "2026"]
    assert (earliest["lost"] == 0.0).all()
    assert earliest["per_year_of_delay"].isna().all()
    assert table["years_of_delay"].unique().tolist() == [0, 6, 14, 25]


def test_a_late_reform_has_nothing_in_force_before_whatever_the_scenario_holds():
    late = reformed("legal-reform", 2035)
    for name in REFORMS:
        (entry,) = late.levers[name]
        assert (entry.value, entry.first_year) == (1.0, 2035)


def test_the_later_the_reform_the_more_exchanges_and_money_are_lost(table):
    """Tonnes and money hang on a few large exchanges, whose partners chance finds in eight parks: they are asked for the ends."""
    for name in ("exchanges in operation", "by-products exchanged", "saving of tenants"):
        lost = table.loc[table["quantity"] == name, "lost"].to_numpy()
        assert 0.0 < lost[1] < lost[-1] == lost.max(), name
        assert name != "exchanges in operation" or (np.diff(lost) > 0.0).all()
        row = table[(table["quantity"] == name) & (table["reform"] == "2032")].iloc[0]
        assert row["per_year_of_delay"] == pytest.approx(row["lost"] / 6.0)


def test_what_is_reached_is_the_sum_of_the_outcomes(table):
    runs = simulate_many({"never": SCREENED}, replicates=2, world="pilot-parks")
    later = runs[runs["year"] >= 2026]
    tonnes = later.groupby("replicate")["exchange_tonnes"].sum().mean()
    row = table[(table["quantity"] == "by-products exchanged") & (table["reform"] == "never")].iloc[0]
    assert row["reached"] == pytest.approx(tonnes, rel=1e-12)


def test_years_must_rise():
    for years in ((2030,), (2030, 2028), (2030, 2030)):
        with pytest.raises(InputError, match="not years that rise"):
            legal_barrier("baseline", years)


def test_table_and_figure_are_written(table, tmp_path):
    names = [path.name for path in write(tmp_path / "barrier", table)]
    assert names == ["legal_barrier.csv", "legal_barrier.png", "legal_barrier.svg"]
    assert len(draw(table).axes) == 4
    assert "without the reuse reform" in draw(table).finding
