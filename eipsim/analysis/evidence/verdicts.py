"""What runs say about one fact: a range that holds a new run as often as it says, how wide it is, a proper score, a verdict.

The values are taken for independent draws of what the model says: each run with luck, population and, in an ensemble, a
parameter set of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
COVER = 0.9  # how often the range from LOW to HIGH holds one more run
LEAST_VALUES = 20  # of fewer, not even the least and the greatest hold one more run so often
MOST_WIDTH = 3.0  # observed ranges that the model's may be wide and still say something; the reference is as wide
AGREES, IN_PART = "agrees", "in part"
TOO_LOW, TOO_HIGH, TOO_VAGUE, NO_VERDICT = "too low", "too high", "too vague", "no verdict"
VERDICTS = {
    AGREES: "the observed range lies within the model's, or the model's within the observed",
    IN_PART: "the two ranges overlap, and neither holds the other",
    TOO_LOW: "the model's range lies below what was observed",
    TOO_HIGH: "the model's range lies above what was observed",
    TOO_VAGUE: "the model's range does not exclude what was observed, but is over three times as wide",
    NO_VERDICT: f"fewer than {LEAST_VALUES} runs have a value, or what was observed is an exact number within the model's range",
}
REFUTED = (TOO_LOW, TOO_HIGH)


@dataclass(frozen=True, eq=False)
class Judgement:
    """What runs say about one fact.

    low, middle, high : the model's range, in which one more run would lie with the chance `cover`, and the median
    inside : share of runs within the observed range; covered : share of the observed range within the model's
    width : the model's range over the observed one (NaN where that has no width)
    score : ranked probability score in the unit of the fact, 0 where all runs lie within the observed range; less is better
    skill : 1 - score / score of the reference forecast; 1 is perfect, below 0 the reference says more
    runs : runs that have a value
    note : what a reader of the verdict must know; may be empty
    """

    low: float
    middle: float
    high: float
    cover: float
    inside: float
    covered: float
    width: float
    score: float
    skill: float
    runs: int
    verdict: str
    note: str


def judge(values: np.ndarray, low: float, high: float) -> Judgement:
    """The runs' `values` against an observed range that may be open on one side; NaN is a run without a value.

    >>> judge(np.linspace(3.0, 7.0, 40), 4.0, 6.0).verdict, judge(np.linspace(0.0, 10.0, 40), 4.0, 6.0).verdict
    ('agrees', 'too vague')
    >>> judge(np.linspace(0.0, 1.0, 40), 3.0, np.inf).verdict, judge(np.linspace(4.0, 6.0, 19), 4.0, 6.0).verdict
    ('too low', 'no verdict')
    """
    known = np.sort(values[np.isfinite(values)])
    note = _note(known.size, len(values), low, high)
    if not known.size:
        none = np.nan
        return Judgement(none, none, none, 0.0, none, none, none, none, none, 0, NO_VERDICT, note)
    q_low, middle, q_high = (float(q) for q in quantiles_of(known, (LOW, MIDDLE, HIGH)))
    observed = high - low
    is_band = 0.0 < observed < np.inf
    shared = max(min(q_high, high) - max(q_low, low), 0.0)
    is_in = q_low <= low <= high <= q_high
    covered = shared / observed if is_band else float(is_in) if observed == 0.0 else np.nan
    inside = float(np.mean((known >= low) & (known <= high)))
    width = (q_high - q_low) / observed if is_band else np.nan
    score = ranked_score(known, low, high)
    skill = 1.0 - score / reference_score(low, high) if is_band else np.nan
    verdict = _verdict((q_low, q_high), (low, high), width) if known.size >= LEAST_VALUES else NO_VERDICT
    cover = cover_of(known.size)
    return Judgement(q_low, middle, q_high, cover, inside, covered, width, score, skill, known.size, verdict, note)


# ---- the range ------------------------------------------------------------------------------------------------------------


def quantiles_of(values: np.ndarray, levels: tuple[float, ...]) -> np.ndarray:
    """Quantiles below which one more value lies with the chances `levels`.

    Of n independent values of one distribution, whatever it is, one more lies below the k-th smallest with chance k / (n + 1):
    the quantile is the value of rank level x (n + 1), between two ranks in proportion; the least or greatest beyond them.
    """
    return np.quantile(values, levels, method="weibull")


def cover_of(n: int) -> float:
    """How often the range of n values holds one more: COVER, or what the least and the greatest of fewer values hold."""
    return min(COVER, max(0.0, (n - 1) / (n + 1)))


# ---- the score ------------------------------------------------------------------------------------------------------------


def ranked_score(values: np.ndarray, low: float, high: float) -> float:
    """How far runs say other than the fact, in its unit: the continuous ranked probability score of what they miss it by.

    Any two runs miss the fact by what the nearer one does if both are on the same side of it, and by nothing otherwise; the mean
    over all pairs (Ferro 2014), so that few runs score on average as many do. NaN of a single run. Of an exact number it is the
    CRPS, of an observed range with two ends Epstein's (1969) ranked probability score over steps as wide. Both are proper:
    nobody betters them by saying other than what he believes. (With distances in the place of steps somebody would, by saying
    nothing but ends of observed ranges.)
    """
    n, missed = len(values), np.sort(misses(values, low, high))
    if n < 2:
        return np.nan
    rank = np.arange(n)  # values below each, and from the other end those above
    below, above = rank * np.maximum(-missed, 0.0), rank[::-1] * np.maximum(missed, 0.0)
    return float(2.0 * (below + above).sum() / (n * (n - 1)))


def misses(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """How far each value is above what was observed (below: negative): in whole steps as wide as that where it has two ends."""
    missed = np.maximum(values - high, 0.0) - np.maximum(low - values, 0.0)
    step = high - low
    return np.sign(missed) * np.ceil(np.abs(missed) / step) * step if 0.0 < step < np.inf else missed


def reference_score(low: float, high: float) -> float:
    """The score of the reference forecast: any value alike within three times (MOST_WIDTH) the observed range around its middle.

    Two draws of it are both in the step above the observed range with chance 1/3 x 1/3, in that below likewise.
    """
    return 2.0 * (1.0 / MOST_WIDTH) ** 2 * (high - low)


# ---- the verdict ----------------------------------------------------------------------------------------------------------


def _verdict(model: tuple[float, float], observed: tuple[float, float], width: float) -> str:
    (q_low, q_high), (low, high) = model, observed
    if q_high < low:
        return TOO_LOW
    if q_low > high:
        return TOO_HIGH
    if width > MOST_WIDTH:
        return TOO_VAGUE
    if low == high and q_low < q_high:
        return NO_VERDICT
    one_in_other = (q_low <= low and high <= q_high) or (low <= q_low and q_high <= high)
    return AGREES if one_in_other else IN_PART


def _note(known: int, runs: int, low: float, high: float) -> str:
    """What a reader of the verdict must know."""
    notes = []
    if not known:
        notes.append("no run has a value: there is no such firm or park")
    elif known < LEAST_VALUES:
        notes.append(f"{known} of {runs} runs have a value, and a verdict needs {LEAST_VALUES}")
    elif known < runs:
        notes.append(f"{known} of {runs} runs have a value, and all is of these")
    if low == high:
        notes.append(
            "an exact number agrees only with runs that all say it; better give low and high as well as it is known"
        )
    return "; ".join(notes)
