"""How many plots each park has and in which year each is let for the first time.

A park leases up along a logistic curve from its first year with tenants; its plots follow the curve in order. Up to
the last year in which firms were counted, the order in which plots of the whole country are let is kept, but the years
are dealt so that the national number of firms holds; after it every park follows its own curve.
"""

from __future__ import annotations

import numpy as np

from eipsim.core.arithmetic import TEN_TO_NINETY
from eipsim.core.compiled import compiled
from eipsim.core.draws import draw, stream, uniforms, wrapping
from eipsim.core.years import FIRST_YEAR, LAST_YEAR, NEVER
from eipsim.world.curves import whole
from eipsim.world.park_list import STOCK, Site
from eipsim.world.places import normals_of_parks
from eipsim.world.recipe import Recipe

HALVINGS = 60
LATER = 100


def count_plots(
    sites: list[Site],
    keys: np.ndarray,
    area_ha: np.ndarray,
    opened: np.ndarray,
    totals: dict,
    recipe: Recipe,
    seed: int,
) -> np.ndarray:
    """Plots of every park (int[n_parks]): firms counted there, or leased area times firms per hectare.

    Stock parks without a count are scaled to the national number of firms; births keep the density as found.
    """
    c = recipe.constants
    wanted = area_ha * leased_shares(keys, c, seed) * firms_per_leased_ha(sites, keys, c, seed)
    last = max(totals, default=int(c["stock_year"]))
    let = lease_up(last + 1 - opened, c)
    counted = np.array([np.nan if site.n_firms is None else site.n_firms / occupied_share(c) for site in sites])
    fixed = ~np.isnan(counted) & (let > 0)
    wanted[fixed] = counted[fixed] / let[fixed]
    stock = np.array([site.kind == STOCK for site in sites])
    plots = wanted.copy()
    if totals:
        scale = national_scale(wanted, let, fixed, stock, let_by_year(totals, c)[last], c["plots_most"])
        plots[stock & ~fixed] *= scale
    plots = np.where(fixed, plots, np.minimum(plots, c["plots_most"]))
    whole_plots = np.floor(plots + uniforms(seed, "plots", keys, item=2)).astype(np.int64)
    return np.where(opened <= LAST_YEAR, np.maximum(whole_plots, 1), 0)


def leased_shares(keys: np.ndarray, constants: dict, seed: int) -> np.ndarray:
    """Final leased share of each park's land, uniform between the two ends."""
    low, high = constants["leased_share_low"], constants["leased_share_high"]
    return low + (high - low) * uniforms(seed, "plots", keys)


def firms_per_leased_ha(sites: list[Site], keys: np.ndarray, constants: dict, seed: int) -> np.ndarray:
    """Tenant firms per leased hectare of each park, lognormal."""
    median, low, high = (constants[f"firms_per_leased_ha{end}"] for end in ("", "_low", "_high"))
    sd = np.log(high / low) / TEN_TO_NINETY
    return median * np.exp(sd * normals_of_parks(sites, keys, constants, seed, ("plots", 1)))


def national_scale(
    wanted: np.ndarray, let: np.ndarray, fixed: np.ndarray, stock: np.ndarray, total: float, most: float
) -> float:
    """The factor on uncounted plots of stock parks with which `total` plots are let in the last counted year."""
    known = (wanted * let)[fixed & stock].sum()
    free, shares = wanted[stock & ~fixed], let[stock & ~fixed]
    low, high = 0.0, 1e3
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        enough = known + (np.minimum(middle * free, most) * shares).sum() >= total
        low, high = (low, middle) if enough else (middle, high)
    return high


def lease_up(age: np.ndarray, constants: dict) -> np.ndarray:
    """Share of the final leases of a park `age` years after it opened: logistic, 0 before (float, shape of age)."""
    slope, middle = lease_curve(constants)
    return np.where(age > 0, 1.0 / (1.0 + np.exp(-slope * (np.clip(age, 0, LATER) - middle))), 0.0)


def lease_curve(constants: dict) -> tuple[float, float]:
    """Slope (1/yr) and midpoint (yr) of the lease-up: from 1 - s at the opening to s after `lease_up_years`."""
    middle = 0.5 * constants["lease_up_years"]
    share = constants["lease_up_complete_share"]
    return np.log(share / (1.0 - share)) / middle, middle


def occupied_share(constants: dict) -> float:
    """Long-run share of let plots that hold a tenant at the reference exit rate."""
    return 1.0 / (1.0 + constants["reference_exit_rate"] * constants["vacancy_years"])


def nominal_years(plots: np.ndarray, opened: np.ndarray, keys: np.ndarray, constants: dict, seed: int) -> np.ndarray:
    """When each plot is let by its park's own curve (float[n_plots], park by park); the first as the park opens."""
    park = np.repeat(np.arange(len(plots)), plots)
    number = np.arange(len(park)) - np.repeat(np.cumsum(plots) - plots, plots)
    spread = uniforms_of_plots(seed, keys[park], number)
    quantile = (number + spread) / plots[park]
    slope, middle = lease_curve(constants)
    age = np.maximum(middle + np.log(quantile / (1.0 - quantile)) / slope, 0.0)
    return opened[park] + np.where(number == 0, 0.0, age)


@compiled
def fill_by_item(stream_key, keys, number, out):
    for i in range(len(keys)):
        out[i] = draw(stream_key, keys[i], number[i], 0)


def uniforms_of_plots(seed: int, park_keys: np.ndarray, number: np.ndarray) -> np.ndarray:
    """One uniform number per plot, keyed by its park and its number in it."""
    out = np.empty(len(number))
    with wrapping():
        fill_by_item(stream(seed, "entry"), park_keys, number, out)
    return out


def entry_years(
    nominal: np.ndarray, opened: np.ndarray, keys: np.ndarray, stock: np.ndarray, totals: dict, rates: dict
):
    """The year every plot is let first (int[n_plots]; 2015 for those let before, 9999 for those after 2050).

    `nominal`, `opened`, `keys`, `stock` are per plot. In every year up to the last counted one, plots that open their
    park are let, then those next in nominal order, as many as the national total asks for.
    """
    entry = np.where(stock, NEVER, np.maximum(nominal.astype(np.int64), FIRST_YEAR))
    order = np.lexsort((keys, nominal))
    order = order[stock[order]]
    for year, wanted in let_by_year(totals, rates).items():
        waiting = order[entry[order] == NEVER]
        opening = waiting[nominal[waiting] == opened[waiting]]
        entry[opening[opened[opening] <= year]] = year
        waiting = order[(entry[order] == NEVER) & (opened[order] <= year)]
        n = int(whole(np.array([wanted]))[0] - (entry[stock] <= year).sum())
        entry[waiting[: max(n, 0)]] = year
    rest = entry == NEVER
    after = max(totals, default=FIRST_YEAR - 1) + 1
    entry[rest] = np.maximum(nominal[rest].astype(np.int64), max(after, FIRST_YEAR))
    return np.where(entry > LAST_YEAR, NEVER, entry)


def let_by_year(totals: dict[int, float], rates: dict) -> dict[int, float]:
    """Plots let at least once, by year, so that the expected number of firms alive meets `totals`.

    Tenants leave at the reference exit rate and a plot is let again after a geometric vacancy.
    """
    let: dict[int, float] = {}
    exits: dict[int, float] = {}
    again = 1.0 / (1.0 + rates["vacancy_years"])
    alive = 0.0
    for year in sorted(totals):
        exits[year] = alive * rates["reference_exit_rate"]
        returning = sum(left * again * (1.0 - again) ** (year - y) for y, left in exits.items())
        new = max(totals[year] - (alive - exits[year] + returning), 0.0)
        alive += returning - exits[year] + new
        let[year] = let.get(year - 1, 0.0) + new
    return let
