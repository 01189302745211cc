"""What it would be worth to know an uncertain input before choosing a policy.

>>> value_of_information(rank("results/policies", "parks_certified @2050"))           # doctest: +SKIP

Knowing an input is worth something only if some value of it would make another scenario the choice. All numbers are gains
of the mean of what is ranked by, in its unit.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from eipsim.analysis.choice import scores
from eipsim.analysis.choice.rank_tables import Ranking
from eipsim.analysis.choice.smoothing import Smoother
from eipsim.analysis.intervals import quantile_of_t
from eipsim.analysis.subsets import as_text, is_numeric
from eipsim.core.numbers import number
from eipsim.errors import Mistakes, unknown

REPEATS, LEAST_REPEATS, ROWS_FITTED = 100, 20, 500_000  # resamples and shuffles of an input: fewer where rows are many
ROUNDS = 3  # of fitting the effects of several inputs in turn
FLOOR = 0.95  # quantile of what shuffled inputs seem to be worth
LEAST_SHARE = 0.02  # parts of an input's range that hold fewer states than this are not told
EVERYTHING, INPUTS, FACTOR, GROUP = "everything", "all inputs", "factor", "group"
NO_VALUE = "no value"
COLUMNS = ("what", "kind", "value", "low", "high", "floor", "above_floor", "share", "changes", "choice")


@dataclass(frozen=True, eq=False)
class Rows:
    """Means over replicates by row of the design [options, rows], inputs, blocks; runs [options, rows, replicates]
    of the rows that have all their replicates."""

    scenarios: Sequence[str]
    better: np.ndarray
    inputs: pd.DataFrame
    blocks: np.ndarray
    runs: np.ndarray | None


def value_of_information(
    ranking: Ranking,
    factors: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    *,
    resamples: int | None = None,
    permutations: int | None = None,
    seed: int = 1,
) -> pd.DataFrame:
    """What perfect knowledge of each input would add to the mean, a row each, the most valuable first.

    everything : of all inputs and of chance (the expected regret of the best scenario); all inputs : of the inputs, not
    of chance, which no study can tell; its low and high are bounds, one from below and one from above, that meet with
    many replicates; factor, group : of one input or several (of groups the sum of their separate effects).

    value : with low and high, its 95 % interval by the spread of resamples; floor : what an input without any influence seems to
    be worth here (95 % quantile over `permutations` of it), `above_floor` whether all of the interval is beyond it;
    share : of everything; changes : share of states in which the choice would be another; choice : which scenario where.

    `resamples`, `permutations` : None = 100 each, fewer (not below 20) where a hundred would fit more than 500,000 rows.

    Raises InputError for factors that the design does not have or that do not vary.
    """
    rows = _rows(ranking)
    usual = int(np.clip(ROWS_FITTED // rows.better.shape[1], LEAST_REPEATS, REPEATS))
    times = [usual if given is None else given for given in (resamples, permutations)]
    table = [_everything(ranking), _inputs(ranking, rows)]
    for name, members in _asked(rows.inputs, factors, groups).items():
        table.append(_of(name, members, rows, times, seed))
    whole = table[0]["value"]
    frame = pd.DataFrame(table, columns=list(COLUMNS))
    frame["share"] = frame["value"] / whole if whole > 0.0 else 0.0
    frame.attrs["unit"], frame.attrs["provenance"] = ranking.unit, ranking.provenance
    tail = frame.iloc[2:].sort_values("value", ascending=False, kind="stable")
    return pd.concat([frame.iloc[:2], tail], ignore_index=True)


def beyond_noise(row: Any) -> str:
    """Whether a row of `value_of_information` is beyond what noise gives: an input above its floor, a bound above 0; yes or
    no, or why neither can be said."""
    if np.isnan(row.value):
        return NO_VALUE
    if np.isnan(row.low):
        return "not tested"
    above = row.above_floor is True or row.above_floor == 1.0 if row.kind in (FACTOR, GROUP) else row.low > 0.0
    return "yes" if above else "no"


def _rows(ranking: Ranking) -> Rows:
    """States brought together by row of the design; runs are kept where every row has the same number."""
    states = ranking.states
    number = states.design_rows
    _, first, which = np.unique(number, return_index=True, return_inverse=True)
    counts = np.bincount(which)
    means = np.stack([np.bincount(which, option) / counts for option in ranking.better])
    full = counts == counts.max()
    runs = ranking.better[:, full[which]].reshape(len(means), int(full.sum()), -1) if counts.max() > 1 else None
    inputs = states.rows.iloc[first].reset_index(drop=True)
    return Rows(ranking.scenarios, means, inputs, states.blocks[first], runs)


def _asked(
    inputs: pd.DataFrame, factors: Sequence[str] | None, groups: Mapping[str, Sequence[str]] | None
) -> dict[str, tuple[str, ...]]:
    """The inputs of every row of the table. Those that never vary are left out unless they are asked for."""
    varying = [name for name in inputs if inputs[name].nunique(dropna=False) > 1]
    wanted: dict[str, tuple[str, ...]] = {name: (name,) for name in (varying if factors is None else factors)}
    wanted |= {name: tuple(members) for name, members in (groups or {}).items()}
    unknowns = {name for members in wanted.values() for name in members if name not in varying}
    Mistakes(unknown("factors", "factor that varies", name, varying) for name in sorted(unknowns)).tell()
    return wanted


def _everything(ranking: Ranking) -> dict[str, Any]:
    lost = scores.regrets(ranking.better)[ranking.order[0]]
    value, low, high = scores.interval(lost, ranking.states.blocks, ranking.states.draws)
    changes = float((scores.shares_best(ranking.better)[ranking.order[0]] == 0.0).mean())
    row = {"what": EVERYTHING, "kind": EVERYTHING, "value": value}
    return row | {"low": max(low, 0.0), "high": high, "changes": changes}


def _inputs(ranking: Ranking, rows: Rows) -> dict[str, Any]:
    """Bounds: choosing by the very means one is judged by flatters, choosing by the other replicates does the reverse."""
    row: dict[str, Any] = {"what": INPUTS, "kind": INPUTS, "value": np.nan, "low": np.nan, "high": np.nan}
    if rows.runs is None:
        return row
    n, means = rows.runs.shape[2], rows.runs.mean(axis=2)
    best = rows.better.mean(axis=1).argmax()
    now = means[best].mean()
    total = rows.runs.sum(axis=2)
    others = (total[:, :, None] - rows.runs) / (n - 1)
    chosen = others.argmax(axis=0)
    honest = np.take_along_axis(rows.runs, chosen[None], axis=0).mean() - now
    flattered = means.max(axis=0).mean() - now
    low, high = max(0.0, min(float(honest), float(flattered))), max(0.0, float(flattered))
    changes = float((scores.shares_best(means)[best] == 0.0).mean())
    return row | {"value": (low + high) / 2.0, "low": low, "high": high, "changes": changes}


def _of(name: str, members: tuple[str, ...], rows: Rows, times: Sequence[int], seed: int) -> dict[str, Any]:
    """The row of one input or group, with so many resamples and permutations."""
    resamples, permutations = times
    random, smoothers = np.random.default_rng(seed), [Smoother(rows.inputs[member]) for member in members]
    gaps = rows.better - rows.better[rows.better.mean(axis=1).argmax()]  # what all options share changes no choice
    expected = fitted(smoothers, gaps)
    again = [gain(fitted(smoothers, gaps, drawn), drawn) for drawn in scores.redrawn(rows.blocks, resamples, random)]
    shuffle = shuffler(rows.inputs[list(members)], rows.blocks, random)
    idle = [gain(fitted(smoothers, gaps[:, shuffle()])) for _ in range(permutations)]
    value, floor = gain(expected), float(np.quantile(idle, FLOOR)) if idle else np.nan
    half = half_width(again, len(np.unique(rows.blocks)))
    here = scores.rounded(expected)
    changes = float((here[here.mean(axis=1).argmax()] < here.max(axis=0)).mean())
    choice = choice_in_words(rows.inputs[name], expected, rows.scenarios) if len(members) == 1 else ""
    return {
        "what": name, "kind": FACTOR if len(members) == 1 else GROUP, "value": value, "low": float(np.maximum(0.0, value - half)),
        "high": value + half, "floor": floor, "above_floor": bool(value - half > floor), "changes": changes, "choice": choice,
    }  # fmt: skip


def half_width(again: Sequence[float], blocks: int) -> float:
    """Half the width of the interval of a value that came out so in resamples of the blocks; NaN where they say nothing.

    By their spread and not by their quantiles: choosing by fitted values flatters in every resample once more, so that quantiles
    of resamples lie too high.
    """
    if len(again) < 2 or blocks < 2:
        return float("nan")
    return float(quantile_of_t(blocks) * np.std(again, ddof=1) * np.sqrt(blocks / (blocks - 1)))


def shuffler(inputs: pd.DataFrame, blocks: np.ndarray, random: np.random.Generator) -> Callable[[], np.ndarray]:
    """Gives orders of the rows that break their tie to the inputs.

    Inputs that are the same throughout each block, as those of a calibrated set are, are shuffled block by block: rows
    of a block have more in common than the input.
    """
    _, which, counts = np.unique(blocks, return_inverse=True, return_counts=True)
    by_block = inputs.groupby(which)
    if len(counts) == len(blocks) or np.ptp(counts) or not (by_block.nunique(dropna=False) == 1).all(axis=None):
        return lambda: random.permutation(len(blocks))
    places = np.argsort(which, kind="stable").reshape(len(counts), -1)

    def order() -> np.ndarray:
        shuffled = np.empty(len(blocks), dtype=int)
        shuffled[places] = places[random.permutation(len(counts))]
        return shuffled

    return order


def gain(expected: np.ndarray, times: np.ndarray | None = None) -> float:
    """What choosing by the expected values [options, states] adds to choosing one option for all states.

    >>> gain(np.array([[1.0, 0.0], [0.0, 3.0]]))
    0.5
    """
    times = np.ones(expected.shape[1]) if times is None else times
    means = expected @ times / times.sum()
    return max(0.0, float(expected.max(axis=0) @ times / times.sum() - means.max()))


def fitted(smoothers: Sequence[Smoother], values: np.ndarray, times: np.ndarray | None = None) -> np.ndarray:
    """Expected value of every option given the inputs, [options, rows]; of several, the sum of their effects."""
    if len(smoothers) == 1:
        return smoothers[0].expected(values, times)
    means = np.average(values, axis=1, weights=times)[:, None]
    effects = [np.zeros_like(values) for _ in smoothers]
    for _ in range(ROUNDS):
        for k, smoother in enumerate(smoothers):
            others = sum(effect for other, effect in enumerate(effects) if other != k)
            effects[k] = smoother.expected(values - means - others, times)
    return means + sum(effects)


def choice_in_words(inputs: pd.Series, expected: np.ndarray, scenarios: Sequence[str]) -> str:
    """Which scenario is the choice for which values of one input.

    >>> choice_in_words(pd.Series([1.0, 2.0, 3.0, 4.0]), np.array([[1, 1, 0, 0], [0, 0, 1, 1]]), ["a", "b"])
    'a up to 2.5, then b'
    >>> choice_in_words(pd.Series(["npv", "curve"]), np.array([[1, 0], [0, 1]]), ["a", "b"])
    'a if npv; b if curve'
    """
    chosen = expected.argmax(axis=0)
    if not is_numeric(inputs):
        return _by_label(inputs, chosen, scenarios)
    values = inputs.to_numpy(float)
    order = np.argsort(values, kind="stable")
    parts = _parts(chosen[order])
    edges = [(values[order[end - 1]] + values[order[end]]) / 2.0 for _, end, _ in parts[:-1]]
    told = [f"{scenarios[option]} up to {number(edge)}" for (_, _, option), edge in zip(parts, edges)]
    return ", then ".join([*told, scenarios[parts[-1][2]]])


def _parts(chosen: np.ndarray) -> list[tuple[int, int, int]]:
    """(start, end, option) of the stretches of equal choice; those that hold too few states go to their neighbour."""
    edges = [0, *(np.flatnonzero(np.diff(chosen)) + 1), len(chosen)]
    parts: list[tuple[int, int, int]] = []
    for start, end in itertools.pairwise(edges):
        option = int(chosen[start])
        if parts and (parts[-1][2] == option or end - start < LEAST_SHARE * len(chosen)):
            parts[-1] = (parts[-1][0], int(end), parts[-1][2])
        else:
            parts.append((int(start), int(end), option))
    if len(parts) > 1 and parts[0][1] < LEAST_SHARE * len(chosen):
        parts[:2] = [(0, parts[1][1], parts[1][2])]
    return parts


def _by_label(inputs: pd.Series, chosen: np.ndarray, scenarios: Sequence[str]) -> str:
    texts = inputs.map(as_text).to_numpy()
    by_option: dict[int, list[str]] = {}
    for label in dict.fromkeys(texts):
        by_option.setdefault(int(chosen[np.flatnonzero(texts == label)[0]]), []).append(label)
    if len(by_option) == 1:
        return scenarios[next(iter(by_option))]
    return "; ".join(f"{scenarios[option]} if {' or '.join(labels)}" for option, labels in by_option.items())
