"""A loan: what is owed, what it costs, what a public subsidy of its interest is worth. Rates are real, money is in cents.

It is repaid in equal yearly parts, the first a year after it is taken; interest is due on what was owed at the end of the year
before. Nobody defaults.
"""

import numpy as np

from eipsim.core.compiled import rule
from eipsim.rules.investment import annuity


@rule
def whole_years(term):
    """The term of a loan [yr] in whole years, what is beyond being cut; 0: loans are not followed.

    >>> whole_years(0.0), whole_years(5.7)
    (0, 5)
    """
    return int(term)


@rule
def still_owed(principal, age, years):
    """Cents owed at the end of the year in which a loan of `principal` [cents] over `years` is `age` years old.

    >>> [still_owed(1000, age, 3) for age in (0, 1, 2, 3, 4)]
    [1000, 667, 334, 0, 0]
    """
    # a quotient below 2**53 / years keeps its whole part, and whole numbers take a processor several times as long to divide
    return principal - int(principal * min(age, years) / years)


def relief_of_points(points, rate, years):
    """Present value, at the loan's `rate` [1/yr], of what `points` [1/yr] off its interest spare, as a share of the principal
    (arrays, too).

    No more than the whole interest can be spared, and that of all of it is one less the present value of the repayments, which
    are 1 / years a year.

    >>> round(float(relief_of_points(0.02, 0.05, 1)), 9) == round(0.02 / 1.05, 9)
    True
    >>> float(relief_of_points(0.1, 0.05, 5)) == float(relief_of_points(0.05, 0.05, 5))
    True
    """
    if rate <= 0.0 or years <= 0:
        return 0.0 * points
    return np.minimum(points, rate) / rate * (1.0 - annuity(rate, float(years)) / years)
