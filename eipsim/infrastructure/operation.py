"""Infrastructure that tenants share: what park operators build, what it gives to tenants, and what that does to the accounts.

The operator studies systems and builds those whose net present value is not negative at its hurdle rate; tenants connect when
their saving pays for the connection. Systems are served before firms exchange anything with each other: exchanges get what
`left_after_infrastructure` says. The year of a park stands in `agents/infrastructure_year.py`, the items in
`infrastructure_items.py`. MODEL.md section 6.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.agents.firm.year import SOLAR
from eipsim.agents.surroundings import Surroundings
from eipsim.core.columns import as_bytes, new_table
from eipsim.core.draws import PROCESSES, draw, drawn
from eipsim.data.loading import value_of
from eipsim.errors import ConservationError
from eipsim.infrastructure import year as of_year
from eipsim.infrastructure.items import (
    BIOMASS_STEAM,
    GATES,
    N_ITEMS,
    PLANT,
    SOLAR_FLEET,
    SOLAR_GATE,
    STEAM_NETWORK,
    WASTE_GATE,
    WASTEWATER_GATE,
    build_items,
    donor_bits,
    item_value,
)
from eipsim.infrastructure.year import (
    FLOWS,
    M2_PER_HA,
    NEVER,
    SERVICE_COLUMNS,
    SUM_COLUMNS,
    SYSTEM_COLUMNS,
    TENANT_COLUMNS,
    TERMS_COLUMNS,
    WISH_COLUMNS,
)
from eipsim.market import books as ac
from eipsim.market.constants import Constants
from eipsim.market.drivers import CARRIERS, FIRST_YEAR, REFERENCE_YEAR
from eipsim.market.market import Market
from eipsim.market.uses import BIOMASS, COAL_DIESEL, DEAR_FUEL, ELECTRICITY, N_USES, WASTE, WATER
from eipsim.policy.symbiosis import REFORMS
from eipsim.rules.infrastructure import grant_element
from eipsim.world import World

INFRASTRUCTURE_FLOWS = FLOWS
FLOW = {name: position for position, name in enumerate(FLOWS)}
GRANT_DRAW = PROCESSES["infrastructure grant"]
CENTS, KWH_PER_MWH = 100.0, 1000.0
WASTEWATER_LEFT = N_USES  # last column of what is left for exchanges
FEW = 2  # a system that is shared by fewer tenants is no symbiosis
TOLERANCE = 1e-9
# Flow of infrastructure -> what the park has of it this year.
REPLACED = {
    FLOW["solar_mwh"]: ac.USED + ELECTRICITY, FLOW["water_displaced_m3"]: ac.USED + WATER,
    FLOW["waste_taken_t"]: ac.USED + WASTE, FLOW["coal_displaced_gj"]: ac.USED + COAL_DIESEL,
    FLOW["dear_fuel_displaced_gj"]: ac.USED + DEAR_FUEL, FLOW["biomass_displaced_gj"]: ac.USED + BIOMASS,
    FLOW["wastewater_reused_m3"]: ac.WASTEWATER,
}  # fmt: skip


# ---- before the first year --------------------------------------------------------------------------------------------


class Infrastructure(NamedTuple):
    """Shared systems of a run: what may be built, what stands, and the working space of their year."""

    items: np.recarray  # a row per item, at the level of the reference year
    items_now: np.recarray  # the same at this year's level
    systems: np.recarray  # SYSTEM_COLUMNS, a row per park and item
    services: np.recarray  # SERVICE_COLUMNS, a row per firm
    terms: np.recarray  # TERMS_COLUMNS, a row per park
    flows: np.ndarray  # float [p, FLOWS] of this year
    tenants: np.recarray  # TENANT_COLUMNS, the tenants of the park at hand
    sums: np.recarray  # SUM_COLUMNS, one row
    wishes: np.recarray  # WISH_COLUMNS, systems that operators would build this year
    donors: int  # bit s is set for a sector that has steam to give


def lay_out(world: World, market: Market, operators: np.recarray, surroundings: Surroundings) -> Infrastructure:
    """The tables of systems, services and terms of a run, and the plants that stood before it."""
    items = build_items(market.constants, world.sectors)
    return Infrastructure(
        items=items,
        items_now=items.copy(),
        systems=build_systems(operators, surroundings.streams, market.constants),
        services=new_table(world.n_firms, SERVICE_COLUMNS),
        terms=build_terms(world, market, surroundings.parks),
        flows=np.zeros((world.n_parks, len(FLOWS))),
        tenants=new_table(int(np.diff(world.parks.start).max(initial=0)), TENANT_COLUMNS),
        sums=new_table(1, SUM_COLUMNS),
        wishes=new_table(world.n_parks * N_ITEMS + 1, WISH_COLUMNS),
        donors=donor_bits(world.sectors),
    )


def build_systems(operators: np.recarray, streams: np.ndarray, constants: Constants) -> np.recarray:
    """One row per park and item. Parks have the wastewater plant that the law asks for from their opening; of those that
    operated before 2015 a share, by draw."""
    n = operators.size
    systems = new_table(
        n * N_ITEMS, SYSTEM_COLUMNS, park=np.repeat(np.arange(n), N_ITEMS), kind=np.tile(np.arange(N_ITEMS), n),
        clean_since=NEVER,
    )  # fmt: skip
    luck = drawn(operators.key, streams[PROCESSES["wastewater plant"]])
    by_law = operators.operating_year >= FIRST_YEAR
    has = by_law | (luck < constants.plant_share)
    plants = np.arange(n) * N_ITEMS + PLANT
    systems.required[plants] = has
    systems.built_year[plants] = np.where(has, operators.operating_year, 0)
    return systems


def build_terms(world: World, market: Market, parks: np.recarray) -> np.recarray:
    """What does not change from year to year of what operators reckon with; `parks` are the neighbourhoods of firms."""
    c = market.constants
    land = world.parks.area_ha * c.leased_land_share
    solar_cost = np.exp(parks.solar_cost)
    panels = land * M2_PER_HA * item_value("solar-fleet", "roof_share") * value_of("learning_and_pv", "pv_roof_density")
    yearly_yield = value_of("driver_paths", "pv_yield_reference") / solar_cost  # kWh per kWp
    return new_table(
        world.n_parks, TERMS_COLUMNS, zone=parks.zone, land_ha=land, solar_cost=solar_cost,
        own_money=c.infrastructure_budget_years * c.management_fee_usd_m2 * M2_PER_HA * land,
        roof_mwh=panels * yearly_yield / KWH_PER_MWH, water_price=market.drivers.water_price,
        fuel_per_tonne=item_value("steam", "fuel_per_tonne"),
    )  # fmt: skip


# ---- the operators' decisions -----------------------------------------------------------------------------------------


def invest(model) -> None:
    """Operators study systems and build those that are worth it, as far as the public budget reaches in keyed order."""
    mine, state, year = model.state.infrastructure, model.state, model.this_year
    mine.flows[:] = 0.0
    set_terms(model)
    move_item_prices(model)
    found = of_year.study_all(
        mine.systems, mine.items_now, state.operators, state.firms, year.rows, year.first, mine.terms, year.prices,
        mine.tenants, mine.sums, mine.donors, state.surroundings.streams, year.number, state.market.constants, mine.flows,
        mine.wishes,
    )  # fmt: skip
    if found:
        build(model, model.state.infrastructure.wishes[:found])
    model.state.operators.spending[:] += in_cents(model.state.infrastructure.flows[:, FLOW["licence_usd"]])


def set_terms(model) -> None:
    """Levers and prices of the year, park by park."""
    terms, levers, o, c = (
        model.state.infrastructure.terms,
        model.this_year.levers,
        model.state.operators,
        model.state.market.constants,
    )
    terms.operates[:] = o.operating_year <= model.year
    welcome = o.lapsed_year == 0  # a park that broke its word as an eco-industrial park gets no public money
    terms.grant_share[:] = np.where(welcome, levers.infrastructure_cofunding, 0.0)
    terms.loan_share[:] = np.where(welcome, levers.infrastructure_soft_loan, 0.0)
    terms.reform[:] = reform_degrees(model)
    rent = c.management_fee_usd_m2 * M2_PER_HA * terms.land_ha
    terms.premium[:] = levers.certification_premium * rent
    terms.cost_factor[:] = c.infrastructure_cost_factor * np.where(o.born_eco, c.born_eco_cost_factor, 1.0)
    terms.biomass_price[:] = model.state.market.drivers.fuel_price[model.year - FIRST_YEAR, CARRIERS.index("biomass")]


def reform_degrees(model) -> np.ndarray:
    """How far [0-1] the legal gates are open [n_parks, gates]: by a reform, by what sandboxes have proven, in a sandbox."""
    degrees, levers = np.zeros((model.world.n_parks, len(GATES))), model.this_year.levers
    degrees[:, SOLAR_GATE] = levers.solar_rules[model.state.operators.province]
    proven = model.state.exchanges.evidence >= model.state.market.constants.sandbox_evidence
    for gate, reform, lever in (
        (WASTEWATER_GATE, "wastewater", levers.wastewater_reuse_reform),
        (WASTE_GATE, "waste", levers.waste_reuse_reform),
    ):
        eased = max(lever, float(proven[REFORMS.index(reform)]))
        degrees[:, gate] = np.maximum(eased, levers.sandbox)
    return degrees


def move_item_prices(model) -> None:
    """The items at this year's level: solar gets cheaper, the price of steam follows that of the fuel."""
    items, today, t, base = (
        model.state.infrastructure.items,
        model.state.infrastructure.items_now,
        model.year - FIRST_YEAR,
        REFERENCE_YEAR - FIRST_YEAR,
    )
    solar, prices = model.state.market.yearly.cost_level[:, SOLAR], model.state.market.drivers.fuel_price
    today.capital[SOLAR_FLEET] = items.capital[SOLAR_FLEET] * solar[t] / solar[base]
    for item, carrier in ((STEAM_NETWORK, "coal"), (BIOMASS_STEAM, "biomass")):
        column = CARRIERS.index(carrier)
        today.tariff[item] = items.tariff[item] * prices[t, column] / prices[base, column]


def build(model, wishes: np.recarray) -> None:
    """Build what is wished, with public money where all of it fits the budget, without it where it is worth it even so."""
    systems, parks = wishes.system, wishes.system // N_ITEMS
    public = public_money(model, wishes, parks)
    helped = within_budget(model, systems, public)
    chosen = np.flatnonzero(helped | (wishes.npv[:, 1] >= 0.0))
    way, systems, parks = np.where(helped, 0, 1)[chosen], systems[chosen], parks[chosen]
    capital, paid = in_cents(wishes.capital[chosen, way]), np.where(helped, public, 0)[chosen]
    order(model, wishes[chosen], way, capital, paid)
    np.add.at(model.state.operators.spending, parks, capital - paid)
    np.add.at(model.state.operators.grants, parks, paid)
    np.add.at(model.state.infrastructure.flows[:, FLOW["capital_usd"]], parks, capital / CENTS)
    np.add.at(model.state.infrastructure.flows[:, FLOW["grant_usd"]], parks, paid / CENTS)
    books, total = model.state.regulators, int(paid.sum())
    books.infrastructure[0] += total
    books.appropriation[0] += total


def public_money(model, wishes: np.recarray, parks: np.ndarray) -> np.ndarray:
    """Cents that the public would pay for each wish: its grant, and what its soft loan costs at the social discount rate."""
    c, terms, capital = model.state.market.constants, model.state.infrastructure.terms, wishes.capital[:, 0]
    grant = terms.grant_share[parks]
    loan = terms.loan_share[parks] * capital * (1.0 - grant)
    cost = grant_element(1.0, c.social_discount_rate, c.infrastructure_loan_rate, c.infrastructure_loan_years)
    return in_cents(capital * grant) + in_cents(loan * cost)


def within_budget(model, systems: np.ndarray, public: np.ndarray) -> np.ndarray:
    """bool: wishes that get their public money [cents]; dealt in keyed order, each in full or not at all."""
    budget = int(model.this_year.levers.infrastructure_budget_usd * CENTS)
    if public.sum() <= budget:
        return np.ones(systems.size, dtype=np.bool_)
    stream, keys = model.state.surroundings.streams[GRANT_DRAW], model.state.operators.key[systems // N_ITEMS]
    luck = [draw(stream, keys[w], model.year, systems[w] % N_ITEMS) for w in range(systems.size)]
    helped = np.zeros(systems.size, dtype=np.bool_)
    for w in np.argsort(np.array(luck), kind="stable"):
        helped[w] = public[w] <= budget
        budget -= int(public[w]) if helped[w] else 0
    return helped


def order(model, wishes: np.ndarray, way: np.ndarray, capital: np.ndarray, paid: np.ndarray) -> None:
    """The systems are ordered and come into operation in the year of the wish; what is worn out is torn down."""
    table, rows = model.state.infrastructure.systems, wishes["system"]
    worn_out = rows[wishes["renewal"]]
    table.built_year[worn_out], table.connected[worn_out] = 0, 0
    for column in ("capacity", "standing", "demand"):
        table[column][worn_out] = 0.0
    table.decided_year[rows], table.ready_year[rows] = model.year, wishes["ready_year"]
    table.ordered[rows] = wishes["capacity"][np.arange(rows.size), way]
    table.standing[rows] += capital / CENTS
    table.capital[rows] += capital / CENTS
    table.grant[rows] += paid / CENTS


def in_cents(usd: np.ndarray) -> np.ndarray:
    return np.floor(usd * CENTS + 0.5).astype(np.int64)


# ---- what systems do in the year --------------------------------------------------------------------------------------


def deliver(model) -> None:
    """Every system serves its tenants; the operator earns tariffs and pays what it costs to run."""
    gone = np.flatnonzero(model.world.firms.exit_year == model.year)
    services = as_bytes(model.state.infrastructure.services)
    services[gone] = bytes(services.itemsize)
    flows = model.state.infrastructure.flows
    mine, state, year = model.state.infrastructure, model.state, model.this_year
    of_year.serve_all(
        mine.systems, mine.items_now, state.operators, state.firms, year.rows, year.first, mine.terms, year.prices,
        mine.tenants, mine.sums, mine.donors, mine.services, year.number, state.market.constants, flows,
    )  # fmt: skip
    o = model.state.operators
    o.spending[:] += in_cents(flows[:, FLOW["running_usd"]])
    o.revenue[:] = in_cents(flows[:, FLOW["tariff_usd"]] + flows[:, FLOW["other_income_usd"]])


def operating(model) -> np.ndarray:
    """bool [systems]: what serves somebody this year, beyond what the law asks of every park."""
    systems = model.state.infrastructure.systems
    return (systems.built_year > 0) & (systems.used > 0.0) & ~systems.required


def left_after_infrastructure(model) -> np.ndarray:
    """What exchanges may still draw on, per firm and year [n_rows, uses + 1]: the nine uses, and wastewater [m3] last.

    Use after the firm's own savings, less what systems bring (water, fuel, electricity) or take (waste, wastewater).
    `service_table.steam_given` [t] says how much of a firm's surplus steam the network has taken.
    """
    f, s, level = model.state.firms, model.state.infrastructure.services, model.this_year.prices.intensity
    left = np.empty((f.size, N_USES + 1))
    left[:, :N_USES] = f.use * level
    left[:, WASTEWATER_LEFT] = left[:, WATER] * model.this_year.prices.wastewater_ratio[f.sector] - s.wastewater
    left[:, WATER] -= s.water
    left[:, ELECTRICITY] -= s.electricity
    left[:, [COAL_DIESEL, DEAR_FUEL, BIOMASS]] -= s.fuel
    left[:, WASTE] -= s.waste
    return np.maximum(left, 0.0)


def net_of_infrastructure(flows: np.ndarray, served: np.ndarray, grid_factor: float) -> np.ndarray:
    """The flows of parks [p, flow] after infrastructure: what is really bought, burnt, disposed of, emitted and paid.

    Balances are checked on the flows before it, since `without = used + avoided` holds there.
    """
    net = flows.copy()
    of = {name: served[:, position] for name, position in FLOW.items()}
    net[:, ac.USED + ELECTRICITY] += of["electricity_added_mwh"] - of["solar_mwh"]
    net[:, ac.USED + COAL_DIESEL] -= of["coal_displaced_gj"]
    net[:, ac.USED + DEAR_FUEL] -= of["dear_fuel_displaced_gj"]
    net[:, ac.USED + BIOMASS] += of["biomass_added_gj"] - of["biomass_displaced_gj"]
    net[:, ac.USED + WATER] -= of["water_displaced_m3"]
    net[:, ac.USED + WASTE] -= of["waste_diverted_t"]
    net[:, ac.WASTEWATER] -= of["wastewater_reused_m3"]
    net[:, ac.SCOPE_1] -= of["co2_scope1_avoided_t"]
    net[:, ac.SCOPE_2] += (of["electricity_added_mwh"] - of["solar_mwh"]) * grid_factor
    net[:, ac.SAVING] += of["tenant_saving_usd"]
    net[:, ac.CARBON_PAID] -= of["carbon_avoided_usd"]
    net[:, ac.CHARGES_PAID] -= of["charges_avoided_usd"]
    return net


def check_services(model) -> None:
    """Raise ConservationError unless systems stay within their capacity, and replace no more than a park uses."""
    systems, year = model.state.infrastructure.systems, model.year
    if (systems.used > systems.capacity * (1.0 + TOLERANCE) + TOLERANCE).any():
        raise ConservationError(f"{year}: a system delivers more than its capacity")
    flows = model.state.infrastructure.flows
    if flows.min(initial=0.0) < 0.0:
        raise ConservationError(
            f"{year}: shared infrastructure has a negative {FLOWS[int(flows.min(axis=0).argmin())]}"
        )
    given, there = flows[:, list(REPLACED)], model.state.books.flows[:, list(REPLACED.values())]
    excess = (given > there * (1.0 + TOLERANCE) + TOLERANCE).any(axis=0)
    if excess.any():
        what = ac.FLOWS[list(REPLACED.values())[int(excess.argmax())]].removesuffix("_used")
        raise ConservationError(f"{year}: shared infrastructure replaces more {what} than a park has")


# ---- what others read -------------------------------------------------------------------------------------------------


def links_of_infrastructure(model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By park [p]: systems that count as symbiosis, those shared by tenants with ISO systems, and the last violation of the
    participants of the cleanest of these (9999 = there is none).

    Circular 05/2025 counts shared infrastructure as symbiosis; one that fewer than two tenants use is none.
    """
    systems, items, n = model.state.infrastructure.systems, model.state.infrastructure.items, model.world.n_parks
    built = np.flatnonzero((systems.built_year > 0) & (systems.built_year <= model.year))
    kind, park, since = systems.kind[built], systems.park[built], systems.clean_since[built]
    used = np.where(items.owned[kind], systems.used[built] > 0.0, systems.connected[built] >= FEW)
    shared = used & items.counts[kind]
    certified = shared & (since < NEVER)
    cleanest = np.full(n, NEVER)
    np.minimum.at(cleanest, park[certified], since[certified])
    return np.bincount(park[shared], minlength=n), np.bincount(park[certified], minlength=n), cleanest
