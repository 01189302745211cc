"""What is read as it stands in a country's tables but is worth a question: points, areas and totals that can hardly be.

A question is no mistake: the world is built, and the value is told as it was read.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from eipsim.core.names import shown
from eipsim.data.tables import Table
from eipsim.data.world_rows import ParkCountRow, ParkRow
from eipsim.errors import Mistake
from eipsim.world.places import HA_PER_KHA, distances_km
from eipsim.world.recipe import Recipe

NEAR_SHARE = 0.25  # of the way home: a reading of the point that is so much nearer is told
FAR_KM = 150.0  # from the point of its province; farther is told when another reading of the point is nearer
TOO_FAR_KM = 400.0  # told in any case
ELSEWHERE_KM = 100.0  # from here on told when another province is much nearer
AREA_HA = (5.0, 12_000.0)  # smallest and largest park that is no question
AREA_TIMES = 20.0  # of the median of the listed parks, up or down
FIRMS_PER_HA = 5.0
FIRMS_PER_PARK = (2.0, 600.0)  # fewest and most on average that are no question
JUMP = 5.0  # times the count before
FEW, MANY = 3, 20  # a jump is told from so few on, when the larger count is at least so many
HIGH_ALLOWED = 1.0  # relative deviation, from here on worth a question
SCALED = 3.0  # times that all firms are made larger or richer to meet a check, up or down, that is no question
READINGS = (
    ("latitude and longitude swapped", "swap them, or those of the province", lambda at: (at[1], at[0])),
    ("the sign of its latitude changed", "south is negative", lambda at: (-at[0], at[1])),
    ("the sign of its longitude changed", "west is negative", lambda at: (at[0], -at[1])),
    ("both divided by ten", "look at the point", lambda at: (at[0] / 10.0, at[1] / 10.0)),
)


def questions_about(recipe: Recipe) -> tuple[Mistake, ...]:
    """Every question, in the order of the tables."""
    return (
        *_empty(recipe), *_points(recipe), *_parks(recipe), *_below_the_list(recipe), *_counts(recipe), *_checks(recipe),
    )  # fmt: skip


def _empty(recipe: Recipe) -> Iterator[Mistake]:
    """Tables that are there and say nothing."""
    for name in recipe.own:
        table = getattr(recipe, name, None)
        if isinstance(table, Table) and not table.rows:
            yield Mistake(f"{table.file}:1", "has no rows", "the world is made as if it were not there")


# ---- points ------------------------------------------------------------------------------------------------------------


def _points(recipe: Recipe) -> Iterator[Mistake]:
    """Parks whose own point cannot be in their province, and provinces far from all others."""
    centres = {row.province_2024: (row.latitude, row.longitude) for row in recipe.provinces}
    for i, row in enumerate(recipe.parks):
        if row.latitude is not None and row.longitude is not None and row.coord_type != "province_point":
            point = (row.latitude, row.longitude)
            told = _told_of_point(point, centres[row.province_2024]) or _elsewhere(point, row.province_2024, centres)
            if told:
                far = f"lies {told[0]:,.0f} km from the point of its province {row.province_2024}"
                yield Mistake(recipe.parks.where(i), f"{_name(row)} {far}", told[1])
    yield from _provinces(recipe, list(centres.values()))


def _provinces(recipe: Recipe, centres: list[tuple[float, float]]) -> Iterator[Mistake]:
    """A province that would be nearer to the middle of all with its point read otherwise."""
    middle = tuple(np.median(np.array(centres), axis=0))
    for i, row in enumerate(recipe.provinces):
        told = _told_of_point((row.latitude, row.longitude), middle) if len(centres) > 2 else None
        if told and told[0] > TOO_FAR_KM and told[1] != LOOK:
            what = f"{shown(row.province_2024)} lies {told[0]:,.0f} km from the middle of the provinces"
            yield Mistake(recipe.provinces.where(i), what, told[1])


LOOK = "look at the point, or leave it blank: then it is near that of the province"


def _told_of_point(point: tuple[float, float], home: tuple[float, ...]) -> tuple[float, str] | None:
    """Distance [km] and what to do about a `point` (degrees); None where it can be."""
    away = _km(point, home)
    if away <= FAR_KM:
        return None
    nearer = min(((_km(read(point), home), name, todo) for name, todo, read in READINGS), key=lambda found: found[0])
    if nearer[0] < NEAR_SHARE * away:
        return away, f"with {nearer[1]} it would lie {nearer[0]:,.0f} km away: {nearer[2]}"
    return (away, LOOK) if away > TOO_FAR_KM else None


def _elsewhere(
    point: tuple[float, float], home: str, centres: dict[str, tuple[float, float]]
) -> tuple[float, str] | None:
    """Distance [km] to `home` and the province whose point is much nearer; None when there is none."""
    away, nearest = _km(point, centres[home]), min(centres, key=lambda name: _km(point, centres[name]))
    there = _km(point, centres[nearest])
    if away < ELSEWHERE_KM or there > NEAR_SHARE * away:
        return None
    return away, f"that of {nearest} is {there:,.0f} km away: look at the point and at the province"


def _km(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return float(distances_km(np.array(a, dtype=float), np.array(b, dtype=float)))


# ---- parks -------------------------------------------------------------------------------------------------------------


def _parks(recipe: Recipe) -> Iterator[Mistake]:
    """Areas that are those of no park, or of none like the others; more firms than fit on an area."""
    areas = [row.area_ha for row in recipe.parks if row.area_ha is not None]
    middle = float(np.median(areas)) if len(areas) > 2 else None
    for i, row in enumerate(recipe.parks):
        if row.operating == "true" and row.n_firms == 0:
            what = f"{_name(row)} is operating with n_firms = 0"
            yield Mistake(recipe.parks.where(i), what, "leave n_firms blank when it is not known")
        if row.area_ha is None:
            continue
        where, read = recipe.parks.where(i), f"area_ha of {_name(row)} is read as {row.area_ha:g} ha"
        if not AREA_HA[0] <= row.area_ha <= AREA_HA[1]:
            yield Mistake(where, read, "hardly the area of a park: look at the unit and at the point before decimals")
        elif middle and not middle / AREA_TIMES <= row.area_ha <= middle * AREA_TIMES:
            yield Mistake(where, read, f"the median of the list is {middle:g} ha: look at the unit and the point")
        if row.n_firms is not None and row.n_firms > FIRMS_PER_HA * row.area_ha:
            what = f"n_firms of {_name(row)} is read as {row.n_firms} on {row.area_ha:g} ha"
            yield Mistake(where, what, "hardly so many tenants: look at both")


def _name(row: ParkRow) -> str:
    return shown(row.name_vi)


# ---- totals ------------------------------------------------------------------------------------------------------------


def _below_the_list(recipe: Recipe) -> Iterator[Mistake]:
    """Totals that are smaller than what the list of parks names."""
    stock_year = recipe.constants["stock_year"]
    listed = [r for r in recipe.parks if r.status == "established" and (r.established_year or 0) <= stock_year]
    operating = [r for r in listed if r.operating == "true"]
    row, where = _last_count(recipe)
    if row is not None:
        area = sum(r.area_ha or 0.0 for r in listed)
        for column, total, here, unit in (
            ("established", row.established, len(listed), "parks"),
            ("operating", row.operating, len(operating), "parks with tenants"),
            ("area_kha", row.area_kha, round(area / HA_PER_KHA, 3), "thousand ha"),
        ):
            if total is not None and total < here:
                yield Mistake(where, f"{column} is read as {total:g}", f"but parks.csv names {here:g} {unit}")
    for i, province in enumerate(recipe.provinces):
        named = sum(r.province_2024 == province.province_2024 for r in operating)
        if province.official_operating is not None and province.official_operating < named:
            what = f"official_operating of {province.province_2024} is read as {province.official_operating}"
            yield Mistake(recipe.provinces.where(i), what, f"but parks.csv names {named} parks with tenants there")
    counted = [r for r in recipe.firm_counts if r.year <= stock_year]
    if counted:
        last = max(counted, key=lambda r: r.year)
        firms = sum(r.n_firms or 0 for r in listed)
        if last.firms < firms:
            where = recipe.firm_counts.where(recipe.firm_counts.rows.index(last))
            yield Mistake(where, f"firms is read as {last.firms}", f"but n_firms in parks.csv sums to {firms}")


def _last_count(recipe: Recipe) -> tuple[ParkCountRow | None, str]:
    """The last count of parks up to the year of the list, and where it stands."""
    table, stock_year = recipe.park_counts, recipe.constants["stock_year"]
    known = [i for i, row in enumerate(table) if row.year <= stock_year]
    if not known:
        return None, ""
    last = max(known, key=lambda i: table.rows[i].date)
    return table.rows[last], table.where(last)


def _counts(recipe: Recipe) -> Iterator[Mistake]:
    """Areas a park that no park has; counts that jump from one to the next."""
    least, most = recipe.constants["area_least"], recipe.constants["area_most"]
    for i, row in enumerate(recipe.park_counts):
        if row.area_kha is not None and row.established:
            per_park = HA_PER_KHA * row.area_kha / row.established
            if not least <= per_park <= most:
                what = f"area_kha is read as {row.area_kha:g} thousand ha, {per_park:,.4g} ha a park"
                hint = "is it in hectares?" if per_park > most else "is it in Mha?"
                yield Mistake(recipe.park_counts.where(i), what, hint)
    yield from _firms_a_park(recipe)
    for table, column, key in (
        (recipe.park_counts, "established", "date"),
        (recipe.firm_counts, "firms", "year"),
        (recipe.park_plan, "established", "year"),
    ):
        order = sorted(range(len(table)), key=lambda i: getattr(table.rows[i], key))  # type: ignore[arg-type]
        for before, i in pairwise(order):
            old, new = (getattr(table.rows[j], column) for j in (before, i))  # type: ignore[index]
            what = f"{column} is read as {new}, after {old} in the count before"
            if old >= FEW and max(old, new) >= MANY and not old / JUMP <= new <= old * JUMP:
                yield Mistake(table.where(i), what, "look at the point and the thousands")
            elif column == "established" and new < old:
                yield Mistake(table.where(i), what, "no park of the model is closed: it stays at the count before")


def _checks(recipe: Recipe) -> Iterator[Mistake]:
    """Checks that allow everything; means of firms that they scale beyond what archetypes say; counts they contradict."""
    shares = np.array([row.share_of_park_firms for row in recipe.archetypes])
    sizes = np.array([row.emp_mean for row in recipe.archetypes])
    size = float(shares @ sizes)
    of_archetypes = {
        "employees_per_firm": size,
        "revenue_per_worker": float((shares * sizes) @ [r.revenue_kUSD_per_emp for r in recipe.archetypes])
        * 1e3
        / size,
    }
    last, _ = _last_count(recipe)
    for i, row in enumerate(recipe.world_checks):
        where, ours = recipe.world_checks.where(i), of_archetypes.get(row.check, row.target)
        if row.allowed > HIGH_ALLOWED:
            what = f"allowed of {row.check} is read as {row.allowed:g}, {100.0 * row.allowed:,.4g} per cent"
            yield Mistake(where, what, f"right if you mean it; else write {row.allowed / 100.0:g}")
        if not ours / SCALED <= row.target <= ours * SCALED:
            what = f"{row.check} is read as {row.target:g}, where archetypes.csv has {ours:,.4g} on average"
            yield Mistake(where, what, "all firms are scaled to it: look at the unit and the point")
        is_last = last is not None and row.check == "parks_established" and row.year == last.year
        if last is not None and is_last and abs(last.established / row.target - 1.0) > row.allowed:
            what = f"{row.check} of {row.year} is read as {row.target:g}"
            yield Mistake(where, what, f"but park_counts.csv has {last.established}: one of the two is wrong")


def _firms_a_park(recipe: Recipe) -> Iterator[Mistake]:
    """The last count of firms over the last count of parks with tenants."""
    row, _ = _last_count(recipe)
    if row is None or not recipe.firm_counts.rows:
        return
    last = max(range(len(recipe.firm_counts)), key=lambda i: recipe.firm_counts.rows[i].year)
    firms, parks = recipe.firm_counts.rows[last].firms, row.operating or row.established
    if parks and not FIRMS_PER_PARK[0] <= firms / parks <= FIRMS_PER_PARK[1]:
        what = f"firms is read as {firms}, {firms / parks:,.3g} a park"
        yield Mistake(recipe.firm_counts.where(last), what, "is it in thousands, or not of parks alone?")
