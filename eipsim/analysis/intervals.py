"""What replicates say of a mean, a ratio of means, a paired difference and a share, and how sure they are of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import betaincinv, stdtrit  # quantiles; scipy.stats would take a third of a second to load

from eipsim.core.numbers import number, whole_share

CONFIDENCE = 0.95
LEAST_DRAWS = 5  # below so many replicates nothing is said of what common draws save
NO_INTERVAL = (np.nan, np.nan, np.nan)
Interval = tuple[Any, Any, Any]  # estimate, low, high


def mean_interval(values: np.ndarray) -> Interval:
    """Mean over the first axis (replicates) with its 95 % interval by Student's t; NaN bounds with one replicate."""
    n, mean = len(values), values.mean(axis=0)
    if n < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = quantile_of_t(n) * values.std(axis=0, ddof=1) / np.sqrt(n)
    return mean, mean - half, mean + half


def ratio_interval(above: np.ndarray, below: np.ndarray) -> Interval:
    """Mean of `above` over mean of `below` (paired, [n]), linearised 95 % interval; NaN when `below` is all 0."""
    if len(below) == 0 or not below.any():
        return NO_INTERVAL
    ratio = above.mean() / below.mean()
    if len(below) < 2:
        return ratio, np.nan, np.nan
    spread = np.std(above - ratio * below, ddof=1) / abs(below.mean()) / np.sqrt(len(below))
    return ratio, ratio - quantile_of_t(len(below)) * spread, ratio + quantile_of_t(len(below)) * spread


def quantile_of_t(n: float, confidence: float = CONFIDENCE) -> float:
    """Half the width of the interval of a mean of `n` values, in standard errors: n - 1 degrees of freedom.

    >>> round(quantile_of_t(20), 3)
    2.093
    """
    return float(stdtrit(n - 1, 0.5 + confidence / 2.0))


# ---- counted shares --------------------------------------------------------------------------------------------------


def counted_share(seen: int, of: int) -> Interval:
    """Share of `of` independent cases in which something was seen, with its exact 95 % interval (Clopper and Pearson 1934).

    Never of no width: what was seen in none of 57 cases may come in up to 6 % of them.

    >>> [tuple(round(float(x), 3) for x in counted_share(k, 57)) for k in (0, 57)]
    [(0.0, 0.0, 0.063), (1.0, 0.937, 1.0)]
    """
    tail = (1.0 - CONFIDENCE) / 2.0
    low = float(betaincinv(seen, of - seen + 1, tail)) if seen else 0.0
    high = float(betaincinv(seen + 1, of - seen, 1.0 - tail)) if seen < of else 1.0
    return seen / of, low, high


def least_if_always(n: float) -> float:
    """Lower end of the exact interval of a share that was 1 in all of `n` independent cases; 1 less it is the upper end of 0.

    >>> round(least_if_always(57), 3)
    0.937
    """
    return float(((1.0 - CONFIDENCE) / 2.0) ** (1.0 / n)) if n > 0 else 0.0


def share_in_words(share: float, n: float) -> str:
    """A share as far as `n` independent cases can tell it: neither 0 nor 100 % is ever said, nor anything that is as good.

    Of a bootstrap `n` is how many blocks of states were drawn from: however many resamples agree, they know no more.

    >>> [share_in_words(share, 57) for share in (1.0, 0.98, 0.7, 0.001, 0.0)], share_in_words(float("nan"), 57)
    (['at least 94 %', 'at least 94 %', '70 %', 'at most 6 %', 'at most 6 %'], '–')
    """
    least = least_if_always(n)
    if share > max(least, 0.5):
        return f"at least {_neither_0_nor_100(least)}"
    if share < min(1.0 - least, 0.5):
        return f"at most {_neither_0_nor_100(1.0 - least)}"
    return whole_share(share)


def count_in_words(seen: float, of: int, what: str, independent: float | None = None) -> str:
    """In how many of the cases something was seen; where that is all or none of them, with the end of the exact interval.

    `independent` : how many of them are independent of each other, where not all are

    >>> count_in_words(57, 57, "sets"), count_in_words(0, 57, "sets"), count_in_words(40, 57, "sets")
    ('57 of 57 sets (at least 94 %)', 'none of 57 sets (at most 6 %)', '40 of 57 sets (70 %)')
    """
    if 0 < seen < of:
        return f"{number(seen)} of {of:,} {what} ({_neither_0_nor_100(seen / of)})"
    share = share_in_words(seen / of, of if independent is None else independent)
    return f"{number(seen) if seen else 'none'} of {of:,} {what} ({share})"


def no_width(values: np.ndarray, what: str, independent: float | None = None) -> str:
    """Of values that are all the same, so that Student's interval has no width: how often another may come all the same.

    >>> no_width(np.zeros(3), "pairs"), no_width(np.full(20, 4.0), "pairs"), no_width(np.array([0.0, 1.0]), "pairs")
    ('none seen in 3 pairs: at most 71 % of all such pairs have one', 'the same in all 20 pairs: at most 17 % have another', '')
    """
    n = len(values)
    if n < 2 or np.ptp(values) > 0.0:
        return ""
    most = _neither_0_nor_100(1.0 - least_if_always(n if independent is None else independent))
    if values[0] == 0.0:
        return f"none seen in {n:,} {what}: at most {most} of all such {what} have one"
    return f"the same in all {n:,} {what}: at most {most} have another"


def _neither_0_nor_100(share: float) -> str:
    """
    >>> _neither_0_nor_100(0.7), _neither_0_nor_100(0.9996), _neither_0_nor_100(0.0012)
    ('70 %', '99.96 %', '0.12 %')
    """
    if 0.005 <= share < 0.995:
        return whole_share(share)
    return f"{100.0 * share:.2g} %" if share < 0.5 else f"{100.0 - float(f'{100.0 * (1.0 - share):.1g}'):g} %"


# ---- the same draws --------------------------------------------------------------------------------------------------

PAIRING = ("pairing_gain", "pairing_gain_low", "pairing_gain_high", "runs_saved", "runs_saved_low", "runs_saved_high")


def pairing(with_policy: np.ndarray, without: np.ndarray) -> dict[str, np.ndarray]:
    """What the same draws gain, [years, outcomes] from [replicates, years, outcomes] that differ by their draws only.

    Var(difference) is v1 + v0 with other draws and v1 + v0 - 2 rho s1 s0 with the same: their ratio is the gain, and 2 n
    (gain - 1) further runs would be needed for the same interval. The 95 % interval is that of the ratio of the variances of
    sum and difference, F of them that are correlated (Pitman 1939), exact where runs are normal. NaN with fewer than five
    replicates and where an outcome does not vary, infinite where only the difference does not.
    """
    n = len(with_policy)
    a, b = with_policy - with_policy.mean(axis=0), without - without.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = _over(a * b, np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))) if n > 1 else np.full(a.shape[1:], np.nan)
        if n < LEAST_DRAWS:
            return {"rho": rho} | dict.fromkeys(PAIRING, np.full_like(rho, np.nan))
        ratio = _over((a + b) ** 2, ((a - b) ** 2).sum(axis=0))
        alike = _over(
            a**2 - b**2, np.sqrt(((a + b) ** 2).sum(axis=0) * ((a - b) ** 2).sum(axis=0))
        )  # rho of sum, difference
        k = 1.0 + 2.0 * (1.0 - alike**2) * quantile_of_t(n - 1) ** 2 / (n - 2)
        wide = np.sqrt(k**2 - 1.0)
        ratios = ratio, *(np.where(np.isinf(ratio), ratio, ratio * one) for one in (k - wide, k + wide))
    return {"rho": rho} | saved(n, *((1.0 + one) / 2.0 for one in ratios))


def _over(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return above.sum(axis=0) / below


def saved(n: int, gain: Any, low: Any, high: Any) -> dict[str, Any]:
    """The gain of pairing with its interval, and the further runs, of two for each of `n` pairs, that it stands for."""
    return dict(zip(PAIRING, (gain, low, high, *(2.0 * n * (one - 1.0) for one in (gain, low, high)))))
