"""In what order a programme serves firms when a draw decides: a race in which each firm has a weight of its own.

Of any firms that wait, each is served first with a probability in proportion to its weight (Luce 1959, Plackett 1975), and
the order of all follows from one draw a firm (Efraimidis and Spirakis 2006). With equal weights it is a plain lottery.
"""

from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import rule


@rule
def weight(log_bill, size_exponent, firm_effect, willingness):
    """How much sooner a firm's turn comes than that of one with the reference bill and no effect of its own: a ratio of chances.

    (bill / reference)^size_exponent x exp(willingness x firm effect), where `log_bill` is ln(bill / reference), bills being for
    energy and water [USD/yr], and `firm_effect` what the firm itself adds to acceptance [log-odds].

    >>> float(round(weight(log(16.0), 0.5, 0.0, 1.0), 9))
    4.0
    """
    return exp(size_exponent * log_bill + willingness * firm_effect)


@rule
def turn_of(u, weight):
    """When a firm's turn comes, for u uniform in (0, 1): -ln(1 - u) / weight, exponential with that rate; lowest first.

    >>> float(round(turn_of(0.5, 2.0), 6))
    0.346574
    """
    return -log(1.0 - u) / weight
