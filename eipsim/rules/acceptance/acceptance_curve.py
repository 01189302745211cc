"""A logit in first cost and saving, cost weighing more: the rule unless another is named."""

from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import rule
from eipsim.core.numbers import share
from eipsim.rules.option import Given, Told

NUMBER = 0
SOURCE = (
    "Anderson and Newell (2004): acceptance is flat in payback, and firms are 1.4 times as responsive to first cost"
)
PARAMETERS = (
    "behaviour.saving_weight", "behaviour.cost_to_saving_weight", "behaviour.payback_pivot", "behaviour.reference_cost_share",
    "behaviour.acceptance_floor", "behaviour.acceptance_ceiling", "behaviour.peers_reference",
)  # fmt: skip


@rule
def curve_intercept(saving_weight, cost_weight, payback_pivot, reference_cost_share):
    """b0 such that acceptance is one half at the pivot payback when cost / size equals the reference, for any cost weight."""
    return saving_weight * log(payback_pivot) + (cost_weight - saving_weight) * log(reference_cost_share)


DERIVED = {
    "cost_weight": lambda v: v["saving_weight"] * v["cost_to_saving_weight"],
    "curve_intercept": lambda v: curve_intercept(
        v["saving_weight"], v["cost_weight"], v["payback_pivot"], v["reference_cost_share"]
    ),
}


@rule
def accept(option, constants):
    """u = b0 - b_c ln C + b_s ln S + effects; A = floor + (ceiling - floor) / (1 + e^-u).

    >>> from eipsim.rules.option import Option, constants_of
    >>> even = dict(curve_intercept=0.0, cost_weight=0.35, saving_weight=0.25)
    >>> accept(Option(), constants_of(**even, acceptance_floor=0.0, acceptance_ceiling=1.0))
    0.5
    """
    u = (
        constants.curve_intercept
        - constants.cost_weight * option.log_cost
        + constants.saving_weight * option.log_saving
        + option.effects
    )
    floor = constants.acceptance_floor
    return floor + (constants.acceptance_ceiling - floor) / (1.0 + exp(-u))


def explain(given: Given) -> Told:
    """The terms of the log-odds by name, and the peers behind one of them."""
    option, c = given.option, given.constants
    terms = {
        "base": float(c.curve_intercept),
        "cost": float(-c.cost_weight * option.log_cost),
        "saving": float(c.saving_weight * option.log_saving),
        **given.effects,
    }
    total = sum(terms.values())
    told = ", ".join(f"{name} {value:+.3f}" for name, value in terms.items())
    limits = f"between {share(c.acceptance_floor)} and {share(c.acceptance_ceiling)}"
    peers = f"{share(option.peers)} of the park's firms have it, against a reference of {share(c.peers_reference)}"
    return [
        (f"Acceptance curve: log-odds {total:+.3f} = {told} {limits}.", {"log_odds": total, "terms": terms}),
        (f"Peers: {peers}.", {"peers_share": float(option.peers)}),
    ]
