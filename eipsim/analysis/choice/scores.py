"""Which option is best, how often and by how much: on arrays [options, states], larger is better.

A state is one way the world may be: a draw of the uncertain inputs and of chance, the same for all options. States that
were drawn together (a block of a Sobol design, the replicates of one draw) are one observation, not many: `blocks` says
which, and every interval and every resample goes by blocks.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eipsim.analysis.intervals import CONFIDENCE, NO_INTERVAL, Interval, quantile_of_t

RESAMPLES = 1000
CELLS = 4_000_000  # numbers held at once while resampling
TIE = 1e-12  # values closer than this share of the largest are equal: sums in another order must not decide who is best


# ---- states ----------------------------------------------------------------------------------------------------------


def rounded(better: np.ndarray) -> np.ndarray:
    """Values of which those that differ by rounding errors only are equal."""
    size = np.abs(better).max(initial=0.0)
    step = size * TIE
    return np.round(better / step) * step if step > 0.0 else better


def shares_best(better: np.ndarray) -> np.ndarray:
    """[options, states]: 1 where the option is best, shared out evenly among those that tie; every state sums to 1.

    >>> shares_best(np.array([[3.0, 1.0], [3.0, 2.0]])).tolist()
    [[0.5, 0.0], [0.5, 1.0]]
    """
    exact = rounded(better)
    best = exact == exact.max(axis=0)
    return best / best.sum(axis=0)


def regrets(better: np.ndarray) -> np.ndarray:
    """[options, states]: what is lost by the option against the best one of that state; never negative.

    >>> regrets(np.array([[3.0, 1.0], [2.0, 2.0]])).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    return better.max(axis=0) - better


def rank_shares(better: np.ndarray) -> np.ndarray:
    """[options, ranks]: share of states in which an option has rank 1, 2, ...; ties share their ranks evenly.

    Rows and columns sum to 1. Lahdelma and Salminen (2001) call them rank acceptability indices.
    """
    exact, n = rounded(better), len(better)
    shares = np.zeros((n, n))
    for option in range(n):
        above = (exact > exact[option]).sum(axis=0)
        equal = (exact == exact[option]).sum(axis=0)
        for rank in range(n):
            here = (above <= rank) & (rank < above + equal)
            shares[option, rank] = (here / equal).mean()
    return shares


def order_of(means: np.ndarray) -> np.ndarray:
    """Positions of the options, the best first; options that tie keep their order.

    >>> order_of(np.array([1.0, 3.0, 2.0, 3.0])).tolist()
    [1, 3, 2, 0]
    """
    return np.argsort(-rounded(means), kind="stable")


def ranks_of(means: np.ndarray) -> np.ndarray:
    """The rank of every option, the best first; options that tie share the better rank.

    >>> ranks_of(np.array([1.0, 3.0, 2.0, 3.0])).tolist()
    [4, 1, 3, 1]
    """
    exact = rounded(means)
    return 1 + (exact > exact[:, None]).sum(axis=1)


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Kendall's tau-b of two rankings given by values: 1 the same order, -1 the reverse; NaN where one is all ties.

    >>> agreement(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0]))
    0.3333333333333333
    """
    upper = np.triu_indices(len(one), 1)
    a, b = (np.sign(rounded(v)[:, None] - rounded(v))[upper] for v in (one, other))
    untied = np.sqrt(np.count_nonzero(a) * np.count_nonzero(b))
    return float((a * b).sum() / untied) if untied else float("nan")


# ---- blocks and intervals --------------------------------------------------------------------------------------------


def sums_by_block(values: np.ndarray, blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums [..., n blocks] of values [..., states], and how many states each block has."""
    _, which = np.unique(blocks, return_inverse=True)
    counts = np.bincount(which)
    flat = values.reshape(-1, values.shape[-1])
    sums = np.stack([np.bincount(which, row, len(counts)) for row in flat]) if len(flat) else np.empty((0, len(counts)))
    return sums.reshape(*values.shape[:-1], len(counts)), counts.astype(float)


def interval(
    values: np.ndarray, blocks: np.ndarray, draws: np.ndarray | None = None, confidence: float = CONFIDENCE
) -> Interval:
    """Mean of values [states] and its interval by Student's t over blocks; NaN bounds with one block.

    `draws` [states] : which replicate a state is of, where all rows share a replicate's draws: what these shift everywhere
    alike, no number of rows tells, so that their spread counts as well. None where every state has its own.
    """
    return ratio(values, np.ones_like(values, dtype=float), blocks, draws, confidence)


def ratio(
    above: np.ndarray,
    below: np.ndarray,
    blocks: np.ndarray,
    draws: np.ndarray | None = None,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Mean of `above` over mean of `below` [states], with its linearised interval over blocks (and draws)."""
    if len(above) == 0 or not below.any():
        return NO_INTERVAL
    size = float(below.sum())
    estimate = float(above.sum()) / size
    variance, freedom = variance_of_sum(above - estimate * below, blocks, draws)
    half = quantile_of_t(freedom + 1.0, confidence) * np.sqrt(variance) / abs(size)
    return estimate, float(estimate - half), float(estimate + half)


def variance_of_sum(residuals: np.ndarray, blocks: np.ndarray, draws: np.ndarray | None) -> tuple[float, float]:
    """Variance of the sum of residuals [states], and with how many degrees of freedom it is known; NaN with one block.

    With `draws`, blocks and draws are crossed: to the variance between blocks comes what draws shift all blocks alike,
    beyond what they do to each for itself (Satterthwaite 1946 for the degrees of freedom).
    """
    by_block, _ = sums_by_block(residuals, blocks)
    n = len(by_block)
    if n < 2:
        return np.nan, np.nan
    own = n * float(np.var(by_block, ddof=1))
    if draws is None or (many := len(np.unique(draws))) < 2:
        return own, n - 1.0
    of_draws, alone = _squares_of_draws(residuals, blocks, draws)
    both = own + max(0.0, of_draws - alone)
    unsure = own**2 / (n - 1) + of_draws**2 / (many - 1) + alone**2 / ((n - 1) * (many - 1))
    return both, both**2 / unsure if unsure > 0.0 else n - 1.0


def _squares_of_draws(residuals: np.ndarray, blocks: np.ndarray, draws: np.ndarray) -> tuple[float, float]:
    """Variance of the sum of residuals as the spread between draws gives it, and as what they do to each block alone does."""
    _, row = np.unique(blocks, return_inverse=True)
    _, column = np.unique(draws, return_inverse=True)
    n, many = row.max() + 1, column.max() + 1
    cells = np.bincount(row * many + column, residuals, n * many).reshape(n, many)
    alone = cells - cells.mean(axis=1, keepdims=True) - cells.mean(axis=0) + cells.mean()
    each = n * many * (alone**2).sum() / ((n - 1) * (many - 1))
    return float(many * np.var(cells.sum(axis=0), ddof=1)), float(each)


def share_interval(holds: np.ndarray, blocks: np.ndarray, draws: np.ndarray | None = None) -> Interval:
    """Mean of shares [states] in 0..1 and its 95 % interval after Wilson (1927), which never leaves 0..1.

    The number of observations is the one that would give independent states the spread seen between blocks (and draws).
    """
    states, share, n = len(holds), float(np.mean(holds)), len(np.unique(blocks))
    if n < 2:
        return share, np.nan, np.nan
    of_sum, freedom = variance_of_sum(holds - share, blocks, draws)
    variance = of_sum / states**2
    effective = share * (1.0 - share) / variance if variance > 0.0 else float(n)
    t2 = quantile_of_t(freedom + 1.0) ** 2 / effective
    middle, half = (share + t2 / 2.0) / (1.0 + t2), np.sqrt(t2 * (share * (1.0 - share) + t2 / 4.0)) / (1.0 + t2)
    return share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def resampled_means(values: np.ndarray, blocks: np.ndarray, resamples: int = RESAMPLES, seed: int = 1) -> np.ndarray:
    """[resamples, ...]: means over states of values [..., states], each over as many blocks drawn with replacement."""
    sums, counts = sums_by_block(values, blocks)
    flat = sums.reshape(-1, len(counts))
    parts = [weights @ flat.T / (weights @ counts)[:, None] for weights in _weights(len(counts), resamples, seed)]
    return np.concatenate(parts).reshape(resamples, *values.shape[:-1])


def _weights(n: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """How often each of `n` blocks is drawn, some resamples at a time."""
    random, chances = np.random.default_rng(seed), np.full(n, 1.0 / n)
    at_once = max(1, CELLS // n)
    for start in range(0, resamples, at_once):
        yield random.multinomial(n, chances, size=min(at_once, resamples - start)).astype(float)


def redrawn(blocks: np.ndarray, resamples: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """How often each state counts [states] when as many blocks are drawn with replacement."""
    _, which = np.unique(blocks, return_inverse=True)
    n = which.max() + 1
    for _ in range(resamples):
        yield np.bincount(random.integers(n, size=n), minlength=n)[which]


# ---- dominance -------------------------------------------------------------------------------------------------------


def dominance(better: np.ndarray, degree: int = 1) -> np.ndarray:
    """[options, options]: whether the first dominates the second stochastically, to the first or second degree.

    First: at every level the chance of reaching it is as large, for some larger: preferred by all who want more.
    Second: preferred by all who also dislike risk.
    """
    exact = np.sort(rounded(better), axis=1)
    if degree == 2:
        exact = rounded(np.cumsum(exact, axis=1))
    return np.array([[bool((a >= b).all() and (a > b).any()) for b in exact] for a in exact])


def cheaper_and_better(costs: np.ndarray, values: np.ndarray) -> np.ndarray:
    """[options, options]: whether the first costs no more and gives no less, and one of the two is strict."""
    costs, values = rounded(costs), rounded(values)
    no_dearer, no_worse = costs[:, None] <= costs, values[:, None] >= values
    return no_dearer & no_worse & ((costs[:, None] < costs) | (values[:, None] > values))


def frontier(costs: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Positions of the options that give most for their cost, from the cheapest to the best.

    An option that a mix of two others beats at the same cost is not among them (extended dominance). Those that cost and
    give the same are all among them, or none is.

    >>> frontier(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 5.0, 6.0])).tolist()
    [0, 2, 3]
    >>> frontier(np.array([0.0, 1.0, 2.0, 2.0]), np.array([0.0, 1.0, 2.0, 2.0])).tolist()
    [0, 1, 2, 3]
    """
    costs, values = rounded(costs), rounded(values)
    hull: list[int] = []
    for option in np.lexsort((-values, costs)):
        if hull and values[option] <= values[hull[-1]]:
            continue
        while len(hull) > 1 and _lies_below(costs, values, hull[-2], hull[-1], option):
            hull.pop()
        hull.append(int(option))
    equal = (costs[:, None] == costs[hull]) & (values[:, None] == values[hull])
    on = np.flatnonzero(equal.any(axis=1))
    return on[np.argsort(costs[on], kind="stable")]


def _lies_below(costs: np.ndarray, values: np.ndarray, a: int, b: int, c: int) -> bool:
    """Whether option b gives less than the mix of a and c that costs as much, by more than rounding."""
    mix = values[a] + (values[c] - values[a]) * (costs[b] - costs[a]) / (costs[c] - costs[a])
    return bool(mix - values[b] > TIE * np.abs(values).max())


def best_at_cost(costs: np.ndarray, values: np.ndarray) -> np.ndarray:
    """What the frontier gives at the cost of each option, mixing two of its members where it must."""
    hull = frontier(costs, values)
    return np.interp(costs, costs[hull], values[hull])
