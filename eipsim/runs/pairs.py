"""What two runs of one seed and replicate differ in, firm by firm: who adopts only with the policy, and who rides free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.market.books import ALLOWANCES_NET, ALLOWANCES_WORTH, CARBON_PAID, CHARGES_PAID

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel

ADOPTION = (
    "adopters", "baseline_adopters", "additional_adopters", "lost_adopters", "subsidised_adopters", "free_riders",
    "adoptions", "baseline_adoptions", "additional_adoptions", "lost_adoptions", "subsidised_adoptions",
    "free_riding_adoptions", "brought_forward_adoptions",
)  # fmt: skip
AVOIDED_TRANSFERS = "avoided_transfers_usd"


@dataclass(frozen=True)
class Adoptions:
    """What a pair needs of a run: first adoption years and subsidised [n_rows, m], avoided transfers [years]."""

    first_adopted: np.ndarray
    subsidised: np.ndarray
    transfers: np.ndarray


def keep(model: EIPModel, years: Iterator[int]) -> Adoptions:
    """Step `model` through `years`; keep what pairs are compared on."""
    transfers = [avoided_transfers(model) for year in years if year >= model.first_reported]
    firms = model.state.firms
    return Adoptions(firms.first_adopted.copy(), firms.subsidised.astype(bool), np.array(transfers))


def avoided_transfers(model: EIPModel) -> float:
    """Carbon price and charges [USD] that firms do not pay this year because of measures, infrastructure and exchanges.

    They are part of what firms save and operators earn, but society saves nothing by them.
    """
    prices, books = model.this_year.prices, model.state.books
    if not prices.carbon.any() and not prices.charge.any():
        return 0.0
    paid = [CARBON_PAID, CHARGES_PAID]
    beyond = books.flows[:, paid].sum() - books.net_flows[:, paid].sum()
    # what is free, or bought of others instead of the public, is no payment that anything has avoided
    beyond -= books.net_flows[:, [ALLOWANCES_WORTH, ALLOWANCES_NET]].sum()
    return float(carbon_avoided(model).sum() + charges_avoided(model).sum() + beyond)


def carbon_avoided(model: EIPModel) -> np.ndarray:
    """Carbon price [USD, firms of the year] that measures spare those who pay it."""
    prices, firms, tenants, rows = model.this_year.prices, model.state.firms, model.world.firms, model.rows_alive()
    spared = np.zeros(rows.size)
    if prices.carbon.any():
        paying = np.flatnonzero(firms.covered[rows])
        at, zones = rows[paying], model.state.surroundings.parks.zone
        avoided = (firms.stock_use[at] - firms.use[at]) * prices.intensity
        row = firms.price_row[at]
        tonnes = (avoided * prices.emission[row]).sum(axis=1)
        spared[paying] = prices.carbon[zones[tenants.park[at]], row] * tonnes
    return spared


def charges_avoided(model: EIPModel) -> np.ndarray:
    """Public charges [USD, firms of the year, uses] that measures spare; only uses with a charge are looked at."""
    prices, firms, tenants, rows = model.this_year.prices, model.state.firms, model.world.firms, model.rows_alive()
    charged = np.flatnonzero(prices.charge.any(axis=(0, 1)))
    if not charged.size:
        return np.zeros(0)
    spared, price_row = np.zeros((rows.size, prices.charge.shape[2])), firms.price_row[rows]
    zone = model.state.surroundings.parks.zone[tenants.park[rows]]
    for k in charged:
        avoided = (firms.stock_use[:, k][rows] - firms.use[:, k][rows]) * prices.intensity
        spared[:, k] = avoided * prices.charge[zone, price_row, k]
    return spared


def adoption_counts(policy: Adoptions, baseline: Adoptions) -> dict[str, int]:
    """Adopters (firms) and adoptions (measures in firms) with the policy and without it, firm by firm.

    Additional: with the policy only; lost: without it only. Free riders: subsidised adopters who adopt in the baseline
    too. Brought forward: subsidised adoptions that the baseline has in a later year.
    """
    with_policy, without = policy.first_adopted > 0, baseline.first_adopted > 0
    earlier = with_policy & without & (policy.first_adopted < baseline.first_adopted)
    firms = _counts(with_policy.any(axis=1), without.any(axis=1), policy.subsidised.any(axis=1))
    measures = _counts(with_policy, without, policy.subsidised)
    return dict(zip(ADOPTION, (*firms, *measures, int(np.count_nonzero(earlier & policy.subsidised)))))


def _counts(with_policy: Any, without: Any, subsidised: Any) -> tuple[int, ...]:
    """How many (bool arrays): with, without, additional, lost, subsidised, free."""
    sets = (with_policy, without, with_policy & ~without, without & ~with_policy, subsidised, subsidised & without)
    return tuple(int(np.count_nonzero(members)) for members in sets)
