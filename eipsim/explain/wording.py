"""What an explanation is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Explanation:
    """Why something did or did not happen: `verdict` (a word or two), `sentence` (one), `lines` that lead to it.

    `facts` holds the numbers of the text by name, as `as_dict()` gives them. Printing an explanation prints its text.
    """

    title: str
    verdict: str
    sentence: str
    lines: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Plain text: title, verdict in one sentence, then what led to it."""
        return "\n".join((self.title, f"  => {self.sentence}", *(f"  {line}" for line in self.lines)))

    def as_dict(self) -> dict[str, Any]:
        """Title, verdict, sentence and every number by name, of plain Python types."""
        return {"title": self.title, "verdict": self.verdict, "sentence": self.sentence, **self.facts}

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__
