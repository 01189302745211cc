"""Informational instruments: what firms and operators can know."""

from eipsim.policy.lever import Lever

INFORMATIONAL = (
    Lever(
        "information", "0-1", 0.0, 0.0, 1.0, "firm", "ministry",
        "Effort of information and benchmarking: 0 none, 1 the full programme that reaches every firm each year.",
    ),
    Lever(
        "training", "0-1", 0.0, 0.0, 1.0, "park", "ministry",
        "Training of park operators and through them of their tenants: 0 none, 1 a full programme each year.",
    ),
)  # fmt: skip
