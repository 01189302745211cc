"""Equations as MathML, which browsers show by themselves: made when the site is built, nothing is loaded."""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert

EQUATION = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.+?)\\[)\]]</\1>', re.DOTALL)


def with_equations(page: str) -> str:
    """The HTML of a page with what arithmatex has marked as MathML.

    >>> with_equations(r'<span class="arithmatex">\\(a^2\\)</span>')[:34]
    '<span class="arithmatex"><math xml'
    """
    return EQUATION.sub(_as_mathml, page)


def _as_mathml(found: re.Match) -> str:
    tag, latex = found.groups()
    shown = convert(html.unescape(latex).strip(), display="block" if tag == "div" else "inline")
    return f'<{tag} class="arithmatex">{shown}</{tag}>'
