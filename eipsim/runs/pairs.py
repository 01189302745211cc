"""What two runs of one seed and replicate differ in, firm by firm: adoptions by policy only, and what vouchers add."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.agents.firm.applying import ADOPTIONS, PAID
from eipsim.agents.regulator.rationing import voucher_holders
from eipsim.core.arithmetic import total
from eipsim.core.money import CENTS
from eipsim.market.books import ALLOWANCES_NET, ALLOWANCES_WORTH, CARBON_PAID, CHARGES_PAID

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel

ADOPTION = (
    "adopters", "baseline_adopters", "additional_adopters", "lost_adopters", "subsidised_adopters",
    "adoptions", "baseline_adoptions", "additional_adoptions", "lost_adoptions", "subsidised_adoptions",
    "free_riding_adoptions", "brought_forward_adoptions", "years_brought_forward", "beside_vouchers", "given_up_for_vouchers",
    "vouchers_used", "voucher_money_usd",
)  # fmt: skip
# Of the firms that have used a voucher, by measure: see `voucher_counts`.
OF_VOUCHERS = (
    "bought", "adoptions", "additional", "brought_forward", "years_brought_forward", "beside", "given_up", "money_usd",
)  # fmt: skip
AVOIDED_TRANSFERS = "avoided_transfers_usd"


@dataclass(frozen=True)
class Adoptions:
    """What a pair needs of a run.

    first_adopted : year of first adoption, 0 for never [n_rows, m]; subsidised : whether a voucher paid part of it [n_rows, m]
    transfers : payments to the public that measures avoid [USD/yr, reported years]
    holders : firms that have used a voucher [n_rows]; vouchers : how many were used, one a firm and year
    bought : measures bought with vouchers, also again after wearing out [m]
    money : public money for vouchers by measure, their administration included [USD, m]; NaN where vouchers are not applied for
    paid : the same of all measures [USD]
    """

    first_adopted: np.ndarray
    subsidised: np.ndarray
    transfers: np.ndarray
    holders: np.ndarray
    vouchers: int
    bought: np.ndarray
    money: np.ndarray
    paid: float


@dataclass
class Notes:
    """What is noted at the end of every year of a run that will be compared with its partner."""

    transfers: list[float] = field(default_factory=list)
    used_in: list[np.ndarray] = field(default_factory=list)  # rows of the firms that used a voucher, by year
    paid: float = 0.0  # USD that vouchers have paid

    def look(self, model: EIPModel) -> None:
        if model.year >= model.first_reported:
            self.transfers.append(avoided_transfers(model))
        holders = voucher_holders(model.state)
        if holders.size:
            used = int(model.this_year.levers.voucher_cap_usd * CENTS) - model.state.firms.voucher_left[holders]
            self.used_in.append(holders[used > 0].copy())
            self.paid += float(used.sum()) / CENTS

    def adoptions(self, model: EIPModel) -> Adoptions:
        """What the run that has come to its end is compared on."""
        firms, with_administration = model.state.firms, 1.0 + model.state.market.constants.administration_share
        subsidised = firms.subsidised.astype(bool)
        holders = np.zeros(len(firms), dtype=bool)
        holders[np.concatenate([np.zeros(0, dtype=int), *self.used_in])] = True
        if model.state.voucher_records:
            record = np.sum([record for _, record in model.state.voucher_records], axis=0)
            bought, money = record[:, ADOPTIONS], record[:, PAID] / CENTS * with_administration
        else:  # nobody has applied
            bought, money = subsidised.sum(axis=0), np.full(subsidised.shape[1], np.nan if self.paid else 0.0)
        return Adoptions(
            firms.first_adopted.copy(), subsidised, np.array(self.transfers), holders,
            sum(map(len, self.used_in)), bought, money, self.paid * with_administration,
        )  # fmt: skip


def keep(model: EIPModel, years: Iterator[int]) -> Adoptions:
    """Step `model` through `years`; keep what pairs are compared on."""
    notes = Notes()
    for _ in years:
        notes.look(model)
    return notes.adoptions(model)


def avoided_transfers(model: EIPModel) -> float:
    """Carbon price and charges [USD] that firms do not pay this year because of measures, infrastructure and exchanges.

    They are part of what firms save and operators earn, but society saves nothing by them.
    """
    prices, books = model.this_year.prices, model.state.books
    if not prices.carbon.any() and not prices.charge.any():
        return 0.0
    paid = [CARBON_PAID, CHARGES_PAID]
    beyond = total(books.flows[:, paid]) - total(books.net_flows[:, paid])
    # what is free, or bought of others instead of the public, is no payment that anything has avoided
    beyond -= total(books.net_flows[:, [ALLOWANCES_WORTH, ALLOWANCES_NET]])
    return total(carbon_avoided(model)) + total(charges_avoided(model).sum(axis=0)) + beyond


def carbon_avoided(model: EIPModel) -> np.ndarray:
    """Carbon price [USD, firms of the year] that measures spare those who pay it."""
    prices, firms, tenants, rows = model.this_year.prices, model.state.firms, model.world.firms, model.rows_alive()
    spared = np.zeros(rows.size)
    if prices.carbon.any():
        paying = np.flatnonzero(firms.covered[rows])
        at, zones = rows[paying], model.state.surroundings.parks.zone
        row = firms.price_row[at]
        level = prices.intensity * prices.growth[row]
        avoided = (firms.stock_use[at] - firms.use[at]) * level[:, None]
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
    level = prices.intensity * prices.growth[price_row]
    for k in charged:
        avoided = (firms.stock_use[:, k][rows] - firms.use[:, k][rows]) * level
        spared[:, k] = avoided * prices.charge[zone, price_row, k]
    return spared


def adoption_counts(policy: Adoptions, baseline: Adoptions) -> dict[str, float]:
    """Adopters (firms) and adoptions (measures in firms) with the policy and without it, firm by firm.

    Additional: with the policy only; lost: without it only. Free-riding: adoptions that a voucher paid for and that the
    baseline has too; brought forward: those of them that the baseline has in a later year, by so many years in all. Beside
    vouchers, given up for them, their number and money: as `voucher_counts` has it.
    """
    with_policy, without = policy.first_adopted > 0, baseline.first_adopted > 0
    firms = _counts(with_policy.any(axis=1), without.any(axis=1), policy.subsidised.any(axis=1))
    measures = _counts(with_policy, without, policy.subsidised)
    vouchers = dict(zip(OF_VOUCHERS, voucher_counts(policy, baseline).sum(axis=0)))
    free = vouchers["adoptions"] - vouchers["additional"]
    sooner = [vouchers[name] for name in ("brought_forward", "years_brought_forward", "beside", "given_up")]
    counts = [*firms, *measures, *map(int, (free, *sooner)), policy.vouchers]
    return dict(zip(ADOPTION, (*counts, policy.paid)))


def _counts(with_policy: Any, without: Any, subsidised: Any) -> tuple[int, ...]:
    """How many (bool arrays): with, without, additional, lost, subsidised."""
    sets = (with_policy, without, with_policy & ~without, without & ~with_policy, subsidised)
    return tuple(int(np.count_nonzero(members)) for members in sets)


def voucher_counts(policy: Adoptions, baseline: Adoptions) -> np.ndarray:
    """What the firms that used a voucher adopt, against the same firms without the policy: [m, OF_VOUCHERS].

    bought : measures bought with a voucher; adoptions : of these, by firms that never had the measure; additional : of
    these, what the firm never adopts in the baseline; brought_forward : what it adopts there later, and by how many years in all
    beside : adoptions of these firms that no voucher paid for and that the baseline lacks; given_up : what only the
    baseline has of them; money_usd : public money, NaN where it is known only in all
    """
    with_policy, without, held = policy.first_adopted > 0, baseline.first_adopted > 0, policy.holders[:, None]
    paid = policy.subsidised
    sooner = np.where(paid & without, baseline.first_adopted.astype(int) - policy.first_adopted, 0).clip(min=0)
    sets = (paid, paid & ~without, sooner > 0)
    others = (held & with_policy & ~paid & ~without, held & without & ~with_policy)
    counts = [members.sum(axis=0) for members in (*sets, sooner, *others)]
    return np.stack([policy.bought, *counts, policy.money], axis=1).astype(float)
