"""The outcomes, a row each: what it is called, its unit and direction, what it means, how it follows from a year of a run.

A formula sees a `View`, here `v`: years of a run, for the country or for parts of it. One formula gives the nation's value,
a province's, a sector's, so an outcome cannot mean one thing in one table and another in the next. The names of `OUTCOMES` and
their order are the contract of MODEL section 12: the columns of `Run.outcomes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from eipsim.core.money import CENTS

if TYPE_CHECKING:
    from eipsim.outcomes.views import Values, View

Kind = Literal["stock", "flow", "cumulative"]
Better = Literal["higher", "lower", ""]
Level = Literal["firm", "exchange", "park", "book", "province", "nation"]

DIMENSIONS = ("province", "park", "sector", "programme")
# What an outcome of each level is called, and the DIMENSIONS in which a part of the country can be cut out.
LEVELS: dict[Level, tuple[str, tuple[str, ...]]] = {
    "firm": ("an outcome of firms", DIMENSIONS),
    "exchange": ("an outcome of exchanges", DIMENSIONS),
    "park": ("an outcome of parks", ("province", "park", "programme")),
    "book": ("booked by park", ("province", "park")),
    "province": ("kept by province", ("province",)),
    "nation": ("kept for the whole country", ()),
}
MILLION = 1e6


@dataclass(frozen=True)
class Outcome:
    """One yearly quantity.

    kind : stock at year end, flow of the year, or cumulative since 2015
    better : which direction policy wants; "" where neither is
    level : the smallest thing it is kept for, which decides of whom it can be asked
    formula : its value in a View
    """

    name: str
    label: str
    unit: str
    kind: Kind
    better: Better
    level: Level
    definition: str
    formula: Callable[[View], Values]

    @property
    def reach(self) -> tuple[str, ...]:
        """The DIMENSIONS in which a part of the country can be cut out."""
        return LEVELS[self.level][1]

    @property
    def adds_up(self) -> bool:
        """Whether the values of parts that share nothing and leave nothing out sum to the nation's."""
        return self.unit not in OF_MEANS


FUELS = ("coal_diesel", "dear_fuel", "biomass")
# Units of what does not add up over the parts of the country.
OF_MEANS = ("share", "points of 100", "tCO2/MUSD", "MWh/MUSD")


# ---- formulas that several outcomes share ------------------------------------------------------------------------------


def fuel(v: View, what: str) -> Values:
    """GJ of all fuels, biomass included; `what`: used or avoided."""
    coal_diesel, dear_fuel, biomass = (v.flow(f"{name}_{what}") for name in FUELS)
    return coal_diesel + dear_fuel + biomass


def co2(v: View) -> Values:
    return v.flow("co2_scope1") + v.flow("co2_scope2")


def share_of_firms(v: View, which: str) -> Values:
    return v.ratio(v.count(which), v.count("firms"))


def public_money(v: View) -> Values:
    """Vouchers, interest and grants where they went, the money for audits by their number, inspections of the province."""
    spent_at_parks = v.count("subsidy_cents") + v.of_parks(v.operators.grants) + v.share_of_audits * v.cents_for_audits
    spent_at_parks = spent_at_parks + v.count("interest_relief_cents")
    return spent_at_parks / CENTS + v.of_regulators("inspections") / CENTS


def score(category: str) -> Outcome:
    """The row of one category of the parks' scores."""
    return Outcome(
        f"park_score_{category}", f"Mean {category} score", "points of 100", "stock", "higher", "park",
        f"mean {category} score of operating parks", lambda v: v.mean_score(category),
    )  # fmt: skip


# ---- the contract ------------------------------------------------------------------------------------------------------

CONTRACT = (
    Outcome("parks_established", "Parks established", "parks", "stock", "", "park",
            "parks founded by the end of the year", lambda v: v.parks(v.operators.established_year <= v.year)),
    Outcome("parks_operating", "Parks operating", "parks", "stock", "", "park",
            "parks with tenants", lambda v: v.parks(v.operating)),
    Outcome("parks_converted", "Parks converted", "parks", "stock", "higher", "park",
            "parks that went through a programme or a transition as long",
            lambda v: v.parks(v.operators.converted_year > 0)),
    Outcome("parks_applied", "Parks applying for a certificate", "parks", "stock", "", "park",
            "parks whose application for the certificate is being processed",
            lambda v: v.parks(v.certificate("applied"))),
    Outcome("parks_certified", "Parks certified", "parks", "stock", "higher", "park",
            "parks that hold a certificate in force", lambda v: v.parks(v.certificate("certified"))),
    Outcome("parks_founded_eco", "Parks founded as eco-industrial", "parks", "stock", "", "park",
            "parks founded as eco-industrial parks, by duty", lambda v: v.parks(v.operators.born_eco)),
    Outcome("parks_lapsed", "Parks lapsed", "parks", "stock", "lower", "park",
            "of these, parks that missed the term of the decree and do not comply yet",
            lambda v: v.parks(v.operators.lapsed_year > 0)),
    Outcome("park_score_mean", "Mean score of parks", "points of 100", "stock", "higher", "park",
            "mean over operating parks of the mean of four category scores", lambda v: v.mean_score()),
    Outcome("firms", "Firms", "firms", "stock", "", "firm",
            "tenant firms", lambda v: v.count("firms")),
    Outcome("firms_aware_share", "Firms aware of RECP", "share", "stock", "higher", "firm",
            "firms that have heard of RECP: audit, training, information, example",
            lambda v: share_of_firms(v, "aware")),
    Outcome("recp_firm_share", "Firms with measured RECP", "share", "stock", "higher", "firm",
            "aware firms that have adopted since and measure their savings",
            lambda v: share_of_firms(v, "recp_measured")),
    Outcome("recp_firm_share_unmeasured", "Firms that apply RECP", "share", "stock", "higher", "firm",
            "the same without the measuring condition", lambda v: share_of_firms(v, "recp")),
    Outcome("recp_measures_installed", "Measures in use", "measures", "stock", "higher", "firm",
            "adopted since 2015 and still in use, beyond the initial stock", lambda v: v.count("measures_adopted")),
    Outcome("options_identified", "Options identified", "options", "cumulative", "higher", "firm",
            "measures that audits recommended to firms", lambda v: v.advice("options_identified")),
    Outcome("options_implemented", "Options implemented", "options", "cumulative", "higher", "firm",
            "recommended measures that firms then installed", lambda v: v.advice("options_implemented")),
    Outcome("exchanges_identified", "Exchanges identified", "exchanges", "cumulative", "higher", "exchange",
            "by-product exchanges identified", lambda v: v.count_exchanges("identified")),
    Outcome("exchanges_feasible", "Exchanges feasible", "exchanges", "cumulative", "higher", "exchange",
            "by-product exchanges found feasible", lambda v: v.count_exchanges("feasible")),
    Outcome("exchanges_operating", "Exchanges operating", "exchanges", "stock", "higher", "exchange",
            "by-product exchanges in operation", lambda v: v.count_exchanges("operating")),
    Outcome("exchange_tonnes", "By-products exchanged", "t/yr", "flow", "higher", "exchange",
            "by-products, waste, steam and CO2 exchanged, counted in tonnes", lambda v: v.exchanged("tonnes")),
    Outcome("shared_infrastructure", "Shared systems", "systems", "stock", "higher", "park",
            "shared systems in operation, beyond the plants that the law asks for", lambda v: v.shared_systems),
    Outcome("electricity_mwh", "Electricity bought", "MWh/yr", "flow", "lower", "firm",
            "electricity bought", lambda v: v.flow("electricity_used")),
    Outcome("fuel_gj", "Fuel burnt", "GJ/yr", "flow", "lower", "firm",
            "fuel burnt, biomass included", lambda v: fuel(v, "used")),
    Outcome("water_m3", "Water taken", "m3/yr", "flow", "lower", "firm",
            "fresh water taken", lambda v: v.flow("water_used")),
    Outcome("wastewater_m3", "Wastewater", "m3/yr", "flow", "lower", "firm",
            "wastewater treated and discharged", lambda v: v.flow("wastewater")),
    Outcome("waste_t", "Waste", "t/yr", "flow", "lower", "firm",
            "ordinary waste disposed of", lambda v: v.flow("waste_used")),
    Outcome("hazardous_waste_t", "Hazardous waste", "t/yr", "flow", "lower", "firm",
            "hazardous waste disposed of", lambda v: v.flow("hazardous_used")),
    Outcome("co2_t", "CO₂ emissions", "tCO2/yr", "flow", "lower", "firm",
            "scope 1 and scope 2", lambda v: co2(v)),
    Outcome("electricity_saved_mwh", "Electricity saved", "MWh/yr", "flow", "higher", "firm",
            "net saving of measures adopted since 2015", lambda v: v.flow("electricity_avoided")),
    Outcome("fuel_saved_gj", "Fuel saved", "GJ/yr", "flow", "higher", "firm",
            "net saving of measures adopted since 2015, added biomass deducted", lambda v: fuel(v, "avoided")),
    Outcome("water_saved_m3", "Water saved", "m3/yr", "flow", "higher", "firm",
            "net saving of measures adopted since 2015", lambda v: v.flow("water_avoided")),
    Outcome("waste_avoided_t", "Waste avoided", "t/yr", "flow", "higher", "firm",
            "ordinary and hazardous waste avoided at source",
            lambda v: v.flow("waste_avoided") + v.flow("hazardous_avoided")),
    Outcome("co2_avoided_t", "CO₂ avoided", "tCO2/yr", "flow", "higher", "firm",
            "scope 1 and 2 avoided since 2015 by measures, shared systems and exchanges",
            lambda v: v.flow("co2_without") - v.flow("co2_scope1") - v.flow("co2_scope2")),
    Outcome("firm_investment_usd", "Firms' investment", "USD/yr", "flow", "", "book",
            "firms' own money put into measures, renewals and connections, and their part of what operators commission for them",
            lambda v: v.count("invested_cents") / CENTS + v.of_parks(v.connections_usd)),
    Outcome("firm_saving_usd", "Firms' savings", "USD/yr", "flow", "higher", "firm",
            "bills avoided by measures, systems and exchanges, less running costs", lambda v: v.flow("saving")),
    Outcome("public_spending_usd", "Public spending", "USD/yr", "flow", "lower", "nation",
            "spending of regulators and donors", lambda v: v.spent_by_regulators / CENTS),
    Outcome("public_revenue_usd", "Public revenue", "USD/yr", "flow", "", "province",
            "fines, charges and carbon price paid",
            lambda v: v.of_regulators("fines") / CENTS + v.flow("carbon_paid") + v.flow("charges_paid")),
    Outcome("subsidy_paid_usd", "Subsidies paid", "USD/yr", "flow", "", "book",
            "vouchers paid to firms", lambda v: v.count("subsidy_cents") / CENTS),
    Outcome("audits_done", "Audits done", "audits", "cumulative", "", "firm",
            "audits of firms", lambda v: v.advice("audits")),
    Outcome("inspections_done", "Inspections done", "inspections/yr", "flow", "", "province",
            "inspections of firms and operators", lambda v: v.of_regulators("inspections_done")),
    Outcome("jobs", "Jobs", "jobs", "stock", "higher", "firm",
            "employees of tenant firms", lambda v: v.flow("jobs")),
    Outcome("revenue_usd", "Revenue", "USD/yr", "flow", "higher", "firm",
            "revenue of tenant firms", lambda v: v.flow("revenue")),
    Outcome("co2_intensity_t_per_musd", "CO₂ per revenue", "tCO2/MUSD", "flow", "lower", "firm",
            "CO2 over revenue", lambda v: v.ratio(co2(v), v.flow("revenue")) * MILLION),
    Outcome("operator_spending_usd", "Operators' spending", "USD/yr", "flow", "", "park",
            "park operators' own spending on facilitation, shared infrastructure and what the certificate needs",
            lambda v: v.of_parks(v.operators.spending) / CENTS),
    Outcome("operator_revenue_usd", "Operators' revenue", "USD/yr", "flow", "", "park",
            "tariffs and sales of shared infrastructure, and purchases it spares",
            lambda v: v.of_parks(v.operators.revenue) / CENTS),
    Outcome("co2_scope1_t", "CO₂ of fuels", "tCO2/yr", "flow", "lower", "firm",
            "CO2 of fuel burnt", lambda v: v.flow("co2_scope1")),
    Outcome("co2_scope2_t", "CO₂ of electricity", "tCO2/yr", "flow", "lower", "firm",
            "CO2 of electricity bought", lambda v: v.flow("co2_scope2")),
    Outcome("material_saved_usd", "Materials saved", "USD/yr", "flow", "higher", "firm",
            "materials and chemicals not bought", lambda v: v.flow("material_avoided") + v.flow("chemicals_avoided")),
    Outcome("exchange_water_m3", "Water exchanged", "m3/yr", "flow", "higher", "exchange",
            "wastewater of one firm or city that another firm uses as water", lambda v: v.exchanged("water_m3")),
    Outcome("exchange_heat_gj", "Heat exchanged", "GJ/yr", "flow", "higher", "exchange",
            "heat and biogas exchanged; steam counts in exchange_tonnes", lambda v: v.exchanged("heat_gj")),
    Outcome("exchange_material_usd", "Materials exchanged", "USD/yr", "flow", "higher", "exchange",
            "materials that tenants need not buy because of exchanges",
            lambda v: v.exchanged("material_displaced_usd")),
    Outcome("exchange_saving_usd", "Savings by exchanges", "USD/yr", "flow", "higher", "exchange",
            "what exchanges save tenants, before capital; part of firm_saving_usd",
            lambda v: v.exchanged("donor_saving_usd") + v.exchanged("receiver_saving_usd")),
    Outcome("exchange_investment_usd", "Investment in exchanges", "USD/yr", "flow", "", "exchange",
            "capital, licences and transaction costs of exchanges that begin",
            lambda v: v.exchanged("capex_usd") + v.exchanged("licence_usd")),
    Outcome("co2_avoided_outside_t", "CO₂ avoided outside parks", "tCO2/yr", "flow", "higher", "exchange",
            "avoided outside parks by exchanges, transport deducted; not in co2_t",
            lambda v: v.exchanged("co2_outside_t")),
    Outcome("firms_assisted", "Firms assisted", "firms", "cumulative", "higher", "firm",
            "firms that have been audited at least once", lambda v: v.advice("assisted")),
    Outcome("violations_found", "Violations found", "violations/yr", "flow", "", "province",
            "inspections of firms and operators that found a violation", lambda v: v.of_regulators("violations_found")),
    Outcome("co2_process_t", "CO₂ of processes", "tCO2/yr", "flow", "lower", "firm",
            "CO2 of electrodes, lime and carbonates in steel furnaces and kilns; not in co2_t",
            lambda v: v.flow("co2_process")),
    Outcome("co2_total_t", "CO₂ of energy and processes", "tCO2/yr", "flow", "lower", "firm",
            "scope 1 and scope 2, and CO2 of processes", lambda v: co2(v) + v.flow("co2_process")),
    Outcome("allowances_free_t", "Free allowances", "t/yr", "flow", "", "firm",
            "allowances to emit that firms get free of charge", lambda v: v.flow("allowances_free")),
    Outcome("allowances_net_usd", "Allowances bought of others", "USD/yr", "flow", "", "firm",
            "paid to others than the public for allowances; negative when sold", lambda v: v.flow("allowances_net")),
    Outcome("loans_outstanding_usd", "Loans outstanding", "USD", "stock", "", "book",
            "what firms owe banks for measures at the end of the year, where loans are followed",
            lambda v: v.count("loans_cents") / CENTS),
    Outcome("interest_paid_usd", "Interest paid", "USD/yr", "flow", "lower", "book",
            "real interest that firms pay banks on loans for measures, less what the public pays for them",
            lambda v: v.count("interest_cents") / CENTS),
    Outcome("interest_subsidised_usd", "Interest subsidised", "USD/yr", "flow", "", "book",
            "real interest that the public pays banks for firms; part of public_spending_usd",
            lambda v: v.count("interest_relief_cents") / CENTS),
    Outcome("vouchers_offered_usd", "Vouchers offered", "USD/yr", "flow", "", "nation",
            "what vouchers are dealt for: what they would pay where they are applied for, else their caps",
            lambda v: v.of_regulators("vouchers_offered") / CENTS),
    Outcome("parks_committed", "Parks committed", "parks", "stock", "higher", "park",
            "parks whose operator has committed to the eco-industrial path",
            lambda v: v.parks(v.operators.commit_year > 0)),
    Outcome("operator_audits_done", "Audits by operators", "audits", "cumulative", "", "park",
            "of the audits done, those that park operators have commissioned",
            lambda v: v.of_parks(v.operators.audits_since_2015)),
    Outcome("electricity_mwh_per_musd", "Electricity per revenue", "MWh/MUSD", "flow", "lower", "firm",
            "electricity bought over revenue",
            lambda v: v.ratio(v.flow("electricity_used"), v.flow("revenue")) * MILLION),
    Outcome("operation_saved_mwh", "Electricity not used as it is dear", "MWh/yr", "flow", "", "firm",
            "electricity not used by firms' day-to-day answer to its price, negative where it is cheaper than was to be "
            "expected; no part of electricity_saved_mwh",
            lambda v: v.flow("operation_mwh")),
    Outcome("operation_saved_gj", "Fuel not burnt as it is dear", "GJ/yr", "flow", "", "firm",
            "fuel not burnt by firms' day-to-day answer to its price; no part of fuel_saved_gj",
            lambda v: v.flow("operation_gj")),
    Outcome("operation_co2_t", "CO₂ of energy not used as it is dear", "tCO2/yr", "flow", "", "firm",
            "scope 1 and 2 of what firms' day-to-day answer to prices leaves unused; no part of co2_avoided_t",
            lambda v: v.flow("operation_co2")),
    Outcome("operation_cost_usd", "Value forgone as energy is dear", "USD/yr", "flow", "lower", "firm",
            "output and quality forgone by firms' day-to-day answer to prices, beyond their bills",
            lambda v: v.flow("operation_cost")),
    Outcome("provinces_committed_share", "Provinces with a committed park", "share", "stock", "higher", "nation",
            "of the provinces of 2024 with operating parks, those in which one of them has committed to the eco-industrial path",
            lambda v: v.ratio(
                v.provinces_with(v.operating & (v.operators.commit_year > 0)), v.provinces_with(v.operating)
            )),
)  # fmt: skip

# ---- what else can be asked for ----------------------------------------------------------------------------------------

EXTRA = (
    Outcome("parks_certified_unconverted", "Parks certified, never converted", "parks", "stock", "", "park",
            "parks that hold a certificate in force and have never been converted",
            lambda v: v.parks(v.certificate("certified") & (v.operators.converted_year == 0))),
    Outcome("certificates_granted", "Certificates granted", "certificates/yr", "flow", "higher", "park",
            "certificates dated in the year, renewals included",
            lambda v: v.parks(v.certificate("certified") & (v.operators.certified_year == v.year))),
    *map(score, ("management", "environment", "social", "economic")),
    Outcome("exchanges_screened", "Screened exchanges", "exchanges", "cumulative", "higher", "exchange",
            "exchanges that a screening of the park named", lambda v: v.count_exchanges("screened")),
    Outcome("exchanges_screened_feasible", "Screened exchanges, feasible", "exchanges", "cumulative", "higher", "exchange",
            "of these, exchanges found feasible",
            lambda v: v.count_exchanges("screened_feasible")),
    Outcome("options_investment_usd", "Investment in options", "USD", "cumulative", "", "firm",
            "capital and hidden cost of implemented recommendations, before vouchers, "
            "at the prices of the year of implementation",
            lambda v: v.recommended("invested")),
    Outcome("options_saving_usd", "Savings of options", "USD/yr", "cumulative", "higher", "firm",
            "saving of implemented recommendations after realisation and rebound, each at the prices of the year of its "
            "implementation",
            lambda v: v.recommended("saved")),
    Outcome("options_co2_avoided_t", "CO₂ avoided by options", "tCO2/yr", "cumulative", "higher", "firm",
            "CO2 that implemented recommendations avoid after realisation and rebound, each at the grid factor of the "
            "year of its implementation",
            lambda v: v.recommended("tonnes")),
    Outcome("public_money_usd", "Public money spent", "USD/yr", "flow", "", "province",
            "public money spent on the parks of a province and their tenants: vouchers, interest, grants, audits, inspections",
            public_money),
    Outcome("options_saving_recorded_usd", "Recorded savings of options", "USD/yr", "cumulative", "higher", "firm",
            "saving of implemented recommendations as programmes record it: by design, before realisation and rebound, in "
            "the share that is verified, each at the prices of the year of its implementation",
            lambda v: v.recommended("recorded_saving")),
    Outcome("options_co2_recorded_t", "Recorded CO₂ avoided by options", "tCO2/yr", "cumulative", "higher", "firm",
            "CO2 that implemented recommendations avoid as programmes record it: by design, before realisation and "
            "rebound, in the share that is verified, each at the grid factor of the year of its implementation",
            lambda v: v.recommended("recorded_tonnes")),
    Outcome("vouchers_asked_usd", "Vouchers applied for", "USD/yr", "flow", "", "nation",
            "what vouchers would pay of all that firms have applied with; 0 where vouchers are not applied for",
            lambda v: v.of_regulators("vouchers_asked") / CENTS),
    Outcome("voucher_adoptions", "Adoptions with a voucher", "measures/yr", "flow", "", "nation",
            "measures that firms have bought with a voucher that they applied for",
            lambda v: v.of_regulators("voucher_adoptions")),
    Outcome("voucher_adoptions_additional", "Adoptions by vouchers", "measures/yr", "flow", "higher", "nation",
            "of these, measures that firms would not have bought in the year without, less what they have given up for them",
            lambda v: v.of_regulators("voucher_adoptions") - v.of_regulators("voucher_adoptions_anyway")
            - v.of_regulators("voucher_adoptions_given_up")),
    Outcome("vouchers_spent_anyway_usd", "Vouchers for what would be bought anyway", "USD/yr", "flow", "lower", "nation",
            "what vouchers that were applied for pay of measures that firms would have bought in the year without",
            lambda v: v.of_regulators("vouchers_anyway") / CENTS),
)  # fmt: skip

# ---- what is seen of firms one by one while the year stands, and only where somebody asks ----------------------------------

LOOKED_AT = (
    Outcome("measures_adopted", "Measures newly adopted", "measures/yr", "flow", "higher", "firm",
            "measures that firms have adopted for the first time in the year, renewals left out",
            lambda v: v.newly_adopted("measures")),
    Outcome("firms_adopting", "Firms that newly adopt", "firms/yr", "flow", "higher", "firm",
            "firms that have adopted a measure for the first time in the year",
            lambda v: v.newly_adopted("firms")),
    Outcome("identified_investment_usd", "Investment that audits name", "USD", "cumulative", "", "firm",
            "what recommended options would cost, implemented or not, before vouchers, in the year of the audit",
            lambda v: v.identified("invested")),
    Outcome("identified_saving_usd", "Savings that audits name", "USD/yr", "cumulative", "higher", "firm",
            "what recommended options would save, implemented or not, each on its own at the prices of the year of the audit",
            lambda v: v.identified("saved")),
    Outcome("identified_co2_avoided_t", "CO₂ avoided that audits name", "tCO2/yr", "cumulative", "higher", "firm",
            "CO2 that recommended options would avoid, implemented or not, each on its own at the grid factor of the year "
            "of the audit",
            lambda v: v.identified("tonnes")),
)  # fmt: skip

OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in CONTRACT}
TABLED: dict[str, Outcome] = OUTCOMES | {outcome.name: outcome for outcome in EXTRA}
QUANTITIES: dict[str, Outcome] = TABLED | {outcome.name: outcome for outcome in LOOKED_AT}
# To be written down every year.
RECOMMENDED = (
    "options_investment_usd", "options_saving_usd", "options_co2_avoided_t", "options_saving_recorded_usd",
    "options_co2_recorded_t",
)  # fmt: skip
IDENTIFIED = ("identified_investment_usd", "identified_saving_usd", "identified_co2_avoided_t")  # likewise
BY_FIRM = frozenset(
    (*RECOMMENDED, *(outcome.name for outcome in LOOKED_AT))
)  # seen of firms one by one, whoever is asked of
UNITS = {name: outcome.unit for name, outcome in OUTCOMES.items()}
