"""The operator's decision on a shared system: it studies one, weighs what it is worth, asks for its licence and wishes for it.

A system is a row of the table of systems, park by park and item by item. MODEL.md section 6.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.agents.operator.columns import CERTIFIED
from eipsim.core.compiled import inlined
from eipsim.core.draws import PROCESSES, draw
from eipsim.infrastructure.building import public_money
from eipsim.infrastructure.columns import ALONE, HELPED, Park
from eipsim.infrastructure.customers import (
    bound_of,
    demand_of,
    look_at_tenants,
    tariff_of,
    unit_cost,
    unit_income,
    unit_saving,
)
from eipsim.infrastructure.items import N_ITEMS, NO_GATE, SOLAR_FLEET, STEAM_NETWORK
from eipsim.rules.infrastructure import connects, grant_element, net_present_value
from eipsim.rules.symbiosis import eased, licence_years

STUDY_DRAW, LICENCE_DRAW = PROCESSES["infrastructure"], PROCESSES["infrastructure licence"]
MIDDLE_OF_THE_YEAR = 0.5


class Prospect(NamedTuple):
    """What the operator expects of a system that it studies."""

    demand: float  # units a year of the tenants that would connect
    bound: float  # units a year that the source can give
    standing: float  # units a year that stand already
    margin: float  # USD that a unit served leaves
    credit: float  # USD/yr that a certificate brings through it
    unit_cost: float  # USD of capital per yearly unit


@inlined
def study_park(works, tenancy, p, found):
    """All systems that the operator of park p studies this year; wishes are appended from position `found`, which is returned.

    A worn-out system that is no longer worth its price closes.
    """
    park = Park(
        works.terms[p],
        works.operators[p],
        works.accounts[p],
        works.sums[0],
        works.customers,
        works.constants,
        works.year,
    )
    chance = chance_of_study(park.operator, park.terms, works.constants, works.year)
    looked, first = False, p * N_ITEMS
    for k in range(N_ITEMS):
        item, system = works.items[k], works.systems[first + k]
        if not has_what_it_needs(works.systems, first, item, works.year):
            continue
        turn = draw(works.streams[STUDY_DRAW], park.operator.key, works.year, k)
        if is_studied(system, works.year, turn, chance):
            if not looked:
                look_at_tenants(park.customers, park.sums, park.terms, tenancy, p, works.donors)
                looked = True
            wish, has_network = works.wishes[found], works.systems[first + STEAM_NETWORK].built_year > 0
            if wish_for(park, item, system, prospect_of(park, item, k, system, has_network), wish):
                turn_of_law = draw(works.streams[LICENCE_DRAW], park.operator.key, works.year, k)
                wish.system, wish.ready_year = first + k, ask_for_licence(park, item, system, turn_of_law)
                found += 1 if wish.ready_year > 0 else 0
            elif is_worn_out(system, works.year):
                close(system)
    return found


@inlined
def chance_of_study(operator, terms, constants, year):
    """Probability [1/yr] that the operator studies a system: with its facilitation, and as the public pays for studies; a park
    born eco with full effort.

    Where it has commissioned studies this year, all are made.
    """
    if operator.studied_year == year:
        return 1.0
    effort = operator.facilitation
    if operator.born_eco:
        effort = max(effort, operator.capacity * constants.facilitation_programme)
    alone = constants.infrastructure_rate_alone * operator.capacity
    return min(1.0, constants.infrastructure_rate * effort + alone + terms.studies)


@inlined
def is_up(system, year):
    """The system operates in the year."""
    return system.built_year > 0 and system.built_year <= year


@inlined
def is_worn_out(system, year):
    return system.built_year > 0 and year >= system.ends_year


@inlined
def has_what_it_needs(systems, first, item, year):
    """The system without which the item cannot be operates; the park's systems begin at row `first`."""
    return item.needs < 0 or is_up(systems[first + item.needs], year)


@inlined
def is_studied(system, year, turn, chance):
    """Whether the operator looks at the system this year: by its draw `turn`; at once when it is worn out."""
    if system.required or system.ordered > 0.0:
        return False
    return is_worn_out(system, year) or turn < chance


@inlined
def prospect_of(park, item, k, system, has_network):
    """What tenants would ask for and pay, what stands already, and what source, certificate and capital say to it."""
    terms, sums, operator = park.terms, park.sums, park.operator
    demand, paid = expected_sales(item, k, park.customers, sums.customers, park.constants)
    income = paid / demand if demand > 0.0 else 0.0
    standing = 0.0 if is_worn_out(system, park.year) else system.capacity
    hopes = operator.commit_year > 0 and operator.certificate != CERTIFIED and standing == 0.0
    return Prospect(
        demand,
        bound_of(item, terms, sums),
        standing,
        income + unit_income(item, k, sums) - unit_cost(item, k, terms, sums),
        item.certification_credit * terms.premium if hopes else 0.0,
        cost_of_capacity(item, k, terms, has_network),
    )


@inlined
def wish_for(park, item, system, prospect, wish):
    """Write cost and worth of the system into the wish, with and without public money.

    True when the operator wants it with public money.
    """
    terms, standing = park.terms, prospect.standing
    enough = standing * (1.0 + park.constants.infrastructure_expansion)
    if prospect.demand <= 0.0 or (standing > 0.0 and prospect.demand < enough):
        return False
    for way in range(HELPED, ALONE + 1):
        grant = terms.grant_share if way == HELPED else 0.0
        loan = terms.loan_share if way == HELPED else 0.0
        value, capacity, capital = weigh_system(item, prospect, terms, park.constants, grant, loan)
        wish.npv[way], wish.capacity[way], wish.capital[way] = value, capacity, capital
    system.npv, wish.renewal = wish.npv[HELPED], is_worn_out(system, park.year)
    wish.public = public_money(wish.capital[HELPED], terms, park.constants)
    return wish.npv[HELPED] >= 0.0


@inlined
def expected_sales(item, k, customers, n, constants):
    """Demand [units/yr] of the `n` tenants as far as they would connect, and what they would pay [USD/yr]."""
    demand, paid = 0.0, 0.0
    for j in range(n):
        customer = customers[j]
        wanted = demand_of(item, k, customer)
        if item.owned:
            demand += wanted
        elif wanted > 0.0:
            saving = unit_saving(item, customer, constants) * wanted
            if connects(saving, item.connection_cost, item.years_worth):
                demand += wanted
                paid += wanted * tariff_of(item, customer, constants)
    return demand, paid


@inlined
def cost_of_capacity(item, k, terms, has_network):
    """USD per yearly unit of capacity in this park; a boiler plant pays for pipes where no network stands."""
    sun = terms.solar_cost if k == SOLAR_FLEET else 1.0
    return terms.cost_factor * (item.capital * sun + (0.0 if has_network else item.network_capital))


@inlined
def weigh_system(item, prospect, terms, constants, grant, loan):
    """(NPV [USD], capacity [units/yr], capital [USD]) of the largest system that demand, source and purse allow.

    A system cut short by the purse serves in proportion. `grant` is the share of capital paid by the public, `loan` the share
    of the rest that it lends.
    """
    standing = prospect.standing
    full = min(constants.infrastructure_margin * prospect.demand, prospect.bound) - standing
    fixed = terms.cost_factor * item.fixed_capital if standing == 0.0 else 0.0
    borrowed = (1.0 - grant) * (1.0 - loan)
    most = terms.own_money / borrowed if borrowed > 0.0 else np.inf
    if full <= 0.0 or fixed > most:
        return -np.inf, 0.0, 0.0
    part = min(1.0, (most - fixed) / (prospect.unit_cost * full)) if prospect.unit_cost > 0.0 else 1.0
    capital = fixed + part * prospect.unit_cost * full
    served = max(min(prospect.demand, prospect.bound) - standing, 0.0)
    yearly = part * (served * prospect.margin + prospect.credit) - (item.fixed_cost if standing == 0.0 else 0.0)
    yearly -= item.running_share * capital
    hurdle = constants.operator_hurdle_rate
    gift = grant_element(hurdle, constants.infrastructure_loan_rate, constants.infrastructure_loan_years)
    return net_present_value(yearly, capital, item.lifetime, hurdle, grant, loan, gift), part * full, capital


@inlined
def ask_for_licence(park, item, system, turn):
    """The year in which the system can operate, or 0 when its licence is refused, as the draw `turn` has it.

    Nothing is asked to enlarge or renew.
    """
    if system.built_year > 0:
        return park.year
    open_to = park.terms.reform[item.gate] if item.gate != NO_GATE else 0.0
    park.account.licence_usd += eased(item.licence_usd[0], item.licence_usd[1], open_to)
    if turn < eased(item.refusal[0], item.refusal[1], open_to):
        system.refused_year = park.year
        return 0
    return park.year + licence_years(eased(item.licence_months[0], item.licence_months[1], open_to), MIDDLE_OF_THE_YEAR)


@inlined
def close(system):
    """The system is gone; its tenants are disconnected when the year's services are delivered."""
    system.built_year, system.ends_year = 0, 0
    system.capacity, system.demand, system.standing = 0.0, 0.0, 0.0
