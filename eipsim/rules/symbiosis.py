"""By-product exchanges: who knows whom, what an exchange is worth, how it is agreed, and what the law asks."""

from typing import NamedTuple

from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import rule


@rule
def knows_partner(distance_km, kernel_km):
    """Probability that a possible partner at `distance_km` is known: exp(-d/d0).

    With partners uniform in the plane the distance of those known has median 1.678 d0 and mean 2 d0.

    >>> round(knows_partner(20.0, 20.0), 4)
    0.3679
    """
    return exp(-distance_km / kernel_km)


@rule
def yearly_benefit(quantity, unit_margin, management, capital, rate_of_capital):
    """Joint benefit [USD/yr]: `quantity` x `unit_margin` [USD per unit] - management [USD/yr] - annuity of `capital` [USD].

    `rate_of_capital` [1/yr] is the annuity that repays one dollar over the exchange's life at its hurdle rate.

    >>> yearly_benefit(100.0, 30.0, 500.0, 10000.0, 0.2)
    500.0
    """
    return quantity * unit_margin - management - rate_of_capital * capital


class NegotiationWeights(NamedTuple):
    """What moves two partners to agree, log-odds per unit."""

    trust: float
    help_given: float
    experience: float


@rule
def negotiation_probability(rate, weights, trust, help_given, experience, effect):
    """Probability per year that two partners agree: `rate` at trust 0.5 without help, moved in log-odds.

    By trust [0-1] less one half, facilitation `help_given` [0-1], `experience` (1 when a partner has exchanged before, else 0),
    each by its weight, and the operator's effect [log-odds]. Linear log-odds are assumed.

    >>> round(negotiation_probability(0.3, NegotiationWeights(2.0, 1.0, 1.0), 0.5, 0.0, 0.0, 0.0), 6)
    0.3
    """
    if rate <= 0.0 or rate >= 1.0:
        return rate
    odds = log(rate / (1.0 - rate)) + weights.trust * (trust - 0.5)
    odds += weights.help_given * help_given + weights.experience * experience + effect
    return 1.0 / (1.0 + exp(-odds))


@rule
def trust_after(trust, successes, failures, gain, loss):
    """Trust [0-1] after a year: each success closes a share `gain` of the gap to 1, then each failure loses a share `loss`.

    >>> trust_after(0.5, 1, 0, 0.2, 0.1)
    0.6
    """
    gap = 1.0 - trust
    for _ in range(successes):
        gap *= 1.0 - gain
    trust = 1.0 - gap
    for _ in range(failures):
        trust *= 1.0 - loss
    return trust


@rule
def eased(today, reformed, degree):
    """A figure of the law [any unit] when a reform is in force to `degree` [0-1]: on the line from today's to the reformed.

    >>> eased(20000.0, 1500.0, 1.0)
    1500.0
    """
    return today + degree * (reformed - today)


@rule
def licence_years(months, time_of_year):
    """Whole years from agreement, at `time_of_year` [0-1], to the year in which a licence of `months` is decided.

    >>> licence_years(14.0, 0.5), licence_years(1.0, 0.5)
    (1, 0)
    """
    return int(time_of_year + months / 12.0)


@rule
def delivered_share(distance_km, loss_per_km):
    """Share of what is sent that arrives: loss per km of pipe, never below zero.

    >>> delivered_share(5.0, 0.02)
    0.9
    """
    return max(0.0, 1.0 - loss_per_km * distance_km)
