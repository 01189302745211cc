"""What is drawn once for a project, and the search for its receiver: in the park, in parks nearby, outside."""

from __future__ import annotations

from eipsim.core.arithmetic import TEN_TO_NINETY, exp
from eipsim.core.compiled import inlined
from eipsim.core.draws import draw, draw_normal, fold
from eipsim.exchanges.catalogue import CENTRAL, HIGH, LOW
from eipsim.exchanges.columns import OUTSIDE
from eipsim.exchanges.worth import UNLIMITED, capital_per_unit, demand_left, supply_left, unit_margin
from eipsim.market.catalogue import N_SECTORS

# What a project's draws are for.
SUPPLY_ITEM, DONOR_ITEM, RECEIVER_ITEM, CAPEX_ITEM, DISTANCE_ITEM, MONTHS_ITEM, TIME_ITEM = range(7)
LARGEST_Z = 2.0  # values between projects do not go beyond this many standard deviations, so that none is absurd
HALF_SPREAD = 0.5 * TEN_TO_NINETY


@inlined
def draw_size(scene, exchanges, row):
    """Supply and values of the exchange, fixed for the opportunity."""
    k, key, stream, types = exchanges.kind[row], exchanges.key[row], scene.common.project, scene.types
    spread = scene.constants.value_spread
    exchanges.supply_factor[row] = exp(
        spread * types.supply_sigma[k] * limited(draw_normal(stream, key, 0, SUPPLY_ITEM))
    )
    z = spread * limited(draw_normal(stream, key, 0, DONOR_ITEM))
    exchanges.donor_value[row] = between(
        types.donor_value[k, LOW], types.donor_value[k, CENTRAL], types.donor_value[k, HIGH], z
    )
    z = spread * limited(draw_normal(stream, key, 0, RECEIVER_ITEM))
    exchanges.receiver_value[row] = between(
        types.receiver_value[k, LOW], types.receiver_value[k, CENTRAL], types.receiver_value[k, HIGH], z
    )


@inlined
def draw_project(scene, exchanges, row):
    """Capital cost of the exchange, and its place in the procedure of the law, fixed for the opportunity."""
    k, key, stream = exchanges.kind[row], exchanges.key[row], scene.common.project
    sigma = scene.constants.value_spread * scene.types.capex_sigma[k]
    exchanges.capex_unit[row] = scene.types.capex[k] * exp(sigma * limited(draw_normal(stream, key, 0, CAPEX_ITEM)))
    exchanges.months_draw[row] = draw(stream, key, 0, MONTHS_ITEM)
    exchanges.time_of_year[row] = draw(stream, key, 0, TIME_ITEM)


@inlined
def external_distance(scene, exchanges, row):
    """Distance [km] to a partner outside the parks: the usual one of the type, spread between donors."""
    k = exchanges.kind[row]
    z = limited(draw_normal(scene.common.project, exchanges.key[row], 0, DISTANCE_ITEM))
    drawn = scene.types.central_km[k] * exp(scene.constants.value_spread * scene.types.distance_sigma[k] * z)
    return min(drawn, scene.types.farthest_km[k])


@inlined
def between(low, central, high, z):
    """A value whose tenth, fiftieth and ninetieth percentiles are given, at the standard normal number z; what is never negative
    up to its tenth percentile does not become so below it."""
    value = central + (high - central if z > 0.0 else central - low) * z / HALF_SPREAD
    return max(value, min(low, 0.0))


@inlined
def limited(z):
    return min(max(z, -LARGEST_Z), LARGEST_Z)


# ---- the search --------------------------------------------------------------------------------------------------------


@inlined
def find_receiver(scene, surveyed, exchanges, row):
    """Give the exchange its receiver: in the park, else in a park nearby, else outside. False when nobody could take it.

    The first of these with a positive worth is taken; when none has, the best of all.
    """
    p, k = exchanges.donor_park[row], exchanges.kind[row]
    park, km, near = p, scene.sites.inner_km[p], surveyed.near
    chosen, most = best_in_park(scene, surveyed, exchanges, row, p, km, 1.0)
    # neighbours are asked only when nobody in the park makes it worth while: short ways are found first
    if most <= 0.0:
        for m in range(scene.sites.first_near[p], scene.sites.end_near[p]):
            # neighbours stand in order of distance
            if near.km[m] > scene.types.longest_km[k]:
                break
            other, away = near.park[m], near.km[m]
            best, worth = best_in_park(scene, surveyed, exchanges, row, other, away, near.known[m])
            if worth > most:
                chosen, most, park, km = best, worth, other, away
    found = most > -UNLIMITED
    if most <= 0.0 and scene.types.external[k]:
        away = external_distance(scene, exchanges, row) / scene.constants.circuity
        quantity = try_partner(scene, exchanges, row, OUTSIDE, p, away)
        worth = worth_of(scene, exchanges, row, quantity)
        if quantity > 0.0 and worth > most:
            chosen, park, km, found = OUTSIDE, p, away, True
    name_receiver(scene, exchanges, row, chosen, park, km)
    return found


@inlined
def best_in_park(scene, surveyed, exchanges, row, park, km, known):
    """The tenant of `park`, each known with probability `known`, with whom the exchange is worth most: (row or -1, worth).

    Ties go to the larger key. Whether two are acquainted is one draw of the pair, the same in every year.
    """
    members, best, most = surveyed.members, OUTSIDE, -UNLIMITED
    for t in range(N_SECTORS):
        s = scene.types.takers[exchanges.kind[row], t]
        if s < 0:
            break
        for m in range(scene.sites.first_member[park, s], scene.sites.first_member[park, s + 1]):
            j = members.row[m]
            if j == exchanges.donor[row] or not members.entry_year[m] <= scene.common.year < members.exit_year[m]:
                continue
            if known < 1.0 and draw(scene.common.partner, fold(exchanges.key[row], members.key[m]), 0, 0) >= known:
                continue
            quantity = try_partner(scene, exchanges, row, j, park, km)
            if quantity <= 0.0:
                continue
            worth = worth_of(scene, exchanges, row, quantity)
            if worth > most or (worth == most and members.key[m] > scene.tenants.key[best]):
                best, most = j, worth
    return best, most


@inlined
def try_partner(scene, exchanges, row, j, park, km):
    """What donor and firm j of `park`, `km` away in a straight line, could move; j is left as the receiver."""
    name_receiver(scene, exchanges, row, j, park, km)
    supply = supply_left(scene, exchanges, row)
    return min(supply, demand_left(scene, exchanges, row))


@inlined
def name_receiver(scene, exchanges, row, j, park, km):
    """Firm j of `park`, `km` away in a straight line, is the receiver."""
    exchanges.receiver[row], exchanges.receiver_park[row] = j, park
    exchanges.distance_km[row] = km * scene.constants.circuity


@inlined
def worth_of(scene, exchanges, row, quantity):
    """Joint benefit [USD/yr] of moving `quantity`, capital deducted, before fixed costs: what ranks partners."""
    margin = unit_margin(scene, exchanges, row)
    return quantity * (margin - scene.common.rate_of_capital * capital_per_unit(scene, exchanges, row))
