"""Firms follow: each takes what enough of its neighbours have."""

from eipsim.core.compiled import rule
from eipsim.core.numbers import share
from eipsim.rules.option import Given, Told, disposition

NUMBER = 3
SOURCE = "Granovetter (1978), Threshold models of collective behavior, American Journal of Sociology 83: 1420"
PARAMETERS = ("rules.threshold_mean", "rules.threshold_sd")


@rule
def own_threshold(option, constants):
    """Share of peers from which on this firm follows: normal over firms, the firm's own for life."""
    return constants.threshold_mean + constants.threshold_sd * disposition(option)


@rule
def accept(option, constants):
    """1 when the share of peers that have the measure reaches the firm's own threshold (complex contagion); else 0.

    >>> from eipsim.rules.option import Option, constants_of
    >>> accept(Option(peers=0.3), constants_of(threshold_mean=0.25, threshold_sd=0.1))
    1.0
    """
    return 1.0 if option.peers >= own_threshold(option, constants) else 0.0


def explain(given: Given) -> Told:
    peers, own = float(given.option.peers), float(own_threshold(given.option, given.constants))
    line = f"Threshold: {share(peers)} of the park's firms have it; the firm's own threshold is {share(own)}."
    return [(line, {"peers_share": peers, "threshold": own})]
