"""How an option becomes known without an audit, and how a firm hears of cleaner production at all."""

from eipsim.core.arithmetic import exp
from eipsim.core.compiled import rule


@rule
def option_hazard(base, operator_rate, facilitation, park_rate, peers_park):
    """Yearly hazard [1/yr] in one park that a firm notices a measure: on its own, through its operator, from its neighbours.

    The sector's part is `sector_rate x peers_sector` and the ministry's `information_rate x information`; hazards add up.
    """
    return base + operator_rate * facilitation + park_rate * peers_park


@rule
def stays_unaware(hazard):
    """Probability that a year passes without noticing: e^-hazard. Its running product is compared with one keyed draw."""
    return exp(-hazard)


@rule
def firm_hazard(operator_rate, facilitation, training_rate, training, park_rate, recp_share_park):
    """Yearly hazard [1/yr] that a firm hears of cleaner production from its operator, a training or an example in its park."""
    return operator_rate * facilitation + training_rate * training + park_rate * recp_share_park
