"""Theory of planned behaviour: what neighbours do, what the project promises, and whether it can be afforded."""

import math

from eipsim.core.arithmetic import exp
from eipsim.core.compiled import rule
from eipsim.core.numbers import number, share, years
from eipsim.rules.option import Given, Told

NUMBER = 4
SOURCE = "Ajzen (1991); weights in proportion to the correlations in the meta-analysis of Armitage and Conner (2001)"
PARAMETERS = (
    "rules.tpb_weight_norm", "rules.tpb_weight_attitude", "rules.tpb_weight_control", "rules.tpb_steepness",
    "rules.tpb_even_intention", "behaviour.payback_pivot", "behaviour.reference_cost_share",
)  # fmt: skip


@rule
def attitude(option, constants):
    """1 / (1 + payback / pivot): 1 for what pays back at once, one half at the pivot payback."""
    return 1.0 / (1.0 + exp(option.log_cost - option.log_saving) / constants.payback_pivot)


@rule
def control(option, constants):
    """1 / (1 + cost share / reference): 1 for what costs nothing."""
    return 1.0 / (1.0 + exp(option.log_cost) / constants.reference_cost_share)


@rule
def intention(option, constants):
    """Weighted mean of norm (the share of peers), attitude and control."""
    norm, likes, can = constants.tpb_weight_norm, constants.tpb_weight_attitude, constants.tpb_weight_control
    told = norm * option.peers + likes * attitude(option, constants) + can * control(option, constants)
    return told / (norm + likes + can)


@rule
def accept(option, constants):
    """A logit of the intention around that at which half of the firms accept.

    >>> from eipsim.rules.option import Option, constants_of
    >>> halves = dict(tpb_weight_norm=1.0, tpb_weight_attitude=1.0, tpb_weight_control=1.0)
    >>> accept(Option(peers=0.5), constants_of(**halves, payback_pivot=1.0, reference_cost_share=1.0, tpb_steepness=6.0,
    ...                                           tpb_even_intention=0.5))
    0.5
    """
    return 1.0 / (1.0 + exp(-constants.tpb_steepness * (intention(option, constants) - constants.tpb_even_intention)))


def explain(given: Given) -> Told:
    option, c = given.option, given.constants
    facts = {
        "intention": float(intention(option, c)), "norm": float(option.peers),
        "attitude": float(attitude(option, c)), "control": float(control(option, c)),
    }  # fmt: skip
    line = (
        f"Planned behaviour: intention {facts['intention']:.3f} = norm {option.peers:.3f} "
        f"(peers, weight {number(c.tpb_weight_norm)}), attitude {facts['attitude']:.3f} "
        f"(payback {years(math.exp(option.log_cost - option.log_saving))}, weight {number(c.tpb_weight_attitude)}), "
        f"control {facts['control']:.3f} (cost {share(math.exp(option.log_cost))} of size, weight "
        f"{number(c.tpb_weight_control)}); accepted by half of the firms at {number(c.tpb_even_intention)}."
    )
    return [(line, facts)]
