"""Facilitation: support of the parks that set out, and what speeds or slows all delivery."""

from eipsim.policy.lever import Lever

FACILITATION = (
    Lever(
        "facilitation_grant", "0-1", 0.0, 0.0, 1.0, "park", "province or donor",
        "Share of the cost of full facilitation by the park operator that is paid for it.",
    ),
    Lever(
        "provincial_support", "0-1", 0.0, 0.0, 1.0, "province", "province",
        "Effort of a province to have its parks commit to the eco-industrial path: 0 none, 1 an aim of the province.",
    ),
    Lever(
        "programme_capacity", "share of normal delivery", 1.0, 0.0, 10.0, "nation", "circumstances",
        "What programmes deliver in the year against a normal one (Covid-19): a low one delays, the total still comes.",
    ),
)  # fmt: skip
