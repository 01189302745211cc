"""What an explanation is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eipsim.errors import InputError, Mistake

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel


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


def check_year(model: EIPModel, year: int) -> None:
    """InputError for a year that the model does not go through."""
    first, last = model.world.first_year, model.world.last_year
    if not first <= year <= last:
        raise InputError(Mistake("year", f"{year} is outside the years of the model", f"allowed: {first}-{last}"))
