"""The payback of every measure from the model's own catalogue and prices, beside the payback its source gives.

Two views: at the reference prices at which `measures.csv` derived its figures, so that like is compared with like; and
in the model's price tables of the tariff year, archetype by archetype, as an auditor and as a firm would work it out.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from eipsim.agents.firm.project import NEVER_PAYS
from eipsim.core.years import FIRST_YEAR
from eipsim.data.loading import read_facts, value_of
from eipsim.data.parameters import parameter_values
from eipsim.market.catalogue import (
    BIOMASS_INPUT,
    DEAR_FUEL,
    ELECTRICITY_INPUT,
    N_SECTORS,
    REPLACE_BOILERS,
    STREAMS,
    build_catalogue,
    measure_table,
)
from eipsim.market.constants import build_constants
from eipsim.market.drivers import CARRIERS, REFERENCE_YEAR, TARIFF_YEAR, build_drivers, with_biomass_ratio
from eipsim.market.fuels import DEAR, FOSSIL_CARRIERS, GROUP_OF, price_rows
from eipsim.market.prices import YearlyPrices
from eipsim.market.uses import fuel_shares
from eipsim.policy.economic import EVERYBODY

ENGINEERING = {"measures.realisation": 1.0, "measures.hidden_cost_share": 0.0}
# What the tables of measures and prices say of boilers, without what boiler_evidence.csv adds.
AS_LISTED = {
    "measures.boiler_efficiency": 1.0,
    "measures.biomass_price_ratio": 0.0,
    "measures.solid_boiler_running_cost_usd_kw": 0.0,
}
DISAGREES = 2.0  # data/README: a factor of more than two is listed
STREAM_UNITS = {
    "electricity": "MWh",
    "fuel": "GJ",
    "fossil": "GJ",
    "dear_fuel": "GJ",
    "water": "m3",
    "solid_waste": "t",
    "material": "USD",
    "chemicals": "USD",
}
NO_POLICY = SimpleNamespace(
    carbon_price=np.zeros((1, N_SECTORS)),
    carbon_facilities=np.full(N_SECTORS, EVERYBODY),
    electricity_price_change=np.zeros((1, N_SECTORS)),
    wastewater_charge_usd_m3=np.zeros((1, N_SECTORS)),
    landfill_charge_usd_t=np.zeros((1, N_SECTORS)),
    hazardous_waste_charge_usd_t=np.zeros((1, N_SECTORS)),
)


def typical_firms() -> pd.DataFrame:
    """The firm of mean size of every archetype: electricity [MWh/yr], fuel [GJ/yr], share of park firms."""
    table = read_facts("archetypes").set_index("arch_id")
    employees = table["emp_mean"].astype(float)
    return pd.DataFrame(
        {
            "share": table["share_of_park_firms"].astype(float),
            "electricity": employees * table["elec_c"].astype(float),
            "fuel": employees * table["fuel_c"].astype(float),
        }
    )


def reference_bill() -> pd.Series:
    """Energy bill [USD/yr] of every archetype's firm of mean size at the reference prices."""
    firms = typical_firms()
    power, fuel = (value_of("driver_paths", f"reference_{carrier}_price") for carrier in ("electricity", "fuel"))
    return firms["electricity"] * power + firms["fuel"] * fuel


def dear_fuel_price() -> float:
    """Mean price [USD/GJ] of oil, LPG and gas, weighted by what firms of mean size of all archetypes burn of them."""
    firms = typical_firms()
    burnt = (firms["share"] * firms["fuel"]).to_numpy() * fuel_shares()[:, DEAR]
    price = price_rows(0.0).of_groups(build_drivers({}).fuel_price[REFERENCE_YEAR - FIRST_YEAR])[:, DEAR]
    return float(burnt @ price / burnt.sum())


def reference_prices() -> dict[str, float]:
    """USD per unit of each stream at which `measures.csv` derived its paybacks; oil, LPG and gas at their own mean."""
    power, fuel, water, waste = (
        value_of("driver_paths", f"reference_{stream}_price") for stream in ("electricity", "fuel", "water", "waste")
    )
    return {
        "electricity": power,
        "fuel": fuel,
        "fossil": fuel,
        "dear_fuel": dear_fuel_price(),
        "water": water,
        "solid_waste": waste,
        "material": 1.0,
        "chemicals": 1.0,
    }


def reference_paybacks() -> np.ndarray:
    """Payback [m] in years at reference prices: engineering saving, inputs and running cost charged; inf = never."""
    c = build_constants(parameter_values(ENGINEERING | AS_LISTED))
    k, price = build_catalogue(c), reference_prices()
    per_unit = np.array([price.get(STREAMS[stream], 0.0) for stream in k.stream])
    per_unit = np.where(k.saves == 0.0, c.peak_spread_usd_mwh, per_unit)
    biomass = build_drivers({}).fuel_price[REFERENCE_YEAR - FIRST_YEAR, CARRIERS.index("biomass")]
    inputs = np.select(
        [k.input_kind == ELECTRICITY_INPUT, k.input_kind == BIOMASS_INPUT],
        [k.input_amount * price["electricity"], k.input_amount * biomass],
        0.0,
    )
    worth = per_unit - inputs - k.operating_share * k.unit_cost - k.operating_cost
    paybacks = np.where(worth > 0.0, k.unit_cost / np.where(worth > 0.0, worth, 1.0), np.inf)
    for m in np.flatnonzero(k.lump > 0.0):
        paybacks[m] = lump_payback(k, m, measure_table()["site_saving"].iloc[m] * mean_bill(), c)
    return paybacks


def mean_bill() -> float:
    """Energy bill [USD/yr] of the typical firm at reference prices: mean over archetypes by share of park firms."""
    return float(np.average(reference_bill(), weights=typical_firms()["share"]))


def lump_payback(catalogue: np.recarray, m: Any, saving: float, c) -> float:
    """Payback [yr] of a lump sum with engineering saving `saving` [USD/yr] before its running cost; inf = never."""
    net = c.realisation * saving - float(catalogue.operating_share[m] * catalogue.lump[m])
    return float(catalogue.lump[m]) * (1.0 + c.hidden_cost_share) / net if net > 0.0 else np.inf


def paybacks_by_archetype(settings: dict[str, float]) -> np.ndarray:
    """Payback [m, s] in the model's price tables of the tariff year at each archetype's mix of fuels, without any policy.

    nan where the measure is not applicable, inf = never.
    """
    c = build_constants(parameter_values(settings | {"population.main_fuel_share": 0.0}))
    k = build_catalogue(c)
    tables = YearlyPrices(k, build_market_drivers(c), c).of_year(TARIFF_YEAR, NO_POLICY)
    log_saving = tables.log_unit_saving[0, :, 0, :]  # nothing switched yet, no carbon price
    with np.errstate(over="ignore"):
        paybacks = np.exp(tables.log_unit_cost - log_saving).T
    paybacks = np.where(log_saving.T > -600.0, paybacks, np.inf)
    for m in np.flatnonzero(k.lump > 0.0):
        paybacks[m] = [lump_payback(k, m, saving, c) for saving in k.reach[m] * reference_bill().to_numpy()]
    return np.where(k.reach > 0.0, paybacks, np.nan)


def paybacks_by_fuel(settings: dict[str, float]) -> pd.DataFrame:
    """Payback [yr] of what replaces a boiler by the main fuel of the firm, at the prices of the tariff year, without any policy.

    A row a measure, a column a fuel; nan where the firm burns nothing that the measure saves, inf = never.
    """
    c = build_constants(parameter_values(settings | {"population.main_fuel_share": 1.0}))
    k = build_catalogue(c)
    yearly = YearlyPrices(k, build_market_drivers(c), c)
    tables = yearly.of_year(TARIFF_YEAR, NO_POLICY)
    names, found = list(measure_table()["name"]), {}
    for name in REPLACE_BOILERS:
        m, s = names.index(name), int(np.argmax(k.reach[names.index(name)]))
        for f, carrier in enumerate(FOSSIL_CARRIERS):
            row = N_SECTORS + s * len(FOSSIL_CARRIERS) + f
            saving = float(tables.log_unit_saving[0, row, 0, m])
            years = float(np.exp(tables.log_unit_cost[s, m] - saving)) if saving > NEVER_PAYS else np.inf
            burnt = k.stream[m] != DEAR_FUEL or GROUP_OF[carrier] == DEAR
            found[str(measure_table().index[m]), carrier] = years if burnt else np.nan
    return pd.Series(found).unstack()[list(FOSSIL_CARRIERS)]


def build_market_drivers(c):
    """The central drivers with the price of biomass that the constants ask for."""
    return with_biomass_ratio(c.biomass_price_ratio, build_drivers({}))


def payback_table() -> pd.DataFrame:
    """One row per measure: converted cost, payback by the model, by archetype and in the source, and their ratio."""
    table = measure_table()
    k = build_catalogue(build_constants(parameter_values(ENGINEERING | AS_LISTED)))
    model = reference_paybacks()
    audited, weighed = paybacks_by_archetype(ENGINEERING), paybacks_by_archetype({})
    frame = pd.DataFrame(
        {
            "label": table["label"],
            "stream": [STREAMS[stream] for stream in k.stream],
            "unit_cost": k.unit_cost,
            "lump": k.lump,
            "model": model,
            "source": table["payback"],
            "least": np.nanmin(audited, axis=1),
            "most": np.nanmax(audited, axis=1),
            "weighed": np.nanmedian(weighed, axis=1),
        },
        index=table.index,
    )
    return frame.assign(ratio=frame["model"] / frame["source"])


def disagreements(frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """The rows of `payback_table` whose model payback is more than a factor of two off the source's."""
    frame = payback_table() if frame is None else frame
    return frame[(frame["ratio"] > DISAGREES) | (frame["ratio"] < 1.0 / DISAGREES)]
