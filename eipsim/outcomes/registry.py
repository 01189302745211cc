"""The outcomes: name, unit, definition, kind, and which direction is better. The names are the contract of MODEL section 12."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

Kind = Literal["stock", "flow", "cumulative"]


@dataclass(frozen=True)
class Outcome:
    """One yearly quantity. `kind`: stock at year end, flow of the year, or cumulative since 2015."""

    name: str
    unit: str
    kind: Kind
    better: Literal["higher", "lower", ""]
    definition: str


def _table(kind: Kind, *rows: tuple[str, str, str, str]) -> list[Outcome]:
    return [Outcome(name, unit, kind, better, definition) for name, unit, better, definition in rows]  # type: ignore[arg-type]


ALL = [
    *_table(
        "stock",
        ("parks_established", "parks", "", "parks founded by the end of the year"),
        ("parks_operating", "parks", "", "parks with tenants"),
        ("parks_converted", "parks", "higher", "parks that went through a programme or a transition as long"),
        ("parks_applied", "parks", "", "parks whose application for the certificate is being processed"),
        ("parks_certified", "parks", "higher", "parks that hold a certificate in force"),
        ("parks_founded_eco", "parks", "", "parks founded as eco-industrial parks, by duty"),
        ("parks_lapsed", "parks", "lower", "of these, parks that missed the term of the decree and do not comply yet"),
        ("park_score_mean", "points of 100", "higher", "mean over operating parks of the mean of four category scores"),
        ("firms", "firms", "", "tenant firms"),
        ("firms_aware_share", "share", "higher", "firms that have heard of RECP: audit, training, information, example"),
        ("recp_firm_share", "share", "higher", "aware firms that have adopted since and measure their savings"),
        ("recp_firm_share_unmeasured", "share", "higher", "the same without the measuring condition"),
        ("recp_measures_installed", "measures", "higher", "adopted since 2015 and still in use, beyond the initial stock"),
    ),
    *_table(
        "cumulative",
        ("options_identified", "options", "higher", "measures that audits recommended to firms"),
        ("options_implemented", "options", "higher", "recommended measures that firms then installed"),
        ("exchanges_identified", "exchanges", "higher", "by-product exchanges identified"),
        ("exchanges_feasible", "exchanges", "higher", "by-product exchanges found feasible"),
    ),
    *_table(
        "stock",
        ("exchanges_operating", "exchanges", "higher", "by-product exchanges in operation"),
    ),
    *_table(
        "flow",
        ("exchange_tonnes", "t/yr", "higher", "by-products, waste, steam and CO2 exchanged, counted in tonnes"),
    ),
    *_table(
        "stock",
        ("shared_infrastructure", "systems", "higher", "shared systems in operation, beyond the plants that the law asks for"),
    ),
    *_table(
        "flow",
        ("electricity_mwh", "MWh/yr", "lower", "electricity bought"),
        ("fuel_gj", "GJ/yr", "lower", "fuel burnt, biomass included"),
        ("water_m3", "m3/yr", "lower", "fresh water taken"),
        ("wastewater_m3", "m3/yr", "lower", "wastewater treated and discharged"),
        ("waste_t", "t/yr", "lower", "ordinary waste disposed of"),
        ("hazardous_waste_t", "t/yr", "lower", "hazardous waste disposed of"),
        ("co2_t", "tCO2/yr", "lower", "scope 1 and scope 2"),
        ("electricity_saved_mwh", "MWh/yr", "higher", "net saving of measures adopted since 2015"),
        ("fuel_saved_gj", "GJ/yr", "higher", "net saving of measures adopted since 2015, added biomass deducted"),
        ("water_saved_m3", "m3/yr", "higher", "net saving of measures adopted since 2015"),
        ("waste_avoided_t", "t/yr", "higher", "ordinary and hazardous waste avoided at source"),
        ("co2_avoided_t", "tCO2/yr", "higher", "scope 1 and 2 avoided since 2015 by measures, shared systems and exchanges"),
        ("firm_investment_usd", "USD/yr", "", "firms' own money put into measures, renewals and connections"),
        ("firm_saving_usd", "USD/yr", "higher", "bills avoided by measures, systems and exchanges, less running costs"),
        ("public_spending_usd", "USD/yr", "lower", "spending of regulators and donors"),
        ("public_revenue_usd", "USD/yr", "", "fines, charges and carbon price paid"),
        ("subsidy_paid_usd", "USD/yr", "", "vouchers paid to firms"),
    ),
    *_table("cumulative", ("audits_done", "audits", "", "audits of firms")),
    *_table("flow", ("inspections_done", "inspections/yr", "", "inspections of firms and operators")),
    *_table("stock", ("jobs", "jobs", "higher", "employees of tenant firms")),
    *_table(
        "flow",
        ("revenue_usd", "USD/yr", "higher", "revenue of tenant firms"),
        ("co2_intensity_t_per_musd", "tCO2/MUSD", "lower", "CO2 over revenue"),
        ("operator_spending_usd", "USD/yr", "", "park operators' own spending on facilitation and shared infrastructure"),
        ("operator_revenue_usd", "USD/yr", "", "tariffs and sales of shared infrastructure, and purchases it spares"),
        ("co2_scope1_t", "tCO2/yr", "lower", "CO2 of fuel burnt"),
        ("co2_scope2_t", "tCO2/yr", "lower", "CO2 of electricity bought"),
        ("material_saved_usd", "USD/yr", "higher", "materials and chemicals not bought"),
    ),
    *_table(
        "flow",
        ("exchange_water_m3", "m3/yr", "higher", "wastewater of one firm or city that another firm uses as water"),
        ("exchange_heat_gj", "GJ/yr", "higher", "heat and biogas exchanged; steam counts in exchange_tonnes"),
        ("exchange_material_usd", "USD/yr", "higher", "materials that tenants need not buy because of exchanges"),
        ("exchange_saving_usd", "USD/yr", "higher", "what exchanges save tenants, before capital; part of firm_saving_usd"),
        ("exchange_investment_usd", "USD/yr", "", "capital, licences and transaction costs of exchanges that begin"),
        ("co2_avoided_outside_t", "tCO2/yr", "higher", "avoided outside parks by exchanges, transport deducted; not in co2_t"),
    ),
    *_table("cumulative", ("firms_assisted", "firms", "higher", "firms that have been audited at least once")),
]  # fmt: skip

OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in ALL}
POSITION = {name: position for position, name in enumerate(OUTCOMES)}
UNITS = {name: outcome.unit for name, outcome in OUTCOMES.items()}


def outcome_frame(years, rows) -> pd.DataFrame:
    """Outcomes [n_years, n_outcomes] as a table by year, with units and definitions in `attrs`."""
    frame = pd.DataFrame(rows, columns=list(OUTCOMES), index=pd.Index(years, name="year"))
    frame.attrs["units"] = dict(UNITS)
    return frame
