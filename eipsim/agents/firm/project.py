"""What a project costs a firm and what it is worth to it. `firm` is a row of the table of firms."""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm.stock import ENERGY_MANAGEMENT, STREAM_OF_MEASURE, TINY
from eipsim.agents.surroundings import market_of, standing
from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import compiled, inlined
from eipsim.core.money import CENTS
from eipsim.market.catalogue import ENERGY_ALL
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, ELECTRICITY
from eipsim.rules.investment import unit_value
from eipsim.rules.loans import whole_years

NEARLY = 1e-9  # of a logarithm, more than those of `core.arithmetic` are off
NEVER_PAYS = -600.0  # ln of a saving that is not positive
# Parameter `voucher_applications` from which on firms apply for vouchers; below, each is reserved at its cap.
APPLIED_FOR = 1.0


@inlined
def price_class(firm):
    """Row of the price tables: what the boiler house burns, and whether the carbon price applies."""
    return 2 * firm.boiler_state + (1 if firm.covered else 0)


@inlined
def log_size_now(firm, surroundings):
    """ln of the firm's size [USD/yr] at this year's output: cost and saving of every project are in proportion to it."""
    return firm.log_size + surroundings.sectors[firm.sector].log_growth


@inlined
def log_cost(firm, m, surroundings):
    """ln of the project's cost, before any subsidy, over the firm's size."""
    sector = surroundings.sectors[firm.sector]
    return firm.stream_level[STREAM_OF_MEASURE[m]] + sector.log_unit_cost[m] + firm.cost_factor[m]


@inlined
def lent_share(firm, surroundings, constants):
    """Share of a project's cost, less voucher, that is lent to the firm."""
    if firm.constrained:
        return surroundings.parks[firm.park].lent[standing(firm)]
    return constants.loan_share if whole_years(constants.loan_years) > 0 else 0.0


@inlined
def log_discount(firm, surroundings, constants):
    """ln of the share of a project's cost that a voucher, and then an interest subsidy on what is lent, leave to the firm."""
    left = log(1.0 - firm.voucher_rate) if firm.voucher_rate > 0.0 else 0.0
    if whole_years(constants.loan_years) == 0:
        return left
    relief = surroundings.parks[firm.park].interest_relief[standing(firm)]
    return left + log(1.0 - relief * lent_share(firm, surroundings, constants)) if relief > 0.0 else left


@inlined
def log_cost_at_cap(firm, surroundings, constants):
    """ln of the cost over the firm's size up to which its voucher surely pays its rate; above, `log_lost_to_cap` looks closely.

    Infinite for who has no voucher, and where vouchers are reserved: firms count with their whole rate then.
    """
    if firm.voucher_rate == 0.0 or constants.voucher_applications < APPLIED_FOR:
        return np.inf
    surely = (firm.voucher_left - 1) / (firm.voucher_rate * CENTS)  # a cent for rounding
    return log(max(surely, TINY)) - log_size_now(firm, surroundings) - NEARLY


@compiled
def log_lost_to_cap(firm, m, surroundings):
    """ln of how much dearer a project is than at the voucher's rate, because no voucher pays more than its cap; mostly 0."""
    gross, cap = cost_in_cents(firm, m, surroundings), firm.voucher_left
    if firm.voucher_rate * gross <= cap:
        return 0.0
    return log(1.0 - cap / gross) - log(1.0 - firm.voucher_rate)


@compiled
def cost_in_cents(firm, m, surroundings):
    """The project's cost in whole cents, before any subsidy."""
    return np.int64(exp(log_cost(firm, m, surroundings) + log_size_now(firm, surroundings)) * CENTS + 0.5)


@compiled
def renewal_in_cents(firm, m, measures, surroundings):
    """What it costs to build an installed measure again: for what its stream would carry without it."""
    measure = measures[m]
    shared = measure.stream == ENERGY_ALL  # a lump sum, whatever the stream carries
    kept = 1.0 if shared else 1.0 - measure.net_share[firm.sector]
    return np.int64(cost_in_cents(firm, m, surroundings) / kept + 0.5)


@compiled
def log_saving_of_energy_management(firm, measures, surroundings, constants):
    """ln of the yearly worth of an energy management system over the firm's size: it saves on the whole energy bill."""
    market, use = market_of(firm, surroundings), firm.use
    k = price_class(firm)
    fuel = use[COAL_DIESEL] + use[DEAR_FUEL] + use[BIOMASS]
    bill = use[ELECTRICITY] * market.electricity_price[k] + fuel * market.fuel_price[k]
    reach = measures[ENERGY_MANAGEMENT].reach[firm.sector]
    worth = unit_value(constants.realisation, reach * bill, 0.0, 0.0, 0.0, market.management_cost)
    return log(worth) - firm.log_size if worth > TINY else 2.0 * NEVER_PAYS


@compiled
def log_saving(firm, m, measures, surroundings, constants):
    """ln of the project's yearly worth over the firm's size; below NEVER_PAYS when it has none."""
    if m == ENERGY_MANAGEMENT:
        return log_saving_of_energy_management(firm, measures, surroundings, constants)
    market = market_of(firm, surroundings)
    level = firm.stream_level[STREAM_OF_MEASURE[m]]
    return level + market.log_unit_saving[price_class(firm), m]
