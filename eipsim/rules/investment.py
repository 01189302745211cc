"""What a project costs, saves and is worth. Money in USD, rates per year."""

import numpy as np

from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import rule


@rule
def simple_payback(cost, saving):
    """Years until `saving` [USD/yr] repays `cost` [USD]; inf when it never does. Undiscounted, as audits report it.

    >>> simple_payback(100.0, 25.0)
    4.0
    """
    return cost / saving if saving > 0.0 else np.inf


@rule
def annuity(rate, lifetime):
    """Present value of 1 USD a year for `lifetime` years at `rate`: (1 - (1+r)^-L) / r. The hurdle rule's payback limit.

    >>> round(annuity(0.5, 10.0), 4)
    1.9653
    """
    return (1.0 - exp(-lifetime * log(1.0 + rate))) / rate if rate > 0.0 else lifetime


@rule
def option_multiple(risk_free, payout, volatility):
    """How many times its cost a project must be worth before waiting is no longer better: M = beta / (beta - 1).

    Dixit and Pindyck (1994), geometric Brownian value with payout rate d and volatility s.

    >>> round(option_multiple(0.04, 0.04, 0.2), 3)
    2.0
    """
    variance = volatility * volatility
    drift = (risk_free - payout) / variance - 0.5
    beta = -drift + np.sqrt(drift * drift + 2.0 * risk_free / variance)
    return beta / (beta - 1.0)


@rule
def net_saving_share(engineering_share, realisation, rebound):
    """Share of a stream that a measure saves in the accounts: (1 - rebound) x realisation x engineering share, at most 1.

    >>> net_saving_share(0.2, 0.5, 0.2)
    0.08000000000000002
    """
    return min(1.0, (1.0 - rebound) * realisation * engineering_share)


@rule
def unit_value(realisation, price, carbon_price, emission_factor, input_cost, operating_cost):
    """Yearly worth [USD] of one engineering unit saved: realised saving at price plus carbon, less inputs, less running cost.

    `input_cost` is what the added input costs per unit saved, its carbon included; only what is realised needs inputs.

    >>> unit_value(0.5, 10.0, 2.0, 1.0, 4.0, 1.0)
    3.0
    """
    return realisation * (price + carbon_price * emission_factor - input_cost) - operating_cost


@rule
def investment_budget(revenue, budget_share, constrained, constrained_factor):
    """What a firm can put into measures in a year [USD]; a finance-constrained firm only `constrained_factor` of it.

    >>> investment_budget(1e6, 0.01, True, 0.3)
    3000.0
    """
    return revenue * budget_share * (constrained_factor if constrained else 1.0)
