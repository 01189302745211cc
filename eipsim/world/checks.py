"""How a built world compares with the national totals it must meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eipsim.errors import InputError, Mistake
from eipsim.world.columns import World
from eipsim.world.recipe import Recipe, read_recipe

if TYPE_CHECKING:
    import pandas as pd

HA_PER_KHA = 1000.0


def check_world(world: World) -> pd.DataFrame:
    """One row per national total: check, year, model, target, deviation (relative), allowed, holds, unit, source."""
    import pandas as pd

    if world.recipe == "pilot-parks":
        raise InputError(Mistake("world pilot-parks", "has no national totals", "check the world vietnam"))
    recipe = read_recipe(world.recipe)
    rows = []
    for row in recipe.world_checks:
        model = measure(world, recipe, row.check, row.year)
        off = model / row.target - 1.0
        rows.append(
            (row.check, row.year, model, row.target, off, row.allowed, abs(off) <= row.allowed, row.unit, row.source)
        )
    names = ["check", "year", "model", "target", "deviation", "allowed", "holds", "unit", "source"]
    return pd.DataFrame(rows, columns=names)


def measure(world: World, recipe: Recipe, check: str, year: int) -> float:
    """One national total of `world` in `year`."""
    parks, firms, alive = world.parks, world.firms, world.alive(year)
    employees = firms.employees[alive]
    if check == "large_user_share":
        return float((energy_toe(world, recipe)[alive] >= recipe.constants["designated_user_toe"]).mean())
    totals = {
        "firms": lambda: alive.sum(),
        "employees_per_firm": employees.mean,
        "foreign_share": firms.foreign[alive].mean,
        "ln_size_sigma": lambda: np.log(employees).std(),
        "revenue_per_worker": lambda: firms.revenue_usd[alive].sum() / employees.sum(),
        "parks_established": lambda: (parks.established_year <= year).sum(),
        "parks_operating": lambda: (parks.operating_year <= year).sum(),
        "park_area_kha": lambda: parks.area_ha[parks.established_year <= year].sum() / HA_PER_KHA,
    }
    return float(totals[check]())


def energy_toe(world: World, recipe: Recipe) -> np.ndarray:
    """Yearly energy of every firm in tonnes of oil equivalent, as designated users are counted (float[n_rows])."""
    per_mwh, gj_per_toe = recipe.constants["toe_per_mwh"], recipe.constants["gj_per_toe"]
    return world.firms.electricity_mwh * per_mwh + world.firms.fuel_gj / gj_per_toe
