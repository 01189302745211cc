"""How a built world compares with the totals it was asked for: those of `world_checks.csv`, and the counts it was made from."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from eipsim.core.years import FIRST_YEAR
from eipsim.data.tables import Reader
from eipsim.data.world_rows import CheckRow
from eipsim.errors import InputError, Mistake
from eipsim.world.columns import Total, World
from eipsim.world.files import BUILT_IN, DATA
from eipsim.world.places import HA_PER_KHA
from eipsim.world.recipe import Recipe, read_recipe

OF_PARKS = ("parks_established", "parks_operating", "park_area_kha")
UNCOUNTABLE = 3.0  # standard deviations by which a drawn number of firms may miss its count


class Asked(NamedTuple):
    """A total that a world is asked for; `allowed` is the relative deviation."""

    check: str
    year: int
    total: float
    allowed: float
    where: str


def check_world(world: World) -> pd.DataFrame:
    """One row per national total: check, year, model, target, deviation (relative), allowed, holds, unit, source."""
    if world.recipe == "pilot-parks":
        raise InputError(Mistake("world pilot-parks", "has no national totals", "check the world vietnam"))
    recipe = read_recipe(world.recipe)
    table = pd.DataFrame([dict(row) for row in recipe.world_checks], columns=list(CheckRow.model_fields))
    table["model"] = [measure(world, recipe, row.check, row.year) for row in recipe.world_checks]
    table["deviation"] = table["model"] / table["target"] - 1.0
    table["holds"] = table["deviation"].abs() <= table["allowed"]
    return table[["check", "year", "model", "target", "deviation", "allowed", "holds", "unit", "source"]]


def unmet_totals(world: World, recipe: Recipe) -> tuple[Total, ...]:
    """The totals that were asked of `world` and are not met, those of world_checks.csv first."""
    checks = recipe.world_checks
    asked = [Asked(row.check, row.year, row.target, row.allowed, checks.where(i)) for i, row in enumerate(checks)]
    if recipe.own:
        told = {total[:2] for total in asked}
        asked += [total for total in _counts(recipe) if total[:2] not in told]
    found = [Total(*a[:3], measure(world, recipe, a.check, a.year), a.allowed, a.where) for a in asked]
    return tuple(total for total in found if not abs(total.got - total.asked) <= total.allowed * total.asked)


def _counts(recipe: Recipe) -> list[Asked]:
    """Every count that a country's world is made from: the last of each year."""
    allowed, found, counts = allowed_deviations(recipe), dict[tuple[str, int], tuple[float, str]](), recipe.park_counts
    for i in sorted(range(len(counts)), key=lambda i: counts.rows[i].date):
        row = counts.rows[i]
        for check, value in zip(OF_PARKS, (row.established, row.operating, row.area_kha), strict=True):
            if value and FIRST_YEAR <= row.year <= recipe.constants["stock_year"]:
                if check == "park_area_kha":  # blank areas are scaled to the last count alone
                    found = {total: place for total, place in found.items() if total[0] != check}
                found[check, row.year] = float(value), counts.where(i)
    for i, count in enumerate(recipe.firm_counts):
        if count.firms and count.year >= FIRST_YEAR:
            found["firms", count.year] = float(count.firms), recipe.firm_counts.where(i)
    return [
        Asked(*key, total, max(allowed[key[0]], _slack(key[0], total)), where) for key, (total, where) in found.items()
    ]


def _slack(check: str, asked: float) -> float:
    """What whole parks and drawn firms may miss a count by, relative to it."""
    if check == "park_area_kha":
        return 0.0
    return UNCOUNTABLE / math.sqrt(asked) if check == "firms" else 1.0 / asked


def allowed_deviations(recipe: Recipe) -> dict[str, float]:
    """By check, the relative deviation that the country's world_checks.csv allows, else the packaged one."""
    reader = Reader()
    packaged = reader.read(DATA / "world_checks.csv", CheckRow)
    reader.finish()
    allowed: dict[str, float] = {row.check: row.allowed for row in packaged}
    own = {row.check: row.allowed for row in sorted(recipe.world_checks, key=lambda row: row.allowed)}
    return allowed | own


def require_totals(world: World) -> World:
    """The `world`, when it is one of the packaged ones or meets what it was asked for. InputError with every unmet total and
    with the questions about its tables.

    Under another exit rate or spread than the default ones the totals move as they should, and are only told.
    """
    if world.recipe not in BUILT_IN and world.judged and world.unmet:
        asked = [text.partition(": ") for text in world.warnings]  # which often say why
        raise InputError([*mistakes_of(world), *(Mistake(where, what) for where, _, what in asked)])
    return world


def mistakes_of(world: World) -> list[Mistake]:
    """Every unmet total as one sentence."""
    found = []
    for check, year, asked, got, allowed, where in world.unmet:
        off = f"{100.0 * (got / asked - 1.0):+,.1f} %, allowed {100.0 * allowed:.3g} %"
        hint = f"correct the tables, or allow more in world_checks.csv: {check},{year},{asked:g},..."
        found.append(Mistake(where, f"{check} of {year}: {asked:,.6g} asked, {got:,.6g} in the world ({off})", hint))
    return found


def measure(world: World, recipe: Recipe, check: str, year: int) -> float:
    """One national total of `world` in `year`."""
    parks, firms, alive = world.parks, world.firms, world.alive(year)
    if not alive.any() and check not in OF_PARKS and check != "firms":
        return math.nan
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
