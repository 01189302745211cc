"""CO2 of what is made and not of what is burnt: electrodes and lime of steel furnaces, carbonates of glass and clay."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from eipsim.data.loading import VIETNAM, CountryTables
from eipsim.market.catalogue import COUNTRIES

# A process makes share of the sector's output x tonnes of product a kUSD of it x CO2 a tonne.
PARTS = ("share_of_output", "tonnes_per_kusd", "co2_per_tonne")
USD_PER_KUSD = 1e3


@lru_cache(maxsize=COUNTRIES)
def process_intensity(tables: CountryTables = VIETNAM) -> np.ndarray:
    """tCO2 of processes per USD of output at 2024 productivity [n_sectors], by `process_emissions.csv`; most make none.

    Every firm of a sector makes its mean, because which firms have a furnace or a kiln is not known.
    """
    table, sectors = tables.read("process_emissions"), list(tables.read("archetypes")["arch_id"])
    intensity = np.zeros(len(sectors))
    for (sector, _), rows in table.groupby(["arch_id", "process"], sort=False):
        central = dict(zip(rows["parameter"], rows["central"].astype(float)))
        intensity[sectors.index(sector)] += np.prod([central[part] for part in PARTS]) / USD_PER_KUSD
    intensity.setflags(write=False)
    return intensity
