"""Would a firm that knows an option take it? Five rules behind one interface, one of them chosen per run.

Every rule returns the probability that a *recommended* option is accepted within two years. Cost and saving come as
logarithms of their share of the firm's `size`, its yearly energy and water bill, so that neither currency nor firm size
matters.
"""

import math

from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import rule

RULES = ("acceptance_curve", "npv_hurdle", "real_option", "threshold", "planned_behaviour")
ACCEPTANCE_CURVE, NPV_HURDLE, REAL_OPTION, THRESHOLD, PLANNED_BEHAVIOUR, OWN_RULE = range(6)


@rule
def curve_intercept(saving_weight, cost_weight, payback_pivot, reference_cost_share):
    """b0 such that acceptance is one half at the pivot payback when cost / size equals the reference, for any cost weight."""
    return saving_weight * log(payback_pivot) + (cost_weight - saving_weight) * log(reference_cost_share)


@rule
def acceptance_curve(log_cost, log_saving, effects, intercept, saving_weight, cost_weight, floor, ceiling):
    """Logit in first cost and saving, cost weighing more: u = b0 - b_c ln C + b_s ln S + effects; A = lo + (hi-lo)/(1+e^-u).

    Anderson and Newell (2004): acceptance is flat in payback, and firms are 1.4 times as responsive to first cost.

    >>> acceptance_curve(0.0, 0.0, 0.0, 0.0, 0.25, 0.35, 0.0, 1.0)
    0.5
    """
    u = intercept - cost_weight * log_cost + saving_weight * log_saving + effects
    return floor + (ceiling - floor) / (1.0 + exp(-u))


@rule
def npv_hurdle(log_cost, log_saving, log_annuity):
    """1 when the saving over its lifetime, discounted at the firm's hurdle rate, covers the cost; else 0.

    >>> npv_hurdle(0.0, 0.0, 0.1)
    1.0
    """
    return 1.0 if log_saving + log_annuity >= log_cost else 0.0


@rule
def real_option(log_cost, log_saving, log_annuity, log_multiple):
    """1 when the discounted saving covers the cost `multiple` times, so that waiting is no longer worth it; else 0."""
    return 1.0 if log_saving + log_annuity >= log_cost + log_multiple else 0.0


@rule
def threshold(peers, own_threshold):
    """1 when the share of peers that have the measure reaches the firm's own threshold (complex contagion); else 0."""
    return 1.0 if peers >= own_threshold else 0.0


@rule
def planned_behaviour(log_cost, log_saving, peers, norm, attitude, control, pivot, reference_cost, steepness):
    """Theory of planned behaviour: weighted mean of norm (peers), attitude (payback) and control (can it be afforded).

    Attitude is 1/(1 + payback/pivot), control 1/(1 + cost share/reference); acceptance is a logit of the intention.
    """
    likes = 1.0 / (1.0 + exp(log_cost - log_saving) / pivot)
    can = 1.0 / (1.0 + exp(log_cost) / reference_cost)
    intention = (norm * peers + attitude * likes + control * can) / (norm + attitude + control)
    return 1.0 / (1.0 + exp(-steepness * (intention - 0.5)))


@rule
def yearly_hazard(two_year_acceptance):
    """Probability per year of taking up a fresh recommendation that is accepted with `two_year_acceptance` in two years.

    >>> round(yearly_hazard(0.5), 6)
    0.292893
    """
    return 1.0 - math.sqrt(1.0 - two_year_acceptance)
