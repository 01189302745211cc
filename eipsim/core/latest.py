"""What has been made lately, kept by what it is made from, so that runs that need the same make it once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Latest(Generic[Made]):
    """The latest things made, at most `most`. Two threads may make the same thing twice, which costs time and nothing else."""

    def __init__(self, most: int):
        self.most = most
        self._kept: dict[Hashable, Made] = {}  # the latest last

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, made_from: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives, made anew unless it is at hand.

        >>> numbers = Latest(most=1)
        >>> numbers.get("one", lambda: 1), numbers.get("one", lambda: 2), numbers.get("two", lambda: 2), len(numbers)
        (1, 1, 2, 1)
        """
        found = self._kept.pop(made_from, None)
        made = make() if found is None else found
        self._kept[made_from] = made
        for oldest in list(self._kept)[: -self.most]:
            self._kept.pop(oldest, None)
        return made
