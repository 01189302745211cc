"""How firms answer to the price of energy in what they do day by day, and in how closely they look: no technology is bought."""

from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import rule


@rule
def price_ratio(price, reference, most):
    """A price over the one that was to be expected, held between 1 / most and most; exactly 1 where they are the same.

    >>> price_ratio(90.0, 75.0, 2.0), price_ratio(75.0, 75.0, 2.0), price_ratio(300.0, 75.0, 2.0)
    (1.2, 1.0, 2.0)
    """
    return min(max(price / reference, 1.0 / most), most)


@rule
def operation_after(state, ratio, elasticity, speed):
    """ln of what is used over what would be at the expected price, a year later: a share `speed` of the way to
    -elasticity x ln(ratio) is gone in the year.

    >>> round(operation_after(0.0, 1.2, 0.3, 0.3), 6)
    -0.016409
    """
    return state + speed * (-elasticity * log(ratio) - state)


@rule
def left_for_operation(in_all, by_measures):
    """Own-price elasticity of operation: what measures, attention and the choice of fuels leave of the whole, never below 0.

    >>> left_for_operation(0.3, 0.05), left_for_operation(0.1, 0.2)
    (0.25, 0.0)
    """
    return max(in_all - by_measures, 0.0)


@rule
def forgone(dearer, spared):
    """Value forgone [USD] when `spared` units are not used because each is `dearer` [USD] than was to be expected.

    The units were worth between the two prices, so half of the difference is lost (Harberger 1964); what they would have cost at
    the expected price is matched by what they would have made. What is dearer about the units still used stands in the bill.
    Never a gain: of energy that is cheaper more is used, which is worth less than what was used before.

    >>> forgone(15.0, 10.0), forgone(-15.0, -10.0), forgone(0.0, 10.0)
    (75.0, 75.0, 0.0)
    """
    return max(0.5 * dearer * spared, 0.0)


@rule
def attention(bill, expected, salience):
    """By what the hazard of noticing an option is multiplied when the energy bill [USD/yr] is another than was to be expected.

    >>> attention(120.0, 120.0, 0.5), attention(144.0, 100.0, 0.0), round(attention(144.0, 100.0, 0.5), 9)
    (1.0, 1.0, 1.2)
    """
    if bill == expected or bill <= 0.0 or expected <= 0.0:
        return 1.0
    return exp(salience * log(bill / expected))
