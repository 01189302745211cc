"""What a firm knows of a project when it decides, and what an explanation of the decision is given."""

from typing import Any, NamedTuple

import numpy as np

from eipsim.core.arithmetic import exp
from eipsim.core.columns import Row, only_row
from eipsim.core.compiled import rule
from eipsim.core.draws import draw_normal


class Option(NamedTuple):
    """A project that a firm could have. Cost and saving come as logarithms of their share of the firm's size, its yearly energy
    and water bill, so that neither currency nor firm size matters.
    """

    log_cost: float = 0.0  # ln of cost, vouchers deducted, over size
    log_saving: float = 0.0  # ln of yearly worth over size
    log_annuity: float = 0.0  # ln of what a dollar a year over its life is worth, at the rule's discount rate
    lifetime: int = 1  # yr
    log_size: float = 0.0  # ln of the firm's size [USD/yr]
    peers: float = 0.0  # share of the park's firms that have the measure
    effects: float = 0.0  # what else moves the firm, in log-odds: peers, measure, firm, operator, country
    key: int = 0  # of the firm's own draws
    stream: int = 0  # of draws that the rule may make


@rule
def as_asked(option):
    """The six numbers that a user's own rule is asked about an option: cost, saving, lifetime, size, peers, effects."""
    size = exp(option.log_size)
    return (
        exp(option.log_cost) * size,
        exp(option.log_saving) * size,
        option.lifetime,
        size,
        option.peers,
        option.effects,
    )


@rule
def disposition(option):
    """A standard normal number that is the firm's own, for all options and for life."""
    return draw_normal(option.stream, option.key, 0, 0)


class Given(NamedTuple):
    """What `explain` of a rule is given: the option, the constants of the run, and the effects on its log-odds by name."""

    option: Option
    constants: Any
    effects: dict[str, float]


Told = list[tuple[str, dict[str, Any]]]  # lines, each with its facts


def constants_of(**values: float) -> Row:
    """Constants by name as rules read them, to ask a rule by hand."""
    kind = np.dtype([(name, np.float64) for name in values])
    return only_row(np.array([tuple(values.values())], dtype=kind))
