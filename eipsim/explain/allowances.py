"""What a firm is told of the carbon market: whether it is covered, what it gets free of charge, how the last year closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.agents.regulator.allowances import benchmarks
from eipsim.core.numbers import number, share, usd
from eipsim.policy.economic import EVERYBODY

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel

Told = tuple[str, dict[str, Any]]  # a line, and its numbers by name
KG_PER_TONNE = 1e3


def told_of_allowances(model: EIPModel, row: int) -> Iterator[Told]:
    """What the firm of `row` may know of its allowances when it decides; nothing where neither numbers nor free ones are said."""
    state, levers = model.state, model.this_year.levers
    firm, accounts = state.firms[row], state.allowances.accounts
    most, held = levers.carbon_facilities[firm.sector], np.flatnonzero(accounts.firm == row)
    if most < EVERYBODY:
        yield _told_of_facilities(model, firm, int(most))
    if held.size:
        yield _told_of_free(model, firm, accounts[held[0]])
    for account in state.allowances.last[state.allowances.last.firm == row]:
        yield _told_of_last(account, model.year - 1)


def _told_of_facilities(model: EIPModel, firm: Any, most: int) -> Told:
    state = model.state
    covered = int((state.world.firms.sector[state.allowances.coverage.facilities] == firm.sector).sum())
    firms = f"{covered} firms of its sector surrender" if covered != 1 else "one firm of its sector surrenders"
    its = "it is among them" if firm.covered else "it is not among them"
    line = f"Carbon market: {firms} allowances for what they emit ({most} at most); {its}."
    return line, {"covered": bool(firm.covered), "facilities": covered, "most_facilities": most}


def _told_of_free(model: EIPModel, firm: Any, account: Any) -> Told:
    state = model.state
    benchmark = float(benchmarks(state, model.this_year)[firm.sector])
    output = float(firm.revenue * model.this_year.prices.growth[firm.price_row])
    level, free_share = float(state.allowances.level[firm.sector]), 1.0 - float(account.auctioned_share)
    line = (
        f"Free allowances in {model.year}: {number(account.free)} t, {share(free_share)} of its benchmark of "
        f"{number(benchmark * KG_PER_TONNE)} kg of CO2 per USD of output ({share(level)} of what its first year gave) times "
        f"{usd(output)}. A tonne more or less is worth {usd(account.price)} to it, whatever is free."
    )
    facts = {"benchmark_t_per_usd": benchmark, "benchmark_level": level, "auctioned_share": 1.0 - free_share}
    return line, facts | {"allowances_free_t": float(account.free), "allowance_price_usd": float(account.price)}


def _told_of_last(account: Any, year: int) -> Told:
    got = {"free": account.free, "bought at auction": account.auctioned, "bought of others": account.bought}
    ways = ", ".join(f"{number(tonnes)} t {how}" for how, tonnes in got.items() if tonnes > 0.0)
    left = f"; {number(account.sold)} t were left and sold" if account.sold > 0.0 else ""
    line = f"In {year} it surrendered {number(account.surrendered)} t: {ways}{left}."
    facts = {name: float(account[name]) for name in ("free", "surrendered", "auctioned", "bought", "sold", "price")}
    return line, {"allowances_of_last_year": facts}
