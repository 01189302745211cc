"""What is drawn once for a project, and the search for its receiver: in the park, in parks nearby, outside."""

from __future__ import annotations

from eipsim.core.arithmetic import TEN_TO_NINETY, exp
from eipsim.core.compiled import AHEAD, inlined, prefetch_cell, prefetch_row
from eipsim.core.draws import draw, draw_normal, fold
from eipsim.exchanges.catalogue import CENTRAL, HIGH, LOW
from eipsim.exchanges.columns import OUTSIDE
from eipsim.exchanges.scene import look_ahead
from eipsim.exchanges.worth import UNLIMITED, capital_per_unit, demand_left, look_at, unit_margin
from eipsim.market.catalogue import N_SECTORS

# What a project's draws are for.
SUPPLY_ITEM, DONOR_ITEM, RECEIVER_ITEM, CAPEX_ITEM, DISTANCE_ITEM, MONTHS_ITEM, TIME_ITEM = range(7)
LARGEST_Z = 2.0  # values between projects do not go beyond this many standard deviations, so that none is absurd
HALF_SPREAD = 0.5 * TEN_TO_NINETY


@inlined
def draw_size(exchange, kind, common, constants):
    """Supply and values of the exchange, fixed for the opportunity."""
    key, stream, spread = exchange.key, common.project, constants.value_spread
    z = limited(draw_normal(stream, key, 0, SUPPLY_ITEM))
    exchange.supply_factor = exp(spread * kind.supply_sigma * z)
    exchange.donor_value = between(kind.donor_value, spread * limited(draw_normal(stream, key, 0, DONOR_ITEM)))
    exchange.receiver_value = between(kind.receiver_value, spread * limited(draw_normal(stream, key, 0, RECEIVER_ITEM)))


@inlined
def draw_project(exchange, kind, common, constants):
    """Capital cost of the exchange, and its place in the procedure of the law, fixed for the opportunity."""
    key, stream = exchange.key, common.project
    sigma = constants.value_spread * kind.capex_sigma
    exchange.capex_unit = kind.capex * exp(sigma * limited(draw_normal(stream, key, 0, CAPEX_ITEM)))
    exchange.months_draw = draw(stream, key, 0, MONTHS_ITEM)
    exchange.time_of_year = draw(stream, key, 0, TIME_ITEM)


@inlined
def external_distance(exchange, kind, common, constants):
    """Distance [km] to a partner outside the parks: the usual one of the type, spread between donors."""
    z = limited(draw_normal(common.project, exchange.key, 0, DISTANCE_ITEM))
    return min(kind.central_km * exp(constants.value_spread * kind.distance_sigma * z), kind.farthest_km)


@inlined
def between(values, z):
    """A value whose tenth, fiftieth and ninetieth percentiles are given, at the standard normal number z; what is never negative
    up to its tenth percentile does not become so below it."""
    low, central, high = values[LOW], values[CENTRAL], values[HIGH]
    value = central + (high - central if z > 0.0 else central - low) * z / HALF_SPREAD
    return max(value, min(low, 0.0))


@inlined
def limited(z):
    return min(max(z, -LARGEST_Z), LARGEST_Z)


# ---- the search --------------------------------------------------------------------------------------------------------


@inlined
def find_receiver(scene, surveyed, exchange, supply):
    """Give the exchange, whose donor has `supply` units left, its receiver: in the park, else in a park nearby, else outside.

    The first of these with a positive worth is taken; when none has, the best of all. False when nobody could take it.
    """
    p, kind, constants = exchange.donor_park, scene.types[exchange.kind], scene.constants
    chosen, most, park, km = OUTSIDE, -UNLIMITED, p, scene.sites[p].inner_km
    if kind.takers[0] >= 0:
        best, most = best_tenant(scene, surveyed, exchange, supply)
        if best >= 0:
            tenant = surveyed.asked[best]
            chosen, park, km = tenant.row, tenant.park, tenant.km
    found = most > -UNLIMITED
    if most <= 0.0 and kind.external:
        donor, common = scene.tenants[exchange.donor], scene.common[0]
        away = external_distance(exchange, kind, common, constants) / constants.circuity
        name_receiver(exchange, OUTSIDE, p, away * constants.circuity)
        quantity = min(supply, demand_left(exchange, kind, donor))
        margin, capital = unit_margin(exchange, kind, donor, donor, common), capital_per_unit(exchange, kind, constants)
        worth = joint_worth(quantity, margin, capital, common)
        if quantity > 0.0 and worth > most:
            chosen, park, km, found = OUTSIDE, p, away, True
    name_receiver(exchange, chosen, park, km * constants.circuity)
    return found


@inlined
def best_tenant(scene, surveyed, exchange, supply):
    """The tenant of this park, else of a park nearby, with whom the exchange is worth most, as the number of those asked (-1 =
    none), and that worth."""
    p, kind = exchange.donor_park, scene.types[exchange.kind]
    site = scene.sites[p]
    n = ask_around(scene, surveyed, exchange, p, site.inner_km, 1.0, 0)
    best, most = best_of(scene, surveyed.asked, exchange, supply, (0, n), (-1, -UNLIMITED))
    # neighbours are asked only when nobody in the park makes it worth while: short ways are found first
    if most <= 0.0:
        here = n
        for m in range(site.first_near, site.end_near):
            near = surveyed.near[m]
            # neighbours stand in order of distance
            if near.km > kind.longest_km:
                break
            look_ahead_to_parks(scene, surveyed, kind.takers[0], m, site.end_near - 1)
            n = ask_around(scene, surveyed, exchange, near.park, near.km, near.known, n)
        best, most = best_of(scene, surveyed.asked, exchange, supply, (here, n), (best, most))
    return best, most


@inlined
def look_ahead_to_parks(scene, surveyed, sector, m, last):
    """The neighbours after the m-th will be asked soon: where their firms of a sector begin, and these firms."""
    prefetch_cell(scene.sites, surveyed.near[min(m + AHEAD, last)].park, "first_member")
    following = scene.sites[surveyed.near[min(m + 1, last)].park]
    prefetch_row(surveyed.members, following.first_member[sector])


@inlined
def ask_around(scene, surveyed, exchange, park, km, known, n):
    """Add to the first `n` who are asked the tenants of `park`, `km` away in a straight line, who could take it and are known.

    Each is known with probability `known`: whether two are acquainted is one draw of the pair, the same in every year. Returns
    how many are asked then.
    """
    kind, common, site = scene.types[exchange.kind], scene.common[0], scene.sites[park]
    for t in range(N_SECTORS):
        s = kind.takers[t]
        if s < 0:
            break
        for m in range(site.first_member[s], site.first_member[s + 1]):
            member = surveyed.members[m]
            if member.row == exchange.donor or not member.entry_year <= common.year < member.exit_year:
                continue
            if known < 1.0 and draw(common.partner, fold(exchange.key, member.key), 0, 0) >= known:
                continue
            look_ahead(scene, member.row)
            asked = surveyed.asked[n]
            asked.row, asked.park, asked.km = member.row, park, km
            n += 1
    return n


@inlined
def best_of(scene, asked, exchange, supply, span, so_far):
    """Of those asked, from the first to before the end of `span`, the one with whom the exchange is worth most: (number, worth).

    It is the best `so_far` where nobody is better. Ties within a park go to the larger key. The tenant tried last is left as
    the receiver.
    """
    kind, common, donor = scene.types[exchange.kind], scene.common[0], scene.tenants[exchange.donor]
    (first, end), (best, most) = span, so_far
    for n in range(first, end):
        j = asked[n].row
        name_receiver(exchange, j, asked[n].park, asked[n].km * scene.constants.circuity)
        look_at(scene, j)
        receiver = scene.tenants[j]
        quantity = min(supply, demand_left(exchange, kind, receiver))
        if quantity <= 0.0:
            continue
        capital = capital_per_unit(exchange, kind, scene.constants)
        worth = joint_worth(quantity, unit_margin(exchange, kind, donor, receiver, common), capital, common)
        if worth > most or (worth == most and comes_first(scene.tenants, asked, n, best)):
            best, most = n, worth
    return best, most


@inlined
def comes_first(tenants, asked, n, best):
    """Of two tenants asked who are as good, of whom `best` was asked before, the n-th is taken."""
    return asked[n].park == asked[best].park and tenants[asked[n].row].key > tenants[asked[best].row].key


@inlined
def name_receiver(exchange, j, park, distance_km):
    """Firm j of `park` is the receiver, `distance_km` away by road or pipe."""
    exchange.receiver, exchange.receiver_park, exchange.distance_km = j, park, distance_km


@inlined
def joint_worth(quantity, margin, capital, common):
    """Joint benefit [USD/yr] of moving `quantity`, `capital` per unit deducted, before fixed costs: what ranks partners."""
    return quantity * (margin - common.rate_of_capital * capital)
