"""Price tables: all years at once, a year at a time, and what runs share of them."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from eipsim.core.latest import Latest
from eipsim.data.loading import VIETNAM
from eipsim.market import prices
from eipsim.market.drivers import nominal_tariff
from eipsim.model.model import EIPModel

PATHS = {
    "levers.carbon_price": {"path": {2020: 5.0, 2040: 60.0}},
    "levers.electricity_price_change": [{"value": 0.1, "from": 2030}, {"value": -0.2, "parks": ["P352"], "from": 2025}],
    "levers.landfill_charge_usd_t": [{"value": 7.0, "provinces": ["Can Tho"], "until": 2035}],
    "levers.wastewater_charge_usd_m3": {"path": {2018: 0.1, 2050: 0.7}},
    "levers.hazardous_waste_charge_usd_t": 12.0,
}


def model_of(**settings):
    return EIPModel("baseline", "pilot-parks", 1, settings=PATHS | settings)


def flat(tables):
    return [np.asarray(part) for part in (*tables[:-1], *tables.accounts)]


@pytest.mark.parametrize("cells", [prices.CELLS_TOGETHER, 10**9, 1])
def test_prices_worked_out_for_many_years_are_those_of_a_year_alone_bit_for_bit(cells, monkeypatch):
    monkeypatch.setattr(prices, "CELLS_TOGETHER", cells)
    model = model_of()
    yearly, paths = model.state.market.yearly, model.lever_paths
    assert paths.n_zones > 1
    for year in (*range(2015, 2051), 2020, 2049):
        planned, alone = yearly.of_plan(year, paths), yearly.of_year(year, paths.year(year))
        for one, other in zip(flat(planned), flat(alone), strict=True):
            assert one.tobytes() == other.tobytes(), year


@pytest.mark.parametrize(("main_fuels", "together"), [(0.0, 3), (1.0, 1)])
def test_few_years_are_worked_out_together_where_there_are_many_price_zones_and_rows(main_fuels, together, monkeypatch):
    monkeypatch.setattr(prices, "_planned", Latest(3))
    model = model_of(**{"population.main_fuel_share": main_fuels})
    yearly, paths = model.state.market.yearly, model.lever_paths
    yearly.of_plan(2015, paths)
    per_year = paths.n_zones * yearly.n_rows * prices.N_CLASSES * len(model.state.market.catalogue)
    assert len(yearly.planned.tables) == max(1, prices.CELLS_TOGETHER // per_year) == together


def test_replicates_share_prices_and_a_run_that_changes_its_catalogue_does_not():
    first, second, changed = (EIPModel("baseline", "pilot-parks", 1, replicate=k, settings=PATHS) for k in range(3))
    changed.state.market.catalogue.reach[:] *= 0.5
    for model in (first, second, changed):
        model.step()
    assert first.this_year.tables.log_unit_saving is second.this_year.tables.log_unit_saving
    assert (changed.this_year.tables.log_unit_saving < first.this_year.tables.log_unit_saving).any()
    assert (first.state.market.catalogue.reach == 2.0 * changed.state.market.catalogue.reach).all()
    later = EIPModel("baseline", "pilot-parks", 1, settings=PATHS)
    later.step()
    assert later.this_year.tables.log_unit_saving is first.this_year.tables.log_unit_saving


def test_no_more_prices_are_kept_than_promised(monkeypatch):
    monkeypatch.setattr(prices, "_planned", Latest(3))
    for k in range(4):
        model_of(**{"measures.realisation": 0.5 + 0.01 * k}).step()
    assert len(prices._planned) == 3


def test_an_instrument_or_an_adaptive_regulator_sees_prices_of_its_own_levers():
    moved = EIPModel("equal-budget/adaptive-audits", "pilot-parks", 1, settings={"regulator.adaptive.lever": "carbon_price",
        "regulator.adaptive.most": 50.0, "regulator.adaptive.start": 20.0})  # fmt: skip
    moved.run()
    assert moved.this_year.levers is not moved.lever_paths.year(2050)
    of_rows = moved.this_year.levers.carbon_price[:, moved.state.market.yearly.rows.sector]
    assert (moved.this_year.prices.carbon == of_rows).all()
    assert moved.this_year.prices.carbon.max() > 0.0


def test_the_tariff_of_a_year_is_the_mean_of_its_days_to_the_last_bit_whatever_the_version_of_pandas():
    decisions = VIETNAM.read("electricity_tariff")
    since = [date.fromisoformat(day) for day in decisions["date"]]
    paid = [Fraction(float(price)) for price in decisions["vnd_per_kwh_ex_vat"]]
    assert set(range(2015, 2026)) <= set(nominal_tariff().index)
    for year, tariff in nominal_tariff().items():
        ends = [*since[1:], date.max]
        days = [(min(end, date(year + 1, 1, 1)) - max(begin, date(year, 1, 1))).days for begin, end in zip(since, ends)]
        of_year = [(price, n) for price, n in zip(paid, days) if n > 0]
        whole = float(sum(price * n for price, n in of_year))
        assert tariff == whole / sum(n for _, n in of_year), year
