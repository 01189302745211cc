"""What the national regulator deals before firms decide: audits of programmes, vouchers, and the money for both.

Grants are dealt by a rule, ties by a keyed draw, while the full commitment fits the budget; so no budget is ever overdrawn
and no result depends on who is visited first. What a voucher leaves unspent returns.
"""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm.year import receive_audit
from eipsim.agents.regulator.year import deal_in_order
from eipsim.core.compiled import allocating, compiled
from eipsim.core.draws import PROCESSES, draw

AUDIT_DRAW, VOUCHER_DRAW = PROCESSES["audit priority"], PROCESSES["voucher priority"]
CENTS = 100


@allocating
def keyed_ties(firms, rows, stream_key, year):
    """One draw per row in (0, 1): the lottery of random rationing and the tie-break of every other rule."""
    draws = np.empty(rows.size)
    for n in range(rows.size):
        draws[n] = draw(stream_key, firms.key[rows[n]], year, 0)
    return draws


@compiled
def audit_all(firms, rows, measures, now, year, c):
    for n in range(rows.size):
        receive_audit(firms, rows[n], measures, now, year, c)


def priorities(model, rows: np.ndarray, rule: str, process: int) -> np.ndarray:
    """Lowest first: the order in which `rule` serves the firms of `rows`."""
    firms = model.state.firms
    ties = keyed_ties(firms, rows, model.state.surroundings.streams[process], model.year)
    if rule == "small_first":
        return in_ranks(firms.employees[rows]) + ties
    if rule == "dirty_first":
        return in_ranks(-firms.toe[rows]) + ties
    if rule == "cost_effective_first":
        return in_ranks(-firms.log_size[rows]) + ties
    if rule == "committed_parks_first":
        return np.where(model.state.operators.commit_year[firms.park[rows]] > 0, 0.0, 1.0) + ties
    return ties


def in_ranks(values: np.ndarray) -> np.ndarray:
    """Whole-number rank of each value, equal for equal values, so that a draw in (0, 1) added to it decides ties only."""
    return np.unique(values, return_inverse=True)[1]


def candidates(model, eligible_parks: np.ndarray, eligible_sectors: np.ndarray) -> np.ndarray:
    """Rows of the firms alive in eligible parks and sectors."""
    firms = model.world.firms
    in_place = eligible_parks[firms.park] & eligible_sectors[firms.sector]
    return np.flatnonzero(in_place & model.alive_mask())


def deal(model) -> None:
    """The national regulator's year: donor and public programmes, adaptive audits, vouchers, information and training."""
    programmes = model.lever_paths.programmes
    for giver, programme in enumerate(programmes):
        if programme.first_year <= model.year <= programme.last_year:
            run_programme(model, programme, giver)
    if model.this_year.adaptive_audits > 0:
        everywhere, everybody = np.ones(model.world.n_parks, bool), np.ones(len(model.world.sectors), bool)
        audits = model.this_year.adaptive_audits
        give_audits(model, everywhere, everybody, audits, "random", "appropriation", len(programmes))
    deal_vouchers(model)
    pay_for_support(model)
    pay_for_screening(model)


def give_audits(model, parks, sectors, n: int, rule: str, payer: str, giver: int) -> int:
    """Audit up to `n` eligible firms not audited within `audit_interval` years; the payer's money comes in with the cost.

    `giver`: number of the programme, or of the adaptive regulator after the last one; who was audited by whom is kept.
    """
    rows = candidates(model, parks, sectors)
    last = model.state.firms.audit_year[rows]
    rows = rows[(last == 0) | (model.year - last >= model.state.market.constants.audit_interval)]
    chosen = deal_in_order(rows, priorities(model, rows, rule, AUDIT_DRAW), n)
    audit_all(
        model.state.firms,
        chosen,
        model.state.market.catalogue,
        model.state.surroundings,
        model.year,
        model.state.market.constants,
    )
    model.state.books.audits_given[giver, chosen] += 1
    model.book_national("audits", chosen.size * model.state.market.constants.audit_cost_usd, payer)
    model.state.regulators.audits_done[0] += chosen.size
    return chosen.size


def run_programme(model, programme, giver: int) -> None:
    """A year of programme number `giver`: screening of parks it reaches first, its audits, what is left of its budget."""
    payer = "donor" if programme.payer == "donor" else "appropriation"
    t = model.year - model.world.first_year
    audits = give_audits(
        model, programme.eligible, programme.sectors, int(programme.audits_by_year[t]), programme.rule, payer, giver
    )
    if programme.payer == "operator":
        return
    c = model.state.market.constants
    new_parks = (
        np.count_nonzero(programme.eligible) if programme.commits_parks and model.year == programme.first_year else 0
    )
    model.book_national("screening", new_parks * c.screening_cost_usd, payer)
    spent = audits * c.audit_cost_usd + new_parks * c.screening_cost_usd
    if programme.budget_usd > 0.0:
        yearly = programme.budget_usd / (programme.last_year - programme.first_year + 1)
        model.book_national("administration", max(yearly - spent, 0.0), payer)
    else:
        model.book_national("administration", c.administration_share * spent, payer)


def take_back_vouchers(model) -> None:
    """A voucher is good for the year in which it was dealt: what is left of last year's lapses."""
    if model.state.regulators.vouchers_dealt[0]:
        model.state.firms.voucher_rate[:] = 0.0
        model.state.firms.voucher_left[:] = 0
        model.state.regulators.vouchers_dealt[0] = 0


def deal_vouchers(model) -> None:
    """Vouchers for firms with an open option, while their full value and its administration fit the year's appropriation."""
    firms, levers, c = model.state.firms, model.this_year.levers, model.state.market.constants
    cap = int(levers.voucher_cap_usd * CENTS)
    full_cost = int(cap * (1.0 + c.administration_share))
    budget = int(levers.subsidy_budget_usd * CENTS)
    if budget == 0 or full_cost == 0 or not (levers.capital_subsidy > 0.0).any():
        return
    offered = levers.capital_subsidy[model.world.firms.park, model.world.firms.sector]
    can_use = firms.open_bits != 0
    rows = np.flatnonzero(model.alive_mask() & (offered > 0.0) & can_use)
    rule = model.case.regulator.voucher_rule
    chosen = deal_in_order(rows, priorities(model, rows, rule, VOUCHER_DRAW), budget // full_cost)
    firms.voucher_rate[chosen] = offered[chosen]
    firms.voucher_left[chosen] = cap
    model.state.regulators.vouchers_dealt[0] = chosen.size


def vouchers_used(model) -> int:
    """Cents of this year's vouchers that firms have spent; the rest returns."""
    if not model.state.regulators.vouchers_dealt[0]:
        return 0
    return model.state.regulators.vouchers_dealt[0] * int(model.this_year.levers.voucher_cap_usd * CENTS) - int(
        model.state.firms.voucher_left.sum()
    )


def settle_vouchers(model) -> None:
    """After firms have bought: the treasury pays what was used, and its administration."""
    paid = vouchers_used(model)
    model.state.regulators.vouchers[0] += paid
    model.state.regulators.appropriation[0] += paid
    model.book_national(
        "administration", model.state.market.constants.administration_share * paid / CENTS, "appropriation"
    )


def pay_for_support(model) -> None:
    """Public cost of information, training, facilitation grants, monitoring and provincial support, appropriated as spent."""
    levers, c, parks = model.this_year.levers, model.state.market.constants, model.state.operators
    there = parks.operating_year <= model.year
    firms_there = np.diff(model.this_year.first)
    informed = float((levers.information.mean(axis=1) * firms_there).sum()) * c.information_cost_usd
    trained = float(levers.training[there].sum()) * c.training_cost_usd
    granted = float((levers.facilitation_grant * parks.capacity)[there].sum()) * c.facilitation_cost_usd
    monitored = float(levers.monitoring[there].sum()) * c.monitoring_cost_usd
    supported = float(levers.provincial_support[parks.province][there].sum()) * c.support_cost_usd
    model.book_national("support", informed + trained + granted + monitored + supported, "appropriation")


def pay_for_screening(model) -> None:
    """Public cost of screening parks for exchanges; in the parks of a running programme with a budget it is part of that."""
    screened = np.where(
        model.state.operators.operating_year <= model.year, model.this_year.levers.symbiosis_screening, 0.0
    )
    for programme in model.lever_paths.programmes:
        if programme.budget_usd > 0.0 and programme.first_year <= model.year <= programme.last_year:
            screened[programme.eligible] = 0.0
    cost = float(np.sort(screened).sum()) * model.state.market.constants.symbiosis_screening_cost_usd
    model.book_national("screening", cost, "appropriation")
