"""The exchanges' year, compiled: opportunities are noticed, partners found, exchanges reviewed, agreed, licensed, run.

Every function works on rows of the exchange table `e` in the scene `x`. Order is given from outside, sorted by worth and key,
so no result depends on the order of rows.
"""

from __future__ import annotations

import numpy as np

from eipsim.core.compiled import compiled, inlined
from eipsim.core.draws import draw, fold
from eipsim.exchanges import catalogue as kinds
from eipsim.exchanges import columns as col
from eipsim.exchanges.columns import (
    DOES_NOT_PAY,
    ENDED,
    FEASIBLE,
    IDENTIFIED,
    NEGOTIATING,
    NOT_AGREED,
    NOT_FEASIBLE,
    OPERATING,
    OUTSIDE,
    PARTNER_LEFT,
    REFUSED,
)
from eipsim.exchanges.partners import (
    FUEL_DEMAND,
    HAZARDOUS_POOL,
    MATERIAL_DEMAND,
    N_POOLS,
    NO_DEMAND,
    WASTE_POOL,
    WASTEWATER_POOL,
    WATER_DEMAND,
    capital_per_unit,
    charge_avoided,
    demand_left,
    displaced_unit,
    draw_project,
    draw_size,
    find_receiver,
    is_there,
    supply_left,
    unit_margin,
)
from eipsim.infrastructure.year import N_FUELS
from eipsim.policy.symbiosis import NO_REFORM
from eipsim.rules.awareness import stays_unaware
from eipsim.rules.symbiosis import (
    delivered_share,
    eased,
    licence_years,
    negotiation_probability,
    trust_after,
    yearly_benefit,
)

MUNICIPAL, TONNES, CUBIC_METRES = kinds.MUNICIPAL, kinds.TONNES, kinds.CUBIC_METRES
REFORMED_CLASS = kinds.REFORMED_CLASS
NEVER = -1.0  # no chance falls as low
LARGEST_EPISODE = 100


# ---- noticing ----------------------------------------------------------------------------------------------------------


@inlined
def opportunity_key(x, i, k):
    """Name of the opportunity (firm, type) in keyed draws."""
    return fold(x.tenants.key[i], np.uint64(k))


@inlined
def wait(x, i, slot, bar, episode):
    """Opportunity `slot` of firm i is noticed once the chance of not having noticed it since now falls to a draw."""
    k = x.terms.kinds[x.tenants.sector[i], slot - x.tenants.first_slot[i]]
    item = k + x.types.kind.size * min(episode, LARGEST_EPISODE)
    bar[slot] = x.sites.unnoticed[x.tenants.park[i]] * draw(x.terms.identification, x.tenants.key[i], 0, item)


@compiled
def all_arrive(x, rows, bar):
    """Firms move in: each of their opportunities waits to be noticed."""
    for n in range(rows.size):
        i = rows[n]
        for slot in range(x.tenants.first_slot[i], x.tenants.first_slot[i] + x.terms.n_kinds[x.tenants.sector[i]]):
            wait(x, i, slot, bar, 0)


@compiled
def all_depart(x, rows, bar):
    """Firms leave: nothing of theirs is noticed any more."""
    for n in range(rows.size):
        i = rows[n]
        for slot in range(x.tenants.first_slot[i], x.tenants.first_slot[i] + x.terms.n_kinds[x.tenants.sector[i]]):
            bar[slot] = NEVER


@compiled
def look_around(x, screening, c):
    """The year's chances of noticing an opportunity: by oneself, through the operator, through a screening [p]."""
    for p in range(x.sites.size):
        hazard = c.spontaneous_rate + c.brokering_rate * x.sites.facilitation[p]
        x.sites.unscreened[p] = x.sites.unnoticed[p] * stays_unaware(hazard)
        x.sites.unnoticed[p] = x.sites.unscreened[p] * (1.0 - screening[p] * c.screening_probability)


@compiled
def notice(x, bar, noticed):
    """Fill `noticed` with the slots whose time has come; returns how many."""
    n = 0
    for p in range(x.sites.size):
        unnoticed = x.sites.unnoticed[p]
        for slot in range(x.sites.first_slot[p], x.sites.end_slot[p]):
            if unnoticed <= bar[slot]:
                noticed[n] = slot
                n += 1
    return n


@inlined
def firm_of(x, slot):
    """Row of the firm that an opportunity belongs to."""
    low, high = 0, x.tenants.size
    while high - low > 1:
        middle = (low + high) // 2
        if x.tenants.first_slot[middle] <= slot:
            low = middle
        else:
            high = middle
    return low


@inlined
def open_exchange(x, e, n, slot, i, screened, plant, plant_km, c):
    """Row n becomes the exchange that opportunity `slot` of firm i stands for, without its partner yet."""
    k = x.terms.kinds[x.tenants.sector[i], slot - x.tenants.first_slot[i]]
    p, municipal = x.tenants.park[i], x.types.kind[k] == MUNICIPAL
    e.key[n], e.kind[n], e.slot[n] = opportunity_key(x, i, k), k, slot
    e.donor[n], e.receiver[n] = (OUTSIDE, i) if municipal else (i, OUTSIDE)
    e.donor_park[n], e.receiver_park[n], e.plant[n] = p, p, plant[p, k] if municipal else OUTSIDE
    e.distance_km[n] = plant_km[p, k] * c.circuity if municipal else 0.0
    e.identified_year[n], e.legal_class[n] = x.terms.year, x.types.legal_class[k]
    e.urban[n], e.screened[n] = x.types.urban[k], screened
    draw_size(x, e, n, c)


@compiled
def draft(x, e, start, noticed, count, bar, episodes, plant, plant_km, c, worth):
    """Write a row for every opportunity noticed from row `start` on; `worth` [count] is what it is worth at most, USD/yr.

    Those too small to be named, or without anybody to take them now, have worth 0 and wait for another time.
    """
    for m in range(count):
        slot, n = noticed[m], start + m
        i = firm_of(x, slot)
        screened = bar[slot] < x.sites.unscreened[x.tenants.park[i]]
        open_exchange(x, e, n, slot, i, screened, plant, plant_km, c)
        e.episode[n] = episodes[slot]
        worth[m] = 0.0
        if e.donor[n] == OUTSIDE and e.plant[n] == OUTSIDE:
            bar[slot] = NEVER  # no plant within reach of the park
            continue
        quantity = supply_left(x, e, n, c)
        if e.donor[n] == OUTSIDE:
            quantity = min(quantity, demand_left(x, e, n, c))
        values = max(e.donor_value[n] + charge_avoided(x, e, n), 0.0) + max(e.receiver_value[n], 0.0)
        if quantity * values >= c.least_value_usd:
            worth[m] = quantity * values
        else:
            search_again(x, i, slot, bar, episodes)


@inlined
def search_again(x, i, slot, bar, episodes):
    """The opportunity waits to be noticed anew, by another draw."""
    episodes[slot] += 1
    wait(x, i, slot, bar, episodes[slot])


@compiled
def identify(x, y, e, order, bar, episodes, c):
    """Rows `order`, best first, choose their partners; those that find none are marked as ended and wait again."""
    for m in range(order.size):
        n = order[m]
        draw_project(x, e, n, c)
        anchor = e.receiver[n] if e.donor[n] == OUTSIDE else e.donor[n]
        found = e.donor[n] == OUTSIDE or find_receiver(x, y, e, n, c)
        if not found:
            e.state[n] = ENDED
            e.identified_year[n] = 0
            search_again(x, anchor, e.slot[n], bar, episodes)
            continue
        bar[e.slot[n]] = NEVER
        weigh_up(x, e, n, c)
        e.potential[n] = e.tentative[n]
        e.state[n] = IDENTIFIED
        if e.donor_benefit[n] > 0.0:
            e.state[n], e.feasible_year[n] = FEASIBLE, x.terms.year
            reserve(x, e, n, e.tentative[n])


# ---- what an exchange is worth ------------------------------------------------------------------------------------------


@inlined
def degree_of_reform(x, e, n):
    """How far the law is eased for exchange n [0-1]: by the country's reform of its stream, or by the donor park's sandbox."""
    reform = x.types.reform[e.kind[n]]
    if reform == NO_REFORM:
        return 0.0
    return max(x.sites.eased[e.donor_park[n], reform], x.sites.sandbox[e.donor_park[n]])


@inlined
def licence_cost(x, e, n):
    """USD that the law of the year asks for."""
    today, reformed = x.classes.cost[e.legal_class[n]], x.classes.cost[REFORMED_CLASS]
    return eased(today, reformed, degree_of_reform(x, e, n))


@inlined
def weigh_up(x, e, n, c):
    """Quantity that exchange n could move with what is left, and the benefit of each side, capital and law included."""
    supply = supply_left(x, e, n, c)
    quantity = max(min(supply, demand_left(x, e, n, c)), 0.0)
    if e.design[n] > 0.0:
        quantity = min(quantity, e.design[n])
    e.tentative[n], e.unit_margin[n] = quantity, unit_margin(x, e, n)
    if e.state[n] != OPERATING:  # what was built and paid for stays as it was
        e.licence_usd[n] = licence_cost(x, e, n)
        e.capex_usd[n] = quantity * capital_per_unit(x, e, n, c)
    capital = e.capex_usd[n] + e.licence_usd[n] + c.transaction_cost_usd
    joint = yearly_benefit(quantity, e.unit_margin[n], c.management_cost_usd, capital, x.terms.rate_of_capital)
    e.donor_benefit[n] = c.bargaining_share * joint
    e.receiver_benefit[n] = joint - e.donor_benefit[n]


@inlined
def reserve(x, e, n, quantity):
    """Take `quantity` from what the donor has left and the receiver still wants: no tonne, m3 or GJ is matched twice."""
    k, i, j = e.kind[n], e.donor[n], e.receiver[n]
    stream, demand = x.types.stream[k], x.types.demand[k]
    if i == OUTSIDE:
        x.plants.left[e.plant[n]] = max(x.plants.left[e.plant[n]] - quantity, 0.0)
    elif stream < N_POOLS:
        drawn = quantity * x.types.drawn[k]
        x.tenants.supply[i, stream] = max(x.tenants.supply[i, stream] - drawn, 0.0)
    if j != OUTSIDE and demand != NO_DEMAND:
        displaced = quantity * displaced_unit(x, e, n)
        x.tenants.demand[j, demand] = max(x.tenants.demand[j, demand] - displaced, 0.0)


# ---- the review of a year ----------------------------------------------------------------------------------------------


@inlined
def end(e, n, reason, year):
    """Exchange n is over."""
    e.state[n], e.ended_year[n], e.ended_because[n] = ENDED, year, reason
    e.quantity[n], e.co2_t[n] = 0.0, 0.0


@inlined
def partner_has_left(x, e, n):
    i, j = e.donor[n], e.receiver[n]
    return (i != OUTSIDE and not is_there(x, i)) or (j != OUTSIDE and not is_there(x, j))


@compiled
def appraise(x, e, rows, bar, episodes, c, worth):
    """Fill `worth` [USD/yr] of exchanges `rows` for the order in which they are served; those without a partner end.

    The partner who stays may look for another one.
    """
    for m in range(rows.size):
        n = rows[m]
        worth[m], e.quantity[n], e.co2_t[n] = 0.0, 0.0, 0.0
        if partner_has_left(x, e, n):
            end(e, n, PARTNER_LEFT, x.terms.year)
            anchor = e.receiver[n] if e.donor[n] == OUTSIDE else e.donor[n]
            if is_there(x, anchor):
                search_again(x, anchor, e.slot[n], bar, episodes)
            continue
        weigh_up(x, e, n, c)
        worth[m] = running_benefit(e, n, c)


@inlined
def running_benefit(e, n, c):
    """USD/yr of an exchange that stands: capital is spent."""
    return e.tentative[n] * e.unit_margin[n] - c.management_cost_usd


@compiled
def review(x, e, order, bar, episodes, c, flows):
    """Every live exchange, those in operation first, best first: served, agreed, licensed, begun, ended and booked."""
    for m in range(order.size):
        n = order[m]
        if e.state[n] == ENDED:
            continue
        weigh_up(x, e, n, c)
        if e.state[n] == OPERATING:
            go_on(x, e, n, c)
        else:
            proceed(x, e, n, bar, episodes, c, flows)
        if e.state[n] == OPERATING:
            book_exchange(x, e, n, c, flows)


@inlined
def go_on(x, e, n, c):
    """An exchange in operation: it moves what it can, and ends when it has not paid for `unpaid_years`."""
    if e.tentative[n] > 0.0 and running_benefit(e, n, c) > 0.0:
        e.unpaid[n], e.quantity[n] = 0, e.tentative[n]
        reserve(x, e, n, e.quantity[n])
        return
    e.unpaid[n] += 1
    if e.unpaid[n] >= c.unpaid_years:
        end(e, n, DOES_NOT_PAY, x.terms.year)


@inlined
def proceed(x, e, n, bar, episodes, c, flows):
    """An exchange that does not operate yet goes as far as benefit, partners and law let it this year."""
    year = x.terms.year
    if not e.donor_benefit[n] > 0.0:
        give_up_when_hopeless(e, n, year, c)
        return
    e.infeasible_since[n] = 0
    reserve(x, e, n, e.tentative[n])
    if e.state[n] == IDENTIFIED:
        e.state[n], e.feasible_year[n] = FEASIBLE, year
        return
    if e.state[n] == FEASIBLE:
        e.state[n], e.negotiating_year[n] = NEGOTIATING, year
    if e.agreed_year[n] == 0:
        negotiate(x, e, n, bar, episodes, c)
    if e.agreed_year[n] > 0 and e.state[n] == NEGOTIATING:
        ask_the_law(x, e, n, c)
    if e.licensed_year[n] > 0:
        begin(x, e, n, c, flows)


@inlined
def give_up_when_hopeless(e, n, year, c):
    """Without a joint benefit nothing moves on; after `review_years` of that the exchange is given up."""
    if e.infeasible_since[n] == 0:
        e.infeasible_since[n] = e.identified_year[n] if e.feasible_year[n] == 0 else year
    if year - e.infeasible_since[n] >= c.review_years:
        end(e, n, NOT_FEASIBLE, year)


@inlined
def negotiate(x, e, n, bar, episodes, c):
    """Agreement by a yearly draw; after `negotiation_years` the partners give up, trust is lost, and the donor looks again."""
    p, o, year = e.donor_park[n], e.receiver_park[n], x.terms.year
    trust = 0.5 * (x.sites.trust[p] + x.sites.trust[o])
    help_given = 0.5 * (x.sites.facilitation[p] + x.sites.facilitation[o])
    effect = 0.5 * (x.sites.effect[p] + x.sites.effect[o])
    chance = negotiation_probability(
        c.negotiation_rate, trust, c.trust_weight, help_given, c.facilitation_weight, has_experience(x, e, n),
        c.experience_weight, effect,
    )  # fmt: skip
    if draw(x.terms.negotiation, e.key[n], year, 0) < chance:
        e.agreed_year[n], e.applied_year[n] = year, year
    elif year - e.negotiating_year[n] + 1 >= c.negotiation_years:
        end(e, n, NOT_AGREED, year)
        x.sites.failures[p] += 1
        anchor = e.receiver[n] if e.donor[n] == OUTSIDE else e.donor[n]
        search_again(x, anchor, e.slot[n], bar, episodes)


@inlined
def has_experience(x, e, n):
    """1 when one of the partners has begun an exchange before, else 0."""
    i, j = e.donor[n], e.receiver[n]
    return 1.0 if (i != OUTSIDE and x.tenants.links[i] > 0) or (j != OUTSIDE and x.tenants.links[j] > 0) else 0.0


@inlined
def ask_the_law(x, e, n, c):
    """The application of exchange n: pending, granted, or refused; a refused one is made again later, or given up."""
    degree, year = degree_of_reform(x, e, n), x.terms.year
    if e.applied_year[n] == 0 and not applies_again(e, n, degree, year, c):
        return
    if year - e.applied_year[n] < licence_years(months_needed(x, e, n, degree), e.time_of_year[n]):
        return
    today, reformed = x.classes.refusal[e.legal_class[n]], x.classes.refusal[REFORMED_CLASS]
    refusal = min(1.0, c.refusal_scale * eased(today, reformed, degree))
    if draw(x.terms.licence, e.key[n], e.identified_year[n], e.refusals[n]) < refusal:
        e.refusals[n] += 1
        e.refused_year[n], e.refused_degree[n], e.applied_year[n] = year, degree, 0
        e.first_refused[n] = year if e.first_refused[n] == 0 else e.first_refused[n]
    else:
        e.licensed_year[n] = year
        reform = x.types.reform[e.kind[n]]
        e.sandbox[n] = reform != NO_REFORM and x.sites.sandbox[e.donor_park[n]] > x.sites.eased[e.donor_park[n], reform]


@inlined
def applies_again(e, n, degree, year, c):
    """After a refusal: at once when the law has been eased since, else after some years; given up in the end."""
    eased_since = degree > e.refused_degree[n]
    if not eased_since and year - e.first_refused[n] >= c.review_years:
        end(e, n, REFUSED, year)
        return False
    if eased_since or year - e.refused_year[n] >= c.reapply_years:
        e.applied_year[n] = year
        return True
    return False


@inlined
def months_needed(x, e, n, degree):
    """Months of the procedure for this project under the law of the year and the lever on its duration."""
    legal, place = e.legal_class[n], e.months_draw[n]
    today = x.classes.months[legal, 0] + place * (x.classes.months[legal, 1] - x.classes.months[legal, 0])
    least, most = x.classes.months[REFORMED_CLASS, 0], x.classes.months[REFORMED_CLASS, 1]
    return x.terms.months_factor * eased(today, least + place * (most - least), degree)


@inlined
def begin(x, e, n, c, flows):
    """The exchange is built and runs: its capital and licence are paid, trust grows."""
    p = e.donor_park[n]
    e.state[n], e.operating_year[n] = OPERATING, x.terms.year
    e.quantity[n] = e.design[n] = e.tentative[n]
    flows[p, col.F_CAPEX] += e.capex_usd[n] + c.transaction_cost_usd
    flows[p, col.F_LICENCE] += e.licence_usd[n]
    x.sites.successes[p] += 1
    if e.receiver_park[n] != p:
        x.sites.successes[e.receiver_park[n]] += 1
    if e.donor[n] != OUTSIDE:
        x.tenants.links[e.donor[n]] += 1
    if e.receiver[n] != OUTSIDE:
        x.tenants.links[e.receiver[n]] += 1


@compiled
def change_trust(x, c):
    """What the year's successes and failures leave behind, park by park."""
    for p in range(x.sites.size):
        done, failed = x.sites.successes[p], x.sites.failures[p]
        if done + failed > 0:
            x.sites.trust[p] = trust_after(x.sites.trust[p], done, failed, c.trust_gain, c.trust_loss)
            x.sites.successes[p], x.sites.failures[p] = 0, 0


# ---- accounts ----------------------------------------------------------------------------------------------------------


@inlined
def book_exchange(x, e, n, c, flows):
    """Add exchange n's year to the flows [p, flow] of its donor's and its receiver's park."""
    k, q, p, o = e.kind[n], e.quantity[n], e.donor_park[n], e.receiver_park[n]
    i, j = e.donor[n], e.receiver[n]
    running = q * e.unit_margin[n] - c.management_cost_usd
    if i != OUTSIDE:
        flows[p, col.F_DONOR] += c.bargaining_share * running
        flows[p, col.F_CHARGES] += q * charge_avoided(x, e, n)
        book_drawn(x, k, q, p, flows)
    if j != OUTSIDE:
        flows[o, col.F_RECEIVER] += (1.0 - c.bargaining_share) * running
        book_displaced(x, e, n, q, o, flows)
    measure = x.types.measure[k]
    flow = col.F_TONNES if measure == TONNES else col.F_CUBIC_METRES if measure == CUBIC_METRES else col.F_HEAT
    flows[p, flow] += q
    tkm = 0.0 if x.types.piped[k] else q * e.distance_km[n]
    flows[p, col.F_TKM] += tkm
    book_carbon(x, e, n, q, tkm, flows)


@inlined
def book_drawn(x, k, q, p, flows):
    """Waste and wastewater that the donor need not have treated or disposed of."""
    stream, drawn = x.types.stream[k], q * x.types.drawn[k]
    if stream == WASTE_POOL:
        flows[p, col.F_WASTE] += drawn
    elif stream == HAZARDOUS_POOL:
        flows[p, col.F_HAZARDOUS] += drawn
    elif stream == WASTEWATER_POOL:
        flows[p, col.F_WASTEWATER] += drawn


@inlined
def book_displaced(x, e, n, q, o, flows):
    """Fuel, water and materials that the receiver need not buy."""
    demand, displaced = x.types.demand[e.kind[n]], q * displaced_unit(x, e, n)
    if demand == FUEL_DEMAND:
        flows[o, col.F_FUEL] += displaced
        for f in range(N_FUELS):
            flows[o, col.F_COAL + f] += displaced * x.tenants.mix[e.receiver[n], f]
    elif demand == WATER_DEMAND:
        flows[o, col.F_WATER] += displaced
    elif demand == MATERIAL_DEMAND:
        flows[o, col.F_MATERIAL] += displaced


@inlined
def book_carbon(x, e, n, q, tkm, flows):
    """CO2 by the factor of the type, once: in the park as far as the receiver's own fuel emits it, the rest outside."""
    k, j, o = e.kind[n], e.receiver[n], e.receiver_park[n]
    avoided = q * x.types.co2[k] * delivered_share(e.distance_km[n], x.types.loss_per_km[k])
    inside = 0.0
    if x.types.in_park[k] and j != OUTSIDE:
        inside = min(avoided, x.tenants.carbon[j])
        x.tenants.carbon[j] -= inside
        flows[o, col.F_CO2_PARK] += inside
        if x.firms.covered[j]:
            flows[o, col.F_CARBON] += inside * x.zones.carbon[x.sites.zone[o], x.tenants.sector[j]]
    outside = avoided - inside - tkm * x.terms.transport_co2
    flows[e.donor_park[n], col.F_CO2_OUTSIDE] += outside
    e.co2_t[n] = inside + outside
