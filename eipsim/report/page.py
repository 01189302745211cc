"""Sections as one HTML file that stands by itself: no script, no network, pictures inside; it prints on A4.

Whatever comes from files of users is shown as it is written and never obeyed: markup is escaped, and so are marks that change the
direction of text and control characters.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eipsim.core.names import printable
from eipsim.report.blocks import Block, Section

TEMPLATE, OF_BLOCKS = "report.html.jinja", "blocks.html.jinja"
Href = Callable[[str], str]  # the address of what a link leads to; empty where there is no page of it
PER_CENT = re.compile(r"(?<=\d) %")  # which no line is broken before


@dataclass(frozen=True)
class Page:
    """A report before it is laid out: text in one language."""

    lang: str
    kicker: str
    title: str
    subtitle: str
    contents: str
    footer: str
    generator: str
    sections: Sequence[Section]


def as_html(page: Page) -> str:
    return environment().get_template(TEMPLATE).render(**vars(page))


def blocks_as_html(blocks: Sequence[Block], href: Href | None = None) -> str:
    """Blocks as a part of a page, whose links lead where `href` says."""
    show = vars(environment().get_template(OF_BLOCKS).make_module())["show"]
    return str(show(blocks, href))


@cache
def environment(*folders: Path) -> Environment:
    """What lays out pages, with templates of other folders beside those of reports."""
    found = Environment(
        loader=FileSystemLoader([Path(__file__).parent, *folders]), autoescape=True, undefined=StrictUndefined,
        finalize=_shown,
    )  # fmt: skip
    found.globals |= {"kind": _kind, "base64": _in_base64}
    return found


def _kind(block: Any) -> str:
    return type(block).__name__


def _in_base64(content: str) -> str:
    return base64.b64encode(content.encode()).decode("ascii")


def _shown(value: Any) -> Any:
    """Text with what would be obeyed made visible, to be escaped afterwards; what the template's own macros made as it is."""
    return value if hasattr(value, "__html__") else PER_CENT.sub("\u00a0%", printable(str(value)))
