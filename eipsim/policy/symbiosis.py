"""Instruments for exchanges: who looks for them, and what the law asks of them."""

from eipsim.policy.lever import Lever

# Which reform of the law of reuse eases an exchange or a shared system; a lever `..._reuse_reform` for each but the first.
REFORMS = ("none", "waste", "wastewater", "hazardous")
NO_REFORM = 0

SYMBIOSIS = (
    Lever(
        "symbiosis_screening", "screenings/yr", 0.0, 0.0, 1.0, "park", "ministry or donor",
        "Screening of a park for by-product exchanges in the year: 0 none, 1 a full one.",
    ),
    Lever(
        "waste_reuse_reform", "0-1", 0.0, 0.0, 1.0, "nation", "ministry of agriculture and environment",
        "Degree to which standards for the reuse of ordinary waste are in force: at 1 class R2 is treated as R1.",
    ),
    Lever(
        "wastewater_reuse_reform", "0-1", 0.0, 0.0, 1.0, "nation", "ministry of agriculture and environment",
        "Degree to which standards for the reuse of treated wastewater are in force: at 1 class R2 is treated as R1.",
    ),
    Lever(
        "hazardous_reuse_reform", "0-1", 0.0, 0.0, 1.0, "nation", "ministry of agriculture and environment",
        "Degree to which the recovery of hazardous waste and co-processing are eased: at 1 class R3 is treated as R1.",
    ),
    Lever(
        "licence_months_factor", "share of today's months", 1.0, 0.0, 10.0, "nation", "licensing authorities",
        "Time that permits and licences of exchanges take, as a multiple of today's.",
    ),
    Lever(
        "sandbox", "0-1", 0.0, 0.0, 1.0, "park", "government",
        "Degree to which a park may try what the reuse reforms would allow; what it shows can bring them forward.",
    ),
)  # fmt: skip
