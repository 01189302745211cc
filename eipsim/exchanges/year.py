"""The exchanges' year, compiled: opportunities are noticed, partners found, exchanges reviewed, agreed, licensed, run.

Every verb works on rows. Order is given from outside, sorted by worth and key, so no result depends on the order of rows.
"""

from __future__ import annotations

import numpy as np

from eipsim.core.compiled import AHEAD, compiled, inlined, prefetch_row
from eipsim.core.draws import fold
from eipsim.exchanges.agreeing import go_on, partner_has_left, proceed
from eipsim.exchanges.booking import book_exchange
from eipsim.exchanges.catalogue import MUNICIPAL
from eipsim.exchanges.columns import ENDED, FEASIBLE, IDENTIFIED, NOT_AGREED, OPERATING, OUTSIDE, PARTNER_LEFT
from eipsim.exchanges.partners import draw_project, draw_size, find_receiver
from eipsim.exchanges.scene import (
    NOT_WAITING,
    Deal,
    anchor_of,
    chance_to_wait_for,
    end,
    is_there,
    look_ahead,
    look_ahead_at,
    search_again,
)
from eipsim.exchanges.worth import demand_left, largest_worth, look_at, reserve, running_benefit, supply_left, weigh_up
from eipsim.rules.awareness import stays_unaware
from eipsim.rules.symbiosis import trust_after


@compiled
def review_all(scene, exchanges, book, n_live, search, moves):
    """Live exchanges, those in operation first and those worth most first, are served and go on; opportunities are noticed.

    Their rows are the first `n_live` of `book.live`. Before that firms come and go. Returns how many exchanges are live then, and
    how many opportunities have come to be noticed, as slots in `book.noticed`.
    """
    come_and_go(scene, search.bar, moves.coming, moves.leaving)
    for p in range(scene.sites.size):
        look_around(scene.sites[p], scene.constants)
    n = appraise(scene, exchanges, book, n_live, search)
    put_in_order(book.order, book.spare, n, book.ranks)
    review(scene, exchanges, book, n, search)
    for p in range(scene.sites.size):
        change_trust(scene.sites[p], scene.constants)
    return n, notice(scene.sites, search.bar, book.noticed)


@compiled
def find_partners(scene, surveyed, exchanges, book, start, search, count):
    """The first `count` opportunities noticed, those worth most first, look for partners.

    Exchanges found are added in that order from row `start` on. Returns how many they are.
    """
    n, found = draft(scene, surveyed, exchanges[start], book, search, count), 0
    put_in_order(book.order, book.spare, n, book.ranks)
    for m in range(n):
        prefetch_row(surveyed.owner, book.noticed[book.order[min(m + 2 * AHEAD, n - 1)]])
        look_ahead(scene, surveyed.owner[book.noticed[book.order[min(m + AHEAD, n - 1)]]])
        # a row that finds nobody is written over by the next one
        exchange, slot = exchanges[start + found], book.noticed[book.order[m]]
        open_exchange(scene, surveyed, exchange, slot, search)
        if has_partner(scene, surveyed, exchange):
            search.bar[slot] = NOT_WAITING
            name(scene, exchange)
            found += 1
        else:
            search_again(scene, exchange, search)
    return found


# ---- who comes and goes, and what comes to be noticed ------------------------------------------------------------------


@inlined
def come_and_go(scene, bar, coming, leaving):
    """Each opportunity of those who move in waits to be noticed; of those who leave nothing is noticed any more."""
    common = scene.common[0]
    for n in range(coming.size):
        firm, unnoticed = coming[n], scene.sites[coming[n].park].unnoticed
        for slot in range(firm.first_slot, firm.first_slot + common.n_kinds[firm.sector]):
            bar[slot] = chance_to_wait_for(firm, slot, 0, common, scene.types.size, unnoticed)
    for n in range(leaving.size):
        firm = leaving[n]
        for slot in range(firm.first_slot, firm.first_slot + common.n_kinds[firm.sector]):
            bar[slot] = NOT_WAITING


@inlined
def look_around(site, constants):
    """The chance that an opportunity of the park has not been noticed falls: by firms, the operator, a screening."""
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
        first, unnoticed, waiting = site.first_slot, site.unnoticed, bar[site.first_slot : site.end_slot]
        for m in range(waiting.size):
            if unnoticed <= waiting[m]:
                noticed[count] = first + m
                count += 1
    return count


# ---- the review of a year ----------------------------------------------------------------------------------------------


@inlined
def appraise(scene, exchanges, book, n_live, search):
    """Rank live exchanges for the order in which they are served; those without a partner end.

    Those that ended last year are no longer live. Returns how many are.
    """
    common, n = scene.common[0], 0
    for m in range(n_live):
        prefetch_row(exchanges, book.live[min(m + 2 * AHEAD, n_live - 1)])
        look_ahead_at(scene, exchanges[book.live[min(m + AHEAD, n_live - 1)]])
        exchange = exchanges[book.live[m]]
        if exchange.state == ENDED:
            continue
        book.live[n] = book.live[m]
        deal = Deal(
            exchange, scene.types[exchange.kind], scene.tenants[exchange.donor], scene.firms[exchange.donor],
            scene.tenants[exchange.receiver], scene.plants[exchange.plant], scene.sites[exchange.donor_park],
            scene.sites[exchange.receiver_park], common, scene.constants,
        )  # fmt: skip
        book.ranks.less[n] = -worth_this_year(scene, deal, search)
        book.ranks.key[n], book.ranks.later[n] = exchange.key, exchange.state != OPERATING
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


@inlined
def review(scene, exchanges, book, n, search):
    """The `n` live exchanges in their order: served, agreed, licensed, begun, ended and booked."""
    common = scene.common[0]
    for m in range(n):
        prefetch_row(exchanges, book.live[book.order[min(m + 2 * AHEAD, n - 1)]])
        look_ahead_at(scene, exchanges[book.live[book.order[min(m + AHEAD, n - 1)]]])
        exchange = exchanges[book.live[book.order[m]]]
        if exchange.state == ENDED:
            continue
        deal = Deal(
            exchange, scene.types[exchange.kind], scene.tenants[exchange.donor], scene.firms[exchange.donor],
            scene.tenants[exchange.receiver], scene.plants[exchange.plant], scene.sites[exchange.donor_park],
            scene.sites[exchange.receiver_park], common, scene.constants,
        )  # fmt: skip
        live_through_year(deal, book.accounts[exchange.donor_park], book.accounts[exchange.receiver_park])
        if exchange.state == ENDED and exchange.ended_because == NOT_AGREED:
            search_again(scene, exchange, search)


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
        if deal.exchange.sandbox and deal.exchange.quantity > 0.0:
            deal.common.evidence[deal.kind.reform] += 1.0  # for the reform of its stream


@inlined
def change_trust(site, constants):
    """What the year's successes and failures leave behind in the park."""
    done, failed = site.successes, site.failures
    if done + failed > 0:
        site.trust = trust_after(site.trust, done, failed, constants.trust_gain, constants.trust_loss)
        site.successes, site.failures = 0, 0


# ---- finding a partner -------------------------------------------------------------------------------------------------


@inlined
def draft(scene, surveyed, sketch, book, search, count):
    """Rank the `count` opportunities noticed by what they are worth at most, each seen in the row `sketch`.

    Those too small to be named, or without anybody to take them now, are no longer among them and wait for another time.
    Returns how many are left.
    """
    n = 0
    for m in range(count):
        prefetch_row(surveyed.owner, book.noticed[min(m + 2 * AHEAD, count - 1)])
        look_ahead(scene, surveyed.owner[book.noticed[min(m + AHEAD, count - 1)]])
        slot = book.noticed[m]
        open_exchange(scene, surveyed, sketch, slot, search)
        if sketch.donor == OUTSIDE and sketch.plant == OUTSIDE:
            search.bar[slot] = NOT_WAITING  # no plant within reach of the park
            continue
        most = most_worth(scene, sketch)
        if most < scene.constants.least_value_usd:
            search_again(scene, sketch, search)
        elif most > 0.0:
            book.noticed[n], book.ranks.later[n] = slot, False
            book.ranks.less[n], book.ranks.key[n] = -most, sketch.key
            n += 1
    return n


@inlined
def open_exchange(scene, surveyed, exchange, slot, search):
    """The row becomes the exchange that opportunity `slot` stands for, without its partner yet."""
    i = surveyed.owner[slot]
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
    exchange.screened, exchange.episode = search.bar[slot] < scene.sites[p].unscreened, search.episodes[slot]
    draw_size(exchange, kind, common, constants)


@inlined
def most_worth(scene, exchange):
    """USD/yr that the opportunity is worth at most."""
    i, kind = anchor_of(exchange), scene.types[exchange.kind]
    look_at(scene, i)
    tenant, plant = scene.tenants[i], scene.plants[exchange.plant]
    supply = supply_left(exchange, kind, tenant, scene.firms[i], plant, scene.common[0])
    if exchange.donor == OUTSIDE:
        supply = min(supply, demand_left(exchange, kind, tenant))
    return largest_worth(exchange, kind, tenant, supply)


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


@inlined
def name(scene, exchange):
    """The exchange is identified, and feasible when both sides gain by it."""
    know_partners(scene, exchange)
    deal = Deal(
        exchange, scene.types[exchange.kind], scene.tenants[exchange.donor], scene.firms[exchange.donor],
        scene.tenants[exchange.receiver], scene.plants[exchange.plant], scene.sites[exchange.donor_park],
        scene.sites[exchange.receiver_park], scene.common[0], scene.constants,
    )  # fmt: skip
    weigh_up(deal)
    exchange.potential, exchange.state = exchange.tentative, IDENTIFIED
    if exchange.donor_benefit > 0.0:
        exchange.state, exchange.feasible_year = FEASIBLE, deal.common.year
        reserve(deal, exchange.tentative)


# ---- order -------------------------------------------------------------------------------------------------------------


@inlined
def put_in_order(order, spare, n, ranks):
    """Fill `order` with 0 to n - 1, sorted by their ranks: ever larger sorted runs are merged, with `spare` to merge into."""
    for m in range(n):
        order[m] = m
    width = 1
    while width < n:
        for start in range(0, n, 2 * width):
            middle, stop = min(start + width, n), min(start + 2 * width, n)
            a, b = start, middle
            for m in range(start, stop):
                if a < middle and (b >= stop or not comes_before(ranks, order[b], order[a])):
                    spare[m], a = order[a], a + 1
                else:
                    spare[m], b = order[b], b + 1
        for m in range(n):
            order[m] = spare[m]
        width *= 2


@inlined
def comes_before(ranks, a, b):
    """Those that operate come first, then by worth, then by key."""
    if ranks.later[a] != ranks.later[b]:
        return ranks.later[b]
    if ranks.less[a] != ranks.less[b]:
        return ranks.less[a] < ranks.less[b]
    return ranks.key[a] < ranks.key[b]
