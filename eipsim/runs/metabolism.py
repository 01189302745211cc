"""What the tenants of a park take in and give off at the end of a run, by sector: water, materials, waste.

Before measures they would need so much; measures avoid a part at source; shared systems and exchanges bring or take a part;
the rest is bought, used up, or treated and disposed of. Every row balances: `BALANCES`. MODEL.md section 10, C1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eipsim.exchanges import columns as col
from eipsim.market import books as ac
from eipsim.market import uses
from eipsim.outcomes.firm_books import FirmBooks, gross_flows

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel

# What a sector of a park needs or makes without the measures adopted = the sum of its parts.
BALANCES = {
    "water_needed_m3": ("water_avoided_m3", "water_fresh_m3", "water_shared_m3", "water_exchanged_m3"),
    "water_used_m3": (
        "water_consumed_m3", "wastewater_shared_m3", "wastewater_exchanged_m3", "wastewater_treated_m3",
    ),
    "materials_needed_usd": ("materials_avoided_usd", "materials_bought_usd", "materials_exchanged_usd"),
    "waste_made_t": ("waste_avoided_t", "waste_shared_t", "waste_exchanged_t", "waste_disposed_t"),
    "hazardous_made_t": ("hazardous_avoided_t", "hazardous_exchanged_t", "hazardous_disposed_t"),
}  # fmt: skip
ROUNDING = 1e-9  # of what is used: smaller differences between two sums are rounding


def material_flows_table(model: EIPModel) -> pd.DataFrame:
    """A row per park and sector that has tenants in the model's year: their number and all columns of `BALANCES`."""
    books, world = FirmBooks(model.state, model.this_year), model.world
    gross = gross_flows(model.state, model.this_year, books.rows)
    by_firm = {"firms": np.ones(books.rows.size), **flows_of(gross, books.flows, books.exchanged)}
    cell = books.park * len(world.sectors) + model.state.firms.sector[books.rows]
    present, position = np.unique(cell, return_inverse=True)
    summed = {name: np.bincount(position, weights=values) for name, values in by_firm.items()}
    park, sector = np.divmod(present, len(world.sectors))
    table = pd.DataFrame(
        {
            "park_id": np.array(world.park_ids)[park],
            "name": np.array(world.park_names)[park],
            "sector": np.array(world.sector_names)[sector],
            **summed,
        }
    )
    table["firms"] = table["firms"].astype(int)
    table.attrs["units"] = {name: f"{name.rsplit('_', 1)[-1]}/yr" for name in summed if name != "firms"}
    table.attrs["year"] = int(model.year)
    return table


def flows_of(gross: np.ndarray, net: np.ndarray, exchanged: np.ndarray) -> dict[str, np.ndarray]:
    """All columns of `BALANCES` by firm [n] from its accounts before and after shared systems and exchanges."""
    water, wastewater = ac.USED + uses.WATER, ac.WASTEWATER
    values = {
        "water_used_m3": gross[:, water],
        "water_consumed_m3": gross[:, water] - gross[:, wastewater],
        "wastewater_treated_m3": net[:, wastewater],
        "wastewater_exchanged_m3": exchanged[:, col.F_WASTEWATER],
        "wastewater_shared_m3": shared(gross, net, exchanged, wastewater, col.F_WASTEWATER),
        "materials_needed_usd": gross[:, ac.WITHOUT + uses.MATERIAL] + gross[:, ac.WITHOUT + uses.CHEMICALS],
        "materials_avoided_usd": gross[:, ac.AVOIDED + uses.MATERIAL] + gross[:, ac.AVOIDED + uses.CHEMICALS],
        "materials_bought_usd": net[:, ac.USED + uses.MATERIAL] + net[:, ac.USED + uses.CHEMICALS],
        "materials_exchanged_usd": exchanged[:, col.F_MATERIAL],
    }
    for name, unit, use, flow, whole, rest in (
        ("water", "m3", uses.WATER, col.F_WATER, "needed", "fresh"),
        ("waste", "t", uses.WASTE, col.F_WASTE, "made", "disposed"),
        ("hazardous", "t", uses.HAZARDOUS, col.F_HAZARDOUS, "made", "disposed"),
    ):
        values[f"{name}_{whole}_{unit}"] = gross[:, ac.WITHOUT + use]
        values[f"{name}_avoided_{unit}"] = gross[:, ac.AVOIDED + use]
        values[f"{name}_exchanged_{unit}"] = exchanged[:, flow]
        values[f"{name}_shared_{unit}"] = shared(gross, net, exchanged, ac.USED + use, flow)
        values[f"{name}_{rest}_{unit}"] = net[:, ac.USED + use]
    del values["hazardous_shared_t"]  # no system takes hazardous waste
    return values


def shared(gross: np.ndarray, net: np.ndarray, exchanged: np.ndarray, column: int, flow: int) -> np.ndarray:
    """What shared systems bring or take of a flow, by firm: what neither exchanges nor the rest account for."""
    difference = gross[:, column] - net[:, column] - exchanged[:, flow]
    return np.where(np.abs(difference) > ROUNDING * (1.0 + gross[:, column]), difference, 0.0)
