"""What stands in a firm and what follows from it: measures put in and taken out, what is used with them, what they cost to run.

`firm` is a row of the table of firms.

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
NOTHING = -500.0  # ln of what is used of a stream over the firm's size, where it is nothing


@inlined
def does_something(firm, m, measures):
    """The measure saves something in the sector, of a stream that the firm uses."""
    return measures[m].reach[firm.sector] > 0.0 and firm.gross_level[STREAM_OF_MEASURE[m]] > NOTHING


@inlined
def put_in(firm, m, measures, surroundings, year, origin):
    """Measure m stands in the firm from `year`."""
    bit = np.int64(1) << m
    firm.installed_year[m] = year
    firm.origin[m] = origin
    firm.installed_bits |= bit
    if origin >= ADOPTED:
        firm.adopted_bits |= bit
        firm.n_adopted += 1
    firm.expiry_year[m] = year + measures[m].lifetime
    firm.waiting_bits &= ~bit
    firm.open_bits &= ~bit
    # above any bar: what stands is not accepted again, until it wears out and is drawn anew
    firm.margin[m] = np.inf
    surroundings.parks[firm.park].count[m] += 1
    surroundings.sectors[firm.sector].count[m] += 1


@inlined
def take_out(firm, m, surroundings):
    """Measure m no longer stands in the firm."""
    bit = np.int64(1) << m
    if firm.adopted_bits & bit:
        firm.n_adopted -= 1
    firm.installed_year[m] = 0
    firm.origin[m] = NOT_INSTALLED
    firm.installed_bits &= ~bit
    firm.adopted_bits &= ~bit
    surroundings.parks[firm.park].count[m] -= 1
    surroundings.sectors[firm.sector].count[m] -= 1


@inlined
def excluded_bits(installed):
    """Bits of the measures that those of `installed` rule out."""
    bits, left = np.int64(0), installed & EXCLUDING
    while left:
        bits |= EXCLUDES[lowest_bit(left)]
        left &= left - 1
    return bits


@inlined
def note_open_options(firm):
    """Which known options are lacking and not excluded by what is installed."""
    installed = firm.installed_bits
    firm.open_bits = firm.known_bits & ~installed & ~excluded_bits(installed)


@compiled
def take_stock(firm, measures, surroundings, constants):
    """What follows from the measures installed: what is used, with and without those adopted, and what running them costs."""
    installed, adopted = firm.installed_bits, firm.adopted_bits
    # the comparison without policy changes only when a measure of the initial stock wears out
    if firm.stock_bits != installed & ~adopted:
        use_resources(firm, measures, surroundings, installed & ~adopted, firm.stock_use)
        firm.stock_bits = installed & ~adopted
    use_resources(firm, measures, surroundings, installed, firm.use)
    rescale_levels(firm, measures, surroundings)
    note_open_options(firm)
    firm.operating_cost = running_cost(firm, surroundings) if adopted != 0 else 0.0
    reached = measures[BATTERY].reach[firm.sector] * firm.use[ELECTRICITY]
    firm.shifted = constants.realisation * reached if (adopted >> BATTERY) & 1 else 0.0
    firm.measured = firm.audit_year > 0 or (installed >> ENERGY_MANAGEMENT) & 1 == 1
    firm.changed = False


@inlined
def remaining_shares(sector, bits, workspace):
    """The share of each use [k] that remains in a sector after the measures in `bits`, and its logarithm, in the workspace."""
    remaining, log_remaining, kept, log_kept = (
        workspace.remaining,
        workspace.log_remaining,
        sector.kept,
        sector.log_kept,
    )
    for k in range(N_USES):
        remaining[k] = 1.0
        log_remaining[k] = 0.0
    left = bits
    while left:
        m = lowest_bit(left)
        left &= left - 1
        for k in range(N_USES):
            remaining[k] *= kept[m, k]
            log_remaining[k] += log_kept[m, k]


@inlined
def use_resources(firm, measures, surroundings, bits, use):
    """Fill `use` [k] per year with the measures in `bits`.

    What a measure needs instead follows from what it displaces, given all others: after x share / (1 - share).
    """
    sector, workspace = surroundings.sectors[firm.sector], surroundings.workspace[0]
    remaining_shares(sector, bits, workspace)
    gross, remaining = firm.gross_use, workspace.remaining
    for k in range(N_USES):
        use[k] = gross[k] * remaining[k]
    left = bits & NEEDS_INPUTS
    if left == 0:
        return
    lay_out_streams(use, workspace)
    while left:
        m = lowest_bit(left)
        left &= left - 1
        displaced = workspace.amount[measures[m].stream] * sector.displaced[m]
        added = displaced * surroundings.vintages[vintage(firm.installed_year[m])].input_amount[m]
        use[BIOMASS if measures[m].input_kind == BIOMASS_INPUT else ELECTRICITY] += added


@inlined
def lay_out_streams(use, workspace):
    """What is used of each stream that measures act on, in the workspace [l]; the energy bill as a whole has no unit."""
    amount, fossil = workspace.amount, use[COAL_DIESEL] + use[DEAR_FUEL]
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
def rescale_levels(firm, measures, surroundings):
    """How much of each stream measures still find, and what the boiler house burns."""
    levels, gross, log_remaining = firm.stream_level, firm.gross_level, surroundings.workspace[0].log_remaining
    for stream in range(N_STREAMS):
        levels[stream] = gross[stream] + log_remaining[USE_OF_STREAM[stream]]
    firm.boiler_state = AS_IS
    changes = firm.installed_bits & CHANGES_BOILER
    if changes != 0:
        fuel = firm.use[COAL_DIESEL] + firm.use[DEAR_FUEL] + firm.use[BIOMASS]
        # biomass is added where coal is displaced, so what is left is no product of shares as for other streams
        levels[FUEL] = log(max(fuel, TINY)) - firm.log_size
    while changes:
        firm.boiler_state = max(firm.boiler_state, measures[lowest_bit(changes)].boiler_state)
        changes &= changes - 1


@inlined
def running_cost(firm, surroundings):
    """Yearly running cost [USD] of the measures adopted: a share of their capital at list price, or their own cost per unit.

    A measure reaches what is used of its stream beside all other measures: use / (1 - its own net share).
    """
    lay_out_streams(firm.use, surroundings.workspace[0])
    total, left = 0.0, firm.adopted_bits
    while left:
        total += running_cost_of(firm, lowest_bit(left), surroundings)
        left &= left - 1
    return total


@inlined
def running_cost_of(firm, m, surroundings):
    """The running cost of one measure, with what is used of each stream in the workspace."""
    sector = surroundings.sectors[firm.sector]
    price = surroundings.vintages[vintage(firm.installed_year[m])].cost_level[m]
    per_unit = sector.running_share[m] * price + sector.running_own[m]
    amount = surroundings.workspace[0].amount
    of_stream = per_unit * amount[STREAM_OF_MEASURE[m]] + sector.running_lump[m] * price
    return of_stream + sector.running_dear[m] * amount[DEAR_STREAM]
