"""Shared infrastructure: what a system is worth to the operator, and when a tenant connects. Money in USD, rates per year."""

from eipsim.core.compiled import rule
from eipsim.rules.investment import annuity


@rule
def grant_element(market_rate, loan_rate, term):
    """Share of a loan of `term` years, repaid in equal parts, that is a gift: 1 - a(market_rate) / a(loan_rate).

    What a soft loan is worth to the borrower, or costs the lender; never negative (nobody takes a dearer loan).

    >>> grant_element(0.05, 0.05, 10.0)
    0.0
    >>> round(grant_element(0.12, 0.04, 10.0), 6)
    0.303379
    """
    return max(0.0, 1.0 - annuity(market_rate, term) / annuity(loan_rate, term))


@rule
def net_present_value(benefit, capital, lifetime, hurdle_rate, grant_share, loan_share, gift_share):
    """NPV of a system that costs `capital` and brings `benefit` [USD/yr]: S a(h, L) - C (1 - g) + gift of the soft loan.

    The loan covers `loan_share` of what the grant leaves; `gift_share` of it is a gift (`grant_element`). Zero when the
    benefit is the annuity of the capital.

    >>> abs(net_present_value(1.0 / annuity(0.12, 20.0), 1.0, 20.0, 0.12, 0.0, 0.0, 0.3)) < 1e-15
    True
    """
    own = capital * (1.0 - grant_share)
    return benefit * annuity(hurdle_rate, lifetime) - own + loan_share * own * gift_share


@rule
def connects(saving, connection_cost, years_worth):
    """A tenant connects when its yearly saving [USD] pays for the connection: saving x annuity at its hurdle rate >= cost.

    `years_worth` [yr] is the annuity of one dollar a year over the life of the system.

    >>> connects(1000.0, 1999.0, 2.0), connects(1000.0, 2001.0, 2.0)
    (True, False)
    """
    return saving >= 0.0 and saving * years_worth >= connection_cost


@rule
def served_share(capacity, demand):
    """Share of what connected tenants ask for that the system can deliver: all alike when it cannot serve all.

    >>> served_share(50.0, 200.0), served_share(50.0, 20.0), served_share(0.0, 0.0)
    (0.25, 1.0, 1.0)
    """
    return min(1.0, capacity / demand) if demand > 0.0 else 1.0
