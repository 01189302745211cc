"""Economic instruments: what a firm pays, is paid or can borrow."""

from dataclasses import dataclass

from eipsim.policy.lever import ByFirm, ByPark, ByPrice, BySector, Nation, lever

EVERYBODY = 1e9  # the most facilities of a sector that a lever can say: more than there are firms


@dataclass(frozen=True)
class Economic:
    """Economic instruments."""

    capital_subsidy: ByFirm = lever(
        "share of cost", 0.0, 0.0, 0.9, "national regulator",
        "Share of the cost of a measure that a voucher pays to the firm, as far as the budget for vouchers reaches.",
        {
            "agents.regulator.rationing": "deals vouchers of this share to firms with an open option, while the budget lasts",
        },
    )  # fmt: skip
    voucher_cap_usd: Nation = lever(
        "USD per firm and year", 50_000.0, 0.0, 1e12, "national regulator",
        "The most that one firm may receive in vouchers in one year.",
        {
            "agents.regulator.rationing": "the most that each voucher it deals can pay; sets how many fit the budget",
            "agents.regulator.applications": "the most that one firm can apply for, where firms apply",
            "model.closing": "the treasury takes back what is left of each voucher at the end of the year",
            "runs.pairs": "what is not left of a voucher was used, so that what vouchers add is counted a voucher",
        },
    )  # fmt: skip
    subsidy_budget_usd: Nation = lever(
        "USD/yr", 0.0, 0.0, 1e13, "treasury",
        "Appropriation of the year for vouchers; without it no subsidy is paid, whatever its rate.",
        {
            "agents.regulator.rationing": "deals vouchers until their full value and administration use it up",
            "agents.regulator.applications": "serves firms while what they apply with, and its administration, fits it",
        },
    )  # fmt: skip
    soft_loan: ByFirm = lever(
        "share of cost lent", 0.0, 0.0, 1.0, "development bank",
        "Share of the cost of a measure that a finance-constrained firm can borrow beyond its own cash.",
        {"model.opening": "hands it to firms: a constrained firm adds this share of a cost to its own cash"},
    )  # fmt: skip
    loan_guarantee: ByFirm = lever(
        "share of cost lent", 0.0, 0.0, 1.0, "guarantee fund",
        "Share of the cost of a measure that a bank lends a finance-constrained firm because the public guarantees it.",
        {"model.opening": "adds it to what soft loans lend, up to the whole cost"},
    )  # fmt: skip
    interest_subsidy: ByFirm = lever(
        "1/yr of a loan", 0.0, 0.0, 0.2, "treasury",
        "Interest on a firm's loan for a measure that the public pays for it as long as the loan runs, in points: 0.02 is two.",
        {
            "model.opening": "lowers the cost of what is lent by the present value of these points at the loan's rate",
            "agents.regulator.credit": "promises these points for each loan of the year and pays them while it runs",
        },
    )  # fmt: skip
    carbon_price: ByPrice = lever(
        "USD/t CO2", 0.0, 0.0, 1000.0, "ministry of finance",
        "Price of each tonne of CO2 from fuel and electricity, paid by firms at or above the threshold.",
        {"market.prices": "adds it to prices of fuel and electricity of covered firms, by their emission factors"},
    )  # fmt: skip
    carbon_threshold_toe: Nation = lever(
        "TOE/yr", 1000.0, 0.0, 1e9, "ministry of agriculture and environment",
        "Energy use at or above which a firm pays the carbon price.",
        {"agents.regulator.allowances": "marks the firms at or above it as covered by the carbon price"},
    )  # fmt: skip
    carbon_facilities: BySector = lever(
        "firms of the sector", EVERYBODY, 0.0, EVERYBODY, "ministry of agriculture and environment",
        "The most firms of a sector that hold allowances, of those at or above the threshold, by lot; default: all of them.",
        {
            "agents.regulator.allowances": "covers no more firms of the sector than this",
            "market.prices": "lets the price of the pilot years hold in sectors where a number is said",
        },
    )  # fmt: skip
    auctioned_share: BySector = lever(
        "share of allowances", 1.0, 0.0, 1.0, "ministry of finance",
        "Share of allowances that covered firms pay the public for; the others are free, by the sector's benchmark.",
        {"agents.regulator.allowances": "allots the rest of what the benchmark gives free of charge"},
    )  # fmt: skip
    allocation_decline: BySector = lever(
        "1/yr", 0.0, 0.0, 1.0, "ministry of agriculture and environment",
        "By which share of itself a sector's benchmark for free allowances falls every year after its first.",
        {"agents.regulator.allowances": "lowers the benchmark of the sector by it"},
    )  # fmt: skip
    electricity_price_change: ByPrice = lever(
        "share", 0.0, -0.9, 10.0, "ministry of industry and trade",
        "Change of the electricity tariff on top of the driver: 0.1 is ten per cent dearer.",
        {"market.prices": "raises the tariff of the year by this share"},
    )  # fmt: skip
    landfill_charge_usd_t: ByPrice = lever(
        "USD/t", 0.0, 0.0, 1000.0, "province",
        "Charge on each tonne of ordinary industrial waste disposed of, on top of today's fee.",
        {"market.prices": "adds it to the price of ordinary waste"},
    )  # fmt: skip
    hazardous_waste_charge_usd_t: ByPrice = lever(
        "USD/t", 0.0, 0.0, 10_000.0, "province",
        "Charge on each tonne of hazardous waste disposed of, on top of today's fee.",
        {"market.prices": "adds it to the price of hazardous waste"},
    )  # fmt: skip
    wastewater_charge_usd_m3: ByPrice = lever(
        "USD/m3", 0.0, 0.0, 100.0, "province",
        "Charge on each cubic metre of wastewater discharged, on top of today's fee.",
        {"market.prices": "adds it to the price of water, by the wastewater that water becomes"},
    )  # fmt: skip
    certification_premium: Nation = lever(
        "share of rent", 0.0, 0.0, 1.0, "market, tax office and banks",
        "What a certificate is worth to a park (higher rent, lower tax, cheaper loans), as a share of its rent.",
        {
            "agents.operator.year": "operators expect it when they decide whether to commit",
            "infrastructure.operation": "operators count it as rent when they weigh a shared system",
        },
    )  # fmt: skip
    infrastructure_cofunding: ByPark = lever(
        "share of capital", 0.0, 0.0, 0.9, "national regulator",
        "Share of the capital of shared infrastructure that is paid to the operators who build it.",
        {"infrastructure.operation": "pays this share of the capital of shared systems, as far as the budget reaches"},
    )  # fmt: skip
    infrastructure_budget_usd: Nation = lever(
        "USD/yr", 1e13, 0.0, 1e13, "treasury",
        "The most that is paid in a year as co-funding and for soft loans of shared infrastructure; default: whatever is asked.",
        {"infrastructure.building": "deals co-funding and soft loans until it is used up"},
    )  # fmt: skip
    infrastructure_soft_loan: ByPark = lever(
        "share of own capital lent", 0.0, 0.0, 1.0, "development bank",
        "Share of what an operator pays itself for shared infrastructure that it can borrow at the rate of soft loans.",
        {"infrastructure.operation": "lends operators this share of what they pay themselves"},
    )  # fmt: skip
    infrastructure_studies: ByPark = lever(
        "studies/yr", 0.0, 0.0, 1.0, "national regulator",
        "Study of all shared systems of a park in the year, paid by the public: 0 none, 1 a full one.",
        {
            "infrastructure.operation": "adds to the chance that an operator looks at a shared system",
            "agents.regulator.rationing": "pays for it",
        },
    )  # fmt: skip
