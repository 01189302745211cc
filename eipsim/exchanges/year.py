"""The exchanges' year, compiled: opportunities are noticed, partners found, exchanges reviewed, agreed, licensed, run.

Every verb works on a row of the table of exchanges in the scene. Order is given from outside, sorted by worth and key, so no
result depends on the order of rows.
"""

from __future__ import annotations

import numpy as np

from eipsim.core.compiled import compiled, inlined
from eipsim.core.draws import fold
from eipsim.exchanges.agreeing import go_on, partner_has_left, proceed
from eipsim.exchanges.booking import book_exchange
from eipsim.exchanges.catalogue import MUNICIPAL
from eipsim.exchanges.columns import ENDED, FEASIBLE, IDENTIFIED, OPERATING, OUTSIDE, PARTNER_LEFT
from eipsim.exchanges.partners import draw_project, draw_size, find_receiver
from eipsim.exchanges.scene import NOT_WAITING, anchor_of, end, is_there, search_again, wait
from eipsim.exchanges.worth import largest_worth, reserve, running_benefit, weigh_up
from eipsim.rules.awareness import stays_unaware
from eipsim.rules.symbiosis import trust_after

# ---- noticing ----------------------------------------------------------------------------------------------------------


@compiled
def all_arrive(scene, firms, search):
    """Firms move in: each of their opportunities waits to be noticed."""
    for n in range(firms.size):
        for slot in range(scene.tenants.first_slot[firms[n]], end_slot(scene, firms[n])):
            wait(scene, firms[n], slot, search)


@compiled
def all_depart(scene, firms, search):
    """Firms leave: nothing of theirs is noticed any more."""
    for n in range(firms.size):
        for slot in range(scene.tenants.first_slot[firms[n]], end_slot(scene, firms[n])):
            search.bar[slot] = NOT_WAITING


@inlined
def end_slot(scene, i):
    """Position after the last opportunity of firm i."""
    return scene.tenants.first_slot[i] + scene.common.n_kinds[scene.tenants.sector[i]]


@compiled
def look_around(scene, screening):
    """The year's chances of noticing an opportunity: by oneself, through the operator, through a screening [p]."""
    sites, constants = scene.sites, scene.constants
    for p in range(sites.size):
        hazard = constants.spontaneous_rate + constants.brokering_rate * sites.facilitation[p]
        # kept apart, so that an opportunity found by a screening can be told from one that was due anyway
        sites.unscreened[p] = sites.unnoticed[p] * stays_unaware(hazard)
        sites.unnoticed[p] = sites.unscreened[p] * (1.0 - screening[p] * constants.screening_probability)


@compiled
def notice(scene, search, noticed):
    """Fill `noticed` with the slots whose time has come; returns how many."""
    count = 0
    for p in range(scene.sites.size):
        unnoticed = scene.sites.unnoticed[p]
        for slot in range(scene.sites.first_slot[p], scene.sites.end_slot[p]):
            if unnoticed <= search.bar[slot]:
                noticed[count] = slot
                count += 1
    return count


# ---- finding a partner -------------------------------------------------------------------------------------------------


@compiled
def draft(scene, surveyed, exchanges, start, noticed, search, worth):
    """Write a row for every opportunity noticed from row `start` on; `worth` [noticed] is what it is worth at most, USD/yr.

    Those too small to be named, or without anybody to take them now, have worth 0 and wait for another time.
    """
    for m in range(noticed.size):
        slot, row = noticed[m], start + m
        p = open_exchange(scene, surveyed, exchanges, row, slot)
        exchanges.screened[row] = search.bar[slot] < scene.sites.unscreened[p]
        exchanges.episode[row] = search.episodes[slot]
        worth[m] = 0.0
        if exchanges.donor[row] == OUTSIDE and exchanges.plant[row] == OUTSIDE:
            search.bar[slot] = NOT_WAITING  # no plant within reach of the park
            continue
        most = largest_worth(scene, exchanges, row)
        if most >= scene.constants.least_value_usd:
            worth[m] = most
        else:
            search_again(scene, exchanges, row, search)


@inlined
def open_exchange(scene, surveyed, exchanges, row, slot):
    """The row becomes the exchange that opportunity `slot` stands for, without its partner yet. Returns the firm's park."""
    i = firm_of(scene, slot)
    p, k = scene.tenants.park[i], scene.common.kinds[scene.tenants.sector[i], slot - scene.tenants.first_slot[i]]
    municipal = scene.types.kind[k] == MUNICIPAL
    exchanges.key[row], exchanges.kind[row], exchanges.slot[row] = opportunity_key(scene, i, k), k, slot
    exchanges.donor[row], exchanges.receiver[row] = (OUTSIDE, i) if municipal else (i, OUTSIDE)
    exchanges.donor_park[row], exchanges.receiver_park[row] = p, p
    exchanges.plant[row] = surveyed.plant[p, k] if municipal else OUTSIDE
    exchanges.distance_km[row] = surveyed.plant_km[p, k] * scene.constants.circuity if municipal else 0.0
    exchanges.identified_year[row], exchanges.legal_class[row] = scene.common.year, scene.types.legal_class[k]
    exchanges.urban[row] = scene.types.urban[k]
    draw_size(scene, exchanges, row)
    return p


@inlined
def opportunity_key(scene, i, k):
    """Name of the opportunity (firm, type) in keyed draws."""
    return fold(scene.tenants.key[i], np.uint64(k))


@inlined
def firm_of(scene, slot):
    """Row of the firm that an opportunity belongs to."""
    low, high = 0, scene.tenants.size
    while high - low > 1:
        middle = (low + high) // 2
        if scene.tenants.first_slot[middle] <= slot:
            low = middle
        else:
            high = middle
    return low


@compiled
def identify(scene, surveyed, exchanges, order, search):
    """Rows `order`, best first, choose their partners; those that find none are marked as ended and wait again."""
    for m in range(order.size):
        row = order[m]
        draw_project(scene, exchanges, row)
        found = exchanges.donor[row] == OUTSIDE or find_receiver(scene, surveyed, exchanges, row)
        if not found:
            exchanges.state[row], exchanges.identified_year[row] = ENDED, 0
            search_again(scene, exchanges, row, search)
            continue
        search.bar[exchanges.slot[row]] = NOT_WAITING
        weigh_up(scene, exchanges, row)
        exchanges.potential[row], exchanges.state[row] = exchanges.tentative[row], IDENTIFIED
        if exchanges.donor_benefit[row] > 0.0:
            exchanges.state[row], exchanges.feasible_year[row] = FEASIBLE, scene.common.year
            reserve(scene, exchanges, row, exchanges.tentative[row])


# ---- the review of a year ----------------------------------------------------------------------------------------------


@compiled
def appraise(scene, exchanges, rows, search, worth):
    """Fill `worth` [USD/yr] of exchanges `rows` for the order in which they are served; those without a partner end.

    The partner who stays may look for another one.
    """
    for m in range(rows.size):
        row = rows[m]
        worth[m], exchanges.quantity[row], exchanges.co2_t[row] = 0.0, 0.0, 0.0
        if partner_has_left(scene, exchanges, row):
            end(scene, exchanges, row, PARTNER_LEFT)
            if is_there(scene, anchor_of(exchanges, row)):
                search_again(scene, exchanges, row, search)
            continue
        weigh_up(scene, exchanges, row)
        worth[m] = running_benefit(scene, exchanges, row, exchanges.tentative[row])


@compiled
def review(scene, exchanges, order, search, flows):
    """Every live exchange, those in operation first, best first: served, agreed, licensed, begun, ended and booked."""
    for m in range(order.size):
        row = order[m]
        if exchanges.state[row] == ENDED:
            continue
        # again, because those before it in the order have taken from the same donors and receivers
        weigh_up(scene, exchanges, row)
        if exchanges.state[row] == OPERATING:
            go_on(scene, exchanges, row)
        else:
            proceed(scene, exchanges, row, search, flows)
        if exchanges.state[row] == OPERATING:
            book_exchange(scene, exchanges, row, flows)


@compiled
def change_trust(scene):
    """What the year's successes and failures leave behind, park by park."""
    sites, constants = scene.sites, scene.constants
    for p in range(sites.size):
        done, failed = sites.successes[p], sites.failures[p]
        if done + failed > 0:
            sites.trust[p] = trust_after(sites.trust[p], done, failed, constants.trust_gain, constants.trust_loss)
            sites.successes[p], sites.failures[p] = 0, 0
