"""What an instrument does at its best design, without the luck of having looked for the best among several.

The design that came out best of many is partly the luckiest. So it is chosen on one half of the pairs of a parameter set and a
population, and judged on the other half, and the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from dots import group_of, member_of

from eipsim.analysis.intervals import mean_interval


@dataclass(frozen=True)
class AtItsBest:
    """What the chosen design gains, a value a pair; the designs that the halves chose; the means of all designs."""

    gains: np.ndarray
    chosen: tuple[str, ...]
    means: pd.Series


def at_its_best(gains: pd.DataFrame) -> AtItsBest:
    """Of `gains` over the baseline, a row a pair, a column a design."""
    judged = np.full(len(gains), np.nan)
    even = np.arange(len(gains)) % 2 == 0
    chosen = []
    for half in (even, ~even):
        best = str(gains[~half].mean().idxmax())
        judged[half] = gains.loc[half, best]
        chosen.append(best)
    return AtItsBest(judged, tuple(dict.fromkeys(chosen)), gains.mean())


def all_at_their_best(gains: pd.DataFrame) -> dict[str, AtItsBest]:
    """The same of every instrument, those first that gain most."""
    instruments = dict.fromkeys(map(group_of, gains.columns))
    found = {name: at_its_best(gains[[each for each in gains if group_of(each) == name]]) for name in instruments}
    return dict(sorted(found.items(), key=lambda item: -item[1].gains.mean()))


def table_of(found: dict[str, AtItsBest]) -> pd.DataFrame:
    """A row per instrument: mean gain at its best, its 95 % interval, in which share of pairs it gains most, its designs."""
    values = np.array([of.gains for of in found.values()])
    leads = values == values.max(axis=0)
    rows = []
    for (name, of), first in zip(found.items(), leads):
        mean, low, high = mean_interval(of.gains)
        worst, best = of.means.idxmin(), of.means.idxmax()
        rows.append(
            {
                "instrument": name, "mean": mean, "low": low, "high": high, "best_share": first.mean(),
                "chosen": " or ".join(map(member_of, of.chosen)), "designs": len(of.means),
                "worst": member_of(str(worst)), "worst_mean": of.means[worst], "best_mean": of.means[best],
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def what_it_changes(gains: pd.DataFrame, part: int) -> pd.DataFrame:
    """What a choice in the design of an instrument changes, the `part`-th that its name tells after the colon, all others held.

    A row per instrument and value: mean difference from its first value, over the designs that differ in nothing else.
    """
    rows = []
    parts = {name: tuple(member_of(name).split(", ")) for name in gains if ":" in name}
    for instrument in dict.fromkeys(map(group_of, parts)):
        own = {name: words for name, words in parts.items() if group_of(name) == instrument and len(words) > part}
        values = list(dict.fromkeys(words[part] for words in own.values()))
        for value in values[1:]:
            pairs = [
                (name, other)
                for name, words in own.items()
                for other, others in own.items()
                if words[part] == value and others[part] == values[0] and differ_in(words, others) == [part]
            ]
            if not pairs:
                continue
            difference = np.mean([gains[name] - gains[other] for name, other in pairs], axis=0)
            mean, low, high = mean_interval(difference)
            rows.append(
                {
                    "instrument": instrument,
                    "instead_of": values[0],
                    "value": value,
                    "mean": mean,
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows)


def differ_in(words: tuple[str, ...], others: tuple[str, ...]) -> list[int]:
    return [n for n, (a, b) in enumerate(zip(words, others, strict=True)) if a != b]
