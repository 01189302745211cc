"""A year of the systems that tenants share, park by park: operators study and may build them, then they serve their tenants."""

from __future__ import annotations

from eipsim.core.compiled import compiled, inlined
from eipsim.infrastructure.building import build, in_cents
from eipsim.infrastructure.columns import M2_PER_HA
from eipsim.infrastructure.investing import study_park
from eipsim.infrastructure.items import N_ITEMS
from eipsim.infrastructure.serving import come_into_operation, forget_year, serve_park


@compiled
def study_all(works, tenancy, budget):
    """Every park with tenants. What is wished is built when all public money that it asks for fits the `budget` [cents].

    Returns the number of wishes, which stand first in `wishes`, and the public money that is paid, or -1 when it has to be dealt.
    """
    found, asked = 0, 0
    for p in range(works.operators.size):
        operator, terms = works.operators[p], works.terms[p]
        set_terms(terms, operator, works.constants)
        if operator.operating_year <= works.year and tenancy.first[p + 1] > tenancy.first[p]:
            found = study_park(works, tenancy, p, found)
            operator.spending += in_cents(works.accounts[p].licence_usd)
    for w in range(found):
        asked += works.wishes[w].public
        works.wishes[w].helped = True
    return found, build_wishes(works, found) if asked <= budget else -1


@inlined
def set_terms(terms, operator, constants):
    """What the operator reckons with: levers and prices of the year stand in `terms` already."""
    # a park that broke its word as an eco-industrial park gets no public money
    if operator.lapsed_year > 0:
        terms.grant_share, terms.loan_share = 0.0, 0.0
    terms.premium = terms.premium_share * (constants.management_fee_usd_m2 * M2_PER_HA * terms.land_ha)
    dearer = constants.born_eco_cost_factor if operator.born_eco else 1.0
    terms.cost_factor = constants.infrastructure_cost_factor * dearer


@compiled
def build_all(works, found):
    """The first `found` wishes, to which public money has been dealt. Returns how much of it is paid [cents]."""
    return build_wishes(works, found)


@inlined
def build_wishes(works, found):
    """What is worth it with the public money that it gets, or without."""
    paid = 0
    for w in range(found):
        wish = works.wishes[w]
        system = works.systems[wish.system]
        paid += build(wish, system, works.operators[system.park], works.accounts[system.park], works.year)
    return paid


@compiled
def serve_all(works, tenancy):
    """Every park that has, or has had, a system of its own making; the operator earns and pays. Who is gone gets nothing more."""
    for n in range(tenancy.gone.size):
        service = works.services[tenancy.gone[n]]
        service.connected = 0
        forget_year(service)
    for p in range(works.operators.size):
        active, operator, account = False, works.operators[p], works.accounts[p]
        for k in range(N_ITEMS):
            system = works.systems[p * N_ITEMS + k]
            if not system.required:
                come_into_operation(system, works.items[k], works.year)
                active = active or system.built_year > 0 or system.connected > 0 or system.used > 0.0
        if active and tenancy.first[p + 1] > tenancy.first[p]:
            serve_park(works, tenancy, p)
        operator.spending += in_cents(account.running_usd)
        operator.revenue = in_cents(account.tariff_usd + account.other_income_usd)
