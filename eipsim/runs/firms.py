"""The tenant firms of a run, a row a firm: what each is, what it has come to, and what it used and saved in the year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eipsim.agents.firm.columns import IMPLEMENTED, NOT_RECOMMENDED
from eipsim.core.money import CENTS
from eipsim.exchanges.tables import named, year_or_missing
from eipsim.market import books as accounts
from eipsim.market.catalogue import N_MEASURES
from eipsim.model.model import EIPModel
from eipsim.outcomes.firm_books import FirmBooks
from eipsim.outcomes.registry import FUELS, UNITS

# Outcomes of a firm in the year, each the sum of these flows; summed over firms they are the nation's.
FLOWS = {
    "jobs": ("jobs",),
    "revenue_usd": ("revenue",),
    "electricity_mwh": ("electricity_used",),
    "fuel_gj": tuple(f"{fuel}_used" for fuel in FUELS),
    "water_m3": ("water_used",),
    "wastewater_m3": ("wastewater",),
    "waste_t": ("waste_used",),
    "hazardous_waste_t": ("hazardous_used",),
    "co2_t": ("co2_scope1", "co2_scope2"),
    "co2_process_t": ("co2_process",),
    "electricity_saved_mwh": ("electricity_avoided",),
    "fuel_saved_gj": tuple(f"{fuel}_avoided" for fuel in FUELS),
    "water_saved_m3": ("water_avoided",),
    "firm_saving_usd": ("saving",),
}
SO_FAR = {"invested_so_far_usd": "invested_so_far", "vouchers_so_far_usd": "subsidy_so_far"}


def firm_table(model: EIPModel) -> pd.DataFrame:
    """The firms that are in their park in the model's year, as things stand at its end. Years of what never was are missing."""
    state, world, year = model.state, model.world, model.this_year
    rows = year.rows
    firms, park, flows = state.firms[rows], world.firms.park[rows], FirmBooks(state, year).flows
    recommended = firms["recommended"]
    columns = {
        "firm_id": world.firm_ids[rows],
        "park_id": named(world.park_ids, park),
        "park": named(world.park_names, park),
        "province": named(world.provinces, world.parks.province[park]),
        "sector": named(world.sector_names, firms["sector"].astype(int)),
        "entry_year": firms["entry_year"].astype(np.int64),
        "employees": firms["employees"],
        "foreign": firms["foreign"],
        "constrained": firms["constrained"],
        "aware_year": year_or_missing(firms["aware_year"]),
        "audit_year": year_or_missing(firms["audit_year"]),
        "applies_recp": firms["applies_recp"],
        "measured": firms["measured"],
        "options_known": set_bits(firms["open_bits"]),
        "options_recommended": (recommended != NOT_RECOMMENDED).sum(axis=1),
        "recommended_installed": (recommended == IMPLEMENTED).sum(axis=1),
        "measures_installed": set_bits(firms["installed_bits"]),
        "recp_measures_installed": firms["n_adopted"].astype(np.int64),
        "subsidised": firms["subsidised"].sum(axis=1, dtype=np.int64),
        **{name: firms[cents] / CENTS for name, cents in SO_FAR.items()},
        **{name: flows[:, [accounts.FLOW[flow] for flow in parts]].sum(axis=1) for name, parts in FLOWS.items()},
    }
    avoided = flows[:, accounts.CO2_WITHOUT] - columns["co2_t"]
    table = pd.DataFrame(columns | {"co2_avoided_t": avoided}, copy=False)
    table.attrs["units"] = {name: UNITS[name] for name in table.columns if name in UNITS} | dict.fromkeys(SO_FAR, "USD")
    return table


def set_bits(bits: np.ndarray) -> np.ndarray:
    """How many measures are marked in each of `bits`.

    >>> set_bits(np.array([0b101, 0])).tolist()
    [2, 0]
    """
    return ((bits[:, None] >> np.arange(N_MEASURES)) & 1).sum(axis=1)
