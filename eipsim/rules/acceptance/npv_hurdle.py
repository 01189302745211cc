"""Net present value at a hurdle rate."""

import math

from eipsim.core.compiled import rule
from eipsim.core.numbers import share, usd
from eipsim.rules.option import Given, Told

NUMBER = 1
SOURCE = "Anderson and Newell (2004), Woodruff et al. (1997): firms act as if they asked for 50 to 100 per cent a year"
PARAMETERS = ("rules.hurdle_rate",)
DISCOUNT_RATE = "hurdle_rate"


@rule
def accept(option, constants):
    """1 when the saving over its lifetime, discounted at the firm's hurdle rate, covers the cost; else 0.

    >>> from eipsim.rules.option import Option, constants_of
    >>> accept(Option(log_annuity=0.1), constants_of(hurdle_rate=0.5))
    1.0
    """
    return 1.0 if option.log_saving + option.log_annuity >= option.log_cost else 0.0


def explain(given: Given) -> Told:
    option, rate = given.option, given.constants.hurdle_rate
    size, annuity = math.exp(option.log_size), math.exp(option.log_annuity)
    worth, cost = math.exp(option.log_saving) * size * annuity, math.exp(option.log_cost) * size
    line = (
        f"NPV hurdle: at {share(rate)} a year over {option.lifetime} years a dollar a year is worth {annuity:.4f} USD; saving "
        f"worth {usd(worth)} less cost {usd(cost)}: net present value {usd(worth - cost)}, accepted at 0 or more."
    )
    return [(line, {"npv_usd": worth - cost, "annuity_years": annuity, "payback_limit_years": annuity})]
