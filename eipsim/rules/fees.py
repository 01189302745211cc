"""What firms pay for what they give away, where that is not in proportion to it."""

from eipsim.core.compiled import rule


@rule
def short_of_minimum(amount, price, minimum):
    """USD/yr by which `amount` [units/yr] at `price` [USD a unit] falls short of the `minimum` [USD/yr] asked of whoever has any.

    Collectors of hazardous waste ask small producers for a sum a year, however little it is, so that they save nothing by having
    less of it.

    >>> short_of_minimum(1.0, 250.0, 400.0), short_of_minimum(2.0, 250.0, 400.0), short_of_minimum(0.0, 250.0, 400.0)
    (150.0, 0.0, 0.0)
    """
    return max(minimum - amount * price, 0.0) if amount > 0.0 else 0.0
