"""What operators do about the criteria that their park fails, once they have set out for the certificate.

Every year an operator that wants the certificate looks at the criteria as `explain` does, at the state of the end of last year,
reckons what closing the gaps would cost it, and, if the certificate is worth that, acts on the cheapest gap first: it commissions
audits, trainings, meters, brokering and studies of shared systems, within a share of its fees and as far as there are auditors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eipsim.agents.firm.year import Situation, receive_audit
from eipsim.certification.criteria import ParkRecords, measure
from eipsim.core.compiled import compiled
from eipsim.core.draws import PROCESSES, draw
from eipsim.core.money import CENTS
from eipsim.core.years import NEVER
from eipsim.infrastructure.columns import fees_of
from eipsim.infrastructure.items import PLATFORM
from eipsim.market.books import BY_OPERATORS
from eipsim.policy.decrees import Decree
from eipsim.rules.investment import annuity
from eipsim.rules.pursuit import audits_needed, expected_benefit, yearly_cost

if TYPE_CHECKING:
    from eipsim.market.constants import Constants
    from eipsim.model.state import State, Year

AUDIT_DRAW = PROCESSES["commissioned audit"]
AUDITS, METERED_AUDITS, TRAINING, SYMBIOSIS, TIME, NOTHING = range(6)
# What an operator can do about a criterion that fails: sentence of the decree -> one of these; NOTHING about any other.
REMEDIES = {
    "tenant firms aware of RECP": TRAINING,
    "tenant firms applying RECP": AUDITS,
    "tenant firms applying RECP with measured savings": METERED_AUDITS,
    "tenant firms planning to join symbiosis": SYMBIOSIS,
    "industrial symbiosis links": SYMBIOSIS,
    "industrial symbiosis with suitable ISO systems at its participants": SYMBIOSIS,
    "participants of the symbiosis without violation": TIME,
    "land for green space, traffic and shared infrastructure": NOTHING,
    "land for green space and shared infrastructure": NOTHING,
    "investor without violation": TIME,
    "all basic services, symbiosis support, tracking of inputs and outputs": TIME,  # a park on its way converts, and tracks
    "annual report to the authority": TIME,
}


class Missing(NamedTuple):
    """What criteria still ask for, arrays [p]."""

    recp: np.ndarray  # float, firms that apply RECP, measured where the decree asks for it
    recp_if_metered: np.ndarray  # float, the same if all savings were measured
    aware: np.ndarray  # float, firms
    symbiosis: np.ndarray  # float, links or firms: more than zero where something is lacking
    hopeless: np.ndarray  # bool, a criterion fails that nothing can mend


class Outlook(NamedTuple):
    """What operators reckon with in a year."""

    year: int
    premium: float  # share of fees
    years: float  # for which a certificate is valid
    bound: bool  # a park founded as eco-industrial has a term
    meters_usd: float  # per tenant
    meters_running: float  # share of that a year
    fees: np.ndarray  # float [p], USD/yr
    constants: Constants


class Tenantry(NamedTuple):
    """The tenants of all parks, as operators look at them."""

    firms: np.recarray
    rows: np.ndarray  # int64, of the firms that are there, park by park
    first: np.ndarray  # int64 [p + 1]


def is_on(state: State) -> bool:
    """Whether operators may spend anything on the certificate."""
    return state.market.constants.certificate_budget_share > 0.0


def missing(decree: Decree, parks: ParkRecords) -> Missing:
    """What the decree still asks for, of every park."""
    values, needs = measure(decree, parks)
    n = parks.firms.size
    found = Missing(np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n), hopeless=np.zeros(n, dtype=np.bool_))
    for criterion, value, need in zip(decree.criteria, values, needs):
        gap, remedy = np.maximum(need - value, 0.0), REMEDIES.get(criterion.sentence, NOTHING)
        if remedy in (AUDITS, METERED_AUDITS):
            metered = np.maximum(need - parks.recp, 0.0) if remedy == METERED_AUDITS else gap
            np.maximum(found.recp, gap, out=found.recp)
            np.maximum(found.recp_if_metered, metered, out=found.recp_if_metered)
        elif remedy == TRAINING:
            np.maximum(found.aware, gap, out=found.aware)
        elif remedy == SYMBIOSIS:
            np.maximum(found.symbiosis, gap, out=found.symbiosis)
        elif remedy == NOTHING:
            found.hopeless[gap > 0.0] = True
    return found


def outlook_of(state: State, year: Year, decree: Decree | None) -> Outlook:
    platform, constants = state.infrastructure.items_now[PLATFORM], state.market.constants
    return Outlook(
        year=year.number, premium=year.park_policy.premium, years=float(decree.validity if decree else NEVER),
        bound=decree is not None and decree.comply_within < NEVER,
        meters_usd=float(platform.capital) * constants.infrastructure_cost_factor,
        meters_running=float(platform.running_share),
        fees=fees_of(state.operators.area_ha, constants), constants=constants,
    )  # fmt: skip


def look_ahead(state: State, year: Year) -> None:
    """Before the year's audits are dealt: every operator decides whether to pursue the certificate, and asks for auditors."""
    if not is_on(state):
        return
    decree, seen = year.decree, state.certification.seen
    if decree is None or not decree.open_in(year.number) or not seen:
        rest_all(state.operators)
        return
    tenantry = Tenantry(state.firms, year.rows, year.first)
    weigh_all(state.operators, tenantry, missing(decree, seen[0]), outlook_of(state, year, decree))


def commission(state: State, year: Year) -> None:
    """After operators have set their facilitation and training: what they have decided on is ordered and paid."""
    if not is_on(state):
        return
    tenantry = Tenantry(state.firms, year.rows, year.first)
    situation = Situation(state.market.catalogue, state.surroundings, year.number, state.market.constants)
    outlook = outlook_of(state, year, year.decree)
    order_all(state.operators, tenantry, situation, outlook, state.books.audits_given[BY_OPERATORS])


# ---- the decision ------------------------------------------------------------------------------------------------------


@compiled
def weigh_all(operators, tenantry, missing, outlook):
    for p in range(operators.size):
        rest(operators[p])
        # who has set out, and has tenants with whom to get there
        if operators.commit_year[p] > 0 and tenantry.first[p + 1] > tenantry.first[p]:
            weigh(operators[p], p, tenantry, missing, outlook)


@compiled
def rest_all(operators):
    for p in range(operators.size):
        rest(operators[p])


@compiled
def rest(operator):
    """Nothing is decided for this year yet."""
    operator.pursues = False
    operator.audits_wanted = 0
    operator.certificate_benefit = 0.0
    operator.certificate_cost = 0.0


@compiled
def weigh(operator, p, tenantry, missing, outlook):
    """Whether the operator does something about what is missing, and for how many audits it asks.

    Who is bound by its foundation does what it can; others where the certificate is worth what is missing.
    """
    constants = outlook.constants
    bound = operator.born_eco and outlook.bound
    benefit = expected_benefit(outlook.premium, outlook.fees[p], operator.belief, operator.preference)
    if benefit <= 0.0 and not bound:
        return
    operator.certificate_benefit = benefit
    if missing.hopeless[p]:
        operator.certificate_cost = np.inf
        return
    size = tenantry.first[p + 1] - tenantry.first[p]
    left = constants.certificate_budget_share * outlook.fees[p] - running_meters(operator, size, outlook)
    lacking = lacking_of(operator, p, tenantry, missing, outlook)
    metering = outlook.meters_usd * size
    plan = plan_of(operator, lacking, metering, left, outlook)
    operator.certificate_cost = plan.yearly
    something = lacking.audits > 0 or lacking.awareness or lacking.symbiosis
    if something and (bound or (benefit > 0.0 and benefit >= plan.yearly)):
        operator.pursues = True
        decide(operator, left, lacking, plan, outlook)


class Lacking(NamedTuple):
    """What a park lacks, in what its operator can order."""

    audits: int  # so many would bring the share of firms that apply RECP
    audits_if_metered: int  # the same where meters measure all savings
    due: int  # tenants that may be audited
    awareness: bool
    symbiosis: bool


class Plan(NamedTuple):
    """How an operator would close the gaps, and what each would cost it in its first year [USD]."""

    meters: bool
    metering: float
    audits: int
    audit: float  # of one audit, without the tenant's share
    training: float
    symbiosis: float
    yearly: float  # all together, over the validity of a certificate [USD/yr]


@compiled
def lacking_of(operator, p, tenantry, missing, outlook):
    """What is missing in park p, less what audits of late will bring."""
    under_way, due = look_at_tenants(tenantry, p, operator.monitored, outlook)
    success = outlook.constants.audit_success_share
    return Lacking(
        audits_needed(missing.recp[p], under_way, success),
        audits_needed(missing.recp_if_metered[p], under_way, success),
        due,
        missing.aware[p] > 0.0,
        missing.symbiosis[p] > 0.0,
    )


@compiled
def plan_of(operator, lacking, metering, left, outlook):
    """The cheaper of two ways to the share of firms, with meters or by audits alone, and what else is missing.

    Meters are out of reach where they cost more than what is `left` of the year's money.
    """
    constants, rate, years = outlook.constants, outlook.constants.operator_hurdle_rate, outlook.years
    audit, training = own_part(constants.audit_cost_usd, constants), own_part(constants.training_cost_usd, constants)
    by_audits = lacking.audits * audit
    by_meters = metering * (1.0 + outlook.meters_running * annuity(rate, years)) + lacking.audits_if_metered * audit
    meters = not operator.monitored and metering <= left and by_meters < by_audits
    once = (by_meters if meters else by_audits) + (training if lacking.awareness else 0.0)
    brokering = 0.0
    if lacking.symbiosis:
        once += constants.study_cost_usd
        brokering = cost_of_brokering(operator, own_effort(operator, constants), constants)
    return Plan(
        meters,
        metering,
        min(lacking.audits_if_metered if meters else lacking.audits, lacking.due),
        audit,
        training,
        brokering + (constants.study_cost_usd if study_is_due(operator, outlook) else 0.0),
        yearly_cost(once, brokering, rate, years),
    )


FOR_RECP, FOR_AWARENESS, FOR_SYMBIOSIS = range(3)


@compiled
def decide(operator, left, lacking, plan, outlook):
    """What is `left` of the year's money [USD] is spent on the cheapest gap first, as far as it reaches.

    The year in which something is ordered is noted, and audits are asked for. What is too dear is left out, and what comes after
    it is not.
    """
    for_recp = (plan.metering if plan.meters else 0.0) + plan.audits * plan.audit
    price = for_recp, plan.training, plan.symbiosis
    is_open = 1 if for_recp > 0.0 or plan.audits > 0 else 0
    is_open += (2 if lacking.awareness else 0) + (4 if lacking.symbiosis else 0)
    while is_open > 0:
        gap = cheapest(price, is_open)
        is_open -= 1 << gap
        if gap == FOR_RECP:
            left -= order_for_recp(operator, left, plan, outlook)
        elif price[gap] <= left:
            left -= price[gap]
            if gap == FOR_AWARENESS:
                operator.trained_year = outlook.year
            else:
                if study_is_due(operator, outlook):
                    operator.studied_year = outlook.year
                operator.brokered_year = outlook.year


@compiled
def cheapest(price, is_open):
    """The cheapest of the three gaps whose bit is set."""
    best = -1
    for gap in range(3):
        if (is_open >> gap) & 1 == 1 and (best < 0 or price[gap] < price[best]):
            best = gap
    return best


@compiled
def order_for_recp(operator, left, plan, outlook):
    """Meters if they are part of the plan and can be paid, and as many of its audits as can. Gives what they cost [USD]."""
    paid = 0.0
    if plan.meters and plan.metering <= left:
        operator.metering_year = outlook.year
        paid = plan.metering
    within_means = int((left - paid) / plan.audit + 1e-9) if plan.audit > 0.0 else plan.audits
    operator.audits_wanted = min(plan.audits, max(within_means, 0))
    return paid + operator.audits_wanted * plan.audit


@compiled
def own_part(cost, constants):
    """What the operator pays itself [USD] of what it commissions for tenants: they pay the rest."""
    return cost * (1.0 - constants.tenant_share)


@compiled
def running_meters(operator, size, outlook):
    """What meters that stand cost in the year [USD]."""
    stand = 0 < operator.metering_year < outlook.year
    return outlook.meters_running * outlook.meters_usd * size if stand else 0.0


@compiled
def full_effort(operator, constants):
    """Facilitation of the operator at full effort."""
    return min(1.0, operator.capacity * constants.facilitation_programme * operator.facilitation_factor)


@compiled
def own_effort(operator, constants):
    """Its facilitation when nobody helps and nothing is pursued."""
    return min(1.0, operator.capacity * constants.facilitation_alone * operator.facilitation_factor)


@compiled
def cost_of_brokering(operator, already, constants):
    """What it costs [USD/yr] to facilitate with full effort beyond the facilitation that there is `already`."""
    return constants.facilitation_cost_usd * max(full_effort(operator, constants) - already, 0.0)


@compiled
def study_is_due(operator, outlook):
    """Studies are commissioned again when as much time has passed as between two audits of a firm."""
    return operator.studied_year == 0 or outlook.year - operator.studied_year >= outlook.constants.audit_interval


@compiled
def look_at_tenants(tenantry, p, monitored, outlook):
    """(Firms audited of late that do not count yet but may, firms that may be audited) in park p."""
    under_way, due, fresh = 0, 0, outlook.constants.stale_years
    for n in range(tenantry.first[p], tenantry.first[p + 1]):
        firm = tenantry.firms[tenantry.rows[n]]
        if counts_already(firm, monitored):
            continue
        if may_be_audited(firm, outlook):
            due += 1
        elif outlook.year - firm.audit_year <= fresh:
            under_way += 1
    return under_way, due


@compiled
def counts_already(firm, monitored):
    return firm.applies_recp and (firm.measured or monitored)


@compiled
def may_be_audited(firm, outlook):
    """Nobody has audited it within the interval."""
    return firm.audit_year == 0 or outlook.year - firm.audit_year >= outlook.constants.audit_interval


# ---- what is ordered -----------------------------------------------------------------------------------------------------


@compiled
def order_all(operators, tenantry, situation, outlook, given):
    for p in range(operators.size):
        operators.audits_ordered[p] = 0
        operators.pursuit_spending[p] = 0
        size = tenantry.first[p + 1] - tenantry.first[p]
        if operators.metering_year[p] > 0:
            order_meters(operators[p], size, outlook)
        if operators.pursues[p]:
            order_training(operators[p], tenantry, p, outlook)
            order_brokering(operators[p], outlook)
            order_audits(operators[p], tenantry, p, situation, given)


@compiled
def pay(operator, usd):
    """The operator pays [USD], for what the certificate needs."""
    cents = np.int64(CENTS * usd + 0.5)
    operator.spending += cents
    operator.pursuit_spending += cents


@compiled
def order_meters(operator, size, outlook):
    """Meters are put up in the year in which they are decided on, and kept from then on."""
    operator.monitored = True
    metering = outlook.meters_usd * size
    pay(operator, metering if operator.metering_year == outlook.year else outlook.meters_running * metering)


@compiled
def order_training(operator, tenantry, p, outlook):
    """The tenants are trained, as far as nobody else trains them; they pay their share, each the same."""
    if operator.trained_year != outlook.year or operator.training >= 1.0:
        return
    cents = np.int64(CENTS * outlook.constants.training_cost_usd * (1.0 - operator.training) + 0.5)
    size = tenantry.first[p + 1] - tenantry.first[p]
    each = np.int64(cents * outlook.constants.tenant_share) // size
    for n in range(tenantry.first[p], tenantry.first[p + 1]):
        tenantry.firms.invested[tenantry.rows[n]] += each
    operator.training = 1.0
    operator.spending += cents - each * size
    operator.pursuit_spending += cents - each * size


@compiled
def order_brokering(operator, outlook):
    """The operator facilitates with full effort, and has shared systems studied."""
    constants = outlook.constants
    if operator.brokered_year == outlook.year:
        pay(operator, cost_of_brokering(operator, operator.facilitation, constants))
        operator.facilitation = max(operator.facilitation, full_effort(operator, constants))
    if operator.studied_year == outlook.year:
        pay(operator, constants.study_cost_usd)


@compiled
def order_audits(operator, tenantry, p, situation, given):
    """As many tenants are audited as there are auditors for, in keyed order: such as do not count yet and are due."""
    constants, stream = situation.constants, situation.surroundings.streams[AUDIT_DRAW]
    cents = np.int64(CENTS * constants.audit_cost_usd + 0.5)
    theirs = np.int64(cents * constants.tenant_share + 0.5)
    for _ in range(operator.audits_wanted):
        next_one, lowest = -1, 2.0
        for n in range(tenantry.first[p], tenantry.first[p + 1]):
            i = tenantry.rows[n]
            firm = tenantry.firms[i]
            is_due = firm.audit_year == 0 or situation.year - firm.audit_year >= constants.audit_interval
            if is_due and not counts_already(firm, operator.monitored):
                turn = draw(stream, firm.key, situation.year, 0)
                if turn < lowest:
                    next_one, lowest = i, turn
        if next_one < 0:
            return
        receive_audit(tenantry.firms[next_one], situation)
        tenantry.firms.invested[next_one] += theirs
        given[next_one] += 1
        operator.spending += cents - theirs
        operator.pursuit_spending += cents - theirs
        operator.audits_ordered += 1
        operator.audits_since_2015 += 1
