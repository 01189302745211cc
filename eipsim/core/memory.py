"""Memory of runs that are over, to be written over by later ones: fresh memory costs several times what is written into it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np

from eipsim.core.columns import Col, Table, new_table, record_type

Memory = TypeVar("Memory")


class GivenBack(Generic[Memory]):
    """Memory that nobody holds any more, at most that of two runs, because few processes have more runs at a time."""

    MOST = 2

    def __init__(self) -> None:
        self._kept: list[Memory] = []
        self._one_at_a_time = threading.Lock()

    def give(self, memory: Memory) -> None:
        """Nobody will read or write this memory, until it is taken."""
        with self._one_at_a_time:
            if len(self._kept) < self.MOST:
                self._kept.append(memory)

    def take(self, fits: Callable[[Memory], bool]) -> Memory | None:
        """Memory that fits, if there is some; nobody else gets it.

        >>> memory = GivenBack()
        >>> memory.give("four")
        >>> memory.take(str.isupper), memory.take(str.islower), memory.take(str.islower)
        (None, 'four', None)
        """
        with self._one_at_a_time:
            for place, memory in enumerate(self._kept):
                if fits(memory):
                    return self._kept.pop(place)
        return None


def cleared(n: int, columns: tuple[Col, ...], given_back: GivenBack[np.recarray]) -> Table:
    """A table of `n` rows, all zero, in memory of such a table that was given back if there is one."""
    memory = given_back.take(lambda given: given.size == n and given.dtype == record_type(columns))
    if memory is None:
        return new_table(n, columns)
    memory.view(np.ndarray).view(np.uint8)[:] = 0
    return memory.view(Table)
