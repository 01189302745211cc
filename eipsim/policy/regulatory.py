"""Regulatory instruments: what is inspected, measured, certified and required."""

from eipsim.policy.lever import Lever

REGULATORY = (
    Lever(
        "inspection_probability", "1/yr", 0.0, 0.0, 1.0, "province", "provincial regulator",
        "Probability that a firm is inspected in a year.",
    ),
    Lever(
        "fine_usd", "USD", 0.0, 0.0, 1e9, "nation", "ministry of agriculture and environment",
        "Fine for a firm that an inspection finds in violation.",
    ),
    Lever(
        "monitoring", "share of parks", 0.0, 0.0, 1.0, "park", "ministry and park operator",
        "Share of parks with a system that measures and discloses the resource use of their tenants.",
    ),
    Lever(
        "certification_capacity", "dossiers/yr and province", 4.0, 0.0, 10_000.0, "province", "provincial board",
        "Applications for the certificate that a province can process in a year.",
    ),
    Lever(
        "certification_duration", "share of normal duration", 1.0, 0.0, 20.0, "province", "provincial board",
        "Time from application to decision in a province, over that of the parameter regulators.dossier_years.",
    ),
    Lever(
        "solar_rules", "0-1", 0.0, 0.0, 1.0, "province", "ministry of industry and trade",
        "How far rules for rooftop solar of operators are eased: 0 as they are, 1 contract and record are enough.",
    ),
    Lever(
        "eip_duty", "share of new parks", 0.0, 0.0, 1.0, "province", "planning authority",
        "Share of the parks founded in the year that must be planned as eco-industrial parks from the start.",
    ),
)  # fmt: skip
