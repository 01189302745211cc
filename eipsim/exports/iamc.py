"""Outcomes in the long table of the Integrated Assessment Modeling Consortium, which pyam and scenario databases read.

A row per model, scenario, region and variable, a column a year. `iamc_variables.csv` says which variable an outcome is, in which
unit, and the factor from the outcome's unit to that one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from eipsim.data.csv_files import read_csv
from eipsim.outcomes.registry import QUANTITIES

FILE = Path(__file__).parent / "iamc_variables.csv"
INDEX = ["model", "scenario", "region", "variable", "unit"]
REGIONS = {"vietnam": "Viet Nam", "pilot-parks": "Viet Nam (pilot parks)"}
OWN = "eipsim|"  # before what a design calls its own expressions, which no list can know


@cache
def _variables() -> pd.DataFrame:
    file = read_csv(FILE)
    table = pd.DataFrame([cells for _, cells in file.rows], columns=file.header).set_index("outcome")
    return table.astype({"factor": float})


def iamc_variables() -> pd.DataFrame:
    """What is exported: a row an outcome with its variable, unit, factor from the outcome's unit, and definition."""
    table = _variables().copy()
    known = [QUANTITIES[name] for name in table.index]
    table["outcome_unit"] = [outcome.unit for outcome in known]
    table["definition"] = [f"{outcome.definition}; {outcome.kind}" for outcome in known]
    return table


def region_of(world: str) -> str:
    """The region that a recipe of a world is.

    >>> region_of("vietnam"), region_of("folder:data/my-country")
    ('Viet Nam', 'my-country')
    """
    return REGIONS.get(world, Path(world.removeprefix("folder:")).name)


def iamc_table(values: pd.DataFrame, model: str, more: tuple[str, ...] = ()) -> pd.DataFrame:
    """`values`, a row per scenario, region and year with a column an outcome, in the format of the IAMC.

    more : further columns that tell rows apart, such as replicate; units of `values` stand in its `attrs`. What no row has a
    value of is left out.
    """
    keys = ["scenario", "region", *more, "year"]
    known, units = _variables(), values.attrs.get("units", {})
    outcomes = [name for name in values.columns if name not in keys]
    long = values.melt(id_vars=keys, value_vars=outcomes, var_name="outcome").dropna(subset="value")
    variable = {name: known["variable"].get(name, OWN + str(name)) for name in outcomes}
    unit = {name: known["unit"].get(name, units.get(name, "")) for name in outcomes}
    factor = {name: float(known["factor"].get(name, 1.0)) for name in outcomes}
    long["value"] *= long["outcome"].map(factor)
    long = long.assign(model=model, variable=long["outcome"].map(variable), unit=long["outcome"].map(unit))
    rows = [*INDEX, *more]
    order = long[rows].drop_duplicates()
    wide = long.set_index([*rows, "year"])["value"].unstack("year")
    wide = wide.reindex(pd.MultiIndex.from_frame(order)).reset_index()
    wide.columns.name = None
    return wide.rename(columns={year: int(year) for year in wide.columns if not isinstance(year, str)})
