"""What a project costs a firm and what it is worth to it, on one row."""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm.stock import ENERGY_MANAGEMENT, STREAM_OF_MEASURE, TINY
from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import compiled, inlined
from eipsim.core.money import CENTS
from eipsim.market.catalogue import ENERGY_ALL
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, ELECTRICITY
from eipsim.rules.investment import unit_value

NEVER_PAYS = -600.0  # ln of a saving that is not positive


@inlined
def price_class(firms, i):
    """Row of the price tables: what the boiler house burns, and whether the carbon price applies."""
    return 2 * firms.boiler_state[i] + (1 if firms.covered[i] else 0)


@inlined
def log_cost(firms, i, m, surroundings):
    """ln of the project's cost, before any subsidy, over the firm's size."""
    level = firms.stream_level[i, STREAM_OF_MEASURE[m]]
    return level + surroundings.sectors.log_unit_cost[firms.sector[i], m] + firms.cost_factor[i, m]


@inlined
def log_discount(firms, i):
    """ln of the share of a project's cost that a voucher leaves to the firm."""
    return log(1.0 - firms.voucher_rate[i]) if firms.voucher_rate[i] > 0.0 else 0.0


@compiled
def cost_in_cents(firms, i, m, surroundings):
    """The project's cost in whole cents, before any subsidy."""
    return np.int64(exp(log_cost(firms, i, m, surroundings) + firms.log_size[i]) * CENTS + 0.5)


@compiled
def renewal_in_cents(firms, i, m, measures, surroundings):
    """What it costs to build an installed measure again: for what its stream would carry without it."""
    shared = measures.stream[m] == ENERGY_ALL  # a lump sum, whatever the stream carries
    kept = 1.0 if shared else 1.0 - measures.net_share[m, firms.sector[i]]
    return np.int64(cost_in_cents(firms, i, m, surroundings) / kept + 0.5)


@compiled
def log_saving_of_energy_management(firms, i, measures, surroundings, constants):
    """ln of the yearly worth of an energy management system over the firm's size: it saves on the whole energy bill."""
    s, k, z = firms.sector[i], price_class(firms, i), surroundings.parks.zone[firms.park[i]]
    fuel = firms.use[i, COAL_DIESEL] + firms.use[i, DEAR_FUEL] + firms.use[i, BIOMASS]
    bill = (
        firms.use[i, ELECTRICITY] * surroundings.markets.electricity_price[z, s, k]
        + fuel * surroundings.markets.fuel_price[z, s, k]
    )
    running = surroundings.markets.management_cost[z]
    worth = unit_value(constants.realisation, measures.reach[ENERGY_MANAGEMENT, s] * bill, 0.0, 0.0, 0.0, running)
    return log(worth) - firms.log_size[i] if worth > TINY else 2.0 * NEVER_PAYS


@compiled
def log_saving(firms, i, m, measures, surroundings, constants):
    """ln of the project's yearly worth over the firm's size; below NEVER_PAYS when it has none."""
    if m == ENERGY_MANAGEMENT:
        return log_saving_of_energy_management(firms, i, measures, surroundings, constants)
    z, level = surroundings.parks.zone[firms.park[i]], firms.stream_level[i, STREAM_OF_MEASURE[m]]
    return level + surroundings.markets.log_unit_saving[z, firms.sector[i], price_class(firms, i), m]
