"""How results look at a prompt and in a notebook: a few lines, and in a notebook a small table below them."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from eipsim.core.names import printable

if TYPE_CHECKING:
    import pandas as pd

WIDTH, GAP = 88, "  "  # columns of a line; before those that follow the first


class Shown:
    """Something that tells what it is: `told` gives its lines, `small_table` what a notebook shows below them."""

    def told(self) -> list[str]:
        """What it is, and what it comes to: short sentences, the most important first."""
        raise NotImplementedError

    def small_table(self) -> pd.DataFrame | None:
        """A few rows of text; None where lines are enough."""
        return None

    def __repr__(self) -> str:
        return "\n".join(in_lines(self.told()))

    def _repr_html_(self) -> str:
        first, *others = [html.escape(printable(line)) for line in self.told()]
        table = self.small_table()
        below = "" if table is None else table.to_html(index=False, escape=True, border=0)
        return f"<div><strong>{first}</strong>{''.join(f'<br>{line}' for line in others)}{below}</div>"


def in_lines(told: Iterable[str]) -> list[str]:
    """Sentences as lines of a width that prompts have, all but the first indented; control characters are escaped.

    >>> in_lines(["Run: baseline", "2050: parks converted 8"])
    ['Run: baseline', '  2050: parks converted 8']
    """
    lines: list[str] = []
    for sentence in map(printable, told):
        before = GAP if lines else ""
        lines += textwrap.wrap(sentence, WIDTH, initial_indent=before, subsequent_indent=before or GAP) or [before]
    return lines
