"""The exchanges' year, compiled: opportunities are noticed, partners found, exchanges reviewed, agreed, licensed, run.

Every verb works on rows. Order is given from outside, sorted by worth and key, so no result depends on the order of rows.
"""

from __future__ import annotations

import numpy as np

from eipsim.core.compiled import compiled, inlined
from eipsim.core.draws import fold
from eipsim.exchanges.agreeing import go_on, partner_has_left, proceed
from eipsim.exchanges.booking import book_exchange
from eipsim.exchanges.catalogue import MUNICIPAL
from eipsim.exchanges.columns import ENDED, FEASIBLE, IDENTIFIED, NOT_AGREED, OPERATING, OUTSIDE, PARTNER_LEFT
from eipsim.exchanges.partners import draw_project, draw_size, find_receiver
from eipsim.exchanges.scene import NOT_WAITING, Deal, anchor_of, chance_to_wait_for, end, is_there, search_again
from eipsim.exchanges.worth import demand_left, largest_worth, look_at, reserve, running_benefit, supply_left, weigh_up
from eipsim.rules.awareness import stays_unaware
from eipsim.rules.symbiosis import trust_after

# ---- who comes and goes, and what comes to be noticed ------------------------------------------------------------------


@compiled
def open_year(scene, coming, leaving, search):
    """Rows `coming` move in: each of their opportunities waits to be noticed; of rows `leaving` nothing is noticed any more.

    Then the year's chances of noticing fall: by oneself, through the operator, through a screening.
    """
    for n in range(coming.size):
        wait(scene, scene.tenants[coming[n]], search)
    for n in range(leaving.size):
        tenant = scene.tenants[leaving[n]]
        for slot in range(tenant.first_slot, tenant.first_slot + scene.common[0].n_kinds[tenant.sector]):
            search.bar[slot] = NOT_WAITING
    for p in range(scene.sites.size):
        look_around(scene.sites[p], scene.constants)


@inlined
def wait(scene, tenant, search):
    """Each opportunity of a tenant that has just moved in waits."""
    common, unnoticed = scene.common[0], scene.sites[tenant.park].unnoticed
    for slot in range(tenant.first_slot, tenant.first_slot + common.n_kinds[tenant.sector]):
        search.bar[slot] = chance_to_wait_for(tenant, slot, search.episodes[slot], common, scene.types.size, unnoticed)


@inlined
def look_around(site, constants):
    """The chance that an opportunity of the park has not been noticed falls."""
    hazard = constants.spontaneous_rate + constants.brokering_rate * site.facilitation
    # kept apart, so that an opportunity found by a screening can be told from one that was due anyway
    site.unscreened = site.unnoticed * stays_unaware(hazard)
    site.unnoticed = site.unscreened * (1.0 - site.screening * constants.screening_probability)


@inlined
def notice(sites, bar, noticed):
    """Fill `noticed` with the slots whose time has come, park by park; returns how many."""
    count = 0
    for p in range(sites.size):
        site = sites[p]
        unnoticed = site.unnoticed
        for slot in range(site.first_slot, site.end_slot):
            if unnoticed <= bar[slot]:
                noticed[count] = slot
                count += 1
    return count


# ---- the review of a year ----------------------------------------------------------------------------------------------


@compiled
def appraise(scene, exchanges, live, search, ranks):
    """Rank the exchanges of rows `live` for the order in which they are served; those without a partner end.

    Rows of exchanges that ended last year are taken out of `live`; returns how many are left in it, in their order.
    """
    common, n = scene.common[0], 0
    for m in range(live.size):
        exchange = exchanges[live[m]]
        if exchange.state == ENDED:
            continue
        live[n] = live[m]
        deal = Deal(
            exchange, scene.types[exchange.kind], scene.tenants[exchange.donor], scene.firms[exchange.donor],
            scene.tenants[exchange.receiver], scene.plants[exchange.plant], scene.sites[exchange.donor_park],
            scene.sites[exchange.receiver_park], common, scene.constants,
        )  # fmt: skip
        ranks.less[n] = -worth_this_year(scene, deal, search)
        ranks.key[n], ranks.later[n] = exchange.key, exchange.state != OPERATING
        n += 1
    return n


@inlined
def worth_this_year(scene, deal, search):
    """USD/yr of the exchange as it could be run this year; without a partner it ends, and who stays may look for another."""
    exchange = deal.exchange
    exchange.quantity, exchange.co2_t = 0.0, 0.0
    if partner_has_left(deal):
        end(exchange, PARTNER_LEFT, deal.common.year)
        if is_there(scene.tenants[anchor_of(exchange)], deal.common.year):
            search_again(scene, exchange, search)
        return 0.0
    know_partners(scene, exchange)
    weigh_up(deal)
    return running_benefit(exchange, exchange.tentative, deal.constants)


@inlined
def know_partners(scene, exchange):
    """What those partners who are tenants have and use this year is known."""
    if exchange.donor != OUTSIDE:
        look_at(scene, exchange.donor)
    if exchange.receiver != OUTSIDE:
        look_at(scene, exchange.receiver)


@compiled
def review(scene, exchanges, order, search, accounts, noticed):
    """Every live exchange, those in operation first, best first: served, agreed, licensed, begun, ended and booked.

    Then trust changes, and `noticed` is filled with the opportunities whose time has come; returns how many.
    """
    common = scene.common[0]
    for m in range(order.size):
        exchange = exchanges[order[m]]
        if exchange.state == ENDED:
            continue
        deal = Deal(
            exchange, scene.types[exchange.kind], scene.tenants[exchange.donor], scene.firms[exchange.donor],
            scene.tenants[exchange.receiver], scene.plants[exchange.plant], scene.sites[exchange.donor_park],
            scene.sites[exchange.receiver_park], common, scene.constants,
        )  # fmt: skip
        live_through_year(deal, accounts[exchange.donor_park], accounts[exchange.receiver_park])
        if exchange.state == ENDED and exchange.ended_because == NOT_AGREED:
            search_again(scene, exchange, search)
    for p in range(scene.sites.size):
        change_trust(scene.sites[p], scene.constants)
    return notice(scene.sites, search.bar, noticed)


@inlined
def live_through_year(deal, here, there):
    """The exchange goes on, or as far as it gets; `here` and `there` are the accounts of its donor's and receiver's park."""
    # again, because those before it in the order have taken from the same donors and receivers
    weigh_up(deal)
    if deal.exchange.state == OPERATING:
        go_on(deal)
    else:
        proceed(deal, here)
    if deal.exchange.state == OPERATING:
        book_exchange(deal, here, there)


@inlined
def change_trust(site, constants):
    """What the year's successes and failures leave behind in the park."""
    done, failed = site.successes, site.failures
    if done + failed > 0:
        site.trust = trust_after(site.trust, done, failed, constants.trust_gain, constants.trust_loss)
        site.successes, site.failures = 0, 0


# ---- finding a partner -------------------------------------------------------------------------------------------------


@compiled
def draft(scene, surveyed, exchanges, start, noticed, search, ranks):
    """Write a row, from row `start` on, for every opportunity noticed that is worth naming; returns how many, and ranks them.

    Those too small to be named, or without anybody to take them now, wait for another time.
    """
    n, p = 0, 0
    for m in range(noticed.size):
        slot, exchange = noticed[m], exchanges[start + n]
        while scene.sites[p].end_slot <= slot:
            p += 1
        site = scene.sites[p]
        i = firm_of(scene.tenants, site, slot)
        open_exchange(scene, surveyed, exchange, i, slot)
        exchange.screened, exchange.episode = search.bar[slot] < site.unscreened, search.episodes[slot]
        if exchange.donor == OUTSIDE and exchange.plant == OUTSIDE:
            search.bar[slot] = NOT_WAITING  # no plant within reach of the park
            continue
        look_at(scene, i)
        most = most_worth(scene, exchange, i)
        if most >= scene.constants.least_value_usd:
            ranks.less[n], ranks.key[n] = -most, exchange.key
            n += most > 0.0
        else:
            search_again(scene, exchange, search)
    return n


@inlined
def firm_of(tenants, site, slot):
    """Row of the firm of the park that an opportunity belongs to."""
    low, high = site.first_firm, site.end_firm
    while high - low > 1:
        middle = (low + high) // 2
        if tenants[middle].first_slot <= slot:
            low = middle
        else:
            high = middle
    return low


@inlined
def open_exchange(scene, surveyed, exchange, i, slot):
    """The row becomes the exchange that opportunity `slot` of firm i stands for, without its partner yet."""
    tenant, common, constants = scene.tenants[i], scene.common[0], scene.constants
    p, k = tenant.park, common.kinds[tenant.sector, slot - tenant.first_slot]
    kind = scene.types[k]
    municipal = kind.kind == MUNICIPAL
    exchange.key, exchange.kind, exchange.slot = fold(tenant.key, np.uint64(k)), k, slot
    exchange.donor, exchange.receiver = (OUTSIDE, i) if municipal else (i, OUTSIDE)
    exchange.donor_park, exchange.receiver_park = p, p
    exchange.plant = surveyed.plant[p, k] if municipal else OUTSIDE
    exchange.distance_km = surveyed.plant_km[p, k] * constants.circuity if municipal else 0.0
    exchange.identified_year, exchange.legal_class, exchange.urban = common.year, kind.legal_class, kind.urban
    draw_size(exchange, kind, common, constants)


@inlined
def most_worth(scene, exchange, i):
    """USD/yr that the opportunity of firm i is worth at most."""
    kind, tenant = scene.types[exchange.kind], scene.tenants[i]
    supply = supply_left(exchange, kind, tenant, scene.firms[i], scene.plants[exchange.plant], scene.common[0])
    if exchange.donor == OUTSIDE:
        supply = min(supply, demand_left(exchange, kind, tenant))
    return largest_worth(exchange, kind, tenant, supply)


@compiled
def identify(scene, surveyed, exchanges, rows, search):
    """Exchanges `rows`, best first, choose their partners; of those that find none `identified_year` is 0, and they wait again.

    Returns how many have found one.
    """
    common, found = scene.common[0], 0
    for m in range(rows.size):
        exchange = exchanges[rows[m]]
        if not has_partner(scene, surveyed, exchange):
            exchange.identified_year = 0
            search_again(scene, exchange, search)
            continue
        search.bar[exchange.slot] = NOT_WAITING
        know_partners(scene, exchange)
        deal = Deal(
            exchange, scene.types[exchange.kind], scene.tenants[exchange.donor], scene.firms[exchange.donor],
            scene.tenants[exchange.receiver], scene.plants[exchange.plant], scene.sites[exchange.donor_park],
            scene.sites[exchange.receiver_park], common, scene.constants,
        )  # fmt: skip
        weigh_up(deal)
        exchange.potential, exchange.state = exchange.tentative, IDENTIFIED
        if exchange.donor_benefit > 0.0:
            exchange.state, exchange.feasible_year = FEASIBLE, common.year
            reserve(deal, exchange.tentative)
        found += 1
    return found


@inlined
def has_partner(scene, surveyed, exchange):
    """The exchange, a project from now on, has two partners: a municipal plant has its tenant, others look for a receiver."""
    kind, common, i = scene.types[exchange.kind], scene.common[0], exchange.donor
    draw_project(exchange, kind, common, scene.constants)
    if i == OUTSIDE:
        return True
    look_at(scene, i)
    plant = scene.plants[exchange.plant]
    supply = supply_left(exchange, kind, scene.tenants[i], scene.firms[i], plant, common)
    return find_receiver(scene, surveyed, exchange, supply)
