"""A project is begun when waiting for better prices is no longer worth it."""

import math

from eipsim.core.arithmetic import log
from eipsim.core.compiled import rule
from eipsim.core.numbers import share, usd
from eipsim.rules.investment import option_multiple
from eipsim.rules.option import Given, Told

NUMBER = 2
SOURCE = "Dixit and Pindyck (1994), Investment under Uncertainty"
PARAMETERS = ("rules.risk_free_rate", "rules.payout_rate", "rules.option_volatility")
DISCOUNT_RATE = "risk_free_rate"
DERIVED = {
    "log_option_multiple": lambda v: log(option_multiple(v["risk_free_rate"], v["payout_rate"], v["option_volatility"]))
}


@rule
def accept(option, constants):
    """1 when the discounted saving covers the cost `multiple` times, so that waiting is no longer worth it; else 0.

    >>> from eipsim.rules.option import Option, constants_of
    >>> accept(Option(log_annuity=0.6), constants_of(log_option_multiple=0.7))
    0.0
    """
    return 1.0 if option.log_saving + option.log_annuity >= option.log_cost + constants.log_option_multiple else 0.0


def explain(given: Given) -> Told:
    option, c = given.option, given.constants
    size, annuity, multiple = math.exp(option.log_size), math.exp(option.log_annuity), math.exp(c.log_option_multiple)
    worth, cost = math.exp(option.log_saving) * size * annuity, math.exp(option.log_cost) * size
    line = (
        f"Real option: saving worth {usd(worth)} ({share(c.risk_free_rate)} a year, {annuity:.3f} years) "
        f"against {multiple:.4f} times the cost of {usd(cost)}, {usd(multiple * cost)}: accepted from there on."
    )
    facts = {"discounted_saving_usd": worth, "option_multiple": multiple, "worth_needed_usd": multiple * cost}
    return [(line, facts)]
