"""Informational instruments: what firms and operators can know."""

from dataclasses import dataclass

from eipsim.policy.lever import ByFirm, ByPark, lever


@dataclass(frozen=True)
class Informational:
    """Informational instruments."""

    information: ByFirm = lever(
        "0-1", 0.0, 0.0, 1.0, "ministry",
        "Effort of information and benchmarking: 0 none, 1 the full programme that reaches every firm each year.",
        {
            "model.model": "makes options and cleaner production known to firms",
            "agents.regulator.rationing": "pays for it",
        },
    )  # fmt: skip
    training: ByPark = lever(
        "0-1", 0.0, 0.0, 1.0, "ministry",
        "Training of park operators and through them of their tenants: 0 none, 1 a full programme each year.",
        {
            "agents.operator.year": "operators train their tenants and learn themselves",
            "agents.regulator.rationing": "pays for it",
        },
    )  # fmt: skip
