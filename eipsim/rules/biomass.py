"""What biomass costs when more of it is wanted than is burnt today."""

from eipsim.core.compiled import rule


@rule
def price_over_reference(use, reference, potential, rise):
    """Price of biomass over what it costs where as much is used as in the reference year: 1 + rise x share of the room taken.

    `use` and `reference` are GJ/yr, `potential` is how many times the reference could be had, `rise` what the price has risen by,
    as a share, when all of that is used. Beyond the potential it rises on at the same pace; below the reference it stays. A
    straight line for lack of a supply curve (assumed).

    >>> price_over_reference(100.0, 100.0, 3.0, 1.0), price_over_reference(300.0, 100.0, 3.0, 1.0)
    (1.0, 2.0)
    >>> price_over_reference(50.0, 100.0, 3.0, 1.0), price_over_reference(200.0, 100.0, 3.0, 0.0)
    (1.0, 1.0)
    """
    if reference <= 0.0:
        return 1.0
    return 1.0 + rise * max(use / reference - 1.0, 0.0) / (potential - 1.0)
