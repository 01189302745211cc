"""Docstrings as Markdown for the page of the Python interface: lists of arguments, examples in blocks."""

from __future__ import annotations

import re
from typing import Any

import griffe

HEADING = re.compile(r"^(\w+)\n-{3,}$", re.MULTILINE)
ENTRY = re.compile(r"^(\w[\w*, ]*?) : (.+)$", re.MULTILINE)
EXAMPLE = re.compile(r"^>{3} .*(?:\n.+)*", re.MULTILINE)


class Docstrings(griffe.Extension):
    """Every docstring that griffe reads, as Markdown."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        if obj.docstring and not obj.is_alias:
            obj.docstring.value = as_markdown(obj.docstring.value)


def as_markdown(docstring: str) -> str:
    """A docstring of this project as Markdown.

    >>> print(as_markdown("Run it.\\n\\nParameters\\n----------\\nseed : whole number\\n"))
    Run it.
    <BLANKLINE>
    **Parameters**
    <BLANKLINE>
    * `seed`: whole number
    <BLANKLINE>
    """
    text = EXAMPLE.sub(lambda example: f"```pycon\n{example[0]}\n```", docstring)
    text = HEADING.sub(lambda heading: f"**{heading[1]}**\n", text)
    return ENTRY.sub(lambda entry: f"* `{entry[1]}`: {entry[2]}", text)
