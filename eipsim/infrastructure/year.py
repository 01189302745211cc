"""A year of the systems that tenants share: the operator studies one and may build it, tenants connect or not, it serves them.

A system is a row of the table of systems, park by park and item by item. What tenants ask for, what it would cost them
otherwise and what they use is looked up once per park and year (`look_at_tenants`), for all of its systems. MODEL.md section 6.
"""

from __future__ import annotations

import numpy as np

from eipsim.agents.firm.year import ENERGY_MANAGEMENT, SOLAR
from eipsim.agents.operator.columns import CERTIFIED
from eipsim.core.columns import Col
from eipsim.core.compiled import compiled, inlined
from eipsim.core.draws import PROCESSES, draw
from eipsim.infrastructure.items import (
    BIOMASS_STEAM,
    ELECTRICITY,
    FIRM,
    GATES,
    N_ITEMS,
    NO_GATE,
    OF_DONORS,
    OF_LAND,
    OF_ROOFS,
    OF_WASTEWATER,
    PLATFORM,
    POINTS,
    SLUDGE_REUSE,
    SOLAR_FLEET,
    STEAM,
    STEAM_NETWORK,
    STREAMS,
    TRANSPORT,
    WASTE,
    WASTE_HUB,
    WASTEWATER,
    WATER,
)
from eipsim.market.uses import COAL_DIESEL
from eipsim.market.uses import ELECTRICITY as POWER_USE
from eipsim.market.uses import WASTE as WASTE_USE
from eipsim.market.uses import WATER as WATER_USE
from eipsim.rules.infrastructure import connects, net_present_value, served_share
from eipsim.rules.symbiosis import eased, licence_years

STUDY_DRAW, LICENCE_DRAW = PROCESSES["infrastructure"], PROCESSES["infrastructure licence"]
NEVER = 9999
M2_PER_HA = 10_000.0
N_FUELS = 3  # coal and diesel, oil and gas, biomass: uses COAL_DIESEL to BIOMASS

# One row per park and item, park by park: row = park x N_ITEMS + item.
SYSTEM_COLUMNS = (
    Col("park", np.int32, "row of the park"),
    Col("kind", np.int8, "row of the table of items"),
    Col("required", np.bool_, "asked for by law or there before 2015: not the operator's investment"),
    Col("decided_year", np.int16, "year of the last decision to build or enlarge; 0 = never"),
    Col("ready_year", np.int16, "year in which what is ordered comes into operation"),
    Col("built_year", np.int16, "first year of operation; 0 = not built"),
    Col("ends_year", np.int16, "year in which it is worn out"),
    Col("refused_year", np.int16, "last year in which its licence was refused; 0 = never"),
    Col("ordered", np.float64, "units a year that are being built"),
    Col("capacity", np.float64, "units a year"),
    Col("demand", np.float64, "units a year that connected tenants ask for"),
    Col("used", np.float64, "units delivered in the year"),
    Col("tariff", np.float64, "USD per unit, mean over what was delivered"),
    Col("connected", np.int32, "tenants connected"),
    Col(
        "clean_since",
        np.int16,
        "last violation of the two cleanest connected tenants with ISO systems; 9999 = no such pair",
    ),
    Col("npv", np.float64, "USD, when last studied"),
    Col("standing", np.float64, "USD, capital of what stands"),
    Col("capital", np.float64, "USD invested since 2015"),
    Col("grant", np.float64, "USD of it paid by the public"),
)

# What the operator of a park reckons with in the year, one row per park.
TERMS_COLUMNS = (
    Col("zone", np.int32, "price zone"),
    Col("operates", np.bool_, "has tenants in the year"),
    Col("grant_share", np.float64, "of capital, paid by the public"),
    Col("loan_share", np.float64, "of the rest, lent at the rate of soft loans"),
    Col("reform", np.float64, "degree [0-1] to which the gate of each reform is open", (len(GATES),)),
    Col("premium", np.float64, "USD/yr that a certificate is expected to bring"),
    Col("own_money", np.float64, "USD of its own that the operator can put into one system"),
    Col("cost_factor", np.float64, "capital cost over the catalogue's"),
    Col("solar_cost", np.float64, "cost of solar over the catalogue's, by sun"),
    Col("land_ha", np.float64, "leased land"),
    Col("roof_mwh", np.float64, "MWh a year that all roofs could make"),
    Col("water_price", np.float64, "USD/m3 of fresh water"),
    Col("biomass_price", np.float64, "USD/GJ"),
    Col("fuel_per_tonne", np.float64, "GJ that a tenant's boiler burns per t of steam"),
    Col("users", np.int32, "tenants connected to something"),
)

# Sums over the tenants of the park that is worked on.
SUM_COLUMNS = (
    Col("wastewater", np.float64, "m3"),
    Col("charge", np.float64, "USD to the public per m3 of it"),
    Col("waste", np.float64, "t"),
    Col("waste_price", np.float64, "USD/t, charges included"),
    Col("donor_steam", np.float64, "t of steam that the fuel of tenants with surplus steam makes"),
)

# What the operator decided to build, before the public budget is dealt.
WISH_COLUMNS = (
    Col("system", np.int64, "row of the table of systems"),
    Col("ready_year", np.int16, "year of operation"),
    Col("renewal", np.bool_, "replaces what is worn out"),
    Col("capacity", np.float64, "units a year, with and without public money", (2,)),
    Col("capital", np.float64, "USD, with and without public money", (2,)),
    Col("npv", np.float64, "USD, with and without public money", (2,)),
)

# What systems take from a firm or give to it in the year, one row per firm. Read by exchanges, which get what is left.
SERVICE_COLUMNS = (
    Col("connected", np.int64, "bit k is set when the firm is connected to item k of its park"),
    Col("wastewater", np.float64, "m3 of its wastewater that is reused"),
    Col("water", np.float64, "m3 of fresh water that it need not buy"),
    Col("fuel", np.float64, "GJ of its coal and diesel, oil and gas, biomass that it need not burn", (N_FUELS,)),
    Col("electricity", np.float64, "MWh of its electricity that the solar fleet makes"),
    Col("waste", np.float64, "t of its ordinary waste that the waste hub takes"),
    Col("steam_given", np.float64, "t of its surplus steam that the network takes"),
    Col("saving", np.float64, "USD/yr that it saves, tariffs paid"),
)

# What a park's tenants ask for and would pay otherwise, while the park is worked on: one row per tenant.
TENANT_COLUMNS = (
    Col("row", np.int64, "row of the firm"),
    Col("sector", np.int8, "its sector"),
    Col("amount", np.float64, "units a year of each stream", (len(STREAMS),)),
    Col("price", np.float64, "USD per unit, charges included", (len(STREAMS),)),
    Col("carbon", np.float64, "USD per unit, carbon price paid on it", (len(STREAMS),)),
    Col("emission", np.float64, "tCO2 per unit, of what its boiler burns", (len(STREAMS),)),
    Col("fuel", np.float64, "shares of its three groups of fuel", (N_FUELS,)),
    Col("charge", np.float64, "USD that goes to the public per unit", (len(STREAMS),)),
    Col("steam_served", np.float64, "t of steam that the network brings it"),
    Col("wanted", np.float64, "units that it asks of the system at hand"),
    Col("worth", np.float64, "USD that it saves per unit of it, tariff paid"),
    Col("violation_year", np.int16, "last violation found, 0 = never"),
    Col("iso", np.bool_, "has suitable ISO systems"),
    Col("own_solar", np.bool_, "its roof is taken by its own panels"),
)

FLOWS = (
    "wastewater_reused_m3", "water_displaced_m3", "coal_displaced_gj", "dear_fuel_displaced_gj", "biomass_displaced_gj",
    "biomass_added_gj", "solar_mwh", "electricity_added_mwh", "waste_taken_t", "waste_diverted_t", "steam_t", "sludge_reused_t",
    "co2_scope1_avoided_t", "co2_outside_t", "tenant_saving_usd", "tariff_usd", "other_income_usd", "running_usd",
    "connection_usd", "carbon_avoided_usd", "charges_avoided_usd", "capital_usd", "grant_usd", "licence_usd",
)  # fmt: skip
(
    REUSED, WATER_DISPLACED, COAL_DISPLACED, DEAR_DISPLACED, BIOMASS_DISPLACED, BIOMASS_ADDED, SOLAR_MWH, POWER_ADDED,
    WASTE_TAKEN, DIVERTED, STEAM_T, SLUDGE_T, SCOPE_1_AVOIDED, OUTSIDE, TENANT_SAVING, TARIFFS, OTHER_INCOME, RUNNING,
    CONNECTIONS, CARBON_AVOIDED, CHARGES_AVOIDED, CAPITAL, GRANTS, LICENCES,
) = range(len(FLOWS))  # fmt: skip


# ---- what tenants ask for ---------------------------------------------------------------------------------------------


@inlined
def look_at_tenants(firms, rows, first, last, donors, terms, p, prices, tenants, sums):
    """Fill `tenants` with the tenants of park p, rows[first:last] of the firms, and `sums` with their sums. Returns their number.

    `donors`: bits of the sectors whose surplus steam a network can collect.
    """
    wastewater, charged, waste, disposal, donor_steam = 0.0, 0.0, 0.0, 0.0, 0.0
    for j in range(last - first):
        look_at_tenant(firms, rows[first + j], j, terms, p, prices, tenants)
        wastewater += tenants.amount[j, WASTEWATER]
        charged += tenants.amount[j, WASTEWATER] * tenants.charge[j, WASTEWATER]
        waste += tenants.amount[j, WASTE]
        disposal += tenants.amount[j, WASTE] * tenants.price[j, WASTE]
        if (donors >> np.int64(tenants.sector[j])) & 1:
            donor_steam += tenants.amount[j, STEAM]
    sums.wastewater[0], sums.waste[0], sums.donor_steam[0] = wastewater, waste, donor_steam
    sums.charge[0] = charged / wastewater if wastewater > 0.0 else 0.0
    sums.waste_price[0] = disposal / waste if waste > 0.0 else 0.0
    return last - first


@inlined
def look_at_tenant(firms, i, j, terms, p, prices, tenants):
    """Streams, prices and emissions of firm i as tenant j. What no price or emission belongs to stays zero."""
    s, z, level = firms.sector[i], terms.zone[p], prices.intensity
    carbon = prices.carbon[z, s] if firms.covered[i] else 0.0
    bits, ratio = firms.installed_bits[i], prices.wastewater_ratio[s]
    tenants.row[j], tenants.sector[j], tenants.violation_year[j] = i, s, firms.violation_year[i]
    tenants.iso[j], tenants.own_solar[j] = (bits >> ENERGY_MANAGEMENT) & 1 == 1, (bits >> SOLAR) & 1 == 1
    tenants.steam_served[j] = 0.0
    tenants.amount[j, WATER] = firms.use[i, WATER_USE] * level
    tenants.amount[j, WASTEWATER] = tenants.amount[j, WATER] * ratio
    tenants.amount[j, ELECTRICITY] = firms.use[i, POWER_USE] * level
    tenants.amount[j, WASTE] = firms.use[i, WASTE_USE] * level
    tenants.amount[j, TRANSPORT], tenants.amount[j, FIRM] = firms.employees[i], 1.0
    tenants.price[j, WATER] = terms.water_price[p]
    tenants.price[j, ELECTRICITY] = prices.use[z, s, POWER_USE]
    tenants.price[j, WASTE] = prices.use[z, s, WASTE_USE]
    tenants.carbon[j, ELECTRICITY] = carbon * prices.emission[s, POWER_USE]
    tenants.charge[j, WASTE] = prices.charge[z, s, WASTE_USE]
    tenants.charge[j, WASTEWATER] = prices.charge[z, s, WATER_USE] / ratio if ratio > 0.0 else 0.0
    look_at_boiler(firms, i, j, carbon, terms.fuel_per_tonne[p], z, prices, tenants)


@inlined
def look_at_boiler(firms, i, j, carbon, fuel_per_tonne, z, prices, tenants):
    """What a tonne of steam costs and emits in the tenant's own boiler house: the mean of the fuels it burns now."""
    s, burnt, bill, emitted = firms.sector[i], 0.0, 0.0, 0.0
    for f in range(N_FUELS):
        used = firms.use[i, COAL_DIESEL + f] * prices.intensity
        tenants.fuel[j, f] = used
        burnt += used
        bill += used * prices.use[z, s, COAL_DIESEL + f]
        emitted += used * prices.emission[s, COAL_DIESEL + f]
    part = 1.0 / burnt if burnt > 0.0 else 0.0
    tenants.amount[j, STEAM] = burnt / fuel_per_tonne
    tenants.price[j, STEAM] = bill * part * fuel_per_tonne
    tenants.emission[j, STEAM] = emitted * part * fuel_per_tonne
    tenants.carbon[j, STEAM] = carbon * tenants.emission[j, STEAM]
    for f in range(N_FUELS):
        tenants.fuel[j, f] *= part


@inlined
def demand_of(items, k, tenants, j):
    """Units a year that tenant j can take from item k or bring to it."""
    if (items.sectors[k] >> tenants.sector[j]) & 1 == 0 and not items.owned[k]:
        return 0.0
    if k == SOLAR_FLEET and tenants.own_solar[j]:
        return 0.0
    demand = items.stream_share[k] * tenants.amount[j, items.stream[k]]
    return max(demand - tenants.steam_served[j], 0.0) if k == BIOMASS_STEAM else demand


@inlined
def tariff_of(items, k, tenants, j, c):
    """USD per unit that tenant j pays."""
    return c.tariff_factor * (items.tariff[k] + items.tariff_share[k] * tenants.price[j, items.stream[k]])


@inlined
def unit_saving(items, k, tenants, j, c):
    """USD per unit that tenant j saves: what it need not buy or do itself, its carbon price, less the tariff."""
    stream = items.stream[k]
    spared = tenants.price[j, stream] + tenants.carbon[j, stream]
    return items.alternative[k] + items.alternative_share[k] * spared - tariff_of(items, k, tenants, j, c)


@inlined
def bound_of(items, k, terms, p, sums):
    """Units a year that its source can give: wastewater, surplus steam, rain, roofs."""
    supply = items.supply[k]
    if supply == OF_WASTEWATER:
        return items.supply_share[k] * sums.wastewater[0]
    if supply == OF_DONORS:
        return items.supply_share[k] * sums.donor_steam[0] * terms.fuel_per_tonne[p]
    if supply == OF_LAND:
        return items.supply_share[k] * terms.land_ha[p]
    return terms.roof_mwh[p] if supply == OF_ROOFS else np.inf


@inlined
def reuses_wastewater(items, k):
    return items.supply[k] == OF_WASTEWATER or (items.owned[k] and k != SLUDGE_REUSE)


@inlined
def unit_income(items, k, sums):
    """USD per unit that the operator has beside tariffs: sales, purchases and charges on wastewater spared."""
    return items.own_value[k] + (sums.charge[0] if reuses_wastewater(items, k) else 0.0)


@inlined
def unit_cost(items, k, terms, p, sums):
    """USD per unit that the operator spends: running, fuel, tenants' surplus steam, disposal of what it cannot sell."""
    fuel = items.biomass[k] * terms.biomass_price[p]
    rest = (1.0 - items.recovered[k]) * sums.waste_price[0] if k == WASTE_HUB else 0.0
    return items.running_cost[k] + items.donor_price[k] + fuel + rest


# ---- the operator's decision ------------------------------------------------------------------------------------------


@inlined
def chance_of_study(operators, p, c):
    """Probability [1/yr] that the operator studies a system: with its facilitation; a park born eco with full effort."""
    effort = operators.facilitation[p]
    if operators.born_eco[p]:
        effort = max(effort, operators.capacity[p] * c.facilitation_programme)
    return min(1.0, c.infrastructure_rate * effort + c.infrastructure_rate_alone * operators.capacity[p])


@inlined
def is_up(systems, r, year):
    """The system operates in the year."""
    return systems.built_year[r] > 0 and systems.built_year[r] <= year


@inlined
def is_studied(systems, r, k, items, key, stream_key, chance, year):
    """What the operator looks at this year: by its draw, when what it needs is there; at once when it is worn out."""
    if systems.required[r] or systems.ordered[r] > 0.0:
        return False
    if items.needs[k] >= 0 and not is_up(systems, r - k + items.needs[k], year):
        return False
    worn_out = systems.built_year[r] > 0 and year >= systems.ends_year[r]
    return worn_out or draw(stream_key, key, year, k) < chance


@inlined
def expected(items, k, tenants, n, c):
    """Demand [units/yr] of the tenants that would connect, and what they would pay [USD/yr]."""
    demand, paid = 0.0, 0.0
    for j in range(n):
        wanted = demand_of(items, k, tenants, j)
        if items.owned[k]:
            demand += wanted
        elif wanted > 0.0:
            saving = unit_saving(items, k, tenants, j, c) * wanted
            if connects(saving, items.connection_cost[k], items.years_worth[k]):
                demand += wanted
                paid += wanted * tariff_of(items, k, tenants, j, c)
    return demand, paid


@inlined
def capital_per_unit(items, k, systems, r, terms, p):
    """USD per yearly unit of capacity in this park; a boiler plant pays for pipes where no network stands."""
    pipes = 0.0 if systems.built_year[r - k + STEAM_NETWORK] > 0 else items.network_capital[k]
    sun = terms.solar_cost[p] if k == SOLAR_FLEET else 1.0
    return terms.cost_factor[p] * (items.capital[k] * sun + pipes)


@inlined
def appraise(items, k, terms, p, c, demand, margin, bound, per_unit, standing, credit, grant, loan):
    """(NPV [USD], capacity [units/yr], capital [USD]) of the largest system that demand, source and purse allow.

    `margin` [USD per unit] is what a unit served leaves; a system cut short by the purse serves in proportion.
    """
    full = min(c.infrastructure_margin * demand, bound) - standing
    fixed = terms.cost_factor[p] * items.fixed_capital[k] if standing == 0.0 else 0.0
    borrowed = (1.0 - grant) * (1.0 - loan)
    most = terms.own_money[p] / borrowed if borrowed > 0.0 else np.inf
    if full <= 0.0 or fixed > most:
        return -np.inf, 0.0, 0.0
    part = min(1.0, (most - fixed) / (per_unit * full)) if per_unit > 0.0 else 1.0
    capital = fixed + part * per_unit * full
    served = max(min(demand, bound) - standing, 0.0)
    yearly = part * (served * margin + credit) - (items.fixed_cost[k] if standing == 0.0 else 0.0)
    yearly -= items.running_share[k] * capital
    value = net_present_value(
        yearly, capital, items.lifetime[k], c.operator_hurdle_rate, grant, loan, c.infrastructure_loan_rate,
        c.infrastructure_loan_years,
    )  # fmt: skip
    return value, part * full, capital


@inlined
def study(systems, r, k, items, terms, p, operators, tenants, n, sums, year, c, wishes, w):
    """Study item k of park p and write it into row w of `wishes`: its cost and worth, with and without public money.

    True when the operator wants it with public money.
    """
    demand, paid = expected(items, k, tenants, n, c)
    worn_out = systems.built_year[r] > 0 and year >= systems.ends_year[r]
    standing = 0.0 if worn_out else systems.capacity[r]
    if demand <= 0.0 or (standing > 0.0 and demand < standing * (1.0 + c.infrastructure_expansion)):
        return False
    margin = paid / demand + unit_income(items, k, sums) - unit_cost(items, k, terms, p, sums)
    hopes = operators.commit_year[p] > 0 and operators.certificate[p] != CERTIFIED and standing == 0.0
    credit = items.certification_credit[k] * terms.premium[p] if hopes else 0.0
    per_unit = capital_per_unit(items, k, systems, r, terms, p)
    bound = bound_of(items, k, terms, p, sums)
    for helped in range(2):
        grant = terms.grant_share[p] if helped == 0 else 0.0
        loan = terms.loan_share[p] if helped == 0 else 0.0
        value, capacity, capital = appraise(
            items, k, terms, p, c, demand, margin, bound, per_unit, standing, credit, grant, loan
        )
        wishes.npv[w, helped], wishes.capacity[w, helped], wishes.capital[w, helped] = value, capacity, capital
    systems.npv[r] = wishes.npv[w, 0]
    wishes.system[w], wishes.renewal[w] = r, worn_out
    return wishes.npv[w, 0] >= 0.0


@inlined
def ask_for_licence(systems, r, k, items, terms, p, key, stream_key, year, flows):
    """The year in which the system can operate, or 0 when its licence is refused. Nothing is asked to enlarge or renew."""
    if systems.built_year[r] > 0:
        return year
    open_to = terms.reform[p, items.gate[k]] if items.gate[k] != NO_GATE else 0.0
    flows[p, LICENCES] += eased(items.licence_usd[k, 0], items.licence_usd[k, 1], open_to)
    if draw(stream_key, key, year, k) < eased(items.refusal[k, 0], items.refusal[k, 1], open_to):
        systems.refused_year[r] = year
        return 0
    months = eased(items.licence_months[k, 0], items.licence_months[k, 1], open_to)
    return year + licence_years(months, 0.5)


@inlined
def study_park(
    systems,
    items,
    operators,
    p,
    firms,
    rows,
    first,
    last,
    terms,
    prices,
    tenants,
    sums,
    donors,
    streams,
    year,
    c,
    flows,
    wishes,
    found,
):
    """All systems that the operator of park p studies this year; wishes are appended from position `found`, which is returned.

    A worn-out system that is no longer worth its price closes.
    """  # fmt: skip
    key, chance, n = operators.key[p], chance_of_study(operators, p, c), 0
    for k in range(N_ITEMS):
        r = p * N_ITEMS + k
        if is_studied(systems, r, k, items, key, streams[STUDY_DRAW], chance, year):
            if n == 0:
                n = look_at_tenants(firms, rows, first, last, donors, terms, p, prices, tenants, sums)
            wanted = study(systems, r, k, items, terms, p, operators, tenants, n, sums, year, c, wishes, found)
            if wanted:
                ready = ask_for_licence(systems, r, k, items, terms, p, key, streams[LICENCE_DRAW], year, flows)
                wishes.ready_year[found] = ready
                found += 1 if ready > 0 else 0
            elif systems.built_year[r] > 0 and year >= systems.ends_year[r]:
                close(systems, r)
    return found


@inlined
def close(systems, r):
    """The system is gone; its tenants are disconnected when the year's services are delivered."""
    systems.built_year[r], systems.ends_year[r] = 0, 0
    systems.capacity[r], systems.demand[r], systems.standing[r] = 0.0, 0.0, 0.0


@compiled
def study_all(
    systems,
    items,
    operators,
    firms,
    rows,
    bounds,
    terms,
    prices,
    tenants,
    sums,
    donors,
    streams,
    year,
    c,
    flows,
    wishes,
):
    """Every park with tenants. `bounds` int64 [p + 1]: rows[bounds[p]:bounds[p + 1]] are its firms. Returns the wishes."""
    found = 0
    for p in range(operators.key.size):
        if terms.operates[p] and bounds[p + 1] > bounds[p]:
            found = study_park(
                systems, items, operators, p, firms, rows, bounds[p], bounds[p + 1], terms, prices, tenants, sums, donors,
                streams, year, c, flows, wishes, found,
            )  # fmt: skip
    return found


# ---- what systems do --------------------------------------------------------------------------------------------------


@inlined
def come_into_operation(systems, r, items, k, year):
    """What was ordered stands from its year on."""
    if systems.ordered[r] > 0.0 and systems.ready_year[r] <= year:
        systems.capacity[r] += systems.ordered[r]
        systems.ordered[r] = 0.0
        if systems.built_year[r] == 0:
            systems.built_year[r] = year
            systems.ends_year[r] = year + int(items.lifetime[k] + 0.5)


@inlined
def connect_tenants(systems, r, k, items, tenants, n, services, p, c, flows):
    """Tenants connect while there is room and leave when it no longer pays. Returns what they ask for [units/yr].

    What each asks for is left in `tenants.wanted`, 0 for those not connected, and what a unit saves it in `tenants.worth`.
    """
    bit, total, count = np.int64(1) << k, 0.0, 0
    has_room = systems.demand[r] < systems.capacity[r]
    for j in range(n):
        i, wanted = tenants.row[j], demand_of(items, k, tenants, j)
        if items.owned[k]:
            total += wanted
            continue
        worth = unit_saving(items, k, tenants, j, c)
        connected = services.connected[i] & bit != 0
        if connected and (wanted <= 0.0 or worth < 0.0):
            connected = False
            services.connected[i] &= ~bit
        elif not connected and has_room and wanted > 0.0:
            connected = connects(worth * wanted, items.connection_cost[k], items.years_worth[k])
            services.connected[i] |= bit * connected
            flows[p, CONNECTIONS] += items.connection_cost[k] * connected
        tenants.wanted[j], tenants.worth[j] = wanted if connected else 0.0, worth
        total += tenants.wanted[j]
        count += connected
    systems.connected[r], systems.demand[r] = count, total
    return total


@inlined
def bring(k, items, tenants, j, quantity, services, p, fuel_per_tonne, c, flows):
    """Tenant j gets or brings `quantity` units: what it need not buy, what it saves and pays."""
    i, stream = tenants.row[j], items.stream[k]
    saved = quantity * tenants.worth[j]
    services.saving[i] += saved
    flows[p, TENANT_SAVING] += saved
    flows[p, TARIFFS] += quantity * tariff_of(items, k, tenants, j, c)
    flows[p, CARBON_AVOIDED] += quantity * items.alternative_share[k] * tenants.carbon[j, stream]
    if stream == WATER:
        services.water[i] += quantity
        flows[p, WATER_DISPLACED] += quantity
    elif stream == STEAM:
        flows[p, STEAM_T] += quantity
        flows[p, SCOPE_1_AVOIDED] += quantity * tenants.emission[j, STEAM]
        if k == STEAM_NETWORK:
            tenants.steam_served[j] += quantity
        for f in range(N_FUELS):
            spared = quantity * fuel_per_tonne * tenants.fuel[j, f]
            services.fuel[i, f] += spared
            flows[p, COAL_DISPLACED + f] += spared
    elif stream == ELECTRICITY:
        services.electricity[i] += quantity
        flows[p, SOLAR_MWH] += quantity
    elif stream == WASTE:
        services.waste[i] += quantity
        flows[p, WASTE_TAKEN] += quantity
        flows[p, DIVERTED] += quantity * items.recovered[k]
        flows[p, CHARGES_AVOIDED] += quantity * items.recovered[k] * tenants.charge[j, WASTE]


@inlined
def serve(systems, r, k, items, terms, p, tenants, n, sums, services, donors, c, flows):
    """One system for one year. Returns the wastewater that it reuses [m3]."""
    asked = connect_tenants(systems, r, k, items, tenants, n, services, p, c, flows)
    bound = min(systems.capacity[r], bound_of(items, k, terms, p, sums))
    share, paid_before = served_share(bound, asked), flows[p, TARIFFS]
    if not items.owned[k]:
        for j in range(n):
            if tenants.wanted[j] > 0.0:
                quantity = share * tenants.wanted[j]
                bring(k, items, tenants, j, quantity, services, p, terms.fuel_per_tonne[p], c, flows)
    used = min(share * asked, bound)
    systems.used[r] = used
    systems.tariff[r] = (flows[p, TARIFFS] - paid_before) / used if used > 0.0 else 0.0
    flows[p, OTHER_INCOME] += used * unit_income(items, k, sums)
    flows[p, RUNNING] += used * unit_cost(items, k, terms, p, sums) + items.fixed_cost[k]
    flows[p, RUNNING] += items.running_share[k] * systems.standing[r]
    flows[p, BIOMASS_ADDED] += used * items.biomass[k]
    flows[p, POWER_ADDED] += used * items.electricity[k]
    flows[p, OUTSIDE] += used * items.co2_outside[k]
    if k == STEAM_NETWORK:
        collect_steam(items, k, tenants, n, sums, services, donors, used, p, flows)
    if k == SLUDGE_REUSE:
        flows[p, SLUDGE_T] += used
    reused = used if reuses_wastewater(items, k) else 0.0
    flows[p, REUSED] += reused
    flows[p, CHARGES_AVOIDED] += reused * sums.charge[0]
    return reused


@inlined
def collect_steam(items, k, tenants, n, sums, services, donors, used, p, flows):
    """Surplus steam comes from all donors alike, in proportion to their fuel, and is paid for."""
    for j in range(n):
        if (donors >> np.int64(tenants.sector[j])) & 1 and sums.donor_steam[0] > 0.0:
            given = used * tenants.amount[j, STEAM] / sums.donor_steam[0]
            services.steam_given[tenants.row[j]] += given
            services.saving[tenants.row[j]] += given * items.donor_price[k]
            flows[p, TENANT_SAVING] += given * items.donor_price[k]


@inlined
def note_records(systems, r, tenants, n):
    """The last violations of the two cleanest connected tenants with ISO systems: how clean this symbiosis can be shown."""
    best, second = NEVER, NEVER
    for j in range(n):
        if tenants.iso[j] and tenants.wanted[j] > 0.0:
            violation = tenants.violation_year[j]
            if violation < best:
                best, second = violation, best
            elif violation < second:
                second = violation
    systems.clean_since[r] = second


@inlined
def forget_year(services, tenants, n):
    """What systems did for tenants is counted anew every year; connections stay."""
    for j in range(n):
        i = tenants.row[j]
        services.wastewater[i], services.water[i], services.electricity[i] = 0.0, 0.0, 0.0
        services.waste[i], services.steam_given[i], services.saving[i] = 0.0, 0.0, 0.0
        for f in range(N_FUELS):
            services.fuel[i, f] = 0.0


@inlined
def disconnect(systems, r, k, tenants, n, services):
    """Nobody is connected to what does not stand."""
    for j in range(n):
        services.connected[tenants.row[j]] &= ~(np.int64(1) << k)
    systems.used[r], systems.connected[r], systems.clean_since[r] = 0.0, 0, NEVER


@inlined
def serve_park(
    systems,
    items,
    operators,
    p,
    firms,
    rows,
    first,
    last,
    terms,
    prices,
    tenants,
    sums,
    donors,
    services,
    year,
    c,
    flows,
):
    """All systems of park p for a year, in the order of the table of items."""
    n, reused = look_at_tenants(firms, rows, first, last, donors, terms, p, prices, tenants, sums), 0.0
    forget_year(services, tenants, n)
    for k in range(N_ITEMS):
        r = p * N_ITEMS + k
        if systems.required[r]:
            continue
        if is_up(systems, r, year) and (items.needs[k] < 0 or is_up(systems, r - k + items.needs[k], year)):
            reused += serve(systems, r, k, items, terms, p, tenants, n, sums, services, donors, c, flows)
            if items.counts[k] and not items.owned[k]:
                note_records(systems, r, tenants, n)
        elif systems.connected[r] > 0 or systems.used[r] > 0.0:
            disconnect(systems, r, k, tenants, n, services)
    share, users = reused / sums.wastewater[0] if sums.wastewater[0] > 0.0 else 0.0, 0
    for j in range(n):
        services.wastewater[tenants.row[j]] = share * tenants.amount[j, WASTEWATER]
        users += services.connected[tenants.row[j]] != 0
    terms.users[p] = users
    note_points(systems, items, operators, p)


@inlined
def note_points(systems, items, operators, p):
    """What the systems in operation do for the park's scores and for keeping track of its tenants."""
    for category in range(len(POINTS)):
        operators.points[p, category] = 0.0
        for k in range(N_ITEMS):
            if systems.used[p * N_ITEMS + k] > 0.0:
                operators.points[p, category] += items.points[k, category]
    operators.platform[p] = systems.used[p * N_ITEMS + PLATFORM] > 0.0


@compiled
def serve_all(
    systems, items, operators, firms, rows, bounds, terms, prices, tenants, sums, donors, services, year, c, flows
):
    """Every park that has, or has had, a system of its own making."""
    for p in range(operators.key.size):
        active = False
        for k in range(N_ITEMS):
            r = p * N_ITEMS + k
            if not systems.required[r]:
                come_into_operation(systems, r, items, k, year)
                active = active or systems.built_year[r] > 0 or systems.connected[r] > 0 or systems.used[r] > 0.0
        if active and bounds[p + 1] > bounds[p]:
            serve_park(
                systems, items, operators, p, firms, rows, bounds[p], bounds[p + 1], terms, prices, tenants, sums, donors,
                services, year, c, flows,
            )  # fmt: skip
