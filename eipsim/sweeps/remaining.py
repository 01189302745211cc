"""Which runs of a design a store still lacks, in the groups that must be run together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from eipsim.designs.points import RunSpec, split
from eipsim.stores.layout import PAIRS
from eipsim.stores.store import Store


@dataclass(frozen=True)
class Shard:
    """Part `number` (from 1) of `of`: a run belongs to the same part on every machine, whatever else is stored."""

    number: int = 1
    of: int = 1

    def holds(self, keys: np.ndarray) -> np.ndarray:
        """Which of these keys belong to the part."""
        return parts_of(keys, self.of) == self.number


def parts_of(keys: np.ndarray, of: int) -> np.ndarray:
    """The number, from 1, of the part among `of` to which each key belongs."""
    if of == 1:
        return np.ones(len(keys), dtype=int)
    return np.array([int(key[:8], 16) % of + 1 for key in keys], dtype=int)


class Groups:
    """The runs of a design as groups of lines of its index.

    Without a baseline every run is a group; with one, all scenarios of a row and replicate are, the baseline first, because
    their firms are compared one by one. Runs that come to the same are in one group only, or are run in the first of theirs where
    scenarios differ in their factors. Groups of a population follow each other, so that a worker builds its firms once, and in
    it those of a baseline, which is then run once; no result depends on their order.
    """

    def __init__(self, design: Any, index: pd.DataFrame, shard: Shard):
        self.design, self.index, self.baseline = design, index, design.baseline
        self.keys = index["key"].to_numpy()
        lines = self._lines()
        _, first = np.unique(self._names_of(lines), return_index=True)
        lines = lines[np.sort(first)]
        lines = lines[shard.holds(self.keys[lines[:, 0]])]
        self.lines = lines[np.lexsort((pd.factorize(self.keys[lines[:, 0]])[0], self._populations[lines[:, 0]]))]

    def __len__(self) -> int:
        return len(self.lines)

    def _lines(self) -> np.ndarray:
        """Lines of the index [groups, runs of a group]."""
        if self.baseline is None:
            return np.arange(len(self.index))[:, None]
        labels = list(pd.unique(self.index["scenario"]))
        by_scenario = np.arange(len(self.index)).reshape(len(labels), -1)
        order = [labels.index(self.baseline), *(n for n, label in enumerate(labels) if label != self.baseline)]
        return by_scenario[order].T

    def _names_of(self, lines: np.ndarray) -> np.ndarray:
        """What tells groups apart: all keys of each."""
        columns = [self.keys[column].astype("S32") for column in lines.T]
        return columns[0] if len(columns) == 1 else np.array([b"".join(row) for row in zip(*columns)])

    def missing(self, finished: set[str], done: set[str], paired: set[str]) -> tuple[np.ndarray, np.ndarray]:
        """Bool [groups, runs]: the runs to be run, and those of them to be stored.

        finished : keys that have a result or have failed; done : those with a result; paired : those with their pair. A
        baseline that has a result is run again when its firms are needed for a pair.
        """
        keys = self.keys[self.lines]
        unfinished = ~_is_in(keys, finished)
        if self.baseline is None:
            return unfinished, unfinished
        wanted, results = unfinished & self._comes_first, _is_in(keys, done)
        unpaired = results & results[:, :1] & ~_is_in(keys, paired) & self._comes_first
        unpaired[:, 0] = False
        chosen = wanted | unpaired
        chosen[:, 0] |= chosen[:, 1:].any(axis=1) & (results | unfinished)[:, 0]
        return chosen, wanted

    @cached_property
    def _comes_first(self) -> np.ndarray:
        """Bool [groups, runs]: whether no group before has the same run."""
        names, runs = pd.factorize(self.keys[self.lines].ravel())[0], self.lines.shape[1]
        groups = np.arange(names.size) // runs
        first = np.full(names.max(initial=-1) + 1, len(self.lines))
        np.minimum.at(first, names, groups)
        return (first[names] == groups).reshape(self.lines.shape)

    @cached_property
    def _populations(self) -> np.ndarray:
        """The population of every line of the index."""
        return np.asarray(self.design.population_of(self.index["row"].to_numpy(), self.index["replicate"].to_numpy()))

    @cached_property
    def _columns(self) -> tuple[Any, ...]:
        index = self.index
        labels = index["scenario"].to_numpy()
        return labels, index["row"].to_numpy(), index["replicate"].to_numpy(), index["draws"].to_numpy()

    @cached_property
    def _templates(self) -> dict[str, RunSpec]:
        """A run of every scenario, for what all of them share."""
        return {label: self.design.run(label, 0, 0) for label in pd.unique(self.index["scenario"])}

    def specs(self, group: int, chosen: np.ndarray) -> tuple[RunSpec, ...]:
        """What a worker needs for the `chosen` runs of a group."""
        return tuple(self._spec(int(line)) for line in self.lines[group][chosen])

    def _spec(self, line: int) -> RunSpec:
        labels, rows, replicates, draws = self._columns
        label, row = labels[line], int(rows[line])
        like, settings = self._templates[label], self.design.settings(row, label)
        rule, seed, own = (None, None, settings) if like.model else split(settings)
        return RunSpec(
            self.keys[line], label, row, int(replicates[line]), like.name, like.content, own, rule, like.world,
            self.design.seed if seed is None else seed, like.years, int(draws[line]), like.outcomes,
            int(self._populations[line]), like.model,
        )  # fmt: skip


def _is_in(keys: np.ndarray, known: set[str]) -> np.ndarray:
    """Which of the keys [groups, runs] are among the `known`."""
    return np.array([[key in known for key in row] for row in keys], dtype=bool).reshape(keys.shape)


def paired_keys(store: Store) -> set[str]:
    """Keys of runs whose comparison with their baseline is stored."""
    frames = store.frames(PAIRS)
    return {key for frame in frames for key in frame["key"]}
