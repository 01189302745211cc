"""Economic instruments: what a firm pays, is paid or can borrow."""

from eipsim.policy.lever import Lever

ECONOMIC = (
    Lever(
        "capital_subsidy", "share of cost", 0.0, 0.0, 0.9, "firm", "national regulator",
        "Share of the cost of a measure that a voucher pays to the firm, as far as the budget for vouchers reaches.",
    ),
    Lever(
        "voucher_cap_usd", "USD per firm and year", 50_000.0, 0.0, 1e12, "nation", "national regulator",
        "The most that one firm may receive in vouchers in one year.",
    ),
    Lever(
        "subsidy_budget_usd", "USD/yr", 0.0, 0.0, 1e13, "nation", "treasury",
        "Appropriation of the year for vouchers; without it no subsidy is paid, whatever its rate.",
    ),
    Lever(
        "soft_loan", "share of cost lent", 0.0, 0.0, 1.0, "firm", "development bank",
        "Share of the cost of a measure that a finance-constrained firm can borrow beyond its own cash.",
    ),
    Lever(
        "carbon_price", "USD/t CO2", 0.0, 0.0, 1000.0, "price", "ministry of finance",
        "Price of each tonne of CO2 from fuel and electricity, paid by firms at or above the threshold.",
    ),
    Lever(
        "carbon_threshold_toe", "TOE/yr", 1000.0, 0.0, 1e9, "nation", "ministry of agriculture and environment",
        "Energy use at or above which a firm pays the carbon price.",
    ),
    Lever(
        "electricity_price_change", "share", 0.0, -0.9, 10.0, "price", "ministry of industry and trade",
        "Change of the electricity tariff on top of the driver: 0.1 is ten per cent dearer.",
    ),
    Lever(
        "landfill_charge_usd_t", "USD/t", 0.0, 0.0, 1000.0, "price", "province",
        "Charge on each tonne of ordinary industrial waste disposed of, on top of today's fee.",
    ),
    Lever(
        "hazardous_waste_charge_usd_t", "USD/t", 0.0, 0.0, 10_000.0, "price", "province",
        "Charge on each tonne of hazardous waste disposed of, on top of today's fee.",
    ),
    Lever(
        "wastewater_charge_usd_m3", "USD/m3", 0.0, 0.0, 100.0, "price", "province",
        "Charge on each cubic metre of wastewater discharged, on top of today's fee.",
    ),
    Lever(
        "certification_premium", "share of rent", 0.0, 0.0, 1.0, "nation", "market, tax office and banks",
        "What a certificate is worth to a park (higher rent, lower tax, cheaper loans), as a share of its rent.",
    ),
    Lever(
        "infrastructure_cofunding", "share of capital", 0.0, 0.0, 0.9, "park", "national regulator",
        "Share of the capital of shared infrastructure that is paid to the operators who build it.",
    ),
    Lever(
        "infrastructure_budget_usd", "USD/yr", 1e13, 0.0, 1e13, "nation", "treasury",
        "The most that is paid in a year as co-funding and for soft loans of shared infrastructure; default: whatever is asked.",
    ),
    Lever(
        "infrastructure_soft_loan", "share of own capital lent", 0.0, 0.0, 1.0, "park", "development bank",
        "Share of what an operator pays itself for shared infrastructure that it can borrow at the rate of soft loans.",
    ),
)  # fmt: skip
