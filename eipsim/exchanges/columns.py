"""The state of exchanges in columns, the words for their states, and the flows they add to a park's accounts."""

from __future__ import annotations

import numpy as np

from eipsim.core.columns import Col, record_type
from eipsim.exchanges.catalogue import CLASSES, DEMANDS, N_POOLS
from eipsim.market.catalogue import N_SECTORS
from eipsim.market.fuels import MOST_PRICE_ROWS
from eipsim.policy.symbiosis import REFORMS

EXCHANGE_STATES = ("identified", "feasible", "negotiating", "operating", "ended")
IDENTIFIED, FEASIBLE, NEGOTIATING, OPERATING, ENDED = range(5)
END_REASONS = ("", "not feasible", "refused by law", "negotiation failed", "partner left", "no longer pays")
GOES_ON, NOT_FEASIBLE, REFUSED, NOT_AGREED, PARTNER_LEFT, DOES_NOT_PAY = range(6)
OUTSIDE = -1  # a partner that is no tenant firm

# One row per exchange ever identified. An opportunity is a (firm, type); `episode` counts its searches.
EXCHANGE_COLUMNS = (
    Col("key", np.uint64, "name of the opportunity in keyed draws, from firm and type"),
    Col("kind", np.int8, "row of the exchange catalogue"),
    Col("donor", np.int32, "firm row; -1 = municipal plant"),
    Col("receiver", np.int32, "firm row; -1 = external partner"),
    Col("donor_park", np.int32, "park row"),
    Col("receiver_park", np.int32, "park row; that of the donor for external partners"),
    Col("plant", np.int32, "row of the municipal plants; -1 = none"),
    Col("slot", np.int32, "position of the opportunity"),
    Col("episode", np.int16, "searches of this opportunity that went before"),
    Col("distance_km", np.float64, "by road or pipe"),
    Col("state", np.int8, "position in EXCHANGE_STATES"),
    Col("identified_year", np.int16, "0 = never"),
    Col("feasible_year", np.int16, "0 = never"),
    Col("negotiating_year", np.int16, "0 = never"),
    Col("agreed_year", np.int16, "partners have agreed and apply for what the law asks; 0 = never"),
    Col("applied_year", np.int16, "of the application that is pending or was decided; 0 = never"),
    Col("refused_year", np.int16, "of the last refusal; 0 = never"),
    Col("licensed_year", np.int16, "0 = never"),
    Col("operating_year", np.int16, "0 = never"),
    Col("ended_year", np.int16, "0 = never"),
    Col("ended_because", np.int8, "position in END_REASONS"),
    Col("first_refused", np.int16, "of the first refusal; 0 = never"),
    Col("refusals", np.int16, "number"),
    Col("refused_degree", np.float64, "degree to which the law was eased at the last refusal"),
    Col("unpaid", np.int16, "years in operation without a benefit, running"),
    Col("infeasible_since", np.int16, "first year of the present spell without joint benefit; 0 = feasible"),
    Col("quantity", np.float64, "of this year, in the unit of its type; 0 unless it operates"),
    Col("tentative", np.float64, "what it could move this year"),
    Col("potential", np.float64, "at identification"),
    Col("design", np.float64, "capacity built; 0 before it operates"),
    Col("donor_benefit", np.float64, "USD/yr, after capital"),
    Col("receiver_benefit", np.float64, "USD/yr, after capital"),
    Col("unit_margin", np.float64, "USD per unit, joint, before capital"),
    Col("capex_usd", np.float64, "USD"),
    Col("licence_usd", np.float64, "USD, of the law of the year"),
    Col("legal_class", np.int8, "position in CLASSES"),
    Col("co2_t", np.float64, "t avoided this year, transport deducted"),
    Col("screened", np.bool_, "named by a screening"),
    Col("urban", np.bool_, "industrial-urban"),
    Col("sandbox", np.bool_, "licensed under a sandbox"),
    # what is drawn once for the project
    Col("supply_factor", np.float64, "of this donor over the central supply"),
    Col("donor_value", np.float64, "USD per unit avoided by the donor"),
    Col("receiver_value", np.float64, "USD per unit avoided by the receiver"),
    Col("capex_unit", np.float64, "USD per unit and year at the usual distance"),
    Col("months_draw", np.float64, "place between least and most months"),
    Col("time_of_year", np.float64, "0-1, of the agreement"),
)  # fmt: skip

# What exchanges see of a park, and the park of them.
SITE_COLUMNS = (
    Col("key", np.uint64, "key of the park"),
    Col("zone", np.int32, "price zone"),
    Col("inner_km", np.float64, "mean distance between two tenants"),
    Col("first_slot", np.int64, "position of its first opportunity"),
    Col("end_slot", np.int64, "position after its last one"),
    Col("first_near", np.int64, "position of its nearest neighbour"),
    Col("end_near", np.int64, "position after its farthest one"),
    Col("first_member", np.int64, "position of its first firm of each sector; the last is the end", (N_SECTORS + 1,)),
    Col("unnoticed", np.float64, "chance of an opportunity not having been noticed since 2015"),
    Col("unscreened", np.float64, "the same before this year's screening"),
    Col("trust", np.float64, "0-1"),
    Col("successes", np.int32, "exchanges that began this year"),
    Col("failures", np.int32, "negotiations that failed this year"),
    Col("facilitation", np.float64, "0-1"),
    Col("screening", np.float64, "of this year: 0 none, 1 a full one"),
    Col("effect", np.float64, "log-odds, of the operator"),
    Col("eased", np.float64, "degree to which the law is eased, by reform", (len(REFORMS),)),
    Col("sandbox", np.float64, "degree of the sandbox"),
    Col("told", np.float64, "t waste, t hazardous, m3 wastewater that its exchanges say they take: to be checked", (3,)),
)  # fmt: skip

# A tenant as exchanges see it; what it can still give and take this year is worked out when an exchange first asks.
# What a tenant is, the same in every run.
BORN_COLUMNS = (
    Col("key", np.uint64, "key of the firm"),
    Col("first_slot", np.int64, "position of its first opportunity"),
    Col("park", np.int32, "row of its park"),
    Col("entry_year", np.int16, "first year in the park"),
    Col("exit_year", np.int16, "first year no longer in the park"),
    Col("sector", np.int8, "number of its archetype"),
)
TENANT_COLUMNS = (
    *BORN_COLUMNS,
    Col("price_row", np.int16, "whose prices it pays, as in the table of firms"),
    Col("links", np.int16, "exchanges that it has begun"),
    Col("year", np.int16, "of the figures below"),
    Col("use", np.float64, "GJ fuel, m3 water, USD material that it uses", (len(DEMANDS) - 1,)),
    Col("supply", np.float64, "GJ heat, t waste, t hazardous, m3 wastewater left", (N_POOLS,)),
    Col("demand", np.float64, "GJ fuel, m3 water, USD material left", (len(DEMANDS) - 1,)),
    Col("charge", np.float64, "public charges, USD per t waste, t hazardous, m3 wastewater", (3,)),
    Col("carbon_price", np.float64, "USD per t of CO2 that it pays"),
    Col("carbon", np.float64, "t of CO2 from fuel left"),
    Col("mix", np.float64, "shares of coal and diesel, oil and gas, biomass in its fuel", (3,)),
    # while exchanges are checked and counted
    Col("place", np.int32, "row of the table of partners"),
    Col("counted", np.bool_, "has been counted"),
)

# What exchanges have moved of a tenant that takes part in them, while they are checked.
PARTNER_COLUMNS = (
    Col("firm", np.int32, "row of the firm"),
    Col("given", np.float64, "GJ heat, t waste, t hazardous, m3 wastewater", (N_POOLS,)),
    Col("taken", np.float64, "GJ fuel, m3 water, USD material", (len(DEMANDS) - 1,)),
)


def common_columns(n_kinds: int) -> tuple[Col, ...]:
    """What does not depend on a row: the columns of a table of one row, for `n_kinds` types of exchange."""
    kinds = Col("kinds", np.int16, "types that a firm of each sector can start; -1 = no more", (N_SECTORS, n_kinds))
    return (*COMMON_COLUMNS, kinds)


COMMON_COLUMNS = (
    Col("year", np.int64, "of the model"),
    Col("intensity", np.float64, "use over that at 2024 intensities"),
    Col("months_factor", np.float64, "on the months of every procedure"),
    Col("rate_of_capital", np.float64, "1/yr, annuity of a dollar of capital"),
    Col("transport_cost", np.float64, "USD per t-km"),
    Col("transport_co2", np.float64, "t per t-km"),
    Col("heat_of_steam", np.float64, "GJ per t"),
    Col("identification", np.uint64, "key of the draws of identification"),
    Col("partner", np.uint64, "key of the draws of acquaintance"),
    Col("project", np.uint64, "key of the draws of projects"),
    Col("negotiation", np.uint64, "key of the draws of negotiations"),
    Col("licence", np.uint64, "key of the draws of licences"),
    Col("months", np.float64, "of the procedure of each class of the law: least, most", (len(CLASSES), 2)),
    Col("cost", np.float64, "USD, of a licence of each class", (len(CLASSES),)),
    Col("refusal", np.float64, "probability, of each class", (len(CLASSES),)),
    Col("evidence", np.float64, "exchange-years that only a sandbox made lawful, by reform", (len(REFORMS),)),
    Col("n_kinds", np.int64, "number of types that a firm of each sector can start", (N_SECTORS,)),
    Col("coal_share", np.float64, "coal in coal and diesel, by price row", (MOST_PRICE_ROWS,)),
    Col("wastewater_ratio", np.float64, "m3 per m3 of water, by sector", (N_SECTORS,)),
)

PLANT_COLUMNS = (
    Col("from_year", np.int16, "first year"),
    Col("capacity", np.float64, "units a year"),
    Col("left", np.float64, "units left this year"),
)

# Firms that move in or leave, in the order of years: their opportunities.
MOVE_COLUMNS = (
    Col("key", np.uint64, "key of the firm"),
    Col("first_slot", np.int64, "position of its first opportunity"),
    Col("park", np.int32, "row of its park"),
    Col("sector", np.int8, "number of its archetype"),
)

# Firm rows sorted by park and sector, and parks near a park: what a search for a partner reads, in its order.
MEMBER_COLUMNS = (
    Col("key", np.uint64, "key of the firm"),
    Col("row", np.int32, "row of the firm"),
    Col("entry_year", np.int16, "first year in the park"),
    Col("exit_year", np.int16, "first year no longer in the park"),
)
NEIGHBOUR_COLUMNS = (
    Col("km", np.float64, "straight distance"),
    Col("known", np.float64, "probability that a partner there is known"),
    Col("park", np.int32, "row of the park"),
)

# Who is asked whether he would take what an opportunity gives.
ASKED_COLUMNS = (
    Col("row", np.int32, "row of the firm"),
    Col("park", np.int32, "row of its park"),
    Col("km", np.float64, "straight distance"),
)

EXCHANGE_FLOWS = (
    "waste_exchanged_t", "hazardous_exchanged_t", "wastewater_exchanged_m3", "water_displaced_m3", "fuel_displaced_gj",
    "material_displaced_usd", "heat_gj", "tonnes", "co2_in_park_t", "co2_outside_t", "donor_saving_usd",
    "receiver_saving_usd", "capex_usd", "licence_usd", "transport_tkm", "charges_saved_usd", "carbon_saved_usd", "water_m3",
    "coal_displaced_gj", "dear_fuel_displaced_gj", "biomass_displaced_gj",
)  # fmt: skip
EXCHANGE_FLOW = {name: position for position, name in enumerate(EXCHANGE_FLOWS)}
(
    F_WASTE, F_HAZARDOUS, F_WASTEWATER, F_WATER, F_FUEL, F_MATERIAL, F_HEAT, F_TONNES, F_CO2_PARK, F_CO2_OUTSIDE, F_DONOR,
    F_RECEIVER, F_CAPEX, F_LICENCE, F_TKM, F_CHARGES, F_CARBON, F_CUBIC_METRES, F_COAL, F_DEAR, F_BIOMASS,
) = range(len(EXCHANGE_FLOWS))  # fmt: skip

# The same flows as a table: a row per park, a column per flow.
ACCOUNT = record_type(tuple(Col(name, np.float64, "of the year, in the unit of its name") for name in EXCHANGE_FLOWS))
