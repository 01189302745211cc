"""The operator's decision on a shared system: it studies one, weighs what it is worth, asks for its licence and wishes for it.

A system is a row of the table of systems, park by park and item by item. MODEL.md section 6.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.agents.operator.columns import CERTIFIED
from eipsim.core.compiled import inlined
from eipsim.core.draws import PROCESSES, draw
from eipsim.infrastructure.columns import ALONE, HELPED, LICENCES
from eipsim.infrastructure.customers import (
    bound_of,
    demand_of,
    look_at_tenants,
    place_of,
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
    systems, chance, looked = works.systems, chance_of_study(works.operators, p, works.constants), False
    for system in range(p * N_ITEMS, (p + 1) * N_ITEMS):
        if is_studied(works, system, chance):
            if not looked:
                look_at_tenants(works, tenancy, p)
                looked = True
            if study(works, system, found):
                ready = ask_for_licence(works, system)
                works.wishes.ready_year[found] = ready
                found += 1 if ready > 0 else 0
            elif is_worn_out(systems, system, works.year):
                close(systems, system)
    return found


@inlined
def chance_of_study(operators, p, constants):
    """Probability [1/yr] that the operator studies a system: with its facilitation; a park born eco with full effort."""
    effort = operators.facilitation[p]
    if operators.born_eco[p]:
        effort = max(effort, operators.capacity[p] * constants.facilitation_programme)
    alone = constants.infrastructure_rate_alone * operators.capacity[p]
    return min(1.0, constants.infrastructure_rate * effort + alone)


@inlined
def is_up(systems, system, year):
    """The system operates in the year."""
    return systems.built_year[system] > 0 and systems.built_year[system] <= year


@inlined
def is_worn_out(systems, system, year):
    return systems.built_year[system] > 0 and year >= systems.ends_year[system]


@inlined
def is_studied(works, system, chance):
    """What the operator looks at this year: by its draw, when what it needs is there; at once when it is worn out."""
    p, k = place_of(system)
    systems, needs = works.systems, np.int64(works.items.needs[k])
    if systems.required[system] or systems.ordered[system] > 0.0:
        return False
    if needs >= 0 and not is_up(systems, system - k + needs, works.year):
        return False
    if is_worn_out(systems, system, works.year):
        return True
    return draw(works.streams[STUDY_DRAW], works.operators.key[p], works.year, k) < chance


@inlined
def study(works, system, wish):
    """Write the system's cost and worth into row `wish` of the wishes, with and without public money.

    True when the operator wants it with public money.
    """
    p, _ = place_of(system)
    systems, wishes, terms = works.systems, works.wishes, works.terms
    worn_out = is_worn_out(systems, system, works.year)
    standing = 0.0 if worn_out else systems.capacity[system]
    prospect = prospect_of(works, system, standing)
    enough = standing * (1.0 + works.constants.infrastructure_expansion)
    if prospect.demand <= 0.0 or (standing > 0.0 and prospect.demand < enough):
        return False
    for way in (HELPED, ALONE):
        grant = terms.grant_share[p] if way == HELPED else 0.0
        loan = terms.loan_share[p] if way == HELPED else 0.0
        value, capacity, capital = weigh_system(works, system, prospect, grant, loan)
        wishes.npv[wish, way], wishes.capacity[wish, way], wishes.capital[wish, way] = value, capacity, capital
    systems.npv[system] = wishes.npv[wish, HELPED]
    wishes.system[wish], wishes.renewal[wish] = system, worn_out
    return wishes.npv[wish, HELPED] >= 0.0


@inlined
def prospect_of(works, system, standing):
    """What tenants would ask for and pay, and what the source, the certificate and capital say to it."""
    p, k = place_of(system)
    items, terms, sums, operators = works.items, works.terms, works.sums, works.operators
    demand, paid = expected_sales(items, k, works.customers, sums.customers[0], works.constants)
    income = paid / demand if demand > 0.0 else 0.0
    hopes = operators.commit_year[p] > 0 and operators.certificate[p] != CERTIFIED and standing == 0.0
    return Prospect(
        demand,
        bound_of(items, k, terms, p, sums),
        standing,
        income + unit_income(items, k, sums) - unit_cost(items, k, terms, p, sums),
        items.certification_credit[k] * terms.premium[p] if hopes else 0.0,
        cost_of_capacity(items, terms, works.systems, system),
    )


@inlined
def expected_sales(items, k, customers, n, constants):
    """Demand [units/yr] of the `n` tenants as far as they would connect, and what they would pay [USD/yr]."""
    demand, paid = 0.0, 0.0
    for j in range(n):
        wanted = demand_of(items, k, customers, j)
        if items.owned[k]:
            demand += wanted
        elif wanted > 0.0:
            saving = unit_saving(items, k, customers, j, constants) * wanted
            if connects(saving, items.connection_cost[k], items.years_worth[k]):
                demand += wanted
                paid += wanted * tariff_of(items, k, customers, j, constants)
    return demand, paid


@inlined
def cost_of_capacity(items, terms, systems, system):
    """USD per yearly unit of capacity in this park; a boiler plant pays for pipes where no network stands."""
    p, k = place_of(system)
    pipes = 0.0 if systems.built_year[system - k + STEAM_NETWORK] > 0 else items.network_capital[k]
    sun = terms.solar_cost[p] if k == SOLAR_FLEET else 1.0
    return terms.cost_factor[p] * (items.capital[k] * sun + pipes)


@inlined
def weigh_system(works, system, prospect, grant, loan):
    """(NPV [USD], capacity [units/yr], capital [USD]) of the largest system that demand, source and purse allow.

    A system cut short by the purse serves in proportion. `grant` is the share of capital paid by the public, `loan` the share
    of the rest that it lends.
    """
    p, k = place_of(system)
    items, terms, constants, standing = works.items, works.terms, works.constants, prospect.standing
    full = min(constants.infrastructure_margin * prospect.demand, prospect.bound) - standing
    fixed = terms.cost_factor[p] * items.fixed_capital[k] if standing == 0.0 else 0.0
    borrowed = (1.0 - grant) * (1.0 - loan)
    most = terms.own_money[p] / borrowed if borrowed > 0.0 else np.inf
    if full <= 0.0 or fixed > most:
        return -np.inf, 0.0, 0.0
    part = min(1.0, (most - fixed) / (prospect.unit_cost * full)) if prospect.unit_cost > 0.0 else 1.0
    capital = fixed + part * prospect.unit_cost * full
    served = max(min(prospect.demand, prospect.bound) - standing, 0.0)
    yearly = part * (served * prospect.margin + prospect.credit) - (items.fixed_cost[k] if standing == 0.0 else 0.0)
    yearly -= items.running_share[k] * capital
    hurdle = constants.operator_hurdle_rate
    gift = grant_element(hurdle, constants.infrastructure_loan_rate, constants.infrastructure_loan_years)
    return net_present_value(yearly, capital, items.lifetime[k], hurdle, grant, loan, gift), part * full, capital


@inlined
def ask_for_licence(works, system):
    """The year in which the system can operate, or 0 when its licence is refused. Nothing is asked to enlarge or renew."""
    p, k = place_of(system)
    items, systems, year = works.items, works.systems, works.year
    if systems.built_year[system] > 0:
        return year
    open_to = works.terms.reform[p, items.gate[k]] if items.gate[k] != NO_GATE else 0.0
    works.flows[p, LICENCES] += eased(items.licence_usd[k, 0], items.licence_usd[k, 1], open_to)
    refusal = eased(items.refusal[k, 0], items.refusal[k, 1], open_to)
    if draw(works.streams[LICENCE_DRAW], works.operators.key[p], year, k) < refusal:
        systems.refused_year[system] = year
        return 0
    months = eased(items.licence_months[k, 0], items.licence_months[k, 1], open_to)
    return year + licence_years(months, MIDDLE_OF_THE_YEAR)


@inlined
def close(systems, system):
    """The system is gone; its tenants are disconnected when the year's services are delivered."""
    systems.built_year[system], systems.ends_year[system] = 0, 0
    systems.capacity[system], systems.demand[system], systems.standing[system] = 0.0, 0.0, 0.0
