"""What operators differ in: one latent quality behind several traits, each with a spread of its own.

Quality and traits are in standard deviations of the operators there are.
"""

import numpy as np

from eipsim.core.arithmetic import exp
from eipsim.core.compiled import rule


@rule
def led_by(quality, own, correlation):
    """A trait, standard normal, that goes with the operator's `quality` as the `correlation` has it; `own` is what else it is.

    >>> led_by(2.0, -1.0, 0.0), led_by(2.0, -1.0, 1.0), led_by(1.0, 1.0, 0.6)
    (-1.0, 2.0, 1.4)
    """
    return correlation * quality + np.sqrt(1.0 - correlation * correlation) * own


@rule
def factor_of(trait, spread):
    """A factor that is one on average, lognormal with this `spread` [ln] between operators; 1 where nobody differs.

    >>> float(factor_of(3.0, 0.0))
    1.0
    """
    return exp(spread * trait - 0.5 * spread * spread)


@rule
def among_the_best(u, share):
    """The rank (0 to 1) of an operator known to be one of the best `share` of all, for u uniform in (0, 1).

    >>> among_the_best(0.5, 0.1), among_the_best(0.5, 1.0)
    (0.95, 0.5)
    """
    return 1.0 - share * (1.0 - u)


@rule
def set_out_by(u, rate, years):
    """The bar of an operator known to have set out within so many `years` at a hazard of `rate` [1/yr] or more, for u uniform.

    It sets out when the chance of not having done so falls to its bar, which is uniform in (0, 1) of operators of whom
    nothing is known.

    >>> set_out_by(0.5, 0.0, 10.0), float(round(set_out_by(0.0, 0.3, 10.0), 6))
    (1.0, 0.049787)
    """
    return 1.0 - (1.0 - exp(-rate * years)) * (1.0 - u)
