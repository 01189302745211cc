"""What stands in a firm and what follows from it: measures put in and taken out, what is used with them, what they cost to run.

Shares multiply, never add, and are worked out from the measures that stand, never from what was worked out before; so
nothing depends on the order in which measures came. MODEL.md section 5.
"""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm.columns import ADOPTED, N_STREAMS, NOT_INSTALLED
from eipsim.core.arithmetic import log
from eipsim.core.compiled import compiled, inlined, lowest_bit
from eipsim.core.years import FIRST_YEAR
from eipsim.market.catalogue import (
    AS_IS,
    BIOMASS_INPUT,
    FUEL,
    N_MEASURES,
    STREAMS,
    exclusions,
    measure_names,
    measure_table,
    measures_of_boilers,
    measures_with_inputs,
)
from eipsim.market.catalogue import CHEMICALS as CHEMICAL_STREAM
from eipsim.market.catalogue import DEAR_FUEL as DEAR_STREAM
from eipsim.market.catalogue import ELECTRICITY as POWER_STREAM
from eipsim.market.catalogue import ENERGY_ALL as ENERGY_STREAM
from eipsim.market.catalogue import FOSSIL as FOSSIL_STREAM
from eipsim.market.catalogue import MATERIAL as MATERIAL_STREAM
from eipsim.market.catalogue import SOLID_WASTE as WASTE_STREAM
from eipsim.market.catalogue import WATER as WATER_STREAM
from eipsim.market.uses import BIOMASS, CHEMICALS, COAL_DIESEL, DEAR_FUEL, ELECTRICITY, MATERIAL, N_USES, WASTE, WATER

# Arrays, not tuples, so that loops over measures are vectorised.
STREAM_OF_MEASURE = np.array([STREAMS.index(stream) for stream in measure_table()["reaches"]], dtype=np.uint64)
# Entry of `log_remaining` that scales a stream; the last entry is always 0, for lump sums on the whole bill.
USE_OF_STREAM = np.array([ELECTRICITY, BIOMASS, COAL_DIESEL, DEAR_FUEL, WATER, WASTE, MATERIAL, CHEMICALS, N_USES])
USE_OF_MEASURE = USE_OF_STREAM[STREAM_OF_MEASURE].astype(np.uint64)
EXCLUDES = exclusions()
EXCLUDING = sum(1 << m for m in range(N_MEASURES) if EXCLUDES[m])  # measures that exclude any other
CHANGES_BOILER = measures_of_boilers()
NEEDS_INPUTS = measures_with_inputs()
BATTERY = measure_names().index("battery")
ENERGY_MANAGEMENT = measure_names().index("energy-management")
# below any use, so that the logarithm of a firm that burns nothing is finite
TINY = 1e-250


@inlined
def put_in(firms, i, m, measures, surroundings, year, origin):
    """Measure m stands in firm i from `year`."""
    firms.installed_year[i, m] = year
    firms.origin[i, m] = origin
    bit = np.int64(1) << m
    firms.installed_bits[i] |= bit
    if origin == ADOPTED:
        firms.adopted_bits[i] |= bit
        firms.n_adopted[i] += 1
    firms.expiry_year[i, m] = year + measures.lifetime[m]
    firms.waiting_bits[i] &= ~bit
    firms.open_bits[i] &= ~bit
    # above any bar: what stands is not accepted again, until it wears out and is drawn anew
    firms.margin[i, m] = np.inf
    surroundings.parks.count[firms.park[i], m] += 1
    surroundings.sectors.count[firms.sector[i], m] += 1


@inlined
def take_out(firms, i, m, surroundings):
    """Measure m no longer stands in firm i."""
    if firms.origin[i, m] == ADOPTED:
        firms.n_adopted[i] -= 1
    firms.installed_year[i, m] = 0
    firms.origin[i, m] = NOT_INSTALLED
    firms.installed_bits[i] &= ~(np.int64(1) << m)
    firms.adopted_bits[i] &= ~(np.int64(1) << m)
    surroundings.parks.count[firms.park[i], m] -= 1
    surroundings.sectors.count[firms.sector[i], m] -= 1


@inlined
def excluded_bits(installed):
    """Bits of the measures that those of `installed` rule out."""
    bits, left = np.int64(0), installed & EXCLUDING
    while left:
        bits |= EXCLUDES[lowest_bit(left)]
        left &= left - 1
    return bits


@inlined
def note_open_options(firms, i):
    """Which known options are lacking and not excluded by what is installed."""
    installed = firms.installed_bits[i]
    firms.open_bits[i] = firms.known_bits[i] & ~installed & ~excluded_bits(installed)


@compiled
def take_stock(firms, i, measures, surroundings, constants):
    """What follows from the measures installed: what is used, with and without those adopted, and what running them costs."""
    installed, adopted = firms.installed_bits[i], firms.adopted_bits[i]
    # the comparison without policy changes only when a measure of the initial stock wears out
    if firms.stock_bits[i] != installed & ~adopted:
        use_resources(firms, i, measures, surroundings, installed & ~adopted, firms.stock_use[i])
        firms.stock_bits[i] = installed & ~adopted
    use_resources(firms, i, measures, surroundings, installed, firms.use[i])
    rescale_levels(firms, i, measures, surroundings)
    note_open_options(firms, i)
    firms.operating_cost[i] = running_cost(firms, i, surroundings) if adopted != 0 else 0.0
    reached = measures.reach[BATTERY, firms.sector[i]] * firms.use[i, ELECTRICITY]
    firms.shifted[i] = constants.realisation * reached if (adopted >> BATTERY) & 1 else 0.0
    firms.measured[i] = firms.audit_year[i] > 0 or (installed >> ENERGY_MANAGEMENT) & 1 == 1
    firms.changed[i] = False


@inlined
def remaining_shares(surroundings, s, bits):
    """The share of each use [k] that remains in sector s after the measures in `bits`, and its logarithm, in the workspace."""
    remaining, log_remaining = surroundings.workspace.remaining[0], surroundings.workspace.log_remaining[0]
    for k in range(N_USES):
        remaining[k] = 1.0
        log_remaining[k] = 0.0
    left = bits
    while left:
        m = lowest_bit(left)
        left &= left - 1
        for k in range(N_USES):
            remaining[k] *= surroundings.sectors.kept[s, m, k]
            log_remaining[k] += surroundings.sectors.log_kept[s, m, k]


@inlined
def use_resources(firms, i, measures, surroundings, bits, use):
    """Fill `use` [k] per year with the measures in `bits`.

    What a measure needs instead follows from what it displaces, given all others: after x share / (1 - share).
    """
    s = firms.sector[i]
    remaining_shares(surroundings, s, bits)
    for k in range(N_USES):
        use[k] = firms.gross_use[i, k] * surroundings.workspace.remaining[0, k]
    left = bits & NEEDS_INPUTS
    if left == 0:
        return
    lay_out_streams(surroundings, use)
    while left:
        m = lowest_bit(left)
        left &= left - 1
        displaced = surroundings.workspace.amount[0, measures.stream[m]] * surroundings.sectors.displaced[s, m]
        added = displaced * surroundings.vintages.input_amount[vintage(firms.installed_year[i, m]), m]
        use[BIOMASS if measures.input_kind[m] == BIOMASS_INPUT else ELECTRICITY] += added


@inlined
def lay_out_streams(surroundings, use):
    """What is used of each stream that measures act on, in the workspace [l]; the energy bill as a whole has no unit."""
    amount = surroundings.workspace.amount[0]
    fossil = use[COAL_DIESEL] + use[DEAR_FUEL]
    amount[POWER_STREAM] = use[ELECTRICITY]
    amount[FUEL] = fossil + use[BIOMASS]
    amount[FOSSIL_STREAM] = fossil
    amount[DEAR_STREAM] = use[DEAR_FUEL]
    amount[WATER_STREAM] = use[WATER]
    amount[WASTE_STREAM] = use[WASTE]
    amount[MATERIAL_STREAM] = use[MATERIAL]
    amount[CHEMICAL_STREAM] = use[CHEMICALS]
    amount[ENERGY_STREAM] = 0.0


@inlined
def vintage(installed_year):
    """Row of the technology tables for a year of installation; 2015 for what was there before."""
    return max(installed_year - FIRST_YEAR, 0)


@inlined
def rescale_levels(firms, i, measures, surroundings):
    """How much of each stream measures still find, and what the boiler house burns."""
    levels, gross, log_remaining = firms.stream_level[i], firms.gross_level[i], surroundings.workspace.log_remaining[0]
    for stream in range(N_STREAMS):
        levels[stream] = gross[stream] + log_remaining[USE_OF_STREAM[stream]]
    firms.boiler_state[i] = AS_IS
    changes = firms.installed_bits[i] & CHANGES_BOILER
    if changes != 0:
        fuel = firms.use[i, COAL_DIESEL] + firms.use[i, DEAR_FUEL] + firms.use[i, BIOMASS]
        # biomass is added where coal is displaced, so what is left is no product of shares as for other streams
        levels[FUEL] = log(max(fuel, TINY)) - firms.log_size[i]
    while changes:
        state = measures.boiler_state[lowest_bit(changes)]
        firms.boiler_state[i] = max(firms.boiler_state[i], state)
        changes &= changes - 1


@inlined
def running_cost(firms, i, surroundings):
    """Yearly running cost [USD] of the measures adopted: a share of their capital at list price, or their own cost per unit.

    A measure reaches what is used of its stream beside all other measures: use / (1 - its own net share).
    """
    lay_out_streams(surroundings, firms.use[i])
    total, left = 0.0, firms.adopted_bits[i]
    while left:
        total += running_cost_of(firms, i, lowest_bit(left), surroundings)
        left &= left - 1
    return total


@inlined
def running_cost_of(firms, i, m, surroundings):
    """The running cost of one measure, with what is used of each stream in the workspace."""
    s, price = firms.sector[i], surroundings.vintages.cost_level[vintage(firms.installed_year[i, m]), m]
    per_unit = surroundings.sectors.running_share[s, m] * price + surroundings.sectors.running_own[s, m]
    return (
        per_unit * surroundings.workspace.amount[0, STREAM_OF_MEASURE[m]]
        + surroundings.sectors.running_lump[s, m] * price
    )
