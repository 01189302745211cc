"""What an explanation is, and how numbers are told in it."""

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


def usd(amount: float) -> str:
    """Money in whole dollars; cents where it is little.

    >>> usd(1234567.8), usd(3.456), usd(-20.0)
    ('1,234,568 USD', '3.46 USD', '-20.00 USD')
    """
    return f"{amount:,.0f} USD" if abs(amount) >= 100.0 else f"{amount:,.2f} USD"


def share(part: float) -> str:
    """A share of one as per cent, with three digits.

    >>> share(0.12345), share(0.000123)
    ('12.3 %', '0.0123 %')
    """
    return f"{100.0 * part:.3g} %"


def number(value: float) -> str:
    """A plain number with three to four digits, whole numbers as they are.

    >>> number(12.0), number(0.12345), number(12345.6)
    ('12', '0.123', '12,346')
    """
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def years(value: float) -> str:
    return f"{value:.2f} years" if value < 1e4 else "never"
