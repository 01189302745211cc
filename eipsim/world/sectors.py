"""Sectors: what an archetype's row says in the units of a firm, and which sectors each park holds."""

from __future__ import annotations

import numpy as np

from eipsim.core.arithmetic import TEN_TO_NINETY
from eipsim.world.park_list import Site
from eipsim.world.recipe import Recipe
from eipsim.world.tenants import Sectors, share_of_those_who_leave

USD_PER_THOUSAND = 1000.0
KG_PER_T = 1000.0


def sector_columns(recipe: Recipe, intensity_sigma: float, *exit_rates: float) -> Sectors:
    """Sizes, owners, revenue and intensities by sector; `exit_rates` [1/yr] of foreign and domestic firms.

    Mean size and revenue per worker are multiplied by one constant each, so that the national totals of `world_checks`
    hold in expectation. The spread of intensities is that of the archetypes times intensity_sigma over what theirs stands for.
    """
    rows = recipe.archetypes.rows
    sizes, revenues = national_factors(recipe)
    use = np.array([row.intensities() for row in rows])
    use[:, -1] /= KG_PER_T
    sd, foreign = np.array([row.emp_sigma for row in rows]), np.array([row.fdi_share for row in rows])
    spread = np.log(use[:, :, 2] / use[:, :, 0]) / TEN_TO_NINETY
    return Sectors(
        ln_size_mean=np.log(sizes * np.array([row.emp_mean for row in rows])) - 0.5 * sd**2,
        ln_size_sd=sd,
        foreign_share=foreign,
        foreign_share_again=share_of_those_who_leave(foreign, *exit_rates),
        revenue_per_employee=revenues * USD_PER_THOUSAND * np.array([row.revenue_kUSD_per_emp for row in rows]),
        intensity=use[:, :, 1],
        intensity_sd=spread * intensity_sigma / recipe.constants["archetype_sigma"],
    )


def national_factors(recipe: Recipe) -> tuple[float, float]:
    """Factors on mean size and on revenue per worker that bring the archetypes' means to the national ones (else 1)."""
    shares = np.array([row.share_of_park_firms for row in recipe.archetypes])
    sizes = np.array([row.emp_mean for row in recipe.archetypes])
    revenues = USD_PER_THOUSAND * np.array([row.revenue_kUSD_per_emp for row in recipe.archetypes])
    targets = {row.check: row.target for row in recipe.world_checks}
    mean_size = (shares * sizes).sum() / shares.sum()
    mean_revenue = (shares * sizes * revenues).sum() / (shares * sizes).sum()
    return (
        targets.get("employees_per_firm", mean_size) / mean_size,
        targets.get("revenue_per_worker", mean_revenue) / mean_revenue,
    )


def sector_mix(sites: list[Site], plots: np.ndarray, opened: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Cumulative share of sectors in each park (float[n_parks, n_sectors]).

    Parks and provinces with known sectors get those first; the other tenants of parks `opened` by the stock year follow
    a mix that makes the national shares hold. Later parks have the national shares.
    """
    shares = np.array([row.share_of_park_firms for row in recipe.archetypes])
    shares = shares / shares.sum()
    settled = opened <= recipe.constants["stock_year"]
    firms = plots * settled
    known = anchors_of(sites, shares, recipe)
    most = recipe.constants["anchored_most"] * firms.sum() * shares
    known = known * np.minimum(1.0, most / np.maximum(firms @ known, 1e-12))
    rest = np.maximum(firms.sum() * shares - firms @ known, 0.0)
    background = np.where(settled[:, None], rest / rest.sum() if rest.sum() > 0 else shares, shares)
    return np.cumsum(known + (1.0 - known.sum(axis=1, keepdims=True)) * background, axis=1)


def anchors_of(sites: list[Site], shares: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Share of a park's tenants in each sector it is known for (float[n_parks, n_sectors]); a park's own before its
    province's."""
    ids = [row.arch_id for row in recipe.archetypes]
    given = {(str(row.place_kind), row.place): row.archetypes.split(";") for row in recipe.sector_anchors}
    known = np.zeros((len(sites), len(shares)))
    for i, site in enumerate(sites):
        kind, place = ("park", site.id) if ("park", site.id) in given else ("province", site.province)
        if (kind, place) in given:
            rows = [ids.index(archetype) for archetype in given[kind, place]]
            weight = recipe.constants["anchor_share" if kind == "park" else "province_anchor_share"]
            known[i, rows] = weight * shares[rows] / max(shares[rows].sum(), 1e-12)
    return known
