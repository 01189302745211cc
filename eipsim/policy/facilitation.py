"""Facilitation: support of the parks that set out, and what speeds or slows all delivery."""

from dataclasses import dataclass

from eipsim.policy.lever import ByPark, ByProvince, Nation, lever


@dataclass(frozen=True)
class Facilitation:
    """Facilitation."""

    facilitation_grant: ByPark = lever(
        "0-1", 0.0, 0.0, 1.0, "province or donor",
        "Share of the cost of full facilitation by the park operator that is paid for it.",
        {
            "agents.operator.year": "operators facilitate more, as this share of the cost is paid",
            "agents.regulator.rationing": "pays for it",
        },
    )  # fmt: skip
    provincial_support: ByProvince = lever(
        "0-1", 0.0, 0.0, 1.0, "province",
        "Effort of a province to have its parks commit to the eco-industrial path: 0 none, 1 an aim of the province.",
        {
            "agents.operator.year": "raises the chance that operators of the province commit",
            "agents.regulator.rationing": "pays for it",
        },
    )  # fmt: skip
    auditors_per_year: Nation = lever(
        "audits/yr", 0.0, 0.0, 1e9, "ministry of industry and trade",
        "Audits that the country's auditors can do in a year; 0: as the parameter regulators.auditors_per_year has it.",
        {"agents.regulator.auditors": "shares them out: donors first, then programmes and operators in keyed order"},
    )  # fmt: skip
    programme_capacity: Nation = lever(
        "share of normal delivery", 1.0, 0.0, 10.0, "circumstances",
        "What programmes deliver in the year against a normal one (Covid-19): a low one delays, the total still comes.",
        {"policy.levers": "spreads the audits of programmes over their years in proportion to it"},
    )  # fmt: skip
