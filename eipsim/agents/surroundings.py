"""What the agents see of the world in one year: prices, peers, what could be heard, and who is there to be counted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eipsim.core.arithmetic import logs
from eipsim.core.columns import Col, new_table
from eipsim.core.compiled import TOGETHER, compiled, inlined
from eipsim.market.catalogue import N_BOILERS, N_CLASSES, N_MEASURES, N_SECTORS, STREAMS
from eipsim.market.prices import PriceTables
from eipsim.market.uses import N_ENERGY, N_USES, saved_shares
from eipsim.rules.awareness import firm_hazard, option_hazard, stays_unaware

TALLY = ("options_identified", "options_implemented", "audits", "assisted", "years_audited")
IDENTIFIED, IMPLEMENTED_OPTIONS, AUDITS, ASSISTED, YEARS_AUDITED = range(len(TALLY))

# What firms of a park share. [m] measures, [2 s] sectors of domestic and then of foreign firms.
NEIGHBOURHOOD_COLUMNS = (
    Col("zone", np.int32, "price zone"),
    Col("first_market", np.int32, "row of the first market of its price zone"),
    Col("solar_cost", np.float64, "ln of solar cost over the catalogue's, by yield of the region"),
    Col("monitored", np.bool_, "the park has a monitoring system"),
    Col("firms", np.int64, "firms in the park now"),
    Col("count", np.int64, "firms with the measure now", (N_MEASURES,)),
    Col("peers", np.float64, "share of firms with the measure at the end of last year", (N_MEASURES,)),
    Col("appeal", np.float64, "log-odds of acceptance that the park's firms share", (N_MEASURES,)),
    Col("unaware", np.float64, "chance of not having noticed the option in this park since 2015", (N_MEASURES,)),
    Col(
        "hazard",
        np.float64,
        "of the year [1/yr]: of noticing the option in this park, information left out",
        (N_MEASURES,),
    ),
    Col("advice", np.float64, "of it, by operator, training and neighbours that practise", (N_MEASURES,)),
    Col("unheard", np.float64, "chance of not having heard of cleaner production in this park since 2015"),
    Col(
        "unaware_information", np.float64, "same for an option, by the ministry's word, by `standing`", (2 * N_SECTORS,)
    ),
    Col("unheard_information", np.float64, "same for cleaner production, by `standing`", (2 * N_SECTORS,)),
    Col(
        "hazard_information",
        np.float64,
        "of noticing it by the ministry's word this year, by `standing`",
        (2 * N_SECTORS,),
    ),
    Col("lent", np.float64, "share of cost, less voucher, lent to constrained firms, by `standing`", (2 * N_SECTORS,)),
    Col("interest_relief", np.float64, "worth of the interest subsidy, share of a loan, likewise", (2 * N_SECTORS,)),
    Col("no_new_fossil_boilers", np.float32, "deg C up to which none may be put in, by `standing`", (2 * N_SECTORS,)),
    Col("fossil_boiler_end", np.float32, "deg C up to which none may be used, by `standing`", (2 * N_SECTORS,)),
    Col("tally", np.int64, "TALLY of all firms that ever were there, since 2015", (len(TALLY),)),
)

# What firms of a sector share.
INDUSTRY_COLUMNS = (
    Col("firms", np.int64, "firms of the sector now"),
    Col("practising", np.int64, "firms that apply RECP this year"),
    Col("count", np.int64, "firms with the measure now", (N_MEASURES,)),
    Col("unaware", np.float64, "chance of not having noticed the option through the sector since 2015", (N_MEASURES,)),
    Col("hazard", np.float64, "of noticing the option through the sector this year, 1/yr", (N_MEASURES,)),
    Col("advice", np.float64, "of it, by firms that practise", (N_MEASURES,)),
    Col("unheard", np.float64, "chance of not having heard of cleaner production through the sector"),
    Col("boiler_temperature", np.float64, "deg C of the heat that boilers make, least and most", (2,)),
    Col("log_unit_cost", np.float64, "ln of capital cost [USD] of the reached share of one unit", (N_MEASURES,)),
    Col("kept", np.float64, "share of each use that the measure leaves", (N_MEASURES, N_USES)),
    Col("log_kept", np.float64, "its logarithm", (N_MEASURES, N_USES)),
    Col("displaced", np.float64, "what a measure displaces, over what is used of its stream with it", (N_MEASURES,)),
    Col("running_share", np.float64, "USD/yr at list price per unit used of its stream with it", (N_MEASURES,)),
    Col("running_own", np.float64, "USD/yr besides, whatever the list price, per the same unit", (N_MEASURES,)),
    Col("running_dear", np.float64, "USD/yr besides, per GJ of oil, LPG and gas used with it", (N_MEASURES,)),
    Col("running_lump", np.float64, "USD/yr at list price per site", (N_MEASURES,)),
    Col("growth", np.float64, "output of a firm this year over that of 2024"),
    Col("log_growth", np.float64, "its logarithm"),
)

# Prices of the year by price zone and price row; carbon is included where the price class is covered. [c] price classes.
MARKET_COLUMNS = (
    Col("log_unit_saving", np.float64, "ln of yearly worth [USD] of the reached share of one unit of use",
        (N_CLASSES, N_MEASURES)),
    Col("electricity_price", np.float64, "USD/MWh", (N_CLASSES,)),
    Col("fuel_price", np.float64, "USD/GJ of the mix a firm burns", (N_CLASSES,)),
    Col("management_cost", np.float64, "USD/yr to run an energy management system built this year"),
    # where boilers have an end of life: by coverage by the carbon price, boiler, and (instead, burning on)
    Col("heat_cost", np.float64, "USD per GJ of fuel that a boiler displaces, for energy, carbon and running", (2, N_BOILERS, 2)),
    Col("reference_heat_cost", np.float64, "the same without policy in this year, and in 2024 from then on", (N_BOILERS, 2)),
    Col("boiler_cost", np.float64, "USD per yearly GJ of fuel, capital of a new fossil boiler"),
    # where firms answer to prices, or bills draw attention: by whether firms pay the carbon price, or were to; it is included
    Col("energy_price", np.float64, "USD per unit of electricity and fuels", (2, N_ENERGY)),
    Col("expected_price", np.float64, "the same as it was to be expected", (2, N_ENERGY)),
)  # fmt: skip

# Technology by year of installation.
VINTAGE_COLUMNS = (
    Col("cost_level", np.float64, "capital cost over that of the base year", (N_MEASURES,)),
    Col("input_amount", np.float64, "MWh or GJ needed per unit saved", (N_MEASURES,)),
    Col("penetration", np.float64, "share of entering firms that bring the measure along", (N_SECTORS, N_MEASURES)),
)

NOT_WEIGHED = np.empty((0, N_MEASURES))
MOST_OPTIONS = TOGETHER * N_MEASURES

# Working space for the firms at hand: one row. [o] their open options.
WORKSPACE_COLUMNS = (
    Col("remaining", np.float64, "share of each use that remains after the measures considered", (N_USES,)),
    Col("log_remaining", np.float64, "its logarithm; the last is always 0", (N_USES + 1,)),
    Col("amount", np.float64, "what is used of each stream", (len(STREAMS),)),
    Col("pull", np.float64, "how strongly a fossil boiler and each other draws when one is replaced", (1 + N_BOILERS,)),
    Col("bill", np.float64, "USD/yr, for energy, of each of a few firms", (TOGETHER,)),
    Col("expected_bill", np.float64, "the same as it was to be expected", (TOGETHER,)),
    Col("heed", np.float64, "by what the hazard of noticing an option is multiplied for each", (TOGETHER,)),
    Col("row", np.int64, "row of the firm whose option it is", (MOST_OPTIONS,)),
    Col("measure", np.int64, "its measure", (MOST_OPTIONS,)),
    Col("log_cost", np.float64, "ln of the option's cost over the firm's size, vouchers deducted", (MOST_OPTIONS,)),
    Col("log_saving", np.float64, "ln of its yearly worth over the firm's size", (MOST_OPTIONS,)),
    Col("effects", np.float64, "what else moves its acceptance, in log-odds", (MOST_OPTIONS,)),
    Col("chance", np.float64, "that it is accepted within two years, if recommended", (MOST_OPTIONS,)),
    # the projects that the firm at hand buys, in order
    Col("project", np.int64, "its measure", (N_MEASURES,)),
    Col("subsidy", np.int64, "cents that a voucher pays", (N_MEASURES,)),
    Col("own", np.int64, "cents that the firm pays", (N_MEASURES,)),
    Col("cash", np.int64, "of these, cents that nobody lends it", (N_MEASURES,)),
)


@inlined
def standing(firm):
    """Where a firm stands in what can be aimed at sectors and owners: the sectors of domestic firms come first."""
    return firm.sector + N_SECTORS * firm.foreign


@inlined
def market_of(firm, surroundings):
    """The prices that a firm sees: those of its park's zone and its own price row."""
    return surroundings.markets[surroundings.parks[firm.park].first_market + firm.price_row]


class Surroundings(NamedTuple):
    """Read by the firms' year; the counts are kept up to date by the firms' own acts and read next year."""

    parks: np.recarray  # NEIGHBOURHOOD_COLUMNS, a row per park
    sectors: np.recarray  # INDUSTRY_COLUMNS, a row per sector
    markets: np.recarray  # MARKET_COLUMNS, a row per price zone and price row, zone by zone
    vintages: np.recarray  # VINTAGE_COLUMNS, a row per year from 2015
    log_annuity: np.ndarray  # float [m], ln of the annuity factor of the rule in force
    streams: np.ndarray  # uint64 [n_processes], key of each process's draws
    workspace: np.recarray  # WORKSPACE_COLUMNS, one row
    boiler_weights: (
        np.ndarray
    )  # float [y, s, bits of boilers to be had, (fossil, BOILERS)], see rules.boilers.weights_of
    weighed: (
        np.ndarray
    )  # float [firms, o], chances of the options of voucher holders; NOT_WEIGHED where not all have applied
    surprise: np.ndarray  # bool [1], energy costs some firm of this year anything else than was to be expected
    due: (
        np.ndarray
    )  # int64 [firms], cents that fall due this year on earlier loans; nobody is listed where none is followed


def what_measures_do(catalogue: np.recarray, share: np.ndarray) -> dict[str, np.ndarray]:
    """Those of INDUSTRY_COLUMNS that say what is left of uses, and what is displaced, when measures save `share` [m, s]."""
    saved = saved_shares(catalogue, share)
    displaced = np.where(catalogue.saves > 0.0, (share / (1.0 - share)).T, catalogue.reach.T)
    return {"kept": 1.0 - saved, "log_kept": np.log1p(-saved), "displaced": displaced}


def apart(surroundings: Surroundings) -> Surroundings:
    """The same for another thread, which has some of the parks to itself, but counts the firms of a sector for itself."""
    return surroundings._replace(
        sectors=surroundings.sectors.copy(),
        workspace=new_table(1, WORKSPACE_COLUMNS),
    )


def count_in(surroundings: Surroundings, other: Surroundings, before: np.recarray) -> None:
    """Add what another thread has counted since its sectors were as `before`: whole numbers, so no order matters."""
    for name in ("firms", "practising", "count"):
        surroundings.sectors[name] += other.sectors[name] - before[name]


def see_prices(surroundings: Surroundings, tables: PriceTables, log_annuity: np.ndarray) -> None:
    """This year's prices and annuities [m] as firms see them."""
    markets = surroundings.markets
    markets.log_unit_saving[:] = tables.log_unit_saving.reshape(markets.log_unit_saving.shape)
    markets.electricity_price[:] = tables.electricity_price.reshape(markets.electricity_price.shape)
    markets.fuel_price[:] = tables.fuel_price.reshape(markets.fuel_price.shape)
    markets.management_cost[:] = tables.management_cost
    if tables.heat_cost.size:
        markets.heat_cost[:] = tables.heat_cost.reshape(markets.heat_cost.shape)
        rows = len(tables.reference_heat_cost)
        markets.reference_heat_cost[:] = np.tile(tables.reference_heat_cost, (markets.size // rows, 1, 1))
    surroundings.sectors.log_unit_cost[:] = tables.log_unit_cost
    surroundings.sectors.growth[:] = tables.accounts.growth[:N_SECTORS]
    surroundings.sectors.log_growth[:] = logs(tables.accounts.growth[None, :N_SECTORS])
    surroundings.log_annuity[:] = log_annuity


def see_energy_prices(surroundings: Surroundings, price: np.ndarray, expected: np.ndarray) -> None:
    """What a unit of energy costs this year and was to be expected to cost [z, r, pays carbon or was to, energy use]."""
    markets = surroundings.markets
    markets.energy_price[:] = price.reshape(markets.energy_price.shape)
    markets.expected_price[:] = expected.reshape(markets.expected_price.shape)


@compiled
def spread_word(surroundings, operators, books, information, measures, year, constants):
    """A year in which options and cleaner production can be noticed: last year's peers, operators, the ministry."""
    parks, sectors = surroundings.parks, surroundings.sectors
    for p in range(parks.size):
        spread_in_park(parks[p], operators[p], books.recp_park[p], measures, year, constants)
        inform(parks[p], information[p], constants)
    for s in range(sectors.size):
        spread_in_sector(sectors[s], books.recp_sector[s], measures, year, constants)


@compiled
def spread_in_park(park, operator, recp_share, measures, year, constants):
    """Word goes round in a park: of measures that neighbours have, and of cleaner production where they practise it."""
    count, peers, appeal, unaware = park.count, park.peers, park.appeal, park.unaware
    hazards, advice = park.hazard, park.advice
    tenants, facilitation = max(park.firms, 1), operator.facilitation
    taught = constants.training_option_rate * operator.training
    for m in range(measures.size):
        peers[m] = count[m] / tenants
        shared = constants.vietnam_shift + operator.effect + measures[m].effect
        appeal[m] = shared + constants.peer_weight * (peers[m] - constants.peers_reference)
    for m in range(measures.size):
        rates = constants.base_rate, constants.operator_rate
        hazard = option_hazard(*rates, facilitation, constants.park_peer_rate, peers[m]) + taught
        # a neighbour that has the measure recommends it if it practises cleaner production itself, which any may do alike
        advice[m] = constants.operator_rate * facilitation + taught + constants.park_peer_rate * peers[m] * recp_share
        hazards[m] = hazard if year >= measures[m].available_from else 0.0
        unaware[m] *= stays_unaware(hazard) if year >= measures[m].available_from else 1.0
    helped = constants.operator_rate, facilitation, constants.training_rate, operator.training
    park.unheard *= stays_unaware(firm_hazard(*helped, constants.park_peer_rate, recp_share))
    park.monitored = operator.monitored


@compiled
def inform(park, information, constants):
    """The ministry's information [2 s] reaches the firms of a park."""
    of_options, of_recp = park.unaware_information, park.unheard_information
    for s in range(information.size):
        park.hazard_information[s] = constants.information_rate * information[s]
        if information[s] > 0.0:
            informed = stays_unaware(constants.information_rate * information[s])
            of_options[s] *= informed
            of_recp[s] *= informed


@compiled
def spread_in_sector(sector, recp_share, measures, year, constants):
    """Word goes round in a sector."""
    count, unaware, firms = sector.count, sector.unaware, max(sector.firms, 1)
    hazards, advice = sector.hazard, sector.advice
    sector.unheard *= stays_unaware(constants.sector_peer_rate * recp_share)
    for m in range(measures.size):
        hazards[m] = constants.sector_peer_rate * (count[m] / firms)
        advice[m] = hazards[m] * recp_share
        if year >= measures[m].available_from:
            unaware[m] *= stays_unaware(hazards[m])
