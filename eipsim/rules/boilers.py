"""What replaces a boiler that is worn out: a logit on the cost of heat, with inertia.

Kinds of boilers: the fossil one, and each measure that replaces it. With no change of costs the shares of kinds among boilers
stay what they are, whatever the inertia: constants of kinds follow from these shares.
"""

from __future__ import annotations

import numpy as np

from eipsim.core.arithmetic import exp, log
from eipsim.core.compiled import rule

HALVINGS = 60  # of an interval, after which its ends are one number


@rule
def relative_cost(instead, burning_on, instead_before, burning_on_before):
    """Cost of heat made otherwise over that of burning on, over what it was at reference costs; all USD per GJ, with capital.

    >>> relative_cost(8.0, 10.0, 8.0, 10.0), relative_cost(8.0, 20.0, 8.0, 10.0)
    (1.0, 0.5)
    """
    return (instead / burning_on) / (instead_before / burning_on_before)


@rule
def pull_of(weight, relative, sensitivity):
    """How strongly a kind of boiler draws: weight x relative cost^-sensitivity. Chances are in proportion to it.

    `weight` [1] stands for all that costs do not tell, `relative` is `relative_cost` (1 at reference costs, and always for the
    fossil boiler), `sensitivity` the elasticity of the odds.

    >>> float(round(pull_of(0.3, 0.5, 2.0), 9)), float(pull_of(0.3, 1.0, 2.0))
    (1.2, 0.3)
    """
    return weight * exp(-sensitivity * log(relative))


def weights_of(shares: np.ndarray, inertia: float) -> np.ndarray:
    """Weights [..., k] at which kinds of boilers keep their `shares` [..., k] while all that are worn out choose by them.

    A boiler is replaced by one of its own kind with e^inertia times its weight, by one of another with that kind's. The share of
    kind i is then in proportion to w_i (1 + (e^inertia - 1) w_i), the weights adding up to 1: as many go from i to j as from j
    to i.

    >>> weights_of(np.array([0.7, 0.3]), 0.0).tolist()
    [0.7, 0.3]
    >>> w, stays = weights_of(np.array([0.7, 0.3]), 2.0), np.exp(2.0)
    >>> total = w.sum() + (stays - 1.0) * w
    >>> bool(abs(0.7 * w[1] / total[0] - 0.3 * w[0] / total[1]) < 1e-12)
    True
    """
    more = np.expm1(inertia)

    def at(scale: np.ndarray) -> np.ndarray:
        return 2.0 * shares * scale / (1.0 + np.sqrt(1.0 + 4.0 * more * shares * scale))

    total = shares.sum(axis=-1, keepdims=True)
    low, high = np.zeros_like(total), (1.0 + more) / total
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        too_much = at(middle).sum(axis=-1, keepdims=True) > 1.0
        low, high = np.where(too_much, low, middle), np.where(too_much, middle, high)
    weights = at(0.5 * (low + high))
    return weights / weights.sum(axis=-1, keepdims=True)
