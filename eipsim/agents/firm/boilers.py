"""The boiler of a firm: when it is worn out, and what replaces it. `firm` is a row of the table of firms.

A boiler has one state: it burns fossil fuel, or one of BOILERS stands in its place. Where boilers have an end of life
(`measures.boiler_lifetime`), the choice of the next one is the decision on these measures; before that they are early
replacements, which the decision rule weighs like any other option.
"""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm.project import cost_in_cents, renewal_in_cents
from eipsim.agents.firm.stock import CHANGES_BOILER, EXCLUDES, does_something, vintage
from eipsim.agents.surroundings import market_of, standing
from eipsim.core.arithmetic import exp
from eipsim.core.compiled import compiled, inlined
from eipsim.core.draws import PROCESSES, draw
from eipsim.core.years import FIRST_YEAR
from eipsim.market.catalogue import BOILERS, N_BOILERS
from eipsim.market.drivers import REFERENCE_YEAR
from eipsim.rules.boilers import pull_of, relative_cost

BOILER_DRAW = PROCESSES["boiler"]
CHOICE, AGE, TEMPERATURE = range(3)  # items of the draws
BOILER_BITS = sum(1 << int(m) for m in BOILERS)
# Measures that go with an old boiler: what replaces it excludes them, and they are none themselves.
GO_WITH_BOILER = np.array([EXCLUDES[m] & ~CHANGES_BOILER for m in BOILERS])
FOSSIL_BOILER = -1
COVERED_NOT, COVERED = range(2)


# ---- what stands -------------------------------------------------------------------------------------------------------


@inlined
def has_boiler(firm, measures):
    """There is heat in the firm that another boiler could make."""
    found = False
    for b in range(N_BOILERS):
        found |= does_something(firm, BOILERS[b], measures)
    return found


@inlined
def boiler_of(firm):
    """Which of BOILERS stands in the firm: its place there, or FOSSIL_BOILER."""
    for b in range(N_BOILERS):
        if (firm.installed_bits >> BOILERS[b]) & 1:
            return b
    return FOSSIL_BOILER


@inlined
def years_of_boiler(constants):
    """Years that a fossil boiler lasts; 0 while boilers have no end of life."""
    return np.int64(constants.boiler_lifetime + 0.5)


@compiled
def bring_boiler(firm, measures, surroundings, year, constants):
    """The fossil boiler that a firm comes with: of any age in 2015, new in one that starts later; none where none is needed."""
    if has_boiler(firm, measures):
        of_any_age = draw(surroundings.streams[BOILER_DRAW], firm.key, 0, AGE) * constants.boiler_lifetime
        firm.boiler_expiry = year + years_of_boiler(constants) - (int(of_any_age) if year == FIRST_YEAR else 0)


@inlined
def is_worn_out(firm, year):
    """The boiler, of whatever kind, has come to the end of its life."""
    boiler = boiler_of(firm)
    if boiler == FOSSIL_BOILER:
        return 0 < firm.boiler_expiry <= year
    return firm.expiry_year[BOILERS[boiler]] <= year


@inlined
def is_new(firm, year, constants):
    """The boiler was replaced in this year."""
    return firm.boiler_expiry == year + years_of_boiler(constants)


# ---- what may replace it -------------------------------------------------------------------------------------------------


@compiled
def may_replace_boiler(firm, b, measures, year):
    """Boiler b is on the market, does something here, and no burner that stands rules it out."""
    m = BOILERS[b]
    ruled_out = firm.installed_bits & EXCLUDES[m] & CHANGES_BOILER & ~BOILER_BITS
    return does_something(firm, m, measures) and year >= measures[m].available_from and ruled_out == 0


@inlined
def temperature_of(firm, surroundings):
    """Temperature [deg C] of the heat that the firm's boiler makes, by a draw between the least and the most of its sector."""
    of_sector = surroundings.sectors[firm.sector].boiler_temperature
    drawn = draw(surroundings.streams[BOILER_DRAW], firm.key, 0, TEMPERATURE)
    return of_sector[0] + drawn * (of_sector[1] - of_sector[0])


@inlined
def is_barred(firm, surroundings):
    """The law allows no new fossil boiler for the firm's heat."""
    park, who = surroundings.parks[firm.park], standing(firm)
    barred = max(park.no_new_fossil_boilers[who], park.fossil_boiler_end[who])
    return barred > 0.0 and temperature_of(firm, surroundings) <= barred


@compiled
def must_end(firm, measures, surroundings, year):
    """The law ends the use of the firm's fossil boiler, and there is something to put in its place."""
    park, who = surroundings.parks[firm.park], standing(firm)
    ends = park.fossil_boiler_end[who]
    if ends <= 0.0 or firm.boiler_expiry == 0 or boiler_of(firm) != FOSSIL_BOILER:
        return False
    there_is_another = False
    for b in range(N_BOILERS):
        there_is_another |= may_replace_boiler(firm, b, measures, year)
    return there_is_another and temperature_of(firm, surroundings) <= ends


@compiled
def relative_cost_of(firm, b, measures, surroundings, year, constants):
    """Cost of heat by boiler b over that of burning on, over the same at reference costs, for this firm's project."""
    m, market = BOILERS[b], market_of(firm, surroundings)
    covered = COVERED if firm.covered else COVERED_NOT
    yearly = (1.0 + constants.hidden_cost_share) * exp(-surroundings.log_annuity[m])
    capital = measures[m].unit_cost * exp(np.float64(firm.cost_factor[m])) * yearly
    now = surroundings.vintages[vintage(year)].cost_level[m]
    before = surroundings.vintages[vintage(min(year, REFERENCE_YEAR))].cost_level[m]
    burner = market.boiler_cost * yearly
    return relative_cost(
        market.heat_cost[covered, b, 0] + capital * now * (1.0 - firm.voucher_rate),
        market.heat_cost[covered, b, 1] + burner,
        market.reference_heat_cost[b, 0] + capital * before,
        market.reference_heat_cost[b, 1] + burner,
    )


@compiled
def weigh_boilers(firm, measures, surroundings, year, constants, pull):
    """Fill `pull` [1 + N_BOILERS] with how strongly a new fossil boiler, and each of BOILERS, draws. Returns their sum.

    Where the law bars fossil boilers they draw nothing; if nothing else is to be had either, one is put in all the same.
    """
    usable, current = 0, boiler_of(firm)
    for b in range(N_BOILERS):
        usable |= (1 << b) if b == current or may_replace_boiler(firm, b, measures, year) else 0
    weights, again = surroundings.boiler_weights[vintage(year), firm.sector, usable], exp(constants.boiler_inertia)
    allowed = 0.0 if is_barred(firm, surroundings) else 1.0
    pull[0] = allowed * weights[0] * (again if current == FOSSIL_BOILER else 1.0)
    total = pull[0]
    for b in range(N_BOILERS):
        pull[1 + b] = 0.0
        if (usable >> b) & 1:
            relative = relative_cost_of(firm, b, measures, surroundings, year, constants)
            drawn = pull_of(weights[1 + b], relative, constants.boiler_cost_sensitivity)
            pull[1 + b] = drawn * (again if b == current else 1.0)
        total += pull[1 + b]
    return total


@compiled
def next_boiler(firm, measures, surroundings, year, constants):
    """What replaces the boiler: a place in BOILERS, or FOSSIL_BOILER, by a keyed draw with the chances of `weigh_boilers`."""
    pull = surroundings.workspace[0].pull
    total = weigh_boilers(firm, measures, surroundings, year, constants, pull)
    left = draw(surroundings.streams[BOILER_DRAW], firm.key, year, CHOICE) * total - pull[0]
    chosen = FOSSIL_BOILER
    for b in range(N_BOILERS):
        if left >= 0.0 and pull[1 + b] > 0.0:
            chosen = b
            left -= pull[1 + b]
    return chosen


# ---- what it costs -------------------------------------------------------------------------------------------------------


@compiled
def extra_cost_in_cents(firm, b, again, measures, surroundings, year):
    """What boiler b costs beyond a new fossil boiler for the same heat, in whole cents, never less than nothing.

    `again`: it stands already, and is built once more.
    """
    m = BOILERS[b]
    cost = renewal_in_cents(firm, m, measures, surroundings) if again else cost_in_cents(firm, m, surroundings)
    level = surroundings.vintages[vintage(year)].cost_level[m]
    per_unit = measures[m].unit_cost * level * exp(np.float64(firm.cost_factor[m]))
    return np.int64(max(cost * (1.0 - market_of(firm, surroundings).boiler_cost / per_unit), 0.0))
