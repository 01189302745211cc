"""What the national regulator deals before firms decide: audits of programmes, vouchers, and the money for both.

Grants are dealt by a rule, ties by a keyed draw, while the full commitment fits the budget; so no budget is ever overdrawn
and no result depends on who is visited first. What a voucher leaves unspent returns.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eipsim.agents.firm.project import APPLIED_FOR
from eipsim.agents.firm.year import Situation, receive_audit
from eipsim.agents.regulator.auditors import share_out
from eipsim.agents.regulator.year import deal_in_order, spend
from eipsim.core.compiled import AHEAD, allocating, compiled, prefetch_row
from eipsim.core.draws import PROCESSES, draw
from eipsim.core.money import CENTS
from eipsim.market.books import ADAPTIVE
from eipsim.policy.programmes import NO_SELECTION, ResolvedProgramme, Selection
from eipsim.rules.selection import turn_of, weight

if TYPE_CHECKING:
    from eipsim.model.state import State, Year
    from eipsim.policy.levers import Levers
    from eipsim.world.columns import Tenants

SPARE = 2  # so many times as many as are served are asked first
AUDIT_DRAW, VOUCHER_DRAW = PROCESSES["audit priority"], PROCESSES["voucher priority"]
# What the nation's books tell of the vouchers of a year, besides what is paid.
OF_VOUCHERS = (
    "vouchers_dealt", "vouchers_asked", "vouchers_offered", "voucher_adoptions", "voucher_adoptions_anyway",
    "voucher_adoptions_given_up", "vouchers_anyway",
)  # fmt: skip


@allocating
def keyed_ties(keys, stream_key, year):
    """One draw per key in (0, 1): the lottery of random rationing and the tie-break of every other rule."""
    draws = np.empty(keys.size)
    for n in range(keys.size):
        draws[n] = draw(stream_key, keys[n], year, 0)
    return draws


class Weights(NamedTuple):
    """Who is favoured where a draw decides: what `eipsim/rules/selection.py` asks for besides the firm."""

    size_exponent: float = 0.0
    willingness: float = 0.0
    log_reference: float = 0.0  # ln of the reference bill [USD/yr]

    @property
    def favour_nobody(self) -> bool:
        return self.size_exponent == 0.0 and self.willingness == 0.0


EQUAL = Weights()


class AuditRound(NamedTuple):
    """Audits of one giver in one year: to whom, how many, who is first, who is favoured among equals, who pays."""

    giver: int  # number of the programme, or ADAPTIVE
    eligible: np.ndarray  # bool [p]
    sectors: np.ndarray  # bool [s]
    n: int
    rule: str
    payer: str
    selection: Selection = NO_SELECTION


@compiled
def audit_all(firms, rows, measures, surroundings, year, constants):
    for n in range(rows.size):
        prefetch_row(firms, rows[min(n + AHEAD, rows.size - 1)])
        receive_audit(firms[rows[n]], Situation(measures, surroundings, year, constants))


def priorities(
    state: State, year: int, rows: np.ndarray, rule: str, process: int, weights: Weights = EQUAL
) -> np.ndarray:
    """Lowest first: the order in which `rule` serves the firms of `rows`; where the draw decides, by their `weights`."""
    firms = state.firms
    # keys of the world lie close together, rows of firms far apart
    ties = keyed_ties(state.world.firms.key[rows], state.surroundings.streams[process], year)
    if rule == "small_first":
        # ranks and not sizes, so that the draw never outweighs a difference
        return in_ranks(firms.employees[rows]) + ties
    if rule == "dirty_first":
        return in_ranks(-firms.toe[rows]) + ties
    if rule == "cost_effective_first":
        return in_ranks(-firms.log_size[rows]) + ties
    lots = ties if weights.favour_nobody else weighed_lots(ties, firms.log_size[rows], firms.firm_effect[rows], weights)
    if rule == "committed_parks_first":
        return np.where(state.operators.commit_year[firms.park[rows]] > 0, 0.0, 1.0) + lots
    return lots


def weighed_lots(draws: np.ndarray, log_bills: np.ndarray, effects: np.ndarray, weights: Weights) -> np.ndarray:
    """Lots from 0 to below 1, lowest first: the order of a race in which some are favoured by their `weights`.

    They are ranks, so that they stay within the steps that a rule makes; equal weights give the order of the `draws`.
    """
    return in_ranks(turns(draws, log_bills - weights.log_reference, effects, weights)) / max(draws.size, 1)


@allocating
def turns(draws, log_bills, effects, weights):
    """When each firm's turn comes, by its draw, ln of its bill over the reference, and its own effect."""
    when = np.empty(draws.size)
    for n in range(draws.size):
        its = weight(log_bills[n], weights.size_exponent, effects[n], weights.willingness)
        when[n] = turn_of(draws[n], its)
    return when


def in_ranks(values: np.ndarray) -> np.ndarray:
    """Whole-number rank of each value, equal for equal values, so that a draw in (0, 1) added to it decides ties only."""
    return np.unique(values, return_inverse=True)[1]


LESS_THAN_A_CENT = 1e-6  # what a product of whole cents may be off by


class Turn(NamedTuple):
    """How many are served, and who is first."""

    rule: str
    process: int
    n: int
    weights: Weights = EQUAL


def first_who_may(
    state: State, year: int, rows: np.ndarray, may: Callable[[np.ndarray], np.ndarray], turn: Turn
) -> np.ndarray:
    """Of `rows` those served who `may` be (bool, of the rows that it is asked of), in order.

    A lottery is drawn before anybody is asked, and then only those are whose turn comes: to look at every firm takes longer.
    """
    if turn.rule != "random":
        rows = rows[may(rows)]
        return deal_in_order(rows, priorities(state, year, rows, turn.rule, turn.process, turn.weights), turn.n)
    lots, asked = priorities(state, year, rows, turn.rule, turn.process, turn.weights), SPARE * turn.n
    while True:
        chosen = deal_in_order(rows, lots, asked)
        chosen = chosen[may(chosen)][: turn.n]
        if chosen.size == turn.n or asked >= rows.size:
            return chosen
        asked *= SPARE


def weights_among(state: State, rows: np.ndarray, selection: Selection) -> Weights:
    """What a programme with this `selection` favours among the firms of `rows`, whose median bill is the reference.

    The reference is the same for all, so it decides no order; it makes weights ratios that can be told.
    """
    constants = state.market.constants
    said = zip(selection, (constants.selection_size_exponent, constants.selection_willingness))
    weights = Weights(*(float(by_parameter if own is None else own) for own, by_parameter in said))
    if weights.favour_nobody or rows.size == 0:
        return EQUAL
    return weights._replace(log_reference=float(np.median(state.firms.log_size[rows])))


def candidates(state: State, year: Year, eligible_parks: np.ndarray, eligible_sectors: np.ndarray) -> np.ndarray:
    """Rows of the firms alive in eligible parks and sectors."""
    rows = year.rows[np.repeat(eligible_parks, state.world.in_year(year.number).firms)]
    return rows if eligible_sectors.all() else rows[eligible_sectors[state.world.firms.sector[rows]]]


def deal(state: State, year: Year) -> None:
    """The national regulator's year: donor and public programmes, adaptive audits, vouchers, information and training."""
    may_give = share_out(state, year)
    for giver, programme in year.programmes.items():
        run_programme(state, year, programme, (giver, may_give[giver]))
    if year.adaptive_audits > 0:
        everywhere, everybody = np.ones(state.world.n_parks, bool), np.ones(len(state.world.sectors), bool)
        audits = AuditRound(ADAPTIVE, everywhere, everybody, may_give[ADAPTIVE], "random", "appropriation")
        give_audits(state, year, audits)
    deal_vouchers(state, year)
    pay_for_support(state, year)
    pay_for_screening(state, year)


def give_audits(state: State, year: Year, audits: AuditRound) -> int:
    """Audit eligible firms not audited within `audit_interval` years; the payer's money comes in with the cost.

    Those whom the giver has not audited yet come before the others. Who was audited by whom is kept in the books. Gives how many
    were audited.
    """
    constants, firms, given = state.market.constants, state.firms, state.books.audits_given[audits.giver]
    rows = candidates(state, year, audits.eligible, audits.sectors)

    def are_due(rows: np.ndarray) -> np.ndarray:
        last = firms.audit_year[rows]
        return (last == 0) | (year.number - last >= constants.audit_interval)

    in_turn = Turn(audits.rule, AUDIT_DRAW, audits.n, weights_among(state, rows, audits.selection))
    chosen = first_who_may(state, year.number, rows, lambda rows: are_due(rows) & (given[rows] == 0), in_turn)
    if chosen.size < audits.n:
        left = in_turn._replace(n=audits.n - chosen.size)
        once_more = first_who_may(state, year.number, rows, lambda rows: are_due(rows) & (given[rows] > 0), left)
        chosen = np.concatenate([chosen, once_more])
    audit_all(firms, chosen, state.market.catalogue, state.surroundings, year.number, constants)
    given[chosen] += 1
    spend(state.regulators, "audits", chosen.size * constants.audit_cost_usd, audits.payer)
    state.regulators.audits_done[0] += chosen.size
    return chosen.size


class Favoured(NamedTuple):
    """How a programme that favours some firms over others weighs one of them in a year."""

    giver: int
    title: str
    weights: Weights
    weight: float  # 1: of a firm with the median bill of those it may serve, and no effect of its own


def favours_to(state: State, year: Year, row: int) -> list[Favoured]:
    """How each running programme that gives audits, may serve the firm of `row` and favours some over others weighs it."""
    firm, found = state.firms[row], []
    for giver, programme in year.programmes.items():
        if programme.audits_by_year[year.number - state.world.first_year] == 0:
            continue
        rows = candidates(state, year, programme.eligible, programme.sectors)
        weights = weights_among(state, rows, programme.selection)
        if row in rows and not weights.favour_nobody:
            log_bill = firm.log_size - weights.log_reference
            its = weight(log_bill, weights.size_exponent, firm.firm_effect, weights.willingness)
            found.append(Favoured(giver, programme.title, weights, float(its)))
    return found


def run_programme(state: State, year: Year, programme: ResolvedProgramme, audits_of: tuple[int, int]) -> None:
    """A year of a programme: screening of parks it reaches first, its audits, what is left of its budget.

    `audits_of`: its number as a giver of audits, and how many it may give.
    """
    payer, (giver, n) = "donor" if programme.payer == "donor" else "appropriation", audits_of
    audits = AuditRound(giver, programme.eligible, programme.sectors, n, programme.rule, payer, programme.selection)
    given = give_audits(state, year, audits)
    if programme.payer == "operator":
        return
    constants, begins = state.market.constants, year.number == programme.first_year
    new_parks = np.count_nonzero(programme.eligible) if programme.commits_parks and begins else 0
    spend(state.regulators, "screening", new_parks * constants.screening_cost_usd, payer)
    spent = given * constants.audit_cost_usd + new_parks * constants.screening_cost_usd
    if programme.budget_usd > 0.0:
        yearly = programme.budget_usd / (programme.last_year - programme.first_year + 1)
        spend(state.regulators, "administration", max(yearly - spent, 0.0), payer)
    else:
        spend(state.regulators, "administration", constants.administration_share * spent, payer)


def voucher_holders(state: State) -> np.ndarray:
    """Rows of the firms that have been dealt a voucher."""
    return state.voucher_holders[: int(state.regulators.vouchers_dealt[0])]


def take_back_vouchers(state: State) -> None:
    """A voucher is good for the year in which it was dealt: what is left of last year's lapses."""
    holders = voucher_holders(state)
    state.firms.voucher_rate[holders] = 0.0
    state.firms.voucher_left[holders] = 0
    for column in OF_VOUCHERS:
        state.regulators[column][0] = 0


def deal_vouchers(state: State, year: Year) -> None:
    """Vouchers for firms with an open option, while their full value and its administration fit the year's appropriation."""
    firms, levers = state.firms, year.levers
    cap = int(levers.voucher_cap_usd * CENTS)
    # every voucher is counted at its cap: what firms will use of it is not known when it is dealt
    full_cost = math.ceil(cap * (1.0 + state.market.constants.administration_share) - LESS_THAN_A_CENT)
    budget = int(levers.subsidy_budget_usd * CENTS)
    if not vouchers_are_offered(levers) or vouchers_are_applied_for(state):
        return
    tenants, rows = state.world.firms, year.rows
    rows = rows[subsidy_rates(levers, tenants, rows) > 0.0]

    def have_an_option(rows: np.ndarray) -> np.ndarray:
        return firms.open_bits[rows] != 0

    turn = Turn(year.voucher_rule, VOUCHER_DRAW, budget // full_cost)
    chosen = first_who_may(state, year.number, rows, have_an_option, turn)
    firms.voucher_rate[chosen] = subsidy_rates(levers, tenants, chosen)
    firms.voucher_left[chosen] = cap
    state.voucher_holders[: chosen.size] = chosen
    state.regulators.vouchers_dealt[0] = chosen.size
    state.regulators.vouchers_offered[0] = chosen.size * cap


def vouchers_are_applied_for(state: State) -> bool:
    """Whether firms apply for vouchers between learning and deciding; otherwise they are dealt before."""
    return state.market.constants.voucher_applications >= APPLIED_FOR


def vouchers_are_offered(levers: Levers) -> bool:
    """Whether there is any money for vouchers this year, and anything that they would pay."""
    paid = int(levers.subsidy_budget_usd * CENTS) > 0 and int(levers.voucher_cap_usd * CENTS) > 0
    return paid and "capital_subsidy" in levers.in_force


def subsidy_rates(levers: Levers, tenants: Tenants, rows: np.ndarray) -> np.ndarray:
    """Share of cost that a voucher pays to each of the firms of `rows`."""
    places = tenants.park[rows], tenants.sector[rows]
    if "capital_subsidy" not in levers.foreign:
        return levers.capital_subsidy[places]
    foreign = levers.of_foreign_firms.capital_subsidy[places]
    return np.where(tenants.foreign[rows], foreign, levers.capital_subsidy[places])


def vouchers_used(state: State, voucher_cap_usd: float) -> int:
    """Cents of this year's vouchers that firms have spent; the rest returns."""
    holders = voucher_holders(state)
    return holders.size * int(voucher_cap_usd * CENTS) - int(state.firms.voucher_left[holders].sum())


def settle_vouchers(state: State, paid: int) -> None:
    """After firms have bought: the treasury pays what was used [cents], and its administration."""
    if paid == 0:
        return
    state.regulators.vouchers[0] += paid
    state.regulators.appropriation[0] += paid
    administration = state.market.constants.administration_share * paid / CENTS
    spend(state.regulators, "administration", administration, "appropriation")


def operating(state: State, year: Year) -> np.ndarray:
    """bool [p]: parks that have their first tenants by the end of the year."""
    return state.world.in_year(year.number).operating


def firms_informed(state: State, year: Year) -> float:
    """Firms that the ministry's information reaches, each counted by how fully it does."""
    levers, tenants = year.levers, state.world.firms
    effort, firms_there = levers.information.mean(axis=1), state.world.in_year(year.number).firms
    if "information" not in levers.foreign:
        return float((effort * firms_there).sum())
    from_abroad = np.bincount(tenants.park[year.rows], tenants.foreign[year.rows], minlength=firms_there.size)
    effort_abroad = levers.of_foreign_firms.information.mean(axis=1)
    return float((effort * (firms_there - from_abroad) + effort_abroad * from_abroad).sum())


def pay_for_support(state: State, year: Year) -> None:
    """Public cost of information, training, facilitation grants, monitoring and provincial support, appropriated as spent."""
    levers, constants, parks, there = year.levers, state.market.constants, state.operators, operating(state, year)
    informed = trained = granted = monitored = supported = 0.0
    if "information" in levers.in_force:
        informed = firms_informed(state, year) * constants.information_cost_usd
    if "training" in levers.in_force:
        trained = float(levers.training[there].sum()) * constants.training_cost_usd
    if "facilitation_grant" in levers.in_force:
        granted = (
            float((levers.facilitation_grant * parks.capacity * parks.facilitation_factor)[there].sum())
            * constants.facilitation_cost_usd
        )
    if "monitoring" in levers.in_force:
        monitored = float(levers.monitoring[there].sum()) * constants.monitoring_cost_usd
    if "provincial_support" in levers.in_force:
        supported = float(levers.provincial_support[parks.province][there].sum()) * constants.support_cost_usd
    spend(state.regulators, "support", informed + trained + granted + monitored + supported, "appropriation")


def pay_for_screening(state: State, year: Year) -> None:
    """Public cost of screening parks for exchanges; in the parks of a running programme with a budget it is part of that."""
    if "symbiosis_screening" not in year.levers.in_force:
        return
    screened = np.where(operating(state, year), year.levers.symbiosis_screening, 0.0)
    for programme in year.programmes.values():
        if programme.budget_usd > 0.0:
            screened[programme.eligible] = 0.0
    cost = float(np.sort(screened).sum()) * state.market.constants.symbiosis_screening_cost_usd
    spend(state.regulators, "screening", cost, "appropriation")
