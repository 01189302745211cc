"""What a certificate is worth to a park operator, and what it takes to get there. Money in USD, rates per year."""

import numpy as np

from eipsim.core.compiled import rule
from eipsim.rules.investment import annuity


@rule
def expected_benefit(premium, fees, belief, preference):
    """What an operator expects of the certificate [USD/yr]: the premium on its fees as far as it believes in it, and what it
    would give for the certificate anyway.

    >>> expected_benefit(0.05, 600_000.0, 0.5, 0.0), expected_benefit(0.0, 600_000.0, 2.0, 10_000.0)
    (15000.0, 10000.0)
    """
    return premium * fees * belief + preference


@rule
def audits_needed(short, under_way, success):
    """Audits [number] after which `short` firms more can be expected to count, when `under_way` firms were audited of late and
    a share `success` of those audited comes to count.

    >>> audits_needed(9.0, 0.0, 0.9), audits_needed(9.0, 5.0, 0.9), audits_needed(3.0, 5.0, 0.9)
    (10, 5, 0)
    """
    left = short - success * under_way
    # what is left of a firm by rounding alone is no firm
    return int(np.ceil(left / success - 1e-9)) if left > 0.0 else 0


@rule
def yearly_cost(once, yearly, rate, years):
    """What `once` [USD] and so much a year cost in a year [USD/yr], over the `years` for which a certificate is valid.

    >>> abs(yearly_cost(annuity(0.12, 5.0), 2.0, 0.12, 5.0) - 3.0) < 1e-12
    True
    """
    return once / annuity(rate, years) + yearly
