"""Equations as MathML, which browsers show by themselves: made when the site is built, nothing is loaded."""

from __future__ import annotations

from typing import Any

from latex2mathml.converter import convert

FENCE = "math"  # the language of a block, as code hosts know it
ALIGNED, KNOWN = "{aligned}", "{align*}"  # what LaTeX has within an equation, and what the converter knows of it


def as_mathml(latex: str, *of_the_block: Any, **more: Any) -> str:
    """A block of LaTeX as an equation on a line of its own.

    >>> as_mathml("a^2")[:29]
    '<div class="equation"><math x'
    """
    return f'<div class="equation">{convert(latex.strip().replace(ALIGNED, KNOWN), display="block")}</div>'
