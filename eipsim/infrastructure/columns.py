"""What a run holds of shared systems, column by column, and the flows that they add to a park's accounts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from eipsim.core.columns import Col, Row, record_type
from eipsim.infrastructure.items import GATES, SYSTEM_STREAMS
from eipsim.market.books import N_COVERAGES
from eipsim.market.uses import N_ENERGY, N_USES

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
    Col("grant_share", np.float64, "of capital, paid by the public"),
    Col("loan_share", np.float64, "of the rest, lent at the rate of soft loans"),
    Col("studies", np.float64, "chance [1/yr] that a system is studied at public cost"),
    Col("reform", np.float64, "degree [0-1] to which the gate of each reform is open", (len(GATES),)),
    Col("premium_share", np.float64, "of rent, that a certificate is expected to bring"),
    Col("premium", np.float64, "USD/yr that it is expected to bring"),
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

# What the year's prices are, by price zone and price row [z, r].
RATE_COLUMNS = (
    Col("price", np.float64, "USD per unit of each use, without carbon; charges included", (N_USES,)),
    Col("charge", np.float64, "USD per unit of each use that goes to the public", (N_USES,)),
    Col("emission", np.float64, "tCO2 per unit of each use", (N_USES,)),
    Col("carbon", np.float64, "USD/t, paid by covered firms"),
    Col("wastewater_ratio", np.float64, "m3 per m3 of water"),
    Col("level", np.float64, "use over that at output and intensities of 2024"),
    Col("operation", np.float64, "use of energy over that at expected prices, by coverage", (N_COVERAGES, N_ENERGY)),
    Col("parted", np.bool_, "not all use the same share, whatever their coverage"),
)

# The park that is worked on: one row, sums over its tenants.
SUM_COLUMNS = (
    Col("customers", np.int64, "tenants of the park"),
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
    Col("public", np.int64, "cents that the public would pay"),
    Col("helped", np.bool_, "gets this money"),
)
HELPED, ALONE = range(2)  # with public money, and without

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
CUSTOMER_COLUMNS = (
    Col("row", np.int64, "row of the firm"),
    Col("sector", np.int8, "its sector"),
    Col("amount", np.float64, "units a year of each stream", (len(SYSTEM_STREAMS),)),
    Col("price", np.float64, "USD per unit, charges included", (len(SYSTEM_STREAMS),)),
    Col("carbon", np.float64, "USD per unit, carbon price paid on it", (len(SYSTEM_STREAMS),)),
    Col("emission", np.float64, "tCO2 per t of steam, of what its boiler burns"),
    Col("fuel", np.float64, "shares of its three groups of fuel", (N_FUELS,)),
    Col("charge", np.float64, "USD that goes to the public per unit", (len(SYSTEM_STREAMS),)),
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
FLOW = {name: position for position, name in enumerate(FLOWS)}

# The same flows as a table: a row per park, a column per flow.
ACCOUNT = record_type(tuple(Col(name, np.float64, "of the year, in the unit of its name") for name in FLOWS))


def fees_of(area_ha: np.ndarray, c: Row) -> np.ndarray:
    """USD/yr that a park of that area takes in fees once its land is leased: what an operator earns, for lack of better."""
    return c.management_fee_usd_m2 * M2_PER_HA * c.leased_land_share * area_ha


def accounts_of(flows: np.ndarray) -> Any:
    """The flows [p, FLOWS] as a table, in the same memory."""
    return flows.view(ACCOUNT).reshape(-1)


class Works(NamedTuple):
    """All that shared systems read and change in their year: tables, of which verbs are handed rows."""

    items: np.recarray  # ITEM_COLUMNS at this year's prices
    systems: np.recarray  # SYSTEM_COLUMNS
    services: np.recarray  # SERVICE_COLUMNS
    terms: np.recarray  # TERMS_COLUMNS
    customers: np.recarray  # CUSTOMER_COLUMNS of the park that is worked on
    sums: np.recarray  # SUM_COLUMNS
    wishes: np.recarray  # WISH_COLUMNS
    accounts: np.recarray  # ACCOUNT
    donors: int  # bits of the sectors whose surplus steam a network can collect
    operators: np.recarray  # OPERATOR_COLUMNS
    streams: np.ndarray  # uint64 [n_processes], key of each process's draws
    constants: Row
    year: int


class Tenancy(NamedTuple):
    """Who is in the parks, and at which prices."""

    firms: np.recarray  # FIRM_COLUMNS, all rows
    rows: np.ndarray  # int64, those of the firms that are there, park by park
    first: np.ndarray  # int64 [p + 1]: rows[first[p] : first[p + 1]] are those of park p
    gone: np.ndarray  # int64, rows of those that have left this year
    rates: np.recarray  # RATE_COLUMNS [z, r]


class Park(NamedTuple):
    """A park whose systems are worked on: its rows, and its tenants."""

    terms: np.record  # TERMS_COLUMNS
    operator: np.record  # OPERATOR_COLUMNS
    account: np.record  # ACCOUNT
    sums: np.record  # SUM_COLUMNS
    customers: np.recarray  # CUSTOMER_COLUMNS
    constants: Row
    year: int
