"""Instruments for exchanges: who looks for them, and what the law asks of them."""

from dataclasses import dataclass

from eipsim.policy.lever import ByPark, Nation, lever

# Which reform of the law of reuse eases an exchange or a shared system; a lever `..._reuse_reform` for each but the first.
REFORMS = ("none", "waste", "wastewater", "hazardous")
NO_REFORM = 0


@dataclass(frozen=True)
class Symbiosis:
    """Instruments for exchanges."""

    symbiosis_screening: ByPark = lever(
        "screenings/yr", 0.0, 0.0, 1.0, "ministry or donor",
        "Screening of a park for by-product exchanges in the year: 0 none, 1 a full one.",
        {
            "exchanges.symbiosis": "identifies exchanges in the screened parks",
            "agents.regulator.rationing": "pays for it",
        },
    )  # fmt: skip
    waste_reuse_reform: Nation = lever(
        "0-1", 0.0, 0.0, 1.0, "ministry of agriculture and environment",
        "Degree to which standards for the reuse of ordinary waste are in force: at 1 class R2 is treated as R1.",
        {
            "exchanges.symbiosis": "eases permits of exchanges of ordinary waste",
            "infrastructure.operation": "opens the legal gate of shared waste systems so far",
        },
    )  # fmt: skip
    wastewater_reuse_reform: Nation = lever(
        "0-1", 0.0, 0.0, 1.0, "ministry of agriculture and environment",
        "Degree to which standards for the reuse of treated wastewater are in force: at 1 class R2 is treated as R1.",
        {
            "exchanges.symbiosis": "eases permits of exchanges of treated wastewater",
            "infrastructure.operation": "opens the legal gate of shared water reuse so far",
        },
    )  # fmt: skip
    hazardous_reuse_reform: Nation = lever(
        "0-1", 0.0, 0.0, 1.0, "ministry of agriculture and environment",
        "Degree to which the recovery of hazardous waste and co-processing are eased: at 1 class R3 is treated as R1.",
        {"exchanges.symbiosis": "eases permits of exchanges of hazardous waste"},
    )  # fmt: skip
    licence_months_factor: Nation = lever(
        "share of today's months", 1.0, 0.0, 10.0, "licensing authorities",
        "Time that permits and licences of exchanges take, as a multiple of today's.",
        {"exchanges.symbiosis": "multiplies the months that a licence takes"},
    )  # fmt: skip
    sandbox: ByPark = lever(
        "0-1", 0.0, 0.0, 1.0, "government",
        "Degree to which a park may try what the reuse reforms would allow; what it shows can bring them forward.",
        {
            "exchanges.symbiosis": "lets parks try exchanges before the reform, and counts what they prove",
            "infrastructure.operation": "opens the legal gates of shared systems in these parks",
        },
    )  # fmt: skip
