"""Regulatory instruments: what is inspected, measured, certified and required."""

from dataclasses import dataclass

from eipsim.policy.lever import ByFirm, ByPark, ByProvince, ByProvinceOfOwner, CountByProvince, NationOfOwner, lever


@dataclass(frozen=True)
class Regulatory:
    """Regulatory instruments."""

    inspection_probability: ByProvinceOfOwner = lever(
        "1/yr", 0.0, 0.0, 1.0, "provincial regulator",
        "Probability that a firm is inspected in a year.",
        {"agents.regulator.inspections": "inspects each firm and operator with it"},
    )  # fmt: skip
    inspection_targeting: ByProvince = lever(
        "share of inspections", 0.0, 0.0, 1.0, "provincial regulator",
        "Share of inspections aimed at firms and operators on record for a violation, and at the tenants of such operators.",
        {"agents.regulator.inspections": "inspects those on record more often and the others less"},
    )  # fmt: skip
    fine_usd: NationOfOwner = lever(
        "USD", 0.0, 0.0, 1e9, "ministry of agriculture and environment",
        "Fine for a firm that an inspection finds in violation.",
        {"agents.regulator.inspections": "fines what inspections find", "model.model": "fines parks that miss their term"},
    )  # fmt: skip
    no_new_fossil_boilers: ByFirm = lever(
        "deg C", 0.0, 0.0, 2000.0, "ministry of industry and trade",
        "No fossil boiler may be put in for heat up to this temperature: not when one is worn out, not by newcomers. 0: all may.",
        {"model.opening": "bars new fossil boilers that make heat up to it"},
    )  # fmt: skip
    fossil_boiler_end: ByFirm = lever(
        "deg C", 0.0, 0.0, 2000.0, "ministry of industry and trade",
        "Fossil boilers for heat up to this temperature are put out of use in the first year in which it is set. 0: none.",
        {"model.opening": "ends the use of fossil boilers that make heat up to it"},
    )  # fmt: skip
    monitoring: ByPark = lever(
        "share of parks", 0.0, 0.0, 1.0, "ministry and park operator",
        "Share of parks with a system that measures and discloses the resource use of their tenants.",
        {
            "agents.operator.year": "installs monitoring in this share of the parks",
            "agents.regulator.rationing": "pays for it",
        },
    )  # fmt: skip
    certification_capacity: CountByProvince = lever(
        "dossiers/yr and province", 4.0, 0.0, 10_000.0, "provincial board",
        "Applications for the certificate that a province can process in a year.",
        {"model.closing": "decides at most so many applications of a province"},
    )  # fmt: skip
    certification_duration: ByProvince = lever(
        "share of normal duration", 1.0, 0.0, 20.0, "provincial board",
        "Time from application to decision in a province, over that of the parameter regulators.dossier_years.",
        {"model.closing": "lets a decision take so many times as long"},
    )  # fmt: skip
    solar_rules: ByProvince = lever(
        "0-1", 0.0, 0.0, 1.0, "ministry of industry and trade",
        "How far rules for rooftop solar of operators are eased: 0 as they are, 1 contract and record are enough.",
        {"infrastructure.operation": "opens the legal gate of operators' rooftop solar so far"},
    )  # fmt: skip
    eip_duty: ByProvince = lever(
        "share of new parks", 0.0, 0.0, 1.0, "planning authority",
        "Share of the parks founded in the year that must be planned as eco-industrial parks from the start.",
        {"model.opening": "founds this share of the year's new parks as eco-industrial parks"},
    )  # fmt: skip
